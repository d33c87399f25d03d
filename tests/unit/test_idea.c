#include "domain/base/image.h"
#include "domain/smart/attachment.h"
#include "tests/unit/support.h"

#define COURSE "course-1"
#define OTHER_COURSE "course-2"
#define REGISTRATION "registration-1"
#define SESSION "session-1"

/* A participant's idea with a confirmed seat. */
static struct idea_create by_participant(void)
{
    return (struct idea_create){
        .author_registration_id = text_of(REGISTRATION),
        .visibility = text_of(IDEA_COHORT),
    };
}

static struct idea_references confirmed(void)
{
    return (struct idea_references){
        .registration_state = text_of("confirmed"),
        .registration_own = true,
        .registration_course_id = text_of(COURSE),
    };
}

static struct idea idea_in(const char *state)
{
    return (struct idea){
        .id = text_of("idea-1"),
        .state = text_of(state),
        .own = true,
        .author_registration_id = text_of(REGISTRATION),
        .course_id = text_of(COURSE),
        .visibility = text_of(IDEA_COHORT),
    };
}

/* ---- states -------------------------------------------------------------------------------- */

static void the_machine_is_that_of_the_domain(void **state)
{
    static const struct {
        const char *from, *action, *to;
    } lines[] = {
        {IDEA_DRAFT, "submit", IDEA_SUBMITTED},      {IDEA_RETURNED, "submit", IDEA_SUBMITTED},
        {IDEA_SUBMITTED, "return", IDEA_RETURNED},   {IDEA_SUBMITTED, "reject", IDEA_REJECTED},
        {IDEA_SUBMITTED, "approve", IDEA_APPROVED},  {IDEA_APPROVED, "publish", IDEA_PUBLISHED},
        {IDEA_APPROVED, "archive", IDEA_ARCHIVED},   {IDEA_PUBLISHED, "archive", IDEA_ARCHIVED},
        {IDEA_SUBMITTED, "withdraw", IDEA_RETURNED}, {IDEA_APPROVED, "withdraw", IDEA_RETURNED},
        {IDEA_PUBLISHED, "withdraw", IDEA_RETURNED},
    };
    static const char *const actions[] = {"submit",  "return",  "reject",  "approve",
                                          "publish", "archive", "withdraw"};
    struct fixture *f = *state;

    for (const char *const *from = idea_states; *from; from++) {
        for (size_t a = 0; a < COUNT(actions); a++) {
            const char *to = NULL;
            for (size_t i = 0; i < COUNT(lines); i++) {
                if (strcmp(lines[i].from, *from) == 0 && strcmp(lines[i].action, actions[a]) == 0) {
                    to = lines[i].to;
                }
            }
            struct idea idea = idea_in(*from);
            const struct transition *transition = NULL;
            enum outcome outcome = idea_decide(&idea, actions[a], fresh_error(f), &transition);
            assert_int_equal(outcome, to ? DONE : CONFLICT);
            if (to) {
                assert_string_equal(transition->to, to);
            } else {
                assert_refused(&f->error, CONFLICT, "invalid_transition", NULL);
            }
        }
    }
}

/* ---- create -------------------------------------------------------------------------------- */

static void the_source_follows_from_the_registration(void **state)
{
    static const struct {
        const char *registration, *said, *source;
    } cases[] = {
        {"confirmed", NULL, IDEA_BY_PARTICIPANT},
        {"completed", NULL, IDEA_BY_FORMER_PARTICIPANT},
        {"completed", IDEA_BY_PARTICIPANT, IDEA_BY_PARTICIPANT},
        {NULL, NULL, IDEA_BY_CENTRE},
        {NULL, IDEA_EXTERNAL, IDEA_EXTERNAL},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct idea_create in = by_participant();
        struct idea_references references = confirmed();
        struct idea_origin origin = {0};
        in.source = text_of(cases[i].said);
        references.for_centre = true;
        references.registration_state = text_of(cases[i].registration);
        if (!cases[i].registration) {
            in.author_registration_id = (struct text){.is = ABSENT};
            in.visibility = text_of(IDEA_PUBLIC);
        }
        assert_int_equal(idea_check_create(&in, &references, fresh_error(f), &origin), DONE);
        assert_string_equal(origin.source.s, cases[i].source);
    }
}

static void only_a_seat_makes_an_author(void **state)
{
    static const char *const seatless[] = {"waitlisted", "offered",   "expired",
                                           "withdrawn",  "cancelled", "no_show"};
    struct fixture *f = *state;
    struct idea_origin origin = {0};

    for (size_t i = 0; i < COUNT(seatless); i++) {
        struct idea_create in = by_participant();
        struct idea_references references = confirmed();
        references.registration_state = text_of(seatless[i]);
        assert_int_equal(idea_check_create(&in, &references, fresh_error(f), &origin), CONFLICT);
        assert_refused(&f->error, CONFLICT, "author_not_participant", NULL);
    }
}

static void an_author_is_the_caller(void **state)
{
    struct fixture *f = *state;
    struct idea_create in = by_participant();
    struct idea_references references = confirmed();
    struct idea_origin origin = {0};

    references.registration_own = false;
    assert_int_equal(idea_check_create(&in, &references, &f->error, &origin), INVALID);
    assert_true(has_fault(&f->error, "/author_registration_id", "author_registration_of_other"));
    references.registration_state = (struct text){.is = ABSENT};
    assert_int_equal(idea_check_create(&in, &references, fresh_error(f), &origin), INVALID);
    assert_true(has_fault(&f->error, "/author_registration_id", "unknown_reference"));
    in.author_registration_id = (struct text){.is = ABSENT};
    assert_int_equal(idea_check_create(&in, &references, fresh_error(f), &origin), INVALID);
    assert_true(has_fault(&f->error, "/author_registration_id", "author_registration_required"));
    assert_true(has_fault(&f->error, "/visibility", "cohort_unknown"));
}

static void the_source_agrees_with_the_author(void **state)
{
    struct fixture *f = *state;

    for (const char *const *source = idea_sources; *source; source++) {
        bool participant = strstr(*source, "participant") != NULL;
        struct idea_create in = by_participant();
        struct idea_references references = confirmed();
        struct idea_origin origin = {0};
        in.source = text_of(*source);
        assert_int_equal(idea_check_create(&in, &references, fresh_error(f), &origin),
                         participant ? DONE : INVALID);
        assert_true(participant || has_fault(&f->error, "/source", "source_unfit"));
        in.author_registration_id = (struct text){.is = ABSENT};
        in.visibility = text_of(IDEA_ALUMNI);
        references = (struct idea_references){.for_centre = true};
        assert_int_equal(idea_check_create(&in, &references, fresh_error(f), &origin),
                         participant ? INVALID : DONE);
    }
}

static void a_session_is_of_the_authors_course(void **state)
{
    struct fixture *f = *state;
    struct idea_create in = by_participant();
    struct idea_references references = confirmed();
    struct idea_origin origin = {0};

    in.shared_at_session_id = text_of(SESSION);
    references.session_course_id = text_of(COURSE);
    assert_int_equal(idea_check_create(&in, &references, &f->error, &origin), DONE);
    references.session_course_id = text_of(OTHER_COURSE);
    assert_int_equal(idea_check_create(&in, &references, &f->error, &origin), INVALID);
    assert_true(has_fault(&f->error, "/shared_at_session_id", "session_of_other_course"));
    /* The centre has no course; the session's is its cohort. */
    in.author_registration_id = (struct text){.is = ABSENT};
    references = (struct idea_references){.for_centre = true,
                                          .session_course_id = text_of(OTHER_COURSE)};
    assert_int_equal(idea_check_create(&in, &references, fresh_error(f), &origin), DONE);
}

static void grades_and_places(void **state)
{
    struct fixture *f = *state;
    struct idea_create in = by_participant();
    struct idea_references references = confirmed();
    struct idea_origin origin = {0};

    in.grade_from = in.grade_to = integer_of(5);
    assert_int_equal(idea_check_create(&in, &references, &f->error, &origin), DONE);
    in.grade_to = integer_of(4);
    in.municipality_no = text_of("3900");
    assert_int_equal(idea_check_create(&in, &references, &f->error, &origin), INVALID);
    assert_true(has_fault(&f->error, "/grade_to", "grades_reversed"));
    assert_true(has_fault(&f->error, "/municipality_no", "municipality_no_invalid"));
}

/* ---- update -------------------------------------------------------------------------------- */

static void who_edits_in_which_state(void **state)
{
    static const struct {
        const char *state;
        bool author, editor;
    } cases[] = {
        {IDEA_DRAFT, true, false},     {IDEA_RETURNED, true, false},  {IDEA_SUBMITTED, false, true},
        {IDEA_APPROVED, false, true},  {IDEA_PUBLISHED, false, true}, {IDEA_REJECTED, false, false},
        {IDEA_ARCHIVED, false, false},
    };
    struct fixture *f = *state;
    const struct idea_update in = {.title = text_of("Nytt")};
    const struct idea_references references = {0};

    for (size_t i = 0; i < COUNT(cases); i++) {
        for (int who = 0; who < 4; who++) {
            struct idea idea = idea_in(cases[i].state);
            idea.own = who & 1;
            idea.editor = who & 2;
            bool may = (idea.own && cases[i].author) || (idea.editor && cases[i].editor);
            assert_int_equal(idea_check_update(&idea, &in, &references, fresh_error(f)),
                             may ? DONE : CONFLICT);
            if (!may) {
                assert_refused(&f->error, CONFLICT, "idea_not_editable", NULL);
            }
        }
    }
}

static void grades_of_a_patch_and_of_the_row(void **state)
{
    struct fixture *f = *state;
    struct idea idea = idea_in(IDEA_DRAFT);
    struct idea_update in = {.grade_to = integer_of(4)};
    const struct idea_references references = {0};

    idea.grade_from = integer_of(5);
    assert_int_equal(idea_check_update(&idea, &in, &references, &f->error), INVALID);
    assert_true(has_fault(&f->error, "/grade_to", "grades_reversed"));
    in.grade_from = (struct integer){.is = NULLED};
    assert_int_equal(idea_check_update(&idea, &in, &references, fresh_error(f)), DONE);
}

/* ---- SM-R16 -------------------------------------------------------------------------------- */

static void sm_r16_public_needs_the_consents(void **state)
{
    struct fixture *f = *state;

    for (int bits = 0; bits < 8; bits++) {
        for (const char *const *visibility = idea_visibilities; *visibility; visibility++) {
            struct idea idea = idea_in(IDEA_APPROVED);
            const struct transition *transition = NULL;
            idea.visibility = text_of(*visibility);
            idea.consent_author = bits & 1;
            idea.contains_children = bits & 2;
            idea.consent_children = bits & 4;
            bool agreed = (bits & 1) && (!(bits & 2) || (bits & 4));
            bool may = agreed || strcmp(*visibility, IDEA_PUBLIC) != 0;
            enum outcome outcome = idea_decide(&idea, "publish", fresh_error(f), &transition);
            assert_int_equal(outcome, may ? DONE : CONFLICT);
            if (!may) {
                assert_refused(&f->error, CONFLICT, "consent_required", "SM-R16");
            }
        }
    }
}

static void sm_r16_what_is_published_keeps_its_consents(void **state)
{
    struct fixture *f = *state;
    struct idea idea = idea_in(IDEA_PUBLISHED);
    struct idea_update in = {.contains_children = boolean_of(true)};
    const struct idea_references references = {0};

    idea.editor = true;
    idea.consent_author = true;
    idea.visibility = text_of(IDEA_PUBLIC);
    assert_int_equal(idea_check_update(&idea, &in, &references, &f->error), CONFLICT);
    assert_refused(&f->error, CONFLICT, "consent_required", "SM-R16");
    in.visibility = text_of(IDEA_ALUMNI);
    assert_int_equal(idea_check_update(&idea, &in, &references, fresh_error(f)), DONE);
}

static void sm_r16_consent_is_given_by_the_author_alone(void **state)
{
    struct fixture *f = *state;
    const struct idea_references references = {0};
    const struct idea_update author[] = {
        {.consent_author = boolean_of(true)},
        {.consent_author = boolean_of(false)},
        {.consent_children = boolean_of(true)},
        {.consent_children = {.is = NULLED}},
    };

    for (size_t i = 0; i < COUNT(author); i++) {
        struct idea idea = idea_in(IDEA_SUBMITTED);
        idea.own = false;
        idea.editor = true;
        assert_int_equal(idea_check_update(&idea, &author[i], &references, fresh_error(f)),
                         FORBIDDEN);
        assert_refused(&f->error, FORBIDDEN, "consent_not_yours", "SM-R16");
        idea = idea_in(IDEA_DRAFT);
        assert_int_equal(idea_check_update(&idea, &author[i], &references, fresh_error(f)), DONE);
    }
}

static void sm_r16_only_the_author_widens_the_circle_without_consent(void **state)
{
    struct fixture *f = *state;
    const struct idea_references references = {0};

    for (int from = 0; idea_visibilities[from]; from++) {
        for (int to = 0; idea_visibilities[to]; to++) {
            for (int consent = 0; consent < 2; consent++) {
                struct idea idea = idea_in(IDEA_SUBMITTED);
                struct idea_update in = {.visibility = text_of(idea_visibilities[to])};
                idea.visibility = text_of(idea_visibilities[from]);
                idea.own = false;
                idea.editor = true;
                idea.consent_author = consent;
                bool may = to <= from || consent;
                assert_int_equal(idea_check_update(&idea, &in, &references, fresh_error(f)),
                                 may ? DONE : CONFLICT);
            }
        }
    }
}

/* ---- deleting, adapting -------------------------------------------------------------------- */

static void what_is_deleted_and_what_is_adapted(void **state)
{
    struct fixture *f = *state;

    for (const char *const *word = idea_states; *word; word++) {
        struct idea idea = idea_in(*word);
        bool mine = strcmp(*word, IDEA_DRAFT) == 0 || strcmp(*word, IDEA_RETURNED) == 0;
        bool shown = strcmp(*word, IDEA_PUBLISHED) == 0;
        assert_int_equal(idea_check_delete(&idea, fresh_error(f)), mine ? DONE : CONFLICT);
        assert_true(mine || strcmp(f->error.code, "idea_not_deletable") == 0);
        assert_int_equal(idea_check_parent(idea.state, fresh_error(f)), shown ? DONE : CONFLICT);
        assert_true(shown || strcmp(f->error.code, "idea_not_published") == 0);
    }
}

/* ---- attachments --------------------------------------------------------------------------- */

static void the_author_attaches_to_what_is_in_their_hands(void **state)
{
    struct fixture *f = *state;

    for (const char *const *word = idea_states; *word; word++) {
        for (int own = 0; own < 2; own++) {
            struct idea idea = idea_in(*word);
            idea.own = own;
            idea.editor = !own;
            bool may = own && idea_check_delete(&idea, fresh_error(f)) == DONE;
            assert_int_equal(attachment_check_idea(&idea, fresh_error(f)), may ? DONE : CONFLICT);
            assert_true(may || strcmp(f->error.code, "idea_not_editable") == 0);
        }
    }
}

static void there_is_room_for_ten(void **state)
{
    struct fixture *f = *state;
    struct idea idea = idea_in(IDEA_DRAFT);

    idea.attachment_count = ATTACHMENTS_MAX - 1;
    assert_int_equal(attachment_check_room(&idea, &f->error), DONE);
    idea.attachment_count = ATTACHMENTS_MAX;
    assert_int_equal(attachment_check_room(&idea, &f->error), CONFLICT);
    assert_refused(&f->error, CONFLICT, "limit_reached", NULL);
}

static void names_end_as_their_type_does(void **state)
{
    static const struct {
        const char *type, *name;
        bool fits;
    } cases[] = {
        {IMAGE_PNG, "a.png", true},      {IMAGE_PNG, "A.PNG", true},
        {IMAGE_PNG, "a.jpg", false},     {IMAGE_JPEG, "a.jpg", true},
        {IMAGE_JPEG, "a.jpeg", true},    {IMAGE_JPEG, "ajpg", false},
        {IMAGE_WEBP, "a.webp", true},    {MEDIA_PDF, "a.b.pdf", true},
        {MEDIA_PDF, "a.pdf.exe", false}, {MEDIA_PDF, ".pdf", false},
        {"text/html", "a.html", false},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct attachment_create in = {.filename = text_of(cases[i].name),
                                             .content_type = text_of(cases[i].type)};
        assert_int_equal(attachment_check_name(&in, fresh_error(f)),
                         cases[i].fits ? DONE : INVALID);
        assert_true(cases[i].fits || has_fault(&f->error, "?filename", "filename_unfit"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_machine_is_that_of_the_domain),
        TEST(the_source_follows_from_the_registration),
        TEST(only_a_seat_makes_an_author),
        TEST(an_author_is_the_caller),
        TEST(the_source_agrees_with_the_author),
        TEST(a_session_is_of_the_authors_course),
        TEST(grades_and_places),
        TEST(who_edits_in_which_state),
        TEST(grades_of_a_patch_and_of_the_row),
        TEST(sm_r16_public_needs_the_consents),
        TEST(sm_r16_what_is_published_keeps_its_consents),
        TEST(sm_r16_consent_is_given_by_the_author_alone),
        TEST(sm_r16_only_the_author_widens_the_circle_without_consent),
        TEST(what_is_deleted_and_what_is_adapted),
        TEST(the_author_attaches_to_what_is_in_their_hands),
        TEST(there_is_room_for_ten),
        TEST(names_end_as_their_type_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
