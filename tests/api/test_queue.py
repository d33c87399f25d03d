"""The waiting line as an administrator has it: read, simulated, put in another order (SM-R02)."""
import csv
import datetime
import io

import pytest

from support import seats
from support.build import instant
from support.seats import REGISTRATIONS

COURSES = "/v1/smart/courses"
REASON = "Sto på listen som ble ført på papir"


def path_of(registration):
    return f"{REGISTRATIONS}/{registration}"


@pytest.fixture
def line(build):
    """A full course with so many in line; returns it and their ids in order."""
    def make(waiting=4, capacity=1, **columns):
        course = build.course(capacity=capacity, **columns)
        for _ in range(capacity):
            build.registration(course)
        return course, [build.registration(course, state="waitlisted") for _ in range(waiting)]
    return make


@pytest.fixture
def order(smart_admin):
    """The ids of a course's line in order."""
    def read(course):
        entries = smart_admin.every(f"{COURSES}/{course.id}/queue", {"limit": 2})
        assert [entry["position"] for entry in entries] == list(range(1, len(entries) + 1))
        assert entries == sorted(entries, key=lambda entry: entry["waitlist_seq"])
        return [entry["id"] for entry in entries]
    return read


@pytest.fixture
def move(smart_admin):
    def send(one, position, **options):
        return smart_admin.act(path_of(one), "move", {"position": position, "reason": REASON},
                               **options)
    return send


def test_the_line_as_a_list(line, smart_admin, build, owner_db):
    course, (first, second) = line(2)
    person = build.person("Åse Eksempelåsen")
    third = build.registration(course, person, state="waitlisted")
    answer = smart_admin.get(f"{COURSES}/{course.id}/queue", params={"count": "true"})
    assert answer["count"] == 3
    assert [entry["id"] for entry in answer.items] == [first, second, third]
    entry = answer.items[2]
    since = owner_db.value("SELECT registered_at FROM registration WHERE id = %s", [third])
    assert datetime.datetime.fromisoformat(entry.pop("waiting_since")) == since
    assert entry == {
        "id": third, "kind": "registration", "position": 3, "waitlist_seq": 3, "seats": 1,
        "skipped": False, "name": "Åse Eksempelåsen", "ticket_type_id": course.ticket_id,
        "ticket_type_code": "ordinary", "moved_at": None, "version": 1}
    rows = list(csv.DictReader(io.StringIO(
        smart_admin.get(f"{COURSES}/{course.id}/queue", accept="text/csv").text)))
    assert [row["id"] for row in rows] == [first, second, third]
    backwards = smart_admin.get(f"{COURSES}/{course.id}/queue", params={"sort": "-position"})
    assert [entry["position"] for entry in backwards.items] == [3, 2, 1]


def test_nobody_else_reads_the_line(line, build, make_user, make_client, smart_admin):
    course, _ = line(1)
    for api in (make_user("participant"), make_user(("smart_instructor", "course", course.id)),
                make_client("smart:read")):
        for view in ("queue", "queue-simulation"):
            api.get(f"{COURSES}/{course.id}/{view}", expect=403, code="forbidden")
    for view in ("queue", "queue-simulation"):
        smart_admin.get(f"{COURSES}/{REASON.encode().hex()[:8]}-0000-7000-8000-000000000000/{view}",
                        expect=404, code="not_found")


# ---- another order -----------------------------------------------------------------------------

@pytest.mark.parametrize("place, position, expected", [
    (3, 1, "3012"), (0, 4, "1230"), (1, 3, "0213"), (2, 2, "0213"), (2, 3, "0123")])
def test_move(line, order, move, owner_db, smart_admin, place, position, expected):
    course, ids = line(4)
    numbers = [1, 2, 3, 4]
    moved = move(ids[place], position)
    assert (moved["state"], moved["version"]) == ("waitlisted", 2)
    assert moved["waitlist_seq"] == position, "those in line exchange the numbers that they have"
    assert order(course) == [ids[int(one)] for one in expected]
    rows = owner_db.rows("SELECT id, version, waitlist_seq, moved_at FROM registration"
                         " WHERE course_id = %s AND state = 'waitlisted' ORDER BY waitlist_seq",
                         [course.id])
    assert [row["waitlist_seq"] for row in rows] == numbers
    assert {row["id"] for row in rows if row["version"] > 1} == {ids[place]}
    assert {row["id"] for row in rows if row["moved_at"]} == {ids[place]}
    event = owner_db.row("SELECT * FROM event WHERE resource_id = %s", [ids[place]])
    assert (event["operation"], event["from_state"], event["to_state"], event["reason"]) == (
        "move_registration", "waitlisted", "waitlisted", REASON)
    assert event["changes"] == {"from_position": place + 1, "to_position": position}
    place_now = smart_admin.get(f"{path_of(ids[place])}/queue-position")
    assert place_now["position"] == position
    seats.check(owner_db, course)


def test_the_moved_one_is_offered_the_next_seat(line, move, smart_admin, owner_db, build):
    course, (first, second, third) = line(3)
    move(third, 1)
    smart_admin.patch(f"{COURSES}/{course.id}", {"capacity": 2}, etag="*")
    states = [smart_admin.get(path_of(one))["state"] for one in (first, second, third)]
    assert states == ["waitlisted", "waitlisted", "offered"]
    newcomer = build.registration(course, state="waitlisted")
    assert smart_admin.get(path_of(newcomer))["waitlist_seq"] == 4
    seats.check(owner_db, course)


def test_a_move_says_why_and_where(line, smart_admin, order):
    course, ids = line(2)
    for body, faults in (({"position": 1}, {"/reason": "required"}),
                         ({"reason": REASON}, {"/position": "required"}),
                         ({"position": 0, "reason": ""}, {"/position": "too_small",
                                                          "/reason": "too_short"})):
        assert smart_admin.act(path_of(ids[1]), "move", body, expect=422).faults == faults
    assert order(course) == ids


def test_no_place_behind_the_last(line, move, order):
    course, ids = line(2)
    refused = move(ids[0], 3, expect=409, code="place_not_in_line")
    assert refused["rule"] == "SM-R02" and "2" in refused["detail"]
    assert order(course) == ids


def test_a_trial_moves_nobody(line, move, order, owner_db):
    course, ids = line(3)
    assert move(ids[2], 1, dry_run=True)["waitlist_seq"] == 1
    assert order(course) == ids
    assert owner_db.value("SELECT count(*) FROM event WHERE resource_id = %s", [ids[2]]) == 0


def test_only_smart_admin_moves(line, make_user, build, smart_admin):
    course, _ = line(1)
    somebody = make_user("participant")
    mine = build.registration(course, somebody.user.person_id, state="waitlisted",
                              registered_by=somebody.user.id)
    somebody.act(path_of(mine), "move", {"position": 1, "reason": "Jeg har det travelt"},
                 expect=403, code="forbidden")
    assert somebody.get(path_of(mine))["allowed_actions"] == ["withdraw"]
    assert smart_admin.get(path_of(mine))["allowed_actions"] == ["withdraw", "move"]


def test_moves_that_meet(line, smart_admin, owner_db):
    """The line stays one order whoever comes first; each move is about what it finds."""
    course, ids = line(6)
    body = {"position": 1, "reason": REASON}
    answers = seats.at_once([(smart_admin, "POST", f"{path_of(one)}/actions/move", body,
                              {"If-Match": "*"}) for one in ids for _ in range(2)])
    assert {answer.status for answer in answers} == {200}
    rows = owner_db.rows("SELECT waitlist_seq FROM registration WHERE course_id = %s"
                         " AND state = 'waitlisted' ORDER BY 1", [course.id])
    assert [row["waitlist_seq"] for row in rows] == [1, 2, 3, 4, 5, 6]
    seats.check(owner_db, course)


# ---- what if -----------------------------------------------------------------------------------

def test_who_would_be_next(line, smart_admin, owner_db):
    course, ids = line(3)
    path = f"{COURSES}/{course.id}/queue-simulation"
    one = {"course_id": course.id, "free": 0, "draw_pending": False}

    def offers(count):
        return [{"position": i + 1, "kind": "registration", "id": ids[i], "seats": 1}
                for i in range(count)]
    assert smart_admin.get(path).json == {**one, "seats": 1, "offers": offers(1), "left": 0}
    assert smart_admin.get(path, params={"seats": 0}).json == {
        **one, "seats": 0, "offers": [], "left": 0}
    assert smart_admin.get(path, params={"seats": 5}).json == {
        **one, "seats": 5, "offers": offers(3), "left": 2}
    assert owner_db.value("SELECT count(*) FROM registration WHERE course_id = %s"
                          " AND state = 'offered'", [course.id]) == 0
    smart_admin.get(path, params={"seats": -1}, expect=400)


def test_what_the_line_waits_for_when_it_is_over(line, smart_admin):
    course, (one,) = line(1)
    late = instant(course.starts_at)
    position = smart_admin.get(f"{path_of(one)}/queue-position", now=late)
    assert (position["position"], position["waits_for"]) == (1, "nothing")
