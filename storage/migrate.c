#include "storage/migrate.h"

#include "storage/script.h"

#include <libpq-fe.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void report_line(const char *line);

/* "loft" in ASCII: the advisory lock that lets one process migrate at a time. */
enum { MIGRATION_LOCK = 0x6c6f6674 };

static const char bootstrap[] =
    "CREATE SCHEMA IF NOT EXISTS loft;\n"
    "GRANT USAGE ON SCHEMA loft TO loft_service;\n"
    "CREATE TABLE IF NOT EXISTS loft.schema_migration (\n"
    "    name text PRIMARY KEY, sha256 text NOT NULL,\n"
    "    applied_at timestamptz NOT NULL DEFAULT clock_timestamp());\n"
    "GRANT SELECT ON loft.schema_migration TO loft_service;\n";

__attribute__((format(printf, 2, 3))) static void say(report_line *report, const char *format, ...)
{
    char line[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    report(line);
}

static bool execute(PGconn *pg, const char *sql, const char *what, report_line *report)
{
    PGresult *result = PQexec(pg, sql);
    bool done = PQresultStatus(result) == PGRES_COMMAND_OK ||
                PQresultStatus(result) == PGRES_TUPLES_OK;
    if (!done)
        say(report, "%s failed: %s", what, PQerrorMessage(pg));
    PQclear(result);
    return done;
}

static PGconn *connect_owner(const char *url, report_line *report)
{
    const char *keywords[] = {"dbname", "options", "application_name", "client_encoding", NULL};
    const char *values[] = {url,
                            "-c search_path=loft -c timezone=UTC -c client_min_messages=warning",
                            "loft migrate", "UTF8", NULL};
    PGconn *pg = PQconnectdbParams(keywords, values, 1);
    if (PQstatus(pg) == CONNECTION_OK)
        return pg;
    say(report, "cannot reach the database as its owner: %s", PQerrorMessage(pg));
    PQfinish(pg);
    return NULL;
}

/* The recorded checksum of a script: 1 found, 0 not applied yet, -1 failed. */
static int recorded(PGconn *pg, const char *name, char ret_sha256[static 65], report_line *report)
{
    PGresult *result = PQexecParams(pg, "SELECT sha256 FROM schema_migration WHERE name = $1", 1,
                                    NULL, &name, NULL, NULL, 0);
    int found = -1;
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        say(report, "cannot read the migrations: %s", PQerrorMessage(pg));
    else
        found = PQntuples(result);
    if (found == 1)
        snprintf(ret_sha256, 65, "%s", PQgetvalue(result, 0, 0));
    PQclear(result);
    return found;
}

static bool record(PGconn *pg, const struct script *script, report_line *report)
{
    const char *values[] = {script->name, script->sha256};
    PGresult *result = PQexecParams(pg,
                                    "INSERT INTO schema_migration (name, sha256) VALUES ($1, $2)"
                                    " ON CONFLICT (name) DO UPDATE SET sha256 = excluded.sha256,"
                                    " applied_at = clock_timestamp()",
                                    2, NULL, values, NULL, NULL, 0);
    bool done = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (!done)
        say(report, "cannot record %s: %s", script->name, PQerrorMessage(pg));
    PQclear(result);
    return done;
}

static bool apply(PGconn *pg, const struct script *script, report_line *report)
{
    say(report, "applying %s", script->name);
    if (execute(pg, "BEGIN", "BEGIN", report) && execute(pg, script->sql, script->name, report) &&
        record(pg, script, report) && execute(pg, "COMMIT", "COMMIT", report))
        return true;
    execute(pg, "ROLLBACK", "ROLLBACK", report);
    return false;
}

/* Forward only: a migration that was applied in another form stops everything. */
static bool apply_migration(PGconn *pg, const struct script *script, report_line *report)
{
    char sha256[65];
    int found = recorded(pg, script->name, sha256, report);
    if (found < 0)
        return false;
    if (found == 0)
        return apply(pg, script, report);
    if (strcmp(sha256, script->sha256) == 0)
        return true;
    say(report, "%s was applied in another form; write a new migration instead of changing it",
        script->name);
    return false;
}

/* Policies are the same text again and again: applied whenever the text changed. */
static bool apply_repeatable(PGconn *pg, const struct script *script, report_line *report)
{
    char sha256[65];
    int found = recorded(pg, script->name, sha256, report);
    if (found < 0)
        return false;
    return (found == 1 && strcmp(sha256, script->sha256) == 0) || apply(pg, script, report);
}

static bool run_folder(PGconn *pg, const char *folder,
                       bool (*run)(PGconn *, const struct script *, report_line *),
                       report_line *report)
{
    for (size_t i = 0; i < script_count; i++)
        if (strcmp(scripts[i].folder, folder) == 0 && !run(pg, &scripts[i], report))
            return false;
    return true;
}

static bool lock(PGconn *pg, report_line *report)
{
    char sql[64];
    snprintf(sql, sizeof sql, "SELECT pg_advisory_lock(%d)", MIGRATION_LOCK);
    return execute(pg, sql, "the migration lock", report);
}

bool migrate(const char *owner_url, report_line *report)
{
    PGconn *pg = connect_owner(owner_url, report);
    if (!pg)
        return false;
    bool done = lock(pg, report) && execute(pg, bootstrap, "bootstrap", report) &&
                run_folder(pg, "migrations", apply_migration, report) &&
                run_folder(pg, "policies", apply_repeatable, report);
    PQfinish(pg);
    if (done)
        say(report, "the database is up to date");
    return done;
}

static bool run_demo(PGconn *pg, const struct script *script, report_line *report)
{
    say(report, "loading %s", script->name);
    if (execute(pg, "BEGIN", "BEGIN", report) && execute(pg, script->sql, script->name, report) &&
        execute(pg, "COMMIT", "COMMIT", report))
        return true;
    execute(pg, "ROLLBACK", "ROLLBACK", report);
    return false;
}

static bool rows_hold(const struct rows *rows, const struct script *script, struct arena *arena)
{
    for (size_t i = 0; i < rows_count(rows); i++)
        if (text_is(rows_text(rows, i, "name", arena), script->name))
            return text_is(rows_text(rows, i, "sha256", arena), script->sha256);
    return false;
}

struct migration_state migrate_state(const struct rows *rows, struct arena *arena)
{
    struct migration_state state = {.complete = true};
    for (size_t i = 0; i < script_count; i++) {
        if (strcmp(scripts[i].folder, "migrations") != 0)
            continue;
        bool held = rows_hold(rows, &scripts[i], arena);
        state.applied += held;
        state.complete = state.complete && held;
    }
    return state;
}

bool migrate_demo(const char *owner_url, bool refresh, report_line *report)
{
    PGconn *pg = connect_owner(owner_url, report);
    if (!pg)
        return false;
    bool done = lock(pg, report) &&
                execute(pg, refresh ? "SET loft.demo_refresh = 'on'" : "SET loft.demo_refresh = ''",
                        "the refresh setting", report) &&
                run_folder(pg, "demo", run_demo, report);
    PQfinish(pg);
    return done;
}
