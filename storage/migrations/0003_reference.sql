-- Reference data: places, SMART course types, professions, the default cancellation policy.

-- Numbers of 2020 and later; this register begins on 2020-01-01, older numbers are not in it.
-- Trøndelag kept its numbers when counties were split in 2024, Vestfold got new ones.
INSERT INTO municipality (municipality_no, name, name_sma, valid_from_on, valid_to_on) VALUES
    ('0301', 'Oslo', NULL, '2020-01-01', NULL),
    ('3801', 'Horten', NULL, '2020-01-01', '2023-12-31'),
    ('3901', 'Horten', NULL, '2024-01-01', NULL),
    ('3803', 'Tønsberg', NULL, '2020-01-01', '2023-12-31'),
    ('3905', 'Tønsberg', NULL, '2024-01-01', NULL),
    ('4601', 'Bergen', NULL, '2020-01-01', NULL),
    ('5001', 'Trondheim', 'Tråante', '2020-01-01', NULL),
    ('5006', 'Steinkjer', NULL, '2020-01-01', NULL),
    ('5007', 'Namsos', 'Nåavmesjenjaelmie', '2020-01-01', NULL),
    ('5014', 'Frøya', NULL, '2020-01-01', NULL),
    ('5020', 'Osen', NULL, '2020-01-01', NULL),
    ('5021', 'Oppdal', NULL, '2020-01-01', NULL),
    ('5022', 'Rennebu', NULL, '2020-01-01', NULL),
    ('5025', 'Røros', 'Rosse', '2020-01-01', NULL),
    ('5026', 'Holtålen', NULL, '2020-01-01', NULL),
    ('5027', 'Midtre Gauldal', NULL, '2020-01-01', NULL),
    ('5028', 'Melhus', NULL, '2020-01-01', NULL),
    ('5029', 'Skaun', NULL, '2020-01-01', NULL),
    ('5031', 'Malvik', NULL, '2020-01-01', NULL),
    ('5032', 'Selbu', NULL, '2020-01-01', NULL),
    ('5033', 'Tydal', NULL, '2020-01-01', NULL),
    ('5034', 'Meråker', NULL, '2020-01-01', NULL),
    ('5035', 'Stjørdal', NULL, '2020-01-01', NULL),
    ('5036', 'Frosta', NULL, '2020-01-01', NULL),
    ('5037', 'Levanger', NULL, '2020-01-01', NULL),
    ('5038', 'Verdal', NULL, '2020-01-01', NULL),
    ('5041', 'Snåsa', 'Snåase', '2020-01-01', NULL),
    ('5042', 'Lierne', NULL, '2020-01-01', NULL),
    ('5043', 'Røyrvik', 'Raarvihke', '2020-01-01', NULL),
    ('5044', 'Namsskogan', NULL, '2020-01-01', NULL),
    ('5045', 'Grong', NULL, '2020-01-01', NULL),
    ('5046', 'Høylandet', NULL, '2020-01-01', NULL),
    ('5047', 'Overhalla', NULL, '2020-01-01', NULL),
    ('5049', 'Flatanger', NULL, '2020-01-01', NULL),
    ('5052', 'Leka', NULL, '2020-01-01', NULL),
    ('5053', 'Inderøy', NULL, '2020-01-01', NULL),
    ('5054', 'Indre Fosen', NULL, '2020-01-01', NULL),
    ('5055', 'Heim', NULL, '2020-01-01', NULL),
    ('5056', 'Hitra', NULL, '2020-01-01', NULL),
    ('5057', 'Ørland', NULL, '2020-01-01', NULL),
    ('5058', 'Åfjord', NULL, '2020-01-01', NULL),
    ('5059', 'Orkland', NULL, '2020-01-01', NULL),
    ('5060', 'Nærøysund', NULL, '2020-01-01', NULL),
    ('5061', 'Rindal', NULL, '2020-01-01', NULL);

-- The regions of Olympiatoppen; nasjonal is for what runs in none of them.
INSERT INTO region (code, name) VALUES
    ('innlandet', 'Innlandet'),
    ('midt-norge', 'Midt-Norge'),
    ('nord', 'Nord'),
    ('vest', 'Vest'),
    ('sorvest', 'Sørvest'),
    ('sor', 'Sør'),
    ('ostlandet', 'Østlandet'),
    ('nasjonal', 'Nasjonal');

-- domain.md §4.2. The price of the trainer programme and the festival is not known, hence no
-- default. 36 seats: SM-R04; four gatherings of two days, the first overnight, and a festival day:
-- SM-R05, SM-R06.
INSERT INTO course_type (code, label_nb, label_nn, label_en, pricing_model, default_price_nok,
    default_capacity, default_duration_minutes, is_series, gives_certificate, gatherings_expected,
    gathering_days_expected, festival_days_expected, first_overnight_expected, sort_no) VALUES
    ('trenerutdanning', 'SMART trenerutdanning', 'SMART trenarutdanning', 'SMART trainer programme',
     'fixed', NULL, 36, NULL, true, true, 4, 2, 1, true, 10),
    ('grunnkurs', 'SMART grunnkurs', 'SMART grunnkurs', 'SMART foundation course',
     'fixed', 950, NULL, 390, false, false, NULL, NULL, NULL, false, 20),
    ('ungdomskurs', 'SMART ungdomskurs', 'SMART ungdomskurs', 'SMART youth course',
     'fixed', 950, NULL, 390, false, false, NULL, NULL, NULL, false, 30),
    ('moralsk_resonnering', 'Moralsk resonneringskurs', 'Kurs i moralsk resonnering',
     'Moral reasoning course', 'quote', NULL, NULL, 120, false, false, NULL, NULL, NULL, false, 40),
    ('kursrekke', 'SMART kursrekke', 'SMART kursrekkje', 'SMART course series',
     'quote', NULL, NULL, NULL, true, false, NULL, NULL, NULL, false, 50),
    ('festival', 'SMART-festivalen', 'SMART-festivalen', 'The SMART festival',
     'fixed', NULL, NULL, 270, false, false, NULL, NULL, NULL, false, 60);

INSERT INTO profession (code, label_nb, label_nn, label_en, sort_no) VALUES
    ('laerer', 'Lærer', 'Lærar', 'Teacher', 10),
    ('forskolelaerer', 'Barnehagelærer', 'Barnehagelærar', 'Preschool teacher', 20),
    ('sfo_ansatt', 'Ansatt i SFO', 'Tilsett i SFO', 'After-school care staff', 30),
    ('leder', 'Leder', 'Leiar', 'Manager', 40),
    ('rektor', 'Rektor', 'Rektor', 'Head teacher', 50),
    ('miljoarbeider', 'Miljøarbeider', 'Miljøarbeidar', 'Social worker in school', 60),
    ('fagarbeider', 'Fagarbeider', 'Fagarbeidar', 'Child and youth worker', 70),
    ('barnevern', 'Ansatt i barnevernet', 'Tilsett i barnevernet', 'Child welfare staff', 80),
    ('helsestasjon', 'Ansatt på helsestasjon', 'Tilsett på helsestasjon', 'Health clinic staff', 90),
    ('helsetjeneste', 'Ansatt i annen helsetjeneste', 'Tilsett i anna helseteneste',
     'Other health service staff', 100),
    ('frivillig', 'Frivillig', 'Frivillig', 'Volunteer', 110),
    ('foresatt', 'Foresatt', 'Føresett', 'Parent or guardian', 120),
    ('privat_naeringsliv', 'Ansatt i privat næringsliv', 'Tilsett i privat næringsliv',
     'Private sector staff', 130),
    ('annet', 'Annet', 'Anna', 'Other', 140);

-- SM-R13: everything back 14 days or more before the first session, half from 7 days, then nothing.
WITH policy AS (
    INSERT INTO cancellation_policy (code, label_nb, label_nn, label_en, is_default) VALUES
        ('standard', 'Standard avbestillingsregler', 'Standard avbestillingsreglar',
         'Standard cancellation terms', true)
    RETURNING id)
INSERT INTO cancellation_rule (policy_id, days_before, refund_bp)
SELECT policy.id, rule.days_before, rule.refund_bp
  FROM policy, (VALUES (14, 10000), (7, 5000), (0, 0)) AS rule (days_before, refund_bp);

