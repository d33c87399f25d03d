-- Make-ups.

-- name: make_up_list
SELECT m.id, m.version, m.registration_id, r.participant_name, m.course_id, m.missed_session_id,
       local_day(s.starts_at) AS missed_on, m.attended_session_id,
       t.course_id AS attended_course_id, local_day(t.starts_at) AS attended_on, m.state, m.note,
       m.decided_at, m.updated_at
FROM make_up AS m
JOIN registration AS r ON r.id = m.registration_id
JOIN course_session AS s ON s.id = m.missed_session_id
JOIN course_session AS t ON t.id = m.attended_session_id
WHERE true
  AND m.course_id = :course_id::uuid                  --? course_id
  AND m.registration_id = :registration_id::uuid      --? registration_id
  AND m.state = :state                                --? state
  AND m.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: make_up_get
SELECT m.id, m.version, m.registration_id, r.participant_name, m.course_id, m.missed_session_id,
       local_day(s.starts_at) AS missed_on, m.attended_session_id,
       t.course_id AS attended_course_id, local_day(t.starts_at) AS attended_on, m.state, m.note,
       m.decided_at, m.updated_at,
       leads_course(m.course_id) AND m.person_id IS DISTINCT FROM principal_person() AS _writable
FROM make_up AS m
JOIN registration AS r ON r.id = m.registration_id
JOIN course_session AS s ON s.id = m.missed_session_id
JOIN course_session AS t ON t.id = m.attended_session_id
WHERE m.id = :id::uuid

-- What a make-up names, as far as the caller sees it.
-- name: make_up_context
SELECT r.course_id, c.course_type, r.state AS registration_state,
       s.course_id AS missed_course_id, g.kind AS missed_kind,
       EXISTS (SELECT FROM attendance AS a
               WHERE a.registration_id = r.id AND a.session_id = s.id
                 AND a.status = 'present') AS missed_present,
       t.course_id AS attended_course_id, d.course_type AS attended_course_type,
       h.kind AS attended_kind, local_day(t.starts_at) AS attended_on,
       business_today() AS today_on,
       coalesce(leads_course(r.course_id), false)
           AND r.person_id IS DISTINCT FROM principal_person() AS leads
FROM (SELECT 1) AS one
LEFT JOIN registration AS r ON r.id = :registration_id::uuid
LEFT JOIN course AS c ON c.id = r.course_id
LEFT JOIN course_session AS s ON s.id = :missed_session_id::uuid
LEFT JOIN course_gathering AS g ON g.id = s.gathering_id
LEFT JOIN course_session AS t ON t.id = :attended_session_id::uuid
LEFT JOIN course_gathering AS h ON h.id = t.gathering_id
LEFT JOIN course AS d ON d.id = t.course_id

-- name: make_up_insert
INSERT INTO make_up (registration_id, missed_session_id, attended_session_id, state, note,
                     requested_by, decided_by, decided_at)
VALUES (:registration_id::uuid, :missed_session_id::uuid, :attended_session_id::uuid, :state, :note,
        principal_user(), CASE WHEN :state <> 'requested' THEN principal_user() END,
        CASE WHEN :state <> 'requested' THEN business_now() END)
RETURNING id, version::bigint AS version

-- The course of a make-up that the caller may see, to be locked first.
-- name: make_up_course
SELECT course_id FROM make_up WHERE id = :id::uuid

-- name: make_up_lock
SELECT id, course_id, registration_id, missed_session_id, attended_session_id, state,
       version::bigint AS version
FROM make_up
WHERE id = :id::uuid
FOR UPDATE

-- name: make_up_set_state
UPDATE make_up
SET state = :state, decided_by = principal_user(), decided_at = business_now()
WHERE id = :id::uuid
RETURNING id, version::bigint AS version
