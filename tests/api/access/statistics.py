"""Numbers of SMART: for everybody, hidden where they are small; smart_admin sees them exact."""
from access.engine import Part, Request


def year_of(**query):
    return lambda world, name, relation: {"params": {"year": "2040", **query}}


PART = Part(
    operations="""
                                            anon outs part par2 book inst smad admn read regi away
get_participant_statistics   -              200  200  200  200  200  200  200  200  200  200  200
list_statistics_years        -              200  200  200  200  200  200  200  200  200  200  200
""",
    requests={"get_participant_statistics": Request(options=year_of(by="both"))},
    lists_of_one={"list_statistics_years"},
    words={"ParticipantStatistics.by"},
    narrow={
        "statistics_participants": "numbers alone, and for all but smart_admin of a whole year",
        "statistics_years": "numbers alone; small ones for smart_admin only",
    },
)
