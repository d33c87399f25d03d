#include "api/http/perform.h"

#include "api/http/answer.h"
#include "api/http/file.h"
#include "api/http/gate.h"
#include "api/http/idempotency.h"
#include "api/http/list.h"
#include "domain/base/log.h"

/* Bytes to begin with, enough for most answers; more is found by doubling. */
enum { ATTEMPTS_MAX = 4, ITEM_BODY = 4096, LIST_BODY = 65536 };

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
        answer_etag_matches(passage_header(passage, "If-None-Match"), etag)) {
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
    buffer_init(&body, passage->arena, passage->op->answer == ANSWER_LIST ? LIST_BODY : ITEM_BODY);
    response->status = call->status ? call->status : passage->op->status;
    if (passage->op->answer == ANSWER_EMPTY) {
        describe(passage, NULL);
        return DONE;
    }
    if (passage->op->answer_types)
        return file_answer(call, &passage->request, response);
    if (passage->op->answer == ANSWER_RAW) {
        response->body = call->raw;
        response->body_len = call->raw_len;
        response_header(response, "Content-Type", call->media_type);
        return DONE;
    }
    if (passage->op->answer == ANSWER_LIST && !passage->op->handler)
        outcome = list_page(call, &passage->request, passage->input, &body);
    else
        outcome = answer_item(call, answer_selection(&passage->request), &body);
    if (outcome != DONE)
        return outcome;
    response->body = body.data;
    response->body_len = body.len;
    describe(passage, media_types[MEDIA_JSON]);
    if (response->status == 503) /* readiness: an answer, and yet a refusal */
        response_header(response, "Retry-After", "1");
    if (passage->op->location)
        response_header(response, "Location", location_of(call));
    if (passage->op->answer == ANSWER_ITEM)
        put_etag(passage, &body);
    return DONE;
}

/* Whether a file is of a media type that its contract names. */
static bool is_named(const struct operation *op, const char *media_type)
{
    size_t len = media_type ? strcspn(media_type, "; ") : 0;
    for (size_t i = 0; op->answer_types[i]; i++)
        if (strlen(op->answer_types[i]) == len &&
            strncmp(op->answer_types[i], media_type, len) == 0)
            return true;
    return false;
}

/* A handler that forgets what its contract promises is our fault, not the client's. */
static enum outcome check_promises(const struct passage *passage, struct error *error)
{
    const struct call *call = &passage->call;
    const struct operation *op = passage->op;
    bool unchecked = op->if_match && !call->version_checked;
    bool unrecorded = op->writes && !op->unlogged && call->events == 0;
    bool unnamed = op->answer_types && !is_named(op, call->media_type);
    if (!unchecked && !unrecorded && !unnamed)
        return DONE;
    log_write(LOG_ERRORS, "broken_promise", "%s: %s", op->id,
              unchecked    ? "If-Match was not compared"
              : unrecorded ? "no event was recorded"
                           : "its media type is not in the contract");
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
        outcome = answer_expected_version(passage_header(passage, "If-Match"), &passage->error,
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

static enum outcome run_operation(struct passage *passage)
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
            outcome = gate_refresh(passage);
            if (outcome != DONE)
                break;
        }
    }
    return outcome;
}

/* libmicrohttpd would end the chunks of a stream whose body it does not send. */
static void close_stream(struct http_response *response)
{
    response->stream->done(response->stream->context);
    response->stream = NULL;
}

/* The same bounded tries as any operation has; only the first rows are fetched here. */
static enum outcome open_export(struct passage *passage)
{
    enum outcome outcome = DONE;
    for (int i = 0; i < ATTEMPTS_MAX; i++) {
        struct export_failure failure = {0};
        reset_call(passage);
        outcome = list_export(&passage->call, &passage->request, passage->input, passage->media,
                              passage->response, &failure);
        if (outcome == DONE || !failure.retryable || i == ATTEMPTS_MAX - 1)
            break;
        error_init(&passage->error, passage->arena);
        if (failure.stale && (outcome = gate_refresh(passage)) != DONE)
            break;
    }
    return outcome;
}

static enum outcome run_export(struct passage *passage)
{
    enum outcome outcome = open_export(passage);
    if (outcome != DONE)
        return outcome;
    passage->response->status = 200;
    describe(passage, media_types[passage->media]);
    if (passage->media != MEDIA_NDJSON)
        response_header(passage->response, "Content-Disposition",
                        arena_format(passage->arena, "attachment; filename=\"%s.%s\"",
                                     passage->op->id,
                                     passage->media == MEDIA_XLSX ? "xlsx" : "csv"));
    if (strcmp(passage->request.http->method, "HEAD") == 0)
        close_stream(passage->response);
    return DONE;
}

enum outcome perform(struct passage *passage)
{
    bool export = passage->op->answer == ANSWER_LIST && passage->media != MEDIA_JSON;
    return export ? run_export(passage) : run_operation(passage);
}
