#include "domain/base/text.h"
#include "tests/unit/support.h"

static void utf8(void **state)
{
    static const struct {
        const char *s;
        size_t len;
        bool valid;
    } cases[] = {
        {"", 0, true},
        {"Trenerløftet", 13, true},
        {"Trööndelage", 13, true},
        {"\xf0\x9f\x98\x8a", 4, true},
        {"\xef\xbf\xbf", 3, true},
        {"\xf4\x8f\xbf\xbf", 4, true},
        {"\xed\x9f\xbf", 3, true},
        {"a\0b", 3, false},
        {"\x80", 1, false},
        {"\xc3", 1, false},
        {"\xc3(", 2, false},
        {"\xc0\xaf", 2, false},
        {"\xc1\xbf", 2, false},
        {"\xe0\x9f\xbf", 3, false},
        {"\xed\xa0\x80", 3, false},
        {"\xed\xbf\xbf", 3, false},
        {"\xf0\x8f\xbf\xbf", 4, false},
        {"\xf4\x90\x80\x80", 4, false},
        {"\xf5\x80\x80\x80", 4, false},
        {"\xff", 1, false},
        {"\xe2\x82", 2, false},
        {"\xf0\x9f\x98", 3, false},
        {"ok\xf0\x9f\x98(", 6, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(utf8_valid(cases[i].s, cases[i].len), cases[i].valid);
    }
    assert_int_equal(utf8_length("Åfjord", 7), 6);
    assert_int_equal(utf8_length("\xf0\x9f\x98\x8a!", 5), 2);
}

/* RFC 3629 written down a second time: `bytes` long, even where fewer would do. */
static size_t encode(uint32_t c, size_t bytes, char *to)
{
    static const unsigned char head[] = {0, 0, 0xc0, 0xe0, 0xf0};

    if (bytes == 1) {
        to[0] = (char)c;
        return 1;
    }
    for (size_t i = bytes - 1; i > 0; i--) {
        to[i] = (char)(0x80 | (c & 0x3f));
        c >>= 6;
    }
    to[0] = (char)(head[bytes] | c);
    return bytes;
}

static size_t shortest(uint32_t c)
{
    return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

static void utf8_every_code_point(void **state)
{
    (void)state;
    for (uint32_t c = 1; c < 0x140000; c++) {
        char s[5] = {0};
        size_t len = encode(c, shortest(c), s);
        bool expected = c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
        if (utf8_valid(s, len) != expected) {
            fail_msg("U+%04X", (unsigned)c);
        }
        if (len < 4 && utf8_valid(s, encode(c, len + 1, s))) {
            fail_msg("U+%04X overlong", (unsigned)c);
        }
    }
}

static void utf8_is_read_only_to_its_end(void **state)
{
    (void)state;
    assert_false(utf8_valid("\xe2\x82\xac", 2)); /* the euro sign goes on behind the end */
    assert_false(utf8_valid("a\xc3\xa5", 2));
}

static void control_characters(void **state)
{
    (void)state;
    assert_false(text_has_control(text_of("Å, æ!\t\r\n\xc2\xa0\xe2\x80\x8b")));
    assert_false(text_has_control(text_of("")));
    assert_false(text_has_control((struct text){.is = ABSENT}));
    assert_true(text_has_control(text_of("a\x01")));
    assert_true(text_has_control(text_of("\x1b[2J")));
    assert_true(text_has_control(text_of("\x7f")));
    assert_true(text_has_control(text_of("\xc2\x85")));
}

static void blank_and_trim(void **state)
{
    struct fixture *f = *state;
    const struct text absent = {.is = ABSENT};

    assert_true(text_is_blank(absent));
    assert_true(text_is_blank((struct text){.is = NULLED}));
    assert_true(text_is_blank(text_of("")));
    assert_true(text_is_blank(text_of(" \t\n\xc2\xa0 ")));
    assert_false(text_is_blank(text_of(" å ")));
    assert_false(text_is_blank(text_of("\xc2")));
    assert_string_equal(text_trim(f->arena, text_of("\t Kari Eksempelsen \r\n")).s,
                        "Kari Eksempelsen");
    assert_string_equal(text_trim(f->arena, text_of("   ")).s, "");
    assert_string_equal(text_trim(f->arena, text_of(" a")).s, "a");
    assert_string_equal(text_trim(f->arena, text_of("a ")).s, "a");
    assert_string_equal(text_trim(f->arena, text_of("a b")).s, "a b");
    assert_int_equal(text_trim(f->arena, absent).is, ABSENT);
}

static void one_of(void **state)
{
    static const char *const words[] = {"fixed", "free", NULL};
    (void)state;
    assert_true(text_is_one_of(text_of("free"), words));
    assert_false(text_is_one_of(text_of("fre"), words));
    assert_false(text_is_one_of((struct text){.is = ABSENT}, words));
}

static void email(void **state)
{
    static const struct {
        const char *given;
        const char *normalised; /* NULL = refused */
    } cases[] = {
        {"kari.eksempelsen@example.no", "kari.eksempelsen@example.no"},
        {"  Kari.Eksempelsen@Example.NO\r\n", "kari.eksempelsen@example.no"},
        {"\v\fola@example.no\t", "ola@example.no"},
        {"OLA+SMART@example.no", "ola+smart@example.no"},
        {"vera@example.no", "vera@example.no"},
        {"ÅSE@example.no", "Åse@example.no"}, /* only A-Z */
        {"ole@blåbær.example.no", "ole@blåbær.example.no"},
        {"a@b.no", "a@b.no"},
        {"o'hara_1@example.no", "o'hara_1@example.no"},
        {"AZ.MN@EXAMPLE.NO", "az.mn@example.no"},
        {"a=b@example.no", "a=b@example.no"},
        {"", NULL},
        {"   ", NULL},
        {"\x01kari@example.no", NULL},
        {"(kari@example.no", NULL},
        {"kari@.no", NULL},
        {"kari@ex.-b.no", NULL},
        {"kari@ex.b-.no", NULL},
        {"kari", NULL},
        {"@example.no", NULL},
        {"kari@", NULL},
        {"kari@example", NULL},
        {"kari@@example.no", NULL},
        {"kari@ola@example.no", NULL},
        {"kari eksempelsen@example.no", NULL},
        {".kari@example.no", NULL},
        {"kari.@example.no", NULL},
        {"ka..ri@example.no", NULL},
        {"kari@.example.no", NULL},
        {"kari@example.no.", NULL},
        {"kari@example..no", NULL},
        {"kari@-example.no", NULL},
        {"kari@example-.no", NULL},
        {"kari@exa_mple.no", NULL},
        {"kari@exa`mple.no", NULL},
        {"kari@[127.0.0.1]", NULL},
        {"\"kari\"@example.no", NULL},
        {"Kari <kari@example.no>", NULL},
        {"kari,ola@example.no", NULL},
        {"kari\x01@example.no", NULL},
        {"kari\x7f@example.no", NULL},
        {"kari@example.no\xc2\xa0", NULL},     /* no-break space */
        {"ka\xe2\x80\x8bri@example.no", NULL}, /* zero-width space */
        {"\xef\xbb\xbfkari@example.no", NULL}, /* byte order mark */
        {"kari@exam\xc2\xadple.no", NULL},     /* soft hyphen */
        {"kari\xe2\x80\xae@example.no", NULL}, /* right-to-left override */
        {"kari@example.no\xff", NULL},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text result = {.is = ABSENT};
        bool valid = email_normalise(f->arena, text_of(cases[i].given), &result);
        if (valid != (cases[i].normalised != NULL)) {
            fail_msg("\"%s\" was %s", cases[i].given, valid ? "taken" : "refused");
        }
        if (valid) {
            assert_string_equal(result.s, cases[i].normalised);
            assert_int_equal(result.len, strlen(cases[i].normalised));
        } else {
            assert_int_equal(result.is, ABSENT); /* untouched */
        }
    }
}

/* First and last of each range that does not show, and what stands beside them. */
static void email_shows_all_of_itself(void **state)
{
    static const struct {
        uint32_t first, last;
    } invisible[] = {
        {0x80, 0xa0},     {0xad, 0xad},     {0x34f, 0x34f},   {0x61c, 0x61c},      {0x1680, 0x1680},
        {0x180e, 0x180e}, {0x2000, 0x200f}, {0x2028, 0x202f}, {0x205f, 0x206f},    {0x3000, 0x3000},
        {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xfff0, 0xffff}, {0xe0000, 0x10ffff},
    };
    (void)state;
    for (uint32_t c = 0x80; c <= 0x10ffff; c++) {
        if (c >= 0xd800 && c <= 0xdfff) {
            continue;
        }
        bool shows = true;
        for (size_t i = 0; i < COUNT(invisible); i++) {
            shows = shows && !(c >= invisible[i].first && c <= invisible[i].last);
        }
        char s[32] = "ka";
        size_t len = 2 + encode(c, shortest(c), s + 2);
        memcpy(s + len, "ri@example.no", 13);
        if (email_valid(s, len + 13) != shows) {
            fail_msg("U+%04X", (unsigned)c);
        }
    }
}

static void email_limits(void **state)
{
    struct fixture *f = *state;
    char local[80];
    memset(local, 'a', sizeof local);
    const char *fits = arena_format(f->arena, "%.64s@example.no", local);
    const char *too_long = arena_format(f->arena, "%.65s@example.no", local);
    assert_true(email_valid(fits, strlen(fits)));
    assert_false(email_valid(too_long, strlen(too_long)));

    const char *label = arena_format(f->arena, "a@%.63s.no", local);
    const char *long_label = arena_format(f->arena, "a@%.64s.no", local);
    assert_true(email_valid(label, strlen(label)));
    assert_false(email_valid(long_label, strlen(long_label)));

    const char *whole = arena_format(f->arena, "%.60s@%.60s.%.60s.%.60s.%.10s", local, local, local,
                                     local, local);
    assert_int_equal(strlen(whole), EMAIL_MAX);
    assert_true(email_valid(whole, strlen(whole)));
    const char *more = arena_format(f->arena, "%sa", whole);
    assert_false(email_valid(more, strlen(more)));
}

static void email_normalisation_is_idempotent(void **state)
{
    static const char alphabet[] = "aZ09.@-_ +\t<\"\xc3\x85\xe2\x80";
    struct fixture *f = *state;
    struct random random = {.state = 7};
    int valid = 0;

    for (int i = 0; i < 20000; i++) {
        fresh_error(f);
        char s[40];
        size_t len = (size_t)random_between(&random, 0, 12);
        for (size_t j = 0; j < len; j++) {
            s[j] = alphabet[random_between(&random, 0, (int64_t)sizeof alphabet - 2)];
        }
        memcpy(s + len, i % 2 ? "@Ex.No" : "", i % 2 ? 6 : 0);
        len += i % 2 ? 6 : 0;
        struct text once, twice;
        if (!email_normalise(f->arena, arena_text(f->arena, s, len), &once)) {
            continue;
        }
        valid++;
        assert_true(email_normalise(f->arena, once, &twice));
        assert_true(text_equals(once, twice));
        assert_true(once.len <= len && once.len <= EMAIL_MAX);
    }
    assert_true(valid > 100); /* else the alphabet tests nothing */
}

static void organisation_number(void **state)
{
    static const struct {
        const char *number;
        bool valid;
    } cases[] = {
        {"921383681", true},   {"974760673", true}, {"123456785", true},   {"000000000", true},
        {"921383682", false},  {"921383", false},   {"9213836811", false}, {"92138368A", false},
        {"921 383 68", false}, {"", false},         {"100000090", false},  {"-21383681", false},
        {".21383681", false}, /* its weight would do */
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (org_number_valid(text_of(cases[i].number)) != cases[i].valid) {
            fail_msg("%s", cases[i].number);
        }
    }
    assert_false(org_number_valid((struct text){.is = ABSENT}));
}

/* Of the ten candidates for a check digit at most one is right, and a wrong digit is found. */
static void organisation_number_has_one_check_digit(void **state)
{
    struct fixture *f = *state;
    struct random random = {.state = 3};
    int without = 0;

    for (int i = 0; i < 2000; i++) {
        fresh_error(f);
        long long head = random_between(&random, 10000000, 99999999);
        int right = 0;
        for (int digit = 0; digit <= 9; digit++) {
            char *number = arena_format(f->arena, "%lld%d", head, digit);
            if (!org_number_valid(text_of(number))) {
                continue;
            }
            right++;
            number[random_between(&random, 0, 8)] ^= 1; /* 0<->1, 2<->3 ... 8<->9: still a digit */
            assert_false(org_number_valid(text_of(number)));
        }
        assert_true(right <= 1);
        without += right == 0;
    }
    assert_true(without > 0); /* the remainder that would need 10 */
}

static void municipality_number(void **state)
{
    static const struct {
        const char *number;
        bool valid;
    } cases[] = {
        {"3905", true}, {"0301", true},   {"5001", true},  {"0001", false}, {"3900", false},
        {"390", false}, {"39055", false}, {"39O5", false}, {"", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(municipality_no_valid(text_of(cases[i].number)), cases[i].valid);
    }
}

static void slug(void **state)
{
    static const struct {
        const char *slug;
        bool valid;
    } cases[] = {
        {"smart-festivalen-2023", true},
        {"a", true},
        {"z9", true},
        {"0-z", true},
        {"7", true},
        {"", false},
        {"-a", false},
        {"a-", false},
        {"a--b", false},
        {"A", false},
        {"å", false},
        {"a_b", false},
        {"a b", false},
        {"a/b", false},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(slug_valid(text_of(cases[i].slug)), cases[i].valid);
    }
    assert_false(slug_valid((struct text){.is = NULLED, .s = "a", .len = 1}));
    char *longest = arena_alloc(f->arena, SLUG_MAX + 2);
    memset(longest, 'a', SLUG_MAX);
    assert_true(slug_valid(text_of(longest)));
    longest[SLUG_MAX] = 'a';
    assert_false(slug_valid(text_of(longest)));
}

static void pointer(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(json_pointer(f->arena, "/item_choices", text_of("textbook")),
                        "/item_choices/textbook");
    assert_string_equal(json_pointer(f->arena, "", text_of("a/b~c")), "/a~1b~0c");
    assert_string_equal(json_pointer(f->arena, "/x", text_of("")), "/x/");
}

static void words(void **state)
{
    struct fixture *f = *state;
    static const char *const some[] = {"text/csv", "b", NULL};
    assert_string_equal(text_join(f->arena, some), "text/csv, b");
    assert_string_equal(text_join(f->arena, some + 1), "b");
    assert_string_equal(text_join(f->arena, some + 2), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(utf8),
        TEST(utf8_every_code_point),
        TEST(utf8_is_read_only_to_its_end),
        TEST(control_characters),
        TEST(blank_and_trim),
        TEST(one_of),
        TEST(email),
        TEST(email_shows_all_of_itself),
        TEST(email_limits),
        TEST(email_normalisation_is_idempotent),
        TEST(organisation_number),
        TEST(organisation_number_has_one_check_digit),
        TEST(municipality_number),
        TEST(slug),
        TEST(pointer),
        TEST(words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
