-- Certificates (kursbevis, sertifikat). domain.md §4.2, SM-R12.

-- Everything that the paper shows stands here as it was on the day of issue: the document is made of
-- this row alone, and what is corrected later becomes another certificate.
CREATE TABLE certificate (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    serial_no text NOT NULL -- four, four and four characters, the last a check digit
        CONSTRAINT certificate_serial_no_key UNIQUE
        CONSTRAINT certificate_serial_no_check
            CHECK (serial_no ~ '^([2-9A-HJKMNP-Z]{4}-){2}[2-9A-HJKMNP-Z]{4}$'),
    registration_id uuid NOT NULL,
    course_id uuid NOT NULL,
    person_id uuid NOT NULL CONSTRAINT certificate_person_id_fkey REFERENCES person,
    participant_name text NOT NULL
        CONSTRAINT certificate_participant_name_check CHECK (text_within(participant_name, 200)),
    course_title text NOT NULL,
    organiser_name text,
    held_on date[] NOT NULL, -- the days of the gatherings
    attended_days int NOT NULL
        CONSTRAINT certificate_attended_days_check CHECK (attended_days >= 0),
    issued_on date NOT NULL DEFAULT local_day(business_now()),
    issued_by uuid CONSTRAINT certificate_issued_by_fkey REFERENCES user_account,
    state text NOT NULL DEFAULT 'valid'
        CONSTRAINT certificate_state_check CHECK (state IN ('valid', 'revoked')),
    revoked_on date,
    revoked_reason text
        CONSTRAINT certificate_revoked_reason_check CHECK (text_within(revoked_reason, 500)),
    replaces_id uuid
        CONSTRAINT certificate_replaces_id_key UNIQUE
        CONSTRAINT certificate_replaces_id_fkey REFERENCES certificate,
    is_example boolean NOT NULL DEFAULT false,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT certificate_registration_id_fkey FOREIGN KEY (registration_id, course_id)
        REFERENCES registration (id, course_id),
    CONSTRAINT certificate_revoked_on_check CHECK ((state = 'revoked') = (revoked_on IS NOT NULL))
);
CREATE UNIQUE INDEX certificate_one_valid ON certificate (registration_id) WHERE state = 'valid';
CREATE INDEX certificate_registration_idx ON certificate (registration_id);
CREATE INDEX certificate_course_idx ON certificate (course_id);
CREATE INDEX certificate_person_idx ON certificate (person_id);
CREATE INDEX certificate_updated_idx ON certificate (updated_at, id);
CREATE TRIGGER certificate_touch BEFORE UPDATE ON certificate
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

-- What a certificate says of itself to whoever holds the paper; nothing that it does not show. The
-- serial number may be written with or without hyphens, in any case.
CREATE FUNCTION certificate_verify(serial text)
RETURNS TABLE (serial_no text, state text, participant_name text, course_title text, issued_on date)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1 SET search_path = loft, pg_temp AS $$
BEGIN
    RETURN QUERY
        SELECT c.serial_no, c.state, c.participant_name, c.course_title, c.issued_on
          FROM certificate c
         WHERE c.serial_no = regexp_replace(upper(regexp_replace(serial, '[^0-9A-Za-z]', '', 'g')),
                                            '^(.{4})(.{4})(.{4})$', '\1-\2-\3');
END
$$;

GRANT EXECUTE ON FUNCTION certificate_verify(text) TO loft_service;
GRANT SELECT ON certificate TO loft_service;
GRANT INSERT (serial_no, registration_id, course_id, person_id, participant_name, course_title,
              organiser_name, held_on, attended_days, issued_by, replaces_id),
      UPDATE (state, revoked_on, revoked_reason)
    ON certificate TO loft_service;
