/*
 * The shape of a struct, said once and used three times: by the decoder (JSON, path and query ->
 * struct), by the binder (struct -> parameters of a statement, by name) and by the loader (row ->
 * struct, by column name). The kind of a field is derived from the member's C type, so a member
 * of a type that no layer can carry does not compile.
 */
#ifndef LOFT_DOMAIN_BASE_SHAPE_H
#define LOFT_DOMAIN_BASE_SHAPE_H

#include "domain/base/value.h"

enum kind {
    KIND_TEXT,        /* struct text */
    KIND_INTEGER,     /* struct integer */
    KIND_BOOLEAN,     /* struct boolean */
    KIND_JSON,        /* struct json_text */
    KIND_BYTES,       /* struct bytes */
    KIND_TEXT_LIST,   /* struct text_list */
    KIND_TEXT_MAP,    /* struct text_map */
    KIND_RECORD_LIST, /* struct record_list */
    KIND_INT64,       /* int64_t, never null */
    KIND_BOOL,        /* bool, never null */
};

struct field {
    const char *name;
    size_t offset;
    enum kind kind;
};

struct shape {
    const char *name;
    size_t size;
    const struct field *fields;
    size_t count;
};

/* clang-format off */
#define KIND_OF(member) _Generic((member), \
    struct text: KIND_TEXT, struct integer: KIND_INTEGER, struct boolean: KIND_BOOLEAN, \
    struct json_text: KIND_JSON, struct bytes: KIND_BYTES, struct text_list: KIND_TEXT_LIST, struct text_map: KIND_TEXT_MAP, \
    struct record_list: KIND_RECORD_LIST, int64_t: KIND_INT64, bool: KIND_BOOL)
/* clang-format on */

#define FIELD(type, member)                                                                        \
    {                                                                                              \
        .name = #member, .offset = offsetof(type, member), .kind = KIND_OF(((type *)0)->member)    \
    }

/* Defines `const struct shape NAME` over a field array given in braces. */
#define SHAPE(shape_name, type, ...)                                                               \
    static const struct field shape_name##_fields[] = {__VA_ARGS__};                               \
    const struct shape shape_name = {                                                              \
        .name = #type,                                                                             \
        .size = sizeof(type),                                                                      \
        .fields = shape_name##_fields,                                                             \
        .count = sizeof(shape_name##_fields) / sizeof(shape_name##_fields[0]),                     \
    }

/* A struct together with its shape, so that binder and loader need no other word about it. */
struct object {
    const struct shape *shape;
    const void *data;
};

const struct field *shape_find(const struct shape *shape, const char *name);

#endif
