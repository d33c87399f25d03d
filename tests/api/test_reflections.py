"""Reflections: short texts of participants on a session, shown without names. Most of all that nothing
tells who wrote."""
import concurrent.futures
import json
import re
import uuid

import pytest
import requests

from support.attending import FIRST, held, join
from support.build import instant

TEXT = "Klumpen i magen forsvant. Så godt å bli møtt med ærlighet!"


@pytest.fixture
def course(build):
    return held(build, "Kari", days=2)


@pytest.fixture
def writer(make_user, course, build):
    api = make_user("participant")
    join(build, course, api.user)
    return api


@pytest.fixture
def reader(make_user, course, build):
    api = make_user("participant")
    join(build, course, api.user)
    return api


def path_of(course, number=0):
    return f"/v1/smart/sessions/{course.sessions[number]}/reflections"


def test_written_and_read_without_a_name(writer, reader, smart_admin, make_user, course):
    made = writer.post(path_of(course), {"text": TEXT}, now="2024-01-10T15:00:00Z", expect=201)
    assert made.json == {"id": made["id"], "version": 1, "session_id": course.sessions[0], "text": TEXT,
                         "written_on": "2024-01-10", "mine": True}
    assert made.headers["Location"] == f"/v1/smart/reflections/{made['id']}"
    instructor = make_user(("smart_instructor", "course", course.id))
    for api in reader, smart_admin, instructor:
        assert api.get(path_of(course)).items == [{**made.json, "mine": False}]
        assert api.get(made.headers["Location"]).json == {**made.json, "mine": False}
    assert writer.get(path_of(course)).items == [made.json]


def test_nothing_tells_who_wrote(writer, smart_admin, admin, course, owner_db):
    """Neither item, file nor the log hold the author, a time or the id of the text."""
    made = writer.post(path_of(course), {"text": TEXT}, now=course.over)
    author = {writer.user.id, writer.user.person_id, writer.user.full_name, writer.user.email,
              course.registrations[writer.user.full_name]}
    shown = [smart_admin.get(path_of(course), accept=accept).text
             for accept in (None, "text/csv", "application/x-ndjson")]
    events = admin.every("/v1/audit-events", {"limit": 200})
    about = [one for one in events if one["resource_type"] == "session_reflections"
             and one["resource_id"] == course.sessions[0]]
    assert [(one["actor_kind"], one["actor_id"], one["request_id"]) for one in about] == [("system", None, None)]
    assert not [text for text in (*shown, json.dumps(about)) for word in author if word in text]
    assert made["id"] not in json.dumps(events)
    assert not re.search(r"\d\d:\d\d:\d\d", "".join(shown))
    assert uuid.UUID(made["id"]).version == 4
    kept = owner_db.rows("SELECT column_name AS name FROM information_schema.columns"
                         " WHERE table_name = 'reflection' AND data_type LIKE 'timestamp%%'")
    assert kept == []


def test_the_service_cannot_read_the_author(database):
    import psycopg2
    with database.connect("loft_service", autocommit=False) as session:
        session.rows("SELECT set_config('loft.roles', 'smart_admin,system', true)")
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            session.rows("SELECT author_person_id FROM loft.reflection")


def test_the_order_within_a_day_is_random(smart_admin, build, make_user):
    """By id, not by when it was written."""
    course = held(build, days=1)
    written = []
    for _ in range(4):
        api = make_user("participant")
        join(build, course, api.user)
        written += [api.post(path_of(course), {"text": f"{n}"}, now=course.over)["id"] for n in range(3)]
    listed = [one["id"] for one in smart_admin.every(path_of(course), {"limit": 5})]
    assert listed == sorted(written, reverse=True) and listed != written


def test_three_are_enough(writer, course):
    made = [writer.post(path_of(course), {"text": f"{n}"}, now=course.over) for n in range(3)]
    writer.post(path_of(course), {"text": "fire"}, now=course.over, expect=409, code="reflections_enough")
    writer.post(path_of(course, 1), {"text": "om en annen dag"}, now=course.over, expect=201)
    writer.delete(made[0].headers["Location"], etag=made[0].etag, expect=204)
    writer.post(path_of(course), {"text": "fire"}, now=course.over, expect=201)


def test_three_at_most_also_at_once(writer, course):
    def post(number):
        headers = {"Authorization": f"Bearer {writer.token}", "X-Loft-Now": course.over}
        return requests.post(writer.base + path_of(course), json={"text": f"{number}"}, headers=headers,
                             timeout=60).status_code
    with concurrent.futures.ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(post, range(6))) == [201, 201, 201, 409, 409, 409]


def test_from_the_day_of_the_session_on(writer, course):
    writer.post(path_of(course), {"text": TEXT}, now="2024-01-09T22:59:59Z", expect=409, code="session_not_held_yet")
    writer.post(path_of(course), {"text": TEXT}, now=instant(FIRST), expect=201)


def test_who_takes_no_part_neither_writes_nor_reads(writer, make_user, build, course):
    made = writer.post(path_of(course), {"text": TEXT}, now=course.over)
    stranger, waiting = make_user("participant"), make_user("participant")
    build.registration(course.course, waiting.user.person_id, state="waitlisted")
    elsewhere = make_user(("smart_instructor", "course", held(build).id))
    for api in stranger, waiting, elsewhere:
        assert api.get(path_of(course)).items == []
        api.get(made.headers["Location"], expect=404)
    for api in stranger, waiting:
        api.post(path_of(course), {"text": TEXT}, now=course.over, expect=403)
    writer.get(f"/v1/smart/sessions/{uuid.uuid4()}/reflections", expect=404)
    writer.post(f"/v1/smart/sessions/{uuid.uuid4()}/reflections", {"text": TEXT}, expect=404)


def test_taken_back_by_the_author_alone(writer, reader, course, admin):
    made = writer.post(path_of(course), {"text": TEXT}, now=course.over)
    item = made.headers["Location"]
    reader.delete(item, etag="*", expect=403)
    writer.delete(item, expect=428)
    writer.delete(item, etag='"9-0"', expect=412, code="version_conflict")
    writer.delete(item, etag=made.etag, dry_run=True, expect=204)
    writer.delete(item, etag=made.etag, expect=204)
    writer.get(item, expect=404)
    writer.delete(item, etag="*", expect=404)
    about = [one for one in admin.every("/v1/audit-events", {"limit": 200})
             if one["resource_id"] == course.sessions[0]]
    assert {(one["operation"], one["actor_id"]) for one in about} == {("create_reflection", None),
                                                                      ("delete_reflection", None)}


def test_a_text_that_must_go_is_removed_in_the_open(writer, smart_admin, admin, course):
    made = writer.post(path_of(course), {"text": "Om et barn"}, now=course.over)
    smart_admin.delete(made.headers["Location"], etag="*", expect=204)
    about = [one for one in admin.every("/v1/audit-events", {"limit": 200})
             if one["resource_id"] == course.sessions[0] and one["operation"] == "delete_reflection"]
    assert len(about) == 1 and about[0]["actor_kind"] == "user"


def test_a_text_has_limits(writer, course):
    for text in "", "x" * 2001, "   ":
        answer = writer.post(path_of(course), {"text": text}, now=course.over, expect=422)
        assert set(answer.faults) == {"/text"}
    writer.post(path_of(course), {"text": "ø" * 2000}, now=course.over, expect=201)


def test_a_dry_run_leaves_nothing(writer, course):
    tried = writer.post(path_of(course), {"text": TEXT}, now=course.over, dry_run=True)
    writer.get(tried.headers["Location"], expect=404)


def test_sent_twice_written_once(writer, course):
    first = writer.post(path_of(course), {"text": TEXT}, key="same", now=course.over)
    assert writer.post(path_of(course), {"text": TEXT}, key="same", now=course.over)["id"] == first["id"]
    assert len(writer.get(path_of(course)).items) == 1
