"""Who came to the courses, make-ups, reflections and certificates, of everybody who has a seat."""
import datetime

from support.build import instant

from access.course import only
from access.engine import List, Part, Request

SERIAL = "2222-2222-2222"


def others_place(place):
    return "away" if place == "home" else "home"


def furnish(world):
    """Everybody with a seat missed the one session of their course, asked to make up for it, wrote a
    reflection all the same and has a certificate."""
    world.sheets, world.attendance, world.make_ups = {}, {}, {}
    world.reflections, world.certificates = {}, {}
    build = world.build
    for place in "home", "away":
        world.sheets[place] = only(world, "course_session", world.courses[place, "confirmed"].id)
    for number, ((name, state), registration) in enumerate(sorted(world.registrations.items())):
        if state != "confirmed":
            continue
        place = "away" if name in ("away", "stranger", "far") else "home"
        course, person = world.courses[place, "confirmed"], world.people[name]
        world.attendance[name] = build.insert(
            "attendance", session_id=world.sheets[place], course_id=course.id, registration_id=registration,
            status="absent")
        world.make_ups[name] = build.insert(
            "make_up", registration_id=registration, missed_session_id=world.sheets[place], state="requested",
            attended_session_id=only(world, "course_session", world.courses[others_place(place), "empty"].id))
        world.reflections[name] = build.insert(
            "reflection", session_id=world.sheets[place], author_person_id=person, text="Jeg føler meg sett.")
        world.certificates[name] = build.insert(
            "certificate", serial_no=SERIAL if name == "part" else serial_of(number), registration_id=registration,
            course_id=course.id, person_id=person, participant_name="Kari Eksempelsen",
            course_title="Kurs", held_on=[datetime.date(2024, 1, 10)], attended_days=1)


def serial_of(number):
    """Another one for each; the check digit is not asked for here."""
    characters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
    return f"3333-3333-33{characters[number // 31]}{characters[number % 31]}"


def row_of(rows):
    return lambda world, name, relation: getattr(world, rows)[world.whose(name, relation)]


def afterwards(world, name, relation):
    """When everything has been held."""
    return {"now": instant(world.courses["home", "confirmed"].starts_at + datetime.timedelta(days=2))}


def make_up_of(world, name, relation):
    whose = world.whose(name, relation)
    place = "away" if whose in ("away", "stranger") else "home"
    another = world.courses[others_place(place), "waitlisted"]
    # There is one of them for everybody already: 409 is for those who may.
    return {"registration_id": world.registrations[whose, "confirmed"],
            "missed_session_id": world.sheets[place],
            "attended_session_id": only(world, "course_session", another.id)}


def registration_of(world, name, relation):
    return {"registration_id": world.registrations[world.whose(name, relation), "confirmed"]}


def by_person(rows):
    def named(world):
        found = getattr(world, rows)
        at_home = {name for name in found if name not in ("part", "par2", "away", "stranger", "far")}
        return {"part": {found["part"]}, "par2": {found["par2"]}, "home": {found[name] for name in at_home}}
    return named


def named(world):
    rows = {f"attendance_sheet {place}": row for place, row in world.sheets.items()}
    for table, of in (("attendance", world.attendance), ("make_up", world.make_ups),
                      ("reflection", world.reflections), ("certificate", world.certificates)):
        rows |= {f"{table} {name}": row for name, row in of.items()}
    for name in ("part", "par2", "stranger"):
        rows[f"attendance_change {name}"] = world.build.session.value(
            "SELECT id FROM attendance_change WHERE registration_id = %s", [world.registrations[name, "confirmed"]])
    return rows


def ask_make_up(whose="r.person_id = %(my_person)s", state="requested", by="%(me)s", decided="NULL"):
    return f"""INSERT INTO make_up (registration_id, missed_session_id, attended_session_id, state,
        requested_by, decided_by)
        SELECT r.id, %(attendance_sheet home)s, %(course_session away)s, '{state}', {by}, {decided}
        FROM registration r WHERE r.course_id = %(course home)s AND {whose}"""


def decide(row, by="%(me)s"):
    return f"UPDATE make_up SET state = 'declined', decided_by = {by} WHERE id = %(make_up {row})s"


ISSUE = """INSERT INTO certificate (serial_no, registration_id, course_id, person_id, participant_name,
    course_title, held_on, attended_days, issued_by)
    VALUES ('4444-4444-4444', %(registration part)s, %(course home)s, %(person part)s, 'Kari', 'Kurs', '{{}}',
            1, {by})"""
MARK = """INSERT INTO attendance (session_id, course_id, registration_id, status)
    VALUES (%(attendance_sheet {place})s, %(course {place})s, %(registration {row})s, 'absent')"""

PART = Part(
    after={"course", "registration"},
    furnish=furnish,

    # ---- over HTTP

    operations="""
                                            anon outs part par2 book inst smad admn read regi away
get_attendance               own            401  403  404  404  403  200  200  403  403  403  403
get_attendance               foreign        401  403  404  404  403  404  200  403  403  403  403
record_attendance            own            401  403  403  403  403  200  200  403  403  403  403
record_attendance            foreign        401  403  403  403  403  404  200  403  403  403  403
list_attendance_history      own            401  403  403  403  403  200  200  403  403  403  403
list_attendance_history      foreign        401  403  403  403  403  404  200  403  403  403  403
list_attendance              own            401  403  200  200  403  200  200  403  403  403  403
list_attendance              foreign        401  403  200  200  403  200  200  403  403  403  403
list_attendance              own-draft      401  403  404  404  403  200  200  403  403  403  403
list_completion              own            401  403  200  200  403  200  200  403  403  403  403
list_completion              own-draft      401  403  404  404  403  200  200  403  403  403  403
list_make_ups                -              401  403  200  200  403  200  200  403  403  403  403
create_make_up               own            401  403  409  409  403  403  403  403  403  403  403
create_make_up               sibling        401  403  404  404  403  409  409  403  403  403  403
create_make_up               foreign        401  403  404  404  403  404  409  403  403  403  403
get_make_up                  own            401  403  200  200  403  200  200  403  403  403  403
get_make_up                  sibling        401  403  404  404  403  200  200  403  403  403  403
get_make_up                  foreign        401  403  404  404  403  404  200  403  403  403  403
get_make_up                  guest          401  403  404  404  403  200  200  403  403  403  403
confirm_make_up              own            401  403  403  403  403  403  403  403  403  403  403
confirm_make_up              sibling        401  403  403  403  403  200  200  403  403  403  403
confirm_make_up              foreign        401  403  403  403  403  404  200  403  403  403  403
decline_make_up              own            401  403  403  403  403  403  403  403  403  403  403
decline_make_up              sibling        401  403  403  403  403  200  200  403  403  403  403
decline_make_up              foreign        401  403  403  403  403  404  200  403  403  403  403
list_reflections             own            401  403  200  200  403  200  200  403  403  403  403
list_reflections             foreign        401  403  200  200  403  200  200  403  403  403  403
list_reflections             own-draft      401  403  404  404  403  200  200  403  403  403  403
create_reflection            own            401  403  201  201  403  403  403  403  403  403  403
create_reflection            foreign        401  403  403  403  403  403  403  403  403  403  403
get_reflection               own            401  403  200  200  403  200  200  403  403  403  403
get_reflection               sibling        401  403  200  200  403  200  200  403  403  403  403
get_reflection               foreign        401  403  404  404  403  404  200  403  403  403  403
delete_reflection            own            401  403  204  204  403  403  204  403  403  403  403
delete_reflection            sibling        401  403  403  403  403  403  204  403  403  403  403
delete_reflection            foreign        401  403  404  404  403  403  204  403  403  403  403

                                            anon outs part par2 book inst smad admn read regi away
list_certificates            -              401  403  200  200  403  200  200  403  403  403  403
create_certificate           own            401  403  403  403  403  403  422  403  403  403  403
create_certificate           sibling        401  403  403  403  403  403  422  403  403  403  403
create_certificate           foreign        401  403  403  403  403  403  422  403  403  403  403
issue_course_certificates    own            401  403  403  403  403  403  422  403  403  403  403
issue_course_certificates    foreign        401  403  403  403  403  403  422  403  403  403  403
get_certificate              own            401  403  200  200  403  200  200  403  403  403  403
get_certificate              sibling        401  403  404  404  403  200  200  403  403  403  403
get_certificate              foreign        401  403  404  404  403  404  200  403  403  403  403
get_certificate_document     own            401  403  200  200  403  200  200  403  403  403  403
get_certificate_document     sibling        401  403  404  404  403  200  200  403  403  403  403
get_certificate_document     foreign        401  403  404  404  403  404  200  403  403  403  403
revoke_certificate           own            401  403  403  403  403  403  200  403  403  403  403
revoke_certificate           sibling        401  403  403  403  403  403  200  403  403  403  403
revoke_certificate           foreign        401  403  403  403  403  403  200  403  403  403  403
reissue_certificate          own            401  403  403  403  403  403  200  403  403  403  403
reissue_certificate          sibling        401  403  403  403  403  403  200  403  403  403  403
reissue_certificate          foreign        401  403  403  403  403  403  200  403  403  403  403
verify_certificate           -              200  200  200  200  200  200  200  200  200  200  200
""",
    requests={
        "get_attendance": Request("course_session"),
        "record_attendance": Request("course_session", {"rows": []}, options=afterwards),
        "list_attendance_history": Request("course_session"),
        "list_attendance": Request("course"),
        "list_completion": Request("course"),
        "create_make_up": Request(body=make_up_of, options=afterwards),
        "get_make_up": Request("make_up"),
        "confirm_make_up": Request("make_up", {}, options=afterwards),
        "decline_make_up": Request("make_up", {}),
        "list_reflections": Request("course_session"),
        "create_reflection": Request("course_session", {"text": "Så fint!"}, options=afterwards),
        "get_reflection": Request("reflection"),
        "delete_reflection": Request("reflection"),
        "create_certificate": Request(body=registration_of),
        "issue_course_certificates": Request("course"),
        "get_certificate": Request("certificate"),
        "get_certificate_document": Request("certificate"),
        "revoke_certificate": Request("certificate", {"reason": "Feil"}),
        "reissue_certificate": Request("certificate", {"participant_name": "Kari", "reason": "Navn"}),
        "verify_certificate": Request(options=lambda *_: {"params": {"serial": SERIAL}}),
    },
    rows={"make_up": row_of("make_ups"), "reflection": row_of("reflections"),
          "certificate": row_of("certificates")},
    offered={"confirm_make_up", "decline_make_up", "revoke_certificate", "reissue_certificate"},
    lists="""
                                            anon outs part par2 book inst smad admn read regi away
list_make_ups                part             -    -    x    .    -    x    x    -    -    -    -
list_make_ups                par2             -    -    .    x    -    x    x    -    -    -    -
list_make_ups                home             -    -    .    .    -    x    x    -    -    -    -
list_make_ups                others           -    -    .    .    -    .    x    -    -    -    -
list_certificates            part             -    -    x    .    -    x    x    -    -    -    -
list_certificates            par2             -    -    .    x    -    x    x    -    -    -    -
list_certificates            home             -    -    .    .    -    x    x    -    -    -    -
list_certificates            others           -    -    .    .    -    .    x    -    -    -    -
""",
    listed={"list_make_ups": List("make_up", named=by_person("make_ups")),
            "list_certificates": List("certificate", named=by_person("certificates"))},
    lists_of_one={"list_attendance", "list_attendance_history", "list_completion", "list_reflections"},

    # ---- the policies

    sees="""
                                anon outs part par2 both book boin inst smad admn read regi away mute syst
attendance_sheet home            .    .    .    .    x    .    x    x    x    .    .    .    .    .    .
attendance_sheet away            .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
attendance part                  .    .    x    .    x    .    x    x    x    .    .    .    .    .    x
attendance par2                  .    .    .    x    x    .    x    x    x    .    .    .    .    .    x
attendance outs                  .    .    .    .    x    .    x    x    x    .    .    .    .    .    x
attendance guest                 .    .    .    .    x    .    x    x    x    .    .    .    .    .    x
attendance stranger              .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
attendance_change part           .    .    .    .    x    .    x    x    x    .    .    .    .    .    .
attendance_change stranger       .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
make_up part                     .    .    x    .    x    .    x    x    x    .    .    .    .    .    x
make_up outs                     .    .    .    .    x    .    x    x    x    .    .    .    .    .    x
make_up guest                    .    .    .    .    x    .    x    x    x    .    .    .    .    .    x
make_up stranger                 .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
reflection part                  .    .    x    x    x    .    x    x    x    .    .    .    .    .    .
reflection outs                  .    .    x    x    x    .    x    x    x    .    .    .    .    .    .
reflection stranger              .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
certificate part                 .    .    x    .    x    .    x    x    x    .    .    .    .    .    .
certificate outs                 .    .    .    .    x    .    x    x    x    .    .    .    .    .    .
certificate stranger             .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
""",
    does="""
                                anon outs part par2 both book boin inst smad admn read regi away mute syst
attendance_sheet update          .    .    .    .    x    .    x    x    x    .    .    .    .    .    .
attendance_sheet update away     .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
attendance_sheet update any      .    .    .    .    x    .    x    x    x    .    .    .    .    .    .
attendance create part           .    .    .    .    x    .    x    x    x    .    .    .    .    .    .
attendance create stranger       .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
attendance update part           .    .    .    .    x    .    x    x    x    .    .    .    .    .    .
attendance update stranger       .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
attendance delete                .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
attendance_change create         .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
attendance_change update         .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
make_up ask own                  .    .    x    x    x    .    .    .    .    .    .    .    .    .    .
make_up ask part                 .    .    x    .    .    .    .    .    .    .    .    .    .    .    .
make_up ask as-other             .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
make_up ask decided              .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
make_up make own                 .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
make_up make part                .    .    .    .    x    .    x    x    x    .    .    .    .    .    .
make_up make as-other            .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
make_up decide part              .    .    .    .    x    .    x    x    x    .    .    .    .    .    .
make_up decide both              .    .    .    .    .    .    x    x    x    .    .    .    .    .    .
make_up decide inst              .    .    .    .    x    .    x    .    x    .    .    .    .    .    .
make_up decide stranger          .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
make_up decide as-other          .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
make_up delete                   .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
reflection write home            .    .    x    x    x    .    .    .    .    .    .    .    .    .    .
reflection write away            .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
reflection write as-other        .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
reflection author read           .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
reflection mine part             .    .    x    .    .    .    .    .    .    .    .    .    .    .    .
reflection delete part           .    .    x    .    .    .    .    .    x    .    .    .    .    .    .
reflection delete stranger       .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
certificate issue                .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
certificate issue as-other       .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
certificate revoke part          .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
certificate rename part          .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
certificate verify               x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
""",
    statements={
        "attendance_sheet update":
            "UPDATE attendance_sheet SET recorded_at = recorded_at WHERE id = %(attendance_sheet home)s",
        "attendance_sheet update away":
            "UPDATE attendance_sheet SET recorded_at = recorded_at WHERE id = %(attendance_sheet away)s",
        # Reads nothing, so that it asks the policy for UPDATE alone.
        "attendance_sheet update any": "UPDATE attendance_sheet SET recorded_at = now()",
        "attendance create part": MARK.format(place="home", row="part"),
        "attendance create stranger": MARK.format(place="away", row="stranger"),
        **{f"attendance update {row}":
           f"UPDATE attendance SET status = 'present' WHERE id = %(attendance {row})s"
           for row in ("part", "stranger")},
        "attendance delete": "DELETE FROM attendance WHERE id = %(attendance part)s",
        "attendance_change create": """INSERT INTO attendance_change (session_id, course_id, registration_id)
            VALUES (%(attendance_sheet home)s, %(course home)s, %(registration part)s)""",
        "attendance_change update":
            "UPDATE attendance_change SET note = 'x' WHERE id = %(attendance_change part)s",
        "make_up ask own": ask_make_up(),
        "make_up ask part": ask_make_up("r.id = %(registration part)s"),
        "make_up ask as-other": ask_make_up(by="%(other)s"),
        "make_up ask decided": ask_make_up(state="confirmed", decided="%(me)s"),
        "make_up make own": ask_make_up(state="confirmed", decided="%(me)s"),
        "make_up make part": ask_make_up("r.id = %(registration part)s", "confirmed", decided="%(me)s"),
        "make_up make as-other": ask_make_up("r.id = %(registration part)s", "confirmed", decided="%(other)s"),
        **{f"make_up decide {row}": decide(row) for row in ("part", "both", "inst", "stranger")},
        "make_up decide as-other": decide("part", "%(other)s"),
        "make_up delete": "DELETE FROM make_up WHERE id = %(make_up part)s",
        "reflection write home":
            "INSERT INTO reflection (session_id, text) VALUES (%(attendance_sheet home)s, 'Ny')",
        "reflection write away":
            "INSERT INTO reflection (session_id, text) VALUES (%(attendance_sheet away)s, 'Ny')",
        "reflection write as-other": """INSERT INTO reflection (session_id, text, author_person_id)
            VALUES (%(attendance_sheet home)s, 'Ny', %(person part)s)""",
        "reflection author read": "SELECT author_person_id FROM reflection",
        "reflection mine part": "SELECT 1 WHERE reflection_is_mine(%(reflection part)s)",
        **{f"reflection delete {row}": f"DELETE FROM reflection WHERE id = %(reflection {row})s"
           for row in ("part", "stranger")},
        "certificate issue": ISSUE.format(by="%(me)s"),
        "certificate issue as-other": ISSUE.format(by="%(other)s"),
        "certificate revoke part": """UPDATE certificate SET state = 'revoked', revoked_on = '2024-01-01'
            WHERE id = %(certificate part)s""",
        "certificate rename part":
            "UPDATE certificate SET participant_name = 'Ola' WHERE id = %(certificate part)s",
        "certificate verify": f"SELECT * FROM certificate_verify('{SERIAL}')",
    },
    named=named,
    halves={
        ("make_up_decide", "WITH CHECK (true)"): "one decides in one's own name",
        ("make_up_decide", "USING (true)"): "a participant decides nothing about themselves",
    },
    helpers={"leads_course": "leads_course(course_id uuid)", "takes_part": "takes_part(course_id uuid)"},
    narrow={
        "certificate_verify": "what the paper shows to whoever holds it, by a number that nobody guesses",
        "reflection_is_mine": "to the author alone, that it is theirs",
    },
    kept={
        "attendance_sheet": "id course_id version created_at updated_at",
        "attendance": "id version created_at updated_at",
        "attendance_change": "id session_id course_id registration_id status changed_by changed_at",
        "make_up": "id course_id person_id version created_at updated_at",
        "reflection": "id course_id author_person_id written_on version",
        "certificate": "id issued_on version created_at updated_at",
    },
    deletable={"reflection"},

    # ---- without permissions

    # Below courses that everybody sees, and empty.
    machine_may={"list_attendance", "list_completion", "list_reflections"},

    # ---- codes

    checks={"attendance.status": "attendance_status", "make_up.state": "make_up_state",
            "certificate.state": "certificate_state"},
)
