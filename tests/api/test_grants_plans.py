"""Schemes, long-term plans with their yearly stop points, and competence networks with their members
(domain.md §5.2, KL-R14)."""
import concurrent.futures
from unittest import mock

import pytest

from support.grants import Forum

PLANS, NETWORKS = "/v1/grants/plans", "/v1/grants/networks"
NOW = "2026-03-02T09:00:00Z"


@pytest.fixture
def forum(build, make_user):
    return Forum(build, make_user)


@pytest.fixture
def secretariat(forum):
    return forum.secretariat


# ---- schemes and forums ------------------------------------------------------------------------

def test_schemes(forum, make_client):
    partner = make_client("grants:read")
    schemes = partner.get("/v1/grants/schemes").items
    assert [(one["code"], one["own_share_bp"], one["expected_service_types"]) for one in schemes] == [
        ("kompetanseloftet", 0, ["kindergarten", "school", "ppt"]), ("dekom", 3000, ["school"]),
        ("rekom", 0, ["kindergarten"])]
    one = partner.get(f"/v1/grants/schemes/{schemes[1]['id']}")
    assert one["label_nn"].endswith("i skulen (Dekom)")
    assert [s["code"] for s in partner.get("/v1/grants/schemes", params={"code": "rekom"}).items] == ["rekom"]


def test_forums(forum):
    listed = forum.reader().every("/v1/grants/forums")
    mine = next(one for one in listed if one["id"] == forum.id)
    assert mine["county_id"] == forum.county
    assert forum.reader().get(f"/v1/grants/forums/{forum.id}").json == mine


# ---- plans -------------------------------------------------------------------------------------

SECTIONS = [{"heading": "Formål", "body": "Planen skal gi forutsigbarhet. Åfjord, Snåase."},
            {"heading": "Evaluering", "body": "Hvert år."}]
ANNEXES = [{"no": 1, "title": "Konsept", "url": "https://example.no/vedlegg"}, {"no": 3, "title": "Årshjul"}]


def draft(forum, **body):
    return forum.secretariat.post(PLANS, {"forum_id": forum.id, "title": "Langsiktig plan", **body})


def in_force(forum, adopted_on="2023-01-12", **columns):
    return forum.build.insert("long_term_plan", forum_id=forum.id, title="Planen som gjelder",
                              state="adopted", adopted_on=adopted_on, **columns)


def test_from_draft_to_adopted(forum, secretariat):
    plan = draft(forum, sections=SECTIONS, annexes=ANNEXES, revise_year=2028)
    path = f"{PLANS}/{plan['id']}"
    assert plan.headers["Location"] == path
    assert plan["sections"] == SECTIONS and plan["annexes"] == ANNEXES
    assert (plan["state"], plan["allowed_actions"]) == ("draft", ["hear"])
    forum.reader().get(path, expect=404)
    heard = secretariat.act(path, "hear", {"reason": "Vedtatt i møte 3"})
    assert (heard["state"], heard["allowed_actions"]) == ("hearing", ["adopt"])
    assert forum.reader().get(path)["allowed_actions"] == []
    adopted = secretariat.act(path, "adopt", now=NOW)
    assert (adopted["state"], adopted["adopted_on"]) == ("adopted", "2026-03-02")
    assert adopted["allowed_actions"] == []


def test_adopting_supersedes_the_former_at_once(forum, secretariat, owner_db):
    former = in_force(forum)
    path = f"{PLANS}/{draft(forum)['id']}"
    secretariat.act(path, "hear")
    secretariat.act(path, "adopt", {"adopted_on": "2026-01-12", "reason": "Første møte"}, now=NOW)
    assert secretariat.get(f"{PLANS}/{former}")["state"] == "superseded"
    assert secretariat.get(path)["state"] == "adopted"
    events = owner_db.rows("SELECT resource_id::text AS id, from_state, to_state, reason FROM event"
                           " WHERE resource_type = 'long_term_plan' AND to_state IN ('adopted', 'superseded')"
                           " AND reason = 'Første møte' ORDER BY seq")
    assert [(row["id"], row["from_state"], row["to_state"]) for row in events] == [
        (former, "adopted", "superseded"), (path.rpartition("/")[2], "hearing", "adopted")]


def test_two_adoptions_at_once_leave_one_plan(forum, secretariat):
    in_force(forum)
    paths = [f"{PLANS}/{draft(forum)['id']}" for _ in range(4)]
    for path in paths:
        secretariat.act(path, "hear")

    def adopt(path):
        return secretariat.clone().act(path, "adopt", now=NOW).status
    with concurrent.futures.ThreadPoolExecutor(len(paths)) as threads:
        assert list(threads.map(adopt, paths)) == [200] * len(paths)
    states = [one["state"] for one in secretariat.every(PLANS, {"forum_id": forum.id})]
    assert sorted(states) == ["adopted"] + ["superseded"] * 4


def test_a_dry_run_of_adopting_leaves_both_as_they_are(forum, secretariat):
    former, path = in_force(forum), f"{PLANS}/{draft(forum)['id']}"
    secretariat.act(path, "hear")
    assert secretariat.act(path, "adopt", now=NOW, dry_run=True)["state"] == "adopted"
    assert secretariat.get(f"{PLANS}/{former}")["state"] == "adopted"
    assert secretariat.get(path)["state"] == "hearing"


def test_what_cannot_be_adopted(forum, secretariat):
    in_force(forum, "2026-02-01")
    path = f"{PLANS}/{draft(forum)['id']}"
    refused = secretariat.act(path, "adopt", now=NOW, expect=409, code="invalid_transition")
    assert refused["allowed_actions"] == ["hear"]
    secretariat.act(path, "hear")
    secretariat.act(path, "hear", expect=409, code="invalid_transition")
    secretariat.act(path, "adopt", {"adopted_on": "2026-03-03"}, now=NOW, expect=409, code="date_in_future")
    older = secretariat.act(path, "adopt", {"adopted_on": "2026-01-31"}, now=NOW, expect=409,
                            code="plan_older_than_present")
    assert "2026-02-01" in older["detail"]
    secretariat.act(path, "adopt", {"adopted_on": "2026-02-01"}, now=NOW)


def test_a_plan_is_edited_until_it_is_adopted(forum, secretariat):
    plan = draft(forum, sections=SECTIONS, annexes=ANNEXES)
    path = f"{PLANS}/{plan['id']}"
    edited = secretariat.patch(path, {"sections": SECTIONS[1:], "annexes": [], "revise_year": 2030},
                               etag=plan.etag)
    assert (edited["sections"], edited["annexes"], edited["revise_year"]) == (SECTIONS[1:], [], 2030)
    assert edited["title"] == plan["title"] and edited["version"] == plan["version"] + 1
    secretariat.patch(path, {"title": "Nytt"}, etag=plan.etag, expect=412)
    secretariat.patch(path, {"title": "Nytt"}, expect=428)
    assert secretariat.patch(path, {"revise_year": None}, etag=edited.etag)["revise_year"] is None
    secretariat.act(path, "hear")
    secretariat.patch(path, {"title": "Etter høringen"}, etag=secretariat.get(path).etag)
    secretariat.act(path, "adopt")
    refused = secretariat.patch(path, {"title": "For sent"}, etag=secretariat.get(path).etag, expect=409,
                                code="plan_not_editable")
    assert "utkast" in refused["detail"]


def test_faults_of_a_plan(forum, secretariat):
    annexes = [{"no": 1, "title": "A"}, {"no": 2, "title": "B"}, {"no": 1, "title": "C"}]
    twice = secretariat.post(PLANS, {"forum_id": forum.id, "title": "P", "annexes": annexes}, expect=422)
    assert twice.faults == {"/annexes/2/no": "annex_repeated"}
    path = f"{PLANS}/{draft(forum)['id']}"
    assert secretariat.patch(path, {"annexes": annexes}, etag="*", expect=422).faults == twice.faults
    blank = secretariat.post(PLANS, {"forum_id": forum.id, "title": " "}, expect=422)
    assert blank.faults == {"/title": "invalid_value"}
    long = [{"heading": "H", "body": "x" * 20000}] * 14
    assert secretariat.post(PLANS, {"forum_id": forum.id, "title": "P", "sections": long},
                            expect=422).faults == {"/sections": "invalid_value"}


def test_of_another_forum(forum, build, make_user):
    other = Forum(build, make_user)
    forum.secretariat.post(PLANS, {"forum_id": other.id, "title": "P"}, expect=403)
    hidden = draft(other)["id"]
    forum.secretariat.patch(f"{PLANS}/{hidden}", {"title": "Q"}, etag="*", expect=404)
    seen = in_force(other)
    forum.secretariat.patch(f"{PLANS}/{seen}", {"title": "Q"}, etag="*", expect=403)


@pytest.mark.parametrize("now, due", [("2024-12-31T22:59:59Z", False), ("2024-12-31T23:00:00Z", True)])
def test_due_for_revision_from_1_january_in_norway(forum, now, due):
    """KL-R14."""
    plan = in_force(forum, revise_year=2025)
    reader = forum.reader()
    assert reader.get(f"{PLANS}/{plan}", now=now)["revision_due"] is due
    listed = reader.get(PLANS, params={"forum_id": forum.id}, now=now).items
    assert [(one["id"], one["revision_due"]) for one in listed] == [(plan, due)]


def test_a_newer_plan_ends_the_need_for_revision(forum, secretariat):
    former = in_force(forum, revise_year=2025)
    path = f"{PLANS}/{draft(forum, revise_year=2028)['id']}"
    secretariat.act(path, "hear")
    assert secretariat.get(f"{PLANS}/{former}", now=NOW)["revision_due"]
    secretariat.act(path, "adopt", now=NOW)
    assert not secretariat.get(f"{PLANS}/{former}", now=NOW)["revision_due"]
    assert not secretariat.get(path, now=NOW)["revision_due"]


# ---- the yearly stop point ----------------------------------------------------------------------

def test_one_evaluation_each_calendar_year(forum, secretariat):
    """KL-R14."""
    path = f"{PLANS}/{in_force(forum)}/evaluations"
    body = {"held_on": "2025-11-20", "conclusion": "Planen står ved lag."}
    made = secretariat.post(path, body, now=NOW)
    assert (made["year"], made["revise"]) == (2025, False)
    assert made.headers["Location"] == f"/v1/grants/plan-evaluations/{made['id']}"
    again = secretariat.post(path, {**body, "held_on": "2025-12-31"}, now=NOW, expect=409,
                             code="already_evaluated")
    assert again["rule"] == "KL-R14"
    secretariat.post(path, {**body, "held_on": "2026-03-02"}, now=NOW)
    assert [one["year"] for one in forum.reader().get(path).items] == [2026, 2025]
    assert forum.reader().get(made.headers["Location"])["conclusion"] == body["conclusion"]


def test_what_cannot_be_evaluated(forum, secretariat):
    body = {"held_on": "2025-11-20", "conclusion": "Ja"}
    secretariat.post(f"{PLANS}/{draft(forum)['id']}/evaluations", body, now=NOW, expect=409,
                     code="plan_not_in_force")
    path = f"{PLANS}/{in_force(forum)}/evaluations"
    secretariat.post(path, {**body, "held_on": "2023-01-11"}, now=NOW, expect=409, code="plan_not_in_force")
    secretariat.post(path, {**body, "held_on": "2026-03-03"}, now=NOW, expect=409, code="date_in_future")
    forum.reader().get(f"{PLANS}/{draft(forum)['id']}/evaluations", expect=404)


def test_an_evaluation_is_corrected(forum, secretariat):
    made = secretariat.post(f"{PLANS}/{in_force(forum)}/evaluations",
                            {"held_on": "2026-01-20", "conclusion": "Ja"}, now=NOW)
    path = f"/v1/grants/plan-evaluations/{made['id']}"
    changed = secretariat.patch(path, {"held_on": "2026-02-20", "revise": True}, etag=made.etag, now=NOW)
    assert (changed["held_on"], changed["revise"], changed["conclusion"]) == ("2026-02-20", True, "Ja")
    secretariat.patch(path, {"revise": False}, etag=made.etag, expect=412)
    moved = secretariat.patch(path, {"held_on": "2025-02-20"}, etag=changed.etag, now=NOW, expect=422)
    assert moved.faults == {"/held_on": "other_year"}
    secretariat.patch(path, {"held_on": "2026-03-03"}, etag=changed.etag, now=NOW, expect=409,
                      code="date_in_future")
    forum.make_user(("forum_member", "forum", forum.id)).patch(path, {"revise": False}, etag="*", expect=403)


# ---- networks ----------------------------------------------------------------------------------

def network_body(forum, **changes):
    return {"forum_id": forum.id, "code": "QQ01", "name": "Nettverket",
            "organisation_id": forum.build.organisation(org_type="competence_network"),
            "active_from_on": "2026-01-01", **changes}


def test_a_network_is_added_and_changed(forum, secretariat):
    host = forum.build.organisation("Verten (eksempel)", org_type="municipality")
    made = secretariat.post(NETWORKS, network_body(forum, host_organisation_id=host))
    assert (made["code"], made["host_name"], made["active_to_on"]) == ("QQ01", "Verten (eksempel)", None)
    path = f"{NETWORKS}/{made['id']}"
    changed = secretariat.patch(path, {"name": "Åfjord og omegn", "host_organisation_id": None,
                                       "active_to_on": "2026-12-31"}, etag=made.etag)
    assert (changed["name"], changed["host_name"]) == ("Åfjord og omegn", None)
    secretariat.patch(path, {"name": "X"}, etag=made.etag, expect=412)
    reversed_days = secretariat.patch(path, {"active_from_on": "2027-01-01"}, etag=changed.etag, expect=422)
    assert reversed_days.faults == {"/active_to_on": "ends_before_it_begins"}
    assert forum.reader().get(path).json == changed.json
    for day, found in ("2025-12-31", 0), ("2026-01-01", 1), ("2026-12-31", 1), ("2027-01-01", 0):
        listed = forum.reader().get(NETWORKS, params={"forum_id": forum.id, "active_on": day}).items
        assert len(listed) == found, day
    assert [one["id"] for one in forum.reader().get(NETWORKS, params={"q": "åfjord"}).items] == [made["id"]]


def test_faults_of_a_network(forum, secretariat):
    municipality = forum.build.organisation(org_type="municipality")
    refused = secretariat.post(NETWORKS, network_body(
        forum, code="QQ02", organisation_id=municipality, active_to_on="2025-12-31"), expect=422)
    assert refused.faults == {"/organisation_id": "organisation_unfit", "/active_to_on": "ends_before_it_begins"}
    unknown = secretariat.post(NETWORKS, network_body(
        forum, code="QQ02", organisation_id="00000000-0000-7000-8000-00000000dead"), expect=422)
    assert unknown.faults == {"/organisation_id": "unknown_reference"}
    secretariat.post(NETWORKS, network_body(forum, code="QQ03"))
    taken = secretariat.post(NETWORKS, network_body(forum, code="QQ03"), expect=409, code="already_exists")
    assert taken.faults == {"/code": "already_exists"}


# ---- members -----------------------------------------------------------------------------------

def test_the_verified_network(make_client):
    """KN02, Trøndelag sørvest oppvekst (domain.md §5.1 F29, §5.9)."""
    partner = make_client("grants:read")
    network = partner.get(NETWORKS, params={"code": "KN02"}).items[0]
    path = f"{NETWORKS}/{network['id']}/members"
    municipalities = partner.get(path, params={"role": "municipality"}).items
    assert {(one["municipality_no"], one["organisation_name"]) for one in municipalities} == {
        ("5014", "Frøya kommune"), ("5029", "Skaun kommune"), ("5055", "Heim kommune"),
        ("5056", "Hitra kommune"), ("5059", "Orkland kommune"), ("5061", "Rindal kommune")}
    universities = partner.get(path, params={"role": "uh_partner", "on": "2023-01-12"}).items
    assert {one["organisation_name"] for one in universities} == {
        "NTNU, Institutt for lærerutdanning", "Nord universitet", "Dronning Mauds Minne Høgskole"}
    assert partner.get(path, params={"on": "2020-07-31"}).items == []


def add(forum, network_id, organisation_id, role="municipality", **body):
    options = {key: body.pop(key) for key in ("expect", "code", "now", "dry_run") if key in body}
    return forum.secretariat.post(f"{NETWORKS}/{network_id}/members",
                                  {"organisation_id": organisation_id, "role": role, **body}, **options)


def test_an_owner_is_in_one_network_at_a_time(forum, secretariat):
    (first, _), (second, code) = forum.network(), forum.network()
    owner = forum.build.organisation(org_type="municipality")
    made = add(forum, first, owner, now=NOW)
    path = f"/v1/grants/network-members/{made['id']}"
    assert made.headers["Location"] == path and (made["from_on"], made["to_on"]) == ("2026-03-02", None)
    add(forum, second, owner, from_on="2026-06-01", expect=409, code="owner_in_other_network")
    add(forum, first, owner, from_on="2026-06-01", expect=409, code="already_member")
    # As a kindergarten authority a municipality may have a further part.
    add(forum, second, owner, "kindergarten_authority")
    add(forum, second, owner, "kindergarten_authority", expect=409, code="already_member")
    ended = secretariat.act(path, "end", {"to_on": "2026-05-31", "reason": "Bytter"}, now=NOW)
    assert ended["to_on"] == "2026-05-31"
    moved = add(forum, second, owner, from_on="2026-06-01")
    assert moved["network_code"] == code
    # The last day is corrected, but not into the other membership.
    secretariat.act(path, "end", {"to_on": "2026-06-01"}, expect=409, code="owner_in_other_network")
    assert secretariat.act(path, "end", {"to_on": "2026-04-30"})["to_on"] == "2026-04-30"
    assert secretariat.act(f"/v1/grants/network-members/{moved['id']}", "end",
                           now="2026-07-01T22:30:00Z")["to_on"] == "2026-07-02"


def test_two_networks_at_once_get_an_owner_once(forum):
    networks = [forum.network()[0] for _ in range(4)]
    owner = forum.build.organisation(org_type="private_owner")

    def join(network):
        return forum.secretariat.clone().post(
            f"{NETWORKS}/{network}/members",
            {"organisation_id": owner, "role": "private_owner", "from_on": "2026-01-01"},
            expect=mock.ANY).status
    with concurrent.futures.ThreadPoolExecutor(len(networks)) as threads:
        assert sorted(threads.map(join, networks)) == [201, 409, 409, 409]


def test_faults_of_a_membership(forum, secretariat):
    network, _ = forum.network()
    municipality = forum.build.organisation(org_type="municipality")
    refused = add(forum, network, municipality, "uh_partner", from_on="2026-03-01", to_on="2026-02-28",
                  expect=422)
    assert refused.faults == {"/organisation_id": "organisation_unfit", "/to_on": "ends_before_it_begins"}
    made = add(forum, network, municipality, from_on="2026-03-01")
    early = secretariat.act(f"/v1/grants/network-members/{made['id']}", "end", {"to_on": "2026-02-28"}, expect=422)
    assert early.faults == {"/to_on": "ends_before_it_begins"}
    secretariat.act(f"/v1/grants/network-members/{made['id']}", "end", {"to_on": "2026-04-01"},
                    etag='"9-0"', expect=412)
    unknown = "00000000-0000-7000-8000-00000000dead"
    forum.secretariat.post(f"{NETWORKS}/{unknown}/members",
                           {"organisation_id": municipality, "role": "municipality"}, expect=404)
    forum.reader().get(f"{NETWORKS}/{unknown}/members", expect=404)
    assert add(forum, network, forum.build.organisation(org_type="union"), "union", dry_run=True).status == 201
    assert len(secretariat.get(f"{NETWORKS}/{network}/members").items) == 1
