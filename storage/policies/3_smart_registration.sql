-- ---- registrations ---------------------------------------------------------------------------

ALTER TABLE registration ENABLE ROW LEVEL SECURITY;

-- Seen by the participant and by the participant who registered them; by the course's instructor;
-- by the bookers of the employer; by partner systems with smart:read, within their organisation or
-- all, and with smart:register what they made themselves: who may register and cancel must be
-- answered, and a row that cannot be read cannot be changed.
CREATE POLICY registration_read_participant ON registration FOR SELECT TO loft_service
    USING ((SELECT has_role('participant'))
           AND (person_id = (SELECT principal_person())
                OR registered_by = (SELECT principal_user())));
CREATE POLICY registration_read_instructor ON registration FOR SELECT TO loft_service
    USING (course_id = ANY ((SELECT granted('smart_instructor'))::uuid[]));
CREATE POLICY registration_read_booker ON registration FOR SELECT TO loft_service
    USING (employer_organisation_id = ANY ((SELECT granted('booker'))::uuid[]));
CREATE POLICY registration_read_partner ON registration FOR SELECT TO loft_service
    USING (((SELECT has_scope('smart:read'))
            OR ((SELECT has_scope('smart:register'))
                AND registered_by_client = (SELECT principal_user())))
           AND ((SELECT has_role('partner_system'))
                OR employer_organisation_id = ANY ((SELECT granted('partner_system'))::uuid[])));
CREATE POLICY registration_read_admin ON registration FOR SELECT TO loft_service
    USING ((SELECT has_role('smart_admin')));

-- Made in one's own name, as a seat or a place in line and nothing else; a booker and a partner of
-- one organisation for that organisation only.
CREATE POLICY registration_create_participant ON registration FOR INSERT TO loft_service
    WITH CHECK ((SELECT has_role('participant'))
                AND registered_by = (SELECT principal_user())
                AND state IN ('confirmed', 'waitlisted'));
CREATE POLICY registration_create_booker ON registration FOR INSERT TO loft_service
    WITH CHECK (employer_organisation_id = ANY ((SELECT granted('booker'))::uuid[])
                AND registered_by = (SELECT principal_user())
                AND state IN ('confirmed', 'waitlisted'));
CREATE POLICY registration_create_partner ON registration FOR INSERT TO loft_service
    WITH CHECK ((SELECT has_scope('smart:register'))
                AND ((SELECT has_role('partner_system'))
                     OR employer_organisation_id = ANY ((SELECT granted('partner_system'))::uuid[]))
                AND registered_by_client = (SELECT principal_user())
                AND state IN ('confirmed', 'waitlisted'));
CREATE POLICY registration_create_admin ON registration FOR INSERT TO loft_service
    WITH CHECK ((SELECT has_role('smart_admin'))
                AND registered_by = (SELECT principal_user())
                AND state IN ('confirmed', 'waitlisted'));

-- Changed by the participant or the one who registered them, by the bookers of the employer, by the
-- partner that made it, by smart_admin. Said once for the policy and for the item that is read
-- (_writable), so that allowed_actions offers nothing on a row that its reader may not change. It
-- depends on the row, and so runs for each one that is to be changed.
CREATE OR REPLACE FUNCTION registration_writable(person_id uuid, registered_by uuid,
    registered_by_client uuid, employer_organisation_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = loft, pg_temp AS $$
BEGIN
    RETURN coalesce(
        has_role('smart_admin')
        OR (has_role('participant')
            AND (person_id = principal_person() OR registered_by = principal_user()))
        OR employer_organisation_id = ANY (granted('booker'))
        OR (has_scope('smart:register')
            AND (has_role('partner_system')
                 OR employer_organisation_id = ANY (granted('partner_system')))
            AND registered_by_client = principal_user()),
        false);
END
$$;
GRANT EXECUTE ON FUNCTION registration_writable(uuid, uuid, uuid, uuid) TO loft_service;

-- The new row is held to the same: a booker cannot hand a seat to another organisation.
CREATE POLICY registration_update ON registration FOR UPDATE TO loft_service
    USING (registration_writable(person_id, registered_by, registered_by_client,
                                 employer_organisation_id));

-- The service itself: the queue, expired offers, courses that are cancelled.
CREATE POLICY registration_system ON registration TO loft_service
    USING ((SELECT has_role('system')));
