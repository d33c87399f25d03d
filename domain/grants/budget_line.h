/*
 * Budget lines (budsjettposter) of a decision basis: what a partner gets for what. domain.md §5.2, F14,
 * F25. What a recipient is follows from the partnership: nobody says it twice.
 */
#ifndef LOFT_DOMAIN_GRANTS_BUDGET_LINE_H
#define LOFT_DOMAIN_GRANTS_BUDGET_LINE_H

#include "domain/base/error.h"
#include "domain/base/shape.h"

enum { BUDGET_LINES_MAX = 200 };            /* of one basis */
extern const char *const budget_purposes[]; /* NULL-terminated */

struct budget_line_create {
    struct text basis_id;
    struct text recipient_id;
    struct text purpose;
    struct text measure_id;
    struct integer amount_nok;
};

struct budget_line_update { /* merge patch */
    struct text id;
    struct text recipient_id;
    struct text purpose;
    struct text measure_id;
    struct integer amount_nok;
};

struct budget_line {
    struct text id;
    struct text basis_id;
    int64_t version;
};
extern const struct shape shape_budget_line;

/* What a body names, as the partnership has it. */
struct budget_line_names {
    bool recipient_is_known;
    struct text recipient_kind; /* ABSENT outside the partnership */
    bool measure_is_known;      /* of the same basis; true when none is named */
};
extern const struct shape shape_budget_line_names;

/* Faults "unknown_reference" and "not_in_partnership" at /recipient_id, "unknown_reference" at
 * /measure_id. `recipient_named`: a patch may leave it as it is. */
enum outcome budget_line_check(const struct budget_line_names *names, bool recipient_named,
                               struct error *error);

#endif
