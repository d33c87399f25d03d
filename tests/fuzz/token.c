/*
 * Fuzz target: the bytes behind "Bearer " up to the signature check.
 *
 * The first byte chooses what the rest is: a whole token, or the header, the claims or the
 * signature of a token that is good otherwise, so that the fuzzer need not find base64 by itself.
 * What must hold, apart from no sanitizer having anything to say:
 *   - a token that is read keeps to its limits and is canonical: written again, it is the same;
 *   - nothing is ever signed by the key below, because its private half was never kept.
 */
#include "auth/token.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char public_pem[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEbi/4rlE14bJhZrXu76awEaZdvVd9\n"
    "lnWFenBe1Zx//2UTncyCovVjSNxI49qc4R/UKo9FnDNt9V6SZImkVidCPg==\n"
    "-----END PUBLIC KEY-----\n";

static const char good_header[] = "{\"alg\":\"ES256\",\"kid\":\"k\",\"typ\":\"JWT\"}";
static const char good_claims[] =
    "{\"iss\":\"https://loft.example.no\",\"aud\":[\"a\",\"b\"],\"sub\":\"kari\","
    "\"client_id\":\"loft\",\"scope\":\"smart:read\",\"iat\":1756728000,\"nbf\":1756728000,"
    "\"exp\":1756731600,\"jti\":\"1\"}";

enum part { PART_ALL, PART_HEADER, PART_CLAIMS, PART_SIGNATURE, PARTS };
enum { INPUT_MAX = 9000, ARENA_SIZE = 1024 * 1024 };

static const char *encode(struct arena *arena, const void *bytes, size_t len)
{
    char *text = arena_alloc(arena, (len + 2) / 3 * 4 + 1);
    base64url_encode(bytes, len, text);
    return text;
}

static const char *build(struct arena *arena, enum part part, const uint8_t *bytes, size_t len)
{
    static const unsigned char zeros[64];
    if (part == PART_ALL)
        return arena_copy(arena, (const char *)bytes, len);
    const char *input = encode(arena, bytes, len);
    return arena_format(
        arena, "%s.%s.%s",
        part == PART_HEADER ? input : encode(arena, good_header, sizeof good_header - 1),
        part == PART_CLAIMS ? input : encode(arena, good_claims, sizeof good_claims - 1),
        part == PART_SIGNATURE ? input : encode(arena, zeros, sizeof zeros));
}

static void require(bool holds)
{
    if (!holds)
        abort();
}

static bool is_word(const char *s, size_t max)
{
    size_t len = strlen(s);
    return len > 0 && len <= max;
}

/* The signature segment, decoded and encoded again. */
static void require_canonical(struct arena *arena, const char *token, size_t signature_len)
{
    const char *text = strrchr(token, '.') + 1;
    unsigned char *bytes = arena_alloc(arena, strlen(text));
    size_t len = 0;
    require(base64url_decode(text, strlen(text), bytes, &len));
    require(len == signature_len);
    require(strcmp(encode(arena, bytes, len), text) == 0);
}

static void require_limits(const struct jws *jws)
{
    const struct claims *claims = &jws->claims;
    require(kid_valid(jws->kid, strlen(jws->kid)));
    require(is_word(claims->issuer, TOKEN_WORD_MAX) && is_word(claims->subject, TOKEN_WORD_MAX));
    require(is_word(claims->client_id, TOKEN_WORD_MAX) && is_word(claims->id, TOKEN_WORD_MAX));
    require(strlen(claims->scope) <= TOKEN_SCOPE_MAX);
    require(claims->audience_count >= 1 && claims->audience_count <= TOKEN_AUDIENCES_MAX);
    require(claims->expires_at >= 0 && claims->issued_at >= 0 && claims->not_before >= 0);
    require(token_ends_at(claims) > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena *arena;
    const struct key key = {.public_pem = public_pem, .public_len = sizeof public_pem - 1};
    struct jws jws;

    if (size < 1 || size > INPUT_MAX)
        return -1;
    if (!arena)
        arena = arena_create(ARENA_SIZE);
    arena_reset(arena);
    const char *token = build(arena, data[0] % PARTS, data + 1, size - 1);
    if (jws_read(token, arena, &jws) != TOKEN_SOUND)
        return 0;
    require_limits(&jws);
    require_canonical(arena, token, jws.signature_len);
    require(token_check_signature(&key, &jws, token) == TOKEN_SIGNATURE);
    token_check_times(&jws.claims, INT64_C(1756728000000000));
    return 0;
}
