-- ---- assessments and needs -------------------------------------------------------------------

ALTER TABLE self_assessment ENABLE ROW LEVEL SECURITY;
CREATE POLICY self_assessment_read_unit ON self_assessment FOR SELECT TO loft_service
    USING (unit_id = ANY ((SELECT granted('unit_contact'))::uuid[]));
CREATE POLICY self_assessment_read_owner ON self_assessment FOR SELECT TO loft_service
    USING (owner_id = ANY ((SELECT granted('owner'))::uuid[]));
CREATE POLICY self_assessment_read_network ON self_assessment FOR SELECT TO loft_service
    USING (network_id = ANY ((SELECT granted('network_coordinator'))::uuid[])
           AND state = 'completed');
CREATE POLICY self_assessment_read_forum ON self_assessment FOR SELECT TO loft_service
    USING (state = 'completed' AND round_id = ANY ((SELECT rounds_of(forums_read()))::uuid[]));
CREATE POLICY self_assessment_create ON self_assessment FOR INSERT TO loft_service
    WITH CHECK (unit_id = ANY ((SELECT granted('unit_contact'))::uuid[])
                OR owner_id = ANY ((SELECT granted('owner'))::uuid[]));
CREATE POLICY self_assessment_update ON self_assessment FOR UPDATE TO loft_service
    USING (unit_id = ANY ((SELECT granted('unit_contact'))::uuid[])
           OR owner_id = ANY ((SELECT granted('owner'))::uuid[]));

-- A draft is the owner's alone.
ALTER TABLE need_report ENABLE ROW LEVEL SECURITY;
CREATE POLICY need_report_read_owner ON need_report FOR SELECT TO loft_service
    USING (owner_id = ANY ((SELECT granted('owner'))::uuid[]));
CREATE POLICY need_report_read_network ON need_report FOR SELECT TO loft_service
    USING (network_id = ANY ((SELECT granted('network_coordinator'))::uuid[]) AND state <> 'draft');
CREATE POLICY need_report_read_forum ON need_report FOR SELECT TO loft_service
    USING (state <> 'draft' AND round_id = ANY ((SELECT rounds_of(forums_read()))::uuid[]));
CREATE POLICY need_report_create ON need_report FOR INSERT TO loft_service
    WITH CHECK (owner_id = ANY ((SELECT granted('owner'))::uuid[]) AND state = 'draft');
-- The owner writes and submits it, the network says what comes of it; neither does the other's part.
CREATE POLICY need_report_update_owner ON need_report FOR UPDATE TO loft_service
    USING (owner_id = ANY ((SELECT granted('owner'))::uuid[]))
    WITH CHECK (owner_id = ANY ((SELECT granted('owner'))::uuid[])
                AND state IN ('draft', 'returned', 'submitted'));
CREATE POLICY need_report_update_network ON need_report FOR UPDATE TO loft_service
    USING (network_id = ANY ((SELECT granted('network_coordinator'))::uuid[]) AND state <> 'draft')
    WITH CHECK (network_id = ANY ((SELECT granted('network_coordinator'))::uuid[])
                AND state IN ('returned', 'included', 'not_included'));

ALTER TABLE need_report_assessment ENABLE ROW LEVEL SECURITY;
CREATE POLICY need_report_assessment_read ON need_report_assessment FOR SELECT TO loft_service
    USING (EXISTS (SELECT FROM need_report n WHERE n.id = need_report_id));
CREATE POLICY need_report_assessment_create ON need_report_assessment FOR INSERT TO loft_service
    WITH CHECK (EXISTS (SELECT FROM need_report n WHERE n.id = need_report_id
                           AND n.owner_id = ANY ((SELECT granted('owner'))::uuid[])));
CREATE POLICY need_report_assessment_delete ON need_report_assessment FOR DELETE TO loft_service
    USING (EXISTS (SELECT FROM need_report n WHERE n.id = need_report_id
                      AND n.owner_id = ANY ((SELECT granted('owner'))::uuid[])));

-- ---- decision bases --------------------------------------------------------------------------

ALTER TABLE decision_basis ENABLE ROW LEVEL SECURITY;
CREATE POLICY decision_basis_read_network ON decision_basis FOR SELECT TO loft_service
    USING (network_id = ANY ((SELECT granted('network_coordinator'))::uuid[]));
CREATE POLICY decision_basis_read_partner ON decision_basis FOR SELECT TO loft_service
    USING (id = ANY ((SELECT bases_of_partners(granted('uh_partner') || granted('owner')))::uuid[]));
-- Who began it sees it before the partnership is named.
CREATE POLICY decision_basis_read_initiator ON decision_basis FOR SELECT TO loft_service
    USING (state = 'draft' AND initiated_by_id = ANY ((SELECT granted('uh_partner'))::uuid[]));
CREATE POLICY decision_basis_read_forum ON decision_basis FOR SELECT TO loft_service
    USING (state <> 'draft' AND round_id = ANY ((SELECT rounds_of(forums_read()))::uuid[]));
CREATE POLICY decision_basis_read_statped ON decision_basis FOR SELECT TO loft_service
    USING (statped_participates AND state <> 'draft' AND (SELECT has_role('statped')));
CREATE POLICY decision_basis_create ON decision_basis FOR INSERT TO loft_service
    WITH CHECK (network_id = ANY ((SELECT granted('network_coordinator'))::uuid[])
                AND state = 'draft');
-- Or a university that is a member of the network.
CREATE POLICY decision_basis_create_uh ON decision_basis FOR INSERT TO loft_service
    WITH CHECK (initiated_by_id = ANY ((SELECT granted('uh_partner'))::uuid[])
                AND EXISTS (SELECT FROM network_member m
                             WHERE m.network_id = decision_basis.network_id
                               AND m.organisation_id = decision_basis.initiated_by_id
                               AND m.role = 'uh_partner'
                               AND daterange(m.from_on, m.to_on, '[]') @> business_today())
                AND state = 'draft');
CREATE POLICY decision_basis_update_network ON decision_basis FOR UPDATE TO loft_service
    USING (network_id = ANY ((SELECT granted('network_coordinator'))::uuid[]));
CREATE POLICY decision_basis_update_uh ON decision_basis FOR UPDATE TO loft_service
    USING (id = ANY ((SELECT bases_of_partners(granted('uh_partner')))::uuid[]));
CREATE POLICY decision_basis_update_forum ON decision_basis FOR UPDATE TO loft_service
    USING (state <> 'draft'
           AND round_id = ANY ((SELECT rounds_of(granted('forum_secretariat')
                                                 || forums_decided()))::uuid[]));

-- Whoever may edit the basis edits what belongs to it.
CREATE OR REPLACE FUNCTION basis_editable(basis_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = loft, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM decision_basis b WHERE b.id = basis_editable.basis_id
                      AND b.state IN ('draft', 'returned')
                      AND (b.network_id = ANY (granted('network_coordinator'))
                           OR b.initiated_by_id = ANY (granted('uh_partner'))
                           OR b.id = ANY (bases_of_partners(granted('uh_partner')))));
END
$$;
GRANT EXECUTE ON FUNCTION basis_editable(uuid) TO loft_service;

ALTER TABLE basis_partner ENABLE ROW LEVEL SECURITY;
CREATE POLICY basis_partner_read ON basis_partner FOR SELECT TO loft_service
    USING (EXISTS (SELECT FROM decision_basis b WHERE b.id = basis_id));
CREATE POLICY basis_partner_create ON basis_partner FOR INSERT TO loft_service
    WITH CHECK (basis_editable(basis_id));
CREATE POLICY basis_partner_delete ON basis_partner FOR DELETE TO loft_service
    USING (basis_editable(basis_id));

ALTER TABLE basis_assessment ENABLE ROW LEVEL SECURITY;
CREATE POLICY basis_assessment_read ON basis_assessment FOR SELECT TO loft_service
    USING (EXISTS (SELECT FROM decision_basis b WHERE b.id = basis_id));
CREATE POLICY basis_assessment_create ON basis_assessment FOR INSERT TO loft_service
    WITH CHECK (basis_editable(basis_id));
CREATE POLICY basis_assessment_delete ON basis_assessment FOR DELETE TO loft_service
    USING (basis_editable(basis_id));

ALTER TABLE measure ENABLE ROW LEVEL SECURITY;
CREATE POLICY measure_read ON measure FOR SELECT TO loft_service
    USING (EXISTS (SELECT FROM decision_basis b WHERE b.id = basis_id));
CREATE POLICY measure_create ON measure FOR INSERT TO loft_service
    WITH CHECK (basis_editable(basis_id));
CREATE POLICY measure_update ON measure FOR UPDATE TO loft_service
    USING (basis_editable(basis_id));
CREATE POLICY measure_delete ON measure FOR DELETE TO loft_service
    USING (basis_editable(basis_id));

ALTER TABLE measure_party ENABLE ROW LEVEL SECURITY;
CREATE POLICY measure_party_read ON measure_party FOR SELECT TO loft_service
    USING (EXISTS (SELECT FROM measure m WHERE m.id = measure_id));
CREATE POLICY measure_party_create ON measure_party FOR INSERT TO loft_service
    WITH CHECK (EXISTS (SELECT FROM measure m WHERE m.id = measure_id AND basis_editable(m.basis_id)));
CREATE POLICY measure_party_delete ON measure_party FOR DELETE TO loft_service
    USING (EXISTS (SELECT FROM measure m WHERE m.id = measure_id AND basis_editable(m.basis_id)));

-- An owner sees which measures answer its needs (lineage, both ways).
ALTER TABLE measure_need ENABLE ROW LEVEL SECURITY;
CREATE POLICY measure_need_read ON measure_need FOR SELECT TO loft_service
    USING (EXISTS (SELECT FROM measure m WHERE m.id = measure_id)
           OR EXISTS (SELECT FROM need_report n WHERE n.id = need_report_id
                         AND n.owner_id = ANY ((SELECT granted('owner'))::uuid[])));
CREATE POLICY measure_need_create ON measure_need FOR INSERT TO loft_service
    WITH CHECK (EXISTS (SELECT FROM measure m WHERE m.id = measure_id AND basis_editable(m.basis_id)));
CREATE POLICY measure_need_delete ON measure_need FOR DELETE TO loft_service
    USING (EXISTS (SELECT FROM measure m WHERE m.id = measure_id AND basis_editable(m.basis_id)));

ALTER TABLE budget_line ENABLE ROW LEVEL SECURITY;
CREATE POLICY budget_line_read ON budget_line FOR SELECT TO loft_service
    USING (EXISTS (SELECT FROM decision_basis b WHERE b.id = basis_id));
CREATE POLICY budget_line_create ON budget_line FOR INSERT TO loft_service
    WITH CHECK (basis_editable(basis_id));
CREATE POLICY budget_line_update ON budget_line FOR UPDATE TO loft_service
    USING (basis_editable(basis_id));
CREATE POLICY budget_line_delete ON budget_line FOR DELETE TO loft_service
    USING (basis_editable(basis_id));

ALTER TABLE basis_signature ENABLE ROW LEVEL SECURITY;
CREATE POLICY basis_signature_read ON basis_signature FOR SELECT TO loft_service
    USING (EXISTS (SELECT FROM decision_basis b WHERE b.id = basis_id));
CREATE POLICY basis_signature_create ON basis_signature FOR INSERT TO loft_service
    WITH CHECK (institution_id = ANY ((SELECT granted('uh_partner'))::uuid[])
                AND signed_by = (SELECT principal_user()) AND basis_editable(basis_id));

-- The forum's assessment is its own until the recommendation; partners see it afterwards.
ALTER TABLE criterion_assessment ENABLE ROW LEVEL SECURITY;
CREATE POLICY criterion_assessment_read_forum ON criterion_assessment FOR SELECT TO loft_service
    USING (EXISTS (SELECT FROM decision_basis b WHERE b.id = basis_id
              AND b.round_id = ANY ((SELECT rounds_of(forums_read()))::uuid[])));
CREATE POLICY criterion_assessment_read ON criterion_assessment FOR SELECT TO loft_service
    USING (EXISTS (SELECT FROM decision_basis b WHERE b.id = basis_id
              AND b.state IN ('recommended', 'not_recommended', 'granted', 'partially_granted',
                              'refused')));
CREATE POLICY criterion_assessment_create ON criterion_assessment FOR INSERT TO loft_service
    WITH CHECK (assessed_by = (SELECT principal_user())
                AND EXISTS (SELECT FROM decision_basis b WHERE b.id = basis_id
                       AND b.round_id = ANY ((SELECT rounds_of(granted('forum_secretariat')))::uuid[])));
CREATE POLICY criterion_assessment_update ON criterion_assessment FOR UPDATE TO loft_service
    USING (EXISTS (SELECT FROM decision_basis b WHERE b.id = basis_id
              AND b.round_id = ANY ((SELECT rounds_of(granted('forum_secretariat')))::uuid[])))
    WITH CHECK (assessed_by = (SELECT principal_user()));
