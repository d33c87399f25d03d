/*
 * The first reading of a request: framing, target, query and the headers that the service knows.
 * Strict: what is not UTF-8, holds NUL or hides a slash is refused, never mended.
 */
#ifndef LOFT_API_HTTP_REQUEST_H
#define LOFT_API_HTTP_REQUEST_H

#include "api/contract/contract.h"
#include "api/http/exchange.h"

struct request {
    const struct http_request *http;
    struct text segments[ROUTE_SEGMENTS_MAX];
    size_t segment_count;
    const struct pair *query;
    size_t query_count;
    const char *path;        /* as sent, without the query: `instance` of a problem */
    bool ambiguous;          /* where this request ends can be read in two ways */
    const char *id;          /* request id: the trace id, the client's X-Request-Id, or a new one */
    const char *traceparent; /* to answer and to log, or NULL */
};

/* MALFORMED with a precise code; `ret_request` has id and path in any case. */
enum outcome request_parse(const struct http_request *http, struct arena *arena,
                           struct error *error, struct request *ret_request);

/* ABSENT when there is none. */
struct text request_header(const struct request *request, const char *name);

/* The value of a query parameter, ABSENT when there is none. */
struct text request_query(const struct request *request, const char *name);

#endif
