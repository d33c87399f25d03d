-- Demo data: what the festivals are about, and their programmes. The helpers are those of
-- 1_courses.sql. Contributors stand by role; nobody is named.

CREATE OR REPLACE FUNCTION pg_temp.programme_no(no int) RETURNS uuid
LANGUAGE sql AS $$ SELECT ('00000000-0000-7000-8017-' || lpad(no::text, 12, '0'))::uuid $$;

DO $$
DECLARE
    festival record;
BEGIN
    -- 19 April 2023 [seed 002 L78-L116]: day, hours, theme and lunch are known, the times in between
    -- are examples. And the upcoming one, in the same way.
    FOR festival IN
        SELECT c.id, f.first_no, (c.starts_at AT TIME ZONE 'Europe/Oslo')::date AS day
          FROM (VALUES (3, 1), (14, 11)) AS f (course_no, first_no)
          JOIN course c ON c.id = pg_temp.course_no(f.course_no)
    LOOP
        INSERT INTO course_programme_item (id, course_id, kind, starts_at, ends_at, title,
                                           description, contributor_role)
        SELECT pg_temp.programme_no(festival.first_no + p.no), festival.id, p.kind,
               pg_temp.oslo(festival.day, p.starts), pg_temp.oslo(festival.day, p.ends), p.title,
               p.description, p.contributor_role
          FROM (VALUES
            (0, 'opening', time '11:00', time '11:15', 'Åpning', NULL, 'Ordfører og kommunedirektør'),
            (1, 'hosting', '11:00', '15:30', 'Konferansierer',
             'Leder deltakerne trygt gjennom dagen.', 'To skoleelever og en journalist'),
            (2, 'talk', '11:15', '12:15', 'Lagbygging og relasjoner',
             'Hvordan relasjoner forløser den enkeltes potensial.', 'Landslagstrener'),
            (3, 'lunch', '12:15', '13:00', 'Lunsj', NULL, NULL),
            (4, 'talk', '13:00', '14:00', 'Å glede andre', NULL, 'Forfatter og gründer'),
            (5, 'talk', '14:15', '15:15', 'Å øve på å ha det bra', NULL, 'Samfunnsmedisiner'),
            (6, 'other', '15:15', '15:30', 'Avslutning', NULL, NULL)
          ) AS p (no, kind, starts, ends, title, description, contributor_role)
        ON CONFLICT DO NOTHING;
        IF FOUND THEN
            UPDATE course c SET theme = 'sosial bærekraft' WHERE c.id = festival.id AND c.theme IS NULL;
        END IF;
    END LOOP;
END
$$;

-- ---- refresh ---------------------------------------------------------------------------------

-- The programme follows its festival, which 1_courses.sql has moved.
UPDATE course_programme_item p
   SET starts_at = (p.starts_at AT TIME ZONE 'Europe/Oslo' + late.days) AT TIME ZONE 'Europe/Oslo',
       ends_at = (p.ends_at AT TIME ZONE 'Europe/Oslo' + late.days) AT TIME ZONE 'Europe/Oslo'
  FROM (SELECT i.id, make_interval(days => (c.starts_at AT TIME ZONE 'Europe/Oslo')::date
                                         - (i.starts_at AT TIME ZONE 'Europe/Oslo')::date) AS days
          FROM course_programme_item i JOIN course c ON c.id = i.course_id
         WHERE i.id IN (SELECT pg_temp.programme_no(no) FROM generate_series(11, 17) AS no)) AS late
 WHERE p.id = late.id AND late.days > interval '0'
   AND current_setting('loft.demo_refresh', true) = 'on';
