#include "domain/grants/allocation.h"
#include "tests/unit/support.h"

#include <stdio.h>
#include <string.h>

enum { NETWORKS_MAX = 40, CASES = 100000 };

static struct allocation_terms terms_of(int64_t total, int64_t joint, int64_t base)
{
    return (struct allocation_terms){
        .total_nok = total,
        .joint_nok = integer_of(joint),
        .base_per_network_nok = base,
        .weight_child_milli = ALLOCATION_WEIGHT_MILLI,
        .weight_pupil_milli = ALLOCATION_WEIGHT_MILLI,
        .weight_apprentice_milli = ALLOCATION_WEIGHT_MILLI,
    };
}

/* domain.md §5.5, "small vectors" */
static void small_vectors(void **state)
{
    static const struct {
        int64_t variable;
        int64_t children[3];
        int64_t amounts[3];
    } cases[] = {
        {100, {1, 1, 1}, {34, 33, 33}}, {10, {5, 3, 1}, {6, 3, 1}},
        {1, {1, 2, 2}, {0, 1, 0}},      {7, {0, 1, 1}, {0, 4, 3}},
        {0, {1, 2, 3}, {0, 0, 0}},      {1000, {333, 333, 334}, {333, 333, 334}},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct error *error = fresh_error(*state);
        const struct allocation_terms terms = terms_of(cases[i].variable, 0, 0);
        const struct allocation_network networks[] = {
            {.code = text_of("A"), .children = cases[i].children[0]},
            {.code = text_of("B"), .children = cases[i].children[1]},
            {.code = text_of("C"), .children = cases[i].children[2]},
        };
        struct allocation_result result;
        assert_int_equal(allocation_compute(&terms, networks, 3, error->arena, error, &result),
                         DONE);
        for (size_t n = 0; n < 3; n++) {
            assert_int_equal(result.lines[n].amount_nok, cases[i].amounts[n]);
        }
    }
}

/* domain.md §5.5, the demo vector with eleven networks: q, r and amount of each. */
static const struct {
    const char *code;
    int64_t pupils, children, variable, remainder, amount;
} demo[] = {
    {"KN01", 23500, 10900, 2694384, 24000, 2844384}, {"KN02", 4700, 2200, 540443, 35500, 690443},
    {"KN03", 3100, 1350, 348546, 81000, 498547},     {"KN04", 5100, 2300, 579605, 92500, 729606},
    {"KN05", 7100, 3200, 806748, 78000, 956749},     {"KN06", 4300, 1900, 485615, 77500, 635616},
    {"KN07", 3900, 1750, 442536, 96000, 592537},     {"KN08", 2500, 1100, 281970, 45000, 431971},
    {"KN09", 700, 300, 78325, 12500, 228325},        {"KN10", 1250, 550, 140985, 22500, 290985},
    {"KN11", 19800, 0, 1550837, 44500, 1700837},
};

static void demo_networks(struct allocation_network *networks)
{
    for (size_t i = 0; i < COUNT(demo); i++) {
        networks[i] = (struct allocation_network){
            .code = text_of(demo[i].code), .children = demo[i].children, .pupils = demo[i].pupils};
    }
}

static void demo_vector(void **state)
{
    struct error *error = fresh_error(*state);
    struct allocation_terms terms = terms_of(12000000, 0, 150000);
    struct allocation_network networks[COUNT(demo)];
    struct allocation_result result;
    int64_t sum = 0;

    terms.joint_nok = (struct integer){.is = ABSENT};
    terms.joint_share_bp = integer_of(2000);
    demo_networks(networks);
    assert_int_equal(
        allocation_compute(&terms, networks, COUNT(demo), error->arena, error, &result), DONE);
    assert_int_equal(result.joint_nok, 2400000);
    assert_int_equal(result.pool_nok, 9600000);
    assert_int_equal(result.variable_nok, 7950000);
    assert_int_equal(result.weight, 101500);
    assert_int_equal(result.extra_kroner, 6);
    for (size_t i = 0; i < COUNT(demo); i++) {
        const struct allocation_line *line = &result.lines[i];
        assert_string_equal(line->code.s, demo[i].code);
        assert_int_equal(line->base_nok, 150000);
        assert_int_equal(line->variable_nok, demo[i].variable);
        assert_int_equal(line->remainder, demo[i].remainder);
        assert_int_equal(line->amount_nok, demo[i].amount);
        assert_int_equal(line->extra_krone, demo[i].remainder >= 45000);
        sum += line->amount_nok;
    }
    assert_int_equal(sum, 9600000);
}

/* Factors that have a common divisor give the same lines, remainders included. */
static void factors_are_reduced(void **state)
{
    struct error *error = fresh_error(*state);
    struct allocation_terms terms = terms_of(9600000, 0, 150000);
    struct allocation_network networks[COUNT(demo)];
    struct allocation_result plain, scaled;

    demo_networks(networks);
    assert_int_equal(allocation_compute(&terms, networks, COUNT(demo), error->arena, error, &plain),
                     DONE);
    terms.weight_child_milli = terms.weight_pupil_milli = terms.weight_apprentice_milli = 250;
    assert_int_equal(
        allocation_compute(&terms, networks, COUNT(demo), error->arena, error, &scaled), DONE);
    assert_int_equal(scaled.weight, 101500);
    for (size_t i = 0; i < COUNT(demo); i++) {
        assert_int_equal(scaled.lines[i].remainder, plain.lines[i].remainder);
        assert_int_equal(scaled.lines[i].amount_nok, plain.lines[i].amount_nok);
    }
}

/* Two children count as three apprentices: 1500 and 1000 become 3 and 2. */
static void factors_count(void **state)
{
    struct error *error = fresh_error(*state);
    struct allocation_terms terms = terms_of(1000, 0, 0);
    const struct allocation_network networks[] = {
        {.code = text_of("A"), .children = 2},
        {.code = text_of("B"), .apprentices = 3},
        {.code = text_of("C"), .pupils = 4},
    };
    struct allocation_result result;

    terms.weight_child_milli = 1500;
    terms.weight_pupil_milli = 0;
    assert_int_equal(allocation_compute(&terms, networks, 3, error->arena, error, &result), DONE);
    assert_int_equal(result.lines[0].weight, 6);
    assert_int_equal(result.lines[1].weight, 6);
    assert_int_equal(result.lines[2].weight, 0);
    assert_int_equal(result.lines[0].amount_nok, 500);
    assert_int_equal(result.lines[2].amount_nok, 0);
}

static void refusals(void **state)
{
    const struct allocation_network twice[] = {
        {.code = text_of("KN01"), .children = 1},
        {.code = text_of("KN02"), .children = 1},
        {.code = text_of("KN01"), .children = 1},
    };
    const struct allocation_network nobody[] = {{.code = text_of("KN01")},
                                                {.code = text_of("KN02")}};
    struct allocation_result result;

    struct error *error = fresh_error(*state);
    struct allocation_terms terms = terms_of(100, 101, 0);
    terms.joint_share_bp = integer_of(1);
    allocation_compute(&terms, twice, 3, error->arena, error, &result);
    assert_refused(error, INVALID, "validation_failed", NULL);
    assert_true(has_fault(error, "/joint_nok", "joint_exceeds_total"));
    assert_true(has_fault(error, "/joint_share_bp", "joint_ambiguous"));
    assert_true(has_fault(error, "/networks/2/code", "network_repeated"));

    error = fresh_error(*state);
    terms.joint_nok.is = terms.joint_share_bp.is = ABSENT;
    allocation_compute(&terms, twice, 2, error->arena, error, &result);
    assert_true(has_fault(error, "/joint_share_bp", "joint_required"));

    error = fresh_error(*state); /* by one krone */
    terms = terms_of(101, 2, 50);
    allocation_compute(&terms, twice, 2, error->arena, error, &result);
    assert_refused(error, INVALID, "base_exceeds_pool", "KL-R02");
    terms = terms_of(102, 2, 50);
    error = fresh_error(*state);
    assert_int_equal(allocation_compute(&terms, nobody, 2, error->arena, error, &result), DONE);

    error = fresh_error(*state);
    terms = terms_of(103, 2, 50);
    allocation_compute(&terms, nobody, 2, error->arena, error, &result);
    assert_refused(error, INVALID, "no_headcount", "KL-R13");
}

/* The largest numbers that the contract lets through: products beyond 64 bits. */
static void the_limits_do_not_overflow(void **state)
{
    struct error *error = fresh_error(*state);
    struct allocation_terms terms = terms_of(ALLOCATION_TOTAL_MAX, 0, 0);
    struct allocation_network networks[3];
    struct allocation_result result;

    terms.weight_child_milli = ALLOCATION_WEIGHT_MILLI_MAX;
    terms.weight_pupil_milli = ALLOCATION_WEIGHT_MILLI_MAX - 1;
    for (size_t i = 0; i < COUNT(networks); i++) {
        networks[i] = (struct allocation_network){
            .code = text_of(((const char *[]){"A", "B", "C"})[i]),
            .children = ALLOCATION_HEADS_MAX,
            .pupils = ALLOCATION_HEADS_MAX,
            .apprentices = ALLOCATION_HEADS_MAX,
        };
    }
    assert_int_equal(allocation_compute(&terms, networks, 3, error->arena, error, &result), DONE);
    assert_int_equal(result.lines[0].amount_nok, 33333333334);
    assert_int_equal(result.lines[1].amount_nok, 33333333333);
    assert_int_equal(result.lines[2].amount_nok, 33333333333);
}

static void nobody_and_nothing(void **state)
{
    struct error *error = fresh_error(*state);
    struct allocation_terms terms = terms_of(5, 5, 10);
    struct allocation_result result;

    assert_int_equal(allocation_compute(&terms, NULL, 0, error->arena, error, &result), DONE);
    assert_int_equal(result.pool_nok, 0);
}

/* ---- properties ------------------------------------------------------------------------------------ */

static int64_t heads(struct random *random)
{
    static const int64_t most[] = {0, 1, 3, 50, 40000, ALLOCATION_HEADS_MAX};
    return random_between(random, 0, most[random_between(random, 0, COUNT(most) - 1)]);
}

static size_t random_case(struct random *random, char (*codes)[8],
                          struct allocation_network *networks, struct allocation_terms *terms)
{
    size_t count = (size_t)random_between(random, 1, NETWORKS_MAX);
    for (size_t i = 0; i < count; i++) {
        snprintf(codes[i], sizeof codes[i], "K%02d", (int)((i * 7 + 3) % 97));
        networks[i] = (struct allocation_network){.code = text_of(codes[i]),
                                                  .children = heads(random),
                                                  .pupils = heads(random),
                                                  .apprentices = heads(random)};
    }
    int64_t total = random_between(random, 0,
                                   random_between(random, 0, 1) ? ALLOCATION_TOTAL_MAX : 1000);
    *terms = terms_of(total, random_between(random, 0, total), 0);
    if (random_between(random, 0, 1)) {
        terms->joint_nok = (struct integer){.is = ABSENT};
        terms->joint_share_bp = integer_of(random_between(random, 0, 10000));
    }
    terms->base_per_network_nok = random_between(random, 0, total / (int64_t)count / 2);
    terms->weight_child_milli = random_between(random, 0, ALLOCATION_WEIGHT_MILLI_MAX);
    terms->weight_pupil_milli = random_between(random, 0, 3) * 500;
    return count;
}

static void check_properties(const struct allocation_terms *terms, size_t count,
                             const struct allocation_result *result)
{
    int64_t sum = result->joint_nok;
    for (size_t i = 0; i < count; i++) {
        const struct allocation_line *line = &result->lines[i];
        sum += line->amount_nok;
        assert_true(line->amount_nok >= terms->base_per_network_nok);
        assert_int_equal(line->amount_nok, line->base_nok + line->variable_nok + line->extra_krone);
        for (size_t j = 0; j < count; j++) {
            const struct allocation_line *other = &result->lines[j];
            if (line->weight > other->weight) {
                assert_true(line->amount_nok >= other->amount_nok);
            }
            if (line->weight == other->weight) {
                assert_in_range(line->amount_nok - other->amount_nok + 1, 0, 2);
            }
        }
    }
    assert_int_equal(sum, terms->total_nok);
    assert_in_range(result->extra_kroner, 0, count ? count - 1 : 0);
}

static void reverse(struct allocation_network *networks, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        struct allocation_network other = networks[i];
        networks[i] = networks[count - 1 - i];
        networks[count - 1 - i] = other;
    }
}

/* Sums, bases, monotony, equal weights; and the order of the networks does not matter. */
static void properties(void **state)
{
    struct random random = {.state = 2023};
    size_t distributed = 0;

    for (int i = 0; i < CASES; i++) {
        struct error *error = fresh_error(*state);
        char codes[NETWORKS_MAX][8];
        struct allocation_network networks[NETWORKS_MAX];
        struct allocation_terms terms;
        struct allocation_result result, reversed;
        size_t count = random_case(&random, codes, networks, &terms);
        if (allocation_compute(&terms, networks, count, error->arena, error, &result) != DONE) {
            assert_true(strcmp(error->code, "no_headcount") == 0 ||
                        strcmp(error->code, "base_exceeds_pool") == 0);
            continue;
        }
        distributed++;
        check_properties(&terms, count, &result);
        reverse(networks, count);
        assert_int_equal(
            allocation_compute(&terms, networks, count, error->arena, error, &reversed), DONE);
        for (size_t n = 0; n < count; n++) {
            assert_int_equal(reversed.lines[count - 1 - n].amount_nok, result.lines[n].amount_nok);
        }
    }
    assert_true(distributed > CASES / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(small_vectors),      TEST(demo_vector), TEST(factors_are_reduced),
        TEST(factors_count),      TEST(refusals),    TEST(the_limits_do_not_overflow),
        TEST(nobody_and_nothing), TEST(properties),
    };
    return cmocka_run_group_tests_name("allocation", tests, NULL, NULL);
}
