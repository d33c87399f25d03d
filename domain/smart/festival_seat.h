/*
 * Seats at the festival for those who attend the trainer programme (SM-R07). domain.md §0.1.
 *
 * A programme with festival_auto_seat has as many seats at its festival as it has itself. Those that
 * nobody attends on yet are held at the festival (seats.h); whoever has a seat at the programme has
 * one at the festival, a registration of its own with the ticket for trainees, price 0. So of a
 * published programme
 *
 *   seats held + seats given = capacity of the programme
 *
 * and giving, handing over and taking back need no seat that is not there. Only more seats than before
 * may not be had: reserving is refused with festival_full, and never done by halves, because those
 * who run the courses ask for it and can make room; a flag would be a promise to the participants that
 * nobody has kept. When the programme runs, nobody can come any more: what is held is given back.
 *
 * A seat that follows from the programme is given up and handed over there alone. One's own ticket is
 * exchanged: its registration ends with everything refunded, so that its price stays frozen
 * (SM-R15) and what was invoiced is credited on it, and one with the ticket for trainees takes its
 * place.
 */
#ifndef LOFT_DOMAIN_SMART_FESTIVAL_SEAT_H
#define LOFT_DOMAIN_SMART_FESTIVAL_SEAT_H

#include "domain/smart/course.h"

#define COURSE_TYPE_FESTIVAL "festival"

/* What a course says of its seats there: reserved, pending (they will be, when there is a published
 * festival), none (nothing to reserve). */
extern const char *const festival_seat_states[]; /* NULL-terminated */

/* What is stored for a programme; festival_course_id is not given when nothing is. */
struct festival_reservation {
    struct text festival_course_id;
    struct text ticket_type_id;
    int64_t seats; /* held */
};
extern const struct shape shape_festival_reservation;

/* One registration for the programme, and what there is at the festival: `seat` came with it, `own`
 * is another active registration of the same person, which may follow from another programme. */
struct trainee {
    struct text id;
    struct text state;
    bool attends; /* has a seat at the programme */
    struct text person_id;
    struct text seat_id;
    struct text seat_person_id;
    struct text own_id;
    bool own_follows;
};
extern const struct shape shape_trainee;

/* What is to be done for one of them, in this order. */
struct trainee_steps {
    bool exchange;  /* `own` ends, refunded */
    bool take_back; /* `seat` ends */
    bool give;      /* a seat for the person */
    bool hand_over; /* `seat` becomes the person's */
    bool seated;    /* in the end there is a seat that came with the registration */
};

/* `auto_seat`: of the programme. Without it nobody gets a seat who has none. */
struct trainee_steps trainee_decide(const struct trainee *trainee, bool auto_seat);

/* True for programmes whose plan has a festival day. */
bool course_has_festival(const struct course *course);

/* True when a programme is to have seats at its festival. */
bool festival_is_due(const struct course *course);

/* How many seats are to be held for the programme when so many of its participants have theirs. */
int64_t festival_seats_to_hold(const struct course *course, int64_t seated);

/* CONFLICT "festival_full" with {seats} and {free}: `seats` are to be held and only `free` are. */
enum outcome festival_check_room(int64_t seats, int64_t free_seats, struct error *error);

/* CONFLICT "festival_reserved" when the programme names another festival than the one that holds its
 * seats. */
enum outcome festival_check_same(const struct course *course,
                                 const struct festival_reservation *reservation,
                                 struct error *error);

/* A fault at /festival_course_id: "unknown_reference" when there is no such course (its type not
 * given), "not_a_festival" when it is of another type. */
enum outcome festival_check_named(struct text course_type, struct error *error);

/* CONFLICT "seat_follows_course". */
enum outcome festival_check_own(bool follows, struct error *error);

#endif
