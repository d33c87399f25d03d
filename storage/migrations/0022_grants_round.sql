-- Kompetanseløftet: rounds, the distribution of their money and each network's frame. domain.md §0.1, §5.2 to §5.5.

-- ---- rounds ----------------------------------------------------------------------------------

-- Tildelingsår. Deadlines are the last day, inclusive in Europe/Oslo.
CREATE TABLE grant_round (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    forum_id uuid NOT NULL CONSTRAINT grant_round_forum_id_fkey REFERENCES forum,
    scheme_code text NOT NULL
        CONSTRAINT grant_round_scheme_code_fkey REFERENCES grant_scheme (code),
    year int NOT NULL CONSTRAINT grant_round_year_check CHECK (year BETWEEN 2000 AND 2100),
    total_nok bigint CONSTRAINT grant_round_total_nok_check
        CHECK (total_nok BETWEEN 0 AND 100000000000),
    self_assessment_from_on date,
    need_due_on date NOT NULL,
    need_deadline_hard boolean NOT NULL DEFAULT false,
    basis_due_on date NOT NULL,
    recommendation_due_on date NOT NULL,
    decision_due_on date NOT NULL,
    report_due_on date NOT NULL,
    own_share_bp int NOT NULL
        CONSTRAINT grant_round_own_share_bp_check CHECK (own_share_bp BETWEEN 0 AND 10000),
    require_uh_signature boolean NOT NULL DEFAULT true,
    allow_multiple_bases boolean NOT NULL DEFAULT true,
    joint_share_first_meeting_only boolean NOT NULL DEFAULT true,
    state text NOT NULL DEFAULT 'planning' CONSTRAINT grant_round_state_check CHECK (state IN (
        'planning', 'frame_adopted', 'open', 'basis_closed', 'recommended', 'decided', 'reporting',
        'closed')),
    -- The day on which the recommendation was sent; late when after recommendation_due_on.
    recommended_on date,
    -- Kept by triggers: what decisions and joint grants take of the total (KL-R08).
    granted_nok bigint NOT NULL DEFAULT 0
        CONSTRAINT grant_round_granted_nok_check CHECK (granted_nok >= 0),
    is_example boolean NOT NULL DEFAULT false,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT grant_round_year_key UNIQUE (forum_id, scheme_code, year),
    CONSTRAINT grant_round_id_forum_id_key UNIQUE (id, forum_id),
    CONSTRAINT grant_round_basis_due_on_check CHECK (basis_due_on >= need_due_on),
    CONSTRAINT grant_round_recommendation_due_on_check
        CHECK (recommendation_due_on >= basis_due_on),
    CONSTRAINT grant_round_decision_due_on_check CHECK (decision_due_on >= recommendation_due_on),
    CONSTRAINT grant_round_report_due_on_check CHECK (report_due_on >= decision_due_on),
    CONSTRAINT grant_round_grants_within_total CHECK (granted_nok <= coalesce(total_nok, 0))
);
CREATE INDEX grant_round_updated_idx ON grant_round (updated_at, id);
CREATE INDEX grant_round_year_idx ON grant_round (year, id);
CREATE TRIGGER grant_round_touch BEFORE UPDATE ON grant_round
    FOR EACH ROW WHEN (OLD.granted_nok = NEW.granted_nok AND OLD.* IS DISTINCT FROM NEW.*)
    EXECUTE FUNCTION touch_row();

-- Networks that take part in a round: those active on the day that its decision bases are due.
CREATE FUNCTION round_networks(in_round_id uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = loft, pg_temp AS $$
    SELECT n.id
      FROM grant_round r
      JOIN competence_network n
        ON n.forum_id = r.forum_id
       AND daterange(n.active_from_on, n.active_to_on, '[]') @> r.basis_due_on
     WHERE r.id = in_round_id
$$;
-- What the networks of a round counted in a year, for its distribution. Pupils are those of primary and
-- upper secondary school, apprentices include training candidates.
CREATE FUNCTION round_heads(in_round_id uuid, in_year int)
RETURNS TABLE (network_id uuid, children bigint, pupils bigint, apprentices bigint, is_counted boolean)
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = loft, pg_temp AS $$
    SELECT active.id,
           coalesce(sum(c.heads) FILTER (WHERE c.category = 'kindergarten_child'), 0)::bigint,
           coalesce(sum(c.heads) FILTER (
               WHERE c.category IN ('primary_pupil', 'upper_secondary_pupil')), 0)::bigint,
           coalesce(sum(c.heads) FILTER (
               WHERE c.category IN ('apprentice', 'training_candidate')), 0)::bigint,
           count(c.category) > 0
      FROM round_networks(in_round_id) AS active (id)
      LEFT JOIN network_headcounts(in_year) AS c ON c.network_id = active.id
     GROUP BY active.id
$$;

-- Codes of the networks of a round whose figures of a year are missing or not locked; null when there are
-- none (KL-R13).
CREATE FUNCTION round_headcounts_open(in_round_id uuid, in_year int) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = loft, pg_temp AS $$
    SELECT string_agg(n.code, ', ' ORDER BY n.code)
      FROM round_networks(in_round_id) AS active (id)
      JOIN competence_network n ON n.id = active.id
     WHERE NOT coalesce((SELECT bool_and(h.locked) FROM headcount h
                          WHERE h.network_id = n.id AND h.year = in_year), false)
$$;
GRANT EXECUTE ON FUNCTION round_networks(uuid), round_heads(uuid, int),
    round_headcounts_open(uuid, int) TO loft_service;

-- Rounds of related schemes that should be seen together (Dekom, Rekom), each pair once.
CREATE TABLE round_link (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    round_id uuid NOT NULL CONSTRAINT round_link_round_id_fkey REFERENCES grant_round,
    related_round_id uuid NOT NULL CONSTRAINT round_link_related_round_id_fkey REFERENCES grant_round,
    note text CONSTRAINT round_link_note_check CHECK (char_length(note) <= 1000),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT round_link_related_round_id_check CHECK (related_round_id <> round_id)
);
CREATE UNIQUE INDEX round_link_related_round_id_key ON round_link
    (least(round_id, related_round_id), greatest(round_id, related_round_id));
CREATE INDEX round_link_updated_idx ON round_link (updated_at, id);
-- Both see the link and its note, so nobody links their round to another forum's.
CREATE FUNCTION check_link_within_forum() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM grant_round r JOIN grant_round other ON other.forum_id = r.forum_id
                    WHERE r.id = NEW.round_id AND other.id = NEW.related_round_id) THEN
        RAISE EXCEPTION 'no such round in the forum' USING ERRCODE = 'foreign_key_violation',
            SCHEMA = 'loft', TABLE = 'round_link', CONSTRAINT = 'round_link_related_round_id_fkey';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER round_link_within_forum BEFORE INSERT ON round_link
    FOR EACH ROW EXECUTE FUNCTION check_link_within_forum();

-- A network in a round: its own earlier need deadline, and the frame with what is claimed of it.
-- claimed_nok is kept by a trigger on decision_basis: submitted, assessed, recommended and granted
-- amounts. The CHECK is the last wall of KL-R03.
CREATE TABLE network_frame (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    round_id uuid NOT NULL CONSTRAINT network_frame_round_id_fkey REFERENCES grant_round,
    network_id uuid NOT NULL CONSTRAINT network_frame_network_id_fkey REFERENCES competence_network,
    need_due_on date,
    need_deadline_hard boolean,
    frame_nok bigint CONSTRAINT network_frame_frame_nok_check CHECK (frame_nok >= 0),
    claimed_nok bigint NOT NULL DEFAULT 0
        CONSTRAINT network_frame_claimed_nok_check CHECK (claimed_nok >= 0),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT network_frame_network_id_key UNIQUE (round_id, network_id),
    CONSTRAINT network_frame_claims_within_frame CHECK (claimed_nok <= coalesce(frame_nok, 0))
);
CREATE INDEX network_frame_updated_idx ON network_frame (updated_at, id);
CREATE INDEX network_frame_network_id_idx ON network_frame (network_id);
CREATE TRIGGER network_frame_touch BEFORE UPDATE ON network_frame
    FOR EACH ROW WHEN (OLD.claimed_nok = NEW.claimed_nok AND OLD.* IS DISTINCT FROM NEW.*)
    EXECUTE FUNCTION touch_row();

-- ---- allocations -----------------------------------------------------------------------------

-- A version of the distribution; a named draft is a scenario. One is adopted, then published; a later
-- one supersedes it, with a reason (KL-R04).
CREATE TABLE allocation (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    round_id uuid NOT NULL CONSTRAINT allocation_round_id_fkey REFERENCES grant_round,
    version_no int NOT NULL CONSTRAINT allocation_version_no_check
        CHECK (version_no BETWEEN 1 AND 1000),
    name text NOT NULL CONSTRAINT allocation_name_check CHECK (text_within(name, 200)),
    kind text NOT NULL DEFAULT 'provisional' CONSTRAINT allocation_kind_check
        CHECK (kind IN ('provisional', 'final')),
    headcount_year int NOT NULL CONSTRAINT allocation_headcount_year_check
        CHECK (headcount_year BETWEEN 2000 AND 2100),
    total_nok bigint NOT NULL CONSTRAINT allocation_total_nok_check
        CHECK (total_nok BETWEEN 0 AND 100000000000),
    joint_share_bp int CONSTRAINT allocation_joint_share_bp_check
        CHECK (joint_share_bp BETWEEN 0 AND 10000),
    joint_nok bigint NOT NULL CONSTRAINT allocation_joint_nok_check
        CHECK (joint_nok BETWEEN 0 AND total_nok),
    base_per_network_nok bigint NOT NULL CONSTRAINT allocation_base_per_network_nok_check
        CHECK (base_per_network_nok BETWEEN 0 AND 100000000000),
    weight_child_milli int NOT NULL DEFAULT 1000 CONSTRAINT allocation_weight_child_milli_check
        CHECK (weight_child_milli BETWEEN 0 AND 100000),
    weight_pupil_milli int NOT NULL DEFAULT 1000 CONSTRAINT allocation_weight_pupil_milli_check
        CHECK (weight_pupil_milli BETWEEN 0 AND 100000),
    weight_apprentice_milli int NOT NULL DEFAULT 1000
        CONSTRAINT allocation_weight_apprentice_milli_check
            CHECK (weight_apprentice_milli BETWEEN 0 AND 100000),
    decided_in_meeting_id uuid
        CONSTRAINT allocation_decided_in_meeting_id_fkey REFERENCES forum_meeting,
    state text NOT NULL DEFAULT 'draft' CONSTRAINT allocation_state_check
        CHECK (state IN ('draft', 'adopted', 'published', 'superseded')),
    -- What was never published stays the forum's when another one supersedes it.
    was_published boolean NOT NULL DEFAULT false,
    superseded_reason text CONSTRAINT allocation_superseded_reason_check
        CHECK (text_within(superseded_reason, 1000)
               AND (state <> 'superseded' OR superseded_reason IS NOT NULL)),
    computed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    is_example boolean NOT NULL DEFAULT false,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT allocation_version_no_key UNIQUE (round_id, version_no),
    CONSTRAINT allocation_decided_in_meeting_id_check
        CHECK (state = 'draft' OR decided_in_meeting_id IS NOT NULL)
);
CREATE UNIQUE INDEX allocation_one_in_force ON allocation (round_id)
    WHERE state IN ('adopted', 'published');
CREATE INDEX allocation_updated_idx ON allocation (updated_at, id);
CREATE FUNCTION note_publication() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.was_published := true;
    RETURN NEW;
END
$$;
CREATE TRIGGER allocation_publication BEFORE INSERT OR UPDATE OF state ON allocation
    FOR EACH ROW WHEN (NEW.state = 'published') EXECUTE FUNCTION note_publication();
CREATE TRIGGER allocation_touch BEFORE UPDATE ON allocation
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

CREATE TABLE allocation_line (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    allocation_id uuid NOT NULL
        CONSTRAINT allocation_line_allocation_id_fkey REFERENCES allocation ON DELETE CASCADE,
    network_id uuid NOT NULL CONSTRAINT allocation_line_network_id_fkey REFERENCES competence_network,
    children bigint NOT NULL CONSTRAINT allocation_line_children_check CHECK (children >= 0),
    pupils bigint NOT NULL CONSTRAINT allocation_line_pupils_check CHECK (pupils >= 0),
    apprentices bigint NOT NULL CONSTRAINT allocation_line_apprentices_check CHECK (apprentices >= 0),
    weight bigint NOT NULL CONSTRAINT allocation_line_weight_check CHECK (weight >= 0),
    base_nok bigint NOT NULL CONSTRAINT allocation_line_base_nok_check CHECK (base_nok >= 0),
    variable_nok bigint NOT NULL
        CONSTRAINT allocation_line_variable_nok_check CHECK (variable_nok >= 0),
    remainder bigint NOT NULL CONSTRAINT allocation_line_remainder_check CHECK (remainder >= 0),
    extra_krone boolean NOT NULL,
    amount_nok bigint NOT NULL CONSTRAINT allocation_line_amount_nok_check
        CHECK (amount_nok = base_nok + variable_nok + extra_krone::int),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT allocation_line_network_id_key UNIQUE (allocation_id, network_id)
);

-- KL-R01, the last wall: what is adopted adds up to the krone, and its lines stay.
CREATE FUNCTION check_allocation_sum() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    IF NEW.joint_nok + (SELECT coalesce(sum(l.amount_nok), 0) FROM allocation_line l
                         WHERE l.allocation_id = NEW.id) <> NEW.total_nok THEN
        RAISE EXCEPTION 'the lines do not add up' USING ERRCODE = 'check_violation',
            SCHEMA = 'loft', TABLE = 'allocation', CONSTRAINT = 'allocation_sum_check';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER allocation_sum BEFORE UPDATE OF state ON allocation
    FOR EACH ROW WHEN (OLD.state = 'draft' AND NEW.state <> 'draft')
    EXECUTE FUNCTION check_allocation_sum();

CREATE FUNCTION refuse_change_of_allocation_line() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM allocation a
                WHERE a.id = coalesce(NEW.allocation_id, OLD.allocation_id) AND a.state <> 'draft') THEN
        RAISE EXCEPTION 'lines of an adopted allocation stay' USING ERRCODE = 'check_violation',
            SCHEMA = 'loft', TABLE = 'allocation_line', CONSTRAINT = 'allocation_line_adopted_check';
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$;
CREATE TRIGGER allocation_line_stays BEFORE INSERT OR UPDATE OR DELETE ON allocation_line
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_allocation_line();

GRANT SELECT ON grant_round, round_link, network_frame, allocation, allocation_line TO loft_service;
GRANT INSERT (forum_id, scheme_code, year, total_nok, self_assessment_from_on, need_due_on,
              need_deadline_hard, basis_due_on, recommendation_due_on, decision_due_on,
              report_due_on, own_share_bp, require_uh_signature, allow_multiple_bases,
              joint_share_first_meeting_only),
      UPDATE (total_nok, self_assessment_from_on, need_due_on, need_deadline_hard, basis_due_on,
              recommendation_due_on, decision_due_on, report_due_on, own_share_bp,
              require_uh_signature, allow_multiple_bases, joint_share_first_meeting_only, state,
              recommended_on)
    ON grant_round TO loft_service;
GRANT INSERT (round_id, related_round_id, note), DELETE ON round_link TO loft_service;
GRANT INSERT (round_id, network_id, need_due_on, need_deadline_hard, frame_nok),
      UPDATE (need_due_on, need_deadline_hard, frame_nok)
    ON network_frame TO loft_service;
GRANT INSERT (round_id, version_no, name, kind, headcount_year, total_nok, joint_share_bp, joint_nok,
              base_per_network_nok, weight_child_milli, weight_pupil_milli, weight_apprentice_milli),
      UPDATE (name, kind, headcount_year, total_nok, joint_share_bp, joint_nok, base_per_network_nok,
              weight_child_milli, weight_pupil_milli, weight_apprentice_milli, decided_in_meeting_id,
              state, superseded_reason, computed_at),
      DELETE
    ON allocation TO loft_service;
GRANT INSERT (allocation_id, network_id, children, pupils, apprentices, weight, base_nok,
              variable_nok, remainder, extra_krone, amount_nok), DELETE
    ON allocation_line TO loft_service;
