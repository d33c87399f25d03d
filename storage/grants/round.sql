-- Rounds, their networks and links.

-- name: round_list
SELECT r.id, r.version, r.forum_id, r.scheme_code, r.year, r.total_nok, r.granted_nok,
       coalesce(a.kind, 'none') AS allocation_status, r.self_assessment_from_on, r.need_due_on,
       r.need_deadline_hard, r.basis_due_on, r.recommendation_due_on, r.decision_due_on,
       r.report_due_on, r.own_share_bp, r.require_uh_signature, r.allow_multiple_bases,
       r.joint_share_first_meeting_only, r.state,
       r.state NOT IN ('planning', 'frame_adopted')
           AND (r.state <> 'open'
                OR r.basis_due_on < business_today()) AS bases_closed,
       r.recommended_on, coalesce(r.recommended_on > r.recommendation_due_on, false)
           AS recommended_late,
       r.is_example, r.created_at, r.updated_at
FROM grant_round AS r
LEFT JOIN allocation AS a ON a.round_id = r.id AND a.state IN ('adopted', 'published')
WHERE true
  AND r.scheme_code = :scheme_code                    --? scheme_code
  AND r.year = :year                                  --? year
  AND r.state = :state                                --? state
  AND r.forum_id = :forum_id::uuid                    --? forum_id
  AND r.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: round_get
SELECT r.id, r.version, r.forum_id, r.scheme_code, r.year, r.total_nok, r.granted_nok,
       coalesce(a.kind, 'none') AS allocation_status, a.id AS allocation_id,
       r.self_assessment_from_on, r.need_due_on, r.need_deadline_hard, r.basis_due_on,
       r.recommendation_due_on, r.decision_due_on, r.report_due_on, r.own_share_bp,
       r.require_uh_signature, r.allow_multiple_bases, r.joint_share_first_meeting_only, r.state,
       r.state NOT IN ('planning', 'frame_adopted')
           AND (r.state <> 'open'
                OR r.basis_due_on < business_today()) AS bases_closed,
       r.recommended_on, coalesce(r.recommended_on > r.recommendation_due_on, false)
           AS recommended_late,
       r.is_example, r.created_at, r.updated_at,
       concat_ws(',', CASE WHEN r.forum_id = ANY (granted('forum_secretariat'))
                           THEN 'forum_secretariat' END,
                 CASE WHEN r.forum_id = ANY (forums_decided()) THEN 'state_administrator' END) AS _roles
FROM grant_round AS r
LEFT JOIN allocation AS a ON a.round_id = r.id AND a.state IN ('adopted', 'published')
WHERE r.id = :id::uuid

-- Whether the caller may see a round; lists below it ask.
-- name: round_visible
SELECT r.id FROM grant_round AS r WHERE r.id = :round_id::uuid

-- What a scheme says, for a round that does not.
-- name: round_scheme
SELECT s.own_share_bp, s.require_uh_signature, s.allow_multiple_bases,
       s.joint_share_first_meeting_only
FROM grant_scheme AS s
WHERE s.code = :scheme_code

-- A round as decisions see it.
-- name: round_lock
SELECT r.id, r.forum_id, r.scheme_code, r.year, r.state, r.total_nok, r.granted_nok, r.need_due_on,
       r.basis_due_on, r.recommendation_due_on, r.decision_due_on, r.report_due_on,
       business_today() AS today_on,
       r.joint_share_first_meeting_only,
       r.forum_id = ANY (granted('forum_secretariat')) AS is_secretariat,
       r.forum_id = ANY (forums_decided()) AS is_governor, r.version::bigint AS version
FROM grant_round AS r
WHERE r.id = :id::uuid
FOR UPDATE

-- How far its work has come.
-- name: round_progress
SELECT a.state AS allocation_state,
       round_headcounts_open(r.id, a.headcount_year) AS headcounts_open,
       EXISTS (SELECT FROM allocation AS decided
                 JOIN forum_meeting AS m ON m.id = decided.decided_in_meeting_id
                WHERE decided.round_id = r.id AND decided.state <> 'draft'
                  AND m.year = r.year AND m.year_no = 1) AS decided_in_first_meeting,
       recommendation.state AS recommendation_state,
       (SELECT count(*) FROM decision_basis AS b
         WHERE b.round_id = r.id
           AND (b.state IN ('submitted', 'assessed')
                OR (b.state = 'returned'
                    AND b.resubmit_due_on >= business_today())))
           AS bases_pending,
       (SELECT count(*) FROM recommendation_line AS l
         WHERE l.recommendation_id = recommendation.id
           AND NOT EXISTS (SELECT FROM grant_decision AS d
                            WHERE d.basis_id = l.basis_id AND d.state <> 'draft'))
           AS lines_undecided,
       (SELECT count(*) FROM grant_decision AS d
         WHERE d.round_id = r.id AND d.outcome <> 'refused'
           AND NOT EXISTS (SELECT FROM grant_report AS report
                            WHERE report.decision_id = d.id AND report.state = 'approved'))
           AS reports_pending
FROM grant_round AS r
LEFT JOIN allocation AS a ON a.round_id = r.id AND a.state IN ('adopted', 'published')
LEFT JOIN recommendation ON recommendation.round_id = r.id
WHERE r.id = :id::uuid

-- name: round_insert
INSERT INTO grant_round (forum_id, scheme_code, year, self_assessment_from_on, need_due_on,
                         need_deadline_hard, basis_due_on, recommendation_due_on, decision_due_on,
                         report_due_on, own_share_bp, require_uh_signature, allow_multiple_bases,
                         joint_share_first_meeting_only)
VALUES (:forum_id::uuid, :scheme_code, :year, :self_assessment_from_on::date, :need_due_on::date,
        :need_deadline_hard, :basis_due_on::date, :recommendation_due_on::date,
        :decision_due_on::date, :report_due_on::date, :own_share_bp, :require_uh_signature,
        :allow_multiple_bases, :joint_share_first_meeting_only)
RETURNING id, version::bigint AS version

-- name: round_update
UPDATE grant_round
SET self_assessment_from_on = CASE WHEN :self_assessment_from_on.given
        THEN :self_assessment_from_on::date ELSE self_assessment_from_on END,
    need_due_on = CASE WHEN :need_due_on.given THEN :need_due_on::date ELSE need_due_on END,
    need_deadline_hard = CASE WHEN :need_deadline_hard.given
        THEN :need_deadline_hard ELSE need_deadline_hard END,
    basis_due_on = CASE WHEN :basis_due_on.given THEN :basis_due_on::date ELSE basis_due_on END,
    recommendation_due_on = CASE WHEN :recommendation_due_on.given
        THEN :recommendation_due_on::date ELSE recommendation_due_on END,
    decision_due_on = CASE WHEN :decision_due_on.given
        THEN :decision_due_on::date ELSE decision_due_on END,
    report_due_on = CASE WHEN :report_due_on.given THEN :report_due_on::date ELSE report_due_on END,
    own_share_bp = CASE WHEN :own_share_bp.given THEN :own_share_bp::int ELSE own_share_bp END,
    require_uh_signature = CASE WHEN :require_uh_signature.given
        THEN :require_uh_signature ELSE require_uh_signature END,
    allow_multiple_bases = CASE WHEN :allow_multiple_bases.given
        THEN :allow_multiple_bases ELSE allow_multiple_bases END,
    joint_share_first_meeting_only = CASE WHEN :joint_share_first_meeting_only.given
        THEN :joint_share_first_meeting_only ELSE joint_share_first_meeting_only END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- name: round_set_state
UPDATE grant_round
SET state = :state, recommended_on = coalesce(:recommended_on::date, recommended_on)
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- name: round_set_total
UPDATE grant_round SET total_nok = :total_nok
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- The forum's recommendation goes to the county governor.
-- name: round_recommendation_send
UPDATE recommendation SET state = 'sent', late_reason = :late_reason
WHERE round_id = :id::uuid
RETURNING id, version::bigint AS version

-- The next year's round with the same terms.
-- name: round_roll_over
INSERT INTO grant_round (forum_id, scheme_code, year, self_assessment_from_on, need_due_on,
                         need_deadline_hard, basis_due_on, recommendation_due_on, decision_due_on,
                         report_due_on, own_share_bp, require_uh_signature, allow_multiple_bases,
                         joint_share_first_meeting_only)
SELECT r.forum_id, r.scheme_code, r.year + 1, r.self_assessment_from_on + interval '1 year',
       r.need_due_on + interval '1 year', r.need_deadline_hard, r.basis_due_on + interval '1 year',
       r.recommendation_due_on + interval '1 year', r.decision_due_on + interval '1 year',
       r.report_due_on + interval '1 year', r.own_share_bp, r.require_uh_signature,
       r.allow_multiple_bases, r.joint_share_first_meeting_only
FROM grant_round AS r
WHERE r.id = :id::uuid
RETURNING id, version::bigint AS version

-- ---- networks of a round ---------------------------------------------------------------------

-- A row for each network of the round that has none yet; own deadlines of the round before come along.
-- name: round_frames_insert
INSERT INTO network_frame (round_id, network_id, need_due_on, need_deadline_hard)
SELECT :id::uuid, active.id, before.need_due_on + interval '1 year', before.need_deadline_hard
FROM round_networks(:id::uuid) AS active (id)
LEFT JOIN network_frame AS before
       ON before.round_id = :from_id::uuid AND before.network_id = active.id
ON CONFLICT ON CONSTRAINT network_frame_network_id_key DO NOTHING

-- name: network_frame_list
SELECT f.id, f.version, f.round_id, f.network_id, n.code AS network_code, n.name AS network_name,
       least(f.need_due_on, r.need_due_on) AS need_due_on,
       coalesce(f.need_deadline_hard, r.need_deadline_hard) AS need_deadline_hard,
       num_nonnulls(f.need_due_on, f.need_deadline_hard) > 0 AS own_deadline, f.frame_nok,
       f.claimed_nok, f.frame_nok - f.claimed_nok AS unallocated_nok, f.updated_at
FROM network_frame AS f
JOIN grant_round AS r ON r.id = f.round_id
JOIN competence_network AS n ON n.id = f.network_id
WHERE f.round_id = :round_id::uuid
  AND f.network_id = :network_id::uuid                --? network_id
  AND f.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: network_frame_get
SELECT f.id, f.version, f.round_id, f.network_id, n.code AS network_code, n.name AS network_name,
       least(f.need_due_on, r.need_due_on) AS need_due_on,
       coalesce(f.need_deadline_hard, r.need_deadline_hard) AS need_deadline_hard,
       num_nonnulls(f.need_due_on, f.need_deadline_hard) > 0 AS own_deadline, f.frame_nok,
       f.claimed_nok, f.frame_nok - f.claimed_nok AS unallocated_nok, f.updated_at
FROM network_frame AS f
JOIN grant_round AS r ON r.id = f.round_id
JOIN competence_network AS n ON n.id = f.network_id
WHERE f.id = :id::uuid

-- name: network_frame_lock
SELECT f.id, least(f.need_due_on, r.need_due_on) AS need_due_on, r.need_due_on AS round_need_due_on,
       business_today() AS today_on, f.version::bigint AS version
FROM network_frame AS f
JOIN grant_round AS r ON r.id = f.round_id
WHERE f.id = :id::uuid
FOR UPDATE OF f

-- name: network_frame_update
UPDATE network_frame
SET need_due_on = CASE WHEN :need_due_on.given THEN :need_due_on::date ELSE need_due_on END,
    need_deadline_hard = CASE WHEN :need_deadline_hard.given
        THEN :need_deadline_hard ELSE need_deadline_hard END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- ---- links -----------------------------------------------------------------------------------

-- Of both rounds, whichever of them it was made from.
-- name: round_link_list
SELECT l.id, l.version, l.round_id, l.related_round_id, other.id AS other_round_id,
       other.scheme_code AS other_scheme_code, other.year AS other_year, l.note, l.updated_at
FROM round_link AS l
JOIN grant_round AS other ON other.id IN (l.round_id, l.related_round_id)
                         AND other.id <> :round_id::uuid
WHERE :round_id::uuid IN (l.round_id, l.related_round_id)
  AND l.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: round_link_get
SELECT l.id, l.version, l.round_id, l.related_round_id, l.note, l.updated_at
FROM round_link AS l
WHERE l.id = :id::uuid

-- name: round_link_load
SELECT l.id, r.forum_id = ANY (granted('forum_secretariat')) AS own, l.version::bigint AS version
FROM round_link AS l
JOIN grant_round AS r ON r.id = l.round_id
WHERE l.id = :id::uuid

-- name: round_link_insert
INSERT INTO round_link (round_id, related_round_id, note)
VALUES (:round_id::uuid, :related_round_id::uuid, :note)
RETURNING id, version::bigint AS version

-- name: round_link_delete
DELETE FROM round_link WHERE id = :id::uuid
