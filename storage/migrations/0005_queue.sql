-- Seats that are held, and a waiting line that can be explained, moved and drawn. domain.md §0.1,
-- §4.3, §4.4 (SM-R01, SM-R02).

-- ---- held seats ------------------------------------------------------------------------------

-- Seats taken that no registration stands for yet, such as the unnamed seats of a group booking.
ALTER TABLE course
    ADD COLUMN seats_held int NOT NULL DEFAULT 0
        CONSTRAINT course_seats_held_check CHECK (seats_held >= 0),
    -- first_come: a free seat is taken at once. raffle: everybody waits until registration has
    -- closed, then the line is put in the order of a draw.
    ADD COLUMN seat_allocation text NOT NULL DEFAULT 'first_come'
        CONSTRAINT course_seat_allocation_check
            CHECK (seat_allocation IN ('first_come', 'raffle')),
    ADD COLUMN draw_seed text
        CONSTRAINT course_draw_seed_check CHECK (text_within(draw_seed, 200)),
    ADD COLUMN drawn_at timestamptz
        CONSTRAINT course_drawn_at_check
            CHECK (num_nonnulls(drawn_at, draw_seed) <> 1
                   AND (drawn_at IS NULL OR seat_allocation = 'raffle')),
    -- SM-R01, the last wall, with the held ones.
    DROP CONSTRAINT course_seats_within_capacity,
    ADD CONSTRAINT course_seats_within_capacity
        CHECK (seats_confirmed + seats_offered + seats_held <= coalesce(capacity, 0));

DROP TRIGGER course_touch ON course;
CREATE TRIGGER course_touch BEFORE UPDATE ON course
    FOR EACH ROW WHEN (
        (OLD.seats_confirmed, OLD.seats_offered, OLD.seats_held, OLD.waitlisted, OLD.last_queue_no,
         OLD.starts_at, OLD.ends_at) IS NOT DISTINCT FROM
        (NEW.seats_confirmed, NEW.seats_offered, NEW.seats_held, NEW.waitlisted, NEW.last_queue_no,
         NEW.starts_at, NEW.ends_at)
        AND OLD.* IS DISTINCT FROM NEW.*)
    EXECUTE FUNCTION touch_row();

-- Takes so many seats of a course with this ticket before any registration stands for them; fewer
-- than 0 gives them back. Whoever keeps rows that hold seats calls it from a trigger of their table,
-- for the difference between the row as it was and as it becomes: the service itself may not. More
-- than there are is refused by the constraints of course and ticket_type.
CREATE FUNCTION hold_seats(course_id uuid, ticket_type_id uuid, seats int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    IF seats <> 0 THEN
        UPDATE course c SET seats_held = c.seats_held + seats WHERE c.id = hold_seats.course_id;
        UPDATE ticket_type t SET claimed = t.claimed + seats WHERE t.id = hold_seats.ticket_type_id;
    END IF;
END
$$;

-- As before, with held seats; nothing is free on a course that is over.
DROP FUNCTION course_seats(uuid, timestamptz);
CREATE FUNCTION course_seats(course_id uuid, at timestamptz DEFAULT business_now())
RETURNS TABLE (capacity int, confirmed int, offered int, held int, waitlisted int, free int,
               few_left boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1 SET search_path = loft, pg_temp AS $$
DECLARE
    course_state text;
BEGIN
    SELECT c.state, c.capacity, c.seats_confirmed, c.seats_offered, c.seats_held, c.waitlisted
      INTO course_state, capacity, confirmed, offered, held, waitlisted
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
    free := CASE WHEN course_state IN ('completed', 'cancelled') THEN 0
                 WHEN capacity IS NOT NULL
                     THEN greatest(capacity - confirmed - offered - held, 0) END;
    few_left := free > 0 AND free <= greatest(3, capacity / 10);
    RETURN NEXT;
END
$$;

-- ---- the line --------------------------------------------------------------------------------

-- Numbers in line are exchanged among those who wait, in one statement: unique at its end.
DROP INDEX registration_waitlist_seq_unique;
ALTER TABLE registration
    ADD COLUMN moved_at timestamptz, -- by an administrator, to another place in line
    ADD CONSTRAINT registration_waitlist_seq_key
        EXCLUDE USING btree (course_id WITH =, waitlist_seq WITH =)
        WHERE (waitlist_seq IS NOT NULL) DEFERRABLE INITIALLY IMMEDIATE;

-- That others are moved past somebody is no edit of their registration.
DROP TRIGGER registration_touch ON registration;
CREATE TRIGGER registration_touch BEFORE UPDATE ON registration
    FOR EACH ROW WHEN (
        OLD.* IS DISTINCT FROM NEW.*
        AND (OLD.waitlist_seq IS NOT DISTINCT FROM NEW.waitlist_seq OR OLD.state <> NEW.state))
    EXECUTE FUNCTION touch_row();

-- Everybody who waits, with as many seats as they wait for; in the order of waitlist_seq within a
-- course. Who is asked sees what the policies of the tables below show.
CREATE VIEW waiting_line WITH (security_invoker = true) AS
    SELECT r.course_id, r.waitlist_seq, 'registration'::text AS kind, r.id, 1 AS seats,
           false AS skipped, r.participant_name AS name, r.ticket_type_id,
           r.registered_at AS waiting_since, r.moved_at, r.version
      FROM registration r WHERE r.state = 'waitlisted';

-- Gives the entries, in the order in which they are named, the numbers that they hold together.
-- Only those who wait on this course; anything else is an error of the caller.
CREATE FUNCTION reorder_queue(course_id uuid, ids uuid[]) RETURNS void
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
END
$$;

-- What somebody in line may know of those before them: numbers alone. `free`: seats that are free
-- and yet not theirs. `held_up`: somebody before them waits for more seats than are free.
CREATE FUNCTION queue_before(course_id uuid, waitlist_seq bigint, free int)
RETURNS TABLE (entries int, seats int, skipped_seats int, held_up boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1 SET search_path = loft, pg_temp AS $$
BEGIN
    RETURN QUERY
        SELECT count(*)::int, coalesce(sum(l.seats), 0)::int,
               coalesce(sum(l.seats) FILTER (WHERE l.skipped), 0)::int,
               coalesce(bool_or(NOT l.skipped AND l.seats > queue_before.free), false)
          FROM waiting_line l
         WHERE l.course_id = queue_before.course_id
           AND l.waitlist_seq < queue_before.waitlist_seq;
END
$$;

-- The order of a draw: ascending SHA-256 of the seed followed by the id, both as UTF-8, the id in
-- its usual form with small letters. Anybody can work it out from the seed and the ids.
CREATE FUNCTION draw_rank(seed text, id uuid) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT encode(sha256(convert_to(seed || id::text, 'UTF8')), 'hex')
$$;

DROP FUNCTION queue_position(uuid);
DROP FUNCTION waiting_before(uuid, bigint);

-- ---- what the service's role may touch -------------------------------------------------------

GRANT EXECUTE ON FUNCTION course_seats(uuid, timestamptz), reorder_queue(uuid, uuid[]),
    queue_before(uuid, bigint, int), draw_rank(text, uuid)
TO loft_service;
GRANT SELECT ON waiting_line TO loft_service;
GRANT INSERT (seat_allocation), UPDATE (seat_allocation, draw_seed, drawn_at) ON course
TO loft_service;
GRANT UPDATE (moved_at) ON registration TO loft_service;
