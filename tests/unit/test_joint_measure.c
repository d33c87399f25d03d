#include "domain/grants/joint_measure.h"
#include "tests/unit/support.h"

static struct joint_measure measure_in(const char *state)
{
    return (struct joint_measure){
        .id = text_of("measure-1"),
        .forum_id = text_of("forum-1"),
        .state = text_of(state),
        .starts_year = integer_of(2023),
        .considerations_a_ok = boolean_of(true),
        .considerations_b_ok = boolean_of(false),
        .considerations_c_ok = boolean_of(true),
        .considerations_d_ok = boolean_of(true),
        .has_concept = true,
        .evaluations = 1,
        .today_on = text_of("2026-03-02"),
    };
}

static const struct {
    const char *from;
    const char *to;
    enum outcome (*decide)(const struct joint_measure *, struct error *,
                           struct joint_measure_change *);
} actions[] = {{JOINT_IDEA, JOINT_CONCEPT, joint_measure_develop},
               {JOINT_CONCEPT, JOINT_PLANNED, joint_measure_plan},
               {JOINT_PLANNED, JOINT_RUNNING, joint_measure_start},
               {JOINT_RUNNING, JOINT_EVALUATED, joint_measure_evaluate},
               {JOINT_EVALUATED, JOINT_ENDED, joint_measure_end}};

static void the_machine_is_that_of_the_domain(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < COUNT(actions); i++) {
        for (const char *const *from = joint_measure_states; *from; from++) {
            const struct joint_measure measure = measure_in(*from);
            struct joint_measure_change change = {0};
            bool fits = strcmp(*from, actions[i].from) == 0;
            assert_int_equal(actions[i].decide(&measure, fresh_error(f), &change),
                             fits ? DONE : CONFLICT);
            if (fits) {
                assert_string_equal(change.state.s, actions[i].to);
            } else {
                assert_refused(&f->error, CONFLICT, "invalid_transition", NULL);
            }
        }
    }
}

/* KL-R15: an answer may be no. */
static void what_is_planned_has_every_consideration_answered(void **state)
{
    struct fixture *f = *state;
    struct joint_measure measure = measure_in(JOINT_CONCEPT);
    struct joint_measure_change change = {0};

    measure.considerations_a_ok = (struct boolean){0};
    measure.considerations_d_ok = (struct boolean){.is = NULLED};
    assert_int_equal(joint_measure_plan(&measure, &f->error, &change), CONFLICT);
    assert_refused(&f->error, CONFLICT, "considerations_unanswered", "KL-R15");
    assert_string_equal(f->error.args[0].value, "a, d");
}

/* KL-R15. */
static void what_runs_has_a_concept(void **state)
{
    struct fixture *f = *state;
    struct joint_measure measure = measure_in(JOINT_PLANNED);
    struct joint_measure_change change = {0};

    measure.has_concept = false;
    assert_int_equal(joint_measure_start(&measure, &f->error, &change), CONFLICT);
    assert_refused(&f->error, CONFLICT, "concept_missing", "KL-R15");
}

static void what_is_evaluated_has_an_evaluation(void **state)
{
    struct fixture *f = *state;
    struct joint_measure measure = measure_in(JOINT_RUNNING);
    struct joint_measure_change change = {0};

    measure.evaluations = 0;
    assert_int_equal(joint_measure_evaluate(&measure, &f->error, &change), CONFLICT);
    assert_refused(&f->error, CONFLICT, "evaluation_missing", NULL);
}

static void what_a_state_stands_on_stays(void **state)
{
    struct fixture *f = *state;
    const struct joint_measure_update unanswered = {.considerations_c_ok = {.is = NULLED}};
    const struct joint_measure_update without = {.concept = {.is = NULLED}};
    static const struct {
        const char *state;
        enum outcome unanswered, without;
    } cases[] = {{JOINT_IDEA, DONE, DONE},
                 {JOINT_CONCEPT, DONE, DONE},
                 {JOINT_PLANNED, CONFLICT, DONE},
                 {JOINT_RUNNING, CONFLICT, CONFLICT},
                 {JOINT_EVALUATED, CONFLICT, CONFLICT}};

    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct joint_measure measure = measure_in(cases[i].state);
        assert_int_equal(joint_measure_check_update(&measure, &unanswered, false, fresh_error(f)),
                         cases[i].unanswered);
        assert_int_equal(joint_measure_check_update(&measure, &without, false, fresh_error(f)),
                         cases[i].without);
    }
}

static void what_has_ended_does_not_change(void **state)
{
    struct fixture *f = *state;
    const struct joint_measure_update in = {.name = text_of("Nytt")};
    const struct joint_measure_money money = {text_of("open"), text_of("forum-1"),
                                              text_of("uh_institution")};
    const struct joint_measure_participation_create join = {.year = integer_of(2026)};
    const struct joint_measure measure = measure_in(JOINT_ENDED);

    assert_int_equal(joint_measure_check_update(&measure, &in, false, fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "joint_measure_over", NULL);
    assert_int_equal(joint_measure_check_grant(&measure, &money, fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "joint_measure_over", NULL);
    assert_int_equal(
        joint_measure_check_participation(&measure, &join, text_of("forum-1"), fresh_error(f)),
        CONFLICT);
    assert_refused(&f->error, CONFLICT, "joint_measure_over", NULL);
}

static void years_and_foundations_are_in_order(void **state)
{
    struct fixture *f = *state;
    const struct joint_measure_create create = {.starts_year = integer_of(2024),
                                                .ends_year = integer_of(2023)};
    const struct joint_measure_update ends = {.ends_year = integer_of(2022)};
    const struct joint_measure_update none = {.ends_year = {.is = NULLED}};
    const struct joint_measure measure = measure_in(JOINT_IDEA);

    assert_int_equal(joint_measure_check_create(&create, fresh_error(f)), INVALID);
    assert_true(has_fault(&f->error, "/ends_year", "ends_before_it_begins"));
    assert_int_equal(joint_measure_check_update(&measure, &ends, false, fresh_error(f)), INVALID);
    assert_int_equal(joint_measure_check_update(&measure, &none, false, fresh_error(f)), DONE);
    assert_int_equal(joint_measure_check_update(&measure, &none, true, fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "builds_on_itself", NULL);
}

static void an_evaluation_is_of_what_runs(void **state)
{
    struct fixture *f = *state;
    const struct joint_measure_evaluation_create today = {.held_on = text_of("2026-03-02")};
    const struct joint_measure_evaluation_create tomorrow = {.held_on = text_of("2026-03-03")};
    const struct joint_measure planned = measure_in(JOINT_PLANNED);
    const struct joint_measure running = measure_in(JOINT_RUNNING);

    assert_int_equal(joint_measure_check_evaluation(&planned, &today, fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "joint_measure_not_running", NULL);
    assert_int_equal(joint_measure_check_evaluation(&running, &today, fresh_error(f)), DONE);
    assert_int_equal(joint_measure_check_evaluation(&running, &tomorrow, fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "date_in_future", NULL);
}

static void money_goes_to_those_who_can_be_given_it(void **state)
{
    struct fixture *f = *state;
    const struct joint_measure measure = measure_in(JOINT_RUNNING);
    const struct joint_measure_grant closed = {.round_state = text_of("closed")};
    const struct joint_measure_grant open = {.round_state = text_of("reporting")};
    struct joint_measure_money money = {text_of("open"), text_of("forum-1"),
                                        text_of("uh_institution")};

    assert_int_equal(joint_measure_check_grant(&measure, &money, fresh_error(f)), DONE);
    money.round_state = text_of("closed");
    assert_int_equal(joint_measure_check_grant(&measure, &money, fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "round_closed", NULL);
    money.round_forum_id = text_of("forum-2");
    money.recipient_type = text_of("kindergarten");
    assert_int_equal(joint_measure_check_grant(&measure, &money, fresh_error(f)), INVALID);
    assert_true(has_fault(&f->error, "/round_id", "other_forum"));
    assert_true(has_fault(&f->error, "/recipient_id", "organisation_unfit"));
    money = (struct joint_measure_money){0};
    assert_int_equal(joint_measure_check_grant(&measure, &money, fresh_error(f)), INVALID);
    assert_true(has_fault(&f->error, "/round_id", "unknown_reference"));
    assert_true(has_fault(&f->error, "/recipient_id", "unknown_reference"));
    assert_int_equal(joint_measure_check_grant_change(&closed, fresh_error(f)), CONFLICT);
    assert_int_equal(joint_measure_check_grant_change(&open, fresh_error(f)), DONE);
}

static void a_network_takes_part_while_it_lasts(void **state)
{
    struct fixture *f = *state;
    static const struct {
        int year;
        enum outcome outcome;
    } cases[] = {{2022, CONFLICT}, {2023, DONE}, {2025, DONE}, {2026, CONFLICT}};
    const struct text forum = text_of("forum-1");
    struct joint_measure measure = measure_in(JOINT_RUNNING);

    measure.ends_year = integer_of(2025);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct joint_measure_participation_create in = {.year = integer_of(cases[i].year)};
        assert_int_equal(joint_measure_check_participation(&measure, &in, forum, fresh_error(f)),
                         cases[i].outcome);
    }
    assert_refused(&f->error, CONFLICT, "year_outside_measure", NULL);
    const struct joint_measure_participation_create in = {.year = integer_of(2024)};
    assert_int_equal(
        joint_measure_check_participation(&measure, &in, text_of("forum-2"), fresh_error(f)),
        INVALID);
    assert_true(has_fault(&f->error, "/network_id", "other_forum"));
}

static void who_took_part_in_a_year_did(void **state)
{
    struct fixture *f = *state;
    struct joint_measure_participation participation = {
        .year = 2026, .this_year = 2026, .own = true};

    assert_int_equal(joint_measure_check_leave(&participation, fresh_error(f)), DONE);
    participation.this_year = 2027;
    assert_int_equal(joint_measure_check_leave(&participation, fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "year_over", NULL);
    participation.own = false;
    assert_int_equal(joint_measure_check_leave(&participation, fresh_error(f)), FORBIDDEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_machine_is_that_of_the_domain),
        TEST(what_is_planned_has_every_consideration_answered),
        TEST(what_runs_has_a_concept),
        TEST(what_is_evaluated_has_an_evaluation),
        TEST(what_a_state_stands_on_stays),
        TEST(what_has_ended_does_not_change),
        TEST(years_and_foundations_are_in_order),
        TEST(an_evaluation_is_of_what_runs),
        TEST(money_goes_to_those_who_can_be_given_it),
        TEST(a_network_takes_part_while_it_lasts),
        TEST(who_took_part_in_a_year_did),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
