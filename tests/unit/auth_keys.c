#include "auth/keys.h"
#include "tests/unit/auth_support.h"

#include <jansson.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct place {
    struct arena *arena;
    char directory[64];
};

static int place_setup(void **state)
{
    static struct place place;
    place.arena = arena_create(1024 * 1024);
    make_directory(place.directory);
    *state = &place;
    return place.arena ? 0 : -1;
}

static int place_teardown(void **state)
{
    struct place *place = *state;
    remove_directory(place->directory);
    arena_destroy(place->arena);
    return 0;
}
#define KEYS_TEST(function) cmocka_unit_test_setup_teardown(function, place_setup, place_teardown)

static EVP_PKEY *new_key(void)
{
    return EVP_EC_gen("P-256");
}

static void write_new_key(const char *directory, const char *name, int age_s)
{
    EVP_PKEY *pkey = new_key();
    write_key(directory, name, pkey, NULL, age_s);
    EVP_PKEY_free(pkey);
}

/* Looks at once, whenever it looked last. */
static void look(struct keys *keys)
{
    keys_refresh(keys, keys_clock(), 0);
}

/* "b,a": the kids of the set in their order, the signing one first. */
static const char *kids(struct place *place, struct keys *keys)
{
    struct buffer list;
    struct key_set *set = keys_acquire(keys);
    buffer_init(&list, place->arena, 64);
    for (size_t i = 0; i < set->count; i++) {
        if (i > 0)
            buffer_add_char(&list, ',');
        buffer_add_string(&list, set->keys[i].kid);
    }
    keys_release(set);
    return list.data;
}

static void an_empty_directory_gets_a_first_key(void **state)
{
    struct place *place = *state;
    struct stat stat_of_file;

    struct keys *keys = keys_open(place->directory);
    assert_non_null(keys);
    const char *kid = kids(place, keys);
    assert_int_equal(strlen(kid), 16);
    const char *name = arena_format(place->arena, "%s.pem", kid);
    assert_int_equal(stat(path_of(place->arena, place->directory, name), &stat_of_file), 0);
    assert_int_equal(stat_of_file.st_mode & 07777, 0600);
    keys_close(keys);

    keys = keys_open(place->directory); /* and the same one when it starts again */
    assert_string_equal(kids(place, keys), kid);
    keys_close(keys);
}

static void a_missing_directory_is_made(void **state)
{
    struct place *place = *state;
    struct stat stat_of_directory;
    const char *inner = path_of(place->arena, place->directory, "keys");

    struct keys *keys = keys_open(inner);
    assert_non_null(keys);
    assert_int_equal(stat(inner, &stat_of_directory), 0);
    assert_int_equal(stat_of_directory.st_mode & 07777, 0700);
    keys_close(keys);
    remove_directory(inner);
    assert_null(keys_open(path_of(place->arena, place->directory, "not/there")));
}

/* Released together by the closing of a pipe; each says by its exit code whether it has one key. */
static void processes_that_start_together_agree(void **state)
{
    enum { PROCESSES = 8 };
    struct place *place = *state;
    int gate[2];
    pid_t children[PROCESSES];

    assert_int_equal(pipe(gate), 0);
    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            char byte;
            close(gate[1]);
            if (read(gate[0], &byte, 1) != 0)
                _exit(2);
            struct keys *keys = keys_open(place->directory);
            struct key_set *set = keys ? keys_acquire(keys) : NULL;
            _exit(set && set->count == 1 ? 0 : 1);
        }
    }
    close(gate[0]);
    close(gate[1]);
    for (int i = 0; i < PROCESSES; i++) {
        int status = -1;
        waitpid(children[i], &status, 0);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
    struct keys *keys = keys_open(place->directory);
    assert_int_equal(strlen(kids(place, keys)), 16);
    keys_close(keys);
}

static void the_newest_signs_and_all_verify(void **state)
{
    struct place *place = *state;
    write_new_key(place->directory, "older.pem", 60);
    write_new_key(place->directory, "newer.pem", 30);
    write_text(place->directory, "README", "not a key", 0644, 0);
    write_text(place->directory, ".newest.pem", "not a key either", 0600, 0);

    struct keys *keys = keys_open(place->directory);
    assert_string_equal(kids(place, keys), "newer,older");
    uint64_t generation = keys_generation(keys);
    struct key_set *held = keys_acquire(keys);
    assert_int_equal(held->generation, generation);

    look(keys); /* nothing changed, nothing swapped */
    assert_int_equal(keys_generation(keys), generation);

    write_new_key(place->directory, "newest.pem", 0);
    look(keys);
    assert_string_equal(kids(place, keys), "newest,newer,older");
    assert_int_not_equal(keys_generation(keys), generation);

    unlink(path_of(place->arena, place->directory, "older.pem"));
    look(keys);
    assert_string_equal(kids(place, keys), "newest,newer");

    assert_int_equal(held->count, 2); /* whoever held the old set still has it */
    assert_non_null(key_set_find(held, "older"));
    assert_null(key_set_find(held, "newest"));
    keys_release(held);
    keys_close(keys);
}

static void the_directory_is_looked_at_now_and_then(void **state)
{
    enum { INTERVAL = 5000000 };
    struct place *place = *state;
    write_new_key(place->directory, "a.pem", 60);
    struct keys *keys = keys_open(place->directory);
    int64_t now = keys_clock();

    keys_refresh(keys, now, INTERVAL);
    write_new_key(place->directory, "b.pem", 0);
    keys_refresh(keys, now + INTERVAL - 1, INTERVAL);
    assert_string_equal(kids(place, keys), "a");
    keys_refresh(keys, now + INTERVAL, INTERVAL);
    assert_string_equal(kids(place, keys), "b,a");
    keys_close(keys);
}

/* Removing a key revokes it once there is another: an empty directory is an unmounted volume as
 * likely as a revocation, so nothing is made up there and nothing goes. */
static void a_removed_key_is_gone(void **state)
{
    struct place *place = *state;
    write_new_key(place->directory, "leaked.pem", 60);
    struct keys *keys = keys_open(place->directory);

    unlink(path_of(place->arena, place->directory, "leaked.pem"));
    look(keys);
    assert_string_equal(kids(place, keys), "leaked");
    write_new_key(place->directory, "next.pem", 60);
    look(keys);
    struct key_set *set = keys_acquire(keys);
    assert_int_equal(set->count, 1);
    assert_null(key_set_find(set, "leaked"));
    keys_release(set);
    keys_close(keys);
}

static void a_vanished_directory_changes_nothing(void **state)
{
    struct place *place = *state;
    const char *away = arena_format(place->arena, "%s.away", place->directory);
    write_new_key(place->directory, "a.pem", 60);
    struct keys *keys = keys_open(place->directory);

    assert_int_equal(rename(place->directory, away), 0);
    look(keys);
    assert_string_equal(kids(place, keys), "a");
    assert_int_equal(rename(away, place->directory), 0);
    keys_close(keys);
}

static void write_foreign(const char *directory, const char *name, EVP_PKEY *pkey)
{
    write_key(directory, name, pkey, NULL, 0);
    EVP_PKEY_free(pkey);
}

static void write_public(const char *directory, const char *name)
{
    char *pem = NULL;
    EVP_PKEY *pkey = new_key();
    BIO *bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PUBKEY(bio, pkey);
    BIO_write(bio, "", 1);
    BIO_get_mem_data(bio, &pem);
    write_text(directory, name, pem, 0600, 0);
    BIO_free(bio);
    EVP_PKEY_free(pkey);
}

/* The private half of one key with the public half of another: what it signs, its JWKS denies. */
static EVP_PKEY *mismatched_key(void)
{
    EVP_PKEY *one = new_key(), *other = new_key(), *mixed = NULL;
    unsigned char point[65];
    size_t len = 0;
    BIGNUM *number = NULL;
    EVP_PKEY_get_octet_string_param(one, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &len);
    EVP_PKEY_get_bn_param(other, OSSL_PKEY_PARAM_PRIV_KEY, &number);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
    OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, len);
    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, number);
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY_fromdata_init(context);
    assert_int_equal(EVP_PKEY_fromdata(context, &mixed, EVP_PKEY_KEYPAIR, params), 1);
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(builder);
    BN_free(number);
    EVP_PKEY_free(one);
    EVP_PKEY_free(other);
    return mixed;
}

enum { OPEN_FILE = 8, BAD_FILES = 11 };

static void write_bad(const char *directory, int which)
{
    EVP_PKEY *pkey = new_key();
    switch (which) {
    case 0:
        write_text(directory, "bad.pem", "", 0600, 0);
        break;
    case 1:
        write_text(directory, "bad.pem", "-----BEGIN PRIVATE KEY-----\nMIGH", 0600, 0);
        break;
    case 2:
        write_foreign(directory, "bad.pem", EVP_EC_gen("P-384"));
        break;
    case 3:
        write_foreign(directory, "bad.pem", EVP_EC_gen("secp256k1"));
        break;
    case 4:
        write_foreign(directory, "bad.pem", EVP_RSA_gen(2048));
        break;
    case 5:
        write_public(directory, "bad.pem");
        break;
    case 6:
        write_key(directory, "bad.pem", pkey, "secret", 0);
        break;
    case 7:
        write_key(directory, "a kid.pem", pkey, NULL, 0);
        break;
    case 9:
        write_foreign(directory, "bad.pem", mismatched_key());
        break;
    case OPEN_FILE: { /* good, but open to everyone */
        char path[128];
        write_key(directory, "bad.pem", pkey, NULL, 0);
        snprintf(path, sizeof path, "%s/bad.pem", directory);
        chmod(path, 0604);
        break;
    }
    default: {
        char path[128];
        snprintf(path, sizeof path, "%s/bad.pem", directory);
        mkfifo(path, 0600); /* must not hang */
        break;
    }
    }
    EVP_PKEY_free(pkey);
}

static void a_bad_file_refuses_the_start(void **state)
{
    struct place *place = *state;
    for (int i = 0; i < BAD_FILES; i++) {
        char directory[64];
        make_directory(directory);
        write_new_key(directory, "good.pem", 60);
        write_bad(directory, i);
        struct keys *keys = keys_open(directory);
        if (keys)
            fail_msg("case %d was let through: %s", i, kids(place, keys));
        remove_directory(directory);
    }
}

static void a_bad_file_is_left_out_while_serving(void **state)
{
    struct place *place = *state;
    for (int i = 0; i < BAD_FILES; i++) {
        char directory[64];
        make_directory(directory);
        write_new_key(directory, "good.pem", 60);
        struct keys *keys = keys_open(directory);
        write_bad(directory, i);
        look(keys);
        assert_string_equal(kids(place, keys), "good");
        unlink(path_of(place->arena, directory, "good.pem"));
        look(keys); /* nothing usable is left: better the old one than none */
        assert_string_equal(kids(place, keys), "good");
        keys_close(keys);
        remove_directory(directory);
    }
}

static void a_refused_file_counts_once_it_is_mended(void **state)
{
    struct place *place = *state;
    write_new_key(place->directory, "good.pem", 60);
    struct keys *keys = keys_open(place->directory);

    write_bad(place->directory, OPEN_FILE);
    look(keys);
    assert_string_equal(kids(place, keys), "good");
    chmod(path_of(place->arena, place->directory, "bad.pem"), 0600);
    look(keys);
    assert_string_equal(kids(place, keys), "bad,good");
    keys_close(keys);
}

static void there_are_at_most_sixteen(void **state)
{
    struct place *place = *state;
    for (int i = 0; i < KEYS_MAX; i++)
        write_new_key(place->directory, arena_format(place->arena, "k%02d.pem", i), 60);
    struct keys *keys = keys_open(place->directory);
    struct key_set *set = keys_acquire(keys);
    assert_int_equal(set->count, KEYS_MAX);
    assert_string_equal(set->keys[0].kid, "k15"); /* written last */
    keys_release(set);
    keys_close(keys);
    write_new_key(place->directory, "k16.pem", 60);
    assert_null(keys_open(place->directory));
}

/* ---- JWKS ---- */

static const char *string_of(const json_t *object, const char *name)
{
    const char *s = json_string_value(json_object_get(object, name));
    assert_non_null(s);
    return s;
}

/* The point of the document, put together again, is the public key. */
static void assert_is_point_of(const json_t *jwk, EVP_PKEY *pkey)
{
    unsigned char point[65] = {4}, coordinate[34], expected[80];
    size_t len = 0, expected_len = 0;
    static const char *const names[] = {"x", "y"};
    for (int i = 0; i < 2; i++) {
        const char *s = string_of(jwk, names[i]);
        assert_int_equal(strlen(s), 43);
        assert_true(base64url_decode(s, 43, coordinate, &len));
        assert_int_equal(len, 32);
        memcpy(point + 1 + 32 * i, coordinate, 32);
    }
    assert_int_equal(EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_PUB_KEY, expected,
                                                     sizeof expected, &expected_len),
                     1);
    assert_int_equal(expected_len, sizeof point);
    assert_memory_equal(point, expected, sizeof point);
}

static void the_jwks_has_public_points_and_nothing_else(void **state)
{
    struct place *place = *state;
    EVP_PKEY *one = new_key(), *two = new_key();
    write_key(place->directory, "one.pem", one, NULL, 60);
    write_key(place->directory, "two.pem", two, NULL, 30);
    struct keys *keys = keys_open(place->directory);
    struct key_set *set = keys_acquire(keys);

    json_t *jwks = json_loads(set->jwks, JSON_REJECT_DUPLICATES, NULL);
    const json_t *list = json_object_get(jwks, "keys");
    assert_int_equal(json_array_size(list), 2);
    for (size_t i = 0; i < 2; i++) {
        const json_t *jwk = json_array_get(list, i);
        assert_int_equal(json_object_size(jwk), 7); /* no d */
        assert_string_equal(string_of(jwk, "kty"), "EC");
        assert_string_equal(string_of(jwk, "crv"), "P-256");
        assert_string_equal(string_of(jwk, "use"), "sig");
        assert_string_equal(string_of(jwk, "alg"), "ES256");
        assert_string_equal(string_of(jwk, "kid"), i == 0 ? "two" : "one");
        assert_is_point_of(jwk, i == 0 ? two : one);
    }
    json_decref(jwks);
    keys_release(set);
    keys_close(keys);
    EVP_PKEY_free(one);
    EVP_PKEY_free(two);
}

/* ---- threads ---- */

struct race {
    struct keys *keys;
    atomic_bool over;
};

static void *use_sets(void *argument)
{
    struct race *race = argument;
    while (!atomic_load(&race->over)) {
        struct key_set *set = keys_acquire(race->keys);
        if (set->count == 0 || !key_set_find(set, set->keys[0].kid) || !set->jwks[0])
            return race;
        keys_release(set);
        keys_refresh(race->keys, keys_clock(), 100);
    }
    return NULL;
}

static void sets_are_swapped_under_readers(void **state)
{
    enum { THREADS = 4, SWAPS = 20 };
    struct place *place = *state;
    pthread_t threads[THREADS];
    write_new_key(place->directory, "a.pem", 60);
    struct race race = {.keys = keys_open(place->directory)};

    atomic_init(&race.over, false);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, use_sets, &race);
    for (int i = 0; i < SWAPS; i++) {
        write_new_key(place->directory, "b.pem", i + 1);
        look(race.keys);
    }
    atomic_store(&race.over, true);
    for (int i = 0; i < THREADS; i++) {
        void *failed = NULL;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    assert_true(keys_generation(race.keys) > 1);
    keys_close(race.keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        KEYS_TEST(an_empty_directory_gets_a_first_key),
        KEYS_TEST(a_missing_directory_is_made),
        KEYS_TEST(processes_that_start_together_agree),
        KEYS_TEST(the_newest_signs_and_all_verify),
        KEYS_TEST(the_directory_is_looked_at_now_and_then),
        KEYS_TEST(a_removed_key_is_gone),
        KEYS_TEST(a_vanished_directory_changes_nothing),
        KEYS_TEST(a_bad_file_refuses_the_start),
        KEYS_TEST(a_bad_file_is_left_out_while_serving),
        KEYS_TEST(a_refused_file_counts_once_it_is_mended),
        KEYS_TEST(there_are_at_most_sixteen),
        KEYS_TEST(the_jwks_has_public_points_and_nothing_else),
        KEYS_TEST(sets_are_swapped_under_readers),
    };
    quiet_log();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
