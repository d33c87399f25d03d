/*
 * Decisions of the county governor (vedtak) on decision bases, and what is paid and reclaimed after them.
 * domain.md §0.1, §5.3, KL-R05, KL-R07, KL-R08, KL-R16.
 *
 *   draft   issue   -> issued      the basis becomes granted, partially_granted or refused
 *   issued          -> paid        when the last of its lines is paid
 *   issued, paid    -> reclaimed   when all are paid and something of one is reclaimed
 *
 * A line is what one recipient gets:
 *
 *   draft           with its decision
 *   to_pay  pay     -> paid        when every criterion of the basis is met
 *   paid    reclaim -> reclaimed   partly or whole, as often as something is left
 *
 * Recipients are the universities, the owners and the network of the partnership, and nobody else.
 * Amounts are whole kroner. The round's total is kept by the database (KL-R08).
 */
#ifndef LOFT_DOMAIN_GRANTS_DECISION_H
#define LOFT_DOMAIN_GRANTS_DECISION_H

#include "domain/base/error.h"
#include "domain/base/shape.h"
#include "domain/base/transition.h"

#define DECISION_DRAFT "draft"
#define DECISION_ISSUED "issued"
#define DECISION_PAID "paid"
#define DECISION_RECLAIMED "reclaimed"
extern const char *const grant_decision_states[]; /* NULL-terminated, as are the other lists */

#define OUTCOME_GRANTED "granted"
#define OUTCOME_PARTIALLY_GRANTED "partially_granted"
#define OUTCOME_REFUSED "refused"
extern const char *const decision_outcomes[];

#define LINE_DRAFT "draft"
#define LINE_TO_PAY "to_pay"
#define LINE_PAID "paid"
#define LINE_RECLAIMED "reclaimed"
extern const char *const decision_line_states[];

#define RECIPIENT_UH "uh"
#define RECIPIENT_NETWORK "network"
#define RECIPIENT_OWNER "owner"
extern const char *const recipient_kinds[];

extern const struct machine grant_decision_machine; /* issue */
extern const struct machine decision_line_machine;  /* pay, reclaim */

struct decision_create {
    struct text basis_id;
    struct text outcome;
    struct text conditions;
    struct text deviation_reason;
    struct text letter_ref;
};

struct decision_update { /* merge patch */
    struct text id;
    struct text outcome;
    struct text conditions;
    struct text deviation_reason;
    struct text letter_ref;
};

struct decision_line_put {
    struct text recipient_id;
    struct integer amount_nok;
};

struct decision_lines_put { /* all lines of a draft */
    struct text decision_id;
    struct record_list lines; /* of decision_line_put */
};

struct decision_issue {
    struct text id;
    struct text decided_on; /* not given: today */
    struct text reason;
};

/* A basis that somebody wants to decide. */
struct decision_subject {
    struct text basis_id;
    struct text round_id;
    struct text basis_state;
    bool governed; /* the caller is the governor of its round */
    bool own;      /* the caller has a part in it */
};
extern const struct shape shape_decision_subject;

/* FORBIDDEN "own_basis" (KL-R16); CONFLICT "basis_not_decidable": the forum has not said
 * whether it recommends it, or it is decided. */
enum outcome decision_check_subject(const struct decision_subject *subject, struct error *error);

/* A decision as rules see it, locked. Amounts by the kind of recipient: universities, and the network
 * with the owners, as the forum recommends them. */
struct grant_decision {
    struct text id;
    struct text state;
    struct text outcome;
    struct text deviation_reason;
    struct text decided_on;
    struct text basis_id;
    struct text basis_state;
    struct text round_state;
    struct text today_on;
    struct text adopted_on; /* the recommendation */
    struct text failed;     /* "c1, c3": criteria that are not met, and not even partly */
    int64_t applied_nok;    /* the budget of the basis */
    int64_t frame_left_nok; /* of the network's frame, for this decision */
    int64_t recommended_uh_nok;
    int64_t recommended_network_nok;
    int64_t granted_uh_nok;
    int64_t granted_network_nok;
    bool own;
    int64_t version;
};
extern const struct shape shape_grant_decision;

/* What differs from what the forum recommends, in all or for one kind of recipient. */
bool decision_deviates(const struct grant_decision *decision);

/* FORBIDDEN "own_basis" (KL-R16); CONFLICT "decision_issued". */
enum outcome decision_check_draft(const struct grant_decision *decision, struct error *error);

/* Who may receive something. */
struct decision_party {
    struct text recipient_id;
};
extern const struct shape shape_decision_party;

/*
 * KL-R07, of all lines that a draft is to have:
 *   INVALID   faults "recipient_repeated" and, refused as "recipient_unfit", "not_of_partnership"
 *   CONFLICT  "deviation_reason_required": more than recommended, without a reason
 */
enum outcome decision_check_lines(const struct grant_decision *decision,
                                  const struct decision_lines_put *in,
                                  const struct decision_party *parties, size_t count,
                                  struct error *error);

/* What issuing leads to. */
struct decision_change {
    struct text state;
    struct text decided_on;
    struct text basis_state;
    int64_t claimed_nok; /* of the network's frame, from now on */
    bool report;         /* is due */
};
extern const struct shape shape_decision_change;

/*
 * FORBIDDEN "own_basis" (KL-R16), then in this order, CONFLICT:
 *   "invalid_transition", "basis_not_decidable", "round_not_recommended", "date_in_future",
 *   "date_before_recommendation" with {adopted_on}
 *   "outcome_unfit" (KL-R07) with {granted} and {expected}: a refusal gives nothing, a grant all that was
 *   recommended, a partial one less. What was not recommended is measured by what was applied for
 *   "deviation_reason_required" (KL-R07)
 *   "criteria_not_met" (KL-R05) with {criteria}: money for a basis that can never be paid
 * INVALID "frame_exceeded" (KL-R03) with what is left of the frame.
 */
enum outcome decision_issue(const struct grant_decision *decision, const struct decision_issue *in,
                            struct error *error, struct decision_change *ret_change);

/* ---- payment --------------------------------------------------------------------------------- */

/* A line, locked with its decision. */
struct decision_line {
    struct text id;
    struct text decision_id;
    struct text decision_state;
    struct text basis_id;
    struct text state;
    struct text decided_on;
    struct text today_on;
    int64_t amount_nok;
    int64_t reclaimed_nok;
    bool own;
    int64_t version;
};
extern const struct shape shape_decision_line;

struct decision_line_pay {
    struct text id;
    struct text paid_on; /* not given: today */
    struct text payment_reference;
    struct text reason;
};

struct decision_line_reclaim {
    struct text id;
    struct integer amount_nok; /* not given: all that is left */
    struct text reason;
};

struct criterion_verdict {
    struct text criterion;
    struct text verdict;
};
extern const struct shape shape_criterion_verdict;

/* What an action leaves on the line; what is not given stays. */
struct decision_line_change {
    struct text state;
    struct text paid_on;
    struct text payment_reference;
    struct integer reclaimed_nok; /* all together */
    struct text reclaim_reason;
};
extern const struct shape shape_decision_line_change;

/* "c1, c3": the criteria that are not met, NULL when all are. */
const char *criteria_unmet(const struct criterion_verdict *verdicts, size_t count,
                           struct arena *arena);

/* FORBIDDEN "own_basis" (KL-R16); CONFLICT "invalid_transition", "date_in_future",
 * "date_before_decision" with {decided_on}, "criteria_not_met" (KL-R05) with {criteria}. */
enum outcome decision_line_pay(const struct decision_line *line, const struct decision_line_pay *in,
                               const struct criterion_verdict *verdicts, size_t count,
                               struct error *error, struct decision_line_change *ret_change);

/* FORBIDDEN "own_basis" (KL-R16); CONFLICT "invalid_transition", "reclaim_too_much" with
 * {most}. */
enum outcome decision_line_reclaim(const struct decision_line *line,
                                   const struct decision_line_reclaim *in, struct error *error,
                                   struct decision_line_change *ret_change);

/* ---- letters --------------------------------------------------------------------------------- */

struct decision_letter_key {
    struct text id; /* of the decision */
    struct text recipient_id;
};

/* What a decision tells one of its recipients, in the language of that organisation. A refusal goes to
 * the whole partnership. */
struct decision_letter {
    struct text state;
    struct text language; /* nb, nn */
    struct text sender;
    struct text recipient;
    struct text reference;
    struct text decided_on;
    struct text scheme; /* in the language of the letter */
    struct text year;
    struct text network;
    struct text basis_title;
    struct text outcome;
    struct text conditions;
    struct text reason; /* of the deviation, or the forum's */
    struct text report_due_on;
    int64_t amount_nok;    /* to this recipient */
    int64_t own_share_nok; /* that this recipient adds */
};
extern const struct shape shape_decision_letter;

struct decision_letter_line {
    struct text recipient;
    int64_t amount_nok;
};
extern const struct shape shape_decision_letter_line;

/* CONFLICT "decision_not_issued": there is no letter of a draft. */
enum outcome decision_letter_check(const struct decision_letter *letter, struct error *error);

/* ---- how lines stand ------------------------------------------------------------------------- */

/* How many lines of a decision stand how. */
struct decision_progress {
    int64_t unpaid;
    int64_t reclaimed;
};
extern const struct shape shape_decision_progress;

/* The state of an issued decision, by its lines. */
struct text decision_state_by(const struct decision_progress *progress);

#endif
