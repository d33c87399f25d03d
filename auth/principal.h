/*
 * From a verified token to the principal that storage and the use cases see.
 *
 * A token names who asks; what they may do is read from the database: grants, with the grant epoch
 * of the same snapshot. A person whose subject has no account is a principal without id, person
 * and grants. A client without a row, and an account or client that was switched off, is refused.
 *
 * Role names, scope types and scopes of a principal made here are words of the tables in
 * domain/base/role.h and live for ever; a copy need not copy them.
 */
#ifndef LOFT_AUTH_PRINCIPAL_H
#define LOFT_AUTH_PRINCIPAL_H

#include "auth/scope.h"
#include "domain/base/error.h"
#include "domain/base/shape.h"
#include "storage/storage.h"

/* Who a token says is asking. */
struct identity {
    const char *issuer; /* as user_account.issuer has it */
    const char *subject;
    bool is_client; /* RFC 9068: a client that acts for itself is its own subject */
    struct scopes scopes;
};

/* What the database knows about an identity (storage/auth/principal.sql). `epoch` is there even
 * when there is no account, so that an account made later is noticed. */
struct account {
    struct text id; /* ABSENT: no account */
    struct text person_id;
    struct boolean is_active;
    struct text_list grants; /* "role|scope_type|scope_id", nothing after the last bar for global */
    struct text_list scopes; /* of a client, as it stands now; none for people */
    int64_t epoch;           /* 1 or more */
};

/* Reads the account and makes the principal on the arena. UNAUTHENTICATED "token_invalid",
 * UNAVAILABLE or INTERNAL. `now` in microseconds since the Unix epoch. */
enum outcome principal_read(struct storage *storage, const struct identity *identity, int64_t now,
                            struct arena *arena, struct error *error,
                            const struct principal **ret_principal);

/*
 * The same from an account that was read: pure. A grant counts only as domain/base/role.h has it:
 * a known role that can be granted, a scope type that the role takes, a UUID as scope id exactly
 * when the scope type is not global. Any other grant is left out with a log line (it never widens
 * into a global one, and nothing in it can forge a second entry of a comma list). More than 64
 * grants are INTERNAL: dropping some would take rights away in silence.
 */
enum outcome principal_make(const struct identity *identity, const struct account *account,
                            struct arena *arena, struct error *error,
                            const struct principal **ret_principal);

/* A copy in one piece of memory: its size, and the copy itself into memory of that size aligned
 * for any type. */
size_t principal_size(const struct principal *principal);
struct principal *principal_place(const struct principal *principal, void *memory);

#endif
