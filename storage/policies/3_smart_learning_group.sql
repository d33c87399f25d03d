-- ---- learning groups -------------------------------------------------------------------------

-- smart_admin makes them; the course's instructor sees all; participants see their own group once
-- the grouping is locked. Who the members are, learning_group_people() tells.
ALTER TABLE learning_grouping ENABLE ROW LEVEL SECURITY;
CREATE POLICY learning_grouping_read_instructor ON learning_grouping FOR SELECT TO loft_service
    USING (course_id = ANY ((SELECT granted('smart_instructor'))::uuid[]));
CREATE POLICY learning_grouping_admin ON learning_grouping TO loft_service
    USING ((SELECT has_role('smart_admin')));

ALTER TABLE learning_group ENABLE ROW LEVEL SECURITY;
CREATE POLICY learning_group_read_participant ON learning_group FOR SELECT TO loft_service
    USING (id = ANY ((SELECT own_learning_groups())::uuid[]));
CREATE POLICY learning_group_read_instructor ON learning_group FOR SELECT TO loft_service
    USING (course_id = ANY ((SELECT granted('smart_instructor'))::uuid[]));
CREATE POLICY learning_group_admin ON learning_group TO loft_service
    USING ((SELECT has_role('smart_admin')));

ALTER TABLE learning_group_member ENABLE ROW LEVEL SECURITY;
CREATE POLICY learning_group_member_read_participant ON learning_group_member FOR SELECT TO loft_service
    USING (group_id = ANY ((SELECT own_learning_groups())::uuid[]));
CREATE POLICY learning_group_member_read_instructor ON learning_group_member FOR SELECT TO loft_service
    USING (course_id = ANY ((SELECT granted('smart_instructor'))::uuid[]));
CREATE POLICY learning_group_member_admin ON learning_group_member TO loft_service
    USING ((SELECT has_role('smart_admin')));
