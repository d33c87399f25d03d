/*
 * Programme items (programposter) of a course: what happens when on the day, a festival's above all:
 * opening, talks, hosting, lunch. domain.md §0.1. Who contributes is told by role, never by name.
 *
 * Limit: 100 items per course; an item lasts at most 24 hours.
 */
#ifndef LOFT_DOMAIN_SMART_PROGRAMME_ITEM_H
#define LOFT_DOMAIN_SMART_PROGRAMME_ITEM_H

#include "domain/base/error.h"
#include "domain/base/shape.h"

enum { PROGRAMME_ITEMS_MAX = 100, PROGRAMME_ITEM_HOURS_MAX = 24 };

extern const char *const programme_item_kinds[]; /* NULL-terminated */

struct programme_item_create {
    struct text course_id;
    struct text kind;
    struct text starts_at;
    struct text ends_at;
    struct text title;
    struct text description;
    struct text contributor_role; /* "Ordfører" */
};

struct programme_item_update { /* merge patch */
    struct text id;
    struct text kind;
    struct text starts_at;
    struct text ends_at;
    struct text title;
    struct text description;
    struct text contributor_role;
};

/* An item as decisions see it; instants. */
struct programme_item {
    int64_t starts_at;
    int64_t ends_at;
};
extern const struct shape shape_programme_item;

/* INVALID, a fault at /ends_at: "ends_before_start" or "programme_item_too_long". Texts must be
 * valid RFC 3339. */
enum outcome programme_item_check_create(const struct programme_item_create *in,
                                         struct error *error);

/* The same for what the patch leads to. */
enum outcome programme_item_check_update(const struct programme_item *stored,
                                         const struct programme_item_update *in,
                                         struct error *error);

#endif
