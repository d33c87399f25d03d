"""The idea bank over HTTP: writing, handing in, the verdict, who sees what is published, consent
(SM-R16), adaptations. The search has a file of its own, and attachments too."""
import uuid

import pytest

from support.client import Api

IDEAS = "/v1/smart/ideas"


def idea_body(**changes):
    body = {"title": "Relasjonsspill", "body": "Kast terningen og fortell om en styrke.",
            "kind": "game", "audience": "barneskole", "author_display": "En kontaktlærer", **changes}
    return {name: value for name, value in body.items() if value is not None}


def path_of(idea):
    return f"{IDEAS}/{idea if isinstance(idea, str) else idea['id']}"


@pytest.fixture
def course(build):
    return build.course(course_type="trenerutdanning", state="running")


@pytest.fixture
def author(make_user, build, course):
    """A participant of the course, with `registration`."""
    api = make_user("participant")
    api.registration = build.registration(course, api.user.person_id)
    return api


@pytest.fixture
def write(author):
    def make(by=author, expect=None, code=None, **changes):
        if by is author:
            changes.setdefault("author_registration_id", author.registration)
        return by.post(IDEAS, idea_body(**changes), expect=expect, code=code)
    return make


@pytest.fixture
def publish(author, smart_admin):
    """The way of an idea from draft to published."""
    def through(idea, by=author):
        path = path_of(idea)
        by.act(path, "submit")
        smart_admin.act(path, "approve")
        return smart_admin.act(path, "publish")
    return through


def refused(answer, status, code, rule=None, **faults):
    assert (answer.status, answer.code, answer.json.get("rule")) == (status, code, rule), answer
    if faults:
        assert answer.faults == {f"/{name}": code for name, code in faults.items()}, answer


def events_of(session, idea):
    return [(row["operation"], row["from_state"], row["to_state"], row["reason"])
            for row in session.rows(
                "SELECT operation, from_state, to_state, reason FROM event"
                " WHERE resource_type = 'idea' AND resource_id = %s ORDER BY seq", [idea["id"]])]


def can_see(client, idea):
    """The list says so, and the item agrees."""
    listed = idea["id"] in {one["id"] for one in client.every(IDEAS, {"limit": 200})}
    client.get(path_of(idea), expect=200 if listed else 404)
    return listed


# ---- writing ---------------------------------------------------------------------------------------

def test_a_draft_of_a_participant(write, author, course, build, owner_db):
    session_id = owner_db.value("SELECT id FROM course_session WHERE course_id = %s", [course.id])
    made = write(summary="Kort", language="nn", school_or_unit="Eksempelåsen skole",
                 municipality_no="3905", grade_from=5, grade_to=7, smart_values=["M", "R"],
                 tags=["Foreldremøte", "spill"], links=["https://example.no/film"], season="easter",
                 shared_at_session_id=session_id, visibility="alumni", consent_author=True,
                 contains_children=True, consent_children=False)
    assert made.status == 201
    assert made.headers["Location"] == path_of(made)
    expected = {
        "title": "Relasjonsspill", "summary": "Kort", "language": "nn", "kind": "game",
        "source": "participant", "author_registration_id": author.registration,
        "author_display": "En kontaktlærer", "school_or_unit": "Eksempelåsen skole",
        "municipality_no": "3905", "audience": "barneskole", "grade_from": 5, "grade_to": 7,
        "smart_values": ["M", "R"], "tags": ["foreldremøte", "spill"],
        "links": ["https://example.no/film"], "season": "easter", "shared_at_session_id": session_id,
        "parent_idea_id": None, "visibility": "alumni", "consent_author": True,
        "contains_children": True, "consent_children": False, "review_note": None, "state": "draft",
        "published_at": None, "is_example": False, "version": 1,
        "allowed_actions": ["submit"]}
    assert {name: made[name] for name in expected} == expected
    assert author.get(path_of(made)).json == made.json
    assert events_of(owner_db, made) == [("create_idea", None, None, None)]


def test_what_a_body_says_nothing_of(write):
    made = write()
    assert (made["language"], made["visibility"], made["source"]) == ("nb", "cohort", "participant")
    assert (made["consent_author"], made["contains_children"], made["consent_children"]) == (
        False, False, None)
    assert made["smart_values"] == made["tags"] == made["links"] == []


def test_a_dry_run_leaves_nothing(author, owner_db):
    before = owner_db.value("SELECT count(*) FROM idea")
    answer = author.post(IDEAS, idea_body(author_registration_id=author.registration), dry_run=True)
    assert answer.status == 201
    assert owner_db.value("SELECT count(*) FROM idea") == before


def test_the_same_key_makes_one_idea(author):
    body, key = idea_body(author_registration_id=author.registration), str(uuid.uuid4())
    assert author.post(IDEAS, body, key=key)["id"] == author.post(IDEAS, body, key=key)["id"]


def test_a_former_participant(make_user, build, course):
    former = make_user("participant")
    registration = build.registration(course, former.user.person_id, state="completed")
    made = former.post(IDEAS, idea_body(author_registration_id=registration))
    assert made["source"] == "former_participant"


def test_the_centre_writes_without_a_registration(smart_admin, make_user, course, build):
    made = smart_admin.post(IDEAS, idea_body(visibility="public"))
    assert (made["source"], made["author_registration_id"]) == ("smart_centre", None)
    assert smart_admin.post(IDEAS, idea_body(visibility="public", source="external"))["source"] == "external"
    instructor = make_user(("smart_instructor", "course", course.id))
    own = instructor.post(IDEAS, idea_body(visibility="alumni"))
    assert own["allowed_actions"] == ["submit"]
    assert instructor.act(path_of(own), "submit")["allowed_actions"] == ["withdraw"]


@pytest.mark.parametrize("given,kept", [
    (["Lek", "lek ute"], ["lek", "lek ute"]),
    (["ÅPEN  DØR", "åpen dør"], ["åpen dør"]),
    (["A\u030a"], ["å"]),
    (["b", "a"], ["a", "b"]),
])
def test_tags_are_kept_in_one_form(write, author, given, kept):
    made = write(tags=given)
    assert made["tags"] == kept
    patched = author.patch(path_of(made), {"tags": [*given, "ny"]}, etag=made.etag)
    assert patched["tags"] == sorted([*kept, "ny"])
    assert made["id"] in {one["id"] for one in author.every(IDEAS, {"tag": given[0], "own": "true"})}


def test_faults_of_a_body(write, author, smart_admin, build, course, make_user):
    other = build.registration(build.course())
    nobody = str(uuid.uuid4())
    refused(write(author_registration_id=None, by=author.clone(), expect=422), 422,
            "validation_failed", author_registration_id="author_registration_required",
            visibility="cohort_unknown")
    refused(write(author_registration_id=other, expect=422), 422, "validation_failed",
            author_registration_id="unknown_reference")
    refused(smart_admin.post(IDEAS, idea_body(author_registration_id=other), expect=422), 422,
            "validation_failed", author_registration_id="author_registration_of_other")
    refused(smart_admin.post(IDEAS, idea_body(), expect=422), 422, "validation_failed",
            visibility="cohort_unknown")
    refused(write(source="smart_centre", grade_from=7, grade_to=5, municipality_no="3900",
                  shared_at_session_id=nobody, expect=422), 422, "validation_failed",
            source="source_unfit", grade_to="grades_reversed",
            municipality_no="municipality_no_invalid", shared_at_session_id="unknown_reference")
    refused(smart_admin.post(IDEAS, idea_body(source="participant", visibility="public"), expect=422),
            422, "validation_failed", source="source_unfit")
    refused(write(municipality_no="9999", expect=422), 422, "validation_failed",
            municipality_no="unknown_reference")
    refused(write(title=" ", expect=422), 422, "validation_failed", title="invalid_value")


def test_sessions_that_fit_no_idea(write, build, owner_db, smart_admin):
    def session_of(course):
        return owner_db.value("SELECT id FROM course_session WHERE course_id = %s", [course.id])
    refused(write(shared_at_session_id=session_of(build.course()), expect=422), 422,
            "validation_failed", shared_at_session_id="session_of_other_course")
    # Of a course that may vanish.
    draft = session_of(build.course(state="draft"))
    refused(smart_admin.post(IDEAS, idea_body(shared_at_session_id=draft), expect=422), 422,
            "validation_failed", shared_at_session_id="unknown_reference")
    # The centre's own may be shared anywhere; that course is its cohort then.
    course = build.course()
    made = smart_admin.post(IDEAS, idea_body(shared_at_session_id=session_of(course)))
    assert owner_db.value("SELECT course_id FROM idea WHERE id = %s", [made["id"]]) == course.id


@pytest.mark.parametrize("changes", [
    {"tags": ["x" * 41]}, {"tags": [str(n) for n in range(11)]}, {"tags": [" lek"]}, {"tags": ["a", "a"]},
    {"smart_values": ["X"]}, {"smart_values": ["S", "S"]}, {"grade_from": 0}, {"grade_to": 14},
    {"links": ["http://example.no/"]}, {"links": ["javascript:alert(1)"]}, {"kind": "dance"},
    {"body": "x" * 20001}, {"body": None}, {"children": ["Per"]}, {"language": "se"},
    {"visibility": "all"}, {"season": "advent"},
])
def test_what_the_contract_refuses(write, changes):
    body = idea_body()
    body.update(changes)
    write(expect=422, **{**body, **changes})


@pytest.mark.parametrize("state", ["waitlisted", "offered", "cancelled", "withdrawn", "expired",
                                   "no_show"])
def test_a_registration_that_is_no_seat(make_user, build, course, state):
    waiting = make_user("participant")
    extra = {"waitlist_seq": 1} if state == "waitlisted" else {}
    registration = build.registration(course, waiting.user.person_id, state=state, **extra)
    refused(waiting.post(IDEAS, idea_body(author_registration_id=registration), expect=409), 409,
            "author_not_participant")


def test_a_handed_over_seat_takes_no_ideas_with_it(write, author, make_user, owner_db):
    made = write()
    heir = make_user("participant")
    owner_db.execute("UPDATE registration SET person_id = %s WHERE id = %s",
                     [heir.user.person_id, author.registration])
    assert author.get(path_of(made))["allowed_actions"] == ["submit"]
    heir.get(path_of(made), expect=404)


# ---- editing ---------------------------------------------------------------------------------------

def test_the_author_edits_what_is_in_their_hands(write, author, smart_admin, owner_db):
    made = write(tags=["a"])
    path = path_of(made)
    changed = author.patch(path, {"title": "Nytt navn", "summary": None, "tags": [], "grade_from": 3,
                                  "smart_values": ["T"], "season": None}, etag=made.etag)
    assert (changed["title"], changed["tags"], changed["grade_from"]) == ("Nytt navn", [], 3)
    assert changed["version"] == 2
    author.patch(path, {"title": "x"}, etag=made.etag, expect=412)
    author.patch(path, {"title": "x"}, expect=428)
    same = author.patch(path, {"title": "y"}, etag=changed.etag, dry_run=True)
    assert same["title"] == "y" and author.get(path)["title"] == "Nytt navn"
    submitted = author.act(path, "submit")
    refused(author.patch(path, {"title": "x"}, etag=submitted.etag, expect=409), 409,
            "idea_not_editable")
    edited = smart_admin.patch(path, {"tags": ["spill"], "visibility": "cohort"}, etag=submitted.etag)
    assert edited["tags"] == ["spill"]
    changes = owner_db.value("SELECT changes FROM event WHERE resource_id = %s AND operation ="
                             " 'update_idea' ORDER BY seq LIMIT 1", [made["id"]])
    assert "Nytt navn" not in str(changes)  # what people wrote stays on the row


def test_smart_admin_leaves_drafts_to_their_authors(write, smart_admin):
    made = write()
    refused(smart_admin.patch(path_of(made), {"title": "x"}, etag=made.etag, expect=409), 409,
            "idea_not_editable")
    own = smart_admin.post(IDEAS, idea_body(visibility="public"))
    assert smart_admin.patch(path_of(own), {"title": "x"}, etag=own.etag)["title"] == "x"


def test_a_patch_is_held_to_what_is_stored(write, author):
    made = write(grade_from=5)
    for patch, fault in (({"grade_to": 4}, {"grade_to": "grades_reversed"}),
                         ({"municipality_no": "0000"}, {"municipality_no": "municipality_no_invalid"}),
                         ({"shared_at_session_id": str(uuid.uuid4())},
                          {"shared_at_session_id": "unknown_reference"})):
        refused(author.patch(path_of(made), patch, etag=made.etag, expect=422), 422,
                "validation_failed", **fault)
    author.patch(path_of(made), {"source": "external"}, etag=made.etag, expect=422)


def test_a_centre_idea_without_a_course_has_no_cohort(smart_admin):
    own = smart_admin.post(IDEAS, idea_body(visibility="public"))
    refused(smart_admin.patch(path_of(own), {"visibility": "cohort"}, etag=own.etag, expect=422), 422,
            "validation_failed", visibility="cohort_unknown")


def test_others_edit_nothing(write, publish, participant_2, author, make_user, course, build):
    made = write(visibility="public", consent_author=True)
    participant_2.patch(path_of(made), {"title": "x"}, etag='"1-0"', expect=404)
    publish(made)
    participant_2.patch(path_of(made), {"title": "x"}, etag="*", expect=403)
    participant_2.act(path_of(made), "withdraw", expect=403)
    participant_2.delete(path_of(made), etag="*", expect=403)
    instructor = make_user(("smart_instructor", "course", course.id))
    instructor.act(path_of(made), "withdraw", expect=403)
    assert instructor.get(path_of(made))["allowed_actions"] == []


# ---- the life of an idea ---------------------------------------------------------------------------

def test_from_draft_to_the_archive(write, author, smart_admin, owner_db):
    made = write()
    path = path_of(made)
    submitted = author.act(path, "submit", {"reason": "Klar"})
    assert (submitted["state"], submitted["allowed_actions"]) == ("submitted", ["withdraw"])
    assert smart_admin.get(path)["allowed_actions"] == ["return", "reject", "approve", "withdraw"]
    approved = smart_admin.act(path, "approve")
    assert (approved["state"], approved["published_at"]) == ("approved", None)
    published = smart_admin.act(path, "publish", now="2031-05-01T10:00:00Z")
    assert (published["state"], published["published_at"]) == ("published", "2031-05-01T10:00:00Z")
    archived = smart_admin.act(path, "archive", {"reason": "Utdatert"})
    assert (archived["state"], archived["allowed_actions"]) == ("archived", [])
    assert archived["published_at"] == "2031-05-01T10:00:00Z"
    assert events_of(owner_db, made) == [
        ("create_idea", None, None, None), ("submit_idea", "draft", "submitted", "Klar"),
        ("approve_idea", "submitted", "approved", None),
        ("publish_idea", "approved", "published", None),
        ("archive_idea", "published", "archived", "Utdatert")]
    assert author.get(path)["state"] == "archived"


def test_returned_edited_and_handed_in_again(write, author, smart_admin):
    path = path_of(write())
    author.act(path, "submit")
    smart_admin.act(path, "return", expect=400, code="body_missing")
    smart_admin.act(path, "return", {"reason": None}, expect=422)
    returned = smart_admin.act(path, "return", {"reason": "Ta ut navnet på eleven."})
    assert returned["review_note"] == "Ta ut navnet på eleven."
    mine = author.get(path)
    assert mine["review_note"] == "Ta ut navnet på eleven." and mine["allowed_actions"] == ["submit"]
    author.patch(path, {"body": "Uten navn."}, etag=mine.etag)
    assert author.act(path, "submit")["review_note"] is None


def test_a_rejected_idea_stays_so(write, author, smart_admin):
    path = path_of(write())
    author.act(path, "submit")
    smart_admin.act(path, "reject", expect=400, code="body_missing")
    rejected = smart_admin.act(path, "reject", {"reason": "Reklame."})
    assert rejected["allowed_actions"] == []
    assert author.get(path)["review_note"] == "Reklame."
    answer = author.act(path, "submit", expect=409, code="invalid_transition")
    assert (answer["from"], answer["action"], answer["allowed_actions"]) == ("rejected", "submit", [])
    author.delete(path, etag="*", expect=409, code="idea_not_deletable")


@pytest.mark.parametrize("action", ["return", "reject", "approve", "publish", "archive", "withdraw"])
def test_what_a_draft_cannot_become(write, smart_admin, action):
    made = write()
    reason = {"reason": "Prøve"} if action in ("return", "reject") else None
    answer = smart_admin.act(path_of(made), action, reason, expect=409, code="invalid_transition")
    assert answer["allowed_actions"] == ["submit"]


def test_actions_name_a_version_and_can_be_tried(write, author):
    made = write()
    path = path_of(made)
    author.act(path, "submit", etag=None, expect=428)
    author.act(path, "submit", etag='"99-0"', expect=412)
    assert author.act(path, "submit", dry_run=True)["state"] == "submitted"
    assert author.get(path)["state"] == "draft"
    key = str(uuid.uuid4())
    first = author.act(path, "submit", key=key, etag=made.etag)
    assert author.act(path, "submit", key=key, etag=made.etag).json == first.json


def test_deleting(write, author, smart_admin, owner_db):
    made = write()
    smart_admin.delete(path_of(made), etag="*", expect=403)  # a participant's draft is theirs
    author.delete(path_of(made), etag=made.etag, dry_run=True)
    author.get(path_of(made))
    assert author.delete(path_of(made), etag=made.etag).status == 204
    author.get(path_of(made), expect=404)
    submitted = write()
    author.act(path_of(submitted), "submit")
    author.delete(path_of(submitted), etag="*", expect=409, code="idea_not_deletable")
    centre = smart_admin.post(IDEAS, idea_body(visibility="public"))
    smart_admin.delete(path_of(centre), etag=centre.etag)
    assert events_of(owner_db, made)[-1][0] == "delete_idea"


# ---- who sees what ---------------------------------------------------------------------------------

@pytest.fixture
def circle(make_user, build, course, anonymous, author, outsider, smart_admin, partner):
    """Everybody who may look, by name."""
    def person(state, of=course):
        api = make_user("participant")
        build.registration(of, api.user.person_id, state=state)
        return api
    elsewhere = build.course(course_type="grunnkurs", state="completed")
    before = build.course(course_type="trenerutdanning", state="completed")
    return {
        "anonymous": anonymous, "outsider": outsider, "partner": partner, "author": author,
        "smart_admin": smart_admin, "mate": person("confirmed"), "was_mate": person("completed"),
        "left": person("cancelled"), "alumna": person("completed", before),
        "grunnkurs": person("completed", elsewhere), "absent": person("no_show", before),
        "instructor": make_user(("smart_instructor", "course", course.id)),
        "other_instructor": make_user(("smart_instructor", "course", before.id)),
    }


EVERYBODY = {"anonymous", "outsider", "partner", "author", "smart_admin", "mate", "was_mate", "left",
             "alumna", "grunnkurs", "absent", "instructor", "other_instructor"}
COHORT = {"author", "smart_admin", "mate", "was_mate", "instructor"}


@pytest.mark.parametrize("visibility,readers", [
    ("cohort", COHORT), ("alumni", COHORT | {"alumna"}), ("public", EVERYBODY)])
def test_the_circles_of_what_is_published(write, publish, circle, visibility, readers):
    made = write(visibility=visibility, consent_author=True)
    publish(made)
    assert {name for name, api in circle.items() if can_see(api, made)} == readers


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "rejected", "approved",
                                   "archived"])
def test_the_circles_of_what_is_not(write, circle, owner_db, state):
    made = write(visibility="public", consent_author=True)
    owner_db.execute("UPDATE idea SET state = %s WHERE id = %s", [state, made["id"]])
    readers = {"author", "smart_admin"}
    if state not in ("draft", "returned"):
        readers |= {"instructor"}
    assert {name for name, api in circle.items() if can_see(api, made)} == readers


def test_what_is_between_author_and_centre_is_shown_to_nobody_else(write, publish, anonymous, author,
                                                                   smart_admin, circle):
    made = write(visibility="public", consent_author=True, contains_children=True,
                 consent_children=True)
    publish(made)
    private = ["author_registration_id", "consent_author", "contains_children", "consent_children",
               "review_note"]
    for reader in anonymous, circle["mate"], circle["instructor"]:
        assert {name: reader.get(path_of(made))[name] for name in private} == dict.fromkeys(private)
        assert reader.get(path_of(made))["allowed_actions"] == []
    for reader in author, smart_admin:
        assert reader.get(path_of(made))["consent_children"] is True


def test_every_filter(write, publish, anonymous, author, course, owner_db):
    session_id = owner_db.value("SELECT id FROM course_session WHERE course_id = %s", [course.id])
    made = write(visibility="public", consent_author=True, kind="template", audience="vgs",
                 grade_from=11, smart_values=["A"], tags=["unik merkelapp"], season="summer",
                 language="nn", municipality_no="3905", shared_at_session_id=session_id)
    publish(made)
    fits = {"kind": "template", "audience": "vgs", "source": "participant", "value": "A",
            "tag": "Unik  Merkelapp", "season": "summer", "language": "nn", "grade": 13,
            "municipality_no": "3905", "course_id": course.id, "session_id": session_id,
            "visibility": "public", "state": "published", "own": "false",
            "updated_since": "2020-01-01T00:00:00Z"}
    assert [one["id"] for one in anonymous.every(IDEAS, fits)] == [made["id"]]
    for name, other in {"kind": "game", "audience": "sfo", "source": "external", "value": "T",
                        "tag": "unik", "season": "easter", "language": "en", "grade": 10,
                        "municipality_no": "4601", "course_id": str(uuid.uuid4()),
                        "session_id": str(uuid.uuid4()), "visibility": "cohort", "state": "draft",
                        "own": "true", "updated_since": "2090-01-01T00:00:00Z"}.items():
        assert anonymous.every(IDEAS, {**fits, name: other}) == [], name
    fits.pop("own")
    assert [one["id"] for one in author.every(IDEAS, {**fits, "own": "true"})] == [made["id"]]


@pytest.mark.parametrize("sort", ["-published_at", "published_at", "title", "-title", "updated_at",
                                  "-updated_at", "id"])
def test_pages_in_every_order(write, publish, author, sort):
    ids = [write(title=f"Sortert {n}", tags=["sortert"])["id"] for n in range(3)]
    publish(ids[1])
    whole = author.get(IDEAS, params={"tag": "sortert", "sort": sort}).items
    paged = author.every(IDEAS, {"tag": "sortert", "sort": sort, "limit": 1})
    assert [one["id"] for one in whole] == [one["id"] for one in paged]
    assert {one["id"] for one in paged} >= set(ids)
    keys = [one[sort.lstrip("-")] for one in paged if one[sort.lstrip("-")] is not None]
    assert keys == sorted(keys, reverse=sort.startswith("-"))


def test_a_list_as_csv(write, publish, anonymous):
    made = write(visibility="public", consent_author=True, title="=SUM(A1)")
    publish(made)
    text = anonymous.get(IDEAS, accept="text/csv;excel=no", params={"sort": "-updated_at"}).text
    assert made["id"] in text and "\n=SUM" not in text and ";=SUM" not in text


# ---- SM-R16: consent -------------------------------------------------------------------------------

@pytest.mark.parametrize("consents,may", [
    ({}, False),
    ({"consent_author": True}, True),
    ({"consent_author": True, "contains_children": True}, False),
    ({"consent_author": True, "contains_children": True, "consent_children": False}, False),
    ({"consent_author": True, "contains_children": True, "consent_children": True}, True),
    ({"contains_children": True, "consent_children": True}, False),
])
def test_sm_r16_public_with_consent_alone(write, author, smart_admin, consents, may):
    path = path_of(write(visibility="public", **consents))
    author.act(path, "submit")
    smart_admin.act(path, "approve")
    if may:
        assert smart_admin.act(path, "publish")["state"] == "published"
    else:
        refused(smart_admin.act(path, "publish", expect=409), 409, "consent_required", "SM-R16")
        # In a narrower circle no consent is asked for.
        narrow = smart_admin.patch(path, {"visibility": "cohort"}, etag="*")
        assert smart_admin.act(path, "publish", etag=narrow.etag)["state"] == "published"
        refused(smart_admin.patch(path, {"visibility": "public"}, etag="*", expect=409), 409,
                "consent_required", "SM-R16")


def test_sm_r16_a_child_is_recognised_later(write, publish, smart_admin):
    made = write(visibility="public", consent_author=True)
    path = path_of(publish(made))
    refused(smart_admin.patch(path, {"contains_children": True}, etag="*", expect=409), 409,
            "consent_required", "SM-R16")
    both = smart_admin.patch(path, {"contains_children": True, "visibility": "alumni"}, etag="*")
    assert (both["state"], both["visibility"]) == ("published", "alumni")


@pytest.mark.parametrize("patch", [{"consent_author": True}, {"consent_children": True}])
def test_sm_r16_nobody_consents_for_another(write, author, smart_admin, patch):
    path = path_of(write(visibility="public"))
    author.act(path, "submit")
    refused(smart_admin.patch(path, patch, etag="*", expect=403), 403, "consent_not_yours", "SM-R16")


def test_sm_r16_others_widen_no_circle_without_consent(write, author, smart_admin):
    path = path_of(write(visibility="cohort"))
    author.act(path, "submit")
    refused(smart_admin.patch(path, {"visibility": "alumni"}, etag="*", expect=409), 409,
            "consent_required", "SM-R16")
    willing = path_of(write(visibility="cohort", consent_author=True))
    author.act(willing, "submit")
    assert smart_admin.patch(willing, {"visibility": "alumni"}, etag="*")["visibility"] == "alumni"


@pytest.mark.parametrize("visibility", ["cohort", "alumni", "public"])
def test_sm_r16_consent_is_withdrawn_at_any_time(write, publish, author, circle, visibility, owner_db):
    made = write(visibility=visibility, consent_author=True, contains_children=True,
                 consent_children=True)
    path = path_of(publish(made))
    taken = author.act(path, "withdraw", {"reason": "En foresatt angrer"})
    assert (taken["state"], taken["published_at"]) == ("returned", None)
    assert (taken["consent_author"], taken["consent_children"]) == (False, False)
    assert {name for name, api in circle.items() if can_see(api, made)} == {"author", "smart_admin"}
    assert events_of(owner_db, made)[-1] == ("withdraw_idea", "published", "returned",
                                             "En foresatt angrer")
    # Back only by the author's own hand, and to everybody only with new consents.
    for action in "approve", "publish":
        circle["smart_admin"].act(path, action, expect=409, code="invalid_transition")
    author.act(path, "submit")
    circle["smart_admin"].act(path, "approve")
    if visibility == "public":
        circle["smart_admin"].act(path, "publish", expect=409, code="consent_required")


def test_sm_r16_the_centre_takes_back_for_those_responsible(write, publish, smart_admin, anonymous):
    made = write(visibility="public", consent_author=True)
    publish(made)
    assert smart_admin.act(path_of(made), "withdraw")["state"] == "returned"
    anonymous.get(path_of(made), expect=404)


def test_sm_r16_the_database_is_the_last_wall(write, owner_db):
    import psycopg2
    made = write(visibility="public")
    with pytest.raises(psycopg2.errors.CheckViolation, match="idea_public_with_consent"):
        owner_db.execute("UPDATE idea SET state = 'published', published_at = now() WHERE id = %s",
                         [made["id"]])


# ---- adaptations -----------------------------------------------------------------------------------

def adapt(by, parent, registration=None, **options):
    return by.post(f"{path_of(parent)}/adaptations", idea_body(
        title="Oversatt til egen hverdag", author_registration_id=registration), **options)


def tree_of(by, idea):
    return [(one["id"], one["parent_idea_id"], one["depth"])
            for one in by.every(f"{path_of(idea)}/adaptations")]


def test_an_adaptation_knows_what_inspired_it(write, publish, author, anonymous, smart_admin):
    parent = write(visibility="public", consent_author=True)
    publish(parent)
    child = adapt(author, parent, author.registration)
    assert child.status == 201 and child.headers["Location"] == path_of(child)
    assert (child["state"], child["parent_idea_id"]) == ("draft", parent["id"])
    author.act(path_of(child), "submit")
    smart_admin.act(path_of(child), "approve")
    smart_admin.act(path_of(child), "publish")
    grandchild = adapt(author, child, author.registration)
    assert tree_of(author, parent) == [(child["id"], parent["id"], 1),
                                       (grandchild["id"], child["id"], 2)]
    assert tree_of(anonymous, parent) == []  # it is in the cohort's circle
    assert tree_of(author, child) == [(grandchild["id"], child["id"], 1)]


def test_a_hidden_parent_is_not_named(write, publish, author, smart_admin, anonymous):
    parent = write(visibility="cohort")
    publish(parent)
    child = author.post(f"{path_of(parent)}/adaptations", idea_body(
        author_registration_id=author.registration, visibility="public", consent_author=True))
    publish(child)
    assert author.get(path_of(child))["parent_idea_id"] == parent["id"]
    assert anonymous.get(path_of(child))["parent_idea_id"] is None
    listed = {one["id"]: one for one in anonymous.every(IDEAS)}
    assert listed[child["id"]]["parent_idea_id"] is None


def test_what_cannot_be_adapted(write, author, participant_2):
    draft = write()
    adapt(author, draft, author.registration, expect=409, code="idea_not_published")
    adapt(participant_2, draft, expect=404)
    participant_2.get(f"{path_of(draft)}/adaptations", expect=404)
    author.get(f"{path_of(str(uuid.uuid4()))}/adaptations", expect=404)


def test_adapting_asks_what_writing_asks(write, publish, build, make_user, course):
    parent = write(visibility="public", consent_author=True)
    publish(parent)
    waiting = make_user("participant")
    registration = build.registration(course, waiting.user.person_id, state="offered")
    adapt(waiting, parent, registration, expect=409, code="author_not_participant")
    adapt(waiting, parent, expect=422)


def test_the_tree_has_an_end(author, write, owner_db):
    first = parent = write()
    for depth in range(12):
        child = write(title=f"Nivå {depth + 1}")
        owner_db.execute("UPDATE idea SET parent_idea_id = %s WHERE id = %s", [parent["id"], child["id"]])
        parent = child
    assert [depth for _, _, depth in tree_of(author, first)] == list(range(1, 11))


def test_what_others_made_of_it_stays(write, publish, author, smart_admin):
    parent = write(visibility="public", consent_author=True)
    publish(parent)
    child = adapt(author, parent, author.registration)
    author.act(path_of(parent), "withdraw")
    author.delete(path_of(parent), etag="*")
    assert author.get(path_of(child))["parent_idea_id"] is None


# ---- facets ----------------------------------------------------------------------------------------

@pytest.fixture
def counted(write, publish, author, smart_admin):
    """Three published ideas and a draft that share a tag of their own."""
    mark = f"telt {uuid.uuid4().hex[:8]}"
    for kind, audience, values, tags in (("game", "sfo", ["S", "R"], [mark, "ute"]),
                                         ("game", "barnehage", ["R"], [mark, "ute"]),
                                         ("method", "sfo", [], [mark])):
        publish(write(kind=kind, audience=audience, smart_values=values, tags=tags,
                      visibility="public", consent_author=True, title="Telt bamse"))
    write(kind="story", tags=[mark])
    return mark


def test_facets_count_what_the_caller_sees(counted, anonymous, author):
    facets = anonymous.get(f"{IDEAS}/facets", params={"tag": counted})
    assert facets["ideas"] == 3
    assert facets["kinds"] == [{"code": "game", "ideas": 2}, {"code": "method", "ideas": 1}]
    assert facets["audiences"] == [{"code": "sfo", "ideas": 2}, {"code": "barnehage", "ideas": 1}]
    assert facets["smart_values"] == [{"code": "R", "ideas": 2}, {"code": "S", "ideas": 1}]
    assert facets["tags"] == [{"tag": counted, "ideas": 3}, {"tag": "ute", "ideas": 2}]
    assert facets["cells"] == [
        {"kind": "game", "audience": "barnehage", "smart_value": "R", "ideas": 1},
        {"kind": "game", "audience": "sfo", "smart_value": "R", "ideas": 1},
        {"kind": "game", "audience": "sfo", "smart_value": "S", "ideas": 1},
        {"kind": "method", "audience": "sfo", "smart_value": None, "ideas": 1}]
    assert author.get(f"{IDEAS}/facets", params={"tag": counted})["ideas"] == 4


@pytest.mark.parametrize("filters", [
    {}, {"kind": "game"}, {"audience": "sfo", "value": "S"}, {"q": "bamse"}, {"q": "finnes ikke"},
    {"state": "draft"}, {"own": "true"}, {"visibility": "public"}, {"grade": 3}, {"language": "nb"},
    {"source": "participant"}, {"season": "easter"}, {"municipality_no": "3905"},
    {"course_id": str(uuid.uuid4())}])
def test_facets_and_list_agree(counted, author, filters):
    params = {"tag": counted, **filters}
    facets = author.get(f"{IDEAS}/facets", params=params)
    found = author.every(IDEAS, params)
    assert facets["ideas"] == len(found)
    for code in facets["kinds"]:
        assert code["ideas"] == sum(one["kind"] == code["code"] for one in found)


def test_facets_of_the_most_used_tags(counted, anonymous):
    facets = anonymous.get(f"{IDEAS}/facets", params={"tag": counted, "tag_limit": 1})
    assert [one["tag"] for one in facets["tags"]] == [counted]
    assert anonymous.get(f"{IDEAS}/facets", params={"tag": counted, "tag_limit": 0})["tags"] == []
    anonymous.get(f"{IDEAS}/facets", params={"tag_limit": 101}, expect=400)


# ---- other callers ---------------------------------------------------------------------------------

def test_a_token_with_too_little(server, tokens, author, write):
    made = write()
    reader = Api(server, tokens.sign(author.user.subject, scope="smart:read"))
    assert reader.get(path_of(made))["id"] == made["id"]
    reader.post(IDEAS, idea_body(), expect=403, code="insufficient_scope")


def test_those_without_a_part_in_it(booker, admin, partner, anonymous):
    for api in booker, admin:
        api.post(IDEAS, idea_body(visibility="public"), expect=403)
    anonymous.post(IDEAS, idea_body(), expect=401)
