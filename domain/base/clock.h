/*
 * Instants and days without a calendar library: no libc, no time zone tables, no hidden clock.
 *
 * An instant is int64_t microseconds since 1970-01-01T00:00:00Z. A day is text YYYY-MM-DD in the
 * proleptic Gregorian calendar; as a number it counts days since 1970-01-01. Which local day an
 * instant falls on in Europe/Oslo is PostgreSQL's to say (domain.md §1.1), so rules get local days
 * as text and only count between them. Years 0001 to 9999.
 */
#ifndef LOFT_DOMAIN_BASE_CLOCK_H
#define LOFT_DOMAIN_BASE_CLOCK_H

#include "domain/base/arena.h"

#define MICROSECONDS_PER_SECOND INT64_C(1000000)
#define MICROSECONDS_PER_HOUR (INT64_C(3600) * MICROSECONDS_PER_SECOND)
#define MICROSECONDS_PER_DAY (INT64_C(24) * MICROSECONDS_PER_HOUR)

/* 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999999Z. */
#define INSTANT_MIN (INT64_C(-719162) * MICROSECONDS_PER_DAY)
#define INSTANT_MAX (INT64_C(2932897) * MICROSECONDS_PER_DAY - 1)

/*
 * RFC 3339 date-time, the whole text: "2023-03-22T09:00:00+01:00", "…T08:00:00.5Z". An offset is
 * demanded; `t` and `z` may be small. Refused: a day that does not exist, 24:00, a leap second (it
 * has no microsecond of its own), more than six decimals (they would be lost in silence), and what
 * falls outside years 0001 to 9999 in UTC. False leaves `ret_instant` untouched.
 */
bool instant_parse(const char *s, size_t len, int64_t *ret_instant);

/* "2023-03-22T08:00:00Z", with six decimals only where there are any. The instant must be within
 * INSTANT_MIN and INSTANT_MAX. */
const char *instant_format(struct arena *arena, int64_t instant);

/* What clocks in Norway show at an instant, as microseconds since their own 1970-01-01T00:00:00: for
 * people to read, never for a deadline. Summer time as since 1996: from the last Sunday of March to
 * the last of October, 01:00 UTC. */
int64_t instant_in_norway(int64_t instant);

/* YYYY-MM-DD, the whole text. False leaves `ret_day` untouched. */
bool day_parse(const char *s, size_t len, int64_t *ret_day);
const char *day_format(struct arena *arena, int64_t day);

/* Whole days from one local day to another, negative when `to` is earlier. Days in the calendar,
 * not 24-hour spans: a change to summer time does not matter. False when one is not a day. */
bool days_between(struct text from, struct text to, int64_t *ret_days);

/* False also when one of them is not given. */
bool day_is_before(struct text day, struct text other);

#endif
