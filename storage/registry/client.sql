-- name: api_client_list
SELECT c.id, c.version, c.client_id, c.name, c.organisation_id, c.scopes, c.is_active, c.created_at,
       c.updated_at
FROM api_client AS c
WHERE true
  AND c.client_id = :client_id                        --? client_id
  AND c.organisation_id = :organisation_id::uuid      --? organisation_id
  AND c.is_active = :is_active                        --? is_active
  AND :scope = ANY (c.scopes)                         --? scope
  AND c.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: api_client_get
SELECT c.id, c.version, c.client_id, c.name, c.organisation_id, c.scopes, c.is_active, c.created_at,
       c.updated_at
FROM api_client AS c
WHERE c.id = :id::uuid

-- name: api_client_insert
INSERT INTO api_client (client_id, name, organisation_id, scopes, secret_sha256)
VALUES (:client_id, :name, :organisation_id::uuid, :scopes::text[], :secret_sha256)
RETURNING id, version::bigint AS version

-- name: api_client_lock
SELECT id, version::bigint AS version FROM api_client WHERE id = :id::uuid FOR UPDATE

-- name: api_client_update
UPDATE api_client
SET name = CASE WHEN :name.given THEN :name ELSE name END,
    organisation_id = CASE WHEN :organisation_id.given THEN :organisation_id::uuid
        ELSE organisation_id END,
    scopes = CASE WHEN :scopes.given THEN :scopes::text[] ELSE scopes END,
    is_active = CASE WHEN :is_active.given THEN :is_active ELSE is_active END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- name: api_client_rotate_secret
UPDATE api_client SET secret_sha256 = :secret_sha256 WHERE id = :id::uuid
RETURNING id, version::bigint AS version
