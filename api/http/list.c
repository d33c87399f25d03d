#include "api/http/list.h"

#include "api/http/answer.h"
#include "api/http/export.h"
#include "domain/base/clock.h"
#include "domain/base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct cursor {
    const char *key;
    const char *id;
};

/* Parameters that do not change which rows the list has. */
static bool shapes_only(const char *name)
{
    static const char *const names[] = {"cursor", "limit", "count", "fields", "embed", NULL};
    for (size_t i = 0; names[i]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* One word of many: the byte behind it keeps "ab", "c" and "a", "bc" apart. */
static uint64_t mix(uint64_t hash, const char *s, size_t len)
{
    return hash_mix(hash_mix(hash, s, len), "\xff", 1);
}

/* Order of parameters does not matter: their hashes are added up. */
static uint64_t list_hash(const struct operation *op, const struct sort *sort,
                          const struct request *request)
{
    uint64_t hash = mix(HASH_SEED, op->id, strlen(op->id));
    hash = mix(hash, sort->value, strlen(sort->value));
    for (size_t i = 0; i < request->query_count; i++) {
        const struct pair *pair = &request->query[i];
        if (shapes_only(pair->name.s) || text_is(pair->name, "sort"))
            continue;
        uint64_t one = mix(HASH_SEED, pair->name.s, pair->name.len);
        hash += mix(one, pair->value.s, pair->value.len);
    }
    return hash;
}

static const char base64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static const char *encode(struct arena *arena, const char *s)
{
    size_t len = strlen(s);
    struct buffer out;
    buffer_init(&out, arena, len * 4 / 3 + 4);
    for (size_t i = 0; i < len; i += 3) {
        unsigned word = (unsigned)(unsigned char)s[i] << 16;
        word |= i + 1 < len ? (unsigned)(unsigned char)s[i + 1] << 8 : 0;
        word |= i + 2 < len ? (unsigned)(unsigned char)s[i + 2] : 0;
        buffer_add_char(&out, base64url[word >> 18]);
        buffer_add_char(&out, base64url[word >> 12 & 63]);
        if (i + 1 < len)
            buffer_add_char(&out, base64url[word >> 6 & 63]);
        if (i + 2 < len)
            buffer_add_char(&out, base64url[word & 63]);
    }
    return out.data ? out.data : "";
}

static char *decode(struct arena *arena, struct text value)
{
    char *out = arena_alloc(arena, value.len + 1);
    size_t used = 0;
    unsigned word = 0, bits = 0;
    for (size_t i = 0; i < value.len; i++) {
        const char *at = strchr(base64url, value.s[i]);
        if (!at || !value.s[i])
            return NULL;
        word = word << 6 | (unsigned)(at - base64url);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out[used++] = (char)(word >> bits & 0xff);
        }
    }
    out[used] = '\0';
    return strlen(out) == used ? out : NULL;
}

/* As PostgreSQL writes an instant: "2026-03-12 08:00:00.5+01". */
static bool instant_fits(const char *key, size_t len)
{
    char text[48];
    int64_t instant;
    if (len < sizeof "2026-03-12 08:00:00+01" - 1 || len > sizeof text - 4 || key[10] != ' ')
        return false;
    snprintf(text, sizeof text, "%s%s", key, strchr("+-", key[len - 3]) ? ":00" : "");
    text[10] = 'T';
    return instant_parse(text, strlen(text), &instant);
}

/* A key of our own making fits; one that was made up must not reach the database. */
static bool key_fits(const char *cast, const char *key)
{
    size_t len = strlen(key);
    static const struct schema integer = {.types = TYPE_INTEGER,
                                          .minimum = SCHEMA_INTEGER_MIN,
                                          .maximum = SCHEMA_INTEGER_MAX,
                                          .pattern = -1};
    static const struct schema uuid = {
        .types = TYPE_STRING, .format = FORMAT_UUID, .pattern = -1, .max_length = 36};
    static const struct schema day = {
        .types = TYPE_STRING, .format = FORMAT_DATE, .pattern = -1, .max_length = 10};
    if (strcmp(cast, "text") == 0)
        return utf8_valid(key, len);
    if (strcmp(cast, "bigint") == 0)
        return contract_text_fits(&integer, text_of(key));
    if (strcmp(cast, "uuid") == 0)
        return contract_text_fits(&uuid, text_of(key));
    if (strcmp(cast, "date") == 0)
        return contract_text_fits(&day, text_of(key));
    return instant_fits(key, len);
}

static enum outcome read_cursor(struct call *call, const struct request *request,
                                const struct sort *sort, struct cursor *ret)
{
    struct text value = request_query(request, "cursor");
    if (value.is != GIVEN)
        return DONE;
    static const struct schema uuid = {
        .types = TYPE_STRING, .format = FORMAT_UUID, .pattern = -1, .max_length = 36};
    char *plain = decode(call->arena, value);
    char *first = plain ? strchr(plain, '|') : NULL;
    char *second = first ? strchr(first + 1, '|') : NULL;
    if (second) {
        *first = *second = '\0';
        const char *expected = arena_format(call->arena, "%016" PRIx64,
                                            list_hash(call->operation, sort, request));
        if (strcmp(plain, expected) == 0 && contract_text_fits(&uuid, text_of(first + 1)) &&
            key_fits(sort->order.cast, second + 1)) {
            *ret = (struct cursor){.key = second + 1, .id = first + 1};
            return DONE;
        }
    }
    return error_refuse(call->error, MALFORMED, "invalid_cursor", NULL);
}

static enum outcome choose_sort(struct call *call, const struct request *request,
                                const struct sort **ret_sort)
{
    const struct operation *op = call->operation;
    struct text value = request_query(request, "sort");
    *ret_sort = &op->sorts[0];
    for (size_t i = 0; i < op->sort_count; i++)
        if (text_is(value, op->sorts[i].value))
            *ret_sort = &op->sorts[i];
    const char *needs = (*ret_sort)->needs;
    if (!needs || given(request_query(request, needs).is))
        return DONE;
    error_fault(call->error, arena_format(call->arena, "?%s", needs), "required", NULL);
    return error_refuse(call->error, MALFORMED, "invalid_parameter", NULL);
}

static int64_t chosen_limit(const struct request *request)
{
    struct text value = request_query(request, "limit");
    return value.is == GIVEN ? strtoll(value.s, NULL, 10) : LIST_LIMIT_DEFAULT;
}

static bool wants_count(const struct request *request)
{
    return text_is(request_query(request, "count"), "true");
}

bool list_is_single(const struct request *request)
{
    return !wants_count(request);
}

static void write_items(const struct rows *rows, size_t count, const enum column_view *views,
                        struct buffer *out)
{
    buffer_add_string(out, "{\"items\":[");
    for (size_t i = 0; i < count; i++) {
        if (i)
            buffer_add_char(out, ',');
        rows_write_object(rows, i, views, out);
        buffer_add_char(out, '}');
    }
    buffer_add_char(out, ']');
}

static void write_next_cursor(struct call *call, const struct request *request,
                              const struct sort *sort, size_t last, struct buffer *out)
{
    struct text key = rows_text(call->rows, last, "_key", call->arena);
    struct text id = rows_text(call->rows, last, sort->order.id, call->arena);
    const char *plain = arena_format(call->arena, "%016" PRIx64 "|%s|%s",
                                     list_hash(call->operation, sort, request), id.s,
                                     key.is == GIVEN ? key.s : "");
    buffer_add_string(out, ",\"next_cursor\":\"");
    buffer_add_string(out, encode(call->arena, plain));
    buffer_add_char(out, '"');
}

enum outcome list_page(struct call *call, const struct request *request, const void *input,
                       struct buffer *out)
{
    const struct operation *op = call->operation;
    const struct sort *sort = NULL;
    struct cursor cursor = {NULL, NULL};
    enum outcome outcome = choose_sort(call, request, &sort);
    if (outcome == DONE)
        outcome = read_cursor(call, request, sort, &cursor);
    if (outcome != DONE)
        return outcome;
    int64_t limit = chosen_limit(request);
    struct list_page page = {
        .order = &sort->order, .after_key = cursor.key, .after_id = cursor.id, .limit = limit + 1};
    outcome = tx_query_page(call->tx, op->statement, SOURCES({op->input_shape, input}), &page,
                            &call->rows);
    if (outcome != DONE)
        return outcome;
    const enum column_view *views = answer_views(op, call->principal, answer_selection(request),
                                                 call->rows, call->arena);
    size_t found = rows_count(call->rows);
    if (found == 0) {
        outcome = answer_check_parent(call->tx, op, input, call->error);
        if (outcome != DONE)
            return outcome;
    }
    bool more = found > (size_t)limit;
    write_items(call->rows, more ? (size_t)limit : found, views, out);
    if (more)
        write_next_cursor(call, request, sort, (size_t)limit - 1, out);
    else
        buffer_add_string(out, ",\"next_cursor\":null");
    if (wants_count(request)) {
        int64_t count = 0;
        outcome = tx_count(call->tx, op->statement, SOURCES({op->input_shape, input}), &count);
        buffer_add_string(out, ",\"count\":");
        buffer_add_int(out, count);
    }
    buffer_add_char(out, '}');
    return outcome;
}

/* A table has no place for an item in a cell. */
static enum outcome refuse_embed(struct error *error)
{
    error_fault(error, "?embed", "not_in_format", "application/json, application/x-ndjson");
    error_arg(error, "parameter", "embed");
    return error_refuse(error, MALFORMED, "invalid_parameter", NULL);
}

enum outcome list_export(struct call *call, const struct request *request, const void *input,
                         enum media media, struct http_response *response,
                         struct export_failure *ret_failure)
{
    const struct sort *sort = NULL;
    enum outcome outcome = choose_sort(call, request, &sort);
    if (outcome != DONE)
        return outcome;
    const struct export_request wanted = {
        .call = call,
        .sort = sort,
        .selection = answer_selection(request),
        .input = input,
        .media = media,
    };
    if (request_query(request, "cursor").is == GIVEN)
        return error_refuse(call->error, MALFORMED, "invalid_cursor", NULL);
    if (wanted.selection.embed.is == GIVEN && media != MEDIA_NDJSON)
        return refuse_embed(call->error);
    return export_open(&wanted, &response->stream, ret_failure);
}
