#include "domain/grants/report.h"

#include "api/registry/write.h"
#include "operations.h"
#include "storage/statements.h"

static const struct registry reports = {
    .resource = "grant_report", .get = &sql_report_seen, .lock = &sql_report_lock};

/* A report with who got the money that it is about. */
struct account {
    struct report report;
    struct report_recipient *recipients;
    size_t count;
};

static enum outcome load(struct call *call, struct text id, struct account *ret)
{
    const struct row_id key = {.id = id};
    enum outcome outcome = tx_load(call->tx, &sql_report_load, SOURCES({&row_id_shape, &key}),
                                   &shape_report, &ret->report);
    return outcome == DONE
               ? tx_load_all(call->tx, &sql_report_recipients, SOURCES({&row_id_shape, &key}),
                             &shape_report_recipient, &ret->recipients, &ret->count)
               : outcome;
}

/* Locks first and looks then, so that what is seen is what whoever came before has left. */
static enum outcome lock(struct call *call, struct text id, struct account *ret)
{
    const struct row_id key = {.id = id};
    struct row_id *found = NULL;
    size_t count = 0;
    enum outcome outcome = tx_load_all(call->tx, reports.lock, SOURCES({&row_id_shape, &key}),
                                       &row_id_shape, &found, &count);
    if (outcome == DONE && count == 0)
        outcome = register_refuse(call, &reports, id);
    if (outcome == DONE)
        outcome = load(call, id, ret);
    return outcome == DONE ? call_expect_version(call, ret->report.version) : outcome;
}

struct lack {
    struct text_list missing;
};
SHAPE(lack_shape, struct lack, FIELD(struct lack, missing));

/* As it is now, with what it lacks. */
static enum outcome answer(struct call *call, struct text id)
{
    const struct row_id key = {.id = id};
    struct account account = {0};
    struct text parts[REPORT_PARTS];
    enum outcome outcome = load(call, id, &account);
    if (outcome != DONE)
        return outcome;
    size_t count = report_missing(&account.report, account.recipients, account.count, parts);
    const struct lack lack = {.missing = {.is = GIVEN, .items = parts, .count = count}};
    return tx_query(call->tx, &sql_report_get, SOURCES({&row_id_shape, &key}, {&lack_shape, &lack}),
                    &call->rows);
}

enum outcome get_report(struct call *call, const struct report_key *in)
{
    return answer(call, in->id);
}

/* ---- writing --------------------------------------------------------------------------------- */

static enum outcome lock_editable(struct call *call, struct text id, struct account *ret)
{
    enum outcome outcome = lock(call, id, ret);
    return outcome == DONE ? report_check_editable(&ret->report, call->error) : outcome;
}

static enum outcome record_change(struct call *call, const struct stored_row *now,
                                  const char *changes)
{
    enum outcome outcome = call_record(call, &(struct event){.resource = reports.resource,
                                                             .id = now->id.s,
                                                             .version = now->version,
                                                             .changes = changes});
    return outcome == DONE ? answer(call, now->id) : outcome;
}

enum outcome update_report(struct call *call, const struct report_update *in)
{
    struct account account = {0};
    struct stored_row now = {0};
    enum outcome outcome = lock_editable(call, in->id, &account);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_report_update, SOURCES({&shape_report_update, in}),
                          &stored_row_shape, &now);
    return outcome == DONE
               ? record_change(call, &now, changes_named(call->arena, &shape_report_update, in))
               : outcome;
}

/* A list of figures in place of the one that was there. */
struct figures {
    const struct statement *clear;
    const struct statement *insert;
    const char *changes;
};

static enum outcome replace(struct call *call, const struct account *account,
                            const struct figures *figures, struct object in)
{
    struct stored_row now = {0};
    enum outcome outcome = tx_execute(call->tx, figures->clear, &in, 1, NULL);
    if (outcome == DONE)
        outcome = tx_execute(call->tx, figures->insert, &in, 1, NULL);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_report_touch, SOURCES({&shape_report, &account->report}),
                          &stored_row_shape, &now);
    return outcome == DONE ? record_change(call, &now, figures->changes) : outcome;
}

enum outcome replace_report_uses(struct call *call, const struct report_uses_put *in)
{
    static const struct figures uses = {&sql_report_uses_clear, &sql_report_uses_insert,
                                        "{\"changed\":[\"uses\"]}"};
    struct account account = {0};
    enum outcome outcome = lock_editable(call, in->report_id, &account);
    if (outcome == DONE)
        outcome = report_check_uses(in, account.recipients, account.count, call->error);
    return outcome == DONE
               ? replace(call, &account, &uses, (struct object){&shape_report_uses_put, in})
               : outcome;
}

enum outcome replace_report_participations(struct call *call,
                                           const struct report_participations_put *in)
{
    static const struct figures participations = {&sql_report_participations_clear,
                                                  &sql_report_participations_insert,
                                                  "{\"changed\":[\"participations\"]}"};
    struct account account = {0};
    enum outcome outcome = lock_editable(call, in->report_id, &account);
    if (outcome == DONE)
        outcome = report_check_participations(in, call->error);
    return outcome == DONE ? replace(call, &account, &participations,
                                     (struct object){&shape_report_participations_put, in})
                           : outcome;
}

enum outcome replace_report_own_shares(struct call *call, const struct report_own_shares_put *in)
{
    static const struct figures own_shares = {&sql_report_own_shares_clear,
                                              &sql_report_own_shares_insert,
                                              "{\"changed\":[\"own_shares\"]}"};
    struct account account = {0};
    enum outcome outcome = lock_editable(call, in->report_id, &account);
    if (outcome == DONE)
        outcome = report_check_own_shares(&account.report, in, account.recipients, account.count,
                                          call->error);
    return outcome == DONE ? replace(call, &account, &own_shares,
                                     (struct object){&shape_report_own_shares_put, in})
                           : outcome;
}

/* ---- actions --------------------------------------------------------------------------------- */

static enum outcome set_state(struct call *call, const struct report *report,
                              const struct report_change *change, struct text reason)
{
    struct stored_row now = {0};
    enum outcome outcome = tx_load(call->tx, &sql_report_set_state,
                                   SOURCES({&shape_report_change, change}, {&shape_report, report}),
                                   &stored_row_shape, &now);
    if (outcome == DONE)
        outcome = call_record(call, &(struct event){.resource = reports.resource,
                                                    .id = now.id.s,
                                                    .version = now.version,
                                                    .from = report->state.s,
                                                    .to = change->state.s,
                                                    .reason = reason.s});
    return outcome == DONE ? answer(call, now.id) : outcome;
}

enum outcome submit_report(struct call *call, const struct report_action *in)
{
    struct account account = {0};
    struct report_change change = {0};
    enum outcome outcome = lock(call, in->id, &account);
    if (outcome == DONE)
        outcome = report_submit(&account.report, account.recipients, account.count, call->error,
                                &change);
    return outcome == DONE ? set_state(call, &account.report, &change, in->reason) : outcome;
}

enum outcome return_report(struct call *call, const struct report_return *in)
{
    struct account account = {0};
    struct report_change change = {0};
    enum outcome outcome = lock(call, in->id, &account);
    if (outcome == DONE)
        outcome = report_return(&account.report, in, call->error, &change);
    return outcome == DONE ? set_state(call, &account.report, &change, in->note) : outcome;
}

enum outcome approve_report(struct call *call, const struct report_action *in)
{
    struct account account = {0};
    struct report_change change = {0};
    enum outcome outcome = lock(call, in->id, &account);
    if (outcome == DONE)
        outcome = report_approve(&account.report, call->error, &change);
    return outcome == DONE ? set_state(call, &account.report, &change, in->reason) : outcome;
}
