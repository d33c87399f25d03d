/* What the programme asks about an organisation that a body names. */
#ifndef LOFT_API_GRANTS_ORGANISATION_H
#define LOFT_API_GRANTS_ORGANISATION_H

#include "api/call.h"

struct organisation_known {
    struct text org_type; /* ABSENT when there is none such; a foreign key says so */
    struct text parent_id;
    struct text today_on; /* in Europe/Oslo, for days that a body leaves out */
};

enum outcome organisation_load(struct call *call, struct text organisation_id,
                               struct organisation_known *ret_known);

#endif
