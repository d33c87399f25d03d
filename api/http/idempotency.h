/*
 * Idempotency-Key: the answer of a write is stored in the write's own transaction, so a retry after
 * a lost reply gets the first answer and the work is done once. Only 2xx answers are remembered.
 */
#ifndef LOFT_API_HTTP_IDEMPOTENCY_H
#define LOFT_API_HTTP_IDEMPOTENCY_H

#include "api/call.h"
#include "api/http/exchange.h"
#include "api/http/request.h"

enum { IDEMPOTENCY_KEY_MAX = 128 };

/* Begins: DONE with `ret_replayed` true when the stored answer was put into the response, false
 * when the operation shall run. CONFLICT "idempotency_in_progress", INVALID
 * "idempotency_key_reused", MALFORMED for a missing required key or one that cannot be read. */
enum outcome idempotency_begin(struct call *call, const struct request *request,
                               struct http_response *response, bool *ret_replayed);

/* Stores the answer; goes out with the commit. */
enum outcome idempotency_store(struct call *call, const struct request *request,
                               const struct http_response *response);

#endif
