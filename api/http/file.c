#include "api/http/file.h"

#include "api/digest.h"
#include "api/http/answer.h"
#include "api/http/disposition.h"
#include "api/http/range.h"

/* GET alone has parts (RFC 9110 14.2), and only of what the client holds already (If-Range). */
static enum range_asked asked(const struct call *call, const struct request *request,
                              const char *etag, struct range *ret_range)
{
    struct text condition = request_header(request, "If-Range");
    if (strcmp(request->http->method, "GET") != 0 ||
        (condition.is == GIVEN && !text_is(condition, etag)))
        return RANGE_WHOLE;
    return range_read(request_header(request, "Range"), call->raw_len, ret_range);
}

static void put_part(const struct call *call, const struct range *range,
                     struct http_response *response)
{
    response->status = 206;
    response->body = call->raw + range->first;
    response->body_len = range->len;
    response_header(response, "Content-Range",
                    arena_format(call->arena, "bytes %zu-%zu/%zu", range->first,
                                 range->first + range->len - 1, call->raw_len));
}

enum outcome file_answer(const struct call *call, const struct request *request,
                         struct http_response *response)
{
    struct range range = {0};
    const char *tag = call->tag ? call->tag : sha256_hex(call->arena, call->raw, call->raw_len);
    const char *etag = arena_format(call->arena, "\"%s\"", tag);
    if (answer_etag_matches(request_header(request, "If-None-Match"), etag)) {
        response->status = 304;
        response_header(response, "ETag", etag);
        return DONE;
    }
    enum range_asked part = asked(call, request, etag, &range);
    if (part == RANGE_UNSATISFIABLE) {
        response_header(response, "Content-Range",
                        arena_format(call->arena, "bytes */%zu", call->raw_len));
        error_arg_int(call->error, "length", (int64_t)call->raw_len);
        return error_refuse(call->error, MALFORMED, "range_not_satisfiable", NULL);
    }
    response->body = call->raw;
    response->body_len = call->raw_len;
    if (part == RANGE_PART)
        put_part(call, &range, response);
    response_header(response, "ETag", etag);
    response_header(response, "Accept-Ranges", "bytes");
    response_header(response, "Content-Type", call->media_type);
    response_header(response, "Content-Disposition",
                    disposition_of(call->arena, call->file_name, call->in_place));
    return DONE;
}
