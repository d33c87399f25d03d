"""Quote requests: courses whose price is by agreement (domain.md §4.2; SM-R09)."""
import concurrent.futures
import datetime
import uuid
from unittest import mock

import pytest

from support.build import instant

NOW = datetime.datetime(2027, 6, 1, 10, tzinfo=datetime.timezone.utc)
PATH = "/v1/smart/quote-requests"
BODY = {"course_type": "moralsk_resonnering", "organisation_name": "Eksempelbakken barnehage",
        "contact": {"full_name": "Kari Eksempelsen", "email": "kari.eksempelsen@example.no"}}
FULL = {**BODY, "org_number": "310001422", "desired_from_on": "2027-08-16", "desired_to_on": "2027-09-30",
        "participants_estimate": 25, "location": "Tønsberg", "needs_text": "Hele personalet på Åsen",
        "requested_minutes": 180}
QUOTE = {"price_nok": 9500, "valid_until_on": "2027-06-30"}


def path_of(request):
    return f"{PATH}/{request['id']}"


@pytest.fixture
def asker(make_user):
    """Somebody with an account and no role at all."""
    return make_user()


@pytest.fixture
def act(smart_admin):
    def act(request, action, body=None, by=None, now=NOW, **options):
        return (by or smart_admin).act(path_of(request), action, body, now=instant(now), **options)
    return act


@pytest.fixture
def quoted(asker, act):
    """A request of the asker's with a quote, and the asker."""
    made = asker.post(PATH, FULL, now=instant(NOW))
    act(made, "quote", QUOTE)
    return made


# ---- asking ------------------------------------------------------------------------------------------


def test_anybody_may_ask(anonymous, smart_admin, owner_db):
    made = anonymous.post(PATH, FULL)
    assert made.status == 201 and made.headers["Location"] == path_of(made)
    assert (made["state"], made["allowed_actions"], made["contact"]) == ("received", [], None)
    assert made["needs_text"] == FULL["needs_text"]
    anonymous.get(path_of(made), expect=401)
    seen = smart_admin.get(path_of(made))
    assert seen["contact"] == {**FULL["contact"], "phone": None}
    assert {name: seen[name] for name in FULL if name != "contact"} == {
        name: value for name, value in FULL.items() if name != "contact"}
    event = owner_db.row("SELECT actor_kind, operation, to_state, changes FROM event WHERE resource_id = %s",
                         [made["id"]])
    assert event == {"actor_kind": "anonymous", "operation": "create_quote_request", "to_state": "received",
                     "changes": None}


def test_a_request_of_ones_own(asker, make_user, smart_admin):
    made = asker.post(PATH, BODY)
    assert made["allowed_actions"] == ["decline", "withdraw"]
    assert asker.get(path_of(made))["contact"]["email"] == BODY["contact"]["email"]
    assert [one["id"] for one in asker.get(PATH).items] == [made["id"]]
    make_user("participant").get(path_of(made), expect=404)
    assert smart_admin.get(path_of(made))["allowed_actions"] == ["quote", "decline", "withdraw"]


def test_a_machine_asks_within_its_scopes(make_client):
    machine = make_client("smart:register", "smart:read")
    made = machine.post(PATH, BODY)
    assert made["contact"] is None and machine.get(path_of(made))["state"] == "received"
    refused = make_client("smart:read").post(PATH, BODY, expect=403, code="insufficient_scope")
    assert 'scope="smart:register"' in refused.headers["WWW-Authenticate"]


def test_nothing_tells_whom_the_service_knows(anonymous, owner_db, build):
    """Known or not, a contact is answered alike, and no person is made."""
    known = f"kjent.{uuid.uuid4().hex}@example.no"
    build.person("Kjent Eksempelsen", known)
    before = owner_db.value("SELECT count(*) FROM person")
    answers = []
    for email in (known, known.upper(), f"ukjent.{uuid.uuid4().hex}@example.no"):
        made = anonymous.post(PATH, {**BODY, "contact": {"full_name": "Kjent Eksempelsen", "email": email}})
        answers.append({name: value for name, value in made.json.items()
                        if name not in ("id", "received_at", "updated_at")})
    assert answers[0] == answers[1] == answers[2]
    assert owner_db.value("SELECT count(*) FROM person") == before


def test_a_key_is_required_and_kept(anonymous, asker, owner_db):
    anonymous.post(PATH, BODY, key=None, expect=400, code="idempotency_key_required")
    key = str(uuid.uuid4())
    first = anonymous.post(PATH, BODY, key=key)
    again = anonymous.post(PATH, BODY, key=key)
    assert again.json == first.json and again.headers["Idempotency-Replayed"] == "true"
    anonymous.post(PATH, FULL, key=key, expect=422, code="idempotency_key_reused")
    assert asker.post(PATH, FULL, key=key)["id"] != first["id"]
    stored = owner_db.value("SELECT body FROM idempotency_key WHERE principal = 'anonymous' AND key = %s", [key])
    assert BODY["contact"]["email"] not in stored


def test_a_dry_run_leaves_nothing(anonymous, owner_db):
    made = anonymous.post(PATH, BODY, dry_run=True)
    assert made.status == 201
    assert owner_db.value("SELECT count(*) FROM quote_request WHERE id = %s", [made["id"]]) == 0


def test_what_cannot_be_asked(anonymous):
    def faults(**changes):
        return anonymous.post(PATH, {**FULL, **changes}, expect=422).faults
    refused = anonymous.post(PATH, {**BODY, "course_type": "grunnkurs"}, expect=422, code="quote_not_needed")
    assert refused["rule"] == "SM-R09" and refused.faults == {"/course_type": "quote_not_needed"}
    assert faults(course_type="seilkurs") == {"/course_type": "unknown_reference"}
    assert faults(desired_to_on="2027-08-15", org_number="310001423",
                  contact={"full_name": " ", "email": "kari@example.no"}) == {
        "/desired_to_on": "period_reversed", "/org_number": "org_number_invalid",
        "/contact/full_name": "name_required"}
    assert faults(contact={"full_name": "Kari", "email": "kari@"}) == {"/contact/email": "invalid_format"}
    assert faults(needs_text="a" * 5001, participants_estimate=0) == {
        "/needs_text": "too_long", "/participants_estimate": "too_small"}
    assert faults(needs_text=" ") == {"/needs_text": "invalid_value"}
    anonymous.post(PATH, b"x" * 70000, expect=413)


def test_strangers_may_not_flood(start_server, anonymous, asker):
    server = start_server(LOFT_RATE_LIMIT_PUBLIC_WRITES=2, LOFT_RATE_LIMIT_PUBLIC=100, LOFT_RATE_LIMIT=100)
    server.contract = anonymous.contract
    stranger, known = anonymous.clone(server=server), asker.clone(server=server)
    for left in (1, 0):
        answer = stranger.post(PATH, BODY)
        assert answer.headers["RateLimit-Policy"] == '"default";q=2;w=60'
        assert answer.headers["RateLimit"].startswith(f'"default";r={left};')
    refused = stranger.post(PATH, BODY, expect=429, code="rate_limited")
    assert 1 <= int(refused.headers["Retry-After"]) <= 30
    stranger.get("/v1/smart/courses")  # reading goes on
    stranger.post("/v1/smart/registrations", {}, expect=401)  # and so does what demands a token
    known.post(PATH, BODY)


def test_registering_points_here(build, participant):
    """SM-R09."""
    course = build.course(course_type="moralsk_resonnering")
    refused = participant.post("/v1/smart/registrations", build.registration_body(course), expect=422,
                               code="quote_required")
    assert refused["rule"] == "SM-R09" and PATH in refused["detail"]


# ---- lists -------------------------------------------------------------------------------------------


def test_a_list_for_those_who_run_courses(smart_admin, tokens, asker, act):
    mine = [asker.post(PATH, {**BODY, "course_type": kind}) for kind in ("kursrekke", "moralsk_resonnering")]
    act(mine[0], "decline")

    def ids(**params):
        return {one["id"] for one in smart_admin.every(PATH, params)}
    assert mine[0]["id"] in ids(state="declined") and mine[1]["id"] not in ids(state="declined")
    assert mine[0]["id"] in ids(course_type="kursrekke") and mine[1]["id"] not in ids(course_type="kursrekke")
    assert ids(updated_since=instant(datetime.datetime(2099, 1, 1, tzinfo=datetime.timezone.utc))) == set()
    blind = smart_admin.clone(token=tokens.sign("smart-admin", scope="smart:read"))
    found = {one["id"]: one for one in blind.every(PATH)}[mine[1]["id"]]
    assert {found[name] for name in ("contact_name", "contact_email", "contact_phone")} == {None}
    assert blind.get(path_of(mine[1]))["contact"] is None
    csv = smart_admin.get(PATH, accept="text/csv").text
    assert "contact_email" in csv.splitlines()[0] and "kari.eksempelsen@example.no" in csv


# ---- quotes ------------------------------------------------------------------------------------------


def test_from_a_request_to_a_course(asker, quoted, act, smart_admin, owner_db):
    item = asker.get(path_of(quoted), now=instant(NOW)).json
    assert (item["state"], item["quoted_price_nok"], item["quoted_minutes"], item["is_expired"]) == (
        "quoted", 9500, 180, False)
    assert item["allowed_actions"] == ["accept", "decline", "withdraw"]
    tried = act(quoted, "accept", by=asker, dry_run=True)
    assert owner_db.value("SELECT count(*) FROM course WHERE id = %s", [tried["resulting_course_id"]]) == 0
    taken = act(quoted, "accept", {"reason": "Fint"}, by=asker)
    assert (taken["state"], taken["allowed_actions"]) == ("accepted", [])
    course = smart_admin.get(f"/v1/smart/courses/{taken['resulting_course_id']}").json
    assert (course["state"], course["course_type"], course["capacity"], course["duration_minutes"]) == (
        "draft", "moralsk_resonnering", 25, 180)
    assert (course["title"], course["venue_name"]) == (
        "Moralsk resonneringskurs – Eksempelbakken barnehage", "Tønsberg")
    assert [(one["price_nok"], one["capacity"]) for one in course["ticket_types"]] == [(9500, 1)]
    asker.get(f"/v1/smart/courses/{course['id']}", expect=404)  # a draft
    log = owner_db.rows("SELECT resource_type, operation, actor_kind, to_state, reason FROM event"
                        " WHERE operation = 'accept_quote_request' AND resource_id = ANY (%s::uuid[]) ORDER BY seq",
                        [[quoted["id"], course["id"], course["ticket_types"][0]["id"]]])
    assert [(line["resource_type"], line["actor_kind"], line["to_state"]) for line in log] == [
        ("course", "user", "draft"), ("ticket_type", "user", None), ("quote_request", "user", "accepted")]
    act(quoted, "accept", by=asker, expect=409, code="invalid_transition")


def test_the_least_that_can_be_asked(anonymous, act, smart_admin):
    made = anonymous.post(PATH, {**BODY, "organisation_name": "Å" * 200})
    act(made, "quote", QUOTE)
    taken = act(made, "accept", {"reason": "Avtalt på telefon"})
    course = smart_admin.get(f"/v1/smart/courses/{taken['resulting_course_id']}").json
    assert (course["capacity"], course["duration_minutes"], course["venue_name"]) == (None, 120, None)
    assert len(course["title"]) == 200 and course["title"].startswith("Moralsk resonneringskurs – Å")


def test_a_series_has_no_length_of_its_own(asker, act):
    made = asker.post(PATH, {**BODY, "course_type": "kursrekke"})
    assert act(made, "quote", QUOTE, expect=422).faults == {"/minutes": "required"}
    assert act(made, "quote", {**QUOTE, "minutes": 720})["quoted_minutes"] == 720


def test_a_quote_is_for_those_who_run_courses(asker, act):
    made = asker.post(PATH, BODY)
    act(made, "quote", QUOTE, by=asker, expect=403, code="forbidden")
    faults = act(made, "quote", {"price_nok": 1000001, "valid_until_on": "2027-05-31"}, expect=422).faults
    assert faults == {"/price_nok": "too_large"}
    assert act(made, "quote", {**QUOTE, "valid_until_on": "2027-05-31"}, expect=422).faults == {
        "/valid_until_on": "valid_until_past"}
    act(made, "quote", QUOTE, etag=None, expect=428)
    act(made, "quote", QUOTE, etag='"99-0"', expect=412)


def test_a_quote_lasts_to_the_end_of_its_day(asker, quoted, act, smart_admin):
    """In Oslo, where it is summer: two hours before UTC."""
    last = datetime.datetime(2027, 6, 30, 21, 59, 59, tzinfo=datetime.timezone.utc)
    late = last + datetime.timedelta(seconds=1)
    assert act(quoted, "accept", by=asker, now=last, dry_run=True)["state"] == "accepted"
    assert asker.get(path_of(quoted), now=instant(last))["is_expired"] is False
    assert asker.get(path_of(quoted), now=instant(late))["is_expired"] is True
    refused = act(quoted, "accept", by=asker, now=late, expect=409, code="quote_expired")
    assert refused["rule"] == "SM-R09" and "2027-06-30" in refused["detail"]
    renewed = act(quoted, "quote", {"price_nok": 9900, "valid_until_on": "2027-08-01"}, now=late)
    assert (renewed["quoted_price_nok"], renewed["is_expired"]) == (9900, False)
    assert act(quoted, "accept", by=asker, now=late)["state"] == "accepted"


@pytest.mark.parametrize("action,state", [("decline", "declined"), ("withdraw", "withdrawn")])
def test_who_asked_may_say_no(asker, quoted, act, action, state):
    gone = act(quoted, action, {"reason": "For dyrt"}, by=asker)
    assert (gone["state"], gone["allowed_actions"], gone["resulting_course_id"]) == (state, [], None)
    refused = act(quoted, action, by=asker, expect=409, code="invalid_transition")
    assert (refused["from"], refused["allowed_actions"]) == (state, [])
    act(quoted, "quote", QUOTE, expect=409, code="invalid_transition")


def test_nobody_answers_for_another(quoted, make_user, anonymous):
    other = make_user("participant")
    for action in ("accept", "decline", "withdraw"):
        other.post(f"{path_of(quoted)}/actions/{action}", {}, etag="*", expect=404)
        anonymous.post(f"{path_of(quoted)}/actions/{action}", {}, etag="*", expect=401)


def test_it_is_complete_when_the_course_is_over(asker, quoted, act, owner_db):
    act(quoted, "complete", expect=409, code="invalid_transition")
    taken = act(quoted, "accept", by=asker)
    act(quoted, "complete", expect=409, code="quote_course_ahead")
    act(quoted, "complete", by=asker, expect=403)
    owner_db.execute("UPDATE course SET state = 'completed' WHERE id = %s", [taken["resulting_course_id"]])
    done = act(quoted, "complete")
    assert (done["state"], done["resulting_course_id"]) == ("completed", taken["resulting_course_id"])


def test_a_draft_that_is_thrown_away(asker, quoted, act, smart_admin):
    taken = act(quoted, "accept", by=asker)
    path = f"/v1/smart/courses/{taken['resulting_course_id']}"
    smart_admin.delete(path, etag=smart_admin.get(path).etag)
    left = smart_admin.get(path_of(quoted))
    assert (left["state"], left["resulting_course_id"]) == ("accepted", None)
    assert act(quoted, "complete")["state"] == "completed"


def test_two_who_accept_at_once_make_one_course(asker, quoted, owner_db, smart_admin):
    def accept(client):
        return client.post(f"{path_of(quoted)}/actions/accept", {}, etag="*", now=instant(NOW),
                           expect=mock.ANY).status
    clients = [client.clone() for client in (asker, smart_admin) * 3]
    with concurrent.futures.ThreadPoolExecutor(len(clients)) as threads:
        assert sorted(threads.map(accept, clients)) == [200] + [409] * 5
    assert owner_db.value("SELECT count(*) FROM course WHERE right(code, 12) = %s", [quoted["id"][-12:]]) == 1


def test_the_length_of_a_course(smart_admin):
    """A member of courses, however they came to be."""
    made = smart_admin.post("/v1/smart/courses", {"code": f"kurs-{uuid.uuid4().hex[:8]}", "title": "Kurs",
                                                  "course_type": "kursrekke", "duration_minutes": 90})
    path = f"/v1/smart/courses/{made['id']}"
    assert made["duration_minutes"] == 90
    assert smart_admin.patch(path, {"duration_minutes": 120}, etag=made.etag)["duration_minutes"] == 120
    etag = smart_admin.get(path).etag
    assert smart_admin.patch(path, {"duration_minutes": None}, etag=etag)["duration_minutes"] is None
