"""Numbers of SMART: exact for smart_admin; for others small ones are hidden, and none of those hidden
follows from what is shown (domain.md §0.1). Every test has a year of its own."""
import datetime

import psycopg2
import pytest

PARTICIPANTS = "/v1/smart/statistics/participants"
YEARS = "/v1/smart/statistics/years"
HOME, AWAY, FAR = "3905", "4601", "5001"
ASKED = ("anonymous", "outsider", "participant", "booker", "smart_instructor", "admin", "partner")


def may(year):
    return datetime.datetime(year, 5, 4, 8, tzinfo=datetime.timezone.utc)


@pytest.fixture
def people(build):
    """Participants of a course in that year: {(municipality, profession): number}."""
    def make(year, cells, course=None, state="confirmed", **columns):
        course = course or build.course(capacity=100, starts_at=may(year), **columns)
        for (municipality, profession), number in cells.items():
            for _ in range(number):
                build.registration(course, state=state, municipality_no=municipality,
                                   profession_code=profession)
        return course
    return make


def cells(api, year, by, **params):
    answer = api.get(PARTICIPANTS, params={"year": year, "by": by, **params}).json
    assert len({(c["municipality_no"], c["profession_code"]) for c in answer["cells"]}) == len(answer["cells"])
    assert all((c["participants"] is None) == c["suppressed"] for c in answer["cells"])
    assert answer["suppressed"] or not any(c["suppressed"] for c in answer["cells"])
    return answer, {(c["municipality_no"], c["profession_code"]): c["participants"] for c in answer["cells"]}


TABLE = {(HOME, "laerer"): 12, (HOME, "rektor"): 2, (HOME, "sfo_ansatt"): 6,
         (AWAY, "laerer"): 7, (AWAY, "rektor"): 8, (AWAY, "sfo_ansatt"): 9, (FAR, "laerer"): 5,
         (FAR, "rektor"): 10}


def test_smart_admin_sees_every_number(smart_admin, people):
    people(2051, TABLE)
    answer, both = cells(smart_admin, 2051, "both")
    assert (answer["participants"], answer["suppressed"], both) == (59, False, TABLE)
    assert cells(smart_admin, 2051, "profession")[1] == {
        (None, "laerer"): 24, (None, "rektor"): 20, (None, "sfo_ansatt"): 15}
    answer, by_municipality = cells(smart_admin, 2051, "municipality")
    assert by_municipality == {(HOME, None): 20, (AWAY, None): 24, (FAR, None): 15}
    assert [cell["municipality_no"] for cell in answer["cells"]] == [HOME, AWAY, FAR]
    names = smart_admin.get(PARTICIPANTS, params={"year": 2051, "by": "municipality"}).json["cells"]
    assert [cell["municipality_name"] for cell in names] == ["Tønsberg", "Bergen", "Trondheim"]


@pytest.mark.parametrize("name", ASKED)
def test_others_see_no_small_number_nor_what_tells_it(request, name, people):
    year = 2060 + ASKED.index(name)
    people(year, TABLE)
    api = request.getfixturevalue(name)
    answer, both = cells(api, year, "both")
    assert answer["participants"] == 59 and answer["suppressed"]
    # The two with the smallest of their row, and these with the smallest of their columns.
    hidden = {cell for cell, number in both.items() if number is None}
    assert hidden == {(HOME, "rektor"), (HOME, "sfo_ansatt"), (AWAY, "rektor"), (AWAY, "sfo_ansatt")}
    assert {cell: number for cell, number in both.items() if number is not None} == {
        cell: number for cell, number in TABLE.items() if cell not in hidden}
    assert cells(api, year, "profession")[1] == {
        (None, "laerer"): 24, (None, "rektor"): 20, (None, "sfo_ansatt"): 15}
    assert cells(api, year, "municipality")[1] == {(HOME, None): 20, (AWAY, None): 24, (FAR, None): 15}


def test_a_small_margin_is_hidden_in_each_division(anonymous, smart_admin, people):
    """And another with it: the total is known."""
    people(2052, {(HOME, "laerer"): 9, (AWAY, "laerer"): 3, (FAR, "laerer"): 20})
    assert cells(anonymous, 2052, "municipality")[1] == {(HOME, None): None, (AWAY, None): None, (FAR, None): 20}
    assert cells(anonymous, 2052, "profession")[1] == {(None, "laerer"): 32}
    assert cells(anonymous, 2052, "both")[1] == {
        (HOME, "laerer"): None, (AWAY, "laerer"): None, (FAR, "laerer"): 20}
    assert cells(smart_admin, 2052, "municipality")[1][AWAY, None] == 3


def test_so_few_are_not_named_at_all(anonymous, smart_admin, people):
    people(2053, {(HOME, "laerer"): 3, (AWAY, "rektor"): 1})
    # Five from five places: each of them would be one.
    people(2046, {(place, "laerer"): 1 for place in (HOME, AWAY, FAR, "0301", "5006")})
    for year, number, told in (2053, 4, None), (2046, 5, 5):
        for by in "profession", "municipality", "both":
            answer, shown = cells(anonymous, year, by)
            assert (answer["participants"], answer["suppressed"], shown) == (told, True, {})
            assert sum(cells(smart_admin, year, by)[1].values()) == number


def test_nobody_is_a_number(anonymous):
    for by in "profession", "municipality", "both":
        answer, shown = cells(anonymous, 2099, by)
        assert (answer["participants"], answer["suppressed"], shown) == (0, False, {})


def test_who_is_counted(smart_admin, build, people):
    """Confirmed and completed, of courses that were held or will be; by the municipality of the
    participant, else of the employer; in the year that it is in Norway."""
    course = people(2055, {(HOME, "laerer"): 1})
    people(2055, {(HOME, "laerer"): 2}, course, state="completed")
    for state in "no_show", "cancelled", "withdrawn", "offered":
        people(2055, {(AWAY, "laerer"): 1}, course, state=state)
    build.registration(course, state="waitlisted", waitlist_seq=1, municipality_no=AWAY)
    build.registration(course, profession_code="rektor",
                       employer_organisation_id=build.organisation(municipality_no=FAR))
    build.registration(course, profession_code="rektor")
    for state in "draft", "cancelled":
        people(2055, {(AWAY, "laerer"): 1}, build.course(state=state, starts_at=may(2055)))
    at_new_year = datetime.datetime(2054, 12, 31, 23, 30, tzinfo=datetime.timezone.utc)
    people(2055, {(HOME, "foresatt"): 1}, build.course(starts_at=at_new_year))
    assert cells(smart_admin, 2055, "both")[1] == {
        (HOME, "laerer"): 3, (FAR, "rektor"): 1, (None, "rektor"): 1, (HOME, "foresatt"): 1}


def test_people_are_counted_once(smart_admin, anonymous, build, people):
    """Five registrations of one person are one, and not five that may be shown. The latest of those that
    are asked for says what they do and where."""
    people(2047, {(AWAY, "laerer"): 40})
    one, courses = build.person(), []
    for day in range(5):
        courses.append(build.course(capacity=10, starts_at=may(2047), course_type="grunnkurs" if day else "festival"))
        build.registration(courses[-1], one, municipality_no=FAR if day == 4 else HOME,
                           profession_code="rektor", registered_at=may(2046) + datetime.timedelta(days=day))
    assert cells(smart_admin, 2047, "both")[1] == {(AWAY, "laerer"): 40, (FAR, "rektor"): 1}
    assert cells(smart_admin, 2047, "both", course_id=courses[0].id)[1] == {(HOME, "rektor"): 1}
    assert cells(smart_admin, 2047, "both", course_type="grunnkurs")[1] == {(FAR, "rektor"): 1}
    answer, shown = cells(anonymous, 2047, "both")
    assert answer["participants"] == 41 and 1 not in shown.values() and 5 not in shown.values()
    exact = line(smart_admin, 2047)
    assert (exact["participants"], exact["municipalities"], exact["courses"]) == (41, 2, 6)
    for course in courses[:2]:
        certify(build, course, 1)
    assert line(smart_admin, 2047)["certificates"] == 1, "who has two is one"


def test_only_smart_admin_divides_a_year(anonymous, partner, smart_admin, smart_instructor, people):
    one = people(2056, {(HOME, "laerer"): 6}, course_type="grunnkurs")
    people(2056, {(HOME, "laerer"): 7}, course_type="ungdomskurs")
    assert cells(smart_admin, 2056, "municipality", course_type="grunnkurs")[1] == {(HOME, None): 6}
    answer, shown = cells(smart_admin, 2056, "municipality", course_id=one.id)
    assert shown == {(HOME, None): 6} and answer["course_id"] == str(one.id)
    assert cells(anonymous, 2056, "municipality")[1] == {(HOME, None): 13}
    for api in anonymous, partner, smart_instructor:
        for params in {"course_type": "grunnkurs"}, {"course_id": one.id}:
            api.get(PARTICIPANTS, params={"year": 2056, **params}, expect=403, code="statistics_filter_reserved")


@pytest.mark.parametrize("roles, refused", [("", True), ("participant", True), ("smart_admin", False)])
def test_the_database_divides_a_year_for_smart_admin_alone(owner_db, roles, refused):
    """Whatever the service asks for."""
    for columns in "'grunnkurs', NULL", "NULL, uuid_v7()":
        owner_db.rows("SELECT set_config('loft.roles', %s, false)", [roles])
        try:
            owner_db.rows(f"SELECT * FROM statistics_participants(2050, {columns})")
            assert not refused
        except psycopg2.errors.InsufficientPrivilege:
            assert refused
        finally:
            owner_db.rows("SELECT set_config('loft.roles', '', false)")


def test_the_year_must_be_told(anonymous):
    anonymous.get(PARTICIPANTS, expect=400)
    anonymous.get(PARTICIPANTS, params={"year": "1999"}, expect=400)
    anonymous.get(PARTICIPANTS, params={"year": "2050", "by": "employer"}, expect=400)
    assert anonymous.get(PARTICIPANTS, params={"year": "2098"}).json["by"] == "profession"


def line(api, year):
    return next((item for item in api.get(YEARS, params={"limit": 200}).items if item["year"] == year), None)


def certify(build, course, number):
    rows = build.session.rows("SELECT id, person_id FROM registration WHERE course_id = %s LIMIT %s",
                              [course.id, number])
    for n, row in enumerate(rows):
        build.insert("certificate", serial_no=f"{course.code[-4:].translate(SERIAL)}-AAAA-{n // 10 + 2}{n % 8 + 2}AA",
                     registration_id=row["id"], course_id=course.id, person_id=row["person_id"],
                     participant_name="Kari Eksempelsen", course_title="Kurs",
                     held_on=[datetime.date(2057, 5, 4)], attended_days=1)


SERIAL = str.maketrans("abcdef01", "ABCDEF22")


def test_years_hold_courses_seats_people_and_reach(smart_admin, anonymous, build, people):
    organiser = build.organisation(municipality_no=HOME)
    course = people(2057, {(HOME, "laerer"): 6, (AWAY, "laerer"): 3}, organiser_id=organiser)
    people(2057, {(FAR, "laerer"): 3}, organiser_id=organiser)
    people(2057, {(HOME, "laerer"): 9}, state="cancelled", organiser_id=organiser)
    whole = {"year": 2057, "courses": 3, "seats": 300, "participants": 12, "certificates": 0,
             "municipalities": 3, "other_municipalities": 2, "suppressed": False}
    assert line(smart_admin, 2057) == line(anonymous, 2057) == whole
    certify(build, course, 2)
    assert line(smart_admin, 2057) == {**whole, "certificates": 2}
    assert line(anonymous, 2057) == {**whole, "certificates": None, "suppressed": True}


def test_a_year_with_few_people_tells_only_its_courses(smart_admin, anonymous, partner, people):
    people(2058, {(HOME, "laerer"): 1, (AWAY, "laerer"): 3})
    hidden = {"year": 2058, "courses": 1, "seats": 100, "participants": None, "certificates": None,
              "municipalities": None, "other_municipalities": None, "suppressed": True}
    assert line(anonymous, 2058) == line(partner, 2058) == hidden
    exact = line(smart_admin, 2058)
    assert (exact["participants"], exact["municipalities"], exact["suppressed"]) == (4, 2, False)


def test_certificates_hide_those_without_one(smart_admin, anonymous, people, build):
    course = people(2059, {(HOME, "laerer"): 8})
    certify(build, course, 6)
    assert line(smart_admin, 2059)["certificates"] == 6
    assert (line(anonymous, 2059)["participants"], line(anonymous, 2059)["certificates"]) == (8, None)


def test_years_are_a_list_as_any_other(anonymous, people):
    people(2048, {(HOME, "laerer"): 5})
    people(2049, {(HOME, "laerer"): 5})
    newest = [item["year"] for item in anonymous.get(YEARS).items]
    assert newest == sorted(newest, reverse=True) and {2048, 2049} <= set(newest)
    assert anonymous.every(YEARS, {"sort": "year", "limit": 1})[0]["year"] == newest[-1]
    answer = anonymous.get(YEARS, headers={"Accept": "text/csv"})
    assert answer.text.splitlines()[0].startswith("year,courses,seats,participants")
