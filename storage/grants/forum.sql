-- Forums and who sits in them.

-- name: forum_list
SELECT f.id, f.version, f.code, f.name, f.county_id, o.name AS county_name, f.is_example, f.updated_at
FROM forum AS f
JOIN organisation AS o ON o.id = f.county_id
WHERE true
  AND f.code = :code                                  --? code
  AND f.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: forum_get
SELECT f.id, f.version, f.code, f.name, f.county_id, o.name AS county_name, f.is_example, f.updated_at
FROM forum AS f
JOIN organisation AS o ON o.id = f.county_id
WHERE f.id = :id::uuid

-- name: forum_member_list
SELECT m.id, m.version, m.forum_id, m.person_id, m.full_name, m.organisation_id,
       o.name AS organisation_name, m.seat, m.may_vote, m.from_on, m.to_on, m.updated_at
FROM forum_member AS m
JOIN organisation AS o ON o.id = m.organisation_id
WHERE true
  AND m.forum_id = :forum_id::uuid                    --? forum_id
  AND m.seat = :seat                                  --? seat
  AND m.may_vote = :may_vote::boolean                 --? may_vote
  AND m.organisation_id = :organisation_id::uuid      --? organisation_id
  AND m.from_on <= :on::date                          --? on
  AND coalesce(m.to_on >= :on::date, true)            --? on
  AND m.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: forum_member_get
SELECT m.id, m.version, m.forum_id, m.person_id, m.full_name, m.organisation_id,
       o.name AS organisation_name, m.seat, m.may_vote, m.from_on, m.to_on, m.updated_at
FROM forum_member AS m
JOIN organisation AS o ON o.id = m.organisation_id
WHERE m.id = :id::uuid

-- name: forum_member_lock
SELECT m.id, m.seat, m.may_vote, o.org_type, m.from_on,
       business_today() AS today_on, m.version::bigint AS version
FROM forum_member AS m
JOIN organisation AS o ON o.id = m.organisation_id
WHERE m.id = :id::uuid
FOR UPDATE OF m

-- name: forum_member_insert
INSERT INTO forum_member (forum_id, person_id, full_name, organisation_id, seat, may_vote, from_on, to_on)
VALUES (:forum_id::uuid, person_find_or_create(:full_name, :email, :phone), :full_name,
        :organisation_id::uuid, :seat, :votes,
        coalesce(:from_on::date, business_today()), :to_on::date)
RETURNING id, version::bigint AS version

-- name: forum_member_update
UPDATE forum_member
SET seat = CASE WHEN :seat.given THEN :seat ELSE seat END,
    may_vote = CASE WHEN :may_vote.given THEN :may_vote ELSE may_vote END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- name: forum_member_end
UPDATE forum_member
SET to_on = coalesce(:to_on::date, business_today())
WHERE id = :id::uuid
RETURNING id, version::bigint AS version
