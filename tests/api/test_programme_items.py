"""The programme of a course: what happens when, who contributes by role."""
import csv
import io
import json
import uuid

import pytest

COURSES, ITEMS = "/v1/smart/courses", "/v1/smart/programme-items"
OPENING = {"kind": "opening", "starts_at": "2027-04-14T09:00:00Z", "ends_at": "2027-04-14T09:20:00Z",
           "title": "Åpning", "contributor_role": "Ordfører"}
DAY = [
    ("lunch", "10:30", "11:15", "Lunsj", None),
    ("talk", "09:20", "10:30", "Relasjoner som bærer", "Foredragsholder"),
    ("opening", "09:00", "09:20", "Åpning", "Ordfører"),
    ("hosting", "09:00", "13:30", "Konferansierer", "Elever på 6. trinn"),
    ("other", "13:00", "13:30", "Avslutning", None),
]


@pytest.fixture
def festival(build):
    def make(**columns):
        return build.course(course_type="festival", **columns)
    return make


def path_of(course):
    return f"{COURSES}/{course.id}/programme-items"


def test_made_changed_and_taken_off(festival, smart_admin, anonymous, owner_db):
    """Also from a published course: a talk that falls out is nobody's seat."""
    course = festival()
    made = smart_admin.post(path_of(course), OPENING)
    path = made.headers["Location"]
    assert (made.status, made["version"], path) == (201, 1, f"{ITEMS}/{made['id']}")
    assert OPENING.items() <= made.json.items() and made["description"] is None
    assert anonymous.get(path).etag == made.etag
    anonymous.get(path, none_match=made.etag, expect=304)
    patch = {"title": "Velkommen", "description": "Med musikk", "contributor_role": None}
    changed = smart_admin.patch(path, patch, etag=made.etag)
    assert changed["version"] == 2 and patch.items() <= changed.json.items()
    smart_admin.patch(path, patch, etag=made.etag, expect=412, code="version_conflict")
    smart_admin.patch(path, patch, expect=428, code="precondition_required")
    smart_admin.patch(path, {"course_id": made["id"]}, etag="*", expect=422)
    smart_admin.delete(path, etag=made.etag, expect=412, code="version_conflict")
    smart_admin.delete(path, etag=changed.etag, dry_run=True)
    assert smart_admin.delete(path, etag=changed.etag).status == 204
    smart_admin.get(path, expect=404, code="not_found")
    smart_admin.delete(path, etag="*", expect=404, code="not_found")
    events = owner_db.rows("SELECT operation, version FROM event WHERE resource_id = %s"
                           " AND resource_type = 'programme_item' ORDER BY seq", [made["id"]])
    assert [(e["operation"], e["version"]) for e in events] == [
        ("create_programme_item", 1), ("update_programme_item", 2), ("delete_programme_item", 2)]


def test_in_the_order_of_time(festival, smart_admin, anonymous):
    course = festival()
    for kind, starts, ends, title, role in DAY:
        smart_admin.post(path_of(course), {
            "kind": kind, "title": title, "contributor_role": role,
            "starts_at": f"2027-04-14T{starts}:00Z", "ends_at": f"2027-04-14T{ends}:00Z"})
    whole = anonymous.get(path_of(course), params={"count": "true"})
    starts = [one["starts_at"] for one in whole.items]
    assert whole["count"] == 5 and starts == sorted(starts)
    assert anonymous.every(path_of(course), {"limit": 2}) == whole.items
    turned = anonymous.get(path_of(course), params={"sort": "-starts_at"}).items
    assert [one["starts_at"] for one in turned] == starts[::-1]
    for sort in "updated_at", "id":
        assert len(anonymous.every(path_of(course), {"sort": sort, "limit": 2})) == 5
    found = anonymous.get(path_of(course), params={"kind": "talk"}).items
    assert [one["title"] for one in found] == ["Relasjoner som bærer"]
    lines = anonymous.get(path_of(course), accept="application/x-ndjson").text.splitlines()
    assert [json.loads(line) for line in lines] == whole.items
    rows = csv.DictReader(io.StringIO(anonymous.get(path_of(course), accept="text/csv").text))
    assert [row["title"] for row in rows] == [one["title"] for one in whole.items]
    late = {"updated_since": "2199-01-01T00:00:00Z"}
    assert anonymous.get(path_of(course), params=late).items == []


@pytest.mark.parametrize("change, faults", [
    ({"ends_at": OPENING["starts_at"]}, {"/ends_at": "ends_before_start"}),
    ({"ends_at": "2027-04-15T09:00:01Z"}, {"/ends_at": "programme_item_too_long"}),
])
def test_times_that_cannot_be(festival, smart_admin, change, faults):
    course = festival()
    assert smart_admin.post(path_of(course), {**OPENING, **change}, expect=422).faults == faults
    made = smart_admin.post(path_of(course), OPENING)
    path = made.headers["Location"]
    assert smart_admin.patch(path, change, etag="*", expect=422).faults == faults


def test_a_body_that_cannot_be(festival, smart_admin):
    course = festival()
    wrong = smart_admin.post(path_of(course), {"kind": "party", "title": "", "speaker": "Kari"},
                             expect=422)
    assert wrong.faults == {
        "/kind": "not_in_enum", "/title": "too_short", "/speaker": "unknown_member",
        "/starts_at": "required", "/ends_at": "required"}


def test_a_retry_and_a_trial(festival, smart_admin):
    course, key = festival(), str(uuid.uuid4())
    tried = smart_admin.post(path_of(course), OPENING, dry_run=True)
    smart_admin.get(tried.headers["Location"], expect=404)
    made = smart_admin.post(path_of(course), OPENING, key=key)
    assert smart_admin.post(path_of(course), OPENING, key=key).json == made.json
    assert len(smart_admin.get(path_of(course)).items) == 1


def test_there_is_a_limit(festival, smart_admin, build):
    course = festival()
    for _ in range(99):
        build.insert("course_programme_item", course_id=course.id, **OPENING)
    smart_admin.post(path_of(course), OPENING)
    refused = smart_admin.post(path_of(course), OPENING, expect=409, code="limit_reached")
    assert "100" in refused["detail"]


@pytest.mark.parametrize("state", ["completed", "cancelled"])
def test_a_course_that_is_over_keeps_its_programme(festival, smart_admin, build, state):
    course = festival(state=state)
    item = build.insert("course_programme_item", course_id=course.id, **OPENING)
    smart_admin.post(path_of(course), OPENING, expect=409, code="course_over")
    smart_admin.patch(f"{ITEMS}/{item}", {"title": "Ny"}, etag="*", expect=409, code="course_over")
    smart_admin.delete(f"{ITEMS}/{item}", etag="*", expect=409, code="course_over")


def test_below_what_is_not_there(smart_admin, anonymous, build, festival):
    nowhere = f"{COURSES}/{uuid.uuid4()}/programme-items"
    smart_admin.post(nowhere, OPENING, expect=404, code="not_found")
    anonymous.get(nowhere, expect=404, code="not_found")
    draft = festival(state="draft")
    item = build.insert("course_programme_item", course_id=draft.id, **OPENING)
    anonymous.get(path_of(draft), expect=404, code="not_found")
    anonymous.get(f"{ITEMS}/{item}", expect=404, code="not_found")
    assert [one["id"] for one in smart_admin.get(path_of(draft)).items] == [item]


def test_a_draft_takes_its_programme_along(festival, smart_admin, build, owner_db):
    draft = festival(state="draft")
    item = build.insert("course_programme_item", course_id=draft.id, **OPENING)
    smart_admin.delete(f"{COURSES}/{draft.id}", etag="*")
    assert not owner_db.rows("SELECT id FROM course_programme_item WHERE id = %s", [item])
