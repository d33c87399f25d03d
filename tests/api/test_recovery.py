"""What is acknowledged stays, what is not can be sent again, and nothing is ever half done: replies that
are lost, servers that are killed, PostgreSQL that crashes, a database that is restored; and the same
days and deadlines whatever the time zone of the session, also when clocks change.
"""
import contextlib
import datetime
import json
import pathlib
import socket
import subprocess
import threading
import time
import uuid
import zoneinfo

import psycopg2
import pytest
import requests

from support import deciding, run, seats
from support.build import Build, instant
from support.client import Api
from support.cluster import Database
from support.grants import Forum
from support.seats import PATIENCE_S, PATIENT, REGISTRATIONS
from support.statements import become, statements
from support.tokens import Tokens
from support.waiting import eventually
from support.wire import Closed, Wire, lines

OSLO, UTC = zoneinfo.ZoneInfo("Europe/Oslo"), datetime.timezone.utc
# Background work runs once at the start and not again while the test lasts.
IDLE = {"LOFT_WORK_INTERVAL_MS": 3600000}


def rows_of_key(session, key):
    """How many stored answers there are for a key, and how many rows and events these made."""
    return tuple(session.row("""
        SELECT count(*) AS answers, count(r.id) AS registrations,
               coalesce(sum((SELECT count(*) FROM event e WHERE e.resource_id = r.id)), 0)::int AS events
          FROM idempotency_key k LEFT JOIN registration r ON r.id = (k.body::jsonb ->> 'id')::uuid
         WHERE k.key = %s""", [key]).values())


# ---- the reply is lost -----------------------------------------------------------------------------

class LosesReplies:
    """A proxy that hands requests on, takes the whole answer and lets none of it through. `then` is
    called with the answer, before the client learns that its connection is gone."""

    def __init__(self, server, then=lambda exchange: None):
        self.server, self.then = server, then
        self.lost = []

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()
        return self

    def __exit__(self, *reason):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()

    def _serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            with client, Wire(self.server) as wire:
                wire.send(self._request(client))
                self.lost.append(wire.read("POST"))
                self.then(self.lost[-1])

    def _request(self, client):
        data = b""
        while b"\r\n\r\n" not in data:
            data += client.recv(65536)
        head, _, body = data.partition(b"\r\n\r\n")
        length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        missing = int(length[0].split(b":")[1]) - len(body) if length else 0
        while missing > 0:
            body += client.recv(65536)
            missing = int(length[0].split(b":")[1]) - len(body)
        return head + b"\r\n\r\n" + body

    def swallow(self, api, path, body=None, **options):
        """Sends a POST that succeeds and is never answered; what the answer would have been."""
        through = Api(self.server, api.token, api.user, base=self.url)
        with contextlib.closing(through), pytest.raises(requests.ConnectionError):
            through.post(path, body, **options)
        return self.lost[-1]


def assert_replayed(answer, lost):
    assert answer.headers["Idempotency-Replayed"] == "true"
    assert (answer.status, answer.body) == (lost.status, lost.body)
    for name in ("Location", "ETag", "Content-Type", "Content-Language"):
        assert answer.headers.get(name) == lost.headers.get(name), name


def test_a_lost_reply_is_given_again(server, participant, build, owner_db):
    course = build.course(capacity=1)
    body, key = build.registration_body(course), str(uuid.uuid4())
    with LosesReplies(server) as proxy:
        lost = proxy.swallow(participant, REGISTRATIONS, body, key=key)
    assert lost.status == 201
    assert rows_of_key(owner_db, key) == (1, 1, 1)
    for _ in range(2):
        assert_replayed(participant.post(REGISTRATIONS, body, key=key, expect=201), lost)
    assert rows_of_key(owner_db, key) == (1, 1, 1)
    assert seats.seats_of(owner_db, course) == (1, 0, 0)
    # Another body with this key is a mistake, and another key a second registration.
    participant.post(REGISTRATIONS, {**body, "dietary_note": "Vegetar"}, key=key, expect=422,
                     code="idempotency_key_reused")
    participant.post(REGISTRATIONS, body, expect=409, code="already_registered")
    seats.check(owner_db, course)


def test_a_lost_reply_of_an_action_is_given_again(server, participant, build, owner_db):
    """Before the precondition: the version that the client knows is an old one by now."""
    course = build.course(capacity=1)
    made = participant.post(REGISTRATIONS, build.registration_body(course))
    waiting = participant.post(REGISTRATIONS, build.registration_body(course))
    path, key = f"{REGISTRATIONS}/{made['id']}/actions/cancel", str(uuid.uuid4())
    with LosesReplies(server) as proxy:
        lost = proxy.swallow(participant, path, {"reason": "Syk"}, etag=made.etag, key=key)
    assert lost.json()["state"] == "cancelled"
    again = participant.post(path, {"reason": "Syk"}, etag=made.etag, key=key, expect=200)
    assert_replayed(again, lost)
    participant.post(path, {"reason": "Syk"}, etag=made.etag, expect=412, code="version_conflict")
    assert participant.get(f"{REGISTRATIONS}/{waiting['id']}")["state"] == "offered"
    assert seats.seats_of(owner_db, course) == (0, 1, 0)
    seats.check(owner_db, course)


def test_the_server_dies_after_the_commit(start_server, tokens, build, owner_db):
    """Another process gives the first answer: it was stored with the write."""
    course = build.course(capacity=1)
    first, second = start_server(), start_server()
    body, key = build.registration_body(course), str(uuid.uuid4())
    with LosesReplies(first, then=lambda exchange: first.kill()) as proxy:
        lost = proxy.swallow(Api(first, tokens["participant"]), REGISTRATIONS, body, key=key)
    again = Api(second, tokens["participant"]).post(REGISTRATIONS, body, key=key, expect=201)
    assert_replayed(again, lost)
    assert rows_of_key(owner_db, key) == (1, 1, 1)
    seats.check(owner_db, course)


class Held:
    """Requests that stand still in the middle of their transaction, behind a lock of the test's own."""

    def __init__(self, database, lock, parameters=None):
        self.session = database.connect(autocommit=False)
        self.session.execute(lock, parameters)
        self.pid = self.session.value("SELECT pg_backend_pid()")
        self.wires = []

    def send(self, api, method, path, body, **headers):
        content = body.encode()
        wire = Wire(api.server)
        wire.send(lines(method, path, {
            "Authorization": f"Bearer {api.token}", "Content-Type": "application/json",
            "Content-Length": str(len(content)), **headers}.items()) + content)
        self.wires.append(wire)

    def wait(self, watcher):
        """Until everything that was sent stands still; the backends that serve it."""
        return eventually(
            lambda: len(found := seats.blocked_by(watcher, self.pid)) >= len(self.wires) and found,
            PATIENCE_S, "that the requests wait for the lock")

    def release(self):
        self.session.rollback()

    def __enter__(self):
        return self

    def __exit__(self, *reason):
        self.session.close()
        for wire in self.wires:
            wire.close()


def test_the_client_gives_up_while_its_request_runs(database, start_server, tokens, build, owner_db):
    course = build.course(capacity=1)
    api = Api(start_server(**PATIENT), tokens["participant"])
    body, key = build.registration_body(course), str(uuid.uuid4())
    with Held(database, "SELECT FROM course WHERE id = %s FOR UPDATE", [course.id]) as held:
        held.send(api, "POST", REGISTRATIONS, json.dumps(body), **{"Idempotency-Key": key})
        held.wait(owner_db)
        held.wires[0].close()
        # The twin still runs: neither a second seat nor an answer yet.
        answer = api.post(REGISTRATIONS, body, key=key, expect=409, code="idempotency_in_progress")
        assert int(answer.headers["Retry-After"]) >= 1
        held.release()
        eventually(lambda: rows_of_key(owner_db, key) == (1, 1, 1), PATIENCE_S, "that the first ends")
    again = api.post(REGISTRATIONS, body, key=key, expect=201)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again["state"] == "confirmed"
    assert rows_of_key(owner_db, key) == (1, 1, 1)
    seats.check(owner_db, course)


# ---- a server is killed ----------------------------------------------------------------------------

def test_killed_in_the_middle_of_a_transaction(database, start_server, tokens, build, owner_db):
    """Rows are written, their events are not: everything goes, and the same requests succeed
    elsewhere as if nothing had been."""
    # One worker would take the second request only after the first: each is sent to a server of its own.
    doomed = [Api(start_server(**PATIENT), tokens["smart-admin"]) for _ in range(2)]
    other = Api(start_server(**PATIENT), tokens["smart-admin"])
    fresh, full = build.course(capacity=1), build.course(capacity=1)
    holder = other.post(REGISTRATIONS, build.registration_body(full))
    waiting = other.post(REGISTRATIONS, build.registration_body(full))
    body, keys = build.registration_body(fresh), [str(uuid.uuid4()) for _ in range(2)]
    cancel = f"{REGISTRATIONS}/{holder['id']}/actions/cancel"
    before = owner_db.rows("SELECT * FROM registration ORDER BY id")

    with Held(database, "LOCK TABLE event IN SHARE MODE") as held:
        held.send(doomed[0], "POST", REGISTRATIONS, json.dumps(body), **{"Idempotency-Key": keys[0]})
        held.send(doomed[1], "POST", cancel, "{}", **{"Idempotency-Key": keys[1], "If-Match": holder.etag})
        backends = held.wait(owner_db)
        for api in doomed:
            api.server.kill()
        held.release()
        eventually(lambda: not owner_db.rows("SELECT FROM pg_stat_activity WHERE pid = ANY (%s)",
                                             [backends]), PATIENCE_S, "that its sessions end")
    assert owner_db.rows("SELECT * FROM registration ORDER BY id") == before
    assert [rows_of_key(owner_db, key) for key in keys] == [(0, 0, 0), (0, 0, 0)]
    seats.check(owner_db)

    made = other.post(REGISTRATIONS, body, key=keys[0], expect=201)
    gone = other.post(cancel, {}, key=keys[1], etag=holder.etag, expect=200)
    assert (made["state"], gone["state"]) == ("confirmed", "cancelled")
    assert not {"Idempotency-Replayed"} & ({*made.headers} | {*gone.headers})
    assert other.get(f"{REGISTRATIONS}/{waiting['id']}")["state"] == "offered"
    seats.check(owner_db)


def test_killed_while_a_decision_is_issued_and_paid(database, start_server, build, make_user, owner_db):
    """Money is granted and paid once, whatever was heard of it."""
    case = deciding.Round(Forum(build, make_user)).case()
    governor, path = case.governor, case.draft()
    now, paid = deciding.NOW, "2023-05-20T10:00:00Z"

    def left():
        return owner_db.row("""
            SELECT b.state, (SELECT count(*) FROM grant_report WHERE decision_id = d.id) AS reports,
                   (SELECT count(*) FROM notification WHERE resource_id = d.id) AS messages,
                   (SELECT count(*) FROM stage_seal WHERE basis_id = b.id AND stage = 'decision') AS decided,
                   (SELECT count(*) FROM stage_seal WHERE basis_id = b.id AND stage = 'payment') AS paid
              FROM decision_basis b JOIN grant_decision d ON d.basis_id = b.id WHERE b.id = %s""", [case.basis])
    case.coordinator()
    doomed, other = start_server(**PATIENT), start_server(**PATIENT)
    etag, key, before = governor.get(path).etag, str(uuid.uuid4()), left()
    with Held(database, "LOCK TABLE event IN SHARE MODE") as held:
        held.send(governor.clone(doomed), "POST", f"{path}/actions/issue", "{}",
                  **{"Idempotency-Key": key, "If-Match": etag, "X-Loft-Now": now})
        backends = held.wait(owner_db)
        doomed.kill()
        held.release()
        eventually(lambda: not owner_db.rows("SELECT FROM pg_stat_activity WHERE pid = ANY (%s)", [backends]),
                   PATIENCE_S, "that its session ends")
    assert left() == before
    issued = governor.clone(other).post(f"{path}/actions/issue", {}, etag=etag, key=key, now=now)
    assert "Idempotency-Replayed" not in issued.headers
    line, key, third = case.line(path, case.uh), str(uuid.uuid4()), start_server()
    body, etag = {"payment_reference": "BILAG-1"}, governor.get(line).etag
    with LosesReplies(third, then=lambda exchange: third.kill()) as proxy:
        lost = proxy.swallow(governor.clone(third), f"{line}/actions/pay", body, etag=etag, key=key, now=paid)
    assert lost.status == 200
    for _ in range(2):
        assert_replayed(governor.clone(other).post(f"{line}/actions/pay", body, etag=etag, key=key, now=paid), lost)
    governor.post(f"{line}/actions/pay", {"payment_reference": "BILAG-2"}, etag=etag, key=key, now=paid, expect=422,
                  code="idempotency_key_reused")
    assert tuple(left().values()) == ("granted", 1, 1, 1, 1)


class Load:
    """Clients that register one person after the other and do what a good client does: send again,
    with the same key, whatever was not answered, until it is. Each goes from server to server."""

    def __init__(self, apis, build, course, clients=4):
        self.apis, self.build, self.course = apis, build, course
        for api in apis:
            assert api.contract  # fetched while the servers live
        self.acknowledged = {}  # key -> (body, answer)
        self.refused = 0  # with 503 and Retry-After
        self.failures, self.failed = [], False
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self._guarded, args=[i]) for i in range(clients)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, kind, *reason):
        """What was begun is sent again until it is acknowledged; a test that failed does not wait."""
        self.failed = kind is not None
        self.stopping.set()
        for thread in self.threads:
            thread.join(PATIENCE_S)
        late = [thread for thread in self.threads if thread.is_alive()]
        self.failed = True
        for thread in late:
            thread.join()
        assert kind or not (self.failures or late), (self.failures, late)

    def _guarded(self, turn):
        try:
            while not self.stopping.is_set():
                self._register(turn)
                turn += 1
        except BaseException as failure:  # told when the load ends
            self.failures.append(failure)

    def _register(self, turn):
        body, key = self.build.registration_body(self.course), str(uuid.uuid4())
        while not self.failed and not self._attempt(self.apis[turn % len(self.apis)], body, key):
            turn += 1
            time.sleep(0.02)

    def _attempt(self, api, body, key):
        """True once it is acknowledged."""
        try:
            [answer] = seats.at_once([(api, "POST", REGISTRATIONS, body, {"Idempotency-Key": key})])
        except (OSError, Closed):
            return False
        if answer.status == 201:
            self.acknowledged[key] = (body, answer)
            return True
        if answer.status == 503:
            assert int(answer.headers["Retry-After"]) >= 1
            self.refused += 1
        else:
            assert answer.json()["code"] == "idempotency_in_progress", answer.text
        return False

    def wait_for_more(self, count):
        target = len(self.acknowledged) + count
        eventually(lambda: self.failures or len(self.acknowledged) >= target, PATIENCE_S,
                   f"that {count} more are registered")

    def check(self, session, api):
        """Nothing that was acknowledged is missing, nothing is there that was not, and a sample of
        the answers can still be had."""
        stored = {row["id"]: row["state"] for row in session.rows(
            "SELECT id, state FROM registration WHERE course_id = %s", [self.course.id])}
        assert stored == {answer.json()["id"]: answer.json()["state"]
                          for _, answer in self.acknowledged.values()}
        for key, (body, answer) in list(self.acknowledged.items())[::10]:
            assert api.post(REGISTRATIONS, body, key=key, expect=201).body == answer.body
        seats.check(session)


def test_killed_under_load(start_server, tokens, build, owner_db):
    doomed, other = (Api(start_server(), tokens["smart-admin"]) for _ in range(2))
    course = build.course(capacity=10)
    with Load([doomed, other], build, course) as load:
        load.wait_for_more(20)
        doomed.server.kill()
        load.wait_for_more(20)
    load.check(owner_db, other)


# ---- PostgreSQL crashes ----------------------------------------------------------------------------

@pytest.fixture
def own_service(private_cluster, start_server):
    """A server with a PostgreSQL of its own, and the way to that."""
    database = Database(private_cluster, "loft")
    server = start_server(database=database)
    return private_cluster, database, Api(server, Tokens(private_cluster)["smart-admin"])


def test_postgresql_crashes_under_load(own_service):
    cluster, database, api = own_service
    with database.connect() as owner:
        build = Build(owner)
        course = build.course(capacity=10)
    with Load([api], build, course) as load:
        load.wait_for_more(20)
        cluster.stop("immediate")
        refused = load.refused
        eventually(lambda: load.failures or load.refused > refused + 4, PATIENCE_S, "503 meanwhile")
        assert api.get("/healthz").status == 200, "the process itself is well"
        away = api.get("/readyz", expect=503)
        assert int(away.headers["Retry-After"]) >= 1
        cluster.start()
        load.wait_for_more(20)
    assert api.get("/readyz").status == 200
    with database.connect() as owner:
        load.check(owner, api)


def test_postgresql_restarts_between_two_requests(own_service):
    """Connections that died meanwhile are not the client's problem."""
    cluster, database, api = own_service
    with database.connect() as owner:
        build = Build(owner)
        course = build.course()
    for _ in range(8):
        api.post(REGISTRATIONS, build.registration_body(course))
    for mode in ("fast", "immediate"):
        cluster.stop(mode)
        cluster.start()
        eventually(lambda: api.session.get(f"{api.base}/readyz").status_code == 200, PATIENCE_S,
                   "that the service sees the database")
        for _ in range(8):
            api.post(REGISTRATIONS, build.registration_body(course))
    with database.connect() as owner:
        assert sum(seats.states(owner, course).values()) == 24
        seats.check(owner)


# ---- dump and restore ------------------------------------------------------------------------------

def contents(session):
    """Table -> number of rows and a checksum of them."""
    tables = [row["relname"] for row in session.rows(
        "SELECT relname FROM pg_class WHERE relnamespace = 'loft'::regnamespace AND relkind = 'r'")]
    return {table: tuple(session.row(
        f"SELECT count(*), md5(string_agg(t::text, ',' ORDER BY t::text)) FROM {table} AS t").values())
        for table in tables}


def walls(session):
    """What protects the data, beside the data: policies, privileges, constraints, triggers."""
    return [sorted(map(str, (row.values() for row in session.rows(sql)))) for sql in (
        "SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies WHERE schemaname = 'loft'",
        "SELECT relname, relrowsecurity, relowner::regrole::text, relacl::text FROM pg_class"
        " WHERE relnamespace = 'loft'::regnamespace",
        "SELECT proname, proacl::text, prosecdef, proconfig::text FROM pg_proc"
        " WHERE pronamespace = 'loft'::regnamespace",
        "SELECT conrelid::regclass::text, conname, contype, convalidated FROM pg_constraint"
        " WHERE connamespace = 'loft'::regnamespace",
        "SELECT tgrelid::regclass::text, tgname, tgfoid::regproc::text, tgtype, tgenabled, tgattr::text"
        " FROM pg_trigger WHERE NOT tgisinternal")]


def test_dump_and_restore(cluster, database, start_server, tokens, build, owner_db):
    """As an operator would: dump as the owner, restore as the owner into a fresh database, serve."""
    api = Api(start_server(), tokens["smart-admin"])
    course = build.course(capacity=2, items={"textbook": ["barnehage", "barneskole"]})
    chosen = {"item_choices": {"textbook": "barneskole"}, "dietary_note": "Blåbær, ærfugl og ål"}
    made = [api.post(REGISTRATIONS, build.registration_body(course, **chosen)) for _ in range(4)]
    api.act(f"{REGISTRATIONS}/{made[0]['id']}", "cancel")
    body, key = build.registration_body(course, **chosen), str(uuid.uuid4())
    kept = api.post(REGISTRATIONS, body, key=key)
    # Nothing is being written any more, by whatever server of this module.
    eventually(lambda: owner_db.value("SELECT count(*) FROM notification WHERE subject IS NULL") == 0)
    api.server.stop()

    dump = run.directory() / f"dump-{run.worker()}"
    tool = pathlib.Path("/usr/lib/postgresql/15/bin")
    restored = cluster.create_empty_database()
    try:
        for command in ([tool / "pg_dump", "--format=custom", f"--file={dump}",
                         database.url("loft_owner")],
                        [tool / "pg_restore", "--exit-on-error",
                         f"--dbname={restored.url('loft_owner')}", dump]):
            done = subprocess.run(command, capture_output=True, text=True, env=run.environment())
            assert done.returncode == 0, done.stderr
        with restored.connect() as session:
            assert contents(session) == contents(owner_db)
            assert walls(session) == walls(owner_db)
            cluster.run_loft(restored, "migrate")
            seats.check(session)

            other = Api(start_server(database=restored), tokens["smart-admin"])
            assert other.post(REGISTRATIONS, body, key=key, expect=201).body == kept.body
            accepted = other.act(f"{REGISTRATIONS}/{made[2]['id']}", "accept")
            assert (accepted["state"], accepted["dietary_note"]) == ("confirmed", "Blåbær, ærfugl og ål")
            last = other.post(REGISTRATIONS, build.registration_body(course, **chosen))
            assert last["waitlist_seq"] == 4
            Api(other.server, tokens["outsider"]).get(REGISTRATIONS, expect=403, code="forbidden")
            listed = other.get(REGISTRATIONS, params={"course_id": course.id, "count": "true"})
            assert listed["count"] == 6
            seats.check(session)
            other.server.stop()
    finally:
        cluster.drop_database(restored)
        dump.unlink(missing_ok=True)


# ---- time zones and days on which clocks change ----------------------------------------------------

def utc(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=UTC)


def oslo(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=OSLO)


ZONES = [None, "Pacific/Kiritimati", "America/New_York"]
LONG_BEFORE = utc("2026-01-15 12:00:00")
# Clocks go forward on 28 March 2027 and back on 25 October 2026. Days are counted by the calendar in
# Norway, so the last moment of a day is 22:59:59 UTC in winter and 21:59:59 in summer:
# (start of the course, cancelled at, refund of 950 for an organisation)
REFUNDS = [
    ("2027-04-11 09:00", "2027-03-28 21:59:59", 950),  # 14 days before, on the day itself
    ("2027-04-11 09:00", "2027-03-28 22:00:00", 475),
    ("2027-04-04 09:00", "2027-03-21 22:59:59", 950),  # 14 days before, still winter
    ("2027-04-04 09:00", "2027-03-21 23:00:00", 475),
    ("2027-04-04 09:00", "2027-03-27 22:59:59", 475),  # 8
    ("2027-04-04 09:00", "2027-03-28 21:59:59", 475),  # 7
    ("2027-04-04 09:00", "2027-03-28 22:00:00", 0),
    ("2026-11-08 09:00", "2026-10-25 22:59:59", 950),
    ("2026-11-08 09:00", "2026-10-25 23:00:00", 475),
    ("2026-11-01 09:00", "2026-10-18 21:59:59", 950),
    ("2026-11-01 09:00", "2026-10-18 22:00:00", 475),
    ("2026-11-01 09:00", "2026-10-24 21:59:59", 475),
    ("2026-11-01 09:00", "2026-10-25 22:59:59", 475),
    ("2026-11-01 09:00", "2026-10-25 23:00:00", 0),
    ("2027-03-28 04:00", "2027-03-14 22:59:59", 950),  # an early course on the short day
    ("2027-03-28 04:00", "2027-03-21 23:00:00", 0),
]
# (start, registered at, cancelled at, refund of 950 for a consumer): fourteen days of withdrawal
WITHDRAWALS = [
    ("2027-04-06 09:00", "2027-03-20 23:30:00", "2027-04-04 21:59:59", 950),  # since 21 March there
    ("2027-04-06 09:00", "2027-03-20 23:30:00", "2027-04-04 22:00:00", 0),
    ("2027-04-13 09:00", "2027-03-27 22:59:59", "2027-04-10 22:00:00", 0),  # since 27 March
    ("2027-04-13 09:00", "2027-03-27 23:00:00", "2027-04-10 22:00:00", 950),  # since 28 March
    ("2026-11-11 09:00", "2026-10-25 22:59:59", "2026-11-08 22:59:59", 950),
    ("2026-11-11 09:00", "2026-10-25 22:59:59", "2026-11-08 23:00:00", 0),
    ("2026-11-11 09:00", "2026-10-25 23:00:00", "2026-11-09 22:59:59", 950),
]
# (registration closes at, by the clocks of Norway; the first moment that is too late)
DEADLINES = [
    ("2027-03-28 00:00", "2027-03-27 23:00:00"),
    ("2027-03-29 00:00", "2027-03-28 22:00:00"),
    ("2026-10-25 00:00", "2026-10-24 22:00:00"),
    ("2026-10-26 00:00", "2026-10-25 23:00:00"),
]


@pytest.fixture(params=ZONES, ids=lambda zone: zone or "UTC")
def abroad(request, new_database, start_server, tokens):
    """A service whose role has another time zone and other ways of writing days by default."""
    made = new_database()
    if request.param:
        with made.connect("postgres") as superuser:
            for setting in (f"timezone = '{request.param}'", "datestyle = 'SQL, DMY'",
                            "intervalstyle = 'iso_8601'"):
                superuser.execute(
                    f'ALTER ROLE loft_service IN DATABASE "{made.name}" SET {setting}')
    api = Api(start_server(database=made, **IDLE), tokens["smart-admin"])
    with made.connect() as owner:
        yield api, Build(owner), made


def open_course(build, starts_at, **options):
    return build.course(starts_at=starts_at, opens_at=LONG_BEFORE, **options)


def test_the_zone_is_really_another(abroad, request):
    """Or the tests below would prove nothing: a session that names no zone has that of the role."""
    _, _, database = abroad
    with contextlib.closing(psycopg2.connect(database.url("loft_service"))) as plain:
        with plain.cursor() as cursor:
            cursor.execute("SHOW timezone")
            found = cursor.fetchone()[0]
    assert found == (request.node.callspec.params["abroad"] or "UTC")


def test_refunds_around_the_change_of_clocks(abroad):
    api, build, _ = abroad
    organisation = {"buyer_type": "organisation", "invoice": {"recipient": "Eksempelbedriften"}}
    found = []
    for starts_at, cancelled_at, _ in REFUNDS:
        course = open_course(build, oslo(starts_at))
        made = api.post(REGISTRATIONS, build.registration_body(course, **organisation),
                        now=instant(LONG_BEFORE))
        gone = api.act(f"{REGISTRATIONS}/{made['id']}", "cancel", now=instant(utc(cancelled_at)))
        assert gone["cancelled_at"] == instant(utc(cancelled_at))
        found.append((starts_at, cancelled_at, gone["refund_nok"]))
    assert found == REFUNDS


def test_withdrawal_around_the_change_of_clocks(abroad):
    api, build, _ = abroad
    found = []
    for starts_at, registered_at, cancelled_at, _ in WITHDRAWALS:
        course = open_course(build, oslo(starts_at))
        made = api.post(REGISTRATIONS, build.registration_body(course), now=instant(utc(registered_at)))
        assert made["registered_at"] == instant(utc(registered_at))
        gone = api.act(f"{REGISTRATIONS}/{made['id']}", "cancel", now=instant(utc(cancelled_at)))
        found.append((starts_at, registered_at, cancelled_at, gone["refund_nok"]))
    assert found == WITHDRAWALS


def test_deadlines_around_the_change_of_clocks(abroad):
    api, build, _ = abroad
    second = datetime.timedelta(seconds=1)
    for closes_at, too_late in DEADLINES:
        course = open_course(build, oslo(closes_at) + datetime.timedelta(days=30),
                             closes_at=oslo(closes_at))
        path = f"/v1/smart/courses/{course.id}"
        assert api.get(path)["registration_closes_at"] == instant(utc(too_late))
        for moment, status in ((utc(too_late) - second, 201), (utc(too_late), 409)):
            api.post(REGISTRATIONS, build.registration_body(course), now=instant(moment), expect=status,
                     code="registration_closed" if status == 409 else None)


def test_the_hour_that_comes_twice(abroad):
    """25 October 2026, 02:30 by the clock: an instant with its offset is never in doubt."""
    api, build, _ = abroad
    course = open_course(build, oslo("2026-11-20 09:00"), closes_at=utc("2026-10-25 00:30:00"))
    for moment, status in (("2026-10-25T02:29:59+02:00", 201), ("2026-10-25T02:30:00+02:00", 409),
                           ("2026-10-25T02:29:59+01:00", 409)):
        api.post(REGISTRATIONS, build.registration_body(course), now=moment, expect=status)


def test_an_offer_lasts_its_hours_over_the_change_of_clocks(abroad):
    """Hours, not days by the clock."""
    api, build, _ = abroad
    for given_up, expires in (("2027-03-27 12:00:00", "2027-03-30T12:00:00Z"),
                              ("2026-10-24 12:00:00", "2026-10-27T12:00:00Z")):
        course = open_course(build, utc(given_up) + datetime.timedelta(days=30), capacity=1)
        holder, waiting = (api.post(REGISTRATIONS, build.registration_body(course),
                                    now=instant(LONG_BEFORE)) for _ in range(2))
        api.act(f"{REGISTRATIONS}/{holder['id']}", "cancel", now=instant(utc(given_up)))
        path = f"{REGISTRATIONS}/{waiting['id']}"
        assert api.get(path, now=instant(utc(given_up)))["offer_expires_at"] == expires
        last = utc(expires[:-1]) - datetime.timedelta(seconds=1)
        assert api.get(path, now=instant(last))["state"] == "offered"
        assert api.get(path, now=expires)["state"] == "expired"


@pytest.mark.parametrize("zone", ["UTC", *ZONES[1:]])
def test_days_come_from_the_statement_and_not_from_the_session(database, build, zone):
    """The service sets UTC when it connects; its statements do not rely on that."""
    course = open_course(build, oslo("2027-03-28 04:00"))
    registered_at = utc("2026-10-25 22:30:00")
    made = build.registration(course, registered_at=registered_at)
    with database.connect("loft_service", autocommit=False) as session:
        session.execute(f"SET timezone = '{zone}'")
        become(session, now="2027-03-27T23:30:00Z")
        locked = session.row(statements()["course_lock"], {"course_id": course.id})
        assert locked["starts_on"] == datetime.date(2027, 3, 28)
        assert locked["today_on"] == datetime.date(2027, 3, 28), "half past midnight in Norway"
        row = session.row(statements()["registration_lock"], {"id": made})
        assert row["registered_on"] == datetime.date(2026, 10, 25)
