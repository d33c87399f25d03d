"""What all operations have in common, tried on registrations: problems and their languages, versions,
merge patch, retries, dry runs, browsers, quotas, tracing and the sandbox's clock."""
import datetime
import json
import re
import threading
import uuid

import pytest
import yaml

from support import run
from support.build import instant, now
from support.client import Api
from support.server import Server
from support.waiting import eventually
from support.wire import Wire, lines

LIST = "/v1/smart/registrations"
PROBLEMS = yaml.safe_load((run.ROOT / "api/contract/problems.yaml").read_text())
SOMEBODY = "019386b2-0000-7000-8000-000000000001"
ORG_NUMBER = "310001007"  # of no organisation, with a right check digit


def path_of(answer):
    return f"{LIST}/{answer['id']}"


@pytest.fixture
def course(build):
    return build.course()


@pytest.fixture
def registered(smart_admin, build, course):
    """Somebody's registration, as smart_admin sees it."""
    made = smart_admin.post(LIST, build.registration_body(course))
    return smart_admin.get(path_of(made))


# ---- problems ----

def test_every_fault_at_once(participant):
    answer = participant.post(LIST, {
        "course_id": "x", "profession_code": "", "buyer_type": "nobody", "dietary_note": 1,
        "person": {"full_name": "", "email": "no", "phone": [], "age": 7},
        "invoice": {"org_number": "12", "email": None},
        "item_choices": {"A B": "x", "ok": 1},
        "a/b~c": True, "municipality_no": "12345", "ticket_type_id": "7",
    }, expect=422, code="validation_failed")
    assert answer.faults == {
        "/course_id": "invalid_format", "/profession_code": "too_short", "/buyer_type": "not_in_enum",
        "/dietary_note": "wrong_type", "/person/full_name": "too_short", "/person/email": "invalid_format",
        "/person/phone": "wrong_type", "/person/age": "unknown_member", "/invoice/recipient": "required",
        "/invoice/org_number": "pattern", "/item_choices/A B": "pattern", "/item_choices/ok": "wrong_type",
        "/a~1b~0c": "unknown_member", "/municipality_no": "too_long", "/ticket_type_id": "invalid_format",
    }
    assert all(fault["detail"] for fault in answer["errors"])
    limits = {fault["pointer"]: fault.get("expected") for fault in answer["errors"]}
    assert limits["/buyer_type"] == "consumer, organisation" and limits["/municipality_no"] == "4"


def test_faults_of_query_headers_and_body_together(participant):
    answer = participant.post(f"{LIST}?limit=1", {"course_id": 7}, expect=400,
                              headers={"X-Loft-Now": "2026-01-01T00:00:00Z", "Idempotency-Key": "a b"})
    assert answer.faults["?limit"] == "unknown_parameter"
    assert answer.faults["header:Idempotency-Key"] == "pattern"
    assert answer.faults["/course_id"] == "wrong_type"


def test_more_faults_than_anybody_reads(participant):
    answer = participant.post(LIST, {f"m{i}": 1 for i in range(250)}, expect=422)
    assert len(answer["errors"]) == 100
    assert answer["errors_omitted"] == 250 + 3 - 100


def test_fault_of_a_rule_names_the_member(participant, build):
    course = build.course(items={"textbook": ["barnehage", "ungdom"]})
    body = build.registration_body(course, profession_code="annet", municipality_no="0000",
                                   item_choices={"textbook": "nonsense"})
    answer = participant.post(LIST, body, expect=422)
    assert answer.faults == {"/item_choices/textbook": "choice_unknown",
                             "/profession_other": "profession_other_required",
                             "/municipality_no": "municipality_no_invalid"}


def test_rules_of_a_registration_hold_for_its_changes(smart_admin, build):
    """What was demanded when it was made is demanded when it is corrected or handed on."""
    organisation, other = build.organisation(), build.organisation()
    course = build.course(items={"textbook": ["barnehage", "ungdom"]}, tickets=[
        {"code": "ansatt", "eligibility": "municipality_employee", "eligible_organisation_id": organisation}])
    made = smart_admin.post(LIST, build.registration_body(
        course, employer_organisation_id=organisation, item_choices={"textbook": "ungdom"}))
    path, etag = path_of(made), smart_admin.get(path_of(made)).etag
    for patch, code, pointer in (
            ({"employer_organisation_id": None}, "employer_required", "/employer_organisation_id"),
            ({"employer_organisation_id": other}, "employer_not_eligible", "/employer_organisation_id"),
            ({"item_choices": {}}, "choice_required", "/item_choices/textbook"),
            ({"item_choices": {"textbook": "nonsense"}}, "choice_unknown", "/item_choices/textbook")):
        answer = smart_admin.patch(path, patch, etag=etag, expect=422, code=code)
        assert answer.faults == {pointer: code} and answer["rule"] in ("SM-R08", "SM-R10")
    handed_on = {"person": {"full_name": "Ola Demostad", "email": "ola.overtar@example.no"},
                 "profession_code": "laerer", "employer_organisation_id": organisation, "item_choices": {}}
    smart_admin.act(path, "transfer", handed_on, expect=422, code="choice_required")
    smart_admin.act(path, "transfer", {**handed_on, "item_choices": {"textbook": "barnehage"}})


def test_refused_transition_says_what_is_possible(smart_admin, registered):
    answer = smart_admin.act(path_of(registered), "accept", expect=409, code="invalid_transition")
    assert (answer["from"], answer["action"]) == ("confirmed", "accept")
    assert sorted(answer["allowed_actions"]) == ["cancel", "transfer"] == sorted(registered["allowed_actions"])


def test_problem_names_the_request(participant):
    answer = participant.get(f"{LIST}/{SOMEBODY}?fields=id", expect=404, code="not_found")
    assert answer["instance"] == f"{LIST}/{SOMEBODY}"
    assert answer["type"] == "/problems/not_found" and answer["status"] == 404
    participant.get(f"{LIST}/no-id-at-all", expect=404, code="not_found")


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_every_problem_is_explained(anonymous, language):
    """`type` of a problem is an address: it tells the same."""
    for code, problem in PROBLEMS.items():
        answer = anonymous.get(f"/problems/{code}", language=language)
        assert answer.headers["Content-Language"] == language
        assert answer["code"] == code and answer["status"] == problem.get("status")
        assert (answer["title"], answer["detail"]) == (problem[language]["title"], problem[language]["detail"])


def test_problem_that_does_not_exist(anonymous):
    for code in ("nonsense", "Not_Found", "a" * 61, "a-b"):
        anonymous.get(f"/problems/{code}", expect=404, code="not_found")


# ---- languages ----

@pytest.mark.parametrize("wanted, language", [
    (None, "nb"), ("nn", "nn"), ("en", "en"), ("NN", "nn"), ("nn-NO", "nn"), ("en-GB,en;q=0.9", "en"),
    ("no", "nb"), ("fr", "nb"), ("fr,en;q=0.1", "en"), ("nb;q=0.1, nn;q=0.9", "nn"), ("*", "nb"),
    ("en;q=0", "nb"), ("en;q=0, nn;q=0.1", "nn"), ("nn;q=nonsense, en;q=0.2", "en"), ("", "nb"),
    (",,;,", "nb"), ("a" * 200, "nb"),
], ids=lambda value: str(value)[:20])
def test_language(participant, wanted, language):
    answer = participant.get(f"{LIST}/{SOMEBODY}", expect=404, language=wanted)
    assert answer.headers["Content-Language"] == language
    assert answer["title"] == PROBLEMS["not_found"][language]["title"]
    assert "Accept-Language" in answer.headers["Vary"]


def test_faults_are_told_in_the_language_too(participant):
    texts = {language: participant.post(LIST, {}, expect=422, language=language)["errors"][0]["detail"]
             for language in ("nb", "nn", "en")}
    assert len(set(texts.values())) == 3, texts


@pytest.mark.parametrize("method, path, status", [("GET", "/v1/nothing", 404), ("DELETE", LIST, 405),
                                                  ("GET", LIST, 401)])
def test_refusals_before_the_operation_have_languages(anonymous, method, path, status):
    answer = anonymous.request(method, path, expect=status, language="nn")
    assert answer.headers["Content-Language"] == "nn" and "Accept-Language" in answer.headers["Vary"]


def test_codes_are_never_translated(smart_admin, registered):
    for language in ("nb", "nn", "en"):
        answer = smart_admin.get(path_of(registered), language=language)
        assert answer["state"] == "confirmed" and answer.headers["Content-Language"] == language


# ---- versions ----

def test_etag_of_an_item(smart_admin, registered):
    assert re.fullmatch(r'"1-[0-9a-f]{16}"', registered.etag)
    assert registered["version"] == 1
    assert smart_admin.get(path_of(registered)).etag == registered.etag


@pytest.mark.parametrize("form", ["%s", "W/%s", '"other", %s', '%s, "other"', "*"])
def test_nothing_new(smart_admin, registered, form):
    none_match = form % registered.etag if "%" in form else form
    answer = smart_admin.get(path_of(registered), none_match=none_match, expect=304)
    assert answer.body == b"" and answer.headers["ETag"] == registered.etag


@pytest.mark.parametrize("none_match", ['"other"', '"1-0000000000000000"', "nonsense", '""', ","])
def test_something_else_than_what_one_has(smart_admin, registered, none_match):
    smart_admin.get(path_of(registered), none_match=none_match, expect=200)


def test_something_new(smart_admin, registered):
    changed = smart_admin.patch(path_of(registered), {"dietary_note": "Vegetar"}, etag=registered.etag)
    assert changed["version"] == 2 and changed.etag.startswith('"2-')
    answer = smart_admin.get(path_of(registered), none_match=registered.etag, expect=200)
    assert answer.etag == changed.etag and answer.json == changed.json


def test_variants_have_etags_of_their_own(smart_admin, make_client, registered):
    """Language, fields, masking, and what follows from the clock or the caller."""
    path = path_of(registered)
    masked = make_client("smart:read").get(path)
    assert masked["participant_email"] is None
    etags = {registered.etag, masked.etag,
             smart_admin.get(path, language="nn").etag, smart_admin.get(path, language="en").etag,
             smart_admin.get(path, params={"fields": "id,state,version"}).etag}
    assert len(etags) == 5 and all(etag.startswith('"1-') for etag in etags)


def test_offer_that_runs_out_changes_the_etag(smart_admin, build, course):
    """Nothing was written: the clock alone moved."""
    path = f"{LIST}/{build.registration(course, state='offered')}"
    before = smart_admin.get(path)
    assert before["state"] == "offered"
    later = instant(now() + datetime.timedelta(days=4))
    after = smart_admin.get(path, none_match=before.etag, now=later, expect=200)
    assert after["state"] == "expired" and after["version"] == before["version"]


def test_change_without_a_version(smart_admin, registered):
    path = path_of(registered)
    smart_admin.patch(path, {"dietary_note": "Vegetar"}, expect=428, code="precondition_required")
    smart_admin.post(f"{path}/actions/cancel", expect=428, code="precondition_required")
    assert smart_admin.get(path).etag == registered.etag


def test_change_of_an_old_version(smart_admin, registered):
    path = path_of(registered)
    smart_admin.patch(path, {"dietary_note": "Vegetar"}, etag=registered.etag)
    smart_admin.patch(path, {"dietary_note": "Vegan"}, etag=registered.etag, expect=412, code="version_conflict")
    smart_admin.act(path, "cancel", etag=registered.etag, expect=412, code="version_conflict")
    assert smart_admin.get(path)["dietary_note"] == "Vegetar"


def test_the_version_counts_and_not_its_variant(smart_admin, registered):
    """What one read in another language, or masked, is the same version."""
    path = path_of(registered)
    etag = smart_admin.get(path, language="nn", params={"fields": "id,version"}).etag
    assert etag != registered.etag
    smart_admin.patch(path, {"dietary_note": "Vegetar"}, etag=etag)
    smart_admin.patch(path, {"dietary_note": None}, etag="*")


@pytest.mark.parametrize("etag", ["1", '"', '"1', '"a-b"', '"-1-a"', '"1-a", "2-b"',
                                  'W/"1-a"', "nonsense", '"0-a"'])
def test_version_that_is_none(smart_admin, registered, etag):
    answer = smart_admin.patch(path_of(registered), {"dietary_note": "Vegetar"}, etag=etag, expect=400,
                               code="invalid_parameter")
    assert answer.faults == {"header:If-Match": "invalid_format"}


def test_two_writers_at_once(smart_admin, registered):
    """One wins, the others hear of it."""
    barrier = threading.Barrier(6)
    statuses = []

    def write(number):
        client = smart_admin.clone()
        barrier.wait()
        answer = client.session.patch(
            client.base + path_of(registered), json={"dietary_note": f"Nummer {number}"},
            headers={"Authorization": f"Bearer {client.token}", "If-Match": registered.etag,
                     "Content-Type": "application/merge-patch+json"})
        statuses.append(answer.status_code)
    threads = [threading.Thread(target=write, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [412] * 5
    assert smart_admin.get(path_of(registered))["version"] == 2


# ---- merge patch ----

def test_members_that_are_given_null_or_left_out(smart_admin, registered):
    path = path_of(registered)
    answer = smart_admin.patch(path, {"dietary_note": "Vegetar", "employer_name": "Eksempelskolen",
                                      "municipality_no": "3905"}, etag=registered.etag)
    answer = smart_admin.patch(path, {"employer_name": None}, etag=answer.etag)
    assert (answer["dietary_note"], answer["employer_name"], answer["municipality_no"]) == ("Vegetar", None, "3905")
    assert smart_admin.get(path).json == answer.json


def test_nested_members(smart_admin, registered):
    path = path_of(registered)
    answer = smart_admin.patch(path, {"invoice": {"recipient": "Eksempelskolen", "reference": "77",
                                                  "org_number": ORG_NUMBER}}, etag=registered.etag)
    answer = smart_admin.patch(path, {"invoice": {"reference": None, "email": "faktura@example.no"}},
                               etag=answer.etag)
    assert answer["invoice"] == {"recipient": "Eksempelskolen", "org_number": ORG_NUMBER, "address": None,
                                 "reference": None, "email": "faktura@example.no"}
    answer = smart_admin.patch(path, {"invoice": None}, etag=answer.etag)
    assert answer["invoice"] is None
    stored = smart_admin.get(path)
    assert stored.json == answer.json


def test_invoice_needs_its_recipient(smart_admin, registered):
    """Otherwise its other members would be stored where no answer shows them."""
    for invoice in ({"reference": "77"}, {"recipient": None, "reference": "77"}):
        answer = smart_admin.patch(path_of(registered), {"invoice": invoice}, etag=registered.etag, expect=422)
        assert "/invoice/recipient" in answer.faults, answer


@pytest.mark.parametrize("patch, faults", [
    ({}, {"": "too_few"}),
    ({"nonsense": 1}, {"/nonsense": "unknown_member"}),
    ({"state": "confirmed"}, {"/state": "unknown_member"}),
    ({"version": 7, "price_nok": 0}, {"/version": "unknown_member", "/price_nok": "unknown_member"}),
    ({"profession_code": None}, {"/profession_code": "null_not_allowed"}),
    ({"invoice": {"nonsense": None}}, {"/invoice/nonsense": "unknown_member"}),
    ({"municipality_no": "0000"}, {"/municipality_no": "municipality_no_invalid"}),
    ({"invoice": {"recipient": "x", "org_number": "123456789"}}, {"/invoice/org_number": "org_number_invalid"}),
], ids=str)
def test_patch_that_is_refused(smart_admin, registered, patch, faults):
    answer = smart_admin.patch(path_of(registered), patch, etag=registered.etag, expect=422)
    assert answer.faults == faults
    assert smart_admin.get(path_of(registered)).etag == registered.etag


def test_patch_is_a_merge_patch(smart_admin, registered):
    answer = smart_admin.patch(path_of(registered), {"dietary_note": "x"}, etag=registered.etag,
                               media="application/json", expect=415, code="unsupported_media_type")
    assert answer.headers["Accept-Patch"] == "application/merge-patch+json"


def test_patch_of_nobody(smart_admin):
    smart_admin.patch(f"{LIST}/{SOMEBODY}", {"dietary_note": "x"}, etag="*", expect=404, code="not_found")


# ---- retries ----

@pytest.fixture
def body(build, course):
    return build.registration_body(course)


def rows_of(db, course):
    return db.value("SELECT count(*) FROM registration WHERE course_id = %s", [course.id])


def events_of(db, answer):
    return db.value("SELECT count(*) FROM event WHERE resource_id = %s", [answer["id"]])


def test_same_key_same_answer(participant, body, course, owner_db):
    key = str(uuid.uuid4())
    first = participant.post(LIST, body, key=key, language="nn")
    again = participant.post(LIST, body, key=key, language="en")
    assert (again.status, again.body) == (first.status, first.body) == (201, first.body)
    for name in ("ETag", "Location", "Content-Type", "Content-Language"):
        assert again.headers[name] == first.headers[name], name
    assert again.headers["Idempotency-Replayed"] == "true" and "Idempotency-Replayed" not in first.headers
    assert again.headers["X-Request-Id"] != first.headers["X-Request-Id"]
    assert rows_of(owner_db, course) == 1 and events_of(owner_db, first) == 1
    assert participant.get(first.headers["Location"])["id"] == first["id"]


def test_key_is_required_where_a_second_run_does_harm(participant, body):
    participant.post(LIST, body, key=None, expect=400, code="idempotency_key_required")


@pytest.mark.parametrize("key", ["", "a" * 129, "a b", "ære", "a,b", "a\tb"])
def test_key_that_is_none(participant, body, key):
    answer = participant.post(LIST, body, key=key.encode(), expect=400)
    assert answer.code in ("invalid_parameter", "invalid_header", "idempotency_key_required")


def test_same_key_other_request(participant, build, body, course, owner_db):
    key = str(uuid.uuid4())
    made = participant.post(LIST, body, key=key)
    participant.post(LIST, build.registration_body(course), key=key, expect=422, code="idempotency_key_reused")
    participant.act(path_of(made), "cancel", key=key, expect=422, code="idempotency_key_reused")
    assert rows_of(owner_db, course) == 1
    assert participant.get(path_of(made))["state"] == "confirmed"


def test_keys_of_others_are_others(participant, participant_2, body, build, course, owner_db):
    key = str(uuid.uuid4())
    participant.post(LIST, body, key=key)
    participant_2.post(LIST, build.registration_body(course), key=key)
    assert rows_of(owner_db, course) == 2


def test_refusals_are_not_remembered(participant, body, course, owner_db):
    key = str(uuid.uuid4())
    owner_db.execute("UPDATE course SET registration_opens_at = now() + interval '1 day' WHERE id = %s", [course.id])
    participant.post(LIST, body, key=key, expect=409, code="registration_not_open_yet")
    owner_db.execute("UPDATE course SET registration_opens_at = now() WHERE id = %s", [course.id])
    participant.post(LIST, body, key=key, expect=201)


def test_running_twin(participant, body, owner_db, database):
    """The first one has not finished: a session of our own holds what it would hold."""
    key = str(uuid.uuid4())
    principal = owner_db.value("SELECT 'user:' || id FROM user_account WHERE subject = 'participant'")
    with database.connect(autocommit=False) as twin:
        twin.rows("SELECT pg_advisory_xact_lock(hashtextextended(%s || ' ' || %s, 0))", [principal, key])
        answer = participant.post(LIST, body, key=key, expect=409, code="idempotency_in_progress")
        assert int(answer.headers["Retry-After"]) >= 1
        twin.rollback()
    participant.post(LIST, body, key=key, expect=201)


def test_running_twin_of_every_action(jack, database):
    """Whatever can be sent again: the twin is found before anything else is looked at."""
    checked = 0
    for operation in jack.contract.operations:
        if not operation.accepts("Idempotency-Key") or operation.raw.get("requestBody", {}).get("required"):
            continue
        key = str(uuid.uuid4())
        with database.connect(autocommit=False) as twin:
            twin.rows("SELECT pg_advisory_xact_lock(hashtextextended(%s || ' ' || %s, 0))",
                      [f"user:{jack.user.id}", key])
            jack.request(operation.method, operation.path(SOMEBODY), key=key, etag="*", expect=409,
                         code="idempotency_in_progress")
            twin.rollback()
        checked += 1
    assert checked >= 5


def test_many_twins_at_once(participant, body, course, owner_db):
    """However they fall, one registration comes of it, and nobody hears anything else."""
    key, barrier, answers = str(uuid.uuid4()), threading.Barrier(8), []

    def send():
        client = participant.clone()
        barrier.wait()
        answer = client.session.post(client.base + LIST, json=body, headers={
            "Authorization": f"Bearer {client.token}", "Idempotency-Key": key})
        answers.append((answer.status_code, answer.json().get("id") or answer.json()["code"]))
    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made = {told for status, told in answers if status == 201}
    assert len(made) == 1
    assert {told for status, told in answers if status != 201} <= {"idempotency_in_progress"}
    assert rows_of(owner_db, course) == 1


def test_answer_outlives_the_process(participant, body, start_server):
    key = str(uuid.uuid4())
    server = start_server()
    first = participant.clone(server=server).post(LIST, body, key=key)
    server.restart()
    again = participant.clone(server=server).post(LIST, body, key=key)
    assert again.body == first.body and again.headers["Idempotency-Replayed"] == "true"
    assert participant.post(LIST, body, key=key).body == first.body  # in another process too


def test_reply_that_was_lost(participant, body, course, owner_db, server):
    """The client leaves without reading; what it asked for happens once."""
    text, key = json.dumps(body), str(uuid.uuid4())
    with Wire(server) as wire:
        wire.send(lines("POST", LIST, [("Authorization", f"Bearer {participant.token}"), ("Idempotency-Key", key),
                                       ("Content-Type", "application/json"),
                                       ("Content-Length", str(len(text)))]) + text.encode())
    eventually(lambda: rows_of(owner_db, course) == 1, what="the registration")
    again = participant.post(LIST, text, key=key)
    assert again.headers["Idempotency-Replayed"] == "true" and rows_of(owner_db, course) == 1


def test_replay_comes_before_the_version(smart_admin, registered):
    """The first run made the version old: a retry must not hear of that."""
    path, key = path_of(registered), str(uuid.uuid4())
    first = smart_admin.act(path, "cancel", etag=registered.etag, key=key)
    again = smart_admin.act(path, "cancel", etag=registered.etag, key=key)
    assert again.body == first.body and again.headers["Idempotency-Replayed"] == "true"
    smart_admin.act(path, "cancel", etag=registered.etag, expect=412)


def test_replay_comes_after_the_rights(make_user, body, owner_db):
    user, key = make_user("participant"), str(uuid.uuid4())
    user.post(LIST, body, key=key)
    owner_db.execute("DELETE FROM role_grant WHERE user_id = %s", [user.user.id])
    user.post(LIST, body, key=key, expect=403, code="forbidden")


def test_replay_shows_no_more_than_the_token_may(make_client, body, tokens):
    """What a token with more scopes was told is not told to one with fewer."""
    wide, key = make_client("smart:read", "smart:register", "smart:contact"), str(uuid.uuid4())
    assert wide.post(LIST, body, key=key)["participant_email"]
    narrow = wide.clone(token=tokens.sign(wide.user.client_id, client_id=wide.user.client_id,
                                          scope="smart:read smart:register"))
    narrow.post(LIST, body, key=key, expect=422, code="idempotency_key_reused")


# ---- dry runs ----

def counts(db):
    return db.row("SELECT (SELECT count(*) FROM registration) AS registrations, (SELECT count(*) FROM person) "
                  "AS persons, (SELECT count(*) FROM event) AS events, (SELECT count(*) FROM idempotency_key) AS keys")


def test_dry_run_leaves_nothing(participant, body, course, owner_db):
    before, key = counts(owner_db), str(uuid.uuid4())
    answer = participant.post(LIST, body, key=key, dry_run=True, expect=201)
    assert answer.headers["Preference-Applied"] == "tx=rollback" and answer["state"] == "confirmed"
    assert counts(owner_db) == before
    participant.get(path_of(answer), expect=404)
    real = participant.post(LIST, body, key=key, expect=201)
    assert "Preference-Applied" not in real.headers and "Idempotency-Replayed" not in real.headers


def test_dry_run_tells_refusals(participant, body, course, owner_db):
    owner_db.execute("UPDATE course SET state = 'cancelled' WHERE id = %s", [course.id])
    participant.post(LIST, body, dry_run=True, expect=409, code="course_cancelled")


def test_dry_run_of_changes(smart_admin, registered, owner_db):
    before = counts(owner_db)
    answer = smart_admin.patch(path_of(registered), {"dietary_note": "x"}, etag=registered.etag, dry_run=True)
    assert answer["dietary_note"] == "x" and answer["version"] == 2
    assert smart_admin.act(path_of(registered), "cancel", dry_run=True)["state"] == "cancelled"
    assert smart_admin.get(path_of(registered)).body == registered.body and counts(owner_db) == before


def test_dry_run_of_somebody_elses_seat(participant, build, owner_db):
    """A cancelled seat goes to the next in line, and comes back."""
    course = build.course(capacity=1)
    taken = participant.post(LIST, build.registration_body(course))
    waiting = build.registration(course, state="waitlisted")
    participant.act(path_of(taken), "cancel", dry_run=True)
    states = owner_db.rows("SELECT state FROM registration WHERE course_id = %s ORDER BY state", [course.id])
    assert [row["state"] for row in states] == ["confirmed", "waitlisted"] and waiting


@pytest.mark.parametrize("prefer, applied", [
    ("tx=rollback", True), ("respond-async, tx=rollback", True), ("TX=Rollback", True), ("tx=rollback; x=1", True),
    ("tx=commit", False), ("return=minimal", False), ("tx", False), ("rollback", False), ("xtx=rollback", False),
])
def test_preferences(participant, body, prefer, applied):
    answer = participant.post(LIST, body, headers={"Prefer": prefer})
    assert ("Preference-Applied" in answer.headers) == applied


# ---- browsers ----

ORIGIN = "https://app.example.no"


@pytest.fixture(scope="module")
def for_browsers(database):
    with Server(database, LOFT_CORS_ORIGINS=f"{ORIGIN}, https://two.example.no") as running:
        yield running


def preflight(client, origin, method="POST"):
    return client.options(LIST, headers={"Origin": origin, "Access-Control-Request-Method": method,
                                         "Access-Control-Request-Headers": "authorization,idempotency-key"})


def words(header):
    return {word.strip().lower() for word in header.split(",")}


@pytest.mark.parametrize("origin", [ORIGIN, "https://two.example.no"])
def test_preflight(anonymous, for_browsers, origin):
    answer = preflight(anonymous.clone(server=for_browsers), origin)
    assert answer.status == 204 and answer.headers["Access-Control-Allow-Origin"] == origin
    assert {"get", "post"} <= words(answer.headers["Access-Control-Allow-Methods"])
    assert {"authorization", "content-type", "if-match", "if-none-match", "idempotency-key", "prefer"} <= words(
        answer.headers["Access-Control-Allow-Headers"])
    assert int(answer.headers["Access-Control-Max-Age"]) > 0 and "origin" in words(answer.headers["Vary"])


def test_answers_to_browsers(participant, anonymous, for_browsers):
    for client, status in ((participant, 200), (anonymous, 401)):
        answer = client.clone(server=for_browsers).get(LIST, headers={"Origin": ORIGIN}, expect=status)
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert {"etag", "location", "ratelimit", "retry-after", "x-request-id"} <= words(
            answer.headers["Access-Control-Expose-Headers"])
        assert "origin" in words(answer.headers["Vary"])
        assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("origin", ["https://app.example.no.evil.example", "http://app.example.no", "null",
                                    "https://APP.example.no", "https://app.example.no:8443", "https://example.no", ""])
def test_other_origins(participant, for_browsers, origin):
    client = participant.clone(server=for_browsers)
    for answer in (preflight(client, origin), client.get(LIST, headers={"Origin": origin})):
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_no_origin_is_allowed_unless_said(participant):
    assert "Access-Control-Allow-Origin" not in participant.get(LIST, headers={"Origin": ORIGIN}).headers
    assert "Access-Control-Allow-Origin" not in preflight(participant, ORIGIN).headers


def test_any_origin(participant, start_server):
    server = start_server(LOFT_CORS_ORIGINS="*")
    answer = participant.clone(server=server).get(LIST, headers={"Origin": "https://anything.example.no"})
    assert answer.headers["Access-Control-Allow-Origin"] in ("*", "https://anything.example.no")


# ---- quotas ----

def quota(answer):
    policy = re.fullmatch(r'"default";q=(\d+);w=60', answer.headers["RateLimit-Policy"])
    left = re.fullmatch(r'"default";r=(\d+);t=(\d+)', answer.headers["RateLimit"])
    return int(policy[1]), int(left[1])


def test_quota_of_a_principal(participant, participant_2, anonymous, start_server):
    server = start_server(LOFT_RATE_LIMIT=5, LOFT_RATE_LIMIT_PUBLIC=3)
    one, two, nobody = (client.clone(server=server) for client in (participant, participant_2, anonymous))
    one.server.contract = participant.contract  # fetching it would be one more request
    assert [quota(one.get(LIST)) for _ in range(5)] == [(5, left) for left in (4, 3, 2, 1, 0)]
    answer = one.get(LIST, expect=429, code="rate_limited")
    assert quota(answer) == (5, 0) and 1 <= int(answer.headers["Retry-After"]) <= 13
    one.post(LIST, {}, expect=429)  # before anything is read
    assert quota(two.get(LIST)) == (5, 4)
    assert [quota(nobody.get("/healthz")) for _ in range(3)] == [(3, 2), (3, 1), (3, 0)]
    nobody.get("/healthz", expect=429)
    nobody.clone(token="nonsense").get(LIST, expect=429)  # guessing tokens counts for the address
    two.get(LIST)
    assert nobody.session.get(f"{server.ops_url}/healthz").status_code == 200


def test_quota_fills_again(participant, start_server):
    """One a second, also while it is being used up."""
    server = start_server(LOFT_RATE_LIMIT=60)
    client = participant.clone(server=server)
    server.contract = participant.contract
    headers = {"Authorization": f"Bearer {client.token}"}

    def ask():
        return client.session.get(f"{client.base}{LIST}?limit=1", headers=headers)
    for _ in range(60):
        assert ask().status_code == 200
    retry_after = eventually(lambda: ask().headers.get("Retry-After"), what="the end of the quota")
    assert retry_after == "1"
    eventually(lambda: ask().status_code == 200, what="another request")


def test_addresses_behind_a_proxy(anonymous, start_server):
    """Only what the proxy itself added is believed, and only when there is one."""
    trusting = start_server(LOFT_RATE_LIMIT_PUBLIC=2, LOFT_TRUST_PROXY=1)
    plain = start_server(LOFT_RATE_LIMIT_PUBLIC=2)
    for server in (trusting, plain):
        server.contract = anonymous.contract

    def ask(server, forwarded, expect=200):
        return anonymous.clone(server=server).get("/healthz", headers={"X-Forwarded-For": forwarded}, expect=expect)
    ask(trusting, "192.0.2.1")
    ask(trusting, "192.0.2.99, 192.0.2.1")
    ask(trusting, "192.0.2.98,192.0.2.1", expect=429)
    ask(trusting, "192.0.2.1, 192.0.2.2")
    ask(plain, "192.0.2.1")
    ask(plain, "192.0.2.2")
    ask(plain, "192.0.2.3", expect=429)


def test_no_quota(participant):
    answer = participant.get(LIST)
    assert "RateLimit" not in answer.headers and "RateLimit-Policy" not in answer.headers


# ---- tracing ----

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def test_request_id_of_the_client(participant):
    for given in ("abcdefgh", "A-b_c.0123456789" * 4):
        answer = participant.get(f"{LIST}/{SOMEBODY}", headers={"X-Request-Id": given}, expect=404)
        assert answer.headers["X-Request-Id"] == given == answer["request_id"]


def test_request_id_of_the_service(participant):
    ids = {participant.get(LIST).headers["X-Request-Id"] for _ in range(20)}
    assert len(ids) == 20 and all(re.fullmatch("[0-9a-f]{32}", one) for one in ids)


def test_trace_goes_on(participant):
    answer = participant.get(f"{LIST}/{SOMEBODY}", expect=404, headers={
        "traceparent": f"00-{TRACE}-{SPAN}-01", "X-Request-Id": "another-id"})
    assert answer.headers["X-Request-Id"] == TRACE == answer["request_id"]
    version, trace, span, flags = answer.headers["traceparent"].split("-")
    assert (version, trace, flags) == ("00", TRACE, "01") and span != SPAN
    assert re.fullmatch("[0-9a-f]{16}", span)


@pytest.mark.parametrize("trace", [
    f"00-{'0' * 32}-{SPAN}-01", f"00-{TRACE}-{'0' * 16}-01", f"00-{TRACE.upper()}-{SPAN}-01", f"00-{TRACE}-{SPAN}",
    f"ff-{TRACE}-{SPAN}-01", f"00-{TRACE[:-1]}-{SPAN}-01", f"00-{TRACE}-{SPAN}-0g", "nonsense", ""])
def test_trace_that_is_none(participant, trace):
    answer = participant.get(LIST, headers={"traceparent": trace})
    assert answer.headers["X-Request-Id"] != TRACE and "traceparent" not in answer.headers


def test_the_log_has_the_id(participant, body, server, owner_db):
    given = f"log-{uuid.uuid4().hex}"
    made = participant.post(LIST, body, headers={"X-Request-Id": given})
    (line,) = [line for line in server.log() if line.get("request_id") == given]
    assert (line["event"], line["operation"], line["status"]) == ("request", "create_registration", 201)
    assert owner_db.value("SELECT request_id FROM event WHERE resource_id = %s", [made["id"]]) == given


# ---- the clock of the sandbox ----

def test_sandbox_sets_the_clock_of_rules(participant, build):
    course = build.course(starts_at=datetime.datetime(2031, 5, 5, 7, tzinfo=datetime.timezone.utc),
                          opens_at=datetime.datetime(2031, 3, 1, tzinfo=datetime.timezone.utc))
    body = build.registration_body(course)
    participant.post(LIST, body, expect=409, code="registration_not_open_yet")
    participant.post(LIST, body, now="2031-02-28T23:59:59Z", expect=409, code="registration_not_open_yet")
    participant.post(LIST, body, now="2031-05-05T09:00:01+02:00", expect=409, code="course_started")
    made = participant.post(LIST, body, now="2031-03-01T01:00:00+01:00")
    assert made["registered_at"] == "2031-03-01T00:00:00Z"


def test_sandbox_moves_neither_tokens_nor_the_log(participant, build, body, owner_db):
    made = participant.post(LIST, build.registration_body(build.course(
        starts_at=datetime.datetime(2051, 1, 1, tzinfo=datetime.timezone.utc))), now="2050-01-01T00:00:00Z")
    event = owner_db.row("SELECT occurred_at FROM event WHERE resource_id = %s", [made["id"]])
    assert abs((event["occurred_at"] - now()).total_seconds()) < 60
    assert abs((datetime.datetime.fromisoformat(made["updated_at"].replace("Z", "+00:00")) - now()).total_seconds()) < 60


@pytest.mark.parametrize("value", ["", "now", "2031-01-01", "2031-01-01T00:00:00", "2031-13-01T00:00:00Z",
                                   "2031-02-29T00:00:00Z", "2031-01-01T24:00:01Z", "20310101T000000Z"])
def test_clock_that_is_none(participant, value):
    answer = participant.get(LIST, now=value, expect=400)
    assert answer.code in ("invalid_now", "invalid_parameter")


@pytest.mark.parametrize("value", ["0001-01-01T00:00:00Z", "1900-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_clock_at_the_end_of_time(participant, body, value):
    """Whatever a rule makes of it, nothing breaks."""
    headers = {"Authorization": f"Bearer {participant.token}", "Idempotency-Key": value, "X-Loft-Now": value}
    listed = participant.session.get(participant.base + LIST, headers=headers)
    made = participant.session.post(participant.base + LIST, json=body, headers=headers)
    assert listed.status_code in (200, 400) and made.status_code in (201, 400, 409), made.text


def test_no_clock_outside_a_sandbox(participant, anonymous, start_server):
    server = start_server(LOFT_SANDBOX=0)
    for client, path in ((participant, LIST), (anonymous, "/healthz")):
        client.clone(server=server).get(path, now="2031-01-01T00:00:00Z", expect=400, code="sandbox_disabled")
    participant.clone(server=server).get(LIST)


def test_headers_of_every_answer(participant, anonymous):
    for answer in (participant.get(LIST), participant.get("/v1/nothing", expect=404), anonymous.get("/healthz")):
        assert {"accept", "accept-language", "authorization"} <= words(answer.headers["Vary"])
        assert "no-cache" in answer.headers["Cache-Control"] or "no-store" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "private" in participant.get(LIST).headers["Cache-Control"]


def test_ids_of_one_second_are_in_order(participant, build, course):
    """Version 7: what is made later sorts later, to the millisecond."""
    made = [participant.post(LIST, build.registration_body(course))["id"] for _ in range(5)]
    assert all(uuid.UUID(one).version == 7 for one in made)
    times = [int(one.replace("-", "")[:12], 16) for one in made]
    assert times == sorted(times)


def test_unknown_api(server):
    assert Api(server).get("/v2/anything", expect=404)["code"] == "not_found"
