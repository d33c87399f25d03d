"""The database as the second wall: the row policies by themselves.

First what each kind of principal sees and writes when the service sets its local settings, with no
API in between; then each policy opened in turn, which one of these expectations must notice; then
the service with its permissions switched off (loft-open), where the policies alone must hold.
"""
import re
from unittest import mock

import psycopg2
import pytest

from support import run
from support.build import Build
from support.client import Api
from support.server import Server

from test_access import ALL_SCOPES, NAMES, TABLE, Principal, Table, World, ask, listed
from test_access import TABLES as LISTED

POLICIES = "".join(path.read_text()
                   for path in sorted((run.ROOT / "storage/policies").glob("*.sql")))
CREATED = re.findall(r"^CREATE POLICY (\w+) ON (\w+)", POLICIES, re.MULTILINE)

# Beside those of test_access.py: both, a participant who is instructor at home as well; boin, booker
# and instructor at home; mute, a partner system without any scope for SMART; syst, the service itself.
# Rows are named after whom they are about. An x sees the row.
SEES = Table("""
                                anon outs part par2 both book boin inst smad admn read regi away mute syst
organisation home                x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
person part                      .    .    x    .    x    .    x    x    x    x    .    .    .    .    .
person par2                      .    .    .    x    x    .    x    x    x    x    .    .    .    .    .
person outs                      .    x    .    .    x    .    x    x    x    x    .    .    .    .    .
person admn                      .    .    .    .    x    .    x    x    x    x    .    .    .    .    .
person guest                     .    .    .    .    x    .    x    x    x    x    .    .    .    .    .
person pupil                     .    .    .    .    .    .    x    x    x    x    .    .    .    .    .
person far                       .    .    .    .    .    .    .    .    x    x    .    .    .    .    .
person stranger                  .    .    .    .    .    .    .    .    x    x    .    .    .    .    .
person nobody                    .    .    .    .    .    .    .    .    x    x    .    .    .    .    .
user_account part                .    .    x    .    .    .    .    .    .    x    .    .    .    .    .
user_account smad                .    .    .    .    .    .    .    .    x    x    .    .    .    .    .
user_account outs                .    x    .    .    .    .    .    .    .    x    .    .    .    .    .
api_client read                  .    .    .    .    .    .    .    .    .    x    x    .    .    .    .
api_client away                  .    .    .    .    .    .    .    .    .    x    .    .    x    .    .
role_grant part                  .    .    x    .    .    .    .    .    .    x    .    .    .    .    .
role_grant book                  .    .    .    .    .    x    .    .    .    x    .    .    .    .    .
role_grant read                  .    .    .    .    .    .    .    .    .    x    x    .    .    .    .
event part                       .    .    .    .    .    .    .    .    .    x    .    .    .    .    x
event syst                       .    .    .    .    .    .    .    .    .    x    .    .    .    .    x
idempotency_key part             .    .    x    .    .    .    .    .    .    .    .    .    .    .    x
idempotency_key read             .    .    .    .    .    .    .    .    .    .    x    .    .    .    x
                                anon outs part par2 both book boin inst smad admn read regi away mute syst
course home                      x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
course away                      x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
course home-draft                .    .    .    .    x    .    x    x    x    .    .    .    .    .    x
course away-draft                .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
course_gathering away            x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
course_gathering home-draft      .    .    .    .    x    .    x    x    x    .    .    .    .    .    x
course_gathering away-draft      .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
course_session away              x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
course_session home-draft        .    .    .    .    x    .    x    x    x    .    .    .    .    .    x
course_session away-draft        .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
ticket_type away                 x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
ticket_type home-draft           .    .    .    .    x    .    x    x    x    .    .    .    .    .    x
ticket_type away-draft           .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
course_item away                 x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
course_item home-draft           .    .    .    .    x    .    x    x    x    .    .    .    .    .    x
course_item away-draft           .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
item_option away                 x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
item_option home-draft           .    .    .    .    x    .    x    x    x    .    .    .    .    .    x
item_option away-draft           .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
                                anon outs part par2 both book boin inst smad admn read regi away mute syst
registration part                .    .    x    .    x    x    x    x    x    .    x    .    .    .    x
registration par2                .    .    .    x    x    x    x    x    x    .    x    .    .    .    x
registration outs                .    .    .    .    x    x    x    x    x    .    x    .    .    .    x
registration admn                .    .    .    .    x    x    x    x    x    .    x    .    .    .    x
registration both                .    .    .    .    x    x    x    x    x    .    x    .    .    .    x
registration guest               .    .    x    .    x    .    x    x    x    .    x    .    .    .    x
registration pupil               .    .    .    .    x    .    x    x    x    .    x    .    .    .    x
registration regi                .    .    .    .    x    x    x    x    x    .    x    x    .    .    x
registration mute                .    .    .    .    x    x    x    x    x    .    x    .    .    .    x
registration away                .    .    .    .    .    .    .    .    x    .    x    .    x    .    x
registration stranger            .    .    .    .    .    .    .    .    x    .    x    .    x    .    x
registration far                 .    .    .    .    .    x    x    .    x    .    x    .    .    .    x
""")

# Each line has a statement below. An x may; everybody else is refused or finds no row.
DOES = Table("""
                                anon outs part par2 both book boin inst smad admn read regi away mute syst
organisation create              .    .    .    .    .    .    .    .    .    x    .    .    .    .    .
organisation update              .    .    .    .    .    .    .    .    .    x    .    .    .    .    .
person create                    .    .    .    .    .    .    .    .    .    x    .    .    .    .    .
person update part               .    .    .    .    .    .    .    .    .    x    .    .    .    .    .
person update self               .    .    .    .    .    .    .    .    .    x    .    .    .    .    .
person find-or-create            .    .    x    x    x    x    x    .    x    .    .    x    x    .    x
user_account create              .    .    .    .    .    .    .    .    .    x    .    .    .    .    .
user_account update part         .    .    .    .    .    .    .    .    .    x    .    .    .    .    .
user_account update self         .    .    .    .    .    .    .    .    .    x    .    .    .    .    .
api_client create                .    .    .    .    .    .    .    .    .    x    .    .    .    .    .
api_client update read           .    .    .    .    .    .    .    .    .    x    .    .    .    .    .
api_client secret read           .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
role_grant create                .    .    .    .    .    .    .    .    .    x    .    .    .    .    .
role_grant create for-self       .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
role_grant create as-other       .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
role_grant delete part           .    .    .    .    .    .    .    .    .    x    .    .    .    .    .
role_grant delete self           .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
event append                     x    x    x    x    x    x    x    x    x    x    x    x    x    x    x
event append as-other            .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
event append as-system           .    .    .    .    .    .    .    .    .    .    .    .    .    .    x
event append as-anonymous        x    .    .    .    .    .    .    .    .    .    .    .    .    .    .
event update                     .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
event delete                     .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
idempotency_key create           .    x    x    x    x    x    x    x    x    x    x    x    x    x    x
idempotency_key create as-other  .    .    .    .    .    .    .    .    .    .    .    .    .    .    x
idempotency_key delete part      .    .    x    .    .    .    .    .    .    .    .    .    .    .    x
                                anon outs part par2 both book boin inst smad admn read regi away mute syst
course create                    .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
course lock away                 .    .    x    x    x    x    x    .    x    .    .    x    x    .    x
course lock home-draft           .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
course lock away-draft           .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
course update home               .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
course update home-draft         .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
course delete home               .    .    .    .    .    .    .    .    .    .    .    .    .    .    x
course delete home-draft         .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
course seats home-draft          .    .    .    .    x    .    x    x    x    .    .    .    .    .    x
course seats away-draft          .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
course_gathering create          .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
course_gathering update          .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
course_gathering delete draft    .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
course_gathering delete          .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
course_session create            .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
course_session update            .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
course_session delete draft      .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
course_session delete            .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
ticket_type create               .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
ticket_type update               .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
ticket_type delete draft         .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
ticket_type delete               .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
course_item create               .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
course_item update               .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
course_item delete draft         .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
course_item delete               .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
item_option create               .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
item_option update               .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
item_option delete draft         .    .    .    .    .    .    .    .    x    .    .    .    .    .    .
item_option delete               .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
                                anon outs part par2 both book boin inst smad admn read regi away mute syst
registration create              .    .    x    x    x    .    .    .    x    .    .    x    .    .    x
registration create returning    .    .    x    x    x    .    .    .    x    .    .    x    .    .    x
registration create of-home      .    .    x    x    x    x    x    .    x    .    .    x    .    .    x
registration create of-away      .    .    x    x    x    .    .    .    x    .    .    x    x    .    x
registration create as-other     .    .    .    .    .    .    .    .    .    .    .    .    .    .    x
registration create as-machine   .    .    .    .    .    .    .    .    .    .    .    .    .    .    x
registration create as-nobody    .    .    .    .    .    .    .    .    .    .    .    .    .    .    x
registration create completed    .    .    .    .    .    .    .    .    .    .    .    .    .    .    x
registration update part         .    .    x    .    .    x    x    .    x    .    .    .    .    .    x
registration update par2         .    .    .    x    .    x    x    .    x    .    .    .    .    .    x
registration update outs         .    .    .    .    .    x    x    .    x    .    .    .    .    .    x
registration update inst         .    .    .    .    .    x    x    .    x    .    .    .    .    .    x
registration update read         .    .    .    .    .    x    x    .    x    .    .    .    .    .    x
registration update guest        .    .    x    .    .    .    .    .    x    .    .    .    .    .    x
registration update regi         .    .    .    .    .    x    x    .    x    .    .    x    .    .    x
registration update away         .    .    .    .    .    .    .    .    x    .    .    .    x    .    x
registration update stranger     .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
registration hand-over book      .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
registration hand-over away      .    .    .    .    .    .    .    .    x    .    .    .    .    .    x
registration give-away both      .    .    .    .    .    x    x    .    x    .    .    .    .    .    x
registration take-over par2      .    .    .    x    .    x    x    .    x    .    .    .    .    .    x
registration queue-place par2    .    .    .    x    x    x    x    x    x    .    x    .    .    .    x
registration delete              .    .    .    .    .    .    .    .    .    .    .    .    .    .    .
""")

# What %(name)s stands for: %(me)s and %(other)s are users or clients, %(my_person)s the person of
# the caller, all else the rows of the world.
REGISTER = """INSERT INTO registration (course_id, ticket_type_id, person_id, participant_name,
    participant_email, profession_code, buyer_type, price_nok, payment_state, state,
    employer_organisation_id, registered_by, registered_by_client)
    VALUES (%(course home)s, %(ticket_type home)s, %(person nobody)s, 'Kari Eksempelsen',
            'kari@example.no', 'laerer', 'consumer', 950, 'to_invoice', '{state}', {employer}, {by})"""
APPEND = """INSERT INTO event (actor_kind, actor_id, operation, resource_type)
    VALUES ({kind}, {actor}, 'test', 'test')"""
STORE = """INSERT INTO idempotency_key (principal, key, request_hash, operation, status)
    VALUES ({whose}, 'new', 'hash', 'test', 201)"""
GRANT = """INSERT INTO role_grant (user_id, role, scope_type, granted_by)
    VALUES ({user}, 'smart_admin', 'global', {by})"""
UPDATE_REGISTRATION = """UPDATE registration SET {change} WHERE id = %(registration {row})s
    RETURNING version"""
MINE, OWN_NAME = "%(my_key)s", "%(as_user)s, %(as_client)s"


def register(by=OWN_NAME, employer="NULL", state="confirmed"):
    return REGISTER.format(by=by, employer=employer, state=state)


def change_registration(row, change="dietary_note = dietary_note"):
    return UPDATE_REGISTRATION.format(row=row, change=change)


STATEMENTS = {
    "organisation create": "INSERT INTO organisation (org_type, name) VALUES ('other', 'Ny')",
    "organisation update": "UPDATE organisation SET name = name WHERE id = %(organisation home)s",
    "person create": "INSERT INTO person (full_name, email) VALUES ('Ny', 'ny@example.no')",
    "person update part": "UPDATE person SET phone = phone WHERE id = %(person part)s",
    "person update self": "UPDATE person SET phone = phone WHERE id = %(my_person)s",
    "person find-or-create": "SELECT person_find_or_create('Ny', 'ny@example.no', NULL)",
    "user_account create": "INSERT INTO user_account (subject) VALUES ('new')",
    "user_account update part":
        "UPDATE user_account SET is_active = is_active WHERE id = %(user_account part)s",
    "user_account update self": "UPDATE user_account SET is_active = is_active WHERE id = %(me)s",
    "api_client create": """INSERT INTO api_client (client_id, name, secret_sha256, scopes)
        VALUES ('new-client', 'Ny', repeat('0', 64), '{smart:read}')""",
    "api_client update read": "UPDATE api_client SET name = name WHERE id = %(api_client read)s",
    "api_client secret read": "SELECT secret_sha256 FROM api_client WHERE id = %(api_client read)s",
    "role_grant create": GRANT.format(user="%(user_account outs)s", by="%(me)s"),
    "role_grant create for-self": GRANT.format(user="%(me)s", by="%(me)s"),
    "role_grant create as-other": GRANT.format(user="%(user_account outs)s", by="%(other)s"),
    "role_grant delete part": "DELETE FROM role_grant WHERE id = %(role_grant part)s",
    "role_grant delete self": "DELETE FROM role_grant WHERE id = ANY (%(my_grants)s::uuid[])",
    "event append": APPEND.format(kind="%(my_kind)s", actor="%(me)s"),
    "event append as-other": APPEND.format(kind="'user'", actor="%(other)s"),
    "event append as-system": APPEND.format(kind="'system'", actor="NULL"),
    "event append as-anonymous": APPEND.format(kind="'anonymous'", actor="NULL"),
    "event update": "UPDATE event SET reason = 'none' WHERE id = %(event part)s",
    "event delete": "DELETE FROM event WHERE id = %(event part)s",
    "idempotency_key create": STORE.format(whose=MINE),
    "idempotency_key create as-other": STORE.format(whose="'user:' || %(other)s"),
    "idempotency_key delete part": "DELETE FROM idempotency_key WHERE key = %(idempotency_key part)s",

    "course create":
        "INSERT INTO course (code, course_type, title) VALUES ('ny', 'grunnkurs', 'Ny')",
    "course lock away": "SELECT id FROM course WHERE id = %(course away)s FOR UPDATE",
    "course lock home-draft": "SELECT id FROM course WHERE id = %(course home-draft)s FOR UPDATE",
    "course lock away-draft": "SELECT id FROM course WHERE id = %(course away-draft)s FOR UPDATE",
    "course update home": "UPDATE course SET title = title WHERE id = %(course home)s",
    "course update home-draft": "UPDATE course SET title = title WHERE id = %(course home-draft)s",
    "course delete home": "DELETE FROM course WHERE id = %(course home)s",
    "course delete home-draft": "DELETE FROM course WHERE id = %(course home-draft)s",
    "course seats home-draft": "SELECT * FROM course_seats(%(course home-draft)s)",
    "course seats away-draft": "SELECT * FROM course_seats(%(course away-draft)s)",
    "course_gathering create":
        "INSERT INTO course_gathering (course_id, seq_no) VALUES (%(course home)s, 9)",
    "course_session create": """INSERT INTO course_session (gathering_id, starts_at, ends_at)
        VALUES (%(course_gathering home)s, now(), now() + interval '1 hour')""",
    "ticket_type create": """INSERT INTO ticket_type (course_id, code, name, price_nok)
        VALUES (%(course home)s, 'ny', 'Ny', 1)""",
    "course_item create":
        "INSERT INTO course_item (course_id, code, name) VALUES (%(course home)s, 'ny', 'Ny')",
    "item_option create":
        "INSERT INTO item_option (item_id, code, name) VALUES (%(course_item home)s, 'ny', 'Ny')",
    **{f"{table} update": f"UPDATE {table} SET {column} = {column} WHERE id = %({table} home)s"
       for table, column in {"course_gathering": "title", "course_session": "title",
                             "ticket_type": "name", "course_item": "name",
                             "item_option": "name"}.items()},
    **{f"{table} delete{word}": f"DELETE FROM {table} WHERE id = %({table} {row})s"
       for table in ("course_gathering", "course_session", "ticket_type", "course_item", "item_option")
       for word, row in (("", "home"), (" draft", "home-draft"))},

    "registration create": register(),
    "registration create returning": register() + " RETURNING id",
    "registration create of-home": register(employer="%(organisation home)s"),
    "registration create of-away": register(employer="%(organisation away)s"),
    "registration create as-other": register("%(other)s, NULL", "%(my_organisation)s"),
    "registration create as-machine": register("NULL, %(api_client mute)s", "%(my_organisation)s"),
    "registration create as-nobody": register("NULL, NULL", "%(my_organisation)s"),
    "registration create completed": register(OWN_NAME, "%(my_organisation)s", "completed"),
    **{f"registration update {row}": change_registration(row)
       for row in ("part", "par2", "outs", "inst", "read", "guest", "regi", "away", "stranger")},
    "registration hand-over book":
        change_registration("book", "employer_organisation_id = %(organisation away)s"),
    "registration hand-over away":
        change_registration("away", "employer_organisation_id = %(organisation home)s"),
    "registration give-away both": change_registration("both", "person_id = %(person nobody)s"),
    "registration take-over par2":
        change_registration("par2", "person_id = coalesce(%(my_person)s, %(person nobody)s)::uuid"),
    "registration queue-place par2":
        "SELECT 1 WHERE queue_position(%(waiting par2)s) IS NOT NULL",
    "registration delete": "DELETE FROM registration WHERE id = %(registration part)s",
}


# ---- the database, asked as the service asks it ---------------------------------------------


class Wall:
    """One transaction of a superuser in a copy of the demo database, asked as loft_service with the
    local settings of one principal after the other. Nothing in it is ever committed."""

    def __init__(self, database, world):
        self.world = world
        self.rows = rows_of(world)
        self.principals = {**self.world.principals, "syst": Principal("syst", "system")}
        self.session = database.connect("postgres", autocommit=False)
        self.tables = {}
        for label, _ in SEES:
            table, name = label.split()
            self.tables.setdefault(table, []).append(name)
        # What differs before anything is opened must not pass for having noticed it.
        self.begin()
        self.known = set(self.differences(TABLES))
        self.session.rollback()

    def begin(self):
        """From here on, what is asked is asked as loft_service."""
        self.session.execute("SET LOCAL ROLE loft_service")

    def become(self, name):
        principal = self.principals[name]
        is_global = [role for role, place, _ in principal.grants if place == "global"]
        scoped = [f"{role}:{scope_id}" for role, _, scope_id in principal.grants if scope_id]
        settings = {
            "user_id": principal.id, "person_id": principal.person_id,
            "roles": "system" if name == "syst" else ",".join(is_global),
            "grants": ",".join(scoped), "scopes": ",".join(principal.scopes), "now": "",
            "request_id": "test"}
        self.session.row("SELECT " + ", ".join(
            f"set_config('loft.{setting}', %({setting})s, true) AS {setting}"
            for setting in settings), {key: value or "" for key, value in settings.items()})

    def seen(self, table):
        """The names of the table's rows that the principal sees."""
        names = {self.rows[f"{table} {name}"]: name for name in self.tables[table]}
        key = "key" if table == "idempotency_key" else "id"
        found = self.session.rows(f"SELECT {key}::text AS id FROM {table} WHERE {key}::text = ANY (%s)",
                                  [list(names)])
        return {names[row["id"]] for row in found}

    def does(self, label, name):
        """Whether the statement does anything for the principal. What comes after the policies (a
        unique index, a foreign key) counts as done."""
        principal = self.principals[name]
        other = "part" if name != "part" else "par2"
        place = "away" if name == "away" else "home"
        key = f"{principal.kind}:{principal.id}" if principal.id else f"user:{self.world['part'].id}"
        parameters = {
            **self.rows, "me": principal.id, "my_person": principal.person_id, "my_key": key,
            "other": self.principals[other].id, "my_kind": principal.kind,
            "as_user": principal.id if principal.kind == "user" else None,
            "as_client": principal.id if principal.kind == "client" else None,
            "my_organisation": self.world.organisations[place],
            "my_grants": self.rows.get(f"role_grants {name}", [])}
        self.session.execute("SAVEPOINT attempt")
        try:
            return self.session.execute(STATEMENTS[label], parameters) > 0
        except psycopg2.errors.InsufficientPrivilege:
            return False
        except psycopg2.IntegrityError:
            return True
        finally:
            self.session.execute("ROLLBACK TO SAVEPOINT attempt")

    def differences(self, tables):
        """Where the database differs from the two tables above, line by line."""
        for table in tables:
            for name in SEES.names:
                if table not in self.tables:
                    continue
                self.become(name)
                seen = self.seen(table)
                for row in self.tables[table]:
                    expected = SEES[f"{table} {row}"][name] == "x"
                    if (row in seen) != expected:
                        yield f"{name} {'does not see' if expected else 'sees'} {table} {row}"
            for label in STATEMENTS:
                if label.split()[0] != table:
                    continue
                for name in DOES.names:
                    self.become(name)
                    expected = DOES[label][name] == "x"
                    if self.does(label, name) != expected:
                        yield f"{name} {'cannot' if expected else 'can'} {label}"


def rows_of(world):
    """'table name' -> id of every row that the tables above name."""
    owner = world.build.session
    rows = {f"organisation {place}": row for place, row in world.organisations.items()}
    rows |= {f"person {name}": row for name, row in world.people.items()}
    rows |= {f"registration {name}": row
             for (name, state), row in world.registrations.items() if state == "confirmed"}
    rows |= {f"waiting {name}": row
             for (name, state), row in world.registrations.items() if state == "waitlisted"}
    for principal in world.principals.values():
        if principal.kind == "user":
            rows[f"user_account {principal.name}"] = principal.id
        if principal.kind == "client":
            rows[f"api_client {principal.name}"] = principal.id
        grants = world.grants[principal.name]
        if grants:
            rows[f"role_grant {principal.name}"] = grants[0]["id"]
            rows[f"role_grants {principal.name}"] = [grant["id"] for grant in grants]
    for place in ("home", "away"):
        rows |= rows_of_course(owner, place, world.courses[place, "confirmed"].id)
        rows |= rows_of_course(owner, f"{place}-draft", world.courses[place, "draft"].id)
    for name in ("part", "read"):
        kind, who = world[name].kind, world[name].id
        rows[f"event {name}"] = world.build.insert(
            "event", actor_kind=kind, actor_id=who, operation="test", resource_type="test")
        rows[f"idempotency_key {name}"] = owner.value(
            "INSERT INTO idempotency_key (principal, key, request_hash, operation, status)"
            " VALUES (%s, %s, 'hash', 'test', 201) RETURNING key", [f"{kind}:{who}", f"key-{name}"])
    rows["event syst"] = world.build.insert(
        "event", actor_kind="system", operation="test", resource_type="test")
    return rows


def rows_of_course(owner, name, course_id):
    rows = {f"course {name}": course_id}
    for table in ("course_gathering", "course_session", "ticket_type", "course_item"):
        rows[f"{table} {name}"] = owner.value(f"SELECT id FROM {table} WHERE course_id = %s",
                                              [course_id])
    rows[f"item_option {name}"] = owner.value("SELECT id FROM item_option WHERE item_id = %s",
                                              [rows[f"course_item {name}"]])
    return rows


TABLES = sorted({table for _, table in CREATED})


@pytest.fixture(scope="module")
def world(owner_session):
    return World(Build(owner_session))


@pytest.fixture(scope="module")
def made_wall(database, world):
    wall = Wall(database, world)
    yield wall
    wall.session.close()


@pytest.fixture
def wall(made_wall):
    yield made_wall
    made_wall.session.rollback()


@pytest.mark.parametrize("table", TABLES)
def test_the_database_shows_and_takes_what_the_tables_say(wall, table):
    wall.begin()
    assert list(wall.differences([table])) == []


def test_every_protected_table_and_statement_is_in_the_tables_above():
    assert {label.split()[0] for label, _ in SEES} == set(TABLES)
    assert {label for label, _ in DOES} == set(STATEMENTS)


# ---- each policy opened ----------------------------------------------------------------------

# Policies that are open as they stand, and why that is meant.
OPEN_ON_PURPOSE = {
    "organisation_read": "a register of public numbers",
}


def test_the_policies_of_the_database_are_those_of_the_file(wall):
    made = wall.session.rows("SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'loft'")
    assert sorted((p["policyname"], p["tablename"]) for p in made) == sorted(CREATED)


OPENINGS = {"SELECT": "USING (true)", "DELETE": "USING (true)", "INSERT": "WITH CHECK (true)",
            "UPDATE": "USING (true) WITH CHECK (true)", "ALL": "USING (true) WITH CHECK (true)"}

# Policies that ask of a row as it was and as it becomes: what each half keeps by itself.
HALVES = {
    ("course_update", "WITH CHECK (true)"): "who locks a course changes nothing",
    ("course_lock", "WITH CHECK (true)"): "the same, from the other side",
    ("course_lock", "USING (true) WITH CHECK (false)"): "nobody who registers locks a draft",
    ("idempotency_key_own", "WITH CHECK (true)"): "an answer is stored in one's own name",
    ("registration_update", "WITH CHECK (true)"): "a booker hands no seat to another organisation",
    ("registration_update", "USING (true) WITH CHECK ({})"):
        "a participant who sees a registration as instructor does not take it over",
}

# What policies ask. Each of these answering yes to everybody must be noticed too.
HELPERS = {
    "has_role": "has_role(role text)",
    "has_scope": "has_scope(scope text)",
    "may_register": "may_register()",
    "registration_writable": "registration_writable(person_id uuid, registered_by uuid,"
                             " registered_by_client uuid, employer_organisation_id uuid)",
}


def is_noticed(wall, change, first="registration"):
    """Whether some expectation fails after this change; the table it is about is asked first."""
    wall.session.execute(change)
    wall.begin()
    tables = [first, *(table for table in TABLES if table != first)]
    return any(one not in wall.known for one in wall.differences(tables))


def policy(wall, name, column):
    return wall.session.value(f"SELECT {column} FROM pg_policies"
                              " WHERE schemaname = 'loft' AND policyname = %s", [name])


@pytest.mark.parametrize("name,table", CREATED)
def test_an_open_policy_is_noticed(wall, name, table):
    opening = OPENINGS[policy(wall, name, "cmd")]
    noticed = is_noticed(wall, f"ALTER POLICY {name} ON {table} {opening}", table)
    assert noticed == (name not in OPEN_ON_PURPOSE)


@pytest.mark.parametrize("name,opening", HALVES)
def test_a_half_open_policy_is_noticed(wall, name, opening):
    table = dict(CREATED)[name]
    opening = opening.format(policy(wall, name, "qual"))
    assert is_noticed(wall, f"ALTER POLICY {name} ON {table} {opening}", table)


@pytest.mark.parametrize("name", HELPERS)
def test_a_function_that_always_says_yes_is_noticed(wall, name):
    assert is_noticed(wall, f"CREATE OR REPLACE FUNCTION {HELPERS[name]} RETURNS boolean"
                            " LANGUAGE sql STABLE PARALLEL SAFE AS 'SELECT true'")


# ---- what the policies stand on --------------------------------------------------------------

# Tables without row level security: nobody's data, and written by migrations and triggers alone.
PUBLIC_TABLES = {
    "cancellation_policy": "a code list",
    "cancellation_rule": "what the code list means",
    "course_type": "a code list",
    "grant_epoch": "one number, read at the start of every transaction",
    "municipality": "a public register",
    "profession": "a code list",
    "region": "a public register",
    "schema_migration": "names of migrations, for readiness",
}

# Functions that look past the policies as the owner and that the service may call: what keeps each
# of them narrow.
NARROW = {
    "client_for_login": "one client, by its name; asked before there is a principal",
    "course_search": "ids, joined back to the rows that the caller may see",
    "course_seats": "numbers that are public; none of a draft that the caller may not see",
    "offers_standing": "a number that is public",
    "person_find_or_create": "an id, and only for those who may register",
    "principal_for_client": "one client's grants, by its name; asked before there is a principal",
    "principal_for_subject": "one user's grants, by a verified subject; likewise",
    "waiting_before": "a number within the public number of those who wait",
}

# Kept by defaults, triggers and migrations; the service may not write them even where a policy lets
# it write the row.
KEPT = {
    "course": "id version created_at updated_at starts_at ends_at seats_confirmed seats_offered"
              " waitlisted last_queue_no",
    "ticket_type": "id version claimed",
    "registration": "id version created_at updated_at",
    "person": "id version email_key",
    "user_account": "id version",
    "role_grant": "id version created_at",
    "event": "seq id tx occurred_at",
    "grant_epoch": "epoch",
}


@pytest.fixture
def catalog(wall):
    """The names that a query of the system catalogs gives."""
    def names(sql):
        return {row["name"] for row in wall.session.rows(sql)}
    return names


def test_every_table_is_protected_or_public_on_purpose(catalog):
    tables = """SELECT relname AS name FROM pg_class
        WHERE relnamespace = 'loft'::regnamespace AND relkind IN ('r', 'p') AND """
    assert catalog(tables + "NOT relrowsecurity") == set(PUBLIC_TABLES)
    assert catalog(tables + "relrowsecurity") == set(TABLES)
    # A view, or a foreign table, would be read with its owner's eyes.
    assert catalog("""SELECT relname AS name FROM pg_class
        WHERE relnamespace = 'loft'::regnamespace AND relkind IN ('v', 'm', 'f')""") == set()


def test_the_service_writes_no_public_table(catalog):
    writable = """SELECT c.relname AS name FROM pg_class AS c
        WHERE c.relnamespace = 'loft'::regnamespace AND c.relkind = 'r'
          AND (has_any_column_privilege('loft_service', c.oid, 'INSERT, UPDATE')
               OR has_table_privilege('loft_service', c.oid, 'DELETE, TRUNCATE'))"""
    assert catalog(writable) & set(PUBLIC_TABLES) == set()
    assert catalog("""SELECT c.relname AS name FROM pg_class AS c
        WHERE c.relnamespace = 'loft'::regnamespace AND c.relkind = 'r'
          AND has_table_privilege('loft_service', c.oid, 'TRUNCATE, REFERENCES, TRIGGER')""") == set()


def test_the_service_deletes_little(catalog):
    """Drafts with what belongs to them, grants, old answers: nothing about anybody."""
    assert catalog("""SELECT c.relname AS name FROM pg_class AS c
        WHERE c.relnamespace = 'loft'::regnamespace AND c.relkind = 'r'
          AND has_table_privilege('loft_service', c.oid, 'DELETE')""") == {
              "course", "course_gathering", "course_session", "ticket_type", "course_item",
              "item_option", "role_grant", "idempotency_key"}


def test_the_service_writes_no_column_that_is_kept(catalog):
    writable = catalog("""SELECT c.relname || '.' || a.attname AS name
        FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
        WHERE c.relnamespace = 'loft'::regnamespace AND c.relkind = 'r' AND NOT a.attisdropped
          AND has_column_privilege('loft_service', c.oid, a.attnum, 'INSERT, UPDATE')""")
    kept = {f"{table}.{column}" for table, columns in KEPT.items() for column in columns.split()}
    assert writable & kept == set()


def test_the_service_owns_nothing_and_cannot_step_past_the_policies(wall, catalog):
    role = wall.session.row("""SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
        rolreplication FROM pg_roles WHERE rolname = 'loft_service'""")
    assert not any(role.values())
    assert catalog("""SELECT pg_describe_object(classid, objid, objsubid) AS name FROM pg_shdepend
        WHERE refobjid = 'loft_service'::regrole AND deptype = 'o'""") == set()
    assert catalog("""SELECT roleid::regrole::text AS name FROM pg_auth_members
        WHERE member = 'loft_service'::regrole""") == set()
    assert catalog("""SELECT nspname AS name FROM pg_namespace
        WHERE has_schema_privilege('loft_service', oid, 'CREATE')""") == set()
    assert not wall.session.value("SELECT has_database_privilege('loft_service', 'loft',"
                                  " 'CREATE, TEMPORARY')")


def test_every_policy_is_for_the_service_and_opens_only(catalog):
    assert catalog("""SELECT policyname AS name FROM pg_policies
        WHERE schemaname = 'loft' AND (roles <> '{loft_service}' OR permissive <> 'PERMISSIVE')"""
                   ) == set()


def test_functions_that_look_past_the_policies_are_narrow(catalog):
    functions = "SELECT proname AS name FROM pg_proc WHERE pronamespace = 'loft'::regnamespace"
    callable_ones = functions + """ AND prosecdef
        AND has_function_privilege('loft_service', oid, 'EXECUTE')"""
    careless = functions + """ AND prosecdef AND (proowner <> 'loft_owner'::regrole
        OR 'search_path=loft, pg_temp' <> ALL (coalesce(proconfig, '{}')))"""
    for_everybody = functions + """ AND EXISTS (SELECT
        FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) AS a WHERE a.grantee = 0)"""
    assert catalog(callable_ones) == set(NARROW)
    assert catalog(careless) == set()
    assert catalog(for_everybody) == set()


def test_nobody_is_asking_until_somebody_is_named(wall, database):
    """Settings never made, and those of a transaction that is over, name nobody."""
    with database.connect("loft_service", autocommit=False) as session:
        def counts():
            return {table: session.value(f"SELECT count(*) FROM {table}")
                    for table in ("person", "user_account", "role_grant", "registration", "event",
                                  "idempotency_key")}
        nothing = dict.fromkeys(counts(), 0)
        assert counts() == nothing
        session.rows("SELECT set_config('loft.roles', 'admin,smart_admin,system', true)")
        assert all(counts().values())
        session.commit()
        assert counts() == nothing


# ---- the service with its permissions switched off --------------------------------------------

# A register of public numbers is kept from those without a role by their permissions alone.
PUBLIC_REGISTERS = {"list_municipalities", "get_municipality", "list_regions", "list_organisations",
                    "get_organisation"}

# What the policies give to those whom permissions refuse: x. Everybody sees who they are themselves,
# and an instructor the people of their courses; whoever may cancel a registration may correct it.
GIVEN = Table("""
                                            anon outs part par2 book inst smad admn read regi away
get_person                   own             .    x    x    x    x    x    .    .    .    .    .
get_person                   sibling         .    .    .    .    .    x    .    .    .    .    .
get_user                     own             .    x    x    x    x    x    x    .    .    .    .
list_user_role_grants        own             .    x    x    x    x    x    x    .    .    .    .
get_role_grant               own             .    .    x    x    x    x    x    .    .    .    .
update_registration          own             .    .    x    x    x    .    .    .    .    x    x
update_registration          sibling         .    .    .    .    x    .    .    .    .    .    .
""")


REFUSED = (403, 404, 409)


def lacks_scope(answer):
    """Refused before any permission is asked for."""
    return answer.status == 403 and answer.code == "insufficient_scope"


@pytest.fixture(scope="module")
def open_clients(database, world, tokens):
    """A client of each principal at a server that never says no for want of a permission."""
    binary = run.binary().parents[1] / "tests/api/loft-open"
    assert binary.exists(), f"build tests/api/loft-open: {binary} is not there"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOFT_BINARY", str(binary))
        with Server(database) as server:
            yield {name: Api(server, world[name].token(tokens)) for name in NAMES}


@pytest.fixture(scope="module")
def operations(open_clients):
    return {operation.id: operation for operation in open_clients["anon"].contract.operations}


def refused(label):
    """Who is refused in the table of test_access.py, though they have said who they are."""
    return [name for name, status in TABLE[label].items() if status in ("403", "404")]


@pytest.mark.parametrize("label", [
    label for label, _ in TABLE if refused(label) and label.split()[0] not in LISTED])
def test_without_permissions_the_policies_hold(label, world, open_clients, operations):
    operation, relation = label.split()
    given = GIVEN.cells.get(label, {})
    for name in refused(label):
        answer = ask(world, open_clients[name], name, operations[operation], relation,
                     expect=mock.ANY)
        if lacks_scope(answer):
            continue
        if given.get(name) == "x" or operation in PUBLIC_REGISTERS:
            assert answer.status == 200, name
        elif answer.status == 200:  # below a row that anybody may see, and yet nothing
            assert answer.items == [], name
        else:
            assert answer.status in REFUSED, name


def given_by_policies(world, name, operation):
    """The ids that a list has for somebody whom no permission admits to it."""
    principal = world[name]
    if operation in PUBLIC_REGISTERS:
        table = LISTED[operation]
        return {row["id"] for row in world.build.session.rows(f"SELECT id FROM {table}")}
    if operation == "list_people" and name == "inst":
        here = {person for (person, _) in world.registrations} - {"away", "stranger", "far"}
        return {world.people[person] for person in here}
    return {"list_people": {principal.person_id}, "list_users": {principal.id},
            "list_role_grants": {row["id"] for row in world.grants[name]}}.get(operation, set())


@pytest.mark.parametrize("operation", [name for name in LISTED if refused(f"{name} -")])
def test_without_permissions_a_list_gives_what_the_policies_give(
        operation, world, open_clients, operations):
    asked = 0
    for name in refused(f"{operation} -"):
        client = open_clients[name]
        answer = ask(world, client, name, operations[operation], "-", expect=mock.ANY)
        if lacks_scope(answer):
            continue
        asked += 1
        expected = given_by_policies(world, name, operation)
        *found, count = listed(client, operations[operation].template)
        for ids in found:
            assert sorted(ids) == sorted(expected), name
        assert len(count) == len(expected), name
    assert asked, "nobody got as far as the policies"


def test_without_permissions_a_machine_with_every_scope_stays_a_machine(
        world, tokens, open_clients, operations):
    """Scopes are no roles either: it reads registrations but no people, users or drafts, and changes
    nothing that it has not made."""
    machine = world.build.client(*ALL_SCOPES)
    token = tokens.sign(machine.client_id, client_id=machine.client_id, scope=" ".join(ALL_SCOPES))
    api = Api(open_clients["anon"].server, token)
    own = {"list_role_grants": 1, "list_api_clients": 1}
    may = {"list_registrations", "list_course_professions", "get_registration",
           "get_queue_position", "create_registration"}
    for label, cells in TABLE:
        operation, relation = label.split()
        if relation.startswith("own") or operation in may | PUBLIC_REGISTERS:
            continue
        if not {"403", "404"} & set(cells.values()):
            continue
        answer = ask(world, api, "read", operations[operation], relation, expect=mock.ANY)
        if operation in LISTED:
            assert len(answer.items) == own.get(operation, 0), label
        else:
            assert answer.status in REFUSED, label


def test_the_open_service_is_open(open_clients, world, operations):
    """Or else the tests above say nothing."""
    for operation in "list_users", "list_registrations", "list_audit_events":
        assert TABLE[f"{operation} -"]["outs"] == "403"
        ask(world, open_clients["outs"], "outs", operations[operation], "-", expect=200)
    actions = open_clients["inst"].get(
        f"/v1/smart/courses/{world.courses['home', 'draft'].id}")["allowed_actions"]
    assert "publish" in actions
