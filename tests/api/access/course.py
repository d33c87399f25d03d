"""Courses with their gatherings, sessions, ticket types, items and options, and what they refer to."""
import datetime

from support.build import instant

from access.engine import List, Part, Request

PARTS_OF_COURSE = ("course_gathering", "course_session", "ticket_type", "course_item", "item_option")


def only(world, table, course_id):
    """The id of the course's only gathering, session ..."""
    through = " JOIN course_item AS i ON i.id = x.item_id" if table == "item_option" else ""
    return world.build.session.value(
        f"SELECT x.id FROM {table} AS x{through} WHERE course_id = %s", [course_id])


def while_it_is_held(world, name, relation):
    starts_at = world.course(name, relation).starts_at
    return {"now": instant(starts_at + datetime.timedelta(hours=1))}


def by_place(world):
    found = {}
    for (place, state), course in world.courses.items():
        found.setdefault(f"{place}-draft" if state == "draft" else place, set()).add(course.id)
    return found


def named(world):
    rows = {}
    for place in ("home", "away"):
        for name, state in ((place, "confirmed"), (f"{place}-draft", "draft")):
            course_id = world.courses[place, state].id
            rows[f"course {name}"] = course_id
            rows |= {f"{table} {name}": only(world, table, course_id) for table in PARTS_OF_COURSE}
    return rows


PART = Part(
    # ---- over HTTP

    operations="""
                                            anon outs part par2 book inst smad admn read regi away
list_course_types            -              200  200  200  200  200  200  200  200  200  200  200
get_course_type              -              200  200  200  200  200  200  200  200  200  200  200
list_professions             -              200  200  200  200  200  200  200  200  200  200  200
list_cancellation_policies   -              200  200  200  200  200  200  200  200  200  200  200

                                            anon outs part par2 book inst smad admn read regi away

                                            anon outs part par2 book inst smad admn read regi away
list_courses                 -              200  200  200  200  200  200  200  200  200  200  200
create_course                -              401  403  403  403  403  403  201  403  403  403  403
get_course                   own            200  200  200  200  200  200  200  200  200  200  200
get_course                   foreign        200  200  200  200  200  200  200  200  200  200  200
get_course                   own-draft      404  404  404  404  404  200  200  404  404  404  404
get_course                   foreign-draft  404  404  404  404  404  404  200  404  404  404  404
get_course_seats             own            200  200  200  200  200  200  200  200  200  200  200
get_course_seats             foreign        200  200  200  200  200  200  200  200  200  200  200
get_course_seats             own-draft      404  404  404  404  404  200  200  404  404  404  404
get_course_seats             foreign-draft  404  404  404  404  404  404  200  404  404  404  404
update_course                own            401  403  403  403  403  403  200  403  403  403  403
update_course                own-draft      401  403  403  403  403  403  200  403  403  403  403
update_course                foreign        401  403  403  403  403  403  200  403  403  403  403
delete_course                own            401  403  403  403  403  403  409  403  403  403  403
delete_course                own-draft      401  403  403  403  403  403  204  403  403  403  403
delete_course                foreign-draft  401  403  403  403  403  403  204  403  403  403  403
publish_course               own-draft      401  403  403  403  403  403  200  403  403  403  403
publish_course               foreign-draft  401  403  403  403  403  403  200  403  403  403  403
start_course                 own            401  403  403  403  403  403  200  403  403  403  403
start_course                 foreign        401  403  403  403  403  403  200  403  403  403  403
draw_course                  own            401  403  403  403  403  403  409  403  403  403  403
draw_course                  foreign        401  403  403  403  403  403  409  403  403  403  403
complete_course              own            401  403  403  403  403  403  409  403  403  403  403
complete_course              foreign        401  403  403  403  403  403  409  403  403  403  403
cancel_course                own            401  403  403  403  403  403  200  403  403  403  403
cancel_course                foreign        401  403  403  403  403  403  200  403  403  403  403

                                            anon outs part par2 book inst smad admn read regi away
list_gatherings              own            200  200  200  200  200  200  200  200  200  200  200
list_gatherings              foreign        200  200  200  200  200  200  200  200  200  200  200
list_gatherings              own-draft      404  404  404  404  404  200  200  404  404  404  404
list_gatherings              foreign-draft  404  404  404  404  404  404  200  404  404  404  404
get_gathering                own            200  200  200  200  200  200  200  200  200  200  200
get_gathering                foreign        200  200  200  200  200  200  200  200  200  200  200
get_gathering                own-draft      404  404  404  404  404  200  200  404  404  404  404
get_gathering                foreign-draft  404  404  404  404  404  404  200  404  404  404  404
create_gathering             own            401  403  403  403  403  403  201  403  403  403  403
create_gathering             own-draft      401  403  403  403  403  403  201  403  403  403  403
create_gathering             foreign        401  403  403  403  403  403  201  403  403  403  403
update_gathering             own            401  403  403  403  403  403  200  403  403  403  403
update_gathering             own-draft      401  403  403  403  403  403  200  403  403  403  403
update_gathering             foreign        401  403  403  403  403  403  200  403  403  403  403
delete_gathering             own            401  403  403  403  403  403  409  403  403  403  403
delete_gathering             own-draft      401  403  403  403  403  403  204  403  403  403  403
delete_gathering             foreign-draft  401  403  403  403  403  403  204  403  403  403  403

                                            anon outs part par2 book inst smad admn read regi away
list_sessions                own            200  200  200  200  200  200  200  200  200  200  200
list_sessions                foreign        200  200  200  200  200  200  200  200  200  200  200
list_sessions                own-draft      404  404  404  404  404  200  200  404  404  404  404
list_sessions                foreign-draft  404  404  404  404  404  404  200  404  404  404  404
get_session                  own            200  200  200  200  200  200  200  200  200  200  200
get_session                  foreign        200  200  200  200  200  200  200  200  200  200  200
get_session                  own-draft      404  404  404  404  404  200  200  404  404  404  404
get_session                  foreign-draft  404  404  404  404  404  404  200  404  404  404  404
create_session               own            401  403  403  403  403  403  201  403  403  403  403
create_session               own-draft      401  403  403  403  403  403  201  403  403  403  403
create_session               foreign        401  403  403  403  403  403  201  403  403  403  403
update_session               own            401  403  403  403  403  403  200  403  403  403  403
update_session               own-draft      401  403  403  403  403  403  200  403  403  403  403
update_session               foreign        401  403  403  403  403  403  200  403  403  403  403
delete_session               own            401  403  403  403  403  403  409  403  403  403  403
delete_session               own-draft      401  403  403  403  403  403  204  403  403  403  403
delete_session               foreign-draft  401  403  403  403  403  403  204  403  403  403  403

                                            anon outs part par2 book inst smad admn read regi away
list_ticket_types            own            200  200  200  200  200  200  200  200  200  200  200
list_ticket_types            foreign        200  200  200  200  200  200  200  200  200  200  200
list_ticket_types            own-draft      404  404  404  404  404  200  200  404  404  404  404
list_ticket_types            foreign-draft  404  404  404  404  404  404  200  404  404  404  404
get_ticket_type              own            200  200  200  200  200  200  200  200  200  200  200
get_ticket_type              foreign        200  200  200  200  200  200  200  200  200  200  200
get_ticket_type              own-draft      404  404  404  404  404  200  200  404  404  404  404
get_ticket_type              foreign-draft  404  404  404  404  404  404  200  404  404  404  404
create_ticket_type           own            401  403  403  403  403  403  201  403  403  403  403
create_ticket_type           own-draft      401  403  403  403  403  403  201  403  403  403  403
create_ticket_type           foreign        401  403  403  403  403  403  201  403  403  403  403
update_ticket_type           own            401  403  403  403  403  403  200  403  403  403  403
update_ticket_type           own-draft      401  403  403  403  403  403  200  403  403  403  403
update_ticket_type           foreign        401  403  403  403  403  403  200  403  403  403  403
delete_ticket_type           own            401  403  403  403  403  403  409  403  403  403  403
delete_ticket_type           own-draft      401  403  403  403  403  403  204  403  403  403  403
delete_ticket_type           foreign-draft  401  403  403  403  403  403  204  403  403  403  403

                                            anon outs part par2 book inst smad admn read regi away
list_course_items            own            200  200  200  200  200  200  200  200  200  200  200
list_course_items            foreign        200  200  200  200  200  200  200  200  200  200  200
list_course_items            own-draft      404  404  404  404  404  200  200  404  404  404  404
list_course_items            foreign-draft  404  404  404  404  404  404  200  404  404  404  404
get_course_item              own            200  200  200  200  200  200  200  200  200  200  200
get_course_item              foreign        200  200  200  200  200  200  200  200  200  200  200
get_course_item              own-draft      404  404  404  404  404  200  200  404  404  404  404
get_course_item              foreign-draft  404  404  404  404  404  404  200  404  404  404  404
create_course_item           own            401  403  403  403  403  403  201  403  403  403  403
create_course_item           own-draft      401  403  403  403  403  403  201  403  403  403  403
create_course_item           foreign        401  403  403  403  403  403  201  403  403  403  403
update_course_item           own            401  403  403  403  403  403  200  403  403  403  403
update_course_item           own-draft      401  403  403  403  403  403  200  403  403  403  403
update_course_item           foreign        401  403  403  403  403  403  200  403  403  403  403
delete_course_item           own            401  403  403  403  403  403  409  403  403  403  403
delete_course_item           own-draft      401  403  403  403  403  403  204  403  403  403  403
delete_course_item           foreign-draft  401  403  403  403  403  403  204  403  403  403  403

                                            anon outs part par2 book inst smad admn read regi away
list_item_options            own            200  200  200  200  200  200  200  200  200  200  200
list_item_options            foreign        200  200  200  200  200  200  200  200  200  200  200
list_item_options            own-draft      404  404  404  404  404  200  200  404  404  404  404
list_item_options            foreign-draft  404  404  404  404  404  404  200  404  404  404  404
get_item_option              own            200  200  200  200  200  200  200  200  200  200  200
get_item_option              foreign        200  200  200  200  200  200  200  200  200  200  200
get_item_option              own-draft      404  404  404  404  404  200  200  404  404  404  404
get_item_option              foreign-draft  404  404  404  404  404  404  200  404  404  404  404
create_item_option           own            401  403  403  403  403  403  201  403  403  403  403
create_item_option           own-draft      401  403  403  403  403  403  201  403  403  403  403
create_item_option           foreign        401  403  403  403  403  403  201  403  403  403  403
update_item_option           own            401  403  403  403  403  403  200  403  403  403  403
update_item_option           own-draft      401  403  403  403  403  403  200  403  403  403  403
update_item_option           foreign        401  403  403  403  403  403  200  403  403  403  403
delete_item_option           own            401  403  403  403  403  403  409  403  403  403  403
delete_item_option           own-draft      401  403  403  403  403  403  204  403  403  403  403
delete_item_option           foreign-draft  401  403  403  403  403  403  204  403  403  403  403
""",
    requests={
        "get_course_type": Request(path={"code": "grunnkurs"}),
        "get_course": Request("course"),
        "create_course": Request(body={"code": "nytt-kurs", "course_type": "grunnkurs",
                                       "title": "Nytt"}),
        "update_course": Request("course", {"title": "Endret"}),
        "delete_course": Request("course"),
        "get_course_seats": Request("course"),
        "publish_course": Request("course"),
        "start_course": Request("course", options=while_it_is_held),
        "draw_course": Request("course"),
        "complete_course": Request("course", options=while_it_is_held),
        "cancel_course": Request("course"),
        "list_gatherings": Request("course"),
        "create_gathering": Request("course", {"seq_no": 2}),
        "get_gathering": Request("course_gathering"),
        "update_gathering": Request("course_gathering", {"title": "Endret"}),
        "delete_gathering": Request("course_gathering"),
        "list_sessions": Request("course"),
        "create_session": Request("course_gathering", {"starts_at": "2040-03-10T08:00:00Z",
                                                       "ends_at": "2040-03-10T14:30:00Z"}),
        "get_session": Request("course_session"),
        "update_session": Request("course_session", {"title": "Endret"}),
        "delete_session": Request("course_session"),
        "list_ticket_types": Request("course"),
        "create_ticket_type": Request("course", {"code": "ny", "name": "Ny", "price_nok": 100}),
        "get_ticket_type": Request("ticket_type"),
        "update_ticket_type": Request("ticket_type", {"name": "Endret"}),
        "delete_ticket_type": Request("ticket_type"),
        "list_course_items": Request("course"),
        "create_course_item": Request("course", {"code": "ny", "name": "Ny"}),
        "get_course_item": Request("course_item"),
        "update_course_item": Request("course_item", {"name": "Endret"}),
        "delete_course_item": Request("course_item"),
        "list_item_options": Request("course_item"),
        "create_item_option": Request("course_item", {"code": "ny", "name": "Ny"}),
        "get_item_option": Request("item_option"),
        "update_item_option": Request("item_option", {"name": "Endret"}),
        "delete_item_option": Request("item_option"),
    },
    rows={
        "course": lambda world, name, relation: world.course(name, relation).id,
        **{table: lambda world, name, relation, table=table: only(
            world, table, world.course(name, relation).id) for table in PARTS_OF_COURSE},
    },
    offered={"publish_course", "cancel_course"},
    lists="""
                                            anon outs part par2 book inst smad admn read regi away
list_courses                 home             x    x    x    x    x    x    x    x    x    x    x
list_courses                 away             x    x    x    x    x    x    x    x    x    x    x
list_courses                 home-draft       .    .    .    .    .    x    x    .    .    .    .
list_courses                 away-draft       .    .    .    .    .    .    x    .    .    .    .
list_courses                 others           x    x    x    x    x    x    x    x    x    x    x
list_course_types            others           x    x    x    x    x    x    x    x    x    x    x
list_professions             others           x    x    x    x    x    x    x    x    x    x    x
list_cancellation_policies   others           x    x    x    x    x    x    x    x    x    x    x
""",
    listed={
        "list_courses": List("course", named=by_place),
        "list_course_types": List("course_type"), "list_professions": List("profession"),
        "list_cancellation_policies": List("cancellation_policy"),
    },
    lists_of_one={"list_gatherings", "list_sessions", "list_ticket_types", "list_course_items",
                  "list_item_options"},
    scopes="""
                     registry:read registry:write smart:read smart:write smart:register audit:read admin:write
create_course        403           403            403        403         403            403        403
""",

    # ---- the policies

    sees="""
                                anon outs part par2 both book boin inst smad admn read regi away mute syst
course home                      x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
course away                      x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
course home-draft                .    .    .    .    x    .    x    x    x    .    .    .    .    .    x
course away-draft                .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
course_gathering away            x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
course_gathering home-draft      .    .    .    .    x    .    x    x    x    .    .    .    .    .    x
course_gathering away-draft      .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
course_session away              x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
course_session home-draft        .    .    .    .    x    .    x    x    x    .    .    .    .    .    x
course_session away-draft        .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
ticket_type away                 x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
ticket_type home-draft           .    .    .    .    x    .    x    x    x    .    .    .    .    .    x
ticket_type away-draft           .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
course_item away                 x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
course_item home-draft           .    .    .    .    x    .    x    x    x    .    .    .    .    .    x
course_item away-draft           .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
item_option away                 x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
item_option home-draft           .    .    .    .    x    .    x    x    x    .    .    .    .    .    x
item_option away-draft           .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
""",
    does="""
                                anon outs part par2 both book boin inst smad admn read regi away mute syst
course create                    .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
course lock away                 .    .    x    x    x    x    x    .    x    .    .    x    x    .    x
course lock home-draft           .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
course lock away-draft           .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
course update home               .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
course update home-draft         .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
course delete home               .    .    .    .    .    .    .    .    .    .    .    .    .    .    x
course delete home-draft         .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
course seats home-draft          .    .    .    .    x    .    x    x    x    .    .    .    .    .    x
course seats away-draft          .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
course_gathering create          .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
course_gathering update          .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
course_gathering delete draft    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
course_gathering delete          .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
course_session create            .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
course_session update            .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
course_session delete draft      .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
course_session delete            .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
ticket_type create               .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
ticket_type update               .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
ticket_type delete draft         .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
ticket_type delete               .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
course_item create               .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
course_item update               .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
course_item delete draft         .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
course_item delete               .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
item_option create               .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
item_option update               .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
item_option delete draft         .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
item_option delete               .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
""",
    statements={
        "course create":
            "INSERT INTO course (code, course_type, title) VALUES ('ny', 'grunnkurs', 'Ny')",
        "course lock away": "SELECT id FROM course WHERE id = %(course away)s FOR UPDATE",
        "course lock home-draft":
            "SELECT id FROM course WHERE id = %(course home-draft)s FOR UPDATE",
        "course lock away-draft":
            "SELECT id FROM course WHERE id = %(course away-draft)s FOR UPDATE",
        "course update home": "UPDATE course SET title = title WHERE id = %(course home)s",
        "course update home-draft":
            "UPDATE course SET title = title WHERE id = %(course home-draft)s",
        "course delete home": "DELETE FROM course WHERE id = %(course home)s",
        "course delete home-draft": "DELETE FROM course WHERE id = %(course home-draft)s",
        "course seats home-draft": "SELECT * FROM course_seats(%(course home-draft)s)",
        "course seats away-draft": "SELECT * FROM course_seats(%(course away-draft)s)",
        "course_gathering create":
            "INSERT INTO course_gathering (course_id, seq_no) VALUES (%(course home)s, 9)",
        "course_session create": """INSERT INTO course_session (gathering_id, starts_at, ends_at)
            VALUES (%(course_gathering home)s, now(), now() + interval '1 hour')""",
        "ticket_type create": """INSERT INTO ticket_type (course_id, code, name, price_nok)
            VALUES (%(course home)s, 'ny', 'Ny', 1)""",
        "course_item create":
            "INSERT INTO course_item (course_id, code, name) VALUES (%(course home)s, 'ny', 'Ny')",
        "item_option create":
            "INSERT INTO item_option (item_id, code, name) VALUES (%(course_item home)s, 'ny', 'Ny')",
        **{f"{table} update": f"UPDATE {table} SET {column} = {column} WHERE id = %({table} home)s"
           for table, column in {"course_gathering": "title", "course_session": "title",
                                 "ticket_type": "name", "course_item": "name",
                                 "item_option": "name"}.items()},
        **{f"{table} delete{word}": f"DELETE FROM {table} WHERE id = %({table} {row})s"
           for table in PARTS_OF_COURSE for word, row in (("", "home"), (" draft", "home-draft"))},
    },
    named=named,
    halves={
        ("course_update", "WITH CHECK (true)"): "who locks a course changes nothing",
        ("course_lock", "WITH CHECK (true)"): "the same, from the other side",
        ("course_lock", "USING (true) WITH CHECK (false)"): "nobody who registers locks a draft",
    },
    public_tables={
        "cancellation_policy": "a code list",
        "cancellation_rule": "what the code list means",
        "course_type": "a code list",
        "profession": "a code list",
    },
    narrow={
        "course_search": "ids, joined back to the rows that the caller may see",
        "course_seats": "numbers that are public; none of a draft that the caller may not see",
    },
    kept={
        "course": "id version created_at updated_at starts_at ends_at seats_confirmed seats_offered"
                  " seats_held waitlisted last_queue_no",
        "ticket_type": "id version claimed",
    },
    deletable={"course", *PARTS_OF_COURSE},

    # ---- codes

    checks={
        "course.state": "course_state", "course.seat_allocation": "seat_allocation",
        "course_type.pricing_model": "pricing_model",
        "course_gathering.kind": "gathering_kind", "ticket_type.eligibility": "ticket_eligibility",
    },
    code_tables={"course_type", "profession", "cancellation_policy"},
)
