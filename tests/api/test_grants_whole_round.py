"""One round of Kompetanseløftet from planning to closed, over HTTP: each role in turn, and what it must
not do tried first. After every step the rules of support/money.py hold for the round.

Two networks share a million kroner, less 20 % for joint measures: a base of 100 000 each, and 600 000 by
heads, two to one. The large one applies for all of its frame and gets it, the small one less.
"""
import pytest

from support import grant_world, money

GRANTS = "/v1/grants"
YEAR = 2027
FRAMES = {"large": 500_000, "small": 300_000}
ANSWERS = {f"answer_c{no}": f"Slik oppfyller vi kriterium {no}." for no in (1, 2, 3, 4)}
REPORT = {"goals": "Nådd.", "involvement": "Alle var med.", "collective": "Felles øving hver uke.",
          "partnership": "Universitetet kom seks ganger.", "crossdisciplinary": "PPT deltok.",
          "joint_measures": "Inkluderingsanalysen.", "deviations": "Ingen.",
          "next_needs": "Overgangen til skole."}


@pytest.fixture
def world(build, make_user):
    return grant_world.make(build, make_user)


class WholeRound:
    def __init__(self, world, session):
        self.world, self.db = world, session
        self.bases, self.decisions = {}, {}

    def __getattr__(self, name):
        return getattr(self.world, name)

    def check(self):
        money.check(self.db, self.id)

    def see(self, api=None):
        return (api or self.secretariat).get(self.path)

    def refused(self, api, path, action, body=None, *, status=409, code, rule=None, **options):
        answer = api.act(path, action, body, expect=status, code=code, **options)
        assert rule is None or answer["rule"] == rule, answer
        self.check()
        return answer

    def done(self, api, path, action, body=None, **options):
        answer = api.act(path, action, body, **options)
        self.check()
        return answer

    # ---- planning --------------------------------------------------------------------------------

    def plan(self):
        body = {"forum_id": self.forum.id, "scheme_code": "kompetanseloftet", "year": YEAR}
        for nobody in (self.coordinator["large"], self.owner_user["large"], self.governor, self.member,
                       self.auditor):
            nobody.post(f"{GRANTS}/rounds", body, expect=403)
        self.secretariat.post(f"{GRANTS}/rounds", {**body, "basis_due_on": f"{YEAR - 1}-11-30"}, expect=422)
        made = self.secretariat.post(f"{GRANTS}/rounds", body)
        self.id, self.path = made["id"], f"{GRANTS}/rounds/{made['id']}"
        assert [made[key] for key in ("need_due_on", "basis_due_on", "recommendation_due_on",
                                      "decision_due_on", "report_due_on")] == [
            "2026-12-01", "2027-02-01", "2027-03-15", "2027-04-30", "2028-06-30"]
        self.outsider.get(self.path, expect=403)
        self.refused(self.secretariat, self.path, "set_total", {"total_nok": 1_000_000}, status=403,
                     code="forbidden")
        self.done(self.governor, self.path, "set_total", {"total_nok": 1_000_000})
        frames = {one["network_id"]: one for one in self.secretariat.get(f"{self.path}/networks").items}
        assert set(frames) == set(self.network.values())

    def local_deadline(self):
        """A network may ask for its needs earlier, never later."""
        frames = {one["network_id"]: one["id"] for one in self.secretariat.get(f"{self.path}/networks").items}
        path = f"{GRANTS}/network-frames/{frames[self.network['large']]}"
        coordinator = self.coordinator["large"]
        etag = coordinator.get(path).etag
        self.coordinator["small"].patch(path, {"need_due_on": "2026-11-15"}, etag=etag, expect=403)
        coordinator.patch(path, {"need_due_on": "2026-12-02"}, etag=etag, expect=422)
        coordinator.patch(path, {"need_due_on": "2026-11-15", "need_deadline_hard": True}, etag=etag)

    # ---- needs -----------------------------------------------------------------------------------

    def assess_themselves(self):
        self.assessment = {}
        for name in FRAMES:
            body = {"round_id": self.id, "unit_id": self.unit[name], "service_type": "kindergarten",
                    "findings": "Flere barn trenger språkstøtte.", "uh_dialogue": True,
                    "staff_involved": name == "large", "leaders_involved": True}
            self.coordinator[name].post(f"{GRANTS}/self-assessments", body, expect=403)
            made = self.unit_user[name].post(f"{GRANTS}/self-assessments", body)
            self.assessment[name] = made["id"]
            self.secretariat.get(f"{GRANTS}/self-assessments/{made['id']}", expect=404)
        self.unit_user["small"].act(f"{GRANTS}/self-assessments/{self.assessment['large']}", "complete",
                                    etag='"1-x"', expect=404)
        self.unit_user["large"].act(f"{GRANTS}/self-assessments/{self.assessment['large']}", "complete")

    def report_needs(self):
        self.need = {}
        for name in FRAMES:
            body = {"round_id": self.id, "owner_id": self.owner[name], "title": "Inkluderende lek",
                    "themes": ["inkludering"], "target_groups": ["kindergarten"],
                    "self_assessment_ids": [self.assessment[name]]}
            self.unit_user[name].post(f"{GRANTS}/need-reports", body, expect=403)
            self.need[name] = self.owner_user[name].post(f"{GRANTS}/need-reports", body)["id"]
        path = {name: f"{GRANTS}/need-reports/{one}" for name, one in self.need.items()}
        self.coordinator["large"].get(path["large"], expect=404)
        self.owner_user["large"].get(path["small"], expect=404)
        self.refused(self.owner_user["large"], path["large"], "submit", code="deadline_passed",
                     now="2026-11-15T23:00:00Z")
        self.refused(self.owner_user["small"], path["small"], "submit", code="assessment_not_completed")
        self.done(self.owner_user["large"], path["large"], "submit", now="2026-11-15T22:59:59Z")
        self.unit_user["small"].patch(f"{GRANTS}/self-assessments/{self.assessment['small']}",
                                      {"staff_involved": True},
                                      etag=self.unit_user["small"].get(
                                          f"{GRANTS}/self-assessments/{self.assessment['small']}").etag)
        self.unit_user["small"].act(f"{GRANTS}/self-assessments/{self.assessment['small']}", "complete")
        late = self.done(self.owner_user["small"], path["small"], "submit", now="2026-12-01T23:00:00Z")
        assert late["submitted_late"] is True
        self.refused(self.coordinator["small"], path["large"], "include", status=404, code="not_found",
                     etag='"1-x"')
        self.done(self.coordinator["large"], path["large"], "return", {"note": "Hvilke barnehager gjelder det?"})
        owner = self.owner_user["large"]
        owner.patch(path["large"], {"summary": "Alle tre barnehagene i Ås."}, etag=owner.get(path["large"]).etag)
        assert self.done(owner, path["large"], "submit")["submitted_late"] is False
        for name in FRAMES:
            self.done(self.coordinator[name], path[name], "include")
        rows = self.secretariat.get(f"{self.path}/needs", params={"placed": "false"}).items
        assert {one["need_report_id"] for one in rows} == set(self.need.values())

    # ---- the frame -------------------------------------------------------------------------------

    def distribute(self):
        secretariat = self.secretariat
        self.refused(secretariat, self.path, "adopt_frame", code="allocation_not_adopted")
        body = {"round_id": self.id, "name": "20 prosent felles", "joint_share_bp": 2000,
                "base_per_network_nok": 100_000}
        secretariat.post(f"{GRANTS}/allocations", body, expect=409)
        for name, heads in ("large", 2000), ("small", 1000):
            secretariat.post(f"{GRANTS}/headcounts", {
                "network_id": self.network[name], "year": YEAR - 1, "category": "kindergarten_child",
                "heads": heads})
        self.coordinator["large"].post(f"{GRANTS}/allocations", body, expect=403)
        secretariat.post(f"{GRANTS}/allocations", {**body, "base_per_network_nok": 400_001}, expect=422,
                         code="base_exceeds_pool")
        chosen = secretariat.post(f"{GRANTS}/allocations", body)
        other = secretariat.post(f"{GRANTS}/allocations", {**body, "name": "Uten felles", "joint_share_bp": 0})
        path = f"{GRANTS}/allocations/{chosen['id']}"
        lines = {one["network_id"]: one["amount_nok"] for one in secretariat.get(f"{path}/lines").items}
        assert lines == {self.network[name]: frame for name, frame in FRAMES.items()}
        self.coordinator["large"].get(path, expect=404)
        assert len(secretariat.get(f"{self.path}/allocation-comparison").items) == 4
        first = self.forum.meeting(held_on=f"{YEAR}-01-12")
        second = self.forum.meeting(held_on=f"{YEAR}-01-26", year_no=2)
        year, = secretariat.get(f"{GRANTS}/headcount-years", params={"forum_id": self.forum.id}).items
        adopt = {"meeting_id": first}
        secretariat.act(path, "adopt", adopt, expect=409)  # figures that may still change
        secretariat.act(f"{GRANTS}/headcount-years/{year['id']}", "lock")
        refused = secretariat.act(path, "adopt", {"meeting_id": second}, expect=409)
        assert refused["rule"] == "KL-R04"
        self.done(secretariat, path, "adopt", adopt)
        secretariat.delete(path, etag=secretariat.get(path).etag, expect=409)
        self.refused(secretariat, self.path, "open", code="invalid_transition")
        self.done(secretariat, self.path, "adopt_frame")
        self.refused(secretariat, self.path, "open", code="allocation_not_published")
        self.done(secretariat, path, "publish")
        assert self.coordinator["large"].get(path)["state"] == "published"
        assert {one["network_id"]: one["frame_nok"] for one in
                self.coordinator["large"].get(f"{self.path}/networks").items} == lines
        secretariat.delete(f"{GRANTS}/allocations/{other['id']}",
                           etag=secretariat.get(f"{GRANTS}/allocations/{other['id']}").etag)

    # ---- decision bases --------------------------------------------------------------------------

    def write(self, name):
        coordinator = self.coordinator[name]
        body = {"round_id": self.id, "network_id": self.network[name], "title": f"Inkluderende lek, {name}"}
        self.coordinator["small" if name == "large" else "large"].post(f"{GRANTS}/decision-bases", body,
                                                                       expect=403)
        basis = coordinator.post(f"{GRANTS}/decision-bases", body)["id"]
        self.bases[name] = path = f"{GRANTS}/decision-bases/{basis}"
        for reader in self.secretariat, self.governor, self.auditor, self.university:
            reader.get(path, expect=404)
        return path

    def edit(self, name, changes):
        coordinator, path = self.coordinator[name], self.bases[name]
        answer = coordinator.patch(path, changes, etag=coordinator.get(path).etag)
        self.check()
        return answer

    def fill(self, name):
        coordinator, path = self.coordinator[name], self.bases[name]
        self.edit(name, {**ANSWERS, "background_needs": "Se behovsmeldingene.", "goals": "Alle barn med i lek.",
                         "involvement": "Personalet valgte temaet.", "starts_on": f"{YEAR}-08-01",
                         "ends_on": f"{YEAR + 1}-06-15", "contact_name": "Kari Eksempelsen",
                         "contact_email": "kari.eksempelsen@example.no", "uh_ids": [self.uh],
                         "owner_ids": [self.owner[name]], "self_assessment_ids": [self.assessment[name]]})
        coordinator.post(f"{path}/measures", {"title": "Ukjent", "uh_ids": [self.other_uh]}, expect=422)
        coordinator.post(f"{path}/measures", {
            "title": "Lekemiljø", "description": "Veiledning i hver barnehage.", "target_groups": ["kindergarten"],
            "participants_estimate": 40, "uh_contribution": "Seks samlinger.", "starts_on": f"{YEAR}-08-01",
            "ends_on": f"{YEAR + 1}-06-15", "amount_nok": FRAMES[name], "owner_ids": [self.owner[name]],
            "uh_ids": [self.uh], "unit_ids": [self.unit[name]], "need_report_ids": [self.need[name]]})
        coordinator.post(f"{path}/budget-lines", {"recipient_id": self.other_uh, "purpose": "planning",
                                                  "amount_nok": 1}, expect=422)
        coordinator.post(f"{path}/budget-lines", {"recipient_id": self.uh, "purpose": "implementation",
                                                  "amount_nok": FRAMES[name] - 50_000})
        self.budget = coordinator.post(f"{path}/budget-lines", {
            "recipient_id": self.owner[name], "purpose": "evaluation", "amount_nok": 50_000})

    def apply(self):
        for name in FRAMES:
            self.write(name)
        large, coordinator = self.bases["large"], self.coordinator["large"]
        in_time, too_late = f"{YEAR}-02-01T22:59:59Z", f"{YEAR}-02-01T23:00:00Z"
        self.refused(coordinator, large, "submit", code="round_not_open", now=in_time)
        self.done(self.secretariat, self.path, "open")
        self.refused(coordinator, large, "submit", code="basis_incomplete", now=in_time)
        self.fill("large")
        self.refused(coordinator, large, "submit", code="signature_missing", now=in_time)
        self.university.act(large, "sign")
        line = f"{GRANTS}/budget-lines/{self.budget['id']}"
        coordinator.patch(line, {"amount_nok": 50_001}, etag=coordinator.get(line).etag)
        self.refused(coordinator, large, "submit", code="signature_missing", now=in_time)  # it was for less
        self.university.act(large, "sign")
        self.refused(coordinator, large, "submit", status=422, code="frame_exceeded", rule="KL-R03", now=in_time)
        coordinator.patch(line, {"amount_nok": 50_000}, etag=coordinator.get(line).etag)
        self.university.act(large, "sign")
        self.refused(self.university, large, "submit", status=403, code="forbidden", now=in_time)
        self.refused(coordinator, large, "submit", code="deadline_passed", now=too_late)
        assert self.done(coordinator, large, "submit", now=in_time)["state"] == "submitted"
        coordinator.patch(large, {"title": "Et annet"}, etag=coordinator.get(large).etag, expect=409)
        coordinator.patch(line, {"amount_nok": 1}, etag=coordinator.get(line).etag, expect=409)

        self.fill("small")
        small = self.bases["small"]
        self.university.act(small, "sign")
        self.done(self.coordinator["small"], small, "submit", now=in_time)
        self.coordinator["large"].get(small, expect=404)
        back = {"note": "Hvem er kontaktperson?", "resubmit_due_on": f"{YEAR}-02-15"}
        self.refused(self.member, small, "return", back, status=403, code="forbidden")
        self.done(self.secretariat, small, "return", back)
        self.edit("small", {"contact_name": "Ola Demostad"})
        self.university.act(small, "sign")
        self.refused(self.coordinator["small"], small, "resubmit", code="deadline_passed",
                     now=f"{YEAR}-02-15T23:00:00Z")
        self.done(self.coordinator["small"], small, "resubmit", now=f"{YEAR}-02-15T22:59:59Z")
        placed = self.secretariat.get(f"{self.path}/needs", params={"placed": "true"}).items
        assert {one["need_report_id"] for one in placed} == set(self.need.values())
        self.owner_user["large"].get(f"{GRANTS}/need-reports/{self.need['large']}")

    # ---- the forum -------------------------------------------------------------------------------

    def verdict(self, name, criterion, verdict, api=None, **options):
        api = api or self.secretariat
        path = f"{self.bases[name]}/criteria/{criterion}"
        return api.put(path, {"verdict": verdict}, etag=self.secretariat.get(path).etag, **options)

    def assess(self):
        self.refused(self.secretariat, self.bases["large"], "assess", code="criteria_unassessed")
        self.verdict("large", "c1", "met", api=self.coordinator["large"], expect=403)
        self.verdict("large", "c1", "met", api=self.member, expect=403)
        for name in FRAMES:
            for criterion in ("c1", "c2", "c3", "c4"):
                self.verdict(name, criterion, "partly" if (name, criterion) == ("small", "c4") else "met")
            self.done(self.secretariat, self.bases[name], "assess")
        self.refused(self.coordinator["small"], self.bases["small"], "withdraw", {"reason": "Ombestemt"},
                     code="invalid_transition")

    def recommend(self):
        secretariat = self.secretariat
        self.done(secretariat, self.path, "close_bases")
        self.refused(secretariat, self.path, "recommend", code="recommendation_not_adopted")
        body = {"round_id": self.id, "title": f"Innstilling {YEAR}"}
        self.member.post(f"{GRANTS}/recommendations", body, expect=403)
        made = secretariat.post(f"{GRANTS}/recommendations", body)
        self.recommendation = path = f"{GRANTS}/recommendations/{made['id']}"
        meeting = self.forum.meeting(held_on=f"{YEAR}-03-10", year_no=3)
        consensus = {"meeting_id": meeting, "decided_by": "consensus"}
        missing = secretariat.act(path, "adopt", consensus, expect=409)
        assert missing.code == "bases_without_line", missing
        disqualified = [one["id"] for one in secretariat.every(f"{GRANTS}/forum-members",
                                                               {"forum_id": self.forum.id})
                        if one["organisation_id"] == self.uh]
        lines = f"{path}/lines"
        for name, more in (("large", {"verdict": "recommend", "amount_uh_nok": 450_000,
                                      "amount_network_nok": 50_000}),
                           ("small", {"verdict": "reduce", "amount_uh_nok": 200_000, "amount_network_nok": 50_000,
                                      "reason": "Færre samlinger.", "conditions": "PPT må være med."})):
            line = {"basis_id": self.bases[name].rpartition("/")[2], "disqualified_member_ids": disqualified}
            secretariat.post(lines, {**line, **more, "amount_uh_nok": FRAMES[name]}, expect=422)
            secretariat.post(lines, {**line, **more})
        outvoted = {"meeting_id": meeting, "decided_by": "vote", "votes_for": 1, "votes_against": 1}
        secretariat.act(path, "adopt", outvoted, expect=422)
        crowd = {"meeting_id": meeting, "decided_by": "vote", "votes_for": 9, "votes_against": 0}
        assert secretariat.act(path, "adopt", crowd, expect=409)["rule"] == "KL-R10"
        self.member.act(path, "adopt", consensus, expect=403)
        self.done(secretariat, path, "adopt", consensus)
        states = {name: self.coordinator[name].get(one)["state"] for name, one in self.bases.items()}
        assert states == {"large": "recommended", "small": "recommended"}
        self.refused(secretariat, self.path, "recommend", status=409, code="late_reason_required",
                     now=f"{YEAR}-03-15T23:00:00Z")
        self.done(secretariat, self.path, "recommend", now=f"{YEAR}-03-15T22:59:59Z")

    # ---- the county governor ---------------------------------------------------------------------

    def decide(self):
        governor = self.governor
        wanted = {"large": ("granted", [("uh", 450_000), ("owner", 50_000)]),
                  "small": ("partially_granted", [("uh", 150_000), ("owner", 50_000)])}
        self.refused(governor, self.path, "decide", code="lines_undecided")
        for name, (outcome, amounts) in wanted.items():
            body = {"basis_id": self.bases[name].rpartition("/")[2], "outcome": outcome,
                    "letter_ref": f"{YEAR}/{len(self.decisions) + 1}"}
            self.secretariat.post(f"{GRANTS}/decisions", body, expect=403)
            made = governor.post(f"{GRANTS}/decisions", body)
            self.decisions[name] = path = f"{GRANTS}/decisions/{made['id']}"
            to = {"uh": self.uh, "owner": self.owner[name]}
            rows = [{"recipient_id": to[kind], "amount_nok": nok} for kind, nok in amounts]
            governor.put(f"{path}/lines", {"lines": [{"recipient_id": self.other_uh, "amount_nok": 1}]},
                         etag=governor.get(path).etag, expect=422)
            governor.put(f"{path}/lines", {"lines": rows}, etag=governor.get(path).etag)
            if name == "small":
                self.refused(governor, path, "issue", code="deviation_reason_required")
                governor.patch(path, {"deviation_reason": "Rammen til fellestiltak ble større."},
                               etag=governor.get(path).etag)
            self.coordinator[name].get(path, expect=404)
            self.done(governor, path, "issue")
            assert self.coordinator[name].get(path)["state"] == "issued"
        self.done(governor, self.path, "decide")

    def pay(self):
        governor = self.governor
        lines = {name: governor.get(f"{path}/lines").items for name, path in self.decisions.items()}
        first = f"{GRANTS}/decision-lines/{lines['small'][0]['id']}"
        reference = {"payment_reference": "ØK-2027-17"}
        self.refused(governor, first, "pay", reference, code="criteria_not_met", rule="KL-R05")
        self.verdict("small", "c4", "met")
        self.secretariat.act(first, "pay", reference, expect=403)
        for name, rows in lines.items():
            for line in rows:
                self.done(governor, f"{GRANTS}/decision-lines/{line['id']}", "pay", reference)
            assert governor.get(self.decisions[name])["state"] == "paid"
        letter = self.university.get(f"{self.decisions['large']}/letter", params={"recipient_id": self.uh},
                                     accept="application/pdf")
        assert letter.body.startswith(b"%PDF")
        self.coordinator["small"].get(f"{self.decisions['large']}/letter", params={"recipient_id": self.uh},
                                      accept="application/pdf", expect=404)

    # ---- reports ---------------------------------------------------------------------------------

    def report(self):
        governor = self.governor
        self.refused(governor, self.path, "close", code="invalid_transition")
        self.done(governor, self.path, "start_reporting")
        self.refused(governor, self.path, "close", code="reports_pending")
        for name in FRAMES:
            coordinator = self.coordinator[name]
            report, = coordinator.get(f"{GRANTS}/reports", params={"round_id": self.id}).items
            path = f"{GRANTS}/reports/{report['id']}"
            late = f"{YEAR + 1}-06-30T22:00:00Z"
            self.refused(coordinator, path, "submit", code="report_incomplete", now=late)
            uses = [{"recipient_id": self.uh, "purpose": "implementation", "used_nok": 150_001 + 300_000 * (
                name == "large")}, {"recipient_id": self.owner[name], "purpose": "evaluation", "used_nok": 40_000}]
            coordinator.put(f"{path}/uses", {"uses": uses}, etag=coordinator.get(path).etag, expect=422)
            uses[0]["used_nok"] -= 1
            coordinator.put(f"{path}/uses", {"uses": uses}, etag=coordinator.get(path).etag)
            coordinator.put(f"{path}/participations", {"participations": [
                {"service_type": "kindergarten", "participants": 38, "units": 3}]},
                etag=coordinator.get(path).etag)
            coordinator.patch(path, {**REPORT, "unused_plan": "Brukes på oppfølging i høst."},
                              etag=coordinator.get(path).etag)
            self.refused(governor, path, "approve", code="invalid_transition")
            sent = self.done(self.university if name == "large" else coordinator, path, "submit",
                             now=late if name == "small" else f"{YEAR + 1}-06-30T21:59:59Z")
            assert (sent["submitted_late"], sent["unused_nok"]) == (name == "small", 10_000)
            coordinator.patch(path, {"goals": "Mer"}, etag=coordinator.get(path).etag, expect=409)
            if name == "small":
                self.done(governor, path, "return", {"note": "Hva ble resultatet?"})
                self.done(coordinator, path, "submit", now=late)
            self.refused(coordinator, path, "approve", status=403, code="forbidden")
            self.done(governor, path, "approve")
        self.done(governor, self.path, "close")

    # ---- afterwards ------------------------------------------------------------------------------

    def look_back(self):
        assert self.see()["state"] == "closed"
        for name, path in self.bases.items():
            stages = self.auditor.get(f"{path}/chain").items
            assert all(one["holds"] for one in stages)
            assert [one["stage"] for one in stages][:2] == ["need", "basis"]
            assert {"assessment", "recommendation", "decision", "payment", "report"} <= {
                one["stage"] for one in stages}
        check = self.auditor.get(f"{self.path}/chain-check").items
        assert len(check) == 2 and all(one["unbroken"] for one in check)
        overview = {one["network_id"]: one for one in self.secretariat.get(f"{self.path}/overview").items
                    if one["network_id"]}
        large, small = (overview[self.network[name]] for name in FRAMES)
        assert [large[key] for key in ("frame_nok", "applied_nok", "recommended_nok", "granted_nok", "used_nok",
                                       "unallocated_nok")] == [500_000, 500_000, 500_000, 500_000, 490_000, 0]
        assert [small[key] for key in ("frame_nok", "applied_nok", "recommended_nok", "granted_nok", "used_nok",
                                       "unallocated_nok")] == [300_000, 300_000, 250_000, 200_000, 190_000, 100_000]
        rolled = self.secretariat.act(self.path, "roll_over", expect=201)
        assert (rolled["year"], rolled["state"], rolled["total_nok"]) == (YEAR + 1, "planning", None)
        self.secretariat.act(self.path, "roll_over", expect=409)


def test_a_round_from_planning_to_closed(world, owner_db):
    whole = WholeRound(world, owner_db)
    for day, step in (("2026-08-20", whole.plan), ("2026-09-01", whole.local_deadline),
                      ("2026-10-15", whole.assess_themselves), ("2026-11-10", whole.report_needs),
                      ("2027-01-12", whole.distribute), ("2027-01-20", whole.apply),
                      ("2027-02-20", whole.assess), ("2027-03-10", whole.recommend),
                      ("2027-04-20", whole.decide), ("2027-05-02", whole.pay), ("2028-06-01", whole.report),
                      ("2028-08-15", whole.look_back)):
        grant_world.at(world, f"{day}T12:00:00Z")
        step()
