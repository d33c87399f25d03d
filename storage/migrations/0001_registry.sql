-- Registers that all programmes share: places, organisations, people, who may log in and what they
-- may do, the event log and the stored answers of retried requests.
--
-- Run once, in one transaction, as loft_owner with search_path = loft. Who sees which row is said in
-- policies.sql; here stand the tables, what the service's role may touch at all, and the narrow
-- functions that do what a policy would hide.
--
-- Constraints are named <table>_<column>_check, _fkey or _key: the service makes the field error of
-- an answer from the name. Names outside that scheme have a meaning of their own (constraint.c).

-- A function is for loft_service only when it is granted below.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- ---- functions of columns --------------------------------------------------------------------

-- UUID version 7: the first 48 bits are milliseconds since 1970, so that new rows lie together.
CREATE FUNCTION uuid_v7() RETURNS uuid
LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
    SELECT encode(
        set_bit(
            set_bit(
                overlay(uuid_send(gen_random_uuid())
                        PLACING substring(int8send(floor(extract(epoch FROM clock_timestamp())
                                                         * 1000)::bigint) FROM 3)
                        FROM 1 FOR 6),
                52, 1),
            53, 1),
        'hex')::uuid
$$;

-- The key by which a person is found: trimmed of ASCII white space, A to Z made small, nothing else.
-- The same rule in C: email_normalise in domain/base/text.h.
CREATE FUNCTION normalise_email(email text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT lower(btrim(email, E' \t\n\x0b\f\r') COLLATE "C")
$$;

-- Nine digits, the last a MOD11 check digit with weights 3 2 7 6 5 4 3 2; a remainder that would
-- need the digit 10 is never issued. The same rule in C: org_number_valid in domain/base/text.h.
CREATE FUNCTION org_number_valid(org_number text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN org_number ~ '^[0-9]{9}$' THEN
        (11 - (3 * substr(org_number, 1, 1)::int + 2 * substr(org_number, 2, 1)::int
             + 7 * substr(org_number, 3, 1)::int + 6 * substr(org_number, 4, 1)::int
             + 5 * substr(org_number, 5, 1)::int + 4 * substr(org_number, 6, 1)::int
             + 3 * substr(org_number, 7, 1)::int + 2 * substr(org_number, 8, 1)::int) % 11) % 11
        = substr(org_number, 9, 1)::int
        ELSE false END
$$;

-- True when there is text to read: something other than white space and no-break spaces, at most
-- `max_length` code points. What the C rules call 1 .. n code points, not blank.
CREATE FUNCTION text_within(value text, max_length int) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT char_length(value) <= max_length AND btrim(value, E' \t\n\x0b\f\r\u00a0') <> ''
$$;

-- The clock of business rules: the sandbox date when the request carries one, else the real time.
CREATE FUNCTION business_now() RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(NULLIF(current_setting('loft.now', true), '')::timestamptz, now())
$$;

-- Version and time of every edit. The trigger says which changes are edits (WHEN).
CREATE FUNCTION touch_row() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    NEW.updated_at := clock_timestamp();
    RETURN NEW;
END
$$;

-- ---- places ----------------------------------------------------------------------------------

CREATE TABLE municipality (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    municipality_no text NOT NULL
        CONSTRAINT municipality_municipality_no_key UNIQUE
        CONSTRAINT municipality_municipality_no_check
            CHECK (municipality_no ~ '^[0-9]{4}$' AND municipality_no !~ '^00|00$'),
    name text NOT NULL CONSTRAINT municipality_name_check CHECK (text_within(name, 200)),
    name_sma text CONSTRAINT municipality_name_sma_check CHECK (text_within(name_sma, 200)),
    county_no text GENERATED ALWAYS AS (left(municipality_no, 2)) STORED,
    valid_from_on date NOT NULL,
    valid_to_on date,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT municipality_valid_to_on_check CHECK (valid_to_on >= valid_from_on)
);
COMMENT ON COLUMN municipality.name_sma IS 'parallel name in South Sámi';
CREATE INDEX municipality_name_idx ON municipality (name COLLATE "nb-x-icu", id);

CREATE TABLE region (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    code text NOT NULL
        CONSTRAINT region_code_key UNIQUE
        CONSTRAINT region_code_check
            CHECK (code ~ '^[a-z0-9]+([-_][a-z0-9]+)*$' AND char_length(code) <= 64),
    name text NOT NULL CONSTRAINT region_name_check CHECK (text_within(name, 200)),
    is_active boolean NOT NULL DEFAULT true,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- ---- organisations ---------------------------------------------------------------------------

CREATE TABLE organisation (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    org_type text NOT NULL CONSTRAINT organisation_org_type_check CHECK (org_type IN (
        'olympiatoppen_unit', 'federation', 'club', 'cluster_member', 'municipality', 'county',
        'private_owner', 'kindergarten', 'school', 'sfo', 'ppt', 'uh_institution', 'statped',
        'competence_network', 'state_administrator', 'union', 'interest_org', 'research_centre',
        'company', 'voluntary', 'other')),
    name text NOT NULL CONSTRAINT organisation_name_check CHECK (text_within(name, 200)),
    short_name text CONSTRAINT organisation_short_name_check CHECK (text_within(short_name, 100)),
    org_number text
        CONSTRAINT organisation_org_number_key UNIQUE
        CONSTRAINT organisation_org_number_check CHECK (org_number_valid(org_number)),
    municipality_no text
        CONSTRAINT organisation_municipality_no_fkey REFERENCES municipality (municipality_no),
    parent_id uuid
        CONSTRAINT organisation_parent_id_fkey REFERENCES organisation,
    language text NOT NULL DEFAULT 'nb'
        CONSTRAINT organisation_language_check CHECK (language IN ('nb', 'nn')),
    is_example boolean NOT NULL DEFAULT false,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT organisation_parent_id_check CHECK (parent_id <> id)
);
CREATE INDEX organisation_updated_idx ON organisation (updated_at, id);
CREATE INDEX organisation_name_idx ON organisation (name COLLATE "nb-x-icu", id);
CREATE INDEX organisation_municipality_no_idx ON organisation (municipality_no);
CREATE INDEX organisation_parent_id_idx ON organisation (parent_id);
CREATE TRIGGER organisation_touch BEFORE UPDATE ON organisation
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

-- ---- people ----------------------------------------------------------------------------------

-- The id is random (version 4): a version 7 would tell when the person was first seen, which an
-- answer to someone who registers them must not.
CREATE TABLE person (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    full_name text NOT NULL CONSTRAINT person_full_name_check CHECK (text_within(full_name, 200)),
    email text NOT NULL CONSTRAINT person_email_check CHECK (
        octet_length(email) <= 254 AND normalise_email(email) ~ '^[^@ ]+@[^@ ]+[.][^@ ]+$'),
    email_key text NOT NULL GENERATED ALWAYS AS (normalise_email(email)) STORED
        CONSTRAINT person_email_key UNIQUE,
    phone text CONSTRAINT person_phone_check CHECK (text_within(phone, 40)),
    birth_year int CONSTRAINT person_birth_year_check CHECK (birth_year BETWEEN 1900 AND 2100),
    gender text NOT NULL DEFAULT 'undisclosed' CONSTRAINT person_gender_check
        CHECK (gender IN ('female', 'male', 'other', 'undisclosed')),
    is_example boolean NOT NULL DEFAULT false,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX person_updated_idx ON person (updated_at, id);
CREATE INDEX person_full_name_idx ON person (full_name COLLATE "nb-x-icu", id);
-- Columns one by one: a trigger cannot compare a whole row that has a generated column.
CREATE TRIGGER person_touch BEFORE UPDATE ON person
    FOR EACH ROW WHEN ((OLD.full_name, OLD.email, OLD.phone, OLD.birth_year, OLD.gender, OLD.is_example)
        IS DISTINCT FROM
        (NEW.full_name, NEW.email, NEW.phone, NEW.birth_year, NEW.gender, NEW.is_example))
    EXECUTE FUNCTION touch_row();

-- ---- who may log in --------------------------------------------------------------------------

CREATE TABLE user_account (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    issuer text NOT NULL DEFAULT 'local'
        CONSTRAINT user_account_issuer_check CHECK (octet_length(issuer) BETWEEN 1 AND 500),
    subject text NOT NULL
        CONSTRAINT user_account_subject_check CHECK (octet_length(subject) BETWEEN 1 AND 255),
    person_id uuid
        CONSTRAINT user_account_person_id_key UNIQUE
        CONSTRAINT user_account_person_id_fkey REFERENCES person,
    is_active boolean NOT NULL DEFAULT true,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT user_account_subject_key UNIQUE (subject, issuer)
);
CREATE INDEX user_account_updated_idx ON user_account (updated_at, id);
CREATE TRIGGER user_account_touch BEFORE UPDATE ON user_account
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

-- Machines. The secret is shown once and kept as SHA-256; the service reads it through
-- client_for_login alone.
CREATE TABLE api_client (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    client_id text NOT NULL
        CONSTRAINT api_client_client_id_key UNIQUE
        CONSTRAINT api_client_client_id_check
            CHECK (client_id ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND char_length(client_id) BETWEEN 3 AND 64),
    name text NOT NULL CONSTRAINT api_client_name_check CHECK (text_within(name, 200)),
    organisation_id uuid
        CONSTRAINT api_client_organisation_id_fkey REFERENCES organisation,
    secret_sha256 text NOT NULL
        CONSTRAINT api_client_secret_sha256_check CHECK (secret_sha256 ~ '^[0-9a-f]{64}$'),
    scopes text[] NOT NULL CONSTRAINT api_client_scopes_check CHECK (
        cardinality(scopes) BETWEEN 1 AND 32
        AND scopes <@ ARRAY['registry:read', 'registry:write', 'smart:read', 'smart:write',
                            'smart:register', 'smart:contact', 'smart:sensitive', 'audit:read',
                            'admin:write']),
    is_active boolean NOT NULL DEFAULT true,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX api_client_updated_idx ON api_client (updated_at, id);
CREATE INDEX api_client_organisation_id_idx ON api_client (organisation_id);
CREATE TRIGGER api_client_touch BEFORE UPDATE ON api_client
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

-- Roles live here alone. Granted and taken away, never edited. Which role takes which scope is the
-- table in domain/base/role.c; `system` is the service itself and is granted to nobody.
CREATE TABLE role_grant (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    user_id uuid
        CONSTRAINT role_grant_user_id_fkey REFERENCES user_account ON DELETE CASCADE,
    client_id uuid
        CONSTRAINT role_grant_client_id_fkey REFERENCES api_client ON DELETE CASCADE,
    role text NOT NULL CONSTRAINT role_grant_role_check CHECK (role IN (
        'admin', 'smart_admin', 'smart_instructor', 'participant', 'booker', 'partner_system')),
    scope_type text NOT NULL CONSTRAINT role_grant_scope_type_check CHECK (scope_type IN (
        'global', 'region', 'cohort', 'course', 'organisation', 'institution', 'network', 'forum',
        'county')),
    scope_id uuid,
    granted_by uuid
        CONSTRAINT role_grant_granted_by_fkey REFERENCES user_account ON DELETE SET NULL,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT role_grant_user_id_check CHECK (num_nonnulls(user_id, client_id) = 1),
    CONSTRAINT role_grant_client_id_check CHECK ((client_id IS NOT NULL) = (role = 'partner_system')),
    CONSTRAINT role_grant_scope_id_check CHECK ((scope_type = 'global') = (scope_id IS NULL)),
    CONSTRAINT role_grant_role_key
        UNIQUE NULLS NOT DISTINCT (user_id, client_id, role, scope_type, scope_id)
);
COMMENT ON COLUMN role_grant.granted_by IS 'null: by the owner of the database';
CREATE INDEX role_grant_updated_idx ON role_grant (updated_at, id);
CREATE INDEX role_grant_client_id_idx ON role_grant (client_id);
CREATE INDEX role_grant_scope_id_idx ON role_grant (scope_id);

-- One number that moves whenever anybody's identity or grants may have changed. The service reads it
-- in the first statement of each transaction and reads the grants again when it moved.
CREATE TABLE grant_epoch (
    is_only_row boolean PRIMARY KEY DEFAULT true
        CONSTRAINT grant_epoch_is_only_row_check CHECK (is_only_row),
    epoch bigint NOT NULL
);
INSERT INTO grant_epoch (epoch) VALUES (1);

CREATE FUNCTION bump_grant_epoch() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    UPDATE grant_epoch SET epoch = epoch + 1;
    RETURN NULL;
END
$$;
CREATE TRIGGER role_grant_bump AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON role_grant
    FOR EACH STATEMENT EXECUTE FUNCTION bump_grant_epoch();
CREATE TRIGGER user_account_bump AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON user_account
    FOR EACH STATEMENT EXECUTE FUNCTION bump_grant_epoch();
CREATE TRIGGER api_client_bump AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON api_client
    FOR EACH STATEMENT EXECUTE FUNCTION bump_grant_epoch();

-- ---- the event log ---------------------------------------------------------------------------

-- Audit, change feed and webhooks read this one log. Every write appends to it in its own
-- transaction; a reader that goes by (tx, seq) below the oldest running transaction misses nothing.
-- It names people by id only: what was written about them stays on their rows.
CREATE TABLE event (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL DEFAULT uuid_v7(),
    tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
    occurred_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor_kind text NOT NULL CONSTRAINT event_actor_kind_check
        CHECK (actor_kind IN ('user', 'client', 'system', 'anonymous')),
    actor_id uuid,
    operation text NOT NULL
        CONSTRAINT event_operation_check CHECK (char_length(operation) BETWEEN 1 AND 100),
    resource_type text NOT NULL
        CONSTRAINT event_resource_type_check CHECK (char_length(resource_type) BETWEEN 1 AND 60),
    resource_id uuid,
    version int,
    from_state text CONSTRAINT event_from_state_check CHECK (char_length(from_state) <= 60),
    to_state text CONSTRAINT event_to_state_check CHECK (char_length(to_state) <= 60),
    reason text CONSTRAINT event_reason_check CHECK (char_length(reason) <= 500),
    changes jsonb,
    request_id text CONSTRAINT event_request_id_check CHECK (octet_length(request_id) <= 64),
    CONSTRAINT event_actor_id_check
        CHECK ((actor_kind IN ('user', 'client')) = (actor_id IS NOT NULL))
);
CREATE UNIQUE INDEX event_tx_seq_idx ON event (tx, seq);
CREATE INDEX event_resource_idx ON event (resource_type, resource_id);
CREATE INDEX event_occurred_idx ON event (occurred_at, id);
CREATE INDEX event_actor_id_idx ON event (actor_id);

CREATE FUNCTION refuse_change_of_event() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the event log is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_event();

-- ---- answers of retried requests -------------------------------------------------------------

CREATE TABLE idempotency_key (
    principal text NOT NULL
        CONSTRAINT idempotency_key_principal_check CHECK (principal ~ '^(user|client):[0-9a-f-]{36}$'),
    key text NOT NULL
        CONSTRAINT idempotency_key_key_check CHECK (char_length(key) BETWEEN 1 AND 255),
    request_hash text NOT NULL,
    operation text NOT NULL,
    status int NOT NULL CONSTRAINT idempotency_key_status_check CHECK (status BETWEEN 200 AND 299),
    headers jsonb NOT NULL DEFAULT '{}',
    body text,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (principal, key)
);
CREATE INDEX idempotency_key_created_idx ON idempotency_key (created_at);

-- ---- narrow owner functions ------------------------------------------------------------------

-- The person with this e-mail, made when there is none. Never changes what is known, and gives
-- nothing back but the id, so that nobody learns whether the person was there. Two callers at once
-- get the same person. Only for those who may register somebody (may_register in policies.sql).
CREATE FUNCTION person_find_or_create(full_name text, email text, phone text) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = loft, pg_temp AS $$
DECLARE
    found_id uuid;
BEGIN
    IF NOT may_register() THEN
        RAISE EXCEPTION 'no right to register anybody' USING ERRCODE = 'insufficient_privilege';
    END IF;
    LOOP
        SELECT p.id INTO found_id FROM person p
         WHERE p.email_key = normalise_email(person_find_or_create.email);
        EXIT WHEN found_id IS NOT NULL;
        INSERT INTO person AS p (full_name, email, phone)
        VALUES (btrim(person_find_or_create.full_name, E' \t\n\x0b\f\r'),
                btrim(person_find_or_create.email, E' \t\n\x0b\f\r'), person_find_or_create.phone)
        ON CONFLICT ON CONSTRAINT person_email_key DO NOTHING
        RETURNING p.id INTO found_id;
        -- Nothing inserted: someone else's row was committed meanwhile; the next round finds it.
        EXIT WHEN found_id IS NOT NULL;
    END LOOP;
    RETURN found_id;
END
$$;

-- What a login compares; no row for an unknown client. Called before there is a principal.
CREATE FUNCTION client_for_login(client_id text)
RETURNS TABLE (id uuid, secret_sha256 text, scopes text[], active boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT c.id, c.secret_sha256, c.scopes, c.is_active
      FROM api_client c WHERE c.client_id = client_for_login.client_id;
END
$$;

-- Who a verified token speaks for: grants as 'role|scope_type|scope_id' (nothing after the last bar
-- for global) and the epoch they were read at, from one snapshot. No row for an unknown subject.
CREATE FUNCTION principal_for_subject(issuer text, subject text)
RETURNS TABLE (id uuid, person_id uuid, active boolean, grants text[], epoch bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT u.id, u.person_id, u.is_active,
           ARRAY(SELECT g.role || '|' || g.scope_type || '|' || coalesce(g.scope_id::text, '')
                   FROM role_grant g WHERE g.user_id = u.id ORDER BY g.id),
           (SELECT e.epoch FROM grant_epoch e)
      FROM user_account u
     WHERE u.subject = principal_for_subject.subject AND u.issuer = principal_for_subject.issuer;
END
$$;

CREATE FUNCTION principal_for_client(client_id text)
RETURNS TABLE (id uuid, person_id uuid, active boolean, grants text[], epoch bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT c.id, NULL::uuid, c.is_active,
           ARRAY(SELECT g.role || '|' || g.scope_type || '|' || coalesce(g.scope_id::text, '')
                   FROM role_grant g WHERE g.client_id = c.id ORDER BY g.id),
           (SELECT e.epoch FROM grant_epoch e)
      FROM api_client c
     WHERE c.client_id = principal_for_client.client_id;
END
$$;

-- ---- what the service's role may touch -------------------------------------------------------

-- Ids, versions, times of rows and what triggers keep are never written by the service.

GRANT EXECUTE ON FUNCTION
    uuid_v7(), normalise_email(text), org_number_valid(text), text_within(text, int), business_now(),
    person_find_or_create(text, text, text), client_for_login(text),
    principal_for_subject(text, text), principal_for_client(text)
TO loft_service;

GRANT SELECT ON municipality, region, organisation, person, user_account, role_grant, grant_epoch,
    event, idempotency_key TO loft_service;
GRANT SELECT (id, client_id, name, organisation_id, scopes, is_active, version, created_at, updated_at)
    ON api_client TO loft_service;

GRANT INSERT (org_type, name, short_name, org_number, municipality_no, parent_id, language, is_example),
      UPDATE (org_type, name, short_name, org_number, municipality_no, parent_id, language, is_example)
    ON organisation TO loft_service;
GRANT INSERT (full_name, email, phone, birth_year, gender, is_example),
      UPDATE (full_name, email, phone, birth_year, gender, is_example)
    ON person TO loft_service;
GRANT INSERT (issuer, subject, person_id, is_active),
      UPDATE (person_id, is_active)
    ON user_account TO loft_service;
GRANT INSERT (client_id, name, organisation_id, secret_sha256, scopes, is_active),
      UPDATE (name, organisation_id, secret_sha256, scopes, is_active)
    ON api_client TO loft_service;
GRANT INSERT (user_id, client_id, role, scope_type, scope_id, granted_by), DELETE
    ON role_grant TO loft_service;
GRANT INSERT (actor_kind, actor_id, operation, resource_type, resource_id, version, from_state,
              to_state, reason, changes, request_id)
    ON event TO loft_service;
GRANT INSERT (principal, key, request_hash, operation, status, headers, body), DELETE
    ON idempotency_key TO loft_service;
