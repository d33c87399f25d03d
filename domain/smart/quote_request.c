#include "domain/smart/quote_request.h"

#include "domain/base/clock.h"
#include "domain/base/text.h"
#include "domain/registry/person.h"
#include "domain/smart/course.h"

const char *const quote_request_states[] = {
    QUOTE_RECEIVED,  QUOTE_QUOTED,    QUOTE_ACCEPTED, QUOTE_DECLINED,
    QUOTE_COMPLETED, QUOTE_WITHDRAWN, NULL,
};

static const struct transition quote_request_transitions[] = {
    {.from = QUOTE_RECEIVED,
     .action = "quote",
     .to = QUOTE_QUOTED,
     .permission = "smart.quote_request.quote"},
    {.from = QUOTE_QUOTED,
     .action = "quote",
     .to = QUOTE_QUOTED,
     .permission = "smart.quote_request.quote"},
    {.from = QUOTE_QUOTED,
     .action = "accept",
     .to = QUOTE_ACCEPTED,
     .permission = "smart.quote_request.accept"},
    {.from = QUOTE_RECEIVED,
     .action = "decline",
     .to = QUOTE_DECLINED,
     .permission = "smart.quote_request.decline"},
    {.from = QUOTE_QUOTED,
     .action = "decline",
     .to = QUOTE_DECLINED,
     .permission = "smart.quote_request.decline"},
    {.from = QUOTE_RECEIVED,
     .action = "withdraw",
     .to = QUOTE_WITHDRAWN,
     .permission = "smart.quote_request.withdraw"},
    {.from = QUOTE_QUOTED,
     .action = "withdraw",
     .to = QUOTE_WITHDRAWN,
     .permission = "smart.quote_request.withdraw"},
    {.from = QUOTE_ACCEPTED,
     .action = "complete",
     .to = QUOTE_COMPLETED,
     .permission = "smart.quote_request.complete"},
};

const struct machine quote_request_machine = MACHINE_OF(quote_request_transitions);

SHAPE(shape_quote_request, struct quote_request, FIELD(struct quote_request, id),
      FIELD(struct quote_request, state), FIELD(struct quote_request, requested_minutes),
      FIELD(struct quote_request, default_minutes), FIELD(struct quote_request, quoted_price_nok),
      FIELD(struct quote_request, valid_until_on), FIELD(struct quote_request, course_state),
      FIELD(struct quote_request, today_on), FIELD(struct quote_request, version));

SHAPE(shape_quote_request_change, struct quote_request_change,
      FIELD(struct quote_request_change, state),
      FIELD(struct quote_request_change, quoted_price_nok),
      FIELD(struct quote_request_change, quoted_minutes),
      FIELD(struct quote_request_change, valid_until_on),
      FIELD(struct quote_request_change, resulting_course_id));

static bool is_before(struct text day, struct text other)
{
    int64_t days;
    return given(day.is) && given(other.is) && days_between(day, other, &days) && days > 0;
}

enum outcome quote_request_check_create(const struct quote_request_create *in,
                                        struct text pricing_model, struct error *error)
{
    if (!given(pricing_model.is)) {
        error_fault(error, "/course_type", "unknown_reference", NULL);
    } else if (!text_is(pricing_model, PRICING_QUOTE)) {
        error_fault(error, "/course_type", "quote_not_needed", NULL);
        error_refuse(error, INVALID, "quote_not_needed", "SM-R09");
    }
    person_check_contact("/contact", in->contact_full_name, in->contact_email, error);
    if (given(in->org_number.is) && !org_number_valid(in->org_number)) {
        error_fault(error, "/org_number", "org_number_invalid", NULL);
    }
    if (is_before(in->desired_to_on, in->desired_from_on)) {
        error_fault(error, "/desired_to_on", "period_reversed", NULL);
    }
    return error_outcome(error);
}

static enum outcome apply(const struct quote_request *request, const char *action,
                          struct error *error, struct quote_request_change *ret_change)
{
    *ret_change = (struct quote_request_change){0};
    return machine_next(&quote_request_machine, request->state, action, error, &ret_change->state);
}

static struct integer choose_minutes(const struct quote_request *request, struct integer said)
{
    if (given(said.is)) {
        return said;
    }
    return given(request->requested_minutes.is) ? request->requested_minutes
                                                : request->default_minutes;
}

enum outcome quote_request_quote(const struct quote_request *request,
                                 const struct quote_request_quote *in, struct error *error,
                                 struct quote_request_change *ret_change)
{
    struct integer minutes = choose_minutes(request, in->minutes);

    if (is_before(in->valid_until_on, request->today_on)) {
        error_fault(error, "/valid_until_on", "valid_until_past", request->today_on.s);
    }
    if (!given(minutes.is)) {
        error_fault(error, "/minutes", "required", NULL);
    }
    enum outcome outcome = error_outcome(error);
    if (outcome == DONE) {
        outcome = apply(request, "quote", error, ret_change);
    }
    if (outcome == DONE) {
        ret_change->quoted_price_nok = in->price_nok;
        ret_change->quoted_minutes = minutes;
        ret_change->valid_until_on = in->valid_until_on;
    }
    return outcome;
}

enum outcome quote_request_accept(const struct quote_request *request, struct error *error,
                                  struct quote_request_change *ret_change)
{
    enum outcome outcome = apply(request, "accept", error, ret_change);
    if (outcome == DONE && is_before(request->valid_until_on, request->today_on)) {
        error_arg(error, "valid_until_on", request->valid_until_on.s);
        return error_refuse(error, CONFLICT, "quote_expired", "SM-R09");
    }
    return outcome;
}

enum outcome quote_request_decline(const struct quote_request *request, struct error *error,
                                   struct quote_request_change *ret_change)
{
    return apply(request, "decline", error, ret_change);
}

enum outcome quote_request_withdraw(const struct quote_request *request, struct error *error,
                                    struct quote_request_change *ret_change)
{
    return apply(request, "withdraw", error, ret_change);
}

/* A draft that was thrown away is over too. */
static bool is_over(struct text course_state)
{
    return !given(course_state.is) || text_is(course_state, COURSE_COMPLETED) ||
           text_is(course_state, COURSE_CANCELLED);
}

enum outcome quote_request_complete(const struct quote_request *request, struct error *error,
                                    struct quote_request_change *ret_change)
{
    enum outcome outcome = apply(request, "complete", error, ret_change);
    if (outcome == DONE && !is_over(request->course_state)) {
        outcome = error_refuse(error, CONFLICT, "quote_course_ahead", NULL);
    }
    return outcome;
}
