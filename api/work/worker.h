/*
 * Background work: a thread that calls use cases as principal `system`, and one that delivers mail
 * where that is on. Items are claimed with FOR UPDATE SKIP LOCKED, so any number of processes may do
 * it and each item is done once.
 */
#ifndef LOFT_API_WORK_WORKER_H
#define LOFT_API_WORK_WORKER_H

#include "api/service.h"

struct worker;

/* NULL when a thread cannot be made. */
struct worker *worker_start(struct service *service);
/* Ends after the item in hand. Accepts NULL. */
void worker_stop(struct worker *worker);

#endif
