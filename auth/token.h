/*
 * Signing and verifying our own access tokens: the only file that knows libjwt.
 *
 * The tokens are RFC 9068 in their claims. Their header says `typ: JWT`, not `at+jwt`: libjwt
 * 1.10.2 writes "JWT" whatever was asked for and refuses to verify anything else. What at+jwt is
 * for (an access token that cannot be taken for an ID token) holds all the same, because our keys
 * sign access tokens and nothing else.
 */
#ifndef LOFT_AUTH_TOKEN_H
#define LOFT_AUTH_TOKEN_H

#include "auth/keys.h"

/* What our own tokens say in their header. */
extern const char token_algorithm[]; /* "ES256" */
extern const char token_type[];      /* "JWT" */

/* Tolerance between our clock and another replica's. */
enum { TOKEN_LEEWAY_S = 30 };

/* A compact JWS of these claims on the arena; NULL when libjwt refuses (text that is not UTF-8,
 * no memory). nbf is left out when 0, scope when empty. Only the first audience is written. */
const char *token_sign(const struct key *key, const struct claims *claims, struct arena *arena);

/* The signature alone, over a token that jws_read has found sound and whose algorithm and kid are
 * those of the key: TOKEN_SOUND or TOKEN_SIGNATURE. */
enum token_fault token_check_signature(const struct key *key, const struct jws *jws,
                                       const char *token);

/* exp, nbf and iat against `now` (microseconds since the Unix epoch), each with the leeway. */
enum token_fault token_check_times(const struct claims *claims, int64_t now);

/* The instant from which on such a token is TOKEN_EXPIRED, microseconds since the Unix epoch. */
int64_t token_ends_at(const struct claims *claims);

#endif
