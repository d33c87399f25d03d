"""Notifications by e-mail, through a real SMTP server that also refuses, stalls and dies."""
import datetime
import re
import signal
import ssl
import subprocess

import pytest

from support import run
from support.build import now
from support.client import Api
from support.smtp import Smtp
from support.waiting import eventually

PATH = "/v1/notifications"
REGISTRATIONS = "/v1/smart/registrations"
HOURS = datetime.timedelta(hours=1)
FAST = {"LOFT_WORK_INTERVAL_MS": 50, "LOFT_MAIL_FROM": "smart@example.no",
        "LOFT_MAIL_TIMEOUT_S": 1, "LOFT_MAIL_RETRY_S": 1}


@pytest.fixture
def smtp():
    with Smtp() as server:
        yield server


@pytest.fixture
def database(cluster):
    """Each test has its own, with no message in it: what one leaves unsent is not the next one's."""
    made = cluster.create_database()
    with made.connect("loft_owner") as session:
        session.execute("DELETE FROM notification")
    yield made
    cluster.drop_database(made)


@pytest.fixture
def owner_session(database):
    with database.connect("loft_owner") as session:
        yield session


@pytest.fixture
def server(database, smtp, start_server):
    return start_server(database, LOFT_SMTP_URL=smtp.url, **FAST)


@pytest.fixture
def make_user(request, build, tokens):
    """A participant, of `server` unless another is named."""
    def make(on=None):
        user = build.user("participant")
        return Api(on or request.getfixturevalue("server"), tokens.sign(user.subject), user)
    return make


def first(owner_db, sql, parameters=()):
    """The first row that there is, or None."""
    rows = owner_db.rows(sql, parameters)
    return rows[0] if rows else None


def register(person, course):
    return person.post(REGISTRATIONS, {"course_id": course.id, "profession_code": "laerer",
                                       "buyer_type": "consumer"})


def delivered(owner_db, person, state):
    """The row of the person's only message, once it is in this state."""
    def reached():
        return first(owner_db, "SELECT * FROM notification WHERE person_id = %s"
                     " AND delivery_state = %s", [person.user.person_id, state])
    return eventually(reached, what=f"delivery state {state}")


def put(build, owner_db, person, **columns):
    """A message that is ready to be sent."""
    seat = build.registration(build.course(), person)
    return build.insert("notification", **{
        "person_id": person, "kind": "registration_confirmed", "occasion": f"test:{seat}",
        "resource_type": "registration", "resource_id": seat, "language": "nb",
        "email": owner_db.value("SELECT email FROM person WHERE id = %s", [person]),
        "facts": {"name": "Kari Eksempelsen", "organiser": "SMART-senteret", "course_title": "Kurs"},
        "subject": "Emne", "body": "Hei!", **columns})


# ---- what arrives ----------------------------------------------------------------------------


def test_a_message(server, smtp, make_user, build, owner_db):
    person = make_user()
    organiser = build.organisation("SMART-senteret på Støperiet")
    register(person, build.course(title="Bære, leke, lære – for øyeblikket", organiser_id=organiser))
    mail, = smtp.wait_for(person.user.email)
    row = delivered(owner_db, person, "sent")
    assert mail.sender == "smart@example.no"
    assert mail["Subject"] == "Du har fått plass: Bære, leke, lære – for øyeblikket" == row["subject"]
    assert mail["From"] == "SMART-senteret på Støperiet <smart@example.no>"
    assert mail["To"] == f"{person.user.full_name} <{person.user.email}>"
    assert mail["Message-ID"] == f"<{row['id']}@example.no>"
    assert mail["Auto-Submitted"] == "auto-generated" and mail["Content-Language"] == "nb"
    assert abs(mail["Date"].datetime - now()) < HOURS
    assert mail.parsed.get_content_type() == "text/plain"
    assert mail.body.replace("\r\n", "\n") == row["body"] + "\n"
    assert all(len(line) <= 78 for line in mail.text.splitlines()) and mail.text.isascii()
    item, = person.get(PATH).items
    assert item["delivery_state"] == "sent" and item["sent_at"]
    assert (row["attempts"], row["delivery_error"], row["leased_until"]) == (1, None, None)


@pytest.mark.parametrize("language,subject", [
    ("nb", "Du står på venteliste: Kurset"), ("nn", "Du står på venteliste: Kurset"),
    ("en", "You are on the waiting list: Kurset")])
def test_in_each_language(server, smtp, make_user, build, owner_db, language, subject):
    person = make_user()
    owner_db.execute("UPDATE person SET language = %s WHERE id = %s",
                     [language, person.user.person_id])
    course = build.course(capacity=1, title="Kurset")
    build.registration(course)
    register(person, course)
    mail, = smtp.wait_for(person.user.email)
    assert (mail["Subject"], mail["Content-Language"]) == (subject, language)
    assert {"nb": "Du trenger ikke gjøre noe", "nn": "Du treng ikkje gjere noko",
            "en": "You need not do anything"}[language] in mail.body


def test_many_on_one_connection(server, smtp, make_user, build, owner_db):
    people = [build.person() for _ in range(20)]
    with owner_db.connection:  # all at once, so that one round finds them
        for person in people:
            put(build, owner_db, person)
    eventually(lambda: len(smtp.messages) == 20)
    assert smtp.connections < 10 and len({mail.to for mail in smtp.messages}) == 20


def test_no_header_can_be_put_in(server, smtp, build, owner_db):
    """By whatever way it came into a row."""
    evil = "Kari\r\nBcc: alle@example.no\r\n\r\nHei"
    person = build.person()
    put(build, owner_db, person, subject=evil,
        body="Første\n.\nQUIT\n.enda en\n" + "lang " * 100 + "æ" * 200,
        facts={"name": evil, "organiser": evil, "course_title": evil})
    address = owner_db.value("SELECT email FROM person WHERE id = %s", [person])
    mail, = smtp.wait_for(address)
    assert set(mail.parsed.keys()) == {
        "Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted", "MIME-Version",
        "Content-Type", "Content-Transfer-Encoding", "Content-Language"}
    assert mail["Subject"] == "Kari  Bcc: alle@example.no    Hei"
    assert mail.body.splitlines()[:4] == ["Første", ".", "QUIT", ".enda en"]
    assert smtp.commands.count("RCPT") == 1
    wrong = put(build, owner_db, build.person(), email="a@b.no>\r\nRCPT TO:<c@d.no")
    eventually(lambda: owner_db.value("SELECT delivery_state FROM notification WHERE id = %s",
                                      [wrong]) == "failed")
    assert smtp.commands.count("RCPT") == 1


# ---- a server that does not want it ----------------------------------------------------------


@pytest.mark.parametrize("word", ["MAIL", "RCPT", "DATA", "TEXT"])
def test_refused_for_good(server, smtp, make_user, build, owner_db, word):
    smtp.refuse = {word: "550 no such mailbox"}
    person = make_user()
    register(person, build.course())
    row = delivered(owner_db, person, "failed")
    assert (row["attempts"], row["delivery_error"], row["sent_at"]) == (1, "SMTP 550", None)
    smtp.refuse = {}  # the next one is none the worse for it
    other = make_user()
    register(other, build.course())
    smtp.wait_for(other.user.email)
    assert smtp.to(person.user.email) == [] and smtp.commands.count(word) == 2
    assert person.get(PATH).items[0]["delivery_state"] == "failed"


@pytest.mark.parametrize("word", ["MAIL", "RCPT", "DATA", "TEXT"])
def test_later(server, smtp, make_user, build, owner_db, word):
    smtp.refuse = {word: "451 try again"}
    person = make_user()
    register(person, build.course())
    row = eventually(lambda: first(owner_db, "SELECT * FROM notification WHERE attempts = 2"
                                          " AND delivery_state = 'waiting'"))
    assert row["delivery_error"] == "SMTP 451"
    assert row["next_attempt_at"] - row["updated_at"] > datetime.timedelta(seconds=1.9)  # doubled
    smtp.refuse = {}
    mail, = smtp.wait_for(person.user.email)
    assert delivered(owner_db, person, "sent")["attempts"] == 3
    assert mail["Message-ID"] == f"<{row['id']}@example.no>"


def test_given_up_after_the_last_attempt(start_server, database, smtp, make_user, build, owner_db):
    smtp.refuse = {"RCPT": "450 later"}
    server = start_server(database, LOFT_SMTP_URL=smtp.url, **{**FAST, "LOFT_MAIL_ATTEMPTS": 2})
    person = make_user(on=server)
    register(person, build.course())
    row = delivered(owner_db, person, "failed")
    assert (row["attempts"], row["delivery_error"]) == (2, "SMTP 450")


@pytest.mark.parametrize("misbehave", [
    {"refuse": {"GREETING": "554 go away"}}, {"refuse": {"MAIL": "421 closing"}},
    {"stall": "GREETING"}, {"stall": "EHLO"}, {"stall": "RCPT"}, {"stall": "TEXT"},
    {"die": "GREETING"}, {"die": "MAIL"}, {"die": "DATA"}],
    ids=lambda value: "-".join(f"{k}-{v if isinstance(v, str) else next(iter(v))}"
                               for k, v in value.items()))
def test_a_server_that_is_not_itself(server, smtp, make_user, build, owner_db, misbehave):
    """Nothing is given up for it, whatever it answers; and offers still run out meanwhile."""
    for name, value in misbehave.items():
        setattr(smtp, name, value)
    person = make_user()
    register(person, build.course())
    eventually(lambda: smtp.connections)
    offered = build.registration(build.course(capacity=1), state="offered",
                                 offer_expires_at=now() - HOURS)
    eventually(lambda: owner_db.value("SELECT state FROM registration WHERE id = %s",
                                      [offered]) == "expired", timeout_s=2)
    row = eventually(lambda: first(owner_db, "SELECT * FROM notification WHERE attempts > 0 AND"
                                          " delivery_state = 'waiting' AND person_id = %s",
                                          [person.user.person_id]))
    assert row["delivery_error"] and row["sent_at"] is None
    smtp.refuse, smtp.stall, smtp.die = {}, None, None
    copies = smtp.wait_for(person.user.email)
    delivered(owner_db, person, "sent")
    assert {mail["Message-ID"] for mail in copies} == {f"<{row['id']}@example.no>"}


def test_a_server_that_is_not_there(start_server, database, make_user, build, owner_db):
    with Smtp() as gone:
        url = gone.url
    server = start_server(database, LOFT_SMTP_URL=url, **FAST)
    person, other = make_user(on=server), make_user(on=server)
    register(person, build.course())
    eventually(lambda: owner_db.value("SELECT max(attempts) FROM notification") == 1)
    register(other, build.course())
    # All wait for the server, not each for itself.
    assert person.get(PATH).items and owner_db.value("SELECT sum(attempts) FROM notification") <= 2
    assert server.running()


def test_a_good_bye_that_is_not_answered(server, smtp, make_user, build, owner_db):
    smtp.stall = "QUIT"
    for _ in range(2):
        person = make_user()
        register(person, build.course())
        smtp.wait_for(person.user.email)
        assert delivered(owner_db, person, "sent")["attempts"] == 1
    assert "QUIT" in smtp.commands


def test_gone_between_its_having_it_and_its_saying_so(server, smtp, make_user, build, owner_db):
    """Nobody can know whether such a message arrived. It is sent again, recognisably."""
    smtp.die = "TEXT"
    person = make_user()
    register(person, build.course())
    smtp.wait_for(person.user.email)
    smtp.die = None
    first, second = smtp.wait_for(person.user.email, 2)
    assert first["Message-ID"] == second["Message-ID"]
    delivered(owner_db, person, "sent")


# ---- processes -------------------------------------------------------------------------------


def test_killed_between_250_and_its_mark(start_server, database, smtp, make_user, build, owner_db):
    """The one moment in which a crash makes a copy; not before the lease has ended."""
    server = start_server(database, LOFT_SMTP_URL=smtp.url, **FAST)
    person = make_user(on=server)
    smtp.on_text = lambda message: server.process.send_signal(signal.SIGKILL)
    register(person, build.course())
    smtp.wait_for(person.user.email)
    server.wait()
    smtp.on_text = None
    row = delivered(owner_db, person, "sending")
    start_server(database, LOFT_SMTP_URL=smtp.url, **FAST)
    first, second = smtp.wait_for(person.user.email, 2)
    assert first["Message-ID"] == second["Message-ID"] == f"<{row['id']}@example.no>"
    sent = delivered(owner_db, person, "sent")
    assert sent["attempts"] == 2 and sent["sent_at"] >= row["leased_until"]


def test_killed_on_the_last_attempt(start_server, database, smtp, build, owner_db):
    """A message that ends the process each time is not tried for ever."""
    person = build.person()
    row = put(build, owner_db, person, delivery_state="sending", attempts=10,
              leased_until=now() - HOURS)
    start_server(database, LOFT_SMTP_URL=smtp.url, **FAST)
    state = eventually(lambda: first(owner_db, "SELECT * FROM notification WHERE id = %s AND"
                                            " delivery_state = 'failed'", [row]))
    assert state["delivery_error"] == "attempts_used_up" and smtp.messages == []


def test_two_processes_deliver_each_message_once(start_server, database, smtp, build, owner_db):
    smtp.refuse = {"GREETING": "421 not yet"}
    for _ in range(60):
        put(build, owner_db, build.person())
    for _ in range(2):
        start_server(database, LOFT_SMTP_URL=smtp.url, **FAST)
    eventually(lambda: smtp.connections >= 2)
    smtp.refuse = {}
    eventually(lambda: owner_db.value("SELECT count(*) FROM notification WHERE delivery_state ="
                                      " 'sent'") == 60)
    assert len(smtp.messages) == 60 and len({mail.to for mail in smtp.messages}) == 60


def test_a_stop_does_not_wait_for_a_stalled_server(start_server, database, smtp, build, owner_db):
    smtp.stall = "RCPT"
    put(build, owner_db, build.person())
    server = start_server(database, LOFT_SMTP_URL=smtp.url, **{**FAST, "LOFT_MAIL_TIMEOUT_S": 600})
    eventually(lambda: "RCPT" in smtp.commands)
    server.stop()
    assert owner_db.value("SELECT delivery_state FROM notification") == "waiting"


# ---- what has become untrue ------------------------------------------------------------------


def test_what_is_no_longer_true_is_not_sent(start_server, database, smtp, build, owner_db):
    person = build.person()
    course = build.course()
    taken = build.registration(course, person)
    options = {"resource_id": taken, "occasion": "x"}
    put(build, owner_db, person, **{**options, "kind": "registration_offered",
                                    "useful_until": now() + HOURS, "occasion": "taken"})
    put(build, owner_db, person, **{**options, "kind": "offer_expiring",
                                    "useful_until": now() - HOURS, "occasion": "over"})
    put(build, owner_db, person, **{**options, "kind": "gathering_reminder",
                                    "useful_until": now() + HOURS, "occasion": "gathering:moved"})
    gathering = owner_db.value("SELECT id FROM course_gathering WHERE course_id = %s", [course.id])
    right = owner_db.value("SELECT gathering_occasion(%s, gathering_begins(%s))",
                           [gathering, gathering])
    put(build, owner_db, person, **{**options, "kind": "gathering_reminder", "subject": "Riktig",
                                    "useful_until": now() + HOURS, "occasion": right})
    start_server(database, LOFT_SMTP_URL=smtp.url, **FAST)
    eventually(lambda: owner_db.value("SELECT count(*) FROM notification WHERE delivery_state IN"
                                      " ('obsolete', 'sent')") == 4)
    assert [mail["Subject"] for mail in smtp.messages] == ["Riktig"]
    owner_db.execute("UPDATE course SET state = 'cancelled' WHERE id = %s", [course.id])
    owner_db.execute("UPDATE notification SET delivery_state = 'waiting', sent_at = NULL"
                     " WHERE subject = 'Riktig'")
    eventually(lambda: owner_db.value("SELECT delivery_state FROM notification"
                                      " WHERE subject = 'Riktig'") == "obsolete")


def test_switching_mail_on_sends_no_old_messages(start_server, database, smtp, make_user, build,
                                                 owner_db):
    without = start_server(database, LOFT_WORK_INTERVAL_MS=50)
    person = make_user(on=without)
    register(person, build.course())
    delivered(owner_db, person, "off")
    without.stop()
    server = start_server(database, LOFT_SMTP_URL=smtp.url, **FAST)
    other = make_user(on=server)
    register(other, build.course())
    smtp.wait_for(other.user.email)
    assert smtp.to(person.user.email) == []


def test_the_sandbox_date_reaches_no_mail(server, smtp, make_user, build, owner_db):
    person = make_user()
    course = build.course()
    person.post(REGISTRATIONS, {"course_id": course.id, "profession_code": "laerer",
                                "buyer_type": "consumer"},
                now=(now() + 24 * HOURS).strftime("%Y-%m-%dT%H:%M:%SZ"))
    mail, = smtp.wait_for(person.user.email)
    assert abs(mail["Date"].datetime - now()) < HOURS


# ---- TLS and login ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """For 127.0.0.1, signed by itself."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=smtp",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "key.pem",
                    "-out", folder / "cert.pem"], check=True, capture_output=True)
    return folder


@pytest.fixture
def tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    return context


def test_tls_and_login(start_server, database, certificate, tls, make_user, build):
    with Smtp(tls=tls, login="loft\0hemmelig") as smtp:
        server = start_server(database, LOFT_SMTP_URL=smtp.url, LOFT_SMTP_USER="loft",
                              LOFT_SMTP_PASSWORD="hemmelig",
                              LOFT_SMTP_CA=certificate / "cert.pem", **FAST)
        person = make_user(on=server)
        register(person, build.course())
        smtp.wait_for(person.user.email)
        assert smtp.commands[:5] == ["GREETING", "EHLO", "STARTTLS", "EHLO", "AUTH"]
        assert "hemmelig" not in server.log_text()


@pytest.mark.parametrize("settings", [
    {"LOFT_SMTP_STARTTLS": 1}, {"LOFT_SMTP_USER": "loft", "LOFT_SMTP_PASSWORD": "hemmelig"}],
    ids=["demanded", "login"])
def test_no_tls_no_mail(start_server, database, smtp, make_user, build, owner_db, settings):
    """A server that offers none gets neither message nor password."""
    server = start_server(database, LOFT_SMTP_URL=smtp.url, **FAST, **settings)
    person = make_user(on=server)
    register(person, build.course())
    eventually(lambda: owner_db.value("SELECT max(attempts) FROM notification") >= 1)
    eventually(lambda: owner_db.value("SELECT delivery_state FROM notification") == "waiting")
    assert set(smtp.commands) <= {"GREETING", "EHLO", "QUIT"}


def test_a_certificate_that_nobody_signed(start_server, database, tls, make_user, build, owner_db):
    with Smtp(tls=tls) as smtp:
        server = start_server(database, LOFT_SMTP_URL=smtp.url, LOFT_SMTP_STARTTLS=1, **FAST)
        person = make_user(on=server)
        register(person, build.course())
        eventually(lambda: owner_db.value("SELECT max(attempts) FROM notification") >= 1)
        assert "MAIL" not in smtp.commands and smtp.messages == []


def test_a_login_that_fails_gives_nothing_up(start_server, database, certificate, tls, make_user,
                                             build, owner_db):
    with Smtp(tls=tls, login="loft\0noe annet") as smtp:
        server = start_server(database, LOFT_SMTP_URL=smtp.url, LOFT_SMTP_USER="loft",
                              LOFT_SMTP_PASSWORD="hemmelig",
                              LOFT_SMTP_CA=certificate / "cert.pem", **FAST)
        person = make_user(on=server)
        register(person, build.course())
        row = eventually(lambda: first(owner_db, "SELECT * FROM notification WHERE attempts > 0"
                                       " AND delivery_state = 'waiting'"))
        assert row["delivery_error"] == "Login denied"


# ---- settings and metrics --------------------------------------------------------------------


@pytest.mark.parametrize("settings,words", [
    ({"LOFT_SMTP_URL": "http://example.no"}, "LOFT_SMTP_URL must be"),
    ({"LOFT_SMTP_URL": "smtp://kari:hemmelig@example.no"}, "LOFT_SMTP_URL must be"),
    ({"LOFT_SMTP_URL": "smtp://example.no"}, "LOFT_MAIL_FROM must be"),
    ({"LOFT_SMTP_URL": "smtp://example.no", "LOFT_MAIL_FROM": "kari"}, "LOFT_MAIL_FROM must be"),
])
def test_settings_that_do_not_fit(database, settings, words):
    done = subprocess.run([run.binary(), "serve"], capture_output=True, text=True, timeout=60,
                          env=run.environment({**database.settings(), **settings}))
    assert done.returncode == 2 and words in done.stderr and "hemmelig" not in done.stderr


def test_the_password_is_not_printed():
    for command in (["config"], ["config", "--markdown"]):
        done = subprocess.run([run.binary(), *command], capture_output=True, text=True, timeout=60,
                              env=run.environment({"LOFT_SMTP_PASSWORD": "hemmelig"}))
        assert done.returncode == 0 and "hemmelig" not in done.stdout


def test_metrics_and_logs(server, smtp, make_user, build, owner_db):
    operations = Api(server, base=server.ops_url)

    def metric(name):
        found = re.search(rf"^{re.escape(name)} (\d+)$", operations.get("/metrics").text, re.M)
        return int(found[1]) if found else None

    smtp.refuse = {"RCPT": "450 later"}
    person = make_user()
    register(person, build.course())
    eventually(lambda: metric('loft_mail_total{result="retried"}') == 1)
    eventually(lambda: metric("loft_mail_waiting") == 1)
    smtp.refuse = {}
    delivered(owner_db, person, "sent")
    eventually(lambda: metric('loft_mail_total{result="sent"}') == 1)
    smtp.refuse = {"RCPT": "550 no"}
    register(make_user(), build.course())
    eventually(lambda: metric('loft_mail_total{result="failed"}') == 1)
    eventually(lambda: metric("loft_mail_waiting") == 0)
    assert metric('loft_work_total{work="notification_compose"}') == 2
    log = server.log_text()
    assert "SMTP 450" in log and person.user.email not in log and person.user.full_name not in log
