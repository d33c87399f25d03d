#include "domain/base/clock.h"
#include "domain/smart/offer.h"
#include "domain/smart/seats.h"
#include "tests/unit/support.h"

static void free_and_few(void **state)
{
    static const struct {
        int64_t capacity, confirmed, offered, held;
        int64_t free;
        bool few;
    } cases[] = {
        {2, 2, 0, 0, 0, false},     {2, 1, 1, 0, 0, false},      {36, 0, 0, 0, 36, false},
        {36, 32, 0, 0, 4, false},   {36, 33, 0, 0, 3, true},     {36, 33, 2, 0, 1, true},
        {300, 270, 0, 0, 30, true}, {300, 269, 0, 0, 31, false}, {39, 35, 0, 0, 4, false},
        {40, 36, 0, 0, 4, true},    {1, 0, 0, 0, 1, true},       {10, 12, 0, 0, 0, false},
        {36, 20, 2, 10, 4, false},  {36, 20, 2, 11, 3, true},    {36, 20, 2, 14, 0, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t free = seats_free(cases[i].capacity, cases[i].confirmed, cases[i].offered,
                                  cases[i].held);
        assert_int_equal(free, cases[i].free);
        assert_int_equal(seats_few_left(cases[i].capacity, free), cases[i].few);
    }
}

static void never_negative_never_beyond(void **state)
{
    struct random random = {.state = 4};

    (void)state;
    for (int i = 0; i < 50000; i++) {
        int64_t capacity = random_between(&random, 1, 60);
        int64_t confirmed = random_between(&random, 0, 70);
        int64_t offered = random_between(&random, 0, 20);
        int64_t held = random_between(&random, 0, 20);
        int64_t free = seats_free(capacity, confirmed, offered, held);
        assert_true(free >= 0 && free <= capacity);
        assert_true(free == 0 || free + confirmed + offered + held == capacity);
        assert_false(free == 0 && seats_few_left(capacity, free));
    }
}

static int64_t at(const char *s)
{
    int64_t instant;
    assert_true(instant_parse(s, strlen(s), &instant));
    return instant;
}

static void an_offer_ends_at_the_latest_when_the_course_starts(void **state)
{
    (void)state;
    int64_t now = at("2023-03-15T10:00:00Z");
    int64_t start = at("2023-03-22T08:00:00Z");
    assert_int_equal(offer_expiry(now, 72, start), at("2023-03-18T10:00:00Z"));
    assert_int_equal(offer_expiry(now, 720, start), start);
    assert_int_equal(offer_expiry(at("2023-03-21T10:00:00Z"), 72, start), start);

    assert_false(offer_has_expired(integer_of(start), start - 1));
    assert_true(offer_has_expired(integer_of(start), start));
    assert_false(offer_has_expired((struct integer){.is = NULLED}, start));
}

static struct course freed_seat(void)
{
    return (struct course){
        .state = text_of(COURSE_PUBLISHED),
        .pricing_model = text_of(PRICING_FIXED),
        .capacity = integer_of(2),
        .waiting_list = true,
        .seats_confirmed = 1,
        .waitlisted = 3,
        .offer_hours = 72,
        .registration_closes_at = integer_of(at("2023-03-10T22:59:59Z")),
        .starts_at = integer_of(at("2023-03-22T08:00:00Z")),
    };
}

static void offers_due_now(void **state)
{
    struct fixture *f = *state;
    struct course course = freed_seat();
    struct text expires_at = {.is = ABSENT};

    /* Registration has closed; that ends no offer and stops none (domain.md §0.1). */
    assert_int_equal(offers_due(&course, at("2023-03-15T10:00:00Z"), f->arena, &expires_at), 1);
    assert_string_equal(expires_at.s, "2023-03-18T10:00:00Z");

    expires_at = (struct text){.is = ABSENT};
    assert_int_equal(offers_due(&course, course.starts_at.v, f->arena, &expires_at), 0);
    course.state = text_of(COURSE_CANCELLED);
    assert_int_equal(offers_due(&course, at("2023-03-15T10:00:00Z"), f->arena, &expires_at), 0);
    course.state = text_of(COURSE_RUNNING);
    assert_int_equal(offers_due(&course, at("2023-03-15T10:00:00Z"), f->arena, &expires_at), 0);
    course = freed_seat();
    course.seats_offered = 1;
    assert_int_equal(offers_due(&course, at("2023-03-15T10:00:00Z"), f->arena, &expires_at), 0);
    course = freed_seat();
    course.waitlisted = 0;
    assert_int_equal(offers_due(&course, at("2023-03-15T10:00:00Z"), f->arena, &expires_at), 0);
    course = freed_seat();
    course.seats_held = 1;
    assert_int_equal(offers_due(&course, at("2023-03-15T10:00:00Z"), f->arena, &expires_at), 0);
    course = freed_seat();
    course.draw_pending = true;
    assert_int_equal(offers_due(&course, at("2023-03-15T10:00:00Z"), f->arena, &expires_at), 0);
    course = freed_seat();
    course.starts_at = (struct integer){.is = NULLED};
    assert_int_equal(offers_due(&course, at("2023-03-15T10:00:00Z"), f->arena, &expires_at), 0);
    assert_int_equal(expires_at.is, ABSENT); /* untouched when nothing is due */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(free_and_few),
        TEST(never_negative_never_beyond),
        TEST(an_offer_ends_at_the_latest_when_the_course_starts),
        TEST(offers_due_now),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
