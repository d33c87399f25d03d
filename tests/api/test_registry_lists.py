"""What every list of the registers can do: pages, sorting, counting, fields, files, refusals."""
import base64
import csv
import io
import json

import pytest

from support.sheet import XLSX, cells_of, rows_of_sheet

LISTS = ["/v1/municipalities", "/v1/regions", "/v1/organisations", "/v1/people", "/v1/users",
         "/v1/role-grants", "/v1/api-clients", "/v1/audit-events"]
RIGHTS = {"/v1/municipalities": "registry.municipality.read", "/v1/regions": "registry.region.read",
          "/v1/organisations": "registry.organisation.read"}
every_list = pytest.mark.parametrize("path", LISTS)


@pytest.fixture(autouse=True, scope="module")
def some_events(server, tokens):
    """Writes leave events, and rows that share a name leave ties to break."""
    from support.client import Api
    admin = Api(server, tokens["admin"])
    for number in range(5):
        admin.post("/v1/organisations", {"org_type": "school", "name": "Like skole"})
        admin.post("/v1/people", {"full_name": "Like Eksempelsen",
                                  "email": f"like.{number}@example.no"})
        admin.post("/v1/api-clients", {"client_id": f"like-{number}", "name": "Likt system",
                                       "scopes": ["smart:read"]})


def sorts_of(admin, path):
    return admin.contract.find("GET", path).parameter("query", "sort")["schema"]["enum"]


@every_list
def test_pages_in_every_order_hold_every_row_once(admin, path):
    for sort in sorts_of(admin, path):
        whole = admin.get(path, params={"sort": sort, "limit": 200, "count": "true"})
        assert whole["next_cursor"] is None and whole["count"] == len(whole.items) > 3
        paged = admin.every(path, {"sort": sort, "limit": 3})
        assert paged == whole.items
        opposite = sort[1:] if sort.startswith("-") else f"-{sort}"
        if opposite in sorts_of(admin, path):
            back = admin.get(path, params={"sort": opposite, "limit": 200})
            assert back.items == whole.items[::-1]


@every_list
def test_a_cursor_belongs_to_its_filters_and_sort(admin, path):
    first, *others = sorts_of(admin, path)
    cursor = admin.get(path, params={"limit": 1, "sort": first})["next_cursor"]
    admin.get(path, params={"limit": 2, "sort": first, "cursor": cursor, "count": "true"})
    for wrong in ({"sort": others[0], "cursor": cursor}, {"sort": first, "cursor": cursor[4:]},
                  {"sort": first, "q": "an", "cursor": cursor}, {"cursor": "AAAA"}):
        if "q" in wrong and not admin.contract.find("GET", path).parameter("query", "q"):
            continue
        admin.get(path, params=wrong, expect=400, code="invalid_cursor")


MADE_UP = {
    "created_at": [b"2026-99-99 99:99:99+00", b"2026-11-22 03:00:00+99", b"2026-11-22 03:00:00",
                   b":::::::::::::::::::::::", b"infinity", b""],
    "name": [b"\xff", b"\xc3"],
}


@pytest.mark.parametrize("sort", MADE_UP)
def test_a_cursor_that_was_made_up_does_not_reach_the_database(admin, sort):
    path, params = "/v1/organisations", {"sort": sort, "limit": 1}
    cursor = admin.get(path, params=params)["next_cursor"]
    parts = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).split(b"|")
    for key in MADE_UP[sort]:
        forged = base64.urlsafe_b64encode(b"|".join([*parts[:2], key])).decode().rstrip("=")
        admin.get(path, params={**params, "cursor": forged}, expect=400, code="invalid_cursor")


@every_list
def test_files_hold_the_whole_list(admin, path):
    items = admin.every(path, {"limit": 200})
    lines = admin.get(path, accept="application/x-ndjson").text.splitlines()
    assert [json.loads(line) for line in lines] == items

    plain = admin.get(path, accept="text/csv")
    rows = list(csv.DictReader(io.StringIO(plain.text)))
    assert [row["id"] for row in rows] == [item["id"] for item in items]
    assert "attachment" in plain.headers["Content-Disposition"]

    excel = admin.get(path, accept="text/csv;excel=no")
    assert excel.body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(excel.body.decode("utf-8-sig")), delimiter=";"))
    assert [row["id"] for row in rows] == [item["id"] for item in items]
    assert rows_of_sheet(admin.get(path, accept=XLSX)) == cells_of(items)
    admin.get(path, accept="application/xml", expect=406, code="not_acceptable")


@every_list
def test_fields_and_unknown_parameters(admin, path):
    names = list(admin.get(path, params={"limit": 1}).items[0])
    wanted = names[3]
    narrow = admin.get(path, params={"fields": wanted, "limit": 2})
    assert all(set(item) == {"id", wanted} for item in narrow.items)
    header = admin.get(path, params={"fields": wanted}, accept="text/csv").text.splitlines()[0]
    assert set(header.split(",")) == {"id", wanted}
    refused = admin.get(path, params={"fields": "id,secret_sha256", "limit": 0, "sort": "secret",
                                      "colour": "red"}, expect=400)
    assert set(refused.faults) == {"?fields", "?limit", "?sort", "?colour"}


@every_list
def test_who_may_read(anonymous, outsider, participant, partner, tokens, server, path):
    anonymous.get(path, expect=401, code="token_missing")
    outsider.get(path, expect=403, code="forbidden")
    partner.get(path, expect=403, code="insufficient_scope")
    if path in RIGHTS:
        participant.get(path)
    else:
        participant.get(path, expect=403, code="forbidden")
    narrowed = outsider.clone(token=tokens.sign("admin", scope="smart:read"))
    narrowed.get(path, expect=403, code="insufficient_scope")


@pytest.mark.parametrize("path", [path for path in LISTS if path != "/v1/audit-events"])
def test_updated_since(admin, path):
    items = admin.every(path, {"limit": 200, "sort": "-updated_at"})
    newest = items[0]["updated_at"]
    since = admin.get(path, params={"updated_since": newest, "limit": 200})
    assert {item["id"] for item in since.items} == {
        item["id"] for item in items if item["updated_at"] == newest}
    assert admin.get(path, params={"updated_since": "2199-01-01T00:00:00Z"}).items == []
    refused = admin.get(path, params={"updated_since": "i går"}, expect=400)
    assert refused.faults == {"?updated_since": "invalid_format"}


def test_a_cursor_carries_the_longest_name(admin):
    """200 code points of four bytes each are the longest key there can be."""
    for number in range(2):
        admin.post("/v1/organisations", {"org_type": "other", "name": "\U0001d538" * 200})
    page = admin.get("/v1/organisations", params={"sort": "-name", "limit": 1, "q": "\U0001d538"})
    rest = admin.get("/v1/organisations", params={"sort": "-name", "limit": 1, "q": "\U0001d538",
                                                  "cursor": page["next_cursor"]})
    assert len({page.items[0]["id"], rest.items[0]["id"]}) == 2
