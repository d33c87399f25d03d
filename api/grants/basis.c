#include "domain/grants/basis.h"

#include "api/grants/basis_part.h"
#include "operations.h"
#include "storage/statements.h"

/* The event, and the basis as the answer. Edits of partners and assessments have counted too. */
static enum outcome finish(struct call *call, struct text id, const char *changes)
{
    const struct row_id key = {.id = id};
    struct stored_row now = {0};
    enum outcome outcome = tx_load(call->tx, &sql_basis_version, SOURCES({&row_id_shape, &key}),
                                   &stored_row_shape, &now);
    if (outcome == DONE)
        outcome = call_record(call, &(struct event){.resource = bases.resource,
                                                    .id = id.s,
                                                    .version = now.version,
                                                    .changes = changes});
    return outcome == DONE ? call_answer_item(call, bases.get, id.s) : outcome;
}

static enum outcome load_references(struct call *call, const struct basis *basis,
                                    struct object lists, struct basis_reference **ret_references,
                                    size_t *ret_count)
{
    return tx_load_all(call->tx, &sql_basis_references, SOURCES({&shape_basis, basis}, lists),
                       &shape_basis_reference, ret_references, ret_count);
}

enum outcome create_basis(struct call *call, const struct basis_create *in)
{
    const struct basis begun = {.round_id = in->round_id, .network_id = in->network_id};
    struct basis_round round = {0};
    struct basis_reference *references = NULL;
    size_t count = 0;
    struct stored_row created = {0};
    enum outcome outcome = tx_load(call->tx, &sql_basis_round, SOURCES({&shape_basis_create, in}),
                                   &shape_basis_round, &round);
    if (outcome == DONE)
        outcome = load_references(call, &begun, (struct object){&shape_basis_create, in},
                                  &references, &count);
    if (outcome == DONE)
        outcome = basis_check_create(in, &round, references, count, call->error);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_basis_insert, SOURCES({&shape_basis_create, in}),
                          &stored_row_shape, &created);
    if (outcome == DONE)
        outcome = tx_execute(call->tx, &sql_basis_partner_add,
                             SOURCES({&stored_row_shape, &created}, {&shape_basis_create, in}),
                             NULL);
    if (outcome == DONE)
        outcome = tx_execute(call->tx, &sql_basis_assessment_add,
                             SOURCES({&stored_row_shape, &created}, {&shape_basis_create, in}),
                             NULL);
    return outcome == DONE
               ? finish(call, created.id, changes_named(call->arena, &shape_basis_create, in))
               : outcome;
}

static enum outcome store_update(struct call *call, const struct basis_update *in)
{
    const struct statement *const statements[] = {
        &sql_basis_update,         &sql_basis_partner_add,       &sql_basis_partner_remove,
        &sql_basis_assessment_add, &sql_basis_assessment_remove,
    };
    enum outcome outcome = DONE;
    for (size_t i = 0; outcome == DONE && i < sizeof statements / sizeof statements[0]; i++)
        outcome = tx_execute(call->tx, statements[i], SOURCES({&shape_basis_update, in}), NULL);
    return outcome;
}

enum outcome update_basis(struct call *call, const struct basis_update *in)
{
    struct basis basis = {0};
    struct basis_reference *references = NULL;
    size_t count = 0;
    enum outcome outcome = basis_lock_version(call, in->id, &basis);
    if (outcome == DONE)
        outcome = load_references(call, &basis, (struct object){&shape_basis_update, in},
                                  &references, &count);
    if (outcome == DONE)
        outcome = basis_check_update(&basis, in, references, count, call->error);
    if (outcome == DONE)
        outcome = store_update(call, in);
    return outcome == DONE
               ? finish(call, in->id, changes_named(call->arena, &shape_basis_update, in))
               : outcome;
}
