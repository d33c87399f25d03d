/*
 * Distribution of a round's money to the networks (tildeling etter fordelingsnøkkel): a joint share
 * is set aside, every network gets the same base grant, and the rest follows the weighted headcounts
 * by largest remainder, to the krone. domain.md §5.5, KL-R01, KL-R02.
 *
 *   joint    = joint_nok, or total * joint_share_bp / 10000 rounded down
 *   pool     = total - joint
 *   variable = pool - networks * base                 >= 0, or base_exceeds_pool
 *   weight_i = child * children_i + pupil * pupils_i + apprentice * apprentices_i, the three factors
 *              divided by their greatest common divisor first
 *   q_i, r_i = variable * weight_i divided by the sum of weights, and what that leaves
 *
 * The kroner that are left over go one each to the largest r_i; ties to the larger weight, then to
 * the code that sorts first (bytes).
 *
 * Holds for every input that is not refused: joint and amounts add up to the total exactly; no amount
 * is below the base; a larger weight never gets less; equal weights differ by at most one krone. The
 * order in which networks are given changes nothing. Products are 128 bits wide.
 */
#ifndef LOFT_DOMAIN_GRANTS_ALLOCATION_H
#define LOFT_DOMAIN_GRANTS_ALLOCATION_H

#include "domain/base/error.h"
#include "domain/base/shape.h"

enum {
    ALLOCATION_WEIGHT_MILLI = 1000,      /* a factor of one */
    ALLOCATION_WEIGHT_MILLI_MAX = 100000 /* a factor of a hundred */
};

/* Limits that the contract enforces, in kroner and heads. */
#define ALLOCATION_TOTAL_MAX INT64_C(100000000000)
#define ALLOCATION_HEADS_MAX INT64_C(10000000)

struct allocation_terms {
    int64_t total_nok;             /* 0 .. ALLOCATION_TOTAL_MAX */
    struct integer joint_nok;      /* exactly one of these two */
    struct integer joint_share_bp; /* 0 .. 10000 */
    int64_t base_per_network_nok;
    int64_t weight_child_milli; /* 0 .. ALLOCATION_WEIGHT_MILLI_MAX, as the two below */
    int64_t weight_pupil_milli;
    int64_t weight_apprentice_milli;
};

/* Heads of one network. Pupils are those of primary and of upper secondary school; apprentices
 * (lærlinger) include training candidates (lærekandidater). */
struct allocation_network {
    struct text code; /* KN01; unique among those given */
    int64_t children;
    int64_t pupils;
    int64_t apprentices;
};

/* What one network gets and how it came about. */
struct allocation_line {
    struct text code;
    int64_t weight;
    int64_t base_nok;
    int64_t variable_nok; /* q_i, without the extra krone */
    int64_t remainder;    /* r_i; of allocation_result.weight */
    bool extra_krone;
    int64_t amount_nok; /* base + variable + extra krone */
};

struct allocation_result {
    int64_t joint_nok;
    int64_t pool_nok;
    int64_t variable_nok;          /* of all networks */
    int64_t weight;                /* the sum */
    int64_t extra_kroner;          /* how many networks got one */
    struct allocation_line *lines; /* one for each network, in the order given; on the arena */
};

/* What a simulation is asked: the terms and the networks as a client writes them. A factor that is
 * not given is one. */
struct allocation_head {
    struct text code;
    struct integer children;
    struct integer pupils;
    struct integer apprentices;
};

struct allocation_simulation {
    struct integer total_nok;
    struct integer joint_nok;
    struct integer joint_share_bp;
    struct integer base_per_network_nok;
    struct integer weights_child_milli;
    struct integer weights_pupil_milli;
    struct integer weights_apprentice_milli;
    struct record_list networks; /* of allocation_head */
};

/* Nothing is stored. Refuses as allocation_compute does. */
enum outcome allocation_simulate(const struct allocation_simulation *in, struct arena *arena,
                                 struct error *error, struct allocation_result *ret_result,
                                 size_t *ret_count);

/*
 * INVALID with all faults of the terms at once: "joint_required" and "joint_ambiguous" at
 * /joint_share_bp, "joint_exceeds_total" at /joint_nok, "network_repeated" at /networks/N/code; then
 * "base_exceeds_pool" (KL-R02) with {pool_nok} {needed_nok}, or "no_headcount" (KL-R13) when there is
 * money to distribute and no weight to do it by.
 *
 * Takes O(n log n) for n networks. No network at all: the pool must be 0.
 */
enum outcome allocation_compute(const struct allocation_terms *terms,
                                const struct allocation_network *networks, size_t count,
                                struct arena *arena, struct error *error,
                                struct allocation_result *ret_result);

#endif
