#include "storage/compose.h"
#include "storage/constraint.h"
#include "storage/pool.h"
#include "storage/result.h"
#include "storage/statements.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <time.h>

/* What was sent in the current batch, in order. A batch ends with one sync. */
enum sent { SENT_CONTROL, SENT_PREPARE, SENT_CONTEXT, SENT_DEFERRED, SENT_STATEMENT };
enum { BATCH_MAX = 64, LOAD_MAX = 20000 };

struct queued {
    enum sent sent;
    uint64_t hash; /* SENT_PREPARE */
    const char *name;
};

struct result_node {
    PGresult *result;
    struct result_node *next;
};

struct tx {
    struct storage *storage;
    struct connection *connection;
    struct arena *arena;
    struct error *error;
    struct tx_context context;
    struct queued queue[BATCH_MAX];
    size_t queued;
    struct result_node *results;
    bool begun, over, committing, broken, retryable, stale;
};

/* The principal and the clock, as context.sql takes them. */
struct context_params {
    struct text user_id, person_id, roles, grants, scopes, now, request_id;
};
SHAPE(context_shape, struct context_params, FIELD(struct context_params, user_id),
      FIELD(struct context_params, person_id), FIELD(struct context_params, roles),
      FIELD(struct context_params, grants), FIELD(struct context_params, scopes),
      FIELD(struct context_params, now), FIELD(struct context_params, request_id));

static struct text or_empty(const char *s)
{
    return text_of(s ? s : "");
}

enum outcome tx_begin(struct storage *storage, const struct tx_context *context,
                      struct arena *arena, struct error *error, struct tx **ret_tx)
{
    struct connection *connection = NULL;
    enum outcome outcome = pool_acquire(storage, error, &connection);
    if (outcome != DONE)
        return outcome;
    struct tx *tx = arena_new(arena, struct tx);
    tx->storage = storage;
    tx->connection = connection;
    tx->arena = arena;
    tx->error = error;
    tx->context = *context;
    *ret_tx = tx;
    return DONE;
}

static enum outcome fail_connection(struct tx *tx)
{
    tx->over = true;
    tx->broken = true;
    tx->retryable = !tx->committing;
    log_write(LOG_WARNINGS, "database_connection", "%s", PQerrorMessage(tx->connection->pg));
    enum outcome outcome = error_refuse(tx->error, UNAVAILABLE, "unavailable", NULL);
    tx->error->retry_after_s = 1;
    return outcome;
}

static void enqueue(struct tx *tx, enum sent sent, uint64_t hash, const char *name)
{
    tx->queue[tx->queued++] = (struct queued){sent, hash, name};
}

static bool send_control(struct tx *tx, const char *sql)
{
    enqueue(tx, SENT_CONTROL, 0, sql);
    return PQsendQueryParams(tx->connection->pg, sql, 0, NULL, NULL, NULL, NULL, 0) == 1;
}

static bool send_composed(struct tx *tx, enum sent sent, const struct composed *composed,
                          const char *statement)
{
    char name[24];
    snprintf(name, sizeof name, "s%016" PRIx64, composed->hash);
    if (!connection_has_prepared(tx->connection, composed->hash)) {
        enqueue(tx, SENT_PREPARE, composed->hash, statement);
        connection_add_prepared(tx->connection, composed->hash);
        if (PQsendPrepare(tx->connection->pg, name, composed->sql, 0, NULL) != 1)
            return false;
    }
    enqueue(tx, sent, 0, statement);
    return PQsendQueryPrepared(tx->connection->pg, name, composed->count, composed->values,
                               composed->lengths, composed->formats, 1) == 1;
}

static bool send_context(struct tx *tx, const struct principal *principal)
{
    struct context_params params = {
        .user_id = or_empty(principal->id),
        .person_id = or_empty(principal->person_id),
        .roles = or_empty(principal->roles_setting),
        .grants = or_empty(principal->grants_setting),
        .scopes = or_empty(principal->scopes_setting),
        .now = or_empty(tx->context.now),
        .request_id = or_empty(tx->context.request_id),
    };
    struct composed composed;
    if (compose(&sql_tx_context, SOURCES({&context_shape, &params}), WRAP_NONE, NULL, tx->arena,
                tx->error, &composed) != DONE)
        return false;
    return send_composed(tx, SENT_CONTEXT, &composed, sql_tx_context.name);
}

/* The first words of a transaction travel with its first statement. */
static bool send_opening(struct tx *tx)
{
    if (tx->begun)
        return true;
    tx->begun = true;
    if (!tx->context.single && !send_control(tx, "BEGIN"))
        return false;
    return send_context(tx, tx->context.principal);
}

/* Waits for the next result, never longer than the server itself would work. */
static bool await(struct tx *tx)
{
    PGconn *pg = tx->connection->pg;
    int timeout = pool_answer_timeout_ms(tx->storage);
    while (PQisBusy(pg)) {
        struct pollfd fd = {.fd = PQsocket(pg), .events = POLLIN};
        if (poll(&fd, 1, timeout) <= 0 || PQconsumeInput(pg) != 1)
            return false;
    }
    return true;
}

static PGresult *keep(struct tx *tx, PGresult *result)
{
    struct result_node *node = arena_new(tx->arena, struct result_node);
    node->result = result;
    node->next = tx->results;
    tx->results = node;
    return result;
}

static void check_epoch(struct tx *tx, const PGresult *result)
{
    const struct principal *principal = tx->context.principal;
    if (principal->epoch == 0)
        return;
    int column = PQfnumber(result, "epoch");
    if (column < 0 || result_int(result, 0, column) != principal->epoch)
        tx->stale = true;
}

static enum outcome take_result(struct tx *tx, const struct queued *queued, PGresult *result,
                                PGresult **ret_last)
{
    switch (PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
        if (queued->sent == SENT_CONTEXT)
            check_epoch(tx, result);
        if (queued->sent == SENT_STATEMENT)
            *ret_last = result;
        return DONE;
    case PGRES_PIPELINE_ABORTED:
        if (queued->sent == SENT_PREPARE)
            connection_drop_prepared(tx->connection, queued->hash);
        return DONE; /* the error that aborted it has been taken */
    default:
        if (queued->sent == SENT_PREPARE)
            connection_drop_prepared(tx->connection, queued->hash);
        tx->over = true;
        return constraint_refuse(result, queued->name, tx->error, &tx->retryable);
    }
}

/* Ends the batch: one sync, one round trip, all results in order. */
static enum outcome run_batch(struct tx *tx, PGresult **ret_last)
{
    PGconn *pg = tx->connection->pg;
    enum outcome outcome = DONE;
    PGresult *last = NULL;
    if (PQpipelineSync(pg) != 1)
        return fail_connection(tx);
    for (size_t i = 0; i < tx->queued; i++) {
        if (!await(tx))
            return fail_connection(tx);
        PGresult *result = PQgetResult(pg);
        if (!result || PQstatus(pg) == CONNECTION_BAD) {
            PQclear(result);
            return fail_connection(tx);
        }
        enum outcome taken = take_result(tx, &tx->queue[i], keep(tx, result), &last);
        if (outcome == DONE)
            outcome = taken;
        if (!await(tx))
            return fail_connection(tx);
        PQclear(PQgetResult(pg)); /* the NULL that ends each command */
    }
    if (!await(tx))
        return fail_connection(tx);
    PQclear(PQgetResult(pg)); /* the sync itself */
    tx->queued = 0;
    if (outcome != DONE)
        return outcome;
    if (tx->stale) {
        tx->over = true;
        tx->retryable = true;
        return error_refuse(tx->error, UNAVAILABLE, "busy", NULL);
    }
    if (ret_last)
        *ret_last = last;
    return DONE;
}

/* A batch that is nearly full is run first: an action may record any number of events. */
static enum outcome ready(struct tx *tx)
{
    if (!tx->over)
        return tx->queued < BATCH_MAX - 8 ? DONE : run_batch(tx, NULL);
    if (tx->error->outcome == DONE)
        return error_refuse(tx->error, INTERNAL, "internal_error", NULL);
    return tx->error->outcome;
}

/* Composes, sends and, unless deferred, runs the batch. */
static enum outcome run(struct tx *tx, const struct statement *statement,
                        const struct object *sources, size_t source_count, enum wrap wrap,
                        const struct list_page *page, bool deferred, PGresult **ret_last)
{
    enum outcome outcome = ready(tx);
    if (outcome != DONE)
        return outcome;
    struct composed composed;
    outcome = compose(statement, sources, source_count, wrap, page, tx->arena, tx->error,
                      &composed);
    if (outcome != DONE) {
        tx->over = true;
        return outcome;
    }
    if (!send_opening(tx) ||
        !send_composed(tx, deferred ? SENT_DEFERRED : SENT_STATEMENT, &composed, statement->name))
        return fail_connection(tx);
    return deferred ? DONE : run_batch(tx, ret_last);
}

enum outcome tx_become(struct tx *tx, const struct principal *principal)
{
    enum outcome outcome = ready(tx);
    if (outcome != DONE)
        return outcome;
    struct principal other = *principal;
    tx->context.principal = arena_new(tx->arena, struct principal);
    other.epoch = 0; /* whoever opened the transaction was checked */
    *(struct principal *)tx->context.principal = other;
    if (!tx->begun)
        return DONE;
    return send_context(tx, tx->context.principal) ? DONE : fail_connection(tx);
}

static enum outcome run_rows(struct tx *tx, const struct statement *statement,
                             const struct object *sources, size_t source_count, enum wrap wrap,
                             const struct list_page *page, struct rows **ret_rows)
{
    PGresult *result = NULL;
    enum outcome outcome = run(tx, statement, sources, source_count, wrap, page, false, &result);
    if (outcome == DONE)
        *ret_rows = rows_create(result, tx->arena);
    return outcome;
}

enum outcome tx_query(struct tx *tx, const struct statement *statement,
                      const struct object *sources, size_t source_count, struct rows **ret_rows)
{
    return run_rows(tx, statement, sources, source_count, WRAP_NONE, NULL, ret_rows);
}

enum outcome tx_query_page(struct tx *tx, const struct statement *statement,
                           const struct object *sources, size_t source_count,
                           const struct list_page *page, struct rows **ret_rows)
{
    return run_rows(tx, statement, sources, source_count, WRAP_PAGE, page, ret_rows);
}

enum outcome tx_count(struct tx *tx, const struct statement *statement,
                      const struct object *sources, size_t source_count, int64_t *ret_count)
{
    struct rows *rows = NULL;
    enum outcome outcome = run_rows(tx, statement, sources, source_count, WRAP_COUNT, NULL, &rows);
    if (outcome == DONE)
        *ret_count = rows_int(rows, 0, "count");
    return outcome;
}

enum outcome tx_open_cursor(struct tx *tx, const struct statement *statement,
                            const struct object *sources, size_t source_count,
                            const struct list_order *order)
{
    struct list_page page = {.order = order};
    enum outcome outcome = ready(tx);
    if (outcome != DONE)
        return outcome;
    struct composed composed;
    outcome = compose(statement, sources, source_count, WRAP_CURSOR, &page, tx->arena, tx->error,
                      &composed);
    if (outcome != DONE)
        return outcome;
    if (!send_opening(tx))
        return fail_connection(tx);
    enqueue(tx, SENT_DEFERRED, 0, statement->name); /* DECLARE cannot be prepared usefully */
    if (PQsendQueryParams(tx->connection->pg, composed.sql, composed.count, NULL, composed.values,
                          composed.lengths, composed.formats, 0) != 1)
        return fail_connection(tx);
    return run_batch(tx, NULL);
}

enum outcome tx_fetch(struct tx *tx, int limit, struct rows **ret_rows)
{
    enum outcome outcome = ready(tx);
    if (outcome != DONE)
        return outcome;
    /* Earlier batches of an export are not needed any more. */
    for (struct result_node *node = tx->results; node; node = node->next) {
        PQclear(node->result);
        node->result = NULL;
    }
    char sql[48];
    snprintf(sql, sizeof sql, "FETCH FORWARD %d FROM export", limit);
    enqueue(tx, SENT_STATEMENT, 0, "fetch");
    PGresult *result = NULL;
    if (PQsendQueryParams(tx->connection->pg, sql, 0, NULL, NULL, NULL, NULL, 1) != 1)
        return fail_connection(tx);
    outcome = run_batch(tx, &result);
    if (outcome == DONE)
        *ret_rows = rows_create(result, tx->arena);
    return outcome;
}

enum outcome tx_load(struct tx *tx, const struct statement *statement, const struct object *sources,
                     size_t source_count, const struct shape *shape, void *ret)
{
    struct rows *rows = NULL;
    enum outcome outcome = tx_query(tx, statement, sources, source_count, &rows);
    if (outcome != DONE)
        return outcome;
    if (rows_count(rows) == 0)
        return error_refuse(tx->error, NOT_FOUND, "not_found", NULL);
    if (!rows_load(rows, 0, shape, tx->arena, ret))
        return error_refuse(tx->error, INTERNAL, "internal_error", NULL);
    return DONE;
}

enum outcome tx_load_all(struct tx *tx, const struct statement *statement,
                         const struct object *sources, size_t source_count,
                         const struct shape *shape, void *ret_array, size_t *ret_count)
{
    struct rows *rows = NULL;
    enum outcome outcome = tx_query(tx, statement, sources, source_count, &rows);
    if (outcome != DONE)
        return outcome;
    size_t count = rows_count(rows);
    if (count > LOAD_MAX) {
        log_write(LOG_ERRORS, "too_many_rows", "%s gave %zu rows", statement->name, count);
        return error_refuse(tx->error, INTERNAL, "internal_error", NULL);
    }
    char *array = arena_alloc(tx->arena, shape->size * (count ? count : 1));
    for (size_t i = 0; i < count; i++)
        if (!rows_load(rows, i, shape, tx->arena, array + i * shape->size))
            return error_refuse(tx->error, INTERNAL, "internal_error", NULL);
    *(void **)ret_array = array;
    *ret_count = count;
    return DONE;
}

enum outcome tx_execute(struct tx *tx, const struct statement *statement,
                        const struct object *sources, size_t source_count, int64_t *ret_affected)
{
    PGresult *result = NULL;
    enum outcome outcome = run(tx, statement, sources, source_count, WRAP_NONE, NULL,
                               ret_affected == NULL, &result);
    if (outcome == DONE && ret_affected)
        *ret_affected = strtoll(PQcmdTuples(result), NULL, 10);
    return outcome;
}

static enum outcome finish(struct tx *tx, const char *sql)
{
    if (!send_control(tx, sql))
        return fail_connection(tx);
    enum outcome outcome = run_batch(tx, NULL);
    tx->over = true;
    return outcome;
}

enum outcome tx_commit(struct tx *tx)
{
    enum outcome outcome = ready(tx);
    if (outcome != DONE || !tx->begun || tx->context.single)
        return outcome;
    tx->committing = true;
    return finish(tx, "COMMIT");
}

enum outcome tx_rollback(struct tx *tx)
{
    enum outcome outcome = ready(tx);
    if (outcome != DONE || !tx->begun || tx->context.single)
        return outcome;
    return finish(tx, "ROLLBACK");
}

/* Leaves the connection idle; a connection that cannot be made idle is broken. */
static void settle(struct tx *tx)
{
    if (tx->broken)
        return;
    bool in_batch = tx->queued > 0;
    if (!in_batch && PQtransactionStatus(tx->connection->pg) == PQTRANS_IDLE)
        return;
    tx->stale = false;
    struct error ignored;
    error_init(&ignored, tx->arena);
    tx->error = &ignored;
    finish(tx, "ROLLBACK");
    tx->broken = tx->broken || PQtransactionStatus(tx->connection->pg) != PQTRANS_IDLE;
}

void tx_end(struct tx *tx)
{
    if (!tx || !tx->connection)
        return;
    settle(tx);
    for (struct result_node *node = tx->results; node; node = node->next)
        PQclear(node->result);
    tx->results = NULL;
    pool_release(tx->storage, tx->connection, tx->broken);
    tx->connection = NULL;
}

bool tx_retryable(const struct tx *tx)
{
    return tx->retryable;
}

bool tx_grants_stale(const struct tx *tx)
{
    return tx->stale;
}
