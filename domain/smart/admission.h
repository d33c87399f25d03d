/*
 * Asking for seats on a course: what a registration, which asks for one, and a group booking, which
 * asks for several, have in common. domain.md §4.3, §4.4.
 *
 * All or nothing: confirmed at once when every seat is free and nobody waits (SM-R02), else a place
 * in line.
 */
#ifndef LOFT_DOMAIN_SMART_ADMISSION_H
#define LOFT_DOMAIN_SMART_ADMISSION_H

#include "domain/smart/course.h"
#include "domain/smart/refund.h"
#include "domain/smart/ticket_type.h"

/* INVALID "quote_required" (SM-R09). */
enum outcome admission_check_pricing(const struct course *course, struct error *error);

/* Faults: "invoice_required" at /invoice, of an organisation that has something to pay, and
 * "org_number_invalid" at /invoice/org_number. */
void admission_check_invoice(struct text buyer_type, int64_t price_nok, bool invoice,
                             struct error *error);
void admission_check_org_number(struct text org_number, struct error *error);

/* CONFLICT: course_check_open's, "capacity_required" (SM-R04). */
enum outcome admission_check_open(const struct course *course, int64_t now, struct error *error);

/* CONFLICT "ticket_type_full" with {capacity} (SM-R01). */
enum outcome admission_check_ticket(const struct ticket_type *ticket, int64_t seats,
                                    struct error *error);

struct admission {
    bool waits;
    struct integer waitlist_seq; /* when it waits */
};

/* CONFLICT with {capacity} (SM-R01): "group_too_large", more seats than the course has; "course_full",
 * no seat and no place in line either. */
enum outcome admission_place(const struct course *course, int64_t seats, struct error *error,
                             struct admission *ret_admission);

#endif
