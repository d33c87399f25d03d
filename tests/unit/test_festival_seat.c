#include "domain/smart/festival_seat.h"
#include "domain/smart/registration.h"
#include "domain/smart/ticket_type.h"
#include "tests/unit/support.h"

#define KARI "018f0000-0000-4000-8000-000000000001"
#define OLA "018f0000-0000-4000-8000-000000000002"
#define SEAT "018f0000-0000-7000-8000-000000000003"
#define OWN "018f0000-0000-7000-8000-000000000004"

static struct course programme(void)
{
    return (struct course){
        .state = text_of(COURSE_PUBLISHED),
        .course_type = text_of("trenerutdanning"),
        .capacity = integer_of(36),
        .festival_days_expected = integer_of(1),
        .festival_auto_seat = true,
    };
}

/* ---- what is done for one of them ------------------------------------------------------------- */

static struct trainee trainee(bool attends, const char *seat_person, bool own, bool own_follows)
{
    return (struct trainee){
        .attends = attends,
        .person_id = text_of(KARI),
        .seat_id = text_of(seat_person ? SEAT : NULL),
        .seat_person_id = text_of(seat_person),
        .own_id = text_of(own ? OWN : NULL),
        .own_follows = own_follows,
    };
}

static void steps(void **state)
{
    static const struct {
        const char *what;
        bool attends;
        const char *seat_person;
        bool own, own_follows;
        struct trainee_steps expected;
    } cases[] = {
        {"a new one", true, NULL, false, false, {.give = true, .seated = true}},
        {"with a ticket",
         true,
         NULL,
         true,
         false,
         {.exchange = true, .give = true, .seated = true}},
        {"as ever", true, KARI, false, false, {.seated = true}},
        {"handed over", true, OLA, false, false, {.hand_over = true, .seated = true}},
        {"handed over to one with a ticket",
         true,
         OLA,
         true,
         false,
         {.exchange = true, .take_back = true, .give = true, .seated = true}},
        {"on another programme too", true, NULL, true, true, {0}},
        {"handed over to one on another programme", true, OLA, true, true, {.take_back = true}},
        {"given up", false, KARI, false, false, {.take_back = true}},
        {"given up, with a ticket", false, KARI, true, false, {.take_back = true}},
        {"never there", false, NULL, false, false, {0}},
        {"never there, with a ticket", false, NULL, true, false, {0}},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct trainee one = trainee(cases[i].attends, cases[i].seat_person, cases[i].own,
                                     cases[i].own_follows);
        struct trainee_steps found = trainee_decide(&one, true);
        if (memcmp(&found, &cases[i].expected, sizeof found) != 0) {
            fail_msg("%s", cases[i].what);
        }
    }
}

/* Whatever there was: done as told, one has a seat at the festival exactly when one attends (or has
 * that of another programme), never two, and nobody's own ticket ends for nothing. */
static void after_the_steps_everybody_has_one_seat(void **state)
{
    static const char *const seat_persons[] = {NULL, KARI, OLA};
    (void)state;
    for (int bits = 0; bits < 16; bits++) {
        for (size_t k = 0; k < COUNT(seat_persons); k++) {
            bool attends = bits & 1, own = bits & 2, follows = own && (bits & 4), on = bits & 8;
            if (own && seat_persons[k] && strcmp(seat_persons[k], KARI) == 0) {
                continue; /* one active registration for each person: SM-R03 */
            }
            struct trainee one = trainee(attends, seat_persons[k], own, follows);
            struct trainee_steps s = trainee_decide(&one, on);
            bool seat_stays = seat_persons[k] && !s.take_back;
            bool is_theirs = seat_stays && (s.hand_over || strcmp(seat_persons[k], KARI) == 0);
            int active = (own && !s.exchange) + is_theirs + s.give;

            assert_true(active <= 1);
            assert_int_equal(s.seated, is_theirs || s.give);
            assert_true(!seat_stays || is_theirs);
            assert_true(!s.exchange || s.give);
            assert_true(!attends || !on || active == 1);
            assert_true(attends || !(s.give || s.hand_over || s.exchange));
            assert_true(on || seat_persons[k] || !(s.give || s.exchange));
        }
    }
}

/* ---- what is held ----------------------------------------------------------------------------- */

static void seats_to_hold(void **state)
{
    struct course course = programme();
    (void)state;
    assert_int_equal(festival_seats_to_hold(&course, 0), 36);
    assert_int_equal(festival_seats_to_hold(&course, 35), 1);
    assert_int_equal(festival_seats_to_hold(&course, 36), 0);
    assert_int_equal(festival_seats_to_hold(&course, 37), 0);
    course.state = text_of(COURSE_RUNNING);
    assert_true(festival_is_due(&course));
    assert_int_equal(festival_seats_to_hold(&course, 5), 0);
    course = programme();
    course.festival_auto_seat = false;
    assert_false(festival_is_due(&course));
    assert_int_equal(festival_seats_to_hold(&course, 0), 0);
    course = programme();
    course.festival_days_expected = integer_of(0);
    assert_false(course_has_festival(&course));
    assert_int_equal(festival_seats_to_hold(&course, 0), 0);
    course.festival_days_expected = (struct integer){.is = NULLED};
    assert_false(course_has_festival(&course));
    for (size_t i = 0; course_states[i]; i++) {
        course = programme();
        course.state = text_of(course_states[i]);
        bool due = strcmp(course_states[i], COURSE_PUBLISHED) == 0 ||
                   strcmp(course_states[i], COURSE_RUNNING) == 0;
        assert_int_equal(festival_is_due(&course), due);
    }
}

static void room(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(festival_check_room(36, 36, fresh_error(f)), DONE);
    assert_int_equal(festival_check_room(0, 0, fresh_error(f)), DONE);
    festival_check_room(36, 35, fresh_error(f));
    assert_refused(&f->error, CONFLICT, "festival_full", "SM-R07");
}

static void one_festival_at_a_time(void **state)
{
    struct fixture *f = *state;
    const struct festival_reservation reservation = {.festival_course_id = text_of(SEAT)};
    struct course course = programme();
    assert_int_equal(festival_check_same(&course, &reservation, fresh_error(f)), DONE);
    course.festival_course_id = text_of(SEAT);
    assert_int_equal(festival_check_same(&course, &reservation, fresh_error(f)), DONE);
    course.festival_course_id = text_of(OWN);
    festival_check_same(&course, &reservation, fresh_error(f));
    assert_refused(&f->error, CONFLICT, "festival_reserved", "SM-R07");
}

static void what_is_named_is_a_festival(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(festival_check_named(text_of("festival"), fresh_error(f)), DONE);
    assert_int_equal(festival_check_named(text_of("grunnkurs"), fresh_error(f)), INVALID);
    assert_true(has_fault(&f->error, "/festival_course_id", "not_a_festival"));
    assert_int_equal(festival_check_named(text_of(NULL), fresh_error(f)), INVALID);
    assert_true(has_fault(&f->error, "/festival_course_id", "unknown_reference"));
    assert_int_equal(festival_check_own(false, fresh_error(f)), DONE);
    festival_check_own(true, fresh_error(f));
    assert_refused(&f->error, CONFLICT, "seat_follows_course", "SM-R07");
}

/* ---- the ticket and the registrations at the festival ----------------------------------------- */

static void the_ticket_is_the_service_s_own(void **state)
{
    struct fixture *f = *state;
    const struct ticket_type_create made = {.eligibility = text_of(ELIGIBILITY_TRAINEE)};
    const struct ticket_type ordinary = {.eligibility = text_of(ELIGIBILITY_ANYONE)};
    const struct ticket_type trainer = {.eligibility = text_of(ELIGIBILITY_TRAINEE), .claimed = 3};
    const struct ticket_type_update becomes = {.eligibility = text_of(ELIGIBILITY_TRAINEE)};
    const struct ticket_type_update open = {.eligibility = text_of(ELIGIBILITY_ANYONE)};
    const struct ticket_type_update costs = {.price_nok = integer_of(1)};
    const struct ticket_type_update renamed = {.name = text_of("Trenere"),
                                               .price_nok = integer_of(0)};

    assert_int_equal(ticket_type_check_create(&made, fresh_error(f)), INVALID);
    assert_true(has_fault(&f->error, "/eligibility", "trainer_ticket_fixed"));
    assert_int_equal(ticket_type_check_update(&ordinary, &becomes, fresh_error(f)), INVALID);
    assert_true(has_fault(&f->error, "/eligibility", "trainer_ticket_fixed"));
    assert_int_equal(ticket_type_check_update(&trainer, &open, fresh_error(f)), INVALID);
    assert_true(has_fault(&f->error, "/eligibility", "trainer_ticket_fixed"));
    assert_int_equal(ticket_type_check_update(&trainer, &costs, fresh_error(f)), INVALID);
    assert_true(has_fault(&f->error, "/price_nok", "trainer_ticket_fixed"));
    assert_int_equal(ticket_type_check_update(&trainer, &renamed, fresh_error(f)), DONE);
    assert_int_equal(ticket_type_check_update(&trainer, &becomes, fresh_error(f)), DONE);
}

static void a_seat_that_ends_is_refunded(void **state)
{
    static const struct {
        const char *from, *action;
        bool possible;
        int64_t refund; /* -1 = none */
    } cases[] = {
        {REGISTRATION_CONFIRMED, "exchange", true, 490},
        {REGISTRATION_WAITLISTED, "exchange", true, -1},
        {REGISTRATION_OFFERED, "exchange", true, -1},
        {REGISTRATION_CONFIRMED, "take_back", true, 490},
        {REGISTRATION_WAITLISTED, "take_back", false, -1},
        {REGISTRATION_CANCELLED, "exchange", false, -1},
        {REGISTRATION_COMPLETED, "exchange", false, -1},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct registration registration = {.state = text_of(cases[i].from),
                                                  .price_nok = 490,
                                                  .payment_state = text_of(PAYMENT_TO_INVOICE)};
        struct registration_outcome result = {0};
        enum outcome outcome = registration_end_seat(&registration, cases[i].action, 0,
                                                     fresh_error(f), &result);
        assert_int_equal(outcome, cases[i].possible ? DONE : CONFLICT);
        if (!cases[i].possible) {
            continue;
        }
        assert_true(text_is(result.state, REGISTRATION_CANCELLED));
        assert_int_equal(result.refund_nok.is, cases[i].refund < 0 ? ABSENT : GIVEN);
        if (cases[i].refund >= 0) {
            assert_int_equal(result.refund_nok.v, cases[i].refund);
            assert_true(text_is(result.payment_state, PAYMENT_CANCELLED));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(steps),
        TEST(after_the_steps_everybody_has_one_seat),
        TEST(seats_to_hold),
        TEST(room),
        TEST(one_festival_at_a_time),
        TEST(what_is_named_is_a_festival),
        TEST(the_ticket_is_the_service_s_own),
        TEST(a_seat_that_ends_is_refunded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
