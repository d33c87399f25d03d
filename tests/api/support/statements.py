"""The service's own statements, for tests below HTTP: read from the .sql files by the parser that
compiles them into the service, led as the service leads them."""
import functools
import importlib.util

from support import run


@functools.cache
def statements():
    """Name -> SQL with psycopg2's named parameters. Optional lines (filters of lists) are left out."""
    spec = importlib.util.spec_from_file_location("embed", run.ROOT / "storage/embed.py")
    embed = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(embed)
    found = {}
    for path in sorted((run.ROOT / "storage").rglob("*.sql")):
        if path.parent.name in ("migrations", "demo", "policies"):
            continue
        for name, _, lines in embed.read_statements(path):
            pieces, parameters = embed.compile_statement(path, name, lines)
            found[name] = "".join(
                text.replace("%", "%%") if text is not None else f"%({parameters[index][0]})s"
                for text, index, only_if in pieces if only_if < 0)
    return found


class Values(dict):
    """Parameters of a statement; what is not mentioned is NULL, as the service binds it."""

    def __missing__(self, name):
        return None


def become(session, *, now, user=None):
    """Says who asks and when, as the first statement of every transaction: a participant, or the
    service itself."""
    who = ({"user_id": user.id, "person_id": user.person_id, "roles": "participant",
            "scopes": "smart:read,smart:register"} if user else
           {"user_id": "", "person_id": "", "roles": "system", "scopes": ""})
    session.rows(statements()["tx_context"], {**who, "grants": "", "now": now, "request_id": "test"})
