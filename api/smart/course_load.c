#include "api/smart/course_load.h"

#include "api/smart/seat.h"
#include "storage/statements.h"

/* A ticket type is counted among the children of its course, see course_part.h. */
struct course_key {
    struct text course_id;
    struct text parent_id;
};
SHAPE(locked_course_key_shape, struct course_key, FIELD(struct course_key, course_id),
      FIELD(struct course_key, parent_id));

static struct course_key key_of(struct text course_id)
{
    return (struct course_key){.course_id = course_id, .parent_id = course_id};
}

enum outcome course_lock(struct call *call, struct text course_id, struct course *ret_course)
{
    const struct course_key key = key_of(course_id);
    struct rows *visible = NULL;
    struct course *locked = NULL;
    size_t count = 0;
    enum outcome outcome = tx_query(call->tx, &sql_course_visible,
                                    SOURCES({&locked_course_key_shape, &key}), &visible);
    if (outcome != DONE)
        return outcome;
    if (rows_count(visible) == 0)
        return error_refuse(call->error, NOT_FOUND, "not_found", NULL);
    outcome = tx_load_all(call->tx, &sql_course_lock, SOURCES({&locked_course_key_shape, &key}),
                          &shape_course, &locked, &count);
    if (outcome != DONE)
        return outcome;
    if (count == 0)
        return error_refuse(call->error, FORBIDDEN, "forbidden", NULL);
    *ret_course = locked[0];
    return DONE;
}

enum outcome course_check_stored_plan(struct call *call, const struct course *course)
{
    const struct course_key key = key_of(course->id);
    struct course_day *days = NULL;
    size_t day_count = 0;
    struct rows *tickets = NULL;
    enum outcome outcome = tx_load_all(call->tx, &sql_course_days,
                                       SOURCES({&locked_course_key_shape, &key}), &shape_course_day,
                                       &days, &day_count);
    if (outcome == DONE)
        outcome = tx_query(call->tx, &sql_ticket_type_count,
                           SOURCES({&locked_course_key_shape, &key}), &tickets);
    if (outcome != DONE)
        return outcome;
    return course_check_plan(course, days, day_count, (size_t)rows_int(tickets, 0, "count"),
                             call->error);
}

enum outcome course_settle(struct call *call, struct text course_id)
{
    const struct course_key key = key_of(course_id);
    struct course course = {0};
    enum outcome outcome = tx_load(call->tx, &sql_course_lock,
                                   SOURCES({&locked_course_key_shape, &key}), &shape_course,
                                   &course);
    if (outcome == DONE)
        outcome = seat_shorten_offers(call, &course);
    return outcome == DONE ? seat_settle(call, &course, NULL) : outcome;
}
