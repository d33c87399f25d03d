"""How the four criteria of a decision basis are assessed (domain.md F14, KL-R05, KL-R16)."""
import csv
import io
from unittest import mock

import pytest

from support.grants import Forum
from support.grants_round import Round
from support.seats import PATIENT
from support.waiting import in_line

NOW = "2030-02-10T09:00:00Z"


@pytest.fixture
def forum(build, make_user):
    return Forum(build, make_user)


@pytest.fixture
def round_(forum):
    return Round(forum)


@pytest.fixture
def network(round_):
    return round_.network()


def path_of(basis, criterion=None):
    return f"/v1/grants/decision-bases/{basis}/criteria" + (f"/{criterion}" if criterion else "")


def put(api, basis, criterion, body, **options):
    path = path_of(basis, criterion)
    return api.put(path, body, **{"etag": api.get(path).etag, "now": NOW, **options})


def test_all_four_are_there_before_and_after(forum, round_, network):
    basis, secretariat = round_.basis(network), forum.secretariat
    before = secretariat.get(path_of(basis)).items
    assert [one["criterion"] for one in before] == ["c1", "c2", "c3", "c4"]
    assert before[0] == {"version": 1, "basis_id": basis, "criterion": "c1",
                         "answer": "Svar på kriterium 1", "verdict": None, "note": None,
                         "assessed_by": None, "assessed_at": None, "is_outdated": False}
    given = put(secretariat, basis, "c2", {"verdict": "partly", "note": "Uten SFO"})
    assert given.json == {**before[1], "version": 2, "verdict": "partly", "note": "Uten SFO",
                          "assessed_by": secretariat.user.id, "assessed_at": NOW}
    changed = put(secretariat, basis, "c2", {"verdict": "met"})
    assert (changed["verdict"], changed["note"], changed["version"]) == ("met", None, 3)
    assert secretariat.get(path_of(basis, "c2")).json == changed.json
    found = secretariat.get(path_of(basis), params={"verdict": "met"}).items
    assert [one["criterion"] for one in found] == ["c2"]
    rows = csv.DictReader(io.StringIO(secretariat.get(path_of(basis), accept="text/csv").text))
    assert [row["verdict"] for row in rows] == ["", "met", "", ""]


def test_a_verdict_is_given_to_the_version_that_was_read(forum, round_, network):
    basis, secretariat = round_.basis(network), forum.secretariat
    first = secretariat.get(path_of(basis, "c1")).etag
    secretariat.put(path_of(basis, "c1"), {"verdict": "met"}, expect=428)
    secretariat.put(path_of(basis, "c1"), {"verdict": "met"}, etag=first)
    secretariat.put(path_of(basis, "c1"), {"verdict": "not_met"}, etag=first, expect=412)
    tried = put(secretariat, basis, "c4", {"verdict": "met"}, dry_run=True)
    assert tried["verdict"] == "met"
    assert secretariat.get(path_of(basis, "c4"))["verdict"] is None


def test_of_two_first_verdicts_at_once_one_wins(database, start_server, forum, round_, network):
    """Both have read that there is none yet."""
    basis, secretariat = round_.basis(network), forum.secretariat.clone(start_server(**PATIENT))
    path, etag = path_of(basis, "c1"), secretariat.get(path_of(basis, "c1")).etag

    def give(verdict):
        return lambda: secretariat.clone().put(path, {"verdict": verdict}, etag=etag, now=NOW, expect=mock.ANY)
    answers = in_line(database, "decision_basis", basis, give("met"), give("not_met"))
    assert [one.status for one in answers] == [200, 412]
    assert secretariat.get(path)["verdict"] == "met"


def test_a_resubmitted_basis_is_judged_anew(forum, round_, network):
    basis = round_.basis(network)
    put(forum.secretariat, basis, "c1", {"verdict": "partly"})
    round_.set_state(basis, "returned", claimed_nok=0)
    round_.set_state(basis, "submitted", submitted_at="2030-02-14T09:00:00Z", claimed_nok=100000)
    put(forum.secretariat, basis, "c2", {"verdict": "met"}, now="2030-02-15T09:00:00Z")
    listed = forum.secretariat.get(path_of(basis)).items
    assert [one["is_outdated"] for one in listed] == [True, False, False, False]
    basis_path = path_of(basis).removesuffix("/criteria")
    for criterion in ("c3", "c4"):
        put(forum.secretariat, basis, criterion, {"verdict": "met"}, now="2030-02-15T09:00:00Z")
    refused = forum.secretariat.act(basis_path, "assess", expect=409, code="criteria_unassessed")
    assert refused.faults == {"/criteria/c1": "criteria_unassessed"}
    put(forum.secretariat, basis, "c1", {"verdict": "partly"}, now="2030-02-15T09:00:00Z")
    assert forum.secretariat.act(basis_path, "assess")["state"] == "assessed"


@pytest.mark.parametrize("state", ["returned", "assessed", "recommended", "not_recommended", "refused",
                                   "withdrawn"])
def test_verdicts_are_given_while_the_basis_is_submitted(forum, round_, network, state):
    basis = round_.basis(network)
    round_.verdicts(basis, c1="partly")
    claims = {} if state in ("assessed", "recommended") else {"claimed_nok": 0}
    round_.set_state(basis, state, **claims)
    refused = put(forum.secretariat, basis, "c1", {"verdict": "met"}, expect=409,
                  code="basis_not_assessable")
    assert state in refused["detail"]


@pytest.mark.parametrize("state", ["granted", "partially_granted"])
def test_after_the_decision_partly_becomes_met(forum, round_, network, state):
    basis = round_.basis(network)
    round_.verdicts(basis, c1="partly", c2="partly", c3="not_met")
    round_.set_state(basis, state)
    assert put(forum.secretariat, basis, "c1", {"verdict": "met", "note": "Vist 10. mai"})["verdict"] == "met"
    for criterion, verdict in ("c2", "partly"), ("c2", "not_met"), ("c3", "met"), ("c4", "met"):
        put(forum.secretariat, basis, criterion, {"verdict": verdict}, expect=409, code="verdict_stands")


def test_nobody_assesses_a_basis_of_their_own(forum, round_, network, build, make_user):
    """KL-R16: for the network, for an owner in it, for a partner."""
    basis = round_.basis(network)
    other_owner = forum.owner(network.id)
    secretariat = ("forum_secretariat", "forum", forum.id)
    for role in (("network_coordinator", "network", network.id),
                 ("owner", "organisation", network.owner_id),
                 ("owner", "organisation", other_owner),
                 ("uh_partner", "institution", round_.uh)):
        disqualified = make_user(secretariat, role)
        refused = put(disqualified, basis, "c1", {"verdict": "met"}, expect=403, code="own_basis")
        assert refused["rule"] == "KL-R16"
    for role in (("network_coordinator", "network", round_.network().id),
                 ("owner", "organisation", forum.owner(network.id, from_on="2020-08-01", to_on="2021-07-31")),
                 ("uh_partner", "institution", build.organisation(org_type="uh_institution"))):
        assert put(make_user(secretariat, role), basis, "c1", {"verdict": "met"})["verdict"] == "met"


def test_partners_see_the_verdicts_after_the_recommendation(forum, round_, network, make_user):
    coordinator = make_user(("network_coordinator", "network", network.id))
    basis = round_.assessed(network)
    assert [one["verdict"] for one in coordinator.get(path_of(basis)).items] == [None] * 4
    round_.set_state(basis, "recommended")
    assert [one["verdict"] for one in coordinator.get(path_of(basis)).items] == ["met"] * 4


def test_what_is_no_criterion_or_basis(forum, round_, network):
    basis, secretariat = round_.basis(network), forum.secretariat
    secretariat.get(path_of(basis, "c5"), expect=404)
    nowhere = "00000000-0000-7000-8000-00000000dead"
    secretariat.get(path_of(nowhere), expect=404)
    secretariat.put(path_of(nowhere, "c1"), {"verdict": "met"}, etag="*", expect=404)
    draft = round_.basis(network, state="draft")
    secretariat.put(path_of(draft, "c1"), {"verdict": "met"}, etag="*", expect=404)
    assert put(secretariat, basis, "c1", {"verdict": "ja"}, expect=422).faults == {"/verdict": "not_in_enum"}


# ---- assessed ----------------------------------------------------------------------------------

def test_a_basis_is_assessed_when_all_four_criteria_are(forum, round_, network, build):
    """KL-R05: whatever the verdicts are."""
    basis, secretariat = round_.basis(network), forum.secretariat
    path = f"/v1/grants/decision-bases/{basis}"
    assert "assess" in secretariat.get(path)["allowed_actions"]
    round_.verdicts(basis, c1="not_met", c2=None, c4=None)
    refused = secretariat.act(path, "assess", expect=409, code="criteria_unassessed")
    assert refused["rule"] == "KL-R05"
    assert refused.faults == {f"/criteria/{word}": "criteria_unassessed" for word in ("c2", "c4")}
    for criterion in "c2", "c4":
        put(secretariat, basis, criterion, {"verdict": "met"})
    stale = secretariat.get(path).etag
    assert secretariat.act(path, "assess", dry_run=True)["state"] == "assessed"
    done = secretariat.act(path, "assess", {"reason": "Drøftet"})
    assert (done["state"], done["claimed_nok"]) == ("assessed", 100000)
    assert "assess" not in done["allowed_actions"]
    secretariat.act(path, "assess", etag=stale, expect=412)
    again = secretariat.act(path, "assess", expect=409, code="invalid_transition")
    assert again["from"] == "assessed"
    put(secretariat, basis, "c1", {"verdict": "met"}, expect=409, code="basis_not_assessable")


def test_nobody_passes_on_a_basis_of_their_own(forum, round_, network, make_user):
    """KL-R16."""
    basis = round_.basis(network)
    round_.verdicts(basis)
    coordinator = make_user(("forum_secretariat", "forum", forum.id),
                            ("network_coordinator", "network", network.id))
    path = f"/v1/grants/decision-bases/{basis}"
    refused = coordinator.act(path, "assess", expect=403, code="own_basis")
    assert refused["rule"] == "KL-R16"
    # Each role offers what it may do with this basis, and nothing that another may do elsewhere.
    assert coordinator.get(path)["allowed_actions"] == ["withdraw"]
    other = f"/v1/grants/decision-bases/{round_.basis(round_.network())}"
    assert coordinator.get(other)["allowed_actions"] == ["return", "assess"]
