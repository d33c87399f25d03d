"""Municipalities and regions: a register that is read only."""


def names(answer):
    return [item["name"] for item in answer.items]


def test_norwegian_order(participant):
    found = names(participant.get("/v1/municipalities", params={"limit": 200, "county_no": "50"}))
    assert found[-2:] == ["Ørland", "Åfjord"]
    assert len(found) == 38


def test_search_in_norwegian_and_south_sami(participant):
    path = "/v1/municipalities"
    assert names(participant.get(path, params={"q": "SNÅASE"})) == ["Snåsa"]
    assert names(participant.get(path, params={"q": "åfjord"})) == ["Åfjord"]
    assert names(participant.get(path, params={"q": "%"})) == []
    refused = participant.get(path, params={"q": "", "county_no": "5", "valid_on": "2023-02-30"},
                              expect=400, code="invalid_parameter")
    assert refused.faults == {"?q": "too_short", "?county_no": "pattern",
                              "?valid_on": "invalid_format"}


def test_numbers_change_hands_at_new_year(participant):
    def numbers(day):
        found = participant.get("/v1/municipalities", params={"q": "Tønsberg", "valid_on": day})
        return [item["municipality_no"] for item in found.items]
    assert numbers("2019-12-31") == []
    assert numbers("2023-12-31") == ["3803"]
    assert numbers("2024-01-01") == ["3905"]
    both = participant.get("/v1/municipalities", params={"q": "Tønsberg"})
    assert len(both.items) == 2


def test_one_municipality(participant):
    one = participant.get("/v1/municipalities/3905")
    assert one["name"] == "Tønsberg" and one["county_no"] == "39" and one["valid_to_on"] is None
    participant.get("/v1/municipalities/3905", none_match=one.etag, expect=304)
    narrow = participant.get("/v1/municipalities/3905", params={"fields": "name"})
    assert set(narrow.json) == {"id", "name"}
    for unknown in ("9999", "39", "abcd", "39050"):
        participant.get(f"/v1/municipalities/{unknown}", expect=404, code="not_found")
    participant.patch("/v1/municipalities/3905", {"name": "X"}, expect=405)


def test_regions(participant, owner_db):
    regions = participant.get("/v1/regions")
    assert names(regions)[-1] == "Østlandet" and len(regions.items) == 8
    owner_db.execute("UPDATE region SET is_active = false WHERE code = 'nasjonal'")
    assert names(participant.get("/v1/regions", params={"is_active": "false"})) == ["Nasjonal"]
    assert len(participant.get("/v1/regions", params={"is_active": "true"}).items) == 7
    participant.get("/v1/regions", params={"is_active": "ja"}, expect=400, code="invalid_parameter")
