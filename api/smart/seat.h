/*
 * A course's seats under its lock, shared by registrations, courses and the offer worker.
 *
 * Locking, expiring and offering are the service's own work, done as principal `system` inside the
 * caller's transaction: the caller may not see the others in line. Every function leaves the
 * transaction acting as the caller again.
 *
 * Lock order: course, then registrations and people. Of two courses the trainer programme comes first,
 * then its festival (festival_seat.h); several programmes of one festival in the order of their ids.
 * Whoever has locked a festival locks no programme any more.
 */
#ifndef LOFT_API_SMART_SEAT_H
#define LOFT_API_SMART_SEAT_H

#include "api/call.h"
#include "domain/smart/course.h"

/* Locks the course row and loads it. */
enum outcome seat_lock_course(struct call *call, struct text course_id, struct course *ret_course);

/* Makes overdue offers expired, so that a decision about seats does not count them. What they free
 * is for the seat_settle that follows the decision. */
enum outcome seat_sweep(struct call *call, struct course *course);

/* Ends offers with the start of the course where they would last longer. */
enum outcome seat_shorten_offers(struct call *call, const struct course *course);

/* Makes overdue offers expired and offers what is free to the first in line (SM-R02); the course's
 * counters follow. `ret_changed` may be NULL; it counts expired and new offers. */
enum outcome seat_settle(struct call *call, struct course *course, int64_t *ret_changed);

/* After somebody has joined the line of a settled course: a seat that is free though others wait, who
 * let those behind them pass, is offered to them. Nothing to do on a full course. */
enum outcome seat_join_line(struct call *call, struct course *course);

/* Runs the rest as `system`, or as the caller again. */
enum outcome seat_become_system(struct call *call);
enum outcome seat_become_caller(struct call *call, const struct principal *caller);

#endif
