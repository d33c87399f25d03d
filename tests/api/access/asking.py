"""Asking the service for what the tables speak of."""
import csv
import io
import json
import re

from support.build import Build
from support.sheet import XLSX, rows_of_sheet

from access import LISTED, ORDER, REQUESTS, ROWS
from access.engine import Request, World


def make_world(session):
    """The world with what all parts add to it."""
    world = World(Build(session))
    world.furnish(ORDER)
    return world


def told(value, *asked):
    """What is a function says it itself, of world, name, relation."""
    return value(*asked) if callable(value) else value


def path_of(operation, *asked):
    request = REQUESTS.get(operation.id, Request())
    path = {name: told(value, *asked) for name, value in request.path.items()}
    if request.row:
        path[re.search(r"{(\w+)}", operation.template)[1]] = ROWS[request.row](*asked)
    return operation.template.format(**path)


def ask(world, api, name, operation, relation, **options):
    """Asks for an operation as a principal, without leaving anything behind."""
    request, asked = REQUESTS.get(operation.id, Request()), (world, name, relation)
    options.setdefault("dry_run", operation.accepts("Prefer"))
    assert operation.method == "GET" or options["dry_run"] or request.detached
    options = {"body": told(request.body, *asked), **options}
    if operation.accepts("If-Match"):
        options["etag"] = "*"
    if request.options:
        options |= request.options(*asked)
    return api.request(operation.method, path_of(operation, *asked), **options)


# ---- lists


def all_rows(world, operation):
    """All that is in the table behind a list."""
    listed = LISTED[operation]
    rows = world.build.session.rows(f"SELECT {listed.field} AS id FROM {listed.table}")
    return {str(row["id"]) for row in rows}


def ids_in(answer, accept, field):
    if accept == "text/csv":
        return [line[field] for line in csv.DictReader(io.StringIO(answer.text))]
    if accept == XLSX:
        return [str(row[field]) for row in rows_of_sheet(answer)]
    return [str(json.loads(line)[field]) for line in answer.text.splitlines()]


def listed(api, operation):
    """The ids that a list gives, in each of its formats, and how many it says there are."""
    path, field = operation.template, LISTED[operation.id].field
    yield [str(item[field]) for item in api.every(path, {"limit": 200})]
    for accept in "text/csv", "application/x-ndjson", XLSX:
        yield ids_in(api.get(path, accept=accept), accept, field)
    yield range(api.get(path, params={"count": "true", "limit": 1})["count"])
