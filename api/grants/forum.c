#include "domain/grants/forum.h"

#include "api/grants/organisation.h"
#include "api/registry/write.h"
#include "operations.h"
#include "storage/statements.h"

static const struct registry members = {
    .resource = "forum_member", .get = &sql_forum_member_get, .lock = &sql_forum_member_lock};

struct vote {
    bool votes;
};
SHAPE(vote_shape, struct vote, FIELD(struct vote, votes));

enum outcome create_forum_member(struct call *call, const struct forum_member_create *in)
{
    struct organisation_known represented = {0};
    struct forum_person person = {0};
    struct vote vote = {0};
    enum outcome outcome = organisation_load(call, in->organisation_id, &represented);
    if (outcome == DONE)
        outcome = forum_member_check_create(in, represented.org_type, represented.today_on,
                                            call->error, &person, &vote.votes);
    return outcome == DONE
               ? register_create(call, &members, &sql_forum_member_insert,
                                 SOURCES({&shape_forum_person, &person}, {&vote_shape, &vote},
                                         {&shape_forum_member_create, in}),
                                 changes_named(call->arena, &shape_forum_member_create, in))
               : outcome;
}

enum outcome update_forum_member(struct call *call, const struct forum_member_update *in)
{
    struct forum_member member = {0};
    enum outcome outcome = register_load(call, &members, in->id, &shape_forum_member, &member);
    if (outcome == DONE)
        outcome = forum_member_check_update(&member, in, call->error);
    return outcome == DONE
               ? register_update(call, &members, &sql_forum_member_update,
                                 SOURCES({&shape_forum_member_update, in}),
                                 changes_set(call->arena, &shape_forum_member_update, in))
               : outcome;
}

enum outcome end_forum_member(struct call *call, const struct forum_member_end *in)
{
    struct forum_member member = {0};
    enum outcome outcome = register_load(call, &members, in->id, &shape_forum_member, &member);
    if (outcome == DONE)
        outcome = forum_member_check_end(&member, in, call->error);
    return outcome == DONE ? register_update(call, &members, &sql_forum_member_end,
                                             SOURCES({&shape_forum_member_end, in}),
                                             changes_set(call->arena, &shape_forum_member_end, in))
                           : outcome;
}
