#include "domain/base/log.h"
#include "storage/result.h"

#include <stdio.h>

/* PostgreSQL counts days and microseconds from 2000-01-01. */
enum { DAYS_1970_TO_2000 = 10957 };
#define MICROS_1970_TO_2000 (INT64_C(946684800) * 1000000)

static uint64_t big_endian(const char *bytes, int len)
{
    uint64_t value = 0;
    for (int i = 0; i < len; i++)
        value = value << 8 | (unsigned char)bytes[i];
    return value;
}

static int64_t read_int(Oid type, const char *bytes)
{
    switch (type) {
    case OID_INT2:
        return (int16_t)big_endian(bytes, 2);
    case OID_INT4:
    case OID_DATE:
        return (int32_t)big_endian(bytes, 4);
    default:
        return (int64_t)big_endian(bytes, 8);
    }
}

/* The civil date of a day number since 1970-01-01 (proleptic Gregorian). */
static void civil_from_days(int64_t days, int *ret_year, unsigned *ret_month, unsigned *ret_day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    unsigned day_of_era = (unsigned)(days - era * 146097);
    unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
                            day_of_era / 146096) /
                           365;
    unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    unsigned shifted_month = (5 * day_of_year + 2) / 153;
    *ret_day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    *ret_month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    *ret_year = (int)((int64_t)year_of_era + era * 400 + (*ret_month <= 2));
}

static char *put_digits(char *at, unsigned value, int width)
{
    for (int i = width - 1; i >= 0; i--, value /= 10)
        at[i] = (char)('0' + value % 10);
    return at + width;
}

static char *put_date(char *at, int64_t days_since_1970)
{
    int year;
    unsigned month, day;
    civil_from_days(days_since_1970, &year, &month, &day);
    at = put_digits(at, (unsigned)year, 4);
    *at++ = '-';
    at = put_digits(at, month, 2);
    *at++ = '-';
    return put_digits(at, day, 2);
}

/* RFC 3339 in UTC; a fraction only when there is one. At most 27 bytes. */
static size_t format_instant(char *out, int64_t micros)
{
    int64_t days = micros / INT64_C(86400000000), rest = micros % INT64_C(86400000000);
    if (rest < 0) {
        days--;
        rest += INT64_C(86400000000);
    }
    unsigned seconds = (unsigned)(rest / 1000000), fraction = (unsigned)(rest % 1000000);
    char *at = put_date(out, days);
    *at++ = 'T';
    at = put_digits(at, seconds / 3600, 2);
    *at++ = ':';
    at = put_digits(at, seconds / 60 % 60, 2);
    *at++ = ':';
    at = put_digits(at, seconds % 60, 2);
    if (fraction) {
        *at++ = '.';
        at = put_digits(at, fraction, 6);
    }
    *at++ = 'Z';
    return (size_t)(at - out);
}

static size_t format_uuid(char *out, const char *bytes)
{
    static const char hex[] = "0123456789abcdef";
    size_t len = 0;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            out[len++] = '-';
        out[len++] = hex[(unsigned char)bytes[i] >> 4];
        out[len++] = hex[(unsigned char)bytes[i] & 15];
    }
    return len;
}

/* JSON as PostgreSQL writes it, without the spaces between its tokens. */
static void write_compact(const char *json, size_t len, struct buffer *out)
{
    bool in_string = false;
    for (size_t i = 0; i < len; i++) {
        char c = json[i];
        if (!in_string && (c == ' ' || c == '\n'))
            continue;
        buffer_add_char(out, c);
        if (in_string && c == '\\')
            buffer_add_char(out, json[++i]);
        else if (c == '"')
            in_string = !in_string;
    }
}

/* A value without quotes or escapes. Returns whether JSON wants it as a string. */
static bool write_scalar(Oid type, const char *bytes, int len, struct buffer *out)
{
    char scratch[48];
    switch (type) {
    case OID_BOOL:
        buffer_add_string(out, bytes[0] ? "true" : "false");
        return false;
    case OID_INT2:
    case OID_INT4:
    case OID_INT8:
        buffer_add_int(out, read_int(type, bytes));
        return false;
    case OID_DATE:
        buffer_add(
            out, scratch,
            (size_t)(put_date(scratch, read_int(type, bytes) + DAYS_1970_TO_2000) - scratch));
        return true;
    case OID_TIMESTAMPTZ:
        buffer_add(out, scratch,
                   format_instant(scratch, read_int(OID_INT8, bytes) + MICROS_1970_TO_2000));
        return true;
    case OID_UUID:
        buffer_add(out, scratch, format_uuid(scratch, bytes));
        return true;
    case OID_JSONB: /* a version byte, then the text */
        write_compact(bytes + 1, (size_t)len - 1, out);
        return false;
    case OID_JSON:
        write_compact(bytes, (size_t)len, out);
        return false;
    default:
        buffer_add(out, bytes, (size_t)len);
        return true;
    }
}

static bool is_plain_text(Oid type)
{
    return type == OID_TEXT || type == OID_VARCHAR || type == OID_BPCHAR || type == OID_NAME ||
           type == OID_UNKNOWN;
}

static void write_json(Oid type, const char *bytes, int len, struct buffer *out);

static bool is_array(Oid type)
{
    return type == OID_TEXT_ARRAY || type == OID_INT4_ARRAY || type == OID_INT8_ARRAY ||
           type == OID_UUID_ARRAY || type == OID_DATE_ARRAY || type == OID_VARCHAR_ARRAY;
}

/* Walks a one-dimensional array: calls back per element, NULL bytes for a null. */
static void each_element(const char *bytes, void (*visit)(void *, Oid, const char *, int, int),
                         void *context)
{
    if (big_endian(bytes, 4) == 0)
        return;
    Oid type = (Oid)big_endian(bytes + 8, 4);
    int count = (int)big_endian(bytes + 12, 4);
    const char *at = bytes + 20;
    for (int i = 0; i < count; i++) {
        int len = (int32_t)big_endian(at, 4);
        at += 4;
        visit(context, type, len < 0 ? NULL : at, len, i);
        at += len < 0 ? 0 : len;
    }
}

static void write_element(void *context, Oid type, const char *bytes, int len, int index)
{
    struct buffer *out = context;
    if (index > 0)
        buffer_add_char(out, ',');
    if (bytes)
        write_json(type, bytes, len, out);
    else
        buffer_add_string(out, "null");
}

static void write_json(Oid type, const char *bytes, int len, struct buffer *out)
{
    if (is_plain_text(type)) {
        buffer_add_json_string(out, bytes, (size_t)len);
        return;
    }
    if (is_array(type)) {
        buffer_add_char(out, '[');
        each_element(bytes, write_element, out);
        buffer_add_char(out, ']');
        return;
    }
    bool quoted = type == OID_DATE || type == OID_TIMESTAMPTZ || type == OID_UUID;
    if (quoted)
        buffer_add_char(out, '"');
    write_scalar(type, bytes, len, out);
    if (quoted)
        buffer_add_char(out, '"');
}

struct rows *rows_create(PGresult *result, struct arena *arena)
{
    struct rows *rows = arena_new(arena, struct rows);
    int count = PQnfields(result);
    struct column *columns = arena_array(arena, struct column, (size_t)count + 1);
    for (int i = 0; i < count; i++) {
        const char *prefix = arena_format(arena, "\"%s\":", PQfname(result, i));
        columns[i] = (struct column){prefix, strlen(prefix), PQftype(result, i)};
    }
    *rows = (struct rows){.result = result, .columns = columns};
    return rows;
}

size_t rows_count(const struct rows *rows)
{
    return (size_t)PQntuples(rows->result);
}

size_t rows_columns(const struct rows *rows)
{
    return (size_t)PQnfields(rows->result);
}

const char *rows_column_name(const struct rows *rows, size_t column)
{
    return PQfname(rows->result, (int)column);
}

int rows_column(const struct rows *rows, const char *name)
{
    int columns = PQnfields(rows->result);
    for (int i = 0; i < columns; i++)
        if (strcmp(PQfname(rows->result, i), name) == 0)
            return i;
    return -1;
}

bool rows_is_null(const struct rows *rows, size_t row, size_t column)
{
    return PQgetisnull(rows->result, (int)row, (int)column);
}

void rows_write_text(const struct rows *rows, size_t row, size_t column, struct buffer *buffer)
{
    if (rows_is_null(rows, row, column))
        return;
    Oid type = PQftype(rows->result, (int)column);
    const char *bytes = PQgetvalue(rows->result, (int)row, (int)column);
    int len = PQgetlength(rows->result, (int)row, (int)column);
    if (is_array(type))
        write_json(type, bytes, len, buffer);
    else
        write_scalar(type, bytes, len, buffer);
}

void rows_write_json(const struct rows *rows, size_t row, size_t column, struct buffer *buffer)
{
    if (rows_is_null(rows, row, column)) {
        buffer_add(buffer, "null", 4);
        return;
    }
    write_json(rows->columns[column].type, PQgetvalue(rows->result, (int)row, (int)column),
               PQgetlength(rows->result, (int)row, (int)column), buffer);
}

struct text rows_text(const struct rows *rows, size_t row, const char *name, struct arena *arena)
{
    int column = rows_column(rows, name);
    if (column < 0 || rows_is_null(rows, row, (size_t)column))
        return (struct text){.is = ABSENT};
    struct buffer buffer;
    buffer_init(&buffer, arena, 48);
    rows_write_text(rows, row, (size_t)column, &buffer);
    return (struct text){.is = GIVEN, .s = buffer.data ? buffer.data : "", .len = buffer.len};
}

int64_t rows_int(const struct rows *rows, size_t row, const char *name)
{
    int column = rows_column(rows, name);
    return column < 0 ? 0 : result_int(rows->result, (int)row, column);
}

enum column_kind rows_column_kind(const struct rows *rows, size_t column)
{
    switch (PQftype(rows->result, (int)column)) {
    case OID_INT2:
    case OID_INT4:
    case OID_INT8:
        return COLUMN_INTEGER;
    case OID_BOOL:
        return COLUMN_BOOLEAN;
    case OID_DATE:
        return COLUMN_DAY;
    case OID_TIMESTAMPTZ:
        return COLUMN_INSTANT;
    default:
        return COLUMN_TEXT;
    }
}

int64_t rows_number(const struct rows *rows, size_t row, size_t column)
{
    return result_int(rows->result, (int)row, (int)column);
}

int64_t result_int(const PGresult *result, int row, int column)
{
    if (PQgetisnull(result, row, column))
        return 0;
    Oid type = PQftype(result, column);
    const char *bytes = PQgetvalue(result, row, column);
    switch (type) {
    case OID_INT2:
    case OID_INT4:
    case OID_INT8:
        return read_int(type, bytes);
    case OID_TIMESTAMPTZ:
        return read_int(OID_INT8, bytes) + MICROS_1970_TO_2000;
    case OID_DATE:
        return read_int(type, bytes) + DAYS_1970_TO_2000;
    case OID_BOOL:
        return bytes[0] != 0;
    default:
        return 0;
    }
}

void rows_write_object(const struct rows *rows, size_t row, const enum column_view *views,
                       struct buffer *buffer)
{
    size_t columns = rows_columns(rows);
    bool first = true;
    buffer_add_char(buffer, '{');
    for (size_t i = 0; i < columns; i++) {
        if (views[i] == COLUMN_HIDDEN)
            continue;
        if (!first)
            buffer_add_char(buffer, ',');
        first = false;
        buffer_add(buffer, rows->columns[i].prefix, rows->columns[i].prefix_len);
        if (views[i] == COLUMN_MASKED)
            buffer_add(buffer, "null", 4);
        else
            rows_write_json(rows, row, i, buffer);
    }
}

struct list_filler {
    struct arena *arena;
    struct text *items;
    size_t count;
};

static void fill_item(void *context, Oid type, const char *bytes, int len, int index)
{
    struct list_filler *filler = context;
    struct buffer buffer;
    (void)index;
    if (!bytes)
        return;
    buffer_init(&buffer, filler->arena, 48);
    write_scalar(type, bytes, len, &buffer);
    filler->items[filler->count++] = (struct text){
        .is = GIVEN, .s = buffer.data ? buffer.data : "", .len = buffer.len};
}

static struct text_list load_list(const char *bytes, struct arena *arena)
{
    size_t count = big_endian(bytes, 4) == 0 ? 0 : (size_t)big_endian(bytes + 12, 4);
    struct list_filler filler = {.arena = arena,
                                 .items = arena_array(arena, struct text, count ? count : 1)};
    each_element(bytes, fill_item, &filler);
    return (struct text_list){.is = GIVEN, .items = filler.items, .count = filler.count};
}

static struct bytes load_bytes(const PGresult *result, size_t row, int column, struct arena *arena)
{
    size_t len = (size_t)PQgetlength(result, (int)row, column);
    return (struct bytes){.is = GIVEN,
                          .data = arena_copy(arena, PQgetvalue(result, (int)row, column), len),
                          .len = len};
}

static bool load_field(const struct rows *rows, size_t row, int column, const struct field *field,
                       struct arena *arena, void *at)
{
    Oid type = PQftype(rows->result, column);
    bool null = PQgetisnull(rows->result, (int)row, column);
    bool number = type == OID_INT2 || type == OID_INT4 || type == OID_INT8 ||
                  type == OID_TIMESTAMPTZ;
    switch (field->kind) {
    case KIND_TEXT:
        *(struct text *)at = rows_text(rows, row, field->name, arena);
        return !is_array(type);
    case KIND_JSON: {
        struct text text = rows_text(rows, row, field->name, arena);
        *(struct json_text *)at = (struct json_text){text.is, text.s, text.len};
        return type == OID_JSON || type == OID_JSONB;
    }
    case KIND_INTEGER:
        *(struct integer *)at = null ? (struct integer){.is = NULLED}
                                     : integer_of(result_int(rows->result, (int)row, column));
        return number;
    case KIND_INT64:
        *(int64_t *)at = result_int(rows->result, (int)row, column);
        return number && !null;
    case KIND_BOOLEAN:
        *(struct boolean *)at = null ? (struct boolean){.is = NULLED}
                                     : boolean_of(PQgetvalue(rows->result, (int)row, column)[0] !=
                                                  0);
        return type == OID_BOOL;
    case KIND_BOOL:
        *(bool *)at = !null && PQgetvalue(rows->result, (int)row, column)[0] != 0;
        return type == OID_BOOL && !null;
    case KIND_BYTES:
        *(struct bytes *)at = null ? (struct bytes){.is = NULLED}
                                   : load_bytes(rows->result, row, column, arena);
        return type == OID_BYTEA;
    case KIND_TEXT_LIST:
        if (!null)
            *(struct text_list *)at = load_list(PQgetvalue(rows->result, (int)row, column), arena);
        return is_array(type);
    case KIND_TEXT_MAP:
    case KIND_RECORD_LIST:
        return false; /* these come in, they are not loaded */
    }
    return false;
}

bool rows_load(const struct rows *rows, size_t row, const struct shape *shape, struct arena *arena,
               void *ret)
{
    for (size_t i = 0; i < shape->count; i++) {
        const struct field *field = &shape->fields[i];
        int column = rows_column(rows, field->name);
        if (column < 0 ||
            !load_field(rows, row, column, field, arena, (char *)ret + field->offset)) {
            log_write(LOG_ERRORS, "row_shape", "column %s does not fit %s", field->name,
                      shape->name);
            return false;
        }
    }
    return true;
}
