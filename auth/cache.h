/*
 * Verified tokens and the principals behind them, found by SHA-256 of the token.
 *
 * Verifying costs 350 us (libjwt parses the PEM at each call) and a round trip for the grants;
 * finding costs less than one. Fixed in size: sets of 8 entries, each set under one of 16 locks; a
 * full set gives up an expired entry or the one least recently used. A token that is not sound is
 * never kept, so that nobody can fill the cache with rubbish.
 *
 * Grants hold for one grant epoch. The cache knows the newest epoch that was read; an entry of
 * another epoch still proves whose token it is, but its grants must be read again. cache_age
 * therefore ages all entries of an epoch at once, without a walk.
 */
#ifndef LOFT_AUTH_CACHE_H
#define LOFT_AUTH_CACHE_H

#include "auth/issuer.h"
#include "auth/principal.h"

enum { TOKEN_DIGEST_LEN = 32 };

struct cache;

struct cached {
    const struct issuer *issuer; /* outlives the cache */
    uint64_t generation;         /* of the issuer's keys when the signature was checked */
    int64_t ends_at;             /* microseconds since the Unix epoch */
    struct scopes scopes;        /* of the token; a client's principal may have fewer */
    const struct principal *principal;
};

/* `entries` is rounded up to a power of two, 64 .. 1048576. NULL without memory. */
struct cache *cache_create(int entries);
void cache_destroy(struct cache *cache); /* accepts NULL */

enum cache_state {
    CACHE_MISSING, /* or verified with keys that are no longer the present ones */
    CACHE_AGED,    /* the token is good, the grants are of another epoch */
    CACHE_FOUND,
};

/* What is kept for a token, the principal copied onto the arena; `ret` is untouched when missing.
 * Whether it has ended is for the caller to compare. */
enum cache_state cache_find(struct cache *cache, const unsigned char digest[TOKEN_DIGEST_LEN],
                            struct arena *arena, struct cached *ret);

/* Keeps a copy. `now` in microseconds since the Unix epoch. Grants older than the newest epoch
 * known are not kept: the next request reads them again. */
void cache_store(struct cache *cache, const unsigned char digest[TOKEN_DIGEST_LEN],
                 const struct cached *entry, int64_t now);

/* Grants of this epoch are no longer the database's. */
void cache_age(struct cache *cache, int64_t epoch);

/* Drops everything. */
void cache_clear(struct cache *cache);

#endif
