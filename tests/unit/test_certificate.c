#include "domain/smart/certificate.h"
#include "tests/unit/support.h"

static const char characters[] = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

static void make(struct random *random, char ret_serial[SERIAL_SIZE])
{
    unsigned char bytes[SERIAL_RANDOM];
    do {
        for (size_t i = 0; i < sizeof bytes; i++) {
            bytes[i] = (unsigned char)random_between(random, 0, 255);
        }
    } while (!serial_make(bytes, ret_serial));
}

static void a_serial_number_is_written_in_fours(void **state)
{
    unsigned char bytes[SERIAL_RANDOM] = {0};
    char serial[SERIAL_SIZE];
    (void)state;
    assert_true(serial_make(bytes, serial));
    assert_string_equal(serial, "2222-2222-2222");
    bytes[0] = 1; /* 1 * 1 + d * 12 is a multiple of 31 for d = 18 */
    assert_true(serial_make(bytes, serial));
    assert_string_equal(serial, "3222-2222-222M");
    for (size_t i = 0; i < 21; i++) {
        bytes[i] = 250; /* beyond 8 * 31: would favour the first characters, so it is left out */
    }
    assert_true(serial_make(bytes, serial));
    bytes[21] = 250;
    assert_false(serial_make(bytes, serial));
}

static void as_people_write_it(void **state)
{
    static const struct {
        const char *serial;
        bool valid;
    } cases[] = {
        {"DEM2-KURS-BEV7", true},  {"dem2kursbev7", true},           {"DEM2 KURS BEV7", true},
        {"DEM2-KURS-BEV8", false}, {"DEM2-KURS-BEV", false},         {"DEM2-KURS-BEV77", false},
        {"DEM2-KURS-BEVO", false}, {"DEM2-KURS-BEV\xc3\xa6", false}, {"", false},
        {"DEM1-KURS-BEV7", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(serial_valid(cases[i].serial), cases[i].valid);
    }
}

/* Every single wrong character and every swap of two different ones. */
static void the_check_digit_notices_what_people_mistype(void **state)
{
    struct random random = {.state = 7};
    (void)state;
    for (int n = 0; n < 200; n++) {
        char serial[SERIAL_SIZE], wrong[SERIAL_SIZE];
        make(&random, serial);
        assert_true(serial_valid(serial));
        for (int i = 0; serial[i]; i++) {
            if (serial[i] == '-') {
                continue;
            }
            for (const char *c = characters; *c; c++) {
                memcpy(wrong, serial, sizeof wrong);
                wrong[i] = *c;
                assert_int_equal(serial_valid(wrong), *c == serial[i]);
            }
            for (int j = i + 1; serial[j]; j++) {
                if (serial[j] == '-' || serial[j] == serial[i]) {
                    continue;
                }
                memcpy(wrong, serial, sizeof wrong);
                wrong[i] = serial[j];
                wrong[j] = serial[i];
                assert_false(serial_valid(wrong));
            }
        }
    }
}

static void no_two_are_alike(void **state)
{
    enum { COUNTED = 2000 };
    static char serials[COUNTED][SERIAL_SIZE];
    struct random random = {.state = 11};
    (void)state;
    for (int i = 0; i < COUNTED; i++) {
        make(&random, serials[i]);
        for (int j = 0; j < i; j++) {
            assert_string_not_equal(serials[i], serials[j]);
        }
    }
}

static struct certificate_candidate completed_with_seven_of_eight(void)
{
    return (struct certificate_candidate){
        .registration_id = text_of("r"),
        .state = text_of("completed"),
        .gathering_days = 8,
        .present_days = 6,
        .made_up_days = 1,
        .min_attendance_bp = 8000,
        .gives_certificate = true,
    };
}

static void who_qualifies(void **state)
{
    struct fixture *f = *state;
    struct certificate_candidate one = completed_with_seven_of_eight();
    assert_int_equal(certificate_check_issue(&one, &f->error), DONE);
    assert_true(certificate_qualifies(&one));

    one.made_up_days = 0;
    certificate_check_issue(&one, fresh_error(f));
    assert_refused(&f->error, CONFLICT, "attendance_too_low", "SM-R12");
    assert_false(certificate_qualifies(&one));

    one = completed_with_seven_of_eight();
    one.state = text_of("no_show");
    certificate_check_issue(&one, fresh_error(f));
    assert_refused(&f->error, CONFLICT, "not_completed", "SM-R12");
    assert_false(certificate_qualifies(&one));

    one = completed_with_seven_of_eight();
    one.gives_certificate = false;
    certificate_check_issue(&one, fresh_error(f));
    assert_refused(&f->error, INVALID, "course_gives_none", "SM-R12");
    assert_false(certificate_qualifies(&one));

    one = completed_with_seven_of_eight();
    one.has_valid = true; /* qualifies, and has it */
    certificate_check_issue(&one, fresh_error(f));
    assert_refused(&f->error, CONFLICT, "certificate_exists", NULL);
    assert_true(certificate_qualifies(&one));
}

static void issuing_to_a_course(void **state)
{
    struct fixture *f = *state;
    struct certificate_tally tally = {.issued = 1, .not_qualified = 3};
    assert_int_equal(certificate_check_tally(&tally, true, &f->error), DONE);
    certificate_check_tally(&tally, false, &f->error);
    assert_refused(&f->error, INVALID, "course_gives_none", "SM-R12");
    tally = (struct certificate_tally){.already_issued = 1};
    assert_int_equal(certificate_check_tally(&tally, true, fresh_error(f)), DONE);
    tally = (struct certificate_tally){.not_qualified = 4};
    certificate_check_tally(&tally, true, &f->error);
    assert_refused(&f->error, CONFLICT, "nobody_qualifies", "SM-R12");
}

static void a_revoked_one_stays_so(void **state)
{
    static const char *const actions[] = {"revoke", "reissue"};
    struct fixture *f = *state;
    const struct transition *transition;
    for (size_t i = 0; i < COUNT(actions); i++) {
        assert_int_equal(machine_apply(&certificate_machine, CERTIFICATE_VALID, actions[i],
                                       fresh_error(f), &transition),
                         DONE);
        assert_string_equal(transition->to, CERTIFICATE_REVOKED);
        assert_int_equal(machine_apply(&certificate_machine, CERTIFICATE_REVOKED, actions[i],
                                       &f->error, &transition),
                         CONFLICT);
    }
    struct certificate certificate = {.state = text_of(CERTIFICATE_VALID)};
    assert_int_equal(certificate_check_shown(&certificate, fresh_error(f)), DONE);
    certificate.state = text_of(CERTIFICATE_REVOKED);
    certificate_check_shown(&certificate, &f->error);
    assert_refused(&f->error, CONFLICT, "certificate_revoked", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_serial_number_is_written_in_fours),
        cmocka_unit_test(as_people_write_it),
        cmocka_unit_test(the_check_digit_notices_what_people_mistype),
        cmocka_unit_test(no_two_are_alike),
        TEST(who_qualifies),
        TEST(issuing_to_a_course),
        TEST(a_revoked_one_stays_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
