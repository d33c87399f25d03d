/* The token endpoint for machine clients (RFC 6749 4.4, 2.3.1). */
#ifndef LOFT_API_SYSTEM_OAUTH_H
#define LOFT_API_SYSTEM_OAUTH_H

#include "domain/base/value.h"

struct token_request {
    struct text authorization; /* header: Basic credentials */
    struct text grant_type;
    struct text scope;
};

#endif
