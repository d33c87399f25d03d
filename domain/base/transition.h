/*
 * State machines as const tables: the same table decides a transition, says in a refusal what would
 * be allowed, and is what the API offers as `allowed_actions` on an item.
 */
#ifndef LOFT_DOMAIN_BASE_TRANSITION_H
#define LOFT_DOMAIN_BASE_TRANSITION_H

#include "domain/base/error.h"

struct transition {
    const char *from;
    const char *action;
    const char *to;
    const char *permission; /* the permission that the operation of this action declares */
};

struct machine {
    const struct transition *transitions;
    size_t count;
};
/* clang-format off */
#define MACHINE_OF(table) {.transitions = (table), .count = sizeof (table) / sizeof (table)[0]}
/* clang-format on */

/* NULL when the action is not possible from that state. */
const struct transition *machine_find(const struct machine *machine, const char *from,
                                      const char *action);

/* The transition, or CONFLICT "invalid_transition" with from, action and the actions that the
 * state allows. `from` must be a NUL-terminated state name. */
enum outcome machine_apply(const struct machine *machine, const char *from, const char *action,
                           struct error *error, const struct transition **ret_transition);

/* The same where only the state that it leads to is asked for; untouched when refused. */
enum outcome machine_next(const struct machine *machine, struct text from, const char *action,
                          struct error *error, struct text *ret_state);

#endif
