#include "domain/grants/meeting.h"

#include "api/registry/write.h"
#include "operations.h"
#include "storage/statements.h"

static const struct registry meetings = {
    .resource = "forum_meeting", .get = &sql_meeting_get, .lock = &sql_meeting_lock};
static const struct registry decisions = {.resource = "meeting_decision",
                                          .get = &sql_meeting_decision_get};

static enum outcome take_turn(struct call *call)
{
    return tx_execute(call->tx, &sql_meeting_turn, NO_SOURCES, NULL);
}

enum outcome create_meeting(struct call *call, const struct meeting_create *in)
{
    enum outcome outcome = take_turn(call);
    return outcome == DONE ? register_create(call, &meetings, &sql_meeting_insert,
                                             SOURCES({&shape_meeting_create, in}),
                                             changes_named(call->arena, &shape_meeting_create, in))
                           : outcome;
}

static enum outcome load(struct call *call, struct text id, struct meeting *ret_meeting)
{
    enum outcome outcome = take_turn(call);
    return outcome == DONE ? register_load(call, &meetings, id, &shape_meeting, ret_meeting)
                           : outcome;
}

enum outcome update_meeting(struct call *call, const struct meeting_update *in)
{
    struct meeting meeting = {0};
    enum outcome outcome = load(call, in->id, &meeting);
    if (outcome == DONE)
        outcome = meeting_check_update(&meeting, in, call->error);
    return outcome == DONE ? register_update(call, &meetings, &sql_meeting_update,
                                             SOURCES({&shape_meeting_update, in}),
                                             changes_named(call->arena, &shape_meeting_update, in))
                           : outcome;
}

static enum outcome move(struct call *call, const struct meeting *meeting,
                         const struct meeting_change *change, struct text reason)
{
    return register_move(
        call, &meetings, &sql_meeting_set_state,
        SOURCES({&shape_meeting_change, change}, {&shape_meeting, meeting}),
        &(struct event){.from = meeting->state.s, .to = change->state.s, .reason = reason.s});
}

enum outcome hold_meeting(struct call *call, const struct meeting_action *in)
{
    struct meeting meeting = {0};
    struct meeting_change change = {0};
    enum outcome outcome = load(call, in->id, &meeting);
    if (outcome == DONE)
        outcome = meeting_hold(&meeting, in, call->error, &change);
    return outcome == DONE ? move(call, &meeting, &change, in->reason) : outcome;
}

enum outcome cancel_meeting(struct call *call, const struct meeting_action *in)
{
    struct meeting meeting = {0};
    struct meeting_change change = {0};
    enum outcome outcome = load(call, in->id, &meeting);
    if (outcome == DONE)
        outcome = meeting_cancel(&meeting, call->error, &change);
    return outcome == DONE ? move(call, &meeting, &change, in->reason) : outcome;
}

/* ---- decisions ------------------------------------------------------------------------------- */

enum outcome create_meeting_decision(struct call *call, const struct meeting_decision_create *in)
{
    const struct row_id key = {.id = in->meeting_id};
    struct meeting meeting = {0};
    struct meeting_voter *voters = NULL;
    size_t count = 0;
    enum outcome outcome = take_turn(call);
    if (outcome == DONE)
        outcome = register_find(call, &meetings, in->meeting_id, &shape_meeting, &meeting);
    if (outcome == DONE)
        outcome = tx_load_all(call->tx, &sql_meeting_voters, SOURCES({&row_id_shape, &key}),
                              &shape_meeting_voter, &voters, &count);
    if (outcome == DONE)
        outcome = meeting_check_decision(&meeting, in, voters, count, call->error);
    return outcome == DONE
               ? register_create(call, &decisions, &sql_meeting_decision_insert,
                                 SOURCES({&shape_meeting_decision_create, in}),
                                 changes_named(call->arena, &shape_meeting_decision_create, in))
               : outcome;
}
