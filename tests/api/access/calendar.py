"""Sessions as calendars: of courses, and of a person by a secret address."""
import hashlib

from access.engine import List, Part, Request

SECRET = "a" * 43


def furnish(world):
    def add(name, secret):
        return world.build.session.value(
            "INSERT INTO calendar_feed (person_id, user_id, secret_sha256) VALUES (%s, %s, %s)"
            " RETURNING id", [world.people[name], world[name].id,
                              hashlib.sha256(secret.encode()).hexdigest()])
    world.feeds = {name: add(name, SECRET if name == "part" else name)
                   for name in ("outs", "part", "par2", "book", "inst", "smad", "admn", "stranger")}


PART = Part(
    furnish=furnish,

    # ---- over HTTP

    operations="""
                                            anon outs part par2 book inst smad admn read regi away
get_course_calendar          own            200  200  200  200  200  200  200  200  200  200  200
get_course_calendar          foreign        200  200  200  200  200  200  200  200  200  200  200
get_course_calendar          own-draft      404  404  404  404  404  200  200  404  404  404  404
get_course_calendar          foreign-draft  404  404  404  404  404  404  200  404  404  404  404
get_calendar                 -              200  200  200  200  200  200  200  200  200  200  200
list_calendar_feeds          -              401  200  200  200  200  200  200  200  200  200  200
create_calendar_feed         -              401  201  201  201  201  201  201  201  403  403  403
get_calendar_feed            own            401  200  200  200  200  200  200  200  404  404  404
get_calendar_feed            sibling        401  404  404  404  404  404  404  404  404  404  404
get_calendar_feed            foreign        401  404  404  404  404  404  404  404  404  404  404
delete_calendar_feed         own            401  204  204  204  204  204  204  204  404  404  404
delete_calendar_feed         sibling        401  404  404  404  404  404  404  404  404  404  404
delete_calendar_feed         foreign        401  404  404  404  404  404  404  404  404  404  404
""",
    requests={
        "get_course_calendar": Request("course"),
        "get_calendar": Request(path={"secret": SECRET}),
        "create_calendar_feed": Request(body={"name": "Telefonen"}),
        "get_calendar_feed": Request("calendar_feed"),
        "delete_calendar_feed": Request("calendar_feed"),
    },
    rows={"calendar_feed": lambda world, name, relation: world.feeds.get(
        world.whose(name, relation), world.feeds["part"])},
    lists="""
                                          anon outs part par2 book inst smad admn read regi away
list_calendar_feeds          outs             -    x    .    .    .    .    .    .    .    .    .
list_calendar_feeds          part             -    .    x    .    .    .    .    .    .    .    .
list_calendar_feeds          par2             -    .    .    x    .    .    .    .    .    .    .
list_calendar_feeds          book             -    .    .    .    x    .    .    .    .    .    .
list_calendar_feeds          inst             -    .    .    .    .    x    .    .    .    .    .
list_calendar_feeds          smad             -    .    .    .    .    .    x    .    .    .    .
list_calendar_feeds          admn             -    .    .    .    .    .    .    x    .    .    .
list_calendar_feeds          others           -    .    .    .    .    .    .    .    .    .    .
""",
    listed={"list_calendar_feeds": List("calendar_feed", named=lambda world: {
        name: {row} for name, row in world.feeds.items() if name != "stranger"})},

    # ---- the policies

    sees="""
                                anon outs part par2 both book boin inst smad admn read regi away mute syst
calendar_feed part               .    .    x    .    .    .    .    .    .    .    .    .    .    .    .
calendar_feed stranger           .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
""",
    does="""
                                anon outs part par2 both book boin inst smad admn read regi away mute syst
calendar_feed create             .    x    x    x    x    x    x    x    x    x    .    .    .    .    .
calendar_feed create for-other   .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
calendar_feed update part        .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
calendar_feed delete part        .    .    x    .    .    .    .    .    .    .    .    .    .    .    .
calendar_feed secret part        .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
""",
    statements={
        "calendar_feed create": """INSERT INTO calendar_feed (person_id, user_id, secret_sha256)
            VALUES (principal_person(), principal_user(), repeat('0', 64))""",
        "calendar_feed create for-other":
            """INSERT INTO calendar_feed (person_id, user_id, secret_sha256)
            VALUES (%(person stranger)s, principal_user(), repeat('0', 64))""",
        "calendar_feed update part":
            "UPDATE calendar_feed SET name = 'x' WHERE id = %(calendar_feed part)s",
        "calendar_feed delete part": "DELETE FROM calendar_feed WHERE id = %(calendar_feed part)s",
        "calendar_feed secret part":
            "SELECT secret_sha256 FROM calendar_feed WHERE id = %(calendar_feed part)s",
    },
    named=lambda world: {f"calendar_feed {name}": world.feeds[name]
                         for name in ("part", "stranger")},
    narrow={"calendar_feed_entries": "the sessions of one person's courses, by 256 bits that only"
                                     " that person was shown"},
    kept={"calendar_feed": "id version created_at updated_at"},
    deletable={"calendar_feed"},
)
