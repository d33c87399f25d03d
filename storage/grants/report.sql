-- Reports of what became of granted money, with their figures.

-- name: report_list
SELECT r.id, r.version, r.decision_id, d.basis_id, b.title AS basis_title, d.round_id,
       g.year AS round_year, b.network_id, n.code AS network_code, n.name AS network_name,
       r.due_on, r.state, r.submitted_at, r.submitted_late,
       r.state IN ('open', 'returned')
           AND r.due_on < business_today() AS overdue,
       f.granted_uh_nok + f.granted_network_nok AS granted_nok, f.reclaimed_nok, u.used_nok,
       f.granted_uh_nok + f.granted_network_nok - f.reclaimed_nok - u.used_nok AS unused_nok,
       r.is_example, r.updated_at
FROM grant_report AS r
JOIN grant_decision AS d ON d.id = r.decision_id
JOIN decision_basis AS b ON b.id = d.basis_id
JOIN grant_round AS g ON g.id = d.round_id
JOIN competence_network AS n ON n.id = b.network_id
CROSS JOIN decision_figures(d.id) AS f
CROSS JOIN LATERAL (SELECT coalesce(sum(u.used_nok), 0)::bigint AS used_nok
                    FROM report_use AS u WHERE u.report_id = r.id) AS u
WHERE true
  AND d.round_id = :round_id::uuid                    --? round_id
  AND b.network_id = :network_id::uuid                --? network_id
  AND r.state = :state                                --? state
  AND (r.state IN ('open', 'returned') AND r.due_on < business_today()) = :overdue  --? overdue
  AND r.updated_at >= :updated_since::timestamptz     --? updated_since

-- With what the rules find missing.
-- name: report_get
SELECT r.id, r.version, r.decision_id, d.basis_id, b.title AS basis_title, d.round_id,
       g.year AS round_year, b.network_id, n.code AS network_code, n.name AS network_name,
       r.due_on, r.state, r.state_note, r.submitted_at,
       r.submitted_late,
       r.state IN ('open', 'returned')
           AND r.due_on < business_today() AS overdue,
       r.answers ->> 'goals' AS goals,
       r.answers ->> 'involvement' AS involvement,
       r.answers ->> 'collective' AS collective,
       r.answers ->> 'partnership' AS partnership,
       r.answers ->> 'crossdisciplinary' AS crossdisciplinary,
       r.answers ->> 'joint_measures' AS joint_measures,
       r.answers ->> 'deviations' AS deviations,
       r.answers ->> 'unused_plan' AS unused_plan,
       r.answers ->> 'next_needs' AS next_needs,
       f.granted_uh_nok + f.granted_network_nok AS granted_nok, f.reclaimed_nok, u.used_nok,
       f.granted_uh_nok + f.granted_network_nok - f.reclaimed_nok - u.used_nok AS unused_nok,
       :missing::text[] AS missing, cardinality(:missing::text[]) = 0 AS is_complete,
       r.is_example, r.created_at, r.updated_at,
       concat_ws(',', CASE WHEN report_editable(d.id) THEN 'network_coordinator,uh_partner' END,
                 CASE WHEN d.round_id = ANY (rounds_of(forums_decided()))
                           AND NOT party_to_basis(b.id) THEN 'state_administrator' END) AS _roles
FROM grant_report AS r
JOIN grant_decision AS d ON d.id = r.decision_id
JOIN decision_basis AS b ON b.id = d.basis_id
JOIN grant_round AS g ON g.id = d.round_id
JOIN competence_network AS n ON n.id = b.network_id
CROSS JOIN decision_figures(d.id) AS f
CROSS JOIN LATERAL (SELECT coalesce(sum(u.used_nok), 0)::bigint AS used_nok
                    FROM report_use AS u WHERE u.report_id = r.id) AS u
WHERE r.id = :id::uuid

-- Whether the caller may see a report; lists below it ask.
-- name: report_visible
SELECT r.id FROM grant_report AS r WHERE r.id = :report_id::uuid

-- name: report_seen
SELECT r.id FROM grant_report AS r WHERE r.id = :id::uuid

-- name: report_lock
SELECT r.id FROM grant_report AS r WHERE r.id = :id::uuid FOR UPDATE

-- A report as rules see it.
-- name: report_load
SELECT r.id, r.state, r.due_on, business_today() AS today_on,
       r.answers ->> 'goals' AS goals, r.answers ->> 'involvement' AS involvement,
       r.answers ->> 'collective' AS collective, r.answers ->> 'partnership' AS partnership,
       r.answers ->> 'crossdisciplinary' AS crossdisciplinary,
       r.answers ->> 'unused_plan' AS unused_plan, r.submitted_late,
       g.own_share_bp::bigint AS own_share_bp,
       (SELECT count(*) FROM report_participation AS p WHERE p.report_id = r.id) AS participations,
       report_editable(d.id) AS writes, d.round_id = ANY (rounds_of(forums_decided())) AS governs,
       party_to_basis(d.basis_id) AS own, r.version::bigint AS version
FROM grant_report AS r
JOIN grant_decision AS d ON d.id = r.decision_id
JOIN grant_round AS g ON g.id = d.round_id
WHERE r.id = :id::uuid

-- Who got money, and what is told of it.
-- name: report_recipients
SELECT l.recipient_id, l.recipient_kind, l.amount_nok, l.reclaimed_nok,
       coalesce(sum(u.used_nok), 0)::bigint AS used_nok, count(u.purpose) AS uses, o.own_share_nok
FROM grant_report AS r
JOIN decision_line AS l ON l.decision_id = r.decision_id
LEFT JOIN report_use AS u ON u.report_id = r.id AND u.recipient_id = l.recipient_id
LEFT JOIN report_own_share AS o ON o.report_id = r.id AND o.owner_id = l.recipient_id
WHERE r.id = :id::uuid
GROUP BY l.id, o.own_share_nok

-- A blank text is none.
-- name: report_update
UPDATE grant_report
SET answers = jsonb_strip_nulls(
        answers
        || CASE WHEN :goals.given
                THEN jsonb_build_object('goals', NULLIF(btrim(:goals, E' \t\n\r'), '')) ELSE '{}' END
        || CASE WHEN :involvement.given
                THEN jsonb_build_object('involvement', NULLIF(btrim(:involvement, E' \t\n\r'), '')) ELSE '{}' END
        || CASE WHEN :collective.given
                THEN jsonb_build_object('collective', NULLIF(btrim(:collective, E' \t\n\r'), '')) ELSE '{}' END
        || CASE WHEN :partnership.given
                THEN jsonb_build_object('partnership', NULLIF(btrim(:partnership, E' \t\n\r'), '')) ELSE '{}' END
        || CASE WHEN :crossdisciplinary.given
                THEN jsonb_build_object('crossdisciplinary', NULLIF(btrim(:crossdisciplinary, E' \t\n\r'), '')) ELSE '{}' END
        || CASE WHEN :joint_measures.given
                THEN jsonb_build_object('joint_measures', NULLIF(btrim(:joint_measures, E' \t\n\r'), '')) ELSE '{}' END
        || CASE WHEN :deviations.given
                THEN jsonb_build_object('deviations', NULLIF(btrim(:deviations, E' \t\n\r'), '')) ELSE '{}' END
        || CASE WHEN :unused_plan.given
                THEN jsonb_build_object('unused_plan', NULLIF(btrim(:unused_plan, E' \t\n\r'), '')) ELSE '{}' END
        || CASE WHEN :next_needs.given
                THEN jsonb_build_object('next_needs', NULLIF(btrim(:next_needs, E' \t\n\r'), '')) ELSE '{}' END)
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- Its figures are a part of it: when they change, so does its version.
-- name: report_touch
UPDATE grant_report SET updated_at = clock_timestamp()
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- name: report_set_state
UPDATE grant_report
SET state = :state, state_note = :state_note, submitted_late = :submitted_late::boolean,
    submitted_at = CASE WHEN :submitted::boolean THEN business_now() ELSE submitted_at END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- ---- figures ---------------------------------------------------------------------------------

-- name: report_use_list
SELECT md5(ROW(u.report_id, u.recipient_id, u.purpose)::text)::uuid AS _id, u.recipient_id,
       o.name AS recipient_name, l.recipient_kind, u.purpose, u.used_nok
FROM report_use AS u
JOIN grant_report AS r ON r.id = u.report_id
JOIN decision_line AS l ON l.decision_id = r.decision_id AND l.recipient_id = u.recipient_id
JOIN organisation AS o ON o.id = u.recipient_id
WHERE u.report_id = :report_id::uuid
  AND u.recipient_id = :recipient_id::uuid            --? recipient_id
  AND u.purpose = :purpose                            --? purpose

-- name: report_uses_clear
DELETE FROM report_use WHERE report_id = :report_id::uuid

-- name: report_uses_insert
INSERT INTO report_use (report_id, recipient_id, purpose, used_nok)
SELECT :report_id::uuid, u.recipient_id, u.purpose, u.used_nok
FROM jsonb_to_recordset(:uses::jsonb) AS u (recipient_id uuid, purpose text, used_nok bigint)

-- name: report_participation_list
SELECT md5(ROW(p.report_id, p.service_type)::text)::uuid AS _id, p.service_type, p.participants, p.units
FROM report_participation AS p
WHERE p.report_id = :report_id::uuid

-- name: report_participations_clear
DELETE FROM report_participation WHERE report_id = :report_id::uuid

-- name: report_participations_insert
INSERT INTO report_participation (report_id, service_type, participants, units)
SELECT :report_id::uuid, p.service_type, p.participants, p.units
FROM jsonb_to_recordset(:participations::jsonb) AS p (service_type text, participants int, units int)

-- A line for each owner that was granted something, whether it has told of its share or not.
-- name: report_own_share_list
SELECT md5(ROW(r.id, l.recipient_id)::text)::uuid AS _id, l.recipient_id AS owner_id,
       o.name AS owner_name, l.amount_nok AS granted_nok,
       own_share_nok(l.amount_nok, g.own_share_bp) AS required_nok, s.own_share_nok
FROM grant_report AS r
JOIN grant_decision AS d ON d.id = r.decision_id
JOIN grant_round AS g ON g.id = d.round_id
JOIN decision_line AS l ON l.decision_id = d.id AND l.recipient_kind = 'owner'
JOIN organisation AS o ON o.id = l.recipient_id
LEFT JOIN report_own_share AS s ON s.report_id = r.id AND s.owner_id = l.recipient_id
WHERE r.id = :report_id::uuid

-- name: report_own_shares_clear
DELETE FROM report_own_share WHERE report_id = :report_id::uuid

-- name: report_own_shares_insert
INSERT INTO report_own_share (report_id, owner_id, own_share_nok)
SELECT :report_id::uuid, s.owner_id, s.own_share_nok
FROM jsonb_to_recordset(:own_shares::jsonb) AS s (owner_id uuid, own_share_nok bigint)
