/*
 * From a named statement and its sources to SQL text with $1..$n and their values. Internal to
 * storage. Everything is on the arena.
 */
#ifndef LOFT_STORAGE_COMPOSE_H
#define LOFT_STORAGE_COMPOSE_H

#include "storage/storage.h"

enum { COMPOSED_MAX = STATEMENT_PARAMS_MAX + 3 };

struct composed {
    const char *sql;
    uint64_t hash; /* of the text: names the prepared statement on a connection */
    const char *values[COMPOSED_MAX];
    int lengths[COMPOSED_MAX]; /* of binary ones */
    int formats[COMPOSED_MAX]; /* 1 = binary */
    int count;
};

enum wrap { WRAP_NONE, WRAP_PAGE, WRAP_COUNT, WRAP_CURSOR };

/* INTERNAL when a parameter has no source. `page` is used by WRAP_PAGE and, for its order only, by
 * WRAP_CURSOR. */
enum outcome compose(const struct statement *statement, const struct object *sources,
                     size_t source_count, enum wrap wrap, const struct list_page *page,
                     struct arena *arena, struct error *error, struct composed *ret);

#endif
