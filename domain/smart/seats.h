/*
 * Seats of a course (plasser), domain.md §4.7 and SM-R01, SM-R02.
 *
 * The counters stand on the course row, are changed under its lock and are never counted through
 * row policies. A seat is taken when it is confirmed or offered.
 */
#ifndef LOFT_DOMAIN_SMART_SEATS_H
#define LOFT_DOMAIN_SMART_SEATS_H

#include "domain/base/value.h"

/* Few seats are left (få plasser igjen) at three or fewer, or at a tenth of the capacity. */
enum { SEATS_FEW = 3, SEATS_FEW_BP = 1000 };

/* Free seats: capacity - confirmed - offered, never below 0. */
int64_t seats_free(int64_t capacity, int64_t confirmed, int64_t offered);

/* True when 0 < free <= max(SEATS_FEW, a tenth of capacity rounded down). */
bool seats_few_left(int64_t capacity, int64_t free_seats);

/* How many in line are to be offered a seat now: as many as there are free seats, at most as many
 * as wait (SM-R02: they come before anyone new). */
int64_t seats_to_offer(int64_t capacity, int64_t confirmed, int64_t offered, int64_t waitlisted);

#endif
