-- Decisions of the county governor, and what is paid and reclaimed after them.

-- name: decision_list
SELECT d.id, d.version, d.round_id, r.year AS round_year, d.basis_id, b.title AS basis_title,
       b.network_id, n.code AS network_code, n.name AS network_name, d.outcome, d.state,
       d.decided_on,
       f.recommended_uh_nok + f.recommended_network_nok AS recommended_nok,
       f.granted_uh_nok + f.granted_network_nok AS granted_nok, f.paid_nok, f.reclaimed_nok,
       f.deviates, d.is_example, d.updated_at
FROM grant_decision AS d
JOIN decision_basis AS b ON b.id = d.basis_id
JOIN grant_round AS r ON r.id = d.round_id
JOIN competence_network AS n ON n.id = b.network_id
CROSS JOIN decision_figures(d.id) AS f
WHERE true
  AND d.round_id = :round_id::uuid                    --? round_id
  AND d.basis_id = :basis_id::uuid                    --? basis_id
  AND d.outcome = :outcome                            --? outcome
  AND d.state = :state                                --? state
  AND EXISTS (SELECT FROM decision_line AS l WHERE l.decision_id = d.id AND l.recipient_id = :recipient_id::uuid)  --? recipient_id
  AND d.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: decision_get
SELECT d.id, d.version, d.round_id, r.year AS round_year, d.basis_id, b.title AS basis_title,
       b.network_id, n.code AS network_code, n.name AS network_name, d.outcome, d.conditions,
       d.deviation_reason, d.letter_ref, d.decided_on,
       d.state, f.recommended_uh_nok, f.recommended_network_nok, f.granted_uh_nok,
       f.granted_network_nok, f.paid_nok, f.reclaimed_nok, f.deviates,
       (SELECT coalesce(json_agg(json_build_object(
                   'id', l.id, 'recipient_id', l.recipient_id, 'recipient_name', o.name,
                   'recipient_kind', l.recipient_kind, 'amount_nok', l.amount_nok,
                   'paid_on', l.paid_on, 'reclaimed_nok', l.reclaimed_nok)
               ORDER BY l.recipient_kind DESC, o.name, l.id), '[]')
        FROM decision_line AS l JOIN organisation AS o ON o.id = l.recipient_id
        WHERE l.decision_id = d.id) AS lines,
       d.is_example, d.created_at, d.updated_at,
       d.round_id = ANY (rounds_of(forums_decided())) AND NOT party_to_basis(b.id) AS _writable
FROM grant_decision AS d
JOIN decision_basis AS b ON b.id = d.basis_id
JOIN grant_round AS r ON r.id = d.round_id
JOIN competence_network AS n ON n.id = b.network_id
CROSS JOIN decision_figures(d.id) AS f
WHERE d.id = :id::uuid

-- Whether the caller may see a decision; lists below it ask.
-- name: decision_visible
SELECT d.id FROM grant_decision AS d WHERE d.id = :decision_id::uuid

-- name: decision_subject
SELECT b.id AS basis_id, b.round_id, b.state AS basis_state,
       b.round_id = ANY (rounds_of(forums_decided())) AS governed, party_to_basis(b.id) AS own
FROM decision_basis AS b
WHERE b.id = :basis_id::uuid

-- What the forum recommends on conditions is granted on them, unless others are named.
-- name: decision_insert
INSERT INTO grant_decision (round_id, basis_id, outcome, conditions, deviation_reason, letter_ref)
VALUES (:round_id::uuid, :basis_id::uuid, :outcome,
        CASE WHEN :conditions.given OR :outcome = 'refused' THEN :conditions
             ELSE (SELECT l.conditions FROM recommendation_line AS l WHERE l.basis_id = :basis_id::uuid)
             END,
        :deviation_reason, :letter_ref)
RETURNING id, version::bigint AS version

-- With its basis and its round, which then stay as they are.
-- name: decision_lock
SELECT d.id
FROM grant_decision AS d
JOIN decision_basis AS b ON b.id = d.basis_id
JOIN grant_round AS r ON r.id = d.round_id
WHERE d.id = :id::uuid
FOR UPDATE OF d, b, r

-- A locked decision as rules see it.
-- name: decision_load
SELECT d.id, d.state, d.outcome, d.deviation_reason, d.decided_on, d.basis_id, b.state AS basis_state,
       r.state AS round_state, business_today() AS today_on, rec.adopted_on,
       (SELECT string_agg(c.criterion, ', ' ORDER BY c.criterion) FROM criterion_assessment AS c
         WHERE c.basis_id = b.id AND c.verdict = 'not_met') AS failed,
       (SELECT coalesce(sum(l.amount_nok), 0)::bigint FROM budget_line AS l
         WHERE l.basis_id = b.id) AS applied_nok,
       coalesce(t.frame_nok, 0) - coalesce(t.claimed_nok, 0) + b.claimed_nok AS frame_left_nok,
       f.recommended_uh_nok, f.recommended_network_nok, f.granted_uh_nok, f.granted_network_nok,
       party_to_basis(b.id) AS own, d.version::bigint AS version
FROM grant_decision AS d
JOIN decision_basis AS b ON b.id = d.basis_id
JOIN grant_round AS r ON r.id = d.round_id
LEFT JOIN recommendation AS rec ON rec.round_id = r.id AND rec.state <> 'draft'
LEFT JOIN network_frame AS t ON t.round_id = r.id AND t.network_id = b.network_id
CROSS JOIN decision_figures(d.id) AS f
WHERE d.id = :id::uuid

-- name: decision_update
UPDATE grant_decision
SET outcome = CASE WHEN :outcome.given THEN :outcome ELSE outcome END,
    conditions = CASE WHEN :conditions.given THEN :conditions ELSE conditions END,
    deviation_reason = CASE WHEN :deviation_reason.given THEN :deviation_reason
                            ELSE deviation_reason END,
    letter_ref = CASE WHEN :letter_ref.given THEN :letter_ref ELSE letter_ref END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- Everybody who may receive something.
-- name: decision_parties
SELECT r.organisation_id AS recipient_id FROM basis_recipient AS r WHERE r.basis_id = :basis_id::uuid

-- name: decision_lines_clear
DELETE FROM decision_line WHERE decision_id = :decision_id::uuid

-- name: decision_lines_insert
INSERT INTO decision_line (decision_id, recipient_id, recipient_kind, amount_nok)
SELECT :decision_id::uuid, l.recipient_id, r.kind, l.amount_nok
FROM jsonb_to_recordset(:lines::jsonb) AS l (recipient_id uuid, amount_nok bigint)
JOIN grant_decision AS d ON d.id = :decision_id::uuid
JOIN basis_recipient AS r ON r.basis_id = d.basis_id AND r.organisation_id = l.recipient_id

-- Its lines are a part of it: when they change, so does its version.
-- name: decision_touch
UPDATE grant_decision SET updated_at = clock_timestamp()
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- name: decision_set_state
UPDATE grant_decision
SET state = :state, decided_on = coalesce(:decided_on::date, decided_on), updated_at = clock_timestamp()
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- name: decision_basis_decide
UPDATE decision_basis
SET state = :basis_state, claimed_nok = :claimed_nok
WHERE id = :basis_id::uuid
RETURNING id, version::bigint AS version

-- name: report_open
INSERT INTO grant_report (decision_id, due_on)
SELECT d.id, r.report_due_on
FROM grant_decision AS d JOIN grant_round AS r ON r.id = d.round_id
WHERE d.id = :id::uuid
RETURNING id, version::bigint AS version

-- ---- lines -----------------------------------------------------------------------------------

-- name: decision_line_list
SELECT l.id, l.version, l.decision_id, l.recipient_id, o.name AS recipient_name, l.recipient_kind,
       l.amount_nok, s.state, l.paid_on, l.payment_reference, l.reclaimed_nok, l.reclaim_reason,
       l.updated_at
FROM decision_line AS l
JOIN grant_decision AS d ON d.id = l.decision_id
JOIN organisation AS o ON o.id = l.recipient_id
CROSS JOIN decision_line_state(d.state, l.paid_on, l.reclaimed_nok) AS s (state)
WHERE l.decision_id = :decision_id::uuid
  AND s.state = :state                                --? state
  AND l.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: decision_line_get
SELECT l.id, l.version, l.decision_id, l.recipient_id, o.name AS recipient_name, l.recipient_kind,
       l.amount_nok, decision_line_state(d.state, l.paid_on, l.reclaimed_nok) AS state, l.paid_on,
       l.payment_reference, l.reclaimed_nok, l.reclaim_reason, l.updated_at,
       d.round_id = ANY (rounds_of(forums_decided())) AND NOT party_to_basis(d.basis_id) AS _writable
FROM decision_line AS l
JOIN grant_decision AS d ON d.id = l.decision_id
JOIN organisation AS o ON o.id = l.recipient_id
WHERE l.id = :id::uuid

-- By way of its decision, as what the lines come to is counted by one at a time.
-- name: decision_line_lock
SELECT d.id
FROM grant_decision AS d
JOIN decision_basis AS b ON b.id = d.basis_id
WHERE d.id = (SELECT l.decision_id FROM decision_line AS l WHERE l.id = :id::uuid)
FOR UPDATE OF d, b

-- name: decision_line_load
SELECT l.id, l.decision_id, d.state AS decision_state, d.basis_id,
       decision_line_state(d.state, l.paid_on, l.reclaimed_nok) AS state, d.decided_on,
       business_today() AS today_on, l.amount_nok, l.reclaimed_nok,
       party_to_basis(d.basis_id) AS own, l.version::bigint AS version
FROM decision_line AS l
JOIN grant_decision AS d ON d.id = l.decision_id
WHERE l.id = :id::uuid

-- name: decision_line_verdicts
SELECT c.criterion, c.verdict FROM criterion_assessment AS c WHERE c.basis_id = :basis_id::uuid

-- name: decision_line_change
UPDATE decision_line
SET paid_on = coalesce(:paid_on::date, paid_on),
    payment_reference = coalesce(:payment_reference, payment_reference),
    reclaimed_nok = coalesce(:reclaimed_nok::bigint, reclaimed_nok),
    reclaim_reason = coalesce(:reclaim_reason, reclaim_reason)
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- name: decision_progress
SELECT count(*) FILTER (WHERE l.paid_on IS NULL) AS unpaid,
       count(*) FILTER (WHERE l.reclaimed_nok > 0) AS reclaimed
FROM decision_line AS l
WHERE l.decision_id = :decision_id::uuid

-- ---- letters ---------------------------------------------------------------------------------

-- To whoever gets something, or of a refusal to the partnership. The sender is the county governor whose
-- seat is in the forum's county.
-- name: decision_letter
SELECT d.state, o.language,
       coalesce((SELECT g.name FROM organisation AS g JOIN organisation AS c ON c.id = f.county_id
                  WHERE g.org_type = 'state_administrator'
                    AND left(g.municipality_no, 2) = left(c.municipality_no, 2)
                  ORDER BY g.id LIMIT 1),
                CASE o.language WHEN 'nn' THEN 'Statsforvaltaren' ELSE 'Statsforvalteren' END) AS sender,
       o.name AS recipient, coalesce(d.letter_ref, d.id::text) AS reference, d.decided_on,
       CASE o.language WHEN 'nn' THEN s.label_nn ELSE s.label_nb END AS scheme, r.year::text AS year,
       n.name AS network, b.title AS basis_title, d.outcome, d.conditions,
       coalesce(d.deviation_reason, rl.reason) AS reason, r.report_due_on,
       coalesce(l.amount_nok, 0) AS amount_nok,
       CASE l.recipient_kind WHEN 'owner' THEN own_share_nok(l.amount_nok, r.own_share_bp) ELSE 0 END
           AS own_share_nok
FROM grant_decision AS d
JOIN decision_basis AS b ON b.id = d.basis_id
JOIN competence_network AS n ON n.id = b.network_id
JOIN grant_round AS r ON r.id = d.round_id
JOIN grant_scheme AS s ON s.code = r.scheme_code
JOIN forum AS f ON f.id = r.forum_id
JOIN organisation AS o ON o.id = :recipient_id::uuid
LEFT JOIN recommendation_line AS rl ON rl.basis_id = b.id
LEFT JOIN decision_line AS l ON l.decision_id = d.id AND l.recipient_id = o.id
WHERE d.id = :id::uuid
  AND (l.id IS NOT NULL
       OR (NOT EXISTS (SELECT FROM decision_line AS other WHERE other.decision_id = d.id)
           AND (o.id = n.organisation_id
                OR EXISTS (SELECT FROM basis_partner AS p
                            WHERE p.basis_id = b.id AND p.organisation_id = o.id))))

-- name: decision_letter_lines
SELECT o.name AS recipient, l.amount_nok
FROM decision_line AS l JOIN organisation AS o ON o.id = l.recipient_id
WHERE l.decision_id = :id::uuid
ORDER BY l.recipient_kind DESC, o.name, l.id
