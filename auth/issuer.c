#include "auth/issuer.h"

/* A kid that is not in our set may be another replica's newest key, so the directory is looked at
 * out of turn; this often at most, since anybody can send unknown kids. Microseconds. */
#define UNKNOWN_KID_INTERVAL INT64_C(100000)

static enum token_fault check_with_set(const struct key_set *set, const struct jws *jws,
                                       const char *token, uint64_t *ret_generation)
{
    const struct key *key = key_set_find(set, jws->kid);
    if (!key)
        return TOKEN_KEY;
    *ret_generation = set->generation;
    return token_check_signature(key, jws, token);
}

static enum token_fault check_own(const struct issuer *issuer, const struct jws *jws,
                                  const char *token, uint64_t *ret_generation)
{
    struct key_set *set = keys_acquire(issuer->keys);
    enum token_fault fault = check_with_set(set, jws, token, ret_generation);
    keys_release(set);
    if (fault != TOKEN_KEY)
        return fault;
    keys_refresh(issuer->keys, keys_clock(), UNKNOWN_KID_INTERVAL);
    set = keys_acquire(issuer->keys);
    fault = check_with_set(set, jws, token, ret_generation);
    keys_release(set);
    return fault;
}

static uint64_t own_generation(const struct issuer *issuer)
{
    return keys_generation(issuer->keys);
}

struct issuer issuer_own(const char *name, const char *audience, struct keys *keys)
{
    return (struct issuer){
        .name = name,
        .accounts = "local",
        .audience = audience,
        .algorithm = token_algorithm,
        .type = token_type,
        .check_signature = check_own,
        .generation = own_generation,
        .keys = keys,
    };
}

const struct issuer *issuer_find(const struct issuer_table *table, const char *name)
{
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->rows[i].name, name) == 0)
            return &table->rows[i];
    return NULL;
}

static bool has_audience(const struct claims *claims, const char *audience)
{
    for (size_t i = 0; i < claims->audience_count; i++)
        if (strcmp(claims->audiences[i], audience) == 0)
            return true;
    return false;
}

enum token_fault issuer_verify(const struct issuer_table *table, const char *token, int64_t now,
                               struct arena *arena, struct verified *ret)
{
    struct jws jws;
    uint64_t generation = 0;
    enum token_fault fault = jws_read(token, arena, &jws);
    if (fault != TOKEN_SOUND)
        return fault;
    const struct issuer *issuer = issuer_find(table, jws.claims.issuer);
    if (!issuer)
        return TOKEN_ISSUER;
    if (strcmp(jws.algorithm, issuer->algorithm) != 0)
        return TOKEN_ALGORITHM;
    if (strcmp(jws.type, issuer->type) != 0)
        return TOKEN_TYPE;
    fault = issuer->check_signature(issuer, &jws, token, &generation);
    if (fault != TOKEN_SOUND)
        return fault;
    if (!has_audience(&jws.claims, issuer->audience))
        return TOKEN_AUDIENCE;
    fault = token_check_times(&jws.claims, now);
    if (fault != TOKEN_SOUND)
        return fault;
    *ret = (struct verified){.issuer = issuer, .generation = generation, .claims = jws.claims};
    return TOKEN_SOUND;
}
