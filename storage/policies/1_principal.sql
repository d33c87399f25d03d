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
