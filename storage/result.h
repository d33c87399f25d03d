/* Binary results of libpq. Internal to storage. */
#ifndef LOFT_STORAGE_RESULT_H
#define LOFT_STORAGE_RESULT_H

#include "domain/base/shape.h"
#include "storage/rows.h"

#include <libpq-fe.h>
#include <stdlib.h>

/* A column as every row writes it. */
struct column {
    const char *prefix; /* its JSON member up to the value: "name": */
    size_t prefix_len;
    Oid type;
};

struct rows {
    PGresult *result; /* owned by its transaction */
    const struct column *columns;
};

struct rows *rows_create(PGresult *result, struct arena *arena);

/* Type ids as the catalogue fixes them. */
enum {
    OID_BOOL = 16,
    OID_BYTEA = 17,
    OID_NAME = 19,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_TEXT = 25,
    OID_JSON = 114,
    OID_UNKNOWN = 705,
    OID_VARCHAR = 1043,
    OID_BPCHAR = 1042,
    OID_DATE = 1082,
    OID_TIMESTAMPTZ = 1184,
    OID_UUID = 2950,
    OID_JSONB = 3802,
    OID_TEXT_ARRAY = 1009,
    OID_INT4_ARRAY = 1007,
    OID_INT8_ARRAY = 1016,
    OID_UUID_ARRAY = 2951,
    OID_DATE_ARRAY = 1182,
    OID_VARCHAR_ARRAY = 1015,
};

/* An int2/4/8, or an instant as microseconds since the Unix epoch; 0 for anything else. */
int64_t result_int(const PGresult *result, int row, int column);

/* One row into a struct by column name; false (with a log line) when a field has no column or a
 * column that does not fit it. */
bool rows_load(const struct rows *rows, size_t row, const struct shape *shape, struct arena *arena,
               void *ret);

#endif
