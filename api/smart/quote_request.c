#include "domain/smart/quote_request.h"

#include "api/registry/write.h"
#include "api/smart/seat.h"
#include "domain/smart/course.h"
#include "domain/smart/ticket_type.h"
#include "operations.h"
#include "storage/statements.h"

static const struct registry quote_requests = {
    .resource = "quote_request", .get = &sql_quote_request_get, .lock = &sql_quote_request_lock};

/* Who asks: a user, a machine, or nobody that the service knows. */
struct requester {
    struct text requested_by;
    struct text requested_by_client;
};
SHAPE(requester_shape, struct requester, FIELD(struct requester, requested_by),
      FIELD(struct requester, requested_by_client));

static struct requester requester_of(const struct principal *principal)
{
    struct text id = text_of(principal->id);
    return principal->kind == PRINCIPAL_CLIENT ? (struct requester){.requested_by_client = id}
                                               : (struct requester){.requested_by = id};
}

struct pricing {
    struct text pricing_model;
};
SHAPE(pricing_shape, struct pricing, FIELD(struct pricing, pricing_model));

enum outcome create_quote_request(struct call *call, const struct quote_request_create *in)
{
    const struct requester requester = requester_of(call->principal);
    struct pricing pricing = {0};
    enum outcome outcome = tx_load(call->tx, &sql_quote_request_pricing,
                                   SOURCES({&shape_quote_request_create, in}), &pricing_shape,
                                   &pricing);
    if (outcome == DONE)
        outcome = quote_request_check_create(in, pricing.pricing_model, call->error);
    return outcome == DONE ? register_move(call, &quote_requests, &sql_quote_request_insert,
                                           SOURCES({&requester_shape, &requester},
                                                   {&shape_quote_request_create, in}),
                                           &(struct event){.to = QUOTE_RECEIVED})
                           : outcome;
}

/* ---- actions --------------------------------------------------------------------------------- */

static enum outcome load(struct call *call, struct text id, struct quote_request *ret_request)
{
    return register_load(call, &quote_requests, id, &shape_quote_request, ret_request);
}

static enum outcome move(struct call *call, const struct quote_request *request,
                         const struct quote_request_change *change, struct text reason)
{
    return register_move(
        call, &quote_requests, &sql_quote_request_change,
        SOURCES({&shape_quote_request_change, change}, {&shape_quote_request, request}),
        &(struct event){
            .from = request->state.s,
            .to = change->state.s,
            .reason = reason.s,
            .changes = changes_set(call->arena, &shape_quote_request_change, change),
        });
}

enum outcome quote_quote_request(struct call *call, const struct quote_request_quote *in)
{
    struct quote_request request = {0};
    struct quote_request_change change = {0};
    enum outcome outcome = load(call, in->id, &request);
    if (outcome == DONE)
        outcome = quote_request_quote(&request, in, call->error, &change);
    return outcome == DONE ? move(call, &request, &change, in->reason) : outcome;
}

/* The draft and its one ticket, which is the whole course at the price agreed upon. Made by the
 * service: who accepts need not be one who runs courses. */
static enum outcome insert_course(struct call *call, const struct quote_request *request,
                                  struct stored_row *ret_course, struct stored_row *ret_ticket)
{
    const struct principal *caller = call->principal;
    enum outcome outcome = seat_become_system(call);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_quote_request_course,
                          SOURCES({&shape_quote_request, request}), &stored_row_shape, ret_course);
    const struct ticket_type_create ticket = {
        .course_id = ret_course->id,
        .code = text_of("avtale"),
        .name = text_of("Hele kurset, pris etter avtale"),
        .price_nok = request->quoted_price_nok,
        .eligibility = text_of(ELIGIBILITY_ANYONE),
        .capacity = integer_of(1),
    };
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_ticket_type_insert,
                          SOURCES({&shape_ticket_type_create, &ticket}), &stored_row_shape,
                          ret_ticket);
    return outcome == DONE ? seat_become_caller(call, caller) : outcome;
}

static enum outcome make_course(struct call *call, const struct quote_request *request,
                                struct text *ret_course_id)
{
    struct stored_row course = {0}, ticket = {0};
    enum outcome outcome = insert_course(call, request, &course, &ticket);
    if (outcome == DONE)
        outcome = call_record(call, &(struct event){.resource = "course",
                                                    .id = course.id.s,
                                                    .version = course.version,
                                                    .to = COURSE_DRAFT});
    if (outcome == DONE)
        outcome = call_record(call, &(struct event){.resource = "ticket_type",
                                                    .id = ticket.id.s,
                                                    .version = ticket.version});
    *ret_course_id = course.id;
    return outcome;
}

enum outcome accept_quote_request(struct call *call, const struct quote_request_action *in)
{
    struct quote_request request = {0};
    struct quote_request_change change = {0};
    enum outcome outcome = load(call, in->id, &request);
    if (outcome == DONE)
        outcome = quote_request_accept(&request, call->error, &change);
    if (outcome == DONE)
        outcome = make_course(call, &request, &change.resulting_course_id);
    return outcome == DONE ? move(call, &request, &change, in->reason) : outcome;
}

enum outcome decline_quote_request(struct call *call, const struct quote_request_action *in)
{
    struct quote_request request = {0};
    struct quote_request_change change = {0};
    enum outcome outcome = load(call, in->id, &request);
    if (outcome == DONE)
        outcome = quote_request_decline(&request, call->error, &change);
    return outcome == DONE ? move(call, &request, &change, in->reason) : outcome;
}

enum outcome withdraw_quote_request(struct call *call, const struct quote_request_action *in)
{
    struct quote_request request = {0};
    struct quote_request_change change = {0};
    enum outcome outcome = load(call, in->id, &request);
    if (outcome == DONE)
        outcome = quote_request_withdraw(&request, call->error, &change);
    return outcome == DONE ? move(call, &request, &change, in->reason) : outcome;
}

enum outcome complete_quote_request(struct call *call, const struct quote_request_action *in)
{
    struct quote_request request = {0};
    struct quote_request_change change = {0};
    enum outcome outcome = load(call, in->id, &request);
    if (outcome == DONE)
        outcome = quote_request_complete(&request, call->error, &change);
    return outcome == DONE ? move(call, &request, &change, in->reason) : outcome;
}
