#include "domain/smart/admission.h"

#include "domain/base/text.h"
#include "domain/smart/queue.h"

enum outcome admission_check_pricing(const struct course *course, struct error *error)
{
    return text_is(course->pricing_model, PRICING_QUOTE)
               ? error_refuse(error, INVALID, "quote_required", "SM-R09")
               : DONE;
}

void admission_check_invoice(struct text buyer_type, int64_t price_nok, bool invoice,
                             struct error *error)
{
    if (text_is(buyer_type, BUYER_ORGANISATION) && price_nok > 0 && !invoice) {
        error_fault(error, "/invoice", "invoice_required", NULL);
    }
}

void admission_check_org_number(struct text org_number, struct error *error)
{
    if (given(org_number.is) && !org_number_valid(org_number)) {
        error_fault(error, "/invoice/org_number", "org_number_invalid", NULL);
    }
}

enum outcome admission_check_open(const struct course *course, int64_t now, struct error *error)
{
    enum outcome outcome = course_check_open(course, now, error);
    if (outcome == DONE && !given(course->capacity.is)) {
        outcome = error_refuse(error, CONFLICT, "capacity_required", "SM-R04");
    }
    return outcome;
}

static enum outcome refuse_full(struct error *error, const char *code, int64_t capacity)
{
    error_arg_int(error, "capacity", capacity);
    return error_refuse(error, CONFLICT, code, "SM-R01");
}

enum outcome admission_check_ticket(const struct ticket_type *ticket, int64_t seats,
                                    struct error *error)
{
    if (given(ticket->capacity.is) && ticket->claimed + seats > ticket->capacity.v) {
        return refuse_full(error, "ticket_type_full", ticket->capacity.v);
    }
    return DONE;
}

/* SM-R02: while anyone waits, a free seat is theirs. */
static bool seats_are_free(const struct course *course, int64_t seats)
{
    return course->waitlisted == 0 && !course->draw_pending && course_seats_free(course) >= seats;
}

enum outcome admission_place(const struct course *course, int64_t seats, struct error *error,
                             struct admission *ret_admission)
{
    if (seats > course->capacity.v) { /* it would hold up the line for ever */
        return refuse_full(error, "group_too_large", course->capacity.v);
    }
    if (seats_are_free(course, seats)) {
        *ret_admission = (struct admission){.waits = false};
        return DONE;
    }
    if (!course->waiting_list || course->waitlisted >= QUEUE_MAX) {
        return refuse_full(error, "course_full", course->capacity.v);
    }
    *ret_admission = (struct admission){.waits = true,
                                        .waitlist_seq = integer_of(course->last_queue_no + 1)};
    return DONE;
}
