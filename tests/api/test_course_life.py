"""A course from draft to its end: making, changing, throwing away, and the actions with their rules
about the plan (SM-R04 to SM-R06) and about time."""
import datetime
import uuid

import pytest

from support.build import instant, now

COURSES = "/v1/smart/courses"
DAY = datetime.timedelta(days=1)
FIRST = datetime.datetime(2027, 9, 6, 7, tzinfo=datetime.timezone.utc)


def path_of(course):
    return f"{COURSES}/{course.id}"


def body(**changes):
    return {"code": f"kurs-{uuid.uuid4().hex[:12]}", "course_type": "ungdomskurs",
            "title": "SMART ungdomskurs", **changes}


def events_of(owner_db, resource_id):
    return owner_db.rows("SELECT * FROM event WHERE resource_id = %s ORDER BY seq", [resource_id])


@pytest.fixture
def gather(build):
    """gather(course, seq_no, day, ...): a gathering with a session on each of the days."""
    def make(course, seq_no, *days, **columns):
        gathering = build.insert("course_gathering", course_id=course.id, seq_no=seq_no, **columns)
        for day in days:
            begins = FIRST + day * DAY
            build.insert("course_session", gathering_id=gathering, starts_at=begins,
                         ends_at=begins + datetime.timedelta(hours=6))
        return gathering
    return make


@pytest.fixture
def trainers(build, gather):
    """A draft of a trainer programme with a complete plan."""
    def make(overnight=True, gatherings=4, festival=True, **columns):
        course = build.course(state="draft", course_type="trenerutdanning", sessions=0, **columns)
        for number in range(gatherings):
            gather(course, number + 1, number * 40, number * 40 + 1,
                   overnight=overnight and number == 0)
        if festival:
            gather(course, 9, 200, kind="festival")
        return course
    return make


# ---- a whole life ------------------------------------------------------------------------------

def test_from_draft_to_completed(smart_admin, participant, anonymous, owner_db):
    draft = smart_admin.post(COURSES, body(capacity=2, target_groups=["skole"]))
    assert (draft.status, draft["state"], draft["version"]) == (201, "draft", 1)
    path = draft.headers["Location"]
    assert path == f"{COURSES}/{draft['id']}"
    anonymous.get(path, expect=404, code="not_found")
    smart_admin.act(path, "publish", expect=409, code="session_required")

    gathering = smart_admin.post(f"{path}/gatherings", {"seq_no": 1, "title": "Første samling"})
    smart_admin.post(f"{gathering.headers['Location']}/sessions",
                     {"starts_at": instant(FIRST), "ends_at": instant(FIRST + DAY / 4)})
    ticket = smart_admin.post(f"{path}/ticket-types",
                              {"code": "ordinary", "name": "Ordinær plass", "price_nok": 950})
    published = smart_admin.act(path, "publish", {"reason": "Programmet er klart"})
    assert published["state"] == "published" and published["registration_open"]
    assert published["allowed_actions"] == ["start", "draw", "cancel"]

    registered = participant.post("/v1/smart/registrations", {
        "course_id": draft["id"], "profession_code": "laerer", "buyer_type": "consumer"})
    assert (registered["state"], registered["price_nok"]) == ("confirmed", 950)
    smart_admin.patch(ticket.headers["Location"], {"price_nok": 1200}, etag=ticket.etag)
    assert anonymous.get(path)["seats"]["confirmed"] == 1

    smart_admin.act(path, "start", expect=409, code="course_not_begun",
                    now=instant(FIRST - datetime.timedelta(seconds=1)))
    running = smart_admin.act(path, "start", now=instant(FIRST))
    assert (running["state"], running["registration_open"]) == ("running", False)
    ends_at = FIRST + DAY / 4
    smart_admin.act(path, "complete", expect=409, code="course_not_ended",
                    now=instant(ends_at - datetime.timedelta(seconds=1)))
    completed = smart_admin.act(path, "complete", now=instant(ends_at))
    assert (completed["state"], completed["allowed_actions"]) == ("completed", [])
    assert completed["seats"]["confirmed"] == 1

    mine = participant.get(f"/v1/smart/registrations/{registered['id']}")
    assert (mine["state"], mine["price_nok"], mine["payment_state"], mine["refund_nok"]) == (
        "completed", 950, "to_invoice", None)
    assert [(e["operation"], e["from_state"], e["to_state"]) for e in
            events_of(owner_db, draft["id"])] == [
        ("create_course", None, "draft"), ("publish_course", "draft", "published"),
        ("start_course", "published", "running"), ("complete_course", "running", "completed")]
    assert events_of(owner_db, draft["id"])[1]["reason"] == "Programmet er klart"
    last = events_of(owner_db, registered["id"])[-1]
    assert (last["operation"], last["actor_kind"], last["to_state"], last["version"]) == (
        "course_complete", "system", "completed", mine["version"])


# ---- making ------------------------------------------------------------------------------------

def test_what_is_not_said_has_a_default(smart_admin, anonymous):
    policy, = anonymous.get("/v1/smart/cancellation-policies").items
    draft = smart_admin.post(COURSES, body())
    told = {name: draft[name] for name in (
        "capacity", "waiting_list", "offer_hours", "offer_reminder_hours",
        "gathering_reminder_days", "vat_bp", "withdrawal_right_days",
        "learning_group_size_target", "festival_auto_seat", "min_attendance_bp", "target_groups",
        "cancellation_policy_id", "is_example", "sessions", "ticket_types", "items")}
    assert told == {
        "capacity": None, "waiting_list": True, "offer_hours": 72, "offer_reminder_hours": 24,
        "gathering_reminder_days": 7, "vat_bp": 0,
        "withdrawal_right_days": 14, "learning_group_size_target": 6, "festival_auto_seat": True,
        "min_attendance_bp": 8000, "target_groups": [], "cancellation_policy_id": policy["id"],
        "is_example": False, "sessions": [], "ticket_types": [], "items": []}
    trainers = smart_admin.post(COURSES, body(course_type="trenerutdanning"))
    assert trainers["capacity"] == 36, "SM-R04"
    said = smart_admin.post(COURSES, body(course_type="trenerutdanning", capacity=None,
                                          cancellation_policy_id=None))
    assert said["capacity"] is None and said["cancellation_policy_id"] is None


def test_all_faults_come_at_once(smart_admin):
    wrong = smart_admin.post(COURSES, body(code="Æ", title=7, capacity=0, offer_hours=1.5, id="1",
                                           target_groups=["a", "a"]), expect=422)
    assert wrong.faults == {
        "/code": "pattern", "/title": "wrong_type", "/capacity": "too_small",
        "/offer_hours": "wrong_type", "/id": "unknown_member", "/target_groups/1": "not_unique"}
    wrong = smart_admin.post(COURSES, body(
        slug="A b", municipality_no="0000", registration_opens_at="2027-01-02T00:00:00Z",
        registration_closes_at="2027-01-02T01:00:00+01:00"), expect=422, code="validation_failed")
    assert wrong.faults["/slug"] == "slug_invalid"
    assert wrong.faults["/registration_closes_at"] == "closes_before_opens"


@pytest.mark.parametrize("member, value", [
    ("course_type", "ukjent"), ("organiser_id", "00000000-0000-7000-8001-00000000ffff"),
    ("cancellation_policy_id", "00000000-0000-7000-8001-00000000ffff"),
    ("municipality_no", "9999"),
])
def test_references_must_lead_somewhere(smart_admin, member, value):
    wrong = smart_admin.post(COURSES, body(**{member: value}), expect=422)
    assert wrong.faults == {f"/{member}": "unknown_reference"}


def test_code_and_slug_are_unique(smart_admin, build):
    first = smart_admin.post(COURSES, body(slug=f"adresse-{uuid.uuid4().hex[:8]}"))
    taken = smart_admin.post(COURSES, body(code=first["code"]), expect=409, code="already_exists")
    assert taken.faults == {"/code": "already_exists"}
    smart_admin.post(COURSES, body(slug=first["slug"]), expect=409, code="already_exists")
    other = path_of(build.course())
    smart_admin.patch(other, {"slug": first["slug"]}, etag=smart_admin.get(other).etag,
                      expect=409, code="already_exists")


def test_a_retry_makes_no_second_course(smart_admin, owner_db):
    key, sent = str(uuid.uuid4()), body()
    first = smart_admin.post(COURSES, sent, key=key)
    again = smart_admin.post(COURSES, sent, key=key)
    assert (again.status, again.json, again.etag) == (201, first.json, first.etag)
    smart_admin.post(COURSES, {**sent, "title": "Noe annet"}, key=key, expect=422,
                     code="idempotency_key_reused")
    assert len(events_of(owner_db, first["id"])) == 1


def test_a_trial_leaves_nothing(smart_admin, build, owner_db):
    tried = smart_admin.post(COURSES, body(), dry_run=True)
    assert (tried.status, tried.headers["Preference-Applied"]) == (201, "tx=rollback")
    smart_admin.get(tried.headers["Location"], expect=404)
    course = build.course(capacity=7)
    etag = smart_admin.get(path_of(course)).etag
    assert smart_admin.patch(path_of(course), {"capacity": 9}, etag=etag,
                             dry_run=True)["capacity"] == 9
    tried = smart_admin.act(path_of(course), "cancel", etag=etag, dry_run=True)
    assert tried["state"] == "cancelled"
    draft = build.course(state="draft")
    gone = smart_admin.delete(path_of(draft), etag='"1"', dry_run=True)
    assert (gone.status, gone.headers["Preference-Applied"]) == (204, "tx=rollback")
    assert smart_admin.get(path_of(draft)).status == 200
    assert smart_admin.get(path_of(course))["capacity"] == 7
    assert events_of(owner_db, course.id) == events_of(owner_db, draft.id) == []


# ---- changing ----------------------------------------------------------------------------------

def test_a_patch_changes_what_it_names(smart_admin, build, owner_db):
    course = build.course(slug=f"s-{uuid.uuid4().hex[:8]}", description="Før",
                          venue_name="Støperiet")
    before = smart_admin.get(path_of(course))
    after = smart_admin.patch(path_of(course), {
        "slug": None, "description": "Etter", "target_groups": ["sfo"], "offer_hours": 24,
        "waiting_list": False, "registration_opens_at": None}, etag=before.etag)
    assert after["version"] == before["version"] + 1
    changed = {name for name in before.json if before[name] != after[name]}
    assert changed == {"slug", "description", "target_groups", "offer_hours", "waiting_list",
                       "registration_opens_at", "version", "updated_at"}
    assert events_of(owner_db, course.id)[-1]["operation"] == "update_course"


@pytest.mark.parametrize("patch, fault", [
    ({"title": None}, ("/title", "null_not_allowed")),
    ({"title": "  "}, ("/title", "invalid_value")),
    ({"code": "nytt"}, ("/code", "unknown_member")),
    ({"state": "published"}, ("/state", "unknown_member")),
    ({"course_type": "festival"}, ("/course_type", "unknown_member")),
    ({"capacity": "4"}, ("/capacity", "wrong_type")),
    ({"offer_hours": 721}, ("/offer_hours", "too_large")),
    ({"registration_closes_at": "2000-01-01T00:00:00Z"},
     ("/registration_closes_at", "closes_before_opens")),
])
def test_a_patch_that_cannot_be(smart_admin, build, patch, fault):
    path = path_of(build.course())
    wrong = smart_admin.patch(path, patch, etag=smart_admin.get(path).etag, expect=422)
    assert fault in wrong.faults.items()


def test_stale_missing_and_any_version(smart_admin, build):
    path = path_of(build.course())
    etag = smart_admin.get(path).etag
    smart_admin.patch(path, {"venue_name": "Her"}, etag=etag)
    for send in (lambda **o: smart_admin.patch(path, {"venue_name": "Der"}, **o),
                 lambda **o: smart_admin.act(path, "cancel", **o),
                 lambda **o: smart_admin.delete(path, **o)):
        send(etag=etag, expect=412, code="version_conflict")
        send(etag=None, expect=428, code="precondition_required")
    smart_admin.patch(path, {"venue_name": "Der"}, etag="*")


def test_a_course_that_is_over_keeps_times_and_seats(smart_admin, build):
    for state in ("completed", "cancelled"):
        path = path_of(build.course(state=state))
        for patch in ({"capacity": 50}, {"registration_closes_at": None}, {"waiting_list": False}):
            smart_admin.patch(path, patch, etag="*", expect=409, code="course_over")
        assert smart_admin.patch(path, {"title": "Rettet"}, etag="*")["title"] == "Rettet"


def test_nobody_else_changes_a_course(build, anonymous, participant, booker, partner, outsider,
                                      admin, make_user):
    course, draft = build.course(), build.course(state="draft")
    instructor = make_user(("smart_instructor", "course", course.id))
    for who in (participant, booker, outsider, admin, instructor):
        who.post(COURSES, body(), expect=403, code="forbidden")
        who.patch(path_of(course), {"title": "Mitt"}, etag="*", expect=403, code="forbidden")
        who.act(path_of(course), "cancel", etag="*", expect=403, code="forbidden")
        who.delete(path_of(draft), etag="*", expect=403, code="forbidden")
    partner.patch(path_of(course), {"title": "Mitt"}, etag="*", expect=403,
                  code="insufficient_scope")
    anonymous.patch(path_of(course), {"title": "Mitt"}, etag="*", expect=401, code="token_missing")


# ---- throwing away -----------------------------------------------------------------------------

def test_only_a_draft_is_thrown_away(smart_admin, build, owner_db):
    draft = build.course(state="draft", items={"textbook": ["skole"]})
    etag = smart_admin.get(path_of(draft)).etag
    assert smart_admin.delete(path_of(draft), etag=etag).status == 204
    smart_admin.get(path_of(draft), expect=404)
    smart_admin.delete(path_of(draft), etag='"1"', expect=404, code="not_found")
    assert owner_db.value("SELECT count(*) FROM ticket_type WHERE course_id = %s", [draft.id]) == 0
    event, = events_of(owner_db, draft.id)
    assert (event["operation"], event["from_state"], event["to_state"]) == (
        "delete_course", "draft", None)
    smart_admin.patch(path_of(draft), {"title": "Borte"}, etag="*", expect=404, code="not_found")
    for state in ("published", "running", "completed", "cancelled"):
        smart_admin.delete(path_of(build.course(state=state)), etag="*", expect=409,
                           code="course_not_draft")


def test_a_draft_takes_the_grants_on_it_along(smart_admin, build, make_user, owner_db):
    draft = build.course(state="draft")
    instructor = make_user(("smart_instructor", "course", draft.id))
    instructor.get(path_of(draft))
    smart_admin.delete(path_of(draft), etag="*")
    instructor.get(path_of(draft), expect=404, code="not_found")
    assert owner_db.value("SELECT count(*) FROM role_grant WHERE scope_id = %s", [draft.id]) == 0


# ---- publishing: the plan ----------------------------------------------------------------------

def test_the_plan_must_be_complete(smart_admin, build):
    bare = build.course(state="draft", sessions=0, capacity=None)
    refused = smart_admin.act(path_of(bare), "publish", expect=409, code="capacity_required")
    assert refused["rule"] == "SM-R04"
    assert refused.faults == {"/capacity": "capacity_required", "/sessions": "session_required"}
    ticketless = smart_admin.post(COURSES, body(capacity=4))
    path = ticketless.headers["Location"]
    gathering = smart_admin.post(f"{path}/gatherings", {"seq_no": 1})
    smart_admin.post(f"{gathering.headers['Location']}/sessions",
                     {"starts_at": instant(FIRST), "ends_at": instant(FIRST + DAY / 4)})
    smart_admin.act(path, "publish", expect=409, code="ticket_type_required")


def test_by_agreement_needs_no_plan(smart_admin):
    draft = smart_admin.post(COURSES, body(course_type="moralsk_resonnering"))
    published = smart_admin.act(draft.headers["Location"], "publish")
    assert (published["state"], published["registration_open"]) == ("published", False)


def test_a_trainer_programme_has_its_gatherings(smart_admin, trainers):
    for course in (trainers(gatherings=3), trainers(gatherings=5), trainers(festival=False)):
        refused = smart_admin.act(path_of(course), "publish", expect=409,
                                  code="gatherings_incomplete")
        assert refused["rule"] == "SM-R05"
    refused = smart_admin.act(path_of(trainers(overnight=False)), "publish", expect=409,
                              code="overnight_missing")
    assert refused["rule"] == "SM-R06"
    assert smart_admin.act(path_of(trainers()), "publish")["state"] == "published"


def test_what_is_published_stays_complete(smart_admin, trainers, owner_db):
    course = trainers()
    smart_admin.act(path_of(course), "publish")
    item = smart_admin.get(path_of(course))
    first, second = (s["id"] for s in item["sessions"][:2])
    gathering = f"/v1/smart/gatherings/{item['sessions'][0]['gathering_id']}"
    festival = f"/v1/smart/gatherings/{item['sessions'][-1]['gathering_id']}"
    sessions = {"starts_at": instant(FIRST + 201 * DAY), "ends_at": instant(FIRST + 201.2 * DAY)}
    incomplete = {"expect": 409, "code": "gatherings_incomplete"}

    smart_admin.post(f"{path_of(course)}/gatherings", {"seq_no": 6}, **incomplete)
    smart_admin.post(f"{festival}/sessions", sessions, **incomplete)
    smart_admin.patch(gathering, {"kind": "festival"}, etag="*", **incomplete)
    smart_admin.patch(gathering, {"overnight": False}, etag="*", expect=409,
                      code="overnight_missing")
    smart_admin.patch(f"/v1/smart/sessions/{first}", {
        "starts_at": instant(FIRST - DAY), "ends_at": instant(FIRST - 0.8 * DAY)}, etag="*",
        **incomplete)
    moved = {"starts_at": instant(FIRST + 2 * DAY), "ends_at": instant(FIRST + 2.2 * DAY)}
    smart_admin.patch(f"/v1/smart/sessions/{first}", moved, etag="*")
    assert smart_admin.get(path_of(course))["starts_at"] == instant(FIRST + DAY)
    assert smart_admin.get(f"/v1/smart/sessions/{second}")["version"] == 1


# ---- transitions -------------------------------------------------------------------------------

ALLOWED = {"draft": ["publish", "cancel"], "published": ["start", "draw", "cancel"],
           "running": ["complete"], "completed": [], "cancelled": []}


@pytest.mark.parametrize("state", ALLOWED)
def test_transitions(smart_admin, build, state):
    path = path_of(build.course(state=state, starts_in=-3 * DAY))
    assert smart_admin.get(path)["allowed_actions"] == ALLOWED[state]
    for action in ("publish", "start", "complete", "cancel"):
        if action in ALLOWED[state]:
            smart_admin.act(path, action, dry_run=True)
            continue
        refused = smart_admin.act(path, action, expect=409, code="invalid_transition")
        assert (refused["from"], refused["action"], refused["allowed_actions"]) == (
            state, action, ALLOWED[state])


# ---- cancelling --------------------------------------------------------------------------------

def test_a_cancelled_course_gives_everything_back(smart_admin, build, owner_db):
    course = build.course(capacity=4)
    held = {
        "confirmed": build.registration(course),
        "paid": build.registration(course, payment_state="paid"),
        "offered": build.registration(course, state="offered"),
        "waitlisted": build.registration(course, state="waitlisted"),
        "withdrawn": build.registration(course, state="withdrawn"),
    }
    # On a course without a line: whether background work comes first, it ends the same.
    alone = build.course(capacity=4)
    held["lapsed"] = build.registration(alone, state="offered", offer_expires_at=now() - DAY)
    smart_admin.act(path_of(alone), "cancel", {"reason": "Kursholder er syk"})
    cancelled = smart_admin.act(path_of(course), "cancel", {"reason": "Kursholder er syk"})
    assert cancelled["state"] == "cancelled"
    seats = cancelled["seats"]
    assert (seats["confirmed"], seats["offered"], seats["waitlisted"]) == (0, 0, 0)
    found = {}
    for name, one in held.items():
        item = smart_admin.get(f"/v1/smart/registrations/{one}")
        found[name] = (item["state"], item["refund_nok"], item["payment_state"])
    assert found == {
        "confirmed": ("cancelled", 950, "cancelled"), "paid": ("cancelled", 950, "paid"),
        "offered": ("cancelled", None, "to_invoice"), "lapsed": ("expired", None, "to_invoice"),
        "waitlisted": ("cancelled", None, "not_required"),
        "withdrawn": ("withdrawn", None, "to_invoice")}
    for name, one in held.items():
        told = [(e["operation"], e["actor_kind"], e["reason"]) for e in events_of(owner_db, one)]
        assert told == ([] if name == "withdrawn" else [("expire", "system", None)]
                        if name == "lapsed" else [("course_cancel", "system", "Kursholder er syk")])
    assert owner_db.value("SELECT claimed FROM ticket_type WHERE course_id = %s", [course.id]) == 0


def test_many_are_cancelled_at_once(smart_admin, build, owner_db):
    """More than one batch of statements holds."""
    course = build.course(capacity=150)
    for _ in range(150):
        build.registration(course)
    for _ in range(30):
        build.registration(course, state="waitlisted")
    smart_admin.act(path_of(course), "cancel")
    assert owner_db.value("SELECT count(*) FROM registration WHERE course_id = %s"
                          " AND state = 'cancelled'", [course.id]) == 180
    assert owner_db.value("SELECT count(*) FROM event e JOIN registration r ON r.id = e.resource_id"
                          " WHERE r.course_id = %s AND e.version = r.version", [course.id]) == 180


def test_the_line_closes_when_the_course_begins(smart_admin, build, owner_db):
    """Who waits or has an offer is told that it is over; who has a seat keeps it."""
    course = build.course(capacity=3)
    held = {
        "confirmed": build.registration(course),
        "offered": build.registration(course, state="offered"),
        "lapsed": build.registration(course, state="offered", offer_expires_at=now() - DAY),
        "waitlisted": build.registration(course, state="waitlisted"),
        "withdrawn": build.registration(course, state="withdrawn"),
    }
    started = smart_admin.act(path_of(course), "start", now=instant(course.starts_at))
    assert {name: started["seats"][name] for name in ("confirmed", "offered", "waitlisted")} == {
        "confirmed": 1, "offered": 0, "waitlisted": 0}
    told = {name: [(e["operation"], e["actor_kind"], e["to_state"]) for e in events_of(owner_db, one)]
            for name, one in held.items()}
    assert told == {
        "confirmed": [], "withdrawn": [], "lapsed": [("expire", "system", "expired")],
        "offered": [("expire", "system", "expired")],
        "waitlisted": [("course_start", "system", "expired")]}
    line = smart_admin.get(f"/v1/smart/registrations/{held['waitlisted']}")
    assert (line["state"], line["waitlist_seq"], line["allowed_actions"]) == ("expired", 1, [])
    place = smart_admin.get(f"/v1/smart/registrations/{held['waitlisted']}/queue-position")
    assert (place["position"], place["waitlisted"]) == (None, 0)


@pytest.mark.parametrize("action", ["complete", "cancel"])
def test_nothing_is_free_on_a_course_that_is_over(smart_admin, anonymous, build, action):
    running = action == "complete"
    course = build.course(capacity=3, state="running" if running else "published",
                          starts_in=-3 * DAY if running else 3 * DAY)
    build.registration(course)
    assert anonymous.get(path_of(course))["seats"]["free"] == 2
    over = smart_admin.act(path_of(course), action)
    assert (over["seats"]["free"], over["seats"]["few_left"]) == (0, False)
    assert anonymous.get(f"{path_of(course)}/seats")["free"] == 0
    listed, = anonymous.get(COURSES, params={"code": course.code}).items
    assert (listed["seats_free"], listed["few_left"]) == (0, False)


def test_completing_leaves_alone_who_had_no_seat(smart_admin, build):
    course = build.course(capacity=2, state="running", starts_in=-3 * DAY)
    held = {state: build.registration(course, state=state)
            for state in ("confirmed", "waitlisted", "cancelled", "no_show")}
    smart_admin.act(path_of(course), "complete")
    found = {state: smart_admin.get(f"/v1/smart/registrations/{one}")["state"]
             for state, one in held.items()}
    assert found == {"confirmed": "completed", "waitlisted": "waitlisted",
                     "cancelled": "cancelled", "no_show": "no_show"}
