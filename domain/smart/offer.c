#include "domain/smart/offer.h"

#include "domain/base/clock.h"

int64_t offer_expiry(int64_t now, int64_t offer_hours, int64_t starts_at)
{
    int64_t expires_at = now + offer_hours * MICROSECONDS_PER_HOUR;
    return expires_at < starts_at ? expires_at : starts_at;
}

bool offer_has_expired(struct integer offer_expires_at, int64_t now)
{
    return given(offer_expires_at.is) && now >= offer_expires_at.v;
}

int64_t offers_due(const struct course *course, int64_t now, struct arena *arena,
                   struct text *ret_expires_at)
{
    if (!text_is(course->state, COURSE_PUBLISHED) || !given(course->starts_at.is) ||
        course_has_started(course, now) || course->waitlisted == 0 || course->draw_pending) {
        return 0;
    }
    int64_t due = course_seats_free(course);
    if (due > 0) {
        int64_t expires_at = offer_expiry(now, course->offer_hours, course->starts_at.v);
        *ret_expires_at = text_of(instant_format(arena, expires_at));
    }
    return due;
}
