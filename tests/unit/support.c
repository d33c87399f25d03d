#include "tests/unit/support.h"

#include <stdlib.h>

int fixture_setup(void **state)
{
    struct fixture *fixture = malloc(sizeof *fixture);
    if (!fixture) {
        return -1;
    }
    fixture->arena = arena_create(4 * 1024 * 1024);
    error_init(&fixture->error, fixture->arena);
    *state = fixture;
    return fixture->arena ? 0 : -1;
}

int fixture_teardown(void **state)
{
    struct fixture *fixture = *state;
    arena_destroy(fixture->arena);
    free(fixture);
    return 0;
}

struct error *fresh_error(struct fixture *fixture)
{
    arena_reset(fixture->arena);
    error_init(&fixture->error, fixture->arena);
    return &fixture->error;
}

bool has_fault(const struct error *error, const char *pointer, const char *code)
{
    for (size_t i = 0; i < error->fault_count; i++) {
        if (strcmp(error->faults[i].pointer, pointer) == 0 &&
            strcmp(error->faults[i].code, code) == 0) {
            return true;
        }
    }
    return false;
}

bool has_allowed(const struct error *error, const char *action)
{
    for (size_t i = 0; i < error->allowed_count; i++) {
        if (strcmp(error->allowed[i], action) == 0) {
            return true;
        }
    }
    return false;
}

void check_refused(const struct error *error, enum outcome outcome, const char *code,
                   const char *rule, const char *file, int line)
{
    const char *found = error->code ? error->code : "nothing";
    const char *found_rule = error->rule ? error->rule : "no rule";

    if (error->outcome != outcome || strcmp(found, code) != 0 ||
        strcmp(found_rule, rule ? rule : "no rule") != 0) {
        print_error("outcome %d %s (%s) where %d %s (%s) was expected\n", (int)error->outcome,
                    found, found_rule, (int)outcome, code, rule ? rule : "no rule");
        _fail(file, line);
    }
}

uint64_t random_next(struct random *random)
{
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

int64_t random_between(struct random *random, int64_t low, int64_t high)
{
    return low + (int64_t)(random_next(random) % (uint64_t)(high - low + 1));
}
