/*
 * Group bookings (gruppebestillinger): one organisation takes several seats of a course at once and
 * names the people later. domain.md §0.1, SM-R01, SM-R02, SM-R03, SM-R08, SM-R10, SM-R15.
 *
 *   book                -> confirmed    every seat is free and nobody waits
 *                       -> waitlisted   otherwise, as one entry of its size
 *   waitlisted promote  -> offered      by the service, when enough seats are free at its turn
 *   waitlisted skip, unskip -> waitlisted   lets those behind it pass, or no longer
 *   waitlisted move     -> waitlisted   to another place in line
 *   offered    accept   -> confirmed    before it expires
 *   offered    expire   -> expired      by the service
 *   waitlisted, offered withdraw -> withdrawn
 *   confirmed  release  -> confirmed    seats without a name are given up
 *   confirmed  cancel   -> cancelled    before the first session, with its registrations; refund.h
 *   waitlisted, offered  course_start -> expired     with the course
 *   waitlisted, offered, confirmed  course_cancel -> cancelled
 *   confirmed  course_complete -> completed
 *
 * A seat of a confirmed booking is held until a name comes, up to and including names_due_on; from
 * then on it is a registration like any other, at the price of the booking. `seats` is what the
 * booking stands for now: `named` ones and held ones. A named seat that is cancelled leaves it.
 */
#ifndef LOFT_DOMAIN_SMART_GROUP_BOOKING_H
#define LOFT_DOMAIN_SMART_GROUP_BOOKING_H

#include "domain/smart/registration.h"

#define GROUP_CONFIRMED "confirmed"
#define GROUP_WAITLISTED "waitlisted"
#define GROUP_OFFERED "offered"
#define GROUP_EXPIRED "expired"
#define GROUP_WITHDRAWN "withdrawn"
#define GROUP_CANCELLED "cancelled"
#define GROUP_COMPLETED "completed"
extern const char *const group_booking_states[]; /* NULL-terminated */

/* Seats of one booking, and so lines of a file of names. */
enum { GROUP_SEATS_MAX = 500 };

extern const struct machine group_booking_machine;

struct group_booking_create {
    struct text course_id;
    struct text ticket_type_id; /* may be left out when the course has exactly one */
    struct text organisation_id;
    struct integer seats; /* 1 .. GROUP_SEATS_MAX */
    struct text contact_full_name;
    struct text contact_email;
    struct text contact_phone;
    struct text names_due_on; /* the last day for names */
    struct boolean invoice;
    struct text invoice_recipient;
    struct text invoice_org_number;
    struct text invoice_address;
    struct text invoice_reference;
    struct text invoice_email;
};

struct group_booking_update { /* merge patch */
    struct text id;
    struct integer seats; /* fewer than before: the others are given up */
    struct text names_due_on;
    struct boolean contact;
    struct text contact_full_name;
    struct text contact_email;
    struct text contact_phone;
    struct boolean invoice;
    struct text invoice_recipient;
    struct text invoice_org_number;
    struct text invoice_address;
    struct text invoice_reference;
    struct text invoice_email;
};

/* Input of every action but move. */
struct group_booking_action {
    struct text id;
    struct text reason; /* demanded of skip, unskip and release */
};

/* Names for seats, as the bytes of a CSV file. */
struct group_booking_names {
    struct text id;
    struct bytes body;
    struct text content_type;
};

/* As decisions see it: locked, after its course. */
struct group_booking {
    struct text id;
    struct text course_id;
    struct text ticket_type_id;
    struct text organisation_id;
    struct text organisation_name;
    struct text state;
    struct integer offer_expires_at;
    int64_t seats;
    int64_t named;
    bool skipped;
    int64_t price_nok; /* of each seat */
    struct text names_due_on;
    bool invoice; /* a recipient is stored */
    struct text invoice_recipient;
    struct text invoice_org_number;
    struct text invoice_address;
    struct text invoice_reference;
    struct text invoice_email;
    int64_t version;
};
extern const struct shape shape_group_booking;

/* What booking leads to; stored together with the input. */
struct group_booking_decision {
    struct text state;
    struct text ticket_type_id;
    struct integer waitlist_seq;
    int64_t price_nok;
};
extern const struct shape shape_group_booking_decision;

/*
 * Confirmed, waitlisted or refused:
 *   INVALID   quote_required (SM-R09); then at once ticket_type_required and ticket_type_unknown at
 *             /ticket_type_id, employer_not_eligible at /organisation_id (SM-R10), invoice_required
 *             and org_number_invalid, name_required and email_invalid at /contact/...,
 *             names_due_passed at /names_due_on
 *   CONFLICT  the window as for a registration, capacity_required, names_due_after_start with
 *             {starts_on}, ticket_type_full, group_too_large, course_full
 */
enum outcome group_booking_decide(const struct group_booking_create *in,
                                  const struct registration_context *context, struct error *error,
                                  struct group_booking_decision *ret_decision);

/* What an action leads to, as it is stored. */
struct group_booking_outcome {
    struct text state;
    int64_t seats;
    bool skipped;
};
extern const struct shape shape_group_booking_outcome;

/* The actions without rules of their own: withdraw, and by the service course_start, course_cancel
 * and course_complete. CONFLICT: invalid_transition. */
enum outcome group_booking_act(const struct group_booking *booking, const char *action, int64_t now,
                               struct error *error, struct group_booking_outcome *ret_outcome);

/* CONFLICT: invalid_transition, "offer_expired". */
enum outcome group_booking_accept(const struct group_booking *booking, int64_t now,
                                  struct error *error, struct group_booking_outcome *ret_outcome);

/* CONFLICT: invalid_transition, "course_started" (SM-R13). What becomes of its registrations says
 * registration_cancel. */
enum outcome group_booking_cancel(const struct group_booking *booking, const struct course *course,
                                  int64_t now, struct error *error,
                                  struct group_booking_outcome *ret_outcome);

/* The seats that have no name go to those who wait. CONFLICT: invalid_transition,
 * "nothing_to_release". */
enum outcome group_booking_release(const struct group_booking *booking, int64_t now,
                                   struct error *error, struct group_booking_outcome *ret_outcome);

/* CONFLICT: invalid_transition, "draw_pending", "already_skipped" or "not_skipped". */
enum outcome group_booking_skip(const struct group_booking *booking, const struct course *course,
                                bool skip, int64_t now, struct error *error,
                                struct group_booking_outcome *ret_outcome);

/* CONFLICT: invalid_transition, "draw_pending". */
enum outcome group_booking_check_move(const struct group_booking *booking,
                                      const struct course *course, int64_t now,
                                      struct error *error);

/*
 * A change of contact, invoice, deadline and size. `may_extend`: may move the day by which names are
 * due. INVALID: "seats_never_grow" at /seats with {seats}, and the faults of booking. FORBIDDEN: the
 * day, without the right. CONFLICT: "booking_over" (it takes no more changes), "seats_named" with
 * {named} (fewer seats than have names), names_due_after_start.
 */
enum outcome group_booking_check_update(const struct group_booking_update *in,
                                        const struct group_booking *booking,
                                        const struct course *course, bool may_extend, int64_t now,
                                        struct error *error);

/* ---- names ----------------------------------------------------------------------------------- */

/* A line of the file; what is empty is not given. */
struct group_name {
    int64_t line; /* of the file, from 1 */
    struct text full_name;
    struct text email;
    struct text phone;
    struct text profession_code;
    struct text profession_other;
    struct text municipality_no;
    struct text dietary_note;
    struct text_map item_choices;
};

/* What the registers know of the codes and addresses in a file. */
struct group_names_known {
    const struct text *professions;
    size_t profession_count;
    const struct text *municipalities;
    size_t municipality_count;
    const struct text *registered; /* addresses that have an active registration, normalised */
    size_t registered_count;
};

/*
 * Whether all of these names can be given to seats of the booking; all or none. `may_name_late`: the
 * day does not bind the caller. Faults stand at /<line>/<column>:
 *   INVALID   name_required, email_invalid, required, too_long, profession_other_required,
 *             municipality_no_invalid, unknown_reference, duplicate_email, choice_required and
 *             choice_unknown at /<line>/item:<code> (SM-R08); "names_required" when there are none;
 *             employer_not_eligible (SM-R10)
 *   CONFLICT  "booking_not_confirmed" with {state}, "deadline_passed" with {due_on},
 *             "already_registered" (SM-R03) with a fault for each, "too_many_names" with {unnamed}
 */
enum outcome group_booking_check_names(const struct group_booking *booking,
                                       const struct registration_context *context,
                                       const struct group_name *names, size_t count,
                                       const struct group_names_known *known, bool may_name_late,
                                       struct error *error);

#endif
