#include "api/work/transaction.h"

#include "api/now.h"
#include "domain/base/clock.h"
#include "domain/base/log.h"

enum outcome work_transaction(struct service *service, struct arena *arena, const char *name,
                              work_use *use, void *context)
{
    struct error error;
    error_init(&error, arena);
    struct call call = {
        .arena = arena,
        .error = &error,
        .principal = &principal_system,
        .service = service,
        .now = now_real(), /* the sandbox date never reaches background work */
        .request_id = "work",
    };
    call.now_text = instant_format(arena, call.now);
    const struct tx_context tx_context = {
        .principal = call.principal, .now = call.now_text, .request_id = call.request_id};
    enum outcome outcome = tx_begin(service->storage, &tx_context, arena, &error, &call.tx);
    if (outcome == DONE)
        outcome = use(&call, context);
    if (outcome == DONE)
        outcome = tx_commit(call.tx);
    tx_end(call.tx);
    if (outcome != DONE && outcome != UNAVAILABLE)
        log_write(LOG_ERRORS, "work_failed", "%s: %s", name, error.code);
    return outcome;
}
