/*
 * Rounds (tildelingsår): a year of one scheme, from planning to the last report. domain.md §5.3, §5.7.
 *
 *   planning       adopt_frame      -> frame_adopted   the year's distribution is decided (KL-R04, KL-R13)
 *   frame_adopted  open             -> open            and the networks have been told
 *   open           close_bases      -> basis_closed
 *   open           recommend        -> recommended     once basis_due_on has passed
 *   basis_closed   recommend        -> recommended     the forum's recommendation is sent
 *   recommended    decide           -> decided         every line has a decision
 *   decided        start_reporting  -> reporting
 *   reporting      close            -> closed          every grant has an approved report
 *   any            roll_over        -> the same        and the next year's round is made
 *   until decided  set_total        -> the same        by the county governor
 *
 * An open round whose basis_due_on has passed takes no more bases, though nobody closed it. Deadlines
 * are days, inclusive, as Europe/Oslo counts them; amounts are whole kroner.
 */
#ifndef LOFT_DOMAIN_GRANTS_ROUND_H
#define LOFT_DOMAIN_GRANTS_ROUND_H

#include "domain/base/error.h"
#include "domain/base/shape.h"
#include "domain/base/transition.h"

#define ROUND_PLANNING "planning"
#define ROUND_FRAME_ADOPTED "frame_adopted"
#define ROUND_OPEN "open"
#define ROUND_BASIS_CLOSED "basis_closed"
#define ROUND_RECOMMENDED "recommended"
#define ROUND_DECIDED "decided"
#define ROUND_REPORTING "reporting"
#define ROUND_CLOSED "closed"
extern const char *const round_states[];        /* NULL-terminated, in the order of a round */
extern const char *const allocation_statuses[]; /* NULL-terminated */

extern const struct machine round_machine;

/* ---- making one ------------------------------------------------------------------------------ */

struct round_create {
    struct text forum_id;
    struct text scheme_code;
    struct integer year; /* Y */
    struct text self_assessment_from_on;
    struct text need_due_on; /* default 1 December Y-1 */
    struct boolean need_deadline_hard;
    struct text basis_due_on;          /* 1 February Y */
    struct text recommendation_due_on; /* 15 March Y */
    struct text decision_due_on;       /* 30 April Y */
    struct text report_due_on;         /* 30 June Y+1 */
    struct integer own_share_bp;       /* default the scheme's, as the three below */
    struct boolean require_uh_signature;
    struct boolean allow_multiple_bases;
    struct boolean joint_share_first_meeting_only;
};

/* What a scheme says unless the round does. */
struct round_scheme {
    struct integer own_share_bp;
    struct boolean require_uh_signature;
    struct boolean allow_multiple_bases;
    struct boolean joint_share_first_meeting_only;
};
extern const struct shape shape_round_scheme;

/* What is asked, with what was left out filled in; texts on the arena. */
struct round_create round_fill(const struct round_create *in, const struct round_scheme *scheme,
                               struct arena *arena);

/* Each step is due on the day of the step before or later: fault "before_step_before" with that day,
 * at /basis_due_on and so on. */
enum outcome round_check_create(const struct round_create *in, struct error *error);

/* ---- changing one ---------------------------------------------------------------------------- */

struct round_update { /* merge patch */
    struct text id;
    struct text self_assessment_from_on;
    struct text need_due_on;
    struct boolean need_deadline_hard;
    struct text basis_due_on;
    struct text recommendation_due_on;
    struct text decision_due_on;
    struct text report_due_on;
    struct integer own_share_bp;
    struct boolean require_uh_signature;
    struct boolean allow_multiple_bases;
    struct boolean joint_share_first_meeting_only;
};

/* A round as decisions see it. */
struct round {
    struct text id;
    struct text forum_id;
    struct text scheme_code;
    struct integer year;
    struct text state;
    struct integer total_nok;
    int64_t granted_nok;
    struct text need_due_on;
    struct text basis_due_on;
    struct text recommendation_due_on;
    struct text decision_due_on;
    struct text report_due_on;
    struct text today_on; /* in Europe/Oslo */
    bool joint_share_first_meeting_only;
    bool is_secretariat; /* whether the caller is, of this forum */
    bool is_governor;
    int64_t version;
};
extern const struct shape shape_round;

/* Bases are submitted from open until basis_due_on has passed or the round is closed for them. */
bool round_bases_closed(const struct round *round);

/*
 * A term changes while what it governs lies ahead: the first meeting's rule in planning; terms of needs
 * and bases until the round is closed for bases; each due date until it has passed. CONFLICT
 * "round_settled" with all that is too late: faults "settled" at what no longer changes, "day_passed"
 * at a new due date before today. Then faults as round_check_create.
 */
enum outcome round_check_update(const struct round *round, const struct round_update *in,
                                struct error *error);

/* ---- actions --------------------------------------------------------------------------------- */

struct round_action {
    struct text id;
    struct text reason;
};

struct round_total {
    struct text id;
    struct integer total_nok; /* 0 .. 100 000 000 000 */
    struct text reason;
};

/* How far the work of a round has come, for the guards. */
struct round_progress {
    struct text allocation_state;     /* of the one in force; not given when there is none */
    struct text headcounts_open;      /* codes of networks whose figures behind it are not locked */
    bool decided_in_first_meeting;    /* some version was adopted in the year's first meeting */
    struct text recommendation_state; /* not given when there is none */
    int64_t bases_pending;            /* submitted or assessed, or returned and still in time */
    int64_t lines_undecided;          /* lines of the recommendation without an issued decision */
    int64_t reports_pending;          /* grants without an approved report */
};
extern const struct shape shape_round_progress;

/* What an action leads to. */
struct round_change {
    struct text state;
    struct text recommended_on; /* of recommend */
    struct text late_reason;
};
extern const struct shape shape_round_change;

typedef enum outcome round_decision(const struct round *round,
                                    const struct round_progress *progress,
                                    const struct round_action *in, struct error *error,
                                    struct round_change *ret_change);

/* Each refuses with CONFLICT "invalid_transition", and further:
 *   adopt_frame  "allocation_not_adopted", "not_first_meeting" (KL-R04), "headcounts_open" (KL-R13) with
 *                {networks}
 *   open         "allocation_not_published"
 *   recommend    "bases_open", "recommendation_not_adopted", "bases_pending" with {count},
 *                "late_reason_required"
 *   decide       "lines_undecided" with {count}
 *   close        "reports_pending" with {count} */
round_decision round_adopt_frame, round_open, round_close_bases, round_recommend, round_decide,
    round_start_reporting, round_close;

/* CONFLICT "invalid_transition", or "total_below_granted" (KL-R08) with {granted_nok}. */
enum outcome round_set_total(const struct round *round, const struct round_total *in,
                             struct error *error);

/* ---- networks in a round --------------------------------------------------------------------- */

struct frame_update { /* merge patch; null is what the round says */
    struct text id;
    struct text need_due_on;
    struct boolean need_deadline_hard;
};

struct frame {
    struct text id;
    struct text need_due_on; /* in effect */
    struct text round_need_due_on;
    struct text today_on;
    int64_t version;
};
extern const struct shape shape_frame;

/* CONFLICT "round_settled" when the deadline in effect has passed, or the new one; fault
 * "later_than_round" at /need_due_on: a network's own day is the round's or earlier. */
enum outcome frame_check_update(const struct frame *frame, const struct frame_update *in,
                                struct error *error);

/* ---- links ----------------------------------------------------------------------------------- */

struct round_link_create {
    struct text round_id;
    struct text related_round_id;
    struct text note;
};

struct round_link_delete {
    struct text id;
};

struct round_link {
    struct text id;
    bool own; /* the caller may remove it */
    int64_t version;
};
extern const struct shape shape_round_link;

#endif
