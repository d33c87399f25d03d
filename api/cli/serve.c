#include "api/cli/cli.h"
#include "api/http/dispatch.h"
#include "api/http/limiter.h"
#include "api/http/metrics.h"
#include "api/http/server.h"
#include "api/log.h"
#include "api/render/pdf.h"
#include "api/service.h"
#include "api/work/mail.h"
#include "api/work/worker.h"
#include "domain/base/clock.h"
#include "domain/base/log.h"

#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HEAP_BLOCK = 4 * 1024 * 1024, HEAP_KEPT = 32 * 1024 * 1024 };
enum { TOKEN_CACHE = 8192, ACQUIRE_TIMEOUT_MS = 2000, DRAIN_STEP_US = 20000 };

static struct storage *open_pool(const struct settings *settings, int64_t connections,
                                 int acquire_timeout_ms)
{
    const struct storage_options options = {
        .url = settings->database_url,
        .connections = (int)connections,
        .statement_timeout_ms = (int)settings->statement_timeout_ms,
        .lock_timeout_ms = (int)settings->lock_timeout_ms,
        .acquire_timeout_ms = acquire_timeout_ms,
    };
    return storage_open(&options);
}

static void service_close(struct service *service)
{
    auth_destroy(service->auth);
    storage_close(service->exports);
    storage_close(service->storage);
    limiter_destroy(service->limiter);
    metrics_destroy(service->metrics);
    pdf_close();
}

/* Three connections more than workers: background work, mail and the operations listener have their
 * own. */
static bool service_open(struct service *service, const struct settings *settings)
{
    const struct auth_options auth = {
        .keys_directory = settings->keys,
        .issuer = settings->issuer,
        .audience = settings->audience,
        .token_lifetime_s = settings->token_lifetime_s,
        .cache_size = TOKEN_CACHE,
    };
    service->settings = settings;
    service->storage = open_pool(settings, settings->workers + 3, ACQUIRE_TIMEOUT_MS);
    service->exports = open_pool(settings, settings->export_connections,
                                 settings->statement_timeout_ms);
    service->limiter = limiter_create();
    service->metrics = metrics_create();
    if (service->storage)
        service->auth = auth_create(&auth, service->storage);
    return service->storage && service->exports && service->limiter && service->metrics &&
           service->auth;
}

static void handle(void *context, const struct http_request *request,
                   struct http_response *response, struct arena *arena)
{
    dispatch(context, request, response, arena);
}

static size_t body_max(void *context, const struct http_request *request)
{
    return dispatch_body_max(context, request);
}

static struct server *listen_on(struct service *service, bool ops)
{
    const struct settings *settings = service->settings;
    const struct server_options options = {
        .host = ops ? settings->ops_host : settings->host,
        .port = (int)(ops ? settings->ops_port : settings->port),
        .workers = ops ? 1 : (int)settings->workers,
        .connections_max = ops ? 64 : (int)settings->connections_max,
        .connection_timeout_s = (int)settings->connection_timeout_s,
        .operations = ops,
        .handler = handle,
        .body_max = body_max,
        .context = service,
    };
    return server_start(&options);
}

static void wait_for_signal(sigset_t *signals)
{
    int signal = 0;
    sigwait(signals, &signal);
    log_write(LOG_INFORMATION, "stopping", "signal %d: readiness is off, draining", signal);
}

/* Readiness first, so that the proxy stops sending; then what runs may end; then the door closes. */
static void drain(struct service *service, struct server *server)
{
    atomic_store(&service->draining, true);
    server_quiesce(server);
    int64_t left_us = service->settings->drain_s * 1000000;
    while (server_active(server) > 0 && left_us > 0) {
        usleep(DRAIN_STEP_US);
        left_us -= DRAIN_STEP_US;
    }
}

static int run(struct service *service, sigset_t *signals)
{
    const struct settings *settings = service->settings;
    bool wanted = settings->ops_port != 0;
    struct server *server = listen_on(service, false);
    struct server *ops = server && wanted ? listen_on(service, true) : NULL;
    struct worker *worker = server && (ops || !wanted) ? worker_start(service) : NULL;
    int status = 1;
    if (worker) {
        printf("Løft is listening on http://%s:%lld\n", settings->host, (long long)settings->port);
        fflush(stdout);
        wait_for_signal(signals);
        drain(service, server);
        status = 0;
    }
    worker_stop(worker);
    server_stop(server);
    server_stop(ops);
    return status;
}

int cli_serve(const struct settings *settings, int argc, char **argv)
{
    struct service service = {0};
    sigset_t signals;
    if (argc > 0) {
        fprintf(stderr, "loft: serve does not take \"%s\"\n", argv[0]);
        return 2;
    }
    if (!*settings->database_url) {
        fputs("loft: LOFT_DATABASE_URL is not set\n", stderr);
        return 2;
    }
    if (!mail_check_settings(settings))
        return 2;
    /* Blocked before any thread starts, so that only sigwait sees them. */
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);

    /* Answers of lists are taken from and given back to the heap, not mapped anew each time. */
    mallopt(M_MMAP_THRESHOLD, HEAP_BLOCK);
    mallopt(M_TRIM_THRESHOLD, HEAP_KEPT);
    log_set_sink(log_line_sink);
    contract_init();
    int status = service_open(&service, settings) ? run(&service, &signals) : 1;
    service_close(&service);
    return status;
}
