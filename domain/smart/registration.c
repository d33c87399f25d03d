#include "domain/smart/registration.h"

#include "domain/base/clock.h"
#include "domain/base/text.h"
#include "domain/registry/person.h"
#include "domain/smart/admission.h"
#include "domain/smart/offer.h"

const char *const registration_states[] = {
    REGISTRATION_WAITLISTED, REGISTRATION_OFFERED,   REGISTRATION_CONFIRMED,
    REGISTRATION_EXPIRED,    REGISTRATION_WITHDRAWN, REGISTRATION_CANCELLED,
    REGISTRATION_COMPLETED,  REGISTRATION_NO_SHOW,   NULL,
};

#define QUEUE "smart.registration.queue" /* the service's own */
#define EMPLOYER "/employer_organisation_id"

static const struct transition registration_transitions[] = {
    {.from = REGISTRATION_WAITLISTED,
     .action = "promote",
     .to = REGISTRATION_OFFERED,
     .permission = QUEUE},
    {.from = REGISTRATION_WAITLISTED,
     .action = "withdraw",
     .to = REGISTRATION_WITHDRAWN,
     .permission = "smart.registration.withdraw"},
    {.from = REGISTRATION_WAITLISTED,
     .action = "move",
     .to = REGISTRATION_WAITLISTED,
     .permission = "smart.registration.move"},
    {.from = REGISTRATION_WAITLISTED,
     .action = "course_cancel",
     .to = REGISTRATION_CANCELLED,
     .permission = QUEUE},
    {.from = REGISTRATION_OFFERED,
     .action = "accept",
     .to = REGISTRATION_CONFIRMED,
     .permission = "smart.registration.accept"},
    {.from = REGISTRATION_OFFERED,
     .action = "withdraw",
     .to = REGISTRATION_WITHDRAWN,
     .permission = "smart.registration.withdraw"},
    {.from = REGISTRATION_OFFERED,
     .action = "expire",
     .to = REGISTRATION_EXPIRED,
     .permission = QUEUE},
    {.from = REGISTRATION_WAITLISTED,
     .action = "course_start",
     .to = REGISTRATION_EXPIRED,
     .permission = QUEUE},
    {.from = REGISTRATION_OFFERED,
     .action = "course_start",
     .to = REGISTRATION_EXPIRED,
     .permission = QUEUE},
    {.from = REGISTRATION_OFFERED,
     .action = "course_cancel",
     .to = REGISTRATION_CANCELLED,
     .permission = QUEUE},
    {.from = REGISTRATION_CONFIRMED,
     .action = "cancel",
     .to = REGISTRATION_CANCELLED,
     .permission = "smart.registration.cancel"},
    {.from = REGISTRATION_CONFIRMED,
     .action = "transfer",
     .to = REGISTRATION_CONFIRMED,
     .permission = "smart.registration.transfer"},
    {.from = REGISTRATION_CONFIRMED,
     .action = "course_cancel",
     .to = REGISTRATION_CANCELLED,
     .permission = QUEUE},
    {.from = REGISTRATION_WAITLISTED,
     .action = "exchange",
     .to = REGISTRATION_CANCELLED,
     .permission = QUEUE},
    {.from = REGISTRATION_OFFERED,
     .action = "exchange",
     .to = REGISTRATION_CANCELLED,
     .permission = QUEUE},
    {.from = REGISTRATION_CONFIRMED,
     .action = "exchange",
     .to = REGISTRATION_CANCELLED,
     .permission = QUEUE},
    {.from = REGISTRATION_CONFIRMED,
     .action = "take_back",
     .to = REGISTRATION_CANCELLED,
     .permission = QUEUE},
    {.from = REGISTRATION_CONFIRMED,
     .action = "course_complete",
     .to = REGISTRATION_COMPLETED,
     .permission = QUEUE},
    {.from = REGISTRATION_CONFIRMED,
     .action = "course_miss",
     .to = REGISTRATION_NO_SHOW,
     .permission = QUEUE},
    {.from = REGISTRATION_COMPLETED,
     .action = "course_miss",
     .to = REGISTRATION_NO_SHOW,
     .permission = QUEUE},
    {.from = REGISTRATION_NO_SHOW,
     .action = "course_complete",
     .to = REGISTRATION_COMPLETED,
     .permission = QUEUE},
};

const struct machine registration_machine = MACHINE_OF(registration_transitions);

SHAPE(shape_registration, struct registration, FIELD(struct registration, id),
      FIELD(struct registration, course_id), FIELD(struct registration, ticket_type_id),
      FIELD(struct registration, person_id), FIELD(struct registration, state),
      FIELD(struct registration, waitlist_seq), FIELD(struct registration, offer_expires_at),
      FIELD(struct registration, price_nok), FIELD(struct registration, buyer_type),
      FIELD(struct registration, payment_state), FIELD(struct registration, registered_on),
      FIELD(struct registration, profession_code), FIELD(struct registration, profession_other),
      FIELD(struct registration, employer_organisation_id),
      FIELD(struct registration, group_booking_id), FIELD(struct registration, invoice),
      FIELD(struct registration, version));

SHAPE(shape_registration_decision, struct registration_decision,
      FIELD(struct registration_decision, state),
      FIELD(struct registration_decision, ticket_type_id),
      FIELD(struct registration_decision, waitlist_seq),
      FIELD(struct registration_decision, price_nok),
      FIELD(struct registration_decision, payment_state),
      FIELD(struct registration_decision, group_booking_id));

SHAPE(shape_registration_outcome, struct registration_outcome,
      FIELD(struct registration_outcome, state), FIELD(struct registration_outcome, payment_state),
      FIELD(struct registration_outcome, refund_nok));

/* ---- faults of a body ------------------------------------------------------------------------ */

static void check_person(struct text person_id, struct boolean person, struct text full_name,
                         struct text email, struct error *error)
{
    bool by_id = given(person_id.is);
    bool inline_person = given(person.is);

    if (by_id && inline_person) {
        error_fault(error, "/person_id", "person_ambiguous", NULL);
    } else if (!by_id && !inline_person) {
        error_fault(error, "/person", "person_required", NULL);
    }
    if (inline_person) {
        person_check_contact("/person", full_name, email, error);
    }
}

static void check_profession(struct text code, struct text other, struct error *error)
{
    if (text_is(code, PROFESSION_OTHER) && text_is_blank(other)) {
        error_fault(error, "/profession_other", "profession_other_required", NULL);
    }
}

static void check_municipality(struct text municipality_no, struct error *error)
{
    if (given(municipality_no.is) && !municipality_no_valid(municipality_no)) {
        error_fault(error, "/municipality_no", "municipality_no_invalid", NULL);
    }
}

static void check_choices(const struct text_map *choices,
                          const struct registration_context *context, struct error *error)
{
    course_item_check_choices(choices, context->menu, context->menu_count, error);
}

enum outcome registration_check_create(const struct registration_create *in, struct error *error)
{
    check_person(in->person_id, in->person, in->person_full_name, in->person_email, error);
    check_profession(in->profession_code, in->profession_other, error);
    check_municipality(in->municipality_no, error);
    admission_check_org_number(in->invoice_org_number, error);
    return error_outcome(error);
}

/* ---- registering ----------------------------------------------------------------------------- */

/* Everything about the body that can never succeed on this course. */
static enum outcome check_body(const struct registration_create *in,
                               const struct registration_context *context, struct error *error,
                               const struct ticket_type **ret_ticket)
{
    enum outcome outcome = admission_check_pricing(context->course, error);
    if (outcome != DONE) {
        return outcome;
    }
    const struct ticket_type *ticket = ticket_type_choose(in->ticket_type_id, context->ticket_types,
                                                          context->ticket_type_count, error);
    if (ticket) {
        ticket_type_check_eligible(ticket, in->employer_organisation_id, EMPLOYER, error);
        admission_check_invoice(in->buyer_type, ticket->price_nok, given(in->invoice.is), error);
    }
    check_choices(&in->item_choices, context, error);
    outcome = registration_check_create(in, error);
    if (outcome == DONE) {
        *ret_ticket = ticket;
    }
    return outcome;
}

/* Everything that another time, state or row would cure. */
static enum outcome check_possible(const struct registration_context *context,
                                   const struct ticket_type *ticket, struct error *error)
{
    enum outcome outcome = admission_check_open(context->course, context->now, error);

    if (outcome == DONE && context->already_registered) {
        outcome = error_refuse(error, CONFLICT, "already_registered", "SM-R03");
    }
    return outcome == DONE ? admission_check_ticket(ticket, 1, error) : outcome;
}

enum outcome registration_decide(const struct registration_create *in,
                                 const struct registration_context *context, struct error *error,
                                 struct registration_decision *ret_decision)
{
    const struct ticket_type *ticket = NULL;
    struct admission admission = {0};
    enum outcome outcome = check_body(in, context, error, &ticket);

    if (outcome == DONE) {
        outcome = check_possible(context, ticket, error);
    }
    if (outcome == DONE) {
        outcome = admission_place(context->course, 1, error, &admission);
    }
    if (outcome != DONE) {
        return outcome;
    }
    *ret_decision = (struct registration_decision){
        .state = text_of(admission.waits ? REGISTRATION_WAITLISTED : REGISTRATION_CONFIRMED),
        .ticket_type_id = ticket->id,
        .waitlist_seq = admission.waitlist_seq,
        .price_nok = ticket->price_nok,
        .payment_state = admission.waits ? text_of(PAYMENT_NOT_REQUIRED)
                                         : payment_when_confirmed(ticket->price_nok),
    };
    return DONE;
}

/* ---- actions --------------------------------------------------------------------------------- */

/* An offer that has run out reads as expired before the worker has been there. */
static const char *state_at(const struct registration *registration, int64_t now)
{
    bool lapsed = text_is(registration->state, REGISTRATION_OFFERED) &&
                  offer_has_expired(registration->offer_expires_at, now);
    return lapsed ? REGISTRATION_EXPIRED : registration->state.s;
}

static enum outcome apply(const struct registration *registration, const char *action, int64_t now,
                          struct error *error, struct registration_outcome *ret_outcome)
{
    const struct transition *transition;
    enum outcome outcome = machine_apply(&registration_machine, state_at(registration, now), action,
                                         error, &transition);
    if (outcome == DONE) {
        *ret_outcome = (struct registration_outcome){
            .state = text_of(transition->to),
            .payment_state = registration->payment_state,
        };
    }
    return outcome;
}

enum outcome registration_accept(const struct registration *registration, int64_t now,
                                 struct error *error, struct registration_outcome *ret_outcome)
{
    if (strcmp(state_at(registration, now), REGISTRATION_EXPIRED) == 0) {
        /* A name of its own for what people meet; the machine adds from, action and allowed. */
        error_refuse(error, CONFLICT, "offer_expired", "SM-R02");
    }
    enum outcome outcome = apply(registration, "accept", now, error, ret_outcome);
    if (outcome == DONE) {
        ret_outcome->payment_state = payment_when_confirmed(registration->price_nok);
    }
    return outcome;
}

enum outcome registration_withdraw(const struct registration *registration, int64_t now,
                                   struct error *error, struct registration_outcome *ret_outcome)
{
    return apply(registration, "withdraw", now, error, ret_outcome);
}

enum outcome registration_check_move(const struct registration *registration,
                                     const struct course *course, int64_t now, struct error *error)
{
    struct registration_outcome unused;
    enum outcome outcome = apply(registration, "move", now, error, &unused);
    return outcome == DONE ? course_check_drawn(course, error) : outcome;
}

static enum outcome refund_of(const struct registration *registration, const struct course *course,
                              const struct cancellation_rule *rules, size_t rule_count,
                              struct error *error, int64_t *ret_refund)
{
    struct refund_case c = {
        .price_nok = registration->price_nok,
        .consumer = text_is(registration->buyer_type, BUYER_CONSUMER),
        .days_before_start = INT64_MAX, /* no session yet: any notice is long enough */
        .withdrawal_right_days = course->withdrawal_right_days,
    };
    bool known = days_between(registration->registered_on, course->today_on,
                              &c.days_since_registration);
    if (given(course->starts_on.is)) {
        known = known && days_between(course->today_on, course->starts_on, &c.days_before_start);
    }
    if (!known) { /* a statement that does not give days: refunding by guess would be worse */
        return error_refuse(error, INTERNAL, "internal_error", NULL);
    }
    *ret_refund = refund_amount(&c, rules, rule_count);
    return DONE;
}

enum outcome registration_cancel(const struct registration *registration,
                                 const struct course *course, int64_t now,
                                 const struct cancellation_rule *rules, size_t rule_count,
                                 struct error *error, struct registration_outcome *ret_outcome)
{
    struct registration_outcome result;
    int64_t refund = 0;

    enum outcome outcome = apply(registration, "cancel", now, error, &result);
    if (outcome == DONE && course_has_started(course, now)) {
        outcome = error_refuse(error, CONFLICT, "course_started", "SM-R13");
    }
    if (outcome == DONE) {
        outcome = refund_of(registration, course, rules, rule_count, error, &refund);
    }
    if (outcome != DONE) {
        return outcome;
    }
    result.refund_nok = integer_of(refund);
    result.payment_state = payment_when_cancelled(registration->payment_state,
                                                  registration->price_nok, refund);
    *ret_outcome = result;
    return DONE;
}

enum outcome registration_end_seat(const struct registration *registration, const char *action,
                                   int64_t now, struct error *error,
                                   struct registration_outcome *ret_outcome)
{
    enum outcome outcome = apply(registration, action, now, error, ret_outcome);
    if (outcome == DONE && text_is(registration->state, REGISTRATION_CONFIRMED)) {
        ret_outcome->refund_nok = integer_of(registration->price_nok);
        ret_outcome->payment_state = payment_when_cancelled(
            registration->payment_state, registration->price_nok, registration->price_nok);
    }
    return outcome;
}

enum outcome registration_course_cancel(const struct registration *registration, int64_t now,
                                        struct error *error,
                                        struct registration_outcome *ret_outcome)
{
    return registration_end_seat(registration, "course_cancel", now, error, ret_outcome);
}

enum outcome registration_course_start(const struct registration *registration, int64_t now,
                                       struct error *error,
                                       struct registration_outcome *ret_outcome)
{
    return apply(registration, "course_start", now, error, ret_outcome);
}

enum outcome registration_course_complete(const struct registration *registration, bool missed,
                                          int64_t now, struct error *error,
                                          struct registration_outcome *ret_outcome)
{
    return apply(registration, missed ? "course_miss" : "course_complete", now, error, ret_outcome);
}

static struct text employer_of(const struct registration *registration, struct text said)
{
    bool stays = given(registration->group_booking_id.is) && !given(said.is);
    return stays ? registration->employer_organisation_id : said;
}

/* SM-R10 again, for the ticket that the registration has; a party's seat stays with its employer. */
static void check_employer(const struct registration *registration, struct text employer_id,
                           const struct registration_context *context, struct error *error)
{
    const struct ticket_type *ticket = ticket_type_find(
        registration->ticket_type_id, context->ticket_types, context->ticket_type_count);
    if (ticket) {
        ticket_type_check_eligible(ticket, employer_id, EMPLOYER, error);
    }
    if (given(registration->group_booking_id.is) &&
        !text_equals(employer_id, registration->employer_organisation_id)) {
        error_fault(error, EMPLOYER, "employer_not_eligible",
                    registration->employer_organisation_id.s);
        error_refuse(error, INVALID, "employer_not_eligible", "SM-R10");
    }
}

enum outcome registration_check_transfer(const struct registration_transfer *in,
                                         const struct registration *registration,
                                         const struct registration_context *context,
                                         struct error *error)
{
    struct registration_outcome unused;

    check_employer(registration, employer_of(registration, in->employer_organisation_id), context,
                   error);
    if (given(in->item_choices.is)) {
        check_choices(&in->item_choices, context, error);
    }
    check_person(in->person_id, in->person, in->person_full_name, in->person_email, error);
    check_profession(in->profession_code, in->profession_other, error);
    check_municipality(in->municipality_no, error);
    enum outcome outcome = error_outcome(error);
    if (outcome == DONE) {
        outcome = apply(registration, "transfer", context->now, error, &unused);
    }
    if (outcome != DONE) {
        return outcome;
    }
    if (course_has_started(context->course, context->now)) {
        return error_refuse(error, CONFLICT, "course_started", NULL);
    }
    if (context->already_registered || text_equals(in->person_id, registration->person_id)) {
        return error_refuse(error, CONFLICT, "already_registered", "SM-R03");
    }
    return DONE;
}

static struct text patched(struct text patch, struct text stored)
{
    return patch.is == ABSENT ? stored : patch;
}

/* An invoice that stays has a recipient; one that goes was not needed. */
static void check_invoice_patch(const struct registration_update *in,
                                const struct registration *registration, struct error *error)
{
    enum presence recipient = in->invoice_recipient.is;
    bool kept = recipient == ABSENT && registration->invoice;

    if (in->invoice.is == NULLED) {
        admission_check_invoice(registration->buyer_type, registration->price_nok, false, error);
    } else if (in->invoice.is == GIVEN && recipient != GIVEN && !kept) {
        error_fault(error, "/invoice/recipient", "required", NULL);
    }
}

enum outcome registration_check_update(const struct registration_update *in,
                                       const struct registration *registration,
                                       const struct registration_context *context,
                                       struct error *error)
{
    check_employer(registration,
                   patched(in->employer_organisation_id, registration->employer_organisation_id),
                   context, error);
    if (in->item_choices.is != ABSENT) {
        check_choices(&in->item_choices, context, error);
    }
    check_profession(patched(in->profession_code, registration->profession_code),
                     patched(in->profession_other, registration->profession_other), error);
    check_municipality(in->municipality_no, error);
    admission_check_org_number(in->invoice_org_number, error);
    check_invoice_patch(in, registration, error);
    return error_outcome(error);
}
