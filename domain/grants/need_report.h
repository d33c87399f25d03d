/*
 * Need reports (eventuell behovsmelding), from an owner to its network. domain.md §5.2, §5.3, A-KL-1,
 * A-KL-2, A-KL-5.
 *
 *   draft, returned  submit  -> submitted      by the owner
 *   submitted        return  -> returned       by the network, with a note
 *   submitted        include -> included       by the network
 *   submitted        exclude -> not_included   by the network, with a note
 *
 * The deadline is the network's own, or else the round's: the last day, inclusive in Europe/Oslo. It
 * warns, and refuses only when it is said to be hard. It judges the first time a need is submitted: one
 * that was in time and comes back from a return is still in time.
 */
#ifndef LOFT_DOMAIN_GRANTS_NEED_REPORT_H
#define LOFT_DOMAIN_GRANTS_NEED_REPORT_H

#include "domain/base/error.h"
#include "domain/base/shape.h"
#include "domain/base/transition.h"

#define NEED_DRAFT "draft"
#define NEED_SUBMITTED "submitted"
#define NEED_RETURNED "returned"
#define NEED_INCLUDED "included"
#define NEED_NOT_INCLUDED "not_included"
extern const char *const need_report_states[]; /* NULL-terminated */

/* Actions submit, return, include and exclude. */
extern const struct machine need_report_machine;

struct need_report_create {
    struct text round_id;
    struct text owner_id;
    struct text title;
    struct text summary;
    struct text_list target_groups;
    struct text_list themes;
    struct text desired_measures;
    struct text_list self_assessment_ids;
};

struct need_report_update { /* merge patch */
    struct text id;
    struct text title;
    struct text summary;
    struct text_list target_groups;
    struct text_list themes;
    struct text desired_measures;
    struct text_list self_assessment_ids;
};

struct need_report_action {
    struct text id;
    struct text note;   /* of return, include and exclude: the owner reads it */
    struct text reason; /* of submit */
};

/* As decisions see it, locked. */
struct need_report {
    struct text id;
    struct text state;
    struct text round_id;
    struct text owner_id;
    struct text round_state;
    struct text basis_due_on;
    struct text due_on;
    bool deadline_hard;
    bool was_submitted; /* before it was returned */
    bool submitted_late;
    int64_t open_assessments; /* cited, and not completed */
    bool owned;               /* the caller acts for the owner */
    bool coordinated;         /* the caller coordinates the network */
    struct text today_on;
    int64_t version;
};
extern const struct shape shape_need_report;

/* What an action leads to. */
struct need_report_change {
    struct text state;
    struct text state_note; /* replaces what was there; ABSENT empties it */
    bool submitted_now;     /* at the present instant of the business clock */
    bool submitted_late;
};
extern const struct shape shape_need_report_change;

/* An assessment that a need cites; `fits` when it is of the same round and owner. */
struct cited_assessment {
    struct text id;
    bool fits;
};
extern const struct shape shape_cited_assessment;

/* `found` are those of the ids that the caller sees. Faults at /self_assessment_ids/N:
 * "unknown_reference", "assessment_unfit". */
enum outcome need_report_check_assessments(const struct text_list *ids,
                                           const struct cited_assessment *found, size_t found_count,
                                           struct error *error);

/* By the owner, as a draft or returned: FORBIDDEN "forbidden", CONFLICT "need_report_passed_on". */
enum outcome need_report_check_update(const struct need_report *need, struct error *error);

/* FORBIDDEN "forbidden" for whoever is not the owner. CONFLICT: "invalid_transition"; "bases_closed";
 * "deadline_passed" with {due_on}; "assessment_not_completed". */
enum outcome need_report_submit(const struct need_report *need, struct error *error,
                                struct need_report_change *ret_change);

/* FORBIDDEN "forbidden" for whoever does not coordinate the network; CONFLICT "invalid_transition". */
enum outcome need_report_return(const struct need_report *need, const struct need_report_action *in,
                                struct error *error, struct need_report_change *ret_change);
enum outcome need_report_include(const struct need_report *need,
                                 const struct need_report_action *in, struct error *error,
                                 struct need_report_change *ret_change);
enum outcome need_report_exclude(const struct need_report *need,
                                 const struct need_report_action *in, struct error *error,
                                 struct need_report_change *ret_change);

#endif
