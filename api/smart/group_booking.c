#include "domain/smart/group_booking.h"

#include "api/smart/festival_seat.h"
#include "api/smart/group_names.h"
#include "api/smart/queue_load.h"
#include "api/smart/registration_load.h"
#include "api/smart/seat.h"
#include "operations.h"
#include "storage/statements.h"

#define RESOURCE "group_booking"
/* Whoever may give up seats without a name decides how long names are waited for. */
#define MAY_EXTEND "smart.group_booking.release"

static enum outcome record(struct call *call, const struct group_booking *before, int64_t version,
                           const char *to, struct text reason, const char *changes)
{
    return call_record(call, &(struct event){.resource = RESOURCE,
                                             .id = before->id.s,
                                             .version = version,
                                             .from = before->state.s,
                                             .to = to,
                                             .reason = reason.s,
                                             .changes = changes});
}

enum outcome create_group_booking(struct call *call, const struct group_booking_create *in)
{
    const struct registrar registrar = registrar_of(call->principal);
    struct seat_context seat = {0};
    struct group_booking_decision decision = {0};
    struct stored_row created = {0};
    enum outcome outcome = registration_check_course(call, in->course_id);
    if (outcome == DONE)
        outcome = seat_lock_course(call, in->course_id, &seat.course);
    if (outcome == DONE)
        outcome = seat_settle(call, &seat.course, NULL);
    if (outcome == DONE)
        outcome = seat_context_load(call, &seat);
    if (outcome == DONE)
        outcome = group_booking_decide(in, &seat.context, call->error, &decision);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_group_booking_insert,
                          SOURCES({&shape_group_booking_decision, &decision},
                                  {&registrar_shape, &registrar},
                                  {&shape_group_booking_create, in}),
                          &stored_row_shape, &created);
    if (outcome == DONE)
        outcome = call_record(
            call, &(struct event){.resource = RESOURCE,
                                  .id = created.id.s,
                                  .version = created.version,
                                  .to = decision.state.s,
                                  .changes = arena_format(call->arena, "{\"seats\":%lld}",
                                                          (long long)in->seats.v)});
    if (outcome == DONE && given(decision.waitlist_seq.is))
        outcome = seat_join_line(call, &seat.course);
    return outcome == DONE ? call_answer_item(call, &sql_group_booking_get, created.id.s) : outcome;
}

/* ---- what every change begins and ends with -------------------------------------------------- */

static enum outcome course_of(struct call *call, struct text id, struct text *ret_course_id)
{
    const struct row_id key = {.id = id};
    struct rows *rows = NULL;
    enum outcome outcome = tx_query(call->tx, &sql_group_booking_course,
                                    SOURCES({&row_id_shape, &key}), &rows);
    if (outcome != DONE)
        return outcome;
    if (rows_count(rows) == 0)
        return error_refuse(call->error, NOT_FOUND, "not_found", NULL);
    *ret_course_id = rows_text(rows, 0, "course_id", call->arena);
    return DONE;
}

/* Course and its festival first, then the booking. FORBIDDEN when the caller sees it and may not change it. */
static enum outcome lock(struct call *call, struct text id, struct course *course,
                         struct group_booking *ret_booking)
{
    const struct row_id key = {.id = id};
    struct group_booking *rows = NULL;
    struct text course_id;
    size_t count = 0;
    enum outcome outcome = course_of(call, id, &course_id);
    if (outcome == DONE)
        outcome = seat_lock_course(call, course_id, course);
    if (outcome == DONE)
        outcome = festival_lock(call, course);
    if (outcome == DONE)
        outcome = tx_load_all(call->tx, &sql_group_booking_lock, SOURCES({&row_id_shape, &key}),
                              &shape_group_booking, &rows, &count);
    if (outcome == DONE && count == 0)
        outcome = error_refuse(call->error, FORBIDDEN, "forbidden", NULL);
    if (outcome != DONE)
        return outcome;
    *ret_booking = rows[0];
    return call_expect_version(call, ret_booking->version);
}

static enum outcome store(struct call *call, const struct group_booking *booking,
                          const struct group_booking_outcome *result, struct stored_row *ret_now)
{
    return tx_load(call->tx, &sql_group_booking_set_state,
                   SOURCES({&shape_group_booking_outcome, result}, {&shape_group_booking, booking}),
                   &stored_row_shape, ret_now);
}

/* What is free now goes to the next in line; the course's counters are read again, because what
 * became of a party is more than one seat. */
static enum outcome settle(struct call *call, const struct group_booking *booking)
{
    struct course course = {0};
    enum outcome outcome = seat_lock_course(call, booking->course_id, &course);
    if (outcome == DONE)
        outcome = seat_settle(call, &course, NULL);
    if (outcome == DONE)
        outcome = festival_follow(call, &course, false);
    return outcome == DONE ? call_answer_item(call, &sql_group_booking_get, booking->id.s)
                           : outcome;
}

static enum outcome finish(struct call *call, const struct group_booking_action *in,
                           const struct group_booking *booking,
                           const struct group_booking_outcome *result)
{
    struct stored_row now = {0};
    const char *changes = NULL;
    enum outcome outcome = store(call, booking, result, &now);
    if (result->seats != booking->seats)
        changes = arena_format(call->arena, "{\"seats\":%lld}", (long long)result->seats);
    if (outcome == DONE)
        outcome = record(call, booking, now.version, result->state.s, in->reason, changes);
    return outcome == DONE ? settle(call, booking) : outcome;
}

/* ---- actions --------------------------------------------------------------------------------- */

enum outcome accept_group_booking(struct call *call, const struct group_booking_action *in)
{
    struct course course = {0};
    struct group_booking booking = {0};
    struct group_booking_outcome result = {0};
    enum outcome outcome = lock(call, in->id, &course, &booking);
    if (outcome == DONE)
        outcome = group_booking_accept(&booking, call->now, call->error, &result);
    return outcome == DONE ? finish(call, in, &booking, &result) : outcome;
}

enum outcome withdraw_group_booking(struct call *call, const struct group_booking_action *in)
{
    struct course course = {0};
    struct group_booking booking = {0};
    struct group_booking_outcome result = {0};
    enum outcome outcome = lock(call, in->id, &course, &booking);
    if (outcome == DONE)
        outcome = group_booking_act(&booking, "withdraw", call->now, call->error, &result);
    return outcome == DONE ? finish(call, in, &booking, &result) : outcome;
}

enum outcome release_group_booking(struct call *call, const struct group_booking_action *in)
{
    struct course course = {0};
    struct group_booking booking = {0};
    struct group_booking_outcome result = {0};
    enum outcome outcome = lock(call, in->id, &course, &booking);
    if (outcome == DONE)
        outcome = group_booking_release(&booking, call->now, call->error, &result);
    return outcome == DONE ? finish(call, in, &booking, &result) : outcome;
}

static enum outcome let_pass(struct call *call, const struct group_booking_action *in, bool skip)
{
    struct course course = {0};
    struct group_booking booking = {0};
    struct group_booking_outcome result = {0};
    enum outcome outcome = lock(call, in->id, &course, &booking);
    if (outcome == DONE)
        outcome = group_booking_skip(&booking, &course, skip, call->now, call->error, &result);
    return outcome == DONE ? finish(call, in, &booking, &result) : outcome;
}

enum outcome skip_group_booking(struct call *call, const struct group_booking_action *in)
{
    return let_pass(call, in, true);
}

enum outcome unskip_group_booking(struct call *call, const struct group_booking_action *in)
{
    return let_pass(call, in, false);
}

enum outcome move_group_booking(struct call *call, const struct queue_move *in)
{
    struct course course = {0};
    struct group_booking booking = {0};
    struct stored_row now = {0};
    const char *changes = NULL;
    enum outcome outcome = lock(call, in->id, &course, &booking);
    if (outcome == DONE)
        outcome = group_booking_check_move(&booking, &course, call->now, call->error);
    if (outcome == DONE)
        outcome = queue_place(call, &course, in->id, in->position.v, &changes);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_group_booking_moved,
                          SOURCES({&shape_group_booking, &booking}), &stored_row_shape, &now);
    if (outcome == DONE)
        outcome = record(call, &booking, now.version, booking.state.s, in->reason, changes);
    return outcome == DONE ? settle(call, &booking) : outcome;
}

/* One registration of a booking that is cancelled: its price is given back as if it had been
 * cancelled by itself (SM-R13). */
static enum outcome cancel_one(struct call *call, const struct registration *registration,
                               const struct course *course, const struct cancellation_rule *rules,
                               size_t rule_count, struct text reason)
{
    struct registration_outcome result = {0};
    struct stored_row now = {0};
    enum outcome outcome = registration_cancel(registration, course, call->now, rules, rule_count,
                                               call->error, &result);
    if (outcome == DONE)
        outcome = tx_load(
            call->tx, &sql_registration_set_state,
            SOURCES({&shape_registration_outcome, &result}, {&shape_registration, registration}),
            &stored_row_shape, &now);
    if (outcome == DONE)
        outcome = call_record(call, &(struct event){.resource = "registration",
                                                    .id = registration->id.s,
                                                    .version = now.version,
                                                    .action = "group_cancel",
                                                    .from = registration->state.s,
                                                    .to = result.state.s,
                                                    .reason = reason.s});
    return outcome;
}

/* The service's own work: whoever cancels a booking may not see every name that it got. */
static enum outcome cancel_registrations(struct call *call, const struct group_booking_action *in,
                                         const struct course *course)
{
    const struct principal *caller = call->principal;
    struct cancellation_rule *rules = NULL;
    struct registration *registrations = NULL;
    size_t rule_count = 0, count = 0;
    enum outcome outcome = tx_load_all(call->tx, &sql_cancellation_rules,
                                       SOURCES({&shape_course, course}), &shape_cancellation_rule,
                                       &rules, &rule_count);
    if (outcome == DONE)
        outcome = seat_become_system(call);
    if (outcome == DONE)
        outcome = tx_load_all(call->tx, &sql_registrations_of_group,
                              SOURCES({&shape_group_booking_action, in}), &shape_registration,
                              &registrations, &count);
    for (size_t i = 0; i < count && outcome == DONE; i++)
        outcome = cancel_one(call, &registrations[i], course, rules, rule_count, in->reason);
    return outcome == DONE ? seat_become_caller(call, caller) : outcome;
}

/* The booking first: what its registrations give up then is free and not held. */
enum outcome cancel_group_booking(struct call *call, const struct group_booking_action *in)
{
    struct course course = {0};
    struct group_booking booking = {0};
    struct group_booking_outcome result = {0};
    struct stored_row now = {0};
    enum outcome outcome = lock(call, in->id, &course, &booking);
    if (outcome == DONE)
        outcome = group_booking_cancel(&booking, &course, call->now, call->error, &result);
    if (outcome == DONE)
        outcome = store(call, &booking, &result, &now);
    if (outcome == DONE)
        outcome = record(call, &booking, now.version, result.state.s, in->reason, NULL);
    if (outcome == DONE)
        outcome = cancel_registrations(call, in, &course);
    return outcome == DONE ? settle(call, &booking) : outcome;
}

/* ---- changing -------------------------------------------------------------------------------- */

/* `invoice: null` takes all of the invoice away; its members are not mentioned then. */
struct group_removal {
    bool invoice_removed;
};
SHAPE(group_removal_shape, struct group_removal, FIELD(struct group_removal, invoice_removed));

enum outcome update_group_booking(struct call *call, const struct group_booking_update *in)
{
    const struct group_removal removal = {.invoice_removed = in->invoice.is == NULLED};
    struct course course = {0};
    struct group_booking booking = {0};
    struct stored_row now = {0};
    const char *changes = NULL;
    enum outcome outcome = lock(call, in->id, &course, &booking);
    if (outcome == DONE)
        outcome = group_booking_check_update(in, &booking, &course,
                                             principal_may(call->principal, MAY_EXTEND), call->now,
                                             call->error);
    if (outcome == DONE)
        outcome = tx_load(
            call->tx, &sql_group_booking_update,
            SOURCES({&shape_group_booking_update, in}, {&group_removal_shape, &removal}),
            &stored_row_shape, &now);
    if (given(in->seats.is) && in->seats.v != booking.seats)
        changes = arena_format(call->arena, "{\"seats\":%lld}", (long long)in->seats.v);
    if (outcome == DONE)
        outcome = record(call, &booking, now.version, booking.state.s, (struct text){.is = ABSENT},
                         changes);
    return outcome == DONE ? settle(call, &booking) : outcome;
}

/* ---- names ----------------------------------------------------------------------------------- */

static enum outcome give_name(struct call *call, const struct group_booking *booking,
                              const struct group_name *name)
{
    const struct registrar registrar = registrar_of(call->principal);
    const struct participant participant = {
        .full_name = name->full_name, .email = name->email, .phone = name->phone};
    const struct registration_decision decision = {
        .state = text_of(REGISTRATION_CONFIRMED),
        .ticket_type_id = booking->ticket_type_id,
        .price_nok = booking->price_nok,
        .payment_state = payment_when_confirmed(booking->price_nok),
        .group_booking_id = booking->id,
    };
    const struct registration_create in = {
        .course_id = booking->course_id,
        .profession_code = name->profession_code,
        .profession_other = name->profession_other,
        .employer_organisation_id = booking->organisation_id,
        .employer_name = booking->organisation_name,
        .municipality_no = name->municipality_no,
        .buyer_type = text_of(BUYER_ORGANISATION),
        .invoice_recipient = booking->invoice_recipient,
        .invoice_org_number = booking->invoice_org_number,
        .invoice_address = booking->invoice_address,
        .invoice_reference = booking->invoice_reference,
        .invoice_email = booking->invoice_email,
        .dietary_note = name->dietary_note,
        .item_choices = name->item_choices,
    };
    struct stored_row created = {0};
    enum outcome outcome = tx_load(
        call->tx, &sql_registration_insert,
        SOURCES({&participant_shape, &participant}, {&shape_registration_decision, &decision},
                {&registrar_shape, &registrar}, {&shape_registration_create, &in}),
        &stored_row_shape, &created);
    return outcome == DONE ? call_record(call, &(struct event){.resource = "registration",
                                                               .id = created.id.s,
                                                               .version = created.version,
                                                               .to = REGISTRATION_CONFIRMED})
                           : outcome;
}

/* The file against the rules; `seat` has the locked course. */
static enum outcome check_names(struct call *call, const struct group_booking_names *in,
                                const struct group_booking *booking, struct seat_context *seat,
                                struct group_name **ret_names, size_t *ret_count)
{
    struct group_names_known known = {0};
    enum outcome outcome = group_names_read(in->body, call->error, ret_names, ret_count);
    if (outcome == DONE) /* an offer to one of them that has run out is no registration */
        outcome = seat_settle(call, &seat->course, NULL);
    if (outcome == DONE)
        outcome = seat_context_load(call, seat);
    if (outcome == DONE)
        outcome = group_names_known(call, booking->course_id, *ret_names, *ret_count, &known);
    if (outcome == DONE)
        outcome = group_booking_check_names(booking, &seat->context, *ret_names, *ret_count, &known,
                                            principal_may(call->principal, MAY_EXTEND),
                                            call->error);
    return outcome;
}

enum outcome name_group_booking(struct call *call, const struct group_booking_names *in)
{
    struct seat_context seat = {0};
    struct group_booking booking = {0};
    struct group_name *names = NULL;
    struct stored_row now = {0};
    size_t count = 0;
    enum outcome outcome = lock(call, in->id, &seat.course, &booking);
    if (outcome == DONE)
        outcome = check_names(call, in, &booking, &seat, &names, &count);
    for (size_t i = 0; i < count && outcome == DONE; i++)
        outcome = give_name(call, &booking, &names[i]);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_group_booking_named,
                          SOURCES({&shape_group_booking, &booking}), &stored_row_shape, &now);
    if (outcome == DONE)
        outcome = record(call, &booking, now.version, booking.state.s, (struct text){.is = ABSENT},
                         arena_format(call->arena, "{\"names\":%zu}", count));
    if (outcome == DONE)
        outcome = festival_follow(call, &seat.course, false);
    return outcome == DONE ? call_answer_item(call, &sql_group_booking_get, in->id.s) : outcome;
}
