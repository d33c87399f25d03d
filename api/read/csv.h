/*
 * Files of comma-separated values (RFC 4180) as people send them: `,` or `;` between cells, as the
 * first line has it, and a byte order mark or none. Blank lines are passed over, blanks around a
 * cell that is not quoted are dropped.
 */
#ifndef LOFT_API_READ_CSV_H
#define LOFT_API_READ_CSV_H

#include "domain/base/error.h"

enum { CSV_CELLS_MAX = 64 };

struct csv_row {
    int64_t line; /* of the file, from 1, where the row begins */
    const struct text *cells;
    size_t count;
};

/* The first row is the header. INVALID "csv_malformed" with {line}, "csv_too_long" with {limit} when
 * there are more than `rows_max` rows below the header. Everything lives on the error's arena. */
enum outcome csv_rows(struct bytes file, size_t rows_max, struct error *error,
                      const struct csv_row **ret_rows, size_t *ret_count);

#endif
