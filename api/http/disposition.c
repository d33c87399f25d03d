#include "api/http/disposition.h"

enum { FILE_NAME_MAX = 120 };

/* Characters that show nothing, or turn round what others show. */
static bool is_unseen(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD || c == 0x61C || c == 0x180E ||
           (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
           (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF0 && c <= 0xFFFB) ||
           c >= 0xE0000;
}

/* The code point at `s`, which is valid UTF-8, and its length in bytes. */
static uint32_t code_point(const char *s, size_t *ret_len)
{
    unsigned char c = (unsigned char)*s;
    size_t len = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    uint32_t value = len == 1 ? c : c & (0x7Fu >> len);
    for (size_t i = 1; i < len; i++)
        value = value << 6 | ((unsigned char)s[i] & 0x3F);
    *ret_len = len;
    return value;
}

/* What a file system may take for more than a name becomes "_". */
static const char *tamed(struct arena *arena, const char *name)
{
    struct buffer out;
    size_t count = 0, len = 0;
    buffer_init(&out, arena, 0);
    buffer_add_string(&out, "");
    for (; *name && count < FILE_NAME_MAX; name += len) {
        uint32_t c = code_point(name, &len);
        if (is_unseen(c))
            continue;
        bool special = (c < 0x80 && strchr("/\\:*?\"<>|", (int)c)) || (count == 0 && c == '.');
        if (special)
            buffer_add_char(&out, '_');
        else
            buffer_add(&out, name, len);
        count++;
    }
    return out.data;
}

/* RFC 8187: what an attr-char may not be is escaped. */
static void add_extended(struct buffer *out, const char *name)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        "!#$&+-.^_`|~";
    static const char hex[] = "0123456789ABCDEF";
    for (; *name; name++) {
        unsigned char c = (unsigned char)*name;
        if (strchr(plain, c))
            buffer_add_char(out, (char)c);
        else
            buffer_add(out, (const char[]){'%', hex[c >> 4], hex[c & 15]}, 3);
    }
}

/* Some browsers decode what looks like an escape, so "%" is none of these. */
static bool add_ascii(struct buffer *out, const char *name)
{
    bool same = true;
    size_t len = 0;
    for (; *name; name += len) {
        bool kept = code_point(name, &len) < 0x80 && *name != '%';
        buffer_add_char(out, kept ? *name : '_');
        same = same && kept;
    }
    return same;
}

const char *disposition_of(struct arena *arena, const char *name, bool in_place)
{
    struct buffer out;
    buffer_init(&out, arena, 128);
    buffer_add_string(&out, in_place ? "inline" : "attachment");
    const char *shown = name ? tamed(arena, name) : "";
    if (!*shown)
        return out.data;
    buffer_add_string(&out, "; filename=\"");
    bool ascii = add_ascii(&out, shown);
    buffer_add_char(&out, '"');
    if (!ascii) {
        buffer_add_string(&out, "; filename*=UTF-8''");
        add_extended(&out, shown);
    }
    return out.data;
}
