"""Kompetanseløftet: rounds with their networks and links, and the distribution of their money. Everybody
in the programme reads rounds and what is published. The secretariat plans them and leads them to the
recommendation, of its own forum; the county governor sets the total and leads them from there; a
network's coordinator sets its own deadline."""
from access.engine import List, Part, Request
from access.grants_case import DATES

# In the forum at home, each where one action is the next.
STEPS = {"planned": "planning", "framed": "frame_adopted", "sending": "basis_closed",
         "sent": "recommended", "decided": "decided", "reporting": "reporting"}


# Bases were due before there was a network, so that no other row is in the way.
EARLY = {**DATES, "need_due_on": "2019-12-01", "basis_due_on": "2020-02-01"}


def furnish(world):
    rows = world.grant_rows
    for year, (name, state) in enumerate(STEPS.items(), 2041):
        round_id = rows.add("grant_round", name, forum_id=rows["forum home"], scheme_code="dekom", year=year,
                            state=state, own_share_bp=0, **EARLY)
        if state in ("planning", "frame_adopted"):
            _adopt(rows, name, round_id, year, "published" if state == "frame_adopted" else "adopted")
    meeting = rows["forum_meeting home"]
    rows.add("recommendation", "sending", round_id=rows["grant_round sending"], title="Innstilling",
             state="adopted", adopted_on="2030-03-01", meeting_id=meeting, decided_by="consensus")
    rows.add("allocation", "computed", round_id=rows["grant_round sent"], version_no=1, name="Utkast",
             headcount_year=2028, total_nok=0, joint_nok=0, base_per_network_nok=0)
    rows.add("forum_meeting", "first-sent", forum_id=rows["forum home"], scheme_code="dekom", year_no=1,
             held_on="2044-01-10", title="Første møte", state="held")
    rows.add("round_link", "planned", round_id=rows["grant_round planned"],
             related_round_id=rows["grant_round framed"])


def _adopt(rows, name, round_id, year, state):
    meeting = rows.add("forum_meeting", f"first-{name}", forum_id=rows["forum home"], scheme_code="dekom",
                       held_on=f"{year}-01-10", year_no=1, title="Første møte", state="held")
    allocation = rows.add("allocation", f"of-{name}", round_id=round_id, version_no=1, name=name,
                          headcount_year=2028, total_nok=0, joint_nok=0, base_per_network_nok=0)
    rows.run("UPDATE allocation SET state = %s, decided_in_meeting_id = %s WHERE id = %s", state, meeting,
             allocation)


def row(table):
    return lambda world, name, relation: world.grant_rows[f"{table} {relation}"]


def new_round(world, name, relation):
    return {"forum_id": world.grant_rows["forum home"], "scheme_code": "rekom", "year": 2035}


def new_allocation(world, name, relation):
    return {"round_id": world.grant_rows["grant_round sent"], "name": "Ny", "headcount_year": 2028,
            "total_nok": 0, "joint_nok": 0, "base_per_network_nok": 0}


def adoption(world, name, relation):
    return {"meeting_id": world.grant_rows["forum_meeting first-sent"]}


def new_link(world, name, relation):
    return {"related_round_id": world.grant_rows["grant_round sent"]}


def unpublished(world):
    demo = world.build.session.rows(
        "SELECT id::text AS id FROM allocation WHERE is_example AND state IN ('draft', 'adopted')")
    return {"of-demo": {one["id"] for one in demo},
            **{name: {world.grant_rows[f"allocation {name}"]}
               for name in ("draft", "computed", "of-planned", "far")}}


PART = Part(
    furnish=furnish,
    after=("grants_base", "grants_case", "grants_register"),

    operations="""
                                   anon outs book smad admn read unit ownr netw net2 uhpa secr sec2 memb govn stat audi gpar
list_rounds            -           401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
create_round           -           401  403  403  403  403  403  403  403  403  403  403  201  403  403  403  403  403  403
get_round              home        401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
get_round              far         401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
get_round              planned     401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
get_round              framed      401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
get_round              sending     401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
get_round              sent        401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
get_round              decided     401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
get_round              reporting   401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
update_round           home        401  403  403  403  403  403  403  403  403  403  403  200  403  403  403  403  403  403
adopt_round_frame      planned     401  403  403  403  403  403  403  403  403  403  403  200  403  403  403  403  403  403
open_round             framed      401  403  403  403  403  403  403  403  403  403  403  200  403  403  403  403  403  403
close_round_bases      home        401  403  403  403  403  403  403  403  403  403  403  200  403  403  403  403  403  403
close_round_bases      far         401  403  403  403  403  403  403  403  403  403  403  403  200  403  403  403  403  403
recommend_round        sending     401  403  403  403  403  403  403  403  403  403  403  200  403  403  403  403  403  403
decide_round           sent        401  403  403  403  403  403  403  403  403  403  403  403  403  403  200  403  403  403
start_round_reporting  decided     401  403  403  403  403  403  403  403  403  403  403  403  403  403  200  403  403  403
close_round            reporting   401  403  403  403  403  403  403  403  403  403  403  403  403  403  200  403  403  403
set_round_total        home        401  403  403  403  403  403  403  403  403  403  403  403  403  403  200  403  403  403
set_round_total        far         401  403  403  403  403  403  403  403  403  403  403  403  403  403  403  403  403  403
roll_over_round        reporting   401  403  403  403  403  403  403  403  403  403  403  201  403  403  403  403  403  403
                                   anon outs book smad admn read unit ownr netw net2 uhpa secr sec2 memb govn stat audi gpar
list_round_networks    home        401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
get_network_frame      home        401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
update_network_frame   home        401  403  403  403  403  403  403  403  200  403  403  200  403  403  403  403  403  403
update_network_frame   away        401  403  403  403  403  403  403  403  403  200  403  200  403  403  403  403  403  403
list_round_links       home        401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
create_round_link      planned     401  403  403  403  403  403  403  403  403  403  403  201  403  403  403  403  403  403
get_round_link         planned     401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
delete_round_link      planned     401  403  403  403  403  403  403  403  403  403  403  204  403  403  403  403  403  403
                                      anon outs book smad admn read unit ownr netw net2 uhpa secr sec2 memb govn stat audi gpar
list_allocations            -         401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
create_allocation           -         401  403  403  403  403  403  403  403  403  403  403  201  403  403  403  403  403  403
get_allocation              computed  401  403  403  403  403  403  404  404  404  404  404  200  404  200  200  404  200  404
get_allocation              published 401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
get_allocation              of-planned 401 403  403  403  403  403  404  404  404  404  404  200  404  200  200  404  200  404
update_allocation           computed  401  403  403  403  403  403  403  403  403  403  403  200  404  403  403  403  403  403
delete_allocation           computed  401  403  403  403  403  403  403  403  403  403  403  204  404  403  403  403  403  403
recompute_allocation        computed  401  403  403  403  403  403  403  403  403  403  403  200  404  403  403  403  403  403
adopt_allocation            computed  401  403  403  403  403  403  403  403  403  403  403  200  404  403  403  403  403  403
publish_allocation          of-planned 401 403  403  403  403  403  403  403  403  403  403  200  404  403  403  403  403  403
list_allocation_lines       computed  401  403  403  403  403  403  404  404  404  404  404  200  404  200  200  404  200  404
list_allocation_lines       published 401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
list_allocation_explanations computed  401  403  403  403  403  403  404  404  404  404  404  200  404  200  200  404  200  404
list_allocation_comparison  home      401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
""",
    requests={
        "create_allocation": Request(body=new_allocation),
        "get_allocation": Request("allocation"),
        "update_allocation": Request("allocation", {"name": "Et annet navn"}),
        "delete_allocation": Request("allocation"),
        "recompute_allocation": Request("allocation"),
        "adopt_allocation": Request("allocation", adoption),
        "publish_allocation": Request("allocation"),
        "list_allocation_lines": Request("allocation"),
        "list_allocation_explanations": Request("allocation"),
        "list_allocation_comparison": Request("round"),
        "create_round": Request(body=new_round),
        "get_round": Request("round"),
        "update_round": Request("round", {"own_share_bp": 100}),
        "adopt_round_frame": Request("round"),
        "open_round": Request("round"),
        "close_round_bases": Request("round"),
        "recommend_round": Request("round"),
        "decide_round": Request("round"),
        "start_round_reporting": Request("round"),
        "close_round": Request("round"),
        "set_round_total": Request("round", {"total_nok": 2000000}),
        "roll_over_round": Request("round"),
        "list_round_networks": Request("round"),
        "get_network_frame": Request("frame"),
        "update_network_frame": Request("frame", {"need_deadline_hard": True}),
        "list_round_links": Request("round"),
        "create_round_link": Request("round", new_link),
        "get_round_link": Request("round_link"),
        "delete_round_link": Request("round_link"),
    },
    rows={"allocation": row("allocation"), "round": row("grant_round"), "frame": row("network_frame"), "round_link": row("round_link")},
    offered={"recompute_allocation", "adopt_allocation", "publish_allocation", "adopt_round_frame", "open_round", "close_round_bases", "recommend_round", "decide_round",
             "start_round_reporting", "close_round", "set_round_total", "roll_over_round"},

    lists="""
                       anon outs book smad admn read unit ownr netw net2 uhpa secr sec2 memb govn stat audi gpar
list_rounds   others   -    -    -    -    -    -    x    x    x    x    x    x    x    x    x    x    x    x
list_allocations  draft       -    -    -    -    -    -    .    .    .    .    .    x    .    x    x    .    x    .
list_allocations  computed    -    -    -    -    -    -    .    .    .    .    .    x    .    x    x    .    x    .
list_allocations  of-planned  -    -    -    -    -    -    .    .    .    .    .    x    .    x    x    .    x    .
list_allocations  far         -    -    -    -    -    -    .    .    .    .    .    .    x    .    .    .    x    .
list_allocations  of-demo     -    -    -    -    -    -    .    .    .    .    .    .    .    .    .    .    x    .
list_allocations  others      -    -    -    -    -    -    x    x    x    x    x    x    x    x    x    x    x    x
""",
    listed={"list_rounds": List("grant_round"),
            "list_allocations": List("allocation", named=unpublished)},
    lists_of_one={"list_round_networks", "list_round_links", "list_allocation_lines",
                  "list_allocation_explanations", "list_allocation_comparison"},
    scopes="""
               registry:read registry:write smart:read smart:write smart:register audit:read admin:write grants:read grants:write
list_rounds    403           403            403        403         403            403        403         200         403
create_round   403           403            403        403         403            403        403         403         403
list_allocations   403       403            403        403         403            403        403         200         403
create_allocation  403       403            403        403         403            403        403         403         403
""",

    does="""
                          anon outs smad admn unit ownr own2 netw net2 uhpa uhp2 secr sec2 memb govn stat audi gpar syst
grant_round networks      .    .    .    .    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
grant_round heads         .    .    .    .    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
""",
    statements={"grant_round networks": "SELECT FROM round_networks(%(grant_round home)s)",
                "grant_round heads": "SELECT FROM round_heads(%(grant_round home)s, 2030)"},

    # ---- without permissions

    machine_may={"list_rounds", "list_allocations", "get_round", "list_round_networks", "get_network_frame",
                 "list_round_links", "get_round_link", "get_allocation", "list_allocation_lines",
                 "list_allocation_explanations", "list_allocation_comparison"},

    # ---- codes

    checks={"grant_round.state": "round_state", "allocation.state": "allocation_state",
            "allocation.kind": "allocation_kind"},
)
