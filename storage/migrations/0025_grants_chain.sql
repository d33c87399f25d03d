-- Kompetanseløftet: what was passed on stays. Each stage of a basis, from need to report, is frozen and
-- sealed when it goes on to the next, and what was sealed is compared with what is stored. domain.md
-- §5.3, F14, F23.

-- ---- frozen ----------------------------------------------------------------------------------

-- A row without what may change after its stage is passed on: how it stands, and when it was touched. Nothing
-- is said of what is null, so that a column that a later migration adds leaves the seals of before as
-- true as they are; one that it adds with a value belongs into this list.
CREATE FUNCTION row_content(in_row jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = loft, pg_temp AS $$
    SELECT jsonb_strip_nulls(in_row - ARRAY[
               'version', 'revision', 'created_at', 'updated_at', 'is_example', 'state', 'state_note',
               'completed_on', 'resubmit_due_on', 'submitted_at', 'submitted_late', 'claimed_nok', 'paid_on',
               'payment_reference', 'reclaimed_nok', 'reclaim_reason', 'late_reason'])
$$;

CREATE FUNCTION refuse_as_frozen(in_table text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is passed on and stays', in_table USING ERRCODE = 'check_violation',
        SCHEMA = 'loft', TABLE = in_table, CONSTRAINT = 'passed_on_stays';
END
$$;

-- The arguments are the states in which the content may change. All of these come after the row policies, so
-- that nobody learns of a row they cannot see.
CREATE FUNCTION keep_frozen() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    IF NOT OLD.state = ANY (TG_ARGV)
       AND row_content(to_jsonb(OLD)) <> row_content(to_jsonb(NEW)) THEN
        PERFORM refuse_as_frozen(TG_TABLE_NAME);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER self_assessment_frozen AFTER UPDATE ON self_assessment
    FOR EACH ROW EXECUTE FUNCTION keep_frozen('draft');
CREATE TRIGGER need_report_frozen AFTER UPDATE ON need_report
    FOR EACH ROW EXECUTE FUNCTION keep_frozen('draft', 'returned');
CREATE TRIGGER decision_basis_frozen AFTER UPDATE ON decision_basis
    FOR EACH ROW EXECUTE FUNCTION keep_frozen('draft', 'returned');
CREATE TRIGGER recommendation_frozen AFTER UPDATE ON recommendation
    FOR EACH ROW EXECUTE FUNCTION keep_frozen('draft');
CREATE TRIGGER grant_decision_frozen AFTER UPDATE ON grant_decision
    FOR EACH ROW EXECUTE FUNCTION keep_frozen('draft');
CREATE TRIGGER grant_report_frozen AFTER UPDATE ON grant_report
    FOR EACH ROW EXECUTE FUNCTION keep_frozen('open', 'returned');

-- A part goes by the state of what it belongs to: table, the column that names it, then the states in
-- which parts may change. The row is locked, so that a part never slips in while it is passed on.
CREATE FUNCTION keep_part_frozen() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
DECLARE
    part CONSTANT jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END);
    whole_state text;
BEGIN
    IF TG_OP = 'UPDATE' AND row_content(to_jsonb(OLD)) = row_content(to_jsonb(NEW)) THEN
        RETURN NULL;
    END IF;
    EXECUTE format('SELECT state FROM %I WHERE id = $1 FOR SHARE', TG_ARGV[0])
       INTO whole_state USING (part ->> TG_ARGV[1])::uuid;
    -- Nothing found: the whole is being deleted, and takes its parts along.
    IF NOT whole_state = ANY (TG_ARGV[2:]) THEN
        PERFORM refuse_as_frozen(TG_TABLE_NAME);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER need_report_assessment_frozen AFTER INSERT OR UPDATE OR DELETE ON need_report_assessment
    FOR EACH ROW EXECUTE FUNCTION keep_part_frozen('need_report', 'need_report_id', 'draft', 'returned');
CREATE TRIGGER criterion_assessment_frozen AFTER INSERT OR UPDATE OR DELETE ON criterion_assessment
    FOR EACH ROW EXECUTE FUNCTION keep_part_frozen(
        'decision_basis', 'basis_id', 'submitted', 'granted', 'partially_granted');
CREATE TRIGGER basis_signature_frozen AFTER INSERT OR UPDATE OR DELETE ON basis_signature
    FOR EACH ROW EXECUTE FUNCTION keep_part_frozen('decision_basis', 'basis_id', 'draft', 'returned');
CREATE TRIGGER recommendation_line_frozen AFTER INSERT OR UPDATE OR DELETE ON recommendation_line
    FOR EACH ROW EXECUTE FUNCTION keep_part_frozen('recommendation', 'recommendation_id', 'draft');
CREATE TRIGGER decision_line_frozen AFTER INSERT OR UPDATE OR DELETE ON decision_line
    FOR EACH ROW EXECUTE FUNCTION keep_part_frozen('grant_decision', 'decision_id', 'draft');
CREATE TRIGGER report_use_frozen AFTER INSERT OR UPDATE OR DELETE ON report_use
    FOR EACH ROW EXECUTE FUNCTION keep_part_frozen('grant_report', 'report_id', 'open', 'returned');
CREATE TRIGGER report_own_share_frozen AFTER INSERT OR UPDATE OR DELETE ON report_own_share
    FOR EACH ROW EXECUTE FUNCTION keep_part_frozen('grant_report', 'report_id', 'open', 'returned');
CREATE TRIGGER report_participation_frozen AFTER INSERT OR UPDATE OR DELETE ON report_participation
    FOR EACH ROW EXECUTE FUNCTION keep_part_frozen('grant_report', 'report_id', 'open', 'returned');

-- Parts of a basis, some of them by way of a measure: frozen like the others, and each change is an edit
-- of the basis.
CREATE FUNCTION edit_basis() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
DECLARE
    part CONSTANT jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END);
    basis_state text;
BEGIN
    IF TG_OP = 'UPDATE' AND row_content(to_jsonb(OLD)) = row_content(to_jsonb(NEW)) THEN
        RETURN NULL;
    END IF;
    UPDATE decision_basis b SET revision = b.revision + 1
     WHERE b.id = coalesce((part ->> 'basis_id')::uuid,
                           (SELECT m.basis_id FROM measure m WHERE m.id = (part ->> 'measure_id')::uuid))
    RETURNING b.state INTO basis_state;
    IF basis_state NOT IN ('draft', 'returned') THEN
        PERFORM refuse_as_frozen(TG_TABLE_NAME);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER basis_partner_edits AFTER INSERT OR UPDATE OR DELETE ON basis_partner
    FOR EACH ROW EXECUTE FUNCTION edit_basis();
CREATE TRIGGER basis_assessment_edits AFTER INSERT OR UPDATE OR DELETE ON basis_assessment
    FOR EACH ROW EXECUTE FUNCTION edit_basis();
CREATE TRIGGER measure_edits AFTER INSERT OR UPDATE OR DELETE ON measure
    FOR EACH ROW EXECUTE FUNCTION edit_basis();
CREATE TRIGGER measure_party_edits AFTER INSERT OR UPDATE OR DELETE ON measure_party
    FOR EACH ROW EXECUTE FUNCTION edit_basis();
CREATE TRIGGER measure_need_edits AFTER INSERT OR UPDATE OR DELETE ON measure_need
    FOR EACH ROW EXECUTE FUNCTION edit_basis();
CREATE TRIGGER budget_line_edits AFTER INSERT OR UPDATE OR DELETE ON budget_line
    FOR EACH ROW EXECUTE FUNCTION edit_basis();

CREATE FUNCTION count_revision() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    IF row_content(to_jsonb(OLD)) <> row_content(to_jsonb(NEW)) THEN
        NEW.revision := OLD.revision + 1;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER decision_basis_revision BEFORE UPDATE ON decision_basis
    FOR EACH ROW EXECUTE FUNCTION count_revision();

-- What a basis that was passed on builds upon is neither taken back nor opened again.
CREATE FUNCTION basis_passed_on(in_state text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT in_state NOT IN ('draft', 'returned', 'withdrawn')
$$;
CREATE FUNCTION keep_cited_need() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM measure_need n
                 JOIN measure m ON m.id = n.measure_id
                 JOIN decision_basis b ON b.id = m.basis_id
                WHERE n.need_report_id = NEW.id AND basis_passed_on(b.state)) THEN
        PERFORM refuse_as_frozen(TG_TABLE_NAME);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER need_report_cited AFTER UPDATE OF state ON need_report
    FOR EACH ROW WHEN (OLD.state = 'included' AND NEW.state <> 'included')
    EXECUTE FUNCTION keep_cited_need();

CREATE FUNCTION keep_cited_assessment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM basis_assessment a JOIN decision_basis b ON b.id = a.basis_id
                WHERE a.self_assessment_id = NEW.id AND basis_passed_on(b.state))
       OR EXISTS (SELECT FROM need_report_assessment a JOIN need_report n ON n.id = a.need_report_id
                   WHERE a.self_assessment_id = NEW.id AND n.state NOT IN ('draft', 'returned')) THEN
        PERFORM refuse_as_frozen(TG_TABLE_NAME);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER self_assessment_cited AFTER UPDATE OF state ON self_assessment
    FOR EACH ROW WHEN (OLD.state = 'completed' AND NEW.state <> 'completed')
    EXECUTE FUNCTION keep_cited_assessment();

-- And nothing is passed on with a draft in it. Who opens an assessment again waits for this, or this for
-- them; whoever comes second sees what the first did.
CREATE FUNCTION hold_cited_assessments(in_ids uuid[]) RETURNS void
LANGUAGE plpgsql SET search_path = loft, pg_temp AS $$
BEGIN
    PERFORM FROM self_assessment a WHERE a.id = ANY (in_ids) ORDER BY a.id FOR SHARE;
    IF EXISTS (SELECT FROM self_assessment a WHERE a.id = ANY (in_ids) AND a.state <> 'completed') THEN
        RAISE EXCEPTION 'an assessment is a draft' USING ERRCODE = 'check_violation',
            SCHEMA = 'loft', TABLE = 'self_assessment', CONSTRAINT = 'cited_assessment_completed';
    END IF;
END
$$;
CREATE FUNCTION hold_assessments_of_need() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    PERFORM hold_cited_assessments(ARRAY(SELECT c.self_assessment_id FROM need_report_assessment c
                                          WHERE c.need_report_id = NEW.id));
    RETURN NULL;
END
$$;
CREATE TRIGGER need_report_cites_completed AFTER UPDATE OF state ON need_report
    FOR EACH ROW WHEN (OLD.state IN ('draft', 'returned') AND NEW.state NOT IN ('draft', 'returned'))
    EXECUTE FUNCTION hold_assessments_of_need();
CREATE FUNCTION hold_assessments_of_basis() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    PERFORM hold_cited_assessments(ARRAY(SELECT c.self_assessment_id FROM basis_assessment c
                                          WHERE c.basis_id = NEW.id));
    RETURN NULL;
END
$$;
CREATE TRIGGER decision_basis_cites_completed AFTER UPDATE OF state ON decision_basis
    FOR EACH ROW WHEN (OLD.state IN ('draft', 'returned')
                       AND NEW.state NOT IN ('draft', 'returned', 'withdrawn'))
    EXECUTE FUNCTION hold_assessments_of_basis();

-- ---- sealed ----------------------------------------------------------------------------------

-- Each stage of a basis as it was when it was passed on: its content, a hash over it and the seal
-- before, so that a later change of an earlier stage shows. Appended by triggers, never changed.
CREATE TABLE stage_seal (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    basis_id uuid NOT NULL CONSTRAINT stage_seal_basis_id_fkey REFERENCES decision_basis,
    seq_no int NOT NULL CONSTRAINT stage_seal_seq_no_check CHECK (seq_no BETWEEN 1 AND 10000),
    stage text NOT NULL CONSTRAINT stage_seal_stage_check CHECK (stage IN (
        'need', 'basis', 'assessment', 'recommendation', 'decision', 'payment', 'report')),
    content text NOT NULL,
    previous_sha256 text CONSTRAINT stage_seal_previous_sha256_check
        CHECK (previous_sha256 ~ '^[0-9a-f]{64}$' AND (seq_no = 1) = (previous_sha256 IS NULL)),
    sha256 text NOT NULL CONSTRAINT stage_seal_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    sealed_at timestamptz NOT NULL DEFAULT business_now(),
    CONSTRAINT stage_seal_seq_no_key UNIQUE (basis_id, seq_no)
);
CREATE FUNCTION refuse_change_of_seal() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a seal stays' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER stage_seal_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON stage_seal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_seal();

CREATE FUNCTION seal_sha256(previous_sha256 text, stage text, content text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT encode(sha256(convert_to(coalesce(previous_sha256, '') || stage || content, 'UTF8')), 'hex')
$$;

-- What a stage consists of now. The text of an instant depends on the time zone of who asks.
CREATE FUNCTION stage_content(in_basis uuid, in_stage text) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = loft, pg_temp SET timezone = 'UTC' AS $$
    WITH cited_need AS (
        SELECT DISTINCT n.need_report_id AS id
          FROM measure m JOIN measure_need n ON n.measure_id = m.id
         WHERE m.basis_id = in_basis
    ), cited_assessment AS (
        SELECT a.self_assessment_id AS id FROM basis_assessment a WHERE a.basis_id = in_basis
        UNION
        SELECT a.self_assessment_id FROM need_report_assessment a JOIN cited_need c
            ON c.id = a.need_report_id
    )
    SELECT CASE in_stage
    WHEN 'need' THEN jsonb_build_object(
        'needs', (SELECT jsonb_agg(row_content(to_jsonb(n)) ORDER BY n.id)
                    FROM need_report n JOIN cited_need c ON c.id = n.id),
        'self_assessments', (SELECT jsonb_agg(row_content(to_jsonb(a)) ORDER BY a.id)
                               FROM self_assessment a JOIN cited_assessment c ON c.id = a.id))
    WHEN 'basis' THEN jsonb_build_object(
        'basis', (SELECT row_content(to_jsonb(b)) FROM decision_basis b WHERE b.id = in_basis),
        'partners', (SELECT jsonb_agg(row_content(to_jsonb(p)) ORDER BY p.organisation_id)
                       FROM basis_partner p WHERE p.basis_id = in_basis),
        'assessments', (SELECT jsonb_agg(a.self_assessment_id ORDER BY a.self_assessment_id)
                          FROM basis_assessment a WHERE a.basis_id = in_basis),
        'measures', (SELECT jsonb_agg(row_content(to_jsonb(m)) ORDER BY m.id)
                       FROM measure m WHERE m.basis_id = in_basis),
        'parties', (SELECT jsonb_agg(row_content(to_jsonb(p)) ORDER BY p.measure_id, p.organisation_id)
                      FROM measure_party p JOIN measure m ON m.id = p.measure_id
                     WHERE m.basis_id = in_basis),
        'needs', (SELECT jsonb_agg(row_content(to_jsonb(n)) ORDER BY n.measure_id, n.need_report_id)
                    FROM measure_need n JOIN measure m ON m.id = n.measure_id
                   WHERE m.basis_id = in_basis),
        'budget', (SELECT jsonb_agg(row_content(to_jsonb(l)) ORDER BY l.id)
                     FROM budget_line l WHERE l.basis_id = in_basis),
        'signatures', (SELECT jsonb_agg(row_content(to_jsonb(s)) ORDER BY s.institution_id)
                         FROM basis_signature s JOIN decision_basis b ON b.id = s.basis_id
                        WHERE s.basis_id = in_basis AND s.basis_revision = b.revision))
    WHEN 'assessment' THEN jsonb_build_object(
        'criteria', (SELECT jsonb_agg(row_content(to_jsonb(c)) ORDER BY c.criterion)
                       FROM criterion_assessment c WHERE c.basis_id = in_basis))
    WHEN 'recommendation' THEN (
        SELECT jsonb_build_object('recommendation', row_content(to_jsonb(r)),
                                  'line', row_content(to_jsonb(l)))
          FROM recommendation_line l JOIN recommendation r ON r.id = l.recommendation_id
         WHERE l.basis_id = in_basis)
    WHEN 'decision' THEN (
        SELECT jsonb_build_object('decision', row_content(to_jsonb(d)),
                                  'lines', (SELECT jsonb_agg(row_content(to_jsonb(l)) ORDER BY l.id)
                                              FROM decision_line l WHERE l.decision_id = d.id))
          FROM grant_decision d WHERE d.basis_id = in_basis)
    WHEN 'payment' THEN jsonb_build_object(
        'lines', (SELECT jsonb_agg(jsonb_build_object(
                             'id', l.id, 'paid_on', l.paid_on, 'payment_reference', l.payment_reference,
                             'reclaimed_nok', l.reclaimed_nok, 'reclaim_reason', l.reclaim_reason)
                         ORDER BY l.id)
                    FROM decision_line l JOIN grant_decision d ON d.id = l.decision_id
                   WHERE d.basis_id = in_basis))
    WHEN 'report' THEN (
        SELECT jsonb_build_object(
            'report', row_content(to_jsonb(r)),
            'uses', (SELECT jsonb_agg(row_content(to_jsonb(u)) ORDER BY u.recipient_id, u.purpose)
                       FROM report_use u WHERE u.report_id = r.id),
            'own_shares', (SELECT jsonb_agg(row_content(to_jsonb(o)) ORDER BY o.owner_id)
                             FROM report_own_share o WHERE o.report_id = r.id),
            'participations', (SELECT jsonb_agg(row_content(to_jsonb(p)) ORDER BY p.service_type)
                                 FROM report_participation p WHERE p.report_id = r.id))
          FROM grant_report r JOIN grant_decision d ON d.id = r.decision_id
         WHERE d.basis_id = in_basis)
    END
$$;

-- Nothing is appended when a stage is passed on again as it was.
CREATE FUNCTION seal_stage(in_basis uuid, in_stage text) RETURNS void
LANGUAGE plpgsql SET search_path = loft, pg_temp AS $$
DECLARE
    now_content CONSTANT text := coalesce(stage_content(in_basis, in_stage), 'null');
    last_seal stage_seal;
BEGIN
    PERFORM FROM decision_basis b WHERE b.id = in_basis FOR UPDATE;
    IF now_content = (SELECT s.content FROM stage_seal s
                       WHERE s.basis_id = in_basis AND s.stage = in_stage
                       ORDER BY s.seq_no DESC LIMIT 1) THEN
        RETURN;
    END IF;
    SELECT s.* INTO last_seal FROM stage_seal s WHERE s.basis_id = in_basis
     ORDER BY s.seq_no DESC LIMIT 1;
    INSERT INTO stage_seal (basis_id, seq_no, stage, content, previous_sha256, sha256)
    VALUES (in_basis, coalesce(last_seal.seq_no, 0) + 1, in_stage, now_content, last_seal.sha256,
            seal_sha256(last_seal.sha256, in_stage, now_content));
END
$$;

-- Which stages are passed on when a row comes into a state. Deferred, so that a stage is sealed as the
-- whole transaction leaves it.
CREATE FUNCTION seal_basis() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    IF NEW.state = 'submitted' THEN
        PERFORM seal_stage(NEW.id, 'need');
        PERFORM seal_stage(NEW.id, 'basis');
    ELSIF NEW.state = 'assessed' THEN
        PERFORM seal_stage(NEW.id, 'assessment');
    ELSIF NEW.state IN ('recommended', 'not_recommended') THEN
        PERFORM seal_stage(NEW.id, 'recommendation');
    ELSIF NEW.state IN ('granted', 'partially_granted', 'refused') THEN
        PERFORM seal_stage(NEW.id, 'decision');
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER decision_basis_sealed AFTER UPDATE OF state ON decision_basis
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.state <> NEW.state)
    EXECUTE FUNCTION seal_basis();

-- A verdict that was mended after the decision, before the money is paid.
CREATE FUNCTION seal_assessment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM decision_basis b
                WHERE b.id = NEW.basis_id AND b.state IN ('granted', 'partially_granted')) THEN
        PERFORM seal_stage(NEW.basis_id, 'assessment');
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER criterion_assessment_sealed AFTER INSERT OR UPDATE ON criterion_assessment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION seal_assessment();

CREATE FUNCTION seal_payment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    PERFORM seal_stage(d.basis_id, 'payment') FROM grant_decision d WHERE d.id = NEW.decision_id;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER decision_line_sealed
    AFTER UPDATE OF paid_on, payment_reference, reclaimed_nok, reclaim_reason ON decision_line
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION seal_payment();

CREATE FUNCTION seal_report() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    PERFORM seal_stage(d.basis_id, 'report') FROM grant_decision d WHERE d.id = NEW.decision_id;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER grant_report_sealed AFTER UPDATE OF state ON grant_report
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.state <> NEW.state AND NEW.state IN ('submitted', 'approved'))
    EXECUTE FUNCTION seal_report();

-- ---- checked ---------------------------------------------------------------------------------

-- Whether a stage is with those who may still change it, so that its seal need not tell what is stored.
CREATE FUNCTION stage_is_open(in_basis uuid, in_stage text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = loft, pg_temp AS $$
    SELECT CASE in_stage
           WHEN 'need' THEN NOT basis_passed_on(b.state)
           WHEN 'basis' THEN NOT basis_passed_on(b.state)
           WHEN 'assessment' THEN NOT basis_passed_on(b.state) OR b.state = 'submitted'
           WHEN 'report' THEN EXISTS (
               SELECT FROM grant_report r JOIN grant_decision d ON d.id = r.decision_id
                WHERE d.basis_id = b.id AND r.state IN ('open', 'returned'))
           ELSE false
           END
      FROM decision_basis b WHERE b.id = in_basis
$$;

-- Whether a seal is what it was, follows upon the one before, and, if it is the last of its stage, tells
-- what is stored now. Answers true or false and nothing of the content.
CREATE FUNCTION seal_holds(in_seal uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = loft, pg_temp AS $$
    SELECT s.sha256 = seal_sha256(s.previous_sha256, s.stage, s.content)
           AND s.previous_sha256 IS NOT DISTINCT FROM (
               SELECT p.sha256 FROM stage_seal p WHERE p.basis_id = s.basis_id AND p.seq_no = s.seq_no - 1)
           AND (EXISTS (SELECT FROM stage_seal l
                         WHERE l.basis_id = s.basis_id AND l.stage = s.stage AND l.seq_no > s.seq_no)
                OR stage_is_open(s.basis_id, s.stage)
                OR s.content = coalesce(stage_content(s.basis_id, s.stage)::text, 'null'))
      FROM stage_seal s WHERE s.id = in_seal
$$;

-- The stages that a basis has passed, and the first of them whose seal is missing or does not hold.
CREATE FUNCTION chain_broken_stage(in_basis uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = loft, pg_temp AS $$
    WITH passed (place, stage, passed) AS (
        SELECT 1, 'need', basis_passed_on(b.state) FROM decision_basis b WHERE b.id = in_basis
        UNION ALL
        SELECT 2, 'basis', basis_passed_on(b.state) FROM decision_basis b WHERE b.id = in_basis
        UNION ALL
        SELECT 3, 'assessment', basis_passed_on(b.state) AND b.state <> 'submitted'
          FROM decision_basis b WHERE b.id = in_basis
        UNION ALL
        SELECT 4, 'recommendation', basis_passed_on(b.state) AND b.state NOT IN ('submitted', 'assessed')
          FROM decision_basis b WHERE b.id = in_basis
        UNION ALL
        SELECT 5, 'decision', b.state IN ('granted', 'partially_granted', 'refused')
          FROM decision_basis b WHERE b.id = in_basis
        UNION ALL
        SELECT 6, 'payment', EXISTS (
            SELECT FROM decision_line l JOIN grant_decision d ON d.id = l.decision_id
             WHERE d.basis_id = in_basis AND l.paid_on IS NOT NULL)
        UNION ALL
        SELECT 7, 'report', EXISTS (
            SELECT FROM grant_report r JOIN grant_decision d ON d.id = r.decision_id
             WHERE d.basis_id = in_basis AND r.state IN ('submitted', 'approved'))
    )
    SELECT p.stage
      FROM passed p
     WHERE (p.passed AND NOT EXISTS (SELECT FROM stage_seal s
                                      WHERE s.basis_id = in_basis AND s.stage = p.stage))
        OR EXISTS (SELECT FROM stage_seal s
                    WHERE s.basis_id = in_basis AND s.stage = p.stage AND NOT seal_holds(s.id))
     ORDER BY p.place
     LIMIT 1
$$;

-- What was sealed, for the forum and those who audit it; other partners of a basis see that it holds.
CREATE FUNCTION seal_content(in_seal uuid) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    RETURN (SELECT s.content FROM stage_seal s JOIN decision_basis b ON b.id = s.basis_id
             WHERE s.id = in_seal AND b.round_id = ANY (rounds_of(forums_read())));
END
$$;

GRANT SELECT (id, basis_id, seq_no, stage, previous_sha256, sha256, sealed_at) ON stage_seal
    TO loft_service;
GRANT EXECUTE ON FUNCTION seal_holds(uuid), chain_broken_stage(uuid), seal_content(uuid)
    TO loft_service;
