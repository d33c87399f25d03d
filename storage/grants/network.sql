-- Competence networks and their members.

-- name: network_list
SELECT n.id, n.version, n.forum_id, n.code, n.name, n.organisation_id, n.host_organisation_id,
       host.name AS host_name, n.coordinator_person_id, n.active_from_on, n.active_to_on,
       n.is_example, n.updated_at
FROM competence_network AS n
LEFT JOIN organisation AS host ON host.id = n.host_organisation_id
WHERE true
  AND n.code = :code                                  --? code
  AND n.forum_id = :forum_id::uuid                    --? forum_id
  AND n.active_from_on <= :active_on::date            --? active_on
  AND coalesce(n.active_to_on >= :active_on::date, true) --? active_on
  AND strpos(lower(concat_ws(' ', n.code, n.name) COLLATE "nb-x-icu"),  --? q
             lower(:q::text COLLATE "nb-x-icu")) > 0  --? q
  AND n.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: network_get
SELECT n.id, n.version, n.forum_id, n.code, n.name, n.organisation_id, n.host_organisation_id,
       host.name AS host_name, n.coordinator_person_id, n.active_from_on, n.active_to_on,
       n.is_example, n.updated_at
FROM competence_network AS n
LEFT JOIN organisation AS host ON host.id = n.host_organisation_id
WHERE n.id = :id::uuid

-- Whether the caller may see a network; lists below it ask.
-- name: network_visible
SELECT n.id FROM competence_network AS n WHERE n.id = :network_id::uuid

-- name: network_lock
SELECT n.id, n.active_from_on, n.active_to_on, n.version::bigint AS version
FROM competence_network AS n
WHERE n.id = :id::uuid
FOR UPDATE

-- name: network_insert
INSERT INTO competence_network (forum_id, code, name, organisation_id, host_organisation_id,
                                coordinator_person_id, active_from_on, active_to_on)
VALUES (:forum_id::uuid, :code, :name, :organisation_id::uuid, :host_organisation_id::uuid,
        :coordinator_person_id::uuid, :active_from_on::date, :active_to_on::date)
RETURNING id, version::bigint AS version

-- name: network_update
UPDATE competence_network
SET name = CASE WHEN :name.given THEN :name ELSE name END,
    host_organisation_id = CASE WHEN :host_organisation_id.given
        THEN :host_organisation_id::uuid ELSE host_organisation_id END,
    coordinator_person_id = CASE WHEN :coordinator_person_id.given
        THEN :coordinator_person_id::uuid ELSE coordinator_person_id END,
    active_from_on = CASE WHEN :active_from_on.given
        THEN :active_from_on::date ELSE active_from_on END,
    active_to_on = CASE WHEN :active_to_on.given THEN :active_to_on::date ELSE active_to_on END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- ---- members ---------------------------------------------------------------------------------

-- name: network_member_list
SELECT m.id, m.version, m.network_id, n.code AS network_code,
       n.name AS network_name, m.organisation_id,
       o.name AS organisation_name, o.org_type, o.municipality_no, m.role, m.from_on, m.to_on,
       m.updated_at
FROM network_member AS m
JOIN competence_network AS n ON n.id = m.network_id
JOIN organisation AS o ON o.id = m.organisation_id
WHERE m.network_id = :network_id::uuid
  AND m.role = :role                                  --? role
  AND m.organisation_id = :organisation_id::uuid      --? organisation_id
  AND m.from_on <= :on::date                          --? on
  AND coalesce(m.to_on >= :on::date, true)            --? on
  AND m.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: network_member_get
SELECT m.id, m.version, m.network_id, n.code AS network_code,
       n.name AS network_name, m.organisation_id,
       o.name AS organisation_name, o.org_type, o.municipality_no, m.role, m.from_on, m.to_on,
       m.updated_at
FROM network_member AS m
JOIN competence_network AS n ON n.id = m.network_id
JOIN organisation AS o ON o.id = m.organisation_id
WHERE m.id = :id::uuid

-- name: network_member_lock
SELECT m.id, m.from_on, business_today() AS today_on,
       m.version::bigint AS version
FROM network_member AS m
WHERE m.id = :id::uuid
FOR UPDATE

-- name: network_member_insert
INSERT INTO network_member (network_id, organisation_id, role, from_on, to_on)
VALUES (:network_id::uuid, :organisation_id::uuid, :role,
        coalesce(:from_on::date, business_today()), :to_on::date)
RETURNING id, version::bigint AS version

-- name: network_member_end
UPDATE network_member
SET to_on = coalesce(:to_on::date, business_today())
WHERE id = :id::uuid
RETURNING id, version::bigint AS version
