#include "domain/grants/criterion.h"

#include "domain/base/text.h"

#define RULE_OWN "KL-R16"

const char *const criteria[] = {"c1", "c2", "c3", "c4", NULL};
const char *const criterion_verdicts[] = {VERDICT_MET, VERDICT_PARTLY, VERDICT_NOT_MET, NULL};

SHAPE(shape_criterion, struct criterion, FIELD(struct criterion, basis_state),
      FIELD(struct criterion, verdict), FIELD(struct criterion, own),
      FIELD(struct criterion, version));

enum outcome criterion_check_put(const struct criterion *criterion, const struct criterion_put *in,
                                 struct error *error)
{
    static const char *const granted[] = {"granted", "partially_granted", NULL};

    if (criterion->own) {
        return error_refuse(error, FORBIDDEN, "own_basis", RULE_OWN);
    }
    if (text_is(criterion->basis_state, "submitted")) {
        return DONE;
    }
    if (!text_is_one_of(criterion->basis_state, granted)) {
        error_arg(error, "state", criterion->basis_state.s);
        return error_refuse(error, CONFLICT, "basis_not_assessable", NULL);
    }
    return text_is(criterion->verdict, VERDICT_PARTLY) && text_is(in->verdict, VERDICT_MET)
               ? DONE
               : error_refuse(error, CONFLICT, "verdict_stands", NULL);
}
