/*
 * Offers of a freed seat to the next in line (tilbud om plass), domain.md §0.1, §4.3, SM-R02.
 *
 * An offer ends offer_hours after it was made or when the course starts, whichever is first; never
 * because registration closed. From the instant it ends it reads as expired, whether or not the
 * worker has been there.
 */
#ifndef LOFT_DOMAIN_SMART_OFFER_H
#define LOFT_DOMAIN_SMART_OFFER_H

#include "domain/smart/course.h"

/* When an offer made now ends. `starts_at`: of the first session, in the future. */
int64_t offer_expiry(int64_t now, int64_t offer_hours, int64_t starts_at);

/* True from the instant of expiry on; false when there is none. */
bool offer_has_expired(struct integer offer_expires_at, int64_t now);

/*
 * How many seats are to be offered now to those in line (queue_choose says to whom): the free ones,
 * and 0 when nobody waits, the course is not published or has started, or the line is still to be
 * drawn. When above 0, `ret_expires_at` is set (RFC 3339, on the arena).
 */
int64_t offers_due(const struct course *course, int64_t now, struct arena *arena,
                   struct text *ret_expires_at);

#endif
