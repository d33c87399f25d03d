"""Payments of registrations, one invoice for an employer, the invoice basis, textbook picks
(domain.md §0.1 "Payment", §4.7; SM-R08, SM-R13, SM-R15)."""
import collections
import csv
import datetime
import io
import random

import pytest

from support.build import instant

DAY = datetime.timedelta(days=1)
NOW = datetime.datetime(2027, 3, 24, 10, tzinfo=datetime.timezone.utc)
TODAY = "2027-03-24"
INVOICE = {"invoice_number": "2027-1041"}
TONSBERG = "310001007"


def path_of(registration):
    return f"/v1/smart/registrations/{registration}/payment"


@pytest.fixture
def act(smart_admin):
    def act(registration, action, body=None, **options):
        return smart_admin.act(path_of(registration), action, body, now=instant(NOW), **options)
    return act


@pytest.fixture
def cancel(smart_admin):
    """Gives up a seat so many days before the course, and what that gives back."""
    def cancel(registration, course, days):
        now = instant(course.starts_at - days * DAY)
        item = f"/v1/smart/registrations/{registration}"
        return smart_admin.act(item, "cancel", now=now)["refund_nok"]
    return cancel


@pytest.fixture
def course(build):
    return build.course(starts_at=NOW + 60 * DAY)


@pytest.fixture
def seat(build, course):
    def seat(**columns):
        return build.registration(course, **{"buyer_type": "organisation", **columns})
    return seat


def amounts(item):
    return tuple(item[f"{name}_nok"] for name in ("owed", "invoiced", "to_credit", "credited"))


# ---- one payment -----------------------------------------------------------------------------------


def test_a_seat_that_is_to_be_invoiced(smart_admin, seat, course):
    item = smart_admin.get(path_of(seat())).json
    assert (item["state"], item["price_nok"], item["refund_nok"]) == ("to_invoice", 950, None)
    assert amounts(item) == (950, None, 0, None)
    assert item["allowed_actions"] == ["invoice", "cancel"] and item["course_id"] == course.id


def test_from_invoice_to_payment(act, seat, owner_db):
    one = seat()
    sent = act(one, "invoice", {**INVOICE, "reason": "Sendt"})
    assert (sent["state"], sent["invoice_number"], sent["invoiced_on"]) == ("invoiced", "2027-1041", TODAY)
    assert amounts(sent) == (950, 950, 0, None) and sent["allowed_actions"] == ["pay", "credit"]
    paid = act(one, "pay", {"paid_on": TODAY})
    assert (paid["state"], paid["paid_on"], paid["allowed_actions"]) == ("paid", TODAY, ["credit"])
    events = owner_db.rows("SELECT operation, from_state, to_state, reason FROM event"
                           " WHERE resource_type = 'payment' AND resource_id = %s ORDER BY seq", [one])
    assert [tuple(event.values()) for event in events] == [
        ("invoice_payment", "to_invoice", "invoiced", "Sendt"), ("pay_payment", "invoiced", "paid", None)]


def test_its_version_is_that_of_the_registration(smart_admin, seat, act):
    one = seat()
    before = smart_admin.get(path_of(one))
    item = f"/v1/smart/registrations/{one}"
    smart_admin.patch(item, {"employer_name": "Annet"}, etag=smart_admin.get(item).etag)
    act(one, "invoice", INVOICE, etag=before.etag, expect=412, code="version_conflict")
    act(one, "invoice", INVOICE, etag=None, expect=428, code="precondition_required")
    after = act(one, "invoice", INVOICE)
    assert smart_admin.get(item)["version"] == after["version"] == before["version"] + 2
    assert smart_admin.get(item)["payment_state"] == "invoiced"


def test_a_dry_run_leaves_nothing(smart_admin, seat, act):
    one = seat()
    before = smart_admin.get(path_of(one))
    assert act(one, "invoice", INVOICE, dry_run=True)["state"] == "invoiced"
    assert smart_admin.get(path_of(one), none_match=before.etag, expect=304)


def test_a_key_makes_it_safe_to_ask_again(seat, smart_admin):
    one, etag = seat(), "*"
    path = f"{path_of(one)}/actions/invoice"
    first = smart_admin.post(path, INVOICE, etag=etag, key="k-1")
    assert smart_admin.post(path, INVOICE, etag=etag, key="k-1").json == first.json
    smart_admin.post(path, INVOICE, etag=etag, expect=409, code="invalid_transition")


def test_half_a_refund_before_the_invoice_leaves_half(seat, course, cancel, act, smart_admin):
    one = seat()
    assert cancel(one, course, 10) == 475
    assert amounts(smart_admin.get(path_of(one)).json) == (475, None, 0, None)
    sent = act(one, "invoice", INVOICE)
    assert amounts(sent) == (475, 475, 0, None)
    assert amounts(act(one, "pay")) == (475, 475, 0, None)


def test_all_of_it_before_the_invoice_leaves_nothing(seat, course, cancel, act, smart_admin):
    one = seat()
    assert cancel(one, course, 14) == 950
    item = smart_admin.get(path_of(one)).json
    assert (item["state"], item["allowed_actions"]) == ("cancelled", []) and amounts(item) == (0, None, 0, None)
    refused = act(one, "invoice", INVOICE, expect=409, code="invalid_transition")
    assert (refused["from"], refused["action"], refused["allowed_actions"]) == ("cancelled", "invoice", [])


@pytest.mark.parametrize("paid", [False, True])
@pytest.mark.parametrize("days,refund", [(14, 950), (10, 475)])
def test_a_refund_after_the_invoice_is_credited(seat, course, cancel, act, smart_admin, paid, days, refund):
    one = seat()
    act(one, "invoice", INVOICE)
    if paid:
        act(one, "pay")
    assert cancel(one, course, days) == refund
    waiting = {"params": {"course_id": course.id, "to_credit": "true"}}
    lines = smart_admin.get("/v1/smart/invoice-lines", **waiting).items
    assert [(line["id"], line["to_credit_nok"]) for line in lines] == [(one, refund)]
    item = act(one, "credit")
    assert item["state"] == "credited" and item["credited_on"] == TODAY
    assert amounts(item) == (950 - refund, 950, 0, refund)
    assert smart_admin.get("/v1/smart/invoice-lines", **waiting).items == []
    if refund < 950 and not paid:
        assert act(one, "pay")["paid_on"] == TODAY
    act(one, "pay", expect=409, code="nothing_to_pay")


def test_what_a_credit_note_may_be_for(seat, act):
    one = seat()
    act(one, "credit", expect=409, code="invalid_transition")
    act(one, "invoice", INVOICE)
    act(one, "credit", expect=409, code="nothing_to_credit")
    refused = act(one, "credit", {"amount_nok": 951}, expect=409, code="credit_out_of_range", language="en")
    assert "NOK 1 at least and NOK 950 at most" in refused["detail"]
    assert amounts(act(one, "credit", {"amount_nok": 100})) == (850, 950, 0, 100)
    assert amounts(act(one, "credit", {"amount_nok": 850})) == (0, 950, 0, 950)
    act(one, "credit", {"amount_nok": 1}, expect=409, code="nothing_to_credit")
    assert act(one, "credit", {"amount_nok": 0}, expect=422).faults == {"/amount_nok": "too_small"}


def test_a_claim_is_given_up(seat, act, smart_admin):
    one = seat()
    item = act(one, "cancel", {"reason": "Foredragsholder"})
    assert (item["state"], item["owed_nok"]) == ("cancelled", 0)
    assert smart_admin.get(f"/v1/smart/registrations/{one}")["state"] == "confirmed"
    act(one, "cancel", expect=409, code="invalid_transition")


def test_days_that_cannot_be(seat, act):
    one, tomorrow = seat(), "2027-03-25"
    act(one, "invoice", {**INVOICE, "invoiced_on": tomorrow}, expect=409, code="date_in_future")
    act(one, "invoice", {**INVOICE, "invoiced_on": "2027-03-20"})
    for action, body, day in (("pay", {}, "paid_on"), ("credit", {"amount_nok": 1}, "credited_on")):
        act(one, action, {**body, day: tomorrow}, expect=409, code="date_in_future")
        refused = act(one, action, {**body, day: "2027-03-19"}, expect=409, code="date_before_invoice")
        assert "2027-03-20" in refused["detail"]
    assert act(one, "pay", {"paid_on": "2027-03-20"})["paid_on"] == "2027-03-20"


def test_today_is_the_day_in_oslo(seat, smart_admin):
    one = seat()
    sent = smart_admin.act(path_of(one), "invoice", INVOICE, now="2027-03-23T23:30:00Z")
    assert sent["invoiced_on"] == TODAY


def test_nothing_to_pay_has_no_actions(build, smart_admin, act):
    free = build.course(price_nok=0)
    one = build.registration(free, price_nok=0, payment_state="not_required")
    item = smart_admin.get(path_of(one)).json
    assert (item["owed_nok"], item["allowed_actions"]) == (0, [])
    for action, body in (("invoice", INVOICE), ("pay", {}), ("credit", {}), ("cancel", {})):
        act(one, action, body, expect=409, code="invalid_transition")


def test_a_waiting_seat_owes_nothing(build, course, smart_admin):
    one = build.registration(course, state="waitlisted", waitlist_seq=1)
    item = smart_admin.get(path_of(one)).json
    assert (item["state"], item["price_nok"], item["owed_nok"]) == ("not_required", 950, 0)


def test_the_participant_reads_and_does_not_write(make_user, build, course):
    participant = make_user("participant")
    one = build.registration(course, participant.user.person_id, invoice_recipient="Meg selv")
    item = participant.get(path_of(one)).json
    assert (item["owed_nok"], item["allowed_actions"]) == (950, [])
    assert item["invoice"]["recipient"] == "Meg selv"
    participant.post(f"{path_of(one)}/actions/invoice", INVOICE, etag="*", expect=403, code="forbidden")


def test_invoice_data_are_restricted(seat, smart_admin, tokens):
    one = seat(invoice_recipient="Kommunen", invoice_reference="Ressurs 42")
    blind = smart_admin.clone(token=tokens.sign("smart-admin", scope="smart:read"))
    assert smart_admin.get(path_of(one))["invoice"]["reference"] == "Ressurs 42"
    assert blind.get(path_of(one))["invoice"] is None
    line = blind.get("/v1/smart/invoice-lines", params={"limit": 1}).items[0]
    basis = blind.get("/v1/smart/invoice-basis", params={"limit": 1}).items[0]
    for row in (line, basis):
        assert {row[name] for name in ("recipient", "org_number", "address", "reference", "email")} == {None}


def test_an_owner_of_the_rules_and_the_database_agree(owner_db):
    """payment_owed_nok is told in C and in SQL: the cases of the unit test."""
    for case, owed in ((("not_required", 950, None, None, None), 0), (("cancelled", 950, 950, None, None), 0),
                       (("to_invoice", 950, None, None, None), 950), (("to_invoice", 950, 475, None, None), 475),
                       (("invoiced", 950, 475, 475, None), 475), (("invoiced", 950, 475, 950, None), 475),
                       (("paid", 950, 950, 950, None), 0), (("credited", 950, 475, 950, 475), 475),
                       (("credited", 950, None, 950, 100), 850), (("credited", 950, 950, 950, 100), 0)):
        assert owner_db.value("SELECT payment_owed_nok(%s, %s, %s, %s, %s)", case) == owed


# ---- one invoice for an employer ---------------------------------------------------------------------


@pytest.fixture
def employer(build):
    return build.organisation("Eksempelby kommune (eksempel)")


@pytest.fixture
def invoice(smart_admin, course):
    def invoice(body, etag="*", **options):
        return smart_admin.post(f"/v1/smart/courses/{course.id}/actions/invoice", {**INVOICE, **body},
                                etag=etag, now=instant(NOW), **options)
    return invoice


def test_all_of_an_employer_at_once(invoice, seat, employer, smart_admin, course, cancel, owner_db):
    seats = [seat(employer_organisation_id=employer) for _ in range(3)]
    cancel(seats[2], course, 10)
    others = [seat(), seat(employer_organisation_id=employer, buyer_type="consumer"),
              seat(employer_organisation_id=employer, payment_state="paid")]
    before = {one: smart_admin.get(path_of(one)).json for one in others}
    buyer = {"employer_organisation_id": employer, "amount_nok": 2375, "reason": "Vårens kurs"}
    tried = invoice(buyer, dry_run=True)
    assert (tried["newly_invoiced"], smart_admin.get(path_of(seats[0]))["state"]) == (3, "to_invoice")
    first = invoice(buyer)
    assert first.json == {"course_id": course.id, **INVOICE, "invoiced_on": TODAY, "newly_invoiced": 3,
                          "seats": 3, "amount_nok": 2375}
    again = invoice(buyer)  # with a key of its own
    assert again.json == {**first.json, "newly_invoiced": 0}
    for one, owed in zip(seats, (950, 950, 475)):
        item = smart_admin.get(path_of(one)).json
        assert (item["state"], item["invoice_number"], item["invoiced_nok"]) == ("invoiced", "2027-1041", owed)
    assert {one: smart_admin.get(path_of(one)).json for one in others} == before
    log = owner_db.rows("SELECT resource_type, reason FROM event WHERE operation = 'invoice_course'"
                        " AND resource_id = ANY (%s::uuid[])", [[course.id, *seats]])
    assert collections.Counter(line["resource_type"] for line in log) == {"payment": 3, "course": 2}
    assert {line["reason"] for line in log} == {"Vårens kurs"}


def test_by_the_number_that_invoices_go_to(invoice, seat, employer):
    for school in (employer, None):
        seat(employer_organisation_id=school, invoice_recipient="Kommunen", invoice_org_number=TONSBERG)
    seat(invoice_recipient="Nabokommunen", invoice_org_number="310001074")
    assert invoice({"org_number": TONSBERG})["newly_invoiced"] == 2
    seat(invoice_recipient="Kommunen", invoice_org_number=TONSBERG)
    late = invoice({"org_number": TONSBERG, "amount_nok": 950})
    assert (late["newly_invoiced"], late["seats"], late["amount_nok"]) == (1, 3, 2850)


def test_what_an_invoice_for_many_is_refused_for(invoice, seat, employer, smart_admin, course):
    assert invoice({}, expect=422).faults == {"/employer_organisation_id": "buyer_required"}
    both = {"employer_organisation_id": employer, "org_number": "310001008"}
    assert invoice(both, expect=422).faults == {"/employer_organisation_id": "buyer_required",
                                                "/org_number": "org_number_invalid"}
    buyer = {"employer_organisation_id": employer}
    invoice(buyer, expect=409, code="nothing_to_invoice")
    one = seat(employer_organisation_id=employer)
    refused = invoice({**buyer, "amount_nok": 1900}, expect=409, code="invoice_amount_differs")
    assert "950" in refused["detail"]
    invoice({**buyer, "invoiced_on": "2027-03-25"}, expect=409, code="date_in_future")
    invoice(buyer, etag=None, expect=428)
    invoice(buyer, etag='"999-0"', expect=412)
    assert smart_admin.get(path_of(one))["state"] == "to_invoice"
    smart_admin.post("/v1/smart/courses/00000000-0000-7000-8000-000000000999/actions/invoice",
                     {**INVOICE, **buyer}, etag="*", expect=404)


# ---- invoice basis -----------------------------------------------------------------------------------

SUMS = ("price", "refund", "owed", "vat", "to_invoice", "invoiced", "outstanding", "to_credit", "credited")


def every(client, path, **params):
    return client.every(path, {"limit": 200, **params})


def sums(rows):
    return {name: sum(row[f"{name}_nok"] for row in rows) for name in SUMS}


def basis_of(course):
    return f"/v1/smart/courses/{course.id}/invoice-basis"


def lines_of(course):
    return f"/v1/smart/courses/{course.id}/invoice-lines"


@pytest.fixture
def crowd(build):
    """A course full of all that can be, at odd prices and with a value added tax."""
    dice = random.Random(20270324)
    course = build.course(starts_at=NOW + 30 * DAY, capacity=500, vat_bp=2500)
    employers = [build.organisation() for _ in range(4)]
    for _ in range(120):
        price, buyer = dice.randint(1, 3000), dice.choice(["consumer", "organisation"])
        state = dice.choice(["to_invoice", "invoiced", "paid", "credited", "cancelled", "not_required"])
        refund = dice.choice([None, None, dice.randint(0, price)])
        columns = {"refund_nok": refund, "state": "confirmed" if refund is None else "cancelled"}
        if state in ("invoiced", "paid", "credited"):
            columns["invoiced_on"] = "2027-03-01"
        if buyer == "organisation":
            columns |= {"employer_organisation_id": dice.choice(employers),
                        "invoice_recipient": "Kommunen",
                        "invoice_reference": dice.choice(["A", "B", None])}
        one = build.registration(course, buyer_type=buyer, price_nok=price, payment_state=state, **columns)
        if state in ("invoiced", "paid") and refund is None and dice.random() < 0.5:
            build.session.execute("UPDATE registration SET state = 'cancelled', refund_nok = %s WHERE id = %s",
                                  [dice.randint(0, price), one])
    return course


def test_sums_are_those_of_the_registrations(crowd, smart_admin, owner_db):
    owed = owner_db.value("""SELECT sum(payment_owed_nok(payment_state, price_nok, refund_nok, invoiced_nok,
        credited_nok)) FROM registration WHERE course_id = %s""", [crowd.id])
    counted = owner_db.row("""SELECT count(*) AS seats, sum(price_nok) AS price, sum(refund_nok) AS refund
        FROM registration WHERE course_id = %s AND payment_state IN ('to_invoice', 'invoiced', 'paid',
        'credited')""", [crowd.id])
    basis, lines = every(smart_admin, basis_of(crowd)), every(smart_admin, lines_of(crowd))
    assert sums(basis) == sums(lines)
    assert sums(lines)["owed"] == owed > 0
    assert (sums(lines)["price"], sums(lines)["refund"]) == (counted["price"], counted["refund"])
    assert sum(row["seats"] for row in basis) == len(lines) == counted["seats"]
    for row in lines:
        settled = row["payment_state"] == "paid" or (row["payment_state"] == "credited" and row["paid_on"])
        assert row["owed_nok"] == (row["to_invoice_nok"] + row["outstanding_nok"]
                                   + (row["owed_nok"] if settled else 0))
        if row["payment_state"] != "to_invoice":
            assert row["invoiced_nok"] == row["owed_nok"] + row["to_credit_nok"] + row["credited_nok"]
        assert row["vat_nok"] == int(row["owed_nok"] * 2500 / 12500 + 0.5)  # within, never on top


def test_a_row_is_one_invoice(crowd, smart_admin):
    key = ("buyer_type", "employer_organisation_id", "recipient", "org_number", "address", "reference",
           "email")
    groups = collections.defaultdict(list)
    for line in every(smart_admin, lines_of(crowd)):
        groups[tuple(line[name] for name in key)].append(line)
    basis = every(smart_admin, basis_of(crowd))
    assert len(basis) == len(groups)
    for row in basis:
        lines = groups.pop(tuple(row[name] for name in key))
        assert row["seats"] == len(lines) and sums([row]) == sums(lines)


def test_consumers_of_one_name_stay_apart(build, course, smart_admin):
    for email in ("a@example.no", "b@example.no"):
        build.registration(course, build.person("Kari Eksempelsen", f"{course.code}.{email}"))
    family = {"invoice_recipient": "Familien Demodal", "invoice_email": "familien@example.no"}
    for _ in range(2):
        build.registration(course, **family)
    rows = every(smart_admin, basis_of(course))
    assert sorted((row["recipient"], row["seats"]) for row in rows) == [
        ("Familien Demodal", 2), ("Kari Eksempelsen", 1), ("Kari Eksempelsen", 1)]
    assert {row["email"] for row in rows if row["seats"] == 2} == {"familien@example.no"}


def test_states_and_periods(build, smart_admin, seat, course, act):
    sent, open_ = seat(), seat()
    act(sent, "invoice", INVOICE)
    later = build.course(starts_at=NOW + 90 * DAY)
    build.registration(later)
    build.registration(build.course(sessions=0))
    for path in (basis_of(course), lines_of(course)):
        rows = every(smart_admin, path, payment_state="invoiced")
        assert [row["invoiced_nok"] for row in rows] == [950]
        assert every(smart_admin, path, payment_state="not_required") == []
    on = str((course.starts_at).date())
    for path in ("/v1/smart/invoice-basis", "/v1/smart/invoice-lines"):
        def courses(**params):
            return {row["course_id"] for row in every(smart_admin, path, **params)}
        assert {course.id, later.id} <= courses()
        assert courses(course_id=course.id) == {course.id}
        assert course.id in courses(from_on=on, to_on=on) and later.id not in courses(from_on=on, to_on=on)
        assert later.id in courses(from_on=on) and later.id not in courses(to_on=on)
        assert course.id in courses(payment_state="invoiced") and later.id not in courses(payment_state="invoiced")
    lines = every(smart_admin, "/v1/smart/invoice-lines", course_id=course.id, invoice_number="2027-1041")
    assert [line["id"] for line in lines] == [sent]
    recent = every(smart_admin, lines_of(course), updated_since=instant(NOW + 3650 * DAY))
    assert recent == []


@pytest.mark.parametrize("sort", ["buyer", "owed_nok", "-owed_nok", "-seats"])
def test_pages_hold_every_row_once(crowd, smart_admin, sort):
    whole = every(smart_admin, basis_of(crowd), sort=sort)
    assert smart_admin.every(basis_of(crowd), {"limit": 7, "sort": sort}) == whole
    assert smart_admin.get(basis_of(crowd), params={"count": "true"})["count"] == len(whole) > 7


@pytest.mark.parametrize("path", [basis_of, lines_of])
def test_files_have_the_same_rows(crowd, smart_admin, path):
    rows = every(smart_admin, path(crowd))
    text = smart_admin.get(path(crowd), accept="text/csv").text
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [{**row, **{name: str(value) for name, value in row.items() if value is not None}} for row in rows] == [
        {name: value or None for name, value in row.items()} for row in found]
    sheet = smart_admin.get(path(crowd),
                            accept="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    assert sheet.body.startswith(b"PK")


def test_a_booker_sees_the_own_organisation(build, crowd, make_user, smart_admin, owner_db):
    mine = owner_db.value("SELECT employer_organisation_id FROM registration WHERE course_id = %s"
                          " AND payment_state = 'to_invoice' AND employer_organisation_id IS NOT NULL LIMIT 1",
                          [crowd.id])
    booker = make_user(("booker", "organisation", mine))
    for path in (basis_of(crowd), lines_of(crowd), "/v1/smart/invoice-basis", "/v1/smart/invoice-lines"):
        own = [row for row in every(smart_admin, path) if row["employer_organisation_id"] == mine]
        found = every(booker, path)
        assert sums(found) == sums(own) and len(found) == len(own) > 0


def test_a_course_without_anything_to_pay(build, smart_admin, participant):
    empty = build.course()
    assert every(smart_admin, basis_of(empty)) == every(smart_admin, lines_of(empty)) == []
    participant.get(basis_of(empty), expect=403, code="forbidden")


# ---- textbook picks ----------------------------------------------------------------------------------


def test_what_was_chosen(build, smart_admin):
    course = build.course(items={"textbook": ["barnehage", "barneskole"], "lunch": [], "shirt": ["m"]})
    for choice, state in (("barneskole", "confirmed"), ("barneskole", "completed"), ("barnehage", "no_show"),
                          ("barnehage", "cancelled"), ("barnehage", "offered"), (None, "confirmed")):
        build.registration(course, state=state, item_choices={"textbook": choice} if choice else {})
    rows = smart_admin.get(f"/v1/smart/courses/{course.id}/textbook-picks").items
    assert [(row["item_code"], row["option_code"], row["seats"]) for row in rows] == [
        ("shirt", "m", 0), ("shirt", None, 4),
        ("textbook", "barnehage", 1), ("textbook", "barneskole", 2), ("textbook", None, 1)]
    assert {row["option_name"] for row in rows} == {"m", None, "barnehage", "barneskole"}
    most = smart_admin.every(f"/v1/smart/courses/{course.id}/textbook-picks", {"sort": "-seats", "limit": 2})
    assert [row["seats"] for row in most] == [4, 2, 1, 1, 0]
    text = smart_admin.get(f"/v1/smart/courses/{course.id}/textbook-picks", accept="text/csv").text
    assert text.splitlines()[0] == "item_code,item_name,option_code,option_name,seats" and len(text.splitlines()) == 6


def test_picks_are_of_whom_one_may_see(build, make_user):
    course = build.course(items={"textbook": ["a", "b"]})
    participant = make_user("participant")
    build.registration(course, participant.user.person_id, item_choices={"textbook": "a"})
    build.registration(course, item_choices={"textbook": "b"})
    rows = participant.get(f"/v1/smart/courses/{course.id}/textbook-picks").items
    assert {row["option_code"]: row["seats"] for row in rows} == {"a": 1, "b": 0, None: 0}
