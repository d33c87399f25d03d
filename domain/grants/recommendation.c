#include "domain/grants/recommendation.h"

#include "domain/base/clock.h"
#include "domain/base/text.h"

const char *const recommendation_states[] = {RECOMMENDATION_DRAFT, RECOMMENDATION_ADOPTED,
                                             RECOMMENDATION_SENT, NULL};

static const struct transition recommendation_transitions[] = {
    {.from = RECOMMENDATION_DRAFT,
     .action = "adopt",
     .to = RECOMMENDATION_ADOPTED,
     .permission = "grants.recommendation.write"},
};

const struct machine recommendation_machine = {
    .transitions = recommendation_transitions,
    .count = sizeof recommendation_transitions / sizeof recommendation_transitions[0],
};

SHAPE(shape_recommendation, struct recommendation, FIELD(struct recommendation, id),
      FIELD(struct recommendation, state), FIELD(struct recommendation, round_state),
      FIELD(struct recommendation, meeting_id), FIELD(struct recommendation, meeting_state),
      FIELD(struct recommendation, meeting_fits), FIELD(struct recommendation, held_on),
      FIELD(struct recommendation, today_on), FIELD(struct recommendation, awaited_until_on),
      FIELD(struct recommendation, due_on), FIELD(struct recommendation, version));

SHAPE(shape_recommendation_change, struct recommendation_change,
      FIELD(struct recommendation_change, state), FIELD(struct recommendation_change, meeting_id),
      FIELD(struct recommendation_change, decided_by),
      FIELD(struct recommendation_change, votes_for),
      FIELD(struct recommendation_change, votes_against),
      FIELD(struct recommendation_change, votes_abstained),
      FIELD(struct recommendation_change, adopted_on),
      FIELD(struct recommendation_change, late_reason));

/* `named`: the one that a body names, or else the recommendation's own. */
static void check_meeting(const struct recommendation *recommendation, struct text named,
                          struct error *error)
{
    if (!given(named.is)) {
        return;
    }
    if (!given(recommendation->meeting_state.is)) {
        error_fault(error, "/meeting_id", "unknown_reference", NULL);
    } else if (!recommendation->meeting_fits) {
        error_fault(error, "/meeting_id", "adopting_meeting_unfit", NULL);
    }
}

static enum outcome check_round(const struct recommendation *recommendation, struct error *error)
{
    static const char *const recommending[] = {"open", "basis_closed", NULL};

    if (text_is_one_of(recommendation->round_state, recommending)) {
        return DONE;
    }
    error_arg(error, "state", recommendation->round_state.s);
    return error_refuse(error, CONFLICT, "round_not_recommending", NULL);
}

enum outcome recommendation_check_create(const struct recommendation *recommendation,
                                         const struct recommendation_create *in,
                                         struct error *error)
{
    if (!given(recommendation->round_state.is)) {
        error_fault(error, "/round_id", "unknown_reference", NULL);
    } else {
        check_meeting(recommendation, in->meeting_id, error);
    }
    enum outcome outcome = error_outcome(error);
    return outcome == DONE ? check_round(recommendation, error) : outcome;
}

enum outcome recommendation_check_draft(const struct recommendation *recommendation,
                                        struct error *error)
{
    return text_is(recommendation->state, RECOMMENDATION_DRAFT)
               ? DONE
               : error_refuse(error, CONFLICT, "recommendation_adopted", NULL);
}

enum outcome recommendation_check_update(const struct recommendation *recommendation,
                                         const struct recommendation_update *in,
                                         struct error *error)
{
    enum outcome outcome = recommendation_check_draft(recommendation, error);
    if (outcome != DONE) {
        return outcome;
    }
    check_meeting(recommendation, in->meeting_id, error);
    return error_outcome(error);
}

/* ---- adoption -------------------------------------------------------------------------------- */

static enum outcome check_ballot(const struct recommendation *recommendation,
                                 const struct recommendation_adopt *in,
                                 const struct meeting_voter *voters, size_t voter_count,
                                 struct error *error)
{
    const struct ballot ballot = {
        .decided_by = in->decided_by,
        .votes_for = in->votes_for,
        .votes_against = in->votes_against,
        .votes_abstained = in->votes_abstained,
    };

    if (!given(recommendation->meeting_id.is)) {
        error_fault(error, "/meeting_id", "required", NULL);
    }
    check_meeting(recommendation, recommendation->meeting_id, error);
    enum outcome outcome = meeting_check_ballot(&ballot, voters, voter_count, error);
    return outcome == DONE && !text_is(recommendation->meeting_state, MEETING_HELD)
               ? error_refuse(error, CONFLICT, "meeting_not_held", NULL)
               : outcome;
}

static enum outcome check_late(const struct recommendation *recommendation,
                               const struct recommendation_adopt *in, struct error *error,
                               struct text *ret_late_reason)
{
    if (!day_is_before(recommendation->due_on, recommendation->today_on)) {
        return DONE;
    }
    if (text_is_blank(in->late_reason)) {
        error_arg(error, "due_on", recommendation->due_on.s);
        return error_refuse(error, CONFLICT, "late_reason_required", NULL);
    }
    *ret_late_reason = in->late_reason;
    return DONE;
}

static enum outcome check_awaited(const struct recommendation *recommendation,
                                  const struct recommendation_case *cases, size_t case_count,
                                  struct error *error)
{
    struct text until_on = recommendation->awaited_until_on;

    for (size_t i = 0; i < case_count; i++) {
        struct text on = cases[i].awaited_until_on;
        if (given(on.is) && (!given(until_on.is) || day_is_before(until_on, on))) {
            until_on = on;
        }
    }
    if (!given(until_on.is)) {
        return DONE;
    }
    error_arg(error, "until_on", until_on.s);
    return error_refuse(error, CONFLICT, "bases_awaited", NULL);
}

enum outcome recommendation_adopt(const struct recommendation *recommendation,
                                  const struct recommendation_adopt *in,
                                  const struct meeting_voter *voters, size_t voter_count,
                                  const struct recommendation_case *cases, size_t case_count,
                                  struct error *error, struct recommendation_change *ret_change)
{
    const struct transition *transition = NULL;
    struct text late_reason = {.is = ABSENT};
    enum outcome outcome = recommendation_lines_check_impartial(cases, case_count, error);
    if (outcome == DONE) {
        outcome = machine_apply(&recommendation_machine, recommendation->state.s, "adopt", error,
                                &transition);
    }
    if (outcome == DONE) {
        outcome = check_round(recommendation, error);
    }
    if (outcome == DONE) {
        outcome = check_ballot(recommendation, in, voters, voter_count, error);
    }
    if (outcome == DONE) {
        outcome = check_awaited(recommendation, cases, case_count, error);
    }
    if (outcome == DONE) {
        outcome = recommendation_lines_check(cases, case_count, error);
    }
    if (outcome == DONE) {
        outcome = check_late(recommendation, in, error, &late_reason);
    }
    if (outcome == DONE) {
        *ret_change = (struct recommendation_change){
            .state = text_of(transition->to),
            .meeting_id = recommendation->meeting_id,
            .decided_by = in->decided_by,
            .votes_for = in->votes_for,
            .votes_against = in->votes_against,
            .votes_abstained = in->votes_abstained,
            .adopted_on = recommendation->held_on,
            .late_reason = late_reason,
        };
    }
    return outcome;
}
