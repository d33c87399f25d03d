#include "domain/smart/course.h"

#include "domain/base/clock.h"
#include "domain/base/text.h"
#include "domain/smart/gathering.h"
#include "domain/smart/seats.h"

const char *const course_states[] = {COURSE_DRAFT,     COURSE_PUBLISHED, COURSE_RUNNING,
                                     COURSE_COMPLETED, COURSE_CANCELLED, NULL};
const char *const pricing_models[] = {PRICING_FIXED, PRICING_FREE, PRICING_QUOTE, NULL};

const char *const seat_allocations[] = {ALLOCATION_FIRST_COME, ALLOCATION_RAFFLE, NULL};

static const struct transition course_transitions[] = {
    {.from = COURSE_DRAFT,
     .action = "publish",
     .to = COURSE_PUBLISHED,
     .permission = "smart.course.publish"},
    {.from = COURSE_DRAFT,
     .action = "cancel",
     .to = COURSE_CANCELLED,
     .permission = "smart.course.cancel"},
    {.from = COURSE_PUBLISHED,
     .action = "start",
     .to = COURSE_RUNNING,
     .permission = "smart.course.start"},
    {.from = COURSE_PUBLISHED,
     .action = "draw",
     .to = COURSE_PUBLISHED,
     .permission = "smart.course.draw"},
    {.from = COURSE_PUBLISHED,
     .action = "cancel",
     .to = COURSE_CANCELLED,
     .permission = "smart.course.cancel"},
    {.from = COURSE_RUNNING,
     .action = "complete",
     .to = COURSE_COMPLETED,
     .permission = "smart.course.complete"},
};

const struct machine course_machine = MACHINE_OF(course_transitions);

SHAPE(shape_course, struct course, FIELD(struct course, id), FIELD(struct course, state),
      FIELD(struct course, course_type), FIELD(struct course, pricing_model),
      FIELD(struct course, capacity), FIELD(struct course, seat_allocation),
      FIELD(struct course, waiting_list), FIELD(struct course, seats_confirmed),
      FIELD(struct course, seats_offered), FIELD(struct course, seats_held),
      FIELD(struct course, waitlisted), FIELD(struct course, last_queue_no),
      FIELD(struct course, registration_opens_at), FIELD(struct course, registration_closes_at),
      FIELD(struct course, draw_pending), FIELD(struct course, starts_at),
      FIELD(struct course, ends_at), FIELD(struct course, starts_on),
      FIELD(struct course, today_on), FIELD(struct course, offer_hours),
      FIELD(struct course, withdrawal_right_days), FIELD(struct course, cancellation_policy_id),
      FIELD(struct course, gatherings_expected), FIELD(struct course, gathering_days_expected),
      FIELD(struct course, festival_days_expected), FIELD(struct course, first_overnight_expected),
      FIELD(struct course, festival_auto_seat), FIELD(struct course, festival_course_id),
      FIELD(struct course, version));

SHAPE(shape_course_day, struct course_day, FIELD(struct course_day, gathering_seq_no),
      FIELD(struct course_day, kind), FIELD(struct course_day, overnight),
      FIELD(struct course_day, held_on));

static void add_instant(struct error *error, const char *name, struct integer instant)
{
    if (given(instant.is)) {
        error_arg(error, name, instant_format(error->arena, instant.v));
    }
}

/* ---- bodies ---------------------------------------------------------------------------------- */

static void check_window(struct integer opens_at, struct integer closes_at, struct error *error)
{
    if (given(opens_at.is) && given(closes_at.is) && closes_at.v <= opens_at.v) {
        error_fault(error, "/registration_closes_at", "closes_before_opens", NULL);
    }
}

static void check_words(struct text slug, struct text municipality_no, struct error *error)
{
    if (given(slug.is) && !slug_valid(slug)) {
        error_fault(error, "/slug", "slug_invalid", NULL);
    }
    if (given(municipality_no.is) && !municipality_no_valid(municipality_no)) {
        error_fault(error, "/municipality_no", "municipality_no_invalid", NULL);
    }
}

/* Whoever draws no seat keeps a place in line. */
static void check_raffle(struct text seat_allocation, bool waiting_list, struct error *error)
{
    if (text_is(seat_allocation, ALLOCATION_RAFFLE) && !waiting_list) {
        error_fault(error, "/waiting_list", "raffle_needs_waiting_list", NULL);
    }
}

/* An instant as the patch leaves it: the stored one unless mentioned. */
static struct integer patched_instant(struct text patch, struct integer stored)
{
    int64_t instant;

    if (patch.is == ABSENT) {
        return stored;
    }
    if (patch.is == GIVEN && instant_parse(patch.s, patch.len, &instant)) {
        return integer_of(instant);
    }
    return (struct integer){.is = NULLED};
}

enum outcome course_check_create(const struct course_create *in, struct error *error)
{
    const struct integer none = {.is = ABSENT};

    check_words(in->slug, in->municipality_no, error);
    check_window(patched_instant(in->registration_opens_at, none),
                 patched_instant(in->registration_closes_at, none), error);
    check_raffle(in->seat_allocation, !given(in->waiting_list.is) || in->waiting_list.v, error);
    return error_outcome(error);
}

static bool is_over(const struct course *course)
{
    return text_is(course->state, COURSE_COMPLETED) || text_is(course->state, COURSE_CANCELLED);
}

static bool needs_capacity(const struct course *course)
{
    return !text_is(course->pricing_model, PRICING_QUOTE);
}

static enum outcome check_capacity(const struct course *stored, struct integer capacity,
                                   struct error *error)
{
    int64_t taken = stored->seats_confirmed + stored->seats_offered + stored->seats_held;

    if (capacity.is == GIVEN && capacity.v < taken) {
        error_fault(error, "/capacity", "capacity_below_taken", NULL);
        error_arg_int(error, "taken", taken);
        return error_refuse(error, CONFLICT, "capacity_below_taken", "SM-R01");
    }
    if (capacity.is == NULLED && needs_capacity(stored) && !text_is(stored->state, COURSE_DRAFT)) {
        error_fault(error, "/capacity", "capacity_required", NULL);
        return error_refuse(error, CONFLICT, "capacity_required", "SM-R04");
    }
    return DONE;
}

/* People who join the line know how it is to be put in order, and when. */
static enum outcome check_allocation(const struct course *stored, const struct course_update *in,
                                     struct error *error)
{
    if (given(in->seat_allocation.is) &&
        !text_equals(in->seat_allocation, stored->seat_allocation)) {
        return course_check_draft(stored, error);
    }
    if (in->registration_closes_at.is == NULLED && !text_is(stored->state, COURSE_DRAFT) &&
        text_is(stored->seat_allocation, ALLOCATION_RAFFLE)) {
        error_fault(error, "/registration_closes_at", "closing_required", NULL);
        return error_refuse(error, CONFLICT, "closing_required", NULL);
    }
    return DONE;
}

enum outcome course_check_update(const struct course *stored, const struct course_update *in,
                                 struct error *error)
{
    check_words(in->slug, in->municipality_no, error);
    check_window(patched_instant(in->registration_opens_at, stored->registration_opens_at),
                 patched_instant(in->registration_closes_at, stored->registration_closes_at),
                 error);
    check_raffle(given(in->seat_allocation.is) ? in->seat_allocation : stored->seat_allocation,
                 given(in->waiting_list.is) ? in->waiting_list.v : stored->waiting_list, error);
    enum outcome outcome = error_outcome(error);
    if (outcome != DONE) {
        return outcome;
    }
    bool moves_seats = in->capacity.is != ABSENT || in->registration_opens_at.is != ABSENT ||
                       in->registration_closes_at.is != ABSENT || in->offer_hours.is != ABSENT ||
                       in->waiting_list.is != ABSENT;
    if (moves_seats) {
        outcome = course_check_live(stored, error);
    }
    if (outcome == DONE) {
        outcome = check_allocation(stored, in, error);
    }
    return outcome == DONE ? check_capacity(stored, in->capacity, error) : outcome;
}

/* ---- the plan: SM-R04, SM-R05, SM-R06 -------------------------------------------------------- */

static void refuse_plan(struct error *error, const char *pointer, const char *code,
                        const char *rule)
{
    error_fault(error, pointer, code, NULL);
    error_refuse(error, CONFLICT, code, rule);
}

/* What the days of one gathering span. */
struct span {
    int64_t days; /* distinct */
    int64_t first, last;
};

/* True when an earlier row of the same gathering holds the same day. */
static bool seen_before(const struct course_day *days, size_t i)
{
    for (size_t j = 0; j < i; j++) {
        if (days[j].gathering_seq_no == days[i].gathering_seq_no &&
            text_equals(days[j].held_on, days[i].held_on)) {
            return true;
        }
    }
    return false;
}

static bool is_first_of_gathering(const struct course_day *days, size_t i)
{
    for (size_t j = 0; j < i; j++) {
        if (days[j].gathering_seq_no == days[i].gathering_seq_no) {
            return false;
        }
    }
    return true;
}

static struct span span_of(const struct course_day *days, size_t count, int64_t seq_no)
{
    struct span span = {0};
    for (size_t i = 0; i < count; i++) {
        int64_t day;
        if (days[i].gathering_seq_no != seq_no || !given(days[i].held_on.is) ||
            seen_before(days, i) || !day_parse(days[i].held_on.s, days[i].held_on.len, &day)) {
            continue;
        }
        span.first = span.days == 0 || day < span.first ? day : span.first;
        span.last = span.days == 0 || day > span.last ? day : span.last;
        span.days++;
    }
    return span;
}

struct plan {
    int64_t gatherings; /* of kind gathering */
    int64_t irregular;  /* of these: not of the expected number of consecutive days, if any */
    int64_t festival_days;
    int64_t sessions;               /* days held, of any kind */
    const struct course_day *first; /* the first gathering of kind gathering */
};

static struct plan plan_of(const struct course *course, const struct course_day *days, size_t count)
{
    struct plan plan = {0};
    for (size_t i = 0; i < count; i++) {
        if (!is_first_of_gathering(days, i)) {
            continue;
        }
        struct span span = span_of(days, count, days[i].gathering_seq_no);
        plan.sessions += span.days;
        if (text_is(days[i].kind, GATHERING_FESTIVAL)) {
            plan.festival_days += span.days;
            continue;
        }
        plan.gatherings++;
        plan.irregular += span.days != course->gathering_days_expected.v ||
                          span.last - span.first + 1 != span.days;
        if (!plan.first || days[i].gathering_seq_no < plan.first->gathering_seq_no) {
            plan.first = &days[i];
        }
    }
    return plan;
}

static bool gatherings_complete(const struct course *course, const struct plan *plan)
{
    if (given(course->gatherings_expected.is) &&
        plan->gatherings != course->gatherings_expected.v) {
        return false;
    }
    if (given(course->gathering_days_expected.is) && plan->irregular > 0) {
        return false;
    }
    return !given(course->festival_days_expected.is) ||
           plan->festival_days == course->festival_days_expected.v;
}

static void explain_gatherings(const struct course *course, const struct plan *plan,
                               struct error *error)
{
    refuse_plan(error, "/gatherings", "gatherings_incomplete", "SM-R05");
    error_arg_int(error, "gatherings", course->gatherings_expected.v);
    error_arg_int(error, "days", course->gathering_days_expected.v);
    error_arg_int(error, "festival_days", course->festival_days_expected.v);
    error_arg_int(error, "found_gatherings", plan->gatherings);
    error_arg_int(error, "found_festival_days", plan->festival_days);
}

enum outcome course_check_plan(const struct course *course, const struct course_day *days,
                               size_t day_count, size_t ticket_type_count, struct error *error)
{
    struct plan plan = plan_of(course, days, day_count);

    if (needs_capacity(course)) { /* by agreement: no seats, dates or tickets to plan yet */
        if (!given(course->capacity.is)) {
            refuse_plan(error, "/capacity", "capacity_required", "SM-R04");
        }
        if (plan.sessions == 0) {
            refuse_plan(error, "/sessions", "session_required", NULL);
        }
        if (ticket_type_count == 0) {
            refuse_plan(error, "/ticket_types", "ticket_type_required", NULL);
        }
    }
    if (text_is(course->seat_allocation, ALLOCATION_RAFFLE) &&
        !given(course->registration_closes_at.is)) {
        refuse_plan(error, "/registration_closes_at", "closing_required", NULL);
    }
    if (!gatherings_complete(course, &plan)) {
        explain_gatherings(course, &plan, error);
    }
    if (course->first_overnight_expected && !(plan.first && plan.first->overnight)) {
        refuse_plan(error, "/gatherings", "overnight_missing", "SM-R06");
    }
    return error_outcome(error);
}

/* ---- actions --------------------------------------------------------------------------------- */

enum outcome course_decide(const struct course *course, const char *action, int64_t now,
                           struct error *error, const struct transition **ret_transition)
{
    const struct transition *transition;
    enum outcome outcome = machine_apply(&course_machine, course->state.s, action, error,
                                         &transition);
    if (outcome != DONE) {
        return outcome;
    }
    if (strcmp(action, "start") == 0 && given(course->starts_at.is) && now < course->starts_at.v) {
        add_instant(error, "starts_at", course->starts_at);
        return error_refuse(error, CONFLICT, "course_not_begun", NULL);
    }
    if (strcmp(action, "complete") == 0 && given(course->ends_at.is) && now < course->ends_at.v) {
        add_instant(error, "ends_at", course->ends_at);
        return error_refuse(error, CONFLICT, "course_not_ended", NULL);
    }
    *ret_transition = transition;
    return DONE;
}

enum outcome course_check_draft(const struct course *course, struct error *error)
{
    if (text_is(course->state, COURSE_DRAFT)) {
        return DONE;
    }
    error_arg(error, "state", course->state.s);
    return error_refuse(error, CONFLICT, "course_not_draft", NULL);
}

enum outcome course_check_live(const struct course *course, struct error *error)
{
    if (!is_over(course)) {
        return DONE;
    }
    error_arg(error, "state", course->state.s);
    return error_refuse(error, CONFLICT, "course_over", NULL);
}

enum outcome course_check_room(int64_t existing, int64_t limit, struct error *error)
{
    if (existing < limit) {
        return DONE;
    }
    error_arg_int(error, "limit", limit);
    return error_refuse(error, CONFLICT, "limit_reached", NULL);
}

int64_t course_seats_free(const struct course *course)
{
    return given(course->capacity.is) ? seats_free(course->capacity.v, course->seats_confirmed,
                                                   course->seats_offered, course->seats_held)
                                      : 0;
}

enum outcome course_check_draw(const struct course *course, int64_t now, struct error *error)
{
    const struct transition *transition;
    enum outcome outcome = machine_apply(&course_machine, course->state.s, "draw", error,
                                         &transition);
    if (outcome != DONE) {
        return outcome;
    }
    if (!text_is(course->seat_allocation, ALLOCATION_RAFFLE)) {
        return error_refuse(error, CONFLICT, "not_a_raffle", NULL);
    }
    if (!course->draw_pending) {
        return error_refuse(error, CONFLICT, "already_drawn", NULL);
    }
    if (course_has_started(course, now)) {
        return error_refuse(error, CONFLICT, "course_started", NULL);
    }
    if (!given(course->registration_closes_at.is) || now < course->registration_closes_at.v) {
        add_instant(error, "closes_at", course->registration_closes_at);
        return error_refuse(error, CONFLICT, "registration_still_open", NULL);
    }
    return DONE;
}

enum outcome course_check_drawn(const struct course *course, struct error *error)
{
    return course->draw_pending ? error_refuse(error, CONFLICT, "draw_pending", NULL) : DONE;
}

/* ---- the registration window ----------------------------------------------------------------- */

bool course_has_started(const struct course *course, int64_t now)
{
    return text_is(course->state, COURSE_RUNNING) || text_is(course->state, COURSE_COMPLETED) ||
           (given(course->starts_at.is) && now >= course->starts_at.v);
}

/* Why nobody can register now, or NULL. */
static const char *closed_because(const struct course *course, int64_t now)
{
    struct integer opens_at = course->registration_opens_at;
    struct integer closes_at = course->registration_closes_at;

    if (text_is(course->state, COURSE_CANCELLED)) {
        return "course_cancelled";
    }
    if (text_is(course->state, COURSE_DRAFT)) {
        return "course_not_published";
    }
    if (given(closes_at.is) && now >= closes_at.v) {
        return "registration_closed";
    }
    if (course_has_started(course, now)) {
        return "course_started";
    }
    if (given(opens_at.is) && now < opens_at.v) {
        return "registration_not_open_yet";
    }
    return NULL;
}

enum outcome course_check_open(const struct course *course, int64_t now, struct error *error)
{
    const char *code = closed_because(course, now);
    if (!code) {
        return DONE;
    }
    add_instant(error, "opens_at", course->registration_opens_at);
    add_instant(error, "closes_at", course->registration_closes_at);
    add_instant(error, "starts_at", course->starts_at);
    return error_refuse(error, CONFLICT, code, NULL);
}

bool course_is_open(const struct course *course, int64_t now)
{
    return !text_is(course->pricing_model, PRICING_QUOTE) && given(course->capacity.is) &&
           !closed_because(course, now);
}
