/*
 * Token -> principal. The only door to libjwt.
 *
 * A bearer token is verified once (algorithm pinned to the key, ES256 only for our own issuer;
 * `none`, HMAC, `crit` and unknown `kid` refused before any library sees it; iss, aud, exp, nbf
 * and iat with 30 s leeway) and then found in a cache by its SHA-256 until it expires or its key
 * is taken away. What the principal may do is read from the database and kept with the grant
 * epoch it was read at.
 *
 * Thread-safe: one `struct auth` serves all workers.
 */
#ifndef LOFT_AUTH_AUTH_H
#define LOFT_AUTH_AUTH_H

#include "domain/base/error.h"
#include "domain/base/principal.h"
#include "storage/storage.h"

struct auth;

/* The longest life of a token that auth_issue gives, in seconds: 30 days. */
enum { AUTH_LIFETIME_MAX_S = 30 * 86400 };

struct auth_options {
    const char *keys_directory; /* *.pem: EC P-256 private keys; the file name less .pem is kid */
    const char *issuer;         /* `iss` of our own tokens, 1 .. 255 bytes */
    const char *audience;       /* `aud`, 1 .. 255 bytes */
    int64_t token_lifetime_s;   /* of tokens that /oauth/token gives, 60 .. 86400 */
    int cache_size;             /* entries, rounded up to a power of two, 64 .. 1048576 */
};

/* Reads the keys; makes a first one when the directory is empty. NULL with a log line on failure.
 * Everything here that uses a key looks at the directory again, at most every 5 s (keys.h).
 * `storage` may be NULL for a process that only issues tokens and shows keys. */
struct auth *auth_create(const struct auth_options *options, struct storage *storage);
void auth_destroy(struct auth *auth); /* accepts NULL */

/*
 * The principal of a bearer token; strings live on `arena` or for ever. UNAUTHENTICATED with code
 * "token_invalid" or "token_expired", UNAVAILABLE when grants cannot be read. `now` is real time
 * in microseconds, never the sandbox's.
 */
enum outcome auth_principal(struct auth *auth, const char *token, int64_t now, struct arena *arena,
                            struct error *error, const struct principal **ret_principal);

/*
 * The same with grants read now, whatever is cached. To be asked once before a refusal: a
 * permission that cached grants lack refuses a request before it has a transaction, so nothing else would
 * notice that the grants have changed since.
 */
enum outcome auth_principal_now(struct auth *auth, const char *token, int64_t now,
                                struct arena *arena, struct error *error,
                                const struct principal **ret_principal);

/* After tx_grants_stale: grants of this principal's epoch are no longer used, for anybody, since
 * the epoch is one for all. With NULL, forgets everything. */
void auth_forget(struct auth *auth, const struct principal *principal);

/*
 * A token of our own, on the arena: `client_id` and `scope` as RFC 9068 has them, `lifetime_s`
 * 1 .. AUTH_LIFETIME_MAX_S. A token whose subject equals its client_id is a client's, any other a
 * person's. INTERNAL, with a log line, when an argument is out of its limits (subject, client_id:
 * 1 .. 255 bytes of UTF-8 without control characters).
 */
enum outcome auth_issue(struct auth *auth, const char *subject, const char *client_id,
                        const char *scope, int64_t lifetime_s, int64_t now, struct arena *arena,
                        struct error *error, const char **ret_token);

/* client_credentials: checks the secret (SHA-256, constant time), narrows the scope (empty = all
 * that the client has). UNAUTHENTICATED "invalid_client", INVALID "invalid_scope". */
struct client_token {
    const char *token;
    const char *scope;
    int64_t expires_in_s;
};
enum outcome auth_client_token(struct auth *auth, const char *client_id, const char *secret,
                               const char *scope, int64_t now, struct arena *arena,
                               struct error *error, struct client_token *ret_token);

/* The public keys as a JWKS document (RFC 7517). */
const char *auth_jwks(struct auth *auth, struct arena *arena);

/* A random secret for a new client (43 characters, shown once) and the hash that is stored. False,
 * outputs untouched, when the system has no randomness to give. */
__attribute__((warn_unused_result)) bool auth_new_secret(char ret_secret[static 44],
                                                         char ret_sha256_hex[static 65]);

/* Every scope that exists, space separated, for tokens of people. */
const char *auth_all_scopes(struct arena *arena);

#endif
