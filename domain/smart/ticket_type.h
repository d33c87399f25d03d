/*
 * Ticket types (billettyper) of a course: what a seat costs and who may have it.
 *
 * Price stands here and nowhere else, and is frozen on the registration (SM-R15). All ticket types
 * of a course share its capacity (two festival tickets, one hall); a capacity of its own is a limit
 * within that one, and a claim on it lasts from registration, waiting included, so that the next in
 * line never has a ticket that is sold out.
 */
#ifndef LOFT_DOMAIN_SMART_TICKET_TYPE_H
#define LOFT_DOMAIN_SMART_TICKET_TYPE_H

#include "domain/base/error.h"
#include "domain/base/shape.h"

enum { TICKET_TYPES_MAX = 20 }; /* per course */

#define ELIGIBILITY_ANYONE "anyone"
#define ELIGIBILITY_MUNICIPALITY_EMPLOYEE "municipality_employee"
#define ELIGIBILITY_TRAINEE "trainee" /* comes with the trainer programme, festival_seat.h */
extern const char *const ticket_eligibilities[]; /* NULL-terminated */

struct ticket_type_create {
    struct text course_id;
    struct text code;
    struct text name;
    struct integer price_nok; /* 0 .. 1 000 000 */
    struct text eligibility;  /* default anyone */
    struct text eligible_organisation_id;
    struct integer capacity; /* 1 .. 10 000, or none */
};

struct ticket_type_update { /* merge patch */
    struct text id;
    struct text name;
    struct integer price_nok;
    struct text eligibility;
    struct text eligible_organisation_id;
    struct integer capacity;
};

/* As decisions see it. */
struct ticket_type {
    struct text id;
    struct text course_id;
    struct text code;
    int64_t price_nok;
    struct text eligibility;
    struct text eligible_organisation_id;
    struct integer capacity;
    int64_t claimed; /* seats waited for, offered, held and confirmed with this ticket */
};
extern const struct shape shape_ticket_type;

/* The ticket for trainees is the service's own (SM-R07): a fault at /eligibility or /price_nok,
 * "trainer_ticket_fixed". Else SM-R10: municipality_employee names the organisation, anyone names none; INVALID
 * "eligible_organisation_required" or "eligible_organisation_unwanted". */
enum outcome ticket_type_check_create(const struct ticket_type_create *in, struct error *error);

/* The same for what the patch leads to; CONFLICT "capacity_below_taken" when the ticket's capacity
 * would fall below what is claimed (SM-R01). A price may change: SM-R15. */
enum outcome ticket_type_check_update(const struct ticket_type *stored,
                                      const struct ticket_type_update *in, struct error *error);

/* NULL when none of them has the id. */
const struct ticket_type *ticket_type_find(struct text id, const struct ticket_type *tickets,
                                           size_t count);

/* The ticket named, or the only one that can be chosen; NULL with a fault at /ticket_type_id,
 * "ticket_type_required", "ticket_type_unknown", or "ticket_follows_course" for the one that comes with
 * the trainer programme (SM-R07). */
const struct ticket_type *ticket_type_choose(struct text id, const struct ticket_type *tickets,
                                             size_t count, struct error *error);

/* SM-R10, for one employer: a fault at `pointer` and INVALID "employer_required" or
 * "employer_not_eligible". `organisation_id` may be not given. */
enum outcome ticket_type_check_eligible(const struct ticket_type *ticket,
                                        struct text organisation_id, const char *pointer,
                                        struct error *error);

#endif
