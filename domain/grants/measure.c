#include "domain/grants/measure.h"

const char *const measure_party_kinds[] = {"owner", "uh", "unit", NULL};
const char *const target_groups[] = {"kindergarten", "school", "sfo", "ppt",
                                     "leaders",      "other",  NULL};

SHAPE(shape_measure, struct measure, FIELD(struct measure, id), FIELD(struct measure, basis_id),
      FIELD(struct measure, starts_on), FIELD(struct measure, ends_on),
      FIELD(struct measure, budget_lines), FIELD(struct measure, version));

enum outcome measure_check_create(const struct measure_create *in,
                                  const struct basis_reference *references, size_t count,
                                  struct error *error)
{
    basis_check_references(references, count, true, error);
    basis_check_days(in->starts_on, in->ends_on, error);
    return error_outcome(error);
}

enum outcome measure_check_update(const struct measure *measure, const struct measure_update *in,
                                  const struct basis_reference *references, size_t count,
                                  struct error *error)
{
    basis_check_references(references, count, true, error);
    basis_check_days(in->starts_on.is == ABSENT ? measure->starts_on : in->starts_on,
                     in->ends_on.is == ABSENT ? measure->ends_on : in->ends_on, error);
    return error_outcome(error);
}

enum outcome measure_check_delete(const struct measure *measure, struct error *error)
{
    return measure->budget_lines > 0 ? error_refuse(error, CONFLICT, "measure_in_budget", NULL)
                                     : DONE;
}
