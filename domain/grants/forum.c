#include "domain/grants/forum.h"

#include "domain/base/clock.h"
#include "domain/base/text.h"

#define RULE_VOTE "KL-R10"

const char *const forum_seats[] = {
    "public_owner",
    "private_owner",
    "uh",
    "ks",
    "pbl",
    "teacher_union",
    "kindergarten_authority",
    "county",
    "network",
    SEAT_SECRETARIAT,
    SEAT_OBSERVER,
    NULL,
};

SHAPE(shape_forum_member, struct forum_member, FIELD(struct forum_member, id),
      FIELD(struct forum_member, seat), FIELD(struct forum_member, may_vote),
      FIELD(struct forum_member, org_type), FIELD(struct forum_member, from_on),
      FIELD(struct forum_member, today_on), FIELD(struct forum_member, version));

SHAPE(shape_forum_person, struct forum_person, FIELD(struct forum_person, full_name),
      FIELD(struct forum_person, email), FIELD(struct forum_person, phone));

static bool seat_has_vote(struct text seat)
{
    return !text_is(seat, SEAT_SECRETARIAT) && !text_is(seat, SEAT_OBSERVER);
}

static bool is_governor(struct text org_type)
{
    return text_is(org_type, "state_administrator");
}

static enum outcome check_vote(struct text seat, struct text org_type, struct error *error)
{
    if (!seat_has_vote(seat)) {
        return error_refuse(error, INVALID, "seat_without_vote", RULE_VOTE);
    }
    if (is_governor(org_type)) {
        return error_refuse(error, FORBIDDEN, "governor_without_vote", RULE_VOTE);
    }
    return DONE;
}

static void check_days(struct text from_on, struct text to_on, struct error *error)
{
    if (day_is_before(to_on, from_on)) {
        error_fault(error, "/to_on", "ends_before_it_begins", from_on.s);
    }
}

static struct forum_person check_person(const struct forum_member_create *in, struct error *error)
{
    struct forum_person person = {
        .full_name = text_trim(error->arena, in->person_full_name),
        .phone = in->person_phone,
    };
    if (text_is_blank(person.full_name)) {
        error_fault(error, "/person/full_name", "name_required", NULL);
    }
    if (!email_normalise(error->arena, in->person_email, &person.email)) {
        error_fault(error, "/person/email", "email_invalid", NULL);
    }
    return person;
}

enum outcome forum_member_check_create(const struct forum_member_create *in, struct text org_type,
                                       struct text today_on, struct error *error,
                                       struct forum_person *ret_person, bool *ret_may_vote)
{
    struct forum_person person = check_person(in, error);
    bool may_vote = given(in->may_vote.is) ? in->may_vote.v
                                           : seat_has_vote(in->seat) && !is_governor(org_type);

    check_days(given(in->from_on.is) ? in->from_on : today_on, in->to_on, error);
    enum outcome outcome = error_outcome(error);
    if (outcome == DONE && may_vote) {
        outcome = check_vote(in->seat, org_type, error);
    }
    if (outcome == DONE) {
        *ret_person = person;
        *ret_may_vote = may_vote;
    }
    return outcome;
}

enum outcome forum_member_check_update(const struct forum_member *member,
                                       const struct forum_member_update *in, struct error *error)
{
    bool may_vote = given(in->may_vote.is) ? in->may_vote.v : member->may_vote;
    struct text seat = given(in->seat.is) ? in->seat : member->seat;

    return may_vote ? check_vote(seat, member->org_type, error) : DONE;
}

enum outcome forum_member_check_end(const struct forum_member *member,
                                    const struct forum_member_end *in, struct error *error)
{
    check_days(member->from_on, given(in->to_on.is) ? in->to_on : member->today_on, error);
    return error_outcome(error);
}
