#include "domain/grants/stored_allocation.h"
#include "tests/unit/support.h"

static const struct allocation_count counts[] = {
    {.network_id = {GIVEN, "n1", 2},
     .code = {GIVEN, "KN01", 4},
     .children = 1,
     .pupils = 2,
     .is_counted = true},
    {.network_id = {GIVEN, "n2", 2},
     .code = {GIVEN, "KN02", 4},
     .apprentices = 1,
     .is_counted = true},
};

static struct round round_of(const char *state)
{
    return (struct round){.id = text_of("r"),
                          .forum_id = text_of("f"),
                          .scheme_code = text_of("dekom"),
                          .year = integer_of(2027),
                          .state = text_of(state),
                          .total_nok = integer_of(1000),
                          .joint_share_first_meeting_only = true};
}

static struct allocation allocation_in(const char *state)
{
    return (struct allocation){.id = text_of("a"),
                               .state = text_of(state),
                               .kind = text_of("provisional"),
                               .total_nok = integer_of(1000)};
}

/* Nothing in the way. */
static struct allocation_scene clear_scene(void)
{
    return (struct allocation_scene){.meeting_forum_id = text_of("f"),
                                     .meeting_scheme_code = text_of("dekom"),
                                     .meeting_state = text_of("held"),
                                     .meeting_year = integer_of(2027),
                                     .meeting_year_no = integer_of(1)};
}

/* ---- computing ------------------------------------------------------------------------------- */

static void what_is_left_out_is_the_rounds(void **state)
{
    struct fixture *f = *state;
    struct round round = round_of(ROUND_PLANNING);
    struct allocation draft = {0};
    struct allocation_create in = {.name = text_of("A"),
                                   .joint_share_bp = integer_of(2000),
                                   .base_per_network_nok = integer_of(100)};

    assert_int_equal(allocation_draft(&in, &round, &f->error, &draft), DONE);
    assert_string_equal(draft.kind.s, "provisional");
    assert_int_equal(draft.headcount_year.v, 2026);
    assert_int_equal(draft.total_nok.v, 1000);
    assert_int_equal(draft.weight_apprentice_milli.v, 1000);
    round.total_nok.is = ABSENT;
    allocation_draft(&in, &round, fresh_error(f), &draft);
    assert_refused(&f->error, CONFLICT, "round_total_missing", NULL);
    in.total_nok = integer_of(500);
    assert_int_equal(allocation_draft(&in, &round, fresh_error(f), &draft), DONE);
    assert_int_equal(draft.total_nok.v, 500);
}

static void a_line_for_exactly_the_networks(void **state)
{
    struct fixture *f = *state;
    const struct round round = round_of(ROUND_PLANNING);
    struct allocation draft = {0};
    struct allocation_row *rows = NULL;
    struct allocation_create in = {.joint_share_bp = integer_of(2000),
                                   .base_per_network_nok = integer_of(100)};

    allocation_draft(&in, &round, &f->error, &draft);
    assert_int_equal(
        allocation_distribute(&draft, counts, COUNT(counts), f->arena, &f->error, &rows), DONE);
    assert_int_equal(draft.joint_nok.v, 200);
    assert_int_equal(rows[0].amount_nok, 550);
    assert_int_equal(rows[1].amount_nok, 250);
    assert_string_equal(rows[1].network_id.s, "n2");
    assert_int_equal(rows[1].apprentices, 1);
    assert_int_equal(rows[0].weight, 3);
    /* Computed anew it has both the share and its amount. */
    draft.id = text_of("a");
    assert_int_equal(
        allocation_distribute(&draft, counts, COUNT(counts), f->arena, &f->error, &rows), DONE);
    draft.joint_share_bp.is = ABSENT;
    draft.joint_nok = integer_of(201);
    assert_int_equal(
        allocation_distribute(&draft, counts, COUNT(counts), f->arena, &f->error, &rows), DONE);
    assert_int_equal(rows[0].amount_nok + rows[1].amount_nok, 799);
}

static void what_cannot_be_distributed(void **state)
{
    struct fixture *f = *state;
    const struct round round = round_of(ROUND_PLANNING);
    struct allocation_count missing[] = {counts[0], counts[1]};
    struct allocation_row *rows = NULL;
    struct allocation draft = {0};
    struct allocation_create in = {.joint_share_bp = integer_of(0),
                                   .joint_nok = integer_of(0),
                                   .base_per_network_nok = integer_of(501)};

    allocation_draft(&in, &round, &f->error, &draft);
    allocation_distribute(&draft, counts, COUNT(counts), f->arena, &f->error, &rows);
    assert_true(has_fault(&f->error, "/joint_share_bp", "joint_ambiguous"));
    in.joint_nok.is = ABSENT;
    error_init(&f->error, f->arena);
    allocation_draft(&in, &round, &f->error, &draft);
    allocation_distribute(&draft, counts, COUNT(counts), f->arena, &f->error, &rows);
    assert_refused(&f->error, INVALID, "base_exceeds_pool", "KL-R02");
    missing[1].is_counted = false;
    error_init(&f->error, f->arena);
    allocation_distribute(&draft, missing, COUNT(missing), f->arena, &f->error, &rows);
    assert_refused(&f->error, CONFLICT, "headcount_missing", "KL-R13");
}

/* ---- deciding -------------------------------------------------------------------------------- */

static void the_machine_is_that_of_the_domain(void **state)
{
    struct fixture *f = *state;
    const struct round round = round_of(ROUND_PLANNING);
    const struct allocation_scene scene = clear_scene();
    const struct allocation_adoption in = {.meeting_id = text_of("m")};

    for (const char *const *from = allocation_states; *from; from++) {
        const struct allocation allocation = allocation_in(*from);
        struct text to = {0};
        bool draft = strcmp(*from, ALLOCATION_DRAFT) == 0;
        bool adopted = strcmp(*from, ALLOCATION_ADOPTED) == 0;
        assert_int_equal(allocation_recompute(&allocation, fresh_error(f)),
                         draft ? DONE : CONFLICT);
        assert_int_equal(allocation_check_draft(&allocation, fresh_error(f)),
                         draft ? DONE : CONFLICT);
        assert_int_equal(allocation_publish(&allocation, fresh_error(f), &to),
                         adopted ? DONE : CONFLICT);
        assert_int_equal(allocation_adopt(&allocation, &round, &scene, &in, fresh_error(f), &to),
                         draft ? DONE : CONFLICT);
        if (draft) {
            assert_string_equal(to.s, ALLOCATION_ADOPTED);
        } else {
            assert_refused(&f->error, CONFLICT, "invalid_transition", NULL);
        }
    }
}

static const char *adopting(struct fixture *f, const struct allocation_scene *scene,
                            const char *reason)
{
    const struct round round = round_of(ROUND_OPEN);
    const struct allocation draft = allocation_in(ALLOCATION_DRAFT);
    const struct allocation_adoption in = {.meeting_id = text_of("m"), .reason = text_of(reason)};
    struct text to = {0};
    return allocation_adopt(&draft, &round, scene, &in, fresh_error(f), &to) == DONE
               ? NULL
               : f->error.code;
}

static void a_meeting_of_the_round_decides(void **state)
{
    struct fixture *f = *state;
    struct allocation_scene scene = clear_scene();

    scene.meeting_state = text_of("planned");
    assert_string_equal(adopting(f, &scene, NULL), "meeting_not_held");
    scene.meeting_year = integer_of(2026);
    adopting(f, &scene, NULL);
    assert_true(has_fault(&f->error, "/meeting_id", "meeting_unfit"));
    scene = clear_scene();
    scene.meeting_scheme_code = text_of("rekom");
    adopting(f, &scene, NULL);
    assert_true(has_fault(&f->error, "/meeting_id", "meeting_unfit"));
    adopting(f, &(struct allocation_scene){0}, NULL);
    assert_true(has_fault(&f->error, "/meeting_id", "unknown_reference"));
}

static void the_first_meeting_decides_and_a_later_one_says_why(void **state)
{
    struct fixture *f = *state;
    struct allocation_scene scene = clear_scene();

    scene.meeting_year_no = integer_of(2);
    adopting(f, &scene, "Fordi");
    assert_refused(&f->error, CONFLICT, "not_first_meeting", "KL-R04");
    scene.decided_before = true;
    scene.present_id = text_of("b");
    adopting(f, &scene, " ");
    assert_refused(&f->error, CONFLICT, "allocation_in_force", "KL-R04");
    assert_null(adopting(f, &scene, "Statsbudsjettet"));
}

static void figures_frames_and_totals_must_fit(void **state)
{
    static const struct {
        const char *kind;
        enum presence known;
        int64_t total;
        bool fits;
    } totals[] = {
        {"provisional", GIVEN, 1000, true}, {"provisional", GIVEN, 1001, true},
        {"provisional", GIVEN, 999, false}, {"provisional", ABSENT, 0, true},
        {"final", GIVEN, 1000, true},       {"final", GIVEN, 1001, false},
        {"final", ABSENT, 0, false},
    };
    struct fixture *f = *state;
    struct allocation_scene scene = clear_scene();
    const struct allocation_adoption in = {.meeting_id = text_of("m")};

    for (size_t i = 0; i < COUNT(totals); i++) {
        struct round round = round_of(ROUND_PLANNING);
        struct allocation draft = allocation_in(ALLOCATION_DRAFT);
        struct text to = {0};
        round.total_nok = (struct integer){totals[i].known, totals[i].total};
        draft.kind = text_of(totals[i].kind);
        allocation_adopt(&draft, &round, &scene, &in, fresh_error(f), &to);
        if (totals[i].fits) {
            assert_int_equal(f->error.outcome, DONE);
        } else {
            assert_refused(&f->error, CONFLICT, "allocation_total_differs", "KL-R08");
        }
    }
    scene.frames_short = text_of("KN01");
    adopting(f, &scene, NULL);
    assert_refused(&f->error, CONFLICT, "frame_below_claims", "KL-R03");
    scene.is_outdated = true;
    adopting(f, &scene, NULL);
    assert_refused(&f->error, CONFLICT, "allocation_outdated", "KL-R13");
    scene.headcounts_open = text_of("KN01");
    adopting(f, &scene, NULL);
    assert_refused(&f->error, CONFLICT, "headcounts_open", "KL-R13");
}

static void a_decided_round_keeps_its_frames(void **state)
{
    static const char *const decided[] = {ROUND_DECIDED, ROUND_REPORTING, ROUND_CLOSED};
    struct fixture *f = *state;
    const struct allocation_scene scene = clear_scene();
    const struct allocation draft = allocation_in(ALLOCATION_DRAFT);
    const struct allocation_adoption in = {.meeting_id = text_of("m")};

    for (size_t i = 0; i < COUNT(decided); i++) {
        const struct round round = round_of(decided[i]);
        struct text to = {0};
        allocation_adopt(&draft, &round, &scene, &in, fresh_error(f), &to);
        assert_refused(&f->error, CONFLICT, "round_decided", NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_left_out_is_the_rounds),
        TEST(a_line_for_exactly_the_networks),
        TEST(what_cannot_be_distributed),
        TEST(the_machine_is_that_of_the_domain),
        TEST(a_meeting_of_the_round_decides),
        TEST(the_first_meeting_decides_and_a_later_one_says_why),
        TEST(figures_frames_and_totals_must_fit),
        TEST(a_decided_round_keeps_its_frames),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
