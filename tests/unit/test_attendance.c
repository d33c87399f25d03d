#include "domain/smart/attendance.h"
#include "tests/unit/support.h"

static void a_share_of_the_days_is_rounded_up(void **state)
{
    static const struct {
        int64_t days, bp, required;
    } cases[] = {
        {8, 8000, 7}, /* SM-R12: 7 of 8 */
        {8, 10000, 8}, {8, 0, 0},      {8, 1, 1},        {1, 8000, 1}, {1, 0, 0},
        {1, 10000, 1}, {0, 8000, 0},   {0, 10000, 0},    {5, 8000, 4}, {10, 8000, 8},
        {9, 7500, 7},  {40, 9999, 40}, {400, 8000, 320},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(completion_required(cases[i].days, cases[i].bp), cases[i].required);
    }
}

static void present_and_made_up_days_count_alike(void **state)
{
    static const struct {
        int64_t present, made_up;
        bool meets;
    } cases[] = {{8, 0, true}, {7, 0, true}, {6, 0, false},
                 {6, 1, true}, {0, 7, true}, {0, 6, false}};
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct completion completion = {.gathering_days = 8,
                                              .present_days = cases[i].present,
                                              .made_up_days = cases[i].made_up,
                                              .min_attendance_bp = 8000};
        assert_int_equal(completion_meets(&completion), cases[i].meets);
    }
}

static void a_session_is_held_from_its_own_day_on(void **state)
{
    struct fixture *f = *state;
    struct text day = text_of("2024-01-10");
    assert_int_equal(session_check_held(day, text_of("2024-01-10"), &f->error), DONE);
    assert_int_equal(session_check_held(day, text_of("2024-01-11"), &f->error), DONE);
    session_check_held(day, text_of("2024-01-09"), fresh_error(f));
    assert_refused(&f->error, CONFLICT, "session_not_held_yet", NULL);
}

static enum outcome check(struct fixture *f, const char *today, const char *const *ids)
{
    static const struct attendance_participant participants[] = {
        {.id = {GIVEN, "a", 1}}, {.id = {GIVEN, "b", 1}}, {.id = {GIVEN, "c", 1}}};
    struct attendance_row rows[8] = {{.note = {.is = ABSENT}}};
    size_t count = 0;
    for (; ids[count]; count++) {
        rows[count].registration_id = text_of(ids[count]);
        rows[count].status = text_of(ATTENDANCE_PRESENT);
    }
    const struct attendance_record in = {.rows = {.is = GIVEN, .items = rows, .count = count}};
    const struct attendance_sheet sheet = {.held_on = text_of("2024-01-10"),
                                           .today_on = text_of(today)};
    return attendance_check(&in, &sheet, participants, COUNT(participants), fresh_error(f));
}

#define IDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void a_list_names_each_participant_once(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(check(f, "2024-01-10", IDS("a", "c")), DONE);
    assert_int_equal(check(f, "2024-01-10", (const char *const[]){NULL}), DONE);
    assert_int_equal(check(f, "2024-01-10", IDS("a", "x", "b", "a", "y", "b")), INVALID);
    assert_int_equal(f->error.fault_count, 4); /* every fault at once */
    assert_true(has_fault(&f->error, "/rows/1/registration_id", "not_a_participant"));
    assert_true(has_fault(&f->error, "/rows/3/registration_id", "repeated_participant"));
    assert_true(has_fault(&f->error, "/rows/4/registration_id", "not_a_participant"));
    assert_true(has_fault(&f->error, "/rows/5/registration_id", "repeated_participant"));
    assert_int_equal(check(f, "2024-01-09", IDS("x")), CONFLICT); /* too early for any list */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_share_of_the_days_is_rounded_up),
        cmocka_unit_test(present_and_made_up_days_count_alike),
        TEST(a_session_is_held_from_its_own_day_on),
        TEST(a_list_names_each_participant_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
