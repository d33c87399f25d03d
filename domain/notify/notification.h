/* Notifications as their addressee has them: unread, then read. */
#ifndef LOFT_DOMAIN_NOTIFY_NOTIFICATION_H
#define LOFT_DOMAIN_NOTIFY_NOTIFICATION_H

#include "domain/base/shape.h"
#include "domain/base/transition.h"

/* NULL-terminated. How far an e-mail is: off where the service sends none, obsolete when it was not
 * true any more before it could be sent. */
extern const char *const delivery_states[];
extern const char *const languages[]; /* that people are written to in */

/* Action read. */
extern const struct machine notification_machine;

struct notification_action {
    struct text id;
};

struct notification {
    struct text id;
    struct text state;
    int64_t version;
};
extern const struct shape shape_notification;

#endif
