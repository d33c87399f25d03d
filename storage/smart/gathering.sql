-- Gatherings of a course and their sessions.

-- name: gathering_list
SELECT g.id, g.version, g.course_id, g.seq_no, g.kind, g.title, g.overnight, g.moved_at,
       g.updated_at
FROM course_gathering AS g
WHERE g.course_id = :course_id::uuid
  AND g.kind = :kind                                  --? kind
  AND g.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: gathering_get
SELECT g.id, g.version, g.course_id, g.seq_no, g.kind, g.title, g.overnight, g.moved_at,
       g.updated_at
FROM course_gathering AS g
WHERE g.id = :id::uuid

-- name: gathering_course
SELECT course_id FROM course_gathering WHERE id = :id::uuid

-- name: gathering_count
SELECT count(*) AS count FROM course_gathering WHERE course_id = :parent_id::uuid

-- name: gathering_lock
SELECT version FROM course_gathering WHERE id = :id::uuid FOR UPDATE

-- name: gathering_insert
INSERT INTO course_gathering (course_id, seq_no, kind, title, overnight)
VALUES (:course_id::uuid, :seq_no, :kind, :title, :overnight)
RETURNING id, version::bigint AS version

-- name: gathering_update
UPDATE course_gathering
SET seq_no = CASE WHEN :seq_no.given THEN :seq_no::int ELSE seq_no END,
    kind = CASE WHEN :kind.given THEN :kind ELSE kind END,
    title = CASE WHEN :title.given THEN :title ELSE title END,
    overnight = CASE WHEN :overnight.given THEN :overnight::boolean ELSE overnight END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- The local day of the first session; null without any.
-- name: gathering_first_day
SELECT min(local_day(d.starts_at)) AS first_on
FROM course_session AS d
WHERE d.gathering_id = :id::uuid

-- Programme items that begin during a session of the gathering go with it, so they are shifted
-- first.
-- name: gathering_shift_programme
UPDATE course_programme_item AS p
SET starts_at = (p.starts_at AT TIME ZONE 'Europe/Oslo' + make_interval(days => :days::int))
                AT TIME ZONE 'Europe/Oslo',
    ends_at = (p.ends_at AT TIME ZONE 'Europe/Oslo' + make_interval(days => :days::int))
              AT TIME ZONE 'Europe/Oslo'
WHERE p.course_id = :course_id::uuid
  AND EXISTS (SELECT FROM course_session AS d
              WHERE d.gathering_id = :id::uuid
                AND p.starts_at >= d.starts_at AND p.starts_at < d.ends_at)
RETURNING p.id, p.version::bigint AS version

-- Local clock times are kept, whatever becomes of summer time.
-- name: gathering_shift_sessions
UPDATE course_session
SET starts_at = (starts_at AT TIME ZONE 'Europe/Oslo' + make_interval(days => :days::int))
                AT TIME ZONE 'Europe/Oslo',
    ends_at = (ends_at AT TIME ZONE 'Europe/Oslo' + make_interval(days => :days::int))
              AT TIME ZONE 'Europe/Oslo'
WHERE gathering_id = :id::uuid
RETURNING id, version::bigint AS version

-- name: gathering_moved
UPDATE course_gathering SET moved_at = clock_timestamp() WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- name: gathering_delete
DELETE FROM course_gathering WHERE id = :id::uuid

-- name: session_list
SELECT d.id, d.version, d.course_id, d.gathering_id, g.seq_no AS gathering_seq_no,
       g.kind AS gathering_kind, g.overnight, d.title, d.starts_at, d.ends_at, d.venue_name,
       d.has_practice_sharing, d.updated_at
FROM course_session AS d
JOIN course_gathering AS g ON g.id = d.gathering_id
WHERE d.course_id = :course_id::uuid
  AND d.gathering_id = :gathering_id::uuid            --? gathering_id
  AND d.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: session_get
SELECT d.id, d.version, d.course_id, d.gathering_id, g.seq_no AS gathering_seq_no,
       g.kind AS gathering_kind, g.overnight, d.title, d.starts_at, d.ends_at, d.venue_name,
       d.has_practice_sharing, d.updated_at
FROM course_session AS d
JOIN course_gathering AS g ON g.id = d.gathering_id
WHERE d.id = :id::uuid

-- name: session_course
SELECT course_id FROM course_session WHERE id = :id::uuid

-- name: session_count
SELECT count(*) AS count FROM course_session WHERE gathering_id = :parent_id::uuid

-- name: session_lock
SELECT version FROM course_session WHERE id = :id::uuid FOR UPDATE

-- name: session_load
SELECT id, gathering_id, starts_at, ends_at FROM course_session WHERE id = :id::uuid

-- name: session_insert
INSERT INTO course_session (gathering_id, title, starts_at, ends_at, venue_name,
                            has_practice_sharing)
VALUES (:gathering_id::uuid, :title, :starts_at::timestamptz, :ends_at::timestamptz, :venue_name,
        :has_practice_sharing)
RETURNING id, version::bigint AS version

-- name: session_update
UPDATE course_session
SET title = CASE WHEN :title.given THEN :title ELSE title END,
    starts_at = CASE WHEN :starts_at.given THEN :starts_at::timestamptz ELSE starts_at END,
    ends_at = CASE WHEN :ends_at.given THEN :ends_at::timestamptz ELSE ends_at END,
    venue_name = CASE WHEN :venue_name.given THEN :venue_name ELSE venue_name END,
    has_practice_sharing = CASE WHEN :has_practice_sharing.given
        THEN :has_practice_sharing::boolean ELSE has_practice_sharing END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- name: session_delete
DELETE FROM course_session WHERE id = :id::uuid
