"""A random life of a course: several people register, cancel, withdraw, accept and transfer, parties
book, get names, shrink and give up seats, an administrator lets others pass and moves entries in line,
offers run out, the capacity changes, the worker comes by, and some of it happens at the same time.

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

HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
LIVES, STEPS = 12, 100
GROUPS = "/v1/smart/group-bookings"
PEOPLE = 14
TAKEN = ("confirmed", "offered")
ACTIVE = ("waitlisted", *TAKEN)
ALLOWED = {"waitlisted": ["withdraw"], "offered": ["accept", "withdraw"],
           "confirmed": ["cancel", "transfer"]}
ALLOWED_PARTY = {"waitlisted": ["withdraw", "skip", "unskip"], "offered": ["accept", "withdraw"],
                 "confirmed": ["release", "cancel"]}
LEADS_TO = {"withdraw": "withdrawn", "accept": "confirmed", "cancel": "cancelled",
            "transfer": "confirmed", "skip": "waitlisted", "unskip": "waitlisted",
            "release": "confirmed"}
ACTIONS = ["withdraw", "accept", "cancel", "transfer"]
PARTY_ACTIONS = ["accept", "withdraw", "skip", "unskip", "release", "cancel"]
REASON = {"reason": "Avtalt på telefon"}
HEADER = "full_name,email,profession_code"
MEANWHILE = {"already_registered", "invalid_transition", "offer_expired", "already_skipped",
             "not_skipped", "nothing_to_release", "place_not_in_line", "booking_not_confirmed",
             "too_many_names", "booking_over", "seats_named", "group_too_large"}


@dataclasses.dataclass
class Row:
    id: str
    person: int  # index into the people of this life
    state: str
    seq: int
    expires_at: datetime.datetime
    version: int
    registered_by: str
    party: str = None  # whose seat it has
    seats: int = 1

    skipped = False

    def state_at(self, moment):
        lapsed = self.state == "offered" and self.expires_at <= moment
        return "expired" if lapsed else self.state

    def told(self):
        return (self.person, self.state, self.seq or 0, self.version, self.party or "",
                self.expires_at if self.state == "offered" else None)


@dataclasses.dataclass
class Party:
    id: str
    state: str
    seats: int
    named: int
    seq: int
    skipped: bool
    expires_at: datetime.datetime
    version: int

    state_at = Row.state_at

    def told(self):
        return (self.state, self.seats, self.named, self.seq or 0, self.skipped, self.version,
                self.expires_at if self.state == "offered" else None)


class Model:
    """A course as its rows are now, and what the rules make of it. Changes here are predictions."""

    def __init__(self, course, session, people):
        found = session.row("SELECT capacity, last_queue_no, starts_at, offer_hours, version"
                            " FROM course WHERE id = %s", [course.id])
        self.__dict__.update(found)
        self.rows = [Row(row["id"], people.index(row["email_key"]), row["state"], row["waitlist_seq"],
                         row["offer_expires_at"], row["version"], row["registered_by"],
                         row["group_booking_id"])
                     for row in session.rows(
                         "SELECT r.*, p.email_key FROM registration r JOIN person p ON p.id = r.person_id"
                         " WHERE r.course_id = %s ORDER BY r.id", [course.id])]
        self.parties = [Party(row["id"], row["state"], row["seats"], row["named"],
                              row["waitlist_seq"], row["skipped"], row["offer_expires_at"],
                              row["version"])
                        for row in session.rows("SELECT * FROM group_booking WHERE course_id = %s"
                                                " ORDER BY id", [course.id])]

    def taken(self):
        """By people, and by parties that have an offer or hold seats."""
        return (sum(row.state in TAKEN for row in self.rows)
                + sum(party.seats - party.named for party in self.parties if party.state in TAKEN))

    def free(self):
        return self.capacity - self.taken()

    def line(self):
        """Everybody who waits, in order."""
        return sorted((one for one in (*self.rows, *self.parties) if one.state == "waitlisted"),
                      key=lambda one: one.seq)

    def expire(self, moment):
        for row in (*self.rows, *self.parties):
            if row.state_at(moment) != row.state:
                row.state, row.version = "expired", row.version + 1

    def settle(self, moment):
        """Overdue offers end; what is free is offered, first come first served. Whoever needs more
        holds up those behind, unless they let them pass."""
        self.expire(moment)
        for one in self.line():
            if one.seats <= self.free():
                one.state, one.version = "offered", one.version + 1
                one.expires_at = min(moment + self.offer_hours * HOUR, self.starts_at)
            elif not one.skipped:
                break

    def admit(self, seats):
        """The state of whoever asks for so many seats now, and their number in line."""
        if not self.line() and self.free() >= seats:
            return "confirmed", None
        self.last_queue_no += 1
        return "waitlisted", self.last_queue_no

    def is_active(self, person):
        return any(row.person == person and row.state in ACTIVE for row in self.rows)

    def find(self, registration_id):
        return next(row for row in self.rows if row.id == registration_id)

    def party_of(self, row):
        return next(party for party in self.parties if party.id == row.party)

    def register(self, person, moment):
        """(status, code or state), and the row without an id when there is one."""
        self.settle(moment)
        if self.is_active(person):
            return 409, "already_registered"
        state, seq = self.admit(1)
        self.rows.append(Row(None, person, state, seq, None, 1, None))
        self.settle(moment)
        return 201, self.rows[-1].state

    def book(self, seats, moment):
        self.settle(moment)
        if seats > self.capacity:
            return 409, "group_too_large"
        state, seq = self.admit(seats)
        self.parties.append(Party(None, state, seats, 0, seq, False, None, 1))
        self.settle(moment)
        return 201, self.parties[-1].state

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
        if action == "cancel" and row.party:
            party = self.party_of(row)
            party.seats, party.named = party.seats - 1, party.named - 1
        self.settle(moment)
        return 200, row.state

    def act_on_party(self, party, action, moment):
        state = party.state_at(moment)
        if action not in ALLOWED_PARTY.get(state, []):
            late = (state, action) == ("expired", "accept")
            return 409, "offer_expired" if late else "invalid_transition"
        if action in ("skip", "unskip") and party.skipped == (action == "skip"):
            return 409, "already_skipped" if party.skipped else "not_skipped"
        if action == "release" and party.named == party.seats:
            return 409, "nothing_to_release"
        party.state, party.version = LEADS_TO[action], party.version + 1
        if action in ("skip", "unskip"):
            party.skipped = action == "skip"
        if action == "release":
            party.seats = party.named
        if action == "cancel":
            for row in self.rows:
                if row.party == party.id and row.state == "confirmed":
                    row.state, row.version = "cancelled", row.version + 1
            party.named = 0
        self.settle(moment)
        return 200, party.state

    def shrink(self, party, seats, moment):
        if party.state_at(moment) not in ACTIVE:
            return 409, "booking_over"
        if seats < party.named:
            return 409, "seats_named"
        party.seats, party.version = seats, party.version + 1
        self.settle(moment)
        return 200, party.state

    def name(self, party, people, moment):
        self.settle(moment)
        if party.state != "confirmed":
            return 409, "booking_not_confirmed"
        if any(map(self.is_active, people)):
            return 409, "already_registered"
        if len(people) > party.seats - party.named:
            return 409, "too_many_names"
        for person in people:
            self.rows.append(Row(None, person, "confirmed", None, None, 1, None, party.id))
        party.named, party.version = party.named + len(people), party.version + 1
        return 200, "confirmed"

    def move(self, one, position, moment):
        if one.state_at(moment) != "waitlisted":
            return 409, "invalid_transition"
        line = self.line()
        if position > len(line):
            return 409, "place_not_in_line"
        numbers = [entry.seq for entry in line]
        line.remove(one)
        line.insert(position - 1, one)
        for entry, number in zip(line, numbers):
            entry.seq = number
        one.version += 1
        self.settle(moment)
        return 200, one.state

    def set_capacity(self, capacity, moment):
        self.expire(moment)
        if capacity < self.taken():
            return 409, "capacity_below_taken"
        changed = capacity != self.capacity
        self.capacity, self.version = capacity, self.version + changed
        self.settle(moment)
        return 200, capacity

    def summary(self):
        return sorted((row.told() for row in self.rows), key=str), sorted(
            (party.told() for party in self.parties), key=str)


class Life:
    """One course from its opening on."""

    def __init__(self, world, chance):
        self.clients, self.smart_admin = world.clients, world.smart_admin
        self.booker, self.employer = world.booker, world.employer
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
                 self.time_goes_by: 1, self.the_worker_comes: 2, self.several_at_once: 3, self.book: 2,
                 self.act_on_party: 4, self.name: 3, self.shrink: 1, self.move: 2}
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
        versions = {"course": model.version, **{one.id: one.version
                                                for one in (*model.rows, *model.parties)}}
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
                    for action in ACTIONS}
        possible = {action: rows for action, rows in possible.items() if rows}
        if possible and self.chance.random() < 0.8:
            action = self.chance.choice(list(possible))
            row = self.chance.choice(possible[action])
        elif model.rows:
            row, action = self.chance.choice(model.rows), self.chance.choice(ACTIONS)
        else:
            return
        self.told(action, model.rows.index(row), "to", person)
        version, before = row.version, model.summary()
        expected = model.act(row, action, self.now, person)
        answer = self.one_who_may(row).post(
            self.path(row, action), self.body(person) if action == "transfer" else None,
            etag=f'"{version}-0"', now=instant(self.now), expect=expected[0])
        self.check_answer(answer, expected, before, model)

    # ---- parties

    def booking(self, seats):
        return {"course_id": self.course.id, "organisation_id": self.employer, "seats": seats,
                "contact": {"full_name": "Bodil Eksempelvik", "email": "bodil@example.no"},
                "names_due_on": (self.course.starts_at - DAY).date().isoformat(),
                "invoice": {"recipient": "Eksempelkommunen"}}

    def file_of(self, people):
        lines = [f"Kari Eksempelsen,{self.people[person]},laerer" for person in people]
        return "\n".join([HEADER, *lines]).encode()

    def one_who_may_on_party(self, action):
        only_admin = action in ("skip", "unskip", "release", "move")
        return self.smart_admin if only_admin else self.chance.choice([self.booker, self.smart_admin])

    def book(self):
        model, size = self.model(), self.chance.randint(1, 4)
        self.told("book", size)
        before, expected = model.summary(), model.book(size, self.now)
        answer = self.booker.post(GROUPS, self.booking(size), now=instant(self.now),
                                  expect=expected[0])
        self.check_answer(answer, expected, before, model)
        assert answer.status == 409 or answer["state"] == expected[1]

    def act_on_party(self):
        model = self.model()
        if not model.parties:
            return
        party = self.chance.choice(model.parties)
        possible = ALLOWED_PARTY.get(party.state_at(self.now), [])
        often = possible and self.chance.random() < 0.8
        action = self.chance.choice(possible if often else PARTY_ACTIONS)
        self.told(action, "party", model.parties.index(party))
        version, before = party.version, model.summary()
        expected = model.act_on_party(party, action, self.now)
        answer = self.one_who_may_on_party(action).post(
            f"{GROUPS}/{party.id}/actions/{action}", REASON, etag=f'"{version}-0"',
            now=instant(self.now), expect=expected[0])
        self.check_answer(answer, expected, before, model)

    def name(self):
        model = self.model()
        parties = [party for party in model.parties if party.state == "confirmed"] or model.parties
        if not parties:
            return
        party = self.chance.choice(parties)
        people = self.chance.sample(range(PEOPLE), self.chance.randint(1, 3))
        self.told("name", *people, "for party", model.parties.index(party))
        version, before = party.version, model.summary()
        expected = model.name(party, people, self.now)
        answer = self.one_who_may_on_party("name").put(
            f"{GROUPS}/{party.id}/names", self.file_of(people), media="text/csv",
            etag=f'"{version}-0"', now=instant(self.now), expect=expected[0])
        self.check_answer(answer, expected, before, model)

    def shrink(self):
        model = self.model()
        parties = [party for party in model.parties if party.seats > 1]
        if not parties:
            return
        party = self.chance.choice(parties)
        size = self.chance.randint(1, party.seats - 1)
        self.told("shrink party", model.parties.index(party), "to", size)
        version, before = party.version, model.summary()
        expected = model.shrink(party, size, self.now)
        answer = self.booker.patch(f"{GROUPS}/{party.id}", {"seats": size}, etag=f'"{version}-0"',
                                   now=instant(self.now), expect=expected[0])
        self.check_answer(answer, expected, before, model)

    def move(self):
        """Somebody in line, now and then somebody who is not."""
        model = self.model()
        everybody = [*model.rows, *model.parties]
        entries = model.line() if self.chance.random() < 0.9 else everybody
        if not entries:
            return
        one, position = self.chance.choice(entries), self.chance.randint(1, 1 + len(model.line()))
        self.told("move", type(one).__name__, everybody.index(one), "to", position)
        version, before = one.version, model.summary()
        expected = model.move(one, position, self.now)
        answer = self.smart_admin.post(
            f"{GROUPS if isinstance(one, Party) else REGISTRATIONS}/{one.id}/actions/move",
            {"position": position, **REASON}, etag=f'"{version}-0"', now=instant(self.now),
            expect=expected[0])
        self.check_answer(answer, expected, before, model)

    def act_for_somebody_else(self):
        """Another participant does not even see the registration."""
        model, action = self.model(), self.chance.choice(ACTIONS)
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
        model = self.model()
        rows = [row for row in model.rows if row.state_at(self.now) in ALLOWED]
        clock, requests = {"X-Loft-Now": instant(self.now)}, []
        for _ in range(self.chance.randint(2, 6)):
            person = self.somebody()
            if self.chance.random() < 0.4:
                requests.append(self.something_of_a_party(model, clock))
            elif rows and self.chance.random() < 0.6:
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
            assert exchange.status != 409 or exchange.json()["code"] in MEANWHILE, exchange.text

    def something_of_a_party(self, model, clock):
        """A booking, names, an action on a party, or somebody in line who is moved."""
        parties = [party for party in model.parties if party.state_at(self.now) in ALLOWED_PARTY]
        what, line = self.chance.choice(["book", "name", "act", "move"]), model.line()
        if what == "move" and line:
            one = self.chance.choice(line)
            self.told("meanwhile move", one.seq)
            path = f"{GROUPS if isinstance(one, Party) else REGISTRATIONS}/{one.id}/actions/move"
            return (self.smart_admin, "POST", path, {"position": 1, **REASON},
                    {**clock, "If-Match": f'"{one.version}-0"'})
        if what in ("book", "move") or not parties:
            self.told("meanwhile book")
            return (self.booker, "POST", GROUPS, self.booking(self.chance.randint(1, 3)), clock)
        party = self.chance.choice(parties)
        match = {**clock, "If-Match": f'"{party.version}-0"'}
        if what == "name":
            people = self.chance.sample(range(PEOPLE), 2)
            self.told("meanwhile name", *people)
            return (self.booker, "PUT", f"{GROUPS}/{party.id}/names", self.file_of(people),
                    {**match, "Content-Type": "text/csv", "Idempotency-Key": None})
        action = self.chance.choice(ALLOWED_PARTY[party.state_at(self.now)])
        self.told("meanwhile", action, "party", party.state, party.seats)
        return (self.one_who_may_on_party(action), "POST", f"{GROUPS}/{party.id}/actions/{action}",
                REASON, match)


class World:
    """Three participants, a booker and an admin, by turns at one process and another, whose workers
    are quick."""

    def __init__(self, servers, tokens, make_user, build, session, superuser):
        self.clients = [make_user("participant", on=servers[i % 2]) for i in range(3)]
        self.smart_admin = Api(servers[0], tokens["smart-admin"])
        self.employer = build.organisation()
        self.booker = make_user(("booker", "organisation", self.employer), on=servers[1])
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
