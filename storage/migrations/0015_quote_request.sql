-- Quote requests: the way to a course whose price is by agreement (SM-R09). domain.md §4.2.

-- How long a course is meant to last, before it has sessions: two hours, or what was agreed upon.
ALTER TABLE course
    ADD COLUMN duration_minutes int CONSTRAINT course_duration_minutes_check
        CHECK (duration_minutes BETWEEN 1 AND 100000);

-- What an anonymous caller was answered, under their own key and for their own words alone.
ALTER TABLE idempotency_key
    DROP CONSTRAINT idempotency_key_principal_check,
    ADD CONSTRAINT idempotency_key_principal_check
        CHECK (principal ~ '^((user|client):[0-9a-f-]{36}|anonymous)$');

-- The contact is no row of person: whoever asks tells nobody whom the service knows.
CREATE TABLE quote_request (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    requested_by uuid
        CONSTRAINT quote_request_requested_by_fkey REFERENCES user_account,
    requested_by_client uuid
        CONSTRAINT quote_request_requested_by_client_fkey REFERENCES api_client,
    course_type text NOT NULL
        CONSTRAINT quote_request_course_type_fkey REFERENCES course_type (code),
    organisation_name text NOT NULL CONSTRAINT quote_request_organisation_name_check
        CHECK (text_within(organisation_name, 200)),
    org_number text
        CONSTRAINT quote_request_org_number_check CHECK (org_number_valid(org_number)),
    contact_full_name text NOT NULL CONSTRAINT quote_request_contact_full_name_check
        CHECK (text_within(contact_full_name, 200)),
    contact_email text NOT NULL CONSTRAINT quote_request_contact_email_check CHECK (
        octet_length(contact_email) <= 254
        AND normalise_email(contact_email) ~ '^[^@ ]+@[^@ ]+[.][^@ ]+$'),
    contact_phone text
        CONSTRAINT quote_request_contact_phone_check CHECK (text_within(contact_phone, 40)),
    desired_from_on date,
    desired_to_on date
        CONSTRAINT quote_request_desired_to_on_check CHECK (desired_to_on >= desired_from_on),
    participants_estimate int CONSTRAINT quote_request_participants_estimate_check
        CHECK (participants_estimate BETWEEN 1 AND 10000),
    location text CONSTRAINT quote_request_location_check CHECK (text_within(location, 200)),
    needs_text text CONSTRAINT quote_request_needs_text_check CHECK (text_within(needs_text, 5000)),
    requested_minutes int CONSTRAINT quote_request_requested_minutes_check
        CHECK (requested_minutes BETWEEN 1 AND 100000),
    state text NOT NULL DEFAULT 'received' CONSTRAINT quote_request_state_check
        CHECK (state IN ('received', 'quoted', 'accepted', 'declined', 'completed', 'withdrawn')),
    quoted_price_nok bigint CONSTRAINT quote_request_quoted_price_nok_check CHECK (
        quoted_price_nok BETWEEN 0 AND 1000000
        AND (quoted_price_nok IS NOT NULL OR state NOT IN ('quoted', 'accepted', 'completed'))),
    quoted_minutes int CONSTRAINT quote_request_quoted_minutes_check CHECK (
        quoted_minutes BETWEEN 1 AND 100000
        AND num_nonnulls(quoted_minutes, quoted_price_nok) <> 1),
    valid_until_on date CONSTRAINT quote_request_valid_until_on_check
        CHECK (num_nonnulls(valid_until_on, quoted_price_nok) <> 1),
    -- A draft that is thrown away takes nothing of the request with it.
    resulting_course_id uuid
        CONSTRAINT quote_request_resulting_course_id_key UNIQUE
        CONSTRAINT quote_request_resulting_course_id_fkey REFERENCES course ON DELETE SET NULL,
    received_at timestamptz NOT NULL DEFAULT business_now(),
    received_tx xid8 NOT NULL DEFAULT pg_current_xact_id(), -- see the policies
    is_example boolean NOT NULL DEFAULT false,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT quote_request_requested_by_check
        CHECK (num_nonnulls(requested_by, requested_by_client) <= 1)
);
CREATE INDEX quote_request_received_idx ON quote_request (received_at, id);
CREATE INDEX quote_request_updated_idx ON quote_request (updated_at, id);
CREATE INDEX quote_request_course_type_idx ON quote_request (course_type);
CREATE INDEX quote_request_requested_by_idx ON quote_request (requested_by)
    WHERE requested_by IS NOT NULL;
CREATE INDEX quote_request_requested_by_client_idx ON quote_request (requested_by_client)
    WHERE requested_by_client IS NOT NULL;
CREATE TRIGGER quote_request_touch BEFORE UPDATE ON quote_request
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

-- ---- what the service's role may touch -------------------------------------------------------

GRANT INSERT (duration_minutes), UPDATE (duration_minutes) ON course TO loft_service;
GRANT SELECT ON quote_request TO loft_service;
GRANT INSERT (requested_by, requested_by_client, course_type, organisation_name, org_number,
              contact_full_name, contact_email, contact_phone, desired_from_on, desired_to_on,
              participants_estimate, location, needs_text, requested_minutes),
      UPDATE (state, quoted_price_nok, quoted_minutes, valid_until_on, resulting_course_id)
    ON quote_request TO loft_service;
