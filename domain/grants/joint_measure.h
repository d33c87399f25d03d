/*
 * Joint measures (fellestiltak), which all networks may take part in. domain.md §0.1, §5.2, F6 to F8,
 * KL-R15.
 *
 *   idea       develop  -> concept
 *   concept    plan     -> planned     when considerations a to d are all answered (KL-R15)
 *   planned    start    -> running     when there is a concept (KL-R15)
 *   running    evaluate -> evaluated   when there is an evaluation
 *   evaluated  end      -> ended
 *
 * The considerations are those of the plan: (a) it hits local needs, (b) it uses the capacity of the
 * universities well, (c) scope and duration give predictability, (d) intensity and momentum are
 * balanced. One is answered when it is said whether it holds, yes or no.
 */
#ifndef LOFT_DOMAIN_GRANTS_JOINT_MEASURE_H
#define LOFT_DOMAIN_GRANTS_JOINT_MEASURE_H

#include "domain/base/error.h"
#include "domain/base/shape.h"
#include "domain/base/transition.h"

#define JOINT_IDEA "idea"
#define JOINT_CONCEPT "concept"
#define JOINT_PLANNED "planned"
#define JOINT_RUNNING "running"
#define JOINT_EVALUATED "evaluated"
#define JOINT_ENDED "ended"
extern const char *const joint_measure_states[]; /* NULL-terminated */

/* Actions develop, plan, start, evaluate and end. */
extern const struct machine joint_measure_machine;

struct joint_measure_create {
    struct text forum_id;
    struct text code;
    struct text name;
    struct boolean is_working_title;
    struct text description;
    struct text concept; /* the concept annex */
    struct text responsible_id;
    struct text builds_on_id;
    struct integer starts_year;
    struct integer ends_year;
    struct boolean considerations_a_ok;
    struct text considerations_a_note;
    struct boolean considerations_b_ok;
    struct text considerations_b_note;
    struct boolean considerations_c_ok;
    struct text considerations_c_note;
    struct boolean considerations_d_ok;
    struct text considerations_d_note;
    struct text conditions_before;
    struct text conditions_during;
    struct text conditions_after;
};

struct joint_measure_update { /* merge patch */
    struct text id;
    struct text name;
    struct boolean is_working_title;
    struct text description;
    struct text concept;
    struct text responsible_id;
    struct text builds_on_id;
    struct integer starts_year;
    struct integer ends_year;
    struct boolean considerations_a_ok;
    struct text considerations_a_note;
    struct boolean considerations_b_ok;
    struct text considerations_b_note;
    struct boolean considerations_c_ok;
    struct text considerations_c_note;
    struct boolean considerations_d_ok;
    struct text considerations_d_note;
    struct text conditions_before;
    struct text conditions_during;
    struct text conditions_after;
};

struct joint_measure_action {
    struct text id;
    struct text reason;
};

/* As decisions see it. */
struct joint_measure {
    struct text id;
    struct text forum_id;
    struct text state;
    struct integer starts_year;
    struct integer ends_year;
    struct boolean considerations_a_ok;
    struct boolean considerations_b_ok;
    struct boolean considerations_c_ok;
    struct boolean considerations_d_ok;
    bool has_concept;
    int64_t evaluations;
    struct text today_on; /* in Europe/Oslo */
    int64_t version;
};
extern const struct shape shape_joint_measure;

struct joint_measure_change {
    struct text state;
};
extern const struct shape shape_joint_measure_change;

/* Fault "ends_before_it_begins" at /ends_year. */
enum outcome joint_measure_check_create(const struct joint_measure_create *in, struct error *error);

/* `in_circle`: what it would build on builds on it in turn. CONFLICT: "joint_measure_over" once it has
 * ended; "builds_on_itself"; what a later state stands on does not go away, see the actions below. Then
 * faults as of joint_measure_check_create. */
enum outcome joint_measure_check_update(const struct joint_measure *measure,
                                        const struct joint_measure_update *in, bool in_circle,
                                        struct error *error);

/* CONFLICT "invalid_transition". */
enum outcome joint_measure_develop(const struct joint_measure *measure, struct error *error,
                                   struct joint_measure_change *ret_change);

/* CONFLICT also "considerations_unanswered" with {missing}, the letters (KL-R15). */
enum outcome joint_measure_plan(const struct joint_measure *measure, struct error *error,
                                struct joint_measure_change *ret_change);

/* CONFLICT also "concept_missing" (KL-R15). */
enum outcome joint_measure_start(const struct joint_measure *measure, struct error *error,
                                 struct joint_measure_change *ret_change);

/* CONFLICT also "evaluation_missing". */
enum outcome joint_measure_evaluate(const struct joint_measure *measure, struct error *error,
                                    struct joint_measure_change *ret_change);

enum outcome joint_measure_end(const struct joint_measure *measure, struct error *error,
                               struct joint_measure_change *ret_change);

/* ---- what belongs to one --------------------------------------------------------------------- */

struct joint_measure_evaluation_create {
    struct text joint_measure_id;
    struct text held_on;
    struct text conclusion;
    struct boolean adjust; /* it goes on differently */
};

/* While it runs, and afterwards: CONFLICT "joint_measure_not_running", "date_in_future". */
enum outcome joint_measure_check_evaluation(const struct joint_measure *measure,
                                            const struct joint_measure_evaluation_create *in,
                                            struct error *error);

struct joint_measure_grant_create {
    struct text joint_measure_id;
    struct text round_id;
    struct text recipient_id;
    struct integer amount_nok;
};

struct joint_measure_grant_update { /* merge patch */
    struct text id;
    struct integer amount_nok;
};

struct joint_measure_grant_delete {
    struct text id;
};

/* The round that a grant is of, and its recipient; ABSENT what there is not. */
struct joint_measure_money {
    struct text round_state;
    struct text round_forum_id;
    struct text recipient_type;
};
extern const struct shape shape_joint_measure_money;

/* Faults: "unknown_reference" and "other_forum" at /round_id, "unknown_reference" and
 * "organisation_unfit" at /recipient_id. CONFLICT "joint_measure_over", "round_closed". That decisions
 * and joint grants keep within the total of the round (KL-R08) the database holds. */
enum outcome joint_measure_check_grant(const struct joint_measure *measure,
                                       const struct joint_measure_money *money,
                                       struct error *error);

struct joint_measure_grant {
    struct text id;
    struct text round_state;
    int64_t version;
};
extern const struct shape shape_joint_measure_grant;

/* CONFLICT "round_closed". */
enum outcome joint_measure_check_grant_change(const struct joint_measure_grant *grant,
                                              struct error *error);

struct joint_measure_participation_create {
    struct text joint_measure_id;
    struct text network_id;
    struct integer year;
};

struct joint_measure_participation_delete {
    struct text id;
};

/* `network_forum_id` is ABSENT when there is no such network. Faults at /network_id:
 * "unknown_reference", "other_forum". CONFLICT "joint_measure_over", or "year_outside_measure" when it
 * begins later or ends before. */
enum outcome joint_measure_check_participation(const struct joint_measure *measure,
                                               const struct joint_measure_participation_create *in,
                                               struct text network_forum_id, struct error *error);

struct joint_measure_participation {
    struct text id;
    int64_t year;
    int64_t this_year; /* in Europe/Oslo */
    bool own;          /* the caller may take it back */
    int64_t version;
};
extern const struct shape shape_joint_measure_participation;

/* Who took part in a year that is over did: CONFLICT "year_over". FORBIDDEN "forbidden". */
enum outcome joint_measure_check_leave(const struct joint_measure_participation *participation,
                                       struct error *error);

#endif
