#include "domain/smart/course_item.h"

#include "api/smart/course_part.h"
#include "operations.h"
#include "storage/statements.h"

static const struct part_kind course_item_kind = {
    .resource = "course_item",
    .get = &sql_course_item_get,
    .course = &sql_course_item_course,
    .lock = &sql_course_item_lock,
    .remove = &sql_course_item_delete,
    .count = &sql_course_item_count,
    .limit = COURSE_ITEMS_MAX,
};

static const struct part_kind item_option_kind = {
    .resource = "item_option",
    .get = &sql_item_option_get,
    .course = &sql_item_option_course,
    .lock = &sql_item_option_lock,
    .remove = &sql_item_option_delete,
    .count = &sql_item_option_count,
    .parent_course = &sql_course_item_course,
    .limit = ITEM_OPTIONS_MAX,
};

enum outcome create_course_item(struct call *call, const struct course_item_create *in)
{
    struct course course = {0};
    struct stored_row stored = {0};
    enum outcome outcome = part_begin_create(call, &course_item_kind, in->course_id, &course);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_course_item_insert,
                          SOURCES({&shape_course_item_create, in}), &stored_row_shape, &stored);
    return outcome == DONE ? part_finish(call, &course_item_kind, &course, &stored) : outcome;
}

enum outcome update_course_item(struct call *call, const struct course_item_update *in)
{
    struct course course = {0};
    struct stored_row stored = {0};
    enum outcome outcome = part_begin_update(call, &course_item_kind, in->id, &course);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_course_item_update,
                          SOURCES({&shape_course_item_update, in}), &stored_row_shape, &stored);
    return outcome == DONE ? part_finish(call, &course_item_kind, &course, &stored) : outcome;
}

enum outcome delete_course_item(struct call *call, const struct course_part *in)
{
    return part_delete(call, &course_item_kind, in->id);
}

enum outcome create_item_option(struct call *call, const struct item_option_create *in)
{
    struct course course = {0};
    struct stored_row stored = {0};
    enum outcome outcome = part_begin_create(call, &item_option_kind, in->item_id, &course);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_item_option_insert,
                          SOURCES({&shape_item_option_create, in}), &stored_row_shape, &stored);
    return outcome == DONE ? part_finish(call, &item_option_kind, &course, &stored) : outcome;
}

enum outcome update_item_option(struct call *call, const struct item_option_update *in)
{
    struct course course = {0};
    struct stored_row stored = {0};
    enum outcome outcome = part_begin_update(call, &item_option_kind, in->id, &course);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_item_option_update,
                          SOURCES({&shape_item_option_update, in}), &stored_row_shape, &stored);
    return outcome == DONE ? part_finish(call, &item_option_kind, &course, &stored) : outcome;
}

enum outcome delete_item_option(struct call *call, const struct course_part *in)
{
    return part_delete(call, &item_option_kind, in->id);
}
