-- ---- notifications ---------------------------------------------------------------------------

-- Read, and marked as read, by the one whom it was written to and by nobody else. Rows are written by
-- the narrow functions of the migration alone; the service itself puts them into words and sends them.
ALTER TABLE notification ENABLE ROW LEVEL SECURITY;
CREATE POLICY notification_own ON notification TO loft_service
    USING (person_id = (SELECT principal_person()));
CREATE POLICY notification_system ON notification TO loft_service
    USING ((SELECT has_role('system')));
