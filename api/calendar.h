/* Rows of entries (course_entries, calendar_feed_entries) as an answer in iCalendar. */
#ifndef LOFT_API_CALENDAR_H
#define LOFT_API_CALENDAR_H

#include "api/call.h"

/* NOT_FOUND without any row; a row without a session is an empty calendar. */
enum outcome calendar_answer(struct call *call, const struct statement *statement,
                             const struct object *source, const char *name);

#endif
