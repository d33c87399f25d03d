/*
 * Transactions on PostgreSQL for one principal at a time: the only door to libpq.
 *
 * A `struct storage` is a pool of connections with a role that owns nothing. A `struct tx` is one
 * transaction: the principal, the business clock and the request id become local settings in the
 * same round trip as the first statement, and the row policies (policies/) read them there.
 *
 * Every function returns an outcome and describes a refusal in the error given to tx_begin:
 *   UNAVAILABLE  the database is away, the pool is busy, a lock or statement timed out
 *   FORBIDDEN    a row policy refused a write
 *   CONFLICT, INVALID   a constraint, as storage/constraint.c maps its name
 *   NOT_FOUND    tx_load found no row
 *   INTERNAL     anything else; the log has it
 * After a refusal the transaction is over and can only be ended. Rows and loaded values live until
 * tx_end or the arena's end respectively. A tx belongs to one thread at a time.
 */
#ifndef LOFT_STORAGE_STORAGE_H
#define LOFT_STORAGE_STORAGE_H

#include "domain/base/error.h"
#include "domain/base/log.h"
#include "domain/base/principal.h"
#include "domain/base/shape.h"
#include "storage/statement.h"

struct storage;
struct tx;

struct storage_options {
    const char *url;          /* libpq connection string of the service role */
    int connections;          /* 1..128 */
    int statement_timeout_ms; /* 0 = none */
    int lock_timeout_ms;
    int acquire_timeout_ms; /* longest wait for a free connection */
};

/* Opens lazily: a database that is away makes requests fail with UNAVAILABLE, not this call.
 * NULL only without memory. */
struct storage *storage_open(const struct storage_options *options);
/* Accepts NULL. No transaction may be running. */
void storage_close(struct storage *storage);

struct storage_counters {
    int open, in_use;
    uint64_t waits, attempts, failures;
};
void storage_read_counters(struct storage *storage, struct storage_counters *ret_counters);

struct tx_context {
    const struct principal *principal;
    const char *now;        /* business clock, RFC 3339 */
    const char *request_id; /* at most 64 bytes, may be NULL */
    bool single;            /* exactly one statement follows; it commits in its own round trip */
};

/* Takes a connection from the pool; sends nothing yet. */
enum outcome tx_begin(struct storage *storage, const struct tx_context *context,
                      struct arena *arena, struct error *error, struct tx **ret_tx);

/* Ends the transaction (rolls back unless committed) and gives the connection back. NULL is fine. */
void tx_end(struct tx *tx);

enum outcome tx_commit(struct tx *tx);
enum outcome tx_rollback(struct tx *tx);

/* True after a refusal that a second run of the whole transaction may cure: serialization
 * failure, deadlock, a connection that broke before the commit was sent. */
bool tx_retryable(const struct tx *tx);

/* True when the grants in the principal were older than the database's: read them again, retry. */
bool tx_grants_stale(const struct tx *tx);

/* From here on the transaction acts as another principal (the service's own work inside a
 * request: `principal_system`), until the next call. */
enum outcome tx_become(struct tx *tx, const struct principal *principal);

/* Parameters: the sources are searched in order for each `:name`; a name that none has is
 * INTERNAL. ABSENT and NULLED bind NULL. */
struct rows; /* storage/rows.h */

enum outcome tx_query(struct tx *tx, const struct statement *statement,
                      const struct object *sources, size_t source_count, struct rows **ret_rows);

/* A list page: the statement wrapped in order and keyset. `after_key` and `after_id` are both NULL
 * or both set. */
struct list_page {
    const struct list_order *order;
    const char *after_key;
    const char *after_id;
    int64_t limit; /* rows to fetch; 0 = no limit */
};
enum outcome tx_query_page(struct tx *tx, const struct statement *statement,
                           const struct object *sources, size_t source_count,
                           const struct list_page *page, struct rows **ret_rows);
enum outcome tx_count(struct tx *tx, const struct statement *statement,
                      const struct object *sources, size_t source_count, int64_t *ret_count);

/* Streaming of a whole list in order: opens a cursor; tx_fetch returns at most `limit` rows and 0
 * rows at the end. */
enum outcome tx_open_cursor(struct tx *tx, const struct statement *statement,
                            const struct object *sources, size_t source_count,
                            const struct list_order *order);
enum outcome tx_fetch(struct tx *tx, int limit, struct rows **ret_rows);

/* Exactly one row into `ret` by column name; every field of the shape must be a column. */
enum outcome tx_load(struct tx *tx, const struct statement *statement, const struct object *sources,
                     size_t source_count, const struct shape *shape, void *ret);
/* Any number of rows into an array on the arena, at most 20 000. */
enum outcome tx_load_all(struct tx *tx, const struct statement *statement,
                         const struct object *sources, size_t source_count,
                         const struct shape *shape, void *ret_array, size_t *ret_count);
/* A write without result; `ret_affected` may be NULL. */
enum outcome tx_execute(struct tx *tx, const struct statement *statement,
                        const struct object *sources, size_t source_count, int64_t *ret_affected);

/* Sources as an array literal: SOURCES({&shape, data}, ...) expands to array, count. */
#define SOURCES(...)                                                                               \
    (const struct object[]){__VA_ARGS__},                                                          \
        sizeof((const struct object[]){__VA_ARGS__}) / sizeof(struct object)
#define NO_SOURCES NULL, 0

#endif
