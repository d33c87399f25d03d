/*
 * Allocations that are kept (forhåndstildelte rammer): versions of a round's distribution. domain.md
 * §0.1, §5.3, KL-R01 to KL-R04, KL-R13.
 *
 *   draft      recompute -> draft       from the headcounts as they are now
 *   draft      adopt     -> adopted     in a meeting; the networks' frames follow, and the version that
 *                                       was in force becomes superseded, with a reason
 *   adopted    publish   -> published   to the networks
 *
 * A named draft is a scenario; a round has any number of them, and one version in force. How a
 * distribution is computed stands in allocation.h.
 */
#ifndef LOFT_DOMAIN_GRANTS_STORED_ALLOCATION_H
#define LOFT_DOMAIN_GRANTS_STORED_ALLOCATION_H

#include "domain/base/transition.h"
#include "domain/grants/allocation.h"
#include "domain/grants/round.h"

#define ALLOCATION_DRAFT "draft"
#define ALLOCATION_ADOPTED "adopted"
#define ALLOCATION_PUBLISHED "published"
#define ALLOCATION_SUPERSEDED "superseded"
extern const char *const allocation_states[]; /* NULL-terminated */
extern const char *const allocation_kinds[];

/* Actions recompute, adopt and publish. */
extern const struct machine allocation_machine;

struct allocation_create {
    struct text round_id;
    struct text name;
    struct text kind;              /* default provisional */
    struct integer headcount_year; /* default the year before the round's */
    struct integer total_nok;      /* default the round's */
    struct integer joint_share_bp; /* one of these two */
    struct integer joint_nok;
    struct integer base_per_network_nok;
    struct integer weights_child_milli; /* default 1000, as the two below */
    struct integer weights_pupil_milli;
    struct integer weights_apprentice_milli;
};

struct allocation_update { /* merge patch */
    struct text id;
    struct text name;
    struct text kind;
};

struct allocation_action {
    struct text id;
    struct text reason;
};

struct allocation_adoption {
    struct text id;
    struct text meeting_id;
    struct text reason; /* needed when another version is in force */
};

/* An allocation as decisions see it, and as it is stored. */
struct allocation {
    struct text id;
    struct text round_id;
    struct text name;
    struct text state;
    struct text kind;
    struct integer headcount_year;
    struct integer total_nok;
    struct integer joint_share_bp; /* not given: an amount was decided */
    struct integer joint_nok;
    struct integer base_per_network_nok;
    struct integer weight_child_milli;
    struct integer weight_pupil_milli;
    struct integer weight_apprentice_milli;
    int64_t version;
};
extern const struct shape shape_allocation;

/* What a network of the round counted. */
struct allocation_count {
    struct text network_id;
    struct text code;
    int64_t children;
    int64_t pupils;
    int64_t apprentices;
    bool is_counted; /* false: nothing was, and 0 is no figure */
};
extern const struct shape shape_allocation_count;

/* A line as it is stored: what was counted, and what came of it. */
struct allocation_row {
    struct text network_id;
    int64_t children;
    int64_t pupils;
    int64_t apprentices;
    int64_t weight;
    int64_t base_nok;
    int64_t variable_nok;
    int64_t remainder;
    bool extra_krone;
    int64_t amount_nok;
};
extern const struct shape shape_allocation_row;

/* The draft that is asked for, with what was left out filled in. CONFLICT "round_total_missing". */
enum outcome allocation_draft(const struct allocation_create *in, const struct round *round,
                              struct error *error, struct allocation *ret_draft);

/* A line for exactly the networks given (KL-R02), in their order, on the arena; sets joint_nok of the
 * draft. CONFLICT "headcount_missing" (KL-R13) with {networks}; otherwise refuses as
 * allocation_compute. */
enum outcome allocation_distribute(struct allocation *draft, const struct allocation_count *counts,
                                   size_t count, struct arena *arena, struct error *error,
                                   struct allocation_row **ret_rows);

/* CONFLICT "allocation_not_draft": a name and a kind are changed, and a scenario removed, until it is
 * adopted. */
enum outcome allocation_check_draft(const struct allocation *allocation, struct error *error);

/* CONFLICT "invalid_transition". */
enum outcome allocation_recompute(const struct allocation *allocation, struct error *error);
enum outcome allocation_publish(const struct allocation *allocation, struct error *error,
                                struct text *ret_state);

/* What surrounds an adoption. */
struct allocation_scene {
    struct text meeting_forum_id; /* not given: no meeting that the caller can see */
    struct text meeting_scheme_code;
    struct text meeting_state;
    struct integer meeting_year;
    struct integer meeting_year_no;
    struct text present_id; /* the version in force */
    bool decided_before;    /* some version of the round was adopted */
    struct text headcounts_open;
    bool is_outdated;         /* networks or figures are others than the lines say */
    struct text frames_short; /* networks that claim more than their line */
};
extern const struct shape shape_allocation_scene;

/*
 * Fault "unknown_reference" at /meeting_id, "meeting_unfit" when it is of another forum, scheme or
 * year. Then CONFLICT "invalid_transition", "round_decided", "meeting_not_held", "not_first_meeting"
 * (KL-R04, the first version when the round says so), "allocation_in_force" (KL-R04: no reason),
 * "allocation_total_differs" (KL-R08: a final one is of the round's total, a provisional one within
 * it), "headcounts_open" (KL-R13), "allocation_outdated" (KL-R13), or "frame_below_claims" (KL-R03)
 * with {networks}.
 */
enum outcome allocation_adopt(const struct allocation *allocation, const struct round *round,
                              const struct allocation_scene *scene,
                              const struct allocation_adoption *in, struct error *error,
                              struct text *ret_state);

#endif
