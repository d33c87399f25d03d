-- Self-assessments of units. What they write stands on the item alone.

-- name: self_assessment_list
SELECT a.id, a.version, a.round_id, r.year AS round_year, a.network_id, n.code AS network_code,
       n.name AS network_name,
       a.owner_id, o.name AS owner_name, a.unit_id, u.name AS unit_name, a.service_type,
       a.staff_involved, a.leaders_involved, a.uh_dialogue, a.staff_count, a.completed_on, a.state,
       array_remove(ARRAY[
           CASE WHEN NOT a.staff_involved THEN 'staff_not_involved' END,
           CASE WHEN NOT a.leaders_involved THEN 'leaders_not_involved' END,
           CASE WHEN NOT a.uh_dialogue THEN 'no_uh_dialogue' END], NULL) AS warnings,
       a.is_example, a.updated_at
FROM self_assessment AS a
JOIN grant_round AS r ON r.id = a.round_id
JOIN competence_network AS n ON n.id = a.network_id
JOIN organisation AS o ON o.id = a.owner_id
JOIN organisation AS u ON u.id = a.unit_id
WHERE true
  AND a.round_id = :round_id::uuid                    --? round_id
  AND a.network_id = :network_id::uuid                --? network_id
  AND a.owner_id = :owner_id::uuid                    --? owner_id
  AND a.unit_id = :unit_id::uuid                      --? unit_id
  AND a.service_type = :service_type                  --? service_type
  AND a.state = :state                                --? state
  AND a.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: self_assessment_get
SELECT a.id, a.version, a.round_id, r.year AS round_year, a.network_id, n.code AS network_code,
       n.name AS network_name,
       a.owner_id, o.name AS owner_name, a.unit_id, u.name AS unit_name, a.service_type,
       a.findings, a.competence_needs, a.staff_involved, a.leaders_involved, a.uh_dialogue,
       a.staff_count, a.completed_on, a.state,
       array_remove(ARRAY[
           CASE WHEN NOT a.staff_involved THEN 'staff_not_involved' END,
           CASE WHEN NOT a.leaders_involved THEN 'leaders_not_involved' END,
           CASE WHEN NOT a.uh_dialogue THEN 'no_uh_dialogue' END], NULL) AS warnings,
       a.is_example, a.created_at, a.updated_at,
       a.unit_id = ANY (granted('unit_contact')) OR a.owner_id = ANY (granted('owner')) AS _writable
FROM self_assessment AS a
JOIN grant_round AS r ON r.id = a.round_id
JOIN competence_network AS n ON n.id = a.network_id
JOIN organisation AS o ON o.id = a.owner_id
JOIN organisation AS u ON u.id = a.unit_id
WHERE a.id = :id::uuid

-- An assessment as decisions see it.
-- name: self_assessment_lock
SELECT a.id, a.state, business_today() AS today_on,
       a.version::bigint AS version
FROM self_assessment AS a
WHERE a.id = :id::uuid
FOR UPDATE

-- name: self_assessment_insert
INSERT INTO self_assessment (round_id, network_id, owner_id, unit_id, service_type, findings,
                             competence_needs, staff_involved, leaders_involved, uh_dialogue,
                             staff_count)
VALUES (:round_id::uuid, :network_id::uuid, :owner_id::uuid, :unit_id::uuid, :service_type, :findings,
        coalesce(:competence_needs::text[], '{}'), coalesce(:staff_involved, false),
        coalesce(:leaders_involved, false), coalesce(:uh_dialogue, false), :staff_count::int)
RETURNING id, version::bigint AS version

-- name: self_assessment_update
UPDATE self_assessment
SET service_type = CASE WHEN :service_type.given THEN :service_type ELSE service_type END,
    findings = CASE WHEN :findings.given THEN :findings ELSE findings END,
    competence_needs = CASE WHEN :competence_needs.given
        THEN :competence_needs::text[] ELSE competence_needs END,
    staff_involved = CASE WHEN :staff_involved.given THEN :staff_involved ELSE staff_involved END,
    leaders_involved = CASE WHEN :leaders_involved.given
        THEN :leaders_involved ELSE leaders_involved END,
    uh_dialogue = CASE WHEN :uh_dialogue.given THEN :uh_dialogue ELSE uh_dialogue END,
    staff_count = CASE WHEN :staff_count.given THEN :staff_count::int ELSE staff_count END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- name: self_assessment_set_state
UPDATE self_assessment
SET state = :state, completed_on = :completed_on::date
WHERE id = :id::uuid
RETURNING id, version::bigint AS version
