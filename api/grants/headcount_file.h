/* Headcounts as they come in a file: `,` or `;`, byte order mark or none. What the lines mean is in
 * domain/grants/headcount.h. */
#ifndef LOFT_API_GRANTS_HEADCOUNT_FILE_H
#define LOFT_API_GRANTS_HEADCOUNT_FILE_H

#include "domain/grants/headcount.h"

/* The lines below the header. Columns stand in any order: network_code, municipality_no, organisation,
 * at least one of them, and at least one category. INVALID "csv_malformed", "csv_too_long"; as faults
 * at /<line>/<column> "unknown_column", "duplicate_column", "required" for a column that is missing and
 * "wrong_cell_count" at /<line> for a line with other cells than the header. Such a line is left out;
 * the caller goes on and refuses with error_outcome. */
enum outcome headcount_file_read(struct bytes file, struct error *error,
                                 struct headcount_line **ret_lines, size_t *ret_count);

#endif
