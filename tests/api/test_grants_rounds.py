"""Rounds with their networks and links (domain.md §5.3, §5.7, KL-R04, KL-R08, KL-R13)."""
import concurrent.futures

import psycopg2
import pytest

from support.grants import Forum

ROUNDS, FRAMES, LINKS = "/v1/grants/rounds", "/v1/grants/network-frames", "/v1/grants/round-links"
NOW = "2026-11-20T09:00:00Z"


@pytest.fixture
def forum(build, make_user):
    return Forum(build, make_user)


@pytest.fixture
def secretariat(forum):
    return forum.secretariat


def plan(forum, year=2027, **body):
    options = {key: body.pop(key) for key in ("expect", "code", "dry_run") if key in body}
    return forum.secretariat.post(ROUNDS, {"forum_id": forum.id, "scheme_code": "kompetanseloftet",
                                           "year": year, **body}, now=NOW, **options)


def path_of(row):
    return f"{ROUNDS}/{row if isinstance(row, str) else row['id']}"


def frames_of(client, path):
    return {row["network_code"]: row for row in client.get(f"{path}/networks").items}


# ---- making one --------------------------------------------------------------------------------

def test_a_round_has_the_days_of_its_year_and_the_terms_of_its_scheme(forum, secretariat):
    made = plan(forum, scheme_code="dekom")
    assert made.headers["Location"] == path_of(made)
    assert {key: made[key] for key in made.json if key.endswith("_due_on")} == {
        "need_due_on": "2026-12-01", "basis_due_on": "2027-02-01", "recommendation_due_on": "2027-03-15",
        "decision_due_on": "2027-04-30", "report_due_on": "2028-06-30"}
    assert (made["own_share_bp"], made["require_uh_signature"], made["state"]) == (3000, True, "planning")
    assert (made["total_nok"], made["allocation_status"], made["allocation_id"]) == (None, "none", None)
    assert made["allowed_actions"] == ["adopt_frame", "roll_over"]
    other = plan(forum, own_share_bp=500, decision_due_on="2027-05-15", require_uh_signature=False,
                 self_assessment_from_on="2026-08-15", need_deadline_hard=True)
    assert (other["own_share_bp"], other["decision_due_on"]) == (500, "2027-05-15")
    assert (other["require_uh_signature"], other["need_deadline_hard"]) == (False, True)
    plan(forum, expect=409, code="already_exists")


def test_what_a_round_cannot_be(forum):
    refused = plan(forum, need_due_on="2027-02-02", report_due_on="2027-01-01", expect=422)
    assert refused.faults == {"/basis_due_on": "before_step_before", "/report_due_on": "before_step_before"}
    assert plan(forum, scheme_code="ukjent", expect=422).faults == {"/scheme_code": "unknown_reference"}
    plan(forum, total_nok=1, expect=422)


def test_rounds_are_listed(forum, secretariat):
    ids = {(year, scheme): forum.round(year, scheme_code=scheme)
           for year in (2026, 2027) for scheme in ("dekom", "rekom")}
    reader = forum.reader()

    def listed(**params):
        return {row["id"] for row in reader.get(ROUNDS, params={"forum_id": forum.id, **params}).items}
    assert listed() == set(ids.values())
    assert listed(year=2026) == {ids[2026, "dekom"], ids[2026, "rekom"]}
    assert listed(year=2026, scheme_code="dekom", state="planning") == {ids[2026, "dekom"]}
    assert listed(state="open") == set()
    assert reader.get(path_of(ids[2026, "dekom"]))["allowed_actions"] == []


def test_bases_close_with_the_day_of_oslo(forum, secretariat):
    path = path_of(forum.round(2023, "open"))
    assert secretariat.get(path, now="2023-02-01T22:59:59Z")["bases_closed"] is False
    assert secretariat.get(path, now="2023-02-01T23:00:00Z")["bases_closed"] is True
    listed = secretariat.get(ROUNDS, params={"forum_id": forum.id}, now="2023-02-01T23:00:00Z").items
    assert [row["bases_closed"] for row in listed] == [True]
    later = path_of(forum.round(2024))
    assert secretariat.get(later, now="2025-01-01T00:00:00Z")["bases_closed"] is False


# ---- changing one ------------------------------------------------------------------------------

def test_terms_change_until_they_are_settled(forum, secretariat):
    made = plan(forum)
    path = path_of(made)
    changed = secretariat.patch(path, {"basis_due_on": "2027-02-08", "own_share_bp": 100,
                                       "need_deadline_hard": True, "allow_multiple_bases": False,
                                       "self_assessment_from_on": "2026-08-15"}, etag=made.etag, now=NOW)
    assert (changed["basis_due_on"], changed["own_share_bp"]) == ("2027-02-08", 100)
    assert changed["self_assessment_from_on"] == "2026-08-15"
    secretariat.patch(path, {"own_share_bp": 0}, etag=made.etag, expect=412)
    refused = secretariat.patch(path, {"need_due_on": "2027-02-09"}, etag=changed.etag, now=NOW, expect=422)
    assert refused.faults == {"/basis_due_on": "before_step_before"}
    refused = secretariat.patch(path, {"need_due_on": "2026-11-19"}, etag=changed.etag, now=NOW, expect=409,
                                code="round_settled")
    assert refused.faults == {"/need_due_on": "day_passed"}
    refused = secretariat.patch(path, {"need_due_on": "2027-01-05", "basis_due_on": "2027-02-10"},
                                etag=changed.etag, now="2026-12-02T09:00:00Z", expect=409)
    assert refused.faults == {"/need_due_on": "settled"}


def test_the_clock_settles_what_bases_go_by(forum, secretariat):
    path = path_of(forum.round(2027, "open"))
    body = {"basis_due_on": "2027-02-20", "require_uh_signature": False, "decision_due_on": "2027-05-01"}
    etag = secretariat.get(path).etag
    refused = secretariat.patch(path, body, etag=etag, now="2027-02-01T23:00:00Z", expect=409,
                                code="round_settled")
    assert refused.faults == {"/basis_due_on": "settled", "/require_uh_signature": "settled"}
    assert secretariat.patch(path, body, etag=etag, now="2027-02-01T22:59:59Z")["decision_due_on"] == "2027-05-01"


# ---- the total ---------------------------------------------------------------------------------

def test_the_county_governor_sets_the_total(forum, secretariat, owner_db):
    row = forum.round()
    path, governor = path_of(row), forum.county_governor()
    assert governor.get(path)["allowed_actions"] == ["set_total"]
    secretariat.act(path, "set_total", {"total_nok": 1}, expect=403)
    elsewhere = forum.make_user(("forum_secretariat", "forum", forum.id),
                                ("state_administrator", "county", forum.build.organisation(org_type="county")))
    assert elsewhere.get(path)["allowed_actions"] == ["adopt_frame", "roll_over"]
    elsewhere.act(path, "set_total", {"total_nok": 1}, expect=403)
    done = governor.act(path, "set_total", {"total_nok": 12000000, "reason": "Tildelingsbrev"})
    assert done["total_nok"] == 12000000
    owner_db.execute("UPDATE grant_round SET granted_nok = 500, state = 'recommended' WHERE id = %s", [row])
    refused = governor.act(path, "set_total", {"total_nok": 499}, expect=409, code="total_below_granted")
    assert refused["rule"] == "KL-R08"
    assert governor.act(path, "set_total", {"total_nok": 500})["total_nok"] == 500
    owner_db.execute("UPDATE grant_round SET state = 'decided' WHERE id = %s", [row])
    refused = governor.act(path, "set_total", {"total_nok": 600}, expect=409, code="invalid_transition")
    assert refused["allowed_actions"] == ["start_reporting", "roll_over"]


def test_a_role_elsewhere_opens_nothing_here(build, make_user):
    """Secretariat of one forum and governor of another county: each role in its own forum."""
    mine, theirs = Forum(build, make_user), Forum(build, make_user)
    both = make_user(("forum_secretariat", "forum", mine.id),
                     ("state_administrator", "county", theirs.county))
    here, there = path_of(mine.round()), path_of(theirs.round())
    both.act(here, "set_total", {"total_nok": 5}, expect=403)
    both.act(there, "set_total", {"total_nok": 5})
    both.patch(there, {"own_share_bp": 1}, etag=both.get(there).etag, now=NOW, expect=403)
    both.act(there, "roll_over", expect=403)
    both.act(here, "roll_over", expect=201)


# ---- through the year --------------------------------------------------------------------------

@pytest.fixture
def year(forum, build, owner_db):
    """A round with one network, whose figures are locked and whose distribution is adopted."""
    network, _ = forum.network()
    row = forum.round(2027, total_nok=1000)
    forum.frame(row, network, 1000)
    build.insert("headcount", network_id=network, year=2026, category="primary_pupil", heads=10,
                 counted_on="2026-10-01", source="gsi", locked=True)
    allocation = build.insert("allocation", round_id=row, version_no=1, name="Første", headcount_year=2026,
                              total_nok=1000, joint_nok=0, base_per_network_nok=1000)
    build.insert("allocation_line", allocation_id=allocation, network_id=network, children=0, pupils=10,
                 apprentices=0, weight=10, base_nok=1000, variable_nok=0, remainder=0, extra_krone=False,
                 amount_nok=1000)
    owner_db.execute("UPDATE allocation SET state = 'adopted', decided_in_meeting_id = %s WHERE id = %s",
                     [forum.meeting(), allocation])
    return {"round": row, "network": network, "allocation": allocation, "path": path_of(row)}


def basis(forum, year, state, **columns):
    return forum.build.insert("decision_basis", round_id=year["round"], network_id=year["network"],
                              title="Grunnlag", state=state, **columns)


def recommendation(forum, year, lines=()):
    """The id of an adopted one."""
    made = forum.build.insert("recommendation", round_id=year["round"], title="Innstilling")
    for one in lines:
        forum.build.insert("recommendation_line", recommendation_id=made, basis_id=one,
                           verdict="recommend", amount_uh_nok=50, amount_network_nok=50)
    forum.build.session.execute(
        "UPDATE recommendation SET state = 'adopted', decided_by = 'consensus', adopted_on = '2027-03-01',"
        " meeting_id = %s WHERE id = %s", [forum.meeting("2027-03-01", 2), made])
    return made


def decision(forum, year, basis_id, state="issued", outcome="granted"):
    return forum.build.insert("grant_decision", round_id=year["round"], basis_id=basis_id, outcome=outcome,
                              decided_on="2027-04-20", state=state)


def in_state(owner_db, year, state):
    owner_db.execute("UPDATE grant_round SET state = %s WHERE id = %s", [state, year["round"]])


def test_a_year_from_planning_to_the_last_report(forum, secretariat, year, owner_db):
    path, governor = year["path"], forum.county_governor()
    assert secretariat.get(path)["allocation_status"] == "provisional"
    assert secretariat.act(path, "adopt_frame", {"reason": "Møte 1"})["state"] == "frame_adopted"
    secretariat.act(path, "open", expect=409, code="allocation_not_published")
    owner_db.execute("UPDATE allocation SET state = 'published' WHERE id = %s", [year["allocation"]])
    assert secretariat.act(path, "open", now="2027-01-15T12:00:00Z")["state"] == "open"
    recommended = basis(forum, year, "recommended", claimed_nok=100)
    sent = recommendation(forum, year, lines=[recommended])
    assert secretariat.act(path, "close_bases", now="2027-02-02T12:00:00Z")["bases_closed"] is True
    done = secretariat.act(path, "recommend", now="2027-03-15T22:59:59Z")
    assert (done["state"], done["recommended_on"], done["recommended_late"]) == (
        "recommended", "2027-03-15", False)
    assert owner_db.value("SELECT state FROM recommendation WHERE id = %s", [sent]) == "sent"
    governor.act(path, "decide", expect=409, code="lines_undecided")
    granted = decision(forum, year, recommended)
    assert governor.act(path, "decide")["state"] == "decided"
    assert governor.act(path, "start_reporting")["allowed_actions"] == ["close"]
    governor.act(path, "close", expect=409, code="reports_pending")
    report = forum.build.insert("grant_report", decision_id=granted, due_on="2028-06-30", state="submitted")
    governor.act(path, "close", expect=409, code="reports_pending")
    owner_db.execute("UPDATE grant_report SET state = 'approved' WHERE id = %s", [report])
    assert governor.act(path, "close")["state"] == "closed"
    events = owner_db.rows("SELECT to_state FROM event WHERE resource_id = %s ORDER BY seq", [year["round"]])
    assert [row["to_state"] for row in events] == [
        "frame_adopted", "open", "basis_closed", "recommended", "decided", "reporting", "closed"]


def test_each_action_has_its_states(forum, secretariat, year, owner_db):
    governor = forum.county_governor()
    for action, states, by in (
            ("adopt_frame", {"planning"}, secretariat), ("open", {"frame_adopted"}, secretariat),
            ("close_bases", {"open"}, secretariat), ("recommend", {"open", "basis_closed"}, secretariat),
            ("decide", {"recommended"}, governor), ("start_reporting", {"decided"}, governor),
            ("close", {"reporting"}, governor)):
        for state in ("planning", "frame_adopted", "open", "basis_closed", "recommended", "decided",
                      "reporting", "closed"):
            if state not in states:
                in_state(owner_db, year, state)
                refused = by.act(year["path"], action, expect=409, code="invalid_transition")
                assert refused["from"] == state and action not in refused["allowed_actions"]


def test_the_frame_needs_a_distribution_of_locked_figures(forum, secretariat, year, owner_db):
    path = year["path"]
    owner_db.execute("UPDATE headcount SET locked = false WHERE network_id = %s", [year["network"]])
    refused = secretariat.act(path, "adopt_frame", expect=409, code="headcounts_open")
    assert refused["rule"] == "KL-R13"
    owner_db.execute("UPDATE headcount SET locked = true WHERE network_id = %s", [year["network"]])
    _, code = forum.network()
    refused = secretariat.act(path, "adopt_frame", expect=409, code="headcounts_open")
    assert code in refused["detail"]
    bare = path_of(forum.round(2028))
    secretariat.act(bare, "adopt_frame", expect=409, code="allocation_not_adopted")


def test_the_frame_is_of_the_years_first_meeting(forum, secretariat, year, owner_db):
    owner_db.execute("UPDATE allocation SET decided_in_meeting_id = %s WHERE id = %s",
                     [forum.meeting("2027-01-20", 2), year["allocation"]])
    refused = secretariat.act(year["path"], "adopt_frame", expect=409, code="not_first_meeting")
    assert refused["rule"] == "KL-R04"
    etag = secretariat.get(year["path"]).etag
    secretariat.patch(year["path"], {"joint_share_first_meeting_only": False}, etag=etag, now=NOW)
    secretariat.act(year["path"], "adopt_frame")


def test_a_recommendation_is_sent_after_the_deadline_of_bases(forum, secretariat, year, owner_db):
    path = year["path"]
    in_state(owner_db, year, "open")
    secretariat.act(path, "recommend", now="2027-02-01T22:59:59Z", expect=409, code="bases_open")
    secretariat.act(path, "recommend", now="2027-02-01T23:00:00Z", expect=409,
                    code="recommendation_not_adopted")
    recommendation(forum, year)
    pending = [basis(forum, year, "submitted"), basis(forum, year, "assessed")]
    basis(forum, year, "returned", resubmit_due_on="2027-03-01")
    basis(forum, year, "draft")
    for count, one in zip((3, 2), pending):
        refused = secretariat.act(path, "recommend", now="2027-03-01T12:00:00Z", expect=409,
                                  code="bases_pending")
        assert refused["detail"].startswith(f"{count} ")
        owner_db.execute("UPDATE decision_basis SET state = 'withdrawn' WHERE id = %s", [one])
    secretariat.act(path, "recommend", now="2027-03-01T22:59:59Z", expect=409, code="bases_pending")
    assert secretariat.act(path, "recommend", now="2027-03-01T23:00:00Z")["state"] == "recommended"


def test_a_late_recommendation_says_why(forum, secretariat, year, owner_db):
    in_state(owner_db, year, "basis_closed")
    sent = recommendation(forum, year)
    late = {"now": "2027-03-15T23:00:00Z"}
    secretariat.act(year["path"], "recommend", expect=409, code="late_reason_required", **late)
    done = secretariat.act(year["path"], "recommend", {"reason": "Stengt vei"}, **late)
    assert (done["recommended_on"], done["recommended_late"]) == ("2027-03-16", True)
    stored = owner_db.rows("SELECT state, late_reason FROM recommendation WHERE id = %s", [sent])
    assert stored == [{"state": "sent", "late_reason": "Stengt vei"}]


def test_a_dry_run_changes_nothing(forum, secretariat, year, owner_db):
    in_state(owner_db, year, "basis_closed")
    sent = recommendation(forum, year)
    done = secretariat.act(year["path"], "recommend", now="2027-03-01T12:00:00Z", dry_run=True)
    assert done["state"] == "recommended"
    assert secretariat.get(year["path"])["state"] == "basis_closed"
    assert owner_db.value("SELECT state FROM recommendation WHERE id = %s", [sent]) == "adopted"


def test_refused_cases_hold_no_round(forum, year, owner_db):
    in_state(owner_db, year, "reporting")
    decision(forum, year, basis(forum, year, "refused"), outcome="refused")
    assert forum.county_governor().act(year["path"], "close")["state"] == "closed"


# ---- the next year -----------------------------------------------------------------------------

def test_one_call_makes_the_next_years_round(forum, secretariat, owner_db):
    network, code = forum.network()
    row = forum.round(2027, "closed", total_nok=500, own_share_bp=700, allow_multiple_bases=False,
                      basis_due_on="2028-02-29", need_due_on="2026-11-25", self_assessment_from_on="2026-08-15",
                      recommendation_due_on="2028-03-15", decision_due_on="2028-03-15")
    forum.frame(row, network, 100, need_due_on="2026-11-10", need_deadline_hard=True)
    path = path_of(row)
    made = secretariat.act(path, "roll_over", expect=201)
    assert made.headers["Location"] == path_of(made)
    assert (made["year"], made["state"], made["total_nok"], made["own_share_bp"]) == (2028, "planning", None, 700)
    assert (made["need_due_on"], made["basis_due_on"], made["report_due_on"]) == (
        "2027-11-25", "2029-02-28", "2029-06-30")
    assert (made["self_assessment_from_on"], made["allow_multiple_bases"]) == ("2027-08-15", False)
    frame = frames_of(secretariat, path_of(made))[code]
    assert (frame["need_due_on"], frame["need_deadline_hard"], frame["frame_nok"]) == (
        "2027-11-10", True, None)
    secretariat.act(path, "roll_over", expect=409, code="already_exists")
    assert secretariat.get(path)["state"] == "closed"


def test_two_who_roll_over_at_once_make_one_round(forum, secretariat):
    path = path_of(forum.round())
    etag = secretariat.get(path).etag

    def roll(client):
        headers = {"Authorization": f"Bearer {client.token}", "If-Match": etag}
        return client.session.post(f"{client.base}{path}/actions/roll_over", headers=headers,
                                   timeout=60).status_code
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        clients = [secretariat.clone() for _ in range(4)]
        assert sorted(threads.map(roll, clients)) == [201, 409, 409, 409]


def test_figures_are_not_unlocked_while_a_frame_is_adopted(forum, secretariat, database):
    """KL-R13."""
    network, _ = forum.network()
    made = plan(forum)
    figure = forum.build.insert("headcount", network_id=network, year=2026, category="primary_pupil", heads=3,
                                counted_on="2026-10-01", source="gsi", locked=True)
    allocation = forum.build.insert("allocation", round_id=made["id"], version_no=1, name="Fordeling",
                                    headcount_year=2026, total_nok=0, joint_nok=0, base_per_network_nok=0)
    forum.build.session.execute("UPDATE allocation SET state = 'adopted', decided_in_meeting_id = %s"
                                " WHERE id = %s", [forum.meeting(), allocation])
    with database.connect("loft_owner") as session, concurrent.futures.ThreadPoolExecutor(1) as threads:
        session.execute("BEGIN")
        session.execute("SELECT pg_advisory_xact_lock(hashtextextended('headcount', 0))")
        session.execute("UPDATE headcount SET locked = false WHERE id = %s", [figure])
        waits = threads.submit(secretariat.act, path_of(made), "adopt_frame", expect=409, code="headcounts_open")
        with pytest.raises(concurrent.futures.TimeoutError):
            waits.result(timeout=0.5)
        session.execute("COMMIT")
        assert waits.result()["rule"] == "KL-R13"


# ---- networks of a round -----------------------------------------------------------------------

def test_networks_active_when_bases_are_due_take_part(forum, secretariat):
    codes = {name: forum.network(**columns)[1] for name, columns in {
        "always": {}, "gone": {"active_to_on": "2027-01-31"}, "last": {"active_to_on": "2027-02-01"},
        "first": {"active_from_on": "2027-02-01"}, "new": {"active_from_on": "2027-02-02"}}.items()}
    frames = frames_of(forum.reader(), path_of(plan(forum)))
    assert set(frames) == {codes["always"], codes["last"], codes["first"]}
    one = frames[codes["always"]]
    assert (one["need_due_on"], one["need_deadline_hard"], one["own_deadline"]) == ("2026-12-01", False, False)
    assert (one["frame_nok"], one["claimed_nok"], one["unallocated_nok"]) == (None, 0, None)
    missing = "00000000-0000-7000-8000-000000000000"
    secretariat.get(f"{ROUNDS}/{missing}/networks", expect=404)


def test_a_frame_tells_what_is_left(forum, year, owner_db):
    basis(forum, year, "submitted", claimed_nok=400)
    frame = next(iter(frames_of(forum.reader(), year["path"]).values()))
    assert (frame["frame_nok"], frame["claimed_nok"], frame["unallocated_nok"]) == (1000, 400, 600)
    rows = forum.reader().get(f"{year['path']}/networks", accept="text/csv;excel=no").text.splitlines()
    assert len(rows) == 2 and "unallocated_nok" in rows[0]


def test_a_network_sets_its_own_earlier_deadline(forum, secretariat, make_user):
    network, code = forum.network()
    made = plan(forum)
    coordinator = make_user(("network_coordinator", "network", network))
    stranger = make_user(("network_coordinator", "network", forum.network()[0]))
    path = f"{FRAMES}/{frames_of(coordinator, path_of(made))[code]['id']}"
    frame = coordinator.get(path)

    def patch(body, by=coordinator, **options):
        return by.patch(path, body, etag=by.get(path).etag, **{"now": NOW, **options})
    own = patch({"need_due_on": "2026-11-25", "need_deadline_hard": True})
    assert (own["need_due_on"], own["need_deadline_hard"], own["own_deadline"]) == ("2026-11-25", True, True)
    coordinator.patch(path, {"need_due_on": None}, etag=frame.etag, expect=412)
    assert patch({"need_due_on": "2026-12-02"}, expect=422).faults == {"/need_due_on": "later_than_round"}
    refused = patch({"need_due_on": "2026-11-19"}, expect=409, code="round_settled")
    assert refused.faults == {"/need_due_on": "day_passed"}
    patch({"need_due_on": "2026-11-30"}, by=stranger, expect=403)
    refused = patch({"need_due_on": "2026-11-30"}, now="2026-11-26T09:00:00Z", expect=409, code="round_settled")
    assert refused.faults == {"/need_due_on": "settled"}
    cleared = patch({"need_due_on": None, "need_deadline_hard": None}, by=secretariat)
    assert (cleared["need_due_on"], cleared["own_deadline"]) == ("2026-12-01", False)


def test_the_rounds_deadline_is_the_last_for_all(forum, secretariat, build):
    network, code = forum.network()
    made = plan(forum)
    build.session.execute("UPDATE network_frame SET need_due_on = '2026-11-28' WHERE network_id = %s", [network])
    secretariat.patch(path_of(made), {"need_due_on": "2026-11-26"}, etag=made.etag, now=NOW)
    assert frames_of(secretariat, path_of(made))[code]["need_due_on"] == "2026-11-26"


# ---- links -------------------------------------------------------------------------------------

def test_rounds_of_related_schemes_are_linked_once(forum, secretariat):
    rows = {scheme: forum.round(scheme_code=scheme) for scheme in ("kompetanseloftet", "dekom")}
    path = path_of(rows["kompetanseloftet"])
    made = secretariat.post(f"{path}/links", {"related_round_id": rows["dekom"], "note": "Sees sammen"})
    assert made.headers["Location"] == f"{LINKS}/{made['id']}"
    assert secretariat.get(f"{LINKS}/{made['id']}").json == made.json
    back = f"{path_of(rows['dekom'])}/links"
    secretariat.post(back, {"related_round_id": rows["kompetanseloftet"]}, expect=409, code="already_exists")
    refused = secretariat.post(f"{path}/links", {"related_round_id": rows["kompetanseloftet"]}, expect=422)
    assert refused.faults == {"/related_round_id": "invalid_value"}
    seen = forum.reader().get(back).items
    assert [(row["other_round_id"], row["other_scheme_code"], row["note"]) for row in seen] == [
        (rows["kompetanseloftet"], "kompetanseloftet", "Sees sammen")]
    forum.reader().delete(f"{LINKS}/{made['id']}", etag=made.etag, expect=403)
    secretariat.delete(f"{LINKS}/{made['id']}", etag='"9-x"', expect=412)
    secretariat.delete(f"{LINKS}/{made['id']}", etag=made.etag)
    assert secretariat.get(f"{path}/links").items == []
    secretariat.delete(f"{LINKS}/{made['id']}", etag=made.etag, expect=404)


def test_a_round_is_linked_within_its_forum(forum, secretariat, build, make_user):
    """Its note is read at both ends, and only the one that made it can remove it."""
    elsewhere = Forum(build, make_user).round(scheme_code="dekom")
    refused = secretariat.post(f"{path_of(forum.round())}/links", {"related_round_id": elsewhere}, expect=422)
    assert refused.faults == {"/related_round_id": "unknown_reference"}


# ---- the last walls ----------------------------------------------------------------------------

def test_the_database_keeps_the_order_of_days(forum):
    with pytest.raises(psycopg2.errors.CheckViolation, match="basis_due_on"):
        forum.round(2030, need_due_on="2030-02-02")
