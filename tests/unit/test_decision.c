#include "domain/grants/decision.h"
#include "tests/unit/support.h"

static struct grant_decision draft(const char *outcome, int64_t uh, int64_t network)
{
    return (struct grant_decision){
        .id = text_of("decision-1"),
        .state = text_of(DECISION_DRAFT),
        .outcome = text_of(outcome),
        .basis_state = text_of("recommended"),
        .round_state = text_of("recommended"),
        .today_on = text_of("2023-04-20"),
        .applied_nok = 500,
        .frame_left_nok = 600,
        .recommended_uh_nok = 300,
        .recommended_network_nok = 100,
        .granted_uh_nok = uh,
        .granted_network_nok = network,
    };
}

static enum outcome issue(struct fixture *f, const struct grant_decision *decision,
                          struct decision_change *ret_change)
{
    const struct decision_issue in = {0};
    return decision_issue(decision, &in, fresh_error(f), ret_change);
}

static void what_issuing_leads_to(void **state)
{
    struct fixture *f = *state;
    struct decision_change change = {0};
    struct grant_decision decision = draft(OUTCOME_GRANTED, 300, 100);

    assert_int_equal(issue(f, &decision, &change), DONE);
    assert_string_equal(change.state.s, DECISION_ISSUED);
    assert_string_equal(change.decided_on.s, "2023-04-20");
    assert_string_equal(change.basis_state.s, OUTCOME_GRANTED);
    assert_int_equal(change.claimed_nok, 400);
    assert_true(change.report);

    decision = draft(OUTCOME_REFUSED, 0, 0);
    decision.deviation_reason = text_of("Utenfor formålet.");
    assert_int_equal(issue(f, &decision, &change), DONE);
    assert_int_equal(change.claimed_nok, 0);
    assert_false(change.report);
}

static void issued_from_draft_alone(void **state)
{
    struct fixture *f = *state;
    struct decision_change change = {0};
    struct grant_decision decision = draft(OUTCOME_GRANTED, 300, 100);

    for (const char *const *from = grant_decision_states; *from; from++) {
        decision.state = text_of(*from);
        if (strcmp(*from, DECISION_DRAFT) != 0) {
            assert_int_equal(issue(f, &decision, &change), CONFLICT);
            assert_refused(&f->error, CONFLICT, "invalid_transition", NULL);
            assert_int_equal(decision_check_draft(&decision, fresh_error(f)), CONFLICT);
            assert_refused(&f->error, CONFLICT, "decision_issued", NULL);
        } else {
            assert_int_equal(decision_check_draft(&decision, fresh_error(f)), DONE);
        }
    }
}

static void what_must_be_right_before(void **state)
{
    struct fixture *f = *state;
    struct decision_change change = {0};
    struct grant_decision decision = draft(OUTCOME_GRANTED, 300, 100);
    const struct decision_issue tomorrow = {.decided_on = text_of("2023-04-21")};

    decision.basis_state = text_of("assessed");
    assert_int_equal(issue(f, &decision, &change), CONFLICT);
    assert_refused(&f->error, CONFLICT, "basis_not_decidable", NULL);
    decision.basis_state = text_of("recommended");
    decision.round_state = text_of("basis_closed");
    assert_int_equal(issue(f, &decision, &change), CONFLICT);
    assert_refused(&f->error, CONFLICT, "round_not_recommended", NULL);
    decision.round_state = text_of("recommended");
    assert_int_equal(decision_issue(&decision, &tomorrow, fresh_error(f), &change), CONFLICT);
    assert_refused(&f->error, CONFLICT, "date_in_future", NULL);
    decision.adopted_on = text_of("2023-04-20");
    assert_int_equal(issue(f, &decision, &change), DONE);
    decision.adopted_on = text_of("2023-04-21");
    assert_int_equal(issue(f, &decision, &change), CONFLICT);
    assert_refused(&f->error, CONFLICT, "date_before_recommendation", NULL);
    decision.own = true;
    assert_int_equal(issue(f, &decision, &change), FORBIDDEN);
    assert_refused(&f->error, FORBIDDEN, "own_basis", "KL-R16");
}

/* KL-R03. */
static void within_the_frame(void **state)
{
    struct fixture *f = *state;
    struct decision_change change = {0};
    struct grant_decision decision = draft(OUTCOME_GRANTED, 300, 300);

    decision.deviation_reason = text_of("Flere barnehager er med.");
    assert_int_equal(issue(f, &decision, &change), DONE);
    decision.frame_left_nok = 599;
    assert_int_equal(issue(f, &decision, &change), INVALID);
    assert_refused(&f->error, INVALID, "frame_exceeded", "KL-R03");
}

/* KL-R05. */
static void nothing_for_what_can_never_be_paid(void **state)
{
    struct fixture *f = *state;
    struct decision_change change = {0};
    struct grant_decision decision = draft(OUTCOME_GRANTED, 300, 300);

    decision.deviation_reason = text_of("Flere barnehager er med.");
    decision.failed = text_of("c1, c4");
    assert_int_equal(issue(f, &decision, &change), CONFLICT);
    assert_refused(&f->error, CONFLICT, "criteria_not_met", "KL-R05");
    decision.outcome = text_of(OUTCOME_REFUSED);
    decision.granted_uh_nok = decision.granted_network_nok = 0;
    assert_int_equal(issue(f, &decision, &change), DONE);
}

/* KL-R07. */
static void amounts_fit_the_outcome(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *outcome;
        int64_t uh, network;
        bool fits;
    } cases[] = {
        {OUTCOME_GRANTED, 300, 100, true},
        {OUTCOME_GRANTED, 300, 99, false},
        {OUTCOME_GRANTED, 300, 101, true},
        {OUTCOME_PARTIALLY_GRANTED, 300, 99, true},
        {OUTCOME_PARTIALLY_GRANTED, 300, 100, false},
        {OUTCOME_PARTIALLY_GRANTED, 0, 0, false},
        {OUTCOME_REFUSED, 0, 0, true},
        {OUTCOME_REFUSED, 0, 1, false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct decision_change change = {0};
        struct grant_decision decision = draft(cases[i].outcome, cases[i].uh, cases[i].network);
        decision.deviation_reason = text_of("Fordi.");
        assert_int_equal(issue(f, &decision, &change), cases[i].fits ? DONE : CONFLICT);
        if (!cases[i].fits) {
            assert_refused(&f->error, CONFLICT, "outcome_unfit", "KL-R07");
        }
    }
}

/* What was not recommended is measured by what was applied for. */
static void against_the_recommendation(void **state)
{
    struct fixture *f = *state;
    struct decision_change change = {0};
    struct grant_decision decision = draft(OUTCOME_GRANTED, 500, 0);

    decision.basis_state = text_of("not_recommended");
    decision.recommended_uh_nok = decision.recommended_network_nok = 0;
    assert_int_equal(issue(f, &decision, &change), CONFLICT);
    assert_refused(&f->error, CONFLICT, "deviation_reason_required", "KL-R07");
    decision.deviation_reason = text_of("Kriteriene er oppfylt.");
    assert_int_equal(issue(f, &decision, &change), DONE);
    decision.granted_uh_nok = 499;
    assert_int_equal(issue(f, &decision, &change), CONFLICT);
    decision.outcome = text_of(OUTCOME_PARTIALLY_GRANTED);
    assert_int_equal(issue(f, &decision, &change), DONE);
}

static void a_deviation_is_of_each_kind(void **state)
{
    struct grant_decision decision = draft(OUTCOME_GRANTED, 300, 100);

    (void)state;
    assert_false(decision_deviates(&decision));
    decision = draft(OUTCOME_GRANTED, 299, 101);
    assert_true(decision_deviates(&decision));
}

/* KL-R07. */
static void recipients_are_of_the_partnership(void **state)
{
    struct fixture *f = *state;
    const struct decision_party parties[] = {{text_of("uh")}, {text_of("owner")}};
    struct decision_line_put lines[] = {
        {text_of("uh"), integer_of(300)},
        {text_of("owner"), integer_of(100)},
    };
    const struct decision_lines_put in = {.lines = {.is = GIVEN, .items = lines, .count = 2}};
    struct grant_decision decision = draft(OUTCOME_GRANTED, 0, 0);

    assert_int_equal(decision_check_lines(&decision, &in, parties, 2, fresh_error(f)), DONE);
    lines[1].amount_nok.v = 101;
    assert_int_equal(decision_check_lines(&decision, &in, parties, 2, fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "deviation_reason_required", "KL-R07");
    decision.deviation_reason = text_of("Fordi.");
    assert_int_equal(decision_check_lines(&decision, &in, parties, 2, fresh_error(f)), DONE);
    assert_int_equal(decision_check_lines(&decision, &in, parties, 1, fresh_error(f)), INVALID);
    assert_refused(&f->error, INVALID, "recipient_unfit", "KL-R07");
    assert_string_equal(f->error.faults[0].code, "not_of_partnership");
    lines[1] = lines[0];
    assert_int_equal(decision_check_lines(&decision, &in, parties, 2, fresh_error(f)), INVALID);
    assert_string_equal(f->error.faults[0].code, "recipient_repeated");
}

/* ---- payment --------------------------------------------------------------------------------- */

static struct decision_line line_in(const char *state)
{
    return (struct decision_line){
        .id = text_of("line-1"),
        .state = text_of(state),
        .decided_on = text_of("2023-04-20"),
        .today_on = text_of("2023-05-20"),
        .amount_nok = 100,
    };
}

static const char *const names[] = {"c1", "c2", "c3", "c4"};

static void verdicts_of(const char *fourth, struct criterion_verdict *ret)
{
    for (size_t i = 0; i < 4; i++) {
        ret[i] = (struct criterion_verdict){text_of(names[i]), text_of(i < 3 ? "met" : fourth)};
    }
}

/* KL-R05. */
static void paid_when_every_criterion_is_met(void **state)
{
    struct fixture *f = *state;
    const struct decision_line_pay in = {.payment_reference = text_of("BILAG-1")};
    struct decision_line line = line_in(LINE_TO_PAY);
    struct decision_line_change change = {0};
    struct criterion_verdict verdicts[4];

    verdicts_of("met", verdicts);
    assert_null(criteria_unmet(verdicts, 4, f->arena));
    assert_int_equal(decision_line_pay(&line, &in, verdicts, 4, fresh_error(f), &change), DONE);
    assert_string_equal(change.state.s, LINE_PAID);
    assert_string_equal(change.paid_on.s, "2023-05-20");
    verdicts_of("partly", verdicts);
    assert_string_equal(criteria_unmet(verdicts, 4, f->arena), "c4");
    assert_string_equal(criteria_unmet(verdicts, 1, f->arena), "c2, c3, c4");
    assert_int_equal(decision_line_pay(&line, &in, verdicts, 4, fresh_error(f), &change), CONFLICT);
    assert_refused(&f->error, CONFLICT, "criteria_not_met", "KL-R05");
}

static void days_of_a_payment(void **state)
{
    struct fixture *f = *state;
    struct decision_line_pay in = {.paid_on = text_of("2023-04-19")};
    struct decision_line line = line_in(LINE_TO_PAY);
    struct decision_line_change change = {0};
    struct criterion_verdict verdicts[4];

    verdicts_of("met", verdicts);
    assert_int_equal(decision_line_pay(&line, &in, verdicts, 4, fresh_error(f), &change), CONFLICT);
    assert_refused(&f->error, CONFLICT, "date_before_decision", NULL);
    in.paid_on = text_of("2023-05-21");
    assert_int_equal(decision_line_pay(&line, &in, verdicts, 4, fresh_error(f), &change), CONFLICT);
    assert_refused(&f->error, CONFLICT, "date_in_future", NULL);
    in.paid_on = text_of("2023-04-20");
    assert_int_equal(decision_line_pay(&line, &in, verdicts, 4, fresh_error(f), &change), DONE);
}

static void reclaimed_until_nothing_is_left(void **state)
{
    struct fixture *f = *state;
    struct decision_line_reclaim in = {.amount_nok = integer_of(40), .reason = text_of("Fordi")};
    struct decision_line line = line_in(LINE_PAID);
    struct decision_line_change change = {0};

    assert_int_equal(decision_line_reclaim(&line, &in, fresh_error(f), &change), DONE);
    assert_int_equal(change.reclaimed_nok.v, 40);
    line = line_in(LINE_RECLAIMED);
    line.reclaimed_nok = 40;
    in.amount_nok = integer_of(61);
    assert_int_equal(decision_line_reclaim(&line, &in, fresh_error(f), &change), CONFLICT);
    assert_refused(&f->error, CONFLICT, "reclaim_too_much", NULL);
    in.amount_nok = (struct integer){0};
    assert_int_equal(decision_line_reclaim(&line, &in, fresh_error(f), &change), DONE);
    assert_int_equal(change.reclaimed_nok.v, 100);
    line.reclaimed_nok = 100;
    assert_int_equal(decision_line_reclaim(&line, &in, fresh_error(f), &change), CONFLICT);
    line = line_in(LINE_TO_PAY);
    assert_int_equal(decision_line_reclaim(&line, &in, fresh_error(f), &change), CONFLICT);
    assert_refused(&f->error, CONFLICT, "invalid_transition", NULL);
}

static void a_decision_stands_as_its_lines(void **state)
{
    (void)state;
    assert_string_equal(decision_state_by(&(struct decision_progress){1, 1}).s, DECISION_ISSUED);
    assert_string_equal(decision_state_by(&(struct decision_progress){0, 0}).s, DECISION_PAID);
    assert_string_equal(decision_state_by(&(struct decision_progress){0, 1}).s, DECISION_RECLAIMED);
}

static void no_letter_of_a_draft(void **state)
{
    struct fixture *f = *state;
    struct decision_letter letter = {.state = text_of(DECISION_DRAFT)};

    assert_int_equal(decision_letter_check(&letter, fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "decision_not_issued", NULL);
    letter.state = text_of(DECISION_RECLAIMED);
    assert_int_equal(decision_letter_check(&letter, fresh_error(f)), DONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_issuing_leads_to),
        TEST(issued_from_draft_alone),
        TEST(what_must_be_right_before),
        TEST(within_the_frame),
        TEST(nothing_for_what_can_never_be_paid),
        TEST(amounts_fit_the_outcome),
        TEST(against_the_recommendation),
        TEST(a_deviation_is_of_each_kind),
        TEST(recipients_are_of_the_partnership),
        TEST(paid_when_every_criterion_is_met),
        TEST(days_of_a_payment),
        TEST(reclaimed_until_nothing_is_left),
        TEST(a_decision_stands_as_its_lines),
        TEST(no_letter_of_a_draft),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
