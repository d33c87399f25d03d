#include "domain/smart/refund.h"
#include "tests/unit/support.h"

/* The default policy of SM-R13. */
static const struct cancellation_rule standard[] = {
    {.days_before = 14, .refund_bp = 10000},
    {.days_before = 7, .refund_bp = 5000},
    {.days_before = 0, .refund_bp = 0},
};

static void vectors(void **state)
{
    static const struct {
        struct refund_case c;
        int64_t refund;
    } cases[] = {
        /* domain.md §7 vector 10, on 950 */
        {{.price_nok = 950, .days_before_start = 14, .days_since_registration = 90}, 950},
        {{.price_nok = 950, .days_before_start = 13, .days_since_registration = 90}, 475},
        {{.price_nok = 950, .days_before_start = 6, .days_since_registration = 90}, 0},
        {{.price_nok = 950,
          .consumer = true,
          .days_before_start = 0,
          .days_since_registration = 14,
          .withdrawal_right_days = 14},
         950},
        /* SM-R13: the edges, and the whole krone rounded down */
        {{.price_nok = 950, .days_before_start = 7, .days_since_registration = 90}, 475},
        {{.price_nok = 950, .days_before_start = 365, .days_since_registration = 90}, 950},
        {{.price_nok = 950, .days_before_start = 0, .days_since_registration = 90}, 0},
        {{.price_nok = 951, .days_before_start = 13, .days_since_registration = 90}, 475},
        {{.price_nok = 1, .days_before_start = 13, .days_since_registration = 90}, 0},
        {{.price_nok = 0, .days_before_start = 14, .days_since_registration = 90}, 0},
        {{.price_nok = 1000000, .days_before_start = 6, .days_since_registration = 90}, 0},
        /* SM-R14: day 15 is too late, an organisation has no such right, 0 switches it off */
        {{.price_nok = 950,
          .consumer = true,
          .days_before_start = 0,
          .days_since_registration = 15,
          .withdrawal_right_days = 14},
         0},
        {{.price_nok = 950,
          .days_before_start = 0,
          .days_since_registration = 0,
          .withdrawal_right_days = 14},
         0},
        {{.price_nok = 950, .consumer = true, .days_before_start = 0}, 0},
        {{.price_nok = 950,
          .consumer = true,
          .days_before_start = 0,
          .days_since_registration = 1,
          .withdrawal_right_days = 1},
         950},
        {{.price_nok = 950,
          .consumer = true,
          .days_before_start = 13,
          .days_since_registration = 15,
          .withdrawal_right_days = 14},
         475},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t refund = refund_amount(&cases[i].c, standard, COUNT(standard));
        if (refund != cases[i].refund) {
            fail_msg("case %zu: %lld", i, (long long)refund);
        }
    }
}

static void without_a_policy_nothing_comes_back(void **state)
{
    (void)state;
    const struct refund_case c = {.price_nok = 950, .days_before_start = 100};
    assert_int_equal(refund_amount(&c, NULL, 0), 0);
}

static void order_of_rows_does_not_matter(void **state)
{
    (void)state;
    const struct cancellation_rule reversed[] = {standard[2], standard[1], standard[0]};
    for (int64_t days = 0; days < 30; days++) {
        const struct refund_case c = {
            .price_nok = 950, .days_before_start = days, .days_since_registration = 90};
        assert_int_equal(refund_amount(&c, reversed, 3), refund_amount(&c, standard, 3));
    }
}

static struct refund_case random_case(struct random *random)
{
    return (struct refund_case){
        .price_nok = random_between(random, 0, 1000000),
        .consumer = random_next(random) % 2,
        .days_before_start = random_between(random, 0, 60),
        .days_since_registration = random_between(random, 0, 60),
        .withdrawal_right_days = random_between(random, 0, 30),
    };
}

/* For any policy: within 0 and the price, never less for more notice, never more for waiting longer
 * after registering, never more for an organisation than for a consumer. */
static void properties(void **state)
{
    struct random random = {.state = 10};

    (void)state;
    for (int i = 0; i < 20000; i++) {
        struct cancellation_rule rules[6];
        size_t count = (size_t)random_between(&random, 0, COUNT(rules));
        for (size_t j = 0; j < count; j++) {
            rules[j] = (struct cancellation_rule){
                .days_before = random_between(&random, 0, 60),
                .refund_bp = random_between(&random, 0, REFUND_BP_WHOLE),
            };
        }
        struct refund_case c = random_case(&random);
        int64_t refund = refund_amount(&c, rules, count);
        assert_true(refund >= 0 && refund <= c.price_nok);

        struct refund_case other = c;
        other.days_before_start += random_between(&random, 0, 30);
        assert_true(refund_amount(&other, rules, count) >= refund);

        other = c;
        other.days_since_registration += random_between(&random, 0, 30);
        assert_true(refund_amount(&other, rules, count) <= refund);

        other = c;
        other.consumer = false;
        assert_true(refund_amount(&other, rules, count) <= refund);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(vectors),
        TEST(without_a_policy_nothing_comes_back),
        TEST(order_of_rows_does_not_matter),
        TEST(properties),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
