"""Seats at the festival for those who attend the trainer programme (SM-R07): held when the programme
is published, given with each seat there, handed over and taken back with it."""
import datetime
import uuid

import pytest

from support import seats
from support.build import instant, now
from support.server import Server

COURSES, REGISTRATIONS, TICKETS = "/v1/smart/courses", "/v1/smart/registrations", "/v1/smart/ticket-types"
DAY = datetime.timedelta(days=1)


@pytest.fixture(scope="module")
def server(database):
    with Server(database, **seats.PATIENT) as running:
        yield running


@pytest.fixture(autouse=True)
def what_always_holds(owner_db, server):
    yield
    seats.check(owner_db)
    # A deadlock that is found is tried again, and so would not be seen in the answers.
    assert "40P01" not in server.log_file.read_text()


@pytest.fixture
def pair(build, owner_db):
    """A trainer programme with its plan, and the festival of the same organiser on its festival day:
    pair(capacity=3, room=10, programme="draft", festival="published", own_day=True)."""
    def make(capacity=3, room=10, programme="draft", festival="published", on_the_day=True, **columns):
        organiser = build.organisation()
        first = now().replace(hour=9, minute=0, second=0, microsecond=0) + 30 * DAY
        last = first + 200 * DAY
        fest = build.course(
            course_type="festival", state=festival, capacity=room, organiser_id=organiser,
            starts_at=last if on_the_day else last + DAY,
            tickets=[{"code": "general", "price_nok": 490}])
        course = build.course(course_type="trenerutdanning", state=programme, capacity=capacity,
                              organiser_id=organiser, sessions=0, price_nok=12000, **columns)
        for number, days in enumerate([(0, 1), (50, 51), (100, 101), (150, 151), (200,)], 1):
            gathering = build.insert(
                "course_gathering", course_id=course.id, seq_no=number, overnight=number == 1,
                kind="festival" if number == 5 else "gathering")
            for day in days:
                starts = first + day * DAY
                build.insert("course_session", gathering_id=gathering, starts_at=starts,
                             ends_at=starts + DAY / 4)
        course.starts_at = first
        return course, fest
    return make


@pytest.fixture
def reserved(pair, smart_admin):
    """A programme that has been published, with its seats at the festival."""
    def make(**options):
        course, fest = pair(**options)
        answer = publish(smart_admin, course)
        assert answer["festival_seats"] == "reserved"
        return course, fest
    return make


def path_of(course):
    return f"{COURSES}/{course.id}"


def publish(api, course, **options):
    return api.act(path_of(course), "publish", **options)


def held(owner_db, course):
    return owner_db.value("SELECT seats_held FROM course WHERE id = %s", [course.id])


def taken(owner_db, fest):
    """Confirmed, held, waiting at the festival."""
    row = owner_db.row("SELECT seats_confirmed, seats_held, waitlisted FROM course WHERE id = %s",
                       [fest.id])
    return row["seats_confirmed"], row["seats_held"], row["waitlisted"]


def seat_of(owner_db, registration):
    """The festival's registration of somebody who attends the programme."""
    return owner_db.row(
        "SELECT s.*, k.code AS ticket FROM registration t"
        " JOIN registration s ON s.id = t.festival_registration_id"
        " JOIN ticket_type k ON k.id = s.ticket_type_id WHERE t.id = %s", [registration["id"]])


def register(api, build, course, **changes):
    return api.post(REGISTRATIONS, build.registration_body(course, **changes))


def events_of(owner_db, resource_id):
    return [(e["operation"], e["actor_kind"], e["from_state"], e["to_state"]) for e in owner_db.rows(
        "SELECT operation, actor_kind, from_state, to_state FROM event WHERE resource_id = %s"
        " ORDER BY seq", [resource_id])]


# ---- reserving ---------------------------------------------------------------------------------

def test_publishing_reserves(pair, smart_admin, anonymous, owner_db):
    course, fest = pair(capacity=36, room=300)
    assert smart_admin.get(path_of(course))["festival_seats"] == "none"
    published = publish(smart_admin, course)
    assert (published["festival_seats"], published["festival_course_id"]) == ("reserved", fest.id)
    seen = anonymous.get(f"{path_of(fest)}/seats")
    assert (seen["held"], seen["free"], seen["confirmed"]) == (36, 264, 0)
    ticket, = [one for one in anonymous.get(path_of(fest))["ticket_types"]
               if one["eligibility"] == "trainee"]
    assert (ticket["code"], ticket["price_nok"], ticket["claimed"]) == ("trainer", 0, 36)
    listed, = anonymous.get(COURSES, params={"code": fest.code}).items
    assert listed["price_from_nok"] == 490, "a ticket that nobody can choose is no price"
    event = owner_db.row("SELECT actor_kind, changes FROM event WHERE resource_id = %s"
                         " AND operation = 'reserve_festival_seats'", [course.id])
    assert event == {"actor_kind": "system",
                     "changes": {"festival_course_id": fest.id, "seats": 36}}


def test_a_trial_reserves_nothing(pair, smart_admin, owner_db):
    course, fest = pair()
    assert publish(smart_admin, course, dry_run=True)["festival_seats"] == "reserved"
    assert held(owner_db, fest) == 0 and smart_admin.get(path_of(course))["state"] == "draft"


def test_exactly_as_many_as_there_are(pair, smart_admin, owner_db):
    course, fest = pair(capacity=5, room=5)
    publish(smart_admin, course)
    assert held(owner_db, fest) == 5


def test_no_room(pair, smart_admin, owner_db, build):
    """All or none: whoever publishes is there to make room, and a flag would be a promise that nobody
    has kept."""
    course, fest = pair(capacity=5, room=5)
    build.registration(fest)
    refused = publish(smart_admin, course, expect=409, code="festival_full")
    assert refused["rule"] == "SM-R07" and "5" in refused["detail"] and "4" in refused["detail"]
    assert smart_admin.get(path_of(course))["state"] == "draft" and held(owner_db, fest) == 0
    smart_admin.patch(path_of(fest), {"capacity": 6}, etag="*")
    assert publish(smart_admin, course)["festival_seats"] == "reserved"
    assert taken(owner_db, fest) == (1, 5, 0)


def test_without_auto_seat(pair, smart_admin, owner_db, build):
    course, fest = pair(capacity=50, room=5, festival_auto_seat=False)
    assert publish(smart_admin, course)["festival_seats"] == "none"
    made = register(smart_admin, build, course)
    assert made["festival_registration_id"] is None and taken(owner_db, fest) == (0, 0, 0)


def test_other_courses_have_no_festival(build, smart_admin, owner_db):
    course = build.course(state="draft")
    assert publish(smart_admin, course)["festival_seats"] == "none"
    assert register(smart_admin, build, course)["festival_registration_id"] is None


def test_a_code_that_is_taken(pair, smart_admin, build, owner_db):
    """An ordinary ticket may be called trainer; it stays what it is."""
    course, fest = pair()
    build.insert("ticket_type", course_id=fest.id, code="trainer", name="For trenere", price_nok=100)
    publish(smart_admin, course)
    codes = {one["code"]: one["eligibility"] for one in smart_admin.get(path_of(fest))["ticket_types"]}
    assert codes.pop("trainer") == "anyone" and codes.pop("general") == "anyone"
    (code, eligibility), = codes.items()
    assert code.startswith("trainer-") and eligibility == "trainee"


# ---- no festival yet ---------------------------------------------------------------------------

@pytest.mark.parametrize("options", [
    {"festival": "draft"}, {"festival": "cancelled"}, {"on_the_day": False},
    {"festival": "running"}, {"festival": "completed"},
])
def test_no_festival_to_reserve_at(pair, smart_admin, owner_db, build, options):
    course, fest = pair(**options)
    assert publish(smart_admin, course)["festival_seats"] == "pending"
    made = register(smart_admin, build, course)
    assert (made["state"], made["festival_registration_id"]) == ("confirmed", None)
    assert taken(owner_db, fest) == (0, 0, 0)


def test_another_organiser_has_another_festival(pair, smart_admin, owner_db):
    course, fest = pair()
    owner_db.execute("UPDATE course SET organiser_id = NULL WHERE id = %s", [fest.id])
    assert publish(smart_admin, course)["festival_seats"] == "pending"


def test_the_festival_is_published_later(pair, smart_admin, owner_db, build):
    """Who attends by then gets a seat, the rest is held; those who wait get nothing yet."""
    course, fest = pair(capacity=3, room=3, festival="draft")
    publish(smart_admin, course)
    trainees = [register(smart_admin, build, course) for _ in range(2)]
    published = publish(smart_admin, fest)
    assert (published["seats"]["held"], published["seats"]["confirmed"]) == (1, 2)
    assert smart_admin.get(path_of(course))["festival_seats"] == "reserved"
    for one in trainees:
        seat = seat_of(owner_db, one)
        assert (seat["state"], seat["ticket"], seat["price_nok"]) == ("confirmed", "trainer", 0)


def test_the_festival_is_published_when_the_programme_runs(pair, smart_admin, owner_db, build):
    """Nobody can come any more: only those who attend have seats."""
    course, fest = pair(capacity=5, room=10, festival="draft")
    publish(smart_admin, course)
    one = register(smart_admin, build, course)
    smart_admin.act(path_of(course), "start", now=instant(course.starts_at))
    publish(smart_admin, fest, now=instant(course.starts_at + DAY))
    assert taken(owner_db, fest) == (1, 0, 0) and seat_of(owner_db, one)["state"] == "confirmed"


def test_a_festival_that_is_too_small_is_not_published(pair, smart_admin, owner_db, build):
    course, fest = pair(capacity=3, room=2, festival="draft")
    publish(smart_admin, course)
    register(smart_admin, build, course)
    refused = publish(smart_admin, fest, expect=409, code="festival_full")
    assert refused["rule"] == "SM-R07"
    assert smart_admin.get(path_of(fest))["state"] == "draft"
    smart_admin.patch(path_of(fest), {"capacity": 3}, etag="*")
    publish(smart_admin, fest)
    assert taken(owner_db, fest) == (1, 2, 0)


def test_two_programmes_and_one_festival(pair, smart_admin, owner_db, build):
    course, fest = pair(capacity=3, room=8, festival="draft")
    other, _ = pair(capacity=4, on_the_day=False, festival_course_id=fest.id)
    publish(smart_admin, course)
    publish(smart_admin, other)
    publish(smart_admin, fest)
    assert held(owner_db, fest) == 7
    register(smart_admin, build, course), register(smart_admin, build, other)
    assert taken(owner_db, fest) == (2, 5, 0)


# ---- a festival that is named ------------------------------------------------------------------

def test_naming_one(pair, smart_admin, owner_db, build):
    """Also afterwards: a programme that waits gets its seats when it names a published festival."""
    course, fest = pair(capacity=3, on_the_day=False)
    assert publish(smart_admin, course)["festival_seats"] == "pending"
    one = register(smart_admin, build, course)
    named = smart_admin.patch(path_of(course), {"festival_course_id": fest.id}, etag="*")
    assert (named["festival_seats"], named["festival_course_id"]) == ("reserved", fest.id)
    assert taken(owner_db, fest) == (1, 2, 0) and seat_of(owner_db, one)["course_id"] == fest.id
    made = smart_admin.post(COURSES, {
        "code": f"tu-{uuid.uuid4().hex[:8]}", "course_type": "trenerutdanning", "title": "TU",
        "festival_course_id": fest.id})
    assert (made["festival_course_id"], made["festival_seats"]) == (fest.id, "none")


def test_naming_one_that_is_full(pair, smart_admin, build, owner_db):
    course, fest = pair(capacity=3, room=2, on_the_day=False)
    publish(smart_admin, course)
    smart_admin.patch(path_of(course), {"festival_course_id": fest.id}, etag="*", expect=409,
                      code="festival_full")
    assert smart_admin.get(path_of(course))["festival_course_id"] is None
    # Anything else about the programme can be changed meanwhile.
    smart_admin.patch(path_of(course), {"title": "Ny tittel", "capacity": 4}, etag="*")


def test_what_can_be_named(pair, smart_admin, build):
    course, _ = pair()
    for wrong, code in ((build.course().id, "not_a_festival"), (course.id, "not_a_festival"),
                        (str(uuid.uuid4()), "unknown_reference")):
        refused = smart_admin.patch(path_of(course), {"festival_course_id": wrong}, etag="*", expect=422)
        assert refused.faults == {"/festival_course_id": code}
        refused = smart_admin.post(COURSES, {"code": f"k-{uuid.uuid4().hex[:8]}", "title": "K",
                                             "course_type": "trenerutdanning",
                                             "festival_course_id": wrong}, expect=422)
        assert refused.faults == {"/festival_course_id": code}


def test_another_festival_while_seats_are_reserved(reserved, pair, smart_admin, owner_db):
    course, fest = reserved()
    _, other = pair()
    smart_admin.patch(path_of(course), {"festival_course_id": other.id}, etag="*", expect=409,
                      code="festival_reserved")
    smart_admin.patch(path_of(course), {"festival_course_id": fest.id}, etag="*")
    # The way out that the answer tells, as nobody has a seat yet.
    off = smart_admin.patch(path_of(course), {"festival_auto_seat": False}, etag="*")
    assert off["festival_seats"] == "none" and held(owner_db, fest) == 0
    on = smart_admin.patch(path_of(course), {"festival_auto_seat": True,
                                             "festival_course_id": other.id}, etag="*")
    assert (on["festival_seats"], on["festival_course_id"]) == ("reserved", other.id)
    assert (held(owner_db, fest), held(owner_db, other)) == (0, 3)


def test_switched_off_and_on(reserved, smart_admin, owner_db, build):
    """Who has a seat keeps it; nobody new gets one."""
    course, fest = reserved(capacity=3)
    one = register(smart_admin, build, course)
    smart_admin.patch(path_of(course), {"festival_auto_seat": False}, etag="*")
    assert taken(owner_db, fest) == (1, 0, 0)
    two = register(smart_admin, build, course)
    assert two["festival_registration_id"] is None and taken(owner_db, fest) == (1, 0, 0)
    smart_admin.patch(path_of(course), {"festival_auto_seat": True}, etag="*")
    assert taken(owner_db, fest) == (2, 1, 0)
    assert {seat_of(owner_db, r)["state"] for r in (one, two)} == {"confirmed"}


def test_a_draft_festival_that_was_named_is_thrown_away(pair, smart_admin):
    course, fest = pair(festival="draft")
    smart_admin.patch(path_of(course), {"festival_course_id": fest.id}, etag="*")
    smart_admin.delete(path_of(fest), etag="*")
    assert smart_admin.get(path_of(course))["festival_course_id"] is None


# ---- given -------------------------------------------------------------------------------------

def test_a_seat_comes_with_the_seat(reserved, make_user, build, owner_db):
    course, fest = reserved(capacity=3)
    participant = make_user("participant")
    made = participant.post(REGISTRATIONS, {
        **build.registration_body(course, person=None, employer_name="Kommunen",
                                  municipality_no="3905"),
        "dietary_note": "Vegetar"})
    assert made["state"] == "confirmed" and taken(owner_db, fest) == (1, 2, 0)
    assert participant.get(f"{REGISTRATIONS}/{made['id']}").etag == made.etag
    seat = participant.get(f"{REGISTRATIONS}/{made['festival_registration_id']}")
    assert (seat["course_id"], seat["state"], seat["ticket_type_code"], seat["price_nok"],
            seat["payment_state"], seat["profession_code"], seat["employer_name"],
            seat["municipality_no"]) == (
        fest.id, "confirmed", "trainer", 0, "not_required", "laerer", "Kommunen", "3905")
    assert seat["person_id"] == participant.user.person_id
    assert seat["allowed_actions"] == [], "it is given up with the other"
    assert events_of(owner_db, seat["id"]) == [("festival_seat", "system", None, "confirmed")]
    assert events_of(owner_db, made["id"]) == [
        ("create_registration", "user", None, "confirmed"),
        ("festival_seat", "system", "confirmed", "confirmed")]


def test_who_waits_has_no_seat_until_the_offer_is_taken(reserved, smart_admin, owner_db, build):
    course, fest = reserved(capacity=1, room=1)
    first = register(smart_admin, build, course)
    second = register(smart_admin, build, course)
    assert second["state"] == "waitlisted" and second["festival_registration_id"] is None
    smart_admin.act(f"{REGISTRATIONS}/{first['id']}", "cancel")
    assert taken(owner_db, fest) == (0, 1, 0)
    assert smart_admin.get(f"{REGISTRATIONS}/{second['id']}")["state"] == "offered"
    accepted = smart_admin.act(f"{REGISTRATIONS}/{second['id']}", "accept")
    assert accepted["festival_registration_id"] and taken(owner_db, fest) == (1, 0, 0)


def test_nobody_takes_a_trainer_ticket(reserved, smart_admin, participant, build):
    course, fest = reserved()
    ticket, = [one for one in smart_admin.get(path_of(fest))["ticket_types"]
               if one["eligibility"] == "trainee"]
    for who in smart_admin, participant:
        refused = who.post(REGISTRATIONS, build.registration_body(fest, ticket_type_id=ticket["id"]),
                           expect=422)
        assert refused.faults == {"/ticket_type_id": "ticket_follows_course"}
    # And with one other ticket there is still nothing to choose.
    assert register(smart_admin, build, fest)["ticket_type_code"] == "general"
    path = f"{TICKETS}/{ticket['id']}"
    for change, fault in (({"eligibility": "anyone"}, {"/eligibility": "trainer_ticket_fixed"}),
                          ({"price_nok": 1}, {"/price_nok": "trainer_ticket_fixed"})):
        assert smart_admin.patch(path, change, etag="*", expect=422).faults == fault
    smart_admin.patch(path, {"name": "SMART-trenere", "price_nok": 0}, etag="*")
    refused = smart_admin.post(f"{path_of(fest)}/ticket-types", {
        "code": "egen", "name": "Egen", "price_nok": 0, "eligibility": "trainee"}, expect=422)
    assert refused.faults == {"/eligibility": "trainer_ticket_fixed"}


def test_a_full_festival_has_a_seat_for_the_trainee_alone(reserved, smart_admin, owner_db, build):
    course, fest = reserved(capacity=2, room=3)
    register(smart_admin, build, fest)
    assert register(smart_admin, build, fest)["state"] == "waitlisted"
    assert register(smart_admin, build, course)["festival_registration_id"]
    assert taken(owner_db, fest) == (2, 1, 1)


def test_names_of_a_group_booking(reserved, smart_admin, owner_db, build):
    """A seat without a name is nobody's yet; with the name comes the seat at the festival."""
    course, fest = reserved(capacity=4, room=4)
    booking = smart_admin.post("/v1/smart/group-bookings", {
        "course_id": course.id, "organisation_id": build.organisation(), "seats": 3,
        "contact": {"full_name": "Kari Eksempelsen", "email": "kari.eksempelsen@example.no"},
        "names_due_on": (now() + 20 * DAY).date().isoformat(),
        "invoice": {"recipient": "Kommunen"}})
    assert booking["state"] == "confirmed" and taken(owner_db, fest) == (0, 4, 0)
    path = f"/v1/smart/group-bookings/{booking['id']}"
    lines = "".join(f"Ola Demostad {n},ola{n}.{uuid.uuid4().hex}@example.no,laerer\r\n" for n in range(2))
    smart_admin.put(f"{path}/names", f"full_name,email,profession_code\r\n{lines}",
                     media="text/csv", etag=smart_admin.get(path).etag)
    assert taken(owner_db, fest) == (2, 2, 0)
    smart_admin.act(path, "cancel")
    assert taken(owner_db, fest) == (0, 4, 0)


# ---- a ticket of one's own ---------------------------------------------------------------------

@pytest.mark.parametrize("payment, becomes, to_credit", [
    ("to_invoice", "cancelled", 0), ("invoiced", "invoiced", 490), ("paid", "paid", 490)])
def test_who_is_registered_already(reserved, make_user, smart_admin, owner_db, build, payment, becomes,
                                   to_credit):
    """The ticket is exchanged: nothing is owed for it any more, and what was paid is to be credited."""
    course, fest = reserved(capacity=2, room=4)
    participant = make_user("participant")
    own = participant.post(REGISTRATIONS, build.registration_body(fest, person=None))
    if payment != "to_invoice":
        smart_admin.post(f"{REGISTRATIONS}/{own['id']}/payment/actions/invoice",
                         {"invoice_number": f"nr-{uuid.uuid4().hex[:8]}"}, etag="*")
    if payment == "paid":
        smart_admin.post(f"{REGISTRATIONS}/{own['id']}/payment/actions/pay", {}, etag="*")
    assert taken(owner_db, fest) == (1, 2, 0)
    made = participant.post(REGISTRATIONS, build.registration_body(course, person=None))
    assert taken(owner_db, fest) == (1, 1, 0), "the seat that they had is free again"
    old = smart_admin.get(f"{REGISTRATIONS}/{own['id']}")
    assert (old["state"], old["price_nok"], old["refund_nok"], old["payment_state"]) == (
        "cancelled", 490, 490, becomes)
    owed = owner_db.rows("SELECT owed_nok, to_credit_nok FROM invoice_line WHERE id = %s", [own["id"]])
    assert owed == ([{"owed_nok": 0, "to_credit_nok": to_credit}] if to_credit else [])
    seat = seat_of(owner_db, made)
    assert (seat["person_id"], seat["price_nok"], seat["payment_state"]) == (
        participant.user.person_id, 0, "not_required")
    assert events_of(owner_db, own["id"])[-1] == ("exchange", "system", "confirmed", "cancelled")


@pytest.mark.parametrize("state", ["waitlisted", "offered"])
def test_who_waits_at_the_festival_gets_the_reserved_seat(reserved, smart_admin, owner_db, build, state):
    course, fest = reserved(capacity=2, room=4)
    person = {"full_name": "Ola Demostad", "email": f"ola.{uuid.uuid4().hex}@example.no"}
    if state == "waitlisted":
        first = [register(smart_admin, build, fest) for _ in range(2)]
        own = register(smart_admin, build, fest, person=person)
        behind = register(smart_admin, build, fest)
        assert own["state"] == state
    else:
        first = [register(smart_admin, build, fest) for _ in range(2)]
        own = register(smart_admin, build, fest, person=person)
        behind = register(smart_admin, build, fest)
        smart_admin.act(f"{REGISTRATIONS}/{first[0]['id']}", "cancel")
        assert smart_admin.get(f"{REGISTRATIONS}/{own['id']}")["state"] == state
    made = register(smart_admin, build, course, person=person)
    assert seat_of(owner_db, made)["state"] == "confirmed"
    old = smart_admin.get(f"{REGISTRATIONS}/{own['id']}")
    assert (old["state"], old["refund_nok"]) == ("cancelled", None)
    # An offer that is not needed goes to the next in line.
    assert smart_admin.get(f"{REGISTRATIONS}/{behind['id']}")["state"] == (
        "waitlisted" if state == "waitlisted" else "offered")


def test_a_freed_seat_goes_to_the_first_in_line(reserved, make_user, smart_admin, owner_db, build):
    course, fest = reserved(capacity=1, room=2)
    participant = make_user("participant")
    participant.post(REGISTRATIONS, build.registration_body(fest, person=None))
    waiting = register(smart_admin, build, fest)
    assert waiting["state"] == "waitlisted"
    participant.post(REGISTRATIONS, build.registration_body(course, person=None))
    assert smart_admin.get(f"{REGISTRATIONS}/{waiting['id']}")["state"] == "offered"


def test_choices_of_the_own_ticket_are_kept(reserved, smart_admin, owner_db, build):
    course, fest = reserved()
    item = build.insert("course_item", course_id=fest.id, code="lunch", name="Lunsj", choice_required=True)
    build.insert("item_option", item_id=item, code="vegetar", name="Vegetar")
    person = {"full_name": "Kari Eksempelsen", "email": f"kari.{uuid.uuid4().hex}@example.no"}
    register(smart_admin, build, fest, person=person, item_choices={"lunch": "vegetar"})
    made = register(smart_admin, build, course, person=person)
    assert seat_of(owner_db, made)["item_choices"] == {"lunch": "vegetar"}


# ---- given up and handed over ------------------------------------------------------------------

def test_cancelling_gives_it_back(reserved, smart_admin, owner_db, build):
    course, fest = reserved(capacity=2)
    made = register(smart_admin, build, course)
    smart_admin.act(f"{REGISTRATIONS}/{made['id']}", "cancel")
    assert taken(owner_db, fest) == (0, 2, 0), "it is held for the next who comes"
    seat = seat_of(owner_db, made)
    assert (seat["state"], seat["refund_nok"]) == ("cancelled", 0)
    assert events_of(owner_db, seat["id"])[-1] == ("take_back", "system", "confirmed", "cancelled")
    again = register(smart_admin, build, course)
    assert taken(owner_db, fest) == (1, 1, 0) and seat_of(owner_db, again)["id"] != seat["id"]


def test_the_same_person_comes_back(reserved, smart_admin, owner_db, build):
    course, fest = reserved(capacity=2)
    person = {"full_name": "Kari Eksempelsen", "email": f"kari.{uuid.uuid4().hex}@example.no"}
    made = register(smart_admin, build, course, person=person)
    smart_admin.act(f"{REGISTRATIONS}/{made['id']}", "cancel")
    again = register(smart_admin, build, course, person=person)
    assert taken(owner_db, fest) == (1, 1, 0) and seat_of(owner_db, again)["state"] == "confirmed"


def transfer(api, made, **body):
    return api.act(f"{REGISTRATIONS}/{made['id']}", "transfer", {
        "person": {"full_name": "Ola Demostad", "email": f"ola.{uuid.uuid4().hex}@example.no"},
        "profession_code": "rektor", **body})


def test_a_transfer_hands_it_over(reserved, make_user, owner_db, build):
    course, fest = reserved(capacity=2)
    participant = make_user("participant")
    made = participant.post(REGISTRATIONS, build.registration_body(course, person=None))
    before = seat_of(owner_db, made)
    handed = transfer(participant, made)
    after = seat_of(owner_db, made)
    assert after["id"] == before["id"] and taken(owner_db, fest) == (1, 1, 0)
    assert (after["person_id"], after["participant_name"], after["profession_code"], after["version"]) == (
        handed["person_id"], "Ola Demostad", "rektor", 2)
    assert events_of(owner_db, after["id"])[-1] == (
        "transfer_registration", "system", "confirmed", "confirmed")


def test_a_transfer_to_somebody_with_a_ticket(reserved, make_user, smart_admin, owner_db, build):
    course, fest = reserved(capacity=2, room=3)
    participant = make_user("participant")
    person = {"full_name": "Ola Demostad", "email": f"ola.{uuid.uuid4().hex}@example.no"}
    own = register(smart_admin, build, fest, person=person)
    made = participant.post(REGISTRATIONS, build.registration_body(course, person=None))
    before = seat_of(owner_db, made)
    assert taken(owner_db, fest) == (2, 1, 0)
    transfer(participant, made, person=person)
    assert taken(owner_db, fest) == (1, 1, 0)
    assert smart_admin.get(f"{REGISTRATIONS}/{own['id']}")["state"] == "cancelled"
    assert smart_admin.get(f"{REGISTRATIONS}/{before['id']}")["state"] == "cancelled"
    assert seat_of(owner_db, made)["participant_name"] == "Ola Demostad"


def test_it_is_not_given_up_by_itself(reserved, make_user, smart_admin, owner_db, build):
    course, fest = reserved()
    participant = make_user("participant")
    made = participant.post(REGISTRATIONS, build.registration_body(course, person=None))
    path = f"{REGISTRATIONS}/{made['festival_registration_id']}"
    for who in participant, smart_admin:
        refused = who.act(path, "cancel", expect=409, code="seat_follows_course")
        assert refused["rule"] == "SM-R07"
        who.act(path, "transfer", {
            "person": {"full_name": "Ola", "email": "ola.demostad@example.no"},
            "profession_code": "laerer"}, expect=409, code="seat_follows_course")
        assert who.get(path)["allowed_actions"] == []
    smart_admin.patch(path, {"dietary_note": "Vegetar"}, etag="*")
    participant.post(REGISTRATIONS, build.registration_body(fest, person=None), expect=409,
                     code="already_registered")


def test_somebody_on_two_programmes_has_one_seat(reserved, pair, smart_admin, owner_db, build):
    course, fest = reserved(capacity=2, room=10)
    other, _ = pair(capacity=2, festival_course_id=fest.id)
    publish(smart_admin, other)
    person = {"full_name": "Kari Eksempelsen", "email": f"kari.{uuid.uuid4().hex}@example.no"}
    first = register(smart_admin, build, course, person=person)
    second = register(smart_admin, build, other, person=person)
    assert second["festival_registration_id"] is None
    assert taken(owner_db, fest) == (1, 3, 0) and seat_of(owner_db, first)["state"] == "confirmed"


# ---- capacity, start and end -------------------------------------------------------------------

def test_more_and_fewer_seats_at_the_programme(reserved, smart_admin, owner_db, build):
    course, fest = reserved(capacity=3, room=5)
    register(smart_admin, build, course)
    smart_admin.patch(path_of(course), {"capacity": 5}, etag="*")
    assert taken(owner_db, fest) == (1, 4, 0)
    smart_admin.patch(path_of(course), {"capacity": 6}, etag="*", expect=409, code="festival_full")
    assert smart_admin.get(path_of(course))["capacity"] == 5
    waiting = register(smart_admin, build, fest)
    assert waiting["state"] == "waitlisted"
    smart_admin.patch(path_of(course), {"capacity": 2}, etag="*")
    assert smart_admin.get(f"{REGISTRATIONS}/{waiting['id']}")["state"] == "offered"
    assert taken(owner_db, fest) == (1, 1, 0)
    events = owner_db.rows("SELECT changes FROM event WHERE resource_id = %s"
                           " AND operation = 'reserve_festival_seats' ORDER BY seq", [course.id])
    assert [e["changes"]["seats"] for e in events] == [3, 5, 2]


def test_fewer_seats_at_the_festival(reserved, smart_admin, owner_db, build):
    course, fest = reserved(capacity=3, room=5)
    register(smart_admin, build, course)
    refused = smart_admin.patch(path_of(fest), {"capacity": 2}, etag="*", expect=409,
                                code="capacity_below_taken")
    assert "3" in refused["detail"]
    smart_admin.patch(path_of(fest), {"capacity": 3}, etag="*")


def test_the_programme_begins(reserved, smart_admin, owner_db, build):
    """Nobody comes any more, so nothing is held; who attends keeps the seat to the end."""
    course, fest = reserved(capacity=3, room=3)
    made = register(smart_admin, build, course)
    waiting = register(smart_admin, build, fest)
    assert waiting["state"] == "waitlisted"
    smart_admin.act(path_of(course), "start", now=instant(course.starts_at))
    assert taken(owner_db, fest) == (1, 0, 0)
    assert smart_admin.get(f"{REGISTRATIONS}/{waiting['id']}")["state"] == "offered"
    last = instant(course.starts_at + 201 * DAY)
    smart_admin.act(path_of(course), "complete", now=last)
    assert smart_admin.get(path_of(course))["festival_seats"] == "reserved"
    assert seat_of(owner_db, made)["state"] == "confirmed"


def test_the_programme_is_cancelled(reserved, smart_admin, owner_db, build):
    course, fest = reserved(capacity=3, room=5)
    made = [register(smart_admin, build, course) for _ in range(2)]
    smart_admin.act(path_of(course), "cancel")
    assert taken(owner_db, fest) == (0, 0, 0)
    assert {seat_of(owner_db, one)["state"] for one in made} == {"cancelled"}
    assert smart_admin.get(path_of(course))["festival_seats"] == "none"


def test_the_festival_is_cancelled(reserved, pair, smart_admin, owner_db, build):
    """The programme waits for another one, and everybody gets a seat there."""
    course, fest = reserved(capacity=3, room=5)
    made = register(smart_admin, build, course)
    seat = seat_of(owner_db, made)
    cancelled = smart_admin.act(path_of(fest), "cancel")
    assert cancelled["seats"]["held"] == 0
    assert smart_admin.get(path_of(course))["festival_seats"] == "pending"
    assert seat_of(owner_db, made)["state"] == "cancelled"
    assert events_of(owner_db, course.id)[-1] == ("lose_festival_seats", "system", None, None)
    smart_admin.act(f"{REGISTRATIONS}/{register(smart_admin, build, course)['id']}", "cancel")
    _, other = pair(room=9)
    smart_admin.patch(path_of(course), {"festival_course_id": other.id}, etag="*")
    again = seat_of(owner_db, made)
    assert (again["course_id"], again["state"]) == (other.id, "confirmed") and again["id"] != seat["id"]
    assert taken(owner_db, other) == (1, 2, 0)


def test_a_festival_that_has_begun_is_left_alone(reserved, smart_admin, owner_db, build):
    course, fest = reserved(capacity=2)
    owner_db.execute("UPDATE course SET state = 'running' WHERE id = %s", [fest.id])
    made = register(smart_admin, build, course)
    assert made["festival_registration_id"] is None and taken(owner_db, fest) == (0, 2, 0)
    owner_db.execute("UPDATE course SET state = 'published' WHERE id = %s", [fest.id])
    smart_admin.patch(path_of(course), {"festival_auto_seat": True}, etag="*")
    assert taken(owner_db, fest) == (1, 1, 0)


# ---- at once -----------------------------------------------------------------------------------

@pytest.mark.parametrize("run", range(3))
def test_everybody_at_once_on_both(reserved, smart_admin, owner_db, build, run):
    """The same people register for the programme and for its festival, others give up their seats and
    hand them over: nobody waits for ever, nobody has two seats, and the numbers are right."""
    course, fest = reserved(capacity=8, room=20)
    before = [register(smart_admin, build, course) for _ in range(4)]
    people = [{"full_name": f"Kari Eksempelsen {n}", "email": f"k{n}.{uuid.uuid4().hex}@example.no"}
              for n in range(10)]
    requests = [(smart_admin, "POST", REGISTRATIONS, build.registration_body(one, person=person))
                for person in people for one in (course, fest)]
    requests += [(smart_admin, "POST", f"{REGISTRATIONS}/{one['id']}/actions/cancel", {},
                  {"If-Match": "*"}) for one in before[:2]]
    requests += [(smart_admin, "POST", f"{REGISTRATIONS}/{one['id']}/actions/transfer",
                  {"person": person, "profession_code": "laerer"}, {"If-Match": "*"})
                 for one, person in zip(before[2:], people)]
    statuses = [exchange.status for exchange in seats.at_once(requests)]
    assert set(statuses) <= {200, 201, 409}, statuses
    seats.check(owner_db)
    active = owner_db.value("SELECT count(*) FROM registration WHERE course_id = %s AND state = 'confirmed'",
                            [course.id])
    linked = owner_db.value(
        "SELECT count(*) FROM registration t JOIN registration s ON s.id = t.festival_registration_id"
        " WHERE t.course_id = %s AND t.state = 'confirmed' AND s.state = 'confirmed'"
        " AND s.person_id = t.person_id", [course.id])
    assert active == linked and linked + held(owner_db, fest) == 8


@pytest.mark.parametrize("run", range(3))
def test_both_are_published_at_once(pair, smart_admin, owner_db, build, run):
    """Whichever comes last sees the other."""
    course, fest = pair(capacity=4, room=9, festival="draft")
    other, _ = pair(capacity=5, festival_course_id=fest.id)
    exchanges = seats.at_once([
        (smart_admin, "POST", f"{path_of(one)}/actions/publish", {}, {"If-Match": "*"})
        for one in (course, fest, other)])
    assert [exchange.status for exchange in exchanges] == [200, 200, 200]
    assert held(owner_db, fest) == 9


def test_a_festival_is_cancelled_while_people_register(reserved, smart_admin, owner_db, build):
    course, fest = reserved(capacity=10, room=20)
    requests = [(smart_admin, "POST", REGISTRATIONS, build.registration_body(course)) for _ in range(8)]
    requests.insert(4, (smart_admin, "POST", f"{path_of(fest)}/actions/cancel", {}, {"If-Match": "*"}))
    statuses = [exchange.status for exchange in seats.at_once(requests)]
    assert sorted(statuses) == [200] + [201] * 8
    assert taken(owner_db, fest) == (0, 0, 0)
    assert smart_admin.get(path_of(course))["festival_seats"] == "pending"


def test_the_last_seat_of_the_festival(reserved, smart_admin, owner_db, build):
    """Programmes that want more seats and people who want one: never more than there are."""
    course, fest = reserved(capacity=2, room=6)
    requests = [(smart_admin, "POST", REGISTRATIONS, build.registration_body(fest)) for _ in range(6)]
    requests[3:3] = [(smart_admin, "PATCH", path_of(course), {"capacity": 5},
                      {"If-Match": "*", "Content-Type": "application/merge-patch+json",
                       "Idempotency-Key": None})]
    requests = [(a, m, p, b, {k: v for k, v in (h[0] if h else {}).items() if v}) for a, m, p, b, *h in requests]
    statuses = [exchange.status for exchange in seats.at_once(requests)]
    confirmed, holds, waiting = taken(owner_db, fest)
    assert confirmed + holds <= 6 and confirmed + waiting == 6
    assert holds == (5 if 200 in statuses else 2)
