#include "domain/base/clock.h"

#include <stdio.h>

enum { DAY_LEN = 10, FRACTION_MAX = 6 };

/* Days of the proleptic Gregorian calendar since 1970-01-01. Years are counted from March, so that
 * the leap day is the last of its year, in eras of 400 years (146 097 days). Nothing divided here is
 * negative: the first day there is, 0001-01-01, is day 306 of the era that began on 0000-03-01. */
/* No place on earth is further from UTC, and PostgreSQL takes no more. */
enum { OFFSET_HOURS_MAX = 15 };

static int64_t day_from_date(int64_t year, int64_t month, int64_t day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = y / 400;
    int64_t year_of_era = y - era * 400;
    int64_t month_from_march = (month + 9) % 12;
    int64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct date {
    int64_t year, month, day;
};

static struct date date_from_day(int64_t days)
{
    int64_t z = days + 719468;
    int64_t era = z / 146097;
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
                           day_of_era / 146096) /
                          365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    return (struct date){
        .year = year_of_era + era * 400 + (month <= 2),
        .month = month,
        .day = day_of_year - (153 * month_from_march + 2) / 5 + 1,
    };
}

static int64_t days_in_month(int64_t year, int64_t month)
{
    static const int64_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

/* Exactly `count` digits at `s`. */
static bool read_number(const char *s, size_t count, int64_t *ret_number)
{
    int64_t number = 0;
    for (size_t i = 0; i < count; i++) {
        if (s[i] < '0' || s[i] > '9') {
            return false;
        }
        number = number * 10 + (s[i] - '0');
    }
    *ret_number = number;
    return true;
}

bool day_parse(const char *s, size_t len, int64_t *ret_day)
{
    int64_t year, month, day;

    if (len != DAY_LEN || s[4] != '-' || s[7] != '-' || !read_number(s, 4, &year) ||
        !read_number(s + 5, 2, &month) || !read_number(s + 8, 2, &day)) {
        return false;
    }
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) {
        return false;
    }
    *ret_day = day_from_date(year, month, day);
    return true;
}

/* ".5" and the like; moves `*s` behind it. No fraction is fine. */
static bool read_fraction(const char **s, const char *end, int64_t *ret_microseconds)
{
    int64_t value = 0;
    size_t digits = 0;

    if (*s < end && **s == '.') {
        for (++*s; *s < end && **s >= '0' && **s <= '9'; ++*s) {
            value = value * 10 + (**s - '0');
            if (++digits > FRACTION_MAX) {
                return false;
            }
        }
        if (digits == 0) {
            return false;
        }
        for (; digits < FRACTION_MAX; digits++) {
            value *= 10;
        }
    }
    *ret_microseconds = value;
    return true;
}

/* "Z" or "+01:00", and nothing behind it. */
static bool read_offset(const char *s, const char *end, int64_t *ret_minutes)
{
    int64_t hours, minutes;

    if (end - s == 1 && (*s == 'Z' || *s == 'z')) {
        *ret_minutes = 0;
        return true;
    }
    if (end - s != 6 || (*s != '+' && *s != '-') || s[3] != ':' || !read_number(s + 1, 2, &hours) ||
        !read_number(s + 4, 2, &minutes) || hours > OFFSET_HOURS_MAX || minutes > 59) {
        return false;
    }
    *ret_minutes = (*s == '-' ? -1 : 1) * (hours * 60 + minutes);
    return true;
}

bool instant_parse(const char *s, size_t len, int64_t *ret_instant)
{
    static const size_t seconds_end = sizeof "2023-03-22T09:00:00" - 1;
    int64_t day, hour, minute, second, microseconds, offset;

    if (len <= seconds_end || !day_parse(s, DAY_LEN, &day) || (s[10] != 'T' && s[10] != 't') ||
        s[13] != ':' || s[16] != ':' || !read_number(s + 11, 2, &hour) ||
        !read_number(s + 14, 2, &minute) || !read_number(s + 17, 2, &second)) {
        return false;
    }
    if (hour > 23 || minute > 59 || second > 59) {
        return false;
    }
    const char *rest = s + seconds_end;
    if (!read_fraction(&rest, s + len, &microseconds) || !read_offset(rest, s + len, &offset)) {
        return false;
    }
    int64_t seconds = hour * 3600 + (minute - offset) * 60 + second;
    int64_t instant = day * MICROSECONDS_PER_DAY + seconds * MICROSECONDS_PER_SECOND + microseconds;
    if (instant < INSTANT_MIN || instant > INSTANT_MAX) {
        return false;
    }
    *ret_instant = instant;
    return true;
}

const char *instant_format(struct arena *arena, int64_t instant)
{
    int64_t day = instant / MICROSECONDS_PER_DAY;
    int64_t rest = instant % MICROSECONDS_PER_DAY;
    if (rest < 0) {
        rest += MICROSECONDS_PER_DAY;
        day--;
    }
    int seconds = (int)(rest / MICROSECONDS_PER_SECOND);
    int microseconds = (int)(rest % MICROSECONDS_PER_SECOND);
    char fraction[16] = "";
    if (microseconds != 0) {
        snprintf(fraction, sizeof fraction, ".%06d", microseconds);
    }
    return arena_format(arena, "%sT%02d:%02d:%02d%sZ", day_format(arena, day), seconds / 3600,
                        seconds / 60 % 60, seconds % 60, fraction);
}

/* 01:00 UTC on the last Sunday of a month that has 31 days; 1970-01-01 was a Thursday. */
static int64_t last_sunday(int64_t year, int64_t month)
{
    int64_t day = day_from_date(year, month, 31);
    int64_t weekday = ((day + 4) % 7 + 7) % 7;
    return (day - weekday) * MICROSECONDS_PER_DAY + MICROSECONDS_PER_HOUR;
}

int64_t instant_in_norway(int64_t instant)
{
    int64_t day = instant / MICROSECONDS_PER_DAY - (instant % MICROSECONDS_PER_DAY < 0);
    int64_t year = date_from_day(day).year;
    bool summer = instant >= last_sunday(year, 3) && instant < last_sunday(year, 10);
    return instant + (summer ? 2 : 1) * MICROSECONDS_PER_HOUR;
}

const char *day_format(struct arena *arena, int64_t day)
{
    struct date date = date_from_day(day);
    return arena_format(arena, "%04d-%02d-%02d", (int)date.year, (int)date.month, (int)date.day);
}

bool days_between(struct text from, struct text to, int64_t *ret_days)
{
    int64_t first, last;

    if (from.is != GIVEN || to.is != GIVEN || !day_parse(from.s, from.len, &first) ||
        !day_parse(to.s, to.len, &last)) {
        return false;
    }
    *ret_days = last - first;
    return true;
}

bool day_is_before(struct text day, struct text other)
{
    int64_t days;
    return given(day.is) && given(other.is) && days_between(day, other, &days) && days > 0;
}
