#include "domain/grants/need_report.h"
#include "domain/grants/owner_place.h"
#include "domain/grants/self_assessment.h"
#include "tests/unit/support.h"

/* ---- the round ------------------------------------------------------------------------------- */

static struct owner_place place_in(const char *round_state)
{
    return (struct owner_place){
        .round_state = text_of(round_state),
        .basis_due_on = text_of("2023-02-01"),
        .network_id = text_of("network-1"),
        .today_on = text_of("2022-11-01"),
    };
}

static void a_round_takes_needs_until_its_bases_are_closed(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *round_state;
        const char *today_on;
        enum outcome outcome;
    } cases[] = {
        {"planning", "2022-11-01", DONE},
        {"frame_adopted", "2022-11-01", DONE},
        {"open", "2023-02-01", DONE},
        {"open", "2023-02-02", CONFLICT},
        {"basis_closed", "2023-01-01", CONFLICT},
        {"recommended", "2023-01-01", CONFLICT},
        {"decided", "2023-01-01", CONFLICT},
        {"reporting", "2023-01-01", CONFLICT},
        {"closed", "2023-01-01", CONFLICT},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct owner_place place = place_in(cases[i].round_state);
        place.today_on = text_of(cases[i].today_on);
        assert_int_equal(owner_place_check(&place, fresh_error(f)), cases[i].outcome);
        if (cases[i].outcome != DONE) {
            assert_refused(&f->error, CONFLICT, "bases_closed", NULL);
        }
    }
}

static void a_case_belongs_to_a_round_and_a_network(void **state)
{
    struct fixture *f = *state;
    struct owner_place place = place_in("planning");

    place.network_id = (struct text){0};
    assert_int_equal(owner_place_check(&place, fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "owner_outside_networks", NULL);
    place.round_state = (struct text){0};
    assert_int_equal(owner_place_check(&place, fresh_error(f)), INVALID);
    assert_true(has_fault(&f->error, "/round_id", "unknown_reference"));
}

/* ---- self-assessments ------------------------------------------------------------------------ */

static void an_assessment_is_of_a_unit_with_an_owner(void **state)
{
    struct fixture *f = *state;
    const struct text owner = text_of("owner-1"), none = {0};
    static const char *const units[] = {"kindergarten", "school", "sfo", "ppt"};

    for (size_t i = 0; i < COUNT(units); i++) {
        assert_int_equal(self_assessment_check_unit(text_of(units[i]), owner, fresh_error(f)),
                         DONE);
    }
    assert_int_equal(self_assessment_check_unit(none, none, fresh_error(f)), INVALID);
    assert_true(has_fault(&f->error, "/unit_id", "unknown_reference"));
    assert_int_equal(self_assessment_check_unit(text_of("municipality"), owner, fresh_error(f)),
                     INVALID);
    assert_true(has_fault(&f->error, "/unit_id", "organisation_unfit"));
    assert_int_equal(self_assessment_check_unit(text_of("school"), none, fresh_error(f)), INVALID);
    assert_true(has_fault(&f->error, "/unit_id", "unit_without_owner"));
}

static void an_assessment_is_completed_today_and_opened_again(void **state)
{
    struct fixture *f = *state;
    struct self_assessment assessment = {.state = text_of(ASSESSMENT_DRAFT),
                                         .today_on = text_of("2022-11-01")};
    struct self_assessment_change change = {0};

    assert_int_equal(self_assessment_check_update(&assessment, &f->error), DONE);
    assert_int_equal(self_assessment_complete(&assessment, &f->error, &change), DONE);
    assert_string_equal(change.state.s, ASSESSMENT_COMPLETED);
    assert_string_equal(change.completed_on.s, "2022-11-01");
    assert_int_equal(self_assessment_reopen(&assessment, fresh_error(f), &change), CONFLICT);
    assert_refused(&f->error, CONFLICT, "invalid_transition", NULL);
    assert_true(has_allowed(&f->error, "complete"));

    assessment.state = text_of(ASSESSMENT_COMPLETED);
    assert_int_equal(self_assessment_check_update(&assessment, fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "assessment_completed", NULL);
    assert_int_equal(self_assessment_reopen(&assessment, fresh_error(f), &change), DONE);
    assert_string_equal(change.state.s, ASSESSMENT_DRAFT);
    assert_int_equal(change.completed_on.is, ABSENT);
}

/* ---- need reports ---------------------------------------------------------------------------- */

static struct need_report need_in(const char *state)
{
    return (struct need_report){
        .id = text_of("need-1"),
        .state = text_of(state),
        .round_state = text_of("planning"),
        .basis_due_on = text_of("2023-02-01"),
        .due_on = text_of("2022-12-01"),
        .owned = true,
        .coordinated = true,
        .today_on = text_of("2022-12-01"),
    };
}

static void the_machine_is_that_of_the_domain(void **state)
{
    struct fixture *f = *state;
    const struct need_report_action in = {.note = text_of("Hvilke?")};
    static const struct {
        enum outcome (*decide)(const struct need_report *, const struct need_report_action *,
                               struct error *, struct need_report_change *);
        const char *to;
    } actions[] = {{need_report_return, NEED_RETURNED},
                   {need_report_include, NEED_INCLUDED},
                   {need_report_exclude, NEED_NOT_INCLUDED}};

    for (const char *const *from = need_report_states; *from; from++) {
        const struct need_report need = need_in(*from);
        struct need_report_change change = {0};
        bool editable = strcmp(*from, NEED_DRAFT) == 0 || strcmp(*from, NEED_RETURNED) == 0;
        bool submitted = strcmp(*from, NEED_SUBMITTED) == 0;
        assert_int_equal(need_report_submit(&need, fresh_error(f), &change),
                         editable ? DONE : CONFLICT);
        assert_int_equal(need_report_check_update(&need, fresh_error(f)),
                         editable ? DONE : CONFLICT);
        for (size_t i = 0; i < COUNT(actions); i++) {
            assert_int_equal(actions[i].decide(&need, &in, fresh_error(f), &change),
                             submitted ? DONE : CONFLICT);
            if (submitted) {
                assert_string_equal(change.state.s, actions[i].to);
                assert_string_equal(change.state_note.s, "Hvilke?");
                assert_false(change.submitted_now);
            }
        }
    }
}

static void each_does_its_own_part(void **state)
{
    struct fixture *f = *state;
    const struct need_report_action in = {.note = text_of("Hvilke?")};
    struct need_report_change change = {0};
    struct need_report need = need_in(NEED_DRAFT);

    need.owned = false;
    assert_int_equal(need_report_submit(&need, fresh_error(f), &change), FORBIDDEN);
    assert_int_equal(need_report_check_update(&need, fresh_error(f)), FORBIDDEN);
    need = need_in(NEED_SUBMITTED);
    need.coordinated = false;
    assert_int_equal(need_report_return(&need, &in, fresh_error(f), &change), FORBIDDEN);
    assert_int_equal(need_report_include(&need, &in, fresh_error(f), &change), FORBIDDEN);
    assert_int_equal(need_report_exclude(&need, &in, fresh_error(f), &change), FORBIDDEN);
}

static void the_deadline_warns_or_refuses(void **state)
{
    struct fixture *f = *state;
    struct need_report_change change = {0};
    struct need_report need = need_in(NEED_DRAFT);

    need.deadline_hard = true;
    assert_int_equal(need_report_submit(&need, &f->error, &change), DONE);
    assert_false(change.submitted_late);
    assert_true(change.submitted_now);
    need.today_on = text_of("2022-12-02");
    assert_int_equal(need_report_submit(&need, fresh_error(f), &change), CONFLICT);
    assert_refused(&f->error, CONFLICT, "deadline_passed", NULL);
    need.deadline_hard = false;
    assert_int_equal(need_report_submit(&need, fresh_error(f), &change), DONE);
    assert_true(change.submitted_late);
    need.round_state = text_of("basis_closed");
    assert_int_equal(need_report_submit(&need, fresh_error(f), &change), CONFLICT);
    assert_refused(&f->error, CONFLICT, "bases_closed", NULL);
}

/* It was judged the first time. */
static void what_was_returned_is_submitted_again_whatever_the_day(void **state)
{
    struct fixture *f = *state;
    struct need_report_change change = {0};
    struct need_report need = need_in(NEED_RETURNED);

    need.was_submitted = need.deadline_hard = true;
    need.today_on = text_of("2023-02-10");
    need.round_state = text_of("basis_closed");
    assert_int_equal(need_report_submit(&need, &f->error, &change), DONE);
    assert_false(change.submitted_late);
    assert_true(change.submitted_now);
    assert_int_equal(change.state_note.is, ABSENT);
    need.submitted_late = true;
    assert_int_equal(need_report_submit(&need, &f->error, &change), DONE);
    assert_true(change.submitted_late);
}

static void a_need_builds_on_completed_assessments_of_the_owner(void **state)
{
    struct fixture *f = *state;
    const struct text ids[] = {text_of("a"), text_of("b"), text_of("c")};
    const struct text_list list = {.is = GIVEN, .items = ids, .count = COUNT(ids)};
    const struct cited_assessment found[] = {{text_of("c"), false}, {text_of("a"), true}};
    struct need_report_change change = {0};
    struct need_report need = need_in(NEED_DRAFT);

    assert_int_equal(need_report_check_assessments(&list, found, COUNT(found), &f->error), INVALID);
    assert_int_equal(f->error.fault_count, 2);
    assert_true(has_fault(&f->error, "/self_assessment_ids/1", "unknown_reference"));
    assert_true(has_fault(&f->error, "/self_assessment_ids/2", "assessment_unfit"));
    need.open_assessments = 1;
    assert_int_equal(need_report_submit(&need, fresh_error(f), &change), CONFLICT);
    assert_refused(&f->error, CONFLICT, "assessment_not_completed", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_round_takes_needs_until_its_bases_are_closed),
        TEST(a_case_belongs_to_a_round_and_a_network),
        TEST(an_assessment_is_of_a_unit_with_an_owner),
        TEST(an_assessment_is_completed_today_and_opened_again),
        TEST(the_machine_is_that_of_the_domain),
        TEST(each_does_its_own_part),
        TEST(the_deadline_warns_or_refuses),
        TEST(what_was_returned_is_submitted_again_whatever_the_day),
        TEST(a_need_builds_on_completed_assessments_of_the_owner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
