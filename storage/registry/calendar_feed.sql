-- Secret addresses of personal calendars.

-- name: calendar_feed_list
SELECT f.id, f.version, f.name, f.created_at, f.updated_at
FROM calendar_feed AS f
WHERE true
  AND f.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: calendar_feed_get
SELECT f.id, f.version, f.name, f.created_at, f.updated_at
FROM calendar_feed AS f
WHERE f.id = :id::uuid

-- Two requests of one person do not count at the same time.
-- name: calendar_feed_turn
SELECT pg_advisory_xact_lock(hashtext('calendar_feed'),
                             hashtext(principal_person()::text))

-- name: calendar_feed_held
SELECT count(*) AS held FROM calendar_feed

-- name: calendar_feed_insert
INSERT INTO calendar_feed (person_id, user_id, name, secret_sha256)
VALUES (principal_person(), principal_user(), :name, :secret_sha256)
RETURNING id, version::bigint AS version

-- name: calendar_feed_version
SELECT id, version::bigint AS version FROM calendar_feed WHERE id = :id::uuid

-- name: calendar_feed_delete
DELETE FROM calendar_feed WHERE id = :id::uuid

-- name: calendar_feed_entries
SELECT e.session_id, e.sequence, e.starts_local, e.ends_local,
       to_char(e.modified_at AT TIME ZONE 'UTC', 'YYYYMMDD"T"HH24MISS"Z"') AS modified, e.summary,
       e.location, e.cancelled
FROM calendar_feed_entries(:secret_sha256) AS e
