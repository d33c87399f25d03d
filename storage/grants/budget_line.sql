-- Budget lines of a decision basis.

-- name: budget_line_list
SELECT l.id, l.version, l.basis_id, l.seq_no, l.recipient_id, o.name AS recipient_name,
       l.recipient_kind, l.purpose, l.measure_id, m.title AS measure_title, l.amount_nok,
       l.updated_at
FROM budget_line AS l
JOIN organisation AS o ON o.id = l.recipient_id
LEFT JOIN measure AS m ON m.id = l.measure_id
WHERE l.basis_id = :basis_id::uuid
  AND l.recipient_id = :recipient_id::uuid            --? recipient_id
  AND l.recipient_kind = :recipient_kind              --? recipient_kind
  AND l.purpose = :purpose                            --? purpose
  AND l.measure_id = :measure_id::uuid                --? measure_id
  AND l.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: budget_line_get
SELECT l.id, l.version, l.basis_id, l.seq_no, l.recipient_id, o.name AS recipient_name,
       l.recipient_kind, l.purpose, l.measure_id, m.title AS measure_title, l.amount_nok,
       l.updated_at
FROM budget_line AS l
JOIN organisation AS o ON o.id = l.recipient_id
LEFT JOIN measure AS m ON m.id = l.measure_id
WHERE l.id = :id::uuid

-- name: budget_line_basis
SELECT l.basis_id FROM budget_line AS l WHERE l.id = :id::uuid

-- name: budget_line_count
SELECT count(*) AS count FROM budget_line AS l WHERE l.basis_id = :id::uuid

-- A line as decisions see it, under the lock of its basis.
-- name: budget_line_load
SELECT l.id, l.basis_id, l.version::bigint AS version
FROM budget_line AS l
WHERE l.id = :id::uuid

-- What a body names; one row whatever is there.
-- name: budget_line_names
SELECT EXISTS (SELECT FROM organisation AS o WHERE o.id = :recipient_id::uuid) AS recipient_is_known,
       (SELECT r.kind FROM basis_recipient AS r
         WHERE r.basis_id = b.id AND r.organisation_id = :recipient_id::uuid) AS recipient_kind,
       :measure_id::uuid IS NULL
           OR EXISTS (SELECT FROM measure AS m WHERE m.id = :measure_id::uuid AND m.basis_id = b.id)
           AS measure_is_known
FROM decision_basis AS b
WHERE b.id = :basis_id::uuid

-- name: budget_line_insert
INSERT INTO budget_line (basis_id, seq_no, recipient_id, recipient_kind, purpose, measure_id, amount_nok)
VALUES (:basis_id::uuid,
        (SELECT min(free.no) FROM generate_series(1, 200) AS free (no)
          WHERE NOT EXISTS (SELECT FROM budget_line AS l
                             WHERE l.basis_id = :basis_id::uuid AND l.seq_no = free.no)),
        :recipient_id::uuid, :recipient_kind, :purpose, :measure_id::uuid, :amount_nok)
RETURNING id, version::bigint AS version

-- name: budget_line_update
UPDATE budget_line
SET recipient_id = CASE WHEN :recipient_id.given THEN :recipient_id::uuid ELSE recipient_id END,
    recipient_kind = CASE WHEN :recipient_id.given THEN :recipient_kind ELSE recipient_kind END,
    purpose = CASE WHEN :purpose.given THEN :purpose ELSE purpose END,
    measure_id = CASE WHEN :measure_id.given THEN :measure_id::uuid ELSE measure_id END,
    amount_nok = CASE WHEN :amount_nok.given THEN :amount_nok::bigint ELSE amount_nok END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- name: budget_line_delete
DELETE FROM budget_line WHERE id = :id::uuid
