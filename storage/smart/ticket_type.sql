-- Ticket types of a course.

-- name: ticket_type_list
SELECT p.id, p.version, p.course_id, p.code, p.name, p.price_nok, p.eligibility,
       p.eligible_organisation_id, p.capacity, p.claimed, p.updated_at
FROM ticket_type AS p
WHERE p.course_id = :course_id::uuid
  AND p.eligibility = :eligibility                    --? eligibility
  AND p.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: ticket_type_get
SELECT p.id, p.version, p.course_id, p.code, p.name, p.price_nok, p.eligibility,
       p.eligible_organisation_id, p.capacity, p.claimed, p.updated_at
FROM ticket_type AS p
WHERE p.id = :id::uuid

-- name: ticket_type_course
SELECT course_id FROM ticket_type WHERE id = :id::uuid

-- name: ticket_type_count
SELECT count(*) AS count FROM ticket_type WHERE course_id = :parent_id::uuid

-- name: ticket_type_lock
SELECT version FROM ticket_type WHERE id = :id::uuid FOR UPDATE

-- name: ticket_type_load
SELECT id, course_id, code, price_nok, eligibility, eligible_organisation_id, capacity, claimed
FROM ticket_type
WHERE id = :id::uuid

-- name: ticket_type_insert
INSERT INTO ticket_type (course_id, code, name, price_nok, eligibility, eligible_organisation_id,
                         capacity)
VALUES (:course_id::uuid, :code, :name, :price_nok, :eligibility, :eligible_organisation_id::uuid,
        :capacity)
RETURNING id, version::bigint AS version

-- name: ticket_type_update
UPDATE ticket_type
SET name = CASE WHEN :name.given THEN :name ELSE name END,
    price_nok = CASE WHEN :price_nok.given THEN :price_nok::bigint ELSE price_nok END,
    eligibility = CASE WHEN :eligibility.given THEN :eligibility ELSE eligibility END,
    eligible_organisation_id = CASE WHEN :eligible_organisation_id.given
        THEN :eligible_organisation_id::uuid ELSE eligible_organisation_id END,
    capacity = CASE WHEN :capacity.given THEN :capacity::int ELSE capacity END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- name: ticket_type_delete
DELETE FROM ticket_type WHERE id = :id::uuid
