#include "domain/notify/notification.h"

#include "api/call.h"
#include "operations.h"
#include "storage/statements.h"

enum outcome read_notification(struct call *call, const struct notification_action *in)
{
    struct notification notification = {0};
    struct stored_row now = {0};
    const struct transition *transition = NULL;
    enum outcome outcome = tx_load(call->tx, &sql_notification_lock,
                                   SOURCES({&shape_notification_action, in}), &shape_notification,
                                   &notification);
    if (outcome == DONE)
        outcome = call_expect_version(call, notification.version);
    if (outcome == DONE)
        outcome = machine_apply(&notification_machine, notification.state.s, "read", call->error,
                                &transition);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_notification_mark_read,
                          SOURCES({&shape_notification_action, in}), &stored_row_shape, &now);
    if (outcome == DONE)
        outcome = call_record(call, &(struct event){.resource = "notification",
                                                    .id = in->id.s,
                                                    .version = now.version,
                                                    .from = transition->from,
                                                    .to = transition->to});
    return outcome == DONE ? call_answer_item(call, &sql_notification_get, in->id.s) : outcome;
}
