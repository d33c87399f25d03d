#include "auth/token.h"
#include "domain/base/clock.h"
#include "tests/unit/auth_support.h"

#include <openssl/bn.h>
#include <openssl/ec.h>

#define SECONDS MICROSECONDS_PER_SECOND

static enum token_fault verdict_of(struct auth_fixture *f, const char *header, const char *claims)
{
    return verdict(f, forge(f->arena, header, strlen(header), claims, strlen(claims), SIGN_RAW,
                            f->pkey, NULL));
}

#define assert_verdict(got, expected, name)                                                        \
    do {                                                                                           \
        enum token_fault got_ = (got), expected_ = (expected);                                     \
        if (got_ != expected_)                                                                     \
            fail_msg("%s: %s instead of %s", (name), token_fault_name(got_),                       \
                     token_fault_name(expected_));                                                 \
    } while (0)

static void a_good_token_is_believed(void **state)
{
    struct auth_fixture *f = *state;
    struct verified verified;

    assert_int_equal(
        issuer_verify(&f->issuers, good_token(f), TEST_NOW * SECONDS, f->arena, &verified),
        TOKEN_SOUND);
    assert_ptr_equal(verified.issuer, &f->issuers.rows[0]);
    assert_string_equal(verified.claims.subject, "kari");
    assert_string_equal(verified.claims.client_id, "loft");
    assert_string_equal(verified.claims.scope, "smart:read");
    assert_int_equal(verified.claims.expires_at, TEST_NOW + 3600);
    assert_int_equal(verified.generation, keys_generation(f->keys));
}

static void what_we_sign_is_what_we_read(void **state)
{
    struct auth_fixture *f = *state;
    struct key_set *set = keys_acquire(f->keys);
    struct claims claims = {
        .issuer = TEST_ISSUER,
        .subject = "b\xc3\xa5tf\xc3\xb8rer \"x\"",
        .client_id = "loft",
        .scope = "smart:read smart:write",
        .id = "abc",
        .audiences = {TEST_AUDIENCE},
        .audience_count = 1,
        .issued_at = TEST_NOW,
        .not_before = TEST_NOW,
        .expires_at = TEST_NOW + 60,
    };
    struct jws jws;

    const char *token = token_sign(&set->keys[0], &claims, f->arena);
    assert_non_null(token);
    assert_int_equal(verdict(f, token), TOKEN_SOUND);
    assert_int_equal(jws_read(token, f->arena, &jws), TOKEN_SOUND);
    assert_string_equal(jws.algorithm, "ES256");
    assert_string_equal(jws.type, "JWT");
    assert_string_equal(jws.kid, f->kid);
    assert_string_equal(jws.claims.subject, claims.subject);
    assert_string_equal(jws.claims.scope, claims.scope);
    assert_int_equal(jws.claims.not_before, TEST_NOW);

    claims.subject = "\xff";
    assert_null(token_sign(&set->keys[0], &claims, f->arena));
    keys_release(set);
}

/* In the texts below, % stands for the kid of the key that really signs. */
static const char *with_kid(struct auth_fixture *f, const char *text)
{
    struct buffer buffer;
    buffer_init(&buffer, f->arena, 128);
    for (; *text; text++) {
        if (*text == '%')
            buffer_add_string(&buffer, f->kid);
        else
            buffer_add_char(&buffer, *text);
    }
    return buffer.data;
}

/* Every one of these is signed with our own key, so that nothing but the header is at fault. */
static void headers_are_read_strictly(void **state)
{
    static const struct {
        const char *header;
        enum token_fault fault;
    } cases[] = {
        {"{\"alg\":\"ES256\",\"kid\":\"%\",\"typ\":\"JWT\"}", TOKEN_SOUND},
        {" {\"typ\":\"JWT\",\n\"kid\":\"%\",\"alg\":\"ES256\"} ", TOKEN_SOUND},
        {"{\"alg\":\"none\",\"kid\":\"%\",\"typ\":\"JWT\"}", TOKEN_ALGORITHM},
        {"{\"alg\":\"None\",\"kid\":\"%\",\"typ\":\"JWT\"}", TOKEN_ALGORITHM},
        {"{\"alg\":\"es256\",\"kid\":\"%\",\"typ\":\"JWT\"}", TOKEN_ALGORITHM},
        {"{\"alg\":\"ES256 \",\"kid\":\"%\",\"typ\":\"JWT\"}", TOKEN_ALGORITHM},
        {"{\"alg\":\"HS256\",\"kid\":\"%\",\"typ\":\"JWT\"}", TOKEN_ALGORITHM},
        {"{\"alg\":\"RS256\",\"kid\":\"%\",\"typ\":\"JWT\"}", TOKEN_ALGORITHM},
        {"{\"alg\":\"ES384\",\"kid\":\"%\",\"typ\":\"JWT\"}", TOKEN_ALGORITHM},
        {"{\"alg\":\"ES256K\",\"kid\":\"%\",\"typ\":\"JWT\"}", TOKEN_ALGORITHM},
        {"{\"alg\":\"\",\"kid\":\"%\",\"typ\":\"JWT\"}", TOKEN_HEADER},
        {"{\"alg\":null,\"kid\":\"%\",\"typ\":\"JWT\"}", TOKEN_HEADER},
        {"{\"alg\":[\"ES256\"],\"kid\":\"%\",\"typ\":\"JWT\"}", TOKEN_HEADER},
        {"{\"kid\":\"%\",\"typ\":\"JWT\"}", TOKEN_HEADER},
        {"{\"ALG\":\"ES256\",\"kid\":\"%\",\"typ\":\"JWT\"}", TOKEN_HEADER},
        {"{\"alg\":\"none\",\"alg\":\"ES256\",\"kid\":\"%\",\"typ\":\"JWT\"}", TOKEN_HEADER},
        {"{\"alg\":\"ES256\",\"\\u0061lg\":\"none\",\"kid\":\"%\",\"typ\":\"JWT\"}", TOKEN_HEADER},
        {"{\"alg\":\"ES256\",\"kid\":\"%\",\"kid\":\"%\",\"typ\":\"JWT\"}", TOKEN_HEADER},
        {"{\"alg\":\"ES256\",\"kid\":\"other\",\"typ\":\"JWT\"}", TOKEN_KEY},
        {"{\"alg\":\"ES256\",\"kid\":\"%.pem\",\"typ\":\"JWT\"}", TOKEN_KEY},
        {"{\"alg\":\"ES256\",\"typ\":\"JWT\"}", TOKEN_HEADER},
        {"{\"alg\":\"ES256\",\"kid\":\"\",\"typ\":\"JWT\"}", TOKEN_HEADER},
        {"{\"alg\":\"ES256\",\"kid\":7,\"typ\":\"JWT\"}", TOKEN_HEADER},
        {"{\"alg\":\"ES256\",\"kid\":\".%\",\"typ\":\"JWT\"}", TOKEN_HEADER},
        {"{\"alg\":\"ES256\",\"kid\":\"../%\",\"typ\":\"JWT\"}", TOKEN_HEADER},
        {"{\"alg\":\"ES256\",\"kid\":\"%' OR 1=1\",\"typ\":\"JWT\"}", TOKEN_HEADER},
        {"{\"alg\":\"ES256\",\"kid\":\"%\\u0000\",\"typ\":\"JWT\"}", TOKEN_HEADER},
        {"{\"alg\":\"ES256\\u0000\",\"kid\":\"%\",\"typ\":\"JWT\"}", TOKEN_HEADER},
        {"{\"alg\":\"ES256\",\"kid\":\"%\"}", TOKEN_TYPE},
        {"{\"alg\":\"ES256\",\"kid\":\"%\",\"typ\":\"jwt\"}", TOKEN_TYPE},
        {"{\"alg\":\"ES256\",\"kid\":\"%\",\"typ\":\"at+jwt\"}", TOKEN_TYPE},
        {"{\"alg\":\"ES256\",\"kid\":\"%\",\"typ\":\"dpop+jwt\"}", TOKEN_TYPE},
        {"{\"alg\":\"ES256\",\"kid\":\"%\",\"typ\":7}", TOKEN_HEADER},
        {"{\"alg\":\"ES256\",\"kid\":\"%\",\"typ\":\"JWT\",\"crit\":[\"exp\"]}", TOKEN_HEADER},
        {"{\"alg\":\"ES256\",\"kid\":\"%\",\"typ\":\"JWT\",\"crit\":\"exp\"}", TOKEN_HEADER},
        {"{\"alg\":\"ES256\",\"kid\":\"%\",\"typ\":\"JWT\",\"b64\":false}", TOKEN_HEADER},
        {"{\"alg\":\"ES256\",\"kid\":\"%\",\"typ\":\"JWT\",\"zip\":\"DEF\"}", TOKEN_HEADER},
        {"{\"alg\":\"ES256\",\"kid\":\"%\",\"typ\":\"JWT\",\"jku\":\"https://x.example.no\"}",
         TOKEN_HEADER},
        {"{\"alg\":\"ES256\",\"kid\":\"%\",\"typ\":\"JWT\",\"x5u\":\"https://x.example.no\"}",
         TOKEN_HEADER},
        {"{\"alg\":\"ES256\",\"kid\":\"%\",\"typ\":\"JWT\",\"jwk\":{\"kty\":\"EC\"}}",
         TOKEN_HEADER},
        {"{\"alg\":\"ES256\",\"kid\":\"%\",\"typ\":\"JWT\",\"x5c\":[\"\"]}", TOKEN_HEADER},
        {"{\"alg\":\"ES256\",\"kid\":\"%\",\"typ\":\"JWT\"} {}", TOKEN_HEADER},
        {"{\"alg\":\"ES256\",\"kid\":\"%\",\"typ\":\"JWT\"", TOKEN_HEADER},
        {"{\"alg\":\"ES256\",\"kid\":\"%\",\"typ\":\"\xff\"}", TOKEN_HEADER},
        {"[\"alg\",\"ES256\"]", TOKEN_HEADER},
        {"\"ES256\"", TOKEN_HEADER},
        {"null", TOKEN_HEADER},
        {" ", TOKEN_HEADER},
    };
    struct auth_fixture *f = *state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *header = with_kid(f, cases[i].header);
        assert_verdict(verdict_of(f, header, good_claims(f)), cases[i].fault, header);
    }
}

#define CLAIMS(iss, aud, sub, rest)                                                                \
    "{\"iss\":" iss ",\"aud\":" aud ",\"sub\":" sub ",\"client_id\":\"loft\",\"jti\":\"1\"," rest  \
    "}"
#define ISS "\"" TEST_ISSUER "\""
#define AUD "\"" TEST_AUDIENCE "\""
#define SUB "\"kari\""
#define TIMES "\"iat\":1756728000,\"exp\":1756731600"

static void claims_are_read_strictly(void **state)
{
    static const struct {
        const char *claims;
        enum token_fault fault;
    } cases[] = {
        {CLAIMS(ISS, AUD, SUB, TIMES), TOKEN_SOUND},
        {CLAIMS(ISS, AUD, SUB, TIMES ",\"scope\":\"\""), TOKEN_SOUND},
        {CLAIMS(ISS, AUD, SUB, TIMES ",\"roles\":[\"admin\"]"), TOKEN_SOUND}, /* not looked at */
        {CLAIMS(ISS, "[\"x\"," AUD "]", SUB, TIMES), TOKEN_SOUND},
        {CLAIMS("\"https://evil.example.no\"", AUD, SUB, TIMES), TOKEN_ISSUER},
        {CLAIMS("\"" TEST_ISSUER "/\"", AUD, SUB, TIMES), TOKEN_ISSUER},
        {CLAIMS("\"HTTPS://loft.example.no\"", AUD, SUB, TIMES), TOKEN_ISSUER},
        {CLAIMS("[" ISS "]", AUD, SUB, TIMES), TOKEN_CLAIMS},
        {CLAIMS("\"" TEST_ISSUER "\\u0000\"", AUD, SUB, TIMES), TOKEN_CLAIMS},
        {CLAIMS(ISS, "\"someone else\"", SUB, TIMES), TOKEN_AUDIENCE},
        {CLAIMS(ISS, "[\"a\",\"b\"]", SUB, TIMES), TOKEN_AUDIENCE},
        {CLAIMS(ISS, "[]", SUB, TIMES), TOKEN_CLAIMS},
        {CLAIMS(ISS, "[" AUD ",7]", SUB, TIMES), TOKEN_CLAIMS},
        {CLAIMS(ISS, "[" AUD ",2,3,4,5,6,7,8,9]", SUB, TIMES), TOKEN_CLAIMS},
        {CLAIMS(ISS, "{\"a\":" AUD "}", SUB, TIMES), TOKEN_CLAIMS},
        {CLAIMS(ISS, "null", SUB, TIMES), TOKEN_CLAIMS},
        {CLAIMS(ISS, AUD, "\"\"", TIMES), TOKEN_CLAIMS},
        {CLAIMS(ISS, AUD, "null", TIMES), TOKEN_CLAIMS},
        {CLAIMS(ISS, AUD, "7", TIMES), TOKEN_CLAIMS},
        {CLAIMS(ISS, AUD, "\"kari\\u0000admin\"", TIMES), TOKEN_CLAIMS},
        {CLAIMS(ISS, AUD, "\"kari\\nx\"", TIMES), TOKEN_CLAIMS},
        {CLAIMS(ISS, AUD, "\"\xc3\"", TIMES), TOKEN_CLAIMS},
        {CLAIMS(ISS, AUD, SUB, TIMES ",\"sub\":\"ola\""), TOKEN_CLAIMS},
        {CLAIMS(ISS, AUD, SUB, TIMES ",\"scope\":[\"smart:read\"]"), TOKEN_CLAIMS},
        {CLAIMS(ISS, AUD, SUB, "\"exp\":1756731600"), TOKEN_CLAIMS},
        {CLAIMS(ISS, AUD, SUB, "\"iat\":1756728000"), TOKEN_CLAIMS},
        {CLAIMS(ISS, AUD, SUB, "\"iat\":1756728000,\"exp\":\"1756731600\""), TOKEN_CLAIMS},
        {CLAIMS(ISS, AUD, SUB, "\"iat\":1756728000,\"exp\":1756731600.5"), TOKEN_CLAIMS},
        {CLAIMS(ISS, AUD, SUB, "\"iat\":1756728000,\"exp\":1e300"), TOKEN_CLAIMS},
        {CLAIMS(ISS, AUD, SUB, "\"iat\":1756728000,\"exp\":9223372036854775807"), TOKEN_CLAIMS},
        {CLAIMS(ISS, AUD, SUB, "\"iat\":1756728000,\"exp\":9223372036854775808"), TOKEN_CLAIMS},
        {CLAIMS(ISS, AUD, SUB, "\"iat\":1756728000,\"exp\":true"), TOKEN_CLAIMS},
        {CLAIMS(ISS, AUD, SUB, "\"iat\":1756728000,\"exp\":-1"), TOKEN_CLAIMS},
        {CLAIMS(ISS, AUD, SUB, "\"iat\":1756728000,\"exp\":1099511627776"), TOKEN_SOUND},
        {CLAIMS(ISS, AUD, SUB, TIMES ",\"nbf\":null"), TOKEN_CLAIMS},
        {"{\"iss\":" ISS ",\"aud\":" AUD ",\"sub\":" SUB ",\"jti\":\"1\"," TIMES "}", TOKEN_CLAIMS},
        {"{\"iss\":" ISS ",\"aud\":" AUD ",\"sub\":" SUB ",\"client_id\":\"x\"," TIMES "}",
         TOKEN_CLAIMS},
        {"[1]", TOKEN_CLAIMS},
        {"{}", TOKEN_CLAIMS},
        {"{}{}", TOKEN_CLAIMS},
    };
    struct auth_fixture *f = *state;

    for (size_t i = 0; i < COUNT(cases); i++)
        assert_verdict(verdict_of(f, good_header(f), cases[i].claims), cases[i].fault,
                       cases[i].claims);
}

static void times_have_thirty_seconds_of_leeway(void **state)
{
    static const struct {
        int64_t issued, not_before, expires; /* seconds from now; not_before 0 = absent */
        enum token_fault fault;
    } cases[] = {
        {0, 0, 1, TOKEN_SOUND},           {-100, 0, -29, TOKEN_SOUND},
        {-100, 0, -30, TOKEN_EXPIRED},    {-100, 0, -9999, TOKEN_EXPIRED},
        {30, 0, 100, TOKEN_SOUND},        {31, 0, 100, TOKEN_NOT_YET},
        {0, 30, 100, TOKEN_SOUND},        {0, 31, 100, TOKEN_NOT_YET},
        {0, 86400, 90000, TOKEN_NOT_YET},
    };
    struct auth_fixture *f = *state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct claims claims = {
            .issued_at = TEST_NOW + cases[i].issued,
            .not_before = cases[i].not_before ? TEST_NOW + cases[i].not_before : 0,
            .expires_at = TEST_NOW + cases[i].expires,
        };
        const char *name = arena_format(f->arena, "case %zu", i);
        assert_verdict(token_check_times(&claims, TEST_NOW * SECONDS), cases[i].fault, name);
        if (cases[i].fault == TOKEN_EXPIRED)
            assert_true(token_ends_at(&claims) <= TEST_NOW * SECONDS);
    }
}

/* ---- signatures ---- */

static const char *without_signature(struct auth_fixture *f, const char *token)
{
    return arena_copy(f->arena, token, (size_t)(strrchr(token, '.') + 1 - token));
}

static const char *with_signature(struct auth_fixture *f, const unsigned char *bytes, size_t len)
{
    return arena_format(f->arena, "%s%s", without_signature(f, good_token(f)),
                        encode(f->arena, bytes, len));
}

static void signatures_of_nobody_are_refused(void **state)
{
    struct auth_fixture *f = *state;
    unsigned char bytes[128] = {0};
    const char *good = good_token(f);

    assert_int_equal(verdict(f, good), TOKEN_SOUND);
    assert_int_equal(verdict(f, without_signature(f, good)), TOKEN_SEGMENTS);
    assert_int_equal(verdict(f, with_signature(f, bytes, 64)), TOKEN_SIGNATURE);
    memset(bytes, 0xff, sizeof bytes);
    assert_int_equal(verdict(f, with_signature(f, bytes, 64)), TOKEN_SIGNATURE);
    static const size_t lengths[] = {1, 32, 63, 65, 72, 96, 128};
    for (size_t i = 0; i < COUNT(lengths); i++)
        assert_int_equal(verdict(f, with_signature(f, bytes, lengths[i])), TOKEN_SIGNATURE);
}

static void a_foreign_key_and_a_mac_are_refused(void **state)
{
    struct auth_fixture *f = *state;
    const char *header = good_header(f), *claims = good_claims(f);
    EVP_PKEY *other = EVP_EC_gen("P-256");
    struct key_set *set = keys_acquire(f->keys);
    const char *mac_header = arena_format(
        f->arena, "{\"alg\":\"HS256\",\"kid\":\"%s\",\"typ\":\"JWT\"}", f->kid);

    assert_int_equal(verdict(f, forge(f->arena, header, strlen(header), claims, strlen(claims),
                                      SIGN_RAW, other, NULL)),
                     TOKEN_SIGNATURE);
    assert_int_equal(verdict(f, forge(f->arena, mac_header, strlen(mac_header), claims,
                                      strlen(claims), SIGN_HMAC, NULL, set->keys[0].public_pem)),
                     TOKEN_ALGORITHM);
    assert_int_equal(verdict(f, forge(f->arena, header, strlen(header), claims, strlen(claims),
                                      SIGN_HMAC, NULL, set->keys[0].public_pem)),
                     TOKEN_SIGNATURE);
    keys_release(set);
    EVP_PKEY_free(other);
}

/* Another replica made a key and signs with it before we have looked at the directory again. */
static void a_key_that_has_just_come_is_known(void **state)
{
    struct auth_fixture *f = *state;
    const char *header = "{\"alg\":\"ES256\",\"kid\":\"new\",\"typ\":\"JWT\"}";
    const char *claims = good_claims(f);
    EVP_PKEY *other = EVP_EC_gen("P-256");

    write_key(f->directory, "new.pem", other, NULL, 0);
    assert_int_equal(verdict(f, forge(f->arena, header, strlen(header), claims, strlen(claims),
                                      SIGN_RAW, other, NULL)),
                     TOKEN_SOUND);
    EVP_PKEY_free(other);
}

static void der_is_refused_and_the_mirrored_pair_is_the_same_token(void **state)
{
    struct auth_fixture *f = *state;
    const char *header = good_header(f), *claims = good_claims(f), *good = good_token(f);
    unsigned char raw[66];
    size_t len = 0;

    assert_int_equal(verdict(f, forge(f->arena, header, strlen(header), claims, strlen(claims),
                                      SIGN_DER, f->pkey, NULL)),
                     TOKEN_SIGNATURE);

    /* (r, n - s) verifies as well: ECDSA is malleable and ES256 does not forbid it. It names the
     * same claims, so nothing is gained by it; nothing may be keyed on the bytes of a token. */
    const char *at = strrchr(good, '.') + 1;
    assert_true(base64url_decode(at, strlen(at), raw, &len));
    assert_int_equal(len, 64);
    BIGNUM *order = BN_new(), *s = BN_bin2bn(raw + 32, 32, NULL);
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    EC_GROUP_get_order(group, order, NULL);
    BN_sub(s, order, s);
    BN_bn2binpad(s, raw + 32, 32);
    const char *mirrored = arena_format(f->arena, "%s%s", without_signature(f, good),
                                        encode(f->arena, raw, 64));
    assert_string_not_equal(mirrored, good);
    assert_int_equal(verdict(f, mirrored), TOKEN_SOUND);
    EC_GROUP_free(group);
    BN_free(order);
    BN_free(s);
}

/* Every bit of the signed part and of the signature counts. */
static void a_changed_character_is_refused(void **state)
{
    struct auth_fixture *f = *state;
    const char *good = good_token(f);
    size_t len = strlen(good);

    for (size_t i = 0; i < len; i += 7) {
        char *changed = arena_copy(f->arena, good, len);
        if (changed[i] == '.')
            continue;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        assert_int_not_equal(verdict(f, changed), TOKEN_SOUND);
    }
    for (size_t i = 0; i < len; i++)
        assert_int_not_equal(verdict(f, arena_copy(f->arena, good, i)), TOKEN_SOUND);
}

/* ---- the compact form ---- */

static void the_compact_form_is_exact(void **state)
{
    struct auth_fixture *f = *state;
    const char *good = good_token(f);
    int len = (int)strlen(good);
    struct {
        const char *token;
        enum token_fault fault;
    } cases[] = {
        {"", TOKEN_SEGMENTS},
        {".", TOKEN_SEGMENTS},
        {"..", TOKEN_SEGMENTS},
        {"...", TOKEN_SEGMENTS},
        {"a", TOKEN_SEGMENTS},
        {"YQ.YQ", TOKEN_SEGMENTS},
        {"YQ..YQ", TOKEN_SEGMENTS},
        {arena_format(f->arena, "%s.", good), TOKEN_SEGMENTS},
        {arena_format(f->arena, "%s..", good), TOKEN_SEGMENTS},
        {arena_format(f->arena, "%s.YQ", good), TOKEN_SEGMENTS},
        {arena_format(f->arena, ".%s", good), TOKEN_SEGMENTS},
        {arena_format(f->arena, "%s=", good), TOKEN_BASE64URL},
        {arena_format(f->arena, "%s==", good), TOKEN_BASE64URL},
        {arena_format(f->arena, "%s\n", good), TOKEN_BASE64URL},
        {arena_format(f->arena, " %s", good), TOKEN_BASE64URL},
        {arena_format(f->arena, "%.*s\n%s", len - 20, good, good + len - 20), TOKEN_BASE64URL},
        {arena_format(f->arena, "%.*s!%s", len - 20, good, good + len - 20), TOKEN_BASE64URL},
        {arena_format(f->arena, "%sA", good), TOKEN_SIGNATURE},
        {arena_format(f->arena, "%sAAA", good), TOKEN_BASE64URL},
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        assert_verdict(verdict(f, cases[i].token), cases[i].fault, cases[i].token);
}

static void only_canonical_base64url_is_read(void **state)
{
    static const struct {
        const char *text;
        int len; /* decoded, -1 = refused */
    } cases[] = {
        {"", 0},     {"YQ", 1},     {"YWI", 2},   {"YWJj", 3},   {"_-8", 2},
        {"Y", -1},   {"YWJjZ", -1}, {"YR", -1},   {"YWJ", -1},   {"YQ==", -1},
        {"+/8", -1}, {"Y Q", -1},   {"YQ\n", -1}, {"Y\xc3", -1},
    };
    (void)state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        unsigned char bytes[8];
        size_t len = 99;
        bool read = base64url_decode(cases[i].text, strlen(cases[i].text), bytes, &len);
        assert_int_equal(read ? (int)len : -1, cases[i].len);
    }
    struct random random = {.state = 1};
    for (int round = 0; round < 2000; round++) {
        unsigned char bytes[48], back[50];
        char text[65];
        size_t len = (size_t)random_between(&random, 0, 48), back_len = 0;
        for (size_t i = 0; i < len; i++)
            bytes[i] = (unsigned char)random_next(&random);
        base64url_encode(bytes, len, text);
        assert_true(base64url_decode(text, strlen(text), back, &back_len));
        assert_int_equal(back_len, len);
        assert_memory_equal(back, bytes, len);
    }
}

/* libjwt reads decoded text up to the first NUL; what follows must not be overlooked. */
static void text_behind_a_nul_is_refused(void **state)
{
    struct auth_fixture *f = *state;
    const char *header = good_header(f), *claims = good_claims(f);
    char *longer = arena_format(f->arena, "%s_{\"x\":1}", header);
    char *more = arena_format(f->arena, "%s_", claims);
    size_t header_len = strlen(header), claims_len = strlen(claims);

    longer[header_len] = '\0';
    assert_int_equal(verdict(f, forge(f->arena, longer, header_len + 8, claims, claims_len,
                                      SIGN_RAW, f->pkey, NULL)),
                     TOKEN_HEADER);
    more[claims_len] = '\0';
    assert_int_equal(verdict(f, forge(f->arena, header, header_len, more, claims_len + 1, SIGN_RAW,
                                      f->pkey, NULL)),
                     TOKEN_CLAIMS);
}

static const char *padded_claims(struct auth_fixture *f, size_t padding)
{
    char *filler = arena_alloc(f->arena, padding + 1);
    memset(filler, 'x', padding);
    const char *claims = good_claims(f);
    return arena_format(f->arena, "%.*s,\"x\":\"%s\"}", (int)strlen(claims) - 1, claims, filler);
}

static void giants_are_refused(void **state)
{
    struct auth_fixture *f = *state;
    const char *header = good_header(f);
    const char *claims = padded_claims(f, 5600), *larger = padded_claims(f, 6000);
    const char *token = forge(f->arena, header, strlen(header), claims, strlen(claims), SIGN_RAW,
                              f->pkey, NULL);

    assert_true(strlen(token) <= TOKEN_MAX);
    assert_int_equal(verdict(f, token), TOKEN_SOUND);
    assert_int_equal(verdict_of(f, header, larger), TOKEN_TOO_LONG);

    size_t len = 1024 * 1024;
    char *giant = arena_alloc(f->arena, len + 1);
    memset(giant, 'A', len);
    assert_int_equal(verdict(f, giant), TOKEN_TOO_LONG);

    char nested[3001];
    memset(nested, '[', 3000);
    nested[3000] = '\0';
    assert_int_equal(verdict_of(f, header, nested), TOKEN_CLAIMS);

    const char *wide = arena_format(f->arena, "%600s%s", "", header);
    assert_int_equal(verdict_of(f, wide, good_claims(f)), TOKEN_HEADER);
}

static const char *claims_of(struct auth_fixture *f, const char *subject)
{
    return arena_format(f->arena,
                        "{\"iss\":" ISS ",\"aud\":" AUD
                        ",\"sub\":\"%s\",\"client_id\":\"loft\","
                        "\"jti\":\"1\"," TIMES "}",
                        subject);
}

static void a_subject_has_at_most_255_bytes(void **state)
{
    struct auth_fixture *f = *state;
    char subject[TOKEN_WORD_MAX + 2] = "";

    memset(subject, 'x', TOKEN_WORD_MAX);
    assert_int_equal(verdict_of(f, good_header(f), claims_of(f, subject)), TOKEN_SOUND);
    subject[TOKEN_WORD_MAX] = 'x';
    assert_int_equal(verdict_of(f, good_header(f), claims_of(f, subject)), TOKEN_CLAIMS);
}

/* libjwt would say yes to each of these, whatever the signature. */
static void an_empty_key_verifies_nothing(void **state)
{
    struct auth_fixture *f = *state;
    struct jws jws;
    char empty[] = "";
    const struct key keys[] = {
        {.public_pem = NULL}, {.public_pem = empty}, {.public_pem = empty, .public_len = -1}};
    const char *token = good_token(f);

    assert_int_equal(jws_read(token, f->arena, &jws), TOKEN_SOUND);
    for (size_t i = 0; i < COUNT(keys); i++)
        assert_int_equal(token_check_signature(&keys[i], &jws, token), TOKEN_SIGNATURE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AUTH_TEST(a_good_token_is_believed),
        AUTH_TEST(what_we_sign_is_what_we_read),
        AUTH_TEST(headers_are_read_strictly),
        AUTH_TEST(claims_are_read_strictly),
        AUTH_TEST(times_have_thirty_seconds_of_leeway),
        AUTH_TEST(signatures_of_nobody_are_refused),
        AUTH_TEST(a_foreign_key_and_a_mac_are_refused),
        AUTH_TEST(a_key_that_has_just_come_is_known),
        AUTH_TEST(der_is_refused_and_the_mirrored_pair_is_the_same_token),
        AUTH_TEST(a_changed_character_is_refused),
        AUTH_TEST(the_compact_form_is_exact),
        AUTH_TEST(only_canonical_base64url_is_read),
        AUTH_TEST(text_behind_a_nul_is_refused),
        AUTH_TEST(giants_are_refused),
        AUTH_TEST(a_subject_has_at_most_255_bytes),
        AUTH_TEST(an_empty_key_verifies_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
