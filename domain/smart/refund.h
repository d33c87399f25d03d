/*
 * What a cancelled seat gives back (SM-R13, SM-R14, domain.md §7 vector 10). Whole kroner, rounded
 * down. The numbers are rows of the course's cancellation policy, never constants:
 *
 *   cancellation policy row (days_before, refund_bp): cancelled at least so many calendar days
 *   before the first session, this share is refunded. The best row that is met counts, so more
 *   notice never gives less. No row met: nothing.
 *
 * A consumer (buyer_type consumer) has a right of withdrawal (angrerett) until the course starts:
 * everything back within withdrawal_right_days calendar days of registering, that day being day 0;
 * 0 switches it off. Whether the law exempts dated courses is not settled (SM-R14), hence a column.
 */
#ifndef LOFT_DOMAIN_SMART_REFUND_H
#define LOFT_DOMAIN_SMART_REFUND_H

#include "domain/base/shape.h"

enum { REFUND_BP_WHOLE = 10000 };

#define BUYER_CONSUMER "consumer"
#define BUYER_ORGANISATION "organisation"
extern const char *const buyer_types[]; /* NULL-terminated */

struct cancellation_rule {
    int64_t days_before; /* 0 .. 3650 */
    int64_t refund_bp;   /* 0 .. 10000 */
};
extern const struct shape shape_cancellation_rule;

struct refund_case {
    int64_t price_nok; /* frozen on the registration, >= 0 */
    bool consumer;
    int64_t days_before_start;       /* calendar days to the first session; 0 on that day */
    int64_t days_since_registration; /* calendar days, 0 on the day of registration */
    int64_t withdrawal_right_days;
};

/* 0 <= refund <= price_nok. The course has not started: cancelling afterwards is refused. */
int64_t refund_amount(const struct refund_case *c, const struct cancellation_rule *rules,
                      size_t rule_count);

#endif
