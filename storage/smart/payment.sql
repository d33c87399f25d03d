-- What registrations cost their buyers, and the invoice basis.

-- name: payment_get
SELECT r.id, r.version, r.course_id, c.code AS course_code, r.participant_name,
       r.payment_state AS state, r.buyer_type,
       CASE WHEN r.invoice_recipient IS NOT NULL THEN
           json_build_object('recipient', r.invoice_recipient, 'org_number', r.invoice_org_number,
                             'address', r.invoice_address, 'reference', r.invoice_reference,
                             'email', r.invoice_email) END AS invoice,
       r.price_nok, r.refund_nok, o.owed_nok, c.vat_bp, vat_within_nok(o.owed_nok, c.vat_bp) AS vat_nok,
       r.invoice_number, r.invoiced_on, r.invoiced_nok, r.paid_on,
       coalesce(r.invoiced_nok - coalesce(r.credited_nok, 0) - o.owed_nok, 0) AS to_credit_nok,
       r.credited_on, r.credited_nok, r.updated_at
FROM registration AS r
JOIN course AS c ON c.id = r.course_id
CROSS JOIN LATERAL (
    SELECT payment_owed_nok(r.payment_state, r.price_nok, r.refund_nok, r.invoiced_nok,
                            r.credited_nok)
) AS o (owed_nok)
WHERE r.id = :id::uuid

-- name: payment_lock
SELECT r.id, r.payment_state AS state, r.price_nok, r.refund_nok, r.invoiced_nok, r.credited_nok,
       r.invoiced_on, r.paid_on, business_today() AS today_on,
       r.version::bigint AS version
FROM registration AS r
WHERE r.id = :id::uuid
FOR UPDATE

-- What a buyer, an organisation, has to be invoiced for on a course.
-- name: payments_of_buyer
SELECT r.id, r.payment_state AS state, r.price_nok, r.refund_nok, r.invoiced_nok, r.credited_nok,
       r.invoiced_on, r.paid_on, business_today() AS today_on,
       r.version::bigint AS version
FROM registration AS r
WHERE r.course_id = :id::uuid AND r.payment_state = 'to_invoice' AND r.buyer_type = 'organisation'
  AND (r.employer_organisation_id = :employer_organisation_id::uuid
       OR r.invoice_org_number = :org_number)
ORDER BY r.registered_at, r.id
FOR UPDATE

-- name: payment_change
UPDATE registration
SET payment_state = :state,
    invoice_number = coalesce(:invoice_number, invoice_number),
    invoiced_on = coalesce(:invoiced_on::date, invoiced_on),
    paid_on = coalesce(:paid_on::date, paid_on),
    credited_on = coalesce(:credited_on::date, credited_on),
    credited_nok = coalesce(:credited_nok::bigint, credited_nok)
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- What stands on one invoice, of the seats on one course.
-- name: course_invoice_get
SELECT :id::uuid AS course_id, :invoice_number::text AS invoice_number,
       min(r.invoiced_on) AS invoiced_on, :newly_invoiced::bigint AS newly_invoiced,
       count(*) AS seats, coalesce(sum(r.invoiced_nok), 0)::bigint AS amount_nok
FROM registration AS r
WHERE r.course_id = :id::uuid AND r.invoice_number = :invoice_number
  AND (r.employer_organisation_id = :employer_organisation_id::uuid
       OR r.invoice_org_number = :org_number)

-- name: course_invoice_basis
SELECT b.* FROM invoice_basis(:course_id::uuid, NULL, NULL, :payment_state) AS b

-- name: invoice_basis
SELECT b.* FROM invoice_basis(:course_id::uuid, :from_on::date, :to_on::date, :payment_state) AS b

-- name: course_invoice_lines
SELECT l.id, l.course_id, l.course_code, l.course_title, l.starts_on, l.participant_name,
       l.ticket_type_code, l.ticket_type_name, l.buyer_type, l.employer_organisation_id, l.buyer,
       l.recipient, l.org_number, l.address, l.reference, l.email, l.registration_state,
       l.payment_state, l.price_nok, l.refund_nok, l.owed_nok, l.vat_bp, l.vat_nok,
       l.to_invoice_nok, l.invoiced_nok, l.outstanding_nok, l.to_credit_nok, l.credited_nok,
       l.invoice_number, l.invoiced_on, l.paid_on, l.credited_on, l.updated_at
FROM invoice_line AS l
WHERE l.course_id = :course_id::uuid
  AND l.payment_state = :payment_state                --? payment_state
  AND (l.to_credit_nok > 0) = :to_credit::boolean     --? to_credit
  AND l.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: invoice_lines
SELECT l.id, l.course_id, l.course_code, l.course_title, l.starts_on, l.participant_name,
       l.ticket_type_code, l.ticket_type_name, l.buyer_type, l.employer_organisation_id, l.buyer,
       l.recipient, l.org_number, l.address, l.reference, l.email, l.registration_state,
       l.payment_state, l.price_nok, l.refund_nok, l.owed_nok, l.vat_bp, l.vat_nok,
       l.to_invoice_nok, l.invoiced_nok, l.outstanding_nok, l.to_credit_nok, l.credited_nok,
       l.invoice_number, l.invoiced_on, l.paid_on, l.credited_on, l.updated_at
FROM invoice_line AS l
WHERE true
  AND l.course_id = :course_id::uuid                  --? course_id
  AND l.starts_on >= :from_on::date                   --? from_on
  AND l.starts_on <= :to_on::date                     --? to_on
  AND l.payment_state = :payment_state                --? payment_state
  AND l.invoice_number = :invoice_number              --? invoice_number
  AND (l.to_credit_nok > 0) = :to_credit::boolean     --? to_credit
  AND l.updated_at >= :updated_since::timestamptz     --? updated_since

-- What was chosen of each item that has options (SM-R08), by those who have a seat; the row without
-- an option counts those who chose none. _item_code keeps an item's rows together, that one last.
-- name: textbook_picks
SELECT md5(i.id::text || coalesce(o.id::text, ''))::uuid AS _id,
       i.code AS item_code, i.name AS item_name, o.code AS option_code, o.name AS option_name,
       i.code || coalesce(' 1 ' || o.code, ' 2') AS _item_code, count(r.id) AS seats
FROM course_item AS i
JOIN LATERAL (
    SELECT p.id, p.code, p.name FROM item_option AS p WHERE p.item_id = i.id
    UNION ALL
    SELECT NULL, NULL, NULL WHERE EXISTS (SELECT FROM item_option AS p WHERE p.item_id = i.id)
) AS o ON true
LEFT JOIN registration AS r
    ON r.course_id = i.course_id AND r.state IN ('confirmed', 'completed', 'no_show')
   AND r.item_choices ->> i.code IS NOT DISTINCT FROM o.code
WHERE i.course_id = :course_id::uuid
GROUP BY i.id, i.code, i.name, o.id, o.code, o.name
