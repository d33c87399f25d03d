/* Calendar feeds: secret addresses of a person's own calendar. */
#ifndef LOFT_DOMAIN_REGISTRY_CALENDAR_FEED_H
#define LOFT_DOMAIN_REGISTRY_CALENDAR_FEED_H

#include "domain/base/error.h"

enum { CALENDAR_FEEDS_MAX = 10 };

struct calendar_feed_create {
    struct text name; /* what the person calls it, e.g. the device that reads it */
};

struct calendar_feed_key {
    struct text id;
};

struct calendar_feed_secret {
    struct text secret;
};

/* CONFLICT "limit_reached" with {limit} when the person has so many already. */
enum outcome calendar_feed_check_room(int64_t held, struct error *error);

#endif
