#include "api/grants/basis_part.h"

#include "storage/statements.h"

const struct registry bases = {.resource = "decision_basis", .get = &sql_basis_get};

enum outcome basis_lock(struct call *call, struct text id, struct basis *ret_basis)
{
    const struct row_id key = {.id = id};
    struct basis *rows = NULL;
    size_t count = 0;
    enum outcome outcome = tx_load_all(call->tx, &sql_basis_lock, SOURCES({&row_id_shape, &key}),
                                       &shape_basis, &rows, &count);
    if (outcome != DONE)
        return outcome;
    if (count == 0)
        return register_refuse(call, &bases, id);
    *ret_basis = rows[0];
    return DONE;
}

enum outcome basis_lock_version(struct call *call, struct text id, struct basis *ret_basis)
{
    enum outcome outcome = basis_lock(call, id, ret_basis);
    return outcome == DONE ? call_expect_version(call, ret_basis->version) : outcome;
}

static enum outcome check_room(struct call *call, const struct basis_part *part,
                               struct text basis_id)
{
    const struct row_id key = {.id = basis_id};
    struct rows *rows = NULL;
    enum outcome outcome = tx_query(call->tx, part->count, SOURCES({&row_id_shape, &key}), &rows);
    if (outcome != DONE || rows_int(rows, 0, "count") < part->limit)
        return outcome;
    error_arg_int(call->error, "limit", part->limit);
    return error_refuse(call->error, CONFLICT, "limit_reached", NULL);
}

enum outcome basis_part_begin_create(struct call *call, const struct basis_part *part,
                                     struct text basis_id, struct basis *ret_basis)
{
    enum outcome outcome = basis_lock(call, basis_id, ret_basis);
    if (outcome == DONE)
        outcome = basis_check_editable(ret_basis, call->error);
    return outcome == DONE ? check_room(call, part, basis_id) : outcome;
}

enum outcome basis_part_begin_change(struct call *call, const struct basis_part *part,
                                     struct text id, struct basis *ret_basis)
{
    const struct row_id key = {.id = id};
    struct rows *rows = NULL;
    enum outcome outcome = tx_query(call->tx, part->basis, SOURCES({&row_id_shape, &key}), &rows);
    if (outcome == DONE && rows_count(rows) == 0)
        outcome = error_refuse(call->error, NOT_FOUND, "not_found", NULL);
    return outcome == DONE
               ? basis_lock(call, rows_text(rows, 0, "basis_id", call->arena), ret_basis)
               : outcome;
}
