-- Lines of the forum's recommendations.

-- name: recommendation_line_list
SELECT l.id, l.version, l.recommendation_id, l.basis_id, b.title AS basis_title, b.network_id,
       n.code AS network_code, n.name AS network_name, l.verdict, a.uh_nok AS applied_uh_nok,
       a.network_nok AS applied_network_nok, l.amount_uh_nok, l.amount_network_nok, l.priority,
       coalesce(l.priority, 1001) AS _priority, l.conditions, l.reason, l.disqualified_member_ids,
       b.starts_on, b.ends_on,
       ARRAY(SELECT t.title FROM measure AS t WHERE t.basis_id = b.id ORDER BY t.seq_no) AS measures,
       ARRAY(SELECT o.name FROM basis_partner AS p JOIN organisation AS o ON o.id = p.organisation_id
              WHERE p.basis_id = b.id AND p.kind = 'owner' ORDER BY o.name) AS owners,
       ARRAY(SELECT o.name FROM basis_partner AS p JOIN organisation AS o ON o.id = p.organisation_id
              WHERE p.basis_id = b.id AND p.kind = 'uh' ORDER BY o.name) AS universities,
       l.updated_at
FROM recommendation_line AS l
JOIN decision_basis AS b ON b.id = l.basis_id
JOIN competence_network AS n ON n.id = b.network_id
CROSS JOIN LATERAL basis_applied(b.id) AS a
WHERE true
  AND l.recommendation_id = :recommendation_id::uuid  --? recommendation_id
  AND l.basis_id = :basis_id::uuid                    --? basis_id
  AND b.network_id = :network_id::uuid                --? network_id
  AND l.verdict = :verdict                            --? verdict
  AND l.updated_at >= :updated_since::timestamptz     --? updated_since

-- Everything that a complete line shows (KL-R11).
-- name: recommendation_line_get
SELECT l.id, l.version, l.recommendation_id, l.basis_id, b.title AS basis_title,
       b.state AS basis_state, b.network_id, n.code AS network_code, n.name AS network_name, l.verdict,
       a.uh_nok AS applied_uh_nok, a.network_nok AS applied_network_nok, l.amount_uh_nok,
       l.amount_network_nok, l.priority, l.conditions, l.reason, l.disqualified_member_ids,
       b.starts_on, b.ends_on, b.statped_participates,
       (SELECT coalesce(json_agg(json_build_object(
                   'id', t.id, 'title', t.title, 'theme', t.theme, 'target_groups', t.target_groups,
                   'participants_estimate', t.participants_estimate, 'starts_on', t.starts_on,
                   'ends_on', t.ends_on, 'amount_nok', t.amount_nok,
                   'participants', (
                       SELECT coalesce(json_agg(json_build_object(
                                  'id', o.id, 'name', o.name, 'kind', p.kind) ORDER BY o.name, o.id),
                              '[]')
                       FROM measure_party AS p JOIN organisation AS o ON o.id = p.organisation_id
                       WHERE p.measure_id = t.id)) ORDER BY t.seq_no), '[]')
          FROM measure AS t WHERE t.basis_id = b.id) AS measures,
       (SELECT coalesce(json_agg(json_build_object('id', o.id, 'name', o.name)
                                 ORDER BY o.name, o.id), '[]')
          FROM basis_partner AS p JOIN organisation AS o ON o.id = p.organisation_id
         WHERE p.basis_id = b.id AND p.kind = 'owner') AS owners,
       (SELECT coalesce(json_agg(json_build_object('id', o.id, 'name', o.name)
                                 ORDER BY o.name, o.id), '[]')
          FROM basis_partner AS p JOIN organisation AS o ON o.id = p.organisation_id
         WHERE p.basis_id = b.id AND p.kind = 'uh') AS universities,
       (SELECT json_agg(json_build_object('criterion', k.criterion, 'answer', k.answer,
                                          'verdict', c.verdict, 'note', c.note) ORDER BY k.criterion)
          FROM (VALUES ('c1', b.answer_c1), ('c2', b.answer_c2), ('c3', b.answer_c3),
                       ('c4', b.answer_c4)) AS k (criterion, answer)
          LEFT JOIN criterion_assessment AS c ON c.basis_id = b.id AND c.criterion = k.criterion)
           AS criteria,
       (SELECT coalesce(json_agg(json_build_object(
                   'recipient_id', d.recipient_id, 'recipient_name', o.name,
                   'recipient_kind', d.recipient_kind, 'amount_nok', d.amount_nok)
                   ORDER BY d.recipient_kind, o.name, o.id), '[]')
          FROM (SELECT g.recipient_id, g.recipient_kind, sum(g.amount_nok)::bigint AS amount_nok
                  FROM budget_line AS g WHERE g.basis_id = b.id
                 GROUP BY g.recipient_id, g.recipient_kind) AS d
          JOIN organisation AS o ON o.id = d.recipient_id) AS distribution,
       (SELECT coalesce(json_agg(json_build_object('id', v.id, 'full_name', v.full_name,
                                                   'organisation_id', v.organisation_id)
                                 ORDER BY v.full_name, v.id), '[]')
          FROM recommendation AS r
          JOIN grant_round AS g ON g.id = r.round_id
          LEFT JOIN forum_meeting AS m ON m.id = r.meeting_id
          JOIN forum_member AS v
            ON v.forum_id = g.forum_id AND v.organisation_id = ANY (basis_parties(b.id))
           AND daterange(v.from_on, v.to_on, '[]') @> coalesce(m.held_on, business_today())
           AND v.id <> ALL (l.disqualified_member_ids)
         WHERE r.id = l.recommendation_id) AS members_to_disqualify,
       l.created_at, l.updated_at
FROM recommendation_line AS l
JOIN decision_basis AS b ON b.id = l.basis_id
JOIN competence_network AS n ON n.id = b.network_id
CROSS JOIN LATERAL basis_applied(b.id) AS a
WHERE l.id = :id::uuid

-- name: recommendation_line_whole
SELECT l.recommendation_id AS id FROM recommendation_line AS l WHERE l.id = :id::uuid

-- A line as decisions see it; its recommendation is locked.
-- name: recommendation_line_load
SELECT l.basis_id, l.verdict, l.amount_uh_nok, l.amount_network_nok, l.priority, l.conditions,
       l.reason, l.disqualified_member_ids, l.version::bigint AS version
FROM recommendation_line AS l
WHERE l.id = :id::uuid

-- name: recommendation_line_insert
INSERT INTO recommendation_line (recommendation_id, basis_id, verdict, amount_uh_nok,
                                 amount_network_nok, priority, conditions, reason,
                                 disqualified_member_ids)
VALUES (:recommendation_id::uuid, :basis_id::uuid, :verdict, :amount_uh_nok, :amount_network_nok,
        :priority, :conditions, :reason, coalesce(:disqualified_member_ids::uuid[], '{}'))
RETURNING id, version::bigint AS version

-- name: recommendation_line_update
UPDATE recommendation_line
SET verdict = :verdict, amount_uh_nok = :amount_uh_nok, amount_network_nok = :amount_network_nok,
    priority = :priority, conditions = :conditions, reason = :reason,
    disqualified_member_ids = coalesce(:disqualified_member_ids::uuid[], '{}')
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- name: recommendation_line_delete
DELETE FROM recommendation_line WHERE id = :id::uuid
