-- Grant schemes, written by migrations alone.

-- name: scheme_list
SELECT s.id, s.version, s.code, s.label_nb, s.label_nn, s.label_en, s.regulation_ref, s.own_share_bp,
       s.expected_service_types, s.require_uh_signature, s.allow_multiple_bases,
       s.joint_share_first_meeting_only, s.is_active, s.sort_no, s.updated_at
FROM grant_scheme AS s
WHERE true
  AND s.code = :code                                  --? code
  AND s.is_active = :is_active::boolean               --? is_active
  AND s.updated_at >= :updated_since::timestamptz     --? updated_since

-- name: scheme_get
SELECT s.id, s.version, s.code, s.label_nb, s.label_nn, s.label_en, s.regulation_ref, s.own_share_bp,
       s.expected_service_types, s.require_uh_signature, s.allow_multiple_bases,
       s.joint_share_first_meeting_only, s.is_active, s.sort_no, s.updated_at
FROM grant_scheme AS s
WHERE s.id = :id::uuid
