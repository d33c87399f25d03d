/* A transaction of background work: as principal `system`, by the real clock. */
#ifndef LOFT_API_WORK_TRANSACTION_H
#define LOFT_API_WORK_TRANSACTION_H

#include "api/call.h"
#include "api/service.h"

typedef enum outcome work_use(struct call *call, void *context);

/* Commits when `use` is DONE, else leaves nothing behind; a failure that is not only the database
 * being away is logged under `name`. What `use` gets from the arena outlives the transaction. */
enum outcome work_transaction(struct service *service, struct arena *arena, const char *name,
                              work_use *use, void *context);

#endif
