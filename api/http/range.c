#include "api/http/range.h"

/* Digits only; what no size_t holds is as good as its largest. */
static bool read_position(const char **at, size_t *ret_position)
{
    size_t position = 0;
    const char *s = *at;
    for (; *s >= '0' && *s <= '9'; s++)
        if (__builtin_mul_overflow(position, 10, &position) ||
            __builtin_add_overflow(position, (size_t)(*s - '0'), &position))
            position = SIZE_MAX;
    bool found = s > *at;
    *at = s;
    *ret_position = position;
    return found;
}

static enum range_asked suffix(size_t wanted, size_t len, struct range *ret_range)
{
    if (wanted == 0)
        return RANGE_UNSATISFIABLE;
    if (wanted >= len) /* nothing has no part that could be named */
        wanted = len;
    *ret_range = (struct range){.first = len - wanted, .len = wanted};
    return len > 0 ? RANGE_PART : RANGE_WHOLE;
}

enum range_asked range_read(struct text header, size_t len, struct range *ret_range)
{
    size_t first, last = SIZE_MAX;
    if (header.is != GIVEN || strncasecmp(header.s, "bytes=", strlen("bytes=")) != 0)
        return RANGE_WHOLE;
    const char *at = header.s + strlen("bytes=");
    bool from = read_position(&at, &first);
    if (*at != '-')
        return RANGE_WHOLE;
    at++;
    bool to = read_position(&at, &last);
    if (*at || (!from && !to) || (from && to && last < first))
        return RANGE_WHOLE;
    if (!from)
        return suffix(last, len, ret_range);
    if (first >= len)
        return RANGE_UNSATISFIABLE;
    if (!to || last >= len)
        last = len - 1;
    *ret_range = (struct range){.first = first, .len = last - first + 1};
    return RANGE_PART;
}
