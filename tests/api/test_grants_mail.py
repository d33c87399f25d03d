"""Who is told what in the grants: of deadlines from background work, of what was sent back or decided in its
own transaction. In the language of the person, once."""
import datetime

import pytest

from support.deciding import Round
from support.grants import Forum
from support.grants_basis import Partnership
from support.waiting import eventually

PATH = "/v1/notifications"
NEEDS = "/v1/grants/need-reports"


@pytest.fixture
def forum(build, make_user):
    return Forum(build, make_user)


def told(client, count=1):
    """The caller's messages, the oldest first, once there are so many."""
    def enough():
        items = client.get(PATH, params={"sort": "created_at"}).items
        return items if len(items) >= count else None
    return eventually(enough, what=f"{count} message(s)")


def speaks(owner_db, client, language):
    owner_db.execute("UPDATE person SET language = %s WHERE id = %s", [language, client.user.person_id])
    return client


def remind(owner_db):
    owner_db.execute("SET loft.roles = 'system'")
    try:
        return owner_db.value("SELECT remind_of_obligations(200)")
    finally:
        owner_db.execute("RESET loft.roles")


def occasions(owner_db, client):
    return [row["occasion"] for row in owner_db.rows(
        "SELECT occasion FROM notification WHERE person_id = %s AND kind LIKE 'obligation_%%' ORDER BY id",
        [client.user.person_id])]


def today(owner_db, days=0):
    return owner_db.value("SELECT (now() AT TIME ZONE 'Europe/Oslo')::date") + datetime.timedelta(days=days)


def open_round(forum, owner_db, days, **columns):
    """A round whose bases are due in so many days."""
    due = today(owner_db, days)
    dates = {key: due + datetime.timedelta(days=apart) for key, apart in (
        ("basis_due_on", 0), ("recommendation_due_on", 60), ("decision_due_on", 100), ("report_due_on", 500))}
    return forum.round(due.year, "open",
                       **{"need_due_on": due - datetime.timedelta(days=60), **dates, **columns})


# ---- deadlines -----------------------------------------------------------------------------------

@pytest.mark.parametrize("language,subject,line", [
    ("nb", "Frist nærmer seg: Forum (eksempel)", "Det gjelder beslutningsgrunnlag til samarbeidsforum."),
    ("nn", "Ein frist nærmar seg: Forum (eksempel)", "Det gjeld avgjerdsgrunnlag til samarbeidsforum."),
    ("en", "A deadline is near: Forum (eksempel)", "It is that of the decision basis to the forum.")])
def test_a_network_is_reminded_once(forum, owner_db, make_user, language, subject, line):
    network, code = forum.network()
    coordinator = speaks(owner_db, make_user(("network_coordinator", "network", network)), language)
    forum.frame(open_round(forum, owner_db, 14), network, 1000)
    remind(owner_db)
    remind(owner_db)
    told_of, = told(coordinator)
    assert (told_of["kind"], told_of["subject"]) == ("obligation_due_soon", subject)
    assert line in told_of["body"] and f"Nettverk {code}" in told_of["body"]
    assert len([word for word in told_of["body"].splitlines() if word.startswith(("Det gj", "It is"))]) == 1
    assert len(occasions(owner_db, coordinator)) == 1


def test_another_day_is_told_of_and_a_late_one_too(forum, owner_db, make_user):
    network, _ = forum.network()
    coordinator = make_user(("network_coordinator", "network", network))
    round_id = open_round(forum, owner_db, 15)
    forum.frame(round_id, network, 1000)
    remind(owner_db)
    assert occasions(owner_db, coordinator) == []
    for days, count in (9, 1), (8, 2), (-1, 3), (-15, 3):
        owner_db.execute("UPDATE grant_round SET basis_due_on = %s WHERE id = %s",
                         [today(owner_db, days), round_id])
        remind(owner_db)
        assert len(occasions(owner_db, coordinator)) == count, days
    assert told(coordinator, 3)[-1]["kind"] == "obligation_overdue"


def test_others_are_not_reminded(forum, owner_db, make_user, build):
    network, _ = forum.network()
    owner = forum.owner(network)
    away = make_user(("network_coordinator", "network", forum.network()[0]))
    mine = make_user(("owner", "organisation", owner))
    round_id = open_round(forum, owner_db, 10, need_due_on=today(owner_db, 5))
    forum.frame(round_id, network, 1000)
    switched_off = make_user(("network_coordinator", "network", network))
    owner_db.execute("UPDATE user_account SET is_active = false WHERE id = %s", [switched_off.user.id])
    remind(owner_db)
    assert [one.split(":")[1] for one in occasions(owner_db, mine)] == ["need_report"]
    assert occasions(owner_db, away) == [] == occasions(owner_db, switched_off)
    example = open_round(forum, owner_db, 10, is_example=True, scheme_code="rekom")
    forum.frame(example, network, 1000)
    remind(owner_db)
    assert len(occasions(owner_db, mine)) == 1


def test_what_was_done_meanwhile_is_not_mailed(forum, owner_db, make_user, build):
    network, _ = forum.network()
    coordinator = make_user(("network_coordinator", "network", network))
    round_id = open_round(forum, owner_db, 10)
    forum.frame(round_id, network, 1000)
    remind(owner_db)

    def current():
        owner_db.execute("SET loft.roles = 'system'")
        try:
            return owner_db.value("SELECT notification_is_current(id) FROM notification WHERE person_id = %s",
                                  [coordinator.user.person_id])
        finally:
            owner_db.execute("RESET loft.roles")
    assert current() is True
    basis = build.insert("decision_basis", round_id=round_id, network_id=network, title="Grunnlag")
    owner_db.execute("UPDATE decision_basis SET state = 'submitted' WHERE id = %s", [basis])
    assert current() is False


# ---- sent back, decided --------------------------------------------------------------------------

def test_the_owner_is_told_of_a_need_that_came_back(forum, owner_db, make_user, build):
    network, _ = forum.network()
    owner = forum.owner(network)
    round_id = forum.round(2027, "open")
    forum.frame(round_id, network)
    need = build.insert("need_report", round_id=round_id, network_id=network, owner_id=owner,
                        title="Språk i barnehagen")
    owner_db.execute("UPDATE need_report SET state = 'submitted' WHERE id = %s", [need])
    mine = speaks(owner_db, make_user(("owner", "organisation", owner)), "nn")
    coordinator = make_user(("network_coordinator", "network", network))
    coordinator.act(f"{NEEDS}/{need}", "return", {"note": "Skriv meir om målgruppa."})
    message, = told(mine)
    assert (message["kind"], message["resource_id"]) == ("need_report_returned", need)
    for words in ("Språk i barnehagen", "Skriv meir om målgruppa.", "1. desember 2026"):
        assert words in message["body"]
    assert coordinator.get(PATH).items == []


def test_the_partnership_is_told_of_a_decision(forum, owner_db):
    case = Round(forum).case()
    people = case.coordinator(), case.university(), case.owner_user()
    speaks(owner_db, people[1], "en")
    case.issued()
    for person in people:
        message, = told(person)
        assert message["kind"] == "decision_issued" and "Inkluderende lek på Åfjord" in message["body"]
    assert "30 June 2024" in told(people[1])[0]["body"]
    assert case.governor.get(PATH).items == []


def test_the_partnership_is_told_of_a_basis_that_came_back(forum, owner_db, make_user):
    partnership = Partnership(forum)
    path = partnership.signed(title="Språk i Ørland")
    partnership.submit(path)
    owner = speaks(owner_db, make_user(("owner", "organisation", partnership.owner)), "nn")
    others = (make_user(("owner", "organisation", forum.owner(partnership.network.id))),
              forum.coordinator(forum.network()[0]), partnership.secretariat, forum.county_governor(),
              partnership.signer_of(partnership.institution()))
    returned = partnership.secretariat.get(path).etag
    body = {"note": "Budsjettet mangler.", "resubmit_due_on": "2030-03-01"}
    for _ in range(2):
        partnership.secretariat.act(path, "return", body, etag=returned, key="tilbake-1", now=partnership.now)
    for person, words in ((partnership.coordinator, "Send inn på nytt innen fredag 1. mars 2030."),
                          (partnership.signer, "Merknad: Budsjettet mangler."),
                          (owner, "Send inn på nytt innan fredag 1. mars 2030.")):
        message, = told(person)
        assert (message["kind"], message["resource_id"]) == ("basis_returned", path.rpartition("/")[2])
        assert words in message["body"] and "Språk i Ørland" in message["body"]
    assert [other.get(PATH).items for other in others] == [[]] * len(others)
    # Returned once more, it is told of once more.
    partnership.submit(path, "resubmit")
    partnership.send_back(path, "2030-03-02", dry_run=True)
    partnership.send_back(path, "2030-03-02")
    assert [one["kind"] for one in told(partnership.coordinator, 2)] == ["basis_returned"] * 2


def test_the_partnership_is_told_of_a_report_that_came_back(forum, owner_db):
    case = Round(forum).case()
    decision = case.issued()
    report = case.report(decision)
    people = case.coordinator(), case.university(), case.owner_user()
    stranger = case.round.case().coordinator()
    owner_db.execute("UPDATE grant_report SET state = 'submitted' WHERE id = %s", [report.rpartition("/")[2]])
    case.governor.act(report, "return", {"note": "Skriv mer om målene."})
    for person in people:
        message, = told(person)
        assert (message["kind"], message["subject"]) == (
            "report_returned", "Rapport sendt tilbake: Forum (eksempel)")
        for words in ("Inkluderende lek på Åfjord", "Skriv mer om målene.", "søndag 30. juni 2024"):
            assert words in message["body"]
    assert stranger.get(PATH).items == [] == case.governor.get(PATH).items
