#include "domain/grants/allocation.h"

#include <stdlib.h>

enum { SHARE_BP_WHOLE = 10000 };

/* ---- what is asked ----------------------------------------------------------------------------- */

static int by_code(const void *a, const void *b)
{
    const struct allocation_network *const *x = a, *const *y = b;
    return strcmp((*x)->code.s, (*y)->code.s);
}

/* The one that comes later in the list is at fault. */
static void check_codes(const struct allocation_network *networks, size_t count,
                        struct arena *arena, struct error *error)
{
    const struct allocation_network **sorted = arena_array(arena, const struct allocation_network *,
                                                           count + 1);
    for (size_t i = 0; i < count; i++) {
        sorted[i] = &networks[i];
    }
    qsort(sorted, count, sizeof sorted[0], by_code);
    for (size_t i = 1; i < count; i++) {
        if (by_code(&sorted[i - 1], &sorted[i]) == 0) {
            const struct allocation_network *later = sorted[i] > sorted[i - 1] ? sorted[i]
                                                                               : sorted[i - 1];
            error_fault(error, arena_format(arena, "/networks/%zu/code", later - networks),
                        "network_repeated", NULL);
        }
    }
}

static void check_joint(const struct allocation_terms *terms, struct error *error)
{
    bool amount = given(terms->joint_nok.is), share = given(terms->joint_share_bp.is);

    if (!amount && !share) {
        error_fault(error, "/joint_share_bp", "joint_required", NULL);
    }
    if (amount && share) {
        error_fault(error, "/joint_share_bp", "joint_ambiguous", NULL);
    }
    if (amount && terms->joint_nok.v > terms->total_nok) {
        error_fault(error, "/joint_nok", "joint_exceeds_total", NULL);
    }
}

/* ---- the money ----------------------------------------------------------------------------------- */

static int64_t gcd(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Factors without their common divisor; all zero stays so. */
static struct allocation_terms reduced(const struct allocation_terms *terms)
{
    struct allocation_terms out = *terms;
    int64_t divisor = gcd(gcd(out.weight_child_milli, out.weight_pupil_milli),
                          out.weight_apprentice_milli);
    if (divisor > 1) {
        out.weight_child_milli /= divisor;
        out.weight_pupil_milli /= divisor;
        out.weight_apprentice_milli /= divisor;
    }
    return out;
}

static int64_t weight_of(const struct allocation_terms *terms,
                         const struct allocation_network *network)
{
    return terms->weight_child_milli * network->children +
           terms->weight_pupil_milli * network->pupils +
           terms->weight_apprentice_milli * network->apprentices;
}

static int64_t joint_of(const struct allocation_terms *terms)
{
    return given(terms->joint_nok.is)
               ? terms->joint_nok.v
               : (int64_t)((__int128)terms->total_nok * terms->joint_share_bp.v / SHARE_BP_WHOLE);
}

/* Who gets a krone that is left over before whom. */
static int by_claim(const void *a, const void *b)
{
    const struct allocation_line *x = *(struct allocation_line *const *)a;
    const struct allocation_line *y = *(struct allocation_line *const *)b;

    if (x->remainder != y->remainder) {
        return x->remainder > y->remainder ? -1 : 1;
    }
    if (x->weight != y->weight) {
        return x->weight > y->weight ? -1 : 1;
    }
    return strcmp(x->code.s, y->code.s);
}

static void give_left_over(struct allocation_line *lines, size_t count, int64_t left,
                           struct arena *arena)
{
    struct allocation_line **sorted = arena_array(arena, struct allocation_line *, count + 1);
    for (size_t i = 0; i < count; i++) {
        sorted[i] = &lines[i];
    }
    qsort(sorted, count, sizeof sorted[0], by_claim);
    for (int64_t i = 0; i < left; i++) {
        sorted[i]->extra_krone = true;
        sorted[i]->amount_nok += 1;
    }
}

static enum outcome refuse_base(int64_t pool, __int128 needed, struct error *error)
{
    error_arg_int(error, "pool_nok", pool);
    error_arg_int(error, "needed_nok", needed > INT64_MAX ? INT64_MAX : (int64_t)needed);
    return error_refuse(error, INVALID, "base_exceeds_pool", "KL-R02");
}

/* The pool, and what of it the base grants leave. */
static enum outcome set_pool(const struct allocation_terms *terms, size_t count,
                             struct error *error, struct allocation_result *result)
{
    result->joint_nok = joint_of(terms);
    result->pool_nok = terms->total_nok - result->joint_nok;
    __int128 bases = (__int128)terms->base_per_network_nok * (int64_t)count;
    if (bases > result->pool_nok) {
        return refuse_base(result->pool_nok, bases, error);
    }
    result->variable_nok = result->pool_nok - (int64_t)bases;
    return DONE;
}

static void weigh(const struct allocation_terms *key, const struct allocation_network *networks,
                  size_t count, struct arena *arena, struct allocation_result *result)
{
    result->lines = arena_array(arena, struct allocation_line, count + 1);
    for (size_t i = 0; i < count; i++) {
        result->lines[i] = (struct allocation_line){
            .code = networks[i].code,
            .weight = weight_of(key, &networks[i]),
            .base_nok = key->base_per_network_nok,
        };
        result->weight += result->lines[i].weight;
    }
}

/* Whole kroner, rounded down; what is left over is extra_kroner. */
static void divide(struct allocation_result *result, size_t count)
{
    result->extra_kroner = result->variable_nok;
    for (size_t i = 0; i < count; i++) {
        struct allocation_line *line = &result->lines[i];
        if (result->weight > 0) {
            __int128 share = (__int128)result->variable_nok * line->weight;
            line->variable_nok = (int64_t)(share / result->weight);
            line->remainder = (int64_t)(share % result->weight);
        }
        line->amount_nok = line->base_nok + line->variable_nok;
        result->extra_kroner -= line->variable_nok;
    }
}

enum outcome allocation_compute(const struct allocation_terms *terms,
                                const struct allocation_network *networks, size_t count,
                                struct arena *arena, struct error *error,
                                struct allocation_result *ret_result)
{
    const struct allocation_terms key = reduced(terms);
    struct allocation_result result = {0};

    check_joint(terms, error);
    check_codes(networks, count, arena, error);
    enum outcome outcome = error_outcome(error);
    if (outcome == DONE) {
        outcome = set_pool(terms, count, error, &result);
    }
    if (outcome != DONE) {
        return outcome;
    }
    weigh(&key, networks, count, arena, &result);
    if (result.weight == 0 && result.variable_nok > 0) {
        return error_refuse(error, INVALID, "no_headcount", "KL-R13");
    }
    divide(&result, count);
    give_left_over(result.lines, count, result.extra_kroner, arena);
    *ret_result = result;
    return DONE;
}

static int64_t or_else(struct integer value, int64_t otherwise)
{
    return given(value.is) ? value.v : otherwise;
}

enum outcome allocation_simulate(const struct allocation_simulation *in, struct arena *arena,
                                 struct error *error, struct allocation_result *ret_result,
                                 size_t *ret_count)
{
    const struct allocation_head *heads = in->networks.items;
    const struct allocation_terms terms = {
        .total_nok = in->total_nok.v,
        .joint_nok = in->joint_nok,
        .joint_share_bp = in->joint_share_bp,
        .base_per_network_nok = in->base_per_network_nok.v,
        .weight_child_milli = or_else(in->weights_child_milli, ALLOCATION_WEIGHT_MILLI),
        .weight_pupil_milli = or_else(in->weights_pupil_milli, ALLOCATION_WEIGHT_MILLI),
        .weight_apprentice_milli = or_else(in->weights_apprentice_milli, ALLOCATION_WEIGHT_MILLI),
    };
    struct allocation_network *networks = arena_array(arena, struct allocation_network,
                                                      in->networks.count + 1);
    for (size_t i = 0; i < in->networks.count; i++) {
        networks[i] = (struct allocation_network){
            .code = heads[i].code,
            .children = or_else(heads[i].children, 0),
            .pupils = or_else(heads[i].pupils, 0),
            .apprentices = or_else(heads[i].apprentices, 0),
        };
    }
    *ret_count = in->networks.count;
    return allocation_compute(&terms, networks, in->networks.count, arena, error, ret_result);
}
