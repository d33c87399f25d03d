/* Where an owner's case of a round belongs, for the resources that begin with an owner. */
#ifndef LOFT_API_GRANTS_OWNER_PLACE_H
#define LOFT_API_GRANTS_OWNER_PLACE_H

#include "api/call.h"
#include "domain/grants/owner_place.h"

/* What an insert takes beside the body. */
struct found_place {
    struct text owner_id;
    struct text network_id;
};
extern const struct shape found_place_shape;

/* Refuses as owner_place_check does. */
enum outcome owner_place_find(struct call *call, struct text round_id, struct text owner_id,
                              struct found_place *ret_place);

#endif
