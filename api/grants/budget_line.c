#include "domain/grants/budget_line.h"

#include "api/grants/basis_part.h"
#include "operations.h"
#include "storage/statements.h"

static const struct basis_part lines = {
    .registry = {.resource = "budget_line", .get = &sql_budget_line_get},
    .basis = &sql_budget_line_basis,
    .count = &sql_budget_line_count,
    .limit = BUDGET_LINES_MAX,
};

enum outcome create_budget_line(struct call *call, const struct budget_line_create *in)
{
    struct basis basis = {0};
    struct budget_line_names names = {0};
    enum outcome outcome = basis_part_begin_create(call, &lines, in->basis_id, &basis);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_budget_line_names,
                          SOURCES({&shape_budget_line_create, in}), &shape_budget_line_names,
                          &names);
    if (outcome == DONE)
        outcome = budget_line_check(&names, true, call->error);
    return outcome == DONE
               ? register_create(
                     call, &lines.registry, &sql_budget_line_insert,
                     SOURCES({&shape_budget_line_names, &names}, {&shape_budget_line_create, in}),
                     changes_set(call->arena, &shape_budget_line_create, in))
               : outcome;
}

/* Under the lock of its basis; If-Match compared, and open to edits. */
static enum outcome begin_change(struct call *call, struct text id, struct budget_line *ret_line)
{
    const struct row_id key = {.id = id};
    struct basis basis = {0};
    enum outcome outcome = basis_part_begin_change(call, &lines, id, &basis);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_budget_line_load, SOURCES({&row_id_shape, &key}),
                          &shape_budget_line, ret_line);
    if (outcome == DONE)
        outcome = call_expect_version(call, ret_line->version);
    return outcome == DONE ? basis_check_editable(&basis, call->error) : outcome;
}

enum outcome update_budget_line(struct call *call, const struct budget_line_update *in)
{
    struct budget_line line = {0};
    struct budget_line_names names = {0};
    enum outcome outcome = begin_change(call, in->id, &line);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_budget_line_names,
                          SOURCES({&shape_budget_line, &line}, {&shape_budget_line_update, in}),
                          &shape_budget_line_names, &names);
    if (outcome == DONE)
        outcome = budget_line_check(&names, given(in->recipient_id.is), call->error);
    return outcome == DONE
               ? register_update(
                     call, &lines.registry, &sql_budget_line_update,
                     SOURCES({&shape_budget_line_names, &names}, {&shape_budget_line_update, in}),
                     changes_set(call->arena, &shape_budget_line_update, in))
               : outcome;
}

enum outcome delete_budget_line(struct call *call, const struct basis_action *in)
{
    struct budget_line line = {0};
    enum outcome outcome = begin_change(call, in->id, &line);
    return outcome == DONE ? register_delete(call, &lines.registry, &sql_budget_line_delete, in->id,
                                             line.version)
                           : outcome;
}
