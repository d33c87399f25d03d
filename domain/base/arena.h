/*
 * One arena per request: allocation is a pointer bump, release is all at once.
 *
 * What a handler gets from the arena it never frees. A request may use at most `limit` bytes;
 * beyond it the process aborts, because every list, body and answer has a smaller limit of its own.
 * Not thread-safe: an arena belongs to one request.
 */
#ifndef LOFT_DOMAIN_BASE_ARENA_H
#define LOFT_DOMAIN_BASE_ARENA_H

#include "domain/base/value.h"

#include <stdarg.h>
#include <stddef.h>

struct arena;

/* NULL when the system has no memory. `limit` in bytes, at least 64 KiB. */
struct arena *arena_create(size_t limit);

/* Accepts NULL. */
void arena_destroy(struct arena *arena);

/* Gives back everything that was allocated since the arena was made; keeps the first block. */
void arena_reset(struct arena *arena);

/* Zeroed, aligned for any type. Never NULL: exhaustion of the limit ends in abort() after a log
 * line, because every list, body and answer has a smaller limit of its own. */
void *arena_alloc(struct arena *arena, size_t size);

/* A NUL-terminated copy of `len` bytes. */
char *arena_copy(struct arena *arena, const char *s, size_t len);
char *arena_string(struct arena *arena, const char *s);
struct text arena_text(struct arena *arena, const char *s, size_t len);

__attribute__((format(printf, 2, 3))) char *arena_format(struct arena *arena, const char *format,
                                                         ...);

#define arena_new(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define arena_array(arena, type, count) ((type *)arena_alloc((arena), sizeof(type) * (count)))

/* A growing byte buffer on an arena; always NUL-terminated after the first append. */
struct buffer {
    struct arena *arena;
    char *data;
    size_t len;
    size_t capacity;
};

void buffer_init(struct buffer *buffer, struct arena *arena, size_t capacity);
/* Room for `extra` more bytes; returns where to write them. */
char *buffer_reserve(struct buffer *buffer, size_t extra);
void buffer_add(struct buffer *buffer, const char *s, size_t len);
void buffer_add_char(struct buffer *buffer, char c);
void buffer_add_string(struct buffer *buffer, const char *s);
void buffer_add_int(struct buffer *buffer, int64_t value);
/* A JSON string with its quotes; escapes control characters, quote and backslash. */
void buffer_add_json_string(struct buffer *buffer, const char *s, size_t len);

#endif
