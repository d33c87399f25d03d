#include "auth/cache.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { WAYS = 8, SHARDS = 16, ENTRIES_MIN = 64, ENTRIES_MAX = 1 << 20, EPOCH_UNKNOWN = -1 };

struct slot {
    unsigned char digest[TOKEN_DIGEST_LEN];
    struct cached entry;
    struct principal *principal; /* in one piece; NULL in an empty slot */
    uint64_t used;
};

/* Sets with equal number modulo SHARDS, under one lock. A cache line each keeps the locks from
 * disturbing each other. */
struct shard {
    _Alignas(64) pthread_mutex_t mutex;
    uint64_t clock;
};

struct cache {
    struct shard shards[SHARDS];
    atomic_int_fast64_t epoch; /* newest that was read, EPOCH_UNKNOWN after cache_age */
    size_t sets;
    struct slot *slots; /* set after set */
};

struct cache *cache_create(int entries)
{
    size_t count = ENTRIES_MIN;
    while (count < (size_t)(entries > 0 ? entries : 0) && count < ENTRIES_MAX)
        count *= 2;
    struct cache *cache = aligned_alloc(64, sizeof *cache);
    struct slot *slots = calloc(count, sizeof *slots);
    if (!cache || !slots) {
        free(cache);
        free(slots);
        return NULL;
    }
    memset(cache, 0, sizeof *cache);
    for (int i = 0; i < SHARDS; i++)
        pthread_mutex_init(&cache->shards[i].mutex, NULL);
    atomic_init(&cache->epoch, EPOCH_UNKNOWN);
    cache->sets = count / WAYS;
    cache->slots = slots;
    return cache;
}

void cache_destroy(struct cache *cache)
{
    if (!cache)
        return;
    for (size_t i = 0; i < cache->sets * WAYS; i++)
        free(cache->slots[i].principal);
    for (int i = 0; i < SHARDS; i++)
        pthread_mutex_destroy(&cache->shards[i].mutex);
    free(cache->slots);
    free(cache);
}

static size_t set_of(const struct cache *cache, const unsigned char *digest)
{
    uint64_t number;
    memcpy(&number, digest, sizeof number);
    return number & (cache->sets - 1);
}

static struct slot *find_slot(struct slot *set, const unsigned char *digest)
{
    for (int i = 0; i < WAYS; i++)
        if (set[i].principal && memcmp(set[i].digest, digest, TOKEN_DIGEST_LEN) == 0)
            return &set[i];
    return NULL;
}

enum cache_state cache_find(struct cache *cache, const unsigned char digest[TOKEN_DIGEST_LEN],
                            struct arena *arena, struct cached *ret)
{
    size_t number = set_of(cache, digest);
    struct shard *shard = &cache->shards[number % SHARDS];
    enum cache_state state = CACHE_MISSING;

    pthread_mutex_lock(&shard->mutex);
    struct slot *slot = find_slot(&cache->slots[number * WAYS], digest);
    if (slot && slot->entry.generation == slot->entry.issuer->generation(slot->entry.issuer)) {
        slot->used = ++shard->clock;
        *ret = slot->entry;
        ret->principal = principal_place(slot->principal,
                                         arena_alloc(arena, principal_size(slot->principal)));
        state = slot->principal->epoch == atomic_load(&cache->epoch) ? CACHE_FOUND : CACHE_AGED;
    }
    pthread_mutex_unlock(&shard->mutex);
    return state;
}

/* The slot of this token, else the one that is missed least: empty, ended, longest unused. */
static struct slot *choose_slot(struct slot *set, const unsigned char *digest, int64_t now)
{
    struct slot *chosen = find_slot(set, digest);
    if (chosen)
        return chosen;
    chosen = &set[0];
    for (int i = 0; i < WAYS; i++) {
        if (!set[i].principal || set[i].entry.ends_at <= now)
            return &set[i];
        if (set[i].used < chosen->used)
            chosen = &set[i];
    }
    return chosen;
}

/*
 * The newest epoch wins. An older one than known means that grants changed while these were being
 * read, or that the database went back in time (a backup was restored): the two look alike from
 * here, so the epoch becomes unknown and the next reader settles it.
 */
static bool accept_epoch(struct cache *cache, int64_t epoch)
{
    int_fast64_t known = atomic_load(&cache->epoch);
    for (;;) {
        int_fast64_t next = epoch < known ? EPOCH_UNKNOWN : epoch;
        if (atomic_compare_exchange_weak(&cache->epoch, &known, next))
            return next == epoch;
    }
}

void cache_store(struct cache *cache, const unsigned char digest[TOKEN_DIGEST_LEN],
                 const struct cached *entry, int64_t now)
{
    void *memory = malloc(principal_size(entry->principal));
    if (!memory || !accept_epoch(cache, entry->principal->epoch)) {
        free(memory);
        return;
    }
    struct principal *principal = principal_place(entry->principal, memory);
    size_t number = set_of(cache, digest);
    struct shard *shard = &cache->shards[number % SHARDS];

    pthread_mutex_lock(&shard->mutex);
    struct slot *slot = choose_slot(&cache->slots[number * WAYS], digest, now);
    struct principal *old = slot->principal;
    memcpy(slot->digest, digest, TOKEN_DIGEST_LEN);
    slot->entry = *entry;
    slot->entry.principal = NULL;
    slot->principal = principal;
    slot->used = ++shard->clock;
    pthread_mutex_unlock(&shard->mutex);
    free(old);
}

void cache_age(struct cache *cache, int64_t epoch)
{
    int_fast64_t known = epoch;
    atomic_compare_exchange_strong(&cache->epoch, &known, EPOCH_UNKNOWN);
}

void cache_clear(struct cache *cache)
{
    for (size_t number = 0; number < cache->sets; number++) {
        struct shard *shard = &cache->shards[number % SHARDS];
        struct slot *set = &cache->slots[number * WAYS];
        pthread_mutex_lock(&shard->mutex);
        for (int i = 0; i < WAYS; i++) {
            free(set[i].principal);
            set[i] = (struct slot){.principal = NULL};
        }
        pthread_mutex_unlock(&shard->mutex);
    }
}
