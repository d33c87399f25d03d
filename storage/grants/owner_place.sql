-- Where an owner's case of a round belongs; one row whatever is there.
-- name: owner_place
SELECT r.state AS round_state, r.basis_due_on, m.network_id, today.today_on
FROM (SELECT business_today() AS today_on) AS today
LEFT JOIN grant_round AS r ON r.id = :round_id::uuid
LEFT JOIN (network_owner AS m
           JOIN competence_network AS n ON n.id = m.network_id)
       ON m.organisation_id = :owner_id::uuid AND n.forum_id = r.forum_id
      AND m.days @> today.today_on
