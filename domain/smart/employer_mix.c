#include "domain/smart/employer_mix.h"

#include "domain/smart/learning_group.h"

/* How many of an employer a group has; open addressing, at most half full. */
struct tally {
    uint64_t *keys; /* group * employers + employer + 1; 0: free */
    int32_t *counts;
    uint64_t mask;
};

struct search {
    const struct employer_mix *mix;
    struct tally tally;
    int32_t *end;    /* of the profession's members, for each member */
    int32_t *begin;  /* likewise */
    int32_t *next_j; /* see the header */
    int32_t *own;    /* of the member's employer in their group, the member included */
    int32_t *group_begin;
    int32_t *in_group; /* members of group g: from group_begin[g] to group_begin[g + 1] */
    int32_t *slot;     /* where in in_group a member stands */
    int32_t *employer_begin;
    int32_t *of_employer;
    int32_t restart; /* the first i whose next_j was taken back */
};

static int32_t *tally_at(const struct tally *tally, uint64_t key)
{
    uint64_t at = (key * UINT64_C(0x9e3779b97f4a7c15)) >> 20;
    for (;; at++) {
        uint64_t place = at & tally->mask;
        if (tally->keys[place] == key || tally->keys[place] == 0) {
            tally->keys[place] = key;
            return &tally->counts[place];
        }
    }
}

static int32_t tally_read(const struct tally *tally, uint64_t key)
{
    uint64_t at = (key * UINT64_C(0x9e3779b97f4a7c15)) >> 20;
    for (;; at++) {
        uint64_t place = at & tally->mask;
        if (tally->keys[place] == key) {
            return tally->counts[place];
        }
        if (tally->keys[place] == 0) {
            return 0;
        }
    }
}

static uint64_t key_of(const struct employer_mix *mix, int32_t group, int32_t employer)
{
    return (uint64_t)group * (uint64_t)mix->employers + (uint64_t)employer + 1;
}

/* Every exchange writes at most two keys that were not there. */
static struct tally tally_make(struct arena *arena, const struct employer_mix *mix)
{
    uint64_t size = 1024;
    while (size < 2 * ((uint64_t)mix->count + 2 * GROUP_SWAPS_MAX)) {
        size *= 2;
    }
    struct tally tally = {.keys = arena_array(arena, uint64_t, size),
                          .counts = arena_array(arena, int32_t, size),
                          .mask = size - 1};
    for (int32_t i = 0; i < mix->count; i++) {
        if (mix->employer[i] >= 0) {
            ++*tally_at(&tally, key_of(mix, mix->group[i], mix->employer[i]));
        }
    }
    return tally;
}

/* Members sorted by `value` (below `values`, or -1: left out): where each value begins, and whom it
 * has, in order. */
static void bucket(struct arena *arena, const int32_t *value, int32_t count, int32_t values,
                   int32_t **ret_begin, int32_t **ret_members)
{
    int32_t *begin = arena_array(arena, int32_t, (size_t)values + 2);
    int32_t *members = arena_array(arena, int32_t, (size_t)count + 1);
    for (int32_t i = 0; i < count; i++) {
        if (value[i] >= 0) {
            begin[value[i] + 2]++;
        }
    }
    for (int32_t v = 2; v <= values; v++) {
        begin[v] += begin[v - 1];
    }
    for (int32_t i = 0; i < count; i++) {
        if (value[i] >= 0) {
            members[begin[value[i] + 1]++] = i;
        }
    }
    *ret_begin = begin;
    *ret_members = members;
}

static int32_t own_count(const struct search *s, int32_t i)
{
    int32_t employer = s->mix->employer[i];
    return employer < 0 ? 1 : tally_read(&s->tally, key_of(s->mix, s->mix->group[i], employer));
}

/* How many pairs fewer there are when i leaves for the group. */
static int32_t gain(const struct search *s, int32_t i, int32_t group)
{
    int32_t employer = s->mix->employer[i];
    return employer < 0 ? 0
                        : s->own[i] - 1 - tally_read(&s->tally, key_of(s->mix, group, employer));
}

static bool improves(const struct search *s, int32_t i, int32_t j)
{
    const struct employer_mix *mix = s->mix;
    if (s->own[i] + s->own[j] <= 2 || mix->group[i] == mix->group[j] ||
        mix->employer[i] == mix->employer[j] || (mix->fixed && (mix->fixed[i] || mix->fixed[j]))) {
        return false;
    }
    return gain(s, i, mix->group[j]) + gain(s, j, mix->group[i]) > 0;
}

static void search_begin(struct arena *arena, const struct employer_mix *mix, struct search *s)
{
    size_t room = (size_t)mix->count + 1;
    *s = (struct search){.mix = mix,
                         .tally = tally_make(arena, mix),
                         .begin = arena_array(arena, int32_t, room),
                         .end = arena_array(arena, int32_t, room),
                         .next_j = arena_array(arena, int32_t, room),
                         .own = arena_array(arena, int32_t, room),
                         .slot = arena_array(arena, int32_t, room)};
    bucket(arena, mix->group, mix->count, mix->groups, &s->group_begin, &s->in_group);
    bucket(arena, mix->employer, mix->count, mix->employers, &s->employer_begin, &s->of_employer);
    for (int32_t place = 0; place < mix->count; place++) {
        s->slot[s->in_group[place]] = place;
    }
    for (int32_t i = 0; i < mix->count; i++) {
        bool first = i == 0 || mix->profession[i] != mix->profession[i - 1];
        s->begin[i] = first ? i : s->begin[i - 1];
        s->next_j[i] = i + 1;
        s->own[i] = own_count(s, i);
        mix->partner[i] = -1;
    }
    for (int32_t i = mix->count - 1; i >= 0; i--) {
        bool last = i + 1 == mix->count || mix->profession[i] != mix->profession[i + 1];
        s->end[i] = last ? i + 1 : s->end[i + 1];
    }
}

/* The pair may gain now although it did not before. */
static void look_again(struct search *s, int32_t x, int32_t y)
{
    int32_t i = x < y ? x : y, j = x < y ? y : x;
    if (j < s->next_j[i] && improves(s, i, j)) {
        s->next_j[i] = j;
        if (i < s->restart) {
            s->restart = i;
        }
    }
}

static void look_again_with_all(struct search *s, int32_t x)
{
    for (int32_t y = s->begin[x]; y < s->end[x]; y++) {
        if (y != x) {
            look_again(s, x, y);
        }
    }
}

static void look_again_with_group(struct search *s, int32_t x, int32_t group)
{
    for (int32_t place = s->group_begin[group]; place < s->group_begin[group + 1]; place++) {
        int32_t y = s->in_group[place];
        if (s->mix->profession[x] == s->mix->profession[y] && x != y) {
            look_again(s, x, y);
        }
    }
}

static void look_again_at_employer(struct search *s, int32_t employer, int32_t g, int32_t h)
{
    if (employer < 0) {
        return;
    }
    for (int32_t at = s->employer_begin[employer]; at < s->employer_begin[employer + 1]; at++) {
        int32_t x = s->of_employer[at];
        if (s->mix->group[x] == g || s->mix->group[x] == h) {
            look_again_with_all(s, x);
        } else {
            look_again_with_group(s, x, g);
            look_again_with_group(s, x, h);
        }
    }
}

static void count_move(struct search *s, int32_t i, int32_t to)
{
    int32_t employer = s->mix->employer[i];
    if (employer >= 0) {
        --*tally_at(&s->tally, key_of(s->mix, s->mix->group[i], employer));
        ++*tally_at(&s->tally, key_of(s->mix, to, employer));
    }
}

static void recount_group(struct search *s, int32_t group)
{
    for (int32_t place = s->group_begin[group]; place < s->group_begin[group + 1]; place++) {
        s->own[s->in_group[place]] = own_count(s, s->in_group[place]);
    }
}

static void exchange(struct search *s, int32_t i, int32_t j)
{
    int32_t g = s->mix->group[i], h = s->mix->group[j];
    int32_t slot = s->slot[i];

    count_move(s, i, h);
    count_move(s, j, g);
    s->mix->group[i] = h;
    s->mix->group[j] = g;
    s->slot[i] = s->slot[j];
    s->slot[j] = slot;
    s->in_group[s->slot[i]] = i;
    s->in_group[s->slot[j]] = j;
    s->mix->partner[i] = j;
    s->mix->partner[j] = i;
    recount_group(s, g);
    recount_group(s, h);

    look_again_with_all(s, i);
    look_again_with_all(s, j);
    look_again_at_employer(s, s->mix->employer[i], g, h);
    look_again_at_employer(s, s->mix->employer[j], g, h);
}

/* Over all members of one employer in one group, twice the pairs that they make. */
static int64_t pairs(const struct search *s)
{
    int64_t twice = 0;
    for (int32_t i = 0; i < s->mix->count; i++) {
        twice += s->own[i] - 1;
    }
    return twice / 2;
}

int64_t employer_pairs(struct arena *arena, const struct employer_mix *mix)
{
    struct search s;
    search_begin(arena, mix, &s);
    return pairs(&s);
}

int32_t employer_mix(struct arena *arena, const struct employer_mix *mix)
{
    struct search s;
    int32_t swaps = 0;

    search_begin(arena, mix, &s);
    if (pairs(&s) == 0) {
        return 0;
    }
    for (int32_t i = 0; i < mix->count;) {
        while (s.next_j[i] < s.end[i] && !improves(&s, i, s.next_j[i])) {
            s.next_j[i]++;
        }
        if (s.next_j[i] == s.end[i]) {
            i++;
            continue;
        }
        s.restart = i;
        exchange(&s, i, s.next_j[i]);
        if (++swaps == GROUP_SWAPS_MAX) {
            break;
        }
        i = s.restart;
    }
    return swaps;
}
