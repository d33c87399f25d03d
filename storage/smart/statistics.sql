-- name: statistics_reader
SELECT has_role('smart_admin') AS exact

-- Cells of municipality and profession, in the order of both; who said none comes last.
-- name: statistics_participants
SELECT p.municipality_no, m.name AS municipality_name, p.profession_code, p.participants
FROM statistics_participants(:year::int, :course_type::text, :course_id::uuid) AS p
LEFT JOIN municipality AS m ON m.municipality_no = p.municipality_no
ORDER BY p.municipality_no, p.profession_code

-- name: statistics_years
SELECT year, courses, seats, participants, certificates, municipalities, other_municipalities,
       suppressed, md5(year::text)::uuid AS _id
FROM statistics_years()
