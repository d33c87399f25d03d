-- In the order of starts_at, a course without sessions stands last: _starts_at is never null.
-- name: course_list
SELECT c.id, c.version, c.code, c.slug, c.course_type, c.title, c.organiser_id, c.municipality_no,
       c.venue_name, c.target_groups, c.state, c.starts_at, c.ends_at,
       CASE WHEN c.starts_at IS NULL THEN timestamptz '9999-12-31 00:00:00+00'
            ELSE c.starts_at END AS _starts_at,
       c.registration_opens_at, c.registration_closes_at, w.registration_open,
       c.capacity, s.free AS seats_free, s.few_left, s.waitlisted,
       (SELECT min(p.price_nok) FROM ticket_type AS p
        WHERE p.course_id = c.id AND p.eligibility <> 'trainee') AS price_from_nok,
       c.is_example, c.updated_at
FROM course AS c
JOIN course_type AS t ON t.code = c.course_type
CROSS JOIN LATERAL (
    SELECT course_is_open(c.state, t.pricing_model, c.capacity, c.registration_opens_at,
                          c.registration_closes_at, c.starts_at, business_now())
) AS w (registration_open)
LEFT JOIN LATERAL course_seats(c.id, business_now()) AS s ON true
WHERE true
  AND c.code = :code                                           --? code
  AND c.state = :state                                         --? state
  AND c.course_type = :course_type                             --? course_type
  AND c.municipality_no = :municipality_no                     --? municipality_no
  AND c.starts_at >= :starts_after::timestamptz                --? starts_after
  AND c.starts_at < :starts_before::timestamptz                --? starts_before
  AND w.registration_open = :open_for_registration::boolean    --? open_for_registration
  AND c.id IN (SELECT course_search(:q))                       --? q
  AND c.updated_at >= :updated_since::timestamptz              --? updated_since

-- name: course_get
SELECT c.id, c.version, c.code, c.slug, c.course_type, c.title, c.description, c.focus_question,
       c.theme, c.organiser_id, c.municipality_no, c.venue_name, c.venue_address, c.target_groups, c.state,
       c.starts_at, c.ends_at, c.duration_minutes, c.registration_opens_at,
       c.registration_closes_at,
       course_is_open(c.state, t.pricing_model, c.capacity, c.registration_opens_at,
                      c.registration_closes_at, c.starts_at, business_now()) AS registration_open,
       c.capacity, c.seat_allocation, c.drawn_at, c.draw_seed, c.waiting_list, c.offer_hours,
       c.offer_reminder_hours, c.gathering_reminder_days, c.vat_bp, c.cancellation_policy_id,
       c.withdrawal_right_days, c.learning_group_size_target, c.festival_auto_seat,
       coalesce(r.festival_course_id, c.festival_course_id) AS festival_course_id,
       CASE WHEN NOT c.festival_auto_seat THEN 'none'
            WHEN r.course_id IS NOT NULL THEN 'reserved'
            WHEN t.festival_days_expected > 0 AND c.state IN ('published', 'running')
                THEN 'pending'
            ELSE 'none' END AS festival_seats,
       c.min_attendance_bp, c.is_example,
       (SELECT json_build_object('capacity', s.capacity, 'confirmed', s.confirmed,
                                 'offered', s.offered, 'held', s.held,
                                 'waitlisted', s.waitlisted, 'free', s.free,
                                 'few_left', s.few_left)
        FROM course_seats(c.id, business_now()) AS s) AS seats,
       (SELECT coalesce(json_agg(json_build_object(
                   'id', d.id, 'gathering_id', g.id, 'gathering_seq_no', g.seq_no,
                   'gathering_kind', g.kind, 'gathering_title', g.title, 'overnight', g.overnight,
                   'title', d.title, 'starts_at', instant_json(d.starts_at),
                   'ends_at', instant_json(d.ends_at), 'venue_name', d.venue_name,
                   'has_practice_sharing', d.has_practice_sharing)
                   ORDER BY d.starts_at, d.id), '[]')
        FROM course_session AS d
        JOIN course_gathering AS g ON g.id = d.gathering_id
        WHERE d.course_id = c.id) AS sessions,
       (SELECT coalesce(json_agg(json_build_object(
                   'id', p.id, 'code', p.code, 'name', p.name, 'price_nok', p.price_nok,
                   'eligibility', p.eligibility,
                   'eligible_organisation_id', p.eligible_organisation_id,
                   'capacity', p.capacity, 'claimed', p.claimed)
                   ORDER BY p.price_nok DESC, p.code), '[]')
        FROM ticket_type AS p WHERE p.course_id = c.id) AS ticket_types,
       (SELECT coalesce(json_agg(json_build_object(
                   'id', i.id, 'code', i.code, 'name', i.name,
                   'choice_required', i.choice_required, 'options',
                   (SELECT coalesce(json_agg(json_build_object('id', o.id, 'code', o.code,
                                                               'name', o.name)
                                             ORDER BY o.code), '[]')
                    FROM item_option AS o WHERE o.item_id = i.id))
                   ORDER BY i.code), '[]')
        FROM course_item AS i WHERE i.course_id = c.id) AS items,
       c.updated_at
FROM course AS c
JOIN course_type AS t ON t.code = c.course_type
LEFT JOIN festival_reservation AS r ON r.course_id = c.id
WHERE c.id = :id::uuid

-- name: course_seats_get
SELECT c.id AS course_id, s.capacity, s.confirmed, s.offered, s.held, s.waitlisted, s.free,
       s.few_left
FROM course AS c
CROSS JOIN LATERAL course_seats(c.id, business_now()) AS s
WHERE c.id = :id::uuid

-- Whether the caller may see a course; lists below it ask.
-- name: course_visible
SELECT c.id FROM course AS c WHERE c.id = :course_id::uuid

-- Capacity that is not said is that of the course type (SM-R04), and the policy the default one.
-- name: course_insert
INSERT INTO course (
    code, slug, course_type, title, description, focus_question, theme, organiser_id,
    municipality_no, venue_name, venue_address, target_groups, capacity, duration_minutes, vat_bp,
    registration_opens_at,
    registration_closes_at, cancellation_policy_id, learning_group_size_target, offer_hours,
    offer_reminder_hours, gathering_reminder_days, seat_allocation, waiting_list, festival_auto_seat,
    festival_course_id, min_attendance_bp, withdrawal_right_days)
VALUES (
    :code, :slug, :course_type, :title, :description, :focus_question, :theme,
    :organiser_id::uuid, :municipality_no, :venue_name, :venue_address, coalesce(:target_groups::text[], '{}'),
    CASE WHEN :capacity.given THEN :capacity::int
         ELSE (SELECT t.default_capacity FROM course_type AS t WHERE t.code = :course_type) END,
    :duration_minutes::int, :vat_bp, :registration_opens_at::timestamptz,
    :registration_closes_at::timestamptz,
    CASE WHEN :cancellation_policy_id.given THEN :cancellation_policy_id::uuid
         ELSE default_cancellation_policy() END,
    :learning_group_size_target, :offer_hours, :offer_reminder_hours, :gathering_reminder_days,
    :seat_allocation, :waiting_list, :festival_auto_seat, :festival_course_id::uuid,
    :min_attendance_bp, :withdrawal_right_days)
RETURNING id, version::bigint AS version

-- name: course_update
UPDATE course
SET slug = CASE WHEN :slug.given THEN :slug ELSE slug END,
    title = CASE WHEN :title.given THEN :title ELSE title END,
    description = CASE WHEN :description.given THEN :description ELSE description END,
    focus_question = CASE WHEN :focus_question.given THEN :focus_question ELSE focus_question END,
    theme = CASE WHEN :theme.given THEN :theme ELSE theme END,
    organiser_id = CASE WHEN :organiser_id.given THEN :organiser_id::uuid ELSE organiser_id END,
    municipality_no = CASE WHEN :municipality_no.given
        THEN :municipality_no ELSE municipality_no END,
    venue_name = CASE WHEN :venue_name.given THEN :venue_name ELSE venue_name END,
    venue_address = CASE WHEN :venue_address.given THEN :venue_address ELSE venue_address END,
    target_groups = CASE WHEN :target_groups.given
        THEN :target_groups::text[] ELSE target_groups END,
    capacity = CASE WHEN :capacity.given THEN :capacity::int ELSE capacity END,
    duration_minutes = CASE WHEN :duration_minutes.given
        THEN :duration_minutes::int ELSE duration_minutes END,
    vat_bp = CASE WHEN :vat_bp.given THEN :vat_bp::int ELSE vat_bp END,
    registration_opens_at = CASE WHEN :registration_opens_at.given
        THEN :registration_opens_at::timestamptz ELSE registration_opens_at END,
    registration_closes_at = CASE WHEN :registration_closes_at.given
        THEN :registration_closes_at::timestamptz ELSE registration_closes_at END,
    cancellation_policy_id = CASE WHEN :cancellation_policy_id.given
        THEN :cancellation_policy_id::uuid ELSE cancellation_policy_id END,
    learning_group_size_target = CASE WHEN :learning_group_size_target.given
        THEN :learning_group_size_target::int ELSE learning_group_size_target END,
    offer_hours = CASE WHEN :offer_hours.given THEN :offer_hours::int ELSE offer_hours END,
    offer_reminder_hours = CASE WHEN :offer_reminder_hours.given
        THEN :offer_reminder_hours::int ELSE offer_reminder_hours END,
    gathering_reminder_days = CASE WHEN :gathering_reminder_days.given
        THEN :gathering_reminder_days::int ELSE gathering_reminder_days END,
    seat_allocation = CASE WHEN :seat_allocation.given THEN :seat_allocation ELSE seat_allocation END,
    waiting_list = CASE WHEN :waiting_list.given THEN :waiting_list::boolean ELSE waiting_list END,
    festival_auto_seat = CASE WHEN :festival_auto_seat.given
        THEN :festival_auto_seat::boolean ELSE festival_auto_seat END,
    festival_course_id = CASE WHEN :festival_course_id.given
        THEN :festival_course_id::uuid ELSE festival_course_id END,
    min_attendance_bp = CASE WHEN :min_attendance_bp.given
        THEN :min_attendance_bp::int ELSE min_attendance_bp END,
    withdrawal_right_days = CASE WHEN :withdrawal_right_days.given
        THEN :withdrawal_right_days::int ELSE withdrawal_right_days END
WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- name: course_set_state
UPDATE course SET state = :state WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- A seed that nobody chose is random.
-- name: course_drawn
UPDATE course
SET drawn_at = business_now(),
    draw_seed = coalesce(:seed, replace(concat(gen_random_uuid(), gen_random_uuid()), '-', ''))
WHERE id = :id::uuid
RETURNING id, version::bigint AS version, draw_seed AS seed

-- Everybody in line, in the order that the seed gives them.
-- name: course_draw_order
SELECT reorder_queue(:course_id::uuid, ARRAY(
    SELECT w.id FROM waiting_line AS w
    WHERE w.course_id = :course_id::uuid
    ORDER BY draw_rank(:seed, w.id), w.id))

-- name: course_delete
DELETE FROM course WHERE id = :id::uuid

-- The plan, a row for each session, outer-joined to the gatherings.
-- name: course_days
SELECT g.seq_no::bigint AS gathering_seq_no, g.kind, g.overnight,
       local_day(d.starts_at) AS held_on
FROM course_gathering AS g
LEFT JOIN course_session AS d ON d.gathering_id = g.id
WHERE g.course_id = :course_id::uuid
ORDER BY g.seq_no, d.starts_at
