-- Kompetanseløftet in Trøndelag: what went through the rounds of 9_grants_rounds.sql, from the units' own
-- assessments over needs, decision bases, assessment, recommendation, decision and payment to the reports.
-- All of it is an example. Every case is made as a draft and passed on step by step, by the clock of its
-- day, so that each stage is frozen and sealed as in use.

-- A case by the round and the network it is of. Second ids in one table begin at 100.
CREATE OR REPLACE FUNCTION pg_temp.case_id(kind int, round int, no int) RETURNS uuid
LANGUAGE sql AS $$
    SELECT ('00000000-0000-7000-80' || kind || '-' || lpad((round * 1000 + no)::text, 12, '0'))::uuid
$$;
CREATE OR REPLACE FUNCTION pg_temp.assessment_id(round int, no int) RETURNS uuid
LANGUAGE sql AS $$ SELECT pg_temp.case_id(34, round, no) $$;
CREATE OR REPLACE FUNCTION pg_temp.need_id(round int, no int) RETURNS uuid
LANGUAGE sql AS $$ SELECT pg_temp.case_id(35, round, no) $$;
CREATE OR REPLACE FUNCTION pg_temp.basis_id(round int, network int) RETURNS uuid
LANGUAGE sql AS $$ SELECT pg_temp.case_id(36, round, network) $$;
CREATE OR REPLACE FUNCTION pg_temp.recommendation_id(round int) RETURNS uuid
LANGUAGE sql AS $$ SELECT pg_temp.case_id(37, round, 0) $$;
CREATE OR REPLACE FUNCTION pg_temp.decision_id(round int, network int) RETURNS uuid
LANGUAGE sql AS $$ SELECT pg_temp.case_id(38, round, network) $$;
CREATE OR REPLACE FUNCTION pg_temp.report_id(round int, network int) RETURNS uuid
LANGUAGE sql AS $$ SELECT pg_temp.case_id(39, round, network) $$;
CREATE OR REPLACE FUNCTION pg_temp.owner_of(network int) RETURNS uuid
LANGUAGE sql AS $$
    SELECT CASE network WHEN 2 THEN pg_temp.municipality_org('5055')
           ELSE (SELECT n.host_organisation_id FROM competence_network n
                  WHERE n.id = pg_temp.network_no(network)) END
$$;
CREATE OR REPLACE FUNCTION pg_temp.unit_of(network int, no int) RETURNS uuid
LANGUAGE sql AS $$
    SELECT CASE WHEN network = 2 THEN pg_temp.grants_no(12 + no) ELSE pg_temp.unit_org(network, no) END
$$;

-- ---- the steps of a case ---------------------------------------------------------------------

CREATE OR REPLACE PROCEDURE pg_temp.assess_unit(round int, no int, network int, unit uuid, service text,
    day date, done boolean DEFAULT true)
LANGUAGE plpgsql AS $$
BEGIN
    CALL pg_temp.on_day(day);
    INSERT INTO self_assessment (id, round_id, network_id, owner_id, unit_id, service_type, findings,
                                 competence_needs, staff_involved, leaders_involved, uh_dialogue,
                                 staff_count, is_example)
    SELECT pg_temp.assessment_id(round, no), pg_temp.round_no(round), pg_temp.network_no(network),
           o.parent_id, o.id, service, 'Eksempel: personalet vil øve på å se hele barnegruppen.',
           ARRAY['Inkluderende praksis', 'Samarbeid med PPT'], true, done, done, 18 + no % 20, true
      FROM organisation o WHERE o.id = unit;
    IF done THEN
        UPDATE self_assessment SET state = 'completed', completed_on = day
         WHERE id = pg_temp.assessment_id(round, no);
    END IF;
END
$$;

CREATE OR REPLACE PROCEDURE pg_temp.report_need(round int, no int, network int, owner uuid, title text,
    assessments int[], day date, VARIADIC states text[] DEFAULT '{}')
LANGUAGE plpgsql AS $$
DECLARE
    to_state text;
BEGIN
    CALL pg_temp.on_day(day);
    INSERT INTO need_report (id, round_id, network_id, owner_id, title, summary, target_groups, themes,
                             desired_measures, is_example)
    VALUES (pg_temp.need_id(round, no), pg_temp.round_no(round), pg_temp.network_no(network), owner, title,
            'Eksempel: behovet er felles for barnehage og skole.', '{kindergarten,school,leaders}',
            '{inkludering}', 'Eksempel: veiledning på egen arbeidsplass.', true);
    INSERT INTO need_report_assessment (need_report_id, self_assessment_id)
    SELECT pg_temp.need_id(round, no), pg_temp.assessment_id(round, a) FROM unnest(assessments) AS a;
    FOREACH to_state IN ARRAY states LOOP
        UPDATE need_report SET state = to_state,
               submitted_at = CASE to_state WHEN 'submitted' THEN business_now() ELSE submitted_at END,
               state_note = CASE to_state WHEN 'returned' THEN 'Eksempel: beskriv målgruppen nærmere.'
                                          WHEN 'not_included' THEN 'Eksempel: tas opp igjen neste år.' END
         WHERE id = pg_temp.need_id(round, no);
    END LOOP;
END
$$;

-- A draft with all its parts: half of the money for what a university does, the rest for the network.
CREATE OR REPLACE PROCEDURE pg_temp.draft_basis(round int, network int, title text, uhs int[],
    amount_nok bigint, day date)
LANGUAGE plpgsql AS $$
DECLARE
    basis CONSTANT uuid := pg_temp.basis_id(round, network);
    of_round CONSTANT grant_round := (SELECT r FROM grant_round r WHERE r.id = pg_temp.round_no(round));
    of_network CONSTANT competence_network :=
        (SELECT n FROM competence_network n WHERE n.id = pg_temp.network_no(network));
    coordination CONSTANT bigint := amount_nok / 20;
    uh_part CONSTANT bigint := amount_nok / 2;
    evaluation CONSTANT bigint := amount_nok / 10;
BEGIN
    CALL pg_temp.on_day(day);
    INSERT INTO decision_basis (id, round_id, network_id, title, background_needs, goals, involvement,
        answer_c1, answer_c2, answer_c3, answer_c4, starts_on, ends_on, statped_participates,
        contact_name, contact_email, is_example)
    VALUES (basis, of_round.id, of_network.id, title,
        'Eksempel: eierne har meldt behov etter egne vurderinger.',
        'Eksempel: barn og elever opplever å høre til.',
        'Eksempel: ansatte og ledere har drøftet funnene i egne møter.',
        'Eksempel: behovene er lokalt definert og drøftet med UH.',
        'Eksempel: arbeidet skjer på egen arbeidsplass, i hele kollegiet.',
        'Eksempel: nettverk, eiere og UH planlegger og gjennomfører sammen.',
        'Eksempel: barnehage, skole og PPT deltar i samme tiltak.',
        of_round.decision_due_on + 90, of_round.decision_due_on + 425, network % 3 = 0,
        'Solveig Demokoordinator', 'solveig.demokoordinator@example.no', true);
    INSERT INTO basis_partner (basis_id, organisation_id, kind)
    SELECT basis, pg_temp.grants_no(uh), 'uh' FROM unnest(uhs) AS uh
    UNION ALL SELECT basis, pg_temp.owner_of(network), 'owner';
    INSERT INTO basis_assessment (basis_id, self_assessment_id)
    SELECT basis, a.id FROM self_assessment a
     WHERE a.round_id = of_round.id AND a.network_id = of_network.id AND a.state = 'completed';
    INSERT INTO measure (id, basis_id, seq_no, title, description, theme, target_groups,
                         participants_estimate, uh_contribution, starts_on, ends_on, amount_nok)
    SELECT pg_temp.case_id(40, round, network * 10 + m.seq_no), basis, m.seq_no, m.title,
           'Eksempel: ' || lower(m.title) || '.', 'inkludering', m.target_groups::text[], 40 + 15 * network,
           'Eksempel: fagpersoner fra UH leder samlinger og veileder.', of_round.decision_due_on + 90,
           of_round.decision_due_on + 425, m.amount_nok
      FROM (VALUES (1, 'Samlinger og veiledning', '{kindergarten,school,ppt}', amount_nok - coordination
                                                                                - evaluation),
                   (2, 'Evaluering sammen med UH', '{kindergarten,school,leaders}', evaluation))
           AS m (seq_no, title, target_groups, amount_nok);
    INSERT INTO measure_party (measure_id, organisation_id, kind)
    SELECT m.id, p.organisation_id, p.kind
      FROM measure m JOIN basis_partner p ON p.basis_id = m.basis_id WHERE m.basis_id = basis;
    INSERT INTO measure_need (measure_id, need_report_id)
    SELECT pg_temp.case_id(40, round, network * 10 + 1), n.id
      FROM need_report n WHERE n.id = pg_temp.need_id(round, network);
    INSERT INTO budget_line (basis_id, seq_no, recipient_id, recipient_kind, purpose, measure_id, amount_nok)
    SELECT basis, l.seq_no, l.recipient_id, l.recipient_kind, l.purpose,
           CASE WHEN l.measure > 0 THEN pg_temp.case_id(40, round, network * 10 + l.measure) END,
           l.amount_nok
      FROM (VALUES
          (1, pg_temp.grants_no(uhs[1]), 'uh', 'implementation', 1, uh_part),
          (2, pg_temp.grants_no(uhs[cardinality(uhs)]), 'uh', 'evaluation', 2, evaluation),
          (3, of_network.organisation_id, 'network', 'coordination', 0, coordination),
          (4, of_network.organisation_id, 'network', 'implementation', 1,
           amount_nok - uh_part - evaluation - coordination))
           AS l (seq_no, recipient_id, recipient_kind, purpose, measure, amount_nok);
END
$$;

CREATE OR REPLACE PROCEDURE pg_temp.sign_basis(round int, network int, uhs int[])
LANGUAGE sql AS $$
    INSERT INTO basis_signature (basis_id, basis_revision, institution_id, signed_by, signed_at)
    SELECT b.id, b.revision, pg_temp.grants_no(uh),
           CASE uh WHEN 3 THEN pg_temp.user_no(104) WHEN 4 THEN pg_temp.user_no(110) END, business_now()
      FROM decision_basis b, unnest(uhs) AS uh WHERE b.id = pg_temp.basis_id(round, network)
$$;

CREATE OR REPLACE PROCEDURE pg_temp.submit_basis(round int, network int)
LANGUAGE sql AS $$
    UPDATE decision_basis b
       SET state = 'submitted', submitted_at = business_now(),
           claimed_nok = (SELECT sum(l.amount_nok) FROM budget_line l WHERE l.basis_id = b.id)
     WHERE b.id = pg_temp.basis_id(round, network)
$$;

CREATE OR REPLACE PROCEDURE pg_temp.judge_basis(round int, network int, VARIADIC verdicts text[])
LANGUAGE sql AS $$
    INSERT INTO criterion_assessment (basis_id, criterion, verdict, note, assessed_by, assessed_at)
    SELECT pg_temp.basis_id(round, network), 'c' || no, verdict,
           CASE WHEN verdict <> 'met' THEN 'Eksempel: partnerskapets arbeid er for lite beskrevet.' END,
           pg_temp.user_no(105), business_now()
      FROM unnest(verdicts) WITH ORDINALITY AS v (verdict, no)
$$;

CREATE OR REPLACE PROCEDURE pg_temp.move_basis(round int, network int, to_state text,
    claimed_nok bigint DEFAULT NULL)
LANGUAGE sql AS $$
    UPDATE decision_basis b
       SET state = to_state, claimed_nok = coalesce(move_basis.claimed_nok, b.claimed_nok)
     WHERE b.id = pg_temp.basis_id(round, network)
$$;

-- What the forum recommends of a basis, in per cent of what was applied for; none of it is a rejection.
CREATE OR REPLACE PROCEDURE pg_temp.recommend_basis(round int, network int, percent int)
LANGUAGE sql AS $$
    INSERT INTO recommendation_line (recommendation_id, basis_id, verdict, amount_uh_nok,
                                     amount_network_nok, priority, reason)
    SELECT pg_temp.recommendation_id(round), pg_temp.basis_id(round, network),
           CASE percent WHEN 100 THEN 'recommend' WHEN 0 THEN 'reject' ELSE 'reduce' END,
           sum(l.amount_nok * percent / 100) FILTER (WHERE l.recipient_kind = 'uh'),
           sum(l.amount_nok * percent / 100) FILTER (WHERE l.recipient_kind <> 'uh'),
           network,
           CASE WHEN percent < 100 THEN 'Eksempel: tiltaket tilpasses samarbeidet som er beskrevet.' END
      FROM budget_line l WHERE l.basis_id = pg_temp.basis_id(round, network)
$$;

-- The county governor follows the recommendation; the report is due from then on.
CREATE OR REPLACE PROCEDURE pg_temp.decide_basis(round int, network int)
LANGUAGE plpgsql AS $$
DECLARE
    decision CONSTANT uuid := pg_temp.decision_id(round, network);
    line CONSTANT recommendation_line := (SELECT l FROM recommendation_line l
                                           WHERE l.basis_id = pg_temp.basis_id(round, network));
    result CONSTANT text := CASE line.verdict WHEN 'recommend' THEN 'granted'
        WHEN 'reduce' THEN 'partially_granted' ELSE 'refused' END;
    total bigint;
BEGIN
    INSERT INTO grant_decision (id, round_id, basis_id, outcome, conditions, letter_ref, is_example)
    VALUES (decision, pg_temp.round_no(round), line.basis_id, result,
            CASE WHEN result <> 'refused' THEN 'Eksempel: midlene brukes som beskrevet i grunnlaget.' END,
            'EKS-' || round || '/' || lpad(network::text, 3, '0'), true);
    INSERT INTO decision_line (decision_id, recipient_id, recipient_kind, amount_nok)
    SELECT decision, l.recipient_id, l.recipient_kind,
           sum(l.amount_nok * CASE line.verdict WHEN 'reduce' THEN 90 ELSE 100 END / 100)
      FROM budget_line l
     WHERE l.basis_id = line.basis_id AND result <> 'refused'
     GROUP BY l.recipient_id, l.recipient_kind;
    UPDATE grant_decision SET state = 'issued', decided_on = business_now()::date WHERE id = decision;
    total := (SELECT coalesce(sum(l.amount_nok), 0) FROM decision_line l WHERE l.decision_id = decision);
    CALL pg_temp.move_basis(round, network, result, total);
    INSERT INTO grant_report (id, decision_id, due_on, is_example)
    SELECT pg_temp.report_id(round, network), decision, r.report_due_on, true
      FROM grant_round r WHERE r.id = pg_temp.round_no(round) AND result <> 'refused';
END
$$;

CREATE OR REPLACE PROCEDURE pg_temp.pay_decision(round int, network int)
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE decision_line SET paid_on = business_now()::date,
           payment_reference = 'EKS-' || round || '-' || lpad(network::text, 3, '0')
     WHERE decision_id = pg_temp.decision_id(round, network);
    UPDATE grant_decision SET state = 'paid' WHERE id = pg_temp.decision_id(round, network);
END
$$;

-- The figures of a report: all of the money but so many kroner of the network's.
CREATE OR REPLACE PROCEDURE pg_temp.fill_report(round int, network int, unused_nok bigint)
LANGUAGE plpgsql AS $$
DECLARE
    report CONSTANT uuid := pg_temp.report_id(round, network);
BEGIN
    UPDATE grant_report SET answers = jsonb_build_object(
        'goals', 'Eksempel: målene er i hovedsak nådd.',
        'involvement', 'Eksempel: ansatte og ledere har deltatt i alle samlinger.',
        'collective', 'Eksempel: kollegiene har prøvd ut og drøftet ny praksis.',
        'partnership', 'Eksempel: nettverk og UH har møttes hver måned.',
        'crossdisciplinary', 'Eksempel: PPT har deltatt i arbeidet i barnehage og skole.',
        'joint_measures', 'Eksempel: nettverket deltar i Inkluderingsanalysen.',
        'deviations', 'Eksempel: én samling ble flyttet.',
        'unused_plan', CASE WHEN unused_nok > 0 THEN 'Eksempel: resten brukes til en siste samling.'
                       ELSE 'Eksempel: alt er brukt.' END,
        'next_needs', 'Eksempel: flere i SFO ønsker å være med.')
     WHERE id = report;
    INSERT INTO report_use (report_id, recipient_id, purpose, used_nok)
    SELECT report, d.recipient_id, u.purpose, u.used_nok
      FROM decision_line d
     CROSS JOIN LATERAL (VALUES
         ('implementation', d.amount_nok - d.amount_nok / 10
                            - CASE d.recipient_kind WHEN 'network' THEN unused_nok ELSE 0 END),
         (CASE d.recipient_kind WHEN 'network' THEN 'coordination' ELSE 'evaluation' END,
          d.amount_nok / 10)) AS u (purpose, used_nok)
     WHERE d.decision_id = pg_temp.decision_id(round, network);
    INSERT INTO report_participation (report_id, service_type, participants, units)
    SELECT report, p.service_type, p.participants, p.units
      FROM (VALUES ('kindergarten', 30 + 11 * network, 2 + network),
                   ('school', 55 + 17 * network, 3 + network), ('sfo', 8 + network, 1),
                   ('ppt', 4 + network / 2, 1), ('leaders', 6 + network, 2 + network))
           AS p (service_type, participants, units)
     WHERE network <> 11 OR p.service_type NOT IN ('kindergarten', 'sfo');
END
$$;

CREATE OR REPLACE PROCEDURE pg_temp.move_report(round int, network int, to_state text)
LANGUAGE sql AS $$
    UPDATE grant_report r
       SET state = to_state,
           state_note = CASE to_state WHEN 'returned' THEN 'Eksempel: forklar det som ikke er brukt.' END,
           submitted_at = CASE to_state WHEN 'submitted' THEN business_now() ELSE r.submitted_at END,
           submitted_late = CASE to_state WHEN 'submitted' THEN business_now()::date > r.due_on
                            ELSE r.submitted_late END
     WHERE id = pg_temp.report_id(round, network)
$$;

-- Needs and a draft of a network: both of its units have assessed themselves, its owner has told of a need
-- that the network takes into the basis.
CREATE OR REPLACE PROCEDURE pg_temp.prepare_basis(round int, network int, title text, uhs int[],
    amount_nok bigint, day date)
LANGUAGE plpgsql AS $$
DECLARE
    kindergarten CONSTANT int[] := CASE WHEN network <> 11 THEN ARRAY[network * 2 + 99] ELSE '{}' END;
BEGIN
    IF network <> 11 THEN
        CALL pg_temp.assess_unit(round, network * 2 + 99, network, pg_temp.unit_of(network, 1),
                                 'kindergarten', day - 90);
    END IF;
    CALL pg_temp.assess_unit(round, network * 2 + 100, network, pg_temp.unit_of(network, 2), 'school',
                             day - 88);
    CALL pg_temp.report_need(round, network, network, pg_temp.owner_of(network),
        'Inkluderende fellesskap', kindergarten || (network * 2 + 100), day - 66, 'submitted', 'included');
    CALL pg_temp.draft_basis(round, network, title, uhs, amount_nok, day);
END
$$;

-- Who works with whom, and what on.
CREATE TEMPORARY TABLE partnership_demo (network int, uhs int[], title text) ON COMMIT DROP;
INSERT INTO partnership_demo VALUES
    (1, '{3,5}', 'Laget rundt barnet'), (2, '{3,5}', 'Inkluderende barnehager og skoler på kysten'),
    (3, '{5}', 'Tidlig innsats i fellesskapet'), (4, '{3}', 'Språk og tilhørighet'),
    (5, '{3}', 'Klasseledelse og inkludering'), (6, '{4}', 'Overganger som virker'),
    (7, '{4}', 'Spesialpedagogikk i fellesskapet'), (8, '{4}', 'PPT tettere på'),
    (9, '{4}', 'Små enheter lærer sammen'), (10, '{4}', 'Lek og læring for alle'),
    (11, '{4,3}', 'Tilpasset opplæring i yrkesfag');

-- ---- the rounds ------------------------------------------------------------------------------

SET CONSTRAINTS ALL IMMEDIATE;

-- 2022: eight granted, one of them less than it asked for; one refused, one withdrawn, one network that did
-- not apply.
DO $$
DECLARE
    p record;
BEGIN
    IF EXISTS (SELECT FROM decision_basis b WHERE b.round_id = pg_temp.round_no(2022)) THEN
        RETURN;
    END IF;
    -- Some apply for all of their frame, others for whole thousands of it.
    FOR p IN SELECT d.*, f.frame_nok - f.frame_nok % CASE WHEN d.network % 2 = 0 THEN 1000 ELSE 1 END AS nok
               FROM partnership_demo d
               JOIN network_frame f ON f.round_id = pg_temp.round_no(2022)
                                   AND f.network_id = pg_temp.network_no(d.network)
              WHERE d.network <> 10 ORDER BY d.network
    LOOP
        CALL pg_temp.prepare_basis(2022, p.network, p.title, p.uhs, p.nok, '2022-01-26');
        CALL pg_temp.sign_basis(2022, p.network, p.uhs);
        CALL pg_temp.submit_basis(2022, p.network);
    END LOOP;
    CALL pg_temp.move_basis(2022, 9, 'withdrawn', 0);
    UPDATE grant_round SET state = 'basis_closed' WHERE id = pg_temp.round_no(2022);

    CALL pg_temp.on_day('2022-02-24');
    FOR p IN SELECT * FROM partnership_demo d WHERE d.network NOT IN (9, 10) ORDER BY d.network LOOP
        CALL pg_temp.judge_basis(2022, p.network, 'met', 'met',
                                 CASE p.network WHEN 7 THEN 'not_met' ELSE 'met' END, 'met');
        CALL pg_temp.move_basis(2022, p.network, 'assessed');
    END LOOP;

    CALL pg_temp.on_day('2022-03-08');
    INSERT INTO recommendation (id, round_id, meeting_id, title, summary, is_example)
    VALUES (pg_temp.recommendation_id(2022), pg_temp.round_no(2022), pg_temp.grants_no(41000 + 2022),
            'Innstilling 2022', 'Eksempel: forumet prioriterer tiltak der barnehage, skole og PPT deltar.',
            true);
    FOR p IN SELECT * FROM partnership_demo d WHERE d.network NOT IN (9, 10) ORDER BY d.network LOOP
        CALL pg_temp.recommend_basis(2022, p.network,
                                     CASE p.network WHEN 4 THEN 90 WHEN 7 THEN 0 ELSE 100 END);
    END LOOP;
    UPDATE recommendation SET state = 'adopted', adopted_on = '2022-03-08', decided_by = 'consensus'
     WHERE id = pg_temp.recommendation_id(2022);
    FOR p IN SELECT d.network, l.amount_uh_nok + l.amount_network_nok AS nok
               FROM partnership_demo d
               JOIN recommendation_line l ON l.basis_id = pg_temp.basis_id(2022, d.network)
    LOOP
        CALL pg_temp.move_basis(2022, p.network,
            CASE WHEN p.nok > 0 THEN 'recommended' ELSE 'not_recommended' END, p.nok);
    END LOOP;
    UPDATE recommendation SET state = 'sent' WHERE id = pg_temp.recommendation_id(2022);
    UPDATE grant_round SET state = 'recommended' WHERE id = pg_temp.round_no(2022);

    CALL pg_temp.on_day('2022-04-22');
    FOR p IN SELECT * FROM partnership_demo d WHERE d.network NOT IN (9, 10) ORDER BY d.network LOOP
        CALL pg_temp.decide_basis(2022, p.network);
    END LOOP;
    UPDATE grant_round SET state = 'decided' WHERE id = pg_temp.round_no(2022);
    CALL pg_temp.on_day('2022-05-20');
    FOR p IN SELECT * FROM partnership_demo d WHERE d.network NOT IN (7, 9, 10) ORDER BY d.network LOOP
        CALL pg_temp.pay_decision(2022, p.network);
    END LOOP;
    UPDATE grant_round SET state = 'reporting' WHERE id = pg_temp.round_no(2022);

    -- One too late.
    FOR p IN SELECT * FROM partnership_demo d WHERE d.network NOT IN (7, 9, 10) ORDER BY d.network LOOP
        CALL pg_temp.on_day(CASE p.network WHEN 8 THEN '2023-07-05' ELSE '2023-06-22' END::date);
        CALL pg_temp.fill_report(2022, p.network,
                                 CASE p.network WHEN 3 THEN 12400 WHEN 6 THEN 875 ELSE 0 END);
        CALL pg_temp.move_report(2022, p.network, 'submitted');
    END LOOP;
    CALL pg_temp.on_day('2023-08-29');
    FOR p IN SELECT * FROM partnership_demo d WHERE d.network NOT IN (7, 9, 10) ORDER BY d.network LOOP
        CALL pg_temp.move_report(2022, p.network, 'approved');
    END LOOP;
    UPDATE grant_round SET state = 'closed' WHERE id = pg_temp.round_no(2022);
END
$$;

-- 2023: two are assessed, others in several stages before.
DO $$
DECLARE
    p record;
BEGIN
    IF EXISTS (SELECT FROM decision_basis b WHERE b.round_id = pg_temp.round_no(2023)) THEN
        RETURN;
    END IF;
    FOR p IN SELECT d.*, f.frame_nok - f.frame_nok % CASE WHEN d.network % 2 = 0 THEN 1 ELSE 1000 END AS nok
               FROM partnership_demo d
               JOIN network_frame f ON f.round_id = pg_temp.round_no(2023)
                                   AND f.network_id = pg_temp.network_no(d.network)
              WHERE d.network <> 10 ORDER BY d.network
    LOOP
        CALL pg_temp.prepare_basis(2023, p.network, p.title, p.uhs, p.nok, '2023-01-27');
        IF p.network <> 9 THEN
            CALL pg_temp.sign_basis(2023, p.network, p.uhs);
            CALL pg_temp.submit_basis(2023, p.network);
        END IF;
    END LOOP;
    CALL pg_temp.on_day('2023-02-09');
    UPDATE decision_basis SET state = 'returned', claimed_nok = 0, resubmit_due_on = '2023-02-20',
           state_note = 'Eksempel: PPT mangler i beskrivelsen av samarbeidet.'
     WHERE id = pg_temp.basis_id(2023, 3);
    CALL pg_temp.on_day('2023-02-16');
    CALL pg_temp.judge_basis(2023, 1, 'met', 'met', 'met', 'met');
    CALL pg_temp.move_basis(2023, 1, 'assessed');
    CALL pg_temp.judge_basis(2023, 2, 'met', 'partly', 'met', 'met');
    CALL pg_temp.move_basis(2023, 2, 'assessed');
    CALL pg_temp.judge_basis(2023, 4, 'met', 'met');
    INSERT INTO recommendation (id, round_id, title, is_example)
    VALUES (pg_temp.recommendation_id(2023), pg_temp.round_no(2023), 'Innstilling 2023', true);
    CALL pg_temp.recommend_basis(2023, 1, 100);
END
$$;

-- Last year's: five networks, whose reports are on their way.
DO $$
DECLARE
    year CONSTANT int := pg_temp.this_year() - 1;
    p record;
BEGIN
    IF EXISTS (SELECT FROM decision_basis b WHERE b.round_id = pg_temp.round_no(1)) THEN
        RETURN;
    END IF;
    FOR p IN SELECT d.*, f.frame_nok - f.frame_nok % 1000 AS nok
               FROM partnership_demo d
               JOIN network_frame f ON f.round_id = pg_temp.round_no(1)
                                   AND f.network_id = pg_temp.network_no(d.network)
              WHERE d.network IN (1, 2, 3, 5, 11) ORDER BY d.network
    LOOP
        CALL pg_temp.prepare_basis(1, p.network, p.title, p.uhs, p.nok, make_date(year, 1, 27));
        CALL pg_temp.sign_basis(1, p.network, p.uhs);
        CALL pg_temp.submit_basis(1, p.network);
        CALL pg_temp.on_day(make_date(year, 2, 24));
        CALL pg_temp.judge_basis(1, p.network, 'met', 'met', 'met', 'met');
        CALL pg_temp.move_basis(1, p.network, 'assessed');
    END LOOP;
    CALL pg_temp.on_day(make_date(year, 3, 8));
    INSERT INTO recommendation (id, round_id, meeting_id, title, is_example)
    VALUES (pg_temp.recommendation_id(1), pg_temp.round_no(1), pg_temp.grants_no(41000 + year),
            'Innstilling ' || year, true);
    FOR p IN SELECT * FROM partnership_demo d WHERE d.network IN (1, 2, 3, 5, 11) ORDER BY d.network LOOP
        CALL pg_temp.recommend_basis(1, p.network, 100);
    END LOOP;
    UPDATE recommendation SET state = 'adopted', adopted_on = business_now()::date,
           decided_by = 'vote', votes_for = 4, votes_against = 1, votes_abstained = 0
     WHERE id = pg_temp.recommendation_id(1);
    FOR p IN SELECT * FROM partnership_demo d WHERE d.network IN (1, 2, 3, 5, 11) ORDER BY d.network LOOP
        CALL pg_temp.move_basis(1, p.network, 'recommended');
    END LOOP;
    UPDATE recommendation SET state = 'sent' WHERE id = pg_temp.recommendation_id(1);
    CALL pg_temp.on_day(make_date(year, 4, 20));
    FOR p IN SELECT * FROM partnership_demo d WHERE d.network IN (1, 2, 3, 5, 11) ORDER BY d.network LOOP
        CALL pg_temp.decide_basis(1, p.network);
        CALL pg_temp.pay_decision(1, p.network);
    END LOOP;
    UPDATE grant_round SET state = 'reporting' WHERE id = pg_temp.round_no(1);
    CALL pg_temp.on_day(pg_temp.today() - 8);
    FOR p IN SELECT * FROM partnership_demo d WHERE d.network IN (1, 3, 5) ORDER BY d.network LOOP
        CALL pg_temp.fill_report(1, p.network, p.network * 1500);
        CALL pg_temp.move_report(1, p.network, 'submitted');
    END LOOP;
    CALL pg_temp.on_day(pg_temp.today() - 3);
    CALL pg_temp.move_report(1, 3, 'returned');
    CALL pg_temp.move_report(1, 5, 'approved');
END
$$;

-- This year's: needs that no basis takes up yet, a draft that waits for a signature, three that were sent
-- and one of them sent back.
DO $$
DECLARE
    p record;
BEGIN
    IF EXISTS (SELECT FROM decision_basis b WHERE b.round_id = pg_temp.round_no(2)) THEN
        RETURN;
    END IF;
    CALL pg_temp.assess_unit(2, 1, 2, pg_temp.grants_no(12), 'ppt', pg_temp.today() - 80);
    CALL pg_temp.assess_unit(2, 2, 2, pg_temp.grants_no(15), 'school', pg_temp.today() - 75);
    CALL pg_temp.assess_unit(2, 3, 2, pg_temp.grants_no(14), 'sfo', pg_temp.today() - 20, false);
    CALL pg_temp.report_need(2, 101, 2, pg_temp.municipality_org('5059'), 'PPT tettere på skolen', '{1,2}',
                             pg_temp.today() - 58, 'submitted', 'included');
    CALL pg_temp.report_need(2, 102, 2, pg_temp.municipality_org('5056'), 'Språk i barnehagen', '{}',
                             pg_temp.today() - 59, 'submitted');
    CALL pg_temp.report_need(2, 103, 2, pg_temp.municipality_org('5061'), 'Overgang til skulen', '{}',
                             pg_temp.today() - 60, 'submitted', 'returned');
    CALL pg_temp.report_need(2, 104, 2, pg_temp.municipality_org('5055'), 'Inkludering i SFO', '{}',
                             pg_temp.today() - 12);
    CALL pg_temp.report_need(2, 105, 3, pg_temp.municipality_org('5057'), 'Uteskole for alle', '{}',
                             pg_temp.today() - 55, 'submitted', 'not_included');
    FOR p IN SELECT d.*, f.frame_nok - f.frame_nok % 1000 AS nok
               FROM partnership_demo d
               JOIN network_frame f ON f.round_id = pg_temp.round_no(2)
                                   AND f.network_id = pg_temp.network_no(d.network)
              WHERE d.network IN (2, 3, 4, 7) ORDER BY d.network
    LOOP
        CALL pg_temp.prepare_basis(2, p.network, p.title, p.uhs, p.nok, pg_temp.today() - 9);
        CALL pg_temp.sign_basis(2, p.network, CASE p.network WHEN 2 THEN p.uhs[2:2] ELSE p.uhs END);
        IF p.network <> 2 THEN
            CALL pg_temp.submit_basis(2, p.network);
        END IF;
    END LOOP;
    CALL pg_temp.on_day(pg_temp.today() - 2);
    UPDATE decision_basis SET state = 'returned', claimed_nok = 0, resubmit_due_on = pg_temp.today() + 5,
           state_note = 'Eksempel: budsjettet til evaluering er ikke begrunnet.'
     WHERE id = pg_temp.basis_id(2, 4);
END
$$;

-- ---- refresh ---------------------------------------------------------------------------------

-- This year's round is as far from its deadlines as on the day of loading, and the reports of last year's
-- are due in twelve days. Never backwards; what happened in them stays.
DO $$
DECLARE
    late CONSTANT int := (SELECT pg_temp.today() + 10 - r.basis_due_on
                            FROM grant_round r WHERE r.id = pg_temp.round_no(2));
    years CONSTANT int := (SELECT pg_temp.this_year() - r.year FROM grant_round r
                            WHERE r.id = pg_temp.round_no(2));
BEGIN
    IF current_setting('loft.demo_refresh', true) IS DISTINCT FROM 'on' OR late <= 0 THEN
        RETURN;
    END IF;
    UPDATE grant_round
       SET year = year + years, self_assessment_from_on = self_assessment_from_on + late,
           need_due_on = need_due_on + late, basis_due_on = basis_due_on + late,
           recommendation_due_on = recommendation_due_on + late,
           decision_due_on = decision_due_on + late, report_due_on = report_due_on + late
     WHERE id = pg_temp.round_no(2);
    UPDATE grant_round SET year = year + years, report_due_on = report_due_on + late
     WHERE id = pg_temp.round_no(1);
    UPDATE network_frame SET need_due_on = need_due_on + late WHERE round_id = pg_temp.round_no(2);
    UPDATE decision_basis SET resubmit_due_on = resubmit_due_on + late
     WHERE round_id = pg_temp.round_no(2) AND state = 'returned';
    UPDATE grant_report t SET due_on = t.due_on + late
      FROM grant_decision d
     WHERE d.id = t.decision_id AND d.round_id = pg_temp.round_no(1) AND t.state IN ('open', 'returned');
    INSERT INTO event (actor_kind, operation, resource_type, resource_id, version, from_state, to_state)
    SELECT 'system', 'demo.refresh', 'grant_round', r.id, r.version, r.state, r.state
      FROM grant_round r WHERE r.id IN (pg_temp.round_no(1), pg_temp.round_no(2));
END
$$;
