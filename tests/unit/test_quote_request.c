#include "domain/smart/course.h"
#include "domain/smart/quote_request.h"
#include "tests/unit/support.h"

static struct quote_request_create wish(void)
{
    return (struct quote_request_create){
        .course_type = text_of("moralsk_resonnering"),
        .organisation_name = text_of("Eksempelbakken barnehage"),
        .contact_full_name = text_of("Kari Eksempelsen"),
        .contact_email = text_of("kari.eksempelsen@example.no"),
    };
}

/* A quote that is valid until 30 June, looked at on 1 June. */
static struct quote_request quoted(void)
{
    return (struct quote_request){
        .id = text_of("018f0000-0000-7000-8000-0000000000f1"),
        .state = text_of(QUOTE_QUOTED),
        .default_minutes = integer_of(120),
        .quoted_price_nok = integer_of(9500),
        .valid_until_on = text_of("2027-06-30"),
        .today_on = text_of("2027-06-01"),
        .version = 1,
    };
}

static void a_wish_is_taken(void **state)
{
    struct fixture *f = *state;
    struct quote_request_create in = wish();

    assert_int_equal(quote_request_check_create(&in, text_of(PRICING_QUOTE), fresh_error(f)), DONE);
    in.desired_from_on = text_of("2027-08-16");
    in.desired_to_on = in.desired_from_on;
    in.org_number = text_of("310001007");
    assert_int_equal(quote_request_check_create(&in, text_of(PRICING_QUOTE), fresh_error(f)), DONE);
}

/* SM-R09 the other way round: what has a price is registered for. */
static void a_course_with_a_price_needs_no_quote(void **state)
{
    static const char *const models[] = {PRICING_FIXED, PRICING_FREE};
    struct fixture *f = *state;
    struct quote_request_create in = wish();

    for (size_t i = 0; i < COUNT(models); i++) {
        quote_request_check_create(&in, text_of(models[i]), fresh_error(f));
        assert_refused(&f->error, INVALID, "quote_not_needed", "SM-R09");
        assert_true(has_fault(&f->error, "/course_type", "quote_not_needed"));
    }
    quote_request_check_create(&in, (struct text){.is = ABSENT}, fresh_error(f));
    assert_true(has_fault(&f->error, "/course_type", "unknown_reference"));
}

static void every_fault_of_a_wish_at_once(void **state)
{
    struct fixture *f = *state;
    struct quote_request_create in = wish();

    in.contact_full_name = text_of(" ");
    in.contact_email = text_of("kari@");
    in.org_number = text_of("310001008");
    in.desired_from_on = text_of("2027-08-16");
    in.desired_to_on = text_of("2027-08-15");
    quote_request_check_create(&in, text_of(PRICING_QUOTE), fresh_error(f));
    assert_refused(&f->error, INVALID, "validation_failed", NULL);
    assert_true(has_fault(&f->error, "/contact/full_name", "name_required"));
    assert_true(has_fault(&f->error, "/contact/email", "email_invalid"));
    assert_true(has_fault(&f->error, "/org_number", "org_number_invalid"));
    assert_true(has_fault(&f->error, "/desired_to_on", "period_reversed"));
}

static void what_each_state_allows(void **state)
{
    static const struct {
        const char *state;
        bool quote, accept, decline, withdraw, complete;
    } cases[] = {
        {QUOTE_RECEIVED, true, false, true, true, false},
        {QUOTE_QUOTED, true, true, true, true, false},
        {QUOTE_ACCEPTED, false, false, false, false, true},
        {QUOTE_DECLINED, false, false, false, false, false},
        {QUOTE_COMPLETED, false, false, false, false, false},
        {QUOTE_WITHDRAWN, false, false, false, false, false},
    };
    struct fixture *f = *state;
    const struct quote_request_quote quote = {.price_nok = integer_of(1),
                                              .valid_until_on = text_of("2027-06-01")};
    struct quote_request_change change;

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct quote_request request = quoted();
        request.state = text_of(cases[i].state);
        assert_int_equal(quote_request_quote(&request, &quote, fresh_error(f), &change) == DONE,
                         cases[i].quote);
        assert_int_equal(quote_request_accept(&request, fresh_error(f), &change) == DONE,
                         cases[i].accept);
        assert_int_equal(quote_request_decline(&request, fresh_error(f), &change) == DONE,
                         cases[i].decline);
        assert_int_equal(quote_request_withdraw(&request, fresh_error(f), &change) == DONE,
                         cases[i].withdraw);
        assert_int_equal(quote_request_complete(&request, fresh_error(f), &change) == DONE,
                         cases[i].complete);
    }
}

static void a_quote_says_how_much_how_long_and_until_when(void **state)
{
    struct fixture *f = *state;
    struct quote_request request = quoted();
    struct quote_request_quote in = {.price_nok = integer_of(8000),
                                     .valid_until_on = text_of("2027-06-01")};
    struct quote_request_change change;

    assert_int_equal(quote_request_quote(&request, &in, fresh_error(f), &change), DONE);
    assert_int_equal(change.quoted_price_nok.v, 8000);
    assert_int_equal(change.quoted_minutes.v, 120); /* F10: two hours, unless agreed otherwise */
    assert_true(text_is(change.valid_until_on, "2027-06-01"));
    request.requested_minutes = integer_of(180);
    assert_int_equal(quote_request_quote(&request, &in, fresh_error(f), &change), DONE);
    assert_int_equal(change.quoted_minutes.v, 180);
    in.minutes = integer_of(90);
    assert_int_equal(quote_request_quote(&request, &in, fresh_error(f), &change), DONE);
    assert_int_equal(change.quoted_minutes.v, 90);

    in.minutes.is = request.requested_minutes.is = request.default_minutes.is = ABSENT;
    in.valid_until_on = text_of("2027-05-31");
    assert_int_equal(quote_request_quote(&request, &in, fresh_error(f), &change), INVALID);
    assert_true(has_fault(&f->error, "/minutes", "required"));
    assert_true(has_fault(&f->error, "/valid_until_on", "valid_until_past"));
}

static void a_quote_can_be_accepted_to_the_end_of_its_last_day(void **state)
{
    struct fixture *f = *state;
    struct quote_request request = quoted();
    const struct quote_request_quote again = {.price_nok = integer_of(9900),
                                              .valid_until_on = text_of("2027-07-31")};
    struct quote_request_change change;

    request.today_on = request.valid_until_on;
    assert_int_equal(quote_request_accept(&request, fresh_error(f), &change), DONE);
    assert_true(text_is(change.state, QUOTE_ACCEPTED));
    request.today_on = text_of("2027-07-01");
    quote_request_accept(&request, fresh_error(f), &change);
    assert_refused(&f->error, CONFLICT, "quote_expired", "SM-R09");
    /* What has run out can still be declined, or renewed. */
    assert_int_equal(quote_request_decline(&request, fresh_error(f), &change), DONE);
    assert_int_equal(quote_request_quote(&request, &again, fresh_error(f), &change), DONE);
    assert_true(text_is(change.state, QUOTE_QUOTED));
}

static void it_is_complete_when_the_course_is_over(void **state)
{
    static const struct {
        const char *course_state;
        bool over;
    } cases[] = {
        {COURSE_DRAFT, false},    {COURSE_PUBLISHED, false}, {COURSE_RUNNING, false},
        {COURSE_COMPLETED, true}, {COURSE_CANCELLED, true},  {NULL, true},
    };
    struct fixture *f = *state;
    struct quote_request request = quoted();
    struct quote_request_change change;

    request.state = text_of(QUOTE_ACCEPTED);
    for (size_t i = 0; i < COUNT(cases); i++) {
        request.course_state = text_of(cases[i].course_state);
        enum outcome outcome = quote_request_complete(&request, fresh_error(f), &change);
        assert_int_equal(outcome == DONE, cases[i].over);
        if (!cases[i].over) {
            assert_refused(&f->error, CONFLICT, "quote_course_ahead", NULL);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_wish_is_taken),
        TEST(a_course_with_a_price_needs_no_quote),
        TEST(every_fault_of_a_wish_at_once),
        TEST(what_each_state_allows),
        TEST(a_quote_says_how_much_how_long_and_until_when),
        TEST(a_quote_can_be_accepted_to_the_end_of_its_last_day),
        TEST(it_is_complete_when_the_course_is_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
