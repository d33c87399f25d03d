#include "domain/grants/criterion.h"
#include "tests/unit/support.h"

static enum outcome put(struct fixture *f, const char *state, const char *from, const char *to)
{
    const struct criterion criterion = {.basis_state = text_of(state), .verdict = text_of(from)};
    const struct criterion_put in = {.verdict = text_of(to)};
    return criterion_check_put(&criterion, &in, fresh_error(f));
}

static void any_verdict_is_given_while_the_basis_is_submitted(void **state)
{
    struct fixture *f = *state;
    for (const char *const *to = criterion_verdicts; *to; to++) {
        assert_int_equal(put(f, "submitted", NULL, *to), DONE);
        for (const char *const *from = criterion_verdicts; *from; from++) {
            assert_int_equal(put(f, "submitted", *from, *to), DONE);
        }
    }
}

static void otherwise_none_is(void **state)
{
    static const char *const states[] = {"draft",           "returned", "assessed", "recommended",
                                         "not_recommended", "refused",  "withdrawn"};
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(states); i++) {
        assert_int_equal(put(f, states[i], VERDICT_PARTLY, VERDICT_MET), CONFLICT);
        assert_refused(&f->error, CONFLICT, "basis_not_assessable", NULL);
    }
}

/* KL-R05: payment waits for every criterion. */
static void after_the_decision_partly_becomes_met(void **state)
{
    static const char *const states[] = {"granted", "partially_granted"};
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(states); i++) {
        for (const char *const *from = criterion_verdicts; *from; from++) {
            for (const char *const *to = criterion_verdicts; *to; to++) {
                bool shown = strcmp(*from, VERDICT_PARTLY) == 0 && strcmp(*to, VERDICT_MET) == 0;
                assert_int_equal(put(f, states[i], *from, *to), shown ? DONE : CONFLICT);
                if (!shown) {
                    assert_refused(&f->error, CONFLICT, "verdict_stands", NULL);
                }
            }
        }
        assert_int_equal(put(f, states[i], NULL, VERDICT_MET), CONFLICT);
    }
}

/* KL-R16, whatever the state. */
static void nobody_assesses_a_basis_of_their_own(void **state)
{
    struct fixture *f = *state;
    const struct criterion_put in = {.verdict = text_of(VERDICT_MET)};
    struct criterion criterion = {.basis_state = text_of("submitted"), .own = true};
    assert_int_equal(criterion_check_put(&criterion, &in, &f->error), FORBIDDEN);
    assert_refused(&f->error, FORBIDDEN, "own_basis", "KL-R16");
    criterion.basis_state = text_of("assessed");
    assert_int_equal(criterion_check_put(&criterion, &in, fresh_error(f)), FORBIDDEN);
}

static enum outcome assess(struct fixture *f, const struct basis *basis, size_t count)
{
    const struct text words[] = {text_of("c1"), text_of("c2"), text_of("c3"), text_of("c4")};
    const struct text_list judged = {.is = GIVEN, .items = words, .count = count};
    struct basis_change change = {0};
    enum outcome outcome = basis_assess(basis, &judged, fresh_error(f), &change);
    if (outcome == DONE) {
        assert_string_equal(change.state.s, "assessed");
        assert_false(given(change.claimed_nok.is));
    }
    return outcome;
}

/* KL-R05. */
static void a_basis_is_assessed_when_all_four_are(void **state)
{
    struct fixture *f = *state;
    struct basis basis = {.state = text_of(BASIS_SUBMITTED)};

    assert_int_equal(assess(f, &basis, 4), DONE);
    assert_int_equal(assess(f, &basis, 2), CONFLICT);
    assert_refused(&f->error, CONFLICT, "criteria_unassessed", "KL-R05");
    assert_int_equal(f->error.fault_count, 2);
    assert_true(has_fault(&f->error, "/criteria/c3", "criteria_unassessed"));
    basis.own = true;
    assert_int_equal(assess(f, &basis, 4), FORBIDDEN);
    assert_refused(&f->error, FORBIDDEN, "own_basis", "KL-R16");
    basis.own = false;
    for (const char *const *from = basis_states; *from; from++) {
        basis.state = text_of(*from);
        assert_int_equal(assess(f, &basis, 4),
                         strcmp(*from, BASIS_SUBMITTED) == 0 ? DONE : CONFLICT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(any_verdict_is_given_while_the_basis_is_submitted),
        TEST(otherwise_none_is),
        TEST(after_the_decision_partly_becomes_met),
        TEST(nobody_assesses_a_basis_of_their_own),
        TEST(a_basis_is_assessed_when_all_four_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
