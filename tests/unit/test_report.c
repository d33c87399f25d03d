#include "domain/grants/report.h"
#include "tests/unit/support.h"

/* Complete, of a round with an own share of 30 %. */
static struct report complete(const char *state)
{
    return (struct report){
        .id = text_of("report-1"),
        .state = text_of(state),
        .due_on = text_of("2024-06-30"),
        .today_on = text_of("2024-06-30"),
        .goals = text_of("Nådd."),
        .involvement = text_of("Alle."),
        .collective = text_of("Samlinger."),
        .partnership = text_of("Godt."),
        .crossdisciplinary = text_of("PPT var med."),
        .own_share_bp = 3000,
        .participations = 1,
        .writes = true,
        .version = 3,
    };
}

static void recipients_of(struct report_recipient *ret)
{
    ret[0] = (struct report_recipient){.recipient_id = text_of("uh"),
                                       .recipient_kind = text_of("uh"),
                                       .amount_nok = 300,
                                       .used_nok = 300,
                                       .uses = 1};
    ret[1] = (struct report_recipient){.recipient_id = text_of("owner"),
                                       .recipient_kind = text_of("owner"),
                                       .amount_nok = 101,
                                       .used_nok = 101,
                                       .uses = 2,
                                       .own_share_nok = integer_of(31)};
}

/* KL-R12. */
static void each_krone_begun_counts(void **state)
{
    (void)state;
    assert_int_equal(own_share_nok(100, 3000), 30);
    assert_int_equal(own_share_nok(101, 3000), 31);
    assert_int_equal(own_share_nok(1, 1), 1);
    assert_int_equal(own_share_nok(0, 3000), 0);
    assert_int_equal(own_share_nok(123456, 0), 0);
    assert_int_equal(own_share_nok(INT64_C(100000000000), 10000), INT64_C(100000000000));
}

static void what_is_missing(void **state)
{
    struct text parts[REPORT_PARTS];
    struct report_recipient recipients[2];
    struct report report = complete(REPORT_OPEN), empty = {.own_share_bp = 3000};

    (void)state;
    recipients_of(recipients);
    assert_int_equal(report_missing(&report, recipients, 2, parts), 0);
    recipients[0].used_nok = 299;
    assert_int_equal(report_missing(&report, recipients, 2, parts), 1);
    assert_string_equal(parts[0].s, "unused_plan");
    report.unused_plan = text_of("Til høsten.");
    assert_int_equal(report_missing(&report, recipients, 2, parts), 0);
    recipients[0].reclaimed_nok = 2;
    assert_int_equal(report_missing(&report, recipients, 2, parts), 1);
    assert_string_equal(parts[0].s, "uses");
    recipients[0].reclaimed_nok = recipients[0].used_nok = recipients[0].uses = 0;
    assert_int_equal(report_missing(&report, recipients, 2, parts), 1);
    assert_string_equal(parts[0].s, "uses");
    recipients[1].own_share_nok = (struct integer){0};
    assert_int_equal(report_missing(&empty, recipients, 2, parts), REPORT_PARTS);
    for (size_t i = 0; i < REPORT_PARTS; i++) {
        assert_string_equal(parts[i].s, report_parts[i]);
    }
}

static void submitted_when_complete(void **state)
{
    struct fixture *f = *state;
    struct report_recipient recipients[2];
    struct report_change change = {0};
    struct report report = complete(REPORT_OPEN);

    recipients_of(recipients);
    assert_int_equal(report_submit(&report, recipients, 2, fresh_error(f), &change), DONE);
    assert_string_equal(change.state.s, REPORT_SUBMITTED);
    assert_true(change.submitted);
    assert_false(change.submitted_late);
    recipients[1].own_share_nok = integer_of(30);
    assert_int_equal(report_submit(&report, recipients, 2, fresh_error(f), &change), CONFLICT);
    assert_refused(&f->error, CONFLICT, "own_share_short", "KL-R12");
    report.goals = (struct text){0};
    assert_int_equal(report_submit(&report, recipients, 2, fresh_error(f), &change), CONFLICT);
    assert_refused(&f->error, CONFLICT, "report_incomplete", NULL);
    report.writes = false;
    assert_int_equal(report_submit(&report, recipients, 2, fresh_error(f), &change), FORBIDDEN);
}

/* Late is the first time alone. */
static void late_is_flagged(void **state)
{
    struct fixture *f = *state;
    struct report_recipient recipients[2];
    struct report_change change = {0};
    struct report report = complete(REPORT_OPEN);

    recipients_of(recipients);
    report.today_on = text_of("2024-07-01");
    assert_int_equal(report_submit(&report, recipients, 2, fresh_error(f), &change), DONE);
    assert_true(change.submitted_late);
    report.state = text_of(REPORT_RETURNED);
    assert_int_equal(report_submit(&report, recipients, 2, fresh_error(f), &change), DONE);
    assert_false(change.submitted_late);
    report.submitted_late = true;
    assert_int_equal(report_submit(&report, recipients, 2, fresh_error(f), &change), DONE);
    assert_true(change.submitted_late);
}

static void judged_by_the_governor(void **state)
{
    struct fixture *f = *state;
    const struct report_return in = {.note = text_of("Mer om målene.")};
    struct report_change change = {0};
    struct report report = complete(REPORT_SUBMITTED);

    assert_int_equal(report_approve(&report, fresh_error(f), &change), FORBIDDEN);
    report.governs = true;
    for (const char *const *from = report_states; *from; from++) {
        bool submitted = strcmp(*from, REPORT_SUBMITTED) == 0;
        report.state = text_of(*from);
        assert_int_equal(report_approve(&report, fresh_error(f), &change),
                         submitted ? DONE : CONFLICT);
        assert_int_equal(report_return(&report, &in, fresh_error(f), &change),
                         submitted ? DONE : CONFLICT);
    }
    report.state = text_of(REPORT_SUBMITTED);
    assert_int_equal(report_return(&report, &in, fresh_error(f), &change), DONE);
    assert_string_equal(change.state_note.s, "Mer om målene.");
    report.own = true;
    assert_int_equal(report_approve(&report, fresh_error(f), &change), FORBIDDEN);
    assert_refused(&f->error, FORBIDDEN, "own_basis", "KL-R16");
}

static void edited_while_open_or_returned(void **state)
{
    struct fixture *f = *state;
    for (const char *const *from = report_states; *from; from++) {
        const struct report report = complete(*from);
        bool editable = strcmp(*from, REPORT_OPEN) == 0 || strcmp(*from, REPORT_RETURNED) == 0;
        assert_int_equal(report_check_editable(&report, fresh_error(f)),
                         editable ? DONE : CONFLICT);
    }
}

static void used_within_what_was_received(void **state)
{
    struct fixture *f = *state;
    struct report_recipient recipients[2];
    struct report_use_put uses[] = {
        {text_of("uh"), text_of("planning"), integer_of(100)},
        {text_of("uh"), text_of("implementation"), integer_of(200)},
    };
    const struct report_uses_put in = {.uses = {.is = GIVEN, .items = uses, .count = 2}};

    recipients_of(recipients);
    assert_int_equal(report_check_uses(&in, recipients, 2, fresh_error(f)), DONE);
    recipients[0].reclaimed_nok = 1;
    assert_int_equal(report_check_uses(&in, recipients, 2, fresh_error(f)), INVALID);
    assert_string_equal(f->error.faults[0].pointer, "/uses/1/used_nok");
    assert_string_equal(f->error.faults[0].code, "more_than_received");
    assert_string_equal(f->error.faults[0].expected, "299");
    uses[1].purpose = text_of("planning");
    assert_int_equal(report_check_uses(&in, recipients, 2, fresh_error(f)), INVALID);
    assert_string_equal(f->error.faults[0].code, "use_repeated");
    uses[1].recipient_id = text_of("else");
    assert_int_equal(report_check_uses(&in, recipients, 2, fresh_error(f)), INVALID);
    assert_string_equal(f->error.faults[0].code, "not_a_recipient");
}

static void own_shares_are_of_owners(void **state)
{
    struct fixture *f = *state;
    struct report_recipient recipients[2];
    const struct report_own_share_put rows[] = {
        {text_of("owner"), integer_of(31)},
        {text_of("owner"), integer_of(1)},
        {text_of("uh"), integer_of(1)},
    };
    struct report_own_shares_put in = {.own_shares = {.is = GIVEN, .items = rows, .count = 1}};
    struct report report = complete(REPORT_OPEN);

    recipients_of(recipients);
    assert_int_equal(report_check_own_shares(&report, &in, recipients, 2, fresh_error(f)), DONE);
    in.own_shares.count = 3;
    assert_int_equal(report_check_own_shares(&report, &in, recipients, 2, fresh_error(f)), INVALID);
    assert_string_equal(f->error.faults[0].code, "owner_repeated");
    assert_string_equal(f->error.faults[1].code, "not_an_owner");
    in.own_shares.count = 1;
    report.own_share_bp = 0;
    assert_int_equal(report_check_own_shares(&report, &in, recipients, 2, fresh_error(f)), INVALID);
    assert_string_equal(f->error.faults[0].code, "own_share_unwanted");
}

static void a_service_type_once(void **state)
{
    struct fixture *f = *state;
    const struct report_participation_put rows[] = {
        {text_of("school"), integer_of(10), integer_of(1)},
        {text_of("school"), integer_of(5), integer_of(1)},
    };
    struct report_participations_put in = {
        .participations = {.is = GIVEN, .items = rows, .count = 1}};

    assert_int_equal(report_check_participations(&in, fresh_error(f)), DONE);
    in.participations.count = 2;
    assert_int_equal(report_check_participations(&in, fresh_error(f)), INVALID);
    assert_string_equal(f->error.faults[0].code, "service_type_repeated");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_krone_begun_counts),       TEST(what_is_missing),
        TEST(submitted_when_complete),       TEST(late_is_flagged),
        TEST(judged_by_the_governor),        TEST(edited_while_open_or_returned),
        TEST(used_within_what_was_received), TEST(own_shares_are_of_owners),
        TEST(a_service_type_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
