#include "domain/smart/payment.h"

#include "domain/base/clock.h"
#include "domain/base/text.h"

const char *const payment_states[] = {
    PAYMENT_NOT_REQUIRED,
    PAYMENT_TO_INVOICE,
    PAYMENT_INVOICED,
    PAYMENT_PAID,
    PAYMENT_CREDITED,
    PAYMENT_CANCELLED,
    NULL,
};

static const struct transition payment_transitions[] = {
    {.from = PAYMENT_TO_INVOICE,
     .action = "invoice",
     .to = PAYMENT_INVOICED,
     .permission = "smart.payment.invoice"},
    {.from = PAYMENT_TO_INVOICE,
     .action = "cancel",
     .to = PAYMENT_CANCELLED,
     .permission = "smart.payment.cancel"},
    {.from = PAYMENT_INVOICED,
     .action = "pay",
     .to = PAYMENT_PAID,
     .permission = "smart.payment.pay"},
    {.from = PAYMENT_INVOICED,
     .action = "credit",
     .to = PAYMENT_CREDITED,
     .permission = "smart.payment.credit"},
    {.from = PAYMENT_PAID,
     .action = "credit",
     .to = PAYMENT_CREDITED,
     .permission = "smart.payment.credit"},
    {.from = PAYMENT_CREDITED,
     .action = "pay",
     .to = PAYMENT_CREDITED,
     .permission = "smart.payment.pay"},
    {.from = PAYMENT_CREDITED,
     .action = "credit",
     .to = PAYMENT_CREDITED,
     .permission = "smart.payment.credit"},
};

const struct machine payment_machine = MACHINE_OF(payment_transitions);

SHAPE(shape_payment, struct payment, FIELD(struct payment, id), FIELD(struct payment, state),
      FIELD(struct payment, price_nok), FIELD(struct payment, refund_nok),
      FIELD(struct payment, invoiced_nok), FIELD(struct payment, credited_nok),
      FIELD(struct payment, invoiced_on), FIELD(struct payment, paid_on),
      FIELD(struct payment, today_on), FIELD(struct payment, version));

SHAPE(shape_payment_change, struct payment_change, FIELD(struct payment_change, state),
      FIELD(struct payment_change, invoice_number), FIELD(struct payment_change, invoiced_on),
      FIELD(struct payment_change, paid_on), FIELD(struct payment_change, credited_on),
      FIELD(struct payment_change, credited_nok));

/* ---- what is owed ---------------------------------------------------------------------------- */

struct text payment_when_confirmed(int64_t price_nok)
{
    return text_of(price_nok > 0 ? PAYMENT_TO_INVOICE : PAYMENT_NOT_REQUIRED);
}

struct text payment_when_cancelled(struct text state, int64_t price_nok, int64_t refund_nok)
{
    bool settled = text_is(state, PAYMENT_TO_INVOICE) && refund_nok == price_nok;
    return settled ? text_of(PAYMENT_CANCELLED) : state;
}

static int64_t or_zero(struct integer amount)
{
    return given(amount.is) ? amount.v : 0;
}

/* What stands on the invoice, less the credit notes. */
static int64_t billed_nok(const struct payment *payment)
{
    return or_zero(payment->invoiced_nok) - or_zero(payment->credited_nok);
}

int64_t payment_owed_nok(const struct payment *payment)
{
    int64_t due = payment->price_nok - or_zero(payment->refund_nok);

    if (text_is(payment->state, PAYMENT_NOT_REQUIRED) ||
        text_is(payment->state, PAYMENT_CANCELLED)) {
        return 0;
    }
    if (text_is(payment->state, PAYMENT_TO_INVOICE) || due < billed_nok(payment)) {
        return due;
    }
    return billed_nok(payment);
}

int64_t payment_to_credit_nok(const struct payment *payment)
{
    return given(payment->invoiced_nok.is) ? billed_nok(payment) - payment_owed_nok(payment) : 0;
}

/* ---- actions --------------------------------------------------------------------------------- */

static enum outcome apply(const struct payment *payment, const char *action, struct error *error,
                          struct payment_change *ret_change)
{
    *ret_change = (struct payment_change){0};
    return machine_next(&payment_machine, payment->state, action, error, &ret_change->state);
}

/* The day that was said, or today: not in the future, and not before the invoice. */
static enum outcome choose_day(const struct payment *payment, struct text said, struct error *error,
                               struct text *ret_day)
{
    *ret_day = given(said.is) ? said : payment->today_on;
    if (day_is_before(payment->today_on, *ret_day)) {
        return error_refuse(error, CONFLICT, "date_in_future", NULL);
    }
    if (day_is_before(*ret_day, payment->invoiced_on)) {
        error_arg(error, "invoiced_on", payment->invoiced_on.s);
        return error_refuse(error, CONFLICT, "date_before_invoice", NULL);
    }
    return DONE;
}

enum outcome payment_invoice(const struct payment *payment, const struct payment_invoice *in,
                             struct error *error, struct payment_change *ret_change)
{
    enum outcome outcome = apply(payment, "invoice", error, ret_change);
    if (outcome == DONE) {
        ret_change->invoice_number = in->invoice_number;
        outcome = choose_day(payment, in->invoiced_on, error, &ret_change->invoiced_on);
    }
    return outcome;
}

enum outcome payment_pay(const struct payment *payment, const struct payment_pay *in,
                         struct error *error, struct payment_change *ret_change)
{
    enum outcome outcome = apply(payment, "pay", error, ret_change);
    if (outcome == DONE && (given(payment->paid_on.is) || payment_owed_nok(payment) == 0)) {
        outcome = error_refuse(error, CONFLICT, "nothing_to_pay", NULL);
    }
    if (outcome == DONE) {
        outcome = choose_day(payment, in->paid_on, error, &ret_change->paid_on);
    }
    return outcome;
}

/* All credit notes together, with this one. */
static enum outcome add_credit(const struct payment *payment, struct integer said,
                               struct error *error, struct integer *ret_credited)
{
    int64_t due = payment_to_credit_nok(payment);
    int64_t least = due > 0 ? due : 1;
    int64_t most = billed_nok(payment);
    int64_t amount = given(said.is) ? said.v : due;

    if (most == 0 || amount == 0) {
        return error_refuse(error, CONFLICT, "nothing_to_credit", NULL);
    }
    if (amount < least || amount > most) {
        error_arg_int(error, "least", least);
        error_arg_int(error, "most", most);
        return error_refuse(error, CONFLICT, "credit_out_of_range", NULL);
    }
    *ret_credited = integer_of(or_zero(payment->credited_nok) + amount);
    return DONE;
}

enum outcome payment_credit(const struct payment *payment, const struct payment_credit *in,
                            struct error *error, struct payment_change *ret_change)
{
    enum outcome outcome = apply(payment, "credit", error, ret_change);
    if (outcome == DONE) {
        outcome = add_credit(payment, in->amount_nok, error, &ret_change->credited_nok);
    }
    if (outcome == DONE) {
        outcome = choose_day(payment, in->credited_on, error, &ret_change->credited_on);
    }
    return outcome;
}

enum outcome payment_cancel(const struct payment *payment, struct error *error,
                            struct payment_change *ret_change)
{
    return apply(payment, "cancel", error, ret_change);
}

/* ---- one invoice for many seats -------------------------------------------------------------- */

enum outcome course_invoice_check(const struct course_invoice *in, struct error *error)
{
    if (given(in->employer_organisation_id.is) == given(in->org_number.is)) {
        error_fault(error, "/employer_organisation_id", "buyer_required", NULL);
    }
    if (given(in->org_number.is) && !org_number_valid(in->org_number)) {
        error_fault(error, "/org_number", "org_number_invalid", NULL);
    }
    return error_outcome(error);
}

enum outcome course_invoice_check_sum(const struct course_invoice *in,
                                      const struct payment *to_invoice, size_t count,
                                      int64_t standing, struct error *error)
{
    int64_t owed = 0;

    for (size_t i = 0; i < count; i++) {
        owed += payment_owed_nok(&to_invoice[i]);
    }
    if (count == 0) {
        return standing > 0 ? DONE : error_refuse(error, CONFLICT, "nothing_to_invoice", NULL);
    }
    if (given(in->amount_nok.is) && in->amount_nok.v != owed) {
        error_arg_int(error, "owed", owed);
        return error_refuse(error, CONFLICT, "invoice_amount_differs", NULL);
    }
    return DONE;
}
