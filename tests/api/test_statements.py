"""Every named statement against the migrated schema: it can be prepared in each of its variants, its
columns have types that the writer knows, and a read that an operation names gives exactly what the
contract says."""
import importlib.util
import json
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SPEC = importlib.util.spec_from_file_location("embed", ROOT / "storage" / "embed.py")
embed = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(embed)

# What storage/rows.c writes, by type id, and how the contract calls it.
TYPES = {
    16: "boolean", 17: "bytes", 19: "string", 20: "integer", 21: "integer", 23: "integer", 25: "string",
    114: "json", 1043: "string", 1042: "string", 1082: "date", 1184: "date-time", 2950: "uuid",
    3802: "json", 1009: "array", 1007: "array", 1016: "array", 2951: "array", 1182: "array",
    1015: "array", 2278: "void",
}


def all_statements():
    for path in sorted(ROOT.glob("storage/**/*.sql")):
        if path.parent.name in ("migrations", "demo", "policies"):
            continue
        for name, _, lines in embed.read_statements(path):
            yield name, embed.compile_statement(path, name, lines)


STATEMENTS = dict(all_statements())


def compose(name, optional):
    """The text as the service sends it, with the optional lines of the given parameters."""
    pieces, params = STATEMENTS[name]
    numbers, text = {}, ""
    for sql, index, only_if in pieces:
        if only_if >= 0 and only_if not in optional:
            continue
        if sql is not None:
            text += sql
            continue
        numbers.setdefault(index, len(numbers) + 1)
        text += f"${numbers[index]}" + ("::boolean" if params[index][1] else "")
    return text


def variants(name):
    """None, all, and each optional parameter alone."""
    pieces, _ = STATEMENTS[name]
    optional = sorted({only_if for _, _, only_if in pieces if only_if >= 0})
    return {frozenset(), frozenset(optional)} | {frozenset([one]) for one in optional}


def parameter_types(db, text):
    db.execute(f"PREPARE tried AS {text}")
    rows = db.rows("SELECT parameter_types::text[] AS types FROM pg_prepared_statements"
                   " WHERE name = 'tried'")
    db.execute("DEALLOCATE tried")
    return rows[0]["types"]


@pytest.fixture(scope="module")
def service(database):
    import psycopg2
    import psycopg2.extras

    class Session:
        def __init__(self, connection):
            self.connection = connection

        def execute(self, text):
            with self.connection.cursor() as cursor:
                cursor.execute(text)

        def rows(self, text):
            with self.connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
                cursor.execute(text)
                return cursor.fetchall()

        def columns(self, text):
            with self.connection.cursor() as cursor:
                cursor.execute(text)
                return {column.name: column.type_code for column in cursor.description}

    connection = psycopg2.connect(database.url("loft_service"))
    connection.autocommit = True
    session = Session(connection)
    session.execute("SET search_path = loft")
    yield session
    connection.close()


@pytest.fixture(scope="module")
def owner(database):
    import psycopg2
    connection = psycopg2.connect(database.url("loft_owner"))
    connection.autocommit = True
    yield connection
    connection.close()


# Run by the command line as the owner, not by the service.
AS_OWNER = {"client_upsert", "client_grant"}


@pytest.mark.parametrize("name", sorted(STATEMENTS.keys() - AS_OWNER))
def test_can_be_prepared(service, name):
    for optional in variants(name):
        parameter_types(service, compose(name, optional))


def is_read(name):
    text = compose(name, frozenset()).lstrip().upper()
    return text.startswith("SELECT") and "FOR UPDATE" not in text


def columns_of(service, name):
    text = compose(name, frozenset(
        only_if for _, _, only_if in STATEMENTS[name][0] if only_if >= 0))
    types = parameter_types(service, text)
    for number in range(len(types), 0, -1):
        text = text.replace(f"${number}", f"NULL::{types[number - 1]}")
    return service.columns(f"SELECT * FROM ({text}) AS tried LIMIT 0")


@pytest.mark.parametrize("name", sorted(filter(is_read, STATEMENTS)))
def test_columns_can_be_written(service, name):
    unknown = {column: code for column, code in columns_of(service, name).items()
               if code not in TYPES}
    assert unknown == {}


@pytest.fixture(scope="module")
def contract(server):
    import requests
    return requests.get(f"http://127.0.0.1:{server.settings['LOFT_PORT']}/openapi.json",
                        timeout=10).json()


def named_reads():
    """Operation id -> statement, from the parts of the contract."""
    import yaml
    for part in sorted(ROOT.glob("api/**/*.yaml")):
        for item in (yaml.safe_load(part.read_text()) or {}).values():
            if isinstance(item, dict):
                for method in item.values():
                    if isinstance(method, dict) and "x-statement" in method:
                        yield method["operationId"], method["x-statement"]


def listed_reads():
    """Operation id -> statement of every x-list."""
    import yaml
    for part in sorted(ROOT.glob("api/**/*.yaml")):
        for item in (yaml.safe_load(part.read_text()) or {}).values():
            get = item.get("get", {}) if isinstance(item, dict) else {}
            if "x-list" in get:
                yield get["operationId"], get["x-statement"]


@pytest.mark.parametrize("operation,statement", sorted(set(listed_reads())))
def test_rows_of_a_list_are_told_apart(service, contract, operation, statement):
    """By the id that they show, or in a computed view by one that stays inside."""
    identity = "id" if "id" in answer_item(contract, operation)["properties"] else "_id"
    assert TYPES.get(columns_of(service, statement).get(identity)) == "uuid"


def resolve(contract, schema):
    while "$ref" in schema:
        target = contract
        for key in schema["$ref"].removeprefix("#/").split("/"):
            target = target[key]
        schema = target
    return schema


def answer_item(contract, operation_id):
    for item in contract["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict) and operation.get("operationId") == operation_id:
                status = next(code for code in operation["responses"] if code.startswith("2"))
                schema = operation["responses"][status]["content"]["application/json"]["schema"]
                schema = resolve(contract, schema)
                if "items" in schema["properties"] and "next_cursor" in schema["properties"]:
                    schema = resolve(contract, schema["properties"]["items"]["items"])
                return schema
    raise AssertionError(f"no operation {operation_id}")


def contract_type(contract, schema):
    schema = resolve(contract, schema)
    kind = schema["type"]
    kind = kind if isinstance(kind, str) else next(k for k in kind if k != "null")
    return schema.get("format", kind) if kind == "string" else kind


FITS = {
    "integer": {"integer"}, "boolean": {"boolean"}, "uuid": {"uuid"}, "date": {"date"},
    "date-time": {"date-time"}, "array": {"array", "json"}, "object": {"json"},
    "string": {"string"}, "email": {"string"}, "uri": {"string"},
}


@pytest.mark.parametrize("operation,statement", sorted(set(named_reads())))
def test_read_gives_what_the_contract_says(service, contract, operation, statement):
    properties = answer_item(contract, operation)["properties"]
    promised = {name: contract_type(contract, schema) for name, schema in properties.items()
                if name != "allowed_actions"}
    columns = {name: TYPES.get(code, code) for name, code in columns_of(service, statement).items()
               if not name.startswith("_")}
    assert sorted(columns) == sorted(promised)
    wrong = {name: (columns[name], promised[name]) for name in columns
             if columns[name] not in FITS[promised[name]]}
    assert wrong == {}, json.dumps(wrong)
