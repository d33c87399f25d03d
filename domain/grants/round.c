#include "domain/grants/round.h"

#include "domain/base/clock.h"
#include "domain/base/text.h"

#define RULE_JOINT_SHARE "KL-R04"
#define RULE_TOTAL "KL-R08"
#define RULE_HEADCOUNTS "KL-R13"
#define ADVANCE "grants.round.advance"
#define DECIDE "grants.round.decide"
#define CREATE "grants.round.create"
#define TOTAL "grants.round.total"

enum { STEPS = 5 };

/* In the order of round_states. */
enum phase { PLANNING, FRAME_ADOPTED, OPEN, BASIS_CLOSED, RECOMMENDED };

const char *const round_states[] = {
    ROUND_PLANNING,     ROUND_FRAME_ADOPTED, ROUND_OPEN,
    ROUND_BASIS_CLOSED, ROUND_RECOMMENDED,   ROUND_DECIDED,
    ROUND_REPORTING,    ROUND_CLOSED,        NULL,
};
const char *const allocation_statuses[] = {"none", "provisional", "final", NULL};

/* clang-format off */
static const struct transition round_transitions[] = {
    {ROUND_PLANNING, "adopt_frame", ROUND_FRAME_ADOPTED, ADVANCE},
    {ROUND_FRAME_ADOPTED, "open", ROUND_OPEN, ADVANCE},
    {ROUND_OPEN, "close_bases", ROUND_BASIS_CLOSED, ADVANCE},
    {ROUND_OPEN, "recommend", ROUND_RECOMMENDED, ADVANCE},
    {ROUND_BASIS_CLOSED, "recommend", ROUND_RECOMMENDED, ADVANCE},
    {ROUND_RECOMMENDED, "decide", ROUND_DECIDED, DECIDE},
    {ROUND_DECIDED, "start_reporting", ROUND_REPORTING, DECIDE},
    {ROUND_REPORTING, "close", ROUND_CLOSED, DECIDE},

    {ROUND_PLANNING, "set_total", ROUND_PLANNING, TOTAL},
    {ROUND_FRAME_ADOPTED, "set_total", ROUND_FRAME_ADOPTED, TOTAL},
    {ROUND_OPEN, "set_total", ROUND_OPEN, TOTAL},
    {ROUND_BASIS_CLOSED, "set_total", ROUND_BASIS_CLOSED, TOTAL},
    {ROUND_RECOMMENDED, "set_total", ROUND_RECOMMENDED, TOTAL},

    {ROUND_PLANNING, "roll_over", ROUND_PLANNING, CREATE},
    {ROUND_FRAME_ADOPTED, "roll_over", ROUND_FRAME_ADOPTED, CREATE},
    {ROUND_OPEN, "roll_over", ROUND_OPEN, CREATE},
    {ROUND_BASIS_CLOSED, "roll_over", ROUND_BASIS_CLOSED, CREATE},
    {ROUND_RECOMMENDED, "roll_over", ROUND_RECOMMENDED, CREATE},
    {ROUND_DECIDED, "roll_over", ROUND_DECIDED, CREATE},
    {ROUND_REPORTING, "roll_over", ROUND_REPORTING, CREATE},
    {ROUND_CLOSED, "roll_over", ROUND_CLOSED, CREATE},
};
/* clang-format on */

const struct machine round_machine = MACHINE_OF(round_transitions);

SHAPE(shape_round_scheme, struct round_scheme, FIELD(struct round_scheme, own_share_bp),
      FIELD(struct round_scheme, require_uh_signature),
      FIELD(struct round_scheme, allow_multiple_bases),
      FIELD(struct round_scheme, joint_share_first_meeting_only));

SHAPE(shape_round, struct round, FIELD(struct round, id), FIELD(struct round, forum_id),
      FIELD(struct round, scheme_code), FIELD(struct round, year), FIELD(struct round, state),
      FIELD(struct round, total_nok), FIELD(struct round, granted_nok),
      FIELD(struct round, need_due_on), FIELD(struct round, basis_due_on),
      FIELD(struct round, recommendation_due_on), FIELD(struct round, decision_due_on),
      FIELD(struct round, report_due_on), FIELD(struct round, today_on),
      FIELD(struct round, joint_share_first_meeting_only), FIELD(struct round, is_secretariat),
      FIELD(struct round, is_governor), FIELD(struct round, version));

SHAPE(shape_round_progress, struct round_progress, FIELD(struct round_progress, allocation_state),
      FIELD(struct round_progress, headcounts_open),
      FIELD(struct round_progress, decided_in_first_meeting),
      FIELD(struct round_progress, recommendation_state),
      FIELD(struct round_progress, bases_pending), FIELD(struct round_progress, lines_undecided),
      FIELD(struct round_progress, reports_pending));

SHAPE(shape_round_change, struct round_change, FIELD(struct round_change, state),
      FIELD(struct round_change, recommended_on), FIELD(struct round_change, late_reason));

SHAPE(shape_frame, struct frame, FIELD(struct frame, id), FIELD(struct frame, need_due_on),
      FIELD(struct frame, round_need_due_on), FIELD(struct frame, today_on),
      FIELD(struct frame, version));

SHAPE(shape_round_link, struct round_link, FIELD(struct round_link, id),
      FIELD(struct round_link, own), FIELD(struct round_link, version));

/* ---- the steps of a year --------------------------------------------------------------------- */

struct step {
    const char *pointer;
    const char *day;
    int years;        /* after the year of the round */
    enum phase until; /* the last in which its day can be moved */
};

static const struct step steps[STEPS] = {
    {"/need_due_on", "12-01", -1, OPEN},
    {"/basis_due_on", "02-01", 0, OPEN},
    {"/recommendation_due_on", "03-15", 0, BASIS_CLOSED},
    {"/decision_due_on", "04-30", 0, RECOMMENDED},
    {"/report_due_on", "06-30", 1, RECOMMENDED},
};

static struct text default_day(const struct step *step, int64_t year, struct arena *arena)
{
    return text_of(arena_format(arena, "%04d-%s", (int)year + step->years, step->day));
}

static enum outcome check_order(const struct text due[STEPS], struct error *error)
{
    for (size_t i = 1; i < STEPS; i++) {
        if (day_is_before(due[i], due[i - 1])) {
            error_fault(error, steps[i].pointer, "before_step_before", due[i - 1].s);
        }
    }
    return error_outcome(error);
}

struct round_create round_fill(const struct round_create *in, const struct round_scheme *scheme,
                               struct arena *arena)
{
    struct round_create out = *in;
    struct text *const due[STEPS] = {&out.need_due_on, &out.basis_due_on,
                                     &out.recommendation_due_on, &out.decision_due_on,
                                     &out.report_due_on};
    for (size_t i = 0; i < STEPS; i++) {
        if (!given(due[i]->is)) {
            *due[i] = default_day(&steps[i], in->year.v, arena);
        }
    }
    if (!given(out.need_deadline_hard.is)) {
        out.need_deadline_hard = boolean_of(false);
    }
    if (!given(out.own_share_bp.is)) {
        out.own_share_bp = scheme->own_share_bp;
    }
    if (!given(out.require_uh_signature.is)) {
        out.require_uh_signature = scheme->require_uh_signature;
    }
    if (!given(out.allow_multiple_bases.is)) {
        out.allow_multiple_bases = scheme->allow_multiple_bases;
    }
    if (!given(out.joint_share_first_meeting_only.is)) {
        out.joint_share_first_meeting_only = scheme->joint_share_first_meeting_only;
    }
    return out;
}

enum outcome round_check_create(const struct round_create *in, struct error *error)
{
    const struct text due[STEPS] = {in->need_due_on, in->basis_due_on, in->recommendation_due_on,
                                    in->decision_due_on, in->report_due_on};
    return check_order(due, error);
}

/* ---- changing one ---------------------------------------------------------------------------- */

static enum phase phase_of(const struct round *round)
{
    size_t phase = PLANNING;
    while (round_states[phase + 1] && !text_is(round->state, round_states[phase])) {
        phase++;
    }
    return phase == OPEN && day_is_before(round->basis_due_on, round->today_on) ? BASIS_CLOSED
                                                                                : (enum phase)phase;
}

bool round_bases_closed(const struct round *round)
{
    return phase_of(round) >= BASIS_CLOSED;
}

static size_t check_settled(enum presence is, bool settled, const char *pointer,
                            struct error *error)
{
    bool late = is != ABSENT && settled;
    if (late) {
        error_fault(error, pointer, "settled", NULL);
    }
    return late;
}

/* A day that has passed stays, and a new one is still to come. */
static size_t check_day(struct text day, struct text now, bool done, struct text today_on,
                        const char *pointer, struct error *error)
{
    if (!given(day.is) || text_equals(day, now)) {
        return 0;
    }
    if (done || day_is_before(now, today_on)) {
        return check_settled(day.is, true, pointer, error);
    }
    bool passed = day_is_before(day, today_on);
    if (passed) {
        error_fault(error, pointer, "day_passed", today_on.s);
    }
    return passed;
}

static size_t check_terms(enum phase phase, const struct round_update *in, struct error *error)
{
    const struct {
        enum presence is;
        const char *pointer;
        enum phase until;
    } terms[] = {
        {in->self_assessment_from_on.is, "/self_assessment_from_on", OPEN},
        {in->need_deadline_hard.is, "/need_deadline_hard", OPEN},
        {in->own_share_bp.is, "/own_share_bp", OPEN},
        {in->require_uh_signature.is, "/require_uh_signature", OPEN},
        {in->allow_multiple_bases.is, "/allow_multiple_bases", OPEN},
        {in->joint_share_first_meeting_only.is, "/joint_share_first_meeting_only", PLANNING},
    };
    size_t late = 0;
    for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++) {
        late += check_settled(terms[i].is, phase > terms[i].until, terms[i].pointer, error);
    }
    return late;
}

enum outcome round_check_update(const struct round *round, const struct round_update *in,
                                struct error *error)
{
    const struct text asked[STEPS] = {in->need_due_on, in->basis_due_on, in->recommendation_due_on,
                                      in->decision_due_on, in->report_due_on};
    struct text due[STEPS] = {round->need_due_on, round->basis_due_on, round->recommendation_due_on,
                              round->decision_due_on, round->report_due_on};
    const enum phase phase = phase_of(round);
    size_t late = check_terms(phase, in, error);
    for (size_t i = 0; i < STEPS; i++) {
        late += check_day(asked[i], due[i], phase > steps[i].until, round->today_on,
                          steps[i].pointer, error);
        due[i] = given(asked[i].is) ? asked[i] : due[i];
    }
    return late > 0 ? error_refuse(error, CONFLICT, "round_settled", NULL)
                    : check_order(due, error);
}

/* ---- actions --------------------------------------------------------------------------------- */

static enum outcome apply(const struct round *round, const char *action, struct error *error,
                          struct round_change *ret_change)
{
    *ret_change = (struct round_change){0};
    return machine_next(&round_machine, round->state, action, error, &ret_change->state);
}

static enum outcome expect_none(int64_t count, const char *code, struct error *error)
{
    if (count == 0) {
        return DONE;
    }
    error_arg_int(error, "count", count);
    return error_refuse(error, CONFLICT, code, NULL);
}

enum outcome round_adopt_frame(const struct round *round, const struct round_progress *progress,
                               const struct round_action *in, struct error *error,
                               struct round_change *ret_change)
{
    (void)in;
    enum outcome outcome = apply(round, "adopt_frame", error, ret_change);
    if (outcome != DONE) {
        return outcome;
    }
    if (!given(progress->allocation_state.is)) {
        return error_refuse(error, CONFLICT, "allocation_not_adopted", NULL);
    }
    if (round->joint_share_first_meeting_only && !progress->decided_in_first_meeting) {
        return error_refuse(error, CONFLICT, "not_first_meeting", RULE_JOINT_SHARE);
    }
    if (given(progress->headcounts_open.is)) {
        error_arg(error, "networks", progress->headcounts_open.s);
        return error_refuse(error, CONFLICT, "headcounts_open", RULE_HEADCOUNTS);
    }
    return DONE;
}

enum outcome round_open(const struct round *round, const struct round_progress *progress,
                        const struct round_action *in, struct error *error,
                        struct round_change *ret_change)
{
    (void)in;
    enum outcome outcome = apply(round, "open", error, ret_change);
    if (outcome == DONE && !text_is(progress->allocation_state, "published")) {
        outcome = error_refuse(error, CONFLICT, "allocation_not_published", NULL);
    }
    return outcome;
}

enum outcome round_close_bases(const struct round *round, const struct round_progress *progress,
                               const struct round_action *in, struct error *error,
                               struct round_change *ret_change)
{
    (void)progress;
    (void)in;
    return apply(round, "close_bases", error, ret_change);
}

enum outcome round_recommend(const struct round *round, const struct round_progress *progress,
                             const struct round_action *in, struct error *error,
                             struct round_change *ret_change)
{
    enum outcome outcome = apply(round, "recommend", error, ret_change);
    if (outcome != DONE) {
        return outcome;
    }
    if (!round_bases_closed(round)) {
        error_arg(error, "basis_due_on", round->basis_due_on.s);
        return error_refuse(error, CONFLICT, "bases_open", NULL);
    }
    if (!text_is(progress->recommendation_state, "adopted")) {
        return error_refuse(error, CONFLICT, "recommendation_not_adopted", NULL);
    }
    outcome = expect_none(progress->bases_pending, "bases_pending", error);
    if (outcome != DONE) {
        return outcome;
    }
    ret_change->recommended_on = round->today_on;
    if (!day_is_before(round->recommendation_due_on, round->today_on)) {
        return DONE;
    }
    if (text_is_blank(in->reason)) {
        error_arg(error, "due_on", round->recommendation_due_on.s);
        return error_refuse(error, CONFLICT, "late_reason_required", NULL);
    }
    ret_change->late_reason = in->reason;
    return DONE;
}

enum outcome round_decide(const struct round *round, const struct round_progress *progress,
                          const struct round_action *in, struct error *error,
                          struct round_change *ret_change)
{
    (void)in;
    enum outcome outcome = apply(round, "decide", error, ret_change);
    return outcome == DONE ? expect_none(progress->lines_undecided, "lines_undecided", error)
                           : outcome;
}

enum outcome round_start_reporting(const struct round *round, const struct round_progress *progress,
                                   const struct round_action *in, struct error *error,
                                   struct round_change *ret_change)
{
    (void)progress;
    (void)in;
    return apply(round, "start_reporting", error, ret_change);
}

enum outcome round_close(const struct round *round, const struct round_progress *progress,
                         const struct round_action *in, struct error *error,
                         struct round_change *ret_change)
{
    (void)in;
    enum outcome outcome = apply(round, "close", error, ret_change);
    return outcome == DONE ? expect_none(progress->reports_pending, "reports_pending", error)
                           : outcome;
}

enum outcome round_set_total(const struct round *round, const struct round_total *in,
                             struct error *error)
{
    struct round_change change = {0};
    enum outcome outcome = apply(round, "set_total", error, &change);
    if (outcome == DONE && in->total_nok.v < round->granted_nok) {
        error_arg_int(error, "granted_nok", round->granted_nok);
        outcome = error_refuse(error, CONFLICT, "total_below_granted", RULE_TOTAL);
    }
    return outcome;
}

/* ---- networks in a round --------------------------------------------------------------------- */

enum outcome frame_check_update(const struct frame *frame, const struct frame_update *in,
                                struct error *error)
{
    bool passed = day_is_before(frame->need_due_on, frame->today_on);
    size_t late = check_settled(in->need_due_on.is, passed, "/need_due_on", error) +
                  check_settled(in->need_deadline_hard.is, passed, "/need_deadline_hard", error);
    if (!passed) {
        late += check_day(in->need_due_on, frame->need_due_on, false, frame->today_on,
                          "/need_due_on", error);
    }
    if (late > 0) {
        return error_refuse(error, CONFLICT, "round_settled", NULL);
    }
    if (day_is_before(frame->round_need_due_on, in->need_due_on)) {
        error_fault(error, "/need_due_on", "later_than_round", frame->round_need_due_on.s);
    }
    return error_outcome(error);
}
