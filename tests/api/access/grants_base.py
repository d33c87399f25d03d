"""Kompetanseløftet: who works with what. The programme has principals of its own, and rows of every
table in a world of three networks, two of one forum and one of another.

    unit  contact of a kindergarten of the owner at home    ownr  that owner       own2  one away
    netw  coordinator of the network at home                net2  of the one away
    uhpa  university that is a partner at home              uhp2  one that is so away
    secr  secretariat of the forum                          sec2  of another forum
    memb  member of the forum                               govn  county governor
    stat  Statped                                           audi  auditor
    gpar  partner system with grants:read

Rows at home belong to the network at home and to what is below it, those away to the other network of
the same forum, those far to another forum.
"""
from access.engine import Part


class Rows(dict):
    """By "table row": the ids of all that the tables below speak of."""

    def __init__(self, build):
        super().__init__()
        self.build = build

    def add(self, table, name, /, **columns):
        self[f"{table} {name}"] = self.build.insert(table, **columns)
        return self[f"{table} {name}"]

    def link(self, table, key, name, /, **columns):
        """A row of a table without an id, known by one of its columns."""
        self.build.session.execute(
            f"INSERT INTO {table} ({', '.join(columns)})"
            f" VALUES ({', '.join(['%s'] * len(columns))})", list(columns.values()))
        self[f"{table} {name}"] = columns[key]

    def organisation(self, name, org_type, /, **columns):
        self[f"organisation {name}"] = self.build.organisation(org_type=org_type, **columns)
        return self[f"organisation {name}"]

    def run(self, sql, *values):
        self.build.session.execute(sql, list(values))


def furnish(world):
    """world.grant_rows has the rows; parts of the programme add theirs to it."""
    rows = world.grant_rows = Rows(world.build)
    _registers(rows)
    _principals(world, rows)
    _forum(rows, world)


def _registers(rows):
    for place in "home", "far":
        county = rows.organisation(f"county-{place}", "county")
        rows.add("forum", place, code=f"forum-{place}", name=f"Forum {place}", county_id=county)
    for place, code in ("home", "ZZ01"), ("away", "ZZ02"), ("far", "ZZ03"):
        forum = rows["forum far" if place == "far" else "forum home"]
        owner = rows.organisation(f"owner-{place}", "municipality")
        rows.organisation(f"unit-{place}", "kindergarten", parent_id=owner)
        rows.organisation(f"uh-{place}", "uh_institution")
        network = rows.add("competence_network", place, forum_id=forum, code=code, name=f"Nettverk {place}",
                      organisation_id=rows.organisation(f"network-{place}", "competence_network"),
                      active_from_on="2020-08-01")
        rows.add("network_member", place, network_id=network, organisation_id=owner, role="municipality",
            from_on="2020-08-01")
        rows.add("headcount", place, network_id=network, year=2030, category="primary_pupil", heads=100,
            counted_on="2030-10-01", source="manual")
    rows.add("headcount", "locked", network_id=rows["competence_network home"], year=2029,
        category="primary_pupil", heads=100, counted_on="2029-10-01", source="manual", locked=True)
    for name, forum, state in (("home", "home", "adopted"), ("home-draft", "home", "draft"),
                               ("far", "far", "adopted")):
        plan = rows.add("long_term_plan", name, forum_id=rows[f"forum {forum}"], title="Plan", state=state,
                   adopted_on="2030-01-12")
        rows.add("plan_evaluation", name, plan_id=plan, year=2030, held_on="2030-11-01", conclusion="Ja")


def _principals(world, rows):
    def of(word):
        return rows[f"organisation {word}"]
    world.add_user("unit", ("unit_contact", "organisation", of("unit-home")))
    world.add_user("ownr", ("owner", "organisation", of("owner-home")))
    world.add_user("own2", ("owner", "organisation", of("owner-away")))
    world.add_user("netw", ("network_coordinator", "network", rows["competence_network home"]))
    world.add_user("net2", ("network_coordinator", "network", rows["competence_network away"]))
    world.add_user("uhpa", ("uh_partner", "institution", of("uh-home")))
    world.add_user("uhp2", ("uh_partner", "institution", of("uh-away")))
    world.add_user("secr", ("forum_secretariat", "forum", rows["forum home"]))
    world.add_user("sec2", ("forum_secretariat", "forum", rows["forum far"]))
    world.add_user("memb", ("forum_member", "forum", rows["forum home"]))
    world.add_user("govn", ("state_administrator", "county", of("county-home")))
    world.add_user("stat", "statped")
    world.add_user("audi", "auditor")
    world.add_client("gpar", "grants:read")


def _forum(rows, world):
    for place in "home", "far":
        forum = rows[f"forum {place}"]
        rows.add("forum_member", place, forum_id=forum, person_id=world.people["memb"],
            full_name="Arne Forumstad", organisation_id=rows[f"organisation owner-{place}"],
            seat="public_owner", may_vote=True, from_on="2030-01-01")
        meeting = rows.add("forum_meeting", place, forum_id=forum, scheme_code="kompetanseloftet",
                      held_on="2030-01-12", year_no=1, title="Første møte", state="held")
        rows.add("meeting_decision", place, meeting_id=meeting, seq_no=1, kind="joint_share",
            wording="20 prosent", decided_by="consensus")
    seminar = rows.add("forum_meeting", "seminar", forum_id=rows["forum home"], held_on="2030-09-08",
                  scheme_code="kompetanseloftet", year_no=2, title="Partnerskapsseminar",
                  kind="partnership_seminar")
    rows.add("meeting_decision", "seminar", meeting_id=seminar, seq_no=1, kind="other", wording="Tema",
        decided_by="consensus")


# An x sees the row.
SEES = """
                                              anon outs smad admn unit ownr own2 netw net2 uhpa uhp2 secr sec2 memb govn stat audi gpar syst
forum home                                    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
forum far                                     x    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
long_term_plan home                           .    .    .    .    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
long_term_plan home-draft                     .    .    .    .    .    .    .    .    .    .    .    x    .    x    x    .    x    .    x
long_term_plan far                            .    .    .    .    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
plan_evaluation home                          .    .    .    .    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
plan_evaluation home-draft                    .    .    .    .    .    .    .    .    .    .    .    x    .    x    x    .    x    .    x
competence_network home                       .    .    .    .    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
competence_network far                        .    .    .    .    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
network_member home                           .    .    .    .    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
network_member far                            .    .    .    .    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
headcount home                                .    .    .    .    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
headcount locked                              .    .    .    .    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
forum_member home                             .    .    .    .    .    .    .    .    .    .    .    x    .    x    x    .    x    .    x
forum_member far                              .    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    x    .    x
forum_meeting home                            .    .    .    .    .    .    .    .    .    .    .    x    .    x    x    .    x    .    x
forum_meeting seminar                         .    .    .    .    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
forum_meeting far                             .    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    x    .    x
meeting_decision home                         .    .    .    .    .    .    .    .    .    .    .    x    .    x    x    .    x    .    x
meeting_decision seminar                      .    .    .    .    x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
meeting_decision far                          .    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    x    .    x
"""

# An x may; each line has a statement below.
DOES = """
                                              anon outs smad admn unit ownr own2 netw net2 uhpa uhp2 secr sec2 memb govn stat audi gpar syst
long_term_plan create                         .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
long_term_plan update home                    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
plan_evaluation create                        .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
plan_evaluation update home                   .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
competence_network create                     .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
competence_network update home                .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
network_member create                         .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
network_member update home                    .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
headcount create                              .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
headcount update home                         .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
headcount delete home                         .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
headcount delete locked                       .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
forum_member create                           .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
forum_member update home                      .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
forum_meeting create                          .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
forum_meeting update home                     .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
meeting_decision create                       .    .    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .    .
"""


# %(me)s is the caller; see Wall.does. What is not said here is of the rows at home.
def insert(table, **columns):
    return (f"INSERT INTO {table} ({', '.join(columns)})"
            f" VALUES ({', '.join(str(value) for value in columns.values())})")


def row(name):
    return f"%({name})s"


def update(table, name, column="updated_at", value=None):
    value = value or column
    return f"UPDATE {table} SET {column} = {value} WHERE id = {row(f'{table} {name}')}"


def delete(table, name, key="id"):
    return f"DELETE FROM {table} WHERE {key} = {row(f'{table} {name}')}"


NETWORK, FORUM = row("competence_network home"), row("forum home")
OWNER, UNIT, UH = (row(f"organisation {word}-home") for word in ("owner", "unit", "uh"))

STATEMENTS = {
    "long_term_plan create": insert("long_term_plan", forum_id=FORUM, title="'Ny'"),
    "long_term_plan update home": update("long_term_plan", "home", "title"),
    "plan_evaluation create": insert("plan_evaluation", plan_id=row("long_term_plan home"), year=2035,
                                     held_on="'2035-11-01'", conclusion="'Ja'"),
    "plan_evaluation update home": update("plan_evaluation", "home", "conclusion"),
    "competence_network create": insert("competence_network", forum_id=FORUM, code="'ZZ09'",
                                        name="'Ny'", organisation_id=UNIT, active_from_on="now()"),
    "competence_network update home": update("competence_network", "home", "name"),
    "network_member create": insert("network_member", network_id=NETWORK, organisation_id=row("organisation uh-away"),
                                    role="'uh_partner'", from_on="now()"),
    "network_member update home": update("network_member", "home", "to_on"),
    "headcount create": insert("headcount", network_id=NETWORK, year=2031, category="'apprentice'",
                               heads=1, counted_on="now()", source="'gsi'"),
    "headcount update home": update("headcount", "home", "heads"),
    "headcount delete home": delete("headcount", "home"),
    "headcount delete locked": delete("headcount", "locked"),
    "forum_member create": insert("forum_member", forum_id=FORUM, person_id=row("person part"),
                                  full_name="'Ny'", organisation_id=OWNER, seat="'ks'",
                                  may_vote="true", from_on="now()"),
    "forum_member update home": update("forum_member", "home", "may_vote"),
    "forum_meeting create": insert("forum_meeting", forum_id=FORUM, scheme_code="'kompetanseloftet'",
                                   held_on="'2035-01-12'", year_no=1, title="'Ny'"),
    "forum_meeting update home": update("forum_meeting", "home", "title"),
    "meeting_decision create": insert("meeting_decision", meeting_id=row("forum_meeting home"),
                                      seq_no=2, kind="'other'", wording="'Ny'",
                                      decided_by="'consensus'"),
}

PART = Part(
    furnish=furnish,
    sees=SEES,
    does=DOES,
    statements=STATEMENTS,
    named=lambda world: dict(world.grant_rows),
    open_on_purpose={"forum_read": "the names of the forums are nobody's secret"},
    helpers={"has_part_in_grants": "has_part_in_grants()"},
    public_tables={"grant_scheme": "a code list"},
    deletable={"headcount"},
)
