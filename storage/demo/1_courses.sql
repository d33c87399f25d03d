-- Demo data: the historic courses of SMART-senteret with real venues, dates and known prices, one
-- upcoming course of each kind that can be registered for, fictitious people, and a user for each
-- role. Run by `loft demo` as loft_owner in one transaction.
--
-- It can be run again: what is there stays as it is, also where somebody changed it. With the setting
-- loft.demo_refresh = 'on' the upcoming courses are moved to come after today once more; what people
-- registered stays.
--
-- What no source says is an example and marked so: is_example on the row, "(eksempel...)" in a name
-- that people see. Organisation numbers begin with 3, as no issued number does. Everything is
-- computed in Europe/Oslo, whatever the zone of the session.

-- ---- helpers, gone with the connection -------------------------------------------------------

CREATE OR REPLACE FUNCTION pg_temp.today() RETURNS date
LANGUAGE sql AS $$ SELECT (now() AT TIME ZONE 'Europe/Oslo')::date $$;

CREATE OR REPLACE FUNCTION pg_temp.oslo(day date, clock time) RETURNS timestamptz
LANGUAGE sql AS $$ SELECT (day + clock) AT TIME ZONE 'Europe/Oslo' $$;

-- The first Wednesday at least so many days ahead: SMART courses are held in the middle of the week.
CREATE OR REPLACE FUNCTION pg_temp.wednesday(days_ahead int) RETURNS date
LANGUAGE sql AS $$
    SELECT pg_temp.today() + days_ahead + (10 - extract(isodow FROM pg_temp.today() + days_ahead)::int) % 7
$$;

-- Ids that a reader recognises: person 3 is ...-000000000003. People have random ids otherwise,
-- everything else has ids with a time in them.
CREATE OR REPLACE FUNCTION pg_temp.person_no(no int) RETURNS uuid
LANGUAGE sql AS $$ SELECT ('00000000-0000-4000-8000-' || lpad(no::text, 12, '0'))::uuid $$;
CREATE OR REPLACE FUNCTION pg_temp.user_no(no int) RETURNS uuid
LANGUAGE sql AS $$ SELECT ('00000000-0000-7000-8000-' || lpad(no::text, 12, '0'))::uuid $$;
CREATE OR REPLACE FUNCTION pg_temp.organisation_no(no int) RETURNS uuid
LANGUAGE sql AS $$ SELECT ('00000000-0000-7000-8001-' || lpad(no::text, 12, '0'))::uuid $$;
CREATE OR REPLACE FUNCTION pg_temp.course_no(no int) RETURNS uuid
LANGUAGE sql AS $$ SELECT ('00000000-0000-7000-8002-' || lpad(no::text, 12, '0'))::uuid $$;
CREATE OR REPLACE FUNCTION pg_temp.ticket_no(no int) RETURNS uuid
LANGUAGE sql AS $$ SELECT ('00000000-0000-7000-8003-' || lpad(no::text, 12, '0'))::uuid $$;

-- One gathering with a session on each of the days.
CREATE OR REPLACE PROCEDURE pg_temp.gather(course_id uuid, seq_no int, kind text, title text,
    overnight boolean, days date[], starts time, ends time)
LANGUAGE plpgsql AS $$
DECLARE
    gathering_id uuid;
BEGIN
    INSERT INTO course_gathering (course_id, seq_no, kind, title, overnight)
    VALUES (course_id, seq_no, kind, title, overnight) RETURNING id INTO gathering_id;
    INSERT INTO course_session (gathering_id, starts_at, ends_at, has_practice_sharing)
    SELECT gathering_id, pg_temp.oslo(day, starts), pg_temp.oslo(day, ends), cardinality(days) > 1
      FROM unnest(days) AS day;
END
$$;

-- What the 950 kroner of a grunnkurs include (SM-R08): the textbook is chosen among three.
CREATE OR REPLACE PROCEDURE pg_temp.include_grunnkurs_items(course_id uuid)
LANGUAGE plpgsql AS $$
DECLARE
    textbook_id uuid;
BEGIN
    INSERT INTO course_item (course_id, code, name, choice_required) VALUES
        (course_id, 'lunch', 'Lunsj', false),
        (course_id, 'strength_cards', 'Kortstokk med styrkekort', false);
    INSERT INTO course_item (course_id, code, name, choice_required)
    VALUES (course_id, 'textbook', 'Valgfri lærebok', true) RETURNING id INTO textbook_id;
    INSERT INTO item_option (item_id, code, name) VALUES
        (textbook_id, 'barnehage', 'Lærebok for barnehagen (eksempel)'),
        (textbook_id, 'barneskole', 'Lærebok for barneskolen (eksempel)'),
        (textbook_id, 'ungdom', 'SMART ungdomsboka');
END
$$;

-- A registration of a demo person with a ticket of the course, as it would have been made then.
CREATE OR REPLACE PROCEDURE pg_temp.enrol(course_id uuid, ticket text, person_id uuid,
    profession text, employer_id uuid, state text, registered_at timestamptz,
    registered_by uuid DEFAULT NULL, item_choices jsonb DEFAULT '{}')
LANGUAGE sql AS $$
    INSERT INTO registration (course_id, ticket_type_id, person_id, registered_by, participant_name,
        participant_email, profession_code, employer_organisation_id, employer_name,
        municipality_no, buyer_type, invoice_recipient, invoice_org_number, invoice_address,
        invoice_email, item_choices, state, price_nok, payment_state, registered_at, is_example)
    SELECT t.course_id, t.id, p.id, enrol.registered_by, p.full_name, p.email, profession, o.id,
           o.name, o.municipality_no, CASE WHEN o.id IS NULL THEN 'consumer' ELSE 'organisation' END,
           o.name, o.org_number, CASE WHEN o.id IS NOT NULL THEN 'Eksempelgata 1, 0001 Eksempelby' END,
           CASE WHEN o.id IS NOT NULL THEN 'faktura@example.no' END, enrol.item_choices, enrol.state,
           t.price_nok,
           CASE WHEN t.price_nok = 0 OR enrol.state = 'waitlisted' THEN 'not_required'
                WHEN enrol.state = 'completed' THEN 'paid' ELSE 'to_invoice' END,
           enrol.registered_at, true
      FROM ticket_type t
      JOIN person p ON p.id = enrol.person_id
      LEFT JOIN organisation o ON o.id = enrol.employer_id
     WHERE t.course_id = enrol.course_id AND t.code = enrol.ticket
$$;

-- ---- organisations ---------------------------------------------------------------------------

INSERT INTO organisation (id, org_type, name, short_name, org_number, municipality_no, parent_id, is_example)
VALUES
    (pg_temp.organisation_no(1), 'municipality', 'Tønsberg kommune', 'Tønsberg', '310001007', '3905', NULL, true),
    (pg_temp.organisation_no(2), 'municipality', 'Horten kommune', 'Horten', '310001074', '3901', NULL, true),
    (pg_temp.organisation_no(3), 'municipality', 'Bergen kommune', 'Bergen', '310001147', '4601', NULL, true),
    (pg_temp.organisation_no(4), 'other', 'SMART-senteret', 'SMART', '310001287', '3905',
     pg_temp.organisation_no(1), true),
    (pg_temp.organisation_no(5), 'kindergarten', 'Eksempelbakken barnehage', NULL, '310001422', '3905',
     pg_temp.organisation_no(1), true),
    (pg_temp.organisation_no(6), 'kindergarten', 'Øvre Demodal barnehage', NULL, '310001562', '3901',
     pg_temp.organisation_no(2), true),
    (pg_temp.organisation_no(7), 'kindergarten', 'Prøveåsen private barnehage', NULL, '310001635', '4601',
     NULL, true)
ON CONFLICT DO NOTHING;

-- ---- people, users, grants -------------------------------------------------------------------

INSERT INTO person (id, full_name, email, is_example) VALUES
    (pg_temp.person_no(1), 'Astrid Demodal', 'astrid.demodal@example.no', true),
    (pg_temp.person_no(2), 'Signe Eksempelberg', 'signe.eksempelberg@example.no', true),
    (pg_temp.person_no(3), 'Ingunn Prøvestad', 'ingunn.provestad@example.no', true),
    (pg_temp.person_no(4), 'Kari Eksempelsen', 'kari.eksempelsen@example.no', true),
    (pg_temp.person_no(5), 'Ola Demostad', 'ola.demostad@example.no', true),
    (pg_temp.person_no(6), 'Bodil Eksempelvik', 'bodil.eksempelvik@example.no', true),
    (pg_temp.person_no(7), 'Ulrik Testbakken', 'ulrik.testbakken@example.no', true),
    (pg_temp.person_no(108), 'Finn Revisorli', 'finn.revisorli@example.no', true),
    (pg_temp.person_no(11), 'Nina Eksempelbakken', 'nina.eksempelbakken@example.no', true),
    (pg_temp.person_no(12), 'Per Demolien', 'per.demolien@example.no', true),
    (pg_temp.person_no(13), 'Anne Prøverud', 'anne.proverud@example.no', true),
    (pg_temp.person_no(14), 'Lars Mønsterdal', 'lars.monsterdal@example.no', true),
    (pg_temp.person_no(15), 'Åse Eksempelåsen', 'ase.eksempelasen@example.no', true),
    (pg_temp.person_no(16), 'Håkon Øvingsås', 'hakon.ovingsas@example.no', true),
    (pg_temp.person_no(17), 'Mari Skissemoen', 'mari.skissemoen@example.no', true),
    (pg_temp.person_no(18), 'Jonas Demovold', 'jonas.demovold@example.no', true),
    (pg_temp.person_no(19), 'Ingrid Prøvehaug', 'ingrid.provehaug@example.no', true),
    (pg_temp.person_no(20), 'Sindre Testnes', 'sindre.testnes@example.no', true),
    (pg_temp.person_no(21), 'Randi Eksempelmo', 'randi.eksempelmo@example.no', true),
    (pg_temp.person_no(22), 'Øystein Demoberg', 'oystein.demoberg@example.no', true)
ON CONFLICT DO NOTHING;

-- `loft token NAME` makes a token for the subject of this name.
INSERT INTO user_account (id, issuer, subject, person_id) VALUES
    (pg_temp.user_no(1), 'local', 'admin', pg_temp.person_no(1)),
    (pg_temp.user_no(2), 'local', 'smart-admin', pg_temp.person_no(2)),
    (pg_temp.user_no(3), 'local', 'smart-instructor', pg_temp.person_no(3)),
    (pg_temp.user_no(4), 'local', 'participant', pg_temp.person_no(4)),
    (pg_temp.user_no(5), 'local', 'participant-2', pg_temp.person_no(5)),
    (pg_temp.user_no(6), 'local', 'booker', pg_temp.person_no(6)),
    (pg_temp.user_no(7), 'local', 'outsider', pg_temp.person_no(7)),
    (pg_temp.user_no(108), 'local', 'auditor', pg_temp.person_no(108))
ON CONFLICT DO NOTHING;

-- A secret that nobody knows: a token for this client is made by `loft token partner`, a client with
-- a secret of its own by `loft client`.
INSERT INTO api_client (id, client_id, name, secret_sha256, scopes) VALUES
    (pg_temp.user_no(8), 'partner', 'Eksempelsystem',
     encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex'),
     ARRAY['smart:read', 'smart:register'])
ON CONFLICT DO NOTHING;

-- ---- courses ---------------------------------------------------------------------------------

DO $$
DECLARE
    tonsberg uuid := pg_temp.organisation_no(1);
    horten uuid := pg_temp.organisation_no(2);
    bergen uuid := pg_temp.organisation_no(3);
    smart uuid := pg_temp.organisation_no(4);
    eksempelbakken uuid := pg_temp.organisation_no(5);
    ovre_demodal uuid := pg_temp.organisation_no(6);
    proveasen uuid := pg_temp.organisation_no(7);
    course uuid;
    day date;
    opened timestamptz := now() - interval '7 days';
BEGIN
    -- Grunnkurs, Bergen, 22 March 2023 [seed 002 L159-L174]; the number of seats is an example.
    course := pg_temp.course_no(1);
    INSERT INTO loft.course (id, code, slug, course_type, title, description, organiser_id,
        municipality_no, venue_name, venue_address, target_groups, capacity, registration_opens_at,
        state, is_example)
    VALUES (course, 'grunnkurs-bergen-2023', 'smart-oppvekst-kurs-onsdag-22-mars-2023', 'grunnkurs',
        'SMART grunnkurs, Bergen – Folkehelse og livsmestring på timeplanen!',
        'Kursdag med praktisk utprøving, refleksjon og oversettelse til egen hverdag. Begrenset antall plasser. Kursavgiften inkluderer lunsj, valgfri lærebok og en kortstokk med styrkekortene.',
        smart, '4601', 'Kringlebotn skole', 'Kringlebotn 221, 5225 Nesttun',
        ARRAY['barnehage', 'barneskole', 'foresatte', 'frivillige'], 40,
        pg_temp.oslo('2023-03-10', '09:00'), 'completed', true)
    ON CONFLICT DO NOTHING;
    IF FOUND THEN
        CALL pg_temp.gather(course, 1, 'gathering', NULL, false, ARRAY['2023-03-22'::date], '09:00', '15:30');
        INSERT INTO ticket_type (id, course_id, code, name, price_nok)
        VALUES (pg_temp.ticket_no(1), course, 'ordinary', 'Ordinær plass', 950);
        CALL pg_temp.include_grunnkurs_items(course);
        CALL pg_temp.enrol(course, 'ordinary', pg_temp.person_no(11), 'laerer', bergen, 'completed',
            pg_temp.oslo('2023-03-11', '10:15'), NULL, '{"textbook": "barneskole"}');
        CALL pg_temp.enrol(course, 'ordinary', pg_temp.person_no(12), 'sfo_ansatt', bergen, 'completed',
            pg_temp.oslo('2023-03-12', '08:40'), NULL, '{"textbook": "barneskole"}');
        CALL pg_temp.enrol(course, 'ordinary', pg_temp.person_no(13), 'forskolelaerer', proveasen, 'completed',
            pg_temp.oslo('2023-03-13', '14:05'), NULL, '{"textbook": "barnehage"}');
        CALL pg_temp.enrol(course, 'ordinary', pg_temp.person_no(14), 'foresatt', NULL, 'completed',
            pg_temp.oslo('2023-03-15', '20:30'), NULL, '{"textbook": "barnehage"}');
        CALL pg_temp.enrol(course, 'ordinary', pg_temp.person_no(15), 'frivillig', NULL, 'no_show',
            pg_temp.oslo('2023-03-20', '21:10'), NULL, '{"textbook": "ungdom"}');
    END IF;

    -- Trainer programme 2023/24 [seed 002 L11, L46-L48]; price and times of day are examples.
    course := pg_temp.course_no(2);
    INSERT INTO loft.course (id, code, slug, course_type, title, description, focus_question,
        organiser_id, municipality_no, target_groups, capacity, registration_opens_at, state, is_example)
    VALUES (course, 'trenerutdanning-2023', 'smart-trenerutdanning-2023-24', 'trenerutdanning',
        'SMART trenerutdanning 2023/24: Folkehelse og livsmestring i praksis!',
        'Fire todagerssamlinger og SMART-festivalen. Pris og klokkeslett er eksempler.',
        'Hvordan kan vi sammen utvikle en praksis med større evne til å skape inkludering, trivsel og helse for ALLE barn og unge?',
        smart, '3803', ARRAY['skole', 'barnehage', 'sfo', 'barnevern', 'helsestasjon'], 36,
        pg_temp.oslo('2023-05-11', '09:00'), 'completed', true)
    ON CONFLICT DO NOTHING;
    IF FOUND THEN
        CALL pg_temp.gather(course, 1, 'gathering', 'Første samling', true,
            ARRAY['2023-09-06', '2023-09-07']::date[], '09:00', '15:30');
        CALL pg_temp.gather(course, 2, 'gathering', 'Andre samling', false,
            ARRAY['2023-11-22', '2023-11-23']::date[], '09:00', '15:30');
        CALL pg_temp.gather(course, 3, 'gathering', 'Tredje samling', false,
            ARRAY['2024-01-10', '2024-01-11']::date[], '09:00', '15:30');
        CALL pg_temp.gather(course, 4, 'gathering', 'Fjerde samling', false,
            ARRAY['2024-03-13', '2024-03-14']::date[], '09:00', '15:30');
        CALL pg_temp.gather(course, 5, 'festival', 'SMART-festivalen', false,
            ARRAY['2024-04-17'::date], '11:00', '15:30');
        INSERT INTO ticket_type (id, course_id, code, name, price_nok)
        VALUES (pg_temp.ticket_no(2), course, 'ordinary', 'Studieplass (eksempelpris)', 12000);
        CALL pg_temp.enrol(course, 'ordinary', pg_temp.person_no(11), 'laerer', tonsberg, 'completed',
            pg_temp.oslo('2023-05-12', '09:20'));
        CALL pg_temp.enrol(course, 'ordinary', pg_temp.person_no(13), 'forskolelaerer', eksempelbakken, 'completed',
            pg_temp.oslo('2023-05-15', '11:00'));
        CALL pg_temp.enrol(course, 'ordinary', pg_temp.person_no(16), 'sfo_ansatt', horten, 'completed',
            pg_temp.oslo('2023-05-16', '12:45'));
        CALL pg_temp.enrol(course, 'ordinary', pg_temp.person_no(17), 'barnevern', tonsberg, 'completed',
            pg_temp.oslo('2023-05-22', '15:10'));
        CALL pg_temp.enrol(course, 'ordinary', pg_temp.person_no(18), 'helsestasjon', horten, 'completed',
            pg_temp.oslo('2023-06-01', '08:05'));
        CALL pg_temp.enrol(course, 'ordinary', pg_temp.person_no(19), 'privat_naeringsliv', NULL, 'no_show',
            pg_temp.oslo('2023-06-09', '13:30'));
    END IF;

    -- The festival of 19 April 2023 [seed 002 L78-L116]; seats and both prices are examples.
    course := pg_temp.course_no(3);
    INSERT INTO loft.course (id, code, slug, course_type, title, description, focus_question,
        organiser_id, municipality_no, venue_name, venue_address, capacity, registration_opens_at,
        state, is_example)
    VALUES (course, 'festival-2023', 'smart-festivalen-2023', 'festival', 'SMART-festivalen 2023',
        'Årets tema er «sosial bærekraft». Lunsj blir servert.',
        'Hvordan skape og ivareta gode relasjoner i et inkluderende fellesskap?',
        smart, '3803', 'Støperiet', 'Tønsberg', 300, pg_temp.oslo('2023-03-01', '09:00'), 'completed', true)
    ON CONFLICT DO NOTHING;
    IF FOUND THEN
        CALL pg_temp.gather(course, 1, 'festival', NULL, false, ARRAY['2023-04-19'::date], '11:00', '15:30');
        INSERT INTO ticket_type (id, course_id, code, name, price_nok, eligibility, eligible_organisation_id) VALUES
            (pg_temp.ticket_no(3), course, 'general', 'Ordinær billett (eksempelpris)', 490, 'anyone', NULL),
            (pg_temp.ticket_no(4), course, 'tonsberg_ansatt', 'Ansatte i Tønsberg kommune (eksempelpris)', 0,
             'municipality_employee', tonsberg);
        INSERT INTO course_item (course_id, code, name) VALUES (course, 'lunch', 'Lunsj');
        CALL pg_temp.enrol(course, 'general', pg_temp.person_no(16), 'sfo_ansatt', horten, 'completed',
            pg_temp.oslo('2023-03-02', '09:12'));
        CALL pg_temp.enrol(course, 'general', pg_temp.person_no(20), 'frivillig', NULL, 'completed',
            pg_temp.oslo('2023-03-09', '19:47'));
        CALL pg_temp.enrol(course, 'tonsberg_ansatt', pg_temp.person_no(17), 'barnevern', tonsberg, 'completed',
            pg_temp.oslo('2023-03-14', '10:00'));
        CALL pg_temp.enrol(course, 'tonsberg_ansatt', pg_temp.person_no(21), 'rektor', tonsberg, 'completed',
            pg_temp.oslo('2023-03-28', '07:55'));
    END IF;

    -- The festival of 17 April 2024 [seed 002 L48]; all but the day is an example.
    course := pg_temp.course_no(4);
    INSERT INTO loft.course (id, code, slug, course_type, title, description, organiser_id,
        municipality_no, capacity, registration_opens_at, state, is_example)
    VALUES (course, 'festival-2024', 'smart-festivalen-2024', 'festival', 'SMART-festivalen 2024',
        'Klokkeslett, plasser og priser er eksempler.', smart, '3905', 300,
        pg_temp.oslo('2024-02-01', '09:00'), 'completed', true)
    ON CONFLICT DO NOTHING;
    IF FOUND THEN
        CALL pg_temp.gather(course, 1, 'festival', NULL, false, ARRAY['2024-04-17'::date], '11:00', '15:30');
        INSERT INTO ticket_type (id, course_id, code, name, price_nok, eligibility, eligible_organisation_id) VALUES
            (pg_temp.ticket_no(5), course, 'general', 'Ordinær billett (eksempelpris)', 490, 'anyone', NULL),
            (pg_temp.ticket_no(6), course, 'tonsberg_ansatt', 'Ansatte i Tønsberg kommune (eksempelpris)', 0,
             'municipality_employee', tonsberg);
        CALL pg_temp.enrol(course, 'general', pg_temp.person_no(12), 'laerer', horten, 'completed',
            pg_temp.oslo('2024-02-05', '12:20'));
        CALL pg_temp.enrol(course, 'tonsberg_ansatt', pg_temp.person_no(11), 'laerer', tonsberg, 'completed',
            pg_temp.oslo('2024-02-06', '08:30'));
        CALL pg_temp.enrol(course, 'tonsberg_ansatt', pg_temp.person_no(22), 'miljoarbeider', tonsberg, 'no_show',
            pg_temp.oslo('2024-03-19', '16:02'));
    END IF;

    -- Ungdomskurs, 20 November 2019; the number of seats is an example.
    course := pg_temp.course_no(5);
    INSERT INTO loft.course (id, code, slug, course_type, title, description, organiser_id,
        venue_name, capacity, registration_opens_at, state, is_example)
    VALUES (course, 'ungdomskurs-2019', 'smart-ungdomskurs-20-november-2019', 'ungdomskurs',
        'SMART ungdomskurs, Våle',
        'Kursavgiften inkluderer lunsj, SMART ungdomsboka, Planlegger''n og styrkekort.',
        smart, 'Våle samfunnshus', 40, pg_temp.oslo('2019-10-01', '09:00'), 'completed', true)
    ON CONFLICT DO NOTHING;
    IF FOUND THEN
        CALL pg_temp.gather(course, 1, 'gathering', NULL, false, ARRAY['2019-11-20'::date], '09:00', '15:30');
        INSERT INTO ticket_type (id, course_id, code, name, price_nok)
        VALUES (pg_temp.ticket_no(7), course, 'ordinary', 'Ordinær plass', 950);
        INSERT INTO course_item (course_id, code, name) VALUES
            (course, 'lunch', 'Lunsj'), (course, 'youth_book', 'SMART ungdomsboka'),
            (course, 'planner', 'Planlegger''n'), (course, 'strength_cards', 'Styrkekort');
        CALL pg_temp.enrol(course, 'ordinary', pg_temp.person_no(18), 'helsestasjon', horten, 'completed',
            pg_temp.oslo('2019-10-08', '13:15'));
        CALL pg_temp.enrol(course, 'ordinary', pg_temp.person_no(21), 'laerer', NULL, 'completed',
            pg_temp.oslo('2019-10-21', '09:33'));
    END IF;

    -- By agreement: no seats, dates or prices [seed 002 L225-L239].
    INSERT INTO loft.course (id, code, slug, course_type, title, description, organiser_id, state)
    VALUES
        (pg_temp.course_no(6), 'moralsk-resonnering', 'moralsk-resonneringskurs', 'moralsk_resonnering',
         'Moralsk resonneringskurs',
         'Innledende teori, praktiske metoder og refleksjon i grupper. Kurset varer i to timer; tidsrammen kan tilpasses. Pris etter avtale.',
         smart, 'published'),
        (pg_temp.course_no(7), 'kursrekke', 'smart-kursrekke', 'kursrekke', 'SMART kursrekke',
         'En kursrekke som sys sammen for den enkelte virksomheten. Pris etter avtale.', smart, 'published')
    ON CONFLICT DO NOTHING;

    -- Upcoming: a grunnkurs with the known price and contents.
    course := pg_temp.course_no(11);
    day := pg_temp.wednesday(42);
    INSERT INTO loft.course (id, code, slug, course_type, title, description, organiser_id,
        municipality_no, venue_name, venue_address, target_groups, capacity, registration_opens_at,
        registration_closes_at, state, is_example)
    VALUES (course, 'grunnkurs-demo', 'grunnkurs-demo', 'grunnkurs', 'SMART grunnkurs (eksempel)',
        'Kursdag med praktisk utprøving, refleksjon og oversettelse til egen hverdag. Kursavgiften inkluderer lunsj, valgfri lærebok og en kortstokk med styrkekortene.',
        smart, '3905', 'Tønsberg kulturskole', 'Banebakken 43, 3127 Tønsberg',
        ARRAY['barnehage', 'barneskole', 'foresatte', 'frivillige'], 40, opened,
        pg_temp.oslo(day - 2, '00:00'), 'published', true)
    ON CONFLICT DO NOTHING;
    IF FOUND THEN
        CALL pg_temp.gather(course, 1, 'gathering', NULL, false, ARRAY[day], '09:00', '15:30');
        INSERT INTO ticket_type (id, course_id, code, name, price_nok)
        VALUES (pg_temp.ticket_no(11), course, 'ordinary', 'Ordinær plass', 950);
        CALL pg_temp.include_grunnkurs_items(course);
        CALL pg_temp.enrol(course, 'ordinary', pg_temp.person_no(14), 'laerer', tonsberg, 'confirmed',
            now() - interval '6 days', pg_temp.user_no(6), '{"textbook": "barneskole"}');
        CALL pg_temp.enrol(course, 'ordinary', pg_temp.person_no(15), 'forskolelaerer', ovre_demodal, 'confirmed',
            now() - interval '5 days', NULL, '{"textbook": "barnehage"}');
        CALL pg_temp.enrol(course, 'ordinary', pg_temp.person_no(5), 'foresatt', NULL, 'confirmed',
            now() - interval '4 days', pg_temp.user_no(5), '{"textbook": "ungdom"}');
    END IF;

    -- Upcoming: an ungdomskurs.
    course := pg_temp.course_no(12);
    day := pg_temp.wednesday(56);
    INSERT INTO loft.course (id, code, slug, course_type, title, description, organiser_id,
        municipality_no, venue_name, target_groups, capacity, registration_opens_at,
        registration_closes_at, state, is_example)
    VALUES (course, 'ungdomskurs-demo', 'ungdomskurs-demo', 'ungdomskurs', 'SMART ungdomskurs (eksempel)',
        'Kursavgiften inkluderer lunsj, SMART ungdomsboka, Planlegger''n og styrkekort.', smart, '3905',
        'Våle samfunnshus', ARRAY['ungdomsskole', 'helsestasjon'], 30, opened,
        pg_temp.oslo(day - 2, '00:00'), 'published', true)
    ON CONFLICT DO NOTHING;
    IF FOUND THEN
        CALL pg_temp.gather(course, 1, 'gathering', NULL, false, ARRAY[day], '09:00', '15:30');
        INSERT INTO ticket_type (id, course_id, code, name, price_nok)
        VALUES (pg_temp.ticket_no(12), course, 'ordinary', 'Ordinær plass', 950);
        INSERT INTO course_item (course_id, code, name) VALUES
            (course, 'lunch', 'Lunsj'), (course, 'youth_book', 'SMART ungdomsboka'),
            (course, 'planner', 'Planlegger''n'), (course, 'strength_cards', 'Styrkekort');
        CALL pg_temp.enrol(course, 'ordinary', pg_temp.person_no(18), 'helsestasjon', horten, 'confirmed',
            now() - interval '3 days');
    END IF;

    -- Upcoming: a trainer programme, spaced as the one of 2023/24.
    course := pg_temp.course_no(13);
    day := pg_temp.wednesday(35);
    INSERT INTO loft.course (id, code, slug, course_type, title, description, focus_question,
        organiser_id, municipality_no, venue_name, venue_address, target_groups, capacity,
        registration_opens_at, registration_closes_at, state, is_example)
    VALUES (course, 'trenerutdanning-demo', 'trenerutdanning-demo', 'trenerutdanning',
        'SMART trenerutdanning (eksempel)',
        'Fire todagerssamlinger og SMART-festivalen. Første samling er med overnatting.',
        'Hvordan kan vi sammen utvikle en praksis med større evne til å skape inkludering, trivsel og helse for ALLE barn og unge?',
        smart, '3905', 'Tønsberg kulturskole', 'Banebakken 43, 3127 Tønsberg',
        ARRAY['skole', 'barnehage', 'sfo', 'barnevern', 'helsestasjon'], 36, opened,
        pg_temp.oslo(day - 7, '00:00'), 'published', true)
    ON CONFLICT DO NOTHING;
    IF FOUND THEN
        CALL pg_temp.gather(course, 1, 'gathering', 'Første samling', true,
            ARRAY[day, day + 1], '09:00', '15:30');
        CALL pg_temp.gather(course, 2, 'gathering', 'Andre samling', false,
            ARRAY[day + 77, day + 78], '09:00', '15:30');
        CALL pg_temp.gather(course, 3, 'gathering', 'Tredje samling', false,
            ARRAY[day + 126, day + 127], '09:00', '15:30');
        CALL pg_temp.gather(course, 4, 'gathering', 'Fjerde samling', false,
            ARRAY[day + 189, day + 190], '09:00', '15:30');
        CALL pg_temp.gather(course, 5, 'festival', 'SMART-festivalen', false,
            ARRAY[day + 224], '11:00', '15:30');
        INSERT INTO ticket_type (id, course_id, code, name, price_nok)
        VALUES (pg_temp.ticket_no(13), course, 'ordinary', 'Studieplass (eksempelpris)', 12000);
        CALL pg_temp.enrol(course, 'ordinary', pg_temp.person_no(22), 'miljoarbeider', tonsberg, 'confirmed',
            now() - interval '6 days', pg_temp.user_no(6));
        CALL pg_temp.enrol(course, 'ordinary', pg_temp.person_no(19), 'privat_naeringsliv', NULL, 'confirmed',
            now() - interval '2 days');
    END IF;

    -- Upcoming: a festival whose two tickets share one hall.
    course := pg_temp.course_no(14);
    day := pg_temp.wednesday(84);
    INSERT INTO loft.course (id, code, slug, course_type, title, description, focus_question,
        organiser_id, municipality_no, venue_name, venue_address, capacity, registration_opens_at,
        registration_closes_at, state, is_example)
    VALUES (course, 'festival-demo', 'festival-demo', 'festival', 'SMART-festivalen (eksempel)',
        'Faglig påfyll og verktøy til egen hverdag. Lunsj blir servert.',
        'Hvordan skape og ivareta gode relasjoner i et inkluderende fellesskap?',
        smart, '3905', 'Støperiet', 'Tønsberg', 300, opened, pg_temp.oslo(day - 2, '00:00'),
        'published', true)
    ON CONFLICT DO NOTHING;
    IF FOUND THEN
        CALL pg_temp.gather(course, 1, 'festival', NULL, false, ARRAY[day], '11:00', '15:30');
        INSERT INTO ticket_type (id, course_id, code, name, price_nok, eligibility, eligible_organisation_id) VALUES
            (pg_temp.ticket_no(14), course, 'general', 'Ordinær billett (eksempelpris)', 490, 'anyone', NULL),
            (pg_temp.ticket_no(15), course, 'tonsberg_ansatt', 'Ansatte i Tønsberg kommune (eksempelpris)', 0,
             'municipality_employee', tonsberg);
        INSERT INTO course_item (course_id, code, name) VALUES (course, 'lunch', 'Lunsj');
        CALL pg_temp.enrol(course, 'general', pg_temp.person_no(20), 'frivillig', NULL, 'confirmed',
            now() - interval '5 days');
        CALL pg_temp.enrol(course, 'tonsberg_ansatt', pg_temp.person_no(21), 'rektor', tonsberg, 'confirmed',
            now() - interval '1 day', pg_temp.user_no(6));
    END IF;

    -- Upcoming and soon: two seats, both taken, and one who waits. Cancelled now, it gives half back.
    course := pg_temp.course_no(15);
    day := pg_temp.wednesday(7);
    INSERT INTO loft.course (id, code, slug, course_type, title, description, organiser_id,
        municipality_no, venue_name, venue_address, capacity, registration_opens_at, state, is_example)
    VALUES (course, 'fullt-demo', 'fullt-demo', 'grunnkurs', 'SMART grunnkurs, fullt (eksempel)',
        'Et lite kurs uten ledige plasser, for å vise ventelisten.', smart, '3905',
        'Tønsberg kulturskole', 'Banebakken 43, 3127 Tønsberg', 2, opened, 'published', true)
    ON CONFLICT DO NOTHING;
    IF FOUND THEN
        CALL pg_temp.gather(course, 1, 'gathering', NULL, false, ARRAY[day], '09:00', '15:30');
        INSERT INTO ticket_type (id, course_id, code, name, price_nok)
        VALUES (pg_temp.ticket_no(16), course, 'ordinary', 'Ordinær plass', 950);
        CALL pg_temp.enrol(course, 'ordinary', pg_temp.person_no(4), 'laerer', NULL, 'confirmed',
            now() - interval '3 days', pg_temp.user_no(4));
        CALL pg_temp.enrol(course, 'ordinary', pg_temp.person_no(17), 'barnevern', tonsberg, 'confirmed',
            now() - interval '2 days', pg_temp.user_no(6));
        CALL pg_temp.enrol(course, 'ordinary', pg_temp.person_no(5), 'foresatt', NULL, 'waitlisted',
            now() - interval '1 day', pg_temp.user_no(5));
    END IF;
END
$$;

-- Roles; after the courses, because the instructor's names one. outsider has none.
INSERT INTO role_grant (user_id, client_id, role, scope_type, scope_id) VALUES
    (pg_temp.user_no(1), NULL, 'admin', 'global', NULL),
    (pg_temp.user_no(2), NULL, 'smart_admin', 'global', NULL),
    (pg_temp.user_no(3), NULL, 'smart_instructor', 'course', pg_temp.course_no(11)),
    (pg_temp.user_no(4), NULL, 'participant', 'global', NULL),
    (pg_temp.user_no(5), NULL, 'participant', 'global', NULL),
    (pg_temp.user_no(6), NULL, 'booker', 'organisation', pg_temp.organisation_no(1)),
    (pg_temp.user_no(108), NULL, 'auditor', 'global', NULL),
    (NULL, pg_temp.user_no(8), 'partner_system', 'global', NULL)
ON CONFLICT DO NOTHING;

-- ---- refresh ---------------------------------------------------------------------------------

-- Moves each upcoming course, its sessions and its registration window by the same number of days,
-- so that it begins as far ahead as on the day of loading, and opens it again. Never backwards.
DO $$
DECLARE
    moved record;
BEGIN
    IF current_setting('loft.demo_refresh', true) IS DISTINCT FROM 'on' THEN
        RETURN;
    END IF;
    FOR moved IN
        SELECT c.id, c.state,
               pg_temp.wednesday(upcoming.days_ahead) - (c.starts_at AT TIME ZONE 'Europe/Oslo')::date AS days
          FROM (VALUES (11, 42), (12, 56), (13, 35), (14, 84), (15, 7)) AS upcoming (no, days_ahead)
          JOIN course c ON c.id = pg_temp.course_no(upcoming.no)
    LOOP
        CONTINUE WHEN coalesce(moved.days, 0) <= 0 AND moved.state = 'published';
        UPDATE course_session s
           SET starts_at = (s.starts_at AT TIME ZONE 'Europe/Oslo' + make_interval(days => moved.days))
                           AT TIME ZONE 'Europe/Oslo',
               ends_at = (s.ends_at AT TIME ZONE 'Europe/Oslo' + make_interval(days => moved.days))
                         AT TIME ZONE 'Europe/Oslo'
         WHERE s.course_id = moved.id AND moved.days > 0;
        UPDATE course c
           SET registration_opens_at = least(c.registration_opens_at, now()),
               registration_closes_at =
                   (c.registration_closes_at AT TIME ZONE 'Europe/Oslo'
                    + make_interval(days => greatest(moved.days, 0))) AT TIME ZONE 'Europe/Oslo',
               state = 'published'
         WHERE c.id = moved.id;
        INSERT INTO event (actor_kind, operation, resource_type, resource_id, version, from_state, to_state)
        SELECT 'system', 'demo.refresh', 'course', c.id, c.version, moved.state, c.state
          FROM course c WHERE c.id = moved.id;
    END LOOP;
END
$$;
