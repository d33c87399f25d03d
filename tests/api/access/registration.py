"""Who is registered for a course. The registrations themselves are in the world of all parts."""
from access.engine import List, Part, Request
from access.registry import SOMEBODY


def registration_of(world, name, relation):
    """One's own registration (a machine: somebody's), a colleague's, or that of somebody who works
    elsewhere, for a course elsewhere."""
    person = None if relation == "own" and world[name].kind == "user" else SOMEBODY
    return world.build.registration_body(
        world.course(name, relation, "empty"), person=person, item_choices={"laerebok": "smart"},
        employer_organisation_id=world.organisations[world.place(name, relation)])


def transfer_of(world, name, relation):
    whose = world.whose(name, relation)
    place = "away" if whose in ("away", "stranger") else "home"
    employer = None if whose == "guest" else world.organisations[place]
    return {"person": SOMEBODY, "profession_code": "laerer", "employer_organisation_id": employer}


def row_in(state):
    return lambda world, name, relation: world.registrations[world.whose(name, relation), state]


def by_person(world):
    found = {}
    for (name, _), row in world.registrations.items():
        found.setdefault(name, set()).add(row)
    return found


def named(world):
    words = {"confirmed": "registration", "waitlisted": "waiting"}
    rows = {f"{words[state]} {name}": row
            for (name, state), row in world.registrations.items() if state in words}
    return {**rows, "course home-waiting": world.courses["home", "waitlisted"].id}


# What the labels of statements mean.
REGISTER = """INSERT INTO registration (course_id, ticket_type_id, person_id, participant_name,
    participant_email, profession_code, buyer_type, price_nok, payment_state, state,
    employer_organisation_id, registered_by, registered_by_client)
    VALUES (%(course home)s, %(ticket_type home)s, %(person nobody)s, 'Kari Eksempelsen',
            'kari@example.no', 'laerer', 'consumer', 950, 'to_invoice', '{state}', {employer}, {by})"""
UPDATE = """UPDATE registration SET {change} WHERE id = %(registration {row})s
    RETURNING version"""
OWN_NAME = "%(as_user)s, %(as_client)s"


def register(by=OWN_NAME, employer="NULL", state="confirmed"):
    return REGISTER.format(by=by, employer=employer, state=state)


def change(row, change="dietary_note = dietary_note"):
    return UPDATE.format(row=row, change=change)


PART = Part(
    # ---- over HTTP

    operations="""
                                            anon outs part par2 book inst smad admn read regi away
list_registrations           -              401  403  200  200  200  200  200  403  200  403  200
create_registration          own            401  403  201  201  201  403  201  403  403  201  201
create_registration          sibling        401  403  201  201  201  403  201  403  403  201  201
create_registration          foreign        401  403  201  201  403  403  201  403  403  201  403
create_registration          own-draft      401  403  404  404  404  403  409  403  403  404  404
list_course_professions      own            401  403  200  200  200  200  200  403  200  403  200
list_course_professions      foreign        401  403  200  200  200  200  200  403  200  403  200
list_course_professions      own-draft      401  403  404  404  404  200  200  403  404  403  404
list_course_professions      foreign-draft  401  403  404  404  404  404  200  403  404  403  404
get_registration             own            401  403  200  200  200  200  200  403  200  403  200
get_registration             sibling        401  403  404  404  200  200  200  403  200  403  200
get_registration             foreign        401  403  404  404  404  404  200  403  200  403  404
get_registration             guest          401  403  200  404  404  200  200  403  200  403  404
get_queue_position           own            401  403  200  200  200  200  200  403  200  403  200
get_queue_position           sibling        401  403  404  404  200  200  200  403  200  403  200
get_queue_position           foreign        401  403  404  404  404  404  200  403  200  403  404
get_queue_position           guest          401  403  200  404  404  200  200  403  200  403  404
update_registration          own            401  403  403  403  403  403  200  403  403  403  403
update_registration          sibling        401  403  403  403  403  403  200  403  403  403  403
update_registration          foreign        401  403  403  403  403  403  200  403  403  403  403
accept_registration          own            401  403  200  200  200  403  200  403  403  200  200
accept_registration          sibling        401  403  404  404  200  403  200  403  403  404  403
accept_registration          foreign        401  403  404  404  404  403  200  403  403  404  404
accept_registration          guest          401  403  200  404  404  403  200  403  403  404  404
withdraw_registration        own            401  403  200  200  200  403  200  403  403  200  200
withdraw_registration        sibling        401  403  404  404  200  403  200  403  403  404  403
withdraw_registration        foreign        401  403  404  404  404  403  200  403  403  404  404
withdraw_registration        guest          401  403  200  404  404  403  200  403  403  404  404
cancel_registration          own            401  403  200  200  200  403  200  403  403  200  200
cancel_registration          sibling        401  403  404  404  200  403  200  403  403  404  403
cancel_registration          foreign        401  403  404  404  404  403  200  403  403  404  404
cancel_registration          guest          401  403  200  404  404  403  200  403  403  404  404
transfer_registration        own            401  403  200  200  200  403  200  403  403  200  200
transfer_registration        sibling        401  403  404  404  200  403  200  403  403  404  403
transfer_registration        foreign        401  403  404  404  404  403  200  403  403  404  404
transfer_registration        guest          401  403  200  404  404  403  200  403  403  404  404
""",
    requests={
        "create_registration": Request(body=registration_of),
        "get_registration": Request("registration"),
        "update_registration": Request("registration", {"dietary_note": "Vegan"}),
        "get_queue_position": Request("waiting"),
        "list_course_professions": Request("course"),
        "accept_registration": Request("offered"),
        "withdraw_registration": Request("waiting"),
        "cancel_registration": Request("registration"),
        "transfer_registration": Request("registration", transfer_of),
    },
    rows={"registration": row_in("confirmed"), "waiting": row_in("waitlisted"),
          "offered": row_in("offered")},
    offered={"accept_registration", "withdraw_registration", "cancel_registration",
             "transfer_registration"},
    lists="""
                                            anon outs part par2 book inst smad admn read regi away
list_registrations           part             -    -    x    .    x    x    x    -    x    -    .
list_registrations           par2             -    -    .    x    x    x    x    -    x    -    .
list_registrations           outs             -    -    .    .    x    x    x    -    x    -    .
list_registrations           book             -    -    .    .    x    x    x    -    x    -    .
list_registrations           inst             -    -    .    .    x    x    x    -    x    -    .
list_registrations           smad             -    -    .    .    x    x    x    -    x    -    .
list_registrations           admn             -    -    .    .    x    x    x    -    x    -    .
list_registrations           both             -    -    .    .    x    x    x    -    x    -    .
list_registrations           read             -    -    .    .    x    x    x    -    x    -    .
list_registrations           regi             -    -    .    .    x    x    x    -    x    -    .
list_registrations           mute             -    -    .    .    x    x    x    -    x    -    .
list_registrations           far              -    -    .    .    x    .    x    -    x    -    .
list_registrations           guest            -    -    x    .    .    x    x    -    x    -    .
list_registrations           pupil            -    -    .    .    .    x    x    -    x    -    .
list_registrations           away             -    -    .    .    .    .    x    -    x    -    x
list_registrations           stranger         -    -    .    .    .    .    x    -    x    -    x
list_registrations           others           -    -    .    .    .    .    x    -    x    -    .
""",
    listed={"list_registrations": List("registration", named=by_person)},
    lists_of_one={"list_course_professions"},
    scopes="""
                     registry:read registry:write smart:read smart:write smart:register audit:read admin:write
list_registrations   403           403            200        403         403            403        403
create_registration  403           403            403        403         201            403        403
""",

    # ---- the policies

    sees="""
                                anon outs part par2 both book boin inst smad admn read regi away mute syst
registration part                .    .    x    .    x    x    x    x    x    .    x    .    .    .    x
registration par2                .    .    .    x    x    x    x    x    x    .    x    .    .    .    x
registration outs                .    .    .    .    x    x    x    x    x    .    x    .    .    .    x
registration admn                .    .    .    .    x    x    x    x    x    .    x    .    .    .    x
registration both                .    .    .    .    x    x    x    x    x    .    x    .    .    .    x
registration guest               .    .    x    .    x    .    x    x    x    .    x    .    .    .    x
registration pupil               .    .    .    .    x    .    x    x    x    .    x    .    .    .    x
registration regi                .    .    .    .    x    x    x    x    x    .    x    x    .    .    x
registration mute                .    .    .    .    x    x    x    x    x    .    x    .    .    .    x
registration away                .    .    .    .    .    .    .    .    x    .    x    .    x    .    x
registration stranger            .    .    .    .    .    .    .    .    x    .    x    .    x    .    x
registration far                 .    .    .    .    .    x    x    .    x    .    x    .    .    .    x
""",
    does="""
                                anon outs part par2 both book boin inst smad admn read regi away mute syst
registration create              .    .    x    x    x    .    .    .    x    .    .    x    .    .    x
registration create returning    .    .    x    x    x    .    .    .    x    .    .    x    .    .    x
registration create of-home      .    .    x    x    x    x    x    .    x    .    .    x    .    .    x
registration create of-away      .    .    x    x    x    .    .    .    x    .    .    x    x    .    x
registration create as-other     .    .    .    .    .    .    .    .    .    .    .    .    .    .    x
registration create as-machine   .    .    .    .    .    .    .    .    .    .    .    .    .    .    x
registration create as-nobody    .    .    .    .    .    .    .    .    .    .    .    .    .    .    x
registration create completed    .    .    .    .    .    .    .    .    .    .    .    .    .    .    x
registration update part         .    .    x    .    .    x    x    .    x    .    .    .    .    .    x
registration update par2         .    .    .    x    .    x    x    .    x    .    .    .    .    .    x
registration update outs         .    .    .    .    .    x    x    .    x    .    .    .    .    .    x
registration update inst         .    .    .    .    .    x    x    .    x    .    .    .    .    .    x
registration update read         .    .    .    .    .    x    x    .    x    .    .    .    .    .    x
registration update guest        .    .    x    .    .    .    .    .    x    .    .    .    .    .    x
registration update regi         .    .    .    .    .    x    x    .    x    .    .    x    .    .    x
registration update away         .    .    .    .    .    .    .    .    x    .    .    .    x    .    x
registration update stranger     .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
registration hand-over book      .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
registration hand-over away      .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
registration give-away both      .    .    .    .    .    x    x    .    x    .    .    .    .    .    x
registration take-over par2      .    .    .    x    .    x    x    .    x    .    .    .    .    .    x
registration queue-place par2    .    .    .    x    x    x    x    x    x    .    x    .    .    .    x
registration reorder-queue       .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
registration move-ahead par2     .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
registration delete              .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
""",
    statements={
        "registration create": register(),
        "registration create returning": register() + " RETURNING id",
        "registration create of-home": register(employer="%(organisation home)s"),
        "registration create of-away": register(employer="%(organisation away)s"),
        "registration create as-other": register("%(other)s, NULL", "%(my_organisation)s"),
        "registration create as-machine":
            register("NULL, %(api_client mute)s", "%(my_organisation)s"),
        "registration create as-nobody": register("NULL, NULL", "%(my_organisation)s"),
        "registration create completed": register(OWN_NAME, "%(my_organisation)s", "completed"),
        **{f"registration update {row}": change(row)
           for row in ("part", "par2", "outs", "inst", "read", "guest", "regi", "away", "stranger")},
        "registration hand-over book":
            change("book", "employer_organisation_id = %(organisation away)s"),
        "registration hand-over away":
            change("away", "employer_organisation_id = %(organisation home)s"),
        "registration give-away both": change("both", "person_id = %(person nobody)s"),
        "registration take-over par2":
            change("par2", "person_id = coalesce(%(my_person)s, %(person nobody)s)::uuid"),
        "registration queue-place par2":
            "SELECT b.* FROM registration r, queue_before(r.course_id, r.waitlist_seq, 0) b"
            " WHERE r.id = %(waiting par2)s",
        "registration reorder-queue":
            "SELECT reorder_queue(%(course home-waiting)s, ARRAY[%(waiting par2)s::uuid])",
        "registration move-ahead par2":
            "UPDATE registration SET waitlist_seq = 1 WHERE id = %(waiting par2)s",
        "registration delete": "DELETE FROM registration WHERE id = %(registration part)s",
    },
    named=named,
    halves={
        ("registration_update", "WITH CHECK (true)"):
            "a booker hands no seat to another organisation",
        ("registration_update", "USING (true) WITH CHECK ({})"):
            "a participant who sees a registration as instructor does not take it over",
    },
    helpers={
        "may_register": "may_register()",
        "registration_writable": "registration_writable(person_id uuid, registered_by uuid,"
                                 " registered_by_client uuid, employer_organisation_id uuid)",
    },
    narrow={
        "offers_standing": "a number that is public",
        "queue_before": "numbers within the public number of those who wait",
        "reorder_queue": "for smart_admin and the service itself, and only numbers in line change",
    },
    kept={"registration": "id version created_at updated_at"},

    # ---- without permissions

    # Whoever may cancel a registration may correct it.
    given="""
                                            anon outs part par2 book inst smad admn read regi away
update_registration          own             .    .    x    x    x    .    .    .    .    x    x
update_registration          sibling         .    .    .    .    x    .    .    .    .    .    .
""",
    machine_may={"list_registrations", "list_course_professions", "get_registration",
                 "get_queue_position", "create_registration"},

    # ---- codes

    checks={
        "registration.state": "registration_state", "registration.payment_state": "payment_state",
        "registration.buyer_type": "buyer_type",
    },
)
