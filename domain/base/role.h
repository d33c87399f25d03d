/*
 * Roles and what they may do (domain.md §6): one const table, read by principal_may, by the
 * registry when it grants a role, and by whoever asks what they may. The reasoning stands beside the table in
 * role.c.
 *
 * A permission is an exact string, e.g. "smart.registration.create"; there are no wildcards, so
 * that a search for the string finds everyone who has it. A permission opens an operation; which
 * rows it then reaches is for the row policies to say (own, own course, own organisation, all).
 */
#ifndef LOFT_DOMAIN_BASE_ROLE_H
#define LOFT_DOMAIN_BASE_ROLE_H

#include "domain/base/value.h"

struct role {
    const char *name;
    /* Scope types it may be granted with, NULL-terminated; empty = never granted to anyone. */
    const char *const *scope_types;
    const char *const *permissions; /* NULL-terminated */
};

extern const struct role role_table[];
extern const size_t role_table_count;

/* Permissions of everyone who has a token, whatever their roles; NULL-terminated. */
extern const char *const token_permissions[];

/* Every scope type that a grant may have (domain.md §0.1) and every OAuth scope that a token may
 * carry; NULL-terminated. */
extern const char *const grant_scope_types[];
extern const char *const oauth_scopes[];

/* NULL when there is no such role. */
const struct role *role_find(const char *name);

/* False for an unknown role. */
bool role_carries(const char *name, const char *permission);

/* True when everyone with a token has it or a role that can be granted carries it; otherwise it is
 * the service's own. */
bool permission_is_held(const char *permission);

#endif
