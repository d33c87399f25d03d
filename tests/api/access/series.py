"""Gatherings that are moved whole, the programme of a course, and seats at the festival."""
from access.course import only
from access.engine import Part, Request

PLACES = {f"{place}{word}": (place, state) for place in ("home", "away")
          for word, state in (("", "confirmed"), ("-draft", "draft"))}
ITEM = {"kind": "lunch", "starts_at": "2040-03-10T11:00:00Z", "ends_at": "2040-03-10T12:00:00Z",
        "title": "Lunsj"}

RESERVE = """INSERT INTO festival_reservation (course_id, festival_course_id, ticket_type_id, seats)
    VALUES (%(course)s, %(festival)s, %(ticket)s, 2)"""


def furnish(world):
    for place, state in PLACES.values():
        world.build.insert("course_programme_item", course_id=world.courses[place, state].id, **ITEM)
    world.festival = world.build.course(course_type="festival", capacity=100, tickets=[
        {"code": "trainer", "price_nok": 0, "eligibility": "trainee"}])
    for place, state in PLACES.values():
        world.build.session.execute(RESERVE, {
            "course": world.courses[place, state].id, "festival": world.festival.id,
            "ticket": world.festival.ticket_id})


def item_of(world, name, relation):
    return only(world, "course_programme_item", world.course(name, relation).id)


PART = Part(
    furnish=furnish,
    operations="""
                                            anon outs part par2 book inst smad admn read regi away
move_gathering               own            401  403  403  403  403  403  200  403  403  403  403
move_gathering               own-draft      401  403  403  403  403  403  200  403  403  403  403
move_gathering               foreign        401  403  403  403  403  403  200  403  403  403  403

list_programme_items         own            200  200  200  200  200  200  200  200  200  200  200
list_programme_items         foreign        200  200  200  200  200  200  200  200  200  200  200
list_programme_items         own-draft      404  404  404  404  404  200  200  404  404  404  404
list_programme_items         foreign-draft  404  404  404  404  404  404  200  404  404  404  404
get_programme_item           own            200  200  200  200  200  200  200  200  200  200  200
get_programme_item           foreign        200  200  200  200  200  200  200  200  200  200  200
get_programme_item           own-draft      404  404  404  404  404  200  200  404  404  404  404
get_programme_item           foreign-draft  404  404  404  404  404  404  200  404  404  404  404
create_programme_item        own            401  403  403  403  403  403  201  403  403  403  403
create_programme_item        own-draft      401  403  403  403  403  403  201  403  403  403  403
create_programme_item        foreign        401  403  403  403  403  403  201  403  403  403  403
update_programme_item        own            401  403  403  403  403  403  200  403  403  403  403
update_programme_item        own-draft      401  403  403  403  403  403  200  403  403  403  403
update_programme_item        foreign        401  403  403  403  403  403  200  403  403  403  403
delete_programme_item        own            401  403  403  403  403  403  204  403  403  403  403
delete_programme_item        own-draft      401  403  403  403  403  403  204  403  403  403  403
delete_programme_item        foreign        401  403  403  403  403  403  204  403  403  403  403
""",
    requests={
        "move_gathering": Request("course_gathering", {"days": 7}),
        "list_programme_items": Request("course"),
        "get_programme_item": Request("programme_item"),
        "create_programme_item": Request("course", ITEM),
        "update_programme_item": Request("programme_item", {"title": "Endret"}),
        "delete_programme_item": Request("programme_item"),
    },
    rows={"programme_item": item_of},
    lists_of_one={"list_programme_items"},

    # ---- the policies

    sees="""
                                    anon outs part par2 both book boin inst smad admn read regi away mute syst
course_programme_item away           x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
course_programme_item home-draft     .    .    .    .    x    .    x    x    x    .    .    .    .    .    x
course_programme_item away-draft     .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
festival_reservation away            x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
festival_reservation home-draft      .    .    .    .    x    .    x    x    x    .    .    .    .    .    x
festival_reservation away-draft      .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
""",
    does="""
                                    anon outs part par2 both book boin inst smad admn read regi away mute syst
course_programme_item create         .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
course_programme_item update         .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
course_programme_item delete         .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
course_programme_item delete over    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
festival_reservation create          .    .    .    .    .    .    .    .    .    .    .    .    .    .    x
festival_reservation update          .    .    .    .    .    .    .    .    .    .    .    .    .    .    x
festival_reservation delete          .    .    .    .    .    .    .    .    .    .    .    .    .    .    x
ticket_type create for-trainees      .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
registration follows                 x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
""",
    statements={
        "course_programme_item create": """INSERT INTO course_programme_item (course_id, kind,
            starts_at, ends_at, title)
            VALUES (%(course home)s, 'talk', now(), now() + interval '1 hour', 'Foredrag')""",
        "course_programme_item update":
            "UPDATE course_programme_item SET title = title"
            " WHERE id = %(course_programme_item home)s",
        "course_programme_item delete":
            "DELETE FROM course_programme_item WHERE id = %(course_programme_item home)s",
        "course_programme_item delete over":
            "DELETE FROM course_programme_item WHERE id = %(course_programme_item over)s",
        "festival_reservation create": """INSERT INTO festival_reservation (course_id,
            festival_course_id, ticket_type_id, seats)
            VALUES (%(course home-waiting)s, %(festival)s, %(festival ticket)s, 1)""",
        "festival_reservation update":
            "UPDATE festival_reservation SET seats = 1 WHERE course_id = %(course home)s",
        "festival_reservation delete":
            "DELETE FROM festival_reservation WHERE course_id = %(course home)s",
        "ticket_type create for-trainees": """INSERT INTO ticket_type (course_id, code, name,
            price_nok, eligibility) VALUES (%(course home)s, 'trainer', 'Trenere', 0, 'trainee')""",
        "registration follows": "SELECT follows_programme(%(registration part)s)",
    },
    named=lambda world: {
        **{f"course_programme_item {name}": only(world, "course_programme_item",
                                                 world.courses[place].id)
           for name, place in PLACES.items()},
        **{f"festival_reservation {name}": world.courses[place].id
           for name, place in PLACES.items()},
        "festival": world.festival.id, "festival ticket": world.festival.ticket_id,
        "course_programme_item over": over(world)},
    keys={"festival_reservation": "course_id"},
    narrow={"follows_programme": "whether a seat comes with another, and nothing about either"},
    kept={"course_programme_item": "id version created_at updated_at",
          "festival_reservation": "created_at",
          "course_gathering": "id version created_at updated_at"},
    deletable={"course_programme_item", "festival_reservation"},

    # ---- codes

    checks={"course_programme_item.kind": "programme_item_kind"},
)


def over(world):
    """Of a course that is over."""
    course = world.build.course(state="completed")
    return world.build.insert("course_programme_item", course_id=course.id, **ITEM)
