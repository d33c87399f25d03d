#include "api/contract/contract.h"

#include <stdlib.h>

const char *const method_names[METHOD_COUNT] = {
    [METHOD_GET] = "GET",     [METHOD_POST] = "POST",     [METHOD_PUT] = "PUT",
    [METHOD_PATCH] = "PATCH", [METHOD_DELETE] = "DELETE",
};

static int by_code(const void *code, const void *message)
{
    return strcmp(code, ((const struct message *)message)->code);
}

const struct message *message_find(const char *code)
{
    return bsearch(code, messages, message_count, sizeof messages[0], by_code);
}

/* A route against a segment at a depth: routes that end before it come first, parameters last. */
static int compare(const struct route *route, size_t depth, const char *segment)
{
    if (route->segment_count <= depth)
        return -1;
    if (!route->segments[depth])
        return 1;
    return strcmp(route->segments[depth], segment);
}

/* The first route of [low, high) that does not stand before the segment, or with `past` the first
 * that stands behind it. */
static size_t bound(size_t low, size_t high, size_t depth, const char *segment, bool past)
{
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(&routes[middle], depth, segment);
        if (order < 0 || (past && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t first_parameter(size_t low, size_t high, size_t depth)
{
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct route *route = &routes[middle];
        if (route->segment_count <= depth || route->segments[depth])
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Narrows the sorted routes [low, high) segment by segment; the literal branch is tried first. */
static const struct route *search(size_t low, size_t high, const struct text *segments,
                                  size_t count, size_t depth)
{
    if (low == high)
        return NULL;
    if (depth == count)
        return routes[low].segment_count == count ? &routes[low] : NULL;
    if (segments[depth].len == 0)
        return NULL;
    const char *segment = segments[depth].s;
    size_t from = bound(low, high, depth, segment, false);
    size_t to = bound(from, high, depth, segment, true);
    const struct route *found = search(from, to, segments, count, depth + 1);
    if (found)
        return found;
    return search(first_parameter(to, high, depth), high, segments, count, depth + 1);
}

const struct route *contract_match(const struct text *segments, size_t count,
                                   struct text *ret_params)
{
    const struct route *route = search(0, route_count, segments, count, 0);
    for (size_t i = 0, n = 0; route && i < count; i++)
        if (!route->segments[i])
            ret_params[n++] = segments[i];
    return route;
}
