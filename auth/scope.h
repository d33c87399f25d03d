/*
 * OAuth scopes as sets: `scope` of a token and of a token request (RFC 6749 §3.3).
 *
 * Only the words of oauth_scopes (domain/base/role.h, at most 32) mean anything here. RFC 6749
 * allows a comma inside a scope; such a word, let through, would forge a second one in the comma
 * list that the row policies read. A set is written in the order of the table.
 */
#ifndef LOFT_AUTH_SCOPE_H
#define LOFT_AUTH_SCOPE_H

#include "domain/base/arena.h"

/* Bit i is oauth_scopes[i]. */
struct scopes {
    uint32_t bits;
};

struct scopes scopes_all(void);

/* Adds one word; false when it is unknown. */
bool scopes_add(struct scopes *scopes, const char *word, size_t len);

/* The words of a token that we know; others are for other services and left out. */
struct scopes scopes_of_token(const char *scope);

/* What a client gets: all of `held` when nothing is requested, else exactly the words requested.
 * False when one of them is unknown or not held. */
bool scopes_narrow(struct scopes held, const char *requested, struct scopes *ret);

/* The words as an array of literals; returns how many. `ret` holds PRINCIPAL_SCOPES_MAX. */
size_t scopes_words(struct scopes scopes, const char **ret);

const char *scopes_join(struct scopes scopes, char separator, struct arena *arena);

#endif
