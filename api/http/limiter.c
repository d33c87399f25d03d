#include "api/http/limiter.h"

#include "domain/base/text.h"

#include <pthread.h>
#include <stdlib.h>

enum { SHARDS = 16, SLOTS = 1024, PROBES = 8 };
enum { MICRO_TOKEN = 1000000, MICROS_PER_MINUTE = 60000000 };

struct bucket {
    uint64_t key; /* 0 = free */
    int64_t micro_tokens;
    int64_t last; /* when it was filled last */
};

struct shard {
    pthread_mutex_t mutex;
    struct bucket buckets[SLOTS];
};

struct limiter {
    struct shard shards[SHARDS];
};

struct limiter *limiter_create(void)
{
    struct limiter *limiter = calloc(1, sizeof *limiter);
    if (limiter)
        for (int i = 0; i < SHARDS; i++)
            pthread_mutex_init(&limiter->shards[i].mutex, NULL);
    return limiter;
}

void limiter_destroy(struct limiter *limiter)
{
    if (!limiter)
        return;
    for (int i = 0; i < SHARDS; i++)
        pthread_mutex_destroy(&limiter->shards[i].mutex);
    free(limiter);
}

static uint64_t hash(const char *key)
{
    uint64_t value = hash_mix(HASH_SEED, key, strlen(key));
    return value ? value : 1; /* 0 marks a free bucket */
}

/* The bucket of this key, or the one of its neighbours that was idle longest, emptied. */
static struct bucket *find(struct shard *shard, uint64_t key, int64_t full, int64_t now)
{
    struct bucket *oldest = NULL;
    for (uint64_t i = 0; i < PROBES; i++) {
        struct bucket *bucket = &shard->buckets[(key / SHARDS + i) % SLOTS];
        if (bucket->key == key)
            return bucket;
        if (!oldest || bucket->key == 0 || (oldest->key != 0 && bucket->last < oldest->last))
            oldest = bucket;
    }
    *oldest = (struct bucket){.key = key, .micro_tokens = full, .last = now};
    return oldest;
}

bool limiter_take(struct limiter *limiter, const char *key, int64_t per_minute, int64_t now,
                  struct limit_state *ret_state)
{
    uint64_t id = hash(key);
    struct shard *shard = &limiter->shards[id % SHARDS];
    int64_t full = per_minute * MICRO_TOKEN;

    pthread_mutex_lock(&shard->mutex);
    struct bucket *bucket = find(shard, id, full, now);
    int64_t elapsed = now - bucket->last;
    if (elapsed > MICROS_PER_MINUTE)
        elapsed = MICROS_PER_MINUTE;
    if (elapsed > 0) {
        bucket->micro_tokens += elapsed * per_minute / 60; /* micro-tokens each microsecond */
        bucket->last = now;
    }
    if (bucket->micro_tokens > full)
        bucket->micro_tokens = full;
    bool allowed = bucket->micro_tokens >= MICRO_TOKEN;
    if (allowed)
        bucket->micro_tokens -= MICRO_TOKEN;
    int64_t left = bucket->micro_tokens;
    pthread_mutex_unlock(&shard->mutex);

    int64_t per_second = per_minute * MICRO_TOKEN / 60;
    *ret_state = (struct limit_state){
        .limit = per_minute,
        .remaining = left / MICRO_TOKEN,
        .reset_s = per_second ? (full - left + per_second - 1) / per_second : 60,
        .retry_s = allowed      ? 0
                   : per_second ? (MICRO_TOKEN - left) / per_second + 1
                                : 60,
    };
    return allowed;
}
