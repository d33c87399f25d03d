#include "domain/smart/registration.h"

#include "api/smart/festival_seat.h"
#include "api/smart/queue_load.h"
#include "api/smart/registration_load.h"
#include "api/smart/seat.h"
#include "operations.h"
#include "storage/statements.h"

#define RESOURCE "registration"

static enum outcome record(struct call *call, const struct registration *before, int64_t version,
                           const char *to, struct text reason)
{
    return call_record(call, &(struct event){.resource = RESOURCE,
                                             .id = before->id.s,
                                             .version = version,
                                             .from = before->state.s,
                                             .to = to,
                                             .reason = reason.s});
}

/* People register themselves when they name nobody. */
static struct registration_create with_default_person(const struct call *call,
                                                      const struct registration_create *in)
{
    struct registration_create out = *in;
    if (!given(in->person_id.is) && !given(in->person.is) && call->principal->person_id)
        out.person_id = text_of(call->principal->person_id);
    return out;
}

enum outcome create_registration(struct call *call, const struct registration_create *input)
{
    const struct registration_create in = with_default_person(call, input);
    const struct registrar registrar = registrar_of(call->principal);
    struct seat_context seat = {0};
    struct participant participant = {0};
    struct registration_decision decision = {0};
    struct stored_row created = {0};
    enum outcome outcome = participant_of_create(call, &in, &participant);
    if (outcome == DONE)
        outcome = seat_lock_course(call, in.course_id, &seat.course);
    if (outcome == DONE)
        outcome = festival_lock(call, &seat.course);
    if (outcome == DONE)
        outcome = seat_settle(call, &seat.course, NULL);
    if (outcome == DONE)
        outcome = seat_context_load(call, &seat);
    if (outcome == DONE)
        outcome = registration_decide(&in, &seat.context, call->error, &decision);
    if (outcome == DONE)
        outcome = tx_load(
            call->tx, &sql_registration_insert,
            SOURCES({&participant_shape, &participant}, {&shape_registration_decision, &decision},
                    {&registrar_shape, &registrar}, {&shape_registration_create, &in}),
            &stored_row_shape, &created);
    if (outcome == DONE)
        outcome = call_record(call, &(struct event){.resource = RESOURCE,
                                                    .id = created.id.s,
                                                    .version = created.version,
                                                    .to = decision.state.s});
    if (outcome == DONE && given(decision.waitlist_seq.is))
        outcome = seat_join_line(call, &seat.course);
    if (outcome == DONE && text_is(decision.state, REGISTRATION_CONFIRMED))
        outcome = festival_follow(call, &seat.course, false);
    return outcome == DONE ? call_answer_item(call, &sql_registration_get, created.id.s) : outcome;
}

/* Course first, its festival if it has one, then the registration itself: the one lock order there
 * is. */
static enum outcome lock(struct call *call, struct text id, struct course *course,
                         struct registration *registration)
{
    struct text course_id;
    enum outcome outcome = registration_course_of(call, id, &course_id);
    if (outcome == DONE)
        outcome = seat_lock_course(call, course_id, course);
    if (outcome == DONE)
        outcome = festival_lock(call, course);
    if (outcome == DONE)
        outcome = registration_lock(call, id, registration);
    return outcome == DONE ? call_expect_version(call, registration->version) : outcome;
}

/* Stores what an action led to, lets the next in line have a freed seat, answers the item. */
static enum outcome settle_action(struct call *call, const struct registration_action *in,
                                  const struct registration *registration, struct course *course,
                                  const struct registration_outcome *result)
{
    struct stored_row now = {0};
    enum outcome outcome = tx_load(
        call->tx, &sql_registration_set_state,
        SOURCES({&shape_registration_outcome, result}, {&shape_registration, registration}),
        &stored_row_shape, &now);
    if (outcome == DONE)
        outcome = record(call, registration, now.version, result->state.s, in->reason);
    registration_recount(registration, result, course);
    if (outcome == DONE)
        outcome = seat_settle(call, course, NULL);
    if (outcome == DONE)
        outcome = festival_follow(call, course, false);
    return outcome == DONE ? call_answer_item(call, &sql_registration_get, registration->id.s)
                           : outcome;
}

enum outcome accept_registration(struct call *call, const struct registration_action *in)
{
    struct course course = {0};
    struct registration registration = {0};
    struct registration_outcome result = {0};
    enum outcome outcome = lock(call, in->id, &course, &registration);
    if (outcome == DONE)
        outcome = registration_accept(&registration, call->now, call->error, &result);
    return outcome == DONE ? settle_action(call, in, &registration, &course, &result) : outcome;
}

enum outcome withdraw_registration(struct call *call, const struct registration_action *in)
{
    struct course course = {0};
    struct registration registration = {0};
    struct registration_outcome result = {0};
    enum outcome outcome = lock(call, in->id, &course, &registration);
    if (outcome == DONE)
        outcome = registration_withdraw(&registration, call->now, call->error, &result);
    return outcome == DONE ? settle_action(call, in, &registration, &course, &result) : outcome;
}

enum outcome cancel_registration(struct call *call, const struct registration_action *in)
{
    struct course course = {0};
    struct registration registration = {0};
    struct registration_outcome result = {0};
    struct cancellation_rule *rules = NULL;
    size_t rule_count = 0;
    enum outcome outcome = lock(call, in->id, &course, &registration);
    if (outcome == DONE)
        outcome = festival_check_seat(call, in->id);
    if (outcome == DONE)
        outcome = tx_load_all(call->tx, &sql_cancellation_rules, SOURCES({&shape_course, &course}),
                              &shape_cancellation_rule, &rules, &rule_count);
    if (outcome == DONE)
        outcome = registration_cancel(&registration, &course, call->now, rules, rule_count,
                                      call->error, &result);
    return outcome == DONE ? settle_action(call, in, &registration, &course, &result) : outcome;
}

/* Only the statement learns who an e-mail address belongs to: no row for the present participant. */
static enum outcome hand_over(struct call *call, const struct registration_transfer *in,
                              const struct participant *participant, struct stored_row *ret)
{
    struct stored_row *rows = NULL;
    size_t count = 0;
    const struct registrar registrar = registrar_of(call->principal);
    enum outcome outcome = tx_load_all(call->tx, &sql_registration_transfer,
                                       SOURCES({&participant_shape, participant},
                                               {&registrar_shape, &registrar},
                                               {&shape_registration_transfer, in}),
                                       &stored_row_shape, &rows, &count);
    if (outcome != DONE)
        return outcome;
    if (count == 0)
        return error_refuse(call->error, CONFLICT, "already_registered", "SM-R03");
    *ret = rows[0];
    return DONE;
}

enum outcome transfer_registration(struct call *call, const struct registration_transfer *in)
{
    struct seat_context seat = {0};
    struct registration registration = {0};
    struct participant participant = {0};
    struct stored_row now = {0};
    enum outcome outcome = lock(call, in->id, &seat.course, &registration);
    if (outcome == DONE)
        outcome = festival_check_seat(call, in->id);
    if (outcome == DONE) /* an offer to the new person that has run out is no registration */
        outcome = seat_settle(call, &seat.course, NULL);
    if (outcome == DONE)
        outcome = participant_of_transfer(call, in, &registration, &participant);
    if (outcome == DONE)
        outcome = seat_context_load(call, &seat);
    if (outcome == DONE) {
        seat.context.already_registered = text_equals(participant.person_id,
                                                      registration.person_id);
        outcome = registration_check_transfer(in, &registration, &seat.context, call->error);
    }
    if (outcome == DONE)
        outcome = hand_over(call, in, &participant, &now);
    if (outcome == DONE)
        outcome = record(call, &registration, now.version, registration.state.s, in->reason);
    if (outcome == DONE)
        outcome = festival_follow(call, &seat.course, false);
    return outcome == DONE ? call_answer_item(call, &sql_registration_get, in->id.s) : outcome;
}

enum outcome move_registration(struct call *call, const struct queue_move *in)
{
    struct course course = {0};
    struct registration registration = {0};
    struct stored_row now = {0};
    const char *changes = NULL;
    enum outcome outcome = lock(call, in->id, &course, &registration);
    if (outcome == DONE)
        outcome = registration_check_move(&registration, &course, call->now, call->error);
    if (outcome == DONE)
        outcome = queue_place(call, &course, in->id, in->position.v, &changes);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_registration_moved,
                          SOURCES({&shape_registration, &registration}), &stored_row_shape, &now);
    if (outcome == DONE)
        outcome = call_record(call, &(struct event){.resource = RESOURCE,
                                                    .id = in->id.s,
                                                    .version = now.version,
                                                    .from = registration.state.s,
                                                    .to = registration.state.s,
                                                    .reason = in->reason.s,
                                                    .changes = changes});
    if (outcome == DONE)
        outcome = seat_settle(call, &course, NULL);
    return outcome == DONE ? call_answer_item(call, &sql_registration_get, in->id.s) : outcome;
}

/* `invoice: null` takes all of the invoice away; its members are not mentioned then. */
struct removal {
    bool invoice_removed;
};
SHAPE(removal_shape, struct removal, FIELD(struct removal, invoice_removed));

enum outcome update_registration(struct call *call, const struct registration_update *in)
{
    const struct removal removal = {.invoice_removed = in->invoice.is == NULLED};
    struct seat_context seat = {0};
    struct registration registration = {0};
    struct stored_row now = {0};
    enum outcome outcome = lock(call, in->id, &seat.course, &registration);
    if (outcome == DONE)
        outcome = seat_context_load(call, &seat);
    if (outcome == DONE)
        outcome = registration_check_update(in, &registration, &seat.context, call->error);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_registration_update,
                          SOURCES({&shape_registration_update, in}, {&removal_shape, &removal}),
                          &stored_row_shape, &now);
    if (outcome == DONE)
        outcome = record(call, &registration, now.version, registration.state.s,
                         (struct text){.is = ABSENT});
    return outcome == DONE ? call_answer_item(call, &sql_registration_get, in->id.s) : outcome;
}
