"""The idea bank. Participants have ideas on the course at home, `far` has some elsewhere, and those who
work at the centre write without a registration."""
from access.engine import List, Part, Request

HIDDEN, HANDED_IN = ("draft", "returned"), ("submitted", "approved")
AUTHORS = ("part", "par2", "far")
CENTRE = ("inst", "smad")


def put(world, author, state, visibility, **columns):
    """A row as it stands."""
    by_centre = author in CENTRE
    return world.build.insert(
        "idea", title=f"Idé av {author}", body="Tekst", kind="text", audience="annet",
        author_display="Noen", source="smart_centre" if by_centre else "participant",
        author_registration_id=None if by_centre else world.registrations[author, "confirmed"],
        created_by=None if author == "far" else world[author].id, state=state, visibility=visibility,
        published_at="2026-01-01" if state == "published" else None, **columns)


def attach(world, idea):
    made = world.build.insert("attachment", idea_id=idea, filename="a.pdf", size_bytes=4,
                              media_type="application/pdf", sha256="0" * 64)
    world.build.session.execute("INSERT INTO attachment_content VALUES (%s, %s)", [made, b"%PDF"])
    return made


def furnish(world):
    world.ideas = {(author, state): put(world, author, state, "alumni" if author in CENTRE else "cohort")
                   for author in AUTHORS + CENTRE for state in (*HIDDEN, *HANDED_IN, "published")}
    world.ideas["far", "public"] = put(world, "far", "published", "public", consent_author=True)
    world.ideas["far", "alumni"] = put(world, "far", "published", "alumni")
    world.attachments = {place: attach(world, idea) for place, idea in world.ideas.items()}


def whose(name, relation):
    if relation == "own":
        return name if name in ("part", "par2", "inst", "smad") else "part"
    if relation == "sibling":
        return "par2" if name == "part" else "part"
    return "far"


def idea_in(state):
    """Of one's own, of somebody on the same course, from elsewhere; or what is public anyway."""
    def find(world, name, relation):
        if relation == "public":
            return world.ideas["far", "public"]
        return world.ideas[whose(name, relation), state]
    return find


def attached_to(find):
    """What is attached to the idea that is found."""
    def look(world, name, relation):
        idea = find(world, name, relation)
        return next(world.attachments[place] for place, row in world.ideas.items() if row == idea)
    return look


def body_of(world, name, relation):
    body = {"title": "Ny idé", "body": "Tekst", "kind": "text", "audience": "annet",
            "author_display": "Noen", "visibility": "public"}
    if name in CENTRE and relation != "sibling":
        return body
    author = whose(name, "sibling") if relation == "sibling" else name if name != "anon" else "part"
    return {**body, "author_registration_id": world.registrations[author, "confirmed"]}


def lines(world):
    def of(author, *states):
        return {world.ideas[author, state] for state in states}
    public = world.build.session.rows(
        "SELECT id FROM idea WHERE state = 'published' AND visibility = 'public'")
    return {"public": {row["id"] for row in public},
            "part-hidden": of("part", *HIDDEN), "part-handed-in": of("part", *HANDED_IN),
            "par2-hidden": of("par2", *HIDDEN), "par2-handed-in": of("par2", *HANDED_IN),
            "home": of("part", "published") | of("par2", "published"),
            "inst": of("inst", *HIDDEN, *HANDED_IN, "published")}


def named(world):
    rows = {f"idea {author}-{state}": row for (author, state), row in world.ideas.items()}
    for (author, state), row in world.attachments.items():
        rows[f"attachment {author}-{state}"] = rows[f"attachment_content {author}-{state}"] = row
    return rows


PDF = {"media": "application/pdf", "params": {"filename": "a.pdf"}}


CREATE = """INSERT INTO idea (title, body, kind, audience, author_display, visibility, source,
    author_registration_id, created_by{column})
    VALUES ('Ny', 'Tekst', 'text', 'annet', 'Noen', 'public', '{source}', {registration}, {by}{value})"""


def create(registration, by="%(as_user)s", column="", value=""):
    source = "smart_centre" if registration == "NULL" else "participant"
    return CREATE.format(source=source, registration=registration, by=by, column=column, value=value)


def change(row, words="season = 'summer'"):
    return f"UPDATE idea SET {words} WHERE id = %(idea {row})s RETURNING version"


SHOW = "state = 'published', published_at = now()"

PART = Part(
    furnish=furnish,

    # ---- over HTTP

    operations="""
                              anon outs part par2 book inst smad admn read regi away
list_ideas         -           200  200  200  200  200  200  200  200  200  200  200
get_idea_facets    -           200  200  200  200  200  200  200  200  200  200  200
create_idea        own         401  403  201  201  403  201  201  403  403  403  403
create_idea        sibling     401  403  422  422  403  422  422  403  403  403  403
get_idea           own         404  404  200  200  404  200  200  404  404  404  404
get_idea           sibling     404  404  404  404  404  404  200  404  404  404  404
get_idea           foreign     404  404  404  404  404  404  200  404  404  404  404
get_idea           public      200  200  200  200  200  200  200  200  200  200  200
update_idea        own         401  403  200  200  403  200  200  403  403  403  403
update_idea        sibling     401  403  404  404  403  404  409  403  403  403  403
update_idea        public      401  403  403  403  403  403  200  403  403  403  403
delete_idea        own         401  403  204  204  403  204  204  403  403  403  403
delete_idea        sibling     401  403  404  404  403  404  403  403  403  403  403
delete_idea        public      401  403  403  403  403  403  409  403  403  403  403
list_adaptations   own         404  404  200  200  200  200  200  404  404  404  404
list_adaptations   sibling     404  404  200  200  200  200  200  404  404  404  404
list_adaptations   foreign     404  404  404  404  404  404  200  404  404  404  404
list_adaptations   public      200  200  200  200  200  200  200  200  200  200  200
create_adaptation  own         401  403  201  201  403  201  201  403  403  403  403
create_adaptation  foreign     401  403  404  404  403  404  201  403  403  403  403
create_adaptation  public      401  403  201  201  403  201  201  403  403  403  403
submit_idea        own         401  403  200  200  403  200  200  403  403  403  403
submit_idea        sibling     401  403  404  404  403  404  200  403  403  403  403
submit_idea        foreign     401  403  404  404  403  404  200  403  403  403  403
return_idea        own         401  403  403  403  403  403  200  403  403  403  403
return_idea        sibling     401  403  403  403  403  403  200  403  403  403  403
reject_idea        own         401  403  403  403  403  403  200  403  403  403  403
reject_idea        sibling     401  403  403  403  403  403  200  403  403  403  403
approve_idea       own         401  403  403  403  403  403  200  403  403  403  403
approve_idea       sibling     401  403  403  403  403  403  200  403  403  403  403
publish_idea       own         401  403  403  403  403  403  200  403  403  403  403
publish_idea       sibling     401  403  403  403  403  403  200  403  403  403  403
archive_idea       own         401  403  403  403  403  403  200  403  403  403  403
archive_idea       public      401  403  403  403  403  403  200  403  403  403  403
withdraw_idea      own         401  403  200  200  403  200  200  403  403  403  403
withdraw_idea      sibling     401  403  403  403  403  403  200  403  403  403  403
withdraw_idea      foreign     401  403  404  404  403  404  200  403  403  403  403
withdraw_idea      public      401  403  403  403  403  403  200  403  403  403  403

                              anon outs part par2 book inst smad admn read regi away
list_attachments   own         404  404  200  200  404  200  200  404  404  404  404
list_attachments   sibling     404  404  404  404  404  404  200  404  404  404  404
list_attachments   public      200  200  200  200  200  200  200  200  200  200  200
create_attachment  own         401  403  201  201  403  201  201  403  403  403  403
create_attachment  sibling     401  403  404  404  403  404  409  403  403  403  403
create_attachment  public      401  403  403  403  403  403  409  403  403  403  403
get_attachment     own         404  404  200  200  404  200  200  404  404  404  404
get_attachment     sibling     404  404  404  404  404  404  200  404  404  404  404
get_attachment     public      200  200  200  200  200  200  200  200  200  200  200
get_attachment_content own     404  404  200  200  404  200  200  404  404  404  404
get_attachment_content sibling 404  404  404  404  404  404  200  404  404  404  404
get_attachment_content public  200  200  200  200  200  200  200  200  200  200  200
delete_attachment  own         401  403  204  204  403  204  204  403  403  403  403
delete_attachment  sibling     401  403  404  404  403  404  409  403  403  403  403
delete_attachment  public      401  403  403  403  403  403  409  403  403  403  403
""",
    requests={
        "create_idea": Request(body=body_of),
        "get_idea": Request("idea"),
        "update_idea": Request("idea", {"title": "Nytt navn"}),
        "delete_idea": Request("idea"),
        "list_adaptations": Request("shown_idea"),
        "create_adaptation": Request("shown_idea", body_of),
        "submit_idea": Request("idea"),
        "return_idea": Request("submitted_idea", {"reason": "Prøve"}),
        "reject_idea": Request("submitted_idea", {"reason": "Prøve"}),
        "approve_idea": Request("submitted_idea"),
        "publish_idea": Request("approved_idea"),
        "archive_idea": Request("shown_idea"),
        "withdraw_idea": Request("shown_idea"),
        "list_attachments": Request("idea"),
        "create_attachment": Request("idea", b"%PDF-1.4\n%%EOF\n", options=lambda *asked: PDF),
        "get_attachment": Request("attachment"),
        "get_attachment_content": Request("attachment"),
        "delete_attachment": Request("attachment"),
    },
    rows={"attachment": attached_to(idea_in("draft")), "idea": idea_in("draft"), "submitted_idea": idea_in("submitted"),
          "approved_idea": idea_in("approved"), "shown_idea": idea_in("published")},
    offered={"submit_idea", "return_idea", "reject_idea", "approve_idea", "publish_idea",
             "archive_idea", "withdraw_idea"},
    lists="""
                              anon outs part par2 book inst smad admn read regi away
list_ideas  public             x    x    x    x    x    x    x    x    x    x    x
list_ideas  part-hidden        .    .    x    .    .    .    x    .    .    .    .
list_ideas  part-handed-in     .    .    x    .    .    x    x    .    .    .    .
list_ideas  par2-hidden        .    .    .    x    .    .    x    .    .    .    .
list_ideas  par2-handed-in     .    .    .    x    .    x    x    .    .    .    .
list_ideas  home               .    .    x    x    x    x    x    .    .    .    .
list_ideas  inst               .    .    .    .    .    x    x    .    .    .    .
list_ideas  others             .    .    .    .    .    .    x    .    .    .    .
""",
    listed={"list_ideas": List("idea", named=lines)},
    lists_of_one={"list_adaptations", "list_attachments"},

    # ---- the policies

    sees="""
                          anon outs part par2 both book boin inst smad admn read regi away mute syst
idea part-draft            .    .    x    .    .    .    .    .    x    .    .    .    .    .    .
idea part-returned         .    .    x    .    .    .    .    .    x    .    .    .    .    .    .
idea part-submitted        .    .    x    .    x    .    x    x    x    .    .    .    .    .    .
idea part-approved         .    .    x    .    x    .    x    x    x    .    .    .    .    .    .
idea part-published        .    .    x    x    x    x    x    x    x    .    .    .    .    .    .
idea inst-draft            .    .    .    .    .    .    .    x    x    .    .    .    .    .    .
idea inst-approved         .    .    .    .    .    .    .    x    x    .    .    .    .    .    .
idea far-published         .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
idea far-alumni            .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
idea far-public            x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
attachment part-draft             .    .    x    .    .    .    .    .    x    .    .    .    .    .    .
attachment part-returned          .    .    x    .    .    .    .    .    x    .    .    .    .    .    .
attachment part-submitted         .    .    x    .    x    .    x    x    x    .    .    .    .    .    .
attachment part-approved          .    .    x    .    x    .    x    x    x    .    .    .    .    .    .
attachment part-published         .    .    x    x    x    x    x    x    x    .    .    .    .    .    .
attachment inst-draft             .    .    .    .    .    .    .    x    x    .    .    .    .    .    .
attachment inst-approved          .    .    .    .    .    .    .    x    x    .    .    .    .    .    .
attachment far-published          .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
attachment far-alumni             .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
attachment far-public             x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
attachment_content part-draft     .    .    x    .    .    .    .    .    x    .    .    .    .    .    .
attachment_content part-returned  .    .    x    .    .    .    .    .    x    .    .    .    .    .    .
attachment_content part-submitted .    .    x    .    x    .    x    x    x    .    .    .    .    .    .
attachment_content part-approved  .    .    x    .    x    .    x    x    x    .    .    .    .    .    .
attachment_content part-published .    .    x    x    x    x    x    x    x    .    .    .    .    .    .
attachment_content inst-draft     .    .    .    .    .    .    .    x    x    .    .    .    .    .    .
attachment_content inst-approved  .    .    .    .    .    .    .    x    x    .    .    .    .    .    .
attachment_content far-published  .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
attachment_content far-alumni     .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
attachment_content far-public     x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
""",
    does="""
                          anon outs part par2 both book boin inst smad admn read regi away mute syst
idea create                .    .    x    .    .    .    .    .    .    .    .    .    .    .    .
idea create centre         .    .    .    .    x    .    x    x    x    .    .    .    .    .    .
idea create as-other       .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
idea update part-draft     .    .    x    .    .    .    .    .    x    .    .    .    .    .    .
idea update part-published .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
idea update inst-draft     .    .    .    .    .    .    .    x    x    .    .    .    .    .    .
idea update far-public     .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
idea take-back part        .    .    x    .    .    .    .    .    x    .    .    .    .    .    .
idea publish part          .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
idea publish inst          .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
idea delete part-draft     .    .    x    .    .    .    .    .    .    .    .    .    .    .    .
idea delete part-published .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
idea delete inst-draft     .    .    .    .    .    .    .    x    x    .    .    .    .    .    .
idea delete far-public     .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
attachment create part-draft      .    .    x    .    .    .    .    .    .    .    .    .    .    .    .
attachment create inst-draft      .    .    .    .    .    .    .    x    x    .    .    .    .    .    .
attachment create part-published  .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
attachment create far-public      .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
attachment delete part-draft      .    .    x    .    .    .    .    .    .    .    .    .    .    .    .
attachment delete part-published  .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
attachment delete far-public      .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
attachment_content create part-draft .    .    x    .    .    .    .    .    .    .    .    .    .    .    .
attachment_content create far-public .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
""",
    statements={
        "idea create": create("%(registration part)s"),
        "idea create centre": create("NULL"),
        "idea create as-other": create("NULL", by="%(other)s"),
        **{f"idea update {row}": change(row)
           for row in ("part-draft", "part-published", "inst-draft", "far-public")},
        "idea take-back part": change("part-published", "state = 'returned', published_at = NULL"),
        "idea publish part": change("part-approved", SHOW),
        "idea publish inst": change("inst-approved", SHOW),
        **{f"idea delete {row}": f"DELETE FROM idea WHERE id = %(idea {row})s"
           for row in ("part-draft", "part-published", "inst-draft", "far-public")},
        **{f"attachment create {row}":
           "INSERT INTO attachment (idea_id, filename, media_type, size_bytes, sha256)"
           f" VALUES (%(idea {row})s, 'b.pdf', 'application/pdf', 4, repeat('0', 64))"
           for row in ("part-draft", "inst-draft", "part-published", "far-public")},
        **{f"attachment delete {row}": f"DELETE FROM attachment WHERE id = %(attachment {row})s"
           for row in ("part-draft", "part-published", "far-public")},
        **{f"attachment_content create {row}":
           "INSERT INTO attachment_content (attachment_id, bytes)"
           f" VALUES (%(attachment_content {row})s, '%%PDF')" for row in ("part-draft", "far-public")},
    },
    named=named,
    keys={"attachment_content": "attachment_id"},
    halves={
        ("idea_update_author", "WITH CHECK (true)"): "an author publishes nothing",
        ("idea_update_writer", "WITH CHECK (true)"): "nor does an instructor",
    },
    helpers={
        "is_alumnus": "is_alumnus()",
        "idea_is_own": "idea_is_own(author_person_id uuid, created_by uuid)",
    },
    narrow={"idea_search": "ids and how well they fit, joined back to the rows that the caller may see"},
    public_tables={"word_family": "how Norwegian words are spelt"},
    deletable={"idea", "attachment"},
    kept={
        "idea": "id version created_at updated_at words author_person_id course_id is_example"
                " attachment_count",
        "attachment": "id version created_at updated_at",
    },

    # ---- without permissions

    # Who may take an idea back may as well return it to themselves.
    given="""
                              anon outs part par2 book inst smad admn read regi away
return_idea        own         .    .    x    x    .    x    .    .    .    .    .
""",

    # ---- codes

    checks={
        "idea.state": "idea_state", "idea.kind": "idea_kind", "idea.source": "idea_source",
        "idea.audience": "idea_audience", "idea.smart_values": "smart_value",
        "idea.season": "idea_season", "idea.visibility": "idea_visibility",
        "idea.language": "idea_language",
    },
    words={"Attachment.media_type", "IdeaAttachment.media_type"},
)
