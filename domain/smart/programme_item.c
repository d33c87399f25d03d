#include "domain/smart/programme_item.h"

#include "domain/base/clock.h"

const char *const programme_item_kinds[] = {"opening", "talk", "hosting", "lunch", "other", NULL};

SHAPE(shape_programme_item, struct programme_item, FIELD(struct programme_item, starts_at),
      FIELD(struct programme_item, ends_at));

/* What the patch does not mention stays. */
static enum outcome check_span(struct text starts, struct text ends, struct programme_item item,
                               struct error *error)
{
    if (given(starts.is)) {
        instant_parse(starts.s, starts.len, &item.starts_at);
    }
    if (given(ends.is)) {
        instant_parse(ends.s, ends.len, &item.ends_at);
    }
    if (item.ends_at <= item.starts_at) {
        error_fault(error, "/ends_at", "ends_before_start", NULL);
    } else if (item.ends_at - item.starts_at > PROGRAMME_ITEM_HOURS_MAX * MICROSECONDS_PER_HOUR) {
        error_fault(error, "/ends_at", "programme_item_too_long", NULL);
    }
    return error_outcome(error);
}

enum outcome programme_item_check_create(const struct programme_item_create *in,
                                         struct error *error)
{
    return check_span(in->starts_at, in->ends_at, (struct programme_item){0}, error);
}

enum outcome programme_item_check_update(const struct programme_item *stored,
                                         const struct programme_item_update *in,
                                         struct error *error)
{
    return check_span(in->starts_at, in->ends_at, *stored, error);
}
