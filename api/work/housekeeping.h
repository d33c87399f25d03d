/* Forgets stored answers of Idempotency-Key that are older than two days. */
#ifndef LOFT_API_WORK_HOUSEKEEPING_H
#define LOFT_API_WORK_HOUSEKEEPING_H

#include "api/call.h"

enum outcome housekeeping_item(struct call *call, bool *ret_found);

#endif
