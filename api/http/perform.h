/* Steps 8 to 12 of a request: the transaction, a stored answer, preconditions, the use case, the
 * bytes of the answer. */
#ifndef LOFT_API_HTTP_PERFORM_H
#define LOFT_API_HTTP_PERFORM_H

#include "api/http/passage.h"

/* Fills the response. Runs the whole transaction again, at most three times, when the database says
 * that a second run may succeed. */
enum outcome perform(struct passage *passage);

#endif
