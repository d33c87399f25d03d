#include "api/http/metrics.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

enum { CLASSES = 6, BUCKETS = 9, WORK_NAMES = 8 };

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

static void write_pool(const char *name, struct storage *storage, struct buffer *out)
{
    struct storage_counters pool;
    storage_read_counters(storage, &pool);
    buffer_add_string(
        out, arena_format(out->arena,
                          "loft_database_connections{pool=\"%s\",state=\"open\"} %d\n"
                          "loft_database_connections{pool=\"%s\",state=\"in_use\"} %d\n"
                          "loft_database_waits_total{pool=\"%s\"} %" PRIu64 "\n"
                          "loft_database_connects_total{pool=\"%s\"} %" PRIu64 "\n"
                          "loft_database_connect_failures_total{pool=\"%s\"} %" PRIu64 "\n",
                          name, pool.open, name, pool.in_use, name, pool.waits, name,
                          pool.reconnects, name, pool.failures));
}

const char *metrics_write(const struct service *service, struct arena *arena, size_t *ret_len)
{
    struct metrics *metrics = service->metrics;
    struct buffer out;
    buffer_init(&out, arena, 16384);
    write_requests(metrics, &out);
    write_durations(metrics, &out);
    write_pool("requests", service->storage, &out);
    write_pool("exports", service->exports, &out);
    pthread_mutex_lock(&metrics->mutex);
    for (int i = 0; i < WORK_NAMES && metrics->work[i].name; i++)
        buffer_add_string(&out, arena_format(arena, "loft_work_total{work=\"%s\"} %" PRIu64 "\n",
                                             metrics->work[i].name, metrics->work[i].count));
    pthread_mutex_unlock(&metrics->mutex);
    *ret_len = out.len;
    return out.data;
}
