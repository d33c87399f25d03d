-- Kompetanseløftet: from a unit's own assessment over the owner's need to the partnership's decision
-- basis with measures, budget and signatures, and the assessment of its criteria. domain.md §0.1,
-- §5.2 to §5.4.

-- Virksomhetens egen vurdering.
CREATE TABLE self_assessment (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    round_id uuid NOT NULL CONSTRAINT self_assessment_round_id_fkey REFERENCES grant_round,
    network_id uuid NOT NULL CONSTRAINT self_assessment_network_id_fkey REFERENCES competence_network,
    owner_id uuid NOT NULL CONSTRAINT self_assessment_owner_id_fkey REFERENCES organisation,
    unit_id uuid NOT NULL CONSTRAINT self_assessment_unit_id_fkey REFERENCES organisation,
    service_type text NOT NULL CONSTRAINT self_assessment_service_type_check
        CHECK (service_type IN ('kindergarten', 'school', 'sfo', 'ppt')),
    findings text CONSTRAINT self_assessment_findings_check CHECK (char_length(findings) <= 20000),
    competence_needs text[] NOT NULL DEFAULT '{}'
        CONSTRAINT self_assessment_competence_needs_check CHECK (
            cardinality(competence_needs) <= 30
            AND octet_length(array_to_string(competence_needs, '')) <= 20000),
    staff_involved boolean NOT NULL DEFAULT false,
    leaders_involved boolean NOT NULL DEFAULT false,
    uh_dialogue boolean NOT NULL DEFAULT false,
    staff_count int CONSTRAINT self_assessment_staff_count_check CHECK (staff_count BETWEEN 0 AND 10000),
    completed_on date CONSTRAINT self_assessment_completed_on_check
        CHECK ((state = 'completed') = (completed_on IS NOT NULL)),
    state text NOT NULL DEFAULT 'draft' CONSTRAINT self_assessment_state_check
        CHECK (state IN ('draft', 'completed')),
    is_example boolean NOT NULL DEFAULT false,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT self_assessment_unit_id_key UNIQUE (round_id, unit_id, service_type),
    CONSTRAINT self_assessment_id_round_id_key UNIQUE (id, round_id)
);
CREATE INDEX self_assessment_updated_idx ON self_assessment (updated_at, id);
CREATE INDEX self_assessment_owner_id_idx ON self_assessment (owner_id);
CREATE TRIGGER self_assessment_touch BEFORE UPDATE ON self_assessment
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

-- Eventuell behovsmelding, from an owner to its network.
CREATE TABLE need_report (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    round_id uuid NOT NULL CONSTRAINT need_report_round_id_fkey REFERENCES grant_round,
    network_id uuid NOT NULL CONSTRAINT need_report_network_id_fkey REFERENCES competence_network,
    owner_id uuid NOT NULL CONSTRAINT need_report_owner_id_fkey REFERENCES organisation,
    title text NOT NULL CONSTRAINT need_report_title_check CHECK (text_within(title, 200)),
    summary text CONSTRAINT need_report_summary_check CHECK (char_length(summary) <= 20000),
    target_groups text[] NOT NULL DEFAULT '{}' CONSTRAINT need_report_target_groups_check
        CHECK (target_groups <@ ARRAY['kindergarten', 'school', 'sfo', 'ppt', 'leaders', 'other']),
    themes text[] NOT NULL DEFAULT '{}' CONSTRAINT need_report_themes_check CHECK (
        cardinality(themes) <= 30 AND octet_length(array_to_string(themes, '')) <= 8000),
    desired_measures text
        CONSTRAINT need_report_desired_measures_check CHECK (char_length(desired_measures) <= 20000),
    state text NOT NULL DEFAULT 'draft' CONSTRAINT need_report_state_check
        CHECK (state IN ('draft', 'submitted', 'returned', 'included', 'not_included')),
    state_note text CONSTRAINT need_report_state_note_check CHECK (char_length(state_note) <= 2000),
    submitted_at timestamptz,
    submitted_late boolean NOT NULL DEFAULT false,
    is_example boolean NOT NULL DEFAULT false,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT need_report_id_round_id_key UNIQUE (id, round_id)
);
CREATE INDEX need_report_updated_idx ON need_report (updated_at, id);
CREATE INDEX need_report_round_idx ON need_report (round_id, network_id);
CREATE INDEX need_report_owner_id_idx ON need_report (owner_id);
CREATE TRIGGER need_report_touch BEFORE UPDATE ON need_report
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

CREATE TABLE need_report_assessment (
    need_report_id uuid NOT NULL
        CONSTRAINT need_report_assessment_need_report_id_fkey REFERENCES need_report ON DELETE CASCADE,
    self_assessment_id uuid NOT NULL
        CONSTRAINT need_report_assessment_self_assessment_id_fkey REFERENCES self_assessment,
    PRIMARY KEY (need_report_id, self_assessment_id)
);

-- What a need cites is part of it: other citations are another version of the need.
CREATE FUNCTION touch_citing_need() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    UPDATE need_report n SET updated_at = clock_timestamp()
     WHERE n.id IN (SELECT c.need_report_id FROM changed c);
    RETURN NULL;
END
$$;
CREATE TRIGGER need_report_assessment_added AFTER INSERT ON need_report_assessment
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION touch_citing_need();
CREATE TRIGGER need_report_assessment_dropped AFTER DELETE ON need_report_assessment
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION touch_citing_need();

-- ---- the decision basis ----------------------------------------------------------------------

-- Beslutningsgrunnlag, of a partnership. Its revision counts what was edited, of itself and of its parts
-- (0025); a signature is of one revision.
CREATE TABLE decision_basis (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    round_id uuid NOT NULL CONSTRAINT decision_basis_round_id_fkey REFERENCES grant_round,
    network_id uuid NOT NULL CONSTRAINT decision_basis_network_id_fkey REFERENCES competence_network,
    -- The university that began it; none when the network did.
    initiated_by_id uuid CONSTRAINT decision_basis_initiated_by_id_fkey REFERENCES organisation,
    title text NOT NULL CONSTRAINT decision_basis_title_check CHECK (text_within(title, 200)),
    background_needs text
        CONSTRAINT decision_basis_background_needs_check CHECK (char_length(background_needs) <= 20000),
    goals text CONSTRAINT decision_basis_goals_check CHECK (char_length(goals) <= 20000),
    involvement text
        CONSTRAINT decision_basis_involvement_check CHECK (char_length(involvement) <= 20000),
    answer_c1 text CONSTRAINT decision_basis_answer_c1_check CHECK (char_length(answer_c1) <= 20000),
    answer_c2 text CONSTRAINT decision_basis_answer_c2_check CHECK (char_length(answer_c2) <= 20000),
    answer_c3 text CONSTRAINT decision_basis_answer_c3_check CHECK (char_length(answer_c3) <= 20000),
    answer_c4 text CONSTRAINT decision_basis_answer_c4_check CHECK (char_length(answer_c4) <= 20000),
    starts_on date,
    ends_on date,
    statped_participates boolean NOT NULL DEFAULT false,
    contact_name text
        CONSTRAINT decision_basis_contact_name_check CHECK (char_length(contact_name) <= 200),
    contact_email text
        CONSTRAINT decision_basis_contact_email_check CHECK (octet_length(contact_email) <= 254),
    state text NOT NULL DEFAULT 'draft' CONSTRAINT decision_basis_state_check CHECK (state IN (
        'draft', 'submitted', 'returned', 'assessed', 'recommended', 'not_recommended', 'granted',
        'partially_granted', 'refused', 'withdrawn')),
    state_note text CONSTRAINT decision_basis_state_note_check CHECK (char_length(state_note) <= 2000),
    resubmit_due_on date CONSTRAINT decision_basis_resubmit_due_on_check
        CHECK (state <> 'returned' OR resubmit_due_on IS NOT NULL),
    submitted_at timestamptz,
    -- What it counts with against the frame in its present state; applied, recommended, granted.
    claimed_nok bigint NOT NULL DEFAULT 0 CONSTRAINT decision_basis_claimed_nok_check
        CHECK (claimed_nok >= 0
               AND (claimed_nok = 0 OR state IN ('submitted', 'assessed', 'recommended', 'granted',
                                                 'partially_granted'))),
    revision int NOT NULL DEFAULT 1,
    is_example boolean NOT NULL DEFAULT false,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT decision_basis_id_round_id_key UNIQUE (id, round_id),
    CONSTRAINT decision_basis_ends_on_check
        CHECK (ends_on >= starts_on AND ends_on < starts_on + interval '3 years')
);
CREATE INDEX decision_basis_updated_idx ON decision_basis (updated_at, id);
CREATE INDEX decision_basis_round_idx ON decision_basis (round_id, network_id);
CREATE INDEX decision_basis_network_id_idx ON decision_basis (network_id);
CREATE TRIGGER decision_basis_touch BEFORE UPDATE ON decision_basis
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

-- KL-R03: counted here as the owner, whatever the caller sees.
CREATE FUNCTION keep_network_claims() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    UPDATE network_frame f SET claimed_nok = f.claimed_nok + NEW.claimed_nok
           - CASE WHEN TG_OP = 'UPDATE' THEN OLD.claimed_nok ELSE 0 END
     WHERE f.round_id = NEW.round_id AND f.network_id = NEW.network_id;
    IF NOT FOUND AND NEW.claimed_nok > 0 THEN
        RAISE EXCEPTION 'the network has no frame' USING ERRCODE = 'check_violation',
            SCHEMA = 'loft', TABLE = 'network_frame', CONSTRAINT = 'network_frame_claims_within_frame';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER decision_basis_claims AFTER INSERT OR UPDATE OF claimed_nok ON decision_basis
    FOR EACH ROW EXECUTE FUNCTION keep_network_claims();

-- Where a round allows one basis for each network, it is counted here as the owner, whatever the caller
-- sees, and one at a time.
CREATE FUNCTION check_one_basis() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    IF (SELECT r.allow_multiple_bases FROM grant_round r WHERE r.id = NEW.round_id) THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(
        hashtextextended(concat('decision_basis', NEW.round_id, NEW.network_id), 0));
    IF EXISTS (SELECT FROM decision_basis b
                WHERE b.round_id = NEW.round_id AND b.network_id = NEW.network_id
                  AND b.id <> NEW.id AND b.state <> 'withdrawn') THEN
        RAISE EXCEPTION 'the network has a basis in this round' USING ERRCODE = 'exclusion_violation',
            SCHEMA = 'loft', TABLE = 'decision_basis', CONSTRAINT = 'decision_basis_one_per_network';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER decision_basis_one AFTER INSERT ON decision_basis
    FOR EACH ROW EXECUTE FUNCTION check_one_basis();

-- Which state a round is in; it stays in it until the caller's transaction ends, so that no basis is
-- submitted while its round goes on.
CREATE FUNCTION hold_round(in_round uuid) RETURNS text
LANGUAGE sql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
    SELECT r.state FROM grant_round r WHERE r.id = in_round FOR SHARE
$$;
GRANT EXECUTE ON FUNCTION hold_round(uuid) TO loft_service;

-- The partnership (KL-R06): universities and university colleges, and owners beside the network.
CREATE TABLE basis_partner (
    basis_id uuid NOT NULL
        CONSTRAINT basis_partner_basis_id_fkey REFERENCES decision_basis ON DELETE CASCADE,
    organisation_id uuid NOT NULL
        CONSTRAINT basis_partner_organisation_id_fkey REFERENCES organisation,
    kind text NOT NULL CONSTRAINT basis_partner_kind_check CHECK (kind IN ('uh', 'owner')),
    PRIMARY KEY (basis_id, organisation_id)
);
CREATE INDEX basis_partner_organisation_id_idx ON basis_partner (organisation_id);

-- Who may receive a basis' money, and as what: its network, and those who take part (KL-R07).
CREATE VIEW basis_recipient WITH (security_invoker = true) AS
    SELECT b.id AS basis_id, n.organisation_id, 'network' AS kind
      FROM decision_basis b JOIN competence_network n ON n.id = b.network_id
    UNION ALL
    SELECT p.basis_id, p.organisation_id, p.kind
      FROM basis_partner p
      JOIN decision_basis b ON b.id = p.basis_id
      JOIN competence_network n ON n.id = b.network_id
     WHERE p.organisation_id <> n.organisation_id;
GRANT SELECT ON basis_recipient TO loft_service;

CREATE TABLE basis_assessment (
    basis_id uuid NOT NULL
        CONSTRAINT basis_assessment_basis_id_fkey REFERENCES decision_basis ON DELETE CASCADE,
    self_assessment_id uuid NOT NULL
        CONSTRAINT basis_assessment_self_assessment_id_fkey REFERENCES self_assessment,
    PRIMARY KEY (basis_id, self_assessment_id)
);

-- Which kinds of service the completed assessments behind a basis are of: all partners are told what is
-- missing, not all of them see the assessments.
CREATE FUNCTION basis_service_types(in_basis uuid) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = loft, pg_temp AS $$
    SELECT array_agg(DISTINCT a.service_type)
      FROM basis_assessment c JOIN self_assessment a ON a.id = c.self_assessment_id
     WHERE c.basis_id = in_basis AND a.state = 'completed'
$$;
GRANT EXECUTE ON FUNCTION basis_service_types(uuid) TO loft_service;

-- Tiltak.
CREATE TABLE measure (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    basis_id uuid NOT NULL CONSTRAINT measure_basis_id_fkey REFERENCES decision_basis,
    seq_no int NOT NULL CONSTRAINT measure_seq_no_check CHECK (seq_no BETWEEN 1 AND 100),
    title text NOT NULL CONSTRAINT measure_title_check CHECK (text_within(title, 200)),
    description text CONSTRAINT measure_description_check CHECK (char_length(description) <= 20000),
    theme text CONSTRAINT measure_theme_check CHECK (char_length(theme) <= 200),
    target_groups text[] NOT NULL DEFAULT '{}' CONSTRAINT measure_target_groups_check
        CHECK (target_groups <@ ARRAY['kindergarten', 'school', 'sfo', 'ppt', 'leaders', 'other']),
    participants_estimate int CONSTRAINT measure_participants_estimate_check
        CHECK (participants_estimate BETWEEN 0 AND 1000000),
    uh_contribution text
        CONSTRAINT measure_uh_contribution_check CHECK (char_length(uh_contribution) <= 20000),
    starts_on date,
    ends_on date,
    amount_nok bigint NOT NULL DEFAULT 0
        CONSTRAINT measure_amount_nok_check CHECK (amount_nok BETWEEN 0 AND 100000000000),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT measure_seq_no_key UNIQUE (basis_id, seq_no),
    CONSTRAINT measure_id_basis_id_key UNIQUE (id, basis_id),
    CONSTRAINT measure_ends_on_check CHECK (ends_on >= starts_on)
);
CREATE INDEX measure_updated_idx ON measure (updated_at, id);
CREATE TRIGGER measure_touch BEFORE UPDATE ON measure
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

-- Who takes part in a measure: owners, universities, units.
CREATE TABLE measure_party (
    measure_id uuid NOT NULL
        CONSTRAINT measure_party_measure_id_fkey REFERENCES measure ON DELETE CASCADE,
    organisation_id uuid NOT NULL
        CONSTRAINT measure_party_organisation_id_fkey REFERENCES organisation,
    kind text NOT NULL CONSTRAINT measure_party_kind_check CHECK (kind IN ('owner', 'uh', 'unit')),
    PRIMARY KEY (measure_id, organisation_id)
);
CREATE INDEX measure_party_organisation_id_idx ON measure_party (organisation_id);

-- Lineage, both ways: the needs that a measure answers.
CREATE TABLE measure_need (
    measure_id uuid NOT NULL
        CONSTRAINT measure_need_measure_id_fkey REFERENCES measure ON DELETE CASCADE,
    need_report_id uuid NOT NULL
        CONSTRAINT measure_need_need_report_id_fkey REFERENCES need_report,
    PRIMARY KEY (measure_id, need_report_id)
);
CREATE INDEX measure_need_need_report_id_idx ON measure_need (need_report_id);

-- Who takes part and which needs it answers belong to the measure: its version goes up with them.
CREATE FUNCTION touch_measure() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    UPDATE measure m SET updated_at = clock_timestamp()
     WHERE m.id IN (SELECT c.measure_id FROM changed c);
    RETURN NULL;
END
$$;
CREATE TRIGGER measure_party_added AFTER INSERT ON measure_party REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION touch_measure();
CREATE TRIGGER measure_party_removed AFTER DELETE ON measure_party REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION touch_measure();
CREATE TRIGGER measure_need_added AFTER INSERT ON measure_need REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION touch_measure();
CREATE TRIGGER measure_need_removed AFTER DELETE ON measure_need REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION touch_measure();

CREATE TABLE budget_line (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    basis_id uuid NOT NULL CONSTRAINT budget_line_basis_id_fkey REFERENCES decision_basis,
    seq_no int NOT NULL CONSTRAINT budget_line_seq_no_check CHECK (seq_no BETWEEN 1 AND 200),
    recipient_id uuid NOT NULL CONSTRAINT budget_line_recipient_id_fkey REFERENCES organisation,
    recipient_kind text NOT NULL CONSTRAINT budget_line_recipient_kind_check
        CHECK (recipient_kind IN ('uh', 'network', 'owner')),
    purpose text NOT NULL CONSTRAINT budget_line_purpose_check CHECK (purpose IN (
        'needs_assessment', 'planning', 'implementation', 'evaluation', 'coordination')),
    measure_id uuid,
    amount_nok bigint NOT NULL
        CONSTRAINT budget_line_amount_nok_check CHECK (amount_nok BETWEEN 1 AND 100000000000),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT budget_line_seq_no_key UNIQUE (basis_id, seq_no),
    CONSTRAINT budget_line_measure_id_fkey FOREIGN KEY (measure_id, basis_id)
        REFERENCES measure (id, basis_id)
);
CREATE INDEX budget_line_updated_idx ON budget_line (updated_at, id);
CREATE TRIGGER budget_line_touch BEFORE UPDATE ON budget_line
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

-- One row for each institution and revision of the basis that it stands behind.
CREATE TABLE basis_signature (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    basis_id uuid NOT NULL CONSTRAINT basis_signature_basis_id_fkey REFERENCES decision_basis,
    basis_revision int NOT NULL,
    institution_id uuid NOT NULL
        CONSTRAINT basis_signature_institution_id_fkey REFERENCES organisation,
    signed_by uuid CONSTRAINT basis_signature_signed_by_fkey REFERENCES user_account,
    signed_at timestamptz NOT NULL DEFAULT business_now(),
    CONSTRAINT basis_signature_institution_id_key UNIQUE (basis_id, basis_revision, institution_id)
);

-- Vurdering of the four criteria; the latest verdict of each stands on the basis.
CREATE TABLE criterion_assessment (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    basis_id uuid NOT NULL CONSTRAINT criterion_assessment_basis_id_fkey REFERENCES decision_basis,
    criterion text NOT NULL CONSTRAINT criterion_assessment_criterion_check
        CHECK (criterion IN ('c1', 'c2', 'c3', 'c4')),
    verdict text NOT NULL CONSTRAINT criterion_assessment_verdict_check
        CHECK (verdict IN ('met', 'partly', 'not_met')),
    note text CONSTRAINT criterion_assessment_note_check CHECK (char_length(note) <= 5000),
    assessed_by uuid CONSTRAINT criterion_assessment_assessed_by_fkey REFERENCES user_account,
    assessed_at timestamptz NOT NULL DEFAULT business_now(),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT criterion_assessment_criterion_key UNIQUE (basis_id, criterion)
);
CREATE INDEX criterion_assessment_updated_idx ON criterion_assessment (updated_at, id);
CREATE TRIGGER criterion_assessment_touch BEFORE UPDATE ON criterion_assessment
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

GRANT SELECT ON self_assessment, need_report, need_report_assessment, decision_basis, basis_partner,
    basis_assessment, measure, measure_party, measure_need, budget_line, basis_signature,
    criterion_assessment TO loft_service;
GRANT DELETE ON need_report_assessment, basis_partner, basis_assessment, measure, measure_party,
    measure_need, budget_line TO loft_service;
GRANT INSERT (round_id, network_id, owner_id, unit_id, service_type, findings, competence_needs,
              staff_involved, leaders_involved, uh_dialogue, staff_count),
      UPDATE (service_type, findings, competence_needs, staff_involved, leaders_involved,
              uh_dialogue, staff_count, completed_on, state)
    ON self_assessment TO loft_service;
GRANT INSERT (round_id, network_id, owner_id, title, summary, target_groups, themes,
              desired_measures),
      UPDATE (title, summary, target_groups, themes, desired_measures, state, state_note,
              submitted_at, submitted_late)
    ON need_report TO loft_service;
GRANT INSERT (need_report_id, self_assessment_id) ON need_report_assessment TO loft_service;
GRANT INSERT (round_id, network_id, title, background_needs, goals, involvement, answer_c1, answer_c2,
              answer_c3, answer_c4, starts_on, ends_on, statped_participates, contact_name,
              contact_email, initiated_by_id),
      UPDATE (title, background_needs, goals, involvement, answer_c1, answer_c2, answer_c3, answer_c4,
              starts_on, ends_on, statped_participates, contact_name, contact_email,
              state, state_note, resubmit_due_on, submitted_at, claimed_nok)
    ON decision_basis TO loft_service;
GRANT INSERT (basis_id, organisation_id, kind) ON basis_partner TO loft_service;
GRANT INSERT (basis_id, self_assessment_id) ON basis_assessment TO loft_service;
GRANT INSERT (basis_id, seq_no, title, description, theme, target_groups, participants_estimate,
              uh_contribution, starts_on, ends_on, amount_nok),
      UPDATE (seq_no, title, description, theme, target_groups, participants_estimate,
              uh_contribution, starts_on, ends_on, amount_nok)
    ON measure TO loft_service;
GRANT INSERT (measure_id, organisation_id, kind) ON measure_party TO loft_service;
GRANT INSERT (measure_id, need_report_id) ON measure_need TO loft_service;
GRANT INSERT (basis_id, seq_no, recipient_id, recipient_kind, purpose, measure_id, amount_nok),
      UPDATE (seq_no, recipient_id, recipient_kind, purpose, measure_id, amount_nok)
    ON budget_line TO loft_service;
GRANT INSERT (basis_id, basis_revision, institution_id, signed_by) ON basis_signature TO loft_service;
GRANT INSERT (basis_id, criterion, verdict, note, assessed_by),
      UPDATE (verdict, note, assessed_by, assessed_at)
    ON criterion_assessment TO loft_service;

-- The bases that an organisation is a partner of, for the row policies: ids alone, and of
-- organisations that the caller acts for. (A policy that asked basis_partner would ask itself.)
CREATE FUNCTION bases_of_partners(partners uuid[]) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    IF NOT partners <@ (granted('uh_partner') || granted('owner')) THEN
        RETURN '{}';
    END IF;
    RETURN ARRAY(SELECT p.basis_id FROM basis_partner p WHERE p.organisation_id = ANY (partners));
END
$$;
GRANT EXECUTE ON FUNCTION bases_of_partners(uuid[]) TO loft_service;

-- Whose business a basis is (KL-R16): the network, the owners in it today and the partners. With the
-- eyes of the caller.
CREATE FUNCTION basis_parties(in_basis uuid) RETURNS uuid[]
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = loft, pg_temp AS $$
    SELECT ARRAY(
        SELECT n.organisation_id
          FROM decision_basis b JOIN competence_network n ON n.id = b.network_id
         WHERE b.id = in_basis
        UNION
        SELECT m.organisation_id
          FROM decision_basis b JOIN network_owner m ON m.network_id = b.network_id
         WHERE b.id = in_basis AND m.days @> business_today()
        UNION
        SELECT p.organisation_id FROM basis_partner p WHERE p.basis_id = in_basis)
$$;
-- Whether the caller has a role for one of them, or in a unit of one.
CREATE FUNCTION party_to_basis(in_basis uuid) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = loft, pg_temp AS $$
BEGIN
    RETURN basis_parties(in_basis) && (granted('owner') || granted('uh_partner'))
        OR EXISTS (SELECT FROM decision_basis b WHERE b.id = in_basis
                      AND b.network_id = ANY (granted('network_coordinator')))
        OR EXISTS (SELECT FROM organisation u WHERE u.id = ANY (granted('unit_contact'))
                      AND u.parent_id = ANY (basis_parties(in_basis)));
END
$$;
GRANT EXECUTE ON FUNCTION basis_parties(uuid), party_to_basis(uuid) TO loft_service;

-- The other direction of the lineage: an owner learns which measures answer its needs, though it need not
-- be a partner of their basis and may see nothing else of it.
CREATE FUNCTION measures_of_own_needs()
RETURNS TABLE (need_report_id uuid, measure_id uuid, title text, theme text, basis_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT l.need_report_id, m.id, m.title, m.theme, m.basis_id
      FROM need_report n
      JOIN measure_need l ON l.need_report_id = n.id
      JOIN measure m ON m.id = l.measure_id
      JOIN decision_basis b ON b.id = m.basis_id AND b.state <> 'withdrawn'
     WHERE n.owner_id = ANY (granted('owner'));
END
$$;
GRANT EXECUTE ON FUNCTION measures_of_own_needs() TO loft_service;

-- The measures that answer needs, as far as the caller sees: by the basis, or as the owner of the need.
-- Those of a basis that was withdrawn answer nothing.
CREATE VIEW need_answer WITH (security_invoker = true) AS
    SELECT l.need_report_id, m.id AS measure_id, m.title, m.theme, m.basis_id
      FROM measure_need l
      JOIN measure m ON m.id = l.measure_id
      JOIN decision_basis b ON b.id = m.basis_id AND b.state <> 'withdrawn'
     UNION
    SELECT o.need_report_id, o.measure_id, o.title, o.theme, o.basis_id
      FROM measures_of_own_needs() o;
GRANT SELECT ON need_answer TO loft_service;

-- What a basis applies for, and for whom: the owners' lines count with the network's.
CREATE FUNCTION basis_applied(in_basis uuid, OUT uh_nok bigint, OUT network_nok bigint)
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = loft, pg_temp AS $$
    SELECT coalesce(sum(l.amount_nok) FILTER (WHERE l.recipient_kind = 'uh'), 0)::bigint,
           coalesce(sum(l.amount_nok) FILTER (WHERE l.recipient_kind <> 'uh'), 0)::bigint
      FROM budget_line l WHERE l.basis_id = in_basis
$$;
GRANT EXECUTE ON FUNCTION basis_applied(uuid) TO loft_service;
