#include "domain/registry/organisation.h"

#include "api/registry/write.h"
#include "operations.h"
#include "storage/statements.h"

static const struct registry organisations = {
    .resource = "organisation", .get = &sql_organisation_get, .lock = &sql_organisation_lock};

enum outcome create_organisation(struct call *call, const struct organisation_create *in)
{
    enum outcome outcome = organisation_check_create(in, call->error);
    if (outcome != DONE)
        return outcome;
    return register_create(call, &organisations, &sql_organisation_insert,
                           SOURCES({&shape_organisation_create, in}),
                           changes_set(call->arena, &shape_organisation_create, in));
}

struct position {
    bool below;
};
SHAPE(position_shape, struct position, FIELD(struct position, below));

static enum outcome check_parent(struct call *call, const struct organisation_update *in)
{
    struct position position = {0};
    if (!given(in->parent_id.is))
        return DONE;
    enum outcome outcome = tx_load(call->tx, &sql_organisation_is_below,
                                   SOURCES({&shape_organisation_update, in}), &position_shape,
                                   &position);
    return outcome == DONE ? organisation_check_parent(position.below, call->error) : outcome;
}

enum outcome update_organisation(struct call *call, const struct organisation_update *in)
{
    enum outcome outcome = DONE;
    /* Before the row: who moves then waits here and holds nothing that the other one needs. */
    if (given(in->parent_id.is))
        outcome = tx_execute(call->tx, &sql_organisation_tree_lock, NO_SOURCES, NULL);
    if (outcome == DONE)
        outcome = register_lock(call, &organisations, in->id);
    if (outcome == DONE)
        outcome = organisation_check_update(in, call->error);
    if (outcome == DONE)
        outcome = check_parent(call, in);
    if (outcome != DONE)
        return outcome;
    return register_update(call, &organisations, &sql_organisation_update,
                           SOURCES({&shape_organisation_update, in}),
                           changes_set(call->arena, &shape_organisation_update, in));
}
