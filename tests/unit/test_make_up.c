#include "domain/smart/make_up.h"
#include "tests/unit/support.h"

/* A day missed on one trainer programme and attended on another, asked for by the participant. */
static struct make_up_context missed_and_attended(void)
{
    return (struct make_up_context){
        .course_id = text_of("here"),
        .course_type = text_of("trenerutdanning"),
        .registration_state = text_of("confirmed"),
        .missed_course_id = text_of("here"),
        .missed_kind = text_of("gathering"),
        .attended_course_id = text_of("there"),
        .attended_course_type = text_of("trenerutdanning"),
        .attended_kind = text_of("gathering"),
        .attended_on = text_of("2024-01-10"),
        .today_on = text_of("2024-01-10"),
    };
}

static void who_leads_confirms_at_once(void **state)
{
    struct fixture *f = *state;
    struct make_up_context context = missed_and_attended();
    struct text made;
    assert_int_equal(make_up_decide(&context, &f->error, &made), DONE);
    assert_true(text_is(made, MAKE_UP_REQUESTED));
    context.leads = true;
    assert_int_equal(make_up_decide(&context, &f->error, &made), DONE);
    assert_true(text_is(made, MAKE_UP_CONFIRMED));
}

static void what_was_not_held_can_be_asked_for_and_not_confirmed(void **state)
{
    struct fixture *f = *state;
    struct make_up_context context = missed_and_attended();
    struct text made;
    context.today_on = text_of("2024-01-09");
    assert_int_equal(make_up_decide(&context, &f->error, &made), DONE);
    context.leads = true;
    make_up_decide(&context, &f->error, &made);
    assert_refused(&f->error, CONFLICT, "session_not_held_yet", NULL);
}

static void another_course_of_the_same_type(void **state)
{
    struct fixture *f = *state;
    struct make_up_context context = missed_and_attended();
    struct text made;

    context.attended_course_id = text_of("here");
    assert_int_equal(make_up_decide(&context, &f->error, &made), INVALID);
    assert_true(has_fault(&f->error, "/attended_session_id", "make_up_same_course"));

    context = missed_and_attended();
    context.attended_course_type = text_of("grunnkurs");
    assert_int_equal(make_up_decide(&context, fresh_error(f), &made), INVALID);
    assert_true(has_fault(&f->error, "/attended_session_id", "make_up_other_type"));

    context = missed_and_attended();
    context.missed_course_id = text_of("there");
    assert_int_equal(make_up_decide(&context, fresh_error(f), &made), INVALID);
    assert_true(has_fault(&f->error, "/missed_session_id", "missed_elsewhere"));
}

static void festivals_are_neither_missed_nor_made_up_with(void **state)
{
    struct fixture *f = *state;
    struct make_up_context context = missed_and_attended();
    struct text made;
    context.missed_kind = context.attended_kind = text_of("festival");
    assert_int_equal(make_up_decide(&context, &f->error, &made), INVALID);
    assert_true(has_fault(&f->error, "/missed_session_id", "festival_not_counted"));
    assert_true(has_fault(&f->error, "/attended_session_id", "festival_not_counted"));
}

static void what_the_caller_does_not_see_is_unknown(void **state)
{
    struct fixture *f = *state;
    struct make_up_context context = missed_and_attended();
    struct text made;
    context.missed_course_id = context.attended_course_id = (struct text){.is = ABSENT};
    assert_int_equal(make_up_decide(&context, &f->error, &made), INVALID);
    assert_int_equal(f->error.fault_count, 2);
    assert_true(has_fault(&f->error, "/missed_session_id", "unknown_reference"));
    assert_true(has_fault(&f->error, "/attended_session_id", "unknown_reference"));
    context.course_id = (struct text){.is = ABSENT};
    make_up_decide(&context, fresh_error(f), &made);
    assert_refused(&f->error, NOT_FOUND, "registration_not_found", NULL);
}

static void only_what_was_missed_by_who_has_a_seat(void **state)
{
    static const struct {
        const char *state;
        bool holds;
    } cases[] = {{"confirmed", true},   {"completed", true}, {"no_show", true},
                 {"waitlisted", false}, {"offered", false},  {"cancelled", false}};
    struct fixture *f = *state;
    struct make_up_context context = missed_and_attended();
    struct text made;
    for (size_t i = 0; i < COUNT(cases); i++) {
        context.registration_state = text_of(cases[i].state);
        enum outcome outcome = make_up_decide(&context, fresh_error(f), &made);
        assert_int_equal(outcome, cases[i].holds ? DONE : CONFLICT);
    }
    assert_refused(&f->error, CONFLICT, "not_participating", NULL);
    context = missed_and_attended();
    context.missed_present = true;
    make_up_decide(&context, fresh_error(f), &made);
    assert_refused(&f->error, CONFLICT, "make_up_not_missed", NULL);
}

static enum outcome apply(struct fixture *f, const char *from, const char *action,
                          const struct make_up_context *context, const char **ret_to)
{
    const struct make_up make_up = {.state = text_of(from)};
    const struct transition *transition = NULL;
    enum outcome outcome = make_up_apply(&make_up, action, context, fresh_error(f), &transition);
    *ret_to = outcome == DONE ? transition->to : "";
    return outcome;
}

static void every_state_and_action(void **state)
{
    static const struct {
        const char *from, *action, *to;
    } cases[] = {
        {"requested", "confirm", "confirmed"}, {"requested", "decline", "declined"},
        {"confirmed", "decline", "declined"},  {"confirmed", "confirm", ""},
        {"declined", "confirm", ""},           {"declined", "decline", ""},
    };
    struct fixture *f = *state;
    struct make_up_context context = missed_and_attended();
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *to;
        enum outcome outcome = apply(f, cases[i].from, cases[i].action, &context, &to);
        assert_int_equal(outcome, *cases[i].to ? DONE : CONFLICT);
        assert_string_equal(to, cases[i].to);
    }
}

static void a_request_that_no_longer_holds_is_declined_not_confirmed(void **state)
{
    struct fixture *f = *state;
    struct make_up_context context = missed_and_attended();
    const char *to;
    context.missed_present = true; /* the attendance was corrected meanwhile */
    assert_int_equal(apply(f, "requested", "confirm", &context, &to), CONFLICT);
    assert_refused(&f->error, CONFLICT, "make_up_not_missed", NULL);
    assert_int_equal(apply(f, "requested", "decline", &context, &to), DONE);
    context = missed_and_attended();
    context.today_on = text_of("2024-01-09");
    assert_int_equal(apply(f, "requested", "confirm", &context, &to), CONFLICT);
    assert_refused(&f->error, CONFLICT, "session_not_held_yet", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_leads_confirms_at_once),
        TEST(what_was_not_held_can_be_asked_for_and_not_confirmed),
        TEST(another_course_of_the_same_type),
        TEST(festivals_are_neither_missed_nor_made_up_with),
        TEST(what_the_caller_does_not_see_is_unknown),
        TEST(only_what_was_missed_by_who_has_a_seat),
        TEST(every_state_and_action),
        TEST(a_request_that_no_longer_holds_is_declined_not_confirmed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
