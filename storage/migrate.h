/*
 * Migrations, under the owner role: numbered, forward-only, one transaction each, checksummed,
 * under an advisory lock (two processes that start at once migrate once). The files of policies/ are
 * one script, applied again whenever its checksum changes, in the same run.
 */
#ifndef LOFT_STORAGE_MIGRATE_H
#define LOFT_STORAGE_MIGRATE_H

#include "domain/base/arena.h"
#include "storage/rows.h"

#include <stdbool.h>

/* `report` gets one line per step; false after a described failure (nothing of that step stays).
 * Refuses a database whose applied migrations differ from the embedded ones. */
bool migrate(const char *owner_url, void (*report)(const char *line));

/* How many of this binary's migrations the rows (name, sha256 of schema_migration) hold, and whether
 * these are all. Policies may be newer: while replicas are replaced one by one, the old ones go on. */
struct migration_state {
    int64_t applied;
    bool complete;
};
struct migration_state migrate_state(const struct rows *rows, struct arena *arena);

/* Loads the demo data as the owner; `refresh` renews what is relative to today. */
bool migrate_demo(const char *owner_url, bool refresh, void (*report)(const char *line));

#endif
