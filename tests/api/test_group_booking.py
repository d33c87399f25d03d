"""Group bookings over HTTP: all or nothing (SM-R01, SM-R02), a party in line as one entry, names by
file (SM-R03, SM-R08, SM-R10), what is given up, and what happens when requests meet.

Days lie in May 2031 where the business clock matters, so that no background work meddles.
"""
import datetime
import itertools
import uuid
import zoneinfo

import pytest

from support import seats
from support.build import instant, now
from support.seats import PATIENCE_S, REGISTRATIONS
from support.waiting import eventually

GROUPS, COURSES = "/v1/smart/group-bookings", "/v1/smart/courses"
OSLO = zoneinfo.ZoneInfo("Europe/Oslo")
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
STARTS_AT = datetime.datetime(2031, 5, 14, 9, tzinfo=OSLO)
EARLIER = datetime.datetime(2031, 3, 1, 12, tzinfo=OSLO)
REASON = {"reason": "Avtalt på telefon"}
HEADER = "full_name,email,profession_code"


def path_of(booking):
    return f"{GROUPS}/{booking if isinstance(booking, str) else booking['id']}"


@pytest.fixture
def employer(build):
    return build.organisation("Eksempelby kommune (eksempel)")


@pytest.fixture
def booker(make_user, employer):
    return make_user(("booker", "organisation", employer))


@pytest.fixture
def book(build, booker, employer):
    """book(course, seats, by=client, ...)"""
    def send(course, number=3, by=booker, now=None, expect=None, code=None, dry_run=False, **changes):
        body = build.group_booking_body(course, **{"organisation_id": employer, **changes},
                                        seats=number)
        return by.post(GROUPS, body, now=now and instant(now), expect=expect, code=code,
                       dry_run=dry_run)
    return send


@pytest.fixture
def act(booker):
    def send(booking, action, body=None, by=booker, now=None, **options):
        return by.act(path_of(booking), action, body, now=now and instant(now), **options)
    return send


@pytest.fixture
def read(smart_admin):
    def get(booking, now=None):
        return smart_admin.get(path_of(booking), now=now and instant(now))
    return get


@pytest.fixture
def name(booker):
    """name(booking, lines or bytes, by=...): PUT of a file; lines are given below HEADER."""
    def send(booking, content, by=booker, now=None, etag="*", **options):
        if isinstance(content, list):
            content = "\n".join([HEADER, *content]).encode()
        return by.put(f"{path_of(booking)}/names", content, media="text/csv", etag=etag,
                      now=now and instant(now), **options)
    return send


def somebody(email=None, profession="laerer"):
    return f"Kari Eksempelsen,{email or f'kari.{uuid.uuid4().hex[:10]}@example.no'},{profession}"


def register(smart_admin, build, course, **options):
    return smart_admin.post(REGISTRATIONS, build.registration_body(course), **options)


def taken(owner_db, course):
    return seats.taken(owner_db, course)


def events_of(owner_db, one):
    return [(row["operation"], row["from_state"], row["to_state"]) for row in owner_db.rows(
        "SELECT operation, from_state, to_state FROM event WHERE resource_id = %s ORDER BY seq",
        [one if isinstance(one, str) else one["id"]])]


def refused(answer, status, code, rule=None):
    assert (answer.status, answer.code, answer.json.get("rule")) == (status, code, rule), answer


# ---- booking ------------------------------------------------------------------------------------

def test_all_seats_are_free(build, book, employer, booker, owner_db, anonymous):
    course = build.course(capacity=5, price_nok=950)
    made = book(course, 3)
    assert made.status == 201 and made.headers["Location"] == path_of(made)
    shown = {name: made[name] for name in (
        "state", "seats", "named", "unnamed", "price_nok", "organisation_id", "organisation_name",
        "waitlist_seq", "skipped", "names_received_at", "contact_full_name", "course_code")}
    assert shown == {
        "state": "confirmed", "seats": 3, "named": 0, "unnamed": 3, "price_nok": 950,
        "organisation_id": employer, "organisation_name": "Eksempelby kommune (eksempel)",
        "waitlist_seq": None, "skipped": False, "names_received_at": None,
        "contact_full_name": "Bodil Eksempelvik", "course_code": course.code}
    assert made["invoice"]["recipient"] == "Eksempelkommunen"
    assert made["allowed_actions"] == ["cancel"]
    assert anonymous.get(f"{COURSES}/{course.id}/seats").json == {
        "course_id": course.id, "capacity": 5, "confirmed": 0, "offered": 0, "held": 3,
        "waitlisted": 0, "free": 2, "few_left": True}
    ticket, = anonymous.get(f"{COURSES}/{course.id}")["ticket_types"]
    assert ticket["claimed"] == 3
    event = owner_db.row("SELECT * FROM event WHERE resource_id = %s", [made["id"]])
    assert (event["operation"], event["actor_id"], event["to_state"], event["changes"]) == (
        "create_group_booking", booker.user.id, "confirmed", {"seats": 3})
    seats.check(owner_db, course)


def test_else_it_waits_as_one_entry(build, book, read, act, smart_admin, owner_db):
    """All or nothing: two free seats are no use to a party of three, nor to those behind it."""
    course = build.course(capacity=3)
    one = build.registration(course)
    party = book(course, 3)
    assert (party["state"], party["waitlist_seq"], party["unnamed"]) == ("waitlisted", 1, None)
    behind = register(smart_admin, build, course)
    assert (behind["state"], behind["waitlist_seq"]) == ("waitlisted", 2)
    assert taken(owner_db, course) == (1, 0, 0, 2)

    place = smart_admin.get(f"{path_of(party)}/queue-position").json
    assert {name: place[name] for name in ("position", "seats", "seats_before", "skipped",
                                           "waits_for", "seats_needed", "waitlisted")} == {
        "position": 1, "seats": 3, "seats_before": 0, "skipped": False, "waits_for": "seats",
        "seats_needed": 1, "waitlisted": 2}
    place = smart_admin.get(f"{REGISTRATIONS}/{behind['id']}/queue-position").json
    assert (place["position"], place["seats_before"], place["waits_for"], place["seats_needed"]) == (
        2, 3, "party", 2)

    smart_admin.act(f"{REGISTRATIONS}/{one}", "cancel")
    assert read(party)["state"] == "offered"
    assert taken(owner_db, course) == (0, 3, 0, 1)
    assert smart_admin.get(f"{REGISTRATIONS}/{behind['id']}")["state"] == "waitlisted"
    accepted = act(party, "accept")
    assert (accepted["state"], accepted["unnamed"]) == ("confirmed", 3)
    assert taken(owner_db, course) == (0, 0, 3, 1)
    assert events_of(owner_db, party) == [
        ("create_group_booking", None, "waitlisted"), ("promote", "waitlisted", "offered"),
        ("accept_group_booking", "offered", "confirmed")]
    seats.check(owner_db, course)


def test_a_free_seat_is_theirs_who_wait(build, book, owner_db):
    course = build.course(capacity=4)
    build.registration(course)
    book(course, 4)
    assert book(course, 1)["state"] == "waitlisted", "SM-R02"
    seats.check(owner_db, course)


def test_a_trial_holds_no_seat(build, book, owner_db):
    course = build.course(capacity=4)
    tried = book(course, 4, dry_run=True)
    assert tried["state"] == "confirmed"
    assert taken(owner_db, course) == (0, 0, 0, 0)
    assert owner_db.value("SELECT count(*) FROM group_booking WHERE course_id = %s", [course.id]) == 0


def test_a_retry_books_once(build, booker, employer, owner_db):
    course = build.course(capacity=4)
    body, key = build.group_booking_body(course, employer), str(uuid.uuid4())
    booker.post(GROUPS, body, key=None, expect=400)
    first, again = (booker.post(GROUPS, body, key=key) for _ in range(2))
    assert first.body == again.body
    assert taken(owner_db, course) == (0, 0, 3, 0)


def test_what_cannot_be_booked(build, book, smart_admin):
    course = build.course(capacity=5, starts_at=STARTS_AT)
    refused(book(course, 6, now=EARLIER, expect=409), 409, "group_too_large", "SM-R01")
    few = build.course(capacity=5, tickets=[{"code": "few", "price_nok": 0, "capacity": 2}])
    refused(book(few, 3, expect=409), 409, "ticket_type_full", "SM-R01")
    full = build.course(capacity=2, waiting_list=False)
    build.registration(full)
    refused(book(full, 2, expect=409), 409, "course_full", "SM-R01")
    for states, code in (("cancelled", "course_cancelled"), ("running", "course_started")):
        refused(book(build.course(state=states), expect=409), 409, code)
    refused(book(build.course(state="draft"), by=smart_admin, expect=409), 409,
            "course_not_published")
    refused(book(build.course(capacity=None), expect=409), 409, "capacity_required", "SM-R04")
    refused(book(build.course(closes_at=now() - HOUR), expect=409), 409, "registration_closed")
    refused(book(build.course(opens_at=now() + HOUR), expect=409), 409, "registration_not_open_yet")
    refused(book(build.course(course_type="kursrekke"), expect=422), 422, "quote_required", "SM-R09")
    book(build.course(), course_id=str(uuid.uuid4()), expect=404, code="course_not_found")
    late = book(course, names_due_on="2031-05-15", now=EARLIER, expect=409)
    refused(late, 409, "names_due_after_start")
    assert "2031-05-14" in late["detail"]


def test_all_faults_of_a_booking_at_once(build, book, employer):
    other = build.organisation()
    course = build.course(tickets=[{"code": "employee", "eligibility": "municipality_employee",
                                    "eligible_organisation_id": other, "price_nok": 100}])
    wrong = book(course, invoice=None, names_due_on="2020-01-01", expect=422,
                 contact={"full_name": " ", "email": "bodil@example.no"})
    refused(wrong, 422, "employer_not_eligible", "SM-R10")
    assert wrong.faults == {
        "/organisation_id": "employer_not_eligible", "/invoice": "invoice_required",
        "/contact/full_name": "name_required", "/names_due_on": "names_due_passed"}
    wrong = book(build.course(), 501, names_due_on="i morgen", expect=422, contact=None)
    assert wrong.faults == {"/seats": "too_large", "/names_due_on": "invalid_format",
                            "/contact": "required"}


def test_somebody_elses_organisation(build, book, owner_db):
    course = build.course()
    book(course, organisation_id=build.organisation(), expect=403, code="forbidden")
    assert taken(owner_db, course) == (0, 0, 0, 0)


# ---- in line ------------------------------------------------------------------------------------

def test_declined_seats_go_on(build, book, act, read, owner_db):
    course = build.course(capacity=3)
    people = [build.registration(course) for _ in range(3)]
    first, second = book(course, 2), book(course, 2)
    for one in people[:2]:
        act_on_registration(build, one)
    # The worker of nobody: the next write on the course settles it.
    third = book(course, 1)
    assert [read(one)["state"] for one in (first, second, third)] == [
        "offered", "waitlisted", "waitlisted"]
    act(first, "withdraw")
    assert [read(one)["state"] for one in (first, second, third)] == [
        "withdrawn", "offered", "waitlisted"]
    refused(act(first, "accept", expect=409), 409, "invalid_transition")
    seats.check(owner_db, course)


def act_on_registration(build, one):
    build.session.execute("UPDATE registration SET state = 'cancelled', cancelled_at = now(),"
                          " refund_nok = 0 WHERE id = %s", [one])


def test_an_offer_runs_out(build, book, act, read, smart_admin, owner_db):
    course = build.course(capacity=2, starts_at=STARTS_AT, offer_hours=24)
    seat = register(smart_admin, build, course, now=instant(EARLIER))
    party = book(course, 2, now=EARLIER)
    waiting = register(smart_admin, build, course, now=instant(EARLIER))
    smart_admin.act(f"{REGISTRATIONS}/{seat['id']}", "cancel", now=instant(EARLIER))
    offered = read(party, now=EARLIER)
    end = datetime.datetime.fromisoformat(offered["offer_expires_at"])
    assert (offered["state"], end) == ("offered", EARLIER + DAY)
    assert read(party, now=end)["state"] == "expired"
    listed, = smart_admin.get(GROUPS, params={"course_id": course.id, "state": "expired"},
                              now=instant(end)).items
    assert listed["id"] == party["id"]
    free = smart_admin.get(f"{COURSES}/{course.id}/seats", now=instant(end))
    assert (free["offered"], free["free"]) == (0, 2)
    refused(act(party, "accept", now=end, expect=409), 409, "offer_expired", "SM-R02")
    register(smart_admin, build, course, now=instant(end))
    assert read(party)["state"] == "expired"
    assert smart_admin.get(f"{REGISTRATIONS}/{waiting['id']}", now=instant(end))["state"] == "offered"
    assert ("expire", "offered", "expired") in events_of(owner_db, party)
    seats.check(owner_db, course)


def test_the_worker_finds_overdue_parties(build, book, read, owner_db, start_server):
    start_server(LOFT_WORK_INTERVAL_MS=50)
    course = build.course(capacity=3)
    behind = build.registration(course, state="waitlisted")
    party = build.group_booking(course, seats=3, state="offered", offer_expires_at=now() - HOUR)
    eventually(lambda: read(party)["state"] == "expired" and owner_db.value(
        "SELECT state FROM registration WHERE id = %s", [behind]) == "offered",
        PATIENCE_S, "that the worker comes")
    seats.check(owner_db, course)


def test_skip_lets_those_behind_pass(build, book, act, read, smart_admin, owner_db):
    course = build.course(capacity=4)
    people = [build.registration(course) for _ in range(3)]
    party = book(course, 3)
    behind = [register(smart_admin, build, course) for _ in range(2)]

    def states():
        return [read(party)["state"], *(smart_admin.get(f"{REGISTRATIONS}/{one['id']}")["state"]
                                        for one in behind)]
    assert states() == ["waitlisted"] * 3, "one seat is free, and the party needs three"
    assert read(party)["allowed_actions"] == ["withdraw", "skip", "unskip", "move"]
    refused(act(party, "unskip", REASON, by=smart_admin, expect=409), 409, "not_skipped")
    assert act(party, "skip", by=smart_admin, body={}, expect=422).faults == {"/reason": "required"}
    act(party, "skip", REASON, expect=403, code="forbidden")

    skipped = act(party, "skip", REASON, by=smart_admin)
    assert (skipped["state"], skipped["skipped"]) == ("waitlisted", True)
    assert states() == ["waitlisted", "offered", "waitlisted"]
    refused(act(party, "skip", REASON, by=smart_admin, expect=409), 409, "already_skipped")
    place = smart_admin.get(f"{REGISTRATIONS}/{behind[1]['id']}/queue-position").json
    assert (place["position"], place["seats_before"], place["waits_for"], place["seats_needed"]) == (
        2, 3, "seats", 1), "a skipped party keeps its place and holds nobody up"
    assert smart_admin.get(f"{path_of(party)}/queue-position")["skipped"] is True

    held = act(party, "unskip", REASON, by=smart_admin)
    assert held["skipped"] is False
    smart_admin.act(f"{REGISTRATIONS}/{people[0]}", "cancel")
    assert states() == ["waitlisted", "offered", "waitlisted"], "it holds its place again"
    smart_admin.act(f"{REGISTRATIONS}/{people[1]}", "cancel")
    smart_admin.act(f"{REGISTRATIONS}/{people[2]}", "cancel")
    assert states() == ["offered", "offered", "waitlisted"]
    told = owner_db.rows("SELECT operation, reason FROM event WHERE resource_id = %s"
                         " AND operation LIKE '%%skip%%' ORDER BY seq", [party["id"]])
    assert [tuple(row.values()) for row in told] == [
        ("skip_group_booking", REASON["reason"]), ("unskip_group_booking", REASON["reason"])]
    seats.check(owner_db, course)


def test_a_skipped_party_is_offered_at_its_turn(build, book, act, read, smart_admin, owner_db):
    course = build.course(capacity=3)
    people = [build.registration(course) for _ in range(3)]
    party = book(course, 2)
    behind = register(smart_admin, build, course)
    act(party, "skip", REASON, by=smart_admin)
    # Two seats at once: enough for the party, which kept its place.
    for one in people[:2]:
        act_on_registration(build, one)
    register(smart_admin, build, course)
    assert read(party)["state"] == "offered"
    assert smart_admin.get(f"{REGISTRATIONS}/{behind['id']}")["state"] == "waitlisted"
    seats.check(owner_db, course)


def test_a_newcomer_behind_a_skipped_party(build, book, act, smart_admin, owner_db):
    """The seat that the party lets pass is theirs, whether or not anybody else asks for it."""
    course = build.course(capacity=3)
    build.registration(course)
    party = book(course, 3)
    act(party, "skip", REASON, by=smart_admin)
    assert register(smart_admin, build, course)["state"] == "offered"
    assert book(course, 1)["state"] == "offered"
    assert book(course, 1)["state"] == "waitlisted"
    assert taken(owner_db, course) == (1, 2, 0, 2)
    seats.check(owner_db, course)


def test_the_line_holds_both(build, book, act, smart_admin, owner_db):
    course = build.course(capacity=2)
    build.registration(course), build.registration(course)
    first = register(smart_admin, build, course)
    party = book(course, 2)
    last = register(smart_admin, build, course)

    def line():
        return [(entry["kind"], entry["id"], entry["seats"], entry["position"]) for entry in
                smart_admin.get(f"{COURSES}/{course.id}/queue").items]
    one, two, three = (("registration", first["id"], 1), ("group_booking", party["id"], 2),
                       ("registration", last["id"], 1))
    assert line() == [(*one, 1), (*two, 2), (*three, 3)]
    simulated = smart_admin.get(f"{COURSES}/{course.id}/queue-simulation", params={"seats": 2}).json
    assert ([offer["id"] for offer in simulated["offers"]], simulated["left"]) == ([first["id"]], 1)
    simulated = smart_admin.get(f"{COURSES}/{course.id}/queue-simulation", params={"seats": 4}).json
    assert [(offer["kind"], offer["seats"]) for offer in simulated["offers"]] == [
        ("registration", 1), ("group_booking", 2), ("registration", 1)]

    moved = act(party, "move", {"position": 1, **REASON}, by=smart_admin)
    assert (moved["waitlist_seq"], moved["version"]) == (1, 2)
    assert line() == [(*two, 1), (*one, 2), (*three, 3)]
    smart_admin.act(f"{REGISTRATIONS}/{last['id']}", "move", {"position": 1, **REASON})
    assert line() == [(*three, 1), (*two, 2), (*one, 3)]
    event = owner_db.row("SELECT changes, reason FROM event WHERE resource_id = %s"
                         " AND operation = 'move_group_booking'", [party["id"]])
    assert (event["changes"], event["reason"]) == ({"from_position": 2, "to_position": 1},
                                                   REASON["reason"])
    refused(act(party, "move", {"position": 4, **REASON}, by=smart_admin, expect=409), 409,
            "place_not_in_line", "SM-R02")
    refused(act(book(build.course()), "move", {"position": 1, **REASON}, by=smart_admin, expect=409),
            409, "invalid_transition")
    refused(act(book(build.course()), "skip", REASON, by=smart_admin, expect=409), 409,
            "invalid_transition")
    seats.check(owner_db, course)


TRANSITIONS = {
    "waitlisted": {"withdraw": "withdrawn", "skip": "waitlisted", "unskip": "waitlisted",
                   "move": "waitlisted"},
    "offered": {"accept": "confirmed", "withdraw": "withdrawn"},
    "confirmed": {"release": "confirmed", "cancel": "cancelled"},
}
ACTIONS = ["accept", "withdraw", "skip", "unskip", "move", "release", "cancel"]
STATES = [*TRANSITIONS, "expired", "withdrawn", "cancelled", "completed"]


@pytest.mark.parametrize("state, action", itertools.product(STATES, ACTIONS))
def test_transition(build, smart_admin, owner_db, state, action):
    course = build.course(capacity=3)
    if state == "waitlisted":
        build.registration(course)
    party = build.group_booking(course, state=state, skipped=action == "unskip",
                                cancelled_at=now() if state == "cancelled" else None)
    allowed = TRANSITIONS.get(state, {})
    before = smart_admin.get(path_of(party))
    assert before["allowed_actions"] == list(allowed)
    body = {"position": 1, **REASON} if action == "move" else REASON
    if action in allowed:
        after = smart_admin.act(path_of(party), action, body)
        assert (after["state"], after["version"]) == (allowed[action], before["version"] + 1)
        assert events_of(owner_db, party) == [(f"{action}_group_booking", state, after["state"])]
    else:
        late = (state, action) == ("expired", "accept")
        answer = smart_admin.act(path_of(party), action, body, expect=409,
                                 code="offer_expired" if late else "invalid_transition")
        assert (answer["from"], answer["action"], answer["allowed_actions"]) == (
            state, action, list(allowed))
        assert smart_admin.get(path_of(party)).body == before.body
    seats.check(owner_db, course)


# ---- names --------------------------------------------------------------------------------------

def test_names_become_registrations(build, book, name, read, smart_admin, employer, booker, owner_db):
    course = build.course(capacity=4, price_nok=950, items={"textbook": ["barnehage", "barneskole"]})
    party = book(course, 3, invoice={"recipient": "Oppvekstetaten", "reference": "4711"})
    content = ("\ufeffitem:textbook;email;full_name;profession_code;profession_other;dietary_note;"
               "municipality_no;phone\r\n"
               "barneskole;Ase.Ny@example.no;\"Åse \"\"Sol\"\" Øvingsås\";annet;Vaktmester;Vegetar;;\r\n"
               "\r\n"
               'barnehage;ola.ny@example.no;"Demostad; Ola";sfo_ansatt;;"Nøtter,\r\nmelk";3905;+47 1\r\n')
    named = name(party, content.encode(), etag=party.etag)
    assert (named["named"], named["unnamed"], named["seats"], named["version"]) == (2, 1, 3, 2)
    assert named["names_received_at"] is not None
    assert taken(owner_db, course) == (2, 0, 1, 0)

    rows = {row["participant_email"]: row for row in smart_admin.get(
        REGISTRATIONS, params={"group_booking_id": party["id"]}).items}
    assert set(rows) == {"Ase.Ny@example.no", "ola.ny@example.no"}
    row = smart_admin.get(f"{REGISTRATIONS}/{rows['ola.ny@example.no']['id']}").json
    shown = {key: row[key] for key in (
        "state", "group_booking_id", "participant_name", "participant_phone", "profession_code",
        "employer_organisation_id", "employer_name", "buyer_type", "price_nok", "payment_state",
        "item_choices", "dietary_note", "municipality_no")}
    assert shown == {
        "state": "confirmed", "group_booking_id": party["id"], "participant_name": "Demostad; Ola",
        "participant_phone": "+47 1", "profession_code": "sfo_ansatt",
        "employer_organisation_id": employer, "employer_name": "Eksempelby kommune (eksempel)",
        "buyer_type": "organisation", "price_nok": 950, "payment_state": "to_invoice",
        "item_choices": {"textbook": "barnehage"}, "dietary_note": "Nøtter,\r\nmelk",
        "municipality_no": "3905"}
    assert (row["invoice"]["recipient"], row["invoice"]["reference"]) == ("Oppvekstetaten", "4711")
    event = owner_db.row("SELECT * FROM event WHERE resource_id = %s", [row["id"]])
    assert (event["operation"], event["actor_id"], event["to_state"]) == (
        "name_group_booking", booker.user.id, "confirmed")
    event = owner_db.row("SELECT * FROM event WHERE resource_id = %s ORDER BY seq DESC LIMIT 1",
                         [party["id"]])
    assert (event["operation"], event["changes"]) == ("name_group_booking", {"names": 2})

    content = f"{HEADER},item:textbook\n{somebody()},barnehage"
    name(party, content.encode(), etag=party.etag, expect=412, code="version_conflict")
    full = name(party, content.encode())
    assert (full["named"], full["unnamed"]) == (3, 0)
    refused(name(party, content.encode(), expect=409), 409, "already_registered", "SM-R03")
    more = f"{HEADER},item:textbook\n{somebody()},barnehage"
    refused(name(party, more.encode(), expect=409), 409, "too_many_names", "SM-R01")
    seats.check(owner_db, course)


def test_the_price_is_that_of_the_booking(build, book, name, smart_admin, owner_db):
    """SM-R15; and a seat that costs nothing has nothing to pay."""
    course = build.course(price_nok=950)
    party = book(course, 1)
    smart_admin.patch(f"/v1/smart/ticket-types/{course.ticket_id}", {"price_nok": 2000}, etag="*")
    name(party, [somebody()])
    row = owner_db.row("SELECT price_nok, payment_state FROM registration"
                       " WHERE group_booking_id = %s", [party["id"]])
    assert tuple(row.values()) == (950, "to_invoice")
    free = build.course(price_nok=0)
    party = book(free, 1)
    name(party, [somebody()])
    row = owner_db.row("SELECT price_nok, payment_state FROM registration"
                       " WHERE group_booking_id = %s", [party["id"]])
    assert tuple(row.values()) == (0, "not_required")


def test_every_faulty_line_is_told_and_nothing_happens(build, book, name, read, owner_db):
    course = build.course(capacity=9, items={"textbook": ["barneskole"]})
    party = book(course, 6)
    known = build.person(email="kjent@example.no")
    build.registration(course, known)
    lines = [
        "full_name,email,profession_code,municipality_no,item:textbook,item:lunsj,profession_other",
        "Kari,kari@example.no,laerer,,barneskole,,",          # 2: right
        ",ikke-en-adresse,trollmann,0000,barneskole,,",       # 3
        "Ola,KARI@example.no,annet,9901,fransk,,",            # 4
        "",
        "Åse,kjent@example.no,laerer,,barneskole,grovt,",     # 6
        "Per,per@example.no,laerer",                          # 7
        f"{'x' * 201},x@example.no,,,,,",                     # 8
    ]
    wrong = name(party, "\n".join(lines).encode(), expect=422)
    assert wrong.faults == {
        "/3/full_name": "name_required", "/3/email": "email_invalid",
        "/3/profession_code": "unknown_reference", "/3/municipality_no": "municipality_no_invalid",
        "/4/email": "duplicate_email", "/4/profession_other": "profession_other_required",
        "/4/municipality_no": "unknown_reference", "/4/item:textbook": "choice_unknown",
        "/6/email": "already_registered", "/6/item:lunsj": "choice_unknown",
        "/7": "wrong_cell_count", "/8/full_name": "too_long", "/8/profession_code": "required",
        "/8/item:textbook": "choice_required"}
    assert read(party)["version"] == 1
    assert owner_db.value("SELECT count(*) FROM registration WHERE group_booking_id = %s",
                          [party["id"]]) == 0
    assert owner_db.value("SELECT count(*) FROM person WHERE email = 'kari@example.no'") == 0


def test_a_trial_of_a_file_leaves_nothing(build, book, name, read, owner_db):
    course = build.course()
    party = book(course, 2)
    tried = name(party, [somebody(), somebody()], dry_run=True)
    assert (tried["named"], tried["unnamed"]) == (2, 0)
    assert tried.headers["Preference-Applied"] == "tx=rollback"
    assert read(party)["version"] == 1
    assert taken(owner_db, course) == (0, 0, 2, 0)


@pytest.mark.parametrize("content, code, faults", [
    (b"\n", None, {"": "names_required"}),
    (HEADER.encode(), None, {"": "names_required"}),
    (b"full_name,mail,email,email\nA,b,c,d", None,
     {"/1/mail": "unknown_column", "/1/email": "duplicate_column", "/1/profession_code": "required"}),
    (b"\n\nfull name;email;profession_code", None,
     {"/3/full name": "unknown_column", "/3/full_name": "required"}),
    (b'full_name,email,profession_code\n"A"b,c,d', "csv_malformed", {}),
    (b'full_name,email,profession_code\n"A,c,d', "csv_malformed", {}),
    ("\n".join([HEADER] + ["a,b,c"] * 501).encode(), "csv_too_long", {}),
    (",".join(["x"] * 70).encode(), "csv_malformed", {}),
])
def test_files_that_are_none(build, book, name, content, code, faults):
    party = book(build.course(), 2)
    wrong = name(party, content, expect=422, code=code or "validation_failed")
    assert wrong.faults == faults


def test_line_ends_and_separators(build, book, name):
    """Of other systems; the line that is told is that of the file."""
    course = build.course()
    for end in "\n", "\r\n", "\r":
        for comma in ",;":
            party = book(course, 2)
            good = somebody().replace(",", comma)
            text = end.join([HEADER.replace(",", comma), good, comma.join(["", "", ""])])
            wrong = name(party, text.encode(), expect=422)
            assert set(wrong.faults) == {"/3/full_name", "/3/email", "/3/profession_code"}
            name(party, end.join([HEADER.replace(",", comma), good, ""]).encode())


def test_names_until_the_last_day(build, book, name, smart_admin, booker, owner_db):
    """Inclusive, by the clocks of Norway; then only smart_admin, who may also move the day."""
    course = build.course(starts_at=STARTS_AT)
    party = book(course, 4, now=EARLIER, names_due_on="2031-05-01")
    midnight = datetime.datetime(2031, 5, 2, tzinfo=OSLO)
    name(party, [somebody()], now=midnight - datetime.timedelta(seconds=1))
    late = name(party, [somebody()], now=midnight, expect=409)
    refused(late, 409, "deadline_passed")
    assert "2031-05-01" in late["detail"]
    name(party, [somebody()], by=smart_admin, now=midnight)
    booker.patch(path_of(party), {"names_due_on": "2031-05-03"}, etag="*", now=instant(midnight),
                 expect=403, code="forbidden")
    smart_admin.patch(path_of(party), {"names_due_on": "2031-05-03"}, etag="*", now=instant(midnight))
    assert name(party, [somebody()], now=midnight)["named"] == 3
    seats.check(owner_db, course)


def test_only_a_confirmed_booking_has_names(build, book, name, act, owner_db):
    course = build.course(capacity=2)
    build.registration(course)
    waiting = book(course, 2)
    refused(name(waiting, [somebody()], expect=409), 409, "booking_not_confirmed")
    ended = book(build.course())
    act(ended, "cancel")
    refused(name(ended, [somebody()], expect=409), 409, "booking_not_confirmed")


def test_the_ticket_is_checked_when_the_name_comes(build, book, name, employer, smart_admin):
    course = build.course()
    party = book(course, 1)
    smart_admin.patch(f"/v1/smart/ticket-types/{course.ticket_id}", {
        "eligibility": "municipality_employee", "eligible_organisation_id": build.organisation()},
        etag="*")
    refused(name(party, [somebody()], expect=422), 422, "employer_not_eligible", "SM-R10")


def test_an_offer_that_has_run_out_bars_nobody(build, book, name, owner_db):
    course = build.course(capacity=3)
    one = build.person()
    email = owner_db.value("SELECT email FROM person WHERE id = %s", [one])
    party = book(course, 2)
    build.registration(course, one, state="offered", offer_expires_at=now() - HOUR)
    assert name(party, [somebody(email)])["named"] == 1


def test_a_machine_names_its_own(build, make_client, employer, owner_db):
    system = make_client("smart:register", organisation_id=employer)
    course = build.course()
    made = system.post(GROUPS, build.group_booking_body(course, employer))
    answer = system.put(f"{path_of(made)}/names", f"{HEADER}\n{somebody()}".encode(),
                        media="text/csv", etag=made.etag)
    assert answer["named"] == 1
    row = owner_db.row("SELECT registered_by, registered_by_client FROM registration"
                       " WHERE group_booking_id = %s", [made["id"]])
    assert tuple(row.values()) == (None, system.user.id)


def test_another_person_in_a_named_seat(build, book, name, booker, employer, owner_db):
    """The registration's transfer; the seat stays with its employer."""
    course = build.course()
    party = book(course, 2)
    name(party, [somebody()])
    one = owner_db.value("SELECT id FROM registration WHERE group_booking_id = %s", [party["id"]])
    body = {"person": {"full_name": "Ola Demostad", "email": f"ola.{uuid.uuid4().hex}@example.no"},
            "profession_code": "leder"}
    moved = booker.act(f"{REGISTRATIONS}/{one}", "transfer", body)
    assert (moved["employer_organisation_id"], moved["group_booking_id"]) == (employer, party["id"])
    assert moved["employer_name"] == "Eksempelby kommune (eksempel)"
    other = {**body, "employer_organisation_id": build.organisation()}
    refused(booker.act(f"{REGISTRATIONS}/{one}", "transfer", other, expect=422), 422,
            "employer_not_eligible", "SM-R10")
    seats.check(owner_db, course)


def test_a_seat_of_a_party_keeps_its_employer(build, book, name, smart_admin, owner_db):
    party = book(build.course(), 1)
    name(party, [somebody()])
    one = owner_db.value("SELECT id FROM registration WHERE group_booking_id = %s", [party["id"]])
    for employer in None, build.organisation():
        wrong = smart_admin.patch(f"{REGISTRATIONS}/{one}", {"employer_organisation_id": employer},
                                  etag="*", expect=422, code="employer_not_eligible")
        assert wrong.faults == {"/employer_organisation_id": "employer_not_eligible"}


# ---- giving up ----------------------------------------------------------------------------------

def test_a_named_seat_that_is_cancelled_is_anybodys(build, book, name, read, smart_admin, owner_db):
    course = build.course(capacity=3)
    party = book(course, 3)
    name(party, [somebody(), somebody()])
    waiting = register(smart_admin, build, course)
    assert waiting["state"] == "waitlisted"
    one = owner_db.value("SELECT id FROM registration WHERE group_booking_id = %s LIMIT 1",
                         [party["id"]])
    before = read(party)
    smart_admin.act(f"{REGISTRATIONS}/{one}", "cancel")
    after = read(party)
    assert (after["seats"], after["named"], after["unnamed"]) == (2, 1, 1)
    assert after["version"] == before["version"], "no edit of the booking"
    assert smart_admin.get(f"{REGISTRATIONS}/{waiting['id']}")["state"] == "offered"
    seats.check(owner_db, course)


def test_release(build, book, name, act, smart_admin, owner_db):
    course = build.course(capacity=3)
    party = book(course, 3)
    name(party, [somebody()])
    waiting = [register(smart_admin, build, course) for _ in range(2)]
    act(party, "release", REASON, expect=403, code="forbidden")
    assert act(party, "release", {}, by=smart_admin, expect=422).faults == {"/reason": "required"}
    released = act(party, "release", REASON, by=smart_admin)
    assert (released["seats"], released["named"], released["unnamed"]) == (1, 1, 0)
    assert [smart_admin.get(f"{REGISTRATIONS}/{one['id']}")["state"] for one in waiting] == [
        "offered", "offered"]
    refused(act(party, "release", REASON, by=smart_admin, expect=409), 409, "nothing_to_release")
    event = owner_db.row("SELECT reason, changes FROM event WHERE resource_id = %s"
                         " AND operation = 'release_group_booking'", [party["id"]])
    assert (event["reason"], event["changes"]) == (REASON["reason"], {"seats": 1})
    waiting_party = book(course, 1)
    refused(act(waiting_party, "release", REASON, by=smart_admin, expect=409), 409,
            "invalid_transition")
    seats.check(owner_db, course)


def test_fewer_seats(build, book, name, booker, smart_admin, owner_db):
    course = build.course(capacity=4)
    party = book(course, 4)
    name(party, [somebody(), somebody()])
    waiting = register(smart_admin, build, course)
    fewer = booker.patch(path_of(party), {"seats": 3}, etag="*")
    assert (fewer["seats"], fewer["unnamed"]) == (3, 1)
    assert smart_admin.get(f"{REGISTRATIONS}/{waiting['id']}")["state"] == "offered"
    refused(booker.patch(path_of(party), {"seats": 1}, etag="*", expect=409), 409, "seats_named")
    more = booker.patch(path_of(party), {"seats": 4}, etag="*", expect=422)
    assert more.faults == {"/seats": "seats_never_grow"}
    booker.patch(path_of(party), {"seats": 2}, etag=party.etag, expect=412)
    booker.patch(path_of(party), {"seats": 2}, etag=None, expect=428)
    tried = booker.patch(path_of(party), {"seats": 2}, etag="*", dry_run=True)
    assert tried["unnamed"] == 0
    assert taken(owner_db, course) == (2, 1, 1, 0)
    seats.check(owner_db, course)


def test_a_party_that_gets_smaller_fits(build, book, booker, read, smart_admin, owner_db):
    course = build.course(capacity=3)
    build.registration(course)
    party = book(course, 3)
    behind = register(smart_admin, build, course)
    assert booker.patch(path_of(party), {"seats": 2}, etag="*")["state"] == "offered"
    assert smart_admin.get(f"{REGISTRATIONS}/{behind['id']}")["state"] == "waitlisted"
    assert booker.patch(path_of(party), {"seats": 1}, etag="*")["state"] == "offered"
    assert smart_admin.get(f"{REGISTRATIONS}/{behind['id']}")["state"] == "offered"
    assert taken(owner_db, course) == (1, 2, 0, 0)
    seats.check(owner_db, course)


def test_other_changes(build, book, booker, act):
    course = build.course(price_nok=0)
    party = book(course)
    changed = booker.patch(path_of(party), {
        "contact": {"phone": "+47 99 99 99 99", "email": "ny@example.no"},
        "invoice": {"reference": "4711", "org_number": "310001007"}}, etag="*")
    assert (changed["contact_phone"], changed["contact_email"], changed["contact_full_name"]) == (
        "+47 99 99 99 99", "ny@example.no", "Bodil Eksempelvik")
    assert (changed["invoice"]["recipient"], changed["invoice"]["reference"]) == (
        "Eksempelkommunen", "4711")
    assert booker.patch(path_of(party), {"invoice": None}, etag="*")["invoice"] is None
    wrong = booker.patch(path_of(party), {"invoice": {"org_number": "123456789"},
                                          "contact": {"full_name": " "}}, etag="*", expect=422)
    assert wrong.faults == {"/invoice/recipient": "required", "/contact/full_name": "name_required",
                            "/invoice/org_number": "org_number_invalid"}
    act(party, "cancel")
    refused(booker.patch(path_of(party), {"seats": 2}, etag="*", expect=409), 409, "booking_over")


def test_names_cannot_be_due_after_the_start(build, book, smart_admin):
    course = build.course(starts_at=STARTS_AT)
    party = book(course, now=EARLIER, names_due_on="2031-05-01")
    for day, status, code in (("2031-05-15", 409, "names_due_after_start"),
                              ("2031-02-01", 422, "validation_failed")):
        smart_admin.patch(path_of(party), {"names_due_on": day}, etag="*", now=instant(EARLIER),
                          expect=status, code=code)


def test_cancelling_takes_the_registrations_along(build, book, name, act, read, smart_admin, owner_db):
    """Each with its own refund: half the price a week before; held seats cost nothing."""
    course = build.course(capacity=4, starts_at=STARTS_AT, price_nok=950,
                          opens_at=EARLIER - DAY)
    party = book(course, 4, now=EARLIER, names_due_on="2031-05-10")
    name(party, [somebody(), somebody()], now=EARLIER)
    gone = owner_db.value("SELECT id FROM registration WHERE group_booking_id = %s LIMIT 1",
                          [party["id"]])
    smart_admin.act(f"{REGISTRATIONS}/{gone}", "cancel", now=instant(EARLIER))
    _, waiting = (register(smart_admin, build, course, now=instant(EARLIER)) for _ in range(2))
    cancelled = act(party, "cancel", REASON, now=STARTS_AT - 7 * DAY)
    assert (cancelled["state"], cancelled["seats"], cancelled["named"], cancelled["unnamed"]) == (
        "cancelled", 3, 0, None)
    rows = owner_db.rows("SELECT id, state, refund_nok, payment_state FROM registration"
                         " WHERE group_booking_id = %s AND id <> %s", [party["id"], gone])
    assert [(row["state"], row["refund_nok"], row["payment_state"]) for row in rows] == [
        ("cancelled", 475, "to_invoice")]
    event = owner_db.row("SELECT * FROM event WHERE resource_id = %s AND operation = 'group_cancel'",
                         [rows[0]["id"]])
    assert (event["actor_kind"], event["reason"]) == ("system", REASON["reason"])
    assert smart_admin.get(f"{REGISTRATIONS}/{waiting['id']}", now=instant(EARLIER))["state"] == "offered"
    assert taken(owner_db, course) == (1, 1, 0, 0)
    refused(act(party, "cancel", now=EARLIER, expect=409), 409, "invalid_transition")
    seats.check(owner_db, course)


def test_no_cancelling_after_the_start(build, book, act):
    course = build.course(starts_at=STARTS_AT)
    party = book(course, now=EARLIER, names_due_on="2031-05-01")
    refused(act(party, "cancel", now=STARTS_AT, expect=409), 409, "course_started", "SM-R13")


# ---- with the course ----------------------------------------------------------------------------

def with_everything(build):
    course = build.course(capacity=9)
    groups = {"confirmed": build.group_booking(course), "offered":
              build.group_booking(course, state="offered"),
              "waitlisted": build.group_booking(course, seats=8, state="waitlisted")}
    build.registration(course, group_booking_id=groups["confirmed"], buyer_type="organisation",
                       employer_organisation_id=build.session.value(
                           "SELECT organisation_id FROM group_booking WHERE id = %s",
                           [groups["confirmed"]]))
    return course, groups


def states_of(owner_db, groups):
    return {was: owner_db.value("SELECT state FROM group_booking WHERE id = %s", [one])
            for was, one in groups.items()}


def test_the_line_closes_for_parties_too(build, smart_admin, owner_db):
    course, groups = with_everything(build)
    late = instant(course.starts_at)
    path = f"{COURSES}/{course.id}"
    running = smart_admin.act(path, "start", now=late)
    assert states_of(owner_db, groups) == {"confirmed": "confirmed", "offered": "expired",
                                           "waitlisted": "expired"}
    assert (running["seats"]["confirmed"], running["seats"]["held"]) == (1, 2)
    assert events_of(owner_db, groups["waitlisted"]) == [("course_start", "waitlisted", "expired")]
    seats.check(owner_db, course)
    smart_admin.act(path, "complete", now=instant(course.starts_at + DAY))
    assert states_of(owner_db, groups)["confirmed"] == "completed"
    assert events_of(owner_db, groups["confirmed"]) == [("course_complete", "confirmed", "completed")]
    seats.check(owner_db, course)


def test_a_cancelled_course_cancels_its_parties(build, smart_admin, owner_db):
    course, groups = with_everything(build)
    cancelled = smart_admin.act(f"{COURSES}/{course.id}", "cancel", REASON)
    assert set(states_of(owner_db, groups).values()) == {"cancelled"}
    assert cancelled["seats"]["held"] == cancelled["seats"]["confirmed"] == 0
    row = owner_db.row("SELECT state, refund_nok FROM registration WHERE group_booking_id = %s",
                       [groups["confirmed"]])
    assert tuple(row.values()) == ("cancelled", 950)
    assert owner_db.value("SELECT claimed FROM ticket_type WHERE course_id = %s", [course.id]) == 0
    seats.check(owner_db, course)


def test_a_course_that_begins_earlier_shortens_offers(build, smart_admin, owner_db):
    course = build.course(capacity=3, starts_in=10 * DAY)
    party = build.group_booking(course, state="offered", offer_expires_at=now() + 3 * DAY)
    session = owner_db.value("SELECT id FROM course_session WHERE course_id = %s", [course.id])
    sooner = (now() + DAY).replace(microsecond=0)
    smart_admin.patch(f"/v1/smart/sessions/{session}", {
        "starts_at": instant(sooner), "ends_at": instant(sooner + HOUR)}, etag="*")
    assert owner_db.value("SELECT offer_expires_at FROM group_booking WHERE id = %s",
                          [party]) == sooner
    assert events_of(owner_db, party) == [("shorten_offer", "offered", "offered")]


def test_never_fewer_than_are_held(build, book, smart_admin):
    course = build.course(capacity=4)
    book(course, 3)
    below = smart_admin.patch(f"{COURSES}/{course.id}", {"capacity": 2}, etag="*", expect=409,
                              code="capacity_below_taken")
    assert "3" in below["detail"]
    below = smart_admin.patch(f"/v1/smart/ticket-types/{course.ticket_id}", {"capacity": 2},
                              etag="*", expect=409)
    refused(below, 409, "capacity_below_taken", "SM-R01")


# ---- the last walls -----------------------------------------------------------------------------

def test_the_database_counts_names(build, owner_db):
    """No rule is asked here: never more names than seats, and none for another organisation."""
    import psycopg2
    course = build.course(capacity=9)
    party = build.group_booking(course, seats=1)
    home = owner_db.value("SELECT organisation_id FROM group_booking WHERE id = %s", [party])
    named = {"group_booking_id": party, "buyer_type": "organisation"}
    with pytest.raises(psycopg2.errors.ForeignKeyViolation):
        build.registration(course, employer_organisation_id=build.organisation(), **named)
    build.registration(course, employer_organisation_id=home, **named)
    with pytest.raises(psycopg2.errors.CheckViolation) as refused_by:
        build.registration(course, employer_organisation_id=home, **named)
    assert refused_by.value.diag.constraint_name == "group_booking_named_check"
    waiting = build.group_booking(course, home, seats=9, state="waitlisted")
    with pytest.raises(psycopg2.errors.ForeignKeyViolation):
        build.registration(course, employer_organisation_id=home,
                           **{**named, "group_booking_id": waiting})
    with pytest.raises(psycopg2.errors.CheckViolation) as refused_by:
        build.group_booking(course, seats=9)
    assert refused_by.value.diag.constraint_name == "course_seats_within_capacity"
    seats.check(owner_db, course)


# ---- requests that meet -------------------------------------------------------------------------

def test_parties_and_people_race_for_the_last_seats(build, booker, employer, smart_admin, owner_db):
    for _ in range(4):
        course = build.course(capacity=6)
        requests = [(booker, "POST", GROUPS, build.group_booking_body(course, employer, seats=4))
                    for _ in range(3)]
        requests += [(smart_admin, "POST", REGISTRATIONS, build.registration_body(course))
                     for _ in range(6)]
        answers = seats.at_once(requests)
        assert {answer.status for answer in answers} == {201}
        confirmed, offered, held, _ = taken(owner_db, course)
        assert confirmed + held <= 6 and offered == 0
        assert held in (0, 4), "all of a party's seats or none"
        seats.check(owner_db, course)


def test_names_race_with_cancelling(build, book, booker, smart_admin, owner_db):
    """Either the names were there and are cancelled, or the booking was gone; nobody is left over."""
    outcomes = set()
    for _ in range(6):
        course = build.course(capacity=4)
        party = book(course, 4)
        content = "\n".join([HEADER, *(somebody() for _ in range(4))])
        naming = (booker, "PUT", f"{path_of(party)}/names", content.encode(),
                  {"If-Match": "*", "Content-Type": "text/csv", "Idempotency-Key": None})
        cancelling = (smart_admin, "POST", f"{path_of(party)}/actions/cancel", None,
                      {"If-Match": "*"})
        for_a_seat = [(smart_admin, "POST", REGISTRATIONS, build.registration_body(course))
                      for _ in range(2)]
        named, cancelled, *_ = seats.at_once([naming, cancelling, *for_a_seat])
        assert cancelled.status == 200 and named.status in (200, 409)
        outcomes.add(named.status)
        left = owner_db.value("SELECT count(*) FROM registration WHERE group_booking_id = %s"
                              " AND state = 'confirmed'", [party["id"]])
        assert left == 0
        seats.check(owner_db, course)
    assert outcomes <= {200, 409}


def test_files_that_meet(build, book, booker, owner_db):
    """Two files for three seats, with two names each: one of them is too many."""
    course = build.course(capacity=3)
    party = book(course, 3)
    requests = [(booker, "PUT", f"{path_of(party)}/names",
                 "\n".join([HEADER, somebody(), somebody()]).encode(),
                 {"If-Match": "*", "Content-Type": "text/csv", "Idempotency-Key": None})
                for _ in range(2)]
    answers = seats.at_once(requests)
    assert sorted(answer.status for answer in answers) == [200, 409]
    assert taken(owner_db, course) == (2, 0, 1, 0)
    seats.check(owner_db, course)


def test_cancelling_races_with_moving(build, book, smart_admin, booker, owner_db):
    """The line stays one order while seats are given up and entries change places."""
    course = build.course(capacity=4)
    held = [build.registration(course) for _ in range(4)]
    parties = [book(course, 2) for _ in range(2)]
    people = [register(smart_admin, build, course) for _ in range(4)]
    requests = [(smart_admin, "POST", f"{REGISTRATIONS}/{one}/actions/cancel", None,
                 {"If-Match": "*"}) for one in held]
    requests += [(smart_admin, "POST", f"{REGISTRATIONS}/{one['id']}/actions/move",
                  {"position": 1, **REASON}, {"If-Match": "*"}) for one in people]
    requests += [(smart_admin, "POST", f"{path_of(one)}/actions/skip", REASON, {"If-Match": "*"})
                 for one in parties]
    answers = seats.at_once(requests)
    assert {answer.status for answer in answers[:4]} == {200}
    assert {answer.status for answer in answers} <= {200, 409}
    assert sum(taken(owner_db, course)[:3]) == 4
    seats.check(owner_db, course)


# ---- who sees what ------------------------------------------------------------------------------

def test_contacts_are_masked(build, book, make_client, smart_admin):
    party = book(build.course())
    plain, trusted = make_client("smart:read"), make_client("smart:read", "smart:contact")
    hidden = ("contact_full_name", "contact_email", "contact_phone", "invoice")
    assert [plain.get(path_of(party))[member] for member in hidden] == [None] * 4
    assert trusted.get(path_of(party))["contact_email"] == "bodil.eksempelvik@example.no"


def test_a_list_of_ones_own(build, book, booker, employer, make_user, smart_admin):
    course, other = build.course(), build.course()
    mine, another = book(course), book(other, 1)
    foreign = build.group_booking(course)
    params = {"organisation_id": employer}
    assert [row["id"] for row in booker.get(GROUPS).items] == [another["id"], mine["id"]]
    assert [row["id"] for row in booker.get(GROUPS, params={"course_id": course.id}).items] == [
        mine["id"]]
    assert {row["id"] for row in smart_admin.every(GROUPS, {"course_id": course.id})} == {
        mine["id"], foreign}
    assert len(smart_admin.get(GROUPS, params={**params, "state": "confirmed"}).items) == 2
    instructor = make_user(("smart_instructor", "course", course.id))
    assert {row["id"] for row in instructor.get(GROUPS).items} == {mine["id"], foreign}
    assert instructor.get(path_of(mine))["allowed_actions"] == []
