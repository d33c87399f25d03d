#include "domain/grants/network.h"
#include "tests/unit/support.h"

#define TODAY "2026-03-02"

static void the_money_goes_to_a_network(void **state)
{
    struct fixture *f = *state;
    struct network_create in = {.active_from_on = text_of("2026-01-01"),
                                .active_to_on = text_of("2026-01-01")};

    assert_int_equal(network_check_create(&in, text_of("competence_network"), &f->error), DONE);
    /* One that nobody knows is for the database to refuse. */
    assert_int_equal(network_check_create(&in, text_of(NULL), &f->error), DONE);
    in.active_to_on = text_of("2025-12-31");
    assert_int_equal(network_check_create(&in, text_of("municipality"), &f->error), INVALID);
    assert_true(has_fault(&f->error, "/organisation_id", "organisation_unfit"));
    assert_true(has_fault(&f->error, "/active_to_on", "ends_before_it_begins"));
}

static void the_days_are_checked_as_they_would_be(void **state)
{
    static const struct {
        struct text from, to;
        enum outcome outcome;
    } cases[] = {
        {{0}, {0}, DONE},
        {{GIVEN, "2026-07-01", 10}, {0}, INVALID},
        {{GIVEN, "2026-07-01", 10}, {.is = NULLED}, DONE},
        {{0}, {GIVEN, "2025-12-31", 10}, INVALID},
        {{GIVEN, "2025-01-01", 10}, {GIVEN, "2025-12-31", 10}, DONE},
    };
    struct fixture *f = *state;
    const struct network network = {.active_from_on = text_of("2026-01-01"),
                                    .active_to_on = text_of("2026-06-30")};

    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct network_update in = {.active_from_on = cases[i].from,
                                          .active_to_on = cases[i].to};
        assert_int_equal(network_check_update(&network, &in, fresh_error(f)), cases[i].outcome);
    }
}

static void each_part_is_for_its_kind_of_organisation(void **state)
{
    static const struct {
        const char *role, *org_type;
        bool fits;
    } cases[] = {
        {"municipality", "municipality", true},
        {"municipality", "county", false},
        {"county", "county", true},
        {"private_owner", "private_owner", true},
        {"private_owner", "company", true},
        {"private_owner", "municipality", false},
        {"ppt", "ppt", true},
        {"ppt", "school", false},
        {"kindergarten_authority", "municipality", true},
        {"union", "union", true},
        {"uh_partner", "uh_institution", true},
        {"uh_partner", "research_centre", true},
        {"uh_partner", "statped", false},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct network_member_create in = {.role = text_of(cases[i].role)};
        enum outcome outcome = network_member_check_create(&in, text_of(cases[i].org_type),
                                                           text_of(TODAY), fresh_error(f));
        assert_int_equal(outcome, cases[i].fits ? DONE : INVALID);
    }
    for (const char *const *role = network_member_roles; *role; role++) {
        const struct network_member_create in = {.role = text_of(*role)};
        assert_int_equal(
            network_member_check_create(&in, text_of("festival"), text_of(TODAY), fresh_error(f)),
            INVALID);
    }
}

static void a_membership_ends_after_it_begins(void **state)
{
    struct fixture *f = *state;
    const struct network_member member = {.from_on = text_of("2026-03-01"),
                                          .today_on = text_of(TODAY)};
    struct network_member_end in = {0};
    struct network_member_create create = {.role = text_of("union"),
                                           .to_on = text_of("2026-03-01")};

    assert_int_equal(network_member_check_end(&member, &in, &f->error), DONE);
    in.to_on = text_of("2026-03-01");
    assert_int_equal(network_member_check_end(&member, &in, &f->error), DONE);
    in.to_on = text_of("2026-02-28");
    assert_int_equal(network_member_check_end(&member, &in, &f->error), INVALID);
    assert_true(has_fault(&f->error, "/to_on", "ends_before_it_begins"));
    /* It begins today when nothing else is said. */
    assert_int_equal(
        network_member_check_create(&create, text_of("union"), text_of(TODAY), fresh_error(f)),
        INVALID);
    create.from_on = text_of("2026-02-01");
    assert_int_equal(
        network_member_check_create(&create, text_of("union"), text_of(TODAY), fresh_error(f)),
        DONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_money_goes_to_a_network),
        TEST(the_days_are_checked_as_they_would_be),
        TEST(each_part_is_for_its_kind_of_organisation),
        TEST(a_membership_ends_after_it_begins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
