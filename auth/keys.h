/*
 * Our own signing keys: a directory of EC P-256 private keys in PEM files, read into an immutable
 * set that is swapped when the directory changes.
 *
 * The file name less `.pem` is the kid. The newest file signs (mtime, then name), all verify. To
 * rotate, add a file; remove the old one when the tokens it signed have expired. A removed key
 * stops verifying with the next look at the directory, unless it was the only one. At a start an
 * empty directory gets a first key; processes that start together agree on one.
 *
 * Refused: encrypted keys (nobody is there to be asked for a passphrase), other curves, files that
 * everyone may read or write, more than 16 files, and names that cannot be a kid. While starting,
 * one bad file refuses all; while serving it is left out with a log line, and when nothing usable
 * is left the old set stays.
 *
 * Thread-safe. A set that was acquired stays as it is until it is released.
 */
#ifndef LOFT_AUTH_KEYS_H
#define LOFT_AUTH_KEYS_H

#include "auth/jws.h"

#include <stdatomic.h>

enum { KEYS_MAX = 16 };

struct key {
    char kid[KID_MAX + 1];
    /* PEM text as libjwt takes it: the private one signs, the public one verifies. */
    char *private_pem;
    int private_len;
    char *public_pem;
    int public_len;
    unsigned char x[32], y[32]; /* the public point */
};

struct key_set {
    atomic_int references;
    uint64_t generation;       /* never the same for two sets of one process */
    size_t count;              /* at least 1 */
    struct key keys[KEYS_MAX]; /* newest first: keys[0] signs */
    char *jwks;                /* RFC 7517 document of the public keys */
};

struct keys;

/* Makes the directory (0700) when it is missing. NULL with a log line on failure. */
struct keys *keys_open(const char *directory);
void keys_close(struct keys *keys); /* accepts NULL; no set may be held */

struct key_set *keys_acquire(struct keys *keys);
void keys_release(struct key_set *set); /* accepts NULL */

/* Generation of the set that keys_acquire would give, without touching it. */
uint64_t keys_generation(struct keys *keys);

/* Looks at the directory unless that was done less than `interval` before; both in microseconds,
 * `now` by keys_clock (a test may use a clock of its own, but only one). */
void keys_refresh(struct keys *keys, int64_t now, int64_t interval);
int64_t keys_clock(void);

/* NULL when the set has no such key. */
const struct key *key_set_find(const struct key_set *set, const char *kid);

#endif
