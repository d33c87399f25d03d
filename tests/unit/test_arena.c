#include "domain/base/log.h"
#include "domain/base/shape.h"
#include "tests/unit/support.h"

#include <signal.h>
#include <stdalign.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void pieces_are_zeroed_aligned_and_apart(void **state)
{
    struct fixture *f = *state;
    struct random random = {.state = 1};
    unsigned char *pieces[500];
    size_t sizes[500];

    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < COUNT(pieces); i++) {
            sizes[i] = (size_t)random_between(&random, 0, i % 50 == 0 ? 60000 : 200);
            pieces[i] = arena_alloc(f->arena, sizes[i]);
            assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
            for (size_t j = 0; j < sizes[i]; j++) {
                assert_int_equal(pieces[i][j], 0);
            }
            memset(pieces[i], (int)(i % 251) + 1, sizes[i]);
        }
        for (size_t i = 0; i < COUNT(pieces); i++) {
            for (size_t j = 0; j < sizes[i]; j++) {
                assert_int_equal(pieces[i][j], i % 251 + 1);
            }
        }
        arena_reset(f->arena);
    }
}

static void copies_end_with_nul(void **state)
{
    struct fixture *f = *state;

    assert_string_equal(arena_copy(f->arena, "Åfjord kommune", 7), "Åfjord");
    assert_string_equal(arena_copy(f->arena, NULL, 0), "");
    assert_string_equal(arena_string(f->arena, "særforbund"), "særforbund");
    assert_string_equal(arena_format(f->arena, "%s/%d", "smart", 7), "smart/7");
    struct text text = arena_text(f->arena, "Snåase", 7);
    assert_int_equal(text.is, GIVEN);
    assert_int_equal(text.len, 7);
    assert_string_equal(text.s, "Snåase");
}

static void null_may_be_destroyed(void **state)
{
    (void)state;
    arena_destroy(NULL);
}

/* In a child, because the arena ends the process when its limit is passed. */
static int signal_of_allocating(size_t limit, size_t piece, int times)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct rlimit no_core = {0};
        setrlimit(RLIMIT_CORE, &no_core);
        signal(SIGABRT, SIG_DFL);
        close(STDERR_FILENO);
        struct arena *arena = arena_create(limit);
        for (int i = 0; i < times; i++) {
            arena_alloc(arena, piece);
        }
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void limit_holds(void **state)
{
    (void)state;
    assert_int_equal(signal_of_allocating(65536, 1024, 60), 0);
    assert_int_equal(signal_of_allocating(65536, 1024, 65), SIGABRT);
    assert_int_equal(signal_of_allocating(65536, 65537, 1), SIGABRT);
    assert_int_equal(signal_of_allocating(65536, SIZE_MAX - 8, 1), SIGABRT);
    assert_int_equal(signal_of_allocating(1, 1024, 32), 0); /* never below 64 KiB */
}

static void reset_gives_everything_back(void **state)
{
    (void)state;
    struct arena *arena = arena_create(128 * 1024);
    for (int i = 0; i < 1000; i++) {
        memset(arena_alloc(arena, 100 * 1024), 1, 100 * 1024);
        arena_reset(arena);
    }
    arena_destroy(arena);
}

static void buffer_grows_and_stays_terminated(void **state)
{
    struct fixture *f = *state;
    struct buffer buffer;

    buffer_init(&buffer, f->arena, 0);
    assert_string_equal(buffer.data, "");
    for (int i = 0; i < 10000; i++) {
        if (i % 1000 == 0) {
            arena_alloc(f->arena, 8); /* now it is no longer the newest piece and has to move */
        }
        buffer_add_char(&buffer, (char)('a' + i % 26));
        assert_int_equal(buffer.data[buffer.len], '\0');
    }
    assert_int_equal(buffer.len, 10000);
    for (int i = 0; i < 10000; i++) {
        assert_int_equal(buffer.data[i], 'a' + i % 26);
    }
}

static void buffer_reserve_leaves_room_for_nul(void **state)
{
    struct fixture *f = *state;
    struct buffer buffer;

    buffer_init(&buffer, f->arena, 64);
    memset(buffer_reserve(&buffer, 64), 'x', 64);
    buffer.len += 64;
    assert_int_equal(buffer.data[64], '\0');
    memset(buffer_reserve(&buffer, 100000), 'y', 100000);
    buffer.len += 100000;
    assert_int_equal(strlen(buffer.data), 100064);
}

static void buffer_writes_numbers_and_json(void **state)
{
    struct fixture *f = *state;
    struct buffer buffer;

    buffer_init(&buffer, f->arena, 0);
    buffer_add_int(&buffer, INT64_MIN);
    buffer_add_char(&buffer, ' ');
    buffer_add_int(&buffer, 950);
    assert_string_equal(buffer.data, "-9223372036854775808 950");

    buffer_init(&buffer, f->arena, 0);
    buffer_add_json_string(&buffer, "a\"b\\c\n\t\x01\x1f/\x7fø", 13);
    assert_string_equal(buffer.data, "\"a\\\"b\\\\c\\n\\t\\u0001\\u001f/\x7fø\"");

    buffer_init(&buffer, f->arena, 0);
    buffer_add_json_string(&buffer, "\b\f\r", 3);
    assert_string_equal(buffer.data, "\"\\b\\f\\r\"");

    buffer_init(&buffer, f->arena, 0);
    buffer_add_json_string(&buffer, "", 0);
    assert_string_equal(buffer.data, "\"\"");
}

struct sample {
    struct text name;
    struct integer price_nok;
    int64_t version;
    bool overnight;
};
SHAPE(sample_shape, struct sample, FIELD(struct sample, name), FIELD(struct sample, price_nok),
      FIELD(struct sample, version), FIELD(struct sample, overnight));

static void shape_knows_members(void **state)
{
    (void)state;
    const struct field *field = shape_find(&sample_shape, "price_nok");

    assert_non_null(field);
    assert_int_equal(field->offset, offsetof(struct sample, price_nok));
    assert_int_equal(field->kind, KIND_INTEGER);
    assert_int_equal(shape_find(&sample_shape, "version")->kind, KIND_INT64);
    assert_int_equal(shape_find(&sample_shape, "overnight")->kind, KIND_BOOL);
    assert_null(shape_find(&sample_shape, "price"));
    assert_int_equal(sample_shape.size, sizeof(struct sample));
    assert_int_equal(sample_shape.count, 4);
}

static enum log_level seen_level;
static char seen_event[64];
static char seen_message[64];

static void remember(enum log_level level, const char *event, const char *message)
{
    seen_level = level;
    strncpy(seen_event, event, sizeof seen_event - 1);
    strncpy(seen_message, message, sizeof seen_message - 1);
}

static void log_goes_to_the_sink(void **state)
{
    (void)state;
    log_set_sink(remember);
    log_write(LOG_WARNINGS, "pool_busy", "%d waiting", 3);
    log_set_sink(NULL);
    assert_int_equal(seen_level, LOG_WARNINGS);
    assert_string_equal(seen_event, "pool_busy");
    assert_string_equal(seen_message, "3 waiting");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pieces_are_zeroed_aligned_and_apart),
        TEST(copies_end_with_nul),
        TEST(null_may_be_destroyed),
        TEST(limit_holds),
        TEST(reset_gives_everything_back),
        TEST(buffer_grows_and_stays_terminated),
        TEST(buffer_reserve_leaves_room_for_nul),
        TEST(buffer_writes_numbers_and_json),
        TEST(shape_knows_members),
        TEST(log_goes_to_the_sink),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
