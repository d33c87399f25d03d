/*
 * Seats of a course (plasser), domain.md §4.7 and SM-R01.
 *
 * The counters stand on the course row, are changed under its lock and are never counted through
 * row policies. A seat is taken when it is confirmed, offered, or held: taken before a registration
 * stands for it, as the unnamed seats of a group booking are.
 */
#ifndef LOFT_DOMAIN_SMART_SEATS_H
#define LOFT_DOMAIN_SMART_SEATS_H

#include "domain/base/value.h"

/* Few seats are left (få plasser igjen) at three or fewer, or at a tenth of the capacity. */
enum { SEATS_FEW = 3, SEATS_FEW_BP = 1000 };

/* Free seats: capacity - confirmed - offered - held, never below 0. */
int64_t seats_free(int64_t capacity, int64_t confirmed, int64_t offered, int64_t held);

/* True when 0 < free <= max(SEATS_FEW, a tenth of capacity rounded down). */
bool seats_few_left(int64_t capacity, int64_t free_seats);

#endif
