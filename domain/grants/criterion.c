#include "domain/grants/criterion.h"

#include "domain/base/text.h"

#define RULE_CRITERIA "KL-R05"
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

/* ---- assessed -------------------------------------------------------------------------------- */

static bool is_judged(const char *criterion, const struct text_list *judged)
{
    for (size_t i = 0; i < judged->count; i++) {
        if (text_is(judged->items[i], criterion)) {
            return true;
        }
    }
    return false;
}

enum outcome basis_assess(const struct basis *basis, const struct text_list *judged,
                          struct error *error, struct basis_change *ret_change)
{
    const struct transition *transition = NULL;
    enum outcome outcome = basis_check_impartial(basis, error);
    if (outcome == DONE) {
        outcome = machine_apply(&basis_machine, basis->state.s, "assess", error, &transition);
    }
    if (outcome != DONE) {
        return outcome;
    }
    for (const char *const *criterion = criteria; *criterion; criterion++) {
        if (!is_judged(*criterion, judged)) {
            error_fault(error, arena_format(error->arena, "/criteria/%s", *criterion),
                        "criteria_unassessed", NULL);
            error_refuse(error, CONFLICT, "criteria_unassessed", RULE_CRITERIA);
        }
    }
    *ret_change = (struct basis_change){.state = text_of(transition->to)};
    return error_outcome(error);
}
