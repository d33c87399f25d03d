#include "domain/base/transition.h"

#include "domain/base/role.h"

const struct transition *machine_find(const struct machine *machine, const char *from,
                                      const char *action)
{
    for (size_t i = 0; i < machine->count; i++) {
        const struct transition *transition = &machine->transitions[i];
        if (strcmp(transition->from, from) == 0 && strcmp(transition->action, action) == 0) {
            return transition;
        }
    }
    return NULL;
}

/* What a client may try instead. Actions that only the service itself takes (an offer expires) are
 * in the table but would be no help to anyone who asks. */
static void describe_refusal(const struct machine *machine, const char *from, const char *action,
                             struct error *error)
{
    error->transition = true;
    error->from = from;
    error->action = action;
    error->allowed_count = 0;
    for (size_t i = 0; i < machine->count && error->allowed_count < ERROR_ALLOWED_MAX; i++) {
        const struct transition *transition = &machine->transitions[i];
        if (strcmp(transition->from, from) == 0 && permission_is_held(transition->permission)) {
            error->allowed[error->allowed_count++] = transition->action;
        }
    }
}

enum outcome machine_apply(const struct machine *machine, const char *from, const char *action,
                           struct error *error, const struct transition **ret_transition)
{
    const struct transition *transition = machine_find(machine, from, action);
    if (!transition) {
        describe_refusal(machine, from, action, error);
        error_arg(error, "from", from);
        error_arg(error, "action", action);
        return error_refuse(error, CONFLICT, "invalid_transition", NULL);
    }
    *ret_transition = transition;
    return DONE;
}

enum outcome machine_next(const struct machine *machine, struct text from, const char *action,
                          struct error *error, struct text *ret_state)
{
    const struct transition *transition = NULL;
    enum outcome outcome = machine_apply(machine, from.s, action, error, &transition);
    if (outcome == DONE) {
        *ret_state = text_of(transition->to);
    }
    return outcome;
}
