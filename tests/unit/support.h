/*
 * What the unit tests share: an arena and an error for each test, a random source that says the
 * same on every run, and short ways to ask what a refusal held.
 */
#ifndef LOFT_TESTS_UNIT_SUPPORT_H
#define LOFT_TESTS_UNIT_SUPPORT_H

#include "domain/base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A test with a fixture: `*state` is a struct fixture, made anew for each test. */
struct fixture {
    struct arena *arena;
    struct error error;
};

int fixture_setup(void **state);
int fixture_teardown(void **state);
#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

/* Forgets the refusal before, and what the arena held; for tables of cases. */
struct error *fresh_error(struct fixture *fixture);

/* A fault with this pointer and code was collected. */
bool has_fault(const struct error *error, const char *pointer, const char *code);
bool has_allowed(const struct error *error, const char *action);

/* Outcome, code and rule at once; `rule` may be NULL. Fails the test that called it. */
#define assert_refused(error, outcome, code, rule)                                                 \
    check_refused((error), (outcome), (code), (rule), __FILE__, __LINE__)
void check_refused(const struct error *error, enum outcome outcome, const char *code,
                   const char *rule, const char *file, int line);

/* splitmix64; the seed is fixed so that a failure comes again. */
struct random {
    uint64_t state;
};
uint64_t random_next(struct random *random);
/* Evenly enough between and including both. */
int64_t random_between(struct random *random, int64_t low, int64_t high);

#endif
