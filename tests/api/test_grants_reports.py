"""Reports of what became of granted money (domain.md §5.2, §5.3, §5.7, KL-R12)."""
import concurrent.futures
from unittest import mock

import pytest

from support.deciding import REPORTS, Round
from support.grants import Forum
from support.seats import PATIENT
from support.waiting import in_line

ON_TIME, TOO_LATE = "2024-06-30T21:59:59Z", "2024-06-30T22:00:00Z"
TEXTS = {"goals": "Målene er nådd på Åfjord.", "involvement": "Alle har vært med.",
         "collective": "Samlinger hver måned.", "partnership": "Godt samarbeid.",
         "crossdisciplinary": "PPT og SFO var med."}
NOBODY = "00000000-0000-7000-8000-00000000dead"


@pytest.fixture
def forum(build, make_user):
    return Forum(build, make_user)


@pytest.fixture
def case(forum):
    return Round(forum).case()


class Writing:
    """A report that the network's coordinator writes."""

    def __init__(self, case, **options):
        self.case = case
        self.decision = case.issued(**options)
        self.path = case.report(self.decision)
        self.api = case.coordinator()

    def put(self, what, rows, **options):
        options.setdefault("etag", "*")
        return self.api.put(f"{self.path}/{what}", {what.replace("-", "_"): rows}, **options)

    def uses(self, *rows, **options):
        return self.put("uses", [{"recipient_id": recipient, "purpose": purpose, "used_nok": used}
                                 for recipient, purpose, used in rows], **options)

    def all_used(self):
        lines = self.case.governor.get(self.decision)["lines"]
        return self.uses(*((one["recipient_id"], "implementation", one["amount_nok"]) for one in lines))

    def fill(self):
        """With all that it needs."""
        self.api.patch(self.path, TEXTS, etag="*")
        self.put("participations", [{"service_type": "kindergarten", "participants": 40, "units": 3}])
        return self.all_used()

    def submit(self, **options):
        options.setdefault("now", ON_TIME)
        return self.api.act(self.path, "submit", **options)


# ---- from open to approved -----------------------------------------------------------------------

def test_from_open_to_approved(case, owner_db):
    writing = Writing(case)
    made = writing.api.get(writing.path)
    assert (made["state"], made["due_on"], made["granted_nok"], made["used_nok"], made["unused_nok"]) == (
        "open", "2024-06-30", 400_000, 0, 400_000)
    assert made["missing"] == ["goals", "involvement", "collective", "partnership", "crossdisciplinary",
                               "uses", "participations", "unused_plan"]
    assert (made["is_complete"], made["allowed_actions"]) == (False, ["submit"])
    whole = writing.fill()
    assert (whole["missing"], whole["is_complete"], whole["unused_nok"]) == ([], True, 0)
    assert whole["version"] > made["version"]
    submitted = writing.submit()
    assert (submitted["state"], submitted["submitted_at"], submitted["submitted_late"]) == (
        "submitted", ON_TIME, False)
    assert submitted["allowed_actions"] == []
    governor = case.governor
    assert governor.get(writing.path)["allowed_actions"] == ["return", "approve"]
    returned = governor.act(writing.path, "return", {"note": "Mer om målene."})
    assert (returned["state"], returned["state_note"]) == ("returned", "Mer om målene.")
    writing.api.patch(writing.path, {"goals": "Målene er nådd, som vist i vedlegget."}, etag="*")
    # The university hands it in as well as the network.
    again = case.university().act(writing.path, "submit", now="2024-07-10T10:00:00Z")
    assert (again["state_note"], again["submitted_late"]) == (None, False)
    assert governor.act(writing.path, "approve", {"reason": "I tråd med vedtaket"})["state"] == "approved"
    events = owner_db.rows("SELECT from_state, to_state FROM event WHERE resource_id = %s AND"
                           " from_state IS NOT NULL ORDER BY seq", [writing.path.rpartition("/")[2]])
    assert [tuple(one.values()) for one in events] == [
        ("open", "submitted"), ("submitted", "returned"), ("returned", "submitted"), ("submitted", "approved")]


def test_what_is_submitted_stays(case):
    writing = Writing(case)
    writing.fill()
    writing.submit()
    writing.api.patch(writing.path, {"goals": "x"}, etag="*", expect=409, code="report_not_editable")
    for what in "uses", "participations", "own-shares":
        writing.put(what, [], expect=409, code="report_not_editable")
    refused = writing.submit(expect=409, code="invalid_transition")
    assert (refused["from"], refused["allowed_actions"]) == ("submitted", ["return", "approve"])
    case.governor.act(writing.path, "approve")
    case.governor.act(writing.path, "return", {"note": "x"}, expect=409, code="invalid_transition")
    case.governor.act(writing.path, "approve", expect=409, code="invalid_transition")


def test_no_figure_slips_into_what_is_submitted(database, start_server, case):
    writing = Writing(case)
    writing.fill()
    api = writing.api.clone(start_server(**PATIENT))
    submitted, cleared = in_line(
        database, "grant_report", writing.path.rpartition("/")[2],
        lambda: api.clone().act(writing.path, "submit", etag="*", now=ON_TIME),
        lambda: api.clone().put(f"{writing.path}/uses", {"uses": []}, etag="*", expect=409))
    assert (submitted["state"], cleared.code) == ("submitted", "report_not_editable")
    assert writing.api.get(writing.path)["used_nok"] == 400_000


def test_texts_are_written_and_taken_away(case):
    writing = Writing(case)
    made = writing.api.patch(writing.path, {**TEXTS, "next_needs": "Flere i SFO.", "deviations": "Ingen."},
                             etag=writing.api.get(writing.path).etag)
    assert {name: made[name] for name in TEXTS} == TEXTS and made["next_needs"] == "Flere i SFO."
    changed = writing.api.patch(writing.path, {"goals": " \n", "next_needs": None}, etag=made.etag)
    assert (changed["goals"], changed["next_needs"], changed["deviations"]) == (None, None, "Ingen.")
    assert changed["missing"][0] == "goals"
    writing.api.patch(writing.path, {"goals": "x"}, etag=made.etag, expect=412)
    writing.api.patch(writing.path, {"goals": "x"}, expect=428)
    writing.api.patch(writing.path, {}, etag="*", expect=422)
    assert writing.api.get(writing.path, params={"fields": "missing"}).json.keys() == {"id", "missing"}
    assert writing.api.get(writing.path, none_match=changed.etag, expect=304).body == b""


def test_incomplete_is_refused_with_what_is_missing(case):
    writing = Writing(case)
    writing.api.patch(writing.path, {**TEXTS, "collective": None}, etag="*")
    refused = writing.submit(expect=409, code="report_incomplete")
    assert ": collective, uses, participations, unused_plan." in refused["detail"]
    writing.api.post(f"{writing.path}/actions/submit", etag="*", key=None, expect=400,
                     code="idempotency_key_required")
    writing.fill()
    assert writing.submit(dry_run=True)["state"] == "submitted"
    assert writing.api.get(writing.path)["state"] == "open"


# ---- the deadline --------------------------------------------------------------------------------

@pytest.mark.parametrize("now, late", [(ON_TIME, False), (TOO_LATE, True)])
def test_late_is_flagged_and_not_refused(case, now, late):
    """Inclusive in Europe/Oslo (domain.md §5.7, §7)."""
    writing = Writing(case)
    writing.fill()

    def overdue():
        found = [{one["id"] for one in case.governor.get(REPORTS, params={
            "round_id": case.round.id, "overdue": word}, now=now).items} for word in ("true", "false")]
        assert len(found[0]) + len(found[1]) == 1
        return len(found[0]) == 1
    assert writing.api.get(writing.path, now=now)["overdue"] is overdue() is late
    assert writing.submit(now=now)["submitted_late"] is late
    assert writing.api.get(writing.path, now=now)["overdue"] is overdue() is False
    assert case.governor.get(REPORTS, params={"round_id": case.round.id}).items[0]["submitted_late"] is late


# ---- money ---------------------------------------------------------------------------------------

def test_no_more_is_used_than_was_received(case):
    writing = Writing(case)
    refused = writing.uses((case.uh, "planning", 100_000), (case.uh, "implementation", 200_001),
                           (case.owner, "coordination", 40_001), (NOBODY, "planning", 1),
                           (case.uh, "planning", 1), expect=422)
    assert refused.faults == {"/uses/1/used_nok": "more_than_received", "/uses/2/used_nok": "more_than_received",
                              "/uses/3/recipient_id": "not_a_recipient", "/uses/4/purpose": "use_repeated"}
    whole = writing.all_used()
    assert whole["unused_nok"] == 0
    listed = writing.api.get(f"{writing.path}/uses", params={"recipient_id": case.uh}).items
    assert [(one["recipient_kind"], one["purpose"], one["used_nok"]) for one in listed] == [
        ("uh", "implementation", 300_000)]
    assert len(writing.api.get(f"{writing.path}/uses", accept="text/csv").text.splitlines()) == 4
    assert writing.api.get(f"{writing.path}/uses", params={"purpose": "planning"}).items == []
    writing.put("uses", [], etag='"1-0"', expect=412)


def test_less_what_was_reclaimed(case):
    writing = Writing(case)
    writing.fill()
    line = case.line(writing.decision, case.uh)
    case.pay(writing.decision, case.uh)
    case.governor.act(line, "reclaim", {"amount_nok": 100_000, "reason": "Ett tiltak gikk ut."})
    short = writing.api.get(writing.path)
    assert (short["reclaimed_nok"], short["unused_nok"], short["missing"]) == (100_000, -100_000, ["uses"])
    writing.submit(expect=409, code="report_incomplete")
    rest = [(case.network, "planning", 60_000), (case.owner, "planning", 40_000)]
    refused = writing.uses((case.uh, "implementation", 200_001), *rest, expect=422)
    assert refused.faults == {"/uses/0/used_nok": "more_than_received"}
    assert "200000" in refused["errors"][0]["detail"]
    assert writing.uses((case.uh, "implementation", 200_000), *rest)["missing"] == []


def test_unused_money_needs_a_plan(case):
    writing = Writing(case)
    writing.fill()
    left = writing.uses((case.uh, "implementation", 299_999), (case.network, "planning", 60_000),
                        (case.owner, "planning", 40_000))
    assert (left["unused_nok"], left["missing"]) == (1, ["unused_plan"])
    assert "unused_plan" in writing.submit(expect=409, code="report_incomplete")["detail"]
    writing.api.patch(writing.path, {"unused_plan": "En siste samling til høsten."}, etag="*")
    assert writing.submit()["state"] == "submitted"


def test_who_took_part(case):
    writing = Writing(case)
    rows = [{"service_type": "kindergarten", "participants": 40, "units": 3},
            {"service_type": "ppt", "participants": 4, "units": 1}]
    writing.put("participations", rows)
    assert writing.api.get(f"{writing.path}/participations").items == rows
    refused = writing.put("participations", rows + rows[:1], expect=422)
    assert refused.faults == {"/participations/2/service_type": "service_type_repeated"}
    writing.put("participations", rows[1:])
    assert writing.api.get(f"{writing.path}/participations").items == rows[1:]


# ---- KL-R12 --------------------------------------------------------------------------------------

@pytest.mark.parametrize("amount, required", [(40_000, 12_000), (33_334, 10_001), (1, 1)])
def test_owners_add_their_share(forum, amount, required):
    """KL-R12: 30 % of what an owner of Dekom is granted, each krone begun counted."""
    case = Round(forum, scheme="dekom", own_share_bp=3000).case()
    writing = Writing(case, outcome="partially_granted", deviation_reason="Rammen er mindre.",
                      lines=[(case.uh, 300_000), (case.owner, amount)])
    assert writing.fill()["missing"] == ["own_shares"]
    owed, = writing.api.get(f"{writing.path}/own-shares").items
    assert (owed["owner_id"], owed["granted_nok"], owed["required_nok"], owed["own_share_nok"]) == (
        case.owner, amount, required, None)
    writing.put("own-shares", [{"owner_id": case.owner, "own_share_nok": required - 1}])
    refused = writing.submit(expect=409, code="own_share_short")
    assert refused["rule"] == "KL-R12" and " 1 kr" in refused["detail"]
    assert writing.put("own-shares", [{"owner_id": case.owner, "own_share_nok": required}])["is_complete"]
    assert writing.api.get(f"{writing.path}/own-shares").items[0]["own_share_nok"] == required
    assert writing.submit()["state"] == "submitted"


def test_own_shares_are_of_owners_among_the_recipients(forum):
    """KL-R12."""
    writing = Writing(Round(forum, scheme="dekom", own_share_bp=3000).case())
    case = writing.case
    refused = writing.put("own-shares", [{"owner_id": one, "own_share_nok": 1} for one in (
        case.owner, case.uh, case.owner, NOBODY)], expect=422)
    assert refused.faults == {"/own_shares/1/owner_id": "not_an_owner", "/own_shares/2/owner_id": "owner_repeated",
                              "/own_shares/3/owner_id": "not_an_owner"}


def test_no_own_share_in_kompetanseloftet(case):
    """KL-R12."""
    writing = Writing(case)
    refused = writing.put("own-shares", [{"owner_id": case.owner, "own_share_nok": 1}], expect=422)
    assert refused.faults == {"/own_shares/0/own_share_nok": "own_share_unwanted"}
    writing.put("own-shares", [{"owner_id": case.owner, "own_share_nok": 0}])
    assert writing.api.get(f"{writing.path}/own-shares").items[0]["required_nok"] == 0


# ---- who -----------------------------------------------------------------------------------------

def test_the_partnership_writes_and_the_governor_judges(case, make_user):
    writing = Writing(case)
    writing.fill()
    case.owner_user().patch(writing.path, {"goals": "x"}, etag="*", expect=403)
    case.governor.patch(writing.path, {"goals": "x"}, etag="*", expect=403)
    other = case.round.case()
    for stranger in other.coordinator(), other.university():
        stranger.patch(writing.path, {"goals": "x"}, etag="*", expect=404)
    # A governor who has a part in another case writes nothing in this one.
    both = make_user(("state_administrator", "county", case.forum.county),
                     ("network_coordinator", "network", other.network_id))
    both.patch(writing.path, {"goals": "x"}, etag="*", expect=403, code="forbidden")
    both.act(writing.path, "submit", expect=403, code="forbidden")
    assert both.get(writing.path)["allowed_actions"] == []
    writing.submit()
    assert both.get(writing.path)["allowed_actions"] == ["return", "approve"]
    own = make_user(("state_administrator", "county", case.forum.county), ("owner", "organisation", case.owner))
    for action, body in ("approve", None), ("return", {"note": "x"}):
        refused = own.act(writing.path, action, body, etag="*", expect=403, code="own_basis")
        assert refused["rule"] == "KL-R16"
        writing.api.act(writing.path, action, body, etag="*", expect=403)
    elsewhere = make_user(("state_administrator", "county", case.build.organisation(org_type="county")),
                          ("network_coordinator", "network", case.network_id))
    elsewhere.act(writing.path, "approve", etag="*", expect=403, code="forbidden")
    both.act(writing.path, "approve")


def test_submitted_once(case):
    writing = Writing(case)
    writing.fill()

    def submit(_):
        return writing.api.clone().act(writing.path, "submit", etag="*", now=ON_TIME, expect=mock.ANY).status
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(submit, range(4))) == [200, 409, 409, 409]


def test_filters(forum):
    around = Round(forum)
    first, second = Writing(around.case()), Writing(around.case())
    first.fill()
    first.submit()

    def found(**params):
        return {one["id"] for one in around.governor.get(REPORTS, params={"round_id": around.id, **params}).items}
    mine, other = (one.path.rpartition("/")[2] for one in (first, second))
    assert found() == {mine, other}
    assert found(state="submitted") == found(network_id=first.case.network_id) == {mine}
    assert {one["id"] for one in second.api.get(REPORTS, params={"round_id": around.id}).items} == {other}
    second.api.get(f"{first.path}/uses", expect=404)
    by_unused = around.governor.get(REPORTS, params={"round_id": around.id, "sort": "-unused_nok"}).items
    assert [one["unused_nok"] for one in by_unused] == [400_000, 0]
