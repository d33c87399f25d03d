#include "domain/smart/gathering.h"

#include "domain/base/clock.h"

const char *const gathering_kinds[] = {GATHERING_GATHERING, GATHERING_FESTIVAL, NULL};

SHAPE(shape_session, struct session, FIELD(struct session, id), FIELD(struct session, gathering_id),
      FIELD(struct session, starts_at), FIELD(struct session, ends_at));

enum outcome gathering_check_move(const struct gathering_move *in, struct error *error)
{
    bool by_day = given(in->starts_on.is), by_count = given(in->days.is);

    if (by_day && by_count) {
        error_fault(error, "/days", "move_ambiguous", NULL);
    } else if (!by_day && !by_count) {
        error_fault(error, "/starts_on", "move_required", NULL);
    }
    return error_outcome(error);
}

enum outcome gathering_move_days(const struct gathering_move *in, struct text first_on,
                                 struct error *error, int64_t *ret_days)
{
    if (!given(first_on.is)) {
        return error_refuse(error, CONFLICT, "session_required", NULL);
    }
    if (given(in->days.is)) {
        *ret_days = in->days.v;
        return DONE;
    }
    return days_between(first_on, in->starts_on, ret_days)
               ? DONE
               : error_refuse(error, INTERNAL, "internal_error", NULL);
}

/* The stored instant, or the patch's. */
static int64_t effective(struct text patch, int64_t stored)
{
    int64_t instant = stored;
    if (given(patch.is)) {
        instant_parse(patch.s, patch.len, &instant);
    }
    return instant;
}

static enum outcome check_span(int64_t starts_at, int64_t ends_at, struct error *error)
{
    if (ends_at <= starts_at) {
        error_fault(error, "/ends_at", "ends_before_start", NULL);
    } else if (ends_at - starts_at > SESSION_HOURS_MAX * MICROSECONDS_PER_HOUR) {
        error_fault(error, "/ends_at", "session_too_long", NULL);
    }
    return error_outcome(error);
}

enum outcome session_check_create(const struct session_create *in, struct error *error)
{
    return check_span(effective(in->starts_at, 0), effective(in->ends_at, 0), error);
}

enum outcome session_check_update(const struct session *stored, const struct session_update *in,
                                  struct error *error)
{
    return check_span(effective(in->starts_at, stored->starts_at),
                      effective(in->ends_at, stored->ends_at), error);
}
