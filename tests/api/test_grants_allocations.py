"""Allocations that are kept: scenarios, versions, their lines and what came of them (domain.md §5.3,
§5.5, KL-R01 to KL-R04, KL-R08, KL-R13)."""
import concurrent.futures
import csv
import io

import psycopg2
import pytest

from support.grants import Forum
from test_grants_allocation import DEMO

ALLOCATIONS, ROUNDS = "/v1/grants/allocations", "/v1/grants/rounds"
TERMS = {"joint_share_bp": 2000, "base_per_network_nok": 150000}


@pytest.fixture
def forum(build, make_user):
    return Forum(build, make_user)


@pytest.fixture
def secretariat(forum):
    return forum.secretariat


def count(forum, network, *, locked=True, year=2026, **heads):
    for category, number in heads.items():
        forum.build.insert("headcount", network_id=network, year=year, category=category, heads=number,
                           counted_on="2026-10-01", source="gsi", locked=locked)


class Year:
    """A round with the eleven networks of the demo vector, whose figures are locked."""

    def __init__(self, forum, rows=DEMO, **columns):
        self.forum, self.secretariat = forum, forum.secretariat
        self.round = forum.round(**{"total_nok": 12000000, **columns})
        self.networks = {}
        for row in rows:
            network, code = forum.network()
            self.networks[code] = network
            count(forum, network, primary_pupil=row[1], kindergarten_child=row[2])
        self.codes = list(self.networks)

    def draft(self, name="Første", client=None, **body):
        options = {key: body.pop(key) for key in ("expect", "code", "dry_run") if key in body}
        terms = {key: value for key, value in TERMS.items()
                 if not (key == "joint_share_bp" and "joint_nok" in body)}
        return (client or self.secretariat).post(
            ALLOCATIONS, {"round_id": self.round, "name": name, **terms, **body}, **options)

    def adopt(self, draft, meeting=None, **options):
        body = {"meeting_id": meeting or self.forum.meeting(), **options.pop("body", {})}
        return self.secretariat.act(path_of(draft), "adopt", body, **options)

    def frames(self):
        rows = self.secretariat.get(f"{ROUNDS}/{self.round}/networks").items
        return {row["network_code"]: row["frame_nok"] for row in rows}


@pytest.fixture
def year(forum):
    return Year(forum)


@pytest.fixture
def small(forum):
    """Two networks with 3 and 1 heads, and 1000 kroner."""
    return Year(forum, (("A", 3, 0), ("B", 1, 0)), total_nok=1000)


def path_of(row):
    return f"{ALLOCATIONS}/{row if isinstance(row, str) else row['id']}"


def lines_of(client, row):
    return client.get(f"{path_of(row)}/lines").items


def amounts(client, row):
    return {line["network_code"]: line["amount_nok"] for line in lines_of(client, row)}


# ---- computing ---------------------------------------------------------------------------------

def test_the_example_of_the_domain_is_stored(year):
    made = year.draft()
    assert made.headers["Location"] == path_of(made)
    assert (made["state"], made["kind"], made["version_no"], made["headcount_year"]) == (
        "draft", "provisional", 1, 2026)
    assert (made["joint_nok"], made["pool_nok"], made["networks"], made["joint_bp_effective"]) == (
        2400000, 9600000, 11, 2000)
    assert made["allowed_actions"] == ["recompute", "adopt"]
    lines = lines_of(year.secretariat, made)
    assert [line["network_code"] for line in lines] == year.codes
    assert [(line["pupils"], line["children"], line["variable_nok"], line["remainder"], line["amount_nok"])
            for line in lines] == [row[1:] for row in DEMO]
    assert lines[0]["amount_nok"] == 2844384 and sum(line["amount_nok"] for line in lines) == 9600000
    assert year.frames() == {}


def test_the_joint_share_is_a_share_or_an_amount(small):
    by_amount = small.draft("Beløp", joint_nok=200, base_per_network_nok=100)
    assert (by_amount["joint_nok"], by_amount["joint_share_bp"], by_amount["joint_bp_effective"]) == (200, None, 2000)
    by_share = small.draft("Andel", joint_share_bp=2000, base_per_network_nok=100)
    assert (by_share["joint_nok"], by_share["version_no"]) == (200, 2)
    assert amounts(small.secretariat, by_amount) == amounts(small.secretariat, by_share)
    refused = small.draft(joint_nok=1, base_per_network_nok=0, joint_share_bp=1, expect=422)
    assert refused.faults == {"/joint_share_bp": "joint_ambiguous"}
    refused = small.secretariat.post(ALLOCATIONS, {"round_id": small.round, "name": "X",
                                                   "base_per_network_nok": 0}, expect=422)
    assert refused.faults == {"/joint_share_bp": "joint_required"}
    refused = small.draft(joint_nok=1001, base_per_network_nok=0, expect=422)
    assert refused.faults == {"/joint_nok": "joint_exceeds_total"}


def test_weights_and_categories(forum):
    year = Year(forum, (), total_nok=0)
    networks = dict(forum.network()[::-1] for _ in range(2))
    first, second = networks.values()
    count(forum, first, kindergarten_child=2, primary_pupil=3, upper_secondary_pupil=4)
    count(forum, second, apprentice=5, training_candidate=6)
    made = year.draft(total_nok=76, joint_nok=0, base_per_network_nok=0,
                      weights={"child_milli": 500, "pupil_milli": 1500, "apprentice_milli": 2500})
    assert (made["weight_child_milli"], made["weight_apprentice_milli"], made["total_nok"]) == (500, 2500, 76)
    lines = lines_of(year.secretariat, made)
    assert [(line["children"], line["pupils"], line["apprentices"], line["weight"]) for line in lines] == [
        (2, 7, 0, 23), (0, 0, 11, 55)]
    assert sum(line["amount_nok"] for line in lines) == 76


def test_what_cannot_be_computed(forum, secretariat, small):
    refused = small.draft(base_per_network_nok=401, expect=422, code="base_exceeds_pool")
    assert refused["rule"] == "KL-R02"
    small.draft(base_per_network_nok=400)
    refused = small.draft(base_per_network_nok=0, weights={"pupil_milli": 0}, expect=422, code="no_headcount")
    assert refused["rule"] == "KL-R13"
    refused = small.draft(headcount_year=2025, base_per_network_nok=0, expect=409, code="headcount_missing")
    assert refused["rule"] == "KL-R13" and all(code in refused["detail"] for code in small.codes)
    _, code = forum.network()
    refused = small.draft(base_per_network_nok=0, expect=409, code="headcount_missing")
    assert f" {code} " in refused["detail"] and small.codes[0] not in refused["detail"]
    small.forum.build.session.execute("UPDATE grant_round SET total_nok = NULL WHERE id = %s", [small.round])
    small.draft(expect=409, code="round_total_missing")
    missing = "00000000-0000-7000-8000-000000000000"
    refused = secretariat.post(ALLOCATIONS, {"round_id": missing, "name": "X", **TERMS}, expect=422)
    assert refused.faults == {"/round_id": "unknown_reference"}


def test_exactly_the_active_networks_have_a_line(forum, small):
    gone, _ = forum.network(active_to_on="2027-01-31")
    count(forum, gone, primary_pupil=100)
    made = small.draft(base_per_network_nok=0)
    assert list(amounts(small.secretariat, made)) == small.codes


def test_a_draft_is_renamed_recomputed_and_removed(small, owner_db):
    made = small.draft(base_per_network_nok=100)
    path, secretariat = path_of(made), small.secretariat
    named = secretariat.patch(path, {"name": "Forslag", "kind": "final"}, etag=made.etag)
    assert (named["name"], named["kind"]) == ("Forslag", "final")
    secretariat.patch(path, {"name": "X"}, etag=made.etag, expect=412)
    assert list(amounts(secretariat, made).values()) == [550, 250]
    owner_db.execute("UPDATE headcount SET locked = false WHERE network_id = ANY (%s::uuid[])",
                     [list(small.networks.values())])
    owner_db.execute("UPDATE headcount SET heads = 1 WHERE category = 'primary_pupil' AND network_id = %s",
                     [small.networks[small.codes[0]]])
    tried = secretariat.act(path, "recompute", dry_run=True)
    assert tried["state"] == "draft" and list(amounts(secretariat, made).values()) == [550, 250]
    done = secretariat.act(path, "recompute", {"reason": "Rettet"})
    assert done["version"] > named["version"] and done["computed_at"] > named["computed_at"]
    assert list(amounts(secretariat, made).values()) == [400, 400]
    secretariat.delete(path, etag=named.etag, expect=412)
    secretariat.delete(path, etag=done.etag)
    secretariat.get(path, expect=404)
    secretariat.delete(path, etag=done.etag, expect=404)


def test_what_cannot_be_computed_anew(forum, small, owner_db):
    made = small.draft(joint_nok=0, base_per_network_nok=400)
    network, _ = forum.network()

    def refuse(status, code):
        refused = small.secretariat.act(path_of(made), "recompute", expect=status, code=code)
        assert list(amounts(small.secretariat, made).values()) == [550, 450]
        return refused["rule"]
    assert refuse(409, "headcount_missing") == "KL-R13"
    count(forum, network, primary_pupil=1)
    assert refuse(422, "base_exceeds_pool") == "KL-R02"
    owner_db.execute("UPDATE competence_network SET active_to_on = '2026-12-31' WHERE id = %s", [network])
    mine = [list(small.networks.values())]
    owner_db.execute("UPDATE headcount SET locked = false WHERE network_id = ANY (%s::uuid[])", mine)
    owner_db.execute("UPDATE headcount SET heads = 0 WHERE network_id = ANY (%s::uuid[])", mine)
    assert refuse(422, "no_headcount") == "KL-R13"


def test_drafts_are_the_forums(forum, make_user, small):
    made = small.draft(base_per_network_nok=0)
    reader, path = forum.reader(), path_of(made)
    for below in ("", "/lines", "/explain"):
        reader.get(path + below, expect=404)
    assert reader.get(ALLOCATIONS, params={"round_id": small.round}).items == []
    member = make_user(("forum_member", "forum", forum.id))
    assert member.get(path)["allowed_actions"] == []
    listed = member.get(ALLOCATIONS, params={"round_id": small.round, "state": "draft", "kind": "provisional"})
    assert [row["id"] for row in listed.items] == [made["id"]]
    small.draft(client=Forum(forum.build, make_user).secretariat, expect=403)


# ---- how it came about -------------------------------------------------------------------------

def test_the_arithmetic_is_explained_step_by_step(year):
    made = year.draft()
    rows = year.secretariat.get(f"{path_of(made)}/explain").items
    assert [row["network_code"] for row in rows] == year.codes
    for row, (_, pupils, children, quotient, remainder, amount) in zip(rows, DEMO):
        assert (row["variable_pool_nok"], row["weight_sum"], row["left_over_nok"]) == (7950000, 101500, 6)
        assert (row["divisor"], row["child_factor"], row["pupil_factor"]) == (1000, 1, 1)
        assert row["weight"] == pupils + children and row["product"] == str(7950000 * row["weight"])
        assert (row["quotient"], row["remainder"], row["amount_nok"]) == (quotient, remainder, amount)
        assert row["extra_krone"] == (row["rank"] <= 6)
    ranked = sorted(rows, key=lambda row: row["rank"])
    assert [year.codes.index(row["network_code"]) + 1 for row in ranked][:7] == [7, 4, 3, 5, 6, 8, 11]
    answer = year.secretariat.get(f"{path_of(made)}/explain", accept="text/csv")
    table = list(csv.DictReader(io.StringIO(answer.text)))
    assert table[0]["product"] == str(7950000 * 34400) and len(table) == 11
    first = year.secretariat.get(f"{path_of(made)}/explain", params={"sort": "rank", "limit": 1}).items
    assert first[0]["network_code"] == year.codes[6]


@pytest.mark.parametrize("heads, weights, total", [
    (((1, 0, 0), (1, 0, 0), (1, 0, 0)), {}, 100), (((5, 0, 0), (3, 0, 0), (1, 0, 0)), {}, 10),
    (((1, 0, 0), (2, 0, 0), (2, 0, 0)), {}, 1), (((0, 0, 0), (1, 0, 0), (1, 0, 0)), {}, 7),
    (((3, 0, 0), (0, 0, 0)), {}, 0), (((333, 0, 0), (333, 0, 0), (334, 0, 0)), {}, 1000),
    (((999983, 7, 3), (1, 999979, 1), (5, 5, 999961)), {"child_milli": 99991, "pupil_milli": 99989,
                                                        "apprentice_milli": 100000}, 99999999977),
    (((1, 2, 3), (4, 5, 6)), {"child_milli": 0, "pupil_milli": 0, "apprentice_milli": 0}, 0),
    (((1, 2, 3), (4, 5, 6)), {"child_milli": 1500, "pupil_milli": 1000, "apprentice_milli": 500}, 1001),
])
def test_the_explanation_says_what_was_computed(forum, heads, weights, total):
    year = Year(forum, (), total_nok=total)
    for pupils, children, apprentices in heads:
        network, _ = forum.network()
        count(forum, network, primary_pupil=pupils, kindergarten_child=children, apprentice=apprentices)
    made = year.draft(joint_nok=0, base_per_network_nok=0, weights=weights)
    lines = lines_of(year.secretariat, made)
    rows = year.secretariat.get(f"{path_of(made)}/explain").items
    assert len(rows) == len(heads)
    for line, row in zip(lines, rows):
        assert (line["weight"], line["variable_nok"], line["remainder"], line["extra_krone"],
                line["amount_nok"]) == (row["weight"], row["quotient"], row["remainder"],
                                        row["extra_krone"], row["amount_nok"])


def test_scenarios_stand_side_by_side(forum, small, make_user):
    first = small.draft("A", base_per_network_nok=100)
    second = small.draft("B", base_per_network_nok=400)
    path = f"{ROUNDS}/{small.round}/allocation-comparison"

    def compare(client=small.secretariat, **params):
        return [(row["network_code"], row["name"], row["amount_nok"], row["difference_nok"])
                for row in client.get(path, params=params).items]
    a, b = small.codes
    assert compare() == [(a, "A", 550, None), (a, "B", 400, None), (b, "A", 250, None), (b, "B", 400, None)]
    assert compare(base_id=first["id"]) == [(a, "A", 550, 0), (a, "B", 400, -150), (b, "A", 250, 0), (b, "B", 400, 150)]
    small.adopt(second)
    assert compare(state="draft") == [(a, "A", 550, 150), (b, "A", 250, -150)]
    assert compare(forum.reader()) == []
    other = forum.round(2030)
    small.secretariat.get(path, params={"base_id": other}, expect=404)
    small.secretariat.get(f"{ROUNDS}/{other}/allocation-comparison", params={"base_id": first["id"]}, expect=404)
    table = small.secretariat.get(path, accept="text/csv;excel=no").text.splitlines()
    assert len(table) == 5 and "difference_nok" in table[0]
    pages = [row["allocation_id"] for row in small.secretariat.every(path, {"limit": 1})]
    assert pages == [first["id"], second["id"]] * 2


# ---- adopting ----------------------------------------------------------------------------------

def test_adopting_sets_the_frames_and_publishing_shows_them(forum, year, owner_db):
    made, secretariat = year.draft(), year.secretariat
    forum.frame(year.round, year.networks[year.codes[0]])
    meeting = forum.meeting()
    done = year.adopt(made, meeting)
    assert (done["state"], done["decided_in_meeting_id"]) == ("adopted", meeting)
    assert done["allowed_actions"] == ["publish"]
    assert year.frames() == dict(zip(year.codes, [row[5] for row in DEMO]))
    reader = forum.reader()
    reader.get(path_of(made), expect=404)
    assert reader.get(f"{ROUNDS}/{year.round}")["allocation_status"] == "none"
    assert secretariat.act(path_of(made), "publish", {"reason": "Sendt"})["state"] == "published"
    assert reader.get(f"{ROUNDS}/{year.round}")["allocation_id"] == made["id"]
    assert sum(line["amount_nok"] for line in lines_of(reader, made)) == 9600000
    events = owner_db.rows("SELECT to_state FROM event WHERE resource_id = %s ORDER BY seq", [made["id"]])
    assert [row["to_state"] for row in events] == ["draft", "adopted", "published"]


def test_the_first_meeting_of_the_year_decides(forum, secretariat, small):
    made = small.draft(base_per_network_nok=0)
    second = forum.meeting("2027-03-01", 2)
    assert small.adopt(made, second, expect=409, code="not_first_meeting")["rule"] == "KL-R04"
    small.adopt(made, forum.meeting("2027-01-05", 3, state="planned"), expect=409, code="meeting_not_held")
    for unfit in (forum.meeting("2026-01-12"), forum.meeting(scheme_code="dekom")):
        assert small.adopt(made, unfit, expect=422).faults == {"/meeting_id": "meeting_unfit"}
    unknown = "00000000-0000-7000-8000-000000000000"
    assert small.adopt(made, unknown, expect=422).faults == {"/meeting_id": "unknown_reference"}
    forum.build.session.execute(
        "UPDATE grant_round SET joint_share_first_meeting_only = false WHERE id = %s", [small.round])
    assert small.adopt(made, second, dry_run=True)["state"] == "adopted"
    assert secretariat.get(path_of(made))["state"] == "draft" and small.frames() == {}


def test_a_later_version_supersedes_with_a_reason(forum, small, owner_db):
    first, second = small.draft("A", base_per_network_nok=100), small.draft("B", base_per_network_nok=400)
    small.adopt(first)
    small.secretariat.act(path_of(first), "publish")
    later = forum.meeting("2027-03-01", 2)
    refused = small.adopt(second, later, expect=409, code="allocation_in_force")
    assert refused["rule"] == "KL-R04"
    small.adopt(second, later, body={"reason": "Revidert budsjett"})
    old = small.secretariat.get(path_of(first))
    assert (old["state"], old["superseded_reason"], old["allowed_actions"]) == ("superseded", "Revidert budsjett", [])
    assert list(small.frames().values()) == [400, 400]
    events = owner_db.rows("SELECT resource_id::text AS id, from_state, to_state FROM event"
                           " WHERE reason = 'Revidert budsjett' AND resource_id = ANY (%s::uuid[]) ORDER BY seq",
                           [[first["id"], second["id"]]])
    assert [(row["id"], row["from_state"], row["to_state"]) for row in events] == [
        (first["id"], "published", "superseded"), (second["id"], "draft", "adopted")]


def test_frames_cover_what_is_claimed(forum, small):
    small.adopt(small.draft("A", base_per_network_nok=100))
    network = small.networks[small.codes[0]]
    forum.build.insert("decision_basis", round_id=small.round, network_id=network, title="Grunnlag",
                       state="submitted", claimed_nok=401)
    later, reason = forum.meeting("2027-03-01", 2), {"reason": "Budsjett"}
    refused = small.adopt(small.draft("B", base_per_network_nok=400), later, body=reason, expect=409,
                          code="frame_below_claims")
    assert refused["rule"] == "KL-R03" and small.codes[0] in refused["detail"]
    assert list(small.frames().values()) == [550, 250]
    exact = small.draft("C", total_nok=1000, joint_nok=198, base_per_network_nok=400)
    small.adopt(exact, later, body=reason)
    assert list(small.frames().values()) == [402, 400]


def test_figures_are_locked_and_those_of_the_lines(forum, small, owner_db):
    made = small.draft(base_per_network_nok=0)
    mine = [list(small.networks.values())]
    owner_db.execute("UPDATE headcount SET locked = false WHERE network_id = ANY (%s::uuid[])", mine)
    refused = small.adopt(made, meeting := forum.meeting(), expect=409, code="headcounts_open")
    assert refused["rule"] == "KL-R13"
    owner_db.execute("UPDATE headcount SET heads = heads + 1, locked = true WHERE network_id = ANY (%s::uuid[])", mine)
    small.adopt(made, meeting, expect=409, code="allocation_outdated")
    small.secretariat.act(path_of(made), "recompute")
    assert small.adopt(made, meeting, dry_run=True)["state"] == "adopted"
    network, _ = forum.network()
    count(forum, network, primary_pupil=1)
    assert small.adopt(made, meeting, expect=409, code="allocation_outdated")["rule"] == "KL-R13"


def test_totals_are_those_of_the_round(forum, small):
    meeting = forum.meeting()
    too_much = small.draft("A", total_nok=1001, joint_nok=0, base_per_network_nok=0)
    assert small.adopt(too_much, meeting, expect=409, code="allocation_total_differs")["rule"] == "KL-R08"
    less = small.draft("B", total_nok=900, joint_nok=0, base_per_network_nok=0)
    small.adopt(less, meeting, dry_run=True)
    final = small.secretariat.patch(path_of(less), {"kind": "final"}, etag=less.etag)
    small.adopt(final, meeting, expect=409, code="allocation_total_differs")
    small.adopt(small.draft("C", kind="final", base_per_network_nok=0), meeting)


def test_what_is_adopted_stays(forum, small, owner_db):
    made = small.draft(base_per_network_nok=0)
    done = small.adopt(made)
    path, secretariat = path_of(made), small.secretariat
    for action, body in (("adopt", {"meeting_id": done["decided_in_meeting_id"]}), ("recompute", None)):
        refused = secretariat.act(path, action, body, expect=409, code="invalid_transition")
        assert (refused["from"], refused["allowed_actions"]) == ("adopted", ["publish"])
    secretariat.patch(path, {"name": "X"}, etag=done.etag, expect=409, code="allocation_not_draft")
    secretariat.delete(path, etag=done.etag, expect=409, code="allocation_not_draft")
    secretariat.act(path, "publish")
    secretariat.act(path, "publish", expect=409, code="invalid_transition")
    for statement in ("UPDATE allocation_line SET amount_nok = amount_nok + 1, base_nok = base_nok + 1"
                      " WHERE allocation_id = %s",
                      "DELETE FROM allocation_line WHERE allocation_id = %s"):
        with pytest.raises(psycopg2.errors.CheckViolation, match="lines of an adopted allocation stay"):
            owner_db.execute(statement, [made["id"]])
    other = small.draft("B", base_per_network_nok=0)
    owner_db.execute("UPDATE allocation SET joint_nok = joint_nok - 1 WHERE id = %s", [other["id"]])
    with pytest.raises(psycopg2.errors.CheckViolation, match="do not add up"):
        owner_db.execute("UPDATE allocation SET state = 'superseded', superseded_reason = 'x',"
                         " decided_in_meeting_id = %s WHERE id = %s",
                         [done["decided_in_meeting_id"], other["id"]])


def test_a_decided_round_keeps_its_frames(small, owner_db):
    made = small.draft(base_per_network_nok=0)
    owner_db.execute("UPDATE grant_round SET state = 'decided' WHERE id = %s", [small.round])
    small.adopt(made, expect=409, code="round_decided")


def test_two_adoptions_at_once_leave_one_in_force(forum, small):
    drafts = [small.draft(name, base_per_network_nok=0) for name in "ABCD"]
    meeting = forum.meeting()

    def adopt(draft):
        client = small.secretariat.clone()
        return client.session.post(f"{client.base}{path_of(draft)}/actions/adopt", headers={
            "Authorization": f"Bearer {client.token}", "If-Match": draft.etag}, json={"meeting_id": meeting},
            timeout=60).status_code
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(adopt, drafts)) == [200, 409, 409, 409]


def test_what_was_never_published_stays_in_the_forum(forum, small):
    first, second = (small.draft(name, base_per_network_nok=100) for name in "AB")
    meeting, reader = forum.meeting(), forum.reader()
    small.adopt(first, meeting)
    small.adopt(second, meeting, body={"reason": "Regnefeil"})
    assert small.secretariat.get(path_of(first))["state"] == "superseded"
    reader.get(path_of(first), expect=404)
    small.secretariat.act(path_of(second), "publish")
    third = small.draft("C", base_per_network_nok=200)
    small.adopt(third, meeting, body={"reason": "Revidert budsjett"})
    assert reader.get(path_of(second))["state"] == "superseded"
    listed = reader.get(ALLOCATIONS, params={"round_id": small.round}).items
    assert [one["id"] for one in listed] == [second["id"]]


def test_drafts_made_at_once_are_numbered(small):
    def make(name):
        return small.draft(name, client=small.secretariat.clone(), base_per_network_nok=0)["version_no"]
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(make, "ABCDEF")) == [1, 2, 3, 4, 5, 6]


def test_a_submission_and_a_smaller_frame_do_not_both_pass(forum, small, database):
    """The frame is locked while what is claimed of it is looked at."""
    small.adopt(small.draft("A", base_per_network_nok=100))
    network = small.networks[small.codes[0]]
    basis = forum.build.insert("decision_basis", round_id=small.round, network_id=network, title="Grunnlag")
    smaller, meeting = small.draft("B", base_per_network_nok=400), forum.meeting("2027-03-01", 2)
    with database.connect("loft_owner") as session, concurrent.futures.ThreadPoolExecutor(1) as threads:
        session.execute("BEGIN")
        session.execute("UPDATE decision_basis SET state = 'submitted', claimed_nok = 500 WHERE id = %s", [basis])
        waits = threads.submit(small.adopt, smaller, meeting, body={"reason": "Budsjett"}, expect=409,
                               code="frame_below_claims")
        with pytest.raises(concurrent.futures.TimeoutError):
            waits.result(timeout=0.5)
        session.execute("COMMIT")
        assert waits.result()["rule"] == "KL-R03"
