-- Kompetanseløftet: what the registers hold themselves, besides 0021 and 0022. domain.md §5.2, KL-R10,
-- KL-R13, KL-R16.

-- ---- networks --------------------------------------------------------------------------------

-- An owner is in one network at a time, and whoever else belongs to a network is there once at a time
-- in each part they have. The organisation's row is what two changes wait for.
CREATE OR REPLACE FUNCTION check_one_network_at_a_time() RETURNS trigger
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
DROP TRIGGER network_member_one_network ON network_member;
CREATE TRIGGER network_member_one_network BEFORE INSERT OR UPDATE OF organisation_id, role, from_on, to_on
    ON network_member FOR EACH ROW EXECUTE FUNCTION check_one_network_at_a_time();

-- ---- headcounts ------------------------------------------------------------------------------

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

INSERT INTO headcount_year (forum_id, year)
SELECT DISTINCT n.forum_id, h.year FROM headcount h JOIN competence_network n ON n.id = h.network_id;

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
GRANT EXECUTE ON FUNCTION network_headcounts(int) TO loft_service;
GRANT SELECT ON headcount_year TO loft_service;

-- ---- the forum -------------------------------------------------------------------------------

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

-- A meeting that is cancelled leaves its number to the next one, else the year's first meeting, which
-- decides the joint share, could be lost.
ALTER TABLE forum_meeting DROP CONSTRAINT forum_meeting_year_no_key;
CREATE UNIQUE INDEX forum_meeting_year_no_key ON forum_meeting (forum_id, scheme_code, year, year_no)
    WHERE state <> 'cancelled';

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
