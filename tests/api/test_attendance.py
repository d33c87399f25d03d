"""Attendance of a session as one list, its corrections and their history, what it adds up to, and what
becomes of the registrations when the course is completed."""
import concurrent.futures
import csv
import io
import uuid

import pytest
import requests

from support.attending import FIRST, attend, complete, held, join, record, rows


@pytest.fixture
def course(build):
    return held(build, "Kari", "Ola", "Åse", festival=True)


@pytest.fixture
def instructor(make_user, course):
    return make_user(("smart_instructor", "course", course.id))


def marks(sheet):
    return {row["participant_name"]: row["status"] for row in sheet["rows"]}


def state_of(api, course, name):
    return api.get(f"/v1/smart/registrations/{course.registrations[name]}")["state"]


# ---- the list of a session -------------------------------------------------------------------

def test_a_list_before_anybody_was_marked(instructor, course):
    sheet = instructor.get(course.sheet(0))
    assert (sheet["id"], sheet["course_id"], sheet["recorded_at"]) == (course.sessions[0], course.id, None)
    assert (sheet["held_on"], sheet["gathering_kind"], sheet["version"]) == ("2024-01-10", "gathering", 1)
    assert marks(sheet) == {"Kari": None, "Ola": None, "Åse": None}
    assert [row["participant_name"] for row in sheet["rows"]] == ["Kari", "Ola", "Åse"]


def test_the_whole_list_is_recorded(instructor, course, owner_db):
    sheet = record(instructor, course, 0, Kari="present", Ola="absent", **{"Åse": "excused"})
    assert marks(sheet) == {"Kari": "present", "Ola": "absent", "Åse": "excused"}
    assert sheet["version"] == 2 and sheet["recorded_at"]
    assert sheet.etag == instructor.get(course.sheet(0)).etag
    event = owner_db.row("SELECT operation, resource_type, version, actor_id FROM event"
                         " WHERE resource_id = %s ORDER BY seq DESC LIMIT 1", [course.sessions[0]])
    assert (event["operation"], event["resource_type"], event["version"], event["actor_id"]) == (
        "record_attendance", "attendance", 2, instructor.user.id)


def test_a_correction_keeps_what_was_there_before(instructor, course):
    record(instructor, course, 0, Kari="present", Ola="absent")
    body = rows(course, Kari="present", Ola="excused")
    body["rows"][1]["note"] = "Legeerklæring"
    sheet = instructor.put(course.sheet(0), body, etag=instructor.get(course.sheet(0)).etag, now=course.over)
    assert marks(sheet) == {"Kari": "present", "Ola": "excused", "Åse": None}
    path = f"/v1/smart/sessions/{course.sessions[0]}/attendance-history"
    changes = [(one["participant_name"], one["from_status"], one["status"], one["note"])
               for one in instructor.every(path, {"sort": "changed_at"})]
    assert sorted(changes[:2]) == [("Kari", None, "present", None), ("Ola", None, "absent", None)]
    assert changes[2:] == [("Ola", "absent", "excused", "Legeerklæring")]  # what stayed is no change
    assert {one["changed_by"] for one in instructor.every(path)} == {instructor.user.id}
    only = instructor.get(path, params={"registration_id": course.registrations["Kari"]}).items
    assert [one["participant_name"] for one in only] == ["Kari"]


def test_who_is_left_out_has_no_mark_any_more(instructor, course):
    record(instructor, course, 0, Kari="present", Ola="present")
    assert marks(record(instructor, course, 0, Kari="present")) == {"Kari": "present", "Ola": None, "Åse": None}
    path = f"/v1/smart/sessions/{course.sessions[0]}/attendance-history"
    last = instructor.get(path, params={"limit": 1}).items[0]
    assert (last["participant_name"], last["from_status"], last["status"]) == ("Ola", "present", None)
    empty = instructor.put(course.sheet(0), {"rows": []}, etag=instructor.get(course.sheet(0)).etag,
                           now=course.over)
    assert set(marks(empty).values()) == {None}


def test_every_fault_at_once_and_nothing_recorded(instructor, course, build):
    elsewhere = held(build, "Per")
    waiting = build.registration(course.course, state="waitlisted")
    body = rows(course, Kari="present")
    body["rows"] += [{"registration_id": elsewhere.registrations["Per"], "status": "present"},
                     {"registration_id": course.registrations["Kari"], "status": "absent"},
                     {"registration_id": waiting, "status": "present"},
                     {"registration_id": str(uuid.uuid4()), "status": "present"}]
    before = instructor.get(course.sheet(0))
    answer = instructor.put(course.sheet(0), body, etag=before.etag, now=course.over, expect=422,
                            code="validation_failed")
    assert answer.faults == {"/rows/1/registration_id": "not_a_participant",
                             "/rows/2/registration_id": "repeated_participant",
                             "/rows/3/registration_id": "not_a_participant",
                             "/rows/4/registration_id": "not_a_participant"}
    assert instructor.get(course.sheet(0)).json == before.json


def test_a_blank_note_is_found_in_its_row(instructor, course):
    path = course.sheet(0)
    body = rows(course, Kari="excused", Ola="absent")
    body["rows"][1]["note"] = " "
    answer = instructor.put(path, body, etag=instructor.get(path).etag, now=course.over, expect=422,
                            code="validation_failed")
    assert answer.faults == {"/rows/1/note": "invalid_value"}


def test_rows_are_checked_one_by_one(instructor, course):
    body = {"rows": [{"registration_id": course.registrations["Kari"], "status": "late"},
                     {"registration_id": "x", "status": "present", "note": ""},
                     {"status": "present", "colour": "red"}]}
    answer = instructor.put(course.sheet(0), body, etag="*", now=course.over, expect=422,
                            code="validation_failed")
    assert set(answer.faults) >= {"/rows/0/status", "/rows/1/registration_id", "/rows/1/note",
                                  "/rows/2/registration_id", "/rows/2/colour"}


def test_not_before_the_day_of_the_session(instructor, course):
    """The local day: 2024-01-10 begins at 23:00 in UTC."""
    path, body = course.sheet(0), rows(course, Kari="present")
    answer = instructor.put(path, body, etag="*", now="2024-01-09T22:59:59Z", expect=409,
                            code="session_not_held_yet")
    assert "2024-01-10" in answer["detail"]
    instructor.put(path, body, etag="*", now="2024-01-09T23:00:00Z")
    instructor.put(course.sheet(1), body, etag="*", now="2024-01-09T23:00:00Z", expect=409,
                   code="session_not_held_yet")


def test_versions(instructor, course):
    path, body = course.sheet(0), rows(course, Kari="present")
    stale = instructor.get(path).etag
    instructor.put(path, body, now=course.over, expect=428, code="precondition_required")
    instructor.put(path, body, etag=stale, now=course.over)
    instructor.put(path, body, etag=stale, now=course.over, expect=412, code="version_conflict")
    assert instructor.get(path, none_match=instructor.get(path).etag, expect=304).body == b""


def test_a_dry_run_leaves_nothing(instructor, course, owner_db):
    before = instructor.get(course.sheet(0)).json
    tried = instructor.put(course.sheet(0), rows(course, Kari="present"), etag="*", now=course.over, dry_run=True)
    assert marks(tried)["Kari"] == "present"
    assert instructor.get(course.sheet(0)).json == before
    assert owner_db.value("SELECT count(*) FROM attendance_change WHERE session_id = %s", [course.sessions[0]]) == 0


def test_one_of_several_at_once_is_recorded(instructor, course):
    etag = instructor.get(course.sheet(0)).etag

    def put(status):
        headers = {"Authorization": f"Bearer {instructor.token}", "If-Match": etag, "X-Loft-Now": course.over}
        return requests.put(instructor.base + course.sheet(0), json=rows(course, Kari=status), headers=headers,
                            timeout=60).status_code
    with concurrent.futures.ThreadPoolExecutor(3) as threads:
        found = sorted(threads.map(put, ("present", "absent", "excused")))
    assert found == [200, 412, 412]
    assert instructor.get(course.sheet(0))["version"] == 2


def test_three_hundred_seats(smart_admin, build):
    course = held(build, *(f"Deltaker {n}" for n in range(300)), days=1, capacity=300)
    path = course.sheet(0)
    body = {"rows": [{"registration_id": one, "status": "present", "note": "Kom med toget " * 30}
                     for one in course.registrations.values()]}
    assert set(marks(smart_admin.put(path, body, etag="*", now=course.over)).values()) == {"present"}
    assert complete(smart_admin, course)["state"] == "completed"
    assert len(smart_admin.every(f"{course.path}/completion", {"limit": 200, "meets_threshold": "true"})) == 300


def test_others_have_no_list(course, make_user, participant, build):
    """A participant of the course is not told who came; the session itself is public."""
    mine = make_user("participant")
    join(build, course, mine.user)
    for api in mine, participant:
        api.get(course.sheet(0), expect=404, code="not_found")
        api.put(course.sheet(0), {"rows": []}, etag="*", expect=403)
    other = make_user(("smart_instructor", "course", held(build).id))
    other.put(course.sheet(0), {"rows": []}, etag="*", now=course.over, expect=404, code="not_found")
    other.get(f"/v1/smart/sessions/{course.sessions[0]}/attendance-history", expect=404)
    other.put(f"/v1/smart/sessions/{uuid.uuid4()}/attendance", {"rows": []}, etag="*", expect=404)


# ---- lists of a course -----------------------------------------------------------------------

def test_the_list_of_a_course_holds_those_without_a_mark(instructor, course):
    record(instructor, course, 0, Kari="present")
    everything = instructor.every(f"{course.path}/attendance", {"limit": 7})
    assert len(everything) == 3 * 9  # the festival is a session too
    assert [one["status"] for one in everything if one["status"]] == ["present"]
    found = instructor.get(f"{course.path}/attendance", params={"session_id": course.sessions[0]}).items
    assert {one["participant_name"]: one["status"] for one in found} == {"Kari": "present", "Ola": None, "Åse": None}
    assert len(instructor.get(f"{course.path}/attendance", params={"status": "present"}).items) == 1
    text = instructor.get(f"{course.path}/attendance", accept="text/csv").text
    assert len(list(csv.DictReader(io.StringIO(text)))) == 27
    assert instructor.get(f"{course.path}/attendance", params={"registration_id": course.registrations["Ola"],
                                                               "sort": "-starts_at"}).items[0]["gathering_kind"] == "festival"


def test_participants_see_themselves(smart_admin, make_user, course, build):
    mine = make_user("participant")
    join(build, course, mine.user)
    # Somebody whom they registered is somebody else here.
    build.registration(course.course, registered_by=mine.user.id)
    record(smart_admin, course, 0, **{mine.user.full_name: "present", "Kari": "present"})
    found = mine.every(f"{course.path}/attendance")
    assert {one["participant_name"] for one in found} == {mine.user.full_name} and len(found) == 9
    assert [one["status"] for one in found][:2] == ["present", None]
    assert [one["present_days"] for one in mine.get(f"{course.path}/completion").items] == [1]


def test_nothing_below_a_course_that_is_not_there(smart_admin):
    for view in "attendance", "completion":
        smart_admin.get(f"/v1/smart/courses/{uuid.uuid4()}/{view}", expect=404, code="not_found")


# ---- completion: SM-R12 ----------------------------------------------------------------------

def progress(api, course, name):
    found = [one for one in api.every(f"{course.path}/completion") if one["participant_name"] == name]
    assert len(found) == 1
    return found[0]


def test_seven_of_eight(smart_admin, course):
    attend(smart_admin, course, "Kari", 7)
    attend(smart_admin, course, "Ola", 6)
    assert progress(smart_admin, course, "Kari") == {
        "registration_id": course.registrations["Kari"], "participant_name": "Kari",
        "registration_state": "confirmed", "gathering_days": 8, "present_days": 7, "made_up_days": 0,
        "required_days": 7, "meets_threshold": True}
    assert not progress(smart_admin, course, "Ola")["meets_threshold"]
    found = smart_admin.get(f"{course.path}/completion", params={"meets_threshold": "false"}).items
    assert [one["participant_name"] for one in found] == ["Ola", "Åse"]


@pytest.mark.parametrize("days, bp, required", [(8, 8000, 7), (8, 0, 0), (8, 10000, 8), (1, 8000, 1), (0, 8000, 0),
                                                (8, 1, 1), (5, 8000, 4)])
def test_required_days(smart_admin, build, days, bp, required):
    """The same numbers as in the unit test of the rule."""
    course = held(build, "Kari", days=days, min_attendance_bp=bp)
    assert progress(smart_admin, course, "Kari")["required_days"] == required


def test_the_festival_is_not_counted(smart_admin, course):
    attend(smart_admin, course, "Kari", 6)
    sheet = f"/v1/smart/sessions/{course.festival}/attendance"
    smart_admin.put(sheet, rows(course, Kari="present", Ola="present"), etag="*", now=course.over)
    assert progress(smart_admin, course, "Kari")["present_days"] == 6
    assert progress(smart_admin, course, "Ola")["present_days"] == 0
    complete(smart_admin, course)
    assert state_of(smart_admin, course, "Ola") == "completed"  # yet they came


def test_absent_and_excused_are_not_present(smart_admin, course):
    attend(smart_admin, course, "Kari", 2, "absent")
    attend(smart_admin, course, "Ola", 2, "excused")
    assert {progress(smart_admin, course, name)["present_days"] for name in ("Kari", "Ola")} == {0}


def test_two_sessions_of_a_day_are_one_day(smart_admin, build):
    course = held(build, "Kari", days=2)
    gathering = build.session.value("SELECT id FROM course_gathering WHERE course_id = %s", [course.id])
    evening = build.insert("course_session", gathering_id=gathering, starts_at=FIRST.replace(hour=18),
                           ends_at=FIRST.replace(hour=20))
    record(smart_admin, course, 0, Kari="present")
    smart_admin.put(f"/v1/smart/sessions/{evening}/attendance", rows(course, Kari="present"), etag="*",
                    now=course.over)
    found = progress(smart_admin, course, "Kari")
    assert (found["gathering_days"], found["present_days"]) == (2, 1)


# ---- completed or no_show --------------------------------------------------------------------

def test_who_never_came_is_a_no_show(smart_admin, course, owner_db):
    record(smart_admin, course, 0, Kari="present", Ola="absent")
    record(smart_admin, course, 1, Kari="absent", Ola="excused")
    complete(smart_admin, course)
    assert {name: state_of(smart_admin, course, name) for name in course.registrations} == {
        "Kari": "completed", "Ola": "no_show", "Åse": "no_show"}
    event = owner_db.row("SELECT actor_kind, operation, from_state, to_state FROM event WHERE resource_id = %s",
                         [course.registrations["Ola"]])
    assert tuple(event.values()) == ("system", "course_complete", "confirmed", "no_show")
    assert smart_admin.get(course.path)["seats"]["confirmed"] == 3


def test_without_attendance_everybody_completed(smart_admin, course):
    complete(smart_admin, course)
    assert {state_of(smart_admin, course, name) for name in course.registrations} == {"completed"}


def test_a_correction_after_completion_is_followed(smart_admin, instructor, course):
    record(smart_admin, course, 0, Kari="present", Ola="absent")
    complete(smart_admin, course)
    record(instructor, course, 0, Kari="absent", Ola="present")
    assert {name: state_of(smart_admin, course, name) for name in course.registrations} == {
        "Kari": "no_show", "Ola": "completed", "Åse": "no_show"}


def test_recording_while_the_course_is_completed(smart_admin, course):
    """Whichever comes first, the states say what the list says."""
    record(smart_admin, course, 0, Kari="present")
    course_tag, sheet_tag = smart_admin.get(course.path).etag, smart_admin.get(course.sheet(0)).etag
    one, two = smart_admin.clone(), smart_admin.clone()
    with concurrent.futures.ThreadPoolExecutor(2) as threads:
        done = [threads.submit(one.act, course.path, "complete", etag=course_tag, now=course.over),
                threads.submit(two.put, course.sheet(0), rows(course, Ola="present"), etag=sheet_tag,
                               now=course.over)]
        assert [future.result().status for future in done] == [200, 200]
    assert {name: state_of(smart_admin, course, name) for name in course.registrations} == {
        "Kari": "no_show", "Ola": "completed", "Åse": "no_show"}
