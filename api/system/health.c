#include "api/http/metrics.h"
#include "api/service.h"
#include "operations.h"
#include "storage/migrate.h"
#include "storage/statements.h"

#include <inttypes.h>

enum outcome get_health(struct call *call)
{
    static const char json[] = "{\"status\":\"up\",\"version\":\"" LOFT_VERSION "\"}";
    return call_answer_json(call, json, sizeof json - 1);
}

struct database_state {
    bool up;
    struct migration_state migrations;
};

/* A database that answers but lacks the table of migrations is up and has none. */
static struct database_state look_at_database(struct call *call)
{
    const struct tx_context context = {.principal = &principal_anonymous, .single = true};
    struct database_state state = {.up = false};
    struct error error;
    struct tx *tx = NULL;
    struct rows *rows = NULL;
    error_init(&error, call->arena);
    enum outcome outcome = tx_begin(call->service->storage, &context, call->arena, &error, &tx);
    if (outcome == DONE)
        outcome = tx_query(tx, &sql_database_migrations, NO_SOURCES, &rows);
    if (outcome == DONE)
        state.migrations = migrate_state(rows, call->arena);
    state.up = outcome != UNAVAILABLE;
    tx_end(tx);
    return state;
}

enum outcome get_readiness(struct call *call)
{
    struct database_state database = look_at_database(call);
    bool draining = atomic_load(&call->service->draining);
    const char *status = draining ? "draining" : database.migrations.complete ? "ready" : "waiting";
    const char *json = arena_format(
        call->arena, "{\"status\":\"%s\",\"database\":\"%s\",\"migrations\":%" PRId64 "}", status,
        database.up ? "up" : "away", database.migrations.applied);
    call->status = strcmp(status, "ready") == 0 ? 200 : 503;
    return call_answer_json(call, json, strlen(json));
}

enum outcome get_metrics(struct call *call)
{
    call->raw = metrics_write(call->service, call->arena, &call->raw_len);
    call->media_type = "text/plain; version=0.0.4; charset=utf-8";
    return DONE;
}
