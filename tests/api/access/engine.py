"""What every part is made of: tables as text, requests, and the world that the tables speak of.
Nothing here knows a part."""
import dataclasses
from typing import Callable

NAMES = "anon outs part par2 book inst smad admn read regi away".split()

ALL_SCOPES = ("registry:read registry:write smart:read smart:write smart:register smart:contact "
              "smart:sensitive grants:read grants:write audit:read admin:write").split()
STATES = ("confirmed", "waitlisted", "offered")
# Who registered whom; a machine is about a person of its own, the others are registered by nobody.
REGISTERED_BY = {"part": "part", "par2": "book", "book": "book", "smad": "smad", "read": "read",
                 "regi": "regi", "away": "away", "mute": "mute", "guest": "part", "pupil": "both"}


class Table:
    """A table as text: a heading of names, then lines of a label and a cell for each name. Labels
    may have several words. Several texts are one table; each has its own heading, as the programmes
    have principals of their own."""

    def __init__(self, *texts):
        self.names, self.cells = [], {}
        for text in texts:
            heading, *lines = [line.split() for line in text.splitlines() if line.strip()]
            self.names += [name for name in heading if name not in self.names]
            for words in lines:
                if words != heading:
                    self._add(heading, words[:-len(heading)], words[-len(heading):])

    def _add(self, heading, label, cells):
        assert label, f"a line without a label or with a cell too few: {' '.join(cells)}"
        label = " ".join(label)
        assert label not in self.cells, f"{label} stands twice"
        self.cells[label] = dict(zip(heading, cells))

    def __iter__(self):
        return iter(self.cells.items())

    def __getitem__(self, label):
        return self.cells[label]


# ---- a part ----------------------------------------------------------------------------------


@dataclasses.dataclass
class Request:
    """How an operation is asked. `row` names the row of the path's first parameter, `path` has the
    others. What is a function is called with world, name, relation."""
    row: str = None
    body: object = None
    path: dict = dataclasses.field(default_factory=dict)
    options: Callable = None  # further arguments for Api.request
    detached: bool = False  # a write that cannot be tried and rolled back, and leaves nothing


@dataclasses.dataclass
class List:
    """The rows behind a list. `table` is what stands after FROM, `field` the member by which its
    rows are known, `named` gives the rows that have a line of their own: world -> {line: ids}."""
    table: str
    field: str = "id"
    named: Callable = None


@dataclasses.dataclass(kw_only=True)
class Part:
    """What one part of the service adds to the tables; test_access.py and test_policies.py say what
    each of them means. A dict says why, or how, of each of its keys."""
    # rows for the tables below, put into the world; when those of other parts are there
    furnish: Callable = None
    after: tuple = ()

    # over HTTP
    operations: str = ""  # table: operation relation, by principal; a status or -
    requests: dict = dataclasses.field(default_factory=dict)  # operation -> Request
    rows: dict = dataclasses.field(default_factory=dict)  # word -> function of world, name, relation
    offered: set = dataclasses.field(default_factory=set)  # actions, held against allowed_actions
    lists: str = ""  # table: list line, by principal; x, . or -
    listed: dict = dataclasses.field(default_factory=dict)  # list -> List
    lists_of_one: set = dataclasses.field(default_factory=set)  # lists that need no such lines
    scopes: str = ""  # table: operation, by scope; a status

    # the policies
    sees: str = ""  # table: table row, by the principals of the policies; x or .
    does: str = ""  # table: label of a statement, by the same
    statements: dict = dataclasses.field(default_factory=dict)  # label -> SQL
    named: Callable = None  # world -> {"table row": id}, for both
    keys: dict = dataclasses.field(default_factory=dict)  # table -> its key, where that is not id
    open_on_purpose: dict = dataclasses.field(default_factory=dict)  # policy -> why
    halves: dict = dataclasses.field(default_factory=dict)  # (policy, opening) -> why
    helpers: dict = dataclasses.field(default_factory=dict)  # function -> its signature
    public_tables: dict = dataclasses.field(default_factory=dict)  # table -> why
    narrow: dict = dataclasses.field(default_factory=dict)  # function -> what keeps it narrow
    kept: dict = dataclasses.field(default_factory=dict)  # table -> columns that defaults keep
    deletable: set = dataclasses.field(default_factory=set)  # tables that the service deletes from

    # without permissions
    given: str = ""  # table: operation relation, by principal; x where the policies give it
    given_lists: dict = dataclasses.field(default_factory=dict)  # list -> (world, name) -> ids
    public_registers: set = dataclasses.field(default_factory=set)  # operations
    machine_may: set = dataclasses.field(default_factory=set)  # what all scopes together open
    machine_lists: dict = dataclasses.field(default_factory=dict)  # list -> how many rows of its own

    # codes
    checks: dict = dataclasses.field(default_factory=dict)  # table.column of a CHECK -> code list
    code_tables: set = dataclasses.field(default_factory=set)  # code lists that are rows
    words: set = dataclasses.field(default_factory=set)  # enums without labels: words for machines


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
    """The rows that all tables speak of, put into the database by its owner: two places, courses and
    people there, and who is registered for what. Parts add theirs (furnish)."""

    def __init__(self, build):
        self.build = build
        self.organisations = {"home": build.organisation("Hjemby kommune (eksempel)"),
                              "away": build.organisation("Bortby kommune (eksempel)")}
        self.courses = {(place, state): self._course(state)
                        for place in ("home", "away") for state in (*STATES, "draft", "empty")}
        self.principals = {p.name: p for p in self._people() + self._machines()}
        self.principals["anon"] = Principal("anon")
        others = ("read", "regi", "away", "mute", "guest", "pupil", "far", "nobody")
        self.people = {name: build.person(phone="+47 99 99 99 99", birth_year=1980) for name in others}
        self.people |= {p.name: p.person_id for p in self.principals.values() if p.person_id}
        self.registrations = {}
        self._register()
        self.grants = {}

    def furnish(self, parts):
        """What the parts add, in their order; and then who has been granted what."""
        for part in parts:
            if part.furnish:
                part.furnish(self)
        self.grants = {p.name: self.build.session.rows(
            "SELECT id FROM role_grant WHERE coalesce(user_id, client_id) = %s ORDER BY id", [p.id])
            for p in self.principals.values()}

    def add_user(self, name, *roles):
        """A principal of a programme's own; a role is a word, or (role, scope type, scope id)."""
        assert name not in self.principals, f"{name} stands twice"
        self.principals[name] = self._user(name, *roles)
        self.people[name] = self.principals[name].person_id

    def add_client(self, name, *scopes, organisation_id=None):
        """Likewise a partner system."""
        assert name not in self.principals, f"{name} stands twice"
        self.principals[name] = self._client(name, *scopes, organisation_id=organisation_id)

    def grant(self, name, role, scope_type="global", scope_id=None):
        """A further role for one of the principals."""
        principal = self.principals[name]
        self.build.grant(role, scope_type=scope_type, scope_id=scope_id,
                         **{f"{principal.kind}_id": principal.id})
        principal.grants.append((role, scope_type, scope_id))

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
            self._user("stranger", ("booker", "organisation", self.organisations["away"])),
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
        for name in (*NAMES[1:], "both", "mute"):
            place = "away" if name == "away" else "home"
            self._add(name, place, self.organisations[place])
        # Registered by others, and without an employer; with whom none of them has to do; and who
        # works at home and goes to a course elsewhere.
        self._add("guest", "home", None)
        self._add("pupil", "home", None)
        self._add("stranger", "away", self.organisations["away"])
        self._add("far", "away", self.organisations["home"])

    def _add(self, name, place, employer):
        by = self.principals.get(REGISTERED_BY.get(name))
        for state in STATES:
            self.registrations[name, state] = self.build.registration(
                self.courses[place, state], self.people[name], state=state,
                employer_organisation_id=employer, employer_name="Kommunen",
                registered_by=by.id if by and by.kind == "user" else None,
                registered_by_client=by.id if by and by.kind == "client" else None,
                participant_phone="+47 99 99 99 99", dietary_note="Vegetar",
                invoice_recipient="Eksempelbedriften", invoice_email="faktura@example.no")

    # ---- rows as the one who asks sees them

    def place(self, name, relation):
        """Where a row of this relation lies: home or away, and perhaps a draft."""
        here, there = ("away", "home") if name == "away" else ("home", "away")
        return there if relation.startswith("foreign") else here

    def whose(self, name, relation):
        """Who is meant when this principal asks for one of their own, for a sibling's ..."""
        if relation == "guest":
            return "guest"
        if relation == "own":
            return "part" if name == "anon" else name
        if name == "away":
            return {"sibling": "stranger", "foreign": "part"}[relation]
        sibling = "par2" if name == "part" else "part"
        return {"sibling": sibling, "foreign": "stranger"}[relation]

    def course(self, name, relation, state="confirmed"):
        state = "draft" if relation.endswith("draft") else state
        return self.courses[self.place(name, relation), state]
