"""A private PostgreSQL made by script/cluster, and databases in it.

The first database, `loft`, is migrated and loaded with demo data once for each run; every other one
is a copy of it, which takes a fraction of a second.
"""
import itertools
import json
import pathlib
import subprocess
import tempfile

import psycopg2
import psycopg2.extras

from support import run

NAMES = itertools.count(1)
PRINCIPALS = ["admin", "smart-admin", "smart-instructor", "participant", "participant-2", "booker",
              "partner", "auditor", "network-kn02", "outsider"]
# Tokens are made once and fit every server of the run.
ISSUER = "https://loft.example.no"


class Session:
    """A database connection for tests: each statement on its own unless autocommit is off."""

    def __init__(self, url, autocommit=True):
        self.connection = psycopg2.connect(
            url, options="-c search_path=loft -c timezone=UTC",
            cursor_factory=psycopg2.extras.RealDictCursor)
        self.connection.autocommit = autocommit

    def execute(self, sql, parameters=None):
        """How many rows it touched."""
        with self.connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.rowcount

    def rows(self, sql, parameters=None):
        with self.connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall()

    def row(self, sql, parameters=None):
        """The only row."""
        rows = self.rows(sql, parameters)
        assert len(rows) == 1, f"{len(rows)} rows instead of 1: {sql}"
        return rows[0]

    def value(self, sql, parameters=None):
        """The only column of the only row."""
        values = list(self.row(sql, parameters).values())
        assert len(values) == 1, f"{len(values)} columns instead of 1: {sql}"
        return values[0]

    def commit(self):
        self.connection.commit()

    def rollback(self):
        self.connection.rollback()

    def close(self):
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *reason):
        self.close()


class Database:
    """One database of a cluster."""

    def __init__(self, cluster, name):
        self.cluster = cluster
        self.name = name

    def url(self, role="loft_service"):
        return self.cluster.url(role, self.name)

    def connect(self, role="loft_owner", autocommit=True):
        return Session(self.url(role), autocommit)

    def settings(self):
        return {"LOFT_DATABASE_URL": self.url(), "LOFT_OWNER_URL": self.url("loft_owner")}


class Cluster:
    """A running PostgreSQL. `directory` holds it and the keys of the servers that use it."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.keys = self.directory.parent / f"{self.directory.name}-keys"
        self.tokens_file = self.directory.parent / f"{self.directory.name}-tokens.json"

    def _script(self, command, *arguments):
        # Output goes to a file: the server, which inherits it, would keep a pipe open for ever.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run([run.ROOT / "script/cluster", command, self.directory, *arguments],
                                  stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                  env=run.environment())
            output.seek(0)
            text = output.read().decode()
        assert done.returncode == 0, f"script/cluster {command}: {text}"
        return text

    def start(self):
        self._script("start")

    def stop(self, mode="fast"):
        """`immediate` is what a crash does."""
        self._script("stop", mode)

    def drop(self):
        self._script("drop")

    def url(self, role="loft_service", database="loft"):
        place = (self.directory / "run").resolve()
        return f"postgresql://{role}@/{database}?host={place}&port=5432"

    def superuser(self, database="postgres"):
        return Session(self.url("postgres", database))

    def make(self):
        """Starts it, migrates `loft`, loads the demo data, makes the tokens."""
        self.directory.mkdir()
        self.directory.chmod(0o711)
        self.keys.mkdir(mode=0o700)
        self.start()
        with self.superuser() as session:
            # A test's data need not outlive the power; a crash of PostgreSQL itself it does outlive.
            session.execute("ALTER SYSTEM SET fsync = off")
            session.execute("SELECT pg_reload_conf()")
        template = Database(self, "loft")
        self.run_loft(template, "migrate")
        self.run_loft(template, "demo")
        tokens = {name: self.run_loft(template, "token", name).strip() for name in PRINCIPALS}
        self.tokens_file.write_text(json.dumps(tokens))

    def run_loft(self, database, *arguments):
        """What a subcommand of the service prints."""
        settings = {**database.settings(), "LOFT_KEYS": self.keys, "LOFT_ISSUER": ISSUER}
        done = subprocess.run([run.binary(), *arguments], stdin=subprocess.DEVNULL, text=True,
                              capture_output=True, env=run.environment(settings), timeout=120)
        assert done.returncode == 0, f"loft {' '.join(arguments)}: {done.stderr}"
        return done.stdout

    def create_database(self, template="loft"):
        """A copy of the template."""
        name = f"t_{run.worker()}_{next(NAMES)}"
        with run.lock(f"{self.directory.name}-template"), self.superuser() as session:
            session.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" OWNER loft_owner')
            session.execute(f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC')
            session.execute(f'GRANT CONNECT ON DATABASE "{name}" TO loft_service')
        return Database(self, name)

    def create_empty_database(self):
        """One without a schema, as deploy/roles.sql makes it."""
        return self.create_database("template0")

    def drop_database(self, database):
        with self.superuser() as session:
            session.execute(f'DROP DATABASE IF EXISTS "{database.name}" WITH (FORCE)')


def shared():
    """The cluster of this run; whoever comes first makes it."""
    directory = run.directory() / "cluster"
    with run.lock("cluster"):
        cluster = Cluster(directory)
        if not cluster.tokens_file.exists():
            if directory.exists():
                raise RuntimeError("the database could not be made; see the first error")
            cluster.make()
    return cluster


def drop_shared():
    directory = run.directory() / "cluster"
    if directory.exists():
        Cluster(directory).drop()
