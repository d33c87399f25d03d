-- Demo data: the idea bank. In own words after the patterns of the programme's public pages; authors are
-- fictitious, schools are examples. One idea in each state, two adaptations, one text in nynorsk.

CREATE OR REPLACE FUNCTION pg_temp.idea_no(no int) RETURNS uuid
LANGUAGE sql AS $$ SELECT ('00000000-0000-7000-8006-' || lpad(no::text, 12, '0'))::uuid $$;

-- The registration of a demo person for a course.
CREATE OR REPLACE FUNCTION pg_temp.seat_of(person_id uuid, course_id uuid) RETURNS uuid
LANGUAGE sql AS $$
    SELECT r.id FROM registration r
     WHERE r.person_id = seat_of.person_id AND r.course_id = seat_of.course_id
$$;

INSERT INTO idea (id, title, summary, body, language, kind, source, author_registration_id,
    author_display, school_or_unit, municipality_no, audience, grade_from, grade_to, smart_values,
    tags, season, parent_idea_id, visibility, consent_author, contains_children, consent_children,
    review_note, state, published_at, created_by, is_example)
SELECT pg_temp.idea_no(i.no), i.title, i.summary, i.body, i.language, i.kind,
       CASE WHEN i.person IS NULL THEN 'smart_centre' ELSE 'former_participant' END,
       pg_temp.seat_of(pg_temp.person_no(i.person), pg_temp.course_no(2)),
       coalesce(i.author, 'SMART-senteret (eksempel)'), i.school, i.municipality, i.audience,
       i.grade_from, i.grade_to, i.smart_values::text[], normalise_tags(i.tags::text[]), i.season,
       pg_temp.idea_no(i.parent), i.visibility, i.visibility = 'public', i.children,
       CASE WHEN i.children THEN true END, i.note, i.state, i.published::timestamptz,
       CASE WHEN i.person IS NULL THEN pg_temp.user_no(2) END, true
  FROM (VALUES
    (1, 'Relasjonsspill for elever og foresatte',
     'Et brettspill på foreldremøtet der barn og voksne fra ulike familier blir kjent.',
     'Bland elever og foresatte i grupper på fire til seks, slik at ingen sitter sammen med sin egen familie. Lag et brett med ruter og en bunke med spørsmål: Hvilken styrke bruker du mest på skolen? Når var du sist en god venn? Hva gjør vi når noen står alene i skolegården? Kast terningen, flytt brikken og svar. Avtal på forhånd at alle lytter til den som snakker. Sett av en halv time, og avslutt med at gruppa velger ett svar de vil dele.',
     'nb', 'game', NULL, NULL, NULL, '3905', 'foreldre', 5, 7, '{M,R}',
     '{foreldremøte,spill,relasjoner,skole}', NULL, NULL, 'public', false, NULL, 'published', '2023-03-29 12:00+02'),
    (2, 'Klassebamse med styrkekoffert',
     'Bamsen er med en elev hjem hver uke og samler styrker i kofferten sin.',
     'Bamsen har en liten koffert med styrkekort og en bok. Hver fredag får en ny elev ta den med hjem. Sammen med en voksen skriver eller tegner eleven en gang i løpet av uka da noen i familien brukte en styrke, og legger kortet i boka. Mandag morgen forteller eleven klassen om det. Etter et halvår har klassen en hel bok om hva folk er gode til.',
     'nb', 'tool', 11, 'Kontaktlærer, Eksempelåsen skole (eksempel)', 'Eksempelåsen skole (eksempel)', '3905',
     'barneskole', 1, 4, '{S,A,R}', '{klasserom,styrker,bamse}', NULL, NULL, 'public', false, NULL, 'published',
     '2024-02-12 09:00+01'),
    (3, 'Påskebingo for kollegaer',
     'Bingobrett som får ansatte til å snakke med noen fra et annet team.',
     'Del ut et brett med femogtjue ruter, for eksempel «har lært noe nytt denne uka», «kan navnet på alle elevene i en annen klasse» og «har fått ros av en kollega». Finn en kollega fra et annet team for hver rute og spør. Minst ti ulike navn må stå på brettet når det leveres fredag. Trekk en vinner, og la noen fortelle om den beste samtalen.',
     'nb', 'game', NULL, NULL, NULL, '3905', 'kollegium', NULL, NULL, '{R,A}',
     '{kollegium,bingo,arbeidsmiljø}', 'easter', NULL, 'public', false, NULL, 'published', '2023-03-28 12:00+02'),
    (4, 'Megselvhelten: en mal for egne styrker',
     'Elevene tegner seg selv som helt og fyller rutene med styrker, drømmer og det de liker.',
     'Arket har en tegnet helt uten ansikt og ruter rundt: Dette er jeg god til. Dette drømmer jeg om. Slik hjelper jeg andre. Dette gjør meg glad. Begynn med et felles tankekart om drømmer på tavla. La elevene fortelle hverandre to og to før de skriver. Heng heltene opp, uten fulle navn.',
     'nb', 'template', 13, 'Lærer på 2. trinn (eksempel)', 'Demolia skole (eksempel)', '3905', 'barneskole', 2, 3,
     '{S,M}', '{mal,styrker,undervisningsopplegg}', NULL, NULL, 'public', true, NULL, 'published', '2024-03-25 12:00+01'),
    (5, 'Egenskaper som gjør samarbeidet godt',
     'Gruppa blir enig om tre egenskaper før den får vite hva oppgaven er.',
     'Del i grupper på tre til fem som sjelden jobber sammen. Hver skriver fem egenskaper som gjør samarbeid godt. Snakk to og to, si dem høyt etter tur, og finn de tre som flest har skrevet. Lag en plakat. Først da deles oppgaven ut. Når den er ferdig, ser gruppa på plakaten: Hva fikk vi til?',
     'nb', 'exercise', 16, 'SFO-ansatt (eksempel)', NULL, '3901', 'barneskole', 5, 7, '{M,A,T}',
     '{gruppearbeid,samarbeid,egenskaper}', NULL, NULL, 'public', false, NULL, 'published', '2024-01-15 10:00+01'),
    (6, 'Anerkjennende intervju',
     'En samtale to og to om en gang det virkelig fungerte.',
     'Gå sammen to og to. Den ene spør, den andre forteller: Tenk på en gang samspillet i barnegruppa eller klassen var på sitt beste. Hva skjedde? Hva gjorde du? Hva gjorde de andre? Hvilke styrker var i bruk? Hva skal til for at det skjer oftere? Den som lytter, skriver ned styrkene den hører og leser dem opp til slutt. Bytt roller.',
     'nb', 'method', NULL, NULL, NULL, NULL, 'kollegium', NULL, NULL, '{S,A,R}',
     '{samtale,styrker,metode}', NULL, NULL, 'public', false, NULL, 'published', '2024-08-20 09:00+02'),
    (7, 'Styrkeportretter',
     'Alle får et portrett laget av ordene de andre ser dem med.',
     'Skriv navnet ditt midt på et ark og send det rundt. De andre skriver en styrke de har sett hos deg, og når det skjedde. Når arket er tilbake, velger du tre og lager et portrett: en tegning, et bilde av noe du har laget, eller et dikt. Heng dem opp, og snakk om hva som overrasket.',
     'nb', 'method', NULL, NULL, NULL, NULL, 'ungdomsskole', 8, 10, '{S,A}',
     '{styrker,portrett,metode}', NULL, NULL, 'public', false, NULL, 'published', '2024-09-02 09:00+02'),
    (8, 'Vekebamsen i barnehagen',
     'Klassebamsen omsett til dei minste: ein leik i samlingsstunda kvar veke.',
     'Vi lét oss inspirere av klassebamsen og gjorde han om til vår eigen kvardag. Bamsen bur i barnehagen, og kvar veke finn borna ein styrke han skal øve på. I samlinga leikar vi situasjonar: Kven kan trøyste bamsen? Korleis ber vi nokon inn i leiken? Fredag tek vi eit bilete av noko vi har bygd saman, utan ansikt, og heng det opp til foreldra.',
     'nn', 'story', 18, 'Pedagogisk leiar (eksempel)', 'Øvre Demodal barnehage (eksempel)', '3901', 'barnehage', NULL,
     NULL, '{S,R,T}', '{barnehage,styrker,bamse}', NULL, 2, 'public', false, NULL, 'published', '2024-05-06 09:00+02'),
    (9, 'Relasjonsspill på SFO-kvelden',
     'En kort utgave av spillet, med bevegelse i stedet for brett.',
     'Inspirert av relasjonsspillet, men oversatt til gymsalen: rutene ligger på gulvet, og lagene er brikkene. Spørsmålene er de samme, men hver tredje rute er en samarbeidslek. Passer for store grupper, og tar tjue minutter.',
     'nb', 'game', 16, 'SFO-ansatt (eksempel)', NULL, '3901', 'sfo', 1, 4, '{R,T}', '{sfo,spill,bevegelse}', NULL, 1,
     'alumni', false, NULL, 'published', '2024-04-18 09:00+02'),
    (10, 'Fem på rad med gode ord',
     'Et spill der ruten vinnes med en anerkjennelse.',
     'Tegn et rutenett med styrker. To lag bytter på å velge en rute og si hvem på det andre laget de har sett bruke den styrken, og når. Er de andre enige, får laget ruten. Fem på rad vinner.',
     'nb', 'game', 17, 'Miljøarbeider (eksempel)', NULL, '3905', 'ungdomsskole', 8, 10, '{S,A}', '{spill,styrker}', NULL,
     NULL, 'cohort', false, NULL, 'approved', NULL),
    (11, 'Morgenringen', 'Fem minutter der alle blir sett før dagen begynner.',
     'Stå i ring. Den som har ballen, sier god morgen til en annen og noe hun gleder seg til, og kaster ballen videre. Ingen får den to ganger. Gjør det hver dag i tre uker før dere vurderer om det virker.',
     'nb', 'exercise', 11, 'Kontaktlærer (eksempel)', NULL, '3905', 'barneskole', 1, 7, '{R,T}', '{trening,klasserom}',
     NULL, NULL, 'public', false, NULL, 'submitted', NULL),
    (12, 'Takkekort til vaktmesteren', 'Hvem gjør dagen vår bedre uten at vi merker det?',
     'Klassen skriver takkekort til dem på skolen som sjelden får takk. Et kort sier hva vi har sett, og hva det betyr.',
     'nb', 'exercise', 13, 'Lærer på 2. trinn (eksempel)', NULL, '3905', 'barneskole', 1, 7, '{A}', '{anerkjennelse}',
     'christmas', NULL, 'public', false, 'Fortell gjerne hvordan dere fant ut hvem som skulle få kort.', 'returned', NULL),
    (13, 'Utkast: styrker i svømmehallen', NULL, 'Hva ser vi i vann som vi ikke ser i klasserommet?',
     'nb', 'text', 17, 'Miljøarbeider (eksempel)', NULL, NULL, 'annet', NULL, NULL, '{}', '{}', NULL, NULL, 'cohort',
     false, NULL, 'draft', NULL),
    (14, 'Tilbud på klistremerker', NULL, 'Vi selger klistremerker med styrker.', 'nb', 'text', 18,
     'En tidligere deltaker (eksempel)', NULL, NULL, 'annet', NULL, NULL, '{}', '{}', NULL, NULL, 'cohort', false,
     'Idébanken er for praksis, ikke for salg.', 'rejected', NULL),
    (15, 'Sommerhilsen 2022', 'En hilsen til den som begynner på nytt trinn.',
     'Elevene skriver et råd til dem som kommer etter dem, og legger det i pulten.', 'nb', 'text', NULL, NULL, NULL, NULL,
     'barneskole', 4, 7, '{R}', '{overgang}', 'summer', NULL, 'public', false, NULL, 'archived', '2022-06-10 09:00+02')
  ) AS i (no, title, summary, body, language, kind, person, author, school, municipality, audience,
          grade_from, grade_to, smart_values, tags, season, parent, visibility, children, note, state,
          published)
ON CONFLICT DO NOTHING;

-- A star of 24 by 24 pixels, drawn for the template.
DO $$
DECLARE
    star bytea := decode(replace(replace(
       '89504e470d0a1a0a0000000d49484452000000180000001802030000009d19d56b00000009504c5445fffffff2a900d9
        3a2b5071c52e000000584944415478da636040038c0e608a35000bc5360141b186b04d100d60600d756a0c0d60608c5a
        366b2950a7d8aa5553404a981ac02aa59680a9cc4cb0c92bb44066b32e910a001bc98a44893a308600291606060106ac
        00006e81104b80301da20000000049454e44ae426082', E'\n', ''), ' ', ''), 'hex');
BEGIN
    INSERT INTO attachment (id, idea_id, filename, media_type, size_bytes, sha256)
    VALUES (pg_temp.idea_no(1001), pg_temp.idea_no(4), 'megselvhelten-stjerne.png', 'image/png',
            octet_length(star), encode(sha256(star), 'hex'))
    ON CONFLICT DO NOTHING;
    IF FOUND THEN
        INSERT INTO attachment_content (attachment_id, bytes) VALUES (pg_temp.idea_no(1001), star);
    END IF;
END
$$;
