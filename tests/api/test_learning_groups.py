"""Learning groups: proposed, locked, changed by hand, rebalanced after late changes, paired."""
import collections
import concurrent.futures
import csv
import datetime
import io
import itertools
import random
from unittest import mock

import pytest

from support.build import instant

COURSES = "/v1/smart/courses"
# domain.md §4.6
COHORT = {"laerer": 12, "forskolelaerer": 8, "sfo_ansatt": 5, "barnevern": 4, "helsestasjon": 3,
          "leder": 2, "frivillig": 2}
SMALL = {"laerer": 4, "forskolelaerer": 2}


class Groups:
    """A course with participants, asked as one client."""

    def __init__(self, api, build, cohort, **columns):
        self.api, self.build = api, build
        self.course = build.course(capacity=60, **columns)
        for profession, count in cohort.items():
            for _ in range(count):
                self.join(profession)

    @property
    def path(self):
        return f"{COURSES}/{self.course.id}/grouping"

    @property
    def groups_path(self):
        return f"{COURSES}/{self.course.id}/learning-groups"

    def join(self, profession, person_id=None, **columns):
        return self.build.registration(self.course, person_id, profession_code=profession, **columns)

    def propose(self, body=None, **options):
        return self.api.post(self.groups_path, body, **options)

    def get(self, **options):
        return self.api.get(self.path, **options)

    def act(self, action, body=None, **options):
        return self.api.act(self.path, action, body, **options)

    def places(self, answer=None):
        """registration -> number of its group."""
        answer = answer or self.get()
        return {member["registration_id"]: group["seq_no"]
                for group in answer["groups"] for member in group["members"]}

    def of(self, profession, group_no=None, answer=None):
        """Registrations of a profession, perhaps in one group."""
        return [member["registration_id"] for group in (answer or self.get())["groups"]
                for member in group["members"]
                if member["profession_code"] == profession and group_no in (None, group["seq_no"])]


@pytest.fixture
def groups(smart_admin, build):
    """groups(SMALL): a course with participants."""
    def make(cohort, api=smart_admin, **columns):
        return Groups(api, build, cohort, **columns)
    return make


@pytest.fixture
def six(groups):
    """Four teachers and two preschool teachers in two groups of three, proposed."""
    made = groups(SMALL)
    made.propose({"group_count": 2})
    return made


# ---- propose ---------------------------------------------------------------------------------


def test_the_cohort_of_the_specification(groups):
    cohort = groups(COHORT)
    answer = cohort.propose(expect=201)
    assert answer.headers["Location"] == cohort.path
    assert (answer["state"], answer["group_count"], answer["version"]) == ("proposed", 6, 1)
    assert (answer["placed"], answer["unplaced"], answer["changes"]) == (36, 0, [])
    assert answer["balanced"] and answer["violations"] == []
    for group in answer["groups"]:
        assert group["size"] == len(group["members"]) == 6
        assert group["professions"]["laerer"] == 2
        assert group["professions"]["forskolelaerer"] in (1, 2)
        assert group["distinct_professions"] in (4, 5)
        assert group["max_profession_permille"] == 333
        counted = collections.Counter(m["profession_code"] for m in group["members"])
        assert counted == group["professions"]
    assert cohort.get().json == answer.json


def test_a_size_or_a_number(groups):
    cohort = groups(COHORT)
    assert cohort.propose({"size_target": 5}, dry_run=True)["group_count"] == 8
    assert cohort.propose({"group_count": 36}, dry_run=True)["group_count"] == 36
    assert groups(SMALL, learning_group_size_target=2).propose()["group_count"] == 3


def test_the_same_again(groups):
    cohort = groups(COHORT)
    answer = cohort.propose()
    again = cohort.act("regenerate", {"reason": "For sikkerhets skyld"})
    assert cohort.places(again) == cohort.places(answer)
    assert again["version"] == 2 and again["generated_at"] >= answer["generated_at"]


def test_colleagues_are_kept_apart(groups, build):
    employers = [build.organisation() for _ in range(2)]
    cohort = groups({})
    for profession, employer in itertools.product(("laerer", "forskolelaerer"), employers):
        cohort.join(profession, employer_organisation_id=employer, municipality_no="3905")
    answer = cohort.propose({"group_count": 2})
    assert [group["same_employer_pairs"] for group in answer["groups"]] == [0, 0]
    assert [group["municipalities"] for group in answer["groups"]] == [1, 1]
    members = cohort.api.get(f"{COURSES}/{cohort.course.id}/learning-group-members").items
    exchanged = {m["registration_id"]: m for m in members if m["placed_by"] == "exchange"}
    assert len(exchanged) == 2
    for registration, member in exchanged.items():
        assert exchanged[member["exchanged_with"]]["exchanged_with"] == registration


def test_a_dry_run_stores_nothing(groups):
    cohort = groups(SMALL)
    shown = cohort.propose(dry_run=True, expect=201)
    assert len(cohort.places(shown)) == 6
    cohort.get(expect=404)
    assert cohort.places(cohort.propose()) == cohort.places(shown)
    before = cohort.get().json
    for action, body in (("regenerate", {"group_count": 3}), ("lock", None), ("rebalance", None),
                         ("pair", None)):
        cohort.act(action, body, dry_run=True, expect=200)
    assert cohort.get().json == before


def test_only_seats_count(groups):
    cohort = groups(SMALL)
    for state, extra in (("waitlisted", {"waitlist_seq": 1}), ("offered", {}), ("cancelled", {})):
        cohort.join("rektor", state=state, **extra)
    assert cohort.propose()["placed"] == 6
    assert cohort.of("rektor") == []


def test_what_cannot_be_proposed(groups):
    empty = groups({})
    empty.propose(expect=409, code="no_participants")
    cohort = groups(SMALL)
    refused = cohort.propose({"group_count": 7}, expect=409, code="too_many_groups", language="en")
    assert "6 participants do not fill 7 groups" in refused["detail"]
    refused = cohort.propose({"group_count": 2, "size_target": 3}, expect=422)
    assert refused.faults == {"/size_target": "group_count_ambiguous"}
    for body in ({"group_count": 0}, {"size_target": 1}, {"group_count": 10001}, {"groups": 2}):
        cohort.propose(body, expect=422)
    cohort.propose()
    cohort.propose(expect=409, code="already_proposed")
    groups(SMALL, state="completed").propose(expect=409, code="course_over")
    cohort.api.post(f"{COURSES}/019386b2-0000-7000-8000-000000000001/learning-groups", expect=404)


def test_regenerate_refuses_what_propose_refuses(six, owner_db):
    six.act("regenerate", {"group_count": 7}, expect=409, code="too_many_groups")
    owner_db.execute("UPDATE registration SET state = 'cancelled' WHERE course_id = %s",
                     [six.course.id])
    six.act("regenerate", expect=409, code="no_participants")


def test_the_same_key_the_same_answer(groups):
    cohort = groups(SMALL)
    first = cohort.propose(key="groups-once")
    assert cohort.propose(key="groups-once").json == first.json


# ---- lock and unlock -------------------------------------------------------------------------


def test_locked_and_unlocked(six):
    answer = six.act("lock", {"reason": "Klart"})
    assert answer["state"] == "locked" and answer["locked_at"]
    assert set(answer["allowed_actions"]) == {"unlock", "swap", "move", "rebalance", "pair"}
    refused = six.act("regenerate", expect=409, code="invalid_transition")
    assert refused["from"] == "locked" and "unlock" in refused["allowed_actions"]
    six.act("lock", expect=409, code="invalid_transition")
    answer = six.act("unlock")
    assert (answer["state"], answer["locked_at"]) == ("proposed", None)
    six.act("unlock", expect=409, code="invalid_transition")


def test_unlock_only_before_the_first_session(six):
    six.act("lock")
    six.act("unlock", now=instant(six.course.starts_at), expect=409, code="course_started")
    before = six.course.starts_at - datetime.timedelta(seconds=1)
    six.act("unlock", now=instant(before), expect=200)


def test_lock_wants_everybody_placed(six):
    six.join("laerer")
    refused = six.act("lock", expect=409, code="members_unplaced", language="en")
    assert "1 with a seat" in refused["detail"]
    six.act("rebalance")
    six.act("lock", expect=200)


def test_a_course_that_is_over_keeps_its_groups(six, owner_db):
    owner_db.execute("UPDATE course SET state = 'completed' WHERE id = %s", [six.course.id])
    body = {"swap": {"registration_id": six.of("laerer")[0],
                     "with_registration_id": six.of("laerer")[1]},
            "move": {"registration_id": six.of("laerer")[0], "group_no": 1}}
    for action in ("regenerate", "lock", "unlock", "swap", "move", "rebalance", "pair"):
        six.act(action, body.get(action), expect=409, code="course_over")
    group = six.get()["groups"][0]["id"]
    path = f"/v1/smart/learning-groups/{group}"
    six.api.patch(path, {"name": "Ny"}, etag=six.api.get(path).etag, expect=409, code="course_over")


# ---- by hand ---------------------------------------------------------------------------------


def test_two_of_one_profession_change_places(six):
    before = six.places()
    a, b = six.of("laerer", 1)[0], six.of("laerer", 2)[0]
    answer = six.act("swap", {"registration_id": a, "with_registration_id": b, "reason": "Ønske"})
    assert six.places(answer) == {**before, a: 2, b: 1}
    assert answer["balanced"] and answer["version"] == 2
    assert {(c["registration_id"], c["from_group_no"], c["to_group_no"], c["placed_by"])
            for c in answer["changes"]} == {(a, 1, 2, "by_hand"), (b, 2, 1, "by_hand")}


def test_a_change_out_of_balance_wants_force_and_a_reason(six, owner_db):
    teacher, other_one = six.of("laerer", 1)[0], six.of("forskolelaerer", 2)[0]
    body = {"registration_id": teacher, "with_registration_id": other_one}
    refused = six.act("swap", body, expect=409, code="groups_unbalanced", language="en")
    assert refused["rule"] == "SM-R11" and "profession laerer 1-3" in refused["detail"]
    assert six.act("swap", {**body, "force": True}, expect=422).faults == {"/reason": "reason_required"}
    answer = six.act("swap", {**body, "force": True, "reason": "De kjører sammen"})
    assert not answer["balanced"]
    assert [v["code"] for v in answer["violations"]] == ["profession", "profession", "single_profession"]
    event = owner_db.row("SELECT reason, changes FROM event WHERE resource_id = %s"
                         " AND operation = 'swap_learning_groups'", [six.course.id])
    assert event["reason"] == "De kjører sammen"
    assert {m["registration_id"] for m in event["changes"]["moves"]} == {teacher, other_one}


def test_a_move_between_equal_groups_is_a_swap(six):
    teacher = six.of("laerer", 1)[0]
    body = {"registration_id": teacher, "group_no": 2}
    six.act("move", body, expect=409, code="groups_unbalanced")
    six.act("move", {**body, "force": True, "reason": "Må"}, expect=200)
    assert six.places()[teacher] == 2


def test_a_late_registration_is_placed_by_hand(six):
    late = six.join("rektor")
    assert six.get()["unplaced"] == 1
    answer = six.act("move", {"registration_id": late, "group_no": 2})
    assert answer["unplaced"] == 0 and six.places(answer)[late] == 2
    assert [c["from_group_no"] for c in answer["changes"]] == [None]


def test_changes_that_mean_nothing(six, groups):
    stranger = groups(SMALL).join("laerer")
    teacher, late = six.of("laerer", 1)[0], six.join("rektor")
    same = six.of("laerer", 1)[1]

    def swap(one, two, **options):
        return six.act("swap", {"registration_id": one, "with_registration_id": two}, **options)
    assert swap(teacher, teacher, expect=422).faults == {"/with_registration_id": "same_registration"}
    assert swap(teacher, stranger, expect=422).faults == {"/with_registration_id": "unknown_reference"}
    assert swap(stranger, teacher, expect=422).faults == {"/registration_id": "unknown_reference"}
    swap(teacher, same, expect=409, code="same_group")
    swap(teacher, late, expect=409, code="not_in_group")
    six.act("move", {"registration_id": teacher, "group_no": 1}, expect=409, code="same_group")
    refused = six.act("move", {"registration_id": stranger, "group_no": 3}, expect=422)
    assert refused.faults == {"/registration_id": "unknown_reference",
                              "/group_no": "unknown_reference"}


# ---- versions --------------------------------------------------------------------------------


def test_every_change_names_the_version(six):
    six.act("lock", etag=None, expect=428)
    stale = six.get().etag
    six.act("pair")
    for action in ("regenerate", "lock", "rebalance", "pair"):
        six.act(action, etag=stale, expect=412)


def test_a_withdrawal_is_a_change(six, smart_admin):
    seen = six.get()
    gone = six.of("laerer", 1)[0]
    smart_admin.act(f"/v1/smart/registrations/{gone}", "cancel")
    now = six.get()
    assert now["version"] > seen["version"]
    assert gone not in six.places(now) and now["placed"] == 5
    assert {k: v for k, v in six.places(seen).items() if k != gone} == six.places(now)
    six.act("lock", etag=seen.etag, expect=412)


def test_two_administrators_at_once(groups, make_user):
    cohort = groups(SMALL)
    clients = [make_user("smart_admin") for _ in range(2)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        def both(ask):
            return sorted(a.status for a in pool.map(ask, clients))
        assert both(lambda api: api.post(cohort.groups_path, expect=mock.ANY)) == [201, 409]
        etag = cohort.get().etag
        assert both(lambda api: api.act(cohort.path, "rebalance", etag=etag,
                                        expect=mock.ANY)) == [200, 412]


# ---- late changes ----------------------------------------------------------------------------


def moved(before, after):
    return {r for r, group in before.items() if after.get(r, group) != group}


def test_one_comes_and_one_goes(groups, smart_admin):
    cohort = groups(COHORT)
    cohort.propose()
    cohort.act("lock")
    before = cohort.places()
    for registration in cohort.of("leder"):
        smart_admin.act(f"/v1/smart/registrations/{registration}", "cancel")
    late = [cohort.join("rektor"), cohort.join("laerer")]
    assert cohort.get()["unplaced"] == 2
    shown = cohort.act("rebalance", dry_run=True)
    answer = cohort.act("rebalance", {"reason": "To byttet ut"})
    assert answer["changes"] == shown["changes"]
    assert answer["balanced"] and answer["unplaced"] == 0 and answer["state"] == "locked"
    changed = {c["registration_id"]: c for c in answer["changes"]}
    assert set(changed) == moved(before, cohort.places(answer)) | set(late)
    assert all(changed[r]["from_group_no"] is None for r in late)
    assert len(changed) == 2  # both take the places of those who left
    assert {c["placed_by"] for c in answer["changes"]} == {"late_change"}


def test_nothing_to_do_moves_nobody(six):
    before = six.places()
    answer = six.act("rebalance")
    assert six.places(answer) == before and answer["changes"] == []


def test_fewer_than_groups(groups, smart_admin):
    pair = groups({"laerer": 2})
    pair.propose({"group_count": 2})
    smart_admin.act(f"/v1/smart/registrations/{pair.of('laerer')[0]}", "cancel")
    pair.act("rebalance", expect=409, code="too_many_groups")


# ---- what the database says of balance is what the rules say ----------------------------------


def violations_by_rule(groups, answer):
    """From the refusal of a swap that changes nothing: two of one profession."""
    seen = collections.defaultdict(list)
    for group in answer["groups"]:
        for member in group["members"]:
            seen[member["profession_code"]].append((group["seq_no"], member["registration_id"]))
    for members in seen.values():
        for (g, one), (h, two) in itertools.combinations(members, 2):
            if g != h:
                refused = groups.act("swap", {"registration_id": one, "with_registration_id": two},
                                     dry_run=True, expect=mock.ANY, language="en")
                if refused.status == 200:
                    return ""
                return refused["detail"].partition("there would be: ")[2].partition(". Swap")[0]
    return None


def test_the_report_says_what_the_rules_say(groups, owner_db):
    chance, compared = random.Random(4), set()
    for _ in range(25):
        kinds = chance.sample(sorted(COHORT), chance.randint(1, 4))
        cohort = groups({kind: chance.randint(1, 5) for kind in kinds})
        count = cohort.propose({"group_count": 1}, dry_run=True)["placed"]
        k = chance.randint(1, min(count, 4))
        ids = [g["id"] for g in cohort.propose({"group_count": k})["groups"]]
        for registration in cohort.places():
            if chance.random() < 0.4:
                owner_db.execute("UPDATE learning_group_member SET group_id = %s"
                                 " WHERE registration_id = %s", [chance.choice(ids), registration])
        answer = cohort.get()
        told = ", ".join(" ".join(filter(None, [v["code"], v["profession_code"],
                                                f"{v['least']}-{v['most']}"]))
                         for v in answer["violations"])
        assert answer["balanced"] == (told == "")
        expected = violations_by_rule(cohort, answer)
        if expected is not None:
            assert told == expected
            compared |= {v["code"] for v in answer["violations"]} | {answer["balanced"]}
    assert compared == {"profession", "group_size", "single_profession", True, False}


# ---- pairs -----------------------------------------------------------------------------------


def pairs(groups, api=None, **params):
    return (api or groups.api).get(f"{COURSES}/{groups.course.id}/pairs", params=params).items


def test_pairs_mix_professions(groups):
    cohort = groups({**COHORT, "rektor": 1})
    cohort.propose()
    assert pairs(cohort) == []
    cohort.act("pair")
    made = pairs(cohort)
    places = cohort.places()
    assert sum(p["size"] for p in made) == 37
    for pair in made:
        assert {places[m["registration_id"]] for m in pair["members"]} == {pair["group_no"]}
        assert len(pair["members"]) == pair["size"] in (2, 3)
        assert pair["distinct_professions"] == len({m["profession_code"] for m in pair["members"]}) > 1
    sizes = collections.Counter(places.values())
    triples = collections.Counter(p["group_no"] for p in made if p["size"] == 3)
    assert triples == {group: 1 for group, size in sizes.items() if size % 2}
    assert pairs(cohort, group_no=2) == [p for p in made if p["group_no"] == 2]


def test_pairs_that_stand_are_kept(groups, smart_admin):
    cohort = groups({"laerer": 4, "leder": 4})
    cohort.propose({"group_count": 2})
    cohort.act("pair")
    before = {frozenset(m["registration_id"] for m in p["members"]) for p in pairs(cohort)}
    gone = cohort.of("laerer", 1)[0]
    smart_admin.act(f"/v1/smart/registrations/{gone}", "cancel")
    broken = next(p for p in before if gone in p)
    assert {frozenset(m["registration_id"] for m in p["members"])
            for p in pairs(cohort)} == before - {broken}
    left = next(iter(broken - {gone}))
    member = next(m for g in cohort.get()["groups"] for m in g["members"]
                  if m["registration_id"] == left)
    assert member["pair_no"] is None
    cohort.act("pair", {"renew": False})
    triple = next(p for p in pairs(cohort) if p["size"] == 3)
    assert left in {m["registration_id"] for m in triple["members"]}
    cohort.act("pair", {"renew": True}, expect=200)
    assert sum(p["size"] for p in pairs(cohort)) == 7


def test_who_changes_group_leaves_the_pair(six):
    six.act("pair")
    a, b = six.of("laerer", 1)[0], six.of("laerer", 2)[0]
    answer = six.act("swap", {"registration_id": a, "with_registration_id": b})
    pair_of = {m["registration_id"]: (g["seq_no"], m["pair_no"])
               for g in answer["groups"] for m in g["members"]}
    assert pair_of[a][1] is None and pair_of[b][1] is None
    counted = collections.Counter(p for p in pair_of.values() if p[1])
    assert all(count > 1 for count in counted.values())


# ---- reading ---------------------------------------------------------------------------------


def test_the_list_has_the_numbers_and_comes_as_csv(six):
    report = six.get()["groups"]
    listed = six.api.get(six.groups_path).items
    for group, row in zip(report, listed, strict=True):
        assert {name: row[name] for name in group if name != "members"} == {
            name: value for name, value in group.items() if name != "members"}
    rows = list(csv.DictReader(io.StringIO(six.api.get(six.groups_path, accept="text/csv").text)))
    assert [row["size"] for row in rows] == ["3", "3"]


def test_why_each_is_where_they_are(six):
    members = six.api.get(f"{COURSES}/{six.course.id}/learning-group-members").items
    assert sorted(m["deal_no"] for m in members) == [1, 2, 3, 4, 5, 6]
    for member in members:
        assert member["placed_by"] == "deal"
        assert member["group_no"] == (member["deal_no"] - 1) % 2 + 1
        assert member["profession_count"] == SMALL[member["profession_code"]]
        assert 1 <= member["profession_no"] <= member["profession_count"]
    one = [m for m in members if m["group_no"] == 1]
    group = six.api.get(f"/v1/smart/learning-groups/{one[0]['group_id']}")
    by_id = {m["registration_id"]: m for m in group["members"]}
    assert set(by_id) == {m["registration_id"] for m in one}
    for member in one:
        assert by_id[member["registration_id"]]["deal_no"] == member["deal_no"]
    page = six.api.get(f"{COURSES}/{six.course.id}/learning-group-members", params={"group_no": 2})
    assert len(page.items) == 3


def test_a_group_is_given_a_name(six):
    path = f"/v1/smart/learning-groups/{six.get()['groups'][0]['id']}"
    group = six.api.get(path)
    assert group["name"] == "Læringsgruppe 1"
    renamed = six.api.patch(path, {"name": "Åfjellrevene"}, etag=group.etag)
    assert (renamed["name"], renamed["version"]) == ("Åfjellrevene", 2)
    six.api.patch(path, {"name": "Ny"}, etag=group.etag, expect=412)
    six.api.patch(path, {"name": ""}, etag=renamed.etag, expect=422)
    six.api.patch(path, {"name": None}, etag=renamed.etag, expect=422)
    assert six.get()["groups"][0]["name"] == "Åfjellrevene"


# ---- who sees what ---------------------------------------------------------------------------


def test_participants_see_their_own_group_once_it_is_locked(groups, make_user):
    cohort = groups(SMALL)
    kari, outsider = make_user("participant"), make_user("participant")
    own = cohort.join("rektor", kari.user.person_id)
    cohort.propose({"group_count": 2})
    cohort.act("pair")
    members = f"{COURSES}/{cohort.course.id}/learning-group-members"
    group = next(g for g in cohort.get()["groups"]
                 if own in {m["registration_id"] for m in g["members"]})
    path = f"/v1/smart/learning-groups/{group['id']}"

    assert kari.get(members).items == [] and pairs(cohort, kari) == []
    kari.get(path, expect=404)
    cohort.act("lock")
    seen = kari.get(members).items
    assert {m["participant_name"] for m in seen} == {m["participant_name"] for m in group["members"]}
    assert {m["registration_id"] for m in kari.get(path)["members"]} == {
        m["registration_id"] for m in group["members"]}
    assert {p["group_no"] for p in pairs(cohort, kari)} == {group["seq_no"]}
    for text in (kari.get(members).text, kari.get(path).text):
        assert "@example.no" not in text

    other_group = next(g for g in cohort.get()["groups"] if g["id"] != group["id"])
    kari.get(f"/v1/smart/learning-groups/{other_group['id']}", expect=404)
    for refused in (cohort.path, cohort.groups_path):
        kari.get(refused, expect=403)
    assert outsider.get(members).items == []
    outsider.get(path, expect=404)


def test_the_instructor_reads_and_changes_nothing(six, make_user):
    api = make_user(("smart_instructor", "course", six.course.id))
    assert api.get(six.path)["placed"] == 6
    assert api.get(six.path)["allowed_actions"] == []
    assert len(api.get(six.groups_path).items) == 2
    assert len(api.get(f"{COURSES}/{six.course.id}/learning-group-members").items) == 6
    api.post(six.groups_path, expect=403)
    api.act(six.path, "lock", expect=403)
    api.act(six.path, "swap", {"registration_id": six.of("laerer")[0],
                               "with_registration_id": six.of("laerer")[1]}, expect=403)
    stranger = make_user(("smart_instructor", "course", six.build.course().id))
    stranger.get(six.path, expect=404)
    assert stranger.get(six.groups_path).items == []


def test_a_handed_over_seat_keeps_its_place(six, smart_admin):
    seat = six.of("laerer", 1)[0]
    smart_admin.act(f"/v1/smart/registrations/{seat}", "transfer", {
        "person": {"full_name": "Ny Deltakar", "email": "ny.deltakar.grupper@example.no"},
        "profession_code": "rektor"})
    answer = six.get()
    names = {m["registration_id"]: m["participant_name"]
             for g in answer["groups"] for m in g["members"]}
    assert names[seat] == "Ny Deltakar" and six.places(answer)[seat] == 1


def test_a_cancelled_course_empties_its_groups(six, smart_admin):
    smart_admin.act(f"{COURSES}/{six.course.id}", "cancel")
    assert six.get()["placed"] == 0


def test_the_demo_groups_are_those_that_the_service_makes(smart_admin, participant):
    course = smart_admin.get(COURSES, params={"code": "trenerutdanning-demo"}).items[0]["id"]
    path = f"{COURSES}/{course}/grouping"
    stored = smart_admin.get(path)
    assert (stored["state"], stored["balanced"], stored["unplaced"]) == ("locked", True, 0)
    groups = Groups.places(None, stored)
    smart_admin.act(path, "unlock")
    assert Groups.places(None, smart_admin.act(path, "regenerate", {"group_count": 4})) == groups
    smart_admin.act(path, "pair")
    smart_admin.act(path, "lock")
    assert len(participant.get(f"{COURSES}/{course}/learning-group-members").items) == 6


def test_many_registrations(groups, owner_db):
    """In one request."""
    cohort = groups({})
    owner_db.execute("UPDATE course SET capacity = 10000 WHERE id = %s", [cohort.course.id])
    owner_db.execute("""
        WITH p AS (INSERT INTO person (full_name, email)
                   SELECT 'Mange ' || n, 'mange-' || n || '@example.no' FROM generate_series(1, 3000) n
                   RETURNING id, full_name, email)
        INSERT INTO registration (course_id, ticket_type_id, person_id, participant_name,
            participant_email, profession_code, buyer_type, state, price_nok, payment_state)
        SELECT %s, %s, id, full_name, email,
               (ARRAY['laerer', 'forskolelaerer', 'sfo_ansatt', 'leder'])[1 + (hashtext(full_name) & 3)],
               'consumer', 'confirmed', 950, 'to_invoice' FROM p""",
        [cohort.course.id, cohort.course.ticket_id])
    # As autovacuum would have; plans made when there were few are made anew.
    owner_db.execute("ANALYZE registration, person, learning_group, learning_group_member")
    answer = cohort.propose()
    assert answer["group_count"] == 500 and answer["balanced"] and answer["placed"] == 3000
    assert cohort.act("pair")["version"] == 2
