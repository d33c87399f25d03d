"""API clients: made with a secret that is shown once, rotated, narrowed, switched off."""
import hashlib
import uuid

import pytest
import requests

from support.client import Api

NOBODY = "00000000-0000-7000-8000-0000000000ff"
TONSBERG = "00000000-0000-7000-8001-000000000001"
PATH = "/v1/api-clients"


def new_name():
    return f"system-{uuid.uuid4().hex[:12]}"


def body_of(**members):
    return {"client_id": new_name(), "name": "Et system", "scopes": ["smart:read"], **members}


def log_in(server, client_id, secret):
    """The token, or None."""
    answer = requests.post(f"{server.url}/oauth/token", data={"grant_type": "client_credentials"},
                           auth=(client_id, secret), timeout=30)
    return answer.json().get("access_token")


def test_the_life_of_a_client(admin, server):
    body = body_of(scopes=["registry:read", "smart:read"], organisation_id=TONSBERG)
    made = admin.post(PATH, body)
    assert made.status == 201 and made.headers["Location"] == f"{PATH}/{made['id']}"
    assert {name: made[name] for name in body} == body and made["is_active"] is True
    secret, path = made["client_secret"], f"{PATH}/{made['id']}"
    assert len(secret) == 43

    read = admin.get(path)
    assert "client_secret" not in read.json
    assert {**made.json, **read.json} == made.json
    admin.get(path, none_match=read.etag, expect=304)

    client = Api(server, log_in(server, made["client_id"], secret))
    me = client.get("/v1/me")
    assert (me["kind"], me["subject"], me["id"]) == ("client", made["client_id"], made["id"])
    assert me["person"] is None and me["scopes"] == ["registry:read", "smart:read"]
    client.get("/v1/regions", expect=403, code="forbidden")  # no role yet
    admin.post(f"{path}/role-grants", {"role": "partner_system", "scope_type": "global"})
    client.get("/v1/regions")

    # A scope that is taken away is gone from tokens that were given before.
    narrowed = admin.patch(path, {"scopes": ["smart:read"], "organisation_id": None},
                           etag=read.etag)
    assert narrowed["scopes"] == ["smart:read"] and narrowed["organisation_id"] is None
    client.get("/v1/regions", expect=403, code="insufficient_scope")
    off = admin.patch(path, {"is_active": False}, etag=narrowed.etag)
    client.get("/v1/me", expect=401, code="token_invalid")
    assert log_in(server, made["client_id"], secret) is None
    admin.patch(path, {"is_active": True, "name": "Et nytt navn"}, etag=off.etag)
    assert log_in(server, made["client_id"], secret)


def test_the_secret_is_kept_nowhere(admin, owner_db, server):
    """Only its hash: not in the answer that is kept for a repetition, not in the log of events, not
    in the log of the server."""
    body, key = body_of(), uuid.uuid4().hex
    first = admin.post(PATH, body, key=key)
    second = admin.post(PATH, body, key=key)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.json == {**first.json, "client_secret": None}
    rotated = admin.act(f"{PATH}/{first['id']}", "rotate-secret", key=key + "2")
    again = admin.act(f"{PATH}/{first['id']}", "rotate-secret", etag=first.etag, key=key + "2")
    assert again.json == {**rotated.json, "client_secret": None}

    for secret in (first["client_secret"], rotated["client_secret"]):
        rows = owner_db.value(
            "SELECT count(*) FROM (SELECT t::text AS row FROM idempotency_key AS t"
            " UNION ALL SELECT t::text FROM event AS t"
            " UNION ALL SELECT t::text FROM api_client AS t) AS everything"
            " WHERE strpos(row, %s) > 0", [secret])
        assert rows == 0
        assert secret not in server.log_text()
    stored = owner_db.value("SELECT secret_sha256 FROM api_client WHERE id = %s", [first["id"]])
    assert stored == hashlib.sha256(rotated["client_secret"].encode()).hexdigest()


def test_rotation(admin, server):
    made = admin.post(PATH, body_of())
    path, name = f"{PATH}/{made['id']}", made["client_id"]
    client = Api(server, log_in(server, name, made["client_secret"]))
    admin.post(f"{path}/actions/rotate-secret", expect=428, code="precondition_required")
    admin.post(f"{path}/actions/rotate-secret", etag='"7-x"', expect=412, code="version_conflict")
    rotated = admin.post(f"{path}/actions/rotate-secret", etag=made.etag)
    assert rotated["version"] == 2 and rotated["client_secret"] != made["client_secret"]
    assert log_in(server, name, made["client_secret"]) is None
    assert log_in(server, name, rotated["client_secret"])
    client.get("/v1/me")  # what was got before lasts
    admin.post(f"{path}/actions/rotate-secret", etag=made.etag, expect=412, code="version_conflict")
    admin.post(f"{PATH}/{NOBODY}/actions/rotate-secret", etag="*", expect=404, code="not_found")
    admin.post(f"{path}/actions/rotate-secret", {}, etag="*", expect=400, code="unexpected_body")


def test_a_dry_run_shows_no_secret(admin, server):
    tried = admin.post(PATH, body_of(), dry_run=True)
    assert tried["client_secret"] is None
    admin.get(f"{PATH}/{tried['id']}", expect=404, code="not_found")
    made = admin.post(PATH, body_of())
    tried = admin.act(f"{PATH}/{made['id']}", "rotate-secret", dry_run=True)
    assert tried["client_secret"] is None and tried["version"] == 2
    assert log_in(server, made["client_id"], made["client_secret"])


def test_every_fault_at_once(admin):
    refused = admin.post(PATH, {"client_id": "Store-Bokstaver", "name": "", "organisation_id": 5,
                                "scopes": ["smart:read", "smart:read", "alt"], "secret": "x"},
                         expect=422, code="validation_failed")
    assert refused.faults == {"/client_id": "pattern", "/name": "too_short",
                              "/organisation_id": "wrong_type", "/scopes/1": "not_unique",
                              "/scopes/2": "not_in_enum", "/secret": "unknown_member"}
    for scopes, fault in (([], ("/scopes", "too_few")), ("smart:read", ("/scopes", "wrong_type")),
                          ([5], ("/scopes/0", "wrong_type"))):
        refused = admin.post(PATH, body_of(scopes=scopes), expect=422, code="validation_failed")
        assert refused.faults == dict([fault])
    refused = admin.post(PATH, body_of(client_id="ab", name="  "), expect=422)
    assert refused.faults == {"/client_id": "too_short"}
    refused = admin.post(PATH, body_of(name="  "), expect=422)
    assert refused.faults == {"/name": "name_required"}
    refused = admin.post(PATH, body_of(organisation_id=NOBODY), expect=422)
    assert refused.faults == {"/organisation_id": "unknown_reference"}
    made = admin.post(PATH, body_of())
    path = f"{PATH}/{made['id']}"
    refused = admin.patch(path, {"scopes": None, "client_id": "annet", "is_active": 1}, etag="*",
                          expect=422)
    assert refused.faults == {"/scopes": "null_not_allowed", "/client_id": "unknown_member",
                              "/is_active": "wrong_type"}
    admin.patch(path, {"name": "X"}, expect=428, code="precondition_required")
    admin.patch(f"{PATH}/{NOBODY}", {"name": "X"}, etag="*", expect=404, code="not_found")


def test_a_name_is_there_once(admin):
    made = admin.post(PATH, body_of())
    refused = admin.post(PATH, body_of(client_id=made["client_id"]), expect=409,
                         code="already_exists")
    assert refused.faults == {"/client_id": "already_exists"}


def test_grants(admin):
    made = admin.post(PATH, body_of())
    path = f"{PATH}/{made['id']}/role-grants"
    body = {"role": "partner_system", "scope_type": "organisation", "scope_id": TONSBERG}
    grant = admin.post(path, body)
    assert grant["api_client_id"] == made["id"] and grant["user_id"] is None
    assert admin.get(path).items == [grant.json]
    found = admin.get("/v1/role-grants", params={"api_client_id": made["id"]})
    assert found.items == [grant.json]
    refused = admin.post(path, body, expect=409, code="already_exists")
    assert refused.faults == {"/role": "already_exists"}
    refused = admin.post(path, {"role": "admin", "scope_type": "global"}, expect=422)
    assert refused.faults == {"/role": "role_not_for_client"}
    refused = admin.post(path, {"role": "partner_system", "scope_type": "course",
                                "scope_id": TONSBERG}, expect=422)
    assert refused.faults == {"/scope_type": "scope_type_not_allowed"}
    admin.get(f"{PATH}/{NOBODY}/role-grants", expect=404, code="not_found")
    admin.post(f"{PATH}/{NOBODY}/role-grants", body, expect=404, code="not_found")
    admin.delete(f"/v1/role-grants/{grant['id']}", etag=grant.etag)
    assert admin.get(path).items == []


def test_the_64th_grant_is_the_last(admin, build):
    made = admin.post(PATH, body_of())
    for _ in range(64):
        build.grant("partner_system", client_id=made["id"], scope_type="organisation",
                    scope_id=build.organisation())
    admin.post(f"{PATH}/{made['id']}/role-grants",
               {"role": "partner_system", "scope_type": "global"},
               expect=409, code="too_many_grants")


def test_filters(admin):
    made = admin.post(PATH, body_of(scopes=["audit:read"], organisation_id=TONSBERG))
    admin.patch(f"{PATH}/{made['id']}", {"is_active": False}, etag=made.etag)

    def found(**params):
        return {item["id"] for item in admin.get(PATH, params=params).items}

    assert found(client_id=made["client_id"]) == {made["id"]}
    assert made["id"] in found(scope="audit:read", organisation_id=TONSBERG, is_active="false")
    assert made["id"] not in found(is_active="true") | found(scope="smart:read")
    admin.get(PATH, params={"scope": "alt"}, expect=400, code="invalid_parameter")


@pytest.mark.parametrize("name", ["smart_admin", "participant", "outsider"])
def test_who_may(admin, tokens, request, name):
    made = admin.post(PATH, body_of())
    client, path = request.getfixturevalue(name), f"{PATH}/{made['id']}"
    client.get(path, expect=403, code="forbidden")
    client.post(PATH, body_of(), expect=403, code="forbidden")
    client.patch(path, {"name": "X"}, etag="*", expect=403, code="forbidden")
    client.post(f"{path}/actions/rotate-secret", etag="*", expect=403, code="forbidden")
    client.post(f"{path}/role-grants", {"role": "partner_system", "scope_type": "global"},
                expect=403, code="forbidden")
    writer = admin.clone(token=tokens.sign("admin", scope="registry:read registry:write"))
    writer.post(PATH, body_of(), expect=403, code="insufficient_scope")
    writer.post(f"{path}/actions/rotate-secret", etag="*", expect=403, code="insufficient_scope")
