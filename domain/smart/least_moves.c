#include "domain/smart/least_moves.h"

#include <assert.h>

/* A step costs -1, 0 or 1; a path's cost counts before its steps. */
enum { COSTS = 3, NOBODY = -1, UNREACHED = INT32_MAX };

struct flow {
    int32_t rows;
    int32_t groups;
    int32_t room; /* units that each group takes */
    int32_t *supply;
    bool *wish;      /* [row * groups + group] */
    bool *has;       /* likewise: y */
    int32_t *taken;  /* units of each group */
    bool *exclusive; /* rows of which a group has one at most */
    int32_t *holder; /* the exclusive row that a group has, or NOBODY */
    /* How many groups let row q take the place of row r at a cost: [(q * rows + r) * COSTS + cost + 1];
     * and how many have room for row q: [q * 2 + cost + 1]. */
    int32_t *places;
    int32_t *rooms;
    /* The search. */
    int32_t *distance;
    int32_t *before;
    int32_t *via; /* the group in which `before` takes the row's place */
};

static size_t cell(const struct flow *flow, int32_t row, int32_t group)
{
    return (size_t)row * (size_t)flow->groups + (size_t)group;
}

static bool may_take_place(const struct flow *flow, int32_t q, int32_t r, int32_t group)
{
    if (flow->has[cell(flow, q, group)] || !flow->has[cell(flow, r, group)]) {
        return false;
    }
    return !flow->exclusive[q] || flow->holder[group] == NOBODY || flow->holder[group] == r;
}

static bool may_take_room(const struct flow *flow, int32_t q, int32_t group)
{
    return !flow->has[cell(flow, q, group)] && flow->taken[group] < flow->room &&
           (!flow->exclusive[q] || flow->holder[group] == NOBODY);
}

static int32_t cost_of(const struct flow *flow, int32_t q, int32_t r, int32_t group)
{
    return flow->wish[cell(flow, r, group)] - flow->wish[cell(flow, q, group)];
}

static int32_t *places(const struct flow *flow, int32_t q, int32_t r)
{
    return &flow->places[((size_t)q * (size_t)flow->rows + (size_t)r) * COSTS + 1];
}

static int32_t *rooms(const struct flow *flow, int32_t q)
{
    return &flow->rooms[(size_t)q * 2 + 1];
}

/* What a group offers, added (1) or taken back (-1) before it changes. */
static void count_offers(struct flow *flow, int32_t group, int32_t sign)
{
    for (int32_t q = 0; q < flow->rows; q++) {
        if (may_take_room(flow, q, group)) {
            rooms(flow, q)[-(int32_t)flow->wish[cell(flow, q, group)]] += sign;
        }
        for (int32_t r = 0; r < flow->rows; r++) {
            if (may_take_place(flow, q, r, group)) {
                places(flow, q, r)[cost_of(flow, q, r, group)] += sign;
            }
        }
    }
}

static void set(struct flow *flow, int32_t row, int32_t group, bool has)
{
    flow->has[cell(flow, row, group)] = has;
    flow->taken[group] += has ? 1 : -1;
    if (flow->exclusive[row]) {
        flow->holder[group] = has ? row : NOBODY;
    }
}

/* q in, r (unless NOBODY) out. */
static void replace(struct flow *flow, int32_t q, int32_t r, int32_t group)
{
    count_offers(flow, group, -1);
    if (r != NOBODY) {
        set(flow, r, group, false);
    }
    set(flow, q, group, true);
    count_offers(flow, group, 1);
}

/* The cheapest way for q to take r's place; UNREACHED when there is none. */
static int32_t step(const struct flow *flow, int32_t q, int32_t r)
{
    const int32_t *offers = places(flow, q, r);
    for (int32_t cost = -1; cost <= 1; cost++) {
        if (offers[cost] > 0) {
            return cost;
        }
    }
    return UNREACHED;
}

static int32_t last_step(const struct flow *flow, int32_t q)
{
    return rooms(flow, q)[-1] > 0 ? -1 : rooms(flow, q)[0] > 0 ? 0 : UNREACHED;
}

/* Bellman-Ford: costs are negative too, cycles never. Distances are cost * (rows + 1) + steps. */
static void search(struct flow *flow, int32_t from)
{
    const int32_t weight = flow->rows + 1;
    for (int32_t r = 0; r < flow->rows; r++) {
        flow->distance[r] = r == from ? 0 : UNREACHED;
        flow->before[r] = NOBODY;
    }
    for (bool changed = true; changed;) {
        changed = false;
        for (int32_t q = 0; q < flow->rows; q++) {
            for (int32_t r = 0; r < flow->rows && flow->distance[q] != UNREACHED; r++) {
                int32_t cost = step(flow, q, r);
                if (cost != UNREACHED &&
                    flow->distance[q] + cost * weight + 1 < flow->distance[r]) {
                    flow->distance[r] = flow->distance[q] + cost * weight + 1;
                    flow->before[r] = q;
                    changed = true;
                }
            }
        }
    }
}

/* The row at which the shortest path ends in a group with room. */
static int32_t best_end(const struct flow *flow)
{
    const int32_t weight = flow->rows + 1;
    int32_t best = NOBODY, shortest = UNREACHED;
    for (int32_t q = 0; q < flow->rows; q++) {
        int32_t cost = last_step(flow, q);
        if (flow->distance[q] != UNREACHED && cost != UNREACHED &&
            flow->distance[q] + cost * weight < shortest) {
            shortest = flow->distance[q] + cost * weight;
            best = q;
        }
    }
    return best;
}

/* The first group that offers the step at its cost. */
static int32_t find_place(const struct flow *flow, int32_t q, int32_t r, int32_t cost)
{
    int32_t group = 0;
    while (!may_take_place(flow, q, r, group) || cost_of(flow, q, r, group) != cost) {
        group++;
    }
    return group;
}

static int32_t find_room(const struct flow *flow, int32_t q, int32_t cost)
{
    int32_t group = 0;
    while (!may_take_room(flow, q, group) || -(int32_t)flow->wish[cell(flow, q, group)] != cost) {
        group++;
    }
    return group;
}

/* One unit of the row finds its group, others make way. All groups are chosen before any changes. */
static void place_unit(struct flow *flow, int32_t row)
{
    search(flow, row);
    int32_t end = best_end(flow);
    assert(end != NOBODY); /* a balanced grouping exists: the dealt one */
    int32_t room = find_room(flow, end, last_step(flow, end));
    for (int32_t r = end; r != row; r = flow->before[r]) {
        int32_t q = flow->before[r];
        flow->via[r] = find_place(flow, q, r, step(flow, q, r));
    }
    replace(flow, end, NOBODY, room);
    for (int32_t r = end; r != row; r = flow->before[r]) {
        replace(flow, flow->before[r], r, flow->via[r]);
    }
}

static struct flow flow_make(struct arena *arena, int32_t rows, int32_t groups)
{
    size_t cells = (size_t)rows * (size_t)groups;
    struct flow flow = {.rows = rows,
                        .groups = groups,
                        .supply = arena_array(arena, int32_t, (size_t)rows),
                        .wish = arena_array(arena, bool, cells),
                        .has = arena_array(arena, bool, cells),
                        .taken = arena_array(arena, int32_t, (size_t)groups),
                        .exclusive = arena_array(arena, bool, (size_t)rows),
                        .holder = arena_array(arena, int32_t, (size_t)groups),
                        .places = arena_array(arena, int32_t, (size_t)rows * (size_t)rows * COSTS),
                        .rooms = arena_array(arena, int32_t, (size_t)rows * 2),
                        .distance = arena_array(arena, int32_t, (size_t)rows),
                        .before = arena_array(arena, int32_t, (size_t)rows),
                        .via = arena_array(arena, int32_t, (size_t)rows)};
    for (int32_t g = 0; g < groups; g++) {
        flow.holder[g] = NOBODY;
    }
    return flow;
}

/* The header's fourth paragraph. `slack` is the last row; with two units in each group, and one
 * profession alone that every group has. */
static void exclude(struct flow *flow, int32_t slack, const int32_t *total)
{
    int32_t everywhere = 0, main = NOBODY, others = 0;
    for (int32_t p = 0; p < slack; p++) {
        if (total[p] >= flow->groups) {
            everywhere++;
            main = p;
        } else {
            others += total[p];
        }
    }
    if (everywhere != 1 || flow->room != 2 || flow->supply[slack] == 0) {
        return;
    }
    for (int32_t row = 0; row <= slack; row++) {
        flow->exclusive[row] = (row == main || row == slack) == (others >= flow->groups);
    }
}

int32_t *least_moves(struct arena *arena, int32_t professions, int32_t groups, const int32_t *total,
                     const int32_t *have)
{
    const int32_t slack = professions;
    struct flow flow = flow_make(arena, professions + 1, groups);
    int32_t *wanted = arena_array(arena, int32_t, (size_t)professions * (size_t)groups + 1);
    int32_t units = 0;
    for (int32_t p = 0; p < professions; p++) {
        flow.supply[p] = total[p] % groups;
        units += flow.supply[p];
        for (int32_t g = 0; g < groups; g++) {
            flow.wish[cell(&flow, p, g)] = have[cell(&flow, p, g)] > total[p] / groups;
        }
    }
    flow.room = (units + groups - 1) / groups;
    flow.supply[slack] = flow.room * groups - units;
    exclude(&flow, slack, total);
    for (int32_t g = 0; g < groups; g++) {
        count_offers(&flow, g, 1);
    }
    for (int32_t row = 0; row <= slack; row++) {
        for (int32_t unit = 0; unit < flow.supply[row]; unit++) {
            place_unit(&flow, row);
        }
    }
    for (int32_t p = 0; p < professions; p++) {
        for (int32_t g = 0; g < groups; g++) {
            size_t at = cell(&flow, p, g);
            wanted[at] = total[p] / groups + flow.has[at];
        }
    }
    return wanted;
}
