#include "domain/grants/joint_measure.h"

#include "api/registry/write.h"
#include "operations.h"
#include "storage/statements.h"

static const struct registry measures = {
    .resource = "joint_measure", .get = &sql_joint_measure_get, .lock = &sql_joint_measure_lock};
static const struct registry evaluations = {.resource = "joint_measure_evaluation",
                                            .get = &sql_joint_measure_evaluation_get};
static const struct registry grants = {.resource = "joint_measure_grant",
                                       .get = &sql_joint_measure_grant_get,
                                       .lock = &sql_joint_measure_grant_lock};
static const struct registry participations = {.resource = "joint_measure_participation",
                                               .get = &sql_joint_measure_participation_get,
                                               .lock = &sql_joint_measure_participation_load};
/* As those who may not change the measure itself see it. */
static const struct registry seen_measures = {
    .resource = "joint_measure", .get = &sql_joint_measure_get, .lock = &sql_joint_measure_load};

/* ---- joint measures -------------------------------------------------------------------------- */

enum outcome create_joint_measure(struct call *call, const struct joint_measure_create *in)
{
    enum outcome outcome = joint_measure_check_create(in, call->error);
    return outcome == DONE
               ? register_create(call, &measures, &sql_joint_measure_insert,
                                 SOURCES({&shape_joint_measure_create, in}),
                                 changes_named(call->arena, &shape_joint_measure_create, in))
               : outcome;
}

struct circle {
    bool in_circle;
};
SHAPE(circle_shape, struct circle, FIELD(struct circle, in_circle));

static enum outcome look_for_circle(struct call *call, const struct joint_measure_update *in,
                                    struct circle *ret_circle)
{
    if (!given(in->builds_on_id.is))
        return DONE;
    enum outcome outcome = tx_execute(call->tx, &sql_joint_measure_turn, NO_SOURCES, NULL);
    return outcome == DONE
               ? tx_load(call->tx, &sql_joint_measure_circle,
                         SOURCES({&shape_joint_measure_update, in}), &circle_shape, ret_circle)
               : outcome;
}

enum outcome update_joint_measure(struct call *call, const struct joint_measure_update *in)
{
    struct joint_measure measure = {0};
    struct circle circle = {0};
    enum outcome outcome = register_load(call, &measures, in->id, &shape_joint_measure, &measure);
    if (outcome == DONE)
        outcome = look_for_circle(call, in, &circle);
    if (outcome == DONE)
        outcome = joint_measure_check_update(&measure, in, circle.in_circle, call->error);
    return outcome == DONE
               ? register_update(call, &measures, &sql_joint_measure_update,
                                 SOURCES({&shape_joint_measure_update, in}),
                                 changes_named(call->arena, &shape_joint_measure_update, in))
               : outcome;
}

typedef enum outcome decide_action(const struct joint_measure *measure, struct error *error,
                                   struct joint_measure_change *ret_change);

static enum outcome act(struct call *call, const struct joint_measure_action *in,
                        decide_action *decide)
{
    struct joint_measure measure = {0};
    struct joint_measure_change change = {0};
    enum outcome outcome = register_load(call, &measures, in->id, &shape_joint_measure, &measure);
    if (outcome == DONE)
        outcome = decide(&measure, call->error, &change);
    return outcome == DONE ? register_move(call, &measures, &sql_joint_measure_set_state,
                                           SOURCES({&shape_joint_measure_change, &change},
                                                   {&shape_joint_measure_action, in}),
                                           &(struct event){.from = measure.state.s,
                                                           .to = change.state.s,
                                                           .reason = in->reason.s})
                           : outcome;
}

enum outcome develop_joint_measure(struct call *call, const struct joint_measure_action *in)
{
    return act(call, in, joint_measure_develop);
}

enum outcome plan_joint_measure(struct call *call, const struct joint_measure_action *in)
{
    return act(call, in, joint_measure_plan);
}

enum outcome start_joint_measure(struct call *call, const struct joint_measure_action *in)
{
    return act(call, in, joint_measure_start);
}

enum outcome evaluate_joint_measure(struct call *call, const struct joint_measure_action *in)
{
    return act(call, in, joint_measure_evaluate);
}

enum outcome end_joint_measure(struct call *call, const struct joint_measure_action *in)
{
    return act(call, in, joint_measure_end);
}

/* ---- evaluations ----------------------------------------------------------------------------- */

enum outcome create_joint_measure_evaluation(struct call *call,
                                             const struct joint_measure_evaluation_create *in)
{
    struct joint_measure measure = {0};
    enum outcome outcome = register_load(call, &measures, in->joint_measure_id,
                                         &shape_joint_measure, &measure);
    if (outcome == DONE)
        outcome = joint_measure_check_evaluation(&measure, in, call->error);
    return outcome == DONE
               ? register_create(
                     call, &evaluations, &sql_joint_measure_evaluation_insert,
                     SOURCES({&shape_joint_measure_evaluation_create, in}),
                     changes_named(call->arena, &shape_joint_measure_evaluation_create, in))
               : outcome;
}

/* ---- grants ---------------------------------------------------------------------------------- */

enum outcome create_joint_measure_grant(struct call *call,
                                        const struct joint_measure_grant_create *in)
{
    struct joint_measure measure = {0};
    struct joint_measure_money money = {0};
    enum outcome outcome = register_load(call, &seen_measures, in->joint_measure_id,
                                         &shape_joint_measure, &measure);
    if (outcome == DONE)
        outcome = tx_execute(call->tx, &sql_joint_measure_round_lock,
                             SOURCES({&shape_joint_measure_grant_create, in}), NULL);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_joint_measure_money,
                          SOURCES({&shape_joint_measure_grant_create, in}),
                          &shape_joint_measure_money, &money);
    if (outcome == DONE)
        outcome = joint_measure_check_grant(&measure, &money, call->error);
    return outcome == DONE
               ? register_create(call, &grants, &sql_joint_measure_grant_insert,
                                 SOURCES({&shape_joint_measure_grant_create, in}),
                                 changes_set(call->arena, &shape_joint_measure_grant_create, in))
               : outcome;
}

static enum outcome lock_grant(struct call *call, struct text id,
                               struct joint_measure_grant *ret_grant)
{
    enum outcome outcome = register_load(call, &grants, id, &shape_joint_measure_grant, ret_grant);
    return outcome == DONE ? joint_measure_check_grant_change(ret_grant, call->error) : outcome;
}

enum outcome update_joint_measure_grant(struct call *call,
                                        const struct joint_measure_grant_update *in)
{
    struct joint_measure_grant grant = {0};
    enum outcome outcome = lock_grant(call, in->id, &grant);
    return outcome == DONE
               ? register_update(call, &grants, &sql_joint_measure_grant_update,
                                 SOURCES({&shape_joint_measure_grant_update, in}),
                                 changes_set(call->arena, &shape_joint_measure_grant_update, in))
               : outcome;
}

enum outcome delete_joint_measure_grant(struct call *call,
                                        const struct joint_measure_grant_delete *in)
{
    struct joint_measure_grant grant = {0};
    enum outcome outcome = lock_grant(call, in->id, &grant);
    return outcome == DONE ? register_delete(call, &grants, &sql_joint_measure_grant_delete, in->id,
                                             grant.version)
                           : outcome;
}

/* ---- participations -------------------------------------------------------------------------- */

struct network_forum {
    struct text network_forum_id;
};
SHAPE(network_forum_shape, struct network_forum, FIELD(struct network_forum, network_forum_id));

enum outcome create_joint_measure_participation(struct call *call,
                                                const struct joint_measure_participation_create *in)
{
    struct joint_measure measure = {0};
    struct network_forum network = {0};
    enum outcome outcome = register_load(call, &seen_measures, in->joint_measure_id,
                                         &shape_joint_measure, &measure);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_joint_measure_network,
                          SOURCES({&shape_joint_measure_participation_create, in}),
                          &network_forum_shape, &network);
    if (outcome == DONE)
        outcome = joint_measure_check_participation(&measure, in, network.network_forum_id,
                                                    call->error);
    return outcome == DONE
               ? register_create(
                     call, &participations, &sql_joint_measure_participation_insert,
                     SOURCES({&shape_joint_measure_participation_create, in}),
                     changes_set(call->arena, &shape_joint_measure_participation_create, in))
               : outcome;
}

enum outcome delete_joint_measure_participation(struct call *call,
                                                const struct joint_measure_participation_delete *in)
{
    struct joint_measure_participation participation = {0};
    enum outcome outcome = register_load(call, &participations, in->id,
                                         &shape_joint_measure_participation, &participation);
    if (outcome == DONE)
        outcome = joint_measure_check_leave(&participation, call->error);
    return outcome == DONE
               ? register_delete(call, &participations, &sql_joint_measure_participation_delete,
                                 in->id, participation.version)
               : outcome;
}
