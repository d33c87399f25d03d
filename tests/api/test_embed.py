"""embed=: related items inside the item that was asked for, and who sees them."""
import json
import uuid

import pytest

from access.asking import make_world
from access.engine import NAMES, Table
from support.client import Api
from support.sheet import XLSX

LIST = "/v1/smart/registrations"
COURSE = ["id", "code", "title", "course_type", "state", "starts_at", "ends_at", "municipality_no", "venue_name"]


@pytest.fixture
def registration(build):
    course = build.course(venue_name="Rådhuset", municipality_no="3905")
    person = build.person("Åse Ærlig", phone="+47 99 99 99 99", birth_year=1980, gender="female")
    return build.registration(course, person, participant_name="Åse")


def forms_of(client, registration, **params):
    """The registration as an item, in a page and in a file."""
    path = f"{LIST}/{registration}"
    yield client.get(path, params=params).json
    course = client.get(path)["course_id"]
    yield client.get(LIST, params={"course_id": course, **params}).items[0]
    text = client.get(LIST, params={"course_id": course, **params}, accept="application/x-ndjson").text
    yield json.loads(text.splitlines()[0])


def test_nothing_is_embedded_unasked(smart_admin, registration):
    for item in forms_of(smart_admin, registration):
        assert "course" not in item and "person" not in item


def test_what_was_asked_for_is_embedded(smart_admin, registration):
    plain = list(forms_of(smart_admin, registration))
    course = smart_admin.get(f"/v1/smart/courses/{plain[0]['course_id']}").json
    person = {"id": plain[0]["person_id"], "full_name": "Åse Ærlig", "gender": "female"}
    for embed, names in (("course", ["course"]), ("person", ["person"]), ("person,course", ["course", "person"])):
        for item, without in zip(forms_of(smart_admin, registration, embed=embed), plain):
            assert item.pop("course", None) == ({name: course[name] for name in COURSE} if "course" in names else None)
            assert item.pop("person", None) == (person if "person" in names else None)
            assert item == without


def test_fields_narrow_the_item_and_leave_what_is_embedded(smart_admin, registration):
    for item in forms_of(smart_admin, registration, embed="course", fields="state"):
        assert sorted(item) == ["course", "id", "state"] and sorted(item["course"]) == sorted(COURSE)
    for item in forms_of(smart_admin, registration, embed="course,person", fields="id"):
        assert sorted(item) == ["course", "id", "person"]
    smart_admin.get(LIST, params={"fields": "course"}, expect=400, code="invalid_parameter")


@pytest.mark.parametrize("embed, code", [("nonsense", "not_in_enum"), ("course,nonsense", "not_in_enum"), ("", "not_in_enum"),
                                         ("course,course", "not_unique"), ("invoice", "not_in_enum"), ("Course", "not_in_enum"),
                                         ("course,person,course", "too_many")])
def test_what_cannot_be_embedded(smart_admin, registration, embed, code):
    for path in (LIST, f"{LIST}/{registration}"):
        answer = smart_admin.get(path, params={"embed": embed}, expect=400, code="invalid_parameter")
        assert answer.faults == {"?embed": code}
    smart_admin.get("/v1/smart/courses", params={"embed": "course"}, expect=400, code="unknown_parameter")


@pytest.mark.parametrize("accept", ["text/csv", "text/csv;excel=no", XLSX])
def test_a_table_has_no_place_for_items(smart_admin, accept):
    answer = smart_admin.get(LIST, params={"embed": "course"}, accept=accept, expect=400, code="invalid_parameter", language="en")
    assert answer.faults == {"?embed": "not_in_format"} and "application/x-ndjson" in answer["errors"][0]["detail"]
    columns = smart_admin.get(LIST, accept="text/csv").text.splitlines()[0].split(",")
    assert "course" not in columns and "person" not in columns


def test_pages_go_on_with_and_without(smart_admin, build):
    """What is embedded changes no rows, so a cursor goes with any of it."""
    course = build.course()
    ids = {build.registration(course) for _ in range(5)}
    params = {"course_id": course.id, "limit": 2}
    assert {item["id"] for item in smart_admin.every(LIST, {**params, "embed": "course,person"})} == ids
    cursor = smart_admin.get(LIST, params=params)["next_cursor"]
    page = smart_admin.get(LIST, params={**params, "cursor": cursor, "embed": "course", "count": "true"})
    assert all(item["course"]["id"] == course.id for item in page.items) and page["count"] == 5


def test_etag_covers_what_is_embedded(smart_admin, registration, owner_db):
    path, params = f"{LIST}/{registration}", {"embed": "course"}
    plain, answer = smart_admin.get(path), smart_admin.get(path, params=params)
    assert plain.etag != answer.etag and plain.etag.split("-")[0] == answer.etag.split("-")[0]
    smart_admin.get(path, params=params, none_match=answer.etag, expect=304)
    smart_admin.get(path, params=params, none_match=plain.etag, expect=200)
    owner_db.execute("UPDATE course SET venue_name = 'Kulturskolen' WHERE id = %s", [answer["course"]["id"]])
    changed = smart_admin.get(path, params=params, none_match=answer.etag, expect=200)
    assert changed["course"]["venue_name"] == "Kulturskolen"
    smart_admin.get(path, none_match=plain.etag, expect=304)
    smart_admin.patch(path, {"dietary_note": "Vegetar"}, etag=changed.etag)  # If-Match is about the version


def test_writes_embed_nothing(smart_admin, build):
    made = smart_admin.post(LIST, build.registration_body(build.course()))
    assert "course" not in made.json and "person" not in made.json
    path = f"{LIST}/{made['id']}"
    for answer in (smart_admin.patch(path, {"dietary_note": "x"}, etag=made.etag), smart_admin.act(path, "cancel")):
        assert "course" not in answer.json and "person" not in answer.json
    smart_admin.patch(f"{path}?embed=course", {"dietary_note": "y"}, etag="*", expect=400, code="unknown_parameter")


# ---- who sees what ----

@pytest.fixture(scope="module")
def world(owner_session):
    return make_world(owner_session)


# Whose person is embedded in a registration: x the person, . null, - no such registration for them. The
# course is there for all who see the registration.
PEOPLE = Table("""
           part par2 book inst smad read away
own        x    x    x    x    x    .    .
sibling    -    -    .    x    x    .    .
foreign    -    -    -    -    x    .    -
guest      .    -    -    x    x    .    -
""")


@pytest.mark.parametrize("relation", [label for label, _ in PEOPLE])
@pytest.mark.parametrize("name", PEOPLE.names)
def test_people_are_shown_to_those_who_may_see_their_rows(world, server, tokens, relation, name):
    assert name in NAMES
    client, cell = Api(server, world[name].token(tokens)), PEOPLE[relation][name]
    row = world.registrations[world.whose(name, relation), "confirmed"]
    path, params = f"{LIST}/{row}", {"embed": "person,course"}
    if cell == "-":
        client.get(path, params=params, expect=404)
        return
    item = client.get(path, params=params).json
    assert item["course"]["id"] == item["course_id"]
    assert (item["person"] and item["person"]["id"]) == (item["person_id"] if cell == "x" else None)
    listed = {one["id"]: one for one in client.every(LIST, {**params, "limit": 200})}
    assert listed[row]["person"] == item["person"] and listed[row]["course"] == item["course"]


def test_people_need_the_scope_of_their_register(world, server, tokens):
    """As reading them there does; and no scope brings contact data into what is embedded."""
    row = world.registrations["part", "confirmed"]
    for scope, seen in (("smart:read", False), ("smart:read smart:contact", False), ("smart:read registry:read", True),
                        ("smart:read registry:read smart:contact", True)):
        client = Api(server, tokens.sign(world["smad"].subject, scope=scope))
        person = client.get(f"{LIST}/{row}", params={"embed": "person"})["person"]
        assert (sorted(person) if person else None) == (["full_name", "gender", "id"] if seen else None)


def test_hidden_rows_stay_hidden(world, server, tokens):
    client = Api(server, world["part"].token(tokens))
    for row in (world.registrations["stranger", "confirmed"], uuid.uuid4()):
        client.get(f"{LIST}/{row}", params={"embed": "person,course"}, expect=404, code="not_found")
