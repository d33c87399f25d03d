"""Joint measures, their evaluations, their money and the networks that take part (domain.md §5.2, F6 to
F8, KL-R08, KL-R15)."""
import concurrent.futures
from unittest import mock

import pytest

from support.grants import Forum

PATH, NOW = "/v1/grants/joint-measures", "2026-03-02T09:00:00Z"
NOBODY = "00000000-0000-7000-8000-00000000dead"
ANSWERED = {letter: {"ok": True} for letter in "abcd"}


@pytest.fixture
def forum(build, make_user):
    return Forum(build, make_user)


@pytest.fixture
def secretariat(forum):
    return forum.secretariat


CODES = iter(range(1, 1000))


def idea(forum, expect=None, **body):
    return forum.secretariat.post(PATH, {"forum_id": forum.id, "code": f"tiltak-{next(CODES)}",
                                         "name": "Felles om lek", **body}, expect=expect)


def in_state(forum, state, **columns):
    """The path of one that has what its state stands on."""
    row = {"forum_id": forum.id, "code": f"tiltak-{next(CODES)}", "name": "Fellestiltak", "concept": "K",
           "state": state, **{f"considerations_{letter}_ok": True for letter in "abcd"}, **columns}
    return f"{PATH}/{forum.build.insert('joint_measure', **row)}"


def id_of(path):
    return path.rpartition("/")[2]


# ---- joint measures ----------------------------------------------------------------------------

def test_from_idea_to_the_end(forum, secretariat):
    """KL-R15."""
    made = idea(forum, is_working_title=True, starts_year=2026)
    path = f"{PATH}/{made['id']}"
    assert made.headers["Location"] == path
    assert (made["state"], made["allowed_actions"], made["is_working_title"]) == ("idea", ["develop"], True)
    refused = secretariat.act(path, "plan", expect=409, code="invalid_transition")
    assert (refused["from"], refused["action"], refused["allowed_actions"]) == ("idea", "plan", ["develop"])
    secretariat.act(path, "develop", {"reason": "Vedtatt i møte 2"})
    unanswered = secretariat.act(path, "plan", expect=409, code="considerations_unanswered")
    assert unanswered["rule"] == "KL-R15" and "a, b, c, d" in unanswered["detail"]
    three = {**ANSWERED, "b": {"ok": None, "note": "Avklares med UH"}, "c": {"ok": False, "note": "Ett år"}}
    secretariat.patch(path, {"considerations": three}, etag=secretariat.get(path).etag)
    assert " b " in secretariat.act(path, "plan", expect=409, code="considerations_unanswered")["detail"]
    answered = secretariat.patch(path, {"considerations": {"b": {"ok": True}}},
                                 etag=secretariat.get(path).etag)
    assert answered["considerations"] == {
        "a": {"ok": True, "note": None}, "b": {"ok": True, "note": "Avklares med UH"},
        "c": {"ok": False, "note": "Ett år"}, "d": {"ok": True, "note": None}}
    planned = secretariat.act(path, "plan")
    assert (planned["state"], planned["allowed_actions"]) == ("planned", ["start"])
    missing = secretariat.act(path, "start", expect=409, code="concept_missing")
    assert missing["rule"] == "KL-R15"
    secretariat.patch(path, {"concept": "Vedlegg 2", "is_working_title": False}, etag=planned.etag)
    secretariat.act(path, "start")
    secretariat.act(path, "evaluate", expect=409, code="evaluation_missing")
    secretariat.post(f"{path}/evaluations", {"held_on": "2026-03-02", "conclusion": "Videre"}, now=NOW)
    secretariat.act(path, "evaluate")
    ended = secretariat.act(path, "end")
    assert (ended["state"], ended["allowed_actions"], ended["concept"]) == ("ended", [], "Vedlegg 2")
    secretariat.patch(path, {"name": "Nytt"}, etag=ended.etag, expect=409, code="joint_measure_over")


def test_each_step_is_taken_once_and_in_order(forum, secretariat):
    order = ["develop", "plan", "start", "evaluate", "end"]
    for number, state in enumerate(["idea", "concept", "planned", "running", "evaluated", "ended"]):
        path = in_state(forum, state)
        assert secretariat.get(path)["allowed_actions"] == order[number:number + 1]
        for action in order[:number] + order[number + 1:]:
            refused = secretariat.act(path, action, expect=409, code="invalid_transition")
            assert (refused["from"], refused["action"]) == (state, action)


def test_a_measure_is_changed_member_by_member(forum, secretariat):
    uh = forum.build.organisation("Høgskolen (eksempel)", org_type="uh_institution")
    made = idea(forum, conditions={"before": "Forankret", "after": "Fulgt opp"}, responsible_id=uh,
                description="Åfjord, Snåase", considerations={"a": {"ok": True, "note": "Ja"}})
    path = f"{PATH}/{made['id']}"
    assert made["conditions"] == {"before": "Forankret", "during": None, "after": "Fulgt opp"}
    assert made["responsible_name"] == "Høgskolen (eksempel)"
    changed = secretariat.patch(path, {"conditions": {"before": None, "during": "Avtalt"},
                                       "considerations": {"a": {"ok": None}}, "responsible_id": None},
                                etag=made.etag)
    assert changed["conditions"] == {"before": None, "during": "Avtalt", "after": "Fulgt opp"}
    assert changed["considerations"]["a"] == {"ok": None, "note": "Ja"}
    assert (changed["responsible_name"], changed["description"]) == (None, "Åfjord, Snåase")
    secretariat.patch(path, {"name": "Nytt"}, etag=made.etag, expect=412)
    assert forum.reader().get(path).json == {**changed.json, "allowed_actions": []}


def test_what_a_state_stands_on_stays(forum, secretariat):
    """KL-R15."""
    planned, running = in_state(forum, "planned"), in_state(forum, "running")
    gone = secretariat.patch(planned, {"considerations": {"d": {"ok": None}}}, etag="*", expect=409,
                             code="considerations_unanswered")
    assert gone["rule"] == "KL-R15" and " d " in gone["detail"]
    assert secretariat.patch(planned, {"concept": None}, etag="*")["concept"] is None
    secretariat.patch(running, {"concept": None}, etag="*", expect=409, code="concept_missing")
    secretariat.patch(running, {"considerations": {"d": {"note": "Mer"}}}, etag="*")


def test_faults_of_a_measure(forum, secretariat):
    made = idea(forum, starts_year=2024)
    taken = secretariat.post(PATH, {"forum_id": forum.id, "code": made["code"], "name": "To"}, expect=409,
                             code="already_exists")
    assert taken.faults == {"/code": "already_exists"}
    assert idea(forum, starts_year=2024, ends_year=2023, expect=422).faults == {
        "/ends_year": "ends_before_it_begins"}
    assert secretariat.patch(f"{PATH}/{made['id']}", {"ends_year": 2023}, etag="*", expect=422).faults == {
        "/ends_year": "ends_before_it_begins"}
    assert idea(forum, builds_on_id=NOBODY, expect=422).faults == {"/builds_on_id": "unknown_reference"}
    assert idea(forum, considerations={"e": {}}, expect=422).faults == {"/considerations/e": "unknown_member"}
    assert idea(forum, name=" ", expect=422).faults == {"/name": "invalid_value"}


def test_measures_build_on_each_other_and_never_in_a_circle(forum, secretariat):
    first = idea(forum)
    elsewhere = idea(Forum(forum.build, forum.make_user))["id"]
    assert idea(forum, builds_on_id=elsewhere, expect=422).faults == {"/builds_on_id": "unknown_reference"}
    secretariat.patch(f"{PATH}/{first['id']}", {"builds_on_id": elsewhere}, etag="*", expect=422)
    second = idea(forum, builds_on_id=first["id"])
    third = idea(forum, builds_on_id=second["id"])
    for above in first, second, third:
        secretariat.patch(f"{PATH}/{first['id']}", {"builds_on_id": above["id"]}, etag="*", expect=409,
                          code="builds_on_itself")
    moved = secretariat.patch(f"{PATH}/{third['id']}", {"builds_on_id": first["id"]}, etag="*")
    assert moved["builds_on_id"] == first["id"]
    assert secretariat.patch(f"{PATH}/{third['id']}", {"builds_on_id": None}, etag="*")["builds_on_id"] is None


def test_two_changes_at_once_close_no_circle(forum):
    one, two = idea(forum)["id"], idea(forum)["id"]

    def build_on(pair):
        return forum.secretariat.clone().patch(f"{PATH}/{pair[0]}", {"builds_on_id": pair[1]}, etag="*",
                                               expect=mock.ANY).status
    with concurrent.futures.ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(build_on, [(one, two), (two, one)])) == [200, 409]


def test_the_list_is_narrowed(forum, secretariat):
    lasting = in_state(forum, "running", starts_year=2023)
    over = in_state(forum, "ended", starts_year=2021, ends_year=2022)
    unsettled = in_state(forum, "idea")
    for params, found in (({}, {lasting, over, unsettled}), ({"state": "ended"}, {over}),
                          ({"year": 2022}, {over}), ({"year": 2023}, {lasting}), ({"year": 2020}, set())):
        listed = forum.reader().every(PATH, {"forum_id": forum.id, **params})
        assert {one["id"] for one in listed} == {id_of(path) for path in found}, params
    code = secretariat.get(lasting)["code"]
    assert [one["has_concept"] for one in secretariat.get(PATH, params={"code": code}).items] == [True]


def test_of_another_forum(forum, build, make_user):
    other = Forum(build, make_user)
    forum.secretariat.post(PATH, {"forum_id": other.id, "code": "fremmed", "name": "F"}, expect=403)
    path = in_state(other, "running")
    forum.secretariat.patch(path, {"name": "Mitt"}, etag="*", expect=403)
    forum.secretariat.act(path, "evaluate", expect=403)
    assert forum.secretariat.get(path)["allowed_actions"] == []
    forum.secretariat.post(f"{path}/evaluations", {"held_on": "2026-03-02", "conclusion": "Ja"}, now=NOW,
                           expect=403)


# ---- evaluations -------------------------------------------------------------------------------

def test_what_runs_is_evaluated(forum, secretariat):
    path = in_state(forum, "running")
    body = {"held_on": "2026-03-02", "conclusion": "Flere samlinger for ledere", "adjust": True}
    made = secretariat.post(f"{path}/evaluations", body, now=NOW)
    assert {key: made[key] for key in body} == body and made["joint_measure_id"] == id_of(path)
    assert made.headers["Location"] == f"/v1/grants/joint-measure-evaluations/{made['id']}"
    assert forum.reader().get(made.headers["Location"]).json == made.json
    twice = secretariat.post(f"{path}/evaluations", body, now=NOW, expect=409, code="already_exists")
    assert twice.faults == {"/held_on": "already_exists"}
    secretariat.post(f"{path}/evaluations", {**body, "held_on": "2026-03-03"}, now=NOW, expect=409,
                     code="date_in_future")
    secretariat.post(f"{path}/evaluations", {"held_on": "2025-11-20", "conclusion": "Ja"}, now=NOW)
    assert [(one["held_on"], one["adjust"]) for one in forum.reader().get(f"{path}/evaluations").items] == [
        ("2026-03-02", True), ("2025-11-20", False)]
    planned = in_state(forum, "planned")
    secretariat.post(f"{planned}/evaluations", body, now=NOW, expect=409, code="joint_measure_not_running")
    forum.reader().get(f"{PATH}/{NOBODY}/evaluations", expect=404)


# ---- money -------------------------------------------------------------------------------------

@pytest.fixture
def governor(forum):
    return forum.county_governor()


def recipient(forum, org_type="uh_institution"):
    return forum.build.organisation("Høgskolen (eksempel)", org_type=org_type)


def test_the_county_governor_grants_money(forum, governor):
    path, round_id = in_state(forum, "running"), forum.round(2026, total_nok=1000000)
    uh = recipient(forum)
    body = {"round_id": round_id, "recipient_id": uh, "amount_nok": 400000}
    made = governor.post(f"{path}/grants", body)
    assert (made["round_year"], made["recipient_name"], made["amount_nok"]) == (
        2026, "Høgskolen (eksempel)", 400000)
    own = f"/v1/grants/joint-measure-grants/{made['id']}"
    assert made.headers["Location"] == own
    governor.post(f"{path}/grants", body, expect=409, code="already_exists")
    governor.post(f"{path}/grants", {**body, "recipient_id": recipient(forum, "research_centre")})
    reader = forum.reader()
    assert len(reader.get(f"{path}/grants", params={"round_id": round_id}).items) == 2
    assert [one["id"] for one in reader.get(f"{path}/grants", params={"recipient_id": uh}).items] == [made["id"]]
    changed = governor.patch(own, {"amount_nok": 300000}, etag=made.etag)
    assert changed["amount_nok"] == 300000
    governor.delete(own, etag=made.etag, expect=412)
    governor.delete(own, etag=changed.etag)
    reader.get(own, expect=404)
    governor.delete(own, etag="*", expect=404)
    forum.secretariat.post(f"{path}/grants", body, expect=403)


def test_joint_grants_keep_within_the_total_of_the_round(forum, governor):
    """KL-R08: with the decisions of the round, to the krone."""
    path, round_id = in_state(forum, "running"), forum.round(2026, total_nok=1000)
    network, _ = forum.network()
    basis = forum.build.insert("decision_basis", round_id=round_id, network_id=network, title="Grunnlag")
    decision = forum.build.insert("grant_decision", round_id=round_id, basis_id=basis, outcome="granted")
    forum.build.insert("decision_line", decision_id=decision, recipient_id=recipient(forum),
                       recipient_kind="uh", amount_nok=600)
    body = {"round_id": round_id, "recipient_id": recipient(forum), "amount_nok": 401}
    refused = governor.post(f"{path}/grants", body, expect=409, code="round_total_exceeded")
    assert refused["rule"] == "KL-R08"
    made = governor.post(f"{path}/grants", {**body, "amount_nok": 400})
    own = made.headers["Location"]
    raised = governor.patch(own, {"amount_nok": 401}, etag=made.etag, expect=409, code="round_total_exceeded")
    assert raised["rule"] == "KL-R08"
    lowered = governor.patch(own, {"amount_nok": 300}, etag=made.etag)
    governor.post(f"{path}/grants", {**body, "recipient_id": recipient(forum), "amount_nok": 100})
    governor.delete(own, etag=lowered.etag)
    governor.post(f"{path}/grants", {**body, "amount_nok": 300})
    without = forum.round(2027)
    governor.post(f"{path}/grants", {**body, "round_id": without, "amount_nok": 1}, expect=409,
                  code="round_total_exceeded")


def test_grants_at_once_keep_within_the_total(forum, governor):
    """KL-R08."""
    path, round_id = in_state(forum, "running"), forum.round(2026, total_nok=1000)
    bodies = [{"round_id": round_id, "recipient_id": recipient(forum), "amount_nok": 400} for _ in range(4)]

    def grant(body):
        return governor.clone().post(f"{path}/grants", body, expect=mock.ANY).status
    with concurrent.futures.ThreadPoolExecutor(len(bodies)) as threads:
        assert sorted(threads.map(grant, bodies)) == [201, 201, 409, 409]


def test_faults_of_a_grant(forum, governor, build, make_user):
    path, round_id = in_state(forum, "running"), forum.round(2026, total_nok=1000)
    body = {"round_id": round_id, "recipient_id": recipient(forum), "amount_nok": 100}
    elsewhere = Forum(build, make_user).round(2026, total_nok=1000)
    refused = governor.post(f"{path}/grants", {**body, "round_id": elsewhere,
                                               "recipient_id": recipient(forum, "kindergarten")}, expect=422)
    assert refused.faults == {"/round_id": "other_forum", "/recipient_id": "organisation_unfit"}
    unknown = governor.post(f"{path}/grants", {**body, "round_id": NOBODY, "recipient_id": NOBODY}, expect=422)
    assert unknown.faults == {"/round_id": "unknown_reference", "/recipient_id": "unknown_reference"}
    far = Forum(build, make_user)
    for stranger in far.owner(far.network()[0]), recipient(forum, "municipality"):
        refused = governor.post(f"{path}/grants", {**body, "recipient_id": stranger}, expect=422)
        assert refused.faults == {"/recipient_id": "unknown_reference"}
    governor.post(f"{path}/grants", {**body, "recipient_id": forum.owner(forum.network()[0])}, dry_run=True)
    governor.post(f"{in_state(forum, 'ended')}/grants", body, expect=409, code="joint_measure_over")
    governor.post(f"{PATH}/{NOBODY}/grants", body, expect=404)
    made = governor.post(f"{path}/grants", body)
    build.session.execute("UPDATE grant_round SET state = 'closed' WHERE id = %s", [round_id])
    governor.post(f"{path}/grants", {**body, "recipient_id": recipient(forum)}, expect=409, code="round_closed")
    own = made.headers["Location"]
    governor.patch(own, {"amount_nok": 50}, etag=made.etag, expect=409, code="round_closed")
    governor.delete(own, etag=made.etag, expect=409, code="round_closed")


def test_no_grant_slips_into_a_round_that_is_being_closed(forum, governor, database):
    path, round_id = in_state(forum, "running"), forum.round(2026, "reporting", total_nok=1000)
    body = {"round_id": round_id, "recipient_id": recipient(forum), "amount_nok": 100}
    made = governor.post(f"{path}/grants", body)
    other = {**body, "recipient_id": recipient(forum)}
    own, refusal = made.headers["Location"], {"expect": 409, "code": "round_closed"}
    with database.connect("loft_owner") as session, concurrent.futures.ThreadPoolExecutor(3) as threads:
        session.execute("BEGIN")
        session.execute("UPDATE grant_round SET state = 'closed' WHERE id = %s", [round_id])
        waiting = [threads.submit(governor.clone().post, f"{path}/grants", other, **refusal),
                   threads.submit(governor.clone().patch, own, {"amount_nok": 5}, etag="*", **refusal),
                   threads.submit(governor.clone().delete, own, etag="*", **refusal)]
        assert not concurrent.futures.wait(waiting, timeout=0.5).done
        session.execute("COMMIT")
        for one in waiting:
            one.result()


# ---- networks ----------------------------------------------------------------------------------

def test_a_network_joins_and_leaves(forum, secretariat):
    path, (network, code) = in_state(forum, "planned", starts_year=2026), forum.network()
    coordinator = forum.coordinator(network)
    made = coordinator.post(f"{path}/participations", {"network_id": network, "year": 2026})
    assert (made["network_code"], made["year"], made["joint_measure_id"]) == (code, 2026, id_of(path))
    own = f"/v1/grants/joint-measure-participations/{made['id']}"
    assert made.headers["Location"] == own
    coordinator.post(f"{path}/participations", {"network_id": network, "year": 2026}, expect=409,
                     code="already_exists")
    other, _ = forum.network()
    coordinator.post(f"{path}/participations", {"network_id": other, "year": 2026}, expect=403)
    secretariat.post(f"{path}/participations", {"network_id": other, "year": 2027})
    listed = forum.reader().get(f"{path}/participations").items
    assert [(one["network_id"], one["year"]) for one in listed] == [(other, 2027), (network, 2026)]
    found = forum.reader().get(f"{path}/participations", params={"year": 2026, "network_id": network}).items
    assert [one["id"] for one in found] == [made["id"]]
    forum.coordinator(other).delete(own, etag="*", expect=403)
    coordinator.delete(own, etag='"9-0"', expect=412)
    coordinator.delete(own, etag=made.etag, dry_run=True)
    coordinator.delete(own, etag=made.etag, now="2026-12-31T22:59:59Z")
    coordinator.get(own, expect=404)
    coordinator.delete(own, etag="*", expect=404)


def test_a_year_that_is_over_stays(forum):
    path, (network, _) = in_state(forum, "running"), forum.network()
    coordinator = forum.coordinator(network)
    made = coordinator.post(f"{path}/participations", {"network_id": network, "year": 2026})
    own = made.headers["Location"]
    coordinator.delete(own, etag=made.etag, now="2026-12-31T23:00:00Z", expect=409, code="year_over")
    forum.secretariat.delete(own, etag=made.etag, now="2027-03-01T09:00:00Z", expect=409, code="year_over")


def test_where_a_network_cannot_take_part(forum, secretariat, build, make_user):
    path, (network, _) = in_state(forum, "running", starts_year=2023, ends_year=2025), forum.network()
    for year in 2022, 2026:
        secretariat.post(f"{path}/participations", {"network_id": network, "year": year}, expect=409,
                         code="year_outside_measure")
    secretariat.post(f"{in_state(forum, 'ended')}/participations", {"network_id": network, "year": 2025},
                     expect=409, code="joint_measure_over")
    foreign, _ = Forum(build, make_user).network()
    for whose, fault in (foreign, "other_forum"), (NOBODY, "unknown_reference"):
        refused = secretariat.post(f"{path}/participations", {"network_id": whose, "year": 2024}, expect=422)
        assert refused.faults == {"/network_id": fault}
    forum.reader().get(f"{PATH}/{NOBODY}/participations", expect=404)
    forum.reader().get(f"{PATH}/{NOBODY}/grants", expect=404)
