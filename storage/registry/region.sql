-- name: region_list
SELECT r.id, r.version, r.code, r.name, r.is_active, r.updated_at
FROM region AS r
WHERE true
  AND r.is_active = :is_active                        --? is_active
  AND r.updated_at >= :updated_since::timestamptz     --? updated_since
