/*
 * What the tests of auth share: a key directory that is made and removed, tokens forged without
 * libjwt (so that nothing is only as wrong as libjwt allows), and the issuer under test.
 */
#ifndef LOFT_TESTS_UNIT_AUTH_SUPPORT_H
#define LOFT_TESTS_UNIT_AUTH_SUPPORT_H

#include "auth/issuer.h"
#include "tests/unit/support.h"

#include <openssl/evp.h>

#define TEST_ISSUER "https://loft.example.no"
#define TEST_AUDIENCE "https://loft.example.no/api"
/* 2025-09-01T12:00:00Z, in seconds. */
#define TEST_NOW INT64_C(1756728000)

struct auth_fixture {
    struct arena *arena;
    char directory[64];
    struct keys *keys;
    struct issuer_table issuers; /* one row, our own */
    EVP_PKEY *pkey;              /* the key that keys_open made in the directory */
    char kid[KID_MAX + 1];
};

int auth_fixture_setup(void **state);
int auth_fixture_teardown(void **state);
#define AUTH_TEST(function)                                                                        \
    cmocka_unit_test_setup_teardown(function, auth_fixture_setup, auth_fixture_teardown)

/* Refusals are expected here and would fill the terminal. */
void quiet_log(void);

/* A directory of its own below the temporary one, mode 0700; and its end with all files in it. */
void make_directory(char ret[static 64]);
void remove_directory(const char *directory);

/* Writes `name` in the directory: a key as PEM (encrypted with `passphrase` unless NULL), or any
 * text. The time of change is `age_s` seconds before now. */
void write_key(const char *directory, const char *name, EVP_PKEY *pkey, const char *passphrase,
               int age_s);
void write_text(const char *directory, const char *name, const char *text, int mode, int age_s);
const char *path_of(struct arena *arena, const char *directory, const char *name);

/* base64url of any bytes, on the arena. */
const char *encode(struct arena *arena, const void *bytes, size_t len);

/* "header.claims.signature": ES256 in raw form (RFC 7518), in DER, or HMAC-SHA-256 under a text. */
enum signing { SIGN_RAW, SIGN_DER, SIGN_HMAC };
const char *forge(struct arena *arena, const char *header, size_t header_len, const char *claims,
                  size_t claims_len, enum signing signing, EVP_PKEY *pkey, const char *secret);

/* The usual header and claims, to be changed by a case. */
const char *good_header(const struct auth_fixture *f);
const char *good_claims(const struct auth_fixture *f);
const char *good_token(const struct auth_fixture *f);

enum token_fault verdict(struct auth_fixture *f, const char *token);

#endif
