-- What people are told: an outbox that is written in the transaction of what happened. A message is
-- one row for each person and occasion, so nobody is told twice; it keeps the facts as they stood
-- then. The service puts it into words, shows it to its addressee and, where mail is switched on,
-- delivers it (api/notify, api/work).

-- ---- the language that somebody is written to in ----------------------------------------------

ALTER TABLE person ADD COLUMN language text NOT NULL DEFAULT 'nb'
    CONSTRAINT person_language_check CHECK (language IN ('nb', 'nn', 'en'));
GRANT INSERT (language), UPDATE (language) ON person TO loft_service;

DROP TRIGGER person_touch ON person;
CREATE TRIGGER person_touch BEFORE UPDATE ON person
    FOR EACH ROW WHEN ((OLD.full_name, OLD.email, OLD.phone, OLD.birth_year, OLD.gender,
                        OLD.language, OLD.is_example)
        IS DISTINCT FROM
        (NEW.full_name, NEW.email, NEW.phone, NEW.birth_year, NEW.gender,
         NEW.language, NEW.is_example))
    EXECUTE FUNCTION touch_row();

-- The caller's own language, the one thing that people change about themselves. The version that they
-- have then; no row when it is another already, or when the caller is nobody.
CREATE FUNCTION set_own_language(language text, version bigint)
RETURNS TABLE (id uuid, new_version bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    RETURN QUERY
    UPDATE person p SET language = set_own_language.language
     WHERE p.id = principal_person() AND p.version = set_own_language.version
    RETURNING p.id, p.version::bigint;
END
$$;
GRANT EXECUTE ON FUNCTION set_own_language(text, bigint) TO loft_service;

-- ---- when a course reminds --------------------------------------------------------------------

ALTER TABLE course
    ADD COLUMN offer_reminder_hours int NOT NULL DEFAULT 24
        CONSTRAINT course_offer_reminder_hours_check CHECK (offer_reminder_hours BETWEEN 0 AND 720),
    ADD COLUMN gathering_reminder_days int NOT NULL DEFAULT 7
        CONSTRAINT course_gathering_reminder_days_check
            CHECK (gathering_reminder_days BETWEEN 0 AND 60);
COMMENT ON COLUMN course.offer_reminder_hours IS 'before an offer ends; 0: no reminder';
COMMENT ON COLUMN course.gathering_reminder_days IS 'before a gathering begins; 0: no reminder';
GRANT INSERT (offer_reminder_hours, gathering_reminder_days),
      UPDATE (offer_reminder_hours, gathering_reminder_days)
    ON course TO loft_service;

-- ---- the outbox -------------------------------------------------------------------------------

CREATE TABLE notification (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    person_id uuid NOT NULL
        CONSTRAINT notification_person_id_fkey REFERENCES person,
    kind text NOT NULL CONSTRAINT notification_kind_check
        CHECK (kind ~ '^[a-z][a-z0-9]*(_[a-z0-9]+)*$' AND char_length(kind) <= 60),
    occasion text NOT NULL
        CONSTRAINT notification_occasion_check CHECK (char_length(occasion) BETWEEN 1 AND 200),
    resource_type text NOT NULL
        CONSTRAINT notification_resource_type_check CHECK (char_length(resource_type) BETWEEN 1 AND 60),
    resource_id uuid NOT NULL,
    -- Frozen: whom it goes to, in which language, and what it tells.
    language text NOT NULL
        CONSTRAINT notification_language_check CHECK (language IN ('nb', 'nn', 'en')),
    email text NOT NULL CONSTRAINT notification_email_check CHECK (octet_length(email) <= 254),
    facts jsonb NOT NULL CONSTRAINT notification_facts_check
        CHECK (jsonb_typeof(facts) = 'object' AND octet_length(facts::text) <= 10000),
    -- Worth no e-mail from then on: an offer that has ended, a gathering that has begun.
    useful_until timestamptz,
    -- Written by the service a moment later; nobody sees the row before.
    subject text CONSTRAINT notification_subject_check CHECK (text_within(subject, 500)),
    body text CONSTRAINT notification_body_check CHECK (text_within(body, 20000)),
    delivery_state text NOT NULL DEFAULT 'waiting' CONSTRAINT notification_delivery_state_check
        CHECK (delivery_state IN ('waiting', 'sending', 'sent', 'failed', 'obsolete', 'off')),
    attempts int NOT NULL DEFAULT 0 CONSTRAINT notification_attempts_check CHECK (attempts >= 0),
    next_attempt_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    leased_until timestamptz,
    delivery_error text
        CONSTRAINT notification_delivery_error_check CHECK (char_length(delivery_error) <= 200),
    sent_at timestamptz,
    read_at timestamptz,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Nobody is told of one occasion twice.
    CONSTRAINT notification_occasion_key UNIQUE (person_id, occasion),
    CONSTRAINT notification_body_pair_check CHECK ((subject IS NULL) = (body IS NULL)),
    CONSTRAINT notification_leased_until_check
        CHECK ((delivery_state = 'sending') = (leased_until IS NOT NULL)),
    CONSTRAINT notification_sent_at_check CHECK ((delivery_state = 'sent') = (sent_at IS NOT NULL))
);
CREATE INDEX notification_person_idx ON notification (person_id, created_at, id);
CREATE INDEX notification_resource_idx ON notification (resource_id, kind);
CREATE INDEX notification_wordless_idx ON notification (created_at) WHERE subject IS NULL;
CREATE INDEX notification_due_idx ON notification (next_attempt_at)
    WHERE delivery_state IN ('waiting', 'sending') AND subject IS NOT NULL;

-- Delivery is no edit of the addressee's: an ETag stays good while a message is on its way.
CREATE FUNCTION touch_notification() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + (OLD.read_at IS DISTINCT FROM NEW.read_at)::int;
    NEW.updated_at := clock_timestamp();
    RETURN NEW;
END
$$;
CREATE TRIGGER notification_touch BEFORE UPDATE ON notification
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_notification();

GRANT SELECT ON notification TO loft_service;
GRANT UPDATE (subject, body, delivery_state, attempts, next_attempt_at, leased_until,
              delivery_error, sent_at, read_at)
    ON notification TO loft_service;

-- ---- facts ------------------------------------------------------------------------------------

-- A minute of the clock in Norway, as messages take it.
CREATE FUNCTION local_minute(at timestamptz) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT to_char(at AT TIME ZONE 'Europe/Oslo', 'YYYY-MM-DD"T"HH24:MI')
$$;

-- What can be told of a registration, every value as text: *_at a local minute, *_nok an amount. What
-- does not apply is not there. A name is typed by whoever registers and mailed to whomever they say,
-- so one that could carry an address or a link is left out.
CREATE FUNCTION registration_facts(r registration) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = loft, pg_temp AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object(
        'name', CASE WHEN r.participant_name !~ '[/@:<>[:cntrl:]]|[.][[:alpha:]]{2}'
            THEN r.participant_name END,
        'organiser', coalesce(o.name, 'SMART oppvekst'),
        'course_title', c.title,
        'course_starts_at', local_minute(c.starts_at),
        'venue', NULLIF(concat_ws(', ', c.venue_name, c.venue_address), ''),
        'price_nok', NULLIF(r.price_nok, 0)::text,
        'raffle', CASE WHEN r.state = 'waitlisted' AND c.seat_allocation = 'raffle'
            AND c.drawn_at IS NULL THEN 'true' END,
        'queue_position', CASE WHEN r.state = 'waitlisted'
            AND (c.seat_allocation <> 'raffle' OR c.drawn_at IS NOT NULL)
            THEN (SELECT (b.entries + 1)::text
                    FROM queue_before(r.course_id, r.waitlist_seq, 0) b) END,
        'offer_expires_at', CASE WHEN r.state IN ('offered', 'expired')
            THEN local_minute(r.offer_expires_at) END,
        'refund_nok', NULLIF(r.refund_nok, 0)::text,
        'no_refund', CASE WHEN r.refund_nok = 0 AND r.price_nok > 0 THEN 'true' END))
      FROM course c LEFT JOIN organisation o ON o.id = c.organiser_id
     WHERE c.id = r.course_id
$$;

-- ---- told of what happened --------------------------------------------------------------------

-- Tells the participant of the registration's event that this transaction recorded last; which kind of
-- message, the service decides (api/notify/notify.c). People and registrations made for a
-- demonstration are told nothing.
CREATE FUNCTION notify_registration(kind text, registration_id uuid, version bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = loft, pg_temp AS $$
DECLARE
    event_seq bigint;
BEGIN
    SELECT e.seq INTO event_seq FROM event e
     WHERE e.tx = pg_current_xact_id() AND e.resource_type = 'registration'
       AND e.resource_id = notify_registration.registration_id
       AND e.version = notify_registration.version
     ORDER BY e.seq DESC LIMIT 1;
    IF event_seq IS NULL THEN
        RAISE EXCEPTION 'nothing has happened to tell of' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO notification (person_id, kind, occasion, resource_type, resource_id, language, email,
                              facts, useful_until)
    SELECT r.person_id, notify_registration.kind, 'event:' || event_seq, 'registration', r.id,
           p.language, r.participant_email, registration_facts(r),
           CASE WHEN r.state = 'offered' THEN r.offer_expires_at END
      FROM registration r JOIN person p ON p.id = r.person_id
     WHERE r.id = notify_registration.registration_id AND NOT r.is_example AND NOT p.is_example
    ON CONFLICT ON CONSTRAINT notification_occasion_key DO NOTHING;
END
$$;

-- ---- reminders --------------------------------------------------------------------------------

-- The first day of a gathering.
CREATE FUNCTION gathering_begins(gathering_id uuid) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = loft, pg_temp AS $$
    SELECT min(s.starts_at) FROM course_session s WHERE s.gathering_id = gathering_begins.gathering_id
$$;

-- One for each time that it is set to: whoever was told of another day is told again.
CREATE FUNCTION gathering_occasion(gathering_id uuid, begins_at timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT 'gathering:' || gathering_id || ':' || extract(epoch FROM begins_at)::bigint
$$;

-- Offers that end soon, each once: offer_reminder_hours before, or in the last third of a shorter
-- offer, but not within the hour in which it was made. How many were written; at most `max`.
CREATE FUNCTION remind_of_offers(max int) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = loft, pg_temp AS $$
DECLARE
    written bigint;
BEGIN
    IF NOT has_role('system') THEN
        RAISE EXCEPTION 'reminders are the service''s own' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO notification (person_id, kind, occasion, resource_type, resource_id, language, email,
                              facts, useful_until)
    SELECT r.person_id, 'offer_expiring', 'offer:' || r.id, 'registration', r.id, p.language,
           r.participant_email, registration_facts(r), r.offer_expires_at
      FROM registration r
      JOIN course c ON c.id = r.course_id
      JOIN person p ON p.id = r.person_id
     WHERE r.state = 'offered' AND r.offer_expires_at > now() AND c.offer_reminder_hours > 0
       AND r.offer_expires_at
           <= now() + make_interval(mins => least(c.offer_reminder_hours * 60, c.offer_hours * 20))
       AND NOT r.is_example AND NOT p.is_example
       AND NOT EXISTS (SELECT FROM notification n WHERE n.resource_id = r.id
                          AND (n.kind = 'offer_expiring'
                               OR (n.kind = 'registration_offered'
                                   AND n.created_at > now() - interval '1 hour')))
     ORDER BY r.offer_expires_at LIMIT max
    ON CONFLICT ON CONSTRAINT notification_occasion_key DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END
$$;

-- Gatherings that are near, for everybody who has a seat: from eight in the morning of the day that is
-- gathering_reminder_days before, but not within a day of their confirmation, which says the same.
CREATE FUNCTION remind_of_gatherings(max int) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = loft, pg_temp AS $$
DECLARE
    written bigint;
BEGIN
    IF NOT has_role('system') THEN
        RAISE EXCEPTION 'reminders are the service''s own' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO notification (person_id, kind, occasion, resource_type, resource_id, language, email,
                              facts, useful_until)
    SELECT r.person_id, 'gathering_reminder', gathering_occasion(d.gathering_id, d.begins_at),
           'registration', r.id, p.language, r.participant_email,
           registration_facts(r) || jsonb_strip_nulls(jsonb_build_object(
               'gathering_starts_at', local_minute(d.begins_at),
               'gathering_ends_at', local_minute(d.ends_at),
               'gathering_title', g.title,
               'overnight', CASE WHEN g.overnight THEN 'true' END,
               'venue', d.venue_name)),
           d.begins_at
      FROM (SELECT s.gathering_id, min(s.starts_at) AS begins_at, max(s.ends_at) AS ends_at,
                   (array_agg(s.venue_name ORDER BY s.starts_at))[1] AS venue_name
              FROM course_session s
             WHERE s.gathering_id IN (SELECT t.gathering_id FROM course_session t
                                       WHERE t.starts_at BETWEEN now() AND now() + interval '62 days')
             GROUP BY s.gathering_id) d
      JOIN course_gathering g ON g.id = d.gathering_id
      JOIN course c ON c.id = g.course_id
      JOIN registration r ON r.course_id = c.id AND r.state = 'confirmed'
      JOIN person p ON p.id = r.person_id
     WHERE d.begins_at > now() AND c.state IN ('published', 'running')
       AND c.gathering_reminder_days > 0
       AND ((d.begins_at AT TIME ZONE 'Europe/Oslo')::date - c.gathering_reminder_days
            + time '08:00') AT TIME ZONE 'Europe/Oslo' <= now()
       AND NOT r.is_example AND NOT p.is_example
       AND NOT EXISTS (SELECT FROM notification n
                        WHERE n.person_id = r.person_id
                          AND n.occasion = gathering_occasion(d.gathering_id, d.begins_at))
       AND NOT EXISTS (SELECT FROM notification n
                        WHERE n.resource_id = r.id AND n.kind = 'registration_confirmed'
                          AND n.created_at > now() - interval '1 day')
     ORDER BY d.begins_at, r.id LIMIT max
    ON CONFLICT ON CONSTRAINT notification_occasion_key DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END
$$;

-- Whether a message is still true: asked just before it is sent, which may be long after it was
-- written. An offer that was taken, a seat that was given up and a gathering that was moved are not
-- mailed about any more.
CREATE FUNCTION notification_is_current(notification_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = loft, pg_temp AS $$
DECLARE
    n notification;
BEGIN
    SELECT * INTO n FROM notification WHERE id = notification_id AND has_role('system');
    RETURN n.id IS NOT NULL AND coalesce(n.useful_until > now(), true) AND CASE
        WHEN n.kind IN ('registration_offered', 'offer_expiring') THEN
            EXISTS (SELECT FROM registration r
                     WHERE r.id = n.resource_id AND r.person_id = n.person_id
                       AND r.state = 'offered' AND r.offer_expires_at = n.useful_until)
        WHEN n.kind = 'gathering_reminder' THEN
            EXISTS (SELECT FROM registration r
                      JOIN course c ON c.id = r.course_id AND c.state IN ('published', 'running')
                      JOIN course_gathering g ON g.course_id = c.id
                     WHERE r.id = n.resource_id AND r.person_id = n.person_id
                       AND r.state = 'confirmed'
                       AND n.occasion = gathering_occasion(g.id, gathering_begins(g.id)))
        ELSE true END;
END
$$;

GRANT EXECUTE ON FUNCTION
    notify_registration(text, uuid, bigint), remind_of_offers(int), remind_of_gatherings(int),
    notification_is_current(uuid)
TO loft_service;
