#include "domain/smart/payment.h"
#include "tests/unit/support.h"

/* A seat of 950 kroner that is to be invoiced, on 2023-04-05. */
static struct payment seat(void)
{
    return (struct payment){.id = text_of("018f0000-0000-7000-8000-0000000000e1"),
                            .state = text_of(PAYMENT_TO_INVOICE),
                            .price_nok = 950,
                            .today_on = text_of("2023-04-05"),
                            .version = 1};
}

static struct payment invoiced(int64_t nok)
{
    struct payment payment = seat();
    payment.state = text_of(PAYMENT_INVOICED);
    payment.invoiced_nok = integer_of(nok);
    payment.invoiced_on = text_of("2023-04-01");
    return payment;
}

/* The payment as it is after the change. */
static void follow(struct payment *payment, const struct payment_change *change)
{
    payment->state = change->state;
    if (given(change->invoiced_on.is)) {
        payment->invoiced_on = change->invoiced_on;
        payment->invoiced_nok = integer_of(
            payment->price_nok - (given(payment->refund_nok.is) ? payment->refund_nok.v : 0));
    }
    if (given(change->paid_on.is)) {
        payment->paid_on = change->paid_on;
    }
    if (given(change->credited_nok.is)) {
        payment->credited_nok = change->credited_nok;
    }
}

static void what_a_seat_begins_with(void **state)
{
    (void)state;
    assert_true(text_is(payment_when_confirmed(950), PAYMENT_TO_INVOICE));
    assert_true(text_is(payment_when_confirmed(1), PAYMENT_TO_INVOICE));
    assert_true(text_is(payment_when_confirmed(0), PAYMENT_NOT_REQUIRED));
}

/* §0.1: all given back before the invoice leaves nothing to invoice, half leaves half. */
static void what_a_cancellation_makes_of_it(void **state)
{
    static const struct {
        const char *before;
        int64_t refund;
        const char *after;
    } cases[] = {
        {PAYMENT_TO_INVOICE, 950, PAYMENT_CANCELLED},
        {PAYMENT_TO_INVOICE, 475, PAYMENT_TO_INVOICE},
        {PAYMENT_TO_INVOICE, 0, PAYMENT_TO_INVOICE},
        {PAYMENT_INVOICED, 950, PAYMENT_INVOICED},
        {PAYMENT_PAID, 950, PAYMENT_PAID},
        {PAYMENT_CREDITED, 950, PAYMENT_CREDITED},
        {PAYMENT_NOT_REQUIRED, 950, PAYMENT_NOT_REQUIRED},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text after = payment_when_cancelled(text_of(cases[i].before), 950, cases[i].refund);
        assert_true(text_is(after, cases[i].after));
    }
}

static void what_is_owed(void **state)
{
    static const struct {
        const char *state;
        int64_t refund, invoiced, credited; /* -1: none */
        int64_t owed, to_credit;
    } cases[] = {
        {PAYMENT_NOT_REQUIRED, -1, -1, -1, 0, 0},
        {PAYMENT_CANCELLED, -1, -1, -1, 0, 0},
        {PAYMENT_CANCELLED, 950, -1, -1, 0, 0},
        {PAYMENT_TO_INVOICE, -1, -1, -1, 950, 0},
        {PAYMENT_TO_INVOICE, 475, -1, -1, 475, 0},
        {PAYMENT_TO_INVOICE, 0, -1, -1, 950, 0},
        {PAYMENT_INVOICED, -1, 950, -1, 950, 0},
        {PAYMENT_INVOICED, 475, 475, -1, 475, 0}, /* half the refund came before the invoice */
        {PAYMENT_INVOICED, 475, 950, -1, 475, 475},
        {PAYMENT_PAID, 950, 950, -1, 0, 950},
        {PAYMENT_CREDITED, 475, 950, 475, 475, 0},
        {PAYMENT_CREDITED, -1, 950, 950, 0, 0},
        {PAYMENT_CREDITED, -1, 950, 100, 850, 0},
        {PAYMENT_CREDITED, 950, 950, 100, 0, 850}, /* the refund came after a first credit note */
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct payment payment = seat();
        payment.state = text_of(cases[i].state);
        if (cases[i].refund >= 0) {
            payment.refund_nok = integer_of(cases[i].refund);
        }
        if (cases[i].invoiced >= 0) {
            payment.invoiced_nok = integer_of(cases[i].invoiced);
        }
        if (cases[i].credited >= 0) {
            payment.credited_nok = integer_of(cases[i].credited);
        }
        assert_int_equal(payment_owed_nok(&payment), cases[i].owed);
        assert_int_equal(payment_to_credit_nok(&payment), cases[i].to_credit);
    }
}

static void invoice_then_pay(void **state)
{
    struct fixture *f = *state;
    struct payment payment = seat();
    const struct payment_invoice invoice = {.invoice_number = text_of("1041")};
    const struct payment_pay pay = {.paid_on = text_of("2023-04-05")};
    struct payment_change change;

    assert_int_equal(payment_invoice(&payment, &invoice, fresh_error(f), &change), DONE);
    assert_true(text_is(change.state, PAYMENT_INVOICED));
    assert_true(text_is(change.invoice_number, "1041"));
    assert_true(text_is(change.invoiced_on, "2023-04-05")); /* today unless said */
    assert_false(given(change.paid_on.is));
    follow(&payment, &change);
    assert_int_equal(payment_pay(&payment, &pay, fresh_error(f), &change), DONE);
    assert_true(text_is(change.state, PAYMENT_PAID));
    assert_true(text_is(change.paid_on, "2023-04-05"));
    assert_false(given(change.invoiced_on.is));
}

/* Each action from each state: the table of §0.1. */
static void what_each_state_allows(void **state)
{
    static const struct {
        const char *state;
        bool invoice, pay, credit, cancel;
    } cases[] = {
        {PAYMENT_NOT_REQUIRED, false, false, false, false},
        {PAYMENT_TO_INVOICE, true, false, false, true},
        {PAYMENT_INVOICED, false, true, true, false},
        {PAYMENT_PAID, false, false, true, false},
        {PAYMENT_CREDITED, false, true, true, false},
        {PAYMENT_CANCELLED, false, false, false, false},
    };
    struct fixture *f = *state;
    const struct payment_invoice invoice = {.invoice_number = text_of("1")};
    const struct payment_pay pay = {.id = {.is = ABSENT}};
    const struct payment_credit credit = {.amount_nok = integer_of(100)};
    struct payment_change change;

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct payment payment = invoiced(950);
        payment.state = text_of(cases[i].state);
        assert_int_equal(payment_invoice(&payment, &invoice, fresh_error(f), &change) == DONE,
                         cases[i].invoice);
        assert_int_equal(payment_pay(&payment, &pay, fresh_error(f), &change) == DONE,
                         cases[i].pay);
        assert_int_equal(payment_credit(&payment, &credit, fresh_error(f), &change) == DONE,
                         cases[i].credit);
        assert_int_equal(payment_cancel(&payment, fresh_error(f), &change) == DONE,
                         cases[i].cancel);
    }
}

static void a_refusal_says_what_remains(void **state)
{
    struct fixture *f = *state;
    struct payment payment = invoiced(950);
    struct payment_change change;

    payment_cancel(&payment, fresh_error(f), &change);
    assert_refused(&f->error, CONFLICT, "invalid_transition", NULL);
    assert_true(has_allowed(&f->error, "pay"));
    assert_true(has_allowed(&f->error, "credit"));
    assert_false(has_allowed(&f->error, "cancel"));
}

static void days_are_neither_ahead_nor_before_the_invoice(void **state)
{
    struct fixture *f = *state;
    struct payment payment = seat();
    struct payment_invoice invoice = {.invoice_number = text_of("1"),
                                      .invoiced_on = text_of("2023-04-06")};
    struct payment_pay pay = {.paid_on = text_of("2023-03-31")};
    struct payment_credit credit = {.amount_nok = integer_of(1),
                                    .credited_on = text_of("2023-03-31")};
    struct payment_change change;

    payment_invoice(&payment, &invoice, fresh_error(f), &change);
    assert_refused(&f->error, CONFLICT, "date_in_future", NULL);
    invoice.invoiced_on = text_of("2023-01-01");
    assert_int_equal(payment_invoice(&payment, &invoice, fresh_error(f), &change), DONE);

    payment = invoiced(950);
    payment_pay(&payment, &pay, fresh_error(f), &change);
    assert_refused(&f->error, CONFLICT, "date_before_invoice", NULL);
    payment_credit(&payment, &credit, fresh_error(f), &change);
    assert_refused(&f->error, CONFLICT, "date_before_invoice", NULL);
    pay.paid_on = text_of("2023-04-06");
    payment_pay(&payment, &pay, fresh_error(f), &change);
    assert_refused(&f->error, CONFLICT, "date_in_future", NULL);
    pay.paid_on = payment.invoiced_on;
    assert_int_equal(payment_pay(&payment, &pay, fresh_error(f), &change), DONE);
}

static enum outcome credit_of(struct fixture *f, const struct payment *payment, int64_t amount,
                              struct payment_change *ret_change)
{
    struct payment_credit in = {.id = {.is = ABSENT}};
    if (amount > 0) {
        in.amount_nok = integer_of(amount);
    }
    return payment_credit(payment, &in, fresh_error(f), ret_change);
}

static void a_credit_note_is_for_the_refund(void **state)
{
    struct fixture *f = *state;
    struct payment payment = invoiced(950);
    struct payment_change change;

    credit_of(f, &payment, 0, &change);
    assert_refused(&f->error, CONFLICT, "nothing_to_credit", NULL);
    payment.refund_nok = integer_of(475);
    assert_int_equal(credit_of(f, &payment, 0, &change), DONE);
    assert_true(text_is(change.state, PAYMENT_CREDITED));
    assert_int_equal(change.credited_nok.v, 475);
    assert_int_equal(credit_of(f, &payment, 474, &change), CONFLICT);
    assert_refused(&f->error, CONFLICT, "credit_out_of_range", NULL);
    assert_int_equal(credit_of(f, &payment, 951, &change), CONFLICT);
    assert_refused(&f->error, CONFLICT, "credit_out_of_range", NULL);
    assert_int_equal(credit_of(f, &payment, 950, &change), DONE);
    assert_int_equal(change.credited_nok.v, 950);
}

/* Somebody gets 100 back for a bad lunch, and then the course is cancelled. */
static void a_second_credit_note_takes_the_rest(void **state)
{
    struct fixture *f = *state;
    struct payment payment = invoiced(950);
    struct payment_change change;

    assert_int_equal(credit_of(f, &payment, 100, &change), DONE);
    follow(&payment, &change);
    assert_int_equal(payment_owed_nok(&payment), 850);
    payment.refund_nok = integer_of(950);
    assert_int_equal(payment_owed_nok(&payment), 0);
    assert_int_equal(credit_of(f, &payment, 0, &change), DONE);
    assert_int_equal(change.credited_nok.v, 950);
    follow(&payment, &change);
    credit_of(f, &payment, 0, &change);
    assert_refused(&f->error, CONFLICT, "nothing_to_credit", NULL);
    credit_of(f, &payment, 1, &change);
    assert_refused(&f->error, CONFLICT, "nothing_to_credit", NULL);
}

static void what_is_left_after_a_credit_note_is_paid_once(void **state)
{
    struct fixture *f = *state;
    struct payment payment = invoiced(950);
    const struct payment_pay pay = {.id = {.is = ABSENT}};
    struct payment_change change;

    payment.refund_nok = integer_of(475);
    assert_int_equal(credit_of(f, &payment, 0, &change), DONE);
    follow(&payment, &change);
    assert_int_equal(payment_pay(&payment, &pay, fresh_error(f), &change), DONE);
    assert_true(text_is(change.state, PAYMENT_CREDITED));
    follow(&payment, &change);
    payment_pay(&payment, &pay, fresh_error(f), &change);
    assert_refused(&f->error, CONFLICT, "nothing_to_pay", NULL);

    payment = invoiced(950);
    assert_int_equal(credit_of(f, &payment, 950, &change), DONE);
    follow(&payment, &change);
    payment_pay(&payment, &pay, fresh_error(f), &change);
    assert_refused(&f->error, CONFLICT, "nothing_to_pay", NULL);
}

/* Whatever happens in whatever order, the books agree: what is owed and what is to be credited make
 * up what stands on the invoice, and no more is ever credited than was invoiced. */
static void the_books_agree(void **state)
{
    struct fixture *f = *state;
    struct random random = {.state = 7};
    for (int round = 0; round < 2000; round++) {
        struct payment payment = seat();
        payment.price_nok = random_between(&random, 1, 5000);
        for (int step = 0; step < 8; step++) {
            const struct payment_invoice invoice = {.invoice_number = text_of("1")};
            const struct payment_pay pay = {.id = {.is = ABSENT}};
            struct payment_change change;
            enum outcome outcome = CONFLICT;
            switch (random_between(&random, 0, 3)) {
            case 0:
                outcome = payment_invoice(&payment, &invoice, fresh_error(f), &change);
                break;
            case 1:
                outcome = payment_pay(&payment, &pay, fresh_error(f), &change);
                break;
            case 2:
                outcome = credit_of(f, &payment, random_between(&random, 0, 5000), &change);
                break;
            default:
                if (!given(payment.refund_nok.is)) {
                    payment.refund_nok = integer_of(random_between(&random, 0, payment.price_nok));
                    payment.state = payment_when_cancelled(payment.state, payment.price_nok,
                                                           payment.refund_nok.v);
                }
            }
            if (outcome == DONE) {
                follow(&payment, &change);
            }
            int64_t owed = payment_owed_nok(&payment);
            assert_true(owed >= 0 && owed <= payment.price_nok);
            assert_true(payment_to_credit_nok(&payment) >= 0);
            if (given(payment.invoiced_nok.is)) {
                int64_t credited = given(payment.credited_nok.is) ? payment.credited_nok.v : 0;
                assert_true(credited <= payment.invoiced_nok.v);
                assert_int_equal(owed + payment_to_credit_nok(&payment),
                                 payment.invoiced_nok.v - credited);
            }
        }
    }
}

/* ---- one invoice for many seats -------------------------------------------------------------- */

#define TONSBERG "018f0000-0000-7000-8000-00000000000a"

static void a_buyer_is_named_once(void **state)
{
    struct fixture *f = *state;
    struct course_invoice in = {.invoice_number = text_of("1")};

    course_invoice_check(&in, fresh_error(f));
    assert_true(has_fault(&f->error, "/employer_organisation_id", "buyer_required"));
    in.employer_organisation_id = text_of(TONSBERG);
    assert_int_equal(course_invoice_check(&in, fresh_error(f)), DONE);
    in.org_number = text_of("310001007");
    assert_int_equal(course_invoice_check(&in, fresh_error(f)), INVALID);
    in.employer_organisation_id.is = NULLED;
    assert_int_equal(course_invoice_check(&in, fresh_error(f)), DONE);
    in.org_number = text_of("310001008");
    course_invoice_check(&in, fresh_error(f));
    assert_true(has_fault(&f->error, "/org_number", "org_number_invalid"));
}

static void the_sum_is_held_against_what_is_owed(void **state)
{
    struct fixture *f = *state;
    struct payment seats[] = {seat(), seat()};
    struct course_invoice in = {.invoice_number = text_of("1")};

    seats[1].refund_nok = integer_of(475);
    assert_int_equal(course_invoice_check_sum(&in, seats, 2, 0, fresh_error(f)), DONE);
    in.amount_nok = integer_of(1425);
    assert_int_equal(course_invoice_check_sum(&in, seats, 2, 0, fresh_error(f)), DONE);
    in.amount_nok = integer_of(1900);
    course_invoice_check_sum(&in, seats, 2, 0, fresh_error(f));
    assert_refused(&f->error, CONFLICT, "invoice_amount_differs", NULL);
    /* Asked again, there is nothing left: it was done, or it was never there. */
    assert_int_equal(course_invoice_check_sum(&in, seats, 0, 2, fresh_error(f)), DONE);
    course_invoice_check_sum(&in, seats, 0, 0, fresh_error(f));
    assert_refused(&f->error, CONFLICT, "nothing_to_invoice", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_a_seat_begins_with),
        TEST(what_a_cancellation_makes_of_it),
        TEST(what_is_owed),
        TEST(invoice_then_pay),
        TEST(what_each_state_allows),
        TEST(a_refusal_says_what_remains),
        TEST(days_are_neither_ahead_nor_before_the_invoice),
        TEST(a_credit_note_is_for_the_refund),
        TEST(a_second_credit_note_takes_the_rest),
        TEST(what_is_left_after_a_credit_note_is_paid_once),
        TEST(the_books_agree),
        TEST(a_buyer_is_named_once),
        TEST(the_sum_is_held_against_what_is_owed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
