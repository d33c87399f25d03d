/* Headcounts for other use cases of the programme. */
#ifndef LOFT_API_GRANTS_HEADCOUNT_H
#define LOFT_API_GRANTS_HEADCOUNT_H

#include "api/call.h"

/* Changes of headcounts, and what is adopted on them, come one at a time until their transactions end.
 * Taken before any row is locked. */
enum outcome headcount_take_turn(struct call *call);

#endif
