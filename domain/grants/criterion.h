/*
 * The four criteria, and how the forum's secretariat finds that a decision basis meets them. domain.md
 * F14, §5.3, KL-R05, KL-R16.
 *
 *   c1  needs are defined locally, by staff and leaders in dialogue with the universities
 *   c2  development at the workplace, in collective processes
 *   c3  networks or owners and universities assess, plan and carry out together
 *   c4  across disciplines
 *
 * Verdicts are given while the basis is submitted. After the decision `partly` can become `met`, which
 * payment waits for. Nobody assesses a basis of their own.
 */
#ifndef LOFT_DOMAIN_GRANTS_CRITERION_H
#define LOFT_DOMAIN_GRANTS_CRITERION_H

#include "domain/base/error.h"
#include "domain/base/shape.h"
#include "domain/grants/basis.h"

#define VERDICT_MET "met"
#define VERDICT_PARTLY "partly"
#define VERDICT_NOT_MET "not_met"
extern const char *const criteria[]; /* NULL-terminated, as is the other list */
extern const char *const criterion_verdicts[];

struct criterion_put {
    struct text basis_id;
    struct text criterion;
    struct text verdict;
    struct text note; /* not given: none */
};
extern const struct shape shape_criterion_put;

/* A criterion of a basis as decisions see it, the basis locked. */
struct criterion {
    struct text basis_state;
    struct text verdict; /* not given: none yet */
    bool own;            /* the caller acts for the network, an owner in it or a partner */
    int64_t version;     /* 1: no verdict yet, then one more for each */
};
extern const struct shape shape_criterion;

/*
 * FORBIDDEN "own_basis" (KL-R16). CONFLICT "basis_not_assessable" with {state}, unless the basis is
 * submitted or granted; "verdict_stands" of a granted one, other than from partly to met.
 */
enum outcome criterion_check_put(const struct criterion *criterion, const struct criterion_put *in,
                                 struct error *error);

/* ---- assessed -------------------------------------------------------------------------------- */

struct basis_assess {
    struct text id;
    struct text reason;
};

/* FORBIDDEN "own_basis" (KL-R16); CONFLICT "invalid_transition"; "criteria_unassessed" (KL-R05) with a
 * fault at /criteria/<code> for each that is not among `judged`, the criteria with a verdict. */
enum outcome basis_assess(const struct basis *basis, const struct text_list *judged,
                          struct error *error, struct basis_change *ret_change);

#endif
