#include "domain/registry/user.h"

#include "api/registry/write.h"
#include "operations.h"
#include "storage/statements.h"

static const struct registry users = {
    .resource = "user", .get = &sql_user_get, .lock = &sql_user_lock};

enum outcome create_user(struct call *call, const struct user_create *in)
{
    return register_create(call, &users, &sql_user_insert, SOURCES({&shape_user_create, in}),
                           changes_named(call->arena, &shape_user_create, in));
}

enum outcome update_user(struct call *call, const struct user_update *in)
{
    enum outcome outcome = register_lock(call, &users, in->id);
    if (outcome == DONE)
        outcome = user_check_update(in, call->principal, call->error);
    if (outcome != DONE)
        return outcome;
    return register_update(call, &users, &sql_user_update, SOURCES({&shape_user_update, in}),
                           changes_set(call->arena, &shape_user_update, in));
}
