"""Lists whose rows are computed and have no id of their own: who comes to a course, by profession.
They page, sort, count and narrow as any list does."""
import csv
import datetime
import io
import json
import uuid

import pytest

from support.build import Build, instant, now

PROFESSIONS = {"rektor": (3, 0, 0), "laerer": (3, 1, 2), "annet": (3, 0, 1), "leder": (1, 0, 0),
               "sfo_ansatt": (0, 1, 0), "foresatt": (0, 0, 1), "frivillig": (3, 0, 0)}
STATES = ("confirmed", "offered", "waitlisted")


@pytest.fixture(scope="module")
def course(owner_session):
    build = Build(owner_session)
    course = build.course(capacity=40)
    number = 0
    for profession, counts in PROFESSIONS.items():
        for state, count in zip(STATES, counts):
            for _ in range(count):
                number += 1
                extra = {"waitlist_seq": number} if state == "waitlisted" else {}
                build.registration(course, state=state, profession_code=profession,
                                   profession_other="Husmor" if profession == "annet" else None, **extra)
    build.registration(course, state="cancelled", profession_code="barnevern")
    return course


def path_of(course):
    return f"/v1/smart/courses/{course.id}/professions"


def row(profession):
    return {"profession_code": profession, **dict(zip(("participants", "offered", "waitlisted"), PROFESSIONS[profession]))}


def codes(items):
    return [item["profession_code"] for item in items]


def test_rows_are_what_was_counted(smart_admin, course):
    page = smart_admin.get(path_of(course), params={"count": "true"})
    assert page.json == {"items": [row(code) for code in sorted(PROFESSIONS)], "next_cursor": None, "count": 7}


@pytest.mark.parametrize("sort", ["profession_code", "participants", "-participants"])
@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7])
def test_pages_hold_every_row_once_in_order(smart_admin, course, sort, limit):
    """Four professions have as many participants: what breaks the tie is never shown."""
    whole = smart_admin.get(path_of(course), params={"sort": sort}).items
    keys = [item[sort.lstrip("-")] for item in whole]
    assert keys == sorted(keys, reverse=sort.startswith("-")) and sorted(codes(whole)) == sorted(PROFESSIONS)
    assert smart_admin.every(path_of(course), {"sort": sort, "limit": limit}) == whole
    assert all(set(item) == {"profession_code", "participants", "offered", "waitlisted"} for item in whole)


def test_cursor_belongs_to_its_list(smart_admin, course):
    cursor = smart_admin.get(path_of(course), params={"limit": 2})["next_cursor"]
    assert codes(smart_admin.get(path_of(course), params={"limit": 9, "cursor": cursor}).items) == sorted(PROFESSIONS)[2:]
    smart_admin.get(path_of(course), params={"cursor": cursor, "sort": "-participants"}, expect=400, code="invalid_cursor")
    smart_admin.get(path_of(course), params={"cursor": cursor[:-4] + "AAAA"}, expect=400, code="invalid_cursor")


def test_fields_are_those_that_were_asked_for(smart_admin, course):
    """There is no id to come along."""
    items = smart_admin.get(path_of(course), params={"fields": "waitlisted", "limit": 2}).items
    assert items == [{"waitlisted": 1}, {"waitlisted": 1}]
    page = smart_admin.get(path_of(course), params={"fields": "waitlisted", "limit": 2, "sort": "-participants"})
    assert smart_admin.get(path_of(course), params={"sort": "-participants", "cursor": page["next_cursor"]}).items
    for wrong in ("id", "_id", "_key"):
        smart_admin.get(path_of(course), params={"fields": wrong}, expect=400, code="invalid_parameter")
    smart_admin.get(path_of(course), params={"updated_since": instant(now())}, expect=400, code="unknown_parameter")


def test_files_have_the_same_rows(smart_admin, course):
    expected = [row(code) for code in sorted(PROFESSIONS)]
    text = smart_admin.get(path_of(course), accept="text/csv").text
    assert text.startswith("profession_code,participants,offered,waitlisted\r\n")
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    assert found == [{name: str(value) for name, value in one.items()} for one in expected]
    lines = smart_admin.get(path_of(course), accept="application/x-ndjson").text.splitlines()
    assert [json.loads(line) for line in lines] == expected
    narrow = smart_admin.get(path_of(course), params={"fields": "offered"}, accept="text/csv").text
    assert narrow.splitlines()[:2] == ["offered", "0"]


def test_an_offer_counts_until_it_has_run_out(smart_admin, course):
    later = smart_admin.get(path_of(course), now=instant(now() + datetime.timedelta(days=10)))
    assert "sfo_ansatt" not in codes(later.items) and not any(item["offered"] for item in later.items)


@pytest.mark.parametrize("accept", [None, "text/csv", "application/x-ndjson"])
def test_nothing_below_a_course_that_is_not_there(smart_admin, participant, build, accept):
    empty, draft = build.course(), build.course(state="draft")
    answer = smart_admin.get(path_of(empty), accept=accept)
    assert answer.items == [] if accept is None else answer.body.count(b"\n") == (accept == "text/csv")
    smart_admin.get(f"/v1/smart/courses/{uuid.uuid4()}/professions", accept=accept, expect=404, code="not_found")
    participant.get(path_of(draft), accept=accept, expect=404, code="not_found")


def test_only_what_the_caller_may_see_is_counted(make_user, smart_admin, course, build):
    participant, other = make_user("participant"), build.course()
    build.registration(other, participant.user.person_id)
    build.registration(other)
    assert [item["participants"] for item in smart_admin.get(path_of(other)).items] == [2]
    assert [item["participants"] for item in participant.get(path_of(other)).items] == [1]
    assert participant.get(path_of(course)).items == []
