#include "domain/smart/reflection.h"

#include "api/smart/seat.h"
#include "domain/smart/attendance.h"
#include "operations.h"
#include "storage/statements.h"

#define RESOURCE "session_reflections"

struct session_day {
    struct text held_on;
    struct text today_on;
};
SHAPE(session_day_shape, struct session_day, FIELD(struct session_day, held_on),
      FIELD(struct session_day, today_on));

struct stored_reflection {
    struct text session_id;
    bool mine;
    int64_t version;
};
SHAPE(stored_reflection_shape, struct stored_reflection,
      FIELD(struct stored_reflection, session_id), FIELD(struct stored_reflection, mine),
      FIELD(struct stored_reflection, version));

/* That the reflections of a session changed: not which of them, by whom or in which request. */
static enum outcome record_without_name(struct call *call, struct text session_id)
{
    const struct principal *caller = call->principal;
    const char *request_id = call->request_id;
    enum outcome outcome = seat_become_system(call);
    call->request_id = NULL;
    if (outcome == DONE)
        outcome = call_record(call, &(struct event){.resource = RESOURCE, .id = session_id.s});
    call->request_id = request_id;
    return outcome == DONE ? seat_become_caller(call, caller) : outcome;
}

enum outcome create_reflection(struct call *call, const struct reflection_create *in)
{
    struct session_day day = {0};
    struct stored_row created = {0};
    enum outcome outcome = tx_load(call->tx, &sql_reflection_session,
                                   SOURCES({&shape_reflection_create, in}), &session_day_shape,
                                   &day);
    if (outcome == DONE)
        outcome = session_check_held(day.held_on, day.today_on, call->error);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_reflection_insert, SOURCES({&shape_reflection_create, in}),
                          &stored_row_shape, &created);
    if (outcome == DONE)
        outcome = record_without_name(call, in->session_id);
    return outcome == DONE ? call_answer_item(call, &sql_reflection_get, created.id.s) : outcome;
}

/* Who removes somebody else's text does so in their own name. */
enum outcome delete_reflection(struct call *call, const struct reflection_key *in)
{
    struct stored_reflection reflection = {0};
    int64_t removed = 0;
    enum outcome outcome = tx_load(call->tx, &sql_reflection_load,
                                   SOURCES({&shape_reflection_key, in}), &stored_reflection_shape,
                                   &reflection);
    if (outcome == DONE)
        outcome = call_expect_version(call, reflection.version);
    if (outcome == DONE)
        outcome = tx_execute(call->tx, &sql_reflection_delete, SOURCES({&shape_reflection_key, in}),
                             &removed);
    if (outcome == DONE && removed == 0)
        outcome = error_refuse(call->error, FORBIDDEN, "forbidden", NULL);
    if (outcome != DONE)
        return outcome;
    if (reflection.mine)
        return record_without_name(call, reflection.session_id);
    return call_record(call, &(struct event){.resource = RESOURCE, .id = reflection.session_id.s});
}
