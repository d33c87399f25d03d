/* Input of the actions on an API client. */
#ifndef LOFT_API_REGISTRY_CLIENT_H
#define LOFT_API_REGISTRY_CLIENT_H

#include "domain/base/value.h"

struct client_key {
    struct text id;
};

#endif
