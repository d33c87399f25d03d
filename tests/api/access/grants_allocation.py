"""Distribution of a round's money. Trying one stores nothing and reads nothing, so the policies have no
part in it; those who work with the figures may."""
from access.engine import Part, Request


PART = Part(
    operations="""
                                anon outs part book smad admn read audi stat gpar
    simulate_allocation  -      401  403  403  403  403  403  403  200  403  403
    """,
    requests={"simulate_allocation": Request(detached=True, body={
        "total_nok": 100, "joint_nok": 0, "base_per_network_nok": 0,
        "networks": [{"code": "KN02", "children": 1, "pupils": 2}]})},
    given="""
                                anon outs part book smad admn read audi stat gpar
    simulate_allocation  -      .    x    x    x    x    x    x    .    x    x
    """,
    machine_may={"simulate_allocation"},
)
