#include "domain/grants/basis_submission.h"
#include "domain/grants/measure.h"
#include "tests/unit/support.h"

static struct basis basis_in(const char *state)
{
    return (struct basis){
        .id = text_of("basis-1"),
        .state = text_of(state),
        .today_on = text_of("2030-01-15"),
        .of_network = true,
    };
}

static void the_machine_is_that_of_the_domain(void **state)
{
    static const struct {
        const char *from, *action, *to;
    } allowed[] = {
        {"draft", "submit", "submitted"},      {"draft", "sign", "draft"},
        {"draft", "withdraw", "withdrawn"},    {"submitted", "return", "returned"},
        {"submitted", "assess", "assessed"},   {"submitted", "withdraw", "withdrawn"},
        {"returned", "resubmit", "submitted"}, {"returned", "sign", "returned"},
        {"returned", "withdraw", "withdrawn"},
    };
    (void)state;
    assert_int_equal(basis_machine.count, COUNT(allowed));
    for (size_t i = 0; i < COUNT(allowed); i++) {
        const struct transition *one = machine_find(&basis_machine, allowed[i].from,
                                                    allowed[i].action);
        assert_non_null(one);
        assert_string_equal(one->to, allowed[i].to);
    }
}

static void it_is_written_by_its_parties_while_it_is_open(void **state)
{
    struct fixture *f = *state;
    for (const char *const *from = basis_states; *from; from++) {
        struct basis basis = basis_in(*from);
        bool open = strcmp(*from, BASIS_DRAFT) == 0 || strcmp(*from, BASIS_RETURNED) == 0;
        assert_int_equal(basis_check_editable(&basis, fresh_error(f)), open ? DONE : CONFLICT);
        basis.of_network = false;
        assert_int_equal(basis_check_editable(&basis, fresh_error(f)), FORBIDDEN);
    }
}

static void it_lasts_three_years_at_most(void **state)
{
    static const struct {
        const char *starts_on, *ends_on, *code;
    } cases[] = {
        {"2030-08-01", "2033-07-31", NULL},
        {"2030-08-01", "2033-08-01", "duration_too_long"},
        {"2030-08-01", "2040-01-01", "duration_too_long"},
        {"2030-08-01", "2030-08-01", NULL},
        {"2030-08-01", "2030-07-31", "ends_before_it_begins"},
        {"2032-02-29", "2035-02-27", NULL},
        {"2032-02-29", "2035-02-28", "duration_too_long"},
    };
    struct fixture *f = *state;
    const struct basis basis = basis_in(BASIS_DRAFT);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct basis_update in = {.starts_on = text_of(cases[i].starts_on),
                                        .ends_on = text_of(cases[i].ends_on)};
        assert_int_equal(basis_check_update(&basis, &in, NULL, 0, fresh_error(f)),
                         cases[i].code ? INVALID : DONE);
        if (cases[i].code) {
            assert_true(has_fault(&f->error, "/ends_on", cases[i].code));
        }
    }
}

static void nobody_returns_their_own(void **state)
{
    struct fixture *f = *state;
    const struct basis_return in = {.resubmit_due_on = text_of("2030-01-15")};
    struct basis basis = basis_in(BASIS_SUBMITTED);
    struct basis_change change = {0};
    assert_int_equal(basis_return(&basis, &in, fresh_error(f), &change), DONE);
    assert_int_equal(change.claimed_nok.v, 0);
    basis.own = true;
    assert_int_equal(basis_return(&basis, &in, fresh_error(f), &change), FORBIDDEN);
    assert_refused(&f->error, FORBIDDEN, "own_basis", "KL-R16");
}

/* ---- submitting ------------------------------------------------------------------------------ */

struct case_ {
    struct basis_submission submission;
    struct basis_frame frame;
    struct submission_measure measure;
    struct submission_line line;
    struct submission_parts parts;
};

static struct case_ whole(void)
{
    return (struct case_){
        .submission = {.round_state = text_of("open"),
                       .basis_due_on = text_of("2030-02-01"),
                       .resubmit_due_on = text_of("2030-03-01"),
                       .require_uh_signature = true,
                       .answer_c1 = text_of("1"),
                       .answer_c2 = text_of("2"),
                       .answer_c3 = text_of("3"),
                       .answer_c4 = text_of("4"),
                       .starts_on = text_of("2030-08-01"),
                       .ends_on = text_of("2031-06-30"),
                       .uhs = 1,
                       .owners = 1,
                       .involved = 1,
                       .dialogues = 1,
                       .applied_nok = 100},
        .frame = {.frame_nok = 250, .claimed_nok = 150},
        .measure = {.seq_no = 1, .owners = 1, .uhs = 1},
        .line = {.seq_no = 1, .in_partnership = true},
        .parts = {.measure_count = 1, .line_count = 1},
    };
}

static enum outcome submit(struct case_ *one, const char *from, const char *action,
                           struct error *error)
{
    const struct basis basis = basis_in(from);
    struct basis_change change = {0};
    one->parts.measures = &one->measure;
    one->parts.lines = &one->line;
    enum outcome outcome = basis_submit(&basis, action, &one->submission, &one->frame, &one->parts,
                                        error, &change);
    if (outcome == DONE) {
        assert_string_equal(change.state.s, BASIS_SUBMITTED);
        assert_int_equal(change.claimed_nok.v, one->submission.applied_nok);
    }
    return outcome;
}

static void the_frame_holds_to_the_krone(void **state)
{
    struct fixture *f = *state;
    struct case_ one = whole();
    assert_int_equal(submit(&one, BASIS_DRAFT, "submit", fresh_error(f)), DONE);
    one.submission.applied_nok = 101;
    assert_int_equal(submit(&one, BASIS_DRAFT, "submit", fresh_error(f)), INVALID);
    assert_refused(&f->error, INVALID, "frame_exceeded", "KL-R03");
}

static void its_time(void **state)
{
    struct fixture *f = *state;
    struct case_ one = whole();
    one.submission.is_late = true;
    assert_int_equal(submit(&one, BASIS_DRAFT, "submit", fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "deadline_passed", NULL);
    one.submission.round_state = text_of("basis_closed");
    assert_int_equal(submit(&one, BASIS_RETURNED, "resubmit", fresh_error(f)), DONE);
    one.submission.resubmit_is_late = true;
    assert_int_equal(submit(&one, BASIS_RETURNED, "resubmit", fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "deadline_passed", NULL);
    one = whole();
    one.submission.round_state = text_of("basis_closed");
    assert_int_equal(submit(&one, BASIS_DRAFT, "submit", fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "round_not_open", NULL);
    assert_int_equal(submit(&one, BASIS_DRAFT, "resubmit", fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "invalid_transition", NULL);
}

static void all_that_is_missing_is_told(void **state)
{
    struct fixture *f = *state;
    struct case_ one = whole();
    const struct submission_signer signer = {.name = text_of("NTNU")};
    one.submission = (struct basis_submission){.round_state = text_of("open"),
                                               .answer_c2 = text_of(" "),
                                               .require_uh_signature = true,
                                               .drafts = 1,
                                               .applied_nok = 101};
    one.measure = (struct submission_measure){.seq_no = 4, .outsiders = 1};
    one.line.in_partnership = false;
    one.parts.unsigned_uhs = &signer;
    one.parts.unsigned_count = 1;
    assert_int_equal(submit(&one, BASIS_DRAFT, "submit", fresh_error(f)), CONFLICT);
    static const struct {
        const char *pointer, *code;
    } faults[] = {
        {"/starts_on", "basis_incomplete"},
        {"/answer_c1", "criterion_unanswered"},
        {"/answer_c2", "criterion_unanswered"},
        {"/uh_ids", "partner_missing"},
        {"/measures/4/owner_ids", "partner_missing"},
        {"/measures/4", "not_in_partnership"},
        {"/budget_lines/1/recipient_id", "not_in_partnership"},
        {"/self_assessment_ids", "involvement_missing"},
        {"/self_assessment_ids", "dialogue_missing"},
        {"/self_assessment_ids", "assessment_not_completed"},
        {"/signatures", "signature_missing"},
        {"/budget_lines", "frame_exceeded"},
    };
    for (size_t i = 0; i < COUNT(faults); i++) {
        assert_true(has_fault(&f->error, faults[i].pointer, faults[i].code));
    }
    assert_string_equal(f->error.code, "basis_incomplete");
}

static void a_round_may_do_without_signatures(void **state)
{
    struct fixture *f = *state;
    struct case_ one = whole();
    const struct submission_signer signer = {.name = text_of("NTNU")};
    one.parts.unsigned_uhs = &signer;
    one.parts.unsigned_count = 1;
    assert_int_equal(submit(&one, BASIS_DRAFT, "submit", fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "signature_missing", NULL);
    one.submission.require_uh_signature = false;
    assert_int_equal(submit(&one, BASIS_DRAFT, "submit", fresh_error(f)), DONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_machine_is_that_of_the_domain),
        TEST(it_is_written_by_its_parties_while_it_is_open),
        TEST(it_lasts_three_years_at_most),
        TEST(nobody_returns_their_own),
        TEST(the_frame_holds_to_the_krone),
        TEST(its_time),
        TEST(all_that_is_missing_is_told),
        TEST(a_round_may_do_without_signatures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
