#include "domain/grants/stored_allocation.h"

#include "api/grants/headcount.h"
#include "api/grants/round.h"
#include "api/registry/write.h"
#include "operations.h"
#include "storage/statements.h"

static const struct registry allocations = {
    .resource = "allocation", .get = &sql_allocation_get, .lock = &sql_allocation_lock};

struct allocation_lines {
    struct text id;
    struct record_list lines;
};
SHAPE(allocation_lines_shape, struct allocation_lines, FIELD(struct allocation_lines, id),
      FIELD(struct allocation_lines, lines));

/* ---- computing ------------------------------------------------------------------------------- */

/* From the headcounts as they are now. */
static enum outcome distribute(struct call *call, struct allocation *draft,
                               struct record_list *ret_lines)
{
    struct allocation_count *counts = NULL;
    struct allocation_row *rows = NULL;
    size_t count = 0;
    enum outcome outcome = tx_load_all(call->tx, &sql_allocation_counts,
                                       SOURCES({&shape_allocation, draft}), &shape_allocation_count,
                                       &counts, &count);
    if (outcome == DONE)
        outcome = allocation_distribute(draft, counts, count, call->arena, call->error, &rows);
    *ret_lines = (struct record_list){
        .is = GIVEN, .shape = &shape_allocation_row, .items = rows, .count = count};
    return outcome;
}

static enum outcome store_lines(struct call *call, struct text id, struct record_list list)
{
    const struct allocation_lines lines = {.id = id, .lines = list};
    return tx_execute(call->tx, &sql_allocation_lines_insert,
                      SOURCES({&allocation_lines_shape, &lines}), NULL);
}

static struct event event_of(const struct allocation *allocation, struct text to,
                             struct text reason)
{
    return (struct event){.resource = allocations.resource,
                          .from = allocation->state.s,
                          .to = to.s,
                          .reason = reason.s};
}

/* Named in a body: a round that nobody knows is a fault of it. */
static enum outcome lock_named_round(struct call *call, const struct allocation_create *in,
                                     struct round *ret_round)
{
    struct rows *rows = NULL;
    enum outcome outcome = tx_query(call->tx, &sql_round_visible,
                                    SOURCES({&shape_allocation_create, in}), &rows);
    if (outcome != DONE)
        return outcome;
    if (rows_count(rows) == 0) {
        error_fault(call->error, "/round_id", "unknown_reference", NULL);
        return error_outcome(call->error);
    }
    return round_lock(call, in->round_id, ret_round);
}

enum outcome create_allocation(struct call *call, const struct allocation_create *in)
{
    struct round round = {0};
    struct allocation draft = {0};
    struct record_list lines = {0};
    struct stored_row made = {0};
    enum outcome outcome = lock_named_round(call, in, &round);
    if (outcome == DONE)
        outcome = allocation_draft(in, &round, call->error, &draft);
    if (outcome == DONE)
        outcome = distribute(call, &draft, &lines);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_allocation_insert, SOURCES({&shape_allocation, &draft}),
                          &stored_row_shape, &made);
    if (outcome == DONE)
        outcome = store_lines(call, made.id, lines);
    if (outcome == DONE)
        outcome = call_record(
            call,
            &(struct event){.resource = allocations.resource,
                            .id = made.id.s,
                            .version = made.version,
                            .to = ALLOCATION_DRAFT,
                            .changes = changes_set(call->arena, &shape_allocation_create, in)});
    return outcome == DONE ? call_answer_item(call, allocations.get, made.id.s) : outcome;
}

/* The round first, then the allocation, as somebody who may do this there. */
static enum outcome lock(struct call *call, struct text id, struct round *ret_round,
                         struct allocation *ret_allocation)
{
    const struct row_id key = {.id = id};
    struct row_id *rounds = NULL;
    struct allocation *rows = NULL;
    size_t count = 0;
    enum outcome outcome = tx_load_all(call->tx, &sql_allocation_round,
                                       SOURCES({&row_id_shape, &key}), &row_id_shape, &rounds,
                                       &count);
    if (outcome == DONE && count == 0)
        outcome = error_refuse(call->error, NOT_FOUND, "not_found", NULL);
    if (outcome == DONE)
        outcome = round_lock(call, rounds[0].id, ret_round);
    if (outcome == DONE)
        outcome = tx_load_all(call->tx, &sql_allocation_lock, SOURCES({&row_id_shape, &key}),
                              &shape_allocation, &rows, &count);
    if (outcome == DONE && count == 0) /* removed while we waited for the round */
        outcome = error_refuse(call->error, NOT_FOUND, "not_found", NULL);
    if (outcome != DONE)
        return outcome;
    *ret_allocation = rows[0];
    return call_expect_version(call, ret_allocation->version);
}

enum outcome recompute_allocation(struct call *call, const struct allocation_action *in)
{
    struct round round = {0};
    struct allocation draft = {0};
    struct record_list lines = {0};
    enum outcome outcome = lock(call, in->id, &round, &draft);
    if (outcome == DONE)
        outcome = allocation_recompute(&draft, call->error);
    if (outcome == DONE)
        outcome = distribute(call, &draft, &lines);
    if (outcome == DONE)
        outcome = tx_execute(call->tx, &sql_allocation_lines_delete,
                             SOURCES({&shape_allocation, &draft}), NULL);
    if (outcome == DONE)
        outcome = store_lines(call, in->id, lines);
    const struct event event = event_of(&draft, draft.state, in->reason);
    return outcome == DONE ? register_move(call, &allocations, &sql_allocation_recomputed,
                                           SOURCES({&shape_allocation, &draft}), &event)
                           : outcome;
}

/* ---- changing -------------------------------------------------------------------------------- */

enum outcome update_allocation(struct call *call, const struct allocation_update *in)
{
    struct round round = {0};
    struct allocation draft = {0};
    enum outcome outcome = lock(call, in->id, &round, &draft);
    if (outcome == DONE)
        outcome = allocation_check_draft(&draft, call->error);
    return outcome == DONE ? register_update(call, &allocations, &sql_allocation_update,
                                             SOURCES({&shape_allocation_update, in}),
                                             changes_set(call->arena, &shape_allocation_update, in))
                           : outcome;
}

enum outcome delete_allocation(struct call *call, const struct allocation_action *in)
{
    struct round round = {0};
    struct allocation draft = {0};
    enum outcome outcome = lock(call, in->id, &round, &draft);
    if (outcome == DONE)
        outcome = allocation_check_draft(&draft, call->error);
    if (outcome == DONE)
        outcome = tx_execute(call->tx, &sql_allocation_delete, SOURCES({&shape_allocation, &draft}),
                             NULL);
    return outcome == DONE ? call_record(call, &(struct event){.resource = allocations.resource,
                                                               .id = in->id.s,
                                                               .version = draft.version,
                                                               .from = draft.state.s})
                           : outcome;
}

/* ---- deciding -------------------------------------------------------------------------------- */

struct state_change {
    struct text state;
    struct text meeting_id;
};
SHAPE(state_change_shape, struct state_change, FIELD(struct state_change, state),
      FIELD(struct state_change, meeting_id));

static enum outcome set_state(struct call *call, const struct allocation *allocation,
                              const struct state_change *change, struct text reason)
{
    const struct event event = event_of(allocation, change->state, reason);
    return register_store(call, &sql_allocation_set_state,
                          SOURCES({&state_change_shape, change}, {&shape_allocation, allocation}),
                          &event);
}

static enum outcome look_around(struct call *call, const struct allocation *draft,
                                const struct allocation_adoption *in,
                                struct allocation_scene *ret_scene)
{
    struct stored_row *frames = NULL;
    size_t count = 0;
    enum outcome outcome = tx_load_all(call->tx, &sql_allocation_frames_lock,
                                       SOURCES({&shape_allocation, draft}), &stored_row_shape,
                                       &frames, &count);
    return outcome == DONE
               ? tx_load(call->tx, &sql_allocation_scene, SOURCES({&shape_allocation_adoption, in}),
                         &shape_allocation_scene, ret_scene)
               : outcome;
}

/* First the one in force ends: a round never has two. */
static enum outcome supersede(struct call *call, struct text present_id, struct text reason)
{
    const struct allocation_action end = {.id = present_id, .reason = reason};
    struct allocation present = {0};
    if (!given(present_id.is))
        return DONE;
    enum outcome outcome = register_find(call, &allocations, present_id, &shape_allocation,
                                         &present);
    const struct event event = event_of(&present, text_of(ALLOCATION_SUPERSEDED), reason);
    return outcome == DONE ? register_store(call, &sql_allocation_supersede,
                                            SOURCES({&shape_allocation_action, &end}), &event)
                           : outcome;
}

static enum outcome set_frames(struct call *call, const struct allocation *allocation)
{
    enum outcome outcome = tx_execute(call->tx, &sql_allocation_frames_clear,
                                      SOURCES({&shape_allocation, allocation}), NULL);
    return outcome == DONE ? tx_execute(call->tx, &sql_allocation_frames_set,
                                        SOURCES({&shape_allocation, allocation}), NULL)
                           : outcome;
}

enum outcome adopt_allocation(struct call *call, const struct allocation_adoption *in)
{
    struct round round = {0};
    struct allocation draft = {0};
    struct allocation_scene scene = {0};
    struct state_change change = {.meeting_id = in->meeting_id};
    enum outcome outcome = headcount_take_turn(call);
    if (outcome == DONE)
        outcome = lock(call, in->id, &round, &draft);
    if (outcome == DONE)
        outcome = look_around(call, &draft, in, &scene);
    if (outcome == DONE)
        outcome = allocation_adopt(&draft, &round, &scene, in, call->error, &change.state);
    if (outcome == DONE)
        outcome = supersede(call, scene.present_id, in->reason);
    if (outcome == DONE)
        outcome = set_state(call, &draft, &change, in->reason);
    if (outcome == DONE)
        outcome = set_frames(call, &draft);
    return outcome == DONE ? call_answer_item(call, allocations.get, in->id.s) : outcome;
}

enum outcome publish_allocation(struct call *call, const struct allocation_action *in)
{
    struct round round = {0};
    struct allocation allocation = {0};
    struct state_change change = {0};
    enum outcome outcome = lock(call, in->id, &round, &allocation);
    if (outcome == DONE)
        outcome = allocation_publish(&allocation, call->error, &change.state);
    if (outcome == DONE)
        outcome = set_state(call, &allocation, &change, in->reason);
    return outcome == DONE ? call_answer_item(call, allocations.get, in->id.s) : outcome;
}
