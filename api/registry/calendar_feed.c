#include "domain/registry/calendar_feed.h"

#include "api/calendar.h"
#include "api/digest.h"
#include "api/service.h"
#include "api/settings.h"
#include "domain/base/log.h"
#include "operations.h"
#include "storage/statements.h"

#define RESOURCE "calendar_feed"

struct secret_hash {
    struct text secret_sha256;
};
SHAPE(secret_hash_shape, struct secret_hash, FIELD(struct secret_hash, secret_sha256));

struct feeds_held {
    int64_t held;
};
SHAPE(feeds_held_shape, struct feeds_held, FIELD(struct feeds_held, held));

/* The address goes into this one answer, the hash of its secret into the database. */
static enum outcome make_address(struct call *call, struct secret_hash *ret_hash)
{
    char secret[44], sha256[65];
    if (!auth_new_secret(secret, sha256)) {
        log_write(LOG_ERRORS, "calendar_secret", "the system has no randomness to give");
        return error_refuse(call->error, INTERNAL, "internal_error", NULL);
    }
    const char *issuer = call->service->settings->issuer;
    size_t len = strlen(issuer);
    while (len > 0 && issuer[len - 1] == '/')
        len--;
    call->secret = text_of(arena_format(call->arena, "%.*s/v1/calendar-feeds/%s/calendar.ics",
                                        (int)len, issuer, secret));
    ret_hash->secret_sha256 = text_of(arena_string(call->arena, sha256));
    return DONE;
}

static enum outcome check_room(struct call *call)
{
    struct feeds_held now = {0};
    enum outcome outcome = tx_execute(call->tx, &sql_calendar_feed_turn, NO_SOURCES, NULL);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_calendar_feed_held, NO_SOURCES, &feeds_held_shape, &now);
    return outcome == DONE ? calendar_feed_check_room(now.held, call->error) : outcome;
}

static enum outcome record(struct call *call, const char *id, int64_t version)
{
    return call_record(call, &(struct event){.resource = RESOURCE, .id = id, .version = version});
}

enum outcome create_calendar_feed(struct call *call, const struct calendar_feed_create *in)
{
    struct secret_hash hash = {0};
    struct stored_row created = {0};
    enum outcome outcome = check_room(call);
    if (outcome == DONE)
        outcome = make_address(call, &hash);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_calendar_feed_insert,
                          SOURCES({&shape_calendar_feed_create, in}, {&secret_hash_shape, &hash}),
                          &stored_row_shape, &created);
    if (outcome == DONE)
        outcome = record(call, created.id.s, created.version);
    return outcome == DONE ? call_answer_item(call, &sql_calendar_feed_get, created.id.s) : outcome;
}

enum outcome delete_calendar_feed(struct call *call, const struct calendar_feed_key *in)
{
    struct stored_row stored = {0};
    enum outcome outcome = tx_load(call->tx, &sql_calendar_feed_version,
                                   SOURCES({&shape_calendar_feed_key, in}), &stored_row_shape,
                                   &stored);
    if (outcome == DONE)
        outcome = call_expect_version(call, stored.version);
    if (outcome == DONE)
        outcome = tx_execute(call->tx, &sql_calendar_feed_delete,
                             SOURCES({&shape_calendar_feed_key, in}), NULL);
    return outcome == DONE ? record(call, in->id.s, stored.version) : outcome;
}

enum outcome get_calendar(struct call *call, const struct calendar_feed_secret *in)
{
    const struct secret_hash hash = {
        .secret_sha256 = text_of(sha256_hex(call->arena, in->secret.s, in->secret.len))};
    call->personal = true;
    return calendar_answer(call, &sql_calendar_feed_entries,
                           &(struct object){&secret_hash_shape, &hash}, "SMART");
}
