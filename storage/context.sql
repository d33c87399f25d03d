-- The first statement of every transaction: who asks, when, and since when their grants stand.
-- name: tx_context
SELECT set_config('loft.user_id', :user_id::text, true),
       set_config('loft.person_id', :person_id::text, true),
       set_config('loft.roles', :roles::text, true),
       set_config('loft.grants', :grants::text, true),
       set_config('loft.scopes', :scopes::text, true),
       set_config('loft.now', :now::text, true),
       set_config('loft.request_id', :request_id::text, true),
       (SELECT epoch FROM grant_epoch) AS epoch

-- name: database_migrations
SELECT name, sha256 FROM schema_migration
