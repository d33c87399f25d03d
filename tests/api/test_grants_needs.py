"""What units and owners need: self-assessments, need reports to the network, and which measures answer
them (domain.md §5.2, §5.3, A-KL-1, A-KL-2, A-KL-5)."""
import concurrent.futures
import csv
import io
from unittest import mock

import pytest

from support.grants import Forum

ASSESSMENTS, NEEDS, NOW = "/v1/grants/self-assessments", "/v1/grants/need-reports", "2022-11-01T09:00:00Z"
IN_TIME, LATE = "2022-12-01T22:59:59Z", "2022-12-01T23:00:00Z"
NOBODY = "00000000-0000-7000-8000-00000000dead"


class Case:
    """A round, a network with an owner, a kindergarten of it, and those who speak for them."""

    def __init__(self, forum):
        self.forum, self.build = forum, forum.build
        self.round = forum.round(2023)
        self.network, self.code = forum.network()
        self.owner_id = forum.owner(self.network)
        self.unit = self.build.organisation(org_type="kindergarten", parent_id=self.owner_id)
        self.contact = forum.make_user(("unit_contact", "organisation", self.unit))
        self.owner = forum.make_user(("owner", "organisation", self.owner_id))
        self.coordinator = forum.coordinator(self.network)

    def change_round(self, **columns):
        for column, value in columns.items():
            self.build.session.execute(f"UPDATE grant_round SET {column} = %s WHERE id = %s",
                                       [value, self.round])

    def assessment(self, **body):
        """A draft by the contact of the unit."""
        options = {key: body.pop(key) for key in ("expect", "code", "now") if key in body}
        return self.contact.post(ASSESSMENTS, {"round_id": self.round, "unit_id": self.unit,
                                               "service_type": "kindergarten", **body},
                                 **{"now": NOW, **options})

    def need(self, **body):
        """A draft by the owner."""
        options = {key: body.pop(key) for key in ("expect", "code", "now") if key in body}
        return self.owner.post(NEEDS, {"round_id": self.round, "owner_id": self.owner_id,
                                       "title": "Inkluderende lek", **body}, **{"now": NOW, **options})

    def submitted(self, **body):
        path = f"{NEEDS}/{self.need(**body)['id']}"
        self.owner.act(path, "submit", now=NOW)
        return path

    def measure(self, *need_ids, state="draft", title="Tiltaket", theme=None):
        """A measure that answers the needs, in a basis that is brought into a state afterwards."""
        basis = self.build.insert("decision_basis", round_id=self.round, network_id=self.network,
                                  title="Grunnlaget")
        measure = self.build.insert("measure", basis_id=basis, seq_no=1, title=title, theme=theme)
        for need in need_ids:
            self.build.session.execute("INSERT INTO measure_need (measure_id, need_report_id)"
                                       " VALUES (%s, %s)", [measure, need])
        self.bring(basis, state)
        return measure, basis

    def bring(self, basis, state):
        self.build.session.execute("UPDATE decision_basis SET state = %s WHERE id = %s", [state, basis])


@pytest.fixture
def case(build, make_user):
    return Case(Forum(build, make_user))


def id_of(path):
    return path.rpartition("/")[2]


# ---- self-assessments --------------------------------------------------------------------------

def test_from_draft_to_completed(case):
    made = case.assessment(findings="Vi strever i Åfjord.", competence_needs=["Lek", "Språk"],
                           leaders_involved=True, staff_count=12)
    path = f"{ASSESSMENTS}/{made['id']}"
    assert made.headers["Location"] == path
    assert (made["owner_id"], made["network_id"], made["network_code"], made["round_year"]) == (
        case.owner_id, case.network, case.code, 2023)
    assert (made["state"], made["completed_on"], made["allowed_actions"]) == ("draft", None, ["complete"])
    edited = case.contact.patch(path, {"findings": None, "uh_dialogue": True, "competence_needs": ["Lek"]},
                                etag=made.etag)
    assert (edited["findings"], edited["uh_dialogue"], edited["competence_needs"]) == (None, True, ["Lek"])
    assert edited["leaders_involved"] and edited["staff_count"] == 12
    case.contact.patch(path, {"staff_count": 1}, etag=made.etag, expect=412)
    case.coordinator.get(path, expect=404)
    done = case.owner.act(path, "complete", {"reason": "Behandlet"}, now="2022-11-30T23:30:00Z")
    assert (done["state"], done["completed_on"]) == ("completed", "2022-12-01")
    assert done["allowed_actions"] == ["reopen"]
    assert case.coordinator.get(path)["allowed_actions"] == []
    refused = case.contact.act(path, "complete", expect=409, code="invalid_transition")
    assert (refused["from"], refused["allowed_actions"]) == ("completed", ["reopen"])
    case.contact.patch(path, {"staff_count": 1}, etag="*", expect=409, code="assessment_completed")


@pytest.mark.parametrize("body, warnings", [
    ({}, ["staff_not_involved", "leaders_not_involved", "no_uh_dialogue"]),
    ({"staff_involved": True, "leaders_involved": True}, ["no_uh_dialogue"]),
    ({"uh_dialogue": True, "leaders_involved": True}, ["staff_not_involved"]),
    ({"staff_involved": True, "leaders_involved": True, "uh_dialogue": True}, [])])
def test_what_evidence_lacks_is_a_warning(case, body, warnings):
    """KL-R09: it is completed all the same."""
    path = f"{ASSESSMENTS}/{case.assessment(**body)['id']}"
    assert case.contact.act(path, "complete")["warnings"] == warnings
    listed = case.owner.get(ASSESSMENTS, params={"unit_id": case.unit}).items
    assert [one["warnings"] for one in listed] == [warnings]


def test_an_assessment_is_opened_again_until_something_passed_on_cites_it(case):
    made = case.assessment()
    path = f"{ASSESSMENTS}/{made['id']}"
    case.contact.act(path, "reopen", expect=409, code="invalid_transition")
    case.contact.act(path, "complete")
    opened = case.contact.act(path, "reopen", {"reason": "Mangler"})
    assert (opened["state"], opened["completed_on"]) == ("draft", None)
    case.contact.act(path, "complete")
    basis = case.measure()[1]
    case.build.session.execute("INSERT INTO basis_assessment (basis_id, self_assessment_id)"
                               " VALUES (%s, %s)", [basis, made["id"]])
    assert case.contact.act(path, "reopen", dry_run=True)["state"] == "draft"
    case.bring(basis, "submitted")
    case.contact.act(path, "reopen", expect=409, code="frozen")
    case.bring(basis, "withdrawn")
    case.contact.act(path, "reopen")


def test_one_for_each_unit_and_service(case):
    first = case.assessment()
    twice = case.assessment(expect=409, code="already_exists")
    assert twice.faults == {"/unit_id": "already_exists"}
    second = case.assessment(service_type="sfo")
    case.contact.patch(f"{ASSESSMENTS}/{second['id']}", {"service_type": "kindergarten"}, etag=second.etag,
                       expect=409, code="already_exists")
    other = case.forum.round(2024)
    assert case.assessment(round_id=other)["id"] != first["id"]


def test_the_owner_is_the_one_that_the_unit_belongs_to(case):
    """And the network the one that the owner is a member of, in the forum of the round, today."""
    loose = case.build.organisation(org_type="school")
    assert case.assessment(unit_id=loose, expect=422).faults == {"/unit_id": "unit_without_owner"}
    assert case.assessment(unit_id=case.owner_id, expect=422).faults == {"/unit_id": "organisation_unfit"}
    assert case.assessment(unit_id=NOBODY, expect=422).faults == {"/unit_id": "unknown_reference"}
    assert case.assessment(round_id=NOBODY, expect=422).faults == {"/round_id": "unknown_reference"}
    refused = case.assessment(network_id=case.network, owner_id=case.owner_id, expect=422)
    assert refused.faults == {"/network_id": "unknown_member", "/owner_id": "unknown_member"}
    elsewhere = Forum(case.build, case.forum.make_user).round(2023)
    case.assessment(round_id=elsewhere, expect=409, code="owner_outside_networks")
    case.assessment(now="2020-07-31T21:59:59Z", expect=409, code="owner_outside_networks")
    case.assessment(now="2020-07-31T22:00:00Z")


def test_nobody_assesses_for_another(case):
    other = case.build.organisation(org_type="kindergarten", parent_id=case.owner_id)
    case.assessment(unit_id=other, expect=403, code="forbidden")
    stranger = case.forum.make_user(("owner", "organisation", case.forum.owner(case.network)))
    body = {"round_id": case.round, "unit_id": case.unit, "service_type": "kindergarten"}
    stranger.post(ASSESSMENTS, body, now=NOW, expect=403, code="forbidden")
    made = case.owner.post(ASSESSMENTS, body, now=NOW)
    stranger.get(f"{ASSESSMENTS}/{made['id']}", expect=404)
    assert case.contact.get(f"{ASSESSMENTS}/{made['id']}")["allowed_actions"] == ["complete"]


@pytest.mark.parametrize("state, now, taken", [
    ("planning", "2023-02-02T09:00:00Z", True), ("frame_adopted", NOW, True),
    ("open", "2023-02-01T22:59:59Z", True), ("open", "2023-02-01T23:00:00Z", False),
    ("basis_closed", NOW, False), ("closed", NOW, False)])
def test_a_round_takes_them_until_its_bases_are_closed(case, state, now, taken):
    case.change_round(state=state)
    options = {"now": now} if taken else {"now": now, "expect": 409, "code": "bases_closed"}
    case.assessment(**options)
    case.need(**options)


def test_the_list_is_narrowed(case):
    school = case.build.organisation(org_type="school", parent_id=case.owner_id)
    made = case.owner.post(ASSESSMENTS, {"round_id": case.round, "unit_id": school, "service_type": "school"},
                           now=NOW)
    case.assessment()
    case.contact.act(f"{ASSESSMENTS}/{made['id']}", "complete", etag="*", expect=404)
    case.owner.act(f"{ASSESSMENTS}/{made['id']}", "complete")
    for params, count in (({}, 2), ({"state": "completed"}, 1), ({"service_type": "school"}, 1),
                          ({"owner_id": case.owner_id}, 2), ({"round_id": NOBODY}, 0),
                          ({"network_id": case.network, "unit_id": school}, 1)):
        assert len(case.owner.get(ASSESSMENTS, params=params).items) == count, params
    assert [one["id"] for one in case.coordinator.get(ASSESSMENTS).items] == [made["id"]]
    assert [one["id"] for one in case.forum.secretariat.get(ASSESSMENTS).items] == [made["id"]]
    assert "findings" not in case.owner.get(ASSESSMENTS).items[0]


# ---- need reports ------------------------------------------------------------------------------

def test_a_need_goes_to_the_network_and_back(case):
    made = case.need(summary="Vi trenger mer", target_groups=["kindergarten", "leaders"],
                     themes=["Inkludering", "Språk"], desired_measures="En analyse")
    path = f"{NEEDS}/{made['id']}"
    assert made.headers["Location"] == path
    assert (made["network_id"], made["due_on"], made["deadline_hard"]) == (case.network, "2022-12-01", False)
    assert (made["state"], made["allowed_actions"], made["measure_ids"]) == ("draft", ["submit"], [])
    case.coordinator.get(path, expect=404)
    sent = case.owner.act(path, "submit", {"reason": "Vedtatt"}, now=NOW)
    assert (sent["state"], sent["submitted_at"], sent["submitted_late"]) == ("submitted", NOW, False)
    assert sent["allowed_actions"] == []
    case.owner.patch(path, {"title": "Nytt"}, etag=sent.etag, expect=409, code="need_report_passed_on")
    seen = case.coordinator.get(path)
    assert seen["allowed_actions"] == ["return", "include", "exclude"]
    missing = case.coordinator.act(path, "return", {}, expect=422)
    assert missing.faults == {"/note": "required"}
    returned = case.coordinator.act(path, "return", {"note": "Hvilke barnehager?"})
    assert (returned["state"], returned["state_note"], returned["allowed_actions"]) == (
        "returned", "Hvilke barnehager?", [])
    own = case.owner.get(path)
    assert own["allowed_actions"] == ["submit"]
    case.owner.patch(path, {"summary": "Alle seks"}, etag=own.etag)
    again = case.owner.act(path, "submit", now="2022-11-20T09:00:00Z")
    assert (again["state"], again["state_note"], again["submitted_at"]) == (
        "submitted", None, "2022-11-20T09:00:00Z")
    included = case.coordinator.act(path, "include", {"note": "Med i tiltak 1"})
    assert (included["state"], included["state_note"]) == ("included", "Med i tiltak 1")
    refused = case.coordinator.act(path, "exclude", {"note": "Nei"}, expect=409, code="invalid_transition")
    assert (refused["from"], refused["action"], refused["allowed_actions"]) == ("included", "exclude", [])


def test_what_is_left_out_says_why(case):
    path = case.submitted()
    case.coordinator.act(path, "exclude", {"note": "Dekkes av fellestiltaket"})
    assert case.owner.get(path)["state_note"] == "Dekkes av fellestiltaket"
    assert case.owner.get(path)["state"] == "not_included"
    case.owner.act(path, "submit", expect=409, code="invalid_transition")
    case.coordinator.act(path, "return", {"note": "x"}, expect=409, code="invalid_transition")
    case.coordinator.act(path, "include", expect=409, code="invalid_transition")


def test_the_note_is_in_no_log(case, owner_db):
    path = case.submitted(summary="Hemmelig")
    case.coordinator.act(path, "return", {"note": "Hemmelig merknad"})
    events = owner_db.rows("SELECT from_state, to_state, event::text AS told FROM event"
                           " WHERE resource_id = %s ORDER BY seq", [id_of(path)])
    assert [(row["from_state"], row["to_state"]) for row in events] == [
        (None, None), ("draft", "submitted"), ("submitted", "returned")]
    assert not any("Hemmelig" in row["told"] for row in events)


@pytest.mark.parametrize("now, late", [(IN_TIME, False), (LATE, True)])
def test_the_last_day_is_a_day_in_norway(case, now, late):
    """A-KL-1: recommended, so what comes later is taken, and marked."""
    path = f"{NEEDS}/{case.need()['id']}"
    before = case.owner.get(path, now=now)
    assert ("after_deadline" in before["warnings"]) is late and not before["submitted_late"]
    sent = case.owner.act(path, "submit", now=now)
    assert sent["submitted_late"] is late and ("after_deadline" in sent["warnings"]) is late
    listed = case.owner.get(NEEDS, params={"submitted_late": str(late).lower()}).items
    assert [one["id"] for one in listed] == [sent["id"]]


@pytest.mark.parametrize("where", ["round", "network"])
def test_a_hard_deadline_refuses(case, where):
    """A-KL-5."""
    if where == "round":
        case.change_round(need_deadline_hard=True)
    else:
        case.forum.frame(case.round, case.network, need_deadline_hard=True)
    path = f"{NEEDS}/{case.need()['id']}"
    assert case.owner.get(path)["deadline_hard"]
    refused = case.owner.act(path, "submit", now=LATE, expect=409, code="deadline_passed")
    assert "2022-12-01" in refused["detail"]
    sent = case.owner.act(path, "submit", now=IN_TIME)
    # It was in time, and the network asks for more: the deadline is not asked again.
    case.coordinator.act(path, "return", {"note": "Mer"})
    again = case.owner.act(path, "submit", now="2023-03-01T09:00:00Z")
    assert (again["state"], again["submitted_late"]) == ("submitted", False) != sent["state"]


def test_a_network_has_a_deadline_of_its_own(case):
    case.forum.frame(case.round, case.network, need_due_on="2022-11-15")
    path = f"{NEEDS}/{case.need()['id']}"
    assert case.owner.get(path)["due_on"] == "2022-11-15"
    assert case.owner.act(path, "submit", now="2022-11-15T22:59:59Z", dry_run=True)["submitted_late"] is False
    assert case.owner.act(path, "submit", now="2022-11-15T23:00:00Z")["submitted_late"]
    case.change_round(need_due_on="2022-11-10")
    assert case.need()["due_on"] == "2022-11-10"
    assert {one["due_on"] for one in case.owner.get(NEEDS).items} == {"2022-11-10"}
    due = case.owner.get("/v1/grants/due", params={"kind": "need_report"}, now=NOW).items
    assert {one["due_on"] for one in due} == {"2022-11-10"}


def test_nothing_is_submitted_when_the_bases_are_closed(case):
    path = f"{NEEDS}/{case.need()['id']}"
    case.change_round(state="basis_closed")
    case.owner.act(path, "submit", now=NOW, expect=409, code="bases_closed")


def test_a_need_builds_on_assessments(case):
    """A-KL-2: they are completed before it is submitted."""
    first, second = (case.assessment(service_type=kind)["id"] for kind in ("kindergarten", "sfo"))
    made = case.need(self_assessment_ids=[first])
    path = f"{NEEDS}/{made['id']}"
    assert made["self_assessment_ids"] == [first] and made["warnings"] == []
    case.owner.act(path, "submit", now=NOW, expect=409, code="assessment_not_completed")
    both = case.owner.patch(path, {"self_assessment_ids": [first, second]}, etag=made.etag)
    assert both["self_assessment_ids"] == sorted([first, second]) and both["version"] > made["version"]
    case.owner.patch(path, {"self_assessment_ids": []}, etag=made.etag, expect=412)
    one = case.owner.patch(path, {"self_assessment_ids": [second]}, etag=both.etag)
    assert one["self_assessment_ids"] == [second]
    assert case.owner.patch(path, {"title": "Nytt"}, etag=one.etag)["self_assessment_ids"] == [second]
    case.contact.act(f"{ASSESSMENTS}/{second}", "complete")
    case.owner.act(path, "submit", now=NOW)
    case.contact.act(f"{ASSESSMENTS}/{second}", "reopen", expect=409, code="frozen")
    none = case.need()
    assert none["warnings"] == ["without_self_assessment"]


def test_what_is_cited_is_not_opened_while_a_need_is_submitted(case, database):
    """Whoever comes second sees what the first did."""
    cited = case.assessment()["id"]
    case.contact.act(f"{ASSESSMENTS}/{cited}", "complete", now=NOW)
    path = f"{NEEDS}/{case.need(self_assessment_ids=[cited])['id']}"
    with database.connect("loft_owner") as session, concurrent.futures.ThreadPoolExecutor(1) as threads:
        session.execute("BEGIN")
        session.execute("UPDATE self_assessment SET state = 'draft', completed_on = NULL WHERE id = %s", [cited])
        waits = threads.submit(case.owner.act, path, "submit", now=NOW, expect=409,
                               code="assessment_not_completed")
        with pytest.raises(concurrent.futures.TimeoutError):
            waits.result(timeout=0.5)
        session.execute("COMMIT")
        waits.result()
    case.contact.act(f"{ASSESSMENTS}/{cited}", "complete", now=NOW)
    with concurrent.futures.ThreadPoolExecutor(2) as threads:
        opened = threads.submit(case.contact.act, f"{ASSESSMENTS}/{cited}", "reopen", etag="*", expect=mock.ANY)
        sent = threads.submit(case.owner.act, path, "submit", etag="*", now=NOW, expect=mock.ANY)
        assert {opened.result().code, sent.result().code} in (
            {"frozen", None}, {"assessment_not_completed", None})


def test_a_need_builds_on_no_assessments_of_others(case):
    own = case.assessment()["id"]
    earlier = case.assessment(round_id=case.forum.round(2022))["id"]
    other = Case(case.forum.__class__(case.build, case.forum.make_user))
    hidden = other.assessment()["id"]
    ids = [own, earlier, hidden, NOBODY]
    faults = {"/self_assessment_ids/1": "assessment_unfit", "/self_assessment_ids/2": "unknown_reference",
              "/self_assessment_ids/3": "unknown_reference"}
    assert case.need(self_assessment_ids=ids, expect=422).faults == faults
    made = case.need()
    assert case.owner.patch(f"{NEEDS}/{made['id']}", {"self_assessment_ids": ids}, etag=made.etag,
                            expect=422).faults == faults


def test_each_does_its_own_part(case):
    """Who owns one need and coordinates another network does not decide on the first."""
    path = case.submitted()
    far, _ = case.forum.network()
    both = case.forum.make_user(("owner", "organisation", case.owner_id),
                                ("network_coordinator", "network", far))
    assert both.get(path)["allowed_actions"] == []
    both.act(path, "include", expect=403, code="forbidden")
    both.act(path, "return", {"note": "x"}, expect=403, code="forbidden")
    other = case.forum.make_user(("owner", "organisation", case.forum.owner(far)),
                                 ("network_coordinator", "network", case.network))
    assert other.get(path)["allowed_actions"] == ["return", "include", "exclude"]
    other.act(path, "return", {"note": "Mer"})
    assert other.get(path)["allowed_actions"] == []
    other.patch(path, {"title": "Mitt"}, etag="*", expect=403, code="forbidden")
    other.act(path, "submit", now=NOW, expect=403, code="forbidden")


def test_nobody_reports_for_another(case):
    stranger = case.forum.make_user(("owner", "organisation", case.forum.owner(case.network)))
    body = {"round_id": case.round, "owner_id": case.owner_id, "title": "Behov"}
    stranger.post(NEEDS, body, now=NOW, expect=403, code="forbidden")
    stranger.get(case.submitted(), expect=404)
    loose = case.build.organisation(org_type="municipality")
    alone = case.forum.make_user(("owner", "organisation", loose))
    alone.post(NEEDS, {**body, "owner_id": loose}, now=NOW, expect=409, code="owner_outside_networks")
    assert case.need(round_id=NOBODY, expect=422).faults == {"/round_id": "unknown_reference"}
    assert case.need(title=" ", expect=422).faults == {"/title": "invalid_value"}


def test_who_sees_which_needs(case):
    draft, path = case.need(title="Utkast")["id"], case.submitted(themes=["Språk"])
    case.submitted(title="Til")

    def seen(client, **params):
        return {one["id"] for one in client.every(NEEDS, {"round_id": case.round, **params})}
    assert len(seen(case.owner)) == 3 and seen(case.owner, state="draft") == {draft}
    for client in case.coordinator, case.forum.secretariat:
        assert len(seen(client)) == 2 and draft not in seen(client)
        assert seen(client, theme="Språk") == {id_of(path)}
        assert len(seen(client, owner_id=case.owner_id, network_id=case.network)) == 2
    case.contact.get(NEEDS, expect=403)


# ---- consolidation -----------------------------------------------------------------------------

def rows_of(client, case, **params):
    found = client.every(f"/v1/grants/rounds/{case.round}/needs", params)
    return sorted((one["need_title"], one["measure_title"] or "", one["basis_state"] or "", one["placed"])
                  for one in found)


def test_every_need_with_every_measure_that_answers_it(case):
    one, two, three = (case.submitted(title=title) for title in ("En", "To", "Tre"))
    case.need(title="Utkast")
    case.measure(id_of(one), id_of(two), title="Lek", theme="Språk", state="submitted")
    measure, _ = case.measure(id_of(one), title="Analyse", state="granted")
    case.measure(id_of(three), title="Trukket", state="withdrawn")
    expected = [("En", "Analyse", "granted", True), ("En", "Lek", "submitted", True),
                ("To", "Lek", "submitted", True), ("Tre", "", "", False)]
    for client in case.coordinator, case.forum.secretariat:
        assert rows_of(client, case) == expected
        assert rows_of(client, case, placed="false") == expected[3:]
        assert rows_of(client, case, placed="true", owner_id=case.owner_id) == expected[:3]
        assert rows_of(client, case, theme="Språk") == expected[1:3]
    case.coordinator.act(two, "include")
    assert rows_of(case.coordinator, case, state="included", network_id=case.network) == expected[2:3]
    assert measure in case.coordinator.get(one)["measure_ids"]
    assert len(case.coordinator.get(one)["measure_ids"]) == 2 and not case.owner.get(three)["measure_ids"]
    path = f"/v1/grants/rounds/{case.round}/needs"
    table = list(csv.DictReader(io.StringIO(case.coordinator.get(path, accept="text/csv").text)))
    assert len(table) == 4 and {line["network_code"] for line in table} == {case.code}
    case.coordinator.get(f"/v1/grants/rounds/{NOBODY}/needs", expect=404)


def test_an_owner_sees_what_answers_its_own_needs_and_nothing_else(case):
    other_id = case.forum.owner(case.network)
    other = case.forum.make_user(("owner", "organisation", other_id))
    path = case.submitted(title="Mitt")
    made = other.post(NEEDS, {"round_id": case.round, "owner_id": other_id, "title": "Ditt"}, now=NOW)
    other.act(f"{NEEDS}/{made['id']}", "submit", now=NOW)
    shared, basis = case.measure(id_of(path), made["id"], title="Felles", state="submitted")
    theirs, _ = case.measure(made["id"], title="Bare ditt", state="submitted")
    assert rows_of(case.owner, case) == [("Mitt", "Felles", "", True)]
    assert case.owner.get(path)["measure_ids"] == [shared]
    assert sorted(other.get(f"{NEEDS}/{made['id']}")["measure_ids"]) == sorted([shared, theirs])
    assert rows_of(case.owner, case, owner_id=other_id) == []
    # As a partner of the basis it sees the basis too.
    case.build.session.execute("UPDATE decision_basis SET state = 'returned', resubmit_due_on = '2023-03-01'"
                               " WHERE id = %s", [basis])
    case.build.session.execute("INSERT INTO basis_partner (basis_id, organisation_id, kind)"
                               " VALUES (%s, %s, 'owner')", [basis, case.owner_id])
    assert rows_of(case.owner, case) == [("Mitt", "Felles", "returned", True)]


def test_the_forum_knows_of_a_measure_when_its_basis_is_submitted(case):
    path = case.submitted()
    _, basis = case.measure(id_of(path))
    assert [row[3] for row in rows_of(case.forum.secretariat, case)] == [False]
    assert [row[3] for row in rows_of(case.coordinator, case)] == [True]
    case.bring(basis, "submitted")
    assert [row[3] for row in rows_of(case.forum.secretariat, case)] == [True]
