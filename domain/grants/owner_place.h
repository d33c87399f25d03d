/*
 * Where an owner's case of a round belongs: to the network that the owner is a member of today, in the
 * forum of the round. Found, never taken from a body. Self-assessments and need reports begin here, from
 * the planning of the round until it is closed for bases. domain.md §0.1, §5.2, §5.3.
 */
#ifndef LOFT_DOMAIN_GRANTS_OWNER_PLACE_H
#define LOFT_DOMAIN_GRANTS_OWNER_PLACE_H

#include "domain/base/error.h"
#include "domain/base/shape.h"

struct owner_place {
    struct text round_state; /* ABSENT when there is no such round */
    struct text basis_due_on;
    struct text network_id; /* ABSENT when the owner is in no network of the forum */
    struct text today_on;   /* in Europe/Oslo */
};
extern const struct shape shape_owner_place;

/* Fault "unknown_reference" at /round_id; CONFLICT "bases_closed", "owner_outside_networks". */
enum outcome owner_place_check(const struct owner_place *place, struct error *error);

#endif
