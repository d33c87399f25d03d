/*
 * Which group gets how many of each profession, so that groups are balanced and as many members as
 * possible stay. domain.md §0.1, §4.6, SM-R11.
 *
 * Of profession p a group has floor(n_p / k) or one more, so all there is to decide is y[p][g]: who
 * gets one more. Each profession has n_p mod k of them to give; with one row besides, of the groups
 * that stay smaller, each group takes the same number. One more is wished for where the group has
 * more than floor(n_p / k) already: y keeps one member more for each wish it meets. Members of one
 * profession are alike, so the most wishes met is the fewest members moved, exactly.
 *
 * That is a minimum cost flow with capacities 1 and costs 0 and -1. It is built by shortest
 * augmenting paths, unit by unit, each of which leaves no cheaper cycle, so that the flow is of
 * least cost at every step (the argument of the Hungarian method). A path goes from profession to
 * profession, each taking the other's place in some group, and so a graph of the professions alone
 * is searched; how many groups offer each step at each cost is kept up to date.
 *
 * SM-R11 matters where all professions but one have fewer members than there are groups. Then, with
 * as many others as groups, none may get both one more of that profession and the smaller size; with
 * fewer others, none may get two of them. Either is "at most one of these rows in a group": a
 * capacity within a group's, so it is still a flow. A row that finds one of the others there can only
 * take its place. Of equally short paths the one with fewest steps is taken: two steps into one group
 * could be cut to one.
 *
 * Time: (professions + 1) * k units at most, each O(professions^2 + professions * k) as a rule and
 * O(professions^3 + professions * k) at worst; memory O(professions * k).
 */
#ifndef LOFT_DOMAIN_SMART_LEAST_MOVES_H
#define LOFT_DOMAIN_SMART_LEAST_MOVES_H

#include "domain/base/arena.h"

/* `have[p * groups + g]`: members of profession p in group g now; `total[p]`: members of it to place,
 * those in no group included. Returns how many of it each group is to have, laid out alike. */
int32_t *least_moves(struct arena *arena, int32_t professions, int32_t groups, const int32_t *total,
                     const int32_t *have);

#endif
