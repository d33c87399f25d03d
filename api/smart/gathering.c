#include "domain/smart/gathering.h"

#include "api/smart/course_part.h"
#include "operations.h"
#include "storage/statements.h"

#include <inttypes.h>

static const struct part_kind gathering_kind = {
    .resource = "gathering",
    .get = &sql_gathering_get,
    .course = &sql_gathering_course,
    .lock = &sql_gathering_lock,
    .remove = &sql_gathering_delete,
    .planned = true,
    .count = &sql_gathering_count,
    .limit = GATHERINGS_MAX,
};

static const struct part_kind session_kind = {
    .resource = "session",
    .get = &sql_session_get,
    .course = &sql_session_course,
    .lock = &sql_session_lock,
    .remove = &sql_session_delete,
    .planned = true,
    .count = &sql_session_count,
    .parent_course = &sql_gathering_course,
    .limit = SESSIONS_MAX,
};

enum outcome create_gathering(struct call *call, const struct gathering_create *in)
{
    struct course course = {0};
    struct stored_row stored = {0};
    enum outcome outcome = part_begin_create(call, &gathering_kind, in->course_id, &course);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_gathering_insert, SOURCES({&shape_gathering_create, in}),
                          &stored_row_shape, &stored);
    return outcome == DONE ? part_finish(call, &gathering_kind, &course, &stored) : outcome;
}

enum outcome update_gathering(struct call *call, const struct gathering_update *in)
{
    struct course course = {0};
    struct stored_row stored = {0};
    enum outcome outcome = part_begin_update(call, &gathering_kind, in->id, &course);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_gathering_update, SOURCES({&shape_gathering_update, in}),
                          &stored_row_shape, &stored);
    return outcome == DONE ? part_finish(call, &gathering_kind, &course, &stored) : outcome;
}

/* What is shifted with a gathering, by how much. */
struct shift {
    struct text id;
    struct text course_id;
    int64_t days;
};
SHAPE(shift_shape, struct shift, FIELD(struct shift, id), FIELD(struct shift, course_id),
      FIELD(struct shift, days));

static enum outcome shift_rows(struct call *call, const struct statement *statement,
                               const char *resource, const struct shift *shift, struct text reason)
{
    struct stored_row *rows = NULL;
    size_t count = 0;
    const char *changes = arena_format(call->arena, "{\"days\":%" PRId64 "}", shift->days);
    enum outcome outcome = tx_load_all(call->tx, statement, SOURCES({&shift_shape, shift}),
                                       &stored_row_shape, &rows, &count);
    for (size_t i = 0; i < count && outcome == DONE; i++)
        outcome = call_record(call, &(struct event){.resource = resource,
                                                    .id = rows[i].id.s,
                                                    .version = rows[i].version,
                                                    .reason = reason.s,
                                                    .changes = changes});
    return outcome;
}

static enum outcome days_of(struct call *call, const struct gathering_move *in, int64_t *ret_days)
{
    struct rows *rows = NULL;
    enum outcome outcome = tx_query(call->tx, &sql_gathering_first_day,
                                    SOURCES({&shape_gathering_move, in}), &rows);
    return outcome == DONE ? gathering_move_days(in, rows_text(rows, 0, "first_on", call->arena),
                                                 call->error, ret_days)
                           : outcome;
}

enum outcome move_gathering(struct call *call, const struct gathering_move *in)
{
    struct course course = {0};
    struct shift shift = {.id = in->id};
    enum outcome outcome = gathering_check_move(in, call->error);
    if (outcome == DONE)
        outcome = part_begin_update(call, &gathering_kind, in->id, &course);
    if (outcome == DONE)
        outcome = days_of(call, in, &shift.days);
    shift.course_id = course.id;
    if (outcome == DONE)
        outcome = shift_rows(call, &sql_gathering_shift_programme, "programme_item", &shift,
                             in->reason);
    if (outcome == DONE)
        outcome = shift_rows(call, &sql_gathering_shift_sessions, "session", &shift, in->reason);
    if (outcome == DONE)
        outcome = shift_rows(call, &sql_gathering_moved, "gathering", &shift, in->reason);
    return outcome == DONE ? part_settle(call, &gathering_kind, &course, in->id) : outcome;
}

enum outcome delete_gathering(struct call *call, const struct course_part *in)
{
    return part_delete(call, &gathering_kind, in->id);
}

enum outcome create_session(struct call *call, const struct session_create *in)
{
    struct course course = {0};
    struct stored_row stored = {0};
    enum outcome outcome = session_check_create(in, call->error);
    if (outcome == DONE)
        outcome = part_begin_create(call, &session_kind, in->gathering_id, &course);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_session_insert, SOURCES({&shape_session_create, in}),
                          &stored_row_shape, &stored);
    return outcome == DONE ? part_finish(call, &session_kind, &course, &stored) : outcome;
}

enum outcome update_session(struct call *call, const struct session_update *in)
{
    struct course course = {0};
    struct session session = {0};
    struct stored_row stored = {0};
    enum outcome outcome = part_begin_update(call, &session_kind, in->id, &course);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_session_load, SOURCES({&shape_session_update, in}),
                          &shape_session, &session);
    if (outcome == DONE)
        outcome = session_check_update(&session, in, call->error);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_session_update, SOURCES({&shape_session_update, in}),
                          &stored_row_shape, &stored);
    return outcome == DONE ? part_finish(call, &session_kind, &course, &stored) : outcome;
}

enum outcome delete_session(struct call *call, const struct course_part *in)
{
    return part_delete(call, &session_kind, in->id);
}
