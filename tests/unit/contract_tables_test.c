/*
 * The compiled contract by itself: its patterns are ones that PCRE2 takes, every operation can be
 * reached, and every table says enough for those who read it.
 */
#include "api/contract/contract.h"
#include "domain/base/role.h"
#include "domain/base/text.h"
#include "tests/unit/support.h"

static void every_route_is_reached_by_its_path(void **state)
{
    (void)state;
    for (size_t i = 0; i < route_count; i++) {
        struct text segments[ROUTE_SEGMENTS_MAX], params[ROUTE_SEGMENTS_MAX] = {{0}};
        size_t parameters = 0;
        for (size_t n = 0; n < routes[i].segment_count; n++) {
            const char *literal = routes[i].segments[n];
            assert_int_equal(literal == NULL, routes[i].names[n] != NULL);
            segments[n] = text_of(literal ? literal : "no-such-literal");
            parameters += !literal;
        }
        assert_ptr_equal(contract_match(segments, routes[i].segment_count, params), &routes[i]);
        for (size_t n = 0; n < ROUTE_SEGMENTS_MAX; n++) {
            assert_int_equal(params[n].is == GIVEN, n < parameters);
        }
    }
}

static void every_operation_has_a_route(void **state)
{
    (void)state;
    for (size_t i = 0; i < operation_count; i++) {
        size_t found = 0;
        for (size_t r = 0; r < route_count; r++) {
            found += routes[r].by_method[operations[i].method] == &operations[i];
        }
        assert_int_equal(found, 1);
    }
}

static bool names_input(const struct operation *op, const char *name)
{
    for (size_t i = 0; i < op->input_count; i++) {
        if (strcmp(op->inputs[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void every_operation_is_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < operation_count; i++) {
        const struct operation *op = &operations[i];
        assert_non_null(op->input_shape);
        assert_true(op->input_shape->size > 0);
        assert_true(op->status >= 200 && op->status < 300);
        assert_int_equal(op->status == 201, op->location != NULL);
        assert_int_equal(op->body != BODY_NONE, op->body_types != NULL);
        assert_int_equal(op->body != BODY_NONE && op->body != BODY_RAW, op->body_schema != NULL);
        assert_int_equal(op->writes, op->method != METHOD_GET);
        assert_true(op->authenticated || !op->permission);
        assert_true(op->takes_token || !op->scope);
        assert_true(op->idempotency || !op->idempotency_required);
        assert_int_equal(op->answer == ANSWER_LIST, op->sort_count > 0);
        assert_int_equal(op->answer == ANSWER_LIST, names_input(op, "cursor"));
        for (size_t n = 0; n < op->input_shape->count; n++) {
            assert_true(op->input_shape->fields[n].offset < op->input_shape->size);
        }
    }
}

/* A misspelt permission or scope would be one that nobody has. */
static void every_right_can_be_had(void **state)
{
    (void)state;
    for (size_t i = 0; i < operation_count; i++) {
        const struct operation *op = &operations[i];
        if (op->permission && !permission_is_held(op->permission)) {
            fail_msg("%s: no role carries %s", op->id, op->permission);
        }
        assert_true(!op->scope || text_is_one_of(text_of(op->scope), oauth_scopes));
        for (size_t n = 0; n < op->restricted_count; n++) {
            assert_true(text_is_one_of(text_of(op->restricted[n].scope), oauth_scopes));
        }
    }
}

static void every_message_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < message_count; i++) {
        assert_ptr_equal(message_find(messages[i].code), &messages[i]);
        assert_true(i == 0 || strcmp(messages[i - 1].code, messages[i].code) < 0);
    }
}

static void the_bundle_is_whole(void **state)
{
    (void)state;
    assert_int_equal(strlen(contract_json), contract_json_len);
    assert_int_equal(strlen(contract_yaml), contract_yaml_len);
    assert_memory_equal(contract_json + contract_json_len - 2, "}\n", 2);
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
        cmocka_unit_test(every_route_is_reached_by_its_path),
        cmocka_unit_test(every_operation_has_a_route),
        cmocka_unit_test(every_operation_is_whole),
        cmocka_unit_test(every_right_can_be_had),
        cmocka_unit_test(every_message_is_found),
        cmocka_unit_test(the_bundle_is_whole),
    };
    return cmocka_run_group_tests(tests, init, NULL);
}
