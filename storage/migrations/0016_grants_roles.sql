-- Kompetanseløftet i Trøndelag: the roles of the programme and the scopes of machines in it.
-- domain.md §6; which role takes which scope is the table in domain/base/role.c.

ALTER TABLE role_grant DROP CONSTRAINT role_grant_role_check,
    ADD CONSTRAINT role_grant_role_check CHECK (role IN (
        'admin', 'smart_admin', 'smart_instructor', 'participant', 'booker', 'partner_system',
        'unit_contact', 'owner', 'network_coordinator', 'uh_partner', 'forum_secretariat',
        'forum_member', 'state_administrator', 'statped', 'auditor'));
ALTER TABLE api_client DROP CONSTRAINT api_client_scopes_check,
    ADD CONSTRAINT api_client_scopes_check CHECK (
        cardinality(scopes) BETWEEN 1 AND 32
        AND scopes <@ ARRAY['registry:read', 'registry:write', 'smart:read', 'smart:write',
                            'smart:register', 'smart:contact', 'smart:sensitive', 'grants:read',
                            'grants:write', 'audit:read', 'admin:write']);
