#include "domain/base/arena.h"

#include "domain/base/log.h"

#include <inttypes.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_POISONED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISONED 1
#endif
#endif

/* Under AddressSanitizer what was not given out is poisoned, and a gap follows each piece, so that
 * reading past a piece is found although the arena is one block to malloc. */
#ifdef ARENA_POISONED
#include <sanitizer/asan_interface.h>
#define POISON(p, n) ASAN_POISON_MEMORY_REGION((p), (n))
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
enum { ARENA_GAP = 16 };
#else
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
enum { ARENA_GAP = 0 };
#endif

enum {
    ARENA_LIMIT_MIN = 64 * 1024,
    ARENA_FIRST_BLOCK = 16 * 1024,
    ARENA_BLOCK_MAX = 1024 * 1024,
    BUFFER_CAPACITY_MIN = 64,
};

struct block {
    struct block *older;
    size_t size; /* of data */
    size_t used;
    alignas(max_align_t) char data[];
};

struct arena {
    struct block *block; /* the newest; the first has no older one */
    size_t limit;
    size_t used; /* over all blocks, gaps and alignment included */
};

static struct block *block_create(size_t size, struct block *older)
{
    struct block *block = malloc(sizeof *block + size);
    if (!block) {
        return NULL;
    }
    block->older = older;
    block->size = size;
    block->used = 0;
    POISON(block->data, size);
    return block;
}

static void block_destroy(struct block *block)
{
    UNPOISON(block->data, block->size);
    free(block);
}

struct arena *arena_create(size_t limit)
{
    struct arena *arena = malloc(sizeof *arena);
    if (!arena) {
        return NULL;
    }
    arena->limit = limit < ARENA_LIMIT_MIN ? ARENA_LIMIT_MIN : limit;
    arena->used = 0;
    arena->block = block_create(ARENA_FIRST_BLOCK, NULL);
    if (!arena->block) {
        free(arena);
        return NULL;
    }
    return arena;
}

static void drop_younger_blocks(struct arena *arena)
{
    while (arena->block->older) {
        struct block *older = arena->block->older;
        block_destroy(arena->block);
        arena->block = older;
    }
}

void arena_destroy(struct arena *arena)
{
    if (!arena) {
        return;
    }
    drop_younger_blocks(arena);
    block_destroy(arena->block);
    free(arena);
}

void arena_reset(struct arena *arena)
{
    drop_younger_blocks(arena);
    arena->block->used = 0;
    arena->used = 0;
    POISON(arena->block->data, arena->block->size);
}

__attribute__((noreturn)) static void exhausted(const struct arena *arena, size_t size)
{
    log_write(LOG_ERRORS, "arena_exhausted", "%zu of %zu bytes in use, %zu more asked for",
              arena->used, arena->limit, size);
    abort();
}

static void add_block(struct arena *arena, size_t need)
{
    size_t size = arena->block->size * 2;
    if (size > ARENA_BLOCK_MAX) {
        size = ARENA_BLOCK_MAX;
    }
    if (size < need) {
        size = need;
    }
    struct block *block = block_create(size, arena->block);
    if (!block) {
        exhausted(arena, need);
    }
    arena->block = block;
}

/* What a piece of `size` bytes occupies: aligned for any type, never nothing. */
static size_t footprint(size_t size)
{
    const size_t align = alignof(max_align_t);
    return (size + ARENA_GAP + align - (size == 0 ? 0 : 1)) / align * align;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    if (size > arena->limit) {
        exhausted(arena, size);
    }
    size_t need = footprint(size);
    if (need > arena->limit - arena->used) {
        exhausted(arena, size);
    }
    if (need > arena->block->size - arena->block->used) {
        add_block(arena, need);
    }
    char *p = arena->block->data + arena->block->used;
    arena->block->used += need;
    arena->used += need;
    UNPOISON(p, size);
    memset(p, 0, size);
    return p;
}

/* Makes the newest piece larger where it stands, the new bytes zeroed. False when `p` is not the
 * newest or the block is full. */
static bool extend_newest(struct arena *arena, char *p, size_t old_size, size_t new_size)
{
    struct block *block = arena->block;
    size_t old_need = footprint(old_size);
    size_t new_need = footprint(new_size);

    if (p + old_need != block->data + block->used ||
        new_need - old_need > block->size - block->used ||
        new_need - old_need > arena->limit - arena->used) {
        return false;
    }
    block->used += new_need - old_need;
    arena->used += new_need - old_need;
    UNPOISON(p + old_size, new_size - old_size);
    memset(p + old_size, 0, new_size - old_size);
    return true;
}

char *arena_copy(struct arena *arena, const char *s, size_t len)
{
    char *copy = arena_alloc(arena, len + 1);
    if (len > 0) {
        memcpy(copy, s, len);
    }
    return copy;
}

char *arena_string(struct arena *arena, const char *s)
{
    return arena_copy(arena, s, strlen(s));
}

struct text arena_text(struct arena *arena, const char *s, size_t len)
{
    return (struct text){.is = GIVEN, .s = arena_copy(arena, s, len), .len = len};
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_list again;

    if (!format) { /* said for the compiler, which otherwise follows UBSan's path with NULL */
        abort();
    }
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0) { /* only a broken format string gets here */
        abort();
    }
    char *s = arena_alloc(arena, (size_t)len + 1);
    vsnprintf(s, (size_t)len + 1, format, again);
    va_end(again);
    return s;
}

void buffer_init(struct buffer *buffer, struct arena *arena, size_t capacity)
{
    if (capacity < BUFFER_CAPACITY_MIN) {
        capacity = BUFFER_CAPACITY_MIN;
    }
    *buffer = (struct buffer){
        .arena = arena,
        .data = arena_alloc(arena, capacity + 1), /* and its NUL */
        .capacity = capacity,
    };
}

char *buffer_reserve(struct buffer *buffer, size_t extra)
{
    if (extra <= buffer->capacity - buffer->len) {
        return buffer->data + buffer->len;
    }
    if (extra > SIZE_MAX / 4 || buffer->capacity > SIZE_MAX / 4) {
        exhausted(buffer->arena, extra);
    }
    size_t capacity = buffer->capacity * 2;
    if (capacity < buffer->len + extra) {
        capacity = buffer->len + extra;
    }
    if (!extend_newest(buffer->arena, buffer->data, buffer->capacity + 1, capacity + 1)) {
        char *data = arena_alloc(buffer->arena, capacity + 1);
        memcpy(data, buffer->data, buffer->len);
        buffer->data = data;
    }
    buffer->capacity = capacity;
    return buffer->data + buffer->len;
}

void buffer_add(struct buffer *buffer, const char *s, size_t len)
{
    char *to = buffer_reserve(buffer, len);
    if (len > 0) {
        memcpy(to, s, len);
    }
    buffer->len += len;
    buffer->data[buffer->len] = '\0';
}

void buffer_add_char(struct buffer *buffer, char c)
{
    buffer_add(buffer, &c, 1);
}

void buffer_add_string(struct buffer *buffer, const char *s)
{
    buffer_add(buffer, s, strlen(s));
}

void buffer_add_int(struct buffer *buffer, int64_t value)
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%" PRId64, value);
    buffer_add(buffer, digits, (size_t)len);
}

/* The letter of a short escape, or 0. */
static char short_escape(unsigned char c)
{
    switch (c) {
    case '"':
        return '"';
    case '\\':
        return '\\';
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return 0;
    }
}

void buffer_add_json_string(struct buffer *buffer, const char *s, size_t len)
{
    static const char hex[] = "0123456789abcdef";
    size_t start = 0; /* of the bytes that need no escape and are not yet added */

    buffer_add_char(buffer, '"');
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s[i];
        char escape = short_escape(c);
        if (escape == 0 && c >= 0x20) {
            continue;
        }
        buffer_add(buffer, s + start, i - start);
        start = i + 1;
        if (escape != 0) {
            buffer_add(buffer, (const char[]){'\\', escape}, 2);
        } else {
            buffer_add(buffer, (const char[]){'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, 6);
        }
    }
    buffer_add(buffer, s + start, len - start);
    buffer_add_char(buffer, '"');
}
