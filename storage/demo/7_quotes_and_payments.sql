-- Demo data: what the grunnkurs of 2023 cost its buyers, with an invoice in each state, and two requests
-- for the moral reasoning course of two hours [seed 002 L225-L236]. Amounts beside the 950 kroner,
-- invoice numbers and all that was asked for are examples.

CREATE OR REPLACE FUNCTION pg_temp.quote_no(no int) RETURNS uuid
LANGUAGE sql AS $$ SELECT ('00000000-0000-7000-8004-' || lpad(no::text, 12, '0'))::uuid $$;

-- ---- payments --------------------------------------------------------------------------------

DO $$
DECLARE
    course uuid := pg_temp.course_no(1);
    horten uuid := pg_temp.organisation_no(2);
BEGIN
    IF EXISTS (SELECT FROM registration r WHERE r.course_id = course AND r.invoice_number IS NOT NULL) THEN
        RETURN;
    END IF;
    -- Two of one employer on one invoice, paid; a private kindergarten that has not paid yet; a consumer
    -- who has; and one who never came and has no invoice yet.
    UPDATE registration SET invoice_number = '2023-0318', invoiced_on = '2023-03-24', paid_on = '2023-04-12'
     WHERE course_id = course AND person_id IN (pg_temp.person_no(11), pg_temp.person_no(12));
    UPDATE registration SET payment_state = 'invoiced', invoice_number = '2023-0319', invoiced_on = '2023-03-24'
     WHERE course_id = course AND person_id = pg_temp.person_no(13);
    UPDATE registration SET invoice_number = '2023-0320', invoiced_on = '2023-03-24', paid_on = '2023-03-27'
     WHERE course_id = course AND person_id = pg_temp.person_no(14);
    UPDATE registration SET payment_state = 'to_invoice', invoiced_nok = NULL
     WHERE course_id = course AND person_id = pg_temp.person_no(15);
    -- Given up after the invoice: ten days before, with half still to be credited; and in time, credited.
    CALL pg_temp.enrol(course, 'ordinary', pg_temp.person_no(16), 'sfo_ansatt', horten, 'cancelled',
        pg_temp.oslo('2023-02-20', '09:10'), NULL, '{"textbook": "barneskole"}');
    CALL pg_temp.enrol(course, 'ordinary', pg_temp.person_no(18), 'helsestasjon', horten, 'cancelled',
        pg_temp.oslo('2023-02-20', '09:15'), NULL, '{"textbook": "barnehage"}');
    UPDATE registration SET payment_state = 'invoiced', invoice_number = '2023-0207', invoiced_on = '2023-02-28'
     WHERE course_id = course AND person_id IN (pg_temp.person_no(16), pg_temp.person_no(18));
    UPDATE registration SET refund_nok = 475, cancelled_at = pg_temp.oslo('2023-03-12', '12:30')
     WHERE course_id = course AND person_id = pg_temp.person_no(16);
    UPDATE registration SET refund_nok = 950, cancelled_at = pg_temp.oslo('2023-03-06', '08:20'),
           payment_state = 'credited', credited_on = '2023-03-08'
     WHERE course_id = course AND person_id = pg_temp.person_no(18);
END
$$;

-- ---- quote requests --------------------------------------------------------------------------

INSERT INTO quote_request (id, requested_by, course_type, organisation_name, org_number,
    contact_full_name, contact_email, desired_from_on, desired_to_on, participants_estimate, location,
    needs_text, requested_minutes, state, quoted_price_nok, quoted_minutes, valid_until_on, received_at,
    is_example)
VALUES
    (pg_temp.quote_no(1), pg_temp.user_no(4), 'moralsk_resonnering', 'Eksempelbakken barnehage', '310001422',
     'Kari Eksempelsen', 'kari.eksempelsen@example.no', pg_temp.today() + 45, pg_temp.today() + 75, 18,
     'Tønsberg', 'Hele personalet på en planleggingsdag. Vi vil gjerne øve på å se flere sider av en sak.',
     120, 'quoted', 9500, 120, pg_temp.today() + 30, now() - interval '6 days', true),
    (pg_temp.quote_no(2), NULL, 'moralsk_resonnering', 'Øvre Demodal barnehage', '310001562',
     'Jonas Demovold', 'jonas.demovold@example.no', NULL, NULL, 12, 'Horten',
     'Et kveldsmøte for foresatte og ansatte, om det lar seg gjøre.', NULL, 'received', NULL, NULL, NULL,
     now() - interval '1 day', true)
ON CONFLICT DO NOTHING;

-- With --refresh the quote can be accepted once more, unless it was answered.
UPDATE quote_request
   SET valid_until_on = pg_temp.today() + 30, desired_from_on = pg_temp.today() + 45,
       desired_to_on = pg_temp.today() + 75
 WHERE id = pg_temp.quote_no(1) AND state = 'quoted' AND valid_until_on < pg_temp.today()
   AND current_setting('loft.demo_refresh', true) = 'on';
