"""Who sits in the forum and votes, and what its meetings decide (domain.md §5.2, KL-R04, KL-R10,
KL-R16)."""
import concurrent.futures
from unittest import mock

import psycopg2
import pytest

from support.client import Api
from support.grants import Forum

MEMBERS, MEETINGS = "/v1/grants/forum-members", "/v1/grants/meetings"
NOW = "2026-03-02T09:00:00Z"


@pytest.fixture
def forum(build, make_user):
    return Forum(build, make_user)


@pytest.fixture
def secretariat(forum):
    return forum.secretariat


# ---- members -----------------------------------------------------------------------------------

def seat(forum, **changes):
    number = forum.build.person()[:8]
    return {"forum_id": forum.id, "seat": "public_owner",
            "organisation_id": forum.build.organisation(org_type="municipality"),
            "person": {"full_name": "Arne Forumstad", "email": f"arne.{number}@example.no"}, **changes}


def test_a_member_is_added_changed_and_ended(forum, secretariat):
    made = secretariat.post(MEMBERS, seat(forum), now=NOW)
    assert (made["full_name"], made["may_vote"], made["from_on"]) == ("Arne Forumstad", True, "2026-03-02")
    path = f"{MEMBERS}/{made['id']}"
    assert made.headers["Location"] == path
    changed = secretariat.patch(path, {"seat": "observer", "may_vote": False}, etag=made.etag)
    assert (changed["seat"], changed["may_vote"]) == ("observer", False)
    secretariat.patch(path, {"seat": "uh"}, etag=made.etag, expect=412)
    ended = secretariat.act(path, "end", {"to_on": "2026-06-30", "reason": "Valg"}, now=NOW)
    assert ended["to_on"] == "2026-06-30"
    early = secretariat.act(path, "end", {"to_on": "2026-03-01"}, expect=422)
    assert early.faults == {"/to_on": "ends_before_it_begins"}
    listed = secretariat.get(MEMBERS, params={"forum_id": forum.id, "on": "2026-06-30"}).items
    assert [one["id"] for one in listed] == [made["id"]]
    assert secretariat.get(MEMBERS, params={"forum_id": forum.id, "on": "2026-07-01"}).items == []
    assert secretariat.act(path, "end", now=NOW)["to_on"] == "2026-03-02"


def test_a_person_has_one_seat_and_is_found_by_email(forum, secretariat, owner_db):
    body = seat(forum, from_on="2026-01-01")
    body["person"] = {"full_name": "Et Annet Navn", "email": "Kjent.Person@Example.NO"}
    known = forum.build.person("Kjent Person", "kjent.person@example.no")
    made = secretariat.post(MEMBERS, body)
    assert made["person_id"] == known
    assert owner_db.value("SELECT full_name FROM person WHERE id = %s", [known]) == "Kjent Person"
    secretariat.post(MEMBERS, body, expect=409, code="already_seated")
    secretariat.act(f"{MEMBERS}/{made['id']}", "end", {"to_on": "2026-12-31"})
    secretariat.post(MEMBERS, {**body, "from_on": "2026-12-31"}, expect=409, code="already_seated")
    secretariat.post(MEMBERS, {**body, "from_on": "2027-01-01"})
    secretariat.act(f"{MEMBERS}/{made['id']}", "end", {"to_on": "2027-01-01"}, expect=409, code="already_seated")


def test_two_seats_at_once_for_one_person(forum, secretariat):
    """KL-R10: or they would vote twice."""
    body = seat(forum, from_on="2026-01-01", to_on="2026-12-31")

    def take(client):
        return client.post(MEMBERS, body, expect=mock.ANY).status
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        clients = [secretariat.clone() for _ in range(4)]
        assert sorted(threads.map(take, clients)) == [201, 409, 409, 409]


def test_a_dry_run_leaves_no_member_and_no_person(forum, secretariat, owner_db):
    body = seat(forum)
    assert secretariat.post(MEMBERS, body, dry_run=True).status == 201
    assert owner_db.value("SELECT count(*) FROM person WHERE email = %s", [body["person"]["email"]]) == 0
    assert secretariat.get(MEMBERS, params={"forum_id": forum.id}).items == []


@pytest.mark.parametrize("word", ["secretariat", "observer"])
def test_secretariat_and_observers_have_no_vote(forum, secretariat, word):
    """KL-R10."""
    refused = secretariat.post(MEMBERS, seat(forum, seat=word, may_vote=True), expect=422,
                               code="seat_without_vote")
    assert refused["rule"] == "KL-R10"
    made = secretariat.post(MEMBERS, seat(forum, seat=word))
    assert made["may_vote"] is False
    secretariat.patch(f"{MEMBERS}/{made['id']}", {"may_vote": True}, etag=made.etag, expect=422,
                      code="seat_without_vote")
    voter = secretariat.post(MEMBERS, seat(forum))
    secretariat.patch(f"{MEMBERS}/{voter['id']}", {"seat": word}, etag=voter.etag, expect=422,
                      code="seat_without_vote")


def test_the_county_governor_does_not_vote(forum, secretariat):
    """KL-R10."""
    refused = secretariat.post(MEMBERS, seat(forum, organisation_id=forum.governor, may_vote=True),
                               expect=403, code="governor_without_vote")
    assert refused["rule"] == "KL-R10"
    made = secretariat.post(MEMBERS, seat(forum, organisation_id=forum.governor))
    assert made["may_vote"] is False
    secretariat.patch(f"{MEMBERS}/{made['id']}", {"may_vote": True}, etag=made.etag, expect=403,
                      code="governor_without_vote")


def test_who_decides_cases_does_not_vote(forum, secretariat):
    """KL-R16: whomever they speak for."""
    person = forum.make_user(("state_administrator", "county", forum.county)).user
    body = seat(forum, person={"full_name": "Berit Vedtaksen", "email": person.email})
    refused = secretariat.post(MEMBERS, body, expect=403, code="decider_without_vote")
    assert refused["rule"] == "KL-R16"
    made = secretariat.post(MEMBERS, {**body, "may_vote": False})
    secretariat.patch(f"{MEMBERS}/{made['id']}", {"may_vote": True}, etag=made.etag, expect=403,
                      code="decider_without_vote")


def test_the_database_lets_no_governor_vote(forum):
    """The last wall, for whoever would come past the rules."""
    with pytest.raises(psycopg2.errors.CheckViolation):
        forum.member(organisation_id=forum.governor)


def test_faults_of_a_member(forum, secretariat):
    body = seat(forum, from_on="2026-03-01", to_on="2026-02-28",
                person={"full_name": " ", "email": "noen@example.no"})
    assert secretariat.post(MEMBERS, body, expect=422).faults == {
        "/person/full_name": "name_required", "/to_on": "ends_before_it_begins"}
    unknown = seat(forum, organisation_id="00000000-0000-7000-8000-00000000dead")
    assert secretariat.post(MEMBERS, unknown, expect=422).faults == {"/organisation_id": "unknown_reference"}


# ---- meetings ----------------------------------------------------------------------------------

def meeting(forum, held_on="2026-01-12", **body):
    options = {key: body.pop(key) for key in ("expect", "code", "dry_run") if key in body}
    return forum.secretariat.post(MEETINGS, {
        "forum_id": forum.id, "scheme_code": "kompetanseloftet", "held_on": held_on, "title": "Møte",
        **body}, **options)


def held(forum, **columns):
    row = {"forum_id": forum.id, "scheme_code": "kompetanseloftet", "held_on": "2026-01-12", "year_no": 1,
           "title": "Årets første møte", "state": "held", **columns}
    return forum.build.insert("forum_meeting", **row)


AGENDA = [{"no": "1/26", "title": "Andel til fellestiltak", "note": "Sekretariatets notat"},
          {"title": "Eventuelt"}]


def test_a_meeting_from_plan_to_minutes(forum, secretariat):
    made = meeting(forum, agenda=AGENDA)
    path = f"{MEETINGS}/{made['id']}"
    assert (made["kind"], made["year"], made["year_no"], made["agenda"]) == ("ordinary", 2026, 1, AGENDA)
    assert made["allowed_actions"] == ["hold", "cancel"]
    moved = secretariat.patch(path, {"held_on": "2026-01-14", "agenda": AGENDA[:1]}, etag=made.etag)
    assert (moved["held_on"], moved["agenda"], moved["title"]) == ("2026-01-14", AGENDA[:1], "Møte")
    secretariat.patch(path, {"title": "X"}, etag=made.etag, expect=412)
    early = secretariat.act(path, "hold", now="2026-01-13T22:59:59Z", expect=409, code="meeting_not_begun")
    assert "2026-01-14" in early["detail"]
    done = secretariat.act(path, "hold", {"minutes": "Enige."}, now="2026-01-13T23:00:00Z")
    assert (done["state"], done["minutes"], done["allowed_actions"]) == ("held", "Enige.", [])
    corrected = secretariat.patch(path, {"minutes": "Alle var enige."}, etag=done.etag)
    assert corrected["minutes"] == "Alle var enige."
    secretariat.patch(path, {"minutes": "Nei", "title": "Nei"}, etag=corrected.etag, expect=409,
                      code="meeting_over")
    secretariat.act(path, "hold", expect=409, code="invalid_transition")
    secretariat.act(path, "cancel", {"reason": "Nei"}, expect=409, code="invalid_transition")


def test_numbers_within_scheme_and_year(forum, secretariat):
    assert [meeting(forum, day)["year_no"] for day in ("2026-01-12", "2026-03-10")] == [1, 2]
    assert meeting(forum, "2026-02-01", scheme_code="dekom")["year_no"] == 1
    assert meeting(forum, "2027-01-12")["year_no"] == 1
    assert meeting(forum, "2026-09-08", year_no=4, kind="partnership_seminar")["year_no"] == 4
    assert meeting(forum, "2026-05-01")["year_no"] == 3
    taken = meeting(forum, "2026-06-01", year_no=2, expect=409, code="already_exists")
    assert taken.faults == {"/year_no": "already_exists"}
    unknown = meeting(forum, scheme_code="ukjent", expect=422)
    assert unknown.faults == {"/scheme_code": "unknown_reference"}
    listed = secretariat.get(MEETINGS, params={"forum_id": forum.id, "year": 2026, "scheme_code": "kompetanseloftet"})
    assert [one["year_no"] for one in listed.items] == [4, 3, 2, 1]
    move = secretariat.get(f"{MEETINGS}/{listed.items[0]['id']}")
    secretariat.patch(f"{MEETINGS}/{move['id']}", {"year_no": 1}, etag=move.etag, expect=409,
                      code="already_exists")


def test_a_cancelled_meeting_leaves_its_number(forum, secretariat):
    first = meeting(forum)
    path = f"{MEETINGS}/{first['id']}"
    cancelled = secretariat.act(path, "cancel", {"reason": "Stengt vei"})
    assert (cancelled["state"], cancelled["allowed_actions"]) == ("cancelled", [])
    secretariat.patch(path, {"minutes": "X"}, etag=cancelled.etag, expect=409, code="meeting_over")
    assert meeting(forum, "2026-01-20")["year_no"] == 1


def test_many_meetings_at_once_get_a_number_each(forum):
    def plan(_):
        return forum.secretariat.clone().post(MEETINGS, {
            "forum_id": forum.id, "scheme_code": "rekom", "held_on": "2026-01-12", "title": "M"})["year_no"]
    with concurrent.futures.ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(plan, range(6))) == [1, 2, 3, 4, 5, 6]


def test_seminars_are_for_the_partnerships(forum):
    reader = forum.reader()
    ordinary, seminar = held(forum), held(forum, year_no=2, kind="partnership_seminar")
    listed = reader.get(MEETINGS, params={"forum_id": forum.id}).items
    assert [one["id"] for one in listed] == [seminar]
    reader.get(f"{MEETINGS}/{ordinary}", expect=404)
    reader.get(f"{MEETINGS}/{ordinary}/decisions", expect=404)
    assert reader.get(f"{MEETINGS}/{seminar}/decisions").items == []


# ---- decisions ---------------------------------------------------------------------------------

def decide(forum, meeting_id, **body):
    options = {key: body.pop(key) for key in ("expect", "code", "dry_run") if key in body}
    return forum.secretariat.post(f"{MEETINGS}/{meeting_id}/decisions", {
        "kind": "other", "wording": "Forumet er enig.", "decided_by": "consensus", **body}, **options)


def vote(forum, meeting_id, votes_for, votes_against, **body):
    return decide(forum, meeting_id, decided_by="vote", votes_for=votes_for, votes_against=votes_against,
                  **body)


def test_decisions_by_agreement(forum, secretariat):
    where = held(forum)
    made = decide(forum, where)
    assert (made["seq_no"], made["votes_for"], made["disqualified_member_ids"]) == (1, None, [])
    assert made.headers["Location"] == f"/v1/grants/meeting-decisions/{made['id']}"
    assert decide(forum, where, kind="plan", wording="Planen fastsettes.")["seq_no"] == 2
    decide(forum, where, dry_run=True)
    listed = secretariat.get(f"{MEETINGS}/{where}/decisions").items
    assert [one["seq_no"] for one in listed] == [1, 2]
    assert secretariat.get(made.headers["Location"])["wording"] == "Forumet er enig."
    decide(forum, forum.build.insert("forum_meeting", forum_id=forum.id, scheme_code="dekom", title="P",
                                     held_on="2026-01-12", year_no=1), expect=409, code="meeting_not_held")


def test_more_are_for_than_against(forum):
    """KL-R10."""
    where = held(forum)
    for _ in range(5):
        forum.member()
    forum.member(seat="secretariat", may_vote=False)
    for votes in (2, 2), (0, 0), (1, 3):
        refused = vote(forum, where, *votes, expect=422, code="vote_not_carried")
        assert refused["rule"] == "KL-R10"
    made = vote(forum, where, 3, 1, votes_abstained=1)
    assert (made["votes_for"], made["votes_against"], made["votes_abstained"]) == (3, 1, 1)


def test_no_more_votes_than_members_with_a_vote(forum):
    """KL-R10: on the day of the meeting, less the disqualified."""
    where = held(forum)
    members = [forum.member() for _ in range(5)]
    forum.member(seat="observer", may_vote=False)
    forum.member(from_on="2026-01-13")
    forum.member(to_on="2026-01-11")
    last_day = forum.member(to_on="2026-01-12")
    many = vote(forum, where, 6, 1, expect=409, code="too_many_votes")
    assert many["rule"] == "KL-R10" and "7" in many["detail"] and "6" in many["detail"]
    vote(forum, where, 5, 1)
    disqualified = [members[0], last_day]
    vote(forum, where, 4, 1, disqualified_member_ids=disqualified, expect=409, code="too_many_votes")
    made = vote(forum, where, 3, 1, disqualified_member_ids=disqualified)
    assert sorted(made["disqualified_member_ids"]) == sorted(disqualified)


def test_faults_of_a_decision(forum, build, make_user):
    where, other = held(forum), Forum(build, make_user)
    stranger, observer = other.member(), forum.member(seat="observer", may_vote=False)
    missing = decide(forum, where, decided_by="vote", disqualified_member_ids=[observer, stranger], expect=422)
    assert missing.faults == {"/votes_for": "required", "/votes_against": "required",
                              "/disqualified_member_ids/1": "not_a_member"}
    unwanted = decide(forum, where, votes_for=3, votes_abstained=0, expect=422)
    assert unwanted.faults == {"/votes_for": "votes_unwanted", "/votes_abstained": "votes_unwanted"}
    twice = decide(forum, where, disqualified_member_ids=[observer, observer], expect=422)
    assert twice.faults == {"/disqualified_member_ids/1": "not_unique"}


def test_the_joint_share_is_decided_in_the_first_meeting(forum):
    """KL-R04."""
    later = held(forum, held_on="2026-03-10", year_no=2)
    refused = decide(forum, later, kind="joint_share", expect=409, code="not_first_meeting")
    assert refused["rule"] == "KL-R04"
    first = held(forum)
    decide(forum, first, kind="joint_share", wording="20 prosent")
    refused = decide(forum, first, kind="joint_share", expect=409, code="joint_share_decided")
    assert refused["rule"] == "KL-R04"
    decide(forum, held(forum, scheme_code="dekom"), kind="joint_share")
    decide(forum, held(forum, held_on="2027-01-12"), kind="joint_share")


def test_decisions_recorded_at_once_are_numbered_and_the_share_is_decided_once(forum):
    where = held(forum)

    def record(_):
        return forum.secretariat.clone().post(f"{MEETINGS}/{where}/decisions", {
            "kind": "joint_share", "wording": "20 prosent", "decided_by": "consensus"}, expect=mock.ANY).status
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(record, range(4))) == [201, 409, 409, 409]


def test_the_demo_decides_the_share_on_12_january(tokens, server):
    secretariat = Api(server, tokens.sign("forum-secretariat"))
    plan = secretariat.get(MEETINGS, params={"year": 2023}).items[0]
    assert (plan["held_on"], plan["year_no"], plan["state"]) == ("2023-01-12", 1, "held")
    kinds = [one["kind"] for one in secretariat.get(f"{MEETINGS}/{plan['id']}/decisions").items]
    assert kinds == ["joint_share", "plan"]
