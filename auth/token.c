#include "auth/token.h"

#include "domain/base/clock.h"

#include <jwt.h>
#include <openssl/err.h>
#include <stdlib.h>

enum { ES256_SIGNATURE_LEN = 64 };

const char token_algorithm[] = "ES256";
const char token_type[] = "JWT";

static void release_jwt(jwt_t **jwt)
{
    jwt_free(*jwt);
}
#define AUTO_JWT __attribute__((cleanup(release_jwt))) jwt_t

static bool add_claims(jwt_t *jwt, const struct claims *claims)
{
    return jwt_add_grant(jwt, "iss", claims->issuer) == 0 &&
           jwt_add_grant(jwt, "aud", claims->audiences[0]) == 0 &&
           jwt_add_grant(jwt, "sub", claims->subject) == 0 &&
           jwt_add_grant(jwt, "client_id", claims->client_id) == 0 &&
           jwt_add_grant(jwt, "jti", claims->id) == 0 &&
           jwt_add_grant_int(jwt, "iat", (long)claims->issued_at) == 0 &&
           jwt_add_grant_int(jwt, "exp", (long)claims->expires_at) == 0 &&
           (claims->not_before == 0 ||
            jwt_add_grant_int(jwt, "nbf", (long)claims->not_before) == 0) &&
           (claims->scope[0] == '\0' || jwt_add_grant(jwt, "scope", claims->scope) == 0);
}

const char *token_sign(const struct key *key, const struct claims *claims, struct arena *arena)
{
    AUTO_JWT *jwt = NULL;
    if (jwt_new(&jwt) != 0 || jwt_add_header(jwt, "kid", key->kid) != 0 ||
        !add_claims(jwt, claims) ||
        jwt_set_alg(jwt, JWT_ALG_ES256, (const unsigned char *)key->private_pem,
                    key->private_len) != 0)
        return NULL;
    char *text = jwt_encode_str(jwt);
    if (!text)
        return NULL;
    const char *token = arena_string(arena, text);
    free(text);
    return token;
}

enum token_fault token_check_signature(const struct key *key, const struct jws *jws,
                                       const char *token)
{
    /* With an empty key, and when it has no memory to copy the key, jwt_decode answers "good"
     * without looking at the signature. So the key is never empty, and a good answer counts only
     * when libjwt still knows the algorithm that it was to verify with. */
    if (!key->public_pem || key->public_len <= 0 || jws->signature_len != ES256_SIGNATURE_LEN ||
        strcmp(jws->algorithm, token_algorithm) != 0)
        return TOKEN_SIGNATURE;
    AUTO_JWT *jwt = NULL;
    int refused = jwt_decode(&jwt, token, (const unsigned char *)key->public_pem, key->public_len);
    ERR_clear_error(); /* a bad signature leaves its reason in the queue of this thread */
    if (refused || !jwt || jwt_get_alg(jwt) != JWT_ALG_ES256)
        return TOKEN_SIGNATURE;
    return TOKEN_SOUND;
}

int64_t token_ends_at(const struct claims *claims)
{
    return (claims->expires_at + TOKEN_LEEWAY_S) * MICROSECONDS_PER_SECOND;
}

enum token_fault token_check_times(const struct claims *claims, int64_t now)
{
    int64_t latest = now + TOKEN_LEEWAY_S * MICROSECONDS_PER_SECOND;
    if (now >= token_ends_at(claims))
        return TOKEN_EXPIRED;
    if (claims->not_before * MICROSECONDS_PER_SECOND > latest ||
        claims->issued_at * MICROSECONDS_PER_SECOND > latest)
        return TOKEN_NOT_YET;
    return TOKEN_SOUND;
}
