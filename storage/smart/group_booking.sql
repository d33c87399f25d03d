-- Group bookings. Everything that changes one runs after course_lock.

-- name: group_booking_list
SELECT g.id, g.version, g.course_id, c.code AS course_code, c.title AS course_title,
       g.ticket_type_id, t.code AS ticket_type_code, g.organisation_id,
       o.name AS organisation_name, g.seats, g.named,
       CASE WHEN g.state IN ('confirmed', 'completed') THEN g.seats - g.named END AS unnamed,
       g.names_due_on, g.names_received_at, g.contact_full_name, g.contact_email, g.contact_phone,
       CASE WHEN g.state = 'offered' AND g.offer_expires_at <= (SELECT business_now())
            THEN 'expired' ELSE g.state END AS state,
       g.waitlist_seq, g.skipped, g.offer_expires_at, g.price_nok, g.booked_at, g.cancelled_at,
       g.updated_at
FROM group_booking AS g
JOIN course AS c ON c.id = g.course_id
JOIN ticket_type AS t ON t.id = g.ticket_type_id
JOIN organisation AS o ON o.id = g.organisation_id
WHERE true
  AND g.course_id = :course_id::uuid                                  --? course_id
  AND g.organisation_id = :organisation_id::uuid                      --? organisation_id
  AND CASE WHEN g.state = 'offered' AND g.offer_expires_at <= (SELECT business_now()) --? state
           THEN 'expired' ELSE g.state END = :state                   --? state
  AND g.updated_at >= :updated_since::timestamptz                     --? updated_since

-- name: group_booking_get
SELECT g.id, g.version, g.course_id, c.code AS course_code, c.title AS course_title,
       g.ticket_type_id, t.code AS ticket_type_code, g.organisation_id,
       o.name AS organisation_name, g.seats, g.named,
       CASE WHEN g.state IN ('confirmed', 'completed') THEN g.seats - g.named END AS unnamed,
       g.names_due_on, g.names_received_at, g.contact_full_name, g.contact_email, g.contact_phone,
       CASE WHEN g.invoice_recipient IS NOT NULL THEN
           json_build_object('recipient', g.invoice_recipient, 'org_number', g.invoice_org_number,
                             'address', g.invoice_address, 'reference', g.invoice_reference,
                             'email', g.invoice_email) END AS invoice,
       CASE WHEN g.state = 'offered' AND g.offer_expires_at <= (SELECT business_now())
            THEN 'expired' ELSE g.state END AS state,
       g.waitlist_seq, g.skipped, g.offer_expires_at, g.price_nok, g.booked_at, g.cancelled_at,
       g.updated_at, group_booking_writable(g.booked_by_client, g.organisation_id) AS _writable
FROM group_booking AS g
JOIN course AS c ON c.id = g.course_id
JOIN ticket_type AS t ON t.id = g.ticket_type_id
JOIN organisation AS o ON o.id = g.organisation_id
WHERE g.id = :id::uuid

-- name: group_booking_queue_position
SELECT g.id, g.course_id,
       CASE WHEN g.state = 'offered' AND g.offer_expires_at <= business_now()
            THEN 'expired' ELSE g.state END AS state,
       w.place AS position, CASE WHEN g.state = 'waitlisted' THEN g.seats END AS seats,
       w.seats_before, CASE WHEN g.state = 'waitlisted' THEN g.skipped END AS skipped, w.waits_for,
       w.seats_needed, g.offer_expires_at, s.waitlisted
FROM group_booking AS g
LEFT JOIN LATERAL course_seats(g.course_id, business_now()) AS s ON true
LEFT JOIN LATERAL place_in_line(g.course_id, g.waitlist_seq, g.seats) AS w
    ON g.state = 'waitlisted'
WHERE g.id = :id::uuid

-- name: group_booking_insert
INSERT INTO group_booking (
    course_id, ticket_type_id, organisation_id, booked_by, booked_by_client, contact_full_name,
    contact_email, contact_phone, seats, names_due_on, invoice_recipient, invoice_org_number,
    invoice_address, invoice_reference, invoice_email, state, waitlist_seq, price_nok)
VALUES (
    :course_id::uuid, :ticket_type_id::uuid, :organisation_id::uuid, :registered_by::uuid,
    :registered_by_client::uuid, :contact_full_name, :contact_email, :contact_phone, :seats::int,
    :names_due_on::date, :invoice_recipient, :invoice_org_number, :invoice_address,
    :invoice_reference, :invoice_email, :state, :waitlist_seq, :price_nok)
RETURNING id, version::bigint AS version

-- The course of a booking that the caller may see, to be locked first.
-- name: group_booking_course
SELECT course_id FROM group_booking WHERE id = :id::uuid

-- name: group_booking_lock
SELECT g.id, g.course_id, g.ticket_type_id, g.organisation_id, o.name AS organisation_name, g.state,
       g.offer_expires_at, g.seats::bigint AS seats, g.named::bigint AS named, g.skipped,
       g.price_nok, g.names_due_on, g.invoice_recipient IS NOT NULL AS invoice,
       g.invoice_recipient, g.invoice_org_number, g.invoice_address, g.invoice_reference,
       g.invoice_email, g.version::bigint AS version
FROM group_booking AS g
JOIN organisation AS o ON o.id = g.organisation_id
WHERE g.id = :id::uuid
FOR UPDATE OF g

-- name: group_booking_set_state
UPDATE group_booking
SET state = :state, seats = :seats::int, skipped = :skipped,
    cancelled_at = CASE WHEN :state = 'cancelled' THEN business_now() ELSE cancelled_at END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- name: group_booking_moved
UPDATE group_booking SET moved_at = clock_timestamp() WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- name: group_booking_update
UPDATE group_booking
SET seats = CASE WHEN :seats.given THEN :seats::int ELSE seats END,
    names_due_on = CASE WHEN :names_due_on.given THEN :names_due_on::date ELSE names_due_on END,
    contact_full_name = CASE WHEN :contact_full_name.given
        THEN :contact_full_name ELSE contact_full_name END,
    contact_email = CASE WHEN :contact_email.given THEN :contact_email ELSE contact_email END,
    contact_phone = CASE WHEN :contact_phone.given THEN :contact_phone ELSE contact_phone END,
    invoice_recipient = CASE WHEN :invoice_recipient.given OR :invoice_removed
        THEN :invoice_recipient ELSE invoice_recipient END,
    invoice_org_number = CASE WHEN :invoice_org_number.given OR :invoice_removed
        THEN :invoice_org_number ELSE invoice_org_number END,
    invoice_address = CASE WHEN :invoice_address.given OR :invoice_removed
        THEN :invoice_address ELSE invoice_address END,
    invoice_reference = CASE WHEN :invoice_reference.given OR :invoice_removed
        THEN :invoice_reference ELSE invoice_reference END,
    invoice_email = CASE WHEN :invoice_email.given OR :invoice_removed
        THEN :invoice_email ELSE invoice_email END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- Every registration of a booking that ends with it.
-- name: registrations_of_group
SELECT id, course_id, ticket_type_id, person_id, state, waitlist_seq, offer_expires_at, price_nok,
       buyer_type, payment_state, local_day(registered_at) AS registered_on,
       profession_code, profession_other, employer_organisation_id, group_booking_id,
       invoice_recipient IS NOT NULL AS invoice, version::bigint AS version
FROM registration
WHERE group_booking_id = :id::uuid AND state = 'confirmed'
ORDER BY registered_at, id
FOR UPDATE

-- Every booking that begins or ends with its course.
-- name: group_bookings_of_course
SELECT g.id, g.course_id, g.ticket_type_id, g.organisation_id, o.name AS organisation_name, g.state,
       g.offer_expires_at, g.seats::bigint AS seats, g.named::bigint AS named, g.skipped,
       g.price_nok, g.names_due_on, g.invoice_recipient IS NOT NULL AS invoice,
       g.invoice_recipient, g.invoice_org_number, g.invoice_address, g.invoice_reference,
       g.invoice_email, g.version::bigint AS version
FROM group_booking AS g
JOIN organisation AS o ON o.id = g.organisation_id
WHERE g.course_id = :id::uuid AND g.state IN ('waitlisted', 'offered', 'confirmed')
ORDER BY g.booked_at, g.id
FOR UPDATE OF g

-- ---- names -----------------------------------------------------------------------------------

-- What a file of names is held against: every profession, and those of its municipalities and
-- addresses that are known, the latter as registered for the course. A row for each.
-- name: group_names_known
SELECT 'profession' AS list, code FROM profession
UNION ALL
SELECT 'municipality', municipality_no FROM municipality
WHERE municipality_no = ANY (:municipalities::text[])
UNION ALL
SELECT 'registered', registered_emails(:course_id::uuid, :emails::text[])

-- name: group_booking_named
UPDATE group_booking SET names_received_at = clock_timestamp() WHERE id = :id::uuid
RETURNING id, version::bigint AS version
