#include "domain/grants/plan.h"
#include "tests/unit/support.h"

static struct plan plan_in(const char *state)
{
    return (struct plan){
        .id = text_of("plan-1"),
        .state = text_of(state),
        .adopted_on = text_of("2023-01-12"),
        .today_on = text_of("2026-03-02"),
    };
}

static void the_machine_is_that_of_the_domain(void **state)
{
    struct fixture *f = *state;
    const struct plan_action in = {0};

    for (const char *const *from = plan_states; *from; from++) {
        struct plan plan = plan_in(*from);
        struct plan_change change = {0};
        bool draft = strcmp(*from, PLAN_DRAFT) == 0, hearing = strcmp(*from, PLAN_HEARING) == 0;
        assert_int_equal(plan_hear(&plan, fresh_error(f), &change), draft ? DONE : CONFLICT);
        if (draft) {
            assert_string_equal(change.state.s, PLAN_HEARING);
        } else {
            assert_refused(&f->error, CONFLICT, "invalid_transition", NULL);
        }
        assert_int_equal(plan_adopt(&plan, &in, fresh_error(f), &change),
                         hearing ? DONE : CONFLICT);
        if (hearing) {
            assert_string_equal(change.state.s, PLAN_ADOPTED);
            assert_string_equal(change.adopted_on.s, "2026-03-02");
        }
    }
}

static void a_plan_is_adopted_by_today_and_after_the_one_in_force(void **state)
{
    static const struct {
        const char *present_on, *adopted_on, *code;
    } cases[] = {
        {NULL, "2026-03-02", NULL},         {NULL, "2026-03-03", "date_in_future"},
        {"2026-01-12", "2026-01-12", NULL}, {"2026-01-12", "2026-01-11", "plan_older_than_present"},
        {"2026-03-01", NULL, NULL},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct plan plan = plan_in(PLAN_HEARING);
        struct plan_action in = {.adopted_on = text_of(cases[i].adopted_on)};
        struct plan_change change = {0};
        plan.present_on = text_of(cases[i].present_on);
        enum outcome outcome = plan_adopt(&plan, &in, fresh_error(f), &change);
        assert_int_equal(outcome, cases[i].code ? CONFLICT : DONE);
        if (cases[i].code) {
            assert_refused(&f->error, CONFLICT, cases[i].code, NULL);
        }
    }
}

static void the_text_is_open_until_it_is_adopted(void **state)
{
    struct fixture *f = *state;
    const struct plan_update in = {.title = text_of("Ny")};

    for (const char *const *from = plan_states; *from; from++) {
        struct plan plan = plan_in(*from);
        bool open = strcmp(*from, PLAN_DRAFT) == 0 || strcmp(*from, PLAN_HEARING) == 0;
        assert_int_equal(plan_check_update(&plan, &in, fresh_error(f)), open ? DONE : CONFLICT);
        if (!open) {
            assert_refused(&f->error, CONFLICT, "plan_not_editable", NULL);
        }
    }
}

static void annexes_have_a_number_each(void **state)
{
    struct fixture *f = *state;
    const struct plan_annex annexes[] = {
        {.no = integer_of(1)}, {.no = integer_of(2)}, {.no = integer_of(1)}};
    struct plan_create in = {.annexes = {.is = GIVEN, .items = annexes, .count = 2}};

    assert_int_equal(plan_check_create(&in, &f->error), DONE);
    in.annexes.count = 3;
    assert_int_equal(plan_check_create(&in, fresh_error(f)), INVALID);
    assert_true(has_fault(&f->error, "/annexes/2/no", "annex_repeated"));
    assert_int_equal(f->error.fault_count, 1);
}

/* KL-R14; that there is one a year, the database holds. */
static void a_plan_in_force_is_evaluated(void **state)
{
    static const struct {
        const char *plan, *held_on, *code;
    } cases[] = {
        {PLAN_ADOPTED, "2026-03-02", NULL},
        {PLAN_ADOPTED, "2023-01-12", NULL},
        {PLAN_ADOPTED, "2023-01-11", "plan_not_in_force"},
        {PLAN_ADOPTED, "2026-03-03", "date_in_future"},
        {PLAN_HEARING, "2026-03-01", "plan_not_in_force"},
        {PLAN_SUPERSEDED, "2026-03-01", "plan_not_in_force"},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct plan plan = plan_in(cases[i].plan);
        const struct plan_evaluation_create in = {.held_on = text_of(cases[i].held_on)};
        enum outcome outcome = plan_evaluate(&plan, &in, fresh_error(f));
        assert_int_equal(outcome, cases[i].code ? CONFLICT : DONE);
        if (cases[i].code) {
            assert_refused(&f->error, CONFLICT, cases[i].code, NULL);
        }
    }
}

static void an_evaluation_stays_in_its_year(void **state)
{
    struct fixture *f = *state;
    const struct plan_evaluation evaluation = {.held_on = text_of("2026-01-20"),
                                               .today_on = text_of("2026-03-02")};
    struct plan_evaluation_update in = {0};

    assert_int_equal(plan_evaluation_check_update(&evaluation, &in, &f->error), DONE);
    in.held_on = text_of("2026-03-02");
    assert_int_equal(plan_evaluation_check_update(&evaluation, &in, &f->error), DONE);
    in.held_on = text_of("2025-12-31");
    assert_int_equal(plan_evaluation_check_update(&evaluation, &in, &f->error), INVALID);
    assert_true(has_fault(&f->error, "/held_on", "other_year"));
    in.held_on = text_of("2026-03-03");
    assert_int_equal(plan_evaluation_check_update(&evaluation, &in, fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "date_in_future", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_machine_is_that_of_the_domain),
        TEST(a_plan_is_adopted_by_today_and_after_the_one_in_force),
        TEST(the_text_is_open_until_it_is_adopted),
        TEST(annexes_have_a_number_each),
        TEST(a_plan_in_force_is_evaluated),
        TEST(an_evaluation_stays_in_its_year),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
