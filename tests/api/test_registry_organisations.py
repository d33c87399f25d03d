"""Organisations: added and changed by admin, read by everyone who has a role."""
import threading
import uuid

import pytest

PATH = "/v1/organisations"
NOBODY = "00000000-0000-7000-8001-0000000000ff"
TONSBERG = "00000000-0000-7000-8001-000000000001"


def add(admin, **members):
    return admin.post(PATH, {"org_type": "school", "name": f"Skole {uuid.uuid4().hex}", **members})


def test_the_life_of_an_organisation(admin, participant):
    body = {"org_type": "kindergarten", "name": "Åsen barnehage", "short_name": "Åsen",
            "org_number": "310001708", "municipality_no": "3905", "parent_id": TONSBERG,
            "language": "nn", "is_example": True}
    made = admin.post(PATH, body)
    assert made.status == 201 and made.headers["Location"] == f"{PATH}/{made['id']}"
    assert {name: made[name] for name in body} == body and made["version"] == 1

    path = f"{PATH}/{made['id']}"
    read = participant.get(path)
    assert read.json == made.json and read.etag == made.etag
    participant.get(path, none_match=read.etag, expect=304)

    changed = admin.patch(path, {"short_name": None, "parent_id": None, "org_type": "school"},
                          etag=read.etag)
    assert changed["version"] == 2 and changed["org_type"] == "school"
    assert changed["short_name"] is None and changed["parent_id"] is None
    assert changed["name"] == "Åsen barnehage" and changed["updated_at"] > made["updated_at"]
    assert participant.get(path).json == changed.json


def test_defaults(admin):
    made = add(admin)
    assert made["language"] == "nb" and made["is_example"] is False
    for name in ("short_name", "org_number", "municipality_no", "parent_id"):
        assert made[name] is None


def test_every_fault_at_once(admin):
    refused = admin.post(PATH, {"org_type": "skole", "name": "", "org_number": "123",
                                "parent_id": 7, "municipality_no": 3905, "language": "en",
                                "is_example": "nei", "colour": "red"},
                         expect=422, code="validation_failed")
    assert refused.faults == {
        "/org_type": "not_in_enum", "/name": "too_short", "/org_number": "pattern",
        "/parent_id": "wrong_type", "/municipality_no": "wrong_type", "/language": "not_in_enum",
        "/is_example": "wrong_type", "/colour": "unknown_member"}
    refused = admin.post(PATH, {"org_type": "school", "name": " \u00a0", "org_number": "310001008",
                                "municipality_no": "0005"}, expect=422, code="validation_failed")
    assert refused.faults == {"/name": "name_required", "/org_number": "org_number_invalid",
                              "/municipality_no": "municipality_no_invalid"}
    admin.post(PATH, {"name": "Uten type"}, expect=422, code="validation_failed")


@pytest.mark.parametrize("member, value", [("municipality_no", "9998"), ("parent_id", NOBODY)])
def test_what_it_refers_to_must_exist(admin, member, value):
    body = {"org_type": "school", "name": "Skole", member: value}
    refused = admin.post(PATH, body, expect=422, code="validation_failed")
    assert refused.faults == {f"/{member}": "unknown_reference"}
    made = add(admin)
    refused = admin.patch(f"{PATH}/{made['id']}", {member: value}, etag=made.etag, expect=422)
    assert refused.faults == {f"/{member}": "unknown_reference"}


def test_a_number_is_there_once(admin):
    refused = admin.post(PATH, {"org_type": "school", "name": "To", "org_number": "310001007"},
                         expect=409, code="already_exists")
    assert refused.faults == {"/org_number": "already_exists"}
    made = add(admin)
    refused = admin.patch(f"{PATH}/{made['id']}", {"org_number": "310001007"}, etag=made.etag,
                          expect=409, code="already_exists")
    assert refused.faults == {"/org_number": "already_exists"}


def test_preconditions(admin):
    made = add(admin)
    path = f"{PATH}/{made['id']}"
    admin.patch(path, {"name": "X"}, expect=428, code="precondition_required")
    admin.patch(path, {"name": "X"}, etag='"9-x"', expect=412, code="version_conflict")
    admin.patch(path, {"name": "X"}, etag="x", expect=400, code="invalid_parameter")
    admin.patch(path, {}, etag=made.etag, expect=422, code="validation_failed")
    admin.patch(path, {"name": "X"}, etag=made.etag, media="application/json", expect=415)
    refused = admin.patch(path, {"name": None}, etag=made.etag, expect=422)
    assert refused.faults == {"/name": "null_not_allowed"}
    admin.patch(f"{PATH}/{NOBODY}", {"name": "X"}, etag="*", expect=404, code="not_found")
    assert admin.get(path)["name"] == made["name"]


def test_a_dry_run_leaves_nothing(admin, owner_db):
    events = owner_db.value("SELECT count(*) FROM event")
    tried = admin.post(PATH, {"org_type": "school", "name": "Tørrskodd skole"}, dry_run=True)
    assert tried.status == 201 and tried.headers["Preference-Applied"] == "tx=rollback"
    admin.get(f"{PATH}/{tried['id']}", expect=404, code="not_found")
    tried = admin.patch(f"{PATH}/{TONSBERG}", {"name": "Noe annet"}, etag="*", dry_run=True)
    assert tried["name"] == "Noe annet"
    assert admin.get(f"{PATH}/{TONSBERG}")["name"] == "Tønsberg kommune"
    assert owner_db.value("SELECT count(*) FROM event") == events


def test_a_repeated_request_adds_once(admin):
    body, key = {"org_type": "school", "name": "Én skole"}, uuid.uuid4().hex
    first = admin.post(PATH, body, key=key)
    second = admin.post(PATH, body, key=key)
    assert second.status == 201 and second.json == first.json and second.etag == first.etag
    assert second.headers["Location"] == first.headers["Location"]
    admin.post(PATH, {**body, "name": "En annen"}, key=key, expect=422,
               code="idempotency_key_reused")
    assert len(admin.get(PATH, params={"q": "Én skole"}).items) == 1


def test_who_may_write(smart_admin, smart_instructor, participant, booker, partner, outsider,
                       anonymous, admin, tokens):
    body = {"org_type": "school", "name": "Skole"}
    for client in (smart_admin, smart_instructor, participant, booker, outsider):
        client.post(PATH, body, expect=403, code="forbidden")
        client.patch(f"{PATH}/{TONSBERG}", {"name": "X"}, etag="*", expect=403, code="forbidden")
    partner.post(PATH, body, expect=403, code="insufficient_scope")
    anonymous.post(PATH, body, expect=401, code="token_missing")
    reader = admin.clone(token=tokens.sign("admin", scope="registry:read"))
    reader.get(PATH)
    reader.post(PATH, body, expect=403, code="insufficient_scope")


# ---- the tree -----------------------------------------------------------------------------------

def test_a_circle_is_refused(admin):
    top = add(admin)
    middle = add(admin, parent_id=top["id"])
    bottom = add(admin, parent_id=middle["id"])
    path = f"{PATH}/{top['id']}"
    refused = admin.patch(path, {"parent_id": top["id"]}, etag=top.etag, expect=422)
    assert refused.faults == {"/parent_id": "parent_is_self"}
    for below in (middle, bottom):
        refused = admin.patch(path, {"parent_id": below["id"]}, etag=top.etag, expect=409,
                              code="parent_is_below")
        assert refused.faults == {"/parent_id": "parent_is_below"}
    # Moved out of the way, it can be done.
    admin.patch(f"{PATH}/{bottom['id']}", {"parent_id": None}, etag=bottom.etag)
    moved = admin.patch(path, {"parent_id": bottom["id"]}, etag=top.etag)
    assert moved["parent_id"] == bottom["id"]


def test_two_moves_at_once_close_no_circle(admin, owner_db):
    """Each is sound by itself; both together would be a circle."""
    for _ in range(10):
        one, two = add(admin), add(admin)
        moves = [(one, two), (two, one)]
        barrier, statuses = threading.Barrier(2), []

        def move(pair):
            client = admin.clone()
            barrier.wait()
            answer = client.session.patch(
                f"{client.base}{PATH}/{pair[0]['id']}", json={"parent_id": pair[1]["id"]},
                headers={"Authorization": f"Bearer {client.token}", "If-Match": pair[0].etag,
                         "Content-Type": "application/merge-patch+json"})
            statuses.append(answer.status_code)

        threads = [threading.Thread(target=move, args=(pair,)) for pair in moves]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(statuses) == [200, 409]
        linked = owner_db.value("SELECT count(*) FROM organisation WHERE id = ANY (%s::uuid[])"
                                " AND parent_id IS NOT NULL", [[one["id"], two["id"]]])
        assert linked == 1


def test_filters(admin):
    parent = add(admin, name="Filter skule", municipality_no="0301", language="nn")
    child = add(admin, name="Filter barnehage", org_type="kindergarten", parent_id=parent["id"],
                org_number="310001848", short_name="ØØ")

    def found(**params):
        return {item["id"] for item in admin.get(PATH, params=params).items}

    assert found(q="filter") == {parent["id"], child["id"]}
    assert found(q="øø") == {child["id"]}
    assert found(q="31000184") == {child["id"]} == found(org_number="310001848")
    assert found(parent_id=parent["id"]) == {child["id"]}
    assert found(municipality_no="0301") == {parent["id"]}
    assert found(q="filter", org_type="kindergarten") == {child["id"]}
    refused = admin.get(PATH, params={"org_type": "skole", "parent_id": "x", "org_number": "1",
                                      "municipality_no": "x"}, expect=400)
    assert set(refused.faults) == {"?org_type", "?parent_id", "?org_number", "?municipality_no"}
