#include "tests/unit/auth_support.h"

#include "domain/base/clock.h"
#include "domain/base/log.h"

#include <dirent.h>
#include <fcntl.h>
#include <openssl/ec.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void swallow(enum log_level level, const char *event, const char *message)
{
    (void)level, (void)event, (void)message;
}

void quiet_log(void)
{
    log_set_sink(swallow);
}

void make_directory(char ret[static 64])
{
    snprintf(ret, 64, "/tmp/loft-auth-XXXXXX");
    assert_non_null(mkdtemp(ret));
}

void remove_directory(const char *directory)
{
    DIR *entries = opendir(directory);
    const struct dirent *entry;
    while (entries && (entry = readdir(entries)))
        unlinkat(dirfd(entries), entry->d_name, 0);
    if (entries)
        closedir(entries);
    rmdir(directory);
}

const char *path_of(struct arena *arena, const char *directory, const char *name)
{
    return arena_format(arena, "%s/%s", directory, name);
}

static void set_age(const char *path, int age_s)
{
    struct timespec times[2];
    clock_gettime(CLOCK_REALTIME, &times[0]);
    times[0].tv_sec -= age_s;
    times[1] = times[0];
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

void write_text(const char *directory, const char *name, const char *text, int mode, int age_s)
{
    char path[192];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(chmod(path, (mode_t)mode), 0);
    set_age(path, age_s);
}

void write_key(const char *directory, const char *name, EVP_PKEY *pkey, const char *passphrase,
               int age_s)
{
    char *pem = NULL;
    BIO *bio = BIO_new(BIO_s_mem());
    assert_int_equal(
        PEM_write_bio_PKCS8PrivateKey(bio, pkey, passphrase ? EVP_aes_256_cbc() : NULL, passphrase,
                                      passphrase ? (int)strlen(passphrase) : 0, NULL, NULL),
        1);
    BIO_write(bio, "", 1);
    BIO_get_mem_data(bio, &pem);
    write_text(directory, name, pem, 0600, age_s);
    BIO_free(bio);
}

static EVP_PKEY *read_key(const char *directory, const char *kid)
{
    char path[192];
    snprintf(path, sizeof path, "%s/%s.pem", directory, kid);
    FILE *in = fopen(path, "r");
    assert_non_null(in);
    EVP_PKEY *pkey = PEM_read_PrivateKey(in, NULL, NULL, NULL);
    fclose(in);
    assert_non_null(pkey);
    return pkey;
}

int auth_fixture_setup(void **state)
{
    struct auth_fixture *f = calloc(1, sizeof *f);
    if (!f)
        return -1;
    quiet_log();
    f->arena = arena_create(4 * 1024 * 1024);
    make_directory(f->directory);
    f->keys = keys_open(f->directory);
    assert_non_null(f->keys);
    struct key_set *set = keys_acquire(f->keys);
    memcpy(f->kid, set->keys[0].kid, sizeof f->kid);
    keys_release(set);
    f->pkey = read_key(f->directory, f->kid);
    f->issuers.rows[f->issuers.count++] = issuer_own(TEST_ISSUER, TEST_AUDIENCE, f->keys);
    *state = f;
    return 0;
}

int auth_fixture_teardown(void **state)
{
    struct auth_fixture *f = *state;
    EVP_PKEY_free(f->pkey);
    keys_close(f->keys);
    remove_directory(f->directory);
    arena_destroy(f->arena);
    free(f);
    return 0;
}

const char *encode(struct arena *arena, const void *bytes, size_t len)
{
    char *text = arena_alloc(arena, (len + 2) / 3 * 4 + 1);
    base64url_encode(bytes, len, text);
    return text;
}

static size_t sign_der(EVP_PKEY *pkey, const char *input, unsigned char ret[static 80])
{
    size_t len = 80;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, pkey), 1);
    assert_int_equal(
        EVP_DigestSign(context, ret, &len, (const unsigned char *)input, strlen(input)), 1);
    EVP_MD_CTX_free(context);
    return len;
}

static const char *signature(struct arena *arena, const char *input, enum signing signing,
                             EVP_PKEY *pkey, const char *secret)
{
    unsigned char bytes[80];
    if (signing == SIGN_HMAC) {
        unsigned len = 0;
        HMAC(EVP_sha256(), secret, (int)strlen(secret), (const unsigned char *)input, strlen(input),
             bytes, &len);
        return encode(arena, bytes, len);
    }
    size_t len = sign_der(pkey, input, bytes);
    if (signing == SIGN_DER)
        return encode(arena, bytes, len);
    const unsigned char *at = bytes;
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &at, (long)len);
    unsigned char raw[64];
    BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + 32, 32);
    ECDSA_SIG_free(pair);
    return encode(arena, raw, sizeof raw);
}

const char *forge(struct arena *arena, const char *header, size_t header_len, const char *claims,
                  size_t claims_len, enum signing signing, EVP_PKEY *pkey, const char *secret)
{
    const char *input = arena_format(arena, "%s.%s", encode(arena, header, header_len),
                                     encode(arena, claims, claims_len));
    return arena_format(arena, "%s.%s", input, signature(arena, input, signing, pkey, secret));
}

const char *good_header(const struct auth_fixture *f)
{
    return arena_format(f->arena, "{\"alg\":\"ES256\",\"kid\":\"%s\",\"typ\":\"JWT\"}", f->kid);
}

const char *good_claims(const struct auth_fixture *f)
{
    return arena_format(f->arena,
                        "{\"iss\":\"" TEST_ISSUER "\",\"aud\":\"" TEST_AUDIENCE
                        "\","
                        "\"sub\":\"kari\",\"client_id\":\"loft\",\"scope\":\"smart:read\","
                        "\"iat\":%lld,\"exp\":%lld,\"jti\":\"1\"}",
                        (long long)TEST_NOW, (long long)TEST_NOW + 3600);
}

const char *good_token(const struct auth_fixture *f)
{
    const char *header = good_header(f), *claims = good_claims(f);
    return forge(f->arena, header, strlen(header), claims, strlen(claims), SIGN_RAW, f->pkey, NULL);
}

enum token_fault verdict(struct auth_fixture *f, const char *token)
{
    struct verified verified;
    return issuer_verify(&f->issuers, token, TEST_NOW * MICROSECONDS_PER_SECOND, f->arena,
                         &verified);
}
