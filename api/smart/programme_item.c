#include "domain/smart/programme_item.h"

#include "api/smart/course_part.h"
#include "operations.h"
#include "storage/statements.h"

static const struct part_kind programme_item_kind = {
    .resource = "programme_item",
    .get = &sql_programme_item_get,
    .course = &sql_programme_item_course,
    .lock = &sql_programme_item_lock,
    .remove = &sql_programme_item_delete,
    .loose = true,
    .count = &sql_programme_item_count,
    .limit = PROGRAMME_ITEMS_MAX,
};

enum outcome create_programme_item(struct call *call, const struct programme_item_create *in)
{
    struct course course = {0};
    struct stored_row stored = {0};
    enum outcome outcome = programme_item_check_create(in, call->error);
    if (outcome == DONE)
        outcome = part_begin_create(call, &programme_item_kind, in->course_id, &course);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_programme_item_insert,
                          SOURCES({&shape_programme_item_create, in}), &stored_row_shape, &stored);
    return outcome == DONE ? part_finish(call, &programme_item_kind, &course, &stored) : outcome;
}

enum outcome update_programme_item(struct call *call, const struct programme_item_update *in)
{
    struct course course = {0};
    struct programme_item item = {0};
    struct stored_row stored = {0};
    enum outcome outcome = part_begin_update(call, &programme_item_kind, in->id, &course);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_programme_item_load,
                          SOURCES({&shape_programme_item_update, in}), &shape_programme_item,
                          &item);
    if (outcome == DONE)
        outcome = programme_item_check_update(&item, in, call->error);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_programme_item_update,
                          SOURCES({&shape_programme_item_update, in}), &stored_row_shape, &stored);
    return outcome == DONE ? part_finish(call, &programme_item_kind, &course, &stored) : outcome;
}

enum outcome delete_programme_item(struct call *call, const struct course_part *in)
{
    return part_delete(call, &programme_item_kind, in->id);
}
