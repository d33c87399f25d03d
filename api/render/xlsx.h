/*
 * A spreadsheet (Office Open XML) of one sheet, row by row: a frozen header with filters, typed
 * cells, widths by content. Rows go to files under TMPDIR that have no name, so they are gone with
 * their descriptors whatever happens; memory does not grow with them.
 *
 * A text is text, never a formula, and one of more than 32 767 characters (Excel's limit) is cut
 * and ends in an ellipsis. An integer that a spreadsheet would round is a text, and so is a day that
 * its calendar does not have.
 */
#ifndef LOFT_API_RENDER_XLSX_H
#define LOFT_API_RENDER_XLSX_H

#include "domain/base/value.h"

/* Rows below the header. Excel holds ten times as many, but a sheet is packed in one go, and whoever
 * does it does nothing else meanwhile. */
enum { XLSX_ROWS_MAX = 100000, XLSX_COLUMNS_MAX = 256 };

enum xlsx_kind {
    XLSX_TEXT,
    XLSX_INTEGER,
    XLSX_BOOLEAN,
    XLSX_DAY,     /* days since 1970-01-01 */
    XLSX_INSTANT, /* microseconds since 1970-01-01T00:00:00Z; shown to the second, in Norway */
};

struct xlsx_column {
    const char *name;
    enum xlsx_kind kind;
};

struct xlsx_cell {
    bool given;       /* or else the cell is empty */
    struct text text; /* of XLSX_TEXT */
    int64_t number;   /* of every other kind; a boolean is 0 or 1 */
};

struct xlsx;

/* NULL without memory, without a place for its files, or with columns beyond the maximum. The
 * columns are copied, their names are not. */
struct xlsx *xlsx_create(const char *sheet, const struct xlsx_column *columns, size_t count);

/* One cell for each column. False when the file cannot be written or has rows enough; then nothing
 * but xlsx_destroy makes sense. */
bool xlsx_add_row(struct xlsx *xlsx, const struct xlsx_cell *cells);

/* Packs the sheet. False when there is no room for it. */
bool xlsx_finish(struct xlsx *xlsx);

/* The next bytes of a finished sheet, at most `max`; 0 at the end, -1 on failure. */
int64_t xlsx_read(struct xlsx *xlsx, char *out, size_t max);

/* Accepts NULL. */
void xlsx_destroy(struct xlsx *xlsx);

#endif
