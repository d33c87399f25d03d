#include "domain/grants/measure.h"

#include "api/grants/basis_part.h"
#include "operations.h"
#include "storage/statements.h"

static const struct basis_part measures = {
    .registry = {.resource = "measure", .get = &sql_measure_get},
    .basis = &sql_measure_basis,
    .count = &sql_measure_count,
    .limit = MEASURES_MAX,
};

static enum outcome load_references(struct call *call, const struct measure *measure,
                                    struct object lists, struct basis_reference **ret_references,
                                    size_t *ret_count)
{
    return tx_load_all(call->tx, &sql_measure_references, SOURCES({&shape_measure, measure}, lists),
                       &shape_basis_reference, ret_references, ret_count);
}

/* Who takes part and which needs are answered; then the event and the answer. */
static enum outcome finish(struct call *call, struct text id, struct object in)
{
    const struct statement *const statements[] = {
        &sql_measure_party_remove,
        &sql_measure_party_add,
        &sql_measure_need_remove,
        &sql_measure_need_add,
    };
    const struct row_id key = {.id = id};
    enum outcome outcome = DONE;
    for (size_t i = 0; outcome == DONE && i < sizeof statements / sizeof statements[0]; i++)
        outcome = tx_execute(call->tx, statements[i], SOURCES({&row_id_shape, &key}, in), NULL);
    return outcome == DONE ? register_update(call, &measures.registry, &sql_measure_version,
                                             SOURCES({&row_id_shape, &key}),
                                             changes_named(call->arena, in.shape, in.data))
                           : outcome;
}

enum outcome create_measure(struct call *call, const struct measure_create *in)
{
    const struct measure begun = {.basis_id = in->basis_id};
    const struct object lists = {&shape_measure_create, in};
    struct basis basis = {0};
    struct basis_reference *references = NULL;
    size_t count = 0;
    struct stored_row created = {0};
    enum outcome outcome = basis_part_begin_create(call, &measures, in->basis_id, &basis);
    if (outcome == DONE)
        outcome = load_references(call, &begun, lists, &references, &count);
    if (outcome == DONE)
        outcome = measure_check_create(in, references, count, call->error);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_measure_insert, SOURCES(lists), &stored_row_shape,
                          &created);
    return outcome == DONE ? finish(call, created.id, lists) : outcome;
}

/* Under the lock of its basis; If-Match compared, and open to edits. */
static enum outcome begin_change(struct call *call, struct text id, struct measure *ret_measure)
{
    const struct row_id key = {.id = id};
    struct basis basis = {0};
    enum outcome outcome = basis_part_begin_change(call, &measures, id, &basis);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_measure_load, SOURCES({&row_id_shape, &key}),
                          &shape_measure, ret_measure);
    if (outcome == DONE)
        outcome = call_expect_version(call, ret_measure->version);
    return outcome == DONE ? basis_check_editable(&basis, call->error) : outcome;
}

enum outcome update_measure(struct call *call, const struct measure_update *in)
{
    const struct object lists = {&shape_measure_update, in};
    struct measure measure = {0};
    struct basis_reference *references = NULL;
    size_t count = 0;
    enum outcome outcome = begin_change(call, in->id, &measure);
    if (outcome == DONE)
        outcome = load_references(call, &measure, lists, &references, &count);
    if (outcome == DONE)
        outcome = measure_check_update(&measure, in, references, count, call->error);
    if (outcome == DONE)
        outcome = tx_execute(call->tx, &sql_measure_update, SOURCES(lists), NULL);
    return outcome == DONE ? finish(call, in->id, lists) : outcome;
}

enum outcome delete_measure(struct call *call, const struct basis_action *in)
{
    struct measure measure = {0};
    enum outcome outcome = begin_change(call, in->id, &measure);
    if (outcome == DONE)
        outcome = measure_check_delete(&measure, call->error);
    return outcome == DONE ? register_delete(call, &measures.registry, &sql_measure_delete, in->id,
                                             measure.version)
                           : outcome;
}
