-- Sessions as a calendar: of a course, and of a person by a secret address that can be revoked.

-- ---- entries ----------------------------------------------------------------------------------

-- The sessions of a course as a calendar takes them, seen with the caller's eyes: the clock in Norway
-- without its zone, and a sequence that grows with every edit of what an entry shows.
CREATE FUNCTION session_entries(course_id uuid)
RETURNS TABLE (session_id uuid, sequence bigint, starts_local text, ends_local text,
               modified_at timestamptz, summary text, location text)
LANGUAGE sql STABLE SET search_path = loft, pg_temp AS $$
    SELECT s.id, (s.version + g.version + c.version)::bigint - 3,
           to_char(s.starts_at AT TIME ZONE 'Europe/Oslo', 'YYYYMMDD"T"HH24MISS'),
           to_char(s.ends_at AT TIME ZONE 'Europe/Oslo', 'YYYYMMDD"T"HH24MISS'),
           greatest(s.updated_at, g.updated_at, c.updated_at),
           concat_ws(': ', c.title, coalesce(s.title, g.title)),
           coalesce(s.venue_name, NULLIF(concat_ws(', ', c.venue_name, c.venue_address), ''))
      FROM course_session s
      JOIN course_gathering g ON g.id = s.gathering_id
      JOIN course c ON c.id = s.course_id
     WHERE s.course_id = session_entries.course_id
$$;

-- ---- feeds ------------------------------------------------------------------------------------

-- Whoever has the address reads the calendar, so it is kept as a hash and can be thrown away.
CREATE TABLE calendar_feed (
    id uuid PRIMARY KEY DEFAULT uuid_v7(),
    person_id uuid NOT NULL
        CONSTRAINT calendar_feed_person_id_fkey REFERENCES person ON DELETE CASCADE,
    user_id uuid NOT NULL
        CONSTRAINT calendar_feed_user_id_fkey REFERENCES user_account ON DELETE CASCADE,
    name text CONSTRAINT calendar_feed_name_check CHECK (text_within(name, 100)),
    secret_sha256 text NOT NULL
        CONSTRAINT calendar_feed_secret_sha256_key UNIQUE
        CONSTRAINT calendar_feed_secret_sha256_check CHECK (secret_sha256 ~ '^[0-9a-f]{64}$'),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX calendar_feed_person_idx ON calendar_feed (person_id, created_at, id);
CREATE INDEX calendar_feed_user_id_idx ON calendar_feed (user_id);

-- What the address shows: the sessions of the courses on which the person has a seat, and those of a
-- seat that was given up, as cancelled. Nothing of anybody else, and nothing of the person. No row when
-- there is no such feed, or its user has been switched off; one without a session when it is empty.
CREATE FUNCTION calendar_feed_entries(secret_sha256 text)
RETURNS TABLE (session_id uuid, sequence bigint, starts_local text, ends_local text,
               modified_at timestamptz, summary text, location text, cancelled boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT e.session_id, e.sequence + r.versions, e.starts_local, e.ends_local,
           greatest(e.modified_at, r.modified_at), e.summary, e.location,
           c.state = 'cancelled' OR NOT r.held
      FROM calendar_feed f
      JOIN user_account u ON u.id = f.user_id AND u.is_active AND u.person_id = f.person_id
      LEFT JOIN LATERAL (
            SELECT o.course_id, sum(o.version)::bigint - count(*) AS versions,
                   max(o.updated_at) AS modified_at,
                   bool_or(o.state IN ('confirmed', 'completed', 'no_show')) AS held
              FROM registration o
             WHERE o.person_id = f.person_id
               AND (o.state IN ('confirmed', 'completed', 'no_show')
                    OR (o.state = 'cancelled' AND o.refund_nok IS NOT NULL))
             GROUP BY o.course_id) r ON true
      LEFT JOIN course c ON c.id = r.course_id
      LEFT JOIN LATERAL session_entries(c.id) e ON true
     WHERE f.secret_sha256 = calendar_feed_entries.secret_sha256
     ORDER BY e.starts_local DESC, e.session_id
     LIMIT 1000;
END
$$;

GRANT EXECUTE ON FUNCTION session_entries(uuid), calendar_feed_entries(text) TO loft_service;
GRANT SELECT (id, person_id, user_id, name, version, created_at, updated_at), DELETE
    ON calendar_feed TO loft_service;
GRANT INSERT (person_id, user_id, name, secret_sha256) ON calendar_feed TO loft_service;
