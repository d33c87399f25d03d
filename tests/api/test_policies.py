"""The database as the second wall: the row policies by themselves.

First what each kind of principal sees and writes when the service sets its local settings, with no
API in between; then each policy opened in turn, which one of these expectations must notice; then
the service with its permissions switched off (loft-open), where the policies alone must hold.
"""
import re
from unittest import mock

import psycopg2
import pytest

from access import (DELETABLE, DOES, GIVEN, GIVEN_LISTS, HALVES, HELPERS, KEPT, KEYS, LISTED,
                    MACHINE_LISTS, MACHINE_MAY, NARROW, OPEN_ON_PURPOSE, OPERATIONS, PARTS,
                    PUBLIC_REGISTERS, PUBLIC_TABLES, SEES, STATEMENTS)
from access.asking import all_rows, ask, listed, make_world
from access.engine import ALL_SCOPES, Principal
from support import run
from support.client import Api
from support.server import Server

POLICIES = "".join(path.read_text()
                   for path in sorted((run.ROOT / "storage/policies").glob("*.sql")))
CREATED = re.findall(r"^CREATE POLICY (\w+) ON (\w+)", POLICIES, re.MULTILINE)

# SEES: rows are named after whom they are about; an x sees the row. DOES: each line has a statement;
# an x may, everybody else is refused or finds no row. In a statement %(me)s and %(other)s are users
# or clients, %(my_person)s the person of the caller (Wall.does has them all), all else the rows of the
# world by the names that the parts give them.

# ---- the database, asked as the service asks it ---------------------------------------------


class Wall:
    """One transaction of a superuser in a copy of the demo database, asked as loft_service with the
    local settings of one principal after the other. Nothing in it is ever committed."""

    def __init__(self, database, world):
        self.world = world
        self.rows = {}
        for part in PARTS.values():
            named = part.named(world) if part.named else {}
            assert not self.rows.keys() & named.keys()
            self.rows |= named
        self.principals = {**self.world.principals, "syst": Principal("syst", "system")}
        self.session = database.connect("postgres", autocommit=False)
        self.tables, self.casts = {}, {}
        for label, cells in SEES:
            table, name = label.split()
            self.tables.setdefault(table, []).append(name)
            self.casts.setdefault(table, {}).update(cells)
        # What differs before anything is opened must not pass for having noticed it.
        self.begin()
        self.known = set(self.differences(TABLES))
        self.session.rollback()

    def begin(self):
        """From here on, what is asked is asked as loft_service."""
        self.session.execute("SET LOCAL ROLE loft_service")

    def become(self, name):
        principal = self.principals[name]
        is_global = [role for role, place, _ in principal.grants if place == "global"]
        scoped = [f"{role}:{scope_id}" for role, _, scope_id in principal.grants if scope_id]
        settings = {
            "user_id": principal.id, "person_id": principal.person_id,
            "roles": "system" if name == "syst" else ",".join(is_global),
            "grants": ",".join(scoped), "scopes": ",".join(principal.scopes), "now": "",
            "request_id": "test"}
        self.session.row("SELECT " + ", ".join(
            f"set_config('loft.{setting}', %({setting})s, true) AS {setting}"
            for setting in settings), {key: value or "" for key, value in settings.items()})

    def seen(self, table):
        """The names of the table's rows that the principal sees."""
        names = {self.rows[f"{table} {name}"]: name for name in self.tables[table]}
        key = KEYS.get(table, "id")
        found = self.session.rows(f"SELECT {key}::text AS id FROM {table} WHERE {key}::text = ANY (%s)",
                                  [list(names)])
        return {names[row["id"]] for row in found}

    def does(self, label, name):
        """Whether the statement does anything for the principal. What comes after the policies (a
        unique index, a foreign key) counts as done."""
        principal = self.principals[name]
        other = "part" if name != "part" else "par2"
        place = "away" if name == "away" else "home"
        key = f"{principal.kind}:{principal.id}" if principal.id else f"user:{self.world['part'].id}"
        parameters = {
            **self.rows, "me": principal.id, "my_person": principal.person_id, "my_key": key,
            "other": self.principals[other].id, "my_kind": principal.kind,
            "as_user": principal.id if principal.kind == "user" else None,
            "as_client": principal.id if principal.kind == "client" else None,
            "my_organisation": self.world.organisations[place],
            "my_grants": self.rows.get(f"role_grants {name}", [])}
        self.session.execute("SAVEPOINT attempt")
        try:
            return self.session.execute(STATEMENTS[label], parameters) > 0
        except psycopg2.errors.InsufficientPrivilege:
            return False
        except psycopg2.IntegrityError:
            return True
        finally:
            self.session.execute("ROLLBACK TO SAVEPOINT attempt")

    def differences(self, tables):
        """Where the database differs from SEES and DOES, line by line."""
        for table in tables:
            for name in self.casts.get(table, ()):
                self.become(name)
                seen = self.seen(table)
                for row in self.tables[table]:
                    cell = SEES[f"{table} {row}"].get(name)
                    expected = cell == "x"
                    if cell and (row in seen) != expected:
                        yield f"{name} {'does not see' if expected else 'sees'} {table} {row}"
            for label in STATEMENTS:
                if label.split()[0] != table:
                    continue
                for name, cell in DOES[label].items():
                    self.become(name)
                    expected = cell == "x"
                    if self.does(label, name) != expected:
                        yield f"{name} {'cannot' if expected else 'can'} {label}"


TABLES = sorted({table for _, table in CREATED})


@pytest.fixture(scope="module")
def world(owner_session):
    return make_world(owner_session)


@pytest.fixture(scope="module")
def made_wall(database, world):
    wall = Wall(database, world)
    yield wall
    wall.session.close()


@pytest.fixture
def wall(made_wall):
    yield made_wall
    made_wall.session.rollback()


@pytest.mark.parametrize("table", TABLES)
def test_the_database_shows_and_takes_what_the_tables_say(wall, table):
    wall.begin()
    assert list(wall.differences([table])) == []


def test_every_protected_table_and_statement_is_in_the_tables():
    assert {label.split()[0] for label, _ in SEES} == set(TABLES)
    assert {label for label, _ in DOES} == set(STATEMENTS)


# ---- each policy opened ----------------------------------------------------------------------


def test_the_policies_of_the_database_are_those_of_the_file(wall):
    made = wall.session.rows("SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'loft'")
    assert sorted((p["policyname"], p["tablename"]) for p in made) == sorted(CREATED)


OPENINGS = {"SELECT": "USING (true)", "DELETE": "USING (true)", "INSERT": "WITH CHECK (true)",
            "UPDATE": "USING (true) WITH CHECK (true)", "ALL": "USING (true) WITH CHECK (true)"}


def is_noticed(wall, change, first="registration"):
    """Whether some expectation fails after this change; the table it is about is asked first."""
    wall.session.execute(change)
    wall.begin()
    tables = [first, *(table for table in TABLES if table != first)]
    return any(one not in wall.known for one in wall.differences(tables))


def policy(wall, name, column):
    return wall.session.value(f"SELECT {column} FROM pg_policies"
                              " WHERE schemaname = 'loft' AND policyname = %s", [name])


@pytest.mark.parametrize("name,table", CREATED)
def test_an_open_policy_is_noticed(wall, name, table):
    opening = OPENINGS[policy(wall, name, "cmd")]
    noticed = is_noticed(wall, f"ALTER POLICY {name} ON {table} {opening}", table)
    assert noticed == (name not in OPEN_ON_PURPOSE)


# HALVES are of policies that ask of a row as it was and as it becomes: what each keeps by itself.
@pytest.mark.parametrize("name,opening", HALVES)
def test_a_half_open_policy_is_noticed(wall, name, opening):
    table = dict(CREATED)[name]
    opening = opening.format(policy(wall, name, "qual"))
    assert is_noticed(wall, f"ALTER POLICY {name} ON {table} {opening}", table)


# HELPERS are what policies ask. Each of these answering yes to everybody must be noticed too.
@pytest.mark.parametrize("name", HELPERS)
def test_a_function_that_always_says_yes_is_noticed(wall, name):
    assert is_noticed(wall, f"CREATE OR REPLACE FUNCTION {HELPERS[name]} RETURNS boolean"
                            " LANGUAGE sql STABLE PARALLEL SAFE AS 'SELECT true'")


# ---- what the policies stand on --------------------------------------------------------------

# PUBLIC_TABLES are without row level security: nobody's data, and written by migrations and triggers
# alone. NARROW are functions that look past the policies as the owner and that the service may call,
# and what keeps each of them narrow. KEPT is kept by defaults, triggers and migrations; the service may
# not write it even where a policy lets it write the row.

@pytest.fixture
def catalog(wall):
    """The names that a query of the system catalogs gives."""
    def names(sql):
        return {row["name"] for row in wall.session.rows(sql)}
    return names


def test_every_table_is_protected_or_public_on_purpose(catalog):
    tables = """SELECT relname AS name FROM pg_class
        WHERE relnamespace = 'loft'::regnamespace AND relkind IN ('r', 'p') AND """
    assert catalog(tables + "NOT relrowsecurity") == set(PUBLIC_TABLES)
    assert catalog(tables + "relrowsecurity") == set(TABLES)
    # A view, unless it says otherwise, or a foreign table would be read with its owner's eyes.
    assert catalog("""SELECT relname AS name FROM pg_class
        WHERE relnamespace = 'loft'::regnamespace AND relkind IN ('v', 'm', 'f')
          AND reloptions IS DISTINCT FROM '{security_invoker=true}'""") == set()


def test_the_service_writes_no_public_table(catalog):
    writable = """SELECT c.relname AS name FROM pg_class AS c
        WHERE c.relnamespace = 'loft'::regnamespace AND c.relkind = 'r'
          AND (has_any_column_privilege('loft_service', c.oid, 'INSERT, UPDATE')
               OR has_table_privilege('loft_service', c.oid, 'DELETE, TRUNCATE'))"""
    assert catalog(writable) & set(PUBLIC_TABLES) == set()
    assert catalog("""SELECT c.relname AS name FROM pg_class AS c
        WHERE c.relnamespace = 'loft'::regnamespace AND c.relkind = 'r'
          AND has_table_privilege('loft_service', c.oid, 'TRUNCATE, REFERENCES, TRIGGER')""") == set()


def test_the_service_deletes_little(catalog):
    """Drafts with what belongs to them, grants, old answers: nothing about anybody."""
    assert catalog("""SELECT c.relname AS name FROM pg_class AS c
        WHERE c.relnamespace = 'loft'::regnamespace AND c.relkind = 'r'
          AND has_table_privilege('loft_service', c.oid, 'DELETE')""") == DELETABLE


def test_the_service_writes_no_column_that_is_kept(catalog):
    writable = catalog("""SELECT c.relname || '.' || a.attname AS name
        FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
        WHERE c.relnamespace = 'loft'::regnamespace AND c.relkind = 'r' AND NOT a.attisdropped
          AND has_column_privilege('loft_service', c.oid, a.attnum, 'INSERT, UPDATE')""")
    assert writable & KEPT == set()


def test_the_service_owns_nothing_and_cannot_step_past_the_policies(wall, catalog):
    role = wall.session.row("""SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
        rolreplication FROM pg_roles WHERE rolname = 'loft_service'""")
    assert not any(role.values())
    assert catalog("""SELECT pg_describe_object(classid, objid, objsubid) AS name FROM pg_shdepend
        WHERE refobjid = 'loft_service'::regrole AND deptype = 'o'""") == set()
    assert catalog("""SELECT roleid::regrole::text AS name FROM pg_auth_members
        WHERE member = 'loft_service'::regrole""") == set()
    assert catalog("""SELECT nspname AS name FROM pg_namespace
        WHERE has_schema_privilege('loft_service', oid, 'CREATE')""") == set()
    assert not wall.session.value("SELECT has_database_privilege('loft_service', 'loft',"
                                  " 'CREATE, TEMPORARY')")


def test_every_policy_is_for_the_service_and_opens_only(catalog):
    assert catalog("""SELECT policyname AS name FROM pg_policies
        WHERE schemaname = 'loft' AND (roles <> '{loft_service}' OR permissive <> 'PERMISSIVE')"""
                   ) == set()


def test_functions_that_look_past_the_policies_are_narrow(catalog):
    functions = "SELECT proname AS name FROM pg_proc WHERE pronamespace = 'loft'::regnamespace"
    callable_ones = functions + """ AND prosecdef
        AND has_function_privilege('loft_service', oid, 'EXECUTE')"""
    careless = functions + """ AND prosecdef AND (proowner <> 'loft_owner'::regrole
        OR 'search_path=loft, pg_temp' <> ALL (coalesce(proconfig, '{}')))"""
    for_everybody = functions + """ AND EXISTS (SELECT
        FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) AS a WHERE a.grantee = 0)"""
    assert catalog(callable_ones) == set(NARROW)
    assert catalog(careless) == set()
    assert catalog(for_everybody) == set()


def test_nobody_is_asking_until_somebody_is_named(wall, database):
    """Settings never made, and those of a transaction that is over, name nobody."""
    def some_row(table, *names):
        return any(SEES[f"{table} {row}"][name] == "x" for row in wall.tables[table] for name in names)
    private = [table for table in TABLES
               if some_row(table, "admn", "smad", "syst") and not some_row(table, "anon")]
    with database.connect("loft_service", autocommit=False) as session:
        def counts():
            return {table: session.value(f"SELECT count(*) FROM {table}") for table in private}
        nothing = dict.fromkeys(counts(), 0)
        assert counts() == nothing
        session.rows("SELECT set_config('loft.roles', 'admin,smart_admin,system', true)")
        assert all(counts().values())
        session.commit()
        assert counts() == nothing


# ---- the service with its permissions switched off --------------------------------------------

# PUBLIC_REGISTERS are kept from those without a role by their permissions alone. GIVEN is what the
# policies give to those whom permissions refuse: x.

REFUSED = (403, 404, 409, 422)


def lacks_scope(answer):
    """Refused before any permission is asked for."""
    return answer.status == 403 and answer.code == "insufficient_scope"


@pytest.fixture(scope="module")
def open_clients(database, world, tokens):
    """A client of each principal at a server that never says no for want of a permission."""
    binary = run.binary().parents[1] / "tests/api/loft-open"
    assert binary.exists(), f"build tests/api/loft-open: {binary} is not there"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOFT_BINARY", str(binary))
        with Server(database) as server:
            yield {name: Api(server, world[name].token(tokens)) for name in OPERATIONS.names}


@pytest.fixture(scope="module")
def operations(open_clients):
    return {operation.id: operation for operation in open_clients["anon"].contract.operations}


def refused(label):
    """Who is refused in the table of operations, though they have said who they are."""
    return [name for name, status in OPERATIONS[label].items() if status in ("403", "404")]


@pytest.mark.parametrize("label", [
    label for label, _ in OPERATIONS if refused(label) and label.split()[0] not in LISTED])
def test_without_permissions_the_policies_hold(label, world, open_clients, operations):
    operation, relation = label.split()
    given = GIVEN.cells.get(label, {})
    for name in refused(label):
        answer = ask(world, open_clients[name], name, operations[operation], relation,
                     expect=mock.ANY)
        if lacks_scope(answer):
            continue
        if given.get(name) == "x" or operation in PUBLIC_REGISTERS:
            assert answer.status == 200, name
        elif answer.status == 200:  # below a row that anybody may see, and yet nothing
            assert answer.items == [], name
        else:
            assert answer.status in REFUSED, name


def given_by_policies(world, name, operation):
    """The ids that a list has for somebody whom no permission admits to it."""
    if operation in PUBLIC_REGISTERS:
        return all_rows(world, operation)
    return GIVEN_LISTS[operation](world, name) if operation in GIVEN_LISTS else set()


@pytest.mark.parametrize("operation", [name for name in LISTED if refused(f"{name} -")])
def test_without_permissions_a_list_gives_what_the_policies_give(
        operation, world, open_clients, operations):
    asked = 0
    for name in refused(f"{operation} -"):
        client = open_clients[name]
        answer = ask(world, client, name, operations[operation], "-", expect=mock.ANY)
        if lacks_scope(answer):
            continue
        asked += 1
        expected = given_by_policies(world, name, operation)
        *found, count = listed(client, operations[operation])
        for ids in found:
            assert sorted(ids) == sorted(expected), name
        assert len(count) == len(expected), name
    people = [name for name in refused(f"{operation} -") if world[name].kind == "user"]
    assert asked or not people, "nobody got as far as the policies"


def test_without_permissions_a_machine_with_every_scope_stays_a_machine(
        world, tokens, open_clients, operations):
    """Scopes are no roles either: it reads registrations but no people, users or drafts, and changes
    nothing that it has not made."""
    machine = world.build.client(*ALL_SCOPES)
    token = tokens.sign(machine.client_id, client_id=machine.client_id, scope=" ".join(ALL_SCOPES))
    api = Api(open_clients["anon"].server, token)
    for label, cells in OPERATIONS:
        operation, relation = label.split()
        if relation.startswith("own") or operation in MACHINE_MAY | PUBLIC_REGISTERS:
            continue
        if not {"403", "404"} & set(cells.values()):
            continue
        answer = ask(world, api, "read", operations[operation], relation, expect=mock.ANY)
        if operation in LISTED:
            assert len(answer.items) == MACHINE_LISTS.get(operation, 0), label
        else:
            assert answer.status in REFUSED, label


def test_the_open_service_is_open(open_clients, world, operations):
    """Or else the tests above say nothing."""
    for operation in "list_users", "list_registrations", "list_audit_events":
        assert OPERATIONS[f"{operation} -"]["outs"] == "403"
        ask(world, open_clients["outs"], "outs", operations[operation], "-", expect=200)
    actions = open_clients["inst"].get(
        f"/v1/smart/courses/{world.courses['home', 'draft'].id}")["allowed_actions"]
    assert "publish" in actions
