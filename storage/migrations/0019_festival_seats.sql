-- Seats at the festival for those who attend the trainer programme (SM-R07). domain.md §0.1 (SMART).

-- A trainer programme names its festival, or has the one of its organiser that is on the festival day
-- of its plan.
ALTER TABLE course ADD COLUMN festival_course_id uuid
    CONSTRAINT course_festival_course_id_fkey REFERENCES course ON DELETE SET NULL;
CREATE INDEX course_festival_course_id_idx ON course (festival_course_id)
    WHERE festival_course_id IS NOT NULL;

-- A ticket for those who attend the programme, one for each festival; nobody else gets it.
ALTER TABLE ticket_type
    DROP CONSTRAINT ticket_type_eligibility_check,
    ADD CONSTRAINT ticket_type_eligibility_check
        CHECK (eligibility IN ('anyone', 'municipality_employee', 'trainee')),
    ADD CONSTRAINT ticket_type_trainee_is_free CHECK (eligibility <> 'trainee' OR price_nok = 0);
CREATE UNIQUE INDEX ticket_type_one_for_trainees ON ticket_type (course_id)
    WHERE eligibility = 'trainee';

-- The seat at the festival that a registration for the programme comes with. It stays when either
-- ends; whether both stand, their states say.
ALTER TABLE registration ADD COLUMN festival_registration_id uuid
    CONSTRAINT registration_festival_registration_id_fkey REFERENCES registration
    CONSTRAINT registration_festival_registration_id_key UNIQUE;

-- Seats of the festival that are held for those of the programme who have none yet.
CREATE TABLE festival_reservation (
    course_id uuid PRIMARY KEY
        CONSTRAINT festival_reservation_course_id_fkey REFERENCES course ON DELETE CASCADE,
    festival_course_id uuid NOT NULL
        CONSTRAINT festival_reservation_festival_course_id_fkey REFERENCES course,
    ticket_type_id uuid NOT NULL,
    seats int NOT NULL CONSTRAINT festival_reservation_seats_check CHECK (seats >= 0),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT festival_reservation_ticket_type_id_fkey
        FOREIGN KEY (ticket_type_id, festival_course_id) REFERENCES ticket_type (id, course_id)
);
CREATE INDEX festival_reservation_festival_course_id_idx
    ON festival_reservation (festival_course_id);

CREATE FUNCTION keep_reserved_seats() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM hold_seats(OLD.festival_course_id, OLD.ticket_type_id, -OLD.seats);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM hold_seats(NEW.festival_course_id, NEW.ticket_type_id, NEW.seats);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER festival_reservation_seats AFTER INSERT OR UPDATE OR DELETE ON festival_reservation
    FOR EACH ROW EXECUTE FUNCTION keep_reserved_seats();

-- Which festival may be which programme's: the one that it names, else those that are found.
CREATE VIEW festival_match WITH (security_invoker = true) AS
    SELECT c.id AS course_id, f.id AS festival_course_id
      FROM course c
      JOIN course_type t ON t.code = c.course_type AND t.festival_days_expected > 0
      JOIN course f ON f.course_type = 'festival' AND f.state <> 'cancelled'
           AND CASE WHEN c.festival_course_id IS NOT NULL THEN f.id = c.festival_course_id
                    ELSE f.organiser_id = c.organiser_id
                         AND (f.starts_at AT TIME ZONE 'Europe/Oslo')::date =
                             (SELECT min((s.starts_at AT TIME ZONE 'Europe/Oslo')::date)
                                FROM course_gathering g
                                JOIN course_session s ON s.gathering_id = g.id
                               WHERE g.course_id = c.id AND g.kind = 'festival') END;

-- Whether a seat comes with one at the trainer programme, and so is not given up or handed over by
-- itself. Asked as the owner: who sees the one need not see the other.
CREATE FUNCTION follows_programme(registration_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM registration t
                    WHERE t.festival_registration_id = follows_programme.registration_id
                      AND t.state IN ('confirmed', 'completed', 'no_show'));
END
$$;

-- ---- what the service's role may touch -------------------------------------------------------

GRANT EXECUTE ON FUNCTION follows_programme(uuid) TO loft_service;
GRANT SELECT ON festival_reservation, festival_match TO loft_service;
GRANT DELETE, INSERT (course_id, festival_course_id, ticket_type_id, seats), UPDATE (seats)
    ON festival_reservation TO loft_service;
GRANT INSERT (festival_course_id), UPDATE (festival_course_id) ON course TO loft_service;
GRANT UPDATE (festival_registration_id) ON registration TO loft_service;
