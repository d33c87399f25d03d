#include "domain/smart/payment.h"

#include "api/registry/write.h"
#include "api/smart/course_load.h"
#include "operations.h"
#include "storage/statements.h"

/* Written to the registration that it belongs to, with its version. */
static const struct registry payments = {
    .resource = "payment", .get = &sql_payment_get, .lock = &sql_payment_lock};

static enum outcome load(struct call *call, struct text id, struct payment *ret_payment)
{
    return register_load(call, &payments, id, &shape_payment, ret_payment);
}

static enum outcome store(struct call *call, const struct payment *payment,
                          const struct payment_change *change, struct text reason)
{
    return register_store(call, &sql_payment_change,
                          SOURCES({&shape_payment_change, change}, {&shape_payment, payment}),
                          &(struct event){
                              .resource = payments.resource,
                              .from = payment->state.s,
                              .to = change->state.s,
                              .reason = reason.s,
                              .changes = changes_set(call->arena, &shape_payment_change, change),
                          });
}

static enum outcome finish(struct call *call, const struct payment *payment,
                           const struct payment_change *change, struct text reason)
{
    enum outcome outcome = store(call, payment, change, reason);
    return outcome == DONE ? call_answer_item(call, payments.get, payment->id.s) : outcome;
}

enum outcome invoice_payment(struct call *call, const struct payment_invoice *in)
{
    struct payment payment = {0};
    struct payment_change change = {0};
    enum outcome outcome = load(call, in->id, &payment);
    if (outcome == DONE)
        outcome = payment_invoice(&payment, in, call->error, &change);
    return outcome == DONE ? finish(call, &payment, &change, in->reason) : outcome;
}

enum outcome pay_payment(struct call *call, const struct payment_pay *in)
{
    struct payment payment = {0};
    struct payment_change change = {0};
    enum outcome outcome = load(call, in->id, &payment);
    if (outcome == DONE)
        outcome = payment_pay(&payment, in, call->error, &change);
    return outcome == DONE ? finish(call, &payment, &change, in->reason) : outcome;
}

enum outcome credit_payment(struct call *call, const struct payment_credit *in)
{
    struct payment payment = {0};
    struct payment_change change = {0};
    enum outcome outcome = load(call, in->id, &payment);
    if (outcome == DONE)
        outcome = payment_credit(&payment, in, call->error, &change);
    return outcome == DONE ? finish(call, &payment, &change, in->reason) : outcome;
}

enum outcome cancel_payment(struct call *call, const struct payment_cancel *in)
{
    struct payment payment = {0};
    struct payment_change change = {0};
    enum outcome outcome = load(call, in->id, &payment);
    if (outcome == DONE)
        outcome = payment_cancel(&payment, call->error, &change);
    return outcome == DONE ? finish(call, &payment, &change, in->reason) : outcome;
}

/* ---- one invoice for many seats -------------------------------------------------------------- */

struct progress {
    int64_t newly_invoiced;
};
SHAPE(progress_shape, struct progress, FIELD(struct progress, newly_invoiced));

/* What stands on the invoice, as it is answered. */
static enum outcome read_invoice(struct call *call, const struct course_invoice *in,
                                 size_t newly_invoiced, struct rows **ret_rows)
{
    const struct progress progress = {.newly_invoiced = (int64_t)newly_invoiced};
    return tx_query(call->tx, &sql_course_invoice_get,
                    SOURCES({&shape_course_invoice, in}, {&progress_shape, &progress}), ret_rows);
}

static enum outcome invoice_all(struct call *call, const struct course_invoice *in,
                                const struct payment *rows, size_t count)
{
    const struct payment_invoice each = {.invoice_number = in->invoice_number,
                                         .invoiced_on = in->invoiced_on};
    enum outcome outcome = DONE;
    for (size_t i = 0; i < count && outcome == DONE; i++) {
        struct payment_change change = {0};
        outcome = payment_invoice(&rows[i], &each, call->error, &change);
        if (outcome == DONE)
            outcome = store(call, &rows[i], &change, in->reason);
    }
    return outcome;
}

/* One line on the course says that it was asked for, also when there was nothing left to do. */
static enum outcome record_invoice(struct call *call, const struct course *course, size_t count,
                                   struct text reason)
{
    const char *changes = arena_format(call->arena, "{\"newly_invoiced\":%zu}", count);
    return call_record(call, &(struct event){.resource = "course",
                                             .id = course->id.s,
                                             .version = course->version,
                                             .reason = reason.s,
                                             .changes = changes});
}

enum outcome invoice_course(struct call *call, const struct course_invoice *in)
{
    struct course course = {0};
    struct payment *rows = NULL;
    struct rows *invoice = NULL;
    size_t count = 0;
    enum outcome outcome = course_invoice_check(in, call->error);
    if (outcome == DONE)
        outcome = course_lock(call, in->id, &course);
    if (outcome == DONE)
        outcome = call_expect_version(call, course.version);
    if (outcome == DONE)
        outcome = tx_load_all(call->tx, &sql_payments_of_buyer,
                              SOURCES({&shape_course_invoice, in}), &shape_payment, &rows, &count);
    if (outcome == DONE)
        outcome = read_invoice(call, in, count, &invoice);
    if (outcome == DONE)
        outcome = course_invoice_check_sum(in, rows, count, rows_int(invoice, 0, "seats"),
                                           call->error);
    if (outcome == DONE)
        outcome = invoice_all(call, in, rows, count);
    if (outcome == DONE)
        outcome = record_invoice(call, &course, count, in->reason);
    return outcome == DONE ? read_invoice(call, in, count, &call->rows) : outcome;
}
