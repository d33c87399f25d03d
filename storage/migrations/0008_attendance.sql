-- Attendance per session with its history, make-ups and reflections. domain.md §0.1, §4.2, SM-R12.

-- What attendance refers to lies within one course.
ALTER TABLE course_session
    ADD CONSTRAINT course_session_id_course_id_key UNIQUE (id, course_id);
ALTER TABLE registration
    ADD CONSTRAINT registration_id_course_id_key UNIQUE (id, course_id);

-- The day (Europe/Oslo) of an instant.
CREATE FUNCTION local_day(at timestamptz) RETURNS date
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT (at AT TIME ZONE 'Europe/Oslo')::date
$$;

-- ---- attendance ------------------------------------------------------------------------------

-- One for each session, made with it: what is locked while a list is recorded, and its version. The
-- session itself stays as it was: recording who came is no edit of the plan.
CREATE TABLE attendance_sheet (
    id uuid PRIMARY KEY, -- that of the session
    course_id uuid NOT NULL,
    recorded_at timestamptz, -- when the list was recorded last
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT attendance_sheet_id_fkey FOREIGN KEY (id, course_id)
        REFERENCES course_session (id, course_id) ON DELETE CASCADE
);
CREATE INDEX attendance_sheet_course_idx ON attendance_sheet (course_id);
CREATE TRIGGER attendance_sheet_touch BEFORE UPDATE ON attendance_sheet
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

CREATE FUNCTION make_attendance_sheet() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    INSERT INTO attendance_sheet (id, course_id) VALUES (NEW.id, NEW.course_id);
    RETURN NULL;
END
$$;
CREATE TRIGGER course_session_sheet AFTER INSERT ON course_session
    FOR EACH ROW EXECUTE FUNCTION make_attendance_sheet();
INSERT INTO attendance_sheet (id, course_id) SELECT id, course_id FROM course_session;

-- A mark that was taken back stays as a row without a status.
CREATE TABLE attendance (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    session_id uuid NOT NULL,
    course_id uuid NOT NULL,
    registration_id uuid NOT NULL,
    status text CONSTRAINT attendance_status_check
        CHECK (status IN ('present', 'absent', 'excused')),
    note text CONSTRAINT attendance_note_check CHECK (text_within(note, 500)),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT attendance_registration_id_key UNIQUE (registration_id, session_id),
    CONSTRAINT attendance_session_id_fkey FOREIGN KEY (session_id, course_id)
        REFERENCES course_session (id, course_id),
    CONSTRAINT attendance_registration_id_fkey FOREIGN KEY (registration_id, course_id)
        REFERENCES registration (id, course_id)
);
CREATE INDEX attendance_session_idx ON attendance (session_id);
CREATE INDEX attendance_course_idx ON attendance (course_id);
CREATE TRIGGER attendance_touch BEFORE UPDATE ON attendance
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

-- What a mark was before and after each change, and whose change it was.
CREATE TABLE attendance_change (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    session_id uuid NOT NULL,
    course_id uuid NOT NULL,
    registration_id uuid NOT NULL
        CONSTRAINT attendance_change_registration_id_fkey REFERENCES registration,
    from_status text,
    from_note text,
    status text,
    note text,
    changed_by uuid, -- a user_account; null for the service itself
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX attendance_change_session_idx ON attendance_change (session_id, changed_at, id);
CREATE INDEX attendance_change_registration_idx ON attendance_change (registration_id);

CREATE FUNCTION keep_attendance_history() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO attendance_change (session_id, course_id, registration_id, status, note, changed_by)
        VALUES (NEW.session_id, NEW.course_id, NEW.registration_id, NEW.status, NEW.note,
                principal_user());
    ELSE
        INSERT INTO attendance_change (session_id, course_id, registration_id, from_status, from_note,
                                       status, note, changed_by)
        VALUES (NEW.session_id, NEW.course_id, NEW.registration_id, OLD.status, OLD.note,
                NEW.status, NEW.note, principal_user());
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER attendance_made AFTER INSERT ON attendance
    FOR EACH ROW EXECUTE FUNCTION keep_attendance_history();
CREATE TRIGGER attendance_changed AFTER UPDATE ON attendance
    FOR EACH ROW WHEN ((OLD.status, OLD.note) IS DISTINCT FROM (NEW.status, NEW.note))
    EXECUTE FUNCTION keep_attendance_history();

-- ---- make-ups --------------------------------------------------------------------------------

-- Presence at a session of another course of the same type, in place of one that was missed. Counted
-- once from either side: at most one that stands for each missed session, and one for each session
-- that the person made up with.
CREATE TABLE make_up (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    registration_id uuid NOT NULL,
    course_id uuid NOT NULL, -- that was missed, of the registration
    person_id uuid NOT NULL CONSTRAINT make_up_person_id_fkey REFERENCES person,
    missed_session_id uuid NOT NULL,
    attended_session_id uuid NOT NULL
        CONSTRAINT make_up_attended_session_id_fkey REFERENCES course_session,
    state text NOT NULL CONSTRAINT make_up_state_check
        CHECK (state IN ('requested', 'confirmed', 'declined')),
    note text CONSTRAINT make_up_note_check CHECK (text_within(note, 500)),
    requested_by uuid CONSTRAINT make_up_requested_by_fkey REFERENCES user_account,
    decided_by uuid CONSTRAINT make_up_decided_by_fkey REFERENCES user_account,
    decided_at timestamptz,
    is_example boolean NOT NULL DEFAULT false,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT make_up_registration_id_fkey FOREIGN KEY (registration_id, course_id)
        REFERENCES registration (id, course_id),
    CONSTRAINT make_up_missed_session_id_fkey FOREIGN KEY (missed_session_id, course_id)
        REFERENCES course_session (id, course_id)
);
CREATE UNIQUE INDEX make_up_once_for_missed ON make_up (registration_id, missed_session_id)
    WHERE state IN ('requested', 'confirmed');
CREATE UNIQUE INDEX make_up_once_for_attended ON make_up (person_id, attended_session_id)
    WHERE state IN ('requested', 'confirmed');
CREATE INDEX make_up_course_idx ON make_up (course_id);
CREATE INDEX make_up_person_idx ON make_up (person_id);
CREATE INDEX make_up_updated_idx ON make_up (updated_at, id);
CREATE TRIGGER make_up_touch BEFORE UPDATE ON make_up
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row();

-- Course and person are those of the registration, whatever the statement said.
CREATE FUNCTION fill_make_up() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    SELECT r.course_id, r.person_id INTO NEW.course_id, NEW.person_id
      FROM registration r WHERE r.id = NEW.registration_id;
    RETURN NEW;
END
$$;
CREATE TRIGGER make_up_filled BEFORE INSERT ON make_up
    FOR EACH ROW EXECUTE FUNCTION fill_make_up();

-- ---- reflections -----------------------------------------------------------------------------

-- Participants' short texts on a session, shown without names. Ids are random and there is no time
-- finer than the day: neither id nor order tells who wrote. The author is kept so that they can take
-- their text back, and so that nobody writes more than the limit; the service cannot read it.
CREATE TABLE reflection (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    session_id uuid NOT NULL,
    course_id uuid NOT NULL,
    author_person_id uuid CONSTRAINT reflection_author_person_id_fkey
        REFERENCES person ON DELETE SET NULL,
    text text NOT NULL CONSTRAINT reflection_text_check CHECK (text_within(text, 2000)),
    written_on date NOT NULL DEFAULT local_day(business_now()),
    is_example boolean NOT NULL DEFAULT false,
    version int NOT NULL DEFAULT 1,
    CONSTRAINT reflection_session_id_fkey FOREIGN KEY (session_id, course_id)
        REFERENCES course_session (id, course_id)
);
CREATE INDEX reflection_session_idx ON reflection (session_id, written_on, id);
CREATE INDEX reflection_author_person_id_idx ON reflection (author_person_id);

-- Somebody who takes part in the session's course writes three at most; the lock on their
-- registration lets two requests at once not both be the last.
CREATE FUNCTION admit_reflection() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    NEW.course_id := (SELECT s.course_id FROM course_session s WHERE s.id = NEW.session_id);
    NEW.author_person_id := coalesce(principal_person(), NEW.author_person_id);
    PERFORM FROM registration r
     WHERE r.course_id = NEW.course_id AND r.person_id = NEW.author_person_id
       AND r.state IN ('confirmed', 'completed') FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'only participants of the course reflect on its sessions'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF (SELECT count(*) FROM reflection f
         WHERE f.session_id = NEW.session_id AND f.author_person_id = NEW.author_person_id) >= 3 THEN
        RAISE EXCEPTION 'three reflections on one session are enough'
            USING ERRCODE = 'check_violation', SCHEMA = 'loft', TABLE = 'reflection',
                  CONSTRAINT = 'reflections_within_limit';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER reflection_admitted BEFORE INSERT ON reflection
    FOR EACH ROW EXECUTE FUNCTION admit_reflection();

-- Whether the caller wrote it; says nothing to anybody else.
CREATE FUNCTION reflection_is_mine(reflection_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM reflection f
                    WHERE f.id = reflection_id AND f.author_person_id = principal_person());
END
$$;

-- ---- completion ------------------------------------------------------------------------------

-- Days that a participant must be present: the share rounded up (SM-R12). As completion_required in
-- domain/smart/attendance.h.
CREATE FUNCTION required_days(days bigint, min_attendance_bp int) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT (days * min_attendance_bp + 9999) / 10000
$$;

-- How far each participant of a course has come, with the eyes of the caller. Days are local days of
-- gatherings; the festival is not counted, yet who came to it has come. A day that was made up is one
-- without presence.
CREATE FUNCTION course_progress(course_id uuid)
RETURNS TABLE (registration_id uuid, gathering_days bigint, present_days bigint, made_up_days bigint,
    attended boolean)
LANGUAGE sql STABLE SET search_path = loft, pg_temp AS $$
    WITH session AS (
        SELECT s.id, local_day(s.starts_at) AS held_on, g.kind = 'gathering' AS counted
          FROM course_session s JOIN course_gathering g ON g.id = s.gathering_id
         WHERE s.course_id = course_progress.course_id),
    present AS (
        SELECT DISTINCT a.registration_id, s.held_on, s.counted
          FROM attendance a JOIN session s ON s.id = a.session_id
         WHERE a.course_id = course_progress.course_id AND a.status = 'present'),
    made_up AS (
        SELECT m.registration_id, s.held_on
          FROM make_up m JOIN session s ON s.id = m.missed_session_id
         WHERE m.course_id = course_progress.course_id AND m.state = 'confirmed' AND s.counted
        EXCEPT
        SELECT p.registration_id, p.held_on FROM present p WHERE p.counted),
    came AS (
        SELECT p.registration_id, count(*) FILTER (WHERE p.counted) AS days
          FROM present p GROUP BY p.registration_id),
    recovered AS (
        SELECT u.registration_id, count(*) AS days FROM made_up u GROUP BY u.registration_id)
    SELECT r.id, (SELECT count(DISTINCT s.held_on) FROM session s WHERE s.counted),
           coalesce(c.days, 0), coalesce(u.days, 0),
           c.registration_id IS NOT NULL OR u.registration_id IS NOT NULL
      FROM registration r
      LEFT JOIN came c ON c.registration_id = r.id
      LEFT JOIN recovered u ON u.registration_id = r.id
     WHERE r.course_id = course_progress.course_id
       AND r.state IN ('confirmed', 'completed', 'no_show')
$$;

-- ---- what the service's role may touch -------------------------------------------------------

GRANT EXECUTE ON FUNCTION
    local_day(timestamptz), required_days(bigint, int), course_progress(uuid),
    reflection_is_mine(uuid)
TO loft_service;

GRANT SELECT ON attendance_sheet, attendance, attendance_change, make_up TO loft_service;
GRANT SELECT (id, session_id, course_id, text, written_on, is_example, version)
    ON reflection TO loft_service;

GRANT UPDATE (recorded_at) ON attendance_sheet TO loft_service;
GRANT INSERT (session_id, course_id, registration_id, status, note), UPDATE (status, note)
    ON attendance TO loft_service;
GRANT INSERT (registration_id, missed_session_id, attended_session_id, state, note, requested_by,
              decided_by, decided_at),
      UPDATE (state, decided_by, decided_at)
    ON make_up TO loft_service;
GRANT INSERT (session_id, text), DELETE ON reflection TO loft_service;
