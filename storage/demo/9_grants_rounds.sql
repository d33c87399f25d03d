-- Kompetanseløftet in Trøndelag: the rounds with their distributions and frames, and the joint measures.
-- Amounts, headcounts and units are examples. The round of 2023 has the example of domain.md §5.5.
--
--   2022       closed: granted, paid, reported
--   2023       half-way: assessed, recommended next [seed 003]
--   last year  paid, the reports due in twelve days
--   this year  open, decision bases due in ten days
--
-- The last two go by the day of loading; `loft demo --refresh` moves what has gone by (at the end of
-- 9_grants_stages.sql). Uses the helpers of 1_courses.sql and 9_grants_register.sql.

CREATE OR REPLACE FUNCTION pg_temp.this_year() RETURNS int
LANGUAGE sql AS $$ SELECT extract(year FROM pg_temp.today())::int $$;
-- 2022, 2023, 1 (last year's) and 2 (this year's).
CREATE OR REPLACE FUNCTION pg_temp.round_no(no int) RETURNS uuid
LANGUAGE sql AS $$ SELECT ('00000000-0000-7000-8030-' || lpad(no::text, 12, '0'))::uuid $$;
CREATE OR REPLACE FUNCTION pg_temp.allocation_no(round int, version int) RETURNS uuid
LANGUAGE sql AS $$
    SELECT ('00000000-0000-7000-8031-' || lpad((round * 10 + version)::text, 12, '0'))::uuid
$$;
CREATE OR REPLACE FUNCTION pg_temp.unit_org(network int, no int) RETURNS uuid
LANGUAGE sql AS $$
    SELECT ('00000000-0000-7000-8032-' || lpad((network * 10 + no)::text, 12, '0'))::uuid
$$;
CREATE OR REPLACE FUNCTION pg_temp.joint_no(no int) RETURNS uuid
LANGUAGE sql AS $$ SELECT ('00000000-0000-7000-8033-' || lpad(no::text, 12, '0'))::uuid $$;
-- The business clock of what follows.
CREATE OR REPLACE PROCEDURE pg_temp.on_day(day date)
LANGUAGE sql AS $$ SELECT set_config('loft.now', pg_temp.oslo(day, '10:00')::text, true) $$;

-- ---- units that assess themselves ------------------------------------------------------------

-- KN02 has those of 9_grants_register.sql.
INSERT INTO organisation (id, org_type, name, municipality_no, parent_id, is_example)
SELECT pg_temp.unit_org(u.network, unit.no), unit.org_type, unit.name, o.municipality_no, o.id, true
  FROM (VALUES
      (1, 'Prøvelia barnehage', 'Eksempelåsen skole'),
      (3, 'Demofjorden barnehage', 'Prøvevika skole'),
      (4, 'Eksempelfjellet barnehage', 'Demodalen skole'),
      (5, 'Prøvesletta barnehage', 'Eksempelhalsen skole'),
      (6, 'Demovangen barnehage', 'Prøvebrua skole'),
      (7, 'Eksempelvatnet barnehage', 'Demomarka skole'),
      (8, 'Prøvefossen barnehage', 'Eksempeltangen skole'),
      (9, 'Demolia barnehage', 'Prøvegrenda skole'),
      (10, 'Eksempeløya barnehage', 'Demosundet skole'),
      (11, NULL, 'Prøvehøgda videregående skole')) AS u (network, kindergarten, school)
 CROSS JOIN LATERAL (VALUES (1, 'kindergarten', u.kindergarten), (2, 'school', u.school))
       AS unit (no, org_type, name)
  JOIN competence_network n ON n.id = pg_temp.network_no(u.network)
  JOIN organisation o ON o.id = n.host_organisation_id
 WHERE unit.name IS NOT NULL
ON CONFLICT DO NOTHING;

-- ---- meetings --------------------------------------------------------------------------------

-- A year's first meeting decides the share of the joint measures, its second one recommends. The plan
-- tells of the seminar [seed 003 L177].
INSERT INTO forum_meeting (id, forum_id, scheme_code, kind, held_on, year_no, title, agenda, minutes,
                           state, is_example)
SELECT pg_temp.grants_no(m.no + m.year), pg_temp.grants_no(20), 'kompetanseloftet', m.kind,
       make_date(m.year, m.month, m.day), m.year_no, m.title, m.agenda::jsonb, m.minutes, 'held', true
  FROM (SELECT 40000 AS no, year, 'ordinary' AS kind, 1 AS month, 12 AS day, 1 AS year_no,
               'Årets første møte' AS title, '[{"no": "1", "title": "Andel til fellestiltak"}]' AS agenda,
               'Eksempel: forumet ble enige om andelen til fellestiltak.' AS minutes
          FROM unnest(ARRAY[2022, pg_temp.this_year() - 1]) AS year
        UNION ALL
        SELECT 41000, year, 'ordinary', 3, 8, 2, 'Innstilling', '[{"no": "1", "title": "Innstilling"}]',
               'Eksempel: forumet ble enige om innstillingen.'
          FROM unnest(ARRAY[2022, pg_temp.this_year() - 1]) AS year
        UNION ALL
        SELECT 42000, 2022, 'partnership_seminar', 9, 8, 3, 'Partnerskapsseminar',
               '[{"no": "1", "title": "Behov i partnerskapene"}]',
               'Eksempel: partnerskapene begynte å samle behov for nye fellestiltak.') AS m
ON CONFLICT DO NOTHING;

INSERT INTO meeting_decision (id, meeting_id, seq_no, kind, wording, decided_by)
SELECT pg_temp.grants_no(50000 + year), pg_temp.grants_no(40000 + year), 1, 'joint_share',
       '20 prosent av midlene settes av til fellestiltak (eksempel).', 'consensus'
  FROM unnest(ARRAY[2022, pg_temp.this_year() - 1]) AS year
UNION ALL
SELECT pg_temp.grants_no(51000 + year), pg_temp.grants_no(41000 + year), 1, 'recommendation',
       'Innstillingen vedtas og sendes Statsforvalteren (eksempel).', 'consensus'
  FROM unnest(ARRAY[2022, pg_temp.this_year() - 1]) AS year
ON CONFLICT DO NOTHING;

-- ---- rounds ----------------------------------------------------------------------------------

-- Deadlines of domain.md §5.7; this year's go by today, as does the one for last year's reports.
INSERT INTO grant_round (id, forum_id, scheme_code, year, total_nok, self_assessment_from_on, need_due_on,
                         basis_due_on, recommendation_due_on, decision_due_on, report_due_on,
                         own_share_bp, state, is_example)
SELECT pg_temp.round_no(r.no), pg_temp.grants_no(20), 'kompetanseloftet', r.year, r.total_nok,
       r.need_due_on - 90, r.need_due_on, r.basis_due_on, r.recommendation_due_on, r.decision_due_on,
       r.report_due_on, 0, 'planning', true
  FROM (SELECT no, year, total_nok, make_date(year - 1, 12, 1) AS need_due_on,
               make_date(year, 2, 1) AS basis_due_on, make_date(year, 3, 15) AS recommendation_due_on,
               make_date(year, 4, 30) AS decision_due_on,
               CASE no WHEN 1 THEN pg_temp.today() + 12 ELSE make_date(year + 1, 6, 30) END
                   AS report_due_on
          FROM (VALUES (2022, 2022, 10000000), (2023, 2023, 12000000),
                       (1, pg_temp.this_year() - 1, 12000000)) AS past (no, year, total_nok)
        UNION ALL
        SELECT 2, pg_temp.this_year(), 12000000, pg_temp.today() - 52, pg_temp.today() + 10,
               pg_temp.today() + 52, pg_temp.today() + 98, pg_temp.today() + 524) AS r
ON CONFLICT DO NOTHING;

-- ---- distributions ---------------------------------------------------------------------------

-- Largest remainder in whole kroner (domain.md §5.5), of what the networks count in the year.
CREATE OR REPLACE FUNCTION pg_temp.distribute(allocation_id uuid) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO allocation_line (allocation_id, network_id, children, pupils, apprentices, weight,
                                 base_nok, variable_nok, remainder, extra_krone, amount_nok)
    WITH counted AS (
        SELECT a AS terms, n.id AS network_id, n.code,
               coalesce(sum(h.heads) FILTER (WHERE h.category = 'kindergarten_child'), 0) AS children,
               coalesce(sum(h.heads) FILTER (WHERE h.category IN (
                   'primary_pupil', 'upper_secondary_pupil')), 0) AS pupils,
               coalesce(sum(h.heads) FILTER (WHERE h.category IN (
                   'apprentice', 'training_candidate')), 0) AS apprentices
          FROM allocation a
          JOIN grant_round r ON r.id = a.round_id
          JOIN competence_network n ON n.forum_id = r.forum_id
          JOIN network_headcounts(a.headcount_year) h ON h.network_id = n.id
         WHERE a.id = distribute.allocation_id
         GROUP BY a, n.id
    ), weighed AS (
        SELECT c.*, (c.children * (c.terms).weight_child_milli + c.pupils * (c.terms).weight_pupil_milli
                     + c.apprentices * (c.terms).weight_apprentice_milli)
                    / gcd(gcd((c.terms).weight_child_milli, (c.terms).weight_pupil_milli),
                          (c.terms).weight_apprentice_milli) AS weight,
               (c.terms).total_nok - (c.terms).joint_nok
               - (c.terms).base_per_network_nok * count(*) OVER () AS variable_nok
          FROM counted c
    ), divided AS (
        SELECT w.*, div(w.variable_nok * w.weight, sum(w.weight) OVER ()) AS share,
               mod(w.variable_nok * w.weight, sum(w.weight) OVER ()) AS remainder
          FROM weighed w
    ), ranked AS (
        SELECT d.*, row_number() OVER (ORDER BY d.remainder DESC, d.weight DESC, d.code)
                    <= d.variable_nok - sum(d.share) OVER () AS extra_krone
          FROM divided d
    )
    SELECT distribute.allocation_id, network_id, children, pupils, apprentices, weight,
           (terms).base_per_network_nok, share, remainder, extra_krone,
           (terms).base_per_network_nok + share + extra_krone::int
      FROM ranked
$$;

DO $$
DECLARE
    of_round record;
BEGIN
    FOR of_round IN
        SELECT no, r.id, r.year, r.total_nok,
               r.year - 1 AS headcount_year, r.year AS meeting_year,
               least(make_date(r.year, 1, 12), pg_temp.today()) AS first_meeting_on
          FROM unnest(ARRAY[2022, 2023, 1, 2]) AS no
          JOIN grant_round r ON r.id = pg_temp.round_no(no)
         WHERE NOT EXISTS (SELECT FROM allocation a WHERE a.round_id = r.id)
    LOOP
        CALL pg_temp.on_day(of_round.first_meeting_on);
        INSERT INTO allocation (id, round_id, version_no, name, kind, headcount_year, total_nok,
                                joint_share_bp, joint_nok, base_per_network_nok, is_example)
        SELECT pg_temp.allocation_no(of_round.no, a.version_no), of_round.id, a.version_no, a.name, a.kind,
               of_round.headcount_year, of_round.total_nok, 2000, of_round.total_nok / 5, a.base_nok, true
          FROM (VALUES (1, 'Fordeling', 'final', 150000),
                       (2, 'Scenario: større grunntilskudd', 'provisional', 300000))
               AS a (version_no, name, kind, base_nok)
         WHERE a.version_no = 1 OR of_round.no IN (2023, 2);
        PERFORM pg_temp.distribute(a.id) FROM allocation a WHERE a.round_id = of_round.id;
        UPDATE allocation SET state = 'adopted',
               decided_in_meeting_id = pg_temp.grants_no(40000 + of_round.meeting_year)
         WHERE id = pg_temp.allocation_no(of_round.no, 1);
        INSERT INTO network_frame (round_id, network_id, frame_nok)
        SELECT of_round.id, l.network_id, l.amount_nok
          FROM allocation_line l WHERE l.allocation_id = pg_temp.allocation_no(of_round.no, 1);
        UPDATE grant_round SET state = 'frame_adopted' WHERE id = of_round.id;
        UPDATE allocation SET state = 'published' WHERE id = pg_temp.allocation_no(of_round.no, 1);
        UPDATE grant_round SET state = 'open' WHERE id = of_round.id;
    END LOOP;
    -- A network wants its owners' needs earlier, another one not later.
    UPDATE network_frame f SET need_due_on = r.need_due_on - 5
      FROM grant_round r
     WHERE r.id = f.round_id AND r.id = pg_temp.round_no(2) AND f.network_id = pg_temp.network_no(2)
       AND f.need_due_on IS NULL;
    UPDATE network_frame SET need_deadline_hard = true
     WHERE round_id = pg_temp.round_no(2) AND network_id = pg_temp.network_no(3)
       AND need_deadline_hard IS NULL;
END
$$;

-- ---- joint measures --------------------------------------------------------------------------

-- Both are those of the plan [seed 003 L157-L195]; answers, conditions and amounts are examples.
INSERT INTO joint_measure (id, forum_id, code, name, is_working_title, description, concept,
                           responsible_id, builds_on_id, starts_year, ends_year, considerations_a_ok,
                           considerations_a_note, considerations_b_ok, considerations_b_note,
                           considerations_c_ok, considerations_c_note, considerations_d_ok,
                           considerations_d_note, conditions_before, conditions_during,
                           conditions_after, state, is_example)
VALUES
    (pg_temp.joint_no(1), pg_temp.grants_no(20), 'inkluderingsanalysen', 'Inkluderingsanalysen', false,
     'Langsiktig fellestiltak, utviklet i samarbeid med kompetansenettverkene, Statped og UH.',
     'Eksempel: virksomheten kartlegger egen praksis, drøfter funnene med UH og velger hva den vil endre.',
     pg_temp.grants_no(3), NULL, 2021, NULL,
     true, 'Eksempel: hvert nettverk velger tempo og virksomheter.',
     true, 'Eksempel: UH deler på innhold og veiledning.',
     true, 'Eksempel: tre år, med kjent omfang hvert år.',
     true, 'Eksempel: to samlinger i halvåret, arbeid på egen arbeidsplass imellom.',
     'Eksempel: eier og leder har forankret deltakelsen.', 'Eksempel: roller og møteplasser er avtalt.',
     'Eksempel: partnerskapet følger opp hva som ble endret.', 'running', true),
    (pg_temp.joint_no(2), pg_temp.grants_no(20), 'inkluderende-praksis',
     'Inkluderende praksis i barnehager og skoler', true,
     'Bygger på Inkluderingsanalysen. Navnet er en arbeidstittel.', NULL, pg_temp.grants_no(6),
     pg_temp.joint_no(1), 2023, NULL,
     true, 'Eksempel: bygger på behovene fra partnerskapsseminaret.',
     true, 'Eksempel: SePU og lokal UH planlegger sammen.', NULL, NULL, NULL, NULL,
     NULL, NULL, NULL, 'concept', true)
ON CONFLICT DO NOTHING;

INSERT INTO joint_measure_evaluation (joint_measure_id, held_on, conclusion, adjust) VALUES
    (pg_temp.joint_no(1), '2022-11-24', 'Eksempel: videreføres, med flere samlinger for ledere.', true),
    (pg_temp.joint_no(1), '2023-11-23', 'Eksempel: videreføres uendret.', false)
ON CONFLICT DO NOTHING;

INSERT INTO joint_measure_participation (joint_measure_id, network_id, year)
SELECT pg_temp.joint_no(1), pg_temp.network_no(no), year
  FROM generate_series(1, 11) AS no, unnest(ARRAY[2022, 2023, pg_temp.this_year()]) AS year
 WHERE year <> 2022 OR no <= 8
ON CONFLICT DO NOTHING;

-- Within the share that was set aside; SePU got funds for 2022 [seed 003 L187].
INSERT INTO joint_measure_grant (round_id, joint_measure_id, recipient_id, amount_nok)
SELECT pg_temp.round_no(g.round), pg_temp.joint_no(g.measure), pg_temp.grants_no(g.recipient), g.amount_nok
  FROM (VALUES (2022, 1, 3, 700000), (2022, 1, 4, 600000), (2022, 2, 6, 450000),
               (1, 1, 3, 900000), (1, 1, 4, 800000), (1, 2, 6, 500000))
       AS g (round, measure, recipient, amount_nok)
ON CONFLICT DO NOTHING;
