/*
 * Measures (tiltak) of a decision basis: who takes part, which needs they answer. domain.md §0.1, §5.2,
 * KL-R06. The rules of who may be named are basis_check_references.
 */
#ifndef LOFT_DOMAIN_GRANTS_MEASURE_H
#define LOFT_DOMAIN_GRANTS_MEASURE_H

#include "domain/grants/basis.h"

enum { MEASURES_MAX = 100 };                    /* of one basis */
extern const char *const measure_party_kinds[]; /* NULL-terminated */
extern const char *const target_groups[];

struct measure_create {
    struct text basis_id;
    struct text title;
    struct text description;
    struct text theme;
    struct text_list target_groups;
    struct integer participants_estimate;
    struct text uh_contribution;
    struct text starts_on;
    struct text ends_on;
    struct integer amount_nok;
    struct text_list owner_ids; /* of the partnership */
    struct text_list uh_ids;    /* of the partnership */
    struct text_list unit_ids;  /* kindergartens, schools, SFO and PP services of its owners */
    struct text_list need_report_ids;
};

struct measure_update { /* merge patch */
    struct text id;
    struct text title;
    struct text description;
    struct text theme;
    struct text_list target_groups;
    struct integer participants_estimate;
    struct text uh_contribution;
    struct text starts_on;
    struct text ends_on;
    struct integer amount_nok;
    struct text_list owner_ids;
    struct text_list uh_ids;
    struct text_list unit_ids;
    struct text_list need_report_ids;
};

struct measure {
    struct text id;
    struct text basis_id;
    struct text starts_on;
    struct text ends_on;
    int64_t budget_lines; /* that name it */
    int64_t version;
};
extern const struct shape shape_measure;

/* Faults of the references, and "ends_before_it_begins" at /ends_on. */
enum outcome measure_check_create(const struct measure_create *in,
                                  const struct basis_reference *references, size_t count,
                                  struct error *error);
enum outcome measure_check_update(const struct measure *measure, const struct measure_update *in,
                                  const struct basis_reference *references, size_t count,
                                  struct error *error);

/* CONFLICT "measure_in_budget". */
enum outcome measure_check_delete(const struct measure *measure, struct error *error);

#endif
