#include "domain/grants/recommendation_line.h"

#include "api/grants/recommendation.h"
#include "api/registry/write.h"
#include "operations.h"
#include "storage/statements.h"

static const struct registry lines = {.resource = "recommendation_line",
                                      .get = &sql_recommendation_line_get};

static enum outcome lock_draft(struct call *call, struct text id,
                               struct recommendation *ret_recommendation)
{
    const struct text own_meeting = {.is = ABSENT};
    enum outcome outcome = recommendation_lock(call, id, own_meeting, ret_recommendation);
    return outcome == DONE ? recommendation_check_draft(ret_recommendation, call->error) : outcome;
}

/* The recommendation first: all that changes lines waits for it. */
static enum outcome lock(struct call *call, struct text id,
                         struct recommendation *ret_recommendation,
                         struct recommendation_line *ret_line)
{
    const struct row_id key = {.id = id};
    const struct text own_meeting = {.is = ABSENT};
    struct row_id *wholes = NULL;
    size_t count = 0;
    enum outcome outcome = tx_load_all(call->tx, &sql_recommendation_line_whole,
                                       SOURCES({&row_id_shape, &key}), &row_id_shape, &wholes,
                                       &count);
    if (outcome == DONE && count == 0)
        outcome = error_refuse(call->error, NOT_FOUND, "not_found", NULL);
    if (outcome == DONE)
        outcome = recommendation_lock(call, wholes[0].id, own_meeting, ret_recommendation);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_recommendation_line_load, SOURCES({&row_id_shape, &key}),
                          &shape_recommendation_line, ret_line);
    if (outcome == DONE)
        outcome = call_expect_version(call, ret_line->version);
    return outcome == DONE ? recommendation_check_draft(ret_recommendation, call->error) : outcome;
}

/* And what follows for it. */
static enum outcome check(struct call *call, const struct recommendation *recommendation,
                          struct recommendation_line *line)
{
    struct recommendation_case *cases = NULL;
    struct meeting_voter *members = NULL;
    size_t case_count = 0, member_count = 0;
    enum outcome outcome = recommendation_load_cases(call, recommendation, &cases, &case_count);
    if (outcome == DONE)
        outcome = tx_load_all(call->tx, &sql_recommendation_members,
                              SOURCES({&shape_recommendation, recommendation}),
                              &shape_meeting_voter, &members, &member_count);
    return outcome == DONE ? recommendation_line_check(line, cases, case_count, members,
                                                       member_count, call->error)
                           : outcome;
}

enum outcome create_recommendation_line(struct call *call,
                                        const struct recommendation_line_create *in)
{
    struct recommendation recommendation = {0};
    struct recommendation_line line = recommendation_line_of(in);
    enum outcome outcome = lock_draft(call, in->recommendation_id, &recommendation);
    if (outcome == DONE)
        outcome = check(call, &recommendation, &line);
    return outcome == DONE
               ? register_create(call, &lines, &sql_recommendation_line_insert,
                                 SOURCES({&shape_recommendation_line, &line},
                                         {&shape_recommendation_line_create, in}),
                                 changes_named(call->arena, &shape_recommendation_line_create, in))
               : outcome;
}

enum outcome update_recommendation_line(struct call *call,
                                        const struct recommendation_line_update *in)
{
    struct recommendation recommendation = {0};
    struct recommendation_line line = {0};
    enum outcome outcome = lock(call, in->id, &recommendation, &line);
    if (outcome == DONE) {
        recommendation_line_merge(&line, in);
        outcome = check(call, &recommendation, &line);
    }
    return outcome == DONE
               ? register_update(call, &lines, &sql_recommendation_line_update,
                                 SOURCES({&shape_recommendation_line, &line},
                                         {&shape_recommendation_line_update, in}),
                                 changes_named(call->arena, &shape_recommendation_line_update, in))
               : outcome;
}

enum outcome delete_recommendation_line(struct call *call,
                                        const struct recommendation_line_delete *in)
{
    struct recommendation recommendation = {0};
    struct recommendation_line line = {0};
    struct recommendation_case *cases = NULL;
    size_t case_count = 0;
    enum outcome outcome = lock(call, in->id, &recommendation, &line);
    if (outcome == DONE)
        outcome = recommendation_load_cases(call, &recommendation, &cases, &case_count);
    if (outcome == DONE)
        outcome = recommendation_line_check_impartial(&line, cases, case_count, call->error);
    if (outcome == DONE)
        outcome = tx_execute(call->tx, &sql_recommendation_line_delete,
                             SOURCES({&shape_recommendation_line_delete, in}), NULL);
    return outcome == DONE ? call_record(call, &(struct event){.resource = lines.resource,
                                                               .id = in->id.s,
                                                               .version = line.version})
                           : outcome;
}
