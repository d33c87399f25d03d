#include "domain/registry/client.h"

#include "domain/base/role.h"
#include "domain/base/text.h"

enum { CLIENT_ID_MIN = 3, CLIENT_ID_MAX = 64 };

static void check_scopes(const struct text_list *scopes, struct error *error)
{
    if (!given(scopes->is) || scopes->count == 0) {
        error_fault(error, "/scopes", "scope_required", NULL);
        return;
    }
    for (size_t i = 0; i < scopes->count; i++) {
        const char *code = text_is_one_of(scopes->items[i], oauth_scopes) ? NULL : "scope_unknown";
        for (size_t j = 0; j < i && !code; j++) {
            code = text_equals(scopes->items[i], scopes->items[j]) ? "scope_repeated" : NULL;
        }
        if (code) {
            error_fault(error, arena_format(error->arena, "/scopes/%zu", i), code, NULL);
        }
    }
}

static void check_name(struct text name, struct error *error)
{
    if (text_is_blank(name)) {
        error_fault(error, "/name", "name_required", NULL);
    }
}

enum outcome client_check_create(const struct client_create *in, struct error *error)
{
    if (!slug_valid(in->client_id) || in->client_id.len < CLIENT_ID_MIN ||
        in->client_id.len > CLIENT_ID_MAX) {
        error_fault(error, "/client_id", "client_id_invalid", NULL);
    }
    check_name(in->name, error);
    check_scopes(&in->scopes, error);
    return error_outcome(error);
}

enum outcome client_check_update(const struct client_update *in, struct error *error)
{
    if (in->name.is != ABSENT) {
        check_name(in->name, error);
    }
    if (in->scopes.is != ABSENT) {
        check_scopes(&in->scopes, error);
    }
    return error_outcome(error);
}
