#include "api/call.h"

#include "api/notify/notify.h"
#include "storage/statements.h"

SHAPE(row_id_shape, struct row_id, FIELD(struct row_id, id));
SHAPE(stored_row_shape, struct stored_row, FIELD(struct stored_row, id),
      FIELD(struct stored_row, version));

enum outcome call_expect_version(struct call *call, int64_t version)
{
    call->version_checked = true;
    if (call->expected_version.is == GIVEN && call->expected_version.v != version)
        return error_refuse(call->error, STALE, "version_conflict", NULL);
    return DONE;
}

/* What a write answers with: the item alone, without what `embed=` would put into it. */
struct plain_item {
    struct text id;
    struct text_list embed;
};
SHAPE(plain_item_shape, struct plain_item, FIELD(struct plain_item, id),
      FIELD(struct plain_item, embed));

enum outcome call_answer_item(struct call *call, const struct statement *statement, const char *id)
{
    const struct plain_item params = {.id = text_of(id)};
    enum outcome outcome = tx_query(call->tx, statement, SOURCES({&plain_item_shape, &params}),
                                    &call->rows);
    if (outcome == DONE && rows_count(call->rows) == 0)
        outcome = error_refuse(call->error, NOT_FOUND, "not_found", NULL);
    call->created_id = id;
    return outcome;
}

enum outcome call_answer_json(struct call *call, const char *json, size_t len)
{
    call->json = (struct json_text){.is = GIVEN, .s = json, .len = len};
    return DONE;
}

enum outcome call_answer_file(struct call *call, const struct file *file)
{
    call->media_type = file->media_type;
    call->raw = file->bytes.data;
    call->raw_len = file->bytes.len;
    call->tag = file->tag;
    call->file_name = file->name;
    call->in_place = file->in_place;
    return DONE;
}

struct event_row {
    struct text actor_kind;
    struct text actor_id;
    struct text operation;
    struct text resource_type;
    struct text resource_id;
    int64_t version;
    struct text from_state;
    struct text to_state;
    struct text reason;
    struct json_text changes;
    struct text request_id;
};
SHAPE(event_shape, struct event_row, FIELD(struct event_row, actor_kind),
      FIELD(struct event_row, actor_id), FIELD(struct event_row, operation),
      FIELD(struct event_row, resource_type), FIELD(struct event_row, resource_id),
      FIELD(struct event_row, version), FIELD(struct event_row, from_state),
      FIELD(struct event_row, to_state), FIELD(struct event_row, reason),
      FIELD(struct event_row, changes), FIELD(struct event_row, request_id));

static const char *const actor_kinds[] = {
    [PRINCIPAL_ANONYMOUS] = "anonymous",
    [PRINCIPAL_USER] = "user",
    [PRINCIPAL_CLIENT] = "client",
    [PRINCIPAL_SYSTEM] = "system",
};

enum outcome call_record(struct call *call, const struct event *event)
{
    const char *operation = event->action ? event->action : call->operation->id;
    const struct event_row row = {
        .actor_kind = text_of(actor_kinds[call->principal->kind]),
        .actor_id = text_of(call->principal->id),
        .operation = text_of(operation),
        .resource_type = text_of(event->resource),
        .resource_id = text_of(event->id),
        .version = event->version,
        .from_state = text_of(event->from),
        .to_state = text_of(event->to),
        .reason = text_of(event->reason),
        .changes = event->changes
                       ? (struct json_text){GIVEN, event->changes, strlen(event->changes)}
                       : (struct json_text){.is = ABSENT},
        .request_id = text_of(call->request_id),
    };
    call->events++;
    enum outcome outcome = tx_execute(call->tx, &sql_event_append, SOURCES({&event_shape, &row}),
                                      NULL);
    return outcome == DONE ? notify_event(call, event, operation) : outcome;
}
