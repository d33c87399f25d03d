-- The name is searched anywhere, the number from its start.
-- name: organisation_list
SELECT o.id, o.version, o.org_type, o.name, o.short_name, o.org_number, o.municipality_no,
       o.parent_id, o.language, o.is_example, o.created_at, o.updated_at
FROM organisation AS o
WHERE true
  AND o.org_type = :org_type                                                   --? org_type
  AND o.municipality_no = :municipality_no                                     --? municipality_no
  AND o.parent_id = :parent_id::uuid                                           --? parent_id
  AND o.org_number = :org_number                                               --? org_number
  AND (strpos(lower(concat_ws(' ', o.name, o.short_name) COLLATE "nb-x-icu"),  --? q
              lower(:q::text COLLATE "nb-x-icu")) > 0                          --? q
       OR starts_with(o.org_number, :q::text))                                 --? q
  AND o.updated_at >= :updated_since::timestamptz                              --? updated_since

-- name: organisation_get
SELECT o.id, o.version, o.org_type, o.name, o.short_name, o.org_number, o.municipality_no,
       o.parent_id, o.language, o.is_example, o.created_at, o.updated_at
FROM organisation AS o
WHERE o.id = :id::uuid

-- name: organisation_insert
INSERT INTO organisation (org_type, name, short_name, org_number, municipality_no, parent_id,
                          language, is_example)
VALUES (:org_type, :name, :short_name, :org_number, :municipality_no, :parent_id::uuid,
        coalesce(:language, 'nb'), coalesce(:is_example, false))
RETURNING id, version::bigint AS version

-- name: organisation_lock
SELECT id, version::bigint AS version FROM organisation WHERE id = :id::uuid FOR UPDATE

-- Who moves in the tree of organisations does so one at a time, else two moves could close a circle
-- that neither of them sees.
-- name: organisation_tree_lock
SELECT pg_advisory_xact_lock(hashtextextended('organisation.parent_id', 0))::text AS locked

-- Whether the new parent lies at or below the organisation itself. Every organisation is visible to
-- all, so no policy hides a part of the way up.
-- name: organisation_is_below
WITH RECURSIVE above AS (
    SELECT o.id, o.parent_id FROM organisation AS o WHERE o.id = :parent_id::uuid
    UNION
    SELECT o.id, o.parent_id FROM above JOIN organisation AS o ON o.id = above.parent_id
)
SELECT EXISTS (SELECT 1 FROM above WHERE id = :id::uuid) AS below

-- name: organisation_update
UPDATE organisation
SET org_type = CASE WHEN :org_type.given THEN :org_type ELSE org_type END,
    name = CASE WHEN :name.given THEN :name ELSE name END,
    short_name = CASE WHEN :short_name.given THEN :short_name ELSE short_name END,
    org_number = CASE WHEN :org_number.given THEN :org_number ELSE org_number END,
    municipality_no = CASE WHEN :municipality_no.given THEN :municipality_no
        ELSE municipality_no END,
    parent_id = CASE WHEN :parent_id.given THEN :parent_id::uuid ELSE parent_id END,
    language = CASE WHEN :language.given THEN :language ELSE language END,
    is_example = CASE WHEN :is_example.given THEN :is_example ELSE is_example END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version
