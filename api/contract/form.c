#include "api/contract/form.h"

#include "domain/base/text.h"

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool percent_decode(const char *s, size_t len, enum percent percent, struct arena *arena,
                    struct text *ret_text)
{
    char *out = arena_alloc(arena, len + 1);
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        char c = s[i];
        if (c == '%') {
            int high = i + 2 < len ? hex_value(s[i + 1]) : -1;
            int low = i + 2 < len ? hex_value(s[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && percent == PERCENT_FORM) {
            c = ' ';
        }
        out[n++] = c;
    }
    *ret_text = (struct text){.is = GIVEN, .s = out, .len = n};
    return utf8_valid(out, n);
}

enum form form_parse(const char *body, size_t len, struct arena *arena,
                     const struct pair **ret_pairs, size_t *ret_count)
{
    struct pair *pairs = arena_array(arena, struct pair, FORM_PAIRS_MAX);
    size_t count = 0;
    for (size_t start = 0; start < len;) {
        const char *piece = body + start;
        const char *end = memchr(piece, '&', len - start);
        size_t size = end ? (size_t)(end - piece) : len - start;
        start += size + 1;
        if (size == 0)
            continue;
        const char *equals = memchr(piece, '=', size);
        size_t name = equals ? (size_t)(equals - piece) : size;
        size_t value = equals ? size - name - 1 : 0;
        if (count == FORM_PAIRS_MAX)
            return FORM_TOO_LONG;
        if (!percent_decode(piece, name, PERCENT_FORM, arena, &pairs[count].name) ||
            !percent_decode(piece + size - value, value, PERCENT_FORM, arena, &pairs[count].value))
            return FORM_BROKEN;
        count++;
    }
    *ret_pairs = pairs;
    *ret_count = count;
    return FORM_READ;
}
