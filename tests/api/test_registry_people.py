"""People: told apart by e-mail address, their contact data shown to those who may see it."""
import concurrent.futures
import uuid

import pytest

PATH = "/v1/people"
NOBODY = "00000000-0000-4000-8000-0000000000ff"
CONTACT = ("email", "phone", "birth_year")


def address():
    return f"prøve.{uuid.uuid4().hex[:12]}@example.no"


def add(admin, **members):
    return admin.post(PATH, {"full_name": "Kari Eksempelsen", "email": address(), **members})


@pytest.fixture
def without_contact(admin, tokens):
    """The admin with a token that shows no contact data."""
    return admin.clone(token=tokens.sign("admin", scope="registry:read registry:write"))


def test_the_life_of_a_person(admin, smart_admin):
    body = {"full_name": "Åse Demostad", "email": address(), "phone": "+47 99 99 99 99",
            "birth_year": 1980, "gender": "female", "is_example": True}
    made = admin.post(PATH, body)
    assert made.status == 201 and made.headers["Location"] == f"{PATH}/{made['id']}"
    assert {name: made[name] for name in body} == body
    assert uuid.UUID(made["id"]).version == 4  # a v7 would tell when the person was first seen

    path = f"{PATH}/{made['id']}"
    read = smart_admin.get(path)
    assert read.json == made.json
    smart_admin.get(path, none_match=read.etag, expect=304)
    changed = admin.patch(path, {"phone": None, "birth_year": None, "full_name": "Åse Prøvestad"},
                          etag=made.etag)
    assert changed["version"] == 2 and changed["full_name"] == "Åse Prøvestad"
    assert changed["phone"] is None and changed["birth_year"] is None
    assert changed["email"] == body["email"] and changed["gender"] == "female"


def test_defaults(admin):
    made = add(admin)
    assert made["gender"] == "undisclosed" and made["is_example"] is False
    assert made["phone"] is None and made["birth_year"] is None


def test_one_person_for_each_address(admin):
    mail = address()
    add(admin, email=mail)
    shouted = "".join(c.upper() if c.isascii() else c for c in mail)
    refused = admin.post(PATH, {"full_name": "En annen", "email": shouted}, expect=409,
                         code="already_exists")
    assert refused.faults == {"/email": "already_exists"}
    other = add(admin)
    refused = admin.patch(f"{PATH}/{other['id']}", {"email": shouted}, etag=other.etag, expect=409,
                          code="already_exists")
    assert refused.faults == {"/email": "already_exists"}


def test_ten_at_once_make_one(admin, owner_db):
    body = {"full_name": "Kari Eksempelsen", "email": address()}

    def post(_):
        answer = admin.session.post(admin.base + PATH, json=body,
                                    headers={"Authorization": f"Bearer {admin.token}"})
        return answer.status_code

    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        assert sorted(pool.map(post, range(10))) == [201] + [409] * 9
    assert owner_db.value("SELECT count(*) FROM person WHERE email = %s", [body["email"]]) == 1


def test_every_fault_at_once(admin):
    refused = admin.post(PATH, {"full_name": "", "email": "kari", "phone": "", "birth_year": 1899,
                                "gender": "kvinne", "is_example": None, "fodselsnummer": "x"},
                         expect=422, code="validation_failed")
    assert refused.faults == {
        "/full_name": "too_short", "/email": "invalid_format", "/phone": "too_short",
        "/birth_year": "too_small", "/gender": "not_in_enum", "/is_example": "null_not_allowed",
        "/fodselsnummer": "unknown_member"}
    refused = admin.post(PATH, {"full_name": " \t", "email": address()}, expect=422)
    assert refused.faults == {"/full_name": "name_required"}
    refused = admin.post(PATH, {"phone": 5, "birth_year": "1980"}, expect=422)
    assert refused.faults == {"/full_name": "required", "/email": "required",
                              "/phone": "wrong_type", "/birth_year": "wrong_type"}
    made = add(admin)
    refused = admin.patch(f"{PATH}/{made['id']}",
                          {"email": None, "full_name": None, "gender": None},
                          etag=made.etag, expect=422)
    assert refused.faults == dict.fromkeys(["/email", "/full_name", "/gender"], "null_not_allowed")


def test_preconditions_and_dry_run(admin):
    made = add(admin)
    path = f"{PATH}/{made['id']}"
    admin.patch(path, {"phone": "1"}, expect=428, code="precondition_required")
    tried = admin.patch(path, {"phone": "1"}, etag=made.etag, dry_run=True)
    assert tried["phone"] == "1" and admin.get(path).json == made.json
    admin.patch(path, {"phone": "1"}, etag=made.etag)
    admin.patch(path, {"phone": "2"}, etag=made.etag, expect=412, code="version_conflict")
    admin.patch(f"{PATH}/{NOBODY}", {"phone": "1"}, etag="*", expect=404, code="not_found")
    tried = admin.post(PATH, {"full_name": "Borte", "email": address()}, dry_run=True)
    admin.get(f"{PATH}/{tried['id']}", expect=404, code="not_found")


def test_a_repeated_request_adds_once(admin):
    body, key = {"full_name": "Kari Eksempelsen", "email": address()}, uuid.uuid4().hex
    first = admin.post(PATH, body, key=key)
    assert admin.post(PATH, body, key=key).json == first.json
    admin.post(PATH, {**body, "phone": "1"}, key=key, expect=422, code="idempotency_key_reused")
    admin.post(PATH, body, expect=409, code="already_exists")


def test_contact_data_needs_its_scope(admin, without_contact):
    made = add(admin, phone="+47 99 99 99 99", birth_year=1980)
    path = f"{PATH}/{made['id']}"
    masked = {name: None for name in CONTACT}
    assert all(made[name] for name in CONTACT)
    assert {name: without_contact.get(path)[name] for name in CONTACT} == masked
    assert without_contact.get(path)["full_name"] == made["full_name"]
    assert without_contact.get(path, params={"fields": "email"})["email"] is None
    for item in without_contact.get(PATH, params={"limit": 200}).items:
        assert {name: item[name] for name in CONTACT} == masked
    lines = without_contact.get(PATH, accept="text/csv").text
    assert "@" not in lines and "99 99" not in lines
    # What a write answers is masked alike, and so is the answer that is kept for a repetition.
    body, key = {"full_name": "Ola Demostad", "email": address()}, uuid.uuid4().hex
    for _ in range(2):
        assert without_contact.post(PATH, body, key=key)["email"] is None
    assert without_contact.get(path).etag != admin.get(path).etag


def test_search(admin, without_contact):
    word = f"Øk{uuid.uuid4().hex[:8]}"
    mail = address()
    made = add(admin, full_name=f"Kari {word}", email=mail)

    def found(client, q):
        return {item["id"] for item in client.get(PATH, params={"q": q}).items}

    assert found(admin, word) == found(admin, word.upper()) == {made["id"]}
    assert found(admin, f"kari {word}") == {made["id"]}
    assert found(admin, word[2:]) == set()  # words are searched from their start
    assert found(admin, mail[:12].upper().replace("Ø", "ø")) == {made["id"]}
    assert found(admin, mail[3:]) == set()
    # Nobody finds out an address that they may not see, letter by letter.
    assert found(without_contact, mail) == set()
    assert found(without_contact, word) == {made["id"]}
    assert found(admin, "%%") == found(admin, "__") == set()
    refused = admin.get(PATH, params={"q": "x"}, expect=400, code="invalid_parameter")
    assert refused.faults == {"?q": "too_short"}


def test_who_may(admin, smart_admin, smart_instructor, participant, booker, outsider, partner,
                 anonymous, tokens):
    made = add(admin)
    path, body = f"{PATH}/{made['id']}", {"full_name": "X", "email": address()}
    smart_admin.get(path)
    smart_admin.post(PATH, body, expect=403, code="forbidden")
    smart_admin.patch(path, {"phone": "1"}, etag="*", expect=403, code="forbidden")
    for client in (smart_instructor, participant, booker, outsider):
        client.get(path, expect=403, code="forbidden")
        client.post(PATH, body, expect=403, code="forbidden")
    partner.get(path, expect=403, code="insufficient_scope")
    anonymous.get(path, expect=401)
    reader = admin.clone(token=tokens.sign("admin", scope="registry:read"))
    reader.post(PATH, body, expect=403, code="insufficient_scope")
