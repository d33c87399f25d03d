"""How a decision basis is signed, submitted, returned and withdrawn, and how the frame of its network
holds (domain.md §5.3, §7.12, §7.13, KL-R03, KL-R05, KL-R06, KL-R09)."""
import concurrent.futures
from unittest import mock

import psycopg2
import pytest

from support.grants import Forum
from support.grants_basis import NOW, Partnership
from support.seats import PATIENT
from support.waiting import in_line


@pytest.fixture
def forum(build, make_user):
    return Forum(build, make_user)


@pytest.fixture
def partnership(forum):
    return Partnership(forum)


@pytest.fixture(params=["submit", "resubmit"])
def sent(request, partnership):
    """A basis that lacks nothing, first a draft, then returned: path and action."""
    path = partnership.signed()
    if request.param == "resubmit":
        partnership.submit(path)
        partnership.send_back(path)
    return path, request.param


def state_of(partnership, path):
    return partnership.coordinator.get(path)["state"]


def part(partnership, path, kind):
    found = partnership.coordinator.get(f"{path}/{kind}").items[0]
    return f"/v1/grants/{kind}/{found['id']}"


def refused(partnership, sent, code, status=409, **options):
    path, action = sent
    answer = partnership.submit(path, action, expect=status, code=code, **options)
    assert state_of(partnership, path) in ("draft", "returned")
    return answer


# ---- the way of a basis ------------------------------------------------------------------------

def test_from_draft_over_return_to_submitted_again(partnership):
    path = partnership.signed()
    done = partnership.submit(path)
    assert (done["state"], done["claimed_nok"], done["submitted_at"]) == ("submitted", 100000, NOW)
    assert done["allowed_actions"] == ["withdraw"]
    assert partnership.secretariat.get(path)["allowed_actions"] == ["return", "assess"]
    back = partnership.send_back(path)
    assert (back["state"], back["claimed_nok"], back["state_note"], back["resubmit_due_on"]) == (
        "returned", 0, "Mangler", "2030-03-01")
    assert partnership.coordinator.get(path)["allowed_actions"] == ["resubmit", "withdraw"]
    assert partnership.signer.get(path)["allowed_actions"] == ["sign"]
    # Nothing was edited: the signature is of the revision that is there.
    assert partnership.submit(path, "resubmit")["state"] == "submitted"
    assert partnership.submit(path, "withdraw")["claimed_nok"] == 0
    events = partnership.build.session.rows(
        "SELECT from_state, to_state, reason FROM event WHERE resource_id = %s AND to_state IS NOT NULL"
        " ORDER BY seq", [path.rpartition("/")[2]])
    assert [tuple(row.values()) for row in events] == [
        ("draft", "submitted", None), ("submitted", "returned", "Mangler"),
        ("returned", "submitted", None), ("submitted", "withdrawn", None)]


def test_what_does_not_fit_the_state(partnership):
    path = partnership.signed()
    for action in "resubmit", "submit", "withdraw":
        state = {"resubmit": "draft"}.get(action, "assessed")
        partnership.build.session.execute("UPDATE decision_basis SET state = %s WHERE id = %s",
                                          [state, path.rpartition("/")[2]])
        answer = partnership.submit(path, action, expect=409, code="invalid_transition")
        assert answer["from"] == state and answer["action"] == action
    partnership.send_back(path, expect=409, code="invalid_transition")
    partnership.sign(path, expect=409, code="invalid_transition")


def test_the_deadline_is_a_day_in_norway(forum):
    """domain.md §7.13."""
    dates = {"need_due_on": "2022-12-01", "basis_due_on": "2023-02-01", "recommendation_due_on": "2023-03-15",
             "decision_due_on": "2023-04-30", "report_due_on": "2024-06-30"}
    partnership = Partnership(forum, now="2023-01-15T09:00:00Z", year=2023, **dates)
    path = partnership.signed()
    late = partnership.submit(path, now="2023-02-01T23:00:00Z", expect=409, code="deadline_passed")
    assert "2023-02-01" in late["detail"]
    assert partnership.submit(path, now="2023-02-01T22:59:59Z")["state"] == "submitted"
    partnership.send_back(path, "2023-02-20", now="2023-02-10T09:00:00Z")
    # The round has closed for bases meanwhile.
    partnership.build.session.execute("UPDATE grant_round SET state = 'basis_closed' WHERE id = %s",
                                      [partnership.round.id])
    partnership.submit(path, "resubmit", now="2023-02-20T23:00:00Z", expect=409, code="deadline_passed")
    assert partnership.submit(path, "resubmit", now="2023-02-20T22:59:59Z")["state"] == "submitted"


def test_the_round_is_open(partnership, sent):
    run = partnership.build.session.execute
    run("UPDATE grant_round SET state = 'recommended' WHERE id = %s", [partnership.round.id])
    refused(partnership, sent, "round_not_open")


def test_a_return_says_until_when(partnership):
    path = partnership.signed()
    partnership.submit(path)
    early = partnership.send_back(path, "2030-01-14", expect=422)
    assert early.faults == {"/resubmit_due_on": "day_over"}
    body = {"note": "X", "resubmit_due_on": "2030-03-01"}
    for role in (("owner", "organisation", partnership.owner), ("owner", "organisation", partnership.forum.owner(
            partnership.network.id)), ("unit_contact", "organisation", partnership.unit())):
        own = partnership.make_user(("forum_secretariat", "forum", partnership.forum.id), role)
        answer = own.act(path, "return", body, now=NOW, expect=403, code="own_basis")
        assert answer["rule"] == "KL-R16"
        assert own.get(path)["allowed_actions"] == []
    partnership.send_back(path, "2030-01-15")


# ---- what must be there ------------------------------------------------------------------------

def test_everything_that_is_missing_at_once(partnership):
    path = f"/v1/grants/decision-bases/{partnership.begin()['id']}"
    answer = partnership.submit(path, now="2030-02-02T09:00:00Z", expect=409, code="deadline_passed")
    assert answer.faults == {
        "/starts_on": "basis_incomplete", "/ends_on": "basis_incomplete", "/measures": "basis_incomplete",
        "/budget_lines": "basis_incomplete", "/answer_c1": "criterion_unanswered",
        "/answer_c2": "criterion_unanswered", "/answer_c3": "criterion_unanswered",
        "/answer_c4": "criterion_unanswered", "/uh_ids": "partner_missing", "/owner_ids": "partner_missing",
        "/self_assessment_ids": "dialogue_missing"}
    # A dry run tells the same, and leaves nothing behind when there is nothing to tell.
    assert partnership.submit(path, dry_run=True, expect=409, code="basis_incomplete")
    whole = partnership.signed()
    assert partnership.submit(whole, dry_run=True)["state"] == "submitted"
    assert state_of(partnership, whole) == "draft"


def edit(partnership, path, body):
    partnership.coordinator.patch(path, body, etag="*")


def test_it_is_complete(partnership, sent):
    edit(partnership, sent[0], {"ends_on": None})
    partnership.sign(sent[0])
    assert refused(partnership, sent, "basis_incomplete").faults == {"/ends_on": "basis_incomplete"}


def test_all_four_criteria_are_answered(partnership, sent):
    """KL-R05."""
    edit(partnership, sent[0], {"answer_c3": " "})
    partnership.sign(sent[0])
    answer = refused(partnership, sent, "criterion_unanswered")
    assert answer["rule"] == "KL-R05" and answer.faults == {"/answer_c3": "criterion_unanswered"}


def test_a_partnership_and_each_measure_has_both(partnership, sent):
    """KL-R06."""
    partnership.measure(sent[0], uh_ids=[], title="Uten UH")
    partnership.sign(sent[0])
    answer = refused(partnership, sent, "partner_missing")
    assert answer["rule"] == "KL-R06" and answer.faults == {"/measures/2/uh_ids": "partner_missing"}


def test_who_left_the_partnership_is_in_none_of_its_parts(partnership, sent):
    """KL-R06, KL-R07."""
    other = partnership.institution()
    edit(partnership, sent[0], {"uh_ids": [other]})
    partnership.sign(sent[0], partnership.signer_of(other))
    answer = refused(partnership, sent, "partner_missing")
    assert answer.faults == {"/measures/1/uh_ids": "partner_missing", "/measures/1": "not_in_partnership",
                             "/budget_lines/1/recipient_id": "not_in_partnership"}
    edit(partnership, part(partnership, sent[0], "measures"), {"uh_ids": [other]})
    partnership.sign(sent[0], partnership.signer_of(other))
    assert refused(partnership, sent, "not_in_partnership")["rule"] == "KL-R07"
    edit(partnership, part(partnership, sent[0], "budget-lines"), {"recipient_id": other})
    partnership.sign(sent[0], partnership.signer_of(other))
    assert partnership.submit(*sent)["state"] == "submitted"


def test_staff_and_leaders_were_involved(partnership, sent):
    """KL-R09."""
    alone = [partnership.assessment(staff_involved=False), partnership.assessment(leaders_involved=False)]
    edit(partnership, sent[0], {"self_assessment_ids": alone})
    partnership.sign(sent[0])
    answer = refused(partnership, sent, "involvement_missing")
    assert answer["rule"] == "KL-R09" and answer.faults == {"/self_assessment_ids": "involvement_missing"}


def test_the_dialogue_is_documented(partnership, sent):
    """KL-R09."""
    edit(partnership, sent[0], {"self_assessment_ids": [partnership.assessment(uh_dialogue=False)]})
    partnership.sign(sent[0])
    assert refused(partnership, sent, "dialogue_missing")["rule"] == "KL-R09"


def test_every_assessment_that_is_cited_is_completed(partnership, sent):
    """A draft would still be edited after the basis was passed on."""
    draft, whole = partnership.assessment("sfo", state="draft"), partnership.assessment()
    partnership.build.session.execute(
        "UPDATE self_assessment SET state = 'completed', completed_on = '2029-11-01' WHERE id = %s", [draft])
    edit(partnership, sent[0], {"self_assessment_ids": [whole, draft]})
    partnership.sign(sent[0])
    partnership.build.session.execute(
        "UPDATE self_assessment SET state = 'draft', completed_on = NULL WHERE id = %s", [draft])
    answer = refused(partnership, sent, "assessment_not_completed")
    assert answer.faults == {"/self_assessment_ids": "assessment_not_completed"}
    partnership.build.session.execute(
        "UPDATE self_assessment SET state = 'completed', completed_on = '2029-11-01' WHERE id = %s", [draft])
    partnership.submit(*sent)


def test_what_is_cited_is_not_opened_while_a_basis_is_submitted(partnership, database):
    """Whoever comes second sees what the first did."""
    cited = partnership.assessment()
    path = partnership.signed(self_assessment_ids=[cited])
    owner = partnership.make_user(("owner", "organisation", partnership.owner))
    with database.connect("loft_owner") as session, concurrent.futures.ThreadPoolExecutor(1) as threads:
        session.execute("BEGIN")
        session.execute("UPDATE self_assessment SET state = 'draft', completed_on = NULL WHERE id = %s", [cited])
        waits = threads.submit(partnership.submit, path, expect=409, code="assessment_not_completed")
        with pytest.raises(concurrent.futures.TimeoutError):
            waits.result(timeout=0.5)
        session.execute("COMMIT")
        waits.result()
        session.execute("UPDATE self_assessment SET state = 'completed', completed_on = '2029-11-01'"
                        " WHERE id = %s", [cited])
        session.execute("BEGIN")
        session.execute("UPDATE decision_basis SET state = 'submitted' WHERE id = %s", [path.rpartition("/")[2]])
        waits = threads.submit(owner.act, f"/v1/grants/self-assessments/{cited}", "reopen", expect=409,
                               code="frozen")
        with pytest.raises(concurrent.futures.TimeoutError):
            waits.result(timeout=0.5)
        session.execute("COMMIT")
        waits.result()


def test_missing_service_types_are_a_warning(partnership):
    """KL-R09."""
    path = partnership.signed(self_assessment_ids=[partnership.assessment("ppt")])
    done = partnership.submit(path)
    assert [one["service_type"] for one in done["warnings"]] == ["kindergarten", "school"]
    assert partnership.signer.get(path)["warnings"] == done["warnings"]


def test_every_need_is_included(partnership, sent):
    partnership.measure(sent[0], need_report_ids=[partnership.need(), partnership.need("submitted")])
    partnership.sign(sent[0])
    answer = refused(partnership, sent, "need_not_included")
    assert answer.faults == {"/measures/2/need_report_ids": "need_not_included"}
    partnership.build.session.execute(
        "UPDATE need_report SET state = 'included' WHERE network_id = %s", [partnership.network.id])
    partnership.submit(*sent)


# ---- signatures --------------------------------------------------------------------------------

def test_every_university_signs_this_revision(partnership, sent):
    other = partnership.institution("Åfjord høgskole (eksempel)")
    edit(partnership, sent[0], {"uh_ids": [partnership.uh, other]})
    answer = refused(partnership, sent, "signature_missing")
    assert "Åfjord" in str(answer["errors"]) and len(answer["errors"]) == 2
    partnership.sign(sent[0])
    partnership.sign(sent[0], expect=409, code="already_signed")
    assert "Åfjord" in refused(partnership, sent, "signature_missing")["detail"]
    partnership.sign(sent[0], partnership.signer_of(other))
    listed = partnership.coordinator.get(f"{sent[0]}/signatures", params={"sort": "institution_name"}).items
    valid = [one for one in listed if one["is_valid"]]
    assert [one["institution_id"] for one in valid] == [partnership.uh, other] and len(listed) == 3
    assert valid[0]["signed_by"] == partnership.signer.user.id
    partnership.submit(*sent)


@pytest.mark.parametrize("change", ["text", "measure", "line"])
def test_any_edit_voids_the_signatures(partnership, change):
    path = partnership.signed()
    if change == "text":
        edit(partnership, path, {"goals": "Nye mål"})
    elif change == "measure":
        edit(partnership, part(partnership, path, "measures"), {"unit_ids": [partnership.unit()]})
    else:
        edit(partnership, part(partnership, path, "budget-lines"), {"amount_nok": 99999})
    assert [one["is_valid"] for one in partnership.coordinator.get(f"{path}/signatures").items] == [False]
    partnership.submit(path, expect=409, code="signature_missing")
    partnership.sign(path)
    partnership.submit(path)


def test_a_signature_is_of_what_was_read(partnership):
    path = partnership.whole()
    read = partnership.signer.get(path).etag
    edit(partnership, path, {"goals": "Nye mål"})
    partnership.sign(path, etag=read, expect=412)
    partnership.sign(path, etag=None, expect=428)


def test_one_who_acts_for_several_says_for_which(partnership):
    other = partnership.institution()
    path = partnership.whole(uh_ids=[partnership.uh, other])
    both = partnership.signer_of(partnership.uh, other)
    assert partnership.sign(path, both, expect=422).faults == {"/institution_id": "required"}
    both.act(path, "sign", {"institution_id": other}, now=NOW)
    partnership.signer.act(path, "sign", {"institution_id": other}, now=NOW, expect=403)
    assert [one["institution_id"] for one in both.get(f"{path}/signatures").items] == [other]


def test_a_round_may_do_without_signatures(forum):
    partnership = Partnership(forum, require_uh_signature=False)
    partnership.submit(partnership.whole())


# ---- the frame (KL-R03) ------------------------------------------------------------------------

def test_equal_to_the_frame_is_right_and_a_krone_more_is_not(partnership, sent):
    """domain.md §7.12."""
    line = part(partnership, sent[0], "budget-lines")
    edit(partnership, line, {"amount_nok": 500001})
    partnership.sign(sent[0])
    answer = refused(partnership, sent, "frame_exceeded", 422)
    assert answer["rule"] == "KL-R03" and "500000" in answer["detail"]
    edit(partnership, line, {"amount_nok": 500000})
    partnership.sign(sent[0])
    assert partnership.submit(*sent)["claimed_nok"] == 500000


def test_all_bases_of_a_network_that_count(partnership):
    first, second = partnership.signed(300000), partnership.signed(200001)
    partnership.submit(first)
    answer = partnership.submit(second, expect=422, code="frame_exceeded")
    assert "200000" in answer["detail"]
    partnership.send_back(first)
    partnership.submit(second)
    partnership.submit(first, "resubmit", expect=422, code="frame_exceeded")
    partnership.submit(second, "withdraw")
    partnership.submit(first, "resubmit")


def test_without_a_frame_there_is_nothing_to_apply_for(partnership):
    path = partnership.signed(1)
    partnership.build.session.execute("UPDATE network_frame SET frame_nok = NULL WHERE network_id = %s",
                                      [partnership.network.id])
    partnership.submit(path, expect=422, code="frame_exceeded")


@pytest.mark.parametrize("attempt", range(5))
def test_two_at_the_same_instant_when_only_one_fits(partnership, attempt):
    paths = [partnership.signed(300000) for _ in range(2)]
    etags = [partnership.coordinator.get(path).etag for path in paths]

    def submit(which):
        return partnership.coordinator.clone().post(
            f"{paths[which]}/actions/submit", etag=etags[which], now=NOW, expect=mock.ANY)
    with concurrent.futures.ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(submit, range(2)))
    assert sorted(one.status for one in answers) == [200, 422]
    assert {one.code for one in answers if one.status == 422} == {"frame_exceeded"}
    assert partnership.build.session.value(
        "SELECT claimed_nok FROM network_frame WHERE network_id = %s", [partnership.network.id]) == 300000


# ---- at the same instant -------------------------------------------------------------------------

@pytest.fixture
def meet(database, start_server, partnership):
    """meet(path, (api, method, path, body, etag), ...) makes requests meet at a basis: their answers."""
    patient = start_server(**PATIENT)

    def run(path, *requests):
        def call(api, method, target, body, etag):
            now = NOW if "/actions/" in target else None
            return lambda: api.clone(patient).request(method, target, body, etag=etag, now=now, expect=mock.ANY)
        return in_line(database, "decision_basis", path.rpartition("/")[2], *(call(*one) for one in requests))
    return run


def test_nothing_slips_into_what_is_submitted(partnership, meet):
    path = partnership.signed(300000)
    line, measure = part(partnership, path, "budget-lines"), part(partnership, path, "measures")
    new = {"recipient_id": partnership.uh, "purpose": "planning", "amount_nok": 1}
    api = partnership.coordinator
    answers = meet(path, (api, "POST", f"{path}/actions/submit", None, "*"),
                   (api, "POST", f"{path}/budget-lines", new, None),
                   (api, "PATCH", line, {"amount_nok": 300001}, "*"),
                   (api, "PATCH", measure, {"title": "Noe annet"}, "*"))
    assert [(one.status, one.code) for one in answers] == [(200, None)] + [(409, "basis_not_editable")] * 3
    basis = api.get(path)
    assert basis["applied_nok"] == basis["claimed_nok"] == 300000


def test_a_line_that_came_first_is_submitted_with_the_rest_or_not_at_all(partnership, meet):
    path = partnership.signed(300000)
    api, etag = partnership.coordinator, partnership.coordinator.get(path).etag
    new = {"recipient_id": partnership.uh, "purpose": "planning", "amount_nok": 1}
    answers = meet(path, (api, "POST", f"{path}/budget-lines", new, None),
                   (api, "POST", f"{path}/actions/submit", None, etag),
                   (api, "POST", f"{path}/actions/submit", None, "*"),
                   (partnership.signer, "POST", f"{path}/actions/sign", None, etag))
    assert [(one.status, one.code) for one in answers] == [
        (201, None), (412, "version_conflict"), (409, "signature_missing"), (412, "version_conflict")]


@pytest.mark.parametrize("actions,codes,state", [
    (("submit", "withdraw"), (None, None), "withdrawn"),
    (("withdraw", "submit"), (None, "invalid_transition"), "withdrawn"),
    (("submit", "submit"), (None, "invalid_transition"), "submitted")])
def test_submitted_and_withdrawn_at_once(partnership, meet, actions, codes, state):
    path = partnership.signed(300000)
    answers = meet(path, *((partnership.coordinator, "POST", f"{path}/actions/{one}", None, "*") for one in actions))
    assert tuple(one.code if one.status >= 400 else None for one in answers) == codes
    basis = partnership.coordinator.get(path)
    claimed = partnership.build.session.value("SELECT claimed_nok FROM network_frame WHERE network_id = %s",
                                              [partnership.network.id])
    assert (basis["state"], basis["claimed_nok"], claimed) == (
        state, *([300000] * 2 if state == "submitted" else [0, 0]))


def test_the_database_is_the_last_wall(partnership):
    """Past every use case, the sum of what is claimed stays within the frame."""
    first, second = (partnership.round.basis(partnership.network, "draft") for _ in range(2))
    partnership.round.set_state(first, "submitted", claimed_nok=500000)
    with pytest.raises(psycopg2.errors.CheckViolation, match="network_frame_claims_within_frame"):
        partnership.round.set_state(second, "submitted", claimed_nok=1)
