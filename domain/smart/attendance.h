/*
 * Attendance (oppmøte) per session, and what it adds up to: completion. domain.md §0.1, §4.2, SM-R12.
 *
 * The list of a session is recorded whole, from the session's own day on; corrections afterwards keep
 * history. A participant who is left out has no mark.
 *
 * Completion counts gathering days: present, or made up at another course; the festival is not
 * counted. Who was neither present at anything nor made anything up, on a course where attendance was
 * recorded, is a no-show when the course is completed.
 */
#ifndef LOFT_DOMAIN_SMART_ATTENDANCE_H
#define LOFT_DOMAIN_SMART_ATTENDANCE_H

#include "domain/smart/registration.h"

#define ATTENDANCE_PRESENT "present"
#define ATTENDANCE_ABSENT "absent"
#define ATTENDANCE_EXCUSED "excused"
extern const char *const attendance_statuses[]; /* NULL-terminated */

/* As many as a course has seats, well above. */
enum { ATTENDANCE_ROWS_MAX = 2000 };

struct attendance_row {
    struct text registration_id;
    struct text status;
    struct text note;
};

struct attendance_record {
    struct text id;          /* of the session */
    struct record_list rows; /* struct attendance_row */
};

/* The list of a session, locked. Both days are local (Europe/Oslo). */
struct attendance_sheet {
    struct text id;
    struct text course_id;
    struct text held_on;
    struct text today_on;
    int64_t version;
};
extern const struct shape shape_attendance_sheet;

/* Somebody who holds or held a seat: confirmed, completed, no_show. */
struct attendance_participant {
    struct text id; /* of the registration */
};
extern const struct shape shape_attendance_participant;

/* CONFLICT "session_not_held_yet" with {held_on} before the session's day. */
enum outcome session_check_held(struct text held_on, struct text today_on, struct error *error);

/*
 * Whether the list can be recorded. CONFLICT as above; then INVALID with faults at
 * /rows/<n>/registration_id: "not_a_participant" and "repeated_participant".
 */
enum outcome attendance_check(const struct attendance_record *in,
                              const struct attendance_sheet *sheet,
                              const struct attendance_participant *participants, size_t count,
                              struct error *error);

/* Days that must be attended: the share of the gathering days, rounded up (SM-R12). 8 days at
 * 8000 bp are 7. */
int64_t completion_required(int64_t gathering_days, int64_t min_attendance_bp);

/* How far a participant has come. */
struct completion {
    int64_t gathering_days;
    int64_t present_days;
    int64_t made_up_days;
    int64_t min_attendance_bp;
};

/* Present and made-up days reach what is required. */
bool completion_meets(const struct completion *completion);

#endif
