/*
 * Brings the festival in line with a trainer programme (SM-R07): what is held there, and who has a
 * seat. Whatever has changed on the programme, the same function follows: it looks at what there is
 * and does what is missing (the rules are in domain/smart/festival_seat.h), as principal `system`.
 *
 * Two courses are locked here, in the order that seat.h gives.
 */
#ifndef LOFT_API_SMART_FESTIVAL_SEAT_H
#define LOFT_API_SMART_FESTIVAL_SEAT_H

#include "api/call.h"
#include "domain/smart/course.h"

/* Before anybody is registered for a locked course or a registration of it is changed: the festival
 * that holds its seats is locked too. A new person is locked by their e-mail address, so that must not
 * come between the two courses. */
enum outcome festival_lock(struct call *call, const struct course *course);

/* After a change of a course that is locked and whose rows are stored. With `reserve`, one that has no
 * seats at its festival yet gets them when the festival is published: for those who run the courses,
 * as it may be refused ("festival_full", "festival_reserved"). Nothing to do for other courses. */
enum outcome festival_follow(struct call *call, const struct course *course, bool reserve);

/* Before a course is locked to be published: those programmes are locked first that would wait for
 * it as their festival. Publishing goes one after the other. */
enum outcome festival_before_publishing(struct call *call, struct text course_id,
                                        struct text_list *ret_waiting);
/* After it: the course's own seats, or those of the programmes that waited. */
enum outcome festival_after_publishing(struct call *call, const struct course *course,
                                       const struct text_list *waiting);

/* After a festival was cancelled: the programmes are without seats and wait for another. */
enum outcome festival_dissolve(struct call *call, const struct course *festival);

/* The course that a body names as festival is one. */
enum outcome festival_check_reference(struct call *call, struct text festival_course_id);

/* Before a registration is given up or handed over by itself: CONFLICT "seat_follows_course". */
enum outcome festival_check_seat(struct call *call, struct text registration_id);

#endif
