"""The waiting line: read, simulated and moved by smart_admin alone."""
from access.engine import Part, Request


def line_of(world, name, relation):
    """The course on which the registrations of these people wait."""
    return world.course(name, relation, "waitlisted").id


PART = Part(
    operations="""
                                            anon outs part par2 book inst smad admn read regi away
list_queue                   own            401  403  403  403  403  403  200  403  403  403  403
list_queue                   foreign        401  403  403  403  403  403  200  403  403  403  403
list_queue                   own-draft      401  403  403  403  403  403  200  403  403  403  403
simulate_queue               own            401  403  403  403  403  403  200  403  403  403  403
simulate_queue               foreign        401  403  403  403  403  403  200  403  403  403  403
simulate_queue               own-draft      401  403  403  403  403  403  200  403  403  403  403
move_registration            own            401  403  403  403  403  403  200  403  403  403  403
move_registration            sibling        401  403  403  403  403  403  200  403  403  403  403
move_registration            foreign        401  403  403  403  403  403  200  403  403  403  403
move_registration            guest          401  403  403  403  403  403  200  403  403  403  403
""",
    requests={
        "list_queue": Request("line"),
        "simulate_queue": Request("line"),
        "move_registration": Request("waiting", {"position": 1, "reason": "Sto på papirlisten"}),
    },
    rows={"line": line_of},
    offered={"move_registration"},
    lists_of_one={"list_queue"},
    scopes="""
                     registry:read registry:write smart:read smart:write smart:register audit:read admin:write
simulate_queue       403           403            403        403         403            403        403
""",
)
