#include "domain/smart/group_booking.h"

#include "domain/base/clock.h"
#include "domain/base/text.h"
#include "domain/registry/person.h"
#include "domain/smart/admission.h"
#include "domain/smart/offer.h"

const char *const group_booking_states[] = {
    GROUP_WAITLISTED, GROUP_OFFERED,   GROUP_CONFIRMED, GROUP_EXPIRED,
    GROUP_WITHDRAWN,  GROUP_CANCELLED, GROUP_COMPLETED, NULL,
};

#define QUEUE "smart.registration.queue" /* the service's own */

static const struct transition group_booking_transitions[] = {
    {.from = GROUP_WAITLISTED, .action = "promote", .to = GROUP_OFFERED, .permission = QUEUE},
    {.from = GROUP_WAITLISTED,
     .action = "withdraw",
     .to = GROUP_WITHDRAWN,
     .permission = "smart.group_booking.withdraw"},
    {.from = GROUP_WAITLISTED,
     .action = "skip",
     .to = GROUP_WAITLISTED,
     .permission = "smart.group_booking.skip"},
    {.from = GROUP_WAITLISTED,
     .action = "unskip",
     .to = GROUP_WAITLISTED,
     .permission = "smart.group_booking.unskip"},
    {.from = GROUP_WAITLISTED,
     .action = "move",
     .to = GROUP_WAITLISTED,
     .permission = "smart.group_booking.move"},
    {.from = GROUP_WAITLISTED, .action = "course_start", .to = GROUP_EXPIRED, .permission = QUEUE},
    {.from = GROUP_WAITLISTED,
     .action = "course_cancel",
     .to = GROUP_CANCELLED,
     .permission = QUEUE},
    {.from = GROUP_OFFERED,
     .action = "accept",
     .to = GROUP_CONFIRMED,
     .permission = "smart.group_booking.accept"},
    {.from = GROUP_OFFERED,
     .action = "withdraw",
     .to = GROUP_WITHDRAWN,
     .permission = "smart.group_booking.withdraw"},
    {.from = GROUP_OFFERED, .action = "expire", .to = GROUP_EXPIRED, .permission = QUEUE},
    {.from = GROUP_OFFERED, .action = "course_start", .to = GROUP_EXPIRED, .permission = QUEUE},
    {.from = GROUP_OFFERED, .action = "course_cancel", .to = GROUP_CANCELLED, .permission = QUEUE},
    {.from = GROUP_CONFIRMED,
     .action = "release",
     .to = GROUP_CONFIRMED,
     .permission = "smart.group_booking.release"},
    {.from = GROUP_CONFIRMED,
     .action = "cancel",
     .to = GROUP_CANCELLED,
     .permission = "smart.group_booking.cancel"},
    {.from = GROUP_CONFIRMED,
     .action = "course_cancel",
     .to = GROUP_CANCELLED,
     .permission = QUEUE},
    {.from = GROUP_CONFIRMED,
     .action = "course_complete",
     .to = GROUP_COMPLETED,
     .permission = QUEUE},
};

const struct machine group_booking_machine = MACHINE_OF(group_booking_transitions);

SHAPE(shape_group_booking, struct group_booking, FIELD(struct group_booking, id),
      FIELD(struct group_booking, course_id), FIELD(struct group_booking, ticket_type_id),
      FIELD(struct group_booking, organisation_id), FIELD(struct group_booking, organisation_name),
      FIELD(struct group_booking, state), FIELD(struct group_booking, offer_expires_at),
      FIELD(struct group_booking, seats), FIELD(struct group_booking, named),
      FIELD(struct group_booking, skipped), FIELD(struct group_booking, price_nok),
      FIELD(struct group_booking, names_due_on), FIELD(struct group_booking, invoice),
      FIELD(struct group_booking, invoice_recipient),
      FIELD(struct group_booking, invoice_org_number), FIELD(struct group_booking, invoice_address),
      FIELD(struct group_booking, invoice_reference), FIELD(struct group_booking, invoice_email),
      FIELD(struct group_booking, version));

SHAPE(shape_group_booking_decision, struct group_booking_decision,
      FIELD(struct group_booking_decision, state),
      FIELD(struct group_booking_decision, ticket_type_id),
      FIELD(struct group_booking_decision, waitlist_seq),
      FIELD(struct group_booking_decision, price_nok));

SHAPE(shape_group_booking_outcome, struct group_booking_outcome,
      FIELD(struct group_booking_outcome, state), FIELD(struct group_booking_outcome, seats),
      FIELD(struct group_booking_outcome, skipped));

/* ---- booking --------------------------------------------------------------------------------- */

static void check_names_due(struct text names_due_on, const struct course *course,
                            struct error *error)
{
    int64_t days;
    if (given(names_due_on.is) && days_between(course->today_on, names_due_on, &days) && days < 0) {
        error_fault(error, "/names_due_on", "names_due_passed", course->today_on.s);
    }
}

static enum outcome check_names_due_before_start(struct text names_due_on,
                                                 const struct course *course, struct error *error)
{
    int64_t days;
    if (given(names_due_on.is) && days_between(names_due_on, course->starts_on, &days) &&
        days < 0) {
        error_arg(error, "starts_on", course->starts_on.s);
        return error_refuse(error, CONFLICT, "names_due_after_start", NULL);
    }
    return DONE;
}

static enum outcome check_body(const struct group_booking_create *in,
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
        ticket_type_check_eligible(ticket, in->organisation_id, "/organisation_id", error);
        admission_check_invoice(text_of(BUYER_ORGANISATION), ticket->price_nok,
                                given(in->invoice.is), error);
    }
    admission_check_org_number(in->invoice_org_number, error);
    person_check_contact("/contact", in->contact_full_name, in->contact_email, error);
    check_names_due(in->names_due_on, context->course, error);
    outcome = error_outcome(error);
    if (outcome == DONE) {
        *ret_ticket = ticket;
    }
    return outcome;
}

enum outcome group_booking_decide(const struct group_booking_create *in,
                                  const struct registration_context *context, struct error *error,
                                  struct group_booking_decision *ret_decision)
{
    const struct ticket_type *ticket = NULL;
    struct admission admission = {0};
    enum outcome outcome = check_body(in, context, error, &ticket);

    if (outcome == DONE) {
        outcome = admission_check_open(context->course, context->now, error);
    }
    if (outcome == DONE) {
        outcome = check_names_due_before_start(in->names_due_on, context->course, error);
    }
    if (outcome == DONE) {
        outcome = admission_check_ticket(ticket, in->seats.v, error);
    }
    if (outcome == DONE) {
        outcome = admission_place(context->course, in->seats.v, error, &admission);
    }
    if (outcome != DONE) {
        return outcome;
    }
    *ret_decision = (struct group_booking_decision){
        .state = text_of(admission.waits ? GROUP_WAITLISTED : GROUP_CONFIRMED),
        .ticket_type_id = ticket->id,
        .waitlist_seq = admission.waitlist_seq,
        .price_nok = ticket->price_nok,
    };
    return DONE;
}

/* ---- actions --------------------------------------------------------------------------------- */

/* An offer that has run out reads as expired before the worker has been there. */
static const char *state_at(const struct group_booking *booking, int64_t now)
{
    bool lapsed = text_is(booking->state, GROUP_OFFERED) &&
                  offer_has_expired(booking->offer_expires_at, now);
    return lapsed ? GROUP_EXPIRED : booking->state.s;
}

enum outcome group_booking_act(const struct group_booking *booking, const char *action, int64_t now,
                               struct error *error, struct group_booking_outcome *ret_outcome)
{
    const struct transition *transition;
    enum outcome outcome = machine_apply(&group_booking_machine, state_at(booking, now), action,
                                         error, &transition);
    if (outcome == DONE) {
        *ret_outcome = (struct group_booking_outcome){
            .state = text_of(transition->to),
            .seats = booking->seats,
            .skipped = booking->skipped,
        };
    }
    return outcome;
}

enum outcome group_booking_accept(const struct group_booking *booking, int64_t now,
                                  struct error *error, struct group_booking_outcome *ret_outcome)
{
    if (strcmp(state_at(booking, now), GROUP_EXPIRED) == 0) {
        /* A name of its own for what people meet; the machine adds from, action and allowed. */
        error_refuse(error, CONFLICT, "offer_expired", "SM-R02");
    }
    return group_booking_act(booking, "accept", now, error, ret_outcome);
}

enum outcome group_booking_cancel(const struct group_booking *booking, const struct course *course,
                                  int64_t now, struct error *error,
                                  struct group_booking_outcome *ret_outcome)
{
    enum outcome outcome = group_booking_act(booking, "cancel", now, error, ret_outcome);
    if (outcome == DONE && course_has_started(course, now)) {
        outcome = error_refuse(error, CONFLICT, "course_started", "SM-R13");
    }
    return outcome;
}

enum outcome group_booking_release(const struct group_booking *booking, int64_t now,
                                   struct error *error, struct group_booking_outcome *ret_outcome)
{
    enum outcome outcome = group_booking_act(booking, "release", now, error, ret_outcome);
    if (outcome == DONE && booking->named == booking->seats) {
        outcome = error_refuse(error, CONFLICT, "nothing_to_release", NULL);
    }
    if (outcome == DONE) {
        ret_outcome->seats = booking->named;
    }
    return outcome;
}

enum outcome group_booking_skip(const struct group_booking *booking, const struct course *course,
                                bool skip, int64_t now, struct error *error,
                                struct group_booking_outcome *ret_outcome)
{
    enum outcome outcome = group_booking_act(booking, skip ? "skip" : "unskip", now, error,
                                             ret_outcome);
    if (outcome == DONE) {
        outcome = course_check_drawn(course, error);
    }
    if (outcome == DONE && booking->skipped == skip) {
        outcome = error_refuse(error, CONFLICT, skip ? "already_skipped" : "not_skipped", NULL);
    }
    if (outcome == DONE) {
        ret_outcome->skipped = skip;
    }
    return outcome;
}

enum outcome group_booking_check_move(const struct group_booking *booking,
                                      const struct course *course, int64_t now, struct error *error)
{
    struct group_booking_outcome unused;
    enum outcome outcome = group_booking_act(booking, "move", now, error, &unused);
    return outcome == DONE ? course_check_drawn(course, error) : outcome;
}

/* ---- changing -------------------------------------------------------------------------------- */

/* An invoice that stays has a recipient; one that goes was not needed. */
static void check_invoice_patch(const struct group_booking_update *in,
                                const struct group_booking *booking, struct error *error)
{
    if (in->invoice.is == NULLED) {
        admission_check_invoice(text_of(BUYER_ORGANISATION), booking->price_nok, false, error);
    } else if (in->invoice.is == GIVEN && in->invoice_recipient.is != GIVEN &&
               !(in->invoice_recipient.is == ABSENT && booking->invoice)) {
        error_fault(error, "/invoice/recipient", "required", NULL);
    }
    admission_check_org_number(in->invoice_org_number, error);
}

static void check_contact_patch(const struct group_booking_update *in, struct error *error)
{
    if (given(in->contact_full_name.is) && text_is_blank(in->contact_full_name)) {
        error_fault(error, "/contact/full_name", "name_required", NULL);
    }
    if (given(in->contact_email.is) && !email_valid(in->contact_email.s, in->contact_email.len)) {
        error_fault(error, "/contact/email", "email_invalid", NULL);
    }
}

static enum outcome check_patch(const struct group_booking_update *in,
                                const struct group_booking *booking, const struct course *course,
                                struct error *error)
{
    if (given(in->seats.is) && in->seats.v > booking->seats) {
        error_fault(error, "/seats", "seats_never_grow",
                    arena_format(error->arena, "%lld", (long long)booking->seats));
    }
    check_names_due(in->names_due_on, course, error);
    check_contact_patch(in, error);
    check_invoice_patch(in, booking, error);
    return error_outcome(error);
}

static bool is_standing(const struct group_booking *booking, int64_t now)
{
    const char *state = state_at(booking, now);
    return strcmp(state, GROUP_WAITLISTED) == 0 || strcmp(state, GROUP_OFFERED) == 0 ||
           strcmp(state, GROUP_CONFIRMED) == 0;
}

enum outcome group_booking_check_update(const struct group_booking_update *in,
                                        const struct group_booking *booking,
                                        const struct course *course, bool may_extend, int64_t now,
                                        struct error *error)
{
    enum outcome outcome = check_patch(in, booking, course, error);

    if (outcome != DONE) {
        return outcome;
    }
    if (given(in->names_due_on.is) && !may_extend &&
        !text_equals(in->names_due_on, booking->names_due_on)) {
        return error_refuse(error, FORBIDDEN, "forbidden", NULL);
    }
    if (!is_standing(booking, now)) {
        error_arg(error, "state", state_at(booking, now));
        return error_refuse(error, CONFLICT, "booking_over", NULL);
    }
    if (given(in->seats.is) && in->seats.v < booking->named) {
        error_arg_int(error, "named", booking->named);
        return error_refuse(error, CONFLICT, "seats_named", NULL);
    }
    return check_names_due_before_start(in->names_due_on, course, error);
}

/* ---- names ----------------------------------------------------------------------------------- */

/* A fault of one cell. */
static void fault_at(const struct group_name *name, const char *column, const char *code,
                     const char *expected, struct error *error)
{
    const char *pointer = arena_format(error->arena, "/%lld/%s", (long long)name->line, column);
    error_fault(error, pointer, code, expected);
}

static bool is_among(struct text value, const struct text *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (text_equals(values[i], value)) {
            return true;
        }
    }
    return false;
}

static void check_length(const struct group_name *name, const char *column, struct text value,
                         size_t limit, struct error *error)
{
    if (given(value.is) && utf8_length(value.s, value.len) > limit) {
        fault_at(name, column, "too_long", arena_format(error->arena, "%zu", limit), error);
    }
}

static void check_lengths(const struct group_name *name, struct error *error)
{
    check_length(name, "full_name", name->full_name, 200, error);
    check_length(name, "phone", name->phone, 40, error);
    check_length(name, "profession_other", name->profession_other, 200, error);
    check_length(name, "dietary_note", name->dietary_note, 1000, error);
}

static void check_person(const struct group_name *name, struct error *error)
{
    const char *prefix = arena_format(error->arena, "/%lld", (long long)name->line);
    person_check_contact(prefix, name->full_name, name->email, error);
}

static void check_codes(const struct group_name *name, const struct group_names_known *known,
                        struct error *error)
{
    if (!given(name->profession_code.is)) {
        fault_at(name, "profession_code", "required", NULL, error);
    } else if (!is_among(name->profession_code, known->professions, known->profession_count)) {
        fault_at(name, "profession_code", "unknown_reference", NULL, error);
    }
    if (text_is(name->profession_code, PROFESSION_OTHER) && text_is_blank(name->profession_other)) {
        fault_at(name, "profession_other", "profession_other_required", NULL, error);
    }
    if (!given(name->municipality_no.is)) {
        return;
    }
    if (!municipality_no_valid(name->municipality_no)) {
        fault_at(name, "municipality_no", "municipality_no_invalid", NULL, error);
    } else if (!is_among(name->municipality_no, known->municipalities, known->municipality_count)) {
        fault_at(name, "municipality_no", "unknown_reference", NULL, error);
    }
}

/* SM-R08, with the columns of the file in place of the members of a body. */
static void check_choices(const struct group_name *name, const struct registration_context *context,
                          struct error *error)
{
    static const char members[] = "/item_choices/";
    struct error found;

    error_init(&found, error->arena);
    course_item_check_choices(&name->item_choices, context->menu, context->menu_count, &found);
    for (size_t i = 0; i < found.fault_count; i++) {
        const struct fault *fault = &found.faults[i];
        const char *item = fault->pointer + sizeof members - 1;
        fault_at(name, arena_format(error->arena, "item:%s", item), fault->code, fault->expected,
                 error);
    }
}

/* The addresses as people are found by them; not given where there is none. */
static struct text *normalised(const struct group_name *names, size_t count, struct arena *arena)
{
    struct text *emails = arena_array(arena, struct text, count + 1);
    for (size_t i = 0; i < count; i++) {
        if (given(names[i].email.is) && !email_normalise(arena, names[i].email, &emails[i])) {
            emails[i] = (struct text){.is = ABSENT};
        }
    }
    return emails;
}

static void check_name(const struct group_name *name, const struct registration_context *context,
                       const struct group_names_known *known, struct error *error)
{
    check_person(name, error);
    check_lengths(name, error);
    check_codes(name, known, error);
    check_choices(name, context, error);
}

/* Everything about the file that can never succeed. */
static enum outcome check_file(const struct group_name *names, size_t count,
                               const struct text *emails,
                               const struct registration_context *context,
                               const struct group_names_known *known, struct error *error)
{
    if (count == 0) {
        error_fault(error, "", "names_required", NULL);
    }
    for (size_t i = 0; i < count; i++) {
        check_name(&names[i], context, known, error);
        if (is_among(emails[i], emails, i)) {
            fault_at(&names[i], "email", "duplicate_email", NULL, error);
        }
    }
    return error_outcome(error);
}

/* SM-R03. Told together with faults of other kinds, so that one run of corrections is enough. */
static void check_registered(const struct group_name *names, size_t count,
                             const struct text *emails, const struct group_names_known *known,
                             struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        if (is_among(emails[i], known->registered, known->registered_count)) {
            fault_at(&names[i], "email", "already_registered", NULL, error);
        }
    }
}

static enum outcome check_time(const struct group_booking *booking, const struct course *course,
                               bool may_name_late, struct error *error)
{
    int64_t days;

    if (!text_is(booking->state, GROUP_CONFIRMED)) {
        error_arg(error, "state", booking->state.s);
        return error_refuse(error, CONFLICT, "booking_not_confirmed", NULL);
    }
    if (!may_name_late && days_between(course->today_on, booking->names_due_on, &days) &&
        days < 0) {
        error_arg(error, "due_on", booking->names_due_on.s);
        return error_refuse(error, CONFLICT, "deadline_passed", NULL);
    }
    return DONE;
}

static enum outcome check_room(const struct group_booking *booking, size_t count,
                               struct error *error)
{
    int64_t unnamed = booking->seats - booking->named;

    if ((int64_t)count <= unnamed) {
        return DONE;
    }
    error_arg_int(error, "unnamed", unnamed);
    return error_refuse(error, CONFLICT, "too_many_names", "SM-R01");
}

enum outcome group_booking_check_names(const struct group_booking *booking,
                                       const struct registration_context *context,
                                       const struct group_name *names, size_t count,
                                       const struct group_names_known *known, bool may_name_late,
                                       struct error *error)
{
    const struct ticket_type *ticket = ticket_type_find(
        booking->ticket_type_id, context->ticket_types, context->ticket_type_count);
    const struct text *emails = normalised(names, count, error->arena);

    if (ticket) {
        ticket_type_check_eligible(ticket, booking->organisation_id, "", error);
    }
    enum outcome outcome = check_file(names, count, emails, context, known, error);
    if (outcome == DONE) {
        outcome = check_time(booking, context->course, may_name_late, error);
    }
    check_registered(names, count, emails, known, error);
    if (outcome == DONE && error->fault_count > 0) {
        outcome = error_refuse(error, CONFLICT, "already_registered", "SM-R03");
    }
    return outcome == DONE ? check_room(booking, count, error) : outcome;
}
