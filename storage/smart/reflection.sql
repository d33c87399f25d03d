-- Reflections on a session. No statement here reads who wrote them.

-- name: reflection_list
SELECT f.id, f.version, f.session_id, f.text, f.written_on, reflection_is_mine(f.id) AS mine
FROM reflection AS f
WHERE f.session_id = :session_id::uuid

-- name: reflection_get
SELECT f.id, f.version, f.session_id, f.text, f.written_on, reflection_is_mine(f.id) AS mine
FROM reflection AS f
WHERE f.id = :id::uuid

-- Whether the caller may see a session; the list below it asks.
-- name: session_visible
SELECT s.id FROM course_session AS s WHERE s.id = :session_id::uuid

-- name: reflection_session
SELECT local_day(s.starts_at) AS held_on, business_today() AS today_on
FROM course_session AS s
WHERE s.id = :session_id::uuid

-- name: reflection_insert
INSERT INTO reflection (session_id, text)
VALUES (:session_id::uuid, :text)
RETURNING id, version::bigint AS version

-- name: reflection_load
SELECT f.session_id, reflection_is_mine(f.id) AS mine, f.version::bigint AS version
FROM reflection AS f
WHERE f.id = :id::uuid

-- name: reflection_delete
DELETE FROM reflection WHERE id = :id::uuid
