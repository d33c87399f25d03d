-- Requests for courses by agreement, their quotes, and the courses that come of them.

-- name: quote_request_list
SELECT q.id, q.version, q.course_type, q.organisation_name, q.org_number,
       q.contact_full_name AS contact_name, q.contact_email, q.contact_phone, q.desired_from_on,
       q.desired_to_on, q.participants_estimate, q.location, q.requested_minutes, q.state,
       q.quoted_price_nok, q.quoted_minutes, q.valid_until_on,
       coalesce(q.state = 'quoted'
                AND q.valid_until_on < business_today(), false)
           AS is_expired,
       q.resulting_course_id, q.received_at, q.is_example, q.updated_at
FROM quote_request AS q
WHERE true
  AND q.state = :state                                --? state
  AND q.course_type = :course_type                    --? course_type
  AND q.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: quote_request_get
SELECT q.id, q.version, q.course_type, q.organisation_name, q.org_number,
       json_build_object('full_name', q.contact_full_name, 'email', q.contact_email,
                         'phone', q.contact_phone) AS contact,
       q.desired_from_on, q.desired_to_on, q.participants_estimate, q.location, q.needs_text,
       q.requested_minutes, q.state, q.quoted_price_nok, q.quoted_minutes, q.valid_until_on,
       coalesce(q.state = 'quoted'
                AND q.valid_until_on < business_today(), false)
           AS is_expired,
       q.resulting_course_id, q.received_at, q.is_example, q.updated_at
FROM quote_request AS q
WHERE q.id = :id::uuid

-- name: quote_request_pricing
SELECT t.pricing_model
FROM (SELECT 1) AS one
LEFT JOIN course_type AS t ON t.code = :course_type

-- name: quote_request_insert
INSERT INTO quote_request (
    requested_by, requested_by_client, course_type, organisation_name, org_number,
    contact_full_name, contact_email, contact_phone, desired_from_on, desired_to_on,
    participants_estimate, location, needs_text, requested_minutes)
VALUES (
    :requested_by::uuid, :requested_by_client::uuid, :course_type, :organisation_name, :org_number,
    :contact_full_name, :contact_email, :contact_phone, :desired_from_on::date,
    :desired_to_on::date, :participants_estimate::int, :location, :needs_text,
    :requested_minutes::int)
RETURNING id, version::bigint AS version

-- name: quote_request_lock
SELECT q.id, q.state, q.requested_minutes::bigint AS requested_minutes,
       t.default_duration_minutes::bigint AS default_minutes, q.quoted_price_nok, q.valid_until_on,
       (SELECT c.state FROM course AS c WHERE c.id = q.resulting_course_id) AS course_state,
       business_today() AS today_on, q.version::bigint AS version
FROM quote_request AS q
JOIN course_type AS t ON t.code = q.course_type
WHERE q.id = :id::uuid
FOR UPDATE OF q

-- name: quote_request_change
UPDATE quote_request
SET state = :state,
    quoted_price_nok = coalesce(:quoted_price_nok::bigint, quoted_price_nok),
    quoted_minutes = coalesce(:quoted_minutes::int, quoted_minutes),
    valid_until_on = coalesce(:valid_until_on::date, valid_until_on),
    resulting_course_id = coalesce(:resulting_course_id::uuid, resulting_course_id)
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- The draft that an accepted quote becomes. Its code ends like the id of the request.
-- name: quote_request_course
INSERT INTO course (code, course_type, title, venue_name, capacity, duration_minutes)
SELECT t.code || '-' || right(q.id::text, 12), t.code,
       left(t.label_nb || ' – ' || q.organisation_name, 200), q.location,
       coalesce(q.participants_estimate, t.default_capacity), q.quoted_minutes
FROM quote_request AS q
JOIN course_type AS t ON t.code = q.course_type
WHERE q.id = :id::uuid
RETURNING id, version::bigint AS version
