"""Kompetanseløftet, the forum's part of a round: what it finds of each decision basis and what it
recommends. Whoever sees a basis sees its criteria, and its line once that is adopted; drafts are for the
forum, its secretariat, the county governor and auditors. The secretariat writes, of its own rounds."""
from access.engine import List, Part, Request
from access.grants_register import row

DATES = {"need_due_on": "2033-12-01", "basis_due_on": "2034-02-01", "recommendation_due_on": "2099-03-15",
         "decision_due_on": "2099-04-30", "report_due_on": "2099-06-30"}


def furnish(world):
    rows = world.grant_rows
    network = rows.add("competence_network", "recommend", forum_id=rows["forum home"], code="ZZ05",
                       organisation_id=rows.organisation("network-recommend", "competence_network"),
                       name="Nettverk", active_from_on="2020-08-01",
                       active_to_on="2027-12-31")  # needs no headcounts
    for name, year in ("ready", 2024), ("drafting", 2025):
        in_round = rows.add("grant_round", name, forum_id=rows["forum home"], year=year, own_share_bp=0,
                            scheme_code="kompetanseloftet", total_nok=1000000, state="basis_closed", **DATES)
        rows.add("network_frame", name, round_id=in_round, frame_nok=100000, network_id=network)
        rows.add("recommendation", name, round_id=in_round, title="Innstilling")
        _basis(rows, name, in_round, network)
        _assess(rows, f"decision_basis {name}")
    in_round = rows.add("grant_round", "to-assess", forum_id=rows["forum home"], year=2036, own_share_bp=0,
                        scheme_code="kompetanseloftet", total_nok=1000000, state="basis_closed", **DATES)
    _basis(rows, "to-assess", in_round, network)
    _verdicts(rows, "decision_basis to-assess")
    rows.add("recommendation_line", "ready", recommendation_id=rows["recommendation ready"],
             basis_id=rows["decision_basis ready"], verdict="recommend", amount_uh_nok=100,
             amount_network_nok=0)


def _basis(rows, name, in_round, network):
    """With everything that a line shows."""
    basis = rows.add("decision_basis", name, round_id=in_round, title="Grunnlag", starts_on="2034-08-01",
                     network_id=network, ends_on="2035-06-30", answer_c1="Ja", answer_c2="Ja",
                     answer_c3="Ja", answer_c4="Ja")
    uh = rows["organisation uh-away"]
    rows.link("basis_partner", "basis_id", name, basis_id=basis, kind="uh", organisation_id=uh)
    measure = rows.add("measure", name, basis_id=basis, seq_no=1, title="Tiltak")
    rows.link("measure_party", "measure_id", name, measure_id=measure, kind="uh", organisation_id=uh)
    rows.add("budget_line", name, basis_id=basis, seq_no=1, purpose="implementation", amount_nok=100,
             recipient_id=uh, recipient_kind="uh")
    rows.run("UPDATE decision_basis SET state = 'submitted' WHERE id = %s", basis)


def _verdicts(rows, name):
    for criterion in "c1", "c2", "c3", "c4":
        rows.build.insert("criterion_assessment", basis_id=rows[name], criterion=criterion, verdict="met")


def _assess(rows, name):
    _verdicts(rows, name)
    rows.run("UPDATE decision_basis SET state = 'assessed', claimed_nok = 100 WHERE id = %s", rows[name])


def by_forum(world):
    """All recommendations, those of other parts' rounds too."""
    return {place: {str(one["id"]) for one in world.build.session.rows(
        "SELECT r.id FROM recommendation r JOIN grant_round g ON g.id = r.round_id WHERE g.forum_id = %s",
        [world.grant_rows[f"forum {place}"]])} for place in ("home", "far")}


def by_sight(world):
    """All lines: what was adopted is seen with its basis, and Statped sees where it takes part."""
    found = {"draft": set(), "home": set(), "away": set(), "far": set(), "statped": set()}
    for one in world.build.session.rows(
            "SELECT l.id, CASE WHEN g.forum_id = %s THEN 'far' WHEN NOT adopted.yes THEN 'draft'"
            " WHEN b.network_id = %s THEN 'home' ELSE 'away' END AS line, g.forum_id IN (%s, %s) AS ours,"
            " adopted.yes AND b.statped_participates AS statped"
            " FROM recommendation_line l JOIN decision_basis b ON b.id = l.basis_id"
            " JOIN grant_round g ON g.id = b.round_id CROSS JOIN LATERAL (SELECT b.state NOT IN"
            " ('submitted', 'returned', 'assessed', 'withdrawn') AS yes) AS adopted",
            [world.grant_rows[name] for name in ("forum far", "competence_network home", "forum home",
                                                 "forum far")]):
        if one["ours"] or one["statped"]:
            found[one["line"] if one["ours"] else "statped"].add(str(one["id"]))
    return found


PART = Part(
    after=("grants_case",),
    furnish=furnish,

    operations="""
                                           anon outs book smad admn read unit ownr netw uhpa secr sec2 memb govn stat audi gpar
list_criteria                home           401  403  403  403  403  403  403  200  200  200  200  404  200  200  404  200  403
list_criteria                statped        401  403  403  403  403  403  403  404  404  404  200  404  200  200  200  200  403
get_criterion                home           401  403  403  403  403  403  403  200  200  200  200  404  200  200  404  200  403
get_criterion                home-draft     401  403  403  403  403  403  403  404  200  200  404  404  404  404  404  404  403
put_criterion                home           401  403  403  403  403  403  403  403  403  403  200  404  403  403  403  403  403
put_criterion                home-draft     401  403  403  403  403  403  403  403  403  403  404  404  403  403  403  403  403
                                           anon outs book smad admn read unit ownr netw uhpa secr sec2 memb govn stat audi gpar
list_recommendations         -              401  403  403  403  403  403  403  403  403  403  200  200  200  200  403  200  403
get_recommendation           home           401  403  403  403  403  403  403  403  403  403  200  404  200  200  403  200  403
get_recommendation           ready          401  403  403  403  403  403  403  403  403  403  200  404  200  200  403  200  403
create_recommendation        -              401  403  403  403  403  403  403  403  403  403  201  403  403  403  403  403  403
update_recommendation        home           401  403  403  403  403  403  403  403  403  403  200  404  403  403  403  403  403
adopt_recommendation         ready          401  403  403  403  403  403  403  403  403  403  200  404  403  403  403  403  403
list_recommendation_summary  home           401  403  403  403  403  403  403  403  403  403  200  404  200  200  403  200  403
list_lines_of_recommendation home           401  403  403  403  403  403  403  403  403  403  200  404  200  200  403  200  403
                                           anon outs book smad admn read unit ownr netw uhpa secr sec2 memb govn stat audi gpar
list_recommendation_lines    -              401  403  403  403  403  403  403  200  200  200  200  200  200  200  200  200  403
get_recommendation_line      home           401  403  403  403  403  403  403  404  404  404  200  404  200  200  404  200  403
get_recommendation_line      recommended    401  403  403  403  403  403  403  200  200  200  200  404  200  200  404  200  403
create_recommendation_line   drafting       401  403  403  403  403  403  403  403  403  403  201  404  403  403  403  403  403
update_recommendation_line   ready          401  403  403  403  403  403  403  403  403  403  200  404  403  403  403  403  403
update_recommendation_line   recommended    401  403  403  403  403  403  403  403  403  403  409  404  403  403  403  403  403
delete_recommendation_line   ready          401  403  403  403  403  403  403  403  403  403  204  404  403  403  403  403  403
""",
    requests={
        "list_criteria": Request("assessed_basis"),
        "get_criterion": Request("assessed_basis", path={"criterion": "c2"}),
        "put_criterion": Request("assessed_basis", {"verdict": "met"}, path={"criterion": "c2"}),
        "get_recommendation": Request("recommendation"),
        "create_recommendation": Request(body=lambda world, *_: {
            "round_id": world.grant_rows["grant_round next"], "title": "Ny"}),
        "update_recommendation": Request("recommendation", {"title": "Et annet navn"}),
        "adopt_recommendation": Request("recommendation", lambda world, *_: {
            "meeting_id": world.grant_rows["forum_meeting home"], "decided_by": "consensus"}),
        "list_recommendation_summary": Request("recommendation"),
        "list_lines_of_recommendation": Request("recommendation"),
        "get_recommendation_line": Request("recommendation_line"),
        "create_recommendation_line": Request("recommendation", lambda world, *_: {
            "basis_id": world.grant_rows["decision_basis drafting"], "verdict": "recommend"}),
        "update_recommendation_line": Request("recommendation_line", {"priority": 1}),
        "delete_recommendation_line": Request("recommendation_line"),
    },
    rows={"assessed_basis": row("decision_basis"), "recommendation": row("recommendation"),
          "recommendation_line": row("recommendation_line")},
    offered={"adopt_recommendation"},

    lists="""
                                           anon outs book smad admn read unit ownr netw uhpa secr sec2 memb govn stat audi gpar
list_recommendations      home              -    -    -    -    -    -    -    -    -    -    x    .    x    x    -    x    -
list_recommendations      far               -    -    -    -    -    -    -    -    -    -    .    x    .    .    -    x    -
list_recommendations      others            -    -    -    -    -    -    -    -    -    -    .    .    .    .    -    x    -
list_recommendation_lines draft             -    -    -    -    -    -    -    .    .    .    x    .    x    x    .    x    -
list_recommendation_lines home              -    -    -    -    -    -    -    x    x    x    x    .    x    x    .    x    -
list_recommendation_lines away              -    -    -    -    -    -    -    .    .    .    x    .    x    x    .    x    -
list_recommendation_lines far               -    -    -    -    -    -    -    .    .    .    .    x    .    .    .    x    -
list_recommendation_lines statped           -    -    -    -    -    -    -    .    .    .    .    .    .    .    x    x    -
list_recommendation_lines others            -    -    -    -    -    -    -    .    .    .    .    .    .    .    .    x    -
""",
    listed={
        "list_recommendations": List("recommendation", named=by_forum),
        "list_recommendation_lines": List("recommendation_line", named=by_sight),
    },
    lists_of_one={"list_criteria", "list_recommendation_summary", "list_lines_of_recommendation"},

    given="""
                                           anon outs book smad admn read unit ownr netw uhpa secr sec2 memb govn stat audi gpar
list_lines_of_recommendation home           .    .    .    .    .    .    .    x    x    x    .    .    .    .    .    .    .
""",

    checks={
        "criterion_assessment.criterion": "criterion",
        "criterion_assessment.verdict": "criterion_verdict",
        "recommendation.state": "recommendation_state",
        "recommendation.decided_by": "decision_method",
        "recommendation_line.verdict": "recommendation_verdict",
    },
)
