-- What happens when on a course.

-- name: programme_item_list
SELECT p.id, p.version, p.course_id, p.kind, p.starts_at, p.ends_at, p.title, p.description,
       p.contributor_role, p.updated_at
FROM course_programme_item AS p
WHERE p.course_id = :course_id::uuid
  AND p.kind = :kind                                  --? kind
  AND p.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: programme_item_get
SELECT p.id, p.version, p.course_id, p.kind, p.starts_at, p.ends_at, p.title, p.description,
       p.contributor_role, p.updated_at
FROM course_programme_item AS p
WHERE p.id = :id::uuid

-- name: programme_item_course
SELECT course_id FROM course_programme_item WHERE id = :id::uuid

-- name: programme_item_count
SELECT count(*) AS count FROM course_programme_item WHERE course_id = :parent_id::uuid

-- name: programme_item_lock
SELECT version FROM course_programme_item WHERE id = :id::uuid FOR UPDATE

-- name: programme_item_load
SELECT starts_at, ends_at FROM course_programme_item WHERE id = :id::uuid

-- name: programme_item_insert
INSERT INTO course_programme_item (course_id, kind, starts_at, ends_at, title, description,
                                   contributor_role)
VALUES (:course_id::uuid, :kind, :starts_at::timestamptz, :ends_at::timestamptz, :title,
        :description, :contributor_role)
RETURNING id, version::bigint AS version

-- name: programme_item_update
UPDATE course_programme_item
SET kind = CASE WHEN :kind.given THEN :kind ELSE kind END,
    starts_at = CASE WHEN :starts_at.given THEN :starts_at::timestamptz ELSE starts_at END,
    ends_at = CASE WHEN :ends_at.given THEN :ends_at::timestamptz ELSE ends_at END,
    title = CASE WHEN :title.given THEN :title ELSE title END,
    description = CASE WHEN :description.given THEN :description ELSE description END,
    contributor_role = CASE WHEN :contributor_role.given
        THEN :contributor_role ELSE contributor_role END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- name: programme_item_delete
DELETE FROM course_programme_item WHERE id = :id::uuid
