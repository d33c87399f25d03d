"""Kompetanseløftet, what is needed: a unit has its own assessments and an owner those of its units, the
network and the forum the completed ones. An owner has its own need reports, a network those of its owners
and the forum all, once they are passed on; the network alone says what comes of them."""
from access.engine import List, Part, Request
from access.grants_base import row as of


def furnish(world):
    rows = world.grant_rows
    common = {"round_id": rows["grant_round home"], "network_id": rows["competence_network home"],
              "owner_id": rows["organisation owner-home"]}
    rows.add("self_assessment", "done", **common, unit_id=rows["organisation unit-home"],
             service_type="ppt", state="completed", completed_on="2029-11-01")
    rows.add("need_report", "ready", **common, title="Nytt behov")


def row(table):
    return lambda world, name, relation: world.grant_rows[f"{table} {relation}"]


def named(world, table, *names):
    return {name: {world.grant_rows[f"{table} {name}"]} for name in names}


def new(world, **body):
    return {"round_id": world.grant_rows["grant_round next"], **body}


NOTE = {"note": "Hvilke barnehager?"}

PART = Part(
    furnish=furnish,
    after=("grants_base", "grants_case"),

    # ---- over HTTP

    operations="""
                                       anon outs book smad admn read unit ownr own2 netw net2 uhpa secr sec2 memb govn stat audi gpar
list_self_assessments    -              401  403  403  403  403  403  200  200  200  200  200  403  200  200  200  200  403  200  403
get_self_assessment      home-draft     401  403  403  403  403  403  200  200  404  404  404  403  404  404  404  404  403  404  403
get_self_assessment      home           401  403  403  403  403  403  200  200  404  200  404  403  200  404  200  200  403  200  403
get_self_assessment      done           401  403  403  403  403  403  200  200  404  200  404  403  200  404  200  200  403  200  403
create_self_assessment   -              401  403  403  403  403  403  201  201  403  403  403  403  403  403  403  403  403  403  403
update_self_assessment   home-draft     401  403  403  403  403  403  200  200  404  403  403  403  403  403  403  403  403  403  403
complete_self_assessment home-draft     401  403  403  403  403  403  200  200  404  403  403  403  403  403  403  403  403  403  403
reopen_self_assessment   done           401  403  403  403  403  403  200  200  404  403  403  403  403  403  403  403  403  403  403
                                       anon outs book smad admn read unit ownr own2 netw net2 uhpa secr sec2 memb govn stat audi gpar
list_need_reports        -              401  403  403  403  403  403  403  200  200  200  200  403  200  200  200  200  403  200  403
get_need_report          home-draft     401  403  403  403  403  403  403  200  404  404  404  403  404  404  404  404  403  404  403
get_need_report          ready          401  403  403  403  403  403  403  200  404  404  404  403  404  404  404  404  403  404  403
get_need_report          home           401  403  403  403  403  403  403  200  404  200  404  403  200  404  200  200  403  200  403
create_need_report       -              401  403  403  403  403  403  403  201  403  403  403  403  403  403  403  403  403  403  403
update_need_report       home-draft     401  403  403  403  403  403  403  200  404  403  403  403  403  403  403  403  403  403  403
submit_need_report       ready          401  403  403  403  403  403  403  200  404  403  403  403  403  403  403  403  403  403  403
return_need_report       home           401  403  403  403  403  403  403  403  403  200  404  403  403  403  403  403  403  403  403
include_need_report      home           401  403  403  403  403  403  403  403  403  200  404  403  403  403  403  403  403  403  403
exclude_need_report      home           401  403  403  403  403  403  403  403  403  200  404  403  403  403  403  403  403  403  403
list_round_needs         home           401  403  403  403  403  403  403  200  200  200  200  403  200  200  200  200  403  200  403
""",
    requests={
        "get_self_assessment": Request("self_assessment"),
        "create_self_assessment": Request(body=lambda world, *_: new(
            world, unit_id=world.grant_rows["organisation unit-home"], service_type="kindergarten")),
        "update_self_assessment": Request("self_assessment", {"staff_count": 12}),
        "complete_self_assessment": Request("self_assessment"),
        "reopen_self_assessment": Request("self_assessment"),
        "get_need_report": Request("need_report"),
        "create_need_report": Request(body=lambda world, *_: new(
            world, owner_id=world.grant_rows["organisation owner-home"], title="Behov")),
        "update_need_report": Request("need_report", {"title": "Et annet navn"}),
        "submit_need_report": Request("need_report"),
        "return_need_report": Request("need_report", NOTE),
        "include_need_report": Request("need_report"),
        "exclude_need_report": Request("need_report", NOTE),
        "list_round_needs": Request("round_of_needs"),
    },
    rows={"self_assessment": row("self_assessment"), "need_report": row("need_report"),
          "round_of_needs": row("grant_round")},
    offered={"complete_self_assessment", "reopen_self_assessment", "submit_need_report",
             "return_need_report", "include_need_report", "exclude_need_report"},

    lists="""
                                       anon outs book smad admn read unit ownr own2 netw net2 uhpa secr sec2 memb govn stat audi gpar
list_self_assessments home-draft        -    -    -    -    -    -    x    x    .    .    .    -    .    .    .    .    -    .    -
list_self_assessments home              -    -    -    -    -    -    x    x    .    x    .    -    x    .    x    x    -    x    -
list_self_assessments done              -    -    -    -    -    -    x    x    .    x    .    -    x    .    x    x    -    x    -
list_self_assessments away              -    -    -    -    -    -    .    .    x    .    x    -    x    .    x    x    -    x    -
list_self_assessments far               -    -    -    -    -    -    .    .    .    .    .    -    .    x    .    .    -    x    -
list_self_assessments others            -    -    -    -    -    -    .    .    .    .    .    -    .    .    .    .    -    x    -
list_need_reports     home-draft        -    -    -    -    -    -    -    x    .    .    .    -    .    .    .    .    -    .    -
list_need_reports     ready             -    -    -    -    -    -    -    x    .    .    .    -    .    .    .    .    -    .    -
list_need_reports     home              -    -    -    -    -    -    -    x    .    x    .    -    x    .    x    x    -    x    -
list_need_reports     away              -    -    -    -    -    -    -    .    x    .    x    -    x    .    x    x    -    x    -
list_need_reports     far               -    -    -    -    -    -    -    .    .    .    .    -    .    x    .    .    -    x    -
list_need_reports     others            -    -    -    -    -    -    -    .    .    .    .    -    .    .    .    .    -    x    -
""",
    # Drafts of the demo are nobody's here.
    listed={
        "list_self_assessments": List("self_assessment AS s WHERE NOT (is_example AND state = 'draft')",
                                      named=lambda world: named(world, "self_assessment", "home-draft",
                                                                "home", "done", "away", "far")),
        "list_need_reports": List("need_report AS n WHERE NOT (is_example AND state = 'draft')",
                                  named=lambda world: named(world, "need_report", "home-draft", "ready",
                                                            "home", "away", "far")),
    },
    lists_of_one={"list_round_needs"},
    scopes="""
                      registry:read registry:write smart:read smart:write smart:register audit:read admin:write grants:read grants:write
list_self_assessments 403           403            403        403         403            403        403         403         403
list_need_reports     403           403            403        403         403            403        403         403         403
create_need_report    403           403            403        403         403            403        403         403         403
""",

    # ---- the policies

    sees="""
                                              anon outs smad admn unit ownr own2 netw net2 uhpa uhp2 secr sec2 memb govn stat audi gpar syst
self_assessment done                          .    .    .    .    x    x    .    x    .    .    .    x    .    x    x    .    x    .    x
need_report ready                             .    .    .    .    .    x    .    .    .    .    .    .    .    .    .    .    .    .    .
""",
    does="""
                                              anon outs smad admn unit ownr own2 netw net2 uhpa uhp2 secr sec2 memb govn stat audi gpar syst
need_report submit ready                      .    .    .    .    .    x    .    .    .    .    .    .    .    .    .    .    .    .    .
need_report include home                      .    .    .    .    .    .    .    x    .    .    .    .    .    .    .    .    .    .    .
need_report answers                           .    .    .    .    .    x    .    .    .    .    .    .    .    .    .    .    .    .    .
""",
    statements={
        "need_report submit ready":
            f"UPDATE need_report SET state = 'submitted' WHERE id = {of('need_report ready')}",
        "need_report include home":
            f"UPDATE need_report SET state = 'included' WHERE id = {of('need_report home')}",
        "need_report answers": "SELECT FROM measures_of_own_needs() AS a"
                               f" WHERE a.need_report_id = {of('need_report home')}",
    },
    narrow={"measures_of_own_needs": "the measures that answer needs of owners that the caller acts for"},
    halves={
        ("need_report_update_owner", "WITH CHECK (true)"): "an owner decides on no need",
        ("need_report_update_network", "WITH CHECK (true)"): "a network writes no need",
    },
    kept={"self_assessment": "id version", "need_report": "id version"},

    # ---- without permissions

    machine_may={"list_round_needs"},  # a round is everybody's, and nothing in it a machine's

    # ---- codes

    checks={
        "self_assessment.service_type": "service_type",
        "self_assessment.state": "self_assessment_state",
        "need_report.target_groups": "target_group",
        "need_report.state": "need_report_state",
    },
)
