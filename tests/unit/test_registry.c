#include "domain/registry/client.h"
#include "domain/registry/organisation.h"
#include "domain/registry/person.h"
#include "domain/registry/user.h"
#include "tests/unit/support.h"

#define UUID_1 "018f0000-0000-7000-8000-000000000001"
#define UUID_2 "018f0000-0000-7000-8000-000000000002"

static void people(void **state)
{
    struct fixture *f = *state;
    struct person_create in = {.full_name = text_of("Kari Eksempelsen"),
                               .email = text_of(" Kari@Example.no ")};

    assert_int_equal(person_check_create(&in, &f->error), DONE);

    in = (struct person_create){.full_name = text_of(" \xc2\xa0"), .email = text_of("kari")};
    assert_int_equal(person_check_create(&in, fresh_error(f)), INVALID);
    assert_refused(&f->error, INVALID, "validation_failed", NULL);
    assert_true(has_fault(&f->error, "/full_name", "name_required"));
    assert_true(has_fault(&f->error, "/email", "email_invalid"));

    person_check_contact("/person", text_of("Ola Demostad"), (struct text){.is = ABSENT},
                         fresh_error(f));
    assert_true(has_fault(&f->error, "/person/email", "email_invalid"));
    assert_int_equal(f->error.fault_count, 1);
}

static void a_patch_is_checked_where_it_speaks(void **state)
{
    struct fixture *f = *state;
    struct person_update in = {.id = text_of(UUID_1), .phone = {.is = NULLED}};

    assert_int_equal(person_check_update(&in, &f->error), DONE);
    in.email = (struct text){.is = NULLED};
    in.full_name = (struct text){.is = NULLED};
    assert_int_equal(person_check_update(&in, &f->error), INVALID);
    assert_int_equal(f->error.fault_count, 2);
}

static void organisations(void **state)
{
    struct fixture *f = *state;
    struct organisation_create in = {.org_type = text_of("municipality"),
                                     .name = text_of("Tønsberg kommune"),
                                     .org_number = text_of("921383681"),
                                     .municipality_no = text_of("3905")};

    assert_int_equal(organisation_check_create(&in, &f->error), DONE);
    in.org_number = text_of("921383682");
    in.municipality_no = text_of("0005");
    in.name = text_of("");
    assert_int_equal(organisation_check_create(&in, fresh_error(f)), INVALID);
    assert_true(has_fault(&f->error, "/org_number", "org_number_invalid"));
    assert_true(has_fault(&f->error, "/municipality_no", "municipality_no_invalid"));
    assert_true(has_fault(&f->error, "/name", "name_required"));

    struct organisation_update patch = {.id = text_of(UUID_1), .org_number = {.is = NULLED}};
    assert_int_equal(organisation_check_update(&patch, fresh_error(f)), DONE);
    patch.name.is = NULLED;
    assert_int_equal(organisation_check_update(&patch, fresh_error(f)), INVALID);
    assert_true(has_fault(&f->error, "/name", "name_required"));
    patch.name.is = ABSENT;
    patch.parent_id = text_of(UUID_1);
    assert_int_equal(organisation_check_update(&patch, fresh_error(f)), INVALID);
    assert_true(has_fault(&f->error, "/parent_id", "parent_is_self"));
}

static void a_circle_of_organisations_is_refused(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(organisation_check_parent(false, &f->error), DONE);
    assert_int_equal(organisation_check_parent(true, fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "parent_is_below", NULL);
    assert_true(has_fault(&f->error, "/parent_id", "parent_is_below"));
}

static const struct principal admin = {.kind = PRINCIPAL_USER, .subject = "admin", .id = UUID_1};

static void role_grants(void **state)
{
    static const struct {
        const char *role, *scope_type, *scope_id;
        bool client;
        const char *pointer, *code; /* NULL = fine */
    } cases[] = {
        {"admin", "global", NULL, false, NULL, NULL},
        {"smart_admin", "global", NULL, false, NULL, NULL},
        {"smart_instructor", "course", UUID_2, false, NULL, NULL},
        {"participant", "global", NULL, false, NULL, NULL},
        {"booker", "organisation", UUID_2, false, NULL, NULL},
        {"partner_system", "global", NULL, true, NULL, NULL},
        {"partner_system", "organisation", UUID_2, true, NULL, NULL},
        {"smart_instructor", "global", NULL, false, "/scope_type", "scope_type_not_allowed"},
        {"booker", "course", UUID_2, false, "/scope_type", "scope_type_not_allowed"},
        {"booker", "organisation", NULL, false, "/scope_id", "scope_id_required"},
        {"smart_admin", "global", UUID_2, false, "/scope_id", "scope_id_unwanted"},
        {"partner_system", "global", NULL, false, "/role", "role_not_for_user"},
        {"admin", "global", NULL, true, "/role", "role_not_for_client"},
        {"system", "global", NULL, false, "/role", "role_not_grantable"},
        {"root", "global", NULL, false, "/role", "role_not_grantable"},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct role_grant_create in = {
            .user_id = text_of(cases[i].client ? NULL : UUID_2),
            .api_client_id = text_of(cases[i].client ? UUID_2 : NULL),
            .role = text_of(cases[i].role),
            .scope_type = text_of(cases[i].scope_type),
            .scope_id = text_of(cases[i].scope_id),
        };
        enum outcome outcome = role_grant_check_create(&in, &admin, fresh_error(f));
        assert_int_equal(outcome, cases[i].code ? INVALID : DONE);
        if (cases[i].code) {
            assert_true(has_fault(&f->error, cases[i].pointer, cases[i].code));
        }
    }
}

static void a_wrong_scope_is_told_the_right_ones(void **state)
{
    struct fixture *f = *state;
    const struct role_grant_create in = {.api_client_id = text_of(UUID_2),
                                         .role = text_of("partner_system"),
                                         .scope_type = text_of("course"),
                                         .scope_id = text_of(UUID_2)};

    role_grant_check_create(&in, &admin, &f->error);
    assert_string_equal(f->error.faults[0].expected, "global, organisation");
}

static void a_grant_has_one_holder_and_never_its_giver(void **state)
{
    struct fixture *f = *state;
    struct role_grant_create in = {.role = text_of("smart_admin"), .scope_type = text_of("global")};

    assert_int_equal(role_grant_check_create(&in, &admin, &f->error), INVALID);
    assert_true(has_fault(&f->error, "/user_id", "grantee_required"));
    in.user_id = text_of(UUID_2);
    in.api_client_id = text_of(UUID_2);
    assert_int_equal(role_grant_check_create(&in, &admin, fresh_error(f)), INVALID);

    in.api_client_id = (struct text){.is = ABSENT};
    in.user_id = text_of(UUID_1);
    assert_int_equal(role_grant_check_create(&in, &admin, fresh_error(f)), FORBIDDEN);
    assert_refused(&f->error, FORBIDDEN, "own_grant", NULL);

    assert_int_equal(role_grant_check_delete(text_of(UUID_1), &admin, fresh_error(f)), FORBIDDEN);
    assert_int_equal(role_grant_check_delete(text_of(UUID_2), &admin, fresh_error(f)), DONE);
    assert_int_equal(role_grant_check_create(&in, &principal_system, fresh_error(f)), DONE);
}

static void nobody_holds_more_grants_than_a_principal_can(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(role_grant_check_room(0, &f->error), DONE);
    assert_int_equal(role_grant_check_room(PRINCIPAL_GRANTS_MAX - 1, &f->error), DONE);
    assert_int_equal(role_grant_check_room(PRINCIPAL_GRANTS_MAX, &f->error), CONFLICT);
    assert_refused(&f->error, CONFLICT, "too_many_grants", NULL);
}

static void nobody_changes_their_own_account(void **state)
{
    struct fixture *f = *state;
    const struct user_update own = {.id = text_of(UUID_1), .is_active = boolean_of(false)};
    const struct user_update other = {.id = text_of(UUID_2), .is_active = boolean_of(false)};
    assert_int_equal(user_check_update(&other, &admin, &f->error), DONE);
    assert_int_equal(user_check_update(&own, &principal_system, &f->error), DONE);
    assert_int_equal(user_check_update(&own, &admin, &f->error), FORBIDDEN);
    assert_refused(&f->error, FORBIDDEN, "own_account", NULL);
}

static void clients(void **state)
{
    struct fixture *f = *state;
    const struct text two[] = {text_of("smart:read"), text_of("smart:register")};
    const struct text bad[] = {text_of("smart:read"), text_of("smart:all"), text_of("smart:read")};
    struct client_create in = {
        .client_id = text_of("partner-system"),
        .name = text_of("Kurskalenderen (eksempel)"),
        .scopes = {.is = GIVEN, .items = two, .count = 2},
    };

    assert_int_equal(client_check_create(&in, &f->error), DONE);
    in.scopes = (struct text_list){.is = GIVEN, .items = bad, .count = 3};
    in.client_id = text_of("No");
    in.name = text_of(" ");
    assert_int_equal(client_check_create(&in, fresh_error(f)), INVALID);
    assert_true(has_fault(&f->error, "/client_id", "client_id_invalid"));
    assert_true(has_fault(&f->error, "/name", "name_required"));
    assert_true(has_fault(&f->error, "/scopes/1", "scope_unknown"));
    assert_true(has_fault(&f->error, "/scopes/2", "scope_repeated"));

    const struct text unknown = text_of("root");
    in = (struct client_create){.client_id = text_of("abc"),
                                .name = text_of("x"),
                                .scopes = {.is = GIVEN, .items = two, .count = 1}};
    assert_int_equal(client_check_create(&in, fresh_error(f)), DONE);
    in.client_id = text_of("ab");
    in.scopes.items = &unknown;
    assert_int_equal(client_check_create(&in, fresh_error(f)), INVALID);
    assert_true(has_fault(&f->error, "/client_id", "client_id_invalid"));
    assert_true(has_fault(&f->error, "/scopes/0", "scope_unknown"));
    char longest[66] = {0};
    memset(longest, 'a', 64);
    in.client_id = text_of(longest);
    in.scopes = (struct text_list){.is = GIVEN, .count = 0};
    assert_int_equal(client_check_create(&in, fresh_error(f)), INVALID);
    assert_true(has_fault(&f->error, "/scopes", "scope_required"));
    assert_int_equal(f->error.fault_count, 1);

    longest[64] = 'a';
    in.client_id = text_of(longest);
    in.scopes = (struct text_list){.is = ABSENT, .items = two, .count = 2};
    assert_int_equal(client_check_create(&in, fresh_error(f)), INVALID);
    assert_true(has_fault(&f->error, "/client_id", "client_id_invalid"));
    assert_true(has_fault(&f->error, "/scopes", "scope_required"));
    in.client_id = text_of("a_b_c");
    assert_int_equal(client_check_create(&in, fresh_error(f)), INVALID);
    assert_true(has_fault(&f->error, "/client_id", "client_id_invalid"));

    struct client_update patch = {.id = text_of(UUID_1), .is_active = boolean_of(false)};
    assert_int_equal(client_check_update(&patch, fresh_error(f)), DONE);
    patch.name = text_of("");
    assert_int_equal(client_check_update(&patch, fresh_error(f)), INVALID);
    assert_true(has_fault(&f->error, "/name", "name_required"));
    patch.scopes.is = NULLED;
    assert_int_equal(client_check_update(&patch, fresh_error(f)), INVALID);
    assert_true(has_fault(&f->error, "/scopes", "scope_required"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(people),
        TEST(a_patch_is_checked_where_it_speaks),
        TEST(organisations),
        TEST(a_circle_of_organisations_is_refused),
        TEST(role_grants),
        TEST(a_wrong_scope_is_told_the_right_ones),
        TEST(a_grant_has_one_holder_and_never_its_giver),
        TEST(nobody_holds_more_grants_than_a_principal_can),
        TEST(nobody_changes_their_own_account),
        TEST(clients),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
