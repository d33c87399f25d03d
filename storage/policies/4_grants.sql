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

-- Kept by triggers alone.
ALTER TABLE headcount_year ENABLE ROW LEVEL SECURITY;
CREATE POLICY headcount_year_read ON headcount_year FOR SELECT TO loft_service
    USING ((SELECT has_part_in_grants()));

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
