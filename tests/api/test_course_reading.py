"""Reading courses: what is public, what a draft hides, filters, sorting, formats, and whether
`registration_open` is what a registration finds."""
import csv
import datetime
import io
import json
import uuid

import pytest

from support.build import instant, now

COURSES = "/v1/smart/courses"
DAY = datetime.timedelta(days=1)
BELOW = ["gatherings", "sessions", "ticket-types", "items"]


def path_of(course):
    return f"{COURSES}/{course.id}"


@pytest.fixture
def codes(anonymous):
    """Codes of the courses that a query finds."""
    def find(by=anonymous, **params):
        return [item["code"] for item in by.every(COURSES, {"limit": 50, **params})]
    return find


def ids_below(owner_db, course):
    """One of each that belongs to a course."""
    value = owner_db.value
    return {
        "gatherings": value("SELECT id FROM course_gathering WHERE course_id = %s", [course.id]),
        "sessions": value("SELECT id FROM course_session WHERE course_id = %s", [course.id]),
        "ticket-types": value("SELECT id FROM ticket_type WHERE course_id = %s", [course.id]),
        "course-items": value("SELECT id FROM course_item WHERE course_id = %s", [course.id]),
        "item-options": value("SELECT o.id FROM item_option o"
                              " JOIN course_item i ON i.id = o.item_id WHERE i.course_id = %s",
                              [course.id]),
    }


# ---- who sees what -----------------------------------------------------------------------------

def test_a_published_course_is_public_with_all_that_belongs_to_it(build, anonymous, owner_db):
    course = build.course(items={"textbook": ["barnehage", "skole"]}, capacity=30)
    item = anonymous.get(path_of(course))
    assert item["seats"] == {"capacity": 30, "confirmed": 0, "offered": 0, "held": 0, "waitlisted": 0,
                             "free": 30, "few_left": False}
    session, = item["sessions"]
    assert session["starts_at"] == instant(course.starts_at) == item["starts_at"]
    ticket, = item["ticket_types"]
    assert (ticket["code"], ticket["price_nok"]) == ("ordinary", 950)
    textbook, = item["items"]
    assert [option["code"] for option in textbook["options"]] == ["barnehage", "skole"]
    assert item["registration_open"] and item["allowed_actions"] == []
    for below in BELOW:
        assert len(anonymous.get(f"{path_of(course)}/{below}").items) == 1
    assert anonymous.get(f"{path_of(course)}/seats")["free"] == 30


def test_a_draft_is_for_smart_admin_and_its_instructor(build, make_user, codes, anonymous,
                                                       participant, booker, partner, outsider,
                                                       admin, smart_admin, owner_db):
    course = build.course(state="draft", items={"textbook": ["skole"]})
    ids = ids_below(owner_db, course)
    paths = [path_of(course), f"{path_of(course)}/seats",
             *(f"{path_of(course)}/{below}" for below in BELOW),
             f"/v1/smart/course-items/{ids['course-items']}/options",
             *(f"/v1/smart/{kind}/{one}" for kind, one in ids.items())]
    other = make_user(("smart_instructor", "course", build.course().id))
    for who in (anonymous, participant, booker, partner, outsider, admin, other):
        for path in paths:
            who.get(path, expect=404, code="not_found")
        assert course.code not in codes(who)
    instructor = make_user(("smart_instructor", "course", course.id))
    for who in (smart_admin, instructor):
        for path in paths:
            who.get(path)
        assert course.code in codes(who, state="draft")
    assert smart_admin.get(path_of(course))["allowed_actions"] == ["publish", "cancel"]
    assert instructor.get(path_of(course))["allowed_actions"] == []


@pytest.mark.parametrize("below", BELOW)
def test_a_list_below_a_course(build, anonymous, below):
    """Empty is not the same as not there, whatever the format."""
    empty = build.course(sessions=0)
    nowhere = f"{COURSES}/{uuid.uuid4()}/{below}"
    if below != "ticket-types":
        assert anonymous.get(f"{path_of(empty)}/{below}").items == []
        assert anonymous.get(f"{path_of(empty)}/{below}", params={"count": "true"})["count"] == 0
    for accept in (None, "text/csv", "application/x-ndjson"):
        anonymous.get(f"{path_of(empty)}/{below}", accept=accept)
        anonymous.get(nowhere, accept=accept, expect=404, code="not_found")
    anonymous.get(f"{COURSES}/x/{below}", expect=404, code="not_found")


def test_an_instructor_who_takes_part_elsewhere_is_offered_nothing(build, make_user, participant,
                                                                  smart_admin):
    """allowed_actions is about the row, not only about what the roles of its reader carry."""
    course = build.course()
    both = make_user("participant", ("smart_instructor", "course", course.id))
    registration = f"/v1/smart/registrations/{build.registration(course)}"
    assert smart_admin.get(registration)["allowed_actions"] == ["cancel", "transfer"]
    seen = both.get(registration)
    assert seen["allowed_actions"] == []
    both.act(registration, "cancel", expect=403, code="forbidden")
    own = f"/v1/smart/registrations/{build.registration(course, both.user.person_id)}"
    assert both.get(own)["allowed_actions"] == ["cancel", "transfer"]


# ---- lists -------------------------------------------------------------------------------------

def test_filters(build, codes):
    word = f"z{uuid.uuid4().hex[:10]}"
    early = build.course(title=f"{word} tidlig", municipality_no="4601", starts_in=40 * DAY)
    late = build.course(title=f"{word} sent", course_type="festival", starts_in=90 * DAY)
    over = build.course(title=f"{word} over", state="completed", starts_in=-40 * DAY)
    undated = build.course(title=f"{word} uten dato", sessions=0)

    def found(**params):
        return set(codes(q=word, **params))

    assert found() == {early.code, late.code, over.code, undated.code}
    assert found(state="completed") == {over.code}
    assert found(course_type="festival") == {late.code}
    assert found(municipality_no="4601") == {early.code}
    assert found(starts_after=instant(early.starts_at)) == {early.code, late.code}
    assert found(starts_before=instant(early.starts_at)) == {over.code}
    assert found(starts_before=instant(late.starts_at)) == {early.code, over.code}
    assert found(open_for_registration="true") == {early.code, late.code, undated.code}
    assert found(open_for_registration="false") == {over.code}
    assert found(updated_since=instant(now() + DAY)) == set()
    assert found(state="draft") == set()
    assert found(code=late.code) == {late.code} and found(code="ukjent") == set()


def test_search(build, codes):
    word = f"q{uuid.uuid4().hex[:10]}"
    one = build.course(title=f"Kursdagen {word}", description="Om relasjoner i barnehagen")
    two = build.course(title=f"Festivalen {word}", venue_name="Støperiet",
                       focus_question="Hvordan skape tilhørighet?")
    assert codes(q=word[:-2]) and set(codes(q=word[:-2])) == {one.code, two.code}, "unfinished"
    assert codes(q=f"{word} relasjon") == [one.code], "other endings"
    assert codes(q=f"støperiet {word}") == [two.code]
    assert codes(q=f"{word} -festivalen") == [one.code]
    assert codes(q=f'"kursdagen {word}"') == [one.code]
    assert codes(q=f'"{word} kursdagen"') == []
    assert codes(q=two.code) == [two.code]
    for nothing in ("og", "'", "&|!():*", "((", "a:*b", "\\", "%"):
        codes(q=nothing)


def test_a_search_finds_no_draft_of_others(build, codes, smart_admin):
    word = f"d{uuid.uuid4().hex[:10]}"
    draft = build.course(title=word, state="draft")
    assert codes(q=word) == []
    assert codes(smart_admin, q=word) == [draft.code]


@pytest.mark.parametrize("query, fault", [
    ("state=open", "?state"), ("municipality_no=12", "?municipality_no"),
    ("starts_after=2027-01-01", "?starts_after"),
    ("open_for_registration=yes", "?open_for_registration"),
    ("q=", "?q"), ("sort=capacity", "?sort"), ("sort=_starts_at", "?sort"), ("hello=1", "?hello"),
])
def test_a_filter_that_cannot_be_read(anonymous, query, fault):
    assert fault in anonymous.get(f"{COURSES}?{query}", expect=400).faults


@pytest.mark.parametrize("sort", ["starts_at", "-starts_at", "title", "-title", "updated_at",
                                  "-updated_at", "id"])
def test_pages_in_every_order(build, anonymous, sort):
    for title in ("Åse", "Ære", "Ørn", "Arne", "arne"):
        build.course(title=title)
    build.course(sessions=0), build.course(sessions=0)
    items = anonymous.every(COURSES, {"sort": sort, "limit": 3})
    whole = anonymous.get(COURSES, params={"sort": sort, "limit": 200, "count": "true"})
    assert items == whole.items and whole["count"] == len(items)
    assert len({item["id"] for item in items}) == len(items)
    values = [item[sort.lstrip("-")] for item in items]
    if sort.endswith("starts_at"):
        far = [value or "9999" for value in values]
        assert far == sorted(far, reverse=sort.startswith("-")) and None in values
    if sort == "title":
        wanted = ("Åse", "Ære", "Ørn", "Arne", "arne")
        known = [value.lower() for value in values if value in wanted]
        assert list(dict.fromkeys(known)) == ["arne", "ære", "ørn", "åse"]


def test_a_cursor_belongs_to_its_list(anonymous):
    cursor = anonymous.get(COURSES, params={"limit": 1, "sort": "title"})["next_cursor"]
    anonymous.get(COURSES, params={"limit": 1, "sort": "title", "cursor": cursor})
    for params in ({"sort": "-title"}, {"sort": "title", "state": "published"}, {}):
        anonymous.get(COURSES, params={"cursor": cursor, **params}, expect=400,
                      code="invalid_cursor")


def test_formats_and_fields(build, anonymous):
    build.course(title='=SUM(1;2) "sitat"')
    items = anonymous.every(COURSES, {"limit": 200})
    lines = anonymous.get(COURSES, accept="application/x-ndjson").text.splitlines()
    assert [json.loads(line) for line in lines] == items
    rows = list(csv.DictReader(io.StringIO(anonymous.get(COURSES, accept="text/csv").text)))
    assert [row["id"] for row in rows] == [item["id"] for item in items]
    assert [row["title"] for row in rows] == [item["title"] for item in items]
    excel = anonymous.get(COURSES, params={"fields": "title"}, accept="text/csv;excel=no").body
    assert excel.startswith(b"\xef\xbb\xbf") and b"'=SUM(1;2)" in excel
    assert set(anonymous.get(f"{COURSES}?fields=code,seats_free").items[0]) == {
        "id", "code", "seats_free"}


def test_an_item_with_fields_and_a_known_etag(build, anonymous):
    course = build.course()
    item = anonymous.get(path_of(course))
    anonymous.get(path_of(course), none_match=item.etag, expect=304)
    assert set(anonymous.get(f"{path_of(course)}?fields=title,seats").json) == {
        "id", "title", "seats"}
    build.registration(course)
    anonymous.get(path_of(course), none_match=item.etag, expect=200)


# ---- seats and the window ----------------------------------------------------------------------

def test_seats_do_not_count_an_offer_that_has_run_out(build, anonymous):
    course = build.course(capacity=12)
    for state in ("confirmed", "confirmed", "waitlisted"):
        build.registration(course, state=state)
    build.registration(course, state="offered", offer_expires_at=now() + DAY)
    path = path_of(course)
    early, late = (anonymous.get(f"{path}/seats", now=when)
                   for when in (None, instant(now() + 2 * DAY)))
    assert [early[name] for name in ("confirmed", "offered", "waitlisted", "free")] == [2, 1, 1, 9]
    assert (late["offered"], late["free"]) == (0, 10)
    found = anonymous.get(f"{COURSES}?q={course.code}").items
    listed, = [item for item in found if item["code"] == course.code]
    assert (listed["seats_free"], listed["few_left"], listed["waitlisted"]) == (9, False, 1)


@pytest.mark.parametrize("free, few", [(4, False), (3, True), (1, True), (0, False)])
def test_few_seats_are_left(build, anonymous, free, few):
    course = build.course(capacity=5)
    for _ in range(5 - free):
        build.registration(course)
    assert anonymous.get(path_of(course))["seats"]["few_left"] is few


NOON = datetime.datetime(2031, 5, 6, 10, tzinfo=datetime.timezone.utc)
WINDOWS = {
    "open": {},
    "from its opening on": {"opens_at": NOON},
    "not before it opens": {"opens_at": NOON + datetime.timedelta(seconds=1)},
    "not at its closing": {"closes_at": NOON},
    "just before its closing": {"closes_at": NOON + datetime.timedelta(seconds=1)},
    "not at its start": {"starts_at": NOON},
    "just before its start": {"starts_at": NOON + datetime.timedelta(seconds=1)},
    "without dates": {"sessions": 0},
    "without seats": {"capacity": None},
    "by agreement": {"course_type": "kursrekke"},
    "running": {"state": "running"},
    "completed": {"state": "completed"},
    "cancelled": {"state": "cancelled"},
}


@pytest.mark.parametrize("case", WINDOWS)
def test_registration_open_is_what_a_registration_finds(build, anonymous, smart_admin, codes, case):
    columns = {"starts_at": NOON + 30 * DAY, "opens_at": NOON - 30 * DAY, **WINDOWS[case]}
    course = build.course(**columns)
    told = anonymous.get(path_of(course), now=instant(NOON))["registration_open"]
    tried = smart_admin.post("/v1/smart/registrations", build.registration_body(course),
                             now=instant(NOON), dry_run=True,
                             expect=201 if told else 422 if case == "by agreement" else 409)
    assert (tried.status == 201) is told
    listed = [item["code"] for item in anonymous.every(
        COURSES, {"q": course.code, "open_for_registration": "true"}, now=instant(NOON))]
    assert (course.code in listed) is told
