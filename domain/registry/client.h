/*
 * API clients: other systems that log in with client_credentials. The secret is shown once and kept
 * as SHA-256; what a client may do is the meeting of its OAuth scopes and its role grants.
 */
#ifndef LOFT_DOMAIN_REGISTRY_CLIENT_H
#define LOFT_DOMAIN_REGISTRY_CLIENT_H

#include "domain/base/error.h"

struct client_create {
    struct text client_id; /* public name, 3 .. 64 of a-z, 0-9 and single hyphens inside */
    struct text name;      /* 1 .. 200 code points, not blank */
    struct text organisation_id;
    struct text_list scopes; /* 1 .. 32 of oauth_scopes, each once */
};

struct client_update { /* merge patch */
    struct text id;
    struct text name;
    struct text organisation_id;
    struct text_list scopes;
    struct boolean is_active;
};

/* Faults: "name_required", "client_id_invalid" at /client_id, "scope_unknown" and
 * "scope_repeated" at /scopes/<index>, "scope_required" at /scopes. INVALID "validation_failed" or
 * DONE. */
enum outcome client_check_create(const struct client_create *in, struct error *error);
enum outcome client_check_update(const struct client_update *in, struct error *error);

#endif
