#include "domain/registry/calendar_feed.h"

enum outcome calendar_feed_check_room(int64_t held, struct error *error)
{
    if (held < CALENDAR_FEEDS_MAX)
        return DONE;
    error_arg_int(error, "limit", CALENDAR_FEEDS_MAX);
    return error_refuse(error, CONFLICT, "limit_reached", NULL);
}
