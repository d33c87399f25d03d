"""Requests for courses by agreement: made by anybody, seen by who made them and by smart_admin."""
from access.engine import List, Part, Request

# Whose requests there are; "nobody" stands for one that was made without an account.
ASKING = ("outs", "part", "par2", "book", "inst", "smad", "admn", "read", "regi", "away", "stranger",
          "nobody")
STATES = ("received", "quoted", "accepted")
ASKED = {"course_type": "kursrekke", "organisation_name": "Eksempelbakken barnehage",
         "contact": {"full_name": "Kari Eksempelsen", "email": "kari.eksempelsen@example.no"}}
QUOTED = {"quoted_price_nok": 9500, "quoted_minutes": 120, "valid_until_on": "2099-12-31"}


def furnish(world):
    world.requests = {}
    for name in ASKING:
        by = world.principals.get(name)
        for state in STATES:
            world.requests[name, state] = world.build.insert(
                "quote_request", course_type="kursrekke", organisation_name="Eksempelbakken barnehage",
                contact_full_name="Kari Eksempelsen", contact_email="kari.eksempelsen@example.no",
                state=state, requested_by=by.id if by and by.kind == "user" else None,
                requested_by_client=by.id if by and by.kind == "client" else None,
                **({} if state == "received" else QUOTED))


def row_in(state):
    return lambda world, name, relation: world.requests[world.whose(name, relation), state]


def by_name(world):
    found = {}
    for (name, _), row in world.requests.items():
        found.setdefault(name, set()).add(row)
    return found


ASK = """INSERT INTO quote_request (course_type, organisation_name, contact_full_name, contact_email,
    requested_by, requested_by_client) VALUES ('kursrekke', 'Eksempelbakken barnehage',
    'Kari Eksempelsen', 'kari.eksempelsen@example.no', {by})"""
OWN_NAME = "%(as_user)s, %(as_client)s"
CHANGE = "UPDATE quote_request SET {change} WHERE id = %(quote_request {row})s RETURNING version"


def change(row, change):
    return CHANGE.format(row=row, change=change)


PART = Part(
    furnish=furnish,

    # ---- over HTTP

    operations="""
                                            anon outs part par2 book inst smad admn read regi away
list_quote_requests          -              401  200  200  200  200  200  200  200  200  403  200
create_quote_request         -              201  201  201  201  201  201  201  201  403  201  201
get_quote_request            own            401  200  200  200  200  200  200  200  200  403  200
get_quote_request            sibling        401  404  404  404  404  404  200  404  404  403  404
get_quote_request            foreign        401  404  404  404  404  404  200  404  404  403  404
quote_quote_request          own            401  403  403  403  403  403  200  403  403  403  403
quote_quote_request          sibling        401  403  403  403  403  403  200  403  403  403  403
accept_quote_request         own            401  200  200  200  200  200  200  200  403  200  200
accept_quote_request         sibling        401  404  404  404  404  404  200  404  403  404  404
decline_quote_request        own            401  200  200  200  200  200  200  200  403  200  200
decline_quote_request        sibling        401  404  404  404  404  404  200  404  403  404  404
withdraw_quote_request       own            401  200  200  200  200  200  200  200  403  200  200
withdraw_quote_request       sibling        401  404  404  404  404  404  200  404  403  404  404
complete_quote_request       own            401  403  403  403  403  403  200  403  403  403  403
complete_quote_request       sibling        401  403  403  403  403  403  200  403  403  403  403
""",
    requests={
        "create_quote_request": Request(body=ASKED),
        "get_quote_request": Request("quoted_request"),
        "quote_quote_request": Request("new_request", {"price_nok": 9500, "minutes": 120,
                                                       "valid_until_on": "2099-12-31"}),
        "accept_quote_request": Request("quoted_request"),
        "decline_quote_request": Request("quoted_request"),
        "withdraw_quote_request": Request("quoted_request"),
        "complete_quote_request": Request("accepted_request"),
    },
    rows={"new_request": row_in("received"), "quoted_request": row_in("quoted"),
          "accepted_request": row_in("accepted")},
    offered={"accept_quote_request", "decline_quote_request", "withdraw_quote_request"},
    lists="""
                                            anon outs part par2 book inst smad admn read regi away
list_quote_requests          outs             -    x    .    .    .    .    x    .    .    -    .
list_quote_requests          part             -    .    x    .    .    .    x    .    .    -    .
list_quote_requests          par2             -    .    .    x    .    .    x    .    .    -    .
list_quote_requests          book             -    .    .    .    x    .    x    .    .    -    .
list_quote_requests          inst             -    .    .    .    .    x    x    .    .    -    .
list_quote_requests          smad             -    .    .    .    .    .    x    .    .    -    .
list_quote_requests          admn             -    .    .    .    .    .    x    x    .    -    .
list_quote_requests          read             -    .    .    .    .    .    x    .    x    -    .
list_quote_requests          regi             -    .    .    .    .    .    x    .    .    -    .
list_quote_requests          away             -    .    .    .    .    .    x    .    .    -    x
list_quote_requests          stranger         -    .    .    .    .    .    x    .    .    -    .
list_quote_requests          nobody           -    .    .    .    .    .    x    .    .    -    .
list_quote_requests          others           -    .    .    .    .    .    x    .    .    -    .
""",
    listed={"list_quote_requests": List("quote_request", named=by_name)},

    # ---- the policies

    sees="""
                                anon outs part par2 both book boin inst smad admn read regi away mute syst
quote_request part               .    .    x    .    .    .    .    .    x    .    .    .    .    .    x
quote_request regi               .    .    .    .    .    .    .    .    x    .    .    x    .    .    x
quote_request stranger           .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
quote_request nobody             .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
""",
    does="""
                                anon outs part par2 both book boin inst smad admn read regi away mute syst
quote_request create             x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
quote_request create receipt     x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
quote_request create as-other    .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
quote_request create as-nobody   x    .    .    .    .    .    .    .    .    .    .    .    .    .    x
quote_request accept part        .    .    x    .    .    .    .    .    x    .    .    .    .    .    .
quote_request accept regi        .    .    .    .    .    .    .    .    x    .    .    x    .    .    .
quote_request accept nobody      .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
quote_request quote part         .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
quote_request delete             .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
""",
    statements={
        "quote_request create": ASK.format(by=OWN_NAME),
        "quote_request create receipt": ASK.format(by=OWN_NAME) + " RETURNING id",
        "quote_request create as-other": ASK.format(by="%(other)s, NULL"),
        "quote_request create as-nobody": ASK.format(by="NULL, NULL"),
        **{f"quote_request accept {row}": change(row, "state = 'accepted'")
           for row in ("part", "regi", "nobody")},
        "quote_request quote part": change("part", "quoted_price_nok = 1"),
        "quote_request delete": "DELETE FROM quote_request WHERE id = %(quote_request part)s",
    },
    named=lambda world: {f"quote_request {name}": world.requests[name, "quoted"]
                         for name in ("part", "regi", "stranger", "nobody")},
    halves={
        ("quote_request_answer", "WITH CHECK (true)"): "who asks names no price",
    },
    kept={"quote_request": "id received_at received_tx is_example version created_at updated_at"},

    # ---- without permissions

    machine_may={"create_quote_request"},

    # ---- codes

    checks={"quote_request.state": "quote_request_state"},
)
