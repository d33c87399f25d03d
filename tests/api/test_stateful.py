"""A random life of a course: several people register, cancel, withdraw, accept and transfer, offers
run out, the capacity changes, the worker comes by, and some of it happens at the same time.

A model of a few lines says what each single request must answer and leave behind; after every step,
also after those that race, the rules of support/seats.py must hold and no version may go back. A
failure tells the seed and the steps; LOFT_SEED=... takes the same ones again.
"""
import dataclasses
import datetime
import os
import random

import pytest

from support import seats
from support.build import instant, now
from support.client import Api
from support.seats import PATIENCE_S, PATIENT, REGISTRATIONS
from support.waiting import eventually

HOUR = datetime.timedelta(hours=1)
LIVES, STEPS = 12, 100
PEOPLE = 14
TAKEN = ("confirmed", "offered")
ACTIVE = ("waitlisted", *TAKEN)
ALLOWED = {"waitlisted": ["withdraw"], "offered": ["accept", "withdraw"],
           "confirmed": ["cancel", "transfer"]}
LEADS_TO = {"withdraw": "withdrawn", "accept": "confirmed", "cancel": "cancelled",
            "transfer": "confirmed"}


@dataclasses.dataclass
class Row:
    id: str
    person: int  # index into the people of this life
    state: str
    seq: int
    expires_at: datetime.datetime
    version: int
    registered_by: str

    def state_at(self, moment):
        lapsed = self.state == "offered" and self.expires_at <= moment
        return "expired" if lapsed else self.state


class Model:
    """A course as its rows are now, and what the rules make of it. Changes here are predictions."""

    def __init__(self, course, session, people):
        found = session.row("SELECT capacity, last_queue_no, starts_at, offer_hours, version"
                            " FROM course WHERE id = %s", [course.id])
        self.__dict__.update(found)
        self.rows = [Row(row["id"], people.index(row["email_key"]), row["state"], row["waitlist_seq"],
                         row["offer_expires_at"], row["version"], row["registered_by"])
                     for row in session.rows(
                         "SELECT r.*, p.email_key FROM registration r JOIN person p ON p.id = r.person_id"
                         " WHERE r.course_id = %s ORDER BY r.id", [course.id])]

    def count(self, *states):
        return sum(row.state in states for row in self.rows)

    def free(self):
        return self.capacity - self.count(*TAKEN)

    def expire(self, moment):
        for row in self.rows:
            if row.state_at(moment) != row.state:
                row.state, row.version = "expired", row.version + 1

    def settle(self, moment):
        """Overdue offers end; what is free is offered, first come first served."""
        self.expire(moment)
        waiting = sorted((row for row in self.rows if row.state == "waitlisted"),
                         key=lambda row: row.seq)
        for row in waiting[:max(0, self.free())]:
            row.state, row.version = "offered", row.version + 1
            row.expires_at = min(moment + self.offer_hours * HOUR, self.starts_at)

    def is_active(self, person):
        return any(row.person == person and row.state in ACTIVE for row in self.rows)

    def find(self, registration_id):
        return next(row for row in self.rows if row.id == registration_id)

    def register(self, person, moment):
        """(status, code or state), and the row without an id when there is one."""
        self.settle(moment)
        if self.is_active(person):
            return 409, "already_registered"
        row = Row(None, person, "confirmed", None, None, 1, None)
        if self.count("waitlisted") or self.free() <= 0:
            self.last_queue_no += 1
            row.state, row.seq = "waitlisted", self.last_queue_no
        self.rows.append(row)
        return 201, row.state

    def act(self, row, action, moment, person=None):
        state = row.state_at(moment)
        if action not in ALLOWED.get(state, []):
            late = (state, action) == ("expired", "accept")
            return 409, "offer_expired" if late else "invalid_transition"
        if action == "transfer":
            self.settle(moment)
            if self.is_active(person):
                return 409, "already_registered"
            row.person = person
        row.state, row.version = LEADS_TO[action], row.version + 1
        self.settle(moment)
        return 200, row.state

    def set_capacity(self, capacity, moment):
        self.expire(moment)
        if capacity < self.count(*TAKEN):
            return 409, "capacity_below_taken"
        changed = capacity != self.capacity
        self.capacity, self.version = capacity, self.version + changed
        self.settle(moment)
        return 200, capacity

    def summary(self):
        return sorted((row.person, row.state, row.seq or 0, row.version,
                       row.expires_at if row.state == "offered" else None) for row in self.rows)


class Life:
    """One course from its opening on."""

    def __init__(self, world, chance):
        self.clients, self.smart_admin = world.clients, world.smart_admin
        self.session, self.superuser = world.session, world.superuser
        self.chance = chance
        self.course = world.build.course(capacity=chance.randint(1, 4),
                                         offer_hours=chance.choice([1, 24, 72]))
        self.people = [f"person.{i}.{self.course.code}@example.no" for i in range(PEOPLE)]
        self.now = now().replace(microsecond=0)
        self.versions = {}
        self.steps = [f"capacity {self.course.capacity}"]

    def live(self):
        rules = {self.register: 6, self.act: 8, self.act_for_somebody_else: 1, self.change_capacity: 1,
                 self.time_goes_by: 1, self.the_worker_comes: 2, self.several_at_once: 3}
        for rule in self.chance.choices(list(rules), rules.values(), k=STEPS):
            rule()
            seats.check(self.session, self.course)
            self.check_versions()

    def told(self, *words):
        self.steps.append(" ".join(map(str, words)))

    # ---- what everything is made of ----

    def model(self):
        return Model(self.course, self.session, self.people)

    def somebody(self):
        return self.chance.randrange(PEOPLE)

    def body(self, person, **more):
        email = self.people[person]
        return {"profession_code": "laerer", **more, "person": {
            "full_name": "Kari Eksempelsen", "email": email.upper() if person % 2 else email}}

    def registration(self, person):
        return self.body(person, course_id=self.course.id, buyer_type="consumer")

    def path(self, row, action):
        return f"{REGISTRATIONS}/{row.id}/actions/{action}"

    def one_who_may(self, row):
        """Whoever registered them or handed the seat over to them, or smart_admin."""
        return self.chance.choice([self.smart_admin, *(
            api for api in self.clients if api.user.id == row.registered_by)])

    def check_answer(self, answer, expected, before, predicted):
        """What the model says; and a refusal changes nothing."""
        status, word = expected
        assert answer.status == status, (expected, answer)
        assert (answer.code if status == 409 else word) == word, (expected, answer)
        assert self.model().summary() == (before if status == 409 else predicted.summary())

    def check_versions(self):
        model = self.model()
        versions = {"course": model.version, **{row.id: row.version for row in model.rows}}
        for name, version in self.versions.items():
            assert versions.get(name, 0) >= version, f"the version of {name} went back"
        self.versions = versions

    # ---- what happens ----

    def register(self):
        model, person, client = self.model(), self.somebody(), self.chance.choice(self.clients)
        self.told("register", person)
        before, expected = model.summary(), model.register(person, self.now)
        answer = client.post(REGISTRATIONS, self.registration(person), now=instant(self.now),
                             expect=expected[0])
        self.check_answer(answer, expected, before, model)
        assert answer.status == 409 or answer["state"] == expected[1]

    def act(self):
        """Mostly what the state of a registration allows, now and then anything."""
        model, person = self.model(), self.somebody()
        possible = {action: [row for row in model.rows
                             if action in ALLOWED.get(row.state_at(self.now), [])]
                    for action in LEADS_TO}
        possible = {action: rows for action, rows in possible.items() if rows}
        if possible and self.chance.random() < 0.8:
            action = self.chance.choice(list(possible))
            row = self.chance.choice(possible[action])
        elif model.rows:
            row, action = self.chance.choice(model.rows), self.chance.choice(list(LEADS_TO))
        else:
            return
        self.told(action, model.rows.index(row), "to", person)
        version, before = row.version, model.summary()
        expected = model.act(row, action, self.now, person)
        answer = self.one_who_may(row).post(
            self.path(row, action), self.body(person) if action == "transfer" else None,
            etag=f'"{version}-0"', now=instant(self.now), expect=expected[0])
        self.check_answer(answer, expected, before, model)

    def act_for_somebody_else(self):
        """Another participant does not even see the registration."""
        model, action = self.model(), self.chance.choice(list(LEADS_TO))
        if not model.rows:
            return
        row = self.chance.choice(model.rows)
        self.told(action, model.rows.index(row), "of somebody else")
        stranger = next(api for api in self.clients if api.user.id != row.registered_by)
        stranger.post(self.path(row, action), self.body(0) if action == "transfer" else None,
                      etag=f'"{row.version}-0"', expect=404, code="not_found")
        assert self.model().summary() == model.summary()

    def change_capacity(self):
        model, capacity = self.model(), self.chance.randint(1, 6)
        self.told("capacity", capacity)
        version, before = model.version, model.summary()
        expected = model.set_capacity(capacity, self.now)
        answer = self.smart_admin.patch(
            f"/v1/smart/courses/{self.course.id}", {"capacity": capacity}, etag=f'"{version}-0"',
            now=instant(self.now), expect=expected[0])
        self.check_answer(answer, expected, before, model)

    def time_goes_by(self):
        """Up to a day before the course."""
        hours = self.chance.choice([1, 2, 23, 24, 71, 72])
        self.told(hours, "hours go by")
        self.now = min(self.now + hours * HOUR, self.course.starts_at - 24 * HOUR)

    def the_worker_comes(self):
        """An offer is made overdue by the real time, past the triggers as nobody else could, and
        one of the processes finds it. When its successor's offer ends depends on that moment."""
        model = self.model()
        offers = [row for row in model.rows if row.state == "offered"]
        if not offers:
            return
        row = self.chance.choice(offers)
        self.told("worker", model.rows.index(row))
        self.superuser.execute("UPDATE registration SET offer_expires_at = clock_timestamp()"
                               " - interval '1 second' WHERE id = %s", [row.id])
        eventually(lambda: self.model().find(row.id).state == "expired", PATIENCE_S,
                   "that the worker comes")

    def several_at_once(self):
        """Who wins is not said, so only the rules are, and that each answer is one that may come.
        Somebody may have handed the seat over to people whom the one who asks does not see."""
        rows = [row for row in self.model().rows if row.state_at(self.now) in ALLOWED]
        clock, requests = {"X-Loft-Now": instant(self.now)}, []
        for _ in range(self.chance.randint(2, 6)):
            person = self.somebody()
            if rows and self.chance.random() < 0.6:
                row = self.chance.choice(rows)
                action = self.chance.choice(ALLOWED[row.state_at(self.now)])
                body = self.body(person) if action == "transfer" else None
                requests.append((self.one_who_may(row), "POST", self.path(row, action), body,
                                 {**clock, "If-Match": f'"{row.version}-0"'}))
                self.told("meanwhile", action, row.state, row.seq, "to", person)
            else:
                requests.append((self.chance.choice(self.clients), "POST", REGISTRATIONS,
                                 self.registration(person), clock))
                self.told("meanwhile register", person)
        for exchange in seats.at_once(requests):
            assert exchange.status in (200, 201, 403, 404, 409, 412), exchange.text
            assert exchange.status != 409 or exchange.json()["code"] in (
                "already_registered", "invalid_transition", "offer_expired"), exchange.text


class World:
    """Three participants and an admin, by turns at one process and another, whose workers are quick."""

    def __init__(self, servers, tokens, make_user, build, session, superuser):
        self.clients = [make_user("participant", on=servers[i % 2]) for i in range(3)]
        self.smart_admin = Api(servers[0], tokens["smart-admin"])
        self.build, self.session, self.superuser = build, session, superuser


@pytest.fixture
def world(database, start_server, tokens, make_user, build, owner_db):
    servers = [start_server(LOFT_WORK_INTERVAL_MS=50, **PATIENT) for _ in range(2)]
    with database.connect("postgres") as superuser:
        superuser.execute("SET session_replication_role = replica")
        yield World(servers, tokens, make_user, build, owner_db, superuser)


def test_random_lives_of_a_course(world, owner_db):
    seed = int(os.environ.get("LOFT_SEED") or random.SystemRandom().randrange(10 ** 9))
    chance = random.Random(seed)
    for number in range(LIVES):
        life = Life(world, chance)
        try:
            life.live()
        except Exception as failure:
            steps = "\n  ".join(life.steps)
            raise AssertionError(f"LOFT_SEED={seed}, life {number}: {failure}\n  {steps}") from failure
    seats.check(owner_db)
    print(f"LOFT_SEED={seed}", {row["operation"]: row["count"] for row in owner_db.rows(
        "SELECT operation, count(*) FROM event GROUP BY 1 ORDER BY 1")})
