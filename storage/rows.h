/*
 * Rows of a result and their way out: typed binary columns become JSON bytes or plain text without
 * an intermediate document. Known types: text, varchar, bool, int2/4/8, uuid, date, timestamptz,
 * json, jsonb, arrays of text, uuid, int4/8 and date, and null; bytea into a struct bytes only. No statement gives another type: a
 * test prepares every one and checks its columns.
 */
#ifndef LOFT_STORAGE_ROWS_H
#define LOFT_STORAGE_ROWS_H

#include "domain/base/arena.h"
#include "domain/base/error.h"

struct rows;

size_t rows_count(const struct rows *rows);
size_t rows_columns(const struct rows *rows);
const char *rows_column_name(const struct rows *rows, size_t column);
/* -1 when there is none of that name. */
int rows_column(const struct rows *rows, const char *name);
/* What a spreadsheet tells apart; everything that it does not is text. */
enum column_kind {
    COLUMN_TEXT,
    COLUMN_INTEGER,
    COLUMN_BOOLEAN, /* 0 or 1 */
    COLUMN_DAY,     /* days since 1970-01-01 */
    COLUMN_INSTANT, /* microseconds since 1970-01-01T00:00:00Z */
};
enum column_kind rows_column_kind(const struct rows *rows, size_t column);
/* The value of a column that is not text; 0 for null. */
int64_t rows_number(const struct rows *rows, size_t row, size_t column);
bool rows_is_null(const struct rows *rows, size_t row, size_t column);

/* The value as plain text (RFC 3339 for instants, canonical UUID, JSON for json), appended; null
 * appends nothing. */
void rows_write_text(const struct rows *rows, size_t row, size_t column, struct buffer *buffer);
/* The value as JSON, appended. */
void rows_write_json(const struct rows *rows, size_t row, size_t column, struct buffer *buffer);

/* A text copy on the arena; ABSENT for null or a missing column. */
struct text rows_text(const struct rows *rows, size_t row, const char *name, struct arena *arena);
/* 0 for null or a missing column. */
int64_t rows_int(const struct rows *rows, size_t row, const char *name);

/* Which columns of a result are shown, and how. One entry for each column of the result. */
enum column_view { COLUMN_SHOWN, COLUMN_MASKED /* as null */, COLUMN_HIDDEN };

/* One row as a JSON object without its closing brace, so that the caller may add members. */
void rows_write_object(const struct rows *rows, size_t row, const enum column_view *views,
                       struct buffer *buffer);

#endif
