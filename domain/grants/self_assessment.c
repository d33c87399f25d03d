#include "domain/grants/self_assessment.h"

#include "domain/base/text.h"

const char *const self_assessment_states[] = {ASSESSMENT_DRAFT, ASSESSMENT_COMPLETED, NULL};

static const struct transition self_assessment_transitions[] = {
    {.from = ASSESSMENT_DRAFT,
     .action = "complete",
     .to = ASSESSMENT_COMPLETED,
     .permission = "grants.self_assessment.write"},
    {.from = ASSESSMENT_COMPLETED,
     .action = "reopen",
     .to = ASSESSMENT_DRAFT,
     .permission = "grants.self_assessment.write"},
};

const struct machine self_assessment_machine = MACHINE_OF(self_assessment_transitions);

SHAPE(shape_self_assessment, struct self_assessment, FIELD(struct self_assessment, id),
      FIELD(struct self_assessment, state), FIELD(struct self_assessment, today_on),
      FIELD(struct self_assessment, version));

SHAPE(shape_self_assessment_change, struct self_assessment_change,
      FIELD(struct self_assessment_change, state),
      FIELD(struct self_assessment_change, completed_on));

enum outcome self_assessment_check_unit(struct text org_type, struct text owner_id,
                                        struct error *error)
{
    static const char *const units[] = {"kindergarten", "school", "sfo", "ppt", NULL};

    if (!given(org_type.is)) {
        error_fault(error, "/unit_id", "unknown_reference", NULL);
    } else if (!text_is_one_of(org_type, units)) {
        error_fault(error, "/unit_id", "organisation_unfit", NULL);
    } else if (!given(owner_id.is)) {
        error_fault(error, "/unit_id", "unit_without_owner", NULL);
    }
    return error_outcome(error);
}

enum outcome self_assessment_check_update(const struct self_assessment *assessment,
                                          struct error *error)
{
    return text_is(assessment->state, ASSESSMENT_DRAFT)
               ? DONE
               : error_refuse(error, CONFLICT, "assessment_completed", NULL);
}

static enum outcome apply(const struct self_assessment *assessment, const char *action,
                          struct error *error, struct self_assessment_change *ret_change)
{
    *ret_change = (struct self_assessment_change){0};
    return machine_next(&self_assessment_machine, assessment->state, action, error,
                        &ret_change->state);
}

enum outcome self_assessment_complete(const struct self_assessment *assessment, struct error *error,
                                      struct self_assessment_change *ret_change)
{
    enum outcome outcome = apply(assessment, "complete", error, ret_change);
    if (outcome == DONE) {
        ret_change->completed_on = assessment->today_on;
    }
    return outcome;
}

enum outcome self_assessment_reopen(const struct self_assessment *assessment, struct error *error,
                                    struct self_assessment_change *ret_change)
{
    return apply(assessment, "reopen", error, ret_change);
}
