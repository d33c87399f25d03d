"""A round seen as a whole: what is due, the wheel, the money, the criteria, who took part (domain.md §5.6,
§5.7, KL-R03). What is expected is added up here, from the cases as they were put in."""
import collections
import csv
import datetime
import io

import icalendar
import pytest

from support.grants import Forum

DUE, ROUNDS = "/v1/grants/due", "/v1/grants/rounds"
YEAR = 2031
NOW = f"{YEAR}-01-20T10:00:00Z"  # twelve days before bases are due
AMOUNTS = ("frame_nok", "applied_nok", "claimed_nok", "unallocated_nok", "recommended_nok", "granted_nok",
           "paid_nok", "reclaimed_nok", "used_nok", "unused_nok", "unreported_nok", "bases", "reports",
           "reports_approved")


class World:
    """A forum with a round, four networks with an owner each and a university. A case goes as far as it is
    told, in the order of life; what it comes to is kept for the test."""

    def __init__(self, build, make_user, *, state="open", total_nok=2_000_000, joint_nok=400_000):
        self.forum, self.build, self.db = Forum(build, make_user), build, build.session
        self.make_user = make_user
        self.round = self.forum.round(YEAR, state, total_nok=total_nok)
        self.uh = build.organisation("Høgskolen i Ålvik (eksempel)", org_type="uh_institution")
        self.networks, self.owners, self.frames = [], [], [400_000, 300_001, 200_000, 699_999]
        for frame_nok in self.frames:
            network, _ = self.forum.network()
            self.networks.append(network)
            self.owners.append(self.forum.owner(network))
            self.forum.frame(self.round, network, frame_nok)
        meeting = self.forum.meeting(f"{YEAR}-01-12")
        allocation = build.insert("allocation", round_id=self.round, version_no=1, name="Fordeling",
                                  headcount_year=YEAR - 1, total_nok=total_nok, joint_nok=joint_nok,
                                  base_per_network_nok=0)
        for network, nok in zip(self.networks, self.frames):
            build.insert("allocation_line", allocation_id=allocation, network_id=network, children=0,
                         pupils=1, apprentices=0, weight=1, base_nok=nok, variable_nok=0, remainder=0,
                         extra_krone=False, amount_nok=nok)
        self.db.execute("UPDATE allocation SET state = 'adopted', decided_in_meeting_id = %s WHERE id = %s",
                        [meeting, allocation])
        self.recommendation = build.insert("recommendation", round_id=self.round, title="Innstilling")
        self.cases = []

    # ---- the people

    @property
    def secretariat(self):
        return self.forum.secretariat

    def coordinator(self, no):
        return self.make_user(("network_coordinator", "network", self.networks[no]))

    def owner(self, no):
        return self.make_user(("owner", "organisation", self.owners[no]))

    def university(self):
        return self.make_user(("uh_partner", "institution", self.uh))

    def organisation(self, no):
        return self.db.value("SELECT organisation_id FROM competence_network WHERE id = %s",
                             [self.networks[no]])

    # ---- cases

    def need(self, no, *states, **columns):
        need = self.build.insert("need_report", round_id=self.round, network_id=self.networks[no],
                                 owner_id=self.owners[no], title="Behov", **columns)
        for state in states:
            self.db.execute("UPDATE need_report SET state = %s WHERE id = %s", [state, need])
        return need

    def draft(self, no, applied_nok=100):
        basis = self.build.insert("decision_basis", round_id=self.round, title="Grunnlag",
                                  network_id=self.networks[no])
        for organisation, kind in (self.uh, "uh"), (self.owners[no], "owner"):
            self.db.execute("INSERT INTO basis_partner (basis_id, organisation_id, kind)"
                            " VALUES (%s, %s, %s)", [basis, organisation, kind])
        for seq_no, (recipient, kind, nok) in enumerate((
                (self.uh, "uh", applied_nok // 3),
                (self.organisation(no), "network", applied_nok - applied_nok // 3)), 1):
            self.build.insert("budget_line", basis_id=basis, seq_no=seq_no, recipient_id=recipient,
                              recipient_kind=kind, purpose="implementation", amount_nok=nok)
        return basis

    def sign(self, basis):
        self.db.execute("INSERT INTO basis_signature (basis_id, basis_revision, institution_id)"
                        " SELECT id, revision, %s FROM decision_basis WHERE id = %s", [self.uh, basis])

    def move(self, basis, state, claimed_nok, **columns):
        columns = {"state": state, "claimed_nok": claimed_nok, **columns}
        self.db.execute(f"UPDATE decision_basis SET {', '.join(f'{key} = %s' for key in columns)}"
                        " WHERE id = %s", [*columns.values(), basis])

    def case(self, no, *, applied, verdicts="", recommended=None, granted=None, paid=(), reclaimed=0,
             used=None, report="open", participants=None):
        """`recommended` and what is `granted` are pairs for the university and the network; `paid` says
        which of the two. The report is filled when it is told what was `used`, a pair as well."""
        basis = self.draft(no, applied)
        self.move(basis, "submitted", applied)
        for criterion, verdict in zip(("c1", "c2", "c3", "c4"), verdicts.split()):
            if verdict != "-":
                self.build.insert("criterion_assessment", basis_id=basis, criterion=criterion,
                                  verdict=verdict)
        case = {"no": no, "applied": applied, "verdicts": verdicts.split(), "claimed": applied,
                "recommended": 0, "granted": 0, "paid": 0, "reclaimed": 0, "used": 0, "unused": 0,
                "report": None, "participants": {}, "state": "submitted", "basis": basis}
        self.cases.append(case)
        if recommended is not None:
            self._recommend(case, recommended)
        if granted is not None:
            self._grant(case, granted, paid, reclaimed)
            if sum(granted):
                self._report(case, used, report, participants or {})
        return case

    def _recommend(self, case, recommended):
        nok = sum(recommended)
        self.move(case["basis"], "assessed", case["applied"])
        self.build.insert("recommendation_line", recommendation_id=self.recommendation,
                          basis_id=case["basis"], verdict="recommend" if nok else "reject",
                          amount_uh_nok=recommended[0], amount_network_nok=recommended[1], reason="Fordi")
        state = "recommended" if nok else "not_recommended"
        self.move(case["basis"], state, nok)
        case.update(recommended=nok, claimed=nok, state=state)

    def _grant(self, case, granted, paid, reclaimed):
        nok = sum(granted)
        state = "granted" if nok else "refused"
        case["decision"] = self.build.insert("grant_decision", round_id=self.round, basis_id=case["basis"],
                                             outcome=state)
        lines = [self.build.insert("decision_line", decision_id=case["decision"], amount_nok=amount,
                                   recipient_kind=kind, recipient_id=recipient)
                 for recipient, kind, amount in zip((self.uh, self.organisation(case["no"])),
                                                    ("uh", "network"), granted) if amount]
        self.db.execute("UPDATE grant_decision SET state = 'issued', decided_on = %s WHERE id = %s",
                        [f"{YEAR}-04-20", case["decision"]])
        self.move(case["basis"], state, nok)
        for which in paid:
            self.db.execute("UPDATE decision_line SET paid_on = %s, payment_reference = 'BILAG-1'"
                            " WHERE id = %s", [f"{YEAR}-05-20", lines[which]])
        if reclaimed:
            self.db.execute("UPDATE decision_line SET reclaimed_nok = %s, reclaim_reason = 'Ubrukt'"
                            " WHERE id = %s", [reclaimed, lines[paid[0]]])
        case.update(granted=nok, claimed=nok, state=state, paid=sum(granted[one] for one in paid),
                    reclaimed=reclaimed)

    def _report(self, case, used, state, participants):
        report = self.build.insert("grant_report", decision_id=case["decision"],
                                   due_on=f"{YEAR + 1}-06-30")
        for recipient, nok in zip((self.uh, self.organisation(case["no"])), used or ()):
            self.db.execute("INSERT INTO report_use (report_id, recipient_id, purpose, used_nok)"
                            " VALUES (%s, %s, 'implementation', %s)", [report, recipient, nok])
        for service, (people, units) in participants.items():
            self.db.execute("INSERT INTO report_participation (report_id, service_type, participants, units)"
                            " VALUES (%s, %s, %s, %s)", [report, service, people, units])
        for step in {"open": [], "submitted": ["submitted"], "approved": ["submitted", "approved"],
                     "returned": ["submitted", "returned"]}[state]:
            self.db.execute("UPDATE grant_report SET state = %s WHERE id = %s", [step, report])
        case.update(report=state, report_id=report, participants=participants)
        if state in ("submitted", "approved"):
            case.update(used=sum(used), unused=case["granted"] - case["reclaimed"] - sum(used))


@pytest.fixture
def world(build, make_user):
    return World(build, make_user)


@pytest.fixture
def full(world):
    """One network in each stage, the first with two cases."""
    world.case(0, applied=250_000, verdicts="met met met met", recommended=(80_000, 170_000),
               granted=(80_000, 170_000), paid=(0, 1), reclaimed=1_001, used=(79_999, 168_000),
               report="approved", participants={"kindergarten": (41, 3), "school": (60, 2)})
    world.case(0, applied=150_000, verdicts="met met met met", recommended=(50_000, 99_999),
               granted=(50_000, 90_000), paid=(0,), used=(50_000, 90_000), report="submitted",
               participants={"school": (7, 1), "leaders": (5, 4)})
    world.case(1, applied=300_001, verdicts="met partly met met", recommended=(100_000, 200_001),
               granted=(100_000, 200_000), used=(1, 1), report="returned",
               participants={"school": (999, 9)})
    world.case(2, applied=120_000, verdicts="met not_met - partly")
    world.case(2, applied=80_000, verdicts="partly met - -", recommended=(0, 0))
    returned = world.draft(3, 500)
    world.move(returned, "submitted", 500)
    world.move(returned, "returned", 0, resubmit_due_on=f"{YEAR}-02-20")
    world.build.insert("joint_measure_grant", round_id=world.round, recipient_id=world.uh,
                       amount_nok=123_456, joint_measure_id=world.build.insert(
                           "joint_measure", forum_id=world.forum.id, name="Fellestiltak",
                           code=f"fellestiltak-{world.round[-12:]}"))
    return world


# ---- the money ---------------------------------------------------------------------------------

def expected(world, no):
    """The line of a network, added up by hand."""
    cases = [case for case in world.cases if case["no"] == no]

    def total(key):
        return sum(case[key] for case in cases)
    line = {"frame_nok": world.frames[no], "applied_nok": total("applied"), "claimed_nok": total("claimed"),
            "recommended_nok": total("recommended"), "granted_nok": total("granted"),
            "paid_nok": total("paid"), "reclaimed_nok": total("reclaimed"), "used_nok": total("used"),
            "unused_nok": total("unused"), "bases": len(cases),
            "reports": sum(case["report"] is not None for case in cases),
            "reports_approved": sum(case["report"] == "approved" for case in cases)}
    line["unallocated_nok"] = line["frame_nok"] - line["claimed_nok"]
    line["unreported_nok"] = (line["granted_nok"] - line["reclaimed_nok"] - line["used_nok"]
                              - line["unused_nok"])
    return line


def overview(client, world):
    return client.get(f"{ROUNDS}/{world.round}/overview").items


def amounts(line):
    return {key: line[key] for key in AMOUNTS}


def test_the_overview_is_right_to_the_krone(full):
    lines = overview(full.secretariat, full)
    assert [line["kind"] for line in lines] == ["network"] * 4 + ["joint_measures", "total"]
    assert [line["network_id"] for line in lines] == [*full.networks, None, None]
    for no, line in enumerate(lines[:4]):
        assert amounts(line) == expected(full, no), no
    joint = lines[4]
    assert (joint["frame_nok"], joint["granted_nok"], joint["claimed_nok"], joint["unallocated_nok"],
            joint["unreported_nok"]) == (400_000, 123_456, 123_456, 276_544, 123_456)
    assert amounts(lines[5]) == {key: sum(line[key] for line in lines[:5]) for key in AMOUNTS}
    assert lines[5]["frame_nok"] == 2_000_000
    assert [line["status"] for line in lines] == [
        "reported", "decided", "applied", "not_applied", None, None]


def test_the_round_counts_what_the_overview_grants(full, owner_db):
    granted = owner_db.value("SELECT granted_nok FROM grant_round WHERE id = %s", [full.round])
    assert overview(full.secretariat, full)[-1]["granted_nok"] == granted


def test_a_network_has_its_own_line(full):
    whole = overview(full.secretariat, full)
    for no in 0, 2:
        line, = overview(full.coordinator(no), full)
        # What the forum thinks of it is not told before the recommendation, and there is none here.
        assert {**line, "seq_no": None} == {**whole[no], "seq_no": None}
    assert overview(full.owner(0), full) == [] == overview(full.university(), full)


def test_the_overview_as_a_file(full):
    answer = full.secretariat.get(f"{ROUNDS}/{full.round}/overview", accept="text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["kind"] for row in rows] == ["network"] * 4 + ["joint_measures", "total"]
    assert int(rows[-1]["used_nok"]) == sum(int(row["used_nok"]) for row in rows[:-1])


def test_a_round_without_anything(world):
    lines = overview(world.secretariat, world)
    assert [line["status"] for line in lines[:4]] == ["not_applied"] * 4
    assert lines[-1]["unallocated_nok"] == 2_000_000 and lines[-1]["granted_nok"] == 0
    nobody = "00000000-0000-7000-8000-00000000dead"
    for view in "wheel", "overview", "criteria-matrix", "participants":
        world.secretariat.get(f"{ROUNDS}/{nobody}/{view}", expect=404)
    world.secretariat.get(f"{ROUNDS}/{nobody}/calendar", expect=404)


# ---- the criteria --------------------------------------------------------------------------------

WORST = ["met", "partly", "not_met"]


def test_the_criteria_of_each_network(full):
    rows = full.secretariat.get(f"{ROUNDS}/{full.round}/criteria-matrix").items
    assert [row["network_id"] for row in rows] == full.networks
    for no, row in enumerate(rows):
        given = [case["verdicts"] for case in full.cases if case["no"] == no]
        assert row["bases"] == len(given)
        for column, criterion in enumerate(("c1", "c2", "c3", "c4")):
            count = collections.Counter(verdicts[column] for verdicts in given)
            assert {word: row[f"{criterion}_{word}"] for word in WORST} == {word: count[word] for word in WORST}
            worst = [word for word in WORST if count[word]]
            assert row[f"{criterion}_worst"] == (worst[-1] if worst else None)
    row, = full.coordinator(2).get(f"{ROUNDS}/{full.round}/criteria-matrix").items
    # Of its two cases one is recommended on; the other one's verdicts are still the forum's own.
    assert (row["bases"], row["c1_worst"], row["c2_worst"], row["c4_worst"]) == (2, "partly", "met", None)


# ---- who took part -------------------------------------------------------------------------------

def test_participants_are_those_of_approved_reports(full):
    def rows(client, **params):
        return {row["service_type"]: (row["participants"], row["units"], row["reports"],
                                      row["participants_submitted"], row["units_submitted"],
                                      row["reports_submitted"])
                for row in client.get(f"{ROUNDS}/{full.round}/participants", params=params).items}
    whole = {"kindergarten": (41, 3, 1, 0, 0, 0), "school": (60, 2, 1, 7, 1, 1), "leaders": (0, 0, 0, 5, 4, 1)}
    assert rows(full.secretariat) == whole == rows(full.coordinator(0)) == rows(full.university())
    assert rows(full.secretariat, network_id=full.networks[1]) == {} == rows(full.coordinator(1))


# ---- the wheel -----------------------------------------------------------------------------------

def wheel(client, world, now=NOW):
    return {step["key"]: step for step in client.get(f"{ROUNDS}/{world.round}/wheel", now=now).items}


def test_the_wheel_has_the_steps_in_their_order(world):
    former = world.forum.round(YEAR - 1, "reporting", total_nok=0)
    steps = wheel(world.secretariat, world)
    assert [(step["key"], step["due_on"], step["recommended"], step["hard"], step["status"])
            for step in steps.values()] == [
        ("first_meeting", f"{YEAR}-01-12", False, False, "done"),
        ("self_assessment", None, True, False, "upcoming"),
        ("need_report", f"{YEAR - 1}-12-01", True, False, "done"),
        ("decision_basis", f"{YEAR}-02-01", False, True, "due_soon"),
        ("recommendation", f"{YEAR}-03-15", False, False, "upcoming"),
        ("decision", f"{YEAR}-04-30", False, False, "upcoming"),
        ("former_report", f"{YEAR}-06-30", False, False, "upcoming"),
        ("plan_stop_point", f"{YEAR}-12-31", True, False, "upcoming"),
        ("report", f"{YEAR + 1}-06-30", False, False, "upcoming")]
    assert (steps["decision"]["from_role"], steps["decision"]["to_role"]) == (
        "state_administrator", "network_coordinator")
    assert all(step[f"label_{language}"] for step in steps.values() for language in ("nb", "nn", "en"))
    world.db.execute("UPDATE grant_round SET state = 'closed' WHERE id = %s", [former])
    assert wheel(world.secretariat, world)["former_report"]["status"] == "done"


@pytest.mark.parametrize("now,basis,recommendation", [
    (f"{YEAR}-01-17T22:59:59Z", "upcoming", "upcoming"),
    (f"{YEAR}-01-17T23:00:00Z", "due_soon", "upcoming"),  # fourteen days before, in Norway
    (f"{YEAR}-02-01T22:59:59Z", "due_soon", "upcoming"),
    (f"{YEAR}-02-01T23:00:00Z", "done", "upcoming"),  # closed by itself
    (f"{YEAR}-03-15T22:59:59Z", "done", "due_soon"),
    (f"{YEAR}-03-15T23:00:00Z", "done", "overdue")])
def test_the_wheel_goes_by_days_in_norway(world, now, basis, recommendation):
    steps = wheel(world.owner(0), world, now)
    assert (steps["decision_basis"]["status"], steps["recommendation"]["status"]) == (basis, recommendation)


def test_the_wheel_goes_by_how_far_the_round_is(world):
    world.db.execute("UPDATE grant_round SET state = 'decided', need_deadline_hard = true WHERE id = %s",
                     [world.round])
    plan = world.build.insert("long_term_plan", forum_id=world.forum.id, title="Plan", state="adopted",
                              adopted_on=f"{YEAR}-01-12")
    world.build.insert("plan_evaluation", plan_id=plan, year=YEAR, held_on=f"{YEAR}-11-20", conclusion="Ja")
    steps = wheel(world.coordinator(0), world, f"{YEAR}-12-01T12:00:00Z")
    assert {key: step["status"] for key, step in steps.items()} == {
        "first_meeting": "done", "self_assessment": "done", "need_report": "done", "decision_basis": "done",
        "recommendation": "done", "decision": "done", "plan_stop_point": "done", "report": "upcoming"}
    assert (steps["need_report"]["hard"], steps["need_report"]["recommended"]) == (True, False)
    # An ordinary meeting is the forum's; that it was held shows on the round.
    assert steps["first_meeting"]["due_on"] is None


def calendar(client, world, **options):
    answer = client.get(f"{ROUNDS}/{world.round}/calendar", **options)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return {str(event["UID"]).rpartition("@")[0]: event
            for event in icalendar.Calendar.from_ical(answer.body).walk("VEVENT")}


def test_the_wheel_as_a_calendar(world):
    events = calendar(world.secretariat, world)
    steps = wheel(world.secretariat, world)
    assert set(events) == {f"{key}-{world.round}" for key, step in steps.items() if step["due_on"]}
    basis = events[f"decision_basis-{world.round}"]
    assert basis["DTSTART"].params["VALUE"] == "DATE" == basis["DTEND"].params["VALUE"]
    assert (basis["DTSTART"].dt, basis["DTEND"].dt) == (datetime.date(YEAR, 2, 1), datetime.date(YEAR, 2, 2))
    assert basis["SUMMARY"] == steps["decision_basis"]["label_nb"] and "TZID" not in basis["DTSTART"].params
    in_nynorsk = calendar(world.secretariat, world, language="nn")
    assert in_nynorsk[f"decision_basis-{world.round}"]["SUMMARY"] == steps["decision_basis"]["label_nn"]
    world.db.execute("UPDATE grant_round SET basis_due_on = basis_due_on + 3 WHERE id = %s", [world.round])
    moved = calendar(world.secretariat, world)[f"decision_basis-{world.round}"]
    assert moved["DTSTART"].dt == datetime.date(YEAR, 2, 4)
    assert moved["SEQUENCE"] == basis["SEQUENCE"] + 1


# ---- what is due ---------------------------------------------------------------------------------

def due(client, world, now=NOW, **params):
    return client.every(DUE, {"round_id": world.round, **params}, now=now)


def brief(rows):
    return collections.Counter((row["kind"], row["status"]) for row in rows)


def test_due_of_a_round_that_has_just_opened(world):
    found = due(world.secretariat, world, f"{YEAR - 1}-11-20T10:00:00Z")
    assert brief(found) == {("need_report", "due_soon"): 4, ("decision_basis", "upcoming"): 4,
                            ("recommendation", "upcoming"): 1, ("decision", "upcoming"): 1}
    days = [row["due_on"] for row in found]
    assert days == sorted(days)
    first = found[0]
    assert (first["role"], first["hard"], first["days_left"], first["subject_id"]) == (
        "owner", False, 11, None)
    assert {row["organisation_id"] for row in found[:4]} == set(world.owners)
    # What was never begun is not missed: a need report is voluntary, a decision basis is not.
    later = due(world.secretariat, world, f"{YEAR}-02-02T10:00:00Z")
    assert brief(later) == {("decision_basis", "overdue"): 4, ("recommendation", "upcoming"): 1,
                            ("decision", "upcoming"): 1}


def test_a_network_has_a_day_of_its_own(world):
    world.db.execute("UPDATE network_frame SET need_due_on = %s, need_deadline_hard = true"
                     " WHERE round_id = %s AND network_id = %s",
                     [f"{YEAR - 1}-11-25", world.round, world.networks[1]])
    row, = due(world.owner(1), world, f"{YEAR - 1}-11-20T10:00:00Z")
    assert (row["kind"], row["due_on"], row["hard"], row["days_left"]) == (
        "need_report", f"{YEAR - 1}-11-25", True, 5)


def test_due_of_needs(world):
    draft, sent, returned = world.need(0), world.need(1, "submitted"), world.need(2, "submitted", "returned")
    found = {row["subject_id"]: row["status"] for row in due(world.secretariat, world, kind="need_report")}
    assert found == {sent: "done", returned: "overdue"}  # a draft is its owner's alone
    assert {row["subject_id"]: row["status"] for row in due(world.owner(0), world)} == {draft: "overdue"}
    assert {row["subject_id"] for row in due(world.coordinator(2), world, kind="need_report")} == {returned}


def test_due_of_bases_and_signatures(world):
    draft, signed, returned = world.draft(0), world.draft(1), world.draft(2)
    world.sign(signed)
    world.move(signed, "submitted", 100)
    world.sign(returned)
    world.move(returned, "submitted", 100)
    world.move(returned, "returned", 0, resubmit_due_on=f"{YEAR}-02-10")
    withdrawn = world.draft(3)
    world.move(withdrawn, "submitted", 100)
    world.move(withdrawn, "withdrawn", 0)
    found = {(row["kind"], row["subject_id"]): (row["status"], row["due_on"])
             for row in due(world.university(), world)}
    assert found == {
        ("decision_basis", draft): ("due_soon", f"{YEAR}-02-01"),
        ("signature", draft): ("due_soon", f"{YEAR}-02-01"),
        ("decision_basis", signed): ("done", f"{YEAR}-02-01"),
        ("signature", signed): ("done", f"{YEAR}-02-01"),
        ("resubmission", returned): ("upcoming", f"{YEAR}-02-10"),
        ("signature", returned): ("done", f"{YEAR}-02-10")}
    # An edit makes the signature due again.
    world.db.execute("UPDATE decision_basis SET title = 'Et annet' WHERE id = %s", [returned])
    row, = due(world.university(), world, kind="signature", status="upcoming")
    assert row["subject_id"] == returned and row["organisation_id"] == world.uh
    # The forum sees no draft: for it the network has not begun. What was withdrawn is not there.
    forum = due(world.secretariat, world, kind="decision_basis")
    assert {(row["network_id"], row["subject_id"]) for row in forum} == {
        (world.networks[0], None), (world.networks[1], signed), (world.networks[3], None)}
    assert [row["subject_id"] for row in due(world.coordinator(0), world, kind="decision_basis")] == [draft]


def test_nothing_is_signed_where_no_signature_is_required(world):
    world.db.execute("UPDATE grant_round SET require_uh_signature = false WHERE id = %s", [world.round])
    world.draft(0)
    assert due(world.university(), world, kind="signature") == []


def test_due_of_reports_and_steps(full):
    full.db.execute("UPDATE grant_round SET state = 'decided' WHERE id = %s", [full.round])
    now = f"{YEAR + 1}-06-20T10:00:00Z"
    reports = {case["report_id"]: case["report"] for case in full.cases if case["report"]}
    found = due(full.secretariat, full, now, kind="report")
    assert {row["subject_id"]: row["status"] for row in found} == {
        report: "due_soon" if state in ("open", "returned") else "done" for report, state in reports.items()}
    late, = due(full.coordinator(1), full, f"{YEAR + 1}-07-01T10:00:00Z", status="overdue")
    assert (late["kind"], late["days_left"], late["hard"]) == ("report", -1, False)
    steps = due(full.forum.county_governor(), full, now, kind="decision")
    assert [(row["status"], row["role"], row["subject_id"]) for row in steps] == [
        ("done", "state_administrator", full.round)]
    assert due(full.owner(0), full, now, kind="recommendation") == []


def test_due_of_others_is_not_seen(world, build, make_user):
    world.need(0, "submitted")
    world.draft(0)
    stranger = World(build, make_user)
    for client in stranger.secretariat, stranger.coordinator(0), stranger.owner(0), stranger.university():
        assert due(client, world) == []
    assert {row["network_id"] for row in due(world.coordinator(1), world)} == {world.networks[1]}
    assert {row["organisation_id"] for row in due(world.owner(1), world, f"{YEAR - 1}-11-20T10:00:00Z")} == {
        world.owners[1]}


def test_due_narrowed_and_paged(full):
    whole = due(full.secretariat, full)
    assert full.secretariat.every(DUE, {"round_id": full.round, "limit": 3}, now=NOW) == whole
    assert due(full.secretariat, full, scheme_code="dekom") == []
    network = due(full.secretariat, full, network_id=full.networks[0])
    assert network == [row for row in whole if row["network_id"] == full.networks[0]]
    answer = full.secretariat.get(DUE, params={"round_id": full.round}, now=NOW, accept="text/csv")
    assert len(list(csv.DictReader(io.StringIO(answer.text)))) == len(whole)
    full.secretariat.get(DUE, params={"status": "late"}, expect=400)
