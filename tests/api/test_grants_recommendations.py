"""The forum's recommendation: its lines, its adoption and what it comes to (domain.md §5.3, KL-R03, KL-R05,
KL-R10, KL-R11, KL-R16)."""
import concurrent.futures
import csv
import io
from unittest import mock

import pytest

from support.grants import Forum
from support.grants_round import Round
from support.seats import PATIENT
from support.sheet import XLSX, rows_of_sheet
from support.waiting import in_line

PATH, LINES = "/v1/grants/recommendations", "/v1/grants/recommendation-lines"
NOW, LATE = "2030-03-15T22:59:59Z", "2030-03-15T23:00:00Z"
NOWHERE = "00000000-0000-7000-8000-00000000dead"


@pytest.fixture
def forum(build, make_user):
    return Forum(build, make_user)


@pytest.fixture
def secretariat(forum):
    return forum.secretariat


@pytest.fixture
def round_(forum):
    return Round(forum)


@pytest.fixture
def network(round_):
    return round_.network()


@pytest.fixture
def draft(secretariat, round_, meeting):
    return secretariat.post(PATH, {"round_id": round_.id, "title": "Innstilling", "meeting_id": meeting},
                            now=NOW)


def held(forum, **columns):
    return forum.build.insert("forum_meeting", **{
        "forum_id": forum.id, "scheme_code": "kompetanseloftet", "held_on": "2030-03-10", "year_no": 1,
        "title": "Innstillingsmøte", "state": "held", **columns})


@pytest.fixture
def meeting(forum):
    return held(forum)


def add(api, draft, basis, verdict="recommend", **body):
    options = {key: body.pop(key) for key in ("expect", "code", "dry_run") if key in body}
    return api.post(f"{PATH}/{draft['id']}/lines", {"basis_id": basis, "verdict": verdict, **body},
                    **{"now": NOW, **options})


def adopt(api, draft, body=None, **options):
    return api.act(f"{PATH}/{draft['id']}", "adopt", body or {"decided_by": "consensus"},
                   **{"now": NOW, **options})


def basis_row(build, basis):
    row = build.session.row("SELECT state, claimed_nok FROM decision_basis WHERE id = %s", [basis])
    return row["state"], row["claimed_nok"]


def claimed(build, network):
    return build.session.value("SELECT claimed_nok FROM network_frame WHERE network_id = %s", [network.id])


# ---- the draft ---------------------------------------------------------------------------------

def test_a_draft_is_made_and_changed(forum, secretariat, round_, meeting):
    made = secretariat.post(PATH, {"round_id": round_.id, "title": "Innstilling 2030"}, now=NOW)
    path = f"{PATH}/{made['id']}"
    assert made.headers["Location"] == path
    assert (made["state"], made["year"], made["lines"], made["allowed_actions"]) == (
        "draft", 2030, 0, ["adopt"])
    assert (made["meeting_id"], made["due_on"], made["is_late"]) == (None, "2030-03-15", False)
    changed = secretariat.patch(path, {"meeting_id": meeting, "summary": "Kort"}, etag=made.etag, now=NOW)
    assert (changed["meeting_id"], changed["summary"], changed["title"]) == (
        meeting, "Kort", "Innstilling 2030")
    secretariat.patch(path, {"title": "X"}, etag=made.etag, expect=412)
    emptied = secretariat.patch(path, {"summary": None, "meeting_id": None}, etag=changed.etag)
    assert (emptied["summary"], emptied["meeting_id"]) == (None, None)
    secretariat.post(PATH, {"round_id": round_.id, "title": "To"}, expect=409, code="recommendation_exists")
    assert secretariat.get(path, now=LATE)["is_late"] is True
    listed = secretariat.get(PATH, params={"forum_id": forum.id, "year": 2030, "state": "draft"}).items
    assert [one["id"] for one in listed] == [made["id"]]
    assert secretariat.get(PATH, params={"round_id": round_.id, "state": "sent"}).items == []


def test_a_dry_run_leaves_no_draft(secretariat, round_):
    secretariat.post(PATH, {"round_id": round_.id, "title": "Prøve"}, dry_run=True)
    assert secretariat.get(PATH, params={"round_id": round_.id}).items == []


@pytest.mark.parametrize("state", ["planning", "frame_adopted", "recommended", "decided", "closed"])
def test_a_recommendation_belongs_to_a_round_with_bases(forum, secretariat, state):
    other = Round(forum, year=2031, state=state)
    refused = secretariat.post(PATH, {"round_id": other.id, "title": "X"}, expect=409,
                               code="round_not_recommending")
    assert state in refused["detail"]


def test_faults_of_a_draft(forum, secretariat, round_, build, make_user):
    assert secretariat.post(PATH, {"round_id": NOWHERE, "title": "X"}, expect=422).faults == {
        "/round_id": "unknown_reference"}
    body = {"round_id": round_.id, "title": "X"}
    assert secretariat.post(PATH, {**body, "meeting_id": NOWHERE}, expect=422).faults == {
        "/meeting_id": "unknown_reference"}
    for unfit in (held(forum, scheme_code="dekom"), held(forum, state="cancelled", year_no=3),
                  held(Forum(build, make_user), kind="partnership_seminar")):
        assert secretariat.post(PATH, {**body, "meeting_id": unfit}, expect=422).faults == {
            "/meeting_id": "adopting_meeting_unfit"}
    made = secretariat.post(PATH, body)
    assert secretariat.patch(f"{PATH}/{made['id']}", {"meeting_id": NOWHERE}, etag=made.etag,
                             expect=422).faults == {"/meeting_id": "unknown_reference"}


def test_the_grants_to_joint_measures_are_shown(build, forum, secretariat, round_, draft):
    measure = build.insert("joint_measure", forum_id=forum.id, code=f"felles-{forum.id[-12:]}",
                           name="Inkluderingsanalysen")
    build.insert("joint_measure_grant", round_id=round_.id, joint_measure_id=measure,
                 recipient_id=round_.uh, amount_nok=250000)
    shown = secretariat.get(f"{PATH}/{draft['id']}")
    assert shown["joint_nok"] == 250000
    assert shown["joint_lines"] == [{
        "joint_measure_id": measure, "code": f"felles-{forum.id[-12:]}", "name": "Inkluderingsanalysen",
        "recipient_id": round_.uh, "recipient_name": "Høgskolen Eksempel (eksempel)", "amount_nok": 250000}]


# ---- lines -------------------------------------------------------------------------------------

def test_a_line_shows_what_a_complete_line_shows(secretariat, round_, network, draft):
    """KL-R11."""
    basis = round_.assessed(network)
    made = add(secretariat, draft, basis, priority=1)
    assert made.headers["Location"] == f"{LINES}/{made['id']}"
    assert (made["amount_uh_nok"], made["amount_network_nok"]) == (60000, 40000)
    assert (made["applied_uh_nok"], made["applied_network_nok"]) == (60000, 40000)
    measure, = made["measures"]
    assert (measure["title"], measure["participants_estimate"]) == ("Inkluderingsanalysen", 40)
    assert {one["kind"] for one in measure["participants"]} == {"owner", "uh"}
    assert (made["starts_on"], made["ends_on"]) == ("2030-08-01", "2031-06-30")
    assert made["criteria"][0] == {"criterion": "c1", "answer": "Svar på kriterium 1", "verdict": "met",
                                   "note": None}
    assert [one["id"] for one in made["owners"]] == [network.owner_id]
    assert [one["id"] for one in made["universities"]] == [round_.uh]
    assert {one["recipient_kind"]: one["amount_nok"] for one in made["distribution"]} == {
        "uh": 60000, "network": 30000, "owner": 10000}
    assert made["members_to_disqualify"] == []
    listed, = secretariat.get(f"{PATH}/{draft['id']}/lines").items
    assert (listed["measures"], listed["universities"]) == (
        ["Inkluderingsanalysen"], ["Høgskolen Eksempel (eksempel)"])
    again = add(secretariat, draft, basis, expect=409, code="already_exists")
    assert again.faults == {"/basis_id": "already_exists"}


def test_amounts_follow_from_the_verdict(secretariat, round_, network, draft):
    bases = [round_.assessed(network) for _ in range(3)]
    recommended = add(secretariat, draft, bases[0], amount_uh_nok=60000)
    assert (recommended["amount_uh_nok"], recommended["amount_network_nok"]) == (60000, 40000)
    rejected = add(secretariat, draft, bases[1], "reject", reason="Mangler forankring")
    assert (rejected["amount_uh_nok"], rejected["amount_network_nok"]) == (0, 0)
    reduced = add(secretariat, draft, bases[2], "reduce", reason="Mindre omfang", amount_uh_nok=60000,
                  amount_network_nok=0)
    assert (reduced["amount_uh_nok"], reduced["amount_network_nok"]) == (60000, 0)


@pytest.mark.parametrize("body,faults", [
    ({"verdict": "recommend", "amount_uh_nok": 59999}, {"/amount_uh_nok": "amount_follows"}),
    ({"verdict": "recommend", "amount_network_nok": 40001}, {"/amount_network_nok": "amount_follows"}),
    ({"verdict": "reject", "amount_uh_nok": 1, "reason": "Nei"}, {"/amount_uh_nok": "amount_follows"}),
    ({"verdict": "reject"}, {"/reason": "required"}),
    ({"verdict": "reduce"}, {"/reason": "required", "/amount_uh_nok": "required",
                             "/amount_network_nok": "required"}),
    ({"verdict": "reduce", "reason": " ", "amount_uh_nok": 1, "amount_network_nok": 1},
     {"/reason": "required"}),
    ({"verdict": "reduce", "reason": "Ja", "amount_uh_nok": 60001, "amount_network_nok": 0},
     {"/amount_uh_nok": "amount_above_applied"}),
    ({"verdict": "reduce", "reason": "Ja", "amount_uh_nok": 0, "amount_network_nok": 40001},
     {"/amount_network_nok": "amount_above_applied"}),
    ({"verdict": "reduce", "reason": "Ja", "amount_uh_nok": 60000, "amount_network_nok": 40000},
     {"/verdict": "not_reduced"}),
    ({"verdict": "reduce", "reason": "Ja", "amount_uh_nok": 0, "amount_network_nok": 0},
     {"/verdict": "not_reduced"}),
    ({"verdict": "recommend", "disqualified_member_ids": [NOWHERE]},
     {"/disqualified_member_ids/0": "not_a_member"}),
])
def test_faults_of_a_line(secretariat, round_, network, draft, body, faults):
    basis = round_.assessed(network)
    assert add(secretariat, draft, basis, **body, expect=422).faults == faults


def test_a_line_is_about_a_basis_of_the_round(forum, secretariat, round_, network, draft):
    other = Round(forum, year=2031)
    elsewhere = other.assessed(other.network())
    for basis in NOWHERE, elsewhere, round_.basis(network, state="draft"):
        assert add(secretariat, draft, basis, expect=422).faults == {"/basis_id": "unknown_reference"}


@pytest.mark.parametrize("state", ["returned", "withdrawn"])
def test_lines_are_about_bases_that_are_up_for_it(secretariat, round_, network, draft, state):
    basis = round_.assessed(network)
    line = add(secretariat, draft, basis)
    round_.set_state(basis, state, claimed_nok=0)
    refused = secretariat.patch(f"{LINES}/{line['id']}", {"priority": 2}, etag=line.etag, expect=409,
                                code="basis_not_recommendable")
    assert state in refused["detail"]
    other = round_.basis(network, state=state)
    add(secretariat, draft, other, expect=409, code="basis_not_recommendable")


def test_what_an_incomplete_basis_lacks_is_told(build, secretariat, round_, network, draft):
    """KL-R11."""
    bare = round_.basis(network, complete=False, uh_nok=0, network_nok=0, owner_nok=0)
    refused = add(secretariat, draft, bare, expect=409, code="line_incomplete")
    assert refused["rule"] == "KL-R11"
    assert refused.faults == {f"/basis/{what}": "missing_in_basis" for what in (
        "measures", "participants", "duration", "criteria", "partners", "distribution")}
    rejected = add(secretariat, draft, bare, "reject", reason="Uferdig")
    secretariat.patch(f"{LINES}/{rejected['id']}", {"verdict": "recommend"}, etag=rejected.etag,
                      expect=409, code="line_incomplete")
    for missing in "answer_c3", "ends_on":
        basis = round_.basis(network, **{missing: None})
        what = "criteria" if missing == "answer_c3" else "duration"
        assert add(secretariat, draft, basis, expect=409).faults == {f"/basis/{what}": "missing_in_basis"}


def test_lines_stay_within_the_frame(secretariat, round_, draft):
    """KL-R03: together, of each network."""
    network = round_.network(frame_nok=150000)
    # As if the frame had become smaller since.
    first, second = (round_.assessed(network, claimed_nok=0) for _ in range(2))
    add(secretariat, draft, first)
    refused = add(secretariat, draft, second, expect=409, code="recommended_above_frame")
    assert refused["rule"] == "KL-R03"
    half = {"reason": "Rammen", "amount_uh_nok": 30000}
    add(secretariat, draft, second, "reduce", amount_network_nok=20001, **half, expect=409,
        code="recommended_above_frame")
    line = add(secretariat, draft, second, "reduce", amount_network_nok=20000, **half)
    secretariat.patch(f"{LINES}/{line['id']}", {"amount_network_nok": 20001}, etag=line.etag, expect=409,
                      code="recommended_above_frame")
    assert add(secretariat, draft, round_.assessed(round_.network(100000)))["verdict"] == "recommend"


def test_a_line_is_changed_and_removed(secretariat, round_, network, draft):
    line = add(secretariat, draft, round_.basis(network))
    path = f"{LINES}/{line['id']}"
    secretariat.patch(path, {"verdict": "reduce"}, etag=line.etag, expect=422)
    body = {"verdict": "reduce", "amount_uh_nok": 50000, "amount_network_nok": 40000, "reason": "Mindre"}
    reduced = secretariat.patch(path, body, etag=line.etag)
    assert (reduced["amount_uh_nok"], reduced["reason"]) == (50000, "Mindre")
    further = secretariat.patch(path, {"amount_network_nok": 30000, "conditions": "SFO tas med"},
                                etag=reduced.etag)
    assert (further["amount_uh_nok"], further["amount_network_nok"], further["conditions"]) == (
        50000, 30000, "SFO tas med")
    assert secretariat.patch(path, {"reason": None}, etag=further.etag, expect=422).faults == {
        "/reason": "required"}
    whole = secretariat.patch(path, {"verdict": "recommend", "reason": None, "conditions": None},
                              etag=further.etag)
    assert (whole["amount_uh_nok"], whole["reason"], whole["conditions"]) == (60000, None, None)
    secretariat.patch(path, {"priority": 1}, etag=line.etag, expect=412)
    secretariat.delete(path, etag=line.etag, expect=412)
    assert secretariat.delete(path, etag=whole.etag).status == 204
    secretariat.get(path, expect=404)
    secretariat.delete(path, etag="*", expect=404)


def test_lines_come_by_priority_and_are_filtered(secretariat, round_, network, draft):
    other = round_.network()
    bases = [round_.basis(place, title=f"Grunnlag {no}") for no, place in enumerate((network, other, other))]
    lines = [add(secretariat, draft, basis, **body) for basis, body in zip(
        bases, ({}, {"priority": 2}, {"priority": 1}))]
    path = f"{PATH}/{draft['id']}/lines"

    def titles(where=path, **params):
        return [one["basis_title"] for one in secretariat.get(where, params=params).items]
    assert titles() == ["Grunnlag 2", "Grunnlag 1", "Grunnlag 0"]
    assert titles(network_id=other.id) == ["Grunnlag 2", "Grunnlag 1"]
    assert titles(verdict="reject") == []
    assert titles(LINES, basis_id=bases[0]) == ["Grunnlag 0"]
    assert titles(LINES, recommendation_id=draft["id"], sort="basis_title") == [
        "Grunnlag 0", "Grunnlag 1", "Grunnlag 2"]
    assert secretariat.every(path, {"limit": 1})[-1]["id"] == lines[0]["id"]
    rows = list(csv.DictReader(io.StringIO(secretariat.get(path, accept="text/csv").text)))
    assert [row["amount_uh_nok"] for row in rows] == ["60000"] * 3
    secretariat.get(f"{PATH}/{NOWHERE}/lines", expect=404)


def test_partners_read_their_lines_after_the_adoption(secretariat, round_, network, draft, make_user):
    line = add(secretariat, draft, round_.assessed(network))
    other = add(secretariat, draft, round_.assessed(round_.network()))
    coordinator = make_user(("network_coordinator", "network", network.id))
    assert coordinator.get(LINES).items == []
    coordinator.get(f"{LINES}/{line['id']}", expect=404)
    adopt(secretariat, draft)
    assert [one["id"] for one in coordinator.get(LINES).items] == [line["id"]]
    assert coordinator.get(f"{LINES}/{line['id']}")["members_to_disqualify"] == []
    coordinator.get(f"{LINES}/{other['id']}", expect=404)
    coordinator.get(f"{PATH}/{draft['id']}", expect=403)


# ---- adoption ----------------------------------------------------------------------------------

def test_adoption_passes_each_basis_on(build, owner_db, secretariat, round_, network, draft, meeting):
    bases = [round_.assessed(network) for _ in range(3)]
    assert claimed(build, network) == 300000
    add(secretariat, draft, bases[0])
    add(secretariat, draft, bases[1], "reduce", amount_uh_nok=20000, amount_network_nok=30000, reason="Mindre")
    add(secretariat, draft, bases[2], "reject", reason="Utenfor ordningen")
    tried = adopt(secretariat, draft, dry_run=True)
    assert (tried["state"], basis_row(build, bases[0])) == ("adopted", ("assessed", 100000))
    done = adopt(secretariat, draft, {"decided_by": "consensus", "reason": "Enige"})
    assert (done["state"], done["adopted_on"], done["meeting_id"], done["decided_by"]) == (
        "adopted", "2030-03-10", meeting, "consensus")
    assert (done["applied_nok"], done["recommended_uh_nok"], done["recommended_network_nok"],
            done["recommended_nok"], done["allowed_actions"]) == (300000, 80000, 70000, 150000, [])
    assert (done["is_late"], done["late_reason"]) == (False, None)
    assert [basis_row(build, basis) for basis in bases] == [
        ("recommended", 100000), ("recommended", 50000), ("not_recommended", 0)]
    assert claimed(build, network) == 150000
    events = owner_db.rows(
        "SELECT resource_id::text AS id, from_state, to_state FROM event"
        " WHERE operation = 'adopt_recommendation' AND resource_type = 'decision_basis'"
        " AND resource_id = ANY (%s::uuid[])", [bases])
    assert {event["id"]: (event["from_state"], event["to_state"]) for event in events} == {
        bases[0]: ("assessed", "recommended"), bases[1]: ("assessed", "recommended"),
        bases[2]: ("assessed", "not_recommended")}


def test_what_was_adopted_stays(secretariat, round_, network, draft):
    line = add(secretariat, draft, round_.assessed(network))
    done = adopt(secretariat, draft)
    path = f"{PATH}/{draft['id']}"
    adopt(secretariat, draft, expect=409, code="invalid_transition")
    secretariat.patch(path, {"title": "X"}, etag=done.etag, expect=409, code="recommendation_adopted")
    add(secretariat, draft, round_.basis(network), expect=409, code="recommendation_adopted")
    secretariat.patch(f"{LINES}/{line['id']}", {"priority": 1}, etag="*", expect=409,
                      code="recommendation_adopted")
    secretariat.delete(f"{LINES}/{line['id']}", etag="*", expect=409, code="recommendation_adopted")


def test_a_meeting_that_was_held_adopts(forum, secretariat, round_, network):
    draft = secretariat.post(PATH, {"round_id": round_.id, "title": "Uten møte"})
    add(secretariat, draft, round_.assessed(network))
    assert adopt(secretariat, draft, expect=422).faults == {"/meeting_id": "required"}
    named = {"decided_by": "consensus"}
    for unfit in held(forum, scheme_code="rekom"), held(forum, held_on="2029-12-20"):
        assert adopt(secretariat, draft, {**named, "meeting_id": unfit}, expect=422).faults == {
            "/meeting_id": "adopting_meeting_unfit"}
    planned = held(forum, state="planned", held_on="2030-03-20")
    adopt(secretariat, draft, {**named, "meeting_id": planned}, expect=409, code="meeting_not_held")
    done = adopt(secretariat, draft, {**named, "meeting_id": held(forum, year_no=2)})
    assert done["adopted_on"] == "2030-03-10"


def test_the_forum_votes(forum, secretariat, round_, network, draft):
    """KL-R10: more for than against, and no more votes than members with a vote."""
    voters = [forum.member() for _ in range(4)]
    forum.member(seat="observer", may_vote=False)
    forum.member(organisation_id=forum.governor, seat="secretariat", may_vote=False)
    forum.member(to_on="2030-03-09")
    basis = round_.assessed(network)
    line = add(secretariat, draft, basis)

    def vote(votes_for, votes_against, **more):
        return {"decided_by": "vote", "votes_for": votes_for, "votes_against": votes_against, **more}
    missing = adopt(secretariat, draft, {"decided_by": "vote"}, expect=422)
    assert missing.faults == {"/votes_for": "required", "/votes_against": "required"}
    unwanted = adopt(secretariat, draft, {"decided_by": "consensus", "votes_for": 3}, expect=422)
    assert unwanted.faults == {"/votes_for": "votes_unwanted"}
    tie = adopt(secretariat, draft, vote(2, 2), expect=422, code="vote_not_carried")
    many = adopt(secretariat, draft, vote(4, 1), expect=409, code="too_many_votes")
    assert {tie["rule"], many["rule"]} == {"KL-R10"}
    adopt(secretariat, draft, vote(3, 1, votes_abstained=1), expect=409, code="too_many_votes")
    secretariat.patch(f"{LINES}/{line['id']}", {"disqualified_member_ids": voters[:1]}, etag=line.etag)
    adopt(secretariat, draft, vote(3, 1), expect=409, code="too_many_votes")
    done = adopt(secretariat, draft, vote(2, 1))
    assert (done["votes_for"], done["votes_against"], done["votes_abstained"]) == (2, 1, None)


def test_the_county_governor_adopts_nothing(forum, secretariat, round_, network, draft, make_user):
    """KL-R10: nor is the governor's organisation given a vote (test_grants_forum.py)."""
    add(secretariat, draft, round_.assessed(network))
    governor = make_user(("state_administrator", "county", forum.county))
    assert governor.get(f"{PATH}/{draft['id']}")["allowed_actions"] == []
    adopt(governor, draft, expect=403)


def test_who_represents_a_party_is_listed_as_disqualified(forum, secretariat, round_, network, draft):
    """KL-R16."""
    members = [forum.member(organisation_id=organisation, full_name=f"Medlem {no}") for no, organisation in
               enumerate((network.organisation_id, network.owner_id, round_.uh))]
    forum.member()
    forum.member(organisation_id=network.owner_id, to_on="2030-03-09")
    line = add(secretariat, draft, round_.assessed(network), disqualified_member_ids=members[:1])
    assert [one["id"] for one in line["members_to_disqualify"]] == members[1:]
    refused = adopt(secretariat, draft, expect=409, code="members_not_disqualified")
    assert refused["rule"] == "KL-R16"
    assert refused.faults == {f"/lines/{line['id']}": "members_not_disqualified"}
    listed = secretariat.patch(f"{LINES}/{line['id']}", {"disqualified_member_ids": members},
                               etag=line.etag)
    assert listed["members_to_disqualify"] == []
    assert adopt(secretariat, draft)["state"] == "adopted"


def test_nobody_recommends_a_basis_of_their_own(forum, secretariat, round_, network, draft, make_user):
    """KL-R16: for the network, for an owner in it, for a partner or a unit."""
    basis = round_.assessed(network)
    line = add(secretariat, draft, basis)
    path, of_line = f"{PATH}/{draft['id']}", f"{LINES}/{line['id']}"
    other = add(secretariat, draft, round_.assessed(round_.network()))
    without = round_.assessed(network)
    unit = forum.build.organisation(org_type="kindergarten", parent_id=network.owner_id)
    for role in (("network_coordinator", "network", network.id), ("owner", "organisation", network.owner_id),
                 ("uh_partner", "institution", round_.uh), ("unit_contact", "organisation", unit)):
        own = make_user(("forum_secretariat", "forum", forum.id), role)
        for refused in (add(own, draft, without, expect=403, code="own_basis"),
                        own.patch(of_line, {"priority": 1}, etag="*", expect=403, code="own_basis"),
                        own.delete(of_line, etag="*", expect=403, code="own_basis"),
                        adopt(own, draft, expect=403, code="own_basis")):
            assert refused["rule"] == "KL-R16"
        assert own.get(path)["allowed_actions"] == []
    coordinator = make_user(("forum_secretariat", "forum", forum.id),
                            ("network_coordinator", "network", network.id))
    coordinator.patch(f"{LINES}/{other['id']}", {"priority": 1}, etag=other.etag)
    add(secretariat, draft, without)
    assert secretariat.get(path)["allowed_actions"] == ["adopt"]
    assert adopt(secretariat, draft)["state"] == "adopted"


def test_nobody_is_left_out(secretariat, round_, network, draft):
    submitted, assessed = round_.basis(network), round_.assessed(network)
    round_.basis(network, state="withdrawn")
    assert secretariat.get(f"{PATH}/{draft['id']}")["bases_without_line"] == 2
    refused = adopt(secretariat, draft, expect=409, code="bases_without_line")
    assert refused.faults == {f"/bases/{basis}": "bases_without_line" for basis in (submitted, assessed)}
    assert {fault["expected"] for fault in refused["errors"]} == {f"Inkluderende praksis {network.code}"}


def test_bases_are_assessed_first(secretariat, round_, network, draft):
    line = add(secretariat, draft, round_.basis(network))
    refused = adopt(secretariat, draft, expect=409, code="basis_not_assessed")
    assert refused.faults == {f"/lines/{line['id']}": "basis_not_assessed"}


def test_every_criterion_is_met(secretariat, round_, network, draft):
    """KL-R05; domain.md §7.14."""
    unmet = round_.assessed(network, {"c4": "not_met"})
    partly = round_.assessed(network, {"c1": "partly"})
    lines = [add(secretariat, draft, basis) for basis in (unmet, partly)]
    refused = adopt(secretariat, draft, expect=409, code="criterion_not_met")
    assert refused["rule"] == "KL-R05"
    assert refused.faults == {f"/lines/{lines[0]['id']}": "criterion_not_met",
                              f"/lines/{lines[1]['id']}": "conditions_required"}
    secretariat.patch(f"{LINES}/{lines[0]['id']}", {"verdict": "reject", "reason": "Ikke tverrfaglig"},
                      etag=lines[0].etag)
    conditioned = adopt(secretariat, draft, expect=409, code="conditions_required")
    assert conditioned["rule"] == "KL-R05"
    secretariat.patch(f"{LINES}/{lines[1]['id']}", {"conditions": "Dialog med UH innen 1. juni"},
                      etag=lines[1].etag)
    assert adopt(secretariat, draft)["recommended_nok"] == 100000


def test_a_line_that_no_longer_fits_is_found(secretariat, round_, network, draft, build):
    """A basis that was returned and submitted again."""
    basis = round_.assessed(network)
    line = add(secretariat, draft, basis)
    round_.set_state(basis, "returned", claimed_nok=0)
    build.session.execute("UPDATE budget_line SET amount_nok = 50000 WHERE basis_id = %s"
                          " AND recipient_kind = 'uh'", [basis])
    round_.set_state(basis, "assessed", claimed_nok=90000)
    refused = adopt(secretariat, draft, expect=409, code="line_outdated")
    assert refused.faults == {f"/lines/{line['id']}": "line_outdated"}
    secretariat.patch(f"{LINES}/{line['id']}", {"verdict": "recommend"}, etag=line.etag)
    assert adopt(secretariat, draft)["recommended_nok"] == 90000


def test_a_line_that_shows_too_little_is_found(secretariat, round_, network, draft, build):
    """KL-R11."""
    basis = round_.assessed(network)
    add(secretariat, draft, basis)
    round_.set_state(basis, "returned", claimed_nok=0)
    round_.set_state(basis, "returned", answer_c2=None)
    round_.set_state(basis, "assessed", claimed_nok=100000)
    assert adopt(secretariat, draft, expect=409, code="line_incomplete")["rule"] == "KL-R11"


def test_the_frame_holds_at_adoption(build, secretariat, round_, draft):
    """KL-R03."""
    network = round_.network(200000)
    for _ in range(2):
        add(secretariat, draft, round_.assessed(network, claimed_nok=0))
    build.session.execute("UPDATE network_frame SET frame_nok = 199999 WHERE network_id = %s", [network.id])
    assert adopt(secretariat, draft, expect=409, code="recommended_above_frame")["rule"] == "KL-R03"
    build.session.execute("UPDATE network_frame SET frame_nok = 200000 WHERE network_id = %s", [network.id])
    assert adopt(secretariat, draft)["recommended_nok"] == 200000


def test_it_is_adopted_when_no_basis_can_come(build, forum, secretariat, round_, network, draft):
    basis = round_.assessed(network)
    add(secretariat, draft, basis)
    build.session.execute("UPDATE grant_round SET state = 'open' WHERE id = %s", [round_.id])
    before = adopt(secretariat, draft, now="2030-02-01T22:59:59Z", expect=409, code="bases_awaited")
    assert "2030-02-01" in before["detail"]
    returned = round_.basis(network, state="returned", resubmit_due_on="2030-02-20")
    refused = adopt(secretariat, draft, now="2030-02-20T22:59:59Z", expect=409, code="bases_awaited")
    assert "2030-02-20" in refused["detail"]
    assert basis_row(build, returned) == ("returned", 0)
    assert adopt(secretariat, draft, now="2030-02-20T23:00:00Z")["state"] == "adopted"


def test_a_basis_that_is_returned_meanwhile_is_awaited(database, start_server, forum, secretariat, round_,
                                                       network, draft):
    """It has no line, and none can be added afterwards."""
    add(secretariat, draft, round_.assessed(network))
    basis = round_.basis(network)
    patient = secretariat.clone(start_server(**PATIENT))

    def send_back():
        return patient.clone().act(f"/v1/grants/decision-bases/{basis}", "return", {
            "note": "Mangler", "resubmit_due_on": "2030-03-20"}, now=NOW)

    def adopt_it():
        return adopt(patient.clone(), draft, expect=mock.ANY)
    returned, refused = in_line(database, "decision_basis", basis, send_back, adopt_it)
    assert (returned["state"], refused.status, refused.code) == ("returned", 409, "bases_awaited")
    assert "2030-03-20" in refused["detail"]


def test_a_round_that_went_on_is_not_recommended_again(build, secretariat, round_, network, draft):
    add(secretariat, draft, round_.assessed(network))
    build.session.execute("UPDATE grant_round SET state = 'recommended' WHERE id = %s", [round_.id])
    adopt(secretariat, draft, expect=409, code="round_not_recommending")


def test_late_is_allowed_with_a_reason_and_flagged(secretariat, round_, network, draft):
    add(secretariat, draft, round_.assessed(network))
    refused = adopt(secretariat, draft, now=LATE, expect=409, code="late_reason_required")
    assert "2030-03-15" in refused["detail"]
    tried = adopt(secretariat, draft, {"decided_by": "consensus", "late_reason": "For sikkerhets skyld"},
                  dry_run=True)
    assert (tried["is_late"], tried["late_reason"]) == (False, None)
    done = adopt(secretariat, draft, {"decided_by": "consensus", "late_reason": "Stengt vei"}, now=LATE)
    assert (done["is_late"], done["late_reason"]) == (True, "Stengt vei")
    assert secretariat.get(PATH, params={"round_id": round_.id}).items[0]["is_late"] is True


def test_it_is_adopted_once(secretariat, round_, network, draft):
    add(secretariat, draft, round_.assessed(network))
    etag = secretariat.get(f"{PATH}/{draft['id']}").etag

    def run(expect):
        return secretariat.clone().post(f"{PATH}/{draft['id']}/actions/adopt", {"decided_by": "consensus"},
                                        etag=etag, now=NOW, expect=expect).status
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        first = [threads.submit(run, 200) for _ in range(4)]
        done = [one for one in first if not one.exception()]
    assert len(done) == 1
    assert all("-> 412" in str(one.exception()) for one in first if one not in done)


# ---- for the meeting ---------------------------------------------------------------------------

def test_the_summary_adds_up(secretariat, round_, draft):
    first, second = round_.network(500000), round_.network(100000)
    bases = [round_.basis(first) for _ in range(4)]
    round_.basis(first, state="withdrawn")
    add(secretariat, draft, bases[0])
    add(secretariat, draft, bases[1], "reduce", amount_uh_nok=10000, amount_network_nok=20000, reason="Mindre")
    add(secretariat, draft, bases[2], "reject", reason="Nei")
    path = f"{PATH}/{draft['id']}/summary"
    one, other = secretariat.get(path).items
    assert one == {
        "network_id": first.id, "network_code": first.code, "network_name": f"Nettverk {first.code}",
        "frame_nok": 500000, "bases": 4, "applied_nok": 400000, "recommended_nok": 130000,
        "cut_nok": 70000, "rejected_nok": 100000, "undecided_nok": 100000, "unused_nok": 370000}
    assert (other["network_id"], other["bases"], other["unused_nok"]) == (second.id, 0, 100000)
    rows = list(csv.DictReader(io.StringIO(secretariat.get(path, accept="text/csv").text)))
    assert [row["recommended_nok"] for row in rows] == ["130000", "0"]
    sheet = rows_of_sheet(secretariat.get(path, accept=XLSX))
    assert [row["frame_nok"] for row in sheet] == [500000, 100000]
    by_amount = secretariat.get(path, params={"sort": "recommended_nok", "limit": 1}).items
    assert [row["network_id"] for row in by_amount] == [second.id]
    secretariat.get(f"{PATH}/{NOWHERE}/summary", expect=404)
