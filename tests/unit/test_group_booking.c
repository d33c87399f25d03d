#include "domain/base/clock.h"
#include "domain/smart/group_booking.h"
#include "tests/unit/support.h"

#define TONSBERG "00000000-0000-7000-8001-000000000001"
#define HORTEN "00000000-0000-7000-8001-000000000002"

static int64_t at(const char *s)
{
    int64_t instant;
    assert_true(instant_parse(s, strlen(s), &instant));
    return instant;
}

/* A course of ten seats on 22 March, seen on 10 March, with one ticket and one choice. */
struct scene {
    struct course course;
    struct ticket_type ticket;
    struct course_choice menu;
    struct registration_context context;
};

static void set_scene(struct scene *scene)
{
    *scene = (struct scene){
        .course = {.id = text_of("c"),
                   .state = text_of(COURSE_PUBLISHED),
                   .pricing_model = text_of(PRICING_FIXED),
                   .capacity = integer_of(10),
                   .waiting_list = true,
                   .last_queue_no = 4,
                   .starts_at = integer_of(at("2023-03-22T08:00:00Z")),
                   .starts_on = text_of("2023-03-22"),
                   .today_on = text_of("2023-03-10"),
                   .offer_hours = 72},
        .ticket = {.id = text_of("t"),
                   .price_nok = 950,
                   .eligibility = text_of(ELIGIBILITY_ANYONE)},
        .menu = {.item_code = text_of("textbook"),
                 .choice_required = true,
                 .option_code = text_of("barneskole")},
    };
    scene->context = (struct registration_context){
        .now = at("2023-03-10T10:00:00Z"),
        .course = &scene->course,
        .ticket_types = &scene->ticket,
        .ticket_type_count = 1,
        .menu = &scene->menu,
        .menu_count = 1,
    };
}

static struct group_booking_create party(int64_t seats)
{
    return (struct group_booking_create){
        .organisation_id = text_of(TONSBERG),
        .seats = integer_of(seats),
        .contact_full_name = text_of("Bodil Eksempelvik"),
        .contact_email = text_of("bodil.eksempelvik@example.no"),
        .names_due_on = text_of("2023-03-20"),
        .invoice = boolean_of(true),
        .invoice_recipient = text_of("Tønsberg kommune"),
    };
}

static enum outcome decide(struct fixture *f, struct scene *scene,
                           const struct group_booking_create *in,
                           struct group_booking_decision *ret)
{
    return group_booking_decide(in, &scene->context, fresh_error(f), ret);
}

/* SM-R01, SM-R02: all or nothing. */
static void all_seats_or_a_place_in_line(void **state)
{
    static const struct {
        int64_t seats, confirmed, offered, held, waitlisted;
        bool draw_pending;
        const char *state;
    } cases[] = {
        {10, 0, 0, 0, 0, false, GROUP_CONFIRMED}, {4, 2, 2, 2, 0, false, GROUP_CONFIRMED},
        {5, 2, 2, 2, 0, false, GROUP_WAITLISTED}, {1, 0, 0, 0, 1, false, GROUP_WAITLISTED},
        {1, 0, 0, 0, 0, true, GROUP_WAITLISTED},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct scene scene;
        struct group_booking_decision decision;
        struct group_booking_create in = party(cases[i].seats);
        set_scene(&scene);
        scene.course.seats_confirmed = cases[i].confirmed;
        scene.course.seats_offered = cases[i].offered;
        scene.course.seats_held = cases[i].held;
        scene.course.waitlisted = cases[i].waitlisted;
        scene.course.draw_pending = cases[i].draw_pending;
        assert_int_equal(decide(f, &scene, &in, &decision), DONE);
        assert_true(text_is(decision.state, cases[i].state));
        assert_int_equal(decision.price_nok, 950); /* SM-R15 */
        assert_int_equal(decision.waitlist_seq.is,
                         strcmp(cases[i].state, GROUP_WAITLISTED) == 0 ? GIVEN : ABSENT);
    }
}

static void a_party_that_never_fits_is_refused(void **state)
{
    struct fixture *f = *state;
    struct scene scene;
    struct group_booking_decision decision;
    struct group_booking_create in = party(11);

    set_scene(&scene);
    assert_int_equal(decide(f, &scene, &in, &decision), CONFLICT);
    assert_refused(&f->error, CONFLICT, "group_too_large", "SM-R01");

    in = party(3);
    scene.ticket.capacity = integer_of(5);
    scene.ticket.claimed = 2;
    assert_int_equal(decide(f, &scene, &in, &decision), DONE);
    scene.ticket.claimed = 3;
    assert_int_equal(decide(f, &scene, &in, &decision), CONFLICT);
    assert_refused(&f->error, CONFLICT, "ticket_type_full", "SM-R01");

    scene.ticket.claimed = 0;
    scene.course.seats_held = 8;
    scene.course.waiting_list = false;
    assert_int_equal(decide(f, &scene, &in, &decision), CONFLICT);
    assert_refused(&f->error, CONFLICT, "course_full", "SM-R01");
}

static void all_faults_of_a_booking_at_once(void **state)
{
    struct fixture *f = *state;
    struct scene scene;
    struct group_booking_decision decision;
    struct group_booking_create in = party(3);

    set_scene(&scene);
    scene.ticket.eligibility = text_of(ELIGIBILITY_MUNICIPALITY_EMPLOYEE);
    scene.ticket.eligible_organisation_id = text_of(HORTEN);
    in.invoice = (struct boolean){.is = ABSENT};
    in.invoice_org_number = text_of("123456789");
    in.contact_email = text_of("ikke en adresse");
    in.names_due_on = text_of("2023-03-09");
    assert_int_equal(decide(f, &scene, &in, &decision), INVALID);
    assert_string_equal(f->error.rule, "SM-R10");
    assert_true(has_fault(&f->error, "/organisation_id", "employer_not_eligible"));
    assert_true(has_fault(&f->error, "/invoice", "invoice_required"));
    assert_true(has_fault(&f->error, "/invoice/org_number", "org_number_invalid"));
    assert_true(has_fault(&f->error, "/contact/email", "email_invalid"));
    assert_true(has_fault(&f->error, "/names_due_on", "names_due_passed"));
    assert_int_equal(f->error.fault_count, 5);

    set_scene(&scene);
    scene.course.pricing_model = text_of(PRICING_QUOTE);
    in = party(3);
    assert_int_equal(decide(f, &scene, &in, &decision), INVALID);
    assert_refused(&f->error, INVALID, "quote_required", "SM-R09");
}

static void names_come_before_the_course(void **state)
{
    struct fixture *f = *state;
    struct scene scene;
    struct group_booking_decision decision;
    struct group_booking_create in = party(3);

    set_scene(&scene);
    in.names_due_on = text_of("2023-03-22");
    assert_int_equal(decide(f, &scene, &in, &decision), DONE);
    in.names_due_on = text_of("2023-03-23");
    assert_int_equal(decide(f, &scene, &in, &decision), CONFLICT);
    assert_refused(&f->error, CONFLICT, "names_due_after_start", NULL);
    in.names_due_on = text_of("2023-03-10"); /* today */
    assert_int_equal(decide(f, &scene, &in, &decision), DONE);
}

/* ---- actions --------------------------------------------------------------------------------- */

static struct group_booking in_state(const char *state)
{
    return (struct group_booking){
        .id = text_of("g"),
        .course_id = text_of("c"),
        .ticket_type_id = text_of("t"),
        .organisation_id = text_of(TONSBERG),
        .state = text_of(state),
        .offer_expires_at = integer_of(at("2023-03-13T10:00:00Z")),
        .seats = 5,
        .named = strcmp(state, GROUP_CONFIRMED) == 0 ? 2 : 0,
        .price_nok = 950,
        .names_due_on = text_of("2023-03-20"),
        .invoice = true,
    };
}

static void every_state_and_action(void **state)
{
    static const struct {
        const char *from, *action, *to;
    } possible[] = {
        {"waitlisted", "promote", "offered"},         {"waitlisted", "withdraw", "withdrawn"},
        {"waitlisted", "skip", "waitlisted"},         {"waitlisted", "unskip", "waitlisted"},
        {"waitlisted", "move", "waitlisted"},         {"waitlisted", "course_start", "expired"},
        {"waitlisted", "course_cancel", "cancelled"}, {"offered", "accept", "confirmed"},
        {"offered", "withdraw", "withdrawn"},         {"offered", "expire", "expired"},
        {"offered", "course_start", "expired"},       {"offered", "course_cancel", "cancelled"},
        {"confirmed", "release", "confirmed"},        {"confirmed", "cancel", "cancelled"},
        {"confirmed", "course_cancel", "cancelled"},  {"confirmed", "course_complete", "completed"},
    };
    struct fixture *f = *state;
    size_t found = 0;
    for (const char *const *from = group_booking_states; *from; from++) {
        for (size_t i = 0; i < COUNT(possible); i++) {
            const struct transition *transition = machine_find(&group_booking_machine, *from,
                                                               possible[i].action);
            bool here = strcmp(possible[i].from, *from) == 0;
            if (here) {
                assert_non_null(transition);
                assert_string_equal(transition->to, possible[i].to);
                found++;
            }
        }
        const struct group_booking booking = in_state(*from);
        struct group_booking_outcome result;
        if (!machine_find(&group_booking_machine, *from, "withdraw")) {
            assert_int_equal(group_booking_act(&booking, "withdraw", 0, fresh_error(f), &result),
                             CONFLICT);
            assert_refused(&f->error, CONFLICT, "invalid_transition", NULL);
            assert_false(has_allowed(&f->error, "course_cancel"));
        }
    }
    assert_int_equal(found, COUNT(possible));
    assert_int_equal(group_booking_machine.count, COUNT(possible));
}

static void an_offer_is_accepted_in_time(void **state)
{
    struct fixture *f = *state;
    const struct group_booking booking = in_state(GROUP_OFFERED);
    struct group_booking_outcome result;
    int64_t end = booking.offer_expires_at.v;

    assert_int_equal(group_booking_accept(&booking, end - 1, fresh_error(f), &result), DONE);
    assert_true(text_is(result.state, GROUP_CONFIRMED));
    assert_int_equal(result.seats, 5);
    assert_int_equal(group_booking_accept(&booking, end, fresh_error(f), &result), CONFLICT);
    assert_refused(&f->error, CONFLICT, "offer_expired", "SM-R02");
}

static void releasing_keeps_the_named_seats(void **state)
{
    struct fixture *f = *state;
    struct group_booking booking = in_state(GROUP_CONFIRMED);
    struct group_booking_outcome result;

    assert_int_equal(group_booking_release(&booking, 0, fresh_error(f), &result), DONE);
    assert_int_equal(result.seats, 2);
    assert_true(text_is(result.state, GROUP_CONFIRMED));
    booking.named = 5;
    assert_int_equal(group_booking_release(&booking, 0, fresh_error(f), &result), CONFLICT);
    assert_refused(&f->error, CONFLICT, "nothing_to_release", NULL);
}

static void skipping(void **state)
{
    struct fixture *f = *state;
    struct scene scene;
    struct group_booking booking = in_state(GROUP_WAITLISTED);
    struct group_booking_outcome result;

    set_scene(&scene);
    assert_int_equal(group_booking_skip(&booking, &scene.course, true, 0, fresh_error(f), &result),
                     DONE);
    assert_true(result.skipped);
    assert_int_equal(group_booking_skip(&booking, &scene.course, false, 0, fresh_error(f), &result),
                     CONFLICT);
    assert_refused(&f->error, CONFLICT, "not_skipped", NULL);
    booking.skipped = true;
    assert_int_equal(group_booking_skip(&booking, &scene.course, true, 0, fresh_error(f), &result),
                     CONFLICT);
    assert_refused(&f->error, CONFLICT, "already_skipped", NULL);
    scene.course.draw_pending = true;
    assert_int_equal(group_booking_skip(&booking, &scene.course, false, 0, fresh_error(f), &result),
                     CONFLICT);
    assert_refused(&f->error, CONFLICT, "draw_pending", NULL);
    assert_int_equal(group_booking_check_move(&booking, &scene.course, 0, fresh_error(f)),
                     CONFLICT);
}

static void cancelling_until_the_course_starts(void **state)
{
    struct fixture *f = *state;
    struct scene scene;
    const struct group_booking booking = in_state(GROUP_CONFIRMED);
    struct group_booking_outcome result;

    set_scene(&scene);
    int64_t start = scene.course.starts_at.v;
    assert_int_equal(
        group_booking_cancel(&booking, &scene.course, start - 1, fresh_error(f), &result), DONE);
    assert_int_equal(group_booking_cancel(&booking, &scene.course, start, fresh_error(f), &result),
                     CONFLICT);
    assert_refused(&f->error, CONFLICT, "course_started", "SM-R13");
}

/* ---- changing -------------------------------------------------------------------------------- */

static enum outcome change(struct fixture *f, const struct group_booking_update *in,
                           const struct group_booking *booking, bool may_extend)
{
    struct scene scene;
    set_scene(&scene);
    return group_booking_check_update(in, booking, &scene.course, may_extend, scene.context.now,
                                      fresh_error(f));
}

static void a_booking_only_shrinks(void **state)
{
    struct fixture *f = *state;
    const struct group_booking booking = in_state(GROUP_CONFIRMED);
    struct group_booking_update in = {.seats = integer_of(2)};

    assert_int_equal(change(f, &in, &booking, false), DONE);
    in.seats = integer_of(5);
    assert_int_equal(change(f, &in, &booking, false), DONE);
    in.seats = integer_of(6);
    assert_int_equal(change(f, &in, &booking, true), INVALID);
    assert_true(has_fault(&f->error, "/seats", "seats_never_grow"));
    in.seats = integer_of(1);
    assert_int_equal(change(f, &in, &booking, false), CONFLICT);
    assert_refused(&f->error, CONFLICT, "seats_named", NULL);
}

static void the_deadline_is_not_the_bookers_to_move(void **state)
{
    struct fixture *f = *state;
    const struct group_booking booking = in_state(GROUP_CONFIRMED);
    struct group_booking_update in = {.names_due_on = text_of("2023-03-21")};

    assert_int_equal(change(f, &in, &booking, false), FORBIDDEN);
    assert_int_equal(change(f, &in, &booking, true), DONE);
    in.names_due_on = text_of("2023-03-23");
    assert_int_equal(change(f, &in, &booking, true), CONFLICT);
    assert_refused(&f->error, CONFLICT, "names_due_after_start", NULL);
    in.names_due_on = text_of("2023-03-20"); /* as it is */
    assert_int_equal(change(f, &in, &booking, false), DONE);
}

static void other_changes(void **state)
{
    struct fixture *f = *state;
    struct group_booking booking = in_state(GROUP_CONFIRMED);
    struct group_booking_update in = {.invoice = {.is = NULLED},
                                      .contact_email = text_of("nei"),
                                      .contact_full_name = text_of("  ")};

    assert_int_equal(change(f, &in, &booking, false), INVALID);
    assert_true(has_fault(&f->error, "/invoice", "invoice_required"));
    assert_true(has_fault(&f->error, "/contact/email", "email_invalid"));
    assert_true(has_fault(&f->error, "/contact/full_name", "name_required"));

    in = (struct group_booking_update){.invoice = boolean_of(true)};
    assert_int_equal(change(f, &in, &booking, false), DONE);
    booking.invoice = false;
    assert_int_equal(change(f, &in, &booking, false), INVALID);
    assert_true(has_fault(&f->error, "/invoice/recipient", "required"));

    in = (struct group_booking_update){.seats = integer_of(5)};
    booking = in_state(GROUP_CANCELLED);
    assert_int_equal(change(f, &in, &booking, true), CONFLICT);
    assert_refused(&f->error, CONFLICT, "booking_over", NULL);
}

/* ---- names ----------------------------------------------------------------------------------- */

static const struct text textbook[] = {{.is = GIVEN, .s = "textbook", .len = 8}};
static const struct text barneskole[] = {{.is = GIVEN, .s = "barneskole", .len = 10}};
static const struct text laerer[] = {{.is = GIVEN, .s = "laerer", .len = 6},
                                     {.is = GIVEN, .s = "annet", .len = 5}};
static const struct text known_municipality[] = {{.is = GIVEN, .s = "3905", .len = 4}};
static const struct text taken[] = {{.is = GIVEN, .s = "taken@example.no", .len = 16}};
static const struct group_names_known known = {
    .professions = laerer,
    .profession_count = 2,
    .municipalities = known_municipality,
    .municipality_count = 1,
    .registered = taken,
    .registered_count = 1,
};

static struct group_name named(int64_t line, const char *email)
{
    return (struct group_name){
        .line = line,
        .full_name = text_of("Kari Eksempelsen"),
        .email = text_of(email),
        .profession_code = text_of("laerer"),
        .item_choices = {.is = GIVEN, .keys = textbook, .values = barneskole, .count = 1},
    };
}

static enum outcome check(struct fixture *f, struct scene *scene,
                          const struct group_booking *booking, const struct group_name *names,
                          size_t count, bool late)
{
    return group_booking_check_names(booking, &scene->context, names, count, &known, late,
                                     fresh_error(f));
}

static void names_that_fit(void **state)
{
    struct fixture *f = *state;
    struct scene scene;
    const struct group_booking booking = in_state(GROUP_CONFIRMED); /* 3 of 5 without a name */
    struct group_name names[] = {named(2, "a@example.no"), named(3, "b@example.no"),
                                 named(5, "c@example.no"), named(6, "d@example.no")};

    set_scene(&scene);
    names[1].municipality_no = text_of("3905");
    assert_int_equal(check(f, &scene, &booking, names, 3, false), DONE);
    assert_int_equal(check(f, &scene, &booking, names, 4, false), CONFLICT);
    assert_refused(&f->error, CONFLICT, "too_many_names", "SM-R01");
    assert_int_equal(check(f, &scene, &booking, names, 0, false), INVALID);
    assert_true(has_fault(&f->error, "", "names_required"));
}

static void every_faulty_line_and_column(void **state)
{
    struct fixture *f = *state;
    struct scene scene;
    const struct group_booking booking = in_state(GROUP_CONFIRMED);
    struct group_name names[] = {named(2, "a@example.no"), named(3, "A@EXAMPLE.no "),
                                 named(4, "nei"), named(7, "taken@example.no")};

    set_scene(&scene);
    names[0].profession_code = text_of("trollmann");
    names[0].item_choices = (struct text_map){.is = ABSENT};
    names[2].full_name = (struct text){.is = ABSENT};
    names[2].profession_code = text_of("annet");
    names[2].municipality_no = text_of("0000");
    names[3].municipality_no = text_of("9901");
    names[3].profession_code = (struct text){.is = ABSENT};
    assert_int_equal(check(f, &scene, &booking, names, 4, false), INVALID);
    assert_true(has_fault(&f->error, "/2/profession_code", "unknown_reference"));
    assert_true(has_fault(&f->error, "/2/item:textbook", "choice_required"));
    assert_true(has_fault(&f->error, "/3/email", "duplicate_email"));
    assert_true(has_fault(&f->error, "/4/full_name", "name_required"));
    assert_true(has_fault(&f->error, "/4/email", "email_invalid"));
    assert_true(has_fault(&f->error, "/4/profession_other", "profession_other_required"));
    assert_true(has_fault(&f->error, "/4/municipality_no", "municipality_no_invalid"));
    assert_true(has_fault(&f->error, "/7/municipality_no", "unknown_reference"));
    assert_true(has_fault(&f->error, "/7/profession_code", "required"));
    assert_true(has_fault(&f->error, "/7/email", "already_registered"));
    assert_int_equal(f->error.fault_count, 10);
}

/* SM-R03: it could be cured elsewhere, so it is a conflict. */
static void somebody_is_registered_already(void **state)
{
    struct fixture *f = *state;
    struct scene scene;
    const struct group_booking booking = in_state(GROUP_CONFIRMED);
    const struct group_name names[] = {named(2, "a@example.no"), named(3, "Taken@example.no")};

    set_scene(&scene);
    assert_int_equal(check(f, &scene, &booking, names, 2, false), CONFLICT);
    assert_refused(&f->error, CONFLICT, "already_registered", "SM-R03");
    assert_true(has_fault(&f->error, "/3/email", "already_registered"));
    assert_int_equal(f->error.fault_count, 1);
}

/* Inclusive, and no bar for whoever may name late. */
static void the_last_day_for_names(void **state)
{
    struct fixture *f = *state;
    struct scene scene;
    struct group_booking booking = in_state(GROUP_CONFIRMED);
    const struct group_name names[] = {named(2, "a@example.no")};

    set_scene(&scene);
    scene.course.today_on = text_of("2023-03-20");
    assert_int_equal(check(f, &scene, &booking, names, 1, false), DONE);
    scene.course.today_on = text_of("2023-03-21");
    assert_int_equal(check(f, &scene, &booking, names, 1, false), CONFLICT);
    assert_refused(&f->error, CONFLICT, "deadline_passed", NULL);
    assert_int_equal(check(f, &scene, &booking, names, 1, true), DONE);

    booking = in_state(GROUP_OFFERED);
    assert_int_equal(check(f, &scene, &booking, names, 1, true), CONFLICT);
    assert_refused(&f->error, CONFLICT, "booking_not_confirmed", NULL);
}

static void the_ticket_is_for_this_employer(void **state)
{
    struct fixture *f = *state;
    struct scene scene;
    const struct group_booking booking = in_state(GROUP_CONFIRMED);
    const struct group_name names[] = {named(2, "a@example.no")};

    set_scene(&scene);
    scene.ticket.eligibility = text_of(ELIGIBILITY_MUNICIPALITY_EMPLOYEE);
    scene.ticket.eligible_organisation_id = text_of(HORTEN);
    assert_int_equal(check(f, &scene, &booking, names, 1, true), INVALID);
    assert_refused(&f->error, INVALID, "employer_not_eligible", "SM-R10");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_seats_or_a_place_in_line),
        TEST(a_party_that_never_fits_is_refused),
        TEST(all_faults_of_a_booking_at_once),
        TEST(names_come_before_the_course),
        TEST(every_state_and_action),
        TEST(an_offer_is_accepted_in_time),
        TEST(releasing_keeps_the_named_seats),
        TEST(skipping),
        TEST(cancelling_until_the_course_starts),
        TEST(a_booking_only_shrinks),
        TEST(the_deadline_is_not_the_bookers_to_move),
        TEST(other_changes),
        TEST(names_that_fit),
        TEST(every_faulty_line_and_column),
        TEST(somebody_is_registered_already),
        TEST(the_last_day_for_names),
        TEST(the_ticket_is_for_this_employer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
