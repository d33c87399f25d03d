#include "domain/grants/meeting.h"

#include "domain/base/clock.h"

#define RULE_JOINT_SHARE "KL-R04"
#define RULE_VOTE "KL-R10"

const char *const meeting_states[] = {MEETING_PLANNED, MEETING_HELD, MEETING_CANCELLED, NULL};
const char *const meeting_kinds[] = {"ordinary", "partnership_seminar", NULL};
const char *const meeting_decision_kinds[] = {
    DECIDED_JOINT_SHARE, "allocation_key", "allocation", "recommendation", "plan",
    "joint_measure",     "other",          NULL,
};
const char *const decision_methods[] = {DECIDED_BY_CONSENSUS, DECIDED_BY_VOTE, NULL};

static const struct transition meeting_transitions[] = {
    {.from = MEETING_PLANNED,
     .action = "hold",
     .to = MEETING_HELD,
     .permission = "grants.meeting.update"},
    {.from = MEETING_PLANNED,
     .action = "cancel",
     .to = MEETING_CANCELLED,
     .permission = "grants.meeting.update"},
};

const struct machine meeting_machine = MACHINE_OF(meeting_transitions);

SHAPE(shape_meeting, struct meeting, FIELD(struct meeting, id), FIELD(struct meeting, state),
      FIELD(struct meeting, held_on), FIELD(struct meeting, year_no),
      FIELD(struct meeting, today_on), FIELD(struct meeting, joint_share_first_only),
      FIELD(struct meeting, joint_share_decided), FIELD(struct meeting, version));

SHAPE(shape_meeting_change, struct meeting_change, FIELD(struct meeting_change, state),
      FIELD(struct meeting_change, minutes));

SHAPE(shape_meeting_voter, struct meeting_voter, FIELD(struct meeting_voter, id),
      FIELD(struct meeting_voter, may_vote));

enum outcome meeting_check_update(const struct meeting *meeting, const struct meeting_update *in,
                                  struct error *error)
{
    bool minutes_alone = in->kind.is == ABSENT && in->held_on.is == ABSENT &&
                         in->year_no.is == ABSENT && in->title.is == ABSENT &&
                         in->agenda.is == ABSENT;

    if (text_is(meeting->state, MEETING_PLANNED) ||
        (text_is(meeting->state, MEETING_HELD) && minutes_alone)) {
        return DONE;
    }
    return error_refuse(error, CONFLICT, "meeting_over", NULL);
}

static enum outcome apply(const struct meeting *meeting, const char *action, struct error *error,
                          struct meeting_change *ret_change)
{
    *ret_change = (struct meeting_change){0};
    return machine_next(&meeting_machine, meeting->state, action, error, &ret_change->state);
}

enum outcome meeting_hold(const struct meeting *meeting, const struct meeting_action *in,
                          struct error *error, struct meeting_change *ret_change)
{
    enum outcome outcome = apply(meeting, "hold", error, ret_change);
    if (outcome != DONE) {
        return outcome;
    }
    if (day_is_before(meeting->today_on, meeting->held_on)) {
        error_arg(error, "held_on", meeting->held_on.s);
        return error_refuse(error, CONFLICT, "meeting_not_begun", NULL);
    }
    ret_change->minutes = in->minutes;
    return DONE;
}

enum outcome meeting_cancel(const struct meeting *meeting, struct error *error,
                            struct meeting_change *ret_change)
{
    return apply(meeting, "cancel", error, ret_change);
}

/* ---- decisions ------------------------------------------------------------------------------- */

static void check_count(struct integer votes, bool by_vote, bool needed, const char *pointer,
                        struct error *error)
{
    if (by_vote && needed && !given(votes.is)) {
        error_fault(error, pointer, "required", NULL);
    } else if (!by_vote && given(votes.is)) {
        error_fault(error, pointer, "votes_unwanted", NULL);
    }
}

static const struct meeting_voter *find_voter(struct text id, const struct meeting_voter *voters,
                                              size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (text_equals(voters[i].id, id)) {
            return &voters[i];
        }
    }
    return NULL;
}

/* Members who are named twice lose their vote once. */
static bool is_disqualified(struct text id, const struct text_list *disqualified)
{
    for (size_t i = 0; i < disqualified->count; i++) {
        if (text_equals(disqualified->items[i], id)) {
            return true;
        }
    }
    return false;
}

int64_t meeting_check_members(const struct text_list *disqualified,
                              const struct meeting_voter *voters, size_t voter_count,
                              struct error *error)
{
    int64_t votes = 0;

    for (size_t i = 0; i < disqualified->count; i++) {
        if (!find_voter(disqualified->items[i], voters, voter_count)) {
            error_fault(error, arena_format(error->arena, "/disqualified_member_ids/%zu", i),
                        "not_a_member", NULL);
        }
    }
    for (size_t i = 0; i < voter_count; i++) {
        votes += voters[i].may_vote && !is_disqualified(voters[i].id, disqualified);
    }
    return votes;
}

static enum outcome check_vote(const struct ballot *ballot, int64_t members, struct error *error)
{
    int64_t votes = ballot->votes_for.v + ballot->votes_against.v +
                    (given(ballot->votes_abstained.is) ? ballot->votes_abstained.v : 0);

    if (ballot->votes_for.v <= ballot->votes_against.v) {
        return error_refuse(error, INVALID, "vote_not_carried", RULE_VOTE);
    }
    if (votes > members) {
        error_arg_int(error, "votes", votes);
        error_arg_int(error, "members", members);
        return error_refuse(error, CONFLICT, "too_many_votes", RULE_VOTE);
    }
    return DONE;
}

enum outcome meeting_check_ballot(const struct ballot *ballot, const struct meeting_voter *voters,
                                  size_t voter_count, struct error *error)
{
    bool by_vote = text_is(ballot->decided_by, DECIDED_BY_VOTE);

    check_count(ballot->votes_for, by_vote, true, "/votes_for", error);
    check_count(ballot->votes_against, by_vote, true, "/votes_against", error);
    check_count(ballot->votes_abstained, by_vote, false, "/votes_abstained", error);
    int64_t members = meeting_check_members(&ballot->disqualified_member_ids, voters, voter_count,
                                            error);
    enum outcome outcome = error_outcome(error);
    return outcome == DONE && by_vote ? check_vote(ballot, members, error) : outcome;
}

static enum outcome check_joint_share(const struct meeting *meeting, struct error *error)
{
    if (meeting->joint_share_first_only && meeting->year_no.v != 1) {
        return error_refuse(error, CONFLICT, "not_first_meeting", RULE_JOINT_SHARE);
    }
    return meeting->joint_share_decided
               ? error_refuse(error, CONFLICT, "joint_share_decided", RULE_JOINT_SHARE)
               : DONE;
}

enum outcome meeting_check_decision(const struct meeting *meeting,
                                    const struct meeting_decision_create *in,
                                    const struct meeting_voter *voters, size_t voter_count,
                                    struct error *error)
{
    const struct ballot ballot = {
        .decided_by = in->decided_by,
        .votes_for = in->votes_for,
        .votes_against = in->votes_against,
        .votes_abstained = in->votes_abstained,
        .disqualified_member_ids = in->disqualified_member_ids,
    };

    if (!text_is(meeting->state, MEETING_HELD)) {
        return error_refuse(error, CONFLICT, "meeting_not_held", NULL);
    }
    enum outcome outcome = meeting_check_ballot(&ballot, voters, voter_count, error);
    if (outcome == DONE && text_is(in->kind, DECIDED_JOINT_SHARE)) {
        outcome = check_joint_share(meeting, error);
    }
    return outcome;
}
