"""Lists: pages, cursors, order, filters, and the same rows as CSV and NDJSON, streamed whole."""
import base64
import csv
import datetime
import io
import json
import socket
import threading
import time
import uuid

import pytest

from support.build import Build, instant, now
from support.client import Api
from support.waiting import eventually
from support.wire import Closed, Wire, lines

LIST = "/v1/smart/registrations"
MANY = 450
SORTS = {
    "-registered_at": "registered_at DESC, id DESC", "registered_at": "registered_at, id",
    "updated_at": "updated_at, id", "-updated_at": "updated_at DESC, id DESC", "id": "id",
}


def fill(session, course, count, note="NULL", name="'Deltaker ' || n"):
    """That many registrations at once; registered in threes at the same instant."""
    session.execute(f"""
        WITH people AS (
            INSERT INTO person (full_name, email)
            SELECT 'Deltaker ' || n, 'deltaker.' || n || '.' || left(%(course)s, 8) || '.' || right(%(course)s, 6) || '@example.no'
              FROM generate_series(1, %(count)s) AS n
            RETURNING id, full_name, email)
        INSERT INTO registration (course_id, ticket_type_id, person_id, participant_name, participant_email,
            profession_code, buyer_type, state, price_nok, payment_state, registered_at, dietary_note)
        SELECT %(course)s, %(ticket)s, p.id, {name}, p.email,
               CASE WHEN n %% 3 = 0 THEN 'laerer' ELSE 'rektor' END, 'consumer', 'confirmed', 950, 'to_invoice',
               timestamptz '2026-01-01T00:00:00Z' + interval '1 minute' * (n / 3), {note}
          FROM (SELECT people.*, row_number() OVER () AS n FROM people) AS p""",
                    {"course": course.id, "ticket": course.ticket_id, "count": count})


@pytest.fixture(scope="module")
def many(owner_session):
    """A course with many participants."""
    course = Build(owner_session).course(capacity=MANY + 50)
    fill(owner_session, course, MANY)
    return course


def listed(client, course, **params):
    return client.get(LIST, params={"course_id": course.id, **params})


def ids(items):
    return [item["id"] for item in items]


def ids_in(session, course, order):
    return ids(session.rows(f"SELECT id FROM registration WHERE course_id = %s ORDER BY {order}", [course.id]))


# ---- pages ----

def test_default_page(smart_admin, many):
    page = listed(smart_admin, many)
    assert len(page.items) == 50 and page["next_cursor"] and "count" not in page.json
    assert page.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("limit", [1, 7, 200])
def test_limit(smart_admin, many, limit):
    assert len(listed(smart_admin, many, limit=limit).items) == limit


@pytest.mark.parametrize("limit, code", [
    ("0", "too_small"), ("201", "too_large"), ("-1", "too_small"), ("9223372036854775807", "too_large"),
    ("9223372036854775808", "wrong_type"), ("abc", "wrong_type"), ("1.0", "wrong_type"), ("007", "wrong_type"),
    ("+5", "wrong_type"), (" 5", "wrong_type"), ("5x", "wrong_type"), ("0x5", "wrong_type"), ("", "wrong_type"),
])
def test_limit_out_of_bounds(smart_admin, limit, code):
    answer = smart_admin.get(LIST, params={"limit": limit}, expect=400, code="invalid_parameter")
    assert answer.faults == {"?limit": code}


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("limit", [13, 200])
def test_pages_hold_every_row_once_in_order(smart_admin, many, owner_db, sort, limit):
    """Also where many rows have the same key."""
    found = smart_admin.every(LIST, {"course_id": many.id, "sort": sort, "limit": limit})
    assert ids(found) == ids_in(owner_db, many, SORTS[sort])


def test_default_order(smart_admin, many, owner_db):
    assert ids(listed(smart_admin, many, limit=200).items) == ids_in(owner_db, many, SORTS["-registered_at"])[:200]


def test_order_of_names_is_norwegian(smart_admin, build):
    course = build.course()
    names = ["Zara", "Ærlig", "Øyvind", "Åse", "Aase", "Anne", "anders", "Bo"]
    for name in names:
        build.registration(course, participant_name=name)
    found = [item["participant_name"] for item in listed(smart_admin, course, sort="participant_name").items]
    assert found == ["anders", "Anne", "Bo", "Zara", "Ærlig", "Øyvind", "Aase", "Åse"] or \
        found == ["anders", "Anne", "Bo", "Zara", "Ærlig", "Øyvind", "Åse", "Aase"]
    paged = smart_admin.every(LIST, {"course_id": course.id, "sort": "participant_name", "limit": 3})
    assert [item["participant_name"] for item in paged] == found


@pytest.mark.parametrize("sort", ["state", "nonsense", "+id", "id desc", "-id,id", "participant_email", "ID", "", "--id"])
def test_order_that_is_not_offered(smart_admin, sort):
    answer = smart_admin.get(LIST, params={"sort": sort}, expect=400, code="invalid_parameter")
    assert answer.faults == {"?sort": "not_in_enum"}
    assert "-registered_at" in answer["errors"][0]["expected"]


def test_last_page(smart_admin, build):
    course = build.course()
    for _ in range(4):
        build.registration(course)
    for limit, sizes in ((2, [2, 2]), (3, [3, 1]), (4, [4]), (5, [4])):
        cursor, found = None, []
        while cursor or not found:
            page = listed(smart_admin, course, limit=limit, **({"cursor": cursor} if cursor else {}))
            found.append(len(page.items))
            cursor = page["next_cursor"]
        assert found == sizes
    assert listed(smart_admin, build.course()).json == {"items": [], "next_cursor": None}


def test_rows_that_come_and_go_between_pages(smart_admin, build, owner_db):
    """Nothing that was there all the time is lost or shown twice."""
    course = build.course(capacity=100)
    when = datetime.datetime(2026, 3, 1, tzinfo=datetime.timezone.utc)
    there = [build.registration(course, registered_at=when + datetime.timedelta(hours=i)) for i in range(12)]
    seen, gone, cursor = [], set(), None
    while True:
        page = listed(smart_admin, course, sort="registered_at", limit=3, **({"cursor": cursor} if cursor else {}))
        seen += ids(page.items)
        cursor = page["next_cursor"]
        if not cursor:
            break
        for hours in (-1, 5.5, 30):  # before, between and behind
            build.registration(course, registered_at=when + datetime.timedelta(hours=hours))
        last = seen[-1]
        owner_db.execute("DELETE FROM registration WHERE id = %s", [last])  # the row that the cursor names
        gone.add(last)
    assert [one for one in seen if one in there] == [one for one in there if one in seen or one not in gone]
    assert len(seen) == len(set(seen))


# ---- cursors ----

def decoded(cursor):
    return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()


def encoded(text):
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def refused(client, **params):
    client.get(LIST, params=params, expect=400, code="invalid_cursor")


def test_cursor_belongs_to_filters_and_order(smart_admin, build, many):
    cursor = listed(smart_admin, many, limit=5)["next_cursor"]
    other = build.course()
    refused(smart_admin, cursor=cursor)
    refused(smart_admin, cursor=cursor, course_id=other.id)
    refused(smart_admin, cursor=cursor, course_id=many.id, state="confirmed")
    refused(smart_admin, cursor=cursor, course_id=many.id, sort="registered_at")
    refused(smart_admin, cursor=cursor, course_id=many.id, updated_since="2026-01-01T00:00:00Z")


def test_cursor_goes_with_another_shape(smart_admin, many):
    """Size of the page, members and count do not change which rows there are."""
    cursor = listed(smart_admin, many, limit=5)["next_cursor"]
    plain = listed(smart_admin, many, limit=5, cursor=cursor)
    assert ids(listed(smart_admin, many, limit=9, cursor=cursor).items)[:5] == ids(plain.items)
    assert ids(listed(smart_admin, many, limit=5, cursor=cursor, fields="id").items) == ids(plain.items)
    assert listed(smart_admin, many, limit=5, cursor=cursor, count="true")["count"] == MANY
    explicit = smart_admin.get(LIST, params={"cursor": cursor, "sort": "-registered_at", "limit": 5, "course_id": many.id})
    assert ids(explicit.items) == ids(plain.items)
    other_order = smart_admin.get(f"{LIST}?course_id={many.id}&cursor={cursor}&limit=5")
    assert ids(other_order.items) == ids(plain.items)


@pytest.mark.parametrize("forge", [
    lambda c: "A" + c[1:], lambda c: encoded(decoded(c)[:-1] + "x"), lambda c: "abc", lambda c: "-",
    lambda c: encoded("|".join(["0" * 16, *decoded(c).split("|")[1:]])),
    lambda c: encoded(decoded(c).replace("|", "")),
    lambda c: encoded("|".join([*decoded(c).split("|")[:2], "2026-99-99 99:99:99"])),
    lambda c: encoded("|".join([*decoded(c).split("|")[:2], "-------------------"])),
    lambda c: encoded("|".join([*decoded(c).split("|")[:2], "2026-01-01 00:00:00+99"])),
    lambda c: encoded("|".join([*decoded(c).split("|")[:2], "999999-01-01 00:00:00+00"])),
    lambda c: encoded("|".join([*decoded(c).split("|")[:2], ""])),
    lambda c: encoded("|".join([*decoded(c).split("|")[:2], "'; DROP TABLE x; --"])),
    lambda c: encoded("|".join([decoded(c).split("|")[0], "not-a-uuid", decoded(c).split("|")[2]])),
    lambda c: encoded("a" * 300),
], ids=["first", "last", "short", "dash", "hash", "bars", "no-day", "dashes", "zone", "year", "empty", "sql",
        "id", "long"])
def test_cursor_that_was_forged(smart_admin, many, forge):
    cursor = listed(smart_admin, many, limit=5)["next_cursor"]
    answer = smart_admin.get(LIST, params={"course_id": many.id, "cursor": forge(cursor)}, expect=400)
    assert answer.code == "invalid_cursor"


@pytest.mark.parametrize("cursor", ["", "a b", "å", "a" * 601, "a=b", "a+b"])
def test_cursor_that_is_none(smart_admin, cursor):
    answer = smart_admin.get(LIST, params={"cursor": cursor}, expect=400)
    assert answer.code in ("invalid_parameter", "invalid_cursor")


def test_cursor_shows_no_rows_of_others(participant, smart_admin, many):
    """It is no key: who may see what is asked anew."""
    cursor = listed(smart_admin, many, limit=5)["next_cursor"]
    assert participant.get(LIST, params={"course_id": many.id, "cursor": cursor}).items == []


# ---- members, numbers, filters ----

def test_fields(smart_admin, many):
    for fields, names in (("id", ["id"]), ("state,participant_name", ["id", "participant_name", "state"]),
                          ("version,id", ["id", "version"])):
        items = listed(smart_admin, many, fields=fields, limit=3).items
        assert all(sorted(item) == names for item in items)
    item = smart_admin.get(f"{LIST}/{items[0]['id']}", params={"fields": "state,allowed_actions"})
    assert sorted(item.json) == ["allowed_actions", "id", "state"]


@pytest.mark.parametrize("fields", ["nonsense", "id,nonsense", "", "id,,state", "id,id", "ID", "allowed_actions",
                                    "_writable", "invoice", "person.email", " id"])
def test_fields_that_are_not_there(smart_admin, fields):
    smart_admin.get(LIST, params={"fields": fields}, expect=400, code="invalid_parameter")


def test_count(smart_admin, many, participant):
    for limit in (1, 200):
        assert listed(smart_admin, many, count="true", limit=limit)["count"] == MANY
    assert listed(smart_admin, many, count="true", profession_code="laerer")["count"] == MANY // 3
    assert "count" not in listed(smart_admin, many, count="false").json
    assert listed(participant, many, count="true")["count"] == 0  # of what the caller may see
    for value in ("yes", "1", "TRUE", ""):
        smart_admin.get(LIST, params={"count": value}, expect=400, code="invalid_parameter")


def test_updated_since(smart_admin, build, owner_db):
    course = build.course()
    old, new = build.registration(course), build.registration(course)
    owner_db.execute("UPDATE registration SET dietary_note = 'x' WHERE id = %s", [new])
    at = owner_db.value("SELECT updated_at FROM registration WHERE id = %s", [new])
    exact = at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert ids(listed(smart_admin, course, updated_since=exact).items) == [new]  # at that instant too
    later = (at + datetime.timedelta(microseconds=1)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert listed(smart_admin, course, updated_since=later).items == []
    oslo = at.astimezone(datetime.timezone(datetime.timedelta(hours=1))).isoformat(timespec="microseconds")
    assert ids(listed(smart_admin, course, updated_since=oslo).items) == [new]
    assert set(ids(listed(smart_admin, course, updated_since="1970-01-01T00:00:00Z").items)) == {old, new}


@pytest.mark.parametrize("value", ["2026-01-01", "yesterday", "2026-01-01T00:00:00", "2026-02-30T00:00:00Z",
                                   "2026-01-01T00:00:00 01:00", "2026-01-01T25:00:00Z", ""])
def test_updated_since_no_instant(smart_admin, value):
    answer = smart_admin.get(LIST, params={"updated_since": value}, expect=400, code="invalid_parameter")
    assert answer.faults == {"?updated_since": "invalid_format"}


def test_filters(smart_admin, build):
    organisation = build.organisation()
    course = build.course(tickets=[{"code": "a"}, {"code": "b"}])
    plain = build.registration(course)
    employed = build.registration(course, employer_organisation_id=organisation, profession_code="rektor", ticket="b")
    waiting = build.registration(course, state="waitlisted")
    offered = build.registration(course, state="offered")
    person = smart_admin.get(f"{LIST}/{plain}")["person_id"]

    def found(**filters):
        return set(ids(listed(smart_admin, course, **filters).items))
    assert found() == {plain, employed, waiting, offered}
    assert found(person_id=person) == {plain}
    assert found(employer_organisation_id=organisation) == {employed}
    assert found(profession_code="rektor") == {employed} == found(ticket_type_id=course.tickets["b"])
    assert found(state="waitlisted") == {waiting} and found(state="offered") == {offered}
    assert found(payment_state="not_required") == {waiting}
    assert found(profession_code="rektor", state="waitlisted") == set()
    assert found(course_id=str(uuid.uuid4())) == set()
    upper = smart_admin.get(LIST, params={"course_id": course.id.upper(), "limit": 1})
    assert upper["next_cursor"] and smart_admin.get(
        LIST, params={"course_id": course.id.upper(), "limit": 1, "cursor": upper["next_cursor"]}).items


def test_filter_by_a_state_that_the_clock_made(smart_admin, build):
    course = build.course()
    offered = build.registration(course, state="offered")
    later = instant(now() + datetime.timedelta(days=5))
    for state, when, expected in (("offered", None, [offered]), ("expired", None, []),
                                  ("offered", later, []), ("expired", later, [offered])):
        answer = smart_admin.get(LIST, params={"course_id": course.id, "state": state}, now=when)
        assert ids(answer.items) == expected


@pytest.mark.parametrize("name, value, code", [
    ("course_id", "7", "invalid_format"), ("course_id", "", "invalid_format"), ("state", "nonsense", "not_in_enum"),
    ("payment_state", "Paid", "not_in_enum"), ("profession_code", "a" * 65, "too_long"),
])
def test_filters_that_are_none(smart_admin, name, value, code):
    answer = smart_admin.get(LIST, params={name: value}, expect=400, code="invalid_parameter")
    assert answer.faults == {f"?{name}": code}


# ---- formats ----

def rows_of(text, delimiter=","):
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


@pytest.mark.parametrize("accept, media", [
    (None, "application/json"), ("*/*", "application/json"), ("application/*", "application/json"),
    ("application/json", "application/json"), ("text/csv", "text/csv"), ("text/*", "text/csv"),
    ("application/x-ndjson", "application/x-ndjson"), ("text/csv;q=0.5, application/json", "application/json"),
    ("text/csv, application/json;q=0.9", "text/csv"), ("text/html, text/csv;q=0.1", "text/csv"),
    ("*/*;q=0.1, application/x-ndjson", "application/x-ndjson"), ("TEXT/CSV", "text/csv"),
    ("application/json;q=0, */*", "text/csv"), ("", "application/json"),
    ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json"),
])
def test_format_that_is_wanted(smart_admin, many, accept, media):
    answer = smart_admin.get(LIST, params={"course_id": many.id}, headers={"Accept": accept})
    assert answer.headers["Content-Type"].split(";")[0] == media
    assert "Accept" in answer.headers["Vary"]


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "text/csv;q=0", "*/*;q=0", "application/json;q=0",
                                    "nonsense", "image/*", "text/csv;excel=yes, image/png"])
def test_format_that_nobody_has(smart_admin, accept):
    """A parameter that is not understood asks for something else than what there is."""
    answer = smart_admin.get(LIST, accept=accept, expect=406 if "excel" not in accept else None)
    if answer.status == 406:
        assert answer.code == "not_acceptable" and "application/x-ndjson" in answer["detail"]


def test_items_are_json_alone(smart_admin, many):
    item = listed(smart_admin, many, limit=1).items[0]["id"]
    for accept in ("text/csv", "application/x-ndjson", "text/html"):
        smart_admin.get(f"{LIST}/{item}", accept=accept, expect=406, code="not_acceptable")


def test_csv_has_every_row(smart_admin, many):
    """No pages: what the list has is there at once."""
    answer = smart_admin.get(LIST, params={"course_id": many.id, "sort": "registered_at"}, accept="text/csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="' in answer.headers["Content-Disposition"]
    assert answer.body.endswith(b"\r\n") and answer.body.count(b"\r\n") == MANY + 1 and not answer.body.startswith(b"\xef")
    rows = rows_of(answer.text)
    items = smart_admin.every(LIST, {"course_id": many.id, "sort": "registered_at", "limit": 200})
    assert list(rows[0]) == list(items[0])
    for row, item in zip(rows, items, strict=True):
        for name, value in item.items():
            if isinstance(value, dict):
                assert json.loads(row[name]) == value
            else:
                assert row[name] == ("" if value is None else str(value)), name


def test_ndjson_has_every_row(smart_admin, many):
    answer = smart_admin.get(LIST, params={"course_id": many.id, "sort": "registered_at"}, accept="application/x-ndjson")
    assert answer.headers["Content-Type"] == "application/x-ndjson" and answer.body.endswith(b"\n")
    found = [json.loads(line) for line in answer.text.splitlines()]
    assert found == smart_admin.every(LIST, {"course_id": many.id, "sort": "registered_at", "limit": 200})


@pytest.mark.parametrize("count", [0, 1, 199, 200, 201, 400])
def test_exports_of_every_size(smart_admin, build, owner_db, count):
    """Around the number of rows that are fetched at a time."""
    course = build.course(capacity=500)
    fill(owner_db, course, count)
    text = smart_admin.get(LIST, params={"course_id": course.id}, accept="text/csv").text
    assert len(rows_of(text)) == count and text.startswith("id,version,")
    lines_found = smart_admin.get(LIST, params={"course_id": course.id}, accept="application/x-ndjson").text.splitlines()
    assert len(lines_found) == count


def test_exports_take_filters_and_fields(smart_admin, many):
    params = {"course_id": many.id, "profession_code": "laerer", "fields": "participant_name,state"}
    rows = rows_of(smart_admin.get(LIST, params=params, accept="text/csv").text)
    assert len(rows) == MANY // 3 and list(rows[0]) == ["id", "participant_name", "state"]
    found = smart_admin.get(LIST, params=params, accept="application/x-ndjson").text.splitlines()
    assert len(found) == MANY // 3 and all(sorted(json.loads(one)) == ["id", "participant_name", "state"] for one in found)


def test_exports_have_no_cursor(smart_admin, many):
    cursor = listed(smart_admin, many, limit=5)["next_cursor"]
    smart_admin.get(LIST, params={"course_id": many.id, "cursor": cursor}, accept="text/csv", expect=400,
                    code="invalid_cursor")


def test_exports_refuse_like_lists(smart_admin, outsider, anonymous):
    smart_admin.get(f"{LIST}?nonsense=1", accept="text/csv", expect=400, code="unknown_parameter")
    smart_admin.get(LIST, params={"fields": "nonsense"}, accept="text/csv", expect=400)
    outsider.get(LIST, accept="text/csv", expect=403)
    anonymous.get(LIST, accept="application/x-ndjson", expect=401)


def test_exports_show_what_the_caller_may_see(participant, make_client, many, smart_admin):
    assert rows_of(participant.get(LIST, params={"course_id": many.id}, accept="text/csv").text) == []
    narrow, wide = make_client("smart:read"), make_client("smart:read", "smart:contact")
    params = {"course_id": many.id, "sort": "registered_at"}
    assert {row["participant_email"] for row in rows_of(narrow.get(LIST, params=params, accept="text/csv").text)} == {""}
    masked = [json.loads(one) for one in narrow.get(LIST, params=params, accept="application/x-ndjson").text.splitlines()]
    assert {item["participant_email"] for item in masked} == {None} and len(masked) == MANY
    assert all(row["participant_email"] for row in rows_of(wide.get(LIST, params=params, accept="text/csv").text))


NASTY = ['=1+1', '+47 22 33 44 55', '-2+3', '@SUM(A1)', '\tx', '-7', '"quoted"', 'a;b', 'a,b', "two\nlines", "a\r\nb",
         "Ærlig Åse", "'apostrophe", "=cmd|' /C calc'!A0", "  spaces  ", "=\"a\";b"]


@pytest.fixture
def nasty(build):
    course = build.course(capacity=100)
    for number, note in enumerate(NASTY):
        build.registration(course, dietary_note=note,
                           registered_at=datetime.datetime(2026, 1, 1, 0, number, tzinfo=datetime.timezone.utc))
    return {"course_id": course.id, "sort": "registered_at", "fields": "dietary_note,price_nok,item_choices"}


def test_csv_quotes_what_must_be_quoted(smart_admin, nasty):
    text = smart_admin.get(LIST, params=nasty, accept="text/csv").text
    assert [row["dietary_note"] for row in rows_of(text)] == NASTY
    assert ',"a,b"' in text and '"""quoted"""' in text and "a;b" in text


def test_csv_for_a_norwegian_excel(smart_admin, nasty):
    """A byte order mark, semicolons, and no cell that would be run."""
    answer = smart_admin.get(LIST, params=nasty, accept="text/csv;excel=no")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8; excel=no"
    assert answer.body.startswith(b"\xef\xbb\xbfid;") and answer.body.count(b"\xef\xbb\xbf") == 1
    rows = rows_of(answer.body.decode("utf-8-sig"), ";")
    for row, note in zip(rows, NASTY, strict=True):
        guarded = note[0] in "=+-@\t\r" and note != "-7"
        assert row["dietary_note"] == ("'" + note if guarded else note)
        assert row["price_nok"] == "950"


def test_excel_gets_every_row(smart_admin, many):
    text = smart_admin.get(LIST, params={"course_id": many.id}, accept="text/csv;excel=no").body.decode("utf-8-sig")
    assert len(rows_of(text, ";")) == MANY


# ---- exports under trouble ----

@pytest.fixture(scope="module")
def heavy(owner_session):
    """A list that no socket buffer takes whole: some eight million bytes."""
    course = Build(owner_session).course(capacity=10000)
    fill(owner_session, course, 5000, note="repeat('nøtter og melk. ', 62)")
    return course


@pytest.fixture
def narrow_pool(start_server):
    """A server with one connection for exports."""
    return start_server(LOFT_EXPORT_CONNECTIONS=1, LOFT_LOCK_TIMEOUT_MS=20000, LOFT_STATEMENT_TIMEOUT_MS=20000)


class Export(Wire):
    """An export whose client reads when it likes; until then hardly anything fits in between."""

    def __init__(self, server, token, course):
        self.server, self.pending = server, b""
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.settimeout(30)
        self.socket.connect(("127.0.0.1", server.port))
        self.send(lines("GET", f"{LIST}?course_id={course.id}", [("Authorization", f"Bearer {token}"),
                                                                ("Accept", "application/x-ndjson")]))
        head = self._until(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head

    def rest(self):
        """All that is left to read; raises Closed when the transfer was broken off."""
        return self._chunks()


@pytest.fixture
def exporting(cluster, database):
    """Tells the database's processes that have an export open and wait for their client."""
    with cluster.superuser(database.name) as superuser:
        yield lambda: superuser.rows(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
            "AND state = 'idle in transaction' AND query LIKE 'FETCH FORWARD%'")


def test_export_goes_at_the_pace_of_its_client(narrow_pool, smart_admin, heavy, exporting):
    with Export(narrow_pool, smart_admin.token, heavy) as export:
        eventually(exporting, what="an export that waits")
        smart_admin.clone(server=narrow_pool).get("/healthz")
        body = export.rest()
    assert body.count(b"\n") == 5000 and len(body) > 5_000_000
    eventually(lambda: not exporting(), what="the end of the export")


def test_busy_exports(narrow_pool, smart_admin, heavy):
    client = smart_admin.clone(server=narrow_pool)
    with Export(narrow_pool, smart_admin.token, heavy) as export:
        answer = client.get(LIST, accept="text/csv", expect=503, code="busy")
        assert int(answer.headers["Retry-After"]) >= 1
        client.get(LIST)  # pages have connections of their own
        export.rest()
    eventually(lambda: csv_status(client) == 200, what="the next export")


def test_slow_client_of_an_export(start_server, smart_admin, heavy):
    """Its connection is one of few: whoever reads for longer than allowed is cut off."""
    server = start_server(LOFT_EXPORT_CONNECTIONS=1, LOFT_EXPORT_S=3)
    with Export(server, smart_admin.token, heavy) as export:
        allowed = time.monotonic() + 3.1
        eventually(lambda: time.monotonic() > allowed, what="the end of its time")
        with pytest.raises(Closed):
            export.rest()
    client = smart_admin.clone(server=server)
    eventually(lambda: csv_status(client) == 200, what="the next export")


def csv_status(client):
    headers = {"Authorization": f"Bearer {client.token}", "Accept": "text/csv"}
    return client.session.get(f"{client.base}{LIST}?limit=1", headers=headers).status_code


def test_client_that_leaves_in_the_middle(narrow_pool, smart_admin, heavy, exporting):
    """Its connection comes back, again and again."""
    client = smart_admin.clone(server=narrow_pool)
    for _ in range(3):
        with Export(narrow_pool, smart_admin.token, heavy):
            eventually(exporting, what="an export that waits")
        eventually(lambda: not exporting(), what="the end of the export")
    assert csv_status(client) == 200


def test_database_that_leaves_in_the_middle(narrow_pool, smart_admin, heavy, exporting, cluster):
    """What was cut short must not look whole: the transfer breaks off without its last chunk."""
    with Export(narrow_pool, smart_admin.token, heavy) as export:
        (process,) = eventually(exporting, what="an export that waits")
        with cluster.superuser() as superuser:
            assert superuser.value("SELECT pg_terminate_backend(%s)", [process["pid"]])
        with pytest.raises(Closed):
            export.rest()
    client = smart_admin.clone(server=narrow_pool)
    assert client.get(LIST, params={"course_id": heavy.id}, accept="application/x-ndjson").body.count(b"\n") == 5000
    assert [line for line in narrow_pool.log() if line["event"] == "export_broken"]


def test_export_sees_one_moment(narrow_pool, smart_admin, heavy, owner_db, exporting):
    """What is written while it runs is not in it."""
    with Export(narrow_pool, smart_admin.token, heavy) as export:
        eventually(exporting, what="an export that waits")
        owner_db.execute("UPDATE registration SET profession_code = 'sfo_ansatt' WHERE course_id = %s", [heavy.id])
        assert b"sfo_ansatt" not in export.rest()


def test_head_of_an_export_sends_and_keeps_nothing(narrow_pool, smart_admin, heavy):
    client = smart_admin.clone(server=narrow_pool)
    for _ in range(3):
        answer = client.head(LIST, params={"course_id": heavy.id}, accept="text/csv")
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    eventually(lambda: csv_status(client) == 200, what="an export")


def test_export_to_a_client_without_chunks(server, smart_admin, many):
    """HTTP/1.0: the end of the connection is the end of the body."""
    with Wire(server) as wire:
        wire.send(lines("GET", f"{LIST}?course_id={many.id}", [("Authorization", f"Bearer {smart_admin.token}"),
                                                               ("Accept", "application/x-ndjson")], version="HTTP/1.0"))
        answer = wire.read()
    assert "Transfer-Encoding" not in answer.headers and answer.body.count(b"\n") == MANY


def test_drain_waits_for_an_export(start_server, smart_admin, heavy):
    """SIGTERM in the middle: what has begun is sent to its end."""
    server = start_server(LOFT_DRAIN_S=20)
    with Export(server, smart_admin.token, heavy) as export:
        stopping = threading.Thread(target=server.stop)
        stopping.start()
        eventually(lambda: "stopping" in {line["event"] for line in server.log()}, what="the signal")
        assert export.rest().count(b"\n") == 5000
        stopping.join()
    assert not server.running()


def test_exports_count_as_one_request(start_server, smart_admin, many):
    server = start_server(LOFT_RATE_LIMIT=2)
    client = Api(server, smart_admin.token)
    server.contract = smart_admin.contract
    for _ in range(2):
        client.get(LIST, params={"course_id": many.id}, accept="text/csv")
    client.get(LIST, accept="text/csv", expect=429)


@pytest.mark.parametrize("media", ["text/csv", "application/x-ndjson"])
def test_export_with_grants_that_have_moved(participant, owner_db, media):
    """The first rows are asked for again with grants read anew, as any request is."""
    participant.get(LIST)
    owner_db.execute("UPDATE grant_epoch SET epoch = epoch + 1")
    assert participant.get(LIST, accept=media).status == 200


def test_export_over_connections_that_broke(server, participant, owner_db, cluster, database):
    participant.get(LIST, accept="text/csv")
    with cluster.superuser(database.name) as superuser:
        superuser.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                          " WHERE datname = current_database() AND usename = 'loft_service'")
    assert participant.get(LIST, accept="text/csv").status == 200


@pytest.mark.parametrize("offset", ["%2B23:59", "-16:00"])
def test_an_offset_that_no_place_has(participant, offset):
    participant.get(f"{LIST}?updated_since=2026-01-01T00:00:00{offset}", expect=400, code="invalid_parameter")
