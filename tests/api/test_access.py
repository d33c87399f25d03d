"""Who may do what: every operation, every kind of principal, rows of their own and of others, asked
of the server over HTTP. The tables below are written by hand; what the code thinks is not asked.

The world of the tables has two places. At home the participants, the booker and the instructor have
their business; what lies away belongs to another organisation and to other courses.

    anon  no token                              outs  an account without any grant
    part  participant                           par2  another participant, on the same courses
    book  booker of the organisation at home    inst  instructor of the courses at home
    smad  smart_admin                           admn  admin
    read  partner system with smart:read        regi  partner system with smart:register
    away  partner system with both scopes, restricted to the organisation that is away

A row is seen from the one who asks:

    own      about themselves (a machine: made by it)
    sibling  of somebody else on the same course, in the same organisation
    foreign  of another course and another organisation
"""
import dataclasses

import pytest

from support.build import Build
from support.client import Api

NAMES = "anon outs part par2 book inst smad admn read regi away".split()

ALL_SCOPES = ("registry:read registry:write smart:read smart:write smart:register smart:contact "
              "smart:sensitive audit:read admin:write").split()
STATES = ("confirmed", "waitlisted", "offered")


class Table:
    """A table as text: a heading of names, then lines of a label and a cell for each name. Labels
    may have several words."""

    def __init__(self, text):
        heading, *lines = [line.split() for line in text.splitlines() if line.strip()]
        self.names = heading
        self.lines = []
        for words in lines:
            if words == heading:
                continue
            label, cells = words[:-len(heading)], words[-len(heading):]
            assert label, f"a line without a label or with a cell too few: {' '.join(words)}"
            self.lines.append((" ".join(label), dict(zip(heading, cells))))
        labels = [label for label, _ in self.lines]
        assert len(set(labels)) == len(labels), "a label stands twice"

        self.cells = dict(self.lines)

    def __iter__(self):
        return iter(self.lines)

    def __getitem__(self, label):
        return self.cells[label]


# ---- the world -------------------------------------------------------------------------------


@dataclasses.dataclass
class Principal:
    name: str
    kind: str = "anonymous"  # user, client, system
    id: str = None
    subject: str = None
    person_id: str = None
    secret: str = None
    grants: list = dataclasses.field(default_factory=list)  # (role, scope_type, scope_id)
    scopes: list = dataclasses.field(default_factory=list)

    def token(self, tokens):
        if self.kind == "client":
            return tokens.sign(self.subject, client_id=self.subject, scope=" ".join(self.scopes))
        return tokens.sign(self.subject) if self.kind == "user" else None


class World:
    """The rows that the tables speak of, put into the database by its owner."""

    def __init__(self, build):
        self.build = build
        self.organisations = {"home": build.organisation("Hjemby kommune (eksempel)"),
                              "away": build.organisation("Bortby kommune (eksempel)")}
        self.courses = {(place, state): self._course(state)
                        for place in ("home", "away") for state in (*STATES, "draft")}
        self.principals = {p.name: p for p in self._people() + self._machines()}
        self.principals["anon"] = Principal("anon")
        self.strangers = {name: build.person() for name in ("guest", "pupil", "stranger", "nobody")}
        self.registrations = {}
        self._register()

    def __getitem__(self, name):
        return self.principals[name]

    def _course(self, state):
        return self.build.course(state="draft" if state == "draft" else "published",
                                 items={"laerebok": ["smart"]})

    def _people(self):
        at_home = [("smart_instructor", "course", course.id)
                   for (place, _), course in self.courses.items() if place == "home"]
        return [
            self._user("outs"),
            self._user("part", "participant"),
            self._user("par2", "participant"),
            self._user("book", ("booker", "organisation", self.organisations["home"])),
            self._user("inst", *at_home),
            self._user("smad", "smart_admin"),
            self._user("admn", "admin"),
            self._user("both", "participant", *at_home),
            self._user("boin", ("booker", "organisation", self.organisations["home"]), *at_home),
        ]

    def _machines(self):
        return [
            self._client("read", "smart:read"),
            self._client("regi", "smart:register"),
            self._client("away", "smart:read", "smart:register",
                         organisation_id=self.organisations["away"]),
            self._client("mute", "registry:read"),
        ]

    def _user(self, name, *roles):
        user = self.build.user(*roles)
        grants = [(role, "global", None) if isinstance(role, str) else role for role in roles]
        return Principal(name, "user", user.id, user.subject, user.person_id, grants=grants,
                         scopes=ALL_SCOPES)

    def _client(self, name, *scopes, organisation_id=None):
        client = self.build.client(*scopes, organisation_id=organisation_id)
        place = ("organisation", organisation_id) if organisation_id else ("global", None)
        return Principal(name, "client", client.id, client.client_id, secret=client.secret,
                         grants=[("partner_system", *place)], scopes=list(scopes))

    # ---- registrations

    def _register(self):
        for name in (*NAMES[1:], "both"):
            principal = self[name]
            by = {"part": "registered_by", "par2": "registered_by", "book": "registered_by",
                  "smad": "registered_by", "read": "registered_by_client",
                  "regi": "registered_by_client", "away": "registered_by_client"}.get(name)
            self._add(name, principal.person_id or self.build.person(),
                      "away" if name == "away" else "home", **{by: principal.id} if by else {})
        # Whom others registered, without an employer; and somebody with whom none of them has to do.
        for name, by in ("guest", "part"), ("pupil", "both"):
            self._add(name, self.strangers[name], "home", registered_by=self[by].id,
                      employer_organisation_id=None)
        self._add("stranger", self.strangers["stranger"], "away")

    def _add(self, name, person_id, place, **columns):
        columns = {"employer_organisation_id": self.organisations[place],
                   "participant_phone": "+47 99 99 99 99", "dietary_note": "Vegetar",
                   "invoice_recipient": "Eksempelbedriften", "invoice_email": "faktura@example.no",
                   **columns}
        for state in STATES:
            self.registrations[name, state] = self.build.registration(
                self.courses[place, state], person_id, state=state, **columns)

    def whose(self, name, relation):
        """Whose row is meant when this principal asks for one of their own, or a sibling's ..."""
        if relation == "own":
            return name
        if name == "away":
            return {"sibling": "stranger", "foreign": "part"}[relation]
        sibling = "par2" if name == "part" else "part"
        return {"sibling": sibling, "foreign": "stranger"}[relation]

    def names_of(self, ids, table):
        """Rows by the names that the tables use."""
        known = {row: name for (name, _), row in self.registrations.items()}
        return {known.get(row, row) for row in ids} if table == "registration" else ids


@pytest.fixture(scope="module")
def world(owner_session):
    return World(Build(owner_session))
