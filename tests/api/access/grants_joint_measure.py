"""Kompetanseløftet, joint measures: everybody in the programme reads them. The secretariat of the forum
writes them, the county governor grants them money, and a network joins for itself or by the secretariat."""
from access.engine import List, Part, Request


def furnish(world):
    rows = world.grant_rows
    answered = {f"considerations_{letter}_ok": True for letter in "abcd"}
    for state in "concept", "planned", "running", "evaluated":
        rows.add("joint_measure", state, forum_id=rows["forum home"], code=f"fellestiltak-{state}",
                 name="Fellestiltak", concept="Konsept", state=state, **answered)
    rows.add("joint_measure_evaluation", "running", joint_measure_id=rows["joint_measure running"],
             held_on="2025-11-01", conclusion="Videre")


def row(table):
    return lambda world, name, relation: world.grant_rows[f"{table} {relation}"]


def new_grant(world, name, relation):
    return {"round_id": world.grant_rows["grant_round home"], "amount_nok": 100,
            "recipient_id": world.grant_rows["organisation uh-away"]}


def participation(world, name, relation):
    return {"network_id": world.grant_rows["competence_network home"], "year": 2031}


PART = Part(
    furnish=furnish,
    after=("grants_base", "grants_case"),

    # ---- over HTTP

    operations="""
                                               anon outs book smad admn read unit ownr netw net2 uhpa secr sec2 memb govn stat audi gpar
list_joint_measures                -            401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
get_joint_measure                  home         401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
get_joint_measure                  concept      401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
get_joint_measure                  planned      401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
get_joint_measure                  running      401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
get_joint_measure                  evaluated    401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
create_joint_measure               -            401  403  403  403  403  403  403  403  403  403  403  201  403  403  403  403  403  403
update_joint_measure               home         401  403  403  403  403  403  403  403  403  403  403  200  403  403  403  403  403  403
develop_joint_measure              home         401  403  403  403  403  403  403  403  403  403  403  200  403  403  403  403  403  403
plan_joint_measure                 concept      401  403  403  403  403  403  403  403  403  403  403  200  403  403  403  403  403  403
start_joint_measure                planned      401  403  403  403  403  403  403  403  403  403  403  200  403  403  403  403  403  403
evaluate_joint_measure             running      401  403  403  403  403  403  403  403  403  403  403  200  403  403  403  403  403  403
end_joint_measure                  evaluated    401  403  403  403  403  403  403  403  403  403  403  200  403  403  403  403  403  403
list_joint_measure_evaluations     home         401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
get_joint_measure_evaluation       home         401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
create_joint_measure_evaluation    running      401  403  403  403  403  403  403  403  403  403  403  201  403  403  403  403  403  403
                                               anon outs book smad admn read unit ownr netw net2 uhpa secr sec2 memb govn stat audi gpar
list_joint_measure_grants          home         401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
get_joint_measure_grant            home         401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
create_joint_measure_grant         home         401  403  403  403  403  403  403  403  403  403  403  403  403  403  201  403  403  403
update_joint_measure_grant         home         401  403  403  403  403  403  403  403  403  403  403  403  403  403  200  403  403  403
delete_joint_measure_grant         home         401  403  403  403  403  403  403  403  403  403  403  403  403  403  204  403  403  403
list_joint_measure_participations  home         401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
get_joint_measure_participation    home         401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
create_joint_measure_participation home         401  403  403  403  403  403  403  403  201  403  403  201  403  403  403  403  403  403
delete_joint_measure_participation home         401  403  403  403  403  403  403  403  204  403  403  204  403  403  403  403  403  403
""",
    requests={
        "get_joint_measure": Request("joint_measure"),
        "create_joint_measure": Request(body=lambda world, *_: {
            "forum_id": world.grant_rows["forum home"], "code": "nytt-fellestiltak", "name": "Nytt"}),
        "update_joint_measure": Request("joint_measure", {"name": "Et annet navn"}),
        **{f"{action}_joint_measure": Request("joint_measure")
           for action in ("develop", "plan", "start", "evaluate", "end")},
        "list_joint_measure_evaluations": Request("joint_measure"),
        "get_joint_measure_evaluation": Request("joint_measure_evaluation"),
        "create_joint_measure_evaluation": Request("joint_measure", {"held_on": "2025-12-01",
                                                                     "conclusion": "Ja"}),
        "list_joint_measure_grants": Request("joint_measure"),
        "get_joint_measure_grant": Request("joint_measure_grant"),
        "create_joint_measure_grant": Request("joint_measure", new_grant),
        "update_joint_measure_grant": Request("joint_measure_grant", {"amount_nok": 200}),
        "delete_joint_measure_grant": Request("joint_measure_grant"),
        "list_joint_measure_participations": Request("joint_measure"),
        "get_joint_measure_participation": Request("joint_measure_participation"),
        "create_joint_measure_participation": Request("joint_measure", participation),
        "delete_joint_measure_participation": Request("joint_measure_participation"),
    },
    rows={table: row(table) for table in (
        "joint_measure", "joint_measure_evaluation", "joint_measure_grant",
        "joint_measure_participation")},
    offered={f"{action}_joint_measure" for action in ("develop", "plan", "start", "evaluate", "end")},

    lists="""
                                       anon outs book smad admn read unit ownr netw net2 uhpa secr sec2 memb govn stat audi gpar
list_joint_measures   others            -    -    -    -    -    -    x    x    x    x    x    x    x    x    x    x    x    x
""",
    listed={"list_joint_measures": List("joint_measure")},
    lists_of_one={"list_joint_measure_evaluations", "list_joint_measure_grants",
                  "list_joint_measure_participations"},
    scopes="""
                     registry:read registry:write smart:read smart:write smart:register audit:read admin:write grants:read grants:write
list_joint_measures  403           403            403        403         403            403        403         200         403
create_joint_measure 403           403            403        403         403            403        403         403         403
""",

    # ---- without permissions

    machine_may={"list_joint_measures", "get_joint_measure", "list_joint_measure_evaluations",
                 "get_joint_measure_evaluation", "list_joint_measure_grants", "get_joint_measure_grant",
                 "list_joint_measure_participations", "get_joint_measure_participation"},

    # ---- codes

    checks={"joint_measure.state": "joint_measure_state"},
)
