"""Courses whose seats are drawn: everybody waits until registration has closed; one draw, whose order
anybody can work out again from the seed."""
import datetime
import hashlib
import itertools

import pytest

from support import seats
from support.build import instant, now
from support.seats import REGISTRATIONS

COURSES, GROUPS = "/v1/smart/courses", "/v1/smart/group-bookings"
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
SEED = "Lottotallene 14. juni: 3 7 Å"


def path_of(course):
    return f"{COURSES}/{course.id}"


def rank(seed, one):
    """As the contract describes it."""
    return hashlib.sha256((seed + one).encode()).hexdigest()


@pytest.fixture
def raffle(build, smart_admin):
    """A raffle with so many who want a seat, open for another hour; returns it and their ids."""
    def make(people=6, capacity=2, **columns):
        course = build.course(capacity=capacity, seat_allocation="raffle", **{
            "closes_at": now() + HOUR, **columns})
        return course, [smart_admin.post(REGISTRATIONS, build.registration_body(course))["id"]
                        for _ in range(people)]
    return make


@pytest.fixture
def draw(smart_admin):
    """draw(course, seed): an hour from now, when registration has closed."""
    def send(course, seed=SEED, by=smart_admin, at=None, **options):
        body = {} if seed is None else {"seed": seed}
        return by.act(path_of(course), "draw", body, now=instant(at or now() + 2 * HOUR), **options)
    return send


def states_of(owner_db, ids):
    return [owner_db.value("SELECT state FROM registration WHERE id = %s", [one]) for one in ids]


def line_of(smart_admin, course):
    return [entry["id"] for entry in smart_admin.every(f"{path_of(course)}/queue")]


def test_before_the_draw_everybody_waits(raffle, smart_admin, anonymous, owner_db):
    course, ids = raffle(people=3, capacity=9)
    assert set(states_of(owner_db, ids)) == {"waitlisted"}
    shown = anonymous.get(path_of(course))
    assert (shown["seat_allocation"], shown["drawn_at"], shown["draw_seed"]) == ("raffle", None, None)
    assert (shown["seats"]["free"], shown["seats"]["waitlisted"]) == (9, 3)
    place = smart_admin.get(f"{REGISTRATIONS}/{ids[0]}/queue-position").json
    assert {name: place[name] for name in ("position", "seats", "seats_before", "waits_for",
                                           "seats_needed", "waitlisted")} == {
        "position": None, "seats": 1, "seats_before": None, "waits_for": "draw",
        "seats_needed": None, "waitlisted": 3}
    simulated = smart_admin.get(f"{path_of(course)}/queue-simulation").json
    assert (simulated["draw_pending"], simulated["offers"]) == (True, [])
    smart_admin.act(f"{REGISTRATIONS}/{ids[0]}", "move", {"position": 2, "reason": "Nei"},
                    expect=409, code="draw_pending")
    # More seats and somebody who leaves change nothing about that.
    smart_admin.patch(path_of(course), {"capacity": 10}, etag="*")
    smart_admin.act(f"{REGISTRATIONS}/{ids[0]}", "withdraw")
    assert states_of(owner_db, ids) == ["withdrawn", "waitlisted", "waitlisted"]
    seats.check(owner_db, course)


def test_the_draw(raffle, draw, smart_admin, anonymous, owner_db):
    course, ids = raffle(people=8, capacity=3)
    drawn = draw(course)
    order = sorted(ids, key=lambda one: rank(SEED, one))
    assert states_of(owner_db, order) == ["offered"] * 3 + ["waitlisted"] * 5
    assert line_of(smart_admin, course) == order[3:], "the rest keep the drawn order"
    numbers = [owner_db.value("SELECT waitlist_seq FROM registration WHERE id = %s", [one])
               for one in order]
    assert numbers == list(range(1, 9))
    assert (drawn["draw_seed"], drawn["drawn_at"] is not None) == (SEED, True)
    assert drawn["seats"]["offered"] == 3
    assert anonymous.get(path_of(course))["draw_seed"] == SEED
    event = owner_db.row("SELECT * FROM event WHERE resource_id = %s AND operation = 'draw_course'",
                         [course.id])
    assert (event["changes"], event["version"]) == ({"seed": SEED, "entries": 8}, drawn["version"])
    promoted = owner_db.rows("SELECT resource_id FROM event WHERE operation = 'promote'"
                             " AND resource_id = ANY (%s::uuid[])", [ids])
    assert {row["resource_id"] for row in promoted} == set(order[:3])

    draw(course, expect=409, code="already_drawn")
    # From now on it is a line like any other.
    late = instant(now() + 2 * HOUR)
    smart_admin.act(f"{REGISTRATIONS}/{order[0]}", "withdraw", now=late)
    assert states_of(owner_db, order[3:5]) == ["offered", "waitlisted"]
    place = smart_admin.get(f"{REGISTRATIONS}/{order[4]}/queue-position", now=late)
    assert (place["position"], place["waits_for"]) == (1, "seats")
    seats.check(owner_db, course)


def test_the_same_seed_gives_the_same_order(raffle, draw, smart_admin, owner_db):
    """Tried and rolled back, so that the same ids are drawn again and again."""
    course, ids = raffle(people=5, capacity=1)
    results = set()
    for seed in "abcdefgh":
        for _ in range(2):
            tried = draw(course, seed, dry_run=True)
            assert tried["draw_seed"] == seed
        results.add(tuple(sorted(ids, key=lambda one: rank(seed, one))))
    assert len(results) > 1, "or the seed would say nothing"
    assert set(states_of(owner_db, ids)) == {"waitlisted"}
    draw(course, "b")
    assert line_of(smart_admin, course) == sorted(ids, key=lambda one: rank("b", one))[1:]


def test_a_seed_that_nobody_chose(raffle, draw, smart_admin, owner_db):
    made = []
    for _ in range(2):
        course, ids = raffle(people=4, capacity=1)
        seed = draw(course, None)["draw_seed"]
        assert line_of(smart_admin, course) == sorted(ids, key=lambda one: rank(seed, one))[1:]
        made.append(seed)
    assert made[0] != made[1] and {len(seed) for seed in made} == {64}


def test_parties_are_drawn_as_one_entry(raffle, draw, build, smart_admin, owner_db):
    course, ids = raffle(people=2, capacity=3)
    party = smart_admin.post(GROUPS, build.group_booking_body(course, seats=2))
    assert party["state"] == "waitlisted"
    smart_admin.act(f"{GROUPS}/{party['id']}", "skip", {"reason": "Nei"}, expect=409,
                    code="draw_pending")
    smart_admin.act(f"{GROUPS}/{party['id']}", "unskip", {"reason": "Nei"}, expect=409,
                    code="draw_pending")
    smart_admin.act(f"{GROUPS}/{party['id']}", "move", {"position": 1, "reason": "Nei"}, expect=409,
                    code="draw_pending")
    entries = [*ids, party["id"]]

    def of(seed):
        return sorted(entries, key=lambda one: rank(seed, one))
    seed = next(str(i) for i in itertools.count() if of(str(i))[0] == party["id"])
    draw(course, seed)
    assert smart_admin.get(f"{GROUPS}/{party['id']}")["state"] == "offered"
    assert states_of(owner_db, of(seed)[1:]) == ["offered", "waitlisted"]
    seats.check(owner_db, course)


def test_when_there_is_nothing_to_draw(raffle, draw, build, smart_admin):
    course, _ = raffle(people=0)
    draw(build.course(closes_at=now()), expect=409, code="not_a_raffle")
    draw(course, at=now() + HOUR / 2, expect=409, code="registration_still_open")
    draw(course, at=course.starts_at, expect=409, code="course_started")
    draft = build.course(state="draft", seat_allocation="raffle", closes_at=now() + HOUR)
    draw(draft, expect=409, code="invalid_transition")
    assert draw(course, " ", expect=422).faults == {"/seed": "pattern"}
    assert draw(course)["draw_seed"] == SEED, "nobody came, and that is a result as well"


def test_seats_that_are_left_are_for_those_who_come_later(raffle, draw, build, smart_admin, owner_db):
    """Registration that is opened again after the draw is first come, first served."""
    course, ids = raffle(people=1, capacity=2)
    draw(course)
    late = now() + 3 * HOUR
    smart_admin.patch(path_of(course), {"registration_closes_at": instant(late + DAY)}, etag="*",
                      now=instant(late))
    made = smart_admin.post(REGISTRATIONS, build.registration_body(course), now=instant(late))
    assert made["state"] == "confirmed"
    seats.check(owner_db, course)


def test_two_draws_that_meet(raffle, smart_admin, owner_db):
    course, _ = raffle(people=6, capacity=2)
    clock = {"If-Match": "*", "X-Loft-Now": instant(now() + 2 * HOUR)}
    answers = seats.at_once([(smart_admin, "POST", f"{path_of(course)}/actions/draw",
                              {"seed": seed}, clock) for seed in "abcd"])
    assert sorted(answer.status for answer in answers) == [200, 409, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.status == 409} == {"already_drawn"}
    assert seats.taken(owner_db, course) == (0, 2, 0, 4)
    seats.check(owner_db, course)


# ---- the setting ----------------------------------------------------------------------------------

def test_it_is_set_on_the_draft(smart_admin, build):
    body = {"code": f"trekning-{now():%H%M%S%f}", "course_type": "ungdomskurs", "title": "Trekning",
            "capacity": 5}
    draft = smart_admin.post(COURSES, body)
    assert draft["seat_allocation"] == "first_come"
    path = f"{COURSES}/{draft['id']}"
    assert smart_admin.patch(path, {"seat_allocation": "raffle"}, etag="*")["seat_allocation"] == "raffle"
    wrong = smart_admin.patch(path, {"waiting_list": False}, etag="*", expect=422)
    assert wrong.faults == {"/waiting_list": "raffle_needs_waiting_list"}
    wrong = smart_admin.post(COURSES, {**body, "code": body["code"] + "-2", "waiting_list": False,
                                       "seat_allocation": "raffle"}, expect=422)
    assert wrong.faults == {"/waiting_list": "raffle_needs_waiting_list"}
    wrong = smart_admin.post(COURSES, {**body, "code": body["code"] + "-3",
                                       "seat_allocation": "auction"}, expect=422)
    assert wrong.faults == {"/seat_allocation": "not_in_enum"}


def test_it_needs_an_end_of_registration(smart_admin, build):
    draft = build.course(state="draft", seat_allocation="raffle")
    refused = smart_admin.act(path_of(draft), "publish", expect=409, code="closing_required")
    assert refused.faults == {"/registration_closes_at": "closing_required"}
    closes = {"registration_closes_at": instant(now() + HOUR)}
    smart_admin.patch(path_of(draft), closes, etag="*")
    assert smart_admin.act(path_of(draft), "publish")["state"] == "published"
    smart_admin.patch(path_of(draft), {"registration_closes_at": None}, etag="*", expect=409,
                      code="closing_required")
    smart_admin.patch(path_of(draft), {"seat_allocation": "first_come"}, etag="*", expect=409,
                      code="course_not_draft")
