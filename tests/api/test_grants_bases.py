"""How a decision basis is written: its text, its partners, its measures and its budget."""
import concurrent.futures
import csv
import io
from unittest import mock

import pytest

from support.grants import Forum
from support.grants_basis import BASES, DAYS, NOW, Partnership
from support.grants_round import ANSWERS

NOBODY = "00000000-0000-7000-8000-00000000dead"


@pytest.fixture
def forum(build, make_user):
    return Forum(build, make_user)


@pytest.fixture
def partnership(forum):
    return Partnership(forum)


@pytest.fixture
def coordinator(partnership):
    return partnership.coordinator


def path_of(basis):
    return f"{BASES}/{basis['id']}"


# ---- the basis ---------------------------------------------------------------------------------

def test_a_network_begins_a_draft(partnership, coordinator):
    made = partnership.begin()
    assert made.headers["Location"] == path_of(made)
    assert (made["state"], made["revision"], made["claimed_nok"], made["applied_nok"]) == ("draft", 1, 0, 0)
    assert (made["year"], made["network_code"], made["initiated_by_id"]) == (2030, partnership.network.code, None)
    assert made["network_name"] == coordinator.get("/v1/grants/networks/" + made["network_id"])["name"]
    assert (made["uh_ids"], made["partners"], made["years"]) == ([], [], None)
    assert made["allowed_actions"] == ["submit", "withdraw"]
    assert coordinator.get(path_of(made)).json == made.json
    assert [one["id"] for one in coordinator.get(BASES).items] == [made["id"]]


def test_all_of_a_basis(partnership, coordinator):
    assessments = sorted([partnership.assessment(), partnership.assessment("school")])
    whole = {**ANSWERS, **DAYS, "background_needs": "Åfjord trenger det", "goals": "Mål",
             "involvement": "Alle var med", "statped_participates": True,
             "contact_name": "Kari Eksempelsen", "contact_email": "kari.eksempelsen@example.no",
             "uh_ids": [partnership.uh], "self_assessment_ids": assessments,
             "owner_ids": sorted([partnership.owner, partnership.network.organisation_id])}
    made = partnership.begin(**whole)
    assert {name: made[name] for name in whole} == whole
    assert made["years"] == 1
    assert [one["kind"] for one in made["partners"]] == ["uh", "owner", "owner"]
    assert made["partners"][0] == {"id": partnership.uh, "kind": "uh", "name": "Høgskolen Eksempel (eksempel)"}
    # The scheme expects one from a PP service too (KL-R09).
    assert made["warnings"] == [{"code": "service_type_missing", "service_type": "ppt"}]
    partnership.signer.get(path_of(made))
    changed = coordinator.patch(path_of(made), {
        "goals": None, "ends_on": "2033-07-31", "uh_ids": [partnership.uh], "owner_ids": [partnership.owner],
        "self_assessment_ids": assessments[:1]}, etag=made.etag)
    assert (changed["goals"], changed["years"], changed["involvement"]) == (None, 3, "Alle var med")
    assert (changed["owner_ids"], changed["self_assessment_ids"]) == ([partnership.owner], assessments[:1])
    assert changed["revision"] > made["revision"] and changed["version"] > made["version"]
    coordinator.patch(path_of(made), {"goals": "X"}, etag=made.etag, expect=412)
    coordinator.patch(path_of(made), {"goals": "X"}, expect=428)


def test_a_change_of_partners_alone_is_an_edit(partnership, coordinator):
    made = partnership.begin(uh_ids=[partnership.uh])
    changed = coordinator.patch(path_of(made), {"owner_ids": [partnership.owner]}, etag=made.etag)
    assert changed.etag != made.etag and changed["revision"] == made["revision"] + 1
    same = coordinator.patch(path_of(made), {"owner_ids": [partnership.owner]}, etag=changed.etag)
    assert same["revision"] == changed["revision"]
    empty = coordinator.patch(path_of(made), {"uh_ids": []}, etag=same.etag)
    assert empty["uh_ids"] == [] and empty["owner_ids"] == [partnership.owner]


@pytest.mark.parametrize("ends_on, years", [("2030-08-01", 1), ("2031-07-31", 1), ("2031-08-01", 2),
                                            ("2032-08-01", 3), ("2033-07-31", 3)])
def test_it_lasts_three_years_at_most(partnership, coordinator, ends_on, years):
    made = partnership.begin(starts_on="2030-08-01", ends_on=ends_on)
    assert made["years"] == years
    for wrong, code in ("2033-08-01", "duration_too_long"), ("2030-07-31", "ends_before_it_begins"):
        refused = coordinator.patch(path_of(made), {"ends_on": wrong}, etag=made.etag, expect=422)
        assert refused.faults == {"/ends_on": code}


def test_three_years_from_a_leap_day(partnership, coordinator):
    made = partnership.begin(starts_on="2032-02-29", ends_on="2035-02-27")
    refused = coordinator.patch(path_of(made), {"ends_on": "2035-02-28"}, etag=made.etag, expect=422)
    assert refused.faults == {"/ends_on": "duration_too_long"}


def test_all_faults_of_a_body_at_once(partnership, coordinator):
    stranger = partnership.build.organisation(org_type="municipality")
    other = Partnership(partnership.forum, round_=partnership.round)
    refused = coordinator.post(BASES, partnership.body(
        uh_ids=[partnership.uh, partnership.owner, NOBODY], owner_ids=[stranger, partnership.owner],
        self_assessment_ids=[other.assessment(), partnership.assessment(), partnership.assessment(state="draft")],
        starts_on="2030-08-01", ends_on="2034-08-01"), now=NOW, expect=422)
    assert refused.faults == {
        "/uh_ids/1": "organisation_unfit", "/uh_ids/2": "unknown_reference",
        "/owner_ids/0": "owner_not_in_network", "/self_assessment_ids/0": "unknown_reference",
        "/self_assessment_ids/2": "unknown_reference", "/ends_on": "duration_too_long"}
    unknown = coordinator.post(BASES, partnership.body(round_id=NOBODY), now=NOW, expect=422)
    assert unknown.faults == {"/round_id": "unknown_reference"}
    far, _ = Forum(partnership.build, partnership.make_user).network()
    foreign = coordinator.post(BASES, partnership.body(network_id=far), now=NOW, expect=422)
    assert foreign.faults == {"/network_id": "unknown_reference"}


@pytest.mark.parametrize("state, expect", [("planning", 201), ("frame_adopted", 201), ("open", 201),
                                           ("basis_closed", 409), ("recommended", 409), ("closed", 409)])
def test_from_planning_until_bases_are_closed(forum, state, expect):
    partnership = Partnership(forum, state=state)
    made = partnership.coordinator.post(BASES, partnership.body(), now=NOW, expect=expect)
    assert expect == 201 or made.code == "bases_closed"


def test_none_is_begun_after_the_deadline(partnership, coordinator):
    coordinator.post(BASES, partnership.body(), now="2030-02-01T22:59:59Z")
    coordinator.post(BASES, partnership.body(), now="2030-02-01T23:00:00Z", expect=409, code="bases_closed")


def test_one_for_each_network_where_the_round_says_so(forum):
    partnership = Partnership(forum, allow_multiple_bases=False)

    def begin(_):
        api = partnership.coordinator.clone()
        return api.post(BASES, partnership.body(), now=NOW, expect=mock.ANY)
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(begin, range(4)))
    assert sorted(one.status for one in answers) == [201, 409, 409, 409]
    assert {one.code for one in answers if one.status == 409} == {"basis_exists"}
    # A university that sees none of them is told the same, and so is nobody once it is withdrawn.
    partnership.signer.post(BASES, partnership.body(uh_ids=[partnership.uh]), now=NOW, expect=409,
                            code="basis_exists")
    partnership.build.session.execute("UPDATE decision_basis SET state = 'withdrawn' WHERE network_id = %s",
                                      [partnership.network.id])
    partnership.begin()


def test_a_university_of_the_network_begins_one(partnership):
    uh = partnership.signer
    made = uh.post(BASES, partnership.body(uh_ids=[partnership.uh]), now=NOW)
    assert (made["initiated_by_id"], made["allowed_actions"]) == (partnership.uh, ["sign"])
    assert partnership.coordinator.get(path_of(made))["allowed_actions"] == ["submit", "withdraw"]
    changed = uh.patch(path_of(made), {"goals": "Våre mål", "owner_ids": [partnership.owner]}, etag=made.etag)
    assert changed["goals"] == "Våre mål"
    leaving = uh.patch(path_of(made), {"uh_ids": []}, etag=changed.etag, expect=422)
    assert leaving.faults == {"/uh_ids": "leaves_partnership"}
    partnership.coordinator.patch(path_of(made), {"uh_ids": []}, etag=changed.etag)
    # It still sees the draft that it began, and writes it no more.
    uh.patch(path_of(made), {"goals": "Andre"}, etag="*", expect=403)


def test_a_university_elsewhere_begins_none(partnership):
    other = partnership.institution()
    api = partnership.signer_of(other)
    api.post(BASES, partnership.body(uh_ids=[other]), now=NOW, expect=403)
    partnership.signer.post(BASES, partnership.body(uh_ids=[other]), now=NOW, expect=403)
    partnership.signer.post(BASES, partnership.body(), now=NOW, expect=403)


def test_what_is_submitted_is_edited_no_more(partnership, coordinator):
    path = partnership.whole()
    measure, line = (coordinator.get(f"{path}/{kind}").items[0]["id"] for kind in ("measures", "budget-lines"))
    partnership.round.set_state(path.rpartition("/")[2], "submitted")
    code = {"expect": 409, "code": "basis_not_editable"}
    coordinator.patch(path, {"goals": "X"}, etag="*", **code)
    coordinator.post(f"{path}/measures", {"title": "X"}, **code)
    coordinator.post(f"{path}/budget-lines", {"recipient_id": partnership.uh, "purpose": "planning",
                                              "amount_nok": 1}, **code)
    for part in f"/v1/grants/measures/{measure}", f"/v1/grants/budget-lines/{line}":
        coordinator.patch(part, {"amount_nok": 5}, etag="*", **code)
        coordinator.delete(part, etag="*", **code)
    partnership.round.set_state(path.rpartition("/")[2], "returned")
    coordinator.patch(path, {"goals": "X"}, etag="*")
    coordinator.delete(f"/v1/grants/budget-lines/{line}", etag="*")


def test_bases_are_found(forum):
    first = Partnership(forum)
    second = Partnership(forum, round_=first.round)
    mine = first.whole(statped_participates=True)
    first.coordinator.patch(f"/v1/grants/measures/{first.coordinator.get(f'{mine}/measures').items[0]['id']}",
                            {"theme": "Språk"}, etag="*")
    theirs = second.whole()
    for path in mine, theirs:
        first.round.set_state(path.rpartition("/")[2], "submitted")
    secretariat, ids = forum.secretariat, {path: path.rpartition("/")[2] for path in (mine, theirs)}
    for params, found in [({"network_id": first.network.id}, [mine]), ({"owner_id": second.owner}, [theirs]),
                          ({"uh_id": first.uh}, [mine, theirs]), ({"theme": "Språk"}, [mine]),
                          ({"state": "submitted", "round_id": first.round.id}, [mine, theirs]),
                          ({"state": "draft"}, []), ({"statped_participates": "true"}, [mine]),
                          ({"year": 2031}, []), ({"scheme_code": "dekom"}, [])]:
        listed = secretariat.get(BASES, params=params).items
        assert {one["id"] for one in listed} == {ids[path] for path in found}, params
    rows = csv.DictReader(io.StringIO(secretariat.get(BASES, accept="text/csv",
                                                      params={"theme": "Språk"}).text))
    assert [(row["id"], row["applied_nok"], row["measures"]) for row in rows] == [(ids[mine], "100000", "1")]


# ---- measures ----------------------------------------------------------------------------------

def test_a_measure_with_all_of_it(partnership, coordinator):
    basis = partnership.begin(uh_ids=[partnership.uh], owner_ids=[partnership.owner])
    unit, need = partnership.unit(), partnership.need("submitted")
    body = {"title": "Felles analyse", "description": "Slik gjør vi det", "theme": "Læringsmiljø",
            "target_groups": ["kindergarten", "leaders"], "participants_estimate": 120,
            "uh_contribution": "Veiledning", **DAYS, "amount_nok": 250000, "owner_ids": [partnership.owner],
            "uh_ids": [partnership.uh], "unit_ids": [unit], "need_report_ids": [need]}
    made = coordinator.post(f"{path_of(basis)}/measures", body)
    assert {name: made[name] for name in body} == body
    assert (made["seq_no"], [one["kind"] for one in made["parties"]]) == (1, ["owner", "uh", "unit"])
    path = f"/v1/grants/measures/{made['id']}"
    assert made.headers["Location"] == path
    now = coordinator.get(path_of(basis))
    assert now["revision"] > basis["revision"] and now.etag != basis.etag
    # Who takes part belongs to the measure: its version goes up with them alone.
    changed = coordinator.patch(path, {"unit_ids": [], "need_report_ids": []}, etag=made.etag)
    assert (changed["unit_ids"], changed["need_report_ids"]) == ([], []) and changed.etag != made.etag
    coordinator.patch(path, {"title": "X"}, etag=made.etag, expect=412)
    coordinator.delete(path, etag=made.etag, expect=412)
    partnership.measure(path_of(basis), title="Den andre", theme="Språk", target_groups=["ppt"])
    for params, titles in [({}, ["Felles analyse", "Den andre"]), ({"theme": "Språk"}, ["Den andre"]),
                           ({"target_group": "leaders"}, ["Felles analyse"])]:
        listed = partnership.signer.get(f"{path_of(basis)}/measures", params=params).items
        assert [one["title"] for one in listed] == titles
    coordinator.delete(path, etag=changed.etag)
    coordinator.get(path, expect=404)
    # The number that is free is the next one's.
    assert partnership.measure(path_of(basis))["seq_no"] == 1


def test_only_the_partnership_takes_part_in_a_measure(partnership, coordinator):
    other = Partnership(partnership.forum, round_=partnership.round)
    basis = partnership.begin(uh_ids=[partnership.uh], owner_ids=[partnership.owner])
    institution = partnership.institution()
    refused = coordinator.post(f"{path_of(basis)}/measures", {
        "title": "T", "owner_ids": [partnership.owner, other.owner, NOBODY],
        "uh_ids": [institution, partnership.uh],
        "unit_ids": [partnership.unit(), other.unit(), partnership.owner],
        "need_report_ids": [partnership.need(), other.need(), partnership.need("draft")],
        "starts_on": "2030-08-02", "ends_on": "2030-08-01"}, expect=422)
    assert refused.faults == {
        "/owner_ids/1": "not_in_partnership", "/owner_ids/2": "unknown_reference",
        "/uh_ids/0": "not_in_partnership", "/unit_ids/1": "not_in_partnership",
        "/unit_ids/2": "not_in_partnership", "/need_report_ids/1": "unknown_reference",
        "/need_report_ids/2": "unknown_reference", "/ends_on": "ends_before_it_begins"}
    made = partnership.measure(path_of(basis))
    path = f"/v1/grants/measures/{made['id']}"
    again = coordinator.patch(path, {"uh_ids": [institution], "ends_on": "2030-01-01", "starts_on": "2030-01-02"},
                              etag=made.etag, expect=422)
    assert again.faults == {"/uh_ids/0": "not_in_partnership", "/ends_on": "ends_before_it_begins"}


def test_all_units_of_a_network_that_is_a_party(partnership, coordinator):
    owner = partnership.forum.owner(partnership.network.id)
    ppt = partnership.forum.owner(partnership.network.id, role="ppt")
    body = {"title": "T", "unit_ids": [partnership.unit(owner, "school"), ppt]}
    alone = partnership.begin(owner_ids=[partnership.owner])
    coordinator.post(f"{path_of(alone)}/measures", body, expect=422)
    network = partnership.begin(owner_ids=[partnership.network.organisation_id])
    made = coordinator.post(f"{path_of(network)}/measures", {
        **body, "owner_ids": [partnership.network.organisation_id]})
    assert sorted(made["unit_ids"]) == sorted(body["unit_ids"])


def test_a_university_keeps_the_needs_that_it_does_not_see(partnership, coordinator):
    need = partnership.need()
    basis = partnership.begin(uh_ids=[partnership.uh], owner_ids=[partnership.owner])
    made = partnership.measure(path_of(basis), need_report_ids=[need])
    path = f"/v1/grants/measures/{made['id']}"
    kept = partnership.signer.patch(path, {"need_report_ids": [need], "title": "Vårt"}, etag=made.etag)
    assert (kept["title"], kept["need_report_ids"]) == ("Vårt", [need])
    partnership.signer.patch(path, {"need_report_ids": [partnership.need()]}, etag=kept.etag, expect=422)


def test_there_are_a_hundred_measures_at_most(partnership, coordinator):
    basis = partnership.begin()
    for no in range(1, 101):
        partnership.build.insert("measure", basis_id=basis["id"], seq_no=no, title="T")
    refused = coordinator.post(f"{path_of(basis)}/measures", {"title": "T"}, expect=409, code="limit_reached")
    assert "100" in refused["detail"]


def test_a_measure_in_the_budget_stays(partnership, coordinator):
    basis = partnership.begin(uh_ids=[partnership.uh], owner_ids=[partnership.owner])
    measure = partnership.measure(path_of(basis))
    line = partnership.line(path_of(basis), measure_id=measure["id"])
    assert line["measure_title"] == measure["title"]
    path = f"/v1/grants/measures/{measure['id']}"
    coordinator.delete(path, etag=measure.etag, expect=409, code="measure_in_budget")
    coordinator.patch(f"/v1/grants/budget-lines/{line['id']}", {"measure_id": None}, etag=line.etag)
    coordinator.delete(path, etag=measure.etag)


# ---- the budget --------------------------------------------------------------------------------

def test_a_budget_line_says_who_gets_what(partnership, coordinator):
    basis = partnership.begin(uh_ids=[partnership.uh], owner_ids=[partnership.owner])
    path = path_of(basis)
    uh = partnership.line(path, 60000)
    network = partnership.line(path, 30000, recipient_id=partnership.network.organisation_id,
                               purpose="coordination")
    owner = partnership.line(path, 10000, recipient_id=partnership.owner, purpose="planning")
    assert [one["recipient_kind"] for one in (uh, network, owner)] == ["uh", "network", "owner"]
    assert (uh["recipient_name"], uh["seq_no"], owner["seq_no"]) == ("Høgskolen Eksempel (eksempel)", 1, 3)
    now = coordinator.get(path)
    assert (now["applied_nok"], now["coordinator_nok"], now["claimed_nok"]) == (100000, 30000, 0)
    assert uh.headers["Location"] == f"/v1/grants/budget-lines/{uh['id']}"
    changed = coordinator.patch(uh.headers["Location"], {"recipient_id": partnership.owner, "amount_nok": 1},
                                etag=uh.etag)
    assert (changed["recipient_kind"], changed["amount_nok"], changed["purpose"]) == ("owner", 1, "implementation")
    coordinator.patch(uh.headers["Location"], {"amount_nok": 2}, etag=uh.etag, expect=412)
    for params, count in [({}, 3), ({"recipient_kind": "owner"}, 2), ({"purpose": "coordination"}, 1),
                          ({"recipient_id": partnership.owner}, 2), ({"measure_id": NOBODY}, 0)]:
        assert len(partnership.signer.get(f"{path}/budget-lines", params=params).items) == count, params
    coordinator.delete(uh.headers["Location"], etag=changed.etag)
    assert coordinator.get(path)["applied_nok"] == 40000
    assert partnership.build.session.value(
        "SELECT count(*) FROM event WHERE resource_id = %s", [uh["id"]]) == 3


def test_money_goes_to_the_partnership_alone(partnership, coordinator):
    """KL-R07, from the budget on."""
    basis = partnership.begin(uh_ids=[partnership.uh])
    other = partnership.begin(uh_ids=[partnership.uh], owner_ids=[partnership.owner])
    foreign = partnership.measure(path_of(other))["id"]
    lines = f"{path_of(basis)}/budget-lines"
    body = {"recipient_id": partnership.owner, "purpose": "planning", "amount_nok": 1, "measure_id": foreign}
    refused = coordinator.post(lines, body, expect=422)
    assert refused.faults == {"/recipient_id": "not_in_partnership", "/measure_id": "unknown_reference"}
    unknown = coordinator.post(lines, {**body, "recipient_id": NOBODY, "measure_id": None}, expect=422)
    assert unknown.faults == {"/recipient_id": "unknown_reference"}
    line = partnership.line(path_of(basis))
    changed = coordinator.patch(f"/v1/grants/budget-lines/{line['id']}",
                                {"recipient_id": partnership.owner}, etag=line.etag, expect=422)
    assert changed.faults == {"/recipient_id": "not_in_partnership"}
    coordinator.post(lines, {**body, "recipient_id": partnership.uh, "measure_id": None, "amount_nok": 0},
                     expect=422)


def test_there_are_two_hundred_lines_at_most(partnership, coordinator):
    basis = partnership.begin(uh_ids=[partnership.uh])
    for no in range(1, 201):
        partnership.build.insert("budget_line", basis_id=basis["id"], seq_no=no, purpose="planning",
                                 recipient_id=partnership.uh, recipient_kind="uh", amount_nok=1)
    coordinator.post(f"{path_of(basis)}/budget-lines", {
        "recipient_id": partnership.uh, "purpose": "planning", "amount_nok": 1}, expect=409, code="limit_reached")


def test_parts_are_added_at_once_and_none_is_lost(partnership, coordinator):
    basis = partnership.begin(uh_ids=[partnership.uh], owner_ids=[partnership.owner])
    path = path_of(basis)

    def add(no):
        api = (coordinator if no % 2 else partnership.signer).clone()
        if no % 3:
            return api.post(f"{path}/budget-lines", {"recipient_id": partnership.uh, "purpose": "planning",
                                                     "amount_nok": no + 1}).status
        return api.post(f"{path}/measures", {"title": f"Tiltak {no}"}).status
    with concurrent.futures.ThreadPoolExecutor(6) as threads:
        assert list(threads.map(add, range(12))) == [201] * 12
    assert {one["seq_no"] for one in coordinator.get(f"{path}/measures").items} == set(range(1, 5))
    assert {one["seq_no"] for one in coordinator.get(f"{path}/budget-lines").items} == set(range(1, 9))
    assert coordinator.get(path)["revision"] == basis["revision"] + 12


def test_of_two_edits_of_a_part_one_wins(partnership, coordinator):
    basis = partnership.begin(uh_ids=[partnership.uh])
    line = partnership.line(path_of(basis))

    def change(no):
        return coordinator.clone().patch(f"/v1/grants/budget-lines/{line['id']}", {"amount_nok": 1000 + no},
                                         etag=line.etag, expect=mock.ANY).status
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(change, range(4))) == [200, 412, 412, 412]
