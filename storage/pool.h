/*
 * The pool of connections. Internal to storage.
 *
 * A connection is opened when it is first needed and opened again after it broke, with a backoff
 * that all workers share (100 ms doubling to 5 s): while the database is away requests are refused
 * at once instead of queueing. Each connection remembers which statements it has prepared.
 */
#ifndef LOFT_STORAGE_POOL_H
#define LOFT_STORAGE_POOL_H

#include "storage/storage.h"

#include <libpq-fe.h>

enum { PREPARED_MAX = 1024 }; /* power of two; a fuller table means a reconnect */

struct connection {
    PGconn *pg; /* NULL = closed */
    uint64_t prepared[PREPARED_MAX];
    size_t prepared_count;
    struct connection *next_free;
};

/* UNAVAILABLE when no connection becomes free in time or the database is away. */
enum outcome pool_acquire(struct storage *storage, struct error *error,
                          struct connection **ret_connection);
/* `broken` closes it, so that the next user opens it anew. */
void pool_release(struct storage *storage, struct connection *connection, bool broken);

bool connection_has_prepared(const struct connection *connection, uint64_t hash);
void connection_add_prepared(struct connection *connection, uint64_t hash);
void connection_drop_prepared(struct connection *connection, uint64_t hash);

/* Longest wait for an answer: the server's own timeout and a little. */
int pool_answer_timeout_ms(const struct storage *storage);

#endif
