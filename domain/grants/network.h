/*
 * Competence networks (kompetansenettverk) and who belongs to them. domain.md §5.2, §5.9.
 *
 * What a network is called and who is in it is data. An owner (municipality, county, private owner) is
 * in exactly one network at a time, and nobody is twice in the same part of one: the database holds
 * both, with the days that memberships last, the last of them included.
 */
#ifndef LOFT_DOMAIN_GRANTS_NETWORK_H
#define LOFT_DOMAIN_GRANTS_NETWORK_H

#include "domain/base/error.h"
#include "domain/base/shape.h"

extern const char *const network_member_roles[]; /* NULL-terminated */

struct network_create {
    struct text forum_id;
    struct text code; /* KN01 */
    struct text name;
    struct text organisation_id; /* receives the network's money */
    struct text host_organisation_id;
    struct text coordinator_person_id;
    struct text active_from_on;
    struct text active_to_on;
};

struct network_update { /* merge patch */
    struct text id;
    struct text name;
    struct text host_organisation_id;
    struct text coordinator_person_id;
    struct text active_from_on;
    struct text active_to_on;
};

struct network {
    struct text id;
    struct text active_from_on;
    struct text active_to_on;
    int64_t version;
};
extern const struct shape shape_network;

/* Faults "organisation_unfit" at /organisation_id unless that is a competence_network,
 * "ends_before_it_begins" at /active_to_on. `org_type` is ABSENT for an organisation that nobody
 * knows; the database says so. */
enum outcome network_check_create(const struct network_create *in, struct text org_type,
                                  struct error *error);

/* "ends_before_it_begins", of the days as they would be. */
enum outcome network_check_update(const struct network *network, const struct network_update *in,
                                  struct error *error);

/* ---- members --------------------------------------------------------------------------------- */

struct network_member_create {
    struct text network_id;
    struct text organisation_id;
    struct text role;
    struct text from_on; /* default today */
    struct text to_on;
};

struct network_member_end {
    struct text id;
    struct text to_on; /* the last day; default today */
    struct text reason;
};

struct network_member {
    struct text id;
    struct text from_on;
    struct text today_on;
    int64_t version;
};
extern const struct shape shape_network_member;

/* Faults "organisation_unfit" at /organisation_id when an organisation of that type does not have that
 * part (a municipality is no ppt), "ends_before_it_begins" at /to_on. */
enum outcome network_member_check_create(const struct network_member_create *in,
                                         struct text org_type, struct text today_on,
                                         struct error *error);

/* Ended once more, the day is corrected. Fault "ends_before_it_begins" at /to_on. */
enum outcome network_member_check_end(const struct network_member *member,
                                      const struct network_member_end *in, struct error *error);

#endif
