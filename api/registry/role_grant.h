/* Input of the operations on role grants. Who gets the role stands in the path. */
#ifndef LOFT_API_REGISTRY_ROLE_GRANT_H
#define LOFT_API_REGISTRY_ROLE_GRANT_H

#include "domain/base/value.h"

struct grant_request {
    struct text id; /* of the user or the API client who gets it */
    struct text role;
    struct text scope_type;
    struct text scope_id;
};

struct role_grant_key {
    struct text id;
};

#endif
