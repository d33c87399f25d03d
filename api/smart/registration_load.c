#include "api/smart/registration_load.h"

#include "storage/statements.h"

SHAPE(participant_shape, struct participant, FIELD(struct participant, person_id),
      FIELD(struct participant, full_name), FIELD(struct participant, email),
      FIELD(struct participant, phone));

SHAPE(registrar_shape, struct registrar, FIELD(struct registrar, registered_by),
      FIELD(struct registrar, registered_by_client));

struct registrar registrar_of(const struct principal *principal)
{
    struct text id = text_of(principal->id);
    return principal->kind == PRINCIPAL_CLIENT ? (struct registrar){.registered_by_client = id}
                                               : (struct registrar){.registered_by = id};
}

struct subject_key {
    struct text course_id;
    struct text person_id;
};
SHAPE(subject_key_shape, struct subject_key, FIELD(struct subject_key, course_id),
      FIELD(struct subject_key, person_id));

struct subject {
    bool course_visible;
    struct text person_id;
    struct text full_name;
    struct text email;
    struct text phone;
};
SHAPE(subject_shape, struct subject, FIELD(struct subject, course_visible),
      FIELD(struct subject, person_id), FIELD(struct subject, full_name),
      FIELD(struct subject, email), FIELD(struct subject, phone));

/* A person on record keeps their name and address; a new one has what was written. */
static enum outcome participant_of(struct call *call, struct text course_id, struct text person_id,
                                   const struct participant *written, struct participant *ret)
{
    const struct subject_key key = {.course_id = course_id, .person_id = person_id};
    struct subject subject = {0};
    enum outcome outcome = tx_load(call->tx, &sql_registration_subject,
                                   SOURCES({&subject_key_shape, &key}), &subject_shape, &subject);
    if (outcome != DONE)
        return outcome;
    if (!subject.course_visible)
        return error_refuse(call->error, NOT_FOUND, "course_not_found", NULL);
    if (!given(person_id.is)) {
        *ret = *written;
        return DONE;
    }
    if (!given(subject.person_id.is)) {
        error_fault(call->error, "/person_id", "unknown_reference", NULL);
        return error_outcome(call->error);
    }
    *ret = (struct participant){.person_id = subject.person_id,
                                .full_name = subject.full_name,
                                .email = subject.email,
                                .phone = subject.phone};
    return DONE;
}

enum outcome participant_of_create(struct call *call, const struct registration_create *in,
                                   struct participant *ret)
{
    const struct participant written = {
        .full_name = in->person_full_name, .email = in->person_email, .phone = in->person_phone};
    return participant_of(call, in->course_id, in->person_id, &written, ret);
}

enum outcome registration_check_course(struct call *call, struct text course_id)
{
    const struct participant nobody = {0};
    struct participant unused;
    return participant_of(call, course_id, (struct text){.is = ABSENT}, &nobody, &unused);
}

enum outcome participant_of_transfer(struct call *call, const struct registration_transfer *in,
                                     const struct registration *registration,
                                     struct participant *ret)
{
    const struct participant written = {
        .full_name = in->person_full_name, .email = in->person_email, .phone = in->person_phone};
    return participant_of(call, registration->course_id, in->person_id, &written, ret);
}

enum outcome seat_context_load(struct call *call, struct seat_context *seat)
{
    const struct subject_key key = {.course_id = seat->course.id};
    struct registration_context *context = &seat->context;
    struct ticket_type *tickets = NULL;
    struct course_choice *menu = NULL;
    enum outcome outcome = tx_load_all(call->tx, &sql_course_ticket_types,
                                       SOURCES({&subject_key_shape, &key}), &shape_ticket_type,
                                       &tickets, &context->ticket_type_count);
    if (outcome == DONE)
        outcome = tx_load_all(call->tx, &sql_course_choices, SOURCES({&subject_key_shape, &key}),
                              &shape_course_choice, &menu, &context->menu_count);
    context->now = call->now;
    context->course = &seat->course;
    context->ticket_types = tickets;
    context->menu = menu;
    return outcome;
}

enum outcome registration_course_of(struct call *call, struct text id, struct text *ret_course_id)
{
    const struct row_id key = {.id = id};
    struct rows *rows = NULL;
    enum outcome outcome = tx_query(call->tx, &sql_registration_course,
                                    SOURCES({&row_id_shape, &key}), &rows);
    if (outcome != DONE)
        return outcome;
    if (rows_count(rows) == 0)
        return error_refuse(call->error, NOT_FOUND, "not_found", NULL);
    *ret_course_id = rows_text(rows, 0, "course_id", call->arena);
    return DONE;
}

enum outcome registration_lock(struct call *call, struct text id,
                               struct registration *ret_registration)
{
    const struct row_id key = {.id = id};
    struct registration *rows = NULL;
    size_t count = 0;
    enum outcome outcome = tx_load_all(call->tx, &sql_registration_lock,
                                       SOURCES({&row_id_shape, &key}), &shape_registration, &rows,
                                       &count);
    if (outcome != DONE)
        return outcome;
    if (count == 0)
        return error_refuse(call->error, FORBIDDEN, "forbidden", NULL);
    *ret_registration = rows[0];
    return DONE;
}

static int64_t counts(struct text state, const char *as)
{
    return text_is(state, as) ? 1 : 0;
}

void registration_recount(const struct registration *before,
                          const struct registration_outcome *after, struct course *course)
{
    course->seats_confirmed += counts(after->state, REGISTRATION_CONFIRMED) -
                               counts(before->state, REGISTRATION_CONFIRMED);
    course->seats_offered += counts(after->state, REGISTRATION_OFFERED) -
                             counts(before->state, REGISTRATION_OFFERED);
    course->waitlisted += counts(after->state, REGISTRATION_WAITLISTED) -
                          counts(before->state, REGISTRATION_WAITLISTED);
}
