#include "domain/registry/person.h"

#include "domain/base/text.h"

const char *const genders[] = {"female", "male", "other", "undisclosed", NULL};

static void check_name(const char *prefix, struct text full_name, struct error *error)
{
    if (text_is_blank(full_name)) {
        error_fault(error, arena_format(error->arena, "%s/full_name", prefix), "name_required",
                    NULL);
    }
}

static void check_email(const char *prefix, struct text email, struct error *error)
{
    struct text normalised;
    if (!email_normalise(error->arena, email, &normalised)) {
        error_fault(error, arena_format(error->arena, "%s/email", prefix), "email_invalid", NULL);
    }
}

void person_check_contact(const char *prefix, struct text full_name, struct text email,
                          struct error *error)
{
    check_name(prefix, full_name, error);
    check_email(prefix, email, error);
}

enum outcome person_check_create(const struct person_create *in, struct error *error)
{
    person_check_contact("", in->full_name, in->email, error);
    return error_outcome(error);
}

enum outcome person_check_update(const struct person_update *in, struct error *error)
{
    if (in->full_name.is != ABSENT) {
        check_name("", in->full_name, error);
    }
    if (in->email.is != ABSENT) {
        check_email("", in->email, error);
    }
    return error_outcome(error);
}
