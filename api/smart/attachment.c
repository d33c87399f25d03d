#include "domain/smart/attachment.h"

#include "api/digest.h"
#include "api/media_type.h"
#include "api/smart/idea.h"
#include "domain/base/image.h"
#include "operations.h"
#include "storage/statements.h"

#define RESOURCE "attachment"

/* ---- adding one ------------------------------------------------------------------------------ */

/* What is stored: the bytes as they are kept, and what they are. */
struct stored_file {
    struct text idea_id;
    struct text attachment_id;
    struct bytes bytes;
    struct text sha256;
    int64_t size_bytes;
};
SHAPE(stored_file_shape, struct stored_file, FIELD(struct stored_file, idea_id),
      FIELD(struct stored_file, attachment_id), FIELD(struct stored_file, bytes),
      FIELD(struct stored_file, sha256), FIELD(struct stored_file, size_bytes));

/* The content decides what it is; the header must say the same. */
static enum outcome examine(struct call *call, const struct attachment_create *in,
                            struct stored_file *ret_file)
{
    const char *found = media_type_of(call->arena, in->body);
    struct bytes kept = in->body;
    if (!found || !text_is(in->content_type, found)) {
        error_arg(call->error, "declared", in->content_type.s);
        return error_refuse(call->error, MALFORMED, "content_of_other_type", NULL);
    }
    if (!text_is(in->content_type, MEDIA_PDF) &&
        !image_strip(call->arena, in->content_type, in->body, &kept))
        return error_refuse(call->error, INVALID, "image_unreadable", NULL);
    *ret_file = (struct stored_file){
        .idea_id = in->id,
        .bytes = kept,
        .sha256 = text_of(sha256_hex(call->arena, kept.data, kept.len)),
        .size_bytes = (int64_t)kept.len,
    };
    return DONE;
}

static enum outcome store(struct call *call, const struct attachment_create *in,
                          struct stored_file *file)
{
    struct stored_row stored = {0};
    enum outcome outcome = tx_load(
        call->tx, &sql_attachment_insert,
        SOURCES({&stored_file_shape, file}, {&shape_attachment_create, in}), &stored_row_shape,
        &stored);
    file->attachment_id = stored.id;
    if (outcome == DONE)
        outcome = tx_execute(call->tx, &sql_attachment_content_insert,
                             SOURCES({&stored_file_shape, file}), NULL);
    if (outcome == DONE)
        outcome = call_record(
            call,
            &(struct event){.resource = RESOURCE, .id = stored.id.s, .version = stored.version});
    return outcome;
}

enum outcome create_attachment(struct call *call, const struct attachment_create *in)
{
    struct idea idea = {0};
    struct stored_file file = {0};
    enum outcome outcome = idea_lock(call, in->id, &idea);
    if (outcome == DONE)
        outcome = attachment_check_idea(&idea, call->error);
    if (outcome == DONE)
        outcome = attachment_check_room(&idea, call->error);
    if (outcome == DONE)
        outcome = attachment_check_name(in, call->error);
    if (outcome == DONE)
        outcome = examine(call, in, &file);
    if (outcome == DONE)
        outcome = store(call, in, &file);
    return outcome == DONE ? call_answer_item(call, &sql_attachment_get, file.attachment_id.s)
                           : outcome;
}

/* ---- reading and removing -------------------------------------------------------------------- */

struct attachment_content {
    struct text filename;
    struct text media_type;
    struct text sha256;
    struct bytes bytes;
};
SHAPE(content_shape, struct attachment_content, FIELD(struct attachment_content, filename),
      FIELD(struct attachment_content, media_type), FIELD(struct attachment_content, sha256),
      FIELD(struct attachment_content, bytes));

enum outcome get_attachment_content(struct call *call, const struct attachment_ref *in)
{
    struct attachment_content content = {0};
    enum outcome outcome = tx_load(call->tx, &sql_attachment_content,
                                   SOURCES({&shape_attachment_ref, in}), &content_shape, &content);
    const struct file file = {
        .media_type = content.media_type.s,
        .bytes = content.bytes,
        .tag = content.sha256.s,
        .name = content.filename.s,
        .in_place = !text_is(content.media_type, MEDIA_PDF),
    };
    return outcome == DONE ? call_answer_file(call, &file) : outcome;
}

struct attachment_place {
    struct text idea_id;
    int64_t version;
};
SHAPE(place_shape, struct attachment_place, FIELD(struct attachment_place, idea_id),
      FIELD(struct attachment_place, version));

enum outcome delete_attachment(struct call *call, const struct attachment_ref *in)
{
    struct attachment_place place = {0};
    struct idea idea = {0};
    int64_t removed = 0;
    enum outcome outcome = tx_load(call->tx, &sql_attachment_place,
                                   SOURCES({&shape_attachment_ref, in}), &place_shape, &place);
    if (outcome == DONE)
        outcome = idea_lock(call, place.idea_id, &idea);
    if (outcome == DONE)
        outcome = call_expect_version(call, place.version);
    if (outcome == DONE)
        outcome = attachment_check_idea(&idea, call->error);
    if (outcome == DONE)
        outcome = tx_execute(call->tx, &sql_attachment_delete, SOURCES({&shape_attachment_ref, in}),
                             &removed);
    if (outcome == DONE && removed == 0) /* somebody else was first */
        outcome = error_refuse(call->error, NOT_FOUND, "not_found", NULL);
    return outcome == DONE ? call_record(call, &(struct event){.resource = RESOURCE,
                                                               .id = in->id.s,
                                                               .version = place.version})
                           : outcome;
}
