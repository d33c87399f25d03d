"""Learning groups: two in each of the courses at home and away where people have seats, locked."""
from access.engine import Part, Request

GROUPS = {"home": (("part", "outs", "book", "inst", "smad", "admn", "guest"),
                   ("par2", "read", "regi", "both", "mute", "pupil")),
          "away": (("away", "stranger"), ("far",))}
ACTIONS = ("regenerate", "lock", "unlock", "swap", "move", "rebalance", "pair")


def furnish(world):
    world.learning_groups = {}
    session = world.build.session
    for place, groups in GROUPS.items():
        course_id = world.courses[place, "confirmed"].id
        session.execute("INSERT INTO learning_grouping (course_id, group_count, state, locked_at)"
                        " VALUES (%s, 2, 'locked', now())", [course_id])
        for seq_no, people in enumerate(groups, 1):
            group = world.build.insert("learning_group", course_id=course_id, seq_no=seq_no,
                                       name=f"Gruppe {seq_no}")
            world.learning_groups[place, seq_no] = group
            for number, name in enumerate(people):
                pair_no = min(number, 2 * (len(people) // 2) - 1) // 2 + 1 if len(people) > 1 else None
                session.execute(
                    "INSERT INTO learning_group_member (registration_id, group_id, pair_no, placed_by,"
                    " placed_version) VALUES (%s, %s, %s, 'by_hand', 1)",
                    [world.registrations[name, "confirmed"], group, pair_no])


def group_of(world, name, relation):
    """One's own group, the other of the course, or one away."""
    own = 2 if name == "par2" else 1
    return world.learning_groups[world.place(name, relation), 3 - own if relation == "sibling" else own]


def two_of(world, name, relation):
    people = GROUPS[world.place(name, relation)]
    return [world.registrations[people[group][0], "confirmed"] for group in (0, 1)]


def swap_of(world, name, relation):
    one, two = two_of(world, name, relation)
    return {"registration_id": one, "with_registration_id": two}


def move_of(world, name, relation):
    return {"registration_id": two_of(world, name, relation)[0], "group_no": 2}


def named(world):
    rows = {f"learning_grouping {place}": world.courses[place, "confirmed"].id for place in GROUPS}
    rows |= {f"learning_group {place}-{seq_no}": row
             for (place, seq_no), row in world.learning_groups.items()}
    return rows | {f"learning_group_member {name}": world.registrations[name, "confirmed"]
                   for name in ("part", "par2", "both", "away")}


PART = Part(
    furnish=furnish,

    # ---- over HTTP

    operations="""
                                            anon outs part par2 book inst smad admn read regi away
list_learning_groups         own            401  403  403  403  403  200  200  403  403  403  403
list_learning_groups         own-draft      401  403  403  403  403  200  200  403  403  403  403
propose_learning_groups      own            401  403  403  403  403  403  409  403  403  403  403
propose_learning_groups      own-draft      401  403  403  403  403  403  409  403  403  403  403
list_learning_group_members  own            401  403  200  200  403  200  200  403  403  403  403
list_learning_group_members  own-draft      401  403  404  404  403  200  200  403  403  403  403
list_learning_pairs          own            401  403  200  200  403  200  200  403  403  403  403
list_learning_pairs          own-draft      401  403  404  404  403  200  200  403  403  403  403
get_learning_group           own            401  403  200  200  403  200  200  403  403  403  403
get_learning_group           sibling        401  403  404  404  403  200  200  403  403  403  403
get_learning_group           foreign        401  403  404  404  403  404  200  403  403  403  403
update_learning_group        own            401  403  403  403  403  403  200  403  403  403  403
update_learning_group        foreign        401  403  403  403  403  403  200  403  403  403  403
get_learning_grouping        own            401  403  403  403  403  200  200  403  403  403  403
get_learning_grouping        foreign        401  403  403  403  403  404  200  403  403  403  403
regenerate_learning_groups   own            401  403  403  403  403  403  409  403  403  403  403
lock_learning_groups         own            401  403  403  403  403  403  409  403  403  403  403
unlock_learning_groups       own            401  403  403  403  403  403  200  403  403  403  403
unlock_learning_groups       foreign        401  403  403  403  403  403  200  403  403  403  403
swap_learning_groups         own            401  403  403  403  403  403  200  403  403  403  403
swap_learning_groups         foreign        401  403  403  403  403  403  200  403  403  403  403
move_learning_groups         own            401  403  403  403  403  403  200  403  403  403  403
move_learning_groups         foreign        401  403  403  403  403  403  200  403  403  403  403
rebalance_learning_groups    own            401  403  403  403  403  403  200  403  403  403  403
rebalance_learning_groups    foreign        401  403  403  403  403  403  200  403  403  403  403
pair_learning_groups         own            401  403  403  403  403  403  200  403  403  403  403
pair_learning_groups         foreign        401  403  403  403  403  403  200  403  403  403  403
""",
    requests={
        **{name: Request("course") for name in (
            "list_learning_groups", "propose_learning_groups", "list_learning_group_members",
            "list_learning_pairs", "get_learning_grouping")},
        **{f"{action}_learning_groups": Request("course") for action in ACTIONS},
        "swap_learning_groups": Request("course", swap_of),
        "move_learning_groups": Request("course", move_of),
        "get_learning_group": Request("learning_group"),
        "update_learning_group": Request("learning_group", {"name": "Ny"}),
    },
    rows={"learning_group": group_of},
    offered={f"{action}_learning_groups" for action in ACTIONS},
    lists_of_one={"list_learning_groups", "list_learning_group_members", "list_learning_pairs"},

    # ---- the policies

    sees="""
                                anon outs part par2 both book boin inst smad admn read regi away mute syst
learning_grouping home           .    .    .    .    x    .    x    x    x    .    .    .    .    .    .
learning_grouping away           .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
learning_group home-1            .    .    x    .    x    .    x    x    x    .    .    .    .    .    .
learning_group home-2            .    .    .    x    x    .    x    x    x    .    .    .    .    .    .
learning_group away-1            .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
learning_group_member part       .    .    x    .    x    .    x    x    x    .    .    .    .    .    .
learning_group_member par2       .    .    .    x    x    .    x    x    x    .    .    .    .    .    .
learning_group_member both       .    .    .    x    x    .    x    x    x    .    .    .    .    .    .
learning_group_member away       .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
""",
    does="""
                                anon outs part par2 both book boin inst smad admn read regi away mute syst
learning_grouping create         .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
learning_grouping lock           .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
learning_grouping update         .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
learning_grouping delete         .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
learning_group create            .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
learning_group update            .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
learning_group delete            .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
learning_group_member create     .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
learning_group_member update     .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
learning_group_member delete     .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
learning_group_member people     .    .    x    x    x    .    x    x    x    .    .    .    .    .    .
learning_group_member strangers  .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
""",
    statements={
        "learning_grouping create":
            "INSERT INTO learning_grouping (course_id, group_count) VALUES (%(course home-waiting)s, 1)",
        "learning_grouping lock": "SELECT version FROM learning_grouping"
                                  " WHERE course_id = %(learning_grouping home)s FOR UPDATE",
        "learning_grouping update": "UPDATE learning_grouping SET placed_at = now()"
                                    " WHERE course_id = %(learning_grouping home)s",
        "learning_grouping delete":
            "DELETE FROM learning_grouping WHERE course_id = %(learning_grouping home)s",
        "learning_group create": "INSERT INTO learning_group (course_id, seq_no, name)"
                                 " VALUES (%(learning_grouping home)s, 3, 'Gruppe 3')",
        "learning_group update":
            "UPDATE learning_group SET name = 'Ny' WHERE id = %(learning_group home-1)s",
        "learning_group delete": "DELETE FROM learning_group WHERE id = %(learning_group home-1)s",
        "learning_group_member create":
            "INSERT INTO learning_group_member (registration_id, group_id, placed_by, placed_version)"
            " VALUES (%(registration part)s, %(learning_group home-2)s, 'by_hand', 1)",
        "learning_group_member update": "UPDATE learning_group_member SET pair_no = 2"
                                        " WHERE registration_id = %(registration part)s",
        "learning_group_member delete":
            "DELETE FROM learning_group_member WHERE registration_id = %(registration part)s",
        "learning_group_member people":
            "SELECT * FROM learning_group_people(%(learning_grouping home)s)",
        "learning_group_member strangers":
            "SELECT * FROM learning_group_people(%(learning_grouping away)s)",
    },
    named=named,
    keys={"learning_grouping": "course_id", "learning_group_member": "registration_id"},
    narrow={
        "own_learning_groups": "ids of locked groups that the caller is a member of",
        "learning_group_people": "names and professions, in groups that the caller may see",
    },
    kept={"learning_grouping": "version created_at updated_at",
          "learning_group": "id version created_at updated_at",
          "learning_group_member": "course_id created_at updated_at"},
    deletable={"learning_group"},

    # ---- codes

    checks={"learning_grouping.state": "learning_grouping_state",
            "learning_group_member.placed_by": "learning_group_placement"},
)
