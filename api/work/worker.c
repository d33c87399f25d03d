#include "api/work/worker.h"

#include "api/http/metrics.h"
#include "api/now.h"
#include "api/settings.h"
#include "api/work/housekeeping.h"
#include "api/work/offer_expiry.h"
#include "domain/base/clock.h"
#include "domain/base/log.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { ITEMS_A_ROUND = 200, WORK_ARENA_MAX = 16 * 1024 * 1024 };

/* One kind of work. `item` does one item in the call's transaction and says whether there was one. */
struct job {
    const char *metric;
    enum outcome (*item)(struct call *call, bool *ret_found);
};

static const struct job jobs[] = {
    {"offer_expiry", offer_expiry_item},
    {"housekeeping", housekeeping_item},
};

struct worker {
    struct service *service;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool stopping;
};

/* One item in one transaction; DONE with `ret_found` false when there is nothing to do. */
static enum outcome run_item(struct service *service, const struct job *job, bool *ret_found)
{
    struct arena *arena = arena_create(WORK_ARENA_MAX);
    if (!arena)
        return UNAVAILABLE;
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
    const struct tx_context context = {
        .principal = call.principal, .now = call.now_text, .request_id = call.request_id};
    enum outcome outcome = tx_begin(service->storage, &context, arena, &error, &call.tx);
    if (outcome == DONE)
        outcome = job->item(&call, ret_found);
    if (outcome == DONE)
        outcome = tx_commit(call.tx);
    tx_end(call.tx);
    if (outcome != DONE && outcome != UNAVAILABLE)
        log_write(LOG_ERRORS, "work_failed", "%s: %s", job->metric, error.code);
    arena_destroy(arena);
    return outcome;
}

static bool is_stopping(struct worker *worker)
{
    pthread_mutex_lock(&worker->mutex);
    bool stopping = worker->stopping;
    pthread_mutex_unlock(&worker->mutex);
    return stopping;
}

static void run_job(struct worker *worker, const struct job *job)
{
    int done = 0;
    bool found = true;
    while (found && done < ITEMS_A_ROUND && !is_stopping(worker)) {
        found = false;
        if (run_item(worker->service, job, &found) != DONE)
            break;
        done += found;
    }
    if (done)
        metrics_work(worker->service->metrics, job->metric, done);
}

static void sleep_until_next(struct worker *worker)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    int64_t ms = at.tv_sec * 1000 + at.tv_nsec / 1000000 +
                 worker->service->settings->work_interval_ms;
    at.tv_sec = (time_t)(ms / 1000);
    at.tv_nsec = (long)(ms % 1000) * 1000000;
    pthread_mutex_lock(&worker->mutex);
    while (!worker->stopping)
        if (pthread_cond_timedwait(&worker->wake, &worker->mutex, &at) != 0)
            break;
    pthread_mutex_unlock(&worker->mutex);
}

static void *work(void *context)
{
    struct worker *worker = context;
    while (!is_stopping(worker)) {
        for (size_t i = 0; i < sizeof jobs / sizeof jobs[0]; i++)
            run_job(worker, &jobs[i]);
        sleep_until_next(worker);
    }
    return NULL;
}

struct worker *worker_start(struct service *service)
{
    struct worker *worker = calloc(1, sizeof *worker);
    if (!worker)
        return NULL;
    worker->service = service;
    pthread_mutex_init(&worker->mutex, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&worker->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    if (pthread_create(&worker->thread, NULL, work, worker) != 0) {
        free(worker);
        return NULL;
    }
    return worker;
}

void worker_stop(struct worker *worker)
{
    if (!worker)
        return;
    pthread_mutex_lock(&worker->mutex);
    worker->stopping = true;
    pthread_cond_signal(&worker->wake);
    pthread_mutex_unlock(&worker->mutex);
    pthread_join(worker->thread, NULL);
    pthread_cond_destroy(&worker->wake);
    pthread_mutex_destroy(&worker->mutex);
    free(worker);
}
