#include "api/registry/write.h"

enum outcome register_refuse(struct call *call, const struct registry *registry, struct text id)
{
    const struct row_id key = {.id = id};
    struct rows *rows = NULL;
    enum outcome outcome = tx_query(call->tx, registry->get, SOURCES({&row_id_shape, &key}), &rows);
    if (outcome != DONE)
        return outcome;
    return rows_count(rows) > 0 ? error_refuse(call->error, FORBIDDEN, "forbidden", NULL)
                                : error_refuse(call->error, NOT_FOUND, "not_found", NULL);
}

enum outcome register_lock(struct call *call, const struct registry *registry, struct text id)
{
    const struct row_id key = {.id = id};
    struct stored_row *rows = NULL;
    size_t count = 0;
    enum outcome outcome = tx_load_all(call->tx, registry->lock, SOURCES({&row_id_shape, &key}),
                                       &stored_row_shape, &rows, &count);
    if (outcome != DONE)
        return outcome;
    return count == 1 ? call_expect_version(call, rows[0].version)
                      : register_refuse(call, registry, id);
}

enum outcome register_load(struct call *call, const struct registry *registry, struct text id,
                           const struct shape *shape, void *ret_row)
{
    const struct row_id key = {.id = id};
    const struct field *version = shape_find(shape, "version");
    char *rows = NULL;
    size_t count = 0;
    enum outcome outcome = tx_load_all(call->tx, registry->lock, SOURCES({&row_id_shape, &key}),
                                       shape, &rows, &count);
    if (outcome != DONE)
        return outcome;
    if (count == 0)
        return register_refuse(call, registry, id);
    memcpy(ret_row, rows, shape->size);
    return call_expect_version(call, *(const int64_t *)(rows + version->offset));
}

static enum outcome finish(struct call *call, const struct registry *registry,
                           const struct stored_row *now, const char *changes)
{
    enum outcome outcome = call_record(call, &(struct event){.resource = registry->resource,
                                                             .id = now->id.s,
                                                             .version = now->version,
                                                             .changes = changes});
    return outcome == DONE ? call_answer_item(call, registry->get, now->id.s) : outcome;
}

enum outcome register_create(struct call *call, const struct registry *registry,
                             const struct statement *insert, const struct object *sources,
                             size_t source_count, const char *changes)
{
    struct stored_row created = {0};
    enum outcome outcome = tx_load(call->tx, insert, sources, source_count, &stored_row_shape,
                                   &created);
    return outcome == DONE ? finish(call, registry, &created, changes) : outcome;
}

enum outcome register_update(struct call *call, const struct registry *registry,
                             const struct statement *update, const struct object *sources,
                             size_t source_count, const char *changes)
{
    struct stored_row now = {0};
    enum outcome outcome = tx_load(call->tx, update, sources, source_count, &stored_row_shape,
                                   &now);
    return outcome == DONE ? finish(call, registry, &now, changes) : outcome;
}

enum outcome register_move(struct call *call, const struct registry *registry,
                           const struct statement *set_state, const struct object *sources,
                           size_t source_count, const struct event *event)
{
    struct stored_row now = {0};
    struct event told = *event;
    enum outcome outcome = tx_load(call->tx, set_state, sources, source_count, &stored_row_shape,
                                   &now);
    told.resource = registry->resource;
    told.id = now.id.s;
    told.version = now.version;
    if (outcome == DONE)
        outcome = call_record(call, &told);
    return outcome == DONE ? call_answer_item(call, registry->get, now.id.s) : outcome;
}

/* ---- changes ----------------------------------------------------------------------------- */

static enum presence presence_of(const struct field *field, const void *at)
{
    switch (field->kind) {
    case KIND_TEXT:
        return ((const struct text *)at)->is;
    case KIND_INTEGER:
        return ((const struct integer *)at)->is;
    case KIND_BOOLEAN:
        return ((const struct boolean *)at)->is;
    case KIND_TEXT_LIST:
        return ((const struct text_list *)at)->is;
    default:
        return ABSENT; /* the registers have no other */
    }
}

static void add_list(struct buffer *out, const struct text_list *list)
{
    buffer_add_char(out, '[');
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            buffer_add_char(out, ',');
        buffer_add_json_string(out, list->items[i].s, list->items[i].len);
    }
    buffer_add_char(out, ']');
}

static void add_value(struct buffer *out, const struct field *field, const void *at)
{
    if (presence_of(field, at) == NULLED) {
        buffer_add_string(out, "null");
        return;
    }
    switch (field->kind) {
    case KIND_TEXT:
        buffer_add_json_string(out, ((const struct text *)at)->s, ((const struct text *)at)->len);
        break;
    case KIND_INTEGER:
        buffer_add_int(out, ((const struct integer *)at)->v);
        break;
    case KIND_BOOLEAN:
        buffer_add_string(out, ((const struct boolean *)at)->v ? "true" : "false");
        break;
    default:
        add_list(out, at);
    }
}

static const char *changes_of(struct arena *arena, const struct shape *shape, const void *data,
                              bool values)
{
    struct buffer out;
    bool first = true;
    buffer_init(&out, arena, 256);
    buffer_add_string(&out, values ? "{" : "{\"changed\":[");
    for (size_t i = 0; i < shape->count; i++) {
        const struct field *field = &shape->fields[i];
        const void *at = (const char *)data + field->offset;
        if (presence_of(field, at) == ABSENT || strcmp(field->name, "id") == 0)
            continue;
        if (!first)
            buffer_add_char(&out, ',');
        first = false;
        buffer_add_json_string(&out, field->name, strlen(field->name));
        if (values) {
            buffer_add_char(&out, ':');
            add_value(&out, field, at);
        }
    }
    buffer_add_string(&out, values ? "}" : "]}");
    return out.data;
}

const char *changes_set(struct arena *arena, const struct shape *shape, const void *data)
{
    return changes_of(arena, shape, data, true);
}

const char *changes_named(struct arena *arena, const struct shape *shape, const void *data)
{
    return changes_of(arena, shape, data, false);
}
