-- A course as a calendar: a row for each session, or one without a session. No row when the caller
-- cannot see the course.
-- name: course_entries
SELECT c.title, e.session_id, e.sequence, e.starts_local, e.ends_local,
       to_char(e.modified_at AT TIME ZONE 'UTC', 'YYYYMMDD"T"HH24MISS"Z"') AS modified, e.summary,
       e.location, c.state = 'cancelled' AS cancelled
FROM course AS c
LEFT JOIN LATERAL session_entries(c.id) AS e ON true
WHERE c.id = :id::uuid
ORDER BY e.starts_local, e.session_id
