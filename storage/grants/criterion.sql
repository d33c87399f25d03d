-- The four criteria of a decision basis and their verdicts.

-- All four, whether they have a verdict or not; the row policies keep the verdicts from partners until
-- the recommendation.
-- name: criterion_list
SELECT md5(ROW(b.id, k.criterion)::text)::uuid AS _id, coalesce(a.version, 0) + 1 AS version,
       b.id AS basis_id, k.criterion, k.answer, a.verdict, a.note, a.assessed_by, a.assessed_at,
       coalesce(a.assessed_at < b.submitted_at, false) AS is_outdated
FROM decision_basis AS b
CROSS JOIN LATERAL (VALUES ('c1', b.answer_c1), ('c2', b.answer_c2), ('c3', b.answer_c3),
                           ('c4', b.answer_c4)) AS k (criterion, answer)
LEFT JOIN criterion_assessment AS a ON a.basis_id = b.id AND a.criterion = k.criterion
WHERE b.id = :basis_id::uuid
  AND a.verdict = :verdict                            --? verdict

-- name: criterion_get
SELECT coalesce(a.version, 0) + 1 AS version, b.id AS basis_id, k.criterion, k.answer, a.verdict, a.note,
       a.assessed_by, a.assessed_at, coalesce(a.assessed_at < b.submitted_at, false) AS is_outdated
FROM decision_basis AS b
CROSS JOIN LATERAL (VALUES ('c1', b.answer_c1), ('c2', b.answer_c2), ('c3', b.answer_c3),
                           ('c4', b.answer_c4)) AS k (criterion, answer)
LEFT JOIN criterion_assessment AS a ON a.basis_id = b.id AND a.criterion = k.criterion
WHERE b.id = :basis_id::uuid AND k.criterion = :criterion

-- name: criterion_lock
SELECT b.id FROM decision_basis AS b WHERE b.id = :basis_id::uuid FOR UPDATE

-- A criterion as decisions see it, under the lock of its basis.
-- name: criterion_load
SELECT b.state AS basis_state, a.verdict, party_to_basis(b.id) AS own,
       (coalesce(a.version, 0) + 1)::bigint AS version
FROM decision_basis AS b
LEFT JOIN criterion_assessment AS a ON a.basis_id = b.id AND a.criterion = :criterion
WHERE b.id = :basis_id::uuid

-- name: criterion_put
INSERT INTO criterion_assessment (basis_id, criterion, verdict, note, assessed_by)
VALUES (:basis_id::uuid, :criterion, :verdict, :note, principal_user())
ON CONFLICT ON CONSTRAINT criterion_assessment_criterion_key
    DO UPDATE SET verdict = EXCLUDED.verdict, note = EXCLUDED.note,
                  assessed_by = EXCLUDED.assessed_by, assessed_at = business_now()
RETURNING id, (version + 1)::bigint AS version

-- ---- assessed --------------------------------------------------------------------------------

-- Of the basis as it was last submitted.
-- name: basis_judged
SELECT ARRAY(SELECT a.criterion FROM criterion_assessment AS a
              JOIN decision_basis AS b ON b.id = a.basis_id
              WHERE a.basis_id = :id::uuid AND coalesce(a.assessed_at >= b.submitted_at, true)) AS judged

-- name: basis_assess
UPDATE decision_basis SET state = :state WHERE id = :id::uuid
RETURNING id, version::bigint AS version
