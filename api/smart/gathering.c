#include "domain/smart/gathering.h"

#include "api/smart/course_part.h"
#include "operations.h"
#include "storage/statements.h"

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
