-- What an organisation is; one row whatever is there.
-- name: organisation_known
SELECT o.org_type, o.parent_id, business_today() AS today_on
FROM (SELECT 1) AS one
LEFT JOIN organisation AS o ON o.id = :id::uuid
