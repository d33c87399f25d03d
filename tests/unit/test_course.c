#include "domain/base/clock.h"
#include "domain/smart/course.h"
#include "domain/smart/course_item.h"
#include "domain/smart/gathering.h"
#include "domain/smart/programme_item.h"
#include "domain/smart/ticket_type.h"
#include "tests/unit/support.h"

#define TONSBERG "018f0000-0000-7000-8000-00000000000a"
#define HORTEN "018f0000-0000-7000-8000-00000000000b"

static int64_t at(const char *s)
{
    int64_t instant;
    assert_true(instant_parse(s, strlen(s), &instant));
    return instant;
}

/* SMART grunnkurs, Bergen, 22 March 2023 (seed 002), with a window of its own. */
static struct course grunnkurs(void)
{
    return (struct course){
        .state = text_of(COURSE_PUBLISHED),
        .course_type = text_of("grunnkurs"),
        .pricing_model = text_of(PRICING_FIXED),
        .capacity = integer_of(40),
        .waiting_list = true,
        .registration_opens_at = integer_of(at("2023-03-10T08:00:00Z")),
        .registration_closes_at = integer_of(at("2023-03-20T23:00:00Z")),
        .starts_at = integer_of(at("2023-03-22T08:00:00Z")),
        .ends_at = integer_of(at("2023-03-22T14:30:00Z")),
    };
}

/* ---- the registration window ----------------------------------------------------------------- */

static void window(void **state)
{
    static const struct {
        const char *course_state;
        const char *now;
        const char *code; /* NULL = open */
    } cases[] = {
        {COURSE_PUBLISHED, "2023-03-10T07:59:59.999999Z", "registration_not_open_yet"},
        {COURSE_PUBLISHED, "2023-03-10T08:00:00Z", NULL},
        {COURSE_PUBLISHED, "2023-03-20T22:59:59.999999Z", NULL},
        {COURSE_PUBLISHED, "2023-03-20T23:00:00Z", "registration_closed"},
        {COURSE_PUBLISHED, "2023-03-23T08:00:00Z", "registration_closed"},
        {COURSE_DRAFT, "2023-03-15T08:00:00Z", "course_not_published"},
        {COURSE_RUNNING, "2023-03-15T08:00:00Z", "course_started"},
        {COURSE_COMPLETED, "2023-03-15T08:00:00Z", "course_started"},
        {COURSE_CANCELLED, "2023-03-15T08:00:00Z", "course_cancelled"},
        {COURSE_CANCELLED, "2023-03-25T08:00:00Z", "course_cancelled"},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct course course = grunnkurs();
        course.state = text_of(cases[i].course_state);
        int64_t now = at(cases[i].now);
        enum outcome outcome = course_check_open(&course, now, fresh_error(f));
        assert_int_equal(outcome, cases[i].code ? CONFLICT : DONE);
        assert_int_equal(course_is_open(&course, now), cases[i].code == NULL);
        if (cases[i].code) {
            assert_refused(&f->error, CONFLICT, cases[i].code, NULL);
        }
    }
}

static void without_times_it_is_open_from_publication_to_start(void **state)
{
    struct fixture *f = *state;
    struct course course = grunnkurs();
    course.registration_opens_at.is = NULLED;
    course.registration_closes_at.is = NULLED;

    assert_true(course_is_open(&course, at("2020-01-01T00:00:00Z")));
    assert_true(course_is_open(&course, at("2023-03-22T07:59:59.999999Z")));
    assert_int_equal(course_check_open(&course, at("2023-03-22T08:00:00Z"), &f->error), CONFLICT);
    assert_refused(&f->error, CONFLICT, "course_started", NULL);
    course.starts_at.is = NULLED;
    assert_true(course_is_open(&course, at("2030-01-01T00:00:00Z")));
}

static void a_refusal_says_when(void **state)
{
    struct fixture *f = *state;
    struct course course = grunnkurs();

    course_check_open(&course, at("2023-03-01T00:00:00Z"), &f->error);
    assert_string_equal(f->error.args[0].name, "opens_at");
    assert_string_equal(f->error.args[0].value, "2023-03-10T08:00:00Z");
}

static void by_agreement_is_never_open(void **state)
{
    (void)state;
    struct course course = grunnkurs();
    course.pricing_model = text_of(PRICING_QUOTE);
    assert_false(course_is_open(&course, at("2023-03-15T08:00:00Z")));
    course = grunnkurs();
    course.capacity.is = NULLED;
    assert_false(course_is_open(&course, at("2023-03-15T08:00:00Z")));
}

/* ---- states ---------------------------------------------------------------------------------- */

static void actions(void **state)
{
    static const struct {
        const char *from, *action, *now, *to; /* to NULL = refused */
        const char *code;
    } cases[] = {
        {COURSE_DRAFT, "publish", "2023-03-01T00:00:00Z", COURSE_PUBLISHED, NULL},
        {COURSE_DRAFT, "cancel", "2023-03-01T00:00:00Z", COURSE_CANCELLED, NULL},
        {COURSE_DRAFT, "start", "2023-03-22T08:00:00Z", NULL, "invalid_transition"},
        {COURSE_PUBLISHED, "publish", "2023-03-01T00:00:00Z", NULL, "invalid_transition"},
        {COURSE_PUBLISHED, "cancel", "2023-03-22T08:00:00Z", COURSE_CANCELLED, NULL},
        {COURSE_PUBLISHED, "start", "2023-03-22T07:59:59Z", NULL, "course_not_begun"},
        {COURSE_PUBLISHED, "start", "2023-03-22T08:00:00Z", COURSE_RUNNING, NULL},
        {COURSE_PUBLISHED, "complete", "2023-03-23T08:00:00Z", NULL, "invalid_transition"},
        {COURSE_RUNNING, "complete", "2023-03-22T14:29:59Z", NULL, "course_not_ended"},
        {COURSE_RUNNING, "complete", "2023-03-22T14:30:00Z", COURSE_COMPLETED, NULL},
        {COURSE_RUNNING, "cancel", "2023-03-22T10:00:00Z", NULL, "invalid_transition"},
        {COURSE_COMPLETED, "cancel", "2023-03-23T08:00:00Z", NULL, "invalid_transition"},
        {COURSE_CANCELLED, "publish", "2023-03-01T00:00:00Z", NULL, "invalid_transition"},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct course course = grunnkurs();
        course.state = text_of(cases[i].from);
        const struct transition *transition = NULL;
        enum outcome outcome = course_decide(&course, cases[i].action, at(cases[i].now),
                                             fresh_error(f), &transition);
        if (cases[i].to) {
            assert_int_equal(outcome, DONE);
            assert_string_equal(transition->to, cases[i].to);
        } else {
            assert_refused(&f->error, CONFLICT, cases[i].code, NULL);
            assert_null(transition);
        }
    }
}

static void published_offers_start_draw_and_cancel(void **state)
{
    struct fixture *f = *state;
    struct course course = grunnkurs();
    const struct transition *transition;

    course_decide(&course, "publish", 0, &f->error, &transition);
    assert_int_equal(f->error.allowed_count, 3);
    assert_true(has_allowed(&f->error, "start"));
    assert_true(has_allowed(&f->error, "draw"));
    assert_true(has_allowed(&f->error, "cancel"));
}

static void only_drafts_lose_parts(void **state)
{
    struct fixture *f = *state;
    struct course course = grunnkurs();

    assert_int_equal(course_check_draft(&course, &f->error), CONFLICT);
    assert_refused(&f->error, CONFLICT, "course_not_draft", NULL);
    course.state = text_of(COURSE_DRAFT);
    assert_int_equal(course_check_draft(&course, fresh_error(f)), DONE);
}

static void a_course_that_is_over_stays_as_it_is(void **state)
{
    struct fixture *f = *state;
    struct course course = grunnkurs();

    for (const char *const *word = course_states; *word; word++) {
        bool over = strcmp(*word, COURSE_COMPLETED) == 0 || strcmp(*word, COURSE_CANCELLED) == 0;
        course.state = text_of(*word);
        assert_int_equal(course_check_live(&course, fresh_error(f)), over ? CONFLICT : DONE);
        if (over) {
            assert_refused(&f->error, CONFLICT, "course_over", NULL);
        }
    }
}

static void there_is_room_up_to_the_limit(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(course_check_room(39, 40, &f->error), DONE);
    assert_int_equal(course_check_room(40, 40, fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "limit_reached", NULL);
    assert_string_equal(f->error.args[0].value, "40");
}

/* ---- bodies ---------------------------------------------------------------------------------- */

static void creating(void **state)
{
    struct fixture *f = *state;
    struct course_create in = {
        .slug = text_of("smart-grunnkurs-bergen"),
        .municipality_no = text_of("4601"),
        .registration_opens_at = text_of("2023-03-10T08:00:00Z"),
        .registration_closes_at = text_of("2023-03-10T08:00:01Z"),
    };

    assert_int_equal(course_check_create(&in, &f->error), DONE);
    in.registration_closes_at = text_of("2023-03-10T09:00:00+01:00"); /* the same instant */
    in.slug = text_of("Bergen");
    in.municipality_no = text_of("46");
    assert_int_equal(course_check_create(&in, fresh_error(f)), INVALID);
    assert_refused(&f->error, INVALID, "validation_failed", NULL);
    assert_true(has_fault(&f->error, "/registration_closes_at", "closes_before_opens"));
    assert_true(has_fault(&f->error, "/slug", "slug_invalid"));
    assert_true(has_fault(&f->error, "/municipality_no", "municipality_no_invalid"));
}

static void a_patch_meets_what_is_stored(void **state)
{
    struct fixture *f = *state;
    struct course course = grunnkurs();
    struct course_update in = {.registration_closes_at = text_of("2023-03-09T00:00:00Z")};

    assert_int_equal(course_check_update(&course, &in, &f->error), INVALID);
    assert_true(has_fault(&f->error, "/registration_closes_at", "closes_before_opens"));
    in.registration_opens_at.is = NULLED;
    assert_int_equal(course_check_update(&course, &in, fresh_error(f)), DONE);
    in = (struct course_update){.title = text_of("SMART grunnkurs, Bergen")};
    assert_int_equal(course_check_update(&course, &in, fresh_error(f)), DONE);
}

static void capacity_never_falls_below_what_is_taken(void **state)
{
    struct fixture *f = *state;
    struct course course = grunnkurs();
    course.seats_confirmed = 20;
    course.seats_offered = 2;
    struct course_update in = {.capacity = integer_of(22)};

    assert_int_equal(course_check_update(&course, &in, &f->error), DONE);
    in.capacity = integer_of(21);
    assert_int_equal(course_check_update(&course, &in, fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "capacity_below_taken", "SM-R01");
    assert_string_equal(f->error.args[0].value, "22");

    in.capacity = (struct integer){.is = NULLED};
    course.seats_confirmed = course.seats_offered = 0;
    assert_int_equal(course_check_update(&course, &in, fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "capacity_required", "SM-R04");
    course.state = text_of(COURSE_DRAFT);
    assert_int_equal(course_check_update(&course, &in, fresh_error(f)), DONE);
}

static void a_finished_course_keeps_times_and_capacity(void **state)
{
    struct fixture *f = *state;
    struct course course = grunnkurs();
    course.state = text_of(COURSE_COMPLETED);
    struct course_update in = {.capacity = integer_of(60)};

    assert_int_equal(course_check_update(&course, &in, &f->error), CONFLICT);
    assert_refused(&f->error, CONFLICT, "course_over", NULL);

    const struct course_update others[] = {
        {.registration_opens_at = text_of("2023-03-01T00:00:00Z")},
        {.registration_closes_at = {.is = NULLED}},
        {.offer_hours = integer_of(24)},
        {.waiting_list = boolean_of(false)},
    };
    for (size_t i = 0; i < COUNT(others); i++) {
        assert_int_equal(course_check_update(&course, &others[i], fresh_error(f)), CONFLICT);
        assert_refused(&f->error, CONFLICT, "course_over", NULL);
    }
    course.state = text_of(COURSE_CANCELLED);
    assert_int_equal(course_check_update(&course, &others[0], fresh_error(f)), CONFLICT);
    in = (struct course_update){.description = text_of("Rettet skrivefeil")};
    assert_int_equal(course_check_update(&course, &in, fresh_error(f)), DONE);
}

static void sessions_end_after_they_start(void **state)
{
    struct fixture *f = *state;
    struct session_create in = {.starts_at = text_of("2023-03-22T09:00:00+01:00"),
                                .ends_at = text_of("2023-03-22T15:30:00+01:00")};

    assert_int_equal(session_check_create(&in, &f->error), DONE);
    in.ends_at = text_of("2023-03-22T08:00:00Z");
    assert_int_equal(session_check_create(&in, fresh_error(f)), INVALID);
    assert_true(has_fault(&f->error, "/ends_at", "ends_before_start"));
    in.ends_at = text_of("2023-03-23T08:00:00Z");
    assert_int_equal(session_check_create(&in, fresh_error(f)), DONE);
    in.ends_at = text_of("2023-03-23T08:00:00.000001Z");
    assert_int_equal(session_check_create(&in, fresh_error(f)), INVALID);
    assert_true(has_fault(&f->error, "/ends_at", "session_too_long"));

    const struct session stored = {.starts_at = at("2023-03-22T08:00:00Z"),
                                   .ends_at = at("2023-03-22T14:30:00Z")};
    struct session_update patch = {.starts_at = text_of("2023-03-22T14:00:00Z")};
    assert_int_equal(session_check_update(&stored, &patch, fresh_error(f)), DONE);
    patch.starts_at = text_of("2023-03-22T15:00:00Z");
    assert_int_equal(session_check_update(&stored, &patch, fresh_error(f)), INVALID);
}

/* ---- tickets and items ----------------------------------------------------------------------- */

/* ---- a gathering that is moved ---------------------------------------------------------------- */

static void a_move_is_said_in_one_way(void **state)
{
    struct fixture *f = *state;
    const struct gathering_move neither = {0};
    const struct gathering_move both = {.starts_on = text_of("2027-09-08"), .days = integer_of(7)};
    const struct gathering_move by_count = {.days = integer_of(0)};

    assert_int_equal(gathering_check_move(&neither, fresh_error(f)), INVALID);
    assert_true(has_fault(&f->error, "/starts_on", "move_required"));
    assert_int_equal(gathering_check_move(&both, fresh_error(f)), INVALID);
    assert_true(has_fault(&f->error, "/days", "move_ambiguous"));
    assert_int_equal(gathering_check_move(&by_count, fresh_error(f)), DONE);
}

static void days_of_a_move(void **state)
{
    struct fixture *f = *state;
    const struct text none = {.is = NULLED};
    const struct gathering_move to_day = {.starts_on = text_of("2028-03-01")};
    const struct gathering_move back = {.days = integer_of(-7)};
    int64_t days = 0;

    assert_int_equal(gathering_move_days(&to_day, text_of("2028-02-28"), fresh_error(f), &days),
                     DONE);
    assert_int_equal(days, 2);
    assert_int_equal(gathering_move_days(&to_day, text_of("2028-04-01"), fresh_error(f), &days),
                     DONE);
    assert_int_equal(days, -31);
    assert_int_equal(gathering_move_days(&back, text_of("2028-02-28"), fresh_error(f), &days),
                     DONE);
    assert_int_equal(days, -7);
    assert_int_equal(gathering_move_days(&back, none, fresh_error(f), &days), CONFLICT);
    assert_refused(&f->error, CONFLICT, "session_required", NULL);
}

static void a_programme_item_ends_after_it_starts(void **state)
{
    static const struct {
        const char *starts_at, *ends_at, *code; /* NULL = fine */
    } cases[] = {
        {"2027-04-14T09:00:00Z", "2027-04-14T09:20:00Z", NULL},
        {"2027-04-14T09:00:00Z", "2027-04-15T09:00:00Z", NULL},
        {"2027-04-14T09:00:00Z", "2027-04-15T09:00:00.000001Z", "programme_item_too_long"},
        {"2027-04-14T09:00:00Z", "2027-04-14T11:00:00+02:00", "ends_before_start"},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct programme_item_create in = {.starts_at = text_of(cases[i].starts_at),
                                                 .ends_at = text_of(cases[i].ends_at)};
        const struct programme_item stored = {.starts_at = at(cases[i].starts_at), .ends_at = 0};
        const struct programme_item_update patch = {.ends_at = text_of(cases[i].ends_at)};
        enum outcome expected = cases[i].code ? INVALID : DONE;
        assert_int_equal(programme_item_check_create(&in, fresh_error(f)), expected);
        assert_true(!cases[i].code || has_fault(&f->error, "/ends_at", cases[i].code));
        assert_int_equal(programme_item_check_update(&stored, &patch, fresh_error(f)), expected);
        assert_true(!cases[i].code || has_fault(&f->error, "/ends_at", cases[i].code));
    }
}

static void an_employee_ticket_names_the_employer(void **state)
{
    struct fixture *f = *state;
    struct ticket_type_create in = {.eligibility = text_of(ELIGIBILITY_MUNICIPALITY_EMPLOYEE)};

    assert_int_equal(ticket_type_check_create(&in, &f->error), INVALID);
    assert_refused(&f->error, INVALID, "eligible_organisation_required", "SM-R10");
    in.eligible_organisation_id = text_of(TONSBERG);
    assert_int_equal(ticket_type_check_create(&in, fresh_error(f)), DONE);
    in.eligibility = text_of(ELIGIBILITY_ANYONE);
    assert_int_equal(ticket_type_check_create(&in, fresh_error(f)), INVALID);
    assert_refused(&f->error, INVALID, "eligible_organisation_unwanted", "SM-R10");
    in = (struct ticket_type_create){.code = text_of("general")};
    assert_int_equal(ticket_type_check_create(&in, fresh_error(f)), DONE);
}

static void a_ticket_patch_meets_what_is_stored(void **state)
{
    struct fixture *f = *state;
    const struct ticket_type stored = {.eligibility = text_of(ELIGIBILITY_MUNICIPALITY_EMPLOYEE),
                                       .eligible_organisation_id = text_of(TONSBERG),
                                       .claimed = 12};
    struct ticket_type_update in = {.price_nok = integer_of(0), .capacity = integer_of(12)};

    assert_int_equal(ticket_type_check_update(&stored, &in, &f->error), DONE);
    in.capacity = integer_of(11);
    assert_int_equal(ticket_type_check_update(&stored, &in, fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "capacity_below_taken", "SM-R01");
    in = (struct ticket_type_update){.eligible_organisation_id = {.is = NULLED}};
    assert_int_equal(ticket_type_check_update(&stored, &in, fresh_error(f)), INVALID);
    in.eligibility = text_of(ELIGIBILITY_ANYONE);
    assert_int_equal(ticket_type_check_update(&stored, &in, fresh_error(f)), DONE);
}

static void eligibility(void **state)
{
    struct fixture *f = *state;
    const struct ticket_type employees = {.eligibility = text_of(ELIGIBILITY_MUNICIPALITY_EMPLOYEE),
                                          .eligible_organisation_id = text_of(TONSBERG)};
    const struct ticket_type general = {.eligibility = text_of(ELIGIBILITY_ANYONE)};
    const struct text none = {.is = ABSENT};

    assert_int_equal(
        ticket_type_check_eligible(&general, none, "/employer_organisation_id", &f->error), DONE);
    assert_int_equal(ticket_type_check_eligible(&employees, text_of(TONSBERG),
                                                "/employer_organisation_id", &f->error),
                     DONE);
    assert_int_equal(
        ticket_type_check_eligible(&employees, none, "/employer_organisation_id", &f->error),
        INVALID);
    assert_refused(&f->error, INVALID, "employer_required", "SM-R10");
    assert_int_equal(ticket_type_check_eligible(&employees, text_of(HORTEN),
                                                "/employer_organisation_id", fresh_error(f)),
                     INVALID);
    assert_refused(&f->error, INVALID, "employer_not_eligible", "SM-R10");
    assert_true(has_fault(&f->error, "/employer_organisation_id", "employer_not_eligible"));
}

static void choices(void **state)
{
    struct fixture *f = *state;
    const struct course_choice menu[] = {
        {.item_code = text_of("b/side"), .choice_required = true, .option_code = text_of("l")},
        {.item_code = text_of("empty"), .choice_required = true}, /* no options yet: asks nothing */
        {.item_code = text_of("lunch")},
        {.item_code = text_of("strength_cards")},
        {.item_code = text_of("textbook"),
         .choice_required = true,
         .option_code = text_of("smart_oppvekst")},
        {.item_code = text_of("textbook"),
         .choice_required = true,
         .option_code = text_of("ungdomsboka")},
        {.item_code = text_of("textbook"),
         .choice_required = true,
         .option_code = text_of("planlegger")},
    };
    const size_t count = COUNT(menu);
    const struct text keys[] = {text_of("textbook"), text_of("b/side"), text_of("lunch")};
    const struct text good[] = {text_of("ungdomsboka"), text_of("l"), text_of("fish")};
    const struct text bad[] = {text_of("l"), text_of("l"), text_of("fish")};
    struct text_map map = {.is = GIVEN, .keys = keys, .values = good, .count = 2};

    assert_int_equal(course_item_check_choices(&map, menu, count, &f->error), DONE);

    map.values = bad;
    map.count = 3;
    assert_int_equal(course_item_check_choices(&map, menu, count, fresh_error(f)), INVALID);
    assert_refused(&f->error, INVALID, "choice_unknown", "SM-R08");
    assert_true(has_fault(&f->error, "/item_choices/textbook", "choice_unknown"));
    assert_true(has_fault(&f->error, "/item_choices/lunch", "choice_unknown"));
    assert_int_equal(f->error.fault_count, 2);

    map = (struct text_map){.is = ABSENT};
    assert_int_equal(course_item_check_choices(&map, menu, count, fresh_error(f)), INVALID);
    assert_refused(&f->error, INVALID, "choice_required", "SM-R08");
    assert_true(has_fault(&f->error, "/item_choices/textbook", "choice_required"));
    assert_true(has_fault(&f->error, "/item_choices/b~1side", "choice_required"));
    assert_string_equal(f->error.faults[0].expected, "l");
    assert_string_equal(f->error.faults[1].expected, "smart_oppvekst, ungdomsboka, planlegger");
    assert_int_equal(f->error.fault_count, 2);

    assert_int_equal(course_item_check_choices(&map, menu + 1, 2, fresh_error(f)), DONE);
}

/* ---- the plan -------------------------------------------------------------------------------- */

/* SMART trenerutdanning 2023/24 (seed 002): four gatherings of two days and the festival. */
static const struct course_day trainer_days[] = {
    {.gathering_seq_no = 2, .kind = {GIVEN, "gathering", 9}, .held_on = {GIVEN, "2023-11-22", 10}},
    {.gathering_seq_no = 1,
     .kind = {GIVEN, "gathering", 9},
     .overnight = true,
     .held_on = {GIVEN, "2023-09-07", 10}},
    {.gathering_seq_no = 1,
     .kind = {GIVEN, "gathering", 9},
     .overnight = true,
     .held_on = {GIVEN, "2023-09-06", 10}},
    {.gathering_seq_no = 2, .kind = {GIVEN, "gathering", 9}, .held_on = {GIVEN, "2023-11-23", 10}},
    {.gathering_seq_no = 3, .kind = {GIVEN, "gathering", 9}, .held_on = {GIVEN, "2024-01-10", 10}},
    {.gathering_seq_no = 3, .kind = {GIVEN, "gathering", 9}, .held_on = {GIVEN, "2024-01-11", 10}},
    {.gathering_seq_no = 4, .kind = {GIVEN, "gathering", 9}, .held_on = {GIVEN, "2024-03-13", 10}},
    {.gathering_seq_no = 4, .kind = {GIVEN, "gathering", 9}, .held_on = {GIVEN, "2024-03-14", 10}},
    {.gathering_seq_no = 5, .kind = {GIVEN, "festival", 8}, .held_on = {GIVEN, "2024-04-17", 10}},
};
enum { TRAINER_DAYS = COUNT(trainer_days) };

static struct course trenerutdanning(void)
{
    return (struct course){
        .state = text_of(COURSE_DRAFT),
        .course_type = text_of("trenerutdanning"),
        .pricing_model = text_of(PRICING_FIXED),
        .capacity = integer_of(36),
        .gatherings_expected = integer_of(4),
        .gathering_days_expected = integer_of(2),
        .festival_days_expected = integer_of(1),
        .first_overnight_expected = true,
    };
}

static void trainer_education_is_complete(void **state)
{
    struct fixture *f = *state;
    struct course course = trenerutdanning();
    assert_int_equal(course_check_plan(&course, trainer_days, TRAINER_DAYS, 1, &f->error), DONE);
}

/* One change to the full plan, and what it is called. */
static void trainer_education_is_incomplete(void **state)
{
    static const struct {
        int drop; /* index of a row to leave out, -1 for none */
        int change;
        const char *held_on; /* NULL = no session in it */
        const char *code;
        const char *rule;
    } cases[] = {
        {8, -1, NULL, "gatherings_incomplete", "SM-R05"},         /* no festival */
        {7, -1, NULL, "gatherings_incomplete", "SM-R05"},         /* one day of the fourth */
        {-1, 7, "2024-03-15", "gatherings_incomplete", "SM-R05"}, /* not consecutive */
        {-1, 7, "2024-03-13", "gatherings_incomplete", "SM-R05"}, /* twice the same day */
        {-1, 7, NULL, "gatherings_incomplete", "SM-R05"},         /* a row without a session */
        {-1, 5, "2024-01-09", NULL, NULL},                        /* the 9th and 10th will do */
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct course course = trenerutdanning();
        struct course_day days[TRAINER_DAYS];
        size_t count = 0;
        for (int j = 0; j < TRAINER_DAYS; j++) {
            if (j == cases[i].drop) {
                continue;
            }
            days[count] = trainer_days[j];
            if (j == cases[i].change) {
                days[count].held_on = text_of(cases[i].held_on);
            }
            count++;
        }
        enum outcome outcome = course_check_plan(&course, days, count, 1, fresh_error(f));
        assert_int_equal(outcome, cases[i].code ? CONFLICT : DONE);
        if (cases[i].code) {
            assert_refused(&f->error, CONFLICT, cases[i].code, cases[i].rule);
            assert_int_equal(f->error.fault_count, 1);
        }
    }
}

/* Morning and afternoon are two sessions of one day. */
static void a_day_counts_once(void **state)
{
    struct fixture *f = *state;
    struct course course = trenerutdanning();
    struct course_day days[TRAINER_DAYS + 2];

    days[0] = trainer_days[0];
    memcpy(days + 1, trainer_days, sizeof trainer_days);
    days[TRAINER_DAYS + 1] = trainer_days[TRAINER_DAYS - 1];
    assert_int_equal(course_check_plan(&course, days, COUNT(days), 1, &f->error), DONE);
    days[0].held_on = text_of("2023-11-24"); /* but a third day is one too many */
    assert_int_equal(course_check_plan(&course, days, COUNT(days), 1, &f->error), CONFLICT);
}

static void a_fifth_gathering_is_one_too_many(void **state)
{
    struct fixture *f = *state;
    struct course course = trenerutdanning();
    struct course_day days[TRAINER_DAYS + 2];

    memcpy(days, trainer_days, sizeof trainer_days);
    days[TRAINER_DAYS] = (struct course_day){
        .gathering_seq_no = 6, .kind = text_of("gathering"), .held_on = text_of("2024-05-02")};
    days[TRAINER_DAYS + 1] = (struct course_day){
        .gathering_seq_no = 6, .kind = text_of("gathering"), .held_on = text_of("2024-05-03")};
    assert_int_equal(course_check_plan(&course, days, COUNT(days), 1, &f->error), CONFLICT);
    assert_refused(&f->error, CONFLICT, "gatherings_incomplete", "SM-R05");
    assert_string_equal(f->error.args[3].name, "found_gatherings");
    assert_string_equal(f->error.args[3].value, "5");
}

static void the_first_gathering_stays_overnight(void **state)
{
    struct fixture *f = *state;
    struct course course = trenerutdanning();
    struct course_day days[TRAINER_DAYS];

    memcpy(days, trainer_days, sizeof trainer_days);
    days[1].overnight = days[2].overnight = false;
    days[0].overnight = days[3].overnight = true; /* the second does not count */
    assert_int_equal(course_check_plan(&course, days, TRAINER_DAYS, 1, &f->error), CONFLICT);
    assert_refused(&f->error, CONFLICT, "overnight_missing", "SM-R06");
}

static void everything_amiss_is_said_at_once(void **state)
{
    struct fixture *f = *state;
    struct course course = trenerutdanning();
    course.capacity.is = NULLED;

    assert_int_equal(course_check_plan(&course, NULL, 0, 0, &f->error), CONFLICT);
    assert_refused(&f->error, CONFLICT, "capacity_required", "SM-R04");
    assert_true(has_fault(&f->error, "/capacity", "capacity_required"));
    assert_true(has_fault(&f->error, "/sessions", "session_required"));
    assert_true(has_fault(&f->error, "/ticket_types", "ticket_type_required"));
    assert_true(has_fault(&f->error, "/gatherings", "gatherings_incomplete"));
    assert_true(has_fault(&f->error, "/gatherings", "overnight_missing"));
}

static void other_types_ask_for_less(void **state)
{
    struct fixture *f = *state;
    struct course course = grunnkurs();
    const struct course_day one = {
        .gathering_seq_no = 1, .kind = text_of("gathering"), .held_on = text_of("2023-03-22")};

    assert_int_equal(course_check_plan(&course, &one, 1, 1, &f->error), DONE);
    assert_int_equal(course_check_plan(&course, &one, 1, 0, fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "ticket_type_required", NULL);
    course.pricing_model = text_of(PRICING_QUOTE);
    course.capacity.is = NULLED;
    assert_int_equal(course_check_plan(&course, NULL, 0, 0, fresh_error(f)), DONE);
}

/* ---- seats by raffle -------------------------------------------------------------------------- */

static struct course raffle(void)
{
    struct course course = grunnkurs();
    course.seat_allocation = text_of(ALLOCATION_RAFFLE);
    course.draw_pending = true;
    return course;
}

static void a_raffle_is_drawn_once_after_closing(void **state)
{
    struct fixture *f = *state;
    struct course course = raffle();
    int64_t closes_at = course.registration_closes_at.v;

    assert_int_equal(course_check_draw(&course, closes_at, fresh_error(f)), DONE);
    assert_int_equal(course_check_draw(&course, closes_at - 1, fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "registration_still_open", NULL);
    assert_int_equal(course_check_draw(&course, course.starts_at.v, fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "course_started", NULL);
    assert_int_equal(course_check_drawn(&course, fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "draw_pending", NULL);

    course.draw_pending = false;
    assert_int_equal(course_check_drawn(&course, fresh_error(f)), DONE);
    assert_int_equal(course_check_draw(&course, closes_at, fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "already_drawn", NULL);
    course.seat_allocation = text_of(ALLOCATION_FIRST_COME);
    assert_int_equal(course_check_draw(&course, closes_at, fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "not_a_raffle", NULL);
    course.state = text_of(COURSE_DRAFT);
    assert_int_equal(course_check_draw(&course, closes_at, fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "invalid_transition", NULL);
}

static void how_seats_are_given_is_settled_with_the_draft(void **state)
{
    struct fixture *f = *state;
    struct course course = raffle();
    struct course_update in = {.seat_allocation = text_of(ALLOCATION_FIRST_COME)};

    assert_int_equal(course_check_update(&course, &in, fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "course_not_draft", NULL);
    in = (struct course_update){.seat_allocation = text_of(ALLOCATION_RAFFLE)};
    assert_int_equal(course_check_update(&course, &in, fresh_error(f)), DONE); /* as it is */
    in = (struct course_update){.registration_closes_at = {.is = NULLED}};
    assert_int_equal(course_check_update(&course, &in, fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "closing_required", NULL);
    in = (struct course_update){.waiting_list = boolean_of(false)};
    assert_int_equal(course_check_update(&course, &in, fresh_error(f)), INVALID);
    assert_true(has_fault(&f->error, "/waiting_list", "raffle_needs_waiting_list"));

    course.state = text_of(COURSE_DRAFT);
    in = (struct course_update){.seat_allocation = text_of(ALLOCATION_FIRST_COME),
                                .waiting_list = boolean_of(false)};
    assert_int_equal(course_check_update(&course, &in, fresh_error(f)), DONE);
    in = (struct course_update){.registration_closes_at = {.is = NULLED}};
    assert_int_equal(course_check_update(&course, &in, fresh_error(f)), DONE);

    const struct course_create made = {.seat_allocation = text_of(ALLOCATION_RAFFLE),
                                       .waiting_list = boolean_of(false)};
    assert_int_equal(course_check_create(&made, fresh_error(f)), INVALID);
    assert_true(has_fault(&f->error, "/waiting_list", "raffle_needs_waiting_list"));
}

static void a_raffle_needs_its_closing(void **state)
{
    struct fixture *f = *state;
    struct course course = raffle();
    const struct course_day one = {
        .gathering_seq_no = 1, .kind = text_of("gathering"), .held_on = text_of("2023-03-22")};

    assert_int_equal(course_check_plan(&course, &one, 1, 1, fresh_error(f)), DONE);
    course.registration_closes_at.is = NULLED;
    assert_int_equal(course_check_plan(&course, &one, 1, 1, fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "closing_required", NULL);
    assert_true(has_fault(&f->error, "/registration_closes_at", "closing_required"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(window),
        TEST(without_times_it_is_open_from_publication_to_start),
        TEST(a_refusal_says_when),
        TEST(by_agreement_is_never_open),
        TEST(actions),
        TEST(published_offers_start_draw_and_cancel),
        TEST(only_drafts_lose_parts),
        TEST(a_course_that_is_over_stays_as_it_is),
        TEST(there_is_room_up_to_the_limit),
        TEST(creating),
        TEST(a_patch_meets_what_is_stored),
        TEST(capacity_never_falls_below_what_is_taken),
        TEST(a_finished_course_keeps_times_and_capacity),
        TEST(sessions_end_after_they_start),
        TEST(a_move_is_said_in_one_way),
        TEST(days_of_a_move),
        TEST(a_programme_item_ends_after_it_starts),
        TEST(an_employee_ticket_names_the_employer),
        TEST(a_ticket_patch_meets_what_is_stored),
        TEST(eligibility),
        TEST(choices),
        TEST(trainer_education_is_complete),
        TEST(trainer_education_is_incomplete),
        TEST(a_day_counts_once),
        TEST(a_fifth_gathering_is_one_too_many),
        TEST(the_first_gathering_stays_overnight),
        TEST(everything_amiss_is_said_at_once),
        TEST(other_types_ask_for_less),
        TEST(a_raffle_is_drawn_once_after_closing),
        TEST(how_seats_are_given_is_settled_with_the_draft),
        TEST(a_raffle_needs_its_closing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
