#include "auth/cache.h"
#include "tests/unit/auth_support.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#define FOREVER INT64_MAX

/* An issuer whose keys can be exchanged by the test. */
static atomic_uint_fast64_t present_generation = 1;

static uint64_t generation_now(const struct issuer *issuer)
{
    (void)issuer;
    return atomic_load(&present_generation);
}

static const struct issuer issuer = {.name = "test", .generation = generation_now};

/* A principal whose every string says who it is, so that a mixed-up copy shows. */
static const struct principal *named(struct arena *arena, uint64_t number, int64_t epoch)
{
    struct principal *principal = arena_new(arena, struct principal);
    struct grant *grant = arena_new(arena, struct grant);
    char *name = arena_format(arena, "subject-%llu", (unsigned long long)number);
    *grant = (struct grant){.role = "participant", .scope_type = "course", .scope_id = name};
    *principal = (struct principal){
        .kind = PRINCIPAL_USER,
        .subject = name,
        .id = name,
        .grants = grant,
        .grant_count = 1,
        .roles_setting = name,
        .grants_setting = name,
        .scopes_setting = name,
        .epoch = epoch,
    };
    return principal;
}

static bool is_whole(const struct principal *principal, uint64_t number)
{
    char name[40];
    snprintf(name, sizeof name, "subject-%llu", (unsigned long long)number);
    return strcmp(principal->subject, name) == 0 && strcmp(principal->id, name) == 0 &&
           strcmp(principal->grants_setting, name) == 0 && principal->grant_count == 1 &&
           strcmp(principal->grants[0].scope_id, name) == 0;
}

/* The digest decides the set by its first bytes: `set` chooses it, `number` tells tokens apart. */
static void digest_of(uint64_t set, uint64_t number, unsigned char ret[TOKEN_DIGEST_LEN])
{
    memset(ret, 0, TOKEN_DIGEST_LEN);
    memcpy(ret, &set, sizeof set);
    memcpy(ret + 8, &number, sizeof number);
}

static void keep(struct cache *cache, struct arena *arena, uint64_t set, uint64_t number,
                 int64_t epoch, int64_t ends_at, int64_t now)
{
    unsigned char digest[TOKEN_DIGEST_LEN];
    struct cached entry = {.issuer = &issuer,
                           .generation = generation_now(&issuer),
                           .ends_at = ends_at,
                           .principal = named(arena, number, epoch)};
    digest_of(set, number, digest);
    cache_store(cache, digest, &entry, now);
}

static enum cache_state seek(struct cache *cache, struct arena *arena, uint64_t set,
                             uint64_t number, struct cached *ret)
{
    unsigned char digest[TOKEN_DIGEST_LEN];
    digest_of(set, number, digest);
    return cache_find(cache, digest, arena, ret);
}

static void what_is_kept_is_found(void **state)
{
    struct fixture *f = *state;
    struct cache *cache = cache_create(64);
    struct cached got = {.ends_at = -1};

    assert_int_equal(seek(cache, f->arena, 0, 1, &got), CACHE_MISSING);
    assert_int_equal(got.ends_at, -1);
    keep(cache, f->arena, 0, 1, 5, 1000, 0);
    assert_int_equal(seek(cache, f->arena, 0, 1, &got), CACHE_FOUND);
    assert_int_equal(got.ends_at, 1000);
    assert_ptr_equal(got.issuer, &issuer);
    assert_true(is_whole(got.principal, 1));
    assert_int_equal(seek(cache, f->arena, 0, 2, &got), CACHE_MISSING);

    keep(cache, f->arena, 0, 1, 5, 2000, 0); /* the same token again takes no second place */
    assert_int_equal(seek(cache, f->arena, 0, 1, &got), CACHE_FOUND);
    assert_int_equal(got.ends_at, 2000);
    cache_clear(cache);
    assert_int_equal(seek(cache, f->arena, 0, 1, &got), CACHE_MISSING);
    assert_true(is_whole(got.principal, 1)); /* what was handed out stays */
    cache_destroy(cache);
    cache_destroy(NULL);
}

static void a_change_of_keys_makes_everything_missing(void **state)
{
    struct fixture *f = *state;
    struct cache *cache = cache_create(64);
    struct cached got;

    keep(cache, f->arena, 0, 1, 5, FOREVER, 0);
    atomic_fetch_add(&present_generation, 1);
    assert_int_equal(seek(cache, f->arena, 0, 1, &got), CACHE_MISSING);
    keep(cache, f->arena, 0, 1, 5, FOREVER, 0);
    assert_int_equal(seek(cache, f->arena, 0, 1, &got), CACHE_FOUND);
    cache_destroy(cache);
}

static void grants_hold_for_one_epoch(void **state)
{
    struct fixture *f = *state;
    struct cache *cache = cache_create(64);
    struct cached got;

    keep(cache, f->arena, 0, 1, 5, FOREVER, 0);
    keep(cache, f->arena, 0, 2, 5, FOREVER, 0);
    cache_age(cache, 4); /* long gone: says nothing about 5 */
    assert_int_equal(seek(cache, f->arena, 0, 1, &got), CACHE_FOUND);
    cache_age(cache, 5);
    assert_int_equal(seek(cache, f->arena, 0, 1, &got), CACHE_AGED);
    assert_true(is_whole(got.principal, 1)); /* still proves who it is */
    assert_int_equal(seek(cache, f->arena, 0, 2, &got), CACHE_AGED);

    keep(cache, f->arena, 0, 1, 6, FOREVER, 0);
    assert_int_equal(seek(cache, f->arena, 0, 1, &got), CACHE_FOUND);
    assert_int_equal(seek(cache, f->arena, 0, 2, &got), CACHE_AGED);

    keep(cache, f->arena, 0, 3, 7, FOREVER, 0); /* a newer epoch ages without being told */
    assert_int_equal(seek(cache, f->arena, 0, 1, &got), CACHE_AGED);
    cache_destroy(cache);
}

/* Grants read before a change must not come in after it; and a database that went back in time
 * (a restored backup) must not leave the cache useless. */
static void an_older_epoch_is_settled_by_the_next_reader(void **state)
{
    struct fixture *f = *state;
    struct cache *cache = cache_create(64);
    struct cached got;

    keep(cache, f->arena, 0, 1, 9, FOREVER, 0);
    keep(cache, f->arena, 0, 2, 3, FOREVER, 0);
    assert_int_equal(seek(cache, f->arena, 0, 2, &got), CACHE_MISSING);
    assert_int_equal(seek(cache, f->arena, 0, 1, &got), CACHE_AGED);
    keep(cache, f->arena, 0, 2, 3, FOREVER, 0);
    assert_int_equal(seek(cache, f->arena, 0, 2, &got), CACHE_FOUND);
    assert_int_equal(seek(cache, f->arena, 0, 1, &got), CACHE_AGED);
    cache_destroy(cache);
}

static void a_full_set_gives_up_what_is_missed_least(void **state)
{
    struct fixture *f = *state;
    struct cache *cache = cache_create(64); /* 8 sets of 8 */
    struct cached got;

    for (uint64_t i = 0; i < 8; i++)
        keep(cache, f->arena, 3, i, 1, FOREVER, 0);
    for (uint64_t i = 0; i < 8; i++)
        assert_int_equal(seek(cache, f->arena, 3, i, &got), CACHE_FOUND);
    seek(cache, f->arena, 3, 0, &got); /* 1 is now the longest unused */
    keep(cache, f->arena, 3, 8, 1, FOREVER, 0);
    assert_int_equal(seek(cache, f->arena, 3, 1, &got), CACHE_MISSING);
    assert_int_equal(seek(cache, f->arena, 3, 0, &got), CACHE_FOUND);
    assert_int_equal(seek(cache, f->arena, 3, 8, &got), CACHE_FOUND);

    keep(cache, f->arena, 3, 5, 1, 100, 0); /* ends at 100 */
    keep(cache, f->arena, 3, 9, 1, FOREVER, 100);
    assert_int_equal(seek(cache, f->arena, 3, 5, &got), CACHE_MISSING);
    assert_int_equal(seek(cache, f->arena, 3, 2, &got), CACHE_FOUND);
    cache_destroy(cache);
}

static void it_never_grows(void **state)
{
    struct fixture *f = *state;
    struct cache *cache = cache_create(100); /* rounded up to 128 */
    struct cached got;
    struct random random = {.state = 3};
    size_t found = 0;

    for (uint64_t i = 0; i < 5000; i++) {
        struct arena *arena = arena_create(65536);
        keep(cache, arena, random_next(&random), i, 1, FOREVER, 0);
        arena_destroy(arena);
    }
    random.state = 3;
    for (uint64_t i = 0; i < 5000; i++)
        found += seek(cache, f->arena, random_next(&random), i, &got) == CACHE_FOUND;
    assert_int_equal(found, 128);
    cache_destroy(cache);
}

/* ---- threads ---- */

enum { THREADS = 8, ROUNDS = 4000, TOKENS = 96 };

struct player {
    struct cache *cache;
    uint64_t seed;
    size_t mixed_up;
    pthread_t thread;
};

static void *play(void *argument)
{
    struct player *player = argument;
    struct random random = {.state = player->seed};
    struct arena *arena = arena_create(65536);
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t number = random_next(&random) % TOKENS;
        struct cached got;
        arena_reset(arena);
        switch (random_next(&random) % 16) {
        case 0:
            cache_age(player->cache, random_between(&random, 1, 3));
            break;
        case 1:
            if (random_next(&random) % 64 == 0)
                cache_clear(player->cache);
            break;
        case 2:
            if (random_next(&random) % 64 == 0)
                atomic_fetch_add(&present_generation, 1);
            break;
        case 3:
        case 4:
        case 5:
            keep(player->cache, arena, number, number, random_between(&random, 1, 3), FOREVER, i);
            break;
        default:
            if (seek(player->cache, arena, number, number, &got) != CACHE_MISSING &&
                !is_whole(got.principal, number))
                player->mixed_up++;
        }
    }
    arena_destroy(arena);
    return NULL;
}

static void threads_never_see_a_mixed_up_principal(void **state)
{
    struct player players[THREADS];
    struct cache *cache = cache_create(64);
    (void)state;

    for (int i = 0; i < THREADS; i++) {
        players[i] = (struct player){.cache = cache, .seed = (uint64_t)i + 1};
        pthread_create(&players[i].thread, NULL, play, &players[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(players[i].thread, NULL);
        assert_int_equal(players[i].mixed_up, 0);
    }
    cache_destroy(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_kept_is_found),
        TEST(a_change_of_keys_makes_everything_missing),
        TEST(grants_hold_for_one_epoch),
        TEST(an_older_epoch_is_settled_by_the_next_reader),
        TEST(a_full_set_gives_up_what_is_missed_least),
        TEST(it_never_grows),
        TEST(threads_never_see_a_mixed_up_principal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
