#include "auth/auth.h"

#include "auth/cache.h"
#include "auth/client.h"
#include "auth/issuer.h"
#include "auth/keys.h"
#include "auth/principal.h"
#include "auth/scope.h"
#include "domain/base/clock.h"
#include "domain/base/log.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdlib.h>

/* How often the key directory is looked at, microseconds. */
#define KEYS_INTERVAL (5 * MICROSECONDS_PER_SECOND)

struct auth {
    struct storage *storage;
    struct keys *keys;
    struct cache *cache;
    EVP_MD *sha256; /* fetched once: a fetch per token costs more than the digest */
    char *issuer, *audience;
    int64_t token_lifetime_s;
    struct issuer_table issuers; /* row 0 is our own */
};

static bool word_fits(const char *word)
{
    size_t len = strnlen(word, TOKEN_WORD_MAX + 1);
    return len > 0 && len <= TOKEN_WORD_MAX;
}

struct auth *auth_create(const struct auth_options *options, struct storage *storage)
{
    if (!word_fits(options->issuer) || !word_fits(options->audience) ||
        options->token_lifetime_s < 60 || options->token_lifetime_s > 86400) {
        log_write(LOG_ERRORS, "auth_options", "issuer, audience or token lifetime out of limits");
        return NULL;
    }
    struct auth *auth = calloc(1, sizeof *auth);
    if (!auth)
        return NULL;
    auth->storage = storage;
    auth->token_lifetime_s = options->token_lifetime_s;
    auth->issuer = strdup(options->issuer);
    auth->audience = strdup(options->audience);
    auth->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    auth->cache = cache_create(options->cache_size);
    auth->keys = keys_open(options->keys_directory);
    if (!auth->issuer || !auth->audience || !auth->sha256 || !auth->cache || !auth->keys) {
        auth_destroy(auth);
        return NULL;
    }
    auth->issuers.rows[auth->issuers.count++] = issuer_own(auth->issuer, auth->audience,
                                                           auth->keys);
    return auth;
}

void auth_destroy(struct auth *auth)
{
    if (!auth)
        return;
    cache_destroy(auth->cache);
    keys_close(auth->keys);
    EVP_MD_free(auth->sha256);
    free(auth->issuer);
    free(auth->audience);
    free(auth);
}

static void refresh_keys(struct auth *auth)
{
    keys_refresh(auth->keys, keys_clock(), KEYS_INTERVAL);
}

const char *auth_jwks(struct auth *auth, struct arena *arena)
{
    refresh_keys(auth);
    struct key_set *set = keys_acquire(auth->keys);
    const char *jwks = arena_string(arena, set->jwks);
    keys_release(set);
    return jwks;
}

const char *auth_all_scopes(struct arena *arena)
{
    return scopes_join(scopes_all(), ' ', arena);
}

/* ---- token -> principal ---- */

static enum outcome refuse_token(enum token_fault fault, struct error *error)
{
    log_write(LOG_DEBUGGING, "token_refused", "%s", token_fault_name(fault));
    return error_refuse(error, UNAUTHENTICATED,
                        fault == TOKEN_EXPIRED ? "token_expired" : "token_invalid", NULL);
}

/* What the token proves, without grants: `ret->principal` stays NULL. */
static enum token_fault verify(struct auth *auth, const char *token, int64_t now,
                               struct arena *arena, struct identity *ret_identity,
                               struct cached *ret)
{
    struct verified verified;
    enum token_fault fault = issuer_verify(&auth->issuers, token, now, arena, &verified);
    if (fault != TOKEN_SOUND)
        return fault;
    *ret = (struct cached){
        .issuer = verified.issuer,
        .generation = verified.generation,
        .ends_at = token_ends_at(&verified.claims),
        .scopes = scopes_of_token(verified.claims.scope),
    };
    *ret_identity = (struct identity){
        .issuer = verified.issuer->accounts,
        .subject = verified.claims.subject,
        .is_client = strcmp(verified.claims.subject, verified.claims.client_id) == 0,
        .scopes = ret->scopes,
    };
    return TOKEN_SOUND;
}

/* Whom a cached token names, to read their grants again. */
static struct identity identity_of(const struct cached *cached)
{
    return (struct identity){
        .issuer = cached->issuer->accounts,
        .subject = cached->principal->subject,
        .is_client = cached->principal->kind == PRINCIPAL_CLIENT,
        .scopes = cached->scopes,
    };
}

static enum outcome find_principal(struct auth *auth, const char *token, int64_t now,
                                   bool read_grants, struct arena *arena, struct error *error,
                                   const struct principal **ret_principal)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    struct cached cached = {.principal = NULL};
    struct identity identity;
    size_t len = strnlen(token, TOKEN_MAX + 1);

    refresh_keys(auth);
    if (len > TOKEN_MAX)
        return refuse_token(TOKEN_TOO_LONG, error);
    if (EVP_Digest(token, len, digest, NULL, auth->sha256, NULL) != 1)
        return error_refuse(error, INTERNAL, "internal_error", NULL);

    enum cache_state state = cache_find(auth->cache, digest, arena, &cached);
    if (state != CACHE_MISSING && cached.ends_at <= now)
        return refuse_token(TOKEN_EXPIRED, error);
    if (state == CACHE_FOUND && !read_grants) {
        *ret_principal = cached.principal;
        return DONE;
    }
    if (state == CACHE_MISSING) {
        enum token_fault fault = verify(auth, token, now, arena, &identity, &cached);
        if (fault != TOKEN_SOUND)
            return refuse_token(fault, error);
    } else {
        identity = identity_of(&cached);
    }
    enum outcome outcome = principal_read(auth->storage, &identity, now, arena, error,
                                          &cached.principal);
    if (outcome != DONE)
        return outcome;
    cache_store(auth->cache, digest, &cached, now);
    *ret_principal = cached.principal;
    return DONE;
}

enum outcome auth_principal(struct auth *auth, const char *token, int64_t now, struct arena *arena,
                            struct error *error, const struct principal **ret_principal)
{
    return find_principal(auth, token, now, false, arena, error, ret_principal);
}

enum outcome auth_principal_now(struct auth *auth, const char *token, int64_t now,
                                struct arena *arena, struct error *error,
                                const struct principal **ret_principal)
{
    return find_principal(auth, token, now, true, arena, error, ret_principal);
}

void auth_forget(struct auth *auth, const struct principal *principal)
{
    if (principal)
        cache_age(auth->cache, principal->epoch);
    else
        cache_clear(auth->cache);
}

/* ---- our own tokens ---- */

/* Signs with the newest key; NULL when libjwt or our own reading refuses what came out. */
static const char *sign(struct auth *auth, const struct claims *claims, struct arena *arena)
{
    struct jws jws;
    struct key_set *set = keys_acquire(auth->keys);
    const char *token = token_sign(&set->keys[0], claims, arena);
    keys_release(set);
    return token && jws_read(token, arena, &jws) == TOKEN_SOUND ? token : NULL;
}

enum outcome auth_issue(struct auth *auth, const char *subject, const char *client_id,
                        const char *scope, int64_t lifetime_s, int64_t now, struct arena *arena,
                        struct error *error, const char **ret_token)
{
    unsigned char random[16];
    char id[23];
    refresh_keys(auth);
    if (RAND_bytes(random, sizeof random) != 1)
        return error_refuse(error, INTERNAL, "internal_error", NULL);
    base64url_encode(random, sizeof random, id);
    struct claims claims = {
        .issuer = auth->issuer,
        .subject = subject,
        .client_id = client_id,
        .scope = scope,
        .id = id,
        .audiences = {auth->audience},
        .audience_count = 1,
        .issued_at = now / MICROSECONDS_PER_SECOND,
        .expires_at = now / MICROSECONDS_PER_SECOND + lifetime_s,
    };
    bool fits = lifetime_s >= 1 && lifetime_s <= AUTH_LIFETIME_MAX_S;
    const char *token = fits ? sign(auth, &claims, arena) : NULL;
    if (!token) {
        log_write(LOG_ERRORS, "token_not_issued",
                  "subject, client, scope or lifetime out of limits");
        return error_refuse(error, INTERNAL, "internal_error", NULL);
    }
    *ret_token = token;
    return DONE;
}

enum outcome auth_client_token(struct auth *auth, const char *client_id, const char *secret,
                               const char *scope, int64_t now, struct arena *arena,
                               struct error *error, struct client_token *ret_token)
{
    struct scopes scopes;
    enum outcome outcome = client_authenticate(auth->storage, client_id, secret, scope, now, arena,
                                               error, &scopes);
    if (outcome != DONE)
        return outcome;
    struct client_token token = {
        .scope = scopes_join(scopes, ' ', arena),
        .expires_in_s = auth->token_lifetime_s,
    };
    outcome = auth_issue(auth, client_id, client_id, token.scope, token.expires_in_s, now, arena,
                         error, &token.token);
    if (outcome == DONE)
        *ret_token = token;
    return outcome;
}
