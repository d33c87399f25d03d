#include "domain/grants/budget_line.h"

const char *const budget_purposes[] = {"needs_assessment", "planning",     "implementation",
                                       "evaluation",       "coordination", NULL};

SHAPE(shape_budget_line, struct budget_line, FIELD(struct budget_line, id),
      FIELD(struct budget_line, basis_id), FIELD(struct budget_line, version));

SHAPE(shape_budget_line_names, struct budget_line_names,
      FIELD(struct budget_line_names, recipient_is_known),
      FIELD(struct budget_line_names, recipient_kind),
      FIELD(struct budget_line_names, measure_is_known));

enum outcome budget_line_check(const struct budget_line_names *names, bool recipient_named,
                               struct error *error)
{
    if (recipient_named && !names->recipient_is_known) {
        error_fault(error, "/recipient_id", "unknown_reference", NULL);
    } else if (recipient_named && !given(names->recipient_kind.is)) {
        error_fault(error, "/recipient_id", "not_in_partnership", NULL);
    }
    if (!names->measure_is_known) {
        error_fault(error, "/measure_id", "unknown_reference", NULL);
    }
    return error_outcome(error);
}
