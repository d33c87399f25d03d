-- Numbers of SMART count people: somebody on five courses of a year is one, and not a cell of five
-- that may be shown. They are counted as in their latest registration of what is counted.

CREATE OR REPLACE VIEW counted_participant WITH (security_invoker = true) AS
    SELECT r.id, c.id AS course_id, c.year, c.course_type, c.organiser_municipality_no,
           coalesce(r.municipality_no, e.municipality_no) AS municipality_no, r.profession_code,
           r.person_id, r.registered_at
      FROM counted_course c
      JOIN registration r ON r.course_id = c.id AND r.state IN ('confirmed', 'completed')
      LEFT JOIN organisation e ON e.id = r.employer_organisation_id;

CREATE OR REPLACE FUNCTION statistics_participants(year int, course_type text, course_id uuid)
RETURNS TABLE (municipality_no text, profession_code text, participants bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = loft, pg_temp AS $$
BEGIN
    IF num_nonnulls(course_type, course_id) > 0 AND NOT has_role('smart_admin') THEN
        RAISE EXCEPTION 'only smart_admin counts less than a year'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN QUERY
    SELECT one.municipality_no, one.profession_code, count(*)
      FROM (SELECT DISTINCT ON (p.person_id) p.municipality_no, p.profession_code
              FROM counted_participant p
             WHERE p.year = statistics_participants.year
               AND (statistics_participants.course_type IS NULL
                    OR p.course_type = statistics_participants.course_type)
               AND (statistics_participants.course_id IS NULL
                    OR p.course_id = statistics_participants.course_id)
             ORDER BY p.person_id, p.registered_at DESC, p.id DESC) AS one
     GROUP BY one.municipality_no, one.profession_code;
END
$$;

-- As before, of people; certificates are people who have a valid one from a course of that year.
CREATE OR REPLACE FUNCTION statistics_years()
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
    ), person AS (
        SELECT DISTINCT ON (p.year, p.person_id) p.year, p.person_id, p.municipality_no,
               p.organiser_municipality_no
          FROM counted_participant p
         ORDER BY p.year, p.person_id, p.registered_at DESC, p.id DESC
    ), certified AS (
        SELECT p.year, count(DISTINCT p.person_id) AS certificates
          FROM counted_participant p
          JOIN certificate f ON f.registration_id = p.id AND f.state = 'valid'
         GROUP BY p.year
    ), came AS (
        SELECT p.year, count(*) AS participants,
               count(DISTINCT p.municipality_no) AS municipalities,
               count(DISTINCT p.municipality_no) FILTER (
                   WHERE p.municipality_no IS DISTINCT FROM p.organiser_municipality_no
               ) AS other_municipalities
          FROM person p
         GROUP BY p.year
    ), counted AS (
        SELECT h.year, h.courses, h.seats, coalesce(p.participants, 0) AS participants,
               coalesce(f.certificates, 0) AS certificates,
               coalesce(p.municipalities, 0) AS municipalities,
               coalesce(p.other_municipalities, 0) AS other_municipalities
          FROM held h
          LEFT JOIN came p ON p.year = h.year
          LEFT JOIN certified f ON f.year = h.year
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
