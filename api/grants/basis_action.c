#include "api/grants/basis_part.h"
#include "domain/grants/basis_submission.h"
#include "operations.h"
#include "storage/statements.h"

static enum outcome set_state(struct call *call, const struct basis *basis,
                              const struct basis_change *change, struct text reason)
{
    return register_move(
        call, &bases, &sql_basis_set_state,
        SOURCES({&shape_basis_change, change}, {&shape_basis, basis}),
        &(struct event){.from = basis->state.s, .to = change->state.s, .reason = reason.s});
}

/* ---- submitting ------------------------------------------------------------------------------ */

static enum outcome load_parts(struct call *call, struct text id,
                               struct submission_parts *ret_parts)
{
    const struct row_id key = {.id = id};
    const struct {
        const struct statement *statement;
        const struct shape *shape;
        void *array;
        size_t *count;
    } lists[] = {
        {&sql_submission_measures, &shape_submission_measure, &ret_parts->measures,
         &ret_parts->measure_count},
        {&sql_submission_lines, &shape_submission_line, &ret_parts->lines, &ret_parts->line_count},
        {&sql_submission_needs, &shape_submission_need, &ret_parts->needs, &ret_parts->need_count},
        {&sql_submission_signers, &shape_submission_signer, &ret_parts->unsigned_uhs,
         &ret_parts->unsigned_count},
    };
    enum outcome outcome = DONE;
    for (size_t i = 0; outcome == DONE && i < sizeof lists / sizeof lists[0]; i++)
        outcome = tx_load_all(call->tx, lists[i].statement, SOURCES({&row_id_shape, &key}),
                              lists[i].shape, lists[i].array, lists[i].count);
    return outcome;
}

/* The frame is locked from here on: of two bases of a network the second sees what the first claims. */
static enum outcome lock_frame(struct call *call, const struct basis *basis,
                               struct basis_frame *ret_frame)
{
    struct basis_frame *rows = NULL;
    size_t count = 0;
    enum outcome outcome = tx_load_all(call->tx, &sql_basis_frame_lock,
                                       SOURCES({&shape_basis, basis}), &shape_basis_frame, &rows,
                                       &count);
    if (outcome == DONE && count > 0)
        *ret_frame = rows[0];
    return outcome;
}

static enum outcome submit(struct call *call, const struct basis_action *in, const char *action)
{
    const struct row_id key = {.id = in->id};
    struct basis basis = {0};
    struct basis_frame frame = {0};
    struct basis_submission submission = {0};
    struct submission_parts parts = {0};
    struct basis_change change = {0};
    enum outcome outcome = tx_execute(call->tx, &sql_basis_hold_round,
                                      SOURCES({&row_id_shape, &key}), NULL);
    if (outcome == DONE)
        outcome = basis_lock_version(call, in->id, &basis);
    if (outcome == DONE && !basis.of_network)
        outcome = error_refuse(call->error, FORBIDDEN, "forbidden", NULL);
    if (outcome == DONE)
        outcome = lock_frame(call, &basis, &frame);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_basis_submission, SOURCES({&row_id_shape, &key}),
                          &shape_basis_submission, &submission);
    if (outcome == DONE)
        outcome = load_parts(call, in->id, &parts);
    if (outcome == DONE)
        outcome = basis_submit(&basis, action, &submission, &frame, &parts, call->error, &change);
    return outcome == DONE ? set_state(call, &basis, &change, in->reason) : outcome;
}

enum outcome submit_basis(struct call *call, const struct basis_action *in)
{
    return submit(call, in, "submit");
}

enum outcome resubmit_basis(struct call *call, const struct basis_action *in)
{
    return submit(call, in, "resubmit");
}

/* ---- other actions --------------------------------------------------------------------------- */

enum outcome return_basis(struct call *call, const struct basis_return *in)
{
    struct basis basis = {0};
    struct basis_change change = {0};
    enum outcome outcome = basis_lock_version(call, in->id, &basis);
    if (outcome == DONE)
        outcome = basis_return(&basis, in, call->error, &change);
    return outcome == DONE ? set_state(call, &basis, &change, in->note) : outcome;
}

enum outcome withdraw_basis(struct call *call, const struct basis_action *in)
{
    struct basis basis = {0};
    struct basis_change change = {0};
    enum outcome outcome = basis_lock_version(call, in->id, &basis);
    if (outcome == DONE && !basis.of_network)
        outcome = error_refuse(call->error, FORBIDDEN, "forbidden", NULL);
    if (outcome == DONE)
        outcome = basis_withdraw(&basis, call->error, &change);
    return outcome == DONE ? set_state(call, &basis, &change, in->reason) : outcome;
}

enum outcome sign_basis(struct call *call, const struct basis_sign *in)
{
    struct basis basis = {0};
    struct basis_sign signed_by = *in;
    struct stored_row created = {0};
    enum outcome outcome = basis_lock_version(call, in->id, &basis);
    if (outcome == DONE)
        outcome = basis_sign(&basis, in, call->error, &signed_by.institution_id);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_signature_insert,
                          SOURCES({&shape_basis_sign, &signed_by}, {&shape_basis, &basis}),
                          &stored_row_shape, &created);
    if (outcome == DONE)
        outcome = call_record(
            call, &(struct event){
                      .resource = bases.resource,
                      .id = in->id.s,
                      .version = basis.version,
                      .changes = changes_set(call->arena, &shape_basis_sign, &signed_by),
                  });
    return outcome == DONE ? call_answer_item(call, bases.get, in->id.s) : outcome;
}
