-- ---- attendance, make-ups, reflections, certificates -------------------------------------------

-- Whether the caller leads the course: its instructor, or smart_admin.
CREATE OR REPLACE FUNCTION leads_course(course_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = loft, pg_temp AS $$
BEGIN
    RETURN coalesce(has_role('smart_admin') OR course_id = ANY (granted('smart_instructor')), false);
END
$$;

-- Whether the caller takes part in the course.
CREATE OR REPLACE FUNCTION takes_part(course_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = loft, pg_temp AS $$
BEGIN
    RETURN has_role('participant') AND EXISTS (
        SELECT FROM registration r
         WHERE r.course_id = takes_part.course_id AND r.person_id = principal_person()
           AND r.state IN ('confirmed', 'completed', 'no_show'));
END
$$;
GRANT EXECUTE ON FUNCTION leads_course(uuid), takes_part(uuid) TO loft_service;

-- Recorded and read by those who lead the course; participants read their own marks. A list is
-- recorded for a session that one can see, by locking its sheet.
ALTER TABLE attendance_sheet ENABLE ROW LEVEL SECURITY;
CREATE POLICY attendance_sheet_lead ON attendance_sheet FOR SELECT TO loft_service
    USING (leads_course(course_id));
CREATE POLICY attendance_sheet_record ON attendance_sheet FOR UPDATE TO loft_service
    USING (leads_course(course_id));

ALTER TABLE attendance ENABLE ROW LEVEL SECURITY;
CREATE POLICY attendance_read_lead ON attendance FOR SELECT TO loft_service
    USING (leads_course(course_id));
CREATE POLICY attendance_read_own ON attendance FOR SELECT TO loft_service
    USING ((SELECT has_role('participant'))
           AND registration_id IN (SELECT r.id FROM registration r
                                    WHERE r.person_id = (SELECT principal_person())));
CREATE POLICY attendance_record ON attendance FOR INSERT TO loft_service
    WITH CHECK (leads_course(course_id));
CREATE POLICY attendance_correct ON attendance FOR UPDATE TO loft_service
    USING (leads_course(course_id));
CREATE POLICY attendance_system ON attendance FOR SELECT TO loft_service
    USING ((SELECT has_role('system')));

-- Written by a trigger alone.
ALTER TABLE attendance_change ENABLE ROW LEVEL SECURITY;
CREATE POLICY attendance_change_read ON attendance_change FOR SELECT TO loft_service
    USING (leads_course(course_id));

-- Asked for in one's own name by a participant; made and decided by those who lead the course that
-- was missed, never about themselves.
ALTER TABLE make_up ENABLE ROW LEVEL SECURITY;
CREATE POLICY make_up_read_own ON make_up FOR SELECT TO loft_service
    USING ((SELECT has_role('participant')) AND person_id = (SELECT principal_person()));
CREATE POLICY make_up_read_lead ON make_up FOR SELECT TO loft_service
    USING (leads_course(course_id));
CREATE POLICY make_up_request ON make_up FOR INSERT TO loft_service
    WITH CHECK ((SELECT has_role('participant')) AND person_id = (SELECT principal_person())
                AND requested_by = (SELECT principal_user())
                AND state = 'requested' AND decided_by IS NULL);
CREATE POLICY make_up_make ON make_up FOR INSERT TO loft_service
    WITH CHECK (leads_course(course_id) AND person_id IS DISTINCT FROM (SELECT principal_person())
                AND requested_by = (SELECT principal_user())
                AND state = 'confirmed' AND decided_by = (SELECT principal_user()));
CREATE POLICY make_up_decide ON make_up FOR UPDATE TO loft_service
    USING (leads_course(course_id) AND person_id IS DISTINCT FROM (SELECT principal_person()))
    WITH CHECK (decided_by = (SELECT principal_user()));
CREATE POLICY make_up_system ON make_up FOR SELECT TO loft_service
    USING ((SELECT has_role('system')));

-- Read by everybody on the course and those who lead it. Taken back by the author; by smart_admin
-- when a text must go.
ALTER TABLE reflection ENABLE ROW LEVEL SECURITY;
CREATE POLICY reflection_read ON reflection FOR SELECT TO loft_service
    USING (leads_course(course_id) OR takes_part(course_id));
CREATE POLICY reflection_write ON reflection FOR INSERT TO loft_service
    WITH CHECK ((SELECT has_role('participant')));
CREATE POLICY reflection_take_back ON reflection FOR DELETE TO loft_service
    USING ((SELECT has_role('participant')) AND author_person_id = (SELECT principal_person()));
CREATE POLICY reflection_remove ON reflection FOR DELETE TO loft_service
    USING ((SELECT has_role('smart_admin')));

-- One's own, those of the courses that one leads, all for smart_admin, who issues and revokes.
ALTER TABLE certificate ENABLE ROW LEVEL SECURITY;
CREATE POLICY certificate_read_own ON certificate FOR SELECT TO loft_service
    USING ((SELECT has_role('participant')) AND person_id = (SELECT principal_person()));
CREATE POLICY certificate_read_lead ON certificate FOR SELECT TO loft_service
    USING (leads_course(course_id));
CREATE POLICY certificate_issue ON certificate FOR INSERT TO loft_service
    WITH CHECK ((SELECT has_role('smart_admin')) AND issued_by = (SELECT principal_user())
                AND state = 'valid');
CREATE POLICY certificate_revoke ON certificate FOR UPDATE TO loft_service
    USING ((SELECT has_role('smart_admin')));
