#include "api/smart/completion.h"

#include "api/smart/seat.h"
#include "domain/smart/attendance.h"
#include "storage/statements.h"

static enum outcome settle_one(struct call *call, const struct registration *registration,
                               bool missed, struct text reason)
{
    struct registration_outcome result = {0};
    struct stored_row now = {0};
    if (text_is(registration->state, missed ? REGISTRATION_NO_SHOW : REGISTRATION_COMPLETED))
        return DONE;
    enum outcome outcome = registration_course_complete(registration, missed, call->now,
                                                        call->error, &result);
    if (outcome == DONE)
        outcome = tx_load(
            call->tx, &sql_registration_set_state,
            SOURCES({&shape_registration_outcome, &result}, {&shape_registration, registration}),
            &stored_row_shape, &now);
    if (outcome == DONE)
        outcome = call_record(call, &(struct event){.resource = "registration",
                                                    .id = registration->id.s,
                                                    .version = now.version,
                                                    .action = "course_complete",
                                                    .from = registration->state.s,
                                                    .to = result.state.s,
                                                    .reason = reason.s});
    return outcome;
}

enum outcome completion_settle(struct call *call, struct text course_id, struct text reason)
{
    const struct principal *caller = call->principal;
    const struct row_id key = {.id = course_id};
    struct registration *participants = NULL;
    struct attendance_participant *missed = NULL;
    size_t count = 0, missed_count = 0;
    enum outcome outcome = seat_become_system(call);
    if (outcome == DONE)
        outcome = tx_load_all(call->tx, &sql_completion_lock, SOURCES({&row_id_shape, &key}),
                              &shape_registration, &participants, &count);
    if (outcome == DONE && count > 0)
        outcome = tx_load_all(call->tx, &sql_completion_missed, SOURCES({&row_id_shape, &key}),
                              &shape_attendance_participant, &missed, &missed_count);
    /* Both in the order of their ids. */
    for (size_t i = 0, m = 0; i < count && outcome == DONE; i++) {
        bool never_came = m < missed_count && text_equals(missed[m].id, participants[i].id);
        m += never_came;
        outcome = settle_one(call, &participants[i], never_came, reason);
    }
    return outcome == DONE ? seat_become_caller(call, caller) : outcome;
}
