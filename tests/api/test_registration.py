"""Registrations over HTTP: the rules SM-R01 to R04, R08 to R10, R13 to R15 with status, code and rule;
offers; the life of a registration; whom it is about; who may see and do what with it.

The business clock of a request is set by X-Loft-Now. Days in this file lie in May 2031, so that no
background work, which goes by the real time, meddles with their offers.
"""
import csv
import datetime
import io
import itertools
import json
import uuid
import zoneinfo

import pytest

from support import seats
from support.build import Build, instant, now
from support.client import Api
from support.seats import PATIENCE_S, REGISTRATIONS
from support.waiting import eventually

OSLO = zoneinfo.ZoneInfo("Europe/Oslo")
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
SECOND = datetime.timedelta(seconds=1)


def oslo(day, clock="00:00", month=5):
    """A moment of 2031 by the clocks of Norway."""
    return datetime.datetime.fromisoformat(f"2031-{month:02}-{day:02}T{clock}").replace(tzinfo=OSLO)


STARTS_AT = oslo(14, "09:00")
EARLIER = oslo(1, "12:00", month=3)  # long before anything matters
INVOICE = {"recipient": "Eksempelbedriften (eksempel)"}
ORGANISATION = {"buyer_type": "organisation", "invoice": INVOICE}
FINAL = ["expired", "withdrawn", "cancelled"]
ACTIVE = ["waitlisted", "offered", "confirmed", "completed", "no_show"]


def path_of(registration):
    return f"{REGISTRATIONS}/{registration['id'] if not isinstance(registration, str) else registration}"


@pytest.fixture
def register(build, smart_admin):
    """register(course, by=client, now=..., **body): somebody new, by smart_admin unless said."""
    def send(course, by=smart_admin, now=None, expect=None, code=None, **changes):
        return by.post(REGISTRATIONS, build.registration_body(course, **changes),
                       now=now and instant(now), expect=expect, code=code)
    return send


@pytest.fixture
def act(smart_admin):
    """act(registration, "cancel", by=client, now=..., body)."""
    def send(registration, action, body=None, by=smart_admin, now=None, **options):
        return by.act(path_of(registration), action, body, now=now and instant(now), **options)
    return send


@pytest.fixture
def read(smart_admin):
    def get(registration, by=smart_admin, now=None, **options):
        return by.get(path_of(registration), now=now and instant(now), **options)
    return get


def refused(answer, status, code, rule=None, **members):
    problem = answer.json
    assert (answer.status, problem["code"], problem.get("rule")) == (status, code, rule), answer
    assert {name: problem.get(name) for name in members} == members, answer
    return problem


def events_of(session, registration):
    """(operation, from, to) in order."""
    return [(row["operation"], row["from_state"], row["to_state"]) for row in session.rows(
        "SELECT operation, from_state, to_state FROM event"
        " WHERE resource_type = 'registration' AND resource_id = %s ORDER BY seq",
        [path_of(registration).rsplit("/", 1)[1]])]


# ---- SM-R01, SM-R02: seats and the line ------------------------------------------------------------

def test_vector_9_two_seats_three_people(build, register, act, read, smart_admin, owner_db):
    course = build.course(capacity=2, starts_at=STARTS_AT)
    first, second, third = (register(course, now=EARLIER) for _ in range(3))
    assert [one["state"] for one in (first, second, third)] == ["confirmed", "confirmed", "waitlisted"]
    assert [one["waitlist_seq"] for one in (first, second, third)] == [None, None, 1]
    assert [one["payment_state"] for one in (first, third)] == ["to_invoice", "not_required"]

    cancelled_at = EARLIER + DAY
    act(first, "cancel", now=cancelled_at)
    offer = read(third, now=cancelled_at)
    assert offer["state"] == "offered"
    assert offer["offer_expires_at"] == instant(cancelled_at + 72 * HOUR)
    assert seats.seats_of(owner_db, course) == (1, 1, 0)

    expired = cancelled_at + 72 * HOUR
    assert read(third, now=expired)["state"] == "expired"
    # The seat is free again for whoever comes, and the expiry is made so with that.
    assert register(course, now=expired)["state"] == "confirmed"
    assert events_of(owner_db, third) == [("create_registration", None, "waitlisted"),
                                          ("promote", "waitlisted", "offered"),
                                          ("expire", "offered", "expired")]
    seats.check(owner_db, course)


def test_an_expired_offer_goes_to_the_next_before_anyone_new(build, register, act, read, owner_db):
    course = build.course(capacity=1, starts_at=STARTS_AT)
    holder, first, second = (register(course, now=EARLIER) for _ in range(3))
    act(holder, "cancel", now=EARLIER)
    late = EARLIER + 73 * HOUR
    newcomer = register(course, now=late)
    assert newcomer["state"] == "waitlisted"
    assert read(first, now=late)["state"] == "expired"
    assert read(second, now=late)["state"] == "offered"
    assert read(second, now=late)["offer_expires_at"] == instant(late + 72 * HOUR)
    assert read(newcomer, now=late)["state"] == "waitlisted"
    seats.check(owner_db, course)


def test_a_cancelled_seat_goes_to_the_first_in_line_before_anyone_new(build, register, act, read,
                                                                      owner_db):
    course = build.course(capacity=2)
    taken = [register(course) for _ in range(2)]
    waiting = [register(course) for _ in range(3)]
    act(waiting[0], "withdraw")
    act(taken[0], "cancel")
    assert [read(one)["state"] for one in waiting] == ["withdrawn", "offered", "waitlisted"]
    assert register(course)["state"] == "waitlisted", "the free seat is offered, not free"
    act(taken[1], "cancel")
    assert [read(one)["state"] for one in waiting] == ["withdrawn", "offered", "offered"]
    seats.check(owner_db, course)


def test_a_declined_offer_goes_on(build, register, act, read, owner_db):
    course = build.course(capacity=1)
    holder, first, second, third = (register(course) for _ in range(4))
    act(holder, "cancel")
    act(first, "withdraw")
    act(second, "withdraw")
    assert [read(one)["state"] for one in (first, second, third)] == [
        "withdrawn", "withdrawn", "offered"]
    act(third, "withdraw")
    assert seats.seats_of(owner_db, course) == (0, 0, 0)
    assert register(course)["state"] == "confirmed"
    seats.check(owner_db, course)


def test_new_seats_are_for_those_who_wait(build, register, read, smart_admin, owner_db):
    course = build.course(capacity=1)
    _, first, second, third = (register(course) for _ in range(4))
    path = f"/v1/smart/courses/{course.id}"
    smart_admin.patch(path, {"capacity": 3}, etag=smart_admin.get(path).etag)
    newcomer = register(course)
    assert [read(one)["state"] for one in (first, second, third, newcomer)] == [
        "offered", "offered", "waitlisted", "waitlisted"]
    seats.check(owner_db, course)


def test_room_that_nobody_offered_is_not_for_a_newcomer(build, register, read, owner_db):
    """However the room came about, even past the service: nobody passes the line."""
    course = build.course(capacity=1)
    _, first, second = (register(course) for _ in range(3))
    owner_db.execute("UPDATE course SET capacity = 2 WHERE id = %s", [course.id])
    newcomer = register(course)
    assert [read(one)["state"] for one in (first, second, newcomer)] == [
        "offered", "waitlisted", "waitlisted"]
    seats.check(owner_db, course)


def test_a_place_in_line_is_never_given_again(build, register, act, owner_db):
    course = build.course(capacity=1)
    register(course)
    places = []
    for _ in range(3):
        waiting = register(course)
        places.append(waiting["waitlist_seq"])
        act(waiting, "withdraw")
    assert places == [1, 2, 3]
    seats.check(owner_db, course)


def test_full_without_a_waiting_list(build, register, act):
    course = build.course(capacity=1, waiting_list=False)
    holder = register(course)
    answer = register(course, expect=409)
    refused(answer, 409, "course_full", "SM-R01")
    act(holder, "cancel")
    assert register(course)["state"] == "confirmed"


def test_ticket_type_full(build, register):
    course = build.course(capacity=5, tickets=[{"code": "few", "capacity": 1}, {"code": "many"}])
    register(course, ticket_type_id=course.tickets["few"])
    answer = register(course, ticket_type_id=course.tickets["few"], expect=409)
    refused(answer, 409, "ticket_type_full", "SM-R01")
    assert register(course, ticket_type_id=course.tickets["many"])["state"] == "confirmed"


def test_a_trial_takes_no_seat_and_no_place(build, smart_admin, register, owner_db):
    course = build.course(capacity=1)
    trial = smart_admin.post(REGISTRATIONS, build.registration_body(course), dry_run=True)
    assert trial["state"] == "confirmed"
    assert register(course)["state"] == "confirmed"
    trial = smart_admin.post(REGISTRATIONS, build.registration_body(course), dry_run=True)
    assert (trial["state"], trial["waitlist_seq"]) == ("waitlisted", 1)
    assert register(course)["waitlist_seq"] == 1
    assert seats.seats_of(owner_db, course) == (1, 0, 1)
    seats.check(owner_db, course)


# ---- SM-R03: one active registration for each person -----------------------------------------------

@pytest.mark.parametrize("state", ACTIVE)
def test_registered_already(build, register, state):
    course = build.course(capacity=5)
    email = f"ola.{uuid.uuid4().hex}@example.no"
    build.registration(course, build.person(email=email), state=state)
    for written in (email, email.upper(), email.title()):
        answer = register(course, person={"full_name": "Ola Demostad", "email": written}, expect=409)
        refused(answer, 409, "already_registered", "SM-R03")


@pytest.mark.parametrize("state", FINAL)
def test_registered_once_but_not_any_more(build, register, state, owner_db):
    course = build.course(capacity=5)
    person_id = build.person()
    ended = {"refund_nok": 0, "cancelled_at": now()} if state == "cancelled" else {}
    build.registration(course, person_id, state=state, **ended)
    assert register(course, person=None, person_id=person_id)["state"] == "confirmed"
    seats.check(owner_db, course)


def test_registered_already_by_person_id_and_as_oneself(build, register, make_user):
    course = build.course(capacity=5)
    somebody = make_user("participant")
    register(course, by=somebody, person=None)
    refused(register(course, by=somebody, person=None, expect=409), 409, "already_registered", "SM-R03")
    refused(register(course, by=somebody, person=None, person_id=somebody.user.person_id, expect=409),
            409, "already_registered", "SM-R03")
    refused(register(course, person={"full_name": "X", "email": somebody.user.email}, expect=409),
            409, "already_registered", "SM-R03")


def test_an_offer_that_has_run_out_does_not_bar_its_person(build, register, act, owner_db):
    course = build.course(capacity=1, starts_at=STARTS_AT)
    holder = register(course, now=EARLIER)
    email = f"ola.{uuid.uuid4().hex}@example.no"
    person = {"full_name": "Ola Demostad", "email": email}
    register(course, now=EARLIER, person=person)
    act(holder, "cancel", now=EARLIER)
    refused(register(course, now=EARLIER + 71 * HOUR, person=person, expect=409), 409,
            "already_registered", "SM-R03")
    assert register(course, now=EARLIER + 73 * HOUR, person=person)["state"] == "confirmed"
    seats.check(owner_db, course)


def test_an_offer_that_has_run_out_does_not_bar_a_transfer(build, register, act, owner_db):
    course = build.course(capacity=2, starts_at=STARTS_AT)
    seat, given_up = (register(course, now=EARLIER) for _ in range(2))
    person = {"full_name": "Ola Demostad", "email": f"ola.{uuid.uuid4().hex}@example.no"}
    register(course, now=EARLIER, person=person)
    act(given_up, "cancel", now=EARLIER)
    whom = {"profession_code": "leder", "person": person}
    refused(act(seat, "transfer", whom, now=EARLIER + 71 * HOUR, expect=409), 409,
            "already_registered", "SM-R03")
    assert act(seat, "transfer", whom, now=EARLIER + 73 * HOUR)["participant_name"] == "Ola Demostad"
    seats.check(owner_db, course)


def test_the_same_person_on_two_courses(build, register):
    person_id = build.person()
    for course in (build.course(), build.course()):
        assert register(course, person=None, person_id=person_id)["state"] == "confirmed"


# ---- SM-R04: a capacity ----------------------------------------------------------------------------

def test_no_registration_without_a_capacity(build, register):
    course = build.course(capacity=None)
    refused(register(course, expect=409), 409, "capacity_required", "SM-R04")


# ---- SM-R08: choices -------------------------------------------------------------------------------

TEXTBOOKS = {"lunch": [], "textbook": ["barnehage", "barneskole"], "strength_cards": []}


def grunnkurs(build, **changes):
    return build.course(course_type="grunnkurs", items=TEXTBOOKS, **changes)


@pytest.mark.parametrize("choices, pointer, code", [
    (None, "/item_choices/textbook", "choice_required"),
    ({}, "/item_choices/textbook", "choice_required"),
    ({"textbook": "kokebok"}, "/item_choices/textbook", "choice_unknown"),
    ({"textbook": "barnehage", "lunch": "fisk"}, "/item_choices/lunch", "choice_unknown"),
    ({"textbook": "barnehage", "pen": "blue"}, "/item_choices/pen", "choice_unknown"),
])
def test_textbook_must_be_chosen(build, register, choices, pointer, code):
    answer = register(grunnkurs(build), item_choices=choices, expect=422)
    refused(answer, 422, code, "SM-R08")
    assert answer.faults[pointer] == code


def test_textbook_chosen(build, register, read):
    made = register(grunnkurs(build), item_choices={"textbook": "barneskole"})
    assert (made["price_nok"], made["item_choices"]) == (950, {"textbook": "barneskole"})
    assert read(made)["item_choices"] == {"textbook": "barneskole"}


def test_choices_of_a_course_without_any(build, register):
    course = build.course()
    assert register(course)["item_choices"] == {}
    refused(register(course, item_choices={"textbook": "barnehage"}, expect=422), 422,
            "choice_unknown", "SM-R08")


# ---- SM-R09: by agreement --------------------------------------------------------------------------

@pytest.mark.parametrize("course_type", ["moralsk_resonnering", "kursrekke"])
def test_by_agreement_only(build, register, course_type):
    course = build.course(course_type=course_type)
    refused(register(course, expect=422), 422, "quote_required", "SM-R09")


# ---- SM-R10: tickets of an employer ----------------------------------------------------------------

@pytest.fixture
def festival(build):
    """A festival with a ticket for everybody and one for the employees of a municipality."""
    employer = build.organisation()
    course = build.course(course_type="festival", capacity=50, tickets=[
        {"code": "general", "price_nok": 490},
        {"code": "employee", "price_nok": 0, "eligibility": "municipality_employee",
         "eligible_organisation_id": employer}])
    course.employer = employer
    return course


def test_employee_ticket_needs_the_employer(festival, build, register):
    ticket = {"ticket_type_id": festival.tickets["employee"]}
    answer = register(festival, **ticket, expect=422)
    refused(answer, 422, "employer_required", "SM-R10")
    assert answer.faults == {"/employer_organisation_id": "employer_required"}
    answer = register(festival, **ticket, employer_organisation_id=build.organisation(), expect=422)
    refused(answer, 422, "employer_not_eligible", "SM-R10")
    assert answer.faults == {"/employer_organisation_id": "employer_not_eligible"}
    made = register(festival, **ticket, employer_organisation_id=festival.employer)
    assert (made["state"], made["price_nok"], made["payment_state"]) == ("confirmed", 0, "not_required")


def test_the_ticket_must_be_named_and_of_this_course(festival, build, register):
    answer = register(festival, expect=422)
    assert answer.faults == {"/ticket_type_id": "ticket_type_required"}
    other = build.course()
    answer = register(festival, ticket_type_id=other.ticket_id, expect=422)
    assert answer.faults == {"/ticket_type_id": "ticket_type_unknown"}
    assert register(festival, ticket_type_id=festival.tickets["general"])["price_nok"] == 490


def test_every_fault_at_once(build, register):
    employer = build.organisation()
    course = build.course(items=TEXTBOOKS, tickets=[
        {"code": "employee", "price_nok": 100, "eligibility": "municipality_employee",
         "eligible_organisation_id": employer}])
    answer = register(course, expect=422, item_choices={"textbook": "kokebok"},
                      profession_code="annet", municipality_no="0000", buyer_type="organisation",
                      person={"full_name": " ", "email": "ola@example.no"})
    assert answer.faults == {
        "/employer_organisation_id": "employer_required", "/item_choices/textbook": "choice_unknown",
        "/profession_other": "profession_other_required", "/municipality_no": "municipality_no_invalid",
        "/invoice": "invoice_required", "/person/full_name": "name_required"}


def test_references_that_do_not_exist(build, register):
    course = build.course()
    answer = register(course, profession_code="trollmann", expect=422)
    assert answer.faults == {"/profession_code": "unknown_reference"}
    answer = register(course, employer_organisation_id=str(uuid.uuid4()), expect=422)
    assert answer.faults == {"/employer_organisation_id": "unknown_reference"}
    answer = register(course, municipality_no="9998", expect=422)
    assert answer.faults == {"/municipality_no": "unknown_reference"}


@pytest.mark.parametrize("price_nok, buyer, fault", [
    (950, {"buyer_type": "organisation"}, True),
    (950, ORGANISATION, False),
    (950, {"buyer_type": "consumer"}, False),
    (0, {"buyer_type": "organisation"}, False),
])
def test_an_organisation_that_pays_says_where_to_send_the_invoice(build, register, price_nok, buyer,
                                                                  fault):
    course = build.course(price_nok=price_nok)
    if fault:
        assert register(course, **buyer, expect=422).faults == {"/invoice": "invoice_required"}
    else:
        assert register(course, **buyer)["state"] == "confirmed"


# ---- the window ------------------------------------------------------------------------------------

OPENS_AT, CLOSES_AT = oslo(1, "09:00", month=4), oslo(10)


@pytest.mark.parametrize("moment, code", [
    (OPENS_AT - SECOND, "registration_not_open_yet"),
    (OPENS_AT, None),
    (CLOSES_AT - SECOND, None),
    (CLOSES_AT, "registration_closed"),
    (STARTS_AT, "registration_closed"),
])
def test_registration_window(build, register, moment, code):
    course = build.course(starts_at=STARTS_AT, opens_at=OPENS_AT, closes_at=CLOSES_AT)
    if code:
        refused(register(course, now=moment, expect=409), 409, code)
    else:
        assert register(course, now=moment)["state"] == "confirmed"


def test_registration_ends_with_the_first_session(build, register):
    course = build.course(starts_at=STARTS_AT, sessions=2)
    assert register(course, now=STARTS_AT - SECOND)["state"] == "confirmed"
    refused(register(course, now=STARTS_AT, expect=409), 409, "course_started")


@pytest.mark.parametrize("state, code", [
    ("cancelled", "course_cancelled"), ("running", "course_started"), ("completed", "course_started")])
def test_a_course_that_is_not_open(build, register, state, code):
    refused(register(build.course(state=state), expect=409), 409, code)


def test_a_draft(build, register, participant):
    course = build.course(state="draft")
    refused(register(course, by=participant, expect=404), 404, "course_not_found")
    refused(register(course, expect=409), 409, "course_not_published")
    course.id = str(uuid.uuid4())
    refused(register(course, by=participant, expect=404), 404, "course_not_found")


# ---- SM-R13, SM-R14: what is given back ------------------------------------------------------------

@pytest.mark.parametrize("cancelled_at, refund_nok, payment_state", [
    (STARTS_AT - 40 * DAY, 950, "cancelled"),
    (oslo(30, "23:59:59", month=4), 950, "cancelled"),  # 14 days before
    (oslo(1), 475, "to_invoice"),                       # 13
    (oslo(7, "23:59:59"), 475, "to_invoice"),           # 7
    (oslo(8), 0, "to_invoice"),                         # 6
    (STARTS_AT - SECOND, 0, "to_invoice"),
])
def test_vector_10_refund_by_days(build, register, act, owner_db, cancelled_at, refund_nok,
                                  payment_state):
    course = build.course(starts_at=STARTS_AT)
    made = register(course, now=EARLIER, **ORGANISATION)
    gone = act(made, "cancel", now=cancelled_at)
    assert gone["state"] == "cancelled"
    assert (gone["refund_nok"], gone["payment_state"]) == (refund_nok, payment_state)
    assert gone["cancelled_at"] == instant(cancelled_at)
    seats.check(owner_db, course)


@pytest.mark.parametrize("buyer, right_days, days_since, refund_nok", [
    ({"buyer_type": "consumer"}, 14, 0, 950),
    ({"buyer_type": "consumer"}, 14, 14, 950),
    ({"buyer_type": "consumer"}, 14, 15, 0),
    (ORGANISATION, 14, 0, 0),
    ({"buyer_type": "consumer"}, 0, 0, 0),  # switched off
    ({"buyer_type": "consumer"}, 3, 3, 950),
    ({"buyer_type": "consumer"}, 3, 4, 0),
])
def test_vector_10_right_of_withdrawal(build, register, act, buyer, right_days, days_since, refund_nok):
    """Registered late in the evening, cancelled early or late on a day shortly before the course:
    calendar days count, not hours."""
    course = build.course(starts_at=STARTS_AT, withdrawal_right_days=right_days)
    day = oslo(13, "00:00") - days_since * DAY
    made = register(course, now=day.replace(hour=22), **buyer)
    gone = act(made, "cancel", now=oslo(13, "23:59:59"))
    assert gone["refund_nok"] == refund_nok


def test_withdrawal_ends_when_the_course_starts(build, register, act):
    course = build.course(starts_at=STARTS_AT)
    made = register(course, now=STARTS_AT - HOUR)
    refused(act(made, "cancel", now=STARTS_AT, expect=409), 409, "course_started", "SM-R13")
    assert act(made, "cancel", now=STARTS_AT - SECOND)["refund_nok"] == 950


def test_refund_follows_the_rows_of_the_policy(build, register, act, owner_db):
    policy = build.insert("cancellation_policy", code=f"policy-{uuid.uuid4().hex[:8]}", label_nb="A",
                          label_nn="A", label_en="A")
    for days_before, refund_bp in ((30, 10000), (2, 3333)):
        owner_db.execute("INSERT INTO cancellation_rule VALUES (%s, %s, %s)",
                         [policy, days_before, refund_bp])
    course = build.course(starts_at=STARTS_AT, cancellation_policy_id=policy)
    for moment, refund_nok in ((STARTS_AT - 30 * DAY, 950), (STARTS_AT - 29 * DAY, 316),
                               (STARTS_AT - 2 * DAY, 316), (STARTS_AT - DAY, 0)):
        made = register(course, now=EARLIER, **ORGANISATION)
        assert act(made, "cancel", now=moment)["refund_nok"] == refund_nok


def test_no_policy_gives_nothing_but_the_right_of_withdrawal(build, register, act):
    course = build.course(starts_at=STARTS_AT, cancellation_policy_id=None)
    assert act(register(course, now=EARLIER, **ORGANISATION), "cancel", now=EARLIER)["refund_nok"] == 0
    assert act(register(course, now=EARLIER), "cancel", now=EARLIER)["refund_nok"] == 950


def test_what_was_invoiced_stays_until_it_is_credited(build, act):
    course = build.course()
    for payment_state in ("invoiced", "paid"):
        one = build.registration(course, payment_state=payment_state, buyer_type="organisation")
        assert act(one, "cancel")["payment_state"] == payment_state


# ---- SM-R15: the price is frozen -------------------------------------------------------------------

def set_price(smart_admin, course, price_nok):
    path = f"/v1/smart/ticket-types/{course.ticket_id}"
    smart_admin.patch(path, {"price_nok": price_nok}, etag=smart_admin.get(path).etag)


def test_price_is_frozen(build, register, act, read, smart_admin):
    course = build.course(capacity=1, starts_at=STARTS_AT)
    seat, place = register(course, now=EARLIER), register(course, now=EARLIER)
    set_price(smart_admin, course, 1200)
    assert [read(one)["price_nok"] for one in (seat, place)] == [950, 950]
    assert register(course, now=EARLIER)["price_nok"] == 1200

    moved = act(seat, "transfer", {"profession_code": "leder", "person": {
        "full_name": "Ola Demostad", "email": f"ola.{uuid.uuid4().hex}@example.no"}}, now=EARLIER)
    assert moved["price_nok"] == 950
    assert act(seat, "cancel", now=EARLIER)["refund_nok"] == 950
    accepted = act(place, "accept", now=EARLIER)
    assert (accepted["price_nok"], accepted["payment_state"]) == (950, "to_invoice")


def test_a_free_seat_stays_free(build, register, act, smart_admin):
    course = build.course(capacity=1, price_nok=0)
    seat, place = register(course), register(course)
    set_price(smart_admin, course, 500)
    act(seat, "cancel")
    accepted = act(place, "accept")
    assert (accepted["price_nok"], accepted["payment_state"]) == (0, "not_required")


# ---- offers ----------------------------------------------------------------------------------------

@pytest.fixture
def offered(build, register, act, smart_admin):
    """A course of one seat, which was given up at EARLIER and offered to the first of two in line."""
    course = build.course(capacity=1, starts_at=STARTS_AT)
    holder, first, second = (register(course, now=EARLIER) for _ in range(3))
    act(holder, "cancel", now=EARLIER)
    course.holder, course.first, course.second = holder, first, second
    course.expires_at = EARLIER + 72 * HOUR
    return course


def test_an_offer_that_has_run_out_reads_as_expired(offered, read, smart_admin, owner_db):
    """Before the worker came: everywhere, from the very instant; and reading writes nothing."""
    course, first = offered, offered.first
    before = owner_db.row("SELECT * FROM registration WHERE id = %s", [first["id"]])
    events = events_of(owner_db, first)
    for moment, state, others, allowed in (
            (course.expires_at - SECOND, "offered", "expired", ["accept", "withdraw"]),
            (course.expires_at, "expired", "offered", [])):
        at = instant(moment)
        item = read(first, now=moment)
        assert (item["state"], item["allowed_actions"]) == (state, allowed)
        position = smart_admin.get(f"{path_of(first)}/queue-position", now=at)
        assert (position["state"], position["position"]) == (state, None)

        params = {"course_id": course.id}
        listed = smart_admin.get(REGISTRATIONS, params=params, now=at).items
        assert {one["id"]: one["state"] for one in listed}[first["id"]] == state
        for filtered, expected in ((state, [first["id"]]), (others, [])):
            found = smart_admin.get(REGISTRATIONS, params={**params, "state": filtered}, now=at).items
            assert [one["id"] for one in found] == expected
        assert smart_admin.get(REGISTRATIONS, params={**params, "state": state, "count": "true"},
                               now=at)["count"] == 1

        rows = csv.DictReader(io.StringIO(smart_admin.get(
            REGISTRATIONS, params=params, now=at, accept="text/csv").text))
        assert {row["id"]: row["state"] for row in rows}[first["id"]] == state
        lines = smart_admin.get(REGISTRATIONS, params={**params, "state": state}, now=at,
                                accept="application/x-ndjson").text.splitlines()
        assert [json.loads(line)["id"] for line in lines] == [first["id"]]
    assert owner_db.row("SELECT * FROM registration WHERE id = %s", [first["id"]]) == before
    assert events_of(owner_db, first) == events


def test_seats_read_as_free_when_an_offer_has_run_out(offered, anonymous):
    def seats_at(moment):
        answer = anonymous.get(f"/v1/smart/courses/{offered.id}/seats", now=instant(moment)).json
        return {name: answer[name] for name in ("confirmed", "offered", "waitlisted", "free")}
    assert seats_at(offered.expires_at - SECOND) == {
        "confirmed": 0, "offered": 1, "waitlisted": 1, "free": 0}
    assert seats_at(offered.expires_at) == {"confirmed": 0, "offered": 0, "waitlisted": 1, "free": 1}


def test_accept_in_time(offered, act, owner_db):
    accepted = act(offered.first, "accept", now=offered.expires_at - SECOND)
    assert (accepted["state"], accepted["payment_state"]) == ("confirmed", "to_invoice")
    assert accepted["allowed_actions"] == ["cancel", "transfer"]
    assert seats.seats_of(owner_db, offered) == (1, 0, 1)
    seats.check(owner_db, offered)


def test_accept_too_late(offered, act, read, owner_db):
    answer = act(offered.first, "accept", now=offered.expires_at, expect=409)
    refused(answer, 409, "offer_expired", "SM-R02", **{"from": "expired", "action": "accept",
                                                      "allowed_actions": []})
    answer = act(offered.first, "withdraw", now=offered.expires_at, expect=409)
    refused(answer, 409, "invalid_transition", **{"from": "expired", "action": "withdraw",
                                                 "allowed_actions": []})
    # A refusal changes nothing, not even for the next in line.
    assert seats.seats_of(owner_db, offered) == (0, 1, 1)
    seats.check(owner_db, offered)


def test_an_offer_outlives_the_closing_of_registration(build, register, act, read):
    course = build.course(capacity=1, starts_at=STARTS_AT, closes_at=CLOSES_AT)
    holder, waiting = (register(course, now=EARLIER) for _ in range(2))
    act(holder, "cancel", now=CLOSES_AT - HOUR)
    assert read(waiting, now=CLOSES_AT)["offer_expires_at"] == instant(CLOSES_AT + 71 * HOUR)
    assert act(waiting, "accept", now=CLOSES_AT + 70 * HOUR)["state"] == "confirmed"


def test_seats_are_offered_after_registration_closed_too(build, register, act, read):
    course = build.course(capacity=1, starts_at=STARTS_AT, closes_at=CLOSES_AT)
    holder, waiting = (register(course, now=EARLIER) for _ in range(2))
    act(holder, "cancel", now=CLOSES_AT + HOUR)
    offer = read(waiting, now=CLOSES_AT + HOUR)
    assert (offer["state"], offer["offer_expires_at"]) == ("offered", instant(CLOSES_AT + 73 * HOUR))


def test_an_offer_ends_when_the_course_starts(build, register, act, read, owner_db):
    course = build.course(capacity=1, starts_at=STARTS_AT)
    holder, waiting = (register(course, now=EARLIER) for _ in range(2))
    act(holder, "cancel", now=STARTS_AT - HOUR)
    assert read(waiting, now=STARTS_AT - HOUR)["offer_expires_at"] == instant(STARTS_AT)
    refused(act(waiting, "accept", now=STARTS_AT, expect=409), 409, "offer_expired", "SM-R02")
    assert act(waiting, "accept", now=STARTS_AT - SECOND)["state"] == "confirmed"
    seats.check(owner_db, course)


def test_offer_hours_of_the_course(build, register, act, read):
    course = build.course(capacity=1, starts_at=STARTS_AT, offer_hours=5)
    holder, waiting = (register(course, now=EARLIER) for _ in range(2))
    act(holder, "cancel", now=EARLIER)
    assert read(waiting, now=EARLIER)["offer_expires_at"] == instant(EARLIER + 5 * HOUR)


# ---- the worker ------------------------------------------------------------------------------------

@pytest.fixture
def workers(new_database, start_server, tokens):
    """Three processes on a database of their own, all looking for overdue offers all the time."""
    made = new_database()
    servers = [start_server(database=made, LOFT_WORK_INTERVAL_MS=50) for _ in range(3)]
    with made.connect() as owner:
        yield Api(servers[0], tokens["smart-admin"]), Build(owner), owner


def overdue(owner):
    return owner.value("SELECT count(*) FROM registration"
                       " WHERE state = 'offered' AND offer_expires_at <= clock_timestamp()")


def test_the_workers_expire_each_offer_once_and_offer_to_the_next(workers):
    smart_admin, build, owner = workers
    hour_ago = now() - HOUR
    courses = []
    # Made in one transaction, so that all come due at once.
    owner.connection.autocommit = False
    for _ in range(12):
        course = build.course(capacity=3)
        build.registration(course)
        course.offers = [build.registration(course, state="offered", offer_expires_at=hour_ago)
                         for _ in range(2)]
        course.waiting = [build.registration(course, state="waitlisted") for _ in range(3)]
        courses.append(course)
    owner.commit()
    owner.connection.autocommit = True
    eventually(lambda: overdue(owner) == 0, PATIENCE_S, "that overdue offers expire")

    for course in courses:
        for one in course.offers:
            assert events_of(owner, one) == [("expire", "offered", "expired")]
        for one in course.waiting[:2]:
            assert events_of(owner, one) == [("promote", "waitlisted", "offered")]
            offer = smart_admin.get(path_of(one))
            assert offer["state"] == "offered"
            left = datetime.datetime.fromisoformat(
                offer["offer_expires_at"].replace("Z", "+00:00")) - now()
            assert 71 * HOUR < left <= 72 * HOUR
        assert events_of(owner, course.waiting[2]) == []
        assert seats.seats_of(owner, course) == (1, 2, 1)
    actors = owner.rows("SELECT DISTINCT actor_kind, actor_id FROM event"
                        " WHERE operation IN ('expire', 'promote')")
    assert [(row["actor_kind"], row["actor_id"]) for row in actors] == [("system", None)]
    seats.check(owner)


def test_the_worker_offers_nothing_after_the_start(workers):
    smart_admin, build, owner = workers
    course = build.course(capacity=1, starts_at=(now() - HOUR))
    offer = build.registration(course, state="offered", offer_expires_at=now() - HOUR)
    waiting = build.registration(course, state="waitlisted")
    eventually(lambda: overdue(owner) == 0, PATIENCE_S, "that overdue offers expire")
    assert smart_admin.get(path_of(offer))["state"] == "expired"
    assert smart_admin.get(path_of(waiting))["state"] == "waitlisted"
    assert seats.seats_of(owner, course) == (0, 0, 1)
    seats.check(owner)


def test_the_worker_goes_by_the_real_time(workers):
    """A sandbox date moves no background work: an offer that lies in the request's past stands."""
    smart_admin, build, owner = workers
    course = build.course(capacity=1, starts_at=STARTS_AT)
    offer = build.registration(course, state="offered", offer_expires_at=now() + HOUR)
    assert smart_admin.get(path_of(offer), now=instant(STARTS_AT - DAY))["state"] == "expired"
    # The workers are shown at work: an offer that is overdue by the real time is taken meanwhile.
    build.registration(build.course(), state="offered", offer_expires_at=now() - HOUR)
    eventually(lambda: overdue(owner) == 0, PATIENCE_S, "that overdue offers expire")
    assert owner.value("SELECT state FROM registration WHERE id = %s", [offer]) == "offered"
    assert smart_admin.get(path_of(offer))["state"] == "offered"


# ---- the life of a registration --------------------------------------------------------------------

TRANSITIONS = {
    "waitlisted": {"withdraw": "withdrawn", "move": "waitlisted"},
    "offered": {"accept": "confirmed", "withdraw": "withdrawn"},
    "confirmed": {"cancel": "cancelled", "transfer": "confirmed"},
}
ACTIONS = ["accept", "withdraw", "move", "cancel", "transfer"]
STATES = [*TRANSITIONS, "expired", "withdrawn", "cancelled", "completed", "no_show"]


def body_of(action):
    return {"move": {"position": 1, "reason": "Sto på papirlisten"}, "transfer": {
        "profession_code": "leder", "person": {
            "full_name": "Ola Demostad", "email": f"ola.{uuid.uuid4().hex}@example.no"}}
    }.get(action)


@pytest.mark.parametrize("state, action", itertools.product(STATES, ACTIONS))
def test_transition(build, act, read, owner_db, smart_admin, state, action):
    course = build.course(capacity=1)
    ended = {"refund_nok": 0, "cancelled_at": now()} if state == "cancelled" else {}
    if state == "waitlisted":
        build.registration(course)
    one = build.registration(course, state=state, **ended)
    allowed = TRANSITIONS.get(state, {})
    before = read(one)
    assert before["allowed_actions"] == list(allowed)
    if action in allowed:
        after = act(one, action, body_of(action))
        assert after["state"] == allowed[action]
        assert after["version"] == before["version"] + 1
        assert after["allowed_actions"] == list(TRANSITIONS.get(after["state"], {}))
        assert events_of(owner_db, one) == [(f"{action}_registration", state, after["state"])]
    else:
        late = (state, action) == ("expired", "accept")
        answer = act(one, action, body_of(action), expect=409)
        refused(answer, 409, "offer_expired" if late else "invalid_transition",
                "SM-R02" if late else None,
                **{"from": state, "action": action, "allowed_actions": list(allowed)})
        assert read(one).body == before.body
        assert events_of(owner_db, one) == []
    seats.check(owner_db, course)


def test_the_event_names_who_and_why(build, register, act, owner_db, make_user):
    somebody = make_user("participant")
    course = build.course()
    made = register(course, by=somebody, person=None)
    act(made, "cancel", {"reason": "Meldt av på telefon"}, by=somebody)
    row = owner_db.row("SELECT * FROM event WHERE resource_id = %s AND operation = 'cancel_registration'",
                       [made["id"]])
    assert (row["actor_kind"], row["actor_id"]) == ("user", somebody.user.id)
    assert (row["reason"], row["version"]) == ("Meldt av på telefon", 2)


def test_an_action_needs_the_version_that_was_read(build, register, smart_admin, participant, owner_db):
    made = register(build.course())
    path = path_of(made)
    smart_admin.act(path, "cancel", etag=None, expect=428, code="precondition_required")
    smart_admin.act(path, "cancel", etag='"7-0"', expect=412, code="version_conflict")
    smart_admin.act(path, "transfer", body_of("transfer"), etag=made.etag)
    smart_admin.act(path, "cancel", etag=made.etag, expect=412, code="version_conflict")
    assert smart_admin.act(path, "cancel")["state"] == "cancelled"


@pytest.mark.parametrize("action", ACTIONS)
def test_nothing_after_the_course_is_cancelled(build, act, action):
    """Its registrations ended with it: there is nothing left to do."""
    course = build.course(state="cancelled")
    one = build.registration(course, state="cancelled", refund_nok=950, cancelled_at=now())
    refused(act(one, action, body_of(action), expect=409), 409, "invalid_transition",
            **{"from": "cancelled", "allowed_actions": []})


def test_transfer(build, register, act, read, owner_db):
    course = grunnkurs(build, capacity=1)
    employer = build.organisation()
    seat = register(course, item_choices={"textbook": "barnehage"}, dietary_note="Nøtter",
                    employer_organisation_id=employer, employer_name="Skolen", municipality_no="3905")
    place = register(course, item_choices={"textbook": "barnehage"})
    email = f"ola.{uuid.uuid4().hex}@example.no"
    moved = act(seat, "transfer", {
        "profession_code": "sfo_ansatt", "person": {"full_name": "Ola Demostad", "email": email}})
    assert moved["state"] == "confirmed" and moved["price_nok"] == seat["price_nok"]
    assert moved["ticket_type_id"] == seat["ticket_type_id"]
    assert (moved["participant_name"], moved["participant_email"]) == ("Ola Demostad", email)
    assert moved["person_id"] != seat["person_id"]
    assert moved["profession_code"] == "sfo_ansatt"
    assert moved["item_choices"] == {"textbook": "barnehage"}, "goes with the seat"
    for name in ("dietary_note", "employer_organisation_id", "employer_name", "municipality_no"):
        assert moved[name] is None, f"{name} belonged to the former participant"
    assert read(place)["state"] == "waitlisted", "no seat was freed"
    assert events_of(owner_db, seat)[1:] == [("transfer_registration", "confirmed", "confirmed")]
    seats.check(owner_db, course)


def test_transfer_until_the_first_session(build, register, act):
    course = build.course(starts_at=STARTS_AT)
    made = register(course, now=EARLIER)
    assert act(made, "transfer", body_of("transfer"), now=STARTS_AT - SECOND)["state"] == "confirmed"
    refused(act(made, "transfer", body_of("transfer"), now=STARTS_AT, expect=409), 409,
            "course_started")


def test_transfer_checks_eligibility_again(festival, build, register, act):
    made = register(festival, ticket_type_id=festival.tickets["employee"],
                    employer_organisation_id=festival.employer)
    refused(act(made, "transfer", body_of("transfer"), expect=422), 422, "employer_required", "SM-R10")
    refused(act(made, "transfer", {**body_of("transfer"),
                                   "employer_organisation_id": build.organisation()}, expect=422),
            422, "employer_not_eligible", "SM-R10")
    moved = act(made, "transfer", {**body_of("transfer"),
                                   "employer_organisation_id": festival.employer})
    assert moved["employer_organisation_id"] == festival.employer


def test_transfer_checks_choices_again(build, register, act):
    course = grunnkurs(build)
    made = register(course, item_choices={"textbook": "barnehage"})
    refused(act(made, "transfer", {**body_of("transfer"), "item_choices": {"textbook": "kokebok"}},
                expect=422), 422, "choice_unknown", "SM-R08")
    moved = act(made, "transfer", {**body_of("transfer"), "item_choices": {"textbook": "barneskole"}})
    assert moved["item_choices"] == {"textbook": "barneskole"}


@pytest.mark.parametrize("state", ACTIVE)
def test_transfer_to_somebody_who_is_registered(build, act, read, state):
    course = build.course(capacity=5)
    made = build.registration(course)
    email = f"ola.{uuid.uuid4().hex}@example.no"
    other = build.person(email=email)
    build.registration(course, other, state=state)
    for whom in ({"person": {"full_name": "Ola Demostad", "email": email.upper()}},
                 {"person_id": other}):
        answer = act(made, "transfer", {"profession_code": "leder", **whom}, expect=409)
        refused(answer, 409, "already_registered", "SM-R03")
    assert read(made)["version"] == 1


@pytest.mark.parametrize("by_id", [True, False])
def test_transfer_to_the_present_participant(build, act, read, by_id):
    """No other person: refused, however they are named."""
    email = f"ola.{uuid.uuid4().hex}@example.no"
    person_id = build.person(email=email)
    made = build.registration(build.course(), person_id)
    whom = {"person_id": person_id} if by_id else {
        "person": {"full_name": "Somebody Else", "email": email.title()}}
    answer = act(made, "transfer", {"profession_code": "leder", **whom}, expect=409)
    refused(answer, 409, "already_registered", "SM-R03")
    assert read(made)["version"] == 1


def test_a_correction_moves_neither_seat_nor_price(build, register, smart_admin, owner_db):
    course = grunnkurs(build, capacity=1)
    made = register(course, item_choices={"textbook": "barnehage"})
    set_price(smart_admin, course, 1200)
    mended = smart_admin.patch(path_of(made), {
        "dietary_note": "Vegetar", "item_choices": {"textbook": "barneskole"},
        "profession_code": "rektor"}, etag=made.etag)
    assert (mended["state"], mended["price_nok"], mended["version"]) == ("confirmed", 950, 2)
    assert mended["item_choices"] == {"textbook": "barneskole"}
    assert events_of(owner_db, made)[1:] == [("update_registration", "confirmed", "confirmed")]
    seats.check(owner_db, course)


# ---- the person ------------------------------------------------------------------------------------

def test_a_person_is_found_by_the_normalised_address(build, register, participant, owner_db):
    """The same one however the address is written; what is known of them is neither told nor changed."""
    email = f"kari.eksempelsen.{uuid.uuid4().hex[:8]}@example.no"
    person_id = build.person("Kari Eksempelsen", email, phone="+47 00 00 00 01", birth_year=1980)
    before = owner_db.row("SELECT * FROM person WHERE id = %s", [person_id])
    for written in (email, email.upper(), email.title()):
        made = register(build.course(), by=participant,
                        person={"full_name": "Noen Andre", "email": written, "phone": None})
        assert made["person_id"] == person_id
        assert made["participant_name"] == "Noen Andre"
        assert made["participant_email"] == written
        assert made["participant_phone"] is None
    assert owner_db.row("SELECT * FROM person WHERE id = %s", [person_id]) == before
    assert owner_db.value("SELECT count(*) FROM person WHERE email_key = %s", [email]) == 1


def test_white_space_makes_no_second_person(build, register, owner_db):
    """An address with white space is no address; nobody is made of it."""
    email = f"kari.{uuid.uuid4().hex}@example.no"
    course = build.course()
    for written in (f" {email}", f"{email} ", f"\t{email}\n"):
        answer = register(course, person={"full_name": "Kari Eksempelsen", "email": written}, expect=422)
        assert list(answer.faults) == ["/person/email"]
    assert owner_db.value("SELECT count(*) FROM person WHERE email_key = %s", [email]) == 0


def test_a_new_person_is_made_as_written(build, register, owner_db):
    email = f"Kari.{uuid.uuid4().hex}@Example.NO"
    made = register(build.course(), person={"full_name": "Kari Eksempelsen", "email": email,
                                            "phone": "+47 00 00 00 00"})
    person = owner_db.row("SELECT * FROM person WHERE id = %s", [made["person_id"]])
    assert (person["full_name"], person["email"], person["phone"]) == (
        "Kari Eksempelsen", email, "+47 00 00 00 00")
    assert person["email_key"] == email.lower()


def test_the_answer_never_tells_whether_the_person_was_known(build, register, participant):
    """Everything but ids, places and times is the same for somebody known and somebody new."""
    course = build.course()
    known = f"kari.{uuid.uuid4().hex}@example.no"
    build.person("Kari Eksempelsen", known, phone="+47 00 00 00 01")
    new = f"kari.{uuid.uuid4().hex}@example.no"
    answers = [register(course, by=participant, person={"full_name": "Noen", "email": email})
               for email in (known, new)]
    differing = {name for name in answers[0].json if answers[0][name] != answers[1][name]}
    assert differing <= {"id", "person_id", "participant_email", "registered_at", "updated_at"}
    assert [uuid.UUID(answer["person_id"]).version for answer in answers] == [4, 4]
    assert set(answers[0].headers) == set(answers[1].headers)


def test_whoever_names_nobody_registers_themselves(build, register, make_user):
    somebody = make_user("participant", full_name="Ola Demostad")
    made = register(build.course(), by=somebody, person=None)
    assert made["person_id"] == somebody.user.person_id
    assert (made["participant_name"], made["participant_email"]) == ("Ola Demostad", somebody.user.email)


def test_person_and_person_id(build, register, participant, partner, make_user):
    course = build.course()
    somebody = make_user("participant")
    answer = register(course, by=somebody, person_id=somebody.user.person_id, expect=422)
    assert answer.faults == {"/person_id": "person_ambiguous"}
    answer = register(course, by=partner, person=None, expect=422)
    assert answer.faults == {"/person": "person_required"}
    assert register(course, by=somebody, person=None,
                    person_id=somebody.user.person_id)["state"] == "confirmed"


@pytest.mark.parametrize("who", ["participant", "booker", "partner"])
def test_somebody_elses_person_id(build, register, request, who):
    """Refused, and in the same words as an id that nobody has."""
    client = request.getfixturevalue(who)
    course = build.course()
    problems = []
    for person_id in (build.person(), str(uuid.uuid4())):
        answer = register(course, by=client, person=None, person_id=person_id, expect=422)
        assert answer.faults == {"/person_id": "unknown_reference"}
        problems.append({**answer.json, "request_id": None})
    assert problems[0] == problems[1]


def test_somebody_elses_person_id_in_a_transfer(build, register, act, make_user):
    somebody = make_user("participant")
    made = register(build.course(), by=somebody, person=None)
    answer = act(made, "transfer", {"profession_code": "leder", "person_id": build.person()},
                 by=somebody, expect=422)
    assert answer.faults == {"/person_id": "unknown_reference"}


def test_smart_admin_names_anybody(build, register):
    person_id = build.person("Kari Eksempelsen")
    made = register(build.course(), person=None, person_id=person_id)
    assert (made["person_id"], made["participant_name"]) == (person_id, "Kari Eksempelsen")


# ---- who sees and does what ------------------------------------------------------------------------

def assert_out_of_reach(api, registration):
    """404 for everything about a registration that one may not see."""
    path = path_of(registration)
    api.get(path, expect=404, code="not_found")
    api.get(f"{path}/queue-position", expect=404, code="not_found")
    for action in ACTIONS:
        if action != "move":  # for smart_admin alone, whatever the registration
            api.act(path, action, body_of(action), etag='"1-0"', expect=404, code="not_found")


def test_participants_see_their_own_and_nobody_elses(build, register, make_user):
    course = build.course(capacity=1)
    one, other = make_user("participant"), make_user("participant")
    mine = register(course, by=one, person=None)
    brought = register(course, by=one)
    theirs = register(course, by=other, person=None)
    by_admin = register(build.course(), person=None, person_id=one.user.person_id)

    listed = {item["id"] for item in one.every(REGISTRATIONS, {"limit": 2})}
    assert listed == {mine["id"], brought["id"], by_admin["id"]}
    assert {item["id"] for item in other.every(REGISTRATIONS)} == {theirs["id"]}
    assert one.get(REGISTRATIONS, params={"course_id": course.id, "count": "true"})["count"] == 2
    for mine_too in (mine, brought, by_admin):
        one.get(path_of(mine_too))
        assert_out_of_reach(other, mine_too)
    assert_out_of_reach(one, theirs)
    assert_out_of_reach(one, str(uuid.uuid4()))


def test_queue_position(build, register, act, make_user, smart_admin):
    """One's own place, which moves when others leave; nothing about who they are."""
    course = build.course(capacity=1)
    people = [make_user("participant") for _ in range(4)]
    holder, *line = [register(course, by=one, person=None) for one in people]
    for place, (one, mine) in enumerate(zip(people[1:], line), 1):
        position = one.get(f"{path_of(mine)}/queue-position")
        assert position.json == {
            "id": mine["id"], "course_id": course.id, "state": "waitlisted", "position": place,
            "seats": 1, "seats_before": place - 1, "skipped": False, "waits_for": "seats",
            "seats_needed": place, "offer_expires_at": None, "waitlisted": 3}
    position = people[0].get(f"{path_of(holder)}/queue-position")
    assert {name: position[name] for name in ("position", "seats", "seats_before", "skipped",
                                              "waits_for", "seats_needed")} == dict.fromkeys(
        ("position", "seats", "seats_before", "skipped", "waits_for", "seats_needed"))
    people[1].get(f"{path_of(line[1])}/queue-position", expect=404, code="not_found")

    act(line[0], "withdraw", by=people[1])
    position = people[3].get(f"{path_of(line[2])}/queue-position")
    assert (position["position"], position["waitlisted"]) == (2, 2)
    act(holder, "cancel", by=people[0])
    position = people[3].get(f"{path_of(line[2])}/queue-position")
    assert (position["position"], position["waitlisted"]) == (1, 1)
    offered = people[2].get(f"{path_of(line[1])}/queue-position")
    assert (offered["state"], offered["position"]) == ("offered", None)
    assert offered["offer_expires_at"] is not None


def test_a_participant_goes_through_it_all(build, register, act, read, make_user):
    course = build.course(capacity=1, price_nok=0)
    one, other = make_user("participant"), make_user("participant")
    seat = register(course, by=one, person=None)
    place = register(course, by=other, person=None)
    act(seat, "cancel", by=one)
    assert read(place, by=other)["allowed_actions"] == ["accept", "withdraw"]
    act(place, "accept", by=other)
    moved = act(place, "transfer", body_of("transfer"), by=other)
    assert moved["person_id"] != other.user.person_id
    assert moved["allowed_actions"] == ["cancel", "transfer"], "whom one registered, one may cancel"
    assert act(place, "cancel", by=other)["state"] == "cancelled"


def status_of(api, method, path, **options):
    """Of a request that may end either way."""
    return api.session.request(method, api.base + path, timeout=60, **{
        **options, "headers": {"Authorization": f"Bearer {api.token}", **options.get("headers", {})}
    }).status_code


def test_allowed_actions_are_honest(build, register, make_user, make_client, smart_admin, tokens):
    """Whoever is told that an action is allowed may do it, tried as a dry run; whoever is not told,
    may not. Each kind of caller on rows of its own and on those that it can only read."""
    employer = build.organisation()
    course = build.course(capacity=50)
    here = {"employer_organisation_id": employer}
    scopes = ("smart:read", "smart:register")
    person = make_user("participant")
    clients = {
        "participant": person,
        "participant who only reads": person.clone(token=tokens.sign(person.user.subject,
                                                                     scope="smart:read")),
        "booker": make_user(("booker", "organisation", employer)),
        "instructor": make_user(("smart_instructor", "course", course.id)),
        "partner": make_client(*scopes),
        "partner who only reads": make_client("smart:read"),
        "partner within": make_client(*scopes, organisation_id=employer),
        "smart_admin": smart_admin}
    rows = {
        "by oneself": register(course, by=person, person=None),
        "by a participant for another": register(course, by=person),
        "by smart_admin": register(course),
        "by smart_admin for an employee": register(course, **here),
        "by booker": register(course, by=clients["booker"], **here),
        "by partner": register(course, by=clients["partner"]),
        "by partner within": register(course, by=clients["partner within"], **here)}
    told, possible = set(), set()
    for (who, api), (whose, row) in itertools.product(clients.items(), rows.items()):
        path = path_of(row)
        if status_of(api, "GET", path) != 200:
            continue
        seen = api.get(path)
        told.update((who, action, whose) for action in seen["allowed_actions"])
        for action in ACTIONS:
            body = body_of(action)
            if body and row["employer_organisation_id"]:
                body.update(here)
            status = status_of(api, "POST", f"{path}/actions/{action}", json=body, headers={
                "If-Match": seen.etag, "Prefer": "tx=rollback"})
            if status == 200:
                possible.add((who, action, whose))
    assert (told - possible, possible - told) == (set(), set())
    assert {who for who, _, _ in told} == {
        "participant", "booker", "partner", "partner within", "smart_admin"}


def test_a_participant_hands_on_a_seat_that_somebody_else_arranged(build, register, act, read,
                                                                   make_user):
    """The participant is the one whose seat it is, whoever sent the registration."""
    somebody = make_user("participant")
    made = register(build.course(), person=None, person_id=somebody.user.person_id)
    assert read(made, by=somebody)["allowed_actions"] == ["cancel", "transfer"]
    moved = act(made, "transfer", body_of("transfer"), by=somebody)
    assert (moved["state"], moved["participant_name"]) == ("confirmed", "Ola Demostad")


def test_allowed_actions_by_role_and_state(build, register, act, make_user, make_client, smart_admin):
    """State times permission, from the transition table."""
    employer = build.organisation()
    course = build.course(capacity=1)
    person = make_user("participant")
    booker = make_user(("booker", "organisation", employer))
    instructor = make_user(("smart_instructor", "course", course.id))
    reader = make_client("smart:read")
    here = {"employer_organisation_id": employer}
    seat = register(course, by=booker, **here)
    place = register(course, by=person, person=None, **here)

    def told(row):
        return {name: api.get(path_of(row))["allowed_actions"]
                for name, api in (("participant", person), ("booker", booker), ("admin", smart_admin),
                                  ("instructor", instructor), ("reader", reader))
                if status_of(api, "GET", path_of(row)) == 200}
    expected = ["cancel", "transfer"]
    assert told(seat) == {"booker": expected, "admin": expected, "instructor": [], "reader": []}
    expected = ["withdraw"]
    assert told(place) == {"participant": expected, "booker": expected, "admin": [*expected, "move"],
                           "instructor": [], "reader": []}
    act(seat, "cancel", by=booker)
    expected = ["accept", "withdraw"]
    assert told(place) == {"participant": expected, "booker": expected, "admin": expected,
                           "instructor": [], "reader": []}
    act(place, "accept", by=person)
    act(place, "cancel", by=person)
    assert set(map(tuple, told(place).values())) == {()}


def test_an_instructor_sees_the_own_course_and_changes_nothing(build, register, make_user):
    course, other = build.course(), build.course()
    instructor = make_user(("smart_instructor", "course", course.id))
    mine, theirs = register(course, dietary_note="Nøtter"), register(other)
    assert [item["id"] for item in instructor.every(REGISTRATIONS)] == [mine["id"]]
    assert instructor.get(path_of(mine))["dietary_note"] == "Nøtter"
    for action in ACTIONS:
        instructor.act(path_of(mine), action, body_of(action), expect=403, code="forbidden")
    instructor.post(REGISTRATIONS, build.registration_body(course), expect=403, code="forbidden")
    instructor.get(path_of(theirs), expect=404, code="not_found")


def test_a_booker_works_for_one_organisation(build, register, act, make_user, owner_db):
    employer, other = build.organisation(), build.organisation()
    booker = make_user(("booker", "organisation", employer))
    course = build.course()
    mine = register(course, by=booker, employer_organisation_id=employer)
    by_others = register(course, employer_organisation_id=employer)
    theirs = register(course, employer_organisation_id=other)
    nobodys = register(course)

    count = owner_db.value("SELECT count(*) FROM registration")
    people = owner_db.value("SELECT count(*) FROM person")
    register(course, by=booker, employer_organisation_id=other, expect=403, code="forbidden")
    register(course, by=booker, expect=403, code="forbidden")
    assert owner_db.value("SELECT count(*) FROM registration") == count
    assert owner_db.value("SELECT count(*) FROM person") == people, "nobody is made for nothing"

    assert {item["id"] for item in booker.every(REGISTRATIONS)} == {mine["id"], by_others["id"]}
    assert booker.every(REGISTRATIONS, {"employer_organisation_id": other}) == []
    for out in (theirs, nobodys):
        assert_out_of_reach(booker, out)

    # A seat stays within the organisation.
    for elsewhere in ({}, {"employer_organisation_id": other}):
        act(mine, "transfer", {**body_of("transfer"), **elsewhere}, by=booker, expect=403,
            code="forbidden")
    act(by_others, "transfer", {**body_of("transfer"), "employer_organisation_id": employer}, by=booker)
    assert act(by_others, "cancel", by=booker)["state"] == "cancelled"
    seats.check(owner_db, course)


def test_a_partner_within_an_organisation(build, register, act, make_client, owner_db):
    employer, other = build.organisation(), build.organisation()
    system = make_client("smart:read", "smart:register", organisation_id=employer)
    course = build.course()
    mine = register(course, by=system, employer_organisation_id=employer)
    theirs = register(course, employer_organisation_id=other)
    register(course, by=system, employer_organisation_id=other, expect=403, code="forbidden")
    register(course, by=system, expect=403, code="forbidden")
    assert [item["id"] for item in system.every(REGISTRATIONS)] == [mine["id"]]
    assert_out_of_reach(system, theirs)
    assert act(mine, "cancel", by=system)["state"] == "cancelled"
    seats.check(owner_db, course)


def test_a_partner_changes_only_what_it_made(build, register, act, make_client, read):
    one, other = (make_client("smart:read", "smart:register") for _ in range(2))
    made = register(build.course(), by=one)
    assert read(made, by=other)["id"] == made["id"]
    act(made, "cancel", by=other, expect=403, code="forbidden")
    assert act(made, "cancel", by=one)["state"] == "cancelled"


@pytest.mark.parametrize("scope, status", [("smart:read", 403), ("smart:register", 201)])
def test_a_partner_needs_the_scope(build, register, make_client, scope, status):
    system = make_client(scope)
    code = "insufficient_scope" if status == 403 else None
    register(build.course(), by=system, expect=status, code=code)


def test_an_outsider_has_nothing(build, register, outsider, owner_db):
    course = build.course()
    made = register(course)
    count = owner_db.value("SELECT count(*) FROM registration")
    outsider.get(REGISTRATIONS, expect=403, code="forbidden")
    outsider.get(path_of(made), expect=403, code="forbidden")
    outsider.get(f"{path_of(made)}/queue-position", expect=403, code="forbidden")
    outsider.post(REGISTRATIONS, build.registration_body(course), expect=403, code="forbidden")
    for action in ACTIONS:
        outsider.act(path_of(made), action, body_of(action), etag=made.etag, expect=403,
                     code="forbidden")
    for accept in ("text/csv", "application/x-ndjson"):
        outsider.get(REGISTRATIONS, accept=accept, expect=403, code="forbidden")
    assert owner_db.value("SELECT count(*) FROM registration") == count


def test_without_a_token(build, anonymous):
    body = build.registration_body(build.course())
    anonymous.post(REGISTRATIONS, body, expect=401, code="token_missing")
    anonymous.get(REGISTRATIONS, expect=401, code="token_missing")


# ---- masked fields ---------------------------------------------------------------------------------

CONTACT = {"participant_email", "participant_phone", "invoice"}
SENSITIVE = {"dietary_note"}
SECRETS = ["hemmelig.adresse", "+47 99 00 00 11", "Nøtteallergi", "Hemmelig mottaker"]


def secret_body(build, course):
    return build.registration_body(
        course, dietary_note="Nøtteallergi", buyer_type="organisation",
        invoice={"recipient": "Hemmelig mottaker"},
        person={"full_name": "Kari Eksempelsen", "phone": "+47 99 00 00 11",
                "email": f"hemmelig.adresse.{uuid.uuid4().hex[:8]}@example.no"})


@pytest.mark.parametrize("scopes, shown", [
    ((), set()),
    (("smart:contact",), CONTACT),
    (("smart:sensitive",), SENSITIVE),
    (("smart:contact", "smart:sensitive"), CONTACT | SENSITIVE),
])
def test_masked_fields(build, make_client, smart_admin, scopes, shown):
    system = make_client("smart:read", "smart:register", *scopes)
    course = build.course()
    body, key = secret_body(build, course), str(uuid.uuid4())
    made = system.post(REGISTRATIONS, body, key=key)
    replay = system.post(REGISTRATIONS, body, key=key)
    assert replay.headers["Idempotency-Replayed"] == "true"
    path, params = path_of(made), {"course_id": course.id}
    answers = {
        "made": made, "replayed": replay, "item": system.get(path),
        "list": system.get(REGISTRATIONS, params=params),
        "fields": system.get(REGISTRATIONS, params={
            **params, "fields": "participant_email,participant_phone,dietary_note"}),
        "csv": system.get(REGISTRATIONS, params=params, accept="text/csv"),
        "excel": system.get(REGISTRATIONS, params=params, accept="text/csv;excel=no"),
        "ndjson": system.get(REGISTRATIONS, params=params, accept="application/x-ndjson"),
        "action": system.act(path, "transfer", {
            "profession_code": "leder", "dietary_note": "Nøtteallergi", "person": {
                "full_name": "Ola Demostad", "phone": "+47 99 00 00 11",
                "email": f"hemmelig.adresse.{uuid.uuid4().hex[:8]}@example.no"}}),
    }
    hidden = (CONTACT | SENSITIVE) - shown
    for name, answer in answers.items():
        for secret, members in zip(SECRETS, ({"participant_email"}, {"participant_phone"}, SENSITIVE,
                                             {"invoice"})):
            if members <= hidden:
                assert secret not in answer.text, f"{secret} in {name}"
    for name in ("made", "replayed", "item", "action"):
        assert {m for m in hidden if answers[name][m] is not None} == set(), name
        assert {m for m in shown if answers[name][m] is None} == set(), name
    row = next(csv.DictReader(io.StringIO(answers["csv"].text)))
    assert {m for m in (hidden - {"invoice"}) if row[m]} == set()
    assert {m for m in (shown - {"invoice"}) if not row[m]} == set()
    # Masked, not lost.
    assert smart_admin.get(path)["dietary_note"] == "Nøtteallergi"


def test_a_stored_answer_is_not_for_a_lesser_token(build, make_client, tokens):
    """The same key from a token with fewer scopes gets nothing of what the first one was shown."""
    system = make_client("smart:read", "smart:register", "smart:contact", "smart:sensitive")
    lesser = system.clone(token=tokens.sign(system.user.client_id, client_id=system.user.client_id,
                                            scope="smart:read smart:register"))
    body, key = secret_body(build, build.course()), str(uuid.uuid4())
    system.post(REGISTRATIONS, body, key=key)
    answer = lesser.post(REGISTRATIONS, body, key=key, expect=422, code="idempotency_key_reused")
    assert not [secret for secret in SECRETS if secret in answer.text]


def test_a_stored_answer_is_for_the_one_who_asked(build, make_user):
    one, other = make_user("participant"), make_user("participant")
    body, key = build.registration_body(build.course()), str(uuid.uuid4())
    made = one.post(REGISTRATIONS, body, key=key)
    answer = other.post(REGISTRATIONS, body, key=key, expect=409, code="already_registered")
    assert made["id"] not in answer.text
