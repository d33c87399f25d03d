-- Notifications: what their addressee reads, and how the service words and delivers them.

-- name: notification_list
SELECT n.id, n.version, n.kind, n.subject, n.body, n.language,
       CASE WHEN n.read_at IS NULL THEN 'unread' ELSE 'read' END AS state,
       n.delivery_state, n.sent_at, n.resource_type, n.resource_id, n.read_at, n.created_at,
       n.updated_at
FROM notification AS n
WHERE n.subject IS NOT NULL
  AND n.kind = :kind                                                       --? kind
  AND CASE WHEN n.read_at IS NULL THEN 'unread' ELSE 'read' END = :state   --? state
  AND n.resource_id = :resource_id::uuid                                   --? resource_id
  AND n.updated_at >= :updated_since::timestamptz                          --? updated_since

-- name: notification_get
SELECT n.id, n.version, n.kind, n.subject, n.body, n.language,
       CASE WHEN n.read_at IS NULL THEN 'unread' ELSE 'read' END AS state,
       n.delivery_state, n.sent_at, n.resource_type, n.resource_id, n.read_at, n.created_at,
       n.updated_at
FROM notification AS n
WHERE n.id = :id::uuid AND n.subject IS NOT NULL

-- name: notification_lock
SELECT id, CASE WHEN read_at IS NULL THEN 'unread' ELSE 'read' END AS state,
       version::bigint AS version
FROM notification
WHERE id = :id::uuid AND subject IS NOT NULL
FOR UPDATE

-- name: notification_mark_read
UPDATE notification SET read_at = business_now() WHERE id = :id::uuid
RETURNING id, version::bigint AS version

-- ---- written in the transaction of what happened ------------------------------------------------

-- name: notify_registration
SELECT notify_registration(:kind, :resource_id::uuid, :version::bigint)

-- name: notify_grant_case
SELECT notify_grant_case(:kind, :resource_id::uuid, :version::bigint)

-- name: notification_remind_of_offers
SELECT remind_of_offers(200) AS written

-- name: notification_remind_of_gatherings
SELECT remind_of_gatherings(200) AS written

-- name: notification_remind_of_obligations
SELECT remind_of_obligations(200) AS written

-- ---- put into words ------------------------------------------------------------------------------

-- Of the kinds that this version has letters for: a newer one may be writing others. The facts come as
-- two lists in one order.
-- name: notification_wordless
SELECT n.id, n.kind, n.language,
       ARRAY(SELECT f.key FROM jsonb_each_text(n.facts) AS f ORDER BY f.key) AS names,
       ARRAY(SELECT f.value FROM jsonb_each_text(n.facts) AS f ORDER BY f.key) AS "values"
FROM notification AS n
WHERE n.subject IS NULL AND n.kind = ANY (:kinds::text[])
ORDER BY n.created_at
LIMIT 1
FOR UPDATE SKIP LOCKED

-- Where mail is off, what is written now is never mailed: switching it on sends no old messages.
-- name: notification_word
UPDATE notification
SET subject = :subject, body = :body,
    delivery_state = CASE WHEN :mailed::boolean THEN delivery_state ELSE 'off' END
WHERE id = :id::uuid

-- ---- delivered -------------------------------------------------------------------------------------

-- A process died with it in hand on the last of its attempts.
-- name: notification_give_up
UPDATE notification
SET delivery_state = 'failed', leased_until = NULL, delivery_error = 'attempts_used_up'
WHERE delivery_state = 'sending' AND leased_until <= clock_timestamp() AND subject IS NOT NULL
  AND attempts >= :attempts_max

-- The one that has waited longest, or that another process took and let go. What has become untrue is
-- put aside in the same stroke.
-- name: notification_claim
UPDATE notification AS n
SET attempts = n.attempts + 1,
    delivery_state = CASE WHEN due.current THEN 'sending' ELSE 'obsolete' END,
    leased_until = CASE WHEN due.current
        THEN clock_timestamp() + make_interval(secs => :lease_s::bigint) END
FROM (SELECT d.id, notification_is_current(d.id) AS current
      FROM (SELECT id FROM notification
            WHERE subject IS NOT NULL
              AND delivery_state IN ('waiting', 'sending') AND next_attempt_at <= clock_timestamp()
              AND (delivery_state = 'waiting' OR leased_until <= clock_timestamp())
            ORDER BY next_attempt_at
            LIMIT 1
            FOR UPDATE SKIP LOCKED) AS d) AS due
WHERE n.id = due.id
RETURNING n.id, n.email, n.subject, n.body, n.language, n.attempts::bigint AS attempts,
          due.current AS sendable, n.facts ->> 'name' AS name, n.facts ->> 'organiser' AS sender,
          to_char(clock_timestamp() AT TIME ZONE 'UTC', 'Dy, DD Mon YYYY HH24:MI:SS') || ' +0000'
              AS dated

-- The server has it, whoever claimed it meanwhile.
-- name: notification_sent
UPDATE notification
SET delivery_state = 'sent', sent_at = clock_timestamp(), leased_until = NULL, delivery_error = NULL
WHERE id = :id::uuid AND delivery_state <> 'sent'

-- Not delivered: tried again later, or never. Says nothing of a message that is another's by now.
-- name: notification_not_sent
UPDATE notification
SET delivery_state = CASE WHEN :final::boolean THEN 'failed' ELSE 'waiting' END, leased_until = NULL,
    next_attempt_at = clock_timestamp() + make_interval(secs => :wait_s::bigint),
    delivery_error = :delivery_error
WHERE id = :id::uuid AND delivery_state = 'sending' AND attempts = :attempts

-- name: notification_backlog
SELECT count(*) AS waiting
FROM notification
WHERE delivery_state IN ('waiting', 'sending') AND subject IS NOT NULL
