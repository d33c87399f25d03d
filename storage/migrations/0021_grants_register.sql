-- Kompetanseløftet i Trøndelag: the forum with its schemes, plan and meetings, the networks with their
-- members and headcounts. domain.md §0.1, §5.2, §5.9.
--
-- Numbers that have changed before stand on the scheme as defaults and on the round as what holds.

-- The day that deadlines are compared with.
CREATE FUNCTION business_today() RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
RETURN local_day(business_now());
GRANT EXECUTE ON FUNCTION business_today() TO loft_service;

-- ---- the forum and its schemes ---------------------------------------------------------------

-- Samarbeidsforum. Grants of the forum's roles name it; those of the state administrator name the
-- county organisation (scope_type county).
CREATE TABLE forum (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    code text NOT NULL
        CONSTRAINT forum_code_key UNIQUE
        CONSTRAINT forum_code_check
            CHECK (code ~ '^[a-z0-9]+([-_][a-z0-9]+)*$' AND char_length(code) <= 64),
    name text NOT NULL CONSTRAINT forum_name_check CHECK (text_within(name, 200)),
    county_id uuid NOT NULL CONSTRAINT forum_county_id_fkey REFERENCES organisation,
    is_example boolean NOT NULL DEFAULT false,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX forum_county_id_idx ON forum (county_id);
CREATE TRIGGER forum_touch BEFORE UPDATE ON forum
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

-- Tilskuddsordning.
CREATE TABLE grant_scheme (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    code text NOT NULL
        CONSTRAINT grant_scheme_code_key UNIQUE
        CONSTRAINT grant_scheme_code_check
            CHECK (code ~ '^[a-z0-9]+([-_][a-z0-9]+)*$' AND char_length(code) <= 64),
    label_nb text NOT NULL CONSTRAINT grant_scheme_label_nb_check CHECK (text_within(label_nb, 200)),
    label_nn text NOT NULL CONSTRAINT grant_scheme_label_nn_check CHECK (text_within(label_nn, 200)),
    label_en text NOT NULL CONSTRAINT grant_scheme_label_en_check CHECK (text_within(label_en, 200)),
    regulation_ref text CONSTRAINT grant_scheme_regulation_ref_check
        CHECK (char_length(regulation_ref) <= 200),
    -- Egenandel, of what an owner is granted (KL-R12).
    own_share_bp int NOT NULL DEFAULT 0
        CONSTRAINT grant_scheme_own_share_bp_check CHECK (own_share_bp BETWEEN 0 AND 10000),
    -- Service types whose assessments are expected behind a basis; missing ones are warned of (KL-R09).
    expected_service_types text[] NOT NULL DEFAULT '{}'
        CONSTRAINT grant_scheme_expected_service_types_check
            CHECK (expected_service_types <@ ARRAY['kindergarten', 'school', 'sfo', 'ppt']),
    require_uh_signature boolean NOT NULL DEFAULT true,
    allow_multiple_bases boolean NOT NULL DEFAULT true,
    joint_share_first_meeting_only boolean NOT NULL DEFAULT true,
    is_active boolean NOT NULL DEFAULT true,
    sort_no int NOT NULL DEFAULT 0,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TRIGGER grant_scheme_touch BEFORE UPDATE ON grant_scheme
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

INSERT INTO grant_scheme (code, label_nb, label_nn, label_en, regulation_ref, own_share_bp,
                          expected_service_types, sort_no)
VALUES
    ('kompetanseloftet', 'Kompetanseløftet for spesialpedagogikk og inkluderende praksis',
     'Kompetanseløftet for spesialpedagogikk og inkluderande praksis',
     'The competence boost for special needs education and inclusive practice',
     'LTI 2020-12-22-3201', 0, '{kindergarten,school,ppt}', 1),
    ('dekom', 'Desentralisert ordning for kompetanseutvikling i skolen (Dekom)',
     'Desentralisert ordning for kompetanseutvikling i skulen (Dekom)',
     'Decentralised scheme for competence development in schools (Dekom)',
     'LTI 2020-12-22-3201', 3000, '{school}', 2),
    ('rekom', 'Regional ordning for kompetanseutvikling i barnehagen (Rekom)',
     'Regional ordning for kompetanseutvikling i barnehagen (Rekom)',
     'Regional scheme for competence development in kindergartens (Rekom)',
     'LTI 2020-12-22-3201', 0, '{kindergarten}', 3);

-- ---- the long-term plan ----------------------------------------------------------------------

CREATE TABLE long_term_plan (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    forum_id uuid NOT NULL CONSTRAINT long_term_plan_forum_id_fkey REFERENCES forum,
    title text NOT NULL CONSTRAINT long_term_plan_title_check CHECK (text_within(title, 200)),
    sections jsonb NOT NULL DEFAULT '[]' CONSTRAINT long_term_plan_sections_check
        CHECK (jsonb_typeof(sections) = 'array' AND octet_length(sections::text) <= 262144),
    annexes jsonb NOT NULL DEFAULT '[]' CONSTRAINT long_term_plan_annexes_check
        CHECK (jsonb_typeof(annexes) = 'array' AND octet_length(annexes::text) <= 65536),
    adopted_on date CONSTRAINT long_term_plan_adopted_on_check
        CHECK (adopted_on IS NOT NULL OR state IN ('draft', 'hearing')),
    revise_year int CONSTRAINT long_term_plan_revise_year_check
        CHECK (revise_year BETWEEN 2000 AND 2100),
    state text NOT NULL DEFAULT 'draft' CONSTRAINT long_term_plan_state_check
        CHECK (state IN ('draft', 'hearing', 'adopted', 'superseded')),
    is_example boolean NOT NULL DEFAULT false,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE UNIQUE INDEX long_term_plan_one_adopted ON long_term_plan (forum_id) WHERE state = 'adopted';
CREATE INDEX long_term_plan_updated_idx ON long_term_plan (updated_at, id);
CREATE TRIGGER long_term_plan_touch BEFORE UPDATE ON long_term_plan
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

-- Årlig stopp-punkt: one each calendar year (KL-R14).
CREATE TABLE plan_evaluation (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    plan_id uuid NOT NULL CONSTRAINT plan_evaluation_plan_id_fkey REFERENCES long_term_plan,
    year int NOT NULL CONSTRAINT plan_evaluation_year_check CHECK (year BETWEEN 2000 AND 2100),
    held_on date NOT NULL CONSTRAINT plan_evaluation_held_on_check
        CHECK (extract(year FROM held_on) = year),
    conclusion text NOT NULL
        CONSTRAINT plan_evaluation_conclusion_check CHECK (text_within(conclusion, 10000)),
    revise boolean NOT NULL DEFAULT false,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT plan_evaluation_year_key UNIQUE (plan_id, year)
);
CREATE INDEX plan_evaluation_updated_idx ON plan_evaluation (updated_at, id);
CREATE TRIGGER plan_evaluation_touch BEFORE UPDATE ON plan_evaluation
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

-- ---- competence networks ---------------------------------------------------------------------

-- Kompetansenettverk. What a network is called and who belongs to it is data.
CREATE TABLE competence_network (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    forum_id uuid NOT NULL CONSTRAINT competence_network_forum_id_fkey REFERENCES forum,
    code text NOT NULL
        CONSTRAINT competence_network_code_key UNIQUE
        CONSTRAINT competence_network_code_check CHECK (code ~ '^[A-Z]{2}[0-9]{2}$'),
    name text NOT NULL CONSTRAINT competence_network_name_check CHECK (text_within(name, 200)),
    -- Receives the network's money.
    organisation_id uuid NOT NULL
        CONSTRAINT competence_network_organisation_id_key UNIQUE
        CONSTRAINT competence_network_organisation_id_fkey REFERENCES organisation,
    host_organisation_id uuid
        CONSTRAINT competence_network_host_organisation_id_fkey REFERENCES organisation,
    coordinator_person_id uuid
        CONSTRAINT competence_network_coordinator_person_id_fkey REFERENCES person,
    active_from_on date NOT NULL,
    active_to_on date,
    is_example boolean NOT NULL DEFAULT false,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT competence_network_active_to_on_check CHECK (active_to_on >= active_from_on)
);
CREATE INDEX competence_network_updated_idx ON competence_network (updated_at, id);
CREATE INDEX competence_network_forum_id_idx ON competence_network (forum_id);
CREATE TRIGGER competence_network_touch BEFORE UPDATE ON competence_network
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

-- Whether a network with these days is there on any day of a year.
CREATE FUNCTION active_in_year(from_on date, to_on date, in_year int) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN daterange(from_on, to_on, '[]')
       && daterange(make_date(in_year, 1, 1), make_date(in_year, 12, 31), '[]');
GRANT EXECUTE ON FUNCTION active_in_year(date, date, int) TO loft_service;

CREATE TABLE network_member (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    network_id uuid NOT NULL CONSTRAINT network_member_network_id_fkey REFERENCES competence_network,
    organisation_id uuid NOT NULL CONSTRAINT network_member_organisation_id_fkey REFERENCES organisation,
    role text NOT NULL CONSTRAINT network_member_role_check CHECK (role IN (
        'municipality', 'county', 'private_owner', 'ppt', 'kindergarten_authority', 'union',
        'uh_partner')),
    from_on date NOT NULL,
    to_on date,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT network_member_to_on_check CHECK (to_on >= from_on),
    CONSTRAINT network_member_role_key UNIQUE (network_id, organisation_id, role, from_on)
);
CREATE INDEX network_member_updated_idx ON network_member (updated_at, id);
CREATE INDEX network_member_network_id_idx ON network_member (network_id);
CREATE INDEX network_member_organisation_id_idx ON network_member (organisation_id);
-- An owner is in one network at a time, and whoever else belongs to a network is there once at a time
-- in each part they have. The organisation's row is what two changes wait for.
CREATE FUNCTION check_one_network_at_a_time() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
DECLARE
    owners CONSTANT text[] := ARRAY['municipality', 'county', 'private_owner'];
    same_network boolean;
BEGIN
    PERFORM FROM organisation o WHERE o.id = NEW.organisation_id FOR UPDATE;
    SELECT m.network_id = NEW.network_id INTO same_network
      FROM network_member m
     WHERE m.organisation_id = NEW.organisation_id AND m.id <> NEW.id
       AND daterange(m.from_on, m.to_on, '[]') && daterange(NEW.from_on, NEW.to_on, '[]')
       AND ((m.role = ANY (owners) AND NEW.role = ANY (owners))
            OR (m.role = NEW.role AND m.network_id = NEW.network_id))
     LIMIT 1;
    IF same_network THEN
        RAISE EXCEPTION 'a member is in a network once at a time'
            USING ERRCODE = 'exclusion_violation', SCHEMA = 'loft', TABLE = 'network_member',
                  CONSTRAINT = 'network_member_once_at_a_time';
    ELSIF NOT same_network THEN
        RAISE EXCEPTION 'an owner is in one network at a time'
            USING ERRCODE = 'exclusion_violation', SCHEMA = 'loft', TABLE = 'network_member',
                  CONSTRAINT = 'network_member_one_network_at_a_time';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER network_member_one_network BEFORE INSERT OR UPDATE OF organisation_id, role, from_on, to_on
    ON network_member FOR EACH ROW EXECUTE FUNCTION check_one_network_at_a_time();
CREATE TRIGGER network_member_touch BEFORE UPDATE ON network_member
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();
-- The owners in each network, and the days that they are there.
CREATE VIEW network_owner WITH (security_invoker = true) AS
    SELECT m.network_id, m.organisation_id, m.role, daterange(m.from_on, m.to_on, '[]') AS days
      FROM network_member m
     WHERE m.role IN ('municipality', 'county', 'private_owner');
GRANT SELECT ON network_owner TO loft_service;

-- Barnetall og elevtall. A figure of an owner, or of the whole network; a network's own figure of a
-- category stands for all of its owners'. Locked before a frame is adopted (KL-R13).
CREATE TABLE headcount (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    network_id uuid NOT NULL CONSTRAINT headcount_network_id_fkey REFERENCES competence_network,
    organisation_id uuid CONSTRAINT headcount_organisation_id_fkey REFERENCES organisation,
    year int NOT NULL CONSTRAINT headcount_year_check CHECK (year BETWEEN 2000 AND 2100),
    category text NOT NULL CONSTRAINT headcount_category_check CHECK (category IN (
        'kindergarten_child', 'primary_pupil', 'upper_secondary_pupil', 'apprentice',
        'training_candidate')),
    heads int NOT NULL CONSTRAINT headcount_heads_check CHECK (heads BETWEEN 0 AND 1000000),
    counted_on date NOT NULL,
    source text NOT NULL CONSTRAINT headcount_source_check
        CHECK (source IN ('gsi', 'ssb', 'basil', 'manual')),
    locked boolean NOT NULL DEFAULT false,
    is_example boolean NOT NULL DEFAULT false,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT headcount_category_key
        UNIQUE NULLS NOT DISTINCT (network_id, organisation_id, year, category)
);
CREATE INDEX headcount_updated_idx ON headcount (updated_at, id);
CREATE INDEX headcount_year_idx ON headcount (year, network_id);
CREATE TRIGGER headcount_touch BEFORE UPDATE ON headcount
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

-- KL-R13, the last wall: what a frame was computed from stays. Only the lock itself may go.
CREATE FUNCTION refuse_change_of_locked_headcount() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the figure is locked' USING ERRCODE = 'check_violation',
        SCHEMA = 'loft', TABLE = 'headcount', CONSTRAINT = 'headcount_locked_check';
END
$$;
CREATE TRIGGER headcount_stays BEFORE UPDATE ON headcount
    FOR EACH ROW WHEN (OLD.locked AND (OLD.network_id, OLD.organisation_id, OLD.year, OLD.category,
        OLD.heads, OLD.counted_on, OLD.source) IS DISTINCT FROM (NEW.network_id, NEW.organisation_id,
        NEW.year, NEW.category, NEW.heads, NEW.counted_on, NEW.source))
    EXECUTE FUNCTION refuse_change_of_locked_headcount();
CREATE TRIGGER headcount_stays_there BEFORE DELETE ON headcount
    FOR EACH ROW WHEN (OLD.locked) EXECUTE FUNCTION refuse_change_of_locked_headcount();

-- ---- the forum at work -----------------------------------------------------------------------

-- The county governor's people are secretariat or observers and never vote (KL-R10, KL-R16).
CREATE TABLE forum_member (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    forum_id uuid NOT NULL CONSTRAINT forum_member_forum_id_fkey REFERENCES forum,
    person_id uuid NOT NULL CONSTRAINT forum_member_person_id_fkey REFERENCES person,
    full_name text NOT NULL
        CONSTRAINT forum_member_full_name_check CHECK (text_within(full_name, 200)),
    organisation_id uuid NOT NULL
        CONSTRAINT forum_member_organisation_id_fkey REFERENCES organisation,
    seat text NOT NULL CONSTRAINT forum_member_seat_check CHECK (seat IN (
        'public_owner', 'private_owner', 'uh', 'ks', 'pbl', 'teacher_union',
        'kindergarten_authority', 'county', 'network', 'secretariat', 'observer')),
    may_vote boolean NOT NULL,
    from_on date NOT NULL,
    to_on date,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT forum_member_to_on_check CHECK (to_on >= from_on),
    CONSTRAINT forum_member_may_vote_check
        CHECK (NOT may_vote OR seat NOT IN ('secretariat', 'observer')),
    CONSTRAINT forum_member_id_forum_id_key UNIQUE (id, forum_id)
);
CREATE INDEX forum_member_updated_idx ON forum_member (updated_at, id);
-- A person has one seat at a time, and so one vote (KL-R10). Changes of a person's seats wait for each
-- other.
CREATE UNIQUE INDEX forum_member_one_seat_at_a_time ON forum_member (forum_id, person_id)
    WHERE to_on IS NULL;
CREATE FUNCTION check_one_seat_at_a_time() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(
        hashtextextended(concat('forum_member', NEW.forum_id, NEW.person_id), 0));
    IF EXISTS (SELECT FROM forum_member m
                WHERE m.forum_id = NEW.forum_id AND m.person_id = NEW.person_id AND m.id <> NEW.id
                  AND daterange(m.from_on, m.to_on, '[]') && daterange(NEW.from_on, NEW.to_on, '[]')) THEN
        RAISE EXCEPTION 'a person has one seat at a time' USING ERRCODE = 'exclusion_violation',
            SCHEMA = 'loft', TABLE = 'forum_member', CONSTRAINT = 'forum_member_one_seat_at_a_time';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER forum_member_one_seat AFTER INSERT OR UPDATE OF person_id, from_on, to_on
    ON forum_member FOR EACH ROW EXECUTE FUNCTION check_one_seat_at_a_time();
CREATE TRIGGER forum_member_touch BEFORE UPDATE ON forum_member
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

-- year_no: the how manieth of its scheme and year. The first decides the joint share (KL-R04).
CREATE TABLE forum_meeting (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    forum_id uuid NOT NULL CONSTRAINT forum_meeting_forum_id_fkey REFERENCES forum,
    scheme_code text NOT NULL
        CONSTRAINT forum_meeting_scheme_code_fkey REFERENCES grant_scheme (code),
    kind text NOT NULL DEFAULT 'ordinary' CONSTRAINT forum_meeting_kind_check
        CHECK (kind IN ('ordinary', 'partnership_seminar')),
    held_on date NOT NULL,
    year int NOT NULL GENERATED ALWAYS AS (extract(year FROM held_on)::int) STORED,
    year_no int NOT NULL CONSTRAINT forum_meeting_year_no_check CHECK (year_no BETWEEN 1 AND 100),
    title text NOT NULL CONSTRAINT forum_meeting_title_check CHECK (text_within(title, 200)),
    agenda jsonb NOT NULL DEFAULT '[]' CONSTRAINT forum_meeting_agenda_check
        CHECK (jsonb_typeof(agenda) = 'array' AND octet_length(agenda::text) <= 65536),
    minutes text CONSTRAINT forum_meeting_minutes_check CHECK (char_length(minutes) <= 50000),
    state text NOT NULL DEFAULT 'planned' CONSTRAINT forum_meeting_state_check
        CHECK (state IN ('planned', 'held', 'cancelled')),
    is_example boolean NOT NULL DEFAULT false,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT forum_meeting_id_forum_id_key UNIQUE (id, forum_id)
);
-- A meeting that is cancelled leaves its number to the next one, else the year's first meeting, which
-- decides the joint share, could be lost.
CREATE UNIQUE INDEX forum_meeting_year_no_key ON forum_meeting (forum_id, scheme_code, year, year_no)
    WHERE state <> 'cancelled';
CREATE INDEX forum_meeting_updated_idx ON forum_meeting (updated_at, id);
CREATE INDEX forum_meeting_held_idx ON forum_meeting (held_on, id);
CREATE TRIGGER forum_meeting_touch BEFORE UPDATE ON forum_meeting
    FOR EACH ROW WHEN ((OLD.scheme_code, OLD.kind, OLD.held_on, OLD.year_no, OLD.title, OLD.agenda,
        OLD.minutes, OLD.state) IS DISTINCT FROM (NEW.scheme_code, NEW.kind, NEW.held_on, NEW.year_no,
        NEW.title, NEW.agenda, NEW.minutes, NEW.state)) EXECUTE FUNCTION touch_row();

-- What a meeting decided. Agreement is sought; if there is none, members vote (KL-R10).
CREATE TABLE meeting_decision (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    meeting_id uuid NOT NULL CONSTRAINT meeting_decision_meeting_id_fkey REFERENCES forum_meeting,
    seq_no int NOT NULL CONSTRAINT meeting_decision_seq_no_check CHECK (seq_no BETWEEN 1 AND 200),
    kind text NOT NULL CONSTRAINT meeting_decision_kind_check CHECK (kind IN (
        'joint_share', 'allocation_key', 'allocation', 'recommendation', 'plan', 'joint_measure',
        'other')),
    wording text NOT NULL CONSTRAINT meeting_decision_wording_check CHECK (text_within(wording, 5000)),
    decided_by text NOT NULL
        CONSTRAINT meeting_decision_decided_by_check CHECK (decided_by IN ('consensus', 'vote')),
    votes_for int CONSTRAINT meeting_decision_votes_for_check CHECK (votes_for >= 0),
    votes_against int CONSTRAINT meeting_decision_votes_against_check CHECK (votes_against >= 0),
    votes_abstained int CONSTRAINT meeting_decision_votes_abstained_check CHECK (votes_abstained >= 0),
    disqualified_member_ids uuid[] NOT NULL DEFAULT '{}'
        CONSTRAINT meeting_decision_disqualified_member_ids_check
            CHECK (cardinality(disqualified_member_ids) <= 100),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT meeting_decision_seq_no_key UNIQUE (meeting_id, seq_no),
    CONSTRAINT meeting_decision_votes_check CHECK (
        (decided_by = 'vote') = (votes_for IS NOT NULL AND votes_against IS NOT NULL))
);
CREATE INDEX meeting_decision_updated_idx ON meeting_decision (updated_at, id);

-- ---- grants that name a network or forum -----------------------------------------------------

CREATE OR REPLACE FUNCTION check_grant_scope() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    IF (NEW.scope_type = 'course' AND NOT EXISTS (SELECT FROM course WHERE id = NEW.scope_id))
    OR (NEW.scope_type = 'region' AND NOT EXISTS (SELECT FROM region WHERE id = NEW.scope_id))
    OR (NEW.scope_type = 'network'
        AND NOT EXISTS (SELECT FROM competence_network WHERE id = NEW.scope_id))
    OR (NEW.scope_type = 'forum' AND NOT EXISTS (SELECT FROM forum WHERE id = NEW.scope_id))
    OR (NEW.scope_type IN ('organisation', 'institution', 'county')
        AND NOT EXISTS (SELECT FROM organisation WHERE id = NEW.scope_id)) THEN
        RAISE EXCEPTION 'no such % to grant a role on', NEW.scope_type
            USING ERRCODE = 'foreign_key_violation', SCHEMA = 'loft', TABLE = 'role_grant',
                  CONSTRAINT = 'role_grant_scope_id_fkey';
    END IF;
    RETURN NEW;
END
$$;

-- ---- figures of a year -----------------------------------------------------------------------

-- All figures of a forum's networks for a year: what is imported, locked and changed as one. Its version
-- is that of every figure below it; whether it is locked, they say themselves.
CREATE TABLE headcount_year (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    forum_id uuid NOT NULL CONSTRAINT headcount_year_forum_id_fkey REFERENCES forum,
    year int NOT NULL CONSTRAINT headcount_year_year_check CHECK (year BETWEEN 2000 AND 2100),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT headcount_year_year_key UNIQUE (forum_id, year)
);
CREATE INDEX headcount_year_updated_idx ON headcount_year (updated_at, id);

CREATE FUNCTION touch_headcount_year() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    INSERT INTO headcount_year AS y (forum_id, year)
    SELECT DISTINCT n.forum_id, c.year
      FROM changed c JOIN competence_network n ON n.id = c.network_id
     ORDER BY n.forum_id, c.year
    ON CONFLICT ON CONSTRAINT headcount_year_year_key
        DO UPDATE SET version = y.version + 1, updated_at = clock_timestamp();
    RETURN NULL;
END
$$;
CREATE TRIGGER headcount_year_insert AFTER INSERT ON headcount REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION touch_headcount_year();
CREATE TRIGGER headcount_year_update AFTER UPDATE ON headcount REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION touch_headcount_year();
CREATE TRIGGER headcount_year_delete AFTER DELETE ON headcount REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION touch_headcount_year();

-- KL-R13, the last wall for what is new: a locked year takes no further figure.
CREATE INDEX headcount_locked_idx ON headcount (year, network_id) WHERE locked;
CREATE FUNCTION refuse_headcount_of_locked_year() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM headcount h
                 JOIN competence_network own ON own.id = NEW.network_id
                 JOIN competence_network n ON n.id = h.network_id AND n.forum_id = own.forum_id
                WHERE h.year = NEW.year AND h.locked) THEN
        RAISE EXCEPTION 'the year is locked' USING ERRCODE = 'check_violation',
            SCHEMA = 'loft', TABLE = 'headcount', CONSTRAINT = 'headcount_locked_check';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER headcount_year_stays BEFORE INSERT ON headcount
    FOR EACH ROW WHEN (NOT NEW.locked) EXECUTE FUNCTION refuse_headcount_of_locked_year();

-- What a network counts in a year, for reports and for distributions: its own figure of a category, or
-- else the sum of its owners'.
CREATE FUNCTION network_headcounts(in_year int)
RETURNS TABLE (network_id uuid, category text, heads bigint)
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = loft, pg_temp AS $$
    SELECT h.network_id, h.category,
           coalesce(sum(h.heads) FILTER (WHERE h.organisation_id IS NULL), sum(h.heads))
      FROM headcount h
     WHERE h.year = in_year
     GROUP BY h.network_id, h.category
$$;

-- A year of a forum is locked when any of its figures is.
CREATE FUNCTION headcount_year_state(in_forum uuid, in_year int) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = loft, pg_temp AS $$
    SELECT CASE WHEN EXISTS (SELECT FROM headcount h
                               JOIN competence_network n ON n.id = h.network_id
                              WHERE n.forum_id = in_forum AND h.year = in_year AND h.locked)
                THEN 'locked' ELSE 'open' END
$$;

-- Codes of the networks of a forum that are active in a year and have no figure of it.
CREATE FUNCTION headcount_networks_missing(in_forum uuid, in_year int) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = loft, pg_temp AS $$
    SELECT ARRAY(SELECT n.code FROM competence_network n
                  WHERE n.forum_id = in_forum AND active_in_year(n.active_from_on, n.active_to_on, in_year)
                    AND NOT EXISTS (SELECT FROM headcount h
                                     WHERE h.network_id = n.id AND h.year = in_year)
                  ORDER BY n.code)
$$;
GRANT EXECUTE ON FUNCTION network_headcounts(int), headcount_year_state(uuid, int),
    headcount_networks_missing(uuid, int) TO loft_service;
GRANT SELECT ON headcount_year TO loft_service;

-- ---- who votes, who is named ------------------------------------------------------------------

-- Who decides cases does not vote on them: nobody of the county governor's organisation (KL-R10), and
-- nobody who has the governor's role in this service (KL-R16).
CREATE FUNCTION check_decider_without_vote() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM organisation o
                WHERE o.id = NEW.organisation_id AND o.org_type = 'state_administrator') THEN
        RAISE EXCEPTION 'the county governor has no vote' USING ERRCODE = 'check_violation',
            SCHEMA = 'loft', TABLE = 'forum_member', CONSTRAINT = 'forum_member_governor_without_vote';
    END IF;
    IF EXISTS (SELECT FROM user_account u JOIN role_grant g ON g.user_id = u.id
                WHERE u.person_id = NEW.person_id AND g.role = 'state_administrator') THEN
        RAISE EXCEPTION 'who decides has no vote' USING ERRCODE = 'check_violation',
            SCHEMA = 'loft', TABLE = 'forum_member', CONSTRAINT = 'forum_member_decider_without_vote';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER forum_member_decider BEFORE INSERT OR UPDATE OF may_vote, organisation_id, person_id
    ON forum_member FOR EACH ROW WHEN (NEW.may_vote) EXECUTE FUNCTION check_decider_without_vote();

-- Members of a forum are people whom its secretariat names, with the same care as those who are
-- registered for courses: found or made by e-mail, never shown, never changed.
CREATE OR REPLACE FUNCTION person_find_or_create(full_name text, email text, phone text) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = loft, pg_temp AS $$
DECLARE
    found_id uuid;
BEGIN
    IF NOT may_register() AND granted('forum_secretariat') = '{}' THEN
        RAISE EXCEPTION 'no right to register anybody' USING ERRCODE = 'insufficient_privilege';
    END IF;
    LOOP
        SELECT p.id INTO found_id FROM person p
         WHERE p.email_key = normalise_email(person_find_or_create.email);
        EXIT WHEN found_id IS NOT NULL;
        INSERT INTO person AS p (full_name, email, phone)
        VALUES (btrim(person_find_or_create.full_name, E' \t\n\x0b\f\r'),
                btrim(person_find_or_create.email, E' \t\n\x0b\f\r'), person_find_or_create.phone)
        ON CONFLICT ON CONSTRAINT person_email_key DO NOTHING
        RETURNING p.id INTO found_id;
        -- Nothing inserted: someone else's row was committed meanwhile; the next round finds it.
        EXIT WHEN found_id IS NOT NULL;
    END LOOP;
    RETURN found_id;
END
$$;

GRANT SELECT ON forum, grant_scheme, long_term_plan, plan_evaluation, competence_network,
    network_member, headcount, forum_member, forum_meeting, meeting_decision TO loft_service;
GRANT INSERT (forum_id, title, sections, annexes, revise_year),
      UPDATE (title, sections, annexes, adopted_on, revise_year, state)
    ON long_term_plan TO loft_service;
GRANT INSERT (plan_id, year, held_on, conclusion, revise), UPDATE (held_on, conclusion, revise)
    ON plan_evaluation TO loft_service;
GRANT INSERT (forum_id, code, name, organisation_id, host_organisation_id, coordinator_person_id,
              active_from_on, active_to_on),
      UPDATE (name, host_organisation_id, coordinator_person_id, active_from_on, active_to_on)
    ON competence_network TO loft_service;
GRANT INSERT (network_id, organisation_id, role, from_on, to_on), UPDATE (to_on)
    ON network_member TO loft_service;
GRANT INSERT (network_id, organisation_id, year, category, heads, counted_on, source),
      UPDATE (heads, counted_on, source, locked), DELETE
    ON headcount TO loft_service;
GRANT INSERT (forum_id, person_id, full_name, organisation_id, seat, may_vote, from_on, to_on),
      UPDATE (seat, may_vote, to_on)
    ON forum_member TO loft_service;
GRANT INSERT (forum_id, scheme_code, kind, held_on, year_no, title, agenda),
      UPDATE (kind, held_on, year_no, title, agenda, minutes, state)
    ON forum_meeting TO loft_service;
GRANT INSERT (meeting_id, seq_no, kind, wording, decided_by, votes_for, votes_against,
              votes_abstained, disqualified_member_ids)
    ON meeting_decision TO loft_service;
