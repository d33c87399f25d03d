#include "api/http/metrics.h"

#include "api/log.h"
#include "api/settings.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

enum { CLASSES = 6, BUCKETS = 9, WORK_NAMES = 16 };

static const int64_t bucket_us[BUCKETS] = {1000,   2500,   5000,    10000,  25000,
                                           100000, 250000, 1000000, 5000000};

struct slot {
    atomic_uint_fast64_t by_class[CLASSES]; /* status / 100 */
    atomic_uint_fast64_t buckets[BUCKETS];
    atomic_uint_fast64_t sum_us;
    atomic_uint_fast64_t count;
};

struct work {
    const char *name;
    uint64_t count;
};

struct metrics {
    pthread_mutex_t mutex; /* of `work` */
    struct work work[WORK_NAMES];
    atomic_uint_fast64_t mail[MAIL_RESULTS];
    atomic_uint_fast64_t mail_waiting;
    struct slot slots[]; /* operation_count + 1; the last counts what matched nothing */
};

struct metrics *metrics_create(void)
{
    struct metrics *metrics = calloc(1,
                                     sizeof *metrics + (operation_count + 1) * sizeof(struct slot));
    if (metrics)
        pthread_mutex_init(&metrics->mutex, NULL);
    return metrics;
}

void metrics_destroy(struct metrics *metrics)
{
    if (!metrics)
        return;
    pthread_mutex_destroy(&metrics->mutex);
    free(metrics);
}

static void add(atomic_uint_fast64_t *counter, uint64_t value)
{
    atomic_fetch_add_explicit(counter, value, memory_order_relaxed);
}

static uint64_t get(const atomic_uint_fast64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

void metrics_count(struct metrics *metrics, const struct operation *operation, int status,
                   int64_t duration_us)
{
    struct slot *slot =
        &metrics->slots[operation ? (size_t)(operation - operations) : operation_count];
    add(&slot->by_class[status / 100 % CLASSES], 1);
    add(&slot->sum_us, (uint64_t)duration_us);
    add(&slot->count, 1);
    for (int i = 0; i < BUCKETS; i++)
        if (duration_us <= bucket_us[i]) {
            add(&slot->buckets[i], 1);
            break;
        }
}

void metrics_work(struct metrics *metrics, const char *name, int64_t count)
{
    pthread_mutex_lock(&metrics->mutex);
    for (int i = 0; i < WORK_NAMES; i++) {
        if (!metrics->work[i].name)
            metrics->work[i].name = name;
        if (strcmp(metrics->work[i].name, name) == 0) {
            metrics->work[i].count += (uint64_t)count;
            break;
        }
    }
    pthread_mutex_unlock(&metrics->mutex);
}

void metrics_mail(struct metrics *metrics, enum mail_result result)
{
    add(&metrics->mail[result], 1);
}

void metrics_mail_waiting(struct metrics *metrics, int64_t waiting)
{
    atomic_store_explicit(&metrics->mail_waiting, (uint64_t)waiting, memory_order_relaxed);
}

static const char *slot_name(size_t index)
{
    return index < operation_count ? operations[index].id : "none";
}

static void write_requests(const struct metrics *metrics, struct buffer *out)
{
    buffer_add_string(out,
                      "# HELP loft_requests_total Answers by operation and status class.\n"
                      "# TYPE loft_requests_total counter\n");
    for (size_t i = 0; i <= operation_count; i++)
        for (int class = 1; class < CLASSES; class ++) {
            uint64_t count = get(&metrics->slots[i].by_class[class]);
            if (count)
                buffer_add_string(
                    out, arena_format(out->arena,
                                      "loft_requests_total{operation=\"%s\",status=\"%dxx\"} "
                                      "%" PRIu64 "\n",
                                      slot_name(i), class, count));
        }
}

static void write_durations(const struct metrics *metrics, struct buffer *out)
{
    buffer_add_string(out,
                      "# HELP loft_request_seconds Time to answer, by operation.\n"
                      "# TYPE loft_request_seconds histogram\n");
    for (size_t i = 0; i <= operation_count; i++) {
        const struct slot *slot = &metrics->slots[i];
        uint64_t count = get(&slot->count), below = 0;
        if (!count)
            continue;
        for (int b = 0; b < BUCKETS; b++) {
            below += get(&slot->buckets[b]);
            buffer_add_string(out, arena_format(out->arena,
                                                "loft_request_seconds_bucket{operation=\"%s\","
                                                "le=\"%" PRId64 ".%04" PRId64 "\"} %" PRIu64 "\n",
                                                slot_name(i), bucket_us[b] / 1000000,
                                                bucket_us[b] % 1000000 / 100, below));
        }
        buffer_add_string(
            out, arena_format(out->arena,
                              "loft_request_seconds_bucket{operation=\"%s\",le=\"+Inf\"} %" PRIu64
                              "\nloft_request_seconds_sum{operation=\"%s\"} %" PRIu64 ".%06" PRIu64
                              "\nloft_request_seconds_count{operation=\"%s\"} %" PRIu64 "\n",
                              slot_name(i), count, slot_name(i), get(&slot->sum_us) / 1000000,
                              get(&slot->sum_us) % 1000000, slot_name(i), count));
    }
}

struct pool_sample {
    const char *pool;
    struct storage_counters counters;
};

static void write_family(const char *name, const char *type, const char *help,
                         const struct pool_sample *samples, size_t count,
                         uint64_t (*value)(const struct storage_counters *), struct buffer *out)
{
    buffer_add_string(
        out, arena_format(out->arena, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type));
    for (size_t i = 0; i < count; i++)
        buffer_add_string(out, arena_format(out->arena, "%s{pool=\"%s\"} %" PRIu64 "\n", name,
                                            samples[i].pool, value(&samples[i].counters)));
}

static uint64_t open_connections(const struct storage_counters *counters)
{
    return (uint64_t)counters->open;
}

static uint64_t connections_in_use(const struct storage_counters *counters)
{
    return (uint64_t)counters->in_use;
}

static uint64_t waits(const struct storage_counters *counters)
{
    return counters->waits;
}

static uint64_t connects(const struct storage_counters *counters)
{
    return counters->attempts;
}

static uint64_t failures(const struct storage_counters *counters)
{
    return counters->failures;
}

static void write_pools(const struct service *service, struct buffer *out)
{
    struct pool_sample samples[] = {{.pool = "requests"}, {.pool = "exports"}};
    storage_read_counters(service->storage, &samples[0].counters);
    storage_read_counters(service->exports, &samples[1].counters);
    write_family("loft_database_connections_open", "gauge", "Open connections.", samples, 2,
                 open_connections, out);
    write_family("loft_database_connections_in_use", "gauge", "Connections with a transaction.",
                 samples, 2, connections_in_use, out);
    write_family("loft_database_waits_total", "counter", "Requests that found no free connection.",
                 samples, 2, waits, out);
    write_family("loft_database_connects_total", "counter", "Attempts to connect.", samples, 2,
                 connects, out);
    write_family("loft_database_connect_failures_total", "counter", "Attempts that failed.",
                 samples, 2, failures, out);
}

static void write_work(struct metrics *metrics, struct buffer *out)
{
    buffer_add_string(out,
                      "# HELP loft_work_total Items of background work done.\n"
                      "# TYPE loft_work_total counter\n");
    pthread_mutex_lock(&metrics->mutex);
    for (int i = 0; i < WORK_NAMES && metrics->work[i].name; i++)
        buffer_add_string(out,
                          arena_format(out->arena, "loft_work_total{work=\"%s\"} %" PRIu64 "\n",
                                       metrics->work[i].name, metrics->work[i].count));
    pthread_mutex_unlock(&metrics->mutex);
}

static void write_mail(const struct metrics *metrics, struct buffer *out)
{
    static const char *const results[] = {
        [MAIL_SENT] = "sent", [MAIL_FAILED] = "failed", [MAIL_RETRIED] = "retried"};
    buffer_add_string(out,
                      "# HELP loft_mail_total Attempts to deliver a message, by what came of it.\n"
                      "# TYPE loft_mail_total counter\n");
    for (int i = 0; i < MAIL_RESULTS; i++)
        buffer_add_string(out,
                          arena_format(out->arena, "loft_mail_total{result=\"%s\"} %" PRIu64 "\n",
                                       results[i], get(&metrics->mail[i])));
    buffer_add_string(
        out, arena_format(out->arena,
                          "# HELP loft_mail_waiting Messages that are still to be delivered.\n"
                          "# TYPE loft_mail_waiting gauge\nloft_mail_waiting %" PRIu64 "\n",
                          get(&metrics->mail_waiting)));
}

const char *metrics_write(const struct service *service, struct arena *arena, size_t *ret_len)
{
    struct metrics *metrics = service->metrics;
    struct buffer out;
    buffer_init(&out, arena, 16384);
    write_requests(metrics, &out);
    write_durations(metrics, &out);
    write_pools(service, &out);
    buffer_add_string(&out,
                      "# HELP loft_log_lines_dropped_total Lines that nobody read in time.\n"
                      "# TYPE loft_log_lines_dropped_total counter\n");
    buffer_add_string(&out, arena_format(arena, "loft_log_lines_dropped_total %" PRIu64 "\n",
                                         log_lines_dropped()));
    write_work(metrics, &out);
    if (*service->settings->smtp_url)
        write_mail(metrics, &out);
    *ret_len = out.len;
    return out.data;
}
