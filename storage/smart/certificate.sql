-- Certificates.

-- name: certificate_list
SELECT c.id, c.version, c.serial_no, c.state, c.registration_id, c.course_id, c.person_id,
       c.participant_name, c.course_title, c.attended_days, c.issued_on, c.revoked_on,
       c.revoked_reason, c.replaces_id, c.updated_at
FROM certificate AS c
WHERE true
  AND c.course_id = :course_id::uuid                  --? course_id
  AND c.person_id = :person_id::uuid                  --? person_id
  AND c.registration_id = :registration_id::uuid      --? registration_id
  AND c.state = :state                                --? state
  AND c.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: certificate_get
SELECT c.id, c.version, c.serial_no, c.state, c.registration_id, c.course_id, c.person_id,
       c.participant_name, c.course_title, c.organiser_name, c.held_on,
       cardinality(c.held_on) AS gathering_days, c.attended_days, c.issued_on, c.revoked_on,
       c.revoked_reason, c.replaces_id,
       (SELECT n.id FROM certificate AS n WHERE n.replaces_id = c.id) AS replaced_by_id,
       c.updated_at
FROM certificate AS c
WHERE c.id = :id::uuid

-- name: certificate_verify_serial
SELECT v.serial_no, v.state, v.participant_name, v.course_title, v.issued_on
FROM certificate_verify(:serial) AS v

-- What the document is made of.
-- name: certificate_load
SELECT id, serial_no, participant_name, course_title, organiser_name, held_on,
       attended_days::bigint AS attended_days, issued_on, state, version::bigint AS version
FROM certificate
WHERE id = :id::uuid

-- name: certificate_lock
SELECT id, serial_no, participant_name, course_title, organiser_name, held_on,
       attended_days::bigint AS attended_days, issued_on, state, version::bigint AS version
FROM certificate
WHERE id = :id::uuid
FOR UPDATE

-- For smart_admin, who issues. The course of a registration is found by registration_course.
-- name: certificate_candidates
SELECT r.id AS registration_id, r.state, p.gathering_days, p.present_days, p.made_up_days,
       c.min_attendance_bp::bigint AS min_attendance_bp, t.gives_certificate,
       EXISTS (SELECT FROM certificate AS v
               WHERE v.registration_id = r.id AND v.state = 'valid') AS has_valid
FROM course_progress(:course_id::uuid) AS p
JOIN registration AS r ON r.id = p.registration_id
JOIN course AS c ON c.id = r.course_id
JOIN course_type AS t ON t.code = c.course_type
WHERE (SELECT has_role('smart_admin'))
  AND r.id = :registration_id::uuid                   --? registration_id
ORDER BY r.id

-- One for each registration, with the serial number of the same place.
-- name: certificate_insert
INSERT INTO certificate (serial_no, registration_id, course_id, person_id, participant_name,
                         course_title, organiser_name, held_on, attended_days, issued_by)
SELECT g.serial_no, r.id, r.course_id, r.person_id, r.participant_name, c.title, o.name,
       (SELECT coalesce(array_agg(DISTINCT local_day(s.starts_at)
                                  ORDER BY local_day(s.starts_at)), '{}')
        FROM course_session AS s JOIN course_gathering AS k ON k.id = s.gathering_id
        WHERE s.course_id = r.course_id AND k.kind = 'gathering'),
       (p.present_days + p.made_up_days)::int, principal_user()
FROM unnest(:registration_ids::uuid[], :serials::text[]) AS g (registration_id, serial_no)
JOIN registration AS r ON r.id = g.registration_id
JOIN course AS c ON c.id = r.course_id
LEFT JOIN organisation AS o ON o.id = c.organiser_id
JOIN course_progress(:course_id::uuid) AS p ON p.registration_id = r.id
RETURNING id, version::bigint AS version

-- name: certificate_revoke
UPDATE certificate
SET state = 'revoked', revoked_on = business_today(), revoked_reason = :reason
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- The same paper with another name.
-- name: certificate_replace
INSERT INTO certificate (serial_no, registration_id, course_id, person_id, participant_name,
                         course_title, organiser_name, held_on, attended_days, issued_by,
                         replaces_id)
SELECT :serial_no, c.registration_id, c.course_id, c.person_id, :participant_name, c.course_title,
       c.organiser_name, c.held_on, c.attended_days, principal_user(), c.id
FROM certificate AS c
WHERE c.id = :id::uuid
RETURNING id, version::bigint AS version
