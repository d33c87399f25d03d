/*
 * People. Found or created by normalised e-mail (domain/base/text.h), never overwritten by someone
 * who merely registers them, and without a trace in the answer of whether they were known (api.md,
 * "People, identity, public reads"). Never fødselsnummer; a birth year at most.
 */
#ifndef LOFT_DOMAIN_REGISTRY_PERSON_H
#define LOFT_DOMAIN_REGISTRY_PERSON_H

#include "domain/base/error.h"

extern const char *const genders[]; /* NULL-terminated: female, male, other, undisclosed */

struct person_create {
    struct text full_name; /* 1 .. 200 code points, not blank */
    struct text email;
    struct text phone;
    struct integer birth_year; /* 1900 .. 2100 */
    struct text gender;        /* default undisclosed */
    struct text language;      /* nb, nn or en; default nb */
    struct boolean is_example; /* default false */
};

struct person_update { /* merge patch */
    struct text id;
    struct text full_name;
    struct text email;
    struct text phone;
    struct integer birth_year;
    struct text gender;
    struct text language;
    struct boolean is_example;
};

struct me_update { /* merge patch */
    struct text language;
};

/* "name_required" at <prefix>/full_name, "email_invalid" at <prefix>/email: as faults, for every
 * body that names a person inline. `prefix` is "" or e.g. "/person". */
void person_check_contact(const char *prefix, struct text full_name, struct text email,
                          struct error *error);

/* INVALID "validation_failed" with the faults above, or DONE. */
enum outcome person_check_create(const struct person_create *in, struct error *error);
/* Only what is given is checked; null for full_name or email is a fault. */
enum outcome person_check_update(const struct person_update *in, struct error *error);

#endif
