/*
 * The service with its permissions switched off, for test_policies.py: linked with
 * --wrap=principal_may, so that dispatch and the list of allowed actions ask here, and everybody has
 * every permission that anybody can have. What only the service itself may do stays its own, or
 * answers would offer actions that are none. Tokens and their OAuth scopes count as ever; who may see
 * or change a row is left to the row policies alone.
 */
#include "domain/base/principal.h"
#include "domain/base/role.h"

bool __wrap_principal_may(const struct principal *principal, const char *permission);

bool __wrap_principal_may(const struct principal *principal, const char *permission)
{
    (void)principal;
    return permission_is_held(permission);
}
