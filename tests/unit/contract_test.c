/*
 * The decoder against the sample contract in tests/unit/contract: what it takes, what it refuses,
 * and that it says everything that is wrong at once.
 */
#include "api/contract/contract.h"
#include "operations.h"
#include "tests/unit/contract/sample.h"
#include "tests/unit/support.h"

#include <stdio.h>

enum { QUERY_MAX = 16, SEGMENTS_MAX = ROUTE_SEGMENTS_MAX };

#define ID "0190f3a1-7c52-7b1a-9d3e-2f4b6a8c0d1e"
#define ID_UPPER "0190F3A1-7C52-7B1A-9D3E-2F4B6A8C0D1E"

/* A request as a test writes it. */
struct sent {
    const char *operation;
    const char *params[2];
    const char *query; /* a=b&c=d, without escapes */
    const char *header;
    const char *header_value;
    const char *body;
    size_t body_len; /* 0 = strlen */
    const char *body_type;
};

static const struct operation *operation_of(const char *id)
{
    for (size_t i = 0; i < operation_count; i++) {
        if (strcmp(operations[i].id, id) == 0) {
            return &operations[i];
        }
    }
    fail_msg("no operation %s", id);
    return NULL;
}

static const struct route *route_of(const struct operation *op)
{
    for (size_t i = 0; i < route_count; i++) {
        if (routes[i].by_method[op->method] == op) {
            return &routes[i];
        }
    }
    fail_msg("no route for %s", op->id);
    return NULL;
}

static struct text sent_header(const void *context, const char *name)
{
    const struct sent *sent = context;
    return sent->header && strcmp(sent->header, name) == 0 ? text_of(sent->header_value)
                                                           : (struct text){0};
}

static size_t split_query(struct arena *arena, const char *query, struct pair *pairs)
{
    size_t count = 0;
    while (query && *query) {
        size_t len = strcspn(query, "&");
        size_t name = strcspn(query, "=");
        assert_true(count < QUERY_MAX);
        pairs[count].name = arena_text(arena, query, name < len ? name : len);
        pairs[count++].value = name < len ? arena_text(arena, query + name + 1, len - name - 1)
                                          : text_of("");
        query += len + (query[len] == '&');
    }
    return count;
}

/* Decodes into a struct that the test leaves; what was refused is in the fixture's error. */
static void *decode(struct fixture *f, const struct sent *sent)
{
    struct error *error = fresh_error(f);
    const struct operation *op = operation_of(sent->operation);
    struct pair pairs[QUERY_MAX];
    struct text params[2] = {text_of(sent->params[0]), text_of(sent->params[1])};
    size_t body_len = sent->body ? strlen(sent->body) : 0;
    struct raw_input raw = {
        .path_params = params,
        .path_param_count = COUNT(params),
        .route = route_of(op),
        .query = pairs,
        .query_count = split_query(f->arena, sent->query, pairs),
        .header = sent_header,
        .header_context = sent,
        .body = sent->body,
        .body_len = sent->body_len ? sent->body_len : body_len,
        .body_type = sent->body_type,
    };
    void *input = arena_alloc(f->arena, op->input_shape->size);
    enum outcome outcome = contract_decode(op, &raw, f->arena, error, input);
    assert_int_equal(outcome, error->outcome);
    return input;
}

/* The same, and it must succeed. */
static void *decoded(struct fixture *f, const struct sent *sent)
{
    void *input = decode(f, sent);
    if (f->error.outcome != DONE) {
        struct fault none = {"", "", NULL};
        const struct fault *fault = f->error.fault_count ? f->error.faults : &none;
        fail_msg("%s: %s %s %s", sent->operation, f->error.code, fault->pointer, fault->code);
    }
    return input;
}

static struct thing_create *created(struct fixture *f, const char *body)
{
    return decoded(f, &(struct sent){.operation = "thing_create", .body = body});
}

#define assert_text(value, expected)                                                               \
    do {                                                                                           \
        assert_int_equal((value).is, GIVEN);                                                       \
        assert_string_equal((value).s, expected);                                                  \
        assert_int_equal((value).len, strlen(expected));                                           \
    } while (0)

/* ---- routes and messages --------------------------------------------------------------------- */

static void routing(void **state)
{
    static const struct {
        const char *path;
        const char *operation; /* its GET, or its POST when it has none; NULL = no route */
        const char *params[2];
    } cases[] = {
        {"/v1/sample/things", "thing_list", {NULL}},
        {"/v1/sample/things/special", "thing_special", {NULL}},
        {"/v1/sample/things/specia", "thing_show", {"specia"}},
        {"/v1/sample/things/specials", "thing_show", {"specials"}},
        {"/v1/sample/things/parts", "thing_show", {"parts"}},
        {"/v1/sample/others/parts", "kind_parts", {"others"}},
        {"/v1/sample/things/1/actions/close", "thing_close", {"1"}},
        {"/v1/sample/things/special/parts/7", "thing_part", {"special", "7"}},
        {"/v1/sample/things/1/parts", NULL, {NULL}},
        {"/v1/sample/things/", NULL, {NULL}},
        {"/v1/sample//parts", NULL, {NULL}},
        {"/v1/sample", NULL, {NULL}},
        {"/V1/sample/things", NULL, {NULL}},
        {"/v1/sample/things/1/actions/closer", NULL, {NULL}},
        {"/a/b/c/d/e/f/g/h/i/j/k/l", NULL, {NULL}},
        {"/token", "token_make", {NULL}},
        {"", "front", {NULL}},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text segments[SEGMENTS_MAX], params[SEGMENTS_MAX] = {{0}};
        size_t count = 0;
        for (const char *s = cases[i].path; *s; s += strcspn(s, "/")) {
            s++;
            segments[count++] = arena_text(f->arena, s, strcspn(s, "/"));
        }
        const struct route *route = contract_match(segments, count, params);
        assert_int_equal(route != NULL, cases[i].operation != NULL);
        if (!route) {
            continue;
        }
        const struct operation *op = route->by_method[METHOD_GET] ? route->by_method[METHOD_GET]
                                                                  : route->by_method[METHOD_POST];
        assert_string_equal(op->id, cases[i].operation);
        for (size_t n = 0; n < 2 && cases[i].params[n]; n++) {
            assert_text(params[n], cases[i].params[n]);
        }
    }
}

static void allowed_methods(void **state)
{
    (void)state;
    assert_string_equal(route_of(operation_of("thing_list"))->allow, "GET, HEAD, OPTIONS, POST");
    assert_string_equal(route_of(operation_of("thing_close"))->allow, "OPTIONS, POST");
    assert_string_equal(route_of(operation_of("thing_show"))->allow,
                        "DELETE, GET, HEAD, OPTIONS, PATCH");
}

static void every_message_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < message_count; i++) {
        assert_ptr_equal(message_find(messages[i].code), &messages[i]);
    }
    assert_null(message_find("no_such_code"));
    assert_null(message_find(""));
    assert_int_equal(message_find("already_registered")->status, 409);
    assert_int_equal(message_find("too_long")->status, 0);
}

static void operations_say_what_they_are(void **state)
{
    (void)state;
    const struct operation *list = operation_of("thing_list");
    assert_int_equal(list->answer, ANSWER_LIST);
    assert_string_equal(list->sorts[0].value, "-starts_at");
    assert_true(list->sorts[0].order.descending);
    assert_string_equal(list->sorts[0].order.cast, "timestamptz");
    assert_string_equal(list->sorts[0].order.id, "id");
    assert_int_equal(list->sort_count, 7);
    assert_string_equal(list->restricted[0].property, "secret");
    assert_string_equal(list->restricted[0].scope, "smart:contact");
    const struct schema *fields =
        NULL; /* the words of `fields=` are the members of an item in a list */
    for (size_t i = 0; i < list->input_count; i++) {
        if (strcmp(list->inputs[i].name, "fields") == 0) {
            fields = list->inputs[i].schema->items;
        }
    }
    assert_non_null(fields);
    for (size_t i = 0; fields->values[i]; i++) {
        assert_string_not_equal(fields->values[i], "allowed_actions");
    }
    const struct operation *create = operation_of("thing_create");
    assert_string_equal(create->location, "/v1/sample/things/{id}");
    assert_int_equal(create->status, 201);
    assert_true(create->idempotency && create->idempotency_required && create->dry_run);
    assert_true(create->writes && create->body_required && !create->if_match);
    const struct operation *close = operation_of("thing_close");
    assert_true(close->if_match && close->idempotency && !close->idempotency_required);
    assert_false(close->body_required);
    const struct operation *show = operation_of("thing_show");
    assert_false(show->authenticated);
    assert_string_equal(show->scope, "smart:read"); /* of a token, when there is one */
    assert_true(operation_of("thing_special")->authenticated);
    assert_null(operation_of("thing_special")->permission);
    assert_int_equal(operation_of("thing_delete")->answer, ANSWER_EMPTY);
    assert_int_equal(operation_of("token_make")->answer, ANSWER_RAW);
    assert_true(operation_of("token_make")->unlogged);
    assert_true(operation_of("front")->input_shape->size > 0);
}

/* ---- path, query, headers -------------------------------------------------------------------- */

static void path_parameters(void **state)
{
    struct fixture *f = *state;
    struct part_of *in = decoded(f, &(struct sent){"thing_part", {ID_UPPER, "7"}});
    assert_text(in->id, ID);
    assert_int_equal(in->part_no.v, 7);

    static const char *const wrong[][2] = {
        {"1", "7"},
        {ID "0", "7"},
        {ID, "0"},
        {ID, "100"},
        {ID, "07"},
        {ID, "x"},
        {ID, ""},
        {ID, "+7"},
        {ID, " 7"},
        {ID, "7.0"},
        {ID, "99999999999999999999"},
        {"\xff", "7"},
    };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        decode(f, &(struct sent){"thing_part", {wrong[i][0], wrong[i][1]}});
        assert_refused(&f->error, NOT_FOUND, "not_found", NULL);
        assert_int_equal(f->error.fault_count, 0);
    }
}

/* The struct that the compiler makes for a statement is known by its shape alone. */
static const void *member(const struct operation *op, const void *input, const char *name)
{
    const struct field *field = shape_find(op->input_shape, name);
    assert_non_null(field);
    return (const char *)input + field->offset;
}

static void query_parameters(void **state)
{
    struct fixture *f = *state;
    const struct operation *op = operation_of("thing_list");
    const void *in = decoded(
        f, &(struct sent){.operation = "thing_list",
                          .query = "state=open,closed&owner_id=" ID_UPPER
                                   "&open=false&q=blåbæ&limit=200&sort=-title&fields=id,title"
                                   "&count=true&updated_since=2023-03-22T09:00:00+01:00"});
    const struct text_list *states = member(op, in, "state");
    assert_int_equal(states->count, 2);
    assert_text(states->items[1], "closed");
    assert_text(*(const struct text *)member(op, in, "owner_id"), ID);
    assert_text(*(const struct text *)member(op, in, "q"), "blåbæ");
    const struct boolean *open = member(op, in, "open");
    assert_true(open->is == GIVEN && !open->v);
    const struct integer *capacity = member(op, in, "capacity");
    assert_true(capacity->is == GIVEN && capacity->v == 10);
    assert_null(shape_find(op->input_shape, "limit"));
    assert_null(shape_find(op->input_shape, "sort"));

    in = decoded(f, &(struct sent){.operation = "thing_list"});
    assert_int_equal(((const struct text_list *)member(op, in, "state"))->is, ABSENT);
    assert_int_equal(((const struct boolean *)member(op, in, "open"))->is, ABSENT);
}

static void query_faults(void **state)
{
    static const struct {
        const char *query, *pointer, *fault, *code;
    } cases[] = {
        {"colour=red", "?colour", "unknown_parameter", "unknown_parameter"},
        {"=x", "?", "unknown_parameter", "unknown_parameter"},
        {"q=abc&q=abc", "?q", "repeated_parameter", "repeated_parameter"},
        {"q=a", "?q", "too_short", "invalid_parameter"},
        {"q=abcdef", "?q", "too_long", "invalid_parameter"},
        {"q=åæøåæ0", "?q", "too_long", "invalid_parameter"},
        {"q=abC", "?q", "pattern", "invalid_parameter"},
        {"q=abc\n", "?q", "pattern", "invalid_parameter"},
        {"q", "?q", "too_short", "invalid_parameter"},
        {"state=open,open", "?state", "not_unique", "invalid_parameter"},
        {"state=open,shut", "?state", "not_in_enum", "invalid_parameter"},
        {"state=open,", "?state", "not_in_enum", "invalid_parameter"},
        {"state=", "?state", "not_in_enum", "invalid_parameter"},
        {"state=open,closed,draft", "?state", "too_many", "invalid_parameter"},
        {"owner_id=7", "?owner_id", "invalid_format", "invalid_parameter"},
        {"capacity=0", "?capacity", "too_small", "invalid_parameter"},
        {"capacity=1001", "?capacity", "too_large", "invalid_parameter"},
        {"capacity=1.0", "?capacity", "wrong_type", "invalid_parameter"},
        {"capacity=", "?capacity", "wrong_type", "invalid_parameter"},
        {"open=1", "?open", "wrong_type", "invalid_parameter"},
        {"open=True", "?open", "wrong_type", "invalid_parameter"},
        {"limit=201", "?limit", "too_large", "invalid_parameter"},
        {"limit=0", "?limit", "too_small", "invalid_parameter"},
        {"sort=secret", "?sort", "not_in_enum", "invalid_parameter"},
        {"fields=id,password", "?fields", "not_in_enum", "invalid_parameter"},
        {"fields=allowed_actions", "?fields", "not_in_enum", "invalid_parameter"},
        {"cursor=%", "?cursor", "pattern", "invalid_parameter"},
        {"updated_since=2023-03-22", "?updated_since", "invalid_format", "invalid_parameter"},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        decode(f, &(struct sent){.operation = "thing_list", .query = cases[i].query});
        assert_refused(&f->error, MALFORMED, cases[i].code, NULL);
        if (!has_fault(&f->error, cases[i].pointer, cases[i].fault)) {
            fail_msg("%s: %s %s", cases[i].query, f->error.faults[0].pointer,
                     f->error.faults[0].code);
        }
    }
}

static void query_of_an_operation_without_any(void **state)
{
    struct fixture *f = *state;
    decode(f, &(struct sent){.operation = "thing_special", .query = "x=1"});
    assert_refused(&f->error, MALFORMED, "unknown_parameter", NULL);
    assert_null(f->error.faults[0].expected);
}

static void headers(void **state)
{
    struct fixture *f = *state;
    struct sent sent = {.operation = "thing_list", .header = "x-trace", .header_value = "abcd"};
    const void *in = decoded(f, &sent);
    assert_text(*(const struct text *)member(operation_of("thing_list"), in, "x_trace"), "abcd");
    sent.header_value = "abcde";
    decode(f, &sent);
    assert_refused(&f->error, MALFORMED, "invalid_parameter", NULL);
    assert_true(has_fault(&f->error, "header:X-Trace", "too_long"));

    sent = (struct sent){.operation = "thing_create",
                         .header = "idempotency-key",
                         .header_value = "a b",
                         .body = "{\"title\":\"ab\",\"capacity\":1}"};
    decode(f, &sent);
    assert_true(has_fault(&f->error, "header:Idempotency-Key", "pattern"));
    sent.header = NULL; /* whether it must be there is the dispatcher's to say */
    decoded(f, &sent);
}

static void everything_is_said_at_once(void **state)
{
    struct fixture *f = *state;
    decode(f, &(struct sent){.operation = "thing_create",
                             .query = "x=1&y=2",
                             .header = "idempotency-key",
                             .header_value = "",
                             .body = "{\"title\":\"a\",\"capacity\":\"7\",\"extra\":1}"});
    assert_refused(&f->error, MALFORMED, "unknown_parameter", NULL);
    assert_true(has_fault(&f->error, "?x", "unknown_parameter"));
    assert_true(has_fault(&f->error, "?y", "unknown_parameter"));
    assert_true(has_fault(&f->error, "header:Idempotency-Key", "too_short"));
    assert_true(has_fault(&f->error, "/title", "too_short"));
    assert_true(has_fault(&f->error, "/capacity", "wrong_type"));
    assert_true(has_fault(&f->error, "/extra", "unknown_member"));
    assert_int_equal(f->error.fault_count, 6);
}

/* ---- JSON bodies ----------------------------------------------------------------------------- */

static void a_whole_body(void **state)
{
    struct fixture *f = *state;
    struct thing_create *in = created(
        f, "{\"title\":\"Blåbæ😊\",\"code\":\"a-1\",\"owner_id\":\"" ID_UPPER
           "\","
           "\"starts_on\":\"2024-02-29\",\"starts_at\":\"2023-03-22T09:00:00+01:00\","
           "\"email\":\"ola.demostad@example.no\",\"url\":\"https://example.no/a?b=%20\","
           "\"state\":\"open\",\"note\":null,\"capacity\":300,\"level\":9223372036854775807,"
           "\"open\":false,\"riddle\":\"aaa\","
           "\"person\":{\"name\":\"Kari Eksempelsen\",\"email\":\"kari@example.no\"},"
           "\"address\":{\"number\":221},\"tags\":[\"a\",\"b\"],"
           "\"choices\":{\"textbook\":\"b\",\"lunch\":\"c\"},"
           "\"rows\":[{\"number\":1,\"owner_id\":\"" ID_UPPER
           "\"}, {\"number\":2,\"street\":\"x\"}],"
           "\"place\" : { \"number\" : 3 }}");
    assert_text(in->title, "Blåbæ😊");
    assert_text(in->owner_id, ID);
    assert_text(in->starts_on, "2024-02-29");
    assert_text(in->starts_at, "2023-03-22T09:00:00+01:00");
    assert_text(in->state, "open");
    assert_int_equal(in->note.is, NULLED);
    assert_int_equal(in->capacity.v, 300);
    assert_true(in->level.v == INT64_MAX);
    assert_true(in->open.is == GIVEN && !in->open.v);
    assert_true(in->person.is == GIVEN && in->person.v);
    assert_text(in->person_name, "Kari Eksempelsen");
    assert_text(in->person_email, "kari@example.no");
    assert_int_equal(in->address_number.v, 221);
    assert_text(in->address_street, "Storgata");
    assert_int_equal(in->tags.count, 2);
    assert_text(in->tags.items[1], "b");
    assert_int_equal(in->choices.count, 2);
    assert_text(in->choices.keys[0], "textbook");
    assert_text(in->choices.values[1], "c");
    assert_text(in->rows, "[{\"number\":1,\"owner_id\":\"" ID
                          "\",\"street\":\"Storgata\"},"
                          "{\"number\":2,\"street\":\"x\"}]");
    assert_text(in->place, "{\"number\":3,\"street\":\"Storgata\"}");
}

static void a_small_body_gets_defaults(void **state)
{
    struct fixture *f = *state;
    struct thing_create *in = created(f, "{\"title\":\"ab\",\"capacity\":1}");
    assert_text(in->state, "draft");
    assert_true(in->open.is == GIVEN && in->open.v);
    assert_int_equal(in->level.v, -5);
    assert_int_equal(in->person.is, ABSENT);
    assert_int_equal(in->person_name.is, ABSENT);
    assert_int_equal(in->address_street.is, ABSENT); /* its object is not there */
    assert_int_equal(in->tags.is, ABSENT);
    assert_int_equal(in->rows.is, ABSENT);
    assert_int_equal(in->note.is, ABSENT);
}

static void a_body_that_may_be_left_out(void **state)
{
    struct fixture *f = *state;
    struct thing_action *in = decoded(f, &(struct sent){"thing_close", {ID}});
    assert_text(in->id, ID);
    assert_int_equal(in->reason.is, ABSENT);
    assert_true(in->loud.is == GIVEN && in->loud.v);
    decode(f, &(struct sent){.operation = "thing_create"});
    assert_refused(&f->error, MALFORMED, "body_missing", NULL);
}

struct body_case {
    const char *body, *pointer, *fault;
    const char *expected; /* NULL = not asked */
};

static void check_bodies(struct fixture *f, const char *operation, const char *param,
                         const struct body_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        decode(f, &(struct sent){operation, {param}, .body = cases[i].body});
        const struct error *error = &f->error;
        assert_refused(error, INVALID, "validation_failed", NULL);
        if (!has_fault(error, cases[i].pointer, cases[i].fault) || error->fault_count != 1) {
            fail_msg("%s: %s %s, %zu faults", cases[i].body, error->faults[0].pointer,
                     error->faults[0].code, error->fault_count);
        }
        if (cases[i].expected) {
            assert_string_equal(error->faults[0].expected, cases[i].expected);
        }
        assert_non_null(message_find(cases[i].fault));
    }
}

static void rows_become_structs(void **state)
{
    struct fixture *f = *state;
    struct thing_seats *in = decoded(
        f, &(struct sent){"thing_seats",
                          {ID},
                          .body = "{\"seats\":[{\"seat_no\":1},"
                                  "{\"seat_no\":2,\"person_id\":\"" ID_UPPER "\","
                                  "\"status\":\"free\",\"note\":null,\"wheelchair\":true,"
                                  "\"tags\":[\"a\",\"b\"]},"
                                  "{\"seat_no\":3,\"note\":\"ved døra\",\"tags\":[]}],"
                                  "\"hall\":{\"spare\":[{\"seat_no\":9}]}}"});
    assert_int_equal(in->seats.count, 3);
    assert_ptr_equal(in->seats.shape, &shape_thing_seat);
    const struct thing_seat *seats = in->seats.items;
    assert_int_equal(seats[0].seat_no.v, 1);
    assert_text(seats[0].status, "taken");
    assert_int_equal(seats[0].person_id.is, ABSENT);
    assert_int_equal(seats[0].wheelchair.is, ABSENT);
    assert_text(seats[1].person_id, ID);
    assert_text(seats[1].status, "free");
    assert_int_equal(seats[1].note.is, NULLED);
    assert_true(seats[1].wheelchair.is == GIVEN && seats[1].wheelchair.v);
    assert_int_equal(seats[1].tags.count, 2);
    assert_text(seats[1].tags.items[1], "b");
    assert_text(seats[2].note, "ved døra");
    assert_true(seats[2].tags.is == GIVEN && seats[2].tags.count == 0);
    assert_text(in->id, ID); /* rows go nowhere else */
    assert_int_equal(in->hall_spare.count, 1);
    assert_int_equal(((const struct thing_seat *)in->hall_spare.items)->seat_no.v, 9);

    in = decoded(f, &(struct sent){"thing_seats", {ID}, .body = "{\"seats\":null}"});
    assert_int_equal(in->seats.is, NULLED);
    assert_int_equal(in->hall_spare.is, ABSENT);

    const struct operation *op = operation_of("thing_seats");
    assert_int_equal(op->body_max, 1048576);
    assert_int_equal(op->method, METHOD_PUT);
    assert_true(op->if_match && op->dry_run && op->writes && op->body_required);
    assert_int_equal(operation_of("thing_create")->body_max, 0);
}

static void as_many_rows_as_there_may_be(void **state)
{
    enum { ROWS = 10000 };
    struct fixture *f = *state;
    struct arena *arena = arena_create(4 * 1024 * 1024);
    struct buffer body;
    buffer_init(&body, arena, 0);
    buffer_add_string(&body, "{\"seats\":[");
    for (int i = 1; i <= ROWS; i++) {
        buffer_add_string(&body, arena_format(arena, "{\"seat_no\":%d},", i));
    }
    size_t full = body.len;
    body.data[full - 1] = ']';
    buffer_add_char(&body, '}');
    struct thing_seats *in = decoded(f, &(struct sent){"thing_seats", {ID}, .body = body.data});
    assert_int_equal(in->seats.count, ROWS);
    assert_int_equal(((const struct thing_seat *)in->seats.items)[ROWS - 1].seat_no.v, ROWS);

    body.len = full;
    body.data[full - 1] = ',';
    buffer_add_string(&body, "{\"seat_no\":0}]}");
    decode(f, &(struct sent){"thing_seats", {ID}, .body = body.data});
    assert_true(has_fault(&f->error, "/seats", "too_many"));
    assert_int_equal(f->error.fault_count, 1); /* beyond the limit nothing is looked at */
    arena_destroy(arena);
}

static void row_faults(void **state)
{
    static const struct body_case cases[] = {
        {"{\"seats\":[]}", "/seats", "too_few", "1"},
        {"{\"seats\":{}}", "/seats", "wrong_type", "array, null"},
        {"{\"seats\":[null]}", "/seats/0", "null_not_allowed", "object"},
        {"{\"seats\":[[]]}", "/seats/0", "wrong_type", "object"},
        {"{\"seats\":[7]}", "/seats/0", "wrong_type", "object"},
        {"{\"seats\":[{\"seat_no\":1},{}]}", "/seats/1/seat_no", "required", NULL},
        {"{\"seats\":[{\"seat_no\":1},{\"seat_no\":1,\"status\":\"gone\"}]}", "/seats/1/status",
         "not_in_enum", "taken, free"},
        {"{\"seats\":[{\"seat_no\":1,\"row\":1}]}", "/seats/0/row", "unknown_member", NULL},
        {"{\"seats\":[{\"seat_no\":1,\"tags\":[\"a\",7]}]}", "/seats/0/tags/1", "wrong_type",
         "string"},
        {"{\"seats\":[{\"seat_no\":1,\"status\":null}]}", "/seats/0/status", "null_not_allowed",
         "string"},
        {"{\"seats\":[{\"seat_no\":1}],\"hall\":{\"spare\":[{\"seat_no\":1},{\"seat_no\":1}]}}",
         "/hall/spare/1", "not_unique", NULL},
    };
    struct fixture *f = *state;
    check_bodies(f, "thing_seats", ID, cases, COUNT(cases));

    decode(f,
           &(struct sent){"thing_seats",
                          {ID},
                          .body = "{\"seats\":[{\"seat_no\":0},{\"seat_no\":1,\"note\":7},{}]}"});
    assert_true(has_fault(&f->error, "/seats/0/seat_no", "too_small"));
    assert_true(has_fault(&f->error, "/seats/1/note", "wrong_type"));
    assert_true(has_fault(&f->error, "/seats/2/seat_no", "required"));
    assert_int_equal(f->error.fault_count, 3);

    decode(f,
           &(struct sent){"thing_seats",
                          {ID},
                          .body = "{\"seats\":[{\"seat_no\":1},{\"seat_no\":1,\"seat_no\":2}]}"});
    assert_refused(&f->error, MALFORMED, "malformed_json", NULL);
    assert_true(has_fault(&f->error, "", "duplicate_member"));
}

/* What a parser makes of a bracket is a hundred times its size. */
static void a_body_of_nothing_but_brackets(void **state)
{
    struct fixture *f = *state;
    struct arena *arena = arena_create(4 * 1024 * 1024);
    size_t len = 2 * (BODY_MARKS_MAX + 2);
    char *body = arena_alloc(arena, len + 1);
    for (size_t i = 0; i < len; i += 2) {
        memcpy(body + i, "{}", 2);
    }
    decode(f, &(struct sent){"thing_seats", {ID}, .body = body, .body_len = len});
    assert_refused(&f->error, MALFORMED, "malformed_json", NULL);
    assert_true(has_fault(&f->error, "", "too_many"));
    arena_destroy(arena);
}

#define WITH(members) "{\"title\":\"ab\",\"capacity\":1," members "}"

static void body_faults(void **state)
{
    static const struct body_case cases[] = {
        {"{\"capacity\":1}", "/title", "required", NULL},
        {"{\"title\":\"a\",\"capacity\":1}", "/title", "too_short", "2"},
        {"{\"title\":\"123456789\",\"capacity\":1}", "/title", "too_long", "8"},
        {"{\"title\":\"ææææææææø\",\"capacity\":1}", "/title", "too_long", "8"},
        {"{\"title\":7,\"capacity\":1}", "/title", "wrong_type", "string"},
        {"{\"title\":null,\"capacity\":1}", "/title", "null_not_allowed", "string"},
        {"{\"title\":\"ab\",\"capacity\":0}", "/capacity", "too_small", "1"},
        {"{\"title\":\"ab\",\"capacity\":301}", "/capacity", "too_large", "300"},
        {"{\"title\":\"ab\",\"capacity\":1.0}", "/capacity", "wrong_type", "integer"},
        {"{\"title\":\"ab\",\"capacity\":1e2}", "/capacity", "wrong_type", "integer"},
        {"{\"title\":\"ab\",\"capacity\":true}", "/capacity", "wrong_type", "integer"},
        {WITH("\"open\":0"), "/open", "wrong_type", "boolean"},
        {WITH("\"state\":\"closed\""), "/state", "not_in_enum", "draft, open"},
        {WITH("\"note\":7"), "/note", "wrong_type", "string, null"},
        {WITH("\"code\":\"A\""), "/code", "pattern", "^[a-z][a-z0-9-]*$"},
        {WITH("\"code\":\"a\\n\""), "/code", "pattern", NULL},
        {WITH("\"owner_id\":\"x\""), "/owner_id", "invalid_format", "uuid"},
        {WITH("\"person\":7"), "/person", "wrong_type", "object"},
        {WITH("\"person\":null"), "/person", "null_not_allowed", "object"},
        {WITH("\"person\":{\"name\":\"x\"}"), "/person/email", "required", NULL},
        {WITH("\"person\":{\"name\":\"x\",\"email\":\"y\"}"), "/person/email", "invalid_format",
         NULL},
        {WITH("\"person\":{\"name\":\"x\",\"email\":\"y@e.no\",\"age\":1}"), "/person/age",
         "unknown_member", NULL},
        {WITH("\"a/b~c\":1"), "/a~1b~0c", "unknown_member", NULL},
        {WITH("\"\":1"), "/", "unknown_member", NULL},
        {WITH("\"tags\":[]"), "/tags", "too_few", "1"},
        {WITH("\"tags\":[\"a\",\"b\",\"c\",\"d\",7]"), "/tags", "too_many", "3"},
        {WITH("\"tags\":[\"a\",\"b\",\"a\"]"), "/tags/2", "not_unique", NULL},
        {WITH("\"tags\":[\"a\",\"bbbbbb\"]"), "/tags/1", "too_long", "5"},
        {WITH("\"tags\":[null]"), "/tags/0", "null_not_allowed", NULL},
        {WITH("\"tags\":{}"), "/tags", "wrong_type", "array"},
        {WITH("\"choices\":{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\"}"), "/choices", "too_many", "2"},
        {WITH("\"choices\":{\"A\":\"1\"}"), "/choices/A", "pattern", "^[a-z]+$"},
        {WITH("\"choices\":{\"a\":1}"), "/choices/a", "wrong_type", "string"},
        {WITH("\"choices\":{\"a\":null}"), "/choices/a", "null_not_allowed", "string"},
        {WITH("\"choices\":[]"), "/choices", "wrong_type", "object"},
        {WITH("\"rows\":[{\"number\":1},{\"number\":0}]"), "/rows/1/number", "too_small", "1"},
        {WITH("\"rows\":[{}]"), "/rows/0/number", "required", NULL},
        {WITH("\"rows\":[[]]"), "/rows/0", "wrong_type", "object"},
        {WITH("\"place\":{\"number\":1,\"x\":[]}"), "/place/x", "unknown_member", NULL},
        {"[]", "", "wrong_type", "object"},
        {"null", "", "null_not_allowed", "object"},
        {"\"x\"", "", "wrong_type", "object"},
        {" 7 ", "", "wrong_type", "object"},
    };
    check_bodies(*state, "thing_create", NULL, cases, COUNT(cases));
}

static void json_that_cannot_be_read(void **state)
{
    static const struct {
        const char *body;
        size_t len;
        const char *fault;
    } cases[] = {
        {"{", 0, NULL},
        {"{\"title\":\"ab\",}", 0, NULL},
        {"{'title':1}", 0, NULL},
        {"{\"title\":01}", 0, NULL},
        {"{\"title\":NaN}", 0, NULL},
        {"{} {}", 0, NULL},
        {"\xef\xbb\xbf{}", 0, NULL},
        {" ", 0, NULL},
        {"{\"title\":\"a\",\"title\":\"a\"}", 0, "duplicate_member"},
        {"{\"title\":\"a\",\"\\u0074itle\":\"a\"}", 0, "duplicate_member"},
        {"{\"capacity\":99999999999999999999}", 0, "too_large"},
        {"{\"title\":\"\\u0000\"}", 0, "invalid_encoding"},
        {"{\"\\u0000\":1}", 0, "invalid_encoding"},
        {"{\"title\":\"\xff\"}", 0, "invalid_encoding"},
        {"{\"title\":\"\xed\xa0\x80\"}", 0, "invalid_encoding"},
        {"{\"title\":\"\\ud800\"}", 0, NULL},
        {"{}\0", 3, NULL},
        {"[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]", 0, "too_deep"},
        {"[[[[[[[[[[[[[[[[[", 0, "too_deep"},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        decode(f, &(struct sent){.operation = "thing_create",
                                 .body = cases[i].body,
                                 .body_len = cases[i].len});
        assert_refused(&f->error, MALFORMED, "malformed_json", NULL);
        assert_int_equal(f->error.fault_count, cases[i].fault != NULL);
        if (cases[i].fault) {
            assert_true(has_fault(&f->error, "", cases[i].fault));
        }
        assert_string_equal(f->error.args[0].name, "line");
    }
    /* Sixteen levels are read, and brackets in strings are no levels. */
    decode(f,
           &(struct sent){.operation = "thing_create", .body = "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]"});
    assert_refused(&f->error, INVALID, "validation_failed", NULL);
    decode(f,
           &(struct sent){.operation = "thing_create",
                          .body = WITH("\"note\":\"[[[[[[[[[\\\"\",\"x\":\"[[[[[[[[[[[[[[[[[\"")});
    assert_refused(&f->error, INVALID, "validation_failed", NULL);
    assert_true(has_fault(&f->error, "/note", "too_long") == false);
}

static void a_flood_of_faults_is_counted(void **state)
{
    enum { MEMBERS = 2000 };
    struct fixture *f = *state;
    struct arena *arena = arena_create(1024 * 1024);
    struct buffer body;
    buffer_init(&body, arena, 0);
    buffer_add_string(&body, WITH("\"x\":1"));
    body.len--;
    for (int i = 0; i < MEMBERS; i++) {
        buffer_add_string(&body, arena_format(arena, ",\"m%d\":1", i));
    }
    buffer_add_char(&body, '}');
    decode(f, &(struct sent){.operation = "thing_create", .body = body.data});
    assert_int_equal(f->error.fault_count, ERROR_FAULTS_MAX);
    assert_int_equal(f->error.faults_omitted, MEMBERS + 1 - ERROR_FAULTS_MAX);
    arena_destroy(arena);
}

static void a_long_key_is_cut_between_characters(void **state)
{
    enum { LONG = 4000 };
    struct fixture *f = *state;
    char key[LONG + 1] = "a"; /* so that the cut would fall into a character */
    for (size_t i = 1; i + 1 < LONG; i += 2) {
        memcpy(key + i, "ø", 2);
    }
    key[LONG - 1] = '\0';
    char body[LONG + 100];
    snprintf(body, sizeof body, WITH("\"%s\":1"), key);
    decode(f, &(struct sent){.operation = "thing_create", .body = body});
    const char *pointer = f->error.faults[0].pointer;
    assert_int_equal(strlen(pointer), 1 + 127 + strlen("…"));
    assert_memory_equal(pointer + 128, "…", strlen("…"));
}

static void a_pattern_cannot_be_made_to_burn(void **state)
{
    struct fixture *f = *state;
    char body[200] = WITH("\"riddle\":\"                                                   b\"");
    memset(strchr(body, ' '), 'a', strspn(strchr(body, ' '), " "));
    decode(f, &(struct sent){.operation = "thing_create", .body = body});
    assert_true(has_fault(&f->error, "/riddle", "pattern"));
}

/* ---- raw bodies ------------------------------------------------------------------------------ */

static void raw_bodies(void **state)
{
    struct fixture *f = *state;
    static const char png[] = "\x89PNG\0\xff\xfe\0";
    struct thing_photo *in = decoded(f, &(struct sent){"thing_photo",
                                                       {ID_UPPER},
                                                       .body = png,
                                                       .body_len = sizeof png - 1,
                                                       .body_type = "image/png"});
    assert_text(in->id, ID);
    assert_int_equal(in->body.is, GIVEN);
    assert_int_equal(in->body.len, sizeof png - 1);
    assert_memory_equal(in->body.data, png, sizeof png); /* the zero behind it too */
    assert_text(in->content_type, "image/png");

    in = decoded(f, &(struct sent){"thing_photo", {ID}});
    assert_int_equal(in->body.is, ABSENT);
    assert_int_equal(in->content_type.is, ABSENT);

    const struct operation *op = operation_of("thing_photo");
    assert_int_equal(op->body, BODY_RAW);
    assert_string_equal(op->body_types[0], "image/png");
    assert_string_equal(op->body_types[1], "application/pdf");
    assert_null(op->body_types[2]);
    assert_null(op->body_schema);
    assert_false(op->body_text || op->body_required);
    assert_int_equal(operation_of("thing_import")->body_max, 8388608);
    assert_string_equal(operation_of("thing_update")->body_types[0],
                        "application/merge-patch+json");
}

static void raw_text_is_utf8(void **state)
{
    struct fixture *f = *state;
    struct sent sent = {"thing_import", {NULL}, .body_type = "text/csv"};
    sent.body = "\xef\xbb\xbftittel\r\n\"Blåbæ\"\"\"\r\n";
    struct thing_import *in = decoded(f, &sent);
    assert_text(in->mode, "add");
    assert_int_equal(in->body.len, strlen(sent.body)); /* its byte order mark too */
    assert_string_equal(in->body.data, sent.body);

    static const struct {
        const char *body;
        size_t len;
    } broken[] = {
        {"a\xff", 2},    {"a\xed\xa0\x80", 4}, {"a\0b", 3}, {"\0", 1},
        {"\xc0\xaf", 2}, {"bl\xe5", 3},        {"\xc3", 1},
    };
    for (size_t i = 0; i < COUNT(broken); i++) {
        sent.body = broken[i].body;
        sent.body_len = broken[i].len;
        decode(f, &sent);
        assert_refused(&f->error, MALFORMED, "invalid_encoding", NULL);
    }
    decode(f, &(struct sent){"thing_import", {NULL}});
    assert_refused(&f->error, MALFORMED, "body_missing", NULL);
}

/* ---- merge patches --------------------------------------------------------------------------- */

static struct thing_update *patched(struct fixture *f, const char *body)
{
    return decoded(f, &(struct sent){"thing_update", {ID}, .body = body});
}

static void a_patch_is_tri_state(void **state)
{
    struct fixture *f = *state;
    struct thing_update *in = patched(f, "{}");
    assert_text(in->id, ID);
    assert_int_equal(in->title.is, ABSENT); /* required says nothing here, nor does a default */
    assert_int_equal(in->note.is, ABSENT);
    assert_int_equal(in->person.is, ABSENT);

    in = patched(f,
                 "{\"note\":null,\"capacity\":5,\"tags\":null,"
                 "\"choices\":{\"a\":null,\"b\":\"x\"},\"person\":{\"email\":null}}");
    assert_int_equal(in->note.is, NULLED);
    assert_int_equal(in->capacity.v, 5);
    assert_int_equal(in->tags.is, NULLED);
    assert_int_equal(in->choices.values[0].is, NULLED);
    assert_text(in->choices.values[1], "x");
    assert_true(in->person.is == GIVEN && in->person.v);
    assert_int_equal(in->person_name.is, ABSENT);
    assert_int_equal(in->person_email.is, NULLED);

    in = patched(f, "{\"person\":null}");
    assert_int_equal(in->person.is, NULLED);
    assert_int_equal(in->person_name.is, NULLED);
    assert_int_equal(in->person_email.is, NULLED);
}

static void patch_faults(void **state)
{
    static const struct body_case cases[] = {
        {"{\"title\":null}", "/title", "null_not_allowed", "string"},
        {"{\"capacity\":null}", "/capacity", "null_not_allowed", "integer"},
        {"{\"choices\":null}", "/choices", "null_not_allowed", "object"},
        {"{\"person\":{\"name\":null}}", "/person/name", "null_not_allowed", "string"},
        {"{\"person\":{\"age\":1}}", "/person/age", "unknown_member", NULL},
        {"{\"state\":\"open\"}", "/state", "unknown_member", NULL},
        {"{\"id\":\"" ID "\"}", "/id", "unknown_member", NULL},
        {"{\"tags\":[null]}", "/tags/0", "null_not_allowed", NULL},
        /* An array is replaced whole, so what is in it must be whole. */
        {"{\"rows\":[{\"street\":\"x\"}]}", "/rows/0/number", "required", NULL},
    };
    check_bodies(*state, "thing_update", ID, cases, COUNT(cases));
}

/* ---- forms ----------------------------------------------------------------------------------- */

static void forms(void **state)
{
    struct fixture *f = *state;
    struct sent sent = {.operation = "token_make"};
    sent.body = "grant_type=client_credentials&scope=smart%3Aread+smart%3Awrite&other=1&&x";
    struct token_request *in = decoded(f, &sent);
    assert_text(in->grant_type, "client_credentials");
    assert_text(in->scope, "smart:read smart:write");
    assert_int_equal(in->lifetime.v, 600);
    sent.body = "grant_type=client%5fcredentials&scope=&lifetime=60";
    in = decoded(f, &sent);
    assert_int_equal(in->scope.is, ABSENT);
    assert_int_equal(in->lifetime.v, 60);

    static const struct {
        const char *body;
        enum outcome outcome;
        const char *pointer, *fault;
    } cases[] = {
        {"scope=x", INVALID, "/grant_type", "required"},
        {"grant_type=", INVALID, "/grant_type", "required"},
        {"grant_type=password", INVALID, "/grant_type", "not_in_enum"},
        {"grant_type=client_credentials&lifetime=1", INVALID, "/lifetime", "too_small"},
        {"grant_type=client_credentials&lifetime=x", INVALID, "/lifetime", "wrong_type"},
        {"scope=a&grant_type=client_credentials&scope=b", MALFORMED, "/scope", "duplicate_member"},
        {"grant_type=%", MALFORMED, NULL, NULL},
        {"grant_type=%4", MALFORMED, NULL, NULL},
        {"grant_type=%zz", MALFORMED, NULL, NULL},
        {"grant_type=a%00", MALFORMED, NULL, NULL},
        {"grant_type=%ff", MALFORMED, NULL, NULL},
        {"%ff=1", MALFORMED, NULL, NULL},
        {"", MALFORMED, NULL, NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        sent.body = cases[i].body;
        decode(f, &sent);
        assert_int_equal(f->error.outcome, cases[i].outcome);
        assert_int_equal(f->error.fault_count, cases[i].pointer != NULL);
        assert_true(!cases[i].pointer || has_fault(&f->error, cases[i].pointer, cases[i].fault));
    }
    char many[300] = "";
    for (size_t i = 0; i < FORM_PAIRS_MAX + 1; i++) {
        strcat(many, "a=1&");
    }
    sent.body = many;
    decode(f, &sent);
    assert_refused(&f->error, MALFORMED, "malformed_request", NULL);
}

/* ---- single values --------------------------------------------------------------------------- */

static void formats(void **state)
{
    static const struct {
        enum schema_format format;
        const char *value;
        bool fits;
    } cases[] = {
        {FORMAT_UUID, ID, true},
        {FORMAT_UUID, ID_UPPER, true},
        {FORMAT_UUID, "00000000-0000-0000-0000-000000000000", true},
        {FORMAT_UUID, "{" ID "}", false},
        {FORMAT_UUID, "0190f3a17c527b1a9d3e2f4b6a8c0d1e", false},
        {FORMAT_UUID, "0190f3a1-7c52-7b1a-9d3e-2f4b6a8c0d1g", false},
        {FORMAT_UUID, "0190f3a1-7c52-7b1a-9d3e02f4b6a8c0d1e", false},
        {FORMAT_UUID, "", false},
        {FORMAT_DATE, "2024-02-29", true},
        {FORMAT_DATE, "1838-01-01", true},
        {FORMAT_DATE, "2023-02-29", false},
        {FORMAT_DATE, "1900-02-29", false},
        {FORMAT_DATE, "2000-02-29", true},
        {FORMAT_DATE, "2023-13-01", false},
        {FORMAT_DATE, "2023-00-01", false},
        {FORMAT_DATE, "2023-04-31", false},
        {FORMAT_DATE, "2023-4-1", false},
        {FORMAT_DATE, "23-04-01", false},
        {FORMAT_DATE, "2023-04-01 ", false},
        {FORMAT_DATE, "1799-12-31", false},
        {FORMAT_DATE, "2201-01-01", false},
        {FORMAT_DATE_TIME, "2023-03-22T08:00:00Z", true},
        {FORMAT_DATE_TIME, "2023-03-22T08:00:00.123456Z", true},
        {FORMAT_DATE_TIME, "2023-03-22T09:00:00+01:00", true},
        {FORMAT_DATE_TIME, "2023-03-22T08:00:00", false},
        {FORMAT_DATE_TIME, "2023-03-22 08:00:00Z", false},
        {FORMAT_DATE_TIME, "2023-03-22T24:00:00Z", false},
        {FORMAT_DATE_TIME, "2023-03-22T08:60:00Z", false},
        {FORMAT_DATE_TIME, "2023-03-22T08:00:60Z", false},
        {FORMAT_DATE_TIME, "2023-02-29T08:00:00Z", false},
        {FORMAT_DATE_TIME, "2023-03-22T08:00Z", false},
        {FORMAT_DATE_TIME, "2023-03-22T08:00:00+0100", false},
        {FORMAT_DATE_TIME, "1899-12-31T23:59:59Z", false},
        {FORMAT_DATE_TIME, "2201-01-01T00:00:00Z", false},
        {FORMAT_DATE_TIME, "2200-12-31T23:59:59Z", true},
        {FORMAT_DATE_TIME, "now", false},
        {FORMAT_EMAIL, "kari.eksempelsen@example.no", true},
        {FORMAT_EMAIL, "kari@localhost", false},
        {FORMAT_EMAIL, "kari", false},
        {FORMAT_EMAIL, "@example.no", false},
        {FORMAT_EMAIL, "a b@example.no", false},
        {FORMAT_URI, "https://example.no", true},
        {FORMAT_URI, "http://example.no:8080/a/b?c=d#e", true},
        {FORMAT_URI, "https://example.no/%C3%B8", true},
        {FORMAT_URI, "https://example.no/ø", false},
        {FORMAT_URI, "https://example.no/%C", false},
        {FORMAT_URI, "https://example.no/%", false},
        {FORMAT_URI, "https://example.no/a b", false},
        {FORMAT_URI, "https://", false},
        {FORMAT_URI, "https:///x", false},
        {FORMAT_URI, "javascript:alert(1)", false},
        {FORMAT_URI, "//example.no", false},
        {FORMAT_URI, "", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct schema schema = {.types = TYPE_STRING,
                                .format = cases[i].format,
                                .max_length = 1000,
                                .pattern = -1,
                                .map_key_pattern = -1};
        if (contract_text_fits(&schema, text_of(cases[i].value)) != cases[i].fits) {
            fail_msg("%s", cases[i].value);
        }
    }
}

static void integers_as_text(void **state)
{
    static const struct {
        const char *value;
        bool fits;
    } cases[] = {
        {"0", true},
        {"-1", true},
        {"9223372036854775807", true},
        {"-9223372036854775808", true},
        {"9223372036854775808", false},
        {"-9223372036854775809", false},
        {"99999999999999999999999", false},
        {"-0", false},
        {"00", false},
        {"-", false},
        {"", false},
        {"1 ", false},
        {"0x1", false},
        {"١", false},
    };
    struct schema schema = {.types = TYPE_INTEGER, .minimum = INT64_MIN, .maximum = INT64_MAX};
    struct schema boolean = {.types = TYPE_BOOLEAN};
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (contract_text_fits(&schema, text_of(cases[i].value)) != cases[i].fits) {
            fail_msg("%s", cases[i].value);
        }
    }
    assert_true(contract_text_fits(&boolean, text_of("true")));
    assert_false(contract_text_fits(&boolean, text_of("TRUE")));
    assert_false(contract_text_fits(&boolean, (struct text){0}));
}

static int init(void **state)
{
    (void)state;
    contract_init();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(routing),
        TEST(allowed_methods),
        TEST(every_message_is_found),
        TEST(operations_say_what_they_are),
        TEST(path_parameters),
        TEST(query_parameters),
        TEST(query_faults),
        TEST(query_of_an_operation_without_any),
        TEST(headers),
        TEST(everything_is_said_at_once),
        TEST(a_whole_body),
        TEST(rows_become_structs),
        TEST(as_many_rows_as_there_may_be),
        TEST(row_faults),
        TEST(a_body_of_nothing_but_brackets),
        TEST(a_small_body_gets_defaults),
        TEST(a_body_that_may_be_left_out),
        TEST(body_faults),
        TEST(json_that_cannot_be_read),
        TEST(a_flood_of_faults_is_counted),
        TEST(a_long_key_is_cut_between_characters),
        TEST(a_pattern_cannot_be_made_to_burn),
        TEST(raw_bodies),
        TEST(raw_text_is_utf8),
        TEST(a_patch_is_tri_state),
        TEST(patch_faults),
        TEST(forms),
        TEST(formats),
        TEST(integers_as_text),
    };
    return cmocka_run_group_tests(tests, init, NULL);
}
