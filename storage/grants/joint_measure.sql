-- Joint measures with their evaluations, grants and the networks that take part.

-- name: joint_measure_list
SELECT j.id, j.version, j.forum_id, j.code, j.name, j.is_working_title, j.responsible_id,
       o.name AS responsible_name, j.builds_on_id, j.starts_year, j.ends_year,
       j.concept IS NOT NULL AS has_concept, j.state, j.is_example, j.updated_at
FROM joint_measure AS j
LEFT JOIN organisation AS o ON o.id = j.responsible_id
WHERE true
  AND j.forum_id = :forum_id::uuid                    --? forum_id
  AND j.code = :code                                  --? code
  AND j.state = :state                                --? state
  AND coalesce(j.starts_year <= :year::int, false)    --? year
  AND coalesce(j.ends_year >= :year::int, true)       --? year
  AND j.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: joint_measure_get
SELECT j.id, j.version, j.forum_id, j.code, j.name, j.is_working_title, j.description, j.concept,
       j.responsible_id, o.name AS responsible_name, j.builds_on_id, j.starts_year, j.ends_year,
       json_build_object(
           'a', json_build_object('ok', j.considerations_a_ok, 'note', j.considerations_a_note),
           'b', json_build_object('ok', j.considerations_b_ok, 'note', j.considerations_b_note),
           'c', json_build_object('ok', j.considerations_c_ok, 'note', j.considerations_c_note),
           'd', json_build_object('ok', j.considerations_d_ok, 'note', j.considerations_d_note))
           AS considerations,
       json_build_object('before', j.conditions_before, 'during', j.conditions_during,
                         'after', j.conditions_after) AS conditions,
       j.state, j.is_example, j.created_at, j.updated_at,
       j.forum_id = ANY (granted('forum_secretariat')) AS _writable
FROM joint_measure AS j
LEFT JOIN organisation AS o ON o.id = j.responsible_id
WHERE j.id = :id::uuid

-- Whether the caller may see a joint measure; lists below it ask.
-- name: joint_measure_visible
SELECT j.id FROM joint_measure AS j WHERE j.id = :joint_measure_id::uuid

-- A joint measure as decisions see it; as somebody who may change it, and as somebody who may not.
-- name: joint_measure_lock
SELECT j.id, j.forum_id, j.state, j.starts_year, j.ends_year, j.considerations_a_ok,
       j.considerations_b_ok, j.considerations_c_ok, j.considerations_d_ok,
       j.concept IS NOT NULL AS has_concept,
       (SELECT count(*) FROM joint_measure_evaluation AS e WHERE e.joint_measure_id = j.id)
           AS evaluations,
       business_today() AS today_on, j.version::bigint AS version
FROM joint_measure AS j
WHERE j.id = :id::uuid
FOR UPDATE OF j

-- name: joint_measure_load
SELECT j.id, j.forum_id, j.state, j.starts_year, j.ends_year, j.considerations_a_ok,
       j.considerations_b_ok, j.considerations_c_ok, j.considerations_d_ok,
       j.concept IS NOT NULL AS has_concept,
       (SELECT count(*) FROM joint_measure_evaluation AS e WHERE e.joint_measure_id = j.id)
           AS evaluations,
       business_today() AS today_on, j.version::bigint AS version
FROM joint_measure AS j
WHERE j.id = :id::uuid

-- Changes of what builds on what come one at a time, so that two of them close no circle.
-- name: joint_measure_turn
SELECT pg_advisory_xact_lock(hashtextextended('joint_measure.builds_on', 0))::text AS locked

-- Whether what it would build on builds on it in turn.
-- name: joint_measure_circle
WITH RECURSIVE below AS (
    SELECT j.id, j.builds_on_id FROM joint_measure AS j WHERE j.id = :builds_on_id::uuid
    UNION
    SELECT j.id, j.builds_on_id FROM below AS b JOIN joint_measure AS j ON j.id = b.builds_on_id
)
SELECT EXISTS (SELECT FROM below AS b WHERE b.id = :id::uuid) AS in_circle

-- name: joint_measure_insert
INSERT INTO joint_measure (forum_id, code, name, is_working_title, description, concept,
                           responsible_id, builds_on_id, starts_year, ends_year,
                           considerations_a_ok, considerations_a_note, considerations_b_ok,
                           considerations_b_note, considerations_c_ok, considerations_c_note,
                           considerations_d_ok, considerations_d_note, conditions_before,
                           conditions_during, conditions_after)
VALUES (:forum_id::uuid, :code, :name, coalesce(:is_working_title, false), :description, :concept,
        :responsible_id::uuid, :builds_on_id::uuid, :starts_year::int, :ends_year::int,
        :considerations_a_ok, :considerations_a_note, :considerations_b_ok, :considerations_b_note,
        :considerations_c_ok, :considerations_c_note, :considerations_d_ok, :considerations_d_note,
        :conditions_before, :conditions_during, :conditions_after)
RETURNING id, version::bigint AS version

-- name: joint_measure_update
UPDATE joint_measure
SET name = CASE WHEN :name.given THEN :name ELSE name END,
    is_working_title = CASE WHEN :is_working_title.given
        THEN :is_working_title ELSE is_working_title END,
    description = CASE WHEN :description.given THEN :description ELSE description END,
    concept = CASE WHEN :concept.given THEN :concept ELSE concept END,
    responsible_id = CASE WHEN :responsible_id.given
        THEN :responsible_id::uuid ELSE responsible_id END,
    builds_on_id = CASE WHEN :builds_on_id.given THEN :builds_on_id::uuid ELSE builds_on_id END,
    starts_year = CASE WHEN :starts_year.given THEN :starts_year::int ELSE starts_year END,
    ends_year = CASE WHEN :ends_year.given THEN :ends_year::int ELSE ends_year END,
    considerations_a_ok = CASE WHEN :considerations_a_ok.given
        THEN :considerations_a_ok ELSE considerations_a_ok END,
    considerations_a_note = CASE WHEN :considerations_a_note.given
        THEN :considerations_a_note ELSE considerations_a_note END,
    considerations_b_ok = CASE WHEN :considerations_b_ok.given
        THEN :considerations_b_ok ELSE considerations_b_ok END,
    considerations_b_note = CASE WHEN :considerations_b_note.given
        THEN :considerations_b_note ELSE considerations_b_note END,
    considerations_c_ok = CASE WHEN :considerations_c_ok.given
        THEN :considerations_c_ok ELSE considerations_c_ok END,
    considerations_c_note = CASE WHEN :considerations_c_note.given
        THEN :considerations_c_note ELSE considerations_c_note END,
    considerations_d_ok = CASE WHEN :considerations_d_ok.given
        THEN :considerations_d_ok ELSE considerations_d_ok END,
    considerations_d_note = CASE WHEN :considerations_d_note.given
        THEN :considerations_d_note ELSE considerations_d_note END,
    conditions_before = CASE WHEN :conditions_before.given
        THEN :conditions_before ELSE conditions_before END,
    conditions_during = CASE WHEN :conditions_during.given
        THEN :conditions_during ELSE conditions_during END,
    conditions_after = CASE WHEN :conditions_after.given
        THEN :conditions_after ELSE conditions_after END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- name: joint_measure_set_state
UPDATE joint_measure SET state = :state WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- ---- evaluations -----------------------------------------------------------------------------

-- name: joint_measure_evaluation_list
SELECT e.id, e.version, e.joint_measure_id, e.held_on, e.conclusion, e.adjust, e.updated_at
FROM joint_measure_evaluation AS e
WHERE e.joint_measure_id = :joint_measure_id::uuid
  AND e.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: joint_measure_evaluation_get
SELECT e.id, e.version, e.joint_measure_id, e.held_on, e.conclusion, e.adjust, e.updated_at
FROM joint_measure_evaluation AS e
WHERE e.id = :id::uuid

-- name: joint_measure_evaluation_insert
INSERT INTO joint_measure_evaluation (joint_measure_id, held_on, conclusion, adjust)
VALUES (:joint_measure_id::uuid, :held_on::date, :conclusion, coalesce(:adjust, false))
RETURNING id, version::bigint AS version

-- ---- grants ----------------------------------------------------------------------------------

-- name: joint_measure_grant_list
SELECT g.id, g.version, g.joint_measure_id, g.round_id, r.year AS round_year, g.recipient_id,
       o.name AS recipient_name, g.amount_nok, g.updated_at
FROM joint_measure_grant AS g
JOIN grant_round AS r ON r.id = g.round_id
JOIN organisation AS o ON o.id = g.recipient_id
WHERE g.joint_measure_id = :joint_measure_id::uuid
  AND g.round_id = :round_id::uuid                    --? round_id
  AND g.recipient_id = :recipient_id::uuid            --? recipient_id
  AND g.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: joint_measure_grant_get
SELECT g.id, g.version, g.joint_measure_id, g.round_id, r.year AS round_year, g.recipient_id,
       o.name AS recipient_name, g.amount_nok, g.updated_at
FROM joint_measure_grant AS g
JOIN grant_round AS r ON r.id = g.round_id
JOIN organisation AS o ON o.id = g.recipient_id
WHERE g.id = :id::uuid

-- Its round stays as it is until the grant is stored.
-- name: joint_measure_round_lock
SELECT r.id FROM grant_round AS r WHERE r.id = :round_id::uuid FOR UPDATE

-- What a grant names; networks and owners are those of the measure's forum.
-- name: joint_measure_money
SELECT r.state AS round_state, r.forum_id AS round_forum_id, o.org_type AS recipient_type
FROM joint_measure AS j
LEFT JOIN grant_round AS r ON r.id = :round_id::uuid
LEFT JOIN organisation AS o
       ON o.id = :recipient_id::uuid
      AND (o.org_type NOT IN ('competence_network', 'municipality', 'county', 'private_owner')
           OR EXISTS (SELECT FROM competence_network AS n
                      LEFT JOIN network_owner AS m ON m.network_id = n.id AND m.days @> business_today()
                      WHERE n.forum_id = j.forum_id AND o.id IN (n.organisation_id, m.organisation_id)))
WHERE j.id = :joint_measure_id::uuid

-- name: joint_measure_grant_lock
SELECT g.id, r.state AS round_state, g.version::bigint AS version
FROM joint_measure_grant AS g
JOIN grant_round AS r ON r.id = g.round_id
WHERE g.id = :id::uuid
FOR UPDATE OF g, r

-- name: joint_measure_grant_insert
INSERT INTO joint_measure_grant (round_id, joint_measure_id, recipient_id, amount_nok)
VALUES (:round_id::uuid, :joint_measure_id::uuid, :recipient_id::uuid, :amount_nok)
RETURNING id, version::bigint AS version

-- name: joint_measure_grant_update
UPDATE joint_measure_grant
SET amount_nok = CASE WHEN :amount_nok.given THEN :amount_nok ELSE amount_nok END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- name: joint_measure_grant_delete
DELETE FROM joint_measure_grant WHERE id = :id::uuid

-- ---- participations --------------------------------------------------------------------------

-- name: joint_measure_participation_list
SELECT p.id, p.version, p.joint_measure_id, p.network_id, n.code AS network_code,
       n.name AS network_name, p.year, p.updated_at
FROM joint_measure_participation AS p
JOIN competence_network AS n ON n.id = p.network_id
WHERE p.joint_measure_id = :joint_measure_id::uuid
  AND p.year = :year                                  --? year
  AND p.network_id = :network_id::uuid                --? network_id
  AND p.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: joint_measure_participation_get
SELECT p.id, p.version, p.joint_measure_id, p.network_id, n.code AS network_code,
       n.name AS network_name, p.year, p.updated_at
FROM joint_measure_participation AS p
JOIN competence_network AS n ON n.id = p.network_id
WHERE p.id = :id::uuid

-- The forum of a network; one row whatever is there.
-- name: joint_measure_network
SELECT n.forum_id AS network_forum_id
FROM (SELECT 1) AS one
LEFT JOIN competence_network AS n ON n.id = :network_id::uuid

-- Not locked: a participation has nothing that changes.
-- name: joint_measure_participation_load
SELECT p.id, p.year::bigint AS year,
       extract(year FROM business_now() AT TIME ZONE 'Europe/Oslo')::bigint AS this_year,
       p.network_id = ANY (granted('network_coordinator'))
           OR j.forum_id = ANY (granted('forum_secretariat')) AS own,
       p.version::bigint AS version
FROM joint_measure_participation AS p
JOIN joint_measure AS j ON j.id = p.joint_measure_id
WHERE p.id = :id::uuid

-- name: joint_measure_participation_insert
INSERT INTO joint_measure_participation (joint_measure_id, network_id, year)
VALUES (:joint_measure_id::uuid, :network_id::uuid, :year)
RETURNING id, version::bigint AS version

-- name: joint_measure_participation_delete
DELETE FROM joint_measure_participation WHERE id = :id::uuid
