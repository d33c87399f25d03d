#include "api/registry/role_grant.h"

#include "api/registry/write.h"
#include "domain/registry/user.h"
#include "operations.h"
#include "storage/statements.h"

#define RESOURCE "role_grant"

static const struct registry users = {.get = &sql_user_get, .lock = &sql_user_lock};
static const struct registry clients = {.get = &sql_api_client_get, .lock = &sql_api_client_lock};
static const struct registry grants = {.resource = RESOURCE, .get = &sql_role_grant_get};

SHAPE(role_grant_shape, struct role_grant_create, FIELD(struct role_grant_create, user_id),
      FIELD(struct role_grant_create, api_client_id), FIELD(struct role_grant_create, role),
      FIELD(struct role_grant_create, scope_type), FIELD(struct role_grant_create, scope_id));

struct held {
    int64_t held;
};
SHAPE(held_shape, struct held, FIELD(struct held, held));

/* Whoever gets the role is locked first, so that their grants can be counted. */
static enum outcome grant_role(struct call *call, const struct registry *grantees,
                               const struct grant_request *in,
                               const struct role_grant_create *grant)
{
    struct held now = {0};
    enum outcome outcome = register_lock(call, grantees, in->id);
    if (outcome == DONE)
        outcome = role_grant_check_create(grant, call->principal, call->error);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_role_grant_held, SOURCES({&shape_grant_request, in}),
                          &held_shape, &now);
    if (outcome == DONE)
        outcome = role_grant_check_room(now.held, call->error);
    if (outcome != DONE)
        return outcome;
    return register_create(call, &grants, &sql_role_grant_insert,
                           SOURCES({&role_grant_shape, grant}),
                           changes_set(call->arena, &role_grant_shape, grant));
}

enum outcome grant_user_role(struct call *call, const struct grant_request *in)
{
    return grant_role(call, &users, in,
                      &(struct role_grant_create){.user_id = in->id,
                                                  .role = in->role,
                                                  .scope_type = in->scope_type,
                                                  .scope_id = in->scope_id});
}

enum outcome grant_api_client_role(struct call *call, const struct grant_request *in)
{
    return grant_role(call, &clients, in,
                      &(struct role_grant_create){.api_client_id = in->id,
                                                  .role = in->role,
                                                  .scope_type = in->scope_type,
                                                  .scope_id = in->scope_id});
}

struct stored_grant {
    struct text grantee_id;
    int64_t version;
    struct text user_id;
    struct text api_client_id;
    struct text role;
    struct text scope_type;
    struct text scope_id;
};
SHAPE(stored_grant_shape, struct stored_grant, FIELD(struct stored_grant, grantee_id),
      FIELD(struct stored_grant, version), FIELD(struct stored_grant, user_id),
      FIELD(struct stored_grant, api_client_id), FIELD(struct stored_grant, role),
      FIELD(struct stored_grant, scope_type), FIELD(struct stored_grant, scope_id));

/* The row is gone afterwards: what it said goes into the log. */
static const char *what_was(struct call *call, const struct stored_grant *stored)
{
    const struct role_grant_create grant = {.user_id = stored->user_id,
                                            .api_client_id = stored->api_client_id,
                                            .role = stored->role,
                                            .scope_type = stored->scope_type,
                                            .scope_id = stored->scope_id};
    return changes_set(call->arena, &role_grant_shape, &grant);
}

enum outcome revoke_role_grant(struct call *call, const struct role_grant_key *in)
{
    struct stored_grant stored = {0};
    int64_t deleted = 0;
    enum outcome outcome = tx_load(call->tx, &sql_role_grant_load,
                                   SOURCES({&shape_role_grant_key, in}), &stored_grant_shape,
                                   &stored);
    if (outcome == DONE)
        outcome = call_expect_version(call, stored.version);
    if (outcome == DONE)
        outcome = role_grant_check_delete(stored.grantee_id, call->principal, call->error);
    if (outcome == DONE)
        outcome = tx_execute(call->tx, &sql_role_grant_delete, SOURCES({&shape_role_grant_key, in}),
                             &deleted);
    if (outcome == DONE && deleted == 0) /* not theirs to delete, or somebody was faster */
        outcome = register_refuse(call, &grants, in->id);
    if (outcome != DONE)
        return outcome;
    return call_record(call, &(struct event){.resource = RESOURCE,
                                             .id = in->id.s,
                                             .version = stored.version,
                                             .changes = what_was(call, &stored)});
}
