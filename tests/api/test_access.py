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
    guest    of somebody without an employer whom part has registered

and a course likewise: own is one at home (for away: one of those away), own-draft one that is not
published yet. Writes are asked with `Prefer: tx=rollback`, so that no cell depends on another.
"""
import base64
import concurrent.futures
import csv
import dataclasses
import datetime
import io
import json
import re
import uuid

import pytest

from support.build import Build, instant
from support.client import Api
from support.server import Server

NAMES = "anon outs part par2 book inst smad admn read regi away".split()

ALL_SCOPES = ("registry:read registry:write smart:read smart:write smart:register smart:contact "
              "smart:sensitive audit:read admin:write").split()
STATES = ("confirmed", "waitlisted", "offered")
# Who registered whom; a machine is about a person of its own, the others are registered by nobody.
REGISTERED_BY = {"part": "part", "par2": "book", "book": "book", "smad": "smad", "read": "read",
                 "regi": "regi", "away": "away", "mute": "mute", "guest": "part", "pupil": "both"}


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
                        for place in ("home", "away") for state in (*STATES, "draft", "empty")}
        self.principals = {p.name: p for p in self._people() + self._machines()}
        self.principals["anon"] = Principal("anon")
        others = ("read", "regi", "away", "mute", "guest", "pupil", "far", "nobody")
        self.people = {name: build.person(phone="+47 99 99 99 99", birth_year=1980) for name in others}
        self.people |= {p.name: p.person_id for p in self.principals.values() if p.person_id}
        self.registrations = {}
        self._register()
        self.grants = {p.name: build.session.rows(
            "SELECT id FROM role_grant WHERE coalesce(user_id, client_id) = %s ORDER BY id", [p.id])
            for p in self.principals.values()}
        build.insert("event", actor_kind="system", operation="test", resource_type="test")

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

    def part_of_course(self, table, name, relation):
        """The id of the course's only gathering, session ..."""
        through = " JOIN course_item AS i ON i.id = x.item_id" if table == "item_option" else ""
        return self.build.session.value(
            f"SELECT x.id FROM {table} AS x{through} WHERE course_id = %s",
            [self.course(name, relation).id])


@pytest.fixture(scope="module")
def world(owner_session):
    return World(Build(owner_session))


@pytest.fixture(scope="module")
def server(database, tmp_path_factory):
    """With a documentation page, whose files need not be the real ones."""
    docs = tmp_path_factory.mktemp("docs")
    (docs / "swagger-ui.css").write_text("")
    with Server(database, LOFT_DOCS=docs) as running:
        yield running


@pytest.fixture(scope="module")
def clients(world, server, tokens):
    """A client of each principal."""
    return {name: Api(server, world[name].token(tokens)) for name in NAMES}


# ---- the table -------------------------------------------------------------------------------

# Status of each operation, by whom and on whose row. A row that the caller may not see is 404; what
# none of the caller's roles or scopes opens is 403, whatever the row. A dash in the second column: the
# operation is about no row; in a cell: there is no such row.
TABLE = Table("""
                                            anon outs part par2 book inst smad admn read regi away
get_health                   -              200  200  200  200  200  200  200  200  200  200  200
get_readiness                -              200  200  200  200  200  200  200  200  200  200  200
get_metrics                  -              200  200  200  200  200  200  200  200  200  200  200
get_contract_json            -              200  200  200  200  200  200  200  200  200  200  200
get_contract_yaml            -              200  200  200  200  200  200  200  200  200  200  200
get_docs                     -              200  200  200  200  200  200  200  200  200  200  200
get_docs_file                -              200  200  200  200  200  200  200  200  200  200  200
get_problem                  -              200  200  200  200  200  200  200  200  200  200  200
get_jwks                     -              200  200  200  200  200  200  200  200  200  200  200
get_authorization_server     -              200  200  200  200  200  200  200  200  200  200  200
create_token                 -              401  401  401  401  401  401  401  401  200  200  200
get_me                       -              401  200  200  200  200  200  200  200  200  200  200
list_codes                   -              200  200  200  200  200  200  200  200  200  200  200
list_course_types            -              200  200  200  200  200  200  200  200  200  200  200
get_course_type              -              200  200  200  200  200  200  200  200  200  200  200
list_professions             -              200  200  200  200  200  200  200  200  200  200  200
list_cancellation_policies   -              200  200  200  200  200  200  200  200  200  200  200

                                            anon outs part par2 book inst smad admn read regi away
list_municipalities          -              401  403  200  200  200  200  200  200  403  403  403
get_municipality             -              401  403  200  200  200  200  200  200  403  403  403
list_regions                 -              401  403  200  200  200  200  200  200  403  403  403
list_organisations           -              401  403  200  200  200  200  200  200  403  403  403
get_organisation             own            401  403  200  200  200  200  200  200  403  403  403
get_organisation             foreign        401  403  200  200  200  200  200  200  403  403  403
create_organisation          -              401  403  403  403  403  403  403  201  403  403  403
update_organisation          own            401  403  403  403  403  403  403  200  403  403  403
update_organisation          foreign        401  403  403  403  403  403  403  200  403  403  403
list_people                  -              401  403  403  403  403  403  200  200  403  403  403
get_person                   own            401  403  403  403  403  403  200  200  403  403  403
get_person                   sibling        401  403  403  403  403  403  200  200  403  403  403
get_person                   foreign        401  403  403  403  403  403  200  200  403  403  403
create_person                -              401  403  403  403  403  403  403  201  403  403  403
update_person                own            401  403  403  403  403  403  403  200  403  403  403
update_person                sibling        401  403  403  403  403  403  403  200  403  403  403
update_person                foreign        401  403  403  403  403  403  403  200  403  403  403

                                            anon outs part par2 book inst smad admn read regi away
list_users                   -              401  403  403  403  403  403  403  200  403  403  403
get_user                     own            401  403  403  403  403  403  403  200    -    -    -
get_user                     sibling        401  403  403  403  403  403  403  200  403  403  403
get_user                     foreign        401  403  403  403  403  403  403  200  403  403  403
create_user                  -              401  403  403  403  403  403  403  201  403  403  403
update_user                  own            401  403  403  403  403  403  403  403    -    -    -
update_user                  sibling        401  403  403  403  403  403  403  200  403  403  403
update_user                  foreign        401  403  403  403  403  403  403  200  403  403  403
list_user_role_grants        own            401  403  403  403  403  403  403  200    -    -    -
list_user_role_grants        sibling        401  403  403  403  403  403  403  200  403  403  403
list_user_role_grants        foreign        401  403  403  403  403  403  403  200  403  403  403
grant_user_role              own            401  403  403  403  403  403  403  403    -    -    -
grant_user_role              sibling        401  403  403  403  403  403  403  201  403  403  403
grant_user_role              foreign        401  403  403  403  403  403  403  201  403  403  403
list_role_grants             -              401  403  403  403  403  403  403  200  403  403  403
get_role_grant               own            401    -  403  403  403  403  403  200  403  403  403
get_role_grant               sibling        401  403  403  403  403  403  403  200  403  403  403
get_role_grant               foreign        401  403  403  403  403  403  403  200  403  403  403
revoke_role_grant            own            401    -  403  403  403  403  403  403  403  403  403
revoke_role_grant            sibling        401  403  403  403  403  403  403  204  403  403  403
revoke_role_grant            foreign        401  403  403  403  403  403  403  204  403  403  403
list_api_clients             -              401  403  403  403  403  403  403  200  403  403  403
get_api_client               own              -    -    -    -    -    -    -    -  403  403  403
get_api_client               sibling        401  403  403  403  403  403  403  200  403  403  403
update_api_client            own              -    -    -    -    -    -    -    -  403  403  403
update_api_client            sibling        401  403  403  403  403  403  403  200  403  403  403
rotate_api_client_secret     own              -    -    -    -    -    -    -    -  403  403  403
rotate_api_client_secret     sibling        401  403  403  403  403  403  403  200  403  403  403
list_api_client_role_grants  own              -    -    -    -    -    -    -    -  403  403  403
list_api_client_role_grants  sibling        401  403  403  403  403  403  403  200  403  403  403
grant_api_client_role        own              -    -    -    -    -    -    -    -  403  403  403
grant_api_client_role        sibling        401  403  403  403  403  403  403  201  403  403  403
create_api_client            -              401  403  403  403  403  403  403  201  403  403  403
list_audit_events            -              401  403  403  403  403  403  403  200  403  403  403

                                            anon outs part par2 book inst smad admn read regi away
list_courses                 -              200  200  200  200  200  200  200  200  200  200  200
create_course                -              401  403  403  403  403  403  201  403  403  403  403
get_course                   own            200  200  200  200  200  200  200  200  200  200  200
get_course                   foreign        200  200  200  200  200  200  200  200  200  200  200
get_course                   own-draft      404  404  404  404  404  200  200  404  404  404  404
get_course                   foreign-draft  404  404  404  404  404  404  200  404  404  404  404
get_course_seats             own            200  200  200  200  200  200  200  200  200  200  200
get_course_seats             foreign        200  200  200  200  200  200  200  200  200  200  200
get_course_seats             own-draft      404  404  404  404  404  200  200  404  404  404  404
get_course_seats             foreign-draft  404  404  404  404  404  404  200  404  404  404  404
update_course                own            401  403  403  403  403  403  200  403  403  403  403
update_course                own-draft      401  403  403  403  403  403  200  403  403  403  403
update_course                foreign        401  403  403  403  403  403  200  403  403  403  403
delete_course                own            401  403  403  403  403  403  409  403  403  403  403
delete_course                own-draft      401  403  403  403  403  403  204  403  403  403  403
delete_course                foreign-draft  401  403  403  403  403  403  204  403  403  403  403
publish_course               own-draft      401  403  403  403  403  403  200  403  403  403  403
publish_course               foreign-draft  401  403  403  403  403  403  200  403  403  403  403
start_course                 own            401  403  403  403  403  403  200  403  403  403  403
start_course                 foreign        401  403  403  403  403  403  200  403  403  403  403
complete_course              own            401  403  403  403  403  403  409  403  403  403  403
complete_course              foreign        401  403  403  403  403  403  409  403  403  403  403
cancel_course                own            401  403  403  403  403  403  200  403  403  403  403
cancel_course                foreign        401  403  403  403  403  403  200  403  403  403  403

                                            anon outs part par2 book inst smad admn read regi away
list_gatherings              own            200  200  200  200  200  200  200  200  200  200  200
list_gatherings              foreign        200  200  200  200  200  200  200  200  200  200  200
list_gatherings              own-draft      404  404  404  404  404  200  200  404  404  404  404
list_gatherings              foreign-draft  404  404  404  404  404  404  200  404  404  404  404
get_gathering                own            200  200  200  200  200  200  200  200  200  200  200
get_gathering                foreign        200  200  200  200  200  200  200  200  200  200  200
get_gathering                own-draft      404  404  404  404  404  200  200  404  404  404  404
get_gathering                foreign-draft  404  404  404  404  404  404  200  404  404  404  404
create_gathering             own            401  403  403  403  403  403  201  403  403  403  403
create_gathering             own-draft      401  403  403  403  403  403  201  403  403  403  403
create_gathering             foreign        401  403  403  403  403  403  201  403  403  403  403
update_gathering             own            401  403  403  403  403  403  200  403  403  403  403
update_gathering             own-draft      401  403  403  403  403  403  200  403  403  403  403
update_gathering             foreign        401  403  403  403  403  403  200  403  403  403  403
delete_gathering             own            401  403  403  403  403  403  409  403  403  403  403
delete_gathering             own-draft      401  403  403  403  403  403  204  403  403  403  403
delete_gathering             foreign-draft  401  403  403  403  403  403  204  403  403  403  403

                                            anon outs part par2 book inst smad admn read regi away
list_sessions                own            200  200  200  200  200  200  200  200  200  200  200
list_sessions                foreign        200  200  200  200  200  200  200  200  200  200  200
list_sessions                own-draft      404  404  404  404  404  200  200  404  404  404  404
list_sessions                foreign-draft  404  404  404  404  404  404  200  404  404  404  404
get_session                  own            200  200  200  200  200  200  200  200  200  200  200
get_session                  foreign        200  200  200  200  200  200  200  200  200  200  200
get_session                  own-draft      404  404  404  404  404  200  200  404  404  404  404
get_session                  foreign-draft  404  404  404  404  404  404  200  404  404  404  404
create_session               own            401  403  403  403  403  403  201  403  403  403  403
create_session               own-draft      401  403  403  403  403  403  201  403  403  403  403
create_session               foreign        401  403  403  403  403  403  201  403  403  403  403
update_session               own            401  403  403  403  403  403  200  403  403  403  403
update_session               own-draft      401  403  403  403  403  403  200  403  403  403  403
update_session               foreign        401  403  403  403  403  403  200  403  403  403  403
delete_session               own            401  403  403  403  403  403  409  403  403  403  403
delete_session               own-draft      401  403  403  403  403  403  204  403  403  403  403
delete_session               foreign-draft  401  403  403  403  403  403  204  403  403  403  403

                                            anon outs part par2 book inst smad admn read regi away
list_ticket_types            own            200  200  200  200  200  200  200  200  200  200  200
list_ticket_types            foreign        200  200  200  200  200  200  200  200  200  200  200
list_ticket_types            own-draft      404  404  404  404  404  200  200  404  404  404  404
list_ticket_types            foreign-draft  404  404  404  404  404  404  200  404  404  404  404
get_ticket_type              own            200  200  200  200  200  200  200  200  200  200  200
get_ticket_type              foreign        200  200  200  200  200  200  200  200  200  200  200
get_ticket_type              own-draft      404  404  404  404  404  200  200  404  404  404  404
get_ticket_type              foreign-draft  404  404  404  404  404  404  200  404  404  404  404
create_ticket_type           own            401  403  403  403  403  403  201  403  403  403  403
create_ticket_type           own-draft      401  403  403  403  403  403  201  403  403  403  403
create_ticket_type           foreign        401  403  403  403  403  403  201  403  403  403  403
update_ticket_type           own            401  403  403  403  403  403  200  403  403  403  403
update_ticket_type           own-draft      401  403  403  403  403  403  200  403  403  403  403
update_ticket_type           foreign        401  403  403  403  403  403  200  403  403  403  403
delete_ticket_type           own            401  403  403  403  403  403  409  403  403  403  403
delete_ticket_type           own-draft      401  403  403  403  403  403  204  403  403  403  403
delete_ticket_type           foreign-draft  401  403  403  403  403  403  204  403  403  403  403

                                            anon outs part par2 book inst smad admn read regi away
list_course_items            own            200  200  200  200  200  200  200  200  200  200  200
list_course_items            foreign        200  200  200  200  200  200  200  200  200  200  200
list_course_items            own-draft      404  404  404  404  404  200  200  404  404  404  404
list_course_items            foreign-draft  404  404  404  404  404  404  200  404  404  404  404
get_course_item              own            200  200  200  200  200  200  200  200  200  200  200
get_course_item              foreign        200  200  200  200  200  200  200  200  200  200  200
get_course_item              own-draft      404  404  404  404  404  200  200  404  404  404  404
get_course_item              foreign-draft  404  404  404  404  404  404  200  404  404  404  404
create_course_item           own            401  403  403  403  403  403  201  403  403  403  403
create_course_item           own-draft      401  403  403  403  403  403  201  403  403  403  403
create_course_item           foreign        401  403  403  403  403  403  201  403  403  403  403
update_course_item           own            401  403  403  403  403  403  200  403  403  403  403
update_course_item           own-draft      401  403  403  403  403  403  200  403  403  403  403
update_course_item           foreign        401  403  403  403  403  403  200  403  403  403  403
delete_course_item           own            401  403  403  403  403  403  409  403  403  403  403
delete_course_item           own-draft      401  403  403  403  403  403  204  403  403  403  403
delete_course_item           foreign-draft  401  403  403  403  403  403  204  403  403  403  403

                                            anon outs part par2 book inst smad admn read regi away
list_item_options            own            200  200  200  200  200  200  200  200  200  200  200
list_item_options            foreign        200  200  200  200  200  200  200  200  200  200  200
list_item_options            own-draft      404  404  404  404  404  200  200  404  404  404  404
list_item_options            foreign-draft  404  404  404  404  404  404  200  404  404  404  404
get_item_option              own            200  200  200  200  200  200  200  200  200  200  200
get_item_option              foreign        200  200  200  200  200  200  200  200  200  200  200
get_item_option              own-draft      404  404  404  404  404  200  200  404  404  404  404
get_item_option              foreign-draft  404  404  404  404  404  404  200  404  404  404  404
create_item_option           own            401  403  403  403  403  403  201  403  403  403  403
create_item_option           own-draft      401  403  403  403  403  403  201  403  403  403  403
create_item_option           foreign        401  403  403  403  403  403  201  403  403  403  403
update_item_option           own            401  403  403  403  403  403  200  403  403  403  403
update_item_option           own-draft      401  403  403  403  403  403  200  403  403  403  403
update_item_option           foreign        401  403  403  403  403  403  200  403  403  403  403
delete_item_option           own            401  403  403  403  403  403  409  403  403  403  403
delete_item_option           own-draft      401  403  403  403  403  403  204  403  403  403  403
delete_item_option           foreign-draft  401  403  403  403  403  403  204  403  403  403  403

                                            anon outs part par2 book inst smad admn read regi away
list_registrations           -              401  403  200  200  200  200  200  403  200  403  200
create_registration          own            401  403  201  201  201  403  201  403  403  201  201
create_registration          sibling        401  403  201  201  201  403  201  403  403  201  201
create_registration          foreign        401  403  201  201  403  403  201  403  403  201  403
create_registration          own-draft      401  403  404  404  404  403  409  403  403  404  404
list_course_professions      own            401  403  200  200  200  200  200  403  200  403  200
list_course_professions      foreign        401  403  200  200  200  200  200  403  200  403  200
list_course_professions      own-draft      401  403  404  404  404  200  200  403  404  403  404
list_course_professions      foreign-draft  401  403  404  404  404  404  200  403  404  403  404
get_registration             own            401  403  200  200  200  200  200  403  200  403  200
get_registration             sibling        401  403  404  404  200  200  200  403  200  403  200
get_registration             foreign        401  403  404  404  404  404  200  403  200  403  404
get_registration             guest          401  403  200  404  404  200  200  403  200  403  404
get_queue_position           own            401  403  200  200  200  200  200  403  200  403  200
get_queue_position           sibling        401  403  404  404  200  200  200  403  200  403  200
get_queue_position           foreign        401  403  404  404  404  404  200  403  200  403  404
get_queue_position           guest          401  403  200  404  404  200  200  403  200  403  404
update_registration          own            401  403  403  403  403  403  200  403  403  403  403
update_registration          sibling        401  403  403  403  403  403  200  403  403  403  403
update_registration          foreign        401  403  403  403  403  403  200  403  403  403  403
accept_registration          own            401  403  200  200  200  403  200  403  403  200  200
accept_registration          sibling        401  403  404  404  200  403  200  403  403  404  403
accept_registration          foreign        401  403  404  404  404  403  200  403  403  404  404
accept_registration          guest          401  403  200  404  404  403  200  403  403  404  404
withdraw_registration        own            401  403  200  200  200  403  200  403  403  200  200
withdraw_registration        sibling        401  403  404  404  200  403  200  403  403  404  403
withdraw_registration        foreign        401  403  404  404  404  403  200  403  403  404  404
withdraw_registration        guest          401  403  200  404  404  403  200  403  403  404  404
cancel_registration          own            401  403  200  200  200  403  200  403  403  200  200
cancel_registration          sibling        401  403  404  404  200  403  200  403  403  404  403
cancel_registration          foreign        401  403  404  404  404  403  200  403  403  404  404
cancel_registration          guest          401  403  200  404  404  403  200  403  403  404  404
transfer_registration        own            401  403  200  200  200  403  200  403  403  200  200
transfer_registration        sibling        401  403  404  404  200  403  200  403  403  404  403
transfer_registration        foreign        401  403  404  404  404  403  200  403  403  404  404
transfer_registration        guest          401  403  200  404  404  403  200  403  403  404  404
""")


# ---- how each operation is asked ---------------------------------------------------------------

# Which row an id in the path is.
ROWS = {
    "registration": lambda world, name, relation: world.registrations[
        world.whose(name, relation), "confirmed"],
    "waiting": lambda world, name, relation: world.registrations[
        world.whose(name, relation), "waitlisted"],
    "offered": lambda world, name, relation: world.registrations[
        world.whose(name, relation), "offered"],
    "person": lambda world, name, relation: world.people[world.whose(name, relation)],
    "user": lambda world, name, relation: world[world.whose(name, relation)].id,
    "grant": lambda world, name, relation: world.grants[world.whose(name, relation)][0]["id"],
    "client": lambda world, name, relation: world[name if relation == "own" else "mute"].id,
    "organisation": lambda world, name, relation: world.organisations[world.place(name, relation)],
    "course": lambda world, name, relation: world.course(name, relation).id,
    **{table: lambda world, name, relation, table=table: world.part_of_course(table, name, relation)
       for table in ("course_gathering", "course_session", "ticket_type", "course_item",
                     "item_option")},
}

SOMEBODY = {"full_name": "Kari Eksempelsen", "email": "kari.ny@example.no"}


def registration_of(world, name, relation):
    """One's own registration (a machine: somebody's), a colleague's, or that of somebody who works
    elsewhere, for a course elsewhere."""
    person = None if relation == "own" and world[name].kind == "user" else SOMEBODY
    return world.build.registration_body(
        world.course(name, relation, "empty"), person=person, item_choices={"laerebok": "smart"},
        employer_organisation_id=world.organisations[world.place(name, relation)])


def transfer_of(world, name, relation):
    whose = world.whose(name, relation)
    place = "away" if whose in ("away", "stranger") else "home"
    employer = None if whose == "guest" else world.organisations[place]
    return {"person": SOMEBODY, "profession_code": "laerer", "employer_organisation_id": employer}


@dataclasses.dataclass
class Request:
    """`row` names the row of the path, of which `path` has everything else."""
    row: str = None
    body: object = None  # or a function of world, name, relation
    path: dict = dataclasses.field(default_factory=dict)
    running: bool = False  # asked while the course is held


REQUESTS = {
    "get_docs_file": Request(path={"file": "swagger-ui.css"}),
    "get_problem": Request(path={"code": "forbidden"}),
    "get_course_type": Request(path={"code": "grunnkurs"}),
    "get_municipality": Request(path={"municipality_no": "3905"}),

    "get_organisation": Request("organisation"),
    "create_organisation": Request(body={"org_type": "other", "name": "Ny organisasjon"}),
    "update_organisation": Request("organisation", {"short_name": "Ny"}),
    "get_person": Request("person"),
    "create_person": Request(body=SOMEBODY),
    "update_person": Request("person", {"phone": "+47 11 11 11 11"}),
    "get_user": Request("user"),
    "create_user": Request(body={"subject": "ny-bruker"}),
    "update_user": Request("user", {"is_active": False}),
    "list_user_role_grants": Request("user"),
    "grant_user_role": Request("user", {"role": "smart_admin", "scope_type": "global"}),
    "get_role_grant": Request("grant"),
    "revoke_role_grant": Request("grant"),
    "get_api_client": Request("client"),
    "create_api_client": Request(body={"client_id": "nytt-system", "name": "Nytt system",
                                       "scopes": ["smart:read"]}),
    "update_api_client": Request("client", {"name": "Nytt navn"}),
    "rotate_api_client_secret": Request("client"),
    "list_api_client_role_grants": Request("client"),
    "grant_api_client_role": Request("client", lambda world, name, relation: {
        "role": "partner_system", "scope_type": "organisation",
        "scope_id": world.organisations["home"]}),

    "get_course": Request("course"),
    "create_course": Request(body={"code": "nytt-kurs", "course_type": "grunnkurs", "title": "Nytt"}),
    "update_course": Request("course", {"title": "Endret"}),
    "delete_course": Request("course"),
    "get_course_seats": Request("course"),
    "publish_course": Request("course"),
    "start_course": Request("course", running=True),
    "complete_course": Request("course", running=True),
    "cancel_course": Request("course"),
    "list_gatherings": Request("course"),
    "list_course_professions": Request("course"),
    "create_gathering": Request("course", {"seq_no": 2}),
    "get_gathering": Request("course_gathering"),
    "update_gathering": Request("course_gathering", {"title": "Endret"}),
    "delete_gathering": Request("course_gathering"),
    "list_sessions": Request("course"),
    "create_session": Request("course_gathering", {"starts_at": "2040-03-10T08:00:00Z",
                                                   "ends_at": "2040-03-10T14:30:00Z"}),
    "get_session": Request("course_session"),
    "update_session": Request("course_session", {"title": "Endret"}),
    "delete_session": Request("course_session"),
    "list_ticket_types": Request("course"),
    "create_ticket_type": Request("course", {"code": "ny", "name": "Ny", "price_nok": 100}),
    "get_ticket_type": Request("ticket_type"),
    "update_ticket_type": Request("ticket_type", {"name": "Endret"}),
    "delete_ticket_type": Request("ticket_type"),
    "list_course_items": Request("course"),
    "create_course_item": Request("course", {"code": "ny", "name": "Ny"}),
    "get_course_item": Request("course_item"),
    "update_course_item": Request("course_item", {"name": "Endret"}),
    "delete_course_item": Request("course_item"),
    "list_item_options": Request("course_item"),
    "create_item_option": Request("course_item", {"code": "ny", "name": "Ny"}),
    "get_item_option": Request("item_option"),
    "update_item_option": Request("item_option", {"name": "Endret"}),
    "delete_item_option": Request("item_option"),

    "create_registration": Request(body=registration_of),
    "get_registration": Request("registration"),
    "update_registration": Request("registration", {"dietary_note": "Vegan"}),
    "get_queue_position": Request("waiting"),
    "accept_registration": Request("offered"),
    "withdraw_registration": Request("waiting"),
    "cancel_registration": Request("registration"),
    "transfer_registration": Request("registration", transfer_of),
}

# Writes that cannot be tried and rolled back; this one leaves nothing behind.
DETACHED = {"create_token"}


def log_in(principal):
    """At /oauth/token, as RFC 6749 has it: a user has no client's secret."""
    credentials = None
    if principal.id:
        pair = f"{principal.subject}:{principal.secret or 'none'}"
        credentials = f"Basic {base64.b64encode(pair.encode()).decode()}"
    return {"headers": {"Authorization": credentials},
            "body": "grant_type=client_credentials", "media": "application/x-www-form-urlencoded"}


def ask(world, api, name, operation, relation, **options):
    """Asks for an operation as a principal, without leaving anything behind."""
    request = REQUESTS.get(operation.id, Request())
    options.setdefault("dry_run", operation.accepts("Prefer"))
    assert operation.method == "GET" or options["dry_run"] or operation.id in DETACHED
    path = {**request.path}
    if request.row:
        parameter = re.search(r"{(\w+)}", operation.template)[1]
        path[parameter] = ROWS[request.row](world, name, relation)
    body = request.body(world, name, relation) if callable(request.body) else request.body
    options = {"body": body, **options}
    if operation.accepts("If-Match"):
        options["etag"] = "*"
    if request.running:
        starts_at = world.course(name, relation).starts_at
        options["now"] = instant(starts_at + datetime.timedelta(hours=1))
    if operation.id == "create_token":
        options |= log_in(world[name])
    return api.request(operation.method, operation.template.format(**path), **options)


@pytest.fixture(scope="module")
def operations(clients):
    return {operation.id: operation for operation in clients["anon"].contract.operations}


def test_every_operation_is_in_the_table(operations):
    assert {label.split()[0] for label, _ in TABLE} == set(operations)


@pytest.mark.parametrize("label", [label for label, _ in TABLE])
def test_who_may(label, world, clients, operations):
    operation, relation = label.split()
    wrong = []
    for name, status in TABLE[label].items():
        if status == "-":
            continue
        try:
            ask(world, clients[name], name, operations[operation], relation, expect=int(status))
        except AssertionError as failure:
            wrong.append(f"{name}: {failure}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("row,action", [("registration", "cancel"), ("registration", "transfer"),
                                        ("waiting", "withdraw"), ("offered", "accept")])
@pytest.mark.parametrize("relation", ["own", "sibling", "foreign", "guest"])
def test_an_action_is_offered_to_those_who_may(row, action, relation, world, clients):
    for name, status in TABLE[f"get_registration {relation}"].items():
        if status != "200":
            continue
        path = f"/v1/smart/registrations/{ROWS[row](world, name, relation)}"
        offered = action in clients[name].get(path)["allowed_actions"]
        may = TABLE[f"{action}_registration {relation}"][name] == "200"
        assert offered == may, name


@pytest.mark.parametrize("relation,action", [("own", "cancel"), ("own-draft", "publish")])
def test_an_action_on_a_course_is_offered_to_those_who_may(relation, action, world, clients):
    for name, status in TABLE[f"get_course {relation}"].items():
        if status == "200":
            answer = clients[name].get(f"/v1/smart/courses/{world.course(name, relation).id}")
            may = TABLE[f"{action}_course {relation}"][name] == "200"
            assert (action in answer["allowed_actions"]) == may, name


# ---- lists -----------------------------------------------------------------------------------

# Which rows a list gives; "others" are all rows that have no line here. A dash: refused altogether.
LISTS = Table("""
                                            anon outs part par2 book inst smad admn read regi away
list_registrations           part             -    -    x    .    x    x    x    -    x    -    .
list_registrations           par2             -    -    .    x    x    x    x    -    x    -    .
list_registrations           outs             -    -    .    .    x    x    x    -    x    -    .
list_registrations           book             -    -    .    .    x    x    x    -    x    -    .
list_registrations           inst             -    -    .    .    x    x    x    -    x    -    .
list_registrations           smad             -    -    .    .    x    x    x    -    x    -    .
list_registrations           admn             -    -    .    .    x    x    x    -    x    -    .
list_registrations           both             -    -    .    .    x    x    x    -    x    -    .
list_registrations           read             -    -    .    .    x    x    x    -    x    -    .
list_registrations           regi             -    -    .    .    x    x    x    -    x    -    .
list_registrations           mute             -    -    .    .    x    x    x    -    x    -    .
list_registrations           far              -    -    .    .    x    .    x    -    x    -    .
list_registrations           guest            -    -    x    .    .    x    x    -    x    -    .
list_registrations           pupil            -    -    .    .    .    x    x    -    x    -    .
list_registrations           away             -    -    .    .    .    .    x    -    x    -    x
list_registrations           stranger         -    -    .    .    .    .    x    -    x    -    x
list_registrations           others           -    -    .    .    .    .    x    -    x    -    .
list_courses                 home             x    x    x    x    x    x    x    x    x    x    x
list_courses                 away             x    x    x    x    x    x    x    x    x    x    x
list_courses                 home-draft       .    .    .    .    .    x    x    .    .    .    .
list_courses                 away-draft       .    .    .    .    .    .    x    .    .    .    .
list_courses                 others           x    x    x    x    x    x    x    x    x    x    x
list_people                  others           -    -    -    -    -    -    x    x    -    -    -
list_users                   others           -    -    -    -    -    -    -    x    -    -    -
list_role_grants             others           -    -    -    -    -    -    -    x    -    -    -
list_api_clients             others           -    -    -    -    -    -    -    x    -    -    -
list_audit_events            others           -    -    -    -    -    -    -    x    -    -    -
list_organisations           others           -    -    x    x    x    x    x    x    -    -    -
list_municipalities          others           -    -    x    x    x    x    x    x    -    -    -
list_regions                 others           -    -    x    x    x    x    x    x    -    -    -
list_course_types            others           x    x    x    x    x    x    x    x    x    x    x
list_professions             others           x    x    x    x    x    x    x    x    x    x    x
list_cancellation_policies   others           x    x    x    x    x    x    x    x    x    x    x
""")

TABLES = {
    "list_registrations": "registration", "list_courses": "course", "list_people": "person",
    "list_users": "user_account", "list_role_grants": "role_grant",
    "list_api_clients": "api_client", "list_audit_events": "event",
    "list_organisations": "organisation", "list_municipalities": "municipality",
    "list_regions": "region", "list_course_types": "course_type", "list_professions": "profession",
    "list_cancellation_policies": "cancellation_policy",
}

# Lists below another row, which the table above has already, and one that is no table.
LISTS_OF_ONE = {
    "list_codes", "list_user_role_grants", "list_api_client_role_grants", "list_gatherings",
    "list_sessions", "list_ticket_types", "list_course_items", "list_item_options",
    "list_course_professions",
}


def rows_by_name(world, operation):
    """The ids behind each line of LISTS."""
    everything = {row["id"] for row in world.build.session.rows(f"SELECT id FROM {TABLES[operation]}")}
    named = {}
    if operation == "list_registrations":
        for (name, _), row in world.registrations.items():
            named.setdefault(name, set()).add(row)
    if operation == "list_courses":
        for (place, state), course in world.courses.items():
            named.setdefault(f"{place}-draft" if state == "draft" else place, set()).add(course.id)
    return {**named, "others": everything.difference(*named.values())}


def ids_in(answer, accept):
    if accept == "text/csv":
        return [line["id"] for line in csv.DictReader(io.StringIO(answer.text))]
    return [json.loads(line)["id"] for line in answer.text.splitlines()]


def listed(api, path):
    """The ids that a list gives, in each of its formats, and how many it says there are."""
    yield [item["id"] for item in api.every(path, {"limit": 200})]
    for accept in "text/csv", "application/x-ndjson":
        yield ids_in(api.get(path, accept=accept), accept)
    yield range(api.get(path, params={"count": "true", "limit": 1})["count"])


@pytest.mark.parametrize("operation", TABLES)
def test_who_gets_which_rows(operation, world, clients, operations):
    rows = rows_by_name(world, operation)
    lines = {label.split()[1]: cells for label, cells in LISTS if label.split()[0] == operation}
    assert set(lines) == set(rows)
    for name in NAMES:
        if lines["others"][name] == "-":
            assert TABLE[f"{operation} -"][name] in ("401", "403")
            continue
        expected = {row for line, cells in lines.items() if cells[name] == "x" for row in rows[line]}
        *found, count = listed(clients[name], operations[operation].template)
        for ids in found:
            assert sorted(ids) == sorted(expected), name
        assert len(count) == len(expected), name


def test_every_list_is_looked_at(operations):
    lists = {name for name in operations if name.startswith("list_")}
    assert lists == set(TABLES) | LISTS_OF_ONE
    assert {label.split()[0] for label, _ in LISTS} == set(TABLES)


def test_a_filter_finds_nothing_that_the_list_does_not_give(world, clients):
    """Asking for a particular row does not bring it closer."""
    stranger, path = world["stranger"], "/v1/smart/registrations"
    for name in "part", "book", "inst":
        for course in world.courses["away", "confirmed"], world.courses["home", "confirmed"]:
            for params in ({"person_id": stranger.person_id}, {"course_id": course.id},
                           {"employer_organisation_id": world.organisations["away"]}):
                found = clients[name].every(path, params)
                assert stranger.person_id not in {one["person_id"] for one in found}


def test_a_search_finds_no_draft(world, clients):
    """The words are looked up past the policies; what comes back is not."""
    code = world.courses["home", "draft"].code
    for name in NAMES:
        found = clients[name].get("/v1/smart/courses", params={"q": code}).items
        assert [one["code"] for one in found] == ([code] if name in ("inst", "smad") else []), name


def test_principals_do_not_mix_when_they_ask_at_once(world, clients):
    """Workers are shared: each request has the rows of its own principal, whoever was before."""
    path, rows = "/v1/smart/registrations", rows_by_name(world, "list_registrations")
    lines = {label.split()[1]: cells for label, cells in LISTS if label.startswith("list_regis")}

    def look(name):
        client = clients[name].clone()
        expected = {row for line, cells in lines.items() if cells[name] == "x" for row in rows[line]}
        return [name for _ in range(20)
                if {one["id"] for one in client.every(path, {"limit": 200})} != expected]
    names = ["part", "par2", "book", "inst", "smad", "away"]
    with concurrent.futures.ThreadPoolExecutor(len(names)) as threads:
        assert sum(threads.map(look, names), []) == []


# ---- what an answer gives away -----------------------------------------------------------------


def test_a_hidden_row_is_like_none(world, clients):
    """The same answer for a registration, a course or a person that others have as for an id that
    nobody has, whatever is asked of it."""
    part = clients["part"]
    hidden = world.registrations["stranger", "confirmed"]
    for make in (lambda row: part.get(f"/v1/smart/registrations/{row}", expect=404),
                 lambda row: part.post(f"/v1/smart/registrations/{row}/actions/cancel", {},
                                       etag='"999-0"', expect=404)):
        assert told(make(hidden)) == told(make(uuid.uuid4()))
    part.head(f"/v1/smart/registrations/{hidden}", expect=404)
    draft = world.courses["home", "draft"].id
    assert (told(part.get(f"/v1/smart/courses/{draft}", expect=404)) ==
            told(part.get(f"/v1/smart/courses/{uuid.uuid4()}", expect=404)))
    body = world.build.registration_body(world.courses["home", "draft"])
    assert (told(part.post("/v1/smart/registrations", body, expect=404)) ==
            told(part.post("/v1/smart/registrations", {**body, "course_id": str(uuid.uuid4())},
                           expect=404)))
    body = world.build.registration_body(world.courses["home", "empty"], person=None)
    assert (told(part.post("/v1/smart/registrations", {**body, "person_id": world.people["stranger"]},
                           expect=422)) ==
            told(part.post("/v1/smart/registrations", {**body, "person_id": str(uuid.uuid4())},
                           expect=422)))


def told(answer):
    """What a problem says, less what differs from one request to the next."""
    return {name: value for name, value in answer.json.items()
            if name not in ("request_id", "instance")}


def test_a_stored_answer_is_for_the_one_who_asked(world, server, tokens):
    """The same key and body from somebody else is a request of their own."""
    first, second = (Api(server, tokens.sign(world.build.user("participant").subject))
                     for _ in range(2))
    key, path = str(uuid.uuid4()), "/v1/smart/registrations"
    body = world.build.registration_body(world.courses["away", "empty"],
                                         item_choices={"laerebok": "smart"})
    made = first.post(path, body, key=key)
    second.post(path, body, key=key, expect=409, code="already_registered")
    assert first.post(path, body, key=key)["id"] == made["id"]


# ---- restricted fields ------------------------------------------------------------------------

# What a partner system sees of a registration by its scopes: x the value, . null.
MASKS = Table("""
                     read   read,contact   read,sensitive   read,contact,sensitive
participant_name     x      x              x                x
employer_name        x      x              x                x
participant_email    .      x              .                x
participant_phone    .      x              .                x
invoice              .      x              .                x
dietary_note         .      .              x                x
""")
NOT_IN_LISTS = {"invoice"}


@pytest.fixture(scope="module", params=MASKS.names)
def partner(request, world, server, tokens):
    """A partner system with these scopes, and what it is to see."""
    scopes = [f"smart:{word}" for word in request.param.split(",")] + ["smart:register"]
    client = world.build.client(*scopes)
    api = Api(server, tokens.sign(client.client_id, client_id=client.client_id, scope=" ".join(scopes)))
    return api, {field for field, cells in MASKS if cells[request.param] == "x"}


def shown(row, fields):
    """Which of the fields have a value; in CSV nothing is an empty cell."""
    return {field for field in fields if row[field] not in (None, "")}


def test_an_item_hides_what_is_restricted(world, partner):
    api, seen = partner
    path = f"/v1/smart/registrations/{world.registrations['part', 'confirmed']}"
    fields = {field for field, _ in MASKS}
    assert shown(api.get(path).json, fields) == seen
    for field in fields:  # asking for it by name does not help
        assert shown(api.get(path, params={"fields": field}).json, {field}) == seen & {field}


@pytest.mark.parametrize("accept", ["application/json", "text/csv", "text/csv;excel=no",
                                    "application/x-ndjson"])
def test_a_list_hides_what_is_restricted(world, partner, accept):
    api, seen = partner
    course = world.courses["home", "confirmed"]
    answer = api.get("/v1/smart/registrations", params={"course_id": course.id}, accept=accept)
    if accept.startswith("text/csv"):
        text = answer.text.lstrip("\ufeff")
        rows = list(csv.DictReader(io.StringIO(text), delimiter=";" if "excel" in accept else ","))
    else:
        rows = (answer.items if accept == "application/json" else
                [json.loads(line) for line in answer.text.splitlines()])
    fields = {field for field, _ in MASKS} - NOT_IN_LISTS
    row = next(row for row in rows if row["person_id"] == world.people["part"])
    assert shown(row, fields) == seen - NOT_IN_LISTS
    assert not any(shown(other, fields) - seen for other in rows)


def test_the_answer_to_a_write_hides_what_is_restricted(world, partner):
    """Also when it is the partner's own registration, and when the answer is a stored one."""
    api, seen = partner
    body = world.build.registration_body(
        world.courses["away", "empty"], item_choices={"laerebok": "smart"}, employer_name="Firma",
        person={**SOMEBODY, "email": f"{uuid.uuid4().hex}@example.no", "phone": "+47 99 99 99 99"},
        invoice={"recipient": "Eksempelbedriften"}, dietary_note="Vegetar")
    key = str(uuid.uuid4())
    first = api.post("/v1/smart/registrations", body, key=key)
    again = api.post("/v1/smart/registrations", body, key=key)
    fields = {field for field, _ in MASKS}
    assert shown(first.json, fields) == shown(again.json, fields) == seen
    assert first["id"] == again["id"]


def test_a_person_without_contact_scope(world, server, tokens, clients):
    """The people of the register: the same mask, and no search by what it hides."""
    person = world.build.person("Hemmelig Adressesen", "hemmelig.adresse@example.no", phone="+47 1",
                                birth_year=1980)
    token = tokens.sign(world["smad"].subject, scope="registry:read")
    narrow, hidden = Api(server, token), {"email", "phone", "birth_year"}
    assert shown(narrow.get(f"/v1/people/{person}").json, hidden) == set()
    assert shown(clients["smad"].get(f"/v1/people/{person}").json, hidden) == hidden
    for text, finds in (("adressesen", True), ("hemmelig.adresse", False)):
        found = narrow.get("/v1/people", params={"q": text}).items
        assert (person in {one["id"] for one in found}) == finds
    found = clients["smad"].get("/v1/people", params={"q": "hemmelig.adresse"}).items
    assert person in {one["id"] for one in found}


# ---- scopes of machines ------------------------------------------------------------------------

# A partner system with one scope alone, the role granted for everything. Scopes open nothing that the
# role does not: a machine reads no people and no users, and runs no courses.
SCOPES = Table("""
                     registry:read registry:write smart:read smart:write smart:register audit:read admin:write
list_organisations   200           403            403        403         403            403        403
list_municipalities  200           403            403        403         403            403        403
create_organisation  403           403            403        403         403            403        403
list_people          403           403            403        403         403            403        403
create_person        403           403            403        403         403            403        403
list_users           403           403            403        403         403            403        403
create_user          403           403            403        403         403            403        403
list_role_grants     403           403            403        403         403            403        403
list_api_clients     403           403            403        403         403            403        403
create_api_client    403           403            403        403         403            403        403
list_audit_events    403           403            403        403         403            403        403
create_course        403           403            403        403         403            403        403
list_registrations   403           403            200        403         403            403        403
create_registration  403           403            403        403         201            403        403
""")


@pytest.mark.parametrize("scope", SCOPES.names)
def test_what_one_scope_opens(scope, world, server, tokens, operations):
    client = world.build.client(scope)
    api = Api(server, tokens.sign(client.client_id, client_id=client.client_id, scope=scope))
    for operation, cells in SCOPES:
        body = ({"body": registration_of(world, "read", "own")}
                if operation == "create_registration" else {})
        ask(world, api, "read", operations[operation], "own", expect=int(cells[scope]), **body)


def test_a_token_reaches_no_further_than_its_scopes(world, server, tokens, operations):
    """Roles alone open nothing: an admin's token for reading writes nothing."""
    for name, scope, operation, status in [
            ("admn", "registry:read", "create_organisation", 403),
            ("admn", "registry:write", "create_organisation", 201),
            ("admn", "registry:write", "create_api_client", 403),
            ("smad", "smart:read smart:register", "create_course", 403),
            ("smad", "smart:write", "create_course", 201),
            ("part", "smart:register", "list_registrations", 403),
            ("part", "smart:read", "create_registration", 403)]:
        api = Api(server, tokens.sign(world[name].subject, scope=scope))
        ask(world, api, name, operations[operation], "own", expect=status)
