#include "domain/smart/attendance.h"

#include "domain/base/clock.h"
#include "domain/base/text.h"

const char *const attendance_statuses[] = {ATTENDANCE_PRESENT, ATTENDANCE_ABSENT,
                                           ATTENDANCE_EXCUSED, NULL};

SHAPE(shape_attendance_sheet, struct attendance_sheet, FIELD(struct attendance_sheet, id),
      FIELD(struct attendance_sheet, course_id), FIELD(struct attendance_sheet, held_on),
      FIELD(struct attendance_sheet, today_on), FIELD(struct attendance_sheet, version));

SHAPE(shape_attendance_participant, struct attendance_participant,
      FIELD(struct attendance_participant, id));

enum outcome session_check_held(struct text held_on, struct text today_on, struct error *error)
{
    int64_t days = 0;

    if (!days_between(held_on, today_on, &days)) {
        return error_refuse(error, INTERNAL, "internal_error", NULL);
    }
    if (days >= 0) {
        return DONE;
    }
    error_arg(error, "held_on", held_on.s);
    return error_refuse(error, CONFLICT, "session_not_held_yet", NULL);
}

static bool takes_part(struct text id, const struct attendance_participant *participants,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (text_equals(participants[i].id, id)) {
            return true;
        }
    }
    return false;
}

static bool stands_before(const struct attendance_row *rows, size_t i)
{
    for (size_t j = 0; j < i; j++) {
        if (text_equals(rows[j].registration_id, rows[i].registration_id)) {
            return true;
        }
    }
    return false;
}

enum outcome attendance_check(const struct attendance_record *in,
                              const struct attendance_sheet *sheet,
                              const struct attendance_participant *participants, size_t count,
                              struct error *error)
{
    const struct attendance_row *rows = in->rows.items;
    enum outcome outcome = session_check_held(sheet->held_on, sheet->today_on, error);

    if (outcome != DONE) {
        return outcome;
    }
    for (size_t i = 0; i < in->rows.count; i++) {
        const char *pointer = arena_format(error->arena, "/rows/%zu/registration_id", i);
        if (!takes_part(rows[i].registration_id, participants, count)) {
            error_fault(error, pointer, "not_a_participant", NULL);
        } else if (stands_before(rows, i)) {
            error_fault(error, pointer, "repeated_participant", NULL);
        }
        if (given(rows[i].note.is) && text_is_blank(rows[i].note)) {
            error_fault(error, arena_format(error->arena, "/rows/%zu/note", i), "invalid_value",
                        NULL);
        }
    }
    return error_outcome(error);
}

int64_t completion_required(int64_t gathering_days, int64_t min_attendance_bp)
{
    return (gathering_days * min_attendance_bp + 9999) / 10000;
}

bool completion_meets(const struct completion *completion)
{
    return completion->present_days + completion->made_up_days >=
           completion_required(completion->gathering_days, completion->min_attendance_bp);
}
