#include "api/registry/client.h"

#include "api/registry/write.h"
#include "auth/auth.h"
#include "domain/base/log.h"
#include "domain/registry/client.h"
#include "operations.h"
#include "storage/statements.h"

static const struct registry clients = {
    .resource = "api_client", .get = &sql_api_client_get, .lock = &sql_api_client_lock};

struct new_secret {
    struct text secret_sha256;
};
SHAPE(new_secret_shape, struct new_secret, FIELD(struct new_secret, secret_sha256));

/* The secret goes into this one answer, its hash into the database. */
static enum outcome make_secret(struct call *call, struct new_secret *ret_hash)
{
    char secret[44], sha256[65];
    if (!auth_new_secret(secret, sha256)) {
        log_write(LOG_ERRORS, "client_secret", "the system has no randomness to give");
        return error_refuse(call->error, INTERNAL, "internal_error", NULL);
    }
    call->secret = text_of(arena_string(call->arena, secret));
    ret_hash->secret_sha256 = text_of(arena_string(call->arena, sha256));
    return DONE;
}

enum outcome create_api_client(struct call *call, const struct client_create *in)
{
    struct new_secret hash = {0};
    enum outcome outcome = client_check_create(in, call->error);
    if (outcome == DONE)
        outcome = make_secret(call, &hash);
    if (outcome != DONE)
        return outcome;
    return register_create(call, &clients, &sql_api_client_insert,
                           SOURCES({&shape_client_create, in}, {&new_secret_shape, &hash}),
                           changes_set(call->arena, &shape_client_create, in));
}

enum outcome update_api_client(struct call *call, const struct client_update *in)
{
    enum outcome outcome = register_lock(call, &clients, in->id);
    if (outcome == DONE)
        outcome = client_check_update(in, call->error);
    if (outcome != DONE)
        return outcome;
    return register_update(call, &clients, &sql_api_client_update,
                           SOURCES({&shape_client_update, in}),
                           changes_set(call->arena, &shape_client_update, in));
}

enum outcome rotate_api_client_secret(struct call *call, const struct client_key *in)
{
    struct new_secret hash = {0};
    enum outcome outcome = register_lock(call, &clients, in->id);
    if (outcome == DONE)
        outcome = make_secret(call, &hash);
    if (outcome != DONE)
        return outcome;
    return register_update(call, &clients, &sql_api_client_rotate_secret,
                           SOURCES({&shape_client_key, in}, {&new_secret_shape, &hash}), NULL);
}
