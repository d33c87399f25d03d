/* A whole list as a stream: a database cursor on the export pool, 200 rows at a time. */
#ifndef LOFT_API_HTTP_EXPORT_H
#define LOFT_API_HTTP_EXPORT_H

#include "api/call.h"
#include "api/http/answer.h"
#include "api/http/exchange.h"
#include "api/http/negotiate.h"

struct export_request {
    const struct call *call;
    const struct sort *sort;
    struct selection selection;
    const void *input;
    enum media media;
};

/* What a refusal can be cured by: another try, with grants read again when they were stale. */
struct export_failure {
    bool retryable, stale;
};

/* UNAVAILABLE when the pool is busy. The stream owns everything it needs; it outlives the request's
 * arena. */
enum outcome export_open(const struct export_request *request, struct http_stream **ret_stream,
                         struct export_failure *ret_failure);

#endif
