#include "api/work/reminder.h"

#include "storage/statements.h"

static enum outcome remind(struct call *call, const struct statement *statement, bool *ret_found)
{
    struct rows *rows = NULL;
    enum outcome outcome = tx_query(call->tx, statement, NO_SOURCES, &rows);
    *ret_found = outcome == DONE && rows_int(rows, 0, "written") > 0;
    return outcome;
}

enum outcome offer_reminder_item(struct call *call, bool *ret_found)
{
    return remind(call, &sql_notification_remind_of_offers, ret_found);
}

enum outcome gathering_reminder_item(struct call *call, bool *ret_found)
{
    return remind(call, &sql_notification_remind_of_gatherings, ret_found);
}

enum outcome obligation_reminder_item(struct call *call, bool *ret_found)
{
    return remind(call, &sql_notification_remind_of_obligations, ret_found);
}
