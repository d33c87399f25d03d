-- A round seen as a whole: its wheel, its money, its criteria, who took part. The forum has every network, a
-- network itself.

-- name: round_wheel_list
SELECT md5(w.key)::uuid AS _id, w.seq_no, w.key, w.label_nb, w.label_nn, w.label_en, w.from_role,
       w.to_role, w.due_on, w.recommended, w.hard, deadline_status(w.due_on, w.is_done) AS status
FROM round_wheel(:round_id::uuid) AS w

-- The same as a calendar: a day for each entry that has one, or one row without. No row when the caller
-- cannot see the round.
-- name: round_wheel_entries
SELECT w.key || '-' || r.id AS session_id, w.revision - 1 AS sequence,
       to_char(w.due_on, 'YYYYMMDD') AS starts_local, to_char(w.due_on + 1, 'YYYYMMDD') AS ends_local,
       to_char(w.modified_at AT TIME ZONE 'UTC', 'YYYYMMDD"T"HH24MISS"Z"') AS modified,
       CASE :language WHEN 'nn' THEN w.label_nn WHEN 'en' THEN w.label_en ELSE w.label_nb END
           AS summary,
       NULL::text AS location, false AS cancelled
FROM grant_round AS r
LEFT JOIN round_wheel(r.id) AS w ON w.due_on IS NOT NULL
WHERE r.id = :id::uuid
ORDER BY w.due_on, w.seq_no

-- Each network's money from frame to use, then the joint measures, then their sum. What adds up:
-- frame = claimed + unallocated, granted = reclaimed + used + unused + unreported.
-- name: round_overview
WITH cases AS (
    SELECT b.network_id, b.state, t.state AS report_state,
           (SELECT coalesce(sum(l.amount_nok), 0) FROM budget_line AS l WHERE l.basis_id = b.id)
               AS applied_nok,
           coalesce(rec.amount_uh_nok + rec.amount_network_nok, 0) AS recommended_nok,
           paid.granted_nok, paid.paid_nok, paid.reclaimed_nok,
           CASE WHEN t.state IN ('submitted', 'approved')
                THEN (SELECT coalesce(sum(u.used_nok), 0) FROM report_use AS u WHERE u.report_id = t.id)
           END AS used_nok
    FROM decision_basis AS b
    LEFT JOIN recommendation_line AS rec
           ON rec.basis_id = b.id
          AND b.state IN ('recommended', 'not_recommended', 'granted', 'partially_granted', 'refused')
    LEFT JOIN grant_decision AS d ON d.basis_id = b.id AND d.state <> 'draft'
    CROSS JOIN LATERAL (SELECT coalesce(sum(l.amount_nok), 0) AS granted_nok,
                               coalesce(sum(l.amount_nok) FILTER (WHERE l.paid_on IS NOT NULL), 0)
                                   AS paid_nok,
                               coalesce(sum(l.reclaimed_nok), 0) AS reclaimed_nok
                        FROM decision_line AS l WHERE l.decision_id = d.id) AS paid
    LEFT JOIN grant_report AS t ON t.decision_id = d.id
    WHERE b.round_id = :round_id::uuid AND b.state NOT IN ('draft', 'returned', 'withdrawn')
), summed AS (
    SELECT c.network_id, count(*) AS bases, sum(c.applied_nok) AS applied_nok,
           sum(c.recommended_nok) AS recommended_nok, sum(c.granted_nok) AS granted_nok,
           sum(c.paid_nok) AS paid_nok, sum(c.reclaimed_nok) AS reclaimed_nok,
           coalesce(sum(c.used_nok), 0) AS used_nok,
           coalesce(sum(c.granted_nok - c.reclaimed_nok - c.used_nok), 0) AS unused_nok,
           count(c.report_state) AS reports,
           count(*) FILTER (WHERE c.report_state = 'approved') AS reports_approved,
           -- That of the case which is furthest behind.
           min(CASE WHEN c.state IN ('submitted', 'assessed') THEN 1
                    WHEN c.state IN ('recommended', 'not_recommended') THEN 2
                    WHEN c.report_state IN ('open', 'returned') THEN 3
                    WHEN c.report_state = 'submitted' THEN 4 ELSE 5 END) AS stage
    FROM cases AS c
    GROUP BY c.network_id
), parts AS (
    SELECT 1 AS place, 'network' AS kind, n.id AS network_id, n.code AS network_code,
           n.name AS network_name, coalesce(f.frame_nok, 0) AS frame_nok, f.claimed_nok,
           coalesce(s.applied_nok, 0) AS applied_nok,
           coalesce(s.recommended_nok, 0) AS recommended_nok,
           coalesce(s.granted_nok, 0) AS granted_nok, coalesce(s.paid_nok, 0) AS paid_nok,
           coalesce(s.reclaimed_nok, 0) AS reclaimed_nok, coalesce(s.used_nok, 0) AS used_nok,
           coalesce(s.unused_nok, 0) AS unused_nok, coalesce(s.bases, 0) AS bases,
           coalesce(s.reports, 0) AS reports, coalesce(s.reports_approved, 0) AS reports_approved,
           CASE WHEN s.network_id IS NULL THEN 'not_applied'
                ELSE (ARRAY['applied', 'recommended', 'decided', 'reported', 'completed'])[s.stage]
           END AS status
    FROM network_frame AS f
    JOIN grant_round AS r ON r.id = f.round_id
    JOIN competence_network AS n ON n.id = f.network_id
    LEFT JOIN summed AS s ON s.network_id = n.id
    WHERE r.id = :round_id::uuid
      AND (r.forum_id = ANY ((SELECT forums_read())::uuid[])
           OR n.id = ANY ((SELECT granted('network_coordinator'))::uuid[]))
    UNION ALL
    SELECT 2, 'joint_measures', NULL, NULL, NULL, coalesce(a.joint_nok, 0), j.granted_nok, 0, 0,
           j.granted_nok, 0, 0, 0, 0, 0, 0, 0, NULL
    FROM grant_round AS r
    LEFT JOIN allocation AS a ON a.round_id = r.id AND a.state IN ('adopted', 'published')
    CROSS JOIN LATERAL (SELECT coalesce(sum(g.amount_nok), 0) AS granted_nok
                        FROM joint_measure_grant AS g WHERE g.round_id = r.id) AS j
    WHERE r.id = :round_id::uuid AND r.forum_id = ANY ((SELECT forums_read())::uuid[])
), lines AS (
    SELECT * FROM parts
    UNION ALL
    SELECT 3, 'total', NULL, NULL, NULL, sum(p.frame_nok), sum(p.claimed_nok), sum(p.applied_nok),
           sum(p.recommended_nok), sum(p.granted_nok), sum(p.paid_nok), sum(p.reclaimed_nok),
           sum(p.used_nok), sum(p.unused_nok), sum(p.bases), sum(p.reports),
           sum(p.reports_approved), NULL
    FROM parts AS p
    HAVING bool_or(p.kind = 'joint_measures')
)
SELECT md5(ROW(l.kind, l.network_id)::text)::uuid AS _id,
       row_number() OVER (ORDER BY l.place, l.network_code) AS seq_no, l.kind, l.network_id,
       l.network_code, l.network_name, l.frame_nok::bigint AS frame_nok,
       l.applied_nok::bigint AS applied_nok, l.claimed_nok::bigint AS claimed_nok,
       (l.frame_nok - l.claimed_nok)::bigint AS unallocated_nok,
       l.recommended_nok::bigint AS recommended_nok, l.granted_nok::bigint AS granted_nok,
       l.paid_nok::bigint AS paid_nok, l.reclaimed_nok::bigint AS reclaimed_nok,
       l.used_nok::bigint AS used_nok, l.unused_nok::bigint AS unused_nok,
       (l.granted_nok - l.reclaimed_nok - l.used_nok - l.unused_nok)::bigint AS unreported_nok,
       l.bases::bigint AS bases, l.reports::bigint AS reports,
       l.reports_approved::bigint AS reports_approved, l.status
FROM lines AS l

-- The verdicts on each network's cases, by criterion; one that nobody has given yet is missing.
-- name: round_criteria_matrix
SELECT n.id AS _id, n.id AS network_id, n.code AS network_code, n.name AS network_name, count(b.id) AS bases,
       CASE max(v.c1) WHEN 3 THEN 'not_met' WHEN 2 THEN 'partly' WHEN 1 THEN 'met' END
           AS c1_worst,
       count(*) FILTER (WHERE v.c1 = 1) AS c1_met, count(*) FILTER (WHERE v.c1 = 2) AS c1_partly,
       count(*) FILTER (WHERE v.c1 = 3) AS c1_not_met,
       CASE max(v.c2) WHEN 3 THEN 'not_met' WHEN 2 THEN 'partly' WHEN 1 THEN 'met' END
           AS c2_worst,
       count(*) FILTER (WHERE v.c2 = 1) AS c2_met, count(*) FILTER (WHERE v.c2 = 2) AS c2_partly,
       count(*) FILTER (WHERE v.c2 = 3) AS c2_not_met,
       CASE max(v.c3) WHEN 3 THEN 'not_met' WHEN 2 THEN 'partly' WHEN 1 THEN 'met' END
           AS c3_worst,
       count(*) FILTER (WHERE v.c3 = 1) AS c3_met, count(*) FILTER (WHERE v.c3 = 2) AS c3_partly,
       count(*) FILTER (WHERE v.c3 = 3) AS c3_not_met,
       CASE max(v.c4) WHEN 3 THEN 'not_met' WHEN 2 THEN 'partly' WHEN 1 THEN 'met' END
           AS c4_worst,
       count(*) FILTER (WHERE v.c4 = 1) AS c4_met, count(*) FILTER (WHERE v.c4 = 2) AS c4_partly,
       count(*) FILTER (WHERE v.c4 = 3) AS c4_not_met
FROM network_frame AS f
JOIN grant_round AS r ON r.id = f.round_id
JOIN competence_network AS n ON n.id = f.network_id
LEFT JOIN decision_basis AS b ON b.round_id = r.id AND b.network_id = n.id
                             AND b.state NOT IN ('draft', 'returned', 'withdrawn')
LEFT JOIN LATERAL (
    SELECT max(w.worst) FILTER (WHERE c.criterion = 'c1') AS c1,
           max(w.worst) FILTER (WHERE c.criterion = 'c2') AS c2,
           max(w.worst) FILTER (WHERE c.criterion = 'c3') AS c3,
           max(w.worst) FILTER (WHERE c.criterion = 'c4') AS c4
    FROM criterion_assessment AS c,
         LATERAL (SELECT array_position(ARRAY['met', 'partly', 'not_met'], c.verdict)) AS w (worst)
    WHERE c.basis_id = b.id) AS v ON true
WHERE r.id = :round_id::uuid
  AND (r.forum_id = ANY ((SELECT forums_read())::uuid[])
       OR n.id = ANY ((SELECT granted('network_coordinator'))::uuid[]))
GROUP BY n.id

-- Who took part, as approved reports tell; what is sent and not approved yet stands beside it.
-- name: round_participants
SELECT md5(p.service_type)::uuid AS _id, p.service_type,
       coalesce(sum(p.participants) FILTER (WHERE t.state = 'approved'), 0)::bigint AS participants,
       coalesce(sum(p.units) FILTER (WHERE t.state = 'approved'), 0)::bigint AS units,
       count(*) FILTER (WHERE t.state = 'approved') AS reports,
       coalesce(sum(p.participants) FILTER (WHERE t.state = 'submitted'), 0)::bigint
           AS participants_submitted,
       coalesce(sum(p.units) FILTER (WHERE t.state = 'submitted'), 0)::bigint AS units_submitted,
       count(*) FILTER (WHERE t.state = 'submitted') AS reports_submitted
FROM report_participation AS p
JOIN grant_report AS t ON t.id = p.report_id AND t.state IN ('submitted', 'approved')
JOIN grant_decision AS d ON d.id = t.decision_id
JOIN decision_basis AS b ON b.id = d.basis_id
WHERE d.round_id = :round_id::uuid
  AND b.network_id = :network_id::uuid                --? network_id
GROUP BY p.service_type
