/* What a change of a course begins and ends with: its row locked under the caller's policies, and
 * its plan looked at again. Lock order: course, then what lies below it. */
#ifndef LOFT_API_SMART_COURSE_LOAD_H
#define LOFT_API_SMART_COURSE_LOAD_H

#include "api/call.h"
#include "domain/smart/course.h"

/* Locks the course that the caller means to change. NOT_FOUND when they cannot see it, FORBIDDEN
 * when they see it and may not change it. The version is for the caller of this to compare. */
enum outcome course_lock(struct call *call, struct text course_id, struct course *ret_course);

/* course_check_plan on the plan as it is stored. */
enum outcome course_check_stored_plan(struct call *call, const struct course *course);

/* After a change of the seats or the start of a locked course: an offer ends with the start at the
 * latest, and what is free goes to the first in line. */
enum outcome course_settle(struct call *call, struct text course_id);

#endif
