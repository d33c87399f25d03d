"""Kompetanseløftet, decisions and what each recipient gets. The county governor drafts, issues, pays and
reclaims; what is issued is seen with its basis. Beside the decisions of grants_case.py there are those of
a round whose recommendation was sent: one ready to be issued, one to pay, one paid."""
from access.engine import List, Part, Request
from access.grants_case import DATES
from access.grants_register import named, row


def furnish(world):
    rows = world.grant_rows
    in_round = rows.add("grant_round", "decide", forum_id=rows["forum home"], scheme_code="rekom", year=2030,
                        total_nok=1000, own_share_bp=0, state="recommended", **DATES)
    network = rows.add("competence_network", "decide", forum_id=rows["forum home"], code="ZZ04", name="Nettverk",
                       organisation_id=rows.organisation("network-decide", "competence_network"),
                       active_from_on="2020-08-01", active_to_on="2027-12-31")  # needs no headcounts
    rows.add("network_frame", "decide", round_id=in_round, network_id=network, frame_nok=1000)
    recommendation = rows.add("recommendation", "decide", round_id=in_round, title="Innstilling")
    for name in "undecided", "ready", "to-pay", "paid":
        _basis(rows, name, in_round, network, recommendation)
        if name != "undecided":
            _decision(rows, name, in_round)


def _basis(rows, name, in_round, network, recommendation):
    basis = rows.add("decision_basis", name, round_id=in_round, network_id=network, title=f"Grunnlag {name}")
    rows.run("INSERT INTO basis_partner (basis_id, organisation_id, kind) VALUES (%s, %s, 'uh')", basis,
             rows["organisation uh-away"])
    rows.run("UPDATE decision_basis SET state = 'submitted' WHERE id = %s", basis)
    for criterion in "c1", "c2", "c3", "c4":
        rows.build.insert("criterion_assessment", basis_id=basis, criterion=criterion, verdict="met")
    rows.add("recommendation_line", name, recommendation_id=recommendation, basis_id=basis,
             verdict="recommend", amount_uh_nok=100, amount_network_nok=0)
    rows.run("UPDATE decision_basis SET state = 'recommended', claimed_nok = 100 WHERE id = %s", basis)


def _decision(rows, name, in_round):
    basis = rows[f"decision_basis {name}"]
    decision = rows.add("grant_decision", name, round_id=in_round, basis_id=basis, outcome="granted",
                        decided_on=None if name == "ready" else "2020-04-20")
    rows.add("decision_line", name, decision_id=decision, recipient_kind="uh", amount_nok=100,
             recipient_id=rows["organisation uh-away"])
    if name == "ready":
        return
    rows.run("UPDATE grant_decision SET state = 'issued' WHERE id = %s", decision)
    rows.run("UPDATE decision_basis SET state = 'granted' WHERE id = %s", basis)
    if name == "paid":
        rows.run("UPDATE decision_line SET paid_on = '2020-05-20', payment_reference = 'BILAG-1'"
                 " WHERE decision_id = %s", decision)
        rows.run("UPDATE grant_decision SET state = 'paid' WHERE id = %s", decision)


def lines_of_list(world):
    """And those of the demo data where Statped takes part."""
    statped = world.build.session.rows(
        "SELECT d.id FROM grant_decision d JOIN decision_basis b ON b.id = d.basis_id"
        " WHERE b.statped_participates AND d.state <> 'draft'")
    return {**named(world, "grant_decision", "home", "away", "draft", "ready", "to-pay", "paid"),
            "statped": {str(row["id"]) for row in statped}}


def new_decision(world, name, relation):
    return {"basis_id": world.grant_rows["decision_basis undecided"], "outcome": "refused"}


PART = Part(
    furnish=furnish,
    after=("grants_case",),

    # ---- over HTTP

    operations="""
                                       anon outs book smad admn read unit ownr netw uhpa secr sec2 memb govn stat audi gpar
list_decisions           -              401  403  403  403  403  403  403  200  200  200  200  200  200  200  200  200  403
get_decision             home           401  403  403  403  403  403  403  200  200  200  200  404  200  200  404  200  403
get_decision             draft          401  403  403  403  403  403  403  404  404  404  404  404  404  200  404  404  403
get_decision             ready          401  403  403  403  403  403  403  404  404  404  404  404  404  200  404  404  403
create_decision          -              401  403  403  403  403  403  403  403  403  403  403  403  403  201  403  403  403
update_decision          draft          401  403  403  403  403  403  403  403  403  403  403  403  403  200  403  403  403
replace_decision_lines   draft          401  403  403  403  403  403  403  403  403  403  403  403  403  200  403  403  403
issue_decision           ready          401  403  403  403  403  403  403  403  403  403  403  403  403  200  403  403  403
get_decision_letter      home           401  403  403  403  403  403  403  200  200  200  200  404  200  200  404  200  403
list_decision_lines      home           401  403  403  403  403  403  403  200  200  200  200  404  200  200  404  200  403
list_decision_lines      draft          401  403  403  403  403  403  403  404  404  404  404  404  404  200  404  404  403
get_decision_line        home           401  403  403  403  403  403  403  200  200  200  200  404  200  200  404  200  403
get_decision_line        draft          401  403  403  403  403  403  403  404  404  404  404  404  404  200  404  404  403
get_decision_line        to-pay         401  403  403  403  403  403  403  404  404  404  200  404  200  200  404  200  403
get_decision_line        paid           401  403  403  403  403  403  403  404  404  404  200  404  200  200  404  200  403
pay_decision_line        to-pay         401  403  403  403  403  403  403  403  403  403  403  403  403  200  403  403  403
reclaim_decision_line    paid           401  403  403  403  403  403  403  403  403  403  403  403  403  200  403  403  403
""",
    requests={
        "get_decision": Request("decision"),
        "create_decision": Request(body=new_decision),
        "update_decision": Request("decision", {"letter_ref": "2030/1"}),
        "replace_decision_lines": Request("decision", {"lines": []}),
        "issue_decision": Request("decision"),
        "get_decision_letter": Request("decision", options=lambda world, *_: {
            "params": {"recipient_id": world.grant_rows["organisation uh-home"]}}),
        "list_decision_lines": Request("decision"),
        "get_decision_line": Request("decision_line"),
        "pay_decision_line": Request("decision_line", {"payment_reference": "BILAG-2"}),
        "reclaim_decision_line": Request("decision_line", {"reason": "Feil konto"}),
    },
    rows={"decision": row("grant_decision"), "decision_line": row("decision_line")},
    offered={"issue_decision", "pay_decision_line", "reclaim_decision_line"},

    lists="""
                                       anon outs book smad admn read unit ownr netw uhpa secr sec2 memb govn stat audi gpar
list_decisions        home              -    -    -    -    -    -    -    x    x    x    x    .    x    x    .    x    -
list_decisions        away              -    -    -    -    -    -    -    .    .    .    x    .    x    x    .    x    -
list_decisions        draft             -    -    -    -    -    -    -    .    .    .    .    .    .    x    .    .    -
list_decisions        ready             -    -    -    -    -    -    -    .    .    .    .    .    .    x    .    .    -
list_decisions        to-pay            -    -    -    -    -    -    -    .    .    .    x    .    x    x    .    x    -
list_decisions        paid              -    -    -    -    -    -    -    .    .    .    x    .    x    x    .    x    -
list_decisions        statped           -    -    -    -    -    -    -    .    .    .    .    .    .    .    x    x    -
list_decisions        others            -    -    -    -    -    -    -    .    .    .    .    .    .    .    .    x    -
""",
    listed={"list_decisions": List("grant_decision", named=lines_of_list)},
    lists_of_one={"list_decision_lines"},

    # ---- codes

    checks={"grant_decision.outcome": "decision_outcome", "grant_decision.state": "decision_state",
            "decision_line.recipient_kind": "recipient_kind"},
)
