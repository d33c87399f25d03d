-- The forum's recommendations, their adoption and what they come to for each network.

-- name: recommendation_list
SELECT r.id, r.version, r.round_id, g.forum_id, g.scheme_code, g.year, r.meeting_id, r.title, r.state,
       r.adopted_on, g.recommendation_due_on AS due_on,
       CASE WHEN r.state = 'draft'
            THEN business_today() > g.recommendation_due_on
            ELSE r.late_reason IS NOT NULL END AS is_late,
       total.lines, total.applied_nok, total.recommended_nok, r.is_example, r.updated_at
FROM recommendation AS r
JOIN grant_round AS g ON g.id = r.round_id
CROSS JOIN LATERAL (
    SELECT count(*) AS lines, coalesce(sum(a.uh_nok + a.network_nok), 0)::bigint AS applied_nok,
           coalesce(sum(l.amount_uh_nok + l.amount_network_nok), 0)::bigint AS recommended_nok
    FROM recommendation_line AS l CROSS JOIN LATERAL basis_applied(l.basis_id) AS a
    WHERE l.recommendation_id = r.id) AS total
WHERE true
  AND g.forum_id = :forum_id::uuid                    --? forum_id
  AND r.round_id = :round_id::uuid                    --? round_id
  AND g.scheme_code = :scheme_code                    --? scheme_code
  AND g.year = :year                                  --? year
  AND r.state = :state                                --? state
  AND r.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: recommendation_get
SELECT r.id, r.version, r.round_id, g.forum_id, g.scheme_code, g.year, r.meeting_id, r.title,
       r.summary, r.state, r.decided_by, r.votes_for, r.votes_against, r.votes_abstained,
       r.adopted_on, g.recommendation_due_on AS due_on,
       CASE WHEN r.state = 'draft'
            THEN business_today() > g.recommendation_due_on
            ELSE r.late_reason IS NOT NULL END AS is_late, r.late_reason,
       total.lines, total.applied_nok, total.recommended_uh_nok, total.recommended_network_nok,
       total.recommended_uh_nok + total.recommended_network_nok AS recommended_nok,
       (SELECT count(*) FROM decision_basis AS b
         WHERE b.round_id = r.round_id AND b.state IN ('submitted', 'assessed')
           AND NOT EXISTS (SELECT FROM recommendation_line AS l
                            WHERE l.recommendation_id = r.id AND l.basis_id = b.id))
           AS bases_without_line,
       joint.joint_nok, joint.joint_lines, r.is_example, r.created_at, r.updated_at,
       g.forum_id = ANY (granted('forum_secretariat'))
           AND NOT EXISTS (SELECT FROM recommendation_line AS l
                            WHERE l.recommendation_id = r.id AND party_to_basis(l.basis_id)) AS _writable
FROM recommendation AS r
JOIN grant_round AS g ON g.id = r.round_id
CROSS JOIN LATERAL (
    SELECT count(*) AS lines, coalesce(sum(a.uh_nok + a.network_nok), 0)::bigint AS applied_nok,
           coalesce(sum(l.amount_uh_nok), 0)::bigint AS recommended_uh_nok,
           coalesce(sum(l.amount_network_nok), 0)::bigint AS recommended_network_nok
    FROM recommendation_line AS l CROSS JOIN LATERAL basis_applied(l.basis_id) AS a
    WHERE l.recommendation_id = r.id) AS total
CROSS JOIN LATERAL (
    SELECT coalesce(sum(j.amount_nok), 0)::bigint AS joint_nok,
           coalesce(json_agg(json_build_object(
               'joint_measure_id', m.id, 'code', m.code, 'name', m.name,
               'recipient_id', o.id, 'recipient_name', o.name, 'amount_nok', j.amount_nok)
               ORDER BY m.code, o.name, j.id), '[]') AS joint_lines
    FROM joint_measure_grant AS j
    JOIN joint_measure AS m ON m.id = j.joint_measure_id
    JOIN organisation AS o ON o.id = j.recipient_id
    WHERE j.round_id = r.round_id) AS joint
WHERE r.id = :id::uuid

-- Whether the caller may see a recommendation; lists below it ask.
-- name: recommendation_visible
SELECT r.id FROM recommendation AS r WHERE r.id = :recommendation_id::uuid

-- A recommendation as decisions see it, with the meeting that is named or else its own.
-- name: recommendation_lock
SELECT r.id, r.state, g.state AS round_state, coalesce(:meeting_id::uuid, r.meeting_id) AS meeting_id,
       m.state AS meeting_state,
       coalesce(m.forum_id = g.forum_id AND m.scheme_code = g.scheme_code
                AND m.state <> 'cancelled'
                AND extract(year FROM m.held_on) >= g.year, false) AS meeting_fits,
       m.held_on, today.on_day AS today_on,
       CASE WHEN g.state = 'open' AND today.on_day <= g.basis_due_on THEN g.basis_due_on END
           AS awaited_until_on,
       g.recommendation_due_on AS due_on, r.version::bigint AS version
FROM recommendation AS r
JOIN grant_round AS g ON g.id = r.round_id
CROSS JOIN (SELECT business_today() AS on_day) AS today
LEFT JOIN forum_meeting AS m ON m.id = coalesce(:meeting_id::uuid, r.meeting_id)
WHERE r.id = :id::uuid
FOR UPDATE OF r

-- The same before there is one; one row whatever is there.
-- name: recommendation_prepare
SELECT NULL::uuid AS id, 'draft' AS state, g.state AS round_state, :meeting_id::uuid AS meeting_id,
       m.state AS meeting_state,
       coalesce(m.forum_id = g.forum_id AND m.scheme_code = g.scheme_code
                AND m.state <> 'cancelled'
                AND extract(year FROM m.held_on) >= g.year, false) AS meeting_fits,
       m.held_on, business_today() AS today_on,
       NULL::date AS awaited_until_on, g.recommendation_due_on AS due_on, 0::bigint AS version
FROM (SELECT :round_id::uuid AS round_id) AS asked
LEFT JOIN grant_round AS g ON g.id = asked.round_id
LEFT JOIN forum_meeting AS m ON m.id = :meeting_id::uuid

-- Bases stand still while lines are held against them.
-- name: recommendation_lock_bases
SELECT b.id
FROM recommendation AS r
JOIN decision_basis AS b ON b.round_id = r.round_id AND b.state <> 'draft'
WHERE r.id = :id::uuid
ORDER BY b.id
FOR UPDATE OF b

-- name: recommendation_cases
SELECT b.id AS basis_id, b.title, b.state, b.network_id, f.frame_nok,
       a.uh_nok AS applied_uh_nok, a.network_nok AS applied_network_nok,
       whole.has_measures, whole.has_participants,
       b.starts_on IS NOT NULL AND b.ends_on IS NOT NULL AS has_duration,
       b.answer_c1 IS NOT NULL AND b.answer_c2 IS NOT NULL AND b.answer_c3 IS NOT NULL
           AND b.answer_c4 IS NOT NULL AS has_criteria,
       EXISTS (SELECT FROM basis_partner AS p WHERE p.basis_id = b.id AND p.kind = 'uh')
           AS has_partners,
       a.uh_nok + a.network_nok > 0 AS has_distribution, judged.not_met, judged.partly,
       l.id AS line_id, l.verdict, l.amount_uh_nok, l.amount_network_nok, l.conditions,
       party_to_basis(b.id) AS own,
       CASE WHEN b.state = 'returned' AND b.resubmit_due_on >= business_today() THEN b.resubmit_due_on END
           AS awaited_until_on,
       EXISTS (SELECT FROM forum_member AS v
                WHERE v.forum_id = g.forum_id AND v.organisation_id = ANY (basis_parties(b.id))
                  AND daterange(v.from_on, v.to_on, '[]') @> day.on_day
                  AND v.id <> ALL (l.disqualified_member_ids)) AS undeclared
FROM recommendation AS r
JOIN grant_round AS g ON g.id = r.round_id
JOIN decision_basis AS b ON b.round_id = r.round_id AND b.state <> 'draft'
LEFT JOIN recommendation_line AS l ON l.recommendation_id = r.id AND l.basis_id = b.id
LEFT JOIN network_frame AS f ON f.round_id = b.round_id AND f.network_id = b.network_id
LEFT JOIN forum_meeting AS m ON m.id = :meeting_id::uuid
CROSS JOIN LATERAL (
    SELECT coalesce(m.held_on, business_today()) AS on_day) AS day
CROSS JOIN LATERAL basis_applied(b.id) AS a
CROSS JOIN LATERAL (
    SELECT count(*) > 0 AS has_measures,
           coalesce(bool_and(EXISTS (SELECT FROM measure_party AS p WHERE p.measure_id = t.id)), false)
               AS has_participants
    FROM measure AS t WHERE t.basis_id = b.id) AS whole
CROSS JOIN LATERAL (
    SELECT coalesce(bool_or(c.verdict = 'not_met'), false) AS not_met,
           coalesce(bool_or(c.verdict = 'partly'), false) AS partly
    FROM criterion_assessment AS c WHERE c.basis_id = b.id) AS judged
WHERE r.id = :id::uuid
ORDER BY b.title, b.id

-- Members on the day of the meeting, or else today.
-- name: recommendation_members
SELECT v.id, v.may_vote
FROM recommendation AS r
JOIN grant_round AS g ON g.id = r.round_id
LEFT JOIN forum_meeting AS m ON m.id = :meeting_id::uuid
JOIN forum_member AS v
  ON v.forum_id = g.forum_id
 AND daterange(v.from_on, v.to_on, '[]') @> coalesce(m.held_on, business_today())
WHERE r.id = :id::uuid

-- The same for the one vote about all lines: who is disqualified from one has none.
-- name: recommendation_voters
SELECT v.id,
       v.may_vote AND NOT EXISTS (SELECT FROM recommendation_line AS l
                                   WHERE l.recommendation_id = :id::uuid
                                     AND v.id = ANY (l.disqualified_member_ids)) AS may_vote
FROM forum_meeting AS m
JOIN forum_member AS v
  ON v.forum_id = m.forum_id AND daterange(v.from_on, v.to_on, '[]') @> m.held_on
WHERE m.id = :meeting_id::uuid

-- name: recommendation_insert
INSERT INTO recommendation (round_id, meeting_id, title, summary)
VALUES (:round_id::uuid, :meeting_id::uuid, :title, :summary)
RETURNING id, version::bigint AS version

-- name: recommendation_update
UPDATE recommendation
SET meeting_id = CASE WHEN :meeting_id.given THEN :meeting_id::uuid ELSE meeting_id END,
    title = CASE WHEN :title.given THEN :title ELSE title END,
    summary = CASE WHEN :summary.given THEN :summary ELSE summary END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- name: recommendation_adopt
UPDATE recommendation
SET state = :state, meeting_id = :meeting_id::uuid, decided_by = :decided_by, votes_for = :votes_for,
    votes_against = :votes_against, votes_abstained = :votes_abstained,
    adopted_on = :adopted_on::date, late_reason = :late_reason
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- What is recommended counts against the frame from now on.
-- name: recommendation_pass_on
UPDATE decision_basis AS b
SET state = CASE WHEN l.verdict = 'reject' THEN 'not_recommended' ELSE 'recommended' END,
    claimed_nok = l.amount_uh_nok + l.amount_network_nok
FROM recommendation_line AS l
WHERE l.recommendation_id = :id::uuid AND b.id = l.basis_id
RETURNING b.id, b.state, b.version::bigint AS version

-- ---- for the meeting -------------------------------------------------------------------------

-- What was applied for is what is recommended, cut, rejected and not yet decided upon.
-- name: recommendation_summary
SELECT n.id AS _id, n.id AS network_id, n.code AS network_code, n.name AS network_name,
       coalesce(f.frame_nok, 0) AS frame_nok, sums.bases, sums.applied_nok, sums.recommended_nok,
       sums.cut_nok, sums.rejected_nok,
       sums.applied_nok - sums.recommended_nok - sums.cut_nok - sums.rejected_nok AS undecided_nok,
       coalesce(f.frame_nok, 0) - sums.recommended_nok AS unused_nok
FROM recommendation AS r
JOIN network_frame AS f ON f.round_id = r.round_id
JOIN competence_network AS n ON n.id = f.network_id
CROSS JOIN LATERAL (
    SELECT count(*) AS bases, coalesce(sum(a.uh_nok + a.network_nok), 0)::bigint AS applied_nok,
           coalesce(sum(l.amount_uh_nok + l.amount_network_nok), 0)::bigint AS recommended_nok,
           coalesce(sum(a.uh_nok + a.network_nok - l.amount_uh_nok - l.amount_network_nok)
                    FILTER (WHERE l.verdict <> 'reject'), 0)::bigint AS cut_nok,
           coalesce(sum(a.uh_nok + a.network_nok) FILTER (WHERE l.verdict = 'reject'), 0)::bigint
               AS rejected_nok
    FROM decision_basis AS b
    CROSS JOIN LATERAL basis_applied(b.id) AS a
    LEFT JOIN recommendation_line AS l ON l.recommendation_id = r.id AND l.basis_id = b.id
    WHERE b.round_id = r.round_id AND b.network_id = n.id
      AND b.state NOT IN ('draft', 'returned', 'withdrawn')) AS sums
WHERE r.id = :recommendation_id::uuid
