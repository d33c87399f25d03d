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

enum outcome register_find(struct call *call, const struct registry *registry, struct text id,
                           const struct shape *shape, void *ret_row)
{
    const struct row_id key = {.id = id};
    char *rows = NULL;
    size_t count = 0;
    enum outcome outcome = tx_load_all(call->tx, registry->lock, SOURCES({&row_id_shape, &key}),
                                       shape, &rows, &count);
    if (outcome != DONE)
        return outcome;
    if (count == 0)
        return register_refuse(call, registry, id);
    memcpy(ret_row, rows, shape->size);
    return DONE;
}

enum outcome register_load(struct call *call, const struct registry *registry, struct text id,
                           const struct shape *shape, void *ret_row)
{
    const struct field *version = shape_find(shape, "version");
    enum outcome outcome = register_find(call, registry, id, shape, ret_row);
    return outcome == DONE ? call_expect_version(
                                 call, *(const int64_t *)((const char *)ret_row + version->offset))
                           : outcome;
}

enum outcome register_lock(struct call *call, const struct registry *registry, struct text id)
{
    struct stored_row row = {0};
    return register_load(call, registry, id, &stored_row_shape, &row);
}

static enum outcome store(struct call *call, const struct statement *statement,
                          const struct object *sources, size_t source_count,
                          const struct event *event, struct stored_row *ret_now)
{
    struct event told = *event;
    enum outcome outcome = tx_load(call->tx, statement, sources, source_count, &stored_row_shape,
                                   ret_now);
    told.id = ret_now->id.s;
    told.version = ret_now->version;
    return outcome == DONE ? call_record(call, &told) : outcome;
}

enum outcome register_store(struct call *call, const struct statement *statement,
                            const struct object *sources, size_t source_count,
                            const struct event *event)
{
    struct stored_row now = {0};
    return store(call, statement, sources, source_count, event, &now);
}

enum outcome register_move(struct call *call, const struct registry *registry,
                           const struct statement *set_state, const struct object *sources,
                           size_t source_count, const struct event *event)
{
    struct stored_row now = {0};
    struct event told = *event;
    told.resource = registry->resource;
    enum outcome outcome = store(call, set_state, sources, source_count, &told, &now);
    return outcome == DONE ? call_answer_item(call, registry->get, now.id.s) : outcome;
}

enum outcome register_create(struct call *call, const struct registry *registry,
                             const struct statement *insert, const struct object *sources,
                             size_t source_count, const char *changes)
{
    return register_move(call, registry, insert, sources, source_count,
                         &(struct event){.changes = changes});
}

enum outcome register_update(struct call *call, const struct registry *registry,
                             const struct statement *update, const struct object *sources,
                             size_t source_count, const char *changes)
{
    return register_move(call, registry, update, sources, source_count,
                         &(struct event){.changes = changes});
}

enum outcome register_delete(struct call *call, const struct registry *registry,
                             const struct statement *remove, struct text id, int64_t version)
{
    const struct row_id key = {.id = id};
    int64_t gone = 0;
    enum outcome outcome = tx_execute(call->tx, remove, SOURCES({&row_id_shape, &key}), &gone);
    if (outcome == DONE && gone == 0)
        outcome = register_refuse(call, registry, id);
    return outcome == DONE ? call_record(call, &(struct event){.resource = registry->resource,
                                                               .id = id.s,
                                                               .version = version})
                           : outcome;
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
