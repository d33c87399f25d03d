#include "api/calendar.h"

#include "domain/smart/course.h"
#include "operations.h"
#include "storage/statements.h"

enum outcome get_course_calendar(struct call *call, const struct course_action *in)
{
    return calendar_answer(call, &sql_course_entries, &(struct object){&shape_course_action, in},
                           "SMART");
}
