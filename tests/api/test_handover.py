"""Who has a part in a seat after it was handed over."""
REGISTRATIONS = "/v1/smart/registrations"


def test_a_former_registrant_has_no_part_in_the_new_participant(build, make_user, smart_admin):
    """A participant registers a colleague, the employer's booker gives the seat to somebody else:
    the participant sees neither the new person nor the seat any more, the booker does."""
    employer = build.organisation()
    course = build.course()
    registrant, booker = make_user("participant"), make_user(("booker", "organisation", employer))
    made = registrant.post(REGISTRATIONS, build.registration_body(
        course, employer_organisation_id=employer), expect=201)
    path = f"{REGISTRATIONS}/{made['id']}"
    assert registrant.get(path)["participant_name"] == "Kari Eksempelsen"

    booker.act(path, "transfer", {
        "person": {"full_name": "Ola Demostad", "email": "ola.overtar@example.no"},
        "profession_code": "leder", "employer_organisation_id": employer,
        "dietary_note": "Uten nøtter"})
    registrant.get(path, expect=404)
    assert made["id"] not in [item["id"] for item in registrant.every(REGISTRATIONS)]
    assert booker.get(path)["participant_name"] == "Ola Demostad"
    assert smart_admin.get(path)["price_nok"] == made["price_nok"]
