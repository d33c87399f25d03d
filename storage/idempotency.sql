-- A running twin holds the lock; a finished one has left its answer.
-- name: idempotency_find
SELECT lock.taken, k.request_hash, k.status, k.headers, k.body
FROM (SELECT pg_try_advisory_xact_lock(hashtextextended(:principal::text || ' ' || :key::text, 0)) AS taken) AS lock
LEFT JOIN idempotency_key AS k ON k.principal = :principal AND k.key = :key

-- name: idempotency_store
INSERT INTO idempotency_key (principal, key, request_hash, operation, status, headers, body)
VALUES (:principal, :key, :request_hash, :operation, :status::bigint::int, :headers, :body)

-- Kept for two days: api.md promises one.
-- name: idempotency_purge
DELETE FROM idempotency_key WHERE created_at < clock_timestamp() - interval '48 hours'
