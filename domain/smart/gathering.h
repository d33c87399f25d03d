/*
 * Gatherings (samlinger) of a course and their sessions (samlingsdager). A two-day gathering is one
 * gathering with two sessions, so that "4 todagerssamlinger" can be counted. domain.md §4.2.
 *
 * Limits: 40 gatherings per course, 20 sessions per gathering; a session lasts at most 24 hours.
 */
#ifndef LOFT_DOMAIN_SMART_GATHERING_H
#define LOFT_DOMAIN_SMART_GATHERING_H

#include "domain/base/error.h"
#include "domain/base/shape.h"

enum { GATHERINGS_MAX = 40, SESSIONS_MAX = 20, SESSION_HOURS_MAX = 24 };

#define GATHERING_GATHERING "gathering"
#define GATHERING_FESTIVAL "festival"
extern const char *const gathering_kinds[]; /* NULL-terminated */

struct gathering_create {
    struct text course_id;
    struct integer seq_no;
    struct text kind; /* default gathering */
    struct text title;
    struct boolean overnight; /* default false */
};

struct gathering_update { /* merge patch */
    struct text id;
    struct integer seq_no;
    struct text kind;
    struct text title;
    struct boolean overnight;
};

/* Shifts all sessions of a gathering by whole days; each keeps its local clock times (Europe/Oslo),
 * whatever becomes of summer time. Exactly one of starts_on and days. */
struct gathering_move {
    struct text id;
    struct text starts_on; /* the local day that the first session is to be on */
    struct integer days;   /* negative: earlier */
    struct text reason;    /* kept in the event log; at most 500 code points */
};

struct session_create {
    struct text gathering_id;
    struct text title;
    struct text starts_at;
    struct text ends_at;
    struct text venue_name;
    struct boolean has_practice_sharing; /* default false */
};

struct session_update { /* merge patch */
    struct text id;
    struct text title;
    struct text starts_at;
    struct text ends_at;
    struct text venue_name;
    struct boolean has_practice_sharing;
};

/* A session as decisions see it. */
struct session {
    struct text id;
    struct text gathering_id;
    int64_t starts_at; /* instants */
    int64_t ends_at;
};
extern const struct shape shape_session;

/* INVALID, a fault: "move_required" at /starts_on when neither is given, "move_ambiguous" at /days
 * when both are. */
enum outcome gathering_check_move(const struct gathering_move *in, struct error *error);

/* By how many days the sessions are shifted. `first_on`: the local day of the first session, not
 * given without any: CONFLICT "session_required". */
enum outcome gathering_move_days(const struct gathering_move *in, struct text first_on,
                                 struct error *error, int64_t *ret_days);

/* A session ends after it starts and within SESSION_HOURS_MAX: INVALID, a fault at /ends_at,
 * "ends_before_start" or "session_too_long". Texts must be valid RFC 3339. */
enum outcome session_check_create(const struct session_create *in, struct error *error);

/* The same for what the patch leads to. */
enum outcome session_check_update(const struct session *stored, const struct session_update *in,
                                  struct error *error);

#endif
