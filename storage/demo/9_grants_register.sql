-- Kompetanseløftet i Trøndelag: the forum with its plan, eleven networks with their members and
-- headcounts, and a user for each role. Which municipality belongs to which network is an example, save
-- for KN02; headcounts are fictitious throughout. [seed 003; domain.md §5.8, §5.9]
--
-- Uses the helpers of 1_courses.sql.

CREATE OR REPLACE FUNCTION pg_temp.grants_no(no int) RETURNS uuid
LANGUAGE sql AS $$ SELECT ('00000000-0000-7000-8010-' || lpad(no::text, 12, '0'))::uuid $$;
-- The organisation of a municipality, by its number; of a network, by that of its code.
CREATE OR REPLACE FUNCTION pg_temp.municipality_org(no text) RETURNS uuid
LANGUAGE sql AS $$ SELECT ('00000000-0000-7000-8011-' || lpad(no, 12, '0'))::uuid $$;
CREATE OR REPLACE FUNCTION pg_temp.network_no(no int) RETURNS uuid
LANGUAGE sql AS $$ SELECT ('00000000-0000-7000-8012-' || lpad(no::text, 12, '0'))::uuid $$;
CREATE OR REPLACE FUNCTION pg_temp.network_org(no int) RETURNS uuid
LANGUAGE sql AS $$ SELECT ('00000000-0000-7000-8013-' || lpad(no::text, 12, '0'))::uuid $$;

-- ---- organisations ---------------------------------------------------------------------------

INSERT INTO organisation (id, org_type, name, short_name, municipality_no, is_example)
SELECT pg_temp.municipality_org(m.municipality_no), 'municipality', m.name || ' kommune', m.name,
       m.municipality_no, true
  FROM municipality m WHERE m.county_no = '50'
ON CONFLICT DO NOTHING;
UPDATE organisation SET language = 'nn' WHERE id = pg_temp.municipality_org('5061') AND language = 'nb';

INSERT INTO organisation (id, org_type, name, short_name, municipality_no, is_example) VALUES
    (pg_temp.grants_no(1), 'county', 'Trøndelag fylkeskommune', 'TRFK', '5006', true),
    (pg_temp.grants_no(2), 'state_administrator', 'Statsforvalteren i Trøndelag', 'SFTL', '5006', true),
    (pg_temp.grants_no(3), 'uh_institution', 'NTNU, Institutt for lærerutdanning', 'NTNU', '5001', true),
    (pg_temp.grants_no(4), 'uh_institution', 'Nord universitet', 'Nord', '5037', true),
    (pg_temp.grants_no(5), 'uh_institution', 'Dronning Mauds Minne Høgskole', 'DMMH', '5001', true),
    (pg_temp.grants_no(6), 'research_centre', 'Senter for praksisrettet utdanningsforskning', 'SePU', NULL, true),
    (pg_temp.grants_no(7), 'statped', 'Statped', NULL, '5001', true),
    (pg_temp.grants_no(8), 'interest_org', 'KS', NULL, '5001', true),
    (pg_temp.grants_no(9), 'interest_org', 'PBL', NULL, NULL, true),
    (pg_temp.grants_no(10), 'union', 'Utdanningsforbundet Trøndelag', NULL, '5001', true),
    (pg_temp.grants_no(11), 'private_owner', 'Eksempelfjorden barnehager AS', NULL, '5055', true),
    (pg_temp.grants_no(12), 'ppt', 'PPT for Eksempelkysten', NULL, '5059', true),
    (pg_temp.grants_no(13), 'kindergarten', 'Demovika barnehage', NULL, '5055', true),
    (pg_temp.grants_no(14), 'school', 'Prøvenes skole', NULL, '5055', true),
    (pg_temp.grants_no(15), 'school', 'Eksempelhaugen skole', NULL, '5059', true)
ON CONFLICT DO NOTHING;
UPDATE organisation SET parent_id = pg_temp.municipality_org('5055')
 WHERE id IN (pg_temp.grants_no(13), pg_temp.grants_no(14)) AND parent_id IS NULL;
UPDATE organisation SET parent_id = pg_temp.municipality_org('5059')
 WHERE id IN (pg_temp.grants_no(12), pg_temp.grants_no(15)) AND parent_id IS NULL;

INSERT INTO forum (id, code, name, county_id, is_example) VALUES
    (pg_temp.grants_no(20), 'trondelag', 'Samarbeidsforum for kompetanseutvikling i Trøndelag',
     pg_temp.grants_no(1), true)
ON CONFLICT DO NOTHING;

-- ---- networks and their members --------------------------------------------------------------

CREATE TEMPORARY TABLE network_demo (no int, name text, municipalities text[], pupils int, children int)
    ON COMMIT DROP;
INSERT INTO network_demo VALUES
    (1, 'Trondheim (eksempel)', '{5001}', 23500, 10900),
    (2, 'Trøndelag sørvest oppvekst', '{5014,5029,5055,5056,5059,5061}', 4700, 2200),
    (3, 'Fosen (eksempel)', '{5020,5054,5057,5058}', 3100, 1350),
    (4, 'Trøndelag sør (eksempel)', '{5021,5022,5025,5026,5027,5028}', 5100, 2300),
    (5, 'Værnesregionen (eksempel)', '{5031,5032,5033,5034,5035,5036}', 7100, 3200),
    (6, 'Levanger og Verdal (eksempel)', '{5037,5038}', 4300, 1900),
    (7, 'Steinkjer, Inderøy og Snåsa (eksempel)', '{5006,5041,5053}', 3900, 1750),
    (8, 'Midtre Namdal (eksempel)', '{5007,5047,5049}', 2500, 1100),
    (9, 'Indre Namdal (eksempel)', '{5042,5043,5044,5045,5046}', 700, 300),
    (10, 'Ytre Namdal (eksempel)', '{5052,5060}', 1250, 550),
    (11, 'Trøndelag fylkeskommune (eksempel)', '{}', 19800, 0);

INSERT INTO organisation (id, org_type, name, is_example)
SELECT pg_temp.network_org(n.no), 'competence_network', 'Kompetansenettverket ' || n.name, true
  FROM network_demo n
ON CONFLICT DO NOTHING;

INSERT INTO competence_network (id, forum_id, code, name, organisation_id, host_organisation_id,
                                active_from_on, is_example)
SELECT pg_temp.network_no(n.no), pg_temp.grants_no(20), 'KN' || lpad(n.no::text, 2, '0'), n.name,
       pg_temp.network_org(n.no),
       coalesce(pg_temp.municipality_org(n.municipalities[1]), pg_temp.grants_no(1)),
       '2020-08-01', true
  FROM network_demo n
ON CONFLICT DO NOTHING;

INSERT INTO network_member (network_id, organisation_id, role, from_on)
SELECT * FROM (
SELECT pg_temp.network_no(n.no), pg_temp.municipality_org(m), 'municipality', '2020-08-01'::date
  FROM network_demo n, unnest(n.municipalities) AS m
UNION ALL SELECT pg_temp.network_no(11), pg_temp.grants_no(1), 'county', '2020-08-01'
UNION ALL SELECT pg_temp.network_no(2), pg_temp.grants_no(11), 'private_owner', '2020-08-01'
UNION ALL SELECT pg_temp.network_no(2), pg_temp.grants_no(12), 'ppt', '2020-08-01'
UNION ALL SELECT pg_temp.network_no(2), pg_temp.grants_no(10), 'union', '2020-08-01'
UNION ALL SELECT pg_temp.network_no(n.no), pg_temp.grants_no(uh), 'uh_partner', '2020-08-01'
  FROM network_demo n,
       unnest(CASE WHEN n.no = 2 THEN ARRAY[3, 4, 5] WHEN n.no IN (1, 3, 4, 5) THEN ARRAY[3, 5]
                   ELSE ARRAY[4] END) AS uh
) AS new (network_id, organisation_id, role, from_on)
 WHERE NOT EXISTS (SELECT FROM network_member m WHERE m.organisation_id = new.organisation_id
                      AND m.network_id = new.network_id AND m.role = new.role);

-- The same fictitious figures for every year, so that the example of domain.md §5.5 comes out. Years
-- that a frame was computed from are locked.
INSERT INTO headcount (network_id, year, category, heads, counted_on, source, locked, is_example)
SELECT pg_temp.network_no(n.no), year, category, heads, make_date(year, 10, 1), 'manual',
       year < extract(year FROM pg_temp.today()), true
  FROM network_demo n,
       unnest(ARRAY[2021, 2022] || ARRAY(
           SELECT extract(year FROM pg_temp.today())::int - ago FROM generate_series(0, 2) AS ago))
           AS counted (year),
       LATERAL (VALUES ('kindergarten_child', n.children),
                       (CASE WHEN n.no = 11 THEN 'upper_secondary_pupil' ELSE 'primary_pupil' END,
                        n.pupils - CASE WHEN n.no = 11 THEN 2400 ELSE 0 END),
                       ('apprentice', CASE WHEN n.no = 11 THEN 2150 END),
                       ('training_candidate', CASE WHEN n.no = 11 THEN 250 END)) AS f (category, heads)
 WHERE heads IS NOT NULL
   AND (year < extract(year FROM pg_temp.today())
        OR NOT EXISTS (SELECT FROM headcount h
                         JOIN competence_network own ON own.id = h.network_id
                        WHERE own.forum_id = pg_temp.grants_no(20) AND h.year = counted.year
                          AND h.locked))
ON CONFLICT DO NOTHING;

-- ---- the plan --------------------------------------------------------------------------------

INSERT INTO long_term_plan (id, forum_id, title, adopted_on, revise_year, state, sections, annexes, is_example)
VALUES (pg_temp.grants_no(30), pg_temp.grants_no(20), 'Langsiktig plan for Kompetanseløftet i Trøndelag',
    '2023-01-12', 2025, 'adopted',
    '[{"heading": "Formål og mål", "body": "Planen skal gi partene forutsigbarhet om hvordan midler fordeles, hvilke fellestiltak som ventes, og hvilke temaer som kan bli prioritert."},
      {"heading": "Målgruppe", "body": "Ansatte i barnehager, skoler, skolefritidsordninger og PP-tjenester, ledere og andre i laget rundt barn og elever."},
      {"heading": "Fellestiltak og tematiske prioriteringer", "body": "Fellestiltak skal treffe lokalt, utnytte kapasiteten ved universitet og høgskoler, være forutsigbare og ha balansert intensitet."},
      {"heading": "Økonomi og forvaltning", "body": "Nettverkene får et grunntilskudd og en andel etter barnetall og elevtall. Andelen til fellestiltak avgjøres i årets første møte."},
      {"heading": "Evaluering", "body": "Samarbeidsforum har et årlig stoppunkt for å evaluere planen."}]',
    '[{"no": 1, "title": "Konseptbeskrivelse Inkluderingsanalysen"},
      {"no": 2, "title": "Konseptskisse Inkluderende praksis for barnehage og skole"},
      {"no": 3, "title": "Årshjul for tilskuddsordningen"}]', true)
ON CONFLICT DO NOTHING;
INSERT INTO plan_evaluation (plan_id, year, held_on, conclusion, revise) VALUES
    (pg_temp.grants_no(30), 2023, '2023-11-23', 'Eksempel: planen står, fellestiltak 2 konkretiseres.', false),
    (pg_temp.grants_no(30), 2024, '2024-11-21', 'Eksempel: planen revideres i 2025.', true)
ON CONFLICT DO NOTHING;

-- ---- people, users, grants -------------------------------------------------------------------

INSERT INTO person (id, full_name, email, is_example) VALUES
    (pg_temp.person_no(101), 'Gunnar Eksempelheim', 'gunnar.eksempelheim@example.no', true),
    (pg_temp.person_no(102), 'Solveig Demokoordinator', 'solveig.demokoordinator@example.no', true),
    (pg_temp.person_no(103), 'Trygve Prøvefosen', 'trygve.provefosen@example.no', true),
    (pg_temp.person_no(104), 'Hilde Eksempelsdatter', 'hilde.eksempelsdatter@example.no', true),
    (pg_temp.person_no(105), 'Marit Sekretærdal', 'marit.sekretaerdal@example.no', true),
    (pg_temp.person_no(106), 'Arne Forumstad', 'arne.forumstad@example.no', true),
    (pg_temp.person_no(107), 'Berit Vedtaksen', 'berit.vedtaksen@example.no', true),
    (pg_temp.person_no(108), 'Finn Revisorli', 'finn.revisorli@example.no', true),
    (pg_temp.person_no(109), 'Eli Virksomhetsås', 'eli.virksomhetsas@example.no', true),
    (pg_temp.person_no(110), 'Tor Nordeksempel', 'tor.nordeksempel@example.no', true),
    (pg_temp.person_no(111), 'Wenche Statpedvik', 'wenche.statpedvik@example.no', true)
ON CONFLICT DO NOTHING;

INSERT INTO user_account (id, issuer, subject, person_id) VALUES
    (pg_temp.user_no(101), 'local', 'owner-5055', pg_temp.person_no(101)),
    (pg_temp.user_no(102), 'local', 'network-kn02', pg_temp.person_no(102)),
    (pg_temp.user_no(103), 'local', 'network-kn03', pg_temp.person_no(103)),
    (pg_temp.user_no(104), 'local', 'uh-ntnu', pg_temp.person_no(104)),
    (pg_temp.user_no(105), 'local', 'forum-secretariat', pg_temp.person_no(105)),
    (pg_temp.user_no(106), 'local', 'forum-member', pg_temp.person_no(106)),
    (pg_temp.user_no(107), 'local', 'state-administrator', pg_temp.person_no(107)),
    (pg_temp.user_no(108), 'local', 'auditor', pg_temp.person_no(108)),
    (pg_temp.user_no(109), 'local', 'unit-contact', pg_temp.person_no(109)),
    (pg_temp.user_no(110), 'local', 'uh-nord', pg_temp.person_no(110)),
    (pg_temp.user_no(111), 'local', 'statped', pg_temp.person_no(111))
ON CONFLICT DO NOTHING;
UPDATE competence_network SET coordinator_person_id = pg_temp.person_no(102)
 WHERE id = pg_temp.network_no(2) AND coordinator_person_id IS NULL;

INSERT INTO forum_member (forum_id, person_id, full_name, organisation_id, seat, may_vote, from_on)
SELECT pg_temp.grants_no(20), pg_temp.person_no(person), p.full_name, organisation_id, seat, may_vote,
       '2022-01-01'::date
  FROM (VALUES (105, pg_temp.grants_no(2), 'secretariat', false),
               (106, pg_temp.municipality_org('5001'), 'public_owner', true),
               (102, pg_temp.network_org(2), 'network', true),
               (103, pg_temp.network_org(3), 'network', true),
               (104, pg_temp.grants_no(3), 'uh', true),
               (110, pg_temp.grants_no(4), 'uh', true)) AS m (person, organisation_id, seat, may_vote)
  JOIN person p ON p.id = pg_temp.person_no(person)
ON CONFLICT DO NOTHING;

INSERT INTO role_grant (user_id, role, scope_type, scope_id) VALUES
    (pg_temp.user_no(101), 'owner', 'organisation', pg_temp.municipality_org('5055')),
    (pg_temp.user_no(102), 'network_coordinator', 'network', pg_temp.network_no(2)),
    (pg_temp.user_no(103), 'network_coordinator', 'network', pg_temp.network_no(3)),
    (pg_temp.user_no(104), 'uh_partner', 'institution', pg_temp.grants_no(3)),
    (pg_temp.user_no(105), 'forum_secretariat', 'forum', pg_temp.grants_no(20)),
    (pg_temp.user_no(106), 'forum_member', 'forum', pg_temp.grants_no(20)),
    (pg_temp.user_no(107), 'state_administrator', 'county', pg_temp.grants_no(1)),
    (pg_temp.user_no(108), 'auditor', 'global', NULL),
    (pg_temp.user_no(109), 'unit_contact', 'organisation', pg_temp.grants_no(13)),
    (pg_temp.user_no(110), 'uh_partner', 'institution', pg_temp.grants_no(4)),
    (pg_temp.user_no(111), 'statped', 'global', NULL)
ON CONFLICT DO NOTHING;

-- ---- meetings --------------------------------------------------------------------------------

-- The meeting that adopted the plan, and the first one of the current year, 12 January or today.
INSERT INTO forum_meeting (id, forum_id, scheme_code, held_on, year_no, title, agenda, minutes, state,
                           is_example)
SELECT pg_temp.grants_no(40000 + year), pg_temp.grants_no(20), 'kompetanseloftet',
       least(make_date(year, 1, 12), pg_temp.today()), 1, 'Årets første møte',
       '[{"no": "1", "title": "Andel til fellestiltak"}, {"no": "2", "title": "Langsiktig plan"}]',
       'Eksempel: forumet ble enige om andelen til fellestiltak.', 'held', true
  FROM unnest(ARRAY[2023, extract(year FROM pg_temp.today())::int]) AS year
ON CONFLICT DO NOTHING;

INSERT INTO meeting_decision (id, meeting_id, seq_no, kind, wording, decided_by)
SELECT pg_temp.grants_no(50000 + m.year), m.id, 1, 'joint_share',
       '20 prosent av midlene settes av til fellestiltak (eksempel).', 'consensus'
  FROM forum_meeting m
 WHERE m.id IN (pg_temp.grants_no(40000 + 2023),
                pg_temp.grants_no(40000 + extract(year FROM pg_temp.today())::int))
UNION ALL
SELECT pg_temp.grants_no(60000 + 2023), pg_temp.grants_no(40000 + 2023), 2, 'plan',
       'Langsiktig plan for Kompetanseløftet i Trøndelag fastsettes.', 'consensus'
ON CONFLICT DO NOTHING;
