-- The caller's person and grants, with what each grant is on: one row, whoever asks.
-- name: me_get
SELECT (SELECT p.version FROM person AS p WHERE p.id = (SELECT principal_person())) AS version,
       (SELECT json_build_object('id', p.id, 'full_name', p.full_name, 'language', p.language)
          FROM person AS p WHERE p.id = (SELECT principal_person())) AS person,
       (SELECT coalesce(json_agg(json_build_object(
                   'id', g.id, 'role', g.role, 'scope_type', g.scope_type, 'scope_id', g.scope_id,
                   'scope_name', coalesce(o.name, c.title, r.name, n.name, f.name)) ORDER BY g.role, g.id), '[]')
          FROM role_grant AS g
          LEFT JOIN organisation AS o ON o.id = g.scope_id
          LEFT JOIN course AS c ON c.id = g.scope_id
          LEFT JOIN region AS r ON r.id = g.scope_id
          LEFT JOIN competence_network AS n ON n.id = g.scope_id
          LEFT JOIN forum AS f ON f.id = g.scope_id
         WHERE g.user_id = (SELECT principal_user())
            OR g.client_id = (SELECT principal_user())) AS grants

-- No row when the person has been changed since.
-- name: me_set_language
SELECT id, new_version AS version FROM set_own_language(:language, :version::bigint)
