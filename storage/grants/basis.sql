-- Decision bases, their partners and signatures.

-- name: basis_list
SELECT b.id, b.version, b.revision, b.round_id, r.year, r.scheme_code, b.network_id,
       n.code AS network_code,
       n.name AS network_name, b.initiated_by_id, b.title, p.uh_ids, p.owner_ids,
       b.statped_participates, m.themes, m.measures, b.starts_on, b.ends_on, l.applied_nok,
       b.claimed_nok, b.state, b.resubmit_due_on, b.submitted_at, b.is_example, b.updated_at
FROM decision_basis AS b
JOIN grant_round AS r ON r.id = b.round_id
JOIN competence_network AS n ON n.id = b.network_id
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(p.organisation_id ORDER BY p.organisation_id)
                        FILTER (WHERE p.kind = 'uh'), '{}') AS uh_ids,
           coalesce(array_agg(p.organisation_id ORDER BY p.organisation_id)
                        FILTER (WHERE p.kind = 'owner'), '{}') AS owner_ids
    FROM basis_partner AS p WHERE p.basis_id = b.id) AS p
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(DISTINCT m.theme) FILTER (WHERE m.theme IS NOT NULL), '{}') AS themes,
           count(*) AS measures
    FROM measure AS m WHERE m.basis_id = b.id) AS m
CROSS JOIN LATERAL (
    SELECT coalesce(sum(l.amount_nok), 0)::bigint AS applied_nok
    FROM budget_line AS l WHERE l.basis_id = b.id) AS l
WHERE true
  AND b.round_id = :round_id::uuid                    --? round_id
  AND r.year = :year                                  --? year
  AND r.scheme_code = :scheme_code                    --? scheme_code
  AND b.network_id = :network_id::uuid                --? network_id
  AND b.state = :state                                --? state
  AND :uh_id::uuid = ANY (p.uh_ids)                   --? uh_id
  AND :owner_id::uuid = ANY (p.owner_ids)             --? owner_id
  AND :theme = ANY (m.themes)                         --? theme
  AND b.statped_participates = :statped_participates::boolean --? statped_participates
  AND b.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: basis_get
SELECT b.id, b.version, b.revision, b.round_id, r.year, r.scheme_code, b.network_id,
       n.code AS network_code,
       n.name AS network_name, b.initiated_by_id, b.title, p.uh_ids, p.owner_ids, p.partners,
       b.statped_participates, a.self_assessment_ids, b.background_needs, b.goals, b.involvement,
       b.answer_c1, b.answer_c2, b.answer_c3, b.answer_c4, b.starts_on, b.ends_on,
       CASE WHEN b.ends_on < b.starts_on + interval '1 year' THEN 1
            WHEN b.ends_on < b.starts_on + interval '2 years' THEN 2
            WHEN b.ends_on IS NOT NULL AND b.starts_on IS NOT NULL THEN 3 END AS years,
       b.contact_name, b.contact_email, l.applied_nok, l.coordinator_nok, b.claimed_nok, b.state,
       b.state_note, b.resubmit_due_on, b.submitted_at,
       (SELECT coalesce(json_agg(json_build_object('code', 'service_type_missing',
                                                   'service_type', t.word) ORDER BY t.no), '[]')
        FROM unnest(s.expected_service_types) WITH ORDINALITY AS t (word, no)
        WHERE NOT t.word = ANY (coalesce(basis_service_types(b.id), '{}'))) AS warnings,
       b.is_example, b.created_at, b.updated_at,
       concat_ws(',', CASE WHEN b.network_id = ANY (granted('network_coordinator'))
                           THEN 'network_coordinator' END,
                 CASE WHEN p.uh_ids && granted('uh_partner') THEN 'uh_partner' END,
                 CASE WHEN r.forum_id = ANY (granted('forum_secretariat'))
                           AND NOT party_to_basis(b.id) THEN 'forum_secretariat' END) AS _roles
FROM decision_basis AS b
JOIN grant_round AS r ON r.id = b.round_id
JOIN grant_scheme AS s ON s.code = r.scheme_code
JOIN competence_network AS n ON n.id = b.network_id
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(p.organisation_id ORDER BY p.organisation_id)
                        FILTER (WHERE p.kind = 'uh'), '{}') AS uh_ids,
           coalesce(array_agg(p.organisation_id ORDER BY p.organisation_id)
                        FILTER (WHERE p.kind = 'owner'), '{}') AS owner_ids,
           coalesce(json_agg(json_build_object('id', o.id, 'name', o.name, 'kind', p.kind)
                             ORDER BY p.kind DESC, o.name COLLATE "nb-x-icu", o.id), '[]') AS partners
    FROM basis_partner AS p JOIN organisation AS o ON o.id = p.organisation_id
    WHERE p.basis_id = b.id) AS p
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(a.self_assessment_id ORDER BY a.self_assessment_id), '{}')
               AS self_assessment_ids
    FROM basis_assessment AS a WHERE a.basis_id = b.id) AS a
CROSS JOIN LATERAL (
    SELECT coalesce(sum(l.amount_nok), 0)::bigint AS applied_nok,
           coalesce(sum(l.amount_nok) FILTER (WHERE l.purpose = 'coordination'), 0)::bigint
               AS coordinator_nok
    FROM budget_line AS l WHERE l.basis_id = b.id) AS l
WHERE b.id = :id::uuid

-- Whether the caller may see a basis; lists below it ask.
-- name: basis_visible
SELECT b.id FROM decision_basis AS b WHERE b.id = :basis_id::uuid

-- A basis as decisions see it.
-- name: basis_lock
SELECT b.id, b.round_id, b.network_id, b.state, b.starts_on, b.ends_on,
       business_today() AS today_on,
       b.network_id = ANY (granted('network_coordinator')) AS of_network,
       party_to_basis(b.id) AS own,
       ARRAY(SELECT p.organisation_id FROM basis_partner AS p
              WHERE p.basis_id = b.id AND p.kind = 'uh'
                AND p.organisation_id = ANY (granted('uh_partner'))) AS own_uhs,
       b.revision::bigint AS revision, b.version::bigint AS version
FROM decision_basis AS b
WHERE b.id = :id::uuid
FOR UPDATE OF b

-- Edits of its parts have counted too.
-- name: basis_version
SELECT b.id, b.version::bigint AS version FROM decision_basis AS b WHERE b.id = :id::uuid

-- ---- text and partners -----------------------------------------------------------------------

-- The round that a basis is begun in; one row whatever is there.
-- name: basis_round
SELECT r.state,
       coalesce(business_now() >= ((r.basis_due_on + 1)::timestamp AT TIME ZONE 'Europe/Oslo'), false)
           AS is_late,
       EXISTS (SELECT FROM competence_network AS n
                WHERE n.id = :network_id::uuid AND n.forum_id = r.forum_id
                  AND active_in_year(n.active_from_on, n.active_to_on, r.year))
           AS network_is_known
FROM (SELECT 1) AS one
LEFT JOIN grant_round AS r ON r.id = :round_id::uuid

-- What the lists of a body name. Assessments that a basis has cited stay citable.
-- name: basis_references
SELECT 'uh_ids' AS list, g.no - 1 AS no, o.id IS NOT NULL AS is_known,
       coalesce(o.org_type IN ('uh_institution', 'research_centre'), false) AS is_fit
FROM unnest(:uh_ids::uuid[]) WITH ORDINALITY AS g (id, no)
LEFT JOIN organisation AS o ON o.id = g.id
UNION ALL
SELECT 'owner_ids', g.no - 1, o.id IS NOT NULL,
       EXISTS (SELECT FROM network_owner AS m
                WHERE m.network_id = :network_id::uuid AND m.organisation_id = g.id
                  AND m.days @> business_today())
       OR EXISTS (SELECT FROM competence_network AS n
                   WHERE n.id = :network_id::uuid AND n.organisation_id = g.id)
FROM unnest(:owner_ids::uuid[]) WITH ORDINALITY AS g (id, no)
LEFT JOIN organisation AS o ON o.id = g.id
UNION ALL
SELECT 'self_assessment_ids', g.no - 1,
       EXISTS (SELECT FROM self_assessment AS a
                WHERE a.id = g.id AND a.round_id = :round_id::uuid
                  AND a.network_id = :network_id::uuid)
       OR EXISTS (SELECT FROM basis_assessment AS c
                   WHERE c.basis_id = :id::uuid AND c.self_assessment_id = g.id), true
FROM unnest(:self_assessment_ids::uuid[]) WITH ORDINALITY AS g (id, no)

-- name: basis_insert
INSERT INTO decision_basis (round_id, network_id, initiated_by_id, title, background_needs, goals,
                            involvement, answer_c1, answer_c2, answer_c3, answer_c4, starts_on, ends_on,
                            statped_participates, contact_name, contact_email)
VALUES (:round_id::uuid, :network_id::uuid,
        CASE WHEN NOT :network_id::uuid = ANY (granted('network_coordinator')) THEN
            (SELECT g.id FROM unnest(:uh_ids::uuid[]) AS g (id)
              WHERE g.id = ANY (granted('uh_partner')) LIMIT 1) END,
        :title, :background_needs, :goals, :involvement, :answer_c1, :answer_c2, :answer_c3, :answer_c4,
        :starts_on::date, :ends_on::date, coalesce(:statped_participates, false), :contact_name,
        :contact_email)
RETURNING id, version::bigint AS version

-- name: basis_update
UPDATE decision_basis
SET title = CASE WHEN :title.given THEN :title ELSE title END,
    background_needs = CASE WHEN :background_needs.given
        THEN :background_needs ELSE background_needs END,
    goals = CASE WHEN :goals.given THEN :goals ELSE goals END,
    involvement = CASE WHEN :involvement.given THEN :involvement ELSE involvement END,
    answer_c1 = CASE WHEN :answer_c1.given THEN :answer_c1 ELSE answer_c1 END,
    answer_c2 = CASE WHEN :answer_c2.given THEN :answer_c2 ELSE answer_c2 END,
    answer_c3 = CASE WHEN :answer_c3.given THEN :answer_c3 ELSE answer_c3 END,
    answer_c4 = CASE WHEN :answer_c4.given THEN :answer_c4 ELSE answer_c4 END,
    starts_on = CASE WHEN :starts_on.given THEN :starts_on::date ELSE starts_on END,
    ends_on = CASE WHEN :ends_on.given THEN :ends_on::date ELSE ends_on END,
    statped_participates = CASE WHEN :statped_participates.given
        THEN :statped_participates ELSE statped_participates END,
    contact_name = CASE WHEN :contact_name.given THEN :contact_name ELSE contact_name END,
    contact_email = CASE WHEN :contact_email.given THEN :contact_email ELSE contact_email END
WHERE id = :id::uuid

-- The new ones first: whoever edits is among the partners all the while.
-- name: basis_partner_add
INSERT INTO basis_partner (basis_id, organisation_id, kind)
SELECT :id::uuid, g.id, g.kind
FROM (SELECT u.id, 'uh' FROM unnest(:uh_ids::uuid[]) AS u (id)
      UNION ALL
      SELECT o.id, 'owner' FROM unnest(:owner_ids::uuid[]) AS o (id)) AS g (id, kind)
WHERE NOT EXISTS (SELECT FROM basis_partner AS p
                   WHERE p.basis_id = :id::uuid AND p.organisation_id = g.id)

-- name: basis_partner_remove
DELETE FROM basis_partner
WHERE basis_id = :id::uuid
  AND ((kind = 'uh' AND :uh_ids.given
        AND NOT organisation_id = ANY (coalesce(:uh_ids::uuid[], '{}')))
       OR (kind = 'owner' AND :owner_ids.given
           AND NOT organisation_id = ANY (coalesce(:owner_ids::uuid[], '{}'))))

-- name: basis_assessment_add
INSERT INTO basis_assessment (basis_id, self_assessment_id)
SELECT :id::uuid, g.id
FROM unnest(:self_assessment_ids::uuid[]) AS g (id)
WHERE NOT EXISTS (SELECT FROM basis_assessment AS a
                   WHERE a.basis_id = :id::uuid AND a.self_assessment_id = g.id)

-- name: basis_assessment_remove
DELETE FROM basis_assessment
WHERE basis_id = :id::uuid AND :self_assessment_ids.given
  AND NOT self_assessment_id = ANY (coalesce(:self_assessment_ids::uuid[], '{}'))

-- ---- submitting ------------------------------------------------------------------------------

-- Its round stays as it is until the basis is stored.
-- name: basis_hold_round
SELECT hold_round(b.round_id) AS state FROM decision_basis AS b WHERE b.id = :id::uuid

-- Bases of a network come one at a time. No row: there is no frame.
-- name: basis_frame_lock
SELECT coalesce(f.frame_nok, 0) AS frame_nok, f.claimed_nok
FROM network_frame AS f
WHERE f.round_id = :round_id::uuid AND f.network_id = :network_id::uuid
FOR UPDATE

-- name: basis_submission
SELECT r.state AS round_state, r.basis_due_on,
       business_now() >= ((r.basis_due_on + 1)::timestamp AT TIME ZONE 'Europe/Oslo') AS is_late,
       b.resubmit_due_on,
       coalesce(business_now() >= ((b.resubmit_due_on + 1)::timestamp AT TIME ZONE 'Europe/Oslo'), false)
           AS resubmit_is_late,
       r.require_uh_signature, b.answer_c1, b.answer_c2, b.answer_c3, b.answer_c4, b.starts_on,
       b.ends_on, p.uhs, p.owners, a.involved, a.dialogues, a.drafts,
       (SELECT coalesce(sum(l.amount_nok), 0)::bigint FROM budget_line AS l
         WHERE l.basis_id = b.id) AS applied_nok
FROM decision_basis AS b
JOIN grant_round AS r ON r.id = b.round_id
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE p.kind = 'uh') AS uhs, count(*) FILTER (WHERE p.kind = 'owner') AS owners
    FROM basis_partner AS p WHERE p.basis_id = b.id) AS p
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE s.staff_involved AND s.leaders_involved) AS involved,
           count(*) FILTER (WHERE s.uh_dialogue) AS dialogues,
           count(*) FILTER (WHERE s.id IS NULL) AS drafts
    FROM basis_assessment AS c
    LEFT JOIN self_assessment AS s ON s.id = c.self_assessment_id AND s.state = 'completed'
    WHERE c.basis_id = b.id) AS a
WHERE b.id = :id::uuid

-- name: submission_measures
SELECT m.seq_no::bigint AS seq_no,
       count(*) FILTER (WHERE p.kind = 'owner' AND b.kind = 'owner') AS owners,
       count(*) FILTER (WHERE p.kind = 'uh' AND b.kind = 'uh') AS uhs,
       count(*) FILTER (WHERE p.kind <> 'unit' AND b.kind IS NULL) AS outsiders
FROM measure AS m
LEFT JOIN measure_party AS p ON p.measure_id = m.id
LEFT JOIN basis_partner AS b ON b.basis_id = m.basis_id AND b.organisation_id = p.organisation_id
WHERE m.basis_id = :id::uuid
GROUP BY m.id
ORDER BY m.seq_no

-- name: submission_lines
SELECT l.seq_no::bigint AS seq_no,
       EXISTS (SELECT FROM basis_recipient AS r
                WHERE r.basis_id = l.basis_id AND r.organisation_id = l.recipient_id
                  AND r.kind = l.recipient_kind) AS in_partnership
FROM budget_line AS l
WHERE l.basis_id = :id::uuid
ORDER BY l.seq_no

-- name: submission_needs
SELECT DISTINCT m.seq_no::bigint AS seq_no
FROM measure AS m
JOIN measure_need AS c ON c.measure_id = m.id
LEFT JOIN need_report AS n ON n.id = c.need_report_id
WHERE m.basis_id = :id::uuid AND n.state IS DISTINCT FROM 'included'
ORDER BY seq_no

-- name: submission_signers
SELECT o.name
FROM basis_partner AS p
JOIN decision_basis AS b ON b.id = p.basis_id
JOIN organisation AS o ON o.id = p.organisation_id
WHERE p.basis_id = :id::uuid AND p.kind = 'uh'
  AND NOT EXISTS (SELECT FROM basis_signature AS s
                   WHERE s.basis_id = b.id AND s.basis_revision = b.revision
                     AND s.institution_id = p.organisation_id)
ORDER BY o.name COLLATE "nb-x-icu", o.id

-- name: basis_set_state
UPDATE decision_basis
SET state = :state, claimed_nok = coalesce(:claimed_nok, claimed_nok),
    state_note = coalesce(:state_note, state_note),
    resubmit_due_on = coalesce(:resubmit_due_on::date, resubmit_due_on),
    submitted_at = CASE WHEN :state = 'submitted' THEN business_now() ELSE submitted_at END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- ---- signatures ------------------------------------------------------------------------------

-- name: signature_list
SELECT s.id, s.basis_id, s.basis_revision, s.institution_id, o.name AS institution_name, s.signed_by,
       s.signed_at,
       s.basis_revision = b.revision
           AND EXISTS (SELECT FROM basis_partner AS p
                        WHERE p.basis_id = b.id AND p.organisation_id = s.institution_id) AS is_valid
FROM basis_signature AS s
JOIN decision_basis AS b ON b.id = s.basis_id
JOIN organisation AS o ON o.id = s.institution_id
WHERE s.basis_id = :basis_id::uuid
  AND s.basis_revision = :revision                    --? revision
  AND s.institution_id = :institution_id::uuid        --? institution_id

-- name: signature_insert
INSERT INTO basis_signature (basis_id, basis_revision, institution_id, signed_by)
VALUES (:id::uuid, :revision, :institution_id::uuid, principal_user())
RETURNING id, basis_revision::bigint AS version
