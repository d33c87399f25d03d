#include "domain/base/principal.h"

#include "domain/base/role.h"

const struct principal principal_anonymous = {
    .kind = PRINCIPAL_ANONYMOUS,
    .subject = "anonymous",
    .roles_setting = "",
    .grants_setting = "",
    .scopes_setting = "",
};

static const struct grant system_grants[] = {{.role = "system", .scope_type = "global"}};

const struct principal principal_system = {
    .kind = PRINCIPAL_SYSTEM,
    .subject = "system",
    .grants = system_grants,
    .grant_count = 1,
    .roles_setting = "system",
    .grants_setting = "",
    .scopes_setting = "",
};

bool principal_has_scope(const struct principal *principal, const char *scope)
{
    for (size_t i = 0; i < principal->scope_count; i++) {
        if (strcmp(principal->scopes[i], scope) == 0) {
            return true;
        }
    }
    return false;
}

bool principal_may(const struct principal *principal, const char *permission)
{
    if (principal->kind != PRINCIPAL_ANONYMOUS) {
        for (const char *const *own = token_permissions; *own; own++) {
            if (strcmp(*own, permission) == 0) {
                return true;
            }
        }
    }
    for (size_t i = 0; i < principal->grant_count; i++) {
        if (role_carries(principal->grants[i].role, permission)) {
            return true;
        }
    }
    return false;
}
