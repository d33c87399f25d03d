/*
 * Reports of what became of granted money (rapportering). domain.md §5.2, §5.3, KL-R12, F24, F25.
 *
 *   open, returned  submit  -> submitted   by the partnership, when it is complete; late is flagged
 *   submitted       return  -> returned    by the county governor, with a note
 *   submitted       approve -> approved
 *
 * One for each decision that granted something, due on its round's day (inclusive in Europe/Oslo). Texts
 * and figures change while it is open or returned. What a recipient has received is what it was granted
 * less what was reclaimed.
 */
#ifndef LOFT_DOMAIN_GRANTS_REPORT_H
#define LOFT_DOMAIN_GRANTS_REPORT_H

#include "domain/base/error.h"
#include "domain/base/shape.h"
#include "domain/base/transition.h"

#define REPORT_OPEN "open"
#define REPORT_SUBMITTED "submitted"
#define REPORT_RETURNED "returned"
#define REPORT_APPROVED "approved"
extern const char *const report_states[]; /* NULL-terminated, as is the other list */

/* What a report can lack: its five texts, figures, the plan for what is unused. */
extern const char *const report_parts[];
enum { REPORT_PARTS = 9 };

extern const struct machine report_machine;

struct report_update { /* merge patch */
    struct text id;
    struct text goals;
    struct text involvement;       /* c1 */
    struct text collective;        /* c2 */
    struct text partnership;       /* c3 */
    struct text crossdisciplinary; /* c4 */
    struct text joint_measures;
    struct text deviations;
    struct text unused_plan;
    struct text next_needs;
};

struct report_use_put {
    struct text recipient_id;
    struct text purpose;
    struct integer used_nok;
};
struct report_uses_put {
    struct text report_id;
    struct record_list uses; /* of report_use_put */
};

struct report_participation_put {
    struct text service_type;
    struct integer participants;
    struct integer units;
};
struct report_participations_put {
    struct text report_id;
    struct record_list participations; /* of report_participation_put */
};

struct report_own_share_put {
    struct text owner_id;
    struct integer own_share_nok;
};
struct report_own_shares_put {
    struct text report_id;
    struct record_list own_shares; /* of report_own_share_put */
};

struct report_action {
    struct text id;
    struct text reason;
};
struct report_return {
    struct text id;
    struct text note;
};

struct report_key {
    struct text id;
};

/* KL-R12: what an owner adds to what it is granted, each krone begun counted. own_share_nok() of the
 * database says the same. */
int64_t own_share_nok(int64_t amount_nok, int64_t own_share_bp);

/* A report as rules see it. */
struct report {
    struct text id;
    struct text state;
    struct text due_on;
    struct text today_on;
    struct text goals;
    struct text involvement;
    struct text collective;
    struct text partnership;
    struct text crossdisciplinary;
    struct text unused_plan;
    bool submitted_late;
    int64_t own_share_bp;
    int64_t participations; /* service types with figures */
    bool writes;            /* the caller writes it for the partnership */
    bool governs;           /* the caller is the governor of its round */
    bool own;               /* the caller has a part in its basis */
    int64_t version;
};
extern const struct shape shape_report;

/* Who got money, and what is told of it. */
struct report_recipient {
    struct text recipient_id;
    struct text recipient_kind;
    int64_t amount_nok;
    int64_t reclaimed_nok;
    int64_t used_nok;
    int64_t uses; /* lines of use */
    struct integer own_share_nok;
};
extern const struct shape shape_report_recipient;

/* Of report_parts, what is lacking; `ret_parts` has room for REPORT_PARTS. Returns how many. */
size_t report_missing(const struct report *report, const struct report_recipient *recipients,
                      size_t count, struct text *ret_parts);

/* FORBIDDEN "forbidden" for others than the partnership; CONFLICT "report_not_editable". */
enum outcome report_check_editable(const struct report *report, struct error *error);

/* INVALID: faults "not_a_recipient", "use_repeated", and "more_than_received" with the most where a
 * recipient has used more than it received. */
enum outcome report_check_uses(const struct report_uses_put *in,
                               const struct report_recipient *recipients, size_t count,
                               struct error *error);

/* INVALID: faults "service_type_repeated". */
enum outcome report_check_participations(const struct report_participations_put *in,
                                         struct error *error);

/* INVALID: faults "own_share_unwanted" where the round has none (KL-R12), "not_an_owner" for others than
 * owners that were granted something, "owner_repeated". */
enum outcome report_check_own_shares(const struct report *report,
                                     const struct report_own_shares_put *in,
                                     const struct report_recipient *recipients, size_t count,
                                     struct error *error);

/* What an action leads to. */
struct report_change {
    struct text state;
    struct text state_note;
    bool submitted;
    bool submitted_late;
};
extern const struct shape shape_report_change;

/* FORBIDDEN "forbidden"; CONFLICT "invalid_transition", "report_incomplete" with {missing},
 * "own_share_short" (KL-R12) with {missing} kroner when nothing else is lacking. Late is what comes for
 * the first time after the day that it is due. */
enum outcome report_submit(const struct report *report, const struct report_recipient *recipients,
                           size_t count, struct error *error, struct report_change *ret_change);

/* FORBIDDEN "forbidden", "own_basis" (KL-R16); CONFLICT "invalid_transition". */
enum outcome report_return(const struct report *report, const struct report_return *in,
                           struct error *error, struct report_change *ret_change);
enum outcome report_approve(const struct report *report, struct error *error,
                            struct report_change *ret_change);

#endif
