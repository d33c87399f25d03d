"""Random lives of a round: three networks write, sign, submit, withdraw and get back their bases, the
secretariat returns, assesses and recommends, the county governor decides, pays and reclaims, reports come
and go, deadlines pass, and some of it happens at the same time or is done by somebody who may not.

Nobody knows beforehand what is allowed when: every answer must be a success or a refusal that says why,
and after every step the rules of support/money.py hold and no version has gone back. A failure tells the
seed and the steps; LOFT_SEED=... takes the same ones again.
"""
import collections
import concurrent.futures
import datetime
import os
import random
from unittest.mock import ANY

import pytest

from support import grant_world, money
from support.seats import PATIENT

GRANTS = "/v1/grants"
LIVES, STEPS = 4, 170
YEAR = 2033
NETWORKS = ("nord", "midt", "sør")
FRAME = 300_000
ANSWERS = {f"answer_c{no}": "Slik." for no in (1, 2, 3, 4)}
REPORT = {key: "Som planlagt." for key in (
    "goals", "involvement", "collective", "partnership", "crossdisciplinary", "joint_measures",
    "deviations", "unused_plan", "next_needs")}
# What every run must have brought about at least once, by whatever way.
REACHED = {
    "basis": {"draft", "submitted", "returned", "withdrawn", "assessed", "recommended", "not_recommended",
              "granted", "partially_granted", "refused"},
    "decision": {"draft", "issued", "paid", "reclaimed"},
    "report": {"open", "submitted", "returned", "approved"},
    "round": {"open", "basis_closed", "recommended", "decided", "reporting"},
}


class Life:
    def __init__(self, world, session, seed):
        self.world, self.db, self.chance = world, session, random.Random(seed)
        self.steps, self.versions = [], {}
        self.answers = collections.Counter()
        self.reached, self.stay = collections.defaultdict(set), collections.Counter()
        self.clock = datetime.datetime(YEAR, 1, 20, 12, tzinfo=datetime.timezone.utc)
        self.open_round()

    # ---- the beginning ---------------------------------------------------------------------------

    def open_round(self):
        """As it is when bases are written: distributed, with an assessment and a need for each owner."""
        w, build = self.world, self.world.build
        self.round = w.forum.round(YEAR, "open", total_nok=1_000_000)
        meeting = w.forum.meeting(held_on=f"{YEAR}-01-12")
        allocation = build.insert("allocation", round_id=self.round, version_no=1, name="Rammen",
                                  headcount_year=YEAR - 1, total_nok=1_000_000, joint_nok=100_000,
                                  base_per_network_nok=FRAME)
        self.needs, self.assessments = {}, {}
        for name in NETWORKS:
            build.insert("allocation_line", allocation_id=allocation, network_id=w.network[name], children=0,
                         pupils=0, apprentices=0, weight=0, base_nok=FRAME, variable_nok=0, remainder=0,
                         extra_krone=False, amount_nok=FRAME)
            w.forum.frame(self.round, w.network[name], FRAME)
            case = {"round_id": self.round, "network_id": w.network[name], "owner_id": w.owner[name]}
            self.assessments[name] = build.insert(
                "self_assessment", **case, unit_id=w.unit[name], service_type="kindergarten",
                staff_involved=True, leaders_involved=True, uh_dialogue=True, state="completed",
                completed_on=f"{YEAR - 1}-10-01")
            self.needs[name] = build.insert("need_report", **case, title="Behov", state="included")
        self.db.execute("UPDATE allocation SET state = 'published', decided_in_meeting_id = %s"
                        " WHERE id = %s", [meeting, allocation])
        self.meeting = w.forum.meeting(held_on=f"{YEAR}-02-01", year_no=2)

    # ---- asking ----------------------------------------------------------------------------------

    def told(self, what, answer):
        self.steps.append(f"{what} -> {answer.status}"
                          + (f" {answer.code} {answer.faults or ''}" if answer.status >= 400 else ""))
        self.answers[what.split()[0], answer.status < 400] += 1
        assert answer.status < 500 and (answer.status < 400 or answer.code), answer

    def item(self, api, path):
        answer = api.request("GET", path, expect=ANY)
        return answer if answer.status == 200 else None

    def act(self, api, path, action, body=None):
        """With the version that they see now, or one that is long gone."""
        found = self.item(api, path)
        etag = '"1-0"' if found is None or self.chance.random() < 0.03 else found.etag
        answer = api.request("POST", f"{path}/actions/{action}", body, etag=etag, expect=ANY)
        self.told(action, answer)
        return answer

    def change(self, method, api, path, body, of=None):
        """With the version of the item itself, or of the one whose part it is."""
        found = self.item(api, of or path)
        etag = found.etag if found else '"1-0"'
        answer = api.request(method, path, body, etag=etag, expect=ANY)
        self.told(f"{method} {path.split('/')[3]}", answer)
        return answer

    def make(self, api, path, body):
        answer = api.request("POST", path, body, expect=ANY)
        self.told(f"create {path.split('/')[-1]}", answer)
        return answer

    def usually(self, api):
        """The one whose task it is, and sometimes anybody."""
        return api if self.chance.random() < 0.9 else self.chance.choice(self.world.everybody)

    def pick(self, sql):
        """(id, name of the network) of one of the rows, or None."""
        rows = self.db.rows(sql, {"round": self.round})
        if not rows:
            return None, None
        row = self.chance.choice(rows)
        name = next((name for name, one in self.world.network.items() if one == row["network_id"]), None)
        return row["id"], name

    def basis(self, *states):
        return self.pick("SELECT id, network_id FROM decision_basis WHERE round_id = %(round)s"
                         + (f" AND state IN {states + ('',)}" if states else "") + " ORDER BY id")

    def decision(self, *states):
        return self.pick("SELECT d.id, b.network_id FROM grant_decision d JOIN decision_basis b ON b.id ="
                         " d.basis_id WHERE d.round_id = %(round)s"
                         + (f" AND d.state IN {states + ('',)}" if states else "") + " ORDER BY d.id")

    # ---- what networks do ------------------------------------------------------------------------

    def write(self):
        w, name = self.world, self.chance.choice(NETWORKS)
        coordinator = self.usually(w.coordinator[name])
        made = self.make(coordinator, f"{GRANTS}/decision-bases", {
            "round_id": self.round, "network_id": w.network[name], "title": "Grunnlag", **ANSWERS,
            "background_needs": "Behov.", "goals": "Mål.", "involvement": "Alle.", "uh_ids": [w.uh],
            "owner_ids": [w.owner[name]], "self_assessment_ids": [self.assessments[name]],
            "contact_name": "Kari Eksempelsen", "contact_email": "kari@example.no",
            "starts_on": f"{YEAR}-08-01", "ends_on": f"{YEAR + 1}-06-15"})
        if made.status != 201:
            return
        path = f"{GRANTS}/decision-bases/{made['id']}"
        self.make(coordinator, f"{path}/measures", {
            "title": "Tiltak", "description": "Veiledning.", "target_groups": ["kindergarten"],
            "participants_estimate": 20, "uh_contribution": "Samlinger.", "starts_on": f"{YEAR}-08-01",
            "ends_on": f"{YEAR + 1}-06-15", "amount_nok": 1000, "owner_ids": [w.owner[name]], "uh_ids": [w.uh],
            "need_report_ids": [self.needs[name]]})
        for recipient in w.uh, w.owner[name]:
            self.make(coordinator, f"{path}/budget-lines", {
                "recipient_id": recipient, "purpose": "implementation",
                "amount_nok": self.chance.choice([1, 50_000, 100_000, 149_999, 200_000])})
        self.hand_in(made["id"], name)

    def hand_in(self, basis=None, name=None):
        if basis is None:
            basis, name = self.basis("draft", "returned")
        if basis is None:
            return
        path = f"{GRANTS}/decision-bases/{basis}"
        self.act(self.usually(self.world.university), path, "sign")
        if self.chance.random() < 0.8:
            self.submit(basis, name)

    def submit(self, basis=None, name=None):
        if basis is None:
            basis, name = self.basis()
        if basis is None:
            return
        action = self.db.value("SELECT CASE state WHEN 'returned' THEN 'resubmit' ELSE 'submit' END"
                               " FROM decision_basis WHERE id = %s", [basis])
        self.act(self.usually(self.world.coordinator[name]), f"{GRANTS}/decision-bases/{basis}", action)

    def edit(self):
        row = self.db.rows("SELECT l.id, b.network_id FROM budget_line l JOIN decision_basis b ON b.id ="
                           " l.basis_id WHERE b.round_id = %s ORDER BY l.id", [self.round])
        if not row:
            return
        line = self.chance.choice(row)
        name = next(name for name, one in self.world.network.items() if one == line["network_id"])
        path, coordinator = f"{GRANTS}/budget-lines/{line['id']}", self.usually(self.world.coordinator[name])
        if self.chance.random() < 0.2:
            self.change("DELETE", coordinator, path, None)
        else:
            self.change("PATCH", coordinator, path, {
                "amount_nok": self.chance.choice([1, 75_000, 150_000, FRAME])})

    def withdraw(self):
        basis, name = self.basis()
        if basis:
            self.act(self.usually(self.world.coordinator[name]), f"{GRANTS}/decision-bases/{basis}", "withdraw",
                     {"reason": "Ombestemt"})

    def report(self):
        report, name = self.pick(
            "SELECT r.id, b.network_id FROM grant_report r JOIN grant_decision d ON d.id = r.decision_id"
            " JOIN decision_basis b ON b.id = d.basis_id WHERE b.round_id = %(round)s ORDER BY r.id")
        if report is None:
            return
        path, coordinator = f"{GRANTS}/reports/{report}", self.usually(self.world.coordinator[name])
        what = self.chance.choice(["write", "write", "submit", "submit", "return", "approve"])
        if what == "write":
            lines = self.db.rows("SELECT l.recipient_id, l.amount_nok - l.reclaimed_nok AS left FROM decision_line l"
                                 " JOIN grant_report r ON r.decision_id = l.decision_id WHERE r.id = %s", [report])
            self.change("PATCH", coordinator, path, REPORT)
            for list_of, rows in (("uses", [{"recipient_id": one["recipient_id"], "purpose": "implementation",
                                             "used_nok": self.chance.choice([0, one["left"], one["left"] + 1])}
                                            for one in lines]),
                                  ("participations", [{"service_type": "school", "participants": 9, "units": 1}])):
                self.change("PUT", coordinator, f"{path}/{list_of}", {list_of: rows}, of=path)
        elif what == "submit":
            self.act(coordinator, path, "submit")
        else:
            self.act(self.usually(self.world.governor), path, what,
                     {"note": "Mer, takk."} if what == "return" else None)

    # ---- what the forum does ---------------------------------------------------------------------

    def give_back(self):
        basis, _ = self.basis("submitted")
        if basis:
            until = (self.clock + datetime.timedelta(days=10)).date().isoformat()
            self.act(self.usually(self.world.secretariat), f"{GRANTS}/decision-bases/{basis}", "return",
                     {"note": "Hvem?", "resubmit_due_on": until})

    def assess(self):
        basis, _ = self.basis("submitted") if self.chance.random() < 0.8 else self.basis()
        if basis is None:
            return
        path, secretariat = f"{GRANTS}/decision-bases/{basis}", self.usually(self.world.secretariat)
        verdicts = ["met"] * 12 + ["partly", "not_met"]
        for criterion in ("c1", "c2", "c3", "c4"):
            self.change("PUT", secretariat, f"{path}/criteria/{criterion}", {"verdict": self.chance.choice(verdicts)})
        self.act(secretariat, path, "assess")

    def mend_a_verdict(self):
        basis, _ = self.basis("granted", "partially_granted")
        if basis:
            for criterion in ("c1", "c2", "c3", "c4"):
                self.change("PUT", self.world.secretariat, f"{GRANTS}/decision-bases/{basis}/criteria/{criterion}",
                            {"verdict": "met"})

    def recommend(self):
        w, secretariat = self.world, self.usually(self.world.secretariat)
        path = self.recommendation(secretariat)
        if path is None:
            return
        members = [row["id"] for row in self.db.rows(
            "SELECT id FROM forum_member WHERE organisation_id = %s", [w.uh])]
        for basis in self.db.rows("SELECT b.id, b.network_id FROM decision_basis b LEFT JOIN recommendation_line l"
                                  " ON l.basis_id = b.id WHERE b.round_id = %s AND b.state = 'assessed'"
                                  " AND l.id IS NULL ORDER BY b.id", [self.round]):
            applied = self.db.row("SELECT coalesce(sum(amount_nok) FILTER (WHERE recipient_kind = 'uh'), 0)::bigint"
                                  " AS uh, coalesce(sum(amount_nok) FILTER (WHERE recipient_kind <> 'uh'), 0)::bigint"
                                  " AS network FROM budget_line WHERE basis_id = %s", [basis["id"]])
            line = {"basis_id": basis["id"], "disqualified_member_ids": members, "conditions": "Ta med PPT.",
                    "reason": "Etter drøfting."}
            lacking = self.db.value("SELECT count(*) FROM criterion_assessment WHERE basis_id = %s"
                                    " AND verdict = 'not_met'", [basis["id"]])
            verdict = self.chance.choice(["reject"] * 9 + ["recommend"] if lacking else
                                         ["recommend", "recommend", "recommend", "reduce", "reject"])
            part = {"recommend": 1, "reduce": 0.5, "reject": 0}[verdict]
            self.make(secretariat, f"{path}/lines", {
                **line, "verdict": verdict, "amount_uh_nok": int(applied["uh"] * part),
                "amount_network_nok": int(applied["network"] * part)})
        adopted = self.act(secretariat, path, "adopt", {
            "meeting_id": self.meeting, "decided_by": "consensus", "late_reason": "Snø på fjellet"})
        for pointer in adopted.faults if adopted.status == 409 else ():
            if pointer.startswith("/lines/"):
                self.change("PATCH", secretariat, f"{GRANTS}/recommendation-lines/{pointer.split('/')[2]}", {
                    "verdict": "reject", "amount_uh_nok": 0, "amount_network_nok": 0})

    def recommendation(self, secretariat):
        found = self.db.rows("SELECT id FROM recommendation WHERE round_id = %s", [self.round])
        if not found:
            made = self.make(secretariat, f"{GRANTS}/recommendations", {"round_id": self.round, "title": "Innstilling"})
            return f"{GRANTS}/recommendations/{made['id']}" if made.status == 201 else None
        return f"{GRANTS}/recommendations/{found[0]['id']}"

    # ---- what the county governor does -----------------------------------------------------------

    def decide(self):
        basis, name = self.basis("recommended", "not_recommended")
        governor = self.usually(self.world.governor)
        if basis is not None:
            outcome = self.chance.choice(["granted", "granted", "partially_granted", "partially_granted", "refused"])
            self.make(governor, f"{GRANTS}/decisions", {
                "basis_id": basis, "outcome": outcome, "deviation_reason": "Etter ny vurdering."})
        decision, name = self.decision("draft")
        if decision is None:
            return
        path = f"{GRANTS}/decisions/{decision}"
        lines = self.db.rows("SELECT l.recipient_id, l.amount_nok, d.outcome, r.amount_uh_nok, r.amount_network_nok,"
                             " l.recipient_kind FROM grant_decision d JOIN budget_line l ON l.basis_id = d.basis_id"
                             " JOIN recommendation_line r ON r.basis_id = d.basis_id WHERE d.id = %s", [decision])
        rows = {}
        for one in lines:
            of_kind = one["amount_uh_nok"] if one["recipient_kind"] == "uh" else one["amount_network_nok"]
            amount = {"granted": of_kind or 1000, "partially_granted": of_kind // 2, "refused": 0}[one["outcome"]]
            if amount and one["recipient_id"] not in rows:
                rows[one["recipient_id"]] = amount
        self.change("PUT", governor, f"{path}/lines", {"lines": [
            {"recipient_id": recipient, "amount_nok": amount} for recipient, amount in rows.items()]}, of=path)
        self.act(governor, path, "issue")

    def pay(self):
        line, _ = self.pick("SELECT l.id, b.network_id FROM decision_line l JOIN grant_decision d ON d.id ="
                            " l.decision_id JOIN decision_basis b ON b.id = d.basis_id"
                            " WHERE d.round_id = %(round)s ORDER BY l.id")
        if line:
            self.act(self.usually(self.world.governor), f"{GRANTS}/decision-lines/{line}", "pay",
                     {"payment_reference": "ØK-1"})

    def reclaim(self):
        line, _ = self.pick("SELECT l.id, b.network_id FROM decision_line l JOIN grant_decision d ON d.id ="
                            " l.decision_id JOIN decision_basis b ON b.id = d.basis_id"
                            " WHERE d.round_id = %(round)s AND l.paid_on IS NOT NULL ORDER BY l.id")
        if line:
            self.act(self.usually(self.world.governor), f"{GRANTS}/decision-lines/{line}", "reclaim",
                     {"amount_nok": self.chance.choice([1, 1000, 10**9]), "reason": "Ble ikke brukt"})

    def joint(self):
        """Money for a joint measure, of the same total."""
        found = self.db.rows("SELECT id FROM joint_measure WHERE forum_id = %s", [self.world.forum.id])
        measure = found[0]["id"] if found else None
        if measure is None:
            measure = self.world.build.insert("joint_measure", forum_id=self.world.forum.id, name="Analysen",
                                              code=f"analysen-{self.world.forum.id}", state="running",
                                              concept="Slik.", **{
                                                  f"considerations_{key}_ok": True for key in "abcd"})
        self.make(self.usually(self.world.governor), f"{GRANTS}/joint-measures/{measure}/grants", {
            "round_id": self.round, "recipient_id": self.world.uh,
            "amount_nok": self.chance.choice([1, 100_000, 900_000])})

    # ---- time ------------------------------------------------------------------------------------

    def go_on(self):
        """The round takes its next step, if somebody may take it."""
        state = self.db.value("SELECT state FROM grant_round WHERE id = %s", [self.round])
        action, api = {"open": ("close_bases", self.world.secretariat),
                       "basis_closed": ("recommend", self.world.secretariat),
                       "recommended": ("decide", self.world.governor),
                       "decided": ("start_reporting", self.world.governor),
                       "reporting": ("close", self.world.governor)}.get(state, (None, None))
        if action and (state != "open" or self.clock.month > 1):
            self.act(self.usually(api), f"{GRANTS}/rounds/{self.round}", action, {"reason": "Etter avtale"})

    def time_goes_by(self):
        self.clock += datetime.timedelta(days=self.chance.choice([1, 2, 3]))
        grant_world.at(self.world, self.clock.isoformat())

    def at_once(self):
        """Two of a network are submitted, or one is submitted and edited, in the same moment."""
        name = self.chance.choice(NETWORKS)
        bases = [row["id"] for row in self.db.rows(
            "SELECT id FROM decision_basis WHERE round_id = %s AND network_id = %s AND state = 'draft'"
            " ORDER BY id", [self.round, self.world.network[name]])][:2]
        if not bases:
            return
        coordinator, asked = self.world.coordinator[name], []
        for basis in bases:
            path = f"{GRANTS}/decision-bases/{basis}"
            self.act(self.world.university, path, "sign")
            asked.append(("POST", f"{path}/actions/submit", None, coordinator.get(path).etag))
            for line in self.db.rows("SELECT id FROM budget_line WHERE basis_id = %s LIMIT 1", [basis]):
                path = f"{GRANTS}/budget-lines/{line['id']}"
                asked.append(("PATCH", path, {"amount_nok": FRAME}, coordinator.get(path).etag))

        def ask(one):
            method, path, body, etag = one
            return coordinator.clone().request(method, path, body, etag=etag, expect=ANY)
        with concurrent.futures.ThreadPoolExecutor(len(asked)) as pool:
            for one, answer in zip(asked, pool.map(ask, asked)):
                self.told(f"at_once {one[0]}", answer)

    def hurry(self, state):
        """When a stage has lasted long enough, everybody does what is left of it, and well."""
        w = self.world
        if state == "open":
            self.clock = max(self.clock, datetime.datetime(YEAR, 2, 20, 12, tzinfo=datetime.timezone.utc))
        elif state == "basis_closed":
            self.clock += datetime.timedelta(days=11)
            grant_world.at(w, self.clock.isoformat())
            for row in self.cases("submitted"):
                path = f"{GRANTS}/decision-bases/{row['id']}"
                for criterion in ("c1", "c2", "c3", "c4"):
                    self.change("PUT", w.secretariat, f"{path}/criteria/{criterion}", {"verdict": "met"})
                self.act(w.secretariat, path, "assess")
            self.recommend()
        elif state == "recommended":
            for row in self.cases("recommended", "not_recommended"):
                self.make(w.governor, f"{GRANTS}/decisions", {"basis_id": row["id"], "outcome": "refused"})
            for row in self.db.rows("SELECT id FROM grant_decision WHERE round_id = %s AND state = 'draft'",
                                    [self.round]):
                path = f"{GRANTS}/decisions/{row['id']}"
                self.change("PUT", w.governor, f"{path}/lines", {"lines": []}, of=path)
                self.change("PATCH", w.governor, path, {"outcome": "refused", "deviation_reason": "Trukket."})
                self.act(w.governor, path, "issue")
        elif state == "decided":
            self.mend_a_verdict()
        self.go_on()

    def cases(self, *states):
        return self.db.rows("SELECT id FROM decision_basis WHERE round_id = %s AND state = ANY (%s) ORDER BY id",
                            [self.round, list(states)])

    # ---- living ----------------------------------------------------------------------------------

    BY_STATE = {
        "open": ("write write write hand_in hand_in hand_in submit edit withdraw give_back assess at_once joint "
                 "time_goes_by go_on"),
        "basis_closed": "hand_in edit withdraw give_back assess assess recommend recommend go_on go_on time_goes_by",
        "recommended": "decide decide decide pay joint go_on edit time_goes_by",
        "decided": "pay mend_a_verdict reclaim go_on report decide",
        "reporting": "pay mend_a_verdict reclaim report report report report go_on time_goes_by",
        "closed": "report pay edit submit decide",
    }

    ENOUGH = {"open": 40, "basis_closed": 20, "recommended": 25, "decided": 10}

    def live(self):
        grant_world.at(self.world, self.clock.isoformat())
        for _ in range(STEPS):
            state = self.db.value("SELECT state FROM grant_round WHERE id = %s", [self.round])
            self.reached["round"].add(state)
            self.stay[state] += 1
            if self.stay[state] > self.ENOUGH.get(state, STEPS):
                self.hurry(state)
            step = self.chance.choice(self.BY_STATE[state].split())
            self.steps.append(f"-- {step}")
            getattr(self, step)()
            self.check(chain=self.chance.random() < 0.1)
        self.check()

    def check(self, chain=True):
        money.check(self.db, self.round, chain)
        for table, word in (("decision_basis", "basis"), ("grant_decision", "decision"), ("grant_report", "report")):
            of_round = {"grant_report": "decision_id IN (SELECT id FROM grant_decision WHERE round_id = %s)"}
            for row in self.db.rows(f"SELECT id, state, version FROM {table} WHERE "
                                    + of_round.get(table, "round_id = %s"), [self.round]):
                self.reached[word].add(row["state"])
                assert row["version"] >= self.versions.get(row["id"], 0), row
                self.versions[row["id"]] = row["version"]


@pytest.fixture
def patient(start_server, make_user, build):
    server = start_server(**PATIENT)
    return lambda *roles: make_user(*roles, on=server)


def test_random_lives_of_a_round(build, patient, owner_db):
    first = int(os.environ.get("LOFT_SEED") or 20330201)
    reached = collections.defaultdict(set)
    for seed in range(first, first + (1 if os.environ.get("LOFT_SEED") else LIVES)):
        life = Life(grant_world.make(build, patient, NETWORKS), owner_db, seed)
        try:
            life.live()
        except AssertionError as error:
            raise AssertionError(f"LOFT_SEED={seed}\n" + "\n".join(life.steps[-40:])) from error
        for word, states in life.reached.items():
            reached[word] |= states
    missing = {word: states - reached[word] for word, states in REACHED.items() if states - reached[word]}
    assert "LOFT_SEED" in os.environ or not missing, missing
