/*
 * What the service makes of Range, and how it names what it hands over.
 */
#include "api/http/disposition.h"
#include "api/http/range.h"
#include "tests/unit/support.h"

static void ranges(void **state)
{
    static const struct {
        const char *header;
        size_t of;
        enum range_asked asked;
        size_t first, len;
    } cases[] = {
        {"bytes=0-0", 10, RANGE_PART, 0, 1},
        {"bytes=0-9", 10, RANGE_PART, 0, 10},
        {"bytes=2-5", 10, RANGE_PART, 2, 4},
        {"bytes=002-05", 10, RANGE_PART, 2, 4},
        {"Bytes=2-5", 10, RANGE_PART, 2, 4},
        {"bytes=9-", 10, RANGE_PART, 9, 1},
        {"bytes=0-", 10, RANGE_PART, 0, 10},
        {"bytes=5-10", 10, RANGE_PART, 5, 5},
        {"bytes=5-99999999999999999999999999", 10, RANGE_PART, 5, 5},
        {"bytes=-1", 10, RANGE_PART, 9, 1},
        {"bytes=-10", 10, RANGE_PART, 0, 10},
        {"bytes=-11", 10, RANGE_PART, 0, 10},
        {"bytes=-99999999999999999999999999", 10, RANGE_PART, 0, 10},
        {"bytes=10-", 10, RANGE_UNSATISFIABLE, 0, 0},
        {"bytes=10-11", 10, RANGE_UNSATISFIABLE, 0, 0},
        {"bytes=99999999999999999999-", 10, RANGE_UNSATISFIABLE, 0, 0},
        {"bytes=18446744073709551616-", 10, RANGE_UNSATISFIABLE, 0, 0}, /* 2^64 is not 0 */
        {"bytes=18446744073709551621-", 10, RANGE_UNSATISFIABLE, 0, 0},
        {"bytes=-0", 10, RANGE_UNSATISFIABLE, 0, 0},
        {"bytes=-00", 10, RANGE_UNSATISFIABLE, 0, 0},
        {"bytes=0-0", 0, RANGE_UNSATISFIABLE, 0, 0},
        {"bytes=0-", 0, RANGE_UNSATISFIABLE, 0, 0},
        {"bytes=-0", 0, RANGE_UNSATISFIABLE, 0, 0},
        {"bytes=-5", 0, RANGE_WHOLE, 0, 0}, /* all of nothing */
        {"bytes=5-2", 10, RANGE_WHOLE, 0, 0},
        {"bytes=50-20", 10, RANGE_WHOLE, 0, 0},
        {"bytes=0-1,4-5", 10, RANGE_WHOLE, 0, 0},
        {"bytes=0-1,", 10, RANGE_WHOLE, 0, 0},
        {"bytes=-", 10, RANGE_WHOLE, 0, 0},
        {"bytes=", 10, RANGE_WHOLE, 0, 0},
        {"bytes", 10, RANGE_WHOLE, 0, 0},
        {"bytes=1", 10, RANGE_WHOLE, 0, 0},
        {"bytes=--1", 10, RANGE_WHOLE, 0, 0},
        {"bytes=1--2", 10, RANGE_WHOLE, 0, 0},
        {"bytes=+1-2", 10, RANGE_WHOLE, 0, 0},
        {"bytes=0x1-0x2", 10, RANGE_WHOLE, 0, 0},
        {"bytes=a-b", 10, RANGE_WHOLE, 0, 0},
        {"bytes=1-2 ", 10, RANGE_WHOLE, 0, 0},
        {"bytes =1-2", 10, RANGE_WHOLE, 0, 0},
        {"items=1-2", 10, RANGE_WHOLE, 0, 0},
        {"", 10, RANGE_WHOLE, 0, 0},
        {NULL, 10, RANGE_WHOLE, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct range range = {0};
        enum range_asked asked = range_read(text_of(cases[i].header), cases[i].of, &range);
        if (asked != cases[i].asked || range.first != cases[i].first || range.len != cases[i].len) {
            fail_msg("%s of %zu: %d, %zu bytes from %zu", cases[i].header, cases[i].of, (int)asked,
                     range.len, range.first);
        }
    }
}

static void dispositions(void **state)
{
    static const struct {
        const char *name, *expected;
    } cases[] = {
        {NULL, ""},
        {"", ""},
        {"report.pdf", "; filename=\"report.pdf\""},
        {"two words (1).pdf", "; filename=\"two words (1).pdf\""},
        {"a;b=c,d.csv", "; filename=\"a;b=c,d.csv\""},
        {"blåbær.pdf", "; filename=\"bl_b_r.pdf\"; filename*=UTF-8''bl%C3%A5b%C3%A6r.pdf"},
        {"😊.png", "; filename=\"_.png\"; filename*=UTF-8''%F0%9F%98%8A.png"},
        {"50%41.txt", "; filename=\"50_41.txt\"; filename*=UTF-8''50%2541.txt"},
        {"../../etc/passwd", "; filename=\"_._.._etc_passwd\""},
        {"C:\\x.exe", "; filename=\"C__x.exe\""},
        {".bashrc", "; filename=\"_bashrc\""},
        {"a\"; filename=\"b.exe", "; filename=\"a_; filename=_b.exe\""},
        {"a\r\nSet-Cookie: b", "; filename=\"aSet-Cookie_ b\""},
        {"\x1b\x7f\xc2\x85", ""},
        /* turned round, it would read as exe.png */
        {"a\xe2\x80\xaegnp.exe", "; filename=\"agnp.exe\""},
        {"\xef\xbb\xbf"
         "a\xe2\x80\x8b.txt",
         "; filename=\"a.txt\""},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *expected = arena_format(f->arena, "attachment%s", cases[i].expected);
        assert_string_equal(disposition_of(f->arena, cases[i].name, false), expected);
    }
    assert_string_equal(disposition_of(f->arena, "a.pdf", true), "inline; filename=\"a.pdf\"");
    assert_string_equal(disposition_of(f->arena, NULL, true), "inline");
}

/* Cut between characters, never within one. */
static void long_names(void **state)
{
    struct fixture *f = *state;
    struct buffer name;
    buffer_init(&name, f->arena, 0);
    for (int i = 0; i < 1000; i++) {
        buffer_add_string(&name, "ø");
    }
    const char *value = disposition_of(f->arena, name.data, false);
    const char *whole = strstr(value, "UTF-8''");
    assert_non_null(whole);
    assert_int_equal(strlen(whole), strlen("UTF-8''") + 120 * strlen("%C3%B8"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(ranges),
        TEST(dispositions),
        TEST(long_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
