#include "api/contract/scalar.h"

#include "domain/base/clock.h"
#include "domain/base/log.h"
#include "domain/base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum {
    UUID_LENGTH = 36,
    URI_LENGTH_MAX = 2000,
    MATCH_LIMIT = 100000,
    MATCH_DEPTH_LIMIT = 1000,
    INTEGER_DIGITS_MAX = 20, /* sign and all of INT64_MIN */
};

/* Instants and days that the service has a use for: municipalities were founded in 1838. */
#define DAY_FIRST "1800-01-01"
#define DAY_LAST "2200-12-31"
#define INSTANT_FIRST "1900-01-01T00:00:00Z"
#define INSTANT_LAST "2200-12-31T23:59:59.999999Z"

static pcre2_code **compiled;
static pcre2_match_context *limits;
static int64_t day_first, day_last, instant_first, instant_last;

static void refuse_start(const char *what)
{
    log_write(LOG_ERRORS, "contract", "%s", what);
    abort();
}

static pcre2_code *compile(const char *pattern)
{
    int code;
    size_t offset;
    pcre2_code *result = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
                                       PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C,
                                       &code, &offset, NULL);
    if (!result)
        refuse_start(pattern);
    /* Where the system allows no executable memory, the interpreter does the same, slower. */
    pcre2_jit_compile(result, PCRE2_JIT_COMPLETE);
    return result;
}

void contract_init(void)
{
    bool ok = day_parse(DAY_FIRST, strlen(DAY_FIRST), &day_first) &&
              day_parse(DAY_LAST, strlen(DAY_LAST), &day_last) &&
              instant_parse(INSTANT_FIRST, strlen(INSTANT_FIRST), &instant_first) &&
              instant_parse(INSTANT_LAST, strlen(INSTANT_LAST), &instant_last);
    if (!ok)
        refuse_start("limits of days and instants");
    if (compiled)
        return;
    limits = pcre2_match_context_create(NULL);
    compiled = calloc(contract_pattern_count + 1, sizeof *compiled);
    if (!limits || !compiled)
        refuse_start("out of memory");
    pcre2_set_match_limit(limits, MATCH_LIMIT);
    pcre2_set_depth_limit(limits, MATCH_DEPTH_LIMIT);
    for (size_t i = 0; i < contract_pattern_count; i++)
        compiled[i] = compile(contract_patterns[i]);
}

bool scalar_matches(int pattern, const char *s, size_t len)
{
    if (pattern < 0)
        return true;
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    if (!data)
        return false;
    /* A match that runs into its limits is a text that does not match: refused, with the pattern
     * shown. */
    int found = pcre2_match(compiled[pattern], (PCRE2_SPTR)s, len, 0, 0, data, limits);
    pcre2_match_data_free(data);
    return found >= 0;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_uuid(struct text value)
{
    if (value.len != UUID_LENGTH)
        return false;
    for (size_t i = 0; i < UUID_LENGTH; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? value.s[i] != '-' : !is_hex(value.s[i]))
            return false;
    }
    return true;
}

static bool is_day(struct text value)
{
    int64_t day;
    return day_parse(value.s, value.len, &day) && day >= day_first && day <= day_last;
}

static bool is_instant(struct text value)
{
    int64_t instant;
    return instant_parse(value.s, value.len, &instant) && instant >= instant_first &&
           instant <= instant_last;
}

/* An address of the web: http or https, a host, and nothing that must be escaped (RFC 3986). */
static bool is_uri(struct text value)
{
    static const char allowed[] = "-._~:/?#[]@!$&'()*+,;=";
    size_t start = strncmp(value.s, "https://", 8) == 0  ? 8
                   : strncmp(value.s, "http://", 7) == 0 ? 7
                                                         : 0;
    if (start == 0 || value.len > URI_LENGTH_MAX || value.len == start ||
        strchr("/?#:@", value.s[start]))
        return false;
    for (size_t i = start; i < value.len; i++) {
        char c = value.s[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        bool escape = c == '%' && is_hex(value.s[i + 1]) && is_hex(value.s[i + 2]);
        if (!letter && !escape && !strchr(allowed, c))
            return false;
    }
    return true;
}

static const char *format_fault(enum schema_format format, struct text value)
{
    switch (format) {
    case FORMAT_NONE:
        return NULL;
    case FORMAT_UUID:
        return is_uuid(value) ? NULL : "uuid";
    case FORMAT_DATE:
        return is_day(value) ? NULL : "YYYY-MM-DD, " DAY_FIRST " .. " DAY_LAST;
    case FORMAT_DATE_TIME:
        return is_instant(value) ? NULL : "RFC 3339 with offset, 1900 .. 2200";
    case FORMAT_EMAIL:
        return email_valid(value.s, value.len) ? NULL : "name@example.no";
    case FORMAT_URI:
        return is_uri(value) ? NULL : "https://...";
    }
    return "";
}

static bool is_one_of(const char *const *values, struct text value)
{
    for (; *values; values++)
        if (text_is(value, *values))
            return true;
    return false;
}

static const char *number(int64_t value, struct arena *arena)
{
    return arena ? arena_format(arena, "%" PRId64, value) : NULL;
}

const char *scalar_check_string(const struct schema *schema, struct text value, struct arena *arena,
                                const char **ret_expected)
{
    *ret_expected = NULL;
    if (schema->values && !is_one_of(schema->values, value)) {
        if (arena)
            *ret_expected = text_join(arena, schema->values);
        return "not_in_enum";
    }
    int64_t length = (int64_t)utf8_length(value.s, value.len);
    if (length < schema->min_length) {
        *ret_expected = number(schema->min_length, arena);
        return "too_short";
    }
    if (length > schema->max_length) {
        *ret_expected = number(schema->max_length, arena);
        return "too_long";
    }
    *ret_expected = format_fault(schema->format, value);
    if (*ret_expected)
        return "invalid_format";
    if (scalar_matches(schema->pattern, value.s, value.len))
        return NULL;
    *ret_expected = contract_patterns[schema->pattern];
    return "pattern";
}

const char *scalar_check_integer(const struct schema *schema, int64_t value, struct arena *arena,
                                 const char **ret_expected)
{
    *ret_expected = NULL;
    if (value < schema->minimum) {
        *ret_expected = number(schema->minimum, arena);
        return "too_small";
    }
    if (value > schema->maximum) {
        *ret_expected = number(schema->maximum, arena);
        return "too_large";
    }
    return NULL;
}

const char *scalar_type_words(unsigned types, struct arena *arena)
{
    static const struct {
        unsigned type;
        const char *word;
    } words[] = {
        {TYPE_STRING, "string"}, {TYPE_INTEGER, "integer"}, {TYPE_BOOLEAN, "boolean"},
        {TYPE_OBJECT, "object"}, {TYPE_ARRAY, "array"},     {TYPE_NULL, "null"},
    };
    const char *found[sizeof words / sizeof words[0] + 1];
    size_t count = 0;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (types & words[i].type)
            found[count++] = words[i].word;
    found[count] = NULL;
    return text_join(arena, found);
}

bool scalar_parse_integer(struct text value, int64_t *ret_value)
{
    const char *digits = value.s + (value.len > 0 && value.s[0] == '-');
    size_t count = value.len - (size_t)(digits - value.s);
    if (count == 0 || value.len > INTEGER_DIGITS_MAX || (digits[0] == '0' && value.len > 1))
        return false;
    for (size_t i = 0; i < count; i++)
        if (digits[i] < '0' || digits[i] > '9')
            return false;
    errno = 0;
    long long parsed = strtoll(value.s, NULL, 10);
    if (errno != 0)
        return false;
    *ret_value = parsed;
    return true;
}

bool scalar_parse_boolean(struct text value, bool *ret_value)
{
    if (!text_is(value, "true") && !text_is(value, "false"))
        return false;
    *ret_value = value.s[0] == 't';
    return true;
}

struct text scalar_canonical(const struct schema *schema, struct text value, struct arena *arena)
{
    char *copy = arena_copy(arena, value.s, value.len);
    if (schema->format == FORMAT_UUID)
        for (size_t i = 0; i < value.len; i++)
            if (copy[i] >= 'A' && copy[i] <= 'F')
                copy[i] = (char)(copy[i] - 'A' + 'a');
    return (struct text){.is = GIVEN, .s = copy, .len = value.len};
}

bool contract_text_fits(const struct schema *schema, struct text value)
{
    int64_t integer;
    bool boolean;
    const char *expected;
    if (value.is != GIVEN || !utf8_valid(value.s, value.len))
        return false;
    if (schema->types & TYPE_STRING)
        return !scalar_check_string(schema, value, NULL, &expected);
    if (schema->types & TYPE_INTEGER)
        return scalar_parse_integer(value, &integer) &&
               !scalar_check_integer(schema, integer, NULL, &expected);
    return (schema->types & TYPE_BOOLEAN) && scalar_parse_boolean(value, &boolean);
}
