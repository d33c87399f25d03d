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
    USING (was_published AND (SELECT has_part_in_grants()));
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
