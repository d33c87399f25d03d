#include "domain/grants/plan.h"

#include "domain/base/clock.h"

const char *const plan_states[] = {PLAN_DRAFT, PLAN_HEARING, PLAN_ADOPTED, PLAN_SUPERSEDED, NULL};

static const struct transition plan_transitions[] = {
    {.from = PLAN_DRAFT, .action = "hear", .to = PLAN_HEARING, .permission = "grants.plan.update"},
    {.from = PLAN_HEARING,
     .action = "adopt",
     .to = PLAN_ADOPTED,
     .permission = "grants.plan.adopt"},
};

const struct machine plan_machine = MACHINE_OF(plan_transitions);

SHAPE(shape_plan, struct plan, FIELD(struct plan, id), FIELD(struct plan, state),
      FIELD(struct plan, adopted_on), FIELD(struct plan, present_id),
      FIELD(struct plan, present_on), FIELD(struct plan, today_on), FIELD(struct plan, version));

SHAPE(shape_plan_change, struct plan_change, FIELD(struct plan_change, state),
      FIELD(struct plan_change, adopted_on));

SHAPE(shape_plan_evaluation, struct plan_evaluation, FIELD(struct plan_evaluation, id),
      FIELD(struct plan_evaluation, held_on), FIELD(struct plan_evaluation, today_on),
      FIELD(struct plan_evaluation, version));

/* ---- the text -------------------------------------------------------------------------------- */

static enum outcome check_annexes(const struct record_list *annexes, struct error *error)
{
    const struct plan_annex *items = annexes->items;
    for (size_t i = 0; i < annexes->count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (items[i].no.v == items[j].no.v) {
                error_fault(error, arena_format(error->arena, "/annexes/%zu/no", i),
                            "annex_repeated", NULL);
                break;
            }
        }
    }
    return error_outcome(error);
}

enum outcome plan_check_create(const struct plan_create *in, struct error *error)
{
    return check_annexes(&in->annexes, error);
}

enum outcome plan_check_update(const struct plan *plan, const struct plan_update *in,
                               struct error *error)
{
    if (!text_is(plan->state, PLAN_DRAFT) && !text_is(plan->state, PLAN_HEARING)) {
        return error_refuse(error, CONFLICT, "plan_not_editable", NULL);
    }
    return check_annexes(&in->annexes, error);
}

/* ---- actions --------------------------------------------------------------------------------- */

static enum outcome apply(const struct plan *plan, const char *action, struct error *error,
                          struct plan_change *ret_change)
{
    *ret_change = (struct plan_change){0};
    return machine_next(&plan_machine, plan->state, action, error, &ret_change->state);
}

enum outcome plan_hear(const struct plan *plan, struct error *error, struct plan_change *ret_change)
{
    return apply(plan, "hear", error, ret_change);
}

enum outcome plan_adopt(const struct plan *plan, const struct plan_action *in, struct error *error,
                        struct plan_change *ret_change)
{
    enum outcome outcome = apply(plan, "adopt", error, ret_change);
    if (outcome != DONE) {
        return outcome;
    }
    ret_change->adopted_on = given(in->adopted_on.is) ? in->adopted_on : plan->today_on;
    if (day_is_before(plan->today_on, ret_change->adopted_on)) {
        return error_refuse(error, CONFLICT, "date_in_future", NULL);
    }
    if (day_is_before(ret_change->adopted_on, plan->present_on)) {
        error_arg(error, "present_on", plan->present_on.s);
        return error_refuse(error, CONFLICT, "plan_older_than_present", NULL);
    }
    return DONE;
}

/* ---- the yearly stop point ------------------------------------------------------------------- */

enum outcome plan_evaluate(const struct plan *plan, const struct plan_evaluation_create *in,
                           struct error *error)
{
    if (!text_is(plan->state, PLAN_ADOPTED) || day_is_before(in->held_on, plan->adopted_on)) {
        return error_refuse(error, CONFLICT, "plan_not_in_force", NULL);
    }
    if (day_is_before(plan->today_on, in->held_on)) {
        return error_refuse(error, CONFLICT, "date_in_future", NULL);
    }
    return DONE;
}

enum outcome plan_evaluation_check_update(const struct plan_evaluation *evaluation,
                                          const struct plan_evaluation_update *in,
                                          struct error *error)
{
    static const size_t year_digits = 4;
    if (!given(in->held_on.is)) {
        return DONE;
    }
    if (strncmp(in->held_on.s, evaluation->held_on.s, year_digits) != 0) {
        error_fault(error, "/held_on", "other_year", NULL);
        return error_outcome(error);
    }
    if (day_is_before(evaluation->today_on, in->held_on)) {
        return error_refuse(error, CONFLICT, "date_in_future", NULL);
    }
    return DONE;
}
