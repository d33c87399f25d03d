-- Included items of a course and their options.

-- name: course_item_list
SELECT i.id, i.version, i.course_id, i.code, i.name, i.choice_required, i.updated_at
FROM course_item AS i
WHERE i.course_id = :course_id::uuid
  AND i.choice_required = :choice_required::boolean   --? choice_required
  AND i.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: course_item_get
SELECT i.id, i.version, i.course_id, i.code, i.name, i.choice_required, i.updated_at
FROM course_item AS i
WHERE i.id = :id::uuid

-- name: course_item_course
SELECT course_id FROM course_item WHERE id = :id::uuid

-- name: course_item_count
SELECT count(*) AS count FROM course_item WHERE course_id = :parent_id::uuid

-- name: course_item_lock
SELECT version FROM course_item WHERE id = :id::uuid FOR UPDATE

-- name: course_item_insert
INSERT INTO course_item (course_id, code, name, choice_required)
VALUES (:course_id::uuid, :code, :name, :choice_required)
RETURNING id, version::bigint AS version

-- name: course_item_update
UPDATE course_item
SET name = CASE WHEN :name.given THEN :name ELSE name END,
    choice_required = CASE WHEN :choice_required.given
        THEN :choice_required::boolean ELSE choice_required END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- name: course_item_delete
DELETE FROM course_item WHERE id = :id::uuid

-- Whether the caller may see an item; the list of its options asks.
-- name: course_item_visible
SELECT i.id FROM course_item AS i WHERE i.id = :item_id::uuid

-- name: item_option_list
SELECT o.id, o.version, o.item_id, o.code, o.name, o.updated_at
FROM item_option AS o
WHERE o.item_id = :item_id::uuid
  AND o.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: item_option_get
SELECT o.id, o.version, o.item_id, o.code, o.name, o.updated_at
FROM item_option AS o
WHERE o.id = :id::uuid

-- name: item_option_course
SELECT i.course_id FROM item_option AS o JOIN course_item AS i ON i.id = o.item_id
WHERE o.id = :id::uuid

-- name: item_option_count
SELECT count(*) AS count FROM item_option WHERE item_id = :parent_id::uuid

-- name: item_option_lock
SELECT version FROM item_option WHERE id = :id::uuid FOR UPDATE

-- name: item_option_insert
INSERT INTO item_option (item_id, code, name)
VALUES (:item_id::uuid, :code, :name)
RETURNING id, version::bigint AS version

-- name: item_option_update
UPDATE item_option SET name = CASE WHEN :name.given THEN :name ELSE name END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- name: item_option_delete
DELETE FROM item_option WHERE id = :id::uuid
