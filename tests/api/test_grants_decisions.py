"""Decisions of the county governor: drafts, who gets what, issuing (domain.md §5.3, KL-R07, KL-R08,
KL-R16)."""
import concurrent.futures
from unittest import mock

import pytest

from support.deciding import DECISIONS, LINES, NOW, Case, Round
from support.grants import Forum

NOBODY = "00000000-0000-7000-8000-00000000dead"


@pytest.fixture
def forum(build, make_user):
    return Forum(build, make_user)


@pytest.fixture
def case(forum):
    return Round(forum).case()


# ---- drafts ------------------------------------------------------------------------------------

def test_from_draft_to_issued(case, owner_db):
    governor = case.governor
    made = governor.post(DECISIONS, {"basis_id": case.basis, "outcome": "granted", "letter_ref": "2023/118",
                                     "conditions": "Rapporter også til eieren."})
    path = f"{DECISIONS}/{made['id']}"
    assert made.headers["Location"] == path
    assert (made["state"], made["lines"], made["allowed_actions"]) == ("draft", [], ["issue"])
    assert (made["basis_title"], made["network_code"]) == ("Inkluderende lek på Åfjord", case.network_code)
    assert made["round_year"] == governor.get("/v1/grants/rounds/" + made["round_id"])["year"]
    put = case.put(path, case.as_recommended(), etag=made.etag)
    assert [one["amount_nok"] for one in put["lines"]] == [300_000, 40_000, 60_000]
    assert (put["recommended_uh_nok"], put["granted_uh_nok"], put["granted_network_nok"]) == (
        300_000, 300_000, 100_000)
    assert put["deviates"] is False and put["version"] == made["version"] + 1
    issued = governor.act(path, "issue", {"reason": "Etter møte"}, now="2023-04-20T22:30:00Z")
    assert (issued["state"], issued["decided_on"], issued["allowed_actions"]) == ("issued", "2023-04-21", [])
    assert case.state() == {"state": "granted", "claimed_nok": 400_000}
    report = owner_db.row("SELECT state, due_on::text AS due_on FROM grant_report WHERE decision_id = %s",
                          [made["id"]])
    assert report == {"state": "open", "due_on": "2024-06-30"}
    events = owner_db.rows("SELECT resource_type, from_state, to_state FROM event WHERE operation ="
                           " 'issue_decision' AND actor_id = %s ORDER BY seq", [governor.user.id])
    assert [tuple(one.values()) for one in events] == [
        ("grant_decision", "draft", "issued"), ("decision_basis", "recommended", "granted"),
        ("grant_report", None, "open")]
    assert case.coordinator().get(path)["outcome"] == "granted"


def test_a_draft_is_the_governors_own(case):
    path = case.draft()
    for reader in case.coordinator(), case.university(), case.owner_user(), case.forum.secretariat:
        reader.get(path, expect=404)
        reader.get(f"{path}/lines", expect=404)
    line = case.governor.get(f"{path}/lines").items[0]
    assert line["state"] == "draft"
    assert case.governor.get(f"{LINES}/{line['id']}")["allowed_actions"] == []
    case.university().get(f"{LINES}/{line['id']}", expect=404)


def test_conditions_of_the_recommendation_are_those_of_the_grant(forum, owner_db):
    in_round = Round(forum)
    cases = [in_round.case() for _ in range(3)]
    for case in cases:
        owner_db.execute("UPDATE recommendation_line SET conditions = 'Ta med PPT.' WHERE basis_id = %s", [case.basis])
    said = [case.governor.post(DECISIONS, {"basis_id": case.basis, **body})["conditions"] for case, body in zip(
        cases, ({"outcome": "granted"}, {"outcome": "granted", "conditions": None}, {"outcome": "refused"}))]
    assert said == ["Ta med PPT.", None, None]


def test_one_decision_on_each_basis(case):
    case.draft()
    again = case.governor.post(DECISIONS, {"basis_id": case.basis, "outcome": "refused"}, expect=409,
                               code="decision_exists")
    assert again.faults == {}
    unknown = case.governor.post(DECISIONS, {"basis_id": NOBODY, "outcome": "refused"}, expect=422)
    assert unknown.faults == {"/basis_id": "unknown_reference"}


@pytest.mark.parametrize("state", ["submitted", "assessed", "granted"])
def test_a_basis_that_the_forum_has_not_spoken_of_or_that_is_decided(case, owner_db, state):
    owner_db.execute("UPDATE decision_basis SET state = %s WHERE id = %s", [state, case.basis])
    case.governor.post(DECISIONS, {"basis_id": case.basis, "outcome": "granted"}, expect=409,
                       code="basis_not_decidable")


def test_a_draft_is_changed(case):
    path = case.draft()
    made = case.governor.get(path)
    changed = case.governor.patch(path, {"outcome": "refused", "letter_ref": "2023/119", "conditions": "Vilkår"},
                                  etag=made.etag)
    assert (changed["outcome"], changed["letter_ref"], changed["conditions"]) == ("refused", "2023/119", "Vilkår")
    assert case.governor.patch(path, {"conditions": None}, etag=changed.etag)["conditions"] is None
    case.governor.patch(path, {"letter_ref": "x"}, etag=made.etag, expect=412)
    case.governor.patch(path, {"letter_ref": "x"}, expect=428)
    case.put(path, [], etag=made.etag, expect=412)
    blank = case.governor.patch(path, {"deviation_reason": " "}, etag="*", expect=422)
    assert blank.faults == {"/deviation_reason": "invalid_value"}


def test_what_is_issued_stays(case):
    path = case.issued()
    case.governor.patch(path, {"outcome": "refused"}, etag="*", expect=409, code="decision_issued")
    case.put(path, [], expect=409, code="decision_issued")
    again = case.governor.act(path, "issue", expect=409, code="invalid_transition")
    assert (again["from"], again["action"], again["allowed_actions"]) == ("issued", "issue", [])
    case.governor.post(f"{path}/actions/issue", etag="*", key=None, expect=400,
                       code="idempotency_key_required")


def test_a_dry_run_of_issuing_leaves_all_as_it_is(case):
    path = case.draft()
    assert case.governor.act(path, "issue", now=NOW, dry_run=True)["state"] == "issued"
    assert case.governor.get(path)["state"] == "draft"
    assert case.state() == {"state": "recommended", "claimed_nok": 400_000}


# ---- KL-R07: recipients and amounts ------------------------------------------------------------

def test_only_the_partnership_gets_money(case):
    """KL-R07."""
    path = case.draft(lines=[])
    member = case.forum.owner(case.network_id)
    refused = case.put(path, [(case.uh, 1), (member, 1), (NOBODY, 1)],
                       expect=422, code="recipient_unfit")
    assert refused["rule"] == "KL-R07"
    assert refused.faults == {"/lines/1/recipient_id": "not_of_partnership",
                              "/lines/2/recipient_id": "not_of_partnership"}
    twice = case.put(path, [(case.uh, 1), (case.uh, 2)], expect=422)
    assert twice.faults == {"/lines/1/recipient_id": "recipient_repeated"}
    assert case.governor.get(path)["lines"] == []


def test_more_than_recommended_needs_a_reason(case):
    """KL-R07: in all, already in the draft."""
    path = case.draft(lines=[])
    more = [(case.uh, 300_001), (case.network, 100_000)]
    assert case.put(path, more, expect=409, code="deviation_reason_required")["rule"] == "KL-R07"
    case.governor.patch(path, {"deviation_reason": "Flere enheter er med."}, etag="*")
    assert case.put(path, more)["deviates"] is True
    assert case.governor.act(path, "issue", now=NOW)["deviates"] is True
    assert case.state()["claimed_nok"] == 400_001


def test_the_same_sum_for_others_deviates_too(case):
    """KL-R07."""
    path = case.draft(lines=[(case.uh, 299_999), (case.owner, 100_001)])
    refused = case.governor.act(path, "issue", now=NOW, expect=409, code="deviation_reason_required")
    assert refused["rule"] == "KL-R07"
    case.governor.patch(path, {"deviation_reason": "Eieren tar over en del."}, etag="*")
    assert case.governor.act(path, "issue", now=NOW)["state"] == "issued"


@pytest.mark.parametrize("outcome, amount, fits", [
    ("granted", 300_000, False), ("granted", 0, False), ("partially_granted", 300_000, True),
    ("partially_granted", 400_000, False), ("partially_granted", 0, False), ("refused", 1, False),
    ("refused", 0, True)])
def test_amounts_fit_the_outcome(case, outcome, amount, fits):
    """KL-R07."""
    lines = [(case.uh, amount)] if amount else []
    path = case.draft(outcome, lines, deviation_reason="Rammen er mindre.")
    if fits:
        case.governor.act(path, "issue", now=NOW)
        assert case.state() == {"state": outcome, "claimed_nok": amount}
    else:
        refused = case.governor.act(path, "issue", now=NOW, expect=409, code="outcome_unfit")
        assert refused["rule"] == "KL-R07" and str(amount) in refused["detail"]


def test_a_refusal_needs_no_report(case, owner_db):
    path = case.issued("refused", [], deviation_reason="Utenfor formålet.")
    decision = path.rpartition("/")[2]
    assert owner_db.rows("SELECT FROM grant_report WHERE decision_id = %s", [decision]) == []


def test_what_was_not_recommended_is_normally_refused(forum):
    """KL-R07: granted only with a reason, and measured by what was applied for."""
    around = Round(forum)
    case = around.case(uh_nok=0, network_nok=0)
    assert around.governor.get(case.issued("refused", []))["deviates"] is False
    other = Case(around, uh_nok=0, network_nok=0)
    path = other.draft("granted", [])
    other.put(path, [(other.uh, 400_000)], expect=409, code="deviation_reason_required")
    other.governor.patch(path, {"deviation_reason": "Kriteriene er oppfylt etter ny vurdering."}, etag="*")
    other.put(path, [(other.uh, 399_999)])
    other.governor.act(path, "issue", now=NOW, expect=409, code="outcome_unfit")
    other.put(path, [(other.uh, 400_000)])
    other.governor.act(path, "issue", now=NOW)
    assert other.state() == {"state": "granted", "claimed_nok": 400_000}


# ---- KL-R08 and the round ----------------------------------------------------------------------

def test_within_the_total_of_the_round(forum, owner_db):
    """KL-R08: drafts count, and joint grants."""
    around = Round(forum, total_nok=450_000)
    first, second = around.case(), around.case()
    path = first.draft()
    other = second.draft("partially_granted", [], deviation_reason="Resten av rammen.")
    assert second.put(other, [(second.uh, 50_001)], expect=409,
                      code="round_total_exceeded")["rule"] == "KL-R08"
    second.put(other, [(second.uh, 50_000)])
    # Less in one leaves more for the other.
    first.put(path, [(first.uh, 300_000)])
    second.put(other, [(second.uh, 150_000)])
    assert owner_db.value("SELECT granted_nok FROM grant_round WHERE id = %s", [around.id]) == 450_000


def test_two_at_once_keep_within_the_total(forum, owner_db):
    """KL-R08: a race for the last krone."""
    around = Round(forum, total_nok=700_000)
    cases = [around.case() for _ in range(4)]
    paths = [case.draft(lines=[]) for case in cases]

    def spend(which):
        case, path = which
        return case.governor.clone().put(f"{path}/lines", {"lines": [
            {"recipient_id": case.uh, "amount_nok": 300_000}]}, etag="*",
            expect=mock.ANY).status
    with concurrent.futures.ThreadPoolExecutor(len(cases)) as threads:
        assert sorted(threads.map(spend, zip(cases, paths))) == [200, 200, 409, 409]
    assert owner_db.value("SELECT granted_nok FROM grant_round WHERE id = %s", [around.id]) == 600_000


def test_issued_twice_at_once(case, owner_db):
    path = case.draft()

    def issue(_):
        return case.governor.clone().act(path, "issue", etag="*", now=NOW, expect=mock.ANY).status
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(issue, range(4))) == [200, 409, 409, 409]
    assert owner_db.value("SELECT count(*) FROM grant_report WHERE decision_id = %s",
                          [path.rpartition("/")[2]]) == 1


@pytest.mark.parametrize("state", ["open", "basis_closed", "decided", "closed"])
def test_issued_while_the_round_is_recommended(forum, state, owner_db):
    around = Round(forum)
    path = around.case().draft()
    owner_db.execute("UPDATE grant_round SET state = %s WHERE id = %s", [state, around.id])
    around.governor.act(path, "issue", now=NOW, expect=409, code="round_not_recommended")


def test_the_day_of_the_decision(case):
    path = case.draft()
    case.governor.act(path, "issue", {"decided_on": "2023-04-21"}, now="2023-04-20T21:59:59Z", expect=409,
                      code="date_in_future")
    assert case.governor.act(path, "issue", {"decided_on": "2023-04-21"},
                             now="2023-04-20T22:00:00Z")["decided_on"] == "2023-04-21"


def test_not_before_the_recommendation(case, owner_db):
    path, before = case.draft(), {"decided_on": "2023-03-13"}
    meeting = case.forum.meeting("2023-03-14")
    owner_db.execute("UPDATE recommendation SET state = 'adopted', adopted_on = '2023-03-14', meeting_id = %s,"
                     " decided_by = 'consensus' WHERE id = %s", [meeting, case.round.recommendation])
    refused = case.governor.act(path, "issue", before, now=NOW, expect=409, code="date_before_recommendation")
    assert "2023-03-14" in refused["detail"]
    case.governor.act(path, "issue", {"decided_on": "2023-03-14"}, now=NOW)


def test_more_than_recommended_keeps_within_the_frame(forum, owner_db):
    """KL-R03: what other bases of the network claim is not left for it."""
    case = Round(forum).case(frame_nok=500_000)
    case.build.insert("decision_basis", round_id=case.round.id, network_id=case.network_id, title="En til")
    owner_db.execute("UPDATE decision_basis SET state = 'submitted', claimed_nok = 60000"
                     " WHERE network_id = %s AND id <> %s", [case.network_id, case.basis])
    path = case.draft(lines=[(case.uh, 440_001)], deviation_reason="Flere barnehager er med.")
    refused = case.governor.act(path, "issue", now=NOW, expect=422, code="frame_exceeded")
    assert (refused["rule"], refused.faults) == ("KL-R03", {"/lines": "frame_exceeded"})
    assert "440000 kroner" in refused["detail"]
    case.put(path, [(case.uh, 440_000)])
    case.governor.act(path, "issue", now=NOW)
    assert owner_db.value("SELECT claimed_nok FROM network_frame WHERE network_id = %s",
                          [case.network_id]) == 500_000


# ---- KL-R16 ------------------------------------------------------------------------------------

def test_nobody_decides_a_case_of_their_own(case, make_user):
    """KL-R16: whoever works for a party of it, whatever else they are."""
    governor = ("state_administrator", "county", case.forum.county)
    unit = case.build.organisation(org_type="kindergarten", parent_id=case.owner)
    path = case.draft()
    line = case.line(path, case.uh)
    parts = [("network_coordinator", "network", case.network_id), ("uh_partner", "institution", case.uh),
             ("owner", "organisation", case.owner), ("unit_contact", "organisation", unit)]
    other = case.round.case()
    for part in parts:
        both = make_user(governor, part)
        for refused in (
                both.post(DECISIONS, {"basis_id": case.basis, "outcome": "granted"}, expect=403),
                both.patch(path, {"letter_ref": "x"}, etag="*", expect=403),
                both.put(f"{path}/lines", {"lines": []}, etag="*", expect=403),
                both.act(path, "issue", etag="*", now=NOW, expect=403)):
            assert (refused.code, refused["rule"]) == ("own_basis", "KL-R16"), part
        assert both.get(path)["allowed_actions"] == []
    both.post(DECISIONS, {"basis_id": other.basis, "outcome": "granted"}, dry_run=True)
    case.governor.act(path, "issue", now=NOW)
    both.act(line, "pay", {"payment_reference": "x"}, etag="*", now=NOW, expect=403, code="own_basis")
    case.pay(path, case.uh)
    both.act(line, "reclaim", {"reason": "x"}, etag="*", expect=403, code="own_basis")


def test_of_another_county(case, build, make_user):
    other = Round(Forum(build, make_user))
    other.governor.post(DECISIONS, {"basis_id": case.basis, "outcome": "granted"}, expect=422)
    path = case.draft()
    other.governor.patch(path, {"letter_ref": "x"}, etag="*", expect=404)
    # A governor who sees the basis for another reason decides nothing.
    both = make_user(("state_administrator", "county", other.forum.county),
                     ("network_coordinator", "network", case.network_id))
    both.post(DECISIONS, {"basis_id": case.basis, "outcome": "granted"}, expect=403, code="forbidden")
    case.governor.act(path, "issue", now=NOW)
    both.patch(path, {"letter_ref": "x"}, etag="*", expect=403, code="forbidden")


# ---- lists -------------------------------------------------------------------------------------

def test_filters(forum):
    around = Round(forum)
    first, second = around.case(), around.case()
    granted, refused = first.issued(), second.draft("refused", [])
    ids = {granted: granted.rpartition("/")[2], refused: refused.rpartition("/")[2]}

    def found(**params):
        return {one["id"] for one in around.governor.get(DECISIONS, params={"round_id": around.id, **params}).items}
    assert found() == set(ids.values())
    assert found(outcome="refused") == found(state="draft") == {ids[refused]}
    assert found(basis_id=first.basis) == found(recipient_id=first.owner) == {ids[granted]}
    assert found(recipient_id=NOBODY) == set()
    one = around.governor.get(DECISIONS, params={"basis_id": first.basis}).items[0]
    assert (one["recommended_nok"], one["granted_nok"], one["paid_nok"], one["deviates"]) == (
        400_000, 400_000, 0, False)
    csv = around.governor.get(f"{granted}/lines", accept="text/csv").text
    assert len(csv.splitlines()) == 4
    assert [one["recipient_kind"] for one in first.university().get(
        f"{granted}/lines", params={"state": "to_pay"}).items].count("uh") == 1
    second.university().get(f"{granted}/lines", expect=404)
