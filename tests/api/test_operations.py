"""Running the service: health and readiness, metrics, stopping, a database that goes away, logs,
settings and the command line."""
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import threading
import uuid

import pytest
import requests
import yaml

from support import run
from support.client import Api
from support.cluster import ISSUER, Database
from support.server import Server, ServerFailed, free_ports
from support.tokens import Tokens
from support.waiting import eventually
from support.wire import Wire

LIST = "/v1/smart/registrations"
COMMANDS = ["serve", "migrate", "demo", "token", "client", "config"]


# ---- health and readiness ----

def test_healthy_and_ready(anonymous, server, owner_db):
    assert anonymous.get("/healthz").json == {"status": "up", "version": "0.1.0"}
    migrations = owner_db.value("SELECT count(*) FROM schema_migration WHERE name <> 'policies.sql'")
    for client in (anonymous, Api(server, base=server.ops_url)):
        assert client.get("/readyz").json == {"status": "ready", "database": "up", "migrations": migrations}


def test_a_database_behind_the_binary(cluster, start_server):
    """A new version on an old schema waits for its migrations; newer policies alone do not matter."""
    behind = cluster.create_database()
    try:
        client = Api(start_server(database=behind))
        with behind.connect("loft_owner") as owner:
            owner.execute("UPDATE schema_migration SET sha256 = repeat('0', 64) WHERE name = 'policies.sql'")
            assert client.get("/readyz")["status"] == "ready"
            owner.execute("DELETE FROM schema_migration WHERE name LIKE '0004%'")
            assert client.get("/readyz", expect=503)["status"] == "waiting"
    finally:
        client.server.stop()
        cluster.drop_database(behind)


def test_database_without_migrations(cluster, start_server):
    """Nothing to serve yet: not ready, and no crash."""
    empty = cluster.create_empty_database()
    try:
        client = Api(start_server(database=empty))
        answer = client.get("/readyz", expect=503)
        assert answer["status"] == "waiting"
        client.get("/healthz")
        cluster.run_loft(empty, "migrate")
        eventually(lambda: status_of(client, "/readyz") == 200, what="readiness")
    finally:
        cluster.drop_database(empty)


def status_of(client, path, **headers):
    if client.token:
        headers["Authorization"] = f"Bearer {client.token}"
    return client.session.get(client.base + path, headers=headers, timeout=30).status_code


def test_database_that_goes_away_and_comes_back(private_cluster):
    """503 with Retry-After meanwhile, never a hang or a crash; then all is well by itself."""
    database = Database(private_cluster, "loft")
    with Server(database) as server:
        client = Api(server, Tokens(private_cluster)["participant"])
        client.get(LIST)
        private_cluster.stop("immediate")
        for _ in range(3):
            answer = client.get(LIST, expect=503, code="unavailable")
            assert 1 <= int(answer.headers["Retry-After"]) <= 10
            client.get(LIST, accept="text/csv", expect=503)
            client.post(LIST, {"course_id": str(uuid.uuid4()), "profession_code": "laerer", "buyer_type": "consumer"},
                        expect=503)
        answer = client.get("/readyz", expect=503)
        assert (answer["status"], answer["database"]) == ("waiting", "away")
        client.get("/healthz")
        client.get("/metrics")
        private_cluster.start()
        eventually(lambda: status_of(client, "/readyz") == 200, what="readiness")
        eventually(lambda: status_of(client, LIST) == 200, what="an answer")
        client.get(LIST)
        client.get(LIST, accept="text/csv")


def test_service_that_is_there_before_its_database(private_cluster):
    private_cluster.stop()
    with Server(Database(private_cluster, "loft")) as server:
        client = Api(server)
        client.get("/healthz")
        client.get("/readyz", expect=503)
        private_cluster.start()
        eventually(lambda: status_of(client, "/readyz") == 200, what="readiness")


def backends(superuser):
    """The service's own connections to the current database."""
    return [row["pid"] for row in superuser.rows(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND usename = 'loft_service'")]


def test_connections_that_were_cut(participant, cluster, database):
    """A read is tried again on a new connection; nobody notices."""
    participant.get(LIST)
    with cluster.superuser(database.name) as superuser:
        assert superuser.rows("SELECT pg_terminate_backend(pid) FROM unnest(%s) AS pid", [backends(superuser)])
    eventually(lambda: status_of(participant, LIST) == 200, timeout_s=10, what="an answer")
    participant.get(LIST)


def test_database_that_hangs(start_server, participant, cluster, database, new_database):
    """Its process is there and says nothing: the wait has an end."""
    own = new_database()
    server = start_server(database=own, LOFT_STATEMENT_TIMEOUT_MS=200, LOFT_WORKERS=1, LOFT_WORK_INTERVAL_MS=3600000)
    client = participant.clone(server=server)
    client.get(LIST)
    with cluster.superuser(own.name) as superuser:
        stopped = backends(superuser)
        try:
            for pid in stopped:
                os.kill(pid, signal.SIGSTOP)
            assert status_of(client, LIST) in (200, 503)
        finally:
            for pid in stopped:
                os.kill(pid, signal.SIGCONT)
    eventually(lambda: status_of(client, LIST) == 200, what="an answer")


@pytest.mark.parametrize("setting", ["LOFT_LOCK_TIMEOUT_MS", "LOFT_STATEMENT_TIMEOUT_MS"])
def test_statement_that_takes_too_long(start_server, participant, database, setting):
    client = participant.clone(server=start_server(**{setting: 100}))
    with database.connect(autocommit=False) as session:
        session.execute("LOCK TABLE registration IN ACCESS EXCLUSIVE MODE")
        answer = client.get(LIST, expect=503, code="busy")
        assert int(answer.headers["Retry-After"]) >= 1
        session.rollback()
    client.get(LIST)


# ---- metrics ----

def samples(text):
    """Prometheus' text format, read strictly: {(name, labels): value}, and the types."""
    found, types = {}, {}
    for line in text.splitlines():
        if line.startswith("# "):
            assert re.fullmatch(r"# (HELP [a-z_]+ .+|TYPE [a-z_]+ (counter|gauge|histogram))", line), line
            if line.startswith("# TYPE"):
                types[line.split()[2]] = line.split()[3]
            continue
        match = re.fullmatch(r'([a-z_][a-z0-9_]*)(?:\{([^}]*)\})? (\d+(?:\.\d+)?)', line)
        assert match, line
        labels = tuple(sorted(re.findall(r'([a-z_]+)="([^"]*)"', match[2] or "")))
        assert (match[1], labels) not in found, line
        found[match[1], labels] = float(match[3])
    return found, types


@pytest.fixture
def metrics(server):
    def read():
        answer = Api(server, base=server.ops_url).get("/metrics")
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        return samples(answer.text)[0]
    return read


def test_metrics_count_requests(participant, metrics):
    def count(status):
        return metrics().get(("loft_requests_total", (("operation", "list_registrations"), ("status", status))), 0)
    good, bad = count("2xx"), count("4xx")
    for _ in range(3):
        participant.get(LIST)
    participant.get(LIST, params={"limit": 0}, expect=400)
    participant.get("/v1/nothing", expect=404)
    assert count("2xx") == good + 3 and count("4xx") == bad + 1
    assert metrics()[("loft_requests_total", (("operation", "none"), ("status", "4xx")))] >= 1


def test_metrics_histograms_add_up(participant, metrics):
    participant.get(LIST)
    found = metrics()
    series = {}
    for (name, labels), value in found.items():
        if name == "loft_request_seconds_bucket":
            series.setdefault(dict(labels)["operation"], []).append((float(dict(labels)["le"]), value))
    assert "list_registrations" in series
    for operation, buckets in series.items():
        values = [value for _, value in sorted(buckets)]
        assert values == sorted(values) and max(le for le, _ in buckets) == float("inf")
        assert values[-1] == found["loft_request_seconds_count", (("operation", operation),)]
        assert found["loft_request_seconds_sum", (("operation", operation),)] >= 0


def test_metrics_of_connections(participant, metrics):
    participant.get(LIST)
    found = metrics()
    for pool in ("requests", "exports"):
        opened = found["loft_database_connections_open", (("pool", pool),)]
        used = found["loft_database_connections_in_use", (("pool", pool),)]
        assert 0 <= used <= opened <= 6


def test_metrics_are_typed(server):
    found, types = samples(Api(server).get("/metrics").text)
    bare = {re.sub("_(bucket|sum|count)$", "", name) if name.startswith("loft_request_seconds") else name
            for name, _ in found}
    assert bare <= set(types), f"without a TYPE: {bare - set(types)}"


# ---- the operations listener ----

def test_operations_listener_shows_no_data(server, tokens):
    """It stands where monitoring is, without quotas: no data there, no tokens to guess."""
    client = Api(server, tokens["admin"], base=server.ops_url)
    for path in ("/healthz", "/readyz", "/metrics"):
        client.get(path)
    for path in (LIST, "/v1/me", "/openapi.json", "/problems/busy", "/.well-known/jwks.json"):
        assert status_of(client, path) == 404, path
    answer = client.session.post(f"{server.ops_url}/oauth/token", data={"grant_type": "client_credentials"})
    assert answer.status_code == 404, "/oauth/token"


def test_without_operations_listener(start_server):
    server = start_server(LOFT_OPS_PORT=0)
    Api(server).get("/readyz")


# ---- stopping ----

@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stops_when_told(start_server, number):
    server = start_server()
    server.signal(number)
    assert server.wait() == 0
    server.check()


@pytest.fixture
def blocked(database):
    """While inside, no registration can be read."""
    with database.connect(autocommit=False) as session:
        session.execute("LOCK TABLE registration IN ACCESS EXCLUSIVE MODE")
        yield session


def waits_for_lock(session):
    return session.value("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'registration'::regclass")


def test_drains_before_it_stops(start_server, participant, blocked, owner_db):
    """What has begun is answered; meanwhile nothing more is to be sent here."""
    server = start_server(LOFT_LOCK_TIMEOUT_MS=30000, LOFT_STATEMENT_TIMEOUT_MS=30000, LOFT_DRAIN_S=20)
    client, ops = participant.clone(server=server), Api(server, base=server.ops_url)
    ops.get("/readyz")
    answers = []
    asking = threading.Thread(target=lambda: answers.append(status_of(client, LIST)))
    eventually(lambda: waits_for_lock(owner_db) == 1, what="background work that waits")
    asking.start()
    eventually(lambda: waits_for_lock(owner_db) == 2, what="a request that waits")
    server.signal(signal.SIGTERM)
    eventually(lambda: status_of(ops, "/readyz") == 503, what="the end of readiness")
    assert ops.get("/readyz", expect=503)["status"] == "draining"
    assert server.running() and not answers
    blocked.rollback()
    asking.join()
    assert answers == [200]
    assert server.wait() == 0
    server.check()


def test_drain_has_an_end(start_server, participant, blocked, owner_db):
    server = start_server(LOFT_LOCK_TIMEOUT_MS=4000, LOFT_STATEMENT_TIMEOUT_MS=4000, LOFT_DRAIN_S=1)
    client = participant.clone(server=server)
    asking = threading.Thread(target=quietly, args=[status_of, client, LIST])
    eventually(lambda: waits_for_lock(owner_db) == 1, what="background work that waits")
    asking.start()
    eventually(lambda: waits_for_lock(owner_db) == 2, what="a request that waits")
    server.signal(signal.SIGTERM)
    server.signal(signal.SIGTERM)  # an impatient operator
    assert server.wait(15) == 0
    asking.join()
    server.check()


def quietly(function, *arguments):
    """For an answer that nobody insists on."""
    with contextlib.suppress(OSError):
        function(*arguments)


def test_stops_with_clients_connected(start_server):
    """Idle connections are no reason to stay."""
    server = start_server(LOFT_CONNECTION_TIMEOUT_S=300, LOFT_DRAIN_S=1)
    idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(20)]
    half = socket.create_connection(("127.0.0.1", server.port))
    half.sendall(b"GET /healthz HTTP/1.1\r\nHost:")
    client = Api(server)
    client.get("/healthz")
    server.stop()
    for one in (*idle, half):
        one.close()


def test_more_clients_than_allowed(start_server):
    """The rest waits outside; those inside are served, and the end comes all the same."""
    server = start_server(LOFT_CONNECTIONS=16, LOFT_WORKERS=2, LOFT_CONNECTION_TIMEOUT_S=300, LOFT_DRAIN_S=1)
    client = Api(server)
    client.get("/healthz")
    crowd = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(40)]
    client.get("/healthz")
    assert status_of(Api(server, base=server.ops_url), "/healthz") == 200
    server.stop()
    for one in crowd:
        one.close()


@pytest.mark.parametrize("host", ["localhost", "::1", "256.0.0.1", "192.0.2.1"])
def test_address_that_cannot_be_listened_on(database, host):
    with pytest.raises(ServerFailed) as failure:
        Server(database, LOFT_HOST=host, LOFT_PORT=free_ports(1)[0]).start()
    assert "status 1" in str(failure.value) and host in str(failure.value)


@pytest.mark.parametrize("taken", ["LOFT_PORT", "LOFT_OPS_PORT"])
def test_port_that_is_taken(server, database, taken):
    other = Server(database, **{"LOFT_PORT": free_ports(1)[0], taken: server.settings[taken]})
    with pytest.raises(ServerFailed) as failure:
        other.start()
    assert "status 1" in str(failure.value) and "taken" in str(failure.value)
    assert f":{server.settings[taken]}" in str(failure.value)
    assert status_of(Api(server), "/healthz") == 200


# ---- logs ----

PRIVATE = ["Loggtest", "loggtest", "hemmelig", "nøttefri", "98765432"]


@pytest.fixture
def logged(start_server):
    """A server with a log of its own."""
    return start_server()


def test_log_holds_no_personal_data(logged, participant, make_user, build, tokens, owner_db):
    """One JSON line for each request and whatever else happens: names, addresses, notes, tokens,
    secrets and query strings stay out, also when something goes wrong."""
    course = build.course()
    client = make_user("participant", on=logged, full_name="Bruker Loggtest", email="loggtest.bruker@example.no")
    body = build.registration_body(course, dietary_note="nøttefri kost", person={
        "full_name": "Kari Loggtest", "email": "loggtest@example.no", "phone": "98765432"})
    made = client.post(LIST, body)
    client.post(LIST, body, expect=409)
    client.post(LIST, {**body, "person": {"full_name": "Kari Loggtest", "email": "loggtest"}}, expect=422)
    client.post(LIST, '{"person":{"full_name":"Kari Loggtest"', expect=400)
    client.get(LIST, params={"profession_code": "loggtest"})
    client.get(LIST, params={"loggtest": "hemmelig"}, expect=400)
    client.get("/v1/loggtest@example.no", expect=404)
    client.get(f"{LIST}/{made['id']}", headers={"User-Agent": "loggtest", "Idempotency-Key": "loggtest"})
    client.get(LIST, accept="text/csv")
    client.clone(token="hemmelig.hemmelig.hemmelig").get(LIST, expect=401)
    client.post("/oauth/token", "grant_type=client_credentials&client_secret=hemmelig", expect=401,
                media="application/x-www-form-urlencoded", headers={"Authorization": "Basic aGVtbWVsaWc6aGVtbWVsaWc="})
    logged.stop()
    text = logged.log_text()
    assert not [word for word in [*PRIVATE, client.token, client.token.split(".")[2], "aGVtbWVsaWc",
                                  made["id"], client.user.full_name] if word in text]
    requests = [line for line in logged.log() if line["event"] == "request"]
    assert len([line for line in requests if line["operation"] == "create_registration"]) == 4
    for line in requests:
        assert {"time", "method", "path", "operation", "status", "duration_us", "bytes", "request_id"} <= set(line)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", line["time"])
        assert line["path"] == "-" or "{" in line["path"] or made["id"] not in line["path"]
    codes = {line.get("code") for line in requests}
    assert {"already_registered", "validation_failed", "malformed_json", "not_found", "token_invalid"} <= codes
    subjects = {line.get("subject") for line in requests}
    assert client.user.subject in subjects


def test_log_without_requests(start_server, anonymous):
    server = start_server(LOFT_ACCESS_LOG=0)
    anonymous.clone(server=server).get("/healthz")
    server.stop()
    assert not [line for line in server.log() if line["event"] == "request"]
    assert [line for line in server.log() if line["event"] == "stopping"]


def test_log_line_cannot_be_forged(logged, anonymous, tokens):
    """What a client sends never makes a line of its own."""
    client = anonymous.clone(server=logged)
    evil = 'x","status":200}\n{"event":"forged'
    client.clone(token=tokens.sign("admin", jti=evil)).get("/healthz")
    client.get("/problems/" + "%0A%7B%22event%22%3A%22forged%22%7D", expect=404)
    client.clone(token=tokens.sign('a"b\\c')).get(LIST, expect=403)
    assert "forged" not in {line["event"] for line in logged.log()}
    assert 'a"b\\c' in {line.get("subject") for line in logged.log()}


# ---- settings and the command line ----

def loft(*arguments, **settings):
    return subprocess.run([run.binary(), *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env=run.environment(settings), timeout=60)


@pytest.mark.parametrize("url", [
    "postgresql://loft_service:hemmelig@db.example.no:5432/loft",
    "postgresql://loft_service:hemme%40lig@db.example.no/loft?sslmode=require",
    "postgresql://loft_service:hemmelig@a.example.no,b.example.no/loft?password=hemmelig2",
    "postgresql://db.example.no/loft?user=loft_service&password=hemmelig&sslmode=require",
    "postgresql://loft_service@db.example.no/loft?sslpassword=hemmelig",
    "postgres://loft_service:hemmelig:med:kolon@db.example.no/loft",
    "host=db.example.no user=loft_service password=hemmelig dbname=loft",
    "host=db.example.no password = hemmelig user=loft_service",
    "host=db.example.no password='hemmelig to' user=loft_service",
    "password=hemmelig host=db.example.no sslpassword=hemmelig",
])
def test_config_masks_secrets(url):
    done = loft("config", LOFT_DATABASE_URL=url, LOFT_OWNER_URL=url)
    assert done.returncode == 0, done.stderr
    assert not [word for word in ("hemme", "lig", "kolon") if word in done.stdout], done.stdout
    assert "***" in done.stdout


def test_config_shows_what_is_in_force():
    done = loft("config", LOFT_PORT=9999, LOFT_SANDBOX=1, LOFT_CORS_ORIGINS="https://app.example.no")
    shown = dict(line.split("=", 1) for line in done.stdout.splitlines() if line.startswith("LOFT_"))
    assert shown["LOFT_PORT"] == "9999" and shown["LOFT_SANDBOX"] == "1" and shown["LOFT_WORKERS"] == "8"
    assert shown["LOFT_CORS_ORIGINS"] == "https://app.example.no"
    table = loft("config", "--markdown").stdout
    assert set(re.findall(r"^\| `(LOFT_\w+)` \|", table, re.M)) == set(shown)


@pytest.mark.parametrize("name, value", [
    ("LOFT_PORT", "abc"), ("LOFT_PORT", "0"), ("LOFT_PORT", "65536"), ("LOFT_PORT", "80x"), ("LOFT_SANDBOX", "yes"),
    ("LOFT_WORKERS", "0"), ("LOFT_WORKERS", "-1"), ("LOFT_RATE_LIMIT", "99999999999999999999"),
])
def test_setting_that_is_wrong(name, value):
    """Said with name and limits, for every command, before anything is done."""
    done = loft("serve", **{name: value})
    assert done.returncode == 2 and name in done.stderr and value in done.stderr


def test_all_wrong_settings_at_once():
    done = loft("config", LOFT_PORT="x", LOFT_SANDBOX="y", LOFT_DRAIN_S="z")
    assert done.returncode == 2 and all(name in done.stderr for name in ("LOFT_PORT", "LOFT_SANDBOX", "LOFT_DRAIN_S"))


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command(command):
    done = loft(command, "--help")
    assert done.returncode == 0 and done.stdout.startswith(f"usage: loft {command}") and done.stderr == ""
    assert len(done.stdout.splitlines()) >= 3


def test_help_of_all():
    done = loft("--help")
    assert done.returncode == 0 and all(f"\n  {command}" in done.stdout for command in COMMANDS)
    assert loft("--version").stdout == "loft 0.1.0\n"
    assert loft().returncode == 2 and "usage:" in loft().stderr
    wrong = loft("nonsense")
    assert wrong.returncode == 2 and "nonsense" in wrong.stderr and wrong.stdout == ""


@pytest.mark.parametrize("arguments", [["serve", "now"], ["migrate", "x"], ["demo", "--fresh"], ["config", "x"], ["token"],
                                       ["token", "a", "b"], ["client", "x"], ["client", "x", "--name", "y"],
                                       ["token", "admin", "--lifetime", "0"], ["token", "admin", "--lifetime", "1d"]],
                         ids=" ".join)
def test_arguments_that_are_wrong(arguments):
    done = loft(*arguments)
    assert done.returncode == 2 and done.stderr and done.stdout == ""


@pytest.mark.parametrize("command", ["serve", "migrate", "demo"])
def test_commands_without_a_database(command):
    done = loft(command)
    assert done.returncode == 2 and "_URL is not set" in done.stderr


def test_commands_when_the_database_is_away(tmp_path):
    nowhere = f"postgresql://loft_owner@/loft?host={tmp_path}"
    settings = {"LOFT_DATABASE_URL": nowhere, "LOFT_OWNER_URL": nowhere, "LOFT_KEYS": tmp_path}
    for arguments in (["migrate"], ["demo"], ["token", "admin"], ["client", "abc", "--name", "x", "--scopes", "smart:read"]):
        done = loft(*arguments, **settings)
        assert done.returncode == 1 and done.stderr and done.stdout == "", arguments


def settings_for(database):
    return {**database.settings(), "LOFT_KEYS": database.cluster.keys, "LOFT_ISSUER": ISSUER}


def test_token_for_nobody(database):
    done = loft("token", "nobody-of-that-name", **settings_for(database))
    assert done.returncode == 1 and done.stdout == "" and "nobody-of-that-name" in done.stderr


def test_token_and_nothing_else(database, server):
    done = loft("token", "participant", **settings_for(database))
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+\n", done.stdout) and done.stderr == ""
    Api(server, done.stdout.strip()).get(LIST)


@pytest.mark.parametrize("arguments, word", [
    (["Not Valid", "--name", "x", "--scopes", "smart:read"], "client"),
    (["valid-name", "--name", "x", "--scopes", "nonsense"], "client"),
    (["valid-name", "--name", "", "--scopes", "smart:read"], "client"),
    (["valid-name", "--name", "x", "--scopes", ""], "client"),
])
def test_client_that_cannot_be_made(database, arguments, word):
    done = loft("client", *arguments, **settings_for(database))
    assert done.returncode in (1, 2) and done.stdout == "" and word in done.stderr


def test_migrations_twice_and_at_once(cluster):
    """Any number of processes may begin: one migrates, the others find it done."""
    empty = cluster.create_empty_database()
    try:
        settings = settings_for(empty)
        running = [subprocess.Popen([run.binary(), "migrate"], env=run.environment(settings), stdin=subprocess.DEVNULL,
                                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in range(3)]
        for process in running:
            output = process.communicate(timeout=60)[0]
            assert process.returncode == 0, output
        with empty.connect() as session:
            names = [row["name"] for row in session.rows("SELECT name FROM schema_migration ORDER BY name")]
        assert len(names) == len(set(names)) >= 3
        assert loft("migrate", **settings).returncode == 0
    finally:
        cluster.drop_database(empty)


def test_migration_that_was_changed_afterwards(new_database):
    """What stands in the database and what stands in the binary must be the same."""
    own = new_database()
    with own.connect() as session:
        session.execute("UPDATE schema_migration SET sha256 = repeat('0', 64) WHERE name = "
                        "(SELECT min(name) FROM schema_migration)")
    done = loft("migrate", **settings_for(own))
    assert done.returncode == 1 and "0001" in done.stderr


def test_demo_data_twice(new_database):
    own = new_database()

    def counts():
        """The rows of every table but the log, and how many courses are to come."""
        with own.connect() as session:
            tables = session.rows("SELECT relname FROM pg_class WHERE relnamespace = 'loft'::regnamespace"
                                  " AND relkind = 'r' AND relname <> 'event'")
            return ({row["relname"]: session.value(f"SELECT count(*) FROM {row['relname']}") for row in tables},
                    session.value("SELECT count(*) FROM course WHERE starts_at > now() AND state = 'published'"))
    rows, coming = counts()
    assert rows["course"] and coming
    assert loft("demo", **settings_for(own)).returncode == 0 and counts() == (rows, coming)
    with own.connect() as session:
        session.execute("UPDATE course_session SET starts_at = starts_at - interval '70 days', "
                        "ends_at = ends_at - interval '70 days' WHERE starts_at > now()")
    assert counts()[1] < coming
    assert loft("demo", "--refresh", **settings_for(own)).returncode == 0 and counts() == (rows, coming)


def test_contract_is_served_as_it_was_compiled(anonymous):
    served = anonymous.get("/openapi.json").json
    assert served["openapi"].startswith("3.1")
    assert yaml.safe_load(anonymous.get("/openapi.yaml").text) == served


def test_a_log_that_nobody_reads(start_server, tokens):
    """Its lines are dropped and counted; requests do not wait for it."""
    one = start_server()
    settings = {name: value for name, value in one.settings.items() if value is not None}
    one.stop()
    reader, writer = os.pipe()
    process = subprocess.Popen([run.binary(), "serve"], stdout=subprocess.PIPE, stderr=writer,
                               env=run.environment(settings))
    try:
        assert b"listening" in process.stdout.readline()
        base = f"http://127.0.0.1:{settings['LOFT_PORT']}"
        with requests.Session() as session:
            for _ in range(600):
                assert session.get(base + "/healthz", timeout=10).status_code == 200
            metrics = session.get(base + "/metrics", timeout=10).text
        assert int(re.search(r"loft_log_lines_dropped_total (\d+)", metrics).group(1)) > 0
    finally:
        process.kill()
        process.wait()
        os.close(reader)
        os.close(writer)


def test_log_of_a_method_that_is_none(logged, anonymous):
    with Wire(logged) as wire:
        wire.send(b"G\xff\x80T /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert wire.read().status == 405
    logged.stop()
    for line in logged.log_file.read_bytes().splitlines():
        json.loads(line.decode())
