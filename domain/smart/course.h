/*
 * Courses (kurs, kull): what is offered, when one can register, when it may be published.
 * domain.md §0.1, §4.2 to §4.5.
 *
 *   draft -> published -> running -> completed
 *   draft, published -> cancelled
 *
 *   published draw -> published   the line of a raffle is put in order
 *
 * "Registration is open" and "full" are no states: they are computed from times and seats. Window:
 * from registration_opens_at (or publication) up to, not including, registration_closes_at and the
 * start of the first session, whichever is first. Cancelling refunds everything and cancels every
 * registration. Only a draft may be deleted.
 */
#ifndef LOFT_DOMAIN_SMART_COURSE_H
#define LOFT_DOMAIN_SMART_COURSE_H

#include "domain/base/error.h"
#include "domain/base/shape.h"
#include "domain/base/transition.h"

#define COURSE_DRAFT "draft"
#define COURSE_PUBLISHED "published"
#define COURSE_RUNNING "running"
#define COURSE_COMPLETED "completed"
#define COURSE_CANCELLED "cancelled"
extern const char *const course_states[]; /* NULL-terminated, as are the other word lists */

/* Actions publish, cancel, start, draw, complete. */
extern const struct machine course_machine;

#define PRICING_FIXED "fixed"
#define PRICING_FREE "free"
#define PRICING_QUOTE "quote" /* by agreement: no direct registration, SM-R09 */
extern const char *const pricing_models[];

#define ALLOCATION_FIRST_COME "first_come"
#define ALLOCATION_RAFFLE "raffle" /* everybody waits for a draw after registration has closed */
extern const char *const seat_allocations[];

struct course_create {
    struct text code;
    struct text slug;
    struct text course_type; /* code, e.g. "grunnkurs" */
    struct text title;
    struct text description;
    struct text focus_question;
    struct text theme; /* of a festival: "sosial bærekraft" */
    struct text organiser_id;
    struct text municipality_no;
    struct text venue_name;
    struct text venue_address;
    struct text_list target_groups;
    struct integer capacity; /* 1 .. 10 000 seats */
    struct integer duration_minutes;
    struct integer vat_bp;
    struct text registration_opens_at;
    struct text registration_closes_at;
    struct text cancellation_policy_id;
    struct integer learning_group_size_target;
    struct integer offer_hours;             /* 1 .. 720 */
    struct integer offer_reminder_hours;    /* 0 .. 720 */
    struct integer gathering_reminder_days; /* 0 .. 60 */
    struct text seat_allocation;            /* default first_come */
    struct boolean waiting_list;            /* default true; false: a full course refuses */
    struct boolean festival_auto_seat;
    struct text festival_course_id; /* not given: found by its day, festival_seat.h */
    struct integer min_attendance_bp;
    struct integer withdrawal_right_days; /* 0 .. 365 */
};

struct course_update { /* merge patch */
    struct text id;
    struct text slug;
    struct text title;
    struct text description;
    struct text focus_question;
    struct text theme;
    struct text organiser_id;
    struct text municipality_no;
    struct text venue_name;
    struct text venue_address;
    struct text_list target_groups;
    struct integer capacity;
    struct integer duration_minutes;
    struct integer vat_bp;
    struct text registration_opens_at;
    struct text registration_closes_at;
    struct text cancellation_policy_id;
    struct integer learning_group_size_target;
    struct integer offer_hours;
    struct integer offer_reminder_hours;
    struct integer gathering_reminder_days;
    struct text seat_allocation;
    struct boolean waiting_list;
    struct boolean festival_auto_seat;
    struct text festival_course_id; /* not given: found by its day, festival_seat.h */
    struct integer min_attendance_bp;
    struct integer withdrawal_right_days;
};

/* Input of publish, start, complete, cancel and of deleting a draft. */
struct course_action {
    struct text id;
    struct text reason; /* kept in the event log; at most 500 code points */
};

/* Input of deleting what belongs to a course: a gathering, session, ticket type, programme item ... */
struct course_part {
    struct text id;
};

/*
 * A course as decisions see it: its row locked, expired offers swept. Instants in microseconds (value.h); starts_at and ends_at are those of the first and last
 * session, starts_on and today_on the local days (Europe/Oslo) of starts_at and of the business
 * clock.
 */
struct course {
    struct text id;
    struct text state;
    struct text course_type;
    struct text pricing_model; /* of the course type */
    struct integer capacity;
    struct text seat_allocation;
    bool waiting_list;
    int64_t seats_confirmed;
    int64_t seats_offered;
    int64_t seats_held;
    int64_t waitlisted; /* entries in line */
    int64_t last_queue_no;
    struct integer registration_opens_at;
    struct integer registration_closes_at;
    bool draw_pending; /* a raffle that has not been drawn: everybody waits */
    struct integer starts_at;
    struct integer ends_at;
    struct text starts_on;
    struct text today_on;
    int64_t offer_hours;
    int64_t withdrawal_right_days;
    struct text cancellation_policy_id;
    /* What publishing demands (SM-R05, SM-R06), of the course type; not given = nothing. */
    struct integer gatherings_expected;
    struct integer gathering_days_expected; /* consecutive days of each gathering */
    struct integer festival_days_expected;
    bool first_overnight_expected;
    bool festival_auto_seat; /* SM-R07, festival_seat.h */
    struct text festival_course_id;
    int64_t version;
};
extern const struct shape shape_course;

/* One day of a course's plan: a row per session, outer-joined to the gatherings so that one without
 * sessions is seen too (held_on not given). In any order. */
struct course_day {
    int64_t gathering_seq_no;
    struct text kind;
    bool overnight;
    struct text held_on; /* local day of the session */
};
extern const struct shape shape_course_day;

/* Faults: "closes_before_opens" at /registration_closes_at, "municipality_no_invalid",
 * "slug_invalid", "raffle_needs_waiting_list" at /waiting_list. INVALID "validation_failed" or DONE. */
enum outcome course_check_create(const struct course_create *in, struct error *error);

/* The same for what the patch leads to, and CONFLICT when other rows or the state forbid it:
 * "capacity_below_taken" (SM-R01) with {taken}, "capacity_required" (SM-R04: not a draft any more
 * and capacity set to null), "course_over" (completed and cancelled courses keep times and
 * capacity), "course_not_draft" (another seat_allocation), "closing_required" (a raffle that is not
 * a draft any more needs its end of registration). */
enum outcome course_check_update(const struct course *stored, const struct course_update *in,
                                 struct error *error);

/*
 * Whether the plan is complete enough to be public; asked by publish, and again after gatherings,
 * sessions or tickets of a published course have changed. CONFLICT with the first code as the
 * problem's and all of them as faults:
 *   /capacity      capacity_required       SM-R04
 *   /sessions      session_required
 *   /ticket_types  ticket_type_required    (not asked of pricing model quote)
 *   /registration_closes_at  closing_required    of a raffle
 *   /gatherings    gatherings_incomplete   SM-R05: another number of gatherings than expected, or
 *                                          not of so many consecutive days, or of festival days;
 *                                          {gatherings} {days} {festival_days}
 *                                          {found_gatherings} {found_festival_days}
 *   /gatherings    overnight_missing       SM-R06
 */
enum outcome course_check_plan(const struct course *course, const struct course_day *days,
                               size_t day_count, size_t ticket_type_count, struct error *error);

/* One of the machine's actions: its transition, then start not before the first session begins
 * ("course_not_begun", {starts_at}) and complete not before the last has ended ("course_not_ended",
 * {ends_at}), both CONFLICT. For publish the plan is checked besides, by course_check_plan. */
enum outcome course_decide(const struct course *course, const char *action, int64_t now,
                           struct error *error, const struct transition **ret_transition);

/* CONFLICT "course_not_draft" unless a draft: only drafts are deleted; gatherings, sessions, items
 * and ticket types are removed from drafts only. */
enum outcome course_check_draft(const struct course *course, struct error *error);

/* CONFLICT "course_over" when completed or cancelled: what belongs to such a course stays as it
 * is. */
enum outcome course_check_live(const struct course *course, struct error *error);

/* CONFLICT "limit_reached" with {limit} when there are so many already; asked under the course's
 * lock, before one more gathering, session, ticket type, item or option. */
enum outcome course_check_room(int64_t existing, int64_t limit, struct error *error);

/*
 * Whether one can register now, seats aside. CONFLICT: "course_not_published" (a draft),
 * "course_cancelled", "registration_not_open_yet" with {opens_at}, "registration_closed" with
 * {closes_at}, "course_started".
 */
enum outcome course_check_open(const struct course *course, int64_t now, struct error *error);
bool course_is_open(const struct course *course, int64_t now);

/* Seats that nobody has; 0 without a capacity. */
int64_t course_seats_free(const struct course *course);

/* Input of a draw. */
struct course_draw {
    struct text id;
    struct text seed; /* made when not given; 1 .. 200 characters */
    struct text reason;
};

/* CONFLICT: invalid_transition, "not_a_raffle", "already_drawn", "registration_still_open" with
 * {closes_at}, "course_started". */
enum outcome course_check_draw(const struct course *course, int64_t now, struct error *error);

/* CONFLICT "draw_pending" while a raffle is still to be drawn: there are no places in line yet. */
enum outcome course_check_drawn(const struct course *course, struct error *error);

/* True once the first session has begun (or the state says so); false without sessions. */
bool course_has_started(const struct course *course, int64_t now);

#endif
