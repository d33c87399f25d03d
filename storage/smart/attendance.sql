-- Attendance per session, and what it adds up to.

-- The list of a session with everybody who holds a seat, marked or not.
-- name: attendance_get
SELECT h.id, h.version, h.course_id, g.seq_no::bigint AS gathering_seq_no,
       g.kind AS gathering_kind, local_day(s.starts_at) AS held_on, h.recorded_at,
       (SELECT coalesce(json_agg(json_build_object(
                   'registration_id', r.id, 'participant_name', r.participant_name,
                   'status', a.status, 'note', a.note)
                   ORDER BY r.participant_name COLLATE "nb-x-icu", r.id), '[]')
        FROM registration AS r
        LEFT JOIN attendance AS a ON a.registration_id = r.id AND a.session_id = h.id
        WHERE r.course_id = h.course_id
          AND r.state IN ('confirmed', 'completed', 'no_show')) AS rows,
       h.updated_at
FROM attendance_sheet AS h
JOIN course_session AS s ON s.id = h.id
JOIN course_gathering AS g ON g.id = s.gathering_id
WHERE h.id = :id::uuid

-- Whether the caller may see the attendance of a session; the history below it asks.
-- name: attendance_visible
SELECT h.id FROM attendance_sheet AS h WHERE h.id = :session_id::uuid

-- The course of a list that the caller may see, to be locked first.
-- name: attendance_course
SELECT course_id FROM attendance_sheet WHERE id = :id::uuid

-- name: attendance_lock
SELECT h.id, h.course_id, local_day(s.starts_at) AS held_on,
       business_today() AS today_on, h.version::bigint AS version
FROM attendance_sheet AS h
JOIN course_session AS s ON s.id = h.id
WHERE h.id = :id::uuid
FOR UPDATE OF h

-- name: attendance_participants
SELECT r.id FROM registration AS r
WHERE r.course_id = :course_id::uuid AND r.state IN ('confirmed', 'completed', 'no_show')

-- The whole list: who is not on it loses the mark they had.
-- name: attendance_record
WITH given AS (
    SELECT g.registration_id, g.status, g.note
    FROM jsonb_to_recordset(:rows::jsonb) AS g (registration_id uuid, status text, note text)),
taken_back AS (
    UPDATE attendance AS a SET status = NULL, note = NULL
    WHERE a.session_id = :id::uuid AND a.status IS NOT NULL
      AND NOT EXISTS (SELECT FROM given AS g WHERE g.registration_id = a.registration_id))
INSERT INTO attendance AS a (session_id, course_id, registration_id, status, note)
SELECT :id::uuid, :course_id::uuid, g.registration_id, g.status, g.note
FROM given AS g
ON CONFLICT (registration_id, session_id) DO UPDATE
SET status = EXCLUDED.status, note = EXCLUDED.note
WHERE (a.status, a.note) IS DISTINCT FROM (EXCLUDED.status, EXCLUDED.note)

-- name: attendance_recorded
UPDATE attendance_sheet SET recorded_at = clock_timestamp()
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- Every participant on every session, also without a mark; participants see themselves.
-- name: attendance_list
SELECT r.id AS registration_id, r.participant_name, r.state AS registration_state,
       s.id AS session_id, local_day(s.starts_at) AS held_on, s.starts_at,
       g.seq_no::bigint AS gathering_seq_no, g.kind AS gathering_kind, a.status, a.note,
       md5(r.id::text || s.id::text)::uuid AS _id
FROM registration AS r
JOIN course_session AS s ON s.course_id = r.course_id
JOIN course_gathering AS g ON g.id = s.gathering_id
LEFT JOIN attendance AS a ON a.registration_id = r.id AND a.session_id = s.id
WHERE r.course_id = :course_id::uuid AND r.state IN ('confirmed', 'completed', 'no_show')
  AND (((SELECT has_role('participant')) AND r.person_id = (SELECT principal_person()))
       OR leads_course(r.course_id))
  AND s.id = :session_id::uuid                        --? session_id
  AND r.id = :registration_id::uuid                   --? registration_id
  AND a.status = :status                              --? status

-- name: attendance_history
SELECT h.id, h.session_id, h.registration_id, r.participant_name, h.from_status, h.from_note,
       h.status, h.note, h.changed_by, h.changed_at
FROM attendance_change AS h
JOIN registration AS r ON r.id = h.registration_id
WHERE h.session_id = :session_id::uuid
  AND h.registration_id = :registration_id::uuid      --? registration_id

-- name: completion_list
SELECT r.id AS registration_id, r.participant_name, r.state AS registration_state,
       p.gathering_days, p.present_days, p.made_up_days,
       required_days(p.gathering_days, c.min_attendance_bp) AS required_days,
       p.present_days + p.made_up_days
           >= required_days(p.gathering_days, c.min_attendance_bp) AS meets_threshold,
       r.id AS _id
FROM course_progress(:course_id::uuid) AS p
JOIN registration AS r ON r.id = p.registration_id
JOIN course AS c ON c.id = r.course_id
WHERE (((SELECT has_role('participant')) AND r.person_id = (SELECT principal_person()))
       OR leads_course(r.course_id))
  AND (p.present_days + p.made_up_days                                              --? meets_threshold
       >= required_days(p.gathering_days, c.min_attendance_bp)) = :meets_threshold  --? meets_threshold

-- The participants of a course that is over, to be told completed from no_show. Where attendance was
-- not recorded, what was said of them by other means stays.
-- name: completion_lock
SELECT r.id, r.course_id, r.ticket_type_id, r.person_id, r.state, r.waitlist_seq,
       r.offer_expires_at, r.price_nok, r.buyer_type, r.payment_state,
       local_day(r.registered_at) AS registered_on, r.profession_code, r.profession_other,
       r.employer_organisation_id, r.group_booking_id, r.invoice_recipient IS NOT NULL AS invoice,
       r.version::bigint AS version
FROM registration AS r
JOIN course AS c ON c.id = r.course_id
WHERE r.course_id = :id::uuid AND c.state = 'completed'
  AND (r.state = 'confirmed'
       OR (r.state IN ('completed', 'no_show')
           AND EXISTS (SELECT FROM attendance AS a
                       WHERE a.course_id = r.course_id AND a.status IS NOT NULL)))
ORDER BY r.id
FOR UPDATE OF r

-- Those of them who never came, in the same order; none where attendance was not recorded.
-- name: completion_missed
SELECT p.registration_id AS id
FROM course_progress(:id::uuid) AS p
WHERE NOT p.attended
  AND EXISTS (SELECT FROM attendance AS a
              WHERE a.course_id = :id::uuid AND a.status IS NOT NULL)
ORDER BY p.registration_id
