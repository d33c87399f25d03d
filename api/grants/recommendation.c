#include "api/grants/recommendation.h"

#include "api/registry/write.h"
#include "operations.h"
#include "storage/statements.h"

static const struct registry recommendations = {.resource = "recommendation",
                                                .get = &sql_recommendation_get};

struct lock_key {
    struct text id;
    struct text meeting_id;
};
SHAPE(lock_key_shape, struct lock_key, FIELD(struct lock_key, id),
      FIELD(struct lock_key, meeting_id));

enum outcome recommendation_lock(struct call *call, struct text id, struct text meeting_id,
                                 struct recommendation *ret_recommendation)
{
    const struct lock_key key = {id, meeting_id};
    struct recommendation *rows = NULL;
    size_t count = 0;
    enum outcome outcome = tx_load_all(call->tx, &sql_recommendation_lock,
                                       SOURCES({&lock_key_shape, &key}), &shape_recommendation,
                                       &rows, &count);
    if (outcome == DONE && count == 0)
        outcome = register_refuse(call, &recommendations, id);
    if (outcome == DONE)
        *ret_recommendation = rows[0];
    return outcome;
}

enum outcome recommendation_load_cases(struct call *call,
                                       const struct recommendation *recommendation,
                                       struct recommendation_case **ret_cases, size_t *ret_count)
{
    enum outcome outcome = tx_execute(call->tx, &sql_recommendation_lock_bases,
                                      SOURCES({&shape_recommendation, recommendation}), NULL);
    return outcome == DONE ? tx_load_all(call->tx, &sql_recommendation_cases,
                                         SOURCES({&shape_recommendation, recommendation}),
                                         &shape_recommendation_case, ret_cases, ret_count)
                           : outcome;
}

enum outcome create_recommendation(struct call *call, const struct recommendation_create *in)
{
    struct recommendation prepared = {0};
    enum outcome outcome = tx_load(call->tx, &sql_recommendation_prepare,
                                   SOURCES({&shape_recommendation_create, in}),
                                   &shape_recommendation, &prepared);
    if (outcome == DONE)
        outcome = recommendation_check_create(&prepared, in, call->error);
    return outcome == DONE
               ? register_create(call, &recommendations, &sql_recommendation_insert,
                                 SOURCES({&shape_recommendation_create, in}),
                                 changes_named(call->arena, &shape_recommendation_create, in))
               : outcome;
}

enum outcome update_recommendation(struct call *call, const struct recommendation_update *in)
{
    struct recommendation recommendation = {0};
    enum outcome outcome = recommendation_lock(call, in->id, in->meeting_id, &recommendation);
    if (outcome == DONE)
        outcome = call_expect_version(call, recommendation.version);
    if (outcome == DONE)
        outcome = recommendation_check_update(&recommendation, in, call->error);
    return outcome == DONE
               ? register_update(call, &recommendations, &sql_recommendation_update,
                                 SOURCES({&shape_recommendation_update, in}),
                                 changes_named(call->arena, &shape_recommendation_update, in))
               : outcome;
}

/* ---- adoption -------------------------------------------------------------------------------- */

static enum outcome decide(struct call *call, const struct recommendation *recommendation,
                           const struct recommendation_adopt *in,
                           struct recommendation_change *ret_change)
{
    struct meeting_voter *voters = NULL;
    struct recommendation_case *cases = NULL;
    size_t voter_count = 0, case_count = 0;
    enum outcome outcome = tx_load_all(call->tx, &sql_recommendation_voters,
                                       SOURCES({&shape_recommendation, recommendation}),
                                       &shape_meeting_voter, &voters, &voter_count);
    if (outcome == DONE)
        outcome = recommendation_load_cases(call, recommendation, &cases, &case_count);
    return outcome == DONE ? recommendation_adopt(recommendation, in, voters, voter_count, cases,
                                                  case_count, call->error, ret_change)
                           : outcome;
}

struct passed_basis {
    struct text id;
    struct text state;
    int64_t version;
};
SHAPE(passed_basis_shape, struct passed_basis, FIELD(struct passed_basis, id),
      FIELD(struct passed_basis, state), FIELD(struct passed_basis, version));

/* Each basis as its line says. */
static enum outcome pass_on(struct call *call, const struct recommendation *recommendation,
                            struct text reason)
{
    struct passed_basis *bases = NULL;
    size_t count = 0;
    enum outcome outcome = tx_load_all(call->tx, &sql_recommendation_pass_on,
                                       SOURCES({&shape_recommendation, recommendation}),
                                       &passed_basis_shape, &bases, &count);
    for (size_t i = 0; i < count && outcome == DONE; i++)
        outcome = call_record(call, &(struct event){.resource = "decision_basis",
                                                    .id = bases[i].id.s,
                                                    .version = bases[i].version,
                                                    .from = "assessed",
                                                    .to = bases[i].state.s,
                                                    .reason = reason.s});
    return outcome;
}

enum outcome adopt_recommendation(struct call *call, const struct recommendation_adopt *in)
{
    struct recommendation recommendation = {0};
    struct recommendation_change change = {0};
    struct stored_row now = {0};
    enum outcome outcome = recommendation_lock(call, in->id, in->meeting_id, &recommendation);
    if (outcome == DONE)
        outcome = call_expect_version(call, recommendation.version);
    if (outcome == DONE)
        outcome = decide(call, &recommendation, in, &change);
    if (outcome == DONE)
        outcome = pass_on(call, &recommendation, in->reason);
    if (outcome == DONE)
        outcome = tx_load(
            call->tx, &sql_recommendation_adopt,
            SOURCES({&shape_recommendation_change, &change}, {&shape_recommendation_adopt, in}),
            &stored_row_shape, &now);
    if (outcome == DONE)
        outcome = call_record(call, &(struct event){.resource = recommendations.resource,
                                                    .id = in->id.s,
                                                    .version = now.version,
                                                    .from = recommendation.state.s,
                                                    .to = change.state.s,
                                                    .reason = in->reason.s});
    return outcome == DONE ? call_answer_item(call, recommendations.get, in->id.s) : outcome;
}
