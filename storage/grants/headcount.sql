-- Headcounts, one by one, as a file, and rolled up.

-- name: headcount_list
SELECT h.id, h.version, h.year, h.network_id, n.code AS network_code,
       n.name AS network_name, h.organisation_id,
       o.name AS organisation_name, h.category, h.heads, h.counted_on, h.source, h.locked,
       h.is_example, h.updated_at
FROM headcount AS h
JOIN competence_network AS n ON n.id = h.network_id
LEFT JOIN organisation AS o ON o.id = h.organisation_id
WHERE true
  AND h.year = :year                                  --? year
  AND h.network_id = :network_id::uuid                --? network_id
  AND h.organisation_id = :organisation_id::uuid      --? organisation_id
  AND h.category = :category                          --? category
  AND h.locked = :locked::boolean                     --? locked
  AND h.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: headcount_get
SELECT h.id, h.version, h.year, h.network_id, n.code AS network_code,
       n.name AS network_name, h.organisation_id,
       o.name AS organisation_name, h.category, h.heads, h.counted_on, h.source, h.locked,
       h.is_example, h.updated_at
FROM headcount AS h
JOIN competence_network AS n ON n.id = h.network_id
LEFT JOIN organisation AS o ON o.id = h.organisation_id
WHERE h.id = :id::uuid

-- What each network counts, its own figures or else the sums of its owners'.
-- name: headcount_totals
SELECT n.id AS _id, n.id AS network_id, n.code AS network_code, n.name AS network_name,
       :year::int AS year,
       coalesce(sum(c.heads) FILTER (WHERE c.category = 'kindergarten_child'), 0)::bigint
           AS kindergarten_children,
       coalesce(sum(c.heads) FILTER (WHERE c.category = 'primary_pupil'), 0)::bigint
           AS primary_pupils,
       coalesce(sum(c.heads) FILTER (WHERE c.category = 'upper_secondary_pupil'), 0)::bigint
           AS upper_secondary_pupils,
       coalesce(sum(c.heads) FILTER (WHERE c.category = 'apprentice'), 0)::bigint AS apprentices,
       coalesce(sum(c.heads) FILTER (WHERE c.category = 'training_candidate'), 0)::bigint
           AS training_candidates,
       coalesce(sum(c.heads), 0)::bigint AS heads, count(c.category) > 0 AS is_counted
FROM competence_network AS n
LEFT JOIN network_headcounts(:year::int) AS c ON c.network_id = n.id
WHERE active_in_year(n.active_from_on, n.active_to_on, :year::int)
  AND n.forum_id = :forum_id::uuid                    --? forum_id
GROUP BY n.id

-- Changes of headcounts, and what is adopted on them, come one at a time: whether a year is locked is a
-- question about all of it.
-- name: headcount_turn
SELECT pg_advisory_xact_lock(hashtextextended('headcount', 0))::text AS locked

-- ---- one figure ------------------------------------------------------------------------------

-- Where a figure goes; one row whatever is there.
-- name: headcount_target
SELECT n.id AS network_id, n.forum_id, m.network_id AS owner_network_id
FROM (SELECT coalesce(:counted_on::date, make_date(:year::int, 10, 1)) AS on_day) AS counting
LEFT JOIN network_owner AS m
       ON m.organisation_id = :organisation_id::uuid AND m.days @> counting.on_day
LEFT JOIN competence_network AS n ON n.id = coalesce(:network_id::uuid, m.network_id)

-- name: headcount_put
INSERT INTO headcount (network_id, organisation_id, year, category, heads, counted_on, source)
VALUES (:network_id::uuid, :organisation_id::uuid, :year::int, :category, :heads::int,
        coalesce(:counted_on::date, make_date(:year::int, 10, 1)), :source)
ON CONFLICT ON CONSTRAINT headcount_category_key
    DO UPDATE SET heads = EXCLUDED.heads, counted_on = EXCLUDED.counted_on, source = EXCLUDED.source
RETURNING id, version::bigint AS version

-- name: headcount_lock
SELECT h.id, n.forum_id, h.year, CASE WHEN h.locked THEN 'locked' ELSE 'open' END AS state,
       NULL::text AS networks_missing, true AS own, h.version::bigint AS version
FROM headcount AS h
JOIN competence_network AS n ON n.id = h.network_id
WHERE h.id = :id::uuid
FOR UPDATE OF h

-- name: headcount_delete
DELETE FROM headcount WHERE id = :id::uuid

-- ---- a year ----------------------------------------------------------------------------------

-- name: headcount_year_list
SELECT y.id, y.version, y.forum_id, y.year,
       headcount_year_state(y.forum_id, y.year) AS state, y.updated_at
FROM headcount_year AS y
WHERE true
  AND y.year = :year                                  --? year
  AND y.forum_id = :forum_id::uuid                    --? forum_id
  AND y.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: headcount_year_get
SELECT y.id, y.version, y.forum_id, y.year,
       headcount_year_state(y.forum_id, y.year) AS state,
       (SELECT count(*) FROM headcount AS h JOIN competence_network AS n ON n.id = h.network_id
         WHERE n.forum_id = y.forum_id AND h.year = y.year) AS figures,
       headcount_networks_missing(y.forum_id, y.year) AS networks_missing,
       y.updated_at, y.forum_id = ANY (granted('forum_secretariat')) AS _writable
FROM headcount_year AS y
WHERE y.id = :id::uuid

-- A year as decisions see it.
-- name: headcount_year_load
SELECT y.id, y.forum_id, y.year, headcount_year_state(y.forum_id, y.year) AS state,
       NULLIF(array_to_string(headcount_networks_missing(y.forum_id, y.year), ', '), '')
           AS networks_missing,
       y.forum_id = ANY (granted('forum_secretariat')) AS own, y.version::bigint AS version
FROM headcount_year AS y
WHERE y.id = :id::uuid

-- The same before there is a figure: of each forum whose secretariat the caller is, or of the one named.
-- name: headcount_year_find
SELECT y.id, f.forum_id, :year::int AS year, headcount_year_state(f.forum_id, :year::int) AS state,
       NULL::text AS networks_missing, true AS own, coalesce(y.version, 0)::bigint AS version
FROM unnest(granted('forum_secretariat')) AS f (forum_id)
LEFT JOIN headcount_year AS y ON y.forum_id = f.forum_id AND y.year = :year::int
WHERE coalesce(f.forum_id = :forum_id::uuid, true)

-- name: headcount_year_set_locked
UPDATE headcount AS h
SET locked = :locked
FROM competence_network AS n
WHERE n.id = h.network_id AND n.forum_id = :forum_id::uuid AND h.year = :year::int

-- ---- a file ----------------------------------------------------------------------------------

-- What a line can be about on the day of counting: networks, then owners in them, then municipalities
-- that are in none.
-- name: headcount_places
WITH counting AS (SELECT coalesce(:counted_on::date, make_date(:year::int, 10, 1)) AS on_day)
SELECT n.id AS network_id, n.code AS network_code, NULL::uuid AS organisation_id, NULL::text AS name,
       NULL::text AS org_number, NULL::text AS municipality_no
FROM competence_network AS n, counting
WHERE n.forum_id = :forum_id::uuid
  AND daterange(n.active_from_on, n.active_to_on, '[]') @> counting.on_day
UNION ALL
SELECT n.id, n.code, o.id, o.name, o.org_number,
       CASE WHEN m.role = 'municipality' THEN o.municipality_no END
FROM network_owner AS m
JOIN competence_network AS n ON n.id = m.network_id
JOIN organisation AS o ON o.id = m.organisation_id, counting
WHERE n.forum_id = :forum_id::uuid AND m.days @> counting.on_day
UNION ALL
SELECT NULL, NULL, NULL, c.name, NULL, c.municipality_no
FROM municipality AS c, counting
WHERE daterange(c.valid_from_on, c.valid_to_on, '[]') @> counting.on_day

-- What is the same already stays untouched, with its version.
-- name: headcount_import
WITH put AS (
    INSERT INTO headcount (network_id, organisation_id, year, category, heads, counted_on, source)
    SELECT f.network_id, f.organisation_id, :year::int, f.category, f.heads,
           coalesce(:counted_on::date, make_date(:year::int, 10, 1)), :source
    FROM jsonb_to_recordset(:figures::jsonb)
             AS f (network_id uuid, organisation_id uuid, category text, heads int)
    ON CONFLICT ON CONSTRAINT headcount_category_key
        DO UPDATE SET heads = EXCLUDED.heads, counted_on = EXCLUDED.counted_on,
                      source = EXCLUDED.source
        WHERE (headcount.heads, headcount.counted_on, headcount.source)
              IS DISTINCT FROM (EXCLUDED.heads, EXCLUDED.counted_on, EXCLUDED.source)
    RETURNING (xmax = 0) AS is_new)
SELECT count(*) FILTER (WHERE put.is_new) AS created,
       count(*) FILTER (WHERE NOT put.is_new) AS changed
FROM put

-- name: headcount_imported
SELECT y.id, y.version, y.forum_id, y.year, :created::bigint AS created, :changed::bigint AS changed,
       :unchanged::bigint AS unchanged, y.updated_at
FROM headcount_year AS y
WHERE y.forum_id = :forum_id::uuid AND y.year = :year::int
