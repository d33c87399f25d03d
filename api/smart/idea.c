#include "api/smart/idea.h"

#include "api/registry/write.h"
#include "operations.h"
#include "storage/statements.h"

static const struct registry ideas = {
    .resource = "idea",
    .get = &sql_idea_get,
    .lock = &sql_idea_lock,
};

/* ---- making one ------------------------------------------------------------------------------ */

/* Who writes it down, and what inspired it. */
struct idea_provenance {
    struct text created_by;
    struct text parent_idea_id;
};
SHAPE(provenance_shape, struct idea_provenance, FIELD(struct idea_provenance, created_by),
      FIELD(struct idea_provenance, parent_idea_id));

static enum outcome create(struct call *call, const struct idea_create *in, struct text parent_id)
{
    const struct idea_provenance provenance = {text_of(call->principal->id), parent_id};
    struct idea_references references = {0};
    struct idea_origin origin = {0};
    enum outcome outcome = tx_load(call->tx, &sql_idea_references,
                                   SOURCES({&shape_idea_create, in}), &shape_idea_references,
                                   &references);
    if (outcome == DONE)
        outcome = idea_check_create(in, &references, call->error, &origin);
    return outcome == DONE ? register_create(call, &ideas, &sql_idea_insert,
                                             SOURCES({&shape_idea_origin, &origin},
                                                     {&provenance_shape, &provenance},
                                                     {&shape_idea_create, in}),
                                             NULL)
                           : outcome;
}

enum outcome create_idea(struct call *call, const struct idea_create *in)
{
    return create(call, in, (struct text){.is = ABSENT});
}

enum outcome create_adaptation(struct call *call, const struct idea_create *in)
{
    struct rows *parent = NULL;
    enum outcome outcome = tx_query(call->tx, &sql_idea_state, SOURCES({&shape_idea_create, in}),
                                    &parent);
    if (outcome == DONE && rows_count(parent) == 0)
        outcome = error_refuse(call->error, NOT_FOUND, "not_found", NULL);
    if (outcome == DONE)
        outcome = idea_check_parent(rows_text(parent, 0, "state", call->arena), call->error);
    return outcome == DONE ? create(call, in, in->id) : outcome;
}

/* ---- changing it ----------------------------------------------------------------------------- */

enum outcome idea_lock(struct call *call, struct text id, struct idea *ret_idea)
{
    return register_find(call, &ideas, id, &shape_idea, ret_idea);
}

/* For a change of the idea itself: its version is compared with If-Match. */
static enum outcome load(struct call *call, struct text id, struct idea *ret_idea)
{
    return register_load(call, &ideas, id, &shape_idea, ret_idea);
}

enum outcome update_idea(struct call *call, const struct idea_update *in)
{
    struct idea idea = {0};
    struct idea_references references = {0};
    enum outcome outcome = load(call, in->id, &idea);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_idea_references,
                          SOURCES({&shape_idea_update, in}, {&shape_idea, &idea}),
                          &shape_idea_references, &references);
    if (outcome == DONE)
        outcome = idea_check_update(&idea, in, &references, call->error);
    return outcome == DONE
               ? register_update(call, &ideas, &sql_idea_update, SOURCES({&shape_idea_update, in}),
                                 changes_named(call->arena, &shape_idea_update, in))
               : outcome;
}

enum outcome delete_idea(struct call *call, const struct idea_action *in)
{
    struct idea idea = {0};
    int64_t removed = 0;
    enum outcome outcome = load(call, in->id, &idea);
    if (outcome == DONE)
        outcome = idea_check_delete(&idea, call->error);
    if (outcome == DONE)
        outcome = tx_execute(call->tx, &sql_idea_delete, SOURCES({&shape_idea_action, in}),
                             &removed);
    if (outcome == DONE && removed == 0)
        outcome = error_refuse(call->error, FORBIDDEN, "forbidden", NULL);
    return outcome == DONE ? call_record(call, &(struct event){.resource = ideas.resource,
                                                               .id = idea.id.s,
                                                               .version = idea.version,
                                                               .from = idea.state.s,
                                                               .reason = in->reason.s})
                           : outcome;
}

/* ---- actions --------------------------------------------------------------------------------- */

struct idea_move {
    struct text id;
    struct text state;
    struct text review_note;
    bool consents_end;
};
SHAPE(move_shape, struct idea_move, FIELD(struct idea_move, id), FIELD(struct idea_move, state),
      FIELD(struct idea_move, review_note), FIELD(struct idea_move, consents_end));

/* What the action leads to; `move` says what is stored besides the state. */
static enum outcome act(struct call *call, const struct idea_action *in, const char *action,
                        struct idea_move move)
{
    struct idea idea = {0};
    const struct transition *transition = NULL;
    enum outcome outcome = load(call, in->id, &idea);
    if (outcome == DONE)
        outcome = idea_decide(&idea, action, call->error, &transition);
    if (outcome != DONE)
        return outcome;
    move.id = in->id;
    move.state = text_of(transition->to);
    return register_move(
        call, &ideas, &sql_idea_set_state, SOURCES({&move_shape, &move}),
        &(struct event){.from = idea.state.s, .to = transition->to, .reason = in->reason.s});
}

enum outcome submit_idea(struct call *call, const struct idea_action *in)
{
    return act(call, in, "submit", (struct idea_move){0});
}

enum outcome return_idea(struct call *call, const struct idea_action *in)
{
    return act(call, in, "return", (struct idea_move){.review_note = in->reason});
}

enum outcome reject_idea(struct call *call, const struct idea_action *in)
{
    return act(call, in, "reject", (struct idea_move){.review_note = in->reason});
}

enum outcome approve_idea(struct call *call, const struct idea_action *in)
{
    return act(call, in, "approve", (struct idea_move){0});
}

enum outcome publish_idea(struct call *call, const struct idea_action *in)
{
    return act(call, in, "publish", (struct idea_move){0});
}

enum outcome archive_idea(struct call *call, const struct idea_action *in)
{
    return act(call, in, "archive", (struct idea_move){0});
}

enum outcome withdraw_idea(struct call *call, const struct idea_action *in)
{
    return act(call, in, "withdraw", (struct idea_move){.consents_end = true});
}
