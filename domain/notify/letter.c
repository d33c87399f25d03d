#include "domain/notify/letter.h"

#include "domain/base/clock.h"

#include <stdlib.h>

enum { DAY_LEN = 10, MINUTE_LEN = 16 };

static const char *const weekdays[LETTER_LANGUAGES][7] = {
    [LETTER_NB] = {"mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"},
    [LETTER_NN] = {"måndag", "tysdag", "onsdag", "torsdag", "fredag", "laurdag", "søndag"},
    [LETTER_EN] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"},
};
static const char *const months[2][12] = {
    {"januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober",
     "november", "desember"},
    {"January", "February", "March", "April", "May", "June", "July", "August", "September",
     "October", "November", "December"},
};

static bool ends_with(struct text name, const char *end)
{
    size_t len = strlen(end);
    return name.len > len && memcmp(name.s + name.len - len, end, len) == 0;
}

/* False when it is no day; nothing is written then. */
static bool add_day(struct buffer *out, const char *s, enum letter_language language)
{
    int64_t day = 0;
    if (!day_parse(s, DAY_LEN, &day))
        return false;
    int64_t weekday = ((day + 3) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
    buffer_add_string(out, weekdays[language][weekday]);
    buffer_add_char(out, ' ');
    buffer_add_int(out, strtol(s + 8, NULL, 10));
    buffer_add_string(out, language == LETTER_EN ? " " : ". ");
    buffer_add_string(out, months[language == LETTER_EN][strtol(s + 5, NULL, 10) - 1]);
    buffer_add_char(out, ' ');
    buffer_add_int(out, strtol(s, NULL, 10));
    return true;
}

static bool add_minute(struct buffer *out, struct text value, enum letter_language language)
{
    if (value.len != MINUTE_LEN || value.s[DAY_LEN] != 'T' || !add_day(out, value.s, language))
        return false;
    buffer_add_string(out, language == LETTER_EN ? " at " : " kl. ");
    buffer_add(out, value.s + DAY_LEN + 1, 2);
    buffer_add_char(out, language == LETTER_EN ? ':' : '.');
    buffer_add(out, value.s + DAY_LEN + 4, 2);
    return true;
}

/* Thousands apart: by a no-break space, in English by a comma. */
static void add_amount(struct buffer *out, struct text value, enum letter_language language)
{
    if (language == LETTER_EN)
        buffer_add_string(out, "NOK\u00a0");
    for (size_t i = 0; i < value.len; i++) {
        if (i > 0 && (value.len - i) % 3 == 0)
            buffer_add_string(out, language == LETTER_EN ? "," : "\u00a0");
        buffer_add_char(out, value.s[i]);
    }
    if (language != LETTER_EN)
        buffer_add_string(out, "\u00a0kr");
}

const char *letter_amount(struct arena *arena, int64_t nok, enum letter_language language)
{
    struct buffer out, digits;
    buffer_init(&digits, arena, 24);
    buffer_add_int(&digits, nok);
    buffer_init(&out, arena, 48);
    add_amount(&out, text_of(digits.data), language);
    return out.data;
}

static void add_plain(struct buffer *out, struct text value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.s[i];
        buffer_add_char(out, c < 0x20 || c == 0x7f ? ' ' : value.s[i]);
    }
}

static void add_fact(struct buffer *out, struct text name, struct text value,
                     enum letter_language language)
{
    if (ends_with(name, "_at") && add_minute(out, value, language))
        return;
    if (ends_with(name, "_on") && value.len == DAY_LEN && add_day(out, value.s, language))
        return;
    if (ends_with(name, "_nok"))
        add_amount(out, value, language);
    else
        add_plain(out, value);
}

static const struct text *fact_find(const struct facts *facts, struct text name)
{
    for (size_t i = 0; i < facts->count; i++)
        if (text_equals(facts->names[i], name))
            return &facts->values[i];
    return NULL;
}

/* One line; false, with nothing written, when a fact of it is not there. */
static bool add_line(struct buffer *out, const char *line, size_t len, const struct facts *facts,
                     enum letter_language language)
{
    size_t before = out->len;
    for (size_t i = 0; i < len; i++) {
        const char *close = line[i] == '{' ? memchr(line + i, '}', len - i) : NULL;
        if (!close) {
            buffer_add_char(out, line[i]);
            continue;
        }
        bool silent = line[i + 1] == '?';
        const char *begin = line + i + 1 + silent;
        struct text name = {.is = GIVEN, .s = begin, .len = (size_t)(close - begin)};
        const struct text *value = fact_find(facts, name);
        if (!value) {
            out->len = before;
            return false;
        }
        if (!silent)
            add_fact(out, name, *value, language);
        i = (size_t)(close - line);
    }
    return true;
}

const char *letter_fill(struct arena *arena, const char *letter, const struct facts *facts,
                        enum letter_language language)
{
    struct buffer out;
    bool pause = false;
    buffer_init(&out, arena, 2048);
    while (*letter) {
        size_t len = strcspn(letter, "\n"), before = out.len;
        if (len == 0)
            pause = true;
        else {
            if (before > 0)
                buffer_add_string(&out, pause ? "\n\n" : "\n");
            if (add_line(&out, letter, len, facts, language))
                pause = false;
            else
                out.len = before;
        }
        letter += len + (letter[len] == '\n');
    }
    out.data[out.len] = '\0';
    return out.data;
}
