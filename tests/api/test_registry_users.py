"""Users and role grants: who can log in, and who may do what."""
import concurrent.futures
import uuid

import pytest

from support.client import Api

NOBODY = "00000000-0000-7000-8000-0000000000ff"
TONSBERG = "00000000-0000-7000-8001-000000000001"
ADMIN = "00000000-0000-7000-8000-000000000001"
GLOBAL = {"role": "participant", "scope_type": "global"}


def new_subject():
    return f"bruker-{uuid.uuid4().hex[:12]}"


def add(admin, **members):
    return admin.post("/v1/users", {"subject": new_subject(), **members})


@pytest.fixture
def new_user(admin, server, tokens):
    """(path of a new user, a client with their token)."""
    made = add(admin)
    return f"/v1/users/{made['id']}", Api(server, tokens.sign(made["subject"]))


# ---- users --------------------------------------------------------------------------------------

def test_the_life_of_a_user(admin, build):
    person_id = build.person("Kari Eksempelsen")
    subject = new_subject()
    made = admin.post("/v1/users", {"subject": subject, "person_id": person_id})
    assert made.status == 201 and made.headers["Location"] == f"/v1/users/{made['id']}"
    assert made["issuer"] == "local" and made["is_active"] is True
    assert made["person_name"] == "Kari Eksempelsen"
    path = f"/v1/users/{made['id']}"
    assert admin.get(path).json == made.json
    admin.get(path, none_match=made.etag, expect=304)
    changed = admin.patch(path, {"person_id": None}, etag=made.etag)
    assert changed["version"] == 2 and changed["person_id"] is changed["person_name"] is None
    admin.patch(path, {"is_active": False}, etag=made.etag, expect=412, code="version_conflict")
    assert admin.patch(path, {"is_active": False}, etag=changed.etag)["is_active"] is False


def test_a_subject_is_one_of_its_issuer(admin):
    subject = new_subject()
    admin.post("/v1/users", {"subject": subject})
    refused = admin.post("/v1/users", {"subject": subject, "issuer": "local"}, expect=409,
                         code="already_exists")
    assert refused.faults == {"/subject": "already_exists"}
    admin.post("/v1/users", {"subject": subject, "issuer": "https://innlogging.example.no"})


def test_a_person_has_one_user(admin, build):
    person_id = build.person()
    add(admin, person_id=person_id)
    refused = admin.post("/v1/users", {"subject": new_subject(), "person_id": person_id},
                         expect=409, code="already_exists")
    assert refused.faults == {"/person_id": "already_exists"}
    other = add(admin)
    refused = admin.patch(f"/v1/users/{other['id']}", {"person_id": person_id}, etag=other.etag,
                          expect=409, code="already_exists")
    assert refused.faults == {"/person_id": "already_exists"}


def test_every_fault_at_once(admin):
    refused = admin.post("/v1/users", {"subject": "med mellomrom", "issuer": "ftp://x",
                                       "person_id": "x", "is_active": "ja", "roles": ["admin"]},
                         expect=422, code="validation_failed")
    assert refused.faults == {"/subject": "pattern", "/issuer": "pattern",
                              "/person_id": "invalid_format", "/is_active": "wrong_type",
                              "/roles": "unknown_member"}
    refused = admin.post("/v1/users", {"subject": "x" * 256}, expect=422)
    assert refused.faults == {"/subject": "too_long"}
    refused = admin.post("/v1/users", {"subject": new_subject(), "person_id": NOBODY}, expect=422)
    assert refused.faults == {"/person_id": "unknown_reference"}
    made = add(admin)
    path = f"/v1/users/{made['id']}"
    refused = admin.patch(path, {"subject": "ny", "is_active": None}, etag=made.etag, expect=422)
    assert refused.faults == {"/subject": "unknown_member", "/is_active": "null_not_allowed"}
    admin.patch(path, {"is_active": False}, expect=428, code="precondition_required")
    admin.patch(f"/v1/users/{NOBODY}", {"is_active": False}, etag="*", expect=404, code="not_found")


def test_a_user_who_is_switched_off_is_refused_at_once(admin, new_user):
    path, client = new_user
    assert client.get("/v1/me")["id"] == path.rsplit("/", 1)[1]
    off = admin.patch(path, {"is_active": False}, etag="*")
    client.get("/v1/me", expect=401, code="token_invalid")
    admin.patch(path, {"is_active": True}, etag=off.etag)
    client.get("/v1/me")


def test_nobody_changes_their_own_account(admin, make_user):
    for change in ({"is_active": False}, {"person_id": None}):
        admin.patch(f"/v1/users/{ADMIN}", change, etag="*", expect=403, code="own_account")
    other = make_user("admin")
    other.patch(f"/v1/users/{other.user.id}", {"is_active": False}, etag="*", expect=403,
                code="own_account")
    admin.patch(f"/v1/users/{other.user.id}", {"is_active": False}, etag="*")
    other.get("/v1/me", expect=401)


def test_filters(admin, build):
    person_id = build.person()
    made = add(admin, person_id=person_id, is_active=False)
    admin.post(f"/v1/users/{made['id']}/role-grants",
               {"role": "booker", "scope_type": "organisation", "scope_id": TONSBERG})

    def found(**params):
        return {item["id"] for item in admin.get("/v1/users", params=params).items}

    assert found(subject=made["subject"]) == found(person_id=person_id) == {made["id"]}
    assert found(subject=made["subject"], issuer="https://example.no") == set()
    assert made["id"] in found(is_active="false") and made["id"] not in found(is_active="true")
    assert made["id"] in found(role="booker") and made["id"] not in found(role="smart_admin")
    admin.get("/v1/users", params={"role": "system"}, expect=400, code="invalid_parameter")


def test_dry_run_and_repetition(admin):
    tried = admin.post("/v1/users", {"subject": new_subject()}, dry_run=True)
    admin.get(f"/v1/users/{tried['id']}", expect=404, code="not_found")
    body, key = {"subject": new_subject()}, uuid.uuid4().hex
    first = admin.post("/v1/users", body, key=key)
    assert admin.post("/v1/users", body, key=key).json == first.json


# ---- role grants --------------------------------------------------------------------------------

def test_the_life_of_a_grant(admin, new_user):
    path, client = new_user
    client.get("/v1/regions", expect=403, code="forbidden")
    made = admin.post(f"{path}/role-grants", GLOBAL)
    assert made.status == 201 and made.headers["Location"] == f"/v1/role-grants/{made['id']}"
    assert made["user_id"] == path.rsplit("/", 1)[1] and made["api_client_id"] is None
    assert made["granted_by"] == ADMIN and made["scope_id"] is None
    client.get("/v1/regions")  # from the next request on
    assert [g["role"] for g in client.get("/v1/me")["grants"]] == ["participant"]
    assert admin.get(f"{path}/role-grants").items == [made.json]
    grant = f"/v1/role-grants/{made['id']}"
    read = admin.get(grant)
    assert read.json == made.json
    admin.get(grant, none_match=read.etag, expect=304)

    admin.delete(grant, expect=428, code="precondition_required")
    admin.delete(grant, etag='"2-x"', expect=412, code="version_conflict")
    assert admin.delete(grant, etag=read.etag, dry_run=True).status == 204
    admin.get(grant)
    assert admin.delete(grant, etag=read.etag).status == 204
    admin.get(grant, expect=404, code="not_found")
    admin.delete(grant, etag=read.etag, expect=404, code="not_found")
    client.get("/v1/regions", expect=403, code="forbidden")


SCOPES = [
    # role, scope_type, is scope_id given; the fault, if any
    ("admin", "global", False, None),
    ("smart_admin", "global", False, None),
    ("participant", "global", False, None),
    ("smart_instructor", "course", True, None),
    ("booker", "organisation", True, None),
    ("admin", "global", True, ("/scope_id", "scope_id_unwanted")),
    ("admin", "organisation", True, ("/scope_type", "scope_type_not_allowed")),
    ("participant", "course", True, ("/scope_type", "scope_type_not_allowed")),
    ("smart_instructor", "global", False, ("/scope_type", "scope_type_not_allowed")),
    ("booker", "organisation", False, ("/scope_id", "scope_id_required")),
    ("partner_system", "global", False, ("/role", "role_not_for_user")),
    ("system", "global", False, ("/role", "not_in_enum")),
    ("root", "global", False, ("/role", "not_in_enum")),
    ("admin", "planet", False, ("/scope_type", "not_in_enum")),
]


@pytest.mark.parametrize("role, scope_type, given, fault", SCOPES)
def test_which_role_takes_which_scope(admin, build, new_user, role, scope_type, given, fault):
    body = {"role": role, "scope_type": scope_type}
    if given:
        body["scope_id"] = build.course().id if scope_type == "course" else TONSBERG
    path = f"{new_user[0]}/role-grants"
    if fault is None:
        made = admin.post(path, body)
        assert {name: made[name] for name in body} == body
    else:
        refused = admin.post(path, body, expect=422, code="validation_failed")
        assert fault in refused.faults.items()


@pytest.mark.parametrize("role, scope_type", [("booker", "organisation"),
                                              ("smart_instructor", "course")])
def test_what_a_grant_is_on_must_exist(admin, new_user, role, scope_type):
    body = {"role": role, "scope_type": scope_type, "scope_id": NOBODY}
    refused = admin.post(f"{new_user[0]}/role-grants", body, expect=422)
    assert refused.faults == {"/scope_id": "unknown_reference"}


def test_a_role_is_granted_once(admin, new_user):
    path = f"{new_user[0]}/role-grants"
    admin.post(path, GLOBAL)
    refused = admin.post(path, GLOBAL, expect=409, code="already_exists")
    assert refused.faults == {"/role": "already_exists"}
    body, key = {**GLOBAL, "role": "smart_admin"}, uuid.uuid4().hex
    assert admin.post(path, body, key=key).json == admin.post(path, body, key=key).json


def test_nobody_grants_to_themselves_or_takes_from_themselves(admin, make_user):
    admin.post(f"/v1/users/{ADMIN}/role-grants", {**GLOBAL, "role": "smart_admin"}, expect=403,
               code="own_grant")
    own = admin.get(f"/v1/users/{ADMIN}/role-grants").items[0]
    admin.delete(f"/v1/role-grants/{own['id']}", etag="*", expect=403, code="own_grant")
    # With a second admin it takes two.
    other = make_user("admin")
    made = other.post(f"/v1/users/{ADMIN}/role-grants", {**GLOBAL, "role": "smart_admin"})
    admin.delete(f"/v1/role-grants/{made['id']}", etag=made.etag, expect=403, code="own_grant")
    other.delete(f"/v1/role-grants/{made['id']}", etag=made.etag)


def test_grants_of_nobody(admin):
    admin.get(f"/v1/users/{NOBODY}/role-grants", expect=404, code="not_found")
    admin.get(f"/v1/users/{NOBODY}/role-grants", accept="text/csv", expect=404, code="not_found")
    admin.post(f"/v1/users/{NOBODY}/role-grants", GLOBAL, expect=404, code="not_found")
    admin.get("/v1/users/bob/role-grants", expect=404, code="not_found")
    admin.get(f"/v1/role-grants/{NOBODY}", expect=404, code="not_found")


def test_the_64th_grant_is_the_last(admin, build, new_user):
    path, client = new_user
    user_id = path.rsplit("/", 1)[1]
    for _ in range(63):
        build.grant("booker", user_id=user_id, scope_type="organisation",
                    scope_id=build.organisation())
    bodies = [{"role": role, "scope_type": "global"} for role in
              ("participant", "smart_admin", "admin")]

    def post(body):
        answer = admin.session.post(f"{admin.base}{path}/role-grants", json=body,
                                    headers={"Authorization": f"Bearer {admin.token}"})
        return answer.status_code

    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(post, bodies)) == [201, 409, 409]
    admin.post(f"{path}/role-grants", {"role": "smart_instructor", "scope_type": "course",
                                       "scope_id": build.course().id},
               expect=409, code="too_many_grants")
    assert len(client.get("/v1/me")["grants"]) == 64
    assert len(admin.every(f"{path}/role-grants", {"limit": 10})) == 64


def test_two_take_the_same_grant_away(admin, new_user):
    for _ in range(5):
        grant = admin.post(f"{new_user[0]}/role-grants", GLOBAL)

        def delete(_):
            answer = admin.session.delete(
                f"{admin.base}/v1/role-grants/{grant['id']}",
                headers={"Authorization": f"Bearer {admin.token}", "If-Match": grant.etag})
            return answer.status_code

        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(delete, range(2))) == [204, 404]


def test_filters_of_grants(admin, new_user):
    path, _ = new_user
    user_id = path.rsplit("/", 1)[1]
    made = admin.post(f"{path}/role-grants",
                      {"role": "booker", "scope_type": "organisation", "scope_id": TONSBERG})

    def found(**params):
        return {item["id"] for item in admin.get("/v1/role-grants", params=params).items}

    assert found(user_id=user_id) == {made["id"]}
    assert found(user_id=user_id, role="admin") == set()
    assert made["id"] in found(scope_id=TONSBERG, scope_type="organisation", role="booker")
    assert found(api_client_id=user_id) == set()


def test_who_may(admin, smart_admin, participant, booker, outsider, partner, anonymous, new_user,
                 tokens):
    path, client = new_user
    for one in (smart_admin, participant, booker, outsider, client):
        one.post("/v1/users", {"subject": new_subject()}, expect=403, code="forbidden")
        one.get(path, expect=403, code="forbidden")
        one.patch(path, {"is_active": True}, etag="*", expect=403, code="forbidden")
        one.get(f"{path}/role-grants", expect=403, code="forbidden")
        one.post(f"{path}/role-grants", {**GLOBAL, "role": "admin"}, expect=403, code="forbidden")
    partner.post(f"{path}/role-grants", GLOBAL, expect=403, code="insufficient_scope")
    anonymous.post(f"{path}/role-grants", GLOBAL, expect=401)
    writer = admin.clone(token=tokens.sign("admin", scope="registry:read registry:write"))
    writer.post(f"{path}/role-grants", GLOBAL, expect=403, code="insufficient_scope")
    made = admin.post(f"{path}/role-grants", GLOBAL)
    writer.delete(f"/v1/role-grants/{made['id']}", etag="*", expect=403, code="insufficient_scope")
    client.delete(f"/v1/role-grants/{made['id']}", etag="*", expect=403, code="forbidden")
