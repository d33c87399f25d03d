"""Distribution of a round's money, tried without storing anything (KL-R01, KL-R02; domain.md §5.5)."""
import random

import pytest

PATH = "/v1/grants/allocations/simulate"

# domain.md §5.5: code, pupils, children, weight by §5.5, variable part, remainder, amount. Fictitious.
DEMO = [
    ("KN01", 23500, 10900, 2694384, 24000, 2844384), ("KN02", 4700, 2200, 540443, 35500, 690443),
    ("KN03", 3100, 1350, 348546, 81000, 498547), ("KN04", 5100, 2300, 579605, 92500, 729606),
    ("KN05", 7100, 3200, 806748, 78000, 956749), ("KN06", 4300, 1900, 485615, 77500, 635616),
    ("KN07", 3900, 1750, 442536, 96000, 592537), ("KN08", 2500, 1100, 281970, 45000, 431971),
    ("KN09", 700, 300, 78325, 12500, 228325), ("KN10", 1250, 550, 140985, 22500, 290985),
    ("KN11", 19800, 0, 1550837, 44500, 1700837),
]


def body(**changes):
    whole = {"total_nok": 12000000, "joint_share_bp": 2000, "base_per_network_nok": 150000,
             "networks": [{"code": code, "pupils": pupils, "children": children}
                          for code, pupils, children, *_ in DEMO], **changes}
    return {name: value for name, value in whole.items() if value is not None}


@pytest.fixture
def auditor(make_user):
    return make_user("auditor")


def test_the_demo_vector(auditor):
    answer = auditor.post(PATH, body())
    assert answer.json == {"joint_nok": 2400000, "pool_nok": 9600000, "lines": [
        {"code": code, "weight": pupils + children, "base_nok": 150000, "variable_nok": variable,
         "remainder": remainder, "extra_krone": remainder >= 45000, "amount_nok": amount}
        for code, pupils, children, variable, remainder, amount in DEMO]}


def test_in_the_order_given_and_to_the_krone(auditor):
    shuffled = body()["networks"]
    random.Random(7).shuffle(shuffled)
    lines = auditor.post(PATH, body(networks=shuffled))["lines"]
    assert [line["code"] for line in lines] == [network["code"] for network in shuffled]
    assert {line["code"]: line["amount_nok"] for line in lines} == {row[0]: row[5] for row in DEMO}


def test_weights_and_apprentices(auditor):
    networks = [{"code": "A", "children": 2, "pupils": 0},
                {"code": "B", "children": 0, "pupils": 0, "apprentices": 3},
                {"code": "C", "children": 0, "pupils": 4}]
    answer = auditor.post(PATH, {
        "total_nok": 1000, "joint_nok": 0, "base_per_network_nok": 0, "networks": networks,
        "weights": {"child_milli": 1500, "pupil_milli": 0}})
    assert [line["amount_nok"] for line in answer["lines"]] == [500, 500, 0]
    assert [line["weight"] for line in answer["lines"]] == [6, 6, 0]


def test_base_grants_larger_than_the_pool(auditor):
    problem = auditor.post(PATH, body(base_per_network_nok=872728), expect=422,
                               code="base_exceeds_pool")
    assert problem["rule"] == "KL-R02"
    assert "9600000" in problem["detail"] and "9600008" in problem["detail"]


def test_nobody_to_distribute_by(auditor):
    nobody = [{"code": "KN01", "children": 0, "pupils": 0}]
    problem = auditor.post(PATH, body(networks=nobody), expect=422, code="no_headcount")
    assert problem["rule"] == "KL-R13"


@pytest.mark.parametrize("changes, faults", [
    ({"joint_share_bp": None}, {"/joint_share_bp": "joint_required"}),
    ({"joint_nok": 1}, {"/joint_share_bp": "joint_ambiguous"}),
    ({"joint_share_bp": None, "joint_nok": 12000001}, {"/joint_nok": "joint_exceeds_total"}),
    ({"networks": body()["networks"][:2] + body()["networks"][:1]},
     {"/networks/2/code": "network_repeated"}),
    ({"joint_share_bp": 10001, "networks": [{"code": "", "children": -1, "pupils": "3"}]},
     {"/joint_share_bp": "too_large", "/networks/0/code": "too_short",
      "/networks/0/children": "too_small", "/networks/0/pupils": "wrong_type"}),
    ({"networks": []}, {"/networks": "too_few"}),
])
def test_every_fault_of_the_terms_at_once(auditor, changes, faults):
    problem = auditor.post(PATH, body(**changes), expect=422, code="validation_failed")
    assert {fault["pointer"]: fault["code"] for fault in problem["errors"]} == faults


def test_nothing_is_stored(auditor, owner_session):
    events = owner_session.value("SELECT count(*) FROM event")
    auditor.post(PATH, body())
    assert owner_session.value("SELECT count(*) FROM event") == events
