"""Courses that are being held, with who is on them and who leads them."""
import dataclasses
import datetime

from support.build import instant

DAY = datetime.timedelta(days=1)
FIRST = datetime.datetime(2024, 1, 10, 8, tzinfo=datetime.timezone.utc)


@dataclasses.dataclass
class Held:
    """A course with `sessions` on successive days from FIRST on, a festival after them if asked for,
    and registrations by name."""
    course: object
    sessions: list
    festival: str
    registrations: dict
    people: dict

    @property
    def id(self):
        return self.course.id

    @property
    def path(self):
        return f"/v1/smart/courses/{self.course.id}"

    @property
    def over(self):
        """An instant after the last session."""
        return instant(FIRST + 60 * DAY)

    def sheet(self, number):
        return f"/v1/smart/sessions/{self.sessions[number]}/attendance"


def held(build, *names, days=8, festival=False, state="running", course_type="trenerutdanning",
         starts_at=FIRST, **columns):
    course = build.course(course_type=course_type, starts_at=starts_at, sessions=days, state=state, **columns)
    festival_id = None
    if festival:
        gathering = build.insert("course_gathering", course_id=course.id, seq_no=2, kind="festival")
        festival_id = build.insert("course_session", gathering_id=gathering, starts_at=FIRST + 30 * DAY,
                                   ends_at=FIRST + 30 * DAY + datetime.timedelta(hours=4))
    sessions = [row["id"] for row in build.session.rows(
        "SELECT s.id FROM course_session s JOIN course_gathering g ON g.id = s.gathering_id"
        " WHERE s.course_id = %s AND g.kind = 'gathering' ORDER BY s.starts_at", [course.id])]
    people = {name: build.person(name) for name in names}
    registrations = {name: build.registration(course, people[name]) for name in names}
    return Held(course, sessions, festival_id, registrations, people)


def join(build, course, user):
    """Registers a user's person for the course."""
    course.registrations[user.full_name] = build.registration(course.course, user.person_id)
    course.people[user.full_name] = user.person_id
    return course.registrations[user.full_name]


def rows(course, **statuses):
    """The body that records these: rows(course, Kari="present")."""
    return {"rows": [{"registration_id": course.registrations[name], "status": status}
                     for name, status in statuses.items()]}


def record(api, course, number, **statuses):
    """Records a session; the answer."""
    path = course.sheet(number)
    return api.put(path, rows(course, **statuses), etag=api.get(path).etag, now=course.over)


def attend(api, course, name, days, status="present"):
    """Present on the first so many days; who else was there stays."""
    for number in range(days):
        path = course.sheet(number)
        sheet = api.get(path)
        kept = [{"registration_id": row["registration_id"], "status": row["status"]} for row in sheet["rows"]
                if row["status"] and row["registration_id"] != course.registrations[name]]
        api.put(path, {"rows": [*kept, {"registration_id": course.registrations[name], "status": status}]},
                etag=sheet.etag, now=course.over)


def complete(api, course):
    return api.act(course.path, "complete", now=course.over)
