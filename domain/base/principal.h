/*
 * Who is asking. Made by auth from a verified token and the grants of the database, read by
 * everyone, changed by nobody. Roles live in role_grant alone; the token carries only identity
 * and OAuth scopes (RFC 9068).
 */
#ifndef LOFT_DOMAIN_BASE_PRINCIPAL_H
#define LOFT_DOMAIN_BASE_PRINCIPAL_H

#include "domain/base/value.h"

enum principal_kind { PRINCIPAL_ANONYMOUS, PRINCIPAL_USER, PRINCIPAL_CLIENT, PRINCIPAL_SYSTEM };

/* Limits: a principal holds at most 64 grants and 32 scopes. */
enum { PRINCIPAL_GRANTS_MAX = 64, PRINCIPAL_SCOPES_MAX = 32 };

struct grant {
    const char *role;
    const char *scope_type; /* global, region, cohort, course, organisation, ... */
    const char *scope_id;   /* UUID, or NULL for global */
};

struct principal {
    enum principal_kind kind;
    const char *subject;   /* token `sub`; "anonymous" or "system" otherwise. Never NULL */
    const char *id;        /* UUID of user_account or api_client; NULL for anonymous and system */
    const char *person_id; /* UUID or NULL */
    const struct grant *grants;
    size_t grant_count;
    const char *const *scopes;
    size_t scope_count;
    /* The same, as the local settings of a transaction take it (comma lists, never NULL). */
    const char *roles_setting;
    const char *grants_setting;
    const char *scopes_setting;
    int64_t epoch; /* of the grants above; 0 for anonymous and system */
};

extern const struct principal principal_anonymous;
extern const struct principal principal_system;

bool principal_has_scope(const struct principal *principal, const char *scope);
/* True when a role of the principal carries the permission, e.g. "smart.registration.create". */
bool principal_may(const struct principal *principal, const char *permission);

#endif
