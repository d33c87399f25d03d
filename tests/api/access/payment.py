"""What registrations cost their buyers: payments, the invoice basis and its lines, textbook picks. They
are read from registrations; who may see those is said in registration.py."""
from access.engine import List, Part, Request
from access.registration import change, register

BILLED = "registration WHERE payment_state IN ('to_invoice', 'invoiced', 'paid', 'credited')"
COPIED = """course_id, ticket_type_id, person_id, registered_by, registered_by_client,
    participant_name, participant_email, participant_phone, profession_code,
    employer_organisation_id, employer_name, buyer_type, invoice_recipient, invoice_email,
    dietary_note, price_nok"""


def furnish(world):
    """Employers pay for those who have a seat; and each has given up a seat after the invoice."""
    for (name, state), row in list(world.registrations.items()):
        if state != "confirmed":
            continue
        world.build.session.execute(
            "UPDATE registration SET buyer_type = 'organisation' WHERE id = %s", [row])
        world.registrations[name, "invoiced"] = world.build.session.value(
            f"""INSERT INTO registration ({COPIED}, state, payment_state)
                SELECT {COPIED}, 'cancelled', 'invoiced' FROM registration WHERE id = %s
                RETURNING id""", [row])


def billed(world):
    rows = {str(row["id"]) for row in world.build.session.rows(f"SELECT id FROM {BILLED}")}
    found = {}
    for (name, _), row in world.registrations.items():
        if row in rows:
            found.setdefault(name, set()).add(row)
    return found


def given_lines(world, name):
    """Those of registrations that the policies show, whatever the permissions."""
    whose = {"part": ["part", "guest"], "par2": ["par2"], "away": ["away", "stranger"],
             "inst": ["part", "par2", "outs", "book", "inst", "smad", "admn", "both", "read", "regi",
                      "mute", "guest", "pupil"]}
    rows = billed(world)
    if name == "read":
        return {str(row["id"]) for row in world.build.session.rows(f"SELECT id FROM {BILLED}")}
    return set().union(*(rows[one] for one in whose.get(name, [])))


def invoice_of(world, name, relation):
    return {"invoice_number": "2027-1041",
            "employer_organisation_id": world.organisations[world.place(name, relation)]}


def row_in(state):
    return lambda world, name, relation: world.registrations[world.whose(name, relation), state]


PART = Part(
    furnish=furnish,

    # ---- over HTTP

    operations="""
                                            anon outs part par2 book inst smad admn read regi away
get_payment                  own            401  403  200  200  200  403  200  403  403  403  403
get_payment                  sibling        401  403  404  404  200  403  200  403  403  403  403
get_payment                  foreign        401  403  404  404  404  403  200  403  403  403  403
get_payment                  guest          401  403  200  404  404  403  200  403  403  403  403
invoice_payment              own            401  403  403  403  403  403  200  403  403  403  403
invoice_payment              sibling        401  403  403  403  403  403  200  403  403  403  403
invoice_payment              foreign        401  403  403  403  403  403  200  403  403  403  403
pay_payment                  own            401  403  403  403  403  403  200  403  403  403  403
pay_payment                  sibling        401  403  403  403  403  403  200  403  403  403  403
pay_payment                  foreign        401  403  403  403  403  403  200  403  403  403  403
credit_payment               own            401  403  403  403  403  403  200  403  403  403  403
credit_payment               sibling        401  403  403  403  403  403  200  403  403  403  403
credit_payment               foreign        401  403  403  403  403  403  200  403  403  403  403
cancel_payment               own            401  403  403  403  403  403  200  403  403  403  403
cancel_payment               sibling        401  403  403  403  403  403  200  403  403  403  403
cancel_payment               foreign        401  403  403  403  403  403  200  403  403  403  403
invoice_course               own            401  403  403  403  403  403  200  403  403  403  403
invoice_course               foreign        401  403  403  403  403  403  200  403  403  403  403
list_course_invoice_basis    own            401  403  403  403  200  403  200  403  403  403  403
list_course_invoice_basis    foreign        401  403  403  403  200  403  200  403  403  403  403
list_course_invoice_basis    own-draft      401  403  403  403  404  403  200  403  403  403  403
list_course_invoice_lines    own            401  403  403  403  200  403  200  403  403  403  403
list_course_invoice_lines    foreign        401  403  403  403  200  403  200  403  403  403  403
list_course_invoice_lines    own-draft      401  403  403  403  404  403  200  403  403  403  403
list_invoice_basis           -              401  403  403  403  200  403  200  403  403  403  403
list_invoice_lines           -              401  403  403  403  200  403  200  403  403  403  403
list_textbook_picks          own            401  403  200  200  200  200  200  403  200  403  200
list_textbook_picks          foreign        401  403  200  200  200  200  200  403  200  403  200
list_textbook_picks          own-draft      401  403  404  404  404  200  200  403  404  403  404
""",
    requests={
        "get_payment": Request("registration"),
        "invoice_payment": Request("registration", {"invoice_number": "2027-1041"}),
        "cancel_payment": Request("registration"),
        "pay_payment": Request("invoiced"),
        "credit_payment": Request("invoiced", {"amount_nok": 100}),
        "invoice_course": Request("course", invoice_of),
        "list_course_invoice_basis": Request("course"),
        "list_course_invoice_lines": Request("course"),
        "list_textbook_picks": Request("course"),
    },
    rows={"invoiced": row_in("invoiced")},
    offered={"invoice_payment", "cancel_payment"},
    lists="""
                                            anon outs part par2 book inst smad admn read regi away
list_invoice_lines           part             -    -    -    -    x    -    x    -    -    -    -
list_invoice_lines           par2             -    -    -    -    x    -    x    -    -    -    -
list_invoice_lines           outs             -    -    -    -    x    -    x    -    -    -    -
list_invoice_lines           book             -    -    -    -    x    -    x    -    -    -    -
list_invoice_lines           inst             -    -    -    -    x    -    x    -    -    -    -
list_invoice_lines           smad             -    -    -    -    x    -    x    -    -    -    -
list_invoice_lines           admn             -    -    -    -    x    -    x    -    -    -    -
list_invoice_lines           both             -    -    -    -    x    -    x    -    -    -    -
list_invoice_lines           read             -    -    -    -    x    -    x    -    -    -    -
list_invoice_lines           regi             -    -    -    -    x    -    x    -    -    -    -
list_invoice_lines           mute             -    -    -    -    x    -    x    -    -    -    -
list_invoice_lines           far              -    -    -    -    x    -    x    -    -    -    -
list_invoice_lines           guest            -    -    -    -    .    -    x    -    -    -    -
list_invoice_lines           pupil            -    -    -    -    .    -    x    -    -    -    -
list_invoice_lines           away             -    -    -    -    .    -    x    -    -    -    -
list_invoice_lines           stranger         -    -    -    -    .    -    x    -    -    -    -
list_invoice_lines           others           -    -    -    -    .    -    x    -    -    -    -
""",
    listed={"list_invoice_lines": List(BILLED, named=billed)},
    lists_of_one={"list_course_invoice_basis", "list_course_invoice_lines", "list_invoice_basis",
                  "list_textbook_picks"},

    # ---- the policies

    does="""
                                anon outs part par2 both book boin inst smad admn read regi away mute syst
registration create paid         .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
registration pay part            .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
registration waive part          .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
registration give-up part        .    .    x    .    .    x    x    .    x    .    .    .    .    .    x
registration number part         .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
""",
    statements={
        "registration create paid": register().replace("'to_invoice'", "'paid'"),
        "registration pay part": change("part", "payment_state = 'paid'"),
        "registration waive part": change("part", "payment_state = 'cancelled'"),
        # As when all of the price is given back.
        "registration give-up part": change("part", "state = 'cancelled', payment_state = 'cancelled'"),
        "registration number part": change("part", "invoice_number = '1'"),
    },
    kept={"registration": "invoiced_nok"},

    # ---- without permissions

    # A registration tells as much of its payment. What there is to choose from is public, and nobody
    # counts other registrations than they see.
    given="""
                                            anon outs part par2 book inst smad admn read regi away
get_payment                  own             .    .    .    .    .    x    .    .    x    .    x
get_payment                  sibling         .    .    .    .    .    x    .    .    x    .    x
get_payment                  foreign         .    .    .    .    .    .    .    .    x    .    .
get_payment                  guest           .    .    .    .    .    x    .    .    x    .    .
list_course_invoice_basis    own             .    .    x    x    .    x    .    .    x    .    x
list_course_invoice_basis    foreign         .    .    .    .    .    .    .    .    x    .    .
list_course_invoice_lines    own             .    .    x    x    .    x    .    .    x    .    x
list_course_invoice_lines    foreign         .    .    .    .    .    .    .    .    x    .    .
list_invoice_basis           -               .    .    x    x    .    x    .    .    x    .    x
list_textbook_picks          own             .    x    .    .    .    .    .    x    .    .    .
list_textbook_picks          foreign         .    x    .    .    .    .    .    x    .    .    .
""",
    given_lists={"list_invoice_lines": given_lines},
    machine_may={"get_payment", "list_course_invoice_basis", "list_course_invoice_lines",
                 "list_invoice_basis", "list_invoice_lines", "list_textbook_picks"},
)
