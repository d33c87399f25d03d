-- What the command line needs to know about whom it makes a token for.
-- name: account_find
SELECT 'client' AS kind, array_to_string(scopes, ' ') AS scopes FROM client_for_login(:name)
UNION ALL
SELECT 'user', '' FROM principal_for_subject('local', :name)
LIMIT 1

-- name: client_upsert
INSERT INTO api_client (client_id, name, scopes, secret_sha256)
VALUES (:client_id, :name, string_to_array(:scopes, ' '), :secret_sha256)
ON CONFLICT (client_id) DO UPDATE
SET name = excluded.name, scopes = excluded.scopes, secret_sha256 = excluded.secret_sha256

-- name: client_grant
INSERT INTO role_grant (client_id, role, scope_type)
SELECT c.id, 'partner_system', 'global' FROM api_client AS c
WHERE c.client_id = :client_id
  AND NOT EXISTS (SELECT 1 FROM role_grant AS g WHERE g.client_id = c.id AND g.role = 'partner_system')
