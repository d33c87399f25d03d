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

-- Seals are set by triggers.
ALTER TABLE stage_seal ENABLE ROW LEVEL SECURITY;
CREATE POLICY stage_seal_read ON stage_seal FOR SELECT TO loft_service
    USING (EXISTS (SELECT FROM decision_basis b WHERE b.id = basis_id));

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
