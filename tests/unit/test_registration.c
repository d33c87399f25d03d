#include "domain/base/clock.h"
#include "domain/smart/offer.h"
#include "domain/smart/queue.h"
#include "domain/smart/registration.h"
#include "tests/unit/support.h"

#define TONSBERG "018f0000-0000-7000-8000-00000000000a"
#define HORTEN "018f0000-0000-7000-8000-00000000000b"
#define GENERAL "018f0000-0000-7000-8000-0000000000c1"
#define EMPLOYEE "018f0000-0000-7000-8000-0000000000c2"
#define PERSON "018f0000-0000-4000-8000-0000000000d1"
#define OTHER_PERSON "018f0000-0000-4000-8000-0000000000d2"

static int64_t at(const char *s)
{
    int64_t instant;
    assert_true(instant_parse(s, strlen(s), &instant));
    return instant;
}

/* A course with both festival tickets and a textbook to choose, all of it open. */
struct scene {
    struct course course;
    struct ticket_type tickets[2];
    struct course_choice menu[3];
    struct registration_context context;
};

static void set_scene(struct scene *scene)
{
    *scene = (struct scene){
        .course =
            {
                .state = text_of(COURSE_PUBLISHED),
                .pricing_model = text_of(PRICING_FIXED),
                .capacity = integer_of(2),
                .waiting_list = true,
                .last_queue_no = 4,
                .registration_opens_at = integer_of(at("2023-03-01T00:00:00Z")),
                .registration_closes_at = integer_of(at("2023-04-15T00:00:00Z")),
                .starts_at = integer_of(at("2023-04-19T09:00:00Z")),
                .starts_on = text_of("2023-04-19"),
                .today_on = text_of("2023-04-05"),
                .offer_hours = 72,
                .withdrawal_right_days = 14,
            },
        .tickets = {{.id = text_of(GENERAL),
                     .price_nok = 950,
                     .eligibility = text_of(ELIGIBILITY_ANYONE)},
                    {.id = text_of(EMPLOYEE),
                     .price_nok = 0,
                     .eligibility = text_of(ELIGIBILITY_MUNICIPALITY_EMPLOYEE),
                     .eligible_organisation_id = text_of(TONSBERG)}},
        .menu = {{.item_code = text_of("lunch")},
                 {.item_code = text_of("textbook"),
                  .choice_required = true,
                  .option_code = text_of("smart_oppvekst")},
                 {.item_code = text_of("textbook"),
                  .choice_required = true,
                  .option_code = text_of("ungdomsboka")}},
    };
    scene->context = (struct registration_context){
        .now = at("2023-04-05T10:00:00Z"),
        .course = &scene->course,
        .ticket_types = scene->tickets,
        .ticket_type_count = COUNT(scene->tickets),
        .menu = scene->menu,
        .menu_count = COUNT(scene->menu),
    };
}

static const struct text book_key[] = {{GIVEN, "textbook", 8}};
static const struct text book_value[] = {{GIVEN, "ungdomsboka", 11}};
static const struct text wrong_value[] = {{GIVEN, "avisen", 6}};
#define BOOK(values_)                                                                              \
    (struct text_map)                                                                              \
    {                                                                                              \
        .is = GIVEN, .keys = book_key, .values = (values_), .count = 1                             \
    }

static struct registration_create kari(void)
{
    return (struct registration_create){
        .ticket_type_id = text_of(GENERAL),
        .person = boolean_of(true),
        .person_full_name = text_of("Kari Eksempelsen"),
        .person_email = text_of("kari.eksempelsen@example.no"),
        .profession_code = text_of("laerer"),
        .buyer_type = text_of(BUYER_CONSUMER),
        .item_choices = BOOK(book_value),
    };
}

static enum outcome decide(struct fixture *f, const struct scene *scene,
                           const struct registration_create *in,
                           struct registration_decision *ret_decision)
{
    return registration_decide(in, &scene->context, fresh_error(f), ret_decision);
}

/* ---- confirmed, waitlisted ------------------------------------------------------------------- */

static void a_free_seat_is_confirmed_at_todays_price(void **state)
{
    struct fixture *f = *state;
    struct scene scene;
    struct registration_create in = kari();
    struct registration_decision decision;

    set_scene(&scene);
    assert_int_equal(decide(f, &scene, &in, &decision), DONE);
    assert_true(text_is(decision.state, REGISTRATION_CONFIRMED));
    assert_true(text_is(decision.ticket_type_id, GENERAL));
    assert_int_equal(decision.waitlist_seq.is, ABSENT);
    assert_int_equal(decision.price_nok, 950); /* SM-R15: what stands on the ticket now */
    assert_true(text_is(decision.payment_state, PAYMENT_TO_INVOICE));

    in.ticket_type_id = text_of(EMPLOYEE);
    in.employer_organisation_id = text_of(TONSBERG);
    assert_int_equal(decide(f, &scene, &in, &decision), DONE);
    assert_int_equal(decision.price_nok, 0);
    assert_true(text_is(decision.payment_state, PAYMENT_NOT_REQUIRED));
}

static void without_a_free_seat_one_waits(void **state)
{
    static const struct {
        int64_t confirmed, offered, held, waitlisted;
        const char *state;
        bool draw_pending;
    } cases[] = {
        {0, 0, 0, 0, REGISTRATION_CONFIRMED, false},  {1, 0, 0, 0, REGISTRATION_CONFIRMED, false},
        {2, 0, 0, 0, REGISTRATION_WAITLISTED, false}, {1, 1, 0, 0, REGISTRATION_WAITLISTED, false},
        {0, 0, 2, 0, REGISTRATION_WAITLISTED, false}, {0, 0, 1, 0, REGISTRATION_CONFIRMED, false},
        {2, 0, 0, 3, REGISTRATION_WAITLISTED, false}, {1, 0, 0, 1, REGISTRATION_WAITLISTED, false},
        {0, 0, 0, 0, REGISTRATION_WAITLISTED, true},
    };
    struct fixture *f = *state;
    struct registration_create in = kari();
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct scene scene;
        struct registration_decision decision;
        set_scene(&scene);
        scene.course.seats_confirmed = cases[i].confirmed;
        scene.course.seats_offered = cases[i].offered;
        scene.course.seats_held = cases[i].held;
        scene.course.draw_pending = cases[i].draw_pending;
        scene.course.waitlisted = cases[i].waitlisted;
        assert_int_equal(decide(f, &scene, &in, &decision), DONE);
        assert_true(text_is(decision.state, cases[i].state));
        if (strcmp(cases[i].state, REGISTRATION_WAITLISTED) == 0) {
            assert_int_equal(decision.waitlist_seq.v, 5);
            assert_true(text_is(decision.payment_state, PAYMENT_NOT_REQUIRED));
            assert_int_equal(decision.price_nok, 950); /* frozen from the first moment */
        }
    }
}

static void a_line_has_an_end(void **state)
{
    struct fixture *f = *state;
    struct scene scene;
    struct registration_create in = kari();
    struct registration_decision decision;

    set_scene(&scene);
    scene.course.seats_confirmed = 2;
    scene.course.waitlisted = QUEUE_MAX - 1;
    assert_int_equal(decide(f, &scene, &in, &decision), DONE);
    scene.course.waitlisted = QUEUE_MAX;
    assert_int_equal(decide(f, &scene, &in, &decision), CONFLICT);
    assert_string_equal(f->error.code, "course_full");
}

static void both_tickets_share_one_capacity(void **state)
{
    struct fixture *f = *state;
    struct scene scene;
    struct registration_create in = kari();
    struct registration_decision decision;

    set_scene(&scene);
    scene.course.seats_confirmed = 2; /* whichever tickets they hold */
    in.ticket_type_id = text_of(EMPLOYEE);
    in.employer_organisation_id = text_of(TONSBERG);
    assert_int_equal(decide(f, &scene, &in, &decision), DONE);
    assert_true(text_is(decision.state, REGISTRATION_WAITLISTED));
}

static void the_only_ticket_needs_no_name(void **state)
{
    struct fixture *f = *state;
    struct scene scene;
    struct registration_create in = kari();
    struct registration_decision decision;

    set_scene(&scene);
    in.ticket_type_id.is = ABSENT;
    assert_int_equal(decide(f, &scene, &in, &decision), INVALID);
    assert_true(has_fault(&f->error, "/ticket_type_id", "ticket_type_required"));
    scene.context.ticket_type_count = 1;
    assert_int_equal(decide(f, &scene, &in, &decision), DONE);
    assert_true(text_is(decision.ticket_type_id, GENERAL));
}

/* ---- 422 ------------------------------------------------------------------------------------- */

static void by_agreement_cannot_be_registered_for(void **state)
{
    struct fixture *f = *state;
    struct scene scene;
    const struct registration_create in = {.course_id = text_of(GENERAL)};
    struct registration_decision decision;

    set_scene(&scene);
    scene.course.pricing_model = text_of(PRICING_QUOTE);
    scene.course.state = text_of(COURSE_CANCELLED); /* another time would not cure it */
    assert_int_equal(decide(f, &scene, &in, &decision), INVALID);
    assert_refused(&f->error, INVALID, "quote_required", "SM-R09");
    assert_int_equal(f->error.fault_count, 0);
}

static void faults_of_the_body(void **state)
{
    const struct text none = {.is = ABSENT};
    struct registration_create in[12];
    for (size_t i = 0; i < COUNT(in); i++) {
        in[i] = kari();
    }
    in[0].person = (struct boolean){.is = ABSENT};
    in[1].person_id = text_of(PERSON);
    in[2].person_full_name = text_of("  ");
    in[3].person_email = text_of("kari@");
    in[4].profession_code = text_of(PROFESSION_OTHER);
    in[4].profession_other = text_of(" ");
    in[5].municipality_no = text_of("39");
    in[6].invoice = boolean_of(true);
    in[6].invoice_org_number = text_of("921383682");
    in[7].buyer_type = text_of(BUYER_ORGANISATION);
    in[8].ticket_type_id = text_of(HORTEN);
    in[9].ticket_type_id = text_of(EMPLOYEE);
    in[10].item_choices = (struct text_map){.is = ABSENT};
    in[11].item_choices = BOOK(wrong_value);
    in[9].employer_organisation_id = none;

    static const struct {
        const char *pointer, *code, *problem, *rule;
    } expected[COUNT(in)] = {
        {"/person", "person_required", "validation_failed", NULL},
        {"/person_id", "person_ambiguous", "validation_failed", NULL},
        {"/person/full_name", "name_required", "validation_failed", NULL},
        {"/person/email", "email_invalid", "validation_failed", NULL},
        {"/profession_other", "profession_other_required", "validation_failed", NULL},
        {"/municipality_no", "municipality_no_invalid", "validation_failed", NULL},
        {"/invoice/org_number", "org_number_invalid", "validation_failed", NULL},
        {"/invoice", "invoice_required", "validation_failed", NULL},
        {"/ticket_type_id", "ticket_type_unknown", "validation_failed", NULL},
        {"/employer_organisation_id", "employer_required", "employer_required", "SM-R10"},
        {"/item_choices/textbook", "choice_required", "choice_required", "SM-R08"},
        {"/item_choices/textbook", "choice_unknown", "choice_unknown", "SM-R08"},
    };
    struct fixture *f = *state;
    struct scene scene;
    set_scene(&scene);
    for (size_t i = 0; i < COUNT(in); i++) {
        struct registration_decision decision = {.price_nok = -1};
        assert_int_equal(decide(f, &scene, &in[i], &decision), INVALID);
        assert_refused(&f->error, INVALID, expected[i].problem, expected[i].rule);
        assert_true(has_fault(&f->error, expected[i].pointer, expected[i].code));
        assert_int_equal(f->error.fault_count, 1);
        assert_int_equal(decision.price_nok, -1); /* untouched */
    }
}

static void all_faults_come_at_once(void **state)
{
    struct fixture *f = *state;
    struct scene scene;
    struct registration_decision decision;
    const struct registration_create in = {
        .ticket_type_id = text_of(EMPLOYEE),
        .employer_organisation_id = text_of(HORTEN),
        .person = boolean_of(true),
        .person_email = text_of("x"),
        .profession_code = text_of(PROFESSION_OTHER),
        .municipality_no = text_of("x"),
        .buyer_type = text_of(BUYER_CONSUMER),
    };

    set_scene(&scene);
    scene.course.state = text_of(COURSE_CANCELLED); /* 422 before 409 */
    assert_int_equal(decide(f, &scene, &in, &decision), INVALID);
    assert_refused(&f->error, INVALID, "employer_not_eligible", "SM-R10");
    assert_true(has_fault(&f->error, "/employer_organisation_id", "employer_not_eligible"));
    assert_true(has_fault(&f->error, "/item_choices/textbook", "choice_required"));
    assert_true(has_fault(&f->error, "/person/full_name", "name_required"));
    assert_true(has_fault(&f->error, "/person/email", "email_invalid"));
    assert_true(has_fault(&f->error, "/profession_other", "profession_other_required"));
    assert_true(has_fault(&f->error, "/municipality_no", "municipality_no_invalid"));
    assert_int_equal(f->error.fault_count, 6);
}

static void an_organisation_with_nothing_to_pay_needs_no_invoice(void **state)
{
    struct fixture *f = *state;
    struct scene scene;
    struct registration_create in = kari();
    struct registration_decision decision;

    set_scene(&scene);
    in.buyer_type = text_of(BUYER_ORGANISATION);
    in.ticket_type_id = text_of(EMPLOYEE);
    in.employer_organisation_id = text_of(TONSBERG);
    assert_int_equal(decide(f, &scene, &in, &decision), DONE);
    in.ticket_type_id = text_of(GENERAL);
    scene.tickets[0].price_nok = 1; /* a krone is something to pay */
    assert_int_equal(decide(f, &scene, &in, &decision), INVALID);
    assert_true(has_fault(&f->error, "/invoice", "invoice_required"));
    in.invoice = boolean_of(true);
    in.invoice_recipient = text_of("Tønsberg kommune");
    in.invoice_org_number = text_of("921383681");
    assert_int_equal(decide(f, &scene, &in, &decision), DONE);
    assert_true(text_is(decision.payment_state, PAYMENT_TO_INVOICE));
}

/* ---- 409 ------------------------------------------------------------------------------------- */

static void what_another_time_or_row_would_cure(void **state)
{
    struct fixture *f = *state;
    const struct registration_create in = kari();
    struct scene scenes[9];
    static const struct {
        const char *code, *rule;
    } expected[COUNT(scenes)] = {
        {"registration_not_open_yet", NULL},
        {"registration_closed", NULL},
        {"course_started", NULL},
        {"course_cancelled", NULL},
        {"course_not_published", NULL},
        {"capacity_required", "SM-R04"},
        {"already_registered", "SM-R03"},
        {"ticket_type_full", "SM-R01"},
        {"course_full", "SM-R01"},
    };

    for (size_t i = 0; i < COUNT(scenes); i++) {
        set_scene(&scenes[i]);
        scenes[i].course.waiting_list = false;
        scenes[i].course.seats_confirmed = 2; /* the last of the reasons in any case */
    }
    scenes[0].context.now = at("2023-02-28T23:59:59Z");
    scenes[1].context.now = at("2023-04-15T00:00:00Z");
    scenes[2].course.state = text_of(COURSE_RUNNING);
    scenes[3].course.state = text_of(COURSE_CANCELLED);
    scenes[4].course.state = text_of(COURSE_DRAFT);
    scenes[5].course.capacity.is = NULLED;
    scenes[6].context.already_registered = true;
    scenes[7].tickets[0].capacity = integer_of(30);
    scenes[7].tickets[0].claimed = 30;

    for (size_t i = 0; i < COUNT(scenes); i++) {
        struct registration_decision decision = {.price_nok = -1};
        assert_int_equal(decide(f, &scenes[i], &in, &decision), CONFLICT);
        assert_refused(&f->error, CONFLICT, expected[i].code, expected[i].rule);
        assert_int_equal(decision.price_nok, -1);
    }
}

/* ---- actions --------------------------------------------------------------------------------- */

static struct registration in_state(const char *name)
{
    return (struct registration){
        .ticket_type_id = text_of(GENERAL),
        .person_id = text_of(PERSON),
        .state = text_of(name),
        .price_nok = 950,
        .buyer_type = text_of(BUYER_ORGANISATION),
        .payment_state = text_of(PAYMENT_TO_INVOICE),
        .registered_on = text_of("2023-03-10"),
        .profession_code = text_of("laerer"),
    };
}

/* Every state x action; what is not in the machine is refused and says what is possible. */
static void every_state_and_action(void **state)
{
    static const struct {
        const char *from, *action, *to;
    } possible[] = {
        {"waitlisted", "promote", "offered"},
        {"waitlisted", "withdraw", "withdrawn"},
        {"waitlisted", "move", "waitlisted"},
        {"waitlisted", "course_start", "expired"},
        {"offered", "course_start", "expired"},
        {"waitlisted", "course_cancel", "cancelled"},
        {"offered", "accept", "confirmed"},
        {"offered", "withdraw", "withdrawn"},
        {"offered", "expire", "expired"},
        {"offered", "course_cancel", "cancelled"},
        {"confirmed", "cancel", "cancelled"},
        {"confirmed", "transfer", "confirmed"},
        {"confirmed", "course_cancel", "cancelled"},
        {"confirmed", "course_complete", "completed"},
        {"confirmed", "course_miss", "no_show"},
        {"completed", "course_miss", "no_show"},
        {"no_show", "course_complete", "completed"},
        {"waitlisted", "exchange", "cancelled"},
        {"offered", "exchange", "cancelled"},
        {"confirmed", "exchange", "cancelled"},
        {"confirmed", "take_back", "cancelled"},
    };
    static const char *const actions[] = {
        "promote",     "withdraw",      "accept",          "expire",       "cancel",
        "transfer",    "course_cancel", "course_complete", "course_start", "move",
        "course_miss", "exchange",      "take_back",
    };
    struct fixture *f = *state;
    size_t found = 0;
    for (const char *const *from = registration_states; *from; from++) {
        for (size_t i = 0; i < COUNT(actions); i++) {
            const char *to = NULL;
            for (size_t j = 0; j < COUNT(possible); j++) {
                if (strcmp(possible[j].from, *from) == 0 &&
                    strcmp(possible[j].action, actions[i]) == 0) {
                    to = possible[j].to;
                }
            }
            const struct transition *transition;
            enum outcome outcome = machine_apply(&registration_machine, *from, actions[i],
                                                 fresh_error(f), &transition);
            assert_int_equal(outcome, to ? DONE : CONFLICT);
            if (to) {
                assert_string_equal(transition->to, to);
                found++;
            } else {
                assert_false(has_allowed(&f->error, "promote"));
                assert_false(has_allowed(&f->error, "expire"));
                assert_false(has_allowed(&f->error, "course_cancel"));
                assert_false(has_allowed(&f->error, "course_complete"));
                assert_false(has_allowed(&f->error, "course_miss"));
                assert_false(has_allowed(&f->error, "course_start"));
                assert_false(has_allowed(&f->error, "exchange"));
                assert_false(has_allowed(&f->error, "take_back"));
            }
        }
    }
    assert_int_equal(found, COUNT(possible));
    assert_int_equal(registration_machine.count, COUNT(possible));
}

static void accepting(void **state)
{
    struct fixture *f = *state;
    struct registration r = in_state(REGISTRATION_OFFERED);
    struct registration_outcome result = {.state = {.is = ABSENT}};
    int64_t expiry = at("2023-04-08T10:00:00Z");
    r.offer_expires_at = integer_of(expiry);
    r.payment_state = text_of(PAYMENT_NOT_REQUIRED);

    assert_int_equal(registration_accept(&r, expiry, &f->error, &result), CONFLICT);
    assert_refused(&f->error, CONFLICT, "offer_expired", "SM-R02");
    assert_true(f->error.transition);
    assert_string_equal(f->error.from, REGISTRATION_EXPIRED); /* reads as expired */
    assert_int_equal(f->error.allowed_count, 0);
    assert_int_equal(result.state.is, ABSENT);

    r.state = text_of(REGISTRATION_EXPIRED); /* the worker, or the row as it reads */
    assert_int_equal(registration_accept(&r, expiry, fresh_error(f), &result), CONFLICT);
    assert_refused(&f->error, CONFLICT, "offer_expired", "SM-R02");

    r.state = text_of(REGISTRATION_OFFERED);
    assert_int_equal(registration_accept(&r, expiry - 1, fresh_error(f), &result), DONE);
    assert_true(text_is(result.state, REGISTRATION_CONFIRMED));
    assert_true(text_is(result.payment_state, PAYMENT_TO_INVOICE));
    assert_int_equal(result.refund_nok.is, ABSENT);

    r.state = text_of(REGISTRATION_WAITLISTED);
    assert_int_equal(registration_accept(&r, expiry - 1, fresh_error(f), &result), CONFLICT);
    assert_refused(&f->error, CONFLICT, "invalid_transition", NULL);
    assert_true(has_allowed(&f->error, "withdraw"));
}

static void withdrawing(void **state)
{
    struct fixture *f = *state;
    struct registration r = in_state(REGISTRATION_WAITLISTED);
    struct registration_outcome result;

    assert_int_equal(registration_withdraw(&r, 0, &f->error, &result), DONE);
    assert_true(text_is(result.state, REGISTRATION_WITHDRAWN));
    r = in_state(REGISTRATION_OFFERED);
    r.offer_expires_at = integer_of(100);
    assert_int_equal(registration_withdraw(&r, 99, &f->error, &result), DONE);
    assert_int_equal(registration_withdraw(&r, 100, &f->error, &result), CONFLICT);
    r = in_state(REGISTRATION_CONFIRMED);
    assert_int_equal(registration_withdraw(&r, 0, fresh_error(f), &result), CONFLICT);
    assert_true(has_allowed(&f->error, "cancel"));
    assert_true(has_allowed(&f->error, "transfer"));
}

static const struct cancellation_rule standard[] = {
    {.days_before = 14, .refund_bp = 10000},
    {.days_before = 7, .refund_bp = 5000},
    {.days_before = 0, .refund_bp = 0},
};

/* domain.md §7 vector 10 through the action, by local days. */
static void cancelling(void **state)
{
    static const struct {
        const char *today, *registered, *buyer;
        int64_t refund;
        const char *payment_state;
    } cases[] = {
        {"2023-04-05", "2023-03-01", BUYER_ORGANISATION, 950, PAYMENT_CANCELLED},
        {"2023-04-06", "2023-03-01", BUYER_ORGANISATION, 475, PAYMENT_TO_INVOICE},
        {"2023-04-12", "2023-03-01", BUYER_ORGANISATION, 475, PAYMENT_TO_INVOICE},
        {"2023-04-13", "2023-03-01", BUYER_ORGANISATION, 0, PAYMENT_TO_INVOICE},
        {"2023-04-18", "2023-04-04", BUYER_CONSUMER, 950, PAYMENT_CANCELLED}, /* day 14 */
        {"2023-04-18", "2023-04-03", BUYER_CONSUMER, 0, PAYMENT_TO_INVOICE},
        {"2023-04-18", "2023-04-04", BUYER_ORGANISATION, 0, PAYMENT_TO_INVOICE},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct scene scene;
        struct registration r = in_state(REGISTRATION_CONFIRMED);
        struct registration_outcome result;
        set_scene(&scene);
        scene.course.today_on = text_of(cases[i].today);
        r.registered_on = text_of(cases[i].registered);
        r.buyer_type = text_of(cases[i].buyer);
        assert_int_equal(registration_cancel(&r, &scene.course, scene.context.now, standard, 3,
                                             fresh_error(f), &result),
                         DONE);
        assert_true(text_is(result.state, REGISTRATION_CANCELLED));
        assert_int_equal(result.refund_nok.v, cases[i].refund);
        assert_true(text_is(result.payment_state, cases[i].payment_state));
    }
}

static void cancelling_too_late_or_twice(void **state)
{
    struct fixture *f = *state;
    struct scene scene;
    struct registration r = in_state(REGISTRATION_CONFIRMED);
    struct registration_outcome result = {.state = {.is = ABSENT}};

    set_scene(&scene);
    int64_t start = scene.course.starts_at.v;
    assert_int_equal(
        registration_cancel(&r, &scene.course, start - 1, standard, 3, &f->error, &result), DONE);
    result = (struct registration_outcome){.state = {.is = ABSENT}};
    assert_int_equal(
        registration_cancel(&r, &scene.course, start, standard, 3, fresh_error(f), &result),
        CONFLICT);
    assert_refused(&f->error, CONFLICT, "course_started", "SM-R13");
    r.state = text_of(REGISTRATION_CANCELLED);
    assert_int_equal(
        registration_cancel(&r, &scene.course, start, standard, 3, fresh_error(f), &result),
        CONFLICT);
    assert_refused(&f->error, CONFLICT, "invalid_transition", NULL);
    assert_int_equal(result.state.is, ABSENT);
}

static void money_already_moved_is_credited_by_people(void **state)
{
    static const char *const moved[] = {PAYMENT_INVOICED, PAYMENT_PAID, PAYMENT_NOT_REQUIRED};
    struct fixture *f = *state;
    struct scene scene;
    struct registration_outcome result;

    set_scene(&scene);
    for (size_t i = 0; i < COUNT(moved); i++) {
        struct registration r = in_state(REGISTRATION_CONFIRMED);
        r.payment_state = text_of(moved[i]);
        assert_int_equal(registration_cancel(&r, &scene.course, scene.context.now, standard, 3,
                                             fresh_error(f), &result),
                         DONE);
        assert_true(text_is(result.payment_state, moved[i]));
        assert_int_equal(result.refund_nok.v, 950);
    }
}

static void a_row_without_days_is_our_fault(void **state)
{
    struct fixture *f = *state;
    struct scene scene;
    struct registration r = in_state(REGISTRATION_CONFIRMED);
    struct registration_outcome result;

    set_scene(&scene);
    r.registered_on = (struct text){.is = NULLED};
    assert_int_equal(
        registration_cancel(&r, &scene.course, scene.context.now, standard, 3, &f->error, &result),
        INTERNAL);
}

static void a_cancelled_course_gives_everything_back(void **state)
{
    struct fixture *f = *state;
    struct registration r = in_state(REGISTRATION_CONFIRMED);
    struct registration_outcome result;

    assert_int_equal(registration_course_cancel(&r, 0, &f->error, &result), DONE);
    assert_true(text_is(result.state, REGISTRATION_CANCELLED));
    assert_int_equal(result.refund_nok.v, 950);
    assert_true(text_is(result.payment_state, PAYMENT_CANCELLED));

    r = in_state(REGISTRATION_WAITLISTED);
    r.payment_state = text_of(PAYMENT_NOT_REQUIRED);
    assert_int_equal(registration_course_cancel(&r, 0, &f->error, &result), DONE);
    assert_true(text_is(result.state, REGISTRATION_CANCELLED));
    assert_int_equal(result.refund_nok.is, ABSENT);
    assert_true(text_is(result.payment_state, PAYMENT_NOT_REQUIRED));

    r = in_state(REGISTRATION_WITHDRAWN);
    assert_int_equal(registration_course_cancel(&r, 0, &f->error, &result), CONFLICT);
}

static void a_completed_course_completes_who_had_a_seat(void **state)
{
    struct fixture *f = *state;
    struct registration r = in_state(REGISTRATION_CONFIRMED);
    struct registration_outcome result;

    r.payment_state = text_of(PAYMENT_INVOICED);
    assert_int_equal(registration_course_complete(&r, true, 0, &f->error, &result), DONE);
    assert_true(text_is(result.state, REGISTRATION_NO_SHOW));
    assert_int_equal(registration_course_complete(&r, false, 0, &f->error, &result), DONE);
    assert_true(text_is(result.state, REGISTRATION_COMPLETED));
    assert_int_equal(result.refund_nok.is, ABSENT);
    assert_true(text_is(result.payment_state, PAYMENT_INVOICED));

    r = in_state(REGISTRATION_WAITLISTED);
    assert_int_equal(registration_course_complete(&r, false, 0, &f->error, &result), CONFLICT);
}

static struct registration_transfer ola(void)
{
    return (struct registration_transfer){
        .person = boolean_of(true),
        .person_full_name = text_of("Ola Demostad"),
        .person_email = text_of("ola.demostad@example.no"),
        .profession_code = text_of("sfo_ansatt"),
    };
}

static void transferring(void **state)
{
    struct fixture *f = *state;
    struct scene scene;
    struct registration r = in_state(REGISTRATION_CONFIRMED);
    struct registration_transfer in = ola();

    set_scene(&scene);
    scene.course.seats_confirmed = 2; /* a full course: no seat is taken */
    scene.course.waitlisted = 7;
    assert_int_equal(registration_check_transfer(&in, &r, &scene.context, &f->error), DONE);

    r.ticket_type_id = text_of(EMPLOYEE); /* eligibility is asked again */
    assert_int_equal(registration_check_transfer(&in, &r, &scene.context, fresh_error(f)), INVALID);
    assert_refused(&f->error, INVALID, "employer_required", "SM-R10");
    in.employer_organisation_id = text_of(TONSBERG);
    assert_int_equal(registration_check_transfer(&in, &r, &scene.context, fresh_error(f)), DONE);

    in.item_choices = BOOK(wrong_value);
    assert_int_equal(registration_check_transfer(&in, &r, &scene.context, fresh_error(f)), INVALID);
    assert_refused(&f->error, INVALID, "choice_unknown", "SM-R08");
}

static void transfers_refused(void **state)
{
    struct fixture *f = *state;
    struct scene scene;
    struct registration r = in_state(REGISTRATION_CONFIRMED);
    struct registration_transfer in = ola();

    set_scene(&scene);
    in.person.is = ABSENT;
    assert_int_equal(registration_check_transfer(&in, &r, &scene.context, &f->error), INVALID);
    assert_true(has_fault(&f->error, "/person", "person_required"));

    in.person_id = text_of(PERSON); /* who has the seat already */
    assert_int_equal(registration_check_transfer(&in, &r, &scene.context, fresh_error(f)),
                     CONFLICT);
    assert_refused(&f->error, CONFLICT, "already_registered", "SM-R03");

    in.person_id = text_of(OTHER_PERSON);
    assert_int_equal(registration_check_transfer(&in, &r, &scene.context, fresh_error(f)), DONE);
    scene.context.already_registered = true;
    assert_int_equal(registration_check_transfer(&in, &r, &scene.context, fresh_error(f)),
                     CONFLICT);
    assert_refused(&f->error, CONFLICT, "already_registered", "SM-R03");
    scene.context.already_registered = false;

    scene.context.now = scene.course.starts_at.v;
    assert_int_equal(registration_check_transfer(&in, &r, &scene.context, fresh_error(f)),
                     CONFLICT);
    assert_refused(&f->error, CONFLICT, "course_started", NULL);

    r.state = text_of(REGISTRATION_WAITLISTED);
    assert_int_equal(registration_check_transfer(&in, &r, &scene.context, fresh_error(f)),
                     CONFLICT);
    assert_refused(&f->error, CONFLICT, "invalid_transition", NULL);
}

static void correcting(void **state)
{
    struct fixture *f = *state;
    struct scene scene;
    struct registration r = in_state(REGISTRATION_CONFIRMED);
    struct registration_update in = {.dietary_note = text_of("vegetar")};

    set_scene(&scene);
    assert_int_equal(registration_check_update(&in, &r, &scene.context, &f->error), DONE);

    in.profession_code = text_of(PROFESSION_OTHER);
    in.invoice.is = NULLED; /* an organisation that owes 950 */
    in.item_choices.is = NULLED;
    in.invoice_org_number = text_of("1");
    assert_int_equal(registration_check_update(&in, &r, &scene.context, fresh_error(f)), INVALID);
    assert_true(has_fault(&f->error, "/profession_other", "profession_other_required"));
    assert_true(has_fault(&f->error, "/invoice", "invoice_required"));
    assert_true(has_fault(&f->error, "/item_choices/textbook", "choice_required"));
    assert_true(has_fault(&f->error, "/invoice/org_number", "org_number_invalid"));

    r.ticket_type_id = text_of(EMPLOYEE);
    r.employer_organisation_id = text_of(TONSBERG);
    in = (struct registration_update){.municipality_no = text_of("3905")};
    assert_int_equal(registration_check_update(&in, &r, &scene.context, fresh_error(f)), DONE);
    in.employer_organisation_id.is = NULLED;
    assert_int_equal(registration_check_update(&in, &r, &scene.context, fresh_error(f)), INVALID);
    assert_refused(&f->error, INVALID, "employer_required", "SM-R10");
}

/* ---- a whole course, by the rules alone ------------------------------------------------------ */

enum { CROWD = 400 };

/* The course row and its registrations as storage would keep them. */
struct crowd {
    struct scene scene;
    struct registration people[CROWD];
    size_t count;
    struct fixture *f;
};

static void count_seats(struct crowd *crowd)
{
    struct course *course = &crowd->scene.course;
    course->seats_confirmed = course->seats_offered = course->waitlisted = 0;
    for (size_t i = 0; i < crowd->count; i++) {
        struct text state = crowd->people[i].state;
        course->seats_confirmed += text_is(state, REGISTRATION_CONFIRMED);
        course->seats_offered += text_is(state, REGISTRATION_OFFERED);
        course->waitlisted += text_is(state, REGISTRATION_WAITLISTED);
    }
}

static struct registration *next_in_line(struct crowd *crowd)
{
    struct registration *next = NULL;
    for (size_t i = 0; i < crowd->count; i++) {
        struct registration *r = &crowd->people[i];
        if (text_is(r->state, REGISTRATION_WAITLISTED) &&
            (!next || r->waitlist_seq.v < next->waitlist_seq.v)) {
            next = r;
        }
    }
    return next;
}

/* What every locked write on a course does: expire what has run out, then offer what is free. */
static void settle(struct crowd *crowd)
{
    int64_t now = crowd->scene.context.now;
    struct text expires_at;

    for (size_t i = 0; i < crowd->count; i++) {
        struct registration *r = &crowd->people[i];
        if (text_is(r->state, REGISTRATION_OFFERED) &&
            offer_has_expired(r->offer_expires_at, now)) {
            r->state = text_of(REGISTRATION_EXPIRED);
        }
    }
    count_seats(crowd);
    int64_t free_seats = offers_due(&crowd->scene.course, now, crowd->f->arena, &expires_at);
    for (; free_seats > 0; free_seats--) {
        struct registration *r = next_in_line(crowd);
        if (!r) {
            break;
        }
        r->state = text_of(REGISTRATION_OFFERED);
        r->offer_expires_at = integer_of(at(expires_at.s));
    }
    count_seats(crowd);
}

static struct registration *join(struct crowd *crowd)
{
    const struct registration_create in = kari();
    struct registration_decision decision;

    settle(crowd);
    assert_int_equal(decide(crowd->f, &crowd->scene, &in, &decision), DONE);
    struct registration *r = &crowd->people[crowd->count++];
    *r = in_state(text_is(decision.state, REGISTRATION_CONFIRMED) ? REGISTRATION_CONFIRMED
                                                                  : REGISTRATION_WAITLISTED);
    r->waitlist_seq = decision.waitlist_seq;
    if (given(decision.waitlist_seq.is)) {
        crowd->scene.course.last_queue_no = decision.waitlist_seq.v;
    }
    settle(crowd);
    return r;
}

/* A name from the table of states, because what the decision holds lives on the arena. */
static void keep_state(struct registration *r, const struct registration_outcome *result)
{
    for (const char *const *name = registration_states; *name; name++) {
        if (text_is(result->state, *name)) {
            r->state = text_of(*name);
        }
    }
}

static void cancel(struct crowd *crowd, struct registration *r)
{
    struct registration_outcome result;
    if (registration_cancel(r, &crowd->scene.course, crowd->scene.context.now, standard, 3,
                            fresh_error(crowd->f), &result) == DONE) {
        keep_state(r, &result);
    }
    settle(crowd);
}

static void accept(struct crowd *crowd, struct registration *r)
{
    struct registration_outcome result;
    if (registration_accept(r, crowd->scene.context.now, fresh_error(crowd->f), &result) == DONE) {
        keep_state(r, &result);
    }
    settle(crowd);
}

static void withdraw(struct crowd *crowd, struct registration *r)
{
    struct registration_outcome result;
    if (registration_withdraw(r, crowd->scene.context.now, fresh_error(crowd->f), &result) ==
        DONE) {
        keep_state(r, &result);
    }
    settle(crowd);
}

/* domain.md §7 vector 9. */
static void three_for_two_seats(void **state)
{
    static struct crowd crowd;
    crowd = (struct crowd){.f = *state};
    set_scene(&crowd.scene);
    crowd.scene.course.last_queue_no = 0;

    join(&crowd);
    join(&crowd);
    join(&crowd);
    assert_true(text_is(crowd.people[0].state, REGISTRATION_CONFIRMED));
    assert_true(text_is(crowd.people[1].state, REGISTRATION_CONFIRMED));
    assert_true(text_is(crowd.people[2].state, REGISTRATION_WAITLISTED));
    assert_int_equal(crowd.people[2].waitlist_seq.v, 1);

    cancel(&crowd, &crowd.people[0]);
    assert_true(text_is(crowd.people[0].state, REGISTRATION_CANCELLED));
    assert_true(text_is(crowd.people[2].state, REGISTRATION_OFFERED));
    assert_int_equal(course_seats_free(&crowd.scene.course), 0);

    struct registration *fourth = join(&crowd); /* someone new does not get the seat */
    assert_true(text_is(fourth->state, REGISTRATION_WAITLISTED));

    crowd.scene.context.now += 72 * MICROSECONDS_PER_HOUR; /* the offer runs out */
    accept(&crowd, &crowd.people[2]);
    assert_true(text_is(crowd.people[2].state, REGISTRATION_EXPIRED));
    assert_true(text_is(fourth->state, REGISTRATION_OFFERED));

    withdraw(&crowd, fourth);
    assert_int_equal(course_seats_free(&crowd.scene.course), 1);
    assert_true(text_is(join(&crowd)->state, REGISTRATION_CONFIRMED));
}

/* After each step: seats within capacity (SM-R01), no free seat while anyone waits and nobody ahead
 * of the line (SM-R02), places in line distinct. */
static void check_crowd(struct crowd *crowd)
{
    const struct course *course = &crowd->scene.course;
    int64_t first_waiting = INT64_MAX;

    count_seats(crowd);
    assert_true(course->seats_confirmed + course->seats_offered <= course->capacity.v);
    assert_true(course->waitlisted == 0 ||
                course->seats_confirmed + course->seats_offered == course->capacity.v);
    for (size_t i = 0; i < crowd->count; i++) {
        if (text_is(crowd->people[i].state, REGISTRATION_WAITLISTED) &&
            crowd->people[i].waitlist_seq.v < first_waiting) {
            first_waiting = crowd->people[i].waitlist_seq.v;
        }
    }
    for (size_t i = 0; i < crowd->count; i++) {
        if (text_is(crowd->people[i].state, REGISTRATION_OFFERED)) {
            assert_true(crowd->people[i].waitlist_seq.v < first_waiting);
        }
        for (size_t j = 0; j < i; j++) {
            assert_false(given(crowd->people[i].waitlist_seq.is) &&
                         given(crowd->people[j].waitlist_seq.is) &&
                         crowd->people[i].waitlist_seq.v == crowd->people[j].waitlist_seq.v);
        }
    }
}

static void a_random_course_keeps_its_promises(void **state)
{
    static struct crowd crowd;
    struct random random = {.state = 2023};

    for (int round = 0; round < 12; round++) {
        crowd = (struct crowd){.f = *state};
        set_scene(&crowd.scene);
        crowd.scene.course.last_queue_no = 0;
        crowd.scene.course.capacity = integer_of(random_between(&random, 1, 12));
        for (int step = 0; step < 200; step++) {
            int64_t what = random_between(&random, 0, 9);
            struct registration *someone = crowd.count > 0
                                               ? &crowd.people[random_next(&random) % crowd.count]
                                               : NULL;
            if (!someone || what < 4) {
                join(&crowd);
            } else if (what < 6) {
                cancel(&crowd, someone);
            } else if (what < 8) {
                accept(&crowd, someone);
            } else if (what == 8) {
                withdraw(&crowd, someone);
            } else {
                crowd.scene.context.now += random_between(&random, 0, 5) * MICROSECONDS_PER_HOUR;
                settle(&crowd);
            }
            check_crowd(&crowd);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_free_seat_is_confirmed_at_todays_price),
        TEST(without_a_free_seat_one_waits),
        TEST(a_line_has_an_end),
        TEST(both_tickets_share_one_capacity),
        TEST(the_only_ticket_needs_no_name),
        TEST(by_agreement_cannot_be_registered_for),
        TEST(faults_of_the_body),
        TEST(all_faults_come_at_once),
        TEST(an_organisation_with_nothing_to_pay_needs_no_invoice),
        TEST(what_another_time_or_row_would_cure),
        TEST(every_state_and_action),
        TEST(accepting),
        TEST(withdrawing),
        TEST(cancelling),
        TEST(cancelling_too_late_or_twice),
        TEST(money_already_moved_is_credited_by_people),
        TEST(a_row_without_days_is_our_fault),
        TEST(a_cancelled_course_gives_everything_back),
        TEST(a_completed_course_completes_who_had_a_seat),
        TEST(transferring),
        TEST(transfers_refused),
        TEST(correcting),
        TEST(three_for_two_seats),
        TEST(a_random_course_keeps_its_promises),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
