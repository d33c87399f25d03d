/*
 * A calendar as iCalendar (RFC 5545), by libical: folded, escaped, in Europe/Oslo with its rules since
 * 1996 written out. The same entries give the same bytes.
 */
#ifndef LOFT_API_RENDER_CALENDAR_H
#define LOFT_API_RENDER_CALENDAR_H

#include "domain/base/arena.h"

struct calendar_entry {
    const char *uid;
    int64_t sequence;
    const char *starts_local; /* the clock in Norway: 20230322T090000; a whole day: 20230322 */
    const char *ends_local;   /* likewise; of days the first one after */
    const char *modified; /* UTC: 20230320T101500Z */
    const char *summary;
    const char *location; /* or NULL */
    bool cancelled;
};

/* On the arena; `name` is what a calendar program calls it. NULL without memory. */
const char *calendar_render(const char *name, const struct calendar_entry *entries, size_t count,
                            struct arena *arena, size_t *ret_len);

#endif
