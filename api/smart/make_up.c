#include "domain/smart/make_up.h"

#include "api/registry/write.h"
#include "api/smart/completion.h"
#include "api/smart/seat.h"
#include "operations.h"
#include "storage/statements.h"

#define RESOURCE "make_up"

struct made {
    struct text state;
};
SHAPE(made_shape, struct made, FIELD(struct made, state));

static enum outcome look(struct call *call, const struct make_up_create *in,
                         struct make_up_context *ret)
{
    return tx_load(call->tx, &sql_make_up_context, SOURCES({&shape_make_up_create, in}),
                   &shape_make_up_context, ret);
}

enum outcome create_make_up(struct call *call, const struct make_up_create *in)
{
    struct make_up_context context = {0};
    struct made made = {0};
    struct stored_row created = {0};
    struct course course = {0};
    enum outcome outcome = look(call, in, &context);
    if (outcome == DONE && given(context.course_id.is))
        outcome = seat_lock_course(call, context.course_id, &course);
    if (outcome == DONE) /* again: who had the course meanwhile may have recorded a list */
        outcome = look(call, in, &context);
    if (outcome == DONE)
        outcome = make_up_decide(&context, call->error, &made.state);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_make_up_insert,
                          SOURCES({&made_shape, &made}, {&shape_make_up_create, in}),
                          &stored_row_shape, &created);
    if (outcome == DONE)
        outcome = call_record(call, &(struct event){.resource = RESOURCE,
                                                    .id = created.id.s,
                                                    .version = created.version,
                                                    .to = made.state.s});
    if (outcome == DONE)
        outcome = completion_settle(call, context.course_id, (struct text){.is = ABSENT});
    return outcome == DONE ? call_answer_item(call, &sql_make_up_get, created.id.s) : outcome;
}

/* Course first, then the make-up. FORBIDDEN when the caller sees it and may not decide. */
static enum outcome lock(struct call *call, struct text id, struct make_up *ret)
{
    const struct row_id key = {.id = id};
    struct rows *rows = NULL;
    struct course course = {0};
    struct make_up *locked = NULL;
    size_t count = 0;
    enum outcome outcome = tx_query(call->tx, &sql_make_up_course, SOURCES({&row_id_shape, &key}),
                                    &rows);
    if (outcome == DONE && rows_count(rows) == 0)
        outcome = error_refuse(call->error, NOT_FOUND, "not_found", NULL);
    if (outcome == DONE)
        outcome = seat_lock_course(call, rows_text(rows, 0, "course_id", call->arena), &course);
    if (outcome == DONE)
        outcome = tx_load_all(call->tx, &sql_make_up_lock, SOURCES({&row_id_shape, &key}),
                              &shape_make_up, &locked, &count);
    if (outcome == DONE && count == 0)
        outcome = error_refuse(call->error, FORBIDDEN, "forbidden", NULL);
    if (outcome != DONE)
        return outcome;
    *ret = locked[0];
    return call_expect_version(call, ret->version);
}

static enum outcome act(struct call *call, const struct make_up_action *in, const char *action)
{
    struct make_up make_up = {0};
    struct make_up_context context = {0};
    const struct transition *transition = NULL;
    enum outcome outcome = lock(call, in->id, &make_up);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_make_up_context, SOURCES({&shape_make_up, &make_up}),
                          &shape_make_up_context, &context);
    if (outcome == DONE)
        outcome = make_up_apply(&make_up, action, &context, call->error, &transition);
    if (outcome != DONE)
        return outcome;
    const struct made made = {.state = text_of(transition->to)};
    outcome = register_store(call, &sql_make_up_set_state,
                             SOURCES({&made_shape, &made}, {&shape_make_up_action, in}),
                             &(struct event){.resource = RESOURCE,
                                             .from = transition->from,
                                             .to = transition->to,
                                             .reason = in->reason.s});
    if (outcome == DONE)
        outcome = completion_settle(call, make_up.course_id, in->reason);
    return outcome == DONE ? call_answer_item(call, &sql_make_up_get, in->id.s) : outcome;
}

enum outcome confirm_make_up(struct call *call, const struct make_up_action *in)
{
    return act(call, in, "confirm");
}

enum outcome decline_make_up(struct call *call, const struct make_up_action *in)
{
    return act(call, in, "decline");
}
