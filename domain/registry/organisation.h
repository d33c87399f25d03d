/*
 * Organisations and municipalities. Numbers are strings: leading zeros count.
 */
#ifndef LOFT_DOMAIN_REGISTRY_ORGANISATION_H
#define LOFT_DOMAIN_REGISTRY_ORGANISATION_H

#include "domain/base/error.h"

extern const char *const organisation_types[]; /* NULL-terminated, domain.md §1.2 */
extern const char *const letter_languages[];   /* NULL-terminated: nb, nn */

struct organisation_create {
    struct text org_type;
    struct text name; /* 1 .. 200 code points, not blank */
    struct text short_name;
    struct text org_number; /* nine digits, MOD11 */
    struct text municipality_no;
    struct text parent_id;
    struct text language;      /* of letters, default nb */
    struct boolean is_example; /* default false */
};

struct organisation_update { /* merge patch */
    struct text id;
    struct text org_type;
    struct text name;
    struct text short_name;
    struct text org_number;
    struct text municipality_no;
    struct text parent_id;
    struct text language;
    struct boolean is_example;
};

/* Faults "name_required", "org_number_invalid", "municipality_no_invalid"; "parent_is_self" at
 * /parent_id. INVALID "validation_failed" or DONE. */
enum outcome organisation_check_create(const struct organisation_create *in, struct error *error);
enum outcome organisation_check_update(const struct organisation_update *in, struct error *error);

/* The tree has no circles: CONFLICT "parent_is_below" with a fault at /parent_id when the new parent
 * lies below the organisation itself. */
enum outcome organisation_check_parent(bool parent_is_below, struct error *error);

#endif
