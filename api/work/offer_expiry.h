/* Offers that ran out: the seat goes to the next in line. One course for each item of work. */
#ifndef LOFT_API_WORK_OFFER_EXPIRY_H
#define LOFT_API_WORK_OFFER_EXPIRY_H

#include "api/call.h"

enum outcome offer_expiry_item(struct call *call, bool *ret_found);

#endif
