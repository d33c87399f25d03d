#include "storage/pool.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BACKOFF_FIRST_MS = 100, BACKOFF_LAST_MS = 5000, CONNECTIONS_MAX = 128 };

struct storage {
    struct storage_options options;
    char *url;
    char settings[320];
    pthread_mutex_t mutex;
    pthread_cond_t freed;
    struct connection *connections;
    struct connection *free_list;
    struct storage_counters counters;
    int64_t next_attempt_ms; /* monotonic; 0 = no failure yet */
    int backoff_ms;
};

static int64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct storage *storage_open(const struct storage_options *options)
{
    struct storage *storage = calloc(1, sizeof *storage);
    if (!storage)
        return NULL;
    storage->options = *options;
    if (storage->options.connections < 1)
        storage->options.connections = 1;
    if (storage->options.connections > CONNECTIONS_MAX)
        storage->options.connections = CONNECTIONS_MAX;
    storage->url = strdup(options->url);
    storage->connections = calloc((size_t)storage->options.connections, sizeof(struct connection));
    if (!storage->url || !storage->connections) {
        free(storage->url);
        free(storage->connections);
        free(storage);
        return NULL;
    }
    /* Optional filters make a statement of their own, so one plan fits all values: planning again for
     * each request would cost more than running, with row policies in every query. */
    snprintf(storage->settings, sizeof storage->settings,
             "-c search_path=loft -c timezone=UTC -c plan_cache_mode=force_generic_plan -c jit=off"
             " -c statement_timeout=%d -c lock_timeout=%d"
             " -c idle_in_transaction_session_timeout=60000",
             options->statement_timeout_ms, options->lock_timeout_ms);
    pthread_mutex_init(&storage->mutex, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&storage->freed, &attributes);
    pthread_condattr_destroy(&attributes);
    for (int i = 0; i < storage->options.connections; i++) {
        storage->connections[i].next_free = storage->free_list;
        storage->free_list = &storage->connections[i];
    }
    return storage;
}

void storage_close(struct storage *storage)
{
    if (!storage)
        return;
    for (int i = 0; i < storage->options.connections; i++)
        PQfinish(storage->connections[i].pg);
    pthread_cond_destroy(&storage->freed);
    pthread_mutex_destroy(&storage->mutex);
    free(storage->connections);
    free(storage->url);
    free(storage);
}

void storage_read_counters(struct storage *storage, struct storage_counters *ret_counters)
{
    pthread_mutex_lock(&storage->mutex);
    *ret_counters = storage->counters;
    pthread_mutex_unlock(&storage->mutex);
}

int pool_answer_timeout_ms(const struct storage *storage)
{
    int timeout = storage->options.statement_timeout_ms;
    return timeout > 0 ? timeout + 2000 : -1;
}

bool connection_has_prepared(const struct connection *connection, uint64_t hash)
{
    for (size_t i = hash % PREPARED_MAX; connection->prepared[i]; i = (i + 1) % PREPARED_MAX)
        if (connection->prepared[i] == hash)
            return true;
    return false;
}

void connection_add_prepared(struct connection *connection, uint64_t hash)
{
    size_t i = hash % PREPARED_MAX;
    while (connection->prepared[i])
        i = (i + 1) % PREPARED_MAX;
    connection->prepared[i] = hash;
    connection->prepared_count++;
}

void connection_drop_prepared(struct connection *connection, uint64_t hash)
{
    uint64_t kept[PREPARED_MAX];
    size_t count = 0;
    for (size_t i = 0; i < PREPARED_MAX; i++)
        if (connection->prepared[i] && connection->prepared[i] != hash)
            kept[count++] = connection->prepared[i];
    memset(connection->prepared, 0, sizeof connection->prepared);
    connection->prepared_count = 0;
    for (size_t i = 0; i < count; i++)
        connection_add_prepared(connection, kept[i]);
}

/* Gives the result of PQconnectdb; the caller closes on failure. */
static PGconn *connection_dial(const struct storage *storage)
{
    const char *keywords[] = {
        "dbname",          "options", "application_name", "client_encoding", "connect_timeout",
        "keepalives_idle", NULL};
    const char *values[] = {storage->url, storage->settings, "loft", "UTF8", "2", "30", NULL};
    PGconn *pg = PQconnectdbParams(keywords, values, 1);
    if (PQstatus(pg) == CONNECTION_OK && PQenterPipelineMode(pg) == 1)
        return pg;
    log_write(LOG_ERRORS, "database_away", "%s", PQerrorMessage(pg));
    PQfinish(pg);
    return NULL;
}

static enum outcome refuse_away(struct error *error, int64_t wait_ms)
{
    enum outcome outcome = error_refuse(error, UNAVAILABLE, "unavailable", NULL);
    error->retry_after_s = (int)(wait_ms / 1000) + 1;
    return outcome;
}

/* Opens the connection unless the backoff says to wait. Not under the mutex: dialling takes time. */
static enum outcome connection_open(struct storage *storage, struct connection *connection,
                                    struct error *error)
{
    pthread_mutex_lock(&storage->mutex);
    int64_t wait = storage->next_attempt_ms - monotonic_ms();
    pthread_mutex_unlock(&storage->mutex);
    if (wait > 0)
        return refuse_away(error, wait);

    PGconn *pg = connection_dial(storage);
    pthread_mutex_lock(&storage->mutex);
    storage->counters.attempts++;
    if (pg) {
        storage->backoff_ms = 0;
        storage->next_attempt_ms = 0;
        storage->counters.open++;
    } else {
        int next = storage->backoff_ms ? storage->backoff_ms * 2 : BACKOFF_FIRST_MS;
        storage->backoff_ms = next > BACKOFF_LAST_MS ? BACKOFF_LAST_MS : next;
        storage->next_attempt_ms = monotonic_ms() + storage->backoff_ms;
        storage->counters.failures++;
        wait = storage->backoff_ms;
    }
    pthread_mutex_unlock(&storage->mutex);
    if (!pg)
        return refuse_away(error, wait);
    connection->pg = pg;
    connection->prepared_count = 0;
    memset(connection->prepared, 0, sizeof connection->prepared);
    return DONE;
}

static struct connection *wait_for_free(struct storage *storage)
{
    struct timespec deadline;
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    int64_t at = (int64_t)deadline.tv_sec * 1000 + deadline.tv_nsec / 1000000 +
                 storage->options.acquire_timeout_ms;
    deadline.tv_sec = (time_t)(at / 1000);
    deadline.tv_nsec = (long)(at % 1000) * 1000000;

    pthread_mutex_lock(&storage->mutex);
    if (!storage->free_list)
        storage->counters.waits++;
    while (!storage->free_list)
        if (pthread_cond_timedwait(&storage->freed, &storage->mutex, &deadline) == ETIMEDOUT)
            break;
    struct connection *connection = storage->free_list;
    if (connection) {
        storage->free_list = connection->next_free;
        storage->counters.in_use++;
    }
    pthread_mutex_unlock(&storage->mutex);
    return connection;
}

enum outcome pool_acquire(struct storage *storage, struct error *error,
                          struct connection **ret_connection)
{
    struct connection *connection = wait_for_free(storage);
    if (!connection) {
        enum outcome outcome = error_refuse(error, UNAVAILABLE, "busy", NULL);
        error->retry_after_s = 1;
        return outcome;
    }
    if (!connection->pg) {
        enum outcome outcome = connection_open(storage, connection, error);
        if (outcome != DONE) {
            pool_release(storage, connection, false);
            return outcome;
        }
    }
    *ret_connection = connection;
    return DONE;
}

void pool_release(struct storage *storage, struct connection *connection, bool broken)
{
    bool close = connection->pg && (broken || connection->prepared_count > PREPARED_MAX / 2);
    if (close) {
        PQfinish(connection->pg);
        connection->pg = NULL;
    }
    pthread_mutex_lock(&storage->mutex);
    if (close)
        storage->counters.open--;
    storage->counters.in_use--;
    connection->next_free = storage->free_list;
    storage->free_list = connection;
    pthread_cond_signal(&storage->freed);
    pthread_mutex_unlock(&storage->mutex);
}
