#include "api/contract/decode.h"
#include "api/contract/form.h"
#include "api/contract/scalar.h"

#include "domain/base/text.h"

#include <inttypes.h>

/* `pointer` is on the arena or a literal. */
static void fault(struct decoder *d, const char *pointer, const char *code, const char *expected)
{
    error_fault(d->error, pointer, code, expected);
}

/* --- one value that came as text ------------------------------------------------------------- */

static void take_list(struct decoder *d, const struct schema *schema, const struct field *field,
                      struct text value, const char *pointer)
{
    size_t count = 1;
    for (size_t i = 0; i < value.len; i++)
        count += value.s[i] == ',';
    const char *expected;
    if ((int64_t)count > schema->max_items || (int64_t)count < schema->min_items) {
        bool many = (int64_t)count > schema->max_items;
        fault(d, pointer, many ? "too_many" : "too_few",
              arena_format(d->arena, "%" PRId64, many ? schema->max_items : schema->min_items));
        return;
    }
    struct text *items = arena_array(d->arena, struct text, count);
    const char *piece = value.s;
    for (size_t i = 0; i < count; i++) {
        size_t len = strcspn(piece, ",");
        struct text item = arena_text(d->arena, piece, len);
        piece += len + 1;
        const char *code = scalar_check_string(schema->items, item, d->arena, &expected);
        for (size_t j = 0; !code && schema->unique_items && j < i; j++)
            code = text_equals(items[j], item) ? "not_unique" : NULL;
        if (code)
            fault(d, pointer, code, expected);
        items[i] = code ? item : scalar_canonical(schema->items, item, d->arena);
    }
    if (field)
        *(struct text_list *)decoder_slot(d, field) = (struct text_list){
            .is = GIVEN, .items = items, .count = count};
}

static void take_integer(struct decoder *d, const struct schema *schema, const struct field *field,
                         struct text value, const char *pointer)
{
    int64_t integer;
    const char *expected;
    if (!scalar_parse_integer(value, &integer)) {
        fault(d, pointer, "wrong_type", "integer");
        return;
    }
    const char *code = scalar_check_integer(schema, integer, d->arena, &expected);
    if (code)
        fault(d, pointer, code, expected);
    else if (field)
        *(struct integer *)decoder_slot(d, field) = integer_of(integer);
}

/* Checks the text and, with a field, stores it. Faults stand at `pointer`. */
static void take(struct decoder *d, const struct schema *schema, const struct field *field,
                 struct text value, const char *pointer)
{
    if (schema->types & TYPE_ARRAY) {
        take_list(d, schema, field, value, pointer);
        return;
    }
    if (schema->types & TYPE_INTEGER) {
        take_integer(d, schema, field, value, pointer);
        return;
    }
    if (schema->types & TYPE_BOOLEAN) {
        bool boolean;
        if (!scalar_parse_boolean(value, &boolean))
            fault(d, pointer, "wrong_type", "true, false");
        else if (field)
            *(struct boolean *)decoder_slot(d, field) = boolean_of(boolean);
        return;
    }
    const char *expected;
    const char *code = scalar_check_string(schema, value, d->arena, &expected);
    if (code)
        fault(d, pointer, code, expected);
    else if (field)
        *(struct text *)decoder_slot(d, field) = scalar_canonical(schema, value, d->arena);
}

static void take_input(struct decoder *d, const struct input *input, struct text value,
                       const char *pointer)
{
    take(d, input->schema, input->bound ? &input->field : NULL, value, pointer);
}

/* --- path, query, headers -------------------------------------------------------------------- */

static struct text path_value(const struct raw_input *raw, const char *name)
{
    size_t n = 0;
    for (size_t i = 0; i < raw->route->segment_count; i++) {
        if (!raw->route->names[i])
            continue;
        if (strcmp(raw->route->names[i], name) == 0)
            return n < raw->path_param_count ? raw->path_params[n] : (struct text){0};
        n++;
    }
    return (struct text){0};
}

/* What does not fit names nothing, so it is not found; a fault would be of no use to the client. */
static enum outcome decode_path(struct decoder *d, const struct raw_input *raw)
{
    for (size_t i = 0; i < d->op->input_count; i++) {
        const struct input *input = &d->op->inputs[i];
        if (input->source != INPUT_PATH)
            continue;
        struct text value = path_value(raw, input->name);
        if (!contract_text_fits(input->schema, value))
            return error_refuse(d->error, NOT_FOUND, "not_found", NULL);
        take_input(d, input, value, "");
    }
    return DONE;
}

static const struct input *find_query(const struct operation *op, struct text name)
{
    for (size_t i = 0; i < op->input_count; i++)
        if (op->inputs[i].source == INPUT_QUERY && text_is(name, op->inputs[i].name))
            return &op->inputs[i];
    return NULL;
}

static const char *known_parameters(const struct decoder *d)
{
    struct buffer buffer;
    buffer_init(&buffer, d->arena, 0);
    buffer_add(&buffer, "", 0);
    for (size_t i = 0; i < d->op->input_count; i++) {
        if (d->op->inputs[i].source != INPUT_QUERY)
            continue;
        if (buffer.len > 0)
            buffer_add(&buffer, ", ", 2);
        buffer_add_string(&buffer, d->op->inputs[i].name);
    }
    return buffer.len > 0 ? buffer.data : NULL;
}

static bool repeated(const struct raw_input *raw, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (text_equals(raw->query[i].name, raw->query[index].name))
            return true;
    return false;
}

/* The first fault gives the problem its code. */
static void refuse_parameter(struct decoder *d, const char *code, const char *name)
{
    error_arg(d->error, "parameter", name);
    error_refuse(d->error, MALFORMED, code, NULL);
}

static void decode_pair(struct decoder *d, const struct raw_input *raw, size_t index)
{
    enum { NAME_SHOWN_MAX = 100 }; /* bytes of an unknown name that are repeated to the client */
    const struct pair *pair = &raw->query[index];
    const struct input *input = find_query(d->op, pair->name);
    const char *name = input ? input->name : "";
    if (!input && pair->name.len <= NAME_SHOWN_MAX)
        name = arena_string(d->arena, pair->name.s);
    const char *pointer = arena_format(d->arena, "?%s", name);
    if (!input || repeated(raw, index)) {
        const char *code = input ? "repeated_parameter" : "unknown_parameter";
        fault(d, pointer, code, input ? NULL : known_parameters(d));
        refuse_parameter(d, code, name);
        return;
    }
    size_t before = decoder_faults(d);
    take_input(d, input, pair->value, pointer);
    if (decoder_faults(d) != before)
        refuse_parameter(d, "invalid_parameter", name);
}

static bool is_sent(const struct input *input, const struct raw_input *raw)
{
    for (size_t i = 0; i < raw->query_count; i++)
        if (text_is(raw->query[i].name, input->name))
            return true;
    return false;
}

static void decode_absent(struct decoder *d, const struct input *input, const char *pointer)
{
    if (input->default_value) {
        take_input(d, input, text_of(input->default_value), pointer);
    } else if (input->required) {
        fault(d, pointer, "required", NULL);
        refuse_parameter(d, "invalid_parameter", input->name);
    }
}

static void decode_query(struct decoder *d, const struct raw_input *raw)
{
    for (size_t i = 0; i < raw->query_count; i++)
        decode_pair(d, raw, i);
    for (size_t i = 0; i < d->op->input_count; i++) {
        const struct input *input = &d->op->inputs[i];
        if (input->source == INPUT_QUERY && !is_sent(input, raw))
            decode_absent(d, input, arena_format(d->arena, "?%s", input->name));
    }
}

static struct text header_value(const struct decoder *d, const struct raw_input *raw,
                                const char *name)
{
    char *lower = arena_string(d->arena, name);
    for (char *c = lower; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return raw->header ? raw->header(raw->header_context, lower) : (struct text){0};
}

static void decode_headers(struct decoder *d, const struct raw_input *raw)
{
    for (size_t i = 0; i < d->op->input_count; i++) {
        const struct input *input = &d->op->inputs[i];
        if (input->source != INPUT_HEADER)
            continue;
        const char *pointer = arena_format(d->arena, "header:%s", input->name);
        struct text value = header_value(d, raw, input->name);
        size_t before = decoder_faults(d);
        if (value.is != GIVEN)
            decode_absent(d, input, pointer);
        else
            take_input(d, input, value, pointer);
        if (decoder_faults(d) != before)
            refuse_parameter(d, "invalid_parameter", input->name);
    }
}

/* --- body ------------------------------------------------------------------------------------ */

/* RFC 6749 3.2: a member without a value counts as left out, unknown ones are ignored, none may
 * be repeated. */
static void decode_form_member(struct decoder *d, const struct property *property,
                               const struct pair *pairs, size_t count)
{
    const char *pointer = arena_format(d->arena, "/%s", property->name);
    struct text value = {0};
    for (size_t i = 0; i < count; i++) {
        if (!text_is(pairs[i].name, property->name))
            continue;
        if (value.is == GIVEN) {
            fault(d, pointer, "duplicate_member", NULL);
            error_refuse(d->error, MALFORMED, "malformed_request", NULL);
            return;
        }
        value = pairs[i].value;
    }
    if (value.len == 0)
        value = text_of(property->default_value);
    if (value.is == GIVEN)
        take(d, property->schema, property->bound ? &property->field : NULL, value, pointer);
    else if (property->required)
        fault(d, pointer, "required", NULL);
}

static void decode_form(struct decoder *d, const char *body, size_t len)
{
    const struct pair *pairs;
    size_t count;
    if (form_parse(body, len, d->arena, &pairs, &count) != FORM_READ) {
        error_refuse(d->error, MALFORMED, "malformed_request", NULL);
        return;
    }
    const struct schema *schema = d->op->body_schema;
    for (size_t i = 0; i < schema->property_count; i++)
        decode_form_member(d, &schema->properties[i], pairs, count);
}

static void decode_raw(struct decoder *d, const struct raw_input *raw)
{
    if (raw->body_len == 0)
        return;
    if (d->op->body_text && !utf8_valid(raw->body, raw->body_len)) {
        error_refuse(d->error, MALFORMED, "invalid_encoding", NULL);
        return;
    }
    *(struct bytes *)decoder_slot(d, &d->op->raw_body) = (struct bytes){
        .is = GIVEN, .data = arena_copy(d->arena, raw->body, raw->body_len), .len = raw->body_len};
    *(struct text *)decoder_slot(d, &d->op->raw_type) = text_of(raw->body_type);
}

static void decode_body(struct decoder *d, const struct raw_input *raw)
{
    const char *body = raw->body;
    size_t len = raw->body_len;
    if (d->op->body == BODY_NONE)
        return;
    if (len == 0 && d->op->body_required)
        error_refuse(d->error, MALFORMED, "body_missing", NULL);
    else if (d->op->body == BODY_RAW)
        decode_raw(d, raw);
    else if (d->op->body == BODY_FORM)
        decode_form(d, body, len);
    else if (len > 0)
        body_decode(d, body, len);
    else /* a body that may be left out requires nothing; the compiler sees to that */
        body_decode(d, "{}", strlen("{}"));
}

enum outcome contract_decode(const struct operation *op, const struct raw_input *raw,
                             struct arena *arena, struct error *error, void *ret_input)
{
    struct decoder d = {.op = op, .arena = arena, .error = error, .input = ret_input};
    if (decode_path(&d, raw) != DONE)
        return error->outcome;
    decode_query(&d, raw);
    decode_headers(&d, raw);
    decode_body(&d, raw);
    return error_outcome(error);
}
