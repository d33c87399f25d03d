-- Measures of a decision basis.

-- name: measure_list
SELECT m.id, m.version, m.basis_id, m.seq_no, m.title, m.theme, m.target_groups,
       m.participants_estimate, m.starts_on, m.ends_on, m.amount_nok, p.owner_ids, p.uh_ids, p.unit_ids,
       ARRAY(SELECT n.need_report_id FROM measure_need AS n
              WHERE n.measure_id = m.id ORDER BY n.need_report_id) AS need_report_ids, m.updated_at
FROM measure AS m
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(p.organisation_id ORDER BY p.organisation_id)
                        FILTER (WHERE p.kind = 'owner'), '{}') AS owner_ids,
           coalesce(array_agg(p.organisation_id ORDER BY p.organisation_id)
                        FILTER (WHERE p.kind = 'uh'), '{}') AS uh_ids,
           coalesce(array_agg(p.organisation_id ORDER BY p.organisation_id)
                        FILTER (WHERE p.kind = 'unit'), '{}') AS unit_ids
    FROM measure_party AS p WHERE p.measure_id = m.id) AS p
WHERE m.basis_id = :basis_id::uuid
  AND m.theme = :theme                                --? theme
  AND :target_group = ANY (m.target_groups)           --? target_group
  AND m.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: measure_get
SELECT m.id, m.version, m.basis_id, m.seq_no, m.title, m.description, m.theme, m.target_groups,
       m.participants_estimate, m.uh_contribution, m.starts_on, m.ends_on, m.amount_nok,
       p.owner_ids, p.uh_ids, p.unit_ids, p.parties,
       ARRAY(SELECT n.need_report_id FROM measure_need AS n
              WHERE n.measure_id = m.id ORDER BY n.need_report_id) AS need_report_ids, m.updated_at
FROM measure AS m
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(p.organisation_id ORDER BY p.organisation_id)
                        FILTER (WHERE p.kind = 'owner'), '{}') AS owner_ids,
           coalesce(array_agg(p.organisation_id ORDER BY p.organisation_id)
                        FILTER (WHERE p.kind = 'uh'), '{}') AS uh_ids,
           coalesce(array_agg(p.organisation_id ORDER BY p.organisation_id)
                        FILTER (WHERE p.kind = 'unit'), '{}') AS unit_ids,
           coalesce(json_agg(json_build_object('id', o.id, 'name', o.name, 'kind', p.kind)
                             ORDER BY p.kind, o.name COLLATE "nb-x-icu", o.id), '[]') AS parties
    FROM measure_party AS p JOIN organisation AS o ON o.id = p.organisation_id
    WHERE p.measure_id = m.id) AS p
WHERE m.id = :id::uuid

-- name: measure_basis
SELECT m.basis_id FROM measure AS m WHERE m.id = :id::uuid

-- name: measure_count
SELECT count(*) AS count FROM measure AS m WHERE m.basis_id = :id::uuid

-- A measure as decisions see it, under the lock of its basis.
-- name: measure_load
SELECT m.id, m.basis_id, m.starts_on, m.ends_on,
       (SELECT count(*) FROM budget_line AS l WHERE l.measure_id = m.id) AS budget_lines,
       m.version::bigint AS version
FROM measure AS m
WHERE m.id = :id::uuid

-- What the lists of a body name. Needs that a measure has cited stay citable.
-- name: measure_references
WITH partner AS (SELECT p.organisation_id AS id, p.kind FROM basis_partner AS p
                  WHERE p.basis_id = :basis_id::uuid),
     network AS (SELECT n.id, n.organisation_id IN (SELECT p.id FROM partner AS p) AS is_partner
                   FROM decision_basis AS b JOIN competence_network AS n ON n.id = b.network_id
                  WHERE b.id = :basis_id::uuid)
SELECT 'owner_ids' AS list, g.no - 1 AS no, o.id IS NOT NULL AS is_known,
       EXISTS (SELECT FROM partner AS p WHERE p.id = g.id AND p.kind = 'owner') AS is_fit
FROM unnest(:owner_ids::uuid[]) WITH ORDINALITY AS g (id, no)
LEFT JOIN organisation AS o ON o.id = g.id
UNION ALL
SELECT 'uh_ids', g.no - 1, o.id IS NOT NULL,
       EXISTS (SELECT FROM partner AS p WHERE p.id = g.id AND p.kind = 'uh')
FROM unnest(:uh_ids::uuid[]) WITH ORDINALITY AS g (id, no)
LEFT JOIN organisation AS o ON o.id = g.id
UNION ALL
SELECT 'unit_ids', g.no - 1, o.id IS NOT NULL,
       coalesce(o.org_type IN ('kindergarten', 'school', 'sfo', 'ppt'), false)
       AND (EXISTS (SELECT FROM partner AS p WHERE p.id = o.parent_id AND p.kind = 'owner')
            OR EXISTS (SELECT FROM network AS n
                         JOIN network_member AS m ON m.network_id = n.id
                        WHERE n.is_partner AND m.organisation_id IN (o.id, o.parent_id)
                          AND daterange(m.from_on, m.to_on, '[]') @> business_today()))
FROM unnest(:unit_ids::uuid[]) WITH ORDINALITY AS g (id, no)
LEFT JOIN organisation AS o ON o.id = g.id
UNION ALL
SELECT 'need_report_ids', g.no - 1,
       EXISTS (SELECT FROM need_report AS r
                 JOIN decision_basis AS b ON b.round_id = r.round_id AND b.network_id = r.network_id
                WHERE r.id = g.id AND b.id = :basis_id::uuid)
       OR EXISTS (SELECT FROM measure_need AS c
                   WHERE c.measure_id = :id::uuid AND c.need_report_id = g.id), true
FROM unnest(:need_report_ids::uuid[]) WITH ORDINALITY AS g (id, no)

-- name: measure_insert
INSERT INTO measure (basis_id, seq_no, title, description, theme, target_groups,
                     participants_estimate, uh_contribution, starts_on, ends_on, amount_nok)
VALUES (:basis_id::uuid,
        (SELECT min(free.no) FROM generate_series(1, 100) AS free (no)
          WHERE NOT EXISTS (SELECT FROM measure AS m
                             WHERE m.basis_id = :basis_id::uuid AND m.seq_no = free.no)),
        :title, :description, :theme, coalesce(:target_groups::text[], '{}'),
        :participants_estimate, :uh_contribution, :starts_on::date, :ends_on::date,
        coalesce(:amount_nok, 0))
RETURNING id, version::bigint AS version

-- name: measure_update
UPDATE measure
SET title = CASE WHEN :title.given THEN :title ELSE title END,
    description = CASE WHEN :description.given THEN :description ELSE description END,
    theme = CASE WHEN :theme.given THEN :theme ELSE theme END,
    target_groups = CASE WHEN :target_groups.given THEN :target_groups::text[] ELSE target_groups END,
    participants_estimate = CASE WHEN :participants_estimate.given
        THEN :participants_estimate::int ELSE participants_estimate END,
    uh_contribution = CASE WHEN :uh_contribution.given THEN :uh_contribution ELSE uh_contribution END,
    starts_on = CASE WHEN :starts_on.given THEN :starts_on::date ELSE starts_on END,
    ends_on = CASE WHEN :ends_on.given THEN :ends_on::date ELSE ends_on END,
    amount_nok = CASE WHEN :amount_nok.given THEN :amount_nok::bigint ELSE amount_nok END
WHERE id = :id::uuid

-- name: measure_delete
DELETE FROM measure WHERE id = :id::uuid

-- name: measure_version
SELECT m.id, m.version::bigint AS version FROM measure AS m WHERE m.id = :id::uuid

-- name: measure_party_remove
DELETE FROM measure_party
WHERE measure_id = :id::uuid
  AND ((kind = 'owner' AND :owner_ids.given
        AND NOT organisation_id = ANY (coalesce(:owner_ids::uuid[], '{}')))
       OR (kind = 'uh' AND :uh_ids.given
           AND NOT organisation_id = ANY (coalesce(:uh_ids::uuid[], '{}')))
       OR (kind = 'unit' AND :unit_ids.given
           AND NOT organisation_id = ANY (coalesce(:unit_ids::uuid[], '{}'))))

-- name: measure_party_add
INSERT INTO measure_party (measure_id, organisation_id, kind)
SELECT :id::uuid, g.id, g.kind
FROM (SELECT w.id, 'owner' FROM unnest(:owner_ids::uuid[]) AS w (id)
      UNION ALL
      SELECT u.id, 'uh' FROM unnest(:uh_ids::uuid[]) AS u (id)
      UNION ALL
      SELECT t.id, 'unit' FROM unnest(:unit_ids::uuid[]) AS t (id)) AS g (id, kind)
WHERE NOT EXISTS (SELECT FROM measure_party AS p
                   WHERE p.measure_id = :id::uuid AND p.organisation_id = g.id)

-- name: measure_need_remove
DELETE FROM measure_need
WHERE measure_id = :id::uuid AND :need_report_ids.given
  AND NOT need_report_id = ANY (coalesce(:need_report_ids::uuid[], '{}'))

-- name: measure_need_add
INSERT INTO measure_need (measure_id, need_report_id)
SELECT :id::uuid, g.id
FROM unnest(:need_report_ids::uuid[]) AS g (id)
WHERE NOT EXISTS (SELECT FROM measure_need AS n
                   WHERE n.measure_id = :id::uuid AND n.need_report_id = g.id)
