-- name: registration_list
SELECT r.id, r.version, r.course_id, c.code AS course_code, c.title AS course_title,
       r.ticket_type_id, t.code AS ticket_type_code, r.person_id, r.participant_name,
       r.participant_email, r.participant_phone, r.profession_code, r.profession_other,
       r.employer_organisation_id, r.employer_name, r.municipality_no, r.buyer_type,
       r.group_booking_id,
       CASE WHEN r.state = 'offered' AND r.offer_expires_at <= (SELECT business_now())
            THEN 'expired' ELSE r.state END AS state,
       r.waitlist_seq, r.offer_expires_at, r.price_nok, r.refund_nok, r.payment_state,
       r.item_choices, r.dietary_note, r.registered_at, r.cancelled_at, r.updated_at,
       CASE WHEN 'course' = ANY (:embed::text[]) THEN json_build_object(
           'id', c.id, 'code', c.code, 'title', c.title, 'course_type', c.course_type,
           'state', c.state, 'starts_at', instant_json(c.starts_at),
           'ends_at', instant_json(c.ends_at), 'municipality_no', c.municipality_no,
           'venue_name', c.venue_name) END AS course,
       CASE WHEN 'person' = ANY (:embed::text[]) THEN (
           SELECT json_build_object('id', p.id, 'full_name', p.full_name, 'gender', p.gender)
           FROM person AS p
           WHERE p.id = r.person_id AND (SELECT has_scope('registry:read'))) END AS person
FROM registration AS r
JOIN course AS c ON c.id = r.course_id
JOIN ticket_type AS t ON t.id = r.ticket_type_id
WHERE true
  AND r.course_id = :course_id::uuid                                  --? course_id
  AND r.person_id = :person_id::uuid                                  --? person_id
  AND r.ticket_type_id = :ticket_type_id::uuid                        --? ticket_type_id
  AND r.employer_organisation_id = :employer_organisation_id::uuid    --? employer_organisation_id
  AND r.group_booking_id = :group_booking_id::uuid                    --? group_booking_id
  AND r.profession_code = :profession_code                            --? profession_code
  AND r.payment_state = :payment_state                                --? payment_state
  AND CASE WHEN r.state = 'offered' AND r.offer_expires_at <= (SELECT business_now()) --? state
           THEN 'expired' ELSE r.state END = :state                   --? state
  AND r.updated_at >= :updated_since::timestamptz                     --? updated_since

-- name: registration_get
SELECT r.id, r.version, r.course_id, c.code AS course_code, c.title AS course_title,
       r.ticket_type_id, t.code AS ticket_type_code, r.person_id, r.participant_name,
       r.participant_email, r.participant_phone, r.profession_code, r.profession_other,
       r.employer_organisation_id, r.employer_name, r.municipality_no, r.buyer_type,
       r.group_booking_id,
       CASE WHEN r.invoice_recipient IS NOT NULL THEN
           json_build_object('recipient', r.invoice_recipient, 'org_number', r.invoice_org_number,
                             'address', r.invoice_address, 'reference', r.invoice_reference,
                             'email', r.invoice_email) END AS invoice,
       CASE WHEN r.state = 'offered' AND r.offer_expires_at <= (SELECT business_now())
            THEN 'expired' ELSE r.state END AS state,
       r.waitlist_seq, r.offer_expires_at, r.price_nok, r.refund_nok, r.payment_state,
       r.item_choices, r.dietary_note, r.registered_at, r.cancelled_at, r.updated_at,
       CASE WHEN 'course' = ANY (:embed::text[]) THEN json_build_object(
           'id', c.id, 'code', c.code, 'title', c.title, 'course_type', c.course_type,
           'state', c.state, 'starts_at', instant_json(c.starts_at),
           'ends_at', instant_json(c.ends_at), 'municipality_no', c.municipality_no,
           'venue_name', c.venue_name) END AS course,
       CASE WHEN 'person' = ANY (:embed::text[]) THEN (
           SELECT json_build_object('id', p.id, 'full_name', p.full_name, 'gender', p.gender)
           FROM person AS p
           WHERE p.id = r.person_id AND (SELECT has_scope('registry:read'))) END AS person,
       r.festival_registration_id,
       registration_writable(r.person_id, r.registered_by, r.registered_by_client,
                             r.employer_organisation_id)
           AND NOT follows_programme(r.id) AS _writable
FROM registration AS r
JOIN course AS c ON c.id = r.course_id
JOIN ticket_type AS t ON t.id = r.ticket_type_id
WHERE r.id = :id::uuid

-- name: registration_professions
SELECT r.profession_code,
       count(*) FILTER (WHERE r.state IN ('confirmed', 'completed', 'no_show')) AS participants,
       count(*) FILTER (WHERE r.state = 'offered') AS offered,
       count(*) FILTER (WHERE r.state = 'waitlisted') AS waitlisted,
       md5(r.profession_code)::uuid AS _id
FROM registration AS r
WHERE r.course_id = :course_id::uuid
  AND (r.state IN ('confirmed', 'completed', 'no_show', 'waitlisted')
       OR r.state = 'offered' AND r.offer_expires_at > (SELECT business_now()))
GROUP BY r.profession_code

-- name: registration_queue_position
SELECT r.id, r.course_id,
       CASE WHEN r.state = 'offered' AND r.offer_expires_at <= business_now()
            THEN 'expired' ELSE r.state END AS state,
       w.place AS position, CASE WHEN r.state = 'waitlisted' THEN 1 END AS seats, w.seats_before,
       CASE WHEN r.state = 'waitlisted' THEN false END AS skipped, w.waits_for, w.seats_needed,
       r.offer_expires_at, s.waitlisted
FROM registration AS r
LEFT JOIN LATERAL course_seats(r.course_id, business_now()) AS s ON true
LEFT JOIN LATERAL place_in_line(r.course_id, r.waitlist_seq, 1) AS w ON r.state = 'waitlisted'
WHERE r.id = :id::uuid

-- name: registration_moved
UPDATE registration SET moved_at = clock_timestamp() WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- What the caller may know before the course is locked: whether the course is theirs to see, and the
-- person whose id was given, if it is.
-- name: registration_subject
SELECT EXISTS (SELECT 1 FROM course WHERE id = :course_id::uuid) AS course_visible,
       p.id AS person_id, p.full_name, p.email, p.phone
FROM (SELECT 1) AS one
LEFT JOIN person AS p ON p.id = :person_id::uuid

-- name: registration_insert
INSERT INTO registration (
    course_id, ticket_type_id, person_id, registered_by, registered_by_client,
    participant_name, participant_email, participant_phone,
    profession_code, profession_other, employer_organisation_id, employer_name, municipality_no,
    buyer_type, invoice_recipient, invoice_org_number, invoice_address, invoice_reference,
    invoice_email, dietary_note, item_choices, state, waitlist_seq, price_nok, payment_state,
    group_booking_id)
VALUES (
    :course_id::uuid, :ticket_type_id::uuid,
    coalesce(:person_id::uuid, person_find_or_create(:full_name, :email, :phone)),
    :registered_by::uuid, :registered_by_client::uuid,
    :full_name, :email, :phone,
    :profession_code, :profession_other, :employer_organisation_id::uuid, :employer_name,
    :municipality_no, :buyer_type, :invoice_recipient, :invoice_org_number, :invoice_address,
    :invoice_reference, :invoice_email, :dietary_note, coalesce(:item_choices::jsonb, '{}'),
    :state, :waitlist_seq, :price_nok, :payment_state, :group_booking_id::uuid)
RETURNING id, version::bigint AS version

-- The course of a registration that the caller may see, to be locked first.
-- name: registration_course
SELECT course_id FROM registration WHERE id = :id::uuid

-- name: registration_lock
SELECT id, course_id, ticket_type_id, person_id, state, waitlist_seq, offer_expires_at, price_nok,
       buyer_type, payment_state, local_day(registered_at) AS registered_on,
       profession_code, profession_other, employer_organisation_id, group_booking_id,
       invoice_recipient IS NOT NULL AS invoice, version::bigint AS version
FROM registration
WHERE id = :id::uuid
FOR UPDATE

-- name: registration_set_state
UPDATE registration
SET state = :state, payment_state = :payment_state, refund_nok = :refund_nok,
    cancelled_at = CASE WHEN :state = 'cancelled' THEN business_now() ELSE cancelled_at END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- Whoever hands the seat over is its registrant from then on: the former one has no part in the new
-- person. No row when the new person is the present one, also when they are named by e-mail address.
-- name: registration_transfer
WITH whom AS (
    SELECT coalesce(:person_id::uuid, person_find_or_create(:full_name, :email, :phone)) AS id)
UPDATE registration AS r
SET person_id = whom.id,
    registered_by = :registered_by::uuid, registered_by_client = :registered_by_client::uuid,
    participant_name = :full_name, participant_email = :email, participant_phone = :phone,
    profession_code = :profession_code, profession_other = :profession_other,
    employer_organisation_id = CASE WHEN r.group_booking_id IS NULL
        THEN :employer_organisation_id::uuid ELSE r.employer_organisation_id END,
    employer_name = CASE WHEN r.group_booking_id IS NULL OR :employer_name::text IS NOT NULL
        THEN :employer_name ELSE r.employer_name END,
    municipality_no = :municipality_no, dietary_note = :dietary_note,
    item_choices = CASE WHEN :item_choices.given THEN coalesce(:item_choices::jsonb, '{}')
        ELSE item_choices END
FROM whom
WHERE r.id = :id::uuid AND r.person_id <> whom.id
RETURNING r.id, r.version::bigint AS version

-- name: registration_update
UPDATE registration
SET profession_code = CASE WHEN :profession_code.given THEN :profession_code ELSE profession_code END,
    profession_other = CASE WHEN :profession_other.given THEN :profession_other ELSE profession_other END,
    employer_organisation_id = CASE WHEN :employer_organisation_id.given
        THEN :employer_organisation_id::uuid ELSE employer_organisation_id END,
    employer_name = CASE WHEN :employer_name.given THEN :employer_name ELSE employer_name END,
    municipality_no = CASE WHEN :municipality_no.given THEN :municipality_no ELSE municipality_no END,
    invoice_recipient = CASE WHEN :invoice_recipient.given OR :invoice_removed
        THEN :invoice_recipient ELSE invoice_recipient END,
    invoice_org_number = CASE WHEN :invoice_org_number.given OR :invoice_removed
        THEN :invoice_org_number ELSE invoice_org_number END,
    invoice_address = CASE WHEN :invoice_address.given OR :invoice_removed
        THEN :invoice_address ELSE invoice_address END,
    invoice_reference = CASE WHEN :invoice_reference.given OR :invoice_removed
        THEN :invoice_reference ELSE invoice_reference END,
    invoice_email = CASE WHEN :invoice_email.given OR :invoice_removed
        THEN :invoice_email ELSE invoice_email END,
    dietary_note = CASE WHEN :dietary_note.given THEN :dietary_note ELSE dietary_note END,
    item_choices = CASE WHEN :item_choices.given THEN coalesce(:item_choices::jsonb, '{}')
        ELSE item_choices END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- Every registration that ends with its course.
-- name: registrations_of_course
SELECT id, course_id, ticket_type_id, person_id, state, waitlist_seq, offer_expires_at, price_nok,
       buyer_type, payment_state, local_day(registered_at) AS registered_on,
       profession_code, profession_other, employer_organisation_id, group_booking_id,
       invoice_recipient IS NOT NULL AS invoice, version::bigint AS version
FROM registration
WHERE course_id = :id::uuid AND state IN ('waitlisted', 'offered', 'confirmed')
ORDER BY registered_at, id
FOR UPDATE
