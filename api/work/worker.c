#include "api/work/worker.h"

#include "api/http/metrics.h"
#include "api/settings.h"
#include "api/work/housekeeping.h"
#include "api/work/mail.h"
#include "api/work/notification_compose.h"
#include "api/work/offer_expiry.h"
#include "api/work/reminder.h"
#include "api/work/transaction.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { ITEMS_A_ROUND = 200, WORK_ARENA_MAX = 16 * 1024 * 1024 };

/* One kind of work. `item` does one item in the call's transaction and says whether there was one. */
struct job {
    const char *metric;
    enum outcome (*item)(struct call *call, bool *ret_found);
    int every; /* so many rounds; for what need not be asked each second */
};

static const struct job jobs[] = {
    {"offer_expiry", offer_expiry_item, 1},
    {"notification_compose", notification_compose_item, 1},
    {"offer_reminder", offer_reminder_item, 30},
    {"gathering_reminder", gathering_reminder_item, 30},
    {"obligation_reminder", obligation_reminder_item, 30},
    {"housekeeping", housekeeping_item, 1},
};

/* A thread with work of its own, so that what waits in one holds up nothing in another. */
struct lane {
    struct worker *worker;
    void (*round)(struct worker *worker, int64_t number);
    pthread_t thread;
    bool started;
};

struct worker {
    struct service *service;
    struct mailer *mailer; /* NULL where no mail is sent */
    struct lane lanes[2];
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    atomic_bool stopping;
};

struct item {
    const struct job *job;
    bool *ret_found;
};

static enum outcome use_item(struct call *call, void *context)
{
    const struct item *item = context;
    return item->job->item(call, item->ret_found);
}

/* One item in one transaction; DONE with `ret_found` false when there is nothing to do. */
static enum outcome run_item(struct service *service, const struct job *job, bool *ret_found)
{
    struct item item = {job, ret_found};
    struct arena *arena = arena_create(WORK_ARENA_MAX);
    if (!arena)
        return UNAVAILABLE;
    enum outcome outcome = work_transaction(service, arena, job->metric, use_item, &item);
    arena_destroy(arena);
    return outcome;
}

static void run_job(struct worker *worker, const struct job *job)
{
    int done = 0;
    bool found = true;
    while (found && done < ITEMS_A_ROUND && !atomic_load(&worker->stopping)) {
        found = false;
        if (run_item(worker->service, job, &found) != DONE)
            break;
        done += found;
    }
    if (done)
        metrics_work(worker->service->metrics, job->metric, done);
}

static void run_jobs(struct worker *worker, int64_t number)
{
    for (size_t i = 0; i < sizeof jobs / sizeof jobs[0]; i++)
        if (number % jobs[i].every == 0)
            run_job(worker, &jobs[i]);
}

static void run_mail(struct worker *worker, int64_t number)
{
    (void)number;
    mailer_round(worker->mailer);
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
    while (!atomic_load(&worker->stopping))
        if (pthread_cond_timedwait(&worker->wake, &worker->mutex, &at) != 0)
            break;
    pthread_mutex_unlock(&worker->mutex);
}

static void *work(void *context)
{
    const struct lane *lane = context;
    for (int64_t number = 0; !atomic_load(&lane->worker->stopping); number++) {
        lane->round(lane->worker, number);
        sleep_until_next(lane->worker);
    }
    return NULL;
}

static bool start_lane(struct worker *worker, struct lane *lane,
                       void (*round)(struct worker *worker, int64_t number))
{
    lane->worker = worker;
    lane->round = round;
    lane->started = pthread_create(&lane->thread, NULL, work, lane) == 0;
    return lane->started;
}

static void prepare(struct worker *worker)
{
    pthread_condattr_t attributes;
    pthread_mutex_init(&worker->mutex, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&worker->wake, &attributes);
    pthread_condattr_destroy(&attributes);
}

struct worker *worker_start(struct service *service)
{
    struct worker *worker = calloc(1, sizeof *worker);
    bool mails = *service->settings->smtp_url != '\0', started = false;
    if (!worker)
        return NULL;
    worker->service = service;
    prepare(worker);
    if (mails)
        worker->mailer = mailer_create(service, &worker->stopping);
    if (!mails || worker->mailer)
        started = start_lane(worker, &worker->lanes[0], run_jobs) &&
                  (!mails || start_lane(worker, &worker->lanes[1], run_mail));
    if (started)
        return worker;
    worker_stop(worker);
    return NULL;
}

void worker_stop(struct worker *worker)
{
    if (!worker)
        return;
    pthread_mutex_lock(&worker->mutex);
    atomic_store(&worker->stopping, true);
    pthread_cond_broadcast(&worker->wake);
    pthread_mutex_unlock(&worker->mutex);
    for (size_t i = 0; i < sizeof worker->lanes / sizeof worker->lanes[0]; i++)
        if (worker->lanes[i].started)
            pthread_join(worker->lanes[i].thread, NULL);
    mailer_destroy(worker->mailer);
    pthread_cond_destroy(&worker->wake);
    pthread_mutex_destroy(&worker->mutex);
    free(worker);
}
