#include "domain/grants/meeting.h"
#include "tests/unit/support.h"

static struct meeting meeting_in(const char *state)
{
    return (struct meeting){
        .id = text_of("meeting-1"),
        .state = text_of(state),
        .held_on = text_of("2026-01-12"),
        .year_no = integer_of(1),
        .today_on = text_of("2026-01-12"),
        .joint_share_first_only = true,
    };
}

static void the_machine_is_that_of_the_domain(void **state)
{
    struct fixture *f = *state;
    const struct meeting_action in = {.minutes = text_of("Enige.")};

    for (const char *const *from = meeting_states; *from; from++) {
        const struct meeting meeting = meeting_in(*from);
        struct meeting_change change = {0};
        bool planned = strcmp(*from, MEETING_PLANNED) == 0;
        assert_int_equal(meeting_hold(&meeting, &in, fresh_error(f), &change),
                         planned ? DONE : CONFLICT);
        if (planned) {
            assert_string_equal(change.state.s, MEETING_HELD);
            assert_string_equal(change.minutes.s, "Enige.");
        }
        assert_int_equal(meeting_cancel(&meeting, fresh_error(f), &change),
                         planned ? DONE : CONFLICT);
        if (planned) {
            assert_string_equal(change.state.s, MEETING_CANCELLED);
        } else {
            assert_refused(&f->error, CONFLICT, "invalid_transition", NULL);
        }
    }
}

static void a_meeting_is_held_on_its_day_at_the_earliest(void **state)
{
    struct fixture *f = *state;
    const struct meeting_action in = {0};
    struct meeting meeting = meeting_in(MEETING_PLANNED);
    struct meeting_change change = {0};

    meeting.today_on = text_of("2026-01-11");
    assert_int_equal(meeting_hold(&meeting, &in, &f->error, &change), CONFLICT);
    assert_refused(&f->error, CONFLICT, "meeting_not_begun", NULL);
}

static void what_is_held_has_its_minutes_corrected(void **state)
{
    struct fixture *f = *state;
    const struct meeting_update minutes = {.minutes = text_of("Alle var enige.")};
    const struct meeting_update title = {.minutes = minutes.minutes, .title = text_of("Nytt")};
    const struct meeting_update agenda = {.agenda = {.is = GIVEN}};
    struct meeting meeting = meeting_in(MEETING_PLANNED);

    assert_int_equal(meeting_check_update(&meeting, &title, &f->error), DONE);
    meeting.state = text_of(MEETING_HELD);
    assert_int_equal(meeting_check_update(&meeting, &minutes, &f->error), DONE);
    assert_int_equal(meeting_check_update(&meeting, &title, fresh_error(f)), CONFLICT);
    assert_int_equal(meeting_check_update(&meeting, &agenda, fresh_error(f)), CONFLICT);
    meeting.state = text_of(MEETING_CANCELLED);
    assert_int_equal(meeting_check_update(&meeting, &minutes, fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "meeting_over", NULL);
}

/* ---- decisions ----------------------------------------------------------------------------- */

/* Four with a vote, and an observer. */
static struct meeting_voter voters[] = {{.may_vote = true},
                                        {.may_vote = true},
                                        {.may_vote = true},
                                        {.may_vote = true},
                                        {.may_vote = false}};

static void name_voters(void)
{
    static const char *const names[] = {"a", "b", "c", "d", "observer"};
    for (size_t i = 0; i < COUNT(voters); i++) {
        voters[i].id = text_of(names[i]);
    }
}

static enum outcome decide(struct fixture *f, const struct meeting *meeting,
                           const struct meeting_decision_create *in)
{
    name_voters();
    return meeting_check_decision(meeting, in, voters, COUNT(voters), fresh_error(f));
}

static struct meeting_decision_create vote(int64_t votes_for, int64_t votes_against)
{
    return (struct meeting_decision_create){
        .kind = text_of("other"),
        .decided_by = text_of(DECIDED_BY_VOTE),
        .votes_for = integer_of(votes_for),
        .votes_against = integer_of(votes_against),
    };
}

/* KL-R10. */
static void a_vote_is_carried_by_more_for_than_against(void **state)
{
    static const struct {
        int64_t votes_for, votes_against, votes_abstained;
        const char *code;
    } cases[] = {
        {1, 0, 0, NULL},
        {4, 0, 0, NULL},
        {2, 1, 1, NULL},
        {2, 2, 0, "vote_not_carried"},
        {0, 0, 0, "vote_not_carried"},
        {1, 2, 0, "vote_not_carried"},
        {5, 0, 0, "too_many_votes"},
        {3, 1, 1, "too_many_votes"},
    };
    struct fixture *f = *state;
    const struct meeting meeting = meeting_in(MEETING_HELD);

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct meeting_decision_create in = vote(cases[i].votes_for, cases[i].votes_against);
        in.votes_abstained = integer_of(cases[i].votes_abstained);
        enum outcome outcome = decide(f, &meeting, &in);
        if (!cases[i].code) {
            assert_int_equal(outcome, DONE);
        } else if (strcmp(cases[i].code, "vote_not_carried") == 0) {
            assert_refused(&f->error, INVALID, "vote_not_carried", "KL-R10");
        } else {
            assert_refused(&f->error, CONFLICT, "too_many_votes", "KL-R10");
        }
    }
}

static void the_disqualified_do_not_vote(void **state)
{
    struct fixture *f = *state;
    const struct meeting meeting = meeting_in(MEETING_HELD);
    const struct text ids[] = {text_of("a"), text_of("observer"), text_of("stranger")};
    struct meeting_decision_create in = vote(3, 0);

    in.disqualified_member_ids = (struct text_list){.is = GIVEN, .items = ids, .count = 2};
    assert_int_equal(decide(f, &meeting, &in), DONE);
    in.votes_for = integer_of(4);
    assert_int_equal(decide(f, &meeting, &in), CONFLICT);
    assert_refused(&f->error, CONFLICT, "too_many_votes", "KL-R10");
    in.disqualified_member_ids.count = 3;
    assert_int_equal(decide(f, &meeting, &in), INVALID);
    assert_true(has_fault(&f->error, "/disqualified_member_ids/2", "not_a_member"));
}

static void counts_belong_to_votes(void **state)
{
    struct fixture *f = *state;
    const struct meeting meeting = meeting_in(MEETING_HELD);
    struct meeting_decision_create in = vote(3, 1);

    in.decided_by = text_of(DECIDED_BY_CONSENSUS);
    assert_int_equal(decide(f, &meeting, &in), INVALID);
    assert_true(has_fault(&f->error, "/votes_for", "votes_unwanted"));
    assert_true(has_fault(&f->error, "/votes_against", "votes_unwanted"));
    in = (struct meeting_decision_create){.decided_by = text_of(DECIDED_BY_VOTE)};
    assert_int_equal(decide(f, &meeting, &in), INVALID);
    assert_true(has_fault(&f->error, "/votes_for", "required"));
    assert_true(has_fault(&f->error, "/votes_against", "required"));
    assert_int_equal(f->error.fault_count, 2);
}

/* KL-R04. */
static void the_joint_share_is_decided_once_in_the_first_meeting(void **state)
{
    struct fixture *f = *state;
    struct meeting meeting = meeting_in(MEETING_HELD);
    const struct meeting_decision_create in = {.kind = text_of(DECIDED_JOINT_SHARE),
                                               .decided_by = text_of(DECIDED_BY_CONSENSUS)};

    assert_int_equal(decide(f, &meeting, &in), DONE);
    meeting.joint_share_decided = true;
    assert_int_equal(decide(f, &meeting, &in), CONFLICT);
    assert_refused(&f->error, CONFLICT, "joint_share_decided", "KL-R04");
    meeting.joint_share_decided = false;
    meeting.year_no = integer_of(2);
    assert_int_equal(decide(f, &meeting, &in), CONFLICT);
    assert_refused(&f->error, CONFLICT, "not_first_meeting", "KL-R04");
    meeting.joint_share_first_only = false;
    assert_int_equal(decide(f, &meeting, &in), DONE);
}

static void a_meeting_decides_when_it_is_held(void **state)
{
    struct fixture *f = *state;
    const struct meeting_decision_create in = {.kind = text_of("other"),
                                               .decided_by = text_of(DECIDED_BY_CONSENSUS)};

    for (const char *const *from = meeting_states; *from; from++) {
        const struct meeting meeting = meeting_in(*from);
        bool is_held = strcmp(*from, MEETING_HELD) == 0;
        assert_int_equal(decide(f, &meeting, &in), is_held ? DONE : CONFLICT);
        if (!is_held) {
            assert_refused(&f->error, CONFLICT, "meeting_not_held", NULL);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_machine_is_that_of_the_domain),
        TEST(a_meeting_is_held_on_its_day_at_the_earliest),
        TEST(what_is_held_has_its_minutes_corrected),
        TEST(a_vote_is_carried_by_more_for_than_against),
        TEST(the_disqualified_do_not_vote),
        TEST(counts_belong_to_votes),
        TEST(the_joint_share_is_decided_once_in_the_first_meeting),
        TEST(a_meeting_decides_when_it_is_held),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
