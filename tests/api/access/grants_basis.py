"""Kompetanseløftet, decision bases with their parts. The network and the universities of a partnership
write while it is a draft or returned; owners of the partnership read, and the forum with everybody in it
reads what has been submitted."""
from access.engine import List, Part, Request
from access.grants_base import NETWORK, UH, insert, row as sql_row
from access.grants_register import row

ROUND = sql_row("grant_round home")


def furnish(world):
    rows = world.grant_rows
    rows.add("network_member", "uh", network_id=rows["competence_network home"], role="uh_partner",
             organisation_id=rows["organisation uh-home"], from_on="2020-08-01")
    common = {"round_id": rows["grant_round home"], "network_id": rows["competence_network home"]}
    rows.add("decision_basis", "initiated", **common, title="Begynt av UH",
             initiated_by_id=rows["organisation uh-home"])
    returned = rows.add("decision_basis", "returned", **common, title="I retur")
    rows.link("basis_partner", "basis_id", "returned", basis_id=returned, kind="uh",
              organisation_id=rows["organisation uh-home"])
    measure = rows.add("measure", "returned", basis_id=returned, seq_no=1, title="Tiltak")
    rows.add("budget_line", "returned", basis_id=returned, seq_no=1, purpose="planning", amount_nok=1,
             measure_id=measure, recipient_id=rows["organisation uh-home"], recipient_kind="uh")
    rows.run("UPDATE decision_basis SET state = 'returned', resubmit_due_on = '2030-03-01'"
             " WHERE id = %s", returned)
    rows.add("measure", "spare", basis_id=rows["decision_basis home-draft"], seq_no=9, title="Ekstra")


def new_basis(world, name, relation):
    rows = world.grant_rows
    return {"round_id": rows["grant_round home"], "network_id": rows["competence_network home"],
            "title": "Nytt", "uh_ids": [rows["organisation uh-home"]]}


def new_line(world, name, relation):
    return {"recipient_id": world.grant_rows["organisation uh-home"], "purpose": "planning",
            "amount_nok": 10}


OWN = ("home-draft", "home", "recommended", "granted", "away", "statped", "far", "initiated", "returned")


def lines_of_list(world):
    """And what other parts have of the university that is away, and the demo data of Statped."""
    lines = {name: {world.grant_rows[f"decision_basis {name}"]} for name in OWN}
    own = set.union(*lines.values())

    def found(condition, *values):
        rows = world.build.session.rows(
            f"SELECT b.id FROM decision_basis b WHERE {condition}", list(values))
        return {str(row["id"]) for row in rows} - own
    lines["with-uhp2"] = found("b.state <> 'draft' AND EXISTS (SELECT FROM basis_partner p"
                               " WHERE p.basis_id = b.id AND p.organisation_id = %s)", world.grant_rows["organisation uh-away"])
    lines["with-statped"] = found("b.state <> 'draft' AND b.statped_participates")
    lines["drafts"] = found("b.state = 'draft'")
    return lines


PART = Part(
    furnish=furnish,
    after=("grants_case",),

    operations="""
                                   anon outs book smad admn read unit ownr netw net2 uhpa uhp2 secr sec2 memb govn stat audi gpar
list_bases           -              401  403  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  403
get_basis            home           401  403  403  403  403  403  403  200  200  404  200  404  200  404  200  200  404  200  403
get_basis            to-assess      401  403  403  403  403  403  403  404  404  404  404  200  200  404  200  200  404  200  403
assess_basis         to-assess      401  403  403  403  403  403  403  403  403  403  403  403  200  404  403  403  403  403  403
get_basis            home-draft     401  403  403  403  403  403  403  404  200  404  200  404  404  404  404  404  404  404  403
get_basis            initiated      401  403  403  403  403  403  403  404  200  404  200  404  404  404  404  404  404  404  403
get_basis            returned       401  403  403  403  403  403  403  404  200  404  200  404  200  404  200  200  404  200  403
get_basis            statped        401  403  403  403  403  403  403  404  404  200  404  200  200  404  200  200  200  200  403
create_basis         -              401  403  403  403  403  403  403  403  201  403  201  403  403  403  403  403  403  403  403
update_basis         home-draft     401  403  403  403  403  403  403  403  200  404  200  404  403  403  403  403  403  403  403
update_basis         returned       401  403  403  403  403  403  403  403  200  404  200  404  403  403  403  403  403  403  403
update_basis         home           401  403  403  403  403  403  403  403  409  404  409  404  403  403  403  403  403  403  403
submit_basis         home-draft     401  403  403  403  403  403  403  403  409  404  403  403  403  403  403  403  403  403  403
resubmit_basis       returned       401  403  403  403  403  403  403  403  409  404  403  403  403  403  403  403  403  403  403
withdraw_basis       home           401  403  403  403  403  403  403  403  200  404  403  403  403  403  403  403  403  403  403
withdraw_basis       home-draft     401  403  403  403  403  403  403  403  200  404  403  403  403  403  403  403  403  403  403
return_basis         home           401  403  403  403  403  403  403  403  403  403  403  403  200  404  403  403  403  403  403
sign_basis           home-draft     401  403  403  403  403  403  403  403  403  403  200  404  403  403  403  403  403  403  403
sign_basis           returned       401  403  403  403  403  403  403  403  403  403  200  404  403  403  403  403  403  403  403
list_signatures      home           401  403  403  403  403  403  403  200  200  404  200  404  200  404  200  200  404  200  403
list_signatures      home-draft     401  403  403  403  403  403  403  404  200  404  200  404  404  404  404  404  404  404  403
list_measures        home           401  403  403  403  403  403  403  200  200  404  200  404  200  404  200  200  404  200  403
list_measures        home-draft     401  403  403  403  403  403  403  404  200  404  200  404  404  404  404  404  404  404  403
create_measure       home-draft     401  403  403  403  403  403  403  403  201  404  201  404  403  403  403  403  403  403  403
get_measure          home           401  403  403  403  403  403  403  200  200  404  200  404  200  404  200  200  404  200  403
update_measure       home-draft     401  403  403  403  403  403  403  403  200  404  200  404  403  403  403  403  403  403  403
update_measure       home           401  403  403  403  403  403  403  403  409  404  409  404  403  403  403  403  403  403  403
delete_measure       spare          401  403  403  403  403  403  403  403  204  404  204  404  403  403  403  403  403  403  403
list_budget_lines    home           401  403  403  403  403  403  403  200  200  404  200  404  200  404  200  200  404  200  403
create_budget_line   home-draft     401  403  403  403  403  403  403  403  201  404  201  404  403  403  403  403  403  403  403
get_budget_line      home           401  403  403  403  403  403  403  200  200  404  200  404  200  404  200  200  404  200  403
update_budget_line   home-draft     401  403  403  403  403  403  403  403  200  404  200  404  403  403  403  403  403  403  403
update_budget_line   home           401  403  403  403  403  403  403  403  409  404  409  404  403  403  403  403  403  403  403
delete_budget_line   returned       401  403  403  403  403  403  403  403  204  404  204  404  403  403  403  403  403  403  403
""",
    requests={
        "get_basis": Request("basis"),
        "assess_basis": Request("basis"),
        "create_basis": Request(body=new_basis),
        "update_basis": Request("basis", {"goals": "Andre mål"}),
        **{name: Request("basis", {}) for name in
           ("submit_basis", "resubmit_basis", "withdraw_basis", "sign_basis")},
        "return_basis": Request("basis", {"note": "Mangler", "resubmit_due_on": "2030-03-01"}),
        "list_signatures": Request("basis"),
        "list_measures": Request("basis"),
        "create_measure": Request("basis", {"title": "Nytt tiltak"}),
        "get_measure": Request("measure"),
        "update_measure": Request("measure", {"title": "Et annet tiltak"}),
        "delete_measure": Request("measure"),
        "list_budget_lines": Request("basis"),
        "create_budget_line": Request("basis", new_line),
        "get_budget_line": Request("budget_line"),
        "update_budget_line": Request("budget_line", {"amount_nok": 11}),
        "delete_budget_line": Request("budget_line"),
    },
    rows={"basis": row("decision_basis"), "measure": row("measure"), "budget_line": row("budget_line")},
    lists="""
                                   anon outs book smad admn read unit ownr netw net2 uhpa uhp2 secr sec2 memb govn stat audi gpar
list_bases           home-draft     -    -    -    -    -    -    -    .    x    .    x    .    .    .    .    .    .    .    -
list_bases           home           -    -    -    -    -    -    -    x    x    .    x    .    x    .    x    x    .    x    -
list_bases           recommended    -    -    -    -    -    -    -    x    x    .    x    .    x    .    x    x    .    x    -
list_bases           granted        -    -    -    -    -    -    -    x    x    .    x    .    x    .    x    x    .    x    -
list_bases           away           -    -    -    -    -    -    -    .    .    x    .    x    x    .    x    x    .    x    -
list_bases           statped        -    -    -    -    -    -    -    .    .    x    .    x    x    .    x    x    x    x    -
list_bases           far            -    -    -    -    -    -    -    .    .    .    .    .    .    x    .    .    .    x    -
list_bases           initiated      -    -    -    -    -    -    -    .    x    .    x    .    .    .    .    .    .    .    -
list_bases           returned       -    -    -    -    -    -    -    .    x    .    x    .    x    .    x    x    .    x    -
list_bases           with-uhp2      -    -    -    -    -    -    -    .    .    .    .    x    x    .    x    x    .    x    -
list_bases           drafts         -    -    -    -    -    -    -    .    .    .    .    .    .    .    .    .    .    .    -
list_bases           with-statped   -    -    -    -    -    -    -    .    .    .    .    .    .    .    .    .    x    x    -
list_bases           others         -    -    -    -    -    -    -    .    .    .    .    .    .    .    .    .    .    x    -
""",
    listed={"list_bases": List("decision_basis", named=lines_of_list)},
    offered={"withdraw_basis", "return_basis", "sign_basis", "assess_basis"},
    lists_of_one={"list_measures", "list_budget_lines", "list_signatures"},

    # ---- the policies

    sees="""
                                              anon outs smad admn unit ownr own2 netw net2 uhpa uhp2 secr sec2 memb govn stat audi gpar syst
decision_basis initiated                      .    .    .    .    .    .    .    x    .    x    .    .    .    .    .    .    .    .    .
""",
    does="""
                                              anon outs smad admn unit ownr own2 netw net2 uhpa uhp2 secr sec2 memb govn stat audi gpar syst
decision_basis create initiated               .    .    .    .    .    .    .    x    .    x    .    .    .    .    .    .    .    .    .
decision_basis create by-no-member            .    .    .    .    .    .    .    x    .    .    .    .    .    .    .    .    .    .    .
basis_partner create initiated                .    .    .    .    .    .    .    x    .    x    .    .    .    .    .    .    .    .    .
""",
    statements={
        "decision_basis create initiated": insert("decision_basis", round_id=ROUND, network_id=NETWORK,
                                                  title="'Nytt'", initiated_by_id=UH),
        "decision_basis create by-no-member": insert(
            "decision_basis", round_id=ROUND, network_id=NETWORK, title="'Nytt'",
            initiated_by_id=sql_row("organisation uh-away")),
        "basis_partner create initiated": insert(
            "basis_partner", basis_id=sql_row("decision_basis initiated"), kind="'uh'",
            organisation_id=UH),
    },
    narrow={"hold_round": "the state of a round, which everybody in the programme sees",
            "basis_service_types": "names of services, and nothing of the assessments"},

    # ---- without permissions

    # Whoever decides on a basis may write its row; that it is returned or assessed is for the secretariat.
    given="""
                                   anon outs book smad admn read unit ownr netw net2 uhpa uhp2 secr sec2 memb govn stat audi gpar
return_basis         home           .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .
assess_basis         to-assess      .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .
""",

    # ---- codes

    checks={"decision_basis.state": "basis_state", "basis_partner.kind": "partner_kind",
            "measure.target_groups": "target_group", "measure_party.kind": "measure_party_kind",
            "budget_line.recipient_kind": "recipient_kind", "budget_line.purpose": "budget_purpose"},
)
