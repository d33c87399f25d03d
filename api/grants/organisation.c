#include "api/grants/organisation.h"

#include "storage/statements.h"

SHAPE(organisation_known_shape, struct organisation_known,
      FIELD(struct organisation_known, org_type), FIELD(struct organisation_known, parent_id),
      FIELD(struct organisation_known, today_on));

enum outcome organisation_load(struct call *call, struct text organisation_id,
                               struct organisation_known *ret_known)
{
    const struct row_id key = {.id = organisation_id};
    return tx_load(call->tx, &sql_organisation_known, SOURCES({&row_id_shape, &key}),
                   &organisation_known_shape, ret_known);
}
