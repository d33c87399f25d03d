#include "domain/smart/ticket_type.h"

#include "api/smart/course_part.h"
#include "api/smart/seat.h"
#include "operations.h"
#include "storage/statements.h"

static const struct part_kind ticket_type_kind = {
    .resource = "ticket_type",
    .get = &sql_ticket_type_get,
    .course = &sql_ticket_type_course,
    .lock = &sql_ticket_type_lock,
    .remove = &sql_ticket_type_delete,
    .count = &sql_ticket_type_count,
    .limit = TICKET_TYPES_MAX,
};

enum outcome create_ticket_type(struct call *call, const struct ticket_type_create *in)
{
    struct course course = {0};
    struct stored_row stored = {0};
    enum outcome outcome = ticket_type_check_create(in, call->error);
    if (outcome == DONE)
        outcome = part_begin_create(call, &ticket_type_kind, in->course_id, &course);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_ticket_type_insert,
                          SOURCES({&shape_ticket_type_create, in}), &stored_row_shape, &stored);
    return outcome == DONE ? part_finish(call, &ticket_type_kind, &course, &stored) : outcome;
}

/* An offer that has run out claims its ticket until it is swept. */
enum outcome update_ticket_type(struct call *call, const struct ticket_type_update *in)
{
    struct course course = {0};
    struct ticket_type ticket = {0};
    struct stored_row stored = {0};
    enum outcome outcome = part_begin_update(call, &ticket_type_kind, in->id, &course);
    if (outcome == DONE)
        outcome = seat_sweep(call, &course);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_ticket_type_load, SOURCES({&shape_ticket_type_update, in}),
                          &shape_ticket_type, &ticket);
    if (outcome == DONE)
        outcome = ticket_type_check_update(&ticket, in, call->error);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_ticket_type_update,
                          SOURCES({&shape_ticket_type_update, in}), &stored_row_shape, &stored);
    if (outcome == DONE)
        outcome = seat_settle(call, &course, NULL);
    return outcome == DONE ? part_finish(call, &ticket_type_kind, &course, &stored) : outcome;
}

enum outcome delete_ticket_type(struct call *call, const struct course_part *in)
{
    return part_delete(call, &ticket_type_kind, in->id);
}
