"""Kompetanseløftet, the chain of a decision basis and the trail of a round. Who sees a basis sees its seals
and whether they hold; what was sealed and whether a whole round holds is for the forum, the county
governor and auditors."""
from access.engine import Part, Request


def seal_of(world, name, relation):
    return world.build.session.value(
        "SELECT id FROM stage_seal WHERE basis_id = %s AND seq_no = 1",
        [world.grant_rows[f"decision_basis {relation}"]])


LISTS = {"list_basis_chain", "list_round_trail", "list_chain_checks"}

PART = Part(
    after=("grants_case",),

    operations="""
                                   anon outs book smad admn read unit ownr netw net2 uhpa uhp2 secr sec2 memb govn stat audi gpar
list_basis_chain     home           401  403  403  403  403  403  403  200  200  404  200  404  200  404  200  200  404  200  403
list_basis_chain     granted        401  403  403  403  403  403  403  200  200  404  200  404  200  404  200  200  404  200  403
list_basis_chain     statped        401  403  403  403  403  403  403  404  404  200  404  200  200  404  200  200  200  200  403
get_stage_seal       home           401  403  403  403  403  403  403  200  200  404  200  404  200  404  200  200  404  200  403
get_stage_seal       statped        401  403  403  403  403  403  403  404  404  200  404  200  200  404  200  200  200  200  403
list_round_trail     home           401  403  403  403  403  403  403  200  200  200  200  200  200  200  200  200  200  200  403
list_chain_checks    home           401  403  403  403  403  403  403  403  403  403  403  403  200  200  200  200  403  200  403
""",
    requests={
        "list_basis_chain": Request("basis"),
        "get_stage_seal": Request("stage_seal"),
        "list_round_trail": Request("round"),
        "list_chain_checks": Request("round"),
    },
    rows={"stage_seal": seal_of},
    lists_of_one=LISTS,
    machine_may={"list_round_trail", "list_chain_checks"},  # of a round that it sees, without a row

    # ---- codes

    checks={"stage_seal.stage": "chain_stage"},
)
