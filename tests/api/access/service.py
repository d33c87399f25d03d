"""The service itself: health, contract, documentation, tokens, codes, and what keeps requests apart."""
import base64

from access.engine import Part, Request


def furnish(world):
    """An answer that is stored for one user, one machine, and somebody without a token."""
    for name in "part", "read", "anon":
        principal = world[name]
        world.build.session.value(
            "INSERT INTO idempotency_key (principal, key, request_hash, operation, status)"
            " VALUES (%s, %s, 'hash', 'test', 201) RETURNING key",
            [f"{principal.kind}:{principal.id}" if principal.id else "anonymous", f"key-{name}"])
    world.build.session.value(
        "INSERT INTO idempotency_key (principal, key, request_hash, operation, status, created_at)"
        " VALUES (%s, 'key-old', 'hash', 'test', 201, now() - interval '3 days') RETURNING key",
        [f"user:{world['part'].id}"])


def log_in(world, name, relation):
    """At /oauth/token, as RFC 6749 has it: a user has no client's secret."""
    principal, credentials = world[name], None
    if principal.id:
        pair = f"{principal.subject}:{principal.secret or 'none'}"
        credentials = f"Basic {base64.b64encode(pair.encode()).decode()}"
    return {"headers": {"Authorization": credentials},
            "body": "grant_type=client_credentials", "media": "application/x-www-form-urlencoded"}


STORE = """INSERT INTO idempotency_key (principal, key, request_hash, operation, status)
    VALUES ({whose}, 'new', 'hash', 'test', 201)"""

PART = Part(
    furnish=furnish,

    # ---- over HTTP

    operations="""
                                            anon outs part par2 book inst smad admn read regi away
get_health                   -              200  200  200  200  200  200  200  200  200  200  200
get_readiness                -              200  200  200  200  200  200  200  200  200  200  200
get_metrics                  -              200  200  200  200  200  200  200  200  200  200  200
get_contract_json            -              200  200  200  200  200  200  200  200  200  200  200
get_contract_yaml            -              200  200  200  200  200  200  200  200  200  200  200
get_docs                     -              200  200  200  200  200  200  200  200  200  200  200
get_docs_file                -              200  200  200  200  200  200  200  200  200  200  200
get_problem                  -              200  200  200  200  200  200  200  200  200  200  200
get_jwks                     -              200  200  200  200  200  200  200  200  200  200  200
get_authorization_server     -              200  200  200  200  200  200  200  200  200  200  200
create_token                 -              401  401  401  401  401  401  401  401  200  200  200
get_me                       -              401  200  200  200  200  200  200  200  200  200  200
list_codes                   -              200  200  200  200  200  200  200  200  200  200  200
""",
    requests={
        "get_docs_file": Request(path={"file": "swagger-ui.css"}),
        "get_problem": Request(path={"code": "forbidden"}),
        "create_token": Request(options=log_in, detached=True),
    },
    lists_of_one={"list_codes"},

    # ---- the policies

    sees="""
                                anon outs part par2 both book boin inst smad admn read regi away mute syst
idempotency_key part             .    .    x    .    .    .    .    .    .    .    .    .    .    .    .
idempotency_key read             .    .    .    .    .    .    .    .    .    .    x    .    .    .    .
idempotency_key anon             x    .    .    .    .    .    .    .    .    .    .    .    .    .    .
idempotency_key old              .    .    x    .    .    .    .    .    .    .    .    .    .    .    x
""",
    does="""
                                anon outs part par2 both book boin inst smad admn read regi away mute syst
idempotency_key create           .    x    x    x    x    x    x    x    x    x    x    x    x    x    .
idempotency_key create as-other  .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
idempotency_key create nameless  x    .    .    .    .    .    .    .    .    .    .    .    .    .    .
idempotency_key delete part      .    .    x    .    .    .    .    .    .    .    .    .    .    .    .
idempotency_key delete old       .    .    x    .    .    .    .    .    .    .    .    .    .    .    x
""",
    statements={
        "idempotency_key create": STORE.format(whose="%(my_key)s"),
        "idempotency_key create as-other": STORE.format(whose="'user:' || %(other)s"),
        "idempotency_key create nameless": STORE.format(whose="'anonymous'"),
        "idempotency_key delete old":
            "DELETE FROM idempotency_key WHERE key = %(idempotency_key old)s",
        "idempotency_key delete part":
            "DELETE FROM idempotency_key WHERE key = %(idempotency_key part)s",
    },
    named=lambda world: {f"idempotency_key {name}": f"key-{name}" for name in ("part", "read", "anon", "old")},
    keys={"idempotency_key": "key"},
    halves={
        ("idempotency_key_own", "WITH CHECK (true)"): "an answer is stored in one's own name",
    },
    public_tables={
        "grant_epoch": "one number, read at the start of every transaction",
        "schema_migration": "names of migrations, for readiness",
    },
    kept={"grant_epoch": "epoch"},
    deletable={"idempotency_key"},

    # ---- codes

    words={"CodeListName", "OAuthError.error", "Readiness.status", "Readiness.database"},
)
