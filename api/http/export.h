/* A whole list as a stream: a database cursor on the export pool, 200 rows at a time. */
#ifndef LOFT_API_HTTP_EXPORT_H
#define LOFT_API_HTTP_EXPORT_H

#include "api/call.h"
#include "api/http/exchange.h"
#include "api/http/negotiate.h"

struct export_request {
    const struct call *call;
    const struct sort *sort;
    struct text fields;
    const void *input;
    enum media media;
};

/* UNAVAILABLE when the pool is busy. The stream owns everything it needs; it outlives the request's
 * arena. */
enum outcome export_open(const struct export_request *request, struct http_stream **ret_stream);

#endif
