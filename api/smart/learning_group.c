#include "domain/smart/learning_group.h"

#include "api/smart/course_part.h"
#include "domain/smart/learning_pair.h"
#include "operations.h"
#include "storage/statements.h"

#define RESOURCE "learning_grouping"

enum { MOVES_RECORDED = 200 }; /* in one event; more are counted only */

struct grouping {
    struct text course_id;
    struct text state; /* not given: none has been proposed */
    int64_t group_count;
    int64_t version;
};
SHAPE(grouping_shape, struct grouping, FIELD(struct grouping, course_id),
      FIELD(struct grouping, state), FIELD(struct grouping, group_count),
      FIELD(struct grouping, version));

struct size_row {
    int64_t size_target;
};
SHAPE(size_row_shape, struct size_row, FIELD(struct size_row, size_target));

struct placing { /* who has been placed, or paired, in which version */
    int64_t version;
    struct record_list placed;
};
SHAPE(placing_shape, struct placing, FIELD(struct placing, version), FIELD(struct placing, placed));

struct scene {
    struct course course;
    struct grouping grouping;
    struct group_member *members; /* everybody with a seat, whether in a group or not */
    size_t count;
};

/* Course first, then the grouping: as with everything below a course. */
static enum outcome look(struct call *call, struct text course_id, struct scene *scene)
{
    struct grouping *rows = NULL;
    size_t count = 0;
    scene->grouping = (struct grouping){.course_id = course_id};
    enum outcome outcome = course_lock(call, course_id, &scene->course);
    if (outcome == DONE)
        outcome = course_check_live(&scene->course, call->error);
    if (outcome == DONE)
        outcome = tx_load_all(call->tx, &sql_learning_grouping_lock,
                              SOURCES({&grouping_shape, &scene->grouping}), &grouping_shape, &rows,
                              &count);
    if (outcome == DONE)
        outcome = tx_load_all(call->tx, &sql_learning_group_candidates,
                              SOURCES({&grouping_shape, &scene->grouping}), &shape_group_member,
                              &scene->members, &scene->count);
    if (outcome == DONE && count > 0)
        scene->grouping = rows[0];
    return outcome;
}

static size_t count_unplaced(const struct scene *scene)
{
    size_t unplaced = 0;
    for (size_t i = 0; i < scene->count; i++)
        unplaced += scene->members[i].group_no == 0;
    return unplaced;
}

/* What every action begins with. */
static enum outcome begin(struct call *call, struct text course_id, const char *action,
                          struct scene *scene, const struct transition **ret_transition)
{
    enum outcome outcome = look(call, course_id, scene);
    if (outcome == DONE && !given(scene->grouping.state.is))
        outcome = error_refuse(call->error, NOT_FOUND, "not_found", NULL);
    if (outcome == DONE)
        outcome = call_expect_version(call, scene->grouping.version);
    if (outcome == DONE)
        outcome = groups_decide(scene->grouping.state.s, action, &scene->course, call->now,
                                count_unplaced(scene), call->error, ret_transition);
    return outcome;
}

/* Those whom the decision placed. */
static struct record_list placed_of(struct call *call, const struct scene *scene)
{
    struct group_member *placed = arena_array(call->arena, struct group_member, scene->count + 1);
    size_t count = 0;
    for (size_t i = 0; i < scene->count; i++)
        if (given(scene->members[i].placed_by.is))
            placed[count++] = scene->members[i];
    return (struct record_list){
        .is = GIVEN, .shape = &shape_group_placement, .items = placed, .count = count};
}

static void add_move(struct buffer *out, const struct group_member *member)
{
    buffer_add_string(out, "{\"registration_id\":");
    buffer_add_json_string(out, member->registration_id.s, member->registration_id.len);
    buffer_add_string(out, ",\"from_group_no\":");
    buffer_add_int(out, member->from_group_no);
    buffer_add_string(out, ",\"to_group_no\":");
    buffer_add_int(out, member->group_no);
    buffer_add_char(out, '}');
}

/* {"placed": how many, "moves": the first of them}; 0 as a group stands for none. */
static const char *moves_of(struct call *call, const struct record_list *placed)
{
    const struct group_member *members = placed->items;
    struct buffer out;
    buffer_init(&out, call->arena, 256);
    buffer_add_string(&out, "{\"placed\":");
    buffer_add_int(&out, (int64_t)placed->count);
    buffer_add_string(&out, ",\"moves\":[");
    for (size_t i = 0; i < placed->count && i < MOVES_RECORDED; i++) {
        if (i > 0)
            buffer_add_char(&out, ',');
        add_move(&out, &members[i]);
    }
    buffer_add_string(&out, "]}");
    return out.data;
}

static enum outcome finish(struct call *call, const struct scene *scene,
                           const struct stored_row *now, const char *to, struct text reason,
                           const char *changes)
{
    enum outcome outcome = call_record(call, &(struct event){.resource = RESOURCE,
                                                             .id = scene->grouping.course_id.s,
                                                             .version = now->version,
                                                             .from = scene->grouping.state.s,
                                                             .to = to,
                                                             .reason = reason.s,
                                                             .changes = changes});
    if (outcome == DONE)
        outcome = call_answer_item(call, &sql_learning_grouping_get, scene->grouping.course_id.s);
    return outcome;
}

static enum outcome store_places(struct call *call, const struct scene *scene, int64_t version,
                                 const struct record_list *placed)
{
    const struct placing placing = {.version = version, .placed = *placed};
    return tx_execute(call->tx, &sql_learning_group_members_place,
                      SOURCES({&placing_shape, &placing}, {&grouping_shape, &scene->grouping}),
                      NULL);
}

/* ---- propose --------------------------------------------------------------------------------- */

/* How many groups, and who is in which. */
static enum outcome deal(struct call *call, struct scene *scene, struct integer group_count,
                         struct integer size_target)
{
    struct size_row own = {0};
    enum outcome outcome = tx_load(call->tx, &sql_learning_group_size,
                                   SOURCES({&grouping_shape, &scene->grouping}), &size_row_shape,
                                   &own);
    if (outcome == DONE)
        outcome = groups_count(group_count, size_target, own.size_target, scene->count, call->error,
                               &scene->grouping.group_count);
    if (outcome == DONE)
        groups_propose(call->arena, scene->members, scene->count, scene->grouping.group_count);
    return outcome;
}

static enum outcome store_deal(struct call *call, const struct scene *scene, int64_t version)
{
    const struct record_list placed = placed_of(call, scene);
    enum outcome outcome = tx_execute(call->tx, &sql_learning_groups_delete,
                                      SOURCES({&grouping_shape, &scene->grouping}), NULL);
    if (outcome == DONE)
        outcome = tx_execute(call->tx, &sql_learning_groups_insert,
                             SOURCES({&grouping_shape, &scene->grouping}), NULL);
    return outcome == DONE ? store_places(call, scene, version, &placed) : outcome;
}

enum outcome propose_learning_groups(struct call *call, const struct learning_groups_propose *in)
{
    struct scene scene = {0};
    struct stored_row now = {0};
    enum outcome outcome = look(call, in->course_id, &scene);
    if (outcome == DONE && given(scene.grouping.state.is))
        outcome = error_refuse(call->error, CONFLICT, "already_proposed", NULL);
    if (outcome == DONE)
        outcome = deal(call, &scene, in->group_count, in->size_target);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_learning_grouping_insert,
                          SOURCES({&grouping_shape, &scene.grouping}), &stored_row_shape, &now);
    if (outcome == DONE)
        outcome = store_deal(call, &scene, now.version);
    return outcome == DONE
               ? finish(call, &scene, &now, GROUPING_PROPOSED, (struct text){.is = ABSENT}, NULL)
               : outcome;
}

enum outcome regenerate_learning_groups(struct call *call,
                                        const struct learning_groups_regenerate *in)
{
    struct scene scene = {0};
    struct stored_row now = {0};
    const struct transition *transition = NULL;
    enum outcome outcome = begin(call, in->id, "regenerate", &scene, &transition);
    if (outcome == DONE)
        outcome = deal(call, &scene, in->group_count, in->size_target);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_learning_grouping_regenerate,
                          SOURCES({&grouping_shape, &scene.grouping}), &stored_row_shape, &now);
    if (outcome == DONE)
        outcome = store_deal(call, &scene, now.version);
    return outcome == DONE ? finish(call, &scene, &now, transition->to, in->reason, NULL) : outcome;
}

/* ---- states ---------------------------------------------------------------------------------- */

static enum outcome set_state(struct call *call, const struct learning_grouping_action *in,
                              const char *action)
{
    struct scene scene = {0};
    struct stored_row now = {0};
    const struct transition *transition = NULL;
    enum outcome outcome = begin(call, in->id, action, &scene, &transition);
    if (outcome != DONE)
        return outcome;
    const struct grouping next = {.course_id = in->id, .state = text_of(transition->to)};
    outcome = tx_load(call->tx, &sql_learning_grouping_set_state, SOURCES({&grouping_shape, &next}),
                      &stored_row_shape, &now);
    return outcome == DONE ? finish(call, &scene, &now, transition->to, in->reason, NULL) : outcome;
}

enum outcome lock_learning_groups(struct call *call, const struct learning_grouping_action *in)
{
    return set_state(call, in, "lock");
}

enum outcome unlock_learning_groups(struct call *call, const struct learning_grouping_action *in)
{
    return set_state(call, in, "unlock");
}

/* ---- places ---------------------------------------------------------------------------------- */

static enum outcome store_moves(struct call *call, const struct scene *scene,
                                const struct transition *transition, struct text reason)
{
    const struct record_list placed = placed_of(call, scene);
    struct stored_row now = {0};
    enum outcome outcome = tx_load(call->tx, &sql_learning_grouping_touch,
                                   SOURCES({&grouping_shape, &scene->grouping}), &stored_row_shape,
                                   &now);
    if (outcome == DONE)
        outcome = store_places(call, scene, now.version, &placed);
    return outcome == DONE
               ? finish(call, scene, &now, transition->to, reason, moves_of(call, &placed))
               : outcome;
}

enum outcome swap_learning_groups(struct call *call, const struct learning_groups_swap *in)
{
    struct scene scene = {0};
    const struct transition *transition = NULL;
    enum outcome outcome = begin(call, in->id, "swap", &scene, &transition);
    if (outcome == DONE)
        outcome = groups_swap(call->arena, in, scene.members, scene.count,
                              scene.grouping.group_count, call->error);
    return outcome == DONE ? store_moves(call, &scene, transition, in->reason) : outcome;
}

enum outcome move_learning_groups(struct call *call, const struct learning_groups_move *in)
{
    struct scene scene = {0};
    const struct transition *transition = NULL;
    enum outcome outcome = begin(call, in->id, "move", &scene, &transition);
    if (outcome == DONE)
        outcome = groups_move(call->arena, in, scene.members, scene.count,
                              scene.grouping.group_count, call->error);
    return outcome == DONE ? store_moves(call, &scene, transition, in->reason) : outcome;
}

enum outcome rebalance_learning_groups(struct call *call, const struct learning_grouping_action *in)
{
    struct scene scene = {0};
    const struct transition *transition = NULL;
    enum outcome outcome = begin(call, in->id, "rebalance", &scene, &transition);
    if (outcome == DONE)
        outcome = groups_rebalance(call->arena, scene.members, scene.count,
                                   scene.grouping.group_count, call->error);
    return outcome == DONE ? store_moves(call, &scene, transition, in->reason) : outcome;
}

/* ---- pairs and names ------------------------------------------------------------------------- */

enum outcome pair_learning_groups(struct call *call, const struct learning_pairs_make *in)
{
    struct scene scene = {0};
    struct stored_row now = {0};
    const struct transition *transition = NULL;
    enum outcome outcome = begin(call, in->id, "pair", &scene, &transition);
    if (outcome != DONE)
        return outcome;
    pairs_make(call->arena, scene.members, scene.count, scene.grouping.group_count,
               given(in->renew.is) && in->renew.v);
    const struct placing placing = {.placed = {.is = GIVEN,
                                               .shape = &shape_group_placement,
                                               .items = scene.members,
                                               .count = scene.count}};
    outcome = tx_load(call->tx, &sql_learning_grouping_touch,
                      SOURCES({&grouping_shape, &scene.grouping}), &stored_row_shape, &now);
    if (outcome == DONE)
        outcome = tx_execute(call->tx, &sql_learning_pairs_set, SOURCES({&placing_shape, &placing}),
                             NULL);
    return outcome == DONE
               ? finish(call, &scene, &now, transition->to, (struct text){.is = ABSENT}, NULL)
               : outcome;
}

static const struct part_kind learning_group_kind = {
    .resource = "learning_group",
    .get = &sql_learning_group_get,
    .course = &sql_learning_group_course,
    .lock = &sql_learning_group_lock,
};

enum outcome update_learning_group(struct call *call, const struct learning_group_update *in)
{
    struct course course = {0};
    struct stored_row stored = {0};
    enum outcome outcome = part_begin_update(call, &learning_group_kind, in->id, &course);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_learning_group_update,
                          SOURCES({&shape_learning_group_update, in}), &stored_row_shape, &stored);
    return outcome == DONE ? part_finish(call, &learning_group_kind, &course, &stored) : outcome;
}
