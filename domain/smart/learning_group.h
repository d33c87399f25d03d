/*
 * Learning groups (læringsgrupper): every participant of a course in one group, as mixed as the
 * professions allow. domain.md §0.1, §4.3, §4.6, SM-R11.
 *
 *   (none)   propose    -> proposed
 *   proposed regenerate -> proposed     proposed lock   -> locked
 *   locked   unlock     -> proposed     before the first session
 *   either   swap, move, rebalance, pair
 *
 * Balanced means, over k groups: sizes differ by at most one, and so does each profession's count.
 * SM-R11 adds that no group of two or more is of one profession, unless that cannot be avoided.
 *
 * A member is a confirmed registration. Every function here puts `members` into the order of dealing:
 * the most numerous profession first, then profession code, employer (none last), registration. The
 * same members, in whatever order, are therefore placed the same way.
 */
#ifndef LOFT_DOMAIN_SMART_LEARNING_GROUP_H
#define LOFT_DOMAIN_SMART_LEARNING_GROUP_H

#include "domain/smart/course.h"

enum { GROUP_MEMBERS_MAX = 10000, GROUP_SWAPS_MAX = 1000 };

#define GROUPING_PROPOSED "proposed"
#define GROUPING_LOCKED "locked"
extern const char *const learning_grouping_states[]; /* NULL-terminated, as are the other lists */
extern const struct machine learning_grouping_machine;

/* Why a member is in their group: the deal; an exchange with `exchanged_with`, which took a pair of
 * one employer apart; a late change; by hand. */
#define PLACED_DEAL "deal"
#define PLACED_EXCHANGE "exchange"
#define PLACED_LATE_CHANGE "late_change"
#define PLACED_BY_HAND "by_hand"
extern const char *const learning_group_placements[];

struct group_member {
    struct text registration_id;
    struct text profession_code;
    struct text employer_id; /* not given: none */
    int64_t group_no;        /* 1 to k; 0: in no group */
    int64_t pair_no;         /* learning_pair.h; 0: in no pair */

    /* Of the profession, set by ordering: this member is its profession_no-th of so many. */
    int64_t profession_no;
    int64_t profession_count;

    /* Given when the call placed the member; then deal_no for the first two kinds, exchanged_with
     * for the second (the last of several), from_group_no (0: none) for the others. */
    struct text placed_by;
    int64_t deal_no; /* from 1 */
    struct text exchanged_with;
    int64_t from_group_no;
};
extern const struct shape shape_group_member;    /* what is loaded: the first five */
extern const struct shape shape_group_placement; /* what is stored: all */

/* Input of propose: at most one of the two; neither: the course's own size. */
struct learning_groups_propose {
    struct text course_id;
    struct integer group_count;
    struct integer size_target;
};

/* Input of regenerate; `id` is the course's here and below, reasons are kept in the event log. */
struct learning_groups_regenerate {
    struct text id;
    struct integer group_count;
    struct integer size_target;
    struct text reason;
};

/* Input of lock, unlock and rebalance. */
struct learning_grouping_action {
    struct text id;
    struct text reason;
};

/* Input of swap: two members change places. */
struct learning_groups_swap {
    struct text id;
    struct text registration_id;
    struct text with_registration_id;
    struct boolean force;
    struct text reason; /* demanded with force */
};

/* Input of move: one member goes, or comes, to a group. */
struct learning_groups_move {
    struct text id;
    struct text registration_id;
    struct integer group_no;
    struct boolean force;
    struct text reason;
};

struct learning_group_update { /* merge patch; `id` is the group's */
    struct text id;
    struct text name;
};

/* The members in the order of dealing, with profession_no and profession_count. */
void groups_order(struct group_member *members, size_t count);

/*
 * k, the number of groups: as asked for, or as many as groups of the size need. INVALID
 * "group_count_ambiguous" at /size_target when both are given. CONFLICT "no_participants";
 * "too_many_groups" with {groups} and {members} when there would be empty ones.
 */
enum outcome groups_count(struct integer group_count, struct integer size_target,
                          int64_t default_size, size_t member_count, struct error *error,
                          int64_t *ret_k);

/* Deals the members to k groups, then exchanges members of one profession while that lowers the
 * number of pairs with one employer in one group (employer_mix.h). */
void groups_propose(struct arena *arena, struct group_member *members, size_t count, int64_t k);

/* What is not balanced; `profession_code` is NULL but for the second kind. `least` and `most` are
 * counts over the groups; for the third kind, how many such groups are unavoidable, and are there. */
#define UNBALANCED_SIZE "group_size"
#define UNBALANCED_PROFESSION "profession"
#define UNBALANCED_SINGLE "single_profession"
extern const char *const learning_group_violations[];
struct group_violation {
    const char *code;
    const char *profession_code;
    int64_t least;
    int64_t most;
};

/* How many there are; members in no group do not count. */
size_t groups_check(struct arena *arena, struct group_member *members, size_t count, int64_t k,
                    struct group_violation **ret_violations);

/*
 * A change by hand, made in `members`. INVALID: faults "same_registration" at /with_registration_id,
 * "unknown_reference" at a registration that is no member and at /group_no beyond k, and
 * "reason_required" at /reason when forced without one. CONFLICT: "not_in_group", "same_group",
 * and "groups_unbalanced" (SM-R11) with {violations} when the groups would not be balanced
 * afterwards and it is not forced.
 */
enum outcome groups_swap(struct arena *arena, const struct learning_groups_swap *in,
                         struct group_member *members, size_t count, int64_t k,
                         struct error *error);
enum outcome groups_move(struct arena *arena, const struct learning_groups_move *in,
                         struct group_member *members, size_t count, int64_t k,
                         struct error *error);

/*
 * A late change: members have come (group_no 0) or left since. Balanced again with k fixed, SM-R11
 * included, and no other such grouping keeps more members where they were (least_moves.h). Of those
 * alike the last in the order of dealing move; among those who move or come, exchanges as in a
 * proposal. CONFLICT as groups_count.
 */
enum outcome groups_rebalance(struct arena *arena, struct group_member *members, size_t count,
                              int64_t k, struct error *error);

/* A transition of the machine, and for unlock CONFLICT "course_started", for lock
 * "members_unplaced" with {count} when a member has no group. */
enum outcome groups_decide(const char *state, const char *action, const struct course *course,
                           int64_t now, size_t unplaced, struct error *error,
                           const struct transition **ret_transition);

#endif
