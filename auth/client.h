/*
 * Machine clients: what /oauth/token needs to know before it gives a token (RFC 6749 §4.4).
 *
 * A secret is 256 random bits in base64url, shown once and kept as SHA-256: with that much
 * randomness a slow hash would protect nothing, and would let anybody burn our processors.
 */
#ifndef LOFT_AUTH_CLIENT_H
#define LOFT_AUTH_CLIENT_H

#include "auth/scope.h"
#include "domain/base/error.h"
#include "storage/storage.h"

enum { CLIENT_ID_MAX = 64, SECRET_MAX = 255, SECRET_SIZE = 44, SECRET_HASH_SIZE = 65 };

/* A row of client_for_login, one with `secret_sha256` ABSENT when there is no such client. */
struct client_login {
    struct text secret_sha256; /* hex, lower case */
    struct boolean is_active;
    struct text_list scopes;
};

/*
 * The scopes that a client gets. UNAUTHENTICATED "invalid_client" for an unknown client, a wrong
 * secret and a client that was switched off, all alike, also in the time they take; INVALID
 * "invalid_scope" only when the secret was right. UNAVAILABLE or INTERNAL from storage.
 */
enum outcome client_authenticate(struct storage *storage, const char *client_id, const char *secret,
                                 const char *scope, int64_t now, struct arena *arena,
                                 struct error *error, struct scopes *ret_scopes);

/* The same for a row that was read: pure. */
enum outcome client_check(const struct client_login *login, const char *secret, const char *scope,
                          struct error *error, struct scopes *ret_scopes);

#endif
