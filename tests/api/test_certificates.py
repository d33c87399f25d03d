"""Certificates: who gets one (SM-R12), serial numbers, revoking and issuing again, the PDF, and what
the public may verify."""
import concurrent.futures
import re
import subprocess
import uuid

import pytest

from support.attending import FIRST, attend, complete, held, join, record

PATH = "/v1/smart/certificates"
VERIFY = f"{PATH}/verify"
CHARACTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
NAME = "Bjørg Ærlighet Åsen"


@pytest.fixture
def course(build):
    """Completed: Bjørg came to seven days, Ola to six, Kari to none of eight."""
    organiser = build.organisation("SMART-senteret på Nøtterøy (eksempel)")
    return held(build, NAME, "Ola", "Kari", festival=True, organiser_id=organiser,
                title="SMART trenerutdanning på Østlandet – for små og større")


@pytest.fixture
def done(smart_admin, course):
    attend(smart_admin, course, NAME, 7)
    attend(smart_admin, course, "Ola", 6)
    complete(smart_admin, course)
    return course


def issue(api, course, name=NAME, **options):
    return api.post(PATH, {"registration_id": course.registrations[name]}, now=course.over, **options)


def verify(api, serial, **options):
    return api.get(VERIFY, params={"serial": serial}, **options)


def checks(serial):
    values = [CHARACTERS.index(c) for c in serial.replace("-", "")]
    return len(values) == 12 and sum(v * place for place, v in enumerate(values, 1)) % 31 == 0


# ---- issuing ---------------------------------------------------------------------------------

def test_issued_to_who_came_to_seven_of_eight(smart_admin, done, owner_db):
    made = issue(smart_admin, done, expect=201)
    assert checks(made["serial_no"])
    assert (made["state"], made["participant_name"], made["course_title"], made["organiser_name"]) == (
        "valid", NAME, "SMART trenerutdanning på Østlandet – for små og større", "SMART-senteret på Nøtterøy (eksempel)")
    assert (made["attended_days"], made["gathering_days"], made["issued_on"]) == (7, 8, "2024-03-10")
    assert made["held_on"] == [f"2024-01-{day}" for day in range(10, 18)]
    assert made["allowed_actions"] == ["revoke", "reissue"] and made["person_id"] == done.people[NAME]
    assert smart_admin.get(made.headers["Location"]).json == made.json
    event = owner_db.row("SELECT operation, to_state, version FROM event WHERE resource_id = %s", [made["id"]])
    assert tuple(event.values()) == ("create_certificate", "valid", 1)


def test_with_a_day_made_up(smart_admin, build, course):
    attend(smart_admin, course, "Ola", 6)
    smart_admin.post("/v1/smart/make-ups", {
        "registration_id": course.registrations["Ola"], "missed_session_id": course.sessions[7],
        "attended_session_id": held(build).sessions[0]}, now=course.over)
    complete(smart_admin, course)
    assert issue(smart_admin, course, "Ola")["attended_days"] == 7


def test_who_does_not_qualify(smart_admin, done, build):
    answer = issue(smart_admin, done, "Ola", expect=409, code="attendance_too_low")
    assert answer["rule"] == "SM-R12" and "6" in answer["detail"] and "7" in answer["detail"]
    answer = issue(smart_admin, done, "Kari", expect=409, code="not_completed")
    assert answer["rule"] == "SM-R12"
    waiting = build.registration(done.course, state="waitlisted")
    smart_admin.post(PATH, {"registration_id": waiting}, expect=409, code="not_completed")
    running = held(build, "Per")
    issue(smart_admin, running, "Per", expect=409, code="not_completed")
    no_paper = held(build, "Per", course_type="grunnkurs", state="completed")
    assert issue(smart_admin, no_paper, "Per", expect=422, code="course_gives_none")["rule"] == "SM-R12"
    smart_admin.post(PATH, {"registration_id": str(uuid.uuid4())}, expect=404, code="registration_not_found")


def test_one_valid_for_each(smart_admin, done):
    first = issue(smart_admin, done)
    issue(smart_admin, done, expect=409, code="certificate_exists")
    smart_admin.act(f"{PATH}/{first['id']}", "revoke", {"reason": "Feil"})
    assert issue(smart_admin, done, expect=201)["serial_no"] != first["serial_no"]


def test_one_of_several_at_once(smart_admin, done, owner_db):
    def attempt(_):
        api = smart_admin.clone()
        try:
            return issue(api, done).status
        except AssertionError:
            return 409
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(attempt, range(4))) == [201, 409, 409, 409]
    assert owner_db.value("SELECT count(*) FROM certificate WHERE course_id = %s", [done.id]) == 1


def test_a_dry_run_and_a_second_try(smart_admin, done):
    tried = issue(smart_admin, done, dry_run=True)
    smart_admin.get(f"{PATH}/{tried['id']}", expect=404)
    issue(smart_admin, done, key=None, expect=400, code="idempotency_key_required")
    first = issue(smart_admin, done, key="once-only")
    assert issue(smart_admin, done, key="once-only").json == first.json


def test_to_everybody_who_qualifies(smart_admin, build):
    course = held(build, *(f"Deltaker {n}" for n in range(36)), capacity=36, days=2)
    names = list(course.registrations)
    record(smart_admin, course, 0, **{name: "present" for name in names})
    record(smart_admin, course, 1, **{name: "present" for name in names[:30]})
    action = f"{course.path}/actions/issue-certificates"
    smart_admin.post(action, etag="*", now=course.over, expect=409, code="nobody_qualifies")
    complete(smart_admin, course)
    issue(smart_admin, course, names[0])
    tally = {"course_id": course.id, "issued": 29, "already_issued": 1, "not_qualified": 6}
    assert smart_admin.act(course.path, "issue-certificates", now=course.over, dry_run=True).json == tally
    assert smart_admin.act(course.path, "issue-certificates", now=course.over).json == tally
    again = {**tally, "issued": 0, "already_issued": 30}
    assert smart_admin.act(course.path, "issue-certificates", now=course.over).json == again
    made = smart_admin.every(PATH, {"course_id": course.id})
    assert {one["participant_name"] for one in made} == set(names[:30])
    serials = {one["serial_no"] for one in made}
    assert len(serials) == 30 and all(map(checks, serials))
    smart_admin.post(action, now=course.over, expect=428)
    smart_admin.post(action, etag='"99-0"', now=course.over, expect=412, code="version_conflict")


def test_a_course_without_certificates_gives_nobody_one(smart_admin, build):
    course = held(build, "Per", course_type="grunnkurs", state="completed")
    answer = smart_admin.act(course.path, "issue-certificates", expect=422, code="course_gives_none")
    assert answer["rule"] == "SM-R12"


def test_what_is_corrected_later_changes_no_certificate(smart_admin, done):
    made = issue(smart_admin, done)
    smart_admin.patch(done.path, {"title": "Et annet navn"}, etag=smart_admin.get(done.path).etag)
    record(smart_admin, done, 0)
    assert smart_admin.get(f"{PATH}/{made['id']}").json == made.json


# ---- revoking and issuing again --------------------------------------------------------------

def test_revoked_verifies_as_revoked(smart_admin, anonymous, done):
    made = issue(smart_admin, done)
    path = f"{PATH}/{made['id']}"
    shown = {"serial_no": made["serial_no"], "state": "valid", "participant_name": NAME,
             "course_title": made["course_title"], "issued_on": "2024-03-10"}
    assert verify(anonymous, made['serial_no']).json == shown
    assert smart_admin.post(f"{path}/actions/revoke", {}, etag="*", expect=422).faults == {"/reason": "required"}
    revoked = smart_admin.act(path, "revoke", {"reason": "Utstedt til feil person"}, now="2024-04-01T12:00:00Z")
    assert (revoked["state"], revoked["revoked_on"], revoked["revoked_reason"], revoked["allowed_actions"]) == (
        "revoked", "2024-04-01", "Utstedt til feil person", [])
    assert verify(anonymous, made['serial_no']).json == {**shown, "state": "revoked"}
    smart_admin.get(f"{path}/document", expect=409, code="certificate_revoked")
    for action, body in ("revoke", {"reason": "x"}), ("reissue", {"reason": "x", "participant_name": "x"}):
        smart_admin.act(path, action, body, expect=409, code="invalid_transition")


def test_issued_again_with_the_name_corrected(smart_admin, anonymous, done, owner_db):
    old = issue(smart_admin, done)
    path = f"{PATH}/{old['id']}"
    body = {"participant_name": "Bjørg Ærlighet Åsen-Demo", "reason": "Navnet er endret"}
    new = smart_admin.act(path, "reissue", body, now="2024-05-02T12:00:00Z")
    assert new["id"] != old["id"] and new["serial_no"] != old["serial_no"] and checks(new["serial_no"])
    assert (new["state"], new["participant_name"], new["issued_on"], new["replaces_id"]) == (
        "valid", "Bjørg Ærlighet Åsen-Demo", "2024-05-02", old["id"])
    same = ("course_title", "organiser_name", "held_on", "attended_days", "registration_id", "person_id")
    assert {name: new[name] for name in same} == {name: old[name] for name in same}
    before = smart_admin.get(path)
    assert (before["state"], before["replaced_by_id"], before["revoked_reason"]) == ("revoked", new["id"], "Navnet er endret")
    assert verify(anonymous, old['serial_no'])["state"] == "revoked"
    assert verify(anonymous, new['serial_no'])["participant_name"] == "Bjørg Ærlighet Åsen-Demo"
    states = owner_db.rows("SELECT resource_id, from_state, to_state FROM event WHERE operation = 'reissue_certificate'"
                           " AND resource_id IN (%s, %s) ORDER BY seq", [old["id"], new["id"]])
    assert [tuple(one.values()) for one in states] == [(old["id"], "valid", "revoked"), (new["id"], None, "valid")]


def test_versions_of_actions(smart_admin, done):
    made = issue(smart_admin, done)
    path = f"{PATH}/{made['id']}"
    smart_admin.post(f"{path}/actions/revoke", {"reason": "x"}, expect=428)
    smart_admin.act(path, "reissue", {"participant_name": "x", "reason": "x"}, dry_run=True)
    smart_admin.act(path, "revoke", {"reason": "x"}, dry_run=True)
    assert smart_admin.get(path)["state"] == "valid"
    smart_admin.act(path, "revoke", {"reason": "x"}, etag='"7-0"', expect=412, code="version_conflict")
    assert smart_admin.get(path, none_match=smart_admin.get(path).etag, expect=304).body == b""


# ---- whose they are --------------------------------------------------------------------------

def test_own_those_of_the_course_and_all(smart_admin, make_user, build, course):
    mine = make_user("participant")
    join(build, course, mine.user)
    attend(smart_admin, course, mine.user.full_name, 8)
    attend(smart_admin, course, NAME, 8)
    complete(smart_admin, course)
    smart_admin.act(course.path, "issue-certificates", now=course.over)
    instructor, other = (make_user(("smart_instructor", "course", one.id)) for one in (course, held(build)))
    own = mine.get(PATH).items
    assert [one["participant_name"] for one in own] == [mine.user.full_name]
    assert len(instructor.get(PATH).items) == 2 and other.get(PATH).items == []
    theirs = next(one for one in instructor.get(PATH).items if one["id"] != own[0]["id"])
    mine.get(f"{PATH}/{theirs['id']}", expect=404)
    mine.get(f"{PATH}/{theirs['id']}/document", expect=404)
    assert mine.get(f"{PATH}/{own[0]['id']}")["allowed_actions"] == []
    assert mine.get(f"{PATH}/{own[0]['id']}/document").body.startswith(b"%PDF")
    for api in mine, instructor:
        issue(api, course, expect=403)
        api.act(f"{PATH}/{own[0]['id']}", "revoke", {"reason": "x"}, etag="*", expect=403)
        api.act(course.path, "issue-certificates", etag="*", expect=403)
    found = smart_admin.get(PATH, params={"person_id": mine.user.person_id, "state": "valid"}).items
    assert [one["id"] for one in found] == [own[0]["id"]]
    assert smart_admin.get(PATH, params={"registration_id": course.registrations[NAME], "state": "revoked"}).items == []


# ---- verifying -------------------------------------------------------------------------------

def test_verified_as_people_write_it(smart_admin, anonymous, done):
    serial = issue(smart_admin, done)["serial_no"]
    for written in serial, serial.lower(), serial.replace("-", ""), serial.replace("-", " "):
        assert verify(anonymous, written)["serial_no"] == serial


def test_what_was_never_issued_is_not_found(smart_admin, anonymous, done):
    """The same answer for a number that checks, one that does not, and what is no number at all."""
    serial = issue(smart_admin, done)["serial_no"]
    mistyped = serial[:-1] + next(c for c in CHARACTERS if c != serial[-1])
    answers = [verify(anonymous, one, expect=404, code="not_found")
               for one in ("2222-2222-2222", mistyped, serial[:-1], "ABC", "nummer", "æ", "'--", "_" * 12)]
    told = [{name: value for name, value in answer.json.items() if name not in ("instance", "request_id")}
            for answer in answers]
    assert all(one == told[0] for one in told)


def test_verifying_tells_no_more_than_the_paper(smart_admin, anonymous, done):
    made = issue(smart_admin, done)
    shown = verify(anonymous, made['serial_no']).json
    assert set(shown) == {"serial_no", "state", "participant_name", "course_title", "issued_on"}
    assert verify(anonymous, made['serial_no']).etag is None
    anonymous.get(PATH, expect=401)


def test_verifying_is_rate_limited(start_server):
    from support.client import Api
    api = Api(start_server(LOFT_RATE_LIMIT_PUBLIC=3))
    statuses = [api.session.get(f"{api.base}{VERIFY}?serial=2222-2222-2222").status_code for _ in range(4)]
    assert statuses == [404, 404, 404, 429]


# ---- the paper -------------------------------------------------------------------------------

@pytest.fixture
def paper(smart_admin, done, tmp_path):
    """paper("nn") is the path of the PDF, paper.certificate what it is of."""
    made = issue(smart_admin, done)

    def fetch(language):
        answer = smart_admin.get(f"{PATH}/{made['id']}/document", language=language)
        assert answer.headers["Content-Type"] == "application/pdf"
        path = tmp_path / f"{uuid.uuid4()}.pdf"
        path.write_bytes(answer.body)
        return path
    fetch.certificate = made
    return fetch


def told(program, *arguments):
    return subprocess.run([program, *map(str, arguments)], check=True, capture_output=True, text=True).stdout


def text_of(path):
    return " ".join(told("pdftotext", "-layout", path, "-").split())


def test_the_paper_says_what_the_certificate_says(paper):
    text = text_of(paper("nb"))
    for words in ("Sertifikat", "Dette bekrefter at", NAME, "har gjennomført", "på Østlandet – for små og større",
                  "10.–17. januar 2024", "7 av 8 samlingsdager", "10. mars 2024", "SMART-senteret på Nøtterøy",
                  "Styrkefokus Medvirkning Anerkjennelse Relasjoner Trening", paper.certificate["serial_no"],
                  f"/v1/smart/certificates/verify?serial={paper.certificate['serial_no']}"):
        assert words in text, words


def test_the_paper_speaks_three_languages(paper):
    words = {"nb": "Dette bekrefter at", "nn": "Dette stadfestar at", "en": "This is to certify that"}
    for language, expected in words.items():
        assert expected in text_of(paper(language))
    assert "10 March 2024" in text_of(paper("en")) and "10–17 January 2024" in text_of(paper("en"))


def test_days_are_written_as_people_write_them(smart_admin, build, tmp_path):
    def days(certificate, language):
        path = tmp_path / "days.pdf"
        path.write_bytes(smart_admin.get(f"{PATH}/{certificate}/document", language=language).body)
        return text_of(path)
    course = held(build, "Kari", days=2, starts_at=FIRST.replace(day=31))
    attend(smart_admin, course, "Kari", 2)
    complete(smart_admin, course)
    made = issue(smart_admin, course, "Kari")["id"]
    assert "31. januar 2024 – 1. februar 2024" in days(made, "nb")
    assert "31 January 2024 – 1 February 2024" in days(made, "en")
    programme = smart_admin.get("/v1/smart/courses", params={"code": "trenerutdanning-2023"}).items[0]["id"]
    made = smart_admin.get(PATH, params={"course_id": programme, "state": "valid"}).items[0]["id"]
    assert ("6.–7. september 2023 22.–23. november 2023 10.–11. januar 2024 13.–14. mars 2024"
            in days(made, "nn"))


def test_fonts_are_embedded_and_the_page_is_a4(paper):
    path = paper("nb")
    lines = told("pdffonts", path).splitlines()[2:]
    assert lines and all(re.search(r" yes yes yes +\d+ +\d+$", line) for line in lines)  # emb sub uni
    about = told("pdfinfo", path)
    assert re.search(r"Pages: +1\n", about) and "A4" in about
    assert paper.certificate["serial_no"] in about


def test_the_same_bytes_each_time(paper, start_server, database, smart_admin):
    """Also from another process; nothing of now is inside."""
    first = paper("nb").read_bytes()
    assert paper("nb").read_bytes() == first
    other = smart_admin.clone(server=start_server())
    other.base = other.server.url
    again = other.get(f"{PATH}/{paper.certificate['id']}/document", language="nb").body
    assert again == first
    assert re.search(r"CreationDate: +2024-03-10T00:00:00Z\n", told("pdfinfo", "-isodates", paper("nb")))


def test_the_paper_is_a_file(smart_admin, paper):
    path = f"{PATH}/{paper.certificate['id']}/document"
    answer = smart_admin.get(path)
    assert f"{paper.certificate['serial_no']}.pdf" in answer.headers["Content-Disposition"]
    assert not answer.etag.startswith("W/")
    assert smart_admin.get(path, none_match=answer.etag, expect=304).body == b""
    assert smart_admin.get(path, language="en").etag != answer.etag


def test_papers_at_once(smart_admin, paper):
    """From all workers at once, in all languages: each gets its own."""
    expected = {language: paper(language).read_bytes() for language in ("nb", "nn", "en")}

    def fetch(number):
        language = ("nb", "nn", "en")[number % 3]
        answer = smart_admin.clone().get(f"{PATH}/{paper.certificate['id']}/document", language=language)
        return answer.body == expected[language]
    with concurrent.futures.ThreadPoolExecutor(12) as threads:
        assert all(threads.map(fetch, range(60)))


def test_long_names_stay_on_the_page(smart_admin, build, tmp_path):
    course = held(build, "Åse " + "Langtnavn-Eksempelsen " * 8, days=1, title="Kurs om " + "kjærlighet og ærlighet " * 7)
    name = next(iter(course.registrations))
    attend(smart_admin, course, name, 1)
    complete(smart_admin, course)
    made = issue(smart_admin, course, name)
    path = tmp_path / "long.pdf"
    path.write_bytes(smart_admin.get(f"{PATH}/{made['id']}/document").body)
    assert "Langtnavn-Eksempelsen" in text_of(path) and made["serial_no"] in text_of(path)
    assert re.search(r"Pages: +1\n", told("pdfinfo", path))
