/*
 * Whose tokens we believe: a table with one row per issuer.
 *
 * There is one row now, our own. A foreign issuer (ID-porten, Feide, a county's own) becomes a row
 * with its name, audience, algorithm and type and its own way to check a signature (cjose and that
 * issuer's JWKS). The row is chosen by `iss` before anything is verified and then pins all the
 * rest: a token never says by itself which algorithm or key applies to it.
 */
#ifndef LOFT_AUTH_ISSUER_H
#define LOFT_AUTH_ISSUER_H

#include "auth/token.h"

enum { ISSUERS_MAX = 8 };

struct issuer {
    const char *name;      /* `iss`, byte for byte */
    const char *accounts;  /* user_account.issuer of its people; outlives a change of `iss` */
    const char *audience;  /* must be among `aud` */
    const char *algorithm; /* `alg`, exactly */
    const char *type;      /* `typ`, exactly */
    /* TOKEN_SOUND, TOKEN_KEY or TOKEN_SIGNATURE. `generation` is that of the key set used. */
    enum token_fault (*check_signature)(const struct issuer *issuer, const struct jws *jws,
                                        const char *token, uint64_t *ret_generation);
    /* Present generation of its keys: what was verified with another one must be verified again. */
    uint64_t (*generation)(const struct issuer *issuer);
    struct keys *keys;
};

struct issuer_table {
    struct issuer rows[ISSUERS_MAX];
    size_t count;
};

/* The row for our own tokens; their people are the accounts of issuer "local". The strings and the
 * keys must outlive it. */
struct issuer issuer_own(const char *name, const char *audience, struct keys *keys);

/* NULL when we know no such issuer. */
const struct issuer *issuer_find(const struct issuer_table *table, const char *name);

/* A token that was verified, on the arena of the caller. */
struct verified {
    const struct issuer *issuer;
    uint64_t generation;
    struct claims claims;
};

/* The whole way from a bearer token to claims that can be believed. `now` in microseconds since
 * the Unix epoch. `ret` is untouched unless TOKEN_SOUND. */
enum token_fault issuer_verify(const struct issuer_table *table, const char *token, int64_t now,
                               struct arena *arena, struct verified *ret);

#endif
