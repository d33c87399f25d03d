#include "auth/principal.h"
#include "domain/base/role.h"
#include "tests/unit/auth_support.h"

#include <stdlib.h>

#define USER "018f0000-0000-7000-8000-000000000001"
#define PERSON "018f0000-0000-4000-8000-000000000002"
#define COURSE "018f0000-0000-7000-8000-00000000000a"
#define OTHER "018f0000-0000-7000-8000-00000000000b"

static struct text_list list_of(struct arena *arena, const char *const *words, size_t count)
{
    struct text *items = arena_array(arena, struct text, count);
    for (size_t i = 0; i < count; i++)
        items[i] = text_of(words[i]);
    return (struct text_list){.is = GIVEN, .items = items, .count = count};
}
#define LIST(f, ...)                                                                               \
    list_of((f)->arena, (const char *const[]){__VA_ARGS__},                                        \
            COUNT(((const char *const[]){__VA_ARGS__})))

static const struct identity a_person = {
    .issuer = "local", .subject = "kari", .scopes = {.bits = UINT32_MAX}};
static const struct identity a_machine = {
    .issuer = "local", .subject = "partner", .is_client = true, .scopes = {.bits = UINT32_MAX}};

static struct account account_with(struct text_list grants)
{
    return (struct account){
        .id = text_of(USER),
        .person_id = text_of(PERSON),
        .is_active = boolean_of(true),
        .grants = grants,
        .epoch = 7,
    };
}

/* Makes a principal that must be made. */
static const struct principal *made(struct fixture *f, const struct identity *identity,
                                    struct account account)
{
    const struct principal *principal = NULL;
    assert_int_equal(principal_make(identity, &account, f->arena, &f->error, &principal), DONE);
    assert_non_null(principal);
    return principal;
}

static void grants_become_settings(void **state)
{
    struct fixture *f = *state;
    const struct principal *p = made(
        f, &a_person,
        account_with(LIST(f, "admin|global|", "smart_instructor|course|" COURSE,
                          "participant|global|", "booker|organisation|" OTHER)));

    assert_int_equal(p->kind, PRINCIPAL_USER);
    assert_string_equal(p->subject, "kari");
    assert_string_equal(p->id, USER);
    assert_string_equal(p->person_id, PERSON);
    assert_int_equal(p->epoch, 7);
    assert_string_equal(p->roles_setting, "admin,participant");
    assert_string_equal(p->grants_setting, "smart_instructor:" COURSE ",booker:" OTHER);
    assert_int_equal(p->grant_count, 4);
    assert_null(p->grants[0].scope_id);
    assert_string_equal(p->grants[1].scope_type, "course");
    assert_string_equal(p->grants[1].scope_id, COURSE);
    assert_true(principal_may(p, "registry.user.create"));
    assert_true(principal_may(p, "smart.registration.read"));
    assert_false(principal_may(p, "smart.course.create"));
    assert_true(principal_has_scope(p, "smart:sensitive"));
}

/* What the database should never hold must not become a right if it does. */
static void grants_outside_the_role_table_are_left_out(void **state)
{
    static const char *const bad[] = {
        "system|global|",
        "System|global|",
        "superuser|global|",
        "|global|",
        "admin",
        "admin|global",
        "admin||",
        "admin|course|" COURSE,
        "admin|global|" COURSE,
        "smart_instructor|global|",
        "smart_instructor|course|",
        "smart_instructor|course|" COURSE ",admin:" OTHER,
        "smart_instructor|course|" COURSE "|",
        "smart_instructor|course|018F0000-0000-7000-8000-00000000000A",
        "smart_instructor|course|{18f0000-0000-7000-8000-00000000000a",
        "booker|organisation|vestfold",
        "smart_admin,admin|global|",
        "",
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < COUNT(bad); i++) {
        fresh_error(f);
        const struct principal *p = made(f, &a_person,
                                         account_with(LIST(f, bad[i], "participant|global|")));
        if (p->grant_count != 1 || strcmp(p->roles_setting, "participant") != 0 ||
            p->grants_setting[0] != '\0')
            fail_msg("%s became roles '%s', grants '%s'", bad[i], p->roles_setting,
                     p->grants_setting);
    }
}

static void a_subject_without_account_has_nothing_but_scopes(void **state)
{
    struct fixture *f = *state;
    const struct principal *p = made(f, &a_person, (struct account){.epoch = 3});

    assert_int_equal(p->kind, PRINCIPAL_USER);
    assert_string_equal(p->subject, "kari");
    assert_null(p->id);
    assert_null(p->person_id);
    assert_int_equal(p->grant_count, 0);
    assert_string_equal(p->roles_setting, "");
    assert_string_equal(p->grants_setting, "");
    assert_int_equal(p->epoch, 3); /* so that an account made later is noticed */
    assert_true(principal_may(p, "me.read"));
}

static void switched_off_and_unknown_machines_are_refused(void **state)
{
    struct fixture *f = *state;
    const struct principal *principal = NULL;
    struct account off = account_with(LIST(f, "admin|global|"));
    struct account none = {.epoch = 3};

    off.is_active = boolean_of(false);
    assert_int_equal(principal_make(&a_person, &off, f->arena, &f->error, &principal),
                     UNAUTHENTICATED);
    assert_refused(&f->error, UNAUTHENTICATED, "token_invalid", NULL);
    error_init(&f->error, f->arena);
    off.is_active = (struct boolean){.is = NULLED};
    assert_int_equal(principal_make(&a_machine, &off, f->arena, &f->error, &principal),
                     UNAUTHENTICATED);
    error_init(&f->error, f->arena);
    assert_int_equal(principal_make(&a_machine, &none, f->arena, &f->error, &principal),
                     UNAUTHENTICATED);
    assert_null(principal);
}

static void without_an_epoch_nothing_is_believed(void **state)
{
    struct fixture *f = *state;
    const struct principal *principal = NULL;
    struct account account = account_with(LIST(f, "admin|global|"));

    account.epoch = 0;
    assert_int_equal(principal_make(&a_person, &account, f->arena, &f->error, &principal),
                     INTERNAL);
    assert_null(principal);
}

static void sixty_four_grants_are_the_most(void **state)
{
    struct fixture *f = *state;
    const char *grants[PRINCIPAL_GRANTS_MAX + 1];
    const struct principal *principal = NULL;

    for (size_t i = 0; i < COUNT(grants); i++)
        grants[i] = arena_format(f->arena, "smart_instructor|course|018f0000-0000-7000-8000-%012zx",
                                 i);
    const struct principal *p = made(f, &a_person,
                                     account_with(list_of(f->arena, grants, PRINCIPAL_GRANTS_MAX)));
    assert_int_equal(p->grant_count, PRINCIPAL_GRANTS_MAX);
    struct account account = account_with(list_of(f->arena, grants, COUNT(grants)));
    assert_int_equal(principal_make(&a_person, &account, f->arena, &f->error, &principal),
                     INTERNAL);
    assert_null(principal);
}

static void a_machine_has_the_scopes_that_it_still_has(void **state)
{
    struct fixture *f = *state;
    struct identity identity = a_machine;
    struct account account = account_with(LIST(f, "partner_system|global|"));

    identity.scopes = scopes_of_token("smart:read smart:contact");
    account.person_id = (struct text){.is = ABSENT};
    account.scopes = LIST(f, "smart:read", "smart:register", "made:up");
    const struct principal *p = made(f, &identity, account);
    assert_int_equal(p->kind, PRINCIPAL_CLIENT);
    assert_string_equal(p->scopes_setting, "smart:read");
    assert_int_equal(p->scope_count, 1);
    assert_string_equal(p->roles_setting, "partner_system");
}

static void scopes_are_words_of_the_table(void **state)
{
    struct fixture *f = *state;
    size_t known = 0;
    while (oauth_scopes[known])
        known++;
    assert_true(known <= PRINCIPAL_SCOPES_MAX);

    static const struct {
        const char *scope, *setting;
    } cases[] = {
        {"", ""},
        {"smart:read", "smart:read"},
        {"smart:write smart:read smart:write", "smart:read,smart:write"},
        {"  smart:read  ", "smart:read"},
        {"openid profile smart:read", "smart:read"},
        {"smart:read,smart:sensitive", ""},
        {"smart:READ", ""},
        {"smart", ""},
        {"smart:read\tsmart:write", ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(scopes_join(scopes_of_token(cases[i].scope), ',', f->arena),
                            cases[i].setting);
}

static void a_copy_stands_alone(void **state)
{
    struct fixture *f = *state;
    const struct principal *p = made(
        f, &a_person, account_with(LIST(f, "admin|global|", "smart_instructor|course|" COURSE)));
    size_t size = principal_size(p);
    void *memory = malloc(size);
    const struct principal *copy = principal_place(p, memory);

    assert_int_equal(principal_size(copy), size);
    fresh_error(f); /* the original is gone, poisoned under the sanitizer */
    assert_string_equal(copy->subject, "kari");
    assert_string_equal(copy->id, USER);
    assert_string_equal(copy->person_id, PERSON);
    assert_string_equal(copy->roles_setting, "admin");
    assert_string_equal(copy->grants_setting, "smart_instructor:" COURSE);
    assert_string_equal(copy->grants[1].scope_id, COURSE);
    assert_string_equal(copy->grants[1].role, "smart_instructor");
    assert_null(copy->grants[0].scope_id);
    assert_true(principal_has_scope(copy, "admin:write"));
    free(memory);

    p = made(f, &a_person, (struct account){.epoch = 1}); /* with everything absent */
    copy = principal_place(p, memory = malloc(principal_size(p)));
    assert_null(copy->id);
    assert_int_equal(copy->grant_count, 0);
    free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(grants_become_settings),
        TEST(grants_outside_the_role_table_are_left_out),
        TEST(a_subject_without_account_has_nothing_but_scopes),
        TEST(switched_off_and_unknown_machines_are_refused),
        TEST(without_an_epoch_nothing_is_believed),
        TEST(sixty_four_grants_are_the_most),
        TEST(a_machine_has_the_scopes_that_it_still_has),
        TEST(scopes_are_words_of_the_table),
        TEST(a_copy_stands_alone),
    };
    quiet_log();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
