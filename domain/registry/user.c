#include "domain/registry/user.h"

#include "domain/base/role.h"
#include "domain/base/text.h"

#define ROLE_OF_CLIENTS "partner_system"
#define SCOPE_GLOBAL "global"

/* "course, organisation": what to choose from instead. */
static const char *join(const char *const *words, struct arena *arena)
{
    struct buffer list;

    buffer_init(&list, arena, 0);
    for (; *words; words++) {
        buffer_add_string(&list, list.len > 0 ? ", " : "");
        buffer_add_string(&list, *words);
    }
    return list.data;
}

static void check_grantee(const struct role_grant_create *in, struct error *error)
{
    if (given(in->user_id.is) == given(in->api_client_id.is)) {
        error_fault(error, "/user_id", "grantee_required", NULL);
        return;
    }
    bool of_clients = text_is(in->role, ROLE_OF_CLIENTS);
    if (given(in->api_client_id.is) && !of_clients) {
        error_fault(error, "/role", "role_not_for_client", ROLE_OF_CLIENTS);
    }
    if (given(in->user_id.is) && of_clients) {
        error_fault(error, "/role", "role_not_for_user", NULL);
    }
}

static void check_scope(const struct role_grant_create *in, const struct role *role,
                        struct error *error)
{
    if (!text_is_one_of(in->scope_type, role->scope_types)) {
        error_fault(error, "/scope_type", "scope_type_not_allowed",
                    join(role->scope_types, error->arena));
    }
    bool global = text_is(in->scope_type, SCOPE_GLOBAL);
    if (global && given(in->scope_id.is)) {
        error_fault(error, "/scope_id", "scope_id_unwanted", NULL);
    }
    if (!global && !given(in->scope_id.is)) {
        error_fault(error, "/scope_id", "scope_id_required", NULL);
    }
}

static enum outcome refuse_own(struct text grantee_id, const struct principal *principal,
                               struct error *error)
{
    if (principal->id && text_is(grantee_id, principal->id)) {
        return error_refuse(error, FORBIDDEN, "own_grant", NULL);
    }
    return DONE;
}

enum outcome user_check_update(const struct user_update *in, const struct principal *principal,
                               struct error *error)
{
    if (principal->id && text_is(in->id, principal->id)) {
        return error_refuse(error, FORBIDDEN, "own_account", NULL);
    }
    return DONE;
}

enum outcome role_grant_check_room(int64_t held, struct error *error)
{
    if (held >= PRINCIPAL_GRANTS_MAX) {
        error_arg_int(error, "limit", PRINCIPAL_GRANTS_MAX);
        return error_refuse(error, CONFLICT, "too_many_grants", NULL);
    }
    return DONE;
}

enum outcome role_grant_check_create(const struct role_grant_create *in,
                                     const struct principal *principal, struct error *error)
{
    const struct role *role = given(in->role.is) ? role_find(in->role.s) : NULL;

    check_grantee(in, error);
    if (!role || !role->scope_types[0]) {
        error_fault(error, "/role", "role_not_grantable", NULL);
    } else {
        check_scope(in, role, error);
    }
    enum outcome outcome = error_outcome(error);
    if (outcome != DONE) {
        return outcome;
    }
    return refuse_own(given(in->user_id.is) ? in->user_id : in->api_client_id, principal, error);
}

enum outcome role_grant_check_delete(struct text grantee_id, const struct principal *principal,
                                     struct error *error)
{
    return refuse_own(grantee_id, principal, error);
}
