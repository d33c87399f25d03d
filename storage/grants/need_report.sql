-- Need reports, and which measures answer them.

-- name: need_report_list
SELECT n.id, n.version, n.round_id, r.year AS round_year, n.network_id, k.code AS network_code,
       k.name AS network_name,
       n.owner_id, o.name AS owner_name, n.title, n.target_groups, n.themes, n.state,
       least(f.need_due_on, r.need_due_on) AS due_on,
       coalesce(f.need_deadline_hard, r.need_deadline_hard) AS deadline_hard,
       n.submitted_at, n.submitted_late, n.is_example, n.updated_at
FROM need_report AS n
JOIN grant_round AS r ON r.id = n.round_id
JOIN competence_network AS k ON k.id = n.network_id
JOIN organisation AS o ON o.id = n.owner_id
LEFT JOIN network_frame AS f ON f.round_id = n.round_id AND f.network_id = n.network_id
WHERE true
  AND n.round_id = :round_id::uuid                    --? round_id
  AND n.network_id = :network_id::uuid                --? network_id
  AND n.owner_id = :owner_id::uuid                    --? owner_id
  AND n.state = :state                                --? state
  AND :theme = ANY (n.themes)                         --? theme
  AND n.submitted_late = :submitted_late              --? submitted_late
  AND n.updated_at >= :updated_since::timestamptz     --? updated_since

-- A warning about the deadline is given before it is too late to heed, and stays with what came late.
-- name: need_report_get
SELECT n.id, n.version, n.round_id, r.year AS round_year, n.network_id, k.code AS network_code,
       k.name AS network_name,
       n.owner_id, o.name AS owner_name, n.title, n.summary, n.target_groups, n.themes,
       n.desired_measures,
       ARRAY(SELECT c.self_assessment_id FROM need_report_assessment AS c
              WHERE c.need_report_id = n.id ORDER BY c.self_assessment_id) AS self_assessment_ids,
       ARRAY(SELECT a.measure_id FROM need_answer AS a
              WHERE a.need_report_id = n.id ORDER BY a.measure_id) AS measure_ids,
       n.state, n.state_note, least(f.need_due_on, r.need_due_on) AS due_on,
       coalesce(f.need_deadline_hard, r.need_deadline_hard) AS deadline_hard,
       n.submitted_at, n.submitted_late,
       array_remove(ARRAY[
           CASE WHEN n.submitted_late
                  OR (n.submitted_at IS NULL
                      AND least(f.need_due_on, r.need_due_on)
                          < business_today())
                THEN 'after_deadline' END,
           CASE WHEN NOT EXISTS (SELECT FROM need_report_assessment AS c
                                  WHERE c.need_report_id = n.id)
                THEN 'without_self_assessment' END], NULL) AS warnings,
       n.is_example, n.created_at, n.updated_at,
       CASE WHEN n.state IN ('draft', 'returned') THEN n.owner_id = ANY (granted('owner'))
            ELSE n.network_id = ANY (granted('network_coordinator')) END AS _writable
FROM need_report AS n
JOIN grant_round AS r ON r.id = n.round_id
JOIN competence_network AS k ON k.id = n.network_id
JOIN organisation AS o ON o.id = n.owner_id
LEFT JOIN network_frame AS f ON f.round_id = n.round_id AND f.network_id = n.network_id
WHERE n.id = :id::uuid

-- A need as decisions see it. Its owner sees every assessment that it cites.
-- name: need_report_lock
SELECT n.id, n.state, n.round_id, n.owner_id, r.state AS round_state, r.basis_due_on,
       least(f.need_due_on, r.need_due_on) AS due_on,
       coalesce(f.need_deadline_hard, r.need_deadline_hard) AS deadline_hard,
       n.submitted_at IS NOT NULL AS was_submitted, n.submitted_late,
       (SELECT count(*) FROM need_report_assessment AS c
          JOIN self_assessment AS a ON a.id = c.self_assessment_id
         WHERE c.need_report_id = n.id AND a.state <> 'completed') AS open_assessments,
       n.owner_id = ANY (granted('owner')) AS owned,
       n.network_id = ANY (granted('network_coordinator')) AS coordinated,
       business_today() AS today_on, n.version::bigint AS version
FROM need_report AS n
JOIN grant_round AS r ON r.id = n.round_id
LEFT JOIN network_frame AS f ON f.round_id = n.round_id AND f.network_id = n.network_id
WHERE n.id = :id::uuid
FOR UPDATE OF n

-- name: need_report_stored
SELECT n.id, n.version::bigint AS version FROM need_report AS n WHERE n.id = :id::uuid

-- Those of the ids that there are.
-- name: need_report_cited
SELECT a.id, a.round_id = :round_id::uuid AND a.owner_id = :owner_id::uuid AS fits
FROM self_assessment AS a
WHERE a.id = ANY (:self_assessment_ids::uuid[])

-- name: need_report_insert
INSERT INTO need_report (round_id, network_id, owner_id, title, summary, target_groups, themes,
                         desired_measures)
VALUES (:round_id::uuid, :network_id::uuid, :owner_id::uuid, :title, :summary,
        coalesce(:target_groups::text[], '{}'), coalesce(:themes::text[], '{}'), :desired_measures)
RETURNING id, version::bigint AS version

-- name: need_report_update
UPDATE need_report
SET title = CASE WHEN :title.given THEN :title ELSE title END,
    summary = CASE WHEN :summary.given THEN :summary ELSE summary END,
    target_groups = CASE WHEN :target_groups.given
        THEN :target_groups::text[] ELSE target_groups END,
    themes = CASE WHEN :themes.given THEN :themes::text[] ELSE themes END,
    desired_measures = CASE WHEN :desired_measures.given
        THEN :desired_measures ELSE desired_measures END
WHERE id = :id::uuid

-- Cites these and no others.
-- name: need_report_cite
WITH wanted AS (
    SELECT unnest(:self_assessment_ids::uuid[]) AS id
), dropped AS (
    DELETE FROM need_report_assessment AS c
     WHERE c.need_report_id = :id::uuid AND c.self_assessment_id NOT IN (SELECT w.id FROM wanted AS w)
)
INSERT INTO need_report_assessment (need_report_id, self_assessment_id)
SELECT :id::uuid, w.id FROM wanted AS w
ON CONFLICT DO NOTHING

-- name: need_report_set_state
UPDATE need_report
SET state = :state, state_note = :state_note,
    submitted_at = CASE WHEN :submitted_now THEN business_now() ELSE submitted_at END,
    submitted_late = :submitted_late
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- ---- consolidation ---------------------------------------------------------------------------

-- Each need with each measure that answers it; a need that no measure answers has one row.
-- name: need_consolidation
SELECT md5(ROW(n.id, a.measure_id)::text)::uuid AS _id, n.id AS need_report_id, n.title AS need_title,
       n.state AS need_state, n.owner_id, o.name AS owner_name, n.network_id, k.code AS network_code,
       k.name AS network_name,
       n.themes, a.measure_id IS NOT NULL AS placed, a.measure_id, a.title AS measure_title,
       a.theme AS measure_theme, b.id AS basis_id, b.title AS basis_title, b.state AS basis_state
FROM need_report AS n
JOIN competence_network AS k ON k.id = n.network_id
JOIN organisation AS o ON o.id = n.owner_id
LEFT JOIN need_answer AS a ON a.need_report_id = n.id
LEFT JOIN decision_basis AS b ON b.id = a.basis_id
WHERE n.round_id = :round_id::uuid AND n.state <> 'draft'
  AND n.network_id = :network_id::uuid                --? network_id
  AND n.owner_id = :owner_id::uuid                    --? owner_id
  AND n.state = :state                                --? state
  AND :theme = ANY (n.themes || a.theme)              --? theme
  AND (a.measure_id IS NOT NULL) = :placed            --? placed
