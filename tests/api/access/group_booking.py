"""Group bookings: a booker's and a partner's own, of their organisation; read by instructors; the
line and the deadlines are smart_admin's."""
from access.engine import List, Part, Request

STATES = ("confirmed", "waitlisted", "offered")
# Who booked: the organisation at home and the one away, and a machine without an organisation.
BOOKED = {"home": ("home", "home", "book"), "away": ("away", "away", "away"),
          "regi": ("home", "home", "regi"), "far": ("away", "home", "book")}


def furnish(world):
    world.bookings = {}
    for name, (place, organisation, by) in BOOKED.items():
        who = world[by]
        for state in STATES:
            course = world.courses[place, "empty"]
            world.bookings[name, state] = world.build.group_booking(
                course, world.organisations[organisation], seats=2, state=state,
                contact_phone="+47 99 99 99 99",
                booked_by=who.id if who.kind == "user" else None,
                booked_by_client=who.id if who.kind == "client" else None)


def whose(name, relation):
    """One's own, one of the same organisation that a machine made, or one elsewhere."""
    if relation == "own":
        return {"away": "away", "regi": "regi"}.get(name, "home")
    if relation == "sibling":
        return {"regi": "home"}.get(name, "regi")
    return "home" if name == "away" else "away"


def row_in(state):
    return lambda world, name, relation: world.bookings[whose(name, relation), state]


def booking_of(world, name, relation):
    course = world.course(name, relation, "empty")
    return world.build.group_booking_body(
        course, world.organisations[world.place(name, relation)], seats=1)


def named_rows(world):
    return {f"group_booking {name}": row
            for (name, state), row in world.bookings.items() if state == "confirmed"} | {
            f"party {name}": row
            for (name, state), row in world.bookings.items() if state == "waitlisted"}


def by_name(world):
    found = {}
    for (name, _), row in world.bookings.items():
        found.setdefault(name, set()).add(row)
    return found


BOOK = """INSERT INTO group_booking (course_id, ticket_type_id, organisation_id, booked_by,
    booked_by_client, contact_full_name, contact_email, seats, names_due_on, state, price_nok)
    VALUES (%(course home)s, %(ticket_type home)s, {organisation}, {by}, 'Bodil Eksempelvik',
            'bodil@example.no', 2, current_date, '{state}', 950)"""
OWN_NAME = "%(as_user)s, %(as_client)s"


def book(organisation="%(my_organisation)s", by=OWN_NAME, state="confirmed"):
    return BOOK.format(organisation=organisation, by=by, state=state)


def change(row, change="contact_phone = contact_phone"):
    return f"UPDATE group_booking SET {change} WHERE id = %(group_booking {row})s RETURNING version"


REASON = {"reason": "Avtalt på telefon"}
NAMES = b"full_name;email;profession_code;item:laerebok\r\nKari Eksempelsen;kari.ny@example.no;laerer;smart\r\n"

PART = Part(
    furnish=furnish,

    # ---- over HTTP

    operations="""
                                            anon outs part par2 book inst smad admn read regi away
list_group_bookings          -              401  403  403  403  200  200  200  403  200  403  200
create_group_booking         own            401  403  403  403  201  403  201  403  403  201  201
create_group_booking         foreign        401  403  403  403  403  403  201  403  403  201  403
create_group_booking         own-draft      401  403  403  403  404  403  409  403  403  404  404
get_group_booking            own            401  403  403  403  200  200  200  403  200  403  200
get_group_booking            sibling        401  403  403  403  200  200  200  403  200  403  404
get_group_booking            foreign        401  403  403  403  404  404  200  403  200  403  404
update_group_booking         own            401  403  403  403  200  403  200  403  403  200  200
update_group_booking         sibling        401  403  403  403  200  403  200  403  403  404  404
update_group_booking         foreign        401  403  403  403  404  403  200  403  403  404  404
name_group_booking           own            401  403  403  403  200  403  200  403  403  200  200
name_group_booking           sibling        401  403  403  403  200  403  200  403  403  404  404
name_group_booking           foreign        401  403  403  403  404  403  200  403  403  404  404
get_group_queue_position     own            401  403  403  403  200  200  200  403  200  403  200
get_group_queue_position     sibling        401  403  403  403  200  200  200  403  200  403  404
get_group_queue_position     foreign        401  403  403  403  404  404  200  403  200  403  404
accept_group_booking         own            401  403  403  403  200  403  200  403  403  200  200
accept_group_booking         sibling        401  403  403  403  200  403  200  403  403  404  404
accept_group_booking         foreign        401  403  403  403  404  403  200  403  403  404  404
withdraw_group_booking       own            401  403  403  403  200  403  200  403  403  200  200
withdraw_group_booking       sibling        401  403  403  403  200  403  200  403  403  404  404
withdraw_group_booking       foreign        401  403  403  403  404  403  200  403  403  404  404
cancel_group_booking         own            401  403  403  403  200  403  200  403  403  200  200
cancel_group_booking         sibling        401  403  403  403  200  403  200  403  403  404  404
cancel_group_booking         foreign        401  403  403  403  404  403  200  403  403  404  404
release_group_booking        own            401  403  403  403  403  403  200  403  403  403  403
release_group_booking        foreign        401  403  403  403  403  403  200  403  403  403  403
skip_group_booking           own            401  403  403  403  403  403  200  403  403  403  403
skip_group_booking           foreign        401  403  403  403  403  403  200  403  403  403  403
unskip_group_booking         own            401  403  403  403  403  403  409  403  403  403  403
unskip_group_booking         foreign        401  403  403  403  403  403  409  403  403  403  403
move_group_booking           own            401  403  403  403  403  403  200  403  403  403  403
move_group_booking           foreign        401  403  403  403  403  403  200  403  403  403  403
""",
    requests={
        "create_group_booking": Request(body=booking_of),
        "get_group_booking": Request("group_booking"),
        "update_group_booking": Request("group_booking", {"contact": {"phone": None}}),
        "name_group_booking": Request("group_booking", NAMES,
                                      options=lambda *asked: {"media": "text/csv"}),
        "get_group_queue_position": Request("party"),
        "accept_group_booking": Request("offered_group"),
        "withdraw_group_booking": Request("party"),
        "cancel_group_booking": Request("group_booking"),
        "release_group_booking": Request("group_booking", REASON),
        "skip_group_booking": Request("party", REASON),
        "unskip_group_booking": Request("party", REASON),
        "move_group_booking": Request("party", {"position": 1, **REASON}),
    },
    rows={"group_booking": row_in("confirmed"), "party": row_in("waitlisted"),
          "offered_group": row_in("offered")},
    offered={"accept_group_booking", "withdraw_group_booking", "cancel_group_booking",
             "release_group_booking", "skip_group_booking", "move_group_booking"},
    lists="""
                                            anon outs part par2 book inst smad admn read regi away
list_group_bookings          home             -    -    -    -    x    x    x    -    x    -    .
list_group_bookings          regi             -    -    -    -    x    x    x    -    x    -    .
list_group_bookings          far              -    -    -    -    x    .    x    -    x    -    .
list_group_bookings          away             -    -    -    -    .    .    x    -    x    -    x
list_group_bookings          others           -    -    -    -    .    .    x    -    x    -    .
""",
    listed={"list_group_bookings": List("group_booking", named=by_name)},
    scopes="""
                      registry:read registry:write smart:read smart:write smart:register audit:read admin:write
list_group_bookings   403           403            200        403         403            403        403
create_group_booking  403           403            403        403         201            403        403
""",

    # ---- the policies

    sees="""
                                anon outs part par2 both book boin inst smad admn read regi away mute syst
group_booking home               .    .    .    .    x    x    x    x    x    .    x    .    .    .    x
group_booking regi               .    .    .    .    x    x    x    x    x    .    x    x    .    .    x
group_booking far                .    .    .    .    .    x    x    .    x    .    x    .    .    .    x
group_booking away               .    .    .    .    .    .    .    .    x    .    x    .    x    .    x
""",
    does="""
                                anon outs part par2 both book boin inst smad admn read regi away mute syst
group_booking create             .    .    .    .    .    x    x    .    x    .    .    x    x    .    x
group_booking create of-home     .    .    .    .    .    x    x    .    x    .    .    x    .    .    x
group_booking create of-away     .    .    .    .    .    .    .    .    x    .    .    x    x    .    x
group_booking create as-other    .    .    .    .    .    .    .    .    .    .    .    .    .    .    x
group_booking create as-machine  .    .    .    .    .    .    .    .    .    .    .    .    .    .    x
group_booking create offered     .    .    .    .    .    .    .    .    .    .    .    .    .    .    x
group_booking update home        .    .    .    .    .    x    x    .    x    .    .    .    .    .    x
group_booking update regi        .    .    .    .    .    x    x    .    x    .    .    x    .    .    x
group_booking update away        .    .    .    .    .    .    .    .    x    .    .    .    x    .    x
group_booking hand-over home     .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
group_booking count-names home   .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
group_booking move-ahead home    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
group_booking ask-emails         .    .    x    x    x    x    x    .    x    .    .    x    x    .    x
group_booking delete             .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
""",
    statements={
        "group_booking create": book(),
        "group_booking create of-home": book("%(organisation home)s"),
        "group_booking create of-away": book("%(organisation away)s"),
        "group_booking create as-other": book(by="%(other)s, NULL"),
        "group_booking create as-machine": book(by="NULL, %(api_client mute)s"),
        "group_booking create offered": book(state="offered"),
        **{f"group_booking update {row}": change(row) for row in ("home", "regi", "away")},
        "group_booking hand-over home": change("home", "organisation_id = %(organisation away)s"),
        "group_booking count-names home": change("home", "named = 1"),
        "group_booking move-ahead home": change("home", "waitlist_seq = 1"),
        "group_booking ask-emails":
            "SELECT registered_emails(%(course home)s, '{nobody@example.no}') UNION ALL SELECT 'asked'",
        "group_booking delete": "DELETE FROM group_booking WHERE id = %(group_booking home)s",
    },
    named=named_rows,
    helpers={"group_booking_writable":
             "group_booking_writable(booked_by_client uuid, organisation_id uuid)"},
    narrow={"registered_emails":
            "which of the addresses asked are registered, for those who may register them"},
    kept={"group_booking": "id version created_at updated_at named"},

    # ---- without permissions

    # Whoever may cancel a booking may give up some of its seats, and let others pass.
    given="""
                                            anon outs part par2 book inst smad admn read regi away
release_group_booking        own             .    .    .    .    x    .    .    .    .    x    x
skip_group_booking           own             .    .    .    .    x    .    .    .    .    x    x
""",
    machine_may={"list_group_bookings", "get_group_booking", "get_group_queue_position",
                 "create_group_booking"},

    # ---- codes

    checks={"group_booking.state": "group_booking_state"},
)
