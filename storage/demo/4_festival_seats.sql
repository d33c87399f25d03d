-- Demo data: the festival of the upcoming trainer programme, with the seats that are reserved there
-- (SM-R07). The helpers are those of 1_courses.sql. Those who attend are told of it in
-- 5_notifications.sql.

-- Everything about it is an example.
DO $$
DECLARE
    programme uuid := pg_temp.course_no(13);
    festival uuid := pg_temp.course_no(81);
    day date := (SELECT (min(s.starts_at) AT TIME ZONE 'Europe/Oslo')::date
                   FROM course_gathering g JOIN course_session s ON s.gathering_id = g.id
                  WHERE g.course_id = programme AND g.kind = 'festival');
    trainee record;
BEGIN
    INSERT INTO loft.course (id, code, slug, course_type, title, description, theme, organiser_id,
        municipality_no, venue_name, venue_address, capacity, registration_opens_at,
        registration_closes_at, state, is_example)
    SELECT festival, 'festival-trenere-demo', 'festival-trenere-demo', 'festival',
           'SMART-festivalen, med avslutning av trenerutdanningen (eksempel)',
           'Deltakerne på trenerutdanningen har plasser som er holdt av.', 'sosial bærekraft',
           c.organiser_id, '3905', 'Støperiet', 'Tønsberg', 120, now() - interval '7 days',
           pg_temp.oslo(day - 2, '00:00'), 'published', true
      FROM course c WHERE c.id = programme AND c.state = 'published' AND day IS NOT NULL
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    CALL pg_temp.gather(festival, 1, 'festival', NULL, false, ARRAY[day], '11:00', '15:30');
    INSERT INTO ticket_type (id, course_id, code, name, price_nok, eligibility) VALUES
        (pg_temp.ticket_no(81), festival, 'general', 'Ordinær billett (eksempelpris)', 490, 'anyone'),
        (pg_temp.ticket_no(82), festival, 'trainer', 'Deltakere på SMART trenerutdanning', 0, 'trainee');
    INSERT INTO course_item (course_id, code, name) VALUES (festival, 'lunch', 'Lunsj');
    FOR trainee IN SELECT r.* FROM registration r
                    WHERE r.course_id = programme AND r.state = 'confirmed' ORDER BY r.registered_at
    LOOP
        CALL pg_temp.enrol(festival, 'trainer', trainee.person_id, trainee.profession_code,
            trainee.employer_organisation_id, 'confirmed', trainee.registered_at, trainee.registered_by);
        UPDATE registration t SET festival_registration_id =
            (SELECT s.id FROM registration s WHERE s.course_id = festival AND s.person_id = t.person_id)
         WHERE t.id = trainee.id;
    END LOOP;
    INSERT INTO festival_reservation (course_id, festival_course_id, ticket_type_id, seats)
    SELECT c.id, festival, pg_temp.ticket_no(82), c.capacity - c.seats_confirmed
      FROM course c WHERE c.id = programme;
END
$$;

-- ---- refresh ---------------------------------------------------------------------------------

-- The festival follows the festival day of its programme, which 1_courses.sql has moved.
DO $$
DECLARE
    late int;
BEGIN
    SELECT (min(s.starts_at) AT TIME ZONE 'Europe/Oslo')::date
           - (f.starts_at AT TIME ZONE 'Europe/Oslo')::date INTO late
      FROM course f
      JOIN course_gathering g ON g.course_id = pg_temp.course_no(13) AND g.kind = 'festival'
      JOIN course_session s ON s.gathering_id = g.id
     WHERE f.id = pg_temp.course_no(81)
     GROUP BY f.starts_at;
    IF current_setting('loft.demo_refresh', true) IS DISTINCT FROM 'on' OR coalesce(late, 0) <= 0 THEN
        RETURN;
    END IF;
    UPDATE course_session s
       SET starts_at = (s.starts_at AT TIME ZONE 'Europe/Oslo' + make_interval(days => late))
                       AT TIME ZONE 'Europe/Oslo',
           ends_at = (s.ends_at AT TIME ZONE 'Europe/Oslo' + make_interval(days => late))
                     AT TIME ZONE 'Europe/Oslo'
     WHERE s.course_id = pg_temp.course_no(81);
    UPDATE course c
       SET registration_closes_at = (c.registration_closes_at AT TIME ZONE 'Europe/Oslo'
                                     + make_interval(days => late)) AT TIME ZONE 'Europe/Oslo'
     WHERE c.id = pg_temp.course_no(81);
END
$$;
