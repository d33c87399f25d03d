#include "domain/smart/idea.h"

#include "domain/base/text.h"

const char *const idea_states[] = {IDEA_DRAFT,    IDEA_SUBMITTED, IDEA_RETURNED, IDEA_REJECTED,
                                   IDEA_APPROVED, IDEA_PUBLISHED, IDEA_ARCHIVED, NULL};
const char *const idea_visibilities[] = {IDEA_COHORT, IDEA_ALUMNI, IDEA_PUBLIC, NULL};
const char *const idea_sources[] = {IDEA_BY_PARTICIPANT, IDEA_BY_FORMER_PARTICIPANT, IDEA_BY_CENTRE,
                                    IDEA_EXTERNAL, NULL};
const char *const idea_kinds[] = {"text",     "image", "film",   "game",  "template",
                                  "exercise", "tool",  "method", "story", NULL};
const char *const idea_audiences[] = {"barnehage", "barneskole", "ungdomsskole", "vgs", "sfo",
                                      "foreldre",  "kollegium",  "annet",        NULL};
const char *const idea_smart_values[] = {"S", "M", "A", "R", "T", NULL};
const char *const idea_seasons[] = {"autumn", "christmas", "winter", "easter",
                                    "spring", "summer",    NULL};
const char *const idea_languages[] = {"nb", "nn", "en", NULL};

#define RULE_CONSENT "SM-R16"

/* clang-format off */
static const struct transition transitions[] = {
    {IDEA_DRAFT,     "submit",   IDEA_SUBMITTED, "smart.idea.submit"},
    {IDEA_RETURNED,  "submit",   IDEA_SUBMITTED, "smart.idea.submit"},
    {IDEA_SUBMITTED, "return",   IDEA_RETURNED,  "smart.idea.return"},
    {IDEA_SUBMITTED, "reject",   IDEA_REJECTED,  "smart.idea.reject"},
    {IDEA_SUBMITTED, "approve",  IDEA_APPROVED,  "smart.idea.approve"},
    {IDEA_APPROVED,  "publish",  IDEA_PUBLISHED, "smart.idea.publish"},
    {IDEA_APPROVED,  "archive",  IDEA_ARCHIVED,  "smart.idea.archive"},
    {IDEA_PUBLISHED, "archive",  IDEA_ARCHIVED,  "smart.idea.archive"},
    {IDEA_SUBMITTED, "withdraw", IDEA_RETURNED,  "smart.idea.withdraw"},
    {IDEA_APPROVED,  "withdraw", IDEA_RETURNED,  "smart.idea.withdraw"},
    {IDEA_PUBLISHED, "withdraw", IDEA_RETURNED,  "smart.idea.withdraw"},
};
/* clang-format on */

const struct machine idea_machine = {transitions, sizeof transitions / sizeof transitions[0]};

SHAPE(shape_idea_references, struct idea_references, FIELD(struct idea_references, for_centre),
      FIELD(struct idea_references, registration_state),
      FIELD(struct idea_references, registration_own),
      FIELD(struct idea_references, registration_course_id),
      FIELD(struct idea_references, session_course_id));

SHAPE(shape_idea, struct idea, FIELD(struct idea, id), FIELD(struct idea, state),
      FIELD(struct idea, own), FIELD(struct idea, editor),
      FIELD(struct idea, author_registration_id), FIELD(struct idea, course_id),
      FIELD(struct idea, visibility), FIELD(struct idea, grade_from), FIELD(struct idea, grade_to),
      FIELD(struct idea, consent_author), FIELD(struct idea, contains_children),
      FIELD(struct idea, consent_children), FIELD(struct idea, attachment_count),
      FIELD(struct idea, version));

SHAPE(shape_idea_origin, struct idea_origin, FIELD(struct idea_origin, source));

/* ---- faults of a body ------------------------------------------------------------------------ */

static void check_municipality(struct text municipality_no, struct error *error)
{
    if (given(municipality_no.is) && !municipality_no_valid(municipality_no)) {
        error_fault(error, "/municipality_no", "municipality_no_invalid", NULL);
    }
}

static void check_grades(struct integer from, struct integer to, struct error *error)
{
    if (given(from.is) && given(to.is) && to.v < from.v) {
        error_fault(error, "/grade_to", "grades_reversed", NULL);
    }
}

static bool is_by_participant(struct text source)
{
    return text_is(source, IDEA_BY_PARTICIPANT) || text_is(source, IDEA_BY_FORMER_PARTICIPANT);
}

static void check_author(const struct idea_create *in, const struct idea_references *references,
                         struct error *error)
{
    const char *code = NULL;

    if (!given(in->author_registration_id.is)) {
        code = references->for_centre ? NULL : "author_registration_required";
    } else if (!given(references->registration_state.is)) {
        code = "unknown_reference";
    } else if (!references->registration_own) {
        code = "author_registration_of_other";
    }
    if (code) {
        error_fault(error, "/author_registration_id", code, NULL);
    }
    if (given(in->source.is) &&
        is_by_participant(in->source) != given(in->author_registration_id.is)) {
        error_fault(error, "/source", "source_unfit", NULL);
    }
}

/* `course_id` is that of the author's registration, not given for the centre's own ideas. */
static void check_session(struct text session_id, struct text course_id,
                          const struct idea_references *references, struct error *error)
{
    if (!given(session_id.is)) {
        return;
    }
    if (!given(references->session_course_id.is)) {
        error_fault(error, "/shared_at_session_id", "unknown_reference", NULL);
    } else if (given(course_id.is) && !text_equals(course_id, references->session_course_id)) {
        error_fault(error, "/shared_at_session_id", "session_of_other_course", NULL);
    }
}

static void check_cohort(struct text visibility, bool has_course, struct error *error)
{
    if (text_is(visibility, IDEA_COHORT) && !has_course) {
        error_fault(error, "/visibility", "cohort_unknown", NULL);
    }
}

/* ---- create ---------------------------------------------------------------------------------- */

static struct text source_of(const struct idea_create *in, struct text registration_state)
{
    if (given(in->source.is)) {
        return in->source;
    }
    if (!given(in->author_registration_id.is)) {
        return text_of(IDEA_BY_CENTRE);
    }
    return text_of(text_is(registration_state, "completed") ? IDEA_BY_FORMER_PARTICIPANT
                                                            : IDEA_BY_PARTICIPANT);
}

enum outcome idea_check_create(const struct idea_create *in,
                               const struct idea_references *references, struct error *error,
                               struct idea_origin *ret_origin)
{
    struct text state = references->registration_state;

    check_author(in, references, error);
    check_session(in->shared_at_session_id, references->registration_course_id, references, error);
    check_cohort(in->visibility,
                 given(in->author_registration_id.is) || given(in->shared_at_session_id.is), error);
    check_grades(in->grade_from, in->grade_to, error);
    check_municipality(in->municipality_no, error);
    enum outcome outcome = error_outcome(error);
    if (outcome != DONE) {
        return outcome;
    }
    if (given(state.is) && !text_is(state, "confirmed") && !text_is(state, "completed")) {
        return error_refuse(error, CONFLICT, "author_not_participant", NULL);
    }
    ret_origin->source = source_of(in, state);
    return DONE;
}

enum outcome idea_check_parent(struct text state, struct error *error)
{
    return text_is(state, IDEA_PUBLISHED)
               ? DONE
               : error_refuse(error, CONFLICT, "idea_not_published", NULL);
}

/* ---- update ---------------------------------------------------------------------------------- */

static bool in_authors_hands(const struct idea *idea)
{
    return text_is(idea->state, IDEA_DRAFT) || text_is(idea->state, IDEA_RETURNED);
}

static bool is_editable(const struct idea *idea)
{
    if (in_authors_hands(idea)) {
        return idea->own;
    }
    return idea->editor &&
           (text_is(idea->state, IDEA_SUBMITTED) || text_is(idea->state, IDEA_APPROVED) ||
            text_is(idea->state, IDEA_PUBLISHED));
}

static int circle(struct text visibility)
{
    int width = 0;

    while (idea_visibilities[width] && !text_is(visibility, idea_visibilities[width])) {
        width++;
    }
    return width;
}

static bool patched_flag(struct boolean patch, bool stored)
{
    return patch.is == ABSENT ? stored : given(patch.is) && patch.v;
}

/* SM-R16. */
static bool may_be_public(const struct idea *idea)
{
    return idea->consent_author && (!idea->contains_children || idea->consent_children);
}

static enum outcome refuse_consent(struct error *error)
{
    return error_refuse(error, CONFLICT, "consent_required", RULE_CONSENT);
}

static enum outcome check_consent(const struct idea *idea, const struct idea_update *in,
                                  struct error *error)
{
    struct idea after = *idea;

    after.visibility = given(in->visibility.is) ? in->visibility : idea->visibility;
    after.consent_author = patched_flag(in->consent_author, idea->consent_author);
    after.contains_children = patched_flag(in->contains_children, idea->contains_children);
    after.consent_children = patched_flag(in->consent_children, idea->consent_children);
    if (text_is(after.state, IDEA_PUBLISHED) && text_is(after.visibility, IDEA_PUBLIC) &&
        !may_be_public(&after)) {
        return refuse_consent(error);
    }
    bool widened = circle(after.visibility) > circle(idea->visibility);
    return widened && !idea->own && !after.consent_author ? refuse_consent(error) : DONE;
}

static struct integer patched_grade(struct integer patch, struct integer stored)
{
    return patch.is == ABSENT ? stored : patch;
}

enum outcome idea_check_update(const struct idea *idea, const struct idea_update *in,
                               const struct idea_references *references, struct error *error)
{
    if (!idea->own && (in->consent_author.is != ABSENT || in->consent_children.is != ABSENT)) {
        return error_refuse(error, FORBIDDEN, "consent_not_yours", RULE_CONSENT);
    }
    if (!is_editable(idea)) {
        return error_refuse(error, CONFLICT, "idea_not_editable", NULL);
    }
    struct text author_course = {.is = ABSENT};
    if (given(idea->author_registration_id.is)) {
        author_course = idea->course_id;
    }
    check_session(in->shared_at_session_id, author_course, references, error);
    check_cohort(in->visibility, given(idea->course_id.is) || given(in->shared_at_session_id.is),
                 error);
    check_grades(patched_grade(in->grade_from, idea->grade_from),
                 patched_grade(in->grade_to, idea->grade_to), error);
    check_municipality(in->municipality_no, error);
    enum outcome outcome = error_outcome(error);
    return outcome == DONE ? check_consent(idea, in, error) : outcome;
}

/* ---- actions --------------------------------------------------------------------------------- */

enum outcome idea_decide(const struct idea *idea, const char *action, struct error *error,
                         const struct transition **ret_transition)
{
    enum outcome outcome = machine_apply(&idea_machine, idea->state.s, action, error,
                                         ret_transition);
    if (outcome != DONE) {
        return outcome;
    }
    bool shown = strcmp((*ret_transition)->to, IDEA_PUBLISHED) == 0;
    if (shown && text_is(idea->visibility, IDEA_PUBLIC) && !may_be_public(idea)) {
        return refuse_consent(error);
    }
    return DONE;
}

enum outcome idea_check_delete(const struct idea *idea, struct error *error)
{
    return in_authors_hands(idea) ? DONE
                                  : error_refuse(error, CONFLICT, "idea_not_deletable", NULL);
}
