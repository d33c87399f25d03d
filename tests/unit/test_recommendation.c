#include "domain/grants/recommendation.h"
#include "tests/unit/support.h"

/* A complete, assessed basis of 60 + 40, in a frame of 150. */
static struct recommendation_case a_case(const char *id)
{
    return (struct recommendation_case){
        .basis_id = text_of(id),
        .title = text_of("Grunnlag"),
        .state = text_of("assessed"),
        .network_id = text_of("network"),
        .frame_nok = integer_of(150),
        .applied_uh_nok = 60,
        .applied_network_nok = 40,
        .has_measures = true,
        .has_participants = true,
        .has_duration = true,
        .has_criteria = true,
        .has_partners = true,
        .has_distribution = true,
    };
}

static struct recommendation_case with_line(struct recommendation_case about, const char *verdict,
                                            int64_t uh, int64_t network)
{
    about.line_id = text_of("line");
    about.verdict = text_of(verdict);
    about.amount_uh_nok = integer_of(uh);
    about.amount_network_nok = integer_of(network);
    return about;
}

static struct recommendation_line a_line(const char *verdict)
{
    return (struct recommendation_line){
        .basis_id = text_of("basis"), .verdict = text_of(verdict), .reason = text_of("Derfor")};
}

static enum outcome check(struct fixture *f, struct recommendation_line *line,
                          struct recommendation_case about)
{
    return recommendation_line_check(line, &about, 1, NULL, 0, fresh_error(f));
}

/* ---- one line ------------------------------------------------------------------------------ */

static void amounts_follow_from_the_verdict(void **state)
{
    struct fixture *f = *state;
    struct recommendation_line line = a_line(LINE_RECOMMEND);

    assert_int_equal(check(f, &line, a_case("basis")), DONE);
    assert_int_equal(line.amount_uh_nok.v, 60);
    assert_int_equal(line.amount_network_nok.v, 40);
    line.amount_uh_nok = integer_of(59);
    assert_int_equal(check(f, &line, a_case("basis")), INVALID);
    assert_true(has_fault(&f->error, "/amount_uh_nok", "amount_follows"));
    line = a_line(LINE_REJECT);
    assert_int_equal(check(f, &line, a_case("basis")), DONE);
    assert_true(given(line.amount_uh_nok.is) && given(line.amount_network_nok.is));
    assert_int_equal(line.amount_uh_nok.v + line.amount_network_nok.v, 0);
}

static void a_reduction_is_less_than_what_is_applied_for(void **state)
{
    static const struct {
        int64_t uh, network;
        const char *pointer, *code;
    } cases[] = {
        {60, 39, NULL, NULL},
        {0, 1, NULL, NULL},
        {60, 40, "/verdict", "not_reduced"},
        {0, 0, "/verdict", "not_reduced"},
        {61, 0, "/amount_uh_nok", "amount_above_applied"},
        {0, 41, "/amount_network_nok", "amount_above_applied"},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct recommendation_line line = a_line(LINE_REDUCE);
        line.amount_uh_nok = integer_of(cases[i].uh);
        line.amount_network_nok = integer_of(cases[i].network);
        assert_int_equal(check(f, &line, a_case("basis")), cases[i].code ? INVALID : DONE);
        if (cases[i].code) {
            assert_true(has_fault(&f->error, cases[i].pointer, cases[i].code));
        }
    }
}

static void all_faults_of_a_line_come_at_once(void **state)
{
    struct fixture *f = *state;
    const struct text stranger = text_of("stranger");
    struct recommendation_line line = {
        .basis_id = text_of("basis"),
        .verdict = text_of(LINE_REDUCE),
        .disqualified_member_ids = {.is = GIVEN, .items = &stranger, .count = 1},
    };

    assert_int_equal(check(f, &line, a_case("basis")), INVALID);
    assert_true(has_fault(&f->error, "/reason", "required"));
    assert_true(has_fault(&f->error, "/amount_uh_nok", "required"));
    assert_true(has_fault(&f->error, "/amount_network_nok", "required"));
    assert_true(has_fault(&f->error, "/disqualified_member_ids/0", "not_a_member"));
    line = a_line(LINE_RECOMMEND);
    assert_int_equal(check(f, &line, a_case("another")), INVALID);
    assert_true(has_fault(&f->error, "/basis_id", "unknown_reference"));
}

/* KL-R11. */
static void what_a_basis_lacks_is_told(void **state)
{
    struct fixture *f = *state;
    struct recommendation_case about = a_case("basis");
    struct recommendation_line line = a_line(LINE_RECOMMEND), rejected = a_line(LINE_REJECT);

    about.has_participants = about.has_duration = false;
    assert_int_equal(check(f, &line, about), CONFLICT);
    assert_refused(&f->error, CONFLICT, "line_incomplete", "KL-R11");
    assert_int_equal(f->error.fault_count, 2);
    assert_true(has_fault(&f->error, "/basis/participants", "missing_in_basis"));
    assert_true(has_fault(&f->error, "/basis/duration", "missing_in_basis"));
    assert_int_equal(check(f, &rejected, about), DONE);
}

static void a_basis_is_submitted_or_assessed(void **state)
{
    static const char *const states[] = {"returned", "withdrawn", "recommended", "granted"};
    struct fixture *f = *state;
    struct recommendation_case about = a_case("basis");
    struct recommendation_line line = a_line(LINE_REJECT);

    about.state = text_of("submitted");
    assert_int_equal(check(f, &line, about), DONE);
    for (size_t i = 0; i < COUNT(states); i++) {
        about.state = text_of(states[i]);
        assert_int_equal(check(f, &line, about), CONFLICT);
        assert_refused(&f->error, CONFLICT, "basis_not_recommendable", NULL);
    }
}

/* KL-R03: the other lines of the network count, those of other networks do not. */
static void a_network_gets_its_frame_at_most(void **state)
{
    struct fixture *f = *state;
    struct recommendation_case cases[] = {
        a_case("basis"),
        with_line(a_case("second"), LINE_REDUCE, 50, 0),
        with_line(a_case("elsewhere"), LINE_RECOMMEND, 60, 40),
    };
    struct recommendation_line line = a_line(LINE_RECOMMEND);

    cases[2].network_id = text_of("another network");
    assert_int_equal(recommendation_line_check(&line, cases, 3, NULL, 0, fresh_error(f)), DONE);
    cases[1].amount_network_nok = integer_of(1);
    assert_int_equal(recommendation_line_check(&line, cases, 3, NULL, 0, fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "recommended_above_frame", "KL-R03");
    cases[0] = with_line(cases[0], LINE_RECOMMEND, 60, 40);
    line = a_line(LINE_REDUCE);
    line.amount_uh_nok = integer_of(60);
    line.amount_network_nok = integer_of(39);
    assert_int_equal(recommendation_line_check(&line, cases, 3, NULL, 0, fresh_error(f)), DONE);
    cases[0].frame_nok = (struct integer){.is = ABSENT};
    assert_int_equal(recommendation_line_check(&line, cases, 3, NULL, 0, fresh_error(f)), CONFLICT);
}

static void amounts_stay_where_a_line_remains_reduced(void **state)
{
    const struct recommendation_line_update priority = {.priority = integer_of(1)};
    const struct recommendation_line_update uh = {.amount_uh_nok = integer_of(5)};
    const struct recommendation_line_update recommend = {.verdict = text_of(LINE_RECOMMEND)};
    const struct recommendation_line_update plain = {.reason = {.is = NULLED}};
    struct recommendation_line line = a_line(LINE_REDUCE);
    (void)state;

    line.amount_uh_nok = integer_of(10);
    line.amount_network_nok = integer_of(20);
    recommendation_line_merge(&line, &priority);
    assert_int_equal(line.amount_uh_nok.v, 10);
    recommendation_line_merge(&line, &uh);
    assert_int_equal(line.amount_uh_nok.v, 5);
    assert_int_equal(line.amount_network_nok.v, 20);
    recommendation_line_merge(&line, &recommend);
    assert_false(given(line.amount_uh_nok.is));
    assert_false(given(line.amount_network_nok.is));
    recommendation_line_merge(&line, &plain);
    assert_int_equal(line.reason.is, NULLED);
    assert_int_equal(line.priority.v, 1);
}

/* ---- all lines ----------------------------------------------------------------------------- */

static void refuses(struct fixture *f, struct recommendation_case about, const char *code,
                    const char *rule)
{
    enum outcome outcome = recommendation_lines_check(&about, 1, fresh_error(f));
    if (!code) {
        assert_int_equal(outcome, DONE);
        return;
    }
    assert_refused(&f->error, CONFLICT, code, rule);
    assert_true(
        has_fault(&f->error, given(about.line_id.is) ? "/lines/line" : "/bases/basis", code));
}

static void what_stands_in_the_way_is_told(void **state)
{
    struct fixture *f = *state;
    const struct recommendation_case good = with_line(a_case("basis"), LINE_RECOMMEND, 60, 40);
    struct recommendation_case about = a_case("basis");

    refuses(f, good, NULL, NULL);
    refuses(f, about, "bases_without_line", NULL);
    about.state = text_of("submitted");
    refuses(f, about, "bases_without_line", NULL);
    about.state = text_of("withdrawn");
    refuses(f, about, NULL, NULL);
    about = good;
    about.state = text_of("submitted");
    refuses(f, about, "basis_not_assessed", NULL);
    about = good;
    about.applied_uh_nok = 50;
    refuses(f, about, "line_outdated", NULL);
    about = with_line(good, LINE_REDUCE, 60, 0);
    refuses(f, about, NULL, NULL);
    about.applied_uh_nok = 59;
    refuses(f, about, "line_outdated", NULL);
    about = good;
    about.has_criteria = false;
    refuses(f, about, "line_incomplete", "KL-R11");
    about = good;
    about.undeclared = true;
    refuses(f, about, "members_not_disqualified", "KL-R16");
    about = good;
    about.frame_nok = integer_of(99);
    refuses(f, about, "recommended_above_frame", "KL-R03");
}

/* KL-R05. */
static void every_criterion_is_met(void **state)
{
    struct fixture *f = *state;
    struct recommendation_case about = with_line(a_case("basis"), LINE_RECOMMEND, 60, 40);

    about.partly = true;
    refuses(f, about, "conditions_required", "KL-R05");
    about.conditions = text_of(" ");
    refuses(f, about, "conditions_required", "KL-R05");
    about.conditions = text_of("Dialog med UH");
    refuses(f, about, NULL, NULL);
    about.not_met = true;
    refuses(f, about, "criterion_not_met", "KL-R05");
    refuses(f, with_line(about, LINE_REJECT, 0, 0), NULL, NULL);
}

/* ---- adoption ------------------------------------------------------------------------------ */

static struct recommendation a_draft(void)
{
    return (struct recommendation){
        .id = text_of("recommendation"),
        .state = text_of(RECOMMENDATION_DRAFT),
        .round_state = text_of("basis_closed"),
        .meeting_id = text_of("meeting"),
        .meeting_state = text_of(MEETING_HELD),
        .meeting_fits = true,
        .held_on = text_of("2030-03-10"),
        .today_on = text_of("2030-03-15"),
        .due_on = text_of("2030-03-15"),
    };
}

static enum outcome adopt(struct fixture *f, const struct recommendation *draft,
                          const struct recommendation_adopt *in,
                          struct recommendation_change *ret_change)
{
    const struct recommendation_case about = with_line(a_case("basis"), LINE_RECOMMEND, 60, 40);
    const struct meeting_voter voters[] = {{.id = text_of("a"), .may_vote = true},
                                           {.id = text_of("b"), .may_vote = false}};
    return recommendation_adopt(draft, in, voters, COUNT(voters), &about, 1, fresh_error(f),
                                ret_change);
}

static const struct recommendation_adopt *agreed(void)
{
    static struct recommendation_adopt in;
    in = (struct recommendation_adopt){.decided_by = text_of(DECIDED_BY_CONSENSUS)};
    return &in;
}

static void a_draft_is_adopted_on_the_day_of_the_meeting(void **state)
{
    struct fixture *f = *state;
    struct recommendation draft = a_draft();
    struct recommendation_change change = {0};

    assert_int_equal(adopt(f, &draft, agreed(), &change), DONE);
    assert_string_equal(change.state.s, RECOMMENDATION_ADOPTED);
    assert_string_equal(change.adopted_on.s, "2030-03-10");
    assert_false(given(change.late_reason.is));
    for (const char *const *from = recommendation_states; *from; from++) {
        bool is_draft = strcmp(*from, RECOMMENDATION_DRAFT) == 0;
        draft.state = text_of(*from);
        assert_int_equal(adopt(f, &draft, agreed(), &change), is_draft ? DONE : CONFLICT);
        assert_int_equal(recommendation_check_draft(&draft, fresh_error(f)),
                         is_draft ? DONE : CONFLICT);
    }
}

static void rounds_and_meetings_must_fit(void **state)
{
    struct fixture *f = *state;
    struct recommendation draft = a_draft();
    struct recommendation_change change = {0};

    draft.round_state = text_of("recommended");
    assert_int_equal(adopt(f, &draft, agreed(), &change), CONFLICT);
    assert_refused(&f->error, CONFLICT, "round_not_recommending", NULL);
    draft = a_draft();
    draft.meeting_state = text_of(MEETING_PLANNED);
    assert_int_equal(adopt(f, &draft, agreed(), &change), CONFLICT);
    assert_refused(&f->error, CONFLICT, "meeting_not_held", NULL);
    draft.meeting_fits = false;
    assert_int_equal(adopt(f, &draft, agreed(), &change), INVALID);
    assert_true(has_fault(&f->error, "/meeting_id", "adopting_meeting_unfit"));
    draft.meeting_id = (struct text){.is = ABSENT};
    assert_int_equal(adopt(f, &draft, agreed(), &change), INVALID);
    assert_true(has_fault(&f->error, "/meeting_id", "required"));
    draft = a_draft();
    draft.awaited_until_on = text_of("2030-03-20");
    assert_int_equal(adopt(f, &draft, agreed(), &change), CONFLICT);
    assert_refused(&f->error, CONFLICT, "bases_awaited", NULL);
}

static void a_basis_that_can_come_back_is_awaited(void **state)
{
    struct fixture *f = *state;
    const struct recommendation draft = a_draft();
    struct recommendation_case about = a_case("basis");
    struct recommendation_change change = {0};

    about.state = text_of("returned");
    about.awaited_until_on = text_of("2030-03-20");
    assert_int_equal(
        recommendation_adopt(&draft, agreed(), NULL, 0, &about, 1, fresh_error(f), &change),
        CONFLICT);
    assert_refused(&f->error, CONFLICT, "bases_awaited", NULL);
    about.awaited_until_on = (struct text){.is = ABSENT};
    assert_int_equal(
        recommendation_adopt(&draft, agreed(), NULL, 0, &about, 1, fresh_error(f), &change), DONE);
}

/* KL-R16. */
static void nobody_recommends_a_basis_of_their_own(void **state)
{
    struct fixture *f = *state;
    const struct recommendation draft = a_draft();
    struct recommendation_case about = a_case("basis");
    struct recommendation_line line = a_line(LINE_REJECT);
    struct recommendation_change change = {0};

    about.own = true;
    assert_int_equal(check(f, &line, about), FORBIDDEN);
    assert_refused(&f->error, FORBIDDEN, "own_basis", "KL-R16");
    assert_int_equal(recommendation_lines_check_impartial(&about, 1, fresh_error(f)), DONE);
    about = with_line(about, LINE_REJECT, 0, 0);
    assert_int_equal(
        recommendation_adopt(&draft, agreed(), NULL, 0, &about, 1, fresh_error(f), &change),
        FORBIDDEN);
    assert_refused(&f->error, FORBIDDEN, "own_basis", "KL-R16");
}

/* KL-R10. */
static void those_who_may_vote_are_counted(void **state)
{
    struct fixture *f = *state;
    const struct recommendation draft = a_draft();
    struct recommendation_change change = {0};
    struct recommendation_adopt in = {.decided_by = text_of(DECIDED_BY_VOTE),
                                      .votes_for = integer_of(1),
                                      .votes_against = integer_of(0)};

    assert_int_equal(adopt(f, &draft, &in, &change), DONE);
    assert_int_equal(change.votes_for.v, 1);
    in.votes_for = integer_of(2);
    assert_int_equal(adopt(f, &draft, &in, &change), CONFLICT);
    assert_refused(&f->error, CONFLICT, "too_many_votes", "KL-R10");
    in.votes_for = integer_of(0);
    assert_int_equal(adopt(f, &draft, &in, &change), INVALID);
    assert_refused(&f->error, INVALID, "vote_not_carried", "KL-R10");
}

static void late_needs_a_reason(void **state)
{
    struct fixture *f = *state;
    struct recommendation draft = a_draft();
    struct recommendation_change change = {0};
    struct recommendation_adopt in = *agreed();

    in.late_reason = text_of("Stengt vei");
    assert_int_equal(adopt(f, &draft, &in, &change), DONE);
    assert_false(given(change.late_reason.is));
    draft.today_on = text_of("2030-03-16");
    assert_int_equal(adopt(f, &draft, &in, &change), DONE);
    assert_string_equal(change.late_reason.s, "Stengt vei");
    assert_int_equal(adopt(f, &draft, agreed(), &change), CONFLICT);
    assert_refused(&f->error, CONFLICT, "late_reason_required", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(amounts_follow_from_the_verdict),
        TEST(a_reduction_is_less_than_what_is_applied_for),
        TEST(all_faults_of_a_line_come_at_once),
        TEST(what_a_basis_lacks_is_told),
        TEST(a_basis_is_submitted_or_assessed),
        TEST(a_network_gets_its_frame_at_most),
        TEST(amounts_stay_where_a_line_remains_reduced),
        TEST(what_stands_in_the_way_is_told),
        TEST(every_criterion_is_met),
        TEST(a_draft_is_adopted_on_the_day_of_the_meeting),
        TEST(rounds_and_meetings_must_fit),
        TEST(a_basis_that_can_come_back_is_awaited),
        TEST(nobody_recommends_a_basis_of_their_own),
        TEST(those_who_may_vote_are_counted),
        TEST(late_needs_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
