#include "auth/auth.h"
#include "auth/client.h"
#include "tests/unit/auth_support.h"

struct known {
    char secret[SECRET_SIZE];
    char hash[SECRET_HASH_SIZE];
    struct text scopes[2];
    struct client_login login;
};

static void known_client(struct known *ret)
{
    assert_true(auth_new_secret(ret->secret, ret->hash));
    ret->scopes[0] = text_of("smart:read");
    ret->scopes[1] = text_of("smart:register");
    ret->login = (struct client_login){
        .secret_sha256 = text_of(ret->hash),
        .is_active = boolean_of(true),
        .scopes = {.is = GIVEN, .items = ret->scopes, .count = 2},
    };
}

static void secrets_are_random_and_long(void **state)
{
    char one[44], other[44], hash[65], other_hash[65];
    (void)state;

    assert_true(auth_new_secret(one, hash));
    assert_true(auth_new_secret(other, other_hash));
    assert_int_equal(strlen(one), 43);
    assert_int_equal(strlen(hash), 64);
    assert_string_not_equal(one, other);
    assert_string_not_equal(hash, other_hash);
    assert_int_equal(strspn(hash, "0123456789abcdef"), 64);
}

/* SHA-256 of a known text, so that the hash is the one others compute (FIPS 180-2, "abc"). */
static void the_hash_is_plain_sha256(void **state)
{
    struct fixture *f = *state;
    struct scopes scopes;
    struct client_login login = {
        .secret_sha256 = text_of(
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        .is_active = boolean_of(true),
    };
    assert_int_equal(client_check(&login, "abc", "", &f->error, &scopes), DONE);
    assert_int_equal(scopes.bits, 0);
}

static void every_wrong_login_is_refused_alike(void **state)
{
    struct fixture *f = *state;
    struct known known;
    struct scopes scopes = {.bits = 0xdead};
    known_client(&known);
    char longer[300];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    struct client_login off = known.login, unknown = {.scopes = {.count = 0}},
                        damaged = known.login;
    struct client_login empty = known.login, giant = known.login;
    off.is_active = boolean_of(false);
    empty.secret_sha256 = /* of nothing at all */
        text_of("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    giant.secret_sha256 = /* of `longer` */
        text_of("17b8309d28400639234568bed5e423f1b617e6926532f293277417aeea763734");
    damaged.secret_sha256 = text_of("ba78");
    const struct {
        const struct client_login *login;
        const char *secret;
    } cases[] = {
        {&empty, ""},
        {&giant, longer},
        {&known.login, ""},
        {&known.login, "wrong"},
        {&known.login, known.hash},
        {&known.login, longer},
        {&off, known.secret},
        {&unknown, known.secret},
        {&unknown, ""},
        {&damaged, known.secret},
        {&damaged, "ba78"},
        {&unknown, "----------------------------------------------------------------"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        error_init(&f->error, f->arena);
        /* The scope is wrong too: it must not be what is answered. */
        assert_int_equal(
            client_check(cases[i].login, cases[i].secret, "made:up", &f->error, &scopes),
            UNAUTHENTICATED);
        assert_refused(&f->error, UNAUTHENTICATED, "invalid_client", NULL);
        assert_int_equal(scopes.bits, 0xdead);
    }
}

static void scopes_are_narrowed_never_widened(void **state)
{
    static const struct {
        const char *requested, *got; /* got NULL = refused */
    } cases[] = {
        {"", "smart:read smart:register"},
        {" ", "smart:read smart:register"},
        {"smart:read", "smart:read"},
        {"smart:register smart:read", "smart:read smart:register"},
        {"smart:read smart:read", "smart:read"},
        {"smart:contact", NULL},
        {"smart:read smart:contact", NULL},
        {"smart:read made:up", NULL},
        {"smart:read,smart:register", NULL},
        {"SMART:READ", NULL},
    };
    struct fixture *f = *state;
    struct known known;
    struct scopes scopes = {.bits = 0};
    known_client(&known);

    for (size_t i = 0; i < COUNT(cases); i++) {
        error_init(&f->error, f->arena);
        enum outcome outcome = client_check(&known.login, known.secret, cases[i].requested,
                                            &f->error, &scopes);
        if (cases[i].got) {
            assert_int_equal(outcome, DONE);
            assert_string_equal(scopes_join(scopes, ' ', f->arena), cases[i].got);
        } else {
            assert_int_equal(outcome, INVALID);
            assert_refused(&f->error, INVALID, "invalid_scope", NULL);
        }
    }
    error_init(&f->error, f->arena);
    assert_int_equal(client_check(&known.login, known.secret, NULL, &f->error, &scopes), DONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(secrets_are_random_and_long),
        TEST(the_hash_is_plain_sha256),
        TEST(every_wrong_login_is_refused_alike),
        TEST(scopes_are_narrowed_never_widened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
