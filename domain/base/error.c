#include "domain/base/error.h"

void error_init(struct error *error, struct arena *arena)
{
    *error = (struct error){.arena = arena, .outcome = DONE};
}

/* The first refusal wins, and what it was is answered too, so that the caller's return value and
 * the problem that is shown never differ. */
enum outcome error_refuse(struct error *error, enum outcome outcome, const char *code,
                          const char *rule)
{
    if (error->outcome == DONE) {
        error->outcome = outcome;
        error->code = code;
        error->rule = rule;
    }
    return error->outcome;
}

struct error *error_arg(struct error *error, const char *name, const char *value)
{
    for (size_t i = 0; i < error->arg_count; i++) {
        if (strcmp(error->args[i].name, name) == 0) {
            return error; /* of the first refusal, like its code */
        }
    }
    if (error->arg_count < ERROR_ARGS_MAX) {
        error->args[error->arg_count++] = (struct error_arg){.name = name, .value = value};
    }
    return error;
}

struct error *error_arg_int(struct error *error, const char *name, int64_t value)
{
    return error_arg(error, name, arena_format(error->arena, "%lld", (long long)value));
}

void error_fault(struct error *error, const char *pointer, const char *code, const char *expected)
{
    if (error->fault_count == ERROR_FAULTS_MAX) {
        error->faults_omitted++;
        return;
    }
    error->faults[error->fault_count++] = (struct fault){
        .pointer = pointer, .code = code, .expected = expected};
}

enum outcome error_outcome(struct error *error)
{
    if (error->outcome == DONE && error->fault_count > 0) {
        return error_refuse(error, INVALID, "validation_failed", NULL);
    }
    return error->outcome;
}
