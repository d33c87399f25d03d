-- What people of the demonstration who have an account were told of their registrations. It is read in
-- the service alone: nothing is mailed to them, wherever mail is switched on.
INSERT INTO notification (person_id, kind, occasion, resource_type, resource_id, language, email,
                          facts, delivery_state)
SELECT r.person_id,
       CASE r.state WHEN 'waitlisted' THEN 'registration_waitlisted' ELSE 'registration_confirmed' END,
       'demo:' || r.id, 'registration', r.id, p.language, r.participant_email, registration_facts(r),
       'off'
  FROM registration r
  JOIN person p ON p.id = r.person_id
  JOIN user_account u ON u.person_id = p.id
 WHERE r.is_example AND r.state IN ('confirmed', 'waitlisted', 'completed')
ON CONFLICT ON CONSTRAINT notification_occasion_key DO NOTHING;
