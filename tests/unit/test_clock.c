#include "domain/base/clock.h"
#include "tests/unit/support.h"

static int64_t instant_of(const char *s)
{
    int64_t instant;
    if (!instant_parse(s, strlen(s), &instant)) {
        fail_msg("%s was refused", s);
    }
    return instant;
}

static void instants_in_and_out(void **state)
{
    static const struct {
        const char *given;
        int64_t instant;
        const char *formatted;
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"},
        {"1969-12-31T23:59:59.999999Z", -1, "1969-12-31T23:59:59.999999Z"},
        {"2023-03-22T09:00:00+01:00", INT64_C(1679472000000000), "2023-03-22T08:00:00Z"},
        {"2023-03-22t08:00:00.5z", INT64_C(1679472000500000), "2023-03-22T08:00:00.500000Z"},
        {"2023-03-22T08:00:00.000000Z", INT64_C(1679472000000000), "2023-03-22T08:00:00Z"},
        {"2024-02-29T23:59:59-12:00", INT64_C(1709294399000000), "2024-03-01T11:59:59Z"},
        {"2000-02-29T00:00:00-00:00", INT64_C(951782400000000), "2000-02-29T00:00:00Z"},
        {"0001-01-01T00:00:00Z", INSTANT_MIN, "0001-01-01T00:00:00Z"},
        {"9999-12-31T23:59:59.999999Z", INSTANT_MAX, "9999-12-31T23:59:59.999999Z"},
        {"0000-12-31T23:59:59Z", 0, NULL},
        {"0001-01-01T00:00:00+00:01", 0, NULL},
        {"9999-12-31T23:59:59-00:01", 0, NULL},
        {"2023-02-29T00:00:00Z", 0, NULL},
        {"1900-02-29T00:00:00Z", 0, NULL},
        {"2023-04-31T00:00:00Z", 0, NULL},
        {"2023-13-01T00:00:00Z", 0, NULL},
        {"2023-00-01T00:00:00Z", 0, NULL},
        {"2023-01-00T00:00:00Z", 0, NULL},
        {"2023-01-01T24:00:00Z", 0, NULL},
        {"2023-01-01T00:60:00Z", 0, NULL},
        {"2016-12-31T23:59:60Z", 0, NULL},
        {"2023-01-01T00:00:00", 0, NULL},
        {"2023-01-01 00:00:00Z", 0, NULL},
        {"2023-01-01T00:00Z", 0, NULL},
        {"2023-01-01", 0, NULL},
        {"2023-01-01T00:00:00.Z", 0, NULL},
        {"2023-01-01T00:00:00.1234567Z", 0, NULL},
        {"2023-01-01T00:00:00,5Z", 0, NULL},
        {"2023-01-01T00:00:00+0100", 0, NULL},
        {"2023-01-01T00:00:00+24:00", 0, NULL},
        {"2023-01-01T00:00:00+01:60", 0, NULL},
        {"2023-01-01T00:00:00ZZ", 0, NULL},
        {"2023-01-01T00:00:00Z ", 0, NULL},
        {" 2023-01-01T00:00:00Z", 0, NULL},
        {"20230-01-01T00:00:00Z", 0, NULL},
        {"+023-01-01T00:00:00Z", 0, NULL},
        {"2023-1-01T00:00:00Z", 0, NULL},
        {"2023-01-01T0:00:00Z", 0, NULL},
        {"", 0, NULL},
        {"Z", 0, NULL},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t instant = 42;
        bool valid = instant_parse(cases[i].given, strlen(cases[i].given), &instant);
        if (valid != (cases[i].formatted != NULL)) {
            fail_msg("\"%s\" was %s", cases[i].given, valid ? "taken" : "refused");
        }
        assert_int_equal(instant, valid ? cases[i].instant : 42);
        if (valid) {
            assert_string_equal(instant_format(f->arena, instant), cases[i].formatted);
        }
    }
}

/* domain.md §7 vector 1: the last instant of a deadline day in Oslo and the first too late. */
static void deadlines_are_compared_as_instants(void **state)
{
    static const struct {
        const char *last;
        const char *late;
        const char *local_midnight; /* as PostgreSQL computes the first too-late instant */
    } cases[] = {
        {"2021-06-27T21:59:59Z", "2021-06-27T22:00:00Z", "2021-06-28T00:00:00+02:00"},
        {"2023-02-01T22:59:59Z", "2023-02-01T23:00:00Z", "2023-02-02T00:00:00+01:00"},
        {"2024-06-30T21:59:59Z", "2024-06-30T22:00:00Z", "2024-07-01T00:00:00+02:00"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_true(instant_of(cases[i].last) < instant_of(cases[i].local_midnight));
        assert_int_equal(instant_of(cases[i].late), instant_of(cases[i].local_midnight));
    }
}

static void every_character_counts(void **state)
{
    static const char good[] = "2023-03-22T09:00:00.500000+01:00";
    static const char others[] = "x/:;-+.TZ ";
    (void)state;
    for (size_t i = 0; i < sizeof good - 1; i++) {
        for (size_t j = 0; j < sizeof others - 1; j++) {
            char s[sizeof good];
            int64_t instant;
            memcpy(s, good, sizeof good);
            s[i] = others[j];
            bool same = good[i] == others[j] || (i == 26 && others[j] == '-');
            if (instant_parse(s, sizeof good - 1, &instant) != same) {
                fail_msg("%s", s);
            }
        }
    }
    assert_int_equal(instant_of("2023-03-22T15:59:00+15:59"), instant_of("2023-03-22T00:00:00Z"));
    assert_int_equal(instant_of("2023-03-22T00:00:00-15:59"), instant_of("2023-03-22T15:59:00Z"));
    int64_t instant;
    assert_false(instant_parse("2023-03-22T00:00:00+16:00", 25, &instant));
}

static void every_day_of_nine_centuries(void **state)
{
    struct fixture *f = *state;
    int64_t first, last, parsed;

    assert_true(day_parse("1600-01-01", 10, &first));
    assert_true(day_parse("2500-12-31", 10, &last));
    assert_int_equal(last - first + 1, 329084);
    for (int64_t day = first; day <= last; day++) {
        if (day % 1000 == 0) {
            arena_reset(f->arena);
        }
        const char *s = day_format(f->arena, day);
        assert_true(day_parse(s, strlen(s), &parsed));
        assert_int_equal(parsed, day);
    }
}

static void random_instants_survive(void **state)
{
    struct fixture *f = *state;
    struct random random = {.state = 11};

    for (int i = 0; i < 20000; i++) {
        fresh_error(f);
        int64_t instant = random_between(&random, INSTANT_MIN / 2, INSTANT_MAX / 2) * 2;
        assert_int_equal(instant_of(instant_format(f->arena, instant)), instant);
    }
}

/* Whatever the bytes are, nothing is read outside them (AddressSanitizer) and what is taken can be
 * written again. */
static void garbage_is_refused(void **state)
{
    static const char alphabet[] = "0123456789-:TZ+.tz ";
    struct fixture *f = *state;
    struct random random = {.state = 12};

    for (int i = 0; i < 50000; i++) {
        fresh_error(f);
        char good[] = "2024-02-29T12:34:56.789+01:00";
        size_t len = (size_t)random_between(&random, 0, sizeof good - 1);
        for (int changes = 0; changes < 2; changes++) {
            good[random_between(&random, 0, sizeof good - 2)] =
                alphabet[random_between(&random, 0, sizeof alphabet - 2)];
        }
        char *exact = arena_alloc(f->arena, len);
        memcpy(exact, good, len);
        int64_t instant;
        if (instant_parse(exact, len, &instant)) {
            assert_int_equal(instant_of(instant_format(f->arena, instant)), instant);
        }
    }
}

static void days(void **state)
{
    static const struct {
        const char *from;
        const char *to;
        int64_t days;
    } cases[] = {
        {"2023-03-22", "2023-03-22", 0},  {"2023-03-08", "2023-03-22", 14},
        {"2023-03-25", "2023-03-27", 2}, /* summer time begins on the 26th */
        {"2023-10-28", "2023-10-30", 2},  {"2024-02-28", "2024-03-01", 2},
        {"2023-03-22", "2023-03-21", -1}, {"2021-09-01", "2023-03-01", 546}, /* §7 vector 2 */
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t result = 99;
        assert_true(days_between(text_of(cases[i].from), text_of(cases[i].to), &result));
        assert_int_equal(result, cases[i].days);
    }
    int64_t untouched = 99;
    assert_false(days_between((struct text){.is = ABSENT}, text_of("2023-03-22"), &untouched));
    assert_false(days_between(text_of("2023-02-29"), text_of("2023-03-22"), &untouched));
    assert_false(days_between(text_of("2023-02-28"), text_of("2023-03-22T00"), &untouched));
    assert_int_equal(untouched, 99);
}

static void clocks_in_norway(void **state)
{
    static const struct {
        const char *instant;
        const char *shown;
    } cases[] = {
        {"2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z"},
        {"2026-03-29T00:59:59.999999Z", "2026-03-29T01:59:59.999999Z"},
        {"2026-03-29T01:00:00Z", "2026-03-29T03:00:00Z"}, /* the 31st is a Tuesday */
        {"2026-10-25T00:59:59Z", "2026-10-25T02:59:59Z"},
        {"2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"},
        {"2024-03-31T01:00:00Z", "2024-03-31T03:00:00Z"}, /* the 31st itself is a Sunday */
        {"2027-10-31T01:00:00Z", "2027-10-31T02:00:00Z"},
        {"2026-12-31T23:00:00Z", "2027-01-01T00:00:00Z"},
        {"1969-12-31T23:59:59.999999Z", "1970-01-01T00:59:59.999999Z"},
        {"0001-01-01T00:00:00Z", "0001-01-01T01:00:00Z"},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t local = instant_in_norway(instant_of(cases[i].instant));
        assert_string_equal(instant_format(fixture->arena, local), cases[i].shown);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(clocks_in_norway),
        TEST(instants_in_and_out),
        TEST(deadlines_are_compared_as_instants),
        TEST(every_day_of_nine_centuries),
        TEST(random_instants_survive),
        TEST(garbage_is_refused),
        TEST(days),
        TEST(every_character_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
