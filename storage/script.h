/* SQL files embedded whole: migrations, row policies and demo data, sorted by name. */
#ifndef LOFT_STORAGE_SCRIPT_H
#define LOFT_STORAGE_SCRIPT_H

#include <stddef.h>

struct script {
    const char *name;   /* "0001_registry.sql" */
    const char *folder; /* "migrations", "demo", or "policies" for policies.sql */
    const char *sql;
    const char *sha256; /* hex, of the file's bytes */
};

extern const struct script scripts[];
extern const size_t script_count;

#endif
