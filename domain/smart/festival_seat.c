#include "domain/smart/festival_seat.h"

const char *const festival_seat_states[] = {"reserved", "pending", "none", NULL};

SHAPE(shape_festival_reservation, struct festival_reservation,
      FIELD(struct festival_reservation, festival_course_id),
      FIELD(struct festival_reservation, ticket_type_id),
      FIELD(struct festival_reservation, seats));

SHAPE(shape_trainee, struct trainee, FIELD(struct trainee, id), FIELD(struct trainee, state),
      FIELD(struct trainee, attends), FIELD(struct trainee, person_id),
      FIELD(struct trainee, seat_id), FIELD(struct trainee, seat_person_id),
      FIELD(struct trainee, own_id), FIELD(struct trainee, own_follows));

struct trainee_steps trainee_decide(const struct trainee *trainee, bool auto_seat)
{
    bool has_seat = given(trainee->seat_id.is), has_own = given(trainee->own_id.is);

    if (!trainee->attends) {
        return (struct trainee_steps){.take_back = has_seat};
    }
    if (has_seat && text_equals(trainee->seat_person_id, trainee->person_id)) {
        return (struct trainee_steps){.seated = true};
    }
    if (has_own && trainee->own_follows) { /* one person needs one seat */
        return (struct trainee_steps){.take_back = has_seat};
    }
    if (has_seat && !has_own) {
        return (struct trainee_steps){.hand_over = true, .seated = true};
    }
    if (!has_seat && !auto_seat) {
        return (struct trainee_steps){0};
    }
    return (struct trainee_steps){
        .exchange = has_own, .take_back = has_seat, .give = true, .seated = true};
}

bool course_has_festival(const struct course *course)
{
    return given(course->festival_days_expected.is) && course->festival_days_expected.v > 0;
}

bool festival_is_due(const struct course *course)
{
    return course_has_festival(course) && course->festival_auto_seat &&
           (text_is(course->state, COURSE_PUBLISHED) || text_is(course->state, COURSE_RUNNING));
}

int64_t festival_seats_to_hold(const struct course *course, int64_t seated)
{
    bool open = festival_is_due(course) && text_is(course->state, COURSE_PUBLISHED);
    int64_t seats = open && given(course->capacity.is) ? course->capacity.v - seated : 0;
    return seats > 0 ? seats : 0;
}

enum outcome festival_check_room(int64_t seats, int64_t free_seats, struct error *error)
{
    if (seats <= free_seats) {
        return DONE;
    }
    error_arg_int(error, "seats", seats);
    error_arg_int(error, "free", free_seats);
    return error_refuse(error, CONFLICT, "festival_full", "SM-R07");
}

enum outcome festival_check_same(const struct course *course,
                                 const struct festival_reservation *reservation,
                                 struct error *error)
{
    if (!given(course->festival_course_id.is) ||
        text_equals(course->festival_course_id, reservation->festival_course_id)) {
        return DONE;
    }
    return error_refuse(error, CONFLICT, "festival_reserved", "SM-R07");
}

enum outcome festival_check_named(struct text course_type, struct error *error)
{
    if (!text_is(course_type, COURSE_TYPE_FESTIVAL)) {
        error_fault(error, "/festival_course_id",
                    given(course_type.is) ? "not_a_festival" : "unknown_reference", NULL);
    }
    return error_outcome(error);
}

enum outcome festival_check_own(bool follows, struct error *error)
{
    return follows ? error_refuse(error, CONFLICT, "seat_follows_course", "SM-R07") : DONE;
}
