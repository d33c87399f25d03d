-- Learning groups of a course, their members and pairs. domain.md §4.2, §4.6, SM-R11.

-- One for each course; its version is that of all places: every change of a member changes it.
CREATE TABLE learning_grouping (
    course_id uuid PRIMARY KEY
        CONSTRAINT learning_grouping_course_id_fkey REFERENCES course ON DELETE CASCADE,
    state text NOT NULL DEFAULT 'proposed'
        CONSTRAINT learning_grouping_state_check CHECK (state IN ('proposed', 'locked')),
    group_count int NOT NULL
        CONSTRAINT learning_grouping_group_count_check CHECK (group_count BETWEEN 1 AND 10000),
    generated_at timestamptz NOT NULL DEFAULT business_now(),
    locked_at timestamptz
        CONSTRAINT learning_grouping_locked_at_check
            CHECK ((state = 'locked') = (locked_at IS NOT NULL)),
    placed_at timestamptz NOT NULL DEFAULT clock_timestamp(), -- when anybody last changed place
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TRIGGER learning_grouping_touch BEFORE UPDATE ON learning_grouping
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

CREATE TABLE learning_group (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    course_id uuid NOT NULL
        CONSTRAINT learning_group_course_id_fkey REFERENCES learning_grouping ON DELETE CASCADE,
    seq_no int NOT NULL
        CONSTRAINT learning_group_seq_no_check CHECK (seq_no BETWEEN 1 AND 10000),
    name text NOT NULL CONSTRAINT learning_group_name_check CHECK (text_within(name, 200)),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT learning_group_seq_no_key UNIQUE (course_id, seq_no)
);
CREATE TRIGGER learning_group_touch BEFORE UPDATE ON learning_group
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

-- A registration is in one group. Those of a group with the same pair_no are a pair or a triple.
-- course_id is that of the group, filled in by a trigger. The rest says why this group
-- (domain/smart/learning_group.h), placed_version when: the version of the grouping after it.
CREATE TABLE learning_group_member (
    registration_id uuid PRIMARY KEY
        CONSTRAINT learning_group_member_registration_id_fkey
            REFERENCES registration ON DELETE CASCADE,
    group_id uuid NOT NULL
        CONSTRAINT learning_group_member_group_id_fkey REFERENCES learning_group ON DELETE CASCADE,
    course_id uuid NOT NULL,
    pair_no int CONSTRAINT learning_group_member_pair_no_check CHECK (pair_no > 0),
    placed_by text NOT NULL CONSTRAINT learning_group_member_placed_by_check
        CHECK (placed_by IN ('deal', 'exchange', 'late_change', 'by_hand')),
    placed_version int NOT NULL,
    deal_no int CONSTRAINT learning_group_member_deal_no_check CHECK (deal_no > 0),
    profession_no int
        CONSTRAINT learning_group_member_profession_no_check CHECK (profession_no > 0),
    profession_count int CONSTRAINT learning_group_member_profession_count_check
        CHECK (profession_count >= profession_no),
    exchanged_with uuid CONSTRAINT learning_group_member_exchanged_with_fkey
        REFERENCES registration ON DELETE SET NULL,
    from_group_no int
        CONSTRAINT learning_group_member_from_group_no_check CHECK (from_group_no > 0),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX learning_group_member_group_idx ON learning_group_member (group_id);
CREATE INDEX learning_group_member_course_idx ON learning_group_member (course_id, updated_at);
CREATE INDEX learning_group_member_exchanged_with_idx ON learning_group_member (exchanged_with)
    WHERE exchanged_with IS NOT NULL;

-- Who has a seat on the course of the group, and nobody else, is a member. The registration is found
-- by its id alone: there may be thousands of the course.
CREATE FUNCTION fill_course_of_member() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
DECLARE
    seat record;
BEGIN
    NEW.updated_at := clock_timestamp();
    NEW.course_id := (SELECT g.course_id FROM learning_group g WHERE g.id = NEW.group_id);
    SELECT r.course_id, r.state INTO seat FROM registration r WHERE r.id = NEW.registration_id;
    IF seat.course_id IS DISTINCT FROM NEW.course_id
       OR seat.state NOT IN ('confirmed', 'completed', 'no_show') THEN
        RAISE EXCEPTION 'no such participant' USING ERRCODE = 'foreign_key_violation',
            SCHEMA = 'loft', TABLE = 'learning_group_member',
            CONSTRAINT = 'learning_group_member_registration_id_fkey';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER learning_group_member_course BEFORE INSERT OR UPDATE ON learning_group_member
    FOR EACH ROW EXECUTE FUNCTION fill_course_of_member();

-- What is left of a pair when the other goes is none.
CREATE FUNCTION end_lonely_pair() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    UPDATE learning_group_member m SET pair_no = NULL
     WHERE m.group_id = OLD.group_id AND m.pair_no = OLD.pair_no
       AND 1 = (SELECT count(*) FROM learning_group_member o
                 WHERE o.group_id = OLD.group_id AND o.pair_no = OLD.pair_no);
    RETURN NULL;
END
$$;
CREATE TRIGGER learning_group_member_left AFTER DELETE ON learning_group_member
    FOR EACH ROW WHEN (OLD.pair_no IS NOT NULL) EXECUTE FUNCTION end_lonely_pair();
CREATE TRIGGER learning_group_member_moved AFTER UPDATE OF group_id ON learning_group_member
    FOR EACH ROW WHEN (OLD.pair_no IS NOT NULL AND OLD.group_id <> NEW.group_id)
    EXECUTE FUNCTION end_lonely_pair();

-- Whoever gives up the seat leaves the group, and the grouping is another than the one that an
-- administrator may have before them. The others stay: to rebalance is an action.
CREATE FUNCTION leave_learning_group() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    DELETE FROM learning_group_member m WHERE m.registration_id = NEW.id;
    IF FOUND THEN
        UPDATE learning_grouping g SET placed_at = clock_timestamp()
         WHERE g.course_id = NEW.course_id;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER registration_learning_group AFTER UPDATE OF state ON registration
    FOR EACH ROW WHEN (OLD.state = 'confirmed'
                       AND NEW.state NOT IN ('confirmed', 'completed', 'no_show'))
    EXECUTE FUNCTION leave_learning_group();

-- ---- read past the row policies --------------------------------------------------------------

-- The locked groups that the caller is in.
CREATE FUNCTION own_learning_groups() RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    IF NOT has_role('participant') THEN
        RETURN '{}';
    END IF;
    RETURN ARRAY(SELECT m.group_id
                   FROM registration r
                   JOIN learning_group_member m ON m.registration_id = r.id
                   JOIN learning_grouping g ON g.course_id = m.course_id AND g.state = 'locked'
                  WHERE r.person_id = principal_person());
END
$$;

-- Name and profession of the members of a course's groups, as far as the caller may see the groups:
-- participants do not see each other's registrations.
CREATE FUNCTION learning_group_people(course_id uuid)
RETURNS TABLE (registration_id uuid, participant_name text, profession_code text)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 36 SET search_path = loft, pg_temp AS $$
DECLARE
    all_of_them boolean := has_role('smart_admin')
        OR learning_group_people.course_id = ANY (granted('smart_instructor'));
    own uuid[] := own_learning_groups();
BEGIN
    RETURN QUERY
        SELECT m.registration_id, r.participant_name, r.profession_code
          FROM learning_group_member m
          JOIN registration r ON r.id = m.registration_id
         WHERE m.course_id = learning_group_people.course_id
           AND (all_of_them OR m.group_id = ANY (own));
END
$$;

-- ---- what groups come to ---------------------------------------------------------------------

-- For whoever may see the registrations.
CREATE VIEW learning_group_numbers WITH (security_invoker = true) AS
SELECT g.id, g.course_id, g.seq_no, g.name, g.version, g.updated_at,
       s.size, coalesce(p.professions, '{}') AS professions,
       coalesce(p.distinct_professions, 0) AS distinct_professions,
       coalesce(1000 * p.largest / nullif(s.size, 0), 0) AS max_profession_permille,
       coalesce(e.pairs, 0) AS same_employer_pairs, s.municipalities
FROM learning_group AS g
CROSS JOIN LATERAL (
    SELECT count(*) AS size, count(DISTINCT r.municipality_no) AS municipalities
    FROM learning_group_member AS m
    JOIN registration AS r ON r.id = m.registration_id
    WHERE m.group_id = g.id) AS s
CROSS JOIN LATERAL (
    SELECT json_object_agg(c.profession_code, c.count ORDER BY c.count DESC, c.profession_code)
               AS professions,
           count(*) AS distinct_professions, max(c.count) AS largest
    FROM (SELECT r.profession_code, count(*) AS count
          FROM learning_group_member AS m
          JOIN registration AS r ON r.id = m.registration_id
          WHERE m.group_id = g.id
          GROUP BY r.profession_code) AS c) AS p
CROSS JOIN LATERAL (
    SELECT sum(c.count * (c.count - 1) / 2)::bigint AS pairs
    FROM (SELECT count(*) AS count
          FROM learning_group_member AS m
          JOIN registration AS r ON r.id = m.registration_id
          WHERE m.group_id = g.id AND r.employer_organisation_id IS NOT NULL
          GROUP BY r.employer_organisation_id) AS c) AS e;

-- ---- what the service's role may touch -------------------------------------------------------

GRANT EXECUTE ON FUNCTION own_learning_groups(), learning_group_people(uuid) TO loft_service;
GRANT SELECT ON learning_grouping, learning_group, learning_group_member, learning_group_numbers
TO loft_service;
GRANT DELETE ON learning_group TO loft_service;
GRANT INSERT (course_id, group_count, generated_at),
      UPDATE (state, group_count, generated_at, locked_at, placed_at)
    ON learning_grouping TO loft_service;
GRANT INSERT (course_id, seq_no, name), UPDATE (name) ON learning_group TO loft_service;
GRANT INSERT (registration_id, group_id, pair_no, placed_by, placed_version, deal_no, profession_no,
              profession_count, exchanged_with, from_group_no),
      UPDATE (group_id, pair_no, placed_by, placed_version, deal_no, profession_no,
              profession_count, exchanged_with, from_group_no)
    ON learning_group_member TO loft_service;
