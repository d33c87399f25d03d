/*
 * Lines of the forum's recommendation: what it says of each decision basis. domain.md §5.2, KL-R03,
 * KL-R05, KL-R11, KL-R16.
 *
 *   recommend  what was applied for
 *   reduce     less, with a reason
 *   reject     nothing, with a reason
 *
 * What a complete line shows is taken from the basis (KL-R11). Lines are drafted while bases are
 * submitted or assessed; what holds only once all are assessed is asked when the recommendation is
 * adopted. Amounts are whole kroner; those of owners count with the network's.
 */
#ifndef LOFT_DOMAIN_GRANTS_RECOMMENDATION_LINE_H
#define LOFT_DOMAIN_GRANTS_RECOMMENDATION_LINE_H

#include "domain/base/error.h"
#include "domain/base/shape.h"
#include "domain/grants/meeting.h"

#define LINE_RECOMMEND "recommend"
#define LINE_REDUCE "reduce"
#define LINE_REJECT "reject"
extern const char *const recommendation_verdicts[]; /* NULL-terminated */

struct recommendation_line_create {
    struct text recommendation_id;
    struct text basis_id;
    struct text verdict;
    struct integer amount_uh_nok; /* needed to reduce; else what follows from the verdict */
    struct integer amount_network_nok;
    struct integer priority; /* 1 = first */
    struct text conditions;
    struct text reason;
    struct text_list disqualified_member_ids;
};

struct recommendation_line_update { /* merge patch */
    struct text id;
    struct text verdict;
    struct integer amount_uh_nok;
    struct integer amount_network_nok;
    struct integer priority;
    struct text conditions;
    struct text reason;
    struct text_list disqualified_member_ids;
};

struct recommendation_line_delete {
    struct text id;
};

/* A line as it stands or is to stand. */
struct recommendation_line {
    struct text basis_id;
    struct text verdict;
    struct integer amount_uh_nok;
    struct integer amount_network_nok;
    struct integer priority;
    struct text conditions;
    struct text reason;
    struct text_list disqualified_member_ids;
    int64_t version;
};
extern const struct shape shape_recommendation_line;

/* A basis of the round that is no draft, with its line if there is one. */
struct recommendation_case {
    struct text basis_id;
    struct text title;
    struct text state;
    struct text network_id;
    struct integer frame_nok; /* of the network; not given: none */
    int64_t applied_uh_nok;
    int64_t applied_network_nok;
    bool has_measures;
    bool has_participants; /* every measure names who takes part */
    bool has_duration;
    bool has_criteria; /* an answer to each */
    bool has_partners; /* a university; the network is always there */
    bool has_distribution;
    bool not_met; /* a criterion that is not met */
    bool partly;  /* one that is partly met */
    struct text line_id;
    struct text verdict;
    struct integer amount_uh_nok;
    struct integer amount_network_nok;
    struct text conditions;
    bool own;                     /* the caller acts for the network, an owner in it or a partner */
    struct text awaited_until_on; /* until when it can be submitted again; not given: it cannot */
    bool
        undeclared; /* a member of the forum represents a party and is not listed as disqualified */
};
extern const struct shape shape_recommendation_case;

/* The line as a body makes it. In a patch, amounts that it does not name stay only where the line was
 * and remains reduced. */
struct recommendation_line recommendation_line_of(const struct recommendation_line_create *in);
void recommendation_line_merge(struct recommendation_line *line,
                               const struct recommendation_line_update *in);

/* FORBIDDEN "own_basis" (KL-R16): nobody says what is recommended of a basis of their own. */
enum outcome recommendation_line_check_impartial(const struct recommendation_line *line,
                                                 const struct recommendation_case *cases,
                                                 size_t case_count, struct error *error);

/* The same of all lines together, which are adopted as one. */
enum outcome recommendation_lines_check_impartial(const struct recommendation_case *cases,
                                                  size_t count, struct error *error);

/*
 * Sets the amounts that follow from the verdict. `members`: of the forum, on the day of the meeting or
 * else today.
 *
 *   FORBIDDEN "own_basis" (KL-R16)
 *   INVALID   faults "unknown_reference" at /basis_id; "not_a_member" at /disqualified_member_ids/N;
 *             "required" at the amounts and /reason; "amount_follows" at an amount other than the
 *             verdict's, "amount_above_applied", and "not_reduced" at /verdict
 *   CONFLICT  "basis_not_recommendable" with {state}; "line_incomplete" (KL-R11) with a fault
 *             "missing_in_basis" at /basis/<what>, unless it is rejected; "recommended_above_frame"
 *             (KL-R03)
 */
enum outcome recommendation_line_check(struct recommendation_line *line,
                                       const struct recommendation_case *cases, size_t case_count,
                                       const struct meeting_voter *members, size_t member_count,
                                       struct error *error);

/*
 * Whether all lines can be adopted. A CONFLICT with a fault for each case that stands in the way, at
 * /lines/<id> or /bases/<id>, the title as what is expected; its code is the first of
 *
 *   bases_without_line      a basis that is submitted or assessed
 *   basis_not_assessed
 *   line_outdated           the basis applies for other amounts than when the line was made
 *   line_incomplete        KL-R11
 *   criterion_not_met       KL-R05, unless it is rejected
 *   conditions_required     KL-R05, a criterion partly met without conditions
 *   members_not_disqualified   KL-R16
 *   recommended_above_frame KL-R03
 */
enum outcome recommendation_lines_check(const struct recommendation_case *cases, size_t count,
                                        struct error *error);

#endif
