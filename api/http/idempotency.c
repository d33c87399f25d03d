#include "api/http/idempotency.h"

#include "api/digest.h"
#include "api/http/answer.h"
#include "storage/statements.h"

#include <jansson.h>

struct stored {
    struct text principal;
    struct text key;
    struct text request_hash;
    struct text operation;
    struct integer status;
    struct json_text headers;
    struct text body;
};
SHAPE(stored_shape, struct stored, FIELD(struct stored, principal), FIELD(struct stored, key),
      FIELD(struct stored, request_hash), FIELD(struct stored, operation),
      FIELD(struct stored, status), FIELD(struct stored, headers), FIELD(struct stored, body));

struct found {
    bool taken;
    struct text request_hash;
    struct integer status;
    struct json_text headers;
    struct text body;
};
SHAPE(found_shape, struct found, FIELD(struct found, taken), FIELD(struct found, request_hash),
      FIELD(struct found, status), FIELD(struct found, headers), FIELD(struct found, body));

/* The headers of an answer that a replay needs. */
static const char *const kept_headers[] = {"Content-Type", "Content-Language", "Location", "ETag"};

/* Everything that makes two requests the same: operation, target, body, what the caller may see. */
static const char *request_hash(const struct call *call, const struct request *request)
{
    struct buffer all;
    buffer_init(&all, call->arena, 512);
    buffer_add_string(&all, call->operation->id);
    buffer_add_char(&all, '\n');
    buffer_add_string(&all, request->http->target);
    buffer_add_char(&all, '\n');
    buffer_add_string(&all, call->principal->scopes_setting);
    buffer_add_char(&all, '\n');
    if (call->operation->body == BODY_RAW &&
        request->http->body_len > 0) { /* the same bytes may be two things */
        buffer_add_string(&all, request_header(request, "Content-Type").s);
        buffer_add_char(&all, '\n');
    }
    buffer_add_string(&all, sha256_hex(call->arena, request->http->body, request->http->body_len));
    return sha256_hex(call->arena, all.data, all.len);
}

static const char *principal_key(const struct call *call)
{
    const struct principal *principal = call->principal;
    if (principal->kind == PRINCIPAL_ANONYMOUS)
        return "anonymous";
    return arena_format(call->arena, "%s:%s",
                        principal->kind == PRINCIPAL_CLIENT ? "client" : "user", principal->id);
}

static struct stored key_of(struct call *call, const struct request *request)
{
    if (!call->request_hash)
        call->request_hash = request_hash(call, request);
    return (struct stored){
        .principal = text_of(principal_key(call)),
        .key = request_header(request, "Idempotency-Key"),
        .request_hash = text_of(call->request_hash),
        .operation = text_of(call->operation->id),
    };
}

static enum outcome replay(struct call *call, const struct found *found,
                           struct http_response *response)
{
    response->status = (int)found->status.v;
    response->body = found->body.s;
    response->body_len = found->body.len;
    response_header(response, "Idempotency-Replayed", "true");
    json_t *headers = json_loads(found->headers.s ? found->headers.s : "{}", 0, NULL);
    const char *name;
    json_t *value;
    json_object_foreach(headers, name, value)
        response_header(response, arena_string(call->arena, name),
                        arena_string(call->arena, json_string_value(value)));
    json_decref(headers);
    return DONE;
}

static bool key_valid(struct text key)
{
    if (key.len < 1 || key.len > IDEMPOTENCY_KEY_MAX)
        return false;
    for (size_t i = 0; i < key.len; i++)
        if (key.s[i] <= ' ' || key.s[i] == ',' || key.s[i] == 127)
            return false;
    return true;
}

enum outcome idempotency_begin(struct call *call, const struct request *request,
                               struct http_response *response, bool *ret_replayed)
{
    struct stored stored = key_of(call, request);
    struct found found = {0};
    *ret_replayed = false;
    if (stored.key.is != GIVEN)
        return call->operation->idempotency_required
                   ? error_refuse(call->error, MALFORMED, "idempotency_key_required", NULL)
                   : DONE;
    if (!key_valid(stored.key)) {
        error_fault(call->error, "header:Idempotency-Key", "invalid_format",
                    "1 to 128 visible ASCII characters without a comma");
        return error_refuse(call->error, MALFORMED, "invalid_parameter", NULL);
    }
    enum outcome outcome = tx_load(call->tx, &sql_idempotency_find,
                                   SOURCES({&stored_shape, &stored}), &found_shape, &found);
    if (outcome != DONE)
        return outcome;
    if (!found.taken) {
        call->error->retry_after_s = 1;
        return error_refuse(call->error, CONFLICT, "idempotency_in_progress", NULL);
    }
    if (found.status.is != GIVEN)
        return DONE;
    if (!text_equals(found.request_hash, stored.request_hash))
        return error_refuse(call->error, INVALID, "idempotency_key_reused", NULL);
    *ret_replayed = true;
    return replay(call, &found, response);
}

static const char *headers_json(struct call *call, const struct http_response *response)
{
    struct buffer out;
    buffer_init(&out, call->arena, 256);
    buffer_add_char(&out, '{');
    for (size_t i = 0; i < response->header_count; i++)
        for (size_t k = 0; k < sizeof kept_headers / sizeof kept_headers[0]; k++) {
            if (strcmp(response->headers[i].name, kept_headers[k]) != 0)
                continue;
            if (out.len > 1)
                buffer_add_char(&out, ',');
            buffer_add_json_string(&out, kept_headers[k], strlen(kept_headers[k]));
            buffer_add_char(&out, ':');
            buffer_add_json_string(&out, response->headers[i].value,
                                   strlen(response->headers[i].value));
        }
    buffer_add_char(&out, '}');
    return out.data;
}

/* The body as it may lie in the database: a secret that is shown once is null in it. */
static enum outcome kept_body(const struct call *call, const struct http_response *response,
                              struct text *ret_body)
{
    struct call without = *call;
    struct buffer body;
    *ret_body = (struct text){
        .is = GIVEN, .s = response->body ? response->body : "", .len = response->body_len};
    if (!call->operation->once)
        return DONE;
    without.secret = (struct text){.is = ABSENT};
    buffer_init(&body, call->arena, response->body_len + 1);
    enum outcome outcome = answer_item(&without, (struct selection){0}, &body);
    *ret_body = (struct text){.is = GIVEN, .s = body.data, .len = body.len};
    return outcome;
}

enum outcome idempotency_store(struct call *call, const struct request *request,
                               const struct http_response *response)
{
    struct stored stored = key_of(call, request);
    const char *headers = headers_json(call, response);
    if (stored.key.is != GIVEN)
        return DONE;
    stored.status = integer_of(response->status);
    stored.headers = (struct json_text){.is = GIVEN, .s = headers, .len = strlen(headers)};
    enum outcome outcome = kept_body(call, response, &stored.body);
    if (outcome != DONE)
        return outcome;
    return tx_execute(call->tx, &sql_idempotency_store, SOURCES({&stored_shape, &stored}), NULL);
}
