"""Kompetanseløftet, a round seen as a whole: what is due, the wheel, the money, the criteria, who took
part. Everybody in the programme may ask; what they find there is what their rows add up to, so that a
network has itself and the forum has all."""
from access.engine import Part, Request

VIEWS = {"list_round_wheel", "list_round_overview", "list_criteria_matrix", "list_round_participants"}

PART = Part(
    after=("grants_round",),

    operations="""
                                   anon outs book smad admn read unit ownr netw net2 uhpa secr sec2 memb govn stat audi gpar
list_obligations         -         401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
list_round_wheel         home      401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
get_round_calendar       home      401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
list_round_overview      home      401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
list_criteria_matrix     home      401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
list_round_participants  home      401  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  200
""",
    requests={operation: Request("round") for operation in (*VIEWS, "get_round_calendar")},
    lists_of_one=VIEWS | {"list_obligations"},
    scopes="""
                     registry:read registry:write smart:read smart:write smart:register audit:read admin:write grants:read grants:write
list_obligations     403           403            403        403         403            403        403         200         403
""",
    words={"WheelKey"},  # the rows have their labels
    narrow={
        "notify_grant_case": "writes of an event that this very transaction recorded; gives nothing",
        "remind_of_obligations": "a number, and only for the service itself",
    },
    machine_may=VIEWS | {"list_obligations", "get_round_calendar"},
)
