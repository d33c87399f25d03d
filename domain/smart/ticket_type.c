#include "domain/smart/ticket_type.h"

const char *const ticket_eligibilities[] = {ELIGIBILITY_ANYONE, ELIGIBILITY_MUNICIPALITY_EMPLOYEE,
                                            ELIGIBILITY_TRAINEE, NULL};

SHAPE(shape_ticket_type, struct ticket_type, FIELD(struct ticket_type, id),
      FIELD(struct ticket_type, course_id), FIELD(struct ticket_type, code),
      FIELD(struct ticket_type, price_nok), FIELD(struct ticket_type, eligibility),
      FIELD(struct ticket_type, eligible_organisation_id), FIELD(struct ticket_type, capacity),
      FIELD(struct ticket_type, claimed));

static enum outcome check_organisation(struct text eligibility, struct text organisation_id,
                                       struct error *error)
{
    bool employees_only = text_is(eligibility, ELIGIBILITY_MUNICIPALITY_EMPLOYEE);
    const char *code = NULL;

    if (employees_only && !given(organisation_id.is)) {
        code = "eligible_organisation_required";
    } else if (!employees_only && given(organisation_id.is)) {
        code = "eligible_organisation_unwanted";
    }
    if (!code) {
        return DONE;
    }
    error_fault(error, "/eligible_organisation_id", code, NULL);
    return error_refuse(error, INVALID, code, "SM-R10");
}

/* Nobody makes it or changes what it is; name and capacity may be changed. */
static enum outcome check_trainer_ticket(struct text was, struct text becomes,
                                         struct integer price_nok, struct error *error)
{
    bool stays = text_is(was, ELIGIBILITY_TRAINEE);

    if (becomes.is != ABSENT && text_is(becomes, ELIGIBILITY_TRAINEE) != stays) {
        error_fault(error, "/eligibility", "trainer_ticket_fixed", NULL);
    }
    if (stays && given(price_nok.is) && price_nok.v != 0) {
        error_fault(error, "/price_nok", "trainer_ticket_fixed", NULL);
    }
    return error_outcome(error);
}

enum outcome ticket_type_check_create(const struct ticket_type_create *in, struct error *error)
{
    const struct text none = {.is = ABSENT};
    enum outcome outcome = check_trainer_ticket(none, in->eligibility, in->price_nok, error);

    if (outcome != DONE) {
        return outcome;
    }
    return check_organisation(in->eligibility, in->eligible_organisation_id, error);
}

enum outcome ticket_type_check_update(const struct ticket_type *stored,
                                      const struct ticket_type_update *in, struct error *error)
{
    enum outcome outcome = check_trainer_ticket(stored->eligibility, in->eligibility, in->price_nok,
                                                error);
    if (outcome != DONE) {
        return outcome;
    }
    outcome = check_organisation(
        in->eligibility.is == ABSENT ? stored->eligibility : in->eligibility,
        in->eligible_organisation_id.is == ABSENT ? stored->eligible_organisation_id
                                                  : in->eligible_organisation_id,
        error);
    if (outcome != DONE) {
        return outcome;
    }
    if (given(in->capacity.is) && in->capacity.v < stored->claimed) {
        error_fault(error, "/capacity", "capacity_below_taken", NULL);
        error_arg_int(error, "taken", stored->claimed);
        return error_refuse(error, CONFLICT, "capacity_below_taken", "SM-R01");
    }
    return DONE;
}

const struct ticket_type *ticket_type_find(struct text id, const struct ticket_type *tickets,
                                           size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (text_equals(tickets[i].id, id)) {
            return &tickets[i];
        }
    }
    return NULL;
}

/* The only one that can be chosen, if there is only one. */
static const struct ticket_type *find_only(const struct ticket_type *tickets, size_t count)
{
    const struct ticket_type *only = NULL;
    for (size_t i = 0; i < count; i++) {
        if (text_is(tickets[i].eligibility, ELIGIBILITY_TRAINEE)) {
            continue;
        }
        if (only) {
            return NULL;
        }
        only = &tickets[i];
    }
    return only;
}

const struct ticket_type *ticket_type_choose(struct text id, const struct ticket_type *tickets,
                                             size_t count, struct error *error)
{
    const struct ticket_type *ticket = given(id.is) ? ticket_type_find(id, tickets, count)
                                                    : find_only(tickets, count);
    const char *code = NULL;

    if (!ticket) {
        code = given(id.is) ? "ticket_type_unknown" : "ticket_type_required";
    } else if (text_is(ticket->eligibility, ELIGIBILITY_TRAINEE)) {
        code = "ticket_follows_course";
    }
    if (code) {
        error_fault(error, "/ticket_type_id", code, NULL);
    }
    return code ? NULL : ticket;
}

enum outcome ticket_type_check_eligible(const struct ticket_type *ticket,
                                        struct text organisation_id, const char *pointer,
                                        struct error *error)
{
    if (!text_is(ticket->eligibility, ELIGIBILITY_MUNICIPALITY_EMPLOYEE) ||
        text_equals(organisation_id, ticket->eligible_organisation_id)) {
        return DONE;
    }
    const char *code = given(organisation_id.is) ? "employer_not_eligible" : "employer_required";
    error_fault(error, pointer, code, ticket->eligible_organisation_id.s);
    return error_refuse(error, INVALID, code, "SM-R10");
}
