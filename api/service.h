/*
 * What a running service holds: settings, pools, keys, limits. Made once by `loft serve`, read by
 * every request.
 */
#ifndef LOFT_API_SERVICE_H
#define LOFT_API_SERVICE_H

#include "auth/auth.h"
#include "storage/storage.h"

#include <stdatomic.h>

struct limiter;
struct metrics;

struct service {
    const struct settings *settings;
    struct storage *storage; /* one connection for each worker */
    struct storage *exports; /* a small pool of its own, for streamed lists */
    struct auth *auth;
    struct limiter *limiter;
    struct metrics *metrics;
    atomic_bool draining; /* readiness is off, new work is still answered */
};

#endif
