"""Bodies beyond the ordinary, over the wire: lists of objects, bytes, limits of an operation's own. Against
loft-sample, the service with the contract of tests/api/sample."""
import hashlib
import json
import os
import threading
import uuid

import pytest

from support import sample
from support.client import Api
from support.waiting import eventually
from support.wire import Wire, ask, lines

from test_framing import chunked, refused

KIB = 1024
ORDINARY_MAX, ROSTER_MAX, LARGEST = 64 * KIB, 1024 * KIB, 8 * 1024 * KIB
LARGE_BODIES = 16
ROSTER = "/v1/sample/rosters/0190f3a1-7c52-7b1a-9d3e-2f4b6a8c0d1e"
PERSON = "0190f3a1-7c52-7b1a-9d3e-2f4b6a8c0d1f"


@pytest.fixture(scope="module")
def server(database):
    running = sample.start(database)
    yield running
    running.stop()


@pytest.fixture
def replace(smart_admin):
    """PUTs these seats."""
    def put(seats, **options):
        return smart_admin.put(ROSTER, {"seats": seats}, etag='"1"', **options)
    return put


# ---- lists of objects ----

def test_rows_reach_the_database(replace):
    answer = replace([
        {"seat_no": 2, "person_id": PERSON.upper(), "status": "free", "note": None, "wheelchair": True,
         "tags": ["a \"b\"", "c\\d, {e}"]},
        {"seat_no": 1, "note": "ved døra \u2028 \"\\ \t\n\r\xa0", "wheelchair": False, "tags": []},
        {"seat_no": 900},
    ])
    assert (answer["count"], answer["sum"]) == (3, 903)
    assert answer["first"] == [
        {"seat_no": 1, "person_id": None, "status": "taken", "note": "ved døra \u2028 \"\\ \t\n\r\xa0",
         "wheelchair": False, "tags": []},
        {"seat_no": 2, "person_id": PERSON, "status": "free", "note": None, "wheelchair": True,
         "tags": ["a \"b\"", "c\\d, {e}"]},
    ]
    assert answer.etag.startswith('"1-')


@pytest.mark.parametrize("character", ["\x01", "\x0b", "\x1b", "\x1f", "\x7f", "\x80", "\x9f"])
def test_control_characters(replace, character):
    """No letter, sheet or mail could show them."""
    answer = replace([{"seat_no": 1, "note": f"ved{character}døra"}], expect=422, code="validation_failed")
    assert answer.faults == {"/seats/0/note": "control_character"}


@pytest.mark.parametrize("seats", [[], None])
def test_no_rows(replace, seats):
    answer = replace(seats)
    assert (answer["count"], answer["first"]) == (0, [])


def test_ten_thousand_rows(replace):
    seats = [{"seat_no": n, "tags": ["a"]} for n in range(1, 10001)]
    assert replace(seats)["sum"] == sum(range(10001))
    answer = replace(seats + [{"seat_no": 0}], expect=422, code="validation_failed")
    assert answer.faults == {"/seats": "too_many"}


def test_every_fault_of_every_row_at_once(replace):
    answer = replace([{"seat_no": 1}, {"seat_no": 0, "status": "gone"}, {}, 7, {"seat_no": 1, "row": 1}],
                     expect=422, code="validation_failed")
    assert answer.faults == {
        "/seats/1/seat_no": "too_small", "/seats/1/status": "not_in_enum", "/seats/2/seat_no": "required",
        "/seats/3": "wrong_type", "/seats/4/row": "unknown_member"}


def test_faults_of_many_rows_are_counted(replace):
    problem = replace([{"seat_no": 0}] * 10000, expect=422, code="validation_failed").json
    assert (len(problem["errors"]), problem["errors_omitted"]) == (100, 9900)


def test_repeated_members_of_a_row(smart_admin):
    answer = smart_admin.put(ROSTER, '{"seats":[{"seat_no":1},{"seat_no":2,"seat_no":3}]}', etag='"1"',
                             expect=400, code="malformed_json")
    assert answer.faults == {"": "duplicate_member"}


def test_more_brackets_than_a_parser_should_see(smart_admin):
    answer = smart_admin.put(ROSTER, '{"seats":[' + "{}," * 300000 + "{}]}", etag='"1"',
                             expect=400, code="malformed_json")
    assert answer.faults == {"": "too_many"}


# ---- PUT ----

def test_put_keeps_to_the_conventions(smart_admin, replace, participant, anonymous):
    seats = {"seats": [{"seat_no": 1}]}
    smart_admin.put(ROSTER, seats, expect=428, code="precondition_required")
    smart_admin.put(ROSTER, seats, etag='"2"', expect=412, code="version_conflict")
    smart_admin.put(ROSTER, seats, etag="1", expect=400, code="invalid_parameter")
    smart_admin.put(ROSTER, etag='"1"', expect=400, code="body_missing")
    smart_admin.put(ROSTER, seats, etag='"1"', media="application/merge-patch+json", expect=415,
                    code="unsupported_media_type")
    participant.put(ROSTER, seats, etag='"1"', expect=403)
    anonymous.put(ROSTER, seats, etag='"1"', expect=401)
    smart_admin.put("/v1/sample/rosters/1", seats, etag='"1"', expect=404, code="not_found")
    smart_admin.post(ROSTER, seats, expect=405, code="method_not_allowed")
    assert smart_admin.put(ROSTER, seats, etag="*")["sum"] == 1


def test_put_records_its_event_and_a_dry_run_none(smart_admin, owner_db):
    def events():
        return owner_db.value("SELECT count(*) FROM event WHERE operation = 'roster_replace'")
    before = events()
    answer = smart_admin.put(ROSTER, {"seats": [{"seat_no": 1}]}, etag='"1"', dry_run=True)
    assert answer.headers["Preference-Applied"] == "tx=rollback" and events() == before
    smart_admin.put(ROSTER, {"seats": [{"seat_no": 1}]}, etag='"1"')
    assert events() == before + 1


def test_browsers_may_put(database, tokens):
    origin = {"Origin": "https://skjema.example.no"}
    server = sample.start(database, LOFT_CORS_ORIGINS=origin["Origin"])
    answer = Api(server).options(ROSTER, headers=origin)
    assert answer.headers["Access-Control-Allow-Methods"] == "OPTIONS, PUT"
    answer = Api(server, tokens["smart-admin"]).put(ROSTER, {"seats": None}, etag='"1"', headers=origin)
    assert answer.headers["Access-Control-Allow-Origin"] == origin["Origin"]
    server.stop()


# ---- raw bodies ----

IMPORTS = "/v1/sample/imports"
PHOTO = "/v1/sample/photos/0190f3a1-7c52-7b1a-9d3e-2f4b6a8c0d1e"
CSV = "\ufeffnavn;sted\r\n\"Kari \"\"K\"\" Eksempelsen\";Tønsberg\r\n".encode()


def received(body, media, mode=None):
    return {"content_type": media, "length": len(body), "mode": mode,
            "sha256": hashlib.sha256(body).hexdigest()}


@pytest.mark.parametrize("media", ["text/csv", "text/csv; charset=utf-8", 'TEXT/CSV;header=present;charset="UTF-8"'])
def test_text_reaches_the_database(smart_admin, media):
    assert smart_admin.post(IMPORTS, CSV, media=media).json == received(CSV, "text/csv", "add")
    answer = smart_admin.post(f"{IMPORTS}?mode=replace", CSV, media=media)
    assert answer.json == received(CSV, "text/csv", "replace")


@pytest.mark.parametrize("media", ["image/png", "image/jpeg", "Application/PDF"])
@pytest.mark.parametrize("body", [bytes(range(256)) * 4, b"\0", b"\\x00", b"'"], ids=repr)
def test_bytes_reach_the_database(smart_admin, media, body):
    answer = smart_admin.put(PHOTO, body, etag='"1"', media=media)
    assert answer.json == received(body, media.lower())


def test_a_raw_body_that_may_be_left_out(smart_admin):
    answer = smart_admin.put(PHOTO, etag='"1"')
    assert set(answer.json.values()) == {None}
    smart_admin.post(IMPORTS, expect=400, code="body_missing")


def test_eight_megabytes(smart_admin):
    body = os.urandom(LARGEST)
    assert smart_admin.put(PHOTO, body, etag='"1"', media="image/png").json == received(body, "image/png")
    answer = smart_admin.put(PHOTO, body + b"x", etag='"1"', media="image/png", expect=413,
                             code="content_too_large")
    assert str(LARGEST) in answer["detail"]
    body = ("æ" * (LARGEST // 2)).encode()
    assert smart_admin.post(IMPORTS, body, media="text/csv")["length"] == LARGEST


def test_eight_megabytes_in_chunks(server, head):
    head = [("Content-Type", "image/png") if name == "Content-Type" else (name, value)
            for name, value in head] + [("Transfer-Encoding", "chunked")]
    assert ask(server, "PUT", PHOTO, head, chunked(b"\0" * LARGEST)).json()["length"] == LARGEST
    refused(ask(server, "PUT", PHOTO, head, chunked(b"\0" * (LARGEST + 1))), 413, "content_too_large")


@pytest.mark.parametrize("body", [
    b"bl\xe5", b"a\0b", b"a;\xed\xa0\x80", b"a;\xed\xb0\x80;b", b"\xc0\xaf", b"\xff\xfen\0a\0", b"\xc3"],
    ids=repr)
def test_text_that_is_not_utf8(smart_admin, body):
    """Latin-1, NUL, lone surrogates, an overlong form, UTF-16, a character that is cut."""
    smart_admin.post(IMPORTS, body, media="text/csv", expect=400, code="invalid_encoding")


@pytest.mark.parametrize("path, media, accepted", [
    (IMPORTS, "application/json", "text/csv"), (IMPORTS, "text/plain", "text/csv"),
    (IMPORTS, "text/csv; charset=iso-8859-1", "text/csv"), (IMPORTS, "text/csvx", "text/csv"),
    (IMPORTS, "image/png, text/csv", "text/csv"), (IMPORTS, "multipart/form-data; boundary=x", "text/csv"),
    (PHOTO, "image/svg+xml", "image/png, image/jpeg, application/pdf"),
    (PHOTO, "image/*", "image/png, image/jpeg, application/pdf"), (PHOTO, "", "image/png, image/jpeg, application/pdf"),
])
def test_other_media_types(smart_admin, path, media, accepted):
    method = "POST" if path == IMPORTS else "PUT"
    answer = smart_admin.request(method, path, b"a", headers={"Content-Type": media, "If-Match": '"1"'},
                                 expect=415, code="unsupported_media_type")
    assert answer.headers["Accept-Post"] == accepted and accepted in answer["detail"]


def test_a_raw_body_without_a_type(server, head):
    head = [(name, value) for name, value in head if name != "Content-Type"]
    refused(ask(server, "PUT", PHOTO, [*head, ("Content-Length", "1")], b"a"), 415,
            "unsupported_media_type")


def test_a_raw_request_is_the_same_by_bytes_and_type(smart_admin):
    key = str(uuid.uuid4())
    first = smart_admin.post(IMPORTS, CSV, media="text/csv", key=key)
    again = smart_admin.post(IMPORTS, CSV, media="text/csv", key=key)
    assert again.headers["Idempotency-Replayed"] == "true" and again.json == first.json
    smart_admin.post(IMPORTS, CSV + b"x", media="text/csv", key=key, expect=422,
                     code="idempotency_key_reused")
    smart_admin.post(IMPORTS, CSV, media="text/csv;header=absent", key=key, expect=422,
                     code="idempotency_key_reused")


def test_who_may_not_send_it(participant, anonymous):
    participant.post(IMPORTS, b"\xff" * LARGEST, media="text/plain", expect=403)
    anonymous.post(IMPORTS, b"\xff" * LARGEST, media="text/csv", expect=401)


# ---- limits ----

def roster_of(length):
    """Rows, and white space up to exactly so many bytes."""
    return b'{"seats":[{"seat_no":1}]}'.ljust(length)


@pytest.fixture
def head(tokens):
    return [("Authorization", f"Bearer {tokens['smart-admin']}"), ("Content-Type", "application/json"),
            ("If-Match", '"1"')]


def test_an_operation_has_a_limit_of_its_own(smart_admin):
    for length in (ORDINARY_MAX, ORDINARY_MAX + 1, ROSTER_MAX):
        assert smart_admin.put(ROSTER, roster_of(length), etag='"1"')["count"] == 1
    for length in (ROSTER_MAX + 1, 12 * ROSTER_MAX):
        answer = smart_admin.put(ROSTER, roster_of(length), etag='"1"', expect=413,
                                 code="content_too_large")
        assert str(ROSTER_MAX) in answer["detail"]


def test_its_limit_holds_for_chunks(server, head):
    head = [*head, ("Transfer-Encoding", "chunked")]
    assert ask(server, "PUT", ROSTER, head, chunked(roster_of(ROSTER_MAX))).status == 200
    refused(ask(server, "PUT", ROSTER, head, chunked(roster_of(ROSTER_MAX + 1))), 413,
            "content_too_large")


def test_the_connection_goes_on_behind_it(server, head):
    body = roster_of(ROSTER_MAX + 500)
    with Wire(server) as wire:
        wire.send(lines("PUT", ROSTER, [*head, ("Content-Length", str(len(body)))]) + body
                  + lines("GET", "/problems/busy"))
        refused(wire.read(), 413, "content_too_large")
        assert wire.read().json()["code"] == "busy"


def test_a_length_that_is_not_true(server, head):
    """What was not announced is the next request, which it is not, and the connection ends."""
    with Wire(server) as wire:
        wire.send(lines("PUT", ROSTER, [*head, ("Content-Length", "25")]) + roster_of(25) + b"{}\r\n\r\n")
        assert wire.read().status == 200
        assert wire.closed()
    answer = ask(server, "PUT", ROSTER, [*head, ("Content-Length", "99999999999999999999999")])
    assert answer.status in (400, 413)


@pytest.mark.parametrize("path, token, status", [
    (ROSTER, None, 401), (ROSTER, "participant", 403), ("/v1/sample/nothing", "smart-admin", 404),
    ("/healthz", None, 405),
])
def test_who_may_not_use_it_sends_no_large_body(server, tokens, path, token, status):
    """What is refused before the body is looked at is refused for its own reason."""
    api = Api(server, token and tokens[token])
    api.put(path, roster_of(ROSTER_MAX), etag='"1"', expect=status)


def test_only_so_many_large_bodies_at_a_time(server, head, smart_admin):
    """More and more senders stop halfway, until one more is refused; an ordinary body never is."""
    body, wires = roster_of(ROSTER_MAX), []
    announced = lines("PUT", ROSTER, [*head, ("Content-Length", str(len(body)))])

    def crowded():
        wires.append(Wire(server))
        wires[-1].send(announced + body[:ROSTER_MAX // 2])
        answer = ask(server, "PUT", ROSTER, [*head, ("Content-Length", str(len(body)))], body)
        if answer.status == 200:
            return False
        refused(answer, 503, "busy")
        return answer.headers["Retry-After"] == "1"
    try:
        eventually(crowded, what="a refusal")
        assert smart_admin.put(ROSTER, roster_of(ORDINARY_MAX), etag='"1"')["count"] == 1
        for wire in wires:
            wire.send(body[ROSTER_MAX // 2:])
        # One that came while a whole body was there may have been refused as well.
        statuses = [wire.read().status for wire in wires]
        assert statuses.count(200) >= LARGE_BODIES and set(statuses) <= {200, 503}
    finally:
        for wire in wires:
            wire.close()
    assert smart_admin.put(ROSTER, body, etag='"1"')["count"] == 1


def test_large_bodies_side_by_side(server, tokens):
    """Each connection has its own: nothing of one gets into another."""
    sums, expected = [], []

    def send(first):
        seats = [{"seat_no": n, "note": "x" * 150} for n in range(first, first + 4000)]
        answer = Api(server, tokens["smart-admin"]).put(ROSTER, {"seats": seats}, etag='"1"')
        sums.append(answer["sum"])
        expected.append(sum(seat["seat_no"] for seat in seats))
        assert len(json.dumps({"seats": seats})) > 10 * ORDINARY_MAX
    threads = [threading.Thread(target=send, args=[1000 * n + 1]) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(sums) == sorted(expected) and len(sums) == 8
