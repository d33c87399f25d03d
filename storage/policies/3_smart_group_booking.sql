-- ---- group bookings --------------------------------------------------------------------------

ALTER TABLE group_booking ENABLE ROW LEVEL SECURITY;

-- Seen by the bookers of the organisation, by the course's instructor, and by partner systems as
-- registrations are.
CREATE POLICY group_booking_read_booker ON group_booking FOR SELECT TO loft_service
    USING (organisation_id = ANY ((SELECT granted('booker'))::uuid[]));
CREATE POLICY group_booking_read_instructor ON group_booking FOR SELECT TO loft_service
    USING (course_id = ANY ((SELECT granted('smart_instructor'))::uuid[]));
CREATE POLICY group_booking_read_partner ON group_booking FOR SELECT TO loft_service
    USING (((SELECT has_scope('smart:read'))
            OR ((SELECT has_scope('smart:register'))
                AND booked_by_client = (SELECT principal_user())))
           AND ((SELECT has_role('partner_system'))
                OR organisation_id = ANY ((SELECT granted('partner_system'))::uuid[])));
CREATE POLICY group_booking_read_admin ON group_booking FOR SELECT TO loft_service
    USING ((SELECT has_role('smart_admin')));

-- Made in one's own name and for one's own organisation, as seats or a place in line and nothing
-- else.
CREATE POLICY group_booking_create_booker ON group_booking FOR INSERT TO loft_service
    WITH CHECK (organisation_id = ANY ((SELECT granted('booker'))::uuid[])
                AND booked_by = (SELECT principal_user())
                AND state IN ('confirmed', 'waitlisted'));
CREATE POLICY group_booking_create_partner ON group_booking FOR INSERT TO loft_service
    WITH CHECK ((SELECT has_scope('smart:register'))
                AND ((SELECT has_role('partner_system'))
                     OR organisation_id = ANY ((SELECT granted('partner_system'))::uuid[]))
                AND booked_by_client = (SELECT principal_user())
                AND state IN ('confirmed', 'waitlisted'));
CREATE POLICY group_booking_create_admin ON group_booking FOR INSERT TO loft_service
    WITH CHECK ((SELECT has_role('smart_admin'))
                AND booked_by = (SELECT principal_user())
                AND state IN ('confirmed', 'waitlisted'));

-- Changed by the bookers of the organisation, by the partner that made it, by smart_admin; for the
-- policy and for the item that is read (_writable).
CREATE OR REPLACE FUNCTION group_booking_writable(booked_by_client uuid, organisation_id uuid)
RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = loft, pg_temp AS $$
BEGIN
    RETURN coalesce(
        has_role('smart_admin')
        OR organisation_id = ANY (granted('booker'))
        OR (has_scope('smart:register')
            AND (has_role('partner_system')
                 OR organisation_id = ANY (granted('partner_system')))
            AND booked_by_client = principal_user()),
        false);
END
$$;
GRANT EXECUTE ON FUNCTION group_booking_writable(uuid, uuid) TO loft_service;
CREATE POLICY group_booking_update ON group_booking FOR UPDATE TO loft_service
    USING (group_booking_writable(booked_by_client, organisation_id));

-- The service itself: the line, expired offers, courses that begin or end.
CREATE POLICY group_booking_system ON group_booking TO loft_service
    USING ((SELECT has_role('system')));
