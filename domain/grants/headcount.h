/*
 * Headcounts (barnetall og elevtall): what the distribution of money to the networks goes by.
 * domain.md §5.2, §5.5, KL-R13.
 *
 * A figure is of an owner, or of a whole network; a network's own figure of a category stands for all
 * of its owners'. The figures of a forum's networks for a year are locked as one before a frame is
 * adopted:
 *
 *   open    lock    -> locked    no figure is added, changed or removed
 *   locked  unlock  -> open      with a reason; a frame that went by them then needs a new version
 *
 * Figures come one by one or as a file, one line for a network or an owner and one column for each
 * category. A file is taken as a whole or not at all; what it does not name stays.
 */
#ifndef LOFT_DOMAIN_GRANTS_HEADCOUNT_H
#define LOFT_DOMAIN_GRANTS_HEADCOUNT_H

#include "domain/base/error.h"
#include "domain/base/shape.h"
#include "domain/base/transition.h"

enum {
    HEADCOUNT_CATEGORIES = 5,
    HEADCOUNT_MAX = 1000000,    /* heads in one figure */
    HEADCOUNT_LINES_MAX = 2000, /* in one file */
};
extern const char *const headcount_categories[]; /* HEADCOUNT_CATEGORIES and NULL */
extern const char *const headcount_sources[];    /* NULL-terminated */

#define HEADCOUNT_OPEN "open"
#define HEADCOUNT_LOCKED "locked"
extern const char *const headcount_year_states[]; /* NULL-terminated */

/* Actions lock and unlock. */
extern const struct machine headcount_year_machine;

/* ---- a year ---------------------------------------------------------------------------------- */

struct headcount_year_action {
    struct text id;
    struct text reason;
};

/* The figures of a forum for a year as decisions see them. */
struct headcount_year {
    struct text id; /* ABSENT before the first figure */
    struct text forum_id;
    struct integer year;
    struct text state;
    struct text networks_missing; /* codes of networks without any figure, "KN03, KN07" */
    bool own;                     /* the caller is the forum's secretariat */
    int64_t version;              /* 0 before the first figure */
};
extern const struct shape shape_headcount_year;

/* CONFLICT "invalid_transition", "headcount_incomplete" (KL-R13) with {networks}. */
enum outcome headcount_year_lock(const struct headcount_year *year, struct error *error,
                                 const struct transition **ret_transition);
enum outcome headcount_year_unlock(const struct headcount_year *year, struct error *error,
                                   const struct transition **ret_transition);

/* CONFLICT "headcount_locked" (KL-R13) with {year}. */
enum outcome headcount_check_open(const struct headcount_year *year, struct error *error);

/* ---- one figure ------------------------------------------------------------------------------ */

struct headcount_put {
    struct text network_id;
    struct text organisation_id; /* an owner; not given for the whole network */
    struct integer year;
    struct text category;
    struct integer heads;
    struct text counted_on; /* default 1 October */
    struct text source;
};

struct headcount_delete {
    struct text id;
};

/* Where a figure goes, as the registers have it on the day of counting. */
struct headcount_target {
    struct text network_id;       /* the one named, or else the owner's */
    struct text forum_id;         /* of that network; ABSENT when there is none such */
    struct text owner_network_id; /* the one the organisation is an owner in */
};
extern const struct shape shape_headcount_target;

/* Faults "network_required" and "unknown_reference" at /network_id, "owner_without_network" at
 * /organisation_id, "owner_of_other_network" at /network_id. */
enum outcome headcount_check_target(const struct headcount_put *in,
                                    const struct headcount_target *target, struct error *error);

/* ---- a file ---------------------------------------------------------------------------------- */

struct headcount_import {
    struct integer year;
    struct text forum_id; /* default the caller's */
    struct text counted_on;
    struct text source;
    struct bytes body;
    struct text content_type;
};

/* A line of the file; a blank cell is ABSENT. */
struct headcount_line {
    int64_t line;
    struct text network_code;
    struct text municipality_no;
    struct text organisation; /* an organisation number, or the name as the register has it */
    struct text heads[HEADCOUNT_CATEGORIES];
};

/* What a line may be about: a network, an owner in one, or a municipality that is in none. */
struct headcount_place {
    struct text network_id;
    struct text network_code;
    struct text organisation_id;
    struct text name;
    struct text org_number;
    struct text municipality_no;
};
extern const struct shape shape_headcount_place;

struct headcount_figure {
    struct text network_id;
    struct text organisation_id;
    struct text category;
    struct integer heads;
};
extern const struct shape shape_headcount_figure;

/*
 * The figures of all lines. INVALID with the faults of every cell, at /<line>/<column>:
 *   "required"                no network and no owner (at /<line>/network_code), or no figure at all
 *                             (at /<line>)
 *   "municipality_no_invalid", "org_number_invalid"   what is no such number
 *   "unknown_reference"       a number, code or name that the registers do not have
 *   "owner_without_network"   a municipality that is in no network on the day of counting
 *   "owner_of_other_network"  at network_code: the owner is in another one
 *   "owner_differs"           at organisation: not the municipality of the same line
 *   "owner_ambiguous"         several owners have that name
 *   "wrong_type", "too_small", "too_large"   a cell that is no count from 0 to HEADCOUNT_MAX
 *   "figure_repeated"         the same network or owner and category on an earlier {expected} line
 * `places` are in the order in which they are looked for. Takes O(lines * (lines + places)).
 */
enum outcome headcount_resolve(const struct headcount_line *lines, size_t count,
                               const struct headcount_place *places, size_t place_count,
                               struct error *error, struct record_list *ret_figures);

#endif
