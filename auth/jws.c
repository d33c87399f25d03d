#include "auth/jws.h"

#include <jansson.h>

/* A NumericDate beyond it (the year 36812) is no date, and sums with it would overflow. */
#define NUMERIC_DATE_MAX (INT64_C(1) << 40)

static const char base64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

const char *token_fault_name(enum token_fault fault)
{
    static const char *const names[] = {
        [TOKEN_SOUND] = "sound",         [TOKEN_TOO_LONG] = "too_long",
        [TOKEN_SEGMENTS] = "segments",   [TOKEN_BASE64URL] = "base64url",
        [TOKEN_HEADER] = "header",       [TOKEN_CLAIMS] = "claims",
        [TOKEN_ISSUER] = "issuer",       [TOKEN_ALGORITHM] = "algorithm",
        [TOKEN_TYPE] = "type",           [TOKEN_KEY] = "key",
        [TOKEN_SIGNATURE] = "signature", [TOKEN_AUDIENCE] = "audience",
        [TOKEN_EXPIRED] = "expired",     [TOKEN_NOT_YET] = "not_yet",
    };
    return names[fault];
}

/* 0 .. 63, or -1 for a character outside the alphabet. */
static int base64url_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '-')
        return 62;
    return c == '_' ? 63 : -1;
}

bool base64url_decode(const char *s, size_t len, unsigned char *ret, size_t *ret_len)
{
    uint32_t pending = 0; /* bits not yet written, right-aligned */
    unsigned pending_bits = 0;
    size_t count = 0;

    if (len % 4 == 1)
        return false;
    for (size_t i = 0; i < len; i++) {
        int value = base64url_value(s[i]);
        if (value < 0)
            return false;
        pending = pending << 6 | (uint32_t)value;
        pending_bits += 6;
        if (pending_bits >= 8) {
            pending_bits -= 8;
            ret[count++] = (unsigned char)(pending >> pending_bits);
            pending &= (1u << pending_bits) - 1;
        }
    }
    if (pending != 0)
        return false;
    *ret_len = count;
    return true;
}

void base64url_encode(const unsigned char *bytes, size_t len, char *ret)
{
    for (size_t i = 0; i < len; i += 3) {
        size_t left = len - i;
        uint32_t group = (uint32_t)bytes[i] << 16 | (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                         (left > 2 ? bytes[i + 2] : 0u);
        *ret++ = base64url[group >> 18];
        *ret++ = base64url[group >> 12 & 63];
        if (left > 1)
            *ret++ = base64url[group >> 6 & 63];
        if (left > 2)
            *ret++ = base64url[group & 63];
    }
    *ret = '\0';
}

bool kid_valid(const char *kid, size_t len)
{
    if (len == 0 || len > KID_MAX || kid[0] == '.')
        return false;
    for (size_t i = 0; i < len; i++)
        if (base64url_value(kid[i]) < 0 && kid[i] != '.')
            return false;
    return true;
}

/* ---- members ---- */

static void release_json(json_t **json)
{
    json_decref(*json);
}
#define AUTO_JSON __attribute__((cleanup(release_json))) json_t

/* A decoded segment that is one JSON object, or NULL. jansson refuses NUL, raw and escaped. */
static json_t *read_object(const unsigned char *bytes, size_t len)
{
    json_t *object = json_loadb((const char *)bytes, len, JSON_REJECT_DUPLICATES, NULL);
    if (object && !json_is_object(object)) {
        json_decref(object);
        return NULL;
    }
    return object;
}

/* 1 to `max` bytes without control characters, on the arena; NULL for anything else. */
static const char *read_word(const json_t *value, size_t max, struct arena *arena)
{
    const char *s = json_string_value(value);
    size_t len = json_string_length(value);
    if (!s || len == 0 || len > max)
        return NULL;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f)
            return NULL;
    return arena_copy(arena, s, len);
}

static bool read_claim(const json_t *claims, const char *name, struct arena *arena,
                       const char **ret)
{
    *ret = read_word(json_object_get(claims, name), TOKEN_WORD_MAX, arena);
    return *ret != NULL;
}

static bool read_time(const json_t *claims, const char *name, int64_t *ret)
{
    const json_t *value = json_object_get(claims, name);
    if (!json_is_integer(value))
        return false;
    *ret = json_integer_value(value);
    return *ret >= 0 && *ret <= NUMERIC_DATE_MAX;
}

/* One string or an array of them. */
static bool read_audiences(const json_t *value, struct arena *arena, struct claims *ret)
{
    ret->audience_count = json_is_array(value) ? json_array_size(value) : 1;
    if (ret->audience_count == 0 || ret->audience_count > TOKEN_AUDIENCES_MAX)
        return false;
    for (size_t i = 0; i < ret->audience_count; i++) {
        const json_t *one = json_is_array(value) ? json_array_get(value, i) : value;
        ret->audiences[i] = read_word(one, TOKEN_WORD_MAX, arena);
        if (!ret->audiences[i])
            return false;
    }
    return true;
}

static bool read_scope(const json_t *value, struct arena *arena, const char **ret)
{
    if (!value || (json_is_string(value) && json_string_length(value) == 0)) {
        *ret = "";
        return true;
    }
    *ret = read_word(value, TOKEN_SCOPE_MAX, arena);
    return *ret != NULL;
}

static enum token_fault read_claims(const unsigned char *bytes, size_t len, struct arena *arena,
                                    struct claims *ret)
{
    AUTO_JSON *claims = read_object(bytes, len);
    if (!claims)
        return TOKEN_CLAIMS;
    bool sound = read_claim(claims, "iss", arena, &ret->issuer) &&
                 read_claim(claims, "sub", arena, &ret->subject) &&
                 read_claim(claims, "client_id", arena, &ret->client_id) &&
                 read_claim(claims, "jti", arena, &ret->id) &&
                 read_audiences(json_object_get(claims, "aud"), arena, ret) &&
                 read_scope(json_object_get(claims, "scope"), arena, &ret->scope) &&
                 read_time(claims, "iat", &ret->issued_at) &&
                 read_time(claims, "exp", &ret->expires_at) &&
                 (!json_object_get(claims, "nbf") || read_time(claims, "nbf", &ret->not_before));
    return sound ? TOKEN_SOUND : TOKEN_CLAIMS;
}

static enum token_fault read_header(const unsigned char *bytes, size_t len, struct arena *arena,
                                    struct jws *ret)
{
    AUTO_JSON *header = read_object(bytes, len);
    const char *name;
    json_t *value;

    if (!header)
        return TOKEN_HEADER;
    ret->type = "";
    json_object_foreach(header, name, value)
    {
        const char *word = read_word(value, TOKEN_WORD_MAX, arena);
        if (!word)
            return TOKEN_HEADER;
        if (strcmp(name, "alg") == 0)
            ret->algorithm = word;
        else if (strcmp(name, "kid") == 0)
            ret->kid = word;
        else if (strcmp(name, "typ") == 0)
            ret->type = word;
        else
            return TOKEN_HEADER;
    }
    if (!ret->algorithm || !ret->kid || !kid_valid(ret->kid, strlen(ret->kid)))
        return TOKEN_HEADER;
    return TOKEN_SOUND;
}

/* ---- segments ---- */

struct segment {
    unsigned char *bytes;
    size_t len;
};

/* The segment that begins at `*at` and ends before `end`; moves `*at` behind it. */
static enum token_fault read_segment(const char **at, char end, struct arena *arena,
                                     struct segment *ret)
{
    size_t len = strcspn(*at, ".");
    if (len == 0 || (*at)[len] != end)
        return TOKEN_SEGMENTS;
    ret->bytes = arena_alloc(arena, len / 4 * 3 + 2);
    if (!base64url_decode(*at, len, ret->bytes, &ret->len))
        return TOKEN_BASE64URL;
    *at += len + (end != '\0');
    return TOKEN_SOUND;
}

enum token_fault jws_read(const char *token, struct arena *arena, struct jws *ret)
{
    struct segment header, claims, signature;
    struct jws jws = {.kid = NULL};
    const char *at = token;
    enum token_fault fault;

    if (strnlen(token, TOKEN_MAX + 1) > TOKEN_MAX)
        return TOKEN_TOO_LONG;
    if ((fault = read_segment(&at, '.', arena, &header)) != TOKEN_SOUND ||
        (fault = read_segment(&at, '.', arena, &claims)) != TOKEN_SOUND ||
        (fault = read_segment(&at, '\0', arena, &signature)) != TOKEN_SOUND)
        return fault;
    if (header.len > TOKEN_HEADER_MAX)
        return TOKEN_HEADER;
    if ((fault = read_header(header.bytes, header.len, arena, &jws)) != TOKEN_SOUND ||
        (fault = read_claims(claims.bytes, claims.len, arena, &jws.claims)) != TOKEN_SOUND)
        return fault;
    jws.signature_len = signature.len;
    *ret = jws;
    return TOKEN_SOUND;
}
