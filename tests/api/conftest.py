"""Fixtures of the API tests: the real service on a real PostgreSQL, both private to the run.

One cluster serves all xdist workers. Each test module has a database of its own (a copy of the demo
data, `database`) and a server on it (`server`); a test that wants other settings, a second process
or a cluster that it may stop asks for `start_server` or `private_cluster`.
"""
import itertools
import os

import pytest

pytest.register_assert_rewrite("support", "access")

from support import cluster as clusters  # noqa: E402
from support import run  # noqa: E402
from support.build import Build  # noqa: E402
from support.client import Api  # noqa: E402
from support.grants import Forum  # noqa: E402
from support.server import Server  # noqa: E402
from support.tokens import Tokens  # noqa: E402


def pytest_configure(config):
    config.addinivalue_line("markers", "browser: needs Chromium; run as a group of its own")
    if not hasattr(config, "workerinput"):
        run.begin()


def pytest_unconfigure(config):
    if not hasattr(config, "workerinput") and run.VARIABLE in os.environ:
        clusters.drop_shared()
        run.end()


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config):
    """A module's database and server are made once when one worker has the whole module."""
    if getattr(config.option, "numprocesses", None) and config.option.dist in ("no", "load"):
        config.option.dist = "loadfile"


# ---- PostgreSQL ----

@pytest.fixture(scope="session")
def cluster():
    """The run's own PostgreSQL. Never stop it: other workers use it."""
    return clusters.shared()


@pytest.fixture
def private_cluster():
    """A PostgreSQL of the test's own, which it may stop, crash and start. `loft` is migrated and
    has the demo data."""
    number = next(PRIVATE)
    own = clusters.Cluster(run.directory() / f"private-{run.worker()}-{number}")
    try:
        own.make()
        yield own
    finally:
        own.drop()


PRIVATE = itertools.count(1)


@pytest.fixture(scope="module")
def database(cluster):
    """This module's copy of the demo database."""
    made = cluster.create_database()
    yield made
    cluster.drop_database(made)


@pytest.fixture
def new_database(cluster):
    """Makes further copies of the demo database: new_database()."""
    made = []

    def make():
        made.append(cluster.create_database())
        return made[-1]
    yield make
    for one in made:
        cluster.drop_database(one)


@pytest.fixture(scope="module")
def owner_session(database):
    with database.connect("loft_owner") as session:
        yield session


@pytest.fixture
def owner_db(owner_session):
    """The module's database as its owner, past all row policies, each statement on its own."""
    return owner_session


@pytest.fixture
def build(owner_db):
    """Puts courses, people and registrations into the module's database."""
    return Build(owner_db)


# ---- the service ----

@pytest.fixture(scope="module")
def server(database):
    """`loft serve` on the module's database: sandbox on, rate limits off."""
    with Server(database) as running:
        yield running


@pytest.fixture
def start_server(request):
    """Starts further servers, on the module's database unless another is given:
    start_server(LOFT_RATE_LIMIT=5), start_server(database=own). Each must end well."""
    started = []

    def start(database=None, keys=None, **settings):
        database = database or request.getfixturevalue("database")
        one = Server(database, keys, **settings)
        started.append(one)
        return one.start()
    yield start
    for one in reversed(started):
        one.stop()


@pytest.fixture(scope="session")
def tokens(cluster):
    """tokens["participant"], tokens.sign(subject): fit every server of the run."""
    return Tokens(cluster)


# ---- clients ----

@pytest.fixture
def anonymous(server):
    """Without a token."""
    return Api(server)


def client_of(name):
    def fixture(server, tokens):
        return Api(server, tokens[name])
    fixture.__doc__ = f"A client with the token of the demo principal {name}."
    return pytest.fixture(fixture, name=name.replace("-", "_"))


admin = client_of("admin")
smart_admin = client_of("smart-admin")
smart_instructor = client_of("smart-instructor")
participant = client_of("participant")
participant_2 = client_of("participant-2")
booker = client_of("booker")
partner = client_of("partner")
outsider = client_of("outsider")


@pytest.fixture
def make_user(server, build, tokens):
    """A client of a new person with an account: make_user("participant"),
    make_user(("booker", "organisation", id)). Its `user` says who it is."""
    def make(*roles, on=None, **person):
        user = build.user(*roles, **person)
        return Api(on or server, tokens.sign(user.subject), user)
    return make


@pytest.fixture
def jack(make_user, build):
    """Jack of all trades: whatever an operation asks for, one of their roles has it."""
    def of(kind):
        return build.organisation(org_type=kind)
    forum = Forum(build, make_user)
    network, _ = forum.network()
    return make_user("admin", "smart_admin", "smart_instructor", "participant", "auditor",
                     ("booker", "organisation", of("company")), ("owner", "organisation", of("municipality")),
                     ("unit_contact", "organisation", of("school")), ("network_coordinator", "network", network),
                     ("uh_partner", "institution", of("uh_institution")),
                     ("forum_secretariat", "forum", forum.id), ("state_administrator", "county", forum.county))


@pytest.fixture
def make_client(server, build, tokens):
    """A client of a new machine: make_client("smart:read")."""
    def make(*scopes, on=None, **options):
        machine = build.client(*scopes, **options)
        token = tokens.sign(machine.client_id, client_id=machine.client_id, scope=" ".join(scopes))
        return Api(on or server, token, machine)
    return make
