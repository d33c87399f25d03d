-- Who a verified token names and what they may do, and what a login compares. The owner functions
-- answer nothing for an unknown name; here there is always one row, so that `epoch` is known for a
-- subject without an account (an account made later makes what was cached stale) and so that an
-- unknown client and a wrong secret take the same way.

-- name: auth_user_principal
SELECT p.id, p.person_id, p.active AS is_active, p.grants, NULL::text[] AS scopes,
       (SELECT e.epoch FROM grant_epoch AS e) AS epoch
FROM (VALUES (true)) AS always (row)
LEFT JOIN principal_for_subject(:issuer::text, :subject::text) AS p ON true

-- The scopes are those that the client has today; a token given earlier may name more.
-- name: auth_client_principal
SELECT p.id, p.person_id, p.active AS is_active, p.grants, l.scopes,
       (SELECT e.epoch FROM grant_epoch AS e) AS epoch
FROM (VALUES (true)) AS always (row)
LEFT JOIN principal_for_client(:subject::text) AS p ON true
LEFT JOIN client_for_login(:subject::text) AS l ON true

-- name: auth_client_login
SELECT l.secret_sha256, l.active AS is_active, l.scopes
FROM (VALUES (true)) AS always (row)
LEFT JOIN client_for_login(:client_id::text) AS l ON true
