/*
 * The HTTP listener: libmicrohttpd's epoll pool through ulfius. The only file of the service that
 * includes ulfius.h is server.c; everything above it sees struct http_request and http_response.
 */
#ifndef LOFT_API_HTTP_SERVER_H
#define LOFT_API_HTTP_SERVER_H

#include "api/http/exchange.h"

struct server;

/* Answers one request; `arena` lives until the answer has been copied. Called from worker threads. */
typedef void server_handler(void *context, const struct http_request *request,
                            struct http_response *response, struct arena *arena);

/* How many bytes the body of this request may have; asked, before it is read, of one longer than
 * HTTP_BODY_MAX. At most HTTP_BODY_LARGEST. Called from worker threads. */
typedef size_t server_body_max(void *context, const struct http_request *request);

struct server_options {
    const char *host;
    int port;
    int workers;
    int connections_max;
    int connection_timeout_s;
    bool operations;
    server_handler *handler;
    server_body_max *body_max;
    void *context;
};

/* NULL with a log line when the port is taken or the address unusable. */
struct server *server_start(const struct server_options *options);

/* Requests that have begun and whose answers have not left yet, streams included. */
int server_active(const struct server *server);

/* Stops accepting, so that a drain can begin. */
void server_quiesce(struct server *server);

/* Accepts NULL. */
void server_stop(struct server *server);

#endif
