/* Reminders of offers that end soon and of gatherings that are near, up to 200 at a time. The database
 * knows who has been reminded already, so any number of processes may ask. */
#ifndef LOFT_API_WORK_REMINDER_H
#define LOFT_API_WORK_REMINDER_H

#include "api/call.h"

enum outcome offer_reminder_item(struct call *call, bool *ret_found);
enum outcome gathering_reminder_item(struct call *call, bool *ret_found);
enum outcome obligation_reminder_item(struct call *call, bool *ret_found);

#endif
