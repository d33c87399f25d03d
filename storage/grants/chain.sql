-- What was passed on: the seals of a basis, the way of each krone through a round, whether all holds.

-- Amounts and references stand on the latest seal of a stage, being those of today.
-- name: chain_list
WITH seal AS (
    SELECT s.id, s.basis_id, s.seq_no, s.stage, s.previous_sha256, s.sha256, s.sealed_at,
           CASE WHEN NOT EXISTS (SELECT FROM stage_seal AS later
                                  WHERE later.basis_id = s.basis_id AND later.stage = s.stage
                                    AND later.seq_no > s.seq_no) THEN s.stage END AS about
    FROM stage_seal AS s
    WHERE s.basis_id = :basis_id::uuid
)
SELECT s.id, s.seq_no, s.stage, s.previous_sha256, s.sha256, s.sealed_at, s.about IS NOT NULL AS is_latest,
       seal_holds(s.id) AS holds,
       CASE s.about
       WHEN 'basis' THEN (SELECT coalesce(sum(l.amount_nok), 0)::bigint
                          FROM budget_line AS l WHERE l.basis_id = s.basis_id)
       WHEN 'recommendation' THEN (SELECT l.amount_uh_nok + l.amount_network_nok
                                   FROM recommendation_line AS l WHERE l.basis_id = s.basis_id)
       WHEN 'decision' THEN f.granted_uh_nok + f.granted_network_nok
       WHEN 'payment' THEN f.paid_nok
       WHEN 'report' THEN (SELECT coalesce(sum(u.used_nok), 0)::bigint
                           FROM report_use AS u WHERE u.report_id = t.id)
       END AS amount_nok,
       CASE s.about WHEN 'payment' THEN f.reclaimed_nok END AS reclaimed_nok,
       ARRAY(SELECT n.id FROM need_report AS n
             WHERE s.about = 'need'
               AND EXISTS (SELECT FROM measure_need AS c JOIN measure AS m ON m.id = c.measure_id
                            WHERE c.need_report_id = n.id AND m.basis_id = s.basis_id)
             ORDER BY n.id) AS need_report_ids,
       ARRAY(SELECT m.id FROM measure AS m WHERE s.about = 'basis' AND m.basis_id = s.basis_id
             ORDER BY m.seq_no) AS measure_ids,
       ARRAY(SELECT l.id FROM budget_line AS l WHERE s.about = 'basis' AND l.basis_id = s.basis_id
             ORDER BY l.seq_no) AS budget_line_ids,
       (SELECT l.id FROM recommendation_line AS l
         WHERE s.about = 'recommendation' AND l.basis_id = s.basis_id) AS recommendation_line_id,
       CASE WHEN s.about IN ('decision', 'payment') THEN d.id END AS decision_id,
       ARRAY(SELECT l.id FROM decision_line AS l
             WHERE (s.about = 'decision' OR (s.about = 'payment' AND l.paid_on IS NOT NULL))
               AND l.decision_id = d.id
             ORDER BY l.id) AS decision_line_ids,
       CASE s.about WHEN 'report' THEN t.id END AS report_id
FROM seal AS s
LEFT JOIN grant_decision AS d ON d.basis_id = s.basis_id
LEFT JOIN grant_report AS t ON t.decision_id = d.id
LEFT JOIN LATERAL decision_figures(d.id) AS f ON true

-- name: stage_seal_get
SELECT s.id, s.basis_id, s.seq_no, s.stage, s.previous_sha256, s.sha256, s.sealed_at,
       NOT EXISTS (SELECT FROM stage_seal AS later
                    WHERE later.basis_id = s.basis_id AND later.stage = s.stage
                      AND later.seq_no > s.seq_no) AS is_latest,
       seal_holds(s.id) AS holds, seal_content(s.id) AS content
FROM stage_seal AS s
WHERE s.id = :id::uuid

-- A row for each budget line, and for each line of a decision whose recipient has none. Both are of a
-- recipient, and so they meet.
-- name: round_trail
WITH cases AS (
    SELECT b.id, b.title, b.state, b.network_id, d.id AS decision_id, t.id AS report_id,
           coalesce(t.state IN ('submitted', 'approved'), false) AS is_reported,
           rec.id AS recommendation_line_id, rec.amount_uh_nok, rec.amount_network_nok
    FROM decision_basis AS b
    LEFT JOIN recommendation_line AS rec
           ON rec.basis_id = b.id
          AND b.state IN ('recommended', 'not_recommended', 'granted', 'partially_granted', 'refused')
    LEFT JOIN grant_decision AS d ON d.basis_id = b.id AND d.state <> 'draft'
    LEFT JOIN grant_report AS t ON t.decision_id = d.id
    WHERE b.round_id = :round_id::uuid AND b.state NOT IN ('draft', 'returned', 'withdrawn')
      AND b.network_id = :network_id::uuid            --? network_id
      AND b.id = :basis_id::uuid                      --? basis_id
), budgeted AS (
    SELECT l.basis_id, l.recipient_id, l.recipient_kind, l.id, l.seq_no, l.purpose, l.measure_id,
           l.amount_nok
    FROM budget_line AS l JOIN cases AS c ON c.id = l.basis_id
), granted AS (
    SELECT c.id AS basis_id, l.recipient_id, l.recipient_kind, l.id, l.amount_nok, l.paid_on,
           l.payment_reference, l.reclaimed_nok
    FROM decision_line AS l JOIN cases AS c ON c.decision_id = l.decision_id
), way AS (
    SELECT coalesce(b.basis_id, g.basis_id) AS basis_id,
           coalesce(b.recipient_id, g.recipient_id) AS recipient_id,
           coalesce(g.recipient_kind, b.recipient_kind) AS recipient_kind,
           b.id AS budget_line_id, b.seq_no AS budget_line_no, b.purpose, b.measure_id,
           coalesce(b.amount_nok, 0) AS applied_nok, g.id AS decision_line_id,
           g.amount_nok AS granted_nok, g.paid_on, g.payment_reference, g.reclaimed_nok
    FROM budgeted AS b
    FULL JOIN granted AS g ON g.basis_id = b.basis_id AND g.recipient_id = b.recipient_id
)
SELECT coalesce(w.budget_line_id, w.decision_line_id) AS _id,
       row_number() OVER (ORDER BY n.code, c.id, w.budget_line_no, w.decision_line_id) AS seq_no,
       c.network_id, n.code AS network_code,
       n.name AS network_name, c.id AS basis_id, c.title AS basis_title,
       c.state AS basis_state, need.ids AS need_report_ids, need.titles AS need_titles, w.measure_id,
       m.title AS measure_title, w.budget_line_id, w.budget_line_no, w.purpose, w.recipient_id,
       o.name AS recipient_name, w.recipient_kind, w.applied_nok, c.recommendation_line_id,
       CASE w.recipient_kind WHEN 'uh' THEN c.amount_uh_nok ELSE c.amount_network_nok END
           AS recommended_nok,
       c.decision_id, w.decision_line_id, w.granted_nok, w.paid_on, w.payment_reference,
       CASE WHEN w.decision_line_id IS NOT NULL AND w.paid_on IS NULL THEN 0
            WHEN w.paid_on IS NOT NULL THEN w.granted_nok END AS paid_nok,
       w.reclaimed_nok, c.report_id,
       CASE WHEN c.is_reported AND w.decision_line_id IS NOT NULL
            THEN (SELECT coalesce(sum(u.used_nok), 0)::bigint FROM report_use AS u
                   WHERE u.report_id = c.report_id AND u.recipient_id = w.recipient_id)
       END AS used_nok,
       count(*) OVER (PARTITION BY w.basis_id, w.recipient_id) AS recipient_rows
FROM way AS w
JOIN cases AS c ON c.id = w.basis_id
JOIN competence_network AS n ON n.id = c.network_id
JOIN organisation AS o ON o.id = w.recipient_id
LEFT JOIN measure AS m ON m.id = w.measure_id
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(r.id ORDER BY r.title, r.id), '{}') AS ids,
           coalesce(array_agg(r.title ORDER BY r.title, r.id), '{}') AS titles
    FROM need_report AS r
    WHERE EXISTS (SELECT FROM measure_need AS a JOIN measure AS of_basis ON of_basis.id = a.measure_id
                   WHERE a.need_report_id = r.id AND of_basis.basis_id = c.id
                     AND (w.measure_id IS NULL OR of_basis.id = w.measure_id))) AS need
WHERE true
  AND w.recipient_id = :recipient_id::uuid            --? recipient_id

-- Of the forums that the caller reads. Each basis is checked once.
-- name: chain_check
WITH checked AS MATERIALIZED (
    SELECT b.id, b.title, b.state, b.network_id, chain_broken_stage(b.id) AS broken_stage,
           (SELECT count(*) FROM stage_seal AS s WHERE s.basis_id = b.id) AS seals
    FROM decision_basis AS b
    WHERE b.round_id = :round_id::uuid AND b.round_id = ANY ((SELECT rounds_of(forums_read()))::uuid[])
      AND (b.state NOT IN ('draft', 'returned', 'withdrawn') OR b.submitted_at IS NOT NULL
           OR EXISTS (SELECT FROM stage_seal AS s WHERE s.basis_id = b.id))
      AND b.network_id = :network_id::uuid            --? network_id
)
SELECT c.id AS _id, c.id AS basis_id, c.title, c.network_id, n.code AS network_code, n.name AS network_name,
       c.state, c.seals, c.broken_stage IS NULL AS unbroken, c.broken_stage
FROM checked AS c
JOIN competence_network AS n ON n.id = c.network_id
WHERE true
  AND (c.broken_stage IS NULL) = :unbroken::boolean   --? unbroken
