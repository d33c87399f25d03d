-- Numbers of SMART: who came, from where, in which year.

-- A participant is counted in the year in which the course begins in Norway, when it is neither a draft
-- nor cancelled: confirmed or completed, not those who never showed up. Their municipality is what
-- they said, else that of their employer. Not for the service: only the counts below are.
CREATE VIEW counted_course WITH (security_invoker = true) AS
    SELECT c.id, c.course_type, c.capacity, o.municipality_no AS organiser_municipality_no,
           extract(year FROM c.starts_at AT TIME ZONE 'Europe/Oslo')::int AS year
      FROM course c
      LEFT JOIN organisation o ON o.id = c.organiser_id
     WHERE c.state NOT IN ('draft', 'cancelled') AND c.starts_at IS NOT NULL;
CREATE VIEW counted_participant WITH (security_invoker = true) AS
    SELECT r.id, c.id AS course_id, c.year, c.course_type, c.organiser_municipality_no,
           coalesce(r.municipality_no, e.municipality_no) AS municipality_no, r.profession_code
      FROM counted_course c
      JOIN registration r ON r.course_id = c.id AND r.state IN ('confirmed', 'completed')
      LEFT JOIN organisation e ON e.id = r.employer_organisation_id;

-- Exact numbers, past the row policies; whoever asks, nobody is named. The service hides what is small
-- (domain/base/suppression.h). Only smart_admin divides a year further: two divisions of the same
-- people, shown to the public, could be subtracted from each other.
CREATE FUNCTION statistics_participants(year int, course_type text, course_id uuid)
RETURNS TABLE (municipality_no text, profession_code text, participants bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    IF num_nonnulls(course_type, course_id) > 0 AND NOT has_role('smart_admin') THEN
        RAISE EXCEPTION 'only smart_admin counts less than a year'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN QUERY
    SELECT p.municipality_no, p.profession_code, count(*)
      FROM counted_participant p
     WHERE p.year = statistics_participants.year
       AND (statistics_participants.course_type IS NULL
            OR p.course_type = statistics_participants.course_type)
       AND (statistics_participants.course_id IS NULL
            OR p.course_id = statistics_participants.course_id)
     GROUP BY p.municipality_no, p.profession_code;
END
$$;

-- A line for each year. For all but smart_admin a number of people from 1 to 4 is null, and with the
-- participants the municipalities that they came from; so are the certificates when those without one
-- are as few. There is no sum over the years, so nothing follows from the others.
CREATE FUNCTION statistics_years()
RETURNS TABLE (year int, courses bigint, seats bigint, participants bigint, certificates bigint,
               municipalities bigint, other_municipalities bigint, suppressed boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = loft, pg_temp AS $$
DECLARE
    exact boolean := has_role('smart_admin');
BEGIN
    RETURN QUERY
    WITH held AS (
        SELECT c.year, count(*) AS courses, coalesce(sum(c.capacity), 0)::bigint AS seats
          FROM counted_course c GROUP BY c.year
    ), came AS (
        SELECT p.year, count(*) AS participants, count(f.registration_id) AS certificates,
               count(DISTINCT p.municipality_no) AS municipalities,
               count(DISTINCT p.municipality_no) FILTER (
                   WHERE p.municipality_no IS DISTINCT FROM p.organiser_municipality_no
               ) AS other_municipalities
          FROM counted_participant p
          LEFT JOIN certificate f ON f.registration_id = p.id AND f.state = 'valid'
         GROUP BY p.year
    ), counted AS (
        SELECT h.year, h.courses, h.seats, coalesce(p.participants, 0) AS participants,
               coalesce(p.certificates, 0) AS certificates,
               coalesce(p.municipalities, 0) AS municipalities,
               coalesce(p.other_municipalities, 0) AS other_municipalities
          FROM held h LEFT JOIN came p ON p.year = h.year
    ), judged AS (
        SELECT n.*, NOT exact AND n.participants BETWEEN 1 AND 4 AS few,
               NOT exact AND (n.participants BETWEEN 1 AND 4 OR n.certificates BETWEEN 1 AND 4
                              OR n.participants - n.certificates BETWEEN 1 AND 4) AS few_certified
          FROM counted n
    )
    SELECT j.year, j.courses, j.seats,
           CASE WHEN NOT j.few THEN j.participants END,
           CASE WHEN NOT j.few_certified THEN j.certificates END,
           CASE WHEN NOT j.few THEN j.municipalities END,
           CASE WHEN NOT j.few THEN j.other_municipalities END,
           j.few OR j.few_certified
      FROM judged j;
END
$$;

GRANT EXECUTE ON FUNCTION statistics_participants(int, text, uuid), statistics_years()
TO loft_service;
