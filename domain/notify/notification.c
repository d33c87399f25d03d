#include "domain/notify/notification.h"

const char *const delivery_states[] = {"waiting", "sending",  "sent", "failed",
                                       "off",     "obsolete", NULL};
const char *const languages[] = {"nb", "nn", "en", NULL};

static const struct transition transitions[] = {
    {.from = "unread", .action = "read", .to = "read", .permission = "notification.update"},
};

const struct machine notification_machine = MACHINE_OF(transitions);

SHAPE(shape_notification, struct notification, FIELD(struct notification, id),
      FIELD(struct notification, state), FIELD(struct notification, version));
