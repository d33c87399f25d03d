-- name: audit_event_list
SELECT e.id, e.occurred_at, e.actor_kind, e.actor_id, e.operation, e.resource_type, e.resource_id,
       e.version, e.from_state, e.to_state, e.reason, e.changes, e.request_id
FROM event AS e
WHERE true
  AND e.actor_kind = :actor_kind                          --? actor_kind
  AND e.actor_id = :actor_id::uuid                        --? actor_id
  AND e.operation = :operation                            --? operation
  AND e.resource_type = :resource_type                    --? resource_type
  AND e.resource_id = :resource_id::uuid                  --? resource_id
  AND e.request_id = :request_id                          --? request_id
  AND e.occurred_at >= :occurred_since::timestamptz       --? occurred_since
  AND e.occurred_at < :occurred_until::timestamptz        --? occurred_until
