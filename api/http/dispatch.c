#include "api/http/dispatch.h"

#include "api/http/access_log.h"
#include "api/http/cors.h"
#include "api/http/gate.h"
#include "api/http/metrics.h"
#include "api/http/perform.h"
#include "api/http/problem.h"
#include "api/now.h"
#include "api/settings.h"
#include "domain/base/clock.h"
#include "domain/base/text.h"

enum { DRAFT_ARENA_MAX = 1024 * 1024 };

typedef enum outcome step(struct passage *passage);

/* ---- 1 and 2 ---------------------------------------------------------------------------------- */

static const struct operation *find_method(const struct route *route, const char *name)
{
    if (strcmp(name, "HEAD") == 0)
        name = "GET";
    for (int method = 0; method < METHOD_COUNT; method++)
        if (strcmp(method_names[method], name) == 0)
            return route->by_method[method];
    return NULL;
}

static enum outcome match(struct passage *passage)
{
    const struct request *request = &passage->request;
    passage->route = contract_match(request->segments, request->segment_count,
                                    passage->path_params);
    if (!passage->route)
        return error_refuse(&passage->error, NOT_FOUND, "not_found", NULL);
    if (strcmp(request->http->method, "OPTIONS") == 0) {
        cors_preflight(passage->service->settings->cors_origins, request, passage->route->allow,
                       passage->response);
        passage->answered = true;
        return DONE;
    }
    passage->op = find_method(passage->route, request->http->method);
    if (!passage->op) {
        response_header(passage->response, "Allow", passage->route->allow);
        error_arg(&passage->error, "allow", passage->route->allow);
        return error_refuse(&passage->error, MALFORMED, "method_not_allowed", NULL);
    }
    /* The operations listener has no quotas: nothing there but what monitoring asks. */
    if (request->http->operations && !passage->op->monitoring)
        return error_refuse(&passage->error, NOT_FOUND, "not_found", NULL);
    return DONE;
}

/* ---- 6 and 7 ---------------------------------------------------------------------------------- */

static size_t body_limit(const struct operation *op)
{
    return op->body_max ? op->body_max : HTTP_BODY_MAX;
}

static enum outcome check_size(struct passage *passage)
{
    if (passage->request.http->crowded) {
        passage->error.retry_after_s = 1;
        return error_refuse(&passage->error, UNAVAILABLE, "busy", NULL);
    }
    if (!passage->request.http->cut)
        return DONE;
    error_arg_int(&passage->error, "limit", (int64_t)body_limit(passage->op));
    return error_refuse(&passage->error, MALFORMED, "content_too_large", NULL);
}

static enum outcome check_content_type(struct passage *passage)
{
    const struct operation *op = passage->op;
    if (passage->request.http->body_len == 0)
        return DONE; /* a missing required body is a fault of the decoder */
    if (op->body == BODY_NONE)
        return error_refuse(&passage->error, MALFORMED, "unexpected_body", NULL);
    for (size_t i = 0; op->body_types[i]; i++)
        if (content_type_is(passage_header(passage, "Content-Type"), op->body_types[i])) {
            passage->body_type = op->body_types[i];
            return DONE;
        }
    const char *accepted = text_join(passage->arena, op->body_types);
    error_arg(&passage->error, "accepted", accepted);
    response_header(passage->response,
                    op->body == BODY_MERGE_PATCH ? "Accept-Patch" : "Accept-Post", accepted);
    return error_refuse(&passage->error, MALFORMED, "unsupported_media_type", NULL);
}

static enum outcome negotiate(struct passage *passage)
{
    const struct operation *op = passage->op;
    bool list = op->answer == ANSWER_LIST;
    if (op->answer != ANSWER_RAW &&
        !negotiate_media(passage_header(passage, "Accept"), list, &passage->media)) {
        error_arg(&passage->error, "offered",
                  list ? "application/json, text/csv, text/csv;excel=no, application/x-ndjson, "
                         "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                       : "application/json");
        return error_refuse(&passage->error, MALFORMED, "not_acceptable", NULL);
    }
    passage->dry_run = op->dry_run && negotiate_dry_run(passage_header(passage, "Prefer"));
    return check_content_type(passage);
}

static struct text raw_header(const void *context, const char *name)
{
    return request_header(context, name);
}

static enum outcome decode(struct passage *passage)
{
    const struct operation *op = passage->op;
    const struct raw_input raw = {
        .path_params = passage->path_params,
        .path_param_count = passage->route->segment_count,
        .route = passage->route,
        .query = passage->request.query,
        .query_count = passage->request.query_count,
        .header = raw_header,
        .header_context = &passage->request,
        .body = passage->request.http->body,
        .body_len = passage->request.http->body_len,
        .body_type = passage->body_type,
    };
    passage->input = arena_alloc(passage->arena, op->input_shape ? op->input_shape->size : 1);
    return contract_decode(op, &raw, passage->arena, &passage->error, passage->input);
}

/* The business clock: real time, or what a sandbox says for this request. */
static enum outcome read_clock(struct passage *passage)
{
    struct text value = passage_header(passage, "X-Loft-Now");
    passage->call.now = passage->real_now;
    if (value.is == GIVEN) {
        if (!passage->service->settings->sandbox)
            return error_refuse(&passage->error, MALFORMED, "sandbox_disabled", NULL);
        if (!instant_parse(value.s, value.len, &passage->call.now))
            return error_refuse(&passage->error, MALFORMED, "invalid_now", NULL);
    }
    passage->call.now_text = instant_format(passage->arena, passage->call.now);
    return DONE;
}

static step *const steps[] = {
    match, gate_authenticate, gate_permit, check_size, negotiate, read_clock, decode, perform,
};

/* ---- the edges -------------------------------------------------------------------------------- */

/* Everything may be kept and asked again with its ETag, tokens excepted (RFC 6749 5.1). */
static const char *caching(const struct passage *passage)
{
    if (passage->op && passage->op->body == BODY_FORM)
        return "no-store";
    bool shared = passage->principal == &principal_anonymous && !passage->call.personal;
    return shared ? "no-cache" : "private, no-cache";
}

static void put_common_headers(struct passage *passage)
{
    struct http_response *response = passage->response;
    const char *policy = passage->call.policy ? passage->call.policy
                                              : "default-src 'none'; frame-ancestors 'none'";
    response_header(response, "X-Request-Id", passage->request.id);
    if (passage->request.ambiguous || atomic_load(&passage->service->draining))
        response_header(response, "Connection", "close");
    if (passage->request.traceparent)
        response_header(response, "traceparent", passage->request.traceparent);
    response_header(response, "Vary", "Accept, Accept-Language, Authorization, Origin");
    response_header(response, "Cache-Control", caching(passage));
    response_header(response, "X-Content-Type-Options", "nosniff");
    response_header(response, "Content-Security-Policy", policy);
    cors_headers(passage->service->settings->cors_origins, &passage->request, response);
}

static void refuse(struct passage *passage)
{
    const struct problem_context context = {
        .instance = passage->request.path,
        .request_id = passage->request.id,
        .language = passage->language,
        .oauth = passage->op && passage->op->body == BODY_FORM,
    };
    problem_write(&passage->error, &context, passage->arena, passage->response);
}

static struct passage *begin(struct service *service, struct http_response *response,
                             struct arena *arena)
{
    struct passage *passage = arena_new(arena, struct passage);
    passage->service = service;
    passage->response = response;
    passage->arena = arena;
    passage->principal = &principal_anonymous;
    passage->real_now = now_real();
    error_init(&passage->error, arena);
    return passage;
}

/* Who may not use the operation fills no memory. */
size_t dispatch_body_max(struct service *service, const struct http_request *http)
{
    struct http_response unused = {0};
    struct arena *arena = arena_create(DRAFT_ARENA_MAX);
    if (!arena)
        return HTTP_BODY_MAX;
    struct passage *passage = begin(service, &unused, arena);
    bool known = request_parse(http, arena, &passage->error, &passage->request) == DONE &&
                 match(passage) == DONE && passage->op && passage->op->body_max;
    size_t limit = known && gate_admits(passage) ? passage->op->body_max : HTTP_BODY_MAX;
    arena_destroy(arena);
    return limit;
}

void dispatch(struct service *service, const struct http_request *http,
              struct http_response *response, struct arena *arena)
{
    int64_t started = now_monotonic();
    struct passage *passage = begin(service, response, arena);

    enum outcome outcome = request_parse(http, arena, &passage->error, &passage->request);
    passage->language = negotiate_language(passage_header(passage, "Accept-Language"));
    for (size_t i = 0; outcome == DONE && !passage->answered && i < sizeof steps / sizeof *steps;
         i++)
        outcome = steps[i](passage);
    if (outcome != DONE)
        refuse(passage);
    put_common_headers(passage);

    const struct access entry = {
        .method = http->method,
        .path = passage->op ? passage->op->path : "-",
        .operation = passage->op ? passage->op->id : "-",
        .status = response->status,
        .duration_us = now_monotonic() - started,
        .bytes = response->body_len,
        .request_id = passage->request.id,
        .subject = passage->principal->subject,
        .code = outcome == DONE ? NULL : passage->error.code,
    };
    metrics_count(service->metrics, passage->op, response->status, entry.duration_us);
    if (service->settings->access_log)
        access_log(&entry, arena);
}
