#include "api/http/request.h"

#include "api/contract/form.h"
#include "domain/base/text.h"

#include <stdlib.h>
#include <sys/random.h>

enum { REQUEST_ID_MIN = 8, REQUEST_ID_MAX = 64, TRACEPARENT_LEN = 55 };

/* Every header that the service reads; each must be UTF-8 without control characters. */
static const char *const known_headers[] = {
    "Accept",
    "Accept-Language",
    "Authorization",
    "Content-Length",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "If-Range",
    "Origin",
    "Prefer",
    "Range",
    "Transfer-Encoding",
    "X-Forwarded-For",
    "X-Loft-Now",
    "X-Request-Id",
    "traceparent",
    "Access-Control-Request-Method",
};

struct text request_header(const struct request *request, const char *name)
{
    const char *value = request->http->header(request->http->header_context, name);
    return value ? text_of(value) : (struct text){.is = ABSENT};
}

struct text request_query(const struct request *request, const char *name)
{
    for (size_t i = 0; i < request->query_count; i++)
        if (text_is(request->query[i].name, name))
            return request->query[i].value;
    return (struct text){.is = ABSENT};
}

/* Absolute-form targets (RFC 9112 3.2.2) lose scheme and authority. */
static const char *strip_authority(const char *target)
{
    const char *colon = strstr(target, "://");
    if (target[0] == '/' || !colon)
        return target;
    const char *slash = strchr(colon + 3, '/');
    return slash ? slash : "/";
}

static enum outcome parse_path(struct request *request, const char *path, size_t len,
                               struct arena *arena, struct error *error)
{
    if (len == 0 || path[0] != '/')
        return error_refuse(error, MALFORMED, "malformed_request", NULL);
    const char *end = path + len, *at = path + 1;
    for (;;) {
        const char *stop = memchr(at, '/', (size_t)(end - at));
        if (!stop)
            stop = end;
        if (request->segment_count == ROUTE_SEGMENTS_MAX)
            return error_refuse(error, NOT_FOUND, "not_found", NULL);
        struct text *segment = &request->segments[request->segment_count++];
        if (!percent_decode(at, (size_t)(stop - at), PERCENT_PATH, arena, segment) ||
            strpbrk(segment->s, "/\\")) /* hidden in an escape */
            return error_refuse(error, MALFORMED, "invalid_encoding", NULL);
        if (stop == end)
            return DONE;
        at = stop + 1;
    }
}

static enum outcome parse_target(struct request *request, struct arena *arena, struct error *error)
{
    const char *target = strip_authority(request->http->target);
    const char *mark = strchr(target, '?');
    size_t path_len = mark ? (size_t)(mark - target) : strlen(target);
    if (strlen(target) > HTTP_TARGET_MAX) {
        request->path = "/";
        return error_refuse(error, MALFORMED, "uri_too_long", NULL);
    }
    request->path = arena_copy(arena, target, path_len);
    if (!utf8_valid(request->path, path_len))
        request->path = "/";
    enum outcome outcome = parse_path(request, target, path_len, arena, error);
    if (outcome != DONE || !mark)
        return outcome;
    switch (form_parse(mark + 1, strlen(mark + 1), arena, &request->query, &request->query_count)) {
    case FORM_READ:
        return DONE;
    case FORM_BROKEN:
        return error_refuse(error, MALFORMED, "invalid_encoding", NULL);
    default:
        return error_refuse(error, MALFORMED, "malformed_request", NULL);
    }
}

static bool header_clean(struct text value)
{
    for (size_t i = 0; i < value.len; i++)
        if ((unsigned char)value.s[i] < 32 && value.s[i] != '\t')
            return false;
    return utf8_valid(value.s, value.len);
}

static enum outcome check_headers(const struct request *request, struct error *error)
{
    for (size_t i = 0; i < sizeof known_headers / sizeof known_headers[0]; i++) {
        struct text value = request_header(request, known_headers[i]);
        if (value.is == GIVEN && !header_clean(value)) {
            error_arg(error, "header", known_headers[i]);
            return error_refuse(error, MALFORMED, "invalid_header", NULL);
        }
    }
    return DONE;
}

/* What a proxy and the server could read differently is refused (RFC 9112 6.3), and nothing more is
 * read from that connection. */
static enum outcome check_framing(struct request *request, struct error *error)
{
    struct text length = request_header(request, "Content-Length");
    struct text encoding = request_header(request, "Transfer-Encoding");
    struct text host = request_header(request, "Host");
    bool both = length.is == GIVEN && encoding.is == GIVEN;
    bool odd_length = length.is == GIVEN && strspn(length.s, "0123456789") != length.len;
    bool odd_encoding = encoding.is == GIVEN && strcasecmp(encoding.s, "chunked") != 0;
    bool hosts = host.is == GIVEN && strchr(host.s, ',');
    if (!both && !odd_length && !odd_encoding && !hosts)
        return DONE;
    request->ambiguous = true;
    return error_refuse(error, MALFORMED, "malformed_request", NULL);
}

static void new_hex(char *out, size_t bytes)
{
    static const char hex[] = "0123456789abcdef";
    unsigned char random[16];
    if (getrandom(random, bytes, 0) != (ssize_t)bytes)
        abort();
    for (size_t i = 0; i < bytes; i++) {
        out[2 * i] = hex[random[i] >> 4];
        out[2 * i + 1] = hex[random[i] & 15];
    }
    out[2 * bytes] = '\0';
}

/* W3C trace context, version 00: 00-<32 hex>-<16 hex>-<2 hex>, ids not all zero. */
static bool traceparent_valid(struct text value)
{
    static const char dashes[] = {2, 35, 52};
    if (value.is != GIVEN || value.len != TRACEPARENT_LEN || strncmp(value.s, "00-", 3) != 0)
        return false;
    for (size_t i = 0; i < value.len; i++) {
        bool dash = memchr(dashes, (int)i, sizeof dashes) != NULL;
        bool hex = strchr("0123456789abcdef", value.s[i]) != NULL;
        if (dash ? value.s[i] != '-' : !hex)
            return false;
    }
    return strncmp(value.s + 3, "00000000000000000000000000000000", 32) != 0 &&
           strncmp(value.s + 36, "0000000000000000", 16) != 0;
}

static bool request_id_valid(struct text value)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    return value.is == GIVEN && value.len >= REQUEST_ID_MIN && value.len <= REQUEST_ID_MAX &&
           strspn(value.s, allowed) == value.len;
}

static void name_request(struct request *request, struct arena *arena)
{
    struct text parent = request_header(request, "traceparent");
    struct text client_id = request_header(request, "X-Request-Id");
    char id[33], span[17];
    new_hex(id, 16);
    new_hex(span, 8);
    if (traceparent_valid(parent)) {
        request->id = arena_copy(arena, parent.s + 3, 32);
        request->traceparent = arena_format(arena, "00-%s-%s-%s", request->id, span, parent.s + 53);
    } else if (request_id_valid(client_id)) {
        request->id = arena_copy(arena, client_id.s, client_id.len);
    } else {
        request->id = arena_string(arena, id);
    }
}

enum outcome request_parse(const struct http_request *http, struct arena *arena,
                           struct error *error, struct request *ret_request)
{
    ret_request->http = http;
    name_request(ret_request, arena);
    enum outcome framing = check_framing(ret_request, error);
    enum outcome outcome = parse_target(ret_request, arena, error);
    if (framing != DONE)
        return framing;
    return outcome == DONE ? check_headers(ret_request, error) : outcome;
}
