#include "domain/smart/course.h"

#include "api/smart/completion.h"
#include "api/smart/course_load.h"
#include "api/smart/festival_seat.h"
#include "api/smart/seat.h"
#include "domain/smart/group_booking.h"
#include "operations.h"
#include "storage/statements.h"

#define RESOURCE "course"

static enum outcome record(struct call *call, const struct course *before, int64_t version,
                           const char *to, struct text reason)
{
    return call_record(call, &(struct event){.resource = RESOURCE,
                                             .id = before->id.s,
                                             .version = version,
                                             .from = before->state.s,
                                             .to = to,
                                             .reason = reason.s});
}

/* Locked, the version that the caller means, and without offers that have run out. */
static enum outcome begin(struct call *call, struct text id, struct course *ret_course)
{
    enum outcome outcome = course_lock(call, id, ret_course);
    if (outcome == DONE)
        outcome = call_expect_version(call, ret_course->version);
    return outcome == DONE ? seat_sweep(call, ret_course) : outcome;
}

enum outcome create_course(struct call *call, const struct course_create *in)
{
    struct stored_row created = {0};
    enum outcome outcome = course_check_create(in, call->error);
    if (outcome == DONE)
        outcome = festival_check_reference(call, in->festival_course_id);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_course_insert, SOURCES({&shape_course_create, in}),
                          &stored_row_shape, &created);
    if (outcome == DONE)
        outcome = call_record(call, &(struct event){.resource = RESOURCE,
                                                    .id = created.id.s,
                                                    .version = created.version,
                                                    .to = COURSE_DRAFT});
    return outcome == DONE ? call_answer_item(call, &sql_course_get, created.id.s) : outcome;
}

enum outcome update_course(struct call *call, const struct course_update *in)
{
    struct course course = {0};
    struct stored_row now = {0};
    enum outcome outcome = begin(call, in->id, &course);
    if (outcome == DONE)
        outcome = course_check_update(&course, in, call->error);
    if (outcome == DONE)
        outcome = festival_check_reference(call, in->festival_course_id);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_course_update, SOURCES({&shape_course_update, in}),
                          &stored_row_shape, &now);
    if (outcome == DONE)
        outcome = record(call, &course, now.version, course.state.s, (struct text){.is = ABSENT});
    if (outcome == DONE)
        outcome = course_settle(call, in->id);
    if (outcome == DONE)
        outcome = festival_follow(call, &course,
                                  in->festival_course_id.is != ABSENT ||
                                      in->festival_auto_seat.is != ABSENT);
    return outcome == DONE ? call_answer_item(call, &sql_course_get, in->id.s) : outcome;
}

enum outcome delete_course(struct call *call, const struct course_action *in)
{
    struct course course = {0};
    int64_t removed = 0;
    enum outcome outcome = begin(call, in->id, &course);
    if (outcome == DONE)
        outcome = course_check_draft(&course, call->error);
    if (outcome == DONE)
        outcome = tx_execute(call->tx, &sql_course_delete, SOURCES({&shape_course_action, in}),
                             &removed);
    if (outcome == DONE && removed == 0)
        outcome = error_refuse(call->error, FORBIDDEN, "forbidden", NULL);
    return outcome == DONE ? record(call, &course, course.version, NULL, in->reason) : outcome;
}

/* ---- actions --------------------------------------------------------------------------------- */

/* Stores where the transition leads to, and the event. */
static enum outcome move(struct call *call, const struct course_action *in,
                         const struct course *course, const struct transition *transition)
{
    const struct course after = {.id = course->id, .state = text_of(transition->to)};
    struct stored_row now = {0};
    enum outcome outcome = tx_load(call->tx, &sql_course_set_state,
                                   SOURCES({&shape_course, &after}), &stored_row_shape, &now);
    if (outcome == DONE)
        outcome = record(call, course, now.version, transition->to, in->reason);
    return outcome;
}

enum outcome publish_course(struct call *call, const struct course_action *in)
{
    struct course course = {0};
    struct text_list waiting = {.is = ABSENT};
    const struct transition *transition = NULL;
    enum outcome outcome = festival_before_publishing(call, in->id, &waiting);
    if (outcome == DONE)
        outcome = begin(call, in->id, &course);
    if (outcome == DONE)
        outcome = course_decide(&course, "publish", call->now, call->error, &transition);
    if (outcome == DONE)
        outcome = course_check_stored_plan(call, &course);
    if (outcome == DONE)
        outcome = move(call, in, &course, transition);
    if (outcome == DONE)
        outcome = festival_after_publishing(call, &course, &waiting);
    return outcome == DONE ? call_answer_item(call, &sql_course_get, in->id.s) : outcome;
}

/* What becomes of the registrations of a course that begins or is cancelled: of those from which
 * `action` is possible. */
struct ending {
    const char *action;
    enum outcome (*decide)(const struct registration *registration, int64_t now,
                           struct error *error, struct registration_outcome *ret_outcome);
};

static const struct ending starting = {"course_start", registration_course_start};
static const struct ending cancelling = {"course_cancel", registration_course_cancel};

static enum outcome end_registration(struct call *call, const struct ending *ending,
                                     const struct registration *registration, struct text reason)
{
    struct registration_outcome result = {0};
    struct stored_row now = {0};
    enum outcome outcome = ending->decide(registration, call->now, call->error, &result);
    if (outcome == DONE)
        outcome = tx_load(
            call->tx, &sql_registration_set_state,
            SOURCES({&shape_registration_outcome, &result}, {&shape_registration, registration}),
            &stored_row_shape, &now);
    if (outcome == DONE)
        outcome = call_record(call, &(struct event){.resource = "registration",
                                                    .id = registration->id.s,
                                                    .version = now.version,
                                                    .action = ending->action,
                                                    .from = registration->state.s,
                                                    .to = result.state.s,
                                                    .reason = reason.s});
    return outcome;
}

static enum outcome end_group_booking(struct call *call, const char *action,
                                      const struct group_booking *booking, struct text reason)
{
    struct group_booking_outcome result = {0};
    struct stored_row now = {0};
    enum outcome outcome = group_booking_act(booking, action, call->now, call->error, &result);
    if (outcome == DONE)
        outcome = tx_load(
            call->tx, &sql_group_booking_set_state,
            SOURCES({&shape_group_booking_outcome, &result}, {&shape_group_booking, booking}),
            &stored_row_shape, &now);
    if (outcome == DONE)
        outcome = call_record(call, &(struct event){.resource = "group_booking",
                                                    .id = booking->id.s,
                                                    .version = now.version,
                                                    .action = action,
                                                    .from = booking->state.s,
                                                    .to = result.state.s,
                                                    .reason = reason.s});
    return outcome;
}

/* The service's own work: whoever starts or ends a course need not see everybody on it. */
static enum outcome end_group_bookings(struct call *call, const char *action,
                                       const struct course_action *in)
{
    const struct principal *caller = call->principal;
    struct group_booking *bookings = NULL;
    size_t count = 0;
    enum outcome outcome = seat_become_system(call);
    if (outcome == DONE)
        outcome = tx_load_all(call->tx, &sql_group_bookings_of_course,
                              SOURCES({&shape_course_action, in}), &shape_group_booking, &bookings,
                              &count);
    for (size_t i = 0; i < count && outcome == DONE; i++)
        if (machine_find(&group_booking_machine, bookings[i].state.s, action))
            outcome = end_group_booking(call, action, &bookings[i], in->reason);
    return outcome == DONE ? seat_become_caller(call, caller) : outcome;
}

/* Likewise. */
static enum outcome end_registrations(struct call *call, const struct ending *ending,
                                      const struct course_action *in)
{
    const struct principal *caller = call->principal;
    struct registration *registrations = NULL;
    size_t count = 0;
    enum outcome outcome = seat_become_system(call);
    if (outcome == DONE)
        outcome = tx_load_all(call->tx, &sql_registrations_of_course,
                              SOURCES({&shape_course_action, in}), &shape_registration,
                              &registrations, &count);
    for (size_t i = 0; i < count && outcome == DONE; i++)
        if (machine_find(&registration_machine, registrations[i].state.s, ending->action))
            outcome = end_registration(call, ending, &registrations[i], in->reason);
    return outcome == DONE ? seat_become_caller(call, caller) : outcome;
}

static enum outcome turn_course(struct call *call, const struct course_action *in,
                                const char *action, const struct ending *ending)
{
    struct course course = {0};
    const struct transition *transition = NULL;
    enum outcome outcome = begin(call, in->id, &course);
    if (outcome == DONE)
        outcome = course_decide(&course, action, call->now, call->error, &transition);
    if (outcome == DONE)
        outcome = move(call, in, &course, transition);
    if (outcome == DONE) /* before its registrations: a party that is cancelled holds no seats */
        outcome = end_group_bookings(call, ending->action, in);
    if (outcome == DONE)
        outcome = end_registrations(call, ending, in);
    if (outcome == DONE)
        outcome = festival_follow(call, &course, false);
    if (outcome == DONE && strcmp(transition->to, COURSE_CANCELLED) == 0)
        outcome = festival_dissolve(call, &course);
    return outcome == DONE ? call_answer_item(call, &sql_course_get, in->id.s) : outcome;
}

enum outcome start_course(struct call *call, const struct course_action *in)
{
    return turn_course(call, in, "start", &starting);
}

struct drawn {
    struct text id;
    int64_t version;
    struct text seed;
};
SHAPE(course_drawn_shape, struct drawn, FIELD(struct drawn, id), FIELD(struct drawn, version),
      FIELD(struct drawn, seed));

struct draw_key {
    struct text course_id;
    struct text seed;
};
SHAPE(course_draw_key_shape, struct draw_key, FIELD(struct draw_key, course_id),
      FIELD(struct draw_key, seed));

static enum outcome record_draw(struct call *call, const struct course *course,
                                const struct drawn *drawn, struct text reason)
{
    struct buffer changes;
    buffer_init(&changes, call->arena, 0);
    buffer_add_string(&changes, "{\"seed\":");
    buffer_add_json_string(&changes, drawn->seed.s, drawn->seed.len);
    buffer_add_string(&changes, ",\"entries\":");
    buffer_add_int(&changes, course->waitlisted);
    buffer_add_char(&changes, '}');
    return call_record(call, &(struct event){.resource = RESOURCE,
                                             .id = course->id.s,
                                             .version = drawn->version,
                                             .from = course->state.s,
                                             .to = course->state.s,
                                             .reason = reason.s,
                                             .changes = changes.data});
}

/* Puts the line in order; from then on it is a line like any other, and its front gets offers. */
enum outcome draw_course(struct call *call, const struct course_draw *in)
{
    struct course course = {0};
    struct drawn drawn = {0};
    enum outcome outcome = begin(call, in->id, &course);
    if (outcome == DONE)
        outcome = course_check_draw(&course, call->now, call->error);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_course_drawn, SOURCES({&shape_course_draw, in}),
                          &course_drawn_shape, &drawn);
    const struct draw_key key = {.course_id = course.id, .seed = drawn.seed};
    if (outcome == DONE)
        outcome = tx_execute(call->tx, &sql_course_draw_order,
                             SOURCES({&course_draw_key_shape, &key}), NULL);
    if (outcome == DONE)
        outcome = record_draw(call, &course, &drawn, in->reason);
    course.draw_pending = false;
    if (outcome == DONE)
        outcome = seat_settle(call, &course, NULL);
    return outcome == DONE ? call_answer_item(call, &sql_course_get, in->id.s) : outcome;
}

enum outcome complete_course(struct call *call, const struct course_action *in)
{
    struct course course = {0};
    const struct transition *transition = NULL;
    enum outcome outcome = begin(call, in->id, &course);
    if (outcome == DONE)
        outcome = course_decide(&course, "complete", call->now, call->error, &transition);
    if (outcome == DONE)
        outcome = move(call, in, &course, transition);
    if (outcome == DONE)
        outcome = end_group_bookings(call, "course_complete", in);
    if (outcome == DONE)
        outcome = completion_settle(call, in->id, in->reason);
    return outcome == DONE ? call_answer_item(call, &sql_course_get, in->id.s) : outcome;
}

enum outcome cancel_course(struct call *call, const struct course_action *in)
{
    return turn_course(call, in, "cancel", &cancelling);
}
