/*
 * libFuzzer target: any bytes as query and body of any operation of the contract. The first two
 * bytes choose the operation, then the query up to a zero byte, then the body.
 *
 * Beyond not crashing: what is taken is taken the same way twice, what is refused is refused with
 * words that exist, and everything shown to the client is UTF-8.
 *
 * Build: clang -fsanitize=fuzzer,address,undefined -DCONTRACT_ALONE with contract_tables.c, the
 * sources of api/contract and of domain/base. Seeds: tests/fuzz/decode_seeds.py.
 */
#include "api/contract/contract.h"
#include "domain/base/text.h"

#include <stdint.h>
#include <stdlib.h>

enum { ARENA_LIMIT = 16 * 1024 * 1024, BODY_MAX = 64 * 1024, QUERY_MAX = 64, PARAMS_MAX = 4 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char some_id[] = "0190f3a1-7c52-7b1a-9d3e-2f4b6a8c0d1e";

static void demand(bool holds)
{
    if (!holds)
        abort();
}

static const struct route *route_of(const struct operation *op)
{
    for (size_t i = 0; i < route_count; i++)
        if (routes[i].by_method[op->method] == op)
            return &routes[i];
    abort();
}

/* The dispatcher hands over text that is UTF-8 without NUL; so does this. */
static size_t split_query(struct arena *arena, const char *query, size_t len, struct pair *pairs)
{
    size_t count = 0;
    for (size_t start = 0; start < len && count < QUERY_MAX;) {
        const char *piece = query + start;
        const char *end = memchr(piece, '&', len - start);
        size_t size = end ? (size_t)(end - piece) : len - start;
        const char *equals = memchr(piece, '=', size);
        size_t name = equals ? (size_t)(equals - piece) : size;
        size_t skipped = equals ? name + 1 : size;
        start += size + 1;
        if (!utf8_valid(piece, name) || !utf8_valid(piece + skipped, size - skipped))
            continue;
        pairs[count].name = arena_text(arena, piece, name);
        pairs[count++].value = arena_text(arena, piece + skipped, size - skipped);
    }
    return count;
}

static struct text no_header(const void *context, const char *name)
{
    (void)context;
    (void)name;
    return (struct text){0};
}

static void check_refusal(const struct error *error)
{
    demand(message_find(error->code) != NULL);
    for (size_t i = 0; i < error->fault_count; i++) {
        const struct fault *fault = &error->faults[i];
        demand(message_find(fault->code) != NULL);
        demand(utf8_valid(fault->pointer, strlen(fault->pointer)));
        demand(!fault->expected || utf8_valid(fault->expected, strlen(fault->expected)));
    }
}

static void check_text(struct text value)
{
    demand(value.is != GIVEN || (value.s[value.len] == '\0' && utf8_valid(value.s, value.len)));
}

static void check_field(const struct field *field, const char *input);

static void check_shape(const struct shape *shape, const char *input)
{
    for (size_t i = 0; i < shape->count; i++)
        check_field(&shape->fields[i], input);
}

static void check_field(const struct field *field, const char *input)
{
    const void *slot = input + field->offset;
    if (field->kind == KIND_TEXT)
        check_text(*(const struct text *)slot);
    if (field->kind == KIND_BYTES && ((const struct bytes *)slot)->is == GIVEN)
        demand(((const struct bytes *)slot)->data[((const struct bytes *)slot)->len] == '\0');
    if (field->kind == KIND_TEXT_LIST)
        for (size_t i = 0; i < ((const struct text_list *)slot)->count; i++)
            check_text(((const struct text_list *)slot)->items[i]);
    if (field->kind == KIND_TEXT_MAP)
        for (size_t i = 0; i < ((const struct text_map *)slot)->count; i++) {
            check_text(((const struct text_map *)slot)->keys[i]);
            check_text(((const struct text_map *)slot)->values[i]);
        }
    if (field->kind == KIND_RECORD_LIST) {
        const struct record_list *list = slot;
        for (size_t i = 0; i < list->count; i++)
            check_shape(list->shape, (const char *)list->items + i * list->shape->size);
    }
}

static enum outcome decode_once(const struct operation *op, const struct raw_input *raw,
                                struct arena *arena)
{
    struct error *error = arena_new(arena, struct error);
    error_init(error, arena);
    char *input = arena_alloc(arena, op->input_shape->size);
    enum outcome outcome = contract_decode(op, raw, arena, error, input);
    demand(outcome == error->outcome);
    if (outcome != DONE)
        check_refusal(error);
    if (outcome == DONE)
        check_shape(op->input_shape, input);
    return outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena *arena;
    if (!arena) {
        contract_init();
        arena = arena_create(ARENA_LIMIT);
    }
    if (size < 2 || size > BODY_MAX || operation_count == 0)
        return 0;
    const struct operation *op = &operations[(size_t)(data[0] | data[1] << 8) % operation_count];
    const char *query = (const char *)data + 2;
    size_t query_len = strnlen(query, size - 2);
    size_t skipped = 2 + query_len + (2 + query_len < size);
    struct pair pairs[QUERY_MAX];
    struct text params[PARAMS_MAX] = {text_of(some_id), text_of(some_id), text_of(some_id),
                                      text_of(some_id)};
    arena_reset(arena);
    struct raw_input raw = {
        .path_params = params,
        .path_param_count = PARAMS_MAX,
        .route = route_of(op),
        .query = pairs,
        .query_count = split_query(arena, query, query_len, pairs),
        .header = no_header,
        .body = (const char *)data + skipped,
        .body_len = size - skipped,
        .body_type = op->body_types ? op->body_types[0] : NULL,
    };
    enum outcome first = decode_once(op, &raw, arena);
    demand(first == decode_once(op, &raw, arena));
    return 0;
}
