#include "api/contract/decode.h"
#include "api/contract/scalar.h"

#include "domain/base/text.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

enum { POINTER_KEY_MAX = 128 }; /* bytes of one key in a pointer; what is longer is cut */

/* Where a value stands: a chain on the stack, written out only when there is a fault. */
struct step {
    const struct step *up;
    struct text key;
};

static void release(json_t **json)
{
    json_decref(*json);
}

static struct text key_text(const char *key, size_t len)
{
    return (struct text){.is = GIVEN, .s = key, .len = len};
}

static const char *pointer_of(const struct decoder *d, const struct step *at)
{
    if (!at->up)
        return "";
    struct text key = at->key;
    if (key.len > POINTER_KEY_MAX) {
        size_t len = POINTER_KEY_MAX;
        while ((key.s[len] & 0xC0) == 0x80)
            len--;
        key = text_of(arena_format(d->arena, "%.*s…", (int)len, key.s));
    }
    return json_pointer(d->arena, pointer_of(d, at->up), key);
}

static void fault(struct decoder *d, const struct step *at, const char *code, const char *expected)
{
    /* Beyond the limit faults are only counted: no pointer is written for them. */
    bool kept = d->error->fault_count < ERROR_FAULTS_MAX;
    error_fault(d->error, kept ? pointer_of(d, at) : "", code, expected);
}

static void fault_limit(struct decoder *d, const struct step *at, const char *code, int64_t limit)
{
    fault(d, at, code, arena_format(d->arena, "%" PRId64, limit));
}

static void check(struct decoder *d, json_t *value, const struct schema *schema,
                  const struct step *at, bool patch);

static void check_string(struct decoder *d, json_t *value, const struct schema *schema,
                         const struct step *at)
{
    const char *expected = NULL;
    struct text text = key_text(json_string_value(value), json_string_length(value));
    const char *code = text_has_control(text)
                           ? "control_character"
                           : scalar_check_string(schema, text, d->arena, &expected);
    if (code) {
        fault(d, at, code, expected);
        return;
    }
    if (schema->format == FORMAT_UUID) /* in place: it may be part of a document that is kept */
        json_string_set(value, scalar_canonical(schema, text, d->arena).s);
}

static void check_integer(struct decoder *d, json_t *value, const struct schema *schema,
                          const struct step *at)
{
    const char *expected;
    const char *code = scalar_check_integer(schema, json_integer_value(value), d->arena, &expected);
    if (code)
        fault(d, at, code, expected);
}

/* Each row is filled as the body itself is, in a struct of its own. */
static void check_items(struct decoder *d, json_t *value, size_t count, const struct schema *schema,
                        const struct step *at)
{
    const struct shape *record = schema->record;
    char *body = d->input;
    if (record)
        d->records = arena_alloc(d->arena, record->size * count);
    for (size_t i = 0; i < count; i++) {
        char digits[24];
        int len = snprintf(digits, sizeof digits, "%zu", i);
        struct step here = {.up = at, .key = key_text(digits, (size_t)len)};
        json_t *item = json_array_get(value, i);
        if (record)
            d->input = d->records + i * record->size;
        check(d, item, schema->items, &here, false);
        for (size_t j = 0; schema->unique_items && j < i; j++)
            if (json_equal(item, json_array_get(value, j))) {
                fault(d, &here, "not_unique", NULL);
                break;
            }
    }
    d->input = body;
}

static void check_array(struct decoder *d, json_t *value, const struct schema *schema,
                        const struct step *at)
{
    size_t count = json_array_size(value);
    if ((int64_t)count < schema->min_items)
        fault_limit(d, at, "too_few", schema->min_items);
    if ((int64_t)count > schema->max_items) {
        fault_limit(d, at, "too_many", schema->max_items);
        count = (size_t)schema->max_items; /* the rest is not looked at */
    }
    check_items(d, value, count, schema, at);
}

static void check_map(struct decoder *d, json_t *value, const struct schema *schema,
                      const struct step *at, bool patch)
{
    int64_t count = (int64_t)json_object_size(value);
    if (count < schema->min_properties && !patch)
        fault_limit(d, at, "too_few", schema->min_properties);
    if (count > schema->max_properties) {
        fault_limit(d, at, "too_many", schema->max_properties);
        return;
    }
    for (void *i = json_object_iter(value); i; i = json_object_iter_next(value, i)) {
        struct text key = key_text(json_object_iter_key(i), json_object_iter_key_len(i));
        struct step here = {.up = at, .key = key};
        json_t *member = json_object_iter_value(i);
        if (!scalar_matches(schema->map_key_pattern, key.s, key.len))
            fault(d, &here, "pattern", contract_patterns[schema->map_key_pattern]);
        else if (!(patch && json_is_null(member))) /* null takes the member away (RFC 7396) */
            check(d, member, schema->map_values, &here, patch);
    }
}

static const struct property *find_property(const struct schema *schema, struct text key)
{
    for (size_t i = 0; i < schema->property_count; i++)
        if (text_is(key, schema->properties[i].name))
            return &schema->properties[i];
    return NULL;
}

static void check_unknown(struct decoder *d, json_t *value, const struct schema *schema,
                          const struct step *at)
{
    for (void *i = json_object_iter(value); i; i = json_object_iter_next(value, i)) {
        struct text key = key_text(json_object_iter_key(i), json_object_iter_key_len(i));
        struct step here = {.up = at, .key = key};
        if (!find_property(schema, key))
            fault(d, &here, "unknown_member", NULL);
    }
}

static json_t *default_of(const struct property *property)
{
    struct text text = text_of(property->default_value);
    int64_t integer;
    if (property->schema->types & TYPE_INTEGER && scalar_parse_integer(text, &integer))
        return json_integer(integer);
    if (property->schema->types & TYPE_BOOLEAN)
        return json_boolean(text_is(text, "true"));
    return json_string(text.s);
}

static struct text copied(const struct decoder *d, json_t *value)
{
    if (!json_is_string(value))
        return (struct text){.is = NULLED};
    return arena_text(d->arena, json_string_value(value), json_string_length(value));
}

static struct json_text dumped(const struct decoder *d, json_t *value)
{
    size_t len = json_dumpb(value, NULL, 0, JSON_COMPACT);
    char *text = arena_alloc(d->arena, len + 1);
    json_dumpb(value, text, len, JSON_COMPACT);
    return (struct json_text){.is = GIVEN, .s = text, .len = len};
}

static struct text_list list_of(const struct decoder *d, json_t *value)
{
    struct text_list list = {.is = GIVEN, .count = json_array_size(value)};
    struct text *items = arena_array(d->arena, struct text, list.count + 1);
    for (size_t i = 0; i < list.count; i++)
        items[i] = copied(d, json_array_get(value, i));
    list.items = items;
    return list;
}

static struct text_map map_of(const struct decoder *d, json_t *value)
{
    struct text_map map = {.is = GIVEN, .count = json_object_size(value)};
    struct text *keys = arena_array(d->arena, struct text, map.count + 1);
    struct text *values = arena_array(d->arena, struct text, map.count + 1);
    size_t n = 0;
    for (void *i = json_object_iter(value); i; i = json_object_iter_next(value, i), n++) {
        keys[n] = arena_text(d->arena, json_object_iter_key(i), json_object_iter_key_len(i));
        values[n] = copied(d, json_object_iter_value(i));
    }
    map.keys = keys;
    map.values = values;
    return map;
}

/* Every carrier begins with its presence, so null is written the same way into each. */
static void store_null(const struct decoder *d, const struct field *field)
{
    *(enum presence *)decoder_slot(d, field) = NULLED;
}

static void store_nulls(const struct decoder *d, const struct schema *schema)
{
    for (size_t i = 0; i < schema->property_count; i++) {
        const struct property *property = &schema->properties[i];
        if (property->bound)
            store_null(d, &property->field);
        if (property->flatten)
            store_nulls(d, property->schema);
    }
}

static void store(const struct decoder *d, const struct property *property, json_t *value)
{
    const struct field *field = &property->field;
    void *slot = property->bound ? decoder_slot(d, field) : NULL;
    if (json_is_null(value)) {
        if (property->bound)
            store_null(d, field);
        if (property->flatten)
            store_nulls(d, property->schema);
    } else if (!property->bound) {
        return;
    } else if (property->flatten) {
        *(struct boolean *)slot = boolean_of(true);
    } else if (field->kind == KIND_TEXT) {
        *(struct text *)slot = copied(d, value);
    } else if (field->kind == KIND_INTEGER) {
        *(struct integer *)slot = integer_of(json_integer_value(value));
    } else if (field->kind == KIND_BOOLEAN) {
        *(struct boolean *)slot = boolean_of(json_is_true(value));
    } else if (field->kind == KIND_TEXT_LIST) {
        *(struct text_list *)slot = list_of(d, value);
    } else if (field->kind == KIND_TEXT_MAP) {
        *(struct text_map *)slot = map_of(d, value);
    } else if (field->kind == KIND_RECORD_LIST) {
        *(struct record_list *)slot = (struct record_list){.is = GIVEN,
                                                           .shape = property->schema->record,
                                                           .items = d->records,
                                                           .count = json_array_size(value)};
    } else {
        *(struct json_text *)slot = dumped(d, value);
    }
}

static void check_object(struct decoder *d, json_t *value, const struct schema *schema,
                         const struct step *at, bool patch)
{
    size_t known = 0;
    for (size_t i = 0; i < schema->property_count; i++) {
        const struct property *property = &schema->properties[i];
        struct step here = {.up = at, .key = text_of(property->name)};
        json_t *member = json_object_get(value, property->name);
        known += member != NULL;
        if (!member && property->default_value && !patch) {
            member = default_of(property);
            json_object_set_new(value, property->name, member);
            known++;
        }
        if (!member) {
            if (property->required && !patch)
                fault(d, &here, "required", NULL);
            continue;
        }
        size_t before = decoder_faults(d);
        check(d, member, property->schema, &here, patch);
        if (decoder_faults(d) == before)
            store(d, property, member);
    }
    int64_t count = (int64_t)json_object_size(value);
    if (count > (int64_t)known)
        check_unknown(d, value, schema, at);
    if (count < schema->min_properties)
        fault_limit(d, at, "too_few", schema->min_properties);
    if (count > schema->max_properties)
        fault_limit(d, at, "too_many", schema->max_properties);
}

static unsigned type_of(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return TYPE_OBJECT;
    case JSON_ARRAY:
        return TYPE_ARRAY;
    case JSON_STRING:
        return TYPE_STRING;
    case JSON_INTEGER:
        return TYPE_INTEGER;
    case JSON_TRUE:
    case JSON_FALSE:
        return TYPE_BOOLEAN;
    case JSON_NULL:
        return TYPE_NULL;
    case JSON_REAL:
        break;
    }
    return 0; /* 1.0 is no integer, and nothing here is a fraction */
}

static void check(struct decoder *d, json_t *value, const struct schema *schema,
                  const struct step *at, bool patch)
{
    unsigned type = type_of(value);
    if (!(schema->types & type)) {
        fault(d, at, type == TYPE_NULL ? "null_not_allowed" : "wrong_type",
              scalar_type_words(schema->types, d->arena));
        return;
    }
    if (type == TYPE_STRING)
        check_string(d, value, schema, at);
    else if (type == TYPE_INTEGER)
        check_integer(d, value, schema, at);
    else if (type == TYPE_ARRAY)
        check_array(d, value, schema, at);
    else if (type == TYPE_OBJECT && schema->map_values)
        check_map(d, value, schema, at, patch);
    else if (type == TYPE_OBJECT)
        check_object(d, value, schema, at, patch);
}

/* Looks at brackets and commas only, before a parser recurses into them and makes a value of each:
 * "too_deep", "too_many" with the limit, or NULL. */
static const char *unparsable(const char *body, size_t len, int *ret_limit)
{
    int depth = 0, marks = 0;
    bool quoted = false;
    for (size_t i = 0; i < len; i++) {
        char c = body[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '['))
            depth++, marks++;
        else if (!quoted && (c == '}' || c == ']'))
            depth--;
        else if (!quoted && c == ',')
            marks++;
        if (depth > BODY_DEPTH_MAX) {
            *ret_limit = BODY_DEPTH_MAX;
            return "too_deep";
        }
        if (marks > BODY_MARKS_MAX) {
            *ret_limit = BODY_MARKS_MAX;
            return "too_many";
        }
    }
    return NULL;
}

static void refuse_json(struct decoder *d, const json_error_t *where)
{
    error_refuse(d->error, MALFORMED, "malformed_json", NULL);
    error_arg_int(d->error, "line", where->line);
    error_arg_int(d->error, "column", where->column);
    switch (json_error_code(where)) {
    case json_error_duplicate_key:
        error_fault(d->error, "", "duplicate_member", NULL);
        break;
    case json_error_numeric_overflow:
        error_fault(d->error, "", "too_large", arena_format(d->arena, "%" PRId64, INT64_MAX));
        break;
    case json_error_invalid_utf8:
    case json_error_null_character:
    case json_error_null_byte_in_key:
        error_fault(d->error, "", "invalid_encoding", NULL);
        break;
    default:
        break;
    }
}

void body_decode(struct decoder *d, const char *body, size_t len)
{
    int limit;
    const char *code = unparsable(body, len, &limit);
    if (code) {
        refuse_json(d, &(json_error_t){.line = 1, .column = 1});
        error_fault(d->error, "", code, arena_format(d->arena, "%d", limit));
        return;
    }
    json_error_t where;
    __attribute__((cleanup(release)))
    json_t *json = json_loadb(body, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &where);
    if (!json) {
        refuse_json(d, &where);
        return;
    }
    struct step root = {0};
    check(d, json, d->op->body_schema, &root, d->op->body == BODY_MERGE_PATCH);
}
