/* The Range header of a request (RFC 9110 14). */
#ifndef LOFT_API_HTTP_RANGE_H
#define LOFT_API_HTTP_RANGE_H

#include "domain/base/value.h"

struct range {
    size_t first;
    size_t len;
};

/* What it asks of so many bytes. RANGE_WHOLE: nothing, or what may be answered with all of them:
 * another unit, several ranges, what is not well-formed. */
enum range_asked { RANGE_WHOLE, RANGE_PART, RANGE_UNSATISFIABLE };
enum range_asked range_read(struct text header, size_t len, struct range *ret_range);

#endif
