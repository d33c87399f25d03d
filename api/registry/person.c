#include "domain/registry/person.h"

#include "api/registry/write.h"
#include "operations.h"
#include "storage/statements.h"

static const struct registry people = {
    .resource = "person", .get = &sql_person_get, .lock = &sql_person_lock};

enum outcome create_person(struct call *call, const struct person_create *in)
{
    enum outcome outcome = person_check_create(in, call->error);
    if (outcome != DONE)
        return outcome;
    return register_create(call, &people, &sql_person_insert, SOURCES({&shape_person_create, in}),
                           changes_named(call->arena, &shape_person_create, in));
}

enum outcome update_person(struct call *call, const struct person_update *in)
{
    enum outcome outcome = register_lock(call, &people, in->id);
    if (outcome == DONE)
        outcome = person_check_update(in, call->error);
    if (outcome != DONE)
        return outcome;
    return register_update(call, &people, &sql_person_update, SOURCES({&shape_person_update, in}),
                           changes_named(call->arena, &shape_person_update, in));
}
