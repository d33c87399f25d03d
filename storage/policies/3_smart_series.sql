-- ---- the programme of a course ---------------------------------------------------------------

-- Seen with its course and changed by smart_admin. Nobody is registered for an item: it may be taken
-- off as long as the course is not over.
ALTER TABLE course_programme_item ENABLE ROW LEVEL SECURITY;
CREATE POLICY course_programme_item_read ON course_programme_item FOR SELECT TO loft_service
    USING (EXISTS (SELECT FROM course c WHERE c.id = course_id));
CREATE POLICY course_programme_item_create ON course_programme_item FOR INSERT TO loft_service
    WITH CHECK ((SELECT has_role('smart_admin')));
CREATE POLICY course_programme_item_update ON course_programme_item FOR UPDATE TO loft_service
    USING ((SELECT has_role('smart_admin')));
CREATE POLICY course_programme_item_delete ON course_programme_item FOR DELETE TO loft_service
    USING ((SELECT has_role('smart_admin'))
           AND EXISTS (SELECT FROM course c
                        WHERE c.id = course_id AND c.state NOT IN ('completed', 'cancelled')));

-- ---- seats at the festival -------------------------------------------------------------------

-- How many seats are held is as public as the two courses; reserving is the service's own work, and so
-- is the ticket that goes with it.
ALTER TABLE festival_reservation ENABLE ROW LEVEL SECURITY;
CREATE POLICY festival_reservation_read ON festival_reservation FOR SELECT TO loft_service
    USING (EXISTS (SELECT FROM course c WHERE c.id = course_id));
CREATE POLICY festival_reservation_system ON festival_reservation TO loft_service
    USING ((SELECT has_role('system')));
CREATE POLICY ticket_type_create_trainer ON ticket_type FOR INSERT TO loft_service
    WITH CHECK ((SELECT has_role('system')) AND eligibility = 'trainee');
