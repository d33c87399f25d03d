-- The upcoming trainer programme has participants of many professions, in locked learning groups and
-- pairs, as the service makes them. Kari (participant) is one of them.

INSERT INTO person (id, full_name, email, is_example) VALUES
    (pg_temp.person_no(301), 'Berit Eksempelhaug', 'berit.eksempelhaug@example.no', true),
    (pg_temp.person_no(302), 'Tor Demobakk', 'tor.demobakk@example.no', true),
    (pg_temp.person_no(303), 'Hilde Prøvedal', 'hilde.provedal@example.no', true),
    (pg_temp.person_no(304), 'Geir Testvik', 'geir.testvik@example.no', true),
    (pg_temp.person_no(305), 'Solveig Mønsterås', 'solveig.monsteras@example.no', true),
    (pg_temp.person_no(306), 'Arne Skissestad', 'arne.skissestad@example.no', true),
    (pg_temp.person_no(307), 'Liv Øvingsmo', 'liv.ovingsmo@example.no', true),
    (pg_temp.person_no(308), 'Bjørn Eksempelnes', 'bjorn.eksempelnes@example.no', true),
    (pg_temp.person_no(309), 'Turid Demohaug', 'turid.demohaug@example.no', true),
    (pg_temp.person_no(310), 'Åge Prøvevoll', 'age.provevoll@example.no', true),
    (pg_temp.person_no(311), 'Wenche Testberg', 'wenche.testberg@example.no', true),
    (pg_temp.person_no(312), 'Svein Mønstermo', 'svein.monstermo@example.no', true),
    (pg_temp.person_no(313), 'Gerd Skissedal', 'gerd.skissedal@example.no', true),
    (pg_temp.person_no(314), 'Odd Øvingsvik', 'odd.ovingsvik@example.no', true),
    (pg_temp.person_no(315), 'Marit Eksempeldal', 'marit.eksempeldal@example.no', true),
    (pg_temp.person_no(316), 'Knut Demones', 'knut.demones@example.no', true),
    (pg_temp.person_no(317), 'Ragnhild Prøvemo', 'ragnhild.provemo@example.no', true),
    (pg_temp.person_no(318), 'Steinar Testås', 'steinar.testas@example.no', true),
    (pg_temp.person_no(319), 'Eldbjørg Mønstervik', 'eldbjorg.monstervik@example.no', true),
    (pg_temp.person_no(320), 'Trygve Skissehaug', 'trygve.skissehaug@example.no', true),
    (pg_temp.person_no(321), 'Unni Øvingsberg', 'unni.ovingsberg@example.no', true)
ON CONFLICT DO NOTHING;

DO $$
DECLARE
    course uuid := pg_temp.course_no(13);
    -- Profession, employer (0: none), person.
    people text[] := ARRAY[
        'laerer 0 4', 'laerer 1 301', 'laerer 1 302', 'laerer 2 303', 'laerer 2 304', 'laerer 3 305',
        'laerer 0 306', 'laerer 0 307', 'forskolelaerer 5 308', 'forskolelaerer 5 309',
        'forskolelaerer 6 310', 'forskolelaerer 6 311', 'forskolelaerer 7 312', 'sfo_ansatt 2 313',
        'sfo_ansatt 3 314', 'sfo_ansatt 0 315', 'sfo_ansatt 0 316', 'barnevern 3 317',
        'barnevern 0 318', 'helsestasjon 1 319', 'helsestasjon 0 320', 'leder 7 321'];
    line text;
BEGIN
    IF EXISTS (SELECT FROM learning_grouping g WHERE g.course_id = course) THEN
        RETURN;
    END IF;
    FOREACH line IN ARRAY people LOOP
        CALL pg_temp.enrol(course, 'ordinary', pg_temp.person_no(split_part(line, ' ', 3)::int),
            split_part(line, ' ', 1),
            CASE WHEN split_part(line, ' ', 2) <> '0'
                 THEN pg_temp.organisation_no(split_part(line, ' ', 2)::int) END,
            'confirmed', now() - interval '3 days');
    END LOOP;

    INSERT INTO learning_grouping (course_id, group_count, state, locked_at)
    VALUES (course, 4, 'locked', now());
    INSERT INTO learning_group (course_id, seq_no, name)
    SELECT course, n, 'Læringsgruppe ' || n FROM generate_series(1, 4) AS n;
    -- The deal of domain.md §4.6; these employers leave nothing to exchange.
    WITH counted AS (
        SELECT r.id, r.profession_code, r.employer_organisation_id,
               count(*) OVER (PARTITION BY r.profession_code) AS profession_count
          FROM registration r WHERE r.course_id = course AND r.state = 'confirmed'),
    dealt AS (
        SELECT c.id, c.profession_count,
               row_number() OVER (ORDER BY c.profession_count DESC, c.profession_code COLLATE "C",
                   c.employer_organisation_id NULLS LAST, c.id) AS deal_no,
               row_number() OVER (PARTITION BY c.profession_code
                   ORDER BY c.employer_organisation_id NULLS LAST, c.id) AS profession_no
          FROM counted c)
    INSERT INTO learning_group_member (registration_id, group_id, placed_by, placed_version, deal_no,
        profession_no, profession_count)
    SELECT d.id, g.id, 'deal', 1, d.deal_no, d.profession_no, d.profession_count
      FROM dealt d
      JOIN learning_group g ON g.course_id = course AND g.seq_no = (d.deal_no - 1) % 4 + 1;
    -- Half a group apart, the profession that most have first, the professions differ.
    WITH counted AS (
        SELECT m.registration_id, m.group_id, m.deal_no,
               count(*) OVER (PARTITION BY m.group_id, r.profession_code) AS alike,
               count(*) OVER (PARTITION BY m.group_id) / 2 AS half
          FROM learning_group_member m
          JOIN registration r ON r.id = m.registration_id
         WHERE m.course_id = course),
    placed AS (
        SELECT c.registration_id, c.half,
               row_number() OVER (PARTITION BY c.group_id ORDER BY c.alike DESC, c.deal_no) - 1 AS place
          FROM counted c)
    UPDATE learning_group_member m SET pair_no = p.place % p.half + 1
      FROM placed p WHERE p.registration_id = m.registration_id;
END
$$;
