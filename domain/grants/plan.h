/*
 * The long-term plan of the forum (langsiktig plan) and its yearly stop point. domain.md §5.2, KL-R14.
 *
 *   draft    hear   -> hearing
 *   hearing  adopt  -> adopted      and the one in force until then becomes superseded
 *
 * A forum has one plan in force. It is due for revision from 1 January of its revise_year, until a
 * newer one is adopted: computed, never stored.
 */
#ifndef LOFT_DOMAIN_GRANTS_PLAN_H
#define LOFT_DOMAIN_GRANTS_PLAN_H

#include "domain/base/error.h"
#include "domain/base/shape.h"
#include "domain/base/transition.h"

#define PLAN_DRAFT "draft"
#define PLAN_HEARING "hearing"
#define PLAN_ADOPTED "adopted"
#define PLAN_SUPERSEDED "superseded"
extern const char *const plan_states[]; /* NULL-terminated */

/* Actions hear and adopt. */
extern const struct machine plan_machine;

struct plan_section {
    struct text heading;
    struct text body;
};

struct plan_annex {
    struct integer no;
    struct text title;
    struct text url;
};

struct plan_create {
    struct text forum_id;
    struct text title;
    struct record_list sections; /* of plan_section, in their order */
    struct record_list annexes;  /* of plan_annex */
    struct integer revise_year;
};

struct plan_update { /* merge patch */
    struct text id;
    struct text title;
    struct record_list sections;
    struct record_list annexes;
    struct integer revise_year;
};

/* Input of the actions. */
struct plan_action {
    struct text id;
    struct text adopted_on; /* of adopt; default today */
    struct text reason;
};

/* A plan as decisions see it. */
struct plan {
    struct text id;
    struct text state;
    struct text adopted_on;
    struct text present_id; /* another plan of the forum, which is in force */
    struct text present_on; /* when that was adopted */
    struct text today_on;   /* in Europe/Oslo */
    int64_t version;
};
extern const struct shape shape_plan;

/* What an action leads to. */
struct plan_change {
    struct text state;
    struct text adopted_on;
};
extern const struct shape shape_plan_change;

/* Fault "annex_repeated" at /annexes/N/no. */
enum outcome plan_check_create(const struct plan_create *in, struct error *error);

/* The text is open until it is adopted: CONFLICT "plan_not_editable", then faults as above. */
enum outcome plan_check_update(const struct plan *plan, const struct plan_update *in,
                               struct error *error);

enum outcome plan_hear(const struct plan *plan, struct error *error,
                       struct plan_change *ret_change);

/* CONFLICT "invalid_transition", "date_in_future", or "plan_older_than_present" with {present_on}. */
enum outcome plan_adopt(const struct plan *plan, const struct plan_action *in, struct error *error,
                        struct plan_change *ret_change);

/* ---- the yearly stop point ------------------------------------------------------------------- */

struct plan_evaluation_create {
    struct text plan_id;
    struct text held_on;
    struct text conclusion;
    struct boolean revise; /* the forum wants the plan revised */
};

struct plan_evaluation_update { /* merge patch */
    struct text id;
    struct text held_on;
    struct text conclusion;
    struct boolean revise;
};

struct plan_evaluation {
    struct text id;
    struct text held_on;
    struct text today_on;
    int64_t version;
};
extern const struct shape shape_plan_evaluation;

/* CONFLICT "plan_not_in_force": only a plan that is adopted is evaluated, and not before the day of
 * its adoption; "date_in_future". That there is one each year (KL-R14) the database holds. */
enum outcome plan_evaluate(const struct plan *plan, const struct plan_evaluation_create *in,
                           struct error *error);

/* The day may move within its year: fault "other_year" at /held_on, CONFLICT "date_in_future". */
enum outcome plan_evaluation_check_update(const struct plan_evaluation *evaluation,
                                          const struct plan_evaluation_update *in,
                                          struct error *error);

#endif
