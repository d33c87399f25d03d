"""What people are told: one message for each thing that happened, in their language, for their eyes
alone. Mail is off here (test_mail.py)."""
import datetime
import re

import pytest
import yaml

from support import run
from support.build import instant, now
from support.server import Server
from support.waiting import eventually

PATH = "/v1/notifications"
REGISTRATIONS = "/v1/smart/registrations"
HOURS, DAYS = datetime.timedelta(hours=1), datetime.timedelta(days=1)
WEEKDAYS = ["mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"]


@pytest.fixture(scope="module")
def server(database):
    """Looks for work all the time."""
    with Server(database, LOFT_WORK_INTERVAL_MS=50) as running:
        yield running


def told(client, count=1, **filters):
    """The caller's messages, the oldest first, once there are so many."""
    def enough():
        items = client.get(PATH, params={"sort": "created_at", **filters}).items
        return items if len(items) >= count else None
    return eventually(enough, what=f"{count} message(s)")


def kinds(client, count=1):
    return [item["kind"] for item in told(client, count)]


def register(client, course, **changes):
    return client.post(REGISTRATIONS, {"course_id": course.id, "profession_code": "laerer",
                                       "buyer_type": "consumer", **changes})


def act(client, registration, action, **options):
    return client.act(f"{REGISTRATIONS}/{registration['id']}", action, **options)


def in_norwegian(owner_db, when):
    row = owner_db.row("SELECT extract(isodow FROM t)::int AS day, to_char(t, 'FMDD') AS no,"
                       " to_char(t, 'YYYY') AS year, to_char(t, 'HH24.MI') AS clock"
                       " FROM (SELECT %s AT TIME ZONE 'Europe/Oslo' AS t) AS x", [when])
    return (f"{WEEKDAYS[row['day'] - 1]} {row['no']}. ", f" {row['year']} kl. {row['clock']}")


# ---- what happens to a registration ----------------------------------------------------------


def test_a_confirmed_seat(make_user, build, owner_db):
    person = make_user("participant")
    course = build.course(title="Styrker i skolen", venue_name="Kulturskolen",
                          venue_address="Banebakken 43", price_nok=1950)
    made = register(person, course)
    one, = told(person)
    assert one["kind"] == "registration_confirmed" and one["language"] == "nb"
    assert one["subject"] == "Du har fått plass: Styrker i skolen"
    lines = one["body"].splitlines()
    assert lines[0] == f"Hei {person.user.full_name}!" and lines[1] == ""
    begins = next(line for line in lines if line.startswith("Kurset begynner"))
    assert all(part in begins for part in in_norwegian(owner_db, course.starts_at))
    assert "Sted: Kulturskolen, Banebakken 43" in lines and "Pris: 1\u00a0950\u00a0kr" in lines
    assert lines[lines.index("Vennlig hilsen") + 1] == "SMART oppvekst" and "{" not in one["body"]
    assert (one["resource_type"], one["resource_id"]) == ("registration", made["id"])
    assert (one["state"], one["delivery_state"], one["sent_at"]) == ("unread", "off", None)


def test_waiting_offered_and_accepted(make_user, build, owner_db):
    first, second = make_user("participant"), make_user("participant")
    course = build.course(capacity=1)
    seat, place = register(first, course), register(second, course)
    assert "nummer 1 i køen" in told(second)[0]["body"]
    act(first, seat, "cancel")
    offer = told(second, 2)[1]
    expires = owner_db.value("SELECT offer_expires_at FROM registration WHERE id = %s",
                             [place["id"]])
    deadline = next(line for line in offer["body"].splitlines() if line.startswith("Svar innen"))
    assert all(part in deadline for part in in_norwegian(owner_db, expires))
    act(second, place, "accept")
    assert kinds(second, 3) == ["registration_waitlisted", "registration_offered",
                                "registration_confirmed"]
    gone = told(first, 2)[1]
    assert gone["kind"] == "registration_cancelled" and "slipper å betale 950\u00a0kr" in gone["body"]
    assert "må plassen likevel betales" not in gone["body"]


def test_waiting_for_a_draw(make_user, build):
    person = make_user("participant")
    register(person, build.course(title="Trekning", seat_allocation="raffle",
                                  closes_at=now() + 10 * DAYS))
    one, = told(person)
    assert one["kind"] == "registration_waitlisted"
    assert "Plassene på Trekning blir trukket" in one["body"] and "fullt" not in one["body"]


def test_a_cancellation_too_late_to_be_free(make_user, build):
    person = make_user("participant")
    course = build.course(starts_in=3 * DAYS, withdrawal_right_days=0)
    act(person, register(person, course), "cancel")
    body = told(person, 2)[1]["body"]
    assert "må plassen likevel betales" in body and "slipper" not in body


def test_an_offer_that_runs_out(make_user, build):
    person = make_user("participant")
    course = build.course(capacity=1)
    build.registration(course, person.user.person_id, state="offered",
                       offer_expires_at=now() - HOURS)
    one, = told(person)
    assert one["kind"] == "offer_expired" and "Fristen var" in one["body"]


def test_a_course_that_begins_without_those_who_wait(make_user, smart_admin, build):
    seated, waiting = make_user("participant"), make_user("participant")
    course = build.course(capacity=1)
    register(seated, course), register(waiting, course)
    smart_admin.act(f"/v1/smart/courses/{course.id}", "start", now=instant(course.starts_at))
    assert [one["kind"] for one in told(seated)] == ["registration_confirmed"]
    last = told(waiting, 2)[1]
    assert last["kind"] == "waiting_list_closed" and "ventelisten er stengt" in last["body"]


def test_a_cancelled_course(make_user, smart_admin, build):
    seated, waiting = make_user("participant"), make_user("participant")
    course = build.course(capacity=1)
    register(seated, course), register(waiting, course)
    smart_admin.act(f"/v1/smart/courses/{course.id}", "cancel")
    assert kinds(seated, 2) == ["registration_confirmed", "course_cancelled"]
    assert kinds(waiting, 2) == ["registration_waitlisted", "course_cancelled"]
    assert "slipper å betale 950" in told(seated, 2)[1]["body"]
    assert "betale" not in told(waiting, 2)[1]["body"]  # nothing was to be paid


def test_a_seat_that_is_handed_over(make_user, build):
    giver, taker = make_user("participant"), make_user("participant")
    seat = register(giver, build.course())
    act(giver, seat, "transfer", body={
        "profession_code": "leder",
        "person": {"full_name": taker.user.full_name, "email": taker.user.email}})
    one, = told(taker)
    assert one["kind"] == "registration_confirmed" and taker.user.full_name in one["body"]
    assert kinds(giver) == ["registration_confirmed"]


def test_an_offer_that_ends_sooner_is_told_anew(make_user, smart_admin, build, owner_db):
    first, second = make_user("participant"), make_user("participant")
    course = build.course(capacity=1, starts_in=20 * DAYS)
    seat = register(first, course)
    register(second, course)
    act(first, seat, "cancel")
    told(second, 2)
    session = owner_db.value("SELECT id FROM course_session WHERE course_id = %s", [course.id])
    path = f"/v1/smart/sessions/{session}"
    starts = (now() + DAYS).replace(microsecond=0)
    smart_admin.patch(path, {"starts_at": instant(starts), "ends_at": instant(starts + HOURS)},
                      etag=smart_admin.get(path).etag)
    again = told(second, 3)[2]
    assert again["kind"] == "registration_offered"
    assert all(part in again["body"] for part in in_norwegian(owner_db, starts))


def test_corrections_tell_nothing(smart_admin, make_user, build):
    person = make_user("participant")
    path = f"{REGISTRATIONS}/{register(person, build.course())['id']}"
    smart_admin.patch(path, {"dietary_note": "Vegetar"}, etag=smart_admin.get(path).etag)
    act(person, person.get(path), "cancel")
    assert kinds(person, 2) == ["registration_confirmed", "registration_cancelled"]


def test_one_message_for_one_event(make_user, build, owner_db):
    """Whatever is sent again, tried or rolled back."""
    person, course = make_user("participant"), build.course()
    body = {"course_id": course.id, "profession_code": "laerer", "buyer_type": "consumer"}
    person.post(REGISTRATIONS, body, dry_run=True)
    for _ in range(3):
        person.post(REGISTRATIONS, body, key="the-same")
    person.post(REGISTRATIONS, body, expect=409, code="already_registered")
    told(person)
    rows = owner_db.rows("SELECT occasion FROM notification WHERE person_id = %s",
                         [person.user.person_id])
    assert len(rows) == 1
    event = owner_db.value("SELECT seq FROM event WHERE resource_type = 'registration'"
                           " AND actor_id = %s", [person.user.id])
    assert rows[0]["occasion"] == f"event:{event}"


def test_nothing_is_told_of_what_did_not_happen(database, make_user, build):
    """The function writes of the event that this very transaction recorded, and of no other."""
    import psycopg2
    seat = build.registration(build.course(), make_user("participant").user.person_id)
    with psycopg2.connect(database.url("loft_service")) as session, session.cursor() as cursor:
        cursor.execute("SET search_path = loft")
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("SELECT notify_registration('course_cancelled', %s, 1)", [seat])


def test_people_of_the_demonstration_are_told_nothing(participant, make_user, build, owner_db):
    course, before = build.course(), participant.get(PATH).items
    assert before and {one["delivery_state"] for one in before} == {"off"}  # brought along
    register(participant, course)
    person = make_user("participant")
    register(person, course)
    told(person)  # whoever came after has a message
    assert participant.get(PATH).items == before


def test_a_name_that_is_no_name_is_not_repeated(smart_admin, make_user, build):
    """A registration mails words of whoever typed them to whomever they name."""
    victim = make_user("participant")
    for name in ("Se http://example.org", "Du har vunnet: gratis.example", "Kari\r\nHei", "a@b"):
        register(smart_admin, build.course(), person={"full_name": name, "email": victim.user.email})
    for one in told(victim, 4):
        assert one["body"].startswith("Du har fått plass på")


# ---- the language ----------------------------------------------------------------------------


@pytest.mark.parametrize("language,greeting,weekday,amount", [
    ("nb", "Hei ", "tirsdag 9. mars 2027 kl. 09.00", "1\u00a0950\u00a0kr"),
    ("nn", "Hei ", "tysdag 9. mars 2027 kl. 09.00", "1\u00a0950\u00a0kr"),
    ("en", "Dear ", "Tuesday 9 March 2027 at 09:00", "NOK\u00a01,950"),
])
def test_in_the_language_of_the_person(make_user, build, language, greeting, weekday, amount):
    person = make_user("participant")
    me = person.get("/v1/me")
    if language != "nb":
        me = person.patch("/v1/me", {"language": language}, etag=me.etag)
    assert me["person"]["language"] == language
    starts = datetime.datetime(2027, 3, 9, 8, 0, tzinfo=datetime.timezone.utc)
    register(person, build.course(starts_at=starts, price_nok=1950))
    one, = told(person)
    assert one["language"] == language and one["body"].startswith(greeting)
    assert weekday in one["body"] and amount in one["body"]


def test_choosing_a_language(make_user, make_client, admin, server, tokens):
    from support.client import Api
    person = make_user()
    me = person.get("/v1/me")
    assert me["person"]["language"] == "nb" and me["version"] == 1
    person.patch("/v1/me", {"language": "nn"}, expect=428, code="precondition_required")
    tried = person.patch("/v1/me", {"language": "nn"}, etag=me.etag, dry_run=True)
    assert tried["person"]["language"] == "nn" and person.get("/v1/me").json == me.json
    now_nn = person.patch("/v1/me", {"language": "nn"}, etag=me.etag)
    assert now_nn["version"] == 2 and person.get("/v1/me").etag == now_nn.etag
    person.patch("/v1/me", {"language": "en"}, etag=me.etag, expect=412, code="version_conflict")
    wrong = person.patch("/v1/me", {"language": "de"}, etag=now_nn.etag, expect=422)
    assert wrong.faults == {"/language": "not_in_enum"}
    wrong = person.patch("/v1/me", {"full_name": "En annen"}, etag=now_nn.etag, expect=422)
    assert "unknown_member" in wrong.faults.values()
    seen = admin.get(f"/v1/people/{person.user.person_id}")
    assert seen["language"] == "nn" and seen["version"] == 2
    changed = admin.patch(f"/v1/people/{person.user.person_id}", {"language": "en"}, etag=seen.etag)
    assert changed["language"] == person.get("/v1/me")["person"]["language"] == "en"
    last = admin.get("/v1/audit-events", params={"resource_id": person.user.person_id,
                                                 "sort": "-occurred_at"}).items
    assert "update_me" in [event["operation"] for event in last]
    make_client("smart:read").patch("/v1/me", {"language": "nn"}, etag="*", expect=404,
                                    code="not_found")
    stranger = Api(server, tokens.sign("ukjent"))
    stranger.patch("/v1/me", {"language": "nn"}, etag="*", expect=404, code="not_found")


# ---- reading ---------------------------------------------------------------------------------


def test_the_list(make_user, build):
    person = make_user("participant")
    made = [register(person, build.course()) for _ in range(3)]
    act(person, made[0], "cancel")
    items = told(person, 4)
    assert [i["kind"] for i in items] == ["registration_confirmed"] * 3 + ["registration_cancelled"]
    newest = person.get(PATH).items
    assert [i["id"] for i in newest] == [i["id"] for i in reversed(items)]
    assert [i["id"] for i in person.every(PATH, {"limit": 1})] == [i["id"] for i in newest]
    assert person.get(PATH, params={"count": "true", "limit": 1})["count"] == 4
    one, = person.get(PATH, params={"kind": "registration_cancelled"}).items
    assert one == items[3]
    assert len(person.get(PATH, params={"resource_id": made[0]["id"]}).items) == 2
    assert person.get(PATH, params={"state": "read"}).items == []
    assert len(person.get(PATH, params={"state": "unread"}).items) == 4
    assert person.get(PATH, params={"updated_since": instant(now() + DAYS)}).items == []
    lines = person.get(PATH, accept="text/csv").text
    assert "registration_cancelled" in lines


def test_marking_as_read(make_user, build):
    person = make_user("participant")
    register(person, build.course())
    one, = told(person)
    path = f"{PATH}/{one['id']}"
    item = person.get(path)
    assert item["allowed_actions"] == ["read"]
    assert {k: v for k, v in item.json.items() if k != "allowed_actions"} == one
    person.get(path, none_match=item.etag, expect=304)
    person.post(f"{path}/actions/read", expect=428, code="precondition_required")
    tried = person.act(path, "read", dry_run=True)
    assert tried["state"] == "read" and person.get(path).json == item.json
    read = person.act(path, "read", etag=item.etag)
    assert read["state"] == "read" and read["read_at"] and read["version"] == 2
    assert read["allowed_actions"] == []
    refused = person.act(path, "read", etag=read.etag, expect=409, code="invalid_transition")
    assert refused.json["from"] == "read" and refused.json["allowed_actions"] == []
    person.act(path, "read", etag=item.etag, expect=412, code="version_conflict")
    assert [i["id"] for i in person.get(PATH, params={"state": "read"}).items] == [one["id"]]


def test_the_etag_stays_while_it_is_delivered(make_user, build, owner_db):
    person = make_user("participant")
    register(person, build.course())
    item = person.get(f"{PATH}/{told(person)[0]['id']}")
    owner_db.execute("UPDATE notification SET delivery_state = 'failed' WHERE id = %s", [item["id"]])
    after = person.get(f"{PATH}/{item['id']}")
    assert after["version"] == item["version"] and after["updated_at"] > item["updated_at"]
    person.act(f"{PATH}/{item['id']}", "read", etag=item.etag)


def test_nobody_elses(make_user, admin, smart_admin, booker, partner, outsider, anonymous, build):
    person = make_user("participant")
    register(person, build.course())
    one, = told(person)
    path = f"{PATH}/{one['id']}"
    for other in (make_user("participant"), admin, smart_admin, booker, partner, outsider):
        assert one["id"] not in [item["id"] for item in other.get(PATH).items]
        other.get(path, expect=404, code="not_found")
        other.post(f"{path}/actions/read", etag="*", expect=404, code="not_found")
    anonymous.get(PATH, expect=401)


# ---- reminders -------------------------------------------------------------------------------


def reminders(owner_db, person, kind):
    return owner_db.rows("SELECT * FROM notification WHERE person_id = %s AND kind = %s"
                         " ORDER BY created_at", [person.user.person_id, kind])


def test_an_offer_that_ends_soon(make_user, build, owner_db):
    soon, later, off, short = (make_user("participant") for _ in range(4))
    build.registration(build.course(), soon.user.person_id, state="offered",
                       offer_expires_at=now() + 20 * HOURS)
    build.registration(build.course(), later.user.person_id, state="offered",
                       offer_expires_at=now() + 30 * HOURS)
    build.registration(build.course(offer_reminder_hours=0), off.user.person_id, state="offered",
                       offer_expires_at=now() + HOURS)
    # Of an offer of 24 hours the last eight.
    build.registration(build.course(offer_hours=24), short.user.person_id, state="offered",
                       offer_expires_at=now() + 10 * HOURS)
    one, = told(soon, kind="offer_expiring")
    assert "venter fortsatt på svar" in one["body"]
    for nobody in (later, off, short):
        assert reminders(owner_db, nobody, "offer_expiring") == []
    # Once for an offer, however often it is looked for, and by whomever.
    owner_db.execute("SELECT set_config('loft.roles', 'system', false)")
    assert owner_db.value("SELECT remind_of_offers(200)") == 0
    assert len(reminders(owner_db, soon, "offer_expiring")) == 1


def test_not_within_the_hour_of_the_offer(make_user, build, owner_db):
    first, second = make_user("participant"), make_user("participant")
    course = build.course(capacity=1, starts_in=20 * HOURS)
    seat = register(first, course)
    register(second, course)
    act(first, seat, "cancel")
    told(second, 2)
    owner_db.execute("SELECT set_config('loft.roles', 'system', false)")
    owner_db.value("SELECT remind_of_offers(200)")
    assert reminders(owner_db, second, "offer_expiring") == []
    owner_db.execute("UPDATE notification SET created_at = created_at - interval '2 hours'"
                     " WHERE person_id = %s", [second.user.person_id])
    assert owner_db.value("SELECT remind_of_offers(200)") >= 0
    assert len(told(second, 1, kind="offer_expiring")) == 1


def days_ahead(owner_db, days):
    """Nine in the morning, so many days from today in Norway."""
    return owner_db.value("SELECT ((now() AT TIME ZONE 'Europe/Oslo')::date + %s + time '09:00')"
                          " AT TIME ZONE 'Europe/Oslo'", [days])


def test_a_gathering_that_is_near(make_user, build, owner_db):
    person, waiting, example = (make_user("participant") for _ in range(3))
    owner_db.execute("UPDATE person SET is_example = true WHERE id = %s", [example.user.person_id])
    near = build.course(starts_at=days_ahead(owner_db, 3), sessions=2, venue_name="Kulturskolen")
    far = build.course(starts_at=days_ahead(owner_db, 9))
    over = build.course(starts_at=days_ahead(owner_db, 3), state="cancelled")
    silent = build.course(starts_at=days_ahead(owner_db, 3), gathering_reminder_days=0)
    for course in (near, far, over, silent):
        build.registration(course, person.user.person_id)
    build.registration(near, waiting.user.person_id, state="waitlisted")
    build.registration(near, example.user.person_id)
    owner_db.execute("UPDATE course_gathering SET overnight = true, title = 'Første samling'"
                     " WHERE course_id = %s", [near.id])
    one, = told(person, kind="gathering_reminder")
    for part in ("Samling: Første samling", "Sted: Kulturskolen", "med overnatting", "kl. 09.00"):
        assert part in one["body"]
    assert len(reminders(owner_db, person, "gathering_reminder")) == 1
    assert waiting.get(PATH).items == [] and example.get(PATH).items == []


def test_a_gathering_that_is_moved_is_told_anew(make_user, build, owner_db):
    person = make_user("participant")
    course = build.course(starts_at=days_ahead(owner_db, 3))
    build.registration(course, person.user.person_id)
    told(person, 1, kind="gathering_reminder")
    owner_db.execute("UPDATE course_session SET starts_at = starts_at + interval '2 hours',"
                     " ends_at = ends_at + interval '2 hours' WHERE course_id = %s", [course.id])
    first, second = told(person, 2, kind="gathering_reminder")
    assert "kl. 09.00" in first["body"] and "kl. 11.00" in second["body"]


def test_not_within_a_day_of_the_confirmation(make_user, build, owner_db):
    person = make_user("participant")
    register(person, build.course(starts_at=days_ahead(owner_db, 3)))
    told(person)
    owner_db.execute("SELECT set_config('loft.roles', 'system', false)")
    owner_db.value("SELECT remind_of_gatherings(200)")
    assert reminders(owner_db, person, "gathering_reminder") == []
    owner_db.execute("UPDATE notification SET created_at = created_at - interval '25 hours'"
                     " WHERE person_id = %s", [person.user.person_id])
    told(person, 1, kind="gathering_reminder")


def test_reminders_are_the_services_own(owner_db):
    import psycopg2
    owner_db.execute("SELECT set_config('loft.roles', 'admin', false)")
    for function in ("remind_of_offers", "remind_of_gatherings"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            owner_db.value(f"SELECT {function}(1)")


# ---- facts and letters -----------------------------------------------------------------------


def test_the_facts_are_those_of_the_letters(owner_db):
    """After all of the above: no fact that letters.yaml does not know, and always those it counts on."""
    facts = yaml.safe_load((run.ROOT / "api/notify/letters.yaml").read_text())["facts"]
    rows = owner_db.rows("SELECT DISTINCT kind, key FROM notification,"
                         " LATERAL jsonb_object_keys(facts) AS key")
    found = {}
    for row in rows:
        found.setdefault(row["kind"], set()).add(row["key"])
    assert set(found) == {"registration_confirmed", "registration_waitlisted", "registration_offered",
                          "offer_expiring", "offer_expired", "waiting_list_closed",
                          "registration_cancelled",
                          "course_cancelled", "gathering_reminder"}
    for kind, names in found.items():
        assert names <= set(facts["always"]) | set(facts["sometimes"]), kind
        assert set(facts["always"]) <= names, kind
    # Messages of the grants are in test_grants_mail.py.
    of_grants = set(re.findall(r"{\??(\w+)}", (run.ROOT / "api/grants/due.yaml").read_text()))
    assert set.union(of_grants, *found.values()) == set(facts["always"]) | set(facts["sometimes"])


def test_every_notice_has_its_letter():
    """A message whose kind has no letter would wait for its words for ever."""
    written = {kind for part in (run.ROOT / "api").glob("*/*.yaml")
               for kind in yaml.safe_load(part.read_text()).get("letters", ())}
    noticed = set(re.findall(r'"(\w+)",\s*&sql_notify_', (run.ROOT / "api/notify/notify.c").read_text()))
    assert noticed and noticed <= written
