-- Seats at the festival for those who attend the trainer programme (SM-R07). All but the first run as
-- the service itself, under the locks of both courses.

-- name: festival_seat_follows
SELECT follows_programme(:id::uuid) AS follows

-- What a course names as its festival, if the caller may see it.
-- name: festival_named
SELECT c.course_type FROM course AS c WHERE c.id = :festival_course_id::uuid

-- Publishing a programme and publishing its festival wait for one another: whichever comes last sees
-- the other. ("fest" in ASCII.)
-- name: festival_publishing
SELECT pg_advisory_xact_lock(1717924724)

-- The programmes that wait for a festival, in the order in which they are locked.
-- name: festival_waiting
SELECT m.course_id
FROM festival_match AS m
JOIN course AS c ON c.id = m.course_id
WHERE m.festival_course_id = :festival_course_id::uuid
  AND c.festival_auto_seat AND c.state IN ('published', 'running')
  AND NOT EXISTS (SELECT FROM festival_reservation AS r WHERE r.course_id = c.id)
ORDER BY m.course_id

-- name: festival_reservation_load
SELECT r.festival_course_id, r.ticket_type_id, r.seats::bigint AS seats
FROM festival_reservation AS r
WHERE r.course_id = :course_id::uuid

-- name: festival_find
SELECT f.id AS festival_course_id
FROM festival_match AS m
JOIN course AS f ON f.id = m.festival_course_id
WHERE m.course_id = :course_id::uuid
ORDER BY f.state = 'published' DESC, f.id
LIMIT 1

-- name: festival_ticket
SELECT id, version::bigint AS version
FROM ticket_type
WHERE course_id = :festival_course_id::uuid AND eligibility = 'trainee'

-- An ordinary ticket may have the code already.
-- name: festival_ticket_insert
INSERT INTO ticket_type (course_id, code, name, price_nok, eligibility)
SELECT :festival_course_id::uuid,
       CASE WHEN EXISTS (SELECT FROM ticket_type AS t
                         WHERE t.course_id = :festival_course_id::uuid AND t.code = 'trainer')
            THEN 'trainer-' || left(:festival_course_id::uuid::text, 8) ELSE 'trainer' END,
       'Deltakere på SMART trenerutdanning', 0, 'trainee'
RETURNING id, version::bigint AS version

-- name: festival_reserve
INSERT INTO festival_reservation (course_id, festival_course_id, ticket_type_id, seats)
VALUES (:course_id::uuid, :festival_course_id::uuid, :ticket_type_id::uuid, :seats)
ON CONFLICT (course_id) DO UPDATE SET seats = excluded.seats

-- name: festival_release
DELETE FROM festival_reservation WHERE course_id = :course_id::uuid

-- A festival that is cancelled has no seats to hold.
-- name: festival_dissolve
WITH gone AS (
    DELETE FROM festival_reservation WHERE festival_course_id = :id::uuid RETURNING course_id)
SELECT c.id, c.version::bigint AS version
FROM gone
JOIN course AS c ON c.id = gone.course_id
ORDER BY c.id

-- Everybody who has a seat at the programme, or one at the festival that came with it; and what else
-- they have at the festival.
-- name: festival_trainees
SELECT t.id, t.state, t.state IN ('confirmed', 'completed', 'no_show') AS attends, t.person_id,
       s.id AS seat_id, s.person_id AS seat_person_id, o.id AS own_id,
       coalesce(follows_programme(o.id), false) AS own_follows
FROM registration AS t
LEFT JOIN registration AS s
       ON s.id = t.festival_registration_id AND s.course_id = :festival_course_id::uuid
      AND s.state IN ('confirmed', 'completed', 'no_show')
LEFT JOIN registration AS o
       ON o.course_id = :festival_course_id::uuid AND o.person_id = t.person_id
      AND o.state IN ('waitlisted', 'offered', 'confirmed') AND o.id IS DISTINCT FROM s.id
WHERE t.course_id = :course_id::uuid
  AND (t.state IN ('confirmed', 'completed', 'no_show') OR s.id IS NOT NULL)
ORDER BY t.registered_at, t.id

-- What was chosen for a ticket of their own is kept.
-- name: festival_seat_give
INSERT INTO registration (
    course_id, ticket_type_id, person_id, registered_by, registered_by_client,
    participant_name, participant_email, participant_phone, profession_code, profession_other,
    employer_organisation_id, employer_name, municipality_no, buyer_type, dietary_note,
    item_choices, state, price_nok, payment_state)
SELECT :festival_course_id::uuid, :ticket_type_id::uuid, t.person_id, t.registered_by,
       t.registered_by_client, t.participant_name, t.participant_email, t.participant_phone,
       t.profession_code, t.profession_other, t.employer_organisation_id, t.employer_name,
       t.municipality_no, t.buyer_type, coalesce(o.dietary_note, t.dietary_note),
       coalesce(o.item_choices, '{}'), 'confirmed', 0, 'not_required'
FROM registration AS t
LEFT JOIN registration AS o ON o.id = :own_id::uuid
WHERE t.id = :id::uuid
RETURNING id, version::bigint AS version

-- name: festival_seat_link
UPDATE registration SET festival_registration_id = :seat_id::uuid WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- name: festival_seat_hand_over
UPDATE registration AS s
SET person_id = t.person_id,
    registered_by = t.registered_by, registered_by_client = t.registered_by_client,
    participant_name = t.participant_name, participant_email = t.participant_email,
    participant_phone = t.participant_phone, profession_code = t.profession_code,
    profession_other = t.profession_other, employer_organisation_id = t.employer_organisation_id,
    employer_name = t.employer_name, municipality_no = t.municipality_no,
    dietary_note = t.dietary_note
FROM registration AS t
WHERE s.id = :seat_id::uuid AND t.id = :id::uuid
RETURNING s.id, s.version::bigint AS version
