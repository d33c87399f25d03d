"""Payments after a decision, and what is reclaimed (domain.md §0.1, §5.3, KL-R05)."""
import concurrent.futures
from unittest import mock

import pytest

from support.deciding import DECISIONS, LINES, Round
from support.grants import Forum
from support.seats import PATIENT
from support.waiting import in_line

PAID = "2023-05-20T10:00:00Z"
BODY = {"payment_reference": "BILAG-4711"}


@pytest.fixture
def forum(build, make_user):
    return Forum(build, make_user)


@pytest.fixture
def case(forum):
    return Round(forum).case()


def test_the_decision_is_paid_with_its_last_line(case, owner_db):
    path = case.issued()
    first = case.governor.act(case.line(path, case.uh), "pay", {**BODY, "paid_on": "2023-05-19"}, now=PAID)
    assert (first["state"], first["paid_on"], first["payment_reference"]) == ("paid", "2023-05-19", "BILAG-4711")
    assert first["allowed_actions"] == ["reclaim"]
    case.pay(path, case.network)
    before = case.governor.get(path)
    assert (before["state"], before["paid_nok"]) == ("issued", 360_000)
    assert case.pay(path, case.owner)["paid_on"] == "2023-05-20"
    after = case.governor.get(path)
    assert (after["state"], after["paid_nok"]) == ("paid", 400_000)
    assert after["version"] > before["version"]
    events = owner_db.rows("SELECT resource_type, from_state, to_state FROM event WHERE operation ="
                           " 'pay_decision_line' AND actor_id = %s ORDER BY seq", [case.governor.user.id])
    assert [tuple(one.values()) for one in events][-2:] == [
        ("decision_line", "to_pay", "paid"), ("grant_decision", "issued", "paid")]
    assert case.university().get(case.line(path, case.uh))["allowed_actions"] == []


@pytest.mark.parametrize("verdicts, missing", [
    ("met partly met met", "c2"), ("partly met met partly", "c1, c4"), ("met met", "c3, c4")])
def test_paid_when_every_criterion_is_met(forum, verdicts, missing):
    """KL-R05."""
    case = Round(forum).case(verdicts=verdicts)
    path = case.issued()
    refused = case.pay(path, case.uh, expect=409, code="criteria_not_met")
    assert refused["rule"] == "KL-R05" and f": {missing}." in refused["detail"]
    assert case.governor.get(path)["paid_nok"] == 0


def test_nothing_is_granted_against_a_criterion(forum):
    """KL-R05: it could never be paid."""
    case = Round(forum).case(verdicts="not_met met met partly")
    path = case.draft()
    refused = case.governor.act(path, "issue", expect=409, code="criteria_not_met")
    assert refused["rule"] == "KL-R05" and refused["detail"].endswith(": c1.")
    case.put(path, [])
    case.governor.patch(path, {"outcome": "refused", "deviation_reason": "Ikke dialog med UH."}, etag="*")
    assert case.governor.act(path, "issue")["state"] == "issued"


def test_paid_when_what_was_missing_is_met(forum):
    """KL-R05: as the secretariat finds after the decision."""
    case = Round(forum).case(verdicts="met partly met met")
    path = case.issued()
    case.pay(path, case.uh, expect=409, code="criteria_not_met")
    forum.secretariat.put(f"/v1/grants/decision-bases/{case.basis}/criteria/c2", {"verdict": "met"}, etag="*")
    assert case.pay(path, case.uh)["state"] == "paid"


def test_days_and_states_of_a_payment(case):
    path = case.draft()
    line = case.line(path, case.uh)
    draft = case.governor.act(line, "pay", BODY, now=PAID, expect=409, code="invalid_transition")
    assert (draft["from"], draft["allowed_actions"]) == ("draft", [])
    case.governor.act(path, "issue", now="2023-04-20T10:00:00Z")
    case.governor.act(line, "pay", {**BODY, "paid_on": "2023-04-19"}, now=PAID, expect=409,
                      code="date_before_decision")
    case.governor.act(line, "pay", {**BODY, "paid_on": "2023-05-21"}, now=PAID, expect=409, code="date_in_future")
    assert case.governor.act(line, "reclaim", {"reason": "x"}, expect=409,
                             code="invalid_transition")["allowed_actions"] == ["pay"]
    case.governor.act(line, "pay", BODY, etag='"99-0"', expect=412)
    case.governor.post(f"{line}/actions/pay", BODY, expect=428)
    case.governor.post(f"{line}/actions/pay", BODY, etag="*", key=None, expect=400,
                       code="idempotency_key_required")
    assert case.governor.act(line, "pay", BODY, now=PAID, dry_run=True)["state"] == "paid"
    assert case.governor.get(line)["state"] == "to_pay"


def test_paid_once(case):
    """Also when it is sent again, and when several try at once."""
    path = case.issued()
    line = case.line(path, case.uh)
    etag = case.governor.get(line).etag
    first, again = (case.governor.post(f"{line}/actions/pay", BODY, etag=etag, key="betaling-1", now=PAID)
                    for _ in range(2))
    assert again.json == first.json
    case.governor.act(line, "pay", BODY, now=PAID, expect=409, code="invalid_transition")
    paths = [case.line(path, one) for one in (case.network, case.owner)] * 2

    def pay(one):
        return case.governor.clone().act(one, "pay", BODY, etag="*", now=PAID, expect=mock.ANY).status
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(pay, paths)) == [200, 200, 409, 409]
    assert case.governor.get(path)["state"] == "paid"


def test_paid_and_reclaimed_at_once(database, start_server, case):
    """Each in its turn, and never more back than was paid."""
    path = case.issued()
    line = case.line(path, case.uh)
    patient = start_server(**PATIENT)

    def act(action, body):
        return lambda: case.governor.clone(patient).act(line, action, body, etag="*", now=PAID, expect=mock.ANY)
    answers = in_line(database, "decision_basis", case.basis, act("reclaim", {"reason": "For tidlig"}),
                      act("pay", BODY), act("reclaim", {"reason": "Ubrukt", "amount_nok": 299_999}),
                      act("reclaim", {"reason": "Ubrukt", "amount_nok": 2}))
    assert [one.code if one.status >= 400 else one["state"] for one in answers] == [
        "invalid_transition", "paid", "reclaimed", "reclaim_too_much"]
    assert case.governor.get(line)["reclaimed_nok"] == 299_999


def test_reclaimed_partly_and_then_the_rest(case):
    path = case.issued("partially_granted", [(case.uh, 200_000), (case.owner, 1)],
                       deviation_reason="Rammen er mindre.")
    line = case.line(path, case.uh)
    case.pay(path, case.uh)
    case.pay(path, case.owner)
    too_much = case.governor.act(line, "reclaim", {"amount_nok": 200_001, "reason": "x"}, expect=409,
                                 code="reclaim_too_much")
    assert "200000" in too_much["detail"]
    part = case.governor.act(line, "reclaim", {"amount_nok": 50_000, "reason": "Ett tiltak gikk ut."})
    assert (part["state"], part["reclaimed_nok"], part["reclaim_reason"]) == (
        "reclaimed", 50_000, "Ett tiltak gikk ut.")
    whole = case.governor.get(path)
    assert (whole["state"], whole["reclaimed_nok"], whole["paid_nok"]) == ("reclaimed", 50_000, 200_001)
    rest = case.governor.act(line, "reclaim", {"reason": "Resten gikk også ut."})
    assert rest["reclaimed_nok"] == 200_000
    case.governor.act(line, "reclaim", {"reason": "x"}, expect=409, code="reclaim_too_much")
    case.governor.post(f"{line}/actions/reclaim", {}, etag="*", expect=422)
    # A reclaim is no new grant: the frame and the total stay as they were decided.
    assert case.state()["claimed_nok"] == 200_001


def test_reclaimed_before_all_is_paid(case):
    """The decision is as far as its last line."""
    path = case.issued("partially_granted", [(case.uh, 200_000), (case.owner, 1)],
                       deviation_reason="Rammen er mindre.")
    case.pay(path, case.uh)
    case.governor.act(case.line(path, case.uh), "reclaim", {"reason": "Feil konto"})
    assert case.governor.get(path)["state"] == "issued"
    case.pay(path, case.owner)
    assert case.governor.get(path)["state"] == "reclaimed"


def test_payments_are_the_governors(case):
    path = case.issued()
    line = case.line(path, case.uh)
    for other in case.coordinator(), case.university(), case.forum.secretariat:
        other.act(line, "pay", BODY, etag="*", expect=403)
    case.governor.act(f"{LINES}/00000000-0000-7000-8000-00000000dead", "pay", BODY, etag="*", expect=404)
    assert case.governor.get(DECISIONS, params={"state": "issued", "round_id": case.round.id}).items
