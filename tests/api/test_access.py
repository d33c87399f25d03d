"""Who may do what: every operation, every kind of principal, rows of their own and of others, asked
of the server over HTTP. The tables are in access/, a module for each part of the service; who the
principals are and what the relations mean is said there.
"""
import concurrent.futures
import csv
import io
import json
import uuid

import pytest

from access import LISTED, LISTS, LISTS_OF_ONE, OFFERED, OPERATIONS, SCOPES
from access.asking import all_rows, ask, listed, make_world, path_of
from access.engine import NAMES, Table
from access.registry import SOMEBODY
from support.client import Api
from support.server import Server
from support.sheet import XLSX, rows_of_sheet


@pytest.fixture(scope="module")
def world(owner_session):
    return make_world(owner_session)


@pytest.fixture(scope="module")
def server(database, tmp_path_factory):
    """With a documentation page, whose files need not be the real ones."""
    docs = tmp_path_factory.mktemp("docs")
    (docs / "swagger-ui.css").write_text("")
    with Server(database, LOFT_DOCS=docs) as running:
        yield running


@pytest.fixture(scope="module")
def clients(world, server, tokens):
    """A client of each principal."""
    return {name: Api(server, world[name].token(tokens)) for name in OPERATIONS.names}


@pytest.fixture(scope="module")
def operations(clients):
    return {operation.id: operation for operation in clients["anon"].contract.operations}


# ---- the table -------------------------------------------------------------------------------

# OPERATIONS: the status of each operation, by whom and on whose row. A row that the caller may not see
# is 404; what none of the caller's roles or scopes opens is 403, whatever the row. A dash in the second
# column: the operation is about no row; in a cell: there is no such row.


def test_every_operation_is_in_the_table(operations):
    assert {label.split()[0] for label, _ in OPERATIONS} == set(operations)


@pytest.mark.parametrize("label", [label for label, _ in OPERATIONS])
def test_who_may(label, world, clients, operations):
    operation, relation = label.split()
    wrong = []
    for name, status in OPERATIONS[label].items():
        if status == "-":
            continue
        try:
            ask(world, clients[name], name, operations[operation], relation, expect=int(status))
        except AssertionError as failure:
            wrong.append(f"{name}: {failure}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("label", [
    label for label, _ in OPERATIONS if label.split()[0] in OFFERED])
def test_an_action_is_offered_to_those_who_may(label, world, clients, operations):
    operation, relation = label.split()
    item, action = operations[operation].template.split("/actions/")
    read = next(one.id for one in operations.values() if (one.method, one.template) == ("GET", item))
    for name, status in OPERATIONS[f"{read} {relation}"].items():
        if status == "200":
            path = path_of(operations[operation], world, name, relation).split("/actions/")[0]
            offered = action in clients[name].get(path)["allowed_actions"]
            assert offered == (OPERATIONS[label][name] in ("200", "201")), name


# ---- lists -----------------------------------------------------------------------------------

# LISTS: which rows a list gives; "others" are all rows that have no line. A dash: refused altogether.


@pytest.fixture(scope="module")
def lines():
    """Of each list: line -> cells."""
    found = {}
    for label, cells in LISTS:
        operation, line = label.split()
        found.setdefault(operation, {})[line] = cells
    return found


def rows_by_name(world, operation):
    """The ids behind each line of LISTS."""
    named = LISTED[operation].named(world) if LISTED[operation].named else {}
    return {**named, "others": all_rows(world, operation).difference(*named.values())}


def given(lines, rows, name):
    """The ids that somebody is to get."""
    return {row for line, cells in lines.items() if cells[name] == "x" for row in rows[line]}


@pytest.mark.parametrize("operation", LISTED)
def test_who_gets_which_rows(operation, lines, world, clients, operations):
    rows = rows_by_name(world, operation)
    assert set(lines[operation]) == set(rows)
    for name, others in lines[operation]["others"].items():
        if others == "-":
            assert OPERATIONS[f"{operation} -"][name] in ("401", "403")
            continue
        expected = given(lines[operation], rows, name)
        *found, count = listed(clients[name], operations[operation])
        for ids in found:
            assert sorted(ids) == sorted(expected), name
        assert len(count) == len(expected), name


def test_every_list_is_looked_at(operations, lines):
    lists = {name for name in operations if name.startswith("list_")}
    assert lists == set(LISTED) | LISTS_OF_ONE
    assert set(lines) == set(LISTED)


def test_a_filter_finds_nothing_that_the_list_does_not_give(world, clients):
    """Asking for a particular row does not bring it closer."""
    stranger, path = world["stranger"], "/v1/smart/registrations"
    for name in "part", "book", "inst":
        for course in world.courses["away", "confirmed"], world.courses["home", "confirmed"]:
            for params in ({"person_id": stranger.person_id}, {"course_id": course.id},
                           {"employer_organisation_id": world.organisations["away"]}):
                found = clients[name].every(path, params)
                assert stranger.person_id not in {one["person_id"] for one in found}


def test_a_search_finds_no_draft(world, clients):
    """The words are looked up past the policies; what comes back is not."""
    code = world.courses["home", "draft"].code
    for name in NAMES:
        found = clients[name].get("/v1/smart/courses", params={"q": code}).items
        assert [one["code"] for one in found] == ([code] if name in ("inst", "smad") else []), name


def test_principals_do_not_mix_when_they_ask_at_once(lines, world, clients):
    """Workers are shared: each request has the rows of its own principal, whoever was before."""
    path, rows = "/v1/smart/registrations", rows_by_name(world, "list_registrations")

    def look(name):
        client = clients[name].clone()
        expected = given(lines["list_registrations"], rows, name)
        return [name for _ in range(20)
                if {one["id"] for one in client.every(path, {"limit": 200})} != expected]
    names = ["part", "par2", "book", "inst", "smad", "away"]
    with concurrent.futures.ThreadPoolExecutor(len(names)) as threads:
        assert sum(threads.map(look, names), []) == []


# ---- what an answer gives away -----------------------------------------------------------------


def test_a_hidden_row_is_like_none(world, clients):
    """The same answer for a registration, a course or a person that others have as for an id that
    nobody has, whatever is asked of it."""
    part = clients["part"]
    hidden = world.registrations["stranger", "confirmed"]
    for make in (lambda row: part.get(f"/v1/smart/registrations/{row}", expect=404),
                 lambda row: part.post(f"/v1/smart/registrations/{row}/actions/cancel", {},
                                       etag='"999-0"', expect=404)):
        assert told(make(hidden)) == told(make(uuid.uuid4()))
    part.head(f"/v1/smart/registrations/{hidden}", expect=404)
    draft = world.courses["home", "draft"].id
    assert (told(part.get(f"/v1/smart/courses/{draft}", expect=404)) ==
            told(part.get(f"/v1/smart/courses/{uuid.uuid4()}", expect=404)))
    body = world.build.registration_body(world.courses["home", "draft"])
    assert (told(part.post("/v1/smart/registrations", body, expect=404)) ==
            told(part.post("/v1/smart/registrations", {**body, "course_id": str(uuid.uuid4())},
                           expect=404)))
    body = world.build.registration_body(world.courses["home", "empty"], person=None)
    assert (told(part.post("/v1/smart/registrations", {**body, "person_id": world.people["stranger"]},
                           expect=422)) ==
            told(part.post("/v1/smart/registrations", {**body, "person_id": str(uuid.uuid4())},
                           expect=422)))


def told(answer):
    """What a problem says, less what differs from one request to the next."""
    return {name: value for name, value in answer.json.items()
            if name not in ("request_id", "instance")}


def test_a_stored_answer_is_for_the_one_who_asked(world, server, tokens):
    """The same key and body from somebody else is a request of their own."""
    first, second = (Api(server, tokens.sign(world.build.user("participant").subject))
                     for _ in range(2))
    key, path = str(uuid.uuid4()), "/v1/smart/registrations"
    body = world.build.registration_body(world.courses["away", "empty"],
                                         item_choices={"laerebok": "smart"})
    made = first.post(path, body, key=key)
    second.post(path, body, key=key, expect=409, code="already_registered")
    assert first.post(path, body, key=key)["id"] == made["id"]


# ---- restricted fields ------------------------------------------------------------------------

# What a partner system sees of a registration by its scopes: x the value, . null.
MASKS = Table("""
                     read   read,contact   read,sensitive   read,contact,sensitive
participant_name     x      x              x                x
employer_name        x      x              x                x
participant_email    .      x              .                x
participant_phone    .      x              .                x
invoice              .      x              .                x
dietary_note         .      .              x                x
""")
NOT_IN_LISTS = {"invoice"}


@pytest.fixture(scope="module", params=MASKS.names)
def partner(request, world, server, tokens):
    """A partner system with these scopes, and what it is to see."""
    scopes = [f"smart:{word}" for word in request.param.split(",")] + ["smart:register"]
    client = world.build.client(*scopes)
    api = Api(server, tokens.sign(client.client_id, client_id=client.client_id, scope=" ".join(scopes)))
    return api, {field for field, cells in MASKS if cells[request.param] == "x"}


def shown(row, fields):
    """Which of the fields have a value; in CSV nothing is an empty cell."""
    return {field for field in fields if row[field] not in (None, "")}


def test_an_item_hides_what_is_restricted(world, partner):
    api, seen = partner
    path = f"/v1/smart/registrations/{world.registrations['part', 'confirmed']}"
    fields = {field for field, _ in MASKS}
    assert shown(api.get(path).json, fields) == seen
    for field in fields:  # asking for it by name does not help
        assert shown(api.get(path, params={"fields": field}).json, {field}) == seen & {field}


@pytest.mark.parametrize("accept", ["application/json", "text/csv", "text/csv;excel=no",
                                    "application/x-ndjson", XLSX])
def test_a_list_hides_what_is_restricted(world, partner, accept):
    api, seen = partner
    course = world.courses["home", "confirmed"]
    answer = api.get("/v1/smart/registrations", params={"course_id": course.id}, accept=accept)
    if accept.startswith("text/csv"):
        text = answer.text.lstrip("\ufeff")
        rows = list(csv.DictReader(io.StringIO(text), delimiter=";" if "excel" in accept else ","))
    elif accept == XLSX:
        rows = rows_of_sheet(answer)
    else:
        rows = (answer.items if accept == "application/json" else
                [json.loads(line) for line in answer.text.splitlines()])
    fields = {field for field, _ in MASKS} - NOT_IN_LISTS
    row = next(row for row in rows if row["person_id"] == world.people["part"])
    assert shown(row, fields) == seen - NOT_IN_LISTS
    assert not any(shown(other, fields) - seen for other in rows)


def test_the_answer_to_a_write_hides_what_is_restricted(world, partner):
    """Also when it is the partner's own registration, and when the answer is a stored one."""
    api, seen = partner
    body = world.build.registration_body(
        world.courses["away", "empty"], item_choices={"laerebok": "smart"}, employer_name="Firma",
        person={**SOMEBODY, "email": f"{uuid.uuid4().hex}@example.no", "phone": "+47 99 99 99 99"},
        invoice={"recipient": "Eksempelbedriften"}, dietary_note="Vegetar")
    key = str(uuid.uuid4())
    first = api.post("/v1/smart/registrations", body, key=key)
    again = api.post("/v1/smart/registrations", body, key=key)
    fields = {field for field, _ in MASKS}
    assert shown(first.json, fields) == shown(again.json, fields) == seen
    assert first["id"] == again["id"]


def test_a_person_without_contact_scope(world, server, tokens, clients):
    """The people of the register: the same mask, and no search by what it hides."""
    person = world.build.person("Hemmelig Adressesen", "hemmelig.adresse@example.no", phone="+47 1",
                                birth_year=1980)
    token = tokens.sign(world["smad"].subject, scope="registry:read")
    narrow, hidden = Api(server, token), {"email", "phone", "birth_year"}
    assert shown(narrow.get(f"/v1/people/{person}").json, hidden) == set()
    assert shown(clients["smad"].get(f"/v1/people/{person}").json, hidden) == hidden
    for text, finds in (("adressesen", True), ("hemmelig.adresse", False)):
        found = narrow.get("/v1/people", params={"q": text}).items
        assert (person in {one["id"] for one in found}) == finds
    found = clients["smad"].get("/v1/people", params={"q": "hemmelig.adresse"}).items
    assert person in {one["id"] for one in found}


# ---- scopes of machines ------------------------------------------------------------------------

# SCOPES: a partner system with one scope alone, the role granted for everything. Scopes open nothing
# that the role does not: a machine reads no people and no users, and runs no courses.


@pytest.mark.parametrize("scope", SCOPES.names)
def test_what_one_scope_opens(scope, world, server, tokens, operations):
    client = world.build.client(scope)
    api = Api(server, tokens.sign(client.client_id, client_id=client.client_id, scope=scope))
    for operation, cells in SCOPES:
        if scope in cells:
            ask(world, api, "read", operations[operation], "own", expect=int(cells[scope]))


def test_a_token_reaches_no_further_than_its_scopes(world, server, tokens, operations):
    """Roles alone open nothing: an admin's token for reading writes nothing."""
    for name, scope, operation, status in [
            ("admn", "registry:read", "create_organisation", 403),
            ("admn", "registry:write", "create_organisation", 201),
            ("admn", "registry:write", "create_api_client", 403),
            ("smad", "smart:read smart:register", "create_course", 403),
            ("smad", "smart:write", "create_course", 201),
            ("part", "smart:register", "list_registrations", 403),
            ("part", "smart:read", "create_registration", 403)]:
        api = Api(server, tokens.sign(world[name].subject, scope=scope))
        ask(world, api, name, operations[operation], "own", expect=status)
