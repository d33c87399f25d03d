#include "api/http/metrics.h"
#include "api/service.h"
#include "operations.h"
#include "storage/statements.h"

#include <inttypes.h>

enum outcome get_health(struct call *call)
{
    static const char json[] = "{\"status\":\"up\",\"version\":\"" LOFT_VERSION "\"}";
    return call_answer_json(call, json, sizeof json - 1);
}

/* The number of migrations applied, -1 when the database does not answer. */
static int64_t count_migrations(struct call *call)
{
    const struct tx_context context = {.principal = &principal_anonymous, .single = true};
    struct error error;
    struct tx *tx = NULL;
    struct rows *rows = NULL;
    int64_t count = -1;
    error_init(&error, call->arena);
    if (tx_begin(call->service->storage, &context, call->arena, &error, &tx) == DONE &&
        tx_query(tx, &sql_database_ready, NO_SOURCES, &rows) == DONE)
        count = rows_int(rows, 0, "migrations");
    tx_end(tx);
    return count;
}

enum outcome get_readiness(struct call *call)
{
    bool draining = atomic_load(&((struct service *)call->service)->draining);
    int64_t migrations = count_migrations(call);
    const char *status = draining ? "draining" : migrations > 0 ? "ready" : "waiting";
    const char *json = arena_format(
        call->arena, "{\"status\":\"%s\",\"database\":\"%s\",\"migrations\":%" PRId64 "}", status,
        migrations < 0 ? "away" : "up", migrations < 0 ? 0 : migrations);
    call->status = strcmp(status, "ready") == 0 ? 200 : 503;
    return call_answer_json(call, json, strlen(json));
}

enum outcome get_metrics(struct call *call)
{
    call->raw = metrics_write(call->service, call->arena, &call->raw_len);
    call->media_type = "text/plain; version=0.0.4; charset=utf-8";
    return DONE;
}
