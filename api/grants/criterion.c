#include "domain/grants/criterion.h"

#include "api/grants/basis_part.h"
#include "operations.h"
#include "storage/statements.h"

static enum outcome answer(struct call *call, const struct criterion_put *in)
{
    enum outcome outcome = tx_query(call->tx, &sql_criterion_get,
                                    SOURCES({&shape_criterion_put, in}), &call->rows);
    return outcome == DONE && rows_count(call->rows) == 0
               ? error_refuse(call->error, NOT_FOUND, "not_found", NULL)
               : outcome;
}

/* As somebody who may change it; who only sees the basis is refused. Locks first and looks then: a verdict
 * that was given meanwhile is no change of the row that is locked. */
static enum outcome lock(struct call *call, const struct criterion_put *in,
                         struct criterion *ret_criterion)
{
    struct rows *rows = NULL;
    enum outcome outcome = tx_query(call->tx, &sql_criterion_lock,
                                    SOURCES({&shape_criterion_put, in}), &rows);
    if (outcome == DONE && rows_count(rows) == 0) {
        outcome = answer(call, in);
        return outcome == DONE ? error_refuse(call->error, FORBIDDEN, "forbidden", NULL) : outcome;
    }
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_criterion_load, SOURCES({&shape_criterion_put, in}),
                          &shape_criterion, ret_criterion);
    return outcome == DONE ? call_expect_version(call, ret_criterion->version) : outcome;
}

enum outcome put_criterion(struct call *call, const struct criterion_put *in)
{
    struct criterion criterion = {0};
    struct stored_row now = {0};
    enum outcome outcome = lock(call, in, &criterion);
    if (outcome == DONE)
        outcome = criterion_check_put(&criterion, in, call->error);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_criterion_put, SOURCES({&shape_criterion_put, in}),
                          &stored_row_shape, &now);
    if (outcome == DONE)
        outcome = call_record(call, &(struct event){.resource = "criterion_assessment",
                                                    .id = now.id.s,
                                                    .version = now.version,
                                                    .from = criterion.verdict.s,
                                                    .to = in->verdict.s});
    return outcome == DONE ? answer(call, in) : outcome;
}

/* ---- assessed -------------------------------------------------------------------------------- */

struct judged_criteria {
    struct text_list judged;
};
SHAPE(judged_criteria_shape, struct judged_criteria, FIELD(struct judged_criteria, judged));

enum outcome assess_basis(struct call *call, const struct basis_assess *in)
{
    struct basis basis = {0};
    struct basis_change change = {0};
    struct judged_criteria found = {0};
    struct stored_row now = {0};
    enum outcome outcome = basis_lock_version(call, in->id, &basis);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_basis_judged, SOURCES({&shape_basis, &basis}),
                          &judged_criteria_shape, &found);
    if (outcome == DONE)
        outcome = basis_assess(&basis, &found.judged, call->error, &change);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_basis_assess,
                          SOURCES({&shape_basis_change, &change}, {&shape_basis, &basis}),
                          &stored_row_shape, &now);
    if (outcome == DONE)
        outcome = call_record(call, &(struct event){.resource = bases.resource,
                                                    .id = in->id.s,
                                                    .version = now.version,
                                                    .from = basis.state.s,
                                                    .to = change.state.s,
                                                    .reason = in->reason.s});
    return outcome == DONE ? call_answer_item(call, bases.get, in->id.s) : outcome;
}
