#include "api/work/housekeeping.h"

#include "storage/statements.h"

enum outcome housekeeping_item(struct call *call, bool *ret_found)
{
    int64_t purged = 0;
    enum outcome outcome = tx_execute(call->tx, &sql_idempotency_purge, NO_SOURCES, &purged);
    *ret_found = purged > 0;
    return outcome;
}
