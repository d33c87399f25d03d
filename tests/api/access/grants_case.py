"""Kompetanseløftet: rounds with their money, and the cases in them from need to report, in the world of
grants_base.py."""
from access.engine import Part
from access.grants_base import FORUM, NETWORK, OWNER, UH, UNIT, delete, insert, row, update


def furnish(world):
    rows = world.grant_rows
    _rounds(rows)
    _needs(rows)
    _bases(rows)
    _decisions(rows)


DATES = {"need_due_on": "2029-12-01", "basis_due_on": "2030-02-01", "recommendation_due_on":
         "2030-03-15", "decision_due_on": "2030-04-30", "report_due_on": "2031-06-30"}


def _rounds(rows):
    for name, forum, year in (("home", "home", 2030), ("next", "home", 2031), ("far", "far", 2030)):
        dates = {key: day.replace("203", "204").replace("2029", "2039") if name == "next" else day
                 for key, day in DATES.items()}
        rows.add("grant_round", name, forum_id=rows[f"forum {forum}"], scheme_code="kompetanseloftet",
            year=year, total_nok=1000000, own_share_bp=0, state="open", **dates)
    rows.add("round_link", "home", round_id=rows["grant_round home"],
        related_round_id=rows["grant_round next"])
    for place in "home", "away":
        rows.add("network_frame", place, round_id=rows["grant_round home"], frame_nok=100000,
            network_id=rows[f"competence_network {place}"])
    for name, in_round, no in ("draft", "home", 2), ("published", "home", 1), ("far", "far", 1):
        place = "far" if name == "far" else "home"
        allocation = rows.add("allocation", name, round_id=rows[f"grant_round {in_round}"], version_no=no,
                         name=name, headcount_year=2029, total_nok=100, joint_nok=0,
                         base_per_network_nok=100)
        rows.add("allocation_line", name, allocation_id=allocation, children=0, pupils=100, apprentices=0,
            network_id=rows[f"competence_network {place}"], weight=100, base_nok=100, variable_nok=0,
            remainder=0, extra_krone=False, amount_nok=100)
    # Only when its lines add up.
    rows.run("UPDATE allocation SET state = 'published', decided_in_meeting_id = %s WHERE id = %s",
             rows["forum_meeting home"], rows["allocation published"])


def _needs(rows):
    for name, place, done in (("home-draft", "home", False), ("home", "home", True),
                              ("away", "away", True), ("far", "far", True)):
        in_round = rows["grant_round far" if place == "far" else "grant_round home"]
        common = {"round_id": in_round, "network_id": rows[f"competence_network {place}"],
                  "owner_id": rows[f"organisation owner-{place}"]}
        assessment = rows.add("self_assessment", name, **common, unit_id=rows[f"organisation unit-{place}"],
                         service_type="kindergarten" if done else "sfo", staff_involved=True,
                         leaders_involved=True, uh_dialogue=True,
                         state="completed" if done else "draft",
                         completed_on="2029-11-01" if done else None)
        need = rows.add("need_report", name, **common, title="Behov")
        rows.link("need_report_assessment", "need_report_id", name, need_report_id=need,
             self_assessment_id=assessment)
        if done:
            rows.run("UPDATE need_report SET state = 'submitted' WHERE id = %s", need)


# name, place, state
BASES = [("home-draft", "home", "draft"), ("home", "home", "submitted"),
         ("recommended", "home", "recommended"), ("granted", "home", "granted"),
         ("away", "away", "granted"), ("statped", "away", "submitted"), ("far", "far", "submitted")]


def _bases(rows):
    for name, place, state in BASES:
        in_round = rows["grant_round far" if place == "far" else "grant_round home"]
        basis = rows.add("decision_basis", name, round_id=in_round, title=f"Grunnlag {name}",
                         network_id=rows[f"competence_network {place}"],
                         statped_participates=name == "statped")
        rows.link("basis_partner", "basis_id", name, basis_id=basis, kind="uh",
             organisation_id=rows[f"organisation uh-{place}"])
        if state != "draft":
            rows.link("basis_partner", "basis_id", f"{name}-owner", basis_id=basis, kind="owner",
                 organisation_id=rows[f"organisation owner-{place}"])
        need = "home" if place == "home" else place
        rows.link("basis_assessment", "basis_id", name, basis_id=basis,
             self_assessment_id=rows[f"self_assessment {need}"])
        measure = rows.add("measure", name, basis_id=basis, seq_no=1, title="Tiltak")
        rows.link("measure_party", "measure_id", name, measure_id=measure, kind="uh",
             organisation_id=rows[f"organisation uh-{place}"])
        rows.link("measure_need", "measure_id", name, measure_id=measure,
             need_report_id=rows[f"need_report {need}"])
        rows.add("budget_line", name, basis_id=basis, seq_no=1, purpose="implementation", amount_nok=100,
            recipient_id=rows[f"organisation uh-{place}"], recipient_kind="uh")
        rows.add("basis_signature", name, basis_id=basis, basis_revision=1,
            institution_id=rows[f"organisation uh-{place}"])
        # Passed on step by step: each freezes and seals what is before it.
        rows[f"stage_seal {name}"] = basis
        rows.run("UPDATE decision_basis SET state = 'submitted' WHERE id = %s", basis)
        rows.add("criterion_assessment", name, basis_id=basis, criterion="c1", verdict="met")
        rows.run("UPDATE decision_basis SET state = %s WHERE id = %s", state, basis)


def _decisions(rows):
    for place in "home", "far":
        rows.add("recommendation", place, round_id=rows[f"grant_round {place}"], title="Innstilling")
    for name, place in ("home", "home"), ("recommended", "home"), ("far", "far"):
        rows.add("recommendation_line", name, recommendation_id=rows[f"recommendation {place}"],
            basis_id=rows[f"decision_basis {name}"], verdict="recommend", amount_uh_nok=100,
            amount_network_nok=0)
    for name, basis, place, state in (("draft", "recommended", "home", "draft"),
                                      ("home", "granted", "home", "issued"),
                                      ("away", "away", "away", "issued")):
        decision = rows.add("grant_decision", name, round_id=rows["grant_round home"], outcome="granted",
                       basis_id=rows[f"decision_basis {basis}"], decided_on="2030-04-20")
        rows.add("decision_line", name, decision_id=decision, recipient_kind="uh", amount_nok=100,
            recipient_id=rows[f"organisation uh-{place}"])
        if state == "draft":
            continue
        rows.run("UPDATE grant_decision SET state = %s WHERE id = %s", state, decision)
        report = rows.add("grant_report", name, decision_id=decision, due_on="2031-06-30")
        rows.link("report_use", "report_id", name, report_id=report, purpose="planning", used_nok=1,
             recipient_id=rows[f"organisation uh-{place}"])
        rows.link("report_own_share", "report_id", name, report_id=report, own_share_nok=1,
             owner_id=rows[f"organisation owner-{place}"])
        rows.link("report_participation", "report_id", name, report_id=report, service_type="school",
             participants=10, units=1)
    measure = rows.add("joint_measure", "home", forum_id=rows["forum home"], code="fellestiltak-home",
                  name="Fellestiltak")
    rows.add("joint_measure_evaluation", "home", joint_measure_id=measure, held_on="2030-11-01",
        conclusion="Videre")
    rows.add("joint_measure_grant", "home", round_id=rows["grant_round home"], joint_measure_id=measure,
        recipient_id=rows["organisation uh-home"], amount_nok=100)
    rows.add("joint_measure_participation", "home", joint_measure_id=measure, year=2030,
        network_id=rows["competence_network home"])


# An x sees the row.
SEES = """
                                              anon outs smad admn unit ownr own2 netw net2 uhpa uhp2 secr sec2 memb govn stat audi gpar syst
grant_round home                              .    .    .    .    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
grant_round far                               .    .    .    .    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
round_link home                               .    .    .    .    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
network_frame home                            .    .    .    .    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
network_frame away                            .    .    .    .    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
allocation draft                              .    .    .    .    .    .    .    .    .    .    .    x    .    x    x    .    x    .    x
allocation published                          .    .    .    .    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
allocation far                                .    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    x    .    x
allocation_line draft                         .    .    .    .    .    .    .    .    .    .    .    x    .    x    x    .    x    .    x
allocation_line published                     .    .    .    .    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
allocation_line far                           .    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    x    .    x
                                              anon outs smad admn unit ownr own2 netw net2 uhpa uhp2 secr sec2 memb govn stat audi gpar syst
self_assessment home-draft                    .    .    .    .    x    x    .    .    .    .    .    .    .    .    .    .    .    .    .
self_assessment home                          .    .    .    .    x    x    .    x    .    .    .    x    .    x    x    .    x    .    x
self_assessment away                          .    .    .    .    .    .    x    .    x    .    .    x    .    x    x    .    x    .    x
self_assessment far                           .    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    x    .    x
need_report home-draft                        .    .    .    .    .    x    .    .    .    .    .    .    .    .    .    .    .    .    .
need_report home                              .    .    .    .    .    x    .    x    .    .    .    x    .    x    x    .    x    .    x
need_report away                              .    .    .    .    .    .    x    .    x    .    .    x    .    x    x    .    x    .    x
need_report far                               .    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    x    .    x
need_report_assessment home-draft             .    .    .    .    .    x    .    .    .    .    .    .    .    .    .    .    .    .    .
need_report_assessment home                   .    .    .    .    .    x    .    x    .    .    .    x    .    x    x    .    x    .    x
need_report_assessment away                   .    .    .    .    .    .    x    .    x    .    .    x    .    x    x    .    x    .    x
                                              anon outs smad admn unit ownr own2 netw net2 uhpa uhp2 secr sec2 memb govn stat audi gpar syst
decision_basis home-draft                     .    .    .    .    .    .    .    x    .    x    .    .    .    .    .    .    .    .    .
decision_basis home                           .    .    .    .    .    x    .    x    .    x    .    x    .    x    x    .    x    .    x
decision_basis recommended                    .    .    .    .    .    x    .    x    .    x    .    x    .    x    x    .    x    .    x
decision_basis granted                        .    .    .    .    .    x    .    x    .    x    .    x    .    x    x    .    x    .    x
decision_basis away                           .    .    .    .    .    .    x    .    x    .    x    x    .    x    x    .    x    .    x
decision_basis statped                        .    .    .    .    .    .    x    .    x    .    x    x    .    x    x    x    x    .    x
decision_basis far                            .    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    x    .    x
basis_partner home-draft                      .    .    .    .    .    .    .    x    .    x    .    .    .    .    .    .    .    .    .
basis_partner home                            .    .    .    .    .    x    .    x    .    x    .    x    .    x    x    .    x    .    x
basis_partner away                            .    .    .    .    .    .    x    .    x    .    x    x    .    x    x    .    x    .    x
basis_partner far                             .    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    x    .    x
basis_assessment home-draft                   .    .    .    .    .    .    .    x    .    x    .    .    .    .    .    .    .    .    .
basis_assessment home                         .    .    .    .    .    x    .    x    .    x    .    x    .    x    x    .    x    .    x
basis_assessment away                         .    .    .    .    .    .    x    .    x    .    x    x    .    x    x    .    x    .    x
basis_assessment far                          .    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    x    .    x
measure home-draft                            .    .    .    .    .    .    .    x    .    x    .    .    .    .    .    .    .    .    .
measure home                                  .    .    .    .    .    x    .    x    .    x    .    x    .    x    x    .    x    .    x
measure away                                  .    .    .    .    .    .    x    .    x    .    x    x    .    x    x    .    x    .    x
measure far                                   .    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    x    .    x
measure_party home-draft                      .    .    .    .    .    .    .    x    .    x    .    .    .    .    .    .    .    .    .
measure_party home                            .    .    .    .    .    x    .    x    .    x    .    x    .    x    x    .    x    .    x
measure_party away                            .    .    .    .    .    .    x    .    x    .    x    x    .    x    x    .    x    .    x
measure_party far                             .    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    x    .    x
budget_line home-draft                        .    .    .    .    .    .    .    x    .    x    .    .    .    .    .    .    .    .    .
budget_line home                              .    .    .    .    .    x    .    x    .    x    .    x    .    x    x    .    x    .    x
budget_line away                              .    .    .    .    .    .    x    .    x    .    x    x    .    x    x    .    x    .    x
budget_line far                               .    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    x    .    x
basis_signature home-draft                    .    .    .    .    .    .    .    x    .    x    .    .    .    .    .    .    .    .    .
basis_signature home                          .    .    .    .    .    x    .    x    .    x    .    x    .    x    x    .    x    .    x
basis_signature away                          .    .    .    .    .    .    x    .    x    .    x    x    .    x    x    .    x    .    x
basis_signature far                           .    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    x    .    x
stage_seal home-draft                         .    .    .    .    .    .    .    x    .    x    .    .    .    .    .    .    .    .    .
stage_seal home                               .    .    .    .    .    x    .    x    .    x    .    x    .    x    x    .    x    .    x
stage_seal away                               .    .    .    .    .    .    x    .    x    .    x    x    .    x    x    .    x    .    x
stage_seal far                                .    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    x    .    x
measure_need home-draft                       .    .    .    .    .    x    .    x    .    x    .    .    .    .    .    .    .    .    .
measure_need home                             .    .    .    .    .    x    .    x    .    x    .    x    .    x    x    .    x    .    x
measure_need away                             .    .    .    .    .    .    x    .    x    .    x    x    .    x    x    .    x    .    x
criterion_assessment home                     .    .    .    .    .    .    .    .    .    .    .    x    .    x    x    .    x    .    x
criterion_assessment recommended              .    .    .    .    .    x    .    x    .    x    .    x    .    x    x    .    x    .    x
criterion_assessment far                      .    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    x    .    x
                                              anon outs smad admn unit ownr own2 netw net2 uhpa uhp2 secr sec2 memb govn stat audi gpar syst
recommendation home                           .    .    .    .    .    .    .    .    .    .    .    x    .    x    x    .    x    .    x
recommendation far                            .    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    x    .    x
recommendation_line home                      .    .    .    .    .    .    .    .    .    .    .    x    .    x    x    .    x    .    x
recommendation_line recommended               .    .    .    .    .    x    .    x    .    x    .    x    .    x    x    .    x    .    x
recommendation_line far                       .    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    x    .    x
grant_decision draft                          .    .    .    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .
grant_decision home                           .    .    .    .    .    x    .    x    .    x    .    x    .    x    x    .    x    .    x
grant_decision away                           .    .    .    .    .    .    x    .    x    .    x    x    .    x    x    .    x    .    x
decision_line draft                           .    .    .    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .
decision_line home                            .    .    .    .    .    x    .    x    .    x    .    x    .    x    x    .    x    .    x
decision_line away                            .    .    .    .    .    .    x    .    x    .    x    x    .    x    x    .    x    .    x
grant_report home                             .    .    .    .    .    x    .    x    .    x    .    x    .    x    x    .    x    .    x
grant_report away                             .    .    .    .    .    .    x    .    x    .    x    x    .    x    x    .    x    .    x
report_use home                               .    .    .    .    .    x    .    x    .    x    .    x    .    x    x    .    x    .    x
report_use away                               .    .    .    .    .    .    x    .    x    .    x    x    .    x    x    .    x    .    x
report_own_share home                         .    .    .    .    .    x    .    x    .    x    .    x    .    x    x    .    x    .    x
report_own_share away                         .    .    .    .    .    .    x    .    x    .    x    x    .    x    x    .    x    .    x
report_participation home                     .    .    .    .    .    x    .    x    .    x    .    x    .    x    x    .    x    .    x
report_participation away                     .    .    .    .    .    .    x    .    x    .    x    x    .    x    x    .    x    .    x
joint_measure home                            .    .    .    .    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
joint_measure_evaluation home                 .    .    .    .    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
joint_measure_grant home                      .    .    .    .    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
joint_measure_participation home              .    .    .    .    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
"""

# An x may; each line has a statement below.
DOES = """
                                              anon outs smad admn unit ownr own2 netw net2 uhpa uhp2 secr sec2 memb govn stat audi gpar syst
grant_round create                            .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
grant_round update home                       .    .    .    .    .    .    .    .    .    .    .    x    .    .    x    .    .    .    .
grant_round update far                        .    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
round_link create                             .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
round_link delete home                        .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
network_frame create                          .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
network_frame update home                     .    .    .    .    .    .    .    x    .    .    .    x    .    .    .    .    .    .    .
network_frame update away                     .    .    .    .    .    .    .    .    x    .    .    x    .    .    .    .    .    .    .
allocation create                             .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
allocation update draft                       .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
allocation delete draft                       .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
allocation delete published                   .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
allocation_line create                        .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
allocation_line delete draft                  .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
                                              anon outs smad admn unit ownr own2 netw net2 uhpa uhp2 secr sec2 memb govn stat audi gpar syst
self_assessment create                        .    .    .    .    x    x    .    .    .    .    .    .    .    .    .    .    .    .    .
self_assessment update home-draft             .    .    .    .    x    x    .    .    .    .    .    .    .    .    .    .    .    .    .
self_assessment update home                   .    .    .    .    x    x    .    .    .    .    .    .    .    .    .    .    .    .    .
need_report create                            .    .    .    .    .    x    .    .    .    .    .    .    .    .    .    .    .    .    .
need_report update home-draft                 .    .    .    .    .    x    .    .    .    .    .    .    .    .    .    .    .    .    .
need_report update home                       .    .    .    .    .    x    .    .    .    .    .    .    .    .    .    .    .    .    .
need_report_assessment create                 .    .    .    .    .    x    .    .    .    .    .    .    .    .    .    .    .    .    .
need_report_assessment delete home-draft      .    .    .    .    .    x    .    .    .    .    .    .    .    .    .    .    .    .    .
need_report_assessment delete home            .    .    .    .    .    x    .    .    .    .    .    .    .    .    .    .    .    .    .
                                              anon outs smad admn unit ownr own2 netw net2 uhpa uhp2 secr sec2 memb govn stat audi gpar syst
decision_basis create                         .    .    .    .    .    .    .    x    .    .    .    .    .    .    .    .    .    .    .
decision_basis update home-draft              .    .    .    .    .    .    .    x    .    x    .    .    .    .    .    .    .    .    .
decision_basis update home                    .    .    .    .    .    .    .    x    .    x    .    x    .    .    x    .    .    .    .
basis_partner create                          .    .    .    .    .    .    .    x    .    x    .    .    .    .    .    .    .    .    .
basis_partner delete home-draft               .    .    .    .    .    .    .    x    .    x    .    .    .    .    .    .    .    .    .
basis_partner delete home                     .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
basis_assessment create                       .    .    .    .    .    .    .    x    .    x    .    .    .    .    .    .    .    .    .
basis_assessment delete home-draft            .    .    .    .    .    .    .    x    .    x    .    .    .    .    .    .    .    .    .
basis_assessment delete home                  .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
measure create                                .    .    .    .    .    .    .    x    .    x    .    .    .    .    .    .    .    .    .
measure update home-draft                     .    .    .    .    .    .    .    x    .    x    .    .    .    .    .    .    .    .    .
measure update home                           .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
measure delete home-draft                     .    .    .    .    .    .    .    x    .    x    .    .    .    .    .    .    .    .    .
measure delete home                           .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
measure_party create                          .    .    .    .    .    .    .    x    .    x    .    .    .    .    .    .    .    .    .
measure_party delete home-draft               .    .    .    .    .    .    .    x    .    x    .    .    .    .    .    .    .    .    .
measure_party delete home                     .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
measure_need create                           .    .    .    .    .    .    .    x    .    x    .    .    .    .    .    .    .    .    .
measure_need delete home-draft                .    .    .    .    .    .    .    x    .    x    .    .    .    .    .    .    .    .    .
measure_need delete home                      .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
budget_line create                            .    .    .    .    .    .    .    x    .    x    .    .    .    .    .    .    .    .    .
budget_line update home-draft                 .    .    .    .    .    .    .    x    .    x    .    .    .    .    .    .    .    .    .
budget_line update home                       .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
budget_line delete home-draft                 .    .    .    .    .    .    .    x    .    x    .    .    .    .    .    .    .    .    .
budget_line delete home                       .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
basis_signature create                        .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .    .    .
basis_signature create as-other               .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
basis_signature create submitted              .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
criterion_assessment create                   .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
criterion_assessment create as-other          .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
criterion_assessment update home              .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
criterion_assessment update as-other          .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
                                              anon outs smad admn unit ownr own2 netw net2 uhpa uhp2 secr sec2 memb govn stat audi gpar syst
recommendation create                         .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
recommendation update home                    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
recommendation_line create                    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
recommendation_line update home               .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
recommendation_line delete home               .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
grant_decision create                         .    .    .    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .
grant_decision update draft                   .    .    .    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .
grant_decision update home                    .    .    .    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .
decision_line create                          .    .    .    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .
decision_line create issued                   .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
decision_line update home                     .    .    .    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .
decision_line delete draft                    .    .    .    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .
decision_line delete home                     .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
grant_report create                           .    .    .    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .
grant_report update home                      .    .    .    .    .    .    .    x    .    x    .    .    .    .    x    .    .    .    .
grant_report update away                      .    .    .    .    .    .    .    .    x    .    x    .    .    .    x    .    .    .    .
report_use create                             .    .    .    .    .    .    .    x    .    x    .    .    .    .    .    .    .    .    .
report_use delete home                        .    .    .    .    .    .    .    x    .    x    .    .    .    .    .    .    .    .    .
report_own_share create                       .    .    .    .    .    .    .    x    .    x    .    .    .    .    .    .    .    .    .
report_own_share delete home                  .    .    .    .    .    .    .    x    .    x    .    .    .    .    .    .    .    .    .
report_participation create                   .    .    .    .    .    .    .    x    .    x    .    .    .    .    .    .    .    .    .
report_participation delete home              .    .    .    .    .    .    .    x    .    x    .    .    .    .    .    .    .    .    .
joint_measure create                          .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
joint_measure update home                     .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
joint_measure_evaluation create               .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
joint_measure_grant create                    .    .    .    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .
joint_measure_grant update home               .    .    .    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .
joint_measure_grant delete home               .    .    .    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .
joint_measure_participation create            .    .    .    .    .    .    .    x    .    .    .    x    .    .    .    .    .    .    .
joint_measure_participation delete home       .    .    .    .    .    .    .    x    .    .    .    x    .    .    .    .    .    .    .
"""

ROUND = row("grant_round home")
DRAFT, BASIS = row("decision_basis home-draft"), row("decision_basis home")

STATEMENTS = {
    "grant_round create": insert(
        "grant_round", forum_id=FORUM, scheme_code="'dekom'", year=2030, own_share_bp=0,
        **{key: f"'{day}'" for key, day in DATES.items()}),
    "grant_round update home": update("grant_round", "home", "total_nok"),
    "grant_round update far": update("grant_round", "far", "total_nok"),
    "round_link create": insert("round_link", round_id=row("grant_round next"),
                                related_round_id=ROUND),
    "round_link delete home": delete("round_link", "home"),
    "network_frame create": insert("network_frame", round_id=row("grant_round next"),
                                   network_id=NETWORK),
    "network_frame update home": update("network_frame", "home", "need_due_on"),
    "network_frame update away": update("network_frame", "away", "need_due_on"),
    "allocation create": insert("allocation", round_id=ROUND, version_no=9, name="'Ny'",
                                headcount_year=2029, total_nok=1, joint_nok=0,
                                base_per_network_nok=0),
    "allocation update draft": update("allocation", "draft", "name"),
    "allocation delete draft": delete("allocation", "draft"),
    "allocation delete published": delete("allocation", "published"),
    "allocation_line create": insert(
        "allocation_line", allocation_id=row("allocation draft"),
        network_id=row("competence_network away"), children=0, pupils=0, apprentices=0, weight=0,
        base_nok=0, variable_nok=0, remainder=0, extra_krone="false", amount_nok=0),
    "allocation_line delete draft": delete("allocation_line", "draft"),

    "self_assessment create": insert("self_assessment", round_id=ROUND, network_id=NETWORK,
                                     owner_id=OWNER, unit_id=UNIT, service_type="'ppt'"),
    "self_assessment update home-draft": update("self_assessment", "home-draft", "findings"),
    "self_assessment update home": update("self_assessment", "home", "findings"),
    "need_report create": insert("need_report", round_id=ROUND, network_id=NETWORK, owner_id=OWNER,
                                 title="'Ny'"),
    "need_report update home-draft": update("need_report", "home-draft", "title"),
    "need_report update home": update("need_report", "home", "title"),
    "need_report_assessment create": insert(
        "need_report_assessment", need_report_id=row("need_report home-draft"),
        self_assessment_id=row("self_assessment home")),
    "need_report_assessment delete home-draft":
        delete("need_report_assessment", "home-draft", "need_report_id"),
    "need_report_assessment delete home":
        delete("need_report_assessment", "home", "need_report_id"),

    "decision_basis create": insert("decision_basis", round_id=ROUND, network_id=NETWORK,
                                    title="'Nytt'"),
    "decision_basis update home-draft": update("decision_basis", "home-draft", "title"),
    "decision_basis update home": update("decision_basis", "home", "title"),
    "basis_partner create": insert("basis_partner", basis_id=DRAFT, kind="'owner'",
                                   organisation_id=OWNER),
    "basis_assessment create": insert("basis_assessment", basis_id=DRAFT,
                                      self_assessment_id=row("self_assessment away")),
    "measure create": insert("measure", basis_id=DRAFT, seq_no=2, title="'Nytt'"),
    "measure update home-draft": update("measure", "home-draft", "title"),
    "measure update home": update("measure", "home", "title"),
    "measure_party create": insert("measure_party", measure_id=row("measure home-draft"),
                                   kind="'owner'", organisation_id=OWNER),
    "measure_need create": insert("measure_need", measure_id=row("measure home-draft"),
                                  need_report_id=row("need_report away")),
    "budget_line create": insert("budget_line", basis_id=DRAFT, seq_no=2, recipient_id=UH,
                                 recipient_kind="'uh'", purpose="'planning'", amount_nok=1),
    "budget_line update home-draft": update("budget_line", "home-draft", "amount_nok"),
    "budget_line update home": update("budget_line", "home", "amount_nok"),
    **{f"{table} delete {name}": delete(table, name, key)
       for name in ("home-draft", "home")
       for table, key in (("basis_partner", "basis_id"), ("basis_assessment", "basis_id"),
                          ("measure", "id"), ("measure_party", "measure_id"),
                          ("measure_need", "measure_id"), ("budget_line", "id"))},
    "basis_signature create": insert("basis_signature", basis_id=DRAFT, basis_revision=7,
                                     institution_id=UH, signed_by="%(me)s"),
    "basis_signature create as-other": insert("basis_signature", basis_id=DRAFT, basis_revision=7,
                                              institution_id=UH, signed_by="%(other)s"),
    "basis_signature create submitted": insert("basis_signature", basis_id=BASIS, basis_revision=7,
                                               institution_id=UH, signed_by="%(me)s"),
    "criterion_assessment create": insert("criterion_assessment", basis_id=BASIS, criterion="'c2'",
                                          verdict="'met'", assessed_by="%(me)s"),
    "criterion_assessment create as-other": insert(
        "criterion_assessment", basis_id=BASIS, criterion="'c2'", verdict="'met'",
        assessed_by="%(other)s"),
    "criterion_assessment update home": update("criterion_assessment", "home", "assessed_by",
                                               "%(me)s"),
    "criterion_assessment update as-other": update("criterion_assessment", "home", "assessed_by",
                                                   "%(other)s"),

    "recommendation create": insert("recommendation", round_id=row("grant_round next"),
                                    title="'Ny'"),
    "recommendation update home": update("recommendation", "home", "title"),
    "recommendation_line create": insert(
        "recommendation_line", recommendation_id=row("recommendation home"),
        basis_id=row("decision_basis granted"), verdict="'recommend'", amount_uh_nok=1,
        amount_network_nok=0),
    "recommendation_line update home": update("recommendation_line", "home", "priority"),
    "recommendation_line delete home": delete("recommendation_line", "home"),
    "grant_decision create": insert("grant_decision", round_id=ROUND, basis_id=BASIS,
                                    outcome="'granted'"),
    "grant_decision update draft": update("grant_decision", "draft", "letter_ref"),
    "grant_decision update home": update("grant_decision", "home", "letter_ref"),
    **{f"decision_line create{word}": insert(
        "decision_line", decision_id=row(f"grant_decision {name}"), recipient_id=OWNER,
        recipient_kind="'owner'", amount_nok=1) for word, name in (("", "draft"), (" issued", "home"))},
    "decision_line update home": update("decision_line", "home", "payment_reference"),
    "decision_line delete draft": delete("decision_line", "draft"),
    "decision_line delete home": delete("decision_line", "home"),
    "grant_report create": insert("grant_report", decision_id=row("grant_decision draft"),
                                  due_on="now()"),
    "grant_report update home": update("grant_report", "home", "answers"),
    "grant_report update away": update("grant_report", "away", "answers"),
    "report_use create": insert("report_use", report_id=row("grant_report home"), recipient_id=OWNER,
                                purpose="'planning'", used_nok=1),
    "report_own_share create": insert("report_own_share", report_id=row("grant_report home"),
                                      owner_id=UNIT, own_share_nok=1),
    "report_participation create": insert("report_participation", report_id=row("grant_report home"),
                                          service_type="'ppt'", participants=1, units=1),
    **{f"{table} delete home": delete(table, "home", "report_id")
       for table in ("report_use", "report_own_share", "report_participation")},
    "joint_measure create": insert("joint_measure", forum_id=FORUM, code="'ny'", name="'Ny'"),
    "joint_measure update home": update("joint_measure", "home", "name"),
    "joint_measure_evaluation create": insert(
        "joint_measure_evaluation", joint_measure_id=row("joint_measure home"),
        held_on="'2031-11-01'", conclusion="'Videre'"),
    "joint_measure_grant create": insert(
        "joint_measure_grant", round_id=ROUND, joint_measure_id=row("joint_measure home"),
        recipient_id=OWNER, amount_nok=1),
    "joint_measure_grant update home": update("joint_measure_grant", "home", "amount_nok"),
    "joint_measure_grant delete home": delete("joint_measure_grant", "home"),
    "joint_measure_participation create": insert(
        "joint_measure_participation", joint_measure_id=row("joint_measure home"),
        network_id=NETWORK, year=2033),
    "joint_measure_participation delete home": delete("joint_measure_participation", "home"),
}

LINKS = {"need_report_assessment": "need_report_id", "basis_partner": "basis_id",
         "basis_assessment": "basis_id", "measure_party": "measure_id", "measure_need": "measure_id",
         "report_use": "report_id", "report_own_share": "report_id",
         "report_participation": "report_id", "stage_seal": "basis_id"}

PART = Part(
    after=("grants_base",),
    furnish=furnish,
    sees=SEES,
    does=DOES,
    statements=STATEMENTS,
    keys=LINKS,
    helpers={"basis_editable": "basis_editable(basis_id uuid)",
             "report_editable": "report_editable(decision_id uuid)"},
    narrow={"bases_of_partners": "ids, and of organisations that the caller acts for",
            "seal_holds": "whether, and nothing of what is sealed",
            "chain_broken_stage": "the name of a stage, and nothing of what is sealed",
            "seal_content": "of rounds whose forum the caller reads"},
    kept={
        "grant_round": "id version granted_nok",
        "network_frame": "id version claimed_nok",
        "decision_basis": "id version",
        "allocation": "id version",
        "grant_decision": "id version",
    },
    deletable={"round_link", "allocation", "allocation_line", "need_report_assessment",
               "basis_partner", "basis_assessment", "measure", "measure_party", "measure_need",
               "budget_line", "recommendation_line", "decision_line", "joint_measure_grant",
               "joint_measure_participation", "report_use", "report_own_share",
               "report_participation"},
)
