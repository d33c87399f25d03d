/*
 * The forum's recommendation to the county governor (innstilling), one for each round. domain.md §5.2,
 * §5.3, KL-R10, F19, F22, F23.
 *
 *   draft    adopt -> adopted   in a meeting of the forum, by consensus or by vote
 *   adopted        -> sent      with the round, when it is passed on to the county governor
 *
 * It is prepared while the round is open and adopted when no basis can come any more. Its lines are in
 * recommendation_line.h. Adoption makes each basis recommended or not.
 */
#ifndef LOFT_DOMAIN_GRANTS_RECOMMENDATION_H
#define LOFT_DOMAIN_GRANTS_RECOMMENDATION_H

#include "domain/base/transition.h"
#include "domain/grants/recommendation_line.h"

#define RECOMMENDATION_DRAFT "draft"
#define RECOMMENDATION_ADOPTED "adopted"
#define RECOMMENDATION_SENT "sent"
extern const char *const recommendation_states[]; /* NULL-terminated */

/* Action adopt. */
extern const struct machine recommendation_machine;

struct recommendation_create {
    struct text round_id;
    struct text meeting_id; /* that is to adopt it */
    struct text title;
    struct text summary;
};

struct recommendation_update { /* merge patch */
    struct text id;
    struct text meeting_id;
    struct text title;
    struct text summary;
};

struct recommendation_adopt {
    struct text id;
    struct text meeting_id; /* not given: the one that stands on it */
    struct text decided_by;
    struct integer votes_for;
    struct integer votes_against;
    struct integer votes_abstained;
    struct text late_reason;
    struct text reason;
};

/* As decisions see it, locked, with the meeting that the body names or else its own. Days are local
 * (Europe/Oslo). */
struct recommendation {
    struct text id;
    struct text state;
    struct text round_state; /* ABSENT: there is no such round */
    struct text meeting_id;
    struct text meeting_state; /* ABSENT: there is no such meeting */
    bool meeting_fits;         /* of the round's forum and scheme, and not cancelled */
    struct text held_on;
    struct text today_on;
    struct text awaited_until_on; /* until when new bases can come; ABSENT: none can */
    struct text due_on;
    int64_t version;
};
extern const struct shape shape_recommendation;

/* What adoption leads to. */
struct recommendation_change {
    struct text state;
    struct text meeting_id;
    struct text decided_by;
    struct integer votes_for;
    struct integer votes_against;
    struct integer votes_abstained;
    struct text adopted_on;  /* the day of the meeting */
    struct text late_reason; /* given when it is adopted after due_on, and only then */
};
extern const struct shape shape_recommendation_change;

/* Faults "unknown_reference" at /round_id and /meeting_id, "adopting_meeting_unfit" at /meeting_id. CONFLICT
 * "round_not_recommending" with {state}, unless the round is open or closed for bases. */
enum outcome recommendation_check_create(const struct recommendation *recommendation,
                                         const struct recommendation_create *in,
                                         struct error *error);

/* CONFLICT "recommendation_adopted"; for lines too. */
enum outcome recommendation_check_draft(const struct recommendation *recommendation,
                                        struct error *error);

/* As above, and the faults at /meeting_id. */
enum outcome recommendation_check_update(const struct recommendation *recommendation,
                                         const struct recommendation_update *in,
                                         struct error *error);

/*
 * `voters`: members on the day of the meeting; may_vote is false of those whom a line disqualifies,
 * because the one vote is about every line.
 *
 * In this order: FORBIDDEN "own_basis" (KL-R16); CONFLICT "invalid_transition", "round_not_recommending"; faults at /meeting_id,
 * "required" among them, and those of the ballot (meeting.h); CONFLICT "meeting_not_held";
 * "bases_awaited" with {until_on}, for new bases or one that was returned; what stands in the way of the lines (recommendation_line.h);
 * "late_reason_required" with {due_on}.
 */
enum outcome recommendation_adopt(const struct recommendation *recommendation,
                                  const struct recommendation_adopt *in,
                                  const struct meeting_voter *voters, size_t voter_count,
                                  const struct recommendation_case *cases, size_t case_count,
                                  struct error *error, struct recommendation_change *ret_change);

#endif
