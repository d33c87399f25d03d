/*
 * The service with its permissions switched off, for test_policies.py: linked with
 * --wrap=principal_may, so that dispatch and the list of allowed actions ask here. Tokens and their
 * OAuth scopes count as ever; who may see or change a row is left to the row policies alone.
 */
#include "domain/base/principal.h"

bool __wrap_principal_may(const struct principal *principal, const char *permission);

bool __wrap_principal_may(const struct principal *principal, const char *permission)
{
    (void)principal;
    (void)permission;
    return true;
}
