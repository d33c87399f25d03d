-- ---- quote requests --------------------------------------------------------------------------

ALTER TABLE quote_request ENABLE ROW LEVEL SECURITY;

-- Seen by who made it and by smart_admin; without an account in the request that makes it, and never
-- again: that is its receipt.
CREATE POLICY quote_request_read_own ON quote_request FOR SELECT TO loft_service
    USING (requested_by = (SELECT principal_user())
           OR requested_by_client = (SELECT principal_user()));
CREATE POLICY quote_request_read_new ON quote_request FOR SELECT TO loft_service
    USING (received_tx = pg_current_xact_id_if_assigned() AND (SELECT principal_user() IS NULL)
           AND requested_by IS NULL AND requested_by_client IS NULL);
CREATE POLICY quote_request_read_admin ON quote_request FOR SELECT TO loft_service
    USING ((SELECT has_role('smart_admin')));
CREATE POLICY quote_request_read_system ON quote_request FOR SELECT TO loft_service
    USING ((SELECT has_role('system')));

-- Made in one's own name, which for those without an account is none.
CREATE POLICY quote_request_create ON quote_request FOR INSERT TO loft_service
    WITH CHECK (coalesce(requested_by, requested_by_client)
                IS NOT DISTINCT FROM (SELECT principal_user()));

-- Who asked answers the quote, or takes the request back; all else is smart_admin's.
CREATE POLICY quote_request_answer ON quote_request FOR UPDATE TO loft_service
    USING (requested_by = (SELECT principal_user())
           OR requested_by_client = (SELECT principal_user()))
    WITH CHECK ((requested_by = (SELECT principal_user())
                 OR requested_by_client = (SELECT principal_user()))
                AND state IN ('accepted', 'declined', 'withdrawn'));
CREATE POLICY quote_request_update ON quote_request FOR UPDATE TO loft_service
    USING ((SELECT has_role('smart_admin')));

-- The service makes the draft of a course with its price when a quote is accepted.
CREATE POLICY ticket_type_system ON ticket_type FOR INSERT TO loft_service
    WITH CHECK ((SELECT has_role('system')));

-- ---- answers to those without an account -----------------------------------------------------

CREATE POLICY idempotency_key_anonymous ON idempotency_key TO loft_service
    USING (principal = 'anonymous'
           AND (SELECT principal_user() IS NULL AND NOT has_role('system')));
