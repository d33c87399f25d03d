"""The reference lists of SMART: kinds of course, professions, cancellation policies."""
import csv
import io
import json

import pytest

LISTS = {"/v1/smart/course-types": 6, "/v1/smart/professions": 14,
         "/v1/smart/cancellation-policies": 1}


@pytest.mark.parametrize("path, count", LISTS.items())
def test_a_list_is_public_and_has_labels_in_three_languages(anonymous, path, count):
    page = anonymous.get(path, params={"count": "true"})
    assert page["count"] == len(page.items) == count
    for item in page.items:
        assert item["label_nb"] and item["label_nn"] and item["label_en"]
    assert [item["code"] for item in anonymous.every(path, {"limit": 2})] == [
        item["code"] for item in page.items]


@pytest.mark.parametrize("path", LISTS)
def test_a_list_as_files(anonymous, path):
    codes = [item["code"] for item in anonymous.get(path).items]
    lines = anonymous.get(path, accept="application/x-ndjson").text.splitlines()
    assert [json.loads(line)["code"] for line in lines] == codes
    rows = csv.DictReader(io.StringIO(anonymous.get(path, accept="text/csv").text))
    assert [row["code"] for row in rows] == codes
    assert anonymous.get(path, params={"updated_since": "2199-01-01T00:00:00Z"}).items == []


def test_a_course_type_by_its_code(anonymous):
    item = anonymous.get("/v1/smart/course-types/trenerutdanning")
    assert (item["default_capacity"], item["gatherings_expected"], item["gathering_days_expected"],
            item["festival_days_expected"], item["first_overnight_expected"]) == (36, 4, 2, 1, True)
    anonymous.get("/v1/smart/course-types/trenerutdanning", none_match=item.etag, expect=304)
    assert set(anonymous.get("/v1/smart/course-types/trenerutdanning?fields=code").json) == {
        "id", "code"}
    anonymous.get("/v1/smart/course-types/ukjent", expect=404, code="not_found")
    anonymous.get("/v1/smart/course-types/Ikke%20en%20kode", expect=404, code="not_found")


def test_course_types_by_their_pricing(anonymous):
    quote = anonymous.get("/v1/smart/course-types?pricing_model=quote").items
    assert [item["code"] for item in quote] == ["moralsk_resonnering", "kursrekke"]


def test_the_default_policy_has_its_rules(anonymous):
    policy, = anonymous.get("/v1/smart/cancellation-policies").items
    assert policy["is_default"]
    assert policy["rules"] == [{"days_before": 14, "refund_bp": 10000},
                               {"days_before": 7, "refund_bp": 5000},
                               {"days_before": 0, "refund_bp": 0}]
