-- Seats and the waiting list: what decisions about a seat load and change. Everything here runs after
-- course_lock, which makes changes of one course's seats follow one another.

-- name: course_lock
SELECT c.id, c.state, c.course_type, t.pricing_model, c.capacity, c.seat_allocation,
       c.waiting_list,
       c.seats_confirmed, c.seats_offered, c.seats_held, c.waitlisted, c.last_queue_no,
       c.registration_opens_at, c.registration_closes_at,
       c.seat_allocation = 'raffle' AND c.drawn_at IS NULL AS draw_pending, c.starts_at, c.ends_at,
       local_day(c.starts_at) AS starts_on,
       business_today() AS today_on,
       c.offer_hours, c.withdrawal_right_days, c.cancellation_policy_id,
       t.gatherings_expected, t.gathering_days_expected, t.festival_days_expected,
       t.first_overnight_expected, c.festival_auto_seat, c.festival_course_id, c.version
FROM course AS c
JOIN course_type AS t ON t.code = c.course_type
WHERE c.id = :course_id::uuid
FOR UPDATE OF c

-- name: course_ticket_types
SELECT id, course_id, code, price_nok, eligibility, eligible_organisation_id, capacity, claimed
FROM ticket_type
WHERE course_id = :course_id::uuid
ORDER BY code

-- name: course_choices
SELECT i.code AS item_code, i.choice_required, o.code AS option_code
FROM course_item AS i
LEFT JOIN item_option AS o ON o.item_id = i.id
WHERE i.course_id = :course_id::uuid
ORDER BY i.code, o.code

-- name: cancellation_rules
SELECT days_before::bigint AS days_before, refund_bp::bigint AS refund_bp
FROM cancellation_rule
WHERE policy_id = :cancellation_policy_id::uuid

-- Offers that have run out become what they already read as. Registrations and parties alike, in one
-- go; `seats` is how many each had or gets.
-- name: offers_expire
WITH people AS (
    UPDATE registration SET state = 'expired'
    WHERE course_id = :course_id::uuid AND state = 'offered' AND offer_expires_at <= business_now()
    RETURNING id, version
), parties AS (
    UPDATE group_booking SET state = 'expired'
    WHERE course_id = :course_id::uuid AND state = 'offered' AND offer_expires_at <= business_now()
    RETURNING id, version, seats
)
SELECT 'registration' AS kind, id, version::bigint AS version, 1::bigint AS seats FROM people
UNION ALL
SELECT 'group_booking', id, version, seats FROM parties

-- To those who were chosen in line.
-- name: offers_make
WITH people AS (
    UPDATE registration SET state = 'offered', offer_expires_at = :expires_at::timestamptz
    WHERE id = ANY (:ids::uuid[])
    RETURNING id, version
), parties AS (
    UPDATE group_booking SET state = 'offered', offer_expires_at = :expires_at::timestamptz
    WHERE id = ANY (:ids::uuid[])
    RETURNING id, version, seats
)
SELECT 'registration' AS kind, id, version::bigint AS version, 1::bigint AS seats FROM people
UNION ALL
SELECT 'group_booking', id, version, seats FROM parties

-- A course that begins earlier than it did: no offer lasts longer than that.
-- name: offers_shorten
WITH start AS (
    SELECT id, starts_at FROM course WHERE id = :course_id::uuid
), people AS (
    UPDATE registration AS r SET offer_expires_at = start.starts_at
    FROM start
    WHERE r.course_id = start.id AND r.state = 'offered' AND r.offer_expires_at > start.starts_at
    RETURNING r.id, r.version
), parties AS (
    UPDATE group_booking AS g SET offer_expires_at = start.starts_at
    FROM start
    WHERE g.course_id = start.id AND g.state = 'offered' AND g.offer_expires_at > start.starts_at
    RETURNING g.id, g.version, g.seats
)
SELECT 'registration' AS kind, id, version::bigint AS version, 1::bigint AS seats FROM people
UNION ALL
SELECT 'group_booking', id, version, seats FROM parties

-- One course with an overdue offer that no other process has in hand.
-- name: offers_overdue
SELECT c.id AS course_id
FROM course AS c
WHERE c.seats_offered > 0
  AND (EXISTS (SELECT 1 FROM registration AS r
               WHERE r.course_id = c.id AND r.state = 'offered'
                 AND r.offer_expires_at <= business_now())
       OR EXISTS (SELECT 1 FROM group_booking AS g
                  WHERE g.course_id = c.id AND g.state = 'offered'
                    AND g.offer_expires_at <= business_now()))
ORDER BY c.id
LIMIT 1
FOR UPDATE OF c SKIP LOCKED
