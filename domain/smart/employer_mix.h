/*
 * Colleagues apart: exchanges between learning groups that lower the number of pairs with the same
 * employer in one group. domain.md §4.6 step 3, §0.1.
 *
 * The pairs (i, j), i < j, of one profession in different groups are tried in order; the first whose
 * exchange lowers the number is made, and the search begins again at the first pair; at most
 * GROUP_SWAPS_MAX times. An exchange leaves sizes and professions as they are.
 *
 * Beginning again costs little: next_j[i] holds that no pair (i, j) with j < next_j[i] lowers the
 * number. An exchange of employers e and f between groups g and h changes only what pairs with a
 * member of e or f, or one of the two that moved, and a member in g or h would gain; these are looked
 * at anew, all else is known. Each pair is thus tried about once, n_p²/2 for each profession p, and
 * most of them by one comparison: a pair with no colleague of either in their groups gains nothing.
 */
#ifndef LOFT_DOMAIN_SMART_EMPLOYER_MIX_H
#define LOFT_DOMAIN_SMART_EMPLOYER_MIX_H

#include "domain/base/arena.h"

/* Members as numbers, in the order of dealing: one profession's stand together. */
struct employer_mix {
    int32_t count;
    int32_t groups;
    const int32_t *profession;
    const int32_t *employer; /* below `employers`, or -1: none, or the only one of theirs */
    int32_t employers;
    const bool *fixed; /* these stay; NULL: nobody */
    int32_t *group;    /* from 0 */
    int32_t *partner;  /* whom each was exchanged with last, or -1 */
};

/* Fills `partner`, changes `group`; returns the number of exchanges. */
int32_t employer_mix(struct arena *arena, const struct employer_mix *mix);

/* Pairs with the same employer in one group. */
int64_t employer_pairs(struct arena *arena, const struct employer_mix *mix);

#endif
