/* Steps 3 to 5 of a request: who asks, how often, whether they may. */
#ifndef LOFT_API_HTTP_GATE_H
#define LOFT_API_HTTP_GATE_H

#include "api/http/passage.h"

/* Sets the principal (anonymous where no token is asked or sent) and takes one request from its
 * rate. UNAUTHENTICATED, or UNAVAILABLE "rate_limited". */
enum outcome gate_authenticate(struct passage *passage);

/* FORBIDDEN "insufficient_scope" or "forbidden", by what the operation declares. */
enum outcome gate_permit(struct passage *passage);

/* Whether this request would get past both, before its body is read. Takes nothing from its rate. */
bool gate_admits(struct passage *passage);

/* Grants that moved while the request ran are read again; then the caller may not be allowed any
 * more. */
enum outcome gate_refresh(struct passage *passage);

#endif
