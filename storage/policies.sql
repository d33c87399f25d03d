-- Row policies: who sees and writes which row, said once for every list, item, export and report.
--
-- The service tells at the start of each transaction who is asking (storage/context.sql).
-- Everything here reads those settings; one that is missing or empty means nobody, and what no
-- policy allows is refused. Policies only add up: a row is open to a caller when one of them says
-- so. The owner (migrations, demo data, the narrow functions of the migrations) is not bound by them.
--
-- Run as loft_owner in one transaction, again whenever this text changes: everything is made anew.
-- Every call stands as (SELECT f()), so that it runs once per query and not once per row.

DO $$
DECLARE
    old record;
BEGIN
    FOR old IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'loft' LOOP
        EXECUTE format('DROP POLICY %I ON loft.%I', old.policyname, old.tablename);
    END LOOP;
END
$$;

-- ---- who is asking ---------------------------------------------------------------------------

-- The user_account or api_client; null for anonymous callers and the service itself.
CREATE OR REPLACE FUNCTION principal_user() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT NULLIF(current_setting('loft.user_id', true), '')::uuid
$$;

-- The person behind the user; null for machines.
CREATE OR REPLACE FUNCTION principal_person() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT NULLIF(current_setting('loft.person_id', true), '')::uuid
$$;

-- True when the caller holds the role with global scope.
CREATE OR REPLACE FUNCTION has_role(role text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(role = ANY (string_to_array(current_setting('loft.roles', true), ',')), false)
$$;

-- True when the caller's token carries the OAuth scope.
CREATE OR REPLACE FUNCTION has_scope(scope text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(scope = ANY (string_to_array(current_setting('loft.scopes', true), ',')), false)
$$;

-- The courses, organisations ... on which the caller holds the role; never null.
CREATE OR REPLACE FUNCTION granted(role text) RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    grants text := current_setting('loft.grants', true);
BEGIN
    IF grants IS NULL OR grants = '' THEN
        RETURN '{}';
    END IF;
    RETURN ARRAY(SELECT split_part(g, ':', 2)::uuid FROM unnest(string_to_array(grants, ',')) AS g
                  WHERE split_part(g, ':', 1) = role);
END
$$;

-- True for those who may register somebody for a course; which rows, the policies say.
CREATE OR REPLACE FUNCTION may_register() RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = loft, pg_temp AS $$
BEGIN
    RETURN has_role('participant') OR has_role('smart_admin') OR has_role('system')
        OR granted('booker') <> '{}'
        OR (has_scope('smart:register')
            AND (has_role('partner_system') OR granted('partner_system') <> '{}'));
END
$$;

GRANT EXECUTE ON FUNCTION principal_user(), principal_person(), has_role(text), has_scope(text),
    granted(text), may_register() TO loft_service;

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
CREATE POLICY idempotency_key_system ON idempotency_key TO loft_service
    USING ((SELECT has_role('system')));

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
