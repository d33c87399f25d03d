-- name: role_grant_list
SELECT g.id, g.version, g.user_id, g.client_id AS api_client_id, g.role, g.scope_type, g.scope_id,
       g.granted_by, g.created_at, g.updated_at
FROM role_grant AS g
WHERE true
  AND g.user_id = :user_id::uuid                      --? user_id
  AND g.client_id = :api_client_id::uuid              --? api_client_id
  AND g.role = :role                                  --? role
  AND g.scope_type = :scope_type                      --? scope_type
  AND g.scope_id = :scope_id::uuid                    --? scope_id
  AND g.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: role_grant_list_of_user
SELECT g.id, g.version, g.user_id, g.client_id AS api_client_id, g.role, g.scope_type, g.scope_id,
       g.granted_by, g.created_at, g.updated_at
FROM role_grant AS g
WHERE g.user_id = :id::uuid
  AND g.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: role_grant_list_of_client
SELECT g.id, g.version, g.user_id, g.client_id AS api_client_id, g.role, g.scope_type, g.scope_id,
       g.granted_by, g.created_at, g.updated_at
FROM role_grant AS g
WHERE g.client_id = :id::uuid
  AND g.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: role_grant_get
SELECT g.id, g.version, g.user_id, g.client_id AS api_client_id, g.role, g.scope_type, g.scope_id,
       g.granted_by, g.created_at, g.updated_at
FROM role_grant AS g
WHERE g.id = :id::uuid

-- Asked when the one who gets the role is locked (user_lock, api_client_lock), so that two grants
-- at once are counted one after the other.
-- name: role_grant_held
SELECT count(*) AS held FROM role_grant WHERE user_id = :id::uuid OR client_id = :id::uuid

-- name: role_grant_insert
INSERT INTO role_grant (user_id, client_id, role, scope_type, scope_id, granted_by)
VALUES (:user_id::uuid, :api_client_id::uuid, :role, :scope_type, :scope_id::uuid, principal_user())
RETURNING id, version::bigint AS version

-- A grant is never edited, so there is nothing to lock: who comes second deletes nothing.
-- name: role_grant_load
SELECT id, version::bigint AS version, coalesce(user_id, client_id) AS grantee_id, user_id,
       client_id AS api_client_id, role, scope_type, scope_id
FROM role_grant
WHERE id = :id::uuid

-- name: role_grant_delete
DELETE FROM role_grant WHERE id = :id::uuid
