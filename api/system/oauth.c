#include "api/system/oauth.h"

#include "api/contract/form.h"
#include "api/now.h"
#include "api/service.h"
#include "api/settings.h"
#include "operations.h"

#include <inttypes.h>
#include <openssl/evp.h>

enum { CREDENTIALS_MAX = 1000 };

struct credentials {
    struct text id;
    struct text secret;
};

static bool read_basic(struct call *call, struct text header, struct credentials *ret)
{
    unsigned char plain[CREDENTIALS_MAX];
    if (header.is != GIVEN || strncasecmp(header.s, "Basic ", 6) != 0)
        return false;
    const char *encoded = header.s + 6;
    size_t len = strlen(encoded);
    if (len == 0 || len % 4 != 0 || len / 4 * 3 > sizeof plain)
        return false;
    int decoded = EVP_DecodeBlock(plain, (const unsigned char *)encoded, (int)len);
    if (decoded <= 0)
        return false;
    size_t plain_len = (size_t)decoded - (encoded[len - 1] == '=') - (encoded[len - 2] == '=');
    const char *colon = memchr(plain, ':', plain_len);
    if (!colon)
        return false;
    size_t id_len = (size_t)(colon - (const char *)plain);
    /* Each half is form-encoded (RFC 6749 2.3.1). */
    return percent_decode((const char *)plain, id_len, PERCENT_FORM, call->arena, &ret->id) &&
           percent_decode(colon + 1, plain_len - id_len - 1, PERCENT_FORM, call->arena,
                          &ret->secret);
}

enum outcome create_token(struct call *call, const struct token_request *in)
{
    struct credentials credentials;
    struct client_token token;
    if (!text_is(in->grant_type, "client_credentials"))
        return error_refuse(call->error, MALFORMED, "unsupported_grant_type", NULL);
    if (!read_basic(call, in->authorization, &credentials))
        return error_refuse(call->error, UNAUTHENTICATED, "invalid_client", NULL);
    enum outcome outcome = auth_client_token(
        call->service->auth, credentials.id.s, credentials.secret.s,
        in->scope.is == GIVEN ? in->scope.s : "", now_real(), call->arena, call->error, &token);
    if (outcome != DONE)
        return outcome;
    const char *json = arena_format(
        call->arena,
        "{\"access_token\":\"%s\",\"token_type\":\"Bearer\",\"expires_in\":%" PRId64
        ",\"scope\":\"%s\"}",
        token.token, token.expires_in_s, token.scope);
    return call_answer_json(call, json, strlen(json));
}

enum outcome get_jwks(struct call *call)
{
    const char *json = auth_jwks(call->service->auth, call->arena);
    return call_answer_json(call, json, strlen(json));
}

/* A JSON array of the words of a space separated list. */
static const char *json_words(struct arena *arena, const char *words)
{
    struct buffer out;
    buffer_init(&out, arena, 256);
    buffer_add_char(&out, '[');
    while (*words) {
        size_t len = strcspn(words, " ");
        if (out.len > 1)
            buffer_add_char(&out, ',');
        buffer_add_json_string(&out, words, len);
        words += len;
        words += strspn(words, " ");
    }
    buffer_add_char(&out, ']');
    return out.data;
}

enum outcome get_authorization_server(struct call *call)
{
    const char *issuer = call->service->settings->issuer;
    const char *json = arena_format(
        call->arena,
        "{\"issuer\":\"%s\",\"token_endpoint\":\"%s/oauth/token\","
        "\"jwks_uri\":\"%s/.well-known/jwks.json\","
        "\"grant_types_supported\":[\"client_credentials\"],\"response_types_supported\":[],"
        "\"token_endpoint_auth_methods_supported\":[\"client_secret_basic\"],"
        "\"scopes_supported\":%s}",
        issuer, issuer, issuer, json_words(call->arena, auth_all_scopes(call->arena)));
    return call_answer_json(call, json, strlen(json));
}
