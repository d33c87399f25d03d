-- The waiting line of a course: registrations and parties in one order. Who may see it all is asked
-- here as well as by permission: read with another's eyes it would have gaps.

-- name: queue_course
SELECT c.id FROM course AS c WHERE c.id = :course_id::uuid AND (SELECT has_role('smart_admin'))

-- name: queue_list
SELECT l.id, l.kind, row_number() OVER (ORDER BY l.waitlist_seq) AS position, l.waitlist_seq,
       l.seats, l.skipped, l.name, l.ticket_type_id, t.code AS ticket_type_code, l.waiting_since,
       l.moved_at, l.version
FROM waiting_line AS l
JOIN ticket_type AS t ON t.id = l.ticket_type_id
WHERE l.course_id = :course_id::uuid AND (SELECT has_role('smart_admin'))

-- name: queue_line
SELECT l.kind, l.id, l.seats::bigint AS seats, l.skipped
FROM waiting_line AS l
WHERE l.course_id = :course_id::uuid
ORDER BY l.waitlist_seq

-- As far back in line as free seats can reach (SM-R02).
-- name: queue_front
SELECT l.kind, l.id, l.seats::bigint AS seats, l.skipped
FROM (SELECT w.kind, w.id, w.seats, w.skipped, w.waitlist_seq,
             coalesce(sum(w.seats) FILTER (WHERE NOT w.skipped)
                      OVER (ORDER BY w.waitlist_seq
                            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
      FROM waiting_line AS w
      WHERE w.course_id = :course_id::uuid) AS l
WHERE l.before < :free_seats
ORDER BY l.waitlist_seq

-- name: queue_reorder
SELECT reorder_queue(:course_id::uuid, :ids::uuid[])

-- name: queue_outlook
SELECT c.id AS course_id, coalesce(s.free, 0)::bigint AS free_seats,
       c.seat_allocation = 'raffle' AND c.drawn_at IS NULL AS draw_pending
FROM course AS c
JOIN course_seats(c.id, business_now()) AS s ON true
WHERE c.id = :id::uuid AND (SELECT has_role('smart_admin'))
