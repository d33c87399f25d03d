/*
 * What a seat costs its buyer, from the invoice to the credit note. domain.md §0.1 "Payment", §4.3.
 *
 *   to_invoice invoice -> invoiced
 *   to_invoice cancel  -> cancelled   what was never invoiced and never will be
 *   invoiced   pay     -> paid
 *   invoiced, paid credit -> credited
 *   credited   pay     -> credited    what was left of an invoice after the credit note
 *   credited   credit  -> credited    more of it, when a refund came after a credit note
 *
 * A free seat has nothing to pay, and a seat in line owes nothing until it is confirmed: both are
 * not_required. The state of the seat is another matter (registration.h): a seat that is not paid is
 * still a seat.
 *
 * What is owed is the price less the refund, so half a refund before the invoice leaves half to be
 * invoiced. The sum on the invoice is kept when it is sent: a refund that comes later makes a
 * difference, and that is what is to be credited.
 */
#ifndef LOFT_DOMAIN_SMART_PAYMENT_H
#define LOFT_DOMAIN_SMART_PAYMENT_H

#include "domain/base/error.h"
#include "domain/base/shape.h"
#include "domain/base/transition.h"

#define PAYMENT_NOT_REQUIRED "not_required"
#define PAYMENT_TO_INVOICE "to_invoice"
#define PAYMENT_INVOICED "invoiced"
#define PAYMENT_PAID "paid"
#define PAYMENT_CREDITED "credited"
#define PAYMENT_CANCELLED "cancelled"
extern const char *const payment_states[]; /* NULL-terminated */

/* Actions invoice, pay, credit, cancel. */
extern const struct machine payment_machine;

/* The state that a registration begins with, or gets when its seat is confirmed. */
struct text payment_when_confirmed(int64_t price_nok);

/* When its seat is cancelled: with nothing owed any more and nothing sent there is nothing to
 * invoice. What was invoiced or paid stays so until it is credited. */
struct text payment_when_cancelled(struct text state, int64_t price_nok, int64_t refund_nok);

/* A registration as decisions about its payment see it, locked. today_on is the local day
 * (Europe/Oslo) of the business clock. */
struct payment {
    struct text id;
    struct text state;
    int64_t price_nok;
    struct integer refund_nok;
    struct integer invoiced_nok; /* since it was invoiced */
    struct integer credited_nok; /* all credit notes together */
    struct text invoiced_on;
    struct text paid_on;
    struct text today_on;
    int64_t version;
};
extern const struct shape shape_payment;

/* What the buyer is to have paid in the end: the price less the refund, and no more than stands on
 * the invoice after its credit notes. payment_owed_nok() of the database says the same. */
int64_t payment_owed_nok(const struct payment *payment);

/* What a refund has made too much of the invoice, until it is credited. */
int64_t payment_to_credit_nok(const struct payment *payment);

struct payment_invoice {
    struct text id;
    struct text invoice_number;
    struct text invoiced_on; /* not given: today, as in the others */
    struct text reason;      /* kept in the event log; at most 500 code points */
};

struct payment_pay {
    struct text id;
    struct text paid_on;
    struct text reason;
};

struct payment_credit {
    struct text id;
    struct integer amount_nok; /* not given: what is to be credited */
    struct text credited_on;
    struct text reason;
};

struct payment_cancel {
    struct text id;
    struct text reason;
};

/* Input of invoicing all that one buyer owes for a course: one of the two says who. */
struct course_invoice {
    struct text id; /* of the course */
    struct text employer_organisation_id;
    struct text org_number;
    struct text invoice_number;
    struct text invoiced_on;
    struct integer amount_nok; /* the sum on the invoice, to be held against what is owed */
    struct text reason;
};

/* What an action leads to, as it is stored; what is not given stays as it is. */
struct payment_change {
    struct text state;
    struct text invoice_number;
    struct text invoiced_on;
    struct text paid_on;
    struct text credited_on;
    struct integer credited_nok;
};
extern const struct shape shape_payment_change;

/*
 * CONFLICT: invalid_transition; "date_in_future"; and, with {invoiced_on}, "date_before_invoice"
 * where something is paid or credited before it was invoiced.
 *   pay     "nothing_to_pay": credited, and nothing was left or it is paid
 *   credit  "nothing_to_credit": no refund, and no amount said, or all of the invoice is credited;
 *           "credit_out_of_range" with {least} and {most}: less than is to be credited, or more than
 *           is left of the invoice
 */
enum outcome payment_invoice(const struct payment *payment, const struct payment_invoice *in,
                             struct error *error, struct payment_change *ret_change);
enum outcome payment_pay(const struct payment *payment, const struct payment_pay *in,
                         struct error *error, struct payment_change *ret_change);
enum outcome payment_credit(const struct payment *payment, const struct payment_credit *in,
                            struct error *error, struct payment_change *ret_change);
enum outcome payment_cancel(const struct payment *payment, struct error *error,
                            struct payment_change *ret_change);

/* INVALID: "buyer_required" at /employer_organisation_id when neither or both say who buys,
 * "org_number_invalid" at /org_number. */
enum outcome course_invoice_check(const struct course_invoice *in, struct error *error);

/* `to_invoice`: what the buyer owes and has no invoice for; `standing`: how many seats stand on this
 * invoice already. CONFLICT "nothing_to_invoice", or "invoice_amount_differs" with {owed}. Asked
 * again for an invoice that is complete it is DONE. */
enum outcome course_invoice_check_sum(const struct course_invoice *in,
                                      const struct payment *to_invoice, size_t count,
                                      int64_t standing, struct error *error);

#endif
