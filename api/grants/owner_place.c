#include "api/grants/owner_place.h"

#include "storage/statements.h"

SHAPE(found_place_shape, struct found_place, FIELD(struct found_place, owner_id),
      FIELD(struct found_place, network_id));

struct place_key {
    struct text round_id;
    struct text owner_id;
};
SHAPE(place_key_shape, struct place_key, FIELD(struct place_key, round_id),
      FIELD(struct place_key, owner_id));

enum outcome owner_place_find(struct call *call, struct text round_id, struct text owner_id,
                              struct found_place *ret_place)
{
    const struct place_key key = {.round_id = round_id, .owner_id = owner_id};
    struct owner_place place = {0};
    enum outcome outcome = tx_load(call->tx, &sql_owner_place, SOURCES({&place_key_shape, &key}),
                                   &shape_owner_place, &place);
    if (outcome == DONE)
        outcome = owner_place_check(&place, call->error);
    *ret_place = (struct found_place){.owner_id = owner_id, .network_id = place.network_id};
    return outcome;
}
