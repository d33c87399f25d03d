#include "domain/grants/round.h"
#include "tests/unit/support.h"

static struct round round_in(const char *state)
{
    return (struct round){
        .id = text_of("round-1"),
        .year = integer_of(2027),
        .state = text_of(state),
        .need_due_on = text_of("2026-12-01"),
        .basis_due_on = text_of("2027-02-01"),
        .recommendation_due_on = text_of("2027-03-15"),
        .decision_due_on = text_of("2027-04-30"),
        .report_due_on = text_of("2028-06-30"),
        .today_on = text_of("2026-11-20"),
        .joint_share_first_meeting_only = true,
    };
}

/* With nothing left to do. */
static struct round_progress all_done(void)
{
    return (struct round_progress){
        .allocation_state = text_of("published"),
        .decided_in_first_meeting = true,
        .recommendation_state = text_of("adopted"),
    };
}

/* ---- making one ------------------------------------------------------------------------------ */

static void days_and_terms_have_defaults(void **state)
{
    struct fixture *f = *state;
    const struct round_scheme dekom = {
        .own_share_bp = integer_of(3000),
        .require_uh_signature = boolean_of(true),
        .allow_multiple_bases = boolean_of(true),
        .joint_share_first_meeting_only = boolean_of(true),
    };
    const struct round_create in = {.year = integer_of(2027),
                                    .decision_due_on = text_of("2027-05-15"),
                                    .allow_multiple_bases = boolean_of(false)};
    struct round_create filled = round_fill(&in, &dekom, f->arena);

    assert_string_equal(filled.need_due_on.s, "2026-12-01");
    assert_string_equal(filled.basis_due_on.s, "2027-02-01");
    assert_string_equal(filled.recommendation_due_on.s, "2027-03-15");
    assert_string_equal(filled.decision_due_on.s, "2027-05-15");
    assert_string_equal(filled.report_due_on.s, "2028-06-30");
    assert_int_equal(filled.own_share_bp.v, 3000);
    assert_true(filled.require_uh_signature.v && filled.joint_share_first_meeting_only.v);
    assert_false(filled.allow_multiple_bases.v || filled.need_deadline_hard.v);
    assert_int_equal(round_check_create(&filled, &f->error), DONE);
}

static void steps_keep_their_order(void **state)
{
    struct fixture *f = *state;
    const struct round_create in = {.year = integer_of(2027),
                                    .need_due_on = text_of("2027-02-02"),
                                    .report_due_on = text_of("2027-04-29")};
    struct round_create filled = round_fill(&in, &(struct round_scheme){0}, f->arena);

    assert_int_equal(round_check_create(&filled, &f->error), INVALID);
    assert_int_equal(f->error.fault_count, 2);
    assert_true(has_fault(&f->error, "/basis_due_on", "before_step_before"));
    assert_true(has_fault(&f->error, "/report_due_on", "before_step_before"));
    filled.basis_due_on = filled.need_due_on;
    filled.report_due_on = filled.decision_due_on;
    error_init(&f->error, f->arena);
    assert_int_equal(round_check_create(&filled, &f->error), DONE);
}

/* ---- changing one ---------------------------------------------------------------------------- */

static void bases_close_by_the_clock_or_by_hand(void **state)
{
    (void)state;
    for (const char *const *from = round_states; *from; from++) {
        struct round round = round_in(*from);
        bool before = strcmp(*from, ROUND_PLANNING) == 0 || strcmp(*from, ROUND_FRAME_ADOPTED) == 0;
        bool open = strcmp(*from, ROUND_OPEN) == 0;
        round.today_on = text_of("2027-02-01");
        assert_int_equal(round_bases_closed(&round), !before && !open);
        round.today_on = text_of("2027-02-02");
        assert_int_equal(round_bases_closed(&round), !before);
    }
}

static void terms_change_while_what_they_govern_lies_ahead(void **state)
{
    static const struct {
        const char *state, *today_on, *settled; /* pointers, of all that is asked */
    } cases[] = {
        {ROUND_PLANNING, "2026-12-01", ""},
        {ROUND_PLANNING, "2026-12-02", "/need_due_on "},
        {ROUND_OPEN, "2027-02-01", "/need_due_on /joint_share_first_meeting_only "},
        {ROUND_OPEN, "2027-02-02",
         "/need_due_on /basis_due_on /own_share_bp /joint_share_first_meeting_only "},
        {ROUND_BASIS_CLOSED, "2027-01-20",
         "/need_due_on /basis_due_on /own_share_bp /joint_share_first_meeting_only "},
        {ROUND_RECOMMENDED, "2027-03-01",
         "/need_due_on /basis_due_on /recommendation_due_on /own_share_bp "
         "/joint_share_first_meeting_only "},
        {ROUND_DECIDED, "2027-04-01",
         "/need_due_on /basis_due_on /recommendation_due_on /decision_due_on /report_due_on "
         "/own_share_bp /joint_share_first_meeting_only "},
    };
    static const char *const pointers[] = {
        "/need_due_on",   "/basis_due_on", "/recommendation_due_on",         "/decision_due_on",
        "/report_due_on", "/own_share_bp", "/joint_share_first_meeting_only"};
    const struct round_update in = {
        .need_due_on = text_of("2027-04-01"),
        .basis_due_on = text_of("2027-04-02"),
        .recommendation_due_on = text_of("2027-04-03"),
        .decision_due_on = text_of("2027-05-01"),
        .report_due_on = text_of("2028-07-01"),
        .own_share_bp = integer_of(1),
        .joint_share_first_meeting_only = boolean_of(false),
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct round round = round_in(cases[i].state);
        round.today_on = text_of(cases[i].today_on);
        enum outcome outcome = round_check_update(&round, &in, fresh_error(f));
        assert_int_equal(outcome, *cases[i].settled ? CONFLICT : DONE);
        for (size_t k = 0; k < COUNT(pointers); k++) {
            const char *word = arena_format(f->arena, "%s ", pointers[k]);
            assert_int_equal(has_fault(&f->error, pointers[k], "settled"),
                             strstr(cases[i].settled, word) != NULL);
        }
    }
}

static void a_day_moves_to_a_day_to_come(void **state)
{
    struct fixture *f = *state;
    struct round round = round_in(ROUND_OPEN);
    struct round_update in = {.basis_due_on = text_of("2027-01-19")};

    round.today_on = text_of("2027-01-20");
    assert_int_equal(round_check_update(&round, &in, fresh_error(f)), CONFLICT);
    assert_true(has_fault(&f->error, "/basis_due_on", "day_passed"));
    in.basis_due_on = text_of("2027-01-20");
    assert_int_equal(round_check_update(&round, &in, fresh_error(f)), DONE);
    in.basis_due_on = text_of("2027-03-16");
    assert_int_equal(round_check_update(&round, &in, fresh_error(f)), INVALID);
    assert_true(has_fault(&f->error, "/recommendation_due_on", "before_step_before"));
    in = (struct round_update){.need_due_on = text_of("2026-12-01")}; /* as it is */
    assert_int_equal(round_check_update(&round, &in, fresh_error(f)), DONE);
}

/* ---- actions --------------------------------------------------------------------------------- */

static const struct {
    const char *action, *from, *to;
    round_decision *decide;
} actions[] = {
    {"adopt_frame", ROUND_PLANNING, ROUND_FRAME_ADOPTED, round_adopt_frame},
    {"open", ROUND_FRAME_ADOPTED, ROUND_OPEN, round_open},
    {"close_bases", ROUND_OPEN, ROUND_BASIS_CLOSED, round_close_bases},
    {"recommend", ROUND_BASIS_CLOSED, ROUND_RECOMMENDED, round_recommend},
    {"decide", ROUND_RECOMMENDED, ROUND_DECIDED, round_decide},
    {"start_reporting", ROUND_DECIDED, ROUND_REPORTING, round_start_reporting},
    {"close", ROUND_REPORTING, ROUND_CLOSED, round_close},
};

static void the_machine_is_that_of_the_domain(void **state)
{
    struct fixture *f = *state;
    const struct round_action in = {0};
    const struct round_progress done = all_done();

    for (const char *const *from = round_states; *from; from++) {
        for (size_t i = 0; i < COUNT(actions); i++) {
            struct round round = round_in(*from);
            struct round_change change = {0};
            bool possible = strcmp(*from, actions[i].from) == 0;
            enum outcome outcome = actions[i].decide(&round, &done, &in, fresh_error(f), &change);
            if (possible) {
                assert_int_equal(outcome, DONE);
                assert_string_equal(change.state.s, actions[i].to);
            } else if (strcmp(*from, ROUND_OPEN) == 0 &&
                       strcmp(actions[i].action, "recommend") == 0) {
                assert_refused(&f->error, CONFLICT, "bases_open", NULL);
            } else {
                assert_refused(&f->error, CONFLICT, "invalid_transition", NULL);
            }
        }
        assert_non_null(machine_find(&round_machine, *from, "roll_over"));
    }
}

static void the_frame_is_adopted_when_the_distribution_is(void **state)
{
    struct fixture *f = *state;
    struct round round = round_in(ROUND_PLANNING);
    const struct round_action in = {0};
    struct round_progress progress = all_done();
    struct round_change change = {0};

    progress.allocation_state = (struct text){0};
    round_adopt_frame(&round, &progress, &in, fresh_error(f), &change);
    assert_refused(&f->error, CONFLICT, "allocation_not_adopted", NULL);
    progress = all_done();
    progress.decided_in_first_meeting = false;
    round_adopt_frame(&round, &progress, &in, fresh_error(f), &change);
    assert_refused(&f->error, CONFLICT, "not_first_meeting", "KL-R04");
    round.joint_share_first_meeting_only = false;
    assert_int_equal(round_adopt_frame(&round, &progress, &in, fresh_error(f), &change), DONE);
    progress.headcounts_open = text_of("KN02");
    round_adopt_frame(&round, &progress, &in, fresh_error(f), &change);
    assert_refused(&f->error, CONFLICT, "headcounts_open", "KL-R13");
    progress.allocation_state = text_of("adopted");
    round = round_in(ROUND_FRAME_ADOPTED);
    round_open(&round, &progress, &in, fresh_error(f), &change);
    assert_refused(&f->error, CONFLICT, "allocation_not_published", NULL);
}

static void a_late_recommendation_says_why(void **state)
{
    static const struct {
        const char *state, *today_on, *reason, *code;
    } cases[] = {
        {ROUND_BASIS_CLOSED, "2027-01-10", NULL, NULL},
        {ROUND_OPEN, "2027-02-01", NULL, "bases_open"},
        {ROUND_OPEN, "2027-02-02", NULL, NULL},
        {ROUND_OPEN, "2027-03-15", NULL, NULL},
        {ROUND_OPEN, "2027-03-16", NULL, "late_reason_required"},
        {ROUND_OPEN, "2027-03-16", " ", "late_reason_required"},
        {ROUND_OPEN, "2027-03-16", "Stengt vei", NULL},
    };
    struct fixture *f = *state;
    const struct round_progress progress = all_done();

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct round round = round_in(cases[i].state);
        struct round_action in = {.reason = text_of(cases[i].reason)};
        struct round_change change = {0};
        round.today_on = text_of(cases[i].today_on);
        enum outcome outcome = round_recommend(&round, &progress, &in, fresh_error(f), &change);
        if (cases[i].code) {
            assert_refused(&f->error, CONFLICT, cases[i].code, NULL);
            continue;
        }
        assert_int_equal(outcome, DONE);
        assert_string_equal(change.recommended_on.s, cases[i].today_on);
        assert_int_equal(given(change.late_reason.is), cases[i].reason != NULL);
    }
}

static void work_that_is_left_holds_the_round(void **state)
{
    struct fixture *f = *state;
    const struct round_action in = {0};
    struct round_change change = {0};
    struct round round = round_in(ROUND_BASIS_CLOSED);
    struct round_progress progress = all_done();

    progress.recommendation_state = text_of("draft");
    round_recommend(&round, &progress, &in, fresh_error(f), &change);
    assert_refused(&f->error, CONFLICT, "recommendation_not_adopted", NULL);
    progress = all_done();
    progress.bases_pending = progress.lines_undecided = progress.reports_pending = 1;
    round_recommend(&round, &progress, &in, fresh_error(f), &change);
    assert_refused(&f->error, CONFLICT, "bases_pending", NULL);
    round = round_in(ROUND_RECOMMENDED);
    round_decide(&round, &progress, &in, fresh_error(f), &change);
    assert_refused(&f->error, CONFLICT, "lines_undecided", NULL);
    round = round_in(ROUND_REPORTING);
    round_close(&round, &progress, &in, fresh_error(f), &change);
    assert_refused(&f->error, CONFLICT, "reports_pending", NULL);
}

static void the_total_is_set_until_all_is_decided(void **state)
{
    struct fixture *f = *state;
    struct round_total in = {.total_nok = integer_of(100)};

    for (const char *const *from = round_states; *from; from++) {
        struct round round = round_in(*from);
        bool over = strcmp(*from, ROUND_DECIDED) == 0 || strcmp(*from, ROUND_REPORTING) == 0 ||
                    strcmp(*from, ROUND_CLOSED) == 0;
        round.granted_nok = 100;
        assert_int_equal(round_set_total(&round, &in, fresh_error(f)), over ? CONFLICT : DONE);
        round.granted_nok = 101;
        round_set_total(&round, &in, fresh_error(f));
        assert_refused(&f->error, CONFLICT, over ? "invalid_transition" : "total_below_granted",
                       over ? NULL : "KL-R08");
    }
}

/* ---- networks -------------------------------------------------------------------------------- */

static void a_network_has_its_own_earlier_day(void **state)
{
    static const struct {
        const char *due_on, *fault;
    } cases[] = {
        {"2026-12-01", NULL},         {"2026-11-20", NULL}, {"2026-12-02", "later_than_round"},
        {"2026-11-19", "day_passed"}, {NULL, NULL},
    };
    struct fixture *f = *state;
    struct frame frame = {.need_due_on = text_of("2026-11-25"),
                          .round_need_due_on = text_of("2026-12-01"),
                          .today_on = text_of("2026-11-20")};

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct frame_update in = {.need_due_on = text_of(cases[i].due_on)};
        if (!cases[i].due_on) {
            in.need_due_on.is = NULLED;
        }
        enum outcome outcome = frame_check_update(&frame, &in, fresh_error(f));
        assert_int_equal(outcome == DONE, cases[i].fault == NULL);
        if (cases[i].fault) {
            assert_true(has_fault(&f->error, "/need_due_on", cases[i].fault));
        }
    }
    const struct frame_update hard = {.need_deadline_hard = boolean_of(true)};
    assert_int_equal(frame_check_update(&frame, &hard, fresh_error(f)), DONE);
    frame.today_on = text_of("2026-11-26");
    frame_check_update(&frame, &hard, fresh_error(f));
    assert_refused(&f->error, CONFLICT, "round_settled", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(days_and_terms_have_defaults),
        TEST(steps_keep_their_order),
        TEST(bases_close_by_the_clock_or_by_hand),
        TEST(terms_change_while_what_they_govern_lies_ahead),
        TEST(a_day_moves_to_a_day_to_come),
        TEST(the_machine_is_that_of_the_domain),
        TEST(the_frame_is_adopted_when_the_distribution_is),
        TEST(a_late_recommendation_says_why),
        TEST(work_that_is_left_holds_the_round),
        TEST(the_total_is_set_until_all_is_decided),
        TEST(a_network_has_its_own_earlier_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
