/*
 * Quote requests (forespørsler): the way to a course whose price is by agreement, such as the moral
 * reasoning course of two hours or a series for one employer. domain.md §4.2, SM-R09.
 *
 *   received, quoted quote    -> quoted      a price; a new one replaces it, also when it has run out
 *   quoted           accept   -> accepted    until valid_until_on; makes the draft of a course
 *   received, quoted decline  -> declined
 *   received, quoted withdraw -> withdrawn
 *   accepted         complete -> completed   when that course is over
 *
 * Anybody may ask, with or without an account; who has none hears from the centre and is answered for
 * by smart_admin.
 */
#ifndef LOFT_DOMAIN_SMART_QUOTE_REQUEST_H
#define LOFT_DOMAIN_SMART_QUOTE_REQUEST_H

#include "domain/base/error.h"
#include "domain/base/shape.h"
#include "domain/base/transition.h"

#define QUOTE_RECEIVED "received"
#define QUOTE_QUOTED "quoted"
#define QUOTE_ACCEPTED "accepted"
#define QUOTE_DECLINED "declined"
#define QUOTE_COMPLETED "completed"
#define QUOTE_WITHDRAWN "withdrawn"
extern const char *const quote_request_states[]; /* NULL-terminated */

/* Actions quote, accept, decline, withdraw, complete. */
extern const struct machine quote_request_machine;

struct quote_request_create {
    struct text course_type; /* of pricing model quote */
    struct text organisation_name;
    struct text org_number;
    struct text contact_full_name;
    struct text contact_email;
    struct text contact_phone;
    struct text desired_from_on;
    struct text desired_to_on;
    struct integer participants_estimate;
    struct text location;
    struct text needs_text;
    struct integer requested_minutes;
};

struct quote_request_quote {
    struct text id;
    struct integer price_nok; /* for the whole course, not for each participant */
    struct integer minutes;   /* not given: as requested, or else as the course type has it */
    struct text valid_until_on;
    struct text reason;
};

struct quote_request_action {
    struct text id;
    struct text reason;
};

/* As decisions see it, locked. today_on is the local day (Europe/Oslo) of the business clock. */
struct quote_request {
    struct text id;
    struct text state;
    struct integer requested_minutes;
    struct integer default_minutes; /* of the course type */
    struct integer quoted_price_nok;
    struct text valid_until_on;
    struct text course_state; /* of the course that came of it */
    struct text today_on;
    int64_t version;
};
extern const struct shape shape_quote_request;

/* What an action leads to, as it is stored; what is not given stays as it is. */
struct quote_request_change {
    struct text state;
    struct integer quoted_price_nok;
    struct integer quoted_minutes;
    struct text valid_until_on;
    struct text resulting_course_id;
};
extern const struct shape shape_quote_request_change;

/* `pricing_model`: of the course type, not given when there is none of that code. INVALID:
 * "quote_not_needed" with a fault at /course_type; else faults "unknown_reference" at /course_type,
 * "name_required" and "email_invalid" below /contact, "org_number_invalid" at /org_number,
 * "period_reversed" at /desired_to_on. */
enum outcome quote_request_check_create(const struct quote_request_create *in,
                                        struct text pricing_model, struct error *error);

/* CONFLICT invalid_transition. INVALID: faults "valid_until_past" at /valid_until_on and "required"
 * at /minutes when nobody has said how long. */
enum outcome quote_request_quote(const struct quote_request *request,
                                 const struct quote_request_quote *in, struct error *error,
                                 struct quote_request_change *ret_change);

/* CONFLICT invalid_transition, "quote_expired" with {valid_until_on} (SM-R09). */
enum outcome quote_request_accept(const struct quote_request *request, struct error *error,
                                  struct quote_request_change *ret_change);

/* CONFLICT invalid_transition. */
enum outcome quote_request_decline(const struct quote_request *request, struct error *error,
                                   struct quote_request_change *ret_change);
enum outcome quote_request_withdraw(const struct quote_request *request, struct error *error,
                                    struct quote_request_change *ret_change);

/* CONFLICT invalid_transition, "quote_course_ahead" while the course is not over. */
enum outcome quote_request_complete(const struct quote_request *request, struct error *error,
                                    struct quote_request_change *ret_change);

#endif
