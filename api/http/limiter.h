/*
 * Token buckets, one for each principal (or address without a token). In memory of one process: N
 * replicas allow N times the rate, which the README says. A table of fixed size; when it is full
 * the bucket that was idle longest makes room, which can only be generous.
 */
#ifndef LOFT_API_HTTP_LIMITER_H
#define LOFT_API_HTTP_LIMITER_H

#include <stdbool.h>
#include <stdint.h>

struct limiter;

struct limit_state {
    int64_t limit;     /* requests a minute */
    int64_t remaining; /* whole requests left now */
    int64_t reset_s;   /* until the bucket is full again */
    int64_t retry_s;   /* until the next request is allowed; 0 when this one is */
};

struct limiter *limiter_create(void);
void limiter_destroy(struct limiter *limiter); /* accepts NULL */

/* Takes one token. `now` in microseconds of a clock that never goes back. False = refused. */
bool limiter_take(struct limiter *limiter, const char *key, int64_t per_minute, int64_t now,
                  struct limit_state *ret_state);

#endif
