-- Group bookings: one organisation, several seats on a course, people named later. domain.md §0.1.
--
-- A party waits as one entry of its size. Its seats are offered and accepted together; then each is
-- held until a name comes, and from then on a registration like any other.

CREATE TABLE group_booking (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    course_id uuid NOT NULL
        CONSTRAINT group_booking_course_id_fkey REFERENCES course,
    ticket_type_id uuid NOT NULL,
    organisation_id uuid NOT NULL
        CONSTRAINT group_booking_organisation_id_fkey REFERENCES organisation,
    booked_by uuid
        CONSTRAINT group_booking_booked_by_fkey REFERENCES user_account,
    booked_by_client uuid
        CONSTRAINT group_booking_booked_by_client_fkey REFERENCES api_client,
    contact_full_name text NOT NULL
        CONSTRAINT group_booking_contact_full_name_check CHECK (text_within(contact_full_name, 200)),
    contact_email text NOT NULL
        CONSTRAINT group_booking_contact_email_check CHECK (
            octet_length(contact_email) <= 254
            AND normalise_email(contact_email) ~ '^[^@ ]+@[^@ ]+[.][^@ ]+$'),
    contact_phone text
        CONSTRAINT group_booking_contact_phone_check CHECK (text_within(contact_phone, 40)),
    -- What the booking stands for now: a seat that is given up leaves it. `named` have a
    -- registration and are counted by triggers, the others are held while the booking is confirmed.
    seats int NOT NULL CONSTRAINT group_booking_seats_check CHECK (seats BETWEEN 0 AND 500),
    named int NOT NULL DEFAULT 0
        CONSTRAINT group_booking_named_check CHECK (named BETWEEN 0 AND seats),
    names_due_on date NOT NULL,
    names_received_at timestamptz,
    invoice_recipient text CONSTRAINT group_booking_invoice_recipient_check
        CHECK (char_length(invoice_recipient) <= 200),
    invoice_org_number text CONSTRAINT group_booking_invoice_org_number_check
        CHECK (org_number_valid(invoice_org_number)),
    invoice_address text CONSTRAINT group_booking_invoice_address_check
        CHECK (char_length(invoice_address) <= 500),
    invoice_reference text CONSTRAINT group_booking_invoice_reference_check
        CHECK (char_length(invoice_reference) <= 200),
    invoice_email text CONSTRAINT group_booking_invoice_email_check
        CHECK (octet_length(invoice_email) <= 254),
    state text NOT NULL CONSTRAINT group_booking_state_check
        CHECK (state IN ('confirmed', 'waitlisted', 'offered', 'expired', 'withdrawn', 'cancelled',
                         'completed')),
    waitlist_seq bigint CONSTRAINT group_booking_waitlist_seq_check
        CHECK (waitlist_seq > 0 AND (state <> 'waitlisted' OR waitlist_seq IS NOT NULL)),
    skipped boolean NOT NULL DEFAULT false, -- lets those behind it pass
    moved_at timestamptz,
    offer_expires_at timestamptz CONSTRAINT group_booking_offer_expires_at_check
        CHECK (state <> 'offered' OR offer_expires_at IS NOT NULL),
    price_nok bigint NOT NULL -- of each seat
        CONSTRAINT group_booking_price_nok_check CHECK (price_nok BETWEEN 0 AND 1000000),
    booked_at timestamptz NOT NULL DEFAULT business_now(),
    cancelled_at timestamptz,
    is_example boolean NOT NULL DEFAULT false,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- The ticket is one of this course.
    CONSTRAINT group_booking_ticket_type_id_fkey FOREIGN KEY (ticket_type_id, course_id)
        REFERENCES ticket_type (id, course_id),
    CONSTRAINT group_booking_booked_by_check CHECK (num_nonnulls(booked_by, booked_by_client) <= 1),
    -- What its registrations have in common with it.
    CONSTRAINT group_booking_registration_key UNIQUE (id, course_id, ticket_type_id, organisation_id),
    CONSTRAINT group_booking_waitlist_seq_key
        EXCLUDE USING btree (course_id WITH =, waitlist_seq WITH =)
        WHERE (waitlist_seq IS NOT NULL) DEFERRABLE INITIALLY IMMEDIATE
) WITH (fillfactor = 85);
CREATE INDEX group_booking_course_idx ON group_booking (course_id, booked_at, id);
CREATE INDEX group_booking_queue_idx ON group_booking (course_id, waitlist_seq)
    WHERE state = 'waitlisted';
CREATE INDEX group_booking_offer_idx ON group_booking (offer_expires_at) WHERE state = 'offered';
CREATE INDEX group_booking_updated_idx ON group_booking (updated_at, id);
CREATE INDEX group_booking_organisation_id_idx ON group_booking (organisation_id);

-- Names that come and go, and others that are moved past it, are no edits of the booking.
CREATE TRIGGER group_booking_touch BEFORE UPDATE ON group_booking
    FOR EACH ROW WHEN (
        OLD.* IS DISTINCT FROM NEW.* AND OLD.named = NEW.named
        AND (OLD.waitlist_seq IS NOT DISTINCT FROM NEW.waitlist_seq OR OLD.state <> NEW.state))
    EXECUTE FUNCTION touch_row();
CREATE TRIGGER group_booking_queue BEFORE INSERT OR UPDATE OF state ON group_booking
    FOR EACH ROW WHEN (NEW.state = 'waitlisted') EXECUTE FUNCTION take_queue_no();

-- A booking stays with its course, ticket and organisation, or its registrations would not.
CREATE FUNCTION refuse_move_of_group_booking() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a group booking cannot move to another course, ticket or organisation'
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER group_booking_stays
    BEFORE UPDATE OF course_id, ticket_type_id, organisation_id ON group_booking
    FOR EACH ROW WHEN ((OLD.course_id, OLD.ticket_type_id, OLD.organisation_id)
                       <> (NEW.course_id, NEW.ticket_type_id, NEW.organisation_id))
    EXECUTE FUNCTION refuse_move_of_group_booking();

-- ---- its seats -------------------------------------------------------------------------------

-- Offered ones go before held ones come, so that a party which accepts never counts twice.
CREATE FUNCTION keep_group_seats() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
DECLARE
    was text := CASE WHEN TG_OP <> 'INSERT' THEN OLD.state ELSE '' END;
    becomes text := CASE WHEN TG_OP <> 'DELETE' THEN NEW.state ELSE '' END;
    old_seats int := CASE WHEN TG_OP <> 'INSERT' THEN OLD.seats ELSE 0 END;
    new_seats int := CASE WHEN TG_OP <> 'DELETE' THEN NEW.seats ELSE 0 END;
    old_named int := CASE WHEN TG_OP <> 'INSERT' THEN OLD.named ELSE 0 END;
    new_named int := CASE WHEN TG_OP <> 'DELETE' THEN NEW.named ELSE 0 END;
    of_course uuid := CASE WHEN TG_OP <> 'DELETE' THEN NEW.course_id ELSE OLD.course_id END;
    of_ticket uuid := CASE WHEN TG_OP <> 'DELETE' THEN NEW.ticket_type_id ELSE OLD.ticket_type_id END;
    offered int := CASE WHEN becomes = 'offered' THEN new_seats ELSE 0 END
                 - CASE WHEN was = 'offered' THEN old_seats ELSE 0 END;
    waiting int := (becomes = 'waitlisted')::int - (was = 'waitlisted')::int;
    waiting_seats int := CASE WHEN becomes = 'waitlisted' THEN new_seats ELSE 0 END
                       - CASE WHEN was = 'waitlisted' THEN old_seats ELSE 0 END;
    held int := CASE WHEN becomes IN ('confirmed', 'completed') THEN new_seats - new_named ELSE 0 END
              - CASE WHEN was IN ('confirmed', 'completed') THEN old_seats - old_named ELSE 0 END;
BEGIN
    IF offered <> 0 OR waiting <> 0 THEN
        UPDATE course c SET seats_offered = c.seats_offered + offered,
                            waitlisted = c.waitlisted + waiting
         WHERE c.id = of_course;
    END IF;
    IF offered + waiting_seats <> 0 THEN
        UPDATE ticket_type t SET claimed = t.claimed + offered + waiting_seats WHERE t.id = of_ticket;
    END IF;
    PERFORM hold_seats(of_course, of_ticket, held);
    RETURN NULL;
END
$$;
CREATE TRIGGER group_booking_seats
    AFTER INSERT OR UPDATE OF state, seats, named OR DELETE ON group_booking
    FOR EACH ROW EXECUTE FUNCTION keep_group_seats();

-- ---- its registrations -----------------------------------------------------------------------

ALTER TABLE registration
    ADD COLUMN group_booking_id uuid,
    ADD CONSTRAINT registration_group_booking_id_fkey
        FOREIGN KEY (group_booking_id, course_id, ticket_type_id, employer_organisation_id)
        REFERENCES group_booking (id, course_id, ticket_type_id, organisation_id),
    ADD CONSTRAINT registration_group_booking_id_check
        CHECK (group_booking_id IS NULL
               OR (employer_organisation_id IS NOT NULL AND buyer_type = 'organisation'
                   AND state NOT IN ('waitlisted', 'offered')));
CREATE INDEX registration_group_booking_id_idx ON registration (group_booking_id)
    WHERE group_booking_id IS NOT NULL;

-- A name takes one of the held seats before the registration counts as confirmed.
CREATE FUNCTION take_held_seat() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    UPDATE group_booking g SET named = g.named + 1
     WHERE g.id = NEW.group_booking_id AND g.state = 'confirmed';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such confirmed group booking' USING ERRCODE = 'foreign_key_violation',
            SCHEMA = 'loft', TABLE = 'registration',
            CONSTRAINT = 'registration_group_booking_id_fkey';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER registration_takes_held_seat BEFORE INSERT ON registration
    FOR EACH ROW WHEN (NEW.group_booking_id IS NOT NULL AND NEW.state = 'confirmed')
    EXECUTE FUNCTION take_held_seat();

-- A named seat that is given up leaves the booking while that stands, and is anybody's.
CREATE FUNCTION give_up_group_seat() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    UPDATE group_booking g
       SET named = g.named - 1,
           seats = CASE WHEN g.state = 'confirmed' THEN g.seats - 1 ELSE g.seats END
     WHERE g.id = OLD.group_booking_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER registration_gives_up_group_seat AFTER UPDATE OF state ON registration
    FOR EACH ROW WHEN (OLD.group_booking_id IS NOT NULL AND OLD.state = 'confirmed'
                       AND NEW.state NOT IN ('confirmed', 'completed', 'no_show'))
    EXECUTE FUNCTION give_up_group_seat();

-- ---- parties in line -------------------------------------------------------------------------

CREATE OR REPLACE VIEW waiting_line WITH (security_invoker = true) AS
    SELECT r.course_id, r.waitlist_seq, 'registration'::text AS kind, r.id, 1 AS seats,
           false AS skipped, r.participant_name AS name, r.ticket_type_id,
           r.registered_at AS waiting_since, r.moved_at, r.version
      FROM registration r WHERE r.state = 'waitlisted'
    UNION ALL
    SELECT g.course_id, g.waitlist_seq, 'group_booking'::text, g.id, g.seats, g.skipped, o.name,
           g.ticket_type_id, g.booked_at, g.moved_at, g.version
      FROM group_booking g JOIN organisation o ON o.id = g.organisation_id
     WHERE g.state = 'waitlisted';

CREATE OR REPLACE FUNCTION reorder_queue(course_id uuid, ids uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
DECLARE
    ranks bigint[];
BEGIN
    IF NOT has_role('smart_admin') AND NOT has_role('system') THEN
        RAISE EXCEPTION 'the line is moved by smart_admin' USING ERRCODE = 'insufficient_privilege';
    END IF;
    ranks := ARRAY(SELECT l.waitlist_seq FROM waiting_line l
                    WHERE l.course_id = reorder_queue.course_id AND l.id = ANY (ids)
                    ORDER BY l.waitlist_seq);
    IF cardinality(ranks) <> cardinality(ids) THEN
        RAISE EXCEPTION 'not everybody named waits on the course';
    END IF;
    UPDATE registration r SET waitlist_seq = ranks[n.place]
      FROM unnest(ids) WITH ORDINALITY AS n (id, place)
     WHERE r.id = n.id AND r.waitlist_seq <> ranks[n.place];
    UPDATE group_booking g SET waitlist_seq = ranks[n.place]
      FROM unnest(ids) WITH ORDINALITY AS n (id, place)
     WHERE g.id = n.id AND g.waitlist_seq <> ranks[n.place];
END
$$;

-- Seats, not offers: a party has one offer for all of its own.
CREATE OR REPLACE FUNCTION offers_standing(course_id uuid, at timestamptz DEFAULT business_now())
RETURNS int
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    RETURN (SELECT count(*) FROM registration r
             WHERE r.course_id = offers_standing.course_id AND r.state = 'offered'
               AND r.offer_expires_at > at)
         + (SELECT coalesce(sum(g.seats), 0) FROM group_booking g
             WHERE g.course_id = offers_standing.course_id AND g.state = 'offered'
               AND g.offer_expires_at > at);
END
$$;

-- Where an entry stands that waits for so many seats, and what the line waits for.
CREATE FUNCTION place_in_line(course_id uuid, waitlist_seq bigint, seats int)
RETURNS TABLE (place int, seats_before int, waits_for text, seats_needed int)
LANGUAGE plpgsql STABLE ROWS 1 SET search_path = loft, pg_temp AS $$
DECLARE
    course_state text;
    starts_at timestamptz;
    draw_pending boolean;
    free int;
    ahead record;
BEGIN
    SELECT c.state, c.starts_at, c.seat_allocation = 'raffle' AND c.drawn_at IS NULL, s.free
      INTO course_state, starts_at, draw_pending, free
      FROM course c CROSS JOIN course_seats(c.id, business_now()) s
     WHERE c.id = place_in_line.course_id;
    IF draw_pending THEN
        waits_for := 'draw'; -- there are no places yet
        RETURN NEXT;
        RETURN;
    END IF;
    SELECT * INTO ahead
      FROM queue_before(place_in_line.course_id, place_in_line.waitlist_seq, free);
    place := ahead.entries + 1;
    seats_before := ahead.seats;
    seats_needed := greatest(ahead.seats - ahead.skipped_seats + place_in_line.seats - free, 0);
    waits_for := CASE WHEN course_state <> 'published' OR starts_at <= business_now() THEN 'nothing'
                      WHEN free > 0 AND ahead.held_up THEN 'party'
                      ELSE 'seats' END;
    RETURN NEXT;
END
$$;

-- Which of these addresses have an active registration on the course (SM-R03). Whoever may register
-- somebody would be told the same one by one.
CREATE FUNCTION registered_emails(course_id uuid, emails text[]) RETURNS SETOF text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    IF NOT may_register() THEN
        RAISE EXCEPTION 'no right to register anybody' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN QUERY
        SELECT p.email_key FROM person p JOIN registration r ON r.person_id = p.id
         WHERE p.email_key IN (SELECT normalise_email(e) FROM unnest(emails) AS e)
           AND r.course_id = registered_emails.course_id
           AND r.state IN ('waitlisted', 'offered', 'confirmed', 'completed', 'no_show');
END
$$;

-- ---- what the service's role may touch -------------------------------------------------------

GRANT EXECUTE ON FUNCTION place_in_line(uuid, bigint, int), registered_emails(uuid, text[])
TO loft_service;
GRANT SELECT ON group_booking TO loft_service;
GRANT INSERT (course_id, ticket_type_id, organisation_id, booked_by, booked_by_client,
              contact_full_name, contact_email, contact_phone, seats, names_due_on,
              invoice_recipient, invoice_org_number, invoice_address, invoice_reference,
              invoice_email, state, waitlist_seq, price_nok),
      UPDATE (contact_full_name, contact_email, contact_phone, seats, names_due_on,
              names_received_at, invoice_recipient, invoice_org_number, invoice_address,
              invoice_reference, invoice_email, state, skipped, moved_at, offer_expires_at,
              cancelled_at)
    ON group_booking TO loft_service;
GRANT INSERT (group_booking_id) ON registration TO loft_service;
