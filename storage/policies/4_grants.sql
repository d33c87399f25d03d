-- ---- Kompetanseløftet: who works with what ---------------------------------------------------

-- An owner has its own, a network its own and its owners', a university its partnerships; the forum,
-- its secretariat and the county governor have the round; auditors read. Everybody else has nothing.

-- Forums that the caller reads as a member, as secretariat, as county governor or as auditor.
CREATE OR REPLACE FUNCTION forums_read() RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = loft, pg_temp AS $$
BEGIN
    RETURN ARRAY(SELECT f.id FROM forum f
                  WHERE has_role('auditor') OR has_role('system')
                     OR f.id = ANY (granted('forum_secretariat') || granted('forum_member'))
                     OR f.county_id = ANY (granted('state_administrator')));
END
$$;

-- Forums whose cases the caller decides.
CREATE OR REPLACE FUNCTION forums_decided() RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = loft, pg_temp AS $$
BEGIN
    RETURN ARRAY(SELECT f.id FROM forum f WHERE f.county_id = ANY (granted('state_administrator')));
END
$$;

-- Their rounds. Cases carry the round, so each query asks once.
CREATE OR REPLACE FUNCTION rounds_of(forums uuid[]) RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = loft, pg_temp AS $$
BEGIN
    RETURN ARRAY(SELECT r.id FROM grant_round r WHERE r.forum_id = ANY (forums));
END
$$;

-- Anybody who has a part in the programme.
CREATE OR REPLACE FUNCTION has_part_in_grants() RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = loft, pg_temp AS $$
BEGIN
    RETURN has_role('auditor') OR has_role('statped') OR has_role('system')
        OR (has_scope('grants:read')
            AND (has_role('partner_system') OR granted('partner_system') <> '{}'))
        OR granted('owner') || granted('unit_contact') || granted('network_coordinator')
           || granted('uh_partner') || granted('forum_secretariat') || granted('forum_member')
           || granted('state_administrator') <> '{}';
END
$$;
GRANT EXECUTE ON FUNCTION forums_read(), forums_decided(), rounds_of(uuid[]), has_part_in_grants()
    TO loft_service;

-- ---- registers -------------------------------------------------------------------------------

-- Names, members and rounds are what everybody in the programme works by.
ALTER TABLE forum ENABLE ROW LEVEL SECURITY;
CREATE POLICY forum_read ON forum FOR SELECT TO loft_service
    USING (true);

ALTER TABLE long_term_plan ENABLE ROW LEVEL SECURITY;
CREATE POLICY long_term_plan_read ON long_term_plan FOR SELECT TO loft_service
    USING (state <> 'draft' AND (SELECT has_part_in_grants()));
CREATE POLICY long_term_plan_read_forum ON long_term_plan FOR SELECT TO loft_service
    USING (forum_id = ANY ((SELECT forums_read())::uuid[]));
CREATE POLICY long_term_plan_create ON long_term_plan FOR INSERT TO loft_service
    WITH CHECK (forum_id = ANY ((SELECT granted('forum_secretariat'))::uuid[]));
CREATE POLICY long_term_plan_update ON long_term_plan FOR UPDATE TO loft_service
    USING (forum_id = ANY ((SELECT granted('forum_secretariat'))::uuid[]));

ALTER TABLE plan_evaluation ENABLE ROW LEVEL SECURITY;
CREATE POLICY plan_evaluation_read ON plan_evaluation FOR SELECT TO loft_service
    USING (EXISTS (SELECT FROM long_term_plan p WHERE p.id = plan_id));
CREATE POLICY plan_evaluation_create ON plan_evaluation FOR INSERT TO loft_service
    WITH CHECK (EXISTS (SELECT FROM long_term_plan p WHERE p.id = plan_id
                           AND p.forum_id = ANY ((SELECT granted('forum_secretariat'))::uuid[])));
CREATE POLICY plan_evaluation_update ON plan_evaluation FOR UPDATE TO loft_service
    USING (EXISTS (SELECT FROM long_term_plan p WHERE p.id = plan_id
                      AND p.forum_id = ANY ((SELECT granted('forum_secretariat'))::uuid[])));

ALTER TABLE competence_network ENABLE ROW LEVEL SECURITY;
CREATE POLICY competence_network_read ON competence_network FOR SELECT TO loft_service
    USING ((SELECT has_part_in_grants()));
CREATE POLICY competence_network_create ON competence_network FOR INSERT TO loft_service
    WITH CHECK (forum_id = ANY ((SELECT granted('forum_secretariat'))::uuid[]));
CREATE POLICY competence_network_update ON competence_network FOR UPDATE TO loft_service
    USING (forum_id = ANY ((SELECT granted('forum_secretariat'))::uuid[]));

ALTER TABLE network_member ENABLE ROW LEVEL SECURITY;
CREATE POLICY network_member_read ON network_member FOR SELECT TO loft_service
    USING ((SELECT has_part_in_grants()));
CREATE POLICY network_member_create ON network_member FOR INSERT TO loft_service
    WITH CHECK (EXISTS (SELECT FROM competence_network n WHERE n.id = network_id
                           AND n.forum_id = ANY ((SELECT granted('forum_secretariat'))::uuid[])));
CREATE POLICY network_member_update ON network_member FOR UPDATE TO loft_service
    USING (EXISTS (SELECT FROM competence_network n WHERE n.id = network_id
                      AND n.forum_id = ANY ((SELECT granted('forum_secretariat'))::uuid[])));

ALTER TABLE headcount ENABLE ROW LEVEL SECURITY;
CREATE POLICY headcount_read ON headcount FOR SELECT TO loft_service
    USING ((SELECT has_part_in_grants()));
CREATE POLICY headcount_create ON headcount FOR INSERT TO loft_service
    WITH CHECK (EXISTS (SELECT FROM competence_network n WHERE n.id = network_id
                           AND n.forum_id = ANY ((SELECT granted('forum_secretariat'))::uuid[])));
CREATE POLICY headcount_update ON headcount FOR UPDATE TO loft_service
    USING (EXISTS (SELECT FROM competence_network n WHERE n.id = network_id
                      AND n.forum_id = ANY ((SELECT granted('forum_secretariat'))::uuid[])));
CREATE POLICY headcount_delete ON headcount FOR DELETE TO loft_service
    USING (NOT locked
           AND EXISTS (SELECT FROM competence_network n WHERE n.id = network_id
                          AND n.forum_id = ANY ((SELECT granted('forum_secretariat'))::uuid[])));

-- ---- the forum -------------------------------------------------------------------------------

ALTER TABLE forum_member ENABLE ROW LEVEL SECURITY;
CREATE POLICY forum_member_read ON forum_member FOR SELECT TO loft_service
    USING (forum_id = ANY ((SELECT forums_read())::uuid[]));
CREATE POLICY forum_member_create ON forum_member FOR INSERT TO loft_service
    WITH CHECK (forum_id = ANY ((SELECT granted('forum_secretariat'))::uuid[]));
CREATE POLICY forum_member_update ON forum_member FOR UPDATE TO loft_service
    USING (forum_id = ANY ((SELECT granted('forum_secretariat'))::uuid[]));

ALTER TABLE forum_meeting ENABLE ROW LEVEL SECURITY;
CREATE POLICY forum_meeting_read ON forum_meeting FOR SELECT TO loft_service
    USING (forum_id = ANY ((SELECT forums_read())::uuid[]));
-- A partnership seminar is for the partnerships.
CREATE POLICY forum_meeting_read_seminar ON forum_meeting FOR SELECT TO loft_service
    USING (kind = 'partnership_seminar' AND (SELECT has_part_in_grants()));
CREATE POLICY forum_meeting_create ON forum_meeting FOR INSERT TO loft_service
    WITH CHECK (forum_id = ANY ((SELECT granted('forum_secretariat'))::uuid[]));
CREATE POLICY forum_meeting_update ON forum_meeting FOR UPDATE TO loft_service
    USING (forum_id = ANY ((SELECT granted('forum_secretariat'))::uuid[]));

ALTER TABLE meeting_decision ENABLE ROW LEVEL SECURITY;
CREATE POLICY meeting_decision_read ON meeting_decision FOR SELECT TO loft_service
    USING (EXISTS (SELECT FROM forum_meeting m WHERE m.id = meeting_id));
CREATE POLICY meeting_decision_create ON meeting_decision FOR INSERT TO loft_service
    WITH CHECK (EXISTS (SELECT FROM forum_meeting m WHERE m.id = meeting_id
                           AND m.forum_id = ANY ((SELECT granted('forum_secretariat'))::uuid[])));

-- ---- rounds and money ------------------------------------------------------------------------

ALTER TABLE grant_round ENABLE ROW LEVEL SECURITY;
CREATE POLICY grant_round_read ON grant_round FOR SELECT TO loft_service
    USING ((SELECT has_part_in_grants()));
CREATE POLICY grant_round_create ON grant_round FOR INSERT TO loft_service
    WITH CHECK (forum_id = ANY ((SELECT granted('forum_secretariat'))::uuid[]));
CREATE POLICY grant_round_update ON grant_round FOR UPDATE TO loft_service
    USING (forum_id = ANY ((SELECT granted('forum_secretariat') || forums_decided())::uuid[]));

ALTER TABLE round_link ENABLE ROW LEVEL SECURITY;
CREATE POLICY round_link_read ON round_link FOR SELECT TO loft_service
    USING ((SELECT has_part_in_grants()));
CREATE POLICY round_link_create ON round_link FOR INSERT TO loft_service
    WITH CHECK (round_id = ANY ((SELECT rounds_of(granted('forum_secretariat')))::uuid[]));
CREATE POLICY round_link_delete ON round_link FOR DELETE TO loft_service
    USING (round_id = ANY ((SELECT rounds_of(granted('forum_secretariat')))::uuid[]));

-- A network may set its own earlier deadline.
ALTER TABLE network_frame ENABLE ROW LEVEL SECURITY;
CREATE POLICY network_frame_read ON network_frame FOR SELECT TO loft_service
    USING ((SELECT has_part_in_grants()));
CREATE POLICY network_frame_create ON network_frame FOR INSERT TO loft_service
    WITH CHECK (round_id = ANY ((SELECT rounds_of(granted('forum_secretariat')))::uuid[]));
CREATE POLICY network_frame_update ON network_frame FOR UPDATE TO loft_service
    USING (round_id = ANY ((SELECT rounds_of(granted('forum_secretariat')))::uuid[])
           OR network_id = ANY ((SELECT granted('network_coordinator'))::uuid[]));

-- Drafts and scenarios are the forum's; what is published is everybody's.
ALTER TABLE allocation ENABLE ROW LEVEL SECURITY;
CREATE POLICY allocation_read_forum ON allocation FOR SELECT TO loft_service
    USING (round_id = ANY ((SELECT rounds_of(forums_read()))::uuid[]));
CREATE POLICY allocation_read_published ON allocation FOR SELECT TO loft_service
    USING (state IN ('published', 'superseded') AND (SELECT has_part_in_grants()));
CREATE POLICY allocation_create ON allocation FOR INSERT TO loft_service
    WITH CHECK (round_id = ANY ((SELECT rounds_of(granted('forum_secretariat')))::uuid[])
                AND state = 'draft');
CREATE POLICY allocation_update ON allocation FOR UPDATE TO loft_service
    USING (round_id = ANY ((SELECT rounds_of(granted('forum_secretariat')))::uuid[]));
CREATE POLICY allocation_delete ON allocation FOR DELETE TO loft_service
    USING (state = 'draft'
           AND round_id = ANY ((SELECT rounds_of(granted('forum_secretariat')))::uuid[]));

ALTER TABLE allocation_line ENABLE ROW LEVEL SECURITY;
CREATE POLICY allocation_line_read ON allocation_line FOR SELECT TO loft_service
    USING (EXISTS (SELECT FROM allocation a WHERE a.id = allocation_id));
CREATE POLICY allocation_line_create ON allocation_line FOR INSERT TO loft_service
    WITH CHECK (EXISTS (SELECT FROM allocation a WHERE a.id = allocation_id
                AND a.round_id = ANY ((SELECT rounds_of(granted('forum_secretariat')))::uuid[])));
CREATE POLICY allocation_line_delete ON allocation_line FOR DELETE TO loft_service
    USING (EXISTS (SELECT FROM allocation a WHERE a.id = allocation_id
           AND a.round_id = ANY ((SELECT rounds_of(granted('forum_secretariat')))::uuid[])));

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
CREATE POLICY need_report_update_owner ON need_report FOR UPDATE TO loft_service
    USING (owner_id = ANY ((SELECT granted('owner'))::uuid[]));
CREATE POLICY need_report_update_network ON need_report FOR UPDATE TO loft_service
    USING (network_id = ANY ((SELECT granted('network_coordinator'))::uuid[]) AND state <> 'draft');

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
CREATE POLICY decision_basis_read_forum ON decision_basis FOR SELECT TO loft_service
    USING (state <> 'draft' AND round_id = ANY ((SELECT rounds_of(forums_read()))::uuid[]));
CREATE POLICY decision_basis_read_statped ON decision_basis FOR SELECT TO loft_service
    USING (statped_participates AND state <> 'draft' AND (SELECT has_role('statped')));
CREATE POLICY decision_basis_create ON decision_basis FOR INSERT TO loft_service
    WITH CHECK (network_id = ANY ((SELECT granted('network_coordinator'))::uuid[])
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

-- ---- recommendation, decision, report --------------------------------------------------------

ALTER TABLE recommendation ENABLE ROW LEVEL SECURITY;
CREATE POLICY recommendation_read_forum ON recommendation FOR SELECT TO loft_service
    USING (round_id = ANY ((SELECT rounds_of(forums_read()))::uuid[]));
CREATE POLICY recommendation_create ON recommendation FOR INSERT TO loft_service
    WITH CHECK (state = 'draft'
                AND round_id = ANY ((SELECT rounds_of(granted('forum_secretariat')))::uuid[]));
CREATE POLICY recommendation_update ON recommendation FOR UPDATE TO loft_service
    USING (round_id = ANY ((SELECT rounds_of(granted('forum_secretariat')))::uuid[]));

ALTER TABLE recommendation_line ENABLE ROW LEVEL SECURITY;
CREATE POLICY recommendation_line_read_forum ON recommendation_line FOR SELECT TO loft_service
    USING (EXISTS (SELECT FROM recommendation r WHERE r.id = recommendation_id));
-- Partners see what was recommended of their own basis once it is adopted.
CREATE POLICY recommendation_line_read ON recommendation_line FOR SELECT TO loft_service
    USING (EXISTS (SELECT FROM decision_basis b WHERE b.id = basis_id
              AND b.state IN ('recommended', 'not_recommended', 'granted', 'partially_granted',
                              'refused')));
CREATE POLICY recommendation_line_create ON recommendation_line FOR INSERT TO loft_service
    WITH CHECK (EXISTS (SELECT FROM recommendation r WHERE r.id = recommendation_id
                AND r.round_id = ANY ((SELECT rounds_of(granted('forum_secretariat')))::uuid[])));
CREATE POLICY recommendation_line_update ON recommendation_line FOR UPDATE TO loft_service
    USING (EXISTS (SELECT FROM recommendation r WHERE r.id = recommendation_id
           AND r.round_id = ANY ((SELECT rounds_of(granted('forum_secretariat')))::uuid[])));
CREATE POLICY recommendation_line_delete ON recommendation_line FOR DELETE TO loft_service
    USING (EXISTS (SELECT FROM recommendation r WHERE r.id = recommendation_id AND r.state = 'draft'
           AND r.round_id = ANY ((SELECT rounds_of(granted('forum_secretariat')))::uuid[])));

-- A draft is the county governor's; what is issued is seen with the basis, and by its recipients.
ALTER TABLE grant_decision ENABLE ROW LEVEL SECURITY;
CREATE POLICY grant_decision_read_governor ON grant_decision FOR SELECT TO loft_service
    USING (round_id = ANY ((SELECT rounds_of(forums_decided()))::uuid[]));
CREATE POLICY grant_decision_read ON grant_decision FOR SELECT TO loft_service
    USING (state <> 'draft' AND EXISTS (SELECT FROM decision_basis b WHERE b.id = basis_id));
CREATE POLICY grant_decision_create ON grant_decision FOR INSERT TO loft_service
    WITH CHECK (state = 'draft' AND round_id = ANY ((SELECT rounds_of(forums_decided()))::uuid[]));
CREATE POLICY grant_decision_update ON grant_decision FOR UPDATE TO loft_service
    USING (round_id = ANY ((SELECT rounds_of(forums_decided()))::uuid[]));

ALTER TABLE decision_line ENABLE ROW LEVEL SECURITY;
CREATE POLICY decision_line_read ON decision_line FOR SELECT TO loft_service
    USING (EXISTS (SELECT FROM grant_decision d WHERE d.id = decision_id));
CREATE POLICY decision_line_create ON decision_line FOR INSERT TO loft_service
    WITH CHECK (EXISTS (SELECT FROM grant_decision d WHERE d.id = decision_id AND d.state = 'draft'
                AND d.round_id = ANY ((SELECT rounds_of(forums_decided()))::uuid[])));
CREATE POLICY decision_line_update ON decision_line FOR UPDATE TO loft_service
    USING (EXISTS (SELECT FROM grant_decision d WHERE d.id = decision_id
           AND d.round_id = ANY ((SELECT rounds_of(forums_decided()))::uuid[])));
CREATE POLICY decision_line_delete ON decision_line FOR DELETE TO loft_service
    USING (EXISTS (SELECT FROM grant_decision d WHERE d.id = decision_id AND d.state = 'draft'
           AND d.round_id = ANY ((SELECT rounds_of(forums_decided()))::uuid[])));

ALTER TABLE grant_report ENABLE ROW LEVEL SECURITY;
CREATE POLICY grant_report_read ON grant_report FOR SELECT TO loft_service
    USING (EXISTS (SELECT FROM grant_decision d WHERE d.id = decision_id));
CREATE POLICY grant_report_create ON grant_report FOR INSERT TO loft_service
    WITH CHECK (state = 'open'
                AND EXISTS (SELECT FROM grant_decision d WHERE d.id = decision_id
                       AND d.round_id = ANY ((SELECT rounds_of(forums_decided()))::uuid[])));

-- The partnership writes its report, network and universities together.
CREATE OR REPLACE FUNCTION report_editable(decision_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = loft, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM grant_decision d JOIN decision_basis b ON b.id = d.basis_id
                    WHERE d.id = report_editable.decision_id
                      AND (b.network_id = ANY (granted('network_coordinator'))
                           OR b.id = ANY (bases_of_partners(granted('uh_partner')))));
END
$$;
GRANT EXECUTE ON FUNCTION report_editable(uuid) TO loft_service;
CREATE POLICY grant_report_update_partnership ON grant_report FOR UPDATE TO loft_service
    USING (report_editable(decision_id));
CREATE POLICY grant_report_update_governor ON grant_report FOR UPDATE TO loft_service
    USING (EXISTS (SELECT FROM grant_decision d WHERE d.id = decision_id
           AND d.round_id = ANY ((SELECT rounds_of(forums_decided()))::uuid[])));

ALTER TABLE report_use ENABLE ROW LEVEL SECURITY;
CREATE POLICY report_use_read ON report_use FOR SELECT TO loft_service
    USING (EXISTS (SELECT FROM grant_report r WHERE r.id = report_id));
CREATE POLICY report_use_create ON report_use FOR INSERT TO loft_service
    WITH CHECK (EXISTS (SELECT FROM grant_report r WHERE r.id = report_id
                           AND r.state IN ('open', 'returned') AND report_editable(r.decision_id)));
CREATE POLICY report_use_delete ON report_use FOR DELETE TO loft_service
    USING (EXISTS (SELECT FROM grant_report r WHERE r.id = report_id
                      AND r.state IN ('open', 'returned') AND report_editable(r.decision_id)));

ALTER TABLE report_own_share ENABLE ROW LEVEL SECURITY;
CREATE POLICY report_own_share_read ON report_own_share FOR SELECT TO loft_service
    USING (EXISTS (SELECT FROM grant_report r WHERE r.id = report_id));
CREATE POLICY report_own_share_create ON report_own_share FOR INSERT TO loft_service
    WITH CHECK (EXISTS (SELECT FROM grant_report r WHERE r.id = report_id
                           AND r.state IN ('open', 'returned') AND report_editable(r.decision_id)));
CREATE POLICY report_own_share_delete ON report_own_share FOR DELETE TO loft_service
    USING (EXISTS (SELECT FROM grant_report r WHERE r.id = report_id
                      AND r.state IN ('open', 'returned') AND report_editable(r.decision_id)));

ALTER TABLE report_participation ENABLE ROW LEVEL SECURITY;
CREATE POLICY report_participation_read ON report_participation FOR SELECT TO loft_service
    USING (EXISTS (SELECT FROM grant_report r WHERE r.id = report_id));
CREATE POLICY report_participation_create ON report_participation FOR INSERT TO loft_service
    WITH CHECK (EXISTS (SELECT FROM grant_report r WHERE r.id = report_id
                           AND r.state IN ('open', 'returned') AND report_editable(r.decision_id)));
CREATE POLICY report_participation_delete ON report_participation FOR DELETE TO loft_service
    USING (EXISTS (SELECT FROM grant_report r WHERE r.id = report_id
                      AND r.state IN ('open', 'returned') AND report_editable(r.decision_id)));

-- A seal is set by whoever passes the stage on: the partnership, the secretariat, the governor.
ALTER TABLE stage_seal ENABLE ROW LEVEL SECURITY;
CREATE POLICY stage_seal_read ON stage_seal FOR SELECT TO loft_service
    USING (EXISTS (SELECT FROM decision_basis b WHERE b.id = basis_id));
CREATE POLICY stage_seal_append ON stage_seal FOR INSERT TO loft_service
    WITH CHECK (EXISTS (SELECT FROM decision_basis b WHERE b.id = basis_id
                AND (b.network_id = ANY ((SELECT granted('network_coordinator'))::uuid[])
                     OR b.id = ANY ((SELECT bases_of_partners(granted('uh_partner')))::uuid[])
                     OR b.round_id = ANY ((SELECT rounds_of(granted('forum_secretariat')
                                                            || forums_decided()))::uuid[]))));

-- ---- joint measures --------------------------------------------------------------------------

ALTER TABLE joint_measure ENABLE ROW LEVEL SECURITY;
CREATE POLICY joint_measure_read ON joint_measure FOR SELECT TO loft_service
    USING ((SELECT has_part_in_grants()));
CREATE POLICY joint_measure_create ON joint_measure FOR INSERT TO loft_service
    WITH CHECK (forum_id = ANY ((SELECT granted('forum_secretariat'))::uuid[]));
CREATE POLICY joint_measure_update ON joint_measure FOR UPDATE TO loft_service
    USING (forum_id = ANY ((SELECT granted('forum_secretariat'))::uuid[]));

ALTER TABLE joint_measure_evaluation ENABLE ROW LEVEL SECURITY;
CREATE POLICY joint_measure_evaluation_read ON joint_measure_evaluation FOR SELECT TO loft_service
    USING ((SELECT has_part_in_grants()));
CREATE POLICY joint_measure_evaluation_create ON joint_measure_evaluation FOR INSERT TO loft_service
    WITH CHECK (EXISTS (SELECT FROM joint_measure j WHERE j.id = joint_measure_id
                           AND j.forum_id = ANY ((SELECT granted('forum_secretariat'))::uuid[])));

ALTER TABLE joint_measure_grant ENABLE ROW LEVEL SECURITY;
CREATE POLICY joint_measure_grant_read ON joint_measure_grant FOR SELECT TO loft_service
    USING ((SELECT has_part_in_grants()));
CREATE POLICY joint_measure_grant_create ON joint_measure_grant FOR INSERT TO loft_service
    WITH CHECK (round_id = ANY ((SELECT rounds_of(forums_decided()))::uuid[]));
CREATE POLICY joint_measure_grant_update ON joint_measure_grant FOR UPDATE TO loft_service
    USING (round_id = ANY ((SELECT rounds_of(forums_decided()))::uuid[]));
CREATE POLICY joint_measure_grant_delete ON joint_measure_grant FOR DELETE TO loft_service
    USING (round_id = ANY ((SELECT rounds_of(forums_decided()))::uuid[]));

-- All networks may take part; each says so for itself, or the secretariat for it.
ALTER TABLE joint_measure_participation ENABLE ROW LEVEL SECURITY;
CREATE POLICY joint_measure_participation_read ON joint_measure_participation FOR SELECT
    TO loft_service
    USING ((SELECT has_part_in_grants()));
CREATE POLICY joint_measure_participation_create ON joint_measure_participation FOR INSERT
    TO loft_service
    WITH CHECK (network_id = ANY ((SELECT granted('network_coordinator'))::uuid[])
                OR EXISTS (SELECT FROM joint_measure j WHERE j.id = joint_measure_id
                              AND j.forum_id = ANY ((SELECT granted('forum_secretariat'))::uuid[])));
CREATE POLICY joint_measure_participation_delete ON joint_measure_participation FOR DELETE
    TO loft_service
    USING (network_id = ANY ((SELECT granted('network_coordinator'))::uuid[])
           OR EXISTS (SELECT FROM joint_measure j WHERE j.id = joint_measure_id
                         AND j.forum_id = ANY ((SELECT granted('forum_secretariat'))::uuid[])));
