-- Learning groups: what decisions load and store, after course_lock; and what is read.

-- ---- decisions -------------------------------------------------------------------------------

-- name: learning_grouping_lock
SELECT course_id, state, group_count, version FROM learning_grouping
WHERE course_id = :course_id::uuid
FOR UPDATE

-- name: learning_group_size
SELECT learning_group_size_target AS size_target FROM course WHERE id = :course_id::uuid

-- name: learning_group_candidates
SELECT r.id AS registration_id, r.profession_code, r.employer_organisation_id AS employer_id,
       coalesce(g.seq_no, 0) AS group_no, coalesce(m.pair_no, 0) AS pair_no
FROM registration AS r
LEFT JOIN learning_group_member AS m ON m.registration_id = r.id
LEFT JOIN learning_group AS g ON g.id = m.group_id
WHERE r.course_id = :course_id::uuid AND r.state = 'confirmed'

-- name: learning_grouping_insert
INSERT INTO learning_grouping (course_id, group_count)
VALUES (:course_id::uuid, :group_count)
RETURNING course_id AS id, version::bigint AS version

-- name: learning_grouping_regenerate
UPDATE learning_grouping
SET group_count = :group_count, generated_at = business_now(), placed_at = clock_timestamp()
WHERE course_id = :course_id::uuid
RETURNING course_id AS id, version::bigint AS version

-- name: learning_grouping_set_state
UPDATE learning_grouping
SET state = :state, locked_at = CASE WHEN :state = 'locked' THEN business_now() END
WHERE course_id = :course_id::uuid
RETURNING course_id AS id, version::bigint AS version

-- name: learning_grouping_touch
UPDATE learning_grouping SET placed_at = clock_timestamp()
WHERE course_id = :course_id::uuid
RETURNING course_id AS id, version::bigint AS version

-- name: learning_groups_delete
DELETE FROM learning_group WHERE course_id = :course_id::uuid

-- name: learning_groups_insert
INSERT INTO learning_group (course_id, seq_no, name)
SELECT :course_id::uuid, n, 'Læringsgruppe ' || n FROM generate_series(1, :group_count::int) AS n

-- Whoever has been placed; a new place ends the pair.
-- name: learning_group_members_place
INSERT INTO learning_group_member AS m (registration_id, group_id, placed_by, placed_version,
    deal_no, profession_no, profession_count, exchanged_with, from_group_no)
SELECT p.registration_id, g.id, p.placed_by, :version, nullif(p.deal_no, 0),
       CASE WHEN p.deal_no > 0 THEN p.profession_no END,
       CASE WHEN p.deal_no > 0 THEN p.profession_count END,
       p.exchanged_with, nullif(p.from_group_no, 0)
FROM jsonb_to_recordset(:placed::jsonb) AS p (registration_id uuid, group_no int, placed_by text,
    deal_no int, profession_no int, profession_count int, exchanged_with uuid, from_group_no int)
JOIN learning_group AS g ON g.course_id = :course_id::uuid AND g.seq_no = p.group_no
ON CONFLICT (registration_id) DO UPDATE
SET group_id = excluded.group_id, pair_no = NULL, placed_by = excluded.placed_by,
    placed_version = excluded.placed_version, deal_no = excluded.deal_no,
    profession_no = excluded.profession_no, profession_count = excluded.profession_count,
    exchanged_with = excluded.exchanged_with, from_group_no = excluded.from_group_no

-- name: learning_pairs_set
UPDATE learning_group_member AS m
SET pair_no = nullif(p.pair_no, 0)
FROM jsonb_to_recordset(:placed::jsonb) AS p (registration_id uuid, pair_no int)
WHERE m.registration_id = p.registration_id AND m.pair_no IS DISTINCT FROM nullif(p.pair_no, 0)

-- ---- the grouping of a course ----------------------------------------------------------------

-- `violations` says what groups_check of domain/smart/learning_group.c says; a test holds the two
-- together. `changes`: whom the last change of places moved, or placed late.
-- name: learning_grouping_get
WITH member AS (
    SELECT m.registration_id, g.seq_no, r.participant_name, r.profession_code, m.placed_by,
           m.placed_version, m.from_group_no
    FROM learning_group_member AS m
    JOIN learning_group AS g ON g.id = m.group_id
    JOIN registration AS r ON r.id = m.registration_id
    WHERE m.course_id = :id::uuid),
numbers AS (
    SELECT * FROM learning_group_numbers WHERE course_id = :id::uuid),
profession AS (
    SELECT c.profession_code, sum(c.count) AS total, max(c.count) AS most,
           CASE WHEN count(*) < (SELECT count(*) FROM numbers) THEN 0 ELSE min(c.count) END AS least
    FROM (SELECT profession_code, seq_no, count(*) AS count
          FROM member GROUP BY profession_code, seq_no) AS c
    GROUP BY c.profession_code),
size AS (
    SELECT count(*) AS groups, min(size) AS least, max(size) AS most,
           coalesce(sum(size), 0)::bigint AS placed,
           count(*) FILTER (WHERE size > 1 AND distinct_professions = 1) AS single
    FROM numbers),
other AS ( -- of another profession than the largest
    SELECT size.placed - coalesce(max(profession.total), 0) AS count
    FROM size LEFT JOIN profession ON true GROUP BY size.placed),
violation AS (
    SELECT 1 AS kind, 'profession' AS code, profession_code, least, most, total FROM profession
    WHERE most - least > 1
    UNION ALL
    SELECT 2, 'group_size', NULL, least, most, 0 FROM size WHERE most - least > 1
    UNION ALL
    SELECT 3, 'single_profession', NULL, u.unavoidable, size.single, 0
    FROM size CROSS JOIN other CROSS JOIN LATERAL (
        SELECT CASE WHEN other.count = 0 THEN size.groups
                    ELSE greatest(size.groups - other.count, 0) END) AS u (unavoidable)
    WHERE size.single > u.unavoidable)
SELECT o.course_id, o.version, o.state, o.group_count, o.generated_at, o.locked_at, o.updated_at,
       size.placed,
       (SELECT count(*) FROM registration AS r
        WHERE r.course_id = o.course_id AND r.state IN ('confirmed', 'completed', 'no_show'))
           - size.placed AS unplaced,
       NOT EXISTS (SELECT FROM violation) AS balanced,
       (SELECT coalesce(json_agg(json_build_object(
                   'code', v.code, 'profession_code', v.profession_code,
                   'least', v.least, 'most', v.most)
                   ORDER BY v.kind, v.total DESC, v.profession_code COLLATE "C"), '[]')
        FROM violation AS v) AS violations,
       (SELECT coalesce(json_agg(json_build_object(
                   'registration_id', m.registration_id, 'participant_name', m.participant_name,
                   'profession_code', m.profession_code, 'placed_by', m.placed_by,
                   'from_group_no', m.from_group_no, 'to_group_no', m.seq_no)
                   ORDER BY m.from_group_no NULLS LAST, m.seq_no, m.registration_id), '[]')
        FROM member AS m
        WHERE m.placed_version = o.version AND m.placed_by IN ('late_change', 'by_hand'))
           AS changes,
       (SELECT coalesce(json_agg(json_build_object(
                   'id', n.id, 'seq_no', n.seq_no, 'name', n.name, 'size', n.size,
                   'professions', n.professions, 'distinct_professions', n.distinct_professions,
                   'max_profession_permille', n.max_profession_permille,
                   'same_employer_pairs', n.same_employer_pairs,
                   'municipalities', n.municipalities, 'members', p.members)
                   ORDER BY n.seq_no), '[]')
        FROM numbers AS n
        CROSS JOIN LATERAL (
            SELECT coalesce(json_agg(json_build_object(
                       'registration_id', m.registration_id,
                       'participant_name', r.participant_name,
                       'profession_code', r.profession_code, 'pair_no', m.pair_no)
                       ORDER BY r.participant_name COLLATE "nb-x-icu", m.registration_id), '[]')
            FROM learning_group_member AS m
            JOIN registration AS r ON r.id = m.registration_id
            WHERE m.group_id = n.id) AS p (members)) AS groups
FROM learning_grouping AS o
CROSS JOIN size
WHERE o.course_id = :id::uuid

-- ---- groups, members, pairs ------------------------------------------------------------------

-- Joined to the grouping, which participants do not see: the numbers are not for them.
-- name: learning_group_list
SELECT n.id, n.version, n.course_id, n.seq_no, n.name, n.size, n.professions,
       n.distinct_professions, n.max_profession_permille, n.same_employer_pairs, n.municipalities,
       n.updated_at
FROM learning_group_numbers AS n
JOIN learning_grouping AS o ON o.course_id = n.course_id
WHERE n.course_id = :course_id::uuid
  AND n.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: learning_group_get
SELECT g.id, g.version, g.course_id, g.seq_no, g.name,
       (SELECT coalesce(json_agg(json_build_object(
                   'registration_id', m.registration_id, 'participant_name', p.participant_name,
                   'profession_code', p.profession_code, 'pair_no', m.pair_no,
                   'placed_by', m.placed_by, 'deal_no', m.deal_no,
                   'profession_no', m.profession_no, 'profession_count', m.profession_count,
                   'exchanged_with', m.exchanged_with, 'from_group_no', m.from_group_no)
                   ORDER BY p.participant_name COLLATE "nb-x-icu", m.registration_id), '[]')
        FROM learning_group_member AS m
        JOIN learning_group_people(g.course_id) AS p ON p.registration_id = m.registration_id
        WHERE m.group_id = g.id) AS members,
       g.updated_at
FROM learning_group AS g
WHERE g.id = :id::uuid

-- name: learning_group_course
SELECT course_id FROM learning_group WHERE id = :id::uuid

-- name: learning_group_lock
SELECT version FROM learning_group WHERE id = :id::uuid FOR UPDATE

-- name: learning_group_update
UPDATE learning_group SET name = CASE WHEN :name.given THEN :name ELSE name END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- name: learning_group_member_list
SELECT m.registration_id, m.registration_id AS _id, g.seq_no AS group_no, g.id AS group_id,
       g.name AS group_name, p.participant_name, p.profession_code, m.pair_no, m.placed_by,
       m.deal_no, m.profession_no, m.profession_count, m.exchanged_with, m.from_group_no,
       m.updated_at
FROM learning_group_member AS m
JOIN learning_group AS g ON g.id = m.group_id
JOIN learning_group_people(:course_id::uuid) AS p ON p.registration_id = m.registration_id
WHERE m.course_id = :course_id::uuid
  AND g.seq_no = :group_no                            --? group_no
  AND m.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: learning_pair_list
SELECT md5(ROW(g.id, m.pair_no)::text)::uuid AS _id, g.seq_no AS group_no, g.id AS group_id,
       g.name AS group_name, m.pair_no, count(*) AS size,
       count(DISTINCT p.profession_code) AS distinct_professions,
       json_agg(json_build_object(
           'registration_id', m.registration_id, 'participant_name', p.participant_name,
           'profession_code', p.profession_code)
           ORDER BY p.participant_name COLLATE "nb-x-icu", m.registration_id) AS members
FROM learning_group_member AS m
JOIN learning_group AS g ON g.id = m.group_id
JOIN learning_group_people(:course_id::uuid) AS p ON p.registration_id = m.registration_id
WHERE m.course_id = :course_id::uuid AND m.pair_no IS NOT NULL
  AND g.seq_no = :group_no                            --? group_no
GROUP BY g.id, g.seq_no, g.name, m.pair_no
