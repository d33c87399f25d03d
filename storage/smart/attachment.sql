-- What is attached to ideas. The bytes are read by nobody but attachment_content.

-- name: attachment_list
SELECT a.id, a.version, a.idea_id, a.filename, a.media_type, a.size_bytes, a.sha256, a.created_at,
       a.updated_at
FROM attachment AS a
WHERE a.idea_id = :id::uuid
  AND a.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: attachment_get
SELECT a.id, a.version, a.idea_id, a.filename, a.media_type, a.size_bytes, a.sha256, a.created_at,
       a.updated_at
FROM attachment AS a
WHERE a.id = :id::uuid

-- name: attachment_content
SELECT a.filename, a.media_type, a.sha256, c.bytes
FROM attachment AS a
JOIN attachment_content AS c ON c.attachment_id = a.id
WHERE a.id = :id::uuid

-- name: attachment_place
SELECT idea_id, version::bigint AS version FROM attachment WHERE id = :id::uuid

-- name: attachment_insert
INSERT INTO attachment (idea_id, filename, media_type, size_bytes, sha256)
VALUES (:idea_id::uuid, :filename, :content_type, :size_bytes, :sha256)
RETURNING id, version::bigint AS version

-- name: attachment_content_insert
INSERT INTO attachment_content (attachment_id, bytes) VALUES (:attachment_id::uuid, :bytes::bytea)

-- name: attachment_delete
DELETE FROM attachment WHERE id = :id::uuid
