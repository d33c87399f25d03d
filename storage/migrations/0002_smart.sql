-- SMART: courses with gatherings, sessions, ticket types and included items; registrations, seats
-- and the waiting list. domain.md §0.1, §4.
--
-- Prices stand on the ticket type and are frozen on the registration. Numbers that may differ from
-- course to course are columns with a default.

-- ---- reference -------------------------------------------------------------------------------

CREATE TABLE course_type (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    code text NOT NULL
        CONSTRAINT course_type_code_key UNIQUE
        CONSTRAINT course_type_code_check
            CHECK (code ~ '^[a-z0-9]+([-_][a-z0-9]+)*$' AND char_length(code) <= 64),
    label_nb text NOT NULL CONSTRAINT course_type_label_nb_check CHECK (text_within(label_nb, 200)),
    label_nn text NOT NULL CONSTRAINT course_type_label_nn_check CHECK (text_within(label_nn, 200)),
    label_en text NOT NULL CONSTRAINT course_type_label_en_check CHECK (text_within(label_en, 200)),
    pricing_model text NOT NULL CONSTRAINT course_type_pricing_model_check
        CHECK (pricing_model IN ('fixed', 'free', 'quote')),
    default_price_nok bigint CONSTRAINT course_type_default_price_nok_check
        CHECK (default_price_nok BETWEEN 0 AND 1000000),
    default_capacity int CONSTRAINT course_type_default_capacity_check
        CHECK (default_capacity BETWEEN 1 AND 10000),
    default_duration_minutes int CONSTRAINT course_type_default_duration_minutes_check
        CHECK (default_duration_minutes BETWEEN 1 AND 100000),
    is_series boolean NOT NULL DEFAULT false,
    gives_certificate boolean NOT NULL DEFAULT false,
    -- What publishing demands of the plan (SM-R05, SM-R06); null: nothing.
    gatherings_expected int CONSTRAINT course_type_gatherings_expected_check
        CHECK (gatherings_expected BETWEEN 0 AND 40),
    gathering_days_expected int CONSTRAINT course_type_gathering_days_expected_check
        CHECK (gathering_days_expected BETWEEN 1 AND 20),
    festival_days_expected int CONSTRAINT course_type_festival_days_expected_check
        CHECK (festival_days_expected BETWEEN 0 AND 20),
    first_overnight_expected boolean NOT NULL DEFAULT false,
    sort_no int NOT NULL DEFAULT 0,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE profession (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    code text NOT NULL
        CONSTRAINT profession_code_key UNIQUE
        CONSTRAINT profession_code_check
            CHECK (code ~ '^[a-z0-9]+([-_][a-z0-9]+)*$' AND char_length(code) <= 64),
    label_nb text NOT NULL CONSTRAINT profession_label_nb_check CHECK (text_within(label_nb, 200)),
    label_nn text NOT NULL CONSTRAINT profession_label_nn_check CHECK (text_within(label_nn, 200)),
    label_en text NOT NULL CONSTRAINT profession_label_en_check CHECK (text_within(label_en, 200)),
    sort_no int NOT NULL DEFAULT 0,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Cancelled at least days_before calendar days before the first session: refund_bp of the price is
-- given back; the best row that is met counts (SM-R13).
CREATE TABLE cancellation_policy (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    code text NOT NULL
        CONSTRAINT cancellation_policy_code_key UNIQUE
        CONSTRAINT cancellation_policy_code_check
            CHECK (code ~ '^[a-z0-9]+([-_][a-z0-9]+)*$' AND char_length(code) <= 64),
    label_nb text NOT NULL
        CONSTRAINT cancellation_policy_label_nb_check CHECK (text_within(label_nb, 200)),
    label_nn text NOT NULL
        CONSTRAINT cancellation_policy_label_nn_check CHECK (text_within(label_nn, 200)),
    label_en text NOT NULL
        CONSTRAINT cancellation_policy_label_en_check CHECK (text_within(label_en, 200)),
    is_default boolean NOT NULL DEFAULT false,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE UNIQUE INDEX cancellation_policy_one_default ON cancellation_policy (is_default)
    WHERE is_default;

CREATE TABLE cancellation_rule (
    policy_id uuid NOT NULL CONSTRAINT cancellation_rule_policy_id_fkey
        REFERENCES cancellation_policy ON DELETE CASCADE,
    days_before int NOT NULL CONSTRAINT cancellation_rule_days_before_check
        CHECK (days_before BETWEEN 0 AND 3650),
    refund_bp int NOT NULL CONSTRAINT cancellation_rule_refund_bp_check
        CHECK (refund_bp BETWEEN 0 AND 10000),
    PRIMARY KEY (policy_id, days_before)
);

-- The policy of a course that names none.
CREATE FUNCTION default_cancellation_policy() RETURNS uuid
LANGUAGE plpgsql STABLE SET search_path = loft, pg_temp AS $$
BEGIN
    RETURN (SELECT p.id FROM cancellation_policy p WHERE p.is_default);
END
$$;

-- ---- courses ---------------------------------------------------------------------------------

CREATE TABLE course (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    code text NOT NULL
        CONSTRAINT course_code_key UNIQUE
        CONSTRAINT course_code_check
            CHECK (code ~ '^[a-z0-9]+([-_][a-z0-9]+)*$' AND char_length(code) <= 64),
    slug text
        CONSTRAINT course_slug_key UNIQUE
        CONSTRAINT course_slug_check
            CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND char_length(slug) <= 80),
    course_type text NOT NULL
        CONSTRAINT course_course_type_fkey REFERENCES course_type (code),
    title text NOT NULL CONSTRAINT course_title_check CHECK (text_within(title, 200)),
    description text CONSTRAINT course_description_check CHECK (char_length(description) <= 10000),
    focus_question text
        CONSTRAINT course_focus_question_check CHECK (char_length(focus_question) <= 1000),
    organiser_id uuid
        CONSTRAINT course_organiser_id_fkey REFERENCES organisation,
    municipality_no text
        CONSTRAINT course_municipality_no_fkey REFERENCES municipality (municipality_no),
    venue_name text CONSTRAINT course_venue_name_check CHECK (char_length(venue_name) <= 200),
    venue_address text
        CONSTRAINT course_venue_address_check CHECK (char_length(venue_address) <= 500),
    target_groups text[] NOT NULL DEFAULT '{}'
        CONSTRAINT course_target_groups_check CHECK (
            cardinality(target_groups) <= 20 AND array_position(target_groups, NULL) IS NULL
            AND octet_length(array_to_string(target_groups, '')) <= 8000),
    capacity int CONSTRAINT course_capacity_check CHECK (capacity BETWEEN 1 AND 10000),
    vat_bp int NOT NULL DEFAULT 0 CONSTRAINT course_vat_bp_check CHECK (vat_bp BETWEEN 0 AND 10000),
    registration_opens_at timestamptz,
    registration_closes_at timestamptz,
    cancellation_policy_id uuid DEFAULT default_cancellation_policy()
        CONSTRAINT course_cancellation_policy_id_fkey REFERENCES cancellation_policy,
    learning_group_size_target int NOT NULL DEFAULT 6
        CONSTRAINT course_learning_group_size_target_check
            CHECK (learning_group_size_target BETWEEN 2 AND 100),
    offer_hours int NOT NULL DEFAULT 72
        CONSTRAINT course_offer_hours_check CHECK (offer_hours BETWEEN 1 AND 720),
    waiting_list boolean NOT NULL DEFAULT true,
    festival_auto_seat boolean NOT NULL DEFAULT true,
    min_attendance_bp int NOT NULL DEFAULT 8000
        CONSTRAINT course_min_attendance_bp_check CHECK (min_attendance_bp BETWEEN 0 AND 10000),
    withdrawal_right_days int NOT NULL DEFAULT 14
        CONSTRAINT course_withdrawal_right_days_check CHECK (withdrawal_right_days BETWEEN 0 AND 365),
    state text NOT NULL DEFAULT 'draft' CONSTRAINT course_state_check
        CHECK (state IN ('draft', 'published', 'running', 'completed', 'cancelled')),
    is_example boolean NOT NULL DEFAULT false,

    -- Kept by the triggers below and by nothing else; none of these is an edit of the course.
    starts_at timestamptz, -- of the first session
    ends_at timestamptz,   -- of the last
    seats_confirmed int NOT NULL DEFAULT 0
        CONSTRAINT course_seats_confirmed_check CHECK (seats_confirmed >= 0),
    seats_offered int NOT NULL DEFAULT 0
        CONSTRAINT course_seats_offered_check CHECK (seats_offered >= 0),
    waitlisted int NOT NULL DEFAULT 0 CONSTRAINT course_waitlisted_check CHECK (waitlisted >= 0),
    last_queue_no bigint NOT NULL DEFAULT 0
        CONSTRAINT course_last_queue_no_check CHECK (last_queue_no >= 0),

    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT course_registration_closes_at_check
        CHECK (registration_closes_at > registration_opens_at),
    -- SM-R01, the last wall: no seat without a capacity, and never more than that.
    CONSTRAINT course_seats_within_capacity
        CHECK (seats_confirmed + seats_offered <= coalesce(capacity, 0))
) WITH (fillfactor = 70); -- counters change often: room for the new row on the same page
CREATE INDEX course_updated_idx ON course (updated_at, id);
CREATE INDEX course_starts_idx ON course (starts_at, id);
CREATE INDEX course_title_idx ON course (title COLLATE "nb-x-icu", id);
CREATE INDEX course_course_type_idx ON course (course_type);
CREATE INDEX course_organiser_id_idx ON course (organiser_id);
CREATE INDEX course_municipality_no_idx ON course (municipality_no);
-- Taken seats, the queue and the span of the sessions are no edits: version and updated_at stay.
CREATE TRIGGER course_touch BEFORE UPDATE ON course
    FOR EACH ROW WHEN (
        (OLD.seats_confirmed, OLD.seats_offered, OLD.waitlisted, OLD.last_queue_no, OLD.starts_at,
         OLD.ends_at) IS NOT DISTINCT FROM
        (NEW.seats_confirmed, NEW.seats_offered, NEW.waitlisted, NEW.last_queue_no, NEW.starts_at,
         NEW.ends_at)
        AND OLD.* IS DISTINCT FROM NEW.*)
    EXECUTE FUNCTION touch_row();

CREATE TABLE course_gathering (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    course_id uuid NOT NULL
        CONSTRAINT course_gathering_course_id_fkey REFERENCES course ON DELETE CASCADE,
    seq_no int NOT NULL CONSTRAINT course_gathering_seq_no_check CHECK (seq_no BETWEEN 1 AND 1000),
    kind text NOT NULL DEFAULT 'gathering' CONSTRAINT course_gathering_kind_check
        CHECK (kind IN ('gathering', 'festival')),
    title text CONSTRAINT course_gathering_title_check CHECK (text_within(title, 200)),
    overnight boolean NOT NULL DEFAULT false,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT course_gathering_seq_no_key UNIQUE (course_id, seq_no),
    CONSTRAINT course_gathering_id_course_id_key UNIQUE (id, course_id)
);
CREATE INDEX course_gathering_updated_idx ON course_gathering (updated_at, id);
CREATE TRIGGER course_gathering_touch BEFORE UPDATE ON course_gathering
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

-- One day of a gathering. course_id is that of the gathering, filled in by a trigger.
CREATE TABLE course_session (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    course_id uuid NOT NULL
        CONSTRAINT course_session_course_id_fkey REFERENCES course ON DELETE CASCADE,
    gathering_id uuid NOT NULL,
    title text CONSTRAINT course_session_title_check CHECK (text_within(title, 200)),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    venue_name text CONSTRAINT course_session_venue_name_check CHECK (char_length(venue_name) <= 200),
    has_practice_sharing boolean NOT NULL DEFAULT false,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT course_session_gathering_id_fkey FOREIGN KEY (gathering_id, course_id)
        REFERENCES course_gathering (id, course_id) ON DELETE CASCADE,
    CONSTRAINT course_session_ends_at_check
        CHECK (ends_at > starts_at AND ends_at <= starts_at + interval '24 hours')
);
CREATE INDEX course_session_course_idx ON course_session (course_id, starts_at);
CREATE INDEX course_session_gathering_idx ON course_session (gathering_id, starts_at);
CREATE INDEX course_session_starts_idx ON course_session (starts_at, id);
CREATE INDEX course_session_updated_idx ON course_session (updated_at, id);
CREATE TRIGGER course_session_touch BEFORE UPDATE ON course_session
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

CREATE FUNCTION fill_course_of_session() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    NEW.course_id := (SELECT g.course_id FROM course_gathering g WHERE g.id = NEW.gathering_id);
    IF NEW.course_id IS NULL THEN
        RAISE EXCEPTION 'no such gathering' USING ERRCODE = 'foreign_key_violation',
            SCHEMA = 'loft', TABLE = 'course_session', CONSTRAINT = 'course_session_gathering_id_fkey';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER course_session_course BEFORE INSERT OR UPDATE OF gathering_id ON course_session
    FOR EACH ROW EXECUTE FUNCTION fill_course_of_session();

CREATE FUNCTION keep_course_span() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    UPDATE course c SET starts_at = span.starts_at, ends_at = span.ends_at
      FROM (SELECT min(s.starts_at) AS starts_at, max(s.ends_at) AS ends_at FROM course_session s
             WHERE s.course_id = coalesce(NEW.course_id, OLD.course_id)) span
     WHERE c.id = coalesce(NEW.course_id, OLD.course_id)
       AND (c.starts_at, c.ends_at) IS DISTINCT FROM (span.starts_at, span.ends_at);
    RETURN NULL;
END
$$;
CREATE TRIGGER course_session_span AFTER INSERT OR UPDATE OF starts_at, ends_at OR DELETE
    ON course_session FOR EACH ROW EXECUTE FUNCTION keep_course_span();

-- All ticket types of a course share its capacity; one of its own is a limit within that. `claimed`
-- counts waitlisted, offered and confirmed registrations with this ticket.
CREATE TABLE ticket_type (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    course_id uuid NOT NULL
        CONSTRAINT ticket_type_course_id_fkey REFERENCES course ON DELETE CASCADE,
    code text NOT NULL CONSTRAINT ticket_type_code_check
        CHECK (code ~ '^[a-z0-9]+([-_][a-z0-9]+)*$' AND char_length(code) <= 64),
    name text NOT NULL CONSTRAINT ticket_type_name_check CHECK (text_within(name, 200)),
    price_nok bigint NOT NULL
        CONSTRAINT ticket_type_price_nok_check CHECK (price_nok BETWEEN 0 AND 1000000),
    eligibility text NOT NULL DEFAULT 'anyone' CONSTRAINT ticket_type_eligibility_check
        CHECK (eligibility IN ('anyone', 'municipality_employee')),
    eligible_organisation_id uuid
        CONSTRAINT ticket_type_eligible_organisation_id_fkey REFERENCES organisation,
    capacity int CONSTRAINT ticket_type_capacity_check CHECK (capacity BETWEEN 1 AND 10000),
    claimed int NOT NULL DEFAULT 0 CONSTRAINT ticket_type_claimed_check CHECK (claimed >= 0),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT ticket_type_code_key UNIQUE (course_id, code),
    CONSTRAINT ticket_type_id_course_id_key UNIQUE (id, course_id),
    CONSTRAINT ticket_type_eligible_organisation_id_check
        CHECK ((eligibility = 'municipality_employee') = (eligible_organisation_id IS NOT NULL)),
    CONSTRAINT ticket_type_claims_within_capacity CHECK (claimed <= capacity)
) WITH (fillfactor = 70);
CREATE INDEX ticket_type_updated_idx ON ticket_type (updated_at, id);
CREATE INDEX ticket_type_eligible_organisation_id_idx ON ticket_type (eligible_organisation_id);
CREATE TRIGGER ticket_type_touch BEFORE UPDATE ON ticket_type
    FOR EACH ROW WHEN (OLD.claimed = NEW.claimed AND OLD.* IS DISTINCT FROM NEW.*)
    EXECUTE FUNCTION touch_row();

-- What the price includes; with choice_required one of its options must be chosen (SM-R08).
CREATE TABLE course_item (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    course_id uuid NOT NULL
        CONSTRAINT course_item_course_id_fkey REFERENCES course ON DELETE CASCADE,
    code text NOT NULL CONSTRAINT course_item_code_check
        CHECK (code ~ '^[a-z0-9]+([-_][a-z0-9]+)*$' AND char_length(code) <= 64),
    name text NOT NULL CONSTRAINT course_item_name_check CHECK (text_within(name, 200)),
    choice_required boolean NOT NULL DEFAULT false,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT course_item_code_key UNIQUE (course_id, code)
);
CREATE INDEX course_item_updated_idx ON course_item (updated_at, id);
CREATE TRIGGER course_item_touch BEFORE UPDATE ON course_item
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

CREATE TABLE item_option (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    item_id uuid NOT NULL
        CONSTRAINT item_option_item_id_fkey REFERENCES course_item ON DELETE CASCADE,
    code text NOT NULL CONSTRAINT item_option_code_check
        CHECK (code ~ '^[a-z0-9]+([-_][a-z0-9]+)*$' AND char_length(code) <= 64),
    name text NOT NULL CONSTRAINT item_option_name_check CHECK (text_within(name, 200)),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT item_option_code_key UNIQUE (item_id, code)
);
CREATE INDEX item_option_updated_idx ON item_option (updated_at, id);
CREATE TRIGGER item_option_touch BEFORE UPDATE ON item_option
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

-- ---- registrations ---------------------------------------------------------------------------

-- participant_* is what the registrant wrote, frozen: no answer tells what was known of a person
-- before. registered_by or registered_by_client says who registered.
CREATE TABLE registration (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    course_id uuid NOT NULL
        CONSTRAINT registration_course_id_fkey REFERENCES course,
    ticket_type_id uuid NOT NULL,
    person_id uuid NOT NULL
        CONSTRAINT registration_person_id_fkey REFERENCES person,
    registered_by uuid
        CONSTRAINT registration_registered_by_fkey REFERENCES user_account,
    registered_by_client uuid
        CONSTRAINT registration_registered_by_client_fkey REFERENCES api_client,
    participant_name text NOT NULL
        CONSTRAINT registration_participant_name_check CHECK (text_within(participant_name, 200)),
    participant_email text NOT NULL
        CONSTRAINT registration_participant_email_check CHECK (
            octet_length(participant_email) <= 254
            AND normalise_email(participant_email) ~ '^[^@ ]+@[^@ ]+[.][^@ ]+$'),
    participant_phone text
        CONSTRAINT registration_participant_phone_check CHECK (text_within(participant_phone, 40)),
    profession_code text NOT NULL
        CONSTRAINT registration_profession_code_fkey REFERENCES profession (code),
    profession_other text
        CONSTRAINT registration_profession_other_check
            CHECK (char_length(profession_other) <= 200
                   AND (profession_code <> 'annet' OR profession_other IS NOT NULL)),
    employer_organisation_id uuid
        CONSTRAINT registration_employer_organisation_id_fkey REFERENCES organisation,
    employer_name text
        CONSTRAINT registration_employer_name_check CHECK (char_length(employer_name) <= 200),
    municipality_no text
        CONSTRAINT registration_municipality_no_fkey REFERENCES municipality (municipality_no),
    buyer_type text NOT NULL CONSTRAINT registration_buyer_type_check
        CHECK (buyer_type IN ('consumer', 'organisation')),
    invoice_recipient text CONSTRAINT registration_invoice_recipient_check
        CHECK (char_length(invoice_recipient) <= 200),
    invoice_org_number text CONSTRAINT registration_invoice_org_number_check
        CHECK (org_number_valid(invoice_org_number)),
    invoice_address text CONSTRAINT registration_invoice_address_check
        CHECK (char_length(invoice_address) <= 500),
    invoice_reference text CONSTRAINT registration_invoice_reference_check
        CHECK (char_length(invoice_reference) <= 200),
    invoice_email text CONSTRAINT registration_invoice_email_check
        CHECK (octet_length(invoice_email) <= 254),
    dietary_note text CONSTRAINT registration_dietary_note_check
        CHECK (char_length(dietary_note) <= 1000),
    item_choices jsonb NOT NULL DEFAULT '{}' CONSTRAINT registration_item_choices_check
        CHECK (jsonb_typeof(item_choices) = 'object' AND octet_length(item_choices::text) <= 10000),
    state text NOT NULL CONSTRAINT registration_state_check
        CHECK (state IN ('confirmed', 'waitlisted', 'offered', 'expired', 'withdrawn', 'cancelled',
                         'completed', 'no_show')),
    waitlist_seq bigint CONSTRAINT registration_waitlist_seq_check
        CHECK (waitlist_seq > 0 AND (state <> 'waitlisted' OR waitlist_seq IS NOT NULL)),
    offer_expires_at timestamptz CONSTRAINT registration_offer_expires_at_check
        CHECK (state <> 'offered' OR offer_expires_at IS NOT NULL),
    price_nok bigint NOT NULL
        CONSTRAINT registration_price_nok_check CHECK (price_nok BETWEEN 0 AND 1000000),
    payment_state text NOT NULL CONSTRAINT registration_payment_state_check
        CHECK (payment_state IN ('not_required', 'to_invoice', 'invoiced', 'paid', 'credited',
                                 'cancelled')),
    registered_at timestamptz NOT NULL DEFAULT business_now(),
    cancelled_at timestamptz,
    refund_nok bigint CONSTRAINT registration_refund_nok_check
        CHECK (refund_nok BETWEEN 0 AND price_nok AND (refund_nok IS NULL OR state = 'cancelled')),
    is_example boolean NOT NULL DEFAULT false,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- The ticket is one of this course.
    CONSTRAINT registration_ticket_type_id_fkey FOREIGN KEY (ticket_type_id, course_id)
        REFERENCES ticket_type (id, course_id),
    CONSTRAINT registration_registered_by_check
        CHECK (num_nonnulls(registered_by, registered_by_client) <= 1)
) WITH (fillfactor = 85);

-- SM-R03.
CREATE UNIQUE INDEX registration_one_active_per_person ON registration (course_id, person_id)
    WHERE state IN ('waitlisted', 'offered', 'confirmed', 'completed', 'no_show');
-- SM-R02: a place in line is given once.
CREATE UNIQUE INDEX registration_waitlist_seq_unique ON registration (course_id, waitlist_seq)
    WHERE waitlist_seq IS NOT NULL;
CREATE INDEX registration_queue_idx ON registration (course_id, waitlist_seq)
    WHERE state = 'waitlisted';
CREATE INDEX registration_offer_idx ON registration (offer_expires_at) WHERE state = 'offered';
CREATE INDEX registration_course_idx ON registration (course_id, registered_at, id);
CREATE INDEX registration_updated_idx ON registration (updated_at, id);
CREATE INDEX registration_person_id_idx ON registration (person_id);
CREATE INDEX registration_registered_by_idx ON registration (registered_by)
    WHERE registered_by IS NOT NULL;
CREATE INDEX registration_registered_by_client_idx ON registration (registered_by_client)
    WHERE registered_by_client IS NOT NULL;
CREATE INDEX registration_employer_organisation_id_idx ON registration (employer_organisation_id)
    WHERE employer_organisation_id IS NOT NULL;
CREATE TRIGGER registration_touch BEFORE UPDATE ON registration
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

-- The next place in line, whatever the statement said; taking it locks the course row.
CREATE FUNCTION take_queue_no() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' OR OLD.state <> 'waitlisted' THEN
        UPDATE course c SET last_queue_no = c.last_queue_no + 1 WHERE c.id = NEW.course_id
        RETURNING c.last_queue_no INTO NEW.waitlist_seq;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER registration_queue BEFORE INSERT OR UPDATE OF state ON registration
    FOR EACH ROW WHEN (NEW.state = 'waitlisted') EXECUTE FUNCTION take_queue_no();

-- Seats are counted here, as the owner: a count through row policies would see the caller's rows
-- only. Completed and no_show are confirmed seats of a course that is over.
CREATE FUNCTION keep_seats() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
DECLARE
    was text := CASE WHEN TG_OP <> 'INSERT' THEN OLD.state END;
    becomes text := CASE WHEN TG_OP <> 'DELETE' THEN NEW.state END;
    confirmed int := (coalesce(becomes IN ('confirmed', 'completed', 'no_show'), false))::int
                   - (coalesce(was IN ('confirmed', 'completed', 'no_show'), false))::int;
    offered int := (coalesce(becomes = 'offered', false))::int
                 - (coalesce(was = 'offered', false))::int;
    waiting int := (coalesce(becomes = 'waitlisted', false))::int
                 - (coalesce(was = 'waitlisted', false))::int;
BEGIN
    IF confirmed <> 0 OR offered <> 0 OR waiting <> 0 THEN
        UPDATE course c
           SET seats_confirmed = c.seats_confirmed + confirmed,
               seats_offered = c.seats_offered + offered,
               waitlisted = c.waitlisted + waiting
         WHERE c.id = coalesce(NEW.course_id, OLD.course_id);
    END IF;
    IF confirmed + offered + waiting <> 0 THEN
        UPDATE ticket_type t SET claimed = t.claimed + confirmed + offered + waiting
         WHERE t.id = coalesce(NEW.ticket_type_id, OLD.ticket_type_id);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER registration_seats AFTER INSERT OR UPDATE OF state OR DELETE ON registration
    FOR EACH ROW EXECUTE FUNCTION keep_seats();

-- A registration stays with its course and ticket, or the counters would follow the wrong ones.
CREATE FUNCTION refuse_move_of_registration() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a registration cannot move to another course or ticket'
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER registration_stays BEFORE UPDATE OF course_id, ticket_type_id ON registration
    FOR EACH ROW WHEN (OLD.course_id <> NEW.course_id OR OLD.ticket_type_id <> NEW.ticket_type_id)
    EXECUTE FUNCTION refuse_move_of_registration();

-- ---- seats and queue, read past the row policies ---------------------------------------------

-- Offers of a course that stand at an instant. One that has run out by then is not counted, whether
-- or not the worker has been there. Only worth asking when seats_offered is not 0.
CREATE FUNCTION offers_standing(course_id uuid, at timestamptz DEFAULT business_now()) RETURNS int
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    RETURN (SELECT count(*) FROM registration r
             WHERE r.course_id = offers_standing.course_id AND r.state = 'offered'
               AND r.offer_expires_at > at);
END
$$;

-- Seats of a course at an instant. No row for a draft, unless the caller may see it; few_left as in
-- domain/smart/seats.h; free and few_left are null without a capacity.
CREATE FUNCTION course_seats(course_id uuid, at timestamptz DEFAULT business_now())
RETURNS TABLE (capacity int, confirmed int, offered int, waitlisted int, free int, few_left boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = loft, pg_temp AS $$
DECLARE
    course_state text;
BEGIN
    SELECT c.state, c.capacity, c.seats_confirmed, c.seats_offered, c.waitlisted
      INTO course_state, capacity, confirmed, offered, waitlisted
      FROM course c WHERE c.id = course_seats.course_id;
    IF NOT FOUND
       OR (course_state = 'draft' AND NOT has_role('smart_admin') AND NOT has_role('system')
           AND course_seats.course_id <> ALL (granted('smart_instructor'))) THEN
        RETURN;
    END IF;
    IF offered > 0 THEN
        offered := offers_standing(course_seats.course_id, at);
    END IF;
    -- Null without a capacity, both of them: greatest() would pass over the null.
    free := CASE WHEN capacity IS NOT NULL THEN greatest(capacity - confirmed - offered, 0) END;
    few_left := free > 0 AND free <= greatest(3, capacity / 10);
    RETURN NEXT;
END
$$;

-- How many wait before this place in line. Says no more than the public number of those who wait.
CREATE FUNCTION waiting_before(course_id uuid, waitlist_seq bigint) RETURNS int
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    RETURN (SELECT count(*) FROM registration r
             WHERE r.course_id = waiting_before.course_id AND r.state = 'waitlisted'
               AND r.waitlist_seq < waiting_before.waitlist_seq);
END
$$;

-- 1 = next in line; null when the registration does not wait or the caller may not see it. It reads
-- the registration with the caller's eyes and counts the others with the owner's.
CREATE FUNCTION queue_position(registration_id uuid) RETURNS int
LANGUAGE plpgsql STABLE SET search_path = loft, pg_temp AS $$
BEGIN
    RETURN (SELECT waiting_before(r.course_id, r.waitlist_seq) + 1 FROM registration r
             WHERE r.id = queue_position.registration_id AND r.state = 'waitlisted');
END
$$;

-- ---- grants that name a course or organisation -----------------------------------------------

-- scope_id has no foreign key, as its table depends on scope_type; these two stand in for it.
CREATE FUNCTION check_grant_scope() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    IF (NEW.scope_type = 'course' AND NOT EXISTS (SELECT FROM course WHERE id = NEW.scope_id))
    OR (NEW.scope_type = 'region' AND NOT EXISTS (SELECT FROM region WHERE id = NEW.scope_id))
    OR (NEW.scope_type IN ('organisation', 'institution', 'county')
        AND NOT EXISTS (SELECT FROM organisation WHERE id = NEW.scope_id)) THEN
        RAISE EXCEPTION 'no such % to grant a role on', NEW.scope_type
            USING ERRCODE = 'foreign_key_violation', SCHEMA = 'loft', TABLE = 'role_grant',
                  CONSTRAINT = 'role_grant_scope_id_fkey';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER role_grant_scope BEFORE INSERT OR UPDATE ON role_grant
    FOR EACH ROW EXECUTE FUNCTION check_grant_scope();

CREATE FUNCTION drop_grants_of_scope() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    DELETE FROM role_grant g WHERE g.scope_id = OLD.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER course_grants AFTER DELETE ON course
    FOR EACH ROW EXECUTE FUNCTION drop_grants_of_scope();
CREATE TRIGGER organisation_grants AFTER DELETE ON organisation
    FOR EACH ROW EXECUTE FUNCTION drop_grants_of_scope();
CREATE TRIGGER region_grants AFTER DELETE ON region
    FOR EACH ROW EXECUTE FUNCTION drop_grants_of_scope();

-- ---- what the service's role may touch -------------------------------------------------------

GRANT EXECUTE ON FUNCTION
    default_cancellation_policy(), offers_standing(uuid, timestamptz),
    course_seats(uuid, timestamptz), waiting_before(uuid, bigint), queue_position(uuid)
TO loft_service;

GRANT SELECT ON course_type, profession, cancellation_policy, cancellation_rule, course,
    course_gathering, course_session, ticket_type, course_item, item_option, registration
TO loft_service;

GRANT DELETE ON course, course_gathering, course_session, ticket_type, course_item, item_option
TO loft_service;

GRANT INSERT (code, slug, course_type, title, description, focus_question, organiser_id,
              municipality_no, venue_name, venue_address, target_groups, capacity, vat_bp,
              registration_opens_at, registration_closes_at, cancellation_policy_id,
              learning_group_size_target, offer_hours, waiting_list, festival_auto_seat,
              min_attendance_bp, withdrawal_right_days),
      UPDATE (slug, title, description, focus_question, organiser_id, municipality_no, venue_name,
              venue_address, target_groups, capacity, vat_bp, registration_opens_at,
              registration_closes_at, cancellation_policy_id, learning_group_size_target,
              offer_hours, waiting_list, festival_auto_seat, min_attendance_bp,
              withdrawal_right_days, state)
    ON course TO loft_service;
GRANT INSERT (course_id, seq_no, kind, title, overnight),
      UPDATE (seq_no, kind, title, overnight)
    ON course_gathering TO loft_service;
GRANT INSERT (gathering_id, title, starts_at, ends_at, venue_name, has_practice_sharing),
      UPDATE (title, starts_at, ends_at, venue_name, has_practice_sharing)
    ON course_session TO loft_service;
GRANT INSERT (course_id, code, name, price_nok, eligibility, eligible_organisation_id, capacity),
      UPDATE (name, price_nok, eligibility, eligible_organisation_id, capacity)
    ON ticket_type TO loft_service;
GRANT INSERT (course_id, code, name, choice_required), UPDATE (name, choice_required)
    ON course_item TO loft_service;
GRANT INSERT (item_id, code, name), UPDATE (name)
    ON item_option TO loft_service;
GRANT INSERT (course_id, ticket_type_id, person_id, registered_by, registered_by_client,
              participant_name, participant_email, participant_phone, profession_code,
              profession_other, employer_organisation_id, employer_name, municipality_no, buyer_type,
              invoice_recipient, invoice_org_number, invoice_address, invoice_reference,
              invoice_email, dietary_note, item_choices, state, waitlist_seq, price_nok,
              payment_state, registered_at),
      UPDATE (person_id, registered_by, registered_by_client, participant_name, participant_email,
              participant_phone, profession_code, profession_other, employer_organisation_id, employer_name, municipality_no,
              invoice_recipient, invoice_org_number, invoice_address, invoice_reference,
              invoice_email, dietary_note, item_choices, state, offer_expires_at, payment_state,
              cancelled_at, refund_nok)
    ON registration TO loft_service;
