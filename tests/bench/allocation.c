/*
 * Distribution of a round's money to many made-up networks. Prints milliseconds, the median of five.
 * `script/bench --cases allocation` runs it.
 */
#include "domain/grants/allocation.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 5, ARENA = 64 * 1024 * 1024 };

static const int32_t sizes[] = {11, 500, 10000};

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static uint64_t state = 1;

static int64_t draw(int64_t below)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)((state >> 33) % (uint64_t)below);
}

static struct allocation_network network(struct arena *arena, int32_t no)
{
    return (struct allocation_network){.code = text_of(arena_format(arena, "N%06d", no)),
                                       .children = draw(12000),
                                       .pupils = draw(25000),
                                       .apprentices = draw(2000)};
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void measure(int32_t size)
{
    const struct allocation_terms terms = {.total_nok = ALLOCATION_TOTAL_MAX,
                                           .joint_share_bp = integer_of(2000),
                                           .base_per_network_nok = 150000,
                                           .weight_child_milli = 1500,
                                           .weight_pupil_milli = 1000,
                                           .weight_apprentice_milli = 700};
    double times[ROUNDS];
    struct allocation_result result = {0};

    for (int round = 0; round < ROUNDS; round++) {
        struct arena *arena = arena_create(ARENA);
        struct allocation_network *networks = arena_array(arena, struct allocation_network,
                                                          (size_t)size);
        struct error error;

        error_init(&error, arena);
        for (int32_t i = 0; i < size; i++) {
            networks[i] = network(arena, i);
        }
        double start = now_ms();
        if (allocation_compute(&terms, networks, (size_t)size, arena, &error, &result) != DONE) {
            abort();
        }
        times[round] = now_ms() - start;
        arena_destroy(arena);
    }
    qsort(times, ROUNDS, sizeof *times, compare);
    printf("%10d%14.3f%16lld\n", size, times[ROUNDS / 2], (long long)result.extra_kroner);
}

int main(void)
{
    printf("%10s%14s%16s\n", "networks", "compute ms", "extra kroner");
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        measure(sizes[i]);
    }
    return 0;
}
