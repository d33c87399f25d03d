#include "domain/grants/network.h"

#include "api/grants/organisation.h"
#include "api/registry/write.h"
#include "operations.h"
#include "storage/statements.h"

static const struct registry networks = {
    .resource = "competence_network", .get = &sql_network_get, .lock = &sql_network_lock};
static const struct registry members = {
    .resource = "network_member", .get = &sql_network_member_get, .lock = &sql_network_member_lock};

/* ---- networks -------------------------------------------------------------------------------- */

enum outcome create_network(struct call *call, const struct network_create *in)
{
    struct organisation_known known = {0};
    enum outcome outcome = organisation_load(call, in->organisation_id, &known);
    if (outcome == DONE)
        outcome = network_check_create(in, known.org_type, call->error);
    return outcome == DONE ? register_create(call, &networks, &sql_network_insert,
                                             SOURCES({&shape_network_create, in}),
                                             changes_set(call->arena, &shape_network_create, in))
                           : outcome;
}

enum outcome update_network(struct call *call, const struct network_update *in)
{
    struct network network = {0};
    enum outcome outcome = register_load(call, &networks, in->id, &shape_network, &network);
    if (outcome == DONE)
        outcome = network_check_update(&network, in, call->error);
    return outcome == DONE ? register_update(call, &networks, &sql_network_update,
                                             SOURCES({&shape_network_update, in}),
                                             changes_set(call->arena, &shape_network_update, in))
                           : outcome;
}

/* ---- members --------------------------------------------------------------------------------- */

enum outcome create_network_member(struct call *call, const struct network_member_create *in)
{
    struct organisation_known known = {0};
    struct network network = {0};
    enum outcome outcome = register_find(call, &networks, in->network_id, &shape_network, &network);
    if (outcome == DONE)
        outcome = organisation_load(call, in->organisation_id, &known);
    if (outcome == DONE)
        outcome = network_member_check_create(in, known.org_type, known.today_on, call->error);
    return outcome == DONE
               ? register_create(call, &members, &sql_network_member_insert,
                                 SOURCES({&shape_network_member_create, in}),
                                 changes_set(call->arena, &shape_network_member_create, in))
               : outcome;
}

enum outcome end_network_member(struct call *call, const struct network_member_end *in)
{
    struct network_member member = {0};
    enum outcome outcome = register_load(call, &members, in->id, &shape_network_member, &member);
    if (outcome == DONE)
        outcome = network_member_check_end(&member, in, call->error);
    return outcome == DONE
               ? register_update(call, &members, &sql_network_member_end,
                                 SOURCES({&shape_network_member_end, in}),
                                 changes_set(call->arena, &shape_network_member_end, in))
               : outcome;
}
