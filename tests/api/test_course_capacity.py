"""Seats that are added or taken away, and what that does to those who wait (SM-R01, SM-R02)."""
import concurrent.futures
import datetime

import pytest

from support import seats
from support.build import instant, now

COURSES = "/v1/smart/courses"
DAY = datetime.timedelta(days=1)


def path_of(course):
    return f"{COURSES}/{course.id}"


@pytest.fixture
def full(build):
    """A course whose seats are all taken, with some in line; returns it and the ids in line."""
    def make(capacity=2, waiting=4, **columns):
        course = build.course(capacity=capacity, **columns)
        for _ in range(capacity):
            build.registration(course)
        return course, [build.registration(course, state="waitlisted") for _ in range(waiting)]
    return make


def states_of(owner_db, ids):
    return [owner_db.value("SELECT state FROM registration WHERE id = %s", [one]) for one in ids]


def test_new_seats_go_to_the_first_in_line(full, smart_admin, owner_db):
    course, line = full(offer_hours=24)
    changed = smart_admin.patch(path_of(course), {"capacity": 4}, etag="*")
    assert changed["seats"] == {"capacity": 4, "confirmed": 2, "offered": 2, "held": 0,
                                "waitlisted": 2, "free": 0, "few_left": False}
    assert states_of(owner_db, line) == ["offered", "offered", "waitlisted", "waitlisted"]
    rows = owner_db.rows("SELECT operation, actor_kind, version FROM event"
                         " WHERE resource_id = ANY (%s::uuid[]) ORDER BY seq", [line])
    assert [tuple(row.values()) for row in rows] == [("promote", "system", 2)] * 2
    expires = owner_db.value("SELECT offer_expires_at FROM registration WHERE id = %s", [line[0]])
    assert abs(expires - now() - DAY) < datetime.timedelta(minutes=1)


def test_a_long_line_moves_at_once(full, smart_admin, owner_db):
    """More offers than one batch of statements holds."""
    course, line = full(capacity=1, waiting=160)
    raised = smart_admin.patch(path_of(course), {"capacity": 151}, etag="*")
    assert raised["seats"]["offered"] == 150
    assert states_of(owner_db, line) == ["offered"] * 150 + ["waitlisted"] * 10
    late = instant(now() + 4 * DAY)
    assert smart_admin.patch(path_of(course), {"title": "Senere"}, etag="*",
                             now=late)["seats"]["offered"] == 10
    assert states_of(owner_db, line) == ["expired"] * 150 + ["offered"] * 10


@pytest.mark.parametrize("capacity", [3, 1])
def test_never_fewer_than_are_taken(full, build, smart_admin, capacity):
    course, _ = full(capacity=3, waiting=0)
    build.session.execute("UPDATE course SET capacity = 4 WHERE id = %s", [course.id])
    build.registration(course, state="offered")
    refused = smart_admin.patch(path_of(course), {"capacity": capacity}, etag="*", expect=409,
                                code="capacity_below_taken")
    assert (refused["rule"], refused.faults) == ("SM-R01", {"/capacity": "capacity_below_taken"})
    assert "4" in refused["detail"]


def test_an_offer_that_has_run_out_takes_no_seat(full, build, smart_admin, owner_db):
    """The seat can be taken away; it is not offered on first."""
    course, line = full(capacity=2, waiting=1)
    build.session.execute("UPDATE course SET capacity = 3 WHERE id = %s", [course.id])
    lapsed = build.registration(course, state="offered", offer_expires_at=now() - DAY)
    assert smart_admin.patch(path_of(course), {"capacity": 2}, etag="*")["seats"]["free"] == 0
    assert states_of(owner_db, [lapsed, *line]) == ["expired", "waitlisted"]


def test_without_a_number_of_seats(build, smart_admin):
    course = build.course()
    refused = smart_admin.patch(path_of(course), {"capacity": None}, etag="*", expect=409,
                                code="capacity_required")
    assert refused["rule"] == "SM-R04"
    draft = build.course(state="draft")
    assert smart_admin.patch(path_of(draft), {"capacity": None}, etag="*")["capacity"] is None


@pytest.mark.parametrize("columns", [{"state": "running"}, {"starts_in": -DAY}])
def test_nobody_is_offered_a_seat_on_a_course_that_has_begun(full, smart_admin, owner_db, columns):
    course, line = full(**columns)
    smart_admin.patch(path_of(course), {"capacity": 4}, etag="*")
    assert states_of(owner_db, line) == ["waitlisted"] * 4


def test_an_offer_ends_with_the_start_even_when_that_is_moved(full, smart_admin, owner_db):
    course, line = full(capacity=1, waiting=2)
    smart_admin.patch(path_of(course), {"capacity": 2}, etag="*")
    session = owner_db.value("SELECT id FROM course_session WHERE course_id = %s", [course.id])
    begins = (now() + DAY).replace(microsecond=0)
    smart_admin.patch(f"/v1/smart/sessions/{session}", {
        "starts_at": instant(begins), "ends_at": instant(begins + DAY / 4)}, etag="*")
    offered = smart_admin.get(f"/v1/smart/registrations/{line[0]}")
    assert (offered["state"], offered["offer_expires_at"]) == ("offered", instant(begins))
    late = instant(begins)
    assert smart_admin.get(f"/v1/smart/registrations/{line[0]}", now=late)["state"] == "expired"
    smart_admin.act(f"/v1/smart/registrations/{line[0]}", "accept", now=late, expect=409,
                    code="offer_expired")
    seats.check(owner_db, course)


def test_a_ticket_has_a_limit_of_its_own(full, build, smart_admin, owner_db):
    course, _ = full(capacity=2, waiting=1)
    ticket = f"/v1/smart/ticket-types/{course.ticket_id}"
    refused = smart_admin.patch(ticket, {"capacity": 2}, etag="*", expect=409,
                                code="capacity_below_taken")
    assert refused["rule"] == "SM-R01"
    changed = smart_admin.patch(ticket, {"capacity": 3}, etag="*")
    assert (changed["capacity"], changed["claimed"]) == (3, 3)
    smart_admin.post("/v1/smart/registrations", build.registration_body(course), expect=409,
                     code="ticket_type_full")


def test_a_lapsed_offer_claims_no_ticket(full, build, smart_admin, owner_db):
    course, line = full(capacity=1, waiting=1)
    build.session.execute("UPDATE course SET capacity = 2 WHERE id = %s", [course.id])
    build.registration(course, state="offered", offer_expires_at=now() - DAY)
    changed = smart_admin.patch(f"/v1/smart/ticket-types/{course.ticket_id}", {"capacity": 2},
                                etag="*")
    assert changed["claimed"] == 2
    assert states_of(owner_db, line) == ["offered"], "the seat went on"
    seats.check(owner_db, course)


def test_seats_are_added_while_people_register(build, smart_admin, owner_db):
    course = build.course(capacity=5)
    bodies = [build.registration_body(course) for _ in range(40)]
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        sent = [pool.submit(smart_admin.clone().post, "/v1/smart/registrations", body)
                for body in bodies]
        for capacity in (8, 12, 20):
            smart_admin.patch(path_of(course), {"capacity": capacity}, etag="*")
        answers = [one.result() for one in sent]
    assert {answer.status for answer in answers} == {201}
    taken = smart_admin.get(f"{path_of(course)}/seats")
    assert taken["confirmed"] + taken["offered"] == 20 and taken["waitlisted"] == 20
    seats.check(owner_db, course)
