/*
 * Users (a token's subject and the person behind it) and role grants. Roles live in role_grant
 * alone; which role takes which scope is the table in domain/base/role.h.
 */
#ifndef LOFT_DOMAIN_REGISTRY_USER_H
#define LOFT_DOMAIN_REGISTRY_USER_H

#include "domain/base/error.h"
#include "domain/base/principal.h"

struct user_create {
    struct text subject; /* `sub` of the token, 1 .. 255 bytes */
    struct text issuer;  /* `iss` of the token, default "local": the service itself */
    struct text person_id;
    struct boolean is_active; /* default true */
};

struct user_update { /* merge patch */
    struct text id;
    struct text person_id;
    struct boolean is_active;
};

/* FORBIDDEN "own_account": nobody switches off their own account, which may be the last that could
 * switch it on, or becomes another person. */
enum outcome user_check_update(const struct user_update *in, const struct principal *principal,
                               struct error *error);

struct role_grant_create {
    struct text user_id;       /* exactly one of user_id and api_client_id */
    struct text api_client_id; /* for partner_system */
    struct text role;
    struct text scope_type;
    struct text scope_id; /* demanded unless the scope is global, refused when it is */
};

/*
 * INVALID, as faults: "grantee_required" at /user_id (neither or both), "role_not_grantable" at
 * /role (unknown, or the service's own `system`), "role_not_for_client" and "role_not_for_user" at
 * /role (machines have partner_system and nothing else), "scope_type_not_allowed" at /scope_type
 * (expected: those that the role takes), "scope_id_required" and "scope_id_unwanted" at /scope_id.
 * FORBIDDEN "own_grant": nobody grants a role to themselves (separation of duties, domain.md §6).
 */
enum outcome role_grant_check_create(const struct role_grant_create *in,
                                     const struct principal *principal, struct error *error);

/* CONFLICT "too_many_grants" when the grantee holds PRINCIPAL_GRANTS_MAX: with one more they could
 * not log in any more (domain/base/principal.h). */
enum outcome role_grant_check_room(int64_t held, struct error *error);

/* FORBIDDEN "own_grant" when it is the caller's own. */
enum outcome role_grant_check_delete(struct text grantee_id, const struct principal *principal,
                                     struct error *error);

#endif
