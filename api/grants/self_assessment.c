#include "domain/grants/self_assessment.h"

#include "api/grants/organisation.h"
#include "api/grants/owner_place.h"
#include "api/registry/write.h"
#include "operations.h"
#include "storage/statements.h"

static const struct registry assessments = {.resource = "self_assessment",
                                            .get = &sql_self_assessment_get,
                                            .lock = &sql_self_assessment_lock};

enum outcome create_self_assessment(struct call *call, const struct self_assessment_create *in)
{
    struct organisation_known unit = {0};
    struct found_place place = {0};
    enum outcome outcome = organisation_load(call, in->unit_id, &unit);
    if (outcome == DONE)
        outcome = self_assessment_check_unit(unit.org_type, unit.parent_id, call->error);
    if (outcome == DONE)
        outcome = owner_place_find(call, in->round_id, unit.parent_id, &place);
    return outcome == DONE
               ? register_create(
                     call, &assessments, &sql_self_assessment_insert,
                     SOURCES({&found_place_shape, &place}, {&shape_self_assessment_create, in}),
                     changes_named(call->arena, &shape_self_assessment_create, in))
               : outcome;
}

enum outcome update_self_assessment(struct call *call, const struct self_assessment_update *in)
{
    struct self_assessment assessment = {0};
    enum outcome outcome = register_load(call, &assessments, in->id, &shape_self_assessment,
                                         &assessment);
    if (outcome == DONE)
        outcome = self_assessment_check_update(&assessment, call->error);
    return outcome == DONE
               ? register_update(call, &assessments, &sql_self_assessment_update,
                                 SOURCES({&shape_self_assessment_update, in}),
                                 changes_named(call->arena, &shape_self_assessment_update, in))
               : outcome;
}

typedef enum outcome decide_action(const struct self_assessment *assessment, struct error *error,
                                   struct self_assessment_change *ret_change);

static enum outcome act(struct call *call, const struct self_assessment_action *in,
                        decide_action *decide)
{
    struct self_assessment assessment = {0};
    struct self_assessment_change change = {0};
    enum outcome outcome = register_load(call, &assessments, in->id, &shape_self_assessment,
                                         &assessment);
    if (outcome == DONE)
        outcome = decide(&assessment, call->error, &change);
    return outcome == DONE ? register_move(call, &assessments, &sql_self_assessment_set_state,
                                           SOURCES({&shape_self_assessment_change, &change},
                                                   {&shape_self_assessment, &assessment}),
                                           &(struct event){.from = assessment.state.s,
                                                           .to = change.state.s,
                                                           .reason = in->reason.s})
                           : outcome;
}

enum outcome complete_self_assessment(struct call *call, const struct self_assessment_action *in)
{
    return act(call, in, self_assessment_complete);
}

enum outcome reopen_self_assessment(struct call *call, const struct self_assessment_action *in)
{
    return act(call, in, self_assessment_reopen);
}
