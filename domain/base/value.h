/*
 * Values that every layer speaks: what a client sent, what a statement takes, what a row holds.
 *
 * Identifiers, days and instants travel as text that the contract has validated (canonical UUID,
 * YYYY-MM-DD, RFC 3339); PostgreSQL does the calendar. Instants that a rule compares are int64_t
 * microseconds since the Unix epoch (UTC); money is int64_t whole kroner (`_nok`), shares are
 * basis points (`_bp`). Nothing here owns memory: text points into the arena of its request.
 */
#ifndef LOFT_DOMAIN_BASE_VALUE_H
#define LOFT_DOMAIN_BASE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Tri-state, as a merge patch needs it: not mentioned, set to null, set to a value. */
enum presence { ABSENT = 0, NULLED, GIVEN };

/* UTF-8 without NUL; `s` is NUL-terminated when GIVEN and NULL otherwise. `len` is in bytes. */
struct text {
    enum presence is;
    const char *s;
    size_t len;
};

struct integer {
    enum presence is;
    int64_t v;
};

struct boolean {
    enum presence is;
    bool v;
};

/* A JSON object or array kept as its own compact text (at most the size of a body). */
struct json_text {
    enum presence is;
    const char *s;
    size_t len;
};

/* Bytes of any kind, zero among them; one more zero, which does not count, stands behind them. */
struct bytes {
    enum presence is;
    const char *data;
    size_t len;
};

/* A list of strings; `items` has `count` members. */
struct text_list {
    enum presence is;
    const struct text *items;
    size_t count;
};

/* A JSON object whose members are strings, such as item_choices {"textbook": "<code>"}. */
struct text_map {
    enum presence is;
    const struct text *keys;
    const struct text *values;
    size_t count;
};

/* A list of objects: `items` is an array of `count` structs of that shape, so `in->rows.items` is a
 * `const struct attendance_row *`. */
struct shape; /* domain/base/shape.h */
struct record_list {
    enum presence is;
    const struct shape *shape;
    const void *items;
    size_t count;
};

/* A literal or any NUL-terminated string as a given text. */
static inline struct text text_of(const char *s)
{
    return s ? (struct text){.is = GIVEN, .s = s, .len = strlen(s)} : (struct text){.is = ABSENT};
}

static inline struct integer integer_of(int64_t v)
{
    return (struct integer){.is = GIVEN, .v = v};
}

static inline struct boolean boolean_of(bool v)
{
    return (struct boolean){.is = GIVEN, .v = v};
}

static inline bool given(enum presence is)
{
    return is == GIVEN;
}

/* Equal when both are given and hold the same bytes. */
static inline bool text_equals(struct text a, struct text b)
{
    return a.is == GIVEN && b.is == GIVEN && a.len == b.len && memcmp(a.s, b.s, a.len) == 0;
}

static inline bool text_is(struct text a, const char *s)
{
    return text_equals(a, text_of(s));
}

#endif
