#include "domain/grants/decision.h"

#include "api/registry/write.h"
#include "operations.h"
#include "storage/statements.h"

static const struct registry decisions = {
    .resource = "grant_decision", .get = &sql_decision_get, .lock = &sql_decision_lock};
static const struct registry lines = {
    .resource = "decision_line", .get = &sql_decision_line_get, .lock = &sql_decision_line_lock};

/* ---- drafts ---------------------------------------------------------------------------------- */

static enum outcome find_subject(struct call *call, const struct decision_create *in,
                                 struct decision_subject *ret_subject)
{
    struct decision_subject *rows = NULL;
    size_t count = 0;
    enum outcome outcome = tx_load_all(call->tx, &sql_decision_subject,
                                       SOURCES({&shape_decision_create, in}),
                                       &shape_decision_subject, &rows, &count);
    if (outcome != DONE)
        return outcome;
    if (count == 0) {
        error_fault(call->error, "/basis_id", "unknown_reference", NULL);
        return error_outcome(call->error);
    }
    *ret_subject = rows[0];
    return ret_subject->governed ? DONE : error_refuse(call->error, FORBIDDEN, "forbidden", NULL);
}

enum outcome create_decision(struct call *call, const struct decision_create *in)
{
    struct decision_subject subject = {0};
    enum outcome outcome = find_subject(call, in, &subject);
    if (outcome == DONE)
        outcome = decision_check_subject(&subject, call->error);
    return outcome == DONE ? register_create(call, &decisions, &sql_decision_insert,
                                             SOURCES({&shape_decision_create, in},
                                                     {&shape_decision_subject, &subject}),
                                             changes_set(call->arena, &shape_decision_create, in))
                           : outcome;
}

/* Locks first and looks then, so that what is seen is what whoever came before has left. */
static enum outcome lock(struct call *call, const struct registry *registry, struct text id,
                         const struct statement *load, const struct shape *shape, void *ret_row)
{
    const struct row_id key = {.id = id};
    struct row_id locked = {0};
    enum outcome outcome = register_find(call, registry, id, &row_id_shape, &locked);
    return outcome == DONE ? tx_load(call->tx, load, SOURCES({&row_id_shape, &key}), shape, ret_row)
                           : outcome;
}

static enum outcome lock_decision(struct call *call, struct text id,
                                  struct grant_decision *ret_decision)
{
    enum outcome outcome = lock(call, &decisions, id, &sql_decision_load, &shape_grant_decision,
                                ret_decision);
    return outcome == DONE ? call_expect_version(call, ret_decision->version) : outcome;
}

enum outcome update_decision(struct call *call, const struct decision_update *in)
{
    struct grant_decision decision = {0};
    enum outcome outcome = lock_decision(call, in->id, &decision);
    if (outcome == DONE)
        outcome = decision_check_draft(&decision, call->error);
    return outcome == DONE ? register_update(call, &decisions, &sql_decision_update,
                                             SOURCES({&shape_decision_update, in}),
                                             changes_set(call->arena, &shape_decision_update, in))
                           : outcome;
}

static enum outcome check_lines(struct call *call, const struct grant_decision *decision,
                                const struct decision_lines_put *in)
{
    struct decision_party *parties = NULL;
    size_t count = 0;
    enum outcome outcome = decision_check_draft(decision, call->error);
    if (outcome == DONE)
        outcome = tx_load_all(call->tx, &sql_decision_parties,
                              SOURCES({&shape_grant_decision, decision}), &shape_decision_party,
                              &parties, &count);
    return outcome == DONE ? decision_check_lines(decision, in, parties, count, call->error)
                           : outcome;
}

enum outcome replace_decision_lines(struct call *call, const struct decision_lines_put *in)
{
    struct grant_decision decision = {0};
    enum outcome outcome = lock_decision(call, in->decision_id, &decision);
    if (outcome == DONE)
        outcome = check_lines(call, &decision, in);
    if (outcome == DONE)
        outcome = tx_execute(call->tx, &sql_decision_lines_clear,
                             SOURCES({&shape_decision_lines_put, in}), NULL);
    if (outcome == DONE)
        outcome = tx_execute(call->tx, &sql_decision_lines_insert,
                             SOURCES({&shape_decision_lines_put, in}), NULL);
    return outcome == DONE ? register_update(call, &decisions, &sql_decision_touch,
                                             SOURCES({&shape_grant_decision, &decision}),
                                             "{\"changed\":[\"lines\"]}")
                           : outcome;
}

/* ---- issuing --------------------------------------------------------------------------------- */

static enum outcome set_state(struct call *call, struct text id, struct text from,
                              const struct decision_change *change, struct text reason)
{
    const struct row_id key = {.id = id};
    return register_store(call, &sql_decision_set_state,
                          SOURCES({&row_id_shape, &key}, {&shape_decision_change, change}),
                          &(struct event){.resource = decisions.resource,
                                          .from = from.s,
                                          .to = change->state.s,
                                          .reason = reason.s});
}

/* The basis ends as it was decided. */
static enum outcome end_basis(struct call *call, const struct grant_decision *decision,
                              const struct decision_change *change)
{
    return register_store(
        call, &sql_decision_basis_decide,
        SOURCES({&shape_decision_change, change}, {&shape_grant_decision, decision}),
        &(struct event){.resource = "decision_basis",
                        .from = decision->basis_state.s,
                        .to = change->basis_state.s});
}

/* Whoever gets money reports what became of it. */
static enum outcome open_report(struct call *call, const struct grant_decision *decision)
{
    return register_store(call, &sql_report_open, SOURCES({&shape_grant_decision, decision}),
                          &(struct event){.resource = "grant_report", .to = "open"});
}

enum outcome issue_decision(struct call *call, const struct decision_issue *in)
{
    struct grant_decision decision = {0};
    struct decision_change change = {0};
    enum outcome outcome = lock_decision(call, in->id, &decision);
    if (outcome == DONE)
        outcome = decision_issue(&decision, in, call->error, &change);
    if (outcome == DONE)
        outcome = set_state(call, decision.id, decision.state, &change, in->reason);
    if (outcome == DONE)
        outcome = end_basis(call, &decision, &change);
    if (outcome == DONE && change.report)
        outcome = open_report(call, &decision);
    return outcome == DONE ? call_answer_item(call, decisions.get, in->id.s) : outcome;
}

/* ---- payment --------------------------------------------------------------------------------- */

static enum outcome lock_line(struct call *call, struct text id, struct decision_line *ret_line)
{
    enum outcome outcome = lock(call, &lines, id, &sql_decision_line_load, &shape_decision_line,
                                ret_line);
    return outcome == DONE ? call_expect_version(call, ret_line->version) : outcome;
}

static enum outcome store_line(struct call *call, const struct decision_line *line,
                               const struct decision_line_change *change, struct text reason)
{
    return register_store(
        call, &sql_decision_line_change,
        SOURCES({&shape_decision_line_change, change}, {&shape_decision_line, line}),
        &(struct event){.resource = lines.resource,
                        .from = line->state.s,
                        .to = change->state.s,
                        .reason = reason.s,
                        .changes = changes_set(call->arena, &shape_decision_line_change, change)});
}

/* The decision stands as its lines do. */
static enum outcome settle(struct call *call, const struct decision_line *line)
{
    struct decision_progress progress = {0};
    enum outcome outcome = tx_load(call->tx, &sql_decision_progress,
                                   SOURCES({&shape_decision_line, line}), &shape_decision_progress,
                                   &progress);
    const struct decision_change change = {.state = decision_state_by(&progress)};
    return outcome == DONE ? set_state(call, line->decision_id, line->decision_state, &change,
                                       (struct text){.is = ABSENT})
                           : outcome;
}

static enum outcome finish(struct call *call, const struct decision_line *line,
                           const struct decision_line_change *change, struct text reason)
{
    enum outcome outcome = store_line(call, line, change, reason);
    if (outcome == DONE)
        outcome = settle(call, line);
    return outcome == DONE ? call_answer_item(call, lines.get, line->id.s) : outcome;
}

enum outcome pay_decision_line(struct call *call, const struct decision_line_pay *in)
{
    struct decision_line line = {0};
    struct decision_line_change change = {0};
    struct criterion_verdict *verdicts = NULL;
    size_t count = 0;
    enum outcome outcome = lock_line(call, in->id, &line);
    if (outcome == DONE)
        outcome = tx_load_all(call->tx, &sql_decision_line_verdicts,
                              SOURCES({&shape_decision_line, &line}), &shape_criterion_verdict,
                              &verdicts, &count);
    if (outcome == DONE)
        outcome = decision_line_pay(&line, in, verdicts, count, call->error, &change);
    return outcome == DONE ? finish(call, &line, &change, in->reason) : outcome;
}

enum outcome reclaim_decision_line(struct call *call, const struct decision_line_reclaim *in)
{
    struct decision_line line = {0};
    struct decision_line_change change = {0};
    enum outcome outcome = lock_line(call, in->id, &line);
    if (outcome == DONE)
        outcome = decision_line_reclaim(&line, in, call->error, &change);
    return outcome == DONE ? finish(call, &line, &change, in->reason) : outcome;
}
