/*
 * One request and its answer as plain data: what server.c makes of the wire and what it puts back.
 * Nothing here knows ulfius; dispatch and formats work on these alone.
 */
#ifndef LOFT_API_HTTP_EXCHANGE_H
#define LOFT_API_HTTP_EXCHANGE_H

#include "domain/base/arena.h"

enum {
    HTTP_BODY_MAX = 64 * 1024, /* bytes of a request body, if its operation says no more */
    HTTP_BODY_LARGEST = 8 * 1024 * 1024, /* what an operation may say (operation.py has both) */
    HTTP_TARGET_MAX = 4096,              /* bytes of path and query */
    HTTP_RESPONSE_HEADERS_MAX = 32
};

struct http_request {
    const char *method;
    const char *target; /* as sent: path and query, still percent-encoded */
    const char *remote; /* address of the peer, without its port */
    /* Value of a header by name (any case); NULL when absent. Repeated headers are joined by ','. */
    const char *(*header)(const void *context, const char *name);
    const void *header_context;
    const char *body;
    size_t body_len;
    bool cut;        /* the body was longer than its operation takes; nothing of it is here */
    bool crowded;    /* nothing of it is here: too many large bodies at a time */
    bool operations; /* came in on the operations listener */
};

/* A body produced in pieces. `read` writes at most `max` bytes and returns how many, 0 at the end,
 * -1 on a failure that must break the transfer, HTTP_STREAM_LATER when it has worked for a while
 * and is not there yet: others have their turn before it is called again. `done` is called once,
 * also after a failure. */
enum { HTTP_STREAM_LATER = -2 };
struct http_stream {
    int64_t (*read)(void *context, char *out, size_t max);
    void (*done)(void *context);
    void *context;
};

struct http_header {
    const char *name;
    const char *value;
};

struct http_response {
    int status;
    struct http_header headers[HTTP_RESPONSE_HEADERS_MAX];
    size_t header_count;
    const char *body; /* on the request's arena */
    size_t body_len;
    struct http_stream *stream; /* instead of a body */
};

/* The last value of a name wins; headers beyond the maximum are a bug and abort. */
void response_header(struct http_response *response, const char *name, const char *value);

#endif
