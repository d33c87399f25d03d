#include "domain/grants/owner_place.h"

#include "domain/grants/round.h"

SHAPE(shape_owner_place, struct owner_place, FIELD(struct owner_place, round_state),
      FIELD(struct owner_place, basis_due_on), FIELD(struct owner_place, network_id),
      FIELD(struct owner_place, today_on));

enum outcome owner_place_check(const struct owner_place *place, struct error *error)
{
    if (!given(place->round_state.is)) {
        error_fault(error, "/round_id", "unknown_reference", NULL);
        return error_outcome(error);
    }
    const struct round round = {.state = place->round_state,
                                .basis_due_on = place->basis_due_on,
                                .today_on = place->today_on};
    if (round_bases_closed(&round)) {
        return error_refuse(error, CONFLICT, "bases_closed", NULL);
    }
    return given(place->network_id.is)
               ? DONE
               : error_refuse(error, CONFLICT, "owner_outside_networks", NULL);
}
