#include "domain/grants/forum.h"
#include "tests/unit/support.h"

static struct forum_member_create seat(const char *word)
{
    return (struct forum_member_create){
        .person_full_name = text_of(" Arne Forumstad "),
        .person_email = text_of("Arne@Example.NO"),
        .seat = text_of(word),
    };
}

/* KL-R10; of roles (KL-R16) the database knows. */
static void who_votes(void **state)
{
    static const struct {
        const char *seat, *org_type;
        int said; /* -1: not */
        bool votes;
        const char *code;
    } cases[] = {
        {"public_owner", "municipality", -1, true, NULL},
        {"public_owner", "municipality", 1, true, NULL},
        {"uh", "uh_institution", 0, false, NULL},
        {"secretariat", "county", -1, false, NULL},
        {"secretariat", "county", 1, false, "seat_without_vote"},
        {"observer", "statped", -1, false, NULL},
        {"observer", "statped", 1, false, "seat_without_vote"},
        {"county", "state_administrator", -1, false, NULL},
        {"county", "state_administrator", 1, false, "governor_without_vote"},
        {"secretariat", "state_administrator", 1, false, "seat_without_vote"},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct forum_member_create in = seat(cases[i].seat);
        struct forum_person person = {0};
        bool votes = false;
        if (cases[i].said >= 0) {
            in.may_vote = boolean_of(cases[i].said);
        }
        enum outcome outcome = forum_member_check_create(&in, text_of(cases[i].org_type),
                                                         text_of("2026-03-02"), fresh_error(f),
                                                         &person, &votes);
        if (!cases[i].code) {
            assert_int_equal(outcome, DONE);
            assert_int_equal(votes, cases[i].votes);
            assert_string_equal(person.full_name.s, "Arne Forumstad");
            assert_string_equal(person.email.s, "arne@example.no");
        } else if (strcmp(cases[i].code, "seat_without_vote") == 0) {
            assert_refused(&f->error, INVALID, "seat_without_vote", "KL-R10");
        } else {
            assert_refused(&f->error, FORBIDDEN, "governor_without_vote", "KL-R10");
        }
    }
}

static void a_change_is_asked_of_the_seat_as_it_would_be(void **state)
{
    struct fixture *f = *state;
    struct forum_member member = {
        .seat = text_of("uh"), .may_vote = true, .org_type = text_of("uh_institution")};
    struct forum_member_update in = {.seat = text_of(SEAT_OBSERVER)};

    assert_int_equal(forum_member_check_update(&member, &in, &f->error), INVALID);
    assert_refused(&f->error, INVALID, "seat_without_vote", "KL-R10");
    in.may_vote = boolean_of(false);
    assert_int_equal(forum_member_check_update(&member, &in, fresh_error(f)), DONE);
    member = (struct forum_member){.seat = text_of("county"),
                                   .org_type = text_of("state_administrator")};
    in = (struct forum_member_update){.seat = text_of("uh")};
    assert_int_equal(forum_member_check_update(&member, &in, fresh_error(f)), DONE);
    in.may_vote = boolean_of(true);
    assert_int_equal(forum_member_check_update(&member, &in, fresh_error(f)), FORBIDDEN);
    assert_refused(&f->error, FORBIDDEN, "governor_without_vote", "KL-R10");
}

static void every_fault_of_a_member_at_once(void **state)
{
    struct fixture *f = *state;
    struct forum_member_create in = seat("uh");
    struct forum_person person = {0};
    bool votes = false;

    in.person_full_name = text_of("  ");
    in.person_email = text_of("nobody");
    in.to_on = text_of("2026-03-01");
    assert_int_equal(forum_member_check_create(&in, text_of("uh_institution"),
                                               text_of("2026-03-02"), &f->error, &person, &votes),
                     INVALID);
    assert_true(has_fault(&f->error, "/person/full_name", "name_required"));
    assert_true(has_fault(&f->error, "/person/email", "email_invalid"));
    assert_true(has_fault(&f->error, "/to_on", "ends_before_it_begins"));
    assert_int_equal(f->error.fault_count, 3);
}

static void a_seat_ends_after_it_begins(void **state)
{
    struct fixture *f = *state;
    const struct forum_member member = {.from_on = text_of("2026-03-02"),
                                        .today_on = text_of("2026-03-02")};
    struct forum_member_end in = {0};

    assert_int_equal(forum_member_check_end(&member, &in, &f->error), DONE);
    in.to_on = text_of("2026-03-01");
    assert_int_equal(forum_member_check_end(&member, &in, &f->error), INVALID);
    assert_true(has_fault(&f->error, "/to_on", "ends_before_it_begins"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_votes),
        TEST(a_change_is_asked_of_the_seat_as_it_would_be),
        TEST(every_fault_of_a_member_at_once),
        TEST(a_seat_ends_after_it_begins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
