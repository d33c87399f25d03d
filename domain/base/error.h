/*
 * Outcomes and errors: the error law of the service.
 *
 * A function that can refuse returns `enum outcome` and, unless it is DONE, has described the
 * refusal in the `struct error` of its request. The first refusal wins; faults of one body are
 * collected all at once. Codes are stable English snake_case words from api/contract/problems.yaml
 * (which holds their titles and details in nb, nn and en); nothing internal is ever put here.
 *
 * DONE             it happened
 * MALFORMED        the request cannot be read
 * UNAUTHENTICATED  no token, or not a valid one
 * FORBIDDEN        known, but not allowed (scope, permission, separation of duties)
 * NOT_FOUND        no such row, or not one that the caller may see
 * CONFLICT         it could succeed, had state, clock or other rows been different
 * STALE            the caller means another version than the present one
 * INVALID          this body can never succeed
 * UNCONDITIONAL    the caller does not say which version they mean
 * UNAVAILABLE      the database is away, busy or too slow; try again
 * INTERNAL         our fault; the log has the reason
 */
#ifndef LOFT_DOMAIN_BASE_ERROR_H
#define LOFT_DOMAIN_BASE_ERROR_H

#include "domain/base/arena.h"

enum outcome {
    DONE = 0,
    MALFORMED,
    UNAUTHENTICATED,
    FORBIDDEN,
    NOT_FOUND,
    CONFLICT,
    STALE,
    INVALID,
    UNCONDITIONAL,
    UNAVAILABLE,
    INTERNAL,
};

enum { ERROR_FAULTS_MAX = 100, ERROR_ALLOWED_MAX = 16, ERROR_ARGS_MAX = 6 };

/* One fault of a body, path, query or header. `pointer` is a JSON Pointer ("/person/email") for a
 * body and "?limit", "path:id" or "header:If-Match" otherwise. */
struct fault {
    const char *pointer;
    const char *code;
    const char *expected; /* a limit or a set to show, may be NULL */
};

struct error_arg {
    const char *name;
    const char *value;
};

struct error {
    struct arena *arena;
    enum outcome outcome;
    const char *code;
    const char *rule;                      /* id in domain.md, e.g. "SM-R03", or NULL */
    struct error_arg args[ERROR_ARGS_MAX]; /* fill {name} in the message */
    size_t arg_count;
    struct fault faults[ERROR_FAULTS_MAX];
    size_t fault_count;
    size_t faults_omitted; /* found beyond ERROR_FAULTS_MAX */
    /* A refused transition. */
    const char *from;
    const char *action;
    const char *allowed[ERROR_ALLOWED_MAX];
    size_t allowed_count;
    bool transition;
    int retry_after_s; /* 0 = not said */
};

void error_init(struct error *error, struct arena *arena);

/* Describes the refusal and returns `outcome`, so that a rule reads `return error_refuse(...)`. */
enum outcome error_refuse(struct error *error, enum outcome outcome, const char *code,
                          const char *rule);

/* Adds a value for {name} in the message. Returns error for chaining. */
struct error *error_arg(struct error *error, const char *name, const char *value);
struct error *error_arg_int(struct error *error, const char *name, int64_t value);

/* Adds a fault; the caller goes on looking for more and returns error_outcome() at the end. */
void error_fault(struct error *error, const char *pointer, const char *code, const char *expected);

/* INVALID with code "validation_failed" when there are faults and nothing worse, else what was
 * refused, else DONE. */
enum outcome error_outcome(struct error *error);

#endif
