#include "storage/compose.h"

#include "domain/base/log.h"
#include "domain/base/text.h"

#include <inttypes.h>
#include <stdio.h>

struct binding {
    const struct field *field;
    const void *data;
};

static bool binding_find(const struct object *sources, size_t count, const char *name,
                         struct binding *ret)
{
    for (size_t i = 0; i < count; i++) {
        const struct field *field = shape_find(sources[i].shape, name);
        if (field) {
            *ret = (struct binding){field, (const char *)sources[i].data + field->offset};
            return true;
        }
    }
    return false;
}

/* Every kind but the plain ones begins with its presence. */
static enum presence presence_of(enum kind kind, const void *data)
{
    switch (kind) {
    case KIND_INT64:
    case KIND_BOOL:
        return GIVEN;
    case KIND_TEXT:
        return ((const struct text *)data)->is;
    case KIND_INTEGER:
        return ((const struct integer *)data)->is;
    case KIND_BOOLEAN:
        return ((const struct boolean *)data)->is;
    case KIND_JSON:
        return ((const struct json_text *)data)->is;
    case KIND_BYTES:
        return ((const struct bytes *)data)->is;
    case KIND_TEXT_LIST:
        return ((const struct text_list *)data)->is;
    case KIND_TEXT_MAP:
        return ((const struct text_map *)data)->is;
    case KIND_RECORD_LIST:
        return ((const struct record_list *)data)->is;
    }
    return ABSENT;
}

/* A text[] literal: every element quoted. */
static const char *array_literal(struct arena *arena, const struct text_list *list)
{
    struct buffer buffer;
    buffer_init(&buffer, arena, 64);
    buffer_add_char(&buffer, '{');
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            buffer_add_char(&buffer, ',');
        buffer_add_char(&buffer, '"');
        for (size_t k = 0; k < list->items[i].len; k++) {
            char c = list->items[i].s[k];
            if (c == '"' || c == '\\')
                buffer_add_char(&buffer, '\\');
            buffer_add_char(&buffer, c);
        }
        buffer_add_char(&buffer, '"');
    }
    buffer_add_char(&buffer, '}');
    return buffer.data;
}

static void add_json(struct buffer *out, enum kind kind, const void *data);

/* As PostgreSQL writes and reads bytea in text. */
static void add_json_bytes(struct buffer *out, const struct bytes *bytes)
{
    static const char hex[] = "0123456789abcdef";
    buffer_add_string(out, "\"\\\\x");
    for (size_t i = 0; i < bytes->len; i++) {
        unsigned char c = (unsigned char)bytes->data[i];
        buffer_add(out, (const char[]){hex[c >> 4], hex[c & 15]}, 2);
    }
    buffer_add_char(out, '"');
}

static void add_json_list(struct buffer *out, const struct text_list *list)
{
    buffer_add_char(out, '[');
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            buffer_add_char(out, ',');
        buffer_add_json_string(out, list->items[i].s, list->items[i].len);
    }
    buffer_add_char(out, ']');
}

static void add_json_map(struct buffer *out, const struct text_map *map)
{
    buffer_add_char(out, '{');
    for (size_t i = 0; i < map->count; i++) {
        if (i > 0)
            buffer_add_char(out, ',');
        buffer_add_json_string(out, map->keys[i].s, map->keys[i].len);
        buffer_add_char(out, ':');
        buffer_add_json_string(out, map->values[i].s, map->values[i].len);
    }
    buffer_add_char(out, '}');
}

/* What is absent is left out: jsonb_to_recordset makes NULL of that and of null alike. */
static void add_json_record(struct buffer *out, const struct shape *shape, const char *record)
{
    bool first = true;
    buffer_add_char(out, '{');
    for (size_t i = 0; i < shape->count; i++) {
        const struct field *field = &shape->fields[i];
        if (presence_of(field->kind, record + field->offset) == ABSENT)
            continue;
        if (!first)
            buffer_add_char(out, ',');
        first = false;
        buffer_add_json_string(out, field->name, strlen(field->name));
        buffer_add_char(out, ':');
        add_json(out, field->kind, record + field->offset);
    }
    buffer_add_char(out, '}');
}

static void add_json_records(struct buffer *out, const struct record_list *list)
{
    buffer_add_char(out, '[');
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            buffer_add_char(out, ',');
        add_json_record(out, list->shape, (const char *)list->items + i * list->shape->size);
    }
    buffer_add_char(out, ']');
}

static void add_json(struct buffer *out, enum kind kind, const void *data)
{
    if (presence_of(kind, data) != GIVEN) {
        buffer_add_string(out, "null");
        return;
    }
    switch (kind) {
    case KIND_INT64:
        buffer_add_int(out, *(const int64_t *)data);
        break;
    case KIND_BOOL:
        buffer_add_string(out, *(const bool *)data ? "true" : "false");
        break;
    case KIND_TEXT:
        buffer_add_json_string(out, ((const struct text *)data)->s,
                               ((const struct text *)data)->len);
        break;
    case KIND_INTEGER:
        buffer_add_int(out, ((const struct integer *)data)->v);
        break;
    case KIND_BOOLEAN:
        buffer_add_string(out, ((const struct boolean *)data)->v ? "true" : "false");
        break;
    case KIND_JSON:
        buffer_add(out, ((const struct json_text *)data)->s, ((const struct json_text *)data)->len);
        break;
    case KIND_BYTES:
        add_json_bytes(out, data);
        break;
    case KIND_TEXT_LIST:
        add_json_list(out, data);
        break;
    case KIND_TEXT_MAP:
        add_json_map(out, data);
        break;
    case KIND_RECORD_LIST:
        add_json_records(out, data);
        break;
    }
}

static enum presence binding_presence(const struct binding *binding)
{
    return presence_of(binding->field->kind, binding->data);
}

static const char *json_literal(struct arena *arena, enum kind kind, const void *data)
{
    struct buffer buffer;
    buffer_init(&buffer, arena, 64);
    add_json(&buffer, kind, data);
    return buffer.data;
}

static const char *binding_value(struct arena *arena, const struct binding *binding)
{
    const void *data = binding->data;
    if (binding_presence(binding) != GIVEN)
        return NULL;
    switch (binding->field->kind) {
    case KIND_INT64:
        return arena_format(arena, "%" PRId64, *(const int64_t *)data);
    case KIND_BOOL:
        return *(const bool *)data ? "t" : "f";
    case KIND_TEXT:
        return ((const struct text *)data)->s;
    case KIND_INTEGER:
        return arena_format(arena, "%" PRId64, ((const struct integer *)data)->v);
    case KIND_BOOLEAN:
        return ((const struct boolean *)data)->v ? "t" : "f";
    case KIND_JSON:
        return ((const struct json_text *)data)->s;
    case KIND_BYTES:
        break; /* these are bound as they are */
    case KIND_TEXT_LIST:
        return array_literal(arena, data);
    case KIND_TEXT_MAP:
    case KIND_RECORD_LIST: /* for jsonb_to_recordset(:rows::jsonb) */
        return json_literal(arena, binding->field->kind, data);
    }
    return NULL;
}

static void add_value(struct composed *to, const char *value)
{
    to->formats[to->count] = 0;
    to->lengths[to->count] = 0;
    to->values[to->count++] = value;
}

static void add_bytes(struct composed *to, const struct bytes *bytes)
{
    to->formats[to->count] = 1;
    to->lengths[to->count] = (int)bytes->len;
    to->values[to->count++] = bytes->is == GIVEN ? bytes->data : NULL;
}

static void add_number(struct buffer *sql, int number)
{
    buffer_add_char(sql, '$');
    buffer_add_int(sql, number);
}

static const char *collation(const struct list_order *order)
{
    return strcmp(order->cast, "text") == 0 ? " COLLATE \"nb-x-icu\"" : "";
}

static void add_order(struct buffer *sql, const struct list_order *order)
{
    const char *direction = order->descending ? " DESC" : "";
    buffer_add_string(sql, "\nORDER BY item.");
    buffer_add_string(sql, order->column);
    buffer_add_string(sql, collation(order));
    buffer_add_string(sql, direction);
    if (strcmp(order->column, order->id) != 0) {
        buffer_add_string(sql, ", item.");
        buffer_add_string(sql, order->id);
        buffer_add_string(sql, direction);
    }
}

static void add_keyset(struct buffer *sql, const struct list_page *page, struct composed *ret)
{
    const struct list_order *order = page->order;
    add_value(ret, page->after_key);
    add_value(ret, page->after_id);
    buffer_add_string(sql, "\nWHERE (item.");
    buffer_add_string(sql, order->column);
    buffer_add_string(sql, collation(order));
    buffer_add_string(sql, ", item.");
    buffer_add_string(sql, order->id);
    buffer_add_string(sql, order->descending ? ") < (" : ") > (");
    add_number(sql, ret->count - 1);
    buffer_add_string(sql, "::");
    buffer_add_string(sql, order->cast);
    buffer_add_string(sql, ", ");
    add_number(sql, ret->count);
    buffer_add_string(sql, "::uuid)");
}

static void add_suffix(struct buffer *sql, enum wrap wrap, const struct list_page *page,
                       struct composed *ret)
{
    if (wrap == WRAP_NONE)
        return;
    buffer_add_string(sql, ") AS item");
    if (wrap == WRAP_COUNT)
        return;
    if (page->after_id)
        add_keyset(sql, page, ret);
    add_order(sql, page->order);
    if (page->limit > 0) {
        add_value(ret, arena_format(sql->arena, "%" PRId64, page->limit));
        buffer_add_string(sql, "\nLIMIT ");
        add_number(sql, ret->count);
        buffer_add_string(sql, "::bigint");
    }
}

static void add_prefix(struct buffer *sql, enum wrap wrap, const struct list_page *page)
{
    if (wrap == WRAP_CURSOR)
        buffer_add_string(sql, "DECLARE export NO SCROLL CURSOR FOR\n");
    if (wrap == WRAP_COUNT)
        buffer_add_string(sql, "SELECT count(*) AS count FROM (\n");
    if (wrap == WRAP_PAGE || wrap == WRAP_CURSOR) {
        buffer_add_string(sql, "SELECT item.*, item.");
        buffer_add_string(sql, page->order->column);
        buffer_add_string(sql, "::text AS _key FROM (\n");
    }
}

enum outcome compose(const struct statement *statement, const struct object *sources,
                     size_t source_count, enum wrap wrap, const struct list_page *page,
                     struct arena *arena, struct error *error, struct composed *ret)
{
    struct binding bindings[STATEMENT_PARAMS_MAX];
    int numbers[STATEMENT_PARAMS_MAX] = {0};
    for (size_t i = 0; i < statement->param_count; i++) {
        if (!binding_find(sources, source_count, statement->params[i].name, &bindings[i])) {
            log_write(LOG_ERRORS, "statement_parameter", "%s has no source for :%s",
                      statement->name, statement->params[i].name);
            return error_refuse(error, INTERNAL, "internal_error", NULL);
        }
    }
    struct buffer sql;
    buffer_init(&sql, arena, 1024);
    ret->count = 0;
    add_prefix(&sql, wrap, page);
    for (size_t i = 0; i < statement->piece_count; i++) {
        const struct statement_piece *piece = &statement->pieces[i];
        if (piece->only_if >= 0 && binding_presence(&bindings[piece->only_if]) != GIVEN)
            continue;
        if (piece->sql) {
            buffer_add_string(&sql, piece->sql);
            continue;
        }
        const struct statement_param *param = &statement->params[piece->param];
        if (numbers[piece->param] == 0) {
            const struct binding *binding = &bindings[piece->param];
            if (param->given)
                add_value(ret, binding_presence(binding) == ABSENT ? "f" : "t");
            else if (binding->field->kind == KIND_BYTES)
                add_bytes(ret, binding->data);
            else
                add_value(ret, binding_value(arena, binding));
            numbers[piece->param] = ret->count;
        }
        add_number(&sql, numbers[piece->param]);
        if (param->given)
            buffer_add_string(&sql, "::boolean");
    }
    add_suffix(&sql, wrap, page, ret);
    ret->sql = sql.data;
    ret->hash = hash_mix(HASH_SEED, sql.data, sql.len);
    return DONE;
}
