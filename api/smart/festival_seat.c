#include "api/smart/festival_seat.h"

#include "api/smart/registration_load.h"
#include "api/smart/seat.h"
#include "domain/smart/festival_seat.h"
#include "storage/statements.h"

#include <inttypes.h>

struct festival_key {
    struct text course_id;
    struct text festival_course_id;
};
SHAPE(festival_key_shape, struct festival_key, FIELD(struct festival_key, course_id),
      FIELD(struct festival_key, festival_course_id));

struct own_seat {
    bool follows;
};
SHAPE(own_seat_shape, struct own_seat, FIELD(struct own_seat, follows));

/* A programme, its festival and what is between them. */
struct match {
    const struct course *course;
    struct course festival;
    struct festival_reservation reservation;
    bool is_new;
};

/* ---- registrations at the festival ------------------------------------------------------------ */

static enum outcome record(struct call *call, const struct stored_row *row, const char *action,
                           const char *from, const char *to, const char *changes)
{
    return call_record(call, &(struct event){.resource = "registration",
                                             .id = row->id.s,
                                             .version = row->version,
                                             .action = action,
                                             .from = from,
                                             .to = to,
                                             .changes = changes});
}

static enum outcome end_seat(struct call *call, struct text id, const char *action)
{
    struct registration registration = {0};
    struct registration_outcome result = {0};
    struct stored_row now = {0};
    enum outcome outcome = registration_lock(call, id, &registration);
    if (outcome == DONE)
        outcome = registration_end_seat(&registration, action, call->now, call->error, &result);
    if (outcome == DONE)
        outcome = tx_load(
            call->tx, &sql_registration_set_state,
            SOURCES({&shape_registration_outcome, &result}, {&shape_registration, &registration}),
            &stored_row_shape, &now);
    return outcome == DONE ? record(call, &now, action, registration.state.s, result.state.s, NULL)
                           : outcome;
}

static enum outcome give(struct call *call, const struct match *match,
                         const struct trainee *trainee)
{
    struct trainee linked = {.id = trainee->id};
    struct stored_row seat = {0}, now = {0};
    enum outcome outcome = tx_load(
        call->tx, &sql_festival_seat_give,
        SOURCES({&shape_trainee, trainee}, {&shape_festival_reservation, &match->reservation}),
        &stored_row_shape, &seat);
    if (outcome == DONE)
        outcome = record(call, &seat, "festival_seat", NULL, REGISTRATION_CONFIRMED, NULL);
    linked.seat_id = seat.id;
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_festival_seat_link, SOURCES({&shape_trainee, &linked}),
                          &stored_row_shape, &now);
    if (outcome != DONE)
        return outcome;
    return record(call, &now, "festival_seat", trainee->state.s, trainee->state.s,
                  arena_format(call->arena, "{\"festival_registration_id\":\"%s\"}", seat.id.s));
}

static enum outcome hand_over(struct call *call, const struct trainee *trainee)
{
    struct stored_row now = {0};
    enum outcome outcome = tx_load(call->tx, &sql_festival_seat_hand_over,
                                   SOURCES({&shape_trainee, trainee}), &stored_row_shape, &now);
    return outcome == DONE ? record(call, &now, "transfer_registration", REGISTRATION_CONFIRMED,
                                    REGISTRATION_CONFIRMED, NULL)
                           : outcome;
}

static enum outcome take_steps(struct call *call, const struct match *match,
                               const struct trainee *trainee, struct trainee_steps steps)
{
    enum outcome outcome = DONE;
    if (steps.exchange)
        outcome = end_seat(call, trainee->own_id, "exchange");
    if (outcome == DONE && steps.take_back)
        outcome = end_seat(call, trainee->seat_id, "take_back");
    if (outcome == DONE && steps.give)
        outcome = give(call, match, trainee);
    if (outcome == DONE && steps.hand_over)
        outcome = hand_over(call, trainee);
    return outcome;
}

/* ---- what is held ----------------------------------------------------------------------------- */

static enum outcome hold(struct call *call, struct match *match, int64_t seats)
{
    const struct festival_key key = {match->course->id, match->reservation.festival_course_id};
    match->reservation.seats = seats;
    return tx_execute(
        call->tx, &sql_festival_reserve,
        SOURCES({&festival_key_shape, &key}, {&shape_festival_reservation, &match->reservation}),
        NULL);
}

static enum outcome find_ticket(struct call *call, struct match *match)
{
    struct stored_row *tickets = NULL, made = {0};
    size_t count = 0;
    enum outcome outcome = tx_load_all(call->tx, &sql_festival_ticket,
                                       SOURCES({&shape_festival_reservation, &match->reservation}),
                                       &stored_row_shape, &tickets, &count);
    if (outcome == DONE && count > 0) {
        match->reservation.ticket_type_id = tickets[0].id;
        return DONE;
    }
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_festival_ticket_insert,
                          SOURCES({&shape_festival_reservation, &match->reservation}),
                          &stored_row_shape, &made);
    match->reservation.ticket_type_id = made.id;
    return outcome == DONE ? call_record(call, &(struct event){.resource = "ticket_type",
                                                               .id = made.id.s,
                                                               .version = made.version,
                                                               .action = "festival_seat"})
                           : outcome;
}

static enum outcome record_reservation(struct call *call, const struct match *match, int64_t seats)
{
    return call_record(
        call,
        &(struct event){.resource = "course",
                        .id = match->course->id.s,
                        .version = match->course->version,
                        .action = "reserve_festival_seats",
                        .from = match->course->state.s,
                        .to = match->course->state.s,
                        .changes = arena_format(
                            call->arena, "{\"festival_course_id\":\"%s\",\"seats\":%" PRId64 "}",
                            match->reservation.festival_course_id.s, seats)});
}

/* ---- following -------------------------------------------------------------------------------- */

static enum outcome load_reservation(struct call *call, const struct course *course,
                                     struct festival_reservation *ret)
{
    const struct festival_key key = {.course_id = course->id};
    struct festival_reservation *stored = NULL;
    size_t count = 0;
    enum outcome outcome = tx_load_all(call->tx, &sql_festival_reservation_load,
                                       SOURCES({&festival_key_shape, &key}),
                                       &shape_festival_reservation, &stored, &count);
    if (outcome == DONE && count > 0)
        *ret = stored[0];
    return outcome;
}

enum outcome festival_lock(struct call *call, const struct course *course)
{
    const struct principal *caller = call->principal;
    struct festival_reservation reservation = {.seats = 0};
    struct course festival = {0};
    if (!course_has_festival(course))
        return DONE;
    enum outcome outcome = seat_become_system(call);
    if (outcome == DONE)
        outcome = load_reservation(call, course, &reservation);
    if (outcome == DONE && given(reservation.festival_course_id.is))
        outcome = seat_lock_course(call, reservation.festival_course_id, &festival);
    return outcome == DONE ? seat_become_caller(call, caller) : outcome;
}

/* The festival that holds seats for the course already, or with `reserve` the one that could. */
static enum outcome find_festival(struct call *call, const struct course *course, bool reserve,
                                  struct match *ret)
{
    const struct festival_key key = {.course_id = course->id};
    struct rows *found = NULL;
    *ret = (struct match){.course = course};
    enum outcome outcome = load_reservation(call, course, &ret->reservation);
    if (outcome == DONE && given(ret->reservation.festival_course_id.is))
        return reserve ? festival_check_same(course, &ret->reservation, call->error) : DONE;
    if (outcome != DONE || !reserve || !festival_is_due(course))
        return outcome;
    outcome = tx_query(call->tx, &sql_festival_find, SOURCES({&festival_key_shape, &key}), &found);
    if (outcome == DONE && rows_count(found) > 0)
        ret->reservation.festival_course_id = rows_text(found, 0, "festival_course_id",
                                                        call->arena);
    ret->is_new = true;
    return outcome;
}

/* Nobody else's seats are touched: what is held is let go, used, and the rest held again. */
static enum outcome exchange_seats(struct call *call, struct match *match,
                                   const struct trainee *trainees,
                                   const struct trainee_steps *steps, size_t count, int64_t seats)
{
    struct text festival_id = match->festival.id;
    enum outcome outcome = match->is_new ? find_ticket(call, match) : DONE;
    if (outcome == DONE)
        outcome = hold(call, match, 0);
    for (size_t i = 0; i < count && outcome == DONE; i++)
        outcome = take_steps(call, match, &trainees[i], steps[i]);
    if (outcome == DONE)
        outcome = seat_lock_course(call, festival_id, &match->festival);
    if (outcome == DONE)
        outcome = festival_check_room(seats, course_seats_free(&match->festival), call->error);
    return outcome == DONE ? hold(call, match, seats) : outcome;
}

static bool is_over(const struct course *course, int64_t seated)
{
    return text_is(course->state, COURSE_CANCELLED) || (!course->festival_auto_seat && seated == 0);
}

static enum outcome settle(struct call *call, struct match *match)
{
    const struct festival_key key = {match->course->id, match->festival.id};
    struct trainee *trainees = NULL;
    size_t count = 0;
    int64_t seated = 0, before = match->reservation.seats;
    bool changes = match->is_new;
    enum outcome outcome = tx_load_all(call->tx, &sql_festival_trainees,
                                       SOURCES({&festival_key_shape, &key}), &shape_trainee,
                                       &trainees, &count);
    if (outcome != DONE)
        return outcome;
    struct trainee_steps *steps = arena_array(call->arena, struct trainee_steps, count + 1);
    for (size_t i = 0; i < count; i++) {
        steps[i] = trainee_decide(&trainees[i], match->course->festival_auto_seat);
        changes |= steps[i].exchange || steps[i].take_back || steps[i].give || steps[i].hand_over;
        before += given(trainees[i].seat_id.is);
        seated += steps[i].seated;
    }
    int64_t seats = festival_seats_to_hold(match->course, seated);
    if (!changes && seats == match->reservation.seats && !is_over(match->course, seated))
        return DONE;
    outcome = exchange_seats(call, match, trainees, steps, count, seats);
    if (outcome == DONE && (match->is_new || seated + seats != before))
        outcome = record_reservation(call, match, seated + seats);
    if (outcome == DONE && is_over(match->course, seated))
        outcome = tx_execute(call->tx, &sql_festival_release, SOURCES({&festival_key_shape, &key}),
                             NULL);
    return outcome;
}

/* A festival that is not published yet, or has begun, has no seats to give. */
static bool is_open(const struct course *festival, int64_t now)
{
    return text_is(festival->state, COURSE_PUBLISHED) && !course_has_started(festival, now);
}

static enum outcome follow(struct call *call, const struct course *course, bool reserve)
{
    struct match match;
    enum outcome outcome = find_festival(call, course, reserve, &match);
    if (outcome != DONE || !given(match.reservation.festival_course_id.is))
        return outcome;
    outcome = seat_lock_course(call, match.reservation.festival_course_id, &match.festival);
    if (outcome != DONE || !is_open(&match.festival, call->now))
        return outcome;
    outcome = seat_sweep(call, &match.festival);
    if (outcome == DONE)
        outcome = settle(call, &match);
    if (outcome == DONE) /* with the counters as they are now */
        outcome = seat_lock_course(call, match.festival.id, &match.festival);
    return outcome == DONE ? seat_settle(call, &match.festival, NULL) : outcome;
}

enum outcome festival_follow(struct call *call, const struct course *course, bool reserve)
{
    const struct principal *caller = call->principal;
    struct course now = {0};
    if (!course_has_festival(course) || text_is(course->state, COURSE_DRAFT))
        return DONE;
    enum outcome outcome = seat_become_system(call);
    if (outcome == DONE)
        outcome = seat_lock_course(call, course->id, &now);
    if (outcome == DONE)
        outcome = follow(call, &now, reserve);
    return outcome == DONE ? seat_become_caller(call, caller) : outcome;
}

/* ---- publishing and cancelling ---------------------------------------------------------------- */

enum outcome festival_before_publishing(struct call *call, struct text course_id,
                                        struct text_list *ret_waiting)
{
    const struct principal *caller = call->principal;
    const struct festival_key key = {.festival_course_id = course_id};
    struct rows *rows = NULL;
    enum outcome outcome = tx_execute(call->tx, &sql_festival_publishing, NO_SOURCES, NULL);
    if (outcome == DONE)
        outcome = seat_become_system(call);
    if (outcome == DONE)
        outcome = tx_query(call->tx, &sql_festival_waiting, SOURCES({&festival_key_shape, &key}),
                           &rows);
    if (outcome != DONE)
        return outcome;
    size_t count = rows_count(rows);
    struct text *ids = arena_array(call->arena, struct text, count + 1);
    for (size_t i = 0; i < count; i++)
        ids[i] = rows_text(rows, i, "course_id", call->arena);
    *ret_waiting = (struct text_list){.is = GIVEN, .items = ids, .count = count};
    for (size_t i = 0; i < count && outcome == DONE; i++) {
        struct course waiting = {0};
        outcome = seat_lock_course(call, ids[i], &waiting);
    }
    return outcome == DONE ? seat_become_caller(call, caller) : outcome;
}

enum outcome festival_after_publishing(struct call *call, const struct course *course,
                                       const struct text_list *waiting)
{
    const struct course published = {.id = course->id,
                                     .state = text_of(COURSE_PUBLISHED),
                                     .festival_days_expected = course->festival_days_expected};
    enum outcome outcome = festival_follow(call, &published, true);
    for (size_t i = 0; i < waiting->count && outcome == DONE; i++) {
        struct course one = {0};
        outcome = seat_lock_course(call, waiting->items[i], &one);
        if (outcome == DONE)
            outcome = festival_follow(call, &one, true);
    }
    return outcome;
}

enum outcome festival_dissolve(struct call *call, const struct course *festival)
{
    const struct principal *caller = call->principal;
    struct stored_row *courses = NULL;
    size_t count = 0;
    if (!text_is(festival->course_type, COURSE_TYPE_FESTIVAL))
        return DONE;
    enum outcome outcome = seat_become_system(call);
    if (outcome == DONE)
        outcome = tx_load_all(call->tx, &sql_festival_dissolve, SOURCES({&shape_course, festival}),
                              &stored_row_shape, &courses, &count);
    for (size_t i = 0; i < count && outcome == DONE; i++)
        outcome = call_record(call, &(struct event){.resource = "course",
                                                    .id = courses[i].id.s,
                                                    .version = courses[i].version,
                                                    .action = "lose_festival_seats"});
    return outcome == DONE ? seat_become_caller(call, caller) : outcome;
}

/* ---- checks ----------------------------------------------------------------------------------- */

enum outcome festival_check_reference(struct call *call, struct text festival_course_id)
{
    const struct festival_key key = {.festival_course_id = festival_course_id};
    struct rows *rows = NULL;
    struct text course_type = {.is = ABSENT};
    if (!given(festival_course_id.is))
        return DONE;
    enum outcome outcome = tx_query(call->tx, &sql_festival_named,
                                    SOURCES({&festival_key_shape, &key}), &rows);
    if (outcome == DONE && rows_count(rows) > 0)
        course_type = rows_text(rows, 0, "course_type", call->arena);
    return outcome == DONE ? festival_check_named(course_type, call->error) : outcome;
}

enum outcome festival_check_seat(struct call *call, struct text registration_id)
{
    const struct row_id key = {.id = registration_id};
    struct own_seat seat = {0};
    enum outcome outcome = tx_load(call->tx, &sql_festival_seat_follows,
                                   SOURCES({&row_id_shape, &key}), &own_seat_shape, &seat);
    return outcome == DONE ? festival_check_own(seat.follows, call->error) : outcome;
}
