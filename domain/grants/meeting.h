/*
 * Meetings of the forum and what they decide. domain.md §0.1, §5.2, KL-R04, KL-R10.
 *
 *   planned  hold   -> held        on its day at the earliest
 *   planned  cancel -> cancelled   its number is free again
 *
 * Agreement is sought; if there is none, members vote, and more must be for than against. A decision
 * names the members who were disqualified from it. It stays as it was made: a later one replaces it.
 */
#ifndef LOFT_DOMAIN_GRANTS_MEETING_H
#define LOFT_DOMAIN_GRANTS_MEETING_H

#include "domain/base/error.h"
#include "domain/base/shape.h"
#include "domain/base/transition.h"

#define MEETING_PLANNED "planned"
#define MEETING_HELD "held"
#define MEETING_CANCELLED "cancelled"
extern const char *const meeting_states[]; /* NULL-terminated, as are the other lists */
extern const char *const meeting_kinds[];

/* Actions hold and cancel. */
extern const struct machine meeting_machine;

struct agenda_item {
    struct text no; /* 1/26, as the forum numbers its cases */
    struct text title;
    struct text note;
};

struct meeting_create {
    struct text forum_id;
    struct text scheme_code;
    struct text kind;
    struct text held_on;
    struct integer year_no; /* within scheme and year; default the first that is free */
    struct text title;
    struct record_list agenda; /* of agenda_item */
};

struct meeting_update { /* merge patch */
    struct text id;
    struct text kind;
    struct text held_on;
    struct integer year_no;
    struct text title;
    struct record_list agenda;
    struct text minutes;
};

struct meeting_action {
    struct text id;
    struct text minutes; /* of hold */
    struct text reason;
};

struct meeting {
    struct text id;
    struct text state;
    struct text held_on;
    struct integer year_no;
    struct text today_on;
    bool
        joint_share_first_only; /* the scheme decides the joint share in the year's first meeting */
    bool joint_share_decided;   /* in a meeting of the same scheme and year */
    int64_t version;
};
extern const struct shape shape_meeting;

/* What an action leads to; minutes that are ABSENT stay as they are. */
struct meeting_change {
    struct text state;
    struct text minutes;
};
extern const struct shape shape_meeting_change;

/* Once held, a meeting has its minutes corrected and nothing else; cancelled, nothing at all:
 * CONFLICT "meeting_over". */
enum outcome meeting_check_update(const struct meeting *meeting, const struct meeting_update *in,
                                  struct error *error);

/* CONFLICT "invalid_transition", "meeting_not_begun" with {held_on}. */
enum outcome meeting_hold(const struct meeting *meeting, const struct meeting_action *in,
                          struct error *error, struct meeting_change *ret_change);
enum outcome meeting_cancel(const struct meeting *meeting, struct error *error,
                            struct meeting_change *ret_change);

/* ---- decisions ------------------------------------------------------------------------------- */

#define DECIDED_JOINT_SHARE "joint_share"
extern const char *const meeting_decision_kinds[];

#define DECIDED_BY_CONSENSUS "consensus"
#define DECIDED_BY_VOTE "vote"
extern const char *const decision_methods[];

struct meeting_decision_create {
    struct text meeting_id;
    struct text kind;
    struct text wording;
    struct text decided_by;
    struct integer votes_for;
    struct integer votes_against;
    struct integer votes_abstained;
    struct text_list disqualified_member_ids;
};

/* A member on the day of the meeting. */
struct meeting_voter {
    struct text id;
    bool may_vote;
};
extern const struct shape shape_meeting_voter;

/* How a decision came about. */
struct ballot {
    struct text decided_by;
    struct integer votes_for;
    struct integer votes_against;
    struct integer votes_abstained;
    struct text_list disqualified_member_ids;
};

/*
 * In this order:
 *   INVALID   faults "required" at /votes_for and /votes_against of a vote, "votes_unwanted" at each
 *             count of a consensus, "not_a_member" at /disqualified_member_ids/N
 *   INVALID   "vote_not_carried" (KL-R10): not more for than against
 *   CONFLICT  "too_many_votes" (KL-R10) with {votes} and {members}: more than there are members with a
 *             vote, less the disqualified
 */
enum outcome meeting_check_ballot(const struct ballot *ballot, const struct meeting_voter *voters,
                                  size_t voter_count, struct error *error);

/* Faults "not_a_member" at /disqualified_member_ids/N. How many of the others have a vote. */
int64_t meeting_check_members(const struct text_list *disqualified,
                              const struct meeting_voter *voters, size_t voter_count,
                              struct error *error);

/* CONFLICT "meeting_not_held"; what the ballot is refused with; and of kind joint_share CONFLICT
 * "not_first_meeting", "joint_share_decided" (KL-R04). */
enum outcome meeting_check_decision(const struct meeting *meeting,
                                    const struct meeting_decision_create *in,
                                    const struct meeting_voter *voters, size_t voter_count,
                                    struct error *error);

#endif
