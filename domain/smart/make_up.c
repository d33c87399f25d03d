#include "domain/smart/make_up.h"

#include "domain/smart/attendance.h"
#include "domain/smart/gathering.h"

const char *const make_up_states[] = {MAKE_UP_REQUESTED, MAKE_UP_CONFIRMED, MAKE_UP_DECLINED, NULL};

static const struct transition make_up_transitions[] = {
    {.from = MAKE_UP_REQUESTED,
     .action = "confirm",
     .to = MAKE_UP_CONFIRMED,
     .permission = "smart.make_up.confirm"},
    {.from = MAKE_UP_REQUESTED,
     .action = "decline",
     .to = MAKE_UP_DECLINED,
     .permission = "smart.make_up.decline"},
    {.from = MAKE_UP_CONFIRMED,
     .action = "decline",
     .to = MAKE_UP_DECLINED,
     .permission = "smart.make_up.decline"},
};

const struct machine make_up_machine = MACHINE_OF(make_up_transitions);

SHAPE(shape_make_up_context, struct make_up_context, FIELD(struct make_up_context, course_id),
      FIELD(struct make_up_context, course_type), FIELD(struct make_up_context, registration_state),
      FIELD(struct make_up_context, missed_course_id), FIELD(struct make_up_context, missed_kind),
      FIELD(struct make_up_context, missed_present),
      FIELD(struct make_up_context, attended_course_id),
      FIELD(struct make_up_context, attended_course_type),
      FIELD(struct make_up_context, attended_kind), FIELD(struct make_up_context, attended_on),
      FIELD(struct make_up_context, today_on), FIELD(struct make_up_context, leads));

SHAPE(shape_make_up, struct make_up, FIELD(struct make_up, id), FIELD(struct make_up, course_id),
      FIELD(struct make_up, registration_id), FIELD(struct make_up, missed_session_id),
      FIELD(struct make_up, attended_session_id), FIELD(struct make_up, state),
      FIELD(struct make_up, version));

static void check_missed(const struct make_up_context *context, struct error *error)
{
    const char *fault = NULL;

    if (!given(context->missed_course_id.is)) {
        fault = "unknown_reference";
    } else if (!text_equals(context->missed_course_id, context->course_id)) {
        fault = "missed_elsewhere";
    } else if (text_is(context->missed_kind, GATHERING_FESTIVAL)) {
        fault = "festival_not_counted";
    }
    if (fault) {
        error_fault(error, "/missed_session_id", fault, NULL);
    }
}

static void check_attended(const struct make_up_context *context, struct error *error)
{
    const char *fault = NULL;

    if (!given(context->attended_course_id.is)) {
        fault = "unknown_reference";
    } else if (text_equals(context->attended_course_id, context->course_id)) {
        fault = "make_up_same_course";
    } else if (!text_equals(context->attended_course_type, context->course_type)) {
        fault = "make_up_other_type";
    } else if (text_is(context->attended_kind, GATHERING_FESTIVAL)) {
        fault = "festival_not_counted";
    }
    if (fault) {
        error_fault(error, "/attended_session_id", fault, NULL);
    }
}

static bool holds_seat(struct text state)
{
    return text_is(state, REGISTRATION_CONFIRMED) || text_is(state, REGISTRATION_COMPLETED) ||
           text_is(state, REGISTRATION_NO_SHOW);
}

static enum outcome check_possible(const struct make_up_context *context, struct error *error)
{
    if (!holds_seat(context->registration_state)) {
        return error_refuse(error, CONFLICT, "not_participating", NULL);
    }
    if (context->missed_present) {
        return error_refuse(error, CONFLICT, "make_up_not_missed", NULL);
    }
    return DONE;
}

enum outcome make_up_decide(const struct make_up_context *context, struct error *error,
                            struct text *ret_state)
{
    if (!given(context->course_id.is)) {
        return error_refuse(error, NOT_FOUND, "registration_not_found", NULL);
    }
    check_missed(context, error);
    check_attended(context, error);
    enum outcome outcome = error_outcome(error);
    if (outcome == DONE) {
        outcome = check_possible(context, error);
    }
    if (outcome == DONE && context->leads) {
        outcome = session_check_held(context->attended_on, context->today_on, error);
    }
    if (outcome == DONE) {
        *ret_state = text_of(context->leads ? MAKE_UP_CONFIRMED : MAKE_UP_REQUESTED);
    }
    return outcome;
}

enum outcome make_up_apply(const struct make_up *make_up, const char *action,
                           const struct make_up_context *context, struct error *error,
                           const struct transition **ret_transition)
{
    enum outcome outcome = machine_apply(&make_up_machine, make_up->state.s, action, error,
                                         ret_transition);
    if (outcome != DONE || strcmp(action, "confirm") != 0) {
        return outcome;
    }
    outcome = check_possible(context, error);
    return outcome == DONE ? session_check_held(context->attended_on, context->today_on, error)
                           : outcome;
}
