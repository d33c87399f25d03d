-- name: user_list
SELECT u.id, u.version, u.issuer, u.subject, u.person_id, p.full_name AS person_name, u.is_active,
       u.created_at, u.updated_at
FROM user_account AS u
LEFT JOIN person AS p ON p.id = u.person_id
WHERE true
  AND u.issuer = :issuer                              --? issuer
  AND u.subject = :subject                            --? subject
  AND u.person_id = :person_id::uuid                  --? person_id
  AND u.is_active = :is_active                        --? is_active
  AND EXISTS (SELECT 1 FROM role_grant AS g           --? role
               WHERE g.user_id = u.id AND g.role = :role) --? role
  AND u.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: user_get
SELECT u.id, u.version, u.issuer, u.subject, u.person_id, p.full_name AS person_name, u.is_active,
       u.created_at, u.updated_at
FROM user_account AS u
LEFT JOIN person AS p ON p.id = u.person_id
WHERE u.id = :id::uuid

-- name: user_insert
INSERT INTO user_account (issuer, subject, person_id, is_active)
VALUES (coalesce(:issuer, 'local'), :subject, :person_id::uuid, coalesce(:is_active, true))
RETURNING id, version::bigint AS version

-- name: user_lock
SELECT id, version::bigint AS version FROM user_account WHERE id = :id::uuid FOR UPDATE

-- name: user_update
UPDATE user_account
SET person_id = CASE WHEN :person_id.given THEN :person_id::uuid ELSE person_id END,
    is_active = CASE WHEN :is_active.given THEN :is_active ELSE is_active END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version
