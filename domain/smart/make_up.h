/*
 * Make-ups: presence at a session of another course of the same type counts once for the missed
 * session that it names. domain.md §0.1.
 *
 *   request (participant)        -> requested
 *   make (who leads the course)  -> confirmed
 *   requested            confirm -> confirmed    by who leads the course that was missed
 *   requested, confirmed decline -> declined     a mistake is taken back the same way
 *
 * One that stands (requested or confirmed) for each missed session, and one for each session that the
 * person attended instead: two unique indexes decide.
 */
#ifndef LOFT_DOMAIN_SMART_MAKE_UP_H
#define LOFT_DOMAIN_SMART_MAKE_UP_H

#include "domain/base/error.h"
#include "domain/base/shape.h"
#include "domain/base/transition.h"

#define MAKE_UP_REQUESTED "requested"
#define MAKE_UP_CONFIRMED "confirmed"
#define MAKE_UP_DECLINED "declined"
extern const char *const make_up_states[]; /* NULL-terminated */

/* Actions confirm and decline. */
extern const struct machine make_up_machine;

struct make_up_create {
    struct text registration_id;
    struct text missed_session_id;
    struct text attended_session_id;
    struct text note;
};

/* Input of confirm and decline. */
struct make_up_action {
    struct text id;
    struct text reason; /* kept in the event log */
};

/* What decisions look at, about the three things that a make-up names. Not given: the caller sees no
 * such row. Days are local (Europe/Oslo). */
struct make_up_context {
    struct text course_id; /* of the registration */
    struct text course_type;
    struct text registration_state;
    struct text missed_course_id;
    struct text missed_kind; /* of the gathering */
    bool missed_present;     /* marked as present there */
    struct text attended_course_id;
    struct text attended_course_type;
    struct text attended_kind;
    struct text attended_on;
    struct text today_on;
    bool leads; /* the caller leads the course, and it is about somebody else */
};
extern const struct shape shape_make_up_context;

/* A make-up as an action sees it, locked. */
struct make_up {
    struct text id;
    struct text course_id;
    struct text registration_id;
    struct text missed_session_id;
    struct text attended_session_id;
    struct text state;
    int64_t version;
};
extern const struct shape shape_make_up;

/*
 * The state that it is made in: confirmed when the caller leads the course, else requested.
 *   NOT_FOUND registration_not_found: none that the caller sees
 *   INVALID   unknown_reference; missed_elsewhere at /missed_session_id; make_up_same_course
 *             and make_up_other_type at /attended_session_id; festival_not_counted at either
 *   CONFLICT  not_participating (the registration holds no seat), make_up_not_missed (present there),
 *             session_not_held_yet (what counts at once must have been held)
 */
enum outcome make_up_decide(const struct make_up_context *context, struct error *error,
                            struct text *ret_state);

/* CONFLICT: invalid_transition, and for confirm what else has changed since the request. */
enum outcome make_up_apply(const struct make_up *make_up, const char *action,
                           const struct make_up_context *context, struct error *error,
                           const struct transition **ret_transition);

#endif
