#include "api/work/offer_expiry.h"

#include "api/smart/seat.h"
#include "storage/statements.h"

enum outcome offer_expiry_item(struct call *call, bool *ret_found)
{
    struct rows *rows = NULL;
    struct course course = {0};
    int64_t changed = 0;
    enum outcome outcome = tx_query(call->tx, &sql_offers_overdue, NO_SOURCES, &rows);
    if (outcome != DONE || rows_count(rows) == 0)
        return outcome;
    outcome = seat_lock_course(call, rows_text(rows, 0, "course_id", call->arena), &course);
    if (outcome == DONE)
        outcome = seat_settle(call, &course, &changed);
    *ret_found = changed > 0;
    return outcome;
}
