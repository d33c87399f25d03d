/*
 * Named SQL statements. Their text lives in .sql files beside this layer's code and is compiled
 * into tables by storage/embed.py. The only SQL in C is what wraps them (compose.c, tx.c) and what
 * keeps the book of migrations (migrate.c).
 *
 *   -- name: course_list
 *   SELECT id, title FROM course
 *   WHERE true
 *     AND state = :state          --? state
 *
 * `:name` is a parameter, bound by name; `:name.given` is true when the member was present in a
 * merge patch (null included); a line that ends in `--? name` is part of the statement only when
 * the parameter is given. Result columns are named as the JSON members they become; a column
 * whose name begins with `_` is for the service and never leaves it.
 *
 * The rows of a list are told apart by a uuid: the column `id`, or in a computed view the column
 * `_id`, made of what is unique: md5(code)::uuid, or of several columns, any of which may be null,
 * md5(ROW(code, municipality_no)::text)::uuid.
 */
#ifndef LOFT_STORAGE_STATEMENT_H
#define LOFT_STORAGE_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>

enum { STATEMENT_PARAMS_MAX = 64 };

/* A piece of SQL text, or a reference to a parameter (`sql` NULL). */
struct statement_piece {
    const char *sql;
    int param;   /* index into params when `sql` is NULL */
    int only_if; /* index of the parameter that must be given, -1 for always */
};

struct statement_param {
    const char *name;
    bool given; /* `:name.given` */
};

struct statement {
    const char *name;
    const struct statement_piece *pieces;
    size_t piece_count;
    const struct statement_param *params;
    size_t param_count;
};

/*
 * How a list statement is wrapped. `column` and `cast` come from the contract, never from a
 * client. The order is (column, id), both in the same direction; with `after` set the list goes
 * on behind that row (keyset).
 */
struct list_order {
    const char *column; /* "starts_at" */
    const char *cast;   /* "timestamptz" */
    bool descending;
    const char *id; /* the uuid column that breaks ties: "id", or "_id" of a computed view */
};

#endif
