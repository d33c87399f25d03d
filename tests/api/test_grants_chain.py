"""The chain from need to report: what was passed on is sealed and stays, and whoever changes it past all
rules shows (domain.md §5.3, F14, F23)."""
import csv
import hashlib
import io
import json

import psycopg2
import pytest

from support.deciding import Round as Deciding
from support.grants import Forum
from support.grants_basis import BASES, Partnership
from support.sheet import XLSX, rows_of_sheet

ROUNDS, SEALS = "/v1/grants/rounds", "/v1/grants/stage-seals"
STAGES = ["need", "basis", "assessment", "recommendation", "decision", "payment", "report"]


class Life:
    """A basis of a partnership with one row in every table of the chain, put in by the database's owner and
    taken from stage to stage. Two measures, one of them for a need; the university has two budget lines,
    the network one."""

    def __init__(self, forum, in_round=None):
        self.forum, self.build, self.db = forum, forum.build, forum.build.session
        self.ids = {"grant_round": in_round or forum.round(2030, "open", total_nok=1_000_000)}
        self.network, self.code = forum.network()
        self.organisation = str(self.db.value("SELECT organisation_id FROM competence_network WHERE id = %s",
                                              [self.network]))
        self.owner = forum.owner(self.network)
        self.uh = self.build.organisation("Høgskolen i Ålvik (eksempel)", org_type="uh_institution")
        forum.frame(self.ids["grant_round"], self.network, 500_000)
        self._need()
        self._draft()

    def add(self, table, **columns):
        self.ids[table] = self.build.insert(table, **columns)
        return self.ids[table]

    def link(self, table, **columns):
        self.db.execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES"
                        f" ({', '.join(['%s'] * len(columns))})", list(columns.values()))

    def move(self, table, state, **columns):
        named = {"state": state, **columns}
        self.db.execute(f"UPDATE {table} SET {', '.join(f'{one} = %s' for one in named)} WHERE id = %s",
                        [*named.values(), self.ids[table]])

    def _need(self):
        common = {"round_id": self.ids["grant_round"], "network_id": self.network, "owner_id": self.owner}
        self.add("self_assessment", **common, service_type="school", state="completed", staff_involved=True,
                 leaders_involved=True, uh_dialogue=True, completed_on="2029-11-01",
                 unit_id=self.build.organisation(org_type="school", parent_id=self.owner))
        self.add("need_report", **common, title="Språk i barnehagen")
        self.link("need_report_assessment", need_report_id=self.ids["need_report"],
                  self_assessment_id=self.ids["self_assessment"])
        self.move("need_report", "included")

    def _draft(self):
        basis = self.add("decision_basis", round_id=self.ids["grant_round"], network_id=self.network,
                         title="Inkluderende lek på Åfjord")
        for organisation, kind in (self.uh, "uh"), (self.owner, "owner"):
            self.link("basis_partner", basis_id=basis, organisation_id=organisation, kind=kind)
        self.link("basis_assessment", basis_id=basis, self_assessment_id=self.ids["self_assessment"])
        self.other_measure = self.build.insert("measure", basis_id=basis, seq_no=2, title="Nettverksmøter")
        measure = self.add("measure", basis_id=basis, seq_no=1, title="Felles analyse")
        self.link("measure_party", measure_id=measure, organisation_id=self.uh, kind="uh")
        self.link("measure_need", measure_id=measure, need_report_id=self.ids["need_report"])
        self.lines = [self.build.insert("budget_line", basis_id=basis, seq_no=no, recipient_id=recipient,
                                        recipient_kind=kind, purpose=purpose, amount_nok=nok, measure_id=of)
                      for no, (recipient, kind, purpose, nok, of) in enumerate((
                          (self.uh, "uh", "implementation", 200_000, measure),
                          (self.uh, "uh", "evaluation", 100_000, self.other_measure),
                          (self.organisation, "network", "coordination", 100_000, None)), 1)]
        self.ids["budget_line"] = self.lines[0]
        revision = self.db.value("SELECT revision FROM decision_basis WHERE id = %s", [basis])
        self.add("basis_signature", basis_id=basis, basis_revision=revision, institution_id=self.uh)

    def submit(self):
        self.move("decision_basis", "submitted", claimed_nok=400_000)

    def assess(self):
        for criterion in "c2", "c3", "c4", "c1":
            self.add("criterion_assessment", basis_id=self.ids["decision_basis"], criterion=criterion,
                     verdict="partly" if criterion == "c1" else "met")
        self.move("decision_basis", "assessed")

    def recommend(self):
        meeting = self.forum.meeting("2030-01-12")
        recommendation = self.add("recommendation", round_id=self.ids["grant_round"], title="Innstilling")
        self.add("recommendation_line", recommendation_id=recommendation,
                 basis_id=self.ids["decision_basis"], verdict="reduce", amount_uh_nok=250_000,
                 amount_network_nok=100_000, reason="Nok til formålet.")
        self.move("recommendation", "adopted", adopted_on="2030-03-01", meeting_id=meeting,
                  decided_by="consensus")
        self.move("decision_basis", "recommended", claimed_nok=350_000)

    def decide(self):
        """An owner that asked for nothing gets a part of what is the network's."""
        decision = self.add("grant_decision", round_id=self.ids["grant_round"], outcome="granted",
                            basis_id=self.ids["decision_basis"])
        self.granted = [self.build.insert("decision_line", decision_id=decision, recipient_id=recipient,
                                          recipient_kind=kind, amount_nok=nok)
                        for recipient, kind, nok in ((self.uh, "uh", 250_000),
                                                     (self.organisation, "network", 60_000),
                                                     (self.owner, "owner", 40_000))]
        self.ids["decision_line"] = self.granted[0]
        self.move("grant_decision", "issued", decided_on="2030-04-20")
        self.move("decision_basis", "granted")
        self.add("grant_report", decision_id=decision, due_on="2031-06-30")

    def pay(self):
        """The university."""
        self.db.execute("UPDATE decision_line SET paid_on = '2030-05-20', payment_reference = 'BILAG-1'"
                        " WHERE id = %s", [self.granted[0]])

    def report(self):
        report = self.ids["grant_report"]
        for recipient, nok in (self.uh, 249_000), (self.organisation, 60_000), (self.owner, 40_000):
            self.link("report_use", report_id=report, recipient_id=recipient, purpose="implementation",
                      used_nok=nok)
        self.link("report_own_share", report_id=report, owner_id=self.owner, own_share_nok=1_000)
        self.link("report_participation", report_id=report, service_type="school", participants=40, units=2)
        self.move("grant_report", "submitted")

    def until(self, last):
        """Each step as a transaction of its own, up to and with `last`."""
        for step in "submit", "assess", "recommend", "decide", "pay", "report":
            getattr(self, step)()
            if step == last:
                break
        return self

    # ---- what is read

    @property
    def path(self):
        return f"{BASES}/{self.ids['decision_basis']}/chain"

    def chain(self, api=None, **options):
        return (api or self.forum.secretariat).every(self.path, **options)

    def broken(self):
        """What the check of the round says of this basis."""
        checked = self.forum.secretariat.every(f"{ROUNDS}/{self.ids['grant_round']}/chain-check",
                                               {"network_id": self.network})
        (row,) = [one for one in checked if one["basis_id"] == self.ids["decision_basis"]]
        assert row["unbroken"] == (row["broken_stage"] is None)
        assert row["unbroken"] == all(one["holds"] for one in self.chain()) or row["seals"] < 7
        return row["broken_stage"]

    # ---- the people

    def coordinator(self):
        return self.forum.make_user(("network_coordinator", "network", self.network))

    def university(self):
        return self.forum.make_user(("uh_partner", "institution", self.uh))


@pytest.fixture
def forum(build, make_user):
    return Forum(build, make_user)


@pytest.fixture
def auditor(make_user):
    return make_user("auditor")


@pytest.fixture
def life(forum):
    return Life(forum)


@pytest.fixture
def whole(life):
    return life.until("report")


@pytest.fixture
def forger(cluster, database):
    """A superuser whom no trigger stops."""
    with cluster.superuser(database.name) as session:
        session.execute("SET session_replication_role = replica")
        yield session


# ---- the chain ---------------------------------------------------------------------------------

def test_from_need_to_report(whole):
    chain = whole.chain()
    assert [(one["seq_no"], one["stage"]) for one in chain] == list(enumerate(STAGES, 1))
    assert all(one["holds"] and one["is_latest"] for one in chain)
    assert [one["amount_nok"] for one in chain] == [None, 400_000, None, 350_000, 350_000, 250_000, 349_000]
    assert [one["reclaimed_nok"] for one in chain] == [None] * 5 + [0, None]
    need, basis, _, recommendation, decision, payment, report = chain
    assert need["need_report_ids"] == [whole.ids["need_report"]]
    assert basis["measure_ids"] == [whole.ids["measure"], whole.other_measure]
    assert basis["budget_line_ids"] == whole.lines
    assert recommendation["recommendation_line_id"] == whole.ids["recommendation_line"]
    assert (decision["decision_id"], decision["decision_line_ids"]) == (
        whole.ids["grant_decision"], sorted(whole.granted))
    assert (payment["decision_id"], payment["decision_line_ids"]) == (
        whole.ids["grant_decision"], [whole.granted[0]])
    assert report["report_id"] == whole.ids["grant_report"]
    # A reference stands with its own stage alone.
    for name, stages in {"need_report_ids": ["need"], "measure_ids": ["basis"], "report_id": ["report"],
                         "decision_id": ["decision", "payment"]}.items():
        assert [one["stage"] for one in chain if one[name]] == stages
    assert whole.broken() is None
    backwards = whole.forum.secretariat.get(whole.path, params={"sort": "-seq_no", "limit": 1}).items
    assert backwards == [report]


def test_the_chain_as_files(whole):
    secretariat, chain = whole.forum.secretariat, whole.chain()
    text = secretariat.get(whole.path, accept="text/csv").text
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["sha256"] for row in rows] == [one["sha256"] for one in chain]
    sheet = rows_of_sheet(secretariat.get(whole.path, accept=XLSX))
    assert len(sheet) == len(chain)
    for what in "trail", "chain-check":
        path = f"{ROUNDS}/{whole.ids['grant_round']}/{what}"
        found = list(csv.DictReader(io.StringIO(secretariat.get(path, accept="text/csv").text, newline="")))
        assert len(found) == len(secretariat.every(path))
        assert len(rows_of_sheet(secretariat.get(path, accept=XLSX))) == len(found)


def test_anybody_recomputes_the_hashes(whole):
    """As the contract tells."""
    previous = ""
    for one in whole.chain():
        seal = whole.forum.secretariat.get(f"{SEALS}/{one['id']}")
        text = previous + seal["stage"] + seal["content"]
        assert hashlib.sha256(text.encode()).hexdigest() == seal["sha256"] == one["sha256"]
        assert (seal["previous_sha256"] or "") == previous
        assert (seal["holds"], seal["is_latest"], seal["basis_id"]) == (
            True, True, whole.ids["decision_basis"])
        previous = seal["sha256"]
    assert json.loads(seal["content"])["uses"][0]["purpose"] == "implementation"


def test_what_was_sealed_is_for_the_forum(whole, auditor, make_user):
    seal = f"{SEALS}/{whole.chain()[0]['id']}"
    member = make_user(("forum_member", "forum", whole.forum.id))
    for api in whole.forum.secretariat, member, whole.forum.county_governor(), auditor:
        assert "Språk i barnehagen" in api.get(seal)["content"]
    for api in whole.coordinator(), whole.university():
        answer = api.get(seal)
        assert (answer["content"], answer["holds"]) == (None, True)
    whole.forum.reader().get(seal, expect=404)
    whole.forum.reader().get(whole.path, expect=404)


def test_references_are_those_that_the_caller_sees(whole):
    """A university sees its bases, and not what owners report to their networks."""
    assert whole.chain(whole.university())[0]["need_report_ids"] == []
    assert whole.chain(whole.coordinator())[0]["need_report_ids"] == [whole.ids["need_report"]]
    trail = whole.university().every(f"{ROUNDS}/{whole.ids['grant_round']}/trail")
    assert trail and not any(one["need_titles"] for one in trail)


# ---- what is passed on stays -------------------------------------------------------------------

CHANGES = {
    "self_assessment": "UPDATE self_assessment SET findings = 'Nytt' WHERE id = %(self_assessment)s",
    "self_assessment reopened": "UPDATE self_assessment SET state = 'draft', completed_on = NULL"
                                " WHERE id = %(self_assessment)s",
    "need_report": "UPDATE need_report SET title = 'Nytt' WHERE id = %(need_report)s",
    "need_report returned": "UPDATE need_report SET state = 'returned' WHERE id = %(need_report)s",
    "need_report_assessment": "DELETE FROM need_report_assessment WHERE need_report_id = %(need_report)s",
    "decision_basis": "UPDATE decision_basis SET goals = 'Nye' WHERE id = %(decision_basis)s",
    "basis_partner": "DELETE FROM basis_partner WHERE basis_id = %(decision_basis)s",
    "basis_assessment": "DELETE FROM basis_assessment WHERE basis_id = %(decision_basis)s",
    "measure": "UPDATE measure SET title = 'Nytt' WHERE id = %(measure)s",
    "measure added": "INSERT INTO measure (basis_id, seq_no, title) VALUES (%(decision_basis)s, 9, 'Nytt')",
    "measure_party": "UPDATE measure_party SET kind = 'unit' WHERE measure_id = %(measure)s",
    "measure_need": "DELETE FROM measure_need WHERE measure_id = %(measure)s",
    "budget_line": "UPDATE budget_line SET amount_nok = amount_nok + 1 WHERE id = %(budget_line)s",
    "budget_line deleted": "DELETE FROM budget_line WHERE id = %(budget_line)s",
    "basis_signature": "DELETE FROM basis_signature WHERE id = %(basis_signature)s",
    "basis_signature added": "INSERT INTO basis_signature (basis_id, basis_revision, institution_id)"
                             " SELECT basis_id, basis_revision, %(owner)s FROM basis_signature"
                             " WHERE id = %(basis_signature)s",
    "recommendation": "UPDATE recommendation SET summary = 'Ny' WHERE id = %(recommendation)s",
    "recommendation_line": "UPDATE recommendation_line SET amount_uh_nok = amount_uh_nok + 1"
                           " WHERE id = %(recommendation_line)s",
    "grant_decision": "UPDATE grant_decision SET conditions = 'Nye' WHERE id = %(grant_decision)s",
    "decision_line": "UPDATE decision_line SET amount_nok = amount_nok - 1 WHERE id = %(decision_line)s",
    "grant_report": "UPDATE grant_report SET answers = '{\"goals\": \"Nye\"}' WHERE id = %(grant_report)s",
    "report_use": "UPDATE report_use SET used_nok = used_nok - 1 WHERE report_id = %(grant_report)s",
    "report_own_share": "UPDATE report_own_share SET own_share_nok = 0 WHERE report_id = %(grant_report)s",
    "report_participation": "DELETE FROM report_participation WHERE report_id = %(grant_report)s",
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_passed_on_stays(whole, change):
    """Also to the owner of the database, whatever a use case might forget."""
    with pytest.raises(psycopg2.errors.CheckViolation) as refused:
        whole.db.execute(CHANGES[change], {**whole.ids, "owner": whole.owner})
    assert refused.value.diag.constraint_name == "passed_on_stays"
    assert refused.value.diag.table_name == change.split()[0]
    assert whole.broken() is None


def test_verdicts_stay_between_assessment_and_decision(life):
    life.until("recommend")
    with pytest.raises(psycopg2.errors.CheckViolation) as refused:
        life.db.execute("UPDATE criterion_assessment SET verdict = 'met' WHERE id = %s",
                        [life.ids["criterion_assessment"]])
    assert refused.value.diag.constraint_name == "passed_on_stays"


@pytest.mark.parametrize("change", ["UPDATE stage_seal SET content = '{}'", "DELETE FROM stage_seal",
                                    "TRUNCATE stage_seal"])
def test_seals_stay(whole, change):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        whole.db.execute(change)


def test_a_cited_assessment_is_not_opened_over_http(whole):
    owner = whole.forum.make_user(("owner", "organisation", whole.owner))
    owner.act(f"/v1/grants/self-assessments/{whole.ids['self_assessment']}", "reopen", expect=409,
              code="frozen")


# ---- who changes it all the same ---------------------------------------------------------------

FORGERIES = {
    "need": ["UPDATE need_report SET title = 'Nytt' WHERE id = %(need_report)s",
             "UPDATE self_assessment SET findings = 'Nytt' WHERE id = %(self_assessment)s"],
    "basis": ["UPDATE budget_line SET amount_nok = amount_nok + 1 WHERE id = %(budget_line)s",
              "UPDATE measure SET title = 'Nytt' WHERE id = %(measure)s",
              "DELETE FROM basis_signature WHERE id = %(basis_signature)s",
              "DELETE FROM basis_partner WHERE basis_id = %(decision_basis)s"],
    "assessment": ["UPDATE criterion_assessment SET verdict = 'met' WHERE id = %(criterion_assessment)s"],
    "recommendation": ["UPDATE recommendation_line SET amount_uh_nok = 1 WHERE id = %(recommendation_line)s",
                       "UPDATE recommendation SET decided_by = 'vote', votes_for = 1, votes_against = 0"
                       " WHERE id = %(recommendation)s"],
    "decision": ["UPDATE decision_line SET amount_nok = amount_nok + 1 WHERE id = %(decision_line)s",
                 "UPDATE grant_decision SET conditions = 'Nye' WHERE id = %(grant_decision)s"],
    "payment": ["UPDATE decision_line SET payment_reference = 'BILAG-2' WHERE id = %(decision_line)s",
                "UPDATE decision_line SET reclaimed_nok = 1, reclaim_reason = 'x' WHERE id = %(decision_line)s"],
    "report": ["UPDATE report_use SET used_nok = used_nok - 1 WHERE report_id = %(grant_report)s",
               "DELETE FROM report_participation WHERE report_id = %(grant_report)s",
               "DELETE FROM grant_report WHERE id = %(grant_report)s"],
}


@pytest.mark.parametrize("stage, forgery", [(stage, one) for stage in STAGES for one in FORGERIES[stage]])
def test_a_forged_row_shows(whole, forger, stage, forgery):
    assert forger.execute(forgery, whole.ids) > 0
    assert whole.broken() == stage
    assert [one["stage"] for one in whole.chain() if not one["holds"]] == [stage]


@pytest.mark.parametrize("no, stage", enumerate(STAGES, 1))
def test_a_forged_seal_shows(whole, forger, no, stage):
    """Its content alone; and with a hash that fits, which then fits neither rows nor the next seal."""
    seal = [whole.ids["decision_basis"], no]
    forger.execute("UPDATE stage_seal SET content = '{\"forged\": true}' WHERE basis_id = %s AND seq_no = %s",
                   seal)
    assert whole.broken() == stage
    forger.execute("UPDATE stage_seal SET sha256 = seal_sha256(previous_sha256, stage, content)"
                   " WHERE basis_id = %s AND seq_no = %s", seal)
    assert whole.broken() == stage
    assert [one["seq_no"] for one in whole.chain() if not one["holds"]] == [
        one for one in (no, no + 1) if one <= 7]


@pytest.mark.parametrize("no, stage", enumerate(STAGES, 1))
def test_a_deleted_seal_shows(whole, forger, no, stage):
    forger.execute("DELETE FROM stage_seal WHERE basis_id = %s AND seq_no = %s",
                   [whole.ids["decision_basis"], no])
    assert whole.broken() == stage


def test_a_row_and_its_seal_forged_together_show(whole, forger):
    """Whoever recomputes a seal as well has all that come after it to forge."""
    forger.execute("UPDATE budget_line SET amount_nok = 1 WHERE id = %(budget_line)s", whole.ids)
    forger.execute("UPDATE stage_seal SET content = stage_content(basis_id, stage)"
                   " WHERE basis_id = %(decision_basis)s AND stage = 'basis'", whole.ids)
    forger.execute("UPDATE stage_seal SET sha256 = seal_sha256(previous_sha256, stage, content)"
                   " WHERE basis_id = %(decision_basis)s AND stage = 'basis'", whole.ids)
    assert whole.broken() == "assessment"


# ---- what does not break it --------------------------------------------------------------------

TABLES = sorted({one.split()[0] for one in CHANGES} | {"criterion_assessment"})


def test_a_column_that_comes_later_breaks_nothing(new_database):
    own = new_database()
    with own.connect() as session:
        for table in TABLES:
            session.execute(f"ALTER TABLE {table} ADD COLUMN later text")
        chains = session.rows("SELECT b.id, chain_broken_stage(b.id) AS broken FROM decision_basis b"
                              " WHERE EXISTS (SELECT FROM stage_seal s WHERE s.basis_id = b.id)")
    assert len(chains) > 10 and {row["broken"] for row in chains} == {None}


def test_the_time_zone_of_who_asks_breaks_nothing(whole, database):
    with psycopg2.connect(database.url("loft_owner"),
                          options="-c search_path=loft -c timezone=Asia/Tokyo -c datestyle=German") as own:
        with own.cursor() as cursor:
            cursor.execute("SELECT chain_broken_stage(%s)", [whole.ids["decision_basis"]])
            assert cursor.fetchone() == (None,)


def test_a_verdict_that_is_mended_after_granting(life):
    """Before the money is paid: c1 was met partly."""
    life.until("decide")
    life.db.execute("UPDATE criterion_assessment SET verdict = 'met' WHERE id = %s",
                    [life.ids["criterion_assessment"]])
    chain = life.chain()
    assert [(one["stage"], one["is_latest"]) for one in chain] == [
        ("need", True), ("basis", True), ("assessment", False), ("recommendation", True),
        ("decision", True), ("assessment", True)]
    assert all(one["holds"] for one in chain) and life.broken() is None


def test_a_basis_that_was_returned(forum):
    """Written, signed, submitted, returned, mended and submitted again, as people do it."""
    around = Partnership(forum)
    path = around.signed()
    chain = f"{path}/chain"
    assert around.coordinator.get(chain).items == []
    around.submit(path)
    assert [one["stage"] for one in around.coordinator.get(chain).items] == ["need", "basis"]
    around.coordinator.patch(path, {"goals": "Andre"}, etag="*", expect=409, code="basis_not_editable")
    around.send_back(path)
    around.line(path, 50_000)
    returned = around.secretariat.get(chain).items
    assert all(one["holds"] for one in returned)
    around.sign(path)
    around.submit(path, "resubmit")
    again = around.secretariat.get(chain).items
    assert [(one["stage"], one["is_latest"], one["amount_nok"]) for one in again] == [
        ("need", True, None), ("basis", False, None), ("basis", True, 150_000)]
    assert all(one["holds"] for one in again) and again[:2] != returned[:2]
    check = around.secretariat.get(f"{ROUNDS}/{around.round.id}/chain-check").items
    assert [(one["seals"], one["unbroken"], one["state"]) for one in check] == [(3, True, "submitted")]


def test_a_basis_that_was_mended_and_withdrawn(forum):
    around = Partnership(forum)
    path = around.signed()
    around.submit(path)
    around.send_back(path)
    around.coordinator.patch(path, {"goals": "Andre"}, etag="*")
    around.coordinator.act(path, "withdraw", now=around.now)
    check = around.secretariat.get(f"{ROUNDS}/{around.round.id}/chain-check").items
    assert [(one["seals"], one["unbroken"], one["state"]) for one in check] == [(2, True, "withdrawn")]


def test_payment_reclaim_and_a_report_that_was_returned(forum):
    """The county governor's part and the partnership's report, as people do it."""
    case = Deciding(forum).case()
    decision = case.issued()
    for recipient in case.uh, case.network:
        case.pay(decision, recipient)
    governor, coordinator, report = case.governor, case.coordinator(), case.report(decision)
    coordinator.patch(report, {one: "Ja" for one in ("goals", "involvement", "collective", "partnership",
                                                     "crossdisciplinary", "unused_plan")}, etag="*")
    coordinator.put(f"{report}/participations", {"participations": [
        {"service_type": "school", "participants": 40, "units": 3}]}, etag="*")

    def tell(used_nok):
        coordinator.put(f"{report}/uses", {"uses": [
            {"recipient_id": recipient, "purpose": "implementation", "used_nok": nok}
            for recipient, nok in ((case.uh, used_nok), (case.network, 60_000), (case.owner, 40_000))]},
            etag="*")
        coordinator.act(report, "submit", now="2024-06-01T10:00:00Z")
    tell(300_000)
    governor.act(report, "return", {"note": "Se på tallene."})
    tell(290_000)
    governor.act(report, "approve")
    governor.act(case.line(decision, case.uh), "reclaim", {"reason": "Ubrukt", "amount_nok": 10_000})
    chain = governor.get(f"{BASES}/{case.basis}/chain").items
    assert [one["stage"] for one in chain] == [
        *STAGES[:5], "payment", "payment", "report", "report", "payment"]
    assert all(one["holds"] for one in chain)
    latest = {one["stage"]: one for one in chain if one["is_latest"]}
    assert (latest["payment"]["amount_nok"], latest["payment"]["reclaimed_nok"]) == (360_000, 10_000)
    assert latest["report"]["amount_nok"] == 390_000
    (check,) = governor.get(f"{ROUNDS}/{case.round.id}/chain-check").items
    assert (check["seals"], check["unbroken"], check["broken_stage"]) == (10, True, None)


# ---- the round ---------------------------------------------------------------------------------

def test_each_basis_that_was_ever_submitted_is_checked(forum, forger):
    """A draft is not, nor one that was withdrawn as a draft."""
    first = Life(forum)
    in_round = first.ids["grant_round"]
    others = [Life(forum, in_round) for _ in range(4)]
    first.until("assess")
    others[0].until("submit")
    others[1].until("submit").move("decision_basis", "returned", claimed_nok=0, resubmit_due_on="2030-02-20")
    others[2].move("decision_basis", "withdrawn")
    forger.execute("UPDATE budget_line SET amount_nok = 7 WHERE id = %s", [others[0].lines[0]])
    path = f"{ROUNDS}/{in_round}/chain-check"
    rows = {one["basis_id"]: one for one in forum.secretariat.every(path)}
    checked = [first, *others[:2]]
    assert rows.keys() == {one.ids["decision_basis"] for one in checked}
    found = [rows[one.ids["decision_basis"]] for one in checked]
    assert [(one["state"], one["seals"], one["broken_stage"]) for one in found] == [
        ("assessed", 3, None), ("submitted", 2, "basis"), ("returned", 2, None)]
    assert [one["network_code"] for one in found] == [one.code for one in checked]
    assert forum.secretariat.every(path, {"unbroken": "false"}) == [found[1]]
    assert len(forum.secretariat.every(path, {"unbroken": "true"})) == 2
    others[0].coordinator().get(path, expect=403)
    # Nobody can make a basis disappear from the check by taking its seals away.
    forger.execute("DELETE FROM stage_seal WHERE basis_id = %s", [first.ids["decision_basis"]])
    assert first.broken() == "need"


def test_the_demo_holds(auditor, owner_db):
    rounds = owner_db.rows("SELECT id FROM grant_round WHERE is_example")
    checks = [one for row in rounds for one in auditor.every(f"{ROUNDS}/{row['id']}/chain-check")]
    assert len(checks) > 10 and all(one["unbroken"] and one["seals"] for one in checks)


# ---- for any krone -----------------------------------------------------------------------------

def test_the_way_of_each_krone(whole):
    path = f"{ROUNDS}/{whole.ids['grant_round']}/trail"
    rows = whole.forum.secretariat.every(path)
    assert [(one["seq_no"], one["budget_line_no"], one["applied_nok"], one["recommended_nok"],
             one["granted_nok"], one["paid_nok"], one["used_nok"], one["recipient_rows"]) for one in rows] == [
        (1, 1, 200_000, 250_000, 250_000, 250_000, 249_000, 2),
        (2, 2, 100_000, 250_000, 250_000, 250_000, 249_000, 2),
        (3, 3, 100_000, 100_000, 60_000, 0, 60_000, 1),
        (4, None, 0, 100_000, 40_000, 0, 40_000, 1)]
    first, second, third, last = rows
    assert (first["need_titles"], first["measure_title"], first["purpose"]) == (
        ["Språk i barnehagen"], "Felles analyse", "implementation")
    # The other measure is for no need; a line of no measure is for all of them.
    assert (second["need_report_ids"], second["measure_title"]) == ([], "Nettverksmøter")
    assert (third["need_report_ids"], third["measure_id"]) == ([whole.ids["need_report"]], None)
    assert (first["paid_on"], first["payment_reference"], third["paid_on"]) == ("2030-05-20", "BILAG-1", None)
    assert [one["decision_line_id"] for one in rows] == [whole.granted[0], *whole.granted]
    assert (last["recipient_kind"], last["budget_line_id"]) == ("owner", None)
    for one in rows:
        assert (one["basis_id"], one["recommendation_line_id"], one["report_id"]) == (
            whole.ids["decision_basis"], whole.ids["recommendation_line"], whole.ids["grant_report"])


def test_the_trail_begins_with_what_was_submitted(life):
    path = f"{ROUNDS}/{life.ids['grant_round']}/trail"
    assert life.coordinator().get(path).items == []
    life.submit()
    rows = life.coordinator().get(path).items
    assert sum(one["applied_nok"] for one in rows) == 400_000
    for name in "recommended_nok", "decision_line_id", "granted_nok", "paid_nok", "report_id", "used_nok":
        assert {one[name] for one in rows} == {None}
    life.assess()
    life.recommend()
    life.decide()
    rows = life.coordinator().get(path).items
    assert {one["used_nok"] for one in rows} == {None} and {one["paid_nok"] for one in rows} == {0}


def test_the_trail_is_narrowed(forum):
    one = Life(forum)
    other = Life(forum, one.ids["grant_round"])
    one.submit()
    other.submit()
    path = f"{ROUNDS}/{one.ids['grant_round']}/trail"

    def found(api=forum.secretariat, **params):
        return [row["budget_line_id"] for row in api.every(path, params)]
    assert found() == one.lines + other.lines
    assert found(network_id=other.network) == found(basis_id=other.ids["decision_basis"]) == other.lines
    assert found(recipient_id=one.uh) == one.lines[:2]
    assert found(recipient_id=one.uh, basis_id=other.ids["decision_basis"]) == []
    assert found(one.coordinator()) == found(one.university()) == one.lines
