#include "domain/grants/plan.h"

#include "api/registry/write.h"
#include "operations.h"
#include "storage/statements.h"

static const struct registry plans = {.resource = "long_term_plan", .get = &sql_plan_get};
static const struct registry evaluations = {.resource = "plan_evaluation",
                                            .get = &sql_plan_evaluation_get};

/* ---- plans ----------------------------------------------------------------------------------- */

enum outcome create_plan(struct call *call, const struct plan_create *in)
{
    enum outcome outcome = plan_check_create(in, call->error);
    return outcome == DONE
               ? register_create(call, &plans, &sql_plan_insert, SOURCES({&shape_plan_create, in}),
                                 changes_named(call->arena, &shape_plan_create, in))
               : outcome;
}

/* As somebody who may change it. */
static enum outcome lock(struct call *call, struct text id, struct plan *ret_plan)
{
    const struct row_id key = {.id = id};
    struct plan *rows = NULL;
    size_t count = 0;
    enum outcome outcome = tx_load_all(call->tx, &sql_plan_lock, SOURCES({&row_id_shape, &key}),
                                       &shape_plan, &rows, &count);
    if (outcome != DONE)
        return outcome;
    if (count == 0)
        return register_refuse(call, &plans, id);
    *ret_plan = rows[0];
    return DONE;
}

static enum outcome lock_version(struct call *call, struct text id, struct plan *ret_plan)
{
    enum outcome outcome = lock(call, id, ret_plan);
    return outcome == DONE ? call_expect_version(call, ret_plan->version) : outcome;
}

enum outcome update_plan(struct call *call, const struct plan_update *in)
{
    struct plan plan = {0};
    enum outcome outcome = lock_version(call, in->id, &plan);
    if (outcome == DONE)
        outcome = plan_check_update(&plan, in, call->error);
    return outcome == DONE
               ? register_update(call, &plans, &sql_plan_update, SOURCES({&shape_plan_update, in}),
                                 changes_named(call->arena, &shape_plan_update, in))
               : outcome;
}

static enum outcome set_state(struct call *call, struct text id, const char *from,
                              const struct plan_change *change, struct text reason)
{
    const struct row_id key = {.id = id};
    struct stored_row now = {0};
    enum outcome outcome = tx_load(call->tx, &sql_plan_set_state,
                                   SOURCES({&row_id_shape, &key}, {&shape_plan_change, change}),
                                   &stored_row_shape, &now);
    return outcome == DONE ? call_record(call, &(struct event){.resource = plans.resource,
                                                               .id = id.s,
                                                               .version = now.version,
                                                               .from = from,
                                                               .to = change->state.s,
                                                               .reason = reason.s})
                           : outcome;
}

enum outcome hear_plan(struct call *call, const struct plan_action *in)
{
    struct plan plan = {0};
    struct plan_change change = {0};
    enum outcome outcome = lock_version(call, in->id, &plan);
    if (outcome == DONE)
        outcome = plan_hear(&plan, call->error, &change);
    if (outcome == DONE)
        outcome = set_state(call, plan.id, plan.state.s, &change, in->reason);
    return outcome == DONE ? call_answer_item(call, plans.get, in->id.s) : outcome;
}

/* First the one in force ends: a forum never has two. */
static enum outcome supersede(struct call *call, const struct plan *plan, struct text reason)
{
    const struct plan_change change = {.state = text_of(PLAN_SUPERSEDED)};
    return given(plan->present_id.is)
               ? set_state(call, plan->present_id, PLAN_ADOPTED, &change, reason)
               : DONE;
}

enum outcome adopt_plan(struct call *call, const struct plan_action *in)
{
    struct plan plan = {0};
    struct plan_change change = {0};
    enum outcome outcome = tx_execute(call->tx, &sql_plan_adoption_lock, NO_SOURCES, NULL);
    if (outcome == DONE)
        outcome = lock_version(call, in->id, &plan);
    if (outcome == DONE)
        outcome = plan_adopt(&plan, in, call->error, &change);
    if (outcome == DONE)
        outcome = supersede(call, &plan, in->reason);
    if (outcome == DONE)
        outcome = set_state(call, plan.id, plan.state.s, &change, in->reason);
    return outcome == DONE ? call_answer_item(call, plans.get, in->id.s) : outcome;
}

/* ---- the yearly stop point ------------------------------------------------------------------- */

enum outcome create_plan_evaluation(struct call *call, const struct plan_evaluation_create *in)
{
    struct plan plan = {0};
    enum outcome outcome = lock(call, in->plan_id, &plan);
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
    struct plan_evaluation *rows = NULL;
    size_t count = 0;
    enum outcome outcome = tx_load_all(call->tx, &sql_plan_evaluation_lock,
                                       SOURCES({&shape_plan_evaluation_update, in}),
                                       &shape_plan_evaluation, &rows, &count);
    if (outcome == DONE && count == 0)
        outcome = register_refuse(call, &evaluations, in->id);
    if (outcome == DONE)
        outcome = call_expect_version(call, rows[0].version);
    if (outcome == DONE)
        outcome = plan_evaluation_check_update(&rows[0], in, call->error);
    return outcome == DONE
               ? register_update(call, &evaluations, &sql_plan_evaluation_update,
                                 SOURCES({&shape_plan_evaluation_update, in}),
                                 changes_named(call->arena, &shape_plan_evaluation_update, in))
               : outcome;
}
