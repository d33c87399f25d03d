-- name: event_append
INSERT INTO event (actor_kind, actor_id, operation, resource_type, resource_id, version,
                   from_state, to_state, reason, changes, request_id)
VALUES (:actor_kind, :actor_id::uuid, :operation, :resource_type, :resource_id::uuid, :version,
        :from_state, :to_state, :reason, :changes::jsonb, :request_id)
