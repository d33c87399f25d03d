"""GET /v1/codes, and the codes of the contract, the rules and the database held together. (The
compiler holds each enum that says x-codes against codes.yaml, the unit test `codes` the rules.)

Which CHECK knows which list (CHECKS), which lists are rows (CODE_TABLES) and which enums have no labels
(WORDS) is said in access/, part by part.
"""
import re

import pytest

from access import CHECKS, CODE_TABLES, WORDS
from support.words import said

LANGUAGES = ["nb", "nn", "en"]


@pytest.fixture(scope="module")
def lists(server):
    from support.client import Api
    answer = Api(server).get("/v1/codes", language="nn")
    return {one["list"]: one["codes"] for one in answer["lists"]}


def codes_of(lists, name):
    return [one["code"] for one in lists[name]]


def test_everything_is_there_in_three_languages(lists):
    names = said("codes.yaml")
    assert set(lists) == set(names) | CODE_TABLES
    for codes in lists.values():
        assert codes and len({one["code"] for one in codes}) == len(codes)
        for one in codes:
            assert list(one["labels"]) == LANGUAGES and all(one["labels"].values())
            assert one["label"] == one["labels"]["nn"]


def test_the_language_of_the_answer(anonymous):
    for language in LANGUAGES:
        answer = anonymous.get("/v1/codes", params={"list": "registration_state"},
                               language=language)
        confirmed = answer["lists"][0]["codes"][0]
        assert confirmed["label"] == confirmed["labels"][language]
        assert answer.headers["Content-Language"] == language
    assert confirmed["labels"] == {"nb": "Bekreftet", "nn": "Stadfesta", "en": "Confirmed"}


def test_some_lists(anonymous, participant):
    answer = participant.get("/v1/codes", params={"list": "profession,gender"})
    assert [one["list"] for one in answer["lists"]] == ["gender", "profession"]
    refused = anonymous.get("/v1/codes", params={"list": "gender,colour"}, expect=400)
    assert set(refused.faults.values()) == {"not_in_enum"}
    anonymous.get("/v1/codes", accept="text/csv", expect=406)


def test_rows_are_codes_too(lists, owner_db):
    for table in CODE_TABLES:
        rows = owner_db.rows(f"SELECT code, label_nb FROM {table}")
        assert {row["code"]: row["label_nb"] for row in rows} == {
            one["code"]: one["labels"]["nb"] for one in lists[table]}
    assert codes_of(lists, "profession")[-1] == "annet"  # in the order of the form


# ---- held together ------------------------------------------------------------------------------

def test_the_checks_of_the_database(lists, owner_db):
    rows = owner_db.rows(
        "SELECT c.relname AS table, k.conname AS name, pg_get_constraintdef(k.oid) AS words"
        " FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid"
        " WHERE k.contype = 'c' AND c.relnamespace = 'loft'::regnamespace")
    found = {}
    for row in rows:
        column = re.fullmatch(rf"{row['table']}_(\w+)_check", row["name"])
        words = re.search(r"(\w+) (?:= ANY \(|<@ )\(?ARRAY\[([^]]*)\]", row["words"])
        if column and words and words[1] == column[1]:
            found[f"{row['table']}.{column[1]}"] = set(re.findall(r"'([^']*)'", words[2]))
    assert set(found) == set(CHECKS), "a CHECK without labels, or labels without a CHECK"
    for place, words in found.items():
        assert words == set(codes_of(lists, CHECKS[place])), place


def enums(node, place):
    """(where, schema) of every enum of several words, or with labels, below a schema of the contract."""
    if isinstance(node, list):
        for one in node:
            yield from enums(one, place)
    elif isinstance(node, dict):
        if len(node.get("enum", [])) > 1 or "x-codes" in node:
            yield place, node
        for key, one in node.items():
            inner = f"{place}.{key}" if place and key not in ("properties", "items") else place
            if key not in ("enum", "examples", "example", "required"):
                yield from enums(one, inner)


def test_the_enums_of_the_contract(lists, anonymous):
    schemas = anonymous.contract.document["components"]["schemas"]
    seen = set()
    for name, schema in schemas.items():
        for place, enum in enums(schema, name):
            if place in WORDS:
                continue
            assert "x-codes" in enum, f"{place} has codes without labels"
            assert set(enum["enum"]) - {None} == set(codes_of(lists, enum["x-codes"])), place
            seen.add(enum["x-codes"])
    assert seen == set(lists) - CODE_TABLES, "a list that the contract does not use"
    assert set(schemas["CodeListName"]["enum"]) == set(lists)
    flows = anonymous.contract.document["components"]["securitySchemes"]["oauth2"]["flows"]
    assert set(flows["clientCredentials"]["scopes"]) == set(codes_of(lists, "oauth_scope"))
