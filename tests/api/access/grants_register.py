"""Kompetanseløftet, the registers: schemes, plans, networks, headcounts, forums with their members and
meetings. Everybody in the programme reads them, save that drafts, ordinary meetings and who sits in the
forum are for the forum, its secretariat, the county governor and auditors. The secretariat writes, of
its own forum."""
from access.engine import List, Part, Request

CSV = "text/csv"


def furnish(world):
    rows = world.grant_rows
    rows.organisation("network-new", "competence_network")
    rows.organisation("owner-new", "municipality")
    rows.add("long_term_plan", "hearing", forum_id=rows["forum home"], title="Ny plan", state="hearing")
    rows.add("forum_meeting", "planned", forum_id=rows["forum home"], scheme_code="kompetanseloftet",
             held_on="2020-01-10", year_no=1, title="Planlagt møte")
    for name, forum, year in (("open", "home", 2030), ("locked", "home", 2029), ("far", "far", 2030)):
        rows[f"headcount_year {name}"] = world.build.session.value(
            "SELECT id FROM headcount_year WHERE forum_id = %s AND year = %s",
            [rows[f"forum {forum}"], year])


def row(table):
    return lambda world, name, relation: world.grant_rows[f"{table} {relation}"]


def forum(world, **body):
    return {"forum_id": world.grant_rows["forum home"], **body}


def later(world, name, relation):
    return {"now": "2032-01-15T12:00:00Z"}


def new_network(world, name, relation):
    return forum(world, code="ZZ09", name="Nytt", active_from_on="2031-01-01",
                 organisation_id=world.grant_rows["organisation network-new"])


def new_member(world, name, relation):
    return {"organisation_id": world.grant_rows["organisation owner-new"], "role": "municipality",
            "from_on": "2031-01-01"}


def new_forum_member(world, name, relation):
    return forum(world, seat="ks", organisation_id=world.grant_rows["organisation owner-home"],
                 person={"full_name": "Ny Representant", "email": "ny.representant@example.no"})


def named(world, table, *names):
    return {name: {world.grant_rows[f"{table} {name}"]} for name in names}


def ordinary(world):
    """All of the forum at home but the one that is planned: other parts have theirs."""
    return {one["id"] for one in world.build.session.rows(
        "SELECT id FROM forum_meeting WHERE forum_id = %s AND kind = 'ordinary' AND state <> 'planned'",
        [world.grant_rows["forum home"]])}


def seminars(world):
    """That of the world and that of the demo data."""
    return {one["id"] for one in world.build.session.rows(
        "SELECT id FROM forum_meeting WHERE kind = 'partnership_seminar'")}


PART = Part(
    furnish=furnish,
    after=("grants_base",),

    # ---- over HTTP

    operations="""
                                       anon outs book smad admn read unit ownr netw uhpa secr sec2 memb govn stat audi gpar
list_grant_schemes       -              401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200
get_grant_scheme         -              401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200
list_forums              -              401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200
get_forum                home           401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200
list_plans               -              401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200
get_plan                 home           401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200
get_plan                 hearing        401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200
get_plan                 home-draft     401  403  403  403  403  403  404  404  404  404  200  404  200  200  404  200  404
create_plan              -              401  403  403  403  403  403  403  403  403  403  201  403  403  403  403  403  403
update_plan              hearing        401  403  403  403  403  403  403  403  403  403  200  403  403  403  403  403  403
update_plan              home-draft     401  403  403  403  403  403  403  403  403  403  200  404  403  403  403  403  403
hear_plan                home-draft     401  403  403  403  403  403  403  403  403  403  200  404  403  403  403  403  403
adopt_plan               hearing        401  403  403  403  403  403  403  403  403  403  200  403  403  403  403  403  403
list_plan_evaluations    home           401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200
list_plan_evaluations    home-draft     401  403  403  403  403  403  404  404  404  404  200  404  200  200  404  200  404
create_plan_evaluation   home           401  403  403  403  403  403  403  403  403  403  201  403  403  403  403  403  403
get_plan_evaluation      home           401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200
get_plan_evaluation      home-draft     401  403  403  403  403  403  404  404  404  404  200  404  200  200  404  200  404
update_plan_evaluation   home           401  403  403  403  403  403  403  403  403  403  200  403  403  403  403  403  403
list_networks            -              401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200
get_network              home           401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200
create_network           -              401  403  403  403  403  403  403  403  403  403  201  403  403  403  403  403  403
update_network           home           401  403  403  403  403  403  403  403  403  403  200  403  403  403  403  403  403
list_network_members     home           401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200
get_network_member       home           401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200
create_network_member    home           401  403  403  403  403  403  403  403  403  403  201  403  403  403  403  403  403
end_network_member       home           401  403  403  403  403  403  403  403  403  403  200  403  403  403  403  403  403
                                       anon outs book smad admn read unit ownr netw uhpa secr sec2 memb govn stat audi gpar
list_headcounts          -              401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200
get_headcount            home           401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200
put_headcount            home           401  403  403  403  403  403  403  403  403  403  200  403  403  403  403  403  403
delete_headcount         home           401  403  403  403  403  403  403  403  403  403  204  403  403  403  403  403  403
import_headcounts        -              401  403  403  403  403  403  403  403  403  403  200  200  403  403  403  403  403
list_headcount_totals    -              401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200
list_headcount_years     -              401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200
get_headcount_year       open           401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200
get_headcount_year       locked         401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200
lock_headcount_year      open           401  403  403  403  403  403  403  403  403  403  200  403  403  403  403  403  403
unlock_headcount_year    locked         401  403  403  403  403  403  403  403  403  403  200  403  403  403  403  403  403
                                       anon outs book smad admn read unit ownr netw uhpa secr sec2 memb govn stat audi gpar
list_forum_members       -              401  403  403  403  403  403  403  403  403  403  200  200  200  200  403  200  403
get_forum_member         home           401  403  403  403  403  403  403  403  403  403  200  404  200  200  403  200  403
create_forum_member      -              401  403  403  403  403  403  403  403  403  403  201  403  403  403  403  403  403
update_forum_member      home           401  403  403  403  403  403  403  403  403  403  200  404  403  403  403  403  403
end_forum_member         home           401  403  403  403  403  403  403  403  403  403  200  404  403  403  403  403  403
list_meetings            -              401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200
get_meeting              home           401  403  403  403  403  403  404  404  404  404  200  404  200  200  404  200  404
get_meeting              planned        401  403  403  403  403  403  404  404  404  404  200  404  200  200  404  200  404
get_meeting              seminar        401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200
create_meeting           -              401  403  403  403  403  403  403  403  403  403  201  403  403  403  403  403  403
update_meeting           planned        401  403  403  403  403  403  403  403  403  403  200  404  403  403  403  403  403
update_meeting           seminar        401  403  403  403  403  403  403  403  403  403  200  403  403  403  403  403  403
hold_meeting             planned        401  403  403  403  403  403  403  403  403  403  200  404  403  403  403  403  403
cancel_meeting           planned        401  403  403  403  403  403  403  403  403  403  200  404  403  403  403  403  403
cancel_meeting           seminar        401  403  403  403  403  403  403  403  403  403  200  403  403  403  403  403  403
list_meeting_decisions   home           401  403  403  403  403  403  404  404  404  404  200  404  200  200  404  200  404
list_meeting_decisions   seminar        401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200
create_meeting_decision  home           401  403  403  403  403  403  403  403  403  403  201  404  403  403  403  403  403
get_meeting_decision     home           401  403  403  403  403  403  404  404  404  404  200  404  200  200  404  200  404
get_meeting_decision     seminar        401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200
""",
    requests={
        "get_grant_scheme": Request("grant_scheme"),
        "get_forum": Request("forum"),
        "get_plan": Request("plan"),
        "create_plan": Request(body=lambda world, *_: forum(world, title="Ny plan")),
        "update_plan": Request("plan", {"title": "Et annet navn"}),
        "hear_plan": Request("plan"),
        "adopt_plan": Request("plan", options=later),
        "list_plan_evaluations": Request("plan"),
        "create_plan_evaluation": Request("plan", {"held_on": "2031-11-20", "conclusion": "Ja"},
                                          options=later),
        "get_plan_evaluation": Request("plan_evaluation"),
        "update_plan_evaluation": Request("plan_evaluation", {"revise": True}),
        "get_network": Request("network"),
        "create_network": Request(body=new_network),
        "update_network": Request("network", {"name": "Et annet navn"}),
        "list_network_members": Request("network"),
        "get_network_member": Request("network_member"),
        "create_network_member": Request("network", new_member),
        "end_network_member": Request("network_member", {"to_on": "2031-12-31"}),
        "get_headcount": Request("headcount"),
        "put_headcount": Request(body=lambda world, *_: {
            "network_id": world.grant_rows["competence_network home"], "year": 2031,
            "category": "apprentice", "heads": 3}),
        "delete_headcount": Request("headcount"),
        "import_headcounts": Request(
            body=lambda world, name, _: f"network_code,apprentice\n{'ZZ03' if name == 'sec2' else 'ZZ01'},4\n",
            options=lambda *_: {"params": {"year": 2031}, "media": CSV}),
        "list_headcount_totals": Request(options=lambda *_: {"params": {"year": 2030}}),
        "get_headcount_year": Request("headcount_year"),
        "lock_headcount_year": Request("headcount_year"),
        "unlock_headcount_year": Request("headcount_year", {"reason": "Feil"}),
        "get_forum_member": Request("forum_member"),
        "create_forum_member": Request(body=new_forum_member),
        "update_forum_member": Request("forum_member", {"seat": "uh"}),
        "end_forum_member": Request("forum_member", {"to_on": "2031-12-31"}),
        "get_meeting": Request("meeting"),
        "create_meeting": Request(body=lambda world, *_: forum(
            world, scheme_code="rekom", held_on="2031-03-01", title="Møte")),
        "update_meeting": Request("meeting", {"title": "Et annet navn"}),
        "hold_meeting": Request("meeting"),
        "cancel_meeting": Request("meeting", {"reason": "Stengt vei"}),
        "list_meeting_decisions": Request("meeting"),
        "create_meeting_decision": Request("meeting", {
            "kind": "other", "wording": "Enige", "decided_by": "consensus"}),
        "get_meeting_decision": Request("meeting_decision"),
    },
    rows={
        "grant_scheme": lambda world, *_: world.build.session.value(
            "SELECT id FROM grant_scheme WHERE code = 'rekom'"),
        "forum": row("forum"), "plan": row("long_term_plan"),
        "plan_evaluation": row("plan_evaluation"), "network": row("competence_network"),
        "network_member": row("network_member"), "headcount": row("headcount"),
        "headcount_year": row("headcount_year"), "forum_member": row("forum_member"),
        "meeting": row("forum_meeting"), "meeting_decision": row("meeting_decision"),
    },
    offered={"hear_plan", "adopt_plan", "lock_headcount_year", "unlock_headcount_year", "hold_meeting",
             "cancel_meeting"},

    lists="""
                                       anon outs book smad admn read unit ownr netw uhpa secr sec2 memb govn stat audi gpar
list_grant_schemes    others            -    -    -    -    -    -    x    x    x    x    x    x    x    x    x    x    x
list_forums           others            -    -    -    -    -    -    x    x    x    x    x    x    x    x    x    x    x
list_plans            home-draft        -    -    -    -    -    -    .    .    .    .    x    .    x    x    .    x    .
list_plans            others            -    -    -    -    -    -    x    x    x    x    x    x    x    x    x    x    x
list_networks         others            -    -    -    -    -    -    x    x    x    x    x    x    x    x    x    x    x
list_headcounts       others            -    -    -    -    -    -    x    x    x    x    x    x    x    x    x    x    x
list_headcount_years  others            -    -    -    -    -    -    x    x    x    x    x    x    x    x    x    x    x
list_forum_members    home              -    -    -    -    -    -    -    -    -    -    x    .    x    x    -    x    -
list_forum_members    far               -    -    -    -    -    -    -    -    -    -    .    x    .    .    -    x    -
list_forum_members    others            -    -    -    -    -    -    -    -    -    -    .    .    .    .    -    x    -
list_meetings         home              -    -    -    -    -    -    .    .    .    .    x    .    x    x    .    x    .
list_meetings         planned           -    -    -    -    -    -    .    .    .    .    x    .    x    x    .    x    .
list_meetings         far               -    -    -    -    -    -    .    .    .    .    .    x    .    .    .    x    .
list_meetings         seminar           -    -    -    -    -    -    x    x    x    x    x    x    x    x    x    x    x
list_meetings         others            -    -    -    -    -    -    .    .    .    .    .    .    .    .    .    x    .
""",
    listed={
        "list_grant_schemes": List("grant_scheme"),
        "list_forums": List("forum"),
        "list_plans": List("long_term_plan",
                           named=lambda world: named(world, "long_term_plan", "home-draft")),
        "list_networks": List("competence_network"),
        "list_headcounts": List("headcount"),
        "list_headcount_years": List("headcount_year"),
        "list_forum_members": List("forum_member",
                                   named=lambda world: named(world, "forum_member", "home", "far")),
        "list_meetings": List("forum_meeting", named=lambda world: {
            **named(world, "forum_meeting", "planned", "far"), "home": ordinary(world),
            "seminar": seminars(world)}),
    },
    lists_of_one={"list_plan_evaluations", "list_network_members", "list_headcount_totals",
                  "list_meeting_decisions"},
    scopes="""
                     registry:read registry:write smart:read smart:write smart:register audit:read admin:write grants:read grants:write
list_grant_schemes   403           403            403        403         403            403        403         200         403
list_networks        403           403            403        403         403            403        403         200         403
list_headcounts      403           403            403        403         403            403        403         200         403
list_forum_members   403           403            403        403         403            403        403         403         403
create_plan          403           403            403        403         403            403        403         403         403
""",

    # ---- the policies

    sees="""
                                              anon outs smad admn unit ownr own2 netw net2 uhpa uhp2 secr sec2 memb govn stat audi gpar syst
headcount_year open                           .    .    .    .    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
headcount_year far                            .    .    .    .    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
""",
    does="""
                                              anon outs smad admn unit ownr own2 netw net2 uhpa uhp2 secr sec2 memb govn stat audi gpar syst
person name-member                            .    .    x    .    .    .    .    .    .    .    .    x    x    .    .    .    .    .    x
headcount roll-up                             .    .    .    .    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
""",
    statements={
        "person name-member": "SELECT person_find_or_create('Ny', 'ny@example.no', NULL)",
        "headcount roll-up": "SELECT FROM network_headcounts(2030)",
    },
    kept={"headcount_year": "id forum_id year version created_at updated_at"},

    # ---- without permissions

    public_registers={"list_grant_schemes", "get_grant_scheme", "list_forums", "get_forum"},
    machine_may={"list_plans", "get_plan", "list_plan_evaluations", "get_plan_evaluation",
                 "list_networks", "get_network", "list_network_members", "get_network_member",
                 "list_headcounts", "get_headcount", "list_headcount_totals", "list_headcount_years",
                 "get_headcount_year", "get_meeting", "list_meeting_decisions",
                 "get_meeting_decision"},
    machine_lists={"list_meetings": 2},

    # ---- codes

    checks={
        "grant_scheme.expected_service_types": "service_type",
        "long_term_plan.state": "plan_state",
        "network_member.role": "network_member_role",
        "headcount.category": "headcount_category", "headcount.source": "headcount_source",
        "forum_member.seat": "forum_seat",
        "forum_meeting.kind": "meeting_kind", "forum_meeting.state": "meeting_state",
        "meeting_decision.kind": "meeting_decision_kind",
        "meeting_decision.decided_by": "decision_method",
    },
    code_tables={"grant_scheme"},
)
