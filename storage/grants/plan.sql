-- Long-term plans and their yearly stop points.

-- name: plan_list
SELECT p.id, p.version, p.forum_id, p.title, p.adopted_on, p.revise_year, p.state,
       p.state = 'adopted' AND coalesce(business_today() >= make_date(p.revise_year, 1, 1), false)
           AS revision_due,
       p.is_example, p.created_at, p.updated_at
FROM long_term_plan AS p
WHERE true
  AND p.state = :state                                --? state
  AND p.forum_id = :forum_id::uuid                    --? forum_id
  AND p.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: plan_get
SELECT p.id, p.version, p.forum_id, p.title, p.sections, p.annexes, p.adopted_on, p.revise_year,
       p.state,
       p.state = 'adopted' AND coalesce(business_today() >= make_date(p.revise_year, 1, 1), false)
           AS revision_due,
       p.is_example, p.created_at, p.updated_at,
       p.forum_id = ANY (granted('forum_secretariat')) AS _writable
FROM long_term_plan AS p
WHERE p.id = :id::uuid

-- Whether the caller may see a plan; lists below it ask.
-- name: plan_visible
SELECT p.id FROM long_term_plan AS p WHERE p.id = :plan_id::uuid

-- Adoptions come one at a time, so that each sees the plan that it supersedes.
-- name: plan_adoption_lock
SELECT pg_advisory_xact_lock(hashtextextended('long_term_plan.adopt', 0))::text AS locked

-- A plan as decisions see it.
-- name: plan_lock
SELECT p.id, p.state, p.adopted_on, present.id AS present_id, present.adopted_on AS present_on,
       business_today() AS today_on, p.version::bigint AS version
FROM long_term_plan AS p
LEFT JOIN long_term_plan AS present
       ON present.forum_id = p.forum_id AND present.state = 'adopted' AND present.id <> p.id
WHERE p.id = :id::uuid
FOR UPDATE OF p

-- name: plan_insert
INSERT INTO long_term_plan (forum_id, title, sections, annexes, revise_year)
VALUES (:forum_id::uuid, :title, coalesce(:sections::jsonb, '[]'), coalesce(:annexes::jsonb, '[]'),
        :revise_year)
RETURNING id, version::bigint AS version

-- name: plan_update
UPDATE long_term_plan
SET title = CASE WHEN :title.given THEN :title ELSE title END,
    sections = CASE WHEN :sections.given THEN :sections::jsonb ELSE sections END,
    annexes = CASE WHEN :annexes.given THEN :annexes::jsonb ELSE annexes END,
    revise_year = CASE WHEN :revise_year.given THEN :revise_year::int ELSE revise_year END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- name: plan_set_state
UPDATE long_term_plan
SET state = :state, adopted_on = coalesce(:adopted_on::date, adopted_on)
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- ---- the yearly stop point -------------------------------------------------------------------

-- name: plan_evaluation_list
SELECT e.id, e.version, e.plan_id, e.year, e.held_on, e.conclusion, e.revise, e.updated_at
FROM plan_evaluation AS e
WHERE e.plan_id = :plan_id::uuid
  AND e.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: plan_evaluation_get
SELECT e.id, e.version, e.plan_id, e.year, e.held_on, e.conclusion, e.revise, e.updated_at
FROM plan_evaluation AS e
WHERE e.id = :id::uuid

-- name: plan_evaluation_lock
SELECT e.id, e.held_on, business_today() AS today_on,
       e.version::bigint AS version
FROM plan_evaluation AS e
WHERE e.id = :id::uuid
FOR UPDATE

-- name: plan_evaluation_insert
INSERT INTO plan_evaluation (plan_id, year, held_on, conclusion, revise)
VALUES (:plan_id::uuid, extract(year FROM :held_on::date)::int, :held_on::date, :conclusion,
        coalesce(:revise, false))
RETURNING id, version::bigint AS version

-- name: plan_evaluation_update
UPDATE plan_evaluation
SET held_on = CASE WHEN :held_on.given THEN :held_on::date ELSE held_on END,
    conclusion = CASE WHEN :conclusion.given THEN :conclusion ELSE conclusion END,
    revise = CASE WHEN :revise.given THEN :revise ELSE revise END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version
