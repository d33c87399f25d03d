"""Make-ups: a session of another course of the same type in place of a missed one, asked for by the
participant, confirmed by who leads the course that was missed."""
import concurrent.futures

import pytest
import requests

from support import seats
from support.attending import DAY, FIRST, attend, complete, held, join, record
from support.build import instant
from support.waiting import eventually

PATH = "/v1/smart/make-ups"


@pytest.fixture
def missed(build):
    return held(build, "Kari", "Ola", festival=True)


@pytest.fixture
def other(build):
    return held(build)


@pytest.fixture
def participant_of(make_user, missed, build):
    api = make_user("participant")
    join(build, missed, api.user)
    return api


@pytest.fixture
def instructor(make_user, missed):
    return make_user(("smart_instructor", "course", missed.id))


def body(missed, other, name="Kari", number=0, instead=0, **changes):
    return {"registration_id": missed.registrations[name], "missed_session_id": missed.sessions[number],
            "attended_session_id": other.sessions[instead], **changes}


def made_up_days(api, course, name):
    return {one["participant_name"]: one["made_up_days"] for one in api.every(f"{course.path}/completion")}[name]


# ---- asking and confirming -------------------------------------------------------------------

def test_asked_for_and_confirmed(participant_of, instructor, missed, other, owner_db):
    name = participant_of.user.full_name
    asked = participant_of.post(PATH, body(missed, other, name, note="Var syk"), now=missed.over, expect=201)
    assert (asked["state"], asked["decided_at"], asked["allowed_actions"]) == ("requested", None, [])
    assert (asked["course_id"], asked["attended_course_id"], asked["note"]) == (missed.id, other.id, "Var syk")
    assert asked["missed_on"] == asked["attended_on"] == "2024-01-10"
    assert made_up_days(instructor, missed, name) == 0
    path = f"{PATH}/{asked['id']}"
    assert asked.headers["Location"] == path
    assert instructor.get(path)["allowed_actions"] == ["confirm", "decline"]
    confirmed = instructor.act(path, "confirm", {"reason": "Sett på listen i Horten"}, now=missed.over)
    assert (confirmed["state"], confirmed["allowed_actions"], confirmed["version"]) == ("confirmed", ["decline"], 2)
    assert made_up_days(instructor, missed, name) == 1
    event = owner_db.row("SELECT operation, from_state, to_state, reason, actor_id FROM event"
                         " WHERE resource_id = %s ORDER BY seq DESC LIMIT 1", [asked["id"]])
    assert tuple(event.values()) == ("confirm_make_up", "requested", "confirmed", "Sett på listen i Horten",
                                     instructor.user.id)


def test_made_by_who_leads_it_counts_at_once(instructor, smart_admin, missed, other):
    assert instructor.post(PATH, body(missed, other), now=missed.over)["state"] == "confirmed"
    assert smart_admin.post(PATH, body(missed, other, "Ola"), now=missed.over)["state"] == "confirmed"
    assert made_up_days(instructor, missed, "Kari") == made_up_days(instructor, missed, "Ola") == 1


def test_seven_of_eight_with_one_made_up(smart_admin, missed, other):
    attend(smart_admin, missed, "Kari", 6)
    smart_admin.post(PATH, body(missed, other, number=6), now=missed.over)
    found = smart_admin.get(f"{missed.path}/completion").items[0]
    assert (found["present_days"], found["made_up_days"], found["meets_threshold"]) == (6, 1, True)


def test_made_up_is_not_never_came(smart_admin, missed, other):
    record(smart_admin, missed, 0, Kari="absent", Ola="absent")
    first = smart_admin.post(PATH, body(missed, other), now=missed.over)
    complete(smart_admin, missed)
    states = [smart_admin.get(f"/v1/smart/registrations/{missed.registrations[name]}")["state"]
              for name in ("Kari", "Ola")]
    assert states == ["completed", "no_show"]
    # Taken back, and made for the other one: both are followed.
    smart_admin.act(f"{PATH}/{first['id']}", "decline", {"reason": "Forvekslet"}, now=missed.over)
    smart_admin.post(PATH, body(missed, other, "Ola"), now=missed.over)
    states = [smart_admin.get(f"/v1/smart/registrations/{missed.registrations[name]}")["state"]
              for name in ("Kari", "Ola")]
    assert states == ["no_show", "completed"]


def test_present_after_all_counts_once(smart_admin, missed, other):
    smart_admin.post(PATH, body(missed, other), now=missed.over)
    record(smart_admin, missed, 0, Kari="present")
    found = smart_admin.get(f"{missed.path}/completion").items[0]
    assert (found["present_days"], found["made_up_days"]) == (1, 0)


def test_declined_can_be_asked_for_again(participant_of, instructor, missed, other):
    name = participant_of.user.full_name
    asked = participant_of.post(PATH, body(missed, other, name), now=missed.over)
    declined = instructor.act(f"{PATH}/{asked['id']}", "decline", {"reason": "Ikke på listen"}, now=missed.over)
    assert (declined["state"], declined["allowed_actions"]) == ("declined", [])
    for action in "confirm", "decline":
        answer = instructor.act(f"{PATH}/{asked['id']}", action, now=missed.over, expect=409, code="invalid_transition")
        assert (answer["from"], answer["allowed_actions"]) == ("declined", [])
    participant_of.post(PATH, body(missed, other, name), now=missed.over, expect=201)


def test_versions_and_dry_run(instructor, participant_of, missed, other):
    name = participant_of.user.full_name
    tried = participant_of.post(PATH, body(missed, other, name), now=missed.over, dry_run=True)
    participant_of.get(f"{PATH}/{tried['id']}", expect=404)
    asked = participant_of.post(PATH, body(missed, other, name), now=missed.over)
    path = f"{PATH}/{asked['id']}"
    instructor.post(f"{path}/actions/confirm", {}, expect=428)
    instructor.act(path, "confirm", now=missed.over, dry_run=True)
    assert instructor.get(path)["state"] == "requested"
    instructor.act(path, "confirm", now=missed.over)
    instructor.act(path, "decline", etag=asked.etag, now=missed.over, expect=412, code="version_conflict")
    assert instructor.get(path, none_match=instructor.get(path).etag, expect=304).body == b""


# ---- refusals --------------------------------------------------------------------------------

@pytest.mark.parametrize("case, pointer, code", [
    ("same course", "/attended_session_id", "make_up_same_course"),
    ("other type", "/attended_session_id", "make_up_other_type"),
    ("other session", "/missed_session_id", "missed_elsewhere"),
    ("festival", "/missed_session_id", "festival_not_counted"),
    ("unknown session", "/attended_session_id", "unknown_reference"),
])
def test_what_can_never_be_a_make_up(smart_admin, build, missed, other, case, pointer, code):
    nobody = "00000000-0000-7000-8000-0000000000ff"
    changes = {"same course": lambda: {"attended_session_id": missed.sessions[1]},
               "other type": lambda: {"attended_session_id": held(build, course_type="ungdomskurs").sessions[0]},
               "other session": lambda: {"missed_session_id": other.sessions[1]},
               "festival": lambda: {"missed_session_id": missed.festival},
               "unknown session": lambda: {"attended_session_id": nobody}}[case]()
    answer = smart_admin.post(PATH, body(missed, other, **changes), now=missed.over, expect=422,
                              code="validation_failed")
    assert answer.faults == {pointer: code}


def test_who_was_present_missed_nothing(smart_admin, participant_of, instructor, missed, other):
    name = participant_of.user.full_name
    asked = participant_of.post(PATH, body(missed, other, name), now=missed.over)
    record(smart_admin, missed, 0, Kari="present", **{name: "present"})
    smart_admin.post(PATH, body(missed, other), now=missed.over, expect=409, code="make_up_not_missed")
    instructor.act(f"{PATH}/{asked['id']}", "confirm", now=missed.over, expect=409, code="make_up_not_missed")


def test_only_who_holds_a_seat(smart_admin, build, missed, other):
    waiting = build.registration(missed.course, state="waitlisted")
    smart_admin.post(PATH, body(missed, other, registration_id=waiting), now=missed.over, expect=409,
                     code="not_participating")
    asked = build.insert("make_up", registration_id=waiting, missed_session_id=missed.sessions[0],
                         attended_session_id=other.sessions[0], state="requested")
    smart_admin.act(f"{PATH}/{asked}", "confirm", now=missed.over, expect=409, code="not_participating")


def test_a_session_to_come_can_be_asked_for_only(smart_admin, participant_of, instructor, missed, other):
    before, name = instant(FIRST - 2 * DAY), participant_of.user.full_name
    smart_admin.post(PATH, body(missed, other), now=before, expect=409, code="session_not_held_yet")
    asked = participant_of.post(PATH, body(missed, other, name), now=before, expect=201)
    path = f"{PATH}/{asked['id']}"
    instructor.act(path, "confirm", now=before, expect=409, code="session_not_held_yet")
    instructor.act(path, "confirm", now=instant(FIRST))


def test_one_for_each_missed_session_and_one_for_each_attended(smart_admin, missed, other):
    smart_admin.post(PATH, body(missed, other), now=missed.over)
    smart_admin.post(PATH, body(missed, other, instead=1), now=missed.over, expect=409, code="make_up_exists")
    smart_admin.post(PATH, body(missed, other, number=1), now=missed.over, expect=409, code="make_up_session_used")
    smart_admin.post(PATH, body(missed, other, "Ola"), now=missed.over, expect=201)  # somebody else
    smart_admin.post(PATH, body(missed, other, number=1, instead=1), now=missed.over, expect=201)


def test_a_session_is_used_once_also_from_two_courses(smart_admin, build, missed, other):
    """The same person missed a day on two courses and attended one."""
    second = held(build)
    again = build.registration(second.course, missed.people["Kari"])
    smart_admin.post(PATH, body(missed, other), now=missed.over)
    smart_admin.post(PATH, {"registration_id": again, "missed_session_id": second.sessions[0],
                            "attended_session_id": other.sessions[0]}, now=missed.over, expect=409,
                     code="make_up_session_used")


def test_one_of_several_at_once(smart_admin, missed, other):
    def post(number):
        headers = {"Authorization": f"Bearer {smart_admin.token}", "X-Loft-Now": missed.over,
                   "Idempotency-Key": f"race-{missed.id}-{number}"}
        return requests.post(smart_admin.base + PATH, json=body(missed, other, instead=number), headers=headers,
                             timeout=60).status_code
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(post, range(4))) == [201, 409, 409, 409]


@pytest.mark.parametrize("meanwhile, code", [
    ("UPDATE attendance SET status = 'present' WHERE registration_id = %s", "make_up_not_missed"),
    ("UPDATE registration SET state = 'cancelled' WHERE id = %s", "not_participating")])
def test_decided_by_what_stands_when_it_is_made(meanwhile, code, smart_admin, missed, other, database,
                                                owner_db):
    """A list that is recorded, or a seat that is given up, while somebody waits for the course."""
    record(smart_admin, missed, 0, Kari="absent")
    with database.connect("loft_owner", autocommit=False) as before, \
            concurrent.futures.ThreadPoolExecutor(1) as threads:
        before.execute("SELECT FROM course WHERE id = %s FOR UPDATE", [missed.id])
        made = threads.submit(smart_admin.clone().post, PATH, body(missed, other), now=missed.over, expect=409,
                              code=code)
        pid = before.connection.info.backend_pid
        eventually(lambda: seats.blocked_by(owner_db, pid), what="the wait for the course")
        before.execute(meanwhile, [missed.registrations["Kari"]])
        before.connection.commit()
        made.result()


def test_asked_for_once_though_sent_twice(participant_of, missed, other):
    asking = body(missed, other, participant_of.user.full_name)
    first = participant_of.post(PATH, asking, key="one-and-the-same", now=missed.over)
    assert participant_of.post(PATH, asking, key="one-and-the-same", now=missed.over)["id"] == first["id"]
    participant_of.post(PATH, asking, key=None, now=missed.over, expect=400, code="idempotency_key_required")


# ---- whose it is -----------------------------------------------------------------------------

def test_nobody_confirms_their_own(make_user, build, missed, other, smart_admin):
    both = make_user("participant", ("smart_instructor", "course", missed.id))
    join(build, missed, both.user)
    asked = both.post(PATH, body(missed, other, both.user.full_name), now=missed.over)
    assert (asked["state"], asked["allowed_actions"]) == ("requested", [])
    both.act(f"{PATH}/{asked['id']}", "confirm", now=missed.over, expect=403)
    smart_admin.act(f"{PATH}/{asked['id']}", "confirm", now=missed.over)


def test_of_whom_one_may_ask_and_see(participant_of, make_user, build, missed, other, smart_admin):
    name, stranger = participant_of.user.full_name, make_user("participant")
    leads_other = make_user(("smart_instructor", "course", other.id))
    participant_of.post(PATH, body(missed, other), now=missed.over, expect=404,
                        code="registration_not_found")  # of Kari, unseen
    asked = participant_of.post(PATH, body(missed, other, name), now=missed.over)
    path = f"{PATH}/{asked['id']}"
    for api in stranger, leads_other:  # it is the missed course that matters
        api.get(path, expect=404)
        assert api.get(PATH).items == []
    leads_other.act(path, "confirm", etag="*", now=missed.over, expect=404)
    participant_of.act(path, "confirm", etag="*", now=missed.over, expect=403)
    assert [one["id"] for one in participant_of.get(PATH).items] == [asked["id"]]
    # Registered by them, yet not about them.
    colleague = build.registration(missed.course, registered_by=participant_of.user.id)
    participant_of.post(PATH, body(missed, other, number=2, instead=2, registration_id=colleague),
                        now=missed.over, expect=403)


def test_filters(smart_admin, missed, other):
    one = smart_admin.post(PATH, body(missed, other), now=missed.over)
    two = smart_admin.post(PATH, body(missed, other, "Ola"), now=missed.over)
    smart_admin.act(f"{PATH}/{two['id']}", "decline", now=missed.over)

    def ids(**params):
        return {item["id"] for item in smart_admin.get(PATH, params={"course_id": missed.id, **params}).items}
    assert ids() == {one["id"], two["id"]}
    assert ids(state="confirmed") == {one["id"]}
    assert ids(registration_id=missed.registrations["Ola"]) == {two["id"]}
    assert ids(updated_since="2100-01-01T00:00:00Z") == set()
