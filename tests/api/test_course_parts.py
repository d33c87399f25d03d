"""What belongs to a course: gatherings, sessions, ticket types, items and options. Made, changed
and removed in one way, so most tests here are asked of each of them."""
import csv
import dataclasses
import io
import json
import uuid

import pytest

COURSES = "/v1/smart/courses"
SESSION = {"starts_at": "2027-03-10T08:00:00Z", "ends_at": "2027-03-10T14:30:00Z"}
EMPLOYER = "00000000-0000-7000-8001-000000000001"


@dataclasses.dataclass
class Kind:
    item: str     # path of the items
    made_at: str  # below {course}, {gathering} or {item}
    list: str
    body: dict
    unique: str   # member that is taken once
    patch: dict
    limit: int
    resource: str


KINDS = {
    "gathering": Kind("gatherings", "courses/{course}/gatherings", "courses/{course}/gatherings",
                      {"seq_no": 7, "title": "Andre samling"}, "seq_no",
                      {"title": None, "overnight": True}, 40, "gathering"),
    "session": Kind("sessions", "gatherings/{gathering}/sessions", "courses/{course}/sessions",
                    SESSION, None, {"venue_name": "Støperiet", "has_practice_sharing": True}, 20,
                    "session"),
    "ticket_type": Kind("ticket-types", "courses/{course}/ticket-types",
                        "courses/{course}/ticket-types",
                        {"code": "student", "name": "Student", "price_nok": 450}, "code",
                        {"price_nok": 500, "capacity": 3}, 20, "ticket_type"),
    "course_item": Kind("course-items", "courses/{course}/items", "courses/{course}/items",
                        {"code": "lunch", "name": "Lunsj"}, "code", {"name": "Varm lunsj"}, 20,
                        "course_item"),
    "item_option": Kind("item-options", "course-items/{item}/options",
                        "course-items/{item}/options",
                        {"code": "ungdom", "name": "SMART ungdomsboka"}, "code",
                        {"name": "Ungdomsboka"}, 50, "item_option"),
}
every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


@pytest.fixture
def course_of(build, owner_db):
    """course_of("draft"): a course with one of everything, and where each is made and listed."""
    def make(state="draft", **columns):
        course = build.course(state=state, items={"textbook": ["skole"]}, **columns)
        ids = {
            "course": course.id,
            "gathering": owner_db.value("SELECT id FROM course_gathering WHERE course_id = %s",
                                        [course.id]),
            "item": owner_db.value("SELECT id FROM course_item WHERE course_id = %s", [course.id]),
        }
        return course, lambda template: "/v1/smart/" + template.format(**ids)
    return make


def event_of(owner_db, answer):
    return owner_db.rows("SELECT operation, resource_type, version, actor_kind FROM event"
                         " WHERE resource_id = %s ORDER BY seq DESC LIMIT 1", [answer["id"]])[0]


@every_kind
def test_made_changed_and_removed(kind, course_of, smart_admin, owner_db):
    _, at = course_of()
    made = smart_admin.post(at(kind.made_at), kind.body)
    path = made.headers["Location"]
    assert (made.status, made["version"], path) == (201, 1, f"/v1/smart/{kind.item}/{made['id']}")
    assert kind.body.items() <= made.json.items()
    assert smart_admin.get(path).etag == made.etag
    smart_admin.get(path, none_match=made.etag, expect=304)
    assert set(smart_admin.get(f"{path}?fields=updated_at").json) == {"id", "updated_at"}
    assert event_of(owner_db, made) == {
        "operation": f"create_{kind.resource}", "resource_type": kind.resource, "version": 1,
        "actor_kind": "user"}

    changed = smart_admin.patch(path, kind.patch, etag=made.etag)
    assert changed["version"] == 2 and kind.patch.items() <= changed.json.items()
    assert {name for name in made.json if made[name] != changed[name]} == {
        *kind.patch, "version", "updated_at"}
    assert event_of(owner_db, made)["operation"] == f"update_{kind.resource}"
    smart_admin.patch(path, kind.patch, etag=made.etag, expect=412, code="version_conflict")
    smart_admin.patch(path, kind.patch, expect=428, code="precondition_required")
    smart_admin.patch(path, {}, etag="*", expect=422)
    smart_admin.patch(path, {"course_id": made["id"]}, etag="*", expect=422)

    smart_admin.delete(path, etag=made.etag, expect=412, code="version_conflict")
    smart_admin.delete(path, expect=428, code="precondition_required")
    smart_admin.delete(path, etag=changed.etag, dry_run=True)
    assert smart_admin.delete(path, etag=changed.etag).status == 204
    assert event_of(owner_db, made) == {
        "operation": f"delete_{kind.resource}", "resource_type": kind.resource, "version": 2,
        "actor_kind": "user"}
    smart_admin.get(path, expect=404)
    smart_admin.patch(path, kind.patch, etag="*", expect=404, code="not_found")
    smart_admin.delete(path, etag="*", expect=404, code="not_found")


@every_kind
def test_a_retry_and_a_trial(kind, course_of, smart_admin):
    _, at = course_of()
    key = str(uuid.uuid4())
    tried = smart_admin.post(at(kind.made_at), kind.body, dry_run=True)
    smart_admin.get(tried.headers["Location"], expect=404)
    made = smart_admin.post(at(kind.made_at), kind.body, key=key)
    again = smart_admin.post(at(kind.made_at), kind.body, key=key)
    assert (again.json, again.headers["Location"]) == (made.json, made.headers["Location"])
    assert smart_admin.patch(made.headers["Location"], kind.patch, etag=made.etag,
                             dry_run=True)["version"] == 2
    assert smart_admin.get(made.headers["Location"]).etag == made.etag


@every_kind
def test_lists(kind, course_of, smart_admin, anonymous):
    course, at = course_of("published")
    for number in range(4):
        body = dict(kind.body)
        if kind.unique:
            body[kind.unique] = 20 + number if kind.unique == "seq_no" else f"nr-{number}"
        smart_admin.post(at(kind.made_at), body)
    path = at(kind.list)
    whole = anonymous.get(path, params={"count": "true"})
    assert whole["count"] == len(whole.items) == 5
    sorts = anonymous.contract.find("GET", path).parameter("query", "sort")["schema"]["enum"]
    for sort in sorts:
        ordered = anonymous.get(path, params={"sort": sort}).items
        assert anonymous.every(path, {"sort": sort, "limit": 2}) == ordered
        if sort not in ("updated_at", "id"):
            values = [str(item[sort.lstrip("-")]).lower() for item in ordered]
            values = [int(value) if value.isdigit() else value for value in values]
            assert values == sorted(values, reverse=sort.startswith("-"))
    lines = anonymous.get(path, accept="application/x-ndjson").text.splitlines()
    assert [json.loads(line) for line in lines] == whole.items
    rows = csv.DictReader(io.StringIO(anonymous.get(path, accept="text/csv").text))
    assert [row["id"] for row in rows] == [item["id"] for item in whole.items]
    assert anonymous.get(path, params={"updated_since": "2199-01-01T00:00:00Z"}).items == []
    anonymous.get(path, params={"updated_since": "2199-01-01"}, expect=400)


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if kind.unique],
                         ids=[name for name, kind in KINDS.items() if kind.unique])
def test_what_is_taken_is_taken(kind, course_of, smart_admin):
    _, at = course_of()
    smart_admin.post(at(kind.made_at), kind.body)
    taken = smart_admin.post(at(kind.made_at), kind.body, expect=409, code="already_exists")
    assert taken.faults == {f"/{kind.unique}": "already_exists"}


@every_kind
def test_there_is_a_limit(kind, course_of, smart_admin, build):
    course, at = course_of()
    have = {"gathering": ("course_gathering", "course_id", course.id),
            "session": ("course_session", "gathering_id", None),
            "ticket_type": ("ticket_type", "course_id", course.id),
            "course_item": ("course_item", "course_id", course.id),
            "item_option": ("item_option", "item_id", None)}
    table, column, parent = have[kind.resource]
    parent = parent or at(kind.made_at).split("/")[-2]
    for number in range(kind.limit - 1):
        body = dict(kind.body)
        if kind.unique:
            body[kind.unique] = 100 + number if kind.unique == "seq_no" else f"nr-{number}"
        build.insert(table, **{column: parent}, **body)
    refused = smart_admin.post(at(kind.made_at), kind.body, expect=409, code="limit_reached")
    assert str(kind.limit) in refused["detail"]


@every_kind
@pytest.mark.parametrize("state", ["completed", "cancelled"])
def test_a_course_that_is_over_stays_as_it_is(kind, course_of, smart_admin, state):
    _, at = course_of(state)
    smart_admin.post(at(kind.made_at), kind.body, expect=409, code="course_over")
    one = smart_admin.get(at(kind.list)).items[0]
    smart_admin.patch(f"/v1/smart/{kind.item}/{one['id']}", kind.patch, etag="*", expect=409,
                      code="course_over")


@every_kind
@pytest.mark.parametrize("state", ["published", "running", "completed", "cancelled"])
def test_only_drafts_lose_parts(kind, course_of, smart_admin, state):
    _, at = course_of(state)
    one = smart_admin.get(at(kind.list)).items[0]
    smart_admin.delete(f"/v1/smart/{kind.item}/{one['id']}", etag="*", expect=409,
                       code="course_not_draft")


@every_kind
def test_nobody_else_changes_them(kind, course_of, anonymous, participant, booker, outsider, admin,
                                  partner, make_user):
    course, at = course_of("published")
    one = anonymous.get(at(kind.list)).items[0]
    path = f"/v1/smart/{kind.item}/{one['id']}"
    instructor = make_user(("smart_instructor", "course", course.id))
    for who in (participant, booker, outsider, admin, instructor):
        who.post(at(kind.made_at), kind.body, expect=403, code="forbidden")
        who.patch(path, kind.patch, etag="*", expect=403, code="forbidden")
        who.delete(path, etag="*", expect=403, code="forbidden")
    partner.post(at(kind.made_at), kind.body, expect=403, code="insufficient_scope")
    anonymous.delete(path, etag="*", expect=401, code="token_missing")


@every_kind
def test_below_what_is_not_there(kind, smart_admin):
    nowhere = {"course": uuid.uuid4(), "gathering": uuid.uuid4(), "item": uuid.uuid4()}
    smart_admin.post("/v1/smart/" + kind.made_at.format(**nowhere), kind.body, expect=404,
                     code="not_found")
    smart_admin.get("/v1/smart/" + kind.list.format(**nowhere), expect=404, code="not_found")


# ---- each on its own ---------------------------------------------------------------------------

@pytest.mark.parametrize("body, faults", [
    ({}, {"/seq_no": "required"}),
    ({"seq_no": 0, "kind": "party", "title": "", "sessions": []},
     {"/seq_no": "too_small", "/kind": "not_in_enum", "/title": "too_short",
      "/sessions": "unknown_member"}),
    ({"seq_no": 3, "title": " "}, {"/title": "invalid_value"}),
])
def test_a_gathering_that_cannot_be(course_of, smart_admin, body, faults):
    _, at = course_of()
    assert smart_admin.post(at("courses/{course}/gatherings"), body, expect=422).faults == faults


def test_a_gathering_takes_a_number_that_is_free(course_of, smart_admin):
    _, at = course_of()
    made = smart_admin.post(at("courses/{course}/gatherings"), {"seq_no": 2})
    assert (made["kind"], made["overnight"], made["title"]) == ("gathering", False, None)
    smart_admin.patch(made.headers["Location"], {"seq_no": 1}, etag=made.etag, expect=409,
                      code="already_exists")
    festival = smart_admin.post(at("courses/{course}/gatherings"),
                                {"seq_no": 3, "kind": "festival"})
    found = smart_admin.get(at("courses/{course}/gatherings") + "?kind=festival").items
    assert [item["id"] for item in found] == [festival["id"]]


@pytest.mark.parametrize("starts_at, ends_at, code", [
    ("2027-03-10T08:00:00Z", "2027-03-10T08:00:00Z", "ends_before_start"),
    ("2027-03-10T08:00:00Z", "2027-03-10T08:30:00+01:00", "ends_before_start"),
    ("2027-03-10T08:00:00Z", "2027-03-11T08:00:01Z", "session_too_long"),
])
def test_a_session_that_cannot_be(course_of, smart_admin, starts_at, ends_at, code):
    _, at = course_of()
    body = {"starts_at": starts_at, "ends_at": ends_at}
    wrong = smart_admin.post(at("gatherings/{gathering}/sessions"), body, expect=422)
    assert wrong.faults == {"/ends_at": code}
    made = smart_admin.post(at("gatherings/{gathering}/sessions"), SESSION)
    wrong = smart_admin.patch(made.headers["Location"], body, etag=made.etag, expect=422)
    assert wrong.faults == {"/ends_at": code}


def test_a_patch_of_one_end_meets_the_other(course_of, smart_admin):
    _, at = course_of()
    made = smart_admin.post(at("gatherings/{gathering}/sessions"), SESSION)
    wrong = smart_admin.patch(made.headers["Location"], {"starts_at": "2027-03-10T14:30:00Z"},
                              etag=made.etag, expect=422)
    assert wrong.faults == {"/ends_at": "ends_before_start"}
    smart_admin.patch(made.headers["Location"], {"starts_at": "2027-03-10T14:29:00Z"},
                      etag=made.etag)


def test_sessions_are_the_span_of_their_course(course_of, smart_admin):
    course, at = course_of()
    path = f"{COURSES}/{course.id}"
    version = smart_admin.get(path)["version"]
    made = smart_admin.post(at("gatherings/{gathering}/sessions"),
                            {"starts_at": "2027-01-01T09:00:00+01:00",
                             "ends_at": "2027-01-01T15:00:00+01:00"})
    item = smart_admin.get(path)
    assert (item["starts_at"], item["version"]) == ("2027-01-01T08:00:00Z", version)
    assert smart_admin.get(at("courses/{course}/sessions")).items[0]["id"] == made["id"]
    assert [s["id"] for s in smart_admin.get(
        at("courses/{course}/sessions?gathering_id={gathering}")).items][0] == made["id"]
    assert smart_admin.get(at("courses/{course}/sessions?gathering_id={item}")).items == []
    smart_admin.delete(made.headers["Location"], etag=made.etag)
    assert smart_admin.get(path)["starts_at"] != "2027-01-01T08:00:00Z"


def test_a_gathering_takes_its_sessions_along(course_of, smart_admin):
    course, at = course_of()
    smart_admin.delete(at("gatherings/{gathering}"), etag="*")
    item = smart_admin.get(f"{COURSES}/{course.id}")
    assert item["sessions"] == [] and item["starts_at"] is None


def test_an_employee_ticket_names_the_employer(course_of, smart_admin):
    _, at = course_of()
    path = at("courses/{course}/ticket-types")
    ticket = {"code": "ansatt", "name": "Ansatte", "price_nok": 0}
    employees = {**ticket, "eligibility": "municipality_employee"}
    refused = smart_admin.post(path, employees, expect=422, code="eligible_organisation_required")
    assert refused["rule"] == "SM-R10"
    smart_admin.post(path, {**ticket, "eligible_organisation_id": EMPLOYER}, expect=422,
                     code="eligible_organisation_unwanted")
    wrong = smart_admin.post(path, {**employees, "eligible_organisation_id": str(uuid.uuid4())},
                             expect=422)
    assert wrong.faults == {"/eligible_organisation_id": "unknown_reference"}
    made = smart_admin.post(path, {**employees, "eligible_organisation_id": EMPLOYER})
    smart_admin.patch(made.headers["Location"], {"eligible_organisation_id": None}, etag=made.etag,
                      expect=422, code="eligible_organisation_required")
    smart_admin.patch(made.headers["Location"], {"eligibility": "anyone"}, etag=made.etag,
                      expect=422, code="eligible_organisation_unwanted")
    changed = smart_admin.patch(made.headers["Location"], {
        "eligibility": "anyone", "eligible_organisation_id": None}, etag=made.etag)
    assert changed["eligibility"] == "anyone"
    assert smart_admin.get(f"{path}?eligibility=municipality_employee").items == []


@pytest.mark.parametrize("change, fault", [
    ({"price_nok": -1}, "too_small"), ({"price_nok": 1000001}, "too_large"),
    ({"price_nok": 9.5}, "wrong_type"), ({"price_nok": "950"}, "wrong_type"),
    ({"price_nok": None}, "null_not_allowed"),
])
def test_a_price_is_whole_kroner(course_of, smart_admin, change, fault):
    _, at = course_of()
    body = {"code": "pris", "name": "Pris", "price_nok": 1, **change}
    wrong = smart_admin.post(at("courses/{course}/ticket-types"), body, expect=422)
    assert wrong.faults == {"/price_nok": fault}


def test_a_choice_is_asked_of_registrations_from_now_on(course_of, smart_admin, build):
    course, at = course_of("published")
    build.registration(course)
    refused = smart_admin.post("/v1/smart/registrations", build.registration_body(course),
                               expect=422, code="choice_required")
    assert refused["rule"] == "SM-R08"
    made = smart_admin.post(at("course-items/{item}/options"), {"code": "ungdom", "name": "Ungdom"})
    registered = smart_admin.post("/v1/smart/registrations", build.registration_body(
        course, item_choices={"textbook": made["code"]}))
    assert registered["item_choices"] == {"textbook": "ungdom"}
    found = smart_admin.get(at("courses/{course}/items") + "?choice_required=true").items
    assert [item["code"] for item in found] == ["textbook"]
    smart_admin.patch(at("course-items/{item}"), {"choice_required": False}, etag="*")
    smart_admin.post("/v1/smart/registrations", build.registration_body(course))
