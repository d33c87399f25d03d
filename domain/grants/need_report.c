#include "domain/grants/need_report.h"

#include "domain/base/clock.h"
#include "domain/grants/round.h"

const char *const need_report_states[] = {
    NEED_DRAFT, NEED_SUBMITTED, NEED_RETURNED, NEED_INCLUDED, NEED_NOT_INCLUDED, NULL,
};

static const struct transition need_report_transitions[] = {
    {.from = NEED_DRAFT,
     .action = "submit",
     .to = NEED_SUBMITTED,
     .permission = "grants.need_report.write"},
    {.from = NEED_RETURNED,
     .action = "submit",
     .to = NEED_SUBMITTED,
     .permission = "grants.need_report.write"},
    {.from = NEED_SUBMITTED,
     .action = "return",
     .to = NEED_RETURNED,
     .permission = "grants.need_report.decide"},
    {.from = NEED_SUBMITTED,
     .action = "include",
     .to = NEED_INCLUDED,
     .permission = "grants.need_report.decide"},
    {.from = NEED_SUBMITTED,
     .action = "exclude",
     .to = NEED_NOT_INCLUDED,
     .permission = "grants.need_report.decide"},
};

const struct machine need_report_machine = MACHINE_OF(need_report_transitions);

SHAPE(shape_need_report, struct need_report, FIELD(struct need_report, id),
      FIELD(struct need_report, state), FIELD(struct need_report, round_id),
      FIELD(struct need_report, owner_id), FIELD(struct need_report, round_state),
      FIELD(struct need_report, basis_due_on), FIELD(struct need_report, due_on),
      FIELD(struct need_report, deadline_hard), FIELD(struct need_report, was_submitted),
      FIELD(struct need_report, submitted_late), FIELD(struct need_report, open_assessments),
      FIELD(struct need_report, owned), FIELD(struct need_report, coordinated),
      FIELD(struct need_report, today_on), FIELD(struct need_report, version));

SHAPE(shape_need_report_change, struct need_report_change, FIELD(struct need_report_change, state),
      FIELD(struct need_report_change, state_note), FIELD(struct need_report_change, submitted_now),
      FIELD(struct need_report_change, submitted_late));

SHAPE(shape_cited_assessment, struct cited_assessment, FIELD(struct cited_assessment, id),
      FIELD(struct cited_assessment, fits));

/* ---- content --------------------------------------------------------------------------------- */

static const struct cited_assessment *find_cited(struct text id,
                                                 const struct cited_assessment *found, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (text_equals(found[i].id, id)) {
            return &found[i];
        }
    }
    return NULL;
}

enum outcome need_report_check_assessments(const struct text_list *ids,
                                           const struct cited_assessment *found, size_t found_count,
                                           struct error *error)
{
    for (size_t i = 0; i < ids->count; i++) {
        const struct cited_assessment *cited = find_cited(ids->items[i], found, found_count);
        if (!cited || !cited->fits) {
            error_fault(error, arena_format(error->arena, "/self_assessment_ids/%zu", i),
                        cited ? "assessment_unfit" : "unknown_reference", NULL);
        }
    }
    return error_outcome(error);
}

enum outcome need_report_check_update(const struct need_report *need, struct error *error)
{
    if (!need->owned) {
        return error_refuse(error, FORBIDDEN, "forbidden", NULL);
    }
    if (!text_is(need->state, NEED_DRAFT) && !text_is(need->state, NEED_RETURNED)) {
        return error_refuse(error, CONFLICT, "need_report_passed_on", NULL);
    }
    return DONE;
}

/* ---- actions --------------------------------------------------------------------------------- */

/* A role may be held somewhere else; here it is asked for on this row. */
static enum outcome apply(const struct need_report *need, bool may, const char *action,
                          struct error *error, struct need_report_change *ret_change)
{
    const struct transition *transition = NULL;
    if (!may) {
        return error_refuse(error, FORBIDDEN, "forbidden", NULL);
    }
    enum outcome outcome = machine_apply(&need_report_machine, need->state.s, action, error,
                                         &transition);
    if (outcome == DONE) {
        *ret_change = (struct need_report_change){.state = text_of(transition->to),
                                                  .submitted_late = need->submitted_late};
    }
    return outcome;
}

static enum outcome check_time(const struct need_report *need, struct error *error)
{
    const struct round round = {
        .state = need->round_state, .basis_due_on = need->basis_due_on, .today_on = need->today_on};
    if (round_bases_closed(&round)) {
        return error_refuse(error, CONFLICT, "bases_closed", NULL);
    }
    if (need->deadline_hard && day_is_before(need->due_on, need->today_on)) {
        error_arg(error, "due_on", need->due_on.s);
        return error_refuse(error, CONFLICT, "deadline_passed", NULL);
    }
    return DONE;
}

enum outcome need_report_submit(const struct need_report *need, struct error *error,
                                struct need_report_change *ret_change)
{
    enum outcome outcome = apply(need, need->owned, "submit", error, ret_change);
    if (outcome == DONE && !need->was_submitted) {
        outcome = check_time(need, error);
    }
    if (outcome != DONE) {
        return outcome;
    }
    if (need->open_assessments > 0) {
        return error_refuse(error, CONFLICT, "assessment_not_completed", NULL);
    }
    ret_change->submitted_now = true;
    if (!need->was_submitted) {
        ret_change->submitted_late = day_is_before(need->due_on, need->today_on);
    }
    return DONE;
}

static enum outcome decide(const struct need_report *need, const struct need_report_action *in,
                           const char *action, struct error *error,
                           struct need_report_change *ret_change)
{
    enum outcome outcome = apply(need, need->coordinated, action, error, ret_change);
    if (outcome == DONE) {
        ret_change->state_note = in->note;
    }
    return outcome;
}

enum outcome need_report_return(const struct need_report *need, const struct need_report_action *in,
                                struct error *error, struct need_report_change *ret_change)
{
    return decide(need, in, "return", error, ret_change);
}

enum outcome need_report_include(const struct need_report *need,
                                 const struct need_report_action *in, struct error *error,
                                 struct need_report_change *ret_change)
{
    return decide(need, in, "include", error, ret_change);
}

enum outcome need_report_exclude(const struct need_report *need,
                                 const struct need_report_action *in, struct error *error,
                                 struct need_report_change *ret_change)
{
    return decide(need, in, "exclude", error, ret_change);
}
