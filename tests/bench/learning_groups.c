/*
 * Learning groups of many made-up people: proposed, rebalanced after a late change, paired. Prints
 * milliseconds, the median of five. `script/bench --cases groups` runs it.
 */
#include "domain/smart/learning_group.h"

#include "domain/smart/learning_pair.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 5, KINDS = 14, ARENA = 256 * 1024 * 1024 };

struct cohort {
    int32_t people;
    int32_t size;    /* of a group */
    int32_t changes; /* as many withdraw, and as many come */
    int32_t employers;
};

static const struct cohort cohorts[] = {
    {36, 6, 2, 12},
    {200, 6, 10, 40},
    {200, 6, 200, 40},
    {10000, 6, 100, 1500},
    {10000, 6, 10000, 50},
    {10000, 100, 1000, 300},
    {10000, 5000, 1000, 1000},
};

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static uint64_t state = 1;

static int32_t draw(int32_t below)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int32_t)((state >> 33) % (uint64_t)below);
}

/* Some professions and employers are common, some rare. */
static struct group_member person(struct arena *arena, const struct cohort *cohort, int32_t no)
{
    return (struct group_member){
        .registration_id = text_of(arena_format(arena, "r%06d", no)),
        .profession_code = text_of(arena_format(arena, "p%02d", draw(KINDS) * draw(KINDS) / KINDS)),
        .employer_id = text_of(
            arena_format(arena, "e%05d", draw(cohort->employers) * (1 + draw(4)) / 4))};
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double *times)
{
    qsort(times, ROUNDS, sizeof *times, compare);
    return times[ROUNDS / 2];
}

/* A change of all is the worst: everybody stands in some group, as if by chance. */
static void change(struct arena *arena, const struct cohort *cohort, struct group_member *members,
                   int64_t k)
{
    for (int32_t i = 0; i < cohort->people; i++) {
        members[i].from_group_no = 0;
    }
    for (int32_t i = 0; i < cohort->changes; i++) {
        if (cohort->changes == cohort->people) {
            members[i].group_no = 1 + draw((int32_t)k);
        } else {
            members[draw(cohort->people)] = person(arena, cohort, cohort->people + i);
        }
    }
}

static void measure(const struct cohort *cohort)
{
    double propose[ROUNDS], rebalance[ROUNDS], pair[ROUNDS];
    int32_t exchanged = 0, moved = 0;
    int64_t k = (cohort->people + cohort->size - 1) / cohort->size;

    for (int round = 0; round < ROUNDS; round++) {
        struct arena *arena = arena_create(ARENA);
        struct group_member *members = arena_array(arena, struct group_member,
                                                   (size_t)cohort->people);
        size_t count = (size_t)cohort->people;
        struct error error;

        error_init(&error, arena);
        for (int32_t i = 0; i < cohort->people; i++) {
            members[i] = person(arena, cohort, i);
        }
        double start = now_ms();
        groups_propose(arena, members, count, k);
        propose[round] = now_ms() - start;
        exchanged = moved = 0;
        for (size_t i = 0; i < count; i++) {
            exchanged += text_is(members[i].placed_by, PLACED_EXCHANGE);
        }
        change(arena, cohort, members, k);
        start = now_ms();
        groups_rebalance(arena, members, count, k, &error);
        rebalance[round] = now_ms() - start;
        for (size_t i = 0; i < count; i++) {
            moved += members[i].from_group_no > 0;
        }
        start = now_ms();
        pairs_make(arena, members, count, k, true);
        pair[round] = now_ms() - start;
        arena_destroy(arena);
    }
    printf("%8d%8d%12.2f%11d%9d%14.2f%7d%10.2f\n", cohort->people, (int)k, median(propose),
           exchanged, cohort->changes, median(rebalance), moved, median(pair));
}

int main(void)
{
    printf("%8s%8s%12s%11s%9s%14s%7s%10s\n", "people", "groups", "propose ms", "exchanged",
           "changes", "rebalance ms", "moved", "pairs ms");
    for (size_t i = 0; i < sizeof cohorts / sizeof cohorts[0]; i++) {
        measure(&cohorts[i]);
    }
    return 0;
}
