/* Puts one notification into words, in the language of its addressee. Also where no mail is sent: then
 * it is read in the service alone. */
#ifndef LOFT_API_WORK_NOTIFICATION_COMPOSE_H
#define LOFT_API_WORK_NOTIFICATION_COMPOSE_H

#include "api/call.h"

enum outcome notification_compose_item(struct call *call, bool *ret_found);

#endif
