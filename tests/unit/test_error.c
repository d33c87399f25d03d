#include "domain/base/transition.h"
#include "tests/unit/support.h"

static void nothing_happened_is_done(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(error_outcome(&f->error), DONE);
    assert_null(f->error.code);
}

static void first_refusal_wins(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(error_refuse(&f->error, CONFLICT, "already_registered", "SM-R03"), CONFLICT);
    /* What is answered and what is returned never differ. */
    assert_int_equal(error_refuse(&f->error, INTERNAL, "internal_error", NULL), CONFLICT);
    assert_refused(&f->error, CONFLICT, "already_registered", "SM-R03");
    assert_int_equal(error_outcome(&f->error), CONFLICT);
}

static void faults_alone_are_invalid(void **state)
{
    struct fixture *f = *state;

    error_fault(&f->error, "/person/email", "email_invalid", NULL);
    error_fault(&f->error, "/capacity", "too_small", "1");
    assert_int_equal(f->error.outcome, DONE); /* the caller goes on looking */
    assert_int_equal(error_outcome(&f->error), INVALID);
    assert_refused(&f->error, INVALID, "validation_failed", NULL);
    assert_int_equal(f->error.fault_count, 2);
    assert_string_equal(f->error.faults[1].expected, "1");
    assert_int_equal(error_outcome(&f->error), INVALID); /* asking again changes nothing */
}

static void a_refusal_keeps_its_code_beside_faults(void **state)
{
    struct fixture *f = *state;

    error_fault(&f->error, "/profession_other", "profession_other_required", NULL);
    error_refuse(&f->error, INVALID, "choice_required", "SM-R08");
    assert_int_equal(error_outcome(&f->error), INVALID);
    assert_refused(&f->error, INVALID, "choice_required", "SM-R08");
    assert_int_equal(f->error.fault_count, 1);
}

static void faults_have_a_limit(void **state)
{
    struct fixture *f = *state;

    for (int i = 0; i < ERROR_FAULTS_MAX + 7; i++) {
        error_fault(&f->error, "/x", "unknown_member", NULL);
    }
    assert_int_equal(f->error.fault_count, ERROR_FAULTS_MAX);
    assert_int_equal(f->error.faults_omitted, 7);
}

static void arguments_have_a_limit_and_the_first_stands(void **state)
{
    struct fixture *f = *state;

    assert_ptr_equal(error_arg(&f->error, "state", "draft"), &f->error);
    error_arg(&f->error, "state", "running");
    error_arg_int(&f->error, "taken", -20);
    assert_int_equal(f->error.arg_count, 2);
    assert_string_equal(f->error.args[0].value, "draft");
    assert_string_equal(f->error.args[1].value, "-20");
    for (int i = 0; i < 20; i++) {
        error_arg(&f->error, arena_format(f->arena, "n%d", i), "");
    }
    assert_int_equal(f->error.arg_count, ERROR_ARGS_MAX);
}

static const struct transition transitions[] = {
    {.from = "waiting",
     .action = "withdraw",
     .to = "gone",
     .permission = "smart.registration.withdraw"},
    {.from = "waiting",
     .action = "promote",
     .to = "seated",
     .permission = "smart.registration.queue"},
    {.from = "seated", .action = "cancel", .to = "gone", .permission = "smart.registration.cancel"},
};
static const struct machine machine = {.transitions = transitions, .count = COUNT(transitions)};

static void machine_goes_where_the_table_says(void **state)
{
    struct fixture *f = *state;
    const struct transition *transition = NULL;

    assert_int_equal(machine_apply(&machine, "seated", "cancel", &f->error, &transition), DONE);
    assert_string_equal(transition->to, "gone");
    assert_ptr_equal(machine_find(&machine, "waiting", "promote"), &transitions[1]);
    assert_null(machine_find(&machine, "gone", "cancel"));
}

static void refused_transition_says_what_is_possible(void **state)
{
    struct fixture *f = *state;
    const struct transition *untouched = &transitions[0];

    assert_int_equal(machine_apply(&machine, "waiting", "cancel", &f->error, &untouched), CONFLICT);
    assert_refused(&f->error, CONFLICT, "invalid_transition", NULL);
    assert_true(f->error.transition);
    assert_string_equal(f->error.from, "waiting");
    assert_string_equal(f->error.action, "cancel");
    assert_int_equal(f->error.allowed_count, 1); /* promote is the service's own */
    assert_true(has_allowed(&f->error, "withdraw"));
    assert_ptr_equal(untouched, &transitions[0]);
}

static void refused_transition_of_an_end_state_allows_nothing(void **state)
{
    struct fixture *f = *state;
    const struct transition *transition;

    assert_int_equal(machine_apply(&machine, "gone", "cancel", &f->error, &transition), CONFLICT);
    assert_int_equal(f->error.allowed_count, 0);
}

static void allowed_actions_have_a_limit(void **state)
{
    struct fixture *f = *state;
    struct transition many[ERROR_ALLOWED_MAX + 4];
    const struct machine wide = {.transitions = many, .count = COUNT(many)};
    const struct transition *transition;

    for (size_t i = 0; i < COUNT(many); i++) {
        many[i] = (struct transition){
            .from = "a", .action = "b", .to = "c", .permission = "smart.registration.cancel"};
    }
    assert_int_equal(machine_apply(&wide, "a", "x", &f->error, &transition), CONFLICT);
    assert_int_equal(f->error.allowed_count, ERROR_ALLOWED_MAX);
    assert_int_equal(f->error.retry_after_s, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_happened_is_done),
        TEST(first_refusal_wins),
        TEST(faults_alone_are_invalid),
        TEST(a_refusal_keeps_its_code_beside_faults),
        TEST(faults_have_a_limit),
        TEST(arguments_have_a_limit_and_the_first_stands),
        TEST(machine_goes_where_the_table_says),
        TEST(refused_transition_says_what_is_possible),
        TEST(refused_transition_of_an_end_state_allows_nothing),
        TEST(allowed_actions_have_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
