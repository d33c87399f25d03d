-- Kompetanseløftet: the forum's recommendation, the county governor's decision, payments and
-- reports. domain.md §0.1, §5.2 to §5.4.

-- Innstilling, one for each round. Adopted, it stays.
CREATE TABLE recommendation (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    round_id uuid NOT NULL CONSTRAINT recommendation_round_id_fkey REFERENCES grant_round,
    meeting_id uuid CONSTRAINT recommendation_meeting_id_fkey REFERENCES forum_meeting,
    title text NOT NULL CONSTRAINT recommendation_title_check CHECK (text_within(title, 200)),
    summary text CONSTRAINT recommendation_summary_check CHECK (char_length(summary) <= 20000),
    decided_by text CONSTRAINT recommendation_decided_by_check
        CHECK (decided_by IN ('consensus', 'vote')),
    votes_for int CONSTRAINT recommendation_votes_for_check CHECK (votes_for >= 0),
    votes_against int CONSTRAINT recommendation_votes_against_check CHECK (votes_against >= 0),
    votes_abstained int CONSTRAINT recommendation_votes_abstained_check CHECK (votes_abstained >= 0),
    adopted_on date,
    late_reason text CONSTRAINT recommendation_late_reason_check CHECK (text_within(late_reason, 1000)),
    state text NOT NULL DEFAULT 'draft' CONSTRAINT recommendation_state_check
        CHECK (state IN ('draft', 'adopted', 'sent')),
    is_example boolean NOT NULL DEFAULT false,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT recommendation_adopted_on_check CHECK (
        (state = 'draft') OR (adopted_on IS NOT NULL AND meeting_id IS NOT NULL
                              AND decided_by IS NOT NULL)),
    CONSTRAINT recommendation_votes_check CHECK (
        coalesce(decided_by = 'vote', false) = (votes_for IS NOT NULL AND votes_against IS NOT NULL))
);
CREATE UNIQUE INDEX recommendation_one_per_round ON recommendation (round_id);
CREATE INDEX recommendation_updated_idx ON recommendation (updated_at, id);
CREATE TRIGGER recommendation_touch BEFORE UPDATE ON recommendation
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

-- What a complete line shows (KL-R11) is taken from the basis; here stands what the forum adds.
CREATE TABLE recommendation_line (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    recommendation_id uuid NOT NULL
        CONSTRAINT recommendation_line_recommendation_id_fkey REFERENCES recommendation,
    basis_id uuid NOT NULL
        CONSTRAINT recommendation_line_basis_id_key UNIQUE
        CONSTRAINT recommendation_line_basis_id_fkey REFERENCES decision_basis,
    verdict text NOT NULL CONSTRAINT recommendation_line_verdict_check
        CHECK (verdict IN ('recommend', 'reduce', 'reject')),
    amount_uh_nok bigint NOT NULL CONSTRAINT recommendation_line_amount_uh_nok_check
        CHECK (amount_uh_nok BETWEEN 0 AND 100000000000),
    amount_network_nok bigint NOT NULL CONSTRAINT recommendation_line_amount_network_nok_check
        CHECK (amount_network_nok BETWEEN 0 AND 100000000000),
    priority int CONSTRAINT recommendation_line_priority_check CHECK (priority BETWEEN 1 AND 1000),
    conditions text
        CONSTRAINT recommendation_line_conditions_check CHECK (char_length(conditions) <= 5000),
    reason text CONSTRAINT recommendation_line_reason_check CHECK (char_length(reason) <= 5000),
    disqualified_member_ids uuid[] NOT NULL DEFAULT '{}'
        CONSTRAINT recommendation_line_disqualified_member_ids_check
            CHECK (cardinality(disqualified_member_ids) <= 100),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT recommendation_line_verdict_amount_check
        CHECK ((verdict = 'reject') = (amount_uh_nok + amount_network_nok = 0)),
    CONSTRAINT recommendation_line_reason_given_check
        CHECK (verdict = 'recommend' OR reason IS NOT NULL)
);
CREATE INDEX recommendation_line_updated_idx ON recommendation_line (updated_at, id);
CREATE INDEX recommendation_line_recommendation_id_idx ON recommendation_line (recommendation_id);
CREATE TRIGGER recommendation_line_touch BEFORE UPDATE ON recommendation_line
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

-- ---- decisions -------------------------------------------------------------------------------

-- Vedtak, of the county governor, on one basis.
CREATE TABLE grant_decision (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    round_id uuid NOT NULL CONSTRAINT grant_decision_round_id_fkey REFERENCES grant_round,
    basis_id uuid NOT NULL
        CONSTRAINT grant_decision_basis_id_key UNIQUE,
    outcome text NOT NULL CONSTRAINT grant_decision_outcome_check
        CHECK (outcome IN ('granted', 'partially_granted', 'refused')),
    conditions text CONSTRAINT grant_decision_conditions_check CHECK (char_length(conditions) <= 5000),
    deviation_reason text CONSTRAINT grant_decision_deviation_reason_check
        CHECK (text_within(deviation_reason, 5000)),
    letter_ref text CONSTRAINT grant_decision_letter_ref_check CHECK (char_length(letter_ref) <= 100),
    decided_on date,
    state text NOT NULL DEFAULT 'draft' CONSTRAINT grant_decision_state_check
        CHECK (state IN ('draft', 'issued', 'paid', 'reclaimed')),
    is_example boolean NOT NULL DEFAULT false,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT grant_decision_basis_id_fkey FOREIGN KEY (basis_id, round_id)
        REFERENCES decision_basis (id, round_id),
    CONSTRAINT grant_decision_decided_on_check CHECK (state = 'draft' OR decided_on IS NOT NULL)
);
CREATE INDEX grant_decision_updated_idx ON grant_decision (updated_at, id);
CREATE INDEX grant_decision_round_id_idx ON grant_decision (round_id);
CREATE TRIGGER grant_decision_touch BEFORE UPDATE ON grant_decision
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

-- What each recipient gets, has got and has given back.
CREATE TABLE decision_line (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    decision_id uuid NOT NULL CONSTRAINT decision_line_decision_id_fkey REFERENCES grant_decision,
    recipient_id uuid NOT NULL CONSTRAINT decision_line_recipient_id_fkey REFERENCES organisation,
    recipient_kind text NOT NULL CONSTRAINT decision_line_recipient_kind_check
        CHECK (recipient_kind IN ('uh', 'network', 'owner')),
    amount_nok bigint NOT NULL
        CONSTRAINT decision_line_amount_nok_check CHECK (amount_nok BETWEEN 1 AND 100000000000),
    paid_on date,
    payment_reference text CONSTRAINT decision_line_payment_reference_check
        CHECK (text_within(payment_reference, 100)
               AND (paid_on IS NULL OR payment_reference IS NOT NULL)),
    reclaimed_nok bigint NOT NULL DEFAULT 0 CONSTRAINT decision_line_reclaimed_nok_check
        CHECK (reclaimed_nok BETWEEN 0 AND amount_nok AND (reclaimed_nok = 0 OR paid_on IS NOT NULL)),
    reclaim_reason text CONSTRAINT decision_line_reclaim_reason_check
        CHECK (text_within(reclaim_reason, 2000)
               AND (reclaimed_nok = 0 OR reclaim_reason IS NOT NULL)),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT decision_line_recipient_id_key UNIQUE (decision_id, recipient_id)
);
CREATE INDEX decision_line_updated_idx ON decision_line (updated_at, id);
CREATE INDEX decision_line_recipient_id_idx ON decision_line (recipient_id);
CREATE TRIGGER decision_line_touch BEFORE UPDATE ON decision_line
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

-- KL-R08: lines of decisions and joint grants are counted on the round, as the owner.
CREATE FUNCTION keep_granted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    UPDATE grant_round r SET granted_nok = r.granted_nok
           + CASE WHEN TG_OP <> 'DELETE' THEN NEW.amount_nok ELSE 0 END
           - CASE WHEN TG_OP <> 'INSERT' THEN OLD.amount_nok ELSE 0 END
      FROM grant_decision d
     WHERE d.id = coalesce(NEW.decision_id, OLD.decision_id) AND r.id = d.round_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER decision_line_granted AFTER INSERT OR UPDATE OF amount_nok OR DELETE ON decision_line
    FOR EACH ROW EXECUTE FUNCTION keep_granted();

-- What was recommended and what is granted, to universities and to network and owners, and what became of
-- it, as the caller sees it.
CREATE FUNCTION decision_figures(in_decision uuid)
RETURNS TABLE (recommended_uh_nok bigint, recommended_network_nok bigint, granted_uh_nok bigint,
               granted_network_nok bigint, paid_nok bigint, reclaimed_nok bigint, deviates boolean)
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = loft, pg_temp AS $$
    SELECT r.uh, r.network, g.uh, g.network, g.paid, g.reclaimed, (r.uh, r.network) <> (g.uh, g.network)
      FROM (SELECT coalesce(sum(l.amount_uh_nok), 0)::bigint AS uh,
                   coalesce(sum(l.amount_network_nok), 0)::bigint AS network
              FROM recommendation_line l JOIN grant_decision d ON d.basis_id = l.basis_id
             WHERE d.id = in_decision) AS r,
           (SELECT coalesce(sum(l.amount_nok) FILTER (WHERE l.recipient_kind = 'uh'), 0)::bigint AS uh,
                   coalesce(sum(l.amount_nok) FILTER (WHERE l.recipient_kind <> 'uh'), 0)::bigint
                       AS network,
                   coalesce(sum(l.amount_nok) FILTER (WHERE l.paid_on IS NOT NULL), 0)::bigint AS paid,
                   coalesce(sum(l.reclaimed_nok), 0)::bigint AS reclaimed
              FROM decision_line l WHERE l.decision_id = in_decision) AS g
$$;

-- How a line stands follows from its decision and its payment.
CREATE FUNCTION decision_line_state(decision_state text, paid_on date, reclaimed_nok bigint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN decision_state = 'draft' THEN 'draft' WHEN paid_on IS NULL THEN 'to_pay'
                WHEN reclaimed_nok > 0 THEN 'reclaimed' ELSE 'paid' END
$$;

-- KL-R12: what an owner adds to what it is granted, each krone begun counted. own_share_nok() of the rules
-- says the same.
CREATE FUNCTION own_share_nok(amount_nok bigint, own_share_bp int) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT (amount_nok * own_share_bp + 9999) / 10000 $$;
GRANT EXECUTE ON FUNCTION decision_figures(uuid), decision_line_state(text, date, bigint),
    own_share_nok(bigint, int) TO loft_service;

-- ---- joint measures --------------------------------------------------------------------------

-- Fellestiltak. Considerations a to d of the plan, each answered or not yet (KL-R15).
CREATE TABLE joint_measure (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    forum_id uuid NOT NULL CONSTRAINT joint_measure_forum_id_fkey REFERENCES forum,
    code text NOT NULL
        CONSTRAINT joint_measure_code_key UNIQUE
        CONSTRAINT joint_measure_code_check
            CHECK (code ~ '^[a-z0-9]+([-_][a-z0-9]+)*$' AND char_length(code) <= 64),
    name text NOT NULL CONSTRAINT joint_measure_name_check CHECK (text_within(name, 200)),
    is_working_title boolean NOT NULL DEFAULT false,
    description text
        CONSTRAINT joint_measure_description_check CHECK (char_length(description) <= 20000),
    concept text CONSTRAINT joint_measure_concept_check CHECK (char_length(concept) <= 50000),
    responsible_id uuid CONSTRAINT joint_measure_responsible_id_fkey REFERENCES organisation,
    builds_on_id uuid,
    starts_year int CONSTRAINT joint_measure_starts_year_check CHECK (starts_year BETWEEN 2000 AND 2100),
    ends_year int CONSTRAINT joint_measure_ends_year_check CHECK (ends_year >= starts_year),
    considerations_a_ok boolean,
    considerations_a_note text CONSTRAINT joint_measure_considerations_a_note_check
        CHECK (char_length(considerations_a_note) <= 5000),
    considerations_b_ok boolean,
    considerations_b_note text CONSTRAINT joint_measure_considerations_b_note_check
        CHECK (char_length(considerations_b_note) <= 5000),
    considerations_c_ok boolean,
    considerations_c_note text CONSTRAINT joint_measure_considerations_c_note_check
        CHECK (char_length(considerations_c_note) <= 5000),
    considerations_d_ok boolean,
    considerations_d_note text CONSTRAINT joint_measure_considerations_d_note_check
        CHECK (char_length(considerations_d_note) <= 5000),
    -- Local anchoring, roles and follow-up, as the plan asks for.
    conditions_before text CONSTRAINT joint_measure_conditions_before_check
        CHECK (char_length(conditions_before) <= 5000),
    conditions_during text CONSTRAINT joint_measure_conditions_during_check
        CHECK (char_length(conditions_during) <= 5000),
    conditions_after text CONSTRAINT joint_measure_conditions_after_check
        CHECK (char_length(conditions_after) <= 5000),
    state text NOT NULL DEFAULT 'idea' CONSTRAINT joint_measure_state_check CHECK (state IN (
        'idea', 'concept', 'planned', 'running', 'evaluated', 'ended')),
    is_example boolean NOT NULL DEFAULT false,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT joint_measure_id_forum_id_key UNIQUE (id, forum_id),
    CONSTRAINT joint_measure_builds_on_id_fkey
        FOREIGN KEY (builds_on_id, forum_id) REFERENCES joint_measure (id, forum_id),
    CONSTRAINT joint_measure_builds_on_id_check CHECK (builds_on_id <> id),
    CONSTRAINT joint_measure_planned_is_answered CHECK (
        state IN ('idea', 'concept')
        OR num_nulls(considerations_a_ok, considerations_b_ok, considerations_c_ok,
                     considerations_d_ok) = 0),
    CONSTRAINT joint_measure_running_has_concept CHECK (
        state IN ('idea', 'concept', 'planned') OR concept IS NOT NULL)
);
CREATE INDEX joint_measure_updated_idx ON joint_measure (updated_at, id);
CREATE TRIGGER joint_measure_touch BEFORE UPDATE ON joint_measure
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

CREATE TABLE joint_measure_evaluation (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    joint_measure_id uuid NOT NULL
        CONSTRAINT joint_measure_evaluation_joint_measure_id_fkey REFERENCES joint_measure,
    held_on date NOT NULL,
    conclusion text NOT NULL
        CONSTRAINT joint_measure_evaluation_conclusion_check CHECK (text_within(conclusion, 10000)),
    adjust boolean NOT NULL DEFAULT false,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT joint_measure_evaluation_held_on_key UNIQUE (joint_measure_id, held_on)
);
CREATE INDEX joint_measure_evaluation_updated_idx ON joint_measure_evaluation (updated_at, id);

CREATE TABLE joint_measure_grant (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    round_id uuid NOT NULL CONSTRAINT joint_measure_grant_round_id_fkey REFERENCES grant_round,
    joint_measure_id uuid NOT NULL
        CONSTRAINT joint_measure_grant_joint_measure_id_fkey REFERENCES joint_measure,
    recipient_id uuid NOT NULL
        CONSTRAINT joint_measure_grant_recipient_id_fkey REFERENCES organisation,
    amount_nok bigint NOT NULL
        CONSTRAINT joint_measure_grant_amount_nok_check CHECK (amount_nok BETWEEN 1 AND 100000000000),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT joint_measure_grant_recipient_id_key UNIQUE (round_id, joint_measure_id, recipient_id)
);
CREATE INDEX joint_measure_grant_updated_idx ON joint_measure_grant (updated_at, id);
CREATE TRIGGER joint_measure_grant_touch BEFORE UPDATE ON joint_measure_grant
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

CREATE FUNCTION keep_joint_granted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    UPDATE grant_round r SET granted_nok = r.granted_nok
           + CASE WHEN TG_OP <> 'DELETE' THEN NEW.amount_nok ELSE 0 END
           - CASE WHEN TG_OP <> 'INSERT' THEN OLD.amount_nok ELSE 0 END
     WHERE r.id = coalesce(NEW.round_id, OLD.round_id);
    RETURN NULL;
END
$$;
CREATE TRIGGER joint_measure_grant_granted
    AFTER INSERT OR UPDATE OF amount_nok OR DELETE ON joint_measure_grant
    FOR EACH ROW EXECUTE FUNCTION keep_joint_granted();

CREATE TABLE joint_measure_participation (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    joint_measure_id uuid NOT NULL
        CONSTRAINT joint_measure_participation_joint_measure_id_fkey REFERENCES joint_measure,
    network_id uuid NOT NULL
        CONSTRAINT joint_measure_participation_network_id_fkey REFERENCES competence_network,
    year int NOT NULL CONSTRAINT joint_measure_participation_year_check
        CHECK (year BETWEEN 2000 AND 2100),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT joint_measure_participation_year_key UNIQUE (joint_measure_id, network_id, year)
);

-- ---- reports ---------------------------------------------------------------------------------

-- Rapportering: one for each decision that granted money.
CREATE TABLE grant_report (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    decision_id uuid NOT NULL
        CONSTRAINT grant_report_decision_id_key UNIQUE
        CONSTRAINT grant_report_decision_id_fkey REFERENCES grant_decision,
    due_on date NOT NULL,
    -- Keys: goals, involvement, collective, partnership, crossdisciplinary, joint_measures,
    -- deviations, unused_plan, next_needs; each a text.
    answers jsonb NOT NULL DEFAULT '{}' CONSTRAINT grant_report_answers_check
        CHECK (jsonb_typeof(answers) = 'object' AND octet_length(answers::text) <= 524288),
    state text NOT NULL DEFAULT 'open' CONSTRAINT grant_report_state_check
        CHECK (state IN ('open', 'submitted', 'approved', 'returned')),
    state_note text CONSTRAINT grant_report_state_note_check CHECK (char_length(state_note) <= 2000),
    submitted_at timestamptz,
    submitted_late boolean NOT NULL DEFAULT false,
    is_example boolean NOT NULL DEFAULT false,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX grant_report_updated_idx ON grant_report (updated_at, id);
CREATE INDEX grant_report_due_idx ON grant_report (due_on, id);
CREATE TRIGGER grant_report_touch BEFORE UPDATE ON grant_report
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

CREATE TABLE report_use (
    report_id uuid NOT NULL CONSTRAINT report_use_report_id_fkey REFERENCES grant_report,
    recipient_id uuid NOT NULL CONSTRAINT report_use_recipient_id_fkey REFERENCES organisation,
    purpose text NOT NULL CONSTRAINT report_use_purpose_check CHECK (purpose IN (
        'needs_assessment', 'planning', 'implementation', 'evaluation', 'coordination')),
    used_nok bigint NOT NULL
        CONSTRAINT report_use_used_nok_check CHECK (used_nok BETWEEN 0 AND 100000000000),
    PRIMARY KEY (report_id, recipient_id, purpose)
);

CREATE TABLE report_own_share (
    report_id uuid NOT NULL CONSTRAINT report_own_share_report_id_fkey REFERENCES grant_report,
    owner_id uuid NOT NULL CONSTRAINT report_own_share_owner_id_fkey REFERENCES organisation,
    own_share_nok bigint NOT NULL CONSTRAINT report_own_share_own_share_nok_check
        CHECK (own_share_nok BETWEEN 0 AND 100000000000),
    PRIMARY KEY (report_id, owner_id)
);

CREATE TABLE report_participation (
    report_id uuid NOT NULL CONSTRAINT report_participation_report_id_fkey REFERENCES grant_report,
    service_type text NOT NULL CONSTRAINT report_participation_service_type_check
        CHECK (service_type IN ('kindergarten', 'school', 'sfo', 'ppt', 'leaders', 'other')),
    participants int NOT NULL CONSTRAINT report_participation_participants_check
        CHECK (participants BETWEEN 0 AND 1000000),
    units int NOT NULL CONSTRAINT report_participation_units_check CHECK (units BETWEEN 0 AND 100000),
    PRIMARY KEY (report_id, service_type)
);

GRANT SELECT ON recommendation, recommendation_line, grant_decision, decision_line, joint_measure,
    joint_measure_evaluation, joint_measure_grant, joint_measure_participation, grant_report,
    report_use, report_own_share, report_participation TO loft_service;
GRANT DELETE ON recommendation_line, decision_line, joint_measure_grant, joint_measure_participation,
    report_use, report_own_share, report_participation TO loft_service;
GRANT INSERT (round_id, meeting_id, title, summary),
      UPDATE (meeting_id, title, summary, decided_by, votes_for, votes_against, votes_abstained,
              adopted_on, late_reason, state)
    ON recommendation TO loft_service;
GRANT INSERT (recommendation_id, basis_id, verdict, amount_uh_nok, amount_network_nok, priority,
              conditions, reason, disqualified_member_ids),
      UPDATE (verdict, amount_uh_nok, amount_network_nok, priority, conditions, reason,
              disqualified_member_ids)
    ON recommendation_line TO loft_service;
GRANT INSERT (round_id, basis_id, outcome, conditions, deviation_reason, letter_ref),
      UPDATE (outcome, conditions, deviation_reason, letter_ref, decided_on, state, updated_at)
    ON grant_decision TO loft_service;
GRANT INSERT (decision_id, recipient_id, recipient_kind, amount_nok),
      UPDATE (paid_on, payment_reference, reclaimed_nok, reclaim_reason)
    ON decision_line TO loft_service;
GRANT INSERT (forum_id, code, name, is_working_title, description, concept, responsible_id,
              builds_on_id, starts_year, ends_year, considerations_a_ok, considerations_a_note,
              considerations_b_ok, considerations_b_note, considerations_c_ok, considerations_c_note,
              considerations_d_ok, considerations_d_note, conditions_before, conditions_during,
              conditions_after),
      UPDATE (name, is_working_title, description, concept, responsible_id, builds_on_id,
              starts_year, ends_year, considerations_a_ok, considerations_a_note,
              considerations_b_ok, considerations_b_note, considerations_c_ok, considerations_c_note,
              considerations_d_ok, considerations_d_note, conditions_before, conditions_during,
              conditions_after, state)
    ON joint_measure TO loft_service;
GRANT INSERT (joint_measure_id, held_on, conclusion, adjust) ON joint_measure_evaluation TO loft_service;
GRANT INSERT (round_id, joint_measure_id, recipient_id, amount_nok), UPDATE (amount_nok)
    ON joint_measure_grant TO loft_service;
GRANT INSERT (joint_measure_id, network_id, year) ON joint_measure_participation TO loft_service;
GRANT INSERT (decision_id, due_on),
      UPDATE (answers, state, state_note, submitted_at, submitted_late, updated_at)
    ON grant_report TO loft_service;
GRANT INSERT ON report_use, report_own_share, report_participation TO loft_service;

-- ---- what is due -----------------------------------------------------------------------------

-- How far a deadline is, on the business clock's day in Norway. One without a day is never late.
CREATE FUNCTION deadline_status(due_on date, is_done boolean) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = loft, pg_temp AS $$
    SELECT CASE WHEN is_done THEN 'done'
                WHEN due_on < business_today() THEN 'overdue'
                WHEN due_on <= business_today() + 14 THEN 'due_soon'
                ELSE 'upcoming' END
$$;

-- What is due of whom in every round, with the eyes of whoever asks. What nobody has begun yet is seen by
-- those who owe it, their network and the forum; everything else with the row that it is about. A need
-- report is voluntary: one that was never begun is not missed once its day has passed.
CREATE FUNCTION grant_obligations()
RETURNS TABLE (round_id uuid, kind text, role text, network_id uuid, organisation_id uuid, due_on date,
               hard boolean, is_done boolean, subject_id uuid)
LANGUAGE plpgsql STABLE SET search_path = loft, pg_temp AS $$
#variable_conflict use_column
DECLARE
    forums CONSTANT uuid[] := forums_read();
    networks CONSTANT uuid[] := granted('network_coordinator');
    owners CONSTANT uuid[] := granted('owner');
    preparing CONSTANT text[] := ARRAY['planning', 'frame_adopted', 'open'];
    today CONSTANT date := business_today();
BEGIN
    RETURN QUERY
    SELECT r.id, 'need_report', 'owner', f.network_id, m.organisation_id, need.due_on,
           coalesce(f.need_deadline_hard, r.need_deadline_hard),
           coalesce(w.state NOT IN ('draft', 'returned'), false), w.id
      FROM grant_round r
      JOIN network_frame f ON f.round_id = r.id
     CROSS JOIN LATERAL (SELECT least(f.need_due_on, r.need_due_on) AS due_on) AS need
      JOIN network_owner m ON m.network_id = f.network_id AND m.days @> need.due_on
      LEFT JOIN need_report w ON w.round_id = r.id AND w.network_id = f.network_id
                             AND w.owner_id = m.organisation_id
     WHERE (r.forum_id = ANY (forums) OR f.network_id = ANY (networks) OR m.organisation_id = ANY (owners))
       AND CASE WHEN w.id IS NULL THEN r.state = ANY (preparing) AND need.due_on >= today
                WHEN w.state IN ('draft', 'returned') THEN r.state = ANY (preparing)
                ELSE true END;

    -- A basis that was sent back is due on a day of its own.
    RETURN QUERY
    SELECT r.id, CASE b.state WHEN 'returned' THEN 'resubmission' ELSE 'decision_basis' END,
           'network_coordinator', b.network_id, n.organisation_id,
           CASE b.state WHEN 'returned' THEN b.resubmit_due_on ELSE r.basis_due_on END, true,
           b.state NOT IN ('draft', 'returned'), b.id
      FROM decision_basis b
      JOIN grant_round r ON r.id = b.round_id
      JOIN competence_network n ON n.id = b.network_id
     WHERE b.state <> 'withdrawn'
       AND (b.state NOT IN ('draft', 'returned') OR r.state = ANY (preparing || '{basis_closed}'));

    RETURN QUERY
    SELECT r.id, 'decision_basis', 'network_coordinator', f.network_id, n.organisation_id, r.basis_due_on,
           true, false, NULL::uuid
      FROM grant_round r
      JOIN network_frame f ON f.round_id = r.id
      JOIN competence_network n ON n.id = f.network_id
     WHERE r.state = ANY (preparing || '{basis_closed}')
       AND (r.forum_id = ANY (forums) OR f.network_id = ANY (networks))
       AND NOT EXISTS (SELECT FROM decision_basis b
                        WHERE b.round_id = r.id AND b.network_id = f.network_id
                          AND b.state <> 'withdrawn');

    -- One institution's signature of the present revision; an edit makes it due again.
    RETURN QUERY
    SELECT r.id, 'signature', 'uh_partner', b.network_id, p.organisation_id,
           CASE b.state WHEN 'returned' THEN b.resubmit_due_on ELSE r.basis_due_on END, true,
           signed.present, b.id
      FROM decision_basis b
      JOIN grant_round r ON r.id = b.round_id
      JOIN basis_partner p ON p.basis_id = b.id AND p.kind = 'uh'
     CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM basis_signature s
                                         WHERE s.basis_id = b.id AND s.basis_revision = b.revision
                                           AND s.institution_id = p.organisation_id)) AS signed (present)
     WHERE r.require_uh_signature AND b.state <> 'withdrawn'
       AND (signed.present
            OR (b.state IN ('draft', 'returned') AND r.state = ANY (preparing || '{basis_closed}')));

    RETURN QUERY
    SELECT r.id, step.kind, step.role, NULL::uuid, NULL::uuid, step.due_on, false,
           r.state = ANY (step.behind), r.id
      FROM grant_round r
     CROSS JOIN LATERAL (VALUES
         ('recommendation', 'forum_secretariat', r.recommendation_due_on,
          ARRAY['recommended', 'decided', 'reporting', 'closed']),
         ('decision', 'state_administrator', r.decision_due_on, ARRAY['decided', 'reporting', 'closed']))
           AS step (kind, role, due_on, behind)
     WHERE r.forum_id = ANY (forums);

    RETURN QUERY
    SELECT d.round_id, 'report', 'network_coordinator', b.network_id, n.organisation_id, t.due_on, false,
           t.state IN ('submitted', 'approved'), t.id
      FROM grant_report t
      JOIN grant_decision d ON d.id = t.decision_id
      JOIN decision_basis b ON b.id = d.basis_id
      JOIN competence_network n ON n.id = b.network_id;
END
$$;

-- Årshjul of a round, in its order. Reports of the year before are due while this round is under way.
CREATE FUNCTION round_wheel(in_round uuid)
RETURNS TABLE (seq_no int, key text, label_nb text, label_nn text, label_en text, from_role text,
               to_role text, due_on date, recommended boolean, hard boolean, is_done boolean,
               revision bigint, modified_at timestamptz)
LANGUAGE sql STABLE SET search_path = loft, pg_temp AS $$
    WITH present AS (
        SELECT r.*, business_today() AS today,
               array_position(ARRAY['planning', 'frame_adopted', 'open', 'basis_closed', 'recommended',
                                    'decided', 'reporting', 'closed'], r.state) AS stage
          FROM grant_round r WHERE r.id = in_round
    )
    SELECT 1, 'first_meeting', 'Årets første møte i samarbeidsforum: andel til fellestiltak',
           'Det første møtet i samarbeidsforum i året: del til fellestiltak',
           'The forum''s first meeting of the year: share of the joint measures', 'forum_secretariat',
           'forum_member', m.held_on, false, false, coalesce(m.state = 'held', r.stage > 1),
           coalesce(m.version, r.version)::bigint, coalesce(m.updated_at, r.updated_at)
      FROM present r
      LEFT JOIN forum_meeting m ON m.forum_id = r.forum_id AND m.scheme_code = r.scheme_code
                               AND m.year = r.year AND m.year_no = 1 AND m.state <> 'cancelled'
    UNION ALL
    SELECT 2, 'self_assessment', 'Virksomhetens egen vurdering', 'Eiga vurdering i verksemda',
           'The unit''s own assessment', 'unit_contact', 'owner', NULL, true, false, r.stage > 3, r.version,
           r.updated_at
      FROM present r
    UNION ALL
    SELECT 3, 'need_report', 'Eventuell behovsmelding fra eier til nettverk',
           'Eventuell behovsmelding frå eigar til nettverk', 'Need report from owner to network, if any',
           'owner', 'network_coordinator', r.need_due_on, NOT r.need_deadline_hard, r.need_deadline_hard,
           r.stage > 3 OR r.need_due_on < r.today, r.version, r.updated_at
      FROM present r
    UNION ALL
    SELECT 4, 'decision_basis', 'Beslutningsgrunnlag fra partnerskap til samarbeidsforum',
           'Avgjerdsgrunnlag frå partnarskap til samarbeidsforum',
           'Decision basis from partnership to forum', 'network_coordinator', 'forum_secretariat',
           r.basis_due_on, false, true, r.stage > 3 OR r.basis_due_on < r.today, r.version, r.updated_at
      FROM present r
    UNION ALL
    SELECT 5, 'recommendation', 'Innstilling fra samarbeidsforum til Statsforvalteren',
           'Innstilling frå samarbeidsforum til Statsforvaltaren',
           'Recommendation from the forum to the county governor', 'forum_secretariat',
           'state_administrator', r.recommendation_due_on, false, false, r.stage > 4, r.version, r.updated_at
      FROM present r
    UNION ALL
    SELECT 6, 'decision', 'Vedtak fra Statsforvalteren til UH og nettverk',
           'Vedtak frå Statsforvaltaren til UH og nettverk',
           'Decision from the county governor to universities and networks', 'state_administrator',
           'network_coordinator', r.decision_due_on, false, false, r.stage > 5, r.version, r.updated_at
      FROM present r
    UNION ALL
    SELECT 7, 'former_report', 'Rapportering for året før', 'Rapportering for året før',
           'Reports on the year before', 'network_coordinator', 'state_administrator', former.report_due_on,
           false, false, former.state = 'closed', former.version, former.updated_at
      FROM present r
      JOIN grant_round former ON former.forum_id = r.forum_id AND former.scheme_code = r.scheme_code
                             AND former.year = r.year - 1
    UNION ALL
    SELECT 8, 'plan_stop_point', 'Årlig stoppunkt: evaluering av planen',
           'Årleg stoppunkt: evaluering av planen', 'Yearly stop point: evaluation of the plan',
           'forum_secretariat', 'forum_member', coalesce(e.held_on, make_date(r.year, 12, 31)), true, false,
           e.id IS NOT NULL, coalesce(e.version, r.version), coalesce(e.updated_at, r.updated_at)
      FROM present r
      LEFT JOIN long_term_plan p ON p.forum_id = r.forum_id AND p.state = 'adopted'
      LEFT JOIN plan_evaluation e ON e.plan_id = p.id AND e.year = r.year
    UNION ALL
    SELECT 9, 'report', 'Rapportering', 'Rapportering', 'Reports', 'network_coordinator',
           'state_administrator', r.report_due_on, false, false, r.stage > 7, r.version, r.updated_at
      FROM present r
$$;
GRANT EXECUTE ON FUNCTION deadline_status(date, boolean), grant_obligations(), round_wheel(uuid)
    TO loft_service;

-- ---- told by mail ----------------------------------------------------------------------------

-- Who is written to: the people who hold the role for an owner, a network, an institution, a forum or a
-- county. People of the demonstration are told nothing, and a name that could carry a link is left out.
CREATE FUNCTION grant_addressees(in_role text, in_scope uuid)
RETURNS TABLE (person_id uuid, language text, email text, full_name text)
LANGUAGE sql STABLE SET search_path = loft, pg_temp AS $$
    SELECT p.id, p.language, p.email,
           CASE WHEN p.full_name !~ '[/@:<>[:cntrl:]]|[.][[:alpha:]]{2}' THEN p.full_name END
      FROM role_grant g
      JOIN user_account u ON u.id = g.user_id AND u.is_active
      JOIN person p ON p.id = u.person_id AND NOT p.is_example AND p.email IS NOT NULL
     WHERE g.role = in_role AND g.scope_id = in_scope
$$;

-- Tells of the event of a case that this transaction recorded last; which kind of message, the service
-- decides (api/notify/notify.c). A need report is its owner's, everything later the partnership's.
CREATE FUNCTION notify_grant_case(kind text, case_id uuid, version bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = loft, pg_temp AS $$
DECLARE
    happened event;
BEGIN
    SELECT e.* INTO happened FROM event e
     WHERE e.tx = pg_current_xact_id() AND e.resource_id = notify_grant_case.case_id
       AND e.resource_type IN ('need_report', 'decision_basis', 'grant_report', 'grant_decision')
       AND e.version = notify_grant_case.version
     ORDER BY e.seq DESC LIMIT 1;
    IF happened.seq IS NULL THEN
        RAISE EXCEPTION 'nothing has happened to tell of' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO notification (person_id, kind, occasion, resource_type, resource_id, language, email, facts)
    SELECT DISTINCT ON (a.person_id) a.person_id, notify_grant_case.kind, 'event:' || happened.seq,
           happened.resource_type, happened.resource_id, a.language, a.email,
           jsonb_strip_nulls(jsonb_build_object(
               'name', a.full_name, 'organiser', f.name, 'title', c.title, 'note', c.note,
               'due_on', c.due_on, 'network', n.name))
      FROM (SELECT w.round_id, w.network_id, NULL::uuid AS basis_id, w.owner_id, w.title,
                   w.state_note AS note, least(t.need_due_on, r.need_due_on) AS due_on, w.is_example
              FROM need_report w
              JOIN grant_round r ON r.id = w.round_id
              LEFT JOIN network_frame t ON t.round_id = w.round_id AND t.network_id = w.network_id
             WHERE w.id = happened.resource_id
            UNION ALL
            SELECT b.round_id, b.network_id, b.id, NULL, b.title, b.state_note, b.resubmit_due_on,
                   b.is_example
              FROM decision_basis b WHERE b.id = happened.resource_id
            UNION ALL
            SELECT b.round_id, b.network_id, b.id, NULL, b.title, t.state_note,
                   coalesce(t.due_on, CASE WHEN d.outcome <> 'refused' THEN q.report_due_on END),
                   d.is_example
              FROM grant_decision d
              JOIN decision_basis b ON b.id = d.basis_id
              JOIN grant_round q ON q.id = d.round_id
              LEFT JOIN grant_report t ON t.decision_id = d.id
             WHERE happened.resource_id IN (d.id, t.id)) AS c
      JOIN grant_round r ON r.id = c.round_id
      JOIN forum f ON f.id = r.forum_id
      JOIN competence_network n ON n.id = c.network_id
     CROSS JOIN LATERAL (
           SELECT o.* FROM grant_addressees('owner', c.owner_id) o
           UNION ALL
           SELECT o.* FROM grant_addressees('network_coordinator', c.network_id) o
            WHERE c.basis_id IS NOT NULL
           UNION ALL
           SELECT o.* FROM basis_partner q,
                  LATERAL grant_addressees(CASE q.kind WHEN 'uh' THEN 'uh_partner' ELSE 'owner' END,
                                           q.organisation_id) o
            WHERE q.basis_id = c.basis_id) AS a
     WHERE NOT c.is_example
     ORDER BY a.person_id
    ON CONFLICT ON CONSTRAINT notification_occasion_key DO NOTHING;
END
$$;

-- One for each deadline and how it stands: whoever is given another day is told of that one as well.
CREATE FUNCTION obligation_occasion(kind text, round_id uuid, network_id uuid, organisation_id uuid,
                                    due_on date, status text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = loft, pg_temp AS $$
    SELECT concat_ws(':', 'due', kind, round_id, coalesce(network_id::text, ''),
                     coalesce(organisation_id::text, ''), to_char(due_on, 'YYYYMMDD'), status)
$$;

-- Deadlines that are near, and those that went by in the last fortnight, each once for everybody who owes
-- it. Older ones are not brought up. How many were written; at most `max`.
CREATE FUNCTION remind_of_obligations(max int) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = loft, pg_temp AS $$
DECLARE
    written bigint;
BEGIN
    IF NOT has_role('system') THEN
        RAISE EXCEPTION 'reminders are the service''s own' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO notification (person_id, kind, occasion, resource_type, resource_id, language, email,
                              facts, useful_until)
    SELECT DISTINCT ON (a.person_id, d.occasion) a.person_id, 'obligation_' || d.status, d.occasion,
           'grant_round', d.round_id, a.language, a.email,
           jsonb_strip_nulls(jsonb_build_object(
               'name', a.full_name, 'organiser', d.forum_name, 'due_on', d.due_on,
               'network', d.network_name, d.kind, 'true')),
           CASE d.status WHEN 'due_soon' THEN (d.due_on + 1)::timestamp AT TIME ZONE 'Europe/Oslo' END
      FROM (SELECT o.kind, o.role, o.round_id, o.due_on, s.status, f.name AS forum_name,
                   n.name AS network_name,
                   obligation_occasion(o.kind, o.round_id, o.network_id, o.organisation_id, o.due_on,
                                       s.status) AS occasion,
                   CASE o.role WHEN 'network_coordinator' THEN o.network_id
                               WHEN 'forum_secretariat' THEN r.forum_id
                               WHEN 'state_administrator' THEN f.county_id
                               ELSE o.organisation_id END AS scope_id
              FROM grant_obligations() o
              JOIN grant_round r ON r.id = o.round_id AND NOT r.is_example
              JOIN forum f ON f.id = r.forum_id
              LEFT JOIN competence_network n ON n.id = o.network_id
             CROSS JOIN LATERAL (SELECT deadline_status(o.due_on, o.is_done)) AS s (status)
             WHERE s.status = 'due_soon'
                OR (s.status = 'overdue'
                    AND o.due_on >= business_today() - 14)) AS d
     CROSS JOIN LATERAL grant_addressees(d.role, d.scope_id) AS a
     WHERE NOT EXISTS (SELECT FROM notification t
                        WHERE t.person_id = a.person_id AND t.occasion = d.occasion)
     ORDER BY a.person_id, d.occasion LIMIT max
    ON CONFLICT ON CONSTRAINT notification_occasion_key DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END
$$;

-- What was done meanwhile, or sent in again, is not mailed about any more.
CREATE OR REPLACE FUNCTION notification_is_current(notification_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = loft, pg_temp AS $$
DECLARE
    n notification;
BEGIN
    SELECT * INTO n FROM notification WHERE id = notification_id AND has_role('system');
    RETURN n.id IS NOT NULL AND coalesce(n.useful_until > now(), true) AND CASE
        WHEN n.kind IN ('registration_offered', 'offer_expiring') THEN
            EXISTS (SELECT FROM registration r
                     WHERE r.id = n.resource_id AND r.person_id = n.person_id
                       AND r.state = 'offered' AND r.offer_expires_at = n.useful_until)
        WHEN n.kind = 'gathering_reminder' THEN
            EXISTS (SELECT FROM registration r
                      JOIN course c ON c.id = r.course_id AND c.state IN ('published', 'running')
                      JOIN course_gathering g ON g.course_id = c.id
                     WHERE r.id = n.resource_id AND r.person_id = n.person_id
                       AND r.state = 'confirmed'
                       AND n.occasion = gathering_occasion(g.id, gathering_begins(g.id)))
        WHEN n.kind IN ('obligation_due_soon', 'obligation_overdue') THEN
            EXISTS (SELECT FROM grant_obligations() o
                     WHERE o.round_id = n.resource_id
                       AND n.occasion = obligation_occasion(
                               o.kind, o.round_id, o.network_id, o.organisation_id, o.due_on,
                               deadline_status(o.due_on, o.is_done)))
        WHEN n.kind = 'need_report_returned' THEN
            EXISTS (SELECT FROM need_report w WHERE w.id = n.resource_id AND w.state = 'returned')
        WHEN n.kind = 'basis_returned' THEN
            EXISTS (SELECT FROM decision_basis b WHERE b.id = n.resource_id AND b.state = 'returned')
        WHEN n.kind = 'report_returned' THEN
            EXISTS (SELECT FROM grant_report t WHERE t.id = n.resource_id AND t.state = 'returned')
        ELSE true END;
END
$$;
GRANT EXECUTE ON FUNCTION notify_grant_case(text, uuid, bigint), remind_of_obligations(int) TO loft_service;
