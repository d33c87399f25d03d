#include "domain/base/image.h"
#include "tests/unit/support.h"

/* What each format keeps byte by byte is asked over HTTP (tests/api/test_attachments.py). Here: every
 * way in which a file may be broken. */

#define PNG_HEAD "\x89PNG\r\n\x1a\n"
#define PNG_IHDR "\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x8\2\0\0\0\x90wS\xde"
#define PNG_TEXT "\0\0\0\4tEXta\0bc\1\2\3\4"
#define PNG_IDAT "\0\0\0\3IDATxyz\5\6\7\x8"
#define PNG_IEND "\0\0\0\0IEND\xae\x42\x60\x82"

#define JPEG_JFIF "\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"
#define JPEG_EXIF                                                                                  \
    "\xff\xe1\0\x22"                                                                               \
    "Exif\0\0MM\0*\0\0\0\x8\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0"
#define JPEG_COMMENT                                                                               \
    "\xff\xfe\0\6"                                                                                 \
    "hei!"
#define JPEG_TABLE "\xff\xdb\0\4ab"
#define JPEG_SCAN "\xff\xda\0\4cd\x12\xff\0\x34\xff\xd0\x56"

#define WEBP_VP8X "VP8X\xa\0\0\0\x2c\0\0\0\0\0\0\0\0\0"
#define WEBP_VP8 "VP8 \3\0\0\0abc\0"
#define WEBP_EXIF "EXIF\4\0\0\0MM\0*"

struct sample {
    const char *media_type;
    struct bytes whole;
    struct bytes kept;
};

#define BYTES(literal)                                                                             \
    {                                                                                              \
        GIVEN, literal, sizeof(literal) - 1                                                        \
    }

static const struct sample samples[] = {
    {IMAGE_PNG, BYTES(PNG_HEAD PNG_IHDR PNG_TEXT PNG_IDAT PNG_IEND),
     BYTES(PNG_HEAD PNG_IHDR PNG_IDAT PNG_IEND)},
    {IMAGE_JPEG, BYTES("\xff\xd8" JPEG_JFIF JPEG_EXIF JPEG_COMMENT JPEG_TABLE JPEG_SCAN "\xff\xd9"),
     BYTES("\xff\xd8" JPEG_JFIF JPEG_EXIF JPEG_TABLE JPEG_SCAN "\xff\xd9")},
    {IMAGE_WEBP, BYTES("RIFF\x2e\0\0\0WEBP" WEBP_VP8X WEBP_EXIF WEBP_VP8),
     BYTES("RIFF\x22\0\0\0WEBPVP8X\xa\0\0\0\x20\0\0\0\0\0\0\0\0\0" WEBP_VP8)},
};

/* In memory of its own size, so that a sanitizer notices the first byte too many. */
static struct bytes exactly(struct arena *arena, const char *data, size_t len)
{
    char *copy = arena_alloc(arena, len + 1);
    memcpy(copy, data, len);
    return (struct bytes){GIVEN, copy, len};
}

static void what_is_kept(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < COUNT(samples); i++) {
        struct bytes kept = {.is = ABSENT};
        assert_true(image_strip(f->arena, text_of(samples[i].media_type), samples[i].whole, &kept));
        assert_int_equal(kept.len, samples[i].kept.len);
        assert_memory_equal(kept.data, samples[i].kept.data, kept.len);
    }
}

static void what_was_kept_is_kept_again(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < COUNT(samples); i++) {
        struct bytes kept = {.is = ABSENT};
        assert_true(image_strip(f->arena, text_of(samples[i].media_type), samples[i].kept, &kept));
        assert_int_equal(kept.len, samples[i].kept.len);
        assert_memory_equal(kept.data, samples[i].kept.data, kept.len);
    }
}

static void nothing_that_is_cut(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < COUNT(samples); i++) {
        for (size_t len = 0; len < samples[i].whole.len; len++) {
            struct bytes part = exactly(f->arena, samples[i].whole.data, len);
            struct bytes kept = {.is = ABSENT};
            assert_false(image_strip(f->arena, text_of(samples[i].media_type), part, &kept));
            assert_int_equal(kept.is, ABSENT);
        }
    }
}

static void what_stands_behind_the_end_goes(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < COUNT(samples); i++) {
        struct bytes kept = {.is = ABSENT};
        struct bytes longer = exactly(f->arena, samples[i].whole.data, samples[i].whole.len);
        char *data = arena_alloc(f->arena, longer.len + 100);
        memcpy(data, longer.data, longer.len);
        memset(data + longer.len, 'x', 100);
        longer = (struct bytes){GIVEN, data, longer.len + 100};
        assert_true(image_strip(f->arena, text_of(samples[i].media_type), longer, &kept));
        assert_int_equal(kept.len, samples[i].kept.len);
    }
}

static void only_its_own_type(void **state)
{
    struct fixture *f = *state;
    struct bytes kept = {.is = ABSENT};

    for (size_t i = 0; i < COUNT(samples); i++) {
        for (size_t j = 0; j < COUNT(samples); j++) {
            assert_int_equal(
                image_strip(f->arena, text_of(samples[j].media_type), samples[i].whole, &kept),
                i == j);
        }
        assert_false(image_strip(f->arena, text_of("application/pdf"), samples[i].whole, &kept));
    }
}

/* Bytes changed at random: never more than was there but an orientation, and it can be read again. */
static void changed_at_random(void **state)
{
    struct fixture *f = *state;
    struct random random = {.state = 16};

    for (int round = 0; round < 20000; round++) {
        const struct sample *sample = &samples[round % (int)COUNT(samples)];
        struct bytes kept = {.is = ABSENT}, again = {.is = ABSENT};
        char *data = arena_copy(f->arena, sample->whole.data, sample->whole.len);
        for (int64_t n = random_between(&random, 1, 4); n > 0; n--) {
            int64_t at = random_between(&random, 0, (int64_t)sample->whole.len - 1);
            data[at] = (char)random_between(&random, 0, 255);
        }
        struct bytes changed = {GIVEN, data, sample->whole.len};
        struct text type = text_of(sample->media_type);
        if (image_strip(f->arena, type, changed, &kept)) {
            assert_true(kept.len <= changed.len + 36);
            assert_true(image_strip(f->arena, type, kept, &again));
            assert_int_equal(again.len, kept.len);
            assert_memory_equal(again.data, kept.data, kept.len);
        }
        arena_reset(f->arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_kept),        TEST(what_was_kept_is_kept_again),
        TEST(nothing_that_is_cut), TEST(what_stands_behind_the_end_goes),
        TEST(only_its_own_type),   TEST(changed_at_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
