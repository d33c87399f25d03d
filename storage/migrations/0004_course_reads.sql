-- What lists and items of courses work out when they are read.

-- Whether one can register at an instant, seats aside; course_is_open in domain/smart/course.c says
-- the same for decisions, and a test holds the two together.
CREATE FUNCTION course_is_open(state text, pricing_model text, capacity int, opens_at timestamptz,
    closes_at timestamptz, starts_at timestamptz, at timestamptz) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT state = 'published' AND pricing_model <> 'quote' AND capacity IS NOT NULL
       AND (opens_at IS NULL OR at >= opens_at)
       AND (closes_at IS NULL OR at < closes_at)
       AND (starts_at IS NULL OR at < starts_at)
$$;

-- An instant inside a json column, written as the service writes instants elsewhere.
CREATE FUNCTION instant_json(at timestamptz) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT (to_json(at AT TIME ZONE 'UTC') #>> '{}') || 'Z'
$$;

-- In the order of starts_at, courses without a session stand last. CASE, because the planner takes
-- coalesce() for leaky and would not look for a cursor's place in the index under a policy.
CREATE INDEX course_order_idx ON course (
    (CASE WHEN starts_at IS NULL THEN timestamptz '9999-12-31 00:00:00+00' ELSE starts_at END), id);

-- One row for one course: the planner would expect a thousand.
ALTER FUNCTION course_seats(uuid, timestamptz) ROWS 1;

-- The words by which a course is found.
CREATE FUNCTION course_words(title text, description text, focus_question text, venue_name text,
    code text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT to_tsvector('pg_catalog.norwegian',
        concat_ws(' ', title, description, focus_question, venue_name)) ||
        to_tsvector('pg_catalog.norwegian', code)
$$;
CREATE INDEX course_words_idx
    ON course USING gin (course_words(title, description, focus_question, venue_name, code));

-- Ids of the courses that hold all the words, the last of them perhaps unfinished. Asked as the
-- owner, since @@ is not leakproof and would not use the index under a policy; the list joins the
-- ids to the rows that the caller may see.
CREATE FUNCTION course_search(q text) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = loft, pg_temp
SET client_min_messages = warning -- words that say nothing ("og") are no news for the log
AS $$
DECLARE
    words tsquery := websearch_to_tsquery('pg_catalog.norwegian', q);
BEGIN
    IF words::text ~ '''$' THEN
        words := (words::text || ':*')::tsquery;
    END IF;
    RETURN QUERY
        SELECT c.id FROM course c
         WHERE course_words(c.title, c.description, c.focus_question, c.venue_name, c.code)
               @@ words;
END
$$;

GRANT EXECUTE ON FUNCTION
    course_is_open(text, text, int, timestamptz, timestamptz, timestamptz, timestamptz),
    instant_json(timestamptz), course_words(text, text, text, text, text), course_search(text)
TO loft_service;
