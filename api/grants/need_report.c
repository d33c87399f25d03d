#include "domain/grants/need_report.h"

#include "api/grants/owner_place.h"
#include "api/registry/write.h"
#include "operations.h"
#include "storage/statements.h"

static const struct registry needs = {
    .resource = "need_report", .get = &sql_need_report_get, .lock = &sql_need_report_lock};

/* ---- content --------------------------------------------------------------------------------- */

struct citation {
    struct text id; /* of the need */
    struct text round_id;
    struct text owner_id;
    struct text_list self_assessment_ids;
};
SHAPE(citation_shape, struct citation, FIELD(struct citation, id), FIELD(struct citation, round_id),
      FIELD(struct citation, owner_id), FIELD(struct citation, self_assessment_ids));

static enum outcome check_citation(struct call *call, const struct citation *citation)
{
    struct cited_assessment *found = NULL;
    size_t count = 0;
    enum outcome outcome = tx_load_all(call->tx, &sql_need_report_cited,
                                       SOURCES({&citation_shape, citation}),
                                       &shape_cited_assessment, &found, &count);
    return outcome == DONE ? need_report_check_assessments(&citation->self_assessment_ids, found,
                                                           count, call->error)
                           : outcome;
}

/* Last of all that is stored, as citing others makes a further version. */
static enum outcome finish(struct call *call, const struct citation *citation, const char *changes)
{
    enum outcome outcome = DONE;
    if (given(citation->self_assessment_ids.is))
        outcome = tx_execute(call->tx, &sql_need_report_cite, SOURCES({&citation_shape, citation}),
                             NULL);
    return outcome == DONE ? register_update(call, &needs, &sql_need_report_stored,
                                             SOURCES({&citation_shape, citation}), changes)
                           : outcome;
}

enum outcome create_need_report(struct call *call, const struct need_report_create *in)
{
    struct citation citation = {.round_id = in->round_id,
                                .owner_id = in->owner_id,
                                .self_assessment_ids = in->self_assessment_ids};
    struct found_place place = {0};
    struct stored_row created = {0};
    enum outcome outcome = check_citation(call, &citation);
    if (outcome == DONE)
        outcome = owner_place_find(call, in->round_id, in->owner_id, &place);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_need_report_insert,
                          SOURCES({&found_place_shape, &place}, {&shape_need_report_create, in}),
                          &stored_row_shape, &created);
    citation.id = created.id;
    return outcome == DONE
               ? finish(call, &citation, changes_named(call->arena, &shape_need_report_create, in))
               : outcome;
}

enum outcome update_need_report(struct call *call, const struct need_report_update *in)
{
    struct need_report need = {0};
    enum outcome outcome = register_load(call, &needs, in->id, &shape_need_report, &need);
    const struct citation citation = {.id = in->id,
                                      .round_id = need.round_id,
                                      .owner_id = need.owner_id,
                                      .self_assessment_ids = in->self_assessment_ids};
    if (outcome == DONE)
        outcome = need_report_check_update(&need, call->error);
    if (outcome == DONE)
        outcome = check_citation(call, &citation);
    if (outcome == DONE)
        outcome = tx_execute(call->tx, &sql_need_report_update,
                             SOURCES({&shape_need_report_update, in}), NULL);
    return outcome == DONE
               ? finish(call, &citation, changes_named(call->arena, &shape_need_report_update, in))
               : outcome;
}

/* ---- actions --------------------------------------------------------------------------------- */

static enum outcome move(struct call *call, const struct need_report *need,
                         const struct need_report_change *change, struct text reason)
{
    return register_move(
        call, &needs, &sql_need_report_set_state,
        SOURCES({&shape_need_report_change, change}, {&shape_need_report, need}),
        &(struct event){.from = need->state.s, .to = change->state.s, .reason = reason.s});
}

enum outcome submit_need_report(struct call *call, const struct need_report_action *in)
{
    struct need_report need = {0};
    struct need_report_change change = {0};
    enum outcome outcome = register_load(call, &needs, in->id, &shape_need_report, &need);
    if (outcome == DONE)
        outcome = need_report_submit(&need, call->error, &change);
    return outcome == DONE ? move(call, &need, &change, in->reason) : outcome;
}

typedef enum outcome decide_need(const struct need_report *need,
                                 const struct need_report_action *in, struct error *error,
                                 struct need_report_change *ret_change);

/* What the network says of a need: its note is a text of the case and stays out of the log. */
static enum outcome act(struct call *call, const struct need_report_action *in, decide_need *decide)
{
    struct need_report need = {0};
    struct need_report_change change = {0};
    enum outcome outcome = register_load(call, &needs, in->id, &shape_need_report, &need);
    if (outcome == DONE)
        outcome = decide(&need, in, call->error, &change);
    return outcome == DONE ? move(call, &need, &change, (struct text){0}) : outcome;
}

enum outcome return_need_report(struct call *call, const struct need_report_action *in)
{
    return act(call, in, need_report_return);
}

enum outcome include_need_report(struct call *call, const struct need_report_action *in)
{
    return act(call, in, need_report_include);
}

enum outcome exclude_need_report(struct call *call, const struct need_report_action *in)
{
    return act(call, in, need_report_exclude);
}
