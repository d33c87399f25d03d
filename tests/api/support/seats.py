"""Seats and the waiting list: what must hold after anything, and how to make requests meet.

    seats.check(session)            everything below, for every course of the database
    seats.at_once([(api, body)])    requests that are all under way before the first is answered
"""
import json
import uuid

from support.wire import Wire, lines

REGISTRATIONS = "/v1/smart/registrations"
PATIENCE_S = 60
# For servers: what waits for a lock, on a machine that has other things to do, waits until it has it,
# and a client that rests keeps its connection.
PATIENT = {"LOFT_LOCK_TIMEOUT_MS": 60000, "LOFT_STATEMENT_TIMEOUT_MS": 60000,
           "LOFT_CONNECTION_TIMEOUT_S": 600}

# Each query gives the rows that break a rule; none should. `%(course)s` narrows it to one course.
# Rows of the demo data, and those that a test put there itself, have no events of before the service
# came to them; the latter have no registrant either, until they are handed over.
BROKEN = {
    "SM-R01: more seats are taken than there are": """
        SELECT c.id AS course_id, c.capacity, counted.*
          FROM course c CROSS JOIN LATERAL (
               SELECT (SELECT count(*) FROM registration r WHERE r.course_id = c.id
                          AND r.state IN ('confirmed', 'offered', 'completed', 'no_show')) AS people,
                      (SELECT coalesce(sum(g.seats - g.named), 0) FROM group_booking g
                        WHERE g.course_id = c.id
                          AND g.state IN ('confirmed', 'offered', 'completed')) AS parties,
                      (SELECT coalesce(sum(f.seats), 0) FROM festival_reservation f
                        WHERE f.festival_course_id = c.id) AS trainees) AS counted
         WHERE (%(course)s IS NULL OR c.id = %(course)s)
           AND counted.people + counted.parties + counted.trainees > coalesce(c.capacity, 0)""",
    "the counters of a course are not what its rows say": """
        SELECT c.id AS course_id, c.seats_confirmed, c.seats_offered, c.seats_held, c.waitlisted,
               c.last_queue_no, counted.*, parties.*
          FROM course c
         CROSS JOIN LATERAL (
               SELECT count(*) FILTER (WHERE r.state IN ('confirmed', 'completed', 'no_show')) AS confirmed,
                      count(*) FILTER (WHERE r.state = 'offered') AS offered,
                      count(*) FILTER (WHERE r.state = 'waitlisted') AS waiting,
                      coalesce(max(r.waitlist_seq), 0) AS last
                 FROM registration r WHERE r.course_id = c.id) AS counted
         CROSS JOIN LATERAL (
               SELECT coalesce(sum(g.seats) FILTER (WHERE g.state = 'offered'), 0) AS p_offered,
                      coalesce(sum(g.seats - g.named)
                               FILTER (WHERE g.state IN ('confirmed', 'completed')), 0) AS p_held,
                      count(*) FILTER (WHERE g.state = 'waitlisted') AS p_waiting,
                      coalesce(max(g.waitlist_seq), 0) AS p_last
                 FROM group_booking g WHERE g.course_id = c.id) AS parties
         CROSS JOIN LATERAL (
               SELECT coalesce(sum(f.seats), 0) AS f_held
                 FROM festival_reservation f WHERE f.festival_course_id = c.id) AS trainees
         WHERE (%(course)s IS NULL OR c.id = %(course)s)
           AND ((c.seats_confirmed, c.seats_offered, c.seats_held, c.waitlisted)
                <> (counted.confirmed, counted.offered + p_offered, p_held + f_held,
                    counted.waiting + p_waiting)
                OR c.last_queue_no <> greatest(counted.last, p_last))""",
    "a group booking counts other names than it has": """
        SELECT g.course_id, g.id, g.state, g.seats, g.named, count(r.id) AS counted
          FROM group_booking g
          LEFT JOIN registration r ON r.group_booking_id = g.id
               AND r.state IN ('confirmed', 'completed', 'no_show')
         WHERE (%(course)s IS NULL OR g.course_id = %(course)s)
         GROUP BY g.id HAVING g.named <> count(r.id)
                OR (g.state NOT IN ('confirmed', 'completed') AND count(r.id) > 0)""",
    "the counter of a ticket type is not what its rows say": """
        SELECT t.course_id, t.id, t.claimed, t.capacity, counted.*
          FROM ticket_type t CROSS JOIN LATERAL (
               SELECT (SELECT count(*) FROM registration r WHERE r.ticket_type_id = t.id
                          AND r.state IN ('waitlisted', 'offered', 'confirmed', 'completed',
                                          'no_show'))
                    + (SELECT coalesce(sum(g.seats - g.named), 0) FROM group_booking g
                        WHERE g.ticket_type_id = t.id
                          AND g.state IN ('waitlisted', 'offered', 'confirmed', 'completed'))
                    + (SELECT coalesce(sum(f.seats), 0) FROM festival_reservation f
                        WHERE f.ticket_type_id = t.id)
                      AS seats) AS counted
         WHERE (%(course)s IS NULL OR t.course_id = %(course)s)
           AND (t.claimed <> counted.seats OR counted.seats > t.capacity)""",
    "SM-R07: a programme has not its seats at the festival": """
        SELECT f.course_id, f.seats, c.capacity, count(s.id) AS given, count(t.id) AS attending
          FROM festival_reservation f
          JOIN course c ON c.id = f.course_id AND c.festival_auto_seat
          JOIN course g ON g.id = f.festival_course_id AND g.state = 'published'
          LEFT JOIN registration t ON t.course_id = c.id
               AND t.state IN ('confirmed', 'completed', 'no_show')
          LEFT JOIN registration s ON s.id = t.festival_registration_id
               AND s.course_id = g.id AND s.person_id = t.person_id AND s.state = 'confirmed'
         WHERE (%(course)s IS NULL OR f.course_id = %(course)s)
         GROUP BY f.course_id, f.seats, c.id
        HAVING f.seats <> CASE WHEN c.state = 'published' THEN c.capacity - count(s.id) ELSE 0 END""",
    "SM-R07: somebody attends without a seat at the festival, or has one without attending": """
        SELECT t.course_id, t.id, t.state, s.state AS seat, s.person_id = t.person_id AS same
          FROM festival_reservation f
          JOIN course c ON c.id = f.course_id AND c.festival_auto_seat
          JOIN course g ON g.id = f.festival_course_id AND g.state = 'published'
          JOIN registration t ON t.course_id = c.id
          LEFT JOIN registration s ON s.id = t.festival_registration_id AND s.state = 'confirmed'
         WHERE (%(course)s IS NULL OR f.course_id = %(course)s)
           AND (t.state IN ('confirmed', 'completed', 'no_show') OR s.id IS NOT NULL)
           AND (t.state IN ('confirmed', 'completed', 'no_show') AND s.person_id = t.person_id)
               IS NOT TRUE
           AND NOT EXISTS (SELECT FROM registration o JOIN registration p
                               ON p.festival_registration_id = o.id AND p.id <> t.id
                            WHERE o.course_id = g.id AND o.person_id = t.person_id
                              AND o.state = 'confirmed' AND s.id IS NULL)""",
    "SM-R02: a place in line was given twice": """
        SELECT line.course_id, line.waitlist_seq
          FROM (SELECT course_id, waitlist_seq FROM registration
                UNION ALL SELECT course_id, waitlist_seq FROM group_booking) AS line
         WHERE line.waitlist_seq IS NOT NULL AND (%(course)s IS NULL OR line.course_id = %(course)s)
         GROUP BY line.course_id, line.waitlist_seq HAVING count(*) > 1""",
    "SM-R02: somebody waits beside a free seat": """
        SELECT c.id AS course_id, c.capacity, c.seats_confirmed, c.seats_offered, c.seats_held,
               w.waitlist_seq, w.seats, w.skipped
          FROM course c
         CROSS JOIN LATERAL (SELECT c.capacity - c.seats_confirmed - c.seats_offered
                                    - c.seats_held AS free) AS seats
          JOIN waiting_line w ON w.course_id = c.id AND w.seats <= seats.free
         WHERE (%(course)s IS NULL OR c.id = %(course)s)
           AND c.state = 'published' AND c.starts_at > now()
           AND (c.seat_allocation = 'first_come' OR c.drawn_at IS NOT NULL)
           AND NOT EXISTS (SELECT FROM waiting_line b
                            WHERE b.course_id = c.id AND b.waitlist_seq < w.waitlist_seq
                              AND NOT b.skipped AND b.seats > seats.free)""",
    # Unless an administrator changed what comes before what (ONCE_IN_LINE).
    "SM-R02: promoted after somebody who came later": """
        SELECT one.course_id, one.seq FROM (
            SELECT l.course_id, max(e.seq) AS seq, min(l.waitlist_seq) AS first,
                   max(max(l.waitlist_seq)) OVER (
                       PARTITION BY l.course_id ORDER BY max(e.seq)
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS last_before
              FROM event e JOIN once_in_line l ON l.id = e.resource_id
             WHERE e.operation = 'promote'
               AND (%(course)s IS NULL OR l.course_id = %(course)s)
             GROUP BY l.course_id, e.tx) AS one
         WHERE one.first < one.last_before""",
    "SM-R02: waits though somebody who came later was promoted": """
        SELECT w.course_id, w.waitlist_seq, p.waitlist_seq AS promoted
          FROM once_in_line w
          JOIN once_in_line p ON p.course_id = w.course_id AND p.waitlist_seq > w.waitlist_seq
          JOIN event e ON e.resource_id = p.id AND e.operation = 'promote'
         WHERE w.state = 'waitlisted'
           AND (%(course)s IS NULL OR w.course_id = %(course)s)""",
    "SM-R03: one person is registered twice": """
        SELECT r.course_id, p.email_key FROM registration r JOIN person p ON p.id = r.person_id
         WHERE r.state IN ('waitlisted', 'offered', 'confirmed', 'completed', 'no_show')
           AND (%(course)s IS NULL OR r.course_id = %(course)s)
         GROUP BY r.course_id, p.email_key HAVING count(*) > 1""",
    "the events of a registration are not its history": """
        SELECT r.course_id, r.id, r.version, r.state, story.*
          FROM registration r
         CROSS JOIN LATERAL (
               SELECT count(*) AS events, min(step.version) AS first, max(step.version) AS last,
                      (array_agg(step.from_state ORDER BY step.seq) FILTER (WHERE step.own))[1] AS began,
                      (array_agg(step.operation ORDER BY step.seq))[1] AS began_with,
                      (array_agg(step.to_state ORDER BY step.seq DESC) FILTER (WHERE step.own))[1] AS ended,
                      coalesce(bool_and(step.follows), true) AS follows
                 FROM (SELECT e.seq, e.version, e.operation, e.from_state, e.to_state,
                              e.resource_type = 'registration' AS own,
                              (lag(e.seq) OVER before IS NULL
                               OR e.version = lag(e.version) OVER before + 1)
                              AND (lag(e.seq) OVER of_its_kind IS NULL
                                   OR e.from_state = lag(e.to_state) OVER of_its_kind) AS follows
                         FROM event e
                        WHERE e.resource_type IN ('registration', 'payment') AND e.resource_id = r.id
                       WINDOW before AS (ORDER BY e.seq),
                              of_its_kind AS (PARTITION BY e.resource_type ORDER BY e.seq)) AS step) AS story
         WHERE (%(course)s IS NULL OR r.course_id = %(course)s)
           AND NOT r.is_example
           AND (story.follows IS NOT TRUE
                OR (story.events > 0
                    AND (story.last, coalesce(story.ended, r.state))
                        IS DISTINCT FROM (r.version, r.state))
                OR (num_nonnulls(r.registered_by, r.registered_by_client) = 1
                    AND NOT EXISTS (SELECT FROM event t WHERE t.resource_id = r.id
                                     AND t.operation = 'transfer_registration')
                    AND (story.first, story.began) IS DISTINCT FROM (1, NULL::text)))""",
    "the events of a group booking are not its history": """
        SELECT g.course_id, g.id, g.version, g.state, story.*
          FROM group_booking g
         CROSS JOIN LATERAL (
               SELECT count(*) AS events, max(step.version) AS last,
                      (array_agg(step.to_state ORDER BY step.seq DESC))[1] AS ended,
                      coalesce(bool_and(step.follows), true) AS follows
                 FROM (SELECT e.seq, e.version, e.to_state,
                              lag(e.seq) OVER before IS NULL
                              OR (e.version = lag(e.version) OVER before + 1
                                  AND e.from_state = lag(e.to_state) OVER before) AS follows
                         FROM event e
                        WHERE e.resource_type = 'group_booking' AND e.resource_id = g.id
                       WINDOW before AS (ORDER BY e.seq)) AS step) AS story
         WHERE (%(course)s IS NULL OR g.course_id = %(course)s)
           AND NOT g.is_example
           AND (story.follows IS NOT TRUE
                OR (story.events > 0
                    AND (story.last, story.ended) IS DISTINCT FROM (g.version, g.state)))""",
    "an event tells of a registration that is not there": """
        SELECT NULL::uuid AS course_id, e.seq, e.resource_id FROM event e
         WHERE e.resource_type = 'registration' AND %(course)s IS NULL
           AND NOT EXISTS (SELECT FROM registration r WHERE r.id = e.resource_id)""",
    "a state and its members do not fit": """
        SELECT r.course_id, r.id, r.state, r.waitlist_seq, r.offer_expires_at, r.refund_nok,
               r.cancelled_at
          FROM registration r
         WHERE (%(course)s IS NULL OR r.course_id = %(course)s)
           AND ((r.state = 'waitlisted' AND r.waitlist_seq IS NULL)
                OR (r.state = 'offered' AND r.offer_expires_at IS NULL)
                OR (r.state = 'cancelled' AND r.cancelled_at IS NULL)
                OR (r.state <> 'cancelled' AND num_nonnulls(r.cancelled_at, r.refund_nok) > 0))""",
}
# Everybody who ever waited, on courses where nobody was moved or let others pass.
ONCE_IN_LINE = """WITH line AS (
    SELECT id, course_id, waitlist_seq, state FROM registration
    UNION ALL SELECT id, course_id, waitlist_seq, state FROM group_booking
), once_in_line AS (
    SELECT * FROM line
     WHERE waitlist_seq IS NOT NULL
       AND course_id NOT IN (
           SELECT moved.course_id FROM event e JOIN line moved ON moved.id = e.resource_id
            WHERE e.operation IN ('move_registration', 'move_group_booking', 'skip_group_booking')))
"""
EVERYTHING = ONCE_IN_LINE + " UNION ALL ".join(
    "SELECT %s AS rule, to_jsonb(wrong) AS found FROM (%s) AS wrong"
    % ("'" + rule.replace("'", "''") + "'", sql.replace("%(course)s", "%(course)s::uuid"))
    for rule, sql in BROKEN.items())


def broken(session, course=None):
    """What is wrong: pairs of a rule and a row that breaks it; of one course or of all."""
    return [(row["rule"], row["found"])
            for row in session.rows(EVERYTHING, {"course": course and course.id})]


def check(session, course=None):
    wrong = broken(session, course)
    assert not wrong, wrong


def states(session, course):
    """How many registrations of a course are in each state."""
    return {row["state"]: row["count"] for row in session.rows(
        "SELECT state, count(*) FROM registration WHERE course_id = %s GROUP BY state", [course.id])}


def taken(session, course):
    """The counters of the course: confirmed, offered, held seats, and entries in line."""
    row = session.row("SELECT seats_confirmed, seats_offered, seats_held, waitlisted FROM course"
                      " WHERE id = %s", [course.id])
    return tuple(row.values())


def seats_of(session, course):
    """The counters on the course row: confirmed, offered, waitlisted."""
    row = session.row("SELECT seats_confirmed, seats_offered, waitlisted FROM course WHERE id = %s",
                      [course.id])
    return row["seats_confirmed"], row["seats_offered"], row["waitlisted"]


def blocked_by(session, pid):
    """The backends that wait for a lock which this one holds."""
    return [row["pid"] for row in session.rows(
        "SELECT pid FROM pg_stat_activity"
        " WHERE datname = current_database() AND %s = ANY (pg_blocking_pids(pid))", [pid])]


def at_once(requests):
    """Sends every request on a connection of its own before it reads any answer, so that they are
    truly under way together. A request is (api, method, path, body[, headers]); bytes are sent as
    they are, a header of None is not sent. Gives the exchanges, in the same order, each held against the contract."""
    wires, sent, exchanges = [], [], []
    try:
        for api, method, path, body, *more in requests:
            content = body or b"" if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
            headers = {"Authorization": f"Bearer {api.token}", "Idempotency-Key": str(uuid.uuid4()),
                       "Content-Length": str(len(content)), **(more[0] if more else {})}
            headers = {name: value for name, value in headers.items() if value is not None}
            if content:
                headers.setdefault("Content-Type", "application/json")
            wires.append(Wire(api.server))
            sent.append((lines(method, path, headers.items()) + content, headers, content))
        for wire, (data, _, _) in zip(wires, sent):
            wire.send(data)
        for wire, (_, headers, content), (_, method, path, *_) in zip(wires, sent, requests):
            exchanges.append(wire.read(method, path, headers, content))
    finally:
        for wire in wires:
            wire.close()
    for (api, *_), exchange in zip(requests, exchanges):
        api.contract.check(exchange)
    return exchanges


def register_all(apis, bodies):
    """Each body through the next of the clients, all at once."""
    return at_once([(apis[i % len(apis)], "POST", REGISTRATIONS, body)
                    for i, body in enumerate(bodies)])
