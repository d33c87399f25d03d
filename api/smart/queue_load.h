/* The waiting line of a course as storage has it: read, and put in another order. The rules
 * are in domain/smart/queue.h. */
#ifndef LOFT_API_SMART_QUEUE_LOAD_H
#define LOFT_API_SMART_QUEUE_LOAD_H

#include "api/call.h"
#include "domain/smart/course.h"
#include "domain/smart/queue.h"

/* From the first in line on, as far as so many free seats can reach; what the caller may see. */
enum outcome queue_front(struct call *call, struct text course_id, int64_t free_seats,
                         struct queue_entry **ret_line, size_t *ret_count);

/* Moves one of the line of a locked course. `ret_changes` is for the event log. */
enum outcome queue_place(struct call *call, const struct course *course, struct text id,
                         int64_t position, const char **ret_changes);

#endif
