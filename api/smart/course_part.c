#include "api/smart/course_part.h"

struct part_key {
    struct text id;
    struct text parent_id;
};
SHAPE(part_key_shape, struct part_key, FIELD(struct part_key, id),
      FIELD(struct part_key, parent_id));

/* The first row's `course_id`; NOT_FOUND when the caller sees no such row. */
static enum outcome find_course(struct call *call, const struct statement *statement,
                                struct text id, struct text *ret_course_id)
{
    const struct part_key key = {.id = id};
    struct rows *rows = NULL;
    enum outcome outcome = tx_query(call->tx, statement, SOURCES({&part_key_shape, &key}), &rows);
    if (outcome != DONE)
        return outcome;
    if (rows_count(rows) == 0)
        return error_refuse(call->error, NOT_FOUND, "not_found", NULL);
    *ret_course_id = rows_text(rows, 0, "course_id", call->arena);
    return DONE;
}

static enum outcome check_room(struct call *call, const struct part_kind *kind,
                               struct text parent_id)
{
    const struct part_key key = {.parent_id = parent_id};
    struct rows *rows = NULL;
    enum outcome outcome = tx_query(call->tx, kind->count, SOURCES({&part_key_shape, &key}), &rows);
    return outcome == DONE ? course_check_room(rows_int(rows, 0, "count"), kind->limit, call->error)
                           : outcome;
}

enum outcome part_begin_create(struct call *call, const struct part_kind *kind,
                               struct text parent_id, struct course *ret_course)
{
    struct text course_id = parent_id;
    enum outcome outcome = DONE;
    if (kind->parent_course)
        outcome = find_course(call, kind->parent_course, parent_id, &course_id);
    if (outcome == DONE)
        outcome = course_lock(call, course_id, ret_course);
    if (outcome == DONE)
        outcome = course_check_live(ret_course, call->error);
    return outcome == DONE ? check_room(call, kind, parent_id) : outcome;
}

/* A part that vanished while its course was waited for is not found; one that is seen and cannot be
 * locked is not the caller's to change. */
static enum outcome lock(struct call *call, const struct part_kind *kind, struct text id,
                         struct course *ret_course, int64_t *ret_version)
{
    const struct part_key key = {.id = id};
    struct text course_id = {.is = ABSENT};
    struct rows *rows = NULL;
    enum outcome outcome = find_course(call, kind->course, id, &course_id);
    if (outcome == DONE)
        outcome = course_lock(call, course_id, ret_course);
    if (outcome == DONE)
        outcome = tx_query(call->tx, kind->lock, SOURCES({&part_key_shape, &key}), &rows);
    if (outcome != DONE)
        return outcome;
    if (rows_count(rows) > 0) {
        *ret_version = rows_int(rows, 0, "version");
        return call_expect_version(call, *ret_version);
    }
    outcome = find_course(call, kind->course, id, &course_id);
    return outcome == DONE ? error_refuse(call->error, FORBIDDEN, "forbidden", NULL) : outcome;
}

enum outcome part_begin_update(struct call *call, const struct part_kind *kind, struct text id,
                               struct course *ret_course)
{
    int64_t version = 0;
    enum outcome outcome = lock(call, kind, id, ret_course, &version);
    return outcome == DONE ? course_check_live(ret_course, call->error) : outcome;
}

/* What was published stays complete. */
static enum outcome settle_plan(struct call *call, const struct course *course)
{
    if (!text_is(course->state, COURSE_DRAFT)) {
        enum outcome outcome = course_check_stored_plan(call, course);
        if (outcome != DONE)
            return outcome;
    }
    return course_settle(call, course->id);
}

enum outcome part_settle(struct call *call, const struct part_kind *kind,
                         const struct course *course, struct text id)
{
    enum outcome outcome = kind->planned ? settle_plan(call, course) : DONE;
    return outcome == DONE ? call_answer_item(call, kind->get, id.s) : outcome;
}

enum outcome part_finish(struct call *call, const struct part_kind *kind,
                         const struct course *course, const struct stored_row *stored)
{
    enum outcome outcome = call_record(call, &(struct event){.resource = kind->resource,
                                                             .id = stored->id.s,
                                                             .version = stored->version});
    return outcome == DONE ? part_settle(call, kind, course, stored->id) : outcome;
}

enum outcome part_delete(struct call *call, const struct part_kind *kind, struct text id)
{
    const struct part_key key = {.id = id};
    struct course course = {0};
    int64_t version = 0, removed = 0;
    enum outcome outcome = lock(call, kind, id, &course, &version);
    if (outcome == DONE)
        outcome = kind->loose ? course_check_live(&course, call->error)
                              : course_check_draft(&course, call->error);
    if (outcome == DONE)
        outcome = tx_execute(call->tx, kind->remove, SOURCES({&part_key_shape, &key}), &removed);
    if (outcome == DONE && removed == 0)
        outcome = error_refuse(call->error, FORBIDDEN, "forbidden", NULL);
    if (outcome == DONE)
        outcome = call_record(
            call, &(struct event){.resource = kind->resource, .id = id.s, .version = version});
    return outcome;
}
