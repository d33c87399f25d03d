#include "domain/grants/decision.h"

#include "domain/base/clock.h"
#include "domain/grants/criterion.h"

#define RULE_FRAME "KL-R03"
#define RULE_CRITERIA "KL-R05"
#define RULE_RECIPIENTS "KL-R07"
#define RULE_OWN "KL-R16"

const char *const grant_decision_states[] = {DECISION_DRAFT, DECISION_ISSUED, DECISION_PAID,
                                             DECISION_RECLAIMED, NULL};
const char *const decision_outcomes[] = {OUTCOME_GRANTED, OUTCOME_PARTIALLY_GRANTED,
                                         OUTCOME_REFUSED, NULL};
const char *const decision_line_states[] = {LINE_DRAFT, LINE_TO_PAY, LINE_PAID, LINE_RECLAIMED,
                                            NULL};

const char *const recipient_kinds[] = {RECIPIENT_UH, RECIPIENT_NETWORK, RECIPIENT_OWNER, NULL};

static const struct transition decision_transitions[] = {
    {.from = DECISION_DRAFT,
     .action = "issue",
     .to = DECISION_ISSUED,
     .permission = "grants.decision.write"},
};
const struct machine grant_decision_machine = MACHINE_OF(decision_transitions);

static const struct transition line_transitions[] = {
    {.from = LINE_TO_PAY, .action = "pay", .to = LINE_PAID, .permission = "grants.decision.pay"},
    {.from = LINE_PAID,
     .action = "reclaim",
     .to = LINE_RECLAIMED,
     .permission = "grants.decision.pay"},
    {.from = LINE_RECLAIMED,
     .action = "reclaim",
     .to = LINE_RECLAIMED,
     .permission = "grants.decision.pay"},
};
const struct machine decision_line_machine = MACHINE_OF(line_transitions);

SHAPE(shape_decision_subject, struct decision_subject, FIELD(struct decision_subject, basis_id),
      FIELD(struct decision_subject, round_id), FIELD(struct decision_subject, basis_state),
      FIELD(struct decision_subject, governed), FIELD(struct decision_subject, own));

SHAPE(shape_grant_decision, struct grant_decision, FIELD(struct grant_decision, id),
      FIELD(struct grant_decision, state), FIELD(struct grant_decision, outcome),
      FIELD(struct grant_decision, deviation_reason), FIELD(struct grant_decision, decided_on),
      FIELD(struct grant_decision, basis_id), FIELD(struct grant_decision, basis_state),
      FIELD(struct grant_decision, round_state), FIELD(struct grant_decision, today_on),
      FIELD(struct grant_decision, adopted_on), FIELD(struct grant_decision, applied_nok),
      FIELD(struct grant_decision, failed), FIELD(struct grant_decision, frame_left_nok),
      FIELD(struct grant_decision, recommended_uh_nok),
      FIELD(struct grant_decision, recommended_network_nok),
      FIELD(struct grant_decision, granted_uh_nok),
      FIELD(struct grant_decision, granted_network_nok), FIELD(struct grant_decision, own),
      FIELD(struct grant_decision, version));

SHAPE(shape_decision_party, struct decision_party, FIELD(struct decision_party, recipient_id));

SHAPE(shape_decision_change, struct decision_change, FIELD(struct decision_change, state),
      FIELD(struct decision_change, decided_on), FIELD(struct decision_change, basis_state),
      FIELD(struct decision_change, claimed_nok), FIELD(struct decision_change, report));

SHAPE(shape_decision_line, struct decision_line, FIELD(struct decision_line, id),
      FIELD(struct decision_line, decision_id), FIELD(struct decision_line, decision_state),
      FIELD(struct decision_line, basis_id), FIELD(struct decision_line, state),
      FIELD(struct decision_line, decided_on), FIELD(struct decision_line, today_on),
      FIELD(struct decision_line, amount_nok), FIELD(struct decision_line, reclaimed_nok),
      FIELD(struct decision_line, own), FIELD(struct decision_line, version));

SHAPE(shape_criterion_verdict, struct criterion_verdict, FIELD(struct criterion_verdict, criterion),
      FIELD(struct criterion_verdict, verdict));

SHAPE(shape_decision_line_change, struct decision_line_change,
      FIELD(struct decision_line_change, state), FIELD(struct decision_line_change, paid_on),
      FIELD(struct decision_line_change, payment_reference),
      FIELD(struct decision_line_change, reclaimed_nok),
      FIELD(struct decision_line_change, reclaim_reason));

SHAPE(shape_decision_progress, struct decision_progress, FIELD(struct decision_progress, unpaid),
      FIELD(struct decision_progress, reclaimed));

#define LETTER(member) FIELD(struct decision_letter, member)
SHAPE(shape_decision_letter, struct decision_letter, LETTER(state), LETTER(language),
      LETTER(sender), LETTER(recipient), LETTER(reference), LETTER(decided_on), LETTER(scheme),
      LETTER(year), LETTER(network), LETTER(basis_title), LETTER(outcome), LETTER(conditions),
      LETTER(reason), LETTER(report_due_on), LETTER(amount_nok), LETTER(own_share_nok));

SHAPE(shape_decision_letter_line, struct decision_letter_line,
      FIELD(struct decision_letter_line, recipient),
      FIELD(struct decision_letter_line, amount_nok));

/* ---- drafts ---------------------------------------------------------------------------------- */

static enum outcome check_not_own(bool own, struct error *error)
{
    return own ? error_refuse(error, FORBIDDEN, "own_basis", RULE_OWN) : DONE;
}

static enum outcome check_decidable(struct text basis_state, struct error *error)
{
    bool decidable = text_is(basis_state, "recommended") || text_is(basis_state, "not_recommended");
    return decidable ? DONE : error_refuse(error, CONFLICT, "basis_not_decidable", NULL);
}

enum outcome decision_check_subject(const struct decision_subject *subject, struct error *error)
{
    enum outcome outcome = check_not_own(subject->own, error);
    return outcome == DONE ? check_decidable(subject->basis_state, error) : outcome;
}

enum outcome decision_check_draft(const struct grant_decision *decision, struct error *error)
{
    enum outcome outcome = check_not_own(decision->own, error);
    if (outcome == DONE && !text_is(decision->state, DECISION_DRAFT)) {
        outcome = error_refuse(error, CONFLICT, "decision_issued", NULL);
    }
    return outcome;
}

static int64_t recommended_nok(const struct grant_decision *decision)
{
    return decision->recommended_uh_nok + decision->recommended_network_nok;
}

static int64_t granted_nok(const struct grant_decision *decision)
{
    return decision->granted_uh_nok + decision->granted_network_nok;
}

bool decision_deviates(const struct grant_decision *decision)
{
    return decision->granted_uh_nok != decision->recommended_uh_nok ||
           decision->granted_network_nok != decision->recommended_network_nok;
}

static bool is_party(struct text recipient_id, const struct decision_party *parties, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (text_equals(parties[i].recipient_id, recipient_id)) {
            return true;
        }
    }
    return false;
}

static bool is_repeated(const struct decision_line_put *lines, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (text_equals(lines[i].recipient_id, lines[at].recipient_id)) {
            return true;
        }
    }
    return false;
}

static enum outcome check_reason(const struct grant_decision *decision, struct error *error)
{
    return given(decision->deviation_reason.is)
               ? DONE
               : error_refuse(error, CONFLICT, "deviation_reason_required", RULE_RECIPIENTS);
}

enum outcome decision_check_lines(const struct grant_decision *decision,
                                  const struct decision_lines_put *in,
                                  const struct decision_party *parties, size_t count,
                                  struct error *error)
{
    const struct decision_line_put *lines = in->lines.items;
    int64_t sum = 0;
    bool fit = true;

    for (size_t i = 0; i < in->lines.count; i++) {
        sum += lines[i].amount_nok.v;
        if (is_repeated(lines, i)) {
            error_fault(error, arena_format(error->arena, "/lines/%zu/recipient_id", i),
                        "recipient_repeated", NULL);
        } else if (!is_party(lines[i].recipient_id, parties, count)) {
            error_fault(error, arena_format(error->arena, "/lines/%zu/recipient_id", i),
                        "not_of_partnership", NULL);
            fit = false;
        }
    }
    if (!fit) {
        return error_refuse(error, INVALID, "recipient_unfit", RULE_RECIPIENTS);
    }
    enum outcome outcome = error_outcome(error);
    if (outcome == DONE && sum > recommended_nok(decision)) {
        outcome = check_reason(decision, error);
    }
    return outcome;
}

/* ---- issuing --------------------------------------------------------------------------------- */

static enum outcome check_outcome(const struct grant_decision *decision, struct error *error)
{
    int64_t recommended = recommended_nok(decision), granted = granted_nok(decision);
    int64_t whole = recommended > 0 ? recommended : decision->applied_nok;
    bool fits;

    if (text_is(decision->outcome, OUTCOME_REFUSED)) {
        fits = granted == 0;
    } else if (text_is(decision->outcome, OUTCOME_GRANTED)) {
        fits = granted > 0 && granted >= whole;
    } else {
        fits = granted > 0 && granted < whole;
    }
    if (fits) {
        return DONE;
    }
    error_arg_int(error, "granted", granted);
    error_arg_int(error, "expected", whole);
    return error_refuse(error, CONFLICT, "outcome_unfit", RULE_RECIPIENTS);
}

/* Between the recommendation and today. */
static enum outcome check_decided_on(const struct grant_decision *decision, struct text decided_on,
                                     struct error *error)
{
    if (day_is_before(decision->today_on, decided_on)) {
        return error_refuse(error, CONFLICT, "date_in_future", NULL);
    }
    if (day_is_before(decided_on, decision->adopted_on)) {
        error_arg(error, "adopted_on", decision->adopted_on.s);
        return error_refuse(error, CONFLICT, "date_before_recommendation", NULL);
    }
    return DONE;
}

/* What is met partly may still become met; what is not met can never be paid. */
static enum outcome check_criteria(const struct grant_decision *decision, struct error *error)
{
    if (granted_nok(decision) == 0 || !given(decision->failed.is)) {
        return DONE;
    }
    error_arg(error, "criteria", decision->failed.s);
    return error_refuse(error, CONFLICT, "criteria_not_met", RULE_CRITERIA);
}

static enum outcome check_frame(const struct grant_decision *decision, struct error *error)
{
    if (granted_nok(decision) <= decision->frame_left_nok) {
        return DONE;
    }
    const char *left = arena_format(error->arena, "%lld", (long long)decision->frame_left_nok);
    error_fault(error, "/lines", "frame_exceeded", left);
    error_arg(error, "expected", left);
    return error_refuse(error, INVALID, "frame_exceeded", RULE_FRAME);
}

enum outcome decision_issue(const struct grant_decision *decision, const struct decision_issue *in,
                            struct error *error, struct decision_change *ret_change)
{
    const struct transition *transition = NULL;
    struct text decided_on = given(in->decided_on.is) ? in->decided_on : decision->today_on;
    enum outcome outcome = check_not_own(decision->own, error);
    if (outcome == DONE) {
        outcome = machine_apply(&grant_decision_machine, decision->state.s, "issue", error,
                                &transition);
    }
    if (outcome == DONE) {
        outcome = check_decidable(decision->basis_state, error);
    }
    if (outcome == DONE && !text_is(decision->round_state, "recommended")) {
        outcome = error_refuse(error, CONFLICT, "round_not_recommended", NULL);
    }
    if (outcome == DONE) {
        outcome = check_decided_on(decision, decided_on, error);
    }
    if (outcome == DONE) {
        outcome = check_outcome(decision, error);
    }
    if (outcome == DONE && decision_deviates(decision)) {
        outcome = check_reason(decision, error);
    }
    if (outcome == DONE) {
        outcome = check_criteria(decision, error);
    }
    if (outcome == DONE) {
        outcome = check_frame(decision, error);
    }
    if (outcome == DONE) {
        *ret_change = (struct decision_change){
            .state = text_of(transition->to),
            .decided_on = decided_on,
            .basis_state = decision->outcome,
            .claimed_nok = granted_nok(decision),
            .report = granted_nok(decision) > 0,
        };
    }
    return outcome;
}

/* ---- payment --------------------------------------------------------------------------------- */

const char *criteria_unmet(const struct criterion_verdict *verdicts, size_t count,
                           struct arena *arena)
{
    struct buffer unmet;

    buffer_init(&unmet, arena, 32);
    for (size_t i = 0; criteria[i]; i++) {
        bool met = false;
        for (size_t k = 0; k < count; k++) {
            met = met || (text_is(verdicts[k].criterion, criteria[i]) &&
                          text_is(verdicts[k].verdict, VERDICT_MET));
        }
        if (!met) {
            buffer_add_string(&unmet, unmet.len > 0 ? ", " : "");
            buffer_add_string(&unmet, criteria[i]);
        }
    }
    return unmet.len > 0 ? unmet.data : NULL;
}

static enum outcome apply(const struct decision_line *line, const char *action, struct error *error,
                          struct decision_line_change *ret_change)
{
    enum outcome outcome = check_not_own(line->own, error);
    *ret_change = (struct decision_line_change){0};
    return outcome == DONE ? machine_next(&decision_line_machine, line->state, action, error,
                                          &ret_change->state)
                           : outcome;
}

static enum outcome check_paid_on(const struct decision_line *line, struct text paid_on,
                                  struct error *error)
{
    if (day_is_before(line->today_on, paid_on)) {
        return error_refuse(error, CONFLICT, "date_in_future", NULL);
    }
    if (day_is_before(paid_on, line->decided_on)) {
        error_arg(error, "decided_on", line->decided_on.s);
        return error_refuse(error, CONFLICT, "date_before_decision", NULL);
    }
    return DONE;
}

enum outcome decision_line_pay(const struct decision_line *line, const struct decision_line_pay *in,
                               const struct criterion_verdict *verdicts, size_t count,
                               struct error *error, struct decision_line_change *ret_change)
{
    struct text paid_on = given(in->paid_on.is) ? in->paid_on : line->today_on;
    const char *unmet = criteria_unmet(verdicts, count, error->arena);
    enum outcome outcome = apply(line, "pay", error, ret_change);
    if (outcome == DONE) {
        outcome = check_paid_on(line, paid_on, error);
    }
    if (outcome == DONE && unmet) {
        error_arg(error, "criteria", unmet);
        outcome = error_refuse(error, CONFLICT, "criteria_not_met", RULE_CRITERIA);
    }
    ret_change->paid_on = paid_on;
    ret_change->payment_reference = in->payment_reference;
    return outcome;
}

enum outcome decision_line_reclaim(const struct decision_line *line,
                                   const struct decision_line_reclaim *in, struct error *error,
                                   struct decision_line_change *ret_change)
{
    int64_t left = line->amount_nok - line->reclaimed_nok;
    int64_t amount = given(in->amount_nok.is) ? in->amount_nok.v : left;
    enum outcome outcome = apply(line, "reclaim", error, ret_change);
    if (outcome == DONE && (left == 0 || amount > left)) {
        error_arg_int(error, "most", left);
        outcome = error_refuse(error, CONFLICT, "reclaim_too_much", NULL);
    }
    ret_change->reclaimed_nok = integer_of(line->reclaimed_nok + amount);
    ret_change->reclaim_reason = in->reason;
    return outcome;
}

struct text decision_state_by(const struct decision_progress *progress)
{
    if (progress->unpaid > 0) {
        return text_of(DECISION_ISSUED);
    }
    return text_of(progress->reclaimed > 0 ? DECISION_RECLAIMED : DECISION_PAID);
}

enum outcome decision_letter_check(const struct decision_letter *letter, struct error *error)
{
    return text_is(letter->state, DECISION_DRAFT)
               ? error_refuse(error, CONFLICT, "decision_not_issued", NULL)
               : DONE;
}
