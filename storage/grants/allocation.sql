-- Allocations: scenarios and versions of a round's distribution, with their lines.

-- name: allocation_list
SELECT a.id, a.version, a.round_id, a.version_no, a.name, a.kind, a.headcount_year, a.total_nok,
       a.joint_share_bp, a.joint_nok, a.total_nok - a.joint_nok AS pool_nok, a.base_per_network_nok,
       a.weight_child_milli, a.weight_pupil_milli, a.weight_apprentice_milli,
       a.decided_in_meeting_id, a.state, a.superseded_reason, a.computed_at, a.is_example,
       a.updated_at
FROM allocation AS a
WHERE true
  AND a.round_id = :round_id::uuid                    --? round_id
  AND a.state = :state                                --? state
  AND a.kind = :kind                                  --? kind
  AND a.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: allocation_get
SELECT a.id, a.version, a.round_id, a.version_no, a.name, a.kind, a.headcount_year, a.total_nok,
       a.joint_share_bp, a.joint_nok,
       (a.joint_nok * 10000 / nullif(a.total_nok, 0))::int AS joint_bp_effective,
       a.total_nok - a.joint_nok AS pool_nok,
       (SELECT count(*) FROM allocation_line AS l WHERE l.allocation_id = a.id) AS networks,
       a.base_per_network_nok, a.weight_child_milli, a.weight_pupil_milli, a.weight_apprentice_milli,
       a.decided_in_meeting_id, a.state, a.superseded_reason, a.computed_at, a.is_example,
       a.updated_at,
       EXISTS (SELECT FROM grant_round AS r
                WHERE r.id = a.round_id AND r.forum_id = ANY (granted('forum_secretariat')))
           AS _writable
FROM allocation AS a
WHERE a.id = :id::uuid

-- Whether the caller may see an allocation; lists below it ask.
-- name: allocation_visible
SELECT a.id FROM allocation AS a WHERE a.id = :allocation_id::uuid

-- The round, which is locked before the allocation.
-- name: allocation_round
SELECT a.round_id AS id FROM allocation AS a WHERE a.id = :id::uuid

-- An allocation as decisions see it.
-- name: allocation_lock
SELECT a.id, a.round_id, a.name, a.state, a.kind, a.headcount_year, a.total_nok, a.joint_share_bp,
       a.joint_nok, a.base_per_network_nok, a.weight_child_milli, a.weight_pupil_milli,
       a.weight_apprentice_milli, a.version::bigint AS version
FROM allocation AS a
WHERE a.id = :id::uuid
FOR UPDATE

-- ---- computing -------------------------------------------------------------------------------

-- name: allocation_counts
SELECT h.network_id, n.code, h.children, h.pupils, h.apprentices, h.is_counted
FROM round_heads(:round_id::uuid, :headcount_year::int) AS h
JOIN competence_network AS n ON n.id = h.network_id
ORDER BY n.code

-- name: allocation_insert
INSERT INTO allocation (round_id, version_no, name, kind, headcount_year, total_nok, joint_share_bp,
                        joint_nok, base_per_network_nok, weight_child_milli, weight_pupil_milli,
                        weight_apprentice_milli)
VALUES (:round_id::uuid,
        (SELECT coalesce(max(a.version_no), 0) + 1 FROM allocation AS a
          WHERE a.round_id = :round_id::uuid),
        :name, :kind, :headcount_year, :total_nok, :joint_share_bp, :joint_nok,
        :base_per_network_nok, :weight_child_milli, :weight_pupil_milli, :weight_apprentice_milli)
RETURNING id, version::bigint AS version

-- name: allocation_lines_delete
DELETE FROM allocation_line WHERE allocation_id = :id::uuid

-- name: allocation_lines_insert
INSERT INTO allocation_line (allocation_id, network_id, children, pupils, apprentices, weight, base_nok,
                             variable_nok, remainder, extra_krone, amount_nok)
SELECT :id::uuid, l.network_id, l.children, l.pupils, l.apprentices, l.weight, l.base_nok,
       l.variable_nok, l.remainder, l.extra_krone, l.amount_nok
FROM jsonb_to_recordset(:lines::jsonb) AS l (network_id uuid, children bigint, pupils bigint,
    apprentices bigint, weight bigint, base_nok bigint, variable_nok bigint, remainder bigint,
    extra_krone boolean, amount_nok bigint)

-- name: allocation_recomputed
UPDATE allocation SET joint_nok = :joint_nok, computed_at = clock_timestamp()
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- ---- changing and deciding -------------------------------------------------------------------

-- name: allocation_update
UPDATE allocation
SET name = CASE WHEN :name.given THEN :name ELSE name END,
    kind = CASE WHEN :kind.given THEN :kind ELSE kind END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- name: allocation_delete
DELETE FROM allocation WHERE id = :id::uuid

-- Bases that are submitted meanwhile wait, or were counted.
-- name: allocation_frames_lock
SELECT f.id, f.version::bigint AS version FROM network_frame AS f
WHERE f.round_id = :round_id::uuid
ORDER BY f.id
FOR UPDATE

-- What surrounds an adoption.
-- name: allocation_scene
SELECT m.forum_id AS meeting_forum_id, m.scheme_code AS meeting_scheme_code,
       m.state AS meeting_state, m.year AS meeting_year, m.year_no AS meeting_year_no,
       (SELECT present.id FROM allocation AS present
         WHERE present.round_id = a.round_id AND present.state IN ('adopted', 'published'))
           AS present_id,
       EXISTS (SELECT FROM allocation AS before
                WHERE before.round_id = a.round_id AND before.state <> 'draft') AS decided_before,
       round_headcounts_open(a.round_id, a.headcount_year) AS headcounts_open,
       EXISTS (SELECT FROM round_heads(a.round_id, a.headcount_year) AS h
                 FULL JOIN (SELECT * FROM allocation_line WHERE allocation_id = a.id) AS l
                   ON l.network_id = h.network_id
                WHERE (l.children, l.pupils, l.apprentices)
                      IS DISTINCT FROM (h.children, h.pupils, h.apprentices)) AS is_outdated,
       (SELECT string_agg(n.code, ', ' ORDER BY n.code)
          FROM network_frame AS f
          JOIN competence_network AS n ON n.id = f.network_id
          LEFT JOIN allocation_line AS l
                 ON l.allocation_id = a.id AND l.network_id = f.network_id
         WHERE f.round_id = a.round_id AND f.claimed_nok > coalesce(l.amount_nok, 0)) AS frames_short
FROM allocation AS a
LEFT JOIN forum_meeting AS m ON m.id = :meeting_id::uuid
WHERE a.id = :id::uuid

-- name: allocation_supersede
UPDATE allocation SET state = 'superseded', superseded_reason = :reason
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- name: allocation_set_state
UPDATE allocation
SET state = :state, decided_in_meeting_id = coalesce(:meeting_id::uuid, decided_in_meeting_id)
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- A network without a line has no frame any more.
-- name: allocation_frames_clear
UPDATE network_frame AS f SET frame_nok = NULL
WHERE f.round_id = :round_id::uuid
  AND NOT EXISTS (SELECT FROM allocation_line AS l
                   WHERE l.allocation_id = :id::uuid AND l.network_id = f.network_id)

-- name: allocation_frames_set
INSERT INTO network_frame (round_id, network_id, frame_nok)
SELECT :round_id::uuid, l.network_id, l.amount_nok
FROM allocation_line AS l
WHERE l.allocation_id = :id::uuid
ON CONFLICT ON CONSTRAINT network_frame_network_id_key DO UPDATE SET frame_nok = EXCLUDED.frame_nok

-- ---- what is read of them --------------------------------------------------------------------

-- name: allocation_line_list
SELECT l.id, l.allocation_id, l.network_id, n.code AS network_code, n.name AS network_name,
       l.children, l.pupils, l.apprentices, l.weight, l.base_nok, l.variable_nok, l.remainder,
       l.extra_krone, l.amount_nok, l.updated_at
FROM allocation_line AS l
JOIN competence_network AS n ON n.id = l.network_id
WHERE l.allocation_id = :allocation_id::uuid
  AND l.network_id = :network_id::uuid                --? network_id
  AND l.updated_at >= :updated_since::timestamptz     --? updated_since

-- The arithmetic anew, from what was counted: it says what domain/grants/allocation.c says, and a test
-- holds the two together.
-- name: allocation_explain
WITH line AS (
    SELECT l.id, n.code, n.name, l.children, l.pupils, l.apprentices,
           gcd(gcd(a.weight_child_milli, a.weight_pupil_milli), a.weight_apprentice_milli) AS divisor,
           a.weight_child_milli, a.weight_pupil_milli, a.weight_apprentice_milli, a.total_nok,
           a.joint_nok, a.total_nok - a.joint_nok AS pool_nok, a.base_per_network_nok AS base_nok,
           count(*) OVER () AS networks
    FROM allocation AS a
    JOIN allocation_line AS l ON l.allocation_id = a.id
    JOIN competence_network AS n ON n.id = l.network_id
    WHERE a.id = :allocation_id::uuid),
factor AS (
    SELECT line.*, pool_nok - networks * base_nok AS variable_pool_nok,
           coalesce(weight_child_milli / nullif(divisor, 0), 0)::bigint AS child_factor,
           coalesce(weight_pupil_milli / nullif(divisor, 0), 0)::bigint AS pupil_factor,
           coalesce(weight_apprentice_milli / nullif(divisor, 0), 0)::bigint AS apprentice_factor
    FROM line),
weighed AS (
    SELECT factor.*, child_factor * children + pupil_factor * pupils + apprentice_factor * apprentices
               AS weight
    FROM factor),
product AS (
    SELECT weighed.*, variable_pool_nok::numeric * weight AS product,
           (sum(weight) OVER ())::bigint AS weight_sum
    FROM weighed),
divided AS (
    SELECT product.*, coalesce(div(product, nullif(weight_sum, 0)), 0)::bigint AS quotient,
           coalesce(mod(product, nullif(weight_sum, 0)), 0)::bigint AS remainder
    FROM product),
ranked AS (
    SELECT divided.*, (variable_pool_nok - sum(quotient) OVER ())::bigint AS left_over_nok,
           row_number() OVER (ORDER BY remainder DESC, weight DESC, code COLLATE "C") AS rank
    FROM divided)
SELECT r.id AS _id, r.code AS network_code, r.name AS network_name, r.total_nok, r.joint_nok,
       r.pool_nok, r.networks, r.base_nok, r.variable_pool_nok, r.divisor, r.child_factor,
       r.pupil_factor, r.apprentice_factor, r.children, r.pupils, r.apprentices, r.weight,
       r.weight_sum, r.product::text AS product, r.quotient, r.remainder, r.left_over_nok, r.rank,
       r.rank <= r.left_over_nok AS extra_krone,
       r.base_nok + r.quotient + (r.rank <= r.left_over_nok)::int AS amount_nok
FROM ranked AS r

-- Whether the caller may see the round, and what it is compared with.
-- name: allocation_comparison_visible
SELECT r.id FROM grant_round AS r
WHERE r.id = :round_id::uuid
  AND (:base_id::uuid IS NULL
       OR EXISTS (SELECT FROM allocation AS a WHERE a.id = :base_id::uuid AND a.round_id = r.id))

-- A row for each network and scenario; _id puts those of a network in the order of their versions.
-- name: allocation_comparison
WITH shown AS (
    SELECT a.id, a.version_no, a.name, a.kind, a.state FROM allocation AS a
    WHERE a.round_id = :round_id::uuid),
base AS ( -- no row at all when what is named is not of the round
    SELECT s.id FROM shown AS s WHERE s.id = :base_id::uuid
    UNION ALL
    SELECT (SELECT s.id FROM shown AS s WHERE s.state IN ('adopted', 'published'))
    WHERE :base_id::uuid IS NULL),
network AS (
    SELECT DISTINCT l.network_id FROM allocation_line AS l JOIN shown ON shown.id = l.allocation_id)
SELECT (left(md5(n.id::text), 24) || lpad(s.version_no::text, 8, '0'))::uuid AS _id,
       n.id AS network_id, n.code AS network_code, n.name AS network_name, s.id AS allocation_id,
       s.version_no, s.name, s.kind, s.state, l.amount_nok, base.id AS base_id,
       of_base.amount_nok AS base_amount_nok,
       CASE WHEN base.id IS NOT NULL
            THEN coalesce(l.amount_nok, 0) - coalesce(of_base.amount_nok, 0) END AS difference_nok
FROM network
JOIN competence_network AS n ON n.id = network.network_id
CROSS JOIN shown AS s
CROSS JOIN base
LEFT JOIN allocation_line AS l ON l.allocation_id = s.id AND l.network_id = n.id
LEFT JOIN allocation_line AS of_base
       ON of_base.allocation_id = base.id AND of_base.network_id = n.id
WHERE true
  AND s.state = :state                                --? state
  AND n.id = :network_id::uuid                        --? network_id
