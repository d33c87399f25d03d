"""Seats never oversell (SM-R01) and places in line are given once (SM-R02), whoever comes at once.

First over HTTP, through two server processes on one database. Then below it, with the service's own
statements in two transactions that a test leads step by step: with the lock of the course row, without
it, and without it and the CHECK. The last one oversells, so the first two could have failed.
"""
import concurrent.futures
import contextlib
import datetime
import uuid

import psycopg2
import pytest

from support import seats
from support.build import Build, instant, now
from support.client import Api
from support.seats import PATIENT, REGISTRATIONS
from support.statements import Values, become, statements
from support.waiting import eventually

ROUNDS = 3
SEATS, APPLICANTS = 20, 200


@pytest.fixture
def two_servers(start_server):
    """Two processes on the module's database."""
    return [start_server(**PATIENT) for _ in range(2)]


@pytest.fixture
def everybody(two_servers, tokens):
    """Clients of different principals, by turns at one server and the other."""
    names = ["participant", "participant-2", "smart-admin", "partner"]
    return [Api(one, tokens[name]) for name in names for one in two_servers]


# ---- over HTTP -------------------------------------------------------------------------------------

@pytest.mark.parametrize("round_no", range(ROUNDS))
def test_200_for_20_seats_over_two_processes(everybody, build, owner_db, round_no):
    course = build.course(capacity=SEATS)
    bodies = [build.registration_body(course) for _ in range(APPLICANTS)]
    exchanges = seats.register_all(everybody, bodies)

    assert {exchange.status for exchange in exchanges} == {201}
    answers = [exchange.json() for exchange in exchanges]
    confirmed = [answer for answer in answers if answer["state"] == "confirmed"]
    waiting = [answer for answer in answers if answer["state"] == "waitlisted"]
    assert len(confirmed) == SEATS
    assert all(answer["waitlist_seq"] is None for answer in confirmed)
    places = sorted(answer["waitlist_seq"] for answer in waiting)
    assert places == list(range(1, APPLICANTS - SEATS + 1))

    assert seats.seats_of(owner_db, course) == (SEATS, 0, APPLICANTS - SEATS)
    assert seats.states(owner_db, course) == {"confirmed": SEATS, "waitlisted": APPLICANTS - SEATS}
    seats.check(owner_db, course)


def test_20_for_5_seats(everybody, build, owner_db):
    """domain.md §7, vector 9."""
    course = build.course(capacity=5)
    exchanges = seats.register_all(everybody, [build.registration_body(course) for _ in range(20)])
    states = sorted(exchange.json()["state"] for exchange in exchanges)
    assert states == ["confirmed"] * 5 + ["waitlisted"] * 15
    seats.check(owner_db, course)


@pytest.mark.parametrize("round_no", range(5))
def test_two_race_for_the_last_seat(two_servers, tokens, build, owner_db, round_no):
    course = build.course(capacity=3)
    build.registration(course)
    build.registration(course)
    racers = [Api(two_servers[0], tokens["participant"]), Api(two_servers[1], tokens["participant-2"])]
    exchanges = seats.register_all(racers, [build.registration_body(course) for _ in racers])
    assert sorted(exchange.json()["state"] for exchange in exchanges) == ["confirmed", "waitlisted"]
    assert seats.seats_of(owner_db, course) == (3, 0, 1)
    seats.check(owner_db, course)


def test_race_without_a_waiting_list(everybody, build, owner_db):
    course = build.course(capacity=4, waiting_list=False)
    exchanges = seats.register_all(everybody, [build.registration_body(course) for _ in range(24)])
    assert sorted(exchange.status for exchange in exchanges) == [201] * 4 + [409] * 20
    problems = [exchange.json() for exchange in exchanges if exchange.status == 409]
    assert {(problem["code"], problem["rule"]) for problem in problems} == {("course_full", "SM-R01")}
    assert seats.seats_of(owner_db, course) == (4, 0, 0)
    seats.check(owner_db, course)


def test_one_person_registers_everywhere_at_once(everybody, build, owner_db):
    """SM-R03 holds when the same new person comes through every client at the same time."""
    course = build.course(capacity=10)
    address = f"kari.{uuid.uuid4().hex}@example.no"
    person = [{"full_name": "Kari Eksempelsen", "email": address.upper() if i % 2 else address}
              for i in range(16)]
    exchanges = seats.register_all(
        everybody, [build.registration_body(course, person=one) for one in person])
    assert sorted(exchange.status for exchange in exchanges) == [201] + [409] * 15
    problems = [exchange.json() for exchange in exchanges if exchange.status == 409]
    assert {(problem["code"], problem["rule"]) for problem in problems} == {
        ("already_registered", "SM-R03")}
    assert owner_db.value("SELECT count(*) FROM person WHERE email_key = %s", [address]) == 1
    assert seats.seats_of(owner_db, course) == (1, 0, 0)
    seats.check(owner_db, course)


def test_one_key_sent_everywhere_at_once(two_servers, tokens, build, owner_db):
    """The same request from an impatient client: one row; every copy answers it or says wait."""
    course = build.course(capacity=10)
    clients = [Api(one, tokens["participant"]) for one in two_servers]
    body, key = build.registration_body(course), str(uuid.uuid4())
    exchanges = seats.at_once([(clients[i % 2], "POST", REGISTRATIONS, body, {"Idempotency-Key": key})
                               for i in range(10)])
    made = [exchange for exchange in exchanges if exchange.status == 201]
    waits = [exchange for exchange in exchanges if exchange.status != 201]
    assert len({exchange.body for exchange in made}) == 1
    assert sum("Idempotency-Replayed" not in exchange.headers for exchange in made) == 1
    assert all((wait.status, wait.json()["code"]) == (409, "idempotency_in_progress") for wait in waits)
    assert clients[1].post(REGISTRATIONS, body, key=key, expect=201).body == made[0].body
    assert seats.seats_of(owner_db, course) == (1, 0, 0)
    seats.check(owner_db, course)


def test_cancellations_and_registrations_at_once(everybody, smart_admin, build, owner_db):
    """Ten seats are given up while forty more people come: the seats go to those first in line."""
    course = build.course(capacity=10)
    taken = [smart_admin.post(REGISTRATIONS, build.registration_body(course)) for _ in range(10)]
    waiting = [smart_admin.post(REGISTRATIONS, build.registration_body(course)) for _ in range(10)]
    requests = []
    for one in taken:
        requests.append((smart_admin, "POST", f"{REGISTRATIONS}/{one['id']}/actions/cancel", None,
                         {"If-Match": one.etag}))
        requests += [(everybody[i], "POST", REGISTRATIONS, build.registration_body(course))
                     for i in range(4)]
    exchanges = seats.at_once(requests)
    assert {exchange.status for exchange in exchanges[::5]} == {200}
    late = [exchange for i, exchange in enumerate(exchanges) if i % 5]
    assert {exchange.status for exchange in late} == {201}
    assert {exchange.json()["state"] for exchange in late} == {"waitlisted"}
    assert {smart_admin.get(f"{REGISTRATIONS}/{one['id']}")["state"] for one in waiting} == {"offered"}
    assert seats.seats_of(owner_db, course) == (0, 10, 40)
    seats.check(owner_db, course)


# ---- ticket types ----------------------------------------------------------------------------------

def festival_tickets(organisation_id, **of_employees):
    return [{"code": "general", "price_nok": 490},
            {"code": "employee", "price_nok": 0, "eligibility": "municipality_employee",
             "eligible_organisation_id": organisation_id, **of_employees}]


def test_both_festival_tickets_share_one_hall(everybody, build, owner_db):
    """Whatever the mixture, the hall is full when its seats are taken [seed 002 L113-114]."""
    municipality = build.organisation()
    course = build.course(course_type="festival", capacity=12, tickets=festival_tickets(municipality))
    general = {"ticket_type_id": course.tickets["general"]}
    employee = {"ticket_type_id": course.tickets["employee"], "employer_organisation_id": municipality}
    exchanges = seats.register_all(everybody, [
        build.registration_body(course, **(general if i % 2 else employee)) for i in range(40)])
    answers = [exchange.json() for exchange in exchanges]
    assert sum(answer["state"] == "confirmed" for answer in answers) == 12
    assert sorted(answer["waitlist_seq"] for answer in answers
                  if answer["state"] == "waitlisted") == list(range(1, 29))
    prices = {answer["ticket_type_code"]: answer["price_nok"] for answer in answers}
    assert prices == {"general": 490, "employee": 0}
    assert seats.seats_of(owner_db, course) == (12, 0, 28)
    seats.check(owner_db, course)


def test_a_ticket_with_a_capacity_of_its_own(everybody, smart_admin, build, owner_db):
    """A limit within the hall's; those who wait with such a ticket claim it too, so that nobody in
    line has a ticket that is sold out."""
    municipality = build.organisation()
    course = build.course(course_type="festival", capacity=8,
                          tickets=festival_tickets(municipality, capacity=5))
    employee = {"ticket_type_id": course.tickets["employee"], "employer_organisation_id": municipality}
    exchanges = seats.register_all(everybody, [build.registration_body(course, **employee)
                                               for _ in range(20)])
    assert sorted(exchange.status for exchange in exchanges) == [201] * 5 + [409] * 15
    problems = [exchange.json() for exchange in exchanges if exchange.status == 409]
    assert {(problem["code"], problem["rule"]) for problem in problems} == {
        ("ticket_type_full", "SM-R01")}

    general = {"ticket_type_id": course.tickets["general"]}
    rest = [smart_admin.post(REGISTRATIONS, build.registration_body(course, **general)) for _ in range(4)]
    assert [answer["state"] for answer in rest] == ["confirmed"] * 3 + ["waitlisted"]
    smart_admin.post(REGISTRATIONS, build.registration_body(course, **employee), expect=409,
               code="ticket_type_full")

    # One employee gives up: the hall's seat goes to the one in line, the ticket is for sale again.
    given_up = next(exchange.json() for exchange in exchanges if exchange.status == 201)
    smart_admin.act(f"{REGISTRATIONS}/{given_up['id']}", "cancel")
    assert smart_admin.get(f"{REGISTRATIONS}/{rest[3]['id']}")["state"] == "offered"
    again = smart_admin.post(REGISTRATIONS, build.registration_body(course, **employee))
    assert again["state"] == "waitlisted"
    smart_admin.post(REGISTRATIONS, build.registration_body(course, **employee), expect=409,
               code="ticket_type_full")
    seats.check(owner_db, course)


# ---- below HTTP: two transactions, led step by step ------------------------------------------------

LOCK = "\nFOR UPDATE OF c"


def without_lock(sql):
    assert sql.count(LOCK) == 1, "course_lock does not lock the course row any more"
    return sql.replace(LOCK, "")


class Registrar:
    """One registration as the service makes it, statement by statement, in a transaction as
    loft_service under the row policies of a participant."""

    def __init__(self, database, user, course_lock=None):
        self.session = database.connect("loft_service", autocommit=False)
        self.user = user
        self.course_lock = course_lock or statements()["course_lock"]
        self.session.execute("SET lock_timeout = '60s'")  # a test that fails must not hang as well
        self.pid = self.session.value("SELECT pg_backend_pid()")
        self.session.commit()

    def become(self, *, system):
        become(self.session, now=instant(now()), user=None if system else self.user)

    def read_course(self, course):
        """Locks the course row, if the statement does, and remembers what it says."""
        self.become(system=False)
        self.become(system=True)
        self.course = self.session.row(self.course_lock, {"course_id": course.id})
        self.become(system=False)
        return self.course

    def free_seats(self):
        return self.course["capacity"] - self.course["seats_confirmed"] - self.course["seats_offered"]

    def decide(self):
        """What domain/smart/registration.c decides."""
        free = self.course["waitlisted"] == 0 and self.free_seats() > 0
        return {"state": "confirmed", "payment_state": "to_invoice"} if free else {
            "state": "waitlisted", "payment_state": "not_required",
            "waitlist_seq": self.course["last_queue_no"] + 1}

    def insert(self, course):
        decision = self.decide()
        number = uuid.uuid4().hex
        row = self.session.row(statements()["registration_insert"], Values(
            decision, course_id=course.id, ticket_type_id=course.ticket_id,
            registered_by=self.user.id, full_name="Kari Eksempelsen", email=f"kari.{number}@example.no",
            profession_code="laerer", buyer_type="consumer", price_nok=950))
        self.session.execute(statements()["event_append"], Values(
            actor_kind="user", actor_id=self.user.id, operation="create_registration",
            resource_type="registration", resource_id=row["id"], version=row["version"],
            to_state=decision["state"]))
        return decision["state"]


@pytest.fixture
def registrars():
    """registrars(database, build, course_lock=...): two of them, with a transaction each."""
    with contextlib.ExitStack() as stack:
        def make(database, build, **options):
            made = [Registrar(database, build.user("participant"), **options) for _ in range(2)]
            for one in made:
                stack.callback(one.session.close)
            return made
        yield make


@pytest.fixture
def aside():
    """Runs a call that will block: aside(call, ...) gives its future."""
    with concurrent.futures.ThreadPoolExecutor() as pool:
        yield pool.submit


def wait_until_blocked(session, waiting, holding):
    eventually(lambda: waiting.pid in seats.blocked_by(session, holding.pid),
               what="that the second transaction waits for the first")


def test_with_the_lock_the_second_waits_and_sees_no_seat(database, owner_db, build, registrars, aside):
    course = build.course(capacity=1)
    first, second = registrars(database, build)
    assert first.read_course(course)["seats_confirmed"] == 0
    reading = aside(second.read_course, course)
    wait_until_blocked(owner_db, second, first)

    assert first.insert(course) == "confirmed"
    assert not reading.done()
    first.session.commit()
    assert reading.result(seats.PATIENCE_S)["seats_confirmed"] == 1
    assert second.free_seats() == 0
    assert second.insert(course) == "waitlisted"
    second.session.commit()
    assert seats.seats_of(owner_db, course) == (1, 0, 1)
    seats.check(owner_db, course)


def test_with_the_lock_the_second_has_the_seat_when_the_first_gives_up(database, owner_db, build,
                                                                        registrars, aside):
    course = build.course(capacity=1)
    first, second = registrars(database, build)
    first.read_course(course)
    reading = aside(second.read_course, course)
    wait_until_blocked(owner_db, second, first)
    assert first.insert(course) == "confirmed"
    first.session.rollback()
    assert reading.result(seats.PATIENCE_S)["seats_confirmed"] == 0
    assert second.insert(course) == "confirmed"
    second.session.commit()
    assert seats.seats_of(owner_db, course) == (1, 0, 0)
    seats.check(owner_db, course)


def test_without_the_lock_the_check_refuses(database, owner_db, build, registrars, aside):
    course = build.course(capacity=1)
    first, second = registrars(database, build, course_lock=without_lock(statements()["course_lock"]))
    for one in (first, second):
        one.read_course(course)
        assert one.free_seats() == 1, "both have seen the last seat free"

    assert first.insert(course) == "confirmed"
    inserting = aside(second.insert, course)
    wait_until_blocked(owner_db, second, first)
    first.session.commit()
    with pytest.raises(psycopg2.errors.CheckViolation) as refused:
        inserting.result(seats.PATIENCE_S)
    assert refused.value.diag.constraint_name == "course_seats_within_capacity"
    second.session.rollback()
    assert seats.seats_of(owner_db, course) == (1, 0, 0)
    seats.check(owner_db, course)


def test_without_the_lock_a_ticket_is_not_oversold_either(database, owner_db, build, registrars, aside):
    course = build.course(capacity=5, tickets=[{"code": "few", "price_nok": 0, "capacity": 1}])
    first, second = registrars(database, build, course_lock=without_lock(statements()["course_lock"]))
    for one in (first, second):
        one.read_course(course)
    first.insert(course)
    inserting = aside(second.insert, course)
    wait_until_blocked(owner_db, second, first)
    first.session.commit()
    with pytest.raises(psycopg2.errors.CheckViolation) as refused:
        inserting.result(seats.PATIENCE_S)
    assert refused.value.diag.constraint_name == "ticket_type_claims_within_capacity"
    second.session.rollback()
    seats.check(owner_db, course)


@pytest.fixture
def scratch(new_database):
    """A database of the test's own without a server, its owner, and a builder for it."""
    made = new_database()
    with made.connect() as owner:
        yield made, owner, Build(owner)


def test_without_lock_and_check_it_oversells(scratch, registrars, aside):
    """The proof that the tests above can fail: take both walls away and two people have one seat."""
    database, owner, build = scratch
    owner.execute("ALTER TABLE course DROP CONSTRAINT course_seats_within_capacity")
    course = build.course(capacity=1)
    first, second = registrars(database, build, course_lock=without_lock(statements()["course_lock"]))
    for one in (first, second):
        one.read_course(course)
    assert first.insert(course) == "confirmed"
    inserting = aside(second.insert, course)
    wait_until_blocked(owner, second, first)
    first.session.commit()
    assert inserting.result(seats.PATIENCE_S) == "confirmed"
    second.session.commit()

    assert seats.seats_of(owner, course) == (2, 0, 0)
    assert [rule for rule, _ in seats.broken(owner, course)] == [
        "SM-R01: more seats are taken than there are"]


def test_the_place_in_line_is_given_by_the_database(database, owner_db, build, registrars, aside):
    """Two that read the same last place get different ones, whatever their statement says."""
    course = build.course(capacity=1)
    build.registration(course)
    first, second = registrars(database, build, course_lock=without_lock(statements()["course_lock"]))
    for one in (first, second):
        one.read_course(course)
        assert one.decide()["waitlist_seq"] == 1
    assert first.insert(course) == "waitlisted"
    inserting = aside(second.insert, course)
    wait_until_blocked(owner_db, second, first)
    first.session.commit()
    assert inserting.result(seats.PATIENCE_S) == "waitlisted"
    second.session.commit()
    places = owner_db.rows("SELECT waitlist_seq FROM registration WHERE course_id = %s"
                           " AND waitlist_seq IS NOT NULL ORDER BY 1", [course.id])
    assert [row["waitlist_seq"] for row in places] == [1, 2]
    seats.check(owner_db, course)


def test_nobody_counts_through_row_policies(database, owner_db, build, registrars):
    """A participant sees no other row of a full course, and yet no seat is free for them: the counters
    are on the course. A count of the rows they see would say that all are free."""
    course = build.course(capacity=2)
    build.registration(course)
    build.registration(course)
    one, _ = registrars(database, build)
    one.read_course(course)
    assert one.session.value("SELECT count(*) FROM registration WHERE course_id = %s", [course.id]) == 0
    assert one.free_seats() == 0
    assert one.insert(course) == "waitlisted"
    one.session.commit()
    seats.check(owner_db, course)


def test_the_service_cannot_write_the_counters(database, owner_db, build, registrars):
    course = build.course(capacity=2)
    one, _ = registrars(database, build)
    for column in ("seats_confirmed", "seats_offered", "seats_held", "waitlisted", "last_queue_no"):
        one.become(system=True)
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            one.session.execute(f"UPDATE course SET {column} = 0 WHERE id = %s", [course.id])
        one.session.rollback()


# ---- the worker ------------------------------------------------------------------------------------

def test_two_workers_share_the_overdue_courses(scratch, registrars):
    """offers_overdue locks one course and passes over what another process has in hand."""
    database, _, build = scratch
    yesterday = now() - datetime.timedelta(days=1)
    courses = [build.course(capacity=1) for _ in range(2)]
    for course in courses:
        build.registration(course, state="offered", offer_expires_at=yesterday)
    found = []
    for worker in [*registrars(database, build), *registrars(database, build)]:
        worker.become(system=True)
        found += [row["course_id"] for row in worker.session.rows(statements()["offers_overdue"])]
    assert sorted(found) == sorted(course.id for course in courses), "each once, nobody waited"
