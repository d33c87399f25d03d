/* The names for the seats of a party, as they come in a file and as registrations want them. The
 * rules are in domain/smart/group_booking.h. */
#ifndef LOFT_API_SMART_GROUP_NAMES_H
#define LOFT_API_SMART_GROUP_NAMES_H

#include "api/call.h"
#include "domain/smart/group_booking.h"

/* The lines below the header. Columns stand in any order: full_name, email, profession_code, and
 * perhaps phone, profession_other, municipality_no, dietary_note and item:<code>. INVALID, as faults
 * at /<line>/<column>: "unknown_column", "duplicate_column", and "required" for a column that is
 * missing; "wrong_cell_count" at /<line> with as many as the header has. A line with that fault is
 * left out; the caller goes on and refuses with error_outcome. */
enum outcome group_names_read(struct bytes file, struct error *error, struct group_name **ret_names,
                              size_t *ret_count);

/* What the registers know of the names, for a course. */
enum outcome group_names_known(struct call *call, struct text course_id,
                               const struct group_name *names, size_t count,
                               struct group_names_known *ret_known);

#endif
