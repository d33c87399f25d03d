#include "domain/grants/network.h"

#include "api/grants/organisation.h"
#include "api/registry/write.h"
#include "operations.h"
#include "storage/statements.h"

static const struct registry networks = {.resource = "competence_network", .get = &sql_network_get};
static const struct registry members = {.resource = "network_member",
                                        .get = &sql_network_member_get};

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
    struct network *rows = NULL;
    size_t count = 0;
    enum outcome outcome = tx_load_all(call->tx, &sql_network_lock,
                                       SOURCES({&shape_network_update, in}), &shape_network, &rows,
                                       &count);
    if (outcome == DONE && count == 0)
        outcome = register_refuse(call, &networks, in->id);
    if (outcome == DONE)
        outcome = call_expect_version(call, rows[0].version);
    if (outcome == DONE)
        outcome = network_check_update(&rows[0], in, call->error);
    return outcome == DONE ? register_update(call, &networks, &sql_network_update,
                                             SOURCES({&shape_network_update, in}),
                                             changes_set(call->arena, &shape_network_update, in))
                           : outcome;
}

/* ---- members --------------------------------------------------------------------------------- */

enum outcome create_network_member(struct call *call, const struct network_member_create *in)
{
    const struct row_id network = {.id = in->network_id};
    struct organisation_known known = {0};
    struct rows *rows = NULL;
    enum outcome outcome = tx_query(call->tx, &sql_network_lock, SOURCES({&row_id_shape, &network}),
                                    &rows);
    if (outcome == DONE && rows_count(rows) == 0)
        outcome = register_refuse(call, &networks, in->network_id);
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
    struct network_member *rows = NULL;
    size_t count = 0;
    enum outcome outcome = tx_load_all(call->tx, &sql_network_member_lock,
                                       SOURCES({&shape_network_member_end, in}),
                                       &shape_network_member, &rows, &count);
    if (outcome == DONE && count == 0)
        outcome = register_refuse(call, &members, in->id);
    if (outcome == DONE)
        outcome = call_expect_version(call, rows[0].version);
    if (outcome == DONE)
        outcome = network_member_check_end(&rows[0], in, call->error);
    return outcome == DONE
               ? register_update(call, &members, &sql_network_member_end,
                                 SOURCES({&shape_network_member_end, in}),
                                 changes_set(call->arena, &shape_network_member_end, in))
               : outcome;
}
