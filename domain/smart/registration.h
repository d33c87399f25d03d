/*
 * Registrations (påmeldinger): one person, one seat or place in line, on one course.
 * domain.md §0.1, §4.2 to §4.4.
 *
 *   register            -> confirmed    a seat is free and nobody waits
 *                       -> waitlisted   otherwise; place in line = last_queue_no + 1
 *   waitlisted promote  -> offered      by the service, strictly first come first served
 *   offered    accept   -> confirmed    before it expires
 *   offered    expire   -> expired      by the service
 *   waitlisted, offered withdraw -> withdrawn
 *   confirmed  cancel   -> cancelled    before the first session; refund.h
 *   confirmed  transfer -> confirmed    another person, same seat and price, likewise
 *   waitlisted move     -> waitlisted   to another place, by smart_admin with a reason
 *   waitlisted, offered  course_start -> expired     when the course is said to have begun
 *   waitlisted, offered, confirmed  course_cancel -> cancelled   with the course, all refunded
 *   confirmed  course_complete -> completed   with the course
 *              course_miss -> no_show         the same for who never came; attendance.h
 *   completed, no_show  course_miss, course_complete   when attendance is corrected afterwards
 *   confirmed  take_back -> cancelled   a festival seat, with the one that it came with (SM-R07)
 *   waitlisted, offered, confirmed  exchange -> cancelled   for a trainer ticket, all refunded
 *
 * Active (counted by SM-R03): waitlisted, offered, confirmed, completed, no_show.
 *
 * Price and what the registrant wrote about the participant are frozen on the row (SM-R15; api.md,
 * "People"): no answer tells what was known of a person before.
 */
#ifndef LOFT_DOMAIN_SMART_REGISTRATION_H
#define LOFT_DOMAIN_SMART_REGISTRATION_H

#include "domain/smart/course.h"
#include "domain/smart/course_item.h"
#include "domain/smart/payment.h"
#include "domain/smart/refund.h"
#include "domain/smart/ticket_type.h"

#define REGISTRATION_CONFIRMED "confirmed"
#define REGISTRATION_WAITLISTED "waitlisted"
#define REGISTRATION_OFFERED "offered"
#define REGISTRATION_EXPIRED "expired"
#define REGISTRATION_WITHDRAWN "withdrawn"
#define REGISTRATION_CANCELLED "cancelled"
#define REGISTRATION_COMPLETED "completed"
#define REGISTRATION_NO_SHOW "no_show"
extern const char *const registration_states[]; /* NULL-terminated, as are the other lists */

/* Actions accept, withdraw, move, cancel, transfer; by the service promote, expire, course_start,
 * course_cancel, course_complete, course_miss, take_back, exchange. */
extern const struct machine registration_machine;

/* The profession (yrke) that must be explained in profession_other. */
#define PROFESSION_OTHER "annet"

/* Members of a nested object carry its name; the boolean says that the object was given. */
struct registration_create {
    struct text course_id;
    struct text ticket_type_id; /* may be left out when the course has exactly one */
    struct text person_id;      /* exactly one of person_id and person */
    struct boolean person;
    struct text person_full_name;
    struct text person_email;
    struct text person_phone;
    struct text profession_code;
    struct text profession_other;
    struct text employer_organisation_id;
    struct text employer_name;
    struct text municipality_no;
    struct text buyer_type;
    struct boolean invoice; /* demanded of an organisation that has something to pay */
    struct text invoice_recipient;
    struct text invoice_org_number;
    struct text invoice_address;
    struct text invoice_reference;
    struct text invoice_email;
    struct text dietary_note;
    struct text_map item_choices; /* item code -> option code */
};

/* What is not said is not inherited but empties (employer, municipality, dietary note: they
 * belonged to the former participant), except item_choices, which go with the seat. */
struct registration_transfer {
    struct text id;
    struct text person_id; /* exactly one of person_id and person */
    struct boolean person;
    struct text person_full_name;
    struct text person_email;
    struct text person_phone;
    struct text profession_code;
    struct text profession_other;
    struct text employer_organisation_id;
    struct text employer_name;
    struct text municipality_no;
    struct text dietary_note;
    struct text_map item_choices;
    struct text reason;
};

struct registration_update { /* merge patch, by smart_admin: corrections that move no seat */
    struct text id;
    struct text profession_code;
    struct text profession_other;
    struct text employer_organisation_id;
    struct text employer_name;
    struct text municipality_no;
    struct boolean invoice;
    struct text invoice_recipient;
    struct text invoice_org_number;
    struct text invoice_address;
    struct text invoice_reference;
    struct text invoice_email;
    struct text dietary_note;
    struct text_map item_choices;
};

/* Input of accept, withdraw and cancel. */
struct registration_action {
    struct text id;
    struct text reason; /* kept in the event log; at most 500 code points */
};

/* A registration as decisions see it: locked, after its course. `registered_on` is the local day
 * (Europe/Oslo) of registered_at. `state` may be the stored one or already read as expired. */
struct registration {
    struct text id;
    struct text course_id;
    struct text ticket_type_id;
    struct text person_id;
    struct text state;
    struct integer waitlist_seq;
    struct integer offer_expires_at;
    int64_t price_nok;
    struct text buyer_type;
    struct text payment_state;
    struct text registered_on;
    struct text profession_code;
    struct text profession_other;
    struct text employer_organisation_id;
    struct text group_booking_id; /* of the party; its employer is that of the party */
    bool invoice;                 /* a recipient is stored */
    int64_t version;
};
extern const struct shape shape_registration;

/* Everything that a decision about a seat looks at; loaded, never fetched. */
struct registration_context {
    int64_t now; /* business clock */
    const struct course *course;
    const struct ticket_type *ticket_types; /* all of the course */
    size_t ticket_type_count;
    const struct course_choice *menu; /* what there is to choose from */
    size_t menu_count;
    /* The person has an active registration on this course. The unique constraint decides in the
     * end and gives the same answer; false when the person is new. */
    bool already_registered;
};

/* What registering leads to; stored together with the input. */
struct registration_decision {
    struct text state;           /* confirmed or waitlisted */
    struct text ticket_type_id;  /* the one named, or the only one */
    struct integer waitlist_seq; /* when waitlisted */
    int64_t price_nok;           /* frozen, SM-R15 */
    struct text payment_state;
    struct text group_booking_id; /* when a seat of a party is named */
};
extern const struct shape shape_registration_decision;

/*
 * Faults of the body alone, before anything is loaded: "person_required" at /person and
 * "person_ambiguous" at /person_id, "name_required" at /person/full_name, "email_invalid" at
 * /person/email, "profession_other_required" at /profession_other, "org_number_invalid" at
 * /invoice/org_number, "municipality_no_invalid" at /municipality_no.
 */
enum outcome registration_check_create(const struct registration_create *in, struct error *error);

/*
 * Confirmed, waitlisted or refused. In this order, the first refusal being the problem's code:
 *   INVALID   quote_required (SM-R09); then all of the body's faults at once: those above,
 *             ticket_type_required, ticket_type_unknown and ticket_follows_course (SM-R07)
 *             at /ticket_type_id, employer_required and
 *             employer_not_eligible (SM-R10), choice_required and choice_unknown (SM-R08),
 *             invoice_required at /invoice
 *   CONFLICT  course_not_published, course_cancelled, registration_not_open_yet,
 *             registration_closed, course_started (course_check_open), capacity_required (SM-R04),
 *             already_registered (SM-R03), ticket_type_full (SM-R01), course_full (SM-R01, courses
 *             without a waiting list)
 */
enum outcome registration_decide(const struct registration_create *in,
                                 const struct registration_context *context, struct error *error,
                                 struct registration_decision *ret_decision);

/* What accept, withdraw and cancel lead to, as it is stored. */
struct registration_outcome {
    struct text state;
    struct text payment_state;
    struct integer refund_nok; /* when cancelled */
};
extern const struct shape shape_registration_outcome;

/* CONFLICT: invalid_transition, "offer_expired" (with from, action and what remains allowed). */
enum outcome registration_accept(const struct registration *registration, int64_t now,
                                 struct error *error, struct registration_outcome *ret_outcome);
enum outcome registration_withdraw(const struct registration *registration, int64_t now,
                                   struct error *error, struct registration_outcome *ret_outcome);

/* CONFLICT: invalid_transition, "draw_pending" (a place in a line that is still to be drawn). */
enum outcome registration_check_move(const struct registration *registration,
                                     const struct course *course, int64_t now, struct error *error);

/* CONFLICT: invalid_transition, "course_started". `rules`: of the course's cancellation policy. */
enum outcome registration_cancel(const struct registration *registration,
                                 const struct course *course, int64_t now,
                                 const struct cancellation_rule *rules, size_t rule_count,
                                 struct error *error, struct registration_outcome *ret_outcome);

/* For each registration that is active when its course is cancelled: a confirmed one gets all of
 * its price back. */
enum outcome registration_course_cancel(const struct registration *registration, int64_t now,
                                        struct error *error,
                                        struct registration_outcome *ret_outcome);

/* A seat at the festival that ends because of the trainer programme, by `action` exchange or take_back
 * (SM-R07): whoever had one gets all of its price back. */
enum outcome registration_end_seat(const struct registration *registration, const char *action,
                                   int64_t now, struct error *error,
                                   struct registration_outcome *ret_outcome);

/* For each that waits or has an offer when its course begins: the line is closed. */
enum outcome registration_course_start(const struct registration *registration, int64_t now,
                                       struct error *error,
                                       struct registration_outcome *ret_outcome);

/* For each confirmed registration when its course is completed, and for those of a completed course
 * when attendance changes: completed, or no_show for who missed all of it. */
enum outcome registration_course_complete(const struct registration *registration, bool missed,
                                          int64_t now, struct error *error,
                                          struct registration_outcome *ret_outcome);

/*
 * Another person in the same seat at the same price; in a party's seat for the same employer. INVALID: the body's faults as above and
 * SM-R10, SM-R08 for the new person; CONFLICT: invalid_transition, course_started,
 * already_registered (SM-R03, the present participant included). The context's already_registered
 * is about the new person.
 */
enum outcome registration_check_transfer(const struct registration_transfer *in,
                                         const struct registration *registration,
                                         const struct registration_context *context,
                                         struct error *error);

/* A correction: the same body rules for what the patch leads to, and "required" at
 * /invoice/recipient when an invoice would have none. The price never changes. */
enum outcome registration_check_update(const struct registration_update *in,
                                       const struct registration *registration,
                                       const struct registration_context *context,
                                       struct error *error);

#endif
