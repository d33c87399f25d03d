#include "api/http/server.h"

#include "domain/base/log.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <ulfius.h>
#include <unistd.h>

enum {
    /* Decoded rows of a body of 8 MiB, and these as JSON for the database, written four times. */
    REQUEST_ARENA_MAX = 256 * 1024 * 1024,
    CONNECTION_MEMORY = 32 * 1024, /* request line and headers; more is a 414 or 431 */
    LARGE_BODIES_MAX = 16,         /* bodies above HTTP_BODY_MAX that are in memory at a time */
    STREAM_BLOCK = 64 * 1024,
};

struct server {
    struct _u_instance instance; /* first: it is what libmicrohttpd hands to on_access */
    struct sockaddr_in address;
    struct server_options options;
    atomic_int active;
    atomic_int large_bodies;
    int listen_socket;
    bool quiesced;
};

/* A request from its first line to its end. */
struct incoming {
    void *ulfius;    /* its connection_info_struct */
    size_t body_max; /* 0 = not asked yet */
    size_t room;     /* bytes that its body has room for */
    bool large;      /* one of the large bodies */
    bool refused;    /* of its body nothing more is kept */
};

/* What becomes of a refused body is noted where ulfius would put a form, which it never reads here. */
#define BODY_CUT "cut"
#define BODY_CROWDED "crowded"

static const char *request_header(const void *context, const char *name)
{
    return u_map_get_case(context, name);
}

static ssize_t stream_read(void *context, uint64_t offset, char *out, size_t max)
{
    struct http_stream *stream = context;
    (void)offset;
    int64_t count = stream->read(stream->context, out, max);
    if (count == 0)
        return U_STREAM_END;
    if (count == HTTP_STREAM_LATER)
        return 0; /* libmicrohttpd goes on to its other connections and comes back */
    return count < 0 ? U_STREAM_ERROR : (ssize_t)count;
}

static void stream_done(void *context)
{
    struct http_stream *stream = context;
    stream->done(stream->context);
}

/* Puts our answer where ulfius takes it from; it copies headers and frees the body. */
static void fill_response(struct _u_response *to, const struct http_response *from)
{
    to->status = from->status;
    for (size_t i = 0; i < from->header_count; i++)
        u_map_put(to->map_header, from->headers[i].name, from->headers[i].value);
    if (from->stream) {
        ulfius_set_stream_response(to, (unsigned)from->status, stream_read, stream_done,
                                   U_STREAM_SIZE_UNKNOWN, STREAM_BLOCK, from->stream);
        return;
    }
    if (from->body_len == 0)
        return;
    to->binary_body = o_malloc(from->body_len);
    if (!to->binary_body) {
        to->status = 503;
        return;
    }
    memcpy(to->binary_body, from->body, from->body_len);
    to->binary_body_length = from->body_len;
}

static struct http_request request_of(const struct server *server, const struct _u_request *from,
                                      char remote[INET6_ADDRSTRLEN])
{
    const struct sockaddr_in *peer = (const struct sockaddr_in *)(const void *)from->client_address;
    remote[0] = '\0';
    if (peer && peer->sin_family == AF_INET)
        inet_ntop(AF_INET, &peer->sin_addr, remote, INET6_ADDRSTRLEN);
    return (struct http_request){
        .method = from->http_verb,
        .target = from->http_url,
        .remote = remote,
        .header = request_header,
        .header_context = from->map_header,
        .body = from->binary_body,
        .body_len = from->binary_body_length,
        .cut = u_map_has_key(from->map_post_body, BODY_CUT),
        .crowded = u_map_has_key(from->map_post_body, BODY_CROWDED),
        .operations = server->options.operations,
    };
}

static int on_request(const struct _u_request *from, struct _u_response *to, void *data)
{
    struct server *server = data;
    char remote[INET6_ADDRSTRLEN];
    struct arena *arena = arena_create(REQUEST_ARENA_MAX);
    if (!arena) {
        to->status = 503;
        return U_CALLBACK_COMPLETE;
    }
    const struct http_request request = request_of(server, from, remote);
    struct http_response response = {.status = 500};
    server->options.handler(server->options.context, &request, &response, arena);
    fill_response(to, &response);
    arena_destroy(arena);
    return U_CALLBACK_COMPLETE;
}

/* A request is active from its first line until its answer has left or its client has gone.
 *
 * ulfius keeps a copy of the whole target here. Then the query ends for libmicrohttpd, whose buffer
 * this is: it would make a record of each parameter, which nobody reads (request.c parses the query),
 * and for a query of thousands of separators run out of memory, answer nothing and lose what ulfius
 * holds. */
static void *on_begin(void *context, const char *uri)
{
    struct server *server = context;
    struct incoming *incoming = calloc(1, sizeof *incoming);
    if (incoming)
        incoming->ulfius = ulfius_uri_logger(NULL, uri);
    char *query = strchr(uri, '?');
    if (query)
        query[1] = '\0';
    atomic_fetch_add(&server->active, 1);
    return incoming;
}

static void on_end(void *context, struct MHD_Connection *connection, void **request,
                   enum MHD_RequestTerminationCode code)
{
    struct server *server = context;
    struct incoming *incoming = *request;
    if (incoming && incoming->large)
        atomic_fetch_sub(&server->large_bodies, 1);
    if (incoming)
        mhd_request_completed(NULL, connection, &incoming->ulfius, code);
    free(incoming);
    *request = NULL;
    atomic_fetch_sub(&server->active, 1);
}

/* The rest is read and dropped, so that the client gets its answer and the connection goes on. */
static bool refuse_body(struct incoming *incoming, struct _u_request *request, const char *why)
{
    incoming->refused = true;
    u_map_put(request->map_post_body, why, "");
    o_free(request->binary_body);
    request->binary_body = NULL;
    request->binary_body_length = 0;
    return false;
}

/* Whether these further bytes of a body are to be kept. */
static bool admit(struct server *server, struct incoming *incoming, struct _u_request *request,
                  size_t more)
{
    size_t size = request->binary_body_length + more;
    char remote[INET6_ADDRSTRLEN];
    if (incoming->refused)
        return false;
    if (size <= HTTP_BODY_MAX)
        return true;
    if (incoming->body_max == 0) {
        const struct http_request so_far = request_of(server, request, remote);
        incoming->body_max = server->options.body_max(server->options.context, &so_far);
    }
    if (size > incoming->body_max)
        return refuse_body(incoming, request, BODY_CUT);
    if (incoming->large)
        return true;
    incoming->large = atomic_fetch_add(&server->large_bodies, 1) < LARGE_BODIES_MAX;
    if (incoming->large)
        return true;
    atomic_fetch_sub(&server->large_bodies, 1);
    return refuse_body(incoming, request, BODY_CROWDED);
}

static bool append(struct incoming *incoming, struct _u_request *request, const char *bytes,
                   size_t count)
{
    size_t need = request->binary_body_length + count;
    if (need > incoming->room) {
        size_t room = need > 2 * incoming->room ? need : 2 * incoming->room;
        if (room > HTTP_BODY_LARGEST) /* admit() lets no more pass */
            room = HTTP_BODY_LARGEST;
        char *body = o_realloc(request->binary_body, room);
        if (!body)
            return false;
        request->binary_body = body;
        incoming->room = room;
    }
    memcpy((char *)request->binary_body + request->binary_body_length, bytes, count);
    request->binary_body_length = need;
    return true;
}

static enum MHD_Result take_body(struct server *server, struct incoming *incoming,
                                 const char *upload, size_t *upload_size)
{
    struct _u_request *request = ((struct connection_info_struct *)incoming->ulfius)->request;
    bool kept = admit(server, incoming, request, *upload_size);
    if (kept && !append(incoming, request, upload, *upload_size))
        return MHD_NO;
    *upload_size = 0;
    return MHD_YES;
}

/* ulfius reads every body up to one limit for all operations, copies it anew for each piece that
 * comes, and its handler of libmicrohttpd's calls is its own. So the call by which it starts the
 * daemon is answered here, puts on_access in front of that handler and goes on to the library. */
static MHD_AccessHandlerCallback ulfius_access;

static enum MHD_Result on_access(void *context, struct MHD_Connection *connection, const char *url,
                                 const char *method, const char *version, const char *upload,
                                 size_t *upload_size, void **request)
{
    struct incoming *incoming = *request;
    if (!incoming || !incoming->ulfius)
        return MHD_NO;
    if (*upload_size > 0)
        return take_body(context, incoming, upload, upload_size);
    return ulfius_access(context, connection, url, method, version, upload, upload_size,
                         &incoming->ulfius);
}

struct MHD_Daemon *MHD_start_daemon(unsigned flags, uint16_t port, MHD_AcceptPolicyCallback accept,
                                    void *accept_context, MHD_AccessHandlerCallback access,
                                    void *access_context, ...)
{
    va_list options;
    if (!ulfius_access) /* the threads of an earlier daemon read it */
        ulfius_access = access;
    va_start(options, access_context);
    struct MHD_Daemon *daemon = MHD_start_daemon_va(flags, port, accept, accept_context, on_access,
                                                    access_context, options);
    va_end(options);
    return daemon;
}

static void on_mhd_log(void *context, const char *format, va_list args)
{
    char line[512];
    (void)context;
/* The format is libmicrohttpd's own. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    vsnprintf(line, sizeof line, format, args);
#pragma GCC diagnostic pop
    line[strcspn(line, "\n")] = '\0';
    log_write(LOG_WARNINGS, "http", "%s", line);
}

static bool start_daemon(struct server *server)
{
    const struct server_options *options = &server->options;
    /* With options of our own ulfius adds none: the first three and the address are mandatory. */
    int pool = options->workers > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END;
    struct MHD_OptionItem items[] = {
        {MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)on_mhd_log, NULL},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_end, server},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_begin, server},
        {MHD_OPTION_SOCK_ADDR, 0, &server->address},
        {MHD_OPTION_CONNECTION_LIMIT, options->connections_max, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, options->connection_timeout_s, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, NULL},
        {MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL},
        {MHD_OPTION_LISTEN_BACKLOG_SIZE, 1024, NULL},
        {pool, options->workers, NULL}, /* a single thread is no pool */
        {MHD_OPTION_END, 0, NULL},
    };
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ERROR_LOG | MHD_USE_ITC;
    return ulfius_start_framework_with_mhd_options(&server->instance, flags, items) == U_OK &&
           ulfius_access;
}

struct server *server_start(const struct server_options *options)
{
    struct server *server = calloc(1, sizeof *server);
    if (!server)
        return NULL;
    server->options = *options;
    server->address.sin_family = AF_INET;
    server->address.sin_port = htons((uint16_t)options->port);
    if (inet_pton(AF_INET, options->host, &server->address.sin_addr) != 1) {
        log_write(LOG_ERRORS, "listen", "%s is not an IPv4 address", options->host);
        free(server);
        return NULL;
    }
    if (ulfius_init_instance(&server->instance, (unsigned)options->port, &server->address, NULL) !=
        U_OK) {
        free(server);
        return NULL;
    }
    server->instance.allowed_post_processor = U_POST_PROCESS_NONE;
    server->instance.check_utf8 = 0; /* it would drop what is not UTF-8 in silence */
    ulfius_set_default_endpoint(&server->instance, on_request, server);
    if (!start_daemon(server)) {
        log_write(LOG_ERRORS, "listen", "cannot listen on %s:%d; is the port taken?", options->host,
                  options->port);
        ulfius_clean_instance(&server->instance);
        free(server);
        return NULL;
    }
    return server;
}

int server_active(const struct server *server)
{
    return atomic_load(&server->active);
}

void server_quiesce(struct server *server)
{
    if (server->quiesced)
        return;
    server->quiesced = true;
    server->listen_socket = MHD_quiesce_daemon(server->instance.mhd_daemon);
}

void server_stop(struct server *server)
{
    if (!server)
        return;
    ulfius_stop_framework(&server->instance);
    if (server->quiesced && server->listen_socket >= 0)
        close(server->listen_socket);
    ulfius_clean_instance(&server->instance);
    free(server);
}
