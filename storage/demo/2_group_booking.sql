-- Group bookings: Tønsberg takes part in the festival with six people, two of them named; Horten waits
-- for two seats at the full course. And a course whose seats are drawn, with three who want one.

CREATE OR REPLACE FUNCTION pg_temp.group_no(no int) RETURNS uuid
LANGUAGE sql AS $$ SELECT ('00000000-0000-7000-8020-' || lpad(no::text, 12, '0'))::uuid $$;

INSERT INTO person (id, full_name, email, is_example) VALUES
    (pg_temp.person_no(201), 'Jorunn Eksempeltun', 'jorunn.eksempeltun@example.no', true),
    (pg_temp.person_no(202), 'Eirik Demohagen', 'eirik.demohagen@example.no', true),
    (pg_temp.person_no(203), 'Synnøve Prøveli', 'synnove.proveli@example.no', true),
    (pg_temp.person_no(204), 'Magnus Testmyr', 'magnus.testmyr@example.no', true),
    (pg_temp.person_no(205), 'Åshild Skisseby', 'ashild.skisseby@example.no', true)
ON CONFLICT DO NOTHING;

-- A booking of an organisation with a ticket of the course.
CREATE OR REPLACE PROCEDURE pg_temp.book(id uuid, course_id uuid, ticket text, organisation_id uuid,
    seats int, state text, booked_by uuid)
LANGUAGE sql AS $$
    INSERT INTO group_booking (id, course_id, ticket_type_id, organisation_id, booked_by,
        contact_full_name, contact_email, seats, names_due_on, invoice_recipient,
        invoice_org_number, invoice_email, state, price_nok, booked_at, is_example)
    SELECT book.id, t.course_id, t.id, o.id, book.booked_by, 'Bodil Eksempelvik',
           'bodil.eksempelvik@example.no', book.seats,
           greatest((c.starts_at AT TIME ZONE 'Europe/Oslo')::date - 14, pg_temp.today()), o.name,
           o.org_number, 'faktura@example.no', book.state, t.price_nok, now() - interval '2 hours',
           true
      FROM ticket_type t
      JOIN course c ON c.id = t.course_id
      JOIN organisation o ON o.id = book.organisation_id
     WHERE t.course_id = book.course_id AND t.code = book.ticket
$$;

DO $$
DECLARE
    festival uuid := pg_temp.course_no(14);
    tonsberg uuid := pg_temp.organisation_no(1);
    person int;
    day date := pg_temp.wednesday(28);
    raffle uuid := pg_temp.course_no(21);
BEGIN
    IF NOT EXISTS (SELECT FROM group_booking g WHERE g.id = pg_temp.group_no(1)) THEN
        CALL pg_temp.book(pg_temp.group_no(1), festival, 'tonsberg_ansatt', tonsberg, 6, 'confirmed',
            pg_temp.user_no(6));
        FOREACH person IN ARRAY ARRAY[201, 202] LOOP
            INSERT INTO registration (course_id, ticket_type_id, person_id, registered_by,
                group_booking_id, participant_name, participant_email, profession_code,
                employer_organisation_id, employer_name, municipality_no, buyer_type, state,
                price_nok, payment_state, is_example)
            SELECT g.course_id, g.ticket_type_id, p.id, g.booked_by, g.id, p.full_name, p.email,
                   'sfo_ansatt', o.id, o.name, o.municipality_no, 'organisation', 'confirmed',
                   g.price_nok, 'not_required', true
              FROM group_booking g
              JOIN organisation o ON o.id = g.organisation_id
              JOIN person p ON p.id = pg_temp.person_no(person)
             WHERE g.id = pg_temp.group_no(1);
        END LOOP;
        CALL pg_temp.book(pg_temp.group_no(2), pg_temp.course_no(15), 'ordinary',
            pg_temp.organisation_no(2), 2, 'waitlisted', NULL);
    END IF;

    INSERT INTO loft.course (id, code, slug, course_type, title, description, organiser_id,
        municipality_no, venue_name, capacity, registration_opens_at, registration_closes_at,
        seat_allocation, state, is_example)
    VALUES (raffle, 'trekning-demo', 'trekning-demo', 'ungdomskurs',
        'SMART ungdomskurs med loddtrekning (eksempel)',
        'Plassene trekkes når påmeldingen er stengt, for å vise loddtrekningen.',
        pg_temp.organisation_no(4), '3905', 'Tønsberg kulturskole', 2, now() - interval '7 days',
        pg_temp.oslo(day - 14, '00:00'), 'raffle', 'published', true)
    ON CONFLICT DO NOTHING;
    IF FOUND THEN
        CALL pg_temp.gather(raffle, 1, 'gathering', NULL, false, ARRAY[day], '09:00', '15:30');
        INSERT INTO ticket_type (id, course_id, code, name, price_nok)
        VALUES (pg_temp.ticket_no(21), raffle, 'ordinary', 'Ordinær plass', 950);
        FOREACH person IN ARRAY ARRAY[203, 204, 205] LOOP
            CALL pg_temp.enrol(raffle, 'ordinary', pg_temp.person_no(person), 'frivillig', NULL,
                'waitlisted', now() - interval '1 day');
        END LOOP;
    END IF;
END
$$;

-- ---- refresh ---------------------------------------------------------------------------------

-- The raffle is held again, as 1_courses.sql does with the other upcoming courses, and drawn anew; the
-- last day for names follows the course.
DO $$
DECLARE
    moved record;
BEGIN
    IF current_setting('loft.demo_refresh', true) IS DISTINCT FROM 'on' THEN
        RETURN;
    END IF;
    FOR moved IN
        SELECT c.id, make_interval(days => pg_temp.wednesday(28)
                                           - (c.starts_at AT TIME ZONE 'Europe/Oslo')::date) AS late
          FROM course c
         WHERE c.id = pg_temp.course_no(21) AND c.state = 'published'
    LOOP
        CONTINUE WHEN moved.late <= interval '0';
        UPDATE course_session s
           SET starts_at = (s.starts_at AT TIME ZONE 'Europe/Oslo' + moved.late) AT TIME ZONE 'Europe/Oslo',
               ends_at = (s.ends_at AT TIME ZONE 'Europe/Oslo' + moved.late) AT TIME ZONE 'Europe/Oslo'
         WHERE s.course_id = moved.id;
        UPDATE course c
           SET registration_closes_at =
                   (c.registration_closes_at AT TIME ZONE 'Europe/Oslo' + moved.late)
                   AT TIME ZONE 'Europe/Oslo',
               drawn_at = NULL, draw_seed = NULL
         WHERE c.id = moved.id;
        INSERT INTO event (actor_kind, operation, resource_type, resource_id, version, from_state, to_state)
        SELECT 'system', 'demo.refresh', 'course', c.id, c.version, c.state, c.state
          FROM course c WHERE c.id = moved.id;
    END LOOP;
    UPDATE group_booking g
       SET names_due_on = greatest((c.starts_at AT TIME ZONE 'Europe/Oslo')::date - 14, pg_temp.today())
      FROM course c
     WHERE c.id = g.course_id AND g.id IN (pg_temp.group_no(1), pg_temp.group_no(2))
       AND g.names_due_on < pg_temp.today();
END
$$;
