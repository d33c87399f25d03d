#include "domain/grants/report.h"

#include "domain/base/clock.h"

#define RULE_OWN_SHARE "KL-R12"
#define RULE_OWN "KL-R16"

const char *const report_states[] = {REPORT_OPEN, REPORT_SUBMITTED, REPORT_RETURNED,
                                     REPORT_APPROVED, NULL};
const char *const report_parts[REPORT_PARTS + 1] = {
    "goals", "involvement",    "collective", "partnership", "crossdisciplinary",
    "uses",  "participations", "own_shares", "unused_plan", NULL,
};
enum part { USES = 5, PARTICIPATIONS, OWN_SHARES, UNUSED_PLAN };

static const struct transition transitions[] = {
    {.from = REPORT_OPEN,
     .action = "submit",
     .to = REPORT_SUBMITTED,
     .permission = "grants.report.write"},
    {.from = REPORT_RETURNED,
     .action = "submit",
     .to = REPORT_SUBMITTED,
     .permission = "grants.report.write"},
    {.from = REPORT_SUBMITTED,
     .action = "return",
     .to = REPORT_RETURNED,
     .permission = "grants.report.approve"},
    {.from = REPORT_SUBMITTED,
     .action = "approve",
     .to = REPORT_APPROVED,
     .permission = "grants.report.approve"},
};
const struct machine report_machine = {
    .transitions = transitions,
    .count = sizeof transitions / sizeof transitions[0],
};

#define REPORT(member) FIELD(struct report, member)
SHAPE(shape_report, struct report, REPORT(id), REPORT(state), REPORT(due_on), REPORT(today_on),
      REPORT(goals), REPORT(involvement), REPORT(collective), REPORT(partnership),
      REPORT(crossdisciplinary), REPORT(unused_plan), REPORT(submitted_late), REPORT(own_share_bp),
      REPORT(participations), REPORT(writes), REPORT(governs), REPORT(own), REPORT(version));

#define RECIPIENT(member) FIELD(struct report_recipient, member)
SHAPE(shape_report_recipient, struct report_recipient, RECIPIENT(recipient_id),
      RECIPIENT(recipient_kind), RECIPIENT(amount_nok), RECIPIENT(reclaimed_nok),
      RECIPIENT(used_nok), RECIPIENT(uses), RECIPIENT(own_share_nok));

SHAPE(shape_report_change, struct report_change, FIELD(struct report_change, state),
      FIELD(struct report_change, state_note), FIELD(struct report_change, submitted),
      FIELD(struct report_change, submitted_late));

int64_t own_share_nok(int64_t amount_nok, int64_t own_share_bp)
{
    return (amount_nok * own_share_bp + 9999) / 10000;
}

/* ---- what is lacking ------------------------------------------------------------------------- */

static int64_t received_nok(const struct report_recipient *recipient)
{
    return recipient->amount_nok - recipient->reclaimed_nok;
}

static bool is_owner(const struct report_recipient *recipient)
{
    return text_is(recipient->recipient_kind, "owner");
}

/* What an owner still has to add. */
static int64_t short_nok(const struct report *report, const struct report_recipient *recipient)
{
    int64_t added = given(recipient->own_share_nok.is) ? recipient->own_share_nok.v : 0;
    int64_t owed = is_owner(recipient)
                       ? own_share_nok(recipient->amount_nok, report->own_share_bp) - added
                       : 0;
    return owed > 0 ? owed : 0;
}

static int64_t all_short_nok(const struct report *report, const struct report_recipient *recipients,
                             size_t count)
{
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += short_nok(report, &recipients[i]);
    }
    return sum;
}

static int64_t unused_nok(const struct report_recipient *recipients, size_t count)
{
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += received_nok(&recipients[i]) - recipients[i].used_nok;
    }
    return sum;
}

/* Each recipient tells what it used, though it be nothing, and no more than it has. */
static bool uses_are_told(const struct report_recipient *recipients, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (recipients[i].uses == 0 || recipients[i].used_nok > received_nok(&recipients[i])) {
            return false;
        }
    }
    return true;
}

size_t report_missing(const struct report *report, const struct report_recipient *recipients,
                      size_t count, struct text *ret_parts)
{
    const bool there[REPORT_PARTS] = {
        given(report->goals.is),
        given(report->involvement.is),
        given(report->collective.is),
        given(report->partnership.is),
        given(report->crossdisciplinary.is),
        [USES] = uses_are_told(recipients, count),
        [PARTICIPATIONS] = report->participations > 0,
        [OWN_SHARES] = all_short_nok(report, recipients, count) == 0,
        [UNUSED_PLAN] = given(report->unused_plan.is) || unused_nok(recipients, count) <= 0,
    };
    size_t missing = 0;

    for (size_t i = 0; i < REPORT_PARTS; i++) {
        if (!there[i]) {
            ret_parts[missing++] = text_of(report_parts[i]);
        }
    }
    return missing;
}

/* ---- figures --------------------------------------------------------------------------------- */

enum outcome report_check_editable(const struct report *report, struct error *error)
{
    if (!report->writes) {
        return error_refuse(error, FORBIDDEN, "forbidden", NULL);
    }
    if (text_is(report->state, REPORT_OPEN) || text_is(report->state, REPORT_RETURNED)) {
        return DONE;
    }
    return error_refuse(error, CONFLICT, "report_not_editable", NULL);
}

static const struct report_recipient *
find_recipient(struct text id, const struct report_recipient *recipients, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (text_equals(recipients[i].recipient_id, id)) {
            return &recipients[i];
        }
    }
    return NULL;
}

/* Of the recipient of this line, with this line and those before it. */
static int64_t used_so_far(const struct report_use_put *uses, size_t at)
{
    int64_t sum = 0;
    for (size_t i = 0; i <= at; i++) {
        if (text_equals(uses[i].recipient_id, uses[at].recipient_id)) {
            sum += uses[i].used_nok.v;
        }
    }
    return sum;
}

static bool use_is_repeated(const struct report_use_put *uses, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (text_equals(uses[i].recipient_id, uses[at].recipient_id) &&
            text_equals(uses[i].purpose, uses[at].purpose)) {
            return true;
        }
    }
    return false;
}

static void fault_at(struct error *error, const char *list, size_t at, const char *member,
                     const char *code, const char *expected)
{
    error_fault(error, arena_format(error->arena, "/%s/%zu/%s", list, at, member), code, expected);
}

enum outcome report_check_uses(const struct report_uses_put *in,
                               const struct report_recipient *recipients, size_t count,
                               struct error *error)
{
    const struct report_use_put *uses = in->uses.items;

    for (size_t i = 0; i < in->uses.count; i++) {
        const struct report_recipient *recipient = find_recipient(uses[i].recipient_id, recipients,
                                                                  count);
        if (!recipient) {
            fault_at(error, "uses", i, "recipient_id", "not_a_recipient", NULL);
        } else if (use_is_repeated(uses, i)) {
            fault_at(error, "uses", i, "purpose", "use_repeated", NULL);
        } else if (used_so_far(uses, i) > received_nok(recipient)) {
            const char *most = arena_format(error->arena, "%lld",
                                            (long long)received_nok(recipient));
            fault_at(error, "uses", i, "used_nok", "more_than_received", most);
        }
    }
    return error_outcome(error);
}

enum outcome report_check_participations(const struct report_participations_put *in,
                                         struct error *error)
{
    const struct report_participation_put *rows = in->participations.items;

    for (size_t i = 0; i < in->participations.count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (text_equals(rows[k].service_type, rows[i].service_type)) {
                fault_at(error, "participations", i, "service_type", "service_type_repeated", NULL);
                break;
            }
        }
    }
    return error_outcome(error);
}

static bool owner_is_repeated(const struct report_own_share_put *rows, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (text_equals(rows[i].owner_id, rows[at].owner_id)) {
            return true;
        }
    }
    return false;
}

enum outcome report_check_own_shares(const struct report *report,
                                     const struct report_own_shares_put *in,
                                     const struct report_recipient *recipients, size_t count,
                                     struct error *error)
{
    const struct report_own_share_put *rows = in->own_shares.items;

    for (size_t i = 0; i < in->own_shares.count; i++) {
        const struct report_recipient *owner = find_recipient(rows[i].owner_id, recipients, count);
        if (report->own_share_bp == 0 && rows[i].own_share_nok.v > 0) {
            fault_at(error, "own_shares", i, "own_share_nok", "own_share_unwanted", NULL);
        }
        if (!owner || !is_owner(owner)) {
            fault_at(error, "own_shares", i, "owner_id", "not_an_owner", NULL);
        } else if (owner_is_repeated(rows, i)) {
            fault_at(error, "own_shares", i, "owner_id", "owner_repeated", NULL);
        }
    }
    return error_outcome(error);
}

/* ---- actions --------------------------------------------------------------------------------- */

static enum outcome apply(const struct report *report, const char *action, struct error *error,
                          struct report_change *ret_change)
{
    const struct transition *transition = NULL;
    enum outcome outcome = machine_apply(&report_machine, report->state.s, action, error,
                                         &transition);
    if (outcome == DONE) {
        *ret_change = (struct report_change){.state = text_of(transition->to),
                                             .submitted_late = report->submitted_late};
    }
    return outcome;
}

static enum outcome check_complete(const struct report *report,
                                   const struct report_recipient *recipients, size_t count,
                                   struct error *error)
{
    struct text parts[REPORT_PARTS];
    size_t missing = report_missing(report, recipients, count, parts);
    struct buffer names;

    if (missing == 0) {
        return DONE;
    }
    if (missing == 1 && text_is(parts[0], report_parts[OWN_SHARES])) {
        error_arg_int(error, "missing", all_short_nok(report, recipients, count));
        return error_refuse(error, CONFLICT, "own_share_short", RULE_OWN_SHARE);
    }
    buffer_init(&names, error->arena, 128);
    for (size_t i = 0; i < missing; i++) {
        buffer_add_string(&names, i > 0 ? ", " : "");
        buffer_add_string(&names, parts[i].s);
    }
    error_arg(error, "missing", names.data);
    return error_refuse(error, CONFLICT, "report_incomplete", NULL);
}

enum outcome report_submit(const struct report *report, const struct report_recipient *recipients,
                           size_t count, struct error *error, struct report_change *ret_change)
{
    enum outcome outcome = report->writes ? apply(report, "submit", error, ret_change)
                                          : error_refuse(error, FORBIDDEN, "forbidden", NULL);
    if (outcome == DONE) {
        outcome = check_complete(report, recipients, count, error);
    }
    if (outcome == DONE) {
        ret_change->submitted = true;
        if (text_is(report->state, REPORT_OPEN)) {
            ret_change->submitted_late = day_is_before(report->due_on, report->today_on);
        }
    }
    return outcome;
}

/* As the governor, and not in a case of their own. */
static enum outcome judge(const struct report *report, const char *action, struct error *error,
                          struct report_change *ret_change)
{
    if (!report->governs) {
        return error_refuse(error, FORBIDDEN, "forbidden", NULL);
    }
    if (report->own) {
        return error_refuse(error, FORBIDDEN, "own_basis", RULE_OWN);
    }
    return apply(report, action, error, ret_change);
}

enum outcome report_return(const struct report *report, const struct report_return *in,
                           struct error *error, struct report_change *ret_change)
{
    enum outcome outcome = judge(report, "return", error, ret_change);
    ret_change->state_note = in->note;
    return outcome;
}

enum outcome report_approve(const struct report *report, struct error *error,
                            struct report_change *ret_change)
{
    return judge(report, "approve", error, ret_change);
}
