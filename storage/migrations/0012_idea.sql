-- SMART: the idea bank (idébanken). domain.md §4.2, §4.3, SM-R16.
--
-- The author is a person: what a participant writes belongs to the person behind the registration,
-- also when the seat is handed over later. An idea without a registration is the centre's own. Names
-- of children have no column.

-- ---- words that are one in a search ----------------------------------------------------------

CREATE FUNCTION norwegian_stems(words text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_agg((ts_lexize('pg_catalog.norwegian_stem', word))[1] ORDER BY no)
      FROM unnest(words) WITH ORDINALITY AS w (word, no)
$$;

-- The stemmer knows endings, not that skole and skule are one word. A search for one of a family
-- finds all of it. Bokmål stands first, nynorsk second, then forms that the stemmer leaves apart.
-- With in_compounds the first two stand for each other inside longer words too (skolegård,
-- skulegard).
CREATE TABLE word_family (
    words text[] PRIMARY KEY,
    in_compounds boolean NOT NULL DEFAULT false,
    stems text[] NOT NULL GENERATED ALWAYS AS (norwegian_stems(words)) STORED,
    CONSTRAINT word_family_words_check CHECK (cardinality(words) BETWEEN 2 AND 8),
    CONSTRAINT word_family_stems_check CHECK (array_position(stems, NULL) IS NULL)
);

INSERT INTO word_family (words, in_compounds) VALUES
    -- school, kindergarten, home
    ('{skole,skule}', true), ('{barn,born}', false), ('{lek,leik}', true),
    ('{oppgave,oppgåve}', true), ('{gave,gåve}', false), ('{gård,gard}', true), ('{hjem,heim}', true),
    ('{hjemme,heime}', true),
    ('{foresatt,føresett}', true), ('{uke,veke,uka,uken,uker,ukas}', true), ('{måned,månad}', true),
    ('{morgen,morgon}', true), ('{høst,haust}', true), ('{lørdag,laurdag}', true),
    ('{søndag,sundag}', true), ('{hverdag,kvardag}', true), ('{jul,jol}', true),
    ('{jente,gjente}', false), ('{gutt,gut}', false), ('{søster,syster}', false),
    ('{spill,spel}', true), ('{bilde,bilete}', true), ('{bok,bok,bøker}', false),
    ('{lærer,lærar,lærere,lærerne,lærarar,lærarane}', false),
    ('{deltaker,deltakar,deltakere,deltakerne,deltakarar}', false),
    ('{leder,leiar,ledere,lederne,leiarar}', false),
    ('{ansatt,tilsett}', true), ('{voksen,vaksen,voksne,vaksne}', false),
    -- people and belonging
    ('{venn,ven}', true), ('{venninne,veninne}', false), ('{kjærlighet,kjærleik}', false),
    ('{menneske,menneskje}', true), ('{hjerte,hjarte}', true), ('{øye,auge,øyne}', false),
    ('{hode,hovud}', true), ('{høre,høyre}', false), ('{tilhørighet,tilhøyrsle}', false),
    ('{navn,namn}', true), ('{ensom,einsam}', false), ('{ensomhet,einsemd}', false),
    ('{alene,åleine}', false), ('{sammen,saman}', true), ('{felles,sams}', false),
    ('{forskjell,skilnad,forskjellig,ulik}', false), ('{lykke,lukke}', false),
    ('{spørre,spørje,spør}', false), ('{fortelle,fortelje}', false),
    ('{fortelling,forteljing}', true), ('{velge,velje,valg,val}', false), ('{følge,følgje}', false),
    ('{følelse,kjensle}', false), ('{tenke,tenkje}', false),
    ('{bygge,byggje}', false), ('{ønske,ønskje}', false), ('{huske,hugse}', false),
    ('{tegne,teikne}', false), ('{tegning,teikning}', true), ('{begynne,byrje}', false),
    ('{merke,merkje}', false), ('{trenge,trengje}', false), ('{rekke,rekkje}', false),
    ('{synge,syngje}', false), ('{sang,song}', true), ('{drøm,draum,drømmer}', false),
    ('{redsel,redsle}', false), ('{trivsel,trivnad}', true), ('{håp,von}', false),
    -- what SMART speaks of
    ('{styrke,styrkje}', false), ('{egenskap,eigenskap}', true), ('{egen,eigen}', false),
    ('{anerkjennelse,anerkjenning}', false), ('{medvirkning,medverknad}', true),
    ('{medvirke,medverke}', false), ('{virksomhet,verksemd}', true),
    ('{trygghet,tryggleik,tryggheit}', false), ('{mulighet,moglegheit}', false),
    ('{mulig,mogleg}', false), ('{likhet,likskap}', false), ('{oppmerksomhet,merksemd}', false),
    ('{oppmerksom,merksam}', false), ('{takknemlighet,takksemd}', false),
    ('{takknemlig,takksam}', false), ('{nysgjerrig,nyfiken}', false), ('{ferdighet,dugleik}', false),
    ('{erfaring,røynsle}', false), ('{opplevelse,oppleving}', false), ('{øvelse,øving}', false),
    ('{veiledning,rettleiing}', false), ('{vei,veg}', false), ('{eksempel,døme}', false),
    ('{begrep,omgrep}', false), ('{frivillig,friviljug}', false), ('{hvit,kvit}', false),
    ('{hvile,kvile}', false), ('{bein,ben}', false), ('{stein,sten}', true), ('{melk,mjølk}', true),
    ('{rolig,roleg}', false), ('{ærlig,ærleg}', false), ('{årlig,årleg}', false),
    ('{forberede,førebu}', false), ('{forberedelse,førebuing}', false),
    ('{forebygge,førebyggje}', false), ('{forebygging,førebygging}', false),
    ('{forskning,forsking}', false), ('{deltakelse,deltaking}', false),
    ('{forslag,framlegg}', false), ('{første,fyrste}', false), ('{flere,fleire}', false),
    ('{rød,raud}', false), ('{grønn,grøn}', false), ('{høy,høg}', false), ('{hel,heil}', false);

CREATE FUNCTION tsquery_word(stem text) RETURNS tsquery
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ('''' || replace(replace(stem, '\', '\\'), '''', '''''') || '''')::tsquery
$$;

-- One part of a longer word in the other spelling: the whole word, as at the beginning of a compound,
-- else the stem, as at its end.
CREATE FUNCTION respell(value text, word text, other text, stem text, other_stem text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN position(word IN value) > 0 THEN replace(value, word, other)
                ELSE replace(value, stem, other_stem) END
$$;

-- Each word of a search with all its forms, joined by or.
CREATE FUNCTION norwegian_forms(q text) RETURNS TABLE (word tsquery, forms tsquery)
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE ROWS 3 SET search_path = loft, pg_temp AS $$
DECLARE
    stem text;
    form text;
    in_nb text;
    in_nn text;
    family word_family;
BEGIN
    FOREACH stem IN ARRAY tsvector_to_array(to_tsvector('pg_catalog.norwegian', q)) LOOP
        word := tsquery_word(stem);
        forms := word;
        in_nb := stem;
        in_nn := stem;
        FOR family IN SELECT * FROM word_family f WHERE f.in_compounds
                      ORDER BY char_length(f.words[1]) DESC, f.words LOOP
            in_nn := respell(in_nn, family.words[1], family.words[2], family.stems[1], family.stems[2]);
            in_nb := respell(in_nb, family.words[2], family.words[1], family.stems[2], family.stems[1]);
        END LOOP;
        FOR form IN
            SELECT unnest(f.stems) FROM word_family f WHERE stem = ANY (f.stems)
            UNION SELECT in_nb UNION SELECT in_nn
        LOOP
            IF form <> stem THEN
                forms := forms || tsquery_word(form);
            END IF;
        END LOOP;
        RETURN NEXT;
    END LOOP;
END
$$;

-- A search as people write it ("a phrase", -without, or) with every word in all its forms. Never an
-- error; words that say nothing ("og") find nothing.
CREATE FUNCTION norwegian_query(q text) RETURNS tsquery
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = loft, pg_temp
SET client_min_messages = warning AS $$
DECLARE
    wanted tsquery := websearch_to_tsquery('pg_catalog.norwegian', q);
    one record;
BEGIN
    -- By way of a mark that no text holds: else the forms of one word would be taken for the next.
    FOR one IN SELECT f.word, row_number() OVER () AS no FROM norwegian_forms(q) f LOOP
        wanted := ts_rewrite(wanted, one.word, tsquery_word(E'\x01' || one.no));
    END LOOP;
    FOR one IN SELECT f.forms, row_number() OVER () AS no FROM norwegian_forms(q) f LOOP
        wanted := ts_rewrite(wanted, tsquery_word(E'\x01' || one.no), one.forms);
    END LOOP;
    RETURN wanted;
END
$$;

-- Any of the words of a search: what is marked in a text that was found. Null when there are none.
CREATE FUNCTION norwegian_any(q text) RETURNS tsquery
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = loft, pg_temp AS $$
DECLARE
    wanted tsquery;
    one record;
BEGIN
    FOR one IN SELECT f.forms FROM norwegian_forms(q) f LOOP
        wanted := CASE WHEN wanted IS NULL THEN one.forms ELSE wanted || one.forms END;
    END LOOP;
    RETURN wanted;
END
$$;

-- The text with the wanted words between ⟦ and ⟧; null when it has none of them. Plain text: the
-- markers are taken out of what people wrote, and nothing of it is HTML. `fragments` = 0 keeps all of
-- the text, else so many pieces around the words are cut out.
CREATE FUNCTION norwegian_highlight(value text, wanted tsquery, fragments int) RETURNS text
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE COST 10000 SET search_path = loft, pg_temp AS $$
DECLARE
    marked text := ts_headline('pg_catalog.norwegian', translate(value, '⟦⟧', ''), wanted,
        CASE WHEN fragments = 0 THEN 'StartSel=⟦, StopSel=⟧, HighlightAll=true'
             ELSE format('StartSel=⟦, StopSel=⟧, MaxFragments=%s, MinWords=6, MaxWords=20, '
                         'FragmentDelimiter=" … "', fragments) END);
BEGIN
    RETURN CASE WHEN position('⟦' IN marked) > 0 THEN marked END;
END
$$;

-- ---- ideas -----------------------------------------------------------------------------------

-- Small letters, single spaces, each once, sorted.
CREATE FUNCTION normalise_tags(tags text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT tag ORDER BY tag), '{}')
      FROM (SELECT lower(btrim(regexp_replace(normalize(t, NFC), '\s+', ' ', 'g')) COLLATE "nb-x-icu")
                       COLLATE "C" AS tag
              FROM unnest(tags) AS t) AS one
$$;

CREATE TABLE idea (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    title text NOT NULL CONSTRAINT idea_title_check CHECK (text_within(title, 200)),
    summary text CONSTRAINT idea_summary_check CHECK (text_within(summary, 500)),
    body text NOT NULL CONSTRAINT idea_body_check CHECK (text_within(body, 20000)),
    language text NOT NULL DEFAULT 'nb'
        CONSTRAINT idea_language_check CHECK (language IN ('nb', 'nn', 'en')),
    kind text NOT NULL CONSTRAINT idea_kind_check CHECK (kind IN (
        'text', 'image', 'film', 'game', 'template', 'exercise', 'tool', 'method', 'story')),
    source text NOT NULL CONSTRAINT idea_source_check CHECK (source IN (
        'participant', 'former_participant', 'smart_centre', 'external')),
    author_registration_id uuid
        CONSTRAINT idea_author_registration_id_fkey REFERENCES registration,
    author_display text NOT NULL
        CONSTRAINT idea_author_display_check CHECK (text_within(author_display, 200)),
    school_or_unit text
        CONSTRAINT idea_school_or_unit_check CHECK (text_within(school_or_unit, 200)),
    municipality_no text
        CONSTRAINT idea_municipality_no_fkey REFERENCES municipality (municipality_no),
    audience text NOT NULL CONSTRAINT idea_audience_check CHECK (audience IN (
        'barnehage', 'barneskole', 'ungdomsskole', 'vgs', 'sfo', 'foreldre', 'kollegium', 'annet')),
    grade_from int CONSTRAINT idea_grade_from_check CHECK (grade_from BETWEEN 1 AND 13),
    grade_to int CONSTRAINT idea_grade_to_check
        CHECK (grade_to BETWEEN 1 AND 13 AND (grade_from IS NULL OR grade_to >= grade_from)),
    smart_values text[] NOT NULL DEFAULT '{}' CONSTRAINT idea_smart_values_check CHECK (
        cardinality(smart_values) <= 5 AND smart_values <@ ARRAY['S', 'M', 'A', 'R', 'T']),
    tags text[] NOT NULL DEFAULT '{}' CONSTRAINT idea_tags_check CHECK (
        cardinality(tags) <= 10 AND array_position(tags, NULL) IS NULL
        AND array_position(tags, '') IS NULL AND tags = normalise_tags(tags)
        AND char_length(array_to_string(tags, '')) <= 400),
    links text[] NOT NULL DEFAULT '{}' CONSTRAINT idea_links_check CHECK (
        cardinality(links) <= 10 AND array_position(links, NULL) IS NULL
        AND octet_length(array_to_string(links, '')) <= 5000),
    season text CONSTRAINT idea_season_check CHECK (season IN (
        'autumn', 'christmas', 'winter', 'easter', 'spring', 'summer')),
    shared_at_session_id uuid
        CONSTRAINT idea_shared_at_session_id_fkey REFERENCES course_session,
    parent_idea_id uuid
        CONSTRAINT idea_parent_idea_id_fkey REFERENCES idea ON DELETE SET NULL,
    visibility text NOT NULL DEFAULT 'cohort'
        CONSTRAINT idea_visibility_check CHECK (visibility IN ('cohort', 'alumni', 'public')),
    consent_author boolean NOT NULL DEFAULT false,
    contains_children boolean NOT NULL DEFAULT false,
    consent_children boolean,
    review_note text CONSTRAINT idea_review_note_check CHECK (char_length(review_note) <= 500),
    state text NOT NULL DEFAULT 'draft' CONSTRAINT idea_state_check CHECK (state IN (
        'draft', 'submitted', 'returned', 'rejected', 'approved', 'published', 'archived')),
    published_at timestamptz CONSTRAINT idea_published_at_check
        CHECK (state <> 'published' OR published_at IS NOT NULL),
    created_by uuid
        CONSTRAINT idea_created_by_fkey REFERENCES user_account,
    is_example boolean NOT NULL DEFAULT false,

    -- Kept by the trigger below: whose idea it is (null: the centre's), which course's participants
    -- are its cohort, and the words by which it is found.
    author_person_id uuid
        CONSTRAINT idea_author_person_id_fkey REFERENCES person,
    course_id uuid
        CONSTRAINT idea_course_id_fkey REFERENCES course,
    words tsvector NOT NULL,

    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT idea_author_person_id_check
        CHECK ((author_registration_id IS NOT NULL) = (author_person_id IS NOT NULL)),
    CONSTRAINT idea_source_fits_author CHECK (
        (author_registration_id IS NOT NULL) = (source IN ('participant', 'former_participant'))),
    CONSTRAINT idea_cohort_is_known CHECK (visibility <> 'cohort' OR course_id IS NOT NULL),
    -- SM-R16, the last wall.
    CONSTRAINT idea_public_with_consent CHECK (
        state <> 'published' OR visibility <> 'public'
        OR (consent_author AND (NOT contains_children OR consent_children IS TRUE)))
);
COMMENT ON COLUMN idea.author_display IS 'as the author wants to be named; never a child';
-- In the order of published_at, what is not published stands first among the newest. CASE, because
-- the planner takes coalesce() for leaky (see course_order_idx).
CREATE INDEX idea_order_idx ON idea (
    (CASE WHEN published_at IS NULL THEN timestamptz '9999-12-31 00:00:00+00' ELSE published_at END), id);
CREATE INDEX idea_updated_idx ON idea (updated_at, id);
CREATE INDEX idea_title_idx ON idea (title COLLATE "nb-x-icu", id);
CREATE INDEX idea_words_idx ON idea USING gin (words);
CREATE INDEX idea_author_person_id_idx ON idea (author_person_id) WHERE author_person_id IS NOT NULL;
CREATE INDEX idea_author_registration_id_idx ON idea (author_registration_id)
    WHERE author_registration_id IS NOT NULL;
CREATE INDEX idea_created_by_idx ON idea (created_by) WHERE created_by IS NOT NULL;
CREATE INDEX idea_course_id_idx ON idea (course_id) WHERE course_id IS NOT NULL;
CREATE INDEX idea_parent_idea_id_idx ON idea (parent_idea_id) WHERE parent_idea_id IS NOT NULL;
CREATE INDEX idea_shared_at_session_id_idx ON idea (shared_at_session_id)
    WHERE shared_at_session_id IS NOT NULL;

-- Title before summary and tags before body.
CREATE FUNCTION idea_words(title text, summary text, body text, tags text[]) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector('pg_catalog.norwegian', title), 'A')
        || setweight(to_tsvector('pg_catalog.norwegian', coalesce(summary, '')), 'B')
        || setweight(to_tsvector('pg_catalog.norwegian', array_to_string(tags, ' ')), 'B')
        || setweight(to_tsvector('pg_catalog.norwegian', body), 'C')
$$;

-- Author and cohort are those of the registration when the idea was made: a seat that is handed over
-- takes no ideas with it. Only who takes part, or took part to the end, shares in that course's name.
CREATE FUNCTION fill_idea() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    NEW.words := idea_words(NEW.title, NEW.summary, NEW.body, NEW.tags);
    IF TG_OP = 'INSERT' AND NEW.author_registration_id IS NOT NULL THEN
        SELECT r.person_id, r.course_id INTO NEW.author_person_id, NEW.course_id FROM registration r
         WHERE r.id = NEW.author_registration_id AND r.state IN ('confirmed', 'completed');
        IF NOT FOUND THEN
            RAISE EXCEPTION 'no participant to be the author'
                USING ERRCODE = 'foreign_key_violation', SCHEMA = 'loft', TABLE = 'idea',
                      CONSTRAINT = 'idea_author_registration_id_fkey';
        END IF;
    ELSIF NEW.author_registration_id IS NULL AND NEW.shared_at_session_id IS NOT NULL THEN
        NEW.course_id := (SELECT s.course_id FROM course_session s
                           WHERE s.id = NEW.shared_at_session_id);
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER idea_fill BEFORE INSERT OR UPDATE ON idea
    FOR EACH ROW EXECUTE FUNCTION fill_idea();
CREATE TRIGGER idea_touch BEFORE UPDATE ON idea
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

-- ---- search, past the row policies -----------------------------------------------------------

-- Ids of the ideas that hold the words, and how well they fit (millionths). Asked as the owner, since
-- @@ is not leakproof and would not use the index under a policy; lists join the ids to the rows that
-- the caller may see.
CREATE FUNCTION idea_search(q text) RETURNS TABLE (id uuid, relevance bigint)
LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER ROWS 20 SET search_path = loft, pg_temp AS $$
DECLARE
    query tsquery := norwegian_query(q);
BEGIN
    RETURN QUERY
        SELECT i.id, (ts_rank_cd('{0.1, 0.2, 0.4, 1.0}', i.words, query, 1) * 1000000)::bigint
          FROM idea i WHERE i.words @@ query;
END
$$;

-- ---- what the service's role may touch -------------------------------------------------------

GRANT EXECUTE ON FUNCTION
    norwegian_stems(text[]), tsquery_word(text), respell(text, text, text, text, text),
    norwegian_forms(text), norwegian_query(text), norwegian_any(text),
    norwegian_highlight(text, tsquery, int), normalise_tags(text[]), idea_search(text)
TO loft_service;

GRANT SELECT ON word_family, idea TO loft_service;
GRANT DELETE ON idea TO loft_service;
GRANT INSERT (title, summary, body, language, kind, source, author_registration_id, author_display,
              school_or_unit, municipality_no, audience, grade_from, grade_to, smart_values, tags,
              links, season, shared_at_session_id, parent_idea_id, visibility, consent_author,
              contains_children, consent_children, created_by),
      UPDATE (title, summary, body, language, kind, author_display, school_or_unit, municipality_no,
              audience, grade_from, grade_to, smart_values, tags, links, season,
              shared_at_session_id, visibility, consent_author, contains_children,
              consent_children, review_note, state, published_at)
    ON idea TO loft_service;
