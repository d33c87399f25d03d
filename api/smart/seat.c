#include "api/smart/seat.h"

#include "api/smart/queue_load.h"
#include "domain/smart/offer.h"
#include "domain/smart/registration.h"
#include "storage/statements.h"

struct course_key {
    struct text course_id;
};
SHAPE(course_key_shape, struct course_key, FIELD(struct course_key, course_id));

/* Those in line who get an offer, and until when. */
struct offers {
    struct text expires_at;
    struct text_list ids;
};
SHAPE(seat_offers_shape, struct offers, FIELD(struct offers, expires_at),
      FIELD(struct offers, ids));

enum outcome seat_become_system(struct call *call)
{
    call->principal = &principal_system;
    return tx_become(call->tx, &principal_system);
}

enum outcome seat_become_caller(struct call *call, const struct principal *caller)
{
    call->principal = caller;
    return tx_become(call->tx, caller);
}

enum outcome seat_lock_course(struct call *call, struct text course_id, struct course *ret_course)
{
    const struct principal *caller = call->principal;
    const struct course_key key = {.course_id = course_id};
    enum outcome outcome = seat_become_system(call);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_course_lock, SOURCES({&course_key_shape, &key}),
                          &shape_course, ret_course);
    return outcome == DONE ? seat_become_caller(call, caller) : outcome;
}

/* A registration or a party whose offer was made, ended or shortened. */
struct move {
    struct text kind; /* also the name of the resource */
    struct text id;
    int64_t version;
    int64_t seats;
};
SHAPE(seat_move_shape, struct move, FIELD(struct move, kind), FIELD(struct move, id),
      FIELD(struct move, version), FIELD(struct move, seats));

static enum outcome record_moves(struct call *call, const struct move *moves, size_t count,
                                 const char *action, const char *from, const char *to)
{
    enum outcome outcome = DONE;
    for (size_t i = 0; i < count && outcome == DONE; i++)
        outcome = call_record(call, &(struct event){.resource = moves[i].kind.s,
                                                    .id = moves[i].id.s,
                                                    .version = moves[i].version,
                                                    .action = action,
                                                    .from = from,
                                                    .to = to});
    return outcome;
}

static int64_t seats_of(const struct move *moves, size_t count)
{
    int64_t seats = 0;
    for (size_t i = 0; i < count; i++)
        seats += moves[i].seats;
    return seats;
}

static enum outcome expire_overdue(struct call *call, struct course *course, int64_t *changed)
{
    const struct course_key key = {.course_id = course->id};
    struct move *moves = NULL;
    size_t count = 0;
    if (course->seats_offered == 0)
        return DONE;
    enum outcome outcome = tx_load_all(call->tx, &sql_offers_expire,
                                       SOURCES({&course_key_shape, &key}), &seat_move_shape, &moves,
                                       &count);
    if (outcome != DONE)
        return outcome;
    course->seats_offered -= seats_of(moves, count);
    *changed += (int64_t)count;
    return record_moves(call, moves, count, "expire", REGISTRATION_OFFERED, REGISTRATION_EXPIRED);
}

static enum outcome choose(struct call *call, const struct course *course, int64_t free_seats,
                           struct offers *ret_offers)
{
    struct queue_entry *line = NULL;
    size_t count = 0;
    enum outcome outcome = queue_front(call, course->id, free_seats, &line, &count);
    if (outcome != DONE)
        return outcome;
    size_t *chosen = arena_array(call->arena, size_t, count + 1);
    struct text *ids = arena_array(call->arena, struct text, count + 1);
    ret_offers->ids.count = queue_choose(line, count, free_seats, chosen);
    for (size_t i = 0; i < ret_offers->ids.count; i++)
        ids[i] = line[chosen[i]].id;
    ret_offers->ids.items = ids;
    return DONE;
}

static enum outcome offer_free(struct call *call, struct course *course, int64_t *changed)
{
    struct offers offers = {.ids.is = GIVEN};
    struct move *moves = NULL;
    size_t count = 0;
    int64_t free_seats = offers_due(course, call->now, call->arena, &offers.expires_at);
    if (free_seats == 0)
        return DONE;
    enum outcome outcome = choose(call, course, free_seats, &offers);
    if (outcome != DONE || offers.ids.count == 0)
        return outcome;
    outcome = tx_load_all(call->tx, &sql_offers_make, SOURCES({&seat_offers_shape, &offers}),
                          &seat_move_shape, &moves, &count);
    if (outcome != DONE)
        return outcome;
    course->seats_offered += seats_of(moves, count);
    course->waitlisted -= (int64_t)count;
    *changed += (int64_t)count;
    return record_moves(call, moves, count, "promote", REGISTRATION_WAITLISTED,
                        REGISTRATION_OFFERED);
}

enum outcome seat_sweep(struct call *call, struct course *course)
{
    const struct principal *caller = call->principal;
    int64_t changed = 0;
    if (course->seats_offered == 0)
        return DONE;
    enum outcome outcome = seat_become_system(call);
    if (outcome == DONE)
        outcome = expire_overdue(call, course, &changed);
    return outcome == DONE ? seat_become_caller(call, caller) : outcome;
}

enum outcome seat_shorten_offers(struct call *call, const struct course *course)
{
    const struct principal *caller = call->principal;
    const struct course_key key = {.course_id = course->id};
    struct move *moves = NULL;
    size_t count = 0;
    if (course->seats_offered == 0 || !given(course->starts_at.is))
        return DONE;
    enum outcome outcome = seat_become_system(call);
    if (outcome == DONE)
        outcome = tx_load_all(call->tx, &sql_offers_shorten, SOURCES({&course_key_shape, &key}),
                              &seat_move_shape, &moves, &count);
    if (outcome == DONE)
        outcome = record_moves(call, moves, count, "shorten_offer", REGISTRATION_OFFERED,
                               REGISTRATION_OFFERED);
    return outcome == DONE ? seat_become_caller(call, caller) : outcome;
}

enum outcome seat_join_line(struct call *call, struct course *course)
{
    course->waitlisted++;
    return course_seats_free(course) > 0 ? seat_settle(call, course, NULL) : DONE;
}

enum outcome seat_settle(struct call *call, struct course *course, int64_t *ret_changed)
{
    const struct principal *caller = call->principal;
    int64_t changed = 0;
    enum outcome outcome = seat_become_system(call);
    if (outcome == DONE)
        outcome = expire_overdue(call, course, &changed);
    if (outcome == DONE)
        outcome = offer_free(call, course, &changed);
    if (outcome == DONE)
        outcome = seat_become_caller(call, caller);
    if (outcome == DONE && ret_changed)
        *ret_changed = changed;
    return outcome;
}
