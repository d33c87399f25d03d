-- Demo data: who came to the trainer programme of 2023/24, what participants wrote about its first day,
-- and the certificates of those with enough days (SM-R12: 7 of 8). All of it is an example.

DO $$
DECLARE
    programme uuid := pg_temp.course_no(2);
BEGIN
    -- Person 13 missed a day, person 16 two, and person 19 never came.
    INSERT INTO attendance (session_id, course_id, registration_id, status, note)
    SELECT s.id, r.course_id, r.id, m.status, CASE m.status WHEN 'excused' THEN 'Meldt fra på forhånd' END
      FROM registration r
      JOIN course_session s ON s.course_id = r.course_id
      CROSS JOIN LATERAL (
          SELECT CASE
              WHEN r.person_id = pg_temp.person_no(19) THEN 'absent'
              WHEN r.person_id = pg_temp.person_no(13) AND local_day(s.starts_at) = '2023-11-23' THEN 'excused'
              WHEN r.person_id = pg_temp.person_no(16)
                   AND local_day(s.starts_at) IN ('2024-01-10', '2024-01-11') THEN 'absent'
              ELSE 'present' END AS status) AS m
     WHERE r.course_id = programme AND r.state IN ('completed', 'no_show')
       AND r.person_id IN (SELECT pg_temp.person_no(no) FROM unnest(ARRAY[11, 13, 16, 17, 18, 19]) AS no)
    ON CONFLICT DO NOTHING;
    UPDATE attendance_sheet h SET recorded_at = s.ends_at
      FROM course_session s
     WHERE s.id = h.id AND h.course_id = programme AND h.recorded_at IS NULL;

    INSERT INTO reflection (id, session_id, author_person_id, text, written_on, is_example)
    SELECT f.id::uuid, s.id, pg_temp.person_no(f.author), f.text, '2023-09-06', true
      FROM (VALUES
          ('5b0c8b0e-7d0f-4b36-9d6a-0a4a4b1f0c11', 11, 'Det var godt å bli møtt med nysgjerrighet før noen spurte hva jeg kunne.'),
          ('c1f2a7f4-31d6-4c58-8a53-6d3f5be0a0d2', 17, 'Styrkeportrettet ga meg ord på noe jeg ikke har turt å si høyt.'),
          ('0e9d6a52-44b1-4f0a-b7de-95c8f7f5e2a9', 18, 'Jeg tar med meg øvelsen i par hjem til kollegaene mine allerede i morgen.')
      ) AS f (id, author, text)
      JOIN course_session s ON s.course_id = programme AND local_day(s.starts_at) = '2023-09-06'
     WHERE NOT EXISTS (SELECT FROM reflection x WHERE x.id = f.id::uuid);

    -- One was revoked, to show what verification says of it.
    INSERT INTO certificate (serial_no, registration_id, course_id, person_id, participant_name,
        course_title, organiser_name, held_on, attended_days, issued_on, state, revoked_on,
        revoked_reason, is_example)
    SELECT c.serial_no, r.id, r.course_id, r.person_id, r.participant_name, k.title, o.name,
           ARRAY(SELECT local_day(s.starts_at) FROM course_session s
                   JOIN course_gathering g ON g.id = s.gathering_id
                  WHERE s.course_id = r.course_id AND g.kind = 'gathering' ORDER BY s.starts_at),
           c.days, '2024-04-17', c.state, c.revoked_on::date, c.reason, true
      FROM (VALUES
          ('DEM2-KURS-BEV7', 11, 8, 'valid', NULL, NULL),
          ('DEM3-KURS-BEVH', 13, 7, 'valid', NULL, NULL),
          ('DEM4-KURS-BEVU', 17, 8, 'valid', NULL, NULL),
          ('DEM5-KURS-BEV6', 18, 8, 'revoked', '2024-05-02', 'Utstedt ved en feil (eksempel)')
      ) AS c (serial_no, person, days, state, revoked_on, reason)
      JOIN registration r ON r.course_id = programme AND r.person_id = pg_temp.person_no(c.person)
      JOIN course k ON k.id = r.course_id
      LEFT JOIN organisation o ON o.id = k.organiser_id
    ON CONFLICT DO NOTHING;
END
$$;
