#include "domain/base/text.h"

enum { DOMAIN_LABEL_MAX = 63, ORG_NUMBER_LEN = 9, MUNICIPALITY_NO_LEN = 4 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_non_ascii(char c)
{
    return (unsigned char)c >= 0x80;
}

/* Length of the well-formed sequence at the head of `s`, 0 when it is not one (RFC 3629 §4). */
static size_t utf8_sequence(const unsigned char *s, size_t len)
{
    if (s[0] < 0x80) {
        return s[0] != 0;
    }
    size_t need = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    if (s[0] < 0xc2 || s[0] > 0xf4 || len < need) {
        return 0;
    }
    for (size_t i = 1; i < need; i++) {
        if (s[i] < 0x80 || s[i] > 0xbf) {
            return 0;
        }
    }
    bool overlong = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90);
    bool surrogate = s[0] == 0xed && s[1] > 0x9f;
    bool too_high = s[0] == 0xf4 && s[1] > 0x8f;
    return overlong || surrogate || too_high ? 0 : need;
}

bool utf8_valid(const char *s, size_t len)
{
    for (size_t i = 0; i < len;) {
        size_t step = utf8_sequence((const unsigned char *)s + i, len - i);
        if (step == 0) {
            return false;
        }
        i += step;
    }
    return true;
}

size_t utf8_length(const char *s, size_t len)
{
    size_t count = 0;
    for (size_t i = 0; i < len; i++) {
        count += ((unsigned char)s[i] & 0xc0) != 0x80;
    }
    return count;
}

bool text_has_control(struct text value)
{
    for (size_t i = 0; given(value.is) && i < value.len; i++) {
        unsigned char c = (unsigned char)value.s[i];
        bool c0 = c < 0x20 && c != '\t' && c != '\n' && c != '\r';
        bool c1 = c == 0xc2 && i + 1 < value.len && (unsigned char)value.s[i + 1] < 0xa0;
        if (c0 || c1 || c == 0x7f) {
            return true;
        }
    }
    return false;
}

bool text_is_blank(struct text value)
{
    if (value.is != GIVEN) {
        return true;
    }
    for (size_t i = 0; i < value.len; i++) {
        if (is_space(value.s[i])) {
            continue;
        }
        if (i + 1 < value.len && memcmp(value.s + i, "\xc2\xa0", 2) == 0) {
            i++;
            continue;
        }
        return false;
    }
    return true;
}

struct text text_trim(struct arena *arena, struct text value)
{
    if (value.is != GIVEN) {
        return value;
    }
    size_t start = 0;
    size_t end = value.len;
    while (start < end && is_space(value.s[start])) {
        start++;
    }
    while (end > start && is_space(value.s[end - 1])) {
        end--;
    }
    if (start == 0 && end == value.len) {
        return value;
    }
    return arena_text(arena, value.s + start, end - start);
}

const char *text_join(struct arena *arena, const char *const *words)
{
    struct buffer out;
    buffer_init(&out, arena, 0);
    for (size_t i = 0; words[i]; i++) {
        if (i > 0) {
            buffer_add_string(&out, ", ");
        }
        buffer_add_string(&out, words[i]);
    }
    return out.data;
}

bool text_is_one_of(struct text value, const char *const *words)
{
    for (; *words; words++) {
        if (text_is(value, *words)) {
            return true;
        }
    }
    return false;
}

static bool email_local_valid(const char *s, size_t len)
{
    if (len == 0 || len > EMAIL_LOCAL_MAX || s[0] == '.' || s[len - 1] == '.') {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)s[i] <= ' ' || s[i] == 0x7f || strchr("\"(),:;<>@[\\]", s[i])) {
            return false;
        }
        if (s[i] == '.' && s[i + 1] == '.') {
            return false;
        }
    }
    return true;
}

static bool domain_label_valid(const char *s, size_t len)
{
    if (len == 0 || len > DOMAIN_LABEL_MAX || s[0] == '-' || s[len - 1] == '-') {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        char lower = (char)(s[i] | 0x20);
        if (!is_digit(s[i]) && !is_lower(lower) && s[i] != '-' && !is_non_ascii(s[i])) {
            return false;
        }
    }
    return true;
}

static bool email_domain_valid(const char *s, size_t len)
{
    size_t labels = 0;
    size_t start = 0;
    for (size_t i = 0; i <= len; i++) {
        if (i < len && s[i] != '.') {
            continue;
        }
        if (!domain_label_valid(s + start, i - start)) {
            return false;
        }
        labels++;
        start = i + 1;
    }
    return labels >= 2;
}

/* The code point of the well-formed sequence of `len` bytes. */
static uint32_t utf8_code_point(const unsigned char *s, size_t len)
{
    uint32_t c = len == 1 ? s[0] : s[0] & (0xffu >> (len + 1));
    for (size_t i = 1; i < len; i++) {
        c = c << 6 | (s[i] & 0x3fu);
    }
    return c;
}

/* Controls, spaces, joiners, marks of direction and the byte order mark beyond ASCII. */
static bool is_invisible(uint32_t c)
{
    return (c >= 0x80 && c <= 0xa0) || c == 0xad || c == 0x034f || c == 0x061c || c == 0x1680 ||
           c == 0x180e || (c >= 0x2000 && c <= 0x200f) || (c >= 0x2028 && c <= 0x202f) ||
           (c >= 0x205f && c <= 0x206f) || c == 0x3000 || (c >= 0xfe00 && c <= 0xfe0f) ||
           c == 0xfeff || (c >= 0xfff0 && c <= 0xffff) || c >= 0xe0000;
}

/* Valid UTF-8 that shows all of itself. */
static bool utf8_visible(const char *s, size_t len)
{
    for (size_t i = 0; i < len;) {
        const unsigned char *at = (const unsigned char *)s + i;
        size_t step = utf8_sequence(at, len - i);
        if (step == 0 || is_invisible(utf8_code_point(at, step))) {
            return false;
        }
        i += step;
    }
    return true;
}

bool email_valid(const char *s, size_t len)
{
    if (len > EMAIL_MAX || !utf8_visible(s, len)) {
        return false;
    }
    const char *at = memchr(s, '@', len);
    if (!at) {
        return false;
    }
    size_t local_len = (size_t)(at - s);
    return email_local_valid(s, local_len) && email_domain_valid(at + 1, len - local_len - 1);
}

bool email_normalise(struct arena *arena, struct text email, struct text *ret_email)
{
    struct text trimmed = text_trim(arena, email);
    if (trimmed.is != GIVEN || !email_valid(trimmed.s, trimmed.len)) {
        return false;
    }
    char *lower = arena_copy(arena, trimmed.s, trimmed.len);
    for (size_t i = 0; i < trimmed.len; i++) {
        if (lower[i] >= 'A' && lower[i] <= 'Z') {
            lower[i] = (char)(lower[i] + ('a' - 'A'));
        }
    }
    *ret_email = (struct text){.is = GIVEN, .s = lower, .len = trimmed.len};
    return true;
}

static bool all_digits(struct text value, size_t len)
{
    if (value.is != GIVEN || value.len != len) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (!is_digit(value.s[i])) {
            return false;
        }
    }
    return true;
}

bool org_number_valid(struct text value)
{
    static const int weights[ORG_NUMBER_LEN - 1] = {3, 2, 7, 6, 5, 4, 3, 2};

    if (!all_digits(value, ORG_NUMBER_LEN)) {
        return false;
    }
    int sum = 0;
    for (size_t i = 0; i < ORG_NUMBER_LEN - 1; i++) {
        sum += weights[i] * (value.s[i] - '0');
    }
    int check = sum % 11 == 0 ? 0 : 11 - sum % 11;
    return check == value.s[ORG_NUMBER_LEN - 1] - '0';
}

bool municipality_no_valid(struct text value)
{
    return all_digits(value, MUNICIPALITY_NO_LEN) && memcmp(value.s, "00", 2) != 0 &&
           memcmp(value.s + 2, "00", 2) != 0;
}

bool slug_valid(struct text value)
{
    if (value.is != GIVEN || value.len == 0 || value.len > SLUG_MAX) {
        return false;
    }
    bool after_hyphen = true; /* none at the start, none in a row, none at the end */
    for (size_t i = 0; i < value.len; i++) {
        bool hyphen = value.s[i] == '-';
        if (hyphen ? after_hyphen : !is_lower(value.s[i]) && !is_digit(value.s[i])) {
            return false;
        }
        after_hyphen = hyphen;
    }
    return !after_hyphen;
}

const char *json_pointer(struct arena *arena, const char *prefix, struct text token)
{
    struct buffer pointer;

    buffer_init(&pointer, arena, strlen(prefix) + token.len + 1);
    buffer_add_string(&pointer, prefix);
    buffer_add_char(&pointer, '/');
    for (size_t i = 0; i < token.len; i++) {
        if (token.s[i] == '~') {
            buffer_add_string(&pointer, "~0");
        } else if (token.s[i] == '/') {
            buffer_add_string(&pointer, "~1");
        } else {
            buffer_add_char(&pointer, token.s[i]);
        }
    }
    return pointer.data;
}

uint64_t hash_mix(uint64_t hash, const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)s[i]) * UINT64_C(1099511628211);
    return hash;
}
