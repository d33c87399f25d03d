"""Bytes as an answer, over the wire: entity tag, name, parts. Against loft-sample, the service with the
contract of tests/api/sample."""
import hashlib

import pytest

from support import sample
from support.client import Api
from support.wire import ask

from test_framing import refused

FILE = "/v1/sample/files/0190f3a1-7c52-7b1a-9d3e-2f4b6a8c0d1e"
LARGEST = 8 * 1024 * 1024
STRICT = "default-src 'none'; frame-ancestors 'none'"


@pytest.fixture(scope="module")
def server(database):
    running = sample.start(database)
    yield running
    running.stop()


def content(size=1000):
    return (b"\0\xff" + b"0123456789" * (size // 10 + 1))[:size]


def etag_of(body):
    return f'"{hashlib.sha256(body).hexdigest()}"'


def ranged(api, value, *, query="", expect=None, code=None, **headers):
    return api.get(FILE + query, headers={"Range": value, **headers}, expect=expect, code=code)


# ---- whole ----

def test_bytes_come_as_they_are(smart_admin):
    answer = smart_admin.get(FILE)
    assert answer.status == 200 and answer.exchange.body == content()
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"] == "attachment"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.etag == etag_of(content())
    assert "Content-Language" not in answer.headers and "Content-Range" not in answer.headers


def test_what_a_browser_may_make_of_them(smart_admin):
    for query in ("", "?in_place=true", "?media_type=application/pdf"):
        headers = smart_admin.get(FILE + query).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"] == STRICT
        assert headers["Cache-Control"] == "private, no-cache"


def test_largest_and_smallest(smart_admin):
    assert smart_admin.get(f"{FILE}?size={LARGEST}").exchange.body == content(LARGEST)
    empty = smart_admin.get(f"{FILE}?size=0")
    assert empty.exchange.body == b"" and empty.headers["Content-Length"] == "0"
    assert empty.headers["Content-Type"] == "image/png" and empty.etag == etag_of(b"")


@pytest.mark.parametrize("query, expected", [
    ("?name=kvittering.pdf", 'attachment; filename="kvittering.pdf"'),
    ("?name=kvittering.pdf&in_place=true", 'inline; filename="kvittering.pdf"'),
    ("?name=bl%C3%A5b%C3%A6r%20%E2%82%AC.pdf",
     "attachment; filename=\"bl_b_r _.pdf\"; filename*=UTF-8''bl%C3%A5b%C3%A6r%20%E2%82%AC.pdf"),
    ("?name=a%0D%0ASet-Cookie:%20b%22.exe", 'attachment; filename="aSet-Cookie_ b_.exe"'),
    ("?name=../../etc/passwd", 'attachment; filename="_._.._etc_passwd"'),
    ("?name=a%E2%80%AEgnp.exe", 'attachment; filename="agnp.exe"'),
])
def test_name(smart_admin, query, expected):
    answer = smart_admin.get(FILE + query)
    assert answer.headers["Content-Disposition"] == expected
    assert "Set-Cookie" not in answer.headers


def test_media_types_of_the_contract(smart_admin):
    answer = smart_admin.get(f"{FILE}?media_type=text/csv;%20charset=utf-8")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    smart_admin.get(f"{FILE}?media_type=text/html", expect=500, code="internal_error")


# ---- as any operation ----

def test_refusals_are_problems(smart_admin, participant, anonymous, server):
    smart_admin.get(f"{FILE}?state=gone", expect=404, code="not_found")
    smart_admin.get("/v1/sample/files/7", expect=404, code="not_found")
    smart_admin.get(f"{FILE}?state=busy", expect=409, code="already_exists")
    smart_admin.get(f"{FILE}?size=-1", expect=400, code="invalid_parameter")
    smart_admin.post(FILE, {}, expect=405, code="method_not_allowed")
    participant.get(FILE, expect=403, code="forbidden")
    anonymous.get(FILE, expect=401, code="token_missing")
    problem = smart_admin.get(f"{FILE}?state=gone", headers={"Range": "bytes=0-1"}, expect=404)
    assert not {"Accept-Ranges", "ETag", "Content-Disposition"} & set(problem.headers)


def test_rate_limit(database, tokens):
    server = sample.start(database, LOFT_RATE_LIMIT=2)
    api = Api(server, tokens["smart-admin"])
    assert ranged(api, "bytes=0-1").headers["RateLimit-Policy"] == '"default";q=2;w=60'
    api.get(FILE)
    api.get(FILE, expect=429, code="rate_limited")
    server.stop()


def test_head(smart_admin):
    """Everything but the bytes, and never a part: HEAD has none (RFC 9110, 14.2)."""
    get = smart_admin.get(f"{FILE}?name=a.pdf")
    for headers in ({}, {"Range": "bytes=0-1"}, {"Range": "bytes=5000-"}):
        head = smart_admin.head(f"{FILE}?name=a.pdf", headers=headers)
        assert head.status == 200 and head.exchange.body == b""
        for name in ("ETag", "Accept-Ranges", "Content-Type", "Content-Length", "Content-Disposition"):
            assert head.headers[name] == get.headers[name], name
    assert smart_admin.head(FILE, none_match=etag_of(content())).status == 304


# ---- entity tags ----

def test_tag_that_the_use_case_gives(smart_admin):
    assert smart_admin.get(f"{FILE}?tag=abc123").etag == '"abc123"'
    assert smart_admin.get(f"{FILE}?tag=abc123", none_match='"abc123"').status == 304
    assert smart_admin.get(f"{FILE}?tag=abc123", none_match='"abc1234"').status == 200


@pytest.mark.parametrize("condition, status", [
    ("{0}", 304), ("W/{0}", 304), ('"x", {0}', 304), ("*", 304), ('"x"', 200), ('"x", "y"', 200),
])
def test_what_one_has_is_not_sent_again(smart_admin, condition, status):
    etag = etag_of(content())
    answer = smart_admin.get(FILE, none_match=condition.format(etag))
    assert (answer.status, answer.etag) == (status, etag)
    assert answer.exchange.body == (content() if status == 200 else b"")


def test_not_modified_comes_before_parts(smart_admin):
    etag = etag_of(content())
    for value in ("bytes=0-1", "bytes=5000-"):
        assert ranged(smart_admin, value, **{"If-None-Match": etag}).status == 304


# ---- parts ----

@pytest.mark.parametrize("value, first, last", [
    ("bytes=0-0", 0, 0), ("bytes=0-", 0, 999), ("bytes=10-19", 10, 19), ("bytes=990-5000", 990, 999),
    ("bytes=999-", 999, 999), ("bytes=-1", 999, 999), ("bytes=-1000", 0, 999), ("bytes=-5000", 0, 999),
    ("BYTES=1-2", 1, 2), ("bytes=5-99999999999999999999999", 5, 999),
])
def test_one_part(smart_admin, value, first, last):
    answer = ranged(smart_admin, value, query="?name=a.png")
    assert answer.status == 206
    assert answer.exchange.body == content()[first:last + 1]
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/1000"
    assert answer.headers["Content-Length"] == str(last - first + 1)
    assert answer.etag == etag_of(content())
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="a.png"'
    assert answer.headers["Content-Security-Policy"] == STRICT
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("value", [
    "bytes=1000-", "bytes=1000-1001", "bytes=-0", "bytes=99999999999999999999-",
    "bytes=18446744073709551616-", "bytes=18446744073709551615-18446744073709551616",
])
def test_no_such_part(smart_admin, value):
    answer = ranged(smart_admin, value, expect=416, code="range_not_satisfiable")
    assert answer.headers["Content-Range"] == "bytes */1000"
    assert "1000" in answer["detail"] and "ETag" not in answer.headers


def test_parts_of_nothing(smart_admin):
    answer = ranged(smart_admin, "bytes=0-", query="?size=0", expect=416)
    assert answer.headers["Content-Range"] == "bytes */0"
    assert ranged(smart_admin, "bytes=-1", query="?size=0").status == 200


@pytest.mark.parametrize("value", [
    "bytes=5-2", "bytes=0-1,5-6", "bytes=0-0, -1", "bytes=,", "bytes=", "bytes=-", "bytes=a-b", "bytes=1",
    "bytes=--1", "bytes=0x1-2", "bytes= 1-2", "items=0-1", "0-1", "bytes", "bytes=" + "0-1," * 40,
])
def test_what_is_answered_whole(smart_admin, value):
    answer = ranged(smart_admin, value)
    assert answer.status == 200 and answer.exchange.body == content()
    assert "Content-Range" not in answer.headers


def test_several_range_headers_are_several_parts(server, tokens):
    bearer = ("Authorization", f"Bearer {tokens['smart-admin']}")
    answer = ask(server, "GET", FILE, [bearer, ("Range", "bytes=0-1"), ("Range", "bytes=2-3")])
    assert answer.status == 200 and answer.body == content()
    refused(ask(server, "GET", FILE, [bearer, ("Range", b"bytes=0-1\xff")]), 400, "invalid_header")


@pytest.mark.parametrize("condition, status", [
    ("{0}", 206), ("W/{0}", 200), ('"x"', 200), ("*", 200), ("Sat, 29 Oct 1994 19:43:31 GMT", 200),
    ('{0}, "x"', 200),
])
def test_parts_only_of_what_one_has(smart_admin, condition, status):
    condition = condition.format(etag_of(content()))
    assert ranged(smart_admin, "bytes=0-1", **{"If-Range": condition}).status == status
    expected = 416 if status == 206 else 200
    ranged(smart_admin, "bytes=5000-", expect=expected, **{"If-Range": condition})


def test_a_file_in_pieces(smart_admin):
    whole, size = b"", 123457
    while len(whole) < size:
        answer = ranged(smart_admin, f"bytes={len(whole)}-{len(whole) + 9999}", query=f"?size={size}")
        whole += answer.exchange.body
    assert whole == content(size) and answer.headers["Content-Range"].endswith(f"-{size - 1}/{size}")


def test_browsers_may_ask_for_parts(database, tokens):
    origin = {"Origin": "https://skjema.example.no"}
    server = sample.start(database, LOFT_CORS_ORIGINS=origin["Origin"])
    allowed = Api(server).options(FILE, headers=origin).headers["Access-Control-Allow-Headers"]
    assert {"Range", "If-Range"} <= set(allowed.split(", "))
    answer = ranged(Api(server, tokens["smart-admin"]), "bytes=0-1", **origin)
    shown = answer.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"Content-Range", "Content-Disposition", "Accept-Ranges", "ETag"} <= set(shown)
    server.stop()
