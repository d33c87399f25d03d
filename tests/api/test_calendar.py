"""Sessions as iCalendar: of a course, and of a person by a secret address that can be revoked."""
import concurrent.futures
import datetime
import re
import zoneinfo

import icalendar
from support.build import instant, now

FEEDS = "/v1/calendar-feeds"
REGISTRATIONS = "/v1/smart/registrations"
OSLO = zoneinfo.ZoneInfo("Europe/Oslo")
DAYS, HOURS = datetime.timedelta(days=1), datetime.timedelta(hours=1)


def calendar_of(answer):
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    lines = answer.body.split(b"\r\n")
    assert lines[-1] == b"" and b"\n" not in b"".join(lines)
    assert all(len(line) <= 75 for line in lines)
    return icalendar.Calendar.from_ical(answer.body)


def events(answer):
    """By the id of the session."""
    return {str(event["UID"]).partition("@")[0]: event
            for event in calendar_of(answer).walk("VEVENT")}


def sessions_of(owner_db, course):
    return [row["id"] for row in owner_db.rows(
        "SELECT id::text FROM course_session WHERE course_id = %s ORDER BY starts_at", [course.id])]


def course_calendar(course):
    return f"/v1/smart/courses/{course.id}/calendar"


def register(person, course):
    return person.post(REGISTRATIONS, {"course_id": course.id, "profession_code": "laerer",
                                       "buyer_type": "consumer"})


def feed_of(person):
    """The path of a new feed's address."""
    url = person.post(FEEDS, {})["url"]
    assert url.startswith("http")
    return "/" + url.split("/", 3)[3]


# ---- a course ----------------------------------------------------------------------------------


def test_the_calendar_of_a_course(anonymous, build, owner_db):
    starts = datetime.datetime(2027, 3, 27, 8, 0, tzinfo=datetime.timezone.utc)
    course = build.course(starts_at=starts, sessions=3, venue_name="Støperiet; sal 1, «rød»",
                          title="Styrker, relasjoner; og ærlige samtaler " * 3,
                          venue_address="Nedre Langgate 36\n3126 Tønsberg")
    answer = anonymous.get(course_calendar(course))
    calendar = calendar_of(answer)
    assert calendar["VERSION"] == "2.0" and calendar["PRODID"]
    zone, = calendar.walk("VTIMEZONE")
    assert zone["TZID"] == "Europe/Oslo"
    found = events(answer)
    assert list(found) == sessions_of(owner_db, course)
    title = owner_db.value("SELECT title FROM course WHERE id = %s", [course.id])
    for number, event in enumerate(found.values()):
        begins = starts + number * DAYS
        # Summer time begins between the first and the second of them.
        assert event["DTSTART"].params["TZID"] == "Europe/Oslo"
        assert event["DTSTART"].dt.replace(tzinfo=None) == begins.astimezone(OSLO).replace(tzinfo=None)
        assert event["DTEND"].dt - event["DTSTART"].dt == 6 * HOURS
        assert event["SUMMARY"] == title and event["STATUS"] == "CONFIRMED"
        assert event["LOCATION"] == "Støperiet; sal 1, «rød», Nedre Langgate 36\n3126 Tønsberg"
        assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt
        assert event["SEQUENCE"] == 0
        assert re.fullmatch(r"[0-9a-f-]{36}@loft\.example\.no", event["UID"])


def test_the_zone_written_out_is_that_of_norway(anonymous, build):
    """An instant in every month of many years, by the rules of the file and by those of the system."""
    zone, = calendar_of(anonymous.get(course_calendar(build.course()))).walk("VTIMEZONE")
    zone = zone.to_tz()
    for year in range(2005, 2037):
        for month in range(1, 13):
            local = datetime.datetime(year, month, 28, 12)
            written = zone.localize(local) if hasattr(zone, "localize") else local.replace(tzinfo=zone)
            assert written.utcoffset() == local.replace(tzinfo=OSLO).utcoffset(), local


def test_the_same_bytes_and_304(anonymous, build):
    course = build.course(sessions=2)
    first, second = (anonymous.get(course_calendar(course)) for _ in range(2))
    assert first.body == second.body and first.etag == second.etag
    anonymous.get(course_calendar(course), none_match=first.etag, expect=304)
    anonymous.head(course_calendar(course))


def test_a_change_is_seen(smart_admin, anonymous, build, owner_db):
    course = build.course(sessions=2, starts_in=40 * DAYS)
    before = events(anonymous.get(course_calendar(course)))
    moved, other = sessions_of(owner_db, course)
    path, starts = f"/v1/smart/sessions/{moved}", (now() + 39 * DAYS).replace(microsecond=0)
    smart_admin.patch(path, {"starts_at": instant(starts), "ends_at": instant(starts + HOURS),
                             "title": "Første dag", "venue_name": "Biblioteket"}, etag=smart_admin.get(path).etag)
    after = events(anonymous.get(course_calendar(course)))
    assert after[moved]["SEQUENCE"] > before[moved]["SEQUENCE"]
    assert after[moved]["LAST-MODIFIED"].dt >= before[moved]["LAST-MODIFIED"].dt
    assert after[moved]["SUMMARY"].endswith(": Første dag")
    assert after[moved]["LOCATION"] == "Biblioteket"
    assert after[other].to_ical() == before[other].to_ical()
    path = f"/v1/smart/courses/{course.id}"
    smart_admin.patch(path, {"venue_name": "Nytt sted"}, etag=smart_admin.get(path).etag)
    last = events(anonymous.get(course_calendar(course)))
    for one in (moved, other):
        assert last[one]["LOCATION"] == ("Biblioteket" if one == moved else "Nytt sted")
        assert last[one]["SEQUENCE"] > after[one]["SEQUENCE"]


def test_a_cancelled_course(smart_admin, anonymous, build):
    course = build.course(sessions=2)
    before = events(anonymous.get(course_calendar(course)))
    smart_admin.act(f"/v1/smart/courses/{course.id}", "cancel")
    after = events(anonymous.get(course_calendar(course)))
    assert set(after) == set(before)
    for uid, event in after.items():
        assert event["STATUS"] == "CANCELLED" and event["SEQUENCE"] > before[uid]["SEQUENCE"]


def test_a_course_without_sessions_and_none(anonymous, smart_admin, build):
    assert events(anonymous.get(course_calendar(build.course(sessions=0)))) == {}
    draft = build.course(state="draft")
    anonymous.get(course_calendar(draft), expect=404, code="not_found")
    assert len(events(smart_admin.get(course_calendar(draft)))) == 1


# ---- a person ----------------------------------------------------------------------------------


def test_a_personal_calendar(make_user, anonymous, build, owner_db):
    person, other = make_user("participant"), make_user("participant")
    mine, theirs, waiting = (build.course(sessions=2) for _ in range(3))
    register(person, mine)
    register(other, mine), register(other, theirs)
    build.registration(waiting, person.user.person_id, state="waitlisted")
    path = feed_of(person)
    answer = anonymous.get(path)
    assert set(events(answer)) == set(sessions_of(owner_db, mine))
    assert {event["STATUS"] for event in events(answer).values()} == {"CONFIRMED"}
    for nobodys in (person.user, other.user):  # not even one's own name
        assert nobodys.full_name not in answer.text and nobodys.email not in answer.text
    assert answer.headers["Cache-Control"] == "private, no-cache"
    anonymous.get(path, none_match=answer.etag, expect=304)
    assert anonymous.get(path).body == answer.body
    # A course calendar has the same entries, so that a program knows them again.
    assert set(events(anonymous.get(course_calendar(mine)))) == set(events(answer))


def test_a_seat_that_is_given_up(make_user, anonymous, smart_admin, build):
    person, course, cancelled = make_user("participant"), build.course(), build.course()
    seat = register(person, course)
    register(person, cancelled)
    path = feed_of(person)
    first = events(anonymous.get(path))
    etag = anonymous.get(path).etag
    person.act(f"{REGISTRATIONS}/{seat['id']}", "cancel")
    smart_admin.act(f"/v1/smart/courses/{cancelled.id}", "cancel")
    second = events(anonymous.get(path, none_match=etag))
    assert set(second) == set(first)
    for uid, event in second.items():
        assert event["STATUS"] == "CANCELLED" and event["SEQUENCE"] > first[uid]["SEQUENCE"]
    register(person, course)  # and taken again: later than the cancellation
    third = events(anonymous.get(path))
    again = [uid for uid, event in third.items() if event["STATUS"] == "CONFIRMED"]
    assert len(again) == 1 and third[again[0]]["SEQUENCE"] >= second[again[0]]["SEQUENCE"]


def test_waiting_on_a_course_that_is_cancelled_shows_nothing(make_user, anonymous, smart_admin,
                                                             build):
    person, course = make_user("participant"), build.course(capacity=1)
    build.registration(course)
    register(person, course)
    smart_admin.act(f"/v1/smart/courses/{course.id}", "cancel")
    assert events(anonymous.get(feed_of(person))) == {}


def test_the_life_of_a_feed(make_user, anonymous, owner_db):
    person = make_user()
    made = person.post(FEEDS, {"name": "Telefonen"}, key="once")
    assert made.status == 201 and made.headers["Location"] == f"{FEEDS}/{made['id']}"
    secret = re.fullmatch(r".*/v1/calendar-feeds/([A-Za-z0-9_-]{43})/calendar\.ics", made["url"])[1]
    repeated = person.post(FEEDS, {"name": "Telefonen"}, key="once")
    assert repeated["id"] == made["id"] and repeated["url"] is None
    assert person.post(FEEDS, {}, dry_run=True)["url"] is None
    one, = person.get(FEEDS).items
    assert one == {name: value for name, value in made.json.items() if name != "url"}
    item = person.get(f"{FEEDS}/{made['id']}")
    assert item.json == one and secret not in item.text
    stored = owner_db.row("SELECT * FROM calendar_feed WHERE id = %s", [made["id"]])
    assert secret not in str(stored)
    path = f"{FEEDS}/{secret}/calendar.ics"
    assert events(anonymous.get(path)) == {}
    item_path = f"{FEEDS}/{made['id']}"
    person.delete(item_path, expect=428, code="precondition_required")
    person.delete(item_path, etag='"9-0"', expect=412, code="version_conflict")
    person.delete(item_path, etag=item.etag, dry_run=True)
    anonymous.get(path)
    assert person.delete(item_path, etag=item.etag).status == 204
    anonymous.get(path, expect=404, code="not_found")
    person.get(item_path, expect=404)
    assert person.get(FEEDS).items == []


def test_wrong_secrets(make_user, anonymous):
    path = feed_of(make_user())
    wrong = path.replace("/calendar.ics", "")[:-1]
    for one in (f"{wrong}-/calendar.ics", f"{FEEDS}/x/calendar.ics", f"{FEEDS}/{'a' * 44}/calendar.ics"):
        if one != path:
            anonymous.get(one, expect=404, code="not_found")


def test_a_user_who_is_switched_off_has_no_calendar(make_user, anonymous, owner_db):
    person = make_user()
    path = feed_of(person)
    anonymous.get(path)
    owner_db.execute("UPDATE user_account SET is_active = false WHERE id = %s", [person.user.id])
    anonymous.get(path, expect=404, code="not_found")


def test_ten_and_no_more(make_user):
    person = make_user()


    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(lambda _: person.session.post(
            person.base + FEEDS, json={}, headers={"Authorization": f"Bearer {person.token}"},
            timeout=30).status_code, range(14)))
    assert sorted(codes) == [201] * 10 + [409] * 4
    refused = person.post(FEEDS, {}, expect=409, code="limit_reached")
    assert "10" in refused["detail"]


def test_machines_and_strangers(partner, anonymous, server, tokens):
    from support.client import Api
    partner.post(FEEDS, {}, expect=403, code="forbidden")
    Api(server, tokens.sign("ukjent")).post(FEEDS, {}, expect=403, code="forbidden")
    anonymous.post(FEEDS, {}, expect=401)
    assert partner.get(FEEDS).items == []


def test_a_name(make_user):
    person = make_user()
    assert person.post(FEEDS)["name"] is None
    assert person.post(FEEDS, {"name": None})["name"] is None
    wrong = person.post(FEEDS, {"name": "", "url": "x"}, expect=422)
    assert wrong.faults == {"/name": "too_short", "/url": "unknown_member"}


def test_the_secret_is_in_no_log(make_user, anonymous, server, owner_db):
    person = make_user()
    path = feed_of(person)
    secret = path.split("/")[3]
    anonymous.get(path)
    anonymous.get(f"{path}?x=1", expect=400)
    anonymous.get(path + "/", expect=404)
    anonymous.post(path, {}, expect=405)
    log = server.log_text()
    assert secret not in log and "/v1/calendar-feeds/{secret}/calendar.ics" in log
    for table in ("event", "idempotency_key", "calendar_feed"):
        assert not any(secret in str(row) for row in owner_db.rows(f"SELECT * FROM {table}"))
