#include "domain/grants/plan.h"

#include "api/registry/write.h"
#include "operations.h"
#include "storage/statements.h"

static const struct registry plans = {
    .resource = "long_term_plan", .get = &sql_plan_get, .lock = &sql_plan_lock};
static const struct registry evaluations = {.resource = "plan_evaluation",
                                            .get = &sql_plan_evaluation_get,
                                            .lock = &sql_plan_evaluation_lock};

/* ---- plans ----------------------------------------------------------------------------------- */

enum outcome create_plan(struct call *call, const struct plan_create *in)
{
    enum outcome outcome = plan_check_create(in, call->error);
    return outcome == DONE
               ? register_create(call, &plans, &sql_plan_insert, SOURCES({&shape_plan_create, in}),
                                 changes_named(call->arena, &shape_plan_create, in))
               : outcome;
}

enum outcome update_plan(struct call *call, const struct plan_update *in)
{
    struct plan plan = {0};
    enum outcome outcome = register_load(call, &plans, in->id, &shape_plan, &plan);
    if (outcome == DONE)
        outcome = plan_check_update(&plan, in, call->error);
    return outcome == DONE
               ? register_update(call, &plans, &sql_plan_update, SOURCES({&shape_plan_update, in}),
                                 changes_named(call->arena, &shape_plan_update, in))
               : outcome;
}

static enum outcome move(struct call *call, const struct plan *plan,
                         const struct plan_change *change, struct text reason)
{
    return register_move(
        call, &plans, &sql_plan_set_state,
        SOURCES({&shape_plan_change, change}, {&shape_plan, plan}),
        &(struct event){.from = plan->state.s, .to = change->state.s, .reason = reason.s});
}

enum outcome hear_plan(struct call *call, const struct plan_action *in)
{
    struct plan plan = {0};
    struct plan_change change = {0};
    enum outcome outcome = register_load(call, &plans, in->id, &shape_plan, &plan);
    if (outcome == DONE)
        outcome = plan_hear(&plan, call->error, &change);
    return outcome == DONE ? move(call, &plan, &change, in->reason) : outcome;
}

/* First the one in force ends: a forum never has two. */
static enum outcome supersede(struct call *call, const struct plan *plan, struct text reason)
{
    const struct row_id key = {.id = plan->present_id};
    const struct plan_change change = {.state = text_of(PLAN_SUPERSEDED)};
    return given(key.id.is)
               ? register_store(call, &sql_plan_set_state,
                                SOURCES({&row_id_shape, &key}, {&shape_plan_change, &change}),
                                &(struct event){.resource = plans.resource,
                                                .from = PLAN_ADOPTED,
                                                .to = PLAN_SUPERSEDED,
                                                .reason = reason.s})
               : DONE;
}

enum outcome adopt_plan(struct call *call, const struct plan_action *in)
{
    struct plan plan = {0};
    struct plan_change change = {0};
    enum outcome outcome = tx_execute(call->tx, &sql_plan_adoption_lock, NO_SOURCES, NULL);
    if (outcome == DONE)
        outcome = register_load(call, &plans, in->id, &shape_plan, &plan);
    if (outcome == DONE)
        outcome = plan_adopt(&plan, in, call->error, &change);
    if (outcome == DONE)
        outcome = supersede(call, &plan, in->reason);
    return outcome == DONE ? move(call, &plan, &change, in->reason) : outcome;
}

/* ---- the yearly stop point ------------------------------------------------------------------- */

enum outcome create_plan_evaluation(struct call *call, const struct plan_evaluation_create *in)
{
    struct plan plan = {0};
    enum outcome outcome = register_find(call, &plans, in->plan_id, &shape_plan, &plan);
    if (outcome == DONE)
        outcome = plan_evaluate(&plan, in, call->error);
    return outcome == DONE
               ? register_create(call, &evaluations, &sql_plan_evaluation_insert,
                                 SOURCES({&shape_plan_evaluation_create, in}),
                                 changes_named(call->arena, &shape_plan_evaluation_create, in))
               : outcome;
}

enum outcome update_plan_evaluation(struct call *call, const struct plan_evaluation_update *in)
{
    struct plan_evaluation evaluation = {0};
    enum outcome outcome = register_load(call, &evaluations, in->id, &shape_plan_evaluation,
                                         &evaluation);
    if (outcome == DONE)
        outcome = plan_evaluation_check_update(&evaluation, in, call->error);
    return outcome == DONE
               ? register_update(call, &evaluations, &sql_plan_evaluation_update,
                                 SOURCES({&shape_plan_evaluation_update, in}),
                                 changes_named(call->arena, &shape_plan_evaluation_update, in))
               : outcome;
}
