"""What no well-behaved client sends, byte by byte: the traps of the libraries below the service, and
what a proxy and the service could read differently. Each is refused with a reason, never mended,
and what follows on the same connection is never taken for something else."""
import json

import pytest

from support.wire import Closed, Wire, ask, lines

BODY_MAX = 64 * 1024
LIST = "/v1/smart/registrations"
TOKEN = "/oauth/token"
SOMEBODY = "019386b2-0000-7000-8000-000000000001"


@pytest.fixture
def bearer(tokens):
    return ("Authorization", f"Bearer {tokens['participant']}")


@pytest.fixture
def post(server, bearer, anonymous):
    """POSTs these bytes as the JSON body of a registration; the answer is held to the contract."""
    def send(body, *more, media="application/json"):
        body = body if isinstance(body, bytes) else body.encode()
        headers = [bearer, ("Content-Type", media), ("Idempotency-Key", "framing-test"),
                   ("Content-Length", str(len(body))), *more]
        answer = ask(server, "POST", LIST, headers, body)
        anonymous.contract.check(answer)
        return answer
    return send


def brief(value):
    """The id of a test case, whatever the case."""
    return repr(value)[:40] if isinstance(value, (str, bytes)) else None


def refused(answer, status, code, pointer=None, fault=None):
    """A problem with this code and, among its faults, one with this pointer and this code."""
    assert answer.status == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["code"]) == (status, code), answer.text
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    if pointer is not None:
        faults = [(one["pointer"], one["code"]) for one in problem["errors"]]
        assert (pointer, fault or code) in faults, faults
    return problem


# ---- path and query ----

def test_query_is_never_merged_into_the_path(server, anonymous, bearer):
    """The library below joins both: /x/7?id=9 gives "9,7"."""
    answer = ask(server, "GET", "/problems/not_found?code=busy")
    refused(answer, 400, "unknown_parameter", pointer="?code", fault="unknown_parameter")
    answer = ask(server, "GET", f"{LIST}/{SOMEBODY}?id=019386b2-0000-7000-8000-000000000002", [bearer])
    refused(answer, 400, "unknown_parameter", pointer="?id")
    assert anonymous.get("/problems/not_found")["code"] == "not_found"


@pytest.mark.parametrize("path", [
    "/problems/not_found%00", "/problems/%00", "/problems%00/busy",   # NUL would cut
    "/problems/a%2Fb", "/problems/a%2fb", "/%2e%2e%2fhealthz",        # a hidden slash
    "/problems/a%5Cb",
    "/problems/%", "/problems/%4", "/problems/%zz", "/problems/%%41",  # broken escapes
    "/problems/%ff", "/problems/%c0%af", "/problems/%ed%a0%80",        # not UTF-8: bare byte,
    "/problems/%f5%80%80%80", "/problems/%c3",                         # overlong, surrogate, cut
    b"/problems/\xff", b"/problems/\xc3\xa5\xc3",
])
def test_path_that_cannot_be_read(server, path):
    refused(ask(server, "GET", path), 400, "invalid_encoding")


@pytest.mark.parametrize("query", [
    "limit=%00", "%00=1", "limit%00=1", "q=a%00b", "sort=%", "sort=%4", "sort=%zz", "%zz",
    "sort=%ff", "sort=%c0%af", "sort=%ed%b0%80", b"sort=\xff", b"\xff=1",
])
def test_query_that_cannot_be_read(server, bearer, query):
    query = query if isinstance(query, bytes) else query.encode()
    refused(ask(server, "GET", LIST.encode() + b"?" + query, [bearer]), 400, "invalid_encoding")


def test_escaped_letters_are_letters(server, anonymous):
    """/problems/busy in disguise, and a dot segment that means nothing here."""
    answer = ask(server, "GET", "/problems/%62%75sy")
    assert answer.status == 200 and answer.json()["code"] == "busy"
    for path in ("/./healthz", "/v1/../healthz", "/healthz/", "//healthz", "/healthz/.", "/Healthz"):
        refused(ask(server, "GET", path), 404, "not_found")


@pytest.mark.parametrize("query, code, pointer", [
    ("nonsense=1", "unknown_parameter", "?nonsense"),
    ("Limit=1", "unknown_parameter", "?Limit"),
    ("limit=1&limit=1", "repeated_parameter", "?limit"),
    ("limit=1&limi%74=2", "repeated_parameter", "?limit"),
    ("state=confirmed&state=waitlisted", "repeated_parameter", "?state"),
    ("limit", "invalid_parameter", "?limit"),
    ("limit=", "invalid_parameter", "?limit"),
    ("limit=1;count=true", "invalid_parameter", "?limit"),
])
def test_parameters_undeclared_repeated_or_empty(participant, query, code, pointer):
    answer = participant.get(f"{LIST}?{query}", expect=400, code=code)
    assert answer.faults == {pointer: code if code != "invalid_parameter" else "wrong_type"}


def test_parameters_of_an_operation_that_takes_none(anonymous):
    anonymous.get("/healthz?x=1", expect=400, code="unknown_parameter")


def test_more_parameters_than_anybody_needs(server, bearer):
    query = "&".join(f"p{i}=1" for i in range(41))
    assert ask(server, "GET", f"{LIST}?{query}", [bearer]).status == 400
    assert ask(server, "GET", f"/healthz?{query}&{query}").status == 400


def test_query_of_nothing_but_separators(server):
    """The library below would make a record of each, run out of memory, and neither answer nor free
    what it has."""
    for count in (400, 1000, 4000):
        assert ask(server, "GET", "/healthz?" + "&" * count).status == 200
    assert ask(server, "GET", "/healthz?" + "a&" * 2000).status == 400


def test_plus_in_a_query_is_a_space(participant):
    answer = participant.get(f"{LIST}?profession_code=a+b%2Bc")
    assert answer.items == []


def test_path_deeper_than_any_there_is(server):
    refused(ask(server, "GET", "/v1" + "/a" * 20), 404, "not_found")


# ---- headers ----

@pytest.mark.parametrize("name", ["If-Match", "If-None-Match", "Idempotency-Key", "Accept",
                                  "Accept-Language", "Prefer", "X-Loft-Now", "Origin"])
@pytest.mark.parametrize("value", [b"\xff", b"a\xc3", b"\xed\xa0\x80"])
def test_header_that_is_not_utf8(server, bearer, name, value):
    """The library below would drop it in silence, and an If-Match would vanish."""
    answer = ask(server, "GET", f"{LIST}/{SOMEBODY}", [bearer, (name, value)])
    assert name in refused(answer, 400, "invalid_header")["detail"]


def test_header_with_control_characters(server, bearer):
    answer = ask(server, "GET", LIST, [bearer, ("Accept-Language", b"nb\x01")])
    refused(answer, 400, "invalid_header")


def test_headers_that_nobody_reads_may_hold_anything(server):
    assert ask(server, "GET", "/healthz", [("User-Agent", b"\xff\xfe"), ("X-Anything", b"\x80")]).status == 200


def test_repeated_headers_are_one_value(server, build, tokens, post):
    """Joined by a comma as RFC 9110 has it: two keys are no key, two ETags are no version."""
    body = json.dumps(build.registration_body(build.course()))
    refused(post(body, ("Idempotency-Key", "second-key")), 400, "invalid_parameter",
            pointer="header:Idempotency-Key", fault="pattern")
    body = b'{"dietary_note":"Vegetar"}'
    answer = ask(server, "PATCH", f"{LIST}/{SOMEBODY}",
                 [("Authorization", f"Bearer {tokens['smart-admin']}"), ("If-Match", '"1-a"'), ("If-Match", '"2-b"'),
                  ("Content-Type", "application/merge-patch+json"), ("Content-Length", str(len(body)))],
                 body)
    refused(answer, 400, "invalid_parameter", pointer="header:If-Match", fault="invalid_format")


def test_headers_too_large(server):
    assert ask(server, "GET", "/healthz", [("X-Large", "a" * 40000)]).status == 431
    assert ask(server, "GET", "/healthz", [(f"X-{i}", "a") for i in range(5000)]).status == 431
    assert ask(server, "GET", "/healthz", [("X-Large", "a" * 8000)]).status == 200


def test_target_too_long(server, bearer):
    refused(ask(server, "GET", LIST + "?sort=" + "a" * 4096, [bearer]), 414, "uri_too_long")
    assert ask(server, "GET", "/" + "a" * 40000).status == 414
    longest = (LIST + "?x=").ljust(4096, "a")
    refused(ask(server, "GET", longest, [bearer]), 400, "unknown_parameter")
    refused(ask(server, "GET", longest + "a", [bearer]), 414, "uri_too_long")


@pytest.mark.parametrize("value", ["short", "a" * 65, "with space", "a" * 20 + ",b", "<script>alert(1)</script>"])
def test_request_id_is_taken_only_when_it_is_one(server, value):
    answer = ask(server, "GET", "/healthz", [("X-Request-Id", value)])
    assert answer.status == 200
    assert answer.headers["X-Request-Id"] != value and len(answer.headers["X-Request-Id"]) == 32


# ---- methods and targets ----

@pytest.mark.parametrize("method, path, allow", [
    ("DELETE", LIST, "GET, HEAD, OPTIONS, POST"),
    ("PUT", LIST, "GET, HEAD, OPTIONS, POST"),
    ("POST", "/healthz", "GET, HEAD, OPTIONS"),
    ("TRACE", "/healthz", "GET, HEAD, OPTIONS"),
    ("BREW", "/healthz", "GET, HEAD, OPTIONS"),
    ("get", "/healthz", "GET, HEAD, OPTIONS"),
    ("GET", TOKEN, "OPTIONS, POST"),
    ("HEAD", TOKEN, "OPTIONS, POST"),
])
def test_wrong_method(server, method, path, allow):
    answer = ask(server, method, path)
    assert answer.status == 405
    assert sorted(answer.headers["Allow"].split(", ")) == sorted(allow.split(", "))
    if method != "HEAD":
        refused(answer, 405, "method_not_allowed")


def test_head_is_get_without_its_body(server, bearer):
    for path in ("/healthz", LIST, "/problems/busy", "/openapi.json"):
        with Wire(server) as wire:
            wire.send(lines("HEAD", path, [bearer]) + lines("GET", path, [bearer]))
            head, get = wire.read("HEAD", path), wire.read("GET", path)
        assert head.status == get.status == 200
        for name in ("Content-Type", "Content-Length", "Cache-Control", "Vary"):
            assert head.headers.get(name) == get.headers.get(name), name


def test_options_names_the_methods(server):
    answer = ask(server, "OPTIONS", LIST)
    assert answer.status == 204 and "POST" in answer.headers["Allow"]
    refused(ask(server, "OPTIONS", "/v1/nothing"), 404, "not_found")


def test_absolute_target(server, bearer):
    for target in ("http://localhost/healthz", "HTTP://elsewhere.example.no:81/healthz", "http://x/healthz"):
        assert ask(server, "GET", target).status == 200, target
    answer = ask(server, "GET", f"http://localhost{LIST}?limit=1&limit=1", [bearer])
    refused(answer, 400, "repeated_parameter")
    refused(ask(server, "GET", "http://localhost"), 404, "not_found")
    refused(ask(server, "GET", "/http://localhost/healthz"), 404, "not_found")


@pytest.mark.parametrize("method, target", [("OPTIONS", "*"), ("GET", "healthz"), ("CONNECT", "localhost:80")])
def test_target_that_is_no_path(server, method, target):
    refused(ask(server, method, target), 400, "malformed_request")


# ---- versions of the protocol, connections ----

def test_http_1_0_closes(server):
    with Wire(server) as wire:
        wire.send(lines("GET", "/healthz", version="HTTP/1.0", host=None))
        assert wire.read().status == 200
        assert wire.closed()


def test_other_versions(server):
    assert ask(server, "GET", "/healthz", version="HTTP/2.0").status == 505
    assert ask(server, "GET", "/healthz", version="HTTP").status in (400, 505)


def test_host_is_needed_once(server):
    assert ask(server, "GET", "/healthz", host=None).status == 400
    assert ask(server, "GET", "/healthz", [("Host", "other")]).status == 400


def test_pipelined_requests_are_answered_in_order(server, bearer):
    codes = ["busy", "not_found", "unavailable", "required"]
    body = b'{"a":1}'
    with Wire(server) as wire:
        wire.send(b"".join(lines("GET", f"/problems/{code}") for code in codes[:2])
                  + lines("POST", LIST, [bearer, ("Content-Type", "application/json"),
                                         ("Content-Length", str(len(body)))]) + body
                  + b"".join(lines("GET", f"/problems/{code}") for code in codes[2:]))
        answers = [wire.read() for _ in range(5)]
    assert [a.json()["code"] for a in answers] == codes[:2] + ["validation_failed"] + codes[2:]


def test_slow_clients_block_nobody(start_server):
    """One thread, and clients that stop in the middle of a head, of a body, and before reading."""
    server = start_server(LOFT_WORKERS=1, LOFT_CONNECTION_TIMEOUT_S=2)
    half = [Wire(server) for _ in range(3)]
    half[0].send(b"GET /healthz HTT")
    half[1].send(lines("POST", TOKEN, [("Content-Length", "100")]) + b"grant_type=")
    half[2].send(lines("POST", TOKEN, [("Transfer-Encoding", "chunked")]) + b"5\r\nab")
    for _ in range(5):
        assert ask(server, "GET", "/healthz").status == 200
    for wire in half:  # dropped after the timeout, not kept for ever
        assert wire.closed()
        wire.close()


def test_thousand_idle_connections_block_nobody(server):
    idle = [Wire(server) for _ in range(1000)]
    assert ask(server, "GET", "/healthz").status == 200
    for wire in idle:
        wire.close()


# ---- framing of bodies ----

def fill(length):
    """JSON of exactly so many bytes, valid but for one unknown member."""
    frame = '{"filler":"%s"}'
    return frame % ("a" * (length - len(frame) + 2))


def test_body_limit(post):
    refused(post(fill(BODY_MAX)), 422, "validation_failed")
    assert str(BODY_MAX) in refused(post(fill(BODY_MAX + 1)), 413, "content_too_large")["detail"]
    refused(post(fill(3 * BODY_MAX)), 413, "content_too_large")


def chunked(body, size=20000):
    pieces = [body[i:i + size] for i in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in pieces) + b"0\r\n\r\n"


def test_body_limit_of_chunks(server, bearer):
    headers = [bearer, ("Content-Type", "application/json"), ("Transfer-Encoding", "chunked"),
               ("Idempotency-Key", "framing-chunks")]
    answer = ask(server, "POST", LIST, headers, chunked(fill(BODY_MAX).encode()))
    refused(answer, 422, "validation_failed")
    answer = ask(server, "POST", LIST, headers, chunked(fill(BODY_MAX + 1).encode()))
    refused(answer, 413, "content_too_large")


def test_connection_goes_on_after_a_body_that_was_too_large(server, bearer):
    body = fill(BODY_MAX + 500).encode()
    with Wire(server) as wire:
        wire.send(lines("POST", LIST, [bearer, ("Content-Type", "application/json"),
                                       ("Content-Length", str(len(body)))]) + body
                  + lines("GET", "/problems/busy"))
        refused(wire.read(), 413, "content_too_large")
        assert wire.read().json()["code"] == "busy"


SMUGGLED = b"GET /problems/busy HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize("headers, body", [
    ([("Content-Length", "5"), ("Transfer-Encoding", "chunked")], b"0\r\n\r\n" + SMUGGLED),
    ([("Transfer-Encoding", "chunked"), ("Content-Length", str(5 + len(SMUGGLED)))], b"0\r\n\r\n" + SMUGGLED),
    ([("Content-Length", "2"), ("Content-Length", "2")], b"{}" + SMUGGLED),
    ([("Content-Length", "2"), ("Content-Length", str(2 + len(SMUGGLED)))], b"{}" + SMUGGLED),
    ([("Content-Length", str(2 + len(SMUGGLED))), ("Content-Length", "2")], b"{}" + SMUGGLED),
    ([("Content-Length", "2, 2")], b"{}" + SMUGGLED),
], ids=["length-encoding", "encoding-length", "same-length-twice", "short-long", "long-short", "list"])
def test_body_that_ends_in_two_places(server, bearer, headers, body):
    """Refused, and what follows on the connection is not read: a proxy in front may see a request
    there that is none, or the other way round."""
    with Wire(server) as wire:
        wire.send(lines("POST", LIST, [bearer, ("Content-Type", "application/json"), *headers]) + body)
        assert wire.read().status == 400
        wire.finish()
        assert b'"busy"' not in rest_of(wire)


def rest_of(wire):
    wire.closed()
    return wire.pending


@pytest.mark.parametrize("length", ["-1", "+2", "2x", "0x2", "2 2", "1e1"])
def test_content_length_that_is_no_number(server, bearer, length):
    headers = [bearer, ("Content-Type", "application/json"), ("Content-Length", length)]
    assert ask(server, "POST", LIST, headers, b"{}").status == 400


def test_content_length_beyond_all_numbers(server, bearer):
    headers = [bearer, ("Content-Length", "99999999999999999999999999")]
    assert ask(server, "POST", LIST, headers, b"{}").status == 413


@pytest.mark.parametrize("encoding", ["gzip", "gzip, chunked", "chunked, chunked", "identity", "nonsense", "xchunked"])
def test_unknown_transfer_encoding(start_server, encoding):
    """The library below waits for a body that never ends: refused or dropped, and meanwhile
    everybody else is served."""
    server = start_server(LOFT_WORKERS=1, LOFT_CONNECTION_TIMEOUT_S=1)
    with Wire(server) as wire:
        wire.send(lines("POST", TOKEN, [("Transfer-Encoding", encoding)]) + b"0\r\n\r\n" + SMUGGLED)
        assert ask(server, "GET", "/healthz").status == 200
        try:
            assert wire.read().status in (400, 501)
        except Closed:
            pass
        assert b'"busy"' not in rest_of(wire)


@pytest.mark.parametrize("chunks", [b"zz\r\nab\r\n0\r\n\r\n", b"-1\r\na\r\n0\r\n\r\n", b"fffffffffffffffffff\r\na\r\n",
                                    b"2\r\nabcd\r\n0\r\n\r\n"])
def test_broken_chunks(server, bearer, chunks):
    headers = [bearer, ("Content-Type", "application/json"), ("Transfer-Encoding", "chunked")]
    assert ask(server, "POST", LIST, headers, chunks).status in (400, 413)


def test_body_where_none_belongs(server):
    refused(ask(server, "GET", "/healthz", [("Content-Length", "2")], b"{}"), 400, "unexpected_body")


def test_client_that_waits_for_100_continue(server, bearer):
    with Wire(server) as wire:
        wire.send(lines("POST", LIST, [bearer, ("Content-Type", "application/json"),
                                       ("Idempotency-Key", "framing-100"), ("Content-Length", "2"),
                                       ("Expect", "100-continue")]))
        assert wire.read().status == 100
        wire.send(b"{}")
        refused(wire.read(), 422, "validation_failed")


def test_client_that_leaves_in_the_middle(server):
    for start in (lines("POST", TOKEN, [("Content-Length", "100")]) + b"grant_", b"GET /hea",
                  lines("GET", "/openapi.json")):
        with Wire(server) as wire:
            wire.send(start)
    assert ask(server, "GET", "/healthz").status == 200


# ---- JSON ----

@pytest.mark.parametrize("body, fault", [
    ('{"course_id":"a","course_id":"b"}', "duplicate_member"),
    ('{"person":{"email":"a@example.no","email":"b@example.no"}}', "duplicate_member"),
    ('{"course_id":"a","course\\u005fid":"b"}', "duplicate_member"),
    (r'{"course_id":"a\u0000b"}', "invalid_encoding"),
    (r'{"course_id\u0000":"a"}', "invalid_encoding"),
    (b'{"course_id":"\xff"}', "invalid_encoding"),
    (b'{"course_id":"\xc0\xaf"}', "invalid_encoding"),
    (b'{"course_id":"\xed\xa0\x80"}', "invalid_encoding"),
    ("[" * 17 + "]" * 17, "too_deep"),
    ('{"a":' * 17 + "1" + "}" * 17, "too_deep"),
    ("[" * 30000, "too_deep"),
    ('{"a":9223372036854775808}', "too_large"),
    ('{"a":-9223372036854775809}', "too_large"),
    ('{"a":' + "9" * 400 + "}", "too_large"),
    ('{"a":1e400}', "too_large"),
], ids=brief)
def test_json_that_is_refused_with_a_reason(post, body, fault):
    refused(post(body), 400, "malformed_json", pointer="", fault=fault)


@pytest.mark.parametrize("body", [
    r'{"a":"\ud800"}', r'{"a":"\udc00"}', r'{"a":"\ud800\u0041"}', r'{"a":"\udc00\ud800"}',
    '{"a":1', '{"a":1}}', '{"a":1} x', "{'a':1}", '{a:1}', '{"a":1,}', '{"a":01}', '{"a":+1}',
    '{"a":.5}', '{"a":NaN}', '{"a":Infinity}', '{"a":tru}', '{"a":"\t"}', '{"a":"\\x41"}', '{"a":"\n"}',
    "\ufeff{}", "{}\x00", " ", "{} // comment", "<xml/>", "course_id=1",
], ids=brief)
def test_what_is_no_json(post, body):
    problem = refused(post(body), 400, "malformed_json")
    assert "1" in problem["detail"]  # where: line and column


@pytest.mark.parametrize("body", ["null", "[]", '"text"', "1", "true", "[{}]"])
def test_json_that_is_no_object(post, body):
    fault = "null_not_allowed" if body == "null" else "wrong_type"
    refused(post(body), 422, "validation_failed", pointer="", fault=fault)


def test_sixteen_levels_are_allowed(post):
    refused(post('{"a":' * 15 + "1" + "}" * 15), 422, "validation_failed", pointer="/a", fault="unknown_member")


def test_brackets_in_strings_are_no_depth(post):
    body = json.dumps({"a": "[" * 100 + '\\"' + "{" * 100})
    refused(post(body), 422, "validation_failed", pointer="/a", fault="unknown_member")


def test_everything_that_utf8_can_say_arrives(participant, build):
    """Also what lies outside the basic plane, written either way."""
    course = build.course()
    note = "Ærlig: ÆØÅ 𝒳 \U0001F600 \u00a0 e\u0301 \u202e \ufeff"
    body = build.registration_body(course, dietary_note=note)
    for text in (json.dumps(body), json.dumps(body, ensure_ascii=False)):
        body["person"]["email"] = "x" + body["person"]["email"]
        text = text.replace(body["person"]["email"][1:], body["person"]["email"])
        made = participant.post(LIST, text)
        assert made["dietary_note"] == note
        assert participant.get(f"{LIST}/{made['id']}")["dietary_note"] == note


def test_missing_body(post):
    refused(post(b""), 400, "body_missing")


@pytest.mark.parametrize("media, status", [
    ("application/json; charset=utf-8", 422), ("application/json;charset=UTF-8", 422),
    ("Application/JSON", 422), ('application/json; charset="utf-8"', 422),
    ("application/json; charset=latin1", 415), ("text/plain", 415), ("application/merge-patch+json", 415),
    ("application/jsonx", 415), ("multipart/form-data; boundary=x", 415),
    ("application/x-www-form-urlencoded", 415), ("", 415),
])
def test_content_type(post, media, status):
    answer = post("{}", media=media)
    assert answer.status == status, answer.text
    if status == 415:
        refused(answer, 415, "unsupported_media_type")
        assert answer.headers["Accept-Post"] == "application/json"


def integers_of(contract):
    """(operation, name of a member, body) for bodies with an integer in them."""
    for operation in contract.operations:
        content = contract.resolve(operation.raw.get("requestBody", {})).get("content", {})
        for media, raw in content.items():
            schema = contract.resolve(raw["schema"])
            for name, member in schema.get("properties", {}).items():
                types = contract.resolve(member).get("type")
                if "json" in media and "integer" in ([types] if isinstance(types, str) else types or []):
                    yield operation, media, name
                    break


@pytest.mark.parametrize("value", ["1.0", "1e2", '"1"', "true", "1.5", "[1]"])
def test_integers_are_integers(jack, value):
    """A fraction is no integer even when it is whole, and text is never turned into a number."""
    found = list(integers_of(jack.contract))
    assert found, "no operation takes an integer: this test tests nothing"
    for operation, media, name in found:
        answer = jack.request(operation.method, operation.path(SOMEBODY), f'{{"{name}":{value}}}', media=media,
                                headers={"If-Match": '"1-0"'}, expect=422)
        assert answer.faults[f"/{name}"] == "wrong_type", (operation.id, answer)


def test_form_of_the_token_endpoint(server, anonymous):
    """Repeated members are refused, unknown ones ignored (RFC 6749, 3.2)."""
    def token(body):
        answer = ask(server, "POST", TOKEN, [("Content-Type", "application/x-www-form-urlencoded"),
                                             ("Content-Length", str(len(body)))], body)
        anonymous.contract.check(answer)
        return answer.status, answer.json()["error"]
    assert token(b"grant_type=client_credentials&grant_type=client_credentials") == (400, "invalid_request")
    assert token(b"grant_type=client_credentials%00") == (400, "invalid_request")
    assert token(b"grant_type=%ff") == (400, "invalid_request")
    assert token(b"grant_type") == (400, "invalid_request")
    assert token(b"") == (400, "invalid_request")
    assert token(b"grant_type=client_credentials&resource=x") == (401, "invalid_client")


def test_answers_say_how_they_are_to_be_read(server):
    answer = ask(server, "GET", "/problems/busy")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "Server" not in answer.headers
