#include "domain/smart/attendance.h"

#include "api/smart/completion.h"
#include "api/smart/seat.h"
#include "operations.h"
#include "storage/statements.h"

/* Course first, then the list: who completes the course meanwhile waits, or is waited for. */
static enum outcome lock(struct call *call, struct text session_id, struct attendance_sheet *ret)
{
    const struct row_id key = {.id = session_id};
    struct rows *rows = NULL;
    struct course course = {0};
    enum outcome outcome = tx_query(call->tx, &sql_attendance_course,
                                    SOURCES({&row_id_shape, &key}), &rows);
    if (outcome == DONE && rows_count(rows) == 0)
        outcome = error_refuse(call->error, NOT_FOUND, "not_found", NULL);
    if (outcome == DONE)
        outcome = seat_lock_course(call, rows_text(rows, 0, "course_id", call->arena), &course);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_attendance_lock, SOURCES({&row_id_shape, &key}),
                          &shape_attendance_sheet, ret);
    return outcome == DONE ? call_expect_version(call, ret->version) : outcome;
}

static enum outcome check(struct call *call, const struct attendance_record *in,
                          const struct attendance_sheet *sheet)
{
    struct attendance_participant *participants = NULL;
    size_t count = 0;
    enum outcome outcome = tx_load_all(call->tx, &sql_attendance_participants,
                                       SOURCES({&shape_attendance_sheet, sheet}),
                                       &shape_attendance_participant, &participants, &count);
    return outcome == DONE ? attendance_check(in, sheet, participants, count, call->error)
                           : outcome;
}

enum outcome record_attendance(struct call *call, const struct attendance_record *in)
{
    struct attendance_sheet sheet = {0};
    struct stored_row now = {0};
    enum outcome outcome = lock(call, in->id, &sheet);
    if (outcome == DONE)
        outcome = check(call, in, &sheet);
    if (outcome == DONE)
        outcome = tx_execute(
            call->tx, &sql_attendance_record,
            SOURCES({&shape_attendance_record, in}, {&shape_attendance_sheet, &sheet}), NULL);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_attendance_recorded,
                          SOURCES({&shape_attendance_sheet, &sheet}), &stored_row_shape, &now);
    if (outcome == DONE)
        outcome = call_record(
            call,
            &(struct event){.resource = "attendance", .id = in->id.s, .version = now.version});
    if (outcome == DONE)
        outcome = completion_settle(call, sheet.course_id, (struct text){.is = ABSENT});
    return outcome == DONE ? call_answer_item(call, &sql_attendance_get, in->id.s) : outcome;
}
