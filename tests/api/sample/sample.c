/*
 * The use cases of loft-sample: the service as it is, with a contract that tries what bodies and
 * answers can be.
 */
#include "tests/api/sample/sample.h"

#include "operations.h"
#include "sample_statements.h"

enum { ROSTER_VERSION = 1 };

enum outcome roster_replace(struct call *call, const struct roster *in)
{
    const struct event event = {
        .resource = "roster", .id = in->id.s, .version = ROSTER_VERSION + 1};
    enum outcome outcome = call_expect_version(call, ROSTER_VERSION);
    if (outcome == DONE)
        outcome = call_record(call, &event);
    if (outcome == DONE)
        outcome = tx_query(call->tx, &sql_roster_read, SOURCES({&shape_roster, in}), &call->rows);
    return outcome;
}

enum outcome import_rows(struct call *call, const struct import_rows *in)
{
    enum outcome outcome = call_record(call, &(struct event){.resource = "import"});
    if (outcome == DONE)
        outcome = tx_query(call->tx, &sql_received_read, SOURCES({&shape_import_rows, in}),
                           &call->rows);
    return outcome;
}

enum outcome photo_replace(struct call *call, const struct photo *in)
{
    const struct import_rows no_mode = {0};
    enum outcome outcome = call_expect_version(call, 1);
    if (outcome == DONE)
        outcome = call_record(call, &(struct event){.resource = "photo", .id = in->id.s});
    if (outcome == DONE)
        outcome = tx_query(call->tx, &sql_received_read,
                           SOURCES({&shape_photo, in}, {&shape_import_rows, &no_mode}),
                           &call->rows);
    return outcome;
}

struct stored_bytes {
    struct bytes bytes;
};
SHAPE(stored_bytes_shape, struct stored_bytes, FIELD(struct stored_bytes, bytes));

enum outcome file_read(struct call *call, const struct file_read *in)
{
    struct stored_bytes stored = {0};
    if (text_is(in->state, "gone"))
        return error_refuse(call->error, NOT_FOUND, "not_found", NULL);
    if (text_is(in->state, "busy"))
        return error_refuse(call->error, CONFLICT, "already_exists", NULL);
    enum outcome outcome = tx_load(call->tx, &sql_file_bytes, SOURCES({&shape_file_read, in}),
                                   &stored_bytes_shape, &stored);
    const struct file file = {.media_type = in->media_type.s,
                              .bytes = stored.bytes,
                              .tag = in->tag.s,
                              .name = in->name.s,
                              .in_place = in->in_place.v};
    return outcome == DONE ? call_answer_file(call, &file) : outcome;
}
