"""The trainer programme as a series: its gatherings moved whole, whatever the clocks do."""
import datetime
import uuid
import zoneinfo

import pytest

from support.build import instant

COURSES, GATHERINGS = "/v1/smart/courses", "/v1/smart/gatherings"
OSLO = zoneinfo.ZoneInfo("Europe/Oslo")
FIRST = datetime.datetime(2027, 9, 8, 9, tzinfo=OSLO)
HOURS = datetime.timedelta(hours=6, minutes=30)
# The gatherings of 2023/24, as days after the first; the winter is between the second and the third.
DAYS = {1: (0, 1), 2: (77, 78), 3: (126, 127), 4: (189, 190), 5: (224,)}


def local(text):
    return datetime.datetime.fromisoformat(text).astimezone(OSLO)


def on(day, hour=9, minute=0):
    """So many days after the first gathering, as clocks in Norway show it."""
    return (FIRST + datetime.timedelta(days=day)).replace(hour=hour, minute=minute)


@pytest.fixture
def series(build):
    """A trainer programme as the rules want it, and its gatherings by number."""
    def make(state="published", **columns):
        course = build.course(state=state, course_type="trenerutdanning", sessions=0, **columns)
        gatherings = {}
        for number, days in DAYS.items():
            gatherings[number] = build.insert(
                "course_gathering", course_id=course.id, seq_no=number, overnight=number == 1,
                kind="festival" if number == 5 else "gathering")
            for day in days:
                build.insert("course_session", gathering_id=gatherings[number], starts_at=on(day),
                             ends_at=on(day) + HOURS)
        return course, gatherings
    return make


def sessions_of(api, gathering):
    item = api.get(f"{GATHERINGS}/{gathering}")
    return api.get(f"{COURSES}/{item['course_id']}/sessions",
                   params={"gathering_id": gathering}).items


def starts_of(api, gathering):
    return [local(one["starts_at"]) for one in sessions_of(api, gathering)]


def move(api, gathering, body, **options):
    return api.act(f"{GATHERINGS}/{gathering}", "move", body, **options)


def test_one_day_alone_cannot_be_moved_and_the_gathering_can(series, smart_admin):
    """SM-R05 is what makes the move needed."""
    course, gatherings = series()
    first = sessions_of(smart_admin, gatherings[2])[0]
    smart_admin.patch(f"/v1/smart/sessions/{first['id']}", {
        "starts_at": instant(on(84)), "ends_at": instant(on(84) + HOURS)}, etag="*", expect=409,
        code="gatherings_incomplete")
    moved = move(smart_admin, gatherings[2], {"days": 7})
    assert (moved.status, moved["version"]) == (200, 2) and moved["moved_at"]
    assert starts_of(smart_admin, gatherings[2]) == [on(84), on(85)]
    assert starts_of(smart_admin, gatherings[3]) == [on(126), on(127)]


@pytest.mark.parametrize("days", [-7, 0, 14, 60, 180, 365])
def test_local_clock_times_are_kept(series, smart_admin, days):
    """From summer time into winter and back."""
    _, gatherings = series(state="draft")
    move(smart_admin, gatherings[1], {"days": days})
    found = sessions_of(smart_admin, gatherings[1])
    for session, day in zip(found, DAYS[1]):
        starts, ends = local(session["starts_at"]), local(session["ends_at"])
        assert (starts, ends.strftime("%H:%M")) == (on(day + days), "15:30")
        assert starts.strftime("%H:%M") == "09:00" and starts.date() == ends.date()


def test_to_a_day(series, smart_admin):
    course, gatherings = series()
    move(smart_admin, gatherings[1], {"starts_on": "2027-10-27"})
    assert starts_of(smart_admin, gatherings[1]) == [on(49), on(50)]
    item = smart_admin.get(f"{COURSES}/{course.id}")
    assert item["starts_at"] == instant(on(49)), "the course begins with its first session"
    move(smart_admin, gatherings[1], {"starts_on": "2027-09-08"})
    assert starts_of(smart_admin, gatherings[1]) == [on(0), on(1)]
    # Late in the evening in Norway is a day of its own, whatever day it is in UTC.
    _, gatherings = series()
    for session, day in zip(sessions_of(smart_admin, gatherings[5]), DAYS[5]):
        smart_admin.patch(f"/v1/smart/sessions/{session['id']}", {
            "starts_at": instant(on(day, 0, 30)), "ends_at": instant(on(day, 6))}, etag="*")
    move(smart_admin, gatherings[5], {"starts_on": on(230).date().isoformat()})
    assert starts_of(smart_admin, gatherings[5]) == [on(230, 0, 30)]


@pytest.mark.parametrize("body, faults", [
    ({}, {"/starts_on": "move_required"}),
    ({"reason": "Fordi"}, {"/starts_on": "move_required"}),
    ({"days": 1, "starts_on": "2027-10-27"}, {"/days": "move_ambiguous"}),
    ({"days": 3661}, {"/days": "too_large"}),
    ({"days": None, "starts_on": "2027-02-30"},
     {"/days": "null_not_allowed", "/starts_on": "invalid_format"}),
    ({"weeks": 1}, {"/weeks": "unknown_member"}),
])
def test_a_move_that_cannot_be(series, smart_admin, body, faults):
    _, gatherings = series()
    assert move(smart_admin, gatherings[1], body, expect=422).faults == faults


def test_nothing_to_move(build, smart_admin):
    course = build.course(state="draft", sessions=0)
    gathering = build.insert("course_gathering", course_id=course.id, seq_no=1)
    for body in {"days": 1}, {"starts_on": "2027-10-27"}:
        move(smart_admin, gathering, body, expect=409, code="session_required")


@pytest.mark.parametrize("state", ["completed", "cancelled"])
def test_a_course_that_is_over_is_not_moved(series, smart_admin, state):
    _, gatherings = series(state=state)
    move(smart_admin, gatherings[1], {"days": 1}, expect=409, code="course_over")


def test_a_published_plan_that_lacks_something_is_not_moved(build, smart_admin, series, owner_db):
    """The move asks for the whole plan, as any change of it does."""
    _, gatherings = series()
    owner_db.execute("DELETE FROM course_session WHERE gathering_id = %s", [gatherings[4]])
    move(smart_admin, gatherings[1], {"days": 1}, expect=409, code="gatherings_incomplete")


@pytest.mark.parametrize("day, starts, ends", [
    ("2028-03-26", (1, 30), (2, 30)),   # 02:30 does not exist and is 03:30: an hour more
    ("2028-03-26", (2, 0), (3, 0)),     # 02:00 is 03:00: nothing is left
])
def test_a_session_in_the_night_that_clocks_change(build, smart_admin, day, starts, ends):
    course = build.course(state="draft", sessions=0)
    gathering = build.insert("course_gathering", course_id=course.id, seq_no=1)
    build.insert("course_session", gathering_id=gathering, starts_at=on(0, *starts),
                 ends_at=on(0, *ends))
    if starts == (2, 0):
        move(smart_admin, gathering, {"starts_on": day}, expect=409, code="clocks_change")
        assert starts_of(smart_admin, gathering) == [on(0, *starts)]
    else:
        move(smart_admin, gathering, {"starts_on": day})
        session, = sessions_of(smart_admin, gathering)
        assert local(session["ends_at"]).strftime("%F %H:%M") == f"{day} 03:30"


def test_versions_events_and_retries(series, smart_admin, owner_db):
    _, gatherings = series()
    path = f"{GATHERINGS}/{gatherings[2]}"
    before = smart_admin.get(path)
    action = f"{path}/actions/move"
    smart_admin.post(action, {"days": 7}, expect=428, code="precondition_required")
    tried = smart_admin.post(action, {"days": 7}, etag=before.etag, dry_run=True)
    assert tried["version"] == 2 and smart_admin.get(path).etag == before.etag
    assert starts_of(smart_admin, gatherings[2]) == [on(77), on(78)]
    key = str(uuid.uuid4())
    first = smart_admin.post(action, {"days": 7, "reason": "Lokalet"}, etag=before.etag, key=key)
    again = smart_admin.post(action, {"days": 7, "reason": "Lokalet"}, etag=before.etag, key=key)
    assert first.json == again.json and starts_of(smart_admin, gatherings[2]) == [on(84), on(85)]
    smart_admin.post(action, {"days": 7}, etag=before.etag, expect=412, code="version_conflict")
    events = owner_db.rows(
        "SELECT resource_type, resource_id, version, reason, changes FROM event"
        " WHERE operation = 'move_gathering' AND tx = (SELECT max(tx::text::bigint)::text::xid8"
        " FROM event WHERE operation = 'move_gathering') ORDER BY seq")
    assert [(e["resource_type"], e["version"], e["reason"], e["changes"]) for e in events] == [
        ("session", 2, "Lokalet", {"days": 7}), ("session", 2, "Lokalet", {"days": 7}),
        ("gathering", 2, "Lokalet", {"days": 7})]
    assert events[-1]["resource_id"] == gatherings[2]


def test_offers_end_with_an_earlier_start(series, smart_admin, build, owner_db):
    course, gatherings = series(capacity=1)
    offered = build.registration(course, state="offered", offer_expires_at=on(-1))
    move(smart_admin, gatherings[1], {"days": -14})
    expires = owner_db.value("SELECT offer_expires_at FROM registration WHERE id = %s", [offered])
    assert expires == on(-14)


def test_the_programme_goes_with_its_day(series, smart_admin, build):
    """What begins during a session of the gathering does; what does not stays."""
    course, gatherings = series()

    def item(day, hour):
        return build.insert("course_programme_item", course_id=course.id, kind="talk", title="Tale",
                            starts_at=on(day, hour), ends_at=on(day, hour + 1))
    opening, dinner, other = item(224, 9), item(224, 19), item(0, 9)
    move(smart_admin, gatherings[5], {"starts_on": on(210).date().isoformat()})
    found = {one["id"]: local(one["starts_at"])
             for one in smart_admin.get(f"{COURSES}/{course.id}/programme-items").items}
    assert found == {opening: on(210, 9), dinner: on(224, 19), other: on(0, 9)}


def test_only_smart_admin_moves(series, anonymous, participant, booker, admin, partner, make_user):
    course, gatherings = series()
    path = f"{GATHERINGS}/{gatherings[1]}"
    for who in participant, booker, admin, make_user(("smart_instructor", "course", course.id)):
        who.post(f"{path}/actions/move", {"days": 1}, etag="*", expect=403, code="forbidden")
    partner.post(f"{path}/actions/move", {"days": 1}, etag="*", expect=403,
                 code="insufficient_scope")
    anonymous.post(f"{path}/actions/move", {"days": 1}, etag="*", expect=401, code="token_missing")


# ---- a festival's theme ------------------------------------------------------------------------

def test_a_festival_has_a_theme(smart_admin, anonymous):
    made = smart_admin.post(COURSES, {"code": f"festival-{uuid.uuid4().hex[:8]}",
                                      "course_type": "festival", "title": "Festival",
                                      "theme": "sosial bærekraft"})
    assert made["theme"] == "sosial bærekraft"
    path = made.headers["Location"]
    assert smart_admin.patch(path, {"title": "Festivalen"}, etag="*")["theme"] == "sosial bærekraft"
    assert smart_admin.patch(path, {"theme": None}, etag="*")["theme"] is None
    wrong = smart_admin.patch(path, {"theme": " "}, etag="*", expect=422)
    assert wrong.faults == {"/theme": "invalid_value"}
