"""Headcounts: one by one, as a file, locked, and rolled up to networks (domain.md §5.2, §5.5, KL-R13)."""
import concurrent.futures
from unittest import mock

import psycopg2
import pytest

from support.client import Api
from support.grants import Forum

HEADCOUNTS, YEARS, TOTALS = "/v1/grants/headcounts", "/v1/grants/headcount-years", "/v1/grants/headcounts/totals"


@pytest.fixture
def forum(build, make_user):
    return Forum(build, make_user)


@pytest.fixture
def secretariat(forum):
    return forum.secretariat


def put(forum, heads, expect=200, **body):
    options = {key: body.pop(key) for key in ("code", "dry_run") if key in body}
    return forum.secretariat.post(HEADCOUNTS, {"year": 2026, "category": "primary_pupil", "heads": heads,
                                               **body}, expect=expect, **options)


def send(forum, text, *, year=2026, etag="*", expect=200, client=None, **options):
    params = {"year": year, **{name: options.pop(name) for name in ("forum_id", "source", "counted_on")
                               if name in options}}
    return (client or forum.secretariat).put(HEADCOUNTS, text, params=params, media="text/csv", etag=etag,
                                             expect=expect, **options)


def year_of(forum, year=2026):
    found = forum.secretariat.get(YEARS, params={"forum_id": forum.id, "year": year}).items
    return f"{YEARS}/{found[0]['id']}" if found else None


def totals(forum, year=2026):
    rows = forum.secretariat.get(TOTALS, params={"year": year, "forum_id": forum.id}).items
    return {row["network_code"]: row for row in rows}


def figures(forum, year=2026):
    rows = forum.secretariat.every(HEADCOUNTS, {"year": year})
    networks = {row["id"] for row in forum.secretariat.every("/v1/grants/networks", {"forum_id": forum.id})}
    return {(row["network_code"], row["organisation_id"], row["category"]): row["heads"]
            for row in rows if row["network_id"] in networks}


def municipality(forum, network, no, **options):
    return forum.owner(network, name=f"Kommune {no} (eksempel)", municipality_no=no, **options)


# ---- one figure --------------------------------------------------------------------------------

def test_a_figure_is_made_and_changed(forum, secretariat):
    network, code = forum.network()
    made = put(forum, 100, network_id=network, source="gsi")
    assert (made["network_code"], made["organisation_id"], made["heads"]) == (code, None, 100)
    assert (made["counted_on"], made["source"], made["locked"]) == ("2026-10-01", "gsi", False)
    changed = put(forum, 101, network_id=network, counted_on="2026-12-15")
    assert changed["id"] == made["id"] and changed["version"] == made["version"] + 1
    assert (changed["counted_on"], changed["source"]) == ("2026-12-15", "manual")
    assert put(forum, 7, network_id=network, dry_run=True)["heads"] == 7
    assert secretariat.get(f"{HEADCOUNTS}/{made['id']}")["heads"] == 101
    secretariat.delete(f"{HEADCOUNTS}/{made['id']}", etag=made.etag, expect=412)
    secretariat.delete(f"{HEADCOUNTS}/{made['id']}", etag=changed.etag)
    secretariat.get(f"{HEADCOUNTS}/{made['id']}", expect=404)


def test_an_owner_counts_in_its_network_on_the_day_of_counting(forum, secretariat):
    (first, first_code), (second, second_code) = forum.network(), forum.network()
    owner = forum.owner(first, to_on="2026-10-31")
    forum.build.insert("network_member", network_id=second, organisation_id=owner, role="municipality",
                       from_on="2026-11-01")
    assert put(forum, 5, organisation_id=owner)["network_code"] == first_code
    assert put(forum, 5, organisation_id=owner, counted_on="2026-11-01")["network_code"] == second_code
    wrong = put(forum, 5, organisation_id=owner, network_id=second, expect=422)
    assert wrong.faults == {"/network_id": "owner_of_other_network"}


def test_faults_of_a_figure(forum):
    nobody = forum.build.organisation(org_type="municipality")
    assert put(forum, 1, expect=422).faults == {"/network_id": "network_required"}
    assert put(forum, 1, organisation_id=nobody, expect=422).faults == {
        "/organisation_id": "owner_without_network"}
    unknown = put(forum, 1, network_id="00000000-0000-7000-8000-00000000dead", expect=422)
    assert unknown.faults == {"/network_id": "unknown_reference"}
    assert put(forum, -1, network_id=nobody, expect=422).faults == {"/heads": "too_small"}


def test_figures_of_another_forum(forum, build, make_user):
    other = Forum(build, make_user)
    network, _ = other.network()
    put(forum, 1, network_id=network, expect=403)
    theirs = put(other, 1, network_id=network)
    forum.secretariat.delete(f"{HEADCOUNTS}/{theirs['id']}", etag="*", expect=403)
    forum.secretariat.act(year_of(other), "lock", expect=403)


# ---- rolled up ---------------------------------------------------------------------------------

def test_owners_roll_up_unless_the_network_has_a_figure_of_its_own(forum):
    (one, first), (two, second), (_, third) = forum.network(), forum.network(), forum.network()
    forum.network(active_to_on="2025-12-31")
    for heads in 30, 12:
        put(forum, heads, organisation_id=forum.owner(one))
        put(forum, heads, organisation_id=forum.owner(two))
    put(forum, 500, network_id=two)
    put(forum, 7, network_id=two, category="kindergarten_child")
    put(forum, 3, network_id=two, category="apprentice")
    put(forum, 2, network_id=two, category="training_candidate")
    found = totals(forum)
    assert list(found) == [first, second, third]
    assert (found[first]["primary_pupils"], found[first]["heads"]) == (42, 42)
    assert found[second] == {
        "network_id": two, "network_code": second, "network_name": f"Nettverk {second}", "year": 2026,
        "kindergarten_children": 7, "primary_pupils": 500, "upper_secondary_pupils": 0, "apprentices": 3,
        "training_candidates": 2, "heads": 512, "is_counted": True}
    assert (found[third]["heads"], found[third]["is_counted"]) == (0, False)


def test_the_demo_counts_as_the_example_of_the_distribution(tokens, server):
    secretariat = Api(server, tokens.sign("forum-secretariat"))
    rows = {row["network_code"]: row for row in secretariat.every(TOTALS, {"year": 2022})}
    assert (rows["KN02"]["kindergarten_children"], rows["KN02"]["primary_pupils"]) == (2200, 4700)
    assert (rows["KN11"]["apprentices"], rows["KN11"]["training_candidates"]) == (2150, 250)
    demo = [row for code, row in rows.items() if code.startswith("KN")]
    assert sum(row["heads"] for row in demo) == 101500


def test_totals_need_a_year_and_come_as_a_file(forum, secretariat):
    secretariat.get(TOTALS, expect=400)
    network, code = forum.network()
    put(forum, 9, network_id=network)
    text = secretariat.get(TOTALS, params={"year": 2026, "forum_id": forum.id}, accept="text/csv").text
    header, line = text.splitlines()
    assert dict(zip(header.split(","), line.split(",")))["heads"] == "9" and code in line


# ---- a year ------------------------------------------------------------------------------------

def test_locked_figures_change_no_more(forum, secretariat):
    """KL-R13."""
    network, code = forum.network()
    owner = municipality(forum, network, "5055")
    made = put(forum, 100, network_id=network)
    year = year_of(forum)
    before = secretariat.get(year)
    assert (before["state"], before["figures"], before["networks_missing"]) == ("open", 1, [])
    assert before["allowed_actions"] == ["lock"]
    locked = secretariat.act(year, "lock", {"reason": "GSI er inne"})
    assert (locked["state"], locked["allowed_actions"]) == ("locked", ["unlock"])
    assert locked["version"] == before["version"] + 1
    assert forum.reader().get(year)["allowed_actions"] == []
    secretariat.act(year, "lock", expect=409, code="invalid_transition")

    for refused in (put(forum, 101, network_id=network, expect=409, code="headcount_locked"),
                    put(forum, 5, organisation_id=owner, expect=409, code="headcount_locked"),
                    secretariat.delete(f"{HEADCOUNTS}/{made['id']}", etag="*", expect=409,
                                       code="headcount_locked"),
                    send(forum, f"network_code,apprentice\n{code},4\n", expect=409, code="headcount_locked")):
        assert refused["rule"] == "KL-R13" and "2026" in refused["detail"]
    put(forum, 1, network_id=network, year=2027)

    secretariat.act(year, "unlock", {}, expect=422)
    opened = secretariat.act(year, "unlock", {"reason": "Feil tall for én kommune"})
    assert opened["state"] == "open"
    secretariat.act(year, "unlock", {"reason": "Igjen"}, expect=409, code="invalid_transition")
    assert put(forum, 101, network_id=network)["heads"] == 101


def test_a_year_is_locked_when_every_network_is_counted(forum, secretariat):
    """KL-R13: what is missing blocks the distribution."""
    (one, _), (_, missing) = forum.network(), forum.network()
    forum.network(active_to_on="2025-12-31")
    put(forum, 1, network_id=one)
    year = year_of(forum)
    assert secretariat.get(year)["networks_missing"] == [missing]
    refused = secretariat.act(year, "lock", expect=409, code="headcount_incomplete")
    assert refused["rule"] == "KL-R13" and missing in refused["detail"]
    secretariat.act(year, "lock", etag='"99-0"', expect=412)


def test_the_database_holds_the_lock(forum, secretariat, owner_db):
    """The last wall, for whoever would come past the rules."""
    network, _ = forum.network()
    put(forum, 1, network_id=network)
    secretariat.act(year_of(forum), "lock")
    for sql in ("UPDATE headcount SET heads = 2 WHERE network_id = %s", "DELETE FROM headcount WHERE network_id = %s",
                "INSERT INTO headcount (network_id, year, category, heads, counted_on, source)"
                " VALUES (%s, 2026, 'apprentice', 1, '2026-10-01', 'gsi')"):
        with pytest.raises(psycopg2.errors.CheckViolation):
            owner_db.execute(sql, [network])


def test_figures_and_the_lock_at_once(forum, secretariat):
    """Whatever comes first, a locked year holds no open figure."""
    networks = [forum.network()[0] for _ in range(4)]
    for network in networks:
        put(forum, 1, network_id=network)
    year = year_of(forum)

    def write(network):
        client = forum.secretariat.clone()
        if network is None:
            return client.act(year, "lock", etag="*").status
        return client.post(HEADCOUNTS, {"network_id": network, "year": 2026, "category": "apprentice",
                                        "heads": 2}, expect=mock.ANY).status
    with concurrent.futures.ThreadPoolExecutor(5) as threads:
        answers = list(threads.map(write, [networks[0], networks[1], None, networks[2], networks[3]]))
    assert answers[2] == 200 and set(answers) <= {200, 409}
    assert secretariat.get(year)["figures"] == 4 + answers.count(200) - 1
    rows = secretariat.every(HEADCOUNTS, {"year": 2026, "locked": "false"})
    assert not {row["network_id"] for row in rows} & set(networks)


# ---- a file ------------------------------------------------------------------------------------

def test_a_file_of_owners_and_networks(forum, secretariat):
    (one, first), (two, second) = forum.network(), forum.network()
    heim, rindal = municipality(forum, one, "5055"), municipality(forum, one, "5061")
    private = forum.owner(two, name="Åsen barnehager, eier (eksempel)", role="private_owner",
                          org_number="974760673")
    put(forum, 640, organisation_id=heim)
    answer = send(forum, "\ufeffnetwork_code;municipality_no;organisation;kindergarten_child;primary_pupil\r\n"
                  f"{first};5055;;231;640\r\n"
                  ";5061;;98;\r\n"
                  "\r\n"
                  ";;974760673;55;\r\n"
                  f"{second};;;0;1200\r\n", source="gsi", counted_on="2026-10-01")
    assert (answer["created"], answer["changed"], answer["unchanged"]) == (5, 1, 0)  # another source
    assert figures(forum) == {
        (first, heim, "kindergarten_child"): 231, (first, heim, "primary_pupil"): 640,
        (first, rindal, "kindergarten_child"): 98, (second, private, "kindergarten_child"): 55,
        (second, None, "kindergarten_child"): 0, (second, None, "primary_pupil"): 1200}
    again = send(forum, 'organisation,kindergarten_child\n"Åsen barnehager, eier (eksempel)",56\n', source="gsi")
    assert (again["created"], again["changed"], again["unchanged"]) == (0, 1, 0)
    assert again["version"] == answer["version"] + 1
    same = send(forum, "network_code,primary_pupil\n" + f"{second},1200\n", source="gsi")
    assert (same["changed"], same["unchanged"], same["version"]) == (0, 1, again["version"])


def test_a_file_goes_by_the_version_of_the_year(forum, secretariat):
    _, code = forum.network()
    text = f"network_code,apprentice\n{code},%s\n"
    send(forum, text % 1, etag='"3-0"', expect=412)
    made = send(forum, text % 1)
    assert made.etag.startswith(f'"{made["version"]}-')
    etag = secretariat.get(year_of(forum)).etag
    assert send(forum, text % 2, etag=etag)["changed"] == 1
    send(forum, text % 3, etag=etag, expect=412)
    send(forum, text % 3, etag=None, expect=428)


def test_a_dry_run_of_a_file(forum, secretariat):
    _, code = forum.network()
    tried = send(forum, f"network_code,apprentice\n{code},1\n", dry_run=True)
    assert (tried["created"], tried.headers["Preference-Applied"]) == (1, "tx=rollback")
    assert figures(forum) == {} and year_of(forum) is None


def test_every_faulty_cell_is_told_and_nothing_taken(forum, secretariat):
    (one, first), *others = (forum.network() for _ in range(6))
    second, third, fourth, fifth, sixth = (code for _, code in others)
    municipality(forum, one, "5055")
    municipality(forum, one, "5061")
    forum.owner(one, name="Alene AS", role="private_owner")
    forum.owner(one, name="Tvilling AS", role="private_owner")
    forum.owner(one, name="Tvilling AS", role="private_owner")
    put(forum, 77, network_id=one)
    lines = ["network_code,municipality_no,organisation,kindergarten_child,primary_pupil",
             f"{first},,,10,20",           # 2: well
             "XX99,,,10,",                 # 3: no such network
             ",5599,,10,",                 # 4: no such municipality
             ",50,,10,",                   # 5: no municipality number
             ",5001,,10,",                 # 6: a municipality in no network of this forum
             ",,123456789,10,",            # 7: fails modulo 11
             ",,974760673,10,",            # 8: nobody's number
             ",,Ukjent eier,10,",          # 9
             ",,Tvilling AS,10,",          # 10: two of that name
             f"{second},5055,,10,",        # 11: in the other network
             ",5061,Alene AS,10,",         # 12: two owners
             f"{third},,,-1,12 000",       # 13
             f"{fourth},,,1000001,1.5",    # 14
             f"{second},,,,",              # 15: says nothing
             ",,,1,",                      # 16: about nobody
             f"{first},,,11,",             # 17: stands on line 2
             f"{fifth},,1",                # 18: cells missing
             f"{sixth},,,99999999999999999999,1000000"]  # 19
    answer = send(forum, "\n".join(lines), expect=422, code="validation_failed")
    assert answer.faults == {
        "/3/network_code": "unknown_reference", "/4/municipality_no": "unknown_reference",
        "/5/municipality_no": "municipality_no_invalid", "/6/municipality_no": "owner_without_network",
        "/7/organisation": "org_number_invalid", "/8/organisation": "unknown_reference",
        "/9/organisation": "unknown_reference", "/10/organisation": "owner_ambiguous",
        "/11/network_code": "owner_of_other_network", "/12/organisation": "owner_differs",
        "/13/kindergarten_child": "too_small", "/13/primary_pupil": "wrong_type",
        "/14/kindergarten_child": "too_large", "/14/primary_pupil": "wrong_type",
        "/15": "required", "/16/network_code": "required", "/17/kindergarten_child": "figure_repeated",
        "/18": "wrong_cell_count", "/19/kindergarten_child": "too_large"}
    expected = {fault["pointer"]: fault.get("expected") for fault in answer["errors"]}
    assert (expected["/17/kindergarten_child"], expected["/18"], expected["/13/kindergarten_child"]) == ("2", "5", "0")
    assert figures(forum) == {(first, None, "primary_pupil"): 77}


@pytest.mark.parametrize("text, faults", [
    ("", {"": "figures_required"}),
    ("network_code,apprentice\n", {"": "figures_required"}),
    ("network_code,elever\nX,1\n", {"/1/elever": "unknown_column", "/1/kindergarten_child": "required"}),
    ("apprentice,apprentice\n1,2\n", {"/1/apprentice": "duplicate_column", "/1/network_code": "required"}),
])
def test_headers_that_are_no_headers(forum, text, faults):
    answer = send(forum, text or "\n", expect=422)
    assert answer.faults == faults


def test_files_that_are_no_csv(forum):
    _, code = forum.network()
    answer = send(forum, f'network_code,apprentice\n{code},1\n"{code},2\n', expect=422, code="csv_malformed")
    assert "3" in answer["detail"]
    send(forum, "network_code,apprentice\n" + f"{code},1\n" * 2001, expect=422, code="csv_too_long")
    send(forum, b"network_code,apprentice\n\xff\xfe,1\n", expect=400)
    forum.secretariat.put(HEADCOUNTS, {"a": 1}, params={"year": 2026}, etag="*", expect=415)
    forum.secretariat.put(HEADCOUNTS, "a", params={}, media="text/csv", etag="*", expect=400)


def test_the_secretariat_of_two_forums_says_which(forum, build, make_user):
    other = Forum(build, make_user)
    both = make_user(("forum_secretariat", "forum", forum.id), ("forum_secretariat", "forum", other.id))
    _, code = other.network()
    text = f"network_code,apprentice\n{code},1\n"
    assert send(other, text, client=both, expect=422).faults == {"?forum_id": "required"}
    assert send(other, text, client=both, forum_id=forum.id, expect=422).faults == {
        "/2/network_code": "unknown_reference"}
    assert send(other, text, client=both, forum_id=other.id)["created"] == 1
    send(other, text, forum_id=forum.id, expect=403)


def test_what_an_import_leaves_in_the_log(forum, owner_db):
    _, code = forum.network()
    answer = send(forum, f"network_code,apprentice\n{code},1\n")
    event = owner_db.row("SELECT operation, version, changes FROM event WHERE resource_type = 'headcount_year'"
                         " AND resource_id = %s", [answer["id"]])
    assert (event["operation"], event["version"]) == ("import_headcounts", answer["version"])
    assert event["changes"] == {"created": 1, "changed": 0}
