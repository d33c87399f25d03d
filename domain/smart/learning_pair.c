#include "domain/smart/learning_pair.h"

/* One group at a time. Pair numbers are at most `count`. */
struct table {
    struct group_member **seated; /* of the group, in the order of dealing */
    size_t count;
    struct group_member **loose; /* those without a pair, likewise; then by profession */
    size_t loose_count;
    int64_t *sizes; /* of pair i + 1 */
};

static bool alike(const struct group_member *a, const struct group_member *b)
{
    return text_equals(a->profession_code, b->profession_code);
}

static int64_t *size_of(const struct table *table, int64_t pair_no)
{
    return &table->sizes[pair_no - 1];
}

/* What is left of a pair when the other is gone is none. */
static void keep_pairs(struct table *table, bool renew)
{
    memset(table->sizes, 0, sizeof *table->sizes * table->count);
    for (size_t i = 0; i < table->count; i++) {
        struct group_member *member = table->seated[i];
        if (renew || member->pair_no > (int64_t)table->count) {
            member->pair_no = 0;
        }
        if (member->pair_no > 0) {
            ++*size_of(table, member->pair_no);
        }
    }
    for (size_t i = 0; i < table->count; i++) {
        int64_t pair_no = table->seated[i]->pair_no;
        if (pair_no > 0 && *size_of(table, pair_no) == 1) {
            *size_of(table, pair_no) = 0;
            table->seated[i]->pair_no = 0;
        }
    }
}

static void find_loose(struct table *table)
{
    table->loose_count = 0;
    for (size_t i = 0; i < table->count; i++) {
        if (table->seated[i]->pair_no == 0) {
            table->loose[table->loose_count++] = table->seated[i];
        }
    }
}

/* With one left over, a triple gives its last member up: two pairs instead. */
static void split_triple(struct table *table)
{
    for (size_t i = table->count; i > 0 && table->loose_count % 2 == 1; i--) {
        struct group_member *member = table->seated[i - 1];
        if (member->pair_no > 0 && *size_of(table, member->pair_no) == 3) {
            --*size_of(table, member->pair_no);
            member->pair_no = 0;
            find_loose(table);
        }
    }
}

static size_t run_length(const struct table *table, size_t begin)
{
    size_t end = begin;
    while (end < table->loose_count && alike(table->loose[end], table->loose[begin])) {
        end++;
    }
    return end - begin;
}

/* How many stand before a profession when the one that most of them have comes first. */
static size_t place_of_run(const struct table *table, size_t begin, size_t length)
{
    size_t place = 0;
    for (size_t i = 0, run; i < table->loose_count; i += run) {
        run = run_length(table, i);
        place += run > length || (run == length && i < begin) ? run : 0;
    }
    return place;
}

/* Members half a list apart then differ wherever they can. `room` holds as many. */
static void largest_first(struct table *table, struct group_member **room)
{
    for (size_t i = 0, run; i < table->loose_count; i += run) {
        run = run_length(table, i);
        memcpy(room + place_of_run(table, i, run), table->loose + i, run * sizeof *room);
    }
    memcpy(table->loose, room, table->loose_count * sizeof *room);
}

static void join(struct table *table, struct group_member *member, int64_t pair_no)
{
    member->pair_no = pair_no;
    ++*size_of(table, pair_no);
}

/* How well a third would fit: 0 where two are of one profession and the third is not, 1 where
 * neither has the third's. */
static int fit(const struct group_member *a, const struct group_member *b,
               const struct group_member *third)
{
    if (alike(a, third) || alike(b, third)) {
        return 2;
    }
    return alike(a, b) ? 0 : 1;
}

static void join_best(struct table *table, struct group_member *third)
{
    int best = 3;
    int64_t pair_no = 0;
    for (size_t i = 0; i < table->count; i++) {
        for (size_t j = i + 1; j < table->count; j++) {
            const struct group_member *a = table->seated[i], *b = table->seated[j];
            if (a->pair_no > 0 && a->pair_no == b->pair_no && fit(a, b, third) < best) {
                best = fit(a, b, third);
                pair_no = a->pair_no;
            }
        }
    }
    if (pair_no > 0) {
        join(table, third, pair_no);
    }
}

static void pair_group(struct table *table, struct group_member **room, bool renew)
{
    keep_pairs(table, renew);
    find_loose(table);
    split_triple(table);
    largest_first(table, room);
    size_t half = table->loose_count / 2;
    int64_t next_no = 1;
    for (size_t i = 0; i < half; i++) {
        while (*size_of(table, next_no) > 0) {
            next_no++;
        }
        join(table, table->loose[i], next_no);
        join(table, table->loose[i + half], next_no);
    }
    if (table->loose_count % 2 == 1) {
        join_best(table, table->loose[table->loose_count - 1]);
    }
}

void pairs_make(struct arena *arena, struct group_member *members, size_t count, int64_t k,
                bool renew)
{
    struct group_member **seated = arena_array(arena, struct group_member *, count + 1);
    struct group_member **room = arena_array(arena, struct group_member *, count + 1);
    size_t *end = arena_array(arena, size_t, (size_t)k + 2);
    struct table table = {.loose = arena_array(arena, struct group_member *, count + 1),
                          .sizes = arena_array(arena, int64_t, count + 1)};

    groups_order(members, count);
    for (size_t i = 0; i < count; i++) {
        end[members[i].group_no + 1]++;
    }
    for (int64_t g = 1; g <= k; g++) {
        end[g + 1] += end[g];
    }
    for (size_t i = 0; i < count; i++) {
        seated[end[members[i].group_no]++] = &members[i];
    }
    for (int64_t g = 1; g <= k; g++) { /* end[0]: where those in no group end */
        table.seated = seated + end[g - 1];
        table.count = end[g] - end[g - 1];
        pair_group(&table, room, renew);
    }
}
