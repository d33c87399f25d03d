/*
 * What a decision basis must have to be submitted (domain.md §5.3), all that is missing at once:
 *
 *   KL-R03  what it applies for fits into what is left of the network's frame, to the krone
 *   KL-R05  all four criteria are answered
 *   KL-R06  universities, and owners or the network, in the partnership and in every measure
 *   KL-R07  money goes to the partnership alone
 *   KL-R09  a completed assessment that staff and leaders took part in, and dialogue with a university
 *
 * and, without a rule of their own: days, measures and budget; every university has signed this revision
 * where the round demands it; every need that is cited is included.
 */
#ifndef LOFT_DOMAIN_GRANTS_BASIS_SUBMISSION_H
#define LOFT_DOMAIN_GRANTS_BASIS_SUBMISSION_H

#include "domain/grants/basis.h"

struct basis_submission {
    struct text round_state;
    struct text basis_due_on;
    bool is_late; /* basis_due_on is over */
    struct text resubmit_due_on;
    bool resubmit_is_late;
    bool require_uh_signature;
    struct text answer_c1;
    struct text answer_c2;
    struct text answer_c3;
    struct text answer_c4;
    struct text starts_on;
    struct text ends_on;
    int64_t uhs;         /* in the partnership */
    int64_t owners;      /* the network among them when it is a party */
    int64_t involved;    /* cited completed assessments that staff and leaders took part in */
    int64_t dialogues;   /* those with dialogue with a university */
    int64_t drafts;      /* cited assessments that are not completed */
    int64_t applied_nok; /* the sum of its budget lines */
};
extern const struct shape shape_basis_submission;

/* The network's frame, locked. */
struct basis_frame {
    int64_t frame_nok;   /* 0 until one is adopted */
    int64_t claimed_nok; /* by its other bases */
};
extern const struct shape shape_basis_frame;

struct submission_measure {
    int64_t seq_no;
    int64_t owners;    /* of the partnership */
    int64_t uhs;       /* of the partnership */
    int64_t outsiders; /* owners and universities that have left it */
};
extern const struct shape shape_submission_measure;

struct submission_line {
    int64_t seq_no;
    bool in_partnership;
};
extern const struct shape shape_submission_line;

/* A need that a measure cites and that is not included. */
struct submission_need {
    int64_t seq_no; /* of the measure */
};
extern const struct shape shape_submission_need;

/* A university that has not signed this revision. */
struct submission_signer {
    struct text name;
};
extern const struct shape shape_submission_signer;

struct submission_parts {
    const struct submission_measure *measures;
    size_t measure_count;
    const struct submission_line *lines;
    size_t line_count;
    const struct submission_need *needs;
    size_t need_count;
    const struct submission_signer *unsigned_uhs;
    size_t unsigned_count;
};

/*
 * `action` is "submit" or "resubmit". CONFLICT "invalid_transition" alone; else every fault, and the
 * first of these as the problem. Pointers are into the basis; a part goes by its seq_no.
 *
 *   CONFLICT "deadline_passed" with {due_on}, "round_not_open"
 *            "basis_incomplete" at /starts_on, /ends_on, /measures, /budget_lines
 *            "criterion_unanswered" (KL-R05) at /answer_c1 to /answer_c4
 *            "partner_missing" (KL-R06) at /uh_ids, /owner_ids, /measures/N/uh_ids, /measures/N/owner_ids
 *            "not_in_partnership" (KL-R07) at /measures/N, /budget_lines/N/recipient_id
 *            "involvement_missing", "dialogue_missing" (KL-R09) at /self_assessment_ids
 *            "assessment_not_completed" at /self_assessment_ids
 *            "need_not_included" at /measures/N/need_report_ids
 *            "signature_missing" at /signatures, one for each university
 *   INVALID  "frame_exceeded" (KL-R03) at /budget_lines with {expected}, what is left of the frame
 */
enum outcome basis_submit(const struct basis *basis, const char *action,
                          const struct basis_submission *submission,
                          const struct basis_frame *frame, const struct submission_parts *parts,
                          struct error *error, struct basis_change *ret_change);

#endif
