#include "api/http/dispatch.h"

#include "api/http/access_log.h"
#include "api/http/answer.h"
#include "api/http/cors.h"
#include "api/http/idempotency.h"
#include "api/http/limiter.h"
#include "api/http/list.h"
#include "api/http/metrics.h"
#include "api/http/negotiate.h"
#include "api/http/problem.h"
#include "api/http/request.h"
#include "api/settings.h"
#include "domain/base/clock.h"
#include "domain/base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ATTEMPTS_MAX = 4, BEARER_MAX = 8192 };

/* One request on its way down. */
struct passage {
    struct service *service;
    struct request request;
    struct http_response *response;
    struct arena *arena;
    struct error error;
    const struct route *route;
    struct text path_params[HTTP_SEGMENTS_MAX];
    const struct operation *op;
    const struct principal *principal;
    enum language language;
    enum media media;
    bool dry_run;
    bool answered; /* before the use case: preflight, replay */
    int64_t real_now;
    struct call call;
    void *input;
};

typedef enum outcome step(struct passage *passage);

void response_header(struct http_response *response, const char *name, const char *value)
{
    for (size_t i = 0; i < response->header_count; i++)
        if (strcasecmp(response->headers[i].name, name) == 0) {
            response->headers[i].value = value;
            return;
        }
    if (response->header_count == HTTP_RESPONSE_HEADERS_MAX)
        abort();
    response->headers[response->header_count++] = (struct http_header){name, value};
}

static int64_t clock_us(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static struct text header(const struct passage *passage, const char *name)
{
    return request_header(&passage->request, name);
}

/* ---- 1 and 2 ---------------------------------------------------------------------------------- */

static enum outcome check_size(struct passage *passage)
{
    if (passage->request.http->body_len <= HTTP_BODY_MAX)
        return DONE;
    error_arg_int(&passage->error, "limit", HTTP_BODY_MAX);
    return error_refuse(&passage->error, MALFORMED, "content_too_large", NULL);
}

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
    /* The operations listener shows health and metrics, never data. */
    if (request->http->operations && !passage->op->detached)
        return error_refuse(&passage->error, NOT_FOUND, "not_found", NULL);
    return DONE;
}

/* ---- 3, 4 and 5 ------------------------------------------------------------------------------- */

typedef enum outcome find_principal(struct auth *auth, const char *token, int64_t now,
                                    struct arena *arena, struct error *error,
                                    const struct principal **ret_principal);

static bool demands_token(const struct operation *op)
{
    return op->authenticated || op->permission || op->scope;
}

static enum outcome identify(struct passage *passage, find_principal *find)
{
    struct text value = header(passage, "Authorization");
    passage->principal = &principal_anonymous;
    if (!passage->op->takes_token)
        return DONE;
    if (value.is != GIVEN)
        return demands_token(passage->op)
                   ? error_refuse(&passage->error, UNAUTHENTICATED, "token_missing", NULL)
                   : DONE;
    if (strncasecmp(value.s, "Bearer ", 7) != 0 || value.len > BEARER_MAX)
        return error_refuse(&passage->error, UNAUTHENTICATED, "token_invalid", NULL);
    return find(passage->service->auth, value.s + 7, passage->real_now, passage->arena,
                &passage->error, &passage->principal);
}

/* Behind a trusted proxy the last address that it added is the client's. */
static const char *client_address(const struct passage *passage)
{
    struct text forwarded = header(passage, "X-Forwarded-For");
    if (!passage->service->settings->trust_proxy || forwarded.is != GIVEN)
        return passage->request.http->remote;
    const char *last = strrchr(forwarded.s, ',');
    last = last ? last + 1 : forwarded.s;
    return last + strspn(last, " ");
}

/* Whose bucket: the principal's, or the address's without a principal. */
static const char *rate_key(const struct passage *passage)
{
    static const char *const kinds[] = {[PRINCIPAL_USER] = "user", [PRINCIPAL_CLIENT] = "client"};
    const struct principal *principal = passage->principal;
    if (principal->kind == PRINCIPAL_ANONYMOUS)
        return arena_format(passage->arena, "address:%s", client_address(passage));
    return arena_format(passage->arena, "%s:%s", kinds[principal->kind], principal->subject);
}

static enum outcome limit_rate(struct passage *passage)
{
    const struct settings *settings = passage->service->settings;
    bool anonymous = passage->principal->kind == PRINCIPAL_ANONYMOUS;
    int64_t rate = anonymous ? settings->rate_public_per_minute : settings->rate_per_minute;
    if (rate == 0 || passage->request.http->operations)
        return DONE;
    struct limit_state state;
    bool allowed = limiter_take(passage->service->limiter, rate_key(passage), rate,
                                clock_us(CLOCK_MONOTONIC), &state);
    response_header(
        passage->response, "RateLimit-Policy",
        arena_format(passage->arena, "\"default\";q=%lld;w=60", (long long)state.limit));
    response_header(passage->response, "RateLimit",
                    arena_format(passage->arena, "\"default\";r=%lld;t=%lld",
                                 (long long)state.remaining, (long long)state.reset_s));
    if (allowed)
        return DONE;
    error_init(&passage->error, passage->arena);
    passage->error.retry_after_s = (int)state.retry_s;
    return error_refuse(&passage->error, UNAVAILABLE, "rate_limited", NULL);
}

/* Steps 3 and 4. Guessing tokens is limited by address, as what has no token is. */
static enum outcome authenticate(struct passage *passage)
{
    enum outcome outcome = identify(passage, auth_principal);
    if (outcome != DONE && outcome != UNAUTHENTICATED)
        return outcome;
    enum outcome limited = limit_rate(passage);
    return limited == DONE ? outcome : limited;
}

static enum outcome check_rights(struct passage *passage)
{
    const struct operation *op = passage->op;
    if (!demands_token(op) && passage->principal == &principal_anonymous)
        return DONE;
    if (op->scope && !principal_has_scope(passage->principal, op->scope)) {
        error_arg(&passage->error, "scope", op->scope);
        return error_refuse(&passage->error, FORBIDDEN, "insufficient_scope", NULL);
    }
    if (op->permission && !principal_may(passage->principal, op->permission)) {
        error_arg(&passage->error, "permission", op->permission);
        return error_refuse(&passage->error, FORBIDDEN, "forbidden", NULL);
    }
    return DONE;
}

/* Before anybody is refused, their grants are read once more: cached ones may be behind. */
static enum outcome permit(struct passage *passage)
{
    if (check_rights(passage) == DONE)
        return DONE;
    error_init(&passage->error, passage->arena);
    enum outcome outcome = identify(passage, auth_principal_now);
    return outcome == DONE ? check_rights(passage) : outcome;
}

/* ---- 6 and 7 ---------------------------------------------------------------------------------- */

static enum outcome check_content_type(struct passage *passage)
{
    static const char *const media[] = {
        [BODY_JSON] = "application/json",
        [BODY_MERGE_PATCH] = "application/merge-patch+json",
        [BODY_FORM] = "application/x-www-form-urlencoded",
    };
    const struct operation *op = passage->op;
    if (passage->request.http->body_len == 0)
        return DONE; /* a missing required body is a fault of the decoder */
    if (op->body == BODY_NONE)
        return error_refuse(&passage->error, MALFORMED, "unexpected_body", NULL);
    if (content_type_is(header(passage, "Content-Type"), media[op->body]))
        return DONE;
    error_arg(&passage->error, "accepted", media[op->body]);
    response_header(passage->response,
                    op->body == BODY_MERGE_PATCH ? "Accept-Patch" : "Accept-Post", media[op->body]);
    return error_refuse(&passage->error, MALFORMED, "unsupported_media_type", NULL);
}

static enum outcome negotiate(struct passage *passage)
{
    const struct operation *op = passage->op;
    bool list = op->answer == ANSWER_LIST;
    if (op->answer != ANSWER_RAW &&
        !negotiate_media(header(passage, "Accept"), list, &passage->media)) {
        error_arg(&passage->error, "offered",
                  list ? "application/json, text/csv, text/csv;excel=no, application/x-ndjson"
                       : "application/json");
        return error_refuse(&passage->error, MALFORMED, "not_acceptable", NULL);
    }
    passage->dry_run = op->dry_run && negotiate_dry_run(header(passage, "Prefer"));
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
    };
    passage->input = arena_alloc(passage->arena, op->input_shape ? op->input_shape->size : 1);
    return contract_decode(op, &raw, passage->arena, &passage->error, passage->input);
}

/* The business clock: real time, or what a sandbox says for this request. */
static enum outcome read_clock(struct passage *passage)
{
    struct text value = header(passage, "X-Loft-Now");
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

/* ---- 8 to 12 ---------------------------------------------------------------------------------- */

static const char *location_of(const struct call *call)
{
    const char *template = call->operation->location;
    const char *brace = strchr(template, '{');
    if (!brace || !call->created_id)
        return template;
    return arena_format(call->arena, "%.*s%s%s", (int)(brace - template), template,
                        call->created_id, strchr(brace, '}') + 1);
}

/* `media_type` is NULL when there is no body. */
static void describe(struct passage *passage, const char *media_type)
{
    struct http_response *response = passage->response;
    if (media_type)
        response_header(response, "Content-Type", media_type);
    response_header(response, "Content-Language", language_tags[passage->language]);
    if (passage->dry_run)
        response_header(response, "Preference-Applied", "tx=rollback");
}

/* 304 when the client has these very bytes. */
static void put_etag(struct passage *passage, const struct buffer *body)
{
    const char *etag = answer_etag(&passage->call, body);
    if (!etag)
        return;
    response_header(passage->response, "ETag", etag);
    if (passage->op->method == METHOD_GET &&
        answer_etag_matches(header(passage, "If-None-Match"), etag)) {
        passage->response->status = 304;
        passage->response->body_len = 0;
    }
}

static enum outcome encode(struct passage *passage)
{
    struct call *call = &passage->call;
    struct http_response *response = passage->response;
    struct buffer body;
    enum outcome outcome = DONE;
    buffer_init(&body, passage->arena, 4096);
    response->status = call->status ? call->status : passage->op->status;
    if (passage->op->answer == ANSWER_EMPTY) {
        describe(passage, NULL);
        return DONE;
    }
    if (passage->op->answer == ANSWER_RAW) {
        response->body = call->raw;
        response->body_len = call->raw_len;
        response_header(response, "Content-Type", call->media_type);
        return DONE;
    }
    if (passage->op->answer == ANSWER_LIST && !passage->op->handler)
        outcome = list_page(call, &passage->request, passage->input, &body);
    else
        outcome = answer_item(call, request_query(&passage->request, "fields"), &body);
    if (outcome != DONE)
        return outcome;
    response->body = body.data;
    response->body_len = body.len;
    describe(passage, media_types[MEDIA_JSON]);
    if (passage->op->location)
        response_header(response, "Location", location_of(call));
    if (passage->op->answer == ANSWER_ITEM)
        put_etag(passage, &body);
    return DONE;
}

/* A handler that forgets what its contract promises is our fault, not the client's. */
static enum outcome check_promises(const struct passage *passage, struct error *error)
{
    const struct call *call = &passage->call;
    const struct operation *op = passage->op;
    bool unchecked = op->if_match && !call->version_checked;
    bool unrecorded = op->writes && !op->unlogged && call->events == 0;
    if (!unchecked && !unrecorded)
        return DONE;
    log_write(LOG_ERRORS, "broken_promise", "%s: %s", op->id,
              unchecked ? "If-Match was not compared" : "no event was recorded");
    return error_refuse(error, INTERNAL, "internal_error", NULL);
}

static enum outcome use(struct passage *passage)
{
    struct call *call = &passage->call;
    const struct operation *op = passage->op;
    if (op->handler) {
        enum outcome outcome = op->handler(call, passage->input);
        return outcome == DONE ? check_promises(passage, &passage->error) : outcome;
    }
    if (op->answer == ANSWER_LIST)
        return DONE; /* encode runs the page */
    return tx_query(call->tx, op->statement, SOURCES({op->input_shape, passage->input}),
                    &call->rows);
}

static enum outcome finish(struct passage *passage)
{
    struct call *call = &passage->call;
    if (!passage->op->writes)
        return DONE; /* nothing to keep */
    if (passage->dry_run)
        return tx_rollback(call->tx);
    if (passage->op->idempotency) {
        enum outcome outcome = idempotency_store(call, &passage->request, passage->response);
        if (outcome != DONE)
            return outcome;
    }
    return tx_commit(call->tx);
}

static enum outcome run_write(struct passage *passage)
{
    enum outcome outcome = DONE;
    bool replayed = false;
    if (passage->op->idempotency && !passage->dry_run)
        outcome = idempotency_begin(&passage->call, &passage->request, passage->response,
                                    &replayed);
    if (outcome != DONE || replayed)
        return outcome;
    if (passage->op->if_match) {
        outcome = answer_expected_version(header(passage, "If-Match"), &passage->error,
                                          &passage->call.expected_version);
        if (outcome != DONE)
            return outcome;
    }
    outcome = use(passage);
    if (passage->dry_run)
        passage->call.secret = (struct text){.is = ABSENT}; /* it would open nothing */
    if (outcome == DONE)
        outcome = encode(passage);
    return outcome == DONE ? finish(passage) : outcome;
}

static enum outcome run_read(struct passage *passage)
{
    enum outcome outcome = use(passage);
    return outcome == DONE ? encode(passage) : outcome;
}

static enum outcome attempt(struct passage *passage)
{
    const struct operation *op = passage->op;
    struct call *call = &passage->call;
    bool single = op->statement && !op->parent &&
                  (op->answer != ANSWER_LIST || list_is_single(&passage->request));
    const struct tx_context context = {.principal = passage->principal,
                                       .now = call->now_text,
                                       .request_id = passage->request.id,
                                       .single = single};
    if (op->detached) {
        enum outcome outcome = op->handler(call, passage->input);
        return outcome == DONE ? encode(passage) : outcome;
    }
    enum outcome outcome = tx_begin(passage->service->storage, &context, passage->arena,
                                    &passage->error, &call->tx);
    if (outcome != DONE)
        return outcome;
    return op->writes ? run_write(passage) : run_read(passage);
}

static void reset_call(struct passage *passage)
{
    struct call *call = &passage->call;
    *call = (struct call){
        .arena = passage->arena,
        .error = &passage->error,
        .principal = passage->principal,
        .operation = passage->op,
        .service = passage->service,
        .now = call->now,
        .now_text = call->now_text,
        .request_id = passage->request.id,
        .language = passage->language,
    };
}

/* Grants that moved are read again; then the caller may not be allowed any more. */
static enum outcome refresh_principal(struct passage *passage)
{
    auth_forget(passage->service->auth, passage->principal);
    enum outcome outcome = identify(passage, auth_principal);
    return outcome == DONE ? permit(passage) : outcome;
}

static enum outcome perform(struct passage *passage)
{
    enum outcome outcome = DONE;
    size_t headers = passage->response->header_count;
    for (int i = 0; i < ATTEMPTS_MAX; i++) {
        reset_call(passage);
        passage->response->header_count = headers;
        outcome = attempt(passage);
        struct tx *tx = passage->call.tx;
        bool stale = tx && tx_grants_stale(tx);
        bool again = outcome != DONE && tx && tx_retryable(tx);
        tx_end(tx);
        if (!again || i == ATTEMPTS_MAX - 1)
            break;
        error_init(&passage->error, passage->arena);
        if (stale) {
            outcome = refresh_principal(passage);
            if (outcome != DONE)
                break;
        }
    }
    return outcome;
}

static enum outcome perform_export(struct passage *passage)
{
    enum outcome outcome = DONE;
    reset_call(passage);
    outcome = list_export(&passage->call, &passage->request, passage->input, passage->media,
                          passage->response);
    if (outcome != DONE)
        return outcome;
    passage->response->status = 200;
    describe(passage, media_types[passage->media]);
    if (passage->media != MEDIA_NDJSON)
        response_header(
            passage->response, "Content-Disposition",
            arena_format(passage->arena, "attachment; filename=\"%s.csv\"", passage->op->id));
    return DONE;
}

static enum outcome serve(struct passage *passage)
{
    bool export = passage->op->answer == ANSWER_LIST && passage->media != MEDIA_JSON;
    return export ? perform_export(passage) : perform(passage);
}

static step *const steps[] = {
    check_size, match, authenticate, permit, negotiate, read_clock, decode, serve,
};

/* ---- the edges -------------------------------------------------------------------------------- */

static void put_common_headers(struct passage *passage)
{
    struct http_response *response = passage->response;
    bool public = passage->principal == &principal_anonymous;
    const char *policy = passage->call.policy ? passage->call.policy
                                              : "default-src 'none'; frame-ancestors 'none'";
    response_header(response, "X-Request-Id", passage->request.id);
    if (passage->request.ambiguous || atomic_load(&passage->service->draining))
        response_header(response, "Connection", "close");
    if (passage->request.traceparent)
        response_header(response, "traceparent", passage->request.traceparent);
    response_header(response, "Vary", "Accept, Accept-Language, Authorization, Origin");
    response_header(response, "Cache-Control", public ? "no-cache" : "private, no-cache");
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
    response_header(passage->response, "Content-Language", language_tags[passage->language]);
}

void dispatch(struct service *service, const struct http_request *http,
              struct http_response *response, struct arena *arena)
{
    int64_t started = clock_us(CLOCK_MONOTONIC);
    struct passage *passage = arena_new(arena, struct passage);
    passage->service = service;
    passage->response = response;
    passage->arena = arena;
    passage->principal = &principal_anonymous;
    passage->real_now = clock_us(CLOCK_REALTIME);
    error_init(&passage->error, arena);

    enum outcome outcome = request_parse(http, arena, &passage->error, &passage->request);
    passage->language = negotiate_language(header(passage, "Accept-Language"));
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
        .duration_us = clock_us(CLOCK_MONOTONIC) - started,
        .bytes = response->body_len,
        .request_id = passage->request.id,
        .subject = passage->principal->subject,
        .code = outcome == DONE ? NULL : passage->error.code,
    };
    metrics_count(service->metrics, passage->op, response->status, entry.duration_us);
    if (service->settings->access_log)
        access_log(&entry, arena);
}
