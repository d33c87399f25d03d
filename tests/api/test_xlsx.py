"""The spreadsheet of a list: typed cells, the same rows as the pages have, and no file left behind."""
import io
import os
import threading
import uuid
import zipfile

import pytest

from support.sheet import OSLO, XLSX, ZONE, cells_of, header_of, rows_of_sheet, sheet_of
from support.waiting import eventually
from support.wire import Wire, lines
from test_lists import fill, heavy  # noqa: F401  (a fixture)

LIST = "/v1/smart/registrations"


def sheet_at(client, path, **params):
    return client.get(path, params=params, accept=XLSX)


# ---- rows and cells ----

@pytest.mark.parametrize("path", [LIST, "/v1/smart/courses", "/v1/municipalities", "/v1/smart/professions",
                                  "/v1/smart/cancellation-policies", "/v1/organisations"])
def test_a_sheet_has_what_the_pages_have(smart_admin, path):
    answer = sheet_at(smart_admin, path)
    items = smart_admin.every(path, {"limit": 200})
    assert answer.headers["Content-Type"] == XLSX and answer.headers["Content-Disposition"].endswith('.xlsx"')
    assert rows_of_sheet(answer) == cells_of(items) and items


def test_a_sheet_of_a_computed_view(smart_admin, build):
    course = build.course()
    build.registration(course), build.registration(course, profession_code="rektor")
    path = f"/v1/smart/courses/{course.id}/professions"
    assert rows_of_sheet(sheet_at(smart_admin, path)) == smart_admin.get(path).items
    smart_admin.get(f"/v1/smart/courses/{uuid.uuid4()}/professions", accept=XLSX, expect=404, code="not_found")


def test_the_sheet_is_ready_to_work_with(smart_admin):
    sheet = sheet_of(sheet_at(smart_admin, "/v1/smart/courses"))
    assert sheet.title == "list_courses" and sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == sheet.dimensions and sheet["A1"].font.bold and not sheet["A2"].font.bold
    widths = {column: dimension.width for column, dimension in sheet.column_dimensions.items()}
    assert all(8 <= width <= 62 for width in widths.values()) and len(set(widths.values())) > 5
    zoned = [name for name in header_of(sheet) if name.endswith("_at") or name.endswith(ZONE)]
    assert zoned and all(name.endswith(f"_at{ZONE}") for name in zoned)


def test_cells_have_types(smart_admin, build):
    course = build.course(title="Øving, æ og å")
    row = rows_of_sheet(sheet_at(smart_admin, "/v1/smart/courses", code=course.code))[0]
    assert row["title"] == "Øving, æ og å" and row["capacity"] == 20 and row["is_example"] is False
    assert row["starts_at"] == course.starts_at.astimezone(OSLO).replace(tzinfo=None)
    sheet = sheet_of(sheet_at(smart_admin, "/v1/municipalities", fields="valid_from_on,name"))
    kinds = {name: (cell.data_type, cell.number_format) for name, cell in zip(header_of(sheet), sheet[2])}
    assert kinds["valid_from_on"] == ("d", "yyyy-mm-dd") and kinds["name"][1] == "@"


# Minutes around the changes, and the hour that a clock shows twice.
CHANGES = ["2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z", "2026-10-25T00:00:00Z", "2026-10-25T00:59:59Z",
           "2026-10-25T01:00:00Z", "2026-12-31T23:30:00Z", "2026-06-30T22:00:00Z", "1999-10-31T00:59:59Z",
           "1999-10-31T01:00:00Z", "2024-03-31T01:00:00Z", "2026-02-28T23:00:00.999999Z"]


def test_instants_are_those_of_clocks_in_norway(smart_admin, build):
    course = build.course(capacity=50)
    for instant in CHANGES:
        build.registration(course, registered_at=instant)
    params = {"course_id": course.id, "sort": "registered_at", "fields": "registered_at"}
    rows = rows_of_sheet(sheet_at(smart_admin, LIST, **params))
    items = smart_admin.get(LIST, params=params).items
    assert rows == cells_of(items) and len({item["registered_at"] for item in items}) == len(CHANGES)
    shown = {item["registered_at"]: row["registered_at"].isoformat(" ") for item, row in zip(items, rows)}
    assert shown["2026-03-29T00:59:59Z"] == "2026-03-29 01:59:59" and shown["2026-03-29T01:00:00Z"] == "2026-03-29 03:00:00"
    assert shown["2026-10-25T00:00:00Z"] == shown["2026-10-25T01:00:00Z"] == "2026-10-25 02:00:00"
    assert shown["2026-12-31T23:30:00Z"] == "2027-01-01 00:30:00" and shown["2026-02-28T23:00:00.999999Z"] == "2026-03-01 00:00:00"


def test_clocks_in_norway_are_those_of_the_database(smart_admin, build, owner_db):
    """Each hour of the days of change, for forty years: the rule in C and PostgreSQL's table agree."""
    course = build.course(capacity=10000)
    fill(owner_db, course, 4000)
    owner_db.execute("""
        WITH sundays AS (SELECT day FROM generate_series(timestamptz '1996-01-01T00:00Z', '2037-12-31', '1 day') AS day
                          WHERE extract(isodow FROM day) = 7 AND extract(month FROM day) IN (3, 10)
                            AND extract(day FROM day) > 24),
             hours AS (SELECT day + n * interval '1 hour' AS hour, row_number() OVER () AS place
                         FROM sundays, generate_series(0, 23) AS n),
             rows AS (SELECT id, row_number() OVER (ORDER BY id) AS place FROM registration WHERE course_id = %s)
        UPDATE registration AS r SET cancelled_at = hours.hour FROM rows JOIN hours USING (place) WHERE r.id = rows.id""",
                     [course.id])
    wanted = {str(row["id"]): row["local"] for row in owner_db.rows(
        "SELECT id, cancelled_at AT TIME ZONE 'Europe/Oslo' AS local FROM registration"
        " WHERE course_id = %s AND cancelled_at IS NOT NULL", [course.id])}
    assert len(wanted) == 42 * 2 * 24
    rows = rows_of_sheet(sheet_at(smart_admin, LIST, course_id=course.id, fields="cancelled_at"))
    assert {row["id"]: row["cancelled_at"] for row in rows if row["cancelled_at"]} == wanted


NASTY = ["=1+1", "+47 22 33 44 55", "-2+3", "@SUM(A1)", "=HYPERLINK(\"http://example.no\")", "0150", "1e5", "TRUE",
         "2026-01-01", "https://example.no/a", "<b>&amp;</b>", "a\"b'c", "  spaces  ", "two\nlines", "a\r\nb", "a\tb",
         "Ærlig Åse 😀", "_x000A_", "_x0041_x", "\x01\x1f", "#REF!", "'apostrophe", "\u2028", "\x7f"]


def test_text_stays_text(smart_admin, build):
    """Whatever it looks like to a spreadsheet."""
    course = build.course(capacity=100)
    for number, note in enumerate(NASTY):
        build.registration(course, dietary_note=note, registered_at=f"2026-01-01T00:{number:02}:00Z")
    answer = sheet_at(smart_admin, LIST, course_id=course.id, sort="registered_at", fields="dietary_note")
    assert [row["dietary_note"] for row in rows_of_sheet(answer)] == NASTY
    assert {cell.data_type for cell in sheet_of(answer)["B"]} <= {"s", "inlineStr"}
    assert not [name for name in zipfile.ZipFile(io.BytesIO(answer.body)).namelist() if "hyperlink" in name.lower()]


def test_what_xml_cannot_hold_is_replaced(smart_admin, build):
    course = build.course()
    build.registration(course, dietary_note="a\uffffb\ufffec\ufffdd")
    rows = rows_of_sheet(sheet_at(smart_admin, LIST, course_id=course.id, fields="dietary_note"))
    assert rows[0]["dietary_note"] == "a\ufffdb\ufffdc\ufffdd"


def test_long_text_is_cut(admin, owner_db):
    """At 32 767 units of UTF-16, as Excel counts; what is cut says so."""
    filler = {"fits": 32767 - len('{"a":""}'), "one more": 32768 - len('{"a":""}'), "many": 60000}
    for name, size in filler.items():
        owner_db.execute("INSERT INTO event (actor_kind, operation, resource_type, reason, changes)"
                         " VALUES ('system', 'long', 'test', %s, jsonb_build_object('a', repeat('å', %s)))", [name, size])
    owner_db.execute("INSERT INTO event (actor_kind, operation, resource_type, reason, changes)"
                     " VALUES ('system', 'long', 'test', 'wide', jsonb_build_object('a', repeat('😀', 20000)))")
    rows = rows_of_sheet(sheet_at(admin, "/v1/audit-events", operation="long", fields="reason,changes"))
    texts = {row["reason"]: row["changes"] for row in rows}
    units = {name: len(text.encode("utf-16-le")) // 2 for name, text in texts.items()}
    assert units["fits"] == 32767 and texts["fits"].endswith('å"}')
    assert all(units[name] in (32766, 32767) and texts[name].endswith("…") for name in ("one more", "many", "wide"))
    assert texts["one more"].startswith('{"a":"åå')


@pytest.mark.parametrize("count", [0, 1, 199, 200, 201, 400])
def test_sheets_of_every_size(smart_admin, build, owner_db, count):
    course = build.course(capacity=500)
    fill(owner_db, course, count)
    answer = sheet_at(smart_admin, LIST, course_id=course.id)
    sheet = sheet_of(answer)
    assert sheet.max_row == count + 1 and header_of(sheet)[:2] == ["id", "version"]
    assert sheet.auto_filter.ref.endswith(str(count + 1))


def test_sheets_take_filters_order_and_fields(smart_admin, build, owner_db):
    course = build.course(capacity=50)
    fill(owner_db, course, 30)
    params = {"course_id": course.id, "profession_code": "laerer", "fields": "participant_name", "sort": "participant_name"}
    rows = rows_of_sheet(sheet_at(smart_admin, LIST, **params))
    assert rows == smart_admin.get(LIST, params=params).items and len(rows) == 10


# ---- who sees what ----

def test_sheets_show_what_the_caller_may_see(make_user, make_client, build):
    course = build.course()
    build.registration(course, participant_phone="+47 99 99 99 99")
    assert rows_of_sheet(sheet_at(make_user("participant"), LIST, course_id=course.id)) == []
    for scopes, seen in ((["smart:read"], False), (["smart:read", "smart:contact"], True)):
        (row,) = rows_of_sheet(sheet_at(make_client(*scopes), LIST, course_id=course.id))
        assert bool(row["participant_email"]) == bool(row["participant_phone"]) == seen and row["participant_name"]


def test_sheets_refuse_like_lists(smart_admin, outsider, anonymous, build):
    smart_admin.get(f"{LIST}?nonsense=1", accept=XLSX, expect=400, code="unknown_parameter")
    smart_admin.get(LIST, params={"fields": "nonsense"}, accept=XLSX, expect=400)
    cursor = smart_admin.get(LIST, params={"limit": 1})["next_cursor"]
    smart_admin.get(LIST, params={"cursor": cursor}, accept=XLSX, expect=400, code="invalid_cursor")
    outsider.get(LIST, accept=XLSX, expect=403)
    anonymous.get(LIST, accept=XLSX, expect=401)
    smart_admin.get(f"{LIST}/{build.registration(build.course())}", accept=XLSX, expect=406, code="not_acceptable")


def test_a_list_that_is_too_long(admin, owner_db):
    owner_db.execute("INSERT INTO event (actor_kind, operation, resource_type)"
                     " SELECT 'system', 'lots', 'test' FROM generate_series(1, 100001)")
    params = {"operation": "lots"}
    answer = admin.get("/v1/audit-events", params=params, accept=XLSX, expect=406, code="spreadsheet_too_long", language="en")
    assert "100000 rows" in answer["detail"] and "text/csv" in answer["detail"]
    assert sheet_at(admin, "/v1/audit-events", operation="few").status == 200  # it is about the rows that are asked for


# ---- files, and trouble ----

def files_of(server):
    """Files without a name that the server has open."""
    folder = f"/proc/{server.process.pid}/fd"
    links = []
    for name in os.listdir(folder):
        try:
            links.append(os.readlink(f"{folder}/{name}"))
        except FileNotFoundError:
            pass
    return [link for link in links if link.endswith(" (deleted)")]


@pytest.fixture
def place(tmp_path, start_server):
    """A server with one worker, one connection for exports, and a folder of its own for files."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    server = start_server(LOFT_WORKERS=1, LOFT_EXPORT_CONNECTIONS=1, TMPDIR=folder)
    return server, folder


class Sheet(Wire):
    """A client that asks for a spreadsheet and does not read it yet."""

    def __init__(self, server, token, course):
        super().__init__(server)
        self.send(lines("GET", f"{LIST}?course_id={course.id}", [("Authorization", f"Bearer {token}"), ("Accept", XLSX)]))


def test_files_are_gone_when_the_sheet_is(place, smart_admin, heavy):  # noqa: F811
    server, folder = place
    client = smart_admin.clone(server=server)
    assert sheet_of(sheet_at(client, LIST, course_id=heavy.id)).max_row == 5001
    eventually(lambda: not files_of(server), what="the end of its files")
    for _ in range(3):
        client.head(LIST, params={"course_id": heavy.id}, accept=XLSX)
    eventually(lambda: not files_of(server), what="the end of its files")
    assert list(folder.iterdir()) == []


def test_a_client_that_leaves(place, smart_admin, heavy):  # noqa: F811
    """In the middle of the work, again and again: no file stays, and the connection comes back."""
    server, folder = place
    client = smart_admin.clone(server=server)
    for _ in range(3):
        with Sheet(server, smart_admin.token, heavy):
            assert str(folder) in eventually(lambda: files_of(server), what="a sheet that is being made")[0]
            assert list(folder.iterdir()) == []  # no name that could stay
        eventually(lambda: not files_of(server), timeout_s=60, what="the end of its files")
    assert rows_of_sheet(sheet_at(client, LIST, limit=1))


def test_others_have_their_turn(place, smart_admin, heavy):  # noqa: F811
    """One worker, and a sheet that takes its time: other requests are answered in between."""
    server, _ = place
    client, answers = smart_admin.clone(server=server), []
    sheet = threading.Thread(target=lambda: answers.append(sheet_at(smart_admin.clone(server=server), LIST, course_id=heavy.id)))
    sheet.start()
    eventually(lambda: files_of(server), what="a sheet that is being made")
    answered = 0
    while sheet.is_alive():
        client.get("/v1/smart/professions")
        answered += 1
    sheet.join()
    assert answers[0].status == 200 and answered > 5


def test_no_place_for_files(start_server, smart_admin, tmp_path):
    client = smart_admin.clone(server=start_server(TMPDIR=tmp_path / "nowhere"))
    answer = client.get(LIST, accept=XLSX, expect=503, code="busy")
    assert int(answer.headers["Retry-After"]) >= 1
    assert client.get(LIST, accept="text/csv").status == 200


def test_busy(place, smart_admin, heavy):  # noqa: F811
    server, _ = place
    with Sheet(server, smart_admin.token, heavy):
        eventually(lambda: files_of(server), what="a sheet that is being made")
        smart_admin.clone(server=server).get(LIST, accept=XLSX, expect=503, code="busy")
    eventually(lambda: not files_of(server), timeout_s=60, what="the end of its files")
