#include "domain/smart/refund.h"

const char *const buyer_types[] = {BUYER_CONSUMER, BUYER_ORGANISATION, NULL};

SHAPE(shape_cancellation_rule, struct cancellation_rule,
      FIELD(struct cancellation_rule, days_before), FIELD(struct cancellation_rule, refund_bp));

static bool may_withdraw(const struct refund_case *c)
{
    return c->consumer && c->withdrawal_right_days > 0 &&
           c->days_since_registration <= c->withdrawal_right_days;
}

int64_t refund_amount(const struct refund_case *c, const struct cancellation_rule *rules,
                      size_t rule_count)
{
    int64_t best_bp = may_withdraw(c) ? REFUND_BP_WHOLE : 0;
    for (size_t i = 0; i < rule_count; i++) {
        if (rules[i].days_before <= c->days_before_start && rules[i].refund_bp > best_bp) {
            best_bp = rules[i].refund_bp;
        }
    }
    return c->price_nok * best_bp / REFUND_BP_WHOLE;
}
