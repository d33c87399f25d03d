/* Ideas as other use cases need them. */
#ifndef LOFT_API_SMART_IDEA_H
#define LOFT_API_SMART_IDEA_H

#include "api/call.h"
#include "domain/smart/idea.h"

/* The idea locked for a change. NOT_FOUND when the caller does not see it, FORBIDDEN when it is not
 * theirs to change. */
enum outcome idea_lock(struct call *call, struct text id, struct idea *ret_idea);

#endif
