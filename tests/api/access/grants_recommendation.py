"""Kompetanseløftet, the forum's part of a round: what it finds of each decision basis and what it
recommends. Whoever sees a basis sees its criteria; the secretariat assesses those of its own rounds."""
from access.engine import Part, Request
from access.grants_register import row

PART = Part(
    after=("grants_case",),

    operations="""
                                       anon outs book smad admn read unit ownr netw uhpa secr sec2 memb govn stat audi gpar
list_criteria            home           401  403  403  403  403  403  403  200  200  200  200  404  200  200  404  200  403
list_criteria            statped        401  403  403  403  403  403  403  404  404  404  200  404  200  200  200  200  403
get_criterion            home           401  403  403  403  403  403  403  200  200  200  200  404  200  200  404  200  403
get_criterion            home-draft     401  403  403  403  403  403  403  404  200  200  404  404  404  404  404  404  403
put_criterion            home           401  403  403  403  403  403  403  403  403  403  200  404  403  403  403  403  403
put_criterion            home-draft     401  403  403  403  403  403  403  403  403  403  404  404  403  403  403  403  403
""",
    requests={
        "list_criteria": Request("assessed_basis"),
        "get_criterion": Request("assessed_basis", path={"criterion": "c2"}),
        "put_criterion": Request("assessed_basis", {"verdict": "met"}, path={"criterion": "c2"}),
    },
    rows={"assessed_basis": row("decision_basis")},
    lists_of_one={"list_criteria"},

    checks={"criterion_assessment.criterion": "criterion",
            "criterion_assessment.verdict": "criterion_verdict"},
)
