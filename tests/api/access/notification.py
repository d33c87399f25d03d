"""What people are told, and in which language they want it."""
import uuid

from access.engine import List, Part, Request

TOLD = ("outs", "part", "par2", "book", "inst", "smad", "admn", "stranger")


def furnish(world):
    world.notifications = {name: world.build.insert(
        "notification", person_id=world.people[name], kind="registration_confirmed",
        occasion=f"test:{name}", resource_type="registration", resource_id=str(uuid.uuid4()),
        language="nb", email="kari@example.no", facts={}, subject="Emne", body="Tekst",
        delivery_state="off") for name in TOLD}


def row(world, name, relation):
    """A machine, and nobody, has none: somebody's."""
    return world.notifications.get(world.whose(name, relation), world.notifications["part"])


PART = Part(
    furnish=furnish,

    # ---- over HTTP

    operations="""
                                            anon outs part par2 book inst smad admn read regi away
list_notifications           -              401  200  200  200  200  200  200  200  200  200  200
get_notification             own            401  200  200  200  200  200  200  200  404  404  404
get_notification             sibling        401  404  404  404  404  404  404  404  404  404  404
get_notification             foreign        401  404  404  404  404  404  404  404  404  404  404
read_notification            own            401  200  200  200  200  200  200  200  404  404  404
read_notification            sibling        401  404  404  404  404  404  404  404  404  404  404
read_notification            foreign        401  404  404  404  404  404  404  404  404  404  404
update_me                    -              401  200  200  200  200  200  200  200  404  404  404
""",
    requests={
        "get_notification": Request("notification"),
        "read_notification": Request("notification"),
        "update_me": Request(body={"language": "nn"}),
    },
    rows={"notification": row},
    offered={"read_notification"},
    lists="""
                                          anon outs part par2 book inst smad admn read regi away
list_notifications           outs             -    x    .    .    .    .    .    .    .    .    .
list_notifications           part             -    .    x    .    .    .    .    .    .    .    .
list_notifications           par2             -    .    .    x    .    .    .    .    .    .    .
list_notifications           book             -    .    .    .    x    .    .    .    .    .    .
list_notifications           inst             -    .    .    .    .    x    .    .    .    .    .
list_notifications           smad             -    .    .    .    .    .    x    .    .    .    .
list_notifications           admn             -    .    .    .    .    .    .    x    .    .    .
list_notifications           others           -    .    .    .    .    .    .    .    .    .    .
""",
    listed={"list_notifications": List("notification", named=lambda world: {
        name: {row} for name, row in world.notifications.items() if name != "stranger"})},

    # ---- the policies

    sees="""
                                anon outs part par2 both book boin inst smad admn read regi away mute syst
notification part                .    .    x    .    .    .    .    .    .    .    .    .    .    .    x
notification smad                .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
notification stranger            .    .    .    .    .    .    .    .    .    .    .    .    .    .    x
""",
    does="""
                                anon outs part par2 both book boin inst smad admn read regi away mute syst
notification create              .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
notification update part         .    .    x    .    .    .    .    .    .    .    .    .    .    .    x
notification delete part         .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
notification tell                .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
notification remind              .    .    .    .    .    .    .    .    .    .    .    .    .    .    x
notification current             .    .    .    .    .    .    .    .    .    .    .    .    .    .    x
notification own-language        .    x    x    x    x    x    x    x    x    x    .    .    .    .    .
""",
    statements={
        "notification create": """INSERT INTO notification (person_id, kind, occasion, resource_type,
            resource_id, language, email, facts) VALUES (%(person part)s, 'x', 'x', 'x',
            %(notification part)s, 'nb', 'x', '{}')""",
        "notification update part":
            "UPDATE notification SET read_at = now() WHERE id = %(notification part)s",
        "notification delete part": "DELETE FROM notification WHERE id = %(notification part)s",
        "notification tell": "SELECT notify_registration('x', %(registration part)s, 1)",
        "notification remind": "SELECT remind_of_offers(1), remind_of_gatherings(1)",
        "notification current": "SELECT 1 WHERE notification_is_current(%(notification part)s)",
        "notification own-language": "SELECT set_own_language('nn', 1)",
    },
    named=lambda world: {f"notification {name}": world.notifications[name]
                         for name in ("part", "smad", "stranger")},
    narrow={
        "notify_registration": "writes of an event that this very transaction recorded; gives"
                               " nothing back",
        "remind_of_offers": "a number, and only for the service itself",
        "remind_of_gatherings": "a number, and only for the service itself",
        "notification_is_current": "yes or no, and only for the service itself",
        "set_own_language": "one column of the caller's own row",
    },
    kept={"notification": "id version created_at updated_at person_id kind occasion facts email"
                          " language resource_type resource_id useful_until"},

    # ---- codes

    checks={"person.language": "language", "notification.language": "language",
            "notification.delivery_state": "delivery_state"},
)
