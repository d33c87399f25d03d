/*
 * Pairs (relasjonspar): before lunch of the first gathering everybody has come to know one other of
 * their learning group. domain.md §4.1 F5, §4.6.
 *
 * Within each group members of different professions first; one triple when the group is odd; who is
 * alone in a group has no pair.
 */
#ifndef LOFT_DOMAIN_SMART_LEARNING_PAIR_H
#define LOFT_DOMAIN_SMART_LEARNING_PAIR_H

#include "domain/smart/learning_group.h"

/* Input of the action pair. */
struct learning_pairs_make {
    struct text id;       /* of the course */
    struct boolean renew; /* default false: pairs that stand are kept, and only the others paired */
};

/*
 * Sets pair_no of every member in a group, from 1 in each group, members put into the order of
 * dealing. Of all ways to pair those without a pair, one with the most mixed pairs. A pair that
 * stands is kept; but one left over joins it, and a triple gives one up to another left over.
 */
void pairs_make(struct arena *arena, struct group_member *members, size_t count, int64_t k,
                bool renew);

#endif
