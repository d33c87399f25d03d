/*
 * The order of a request, from top to bottom with no way back. Only dispatch knows it; only
 * problem.c writes a refusal; nothing else answers a client.
 *
 *   1 framing, target, request id        400 414
 *   2 path, then method                  404 405; OPTIONS is answered here
 *   3 who asks                           401 503
 *   4 how often                          429
 *   5 whether they may                   403
 *   6 size of the body, media types      413 503 406 415
 *   7 decoding, all faults at once       400 422
 *   8 the transaction begins             503
 *   9 a stored answer is replayed        409 422
 *  10 preconditions                      412 428 304
 *  11 the use case                       403 404 409 422
 *  12 commit (retried when the database says so), encode, one log line
 */
#ifndef LOFT_API_HTTP_DISPATCH_H
#define LOFT_API_HTTP_DISPATCH_H

#include "api/http/exchange.h"
#include "api/service.h"

void dispatch(struct service *service, const struct http_request *http,
              struct http_response *response, struct arena *arena);

/* How many bytes the body of this request may have: what its operation says, for those who may use
 * it, and HTTP_BODY_MAX otherwise. */
size_t dispatch_body_max(struct service *service, const struct http_request *http);

#endif
