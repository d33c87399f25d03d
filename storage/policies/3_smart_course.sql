-- ---- courses ---------------------------------------------------------------------------------

-- What is published is public. A draft is seen by smart_admin and by the course's instructor.
ALTER TABLE course ENABLE ROW LEVEL SECURITY;
CREATE POLICY course_read_public ON course FOR SELECT TO loft_service
    USING (state <> 'draft');
CREATE POLICY course_read_instructor ON course FOR SELECT TO loft_service
    USING (id = ANY ((SELECT granted('smart_instructor'))::uuid[]));
CREATE POLICY course_read_admin ON course FOR SELECT TO loft_service
    USING ((SELECT has_role('smart_admin')));
CREATE POLICY course_create ON course FOR INSERT TO loft_service
    WITH CHECK ((SELECT has_role('smart_admin')));
CREATE POLICY course_update ON course FOR UPDATE TO loft_service
    USING ((SELECT has_role('smart_admin')));
CREATE POLICY course_delete ON course FOR DELETE TO loft_service
    USING ((SELECT has_role('smart_admin')) AND state = 'draft');
CREATE POLICY course_system ON course TO loft_service
    USING ((SELECT has_role('system')));
-- Whoever may register somebody may lock the course (SELECT ... FOR UPDATE asks the update
-- policies) and change nothing: no new row passes.
CREATE POLICY course_lock ON course FOR UPDATE TO loft_service
    USING (state <> 'draft' AND (SELECT may_register())) WITH CHECK (false);

-- What belongs to a course is seen with it, changed by smart_admin, and removed from drafts only.
ALTER TABLE course_gathering ENABLE ROW LEVEL SECURITY;
CREATE POLICY course_gathering_read ON course_gathering FOR SELECT TO loft_service
    USING (EXISTS (SELECT FROM course c WHERE c.id = course_id));
CREATE POLICY course_gathering_create ON course_gathering FOR INSERT TO loft_service
    WITH CHECK ((SELECT has_role('smart_admin')));
CREATE POLICY course_gathering_update ON course_gathering FOR UPDATE TO loft_service
    USING ((SELECT has_role('smart_admin')));
CREATE POLICY course_gathering_delete ON course_gathering FOR DELETE TO loft_service
    USING ((SELECT has_role('smart_admin'))
           AND EXISTS (SELECT FROM course c WHERE c.id = course_id AND c.state = 'draft'));

ALTER TABLE course_session ENABLE ROW LEVEL SECURITY;
CREATE POLICY course_session_read ON course_session FOR SELECT TO loft_service
    USING (EXISTS (SELECT FROM course c WHERE c.id = course_id));
CREATE POLICY course_session_create ON course_session FOR INSERT TO loft_service
    WITH CHECK ((SELECT has_role('smart_admin')));
CREATE POLICY course_session_update ON course_session FOR UPDATE TO loft_service
    USING ((SELECT has_role('smart_admin')));
CREATE POLICY course_session_delete ON course_session FOR DELETE TO loft_service
    USING ((SELECT has_role('smart_admin'))
           AND EXISTS (SELECT FROM course c WHERE c.id = course_id AND c.state = 'draft'));

ALTER TABLE ticket_type ENABLE ROW LEVEL SECURITY;
CREATE POLICY ticket_type_read ON ticket_type FOR SELECT TO loft_service
    USING (EXISTS (SELECT FROM course c WHERE c.id = course_id));
CREATE POLICY ticket_type_create ON ticket_type FOR INSERT TO loft_service
    WITH CHECK ((SELECT has_role('smart_admin')));
CREATE POLICY ticket_type_update ON ticket_type FOR UPDATE TO loft_service
    USING ((SELECT has_role('smart_admin')));
CREATE POLICY ticket_type_delete ON ticket_type FOR DELETE TO loft_service
    USING ((SELECT has_role('smart_admin'))
           AND EXISTS (SELECT FROM course c WHERE c.id = course_id AND c.state = 'draft'));

ALTER TABLE course_item ENABLE ROW LEVEL SECURITY;
CREATE POLICY course_item_read ON course_item FOR SELECT TO loft_service
    USING (EXISTS (SELECT FROM course c WHERE c.id = course_id));
CREATE POLICY course_item_create ON course_item FOR INSERT TO loft_service
    WITH CHECK ((SELECT has_role('smart_admin')));
CREATE POLICY course_item_update ON course_item FOR UPDATE TO loft_service
    USING ((SELECT has_role('smart_admin')));
CREATE POLICY course_item_delete ON course_item FOR DELETE TO loft_service
    USING ((SELECT has_role('smart_admin'))
           AND EXISTS (SELECT FROM course c WHERE c.id = course_id AND c.state = 'draft'));

ALTER TABLE item_option ENABLE ROW LEVEL SECURITY;
CREATE POLICY item_option_read ON item_option FOR SELECT TO loft_service
    USING (EXISTS (SELECT FROM course_item i WHERE i.id = item_id));
CREATE POLICY item_option_create ON item_option FOR INSERT TO loft_service
    WITH CHECK ((SELECT has_role('smart_admin')));
CREATE POLICY item_option_update ON item_option FOR UPDATE TO loft_service
    USING ((SELECT has_role('smart_admin')));
CREATE POLICY item_option_delete ON item_option FOR DELETE TO loft_service
    USING ((SELECT has_role('smart_admin'))
           AND EXISTS (SELECT FROM course_item i JOIN course c ON c.id = i.course_id
                        WHERE i.id = item_id AND c.state = 'draft'));
