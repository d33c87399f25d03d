"""Courses, people, users and registrations, put into the database by its owner.

Tests of one endpoint so depend on no other. Nothing here appends events: only the service does.
"""
import dataclasses
import datetime
import hashlib
import itertools
import uuid

from psycopg2.extras import Json

NUMBERS = itertools.count(1)


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def instant(when):
    """As the API writes it, to whole seconds."""
    return when.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclasses.dataclass
class Course:
    id: str
    code: str
    capacity: int
    starts_at: datetime.datetime
    tickets: dict  # code -> id

    @property
    def ticket_id(self):
        """Of the first ticket type."""
        return next(iter(self.tickets.values()))


@dataclasses.dataclass
class User:
    id: str
    subject: str
    person_id: str
    full_name: str
    email: str


@dataclasses.dataclass
class Client:
    id: str
    client_id: str
    secret: str
    scopes: list


class Build:
    def __init__(self, session):
        self.session = session

    def insert(self, table, **columns):
        """The id of a new row."""
        values = [Json(value) if isinstance(value, dict) else value for value in columns.values()]
        return self.session.value(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})"
            " RETURNING id", values)

    def course(self, *, capacity=20, state="published", course_type="ungdomskurs",
               starts_in=datetime.timedelta(days=60), starts_at=None, sessions=1,
               opens_at=None, closes_at=None, price_nok=950, tickets=None, items=None, code=None,
               title=None, **columns):
        """A course that can be registered for. `tickets` is a list of dicts of columns (default: one
        for anyone, at price_nok), `items` a dict of item code -> option codes, of which one must be
        chosen. There is a session on each of `sessions` days from starts_at (default: in
        starts_in); 0 leaves the course without dates."""
        code = code or f"kurs-{uuid.uuid4().hex[:12]}"
        starts_at = starts_at or (now() + starts_in).replace(microsecond=0)
        course_id = self.insert(
            "course", code=code, course_type=course_type, title=title or f"Kurs {code}",
            capacity=capacity, state=state, registration_closes_at=closes_at,
            registration_opens_at=opens_at or now() - datetime.timedelta(days=7), **columns)
        if sessions:
            gathering = self.insert("course_gathering", course_id=course_id, seq_no=1)
            for day in range(sessions):
                begins = starts_at + datetime.timedelta(days=day)
                self.insert("course_session", gathering_id=gathering, starts_at=begins,
                            ends_at=begins + datetime.timedelta(hours=6))
        tickets = tickets or [{"code": "ordinary", "price_nok": price_nok}]
        ids = {ticket["code"]: self.insert("ticket_type", course_id=course_id,
                                           **{"name": ticket["code"], "price_nok": price_nok, **ticket})
               for ticket in tickets}
        for item, options in (items or {}).items():
            item_id = self.insert("course_item", course_id=course_id, code=item, name=item,
                                  choice_required=bool(options))
            for option in options:
                self.insert("item_option", item_id=item_id, code=option, name=option)
        return Course(course_id, code, capacity, starts_at, ids)

    def person(self, full_name=None, email=None, **columns):
        """The id of a new person."""
        number = f"{next(NUMBERS)}-{uuid.uuid4().hex[:8]}"
        return self.insert("person", full_name=full_name or f"Person Prøve {number}",
                           email=email or f"person.{number}@example.no", **columns)

    def grant(self, role, *, user_id=None, client_id=None, scope_type="global", scope_id=None):
        return self.insert("role_grant", user_id=user_id, client_id=client_id, role=role,
                           scope_type=scope_type, scope_id=scope_id)

    def user(self, *roles, full_name=None, email=None):
        """A person with an account. A role is 'participant', or ('booker', 'organisation', id)."""
        number = f"{next(NUMBERS)}-{uuid.uuid4().hex[:8]}"
        full_name = full_name or f"Bruker Prøve {number}"
        email = email or f"bruker.{number}@example.no"
        person_id = self.person(full_name, email)
        user_id = self.insert("user_account", subject=f"user-{number}", person_id=person_id)
        for role in roles:
            name, scope_type, scope_id = (role, "global", None) if isinstance(role, str) else role
            self.grant(name, user_id=user_id, scope_type=scope_type, scope_id=scope_id)
        return User(user_id, f"user-{number}", person_id, full_name, email)

    def client(self, *scopes, role="partner_system", organisation_id=None):
        """A machine client with a secret, within one organisation if one is given."""
        client_id = f"system-{uuid.uuid4().hex[:12]}"
        secret = uuid.uuid4().hex
        row = self.insert("api_client", client_id=client_id, name=f"System {client_id}",
                          secret_sha256=hashlib.sha256(secret.encode()).hexdigest(),
                          scopes=list(scopes))
        if role:
            self.grant(role, client_id=row, scope_id=organisation_id,
                       scope_type="organisation" if organisation_id else "global")
        return Client(row, client_id, secret, list(scopes))

    def organisation(self, name=None, **columns):
        return self.insert("organisation", **{"org_type": "other", "is_example": True,
                           "name": name or f"Organisasjon {uuid.uuid4().hex[:8]} (eksempel)", **columns})

    def registration(self, course, person_id=None, *, state="confirmed", ticket=None,
                     offer_expires_at=None, **columns):
        """A row as it stands, without asking any rule. Returns its id."""
        person_id = person_id or self.person()
        person = self.session.row("SELECT full_name, email FROM person WHERE id = %s", [person_id])
        if state == "offered":
            offer_expires_at = offer_expires_at or now() + datetime.timedelta(days=3)
        defaults = {"participant_name": person["full_name"], "participant_email": person["email"],
                    "profession_code": "laerer", "buyer_type": "consumer", "price_nok": 950,
                    "payment_state": "not_required" if state == "waitlisted" else "to_invoice"}
        return self.insert("registration", course_id=course.id, person_id=person_id, state=state,
                           ticket_type_id=course.tickets[ticket] if ticket else course.ticket_id,
                           offer_expires_at=offer_expires_at, **{**defaults, **columns})

    def group_booking(self, course, organisation_id=None, *, seats=3, state="confirmed", ticket=None,
                      offer_expires_at=None, **columns):
        """A row as it stands, without asking any rule. Returns its id."""
        if state == "offered":
            offer_expires_at = offer_expires_at or now() + datetime.timedelta(days=3)
        defaults = {"contact_full_name": "Bodil Eksempelvik", "price_nok": 950,
                    "contact_email": "bodil.eksempelvik@example.no",
                    "names_due_on": (course.starts_at - datetime.timedelta(days=7)).date(),
                    "invoice_recipient": "Eksempelkommunen"}
        return self.insert(
            "group_booking", course_id=course.id, seats=seats, state=state,
            organisation_id=organisation_id or self.organisation(),
            ticket_type_id=course.tickets[ticket] if ticket else course.ticket_id,
            offer_expires_at=offer_expires_at, **{**defaults, **columns})

    def group_booking_body(self, course, organisation_id=None, **changes):
        """What POST /v1/smart/group-bookings takes; None takes a member away."""
        body = {"course_id": course.id, "organisation_id": organisation_id, "seats": 3,
                "contact": {"full_name": "Bodil Eksempelvik",
                            "email": "bodil.eksempelvik@example.no"},
                "names_due_on": (course.starts_at - datetime.timedelta(days=7)).date().isoformat(),
                "invoice": {"recipient": "Eksempelkommunen"}, **changes}
        body["organisation_id"] = body["organisation_id"] or self.organisation()
        return {name: value for name, value in body.items() if value is not None}

    def registration_body(self, course, **changes):
        """What POST /v1/smart/registrations takes to register somebody new; None takes a member
        away."""
        number = f"{next(NUMBERS)}-{uuid.uuid4().hex[:8]}"
        body = {"course_id": course.id, "profession_code": "laerer", "buyer_type": "consumer",
                "person": {"full_name": "Kari Eksempelsen", "email": f"kari.{number}@example.no"},
                **changes}
        return {name: value for name, value in body.items() if value is not None}
