-- What is due of whom, computed with the eyes of whoever asks.

-- name: obligation_list
SELECT md5(ROW(o.kind, o.round_id, o.network_id, o.organisation_id, o.subject_id)::text)::uuid AS _id,
       o.kind, o.role, o.round_id, r.year AS round_year, r.scheme_code, o.network_id,
       n.code AS network_code,
       n.name AS network_name, o.organisation_id, g.name AS organisation_name, o.due_on,
       o.due_on - business_today() AS days_left, o.hard,
       deadline_status(o.due_on, o.is_done) AS status, o.subject_id
FROM grant_obligations() AS o
JOIN grant_round AS r ON r.id = o.round_id
LEFT JOIN competence_network AS n ON n.id = o.network_id
LEFT JOIN organisation AS g ON g.id = o.organisation_id
WHERE true
  AND deadline_status(o.due_on, o.is_done) = :status  --? status
  AND o.kind = :kind                                  --? kind
  AND o.round_id = :round_id::uuid                    --? round_id
  AND o.network_id = :network_id::uuid                --? network_id
  AND r.scheme_code = :scheme_code                    --? scheme_code
