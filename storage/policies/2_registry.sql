-- ---- registers -------------------------------------------------------------------------------

-- Municipalities, regions and the code lists are public and written by migrations alone; they have
-- no policies. Organisations are public too: a register of public numbers.

ALTER TABLE organisation ENABLE ROW LEVEL SECURITY;
CREATE POLICY organisation_read ON organisation FOR SELECT TO loft_service
    USING (true);
CREATE POLICY organisation_create ON organisation FOR INSERT TO loft_service
    WITH CHECK ((SELECT has_role('admin')));
CREATE POLICY organisation_update ON organisation FOR UPDATE TO loft_service
    USING ((SELECT has_role('admin')));

-- A booker or registrant works with what stands on the registration. Were the person's row open to
-- them, registering an e-mail address would show what was known of somebody before; for the same
-- reason an instructor's own registrations open nothing.
ALTER TABLE person ENABLE ROW LEVEL SECURITY;
CREATE POLICY person_read_self ON person FOR SELECT TO loft_service
    USING (id = (SELECT principal_person()));
CREATE POLICY person_read_admin ON person FOR SELECT TO loft_service
    USING ((SELECT has_role('admin') OR has_role('smart_admin')));
CREATE POLICY person_read_instructor ON person FOR SELECT TO loft_service
    USING ((SELECT granted('smart_instructor') <> '{}')
           AND id IN (SELECT r.person_id FROM registration r
                       WHERE r.course_id = ANY ((SELECT granted('smart_instructor'))::uuid[])
                         AND r.registered_by IS DISTINCT FROM (SELECT principal_user())));
CREATE POLICY person_create ON person FOR INSERT TO loft_service
    WITH CHECK ((SELECT has_role('admin')));
CREATE POLICY person_update ON person FOR UPDATE TO loft_service
    USING ((SELECT has_role('admin')));

-- ---- users, clients, grants ------------------------------------------------------------------

ALTER TABLE user_account ENABLE ROW LEVEL SECURITY;
CREATE POLICY user_account_read_self ON user_account FOR SELECT TO loft_service
    USING (id = (SELECT principal_user()));
CREATE POLICY user_account_read_admin ON user_account FOR SELECT TO loft_service
    USING ((SELECT has_role('admin')));
CREATE POLICY user_account_create ON user_account FOR INSERT TO loft_service
    WITH CHECK ((SELECT has_role('admin')));
CREATE POLICY user_account_update ON user_account FOR UPDATE TO loft_service
    USING ((SELECT has_role('admin')));

ALTER TABLE api_client ENABLE ROW LEVEL SECURITY;
CREATE POLICY api_client_read_self ON api_client FOR SELECT TO loft_service
    USING (id = (SELECT principal_user()));
CREATE POLICY api_client_read_admin ON api_client FOR SELECT TO loft_service
    USING ((SELECT has_role('admin')));
CREATE POLICY api_client_create ON api_client FOR INSERT TO loft_service
    WITH CHECK ((SELECT has_role('admin')));
CREATE POLICY api_client_update ON api_client FOR UPDATE TO loft_service
    USING ((SELECT has_role('admin')));

-- Nobody grants a role to themselves or takes one from themselves.
ALTER TABLE role_grant ENABLE ROW LEVEL SECURITY;
CREATE POLICY role_grant_read_own ON role_grant FOR SELECT TO loft_service
    USING ((SELECT principal_user()) IN (user_id, client_id));
CREATE POLICY role_grant_read_admin ON role_grant FOR SELECT TO loft_service
    USING ((SELECT has_role('admin')));
CREATE POLICY role_grant_create ON role_grant FOR INSERT TO loft_service
    WITH CHECK ((SELECT has_role('admin')) AND granted_by = (SELECT principal_user())
                AND user_id IS DISTINCT FROM (SELECT principal_user()));
CREATE POLICY role_grant_delete ON role_grant FOR DELETE TO loft_service
    USING ((SELECT has_role('admin')) AND user_id IS DISTINCT FROM (SELECT principal_user()));

-- ---- the event log and stored answers --------------------------------------------------------

-- Everybody who writes appends in their own name; the log is read by admin.
ALTER TABLE event ENABLE ROW LEVEL SECURITY;
CREATE POLICY event_read ON event FOR SELECT TO loft_service
    USING ((SELECT has_role('admin') OR has_role('system')));
CREATE POLICY event_append ON event FOR INSERT TO loft_service
    WITH CHECK (CASE actor_kind
                    WHEN 'system' THEN (SELECT has_role('system'))
                    WHEN 'anonymous'
                        THEN (SELECT principal_user() IS NULL AND NOT has_role('system'))
                    ELSE actor_id = (SELECT principal_user()) END);

-- An answer is for the one who asked. An id belongs to a user or to a client, never to both.
ALTER TABLE idempotency_key ENABLE ROW LEVEL SECURITY;
CREATE POLICY idempotency_key_own ON idempotency_key TO loft_service
    USING (principal IN ('user:' || (SELECT principal_user()),
                         'client:' || (SELECT principal_user())));
-- The service itself forgets what is old, and has no business with anything younger.
CREATE POLICY idempotency_key_system ON idempotency_key TO loft_service
    USING ((SELECT has_role('system')) AND created_at < clock_timestamp() - interval '48 hours');
