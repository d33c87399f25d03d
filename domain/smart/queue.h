/*
 * The waiting line of a course (venteliste): registrations, each for one seat, and group bookings,
 * each one entry of its size, in one order. domain.md §0.1, SM-R02.
 *
 * Strictly first come, first served: a free seat is offered to the first in line. An entry that
 * waits for more seats than are free holds up those behind it until enough are free. An
 * administrator can let those behind it pass (skip): the entry keeps its place, holds nobody up, and
 * gets its offer when enough seats are free at its turn.
 */
#ifndef LOFT_DOMAIN_SMART_QUEUE_H
#define LOFT_DOMAIN_SMART_QUEUE_H

#include "domain/base/error.h"
#include "domain/base/shape.h"

/* Places in one course's line; then it is full. */
enum { QUEUE_MAX = 2000 };

#define QUEUE_REGISTRATION "registration"
#define QUEUE_GROUP_BOOKING "group_booking"

/* An entry, loaded in the order of the line. */
struct queue_entry {
    struct text kind;
    struct text id;
    int64_t seats;
    bool skipped;
};
extern const struct shape shape_queue_entry;

/*
 * Who in line gets an offer when so many seats are free: `ret_chosen` (room for `count`) gets their
 * indices in order. Returns how many; the seats that they take in all are at most free_seats.
 * Entries behind those loaded change nothing when the unskipped loaded ones wait for free_seats
 * seats or more.
 */
size_t queue_choose(const struct queue_entry *line, size_t count, int64_t free_seats,
                    size_t *ret_chosen);

/* A move leads to a new order of the entries from the old place to the new one, both included. They
 * exchange the numbers that they have; everybody else keeps theirs. */
struct queue_shift {
    int64_t from; /* places, 1 is next in line */
    int64_t to;
    struct text_list ids; /* the entries concerned, in their new order */
};

/* Moves one of the line to another place in it; `line` is all of it. CONFLICT "place_not_in_line"
 * with {waiting} when fewer than that wait; NOT_FOUND when `id` is not in line. */
enum outcome queue_move(const struct queue_entry *line, size_t count, struct text id,
                        int64_t position, struct error *error, struct queue_shift *ret_shift);

/* Input of moving a registration or a group booking, by smart_admin. */
struct queue_move {
    struct text id;
    struct integer position; /* 1 is next in line */
    struct text reason;      /* demanded */
};

/* Input of the simulation. */
struct queue_simulation {
    struct text id; /* of the course */
    struct integer seats;
};

#endif
