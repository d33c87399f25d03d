#include "api/http/problem.h"

#include "api/http/negotiate.h"

#include <stdio.h>

/* The error law: what an outcome means on the wire when its code says nothing else. */
static const int outcome_status[] = {
    [MALFORMED] = 400,   [UNAUTHENTICATED] = 401, [FORBIDDEN] = 403, [NOT_FOUND] = 404,
    [CONFLICT] = 409,    [STALE] = 412,           [INVALID] = 422,   [UNCONDITIONAL] = 428,
    [UNAVAILABLE] = 503, [INTERNAL] = 500,
};

static int status_of(const struct error *error)
{
    const struct message *message = message_find(error->code);
    return message && message->status ? message->status : outcome_status[error->outcome];
}

static const char *argument(const struct error *error, const char *name, size_t len)
{
    for (size_t i = 0; i < error->arg_count; i++)
        if (strlen(error->args[i].name) == len && strncmp(error->args[i].name, name, len) == 0)
            return error->args[i].value;
    return NULL;
}

/* Fills {name} from the error's arguments; a name without one stays as it stands. */
static const char *interpolate(const struct error *error, const char *text, struct arena *arena)
{
    struct buffer out;
    buffer_init(&out, arena, 128);
    while (*text) {
        size_t plain = strcspn(text, "{");
        buffer_add(&out, text, plain);
        text += plain;
        const char *close = *text ? strchr(text, '}') : NULL;
        if (!close)
            break;
        const char *value = argument(error, text + 1, (size_t)(close - text - 1));
        if (value)
            buffer_add_string(&out, value);
        else
            buffer_add(&out, text, (size_t)(close - text + 1));
        text = close + 1;
    }
    buffer_add_string(&out, text);
    return out.data ? out.data : "";
}

static void add_member(struct buffer *out, const char *name, const char *value)
{
    if (!value)
        return;
    if (out->len > 1)
        buffer_add_char(out, ',');
    buffer_add_json_string(out, name, strlen(name));
    buffer_add_char(out, ':');
    buffer_add_json_string(out, value, strlen(value));
}

static void add_faults(struct buffer *out, const struct error *error, enum language language)
{
    if (error->fault_count == 0)
        return;
    buffer_add_string(out, ",\"errors\":[");
    for (size_t i = 0; i < error->fault_count; i++) {
        const struct fault *fault = &error->faults[i];
        const struct message *message = message_find(fault->code);
        const char *detail = message ? message->detail[language] : fault->code;
        buffer_add_string(out, i ? ",{\"pointer\":" : "{\"pointer\":");
        buffer_add_json_string(out, fault->pointer, strlen(fault->pointer));
        add_member(out, "code", fault->code);
        struct error expected = *error; /* a fault's words may use the refusal's arguments */
        if (fault->expected && expected.arg_count < ERROR_ARGS_MAX)
            expected.args[expected.arg_count++] = (struct error_arg){"expected", fault->expected};
        add_member(out, "detail", interpolate(&expected, detail, out->arena));
        add_member(out, "expected", fault->expected);
        buffer_add_char(out, '}');
    }
    buffer_add_char(out, ']');
    if (error->faults_omitted) {
        buffer_add_string(out, ",\"errors_omitted\":");
        buffer_add_int(out, (int64_t)error->faults_omitted);
    }
}

static void add_transition(struct buffer *out, const struct error *error)
{
    if (!error->transition)
        return;
    add_member(out, "from", error->from);
    add_member(out, "action", error->action);
    buffer_add_string(out, ",\"allowed_actions\":[");
    for (size_t i = 0; i < error->allowed_count; i++) {
        if (i)
            buffer_add_char(out, ',');
        buffer_add_json_string(out, error->allowed[i], strlen(error->allowed[i]));
    }
    buffer_add_char(out, ']');
}

static void add_headers(const struct error *error, int status, struct arena *arena,
                        struct http_response *response)
{
    if (error->retry_after_s > 0)
        response_header(response, "Retry-After", arena_format(arena, "%d", error->retry_after_s));
    if (strcmp(error->code, "invalid_client") == 0)
        response_header(response, "WWW-Authenticate", "Basic realm=\"loft\", charset=\"UTF-8\"");
    else if (strcmp(error->code, "token_missing") == 0)
        response_header(response, "WWW-Authenticate", "Bearer realm=\"loft\"");
    else if (status == 401)
        response_header(response, "WWW-Authenticate",
                        "Bearer realm=\"loft\", error=\"invalid_token\"");
    else if (strcmp(error->code, "insufficient_scope") == 0)
        response_header(
            response, "WWW-Authenticate",
            arena_format(arena,
                         "Bearer realm=\"loft\", error=\"insufficient_scope\", "
                         "scope=\"%s\"",
                         argument(error, "scope", 5) ? argument(error, "scope", 5) : ""));
}

/* RFC 6749 knows a handful of codes; everything else of a token request is invalid_request. */
static const char *oauth_code(const char *code)
{
    static const char *const known[] = {"invalid_client", "invalid_scope", "unsupported_grant_type",
                                        NULL};
    for (size_t i = 0; known[i]; i++)
        if (strcmp(known[i], code) == 0)
            return known[i];
    return "invalid_request";
}

static void write_oauth(struct buffer *out, const struct error *error, const char *detail)
{
    buffer_add_char(out, '{');
    add_member(out, "error", oauth_code(error->code));
    char *allowed = arena_string(out->arena, detail ? detail : error->code);
    for (char *c = allowed; *c; c++)
        if (*c == '"' || *c == '\\')
            *c = '\''; /* not among its characters */
    add_member(out, "error_description", allowed);
    buffer_add_char(out, '}');
}

void problem_write(const struct error *error, const struct problem_context *context,
                   struct arena *arena, struct http_response *response)
{
    const struct message *message = message_find(error->code);
    int status = status_of(error);
    if (context->oauth && status == 422)
        status = 400; /* RFC 6749 5.2 knows no other */
    bool oauth = context->oauth && (status == 400 || status == 401);
    enum language language = oauth ? LANGUAGE_EN
                                   : context->language; /* which is ASCII, as it says */
    const char *title = message ? message->title[language] : error->code;
    const char *detail = message ? message->detail[language] : NULL;
    if (detail)
        detail = interpolate(error, detail, arena);
    struct buffer out;
    buffer_init(&out, arena, 512);
    if (oauth) {
        write_oauth(&out, error, detail);
    } else {
        buffer_add_char(&out, '{');
        add_member(&out, "type", arena_format(arena, "/problems/%s", error->code));
        add_member(&out, "title", title);
        buffer_add_string(&out, ",\"status\":");
        buffer_add_int(&out, status);
        add_member(&out, "detail", detail);
        add_member(&out, "instance", context->instance);
        add_member(&out, "code", error->code);
        add_member(&out, "rule", error->rule);
        add_member(&out, "request_id", context->request_id);
        add_transition(&out, error);
        add_faults(&out, error, language);
        buffer_add_char(&out, '}');
    }
    response->status = status;
    response->body = out.data;
    response->body_len = out.len;
    response->stream = NULL;
    response_header(response, "Content-Language", language_tags[language]);
    response_header(response, "Content-Type",
                    oauth ? "application/json" : "application/problem+json");
    add_headers(error, status, arena, response);
}
