#include "auth/client.h"

#include "auth/auth.h"
#include "auth/jws.h"
#include "domain/base/clock.h"
#include "storage/statements.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

struct client_key {
    struct text client_id;
};

SHAPE(auth_client_key_shape, struct client_key, FIELD(struct client_key, client_id));

SHAPE(auth_client_login_shape, struct client_login, FIELD(struct client_login, secret_sha256),
      FIELD(struct client_login, is_active), FIELD(struct client_login, scopes));

static bool hash_secret(const char *secret, size_t len, char ret_hex[static SECRET_HASH_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[EVP_MAX_MD_SIZE];
    if (EVP_Digest(secret, len, digest, NULL, EVP_sha256(), NULL) != 1)
        return false;
    for (int i = 0; i < 32; i++) {
        ret_hex[2 * i] = digits[digest[i] >> 4];
        ret_hex[2 * i + 1] = digits[digest[i] & 15];
    }
    ret_hex[64] = '\0';
    return true;
}

bool auth_new_secret(char ret_secret[static 44], char ret_sha256_hex[static 65])
{
    unsigned char bytes[32];
    char secret[SECRET_SIZE];
    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return false;
    base64url_encode(bytes, sizeof bytes, secret);
    bool made = hash_secret(secret, strlen(secret), ret_sha256_hex);
    if (made)
        memcpy(ret_secret, secret, sizeof secret);
    OPENSSL_cleanse(bytes, sizeof bytes);
    OPENSSL_cleanse(secret, sizeof secret);
    return made;
}

/* Hashes and compares even when there is nothing to compare with. */
static bool secret_matches(const struct client_login *login, const char *secret)
{
    static const char nothing[SECRET_HASH_SIZE] =
        "----------------------------------------------------------------";
    char hash[SECRET_HASH_SIZE];
    size_t len = strnlen(secret, SECRET_MAX + 1);
    bool known = login->secret_sha256.len == SECRET_HASH_SIZE - 1;
    if (len == 0 || len > SECRET_MAX || !hash_secret(secret, len, hash))
        return false;
    const char *expected = known ? login->secret_sha256.s : nothing;
    return CRYPTO_memcmp(hash, expected, SECRET_HASH_SIZE - 1) == 0 && login->is_active.v;
}

enum outcome client_check(const struct client_login *login, const char *secret, const char *scope,
                          struct error *error, struct scopes *ret_scopes)
{
    if (!secret_matches(login, secret))
        return error_refuse(error, UNAUTHENTICATED, "invalid_client", NULL);
    struct scopes held = {.bits = 0};
    for (size_t i = 0; i < login->scopes.count; i++)
        scopes_add(&held, login->scopes.items[i].s, login->scopes.items[i].len);
    if (!scopes_narrow(held, scope ? scope : "", ret_scopes))
        return error_refuse(error, INVALID, "invalid_scope", NULL);
    return DONE;
}

/* What the register allows and no other byte: PostgreSQL answers text that is not UTF-8 with an
 * error, which would be ours. */
static bool can_be_client(const char *client_id)
{
    size_t len = strspn(client_id, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return len > 0 && len <= CLIENT_ID_MAX && client_id[len] == '\0';
}

enum outcome client_authenticate(struct storage *storage, const char *client_id, const char *secret,
                                 const char *scope, int64_t now, struct arena *arena,
                                 struct error *error, struct scopes *ret_scopes)
{
    struct tx_context context = {
        .principal = &principal_anonymous, .now = instant_format(arena, now), .single = true};
    struct client_key key = {.client_id = text_of(client_id)};
    struct client_login login = {.scopes = {.count = 0}};
    struct tx *tx = NULL;
    if (!can_be_client(client_id))
        return error_refuse(error, UNAUTHENTICATED, "invalid_client", NULL);
    enum outcome outcome = tx_begin(storage, &context, arena, error, &tx);
    if (outcome != DONE)
        return outcome;
    outcome = tx_load(tx, &sql_auth_client_login, SOURCES({&auth_client_key_shape, &key}),
                      &auth_client_login_shape, &login);
    tx_end(tx);
    return outcome == DONE ? client_check(&login, secret, scope, error, ret_scopes) : outcome;
}
