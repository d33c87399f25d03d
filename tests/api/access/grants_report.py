"""Kompetanseløftet, reports. The partnership writes its report, network and universities together, the county
governor returns or approves it; who sees the decision sees its report, but Statped."""
from access.engine import List, Part, Request
from access.grants_register import named, row

TEXTS = "goals involvement collective partnership crossdisciplinary unused_plan"


def furnish(world):
    """The one at home is complete; another, on a decision that is to be paid, is submitted."""
    rows = world.grant_rows
    rows.run("UPDATE grant_report SET answers = (SELECT jsonb_object_agg(k, 'Ja')"
             " FROM unnest(string_to_array(%s, ' ')) AS k) WHERE id = %s", TEXTS, rows["grant_report home"])
    report = rows.add("grant_report", "submitted", decision_id=rows["grant_decision to-pay"],
                      due_on="2031-06-30")
    rows.run("UPDATE grant_report SET state = 'submitted' WHERE id = %s", report)


PART = Part(
    furnish=furnish,
    after=("grants_decision",),

    # ---- over HTTP

    operations="""
                                               anon outs book smad admn read unit ownr netw uhpa secr sec2 memb govn stat audi gpar
list_reports                     -              401  403  403  403  403  403  403  200  200  200  200  200  200  200  403  200  403
get_report                       home           401  403  403  403  403  403  403  200  200  200  200  404  200  200  403  200  403
get_report                       submitted      401  403  403  403  403  403  403  404  404  404  200  404  200  200  403  200  403
get_report                       away           401  403  403  403  403  403  403  404  404  404  200  404  200  200  403  200  403
update_report                    home           401  403  403  403  403  403  403  403  200  200  403  403  403  403  403  403  403
update_report                    away           401  403  403  403  403  403  403  403  404  404  403  403  403  403  403  403  403
submit_report                    home           401  403  403  403  403  403  403  403  200  200  403  403  403  403  403  403  403
return_report                    submitted      401  403  403  403  403  403  403  403  403  403  403  403  403  200  403  403  403
approve_report                   submitted      401  403  403  403  403  403  403  403  403  403  403  403  403  200  403  403  403
list_report_uses                 home           401  403  403  403  403  403  403  200  200  200  200  404  200  200  403  200  403
replace_report_uses              home           401  403  403  403  403  403  403  403  200  200  403  403  403  403  403  403  403
list_report_participations       home           401  403  403  403  403  403  403  200  200  200  200  404  200  200  403  200  403
replace_report_participations    home           401  403  403  403  403  403  403  403  200  200  403  403  403  403  403  403  403
list_report_own_shares           home           401  403  403  403  403  403  403  200  200  200  200  404  200  200  403  200  403
replace_report_own_shares        home           401  403  403  403  403  403  403  403  200  200  403  403  403  403  403  403  403
""",
    requests={
        "get_report": Request("report"),
        "update_report": Request("report", {"goals": "Nådd"}),
        "submit_report": Request("report"),
        "return_report": Request("report", {"note": "Mer om målene"}),
        "approve_report": Request("report"),
        "list_report_uses": Request("report"),
        "replace_report_uses": Request("report", {"uses": []}),
        "list_report_participations": Request("report"),
        "replace_report_participations": Request("report", {"participations": []}),
        "list_report_own_shares": Request("report"),
        "replace_report_own_shares": Request("report", {"own_shares": []}),
    },
    rows={"report": row("grant_report")},
    offered={"submit_report", "return_report", "approve_report"},

    lists="""
                                               anon outs book smad admn read unit ownr netw uhpa secr sec2 memb govn stat audi gpar
list_reports                  home              -    -    -    -    -    -    -    x    x    x    x    .    x    x    -    x    -
list_reports                  submitted         -    -    -    -    -    -    -    .    .    .    x    .    x    x    -    x    -
list_reports                  away              -    -    -    -    -    -    -    .    .    .    x    .    x    x    -    x    -
list_reports                  others            -    -    -    -    -    -    -    .    .    .    .    .    .    .    -    x    -
""",
    listed={"list_reports": List("grant_report", named=lambda world: named(
        world, "grant_report", "home", "submitted", "away"))},
    lists_of_one={"list_report_uses", "list_report_participations", "list_report_own_shares"},

    # ---- without permissions

    # Statped sees the decisions where it takes part, and what became of them.
    given_lists={"list_reports": lambda world, name: {str(one["id"]) for one in world.build.session.rows(
        "SELECT r.id FROM grant_report r JOIN grant_decision d ON d.id = r.decision_id"
        " JOIN decision_basis b ON b.id = d.basis_id WHERE b.statped_participates")}
        if name == "stat" else set()},

    # ---- codes

    checks={"grant_report.state": "report_state", "report_use.purpose": "budget_purpose",
            "report_participation.service_type": "target_group"},
)
