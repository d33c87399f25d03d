/*
 * Who sits in the forum (samarbeidsforum), and who of them votes. domain.md §5.2, KL-R10, KL-R16.
 *
 * Secretariat and observers have no vote; nor has anybody of the county governor's organisation
 * (KL-R10), because the governor decides what the forum recommends. The database holds the latter as
 * well, and that nobody with the governor's role in this service votes (KL-R16). A person has one seat
 * at a time.
 */
#ifndef LOFT_DOMAIN_GRANTS_FORUM_H
#define LOFT_DOMAIN_GRANTS_FORUM_H

#include "domain/base/error.h"
#include "domain/base/shape.h"

#define SEAT_SECRETARIAT "secretariat"
#define SEAT_OBSERVER "observer"
extern const char *const forum_seats[]; /* NULL-terminated */

struct forum_member_create {
    struct text forum_id;
    struct text person_full_name; /* found or made by e-mail */
    struct text person_email;
    struct text person_phone;
    struct text organisation_id; /* whom the member speaks for */
    struct text seat;
    struct boolean may_vote; /* default: unless the seat or the organisation has no vote */
    struct text from_on;     /* default today */
    struct text to_on;
};

struct forum_member_update { /* merge patch */
    struct text id;
    struct text seat;
    struct boolean may_vote;
};

struct forum_member_end {
    struct text id;
    struct text to_on; /* the last day; default today */
    struct text reason;
};

struct forum_member {
    struct text id;
    struct text seat;
    bool may_vote;
    struct text org_type; /* of whom the member speaks for */
    struct text from_on;
    struct text today_on;
    int64_t version;
};
extern const struct shape shape_forum_member;

/* A person as found or made. */
struct forum_person {
    struct text full_name;
    struct text email;
    struct text phone;
};
extern const struct shape shape_forum_person;

/*
 * What becomes of a seat's vote. In this order:
 *   INVALID    faults "name_required" at /person/full_name, "email_invalid" at /person/email,
 *              "ends_before_it_begins" at /to_on
 *   INVALID    "seat_without_vote" (KL-R10): secretariat and observers
 *   FORBIDDEN  "governor_without_vote" (KL-R10): separation of duties
 * `org_type` is ABSENT for an organisation that is not there; the database says so.
 */
enum outcome forum_member_check_create(const struct forum_member_create *in, struct text org_type,
                                       struct text today_on, struct error *error,
                                       struct forum_person *ret_person, bool *ret_may_vote);

/* Of the seat as it would be; refuses as above. */
enum outcome forum_member_check_update(const struct forum_member *member,
                                       const struct forum_member_update *in, struct error *error);

/* Ended once more, the day is corrected. Fault "ends_before_it_begins" at /to_on. */
enum outcome forum_member_check_end(const struct forum_member *member,
                                    const struct forum_member_end *in, struct error *error);

#endif
