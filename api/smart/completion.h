/* Completed or no_show, from attendance: when a course is completed and when attendance of a
 * completed course changes. */
#ifndef LOFT_API_SMART_COMPLETION_H
#define LOFT_API_SMART_COMPLETION_H

#include "api/call.h"

/* Puts every participant of the course right; nothing unless it is completed. The course is locked.
 * The service's own work: whoever completes a course need not see everybody on it. */
enum outcome completion_settle(struct call *call, struct text course_id, struct text reason);

#endif
